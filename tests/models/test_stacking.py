from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, RepeatedKFold, cross_val_predict
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

import mlkit
from mlkit.exceptions import ConstantLabelWarning, OptionError, SplitError
from mlkit.models import BinaryRelevance, StackedBinaryRelevance, make
from mlkit.splitting import IterativeStratification

BASES = [
    LogisticRegression(max_iter=1000),
    DecisionTreeClassifier(max_depth=3, random_state=0),
]
FOLDS = KFold(4, shuffle=True, random_state=1)


@pytest.mark.parametrize("base", BASES)
class TestOracles:
    @pytest.mark.parametrize("method", ["predict_proba", "predict"])
    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_cross_validation_of_scikit_learn_and_two_loops(
        self, base: Any, problem: Any, method: str, container: Any
    ) -> None:
        first = BinaryRelevance(base)
        answers = cross_val_predict(
            first, problem.X, problem.Y, cv=FOLDS, method=method
        )
        second = BinaryRelevance(base).fit(np.hstack([problem.X, answers]), problem.Y)
        asked = getattr(first.fit(problem.X, problem.Y), method)(problem.X)
        expected = second.predict_proba(np.hstack([problem.X, asked]))
        kind = "probabilities" if method == "predict_proba" else "decisions"
        learner = StackedBinaryRelevance(base, cv=FOLDS, answers=kind)
        learner.fit(container(problem.X), container(problem.Y))
        proba = learner.predict_proba(container(problem.X))
        assert_allclose(proba, expected, atol=1e-4)

    def test_in_sample_as_heterogeneous_features_of_scikit_multilearn(
        self, base: Any, problem: Any
    ) -> None:
        peers = pytest.importorskip("skmultilearn.problem_transform")
        peer = peers.ClassificationHeterogeneousFeature(base)
        peer.fit(problem.X.copy(), problem.Y.copy())
        learner = StackedBinaryRelevance(base, trained_on="in-sample")
        learner.fit(problem.X, problem.Y)
        assert_array_equal(
            learner.predict(problem.X), peer.predict(problem.X.copy()).toarray()
        )
        assert_allclose(
            learner.predict_proba(problem.X),
            peer.predict_proba(problem.X.copy()).toarray(),
        )

    def test_the_answers_alone(self, base: Any, problem: Any) -> None:
        learner = StackedBinaryRelevance(
            base, trained_on="in-sample", keep_features=False
        ).fit(problem.X, problem.Y)
        answers = BinaryRelevance(base).fit(problem.X, problem.Y)
        answers = answers.predict_proba(problem.X)
        second = BinaryRelevance(base).fit(answers, problem.Y)
        assert_allclose(
            learner.predict_proba(problem.X), second.predict_proba(answers), rtol=1e-9
        )


class TestTrainedOn:
    def test_in_sample_a_full_tree_learns_to_trust_itself(self) -> None:
        # Its answers about the training rows are the truth, so that the second level
        # asks for nothing else; about new rows they are not.
        rng = np.random.default_rng(0)
        X, Z = rng.normal(size=(120, 5)), rng.normal(size=(60, 5))
        Y = (X[:, :3] + rng.normal(size=(120, 3)) > 0).astype(int)
        in_sample, crossed = (
            StackedBinaryRelevance(
                DecisionTreeClassifier(random_state=0),
                trained_on=trained_on,
                keep_features=False,
            ).fit(X, Y)
            for trained_on in ("in-sample", "cross-fitted")
        )
        first = in_sample.first_level_.predict(Z)
        assert_array_equal(in_sample.predict(Z), first)
        assert_array_equal(crossed.first_level_.predict(Z), first)
        assert (crossed.predict(Z) != first).any()

    def test_a_number_of_folds_is_stratified(self, problem: Any) -> None:
        folds = list(
            IterativeStratification(4, shuffle=False).split(problem.X, problem.Y)
        )
        number, given = (
            StackedBinaryRelevance(cv=cv).fit(problem.X, problem.Y) for cv in (4, folds)
        )
        assert_array_equal(
            number.predict_proba(problem.X), given.predict_proba(problem.X)
        )

    def test_the_seed_shuffles_the_rows(self, problem: Any) -> None:
        one, again, other = (
            StackedBinaryRelevance(random_state=seed)
            .fit(problem.X, problem.Y)
            .predict_proba(problem.X)
            for seed in (0, 0, 1)
        )
        assert_array_equal(one, again)
        assert (one != other).any()

    def test_rows_that_are_never_tested_teach_the_first_level_only(
        self, problem: Any
    ) -> None:
        tested = np.r_[50:70, 20:40]
        folds = [(np.arange(20), tested[:20]), (np.arange(70, 90), tested[20:])]
        answers = np.vstack(
            [
                BinaryRelevance()
                .fit(problem.X[train], problem.Y[train])
                .predict_proba(problem.X[test])
                for train, test in folds
            ]
        )
        seen = np.hstack([problem.X[tested], answers])
        second = BinaryRelevance().fit(seen, problem.Y[tested])
        first = BinaryRelevance().fit(problem.X, problem.Y).predict_proba(problem.X)
        learner = StackedBinaryRelevance(cv=folds).fit(problem.X, problem.Y)
        assert_allclose(
            learner.predict_proba(problem.X),
            second.predict_proba(np.hstack([problem.X, first])),
            atol=1e-3,
        )

    def test_rows_that_are_tested_twice(self, problem: Any) -> None:
        folds = RepeatedKFold(n_splits=2, n_repeats=2)
        with pytest.raises(SplitError, match="tests some rows more than once"):
            StackedBinaryRelevance(cv=folds).fit(problem.X, problem.Y)

    def test_fewer_rows_than_folds(self, problem: Any) -> None:
        with pytest.raises(SplitError, match="Cannot make 5 folds out of 3 rows"):
            StackedBinaryRelevance().fit(problem.X[:3], [[0, 1], [1, 0], [1, 1]])

    def test_nothing_is_kept_of_the_training_rows(self, problem: Any) -> None:
        learner = StackedBinaryRelevance().fit(problem.X, problem.Y)
        assert not any(hasattr(learner._first, name) for name in ("rows_", "answers_"))


class TestAnswers:
    def test_auto_takes_probabilities_where_there_are_some(self, problem: Any) -> None:
        for base, kind in (
            (LogisticRegression(), "probabilities"),
            (LinearSVC(), "decisions"),
        ):
            auto, given = (
                StackedBinaryRelevance(base, answers=answers, random_state=0)
                .fit(problem.X, problem.Y)
                .predict(problem.X)
                for answers in ("auto", kind)
            )
            assert_array_equal(auto, given)

    def test_a_base_without_probabilities(self, problem: Any) -> None:
        learner = StackedBinaryRelevance(LinearSVC()).fit(problem.X, problem.Y)
        assert learner.score(problem.X, problem.Y) > 0.2
        with pytest.raises(AttributeError, match="predict_proba") as caught:
            learner.predict_proba(problem.X)
        assert "base learner LinearSVC has none" in str(caught.value.__cause__)
        learner.set_params(answers="probabilities")
        with pytest.raises(AttributeError, match="base learner LinearSVC has none"):
            learner.fit(problem.X, problem.Y)

    @pytest.mark.parametrize("answers", ["probabilities", "decisions"])
    def test_the_first_level_is_plain_binary_relevance(
        self, problem: Any, answers: Any
    ) -> None:
        learner = StackedBinaryRelevance(answers=answers).fit(problem.X, problem.Y)
        alone = BinaryRelevance().fit(problem.X, problem.Y)
        assert type(learner.first_level_) is BinaryRelevance
        assert_array_equal(
            learner.first_level_.predict_proba(problem.X),
            alone.predict_proba(problem.X),
        )


class TestPruning:
    # phi of the first two: (2*3 - 1*0) / sqrt(3 * 3 * 2 * 4) = 6 / 8.485; the third
    # label is the opposite of the first.
    Y = np.array([[1, 1, 0], [1, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1], [0, 0, 1]])
    X = np.arange(6.0)[:, np.newaxis]

    @pytest.mark.parametrize(
        ("min_phi", "seen"),
        [
            (0.0, [[0, 1, 2], [0, 1, 2], [0, 1, 2]]),
            (0.7, [[0, 1, 2], [0, 1, 2], [0, 1, 2]]),
            (0.71, [[0, 2], [1], [0, 2]]),
            (1.0, [[0, 2], [1], [0, 2]]),
        ],
    )
    def test_labels_that_correlate_are_seen(
        self, min_phi: float, seen: list[list[int]]
    ) -> None:
        learner = StackedBinaryRelevance(min_phi=min_phi, trained_on="in-sample")
        learner.fit(self.X, self.Y)
        assert [labels.tolist() for labels in learner.seen_labels_] == seen
        widths = [each.n_features_in_ for each in learner.estimators_]
        assert widths == [1 + len(labels) for labels in seen]

    def test_by_hand(self, problem: Any) -> None:
        learner = StackedBinaryRelevance(min_phi=0.2, trained_on="in-sample")
        learner.fit(problem.X, problem.Y)
        answers = BinaryRelevance().fit(problem.X, problem.Y)
        answers = answers.predict_proba(problem.X)
        phi = np.corrcoef(problem.Y.T)
        for j, labels in enumerate(learner.seen_labels_):
            assert_array_equal(labels, np.flatnonzero(np.abs(phi[j]) >= 0.2))
            seen = np.hstack([problem.X, answers[:, labels]])
            alone = LogisticRegression(max_iter=1000).fit(seen, problem.Y[:, j])
            assert_array_equal(
                learner.predict_proba(problem.X)[:, j], alone.predict_proba(seen)[:, 1]
            )
        assert 5 < sum(map(len, learner.seen_labels_)) < 25

    @pytest.mark.parametrize("keep_features", [True, False])
    def test_to_prune_nothing_changes_nothing(
        self, problem: Any, keep_features: bool
    ) -> None:
        plain, pruned = (
            StackedBinaryRelevance(min_phi=min_phi, keep_features=keep_features)
            .fit(problem.X, problem.Y)
            .predict_proba(problem.X)
            for min_phi in (0, 1e-12)
        )
        assert_array_equal(plain, pruned)

    @pytest.mark.parametrize("min_phi", [0.0, 0.1])
    @pytest.mark.parametrize("keep_features", [True, False])
    def test_a_constant_label_is_seen_by_none(
        self, problem: Any, min_phi: float, keep_features: bool
    ) -> None:
        Y = problem.Y.copy()
        Y[:, 2] = 1
        learner = StackedBinaryRelevance(min_phi=min_phi, keep_features=keep_features)
        with pytest.warns(ConstantLabelWarning, match="'label_2'") as caught:
            learner.fit(problem.X, Y)
        assert len(caught) == 1
        assert isinstance(learner.estimators_[2], DummyClassifier)
        assert not any(2 in labels for labels in learner.seen_labels_)
        assert_array_equal(learner.predict_proba(problem.X)[:, 2], np.ones(90))


class TestUnknownLabels:
    @pytest.fixture
    def hidden(self, problem: Any) -> np.ndarray:
        mask = np.random.default_rng(3).random(problem.Y.shape) < 0.2
        return np.where(mask, np.nan, problem.Y)

    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_both_levels_learn_from_the_rows_that_know(
        self, problem: Any, hidden: np.ndarray, container: Any
    ) -> None:
        answers = BinaryRelevance().fit(problem.X, hidden).predict_proba(problem.X)
        seen = np.hstack([problem.X, answers])
        second = BinaryRelevance().fit(seen, hidden).predict_proba(seen)
        learner = StackedBinaryRelevance(trained_on="in-sample")
        learner.fit(container(problem.X), container(hidden))
        assert_allclose(learner.predict_proba(container(problem.X)), second, atol=1e-4)

    def test_cross_fitted_and_pruned(self, problem: Any, hidden: np.ndarray) -> None:
        learner = StackedBinaryRelevance(min_phi=0.1).fit(problem.X, hidden)
        right = learner.predict(problem.X) == problem.Y
        assert right.mean() > 0.7
        table = pd.DataFrame(hidden).corr().abs()
        for j, labels in enumerate(learner.seen_labels_):
            assert_array_equal(labels, np.flatnonzero(table[j] >= 0.1))


class TestEdges:
    def test_one_row_has_nothing_to_learn(self, problem: Any) -> None:
        learner = StackedBinaryRelevance(keep_features=False, min_phi=0.5)
        with pytest.warns(ConstantLabelWarning):
            learner.fit(problem.X[:1], [[0, 1]])
        assert_array_equal(learner.predict(problem.X), [[0, 1]] * 90)

    def test_a_label_that_is_rare_in_a_fold(self, problem: Any) -> None:
        Y = problem.Y.copy()
        Y[:, 1] = 0
        Y[7, 1] = 1
        learner = StackedBinaryRelevance().fit(problem.X, Y)
        assert np.isfinite(learner.predict_proba(problem.X)).all()

    @pytest.mark.parametrize(
        ("option", "message"),
        [
            ({"trained_on": "all"}, "trained_on must be one of 'cross-fitted'"),
            ({"answers": "scores"}, "answers must be one of 'auto'"),
            ({"min_phi": 1.5}, r"min_phi must be in \[0, 1\]"),
            ({"min_phi": np.nan}, r"min_phi must be in \[0, 1\]"),
        ],
    )
    def test_wrong_options(self, problem: Any, option: Any, message: str) -> None:
        learner = StackedBinaryRelevance(**option)
        with pytest.raises(OptionError, match=message):
            learner.fit(problem.X, problem.Y)

    def test_options_are_checked_before_work(self, problem: Any) -> None:
        base = LogisticRegression(C=-1.0)
        with pytest.raises(OptionError, match="min_phi"):
            StackedBinaryRelevance(base, min_phi=-1).fit(problem.X, problem.Y)


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
def test_more_rows_of_scene_are_fully_right() -> None:
    train, test = (mlkit.load("scene", part=part) for part in ("train", "test"))
    scores = {}
    for method in (BinaryRelevance, StackedBinaryRelevance):
        model = make("br-lr").set_params(
            learn=method(LogisticRegression(max_iter=1000))
        )
        scores[method] = model.fit(train.X, train.Y).score(test.X, test.Y)
    # Measured: 0.444 and 0.493.
    assert scores[StackedBinaryRelevance] > scores[BinaryRelevance] + 0.02
