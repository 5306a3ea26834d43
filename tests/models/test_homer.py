from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

import mlkit
from mlkit.datasets import make_many_labels
from mlkit.exceptions import ConstantLabelWarning, MissingLabelsError, OptionError
from mlkit.models import HOMER, BinaryRelevance, LabelPowerset, make
from mlkit.models.homer import _balanced_kmeans, _fill

PRIOR = BinaryRelevance(DummyClassifier(strategy="prior"))
CLUSTERINGS = ["balanced", "kmeans", "random"]


def groups(n_rows: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Nine labels in three groups of rows, and rows without a label."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_rows, 2))
    part = rng.integers(0, 4, n_rows)
    X += np.array([[6, 0], [0, 6], [-6, 0], [0, -6]])[part]
    own = np.arange(9) // 3 == part[:, np.newaxis]
    return X, (own & (rng.random((n_rows, 9)) < 0.6)).astype(int)


class TestBalancedKMeans:
    def test_who_is_sent_away_by_hand(self) -> None:
        # Groups of two. Labels 0 and 1 fill the first; 2 is nearer than 1, which goes
        # to the second; 3 comes to the second, and with 4, nearest to the first but
        # farther than both there, the second is full: 1 has no other place than the
        # third.
        distances = np.array(
            [[1.0, 8, 9], [3, 5, 7], [2, 8, 9], [9, 1, 8], [4, 2, 9.0]]
        )
        assert_array_equal(_fill(distances, 2), [0, 2, 0, 1, 1])
        # The distances are the caller's.
        assert np.isfinite(distances).all()

    @given(
        st.integers(2, 30).flatmap(
            lambda n: st.tuples(st.just(n), st.integers(2, n), st.integers(0, 999))
        )
    )
    @settings(max_examples=60, deadline=None)
    def test_sizes(self, drawn: tuple[int, int, int]) -> None:
        n_labels, n_groups, seed = drawn
        rng = np.random.RandomState(seed)
        vectors = sp.csr_array(rng.randint(0, 2, (n_labels, 7)).astype(float))
        numbers = _balanced_kmeans(vectors, n_groups, rng)
        sizes = np.bincount(numbers, minlength=n_groups)
        assert sizes.sum() == n_labels
        assert sizes.max() <= -(-n_labels // n_groups)

    def test_equal_columns_come_together(self) -> None:
        columns = np.repeat(np.eye(3), 4, axis=0)[
            [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]
        ]
        found = [
            _balanced_kmeans(sp.csr_array(columns), 3, np.random.RandomState(seed))
            for seed in range(9)
        ]
        # From bad first centres it ends in a worse optimum, as k-means does.
        assert sum(len(set(n[::3])) == 1 == len(set(n[1::3])) for n in found) >= 3


class TestTree:
    @pytest.mark.parametrize("clustering", CLUSTERINGS)
    @pytest.mark.parametrize("n_children", [2, 3, 4, 9, 50])
    def test_children_divide_the_labels_of_a_node(
        self, clustering: Any, n_children: int
    ) -> None:
        X, Y = groups()
        fitted = HOMER(
            PRIOR, n_children=n_children, clustering=clustering, random_state=0
        ).fit(X, Y)
        assert_array_equal(fitted.nodes_[0].labels, range(9))
        leaves = []
        for place, node in enumerate(fitted.nodes_):
            assert_array_equal(np.sort(np.concatenate(node.children)), node.labels)
            assert 1 <= len(node.children) <= n_children
            assert place == 0 or len(node.children) > 1
            for child, below in zip(node.children, node.child_nodes, strict=True):
                if below is None:
                    leaves.extend(child)
                else:
                    assert below > place
                    assert_array_equal(fitted.nodes_[below].labels, child)
        assert sorted(leaves) == list(range(9))

    @pytest.mark.parametrize("clustering", ["balanced", "random"])
    def test_a_balanced_tree_is_as_deep_as_it_must_be(self, clustering: Any) -> None:
        X, Y = groups()
        fitted = HOMER(PRIOR, clustering=clustering, random_state=0).fit(X, Y)
        assert [len(node.labels) for node in fitted.nodes_] == [9, 3, 3, 3]

    def test_similar_labels_come_together(self) -> None:
        X, Y = groups()
        found = []
        for seed in range(10):
            fitted = HOMER(PRIOR, random_state=seed).fit(X, Y)
            found.append(sorted(c.tolist() for c in fitted.nodes_[0].children))
        assert found.count([[0, 1, 2], [3, 4, 5], [6, 7, 8]]) >= 5

    def test_a_node_is_trained_on_the_rows_that_have_it(self) -> None:
        X, Y = groups()
        fitted = HOMER(PRIOR, random_state=0).fit(X, Y)
        root, *others = fitted.nodes_
        assert root.n_samples == len(X)
        assert (Y.sum(axis=1) == 0).any()
        for node in others:
            assert node.n_samples == Y[:, node.labels].any(axis=1).sum()

    def test_a_row_of_weight_two_is_two_rows(self) -> None:
        Y = np.random.default_rng(0).integers(0, 2, (60, 16))
        X, weights = np.zeros((60, 1)), np.arange(60) % 5 + 1

        def tree(X: Any, Y: Any, **options: Any) -> list[list[int]]:
            fitted = HOMER(PRIOR, random_state=0).fit(X, Y, **options)
            return [node.labels.tolist() for node in fitted.nodes_]

        repeated = tree(X.repeat(weights, axis=0), Y.repeat(weights, axis=0))
        assert tree(X, Y, sample_weight=weights) == repeated
        assert tree(X, Y) != repeated

    def test_equal_columns_are_divided_all_the_same(self) -> None:
        X, Y = np.zeros((4, 1)), np.repeat([[0], [1], [1], [0]], 7, axis=1)
        for clustering in CLUSTERINGS:
            fitted = HOMER(PRIOR, clustering=clustering, random_state=0).fit(X, Y)
            assert sum(None in node.child_nodes for node in fitted.nodes_) > 1
            assert_allclose(fitted.predict_proba(X[:1]), [[0.5] * 7])


class TestAnswers:
    @pytest.mark.parametrize("base", [LogisticRegression(), LinearSVC(random_state=0)])
    def test_with_as_many_children_as_labels_it_is_the_learner(
        self, base: Any, problem: Any
    ) -> None:
        fitted = HOMER(BinaryRelevance(base), n_children=5).fit(problem.X, problem.Y)
        alone = BinaryRelevance(base).fit(problem.X, problem.Y)
        assert_array_equal(fitted.predict(problem.X), alone.predict(problem.X))
        if hasattr(alone, "predict_proba"):
            assert_allclose(
                fitted.predict_proba(problem.X), alone.predict_proba(problem.X)
            )

    @pytest.mark.parametrize("clustering", CLUSTERINGS)
    def test_the_product_along_the_path_is_exact(self, clustering: Any) -> None:
        # Without features each factor is a share of rows of rows, and their product
        # the share of the rows that have the label.
        X, Y = groups()
        fitted = HOMER(PRIOR, n_children=2, clustering=clustering, random_state=0)
        fitted.fit(X, Y)
        assert len(fitted.nodes_) > 4
        assert_allclose(fitted.predict_proba(X[:1])[0], Y.mean(axis=0))

    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_predictions_by_hand(self, container: Any) -> None:
        X, Y = groups()
        fitted = HOMER(n_children=2, random_state=0).fit(X, container(Y))
        expected = np.zeros(Y.shape, dtype=int)
        for row in range(len(X)):
            waiting = [fitted.nodes_[0]]
            while waiting:
                node = waiting.pop()
                (answer,) = node.estimator.predict(X[[row]])
                for yes, child, below in zip(
                    answer, node.children, node.child_nodes, strict=True
                ):
                    if yes and below is None:
                        expected[row, child] = 1
                    elif yes:
                        waiting.append(fitted.nodes_[below])
        predicted = fitted.predict(X)
        assert isinstance(predicted, type(container(Y)))
        assert_array_equal(sp.csr_array(predicted).toarray(), expected)
        assert (expected == Y).mean() > 0.8

    def test_where_the_root_says_no_nothing_is_predicted(self) -> None:
        X, Y = groups()
        fitted = HOMER(random_state=0).fit(X, Y)
        root = fitted.nodes_[0].estimator
        none = root.predict(X).sum(axis=1) == 0
        assert none.any()
        assert fitted.predict(X)[none].sum() == 0

    def test_any_learner_at_the_nodes(self) -> None:
        X, Y = groups()
        tree = DecisionTreeClassifier(max_depth=4, random_state=0)
        for inner in (LabelPowerset(), make("cc-lr"), tree):
            fitted = HOMER(inner, random_state=0).fit(X, Y)
            assert (fitted.predict(X) == Y).mean() > 0.8
            assert fitted.predict_proba(X).shape == Y.shape

    def test_a_learner_that_answers_for_one_label_with_a_vector(self) -> None:
        X, Y = groups()
        tree = DecisionTreeClassifier(max_depth=4, random_state=0)
        fitted = HOMER(tree).fit(X, Y[:, :1])
        assert_array_equal(fitted.predict(X)[:, 0], tree.fit(X, Y[:, 0]).predict(X))

    def test_tables_reach_the_learner_as_they_are(self) -> None:
        # Flags has categories, which only a preparation within can read.
        ds = mlkit.load("flags")
        fitted = HOMER(make("br-lr"), random_state=0).fit(ds.X, ds.Y)
        assert fitted.predict(ds.X).columns.tolist() == list(ds.label_names)

    def test_a_constant_label_is_not_in_the_tree(self) -> None:
        X, Y = groups()
        Y[:, 0], Y[:, 8] = 0, 1
        for container in (np.asarray, sp.csr_array):
            with pytest.warns(ConstantLabelWarning, match="2 of 9") as caught:
                fitted = HOMER(random_state=0).fit(X, container(Y))
            assert len(caught) == 1
            assert_array_equal(fitted.nodes_[0].labels, range(1, 8))
            predicted = sp.csr_array(fitted.predict(X)).toarray()
            assert_array_equal(predicted[:, [0, 8]], Y[:, [0, 8]])

    @pytest.mark.parametrize("clustering", CLUSTERINGS)
    def test_the_number_of_jobs_changes_nothing(self, clustering: Any) -> None:
        X, Y = groups()
        inner = BinaryRelevance(RandomForestClassifier(3))
        learner = HOMER(inner, clustering=clustering, random_state=1)
        alone = learner.fit(X, Y).predict_proba(X)
        learner.set_params(n_jobs=2).fit(X, Y)
        assert_array_equal(learner.predict_proba(X), alone)


def test_three_hundred_sparse_labels() -> None:
    ds = make_many_labels(1500, 300, n_features=400, random_state=0)
    X, Y = ds.X[:1000], ds.Y[:1000]
    base = LogisticRegression(C=10)
    with pytest.warns(ConstantLabelWarning):
        plain = BinaryRelevance(base).fit(X, Y)
    start = time.perf_counter()
    with pytest.warns(ConstantLabelWarning):
        fitted = HOMER(BinaryRelevance(base), random_state=0).fit(X, Y)
    # About 1.5 s on one core; ten times as much would be another algorithm.
    assert time.perf_counter() - start < 15
    predicted = fitted.predict(ds.X[1000:])
    assert isinstance(predicted, sp.csr_array)
    # A label is learned from the rows of its group, where it is not so rare.
    scores = [
        f1_score(ds.Y[1000:], p, average="macro", zero_division=0)
        for p in (predicted, plain.predict(ds.X[1000:]))
    ]
    assert scores[0] > scores[1]
    # Each below the root was trained on a part of the rows.
    work = [node.n_samples * len(node.children) for node in fitted.nodes_]
    assert sum(work) < 0.2 * 1000 * 300


class TestBadInput:
    @pytest.mark.parametrize(
        ("options", "error", "match"),
        [
            ({"n_children": 1}, ValueError, "n_children must be at least 2, got 1"),
            ({"n_children": 2.0}, TypeError, "n_children must be an integer"),
            ({"clustering": "em"}, OptionError, "clustering must be one of 'balanced'"),
        ],
    )
    def test_options(self, problem: Any, options: Any, error: Any, match: str) -> None:
        with pytest.raises(error, match=match):
            HOMER(**options).fit(problem.X, problem.Y)

    def test_unknown_labels(self, problem: Any) -> None:
        Y = problem.Y.astype(float)
        Y[3, 1] = np.nan
        with pytest.raises(MissingLabelsError, match="HOMER cannot learn from unknown"):
            HOMER().fit(problem.X, Y)

    def test_no_probabilities(self, problem: Any) -> None:
        fitted = HOMER(BinaryRelevance(LinearSVC())).fit(problem.X, problem.Y)
        with pytest.raises(AttributeError) as raised:
            _ = fitted.predict_proba
        assert "BinaryRelevance has no predict_proba here" in str(
            raised.value.__cause__
        )

    def test_an_error_of_the_learner_says_where(self, problem: Any) -> None:
        inner = BinaryRelevance(LogisticRegression(max_iter=-1))
        with pytest.raises(ValueError, match="max_iter") as raised:
            HOMER(inner, random_state=0).fit(problem.X, problem.Y)
        assert raised.value.__notes__[-1] == (
            "This happened while BinaryRelevance learned the node of 'label_0', "
            "'label_1', 'label_2', 'label_3', 'label_4'."
        )
