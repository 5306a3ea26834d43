"""Rows that arrive in batches: labels that stay the same, classifiers that go on."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import replace
from inspect import signature
from typing import Any, Self

import numpy as np
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from mlkit.exceptions import (
    LabelNameError,
    OptionError,
    ShapeError,
    names_for_message,
)
from mlkit.models.base import (
    MultiLabelClassifier,
    _as_class_vector,
    check_row_order,
)
from mlkit.models.transformation import TransformationClassifier, set_seed
from mlkit.models.weighting import LabelWeights
from mlkit.validation import (
    FeatureMatrix,
    Indicator,
    LabelMatrix,
    check_indicator,
    check_label_names,
    check_same_rows,
)

__all__ = ["IncrementalClassifier", "check_batch", "continue_base"]


def _learns_in_batches(learner: IncrementalClassifier) -> bool:
    # available_if makes the AttributeError raised here the cause of its own, short one.
    learner._check_batches()
    return True


class IncrementalClassifier(TransformationClassifier):
    """Base of transformations with one classifier a label, which can learn in batches.

    Parameters
    ----------
    estimator : classifier or None
        The base learner. With `partial_fit`, the learner has it too.
    label_weights : None, "balanced", or array-like of shape (n_labels, 2)
        What absence and presence of each label weigh.
    random_state : int, RandomState or None
        Source of the base learners' seeds.

    Attributes
    ----------
    estimators_ : list of classifiers, length n_labels
        The last one is the last that was begun.

    Notes
    -----
    A subclass fits `estimators_` in `_fit_labels` and teaches them a batch in
    `_continue`, with `continue_base`. One that overrides the first has to override the
    second too, or has no `partial_fit`.
    """

    label_weights: LabelWeights
    estimators_: list[Any]

    @available_if(_learns_in_batches)
    def partial_fit(
        self,
        X: FeatureMatrix,
        y: LabelMatrix,
        classes: Any = None,
        *,
        label_names: Iterable[str] | None = None,
        sample_weight: Any = None,
    ) -> Self:
        """Learn from more rows, after those learned before, if any.

        Parameters
        ----------
        X : array-like, DataFrame or sparse matrix, shape (n_samples, n_features)
            Features, in the columns of the first rows.
        y : ndarray, DataFrame or sparse matrix, shape (n_samples, n_labels)
            The label matrix, in the columns of the first rows: all labels that there
            will be, also those that no row has yet. NaN where unknown, if `fit` takes
            that. Predictions keep the container of the first rows. A vector of classes
            is accepted too.
        classes : array-like, shape (n_classes,), optional
            For a vector of classes, in the first call: all that will occur. By default
            those of the first rows. Without use for a label matrix, whose columns are
            the labels.
        label_names : iterable of str, optional
            Names of the columns, where `y` has none. Later calls may leave them out.
        sample_weight : array-like, shape (n_samples,), optional
            Weights of the rows, if `partial_fit` of the base learner takes them.

        Returns
        -------
        self

        Raises
        ------
        AttributeError
            If the base learner has no `partial_fit`.
        LabelNameError, ShapeError
            If the labels are not those of the first rows; the message has the
            difference. `add_label` adds one.
        OptionError
            If ``label_weights="balanced"``, which needs the counts of all rows.
        TypeError
            If there are weights, and `partial_fit` of the base learner takes none.
        IndicatorError, FeatureTypeError
            As in `fit`.
        ValueError
            If the features are not those of the first rows.

        Notes
        -----
        Each label's classifier gets the rows that know the label, with both values
        announced: so a label may be constant at first, which no warning mentions, and
        is predicted as its classifier says (`GaussianNB` divides by zero until it has
        seen both). A label that no row knows yet is predicted as absent. Rows after
        `fit` continue the classifiers of `fit`; for a label that was constant there,
        one begins with these rows.

        The result depends on the batches as that of the base learner does: naive Bayes
        only counts and has that of `fit`; gradient descent passes over each batch once.

        If the base learner fails, some labels have learned the batch and others not.

        Examples
        --------
        >>> from sklearn.naive_bayes import BernoulliNB
        >>> from mlkit.models import BinaryRelevance
        >>> learner, X = BinaryRelevance(BernoulliNB()), [[0, 1], [1, 0]]
        >>> names = ["rain", "snow"]
        >>> _ = learner.partial_fit(X, [[0, 0], [1, 0]], label_names=names)
        >>> learner.predict([[1, 1]])
        array([[0, 0]])
        >>> _ = learner.partial_fit([[1, 1], [1, 1]], [[1, 1], [1, 1]])
        >>> learner.predict([[1, 1]])
        array([[1, 1]])
        """
        first = not hasattr(self, "estimators_")
        base = self._check_base_learner()
        _check_batch_weights(base, sample_weight, self.label_weights)
        checked, labels = check_batch(
            self, X, y, first=first, classes=classes, label_names=label_names
        )
        if sample_weight is not None:
            sample_weight = _check_sample_weight(
                sample_weight, checked, ensure_non_negative=True
            )
        self._continue(base, checked, labels, sample_weight)
        return self

    @available_if(_learns_in_batches)
    def add_label(self, name: str) -> Self:
        """Add a label behind the others, for the rows that are still to come.

        Parameters
        ----------
        name : str
            Its name, which no other label has.

        Returns
        -------
        self
            Of the rows before it is unknown whether they carry the label; it is
            predicted as absent until `partial_fit` has seen rows that know it.

        Raises
        ------
        LabelNameError
            If the labels have no names, or one has this name.
        NotFittedError
            If nothing was learned yet: name all labels in the first `partial_fit`.
        """
        check_is_fitted(self)
        known = list(getattr(self, "label_names_in_", []))
        if not known:
            msg = (
                f"'{name}' cannot be added to labels without names. Name them in the "
                "first partial_fit: label_names=..."
            )
            raise LabelNameError(msg)
        names = check_label_names([*known, name], len(known) + 1)
        self.label_names_in_ = np.array(names, dtype=object)
        self.n_labels_ = len(names)
        self.classes_ = np.tile([0, 1], (self.n_labels_, 1))
        self._add_last()
        return self

    @abstractmethod
    def _continue(
        self,
        base: Any,
        X: Any,
        labels: Indicator,
        sample_weight: np.ndarray | None,
    ) -> None:
        """Teach a checked batch, which may be the first, to each label's classifier."""

    def _add_last(self) -> None:
        """Make room for the label that was added behind the others."""
        self.estimators_.append(unseen_label())

    def _check_batches(self) -> None:
        """Raise AttributeError where rows cannot be learned in batches."""
        base, name = self._base_learner(), type(self).__name__
        # A subclass that learns in another way would have to go on in another way.
        if _definer(type(self), "_fit_labels") is not _definer(type(self), "_continue"):
            msg = (
                f"{name} has no partial_fit; BinaryRelevance and ClassifierChain have."
            )
            raise AttributeError(msg)
        if not hasattr(base, "partial_fit"):
            msg = (
                f"{name} has no partial_fit, since its base learner "
                f"{type(base).__name__} has none. Take SGDClassifier, Perceptron, "
                "BernoulliNB or MultinomialNB. A pipeline has none either: prepare "
                "each batch before the learner."
            )
            raise AttributeError(msg)


def check_batch(
    learner: MultiLabelClassifier,
    X: Any,
    Y: Any,
    *,
    first: bool,
    classes: Any = None,
    label_names: Iterable[str] | None = None,
) -> tuple[Any, Indicator]:
    """Check a batch; columns and labels of the first one fix them for all.

    Parameters
    ----------
    learner : MultiLabelClassifier
        In the first batch it is told the kind of `Y`, the number of labels and their
        names; later it is asked for them.
    X : array-like, DataFrame or sparse matrix
    Y : ndarray, DataFrame, sparse matrix or vector of classes
    first : bool
        Whether no batch came before.
    classes : array-like, optional
        For a vector of classes, in the first batch: all that will occur. By default
        those of that batch.
    label_names : iterable of str, optional
        Names of the columns, for a `Y` without them.

    Returns
    -------
    X : array or csr_array
    labels : Indicator

    Raises
    ------
    LabelNameError, ShapeError
        If the labels are not those of the first batch; the message has the difference.
    ValueError
        If the features are not.
    IndicatorError, MissingLabelsError, FeatureTypeError
        As in `fit`.
    """
    checked = learner._check_features(X, reset=first)
    labels = _check_labels_of(
        learner, Y, first=first, classes=classes, label_names=label_names
    )
    check_same_rows(checked.shape[0], labels.shape[0], names=("X", "Y"))
    check_row_order(X, labels.index)
    return checked, labels


def _check_labels_of(
    learner: MultiLabelClassifier,
    Y: Any,
    *,
    first: bool,
    classes: Any,
    label_names: Iterable[str] | None,
) -> Indicator:
    vector = _as_class_vector(Y)
    if vector is not None:
        return _check_classes(learner, vector, first, classes, label_names)
    if not first:
        return _check_later(learner, Y, label_names)
    labels = learner._check_labels(Y)
    if label_names is not None:
        names = check_label_names(label_names, labels.shape[1])
        if labels.named:
            _refuse_other_names(list(labels.label_names), list(names))
        labels = replace(labels, label_names=names, named=True)
        learner._set_label_names(labels)
    return labels


def _check_batch_weights(
    base: Any, sample_weight: Any, label_weights: LabelWeights
) -> None:
    """Refuse weights that the base learner does not take, or a batch cannot tell."""
    if isinstance(label_weights, str):
        msg = (
            f"label_weights='{label_weights}' needs the counts of all rows, and "
            "partial_fit sees a batch. Give numbers: label_weights=array of shape "
            "(n_labels, 2), such as mlkit.resampling.label_weights of a sample."
        )
        raise OptionError(msg)
    given = {"sample_weight": sample_weight, "label_weights": label_weights}
    names = [name for name, value in given.items() if value is not None]
    if names and "sample_weight" not in signature(base.partial_fit).parameters:
        msg = (
            f"{names[0]} was given, and {type(base).__name__} takes no weights in "
            "partial_fit. Leave it out or take another base learner."
        )
        raise TypeError(msg)


def continue_base(
    base: Any,
    learner: Any,
    X: Any,
    y: np.ndarray,
    *,
    name: str,
    seed: int | None = None,
    sample_weight: np.ndarray | None = None,
) -> Any:
    """Teach rows of one label to its classifier; begin one where there is none yet.

    Parameters
    ----------
    base : classifier
        With `partial_fit`; a clone of it begins.
    learner : fitted classifier or None
        What was learned before. It is changed.
    X : array or csr_array, shape (n_samples, n_features)
        May have no rows.
    y : ndarray of int8, shape (n_samples,)
    name : str
        What is learned, for the note of an error.
    seed : int, optional
        Of a classifier that begins.
    sample_weight : ndarray, shape (n_samples,), optional

    Returns
    -------
    classifier
        `unseen_label` where no row was ever seen.
    """
    if len(y) == 0:
        return unseen_label() if learner is None else learner
    # A dummy stands for a label without rows, or with a single value in `fit`.
    if learner is None or isinstance(learner, DummyClassifier):
        learner = clone(base)
        if seed is not None:
            set_seed(learner, seed)
    weights = {} if sample_weight is None else {"sample_weight": sample_weight}
    try:
        # Both classes are named each time, so that one of them may come late.
        return learner.partial_fit(X, y, classes=np.array([0, 1]), **weights)
    except Exception as err:
        err.add_note(f"This happened while {type(base).__name__} learned {name}.")
        raise


def unseen_label() -> DummyClassifier:
    """Return the classifier of a label without rows: it is predicted as absent.

    Returns
    -------
    DummyClassifier
    """
    return DummyClassifier(strategy="most_frequent").fit([[0]], [0])


def _check_classes(
    learner: MultiLabelClassifier,
    vector: np.ndarray,
    first: bool,
    classes: Any,
    label_names: Any,
) -> Indicator:
    if label_names is not None:
        msg = (
            "label_names names the columns of a label matrix; y is a vector of classes."
        )
        raise OptionError(msg)
    if not first and learner._target != "classes":
        msg = "Y is a vector of classes, and the rows before had a label matrix."
        raise ShapeError(msg)
    known = learner.classes_ if not first else classes
    known = np.unique(vector if known is None else known)
    unknown = np.setdiff1d(vector, known)
    if len(unknown):
        msg = (
            f"y has classes that are not among those known: "
            f"{names_for_message(unknown)}. Name all in the first partial_fit: "
            "classes=..."
        )
        raise LabelNameError(msg)
    # With a row of each class before them, the classes are numbered as they are.
    labels = learner._check_labels(np.concatenate([known, vector]))
    return replace(labels, values=labels.values[len(known) :])


def _check_later(
    learner: MultiLabelClassifier, Y: Any, label_names: Iterable[str] | None
) -> Indicator:
    """Check labels against those of the first batch."""
    labels = check_indicator(Y, allow_missing=True)
    learner._check_missing(labels)
    for names in (labels.label_names if labels.named else None, label_names):
        # Where the first batch had no names, columns are known by their places.
        if names is not None and hasattr(learner, "label_names_in_"):
            known = list(learner.label_names_in_)
            _refuse_other_names([str(name) for name in names], known)
    if learner._target == "classes" or labels.shape[1] != learner.n_labels_:
        before = (
            "a vector of classes"
            if learner._target == "classes"
            else f"{learner.n_labels_} labels"
        )
        msg = f"Y has {labels.shape[1]} labels; the rows before had {before}."
        raise ShapeError(msg)
    if hasattr(learner, "label_names_in_"):
        # Messages name labels, also those of a batch that came without names.
        names = tuple(learner.label_names_in_)
        labels = replace(labels, label_names=names, named=True)
    return labels


def _refuse_other_names(given: list[str], known: list[str]) -> None:
    """Raise an error that has the difference, where there is one."""
    if given == known:
        return
    lacking = [name for name in known if name not in given]
    new = [name for name in given if name not in known]
    if not lacking and not new:
        msg = (
            f"Y has the labels {names_for_message(given)}; expected "
            f"{names_for_message(known)}, in this order."
        )
        raise LabelNameError(msg)
    msg = (
        "Y must have the labels that were named first. Lacking: "
        f"{names_for_message(lacking) or 'none'}; new: "
        f"{names_for_message(new) or 'none'}. All labels are named in the first "
        "partial_fit (label_names=...): one that no row has is a column of 0, one that "
        "is unknown a column of NaN. Where the learner has add_label(name), it takes a "
        "new one behind the others."
    )
    raise LabelNameError(msg)


def _definer(cls: type, name: str) -> type:
    """Return the class that an inherited method comes from."""
    return next(parent for parent in cls.__mro__ if name in vars(parent))
