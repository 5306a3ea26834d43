"""Isotonic calibration: any increasing curve, fitted to each label."""

from __future__ import annotations

import numpy as np
from sklearn.isotonic import IsotonicRegression

from mlkit.calibration.base import LabelCalibrator
from mlkit.calibration.maps import CurveMap

__all__ = ["IsotonicCalibrator"]


class IsotonicCalibrator(LabelCalibrator):
    """Fit the increasing curve that is nearest to each label's outcomes.

    Parameters
    ----------
    score_type : {"logits", "probabilities"}, default "logits"
        What the scores are; it only matters for labels kept as they are, and for the
        check of their range.
    min_count : int, default 10
        Least number of positives, and of negatives, for a map of its own.
    rare : {"keep", "pool"}, default "keep"
        What the other labels get: scores as they are, or one map of all cells.

    Attributes
    ----------
    maps_, calibrated_, label_names_, n_labels_
        As `LabelCalibrator`; a fitted map has the knots ``scores`` and
        ``probabilities``.

    See Also
    --------
    SigmoidCalibrator : Two numbers a label; safer with few positives.

    Notes
    -----
    Least squares under the condition that probability never falls as the score rises
    (pool adjacent violators), straight lines between the knots, and level beyond the
    outermost ones. On the rows of `fit` the mean probability of a label is its share
    of positives.

    No shape is assumed, so much data is needed: below some hundreds of positives the
    sigmoid is usually better [2]_. Rows with different scores can get the same
    probability, so measures of ranking may change a little. Probabilities of exactly 0
    and 1 occur at the ends, and a logarithmic loss punishes one mistake there without
    limit.

    Cost: one sort a label.

    References
    ----------
    .. [1] B. Zadrozny, C. Elkan. Transforming classifier scores into accurate
       multiclass probability estimates. KDD 2002.
    .. [2] A. Niculescu-Mizil, R. Caruana. Predicting good probabilities with supervised
       learning. ICML 2005.

    Examples
    --------
    The outcomes 1 and 0 in the middle run against the scores and are pooled:

    >>> from mlkit.calibration import IsotonicCalibrator
    >>> Y, scores = [[0], [1], [0], [1]], [[-2.0], [-1.0], [1.0], [2.0]]
    >>> calibrator = IsotonicCalibrator(min_count=1).fit(Y, scores)
    >>> calibrator.predict([[-3.0], [-1.0], [0.0], [1.0], [3.0]]).ravel().tolist()
    [0.0, 0.5, 0.5, 0.5, 1.0]
    """

    def _fit_map(self, y: np.ndarray, scores: np.ndarray) -> CurveMap:
        curve = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
        curve.fit(scores, y)
        return CurveMap(curve.X_thresholds_, curve.y_thresholds_)
