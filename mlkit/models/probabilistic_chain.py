"""Probabilistic classifier chains: the joint distribution of the labels of a row."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_random_state

from mlkit.arguments import check_choice, check_count
from mlkit.best_sets import TIE
from mlkit.exceptions import TooManyLabelsError
from mlkit.models.chain_order import LabelOrder
from mlkit.models.chains import ClassifierChain
from mlkit.models.probabilities import positive_proba
from mlkit.models.transformation import draw_seeds
from mlkit.thresholds import maximize_general_f
from mlkit.validation import Indicator

__all__ = ["ProbabilisticClassifierChain"]

# 32 768 label sets a row. One label more doubles time and memory.
_MOST_LABELS = 15

# Numbers in the features of a block of rows with all their label sets (32 MiB).
_BLOCK_NUMBERS = 1 << 22


class ProbabilisticClassifierChain(ClassifierChain):
    """Estimate the joint distribution of the labels, and decide for what a loss asks.

    Parameters
    ----------
    estimator : classifier, default None
        The base learner, with `predict_proba`; ``LogisticRegression(max_iter=1000)`` by
        default.
    order : None, "random", "dependence", or sequence of int or str, default None
        Order of the chain, as in `ClassifierChain`.
    inference : {"exact", "beam", "monte_carlo"}, default "exact"
        Which label sets of a row are looked at: all of them, up to 15 labels; the most
        probable ones that a beam search finds; or random ones.
    loss : {"subset", "hamming", "f1"}, default "subset"
        What `predict` minimises in expectation: 1 unless all labels are right; the
        share of wrong labels; 1 minus the F1 of the row, which is 1 where a row without
        labels is predicted as that.
    beam_width : int, default 10
        How many beginnings of label sets ``inference="beam"`` keeps at each label.
    n_draws : int, default 100
        How many label sets ``inference="monte_carlo"`` draws for each row.
    random_state : int or RandomState, optional
        Draws the random order and the label sets, and gives every label's classifier
        its own seed. By default the seeds that are set in `estimator` are kept, and
        label sets are drawn by numbers that are new at every `fit`.

    Attributes
    ----------
    order_ : ndarray of int, shape (n_labels,)
        Positions of the labels in chain order.
    estimators_ : list of classifiers, length n_labels
        In chain order, as in `ClassifierChain`.
    classes_ : ndarray, shape (n_labels, 2)
        ``[0, 1]`` for each label.
    n_labels_ : int
        Number of labels.
    label_names_in_ : ndarray of str, shape (n_labels,)
        Names of the labels; only where `Y` was a DataFrame.
    n_features_in_ : int
        Number of features of `X`; the earlier labels are not counted.
    feature_names_in_ : ndarray of str, shape (n_features,)
        Names of the features; only where `X` was a DataFrame with string columns.

    See Also
    --------
    ClassifierChain : Follows one path of the chain, that of a beam of width 1.
    LabelPowerset : A joint distribution over the label sets of the training rows.
    mlkit.thresholds.maximize_expected_f : F1 for independent labels.

    Notes
    -----
    It is trained as a chain on true labels. Link i estimates P(y_i | x, y_1, ...,
    y_{i-1}), and the product over all links is P(y | x) for every label set y [1]_.
    From that distribution follow the decisions that are best for different losses:

    ============  ====================================================================
    ``"subset"``  the most probable label set; of equals the one of fewest labels, then
                  of the first columns
    ``"hamming"`` each label with P(y_j = 1 | x) > 1/2
    ``"f1"``      the general F-measure maximiser [4]_ on P(y_j = 1, |y| = s | x), of
                  `mlkit.thresholds.maximize_general_f`
    ============  ====================================================================

    `predict_proba` gives the marginals P(y_j = 1 | x) by the same inference, whatever
    the loss. For a vector of classes the one of greatest marginal is predicted.

    ``inference="exact"`` sums over all 2^q label sets, level by level of the chain for
    many rows at once; sets of probability 0 are left out on the way.

    ``"beam"`` [2]_ keeps the `beam_width` most probable beginnings of each row at every
    level. Width 1 is the greedy path of `ClassifierChain`, width 2^q is exact, and a
    width of some ten mostly finds the mode. Marginals and F1 are computed from the sets
    that are left, with their probabilities scaled to sum to one: they are too sure,
    and often 0 or 1.

    ``"monte_carlo"`` draws label sets by walking the chain and tossing a coin at each
    label: marginals and the probabilities of F1 are shares of the draws [3]_ [4]_, with
    a standard error of at most 0.5 / sqrt(n_draws); for ``"subset"`` the most probable
    of the sets drawn is predicted [5]_. All rows share their random numbers, which are
    fixed in `fit`: what is predicted for a row does not depend on the rows beside it,
    nor on how often it is asked. It also means that errors of similar rows are alike.

    Inference can be changed after `fit`: ``learner.set_params(inference="beam")``.

    Cost: training as a chain. In prediction a row needs up to 2^q - 1 evaluations of a
    base learner with ``"exact"``, and q times `beam_width` or `n_draws` with the
    others (fewer where draws begin alike, since each beginning is evaluated once);
    O(q^3) more for ``"f1"``. Memory: blocks of 32 MiB, whatever the number of rows,
    but at least the label sets of one row with its features.

    References
    ----------
    .. [1] K. Dembczyński, W. Cheng, E. Hüllermeier. Bayes optimal multilabel
       classification via probabilistic classifier chains. ICML 2010.
    .. [2] A. Kumar, S. Vembu, A. K. Menon, C. Elkan. Beam search algorithms for
       multilabel learning. Machine Learning 92(1), 2013, 65-89.
    .. [3] K. Dembczyński, W. Waegeman, E. Hüllermeier. An analysis of chaining in
       multi-label classification. ECAI 2012.
    .. [4] K. Dembczyński, W. Waegeman, W. Cheng, E. Hüllermeier. An exact algorithm for
       F-measure maximization. NIPS 2011, 1404-1412.
    .. [5] J. Read, L. Martino, D. Luengo. Efficient Monte Carlo methods for
       multi-dimensional learning with classifier chains. Pattern Recognition 47(3),
       2014, 1535-1546.

    Examples
    --------
    Of ten rows four carry no label, three the first and three both. A greedy chain
    begins with the first label, which six rows carry, and never comes to the empty set,
    which is the most probable one:

    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from mlkit.models import ClassifierChain, ProbabilisticClassifierChain
    >>> X, Y = [[0]] * 10, [[0, 0]] * 4 + [[1, 0]] * 3 + [[1, 1]] * 3
    >>> ClassifierChain(DecisionTreeClassifier()).fit(X, Y).predict([[0]])
    array([[1, 0]])
    >>> learner = ProbabilisticClassifierChain(DecisionTreeClassifier()).fit(X, Y)
    >>> learner.predict([[0]])
    array([[0, 0]])
    >>> learner.predict_proba([[0]]).round(2)
    array([[0.6, 0.3]])

    Counted label by label, the first one is right in six rows of ten. Its expected F1
    is 0.3 + 0.3 * 2 / 3 = 0.5, that of no label 0.4, and that of both 0.3 * 2 / 3 + 0.3
    = 0.5 as well; of equals the smaller set is taken:

    >>> learner.set_params(loss="hamming").predict([[0]])
    array([[1, 0]])
    >>> learner.set_params(loss="f1").predict([[0]])
    array([[1, 0]])
    """

    # The chain rule holds for true labels; weights would tilt what it multiplies.
    trained_on = "true"
    label_weights = None

    def __init__(
        self,
        estimator: Any = None,
        *,
        order: LabelOrder = None,
        inference: Literal["exact", "beam", "monte_carlo"] = "exact",
        loss: Literal["subset", "hamming", "f1"] = "subset",
        beam_width: int = 10,
        n_draws: int = 100,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.order = order
        self.inference = inference
        self.loss = loss
        self.beam_width = beam_width
        self.n_draws = n_draws
        self.random_state = random_state

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        self._check_probabilities()
        self._check_options()
        super()._fit_labels(X, labels, sample_weight)
        (self._seed,) = draw_seeds(check_random_state(self.random_state), 1)

    def _continue(
        self, base: Any, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        self._check_probabilities()
        self._check_options()
        super()._continue(base, X, labels, sample_weight)
        (self._seed,) = draw_seeds(check_random_state(self.random_state), 1)

    def _check_options(self) -> None:
        check_choice("inference", self.inference, ("exact", "beam", "monte_carlo"))
        check_choice("loss", self.loss, _DECISIONS)
        check_count("beam_width", self.beam_width, minimum=1)
        check_count("n_draws", self.n_draws, minimum=1)
        if self.inference == "exact" and self.n_labels_ > _MOST_LABELS:
            msg = (
                f"inference='exact' looks at all 2^{self.n_labels_} label sets of a "
                f"row, and is for at most {_MOST_LABELS} labels. Take "
                "inference='beam' for the most probable label set, or 'monte_carlo' "
                "for probabilities, Hamming loss and F1."
            )
            raise TooManyLabelsError(msg)

    def _predict_labels(self, X: Any) -> np.ndarray:
        # Options may have been set since `fit`.
        self._check_options()
        return self._answer(X, _DECISIONS[self.loss])

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        self._check_options()
        return self._answer(X, _marginals)

    def _answer(self, X: Any, rule: _Rule) -> np.ndarray:
        """Apply a rule to the label sets of each row, a block of rows at a time."""
        n_rows = self._rows_of_a_block(X)
        starts = range(0, X.shape[0], n_rows)
        return np.vstack(
            [rule(*self._walk(X[start : start + n_rows])) for start in starts]
        )

    def _rows_of_a_block(self, X: Any) -> int:
        limits = {"beam": self.beam_width, "monte_carlo": self.n_draws}
        n_sets = min(limits.get(self.inference, math.inf), 2**self.n_labels_)
        width = X.nnz // X.shape[0] if sp.issparse(X) else X.shape[1]
        # F1 is decided by a table of q x q numbers a row.
        numbers = max(n_sets * (width + self.n_labels_), self.n_labels_**2)
        return int(max(1, _BLOCK_NUMBERS // numbers))

    def _walk(self, X: Any) -> tuple[_LabelSets, np.ndarray]:
        """Go along the chain, and keep of all label sets what the inference keeps."""
        found = _LabelSets.empty(X.shape[0], self.n_labels_)
        selection = self._make_selection(X.shape[0])
        for level, learner in enumerate(self.estimators_):
            features = found.features(X, level)
            proba = positive_proba(learner, features, n_labels=1)[:, 0]
            children = found.branch(proba, level)
            found = children.take(selection.keep(children, proba, level))
        return found.in_column_order(self.order_), selection.share(found)

    def _make_selection(self, n_rows: int) -> _MostProbable | _Drawn:
        if self.inference == "monte_carlo":
            # Not the generator of the base learners, who may have this seed too.
            rng = np.random.default_rng(self._seed)
            return _Drawn(rng.random((self.n_draws, self.n_labels_)), n_rows)
        return _MostProbable(self.beam_width if self.inference == "beam" else math.inf)


@dataclass(frozen=True, slots=True)
class _LabelSets:
    """Label sets, or beginnings of them, of a block of rows.

    Parameters
    ----------
    rows : ndarray of int, shape (n_sets,)
        The row of each, in ascending order; every row has one at least.
    labels : ndarray of int8, shape (n_sets, n_labels)
        In chain order; 0 where the chain has not come to the label.
    log_proba : ndarray of float64, shape (n_sets,)
        Logarithm of the probability of the set, or its beginning, given its row.
    """

    rows: np.ndarray
    labels: np.ndarray
    log_proba: np.ndarray

    @classmethod
    def empty(cls, n_rows: int, n_labels: int) -> _LabelSets:
        """Return the beginning of all label sets for every row."""
        labels = np.zeros((n_rows, n_labels), dtype=np.int8)
        return cls(np.arange(n_rows), labels, np.zeros(n_rows))

    @property
    def starts(self) -> np.ndarray:
        """Where the sets of each row begin, shape (n_rows,)."""
        return np.flatnonzero(np.diff(self.rows, prepend=-1))

    def features(self, X: Any, level: int) -> Any:
        """Return the features of the row of each set, and its labels before `level`."""
        if level == 0:
            return X
        seen = self.labels[:, :level]
        if sp.issparse(X):
            added = sp.csr_array(seen, dtype=X.dtype)
            return sp.hstack([X[self.rows], added], format="csr")
        return np.hstack([X[self.rows], seen])

    def branch(self, proba: np.ndarray, level: int) -> _LabelSets:
        """Return each set twice: without the label of `level`, then with it."""
        parents = np.repeat(np.arange(len(self.rows)), 2)
        labels = self.labels[parents]
        labels[1::2, level] = 1
        # A probability may be rounded to just above one.
        step = np.column_stack([np.maximum(1.0 - proba, 0.0), proba]).ravel()
        with np.errstate(divide="ignore"):
            log_proba = self.log_proba[parents] + np.log(step)
        return _LabelSets(self.rows[parents], labels, log_proba)

    def take(self, kept: np.ndarray) -> _LabelSets:
        """Return the sets that a mask keeps."""
        return _LabelSets(self.rows[kept], self.labels[kept], self.log_proba[kept])

    def in_column_order(self, order: np.ndarray) -> _LabelSets:
        """Return the sets with the labels in the order of the columns of Y."""
        labels = np.empty_like(self.labels)
        labels[:, order] = self.labels
        return _LabelSets(self.rows, labels, self.log_proba)


class _MostProbable:
    """Keep the most probable beginnings of each row; all possible ones if so wide."""

    def __init__(self, width: float) -> None:
        self._width = width

    def keep(self, sets: _LabelSets, proba: np.ndarray, level: int) -> np.ndarray:
        possible = np.isfinite(sets.log_proba)
        if self._width == math.inf:
            return possible
        # Rounded, so that of equals those without the label are kept.
        order = np.lexsort((-sets.log_proba.round(12), sets.rows))
        rank = np.empty(len(order), dtype=np.intp)
        rank[order] = np.arange(len(order)) - sets.starts[sets.rows]
        return possible & (rank < self._width)

    def share(self, sets: _LabelSets) -> np.ndarray:
        """Return the probabilities, scaled to sum to one in each row."""
        starts = sets.starts
        top = np.maximum.reduceat(sets.log_proba, starts)
        share = np.exp(sets.log_proba - top[sets.rows])
        return share / np.add.reduceat(share, starts)[sets.rows]


class _Drawn:
    """Keep the beginnings that random walks along the chain have come to.

    Parameters
    ----------
    uniform : ndarray of float64, shape (n_draws, n_labels)
        In [0, 1). Draw t takes a label whose probability is above ``uniform[t]``.
    n_rows : int
        The draws are made for each row.
    """

    def __init__(self, uniform: np.ndarray, n_rows: int) -> None:
        self._uniform, self._n_rows = uniform, n_rows
        # The beginning that each draw of each row has come to.
        self._at = np.repeat(np.arange(n_rows), len(uniform))

    def keep(self, sets: _LabelSets, proba: np.ndarray, level: int) -> np.ndarray:
        taken = np.tile(self._uniform[:, level], self._n_rows) < proba[self._at]
        at = 2 * self._at + taken
        reached = np.bincount(at, minlength=len(sets.rows)) > 0
        # Numbered anew, as those that are not reached are left out.
        self._at = (np.cumsum(reached) - 1)[at]
        return reached

    def share(self, sets: _LabelSets) -> np.ndarray:
        """Return the shares of the draws of a row that have come to each set."""
        counts = np.bincount(self._at, minlength=len(sets.rows))
        return counts / len(self._uniform)


def _most_probable(sets: _LabelSets, shares: np.ndarray) -> np.ndarray:
    """Return the label set of greatest probability in each row."""
    # Not of greatest share: of the sets drawn, the probabilities are known.
    top = np.maximum.reduceat(sets.log_proba, sets.starts)
    best = sets.take(sets.log_proba >= top[sets.rows] - TIE)
    # Of equals the one of fewest labels, then of the first columns.
    columns = best.labels.T[::-1]
    order = np.lexsort((*(1 - columns), best.labels.sum(axis=1), best.rows))
    return best.labels[order[best.starts]]


def _marginals(sets: _LabelSets, shares: np.ndarray) -> np.ndarray:
    """Return P(y_j = 1) of each row, shape (n_rows, n_labels)."""
    # A sum of shares may be rounded to just above one.
    return np.minimum(_sum_by(sets.rows, len(sets.starts), sets, shares), 1.0)


def _likely_labels(sets: _LabelSets, shares: np.ndarray) -> np.ndarray:
    return (_marginals(sets, shares) > 0.5 + TIE).astype(np.int8)


def _best_of_f1(sets: _LabelSets, shares: np.ndarray) -> np.ndarray:
    """Return the set of greatest expected F1 of each row."""
    n_rows, n_labels = len(sets.starts), sets.labels.shape[1]
    # One group a row and size: P(y_j = 1, |y| = s), sizes from 0 to q.
    groups = sets.rows * (n_labels + 1) + sets.labels.sum(axis=1)
    table = _sum_by(groups, n_rows * (n_labels + 1), sets, shares)
    table = table.reshape(n_rows, n_labels + 1, n_labels)[:, 1:].transpose(0, 2, 1)
    return maximize_general_f(np.minimum(table, 1.0))


def _sum_by(
    groups: np.ndarray, n_groups: int, sets: _LabelSets, shares: np.ndarray
) -> np.ndarray:
    """Sum the shares of the sets of each group that have a label, one column each."""
    members = sp.csr_array(
        (shares, (groups, np.arange(len(groups)))), shape=(n_groups, len(groups))
    )
    return members @ sets.labels


_Rule: TypeAlias = Callable[[_LabelSets, np.ndarray], np.ndarray]

_DECISIONS: dict[str, _Rule] = {
    "subset": _most_probable,
    "hamming": _likely_labels,
    "f1": _best_of_f1,
}
