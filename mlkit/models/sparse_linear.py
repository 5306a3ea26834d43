"""Binary relevance for thousands of labels: linear, pruned, sparse from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import scipy.sparse as sp
from scipy.special import expit
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.svm import LinearSVC
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from mlkit.arguments import check_count, check_number
from mlkit.exceptions import OptionError, TooManyLabelsError
from mlkit.models.neighbours import row_blocks
from mlkit.models.transformation import (
    TransformationClassifier,
    draw_seeds,
    fit_base,
    label_columns,
    make_rng,
)
from mlkit.models.workers import delayed, run_in_processes, run_in_threads
from mlkit.validation import FeatureMatrix, Indicator

__all__ = [
    "SparseLinearRelevance",
    "best_places",
    "learned_a_matrix",
    "refuse_large_tables",
]

# Beyond every decision value, and finite: scorers refuse infinite scores.
_CERTAIN = float(np.finfo(np.float32).max)
# Numbers of a dense answer: 800 MB of float64.
_MAX_CELLS = 10**8

Weights: TypeAlias = tuple[np.ndarray, np.ndarray]
"""What is kept of a label: columns and values, the intercept last."""


def learned_a_matrix(learner: Any) -> bool:
    """Tell `available_if` whether `top_k` makes sense: not for a vector of classes."""
    # Before fit nothing is known, and the call itself says that fit is missing.
    if getattr(learner, "_target", None) == "classes":
        msg = "top_k is for label matrices; fit was given a vector of classes."
        raise AttributeError(msg)
    return True


class SparseLinearRelevance(TransformationClassifier):
    """Learn each label on its own with a linear classifier; keep what weighs something.

    The method of DiSMEC on one machine: binary relevance that is made for thousands of
    labels and sparse features.

    Parameters
    ----------
    estimator : linear classifier, default None
        The base learner, with `coef_` and `intercept_` after `fit`; ``LinearSVC()`` by
        default, as in [1]_. With ``LogisticRegression(max_iter=1000)`` there are
        probabilities.
    prune_below : float, default 0.01
        Coefficients of smaller absolute value are dropped, at least 0; 0 keeps all that
        are not 0. Intercepts stay.
    n_jobs : int, optional
        How many labels are learned at once, as in joblib, and how many blocks of rows
        are answered at once; the result is the same for any number. The processes share
        `X` by a memory map.
    random_state : int or RandomState, optional
        Gives every label's classifier its own seed. By default the seeds that are set
        in `estimator` are kept.

    Attributes
    ----------
    weights_ : csr_array of float64, shape (n_labels, n_features + 1)
        The coefficients of each label and, in the last column, its intercept. Nothing
        else of the classifiers is kept. A label that is constant in the training rows
        has an intercept only, whose size is beyond every decision value.
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

    See Also
    --------
    BinaryRelevance : Any base learner, unknown labels, costs a label.
    LabelTree : Does not ask every label: time grows with log n_labels.

    Notes
    -----
    Label j is predicted where w_j x + b_j > 0, the rule of the base learner. With
    ``prune_below=0`` the answers are those of `BinaryRelevance`, up to rounding. It
    estimates marginals, or their order, and suits what `BinaryRelevance` suits: Hamming
    loss, macro averages, P@k by the order of the decision values.

    Small coefficients are many and move the order of the labels little; [1]_ drops
    those below 0.01, as here, and has far smaller models with much the same P@k. The
    number is meant for TF-IDF features. A coefficient is small or large by the unit of
    its feature, so bring other features to one scale, and sparse ones without centring
    (``MaxAbsScaler``), or set it to 0.

    Nothing of n_samples x n_labels cells is made in `fit`, in `predict` after a sparse
    `Y`, and in `top_k`; a label stands dense while it is learned, and answers are made
    in blocks of rows. `decision_function` and `predict_proba` are dense by their
    meaning and refuse more than 100 million cells.

    Probabilities are 1 / (1 + exp(-(w_j x + b_j))), with the pruned weights, so they
    exist where the base learner defines them so: `LogisticRegression`, and
    `SGDClassifier` with the loss ``"log_loss"``.

    Cost: one linear fit on (n, d) a label that is not constant. Memory: the weights
    that are kept, 12 bytes each, and while labels are learned a copy of `X` in the form
    of the base learner for each job. `predict` turns the weights once, and is one
    product of sparse matrices: each stored feature of a row meets the labels that have
    a weight there.

    Departures from [1]_: one machine instead of two layers of parallelism over many;
    `X` is taken as it is, not normalised.

    References
    ----------
    .. [1] R. Babbar, B. Schölkopf. DiSMEC: distributed sparse machines for extreme
       multi-label classification. WSDM 2017, 721-729.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> from mlkit.models import SparseLinearRelevance
    >>> X = sp.csr_array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]])
    >>> Y = sp.csr_array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]])
    >>> learner = SparseLinearRelevance(random_state=0).fit(X, Y)
    >>> learner.predict(X).toarray().tolist()
    [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]]

    The best two labels of a row and their decision values, without a table of all:

    >>> labels, scores = learner.top_k(X[2:], k=2)
    >>> labels[:, 0].tolist(), sorted(labels[1].tolist())
    ([2, 0], [0, 1])
    >>> bool((scores[:, 0] >= scores[:, 1]).all())
    True

    A weight that is pruned is not stored:

    >>> learner.set_params(prune_below=10.0).fit(X, Y).weights_.nnz
    3
    """

    weights_: sp.csr_array

    def __init__(
        self,
        estimator: Any = None,
        *,
        prune_below: float = 0.01,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.prune_below = prune_below
        self.n_jobs = n_jobs
        self.random_state = random_state

    def decision_function(self, X: FeatureMatrix) -> np.ndarray:
        """Return the decision value of each label: predicted where it is above 0.

        Parameters
        ----------
        X : array-like, DataFrame or sparse matrix, shape (n_samples, n_features)
            Features, in the columns of `fit`.

        Returns
        -------
        ndarray of float64, shape (n_samples, n_labels)
            Any real numbers; a label that was constant has +-3.4e38. For a vector of
            classes: shape (n_samples, n_classes), or (n_samples,) for two.

        Raises
        ------
        TooManyLabelsError
            If that were more than 100 million numbers: `top_k` needs no such table.
        NotFittedError
            If `fit` was not called.
        ValueError
            If the columns of `X` are not those of `fit`.
        """
        check_is_fitted(self)
        scores = self._decide(self._check_features(X, reset=False))
        if self._target == "classes" and len(self.classes_) == 2:
            return scores[:, 0]
        return scores

    @available_if(learned_a_matrix)
    def top_k(self, X: FeatureMatrix, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the k labels of each row with the greatest decision values.

        Parameters
        ----------
        X : array-like, DataFrame or sparse matrix, shape (n_samples, n_features)
            Features, in the columns of `fit`.
        k : int
            From 1 to n_labels.

        Returns
        -------
        labels : ndarray of int, shape (n_samples, k)
            Positions of the labels, the best first; equal ones in their order.
        scores : ndarray of float64, shape (n_samples, k)
            Their decision values.

        Raises
        ------
        TypeError, OptionError
            If `k` is not a whole number in its range.
        NotFittedError
            If `fit` was not called.
        ValueError
            If the columns of `X` are not those of `fit`.

        Notes
        -----
        P@k is ``Y[np.arange(len(labels))[:, None], labels].mean()``, for a sparse `Y`
        too. Where several labels tie for the last place, any of them are returned.

        Cost: that of `predict`, and O(n q) to find the best of q labels.
        """
        check_is_fitted(self)
        checked = self._check_features(X, reset=False)
        check_count("k", k, minimum=1, maximum=self.n_labels_, error=OptionError)
        found = list(self._each_block(best_places, checked, k))
        labels, scores = (np.vstack(parts) for parts in zip(*found, strict=True))
        return labels, scores

    def _base_learner(self) -> Any:
        return LinearSVC() if self.estimator is None else self.estimator

    def _check_probabilities(self) -> None:
        base = self._base_learner()
        # Others turn decision values into probabilities in ways of their own.
        logistic = isinstance(base, LogisticRegression) or (
            isinstance(base, SGDClassifier) and base.loss == "log_loss"
        )
        if not logistic:
            name = type(base).__name__
            msg = (
                f"SparseLinearRelevance has no predict_proba with {name}. Take "
                "LogisticRegression(max_iter=1000) or SGDClassifier(loss='log_loss'), "
                "rank by decision_function or top_k, or calibrate label by label: "
                f"BinaryRelevance(CalibratedClassifierCV({name}()))."
            )
            raise AttributeError(msg)

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        base = self._check_base_learner(sample_weight=sample_weight)
        check_number("prune_below", self.prune_below, error=OptionError)
        seeds = draw_seeds(make_rng(self.random_state), labels.shape[1])
        constant = labels.constant_labels()
        varying = np.flatnonzero(~constant)
        values = labels.values[:, varying] if constant.any() else labels.values
        # A generator: with many labels, no more columns stand dense than are in work.
        learned = run_in_processes(
            (
                delayed(_learn_weights)(
                    base,
                    X,
                    y,
                    prune_below=self.prune_below,
                    name=f"label '{labels.label_names[j]}'",
                    seed=seeds[j],
                    sample_weight=sample_weight,
                )
                for j, y in zip(varying, label_columns(values), strict=True)
            ),
            len(varying),
            n_jobs=self.n_jobs,
        )
        self.weights_ = _as_rows(learned, labels, constant, X.shape[1])

    def _predict_labels(self, X: Any) -> sp.csr_array:
        return sp.vstack(list(self._each_block(_above_zero, X)), format="csr")

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        return expit(self._decide(X))

    def _predict_class_codes(self, X: Any) -> np.ndarray:
        scores = self._decide(X)
        if len(self.classes_) == 2:
            return (scores[:, 0] > 0).astype(np.intp)
        # The greatest, whether the base learner has probabilities or not.
        return scores.argmax(axis=1)

    def _decide(self, X: Any) -> np.ndarray:
        refuse_large_tables(
            X.shape[0], self.n_labels_, instead="top_k(X, k) or predict"
        )
        return np.vstack(list(self._each_block(np.asarray, X)))

    def _each_block(self, question: Any, X: Any, *options: Any) -> Iterator[Any]:
        """Ask a question of the decision values of each block of rows."""
        # Turned once: a product with the transpose would turn it for each block.
        across = self.weights_.T.tocsr()
        intercepts, end = across[[-1]].toarray(), across.indptr[-2]
        # The rows before the last one, without a copy.
        weights = sp.csr_array(
            (across.data[:end], across.indices[:end], across.indptr[:-1]),
            shape=(self.n_features_in_, self.n_labels_),
        )
        return run_in_threads(
            (
                delayed(_ask_block)(question, X[rows], weights, intercepts, *options)
                for rows in row_blocks(X.shape[0], self.n_labels_)
            ),
            n_jobs=self.n_jobs,
        )


def best_places(scores: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of the k greatest scores of each row, and these.

    Parameters
    ----------
    scores : ndarray of float, shape (n_samples, n_labels)
    k : int
        From 1 to n_labels.

    Returns
    -------
    places : ndarray of int, shape (n_samples, k)
        The greatest score first, equal ones in the order of the columns.
    best : ndarray of float, shape (n_samples, k)

    Examples
    --------
    >>> places, best = best_places(np.array([[1.0, 3.0, 2.0, 3.0]]), 3)
    >>> places.tolist(), best.tolist()
    ([[1, 3, 2]], [[3.0, 3.0, 2.0]])
    """
    # Only the first k are put in order: sorting all labels would cost a log factor.
    places = np.argpartition(-scores, k - 1, axis=1)[:, :k]
    places.sort(axis=1)
    best = np.take_along_axis(scores, places, axis=1)
    order = np.argsort(-best, axis=1, kind="stable")
    return (
        np.take_along_axis(places, order, axis=1),
        np.take_along_axis(best, order, axis=1),
    )


def refuse_large_tables(n_samples: int, n_labels: int, *, instead: str) -> None:
    """Refuse a dense answer that would take more than 800 MB.

    Parameters
    ----------
    n_samples, n_labels : int
        Its shape.
    instead : str
        What to call instead, for the message.

    Raises
    ------
    TooManyLabelsError
    """
    if n_samples * n_labels > _MAX_CELLS:
        msg = (
            f"A dense answer for {n_samples} rows and {n_labels} labels has "
            f"{n_samples * n_labels} numbers, and at most {_MAX_CELLS} are made at "
            f"once. Use {instead}, or ask for fewer rows at a time."
        )
        raise TooManyLabelsError(msg)


def _learn_weights(
    base: Any, X: Any, y: np.ndarray, *, prune_below: float, **options: Any
) -> Weights:
    """Learn one label; return the columns and values that are worth keeping."""
    learner = fit_base(base, X, y, **options)
    # With one class against another, some have a row of coefficients, some a vector.
    coef: Any = getattr(learner, "coef_", ())
    values = np.ravel(coef.toarray() if sp.issparse(coef) else coef).astype(np.float64)
    # Weights of other features than those of X could not be applied to them.
    if len(values) != X.shape[1]:
        name = type(base).__name__
        msg = (
            "estimator must be a linear classifier, whose coef_ has a number for each "
            f"of the {X.shape[1]} features after fit; that of {name} has {len(values)}."
            f" Use BinaryRelevance({name}())."
        )
        raise TypeError(msg)
    kept = np.flatnonzero((np.abs(values) >= prune_below) & (values != 0))
    intercept = np.ravel(learner.intercept_)
    # int32 takes half of the memory, and no matrix has as many columns.
    columns = np.append(kept, X.shape[1]).astype(np.int32)
    return columns, np.append(values[kept], intercept)


def _as_rows(
    learned: list[Weights], labels: Indicator, constant: np.ndarray, n_features: int
) -> sp.csr_array:
    """Put the weights of the labels below each other; constants are intercepts."""
    lengths = np.ones(labels.shape[1], dtype=np.int64)
    lengths[~constant] = [len(values) for _, values in learned]
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    certain = np.where(labels.counts() > 0, _CERTAIN, -_CERTAIN)
    columns = np.full(indptr[-1], n_features, dtype=np.int32)
    values = np.repeat(certain, lengths)
    of_varying = np.repeat(~constant, lengths)
    if learned:
        columns[of_varying] = np.concatenate([part for part, _ in learned])
        values[of_varying] = np.concatenate([part for _, part in learned])
    # One type for both, or scipy takes the wider one.
    indptr = indptr.astype(sp.get_index_dtype(maxval=max(indptr[-1], n_features)))
    shape = (labels.shape[1], n_features + 1)
    return sp.csr_array((values, columns, indptr), shape=shape)


def _ask_block(
    question: Any, X: Any, weights: sp.csr_array, intercepts: np.ndarray, *options: Any
) -> Any:
    product = X @ weights
    scores = product.toarray() if sp.issparse(product) else product
    scores += intercepts
    return question(scores, *options)


def _above_zero(scores: np.ndarray) -> sp.csr_array:
    return sp.csr_array(scores > 0)
