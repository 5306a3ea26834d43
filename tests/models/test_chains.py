from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import ClassifierChain as ScikitLearnChain
from sklearn.tree import DecisionTreeClassifier

from mlkit.exceptions import (
    ConstantLabelWarning,
    LabelNameError,
    MissingLabelsError,
    UnknownNameError,
)
from mlkit.models import BinaryRelevance, ClassifierChain

BASES = [
    LogisticRegression(max_iter=1000),
    DecisionTreeClassifier(max_depth=3, random_state=0),
]
ORDER = [3, 0, 4, 2, 1]


@pytest.mark.parametrize("base", BASES)
class TestOracles:
    @pytest.mark.parametrize("order", [None, ORDER])
    def test_chain_of_scikit_learn(self, base: Any, problem: Any, order: Any) -> None:
        peer = ScikitLearnChain(base, order=order).fit(problem.X, problem.Y)
        fitted = ClassifierChain(base, order=order).fit(problem.X, problem.Y)
        assert_array_equal(fitted.predict(problem.X), peer.predict(problem.X))
        assert_allclose(fitted.predict_proba(problem.X), peer.predict_proba(problem.X))

    def test_scikit_multilearn(self, base: Any, problem: Any) -> None:
        peers = pytest.importorskip("skmultilearn.problem_transform")
        peer = peers.ClassifierChain(base, order=ORDER, require_dense=[True, True])
        expected = peer.fit(problem.X, problem.Y).predict(problem.X).toarray()
        fitted = ClassifierChain(base, order=ORDER).fit(problem.X, problem.Y)
        assert_array_equal(fitted.predict(problem.X), expected)


def test_trained_on_true_labels_and_follows_predicted_ones() -> None:
    # The second label repeats the first; the first is noise, so the chain gets it
    # wrong, and the second then has to repeat the mistake.
    X = np.zeros((10, 1))
    Y = np.repeat([[1, 1], [0, 0]], [6, 4], axis=0)
    fitted = ClassifierChain(DecisionTreeClassifier()).fit(X, Y)
    assert_array_equal(fitted.predict(X), np.ones((10, 2)))
    assert_allclose(fitted.predict_proba(X), [[0.6, 1.0]] * 10)


class TestTwoBits:
    """OR, AND and exclusive or of two bits, with a linear base learner."""

    @pytest.fixture
    def bits(self) -> tuple[np.ndarray, pd.DataFrame]:
        X = np.random.default_rng(0).integers(0, 2, size=(400, 2))
        a, b = X.astype(bool).T
        return X, pd.DataFrame({"or": a | b, "and": a & b, "xor": a ^ b}).astype(int)

    def test_a_chain_that_meets_xor_last_gets_every_row_right(self, bits: Any) -> None:
        chain = ClassifierChain(order=["or", "and", "xor"]).fit(*bits)
        assert chain.score(*bits) == 1.0

    def test_a_chain_that_meets_xor_first_is_no_better_than_binary_relevance(
        self, bits: Any
    ) -> None:
        X, Y = bits
        alone = BinaryRelevance().fit(X, Y)
        chain = ClassifierChain(order=["xor", "and", "or"]).fit(X, Y)
        assert_array_equal(chain.predict(X)["xor"], alone.predict(X)["xor"])
        assert chain.score(X, Y) <= alone.score(X, Y) < 0.8
        # Everything that goes wrong is the exclusive or.
        right = alone.predict(X).to_numpy() == Y.to_numpy()
        assert_array_equal(right[:, :2].all(axis=0), [True, True])


class TestOrder:
    def test_names_and_positions_say_the_same(self, problem: Any) -> None:
        Y = pd.DataFrame(problem.Y, columns=list("abcde"))
        by_name = ClassifierChain(order=list("daecb")).fit(problem.X, Y)
        by_position = ClassifierChain(order=np.array(ORDER)).fit(problem.X, Y)
        assert_array_equal(by_name.order_, ORDER)
        assert_array_equal(by_position.order_, ORDER)
        assert_array_equal(by_name.label_names_in_[by_name.order_], list("daecb"))
        pd.testing.assert_frame_equal(
            by_name.predict(problem.X), by_position.predict(problem.X)
        )

    def test_default_is_the_order_of_the_columns(self, problem: Any) -> None:
        fitted = ClassifierChain().fit(problem.X, problem.Y)
        assert_array_equal(fitted.order_, np.arange(5))

    def test_random_order_is_a_permutation_that_the_seed_fixes(
        self, problem: Any
    ) -> None:
        orders = [
            ClassifierChain(order="random", random_state=seed)
            .fit(problem.X, problem.Y)
            .order_
            for seed in (0, 0, 1)
        ]
        assert_array_equal(np.sort(orders[0]), np.arange(5))
        assert_array_equal(orders[0], orders[1])
        assert orders[0].tolist() != orders[2].tolist()

    def test_order_changes_the_answer(self, problem: Any) -> None:
        plain = ClassifierChain().fit(problem.X, problem.Y)
        turned = ClassifierChain(order=ORDER).fit(problem.X, problem.Y)
        assert (plain.predict(problem.X) != turned.predict(problem.X)).any()

    def test_estimators_stand_in_chain_order(self, problem: Any) -> None:
        fitted = ClassifierChain(order=ORDER).fit(problem.X, problem.Y)
        widths = [learner.n_features_in_ for learner in fitted.estimators_]
        assert widths == [8, 9, 10, 11, 12]
        assert fitted.n_features_in_ == 8

    @pytest.mark.parametrize(
        ("order", "message"),
        [
            (
                [0, 1, 2],
                "each of the 5 labels once; got 3 .* lacks 'label_3', 'label_4'",
            ),
            ([0, 1, 2, 3, 3], "lacks 'label_4'"),
            ([0, 1, 2, 3, 4, 4], "got 6 entries"),
            (
                [0, 1, 2, 3, 5],
                "holds 5; expected a label name or a position from 0 to 4",
            ),
            ([0, 1, 2, 3, -1], "holds -1"),
            ([0, 1, 2, 3, 4.0], "holds 4.0"),
            ([0, True, 2, 3, 4], "holds True"),
        ],
    )
    def test_bad_positions(self, problem: Any, order: Any, message: str) -> None:
        with pytest.raises(LabelNameError, match=message):
            ClassifierChain(order=order).fit(problem.X, problem.Y)

    def test_unknown_name(self, problem: Any) -> None:
        order = ["label_0", "label_1", "label_2", "label_3", "lable_4"]
        with pytest.raises(UnknownNameError, match="Did you mean 'label_4'"):
            ClassifierChain(order=order).fit(problem.X, problem.Y)

    def test_unknown_word(self, problem: Any) -> None:
        with pytest.raises(ValueError, match="got 'shuffled'"):
            ClassifierChain(order="shuffled").fit(problem.X, problem.Y)


def test_each_label_has_its_own_seed(problem: Any) -> None:
    base = RandomForestClassifier(n_estimators=2)
    fitted = ClassifierChain(base, random_state=0).fit(problem.X, problem.Y)
    assert len({learner.random_state for learner in fitted.estimators_}) == 5


def test_sparse_features_stay_sparse(problem: Any) -> None:
    class OnlySparse(LogisticRegression):
        def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
            assert isinstance(X, sp.csr_array)
            return super().fit(X, y, sample_weight)

    X = sp.random_array((90, 40), density=0.1, format="csr", rng=0)
    fitted = ClassifierChain(OnlySparse()).fit(X, sp.csr_array(problem.Y))
    assert [e.n_features_in_ for e in fitted.estimators_] == [40, 41, 42, 43, 44]


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float32])
def test_labels_survive_any_type_of_feature(dtype: Any) -> None:
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, (60, 3)).astype(dtype)
    first = rng.integers(0, 2, 60)
    # The second label is the first one negated: only the chain can know.
    chain = ClassifierChain(DecisionTreeClassifier(max_depth=2))
    chain.fit(X, np.column_stack([first, 1 - first]))
    predicted = chain.predict(X)
    assert_array_equal(predicted[:, 1], 1 - predicted[:, 0])


def test_a_constant_label_in_the_middle(problem: Any) -> None:
    Y = problem.Y.copy()
    Y[:, 2] = 1
    with pytest.warns(ConstantLabelWarning, match="always 1: 'label_2'"):
        fitted = ClassifierChain().fit(problem.X, Y)
    assert fitted.estimators_[4].n_features_in_ == 12
    assert fitted.predict(problem.X)[:, 2].all()


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_unknown_labels_are_refused_with_three_ways_out(
    problem: Any, container: Any
) -> None:
    Y = problem.Y.astype(float)
    Y[[7, 3], [0, 4]] = np.nan
    match = (
        r"ClassifierChain cannot learn from unknown labels \(2 cells, first: row 3, "
        r"label 'label_4'\)\. Use BinaryRelevance, .*rows_with_missing.*as_zero"
    )
    with pytest.raises(MissingLabelsError, match=match):
        ClassifierChain().fit(problem.X, container(Y))
