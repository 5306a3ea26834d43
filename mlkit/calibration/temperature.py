"""Temperature scaling: one number that makes a model less, or more, sure."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.optimize import minimize_scalar

from mlkit.arguments import check_choice
from mlkit.calibration.base import LabelCalibrator
from mlkit.calibration.maps import (
    IdentityMap,
    LogitMap,
    cross_entropy,
    lines_of,
    to_logits,
)
from mlkit.metrics.cells import Cells, Scope, ScoreType

__all__ = ["TemperatureCalibrator"]

_RANGE = (0.01, 100.0)


class TemperatureCalibrator(LabelCalibrator):
    r"""Divide logits by a temperature, one for all labels or one for each.

    Parameters
    ----------
    scope : {"pooled", "label"}, default "pooled"
        One temperature fitted to the cells of all labels, or one for each label.
    score_type : {"logits", "probabilities"}, default "logits"
        What the scores are. Probabilities are turned into logits first.
    min_count : int, default 10
        Least number of positives, and of negatives, for a temperature: in all cells
        together, or in each label.
    rare : {"keep", "pool"}, default "keep"
        What labels with fewer get where each has its own: scores as they are, or the
        temperature of all cells.

    Attributes
    ----------
    temperatures_ : ndarray of float64, shape (n_labels,)
        In [0.01, 100]; above 1 the model was too sure, below 1 not sure enough. 1 where
        scores are kept as they are.
    maps_, calibrated_, label_names_, n_labels_
        As `LabelCalibrator`.

    See Also
    --------
    SigmoidCalibrator : Moves the point of even odds as well.

    Notes
    -----
    .. math:: P(y = 1 \mid z) = \sigma(z / T)

    with the T that minimises the cross-entropy. A label ranks its rows as before, and
    P > 0.5 says the same as before: only how sure the model is changes. With one T for
    all, the ranking of labels in a row stays as well. A bias (a label predicted too
    often, as after ``class_weight="balanced"``) cannot be undone this way.

    The paper scales a softmax; this is its form for labels that do not exclude each
    other. The loss is convex in 1/T, so it has one valley in ln T, which is searched
    from T = 0.01 to T = 100. The lower end is reached where a cut at 0 makes no
    mistake, the upper one where logits point the wrong way.

    Cost: about 20 passes over the scores.

    References
    ----------
    .. [1] C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger. On calibration of modern neural
       networks. ICML 2017.

    Examples
    --------
    At logits of 4 and -4 the model claims 98 %, and is right in 3 of 4 cases: ln 3 is
    the logit of 0.75, so T = 4 / ln 3.

    >>> from mlkit.calibration import TemperatureCalibrator
    >>> scores = [[4.0]] * 40 + [[-4.0]] * 40
    >>> Y = ([[1]] * 3 + [[0]]) * 10 + ([[0]] * 3 + [[1]]) * 10
    >>> calibrator = TemperatureCalibrator().fit(Y, scores)
    >>> calibrator.temperatures_.round(3).tolist()
    [3.641]
    >>> calibrator.predict([[4.0], [0.0]]).ravel().round(3).tolist()
    [0.75, 0.5]
    """

    temperatures_: np.ndarray

    def __init__(
        self,
        *,
        scope: Scope = "pooled",
        score_type: ScoreType = "logits",
        min_count: int = 10,
        rare: Literal["keep", "pool"] = "keep",
    ) -> None:
        super().__init__(score_type=score_type, min_count=min_count, rare=rare)
        self.scope = scope

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_choice("scope", self.scope, ("pooled", "label"))

    def _fit_maps(self, cells: Cells) -> None:
        if self.scope == "label":
            super()._fit_maps(cells)
        else:
            self._fit_shared(cells)
        self.temperatures_ = 1.0 / lines_of(self.maps_)[0]

    def _fit_shared(self, cells: Cells) -> None:
        """Give all labels the same map, or none a map."""
        shared = self._fit_pooled(cells)
        self.maps_ = [shared or IdentityMap(self.score_type)] * self.n_labels_
        self.calibrated_ = np.full(self.n_labels_, shared is not None)
        if shared is None:
            self._warn_of_rare(np.arange(self.n_labels_), None)

    def _fit_map(self, y: np.ndarray, scores: np.ndarray) -> LogitMap:
        logits = to_logits(scores, self.score_type)

        def loss(log_temperature: float) -> float:
            return cross_entropy(y, logits * np.exp(-log_temperature))

        found = minimize_scalar(
            loss,
            bounds=tuple(np.log(_RANGE)),
            method="bounded",
            options={"xatol": 1e-8},
        )
        return LogitMap(float(np.exp(-found.x)), 0.0, self.score_type)
