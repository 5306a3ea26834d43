"""The contract of every learner: what goes in, what comes out, in which container."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp
from pandas.api.types import is_numeric_dtype
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.utils import assert_all_finite, get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    column_or_1d,
    validate_data,
)

from mlkit.exceptions import (
    ConstantLabelWarning,
    FeatureTypeError,
    IndicatorError,
    LabelNameError,
    MissingLabelsError,
    ShapeError,
    UnknownLabelWarning,
    names_for_message,
    warn,
)
from mlkit.metrics.counts import confusion_counts
from mlkit.metrics.row_counts import right_rows
from mlkit.validation import (
    FeatureMatrix,
    Indicator,
    LabelMatrix,
    check_indicator,
    check_same_rows,
    where_missing,
)

__all__ = ["MultiLabelClassifier", "check_row_order"]


def _has_probabilities(learner: MultiLabelClassifier) -> bool:
    # available_if makes the AttributeError raised here the cause of its own, short one.
    learner._check_probabilities()
    return True


class MultiLabelClassifier(ClassifierMixin, BaseEstimator, ABC):
    """Base of the kit's learners: checks, containers, names and constant labels.

    A learner says how it learns in `_fit_labels`, `_predict_labels` and
    `_predict_label_proba`, on checked arrays; everything that users see is here.
    `BinaryRelevance`, `ClassifierChain` and `LabelPowerset` are such learners.

    Attributes
    ----------
    classes_ : ndarray, shape (n_labels, 2)
        ``[0, 1]`` for each label. For a vector of classes: its distinct values.
    n_labels_ : int
        Number of columns learned.
    label_names_in_ : ndarray of str, shape (n_labels,)
        Names of the labels; only where `Y` was a DataFrame.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of str, shape (n_features,)
        Names of the features; only where `X` was a DataFrame with string columns.

    Notes
    -----
    ==========================  =====================================================
    `Y` in `fit`                `predict` gives
    ==========================  =====================================================
    ndarray or nested lists     ndarray of int64
    DataFrame                   DataFrame with its columns, and the index of `X`
                                where that is a DataFrame
    sparse                      csr_array of int64
    vector of classes           vector of classes
    ==========================  =====================================================

    `predict_proba` is an ndarray in all cases, since scorers and `cross_val_predict`
    take nothing else.

    A vector of classes (ordinary multi-class) is learned as one label a class (one
    label in all for two classes); the classes' probabilities are scaled to sum to one
    and the greatest wins. That makes the learners full scikit-learn classifiers.
    Without probabilities the first class whose label is predicted wins.

    A label that has a single value in the training rows is predicted as that value,
    with probability 0 or 1; `fit` warns once and names all of them. Nothing better can
    be learned from such rows, and a cross-validation with rare labels meets it often.

    Where labels are unknown, Y holds NaN (see `MultiLabelDataset.as_xy`). Some learners
    can use such rows, the others refuse them in `fit`; the column ``missing_labels`` of
    `mlkit.models.catalog` says which. A new learner that can sets the class attribute
    ``_accepts_missing_labels``; it then finds the mask in ``labels.missing``.

    See Also
    --------
    mlkit.models.catalog : The learners that exist, by name.
    mlkit.models.make : Builds one, with the preparation that its features need.

    Examples
    --------
    Labels with names come back with their names:

    >>> import pandas as pd
    >>> from mlkit.models import BinaryRelevance
    >>> X = pd.DataFrame({"size": [1.0, 2.0, 8.0, 9.0]}, index=list("abcd"))
    >>> Y = pd.DataFrame({"big": [0, 0, 1, 1], "small": [1, 1, 0, 0]}, index=X.index)
    >>> learner = BinaryRelevance().fit(X, Y)
    >>> learner.predict(X.loc[["b", "c"]])
       big  small
    b    0      1
    c    1      0
    """

    _accepts_missing_labels: ClassVar[bool] = False
    n_labels_: int
    classes_: np.ndarray
    _target: Literal["array", "frame", "sparse", "classes"]

    def fit(
        self, X: FeatureMatrix, y: LabelMatrix, *, sample_weight: Any = None
    ) -> MultiLabelClassifier:
        """Learn all labels.

        Parameters
        ----------
        X : array-like, DataFrame or sparse matrix, shape (n_samples, n_features)
            Features, all of them numbers. Missing values are allowed where the
            learner's tags say so.
        y : ndarray, DataFrame or sparse matrix, shape (n_samples, n_labels)
            The label matrix `Y` (scikit-learn calls it `y`): 1 where a row carries a
            label, else 0; NaN where that is unknown, for the learners that take it. A
            vector of classes of shape (n_samples,) is accepted too.
        sample_weight : array-like, shape (n_samples,), optional
            Weights of the rows, at least 0.

        Returns
        -------
        self

        Raises
        ------
        IndicatorError, LabelNameError, ShapeError
            If `y` is not an indicator matrix with a row for each row of `X`.
        MissingLabelsError
            If labels are unknown and the learner cannot use that.
        FeatureTypeError
            If `X` has columns that are not numbers.

        Warns
        -----
        ConstantLabelWarning
            If a label has a single value in `y`; it is always predicted as that.
        UnknownLabelWarning
            If a label is unknown in every row; it is always predicted as absent.
        """
        checked, labels, sample_weight = self._check_training(X, y, sample_weight)
        self._fit_labels(checked, labels, sample_weight)
        return self

    def predict(self, X: FeatureMatrix) -> LabelMatrix:
        """Predict which labels each row carries.

        Parameters
        ----------
        X : array-like, DataFrame or sparse matrix, shape (n_samples, n_features)
            Features, in the columns of `fit`.

        Returns
        -------
        ndarray, DataFrame or csr_array of int64, shape (n_samples, n_labels)
            1 where a label is predicted, else 0; in the container of `Y` in `fit`. A
            row may have no label at all.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        ValueError
            If the columns of `X` are not those of `fit`; the message lists the
            difference.
        """
        check_is_fitted(self)
        checked = self._check_features(X, reset=False)
        if self._target == "classes":
            return self.classes_[self._predict_class_codes(checked)]
        return self._in_container(self._predict_labels(checked), X)

    @available_if(_has_probabilities)
    def predict_proba(self, X: FeatureMatrix) -> np.ndarray:
        """Predict P(label = 1 | x) of each label.

        Parameters
        ----------
        X : array-like, DataFrame or sparse matrix, shape (n_samples, n_features)
            Features, in the columns of `fit`.

        Returns
        -------
        ndarray of float64, shape (n_samples, n_labels)
            Values in [0, 1]; a row sums to anything between 0 and n_labels. For a
            vector of classes: shape (n_samples, n_classes), rows sum to one.

        Raises
        ------
        AttributeError
            If the learner has no probabilities; the cause says what would have.
        NotFittedError
            If `fit` was not called.
        ValueError
            If the columns of `X` are not those of `fit`.
        """
        check_is_fitted(self)
        checked = self._check_features(X, reset=False)
        if self._target == "classes":
            return self._predict_class_proba(checked)
        return self._predict_label_proba(checked)

    def score(
        self, X: FeatureMatrix, y: LabelMatrix, sample_weight: Any = None
    ) -> float:
        """Return the subset accuracy: the share of rows with every label right.

        Parameters
        ----------
        X : array-like, DataFrame or sparse matrix, shape (n_samples, n_features)
            Features.
        y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
            True labels, in the column order of `fit`; NaN where unknown.
        sample_weight : array-like, shape (n_samples,), optional
            Weights of the rows.

        Returns
        -------
        float
            In [0, 1]; higher is better. It is a strict measure: one wrong label of
            many makes a row wrong. NaN if no label is known.

        Raises
        ------
        LabelNameError
            If `y` is a DataFrame whose columns are not the labels of `fit`, in order.

        Notes
        -----
        mean_i [y_i = predicted_i], for a vector of classes the ordinary accuracy. It is
        what scikit-learn's tools use where no `scoring` is named. Unknown labels do not
        count, and rows without a known label leave the mean.
        """
        self._check_label_columns(y)
        return self._score_of(self.predict(X), y, sample_weight)

    def _score_of(self, predicted: Any, y: Any, sample_weight: Any) -> float:
        if self._target == "classes":
            return float(accuracy_score(y, predicted, sample_weight=sample_weight))
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, predicted)
        return right_rows(confusion_counts(y, predicted), sample_weight)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    @abstractmethod
    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        """Learn from checked data; `labels` may hold constant columns."""

    @abstractmethod
    def _predict_labels(self, X: Any) -> np.ndarray | sp.csr_array:
        """Return 0/1 of shape (n_samples, n_labels), dense or CSR."""

    @abstractmethod
    def _predict_label_proba(self, X: Any) -> np.ndarray:
        """Return P(label = 1 | x), float64 of shape (n_samples, n_labels)."""

    def _check_probabilities(self) -> None:
        """Raise AttributeError where this learner has no probabilities."""

    def _check_training(
        self, X: Any, Y: Any, sample_weight: Any
    ) -> tuple[Any, Indicator, np.ndarray | None]:
        """Check what `fit` gets, and warn of labels that cannot be learned."""
        # X first: it sets n_features_in_ and the names that predict holds X to.
        checked = self._check_features(X, reset=True)
        labels = self._check_labels(Y)
        # What has several kinds of features has a tuple of them.
        first = checked[0] if isinstance(checked, tuple) else checked
        check_same_rows(first.shape[0], labels.shape[0], names=("X", "Y"))
        self._check_order(X, labels)
        if sample_weight is not None:
            sample_weight = _check_sample_weight(
                sample_weight, first, ensure_non_negative=True
            )
        _warn_of_constants(labels)
        return checked, labels, sample_weight

    def _check_order(self, X: Any, labels: Indicator) -> None:
        """Refuse features and labels whose names say that rows do not fit together."""
        check_row_order(X, labels.index)

    def _check_features(self, X: Any, *, reset: bool) -> Any:
        """Check X against the tags and, after `fit`, against the columns seen there."""
        finite = "allow-nan" if get_tags(self).input_tags.allow_nan else True
        try:
            return validate_data(
                self, X, reset=reset, accept_sparse="csr", ensure_all_finite=finite
            )
        except ValueError as err:
            # Only now, on the way out: looking at each column first would cost time on
            # every call, and scikit-learn alone knows what it can turn into numbers.
            _explain_column_types(X, err)
            raise

    def _check_labels(self, Y: Any) -> Indicator:
        """Check Y, remember its kind, and return it as an indicator matrix."""
        if Y is None:
            msg = (
                f"{type(self).__name__} requires y to be passed, but the target y is "
                "None. Pass the label matrix: fit(X, Y)."
            )
            raise IndicatorError(msg)
        vector = _as_class_vector(Y)
        if vector is None:
            labels = check_indicator(Y, allow_missing=True)
            self._check_missing(labels)
            self._target = labels.kind
            # One array, not a list of arrays: of the two forms that scikit-learn knows,
            # the one that scorers and cross_val_predict take with two labels as well.
            self.classes_ = np.tile([0, 1], (labels.shape[1], 1))
        else:
            labels = self._binarise(vector)
            self._target = "classes"
        self.n_labels_ = labels.shape[1]
        if self.n_labels_ == 0:
            msg = "Y has no columns; expected one column of 0/1 a label."
            raise IndicatorError(msg)
        self._set_label_names(labels)
        return labels

    def _check_missing(self, labels: Indicator) -> None:
        """Refuse unknown labels where this learner would take them for zeros."""
        if labels.missing is None or self._accepts_missing_labels:
            return
        msg = (
            f"{type(self).__name__} cannot learn from unknown labels "
            f"({where_missing(labels.missing, labels.label_names)}). Use "
            "BinaryRelevance, drop the rows: ds[~ds.rows_with_missing()], or take them "
            "as absent: ds.as_xy(missing='as_zero')."
        )
        raise MissingLabelsError(msg)

    def _check_label_columns(self, Y: Any) -> None:
        # Metrics compare by position, so columns in another order would give a
        # wrong figure without a word.
        if not isinstance(Y, pd.DataFrame) or not hasattr(self, "label_names_in_"):
            return
        got, expected = [str(name) for name in Y.columns], list(self.label_names_in_)
        if got != expected:
            msg = (
                f"Y has the labels {names_for_message(got)}; expected "
                f"{names_for_message(expected)}, in this order. Use "
                "Y[list(learner.label_names_in_)]."
            )
            raise LabelNameError(msg)

    def _set_label_names(self, labels: Indicator) -> None:
        # A second fit on unnamed labels must not keep the names of the first.
        self.__dict__.pop("label_names_in_", None)
        if labels.named:
            self.label_names_in_ = np.array(labels.label_names, dtype=object)

    def _binarise(self, y: np.ndarray) -> Indicator:
        """Turn a vector of classes into one label a class, or one for two classes."""
        self.classes_, codes = np.unique(y, return_inverse=True)
        n_classes = len(self.classes_)
        # The second of two classes is "the" label, as in scikit-learn.
        first = 1 if n_classes == 2 else 0
        values = (codes[:, np.newaxis] == np.arange(first, n_classes)).astype(np.int8)
        names = tuple(str(name) for name in self.classes_[first:])
        return Indicator(values, names, "array")

    def _predict_class_proba(self, X: Any) -> np.ndarray:
        """Return P(class | x): the labels' probabilities, scaled to sum to one."""
        proba = self._predict_label_proba(X)
        if len(self.classes_) == 2:
            return np.hstack([1.0 - proba, proba])
        total = proba.sum(axis=1, keepdims=True)
        # Where every class is given probability 0, nothing favours any of them.
        even = np.full_like(proba, 1.0 / proba.shape[1])
        return np.divide(proba, total, out=even, where=total > 0)

    def _predict_class_codes(self, X: Any) -> np.ndarray:
        """Return the position of the most probable class of each row."""
        if hasattr(self, "predict_proba"):
            return np.argmax(self._predict_class_proba(X), axis=1)
        labels = np.asarray(self._predict_labels(X))
        # Without probabilities, the first class whose label is predicted wins.
        return labels[:, 0] if len(self.classes_) == 2 else np.argmax(labels, axis=1)

    def _in_container(self, labels: Any, X: Any) -> LabelMatrix:
        """Put predicted labels into the container that Y had in `fit`."""
        if self._target == "sparse":
            return sp.csr_array(labels, dtype=np.int64)
        # A learner answers dense or sparse, whatever is less work for it.
        dense = labels.toarray() if sp.issparse(labels) else labels
        # int64, since sums and products of int8 overflow without a word.
        dense = dense.astype(np.int64)
        if self._target == "array":
            return dense
        index = X.index if isinstance(X, pd.DataFrame) else None
        return pd.DataFrame(dense, index=index, columns=list(self.label_names_in_))


def _as_class_vector(Y: Any) -> np.ndarray | None:
    """Return Y as a vector of classes, or None where it is a label matrix."""
    if sp.issparse(Y) or isinstance(Y, pd.DataFrame):
        return None
    try:
        array = np.asarray(Y)
    except ValueError:
        # Rows of different length: the check of label matrices words the error.
        return None
    # A column of 0/1 is one label; any other column can only be a vector of classes.
    column_of_classes = (
        array.ndim == 2
        and array.shape[1] == 1
        and not (np.isin(array, [0, 1]) | pd.isna(array)).all()
    )
    if array.ndim != 1 and not column_of_classes:
        return None
    # As in scikit-learn, a column is taken as a vector with a warning.
    vector = column_or_1d(array, warn=True)
    assert_all_finite(vector, input_name="y")
    check_classification_targets(vector)
    return vector


def check_row_order(
    X: Any, other: pd.Index | None, *, names: tuple[str, str] = ("X", "Y")
) -> None:
    """Refuse tables that hold the same rows in another order.

    Parameters
    ----------
    X : object
        Looked at where it is a DataFrame or Series.
    other : Index or None
        Names of the rows of what `X` goes with.
    names : tuple of str, default ("X", "Y")
        How the message calls the two.

    Raises
    ------
    ShapeError
    """
    if not isinstance(X, (pd.DataFrame, pd.Series)) or other is None:
        return
    # Row names that have nothing in common (one table renumbered) prove no mistake.
    if X.index.equals(other) or not X.index.difference(other).empty:
        return
    one, two = names
    msg = (
        f"{one} and {two} are tables of the same rows in another order. Row i of both "
        f"must be the same example: {two} = {two}.loc[{one}.index]."
    )
    raise ShapeError(msg)


def _explain_column_types(X: Any, err: ValueError) -> None:
    """Raise a better error where X is a table with columns that are not numbers."""
    if not isinstance(X, pd.DataFrame):
        return
    kinds = X.dtypes
    columns = [
        f"{name} ({kinds.iloc[position]})"
        for position, name in enumerate(X.columns)
        if not is_numeric_dtype(kinds.iloc[position])
    ]
    if columns:
        msg = (
            f"X has columns that are not numbers: {names_for_message(columns)}. Put "
            "mlkit.models.FeaturePreparation() before the learner, or take a learner "
            "that has it: mlkit.models.make('br-lr')."
        )
        raise FeatureTypeError(msg) from err


def _warn_of_constants(labels: Indicator) -> None:
    names = np.array(labels.label_names, dtype=object)
    counts, unknown = labels.counts(), labels.n_known() == 0
    if unknown.any():
        message = (
            f"{int(unknown.sum())} of {len(names)} labels are unknown in every training"
            f" row and are predicted as absent: {names_for_message(names[unknown])}. "
            "Leave them out, or train on rows that know them."
        )
        warn(message, UnknownLabelWarning)
    constant = labels.constant_labels() & ~unknown
    if not constant.any():
        return
    # One warning for all of them: with hundreds of rare labels, one each is a flood.
    parts = [
        f"always {value}: {names_for_message(names[where])}"
        for value, where in (
            (0, constant & (counts == 0)),
            (1, constant & (counts > 0)),
        )
        if where.any()
    ]
    message = (
        f"{int(constant.sum())} of {len(names)} labels have a single value in the "
        f"training rows and are predicted as that value ({'; '.join(parts)}). Train on "
        "more rows, or split with stratification."
    )
    warn(message, ConstantLabelWarning)
