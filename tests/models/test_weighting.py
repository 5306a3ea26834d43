"""Weights of a label's two values, and what the learners make of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from mlkit.exceptions import LabelNameError, OptionError, ShapeError
from mlkit.models import BinaryRelevance, ClassifierChain
from mlkit.models.weighting import check_label_weights, weigh_rows
from mlkit.resampling import label_weights
from mlkit.validation import check_indicator

METHODS = [BinaryRelevance, ClassifierChain]
BASES = [
    LogisticRegression(max_iter=1000, tol=1e-8),
    DecisionTreeClassifier(max_depth=3, random_state=0),
]


@pytest.fixture
def Y() -> np.ndarray:
    """Two labels with shares of 1/4 and 1/2."""
    return np.array([[1, 0], [0, 0], [0, 1], [0, 1]])


class TestWeighRows:
    y = np.array([1, 0, 0, 0], dtype=np.int8)

    def test_none_leaves_the_weights_of_the_rows(self) -> None:
        given = np.array([1.0, 2.0, 3.0, 4.0])
        assert weigh_rows(self.y, None, given) is given
        assert weigh_rows(self.y, None, None) is None

    def test_a_pair_is_absent_then_present(self) -> None:
        pair = np.array([2.0, 5.0])
        assert_array_equal(weigh_rows(self.y, pair, None), [5, 2, 2, 2])
        rows = np.array([1.0, 0.0, 1.0, 3.0])
        assert_array_equal(weigh_rows(self.y, pair, rows), [5, 0, 2, 6])

    def test_balanced_gives_both_values_half_of_the_total(self) -> None:
        weights = weigh_rows(self.y, "balanced", None)
        assert_allclose(weights, [2, 2 / 3, 2 / 3, 2 / 3])

    def test_balanced_counts_weighted_rows(self) -> None:
        weights = weigh_rows(self.y, "balanced", np.array([3.0, 1.0, 1.0, 1.0]))
        assert_allclose(weights, [3, 1, 1, 1])

    def test_balanced_with_a_single_value_has_nothing_to_balance(self) -> None:
        nothing = np.zeros(3, dtype=np.int8)
        assert_array_equal(weigh_rows(nothing, "balanced", None), [0.5] * 3)


class TestCheck:
    def test_one_entry_a_label(self, Y: np.ndarray) -> None:
        labels = check_indicator(Y)
        assert check_label_weights(None, labels) == [None, None]
        assert check_label_weights("balanced", labels) == ["balanced", "balanced"]
        given = check_label_weights([[1, 2], [3, 4]], labels)  # type: ignore[arg-type]
        assert_array_equal(given, [[1, 2], [3, 4]])

    def test_another_word(self, Y: np.ndarray) -> None:
        with pytest.raises(OptionError, match="None, 'balanced', or.*got 'balance'"):
            check_label_weights("balance", check_indicator(Y))  # type: ignore[arg-type]

    def test_no_numbers(self, Y: np.ndarray) -> None:
        words = np.array([["a", "b"]] * 2)
        with pytest.raises(OptionError, match="must hold numbers"):
            check_label_weights(words, check_indicator(Y))

    @pytest.mark.parametrize("shape", [(2,), (3, 2), (2, 3)])
    def test_another_shape(self, Y: np.ndarray, shape: Any) -> None:
        with pytest.raises(ShapeError, match=r"shape \(2, 2\); got \("):
            check_label_weights(np.ones(shape), check_indicator(Y))

    @pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
    def test_out_of_range(self, Y: np.ndarray, value: float) -> None:
        weights = np.array([[1, 1], [1, value]])
        with pytest.raises(OptionError, match="more than 0; those of label 'label_1'"):
            check_label_weights(weights, check_indicator(Y))

    def test_names_of_labels(self, Y: np.ndarray) -> None:
        named = pd.DataFrame(Y, columns=["a", "b"])
        weights = label_weights(named)
        assert_array_equal(
            check_label_weights(weights, check_indicator(named)), weights.to_numpy()
        )
        with pytest.raises(LabelNameError, match="for the labels 'b', 'a'; expected"):
            check_label_weights(weights.iloc[::-1], check_indicator(named))
        # Without names in Y the position is all there is.
        assert len(check_label_weights(weights, check_indicator(Y))) == 2

    def test_names_of_values(self, Y: np.ndarray) -> None:
        turned = label_weights(Y)[["present", "absent"]]
        with pytest.raises(LabelNameError, match="the columns 'present', 'absent'"):
            check_label_weights(turned, check_indicator(Y))


@pytest.mark.parametrize("base", BASES)
class TestOracle:
    """The balanced classes of scikit-learn, one label at a time."""

    def test_binary_relevance(self, base: Any, problem: Any) -> None:
        fitted = BinaryRelevance(base, label_weights="balanced")
        proba = fitted.fit(problem.X, problem.Y).predict_proba(problem.X)
        options = base.get_params() | {"class_weight": "balanced"}
        for j, y in enumerate(problem.Y.T):
            alone = type(base)(**options).fit(problem.X, y)
            expected = alone.predict_proba(problem.X)[:, 1]
            assert_allclose(proba[:, j], expected, atol=1e-5)

    def test_chain(self, base: Any, problem: Any) -> None:
        order = [3, 0, 4, 2, 1]
        fitted = ClassifierChain(base, order=order, label_weights="balanced")
        fitted.fit(problem.X, problem.Y)
        options = base.get_params() | {"class_weight": "balanced"}
        for i, j in enumerate(order):
            seen = np.hstack([problem.X, problem.Y[:, order[:i]]])
            alone = type(base)(**options).fit(seen, problem.Y[:, j])
            assert_allclose(
                fitted.estimators_[i].predict_proba(seen),
                alone.predict_proba(seen),
                atol=1e-5,
            )

    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_unknown_labels_are_not_counted(
        self, base: Any, problem: Any, container: Any
    ) -> None:
        hidden = np.random.default_rng(3).random(problem.Y.shape) < 0.3
        Y = np.where(hidden, np.nan, problem.Y)
        fitted = BinaryRelevance(base, label_weights="balanced")
        proba = fitted.fit(problem.X, container(Y)).predict_proba(problem.X)
        options = base.get_params() | {"class_weight": "balanced"}
        for j, known in enumerate(~hidden.T):
            alone = type(base)(**options).fit(problem.X[known], problem.Y[known, j])
            expected = alone.predict_proba(problem.X)[:, 1]
            assert_allclose(proba[:, j], expected, atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
class TestLearners:
    def test_the_table_of_the_function_says_balanced(
        self, method: Any, problem: Any
    ) -> None:
        table = label_weights(problem.Y)
        one, other = (
            method(label_weights=weights).fit(problem.X, problem.Y)
            for weights in ("balanced", table)
        )
        assert_allclose(
            one.predict_proba(problem.X), other.predict_proba(problem.X), atol=1e-9
        )

    def test_each_label_has_its_own(self, method: Any, problem: Any) -> None:
        weights = np.ones((5, 2))
        weights[3] = 1, 20
        plain = method().fit(problem.X, problem.Y).predict_proba(problem.X)
        learner = method(label_weights=weights)
        if method is ClassifierChain:
            # First in the chain, so that no earlier label says anything about it.
            learner.set_params(order=[3, 0, 1, 2, 4])
        learner.fit(problem.X, problem.Y)
        proba = learner.predict_proba(problem.X)
        assert (proba[:, 3] > plain[:, 3] + 0.01).mean() > 0.9
        if method is BinaryRelevance:
            assert_allclose(np.delete(proba, 3, 1), np.delete(plain, 3, 1), atol=1e-6)

    def test_rows_that_stand_twice_weigh_double(
        self, method: Any, problem: Any
    ) -> None:
        counts = np.arange(90) % 3 + 1
        learner = method(BASES[0], label_weights="balanced")
        weighted = learner.fit(problem.X, problem.Y, sample_weight=counts)
        proba = weighted.predict_proba(problem.X)
        repeated = learner.fit(
            problem.X.repeat(counts, axis=0), problem.Y.repeat(counts, axis=0)
        )
        assert_allclose(proba, repeated.predict_proba(problem.X), atol=1e-5)

    def test_sparse_labels(self, method: Any, problem: Any) -> None:
        learner = method(label_weights="balanced")
        plain = learner.fit(problem.X, problem.Y).predict_proba(problem.X)
        sparse = learner.fit(problem.X, sp.csr_array(problem.Y))
        assert_allclose(sparse.predict_proba(problem.X), plain, atol=1e-9)

    def test_a_base_that_takes_no_weights(self, method: Any, problem: Any) -> None:
        learner = method(KNeighborsClassifier(), label_weights="balanced")
        with pytest.raises(TypeError, match="label_weights was given, and the base"):
            learner.fit(problem.X, problem.Y)
