"""A learner that is trained on resampled rows, and judged on rows as they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from sklearn.base import clone

from mlkit.exceptions import (
    ConstantLabelWarning,
    names_for_message,
    unknown_name,
    warn,
)
from mlkit.models.transformation import draw_seeds, make_rng
from mlkit.models.wrapper import WrapperClassifier, quiet_about_constants
from mlkit.resampling import (
    LPROS,
    LPRUS,
    MLROS,
    MLRUS,
    MLSMOTE,
    MLTL,
    REMEDIAL,
    Resampler,
)
from mlkit.validation import Indicator, check_indicator

__all__ = ["ResampledClassifier"]

_RESAMPLERS: dict[str, Resampler] = {
    "ml-ros": MLROS(),
    "ml-rus": MLRUS(),
    "lp-ros": LPROS(),
    "lp-rus": LPRUS(),
    "mlsmote": MLSMOTE(),
    "remedial": REMEDIAL(),
    "mltl": MLTL(),
}


class ResampledClassifier(WrapperClassifier):
    """Train a multi-label learner on resampled rows.

    In `fit` the training rows, and no others, go through the resampler; `predict`,
    `predict_proba` and `score` see rows as they come. In a cross-validation no copy of
    a training row gets among the test rows, nor is a neighbour looked for there.

    Parameters
    ----------
    estimator : multi-label classifier, default None
        The learner; `BinaryRelevance` by default. It is cloned.
    resampler : str or Resampler, default None
        ``"ml-ros"``, ``"ml-rus"``, ``"lp-ros"``, ``"lp-rus"``, ``"mlsmote"``,
        ``"remedial"``, ``"mltl"``, or an object of `mlkit.resampling` where it is to
        have options of its own; `mlkit.resampling.MLROS` by default. It is cloned.
    random_state : int or RandomState, optional
        Seeds a resampler that has no seed of its own. The seeds set in `estimator` are
        kept.

    Attributes
    ----------
    estimator_ : fitted learner
        Trained on the resampled rows.
    resampler_ : Resampler
        What resampled them. Most have ``sample_indices_``: which row each one was.
    n_resampled_ : int
        How many rows the learner was trained on.
    classes_ : ndarray, shape (n_labels, 2)
        ``[0, 1]`` for each label.
    n_labels_ : int
        Number of labels.
    label_names_in_ : ndarray of str, shape (n_labels,)
        Names of the labels; only where `Y` was a DataFrame.
    n_features_in_ : int
        Number of columns of `X`.
    feature_names_in_ : ndarray of str, shape (n_features,)
        Names of the features; only where `X` was a DataFrame with string columns.

    Warns
    -----
    ResamplingWarning
        In `fit`, if the resampler has nothing to work on, or passes over labels.
    ConstantLabelWarning
        In `fit`, also if a label has a single value left after resampling.

    See Also
    --------
    mlkit.resampling.MLROS : And its like, which say what a rare label is.
    BinaryRelevance : Its `label_weights` balance each label without touching rows.
    CalibratedClassifier : Around this learner, undoes what follows for probabilities.

    Notes
    -----
    The learner takes the resampled rows for the world: where a label stands in more of
    them than before, its probabilities are too high, on purpose. Compare rankings and
    F-measures, or calibrate before you read them as probabilities.

    `X` reaches the resampler as it came and the learner after it, so that ``"mlsmote"``
    and ``"mltl"`` see the categories of a DataFrame; they need numbers that are known
    otherwise. Unknown labels count as absent for the resampler and stay unknown for
    the learner, which has to take them, or refuses.

    Weights of rows follow their rows where the resampler repeats, removes or splits
    rows; the draws do not depend on them. Rows that ``"mlsmote"`` makes up have none.

    A label that is constant in the training rows is predicted as that, even where
    ``"remedial"`` makes rows without it. A vector of classes is resampled as one label
    a class, or one in all for two classes, which is never in the minority.

    Cost: that of the resampler, and one fit on as many rows as it makes.

    Examples
    --------
    The rare label stands in one row of five. Its IRLbl of 4 is above the mean of 4 and
    1, and a copy of its row is enough: 5 / 2 is not.

    >>> from sklearn.dummy import DummyClassifier
    >>> from mlkit.models import BinaryRelevance, ResampledClassifier
    >>> X = [[0], [0], [0], [0], [0]]
    >>> Y = [[1, 0], [1, 0], [1, 0], [0, 0], [1, 1]]
    >>> frequencies = BinaryRelevance(DummyClassifier(strategy="prior"))
    >>> frequencies.fit(X, Y).predict_proba([[0]]).tolist()
    [[0.8, 0.2]]
    >>> learner = ResampledClassifier(frequencies, random_state=0).fit(X, Y)
    >>> learner.n_resampled_, learner.resampler_.sample_indices_.tolist()
    (6, [0, 1, 2, 3, 4, 4])
    >>> learner.predict_proba([[0]]).round(3).tolist()
    [[0.833, 0.333]]
    """

    resampler_: Resampler
    n_resampled_: int

    def __init__(
        self,
        estimator: Any = None,
        *,
        resampler: str | Resampler | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.resampler = resampler
        self.random_state = random_state

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        self.resampler_ = self._make_resampler()
        Y = labels.with_unknown()
        if labels.kind == "frame":
            # With names, which a warning of labels passed over needs.
            Y = pd.DataFrame(Y, columns=list(labels.label_names))
        X, Y = self.resampler_.fit_resample(X, Y)
        if isinstance(Y, pd.DataFrame):
            Y = Y.to_numpy()
        self.n_resampled_ = Y.shape[0]
        self._warn_of_new_constants(Y, labels)
        with quiet_about_constants():
            self.estimator_ = self._fit_clone(X, Y, self._follow_rows(sample_weight))

    def _make_resampler(self) -> Resampler:
        given = "ml-ros" if self.resampler is None else self.resampler
        if isinstance(given, str) and given in _RESAMPLERS:
            given = _RESAMPLERS[given]
        if not isinstance(given, Resampler):
            error = unknown_name("resampler", given, _RESAMPLERS)
            raise error
        resampler, options = clone(given), given.get_params()
        if "random_state" in options and options["random_state"] is None:
            # A number, since resamplers draw by numpy's newer generators.
            (seed,) = draw_seeds(make_rng(self.random_state), 1)
            resampler.set_params(random_state=seed)
        return resampler

    def _follow_rows(self, sample_weight: np.ndarray | None) -> np.ndarray | None:
        """Return the weights of the resampled rows."""
        if sample_weight is None:
            return None
        if not hasattr(self.resampler_, "sample_indices_"):
            msg = (
                f"sample_weight was given, and {type(self.resampler_).__name__} makes "
                "rows that have none. Leave it out, or take a resampler that repeats "
                "or removes rows, such as 'ml-ros' or 'ml-rus'."
            )
            raise TypeError(msg)
        return sample_weight[self.resampler_.sample_indices_]

    def _warn_of_new_constants(self, Y: Any, labels: Indicator) -> None:
        resampled = check_indicator(Y, allow_missing=True)
        new = resampled.constant_labels() & ~self._constant
        if new.any():
            names = np.array(labels.label_names, dtype=object)[new]
            message = (
                f"{len(names)} of {labels.shape[1]} labels have a single value after "
                f"{type(self.resampler_).__name__} and are predicted as that value: "
                f"{names_for_message(names)}. Remove fewer rows."
            )
            warn(message, ConstantLabelWarning)

    def _predict_labels(self, X: Any) -> np.ndarray | sp.csr_array:
        return self._with_constants(self.estimator_.predict(X))
