"""Rows in batches: labels that stay the same, classifiers that go on."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, Perceptron, SGDClassifier
from sklearn.naive_bayes import BernoulliNB, MultinomialNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mlkit.exceptions import (
    ConstantLabelWarning,
    IndicatorError,
    LabelNameError,
    MissingLabelsError,
    OptionError,
    ShapeError,
)
from mlkit.models import (
    BinaryRelevance,
    ClassifierChain,
    ProbabilisticClassifierChain,
    StackedBinaryRelevance,
)
from mlkit.models.streams import continue_base

NAMES = ["ruhig", "überrascht", "寂しい", "sad-lonely", "a b"]

BASES = [
    SGDClassifier(loss="log_loss", random_state=0),
    Perceptron(random_state=0),
    BernoulliNB(),
    MultinomialNB(),
    MLPClassifier(hidden_layer_sizes=(4,), random_state=0),
]


def batches(X: Any, Y: Any, size: int = 30) -> Any:
    for start in range(0, X.shape[0], size):
        rows = slice(start, start + size)
        yield X[rows], Y.iloc[rows] if isinstance(Y, pd.DataFrame) else Y[rows]


def stream(learner: Any, X: Any, Y: Any, **options: Any) -> Any:
    for part, labels in batches(X, Y):
        learner.partial_fit(part, labels, **options)
    return learner


@pytest.mark.parametrize("base", BASES, ids=str)
@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_each_label_is_that_of_its_base_learner_alone(
    base: Any, container: Any, problem: Any
) -> None:
    X = container(np.abs(problem.X))
    learner = stream(BinaryRelevance(base), X, container(problem.Y))
    predicted = learner.predict(X)
    assert isinstance(predicted, np.ndarray) is (container is np.asarray)
    predicted = predicted if container is np.asarray else predicted.toarray()
    for j, y in enumerate(problem.Y.T):
        alone = clone(base)
        for part, labels in batches(X, y):
            alone.partial_fit(part, labels, classes=[0, 1])
        assert_array_equal(predicted[:, j], alone.predict(X))
        if hasattr(base, "predict_proba"):
            proba = learner.predict_proba(X)[:, j]
            assert_array_equal(proba, alone.predict_proba(X)[:, 1])


def test_counting_does_not_depend_on_the_batches(problem: Any) -> None:
    base = BernoulliNB()
    whole = BinaryRelevance(base).fit(problem.X, problem.Y)
    parts = stream(BinaryRelevance(base), problem.X, problem.Y)
    assert_allclose(parts.predict_proba(problem.X), whole.predict_proba(problem.X))


def test_weights_are_handed_on(problem: Any) -> None:
    weights = np.linspace(1, 3, 90)
    costs = np.tile([1.0, 4.0], (5, 1))
    learner = BinaryRelevance(BernoulliNB(), label_weights=costs)
    expected = clone(learner).fit(problem.X, problem.Y, sample_weight=weights)
    for rows in (slice(0, 40), slice(40, 90)):
        learner.partial_fit(
            problem.X[rows], problem.Y[rows], sample_weight=weights[rows]
        )
    assert_allclose(learner.predict_proba(problem.X), expected.predict_proba(problem.X))


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_same_seed_same_result(problem: Any, n_jobs: int) -> None:
    base = SGDClassifier(loss="log_loss")
    first, second = (
        stream(BinaryRelevance(base, random_state=3, n_jobs=jobs), problem.X, problem.Y)
        for jobs in (None, n_jobs)
    )
    assert_array_equal(first.predict_proba(problem.X), second.predict_proba(problem.X))
    seeds = {learner.random_state for learner in first.estimators_}
    assert len(seeds) == 5
    assert base.random_state is None


class TestConstantAndUnknown:
    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_nothing_known_of_a_label_in_sparse_rows(
        self, problem: Any, container: Any
    ) -> None:
        Y = problem.Y.astype(float)
        Y[:, 1] = np.nan
        learner = BinaryRelevance(SGDClassifier(loss="log_loss", random_state=0))
        learner.partial_fit(container(problem.X), container(Y))
        proba = learner.predict_proba(container(problem.X))
        assert (proba[:, 1] == 0).all()
        assert (proba[:, [0, 2, 3, 4]] > 0).any(axis=0).all()

    @pytest.mark.parametrize("base", BASES, ids=str)
    def test_a_label_may_be_constant_at_first(self, base: Any, problem: Any) -> None:
        X, Y = np.abs(problem.X), problem.Y.copy()
        Y[:30, 1], Y[:30, 3] = 0, 1
        learner = BinaryRelevance(base).partial_fit(X[:30], Y[:30])
        assert not any(isinstance(e, DummyClassifier) for e in learner.estimators_)
        assert learner.predict(X).shape == (90, 5)
        if hasattr(base, "predict_proba"):
            assert learner.predict_proba(X).shape == (90, 5)
        stream(learner, X[30:], Y[30:])
        alone = clone(base).partial_fit(X[:30], Y[:30, 1], classes=[0, 1])
        for part, labels in batches(X[30:], Y[30:, 1]):
            alone.partial_fit(part, labels)
        assert_array_equal(learner.predict(X)[:, 1], alone.predict(X))

    def test_unknown_rows_are_left_out_for_their_label(self, problem: Any) -> None:
        hidden = np.random.default_rng(0).random((90, 5)) < 0.3
        Y = np.where(hidden, np.nan, problem.Y)
        learner = stream(BinaryRelevance(BernoulliNB()), problem.X, Y)
        expected = BinaryRelevance(BernoulliNB()).fit(problem.X, Y)
        assert_allclose(
            learner.predict_proba(problem.X), expected.predict_proba(problem.X)
        )

    def test_absent_until_a_row_knows_it(self, problem: Any) -> None:
        Y = problem.Y.astype(float)
        Y[:30, 2] = np.nan
        learner = BinaryRelevance(BernoulliNB()).partial_fit(problem.X[:30], Y[:30])
        assert_array_equal(learner.predict_proba(problem.X)[:, 2], 0)
        learner.partial_fit(problem.X[30:60], Y[30:60])
        alone = BernoulliNB().partial_fit(problem.X[30:60], Y[30:60, 2], [0, 1])
        expected = alone.predict_proba(problem.X)[:, 1]
        assert_array_equal(learner.predict_proba(problem.X)[:, 2], expected)
        # A batch that knows nothing of it changes nothing.
        learner.partial_fit(problem.X[:30], Y[:30])
        assert_array_equal(learner.predict_proba(problem.X)[:, 2], expected)

    def test_after_fit_it_goes_on(self, problem: Any) -> None:
        Y = problem.Y.copy()
        Y[:40, 2] = 0
        learner = BinaryRelevance(BernoulliNB())
        with pytest.warns(ConstantLabelWarning, match="'label_2'"):
            learner.fit(problem.X[:40], Y[:40])
        learner.partial_fit(problem.X[40:], Y[40:])
        proba = learner.predict_proba(problem.X)
        whole = BernoulliNB().fit(problem.X, Y[:, 0]).predict_proba(problem.X)
        assert_allclose(proba[:, 0], whole[:, 1])
        begun = BernoulliNB().fit(problem.X[40:], Y[40:, 2]).predict_proba(problem.X)
        assert_allclose(proba[:, 2], begun[:, 1])


class TestNamesAndContainers:
    def test_names_of_the_first_rows(self, problem: Any) -> None:
        Y = pd.DataFrame(problem.Y, columns=NAMES)
        learner = BinaryRelevance(BernoulliNB()).partial_fit(
            problem.X[:30], Y.iloc[:30]
        )
        # Later batches may have no names; the container stays.
        learner.partial_fit(problem.X[30:60], sp.csr_array(problem.Y[30:60]))
        learner.partial_fit(problem.X[60:], problem.Y[60:])
        predicted = learner.predict(problem.X)
        assert list(predicted.columns) == NAMES
        expected = BinaryRelevance(BernoulliNB()).fit(problem.X, problem.Y)
        assert_array_equal(predicted, expected.predict(problem.X))

    def test_names_that_are_given(self, problem: Any) -> None:
        learner = BinaryRelevance(BernoulliNB())
        learner.partial_fit(problem.X, problem.Y, label_names=NAMES)
        assert_array_equal(learner.label_names_in_, NAMES)
        assert isinstance(learner.predict(problem.X), np.ndarray)
        learner.partial_fit(problem.X, pd.DataFrame(problem.Y, columns=NAMES))
        learner.partial_fit(problem.X, problem.Y, label_names=NAMES)
        with pytest.raises(LabelNameError, match="in this order"):
            learner.partial_fit(problem.X, problem.Y, label_names=NAMES[::-1])

    def test_classes(self, problem: Any) -> None:
        y = np.array(["no", "yes", "maybe"])[problem.Y[:, :2].sum(axis=1)]
        order = np.argsort(y, kind="stable")
        X, y = problem.X[order], y[order]
        learner = BinaryRelevance(BernoulliNB())
        learner.partial_fit(X[:20], y[:20], classes=["yes", "no", "maybe"])
        learner.partial_fit(X[20:], y[20:])
        expected = BinaryRelevance(BernoulliNB()).fit(X, y)
        assert_array_equal(learner.classes_, ["maybe", "no", "yes"])
        assert_array_equal(learner.predict(X), expected.predict(X))

    def test_nothing_is_modified_and_pickle_goes_on(self, problem: Any) -> None:
        X, Y = problem.X.copy(), problem.Y.copy()
        before = pickle.dumps((X, Y))
        learner = BinaryRelevance(SGDClassifier(random_state=0)).partial_fit(X, Y)
        assert pickle.dumps((X, Y)) == before
        copy = pickle.loads(pickle.dumps(learner))
        copy.partial_fit(X, Y)
        learner.partial_fit(X, Y)
        assert_array_equal(copy.predict(X), learner.predict(X))


class TestAddLabel:
    def test_it_learns_from_then_on(self, problem: Any) -> None:
        X, Y = problem.X, problem.Y
        learner = BinaryRelevance(BernoulliNB())
        learner.partial_fit(X[:30], Y[:30, :4], label_names=NAMES[:4])
        assert learner.add_label("a b") is learner
        assert_array_equal(learner.label_names_in_, NAMES)
        assert learner.n_labels_ == 5
        assert learner.classes_.shape == (5, 2)
        assert_array_equal(learner.predict_proba(X)[:, 4], 0)
        with pytest.raises(ShapeError, match="4 labels; the rows before had 5"):
            learner.partial_fit(X[30:], Y[30:, :4])
        learner.partial_fit(X[30:], Y[30:])
        expected = BernoulliNB().fit(X[30:], Y[30:, 4]).predict_proba(X)[:, 1]
        assert_allclose(learner.predict_proba(X)[:, 4], expected)

    def test_the_others_and_their_seeds_stay(self, problem: Any) -> None:
        X, Y = problem.X, problem.Y
        base = SGDClassifier(loss="log_loss")
        one, two = (
            BinaryRelevance(base, random_state=0).partial_fit(
                X, Y[:, :n], label_names=NAMES[:n]
            )
            for n in (5, 4)
        )
        two.add_label(NAMES[4]).partial_fit(X, Y)
        one.partial_fit(X, Y)
        assert_array_equal(one.predict_proba(X)[:, :4], two.predict_proba(X)[:, :4])
        assert [e.random_state for e in one.estimators_] == [
            e.random_state for e in two.estimators_
        ]

    def test_refusals(self, problem: Any) -> None:
        learner = BinaryRelevance(BernoulliNB())
        with pytest.raises(NotFittedError, match="not fitted yet"):
            learner.add_label("new")
        learner.partial_fit(problem.X, problem.Y)
        with pytest.raises(LabelNameError, match="'new' cannot be added.*label_names"):
            learner.add_label("new")
        named = clone(learner).partial_fit(problem.X, problem.Y, label_names=NAMES)
        with pytest.raises(LabelNameError, match="more than once: 'ruhig'"):
            named.add_label("ruhig")
        assert named.n_labels_ == 5


class TestWrongRows:
    @pytest.fixture
    def begun(self, problem: Any) -> Any:
        Y = pd.DataFrame(problem.Y[:60], columns=list("abcde"))
        return BinaryRelevance(BernoulliNB()).partial_fit(problem.X[:60], Y)

    @pytest.mark.parametrize(
        ("columns", "match"),
        [
            (list("abcdf"), "Lacking: 'e'; new: 'f'"),
            (list("abcd"), "Lacking: 'e'; new: none.*column of 0"),
            (list("abcdef"), r"Lacking: none; new: 'f'.*add_label\(name\)"),
            (list("bacde"), "expected 'a', 'b', 'c', 'd', 'e', in this order"),
        ],
    )
    def test_other_labels(
        self, begun: Any, problem: Any, columns: list[str], match: str
    ) -> None:
        before = begun.predict_proba(problem.X)
        Y = pd.DataFrame(np.zeros((30, len(columns)), int), columns=columns)
        with pytest.raises(LabelNameError, match=match):
            begun.partial_fit(problem.X[60:], Y)
        # Nothing has changed.
        assert_array_equal(begun.predict_proba(problem.X), before)
        assert begun.n_labels_ == 5

    def test_names_that_do_not_fit_the_first_rows(self, problem: Any) -> None:
        learner = BinaryRelevance(BernoulliNB())
        with pytest.raises(LabelNameError, match="Expected 5 label names.*got 2"):
            learner.partial_fit(problem.X, problem.Y, label_names=["a", "b"])
        Y = pd.DataFrame(problem.Y, columns=list("abcde"))
        with pytest.raises(LabelNameError, match="Lacking: 'z'; new: 'e'"):
            learner.partial_fit(problem.X, Y, label_names=list("abcdz"))
        # What failed was no first batch.
        assert learner.partial_fit(problem.X[:, :3], problem.Y[:, :2]).n_labels_ == 2

    def test_another_number_of_labels(self, begun: Any, problem: Any) -> None:
        with pytest.raises(ShapeError, match="Y has 4 labels; the rows before had 5"):
            begun.partial_fit(problem.X[60:], problem.Y[60:, :4])

    def test_a_vector_after_a_matrix_and_the_other_way_round(
        self, begun: Any, problem: Any
    ) -> None:
        with pytest.raises(ShapeError, match="vector of classes, and the rows before"):
            begun.partial_fit(problem.X[60:], problem.Y[60:, 0])
        vector = clone(begun).partial_fit(problem.X, problem.Y.sum(axis=1) > 1)
        with pytest.raises(ShapeError, match="5 labels.*had a vector of classes"):
            vector.partial_fit(problem.X, problem.Y)

    def test_a_new_class(self, problem: Any) -> None:
        y = np.where(problem.Y[:, 0] == 1, "yes", "no")
        learner = BinaryRelevance(BernoulliNB()).partial_fit(problem.X, y)
        with pytest.raises(LabelNameError, match=r"'maybe'.*first partial_fit"):
            learner.partial_fit(problem.X[:2], ["yes", "maybe"])
        with pytest.raises(OptionError, match="label_names names the columns"):
            learner.partial_fit(problem.X, y, label_names=["a"])

    def test_other_features(self, begun: Any, problem: Any) -> None:
        with pytest.raises(ValueError, match=r"7 features.*expecting 8"):
            begun.partial_fit(problem.X[60:, :7], problem.Y[60:])

    def test_other_rows(self, begun: Any, problem: Any) -> None:
        with pytest.raises(ShapeError, match="X has 30 rows and Y has 29"):
            begun.partial_fit(problem.X[60:], problem.Y[61:])
        with pytest.raises(IndicatorError, match="two dimensions"):
            begun.partial_fit(problem.X[60:], None)


class TestBaseLearners:
    def test_without_partial_fit(self, problem: Any) -> None:
        learner = BinaryRelevance(LogisticRegression())
        assert not hasattr(learner, "partial_fit")
        assert not hasattr(learner, "add_label")
        with pytest.raises(AttributeError, match="partial_fit") as caught:
            learner.partial_fit(problem.X, problem.Y)
        cause = str(caught.value.__cause__)
        assert "base learner LogisticRegression has none" in cause
        assert "SGDClassifier" in cause

    def test_pipelines_have_none(self) -> None:
        inner = make_pipeline(StandardScaler(), SGDClassifier())
        assert not hasattr(BinaryRelevance(inner), "partial_fit")
        outer = make_pipeline(StandardScaler(), BinaryRelevance(SGDClassifier()))
        assert not hasattr(outer, "partial_fit")

    def test_learners_that_learn_in_another_way_have_none(self) -> None:
        assert not hasattr(StackedBinaryRelevance(SGDClassifier()), "partial_fit")

    def test_balanced_weights_need_all_rows(self, problem: Any) -> None:
        learner = BinaryRelevance(SGDClassifier(), label_weights="balanced")
        with pytest.raises(OptionError, match="needs the counts of all rows"):
            learner.partial_fit(problem.X, problem.Y)

    def test_weights_that_it_does_not_take(self, problem: Any) -> None:
        learner = BinaryRelevance(Perceptron())
        # fit has a parameter for them, partial_fit of this one has not.
        monkey = type("Plain", (Perceptron,), {"partial_fit": _without_weights})
        learner.set_params(estimator=monkey())
        with pytest.raises(TypeError, match="Plain takes no weights in partial_fit"):
            learner.partial_fit(problem.X, problem.Y, sample_weight=np.ones(90))

    def test_weights_below_zero(self, problem: Any) -> None:
        learner = BinaryRelevance(BernoulliNB())
        with pytest.raises(ValueError, match="Negative values"):
            learner.partial_fit(problem.X, problem.Y, sample_weight=-np.ones(90))

    def test_an_error_names_the_label(self, problem: Any) -> None:
        learner = BinaryRelevance(MultinomialNB())
        with pytest.raises(ValueError, match="Negative values") as caught:
            learner.partial_fit(problem.X, problem.Y, label_names=NAMES)
        assert "MultinomialNB learned label 'ruhig'" in caught.value.__notes__[0]
        learner.partial_fit(np.abs(problem.X), problem.Y, label_names=NAMES)
        # The same for a batch without names.
        with pytest.raises(ValueError, match="Negative values") as caught:
            learner.partial_fit(problem.X, problem.Y)
        assert "MultinomialNB learned label 'ruhig'" in caught.value.__notes__[0]

    def test_the_learner_that_is_given_goes_on(self) -> None:
        X, y = np.eye(2), np.array([0, 1], dtype=np.int8)
        base = BernoulliNB()
        learner = continue_base(base, None, X, y, name="a label")
        assert learner is not base
        assert continue_base(base, learner, X, y, name="a label") is learner
        assert learner.class_count_.tolist() == [2, 2]
        assert continue_base(base, learner, X[:0], y[:0], name="a label") is learner


class TestChains:
    ORDER = (3, 0, 4, 2, 1)

    @pytest.mark.parametrize("base", BASES, ids=str)
    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_each_link_is_that_of_its_base_learner_alone(
        self, base: Any, container: Any, problem: Any
    ) -> None:
        X, Y = np.abs(problem.X), problem.Y
        learner = ClassifierChain(base, order=self.ORDER)
        stream(learner, container(X), container(Y))
        before: list[int] = []
        predicted = np.empty_like(Y)
        for j in self.ORDER:
            alone = clone(base)
            for part, labels in batches(np.hstack([X, Y[:, before]]), Y[:, j]):
                # Gradient descent takes smaller steps of the intercept on sparse rows.
                alone.partial_fit(container(part), labels, classes=[0, 1])
            seen = np.hstack([X, predicted[:, before]])
            predicted[:, j] = alone.predict(container(seen))
            before.append(j)
        answer = learner.predict(container(X))
        answer = answer.toarray() if sp.issparse(answer) else answer
        assert_array_equal(answer, predicted)

    def test_on_what_the_links_before_predict(self, problem: Any) -> None:
        X, Y = problem.X, problem.Y[:, :2]
        learner = ClassifierChain(BernoulliNB(), trained_on="predicted")
        stream(learner, X, Y)
        first, second = BernoulliNB(), BernoulliNB()
        for part, labels in batches(X, Y):
            # The first link has learned the batch before it hands it on.
            first.partial_fit(part, labels[:, 0], [0, 1])
            seen = np.column_stack([part, first.predict(part)])
            second.partial_fit(seen, labels[:, 1], [0, 1])
        expected = second.predict_proba(np.column_stack([X, first.predict(X)]))
        assert_allclose(learner.predict_proba(X)[:, 1], expected[:, 1])

    @pytest.mark.parametrize("order", [None, "random", ORDER])
    @pytest.mark.parametrize("method", [ClassifierChain, ProbabilisticClassifierChain])
    def test_counting_does_not_depend_on_the_batches(
        self, problem: Any, method: Any, order: Any
    ) -> None:
        learner = method(BernoulliNB(), order=order, random_state=0)
        whole = clone(learner).fit(problem.X, problem.Y)
        weights = np.ones(90)
        parts = stream(clone(learner), problem.X, problem.Y)
        assert_array_equal(parts.order_, whole.order_)
        expected = whole.predict_proba(problem.X)
        assert_allclose(parts.predict_proba(problem.X), expected)
        # After fit it goes on.
        begun = clone(learner).fit(problem.X[:40], problem.Y[:40])
        begun.partial_fit(problem.X[40:], problem.Y[40:], sample_weight=weights[40:])
        assert_allclose(begun.predict_proba(problem.X), expected)

    def test_the_order_is_that_of_the_first_batch(self, problem: Any) -> None:
        learner = ClassifierChain(BernoulliNB(), order="dependence")
        first = clone(learner).fit(problem.X[:30], problem.Y[:30])
        whole = clone(learner).fit(problem.X, problem.Y)
        assert first.order_.tolist() != whole.order_.tolist()
        stream(learner, problem.X, problem.Y)
        assert_array_equal(learner.order_, first.order_)

    def test_weights_are_handed_on(self, problem: Any) -> None:
        costs = np.tile([1.0, 4.0], (5, 1))
        learner = ClassifierChain(BernoulliNB(), label_weights=costs, order=self.ORDER)
        expected = clone(learner).fit(problem.X, problem.Y)
        stream(learner, problem.X, problem.Y)
        assert_allclose(
            learner.predict_proba(problem.X), expected.predict_proba(problem.X)
        )

    def test_a_new_label_is_the_last_of_the_chain(self, problem: Any) -> None:
        X, Y = problem.X, problem.Y
        learner = ClassifierChain(BernoulliNB(), order=["寂しい", 0, 1, 3])
        learner.partial_fit(X[:30], Y[:30, :4], label_names=NAMES[:4])
        before = learner.predict_proba(X)
        learner.add_label("a b")
        assert_array_equal(learner.order_, [2, 0, 1, 3, 4])
        assert_array_equal(learner.predict_proba(X)[:, :4], before)
        assert_array_equal(learner.predict_proba(X)[:, 4], 0)
        learner.partial_fit(X[30:], Y[30:])
        alone = BernoulliNB().fit(np.hstack([X, Y[:, [2, 0, 1, 3]]])[30:], Y[30:, 4])
        seen = np.hstack([X, learner.predict(X)[:, [2, 0, 1, 3]]])
        expected = alone.predict_proba(seen)[:, 1]
        assert_allclose(learner.predict_proba(X)[:, 4], expected)

    def test_folds_need_all_rows(self, problem: Any) -> None:
        learner = ClassifierChain(BernoulliNB(), trained_on="cross-fitted")
        assert not hasattr(learner, "partial_fit")
        with pytest.raises(AttributeError) as caught:
            learner.partial_fit(problem.X, problem.Y)
        assert "folds are made of all rows" in str(caught.value.__cause__)

    def test_wrong_options(self, problem: Any) -> None:
        learner = ClassifierChain(BernoulliNB(), trained_on="false")
        with pytest.raises(OptionError, match="trained_on"):
            learner.partial_fit(problem.X, problem.Y)
        probabilistic = ProbabilisticClassifierChain(Perceptron())
        with pytest.raises(AttributeError, match="base learner Perceptron has none"):
            probabilistic.partial_fit(problem.X, problem.Y)

    def test_unknown_labels(self, problem: Any) -> None:
        Y = problem.Y.astype(float)
        Y[3, 1] = np.nan
        learner = ClassifierChain(BernoulliNB())
        with pytest.raises(MissingLabelsError, match="first: row 3"):
            learner.partial_fit(problem.X, Y)

    def test_what_failed_was_no_batch(self, problem: Any) -> None:
        learner = ClassifierChain(MultinomialNB())
        with pytest.raises(ValueError, match="Negative values") as caught:
            learner.partial_fit(problem.X, problem.Y, label_names=NAMES)
        assert "learned label 'ruhig'" in caught.value.__notes__[0]
        assert learner.partial_fit(np.abs(problem.X), problem.Y[:, :2]).n_labels_ == 2


def _without_weights(self: Any, X: Any, y: Any, classes: Any = None) -> Any:
    return Perceptron.partial_fit(self, X, y, classes=classes)
