from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.cluster import (
    DBSCAN,
    AgglomerativeClustering,
    KMeans,
    SpectralClustering,
)
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

import mlkit
from mlkit.exceptions import (
    ConstantLabelWarning,
    LabelNameError,
    MissingLabelsError,
    OptionError,
    TooManyLabelsError,
    UnknownNameError,
)
from mlkit.models import (
    BinaryRelevance,
    ClassifierChain,
    LabelPowerset,
    LabelSpacePartition,
    RAkELd,
    make,
)
from mlkit.models.partition import _co_occurrence, _graph, _join_greedily


def two_groups(n_rows: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Labels 0, 2, 4 mostly occur in rows with x > 0, labels 1, 3, 5 in the others."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_rows, 2))
    often = (X[:, :1] > 0) == np.array([True, False] * 3)
    return X, (rng.random((n_rows, 6)) < np.where(often, 0.7, 0.05)).astype(int)


def clusters_of(learner: Any, Y: Any, **options: Any) -> list[list[int]]:
    fitted = learner.fit(np.zeros((Y.shape[0], 1)), Y, **options)
    return [cluster.tolist() for cluster in fitted.clusters_]


class TestModularity:
    def test_two_triangles_with_a_bridge(self) -> None:
        # Of the paper's kind: each edge is a row that carries two labels.
        edges = [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5), (2, 3)]
        Y = np.zeros((7, 6), dtype=int)
        for row, edge in enumerate(edges):
            Y[row, list(edge)] = 1
        assert clusters_of(LabelSpacePartition(), Y) == [[0, 1, 2], [3, 4, 5]]

    def test_the_gain_by_hand(self) -> None:
        # A path a - b - c with weights 2 and 1, six edge ends: joining a and b gains
        # 2/6 - 2/6 * 3/6 = 1/6, b and c 1/6 - 3/6 * 1/6 = 1/12. Then {a, b} and c:
        # 1/6 - 5/6 * 1/6 = 1/36, still a gain; all three are one cluster.
        graph = np.array([[0.0, 2, 0], [2, 0, 1], [0, 1, 0]])
        assert_array_equal(_join_greedily(graph), [0, 0, 0])
        # Without the third label's edge, it stays alone.
        graph[1, 2] = graph[2, 1] = 0
        assert_array_equal(_join_greedily(graph), [0, 0, 2])

    @pytest.mark.parametrize("seed", range(20))
    def test_networkx(self, seed: int) -> None:
        nx = pytest.importorskip("networkx")
        # Real weights, so that no two joins gain the same.
        rng = np.random.default_rng(seed)
        graph = np.triu(rng.random((15, 15)) * (rng.random((15, 15)) < 0.2), 1)
        graph += graph.T
        ours = _join_greedily(graph)
        theirs = nx.community.greedy_modularity_communities(
            nx.from_numpy_array(graph), weight="weight"
        )
        groups = [set(np.flatnonzero(ours == number)) for number in np.unique(ours)]
        assert sorted(map(sorted, groups)) == sorted(map(sorted, theirs))

    def test_labels_never_together_stay_alone(self) -> None:
        assert clusters_of(LabelSpacePartition(), np.eye(3, dtype=int)) == [
            [0],
            [1],
            [2],
        ]

    def test_without_weights_an_edge_is_an_edge(self) -> None:
        # All four occur together somewhere, so that without weights nothing divides
        # them; with weights two pairs stand out.
        Y = np.zeros((26, 4), dtype=int)
        Y[:10, [0, 1]] = 1
        Y[10:20, [2, 3]] = 1
        pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
        for row, pair in enumerate(pairs, start=20):
            Y[row, list(pair)] = 1
        assert clusters_of(LabelSpacePartition(), Y) == [[0, 1], [2, 3]]
        assert clusters_of(LabelSpacePartition(weighted=False), Y) == [[0, 1, 2, 3]]

    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_rows_count_as_much_as_they_weigh(self, container: Any) -> None:
        X, Y = two_groups(600)
        weights = np.arange(600) % 4
        both = _co_occurrence(container(Y.astype(np.int8)), weights)
        repeated = Y.repeat(weights, axis=0)
        assert_allclose(both, repeated.T @ repeated)
        assert both[0, 0] > 127
        assert_array_equal(_graph(container(Y), weights, True).diagonal(), 0)

    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array, pd.DataFrame])
    def test_planted_groups_are_found(self, container: Any) -> None:
        X, Y = two_groups()
        assert clusters_of(LabelSpacePartition(), container(Y)) == [
            [0, 2, 4],
            [1, 3, 5],
        ]


@pytest.mark.parametrize(
    "clusterer",
    [
        SpectralClustering(2, affinity="precomputed", random_state=0),
        AgglomerativeClustering(2, metric="precomputed", linkage="average"),
        AgglomerativeClustering(2),
        KMeans(2, random_state=0),
        DBSCAN(eps=0.65, min_samples=2, metric="precomputed"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_clusterers_of_scikit_learn(clusterer: Any, container: Any) -> None:
    X, Y = two_groups()
    learner = LabelSpacePartition(clusterer=clusterer, random_state=0)
    assert clusters_of(learner, container(Y)) == [[0, 2, 4], [1, 3, 5]]
    assert not hasattr(clusterer, "labels_")


def test_labels_that_a_clusterer_calls_noise_stand_alone() -> None:
    X, Y = two_groups()
    lonely = np.zeros((200, 2), dtype=int)
    lonely[0, 0] = lonely[1, 1] = 1
    learner = LabelSpacePartition(
        clusterer=DBSCAN(eps=0.65, min_samples=2, metric="precomputed")
    )
    found = clusters_of(learner, np.hstack([lonely, Y]))
    assert found == [[0], [1], [2, 4, 6], [3, 5, 7]]


def test_labels_of_rows_that_weigh_nothing() -> None:
    X, Y = two_groups()
    Y[:, 5] = np.arange(200) < 10
    learner = LabelSpacePartition(
        clusterer=DBSCAN(eps=0.65, min_samples=2, metric="precomputed")
    )
    weights = (np.arange(200) >= 10).astype(float)
    found = clusters_of(learner, Y, sample_weight=weights)
    assert found == [[0, 2, 4], [1, 3], [5]]


def test_the_seed_reaches_the_clusterer() -> None:
    Y = np.random.default_rng(1).integers(0, 2, (60, 12))
    learner = LabelSpacePartition(clusterer=KMeans(4, n_init=1), random_state=0)
    first = clusters_of(learner, Y)
    assert clusters_of(learner, Y) == first
    others = [clusters_of(learner.set_params(random_state=s), Y) for s in range(1, 5)]
    assert any(other != first for other in others)


class TestGivenClusters:
    @pytest.mark.parametrize(
        "clusters",
        [
            [["sad", "calm"], ["angry"]],
            [[2, 0], [1]],
            ((2, "calm"), ("angry",)),
            [np.array([2, 0]), np.array([1])],
            [["sad", "calm"], [], ["angry"]],
        ],
    )
    def test_names_and_positions(self, clusters: Any, problem: Any) -> None:
        Y = pd.DataFrame(problem.Y[:, :3], columns=["calm", "angry", "sad"])
        fitted = LabelSpacePartition(clusterer=clusters).fit(problem.X, Y)
        assert [cluster.tolist() for cluster in fitted.clusters_] == [[2, 0], [1]]
        assert list(fitted.predict(problem.X).columns) == ["calm", "angry", "sad"]

    @pytest.mark.parametrize(
        ("clusters", "error", "match"),
        [
            ([[0, 1], [2]], LabelNameError, r"in one cluster; in none: 'l3', 'l4'\.$"),
            ([[0, 1], [2, 1, 3, 4]], LabelNameError, r"cluster; in several: 'l1'\.$"),
            ([[0, 1], [1]], LabelNameError, "in none: 'l2'.*; in several: 'l1'"),
            ([], LabelNameError, "in none: 'l0', 'l1', 'l2', 'l3', 'l4'"),
            ([[0, 1, 2, 3, 5]], LabelNameError, "holds 5; expected .* from 0 to 4"),
            ([[0, 1, 2, 3, -1]], LabelNameError, "holds -1; expected"),
            ([[0.0, 1]], LabelNameError, "holds 0.0; expected"),
            ([[True, False]], LabelNameError, "holds True; expected"),
            ([["l0", "l9"]], UnknownNameError, "Unknown label 'l9'"),
            (["l0", "l1"], OptionError, r"such as \[\['calm', 'sad'\], \['angry'\]\]"),
            ([0, 1], OptionError, r"or clusters of labels such as .*; got \[0, 1\]"),
            (3, OptionError, "got 3"),
            ("spectral", UnknownNameError, "Unknown clusterer 'spectral'"),
        ],
    )
    def test_refused(
        self, clusters: Any, error: type[Exception], match: str, problem: Any
    ) -> None:
        Y = pd.DataFrame(problem.Y).add_prefix("l")
        with pytest.raises(error, match=match):
            LabelSpacePartition(clusterer=clusters).fit(problem.X, Y)


class TestMembers:
    def test_random_groups_are_those_of_rakel(self, problem: Any) -> None:
        base = LogisticRegression(max_iter=1000)
        other = RAkELd(base, labelset_size=2, random_state=0)
        other.fit(problem.X, problem.Y)
        fitted = LabelSpacePartition(LabelPowerset(base), clusterer=other.labelsets_)
        fitted.fit(problem.X, problem.Y)
        assert_array_equal(fitted.predict(problem.X), other.predict(problem.X))
        assert_array_equal(
            fitted.predict_proba(problem.X), other.predict_proba(problem.X)
        )

    def test_one_cluster_is_the_learner_alone(self, problem: Any) -> None:
        for inner in (LabelPowerset(), ClassifierChain()):
            fitted = LabelSpacePartition(inner, clusterer=[range(5)])
            fitted.fit(problem.X, problem.Y)
            alone = inner.fit(problem.X, problem.Y)
            assert_array_equal(
                fitted.predict_proba(problem.X), alone.predict_proba(problem.X)
            )

    @pytest.mark.parametrize(
        "clusters", [[[0], [1], [2], [3], [4]], [[4, 1], [0, 3, 2]]]
    )
    def test_binary_relevance_does_not_mind(self, clusters: Any, problem: Any) -> None:
        fitted = LabelSpacePartition(BinaryRelevance(), clusterer=clusters)
        fitted.fit(problem.X, problem.Y)
        alone = BinaryRelevance().fit(problem.X, problem.Y)
        assert_array_equal(fitted.predict(problem.X), alone.predict(problem.X))
        assert_array_equal(
            fitted.predict_proba(problem.X), alone.predict_proba(problem.X)
        )

    def test_scikit_multilearn(self, problem: Any) -> None:
        ensembles = pytest.importorskip("skmultilearn.ensemble")
        clusterers = pytest.importorskip("skmultilearn.cluster")
        transformers = pytest.importorskip("skmultilearn.problem_transform")
        fitted = LabelSpacePartition().fit(problem.X, problem.Y)
        base = LogisticRegression(max_iter=1000)
        peer = ensembles.LabelSpacePartitioningClassifier(
            classifier=transformers.LabelPowerset(base, require_dense=[True, True]),
            clusterer=clusterers.FixedLabelSpaceClusterer(
                clusters=[cluster.tolist() for cluster in fitted.clusters_]
            ),
        )
        peer.fit(problem.X.copy(), problem.Y.copy())
        predicted = peer.predict(problem.X.copy()).toarray()
        assert_array_equal(fitted.predict(problem.X), predicted)

    def test_foreign_learners(self, problem: Any) -> None:
        # They answer with a vector for a cluster of one label, with lists for others.
        tree = DecisionTreeClassifier(max_depth=3, random_state=0)
        clusters = [[3], [0, 4], [1, 2]]
        fitted = LabelSpacePartition(tree, clusterer=clusters)
        fitted.fit(problem.X, problem.Y)
        predicted, proba = fitted.predict(problem.X), fitted.predict_proba(problem.X)
        for cluster in clusters:
            alone = tree.fit(problem.X, problem.Y[:, cluster]).predict(problem.X)
            assert_array_equal(predicted[:, cluster], alone.reshape(90, -1))
        assert proba.shape == (90, 5)
        assert ((proba > 0.5) == predicted).mean() > 0.9

    def test_tables_reach_the_learner_as_they_are(self) -> None:
        # Flags has categories, which only a preparation within can read.
        ds = mlkit.load("flags")
        fitted = LabelSpacePartition(make("lp-lr")).fit(ds.X, ds.Y)
        assert fitted.predict(ds.X).columns.tolist() == list(ds.label_names)

    def test_the_number_of_jobs_changes_nothing(self, problem: Any) -> None:
        inner = LabelPowerset(RandomForestClassifier(5))
        learner = LabelSpacePartition(
            inner, clusterer=[[0, 1], [2, 3], [4]], random_state=3
        )
        alone = learner.fit(problem.X, problem.Y).predict_proba(problem.X)
        learner.set_params(n_jobs=2).fit(problem.X, problem.Y)
        assert_array_equal(learner.predict_proba(problem.X), alone)
        seeds = {member.random_state for member in learner.estimators_}
        assert len(seeds) == 3

    def test_without_probabilities(self, problem: Any) -> None:
        fitted = LabelSpacePartition(LabelPowerset(LinearSVC()))
        fitted.fit(problem.X, problem.Y)
        with pytest.raises(AttributeError) as raised:
            _ = fitted.predict_proba
        assert "LabelPowerset has no predict_proba here" in str(raised.value.__cause__)

    def test_an_error_of_the_learner_says_where(self, problem: Any) -> None:
        inner = LabelPowerset(LogisticRegression(max_iter=-1))
        learner = LabelSpacePartition(inner, clusterer=[[3, 1], [0, 2, 4]])
        with pytest.raises(ValueError, match="max_iter") as raised:
            learner.fit(problem.X, problem.Y)
        note = raised.value.__notes__[-1]
        assert note.endswith("LabelPowerset learned the cluster 'label_3', 'label_1'.")


class TestConstantAndUnknownLabels:
    def test_constant_labels_are_the_last_cluster(self, problem: Any) -> None:
        # A label in every row would tie all others together.
        X, Y = two_groups()
        Y[:, 1], Y[:, 4] = 0, 1
        with pytest.warns(ConstantLabelWarning, match="2 of 6") as caught:
            fitted = LabelSpacePartition().fit(X, Y)
        assert [c.tolist() for c in fitted.clusters_] == [[0, 2], [3, 5], [1, 4]]
        assert_array_equal(fitted.predict(X)[:, [1, 4]], Y[:, [1, 4]])
        # One warning in all, although a cluster holds nothing else.
        assert len(caught) == 1

    def test_unknown_labels_are_for_the_learner_to_take(self) -> None:
        X, Y = two_groups()
        Y = Y.astype(float)
        Y[:40, 2] = np.nan
        fitted = LabelSpacePartition(BinaryRelevance()).fit(X, Y)
        assert [c.tolist() for c in fitted.clusters_] == [[0, 2, 4], [1, 3, 5]]
        alone = BinaryRelevance().fit(X, Y)
        assert_array_equal(fitted.predict_proba(X), alone.predict_proba(X))
        sparse = LabelSpacePartition(BinaryRelevance()).fit(X, sp.csr_array(Y))
        assert_array_equal(sparse.predict_proba(X), alone.predict_proba(X))
        with pytest.raises(MissingLabelsError, match="LabelPowerset cannot learn"):
            LabelSpacePartition().fit(X, Y)


def test_too_many_labels_for_a_graph(
    problem: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlkit.models.partition._MOST_LABELS", 4)
    with pytest.raises(TooManyLabelsError, match="at most 4 labels, and 5 of them"):
        LabelSpacePartition().fit(problem.X, problem.Y)
    # The columns themselves are no pairs.
    fitted = LabelSpacePartition(clusterer=KMeans(2, random_state=0))
    assert len(fitted.fit(problem.X, problem.Y).clusters_) == 2
