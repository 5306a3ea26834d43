from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import label_ranking_loss
from sklearn.multiclass import OneVsOneClassifier
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

import mlkit
from mlkit.exceptions import ConstantLabelWarning, OptionError, TooManyLabelsError
from mlkit.models import BinaryRelevance, CalibratedLabelRanking, make

BASES = [
    LogisticRegression(max_iter=1000),
    DecisionTreeClassifier(max_depth=3, random_state=0),
]
VOTES = pytest.mark.parametrize("votes", ["hard", "soft"])


def by_hand(base: Any, X: Any, Y: Any, votes: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the votes of the labels and of the calibration label, in plain loops."""

    def vote(rows: Any, y: Any) -> np.ndarray:
        learner = clone(base).fit(X[rows], y[rows])
        if votes == "hard":
            return learner.predict(X)
        return learner.predict_proba(X)[:, 1]

    n_labels, everything = Y.shape[1], np.full(len(X), True)
    given, calibration = np.zeros(Y.shape), np.zeros(len(X))
    for i in range(n_labels):
        won = vote(everything, Y[:, i])
        given[:, i] += won
        calibration += 1 - won
        for j in range(i + 1, n_labels):
            won = vote(Y[:, i] != Y[:, j], Y[:, i])
            given[:, i] += won
            given[:, j] += 1 - won
    return given, calibration


@VOTES
@pytest.mark.parametrize("base", BASES)
class TestByHand:
    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_votes(self, base: Any, problem: Any, votes: Any, container: Any) -> None:
        given, calibration = by_hand(base, problem.X, problem.Y, votes)
        lead = given - calibration[:, np.newaxis]
        learner = CalibratedLabelRanking(base, votes=votes)
        learner.fit(container(problem.X), container(problem.Y))
        proba = learner.predict_proba(container(problem.X))
        assert_allclose(proba, (1 + lead / 5) / 2, atol=1e-4)
        clear = np.abs(lead) > 1e-3
        predicted = learner.predict(container(problem.X))
        predicted = predicted.toarray() if sp.issparse(predicted) else predicted
        assert_array_equal(predicted[clear], (lead > 0)[clear])

    def test_every_vote_is_given_to_somebody(
        self, base: Any, problem: Any, votes: Any
    ) -> None:
        given, calibration = by_hand(base, problem.X, problem.Y, votes)
        assert_allclose(given.sum(axis=1) + calibration, 5 + 10)


@VOTES
def test_order_of_the_labels_does_not_matter(problem: Any, votes: Any) -> None:
    order = [3, 0, 4, 2, 1]
    whole, turned = (
        CalibratedLabelRanking(votes=votes).fit(problem.X, Y).predict_proba(problem.X)
        for Y in (problem.Y, problem.Y[:, order])
    )
    assert_allclose(turned, whole[:, order], atol=1e-3)


class TestMajorities:
    """Pairs of three labels among ten rows that look the same."""

    X = np.zeros((10, 1))
    Y = np.repeat([[1, 1, 0], [1, 0, 0], [0, 1, 1]], [5, 4, 1], axis=0)

    def test_the_example(self) -> None:
        learner = CalibratedLabelRanking(DummyClassifier()).fit(self.X, self.Y)
        # First against second: 4 rows to 1, against third: 9 to 1; and 5 to 0.
        assert [each.class_prior_.tolist() for each in learner.estimators_[:2]] == [
            [0.2, 0.8],
            [0.1, 0.9],
        ]
        assert learner.estimators_[2].classes_.tolist() == [1]
        assert_allclose(learner.predict_proba(self.X[:1]), [[5 / 6, 4 / 6, 2 / 6]])
        assert_array_equal(learner.predict(self.X[:1]), [[1, 1, 0]])

    def test_soft_votes(self) -> None:
        learner = CalibratedLabelRanking(DummyClassifier(), votes="soft")
        proba = learner.fit(self.X, self.Y).predict_proba(self.X[:1])
        # 0.8 + 0.9 + 0.9, 0.2 + 1 + 0.6, 0.1 + 0 + 0.1, and 0.1 + 0.4 + 0.9 between.
        votes = np.array([2.6, 1.8, 0.2])
        assert_allclose(proba, [(1 + (votes - 1.4) / 3) / 2])
        assert_array_equal(learner.predict(self.X[:1]), [[1, 1, 0]])

    def test_two_labels(self) -> None:
        # Each in 4 of 10 rows: 1 vote of the pair for one of them, and 2 against.
        Y = np.repeat([[1, 0], [0, 1], [0, 0]], [4, 4, 2], axis=0)
        learner = CalibratedLabelRanking(DummyClassifier()).fit(self.X, Y)
        assert_array_equal(np.sort(learner.predict_proba(self.X[:1])), [[0, 0.25]])
        # One in 6 rows, one in 5, both in one: 2 votes, none, and 1.
        Y = np.repeat([[1, 1], [1, 0], [0, 1]], [1, 5, 4], axis=0)
        learner.fit(self.X, Y)
        assert_array_equal(learner.predict_proba(self.X[:1]), [[0.75, 0.25]])

    def test_a_tie_with_the_calibration_label_is_not_enough(self) -> None:
        def says(answer: int) -> DummyClassifier:
            constant = DummyClassifier(strategy="constant", constant=answer)
            return constant.fit([[0], [0]], [0, 1])

        learner = CalibratedLabelRanking(DummyClassifier())
        learner.fit(self.X, self.Y[:, :2])
        # The first is absent, but preferred to the second, which is present: one vote
        # for each of the three.
        learner.binary_relevance_.estimators_ = [says(0), says(1)]
        learner.estimators_ = [says(1)]
        assert_array_equal(learner.predict_proba(self.X[:1]), [[0.5, 0.5]])
        assert_array_equal(learner.predict(self.X[:1]), [[0, 0]])


class TestPairs:
    def test_one_that_no_row_separates_casts_no_vote(self, problem: Any) -> None:
        Y = problem.Y.copy()
        Y[:, 3] = Y[:, 1]
        learner = CalibratedLabelRanking().fit(problem.X, Y)
        assert [1, 3] not in learner.pairs_.tolist()
        assert len(learner.pairs_) == len(learner.estimators_) == 9
        proba = learner.predict_proba(problem.X)
        assert_allclose(proba[:, 3], proba[:, 1], atol=1e-6)

    def test_no_pair_is_separated(self, problem: Any) -> None:
        Y = problem.Y[:, [1, 1, 1]]
        learner = CalibratedLabelRanking().fit(problem.X, Y)
        assert learner.pairs_.shape == (0, 2)
        alone = BinaryRelevance().fit(problem.X, Y).predict(problem.X)
        assert_array_equal(learner.predict(problem.X), alone)

    def test_one_that_is_always_separated_alike(self, problem: Any) -> None:
        # The second label never comes without the first.
        Y = problem.Y[:, [1, 1]] * [1, 0]
        Y[:, 1] = Y[:, 0] & problem.Y[:, 2]
        learner = CalibratedLabelRanking().fit(problem.X, Y)
        (pair,) = learner.estimators_
        assert isinstance(pair, DummyClassifier)
        assert_array_equal(pair.predict(problem.X), np.ones(90))

    def test_a_constant_label_is_compared_with_none(self, problem: Any) -> None:
        Y = problem.Y.copy()
        Y[:, 2] = 1
        with pytest.warns(ConstantLabelWarning, match="'label_2'") as caught:
            learner = CalibratedLabelRanking().fit(problem.X, Y)
        assert len(caught) == 1
        assert_array_equal(
            learner.pairs_, [[0, 1], [0, 3], [0, 4], [1, 3], [1, 4], [3, 4]]
        )
        others = [0, 1, 3, 4]
        alone = CalibratedLabelRanking().fit(problem.X, problem.Y[:, others])
        proba = learner.predict_proba(problem.X)
        assert_array_equal(proba[:, others], alone.predict_proba(problem.X))
        assert_array_equal(proba[:, 2], np.ones(90))

    def test_one_label_is_binary_relevance(self, problem: Any) -> None:
        Y = problem.Y[:, :1]
        alone = BinaryRelevance().fit(problem.X, Y)
        for votes, expected in (
            ("hard", alone.predict(problem.X)),
            ("soft", alone.predict_proba(problem.X)),
        ):
            learner = CalibratedLabelRanking(votes=votes).fit(problem.X, Y)
            assert_allclose(learner.predict_proba(problem.X), expected, atol=1e-12)

    def test_pairs_of_classes_are_one_vs_one_of_scikit_learn(
        self, problem: Any
    ) -> None:
        y = problem.Y[:, 0] + problem.Y[:, 1]
        base = LogisticRegression(max_iter=1000, tol=1e-8)
        peer = OneVsOneClassifier(base).fit(problem.X, y)
        learner = CalibratedLabelRanking(base).fit(problem.X, y)
        # It predicts 1 for the second class of a pair, and ours for the first.
        for ours, theirs in zip(learner.estimators_, peer.estimators_, strict=True):
            assert_allclose(ours.coef_, -theirs.coef_, atol=1e-4)


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
@VOTES
def test_a_pair_learns_from_the_rows_that_know_both(
    problem: Any, votes: Any, container: Any
) -> None:
    hidden = np.random.default_rng(3).random(problem.Y.shape) < 0.2
    Y = np.where(hidden, np.nan, problem.Y)
    learner = CalibratedLabelRanking(votes=votes)
    learner.fit(container(problem.X), container(Y))
    for (i, j), fitted in zip(learner.pairs_, learner.estimators_, strict=True):
        # NaN is different from everything, and no sum with it is 1.
        rows = Y[:, i] + Y[:, j] == 1
        alone = LogisticRegression(max_iter=1000).fit(problem.X[rows], Y[rows, i])
        assert_allclose(fitted.coef_, alone.coef_, atol=1e-6)
    own = BinaryRelevance().fit(container(problem.X), container(Y))
    assert_array_equal(
        own.predict_proba(container(problem.X)),
        learner.binary_relevance_.predict_proba(container(problem.X)),
    )


def test_weights_follow_their_rows(problem: Any) -> None:
    weights = np.where(np.arange(90) < 60, 1.0, 0.0)
    learner = CalibratedLabelRanking(votes="soft")
    learner.fit(problem.X, problem.Y, sample_weight=weights)
    fewer = CalibratedLabelRanking(votes="soft").fit(problem.X[:60], problem.Y[:60])
    assert_allclose(
        learner.predict_proba(problem.X), fewer.predict_proba(problem.X), atol=1e-3
    )


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_jobs_do_not_change_the_result(problem: Any, container: Any) -> None:
    base = RandomForestClassifier(n_estimators=3)
    one, two = (
        CalibratedLabelRanking(base, n_jobs=n_jobs, random_state=7).fit(
            container(problem.X), container(problem.Y)
        )
        for n_jobs in (1, 2)
    )
    X = container(problem.X)
    assert_array_equal(one.predict_proba(X), two.predict_proba(X))
    every = [*one.estimators_, *one.binary_relevance_.estimators_]
    assert len({learner.random_state for learner in every}) == 15


class TestTooMany:
    Y = np.random.default_rng(0).integers(0, 2, (30, 20))
    X = np.random.default_rng(1).normal(size=(30, 2))

    def test_they_are_refused_before_work(self) -> None:
        learner = CalibratedLabelRanking(LogisticRegression(C=-1), max_pairs=189)
        with pytest.raises(
            TooManyLabelsError, match="20 labels that vary, so 190 pa"
        ) as e:
            learner.fit(self.X, self.Y)
        assert "BinaryRelevance or StackedBinaryRelevance" in str(e.value)

    def test_as_many_as_allowed(self) -> None:
        learner = CalibratedLabelRanking(DummyClassifier(), max_pairs=190)
        assert len(learner.fit(self.X, self.Y).pairs_) == 190

    def test_the_default_is_for_two_hundred_labels(self) -> None:
        assert 200 * 199 // 2 <= CalibratedLabelRanking().max_pairs < 201 * 200 // 2


class TestProbabilities:
    def test_hard_votes_need_none(self, problem: Any) -> None:
        learner = CalibratedLabelRanking(LinearSVC()).fit(problem.X, problem.Y)
        proba = learner.predict_proba(problem.X)
        assert_array_equal(learner.predict(problem.X), proba > 0.5)
        assert set(np.unique(np.round(proba * 10))) <= set(range(11))

    def test_soft_ones_do(self, problem: Any) -> None:
        learner = CalibratedLabelRanking(LinearSVC(), votes="soft")
        with pytest.raises(AttributeError, match="base learner LinearSVC has none"):
            learner.fit(problem.X, problem.Y)

    def test_soft_votes_have_fewer_ties(self, problem: Any) -> None:
        hard, soft = (
            CalibratedLabelRanking(votes=votes)
            .fit(problem.X, problem.Y)
            .predict_proba(problem.X)
            for votes in ("hard", "soft")
        )
        ties = [
            sum(len(set(row.round(9))) < 5 for row in proba) for proba in (hard, soft)
        ]
        assert ties[0] > 10
        assert ties[1] == 0


@pytest.mark.parametrize(
    ("option", "error", "message"),
    [
        ({"votes": "loud"}, OptionError, "votes must be one of 'hard', 'soft'"),
        ({"max_pairs": -1}, OptionError, "max_pairs must be at least 0"),
        ({"max_pairs": 1.5}, TypeError, "max_pairs must be an integer"),
    ],
)
def test_wrong_options(problem: Any, option: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        CalibratedLabelRanking(**option).fit(problem.X, problem.Y)


def test_an_error_says_which_pair(problem: Any) -> None:
    Y = pd.DataFrame(problem.Y[:, :2], columns=["ruhig", "überrascht"])

    class NoPairs(DummyClassifier):
        def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
            if len(y) < 90:
                msg = "no"
                raise RuntimeError(msg)
            return super().fit(X, y)

    with pytest.raises(RuntimeError, match="no") as caught:
        CalibratedLabelRanking(NoPairs()).fit(problem.X, Y)
    assert "learned 'ruhig' against 'überrascht'" in caught.value.__notes__[0]


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
class TestRealData:
    def test_labels_that_medical_never_shows_are_in_no_pair(self) -> None:
        train, test = (mlkit.load("medical", part=part) for part in ("train", "test"))
        base = LogisticRegression(max_iter=1000)
        model = make("br-lr").set_params(learn=CalibratedLabelRanking(base))
        with pytest.warns(ConstantLabelWarning, match="7 of 45 labels"):
            model.fit(train.X, train.Y)
        # MULAN 1.5 ends with a null pointer here.
        assert len(model["learn"].pairs_) == 38 * 37 // 2
        absent = train.label_counts.to_numpy() == 0
        assert not model.predict_proba(test.X)[:, absent].any()
        # Measured: 0.487, as binary relevance.
        assert model.score(test.X, test.Y) > 0.4

    def test_labels_of_scene_are_ranked_better(self) -> None:
        train, test = (mlkit.load("scene", part=part) for part in ("train", "test"))
        base, losses = LogisticRegression(max_iter=1000), {}
        for name, learner in (
            ("alone", BinaryRelevance(base)),
            ("pairs", CalibratedLabelRanking(base, votes="soft")),
        ):
            model = make("br-lr").set_params(learn=learner).fit(train.X, train.Y)
            proba = model.predict_proba(test.X)
            losses[name] = label_ranking_loss(test.Y.to_numpy(), proba)
        # Measured: 0.109 and 0.085.
        assert losses["pairs"] < losses["alone"] - 0.01
