from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import mlkit
from mlkit.exceptions import ConstantLabelWarning, MissingLabelsError, OptionError
from mlkit.metrics import METRICS, Metric
from mlkit.metrics.ratios import RatioMean, f_beta
from mlkit.models import BinaryRelevance, LabelPowerset
from mlkit.models.baselines import ConstantClassifier
from mlkit.models.brknn import BRkNN

# Frequencies 5/6, 3/6, 2/6; the commonest set is the first label alone.
Y = np.array([[1, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1], [0, 0, 0], [1, 1, 1]])
X = np.zeros((6, 1))

EXACT = [
    name
    for name, metric in METRICS.items()
    if metric.kind == "bipartition"
    and (
        name.startswith(("micro_", "macro_", "weighted_", "example_f1", "example_f2"))
        or name in ("hamming_loss", "subset_accuracy", "subset_zero_one_loss")
    )
    and "averages" not in name
]
SEARCHED = [
    name
    for name, metric in METRICS.items()
    if metric.kind == "bipartition" and name not in EXACT
]


def chosen(strategy: str, labels: Any = Y, **options: Any) -> list[int]:
    learner = ConstantClassifier(strategy=strategy, **options)
    return learner.fit(np.zeros((labels.shape[0], 1)), labels).label_set_.tolist()


def best_of_all(metric: Metric, labels: np.ndarray) -> float:
    """The best value over all label sets, losses with their sign turned."""
    values = [
        metric(labels, np.tile(label_set, (len(labels), 1)))
        for label_set in itertools.product([0, 1], repeat=labels.shape[1])
    ]
    return max(values) if metric.greater_is_better else -min(values)


def value_of(metric: Metric, labels: np.ndarray, label_set: Any) -> float:
    value = metric(labels, np.tile(label_set, (len(labels), 1)))
    return value if metric.greater_is_better else -value


class TestStrategies:
    def test_nothing(self) -> None:
        assert chosen("nothing") == [0, 0, 0]

    def test_everything(self) -> None:
        assert chosen("everything") == [1, 1, 1]

    def test_majority(self) -> None:
        # A half is none.
        assert chosen("majority") == [1, 0, 0]

    def test_most_frequent_set(self) -> None:
        assert chosen("most-frequent-set") == [1, 0, 0]
        # Of equally common ones, the first by order.
        assert chosen("most-frequent-set", Y[[5, 4, 3, 4, 2]]) == [0, 0, 0]

    @pytest.mark.parametrize(
        ("k", "expected"),
        [(0, [0, 0, 0]), (1, [1, 0, 0]), (2, [1, 1, 0]), (3, [1, 1, 1])],
    )
    def test_top_k(self, k: int, expected: list[int]) -> None:
        assert chosen("top-k", k=k) == expected

    def test_top_k_by_default_the_mean_number_of_labels(self) -> None:
        # 10 labels on 6 rows, 6 on 4, 5 on 4.
        assert chosen("top-k") == [1, 1, 0]
        labels = np.array([[1, 0], [1, 1], [0, 1], [1, 1]])
        assert chosen("top-k", labels) == [1, 1]
        labels[3, 1] = 0
        assert chosen("top-k", labels) == [1, 0]

    def test_top_k_takes_the_first_of_equals(self) -> None:
        assert chosen("top-k", np.eye(4, dtype=int), k=2) == [1, 1, 0, 0]

    @pytest.mark.parametrize("strategy", ["nothing", "everything", "top-k"])
    def test_a_constant_label_is_what_it_is(self, strategy: str) -> None:
        labels = np.column_stack([np.zeros(6, int), Y, np.ones(6, int)])
        with pytest.warns(ConstantLabelWarning):
            answer = chosen(strategy, labels)
        assert (answer[0], answer[4]) == (0, 1)


class TestPeers:
    def test_majority_is_binary_relevance_of_a_dummy(self, problem: Any) -> None:
        ours = ConstantClassifier(strategy="majority").fit(problem.X, problem.Y)
        peer = BinaryRelevance(DummyClassifier(strategy="prior"))
        peer.fit(problem.X, problem.Y)
        assert_array_equal(ours.predict(problem.X), peer.predict(problem.X))
        assert_allclose(ours.predict_proba(problem.X), peer.predict_proba(problem.X))

    def test_commonest_set_is_powerset_of_a_dummy(self, problem: Any) -> None:
        ours = ConstantClassifier().fit(problem.X, problem.Y)
        peer = LabelPowerset(DummyClassifier(strategy="prior"))
        peer.fit(problem.X, problem.Y)
        assert_array_equal(ours.predict(problem.X), peer.predict(problem.X))
        assert_allclose(ours.predict_proba(problem.X), peer.predict_proba(problem.X))


class TestBest:
    """Against all label sets, on matrices with empty rows and rare labels."""

    @pytest.fixture(scope="class")
    @staticmethod
    def matrices() -> list[np.ndarray]:
        rng = np.random.default_rng(0)
        found = []
        for _ in range(8):
            n_samples, n_labels = rng.integers(8, 30), rng.integers(2, 6)
            labels = rng.random((n_samples, n_labels)) < rng.random(n_labels)
            labels &= rng.random((n_samples, 1)) < 0.8
            labels[0], labels[1] = 0, 1
            found.append(labels.astype(int))
        return found

    @pytest.mark.parametrize("metric", EXACT)
    def test_exact(self, matrices: list[np.ndarray], metric: str) -> None:
        for labels in matrices:
            answer = chosen("best", labels, metric=metric)
            assert value_of(METRICS[metric], labels, answer) == pytest.approx(
                best_of_all(METRICS[metric], labels), abs=1e-9
            )

    @pytest.mark.parametrize("metric", SEARCHED)
    def test_no_change_of_a_label_is_better(
        self, matrices: list[np.ndarray], metric: str
    ) -> None:
        for labels in matrices:
            answer = np.array(chosen("best", labels, metric=metric))
            value = value_of(METRICS[metric], labels, answer)
            for flip in np.eye(len(answer), dtype=int):
                other = value_of(METRICS[metric], labels, answer ^ flip)
                assert np.isnan(other) or other <= value + 1e-9

    def test_jaccard_is_found_on_small_problems(
        self, matrices: list[np.ndarray]
    ) -> None:
        metric = METRICS["example_jaccard"]
        for labels in matrices:
            answer = chosen("best", labels, metric=metric)
            assert value_of(metric, labels, answer) == pytest.approx(
                best_of_all(metric, labels)
            )

    @pytest.mark.parametrize("metric", [*EXACT, *SEARCHED])
    def test_weights_as_repeated_rows_and_sparse_as_dense(
        self, matrices: list[np.ndarray], metric: str
    ) -> None:
        for labels in matrices[:3]:
            features = np.zeros((len(labels), 1))
            learner = ConstantClassifier(strategy="best", metric=metric)
            weights = np.arange(len(labels)) % 3 + 1
            learner.fit(features, labels, sample_weight=weights)
            weighted = learner.label_set_.tolist()
            assert weighted == chosen(
                "best", labels.repeat(weights, axis=0), metric=metric
            )
            assert chosen("best", sp.csr_array(labels), metric=metric) == chosen(
                "best", labels, metric=metric
            )

    def test_by_hand(self) -> None:
        assert chosen("best", metric="hamming_loss") == [1, 0, 0]
        assert chosen("best", metric="subset_accuracy") == [1, 0, 0]
        # 2 * 10 / (10 + 18) = .71, 2 * 8 / (10 + 12) = .73, 2 * 5 / (10 + 6) = .63.
        assert chosen("best", metric="micro_f1") == [1, 1, 0]
        assert chosen("best", metric="macro_f1") == [1, 1, 1]
        assert chosen("best", metric="micro_precision") == [1, 0, 0]
        assert chosen("best", metric="example_recall") == [1, 1, 1]

    def test_everything_is_best_for_macro_f1_but_what_never_occurs(self) -> None:
        labels = np.column_stack([Y, np.zeros(6, int)])
        with pytest.warns(ConstantLabelWarning):
            assert chosen("best", labels, metric="macro_f1") == [1, 1, 1, 0]

    def test_a_metric_of_ones_own(self) -> None:
        def second_only(truth: Any, predicted: Any) -> float:
            return float(np.abs(np.asarray(predicted) - [0, 1, 0]).mean())

        metric = Metric(
            "mine", "Mine", second_only, "bipartition", False, "distance to a set"
        )
        assert chosen("best", metric=metric) == [0, 1, 0]

    def test_such_a_metric_has_no_weights(self) -> None:
        metric = Metric(
            "mine", "Mine", lambda Y, Z: 0.5, "bipartition", True, "a constant"
        )
        learner = ConstantClassifier(strategy="best", metric=metric)
        with pytest.raises(OptionError, match="'mine' has no value.*sample_weight"):
            learner.fit(X, Y, sample_weight=np.ones(6))

    def test_f_of_ones_own_weight(self, matrices: list[np.ndarray]) -> None:
        known = METRICS["example_f2"]
        three = replace(
            known,
            name="example_f3",
            options=(("beta", 3.0), ("average", "example")),
            statistic=RatioMean(f_beta(3.0), "example"),
        )
        for labels in matrices:
            answer = chosen("best", labels, metric=three)
            assert value_of(three, labels, answer) == pytest.approx(
                best_of_all(three, labels)
            )

    def test_blocks_change_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = chosen("best", metric="example_jaccard")
        monkeypatch.setattr("mlkit.models.baselines._BLOCK_NUMBERS", 13)
        assert chosen("best", metric="example_jaccard") == whole


class TestAnswers:
    def test_frequencies_whatever_is_predicted(self) -> None:
        for strategy in ("nothing", "everything", "majority", "top-k"):
            fitted = ConstantClassifier(strategy=strategy).fit(X, Y)
            assert_allclose(fitted.predict_proba(X[:2]), [[5 / 6, 3 / 6, 2 / 6]] * 2)

    def test_weights(self) -> None:
        weights = np.array([0, 0, 0, 1, 3, 0])
        fitted = ConstantClassifier().fit(X, Y, sample_weight=weights)
        assert_array_equal(fitted.frequencies_, [0.25, 0.25, 0.25])
        assert_array_equal(fitted.label_set_, [0, 0, 0])

    @pytest.mark.parametrize("strategy", ["nothing", "top-k"])
    def test_sparse(self, strategy: str) -> None:
        fitted = ConstantClassifier(strategy=strategy).fit(X, sp.csr_array(Y))
        predicted = fitted.predict(np.zeros((4, 1)))
        assert isinstance(predicted, sp.csr_array)
        assert_array_equal(predicted.toarray(), [fitted.label_set_] * 4)

    def test_answers_can_be_written_to(self) -> None:
        fitted = ConstantClassifier().fit(X, Y)
        answer, proba = fitted.predict(X), fitted.predict_proba(X)
        answer[:], proba[:] = 0, 0
        assert fitted.label_set_.any()
        assert fitted.frequencies_.all()

    def test_features_are_not_looked_at(self, problem: Any) -> None:
        features = pd.DataFrame(problem.X).add_prefix("f")
        features.iloc[3, 2] = np.nan
        fitted = ConstantClassifier().fit(features, problem.Y)
        assert (fitted.predict(features) == fitted.label_set_).all()

    def test_classes(self) -> None:
        fitted = ConstantClassifier(strategy="nothing").fit(X, list("aabbbc"))
        assert_array_equal(fitted.predict(X[:2]), ["b", "b"])
        assert_allclose(fitted.predict_proba(X[:1]), [[1 / 3, 1 / 2, 1 / 6]])

    def test_unknown_labels(self) -> None:
        labels = Y.astype(float)
        labels[2, 1] = np.nan
        with pytest.raises(MissingLabelsError, match="ConstantClassifier cannot learn"):
            ConstantClassifier().fit(X, labels)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"strategy": "all"}, "strategy must be one of 'nothing', 'everything'"),
        ({"k": 2}, "k=2 is for strategy='top-k', and strategy is 'most-frequent"),
        ({"strategy": "top-k", "k": 4}, r"k must be in \[0, 3\], got 4"),
        ({"strategy": "top-k", "metric": "micro_f1"}, "is for strategy='best'"),
        ({"strategy": "best"}, "strategy='best' needs a metric"),
        ({"strategy": "best", "metric": "ranking_loss"}, "judges scores, not a label"),
        ({"strategy": "best", "metric": "f1"}, "Say which average"),
    ],
)
def test_wrong_options(options: dict[str, Any], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        ConstantClassifier(**options).fit(X, Y)


@pytest.mark.data
def test_what_yeast_is_worth(mulan_folder: Any) -> None:
    train, test = mlkit.load("yeast", "train"), mlkit.load("yeast", "test")
    rows, truth = test.as_xy()
    values = []
    for learner in (
        ConstantClassifier(strategy="best", metric="example_f1"),
        make_pipeline(StandardScaler(), BRkNN()),
    ):
        predicted = learner.fit(*train.as_xy()).predict(rows)
        values.append(round(METRICS["example_f1"](truth, predicted), 3))
    assert values == [0.579, 0.576]
