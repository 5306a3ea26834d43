"""How errors go along a chain of labels: what follows a wrong label, and what not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.alignment import align_prediction
from mlkit.exceptions import MissingLabelsError
from mlkit.models.chain_order import LabelOrder, resolve_order
from mlkit.models.transformation import predict_column
from mlkit.validation import (
    Indicator,
    check_indicator,
    check_same_rows,
    check_same_shape,
    where_missing,
)

__all__ = ["error_propagation", "predict_after_truth"]


def error_propagation(
    Y: Any, Y_pred: Any, *, order: LabelOrder = None, baseline: Any = None
) -> pd.DataFrame:
    r"""Compare how often a label is wrong after an earlier error and after none.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1, all of them known.
    Y_pred : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Labels that a chain predicts.
    order : None, or sequence of int or str, default None
        Positions or names of all labels in the order of the chain, such as ``order_``
        of a `mlkit.models.ClassifierChain`; that of the columns by default.
    baseline : array-like, DataFrame or sparse matrix, optional
        Labels that another model predicts for the same rows, which hands none on, such
        as binary relevance.

    Returns
    -------
    DataFrame
        One row a label, in the order of the chain, with

        - ``wrong``: share of the rows in which the label is wrong, in [0, 1];
        - ``n_after_error``, ``n_after_none``: rows in which at least one earlier label
          is wrong, and in which none is; they add up to n_samples;
        - ``after_error``, ``after_none``: share of those rows in which the label is
          wrong, in [0, 1]; NaN where there is no such row;
        - ``baseline_wrong``, ``baseline_after_error``, ``baseline_after_none``: the
          same shares of the same rows for the errors of `baseline`, if given.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError
        If these are not label matrices of the same rows and labels, or `order` does
        not hold each label once.
    MissingLabelsError
        If labels are unknown: what was handed on may be wrong or not.

    Notes
    -----
    With the labels :math:`y_1, \dots, y_q` in the order of the chain,

    .. math::

        \mathrm{after\_error}_j = P(\hat y_j \ne y_j \mid
            \exists\, i < j : \hat y_i \ne y_i),

    and ``after_none`` is the same given that all earlier labels are right. A higher
    ``after_error`` alone is no proof that the error was handed on: some rows are hard
    for every label. A baseline that sees no other label meets the same rows; what the
    chain errs more than that came along the chain.

    References
    ----------
    R. Senge, J. J. del Coz, E. Hüllermeier. On the problem of error propagation in
    classifier chains for multi-label classification. Data Analysis, Machine Learning
    and Knowledge Discovery, Springer 2014, 163-170.

    Examples
    --------
    The first label is wrong in two rows; in one of these the second one is, too.

    >>> Y = [[1, 1], [1, 1], [0, 0], [0, 0]]
    >>> table = error_propagation(Y, [[0, 0], [0, 1], [0, 0], [0, 0]])
    >>> table[["n_after_error", "after_error", "after_none"]].loc["label_1"].tolist()
    [2.0, 0.5, 0.0]
    """
    true, predicted = align_prediction(Y, Y_pred)
    _check_known(true)
    wrong = _wrong_cells(true, predicted)
    places = resolve_order(order, true, rng=None)
    before = _wrong_before(wrong[:, places])
    columns: dict[str, Any] = {
        "n_after_error": before.sum(axis=0),
        "n_after_none": (~before).sum(axis=0),
        **_shares("", wrong[:, places], before),
    }
    if baseline is not None:
        others = _wrong_cells(*align_prediction(Y, baseline))[:, places]
        columns |= _shares("baseline_", others, before)
    names = [true.label_names[place] for place in places]
    return pd.DataFrame(columns, index=pd.Index(names, name="label"))


def _check_known(labels: Indicator) -> None:
    if labels.missing is None:
        return
    msg = (
        f"Y has unknown labels ({where_missing(labels.missing, labels.label_names)}): "
        "whether such a label was handed on wrong cannot be said. Leave these rows out."
    )
    raise MissingLabelsError(msg)


def _wrong_cells(true: Indicator, predicted: Indicator) -> np.ndarray:
    return true.toarray() != predicted.toarray()


def _wrong_before(wrong: np.ndarray) -> np.ndarray:
    """Return in which cells an earlier label of the row is wrong."""
    before = np.zeros_like(wrong)
    before[:, 1:] = np.logical_or.accumulate(wrong[:, :-1], axis=1)
    return before


def _shares(prefix: str, wrong: np.ndarray, before: np.ndarray) -> dict[str, Any]:
    """Return the share of wrong cells after an error and after none."""
    parts = {"after_error": before, "after_none": ~before}
    found = {f"{prefix}wrong": wrong.mean(axis=0)}
    for name, given in parts.items():
        # Without such rows there is no share; 0 would be one.
        n = np.where(given.any(axis=0), given.sum(axis=0), np.nan)
        found[prefix + name] = (wrong & given).sum(axis=0) / n
    return found


def predict_after_truth(chain: Any, X: Any, Y: Any) -> np.ndarray:
    """Predict each label of a chain from the true earlier ones.

    Parameters
    ----------
    chain : fitted ClassifierChain
        A `mlkit.models.ClassifierChain`.
    X : ndarray, DataFrame or sparse matrix, shape (n_samples, n_features)
        Features, in the form that its base learners take.
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1, all of them known.

    Returns
    -------
    ndarray of int8, shape (n_samples, n_labels)
        What each link predicts where no mistake is handed on to it; columns as in `Y`.

    Raises
    ------
    IndicatorError
        If `Y` is no indicator matrix without unknown labels.
    ShapeError
        If `X` and `Y` differ in their number of rows, or `Y` and the chain in their
        number of labels.

    Notes
    -----
    Where this is right and the chain is wrong, the error was handed on: an earlier
    label misled this one. Where both are wrong, the link would have erred anyway.

    Examples
    --------
    The second label repeats the first, and nothing tells the first:

    >>> from mlkit.models import ClassifierChain
    >>> X, Y = [[0]] * 10, [[1, 1]] * 6 + [[0, 0]] * 4
    >>> chain = ClassifierChain().fit(X, Y)
    >>> chain.predict([[0]]).tolist()
    [[1, 1]]
    >>> predict_after_truth(chain, [[0]], [[0, 0]]).tolist()
    [[1, 0]]
    """
    labels = check_indicator(Y)
    n_rows = X.shape[0] if hasattr(X, "shape") else len(X)
    check_same_rows(n_rows, labels.shape[0], names=("X", "Y"))
    expected = (labels.shape[0], len(chain.order_))
    check_same_shape(expected, labels.shape, names=("the chain", "Y"))
    features = X if sp.issparse(X) else np.asarray(X)
    truth = labels.toarray()[:, chain.order_]
    predicted = np.empty(labels.shape, dtype=np.int8)
    for place, learner in enumerate(chain.estimators_):
        seen = _beside(features, truth[:, :place])
        predicted[:, chain.order_[place]] = predict_column(learner, seen)
    return predicted


def _beside(X: Any, labels: np.ndarray) -> Any:
    if sp.issparse(X):
        return sp.csr_array(sp.hstack([X, labels], format="csr"))
    return np.hstack([X, labels])
