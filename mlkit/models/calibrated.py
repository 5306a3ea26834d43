"""A learner whose probabilities are calibrated on rows it was not trained on."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from sklearn.base import clone

from mlkit.calibration import (
    IsotonicCalibrator,
    LabelCalibrator,
    SigmoidCalibrator,
    TemperatureCalibrator,
)
from mlkit.exceptions import unknown_name
from mlkit.models.out_of_fold import OutOfFoldClassifier
from mlkit.validation import Indicator

__all__ = ["CalibratedClassifier"]

Method: TypeAlias = Literal["sigmoid", "isotonic", "temperature"] | LabelCalibrator

_METHODS: dict[str, type[LabelCalibrator]] = {
    "sigmoid": SigmoidCalibrator,
    "isotonic": IsotonicCalibrator,
    "temperature": TemperatureCalibrator,
}


class CalibratedClassifier(OutOfFoldClassifier):
    """Calibrate a multi-label learner with its own out-of-fold probabilities.

    Parameters
    ----------
    estimator : multi-label classifier, default None
        A learner with `predict_proba`; `BinaryRelevance` by default. It is cloned.
    method : {"sigmoid", "isotonic", "temperature"} or LabelCalibrator
        Default ``"sigmoid"``. How probabilities are mapped. A calibrator carries
        options of its own, such as `min_count`; it is cloned and set to take
        probabilities.
    cv : int, cross-validator or iterable of (train, test), default 5
        Who is scored by whom. A number makes that many folds by
        `IterativeStratification`, so that every fold has positives of every label that
        is not too rare. No row may be tested twice; rows that are never tested take no
        part in the calibration.
    random_state : int or RandomState, optional
        Shuffles the rows before a number of folds is made; by default the folds follow
        from `Y` alone. The seeds set in `estimator` are kept.

    Attributes
    ----------
    estimator_ : fitted learner
        Trained on all rows.
    calibrator_ : fitted LabelCalibrator
        From its probabilities to calibrated ones.
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
    UncalibratedLabelWarning
        In `fit`, if labels have too few positives or negatives; their probabilities
        stay as they are.

    See Also
    --------
    mlkit.calibration.SigmoidCalibrator : And its like, for scores of any origin.
    mlkit.calibration.reliability_data : Shows what it did.

    Notes
    -----
    Each row is scored by a clone that was trained on other folds; one map a label is
    fitted to these scores and applied to the learner that was trained on all rows. That
    learner has seen a little more than the clones, so its scores may be a little
    better than those that the map was fitted to.

    `predict` says 1 where the calibrated probability is above 0.5. Calibration undoes
    a shift such as that of ``class_weight="balanced"``, and so its extra positives:
    choose thresholds afterwards where another trade is wanted.

    Weights go to the learner only. The maps count each row once, so probabilities stay
    shares of rows, whatever the learner was made to attend to. What is unknown in `Y`
    is left out of the maps; the learner has to take it, or refuses.

    Cost: one fit of the learner a fold, and one more.

    References
    ----------
    .. [1] J. Platt. Probabilistic outputs for support vector machines and comparisons
       to regularized likelihood methods. Advances in Large Margin Classifiers, 1999:
       there with three folds.

    Examples
    --------
    Balanced weights make a rare label look common; calibration puts that right:

    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from mlkit.models import BinaryRelevance
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(1000, 1))
    >>> Y = (X + 2 * rng.normal(size=(1000, 1)) > 3).astype(int)
    >>> balanced = BinaryRelevance(LogisticRegression(class_weight="balanced"))
    >>> calibrated = CalibratedClassifier(balanced).fit(X, Y)
    >>> float(Y.mean().round(2))
    0.1
    >>> float(balanced.fit(X, Y).predict_proba(X).mean().round(2))
    0.42
    >>> float(calibrated.predict_proba(X).mean().round(2))
    0.1
    """

    calibrator_: LabelCalibrator

    def __init__(
        self,
        estimator: Any = None,
        *,
        method: Method = "sigmoid",
        cv: Any = 5,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.method = method
        self.cv = cv
        self.random_state = random_state

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        self._check_probabilities()
        calibrator = self._make_calibrator()
        Y, proba = self._score_out_of_fold(X, labels, sample_weight)
        self._fit_on_all(X, labels, sample_weight)
        # With names, which the warning of labels without a map needs.
        scores = pd.DataFrame(proba, columns=list(labels.label_names))
        self.calibrator_ = calibrator.fit(Y, scores)

    def _make_calibrator(self) -> LabelCalibrator:
        if isinstance(self.method, LabelCalibrator):
            return clone(self.method).set_params(score_type="probabilities")
        if self.method not in _METHODS:
            error = unknown_name("calibration method", self.method, _METHODS)
            raise error
        return _METHODS[self.method](score_type="probabilities")

    def _predict_labels(self, X: Any) -> np.ndarray:
        return self._predict_label_proba(X) > 0.5

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        proba = super()._predict_label_proba(X)
        # A map that labels share would move the 0 or 1 of a constant one.
        return self._with_constants(self.calibrator_.predict(proba))
