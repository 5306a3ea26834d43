"""Label space partition: labels that occur together, a multi-label learner for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.utils import get_tags

from mlkit.description.contingency import Contingency
from mlkit.exceptions import (
    LabelNameError,
    OptionError,
    TooManyLabelsError,
    names_for_message,
    unknown_name,
)
from mlkit.models.powerset import LabelPowerset
from mlkit.models.probabilities import positive_proba
from mlkit.models.transformation import (
    draw_seeds,
    label_position,
    make_rng,
    set_seed,
)
from mlkit.models.workers import delayed, run_in_processes, run_in_threads
from mlkit.models.wrapper import WrapperClassifier, quiet_about_constants
from mlkit.validation import Indicator

__all__ = ["LabelSpacePartition"]

Clusterer: TypeAlias = Literal["modularity"] | Sequence[Sequence[int | str]] | Any
"""A name, clusters of label names or positions, or a scikit-learn clusterer."""

# 25 million pairs of labels: 200 MB for each table of theirs.
_MOST_LABELS = 5_000

# Modularity is a sum of q^2 shares: what it gains less than this is rounding.
_NO_GAIN = 1e-12


class LabelSpacePartition(WrapperClassifier):
    """Divide the labels into clusters that occur together, and learn each on its own.

    Parameters
    ----------
    estimator : multi-label classifier, default None
        The learner of each cluster; `LabelPowerset` by default. It is cloned.
    clusterer : "modularity", scikit-learn clusterer or clusters, default "modularity"
        ``"modularity"``: greedy maximisation of the modularity of the co-occurrence
        graph, which finds the number of clusters itself. A clusterer with
        ``affinity="precomputed"`` (`SpectralClustering`) is given that graph, one with
        ``metric="precomputed"`` (`AgglomerativeClustering`, `DBSCAN`) the distances 1 -
        Jaccard index, and any other (`KMeans`) the columns of `Y` as rows; it is
        cloned. Or the clusters themselves: a sequence of sequences of label names or
        positions, each label in one of them.
    weighted : bool, default True
        Whether an edge of the graph weighs as much as rows carry both labels, or 1.
    n_jobs : int, optional
        How many clusters are learned at once, as in joblib; the result is the same for
        any number.
    random_state : int or RandomState, optional
        Seeds the clusterer and gives the learner of every cluster its own seed. By
        default the seeds that are set in both are kept.

    Attributes
    ----------
    clusters_ : list of ndarray of int
        Positions of the labels in each cluster, in the order of their first labels; as
        they were given, where they were. Labels that are constant in the training rows
        have no part in the clustering and stand in one more cluster, the last.
    estimators_ : list of fitted learners
        ``estimators_[i]`` has learned the labels ``clusters_[i]``.
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
    RAkELd : Clusters of equal size, drawn at random.
    mlkit.description.pair_matrix : The co-occurrences.

    Notes
    -----
    Labels that hardly occur together have little to tell each other, and a label
    powerset of all of them spends its classes on chance combinations. Within a cluster
    the learner is what it is alone: with `LabelPowerset` it takes the mode of the joint
    distribution of the cluster. So the whole suits what lies between Hamming loss
    (clusters of one label) and subset accuracy (one cluster), F-measures for example.

    The graph has an edge between two labels that occur together in a training row.
    ``"modularity"`` begins with single labels and joins the two clusters whose union
    gains most, while any gains. With e_ij the share of all edge ends that lie between
    clusters i and j, and a_i the sum of row i, joining them gains

    ``2 (e_ij - a_i a_j)``

    [2]_; it is the paper's "fast greedy", and of its five methods the only one built
    in. Among equal gains the first columns are joined. A label that never occurs with
    another stays alone.

    Unknown labels, where the learner takes them, count as absent in the clustering.
    `sample_weight` counts in the graph and in the Jaccard index.

    Cost: the product of `Y` with itself, O(q^3) for ``"modularity"`` at most, and a fit
    of the learner for each cluster. X is not copied.

    References
    ----------
    .. [1] P. Szymański, T. Kajdanowicz, K. Kersting. How is a data-driven approach
       better than random choice in label space division for multi-label
       classification? Entropy 18(8), 2016, 282, doi 10.3390/e18080282.
    .. [2] M. E. J. Newman. Fast algorithm for detecting community structure in
       networks. Physical Review E 69, 2004, 066133.

    Examples
    --------
    The first two labels occur together, and so do the last two:

    >>> from sklearn.dummy import DummyClassifier
    >>> from mlkit.models import LabelPowerset, LabelSpacePartition
    >>> X = [[0]] * 6
    >>> Y = [[1, 0, 1, 0], [1, 0, 1, 0], [0, 1, 0, 0], [0, 1, 0, 1], [0, 1, 0, 1]]
    >>> Y += [[0, 0, 0, 0]]
    >>> frequencies = LabelPowerset(DummyClassifier(strategy="prior"))
    >>> learner = LabelSpacePartition(frequencies).fit(X, Y)
    >>> [cluster.tolist() for cluster in learner.clusters_]
    [[0, 2], [1, 3]]

    In three of six rows the first cluster has no label, and so has the second:

    >>> learner.predict([[0]]).tolist()
    [[0, 0, 0, 0]]
    >>> learner.predict_proba([[0]]).round(2).tolist()
    [[0.33, 0.5, 0.33, 0.33]]
    """

    clusters_: list[np.ndarray]
    estimators_: list[Any]

    def __init__(
        self,
        estimator: Any = None,
        *,
        clusterer: Clusterer = "modularity",
        weighted: bool = True,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.clusterer = clusterer
        self.weighted = weighted
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _inner_learner(self) -> Any:
        return LabelPowerset() if self.estimator is None else self.estimator

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        rng = make_rng(self.random_state)
        self.clusters_ = self._divide(labels, sample_weight, rng)
        seeds = draw_seeds(rng, len(self.clusters_))
        names = np.array(labels.label_names, dtype=object)
        Y = labels.with_unknown()
        columns = Y if isinstance(Y, np.ndarray) else Y.tocsc()
        self.estimators_ = run_in_processes(
            (
                delayed(fit_part)(
                    self._inner_learner(),
                    X,
                    _rows_of(columns[:, cluster]),
                    sample_weight,
                    name=f"the cluster {names_for_message(names[cluster])}",
                    seed=seed,
                )
                for cluster, seed in zip(self.clusters_, seeds, strict=True)
            ),
            len(self.clusters_),
            n_jobs=self.n_jobs,
        )

    def _divide(
        self,
        labels: Indicator,
        sample_weight: np.ndarray | None,
        rng: np.random.RandomState | None,
    ) -> list[np.ndarray]:
        """Return the clusters, by the positions of their labels."""
        given = self.clusterer
        if not isinstance(given, str) and not hasattr(given, "fit_predict"):
            return _check_clusters(given, labels.label_names)
        varying = np.flatnonzero(~self._constant)
        clusters = []
        if len(varying):
            values = labels.values[:, varying]
            numbers = self._cluster(values, sample_weight, rng)
            clusters = [varying[numbers == number] for number in np.unique(numbers)]
            clusters.sort(key=lambda cluster: cluster[0])
        if self._constant.any():
            clusters.append(np.flatnonzero(self._constant))
        return clusters

    def _cluster(
        self,
        values: np.ndarray | sp.csr_array,
        sample_weight: np.ndarray | None,
        rng: np.random.RandomState | None,
    ) -> np.ndarray:
        """Return the number of the cluster of each label."""
        if isinstance(self.clusterer, str):
            if self.clusterer != "modularity":
                error = unknown_name("clusterer", self.clusterer, ["modularity"])
                raise error
            return _join_greedily(_graph(values, sample_weight, self.weighted))
        clusterer = clone(self.clusterer)
        (seed,) = draw_seeds(rng, 1)
        if seed is not None:
            set_seed(clusterer, seed)
        if getattr(clusterer, "affinity", None) == "precomputed":
            seen: Any = _graph(values, sample_weight, self.weighted)
        elif getattr(clusterer, "metric", None) == "precomputed":
            seen = _jaccard_distance(values, sample_weight)
        else:
            seen = values.T.astype(np.float64)
            if sp.issparse(seen) and not get_tags(clusterer).input_tags.sparse:
                seen = seen.toarray()
        numbers = np.array(clusterer.fit_predict(seen))
        # -1 is noise to DBSCAN and its like: labels that belong to none stand alone.
        alone = np.flatnonzero(numbers < 0)
        numbers[alone] = numbers.max() + 1 + np.arange(len(alone))
        return numbers

    def _predict_labels(self, X: Any) -> np.ndarray | sp.csr_array:
        answers = self._ask_each(predict_part, X)
        return self._with_constants(self._in_order(answers))

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        answers = self._ask_each(_part_proba, X)
        return self._with_constants(self._in_order(answers))

    def _ask_each(self, question: Any, X: Any) -> list[Any]:
        answers = run_in_threads(
            (
                delayed(question)(learner, X, len(cluster))
                for learner, cluster in zip(
                    self.estimators_, self.clusters_, strict=True
                )
            ),
            n_jobs=self.n_jobs,
        )
        return list(answers)

    def _in_order(self, answers: list[Any]) -> np.ndarray | sp.csr_array:
        """Put the answers for the clusters side by side, in the order of the labels."""
        order = np.argsort(np.concatenate(self.clusters_))
        if any(sp.issparse(answer) for answer in answers):
            return sp.hstack(answers, format="csc")[:, order].tocsr()
        return np.hstack(answers)[:, order]


def fit_part(
    learner: Any,
    X: Any,
    Y: Any,
    sample_weight: np.ndarray | None,
    *,
    name: str,
    seed: int | None,
) -> Any:
    """Fit a clone of a multi-label learner to some of the labels or the rows.

    Parameters
    ----------
    learner : multi-label classifier
    X, Y : containers that the learner takes
    sample_weight : ndarray, shape (n_samples,), or None
    name : str
        What it learns, for the note on an error.
    seed : int or None
        Seeds the clone; None keeps the seeds it has.

    Returns
    -------
    fitted learner
    """
    part = clone(learner)
    if seed is not None:
        set_seed(part, seed)
    weights = {} if sample_weight is None else {"sample_weight": sample_weight}
    try:
        # Labels that are constant in this part only are no news to the caller.
        with quiet_about_constants():
            return part.fit(X, Y, **weights)
    except Exception as err:
        err.add_note(f"This happened while {type(learner).__name__} learned {name}.")
        raise


def predict_part(learner: Any, X: Any, n_labels: int) -> np.ndarray | sp.csr_array:
    """Predict with a multi-label learner that `fit_part` has fitted to so many labels.

    Parameters
    ----------
    learner : fitted learner
    X : container that the learner takes
    n_labels : int

    Returns
    -------
    ndarray or sparse matrix, shape (n_samples, n_labels)
    """
    answer = learner.predict(X)
    # A foreign learner may answer for a single label with a vector.
    return answer if sp.issparse(answer) else np.reshape(answer, (-1, n_labels))


def _part_proba(learner: Any, X: Any, n_labels: int) -> np.ndarray:
    return positive_proba(learner, X, n_labels=n_labels)


def _rows_of(values: np.ndarray | sp.csc_array) -> np.ndarray | sp.csr_array:
    return values if isinstance(values, np.ndarray) else values.tocsr()


def _co_occurrence(
    values: np.ndarray | sp.csr_array, sample_weight: np.ndarray | None
) -> np.ndarray:
    """Return how many rows carry both labels, float64 of shape (n_labels, n_labels)."""
    if values.shape[1] > _MOST_LABELS:
        msg = (
            f"The graph has all pairs of at most {_MOST_LABELS} labels, and "
            f"{values.shape[1]} of them vary. Give the clusters, or a clusterer of the "
            "columns such as MiniBatchKMeans."
        )
        raise TooManyLabelsError(msg)
    # float64, since a product of int8 would overflow.
    first: Any = values.astype(np.float64)
    second = first
    if sample_weight is not None:
        second = first * sample_weight[:, np.newaxis]
    both = first.T @ second
    return both.toarray() if sp.issparse(both) else both


def _graph(
    values: np.ndarray | sp.csr_array, sample_weight: np.ndarray | None, weighted: bool
) -> np.ndarray:
    """Return the weights of the edges, 0 on the diagonal."""
    both = _co_occurrence(values, sample_weight)
    np.fill_diagonal(both, 0.0)
    return both if weighted else (both > 0).astype(np.float64)


def _jaccard_distance(
    values: np.ndarray | sp.csr_array, sample_weight: np.ndarray | None
) -> np.ndarray:
    """Return 1 - rows with both labels by rows with any of them, for all pairs."""
    both = _co_occurrence(values, sample_weight)
    counts = both.diagonal()
    table = Contingency(
        np.asarray(np.nan), counts[:, np.newaxis], counts[np.newaxis, :], both
    )
    # Labels of rows that weigh nothing are together in 0 of 0 rows: as far as can be.
    distance = 1.0 - np.nan_to_num(table.jaccard)
    np.fill_diagonal(distance, 0.0)
    return distance


def _join_greedily(graph: np.ndarray) -> np.ndarray:
    """Return the number of each label's cluster after Newman's greedy joining."""
    clusters = np.arange(len(graph))
    if not graph.any():
        return clusters
    share = graph / graph.sum()
    while True:
        ends = share.sum(axis=1)
        gain = share - np.outer(ends, ends)
        np.fill_diagonal(gain, -np.inf)
        first, second = sorted(np.unravel_index(np.argmax(gain), gain.shape))
        if gain[first, second] <= _NO_GAIN:
            return clusters
        # The joint cluster keeps the lower number; the other has no edges any more.
        share[first] += share[second]
        share[:, first] += share[:, second]
        share[second], share[:, second] = 0.0, 0.0
        clusters[clusters == second] = first


def _check_clusters(clusters: Any, names: tuple[str, ...]) -> list[np.ndarray]:
    """Return given clusters as positions of labels; refuse what is no partition."""
    kinds = (Sequence, np.ndarray)
    if not isinstance(clusters, kinds) or not all(
        isinstance(cluster, kinds) and not isinstance(cluster, str)
        for cluster in clusters
    ):
        msg = (
            "clusterer must be 'modularity', a scikit-learn clusterer, or clusters of "
            f"labels such as [['calm', 'sad'], ['angry']]; got {clusters!r}."
        )
        raise OptionError(msg)
    positions = [
        np.array(
            [label_position(label, names, option="clusterer") for label in cluster]
        )
        for cluster in clusters
        if len(cluster)
    ]
    none = np.empty(0, dtype=np.intp)
    times = np.bincount(np.concatenate([none, *positions]), minlength=len(names))
    labels = np.array(names, dtype=object)
    problems = [
        f"{what}: {names_for_message(labels[where])}"
        for what, where in (("in none", times == 0), ("in several", times > 1))
        if where.any()
    ]
    if problems:
        msg = (
            f"clusterer must have each of the {len(names)} labels in one cluster; "
            f"{'; '.join(problems)}."
        )
        raise LabelNameError(msg)
    return positions
