from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

import mlkit
from mlkit.exceptions import ConstantLabelWarning, MissingLabelsError, OptionError
from mlkit.models import (
    BinaryRelevance,
    ClassifierChain,
    DependentBinaryRelevance,
    make,
)

BASES = [
    LogisticRegression(max_iter=1000),
    DecisionTreeClassifier(max_depth=3, random_state=0),
]


def by_hand(base: Any, X: Any, Y: Any, answers: Any) -> tuple[np.ndarray, np.ndarray]:
    """Ask, once, a loop of classifiers that have seen the true other labels."""
    predicted, proba = [], []
    for j in range(Y.shape[1]):
        others = np.arange(Y.shape[1]) != j
        alone = clone(base).fit(np.hstack([X, Y[:, others]]), Y[:, j])
        asked = np.hstack([X, answers[:, others]])
        predicted.append(alone.predict(asked))
        proba.append(alone.predict_proba(asked)[:, 1])
    return np.column_stack(predicted), np.column_stack(proba)


@pytest.mark.parametrize("base", BASES)
class TestByHand:
    def test_one_pass(self, base: Any, problem: Any) -> None:
        answers = BinaryRelevance(base).fit(problem.X, problem.Y).predict(problem.X)
        predicted, proba = by_hand(base, problem.X, problem.Y, answers)
        learner = DependentBinaryRelevance(base).fit(problem.X, problem.Y)
        assert_array_equal(learner.predict(problem.X), predicted)
        assert_array_equal(learner.predict_proba(problem.X), proba)
        # It is another answer than that of the first level.
        assert (predicted != answers).any()

    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_three_passes(self, base: Any, problem: Any, container: Any) -> None:
        answers = BinaryRelevance(base).fit(problem.X, problem.Y).predict(problem.X)
        for _ in range(3):
            answers, proba = by_hand(base, problem.X, problem.Y, answers)
        learner = DependentBinaryRelevance(base, max_passes=3)
        learner.fit(problem.X, container(problem.Y))
        predicted = learner.predict(problem.X)
        predicted = predicted.toarray() if sp.issparse(predicted) else predicted
        assert_array_equal(predicted, answers)
        assert_array_equal(learner.predict_proba(problem.X), proba)

    def test_two_labels_that_are_told_by_each_other(self, base: Any) -> None:
        # Either label is the other one; what the first level says of one is said of
        # the other, right or wrong.
        rng = np.random.default_rng(0)
        X = rng.normal(size=(80, 3))
        y = (X[:, 0] + rng.normal(size=80) > 0).astype(int)
        learner = DependentBinaryRelevance(base).fit(X, np.column_stack([y, y]))
        first = learner.first_level_.predict(X)
        assert_array_equal(learner.predict(X), first[:, ::-1])


class TestPasses:
    def test_they_end_where_nothing_changes(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        X = np.random.default_rng(0).integers(0, 2, size=(60, 2))
        Y = np.column_stack([X[:, 0] ^ X[:, 1], X[:, 0] & X[:, 1]])
        learner = DependentBinaryRelevance(max_passes=50).fit(X, Y)
        passes, decide = [], DependentBinaryRelevance._decide

        def count(self: Any, *args: Any) -> Any:
            passes.append(args)
            return decide(self, *args)

        monkeypatch.setattr(DependentBinaryRelevance, "_decide", count)
        assert_array_equal(learner.predict(X), Y)
        # One mends the exclusive or, one finds nothing to mend, and one answers.
        assert len(passes) == 3

    def test_a_circle_ends_as_well(self) -> None:
        # Each label is the opposite of the other: from (1, 1) to (0, 0) and back.
        Y = np.array([[0, 1], [1, 0]] * 5)
        X = np.zeros((10, 1))
        base = DecisionTreeClassifier(max_depth=1)
        learner = DependentBinaryRelevance(base, max_passes=6).fit(X, Y)
        first = learner.first_level_.predict(X[:1])
        assert first[0, 0] == first[0, 1]
        assert_array_equal(learner.predict(X[:1]), first)
        learner.set_params(max_passes=7)
        assert_array_equal(learner.predict(X[:1]), 1 - first)

    def test_rows_do_not_wait_for_each_other(self, problem: Any) -> None:
        learner = DependentBinaryRelevance(max_passes=4).fit(problem.X, problem.Y)
        alone = [learner.predict(problem.X[[i]])[0] for i in range(90)]
        assert_array_equal(learner.predict(problem.X), alone)

    @pytest.mark.parametrize(("value", "error"), [(0, OptionError), (1.5, TypeError)])
    def test_wrong_number(self, problem: Any, value: Any, error: Any) -> None:
        learner = DependentBinaryRelevance(max_passes=value)
        with pytest.raises(error, match="max_passes must be"):
            learner.fit(problem.X, problem.Y)


class TestTwoBits:
    """OR, AND and exclusive or of two bits, in any order, with a linear learner."""

    @pytest.mark.parametrize("order", [["xor", "and"], ["and", "xor"]])
    def test_every_row_is_right(self, order: list[str]) -> None:
        X = np.random.default_rng(0).integers(0, 2, size=(400, 2))
        a, b = X.astype(bool).T
        Y = pd.DataFrame({"and": a & b, "xor": a ^ b}).astype(int)[order]
        assert DependentBinaryRelevance().fit(X, Y).score(X, Y) == 1.0

    def test_a_chain_needs_the_right_order(self) -> None:
        X = np.random.default_rng(0).integers(0, 2, size=(400, 2))
        a, b = X.astype(bool).T
        Y = np.column_stack([a ^ b, a & b]).astype(int)
        assert ClassifierChain().fit(X, Y).score(X, Y) < 0.8


def test_order_of_the_labels_does_not_matter(problem: Any) -> None:
    order = [3, 0, 4, 2, 1]
    whole = DependentBinaryRelevance().fit(problem.X, problem.Y)
    turned = DependentBinaryRelevance().fit(problem.X, problem.Y[:, order])
    assert np.allclose(
        turned.predict_proba(problem.X),
        whole.predict_proba(problem.X)[:, order],
        atol=1e-3,
    )


def test_a_constant_label_is_seen_by_none(problem: Any) -> None:
    Y = problem.Y.copy()
    Y[:, 2] = 1
    with pytest.warns(ConstantLabelWarning, match="'label_2'") as caught:
        learner = DependentBinaryRelevance().fit(problem.X, Y)
    assert len(caught) == 1
    assert isinstance(learner.estimators_[2], DummyClassifier)
    widths = [learner.estimators_[j].n_features_in_ for j in (0, 1, 3, 4)]
    assert widths == [8 + 3] * 4


def test_one_label_is_binary_relevance(problem: Any) -> None:
    alone = BinaryRelevance().fit(problem.X, problem.Y[:, :1])
    learner = DependentBinaryRelevance().fit(problem.X, problem.Y[:, :1])
    assert_array_equal(learner.predict_proba(problem.X), alone.predict_proba(problem.X))


def test_unknown_labels_are_refused(problem: Any) -> None:
    Y = problem.Y.astype(float)
    Y[3, 1] = np.nan
    with pytest.raises(MissingLabelsError, match="cannot learn from unknown labels"):
        DependentBinaryRelevance().fit(problem.X, Y)


def test_a_base_without_probabilities(problem: Any) -> None:
    learner = DependentBinaryRelevance(LinearSVC()).fit(problem.X, problem.Y)
    assert learner.score(problem.X, problem.Y) > 0.2
    with pytest.raises(AttributeError, match="predict_proba") as caught:
        learner.predict_proba(problem.X)
    assert "base learner LinearSVC has none" in str(caught.value.__cause__)


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
def test_more_rows_of_scene_are_fully_right() -> None:
    train, test = (mlkit.load("scene", part=part) for part in ("train", "test"))
    scores = {}
    for method in (BinaryRelevance, DependentBinaryRelevance):
        model = make("br-lr").set_params(
            learn=method(LogisticRegression(max_iter=1000))
        )
        scores[method] = model.fit(train.X, train.Y).score(test.X, test.Y)
    # Measured: 0.444 and 0.530.
    assert scores[DependentBinaryRelevance] > scores[BinaryRelevance] + 0.05
