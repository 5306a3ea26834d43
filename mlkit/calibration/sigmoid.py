"""Platt's sigmoid: a slope and an intercept on the logits of each label."""

from __future__ import annotations

import numpy as np

from mlkit.activations import sigmoid
from mlkit.calibration.base import LabelCalibrator
from mlkit.calibration.maps import LogitMap, cross_entropy, lines_of, to_logits
from mlkit.metrics.cells import Cells

__all__ = ["SigmoidCalibrator"]

# The loss is convex in two numbers, and Newton's steps converge quadratically: about
# ten are taken. The limits stop a line that rounding keeps from settling.
_MAX_STEPS = 100
_MAX_HALVINGS = 40
_TOLERANCE = 1e-10


class SigmoidCalibrator(LabelCalibrator):
    r"""Fit a slope and an intercept to each label's scores.

    Parameters
    ----------
    score_type : {"logits", "probabilities"}, default "logits"
        What the scores are. Probabilities are turned into logits first: a straight line
        on p itself could not leave good probabilities as they are.
    min_count : int, default 10
        Least number of positives, and of negatives, for a map of its own.
    rare : {"keep", "pool"}, default "keep"
        What the other labels get: scores as they are, or one map of all cells.

    Attributes
    ----------
    slopes_, intercepts_ : ndarray of float64, shape (n_labels,)
        The two numbers of each label; 1 and 0 where scores are kept as they are.
    maps_, calibrated_, label_names_, n_labels_
        As `LabelCalibrator`.

    See Also
    --------
    IsotonicCalibrator : No shape assumed, at the price of more rows.
    TemperatureCalibrator : The slope alone.

    Notes
    -----
    .. math:: P(y = 1 \mid s) = \sigma(a s + b)

    with `a` and `b` that minimise the cross-entropy to Platt's smoothed targets,
    :math:`(N_+ + 1) / (N_+ + 2)` for positives and :math:`1 / (N_- + 2)` for negatives.
    They keep `a` finite where a cut separates the two perfectly. (Platt writes
    :math:`1 / (1 + e^{As + B})`, so his A is -a.)

    With `a` > 0 a label ranks its rows as before. A negative `a` means that the scores
    rank the wrong way round; it is kept, since that is what the rows say: look at the
    model. Scores that are all the same give the smoothed share of positives.

    Probabilities are kept 1e-9 away from 0 and 1 before their logit is taken.

    Cost: about ten passes over the scores.

    References
    ----------
    .. [1] J. Platt. Probabilistic outputs for support vector machines and comparisons
       to regularized likelihood methods. Advances in Large Margin Classifiers, 1999.
    .. [2] H.-T. Lin, C.-J. Lin, R. C. Weng. A note on Platt's probabilistic outputs for
       support vector machines. Machine Learning 68, 2007: Newton's method with
       backtracking, and the stable form of the loss.

    Examples
    --------
    Logits that are four times too large, and say "yes" for 3 of 4 at 4 and for 1 of 4
    at -4; smoothing draws the slope a little towards 0:

    >>> from mlkit.calibration import SigmoidCalibrator
    >>> scores = [[4.0]] * 40 + [[-4.0]] * 40
    >>> Y = ([[1]] * 3 + [[0]]) * 10 + ([[0]] * 3 + [[1]]) * 10
    >>> calibrator = SigmoidCalibrator().fit(Y, scores)
    >>> calibrator.predict([[4.0], [0.0], [-4.0]]).ravel().round(2).tolist()
    [0.74, 0.5, 0.26]
    """

    slopes_: np.ndarray
    intercepts_: np.ndarray

    def _fit_maps(self, cells: Cells) -> None:
        super()._fit_maps(cells)
        self.slopes_, self.intercepts_ = lines_of(self.maps_)

    def _fit_map(self, y: np.ndarray, scores: np.ndarray) -> LogitMap:
        logits = to_logits(scores, self.score_type)
        # On a common scale the two directions of the loss are about equally steep.
        center, spread = logits.mean(), logits.std() or 1.0
        slope, offset = _fit_line(_smoothed(y), (logits - center) / spread)
        slope /= spread
        return LogitMap(float(slope), float(offset - slope * center), self.score_type)


def _smoothed(y: np.ndarray) -> np.ndarray:
    n_positives = np.count_nonzero(y)
    n_negatives = len(y) - n_positives
    positive, negative = (n_positives + 1) / (n_positives + 2), 1 / (n_negatives + 2)
    return np.where(y == 1, positive, negative)


def _fit_line(targets: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return the slope and the intercept of the least cross-entropy."""
    design = np.column_stack([z, np.ones_like(z)])
    mean = targets.mean()
    # Without a slope this intercept is the best one: a start that is never far off.
    line = np.array([0.0, np.log(mean / (1 - mean))])
    loss = cross_entropy(targets, design @ line)
    for _ in range(_MAX_STEPS):
        proba = sigmoid(design @ line)
        gradient = design.T @ (proba - targets)
        if np.abs(gradient).max() <= _TOLERANCE * len(z):
            break
        hessian = (design * (proba * (1 - proba))[:, np.newaxis]).T @ design
        # Scores that are all the same leave the slope open, and the matrix singular.
        hessian += 1e-12 * len(z) * np.eye(2)
        line, improved = _step(targets, design, line, loss, gradient, hessian)
        if improved >= loss:
            break
        loss = improved
    return line


def _step(
    targets: np.ndarray,
    design: np.ndarray,
    line: np.ndarray,
    loss: float,
    gradient: np.ndarray,
    hessian: np.ndarray,
) -> tuple[np.ndarray, float]:
    """Take Newton's step, halved until the loss falls; or stay where none does."""
    step = -np.linalg.solve(hessian, gradient)
    for _ in range(_MAX_HALVINGS):
        reached = cross_entropy(targets, design @ (line + step))
        if reached < loss:
            return line + step, reached
        step = step / 2
    return line, loss
