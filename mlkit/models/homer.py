"""HOMER: a tree of ever smaller groups of labels, a small problem at each node."""

from __future__ import annotations

import warnings
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
import scipy.sparse as sp
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.utils import check_random_state

from mlkit.arguments import check_choice, check_count
from mlkit.exceptions import names_for_message
from mlkit.models.partition import fit_part, predict_part
from mlkit.models.probabilities import positive_proba
from mlkit.models.transformation import draw_seeds, make_rng
from mlkit.models.workers import delayed, run_in_processes
from mlkit.models.wrapper import WrapperClassifier
from mlkit.resampling.base import take_rows
from mlkit.validation import Indicator

__all__ = ["HOMER"]

# Balanced k-means settles within ten rounds, but may also go round in circles.
_MOST_ROUNDS = 100


# No slots: only frozen dataclasses with slots can be saved by mlkit.persistence.
@dataclass(eq=False)
class HOMERNode:
    """An inner node of the tree, with a learner that tells its children apart.

    Parameters
    ----------
    labels : ndarray of int
        Positions of the labels below it.
    children : list of ndarray of int
        The labels of each child; a child with one label is a leaf.
    n_samples : int
        How many rows its learner is trained on.
    child_nodes : list of int or None
        Where each child stands in ``nodes_``; None for a leaf.
    estimator : fitted learner
        Its label c says that a row has any label of child c.
    """

    labels: np.ndarray
    children: list[np.ndarray]
    n_samples: int
    child_nodes: list[int | None] = field(default_factory=list)
    estimator: Any = None


class HOMER(WrapperClassifier):
    """Divide many labels into a tree of groups, and decide from the root down.

    Parameters
    ----------
    estimator : multi-label classifier, default None
        The learner of each inner node; `BinaryRelevance` by default. It is cloned.
    n_children : int, default 3
        Into how many groups the labels of a node are divided (the paper's k); at least
        2. The tree is about log(n_labels) / log(n_children) deep.
    clustering : {"balanced", "kmeans", "random"}, default "balanced"
        How. ``"balanced"``: the paper's balanced k-means on the columns of `Y`, groups
        of similar labels and about equal size. ``"kmeans"``: similar labels, in groups
        of any size. ``"random"``: equal sizes, drawn at random.
    n_jobs : int, optional
        How many nodes are learned at once, as in joblib; the result is the same for any
        number.
    random_state : int or RandomState, optional
        Draws the first centres or the groups, and gives the learner of every node its
        own seed. By default trees differ from call to call, and the seeds that are set
        in `estimator` are kept.

    Attributes
    ----------
    nodes_ : list of HOMERNode
        The inner nodes, a parent before its children; the first is the root. Each has
        ``labels``, ``children``, ``child_nodes``, ``n_samples`` and ``estimator``.
        Labels that are constant in the training rows are not in the tree.
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

    See Also
    --------
    BinaryRelevance : The same with all labels at the root.
    LabelSpacePartition : Groups of labels that are learned side by side.

    Notes
    -----
    A node stands for a meta-label: a row has it if it has any label of the node. The
    learner at a node tells which of its children a row has, given that it has the node,
    and is trained on the rows that do. `predict` descends where a meta-label is
    predicted; a row may end at several leaves, or at none. It suits the losses that the
    learner suits, and Hamming loss and F-measures with the default; what it is for is
    many rare labels: each is learned from the rows of its node, where it is not so
    rare, and not from all of them, and a prediction visits few nodes. The price is that
    a mistake near the root cannot be mended below.

    `predict_proba` is the product along the path, P(y_j = 1 | x) = P(m_1 | x) *
    P(m_2 | m_1, x) * ... * P(y_j | ..., x), which is exact since a label implies the
    meta-labels above it. It visits all nodes, and may call a label probable that
    `predict` did not reach, or the other way round.

    Balanced k-means [1]_ goes through the labels, puts each into the group of the
    nearest centre (Euclidean distance of columns) and, where that has more than
    ceil(n / n_children) labels, hands the farthest of them on to its next nearest
    group; then it moves the centres to the means, until the groups stay. At the root
    all rows are used here, also those without any label, which the rule for the other
    nodes would leave out: "no label" can be learned nowhere else.

    Cost: fewer than 2 n_labels meta-labels and labels in all, those below the root on
    the rows of their node only; for the clustering O(n_children * stored entries of
    `Y`) a level and round. A sparse `Y` stays sparse. The rows of `X` are copied for
    each node in work but the root.

    References
    ----------
    .. [1] G. Tsoumakas, I. Katakis, I. Vlahavas. Effective and efficient multilabel
       classification in domains with large number of labels. ECML/PKDD 2008 Workshop on
       Mining Multidimensional Data (MMD'08).

    Examples
    --------
    Two of the four labels stand in the same rows, and so do the other two:

    >>> from mlkit.models import HOMER
    >>> X = [[0], [1], [2], [3], [4], [5]]
    >>> Y = [[0, 0, 0, 0]] * 2 + [[1, 0, 1, 0]] * 2 + [[0, 1, 0, 1]] * 2
    >>> learner = HOMER(n_children=2, random_state=0).fit(X, Y)
    >>> [node.labels.tolist() for node in learner.nodes_]
    [[0, 1, 2, 3], [0, 2], [1, 3]]

    The last two nodes were trained on the two rows with one of their labels:

    >>> [node.n_samples for node in learner.nodes_]
    [6, 2, 2]
    >>> learner.predict([[0], [5]]).tolist()
    [[0, 0, 0, 0], [0, 1, 0, 1]]
    """

    # A meta-label of unknown labels could be told only where one of them is known.
    _accepts_missing_labels: ClassVar[bool] = False
    nodes_: list[HOMERNode]

    def __init__(
        self,
        estimator: Any = None,
        *,
        n_children: int = 3,
        clustering: Literal["balanced", "kmeans", "random"] = "balanced",
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.n_children = n_children
        self.clustering = clustering
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        check_count("n_children", self.n_children, minimum=2)
        check_choice("clustering", self.clustering, tuple(_DIVISIONS))
        rng = make_rng(self.random_state)
        columns = sp.csc_array(labels.values)
        self.nodes_ = self._grow(columns, sample_weight, check_random_state(rng))
        seeds = draw_seeds(rng, len(self.nodes_))
        names = np.array(labels.label_names, dtype=object)
        estimators = run_in_processes(
            (
                delayed(fit_part)(
                    self._inner_learner(),
                    *_problem_at(node, X, columns, sample_weight),
                    name=f"the node of {names_for_message(names[node.labels])}",
                    seed=seed,
                )
                for node, seed in zip(self.nodes_, seeds, strict=True)
            ),
            len(self.nodes_),
            n_jobs=self.n_jobs,
        )
        for node, estimator in zip(self.nodes_, estimators, strict=True):
            node.estimator = estimator

    def _grow(
        self,
        columns: sp.csc_array,
        sample_weight: np.ndarray | None,
        rng: np.random.RandomState,
    ) -> list[HOMERNode]:
        """Return the inner nodes, a parent before its children."""
        weighted = columns.astype(np.float64)
        if sample_weight is not None:
            # Squares of differences are summed: a row of weight 2 counts as two rows.
            weighted = sp.csc_array(sp.diags_array(np.sqrt(sample_weight)) @ weighted)
        varying = np.flatnonzero(~self._constant)
        nodes: list[HOMERNode] = []
        groups = [varying] if len(varying) else []
        # The list grows while it is gone through: breadth first, without recursion.
        for group in groups:
            rows = np.unique(columns[:, group].indices)
            # No other row has any of the labels: distances are the same without them.
            vectors = weighted[:, group].tocsr()[rows].T.tocsr()
            children = [group[part] for part in self._divide(vectors, rng)]
            # At the root, rows without a label are needed too.
            n_samples = len(rows) if nodes else columns.shape[0]
            nodes.append(HOMERNode(group, children, n_samples))
            for child in children:
                leaf = len(child) == 1
                nodes[-1].child_nodes.append(None if leaf else len(groups))
                groups.extend([] if leaf else [child])
        return nodes

    def _divide(
        self, vectors: sp.csr_array, rng: np.random.RandomState
    ) -> list[np.ndarray]:
        """Divide labels, given as the rows of a matrix, into the children of a node."""
        n_labels = vectors.shape[0]
        numbers = np.arange(n_labels)
        if n_labels > self.n_children:
            numbers = _DIVISIONS[self.clustering](vectors, self.n_children, rng)
        return [np.flatnonzero(numbers == number) for number in np.unique(numbers)]

    def _predict_labels(self, X: Any) -> np.ndarray | sp.csr_array:
        shape = (X.shape[0], self.n_labels_)
        if self._target != "sparse":
            found: Any = np.zeros(shape, dtype=np.int8)
            for label, rows in self._descend(X):
                found[rows, label] = 1
            return self._with_constants(found)
        # Cells rather than columns: what is predicted nowhere takes no room.
        cells = [np.empty((2, 0), dtype=np.intp)]
        for label, rows in self._descend(X):
            cells.append(np.stack([rows, np.full_like(rows, label)]))
        where = np.concatenate(cells, axis=1)
        ones = np.ones(where.shape[1], dtype=np.int8)
        return self._with_constants(sp.csr_array((ones, tuple(where)), shape=shape))

    def _descend(self, X: Any) -> Iterator[tuple[int, np.ndarray]]:
        """Yield each label that is reached, and the rows for which it is predicted."""
        reached = {0: np.arange(X.shape[0])}
        for place, node in enumerate(self.nodes_):
            rows = reached.pop(place, None)
            if rows is None:
                continue
            seen = X if len(rows) == X.shape[0] else take_rows(X, rows)
            answer = predict_part(node.estimator, seen, len(node.children))
            answer = answer if isinstance(answer, np.ndarray) else answer.toarray()
            for child, below, column in zip(
                node.children, node.child_nodes, answer.T, strict=True
            ):
                having = rows[column == 1]
                if below is None:
                    yield int(child[0]), having
                elif len(having):
                    reached[below] = having

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        proba = np.zeros((X.shape[0], self.n_labels_))
        paths = {0: np.ones(X.shape[0])}
        for place, node in enumerate(self.nodes_):
            n_children = len(node.children)
            given = positive_proba(node.estimator, X, n_labels=n_children)
            products = given.T * paths.pop(place)
            for child, below, product in zip(
                node.children, node.child_nodes, products, strict=True
            ):
                if below is None:
                    proba[:, child[0]] = product
                else:
                    paths[below] = product
        return self._with_constants(proba)


def _problem_at(
    node: HOMERNode, X: Any, columns: sp.csc_array, sample_weight: np.ndarray | None
) -> tuple[Any, np.ndarray, np.ndarray | None]:
    """Return features, meta-labels and weights of the rows that a node learns from."""
    meta_labels = np.zeros((columns.shape[0], len(node.children)), dtype=np.int8)
    for place, child in enumerate(node.children):
        meta_labels[columns[:, child].indices, place] = 1
    if node.n_samples == len(meta_labels):
        return X, meta_labels, sample_weight
    rows = np.flatnonzero(meta_labels.any(axis=1))
    weights = None if sample_weight is None else sample_weight[rows]
    return take_rows(X, rows), meta_labels[rows], weights


def _balanced_kmeans(
    vectors: sp.csr_array, n_groups: int, rng: np.random.RandomState
) -> np.ndarray:
    """Return the number of each label's group; at most ceil(n / n_groups) in each."""
    n_labels = vectors.shape[0]
    capacity = -(-n_labels // n_groups)
    centres = vectors[rng.choice(n_labels, n_groups, replace=False)].toarray()
    groups = np.full(n_labels, -1)
    for _ in range(_MOST_ROUNDS):
        before = groups
        groups = _fill(euclidean_distances(vectors, centres), capacity)
        if np.array_equal(groups, before):
            break
        for number in np.unique(groups):
            # A group that stayed empty keeps its centre.
            centres[number] = vectors[groups == number].mean(axis=0)
    return groups


def _fill(distances: np.ndarray, capacity: int) -> np.ndarray:
    """Put each label into the nearest group, the farthest of a full one into another.

    The loop of the paper's algorithm: each group is a list sorted by distance.
    """
    left = distances.tolist()
    members: list[list[tuple[float, int]]] = [[] for _ in left[0]]
    for first in range(len(left)):
        label = first
        while True:
            nearest = left[label].index(min(left[label]))
            insort(members[nearest], (left[label][nearest], label))
            if len(members[nearest]) <= capacity:
                break
            _, label = members[nearest].pop()
            # It was sent away from here, and is not to come back in this round.
            left[label][nearest] = np.inf
    groups = np.empty(len(left), dtype=np.intp)
    for number, inside in enumerate(members):
        groups[[label for _, label in inside]] = number
    return groups


def _kmeans(
    vectors: sp.csr_array, n_groups: int, rng: np.random.RandomState
) -> np.ndarray:
    (seed,) = draw_seeds(rng, 1)
    with warnings.catch_warnings():
        # With fewer different columns than groups, there are fewer groups.
        warnings.simplefilter("ignore", ConvergenceWarning)
        numbers = KMeans(n_groups, random_state=seed).fit_predict(vectors)
    if (numbers == numbers[0]).all():
        # All columns are equal, so that one division is as good as another.
        return np.arange(len(numbers)) % n_groups
    return numbers


def _random(
    vectors: sp.csr_array, n_groups: int, rng: np.random.RandomState
) -> np.ndarray:
    return rng.permutation(vectors.shape[0]) % n_groups


_DIVISIONS = {"balanced": _balanced_kmeans, "kmeans": _kmeans, "random": _random}
