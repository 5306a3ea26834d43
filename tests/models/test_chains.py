from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, ShuffleSplit, cross_val_predict
from sklearn.multioutput import ClassifierChain as ScikitLearnChain
from sklearn.tree import DecisionTreeClassifier

from mlkit.exceptions import (
    ConstantLabelWarning,
    LabelNameError,
    MissingLabelsError,
    OptionError,
    SplitError,
    UnknownNameError,
)
from mlkit.models import BinaryRelevance, ClassifierChain
from mlkit.models.chain_order import dependence_order
from mlkit.splitting import IterativeStratification
from mlkit.validation import check_indicator

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

    def test_cross_fitted_chain_of_scikit_learn(self, base: Any, problem: Any) -> None:
        folds = KFold(4, shuffle=True, random_state=0)
        peer = ScikitLearnChain(base, order=ORDER, cv=folds).fit(problem.X, problem.Y)
        fitted = ClassifierChain(base, order=ORDER, trained_on="cross-fitted", cv=folds)
        fitted.fit(problem.X, problem.Y)
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

    def test_order_of_dependence_follows_from_labels_and_weights(
        self, problem: Any
    ) -> None:
        labels, weights = check_indicator(problem.Y), np.arange(90.0) % 4
        chain = ClassifierChain(order="dependence").fit(problem.X, problem.Y)
        assert_array_equal(chain.order_, dependence_order(labels))
        chain.fit(problem.X, problem.Y, sample_weight=weights)
        assert_array_equal(chain.order_, dependence_order(labels, weights))

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


class Counted(LogisticRegression):
    """A base learner that notes the shape of the features of each fit."""

    fits: ClassVar[list[tuple[int, int]]] = []

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        assert sample_weight is None or len(sample_weight) == len(y)
        Counted.fits.append(X.shape)
        return super().fit(X, y, sample_weight)


class TestTrainedOn:
    """What the earlier labels are in training."""

    def test_what_a_useless_first_label_does(self) -> None:
        # The second label repeats the first, and nothing tells the first. Trained on
        # true labels, the chain is certain of the second; trained on what is predicted
        # of the first, which is always 1, it sees what there is to see.
        X = np.zeros((10, 1))
        Y = np.repeat([[1, 1], [0, 0]], [6, 4], axis=0)
        for trained_on in ("predicted", "cross-fitted"):
            # Both halves have a majority of 1.
            tree = DecisionTreeClassifier()
            chain = ClassifierChain(tree, trained_on=trained_on, cv=2)
            assert_allclose(chain.fit(X, Y).predict_proba(X), [[0.6, 0.6]] * 10)

    @pytest.mark.parametrize("order", [None, ORDER])
    def test_predicted_by_hand(self, problem: Any, order: Any) -> None:
        base = LogisticRegression(max_iter=1000)
        chain = ClassifierChain(base, order=order, trained_on="predicted")
        chain.fit(problem.X, problem.Y)
        features = problem.X
        for link, label in zip(chain.estimators_, order or range(5), strict=True):
            expected = clone(base).fit(features, problem.Y[:, label])
            assert_allclose(link.coef_, expected.coef_)
            features = np.column_stack([features, expected.predict(features)])

    @pytest.mark.parametrize("order", [None, ORDER])
    def test_cross_fitted_by_hand(self, problem: Any, order: Any) -> None:
        base, folds = LogisticRegression(max_iter=1000), KFold(3)
        chain = ClassifierChain(base, order=order, trained_on="cross-fitted", cv=folds)
        chain.fit(problem.X, problem.Y)
        features = problem.X
        for link, label in zip(chain.estimators_, order or range(5), strict=True):
            y = problem.Y[:, label]
            assert_allclose(link.coef_, clone(base).fit(features, y).coef_)
            predicted = cross_val_predict(base, features, y, cv=folds)
            features = np.column_stack([features, predicted])

    def test_a_number_of_folds_is_iterative_stratification(self, problem: Any) -> None:
        folds = IterativeStratification(4, shuffle=False)
        first, *others = (
            ClassifierChain(trained_on="cross-fitted", cv=cv)
            .fit(problem.X, problem.Y)
            .predict_proba(problem.X)
            for cv in (4, folds, list(folds.split(problem.X, problem.Y)))
        )
        for other in others:
            assert_array_equal(other, first)

    def test_a_tree_makes_no_mistake_on_its_own_rows(self, problem: Any) -> None:
        tree = DecisionTreeClassifier(random_state=0)
        probabilities = {
            trained_on: ClassifierChain(tree, trained_on=trained_on)
            .fit(problem.X, problem.Y)
            .predict_proba(problem.X + 0.3)
            for trained_on in ("true", "predicted", "cross-fitted")
        }
        assert_array_equal(probabilities["predicted"], probabilities["true"])
        assert (probabilities["cross-fitted"] != probabilities["true"]).any()

    @pytest.mark.parametrize(
        ("trained_on", "n_fits"),
        [("true", 5), ("predicted", 5), ("cross-fitted", 5 + 4 * 3)],
    )
    def test_number_of_fits(self, problem: Any, trained_on: str, n_fits: int) -> None:
        Counted.fits.clear()
        chain = ClassifierChain(Counted(), trained_on=trained_on, cv=3)
        chain.fit(problem.X, problem.Y, sample_weight=np.ones(90))
        assert len(Counted.fits) == n_fits
        on_all_rows = [shape for shape in Counted.fits if shape[0] == 90]
        assert on_all_rows == [(90, 8 + earlier) for earlier in range(5)]

    @pytest.mark.parametrize("trained_on", ["predicted", "cross-fitted"])
    def test_order_seeds_and_first_label_stay(
        self, problem: Any, trained_on: str
    ) -> None:
        base = RandomForestClassifier(n_estimators=3)
        plain = ClassifierChain(base, order="random", random_state=4)
        other = clone(plain).set_params(trained_on=trained_on)
        plain.fit(problem.X, problem.Y)
        other.fit(problem.X, problem.Y)
        assert_array_equal(other.order_, plain.order_)
        for one, two in zip(plain.estimators_, other.estimators_, strict=True):
            assert one.random_state == two.random_state
        first = plain.order_[0]
        assert_array_equal(
            other.predict(problem.X)[:, first], plain.predict(problem.X)[:, first]
        )

    def test_the_seed_shuffles_the_folds(self, problem: Any) -> None:
        answers = [
            ClassifierChain(trained_on="cross-fitted", cv=2, random_state=seed)
            .fit(problem.X, problem.Y)
            .predict_proba(problem.X)
            for seed in (0, 0, 1, None, None)
        ]
        assert_array_equal(answers[0], answers[1])
        assert (answers[0] != answers[2]).any()
        assert_array_equal(answers[3], answers[4])

    @pytest.mark.parametrize("trained_on", ["predicted", "cross-fitted"])
    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_containers(self, problem: Any, trained_on: str, container: Any) -> None:
        chain = ClassifierChain(trained_on=trained_on, cv=3)
        plain = clone(chain).fit(problem.X, problem.Y).predict_proba(problem.X)
        X, Y = container(problem.X), container(problem.Y)
        assert_allclose(chain.fit(X, Y).predict_proba(X), plain, atol=1e-4)

    def test_weights_go_to_the_folds_too(self, problem: Any) -> None:
        folds, weights = KFold(3), np.linspace(1, 3, 90)
        base = LogisticRegression(max_iter=1000)
        chain = ClassifierChain(base, trained_on="cross-fitted", cv=folds)
        chain.fit(problem.X, problem.Y[:, :2], sample_weight=weights)
        seen = np.empty(90)
        for train, test in folds.split(problem.X):
            base.fit(problem.X[train], problem.Y[train, 0], weights[train])
            seen[test] = base.predict(problem.X[test])
        base.fit(np.column_stack([problem.X, seen]), problem.Y[:, 1], weights)
        assert_allclose(chain.estimators_[1].coef_, base.coef_)

    def test_constants_need_no_folds(self) -> None:
        chain = ClassifierChain(trained_on="cross-fitted")
        with pytest.warns(ConstantLabelWarning, match="2 of 2 labels"):
            chain.fit([[0.5]], [[0, 1]])
        assert_array_equal(chain.predict([[0.1]]), [[0, 1]])

    def test_too_few_rows_for_the_folds(self) -> None:
        chain = ClassifierChain(trained_on="cross-fitted", cv=5)
        with pytest.raises(SplitError, match="5"):
            chain.fit([[0], [1], [2]], [[0, 1], [1, 0], [0, 0]])

    def test_folds_that_do_not_divide_the_rows(self, problem: Any) -> None:
        folds = ShuffleSplit(3, test_size=9, random_state=0)
        chain = ClassifierChain(trained_on="cross-fitted", cv=folds)
        with pytest.raises(SplitError, match="each of the 90 rows once; .* 27 tests"):
            chain.fit(problem.X, problem.Y)

    def test_unknown_word(self, problem: Any) -> None:
        chain = ClassifierChain(trained_on="truth")
        with pytest.raises(OptionError, match="trained_on must be one of 'true'"):
            chain.fit(problem.X, problem.Y)

    @pytest.mark.parametrize("cv", [1, True, 2.5])
    def test_bad_number_of_folds(self, problem: Any, cv: Any) -> None:
        chain = ClassifierChain(trained_on="cross-fitted", cv=cv)
        with pytest.raises(ValueError, match=r"n_splits|cv"):
            chain.fit(problem.X, problem.Y)


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
