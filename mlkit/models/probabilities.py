"""P(label = 1 | x) out of any scikit-learn classifier, whatever shape it answers in."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.utils.validation import _num_samples

from mlkit.exceptions import ScoresError

__all__ = ["positive_proba"]


def positive_proba(
    estimator: Any, X: Any, *, n_labels: int | None = None
) -> np.ndarray:
    """Return P(label = 1 | x) of a fitted classifier, one column a label.

    scikit-learn has three shapes of `predict_proba`. Each is brought to one, and
    columns are found through `classes_`, never by position: a label that had a single
    value in training has a single column, and taking the last one would give
    P(label = 1) = 1 for a label that was never seen.

    Parameters
    ----------
    estimator : fitted classifier
        Anything with `predict_proba` and, for the first two shapes, `classes_`.
    X : array-like or sparse matrix, shape (n_samples, n_features)
        Rows to score, in the form that `estimator` takes.
    n_labels : int, optional
        On how many labels `estimator` was fitted. By default it is inferred from
        `classes_`; a few classifiers (`MLPClassifier`) leave that open.

    Returns
    -------
    ndarray of float64, shape (n_samples, n_labels)
        Values in [0, 1].

    Raises
    ------
    AttributeError
        If `estimator` has no probabilities.
    ScoresError
        If the answer fits no known shape, or fits two of them.

    Notes
    -----
    The shapes, and who uses them:

    ===================================  ===========================================
    ``(n_samples, 2)`` or ``(.., 1)``    one label: every binary classifier
    list of ``(n_samples, 2 or 1)``      trees, forests, neighbours and
                                         `MultiOutputClassifier` on a label matrix
    ``(n_samples, n_labels)``            `OneVsRestClassifier`, scikit-learn's and
                                         the kit's chains, `MLPClassifier`
    ===================================  ===========================================

    The positive class is the one that equals 1 (so True counts, "yes" does not).

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> tree = DecisionTreeClassifier().fit([[0], [1]], [[0, 0], [1, 0]])
    >>> [block.shape for block in tree.predict_proba([[1]])]
    [(1, 2), (1, 1)]
    >>> positive_proba(tree, [[1]]).tolist()
    [[1.0, 0.0]]

    The same for a classifier of a single label:

    >>> single = DecisionTreeClassifier().fit([[0], [1]], [0, 1])
    >>> positive_proba(single, [[0], [1]]).tolist()
    [[0.0], [1.0]]
    """
    answer = estimator.predict_proba(X)
    # A list is never ambiguous: one block and one array of classes a label.
    if isinstance(answer, list):
        blocks = zip(answer, estimator.classes_, strict=True)
        return np.column_stack([_positive_column(block, c) for block, c in blocks])
    proba = answer.toarray() if sp.issparse(answer) else np.asarray(answer)
    if _is_single_label(estimator, proba, n_labels):
        return _positive_column(proba, estimator.classes_)[:, np.newaxis]
    if proba.ndim != 2 or n_labels not in (None, proba.shape[1]):
        msg = (
            f"predict_proba of {type(estimator).__name__} gave shape {proba.shape}; "
            f"expected ({_num_samples(X)}, {n_labels or 'n_labels'})."
        )
        raise ScoresError(msg)
    return proba.astype(np.float64)


def class_proba(estimator: Any, X: Any, n_classes: int) -> np.ndarray:
    """Return P(class | x) with a column for each of the classes 0 .. n_classes - 1."""
    # A base learner may have seen fewer classes than there are, or in another order.
    proba = np.asarray(estimator.predict_proba(X), dtype=np.float64)
    aligned = np.zeros((proba.shape[0], n_classes))
    aligned[:, np.asarray(estimator.classes_, dtype=np.intp)] = proba
    return aligned


def _positive_column(block: Any, classes: Any) -> np.ndarray:
    """Pick the column of class 1 from P(class | x) of one label."""
    # Where 1 was never seen there is no such column, and P(label = 1) is 0.
    where = np.flatnonzero(np.asarray(classes) == 1)
    block = np.asarray(block, dtype=np.float64)
    return block[:, where[0]] if where.size else np.zeros(block.shape[0])


def _is_single_label(estimator: Any, proba: np.ndarray, n_labels: int | None) -> bool:
    """Tell P(class | x) of one label from P(label = 1 | x) of several."""
    classes = getattr(estimator, "classes_", None)
    # Several labels: one array of classes each, as a list or as rows.
    if classes is None or np.ndim(classes[0]) > 0:
        return False
    if n_labels is not None:
        return n_labels == 1
    # One-vs-rest numbers its labels in classes_, so two labels give (n, 2) and [0, 1]:
    # what one label looks like too. It says itself which of the two it is.
    if getattr(estimator, "multilabel_", False):
        return False
    # With one number a column, classes_ may number the labels or list the values of
    # one label. Only 0 and 1 can be the values of a label, and then a row sums to one.
    values = np.asarray(classes)
    binary = len(values) <= 2 and np.isin(values, [0, 1]).all()
    if binary and np.allclose(proba.sum(axis=1), 1.0):
        return True
    msg = (
        f"The columns of {type(estimator).__name__}.predict_proba may be labels or "
        f"classes (classes_ = {values.tolist()[:5]}). Say which: pass n_labels."
    )
    raise ScoresError(msg)
