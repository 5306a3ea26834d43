"""What learners around another learner share: its features, its tags, its weights."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp
from sklearn.base import MetaEstimatorMixin, clone
from sklearn.utils import get_tags
from sklearn.utils.validation import has_fit_parameter, validate_data

from mlkit.exceptions import ConstantLabelWarning, UnknownLabelWarning
from mlkit.models.base import MultiLabelClassifier
from mlkit.models.binary_relevance import BinaryRelevance
from mlkit.models.probabilities import positive_proba
from mlkit.resampling.base import as_rows
from mlkit.validation import Indicator

__all__ = ["WrapperClassifier", "quiet_about_constants"]


class WrapperClassifier(MetaEstimatorMixin, MultiLabelClassifier):
    """Base of learners that hold another multi-label learner.

    Parameters
    ----------
    estimator : multi-label classifier or None
        The inner learner, `BinaryRelevance` where it is None. It is cloned and never
        fitted itself.

    Attributes
    ----------
    estimator_ : fitted learner
        The clone that answers in `predict_proba`.

    Notes
    -----
    `X` reaches the inner learner as it came: a DataFrame with its categories and
    texts, pictures with their dimensions. Only its columns are held to those of `fit`
    here; whether the values will do is for the inner learner to say, which may be a
    pipeline that begins with `FeaturePreparation`. What is unknown in `Y` reaches it
    as NaN.

    A subclass has `estimator` in its own `__init__`, as scikit-learn's `clone` asks,
    fits clones through `_fit_clone` only, and leaves one in `estimator_`.
    """

    # Whether unknown labels can be used is for the inner learner to say.
    _accepts_missing_labels: ClassVar[bool] = True
    estimator: Any
    estimator_: Any
    _constant: np.ndarray
    _constant_values: np.ndarray

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
                f"{type(self).__name__} has its probabilities from its learner, and "
                f"{type(inner).__name__} has no predict_proba here. Take a base "
                "learner that has; or give decision values to mlkit.calibration or "
                "mlkit.thresholds."
            )
            raise AttributeError(msg)

    def _check_features(self, X: Any, *, reset: bool) -> Any:
        """Check the columns of X, and return it as it came, with rows to be taken."""
        rows = as_rows(X)
        if rows.ndim == 1 and get_tags(self._inner_learner()).input_tags.string:
            # A list of texts has no columns.
            return rows
        if rows.ndim < 2:
            # No columns to compare; scikit-learn's check words the error.
            return super()._check_features(X, reset=reset)
        # An array made of a table would lose its categories, and those named by digits
        # would become quantities without a word.
        validate_data(self, X, reset=reset, skip_check_array=True)
        return rows

    def _check_labels(self, Y: Any) -> Indicator:
        """Check Y, and remember the labels that are constant, whatever is learned."""
        labels = super()._check_labels(Y)
        self._constant = labels.constant_labels()
        self._constant_values = (labels.counts() > 0)[self._constant]
        return labels

    def _with_constants(self, answers: Any) -> Any:
        """Put the values of constant labels into answers; a lil_array where sparse."""
        if not self._constant.any():
            return answers
        # The one sparse form that can be written to, so that nothing becomes dense.
        changed = answers.tolil() if sp.issparse(answers) else np.array(answers)
        changed[:, self._constant] = self._constant_values
        return changed

    def _fit_clone(self, X: Any, Y: Any, sample_weight: np.ndarray | None) -> Any:
        """Fit a clone of the inner learner."""
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

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        proba = positive_proba(self.estimator_, X, n_labels=self.n_labels_)
        return self._with_constants(proba)


@contextmanager
def quiet_about_constants() -> Iterator[None]:
    """Silence an inner learner where the outer one has warned of constant labels.

    The inner one would say it again, a fold at a time, and of labels that are constant
    in its part of the rows only.
    """
    with warnings.catch_warnings():
        for category in (ConstantLabelWarning, UnknownLabelWarning):
            warnings.simplefilter("ignore", category)
        yield
