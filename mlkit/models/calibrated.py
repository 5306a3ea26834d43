"""A learner whose probabilities are calibrated on rows it was not trained on."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from numbers import Integral
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np
import pandas as pd
import scipy.sparse as sp
from sklearn.base import MetaEstimatorMixin, clone
from sklearn.model_selection import check_cv
from sklearn.utils import get_tags
from sklearn.utils.validation import has_fit_parameter

from mlkit.calibration import (
    IsotonicCalibrator,
    LabelCalibrator,
    SigmoidCalibrator,
    TemperatureCalibrator,
)
from mlkit.exceptions import (
    ConstantLabelWarning,
    SplitError,
    UnknownLabelWarning,
    unknown_name,
)
from mlkit.models.base import MultiLabelClassifier
from mlkit.models.binary_relevance import BinaryRelevance
from mlkit.models.probabilities import positive_proba
from mlkit.splitting import IterativeStratification
from mlkit.validation import Indicator

__all__ = ["CalibratedClassifier"]

Method: TypeAlias = Literal["sigmoid", "isotonic", "temperature"] | LabelCalibrator

_METHODS: dict[str, type[LabelCalibrator]] = {
    "sigmoid": SigmoidCalibrator,
    "isotonic": IsotonicCalibrator,
    "temperature": TemperatureCalibrator,
}


class CalibratedClassifier(MetaEstimatorMixin, MultiLabelClassifier):
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
        Number of features.
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

    # Whether unknown labels can be used is for the inner learner to say.
    _accepts_missing_labels: ClassVar[bool] = True
    estimator_: Any
    calibrator_: LabelCalibrator
    _constant: np.ndarray

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

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inner = get_tags(self._inner_learner())
        # Tools ask the tags before they hand over sparse or incomplete features.
        tags.input_tags.sparse = inner.input_tags.sparse
        tags.input_tags.allow_nan = inner.input_tags.allow_nan
        return tags

    def _inner_learner(self) -> Any:
        return BinaryRelevance() if self.estimator is None else self.estimator

    def _check_probabilities(self) -> None:
        inner = self._inner_learner()
        if not hasattr(inner, "predict_proba"):
            msg = (
                f"CalibratedClassifier needs probabilities, and {type(inner).__name__} "
                "has no predict_proba here. Take a base learner that has; or fit a "
                "mlkit.calibration.SigmoidCalibrator to its decision values."
            )
            raise AttributeError(msg)

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        self._check_probabilities()
        calibrator = self._make_calibrator()
        self._constant = labels.constant_labels()
        Y = _with_unknown(labels)
        # The outer fit has warned of constant labels; each fold would do so again, and
        # of labels that are constant in its part only.
        with warnings.catch_warnings():
            for category in (ConstantLabelWarning, UnknownLabelWarning):
                warnings.simplefilter("ignore", category)
            tested, proba = self._score_out_of_fold(X, Y, sample_weight)
            self.estimator_ = self._fit_clone(X, Y, sample_weight)
        scores = pd.DataFrame(proba, columns=list(labels.label_names))
        self.calibrator_ = calibrator.fit(Y[tested], scores)

    def _make_calibrator(self) -> LabelCalibrator:
        if isinstance(self.method, LabelCalibrator):
            return clone(self.method).set_params(score_type="probabilities")
        if self.method not in _METHODS:
            error = unknown_name("calibration method", self.method, _METHODS)
            raise error
        return _METHODS[self.method](score_type="probabilities")

    def _folds(self, X: Any, Y: Any) -> Iterable[tuple[np.ndarray, np.ndarray]]:
        if not isinstance(self.cv, Integral) or isinstance(self.cv, bool):
            return check_cv(self.cv).split(X, Y)
        folds = IterativeStratification(
            int(self.cv),
            shuffle=self.random_state is not None,
            random_state=self.random_state,
        )
        return folds.split(X, Y)

    def _score_out_of_fold(
        self, X: Any, Y: Any, sample_weight: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows that were tested, and their probabilities."""
        if X.shape[0] == 1:
            msg = "A row is scored by a learner of other rows; got one sample only."
            raise SplitError(msg)
        rows, blocks = [], []
        for train, test in self._folds(X, Y):
            weights = None if sample_weight is None else sample_weight[train]
            learner = self._fit_clone(X[train], Y[train], weights)
            rows.append(np.asarray(test))
            blocks.append(positive_proba(learner, X[test], n_labels=self.n_labels_))
        tested = np.concatenate(rows)
        if len(np.unique(tested)) < len(tested):
            msg = (
                "cv tests some rows more than once; each row gives one score here. "
                "Take folds that do not overlap, such as IterativeStratification."
            )
            raise SplitError(msg)
        return tested, np.vstack(blocks)

    def _fit_clone(self, X: Any, Y: Any, sample_weight: np.ndarray | None) -> Any:
        learner = clone(self._inner_learner())
        if sample_weight is None:
            return learner.fit(X, Y)
        if not has_fit_parameter(learner, "sample_weight"):
            msg = (
                f"sample_weight was given, and {type(learner).__name__} takes none. "
                "Leave it out or take another learner."
            )
            raise TypeError(msg)
        return learner.fit(X, Y, sample_weight=sample_weight)

    def _predict_labels(self, X: Any) -> np.ndarray:
        return self._predict_label_proba(X) > 0.5

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        proba = positive_proba(self.estimator_, X, n_labels=self.n_labels_)
        # A map that labels share would move the 0 or 1 of a constant one.
        return np.where(self._constant, proba, self.calibrator_.predict(proba))


def _with_unknown(labels: Indicator) -> np.ndarray | sp.csr_array:
    """Return the label matrix as a learner takes it, with NaN where unknown."""
    if labels.missing is None:
        return labels.values
    if isinstance(labels.values, np.ndarray):
        return np.where(labels.missing, np.nan, labels.values)
    # True becomes NaN, and what is not stored stays 0: nothing is made dense.
    return sp.csr_array(labels.values + labels.missing * np.nan)
