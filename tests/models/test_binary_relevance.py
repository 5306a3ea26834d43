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
from sklearn.model_selection import KFold, cross_val_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

import mlkit
from mlkit import MultiLabelDataset
from mlkit.exceptions import ConstantLabelWarning, UnknownLabelWarning
from mlkit.models import BinaryRelevance, LabelPowerset

BASES = [
    LogisticRegression(max_iter=1000),
    DecisionTreeClassifier(max_depth=3, random_state=0),
]


@pytest.mark.parametrize("base", BASES)
class TestOracles:
    def test_the_loop_by_hand(self, base: Any, problem: Any) -> None:
        fitted = BinaryRelevance(base).fit(problem.X, problem.Y)
        for j, y in enumerate(problem.Y.T):
            alone = type(base)(**base.get_params()).fit(problem.X, y)
            assert_array_equal(
                fitted.predict(problem.X)[:, j], alone.predict(problem.X)
            )
            assert_array_equal(
                fitted.predict_proba(problem.X)[:, j],
                alone.predict_proba(problem.X)[:, 1],
            )

    def test_one_vs_rest_of_scikit_learn(self, base: Any, problem: Any) -> None:
        peer = OneVsRestClassifier(base).fit(problem.X, problem.Y)
        fitted = BinaryRelevance(base).fit(problem.X, problem.Y)
        assert_array_equal(fitted.predict(problem.X), peer.predict(problem.X))
        assert_allclose(fitted.predict_proba(problem.X), peer.predict_proba(problem.X))

    def test_scikit_multilearn(self, base: Any, problem: Any) -> None:
        peers = pytest.importorskip("skmultilearn.problem_transform")
        peer = peers.BinaryRelevance(base, require_dense=[True, True])
        expected = peer.fit(problem.X, problem.Y).predict(problem.X).toarray()
        fitted = BinaryRelevance(base).fit(problem.X, problem.Y)
        assert_array_equal(fitted.predict(problem.X), expected)


def test_label_order_does_not_matter(problem: Any) -> None:
    order = [3, 0, 4, 2, 1]
    whole = BinaryRelevance().fit(problem.X, problem.Y).predict_proba(problem.X)
    turned = BinaryRelevance().fit(problem.X, problem.Y[:, order])
    assert_array_equal(turned.predict_proba(problem.X), whole[:, order])


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_number_of_jobs_does_not_change_the_result(
    problem: Any, container: Any
) -> None:
    base = RandomForestClassifier(n_estimators=5)
    one, two = (
        BinaryRelevance(base, n_jobs=n_jobs, random_state=7).fit(
            container(problem.X), container(problem.Y)
        )
        for n_jobs in (1, 2)
    )
    assert_array_equal(one.predict_proba(problem.X), two.predict_proba(problem.X))
    seeds = [learner.random_state for learner in one.estimators_]
    assert seeds == [learner.random_state for learner in two.estimators_]
    assert len(set(seeds)) == 5


def test_another_seed_gives_another_result(problem: Any) -> None:
    base = RandomForestClassifier(n_estimators=3)
    one, two = (
        BinaryRelevance(base, random_state=seed).fit(problem.X, problem.Y)
        for seed in (0, 1)
    )
    assert (one.predict_proba(problem.X) != two.predict_proba(problem.X)).any()


def test_seed_of_the_base_learner_is_kept_without_random_state(problem: Any) -> None:
    base = RandomForestClassifier(n_estimators=3, random_state=11)
    fitted = BinaryRelevance(base).fit(problem.X, problem.Y)
    assert {learner.random_state for learner in fitted.estimators_} == {11}


def test_a_constant_label_has_a_dummy(problem: Any) -> None:
    Y = problem.Y.copy()
    Y[:, 2] = 0
    with pytest.warns(ConstantLabelWarning, match="'label_2'"):
        fitted = BinaryRelevance().fit(problem.X, Y)
    kinds = [type(learner) for learner in fitted.estimators_]
    assert kinds.index(DummyClassifier) == 2
    assert kinds.count(DummyClassifier) == 1


class TestUnknownLabels:
    """Each label is learned from the rows that know it."""

    @pytest.fixture
    def hidden(self, problem: Any) -> np.ndarray:
        return np.random.default_rng(3).random(problem.Y.shape) < 0.3

    @pytest.mark.parametrize("base", BASES)
    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_the_loop_by_hand(
        self, base: Any, problem: Any, hidden: np.ndarray, container: Any
    ) -> None:
        Y = np.where(hidden, np.nan, problem.Y)
        weights = np.linspace(1, 2, len(Y))
        fitted = BinaryRelevance(base).fit(
            container(problem.X), container(Y), sample_weight=weights
        )
        proba = fitted.predict_proba(container(problem.X))
        for j, known in enumerate(~hidden.T):
            alone = clone(base).fit(
                problem.X[known], problem.Y[known, j], sample_weight=weights[known]
            )
            expected = alone.predict_proba(problem.X)[:, 1]
            assert_allclose(proba[:, j], expected, atol=1e-6)

    def test_what_was_hidden_does_not_matter(
        self, problem: Any, hidden: np.ndarray
    ) -> None:
        one, two = (
            MultiLabelDataset(problem.X, Y * ~hidden, missing=hidden)
            for Y in (problem.Y, np.where(hidden, 1 - problem.Y, problem.Y))
        )
        first, second = (
            BinaryRelevance(random_state=0).fit(*ds.as_xy(missing="as_nan"))
            for ds in (one, two)
        )
        assert_array_equal(
            first.predict_proba(problem.X), second.predict_proba(problem.X)
        )

    def test_hiding_nothing_changes_nothing(self, problem: Any) -> None:
        plain = BinaryRelevance().fit(problem.X, problem.Y)
        floats = BinaryRelevance().fit(problem.X, problem.Y.astype(float))
        assert_array_equal(
            plain.predict_proba(problem.X), floats.predict_proba(problem.X)
        )

    def test_whole_rows_unknown_are_as_if_they_were_not_there(
        self, problem: Any
    ) -> None:
        Y = problem.Y.astype(float)
        Y[60:] = np.nan
        fewer = BinaryRelevance().fit(problem.X[:60], problem.Y[:60])
        fitted = BinaryRelevance().fit(problem.X, Y)
        assert_array_equal(
            fitted.predict_proba(problem.X), fewer.predict_proba(problem.X)
        )

    def test_the_container_of_the_answer_is_that_of_Y(
        self, problem: Any, hidden: np.ndarray
    ) -> None:
        Y = pd.DataFrame(problem.Y, columns=list("abcde")).astype("Int64").mask(hidden)
        predicted = BinaryRelevance().fit(problem.X, Y).predict(problem.X)
        assert list(predicted.columns) == list("abcde")
        assert (predicted.dtypes == np.int64).all()
        assert Y.isna().to_numpy().sum() == hidden.sum()

    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_known_in_no_row_and_constant_where_known(
        self, problem: Any, container: Any
    ) -> None:
        Y = problem.Y.astype(float)
        Y[:, 1] = np.nan
        Y[:, 3] = np.where(Y[:, 3] == 1, 1, np.nan)
        with (
            pytest.warns(UnknownLabelWarning, match="1 of 5 labels .*: 'label_1'"),
            pytest.warns(ConstantLabelWarning, match="1 of 5 labels .*1: 'label_3'"),
        ):
            fitted = BinaryRelevance().fit(problem.X, container(Y))
        assert_array_equal(fitted.predict_proba(problem.X)[:, [1, 3]], [[0, 1]] * 90)

    def test_jobs_do_not_change_the_result(
        self, problem: Any, hidden: np.ndarray
    ) -> None:
        Y = np.where(hidden, np.nan, problem.Y)
        base = RandomForestClassifier(n_estimators=3)
        one, two = (
            BinaryRelevance(base, n_jobs=n_jobs, random_state=7).fit(problem.X, Y)
            for n_jobs in (1, 2)
        )
        assert_array_equal(one.predict_proba(problem.X), two.predict_proba(problem.X))

    def test_cross_validation_scores_the_known_labels(
        self, problem: Any, hidden: np.ndarray
    ) -> None:
        Y = np.where(hidden, np.nan, problem.Y)
        scores = cross_val_score(BinaryRelevance(), problem.X, Y, cv=KFold(3))
        first = BinaryRelevance().fit(problem.X[30:], Y[30:]).predict(problem.X[:30])
        right = ((first == Y[:30]) | hidden[:30]).all(axis=1)
        assert scores[0] == right[~hidden[:30].all(axis=1)].mean()


class TestWithoutProbabilities:
    def test_predict_works_and_predict_proba_is_not_there(self, problem: Any) -> None:
        fitted = BinaryRelevance(LinearSVC()).fit(problem.X, problem.Y)
        assert fitted.score(problem.X, problem.Y) > 0.2
        assert not hasattr(fitted, "predict_proba")

    def test_error_says_which_base_learners_have_them(self, problem: Any) -> None:
        fitted = BinaryRelevance(LinearSVC()).fit(problem.X, problem.Y)
        with pytest.raises(AttributeError, match="predict_proba") as caught:
            fitted.predict_proba(problem.X)
        cause = str(caught.value.__cause__)
        assert "base learner LinearSVC has none" in cause
        assert "CalibratedClassifierCV(LinearSVC())" in cause


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
def test_medical_train_lacks_seven_labels() -> None:
    train = mlkit.load("medical", part="train")
    counts = train.label_counts
    with pytest.warns(ConstantLabelWarning, match="7 of 45 labels"):
        fitted = BinaryRelevance().fit(*train.as_xy())
    proba = pd.DataFrame(fitted.predict_proba(train.X), columns=train.label_names)
    absent = list(counts.index[counts == 0])
    assert len(absent) == 7
    assert (proba[absent] == 0).all(axis=None)
    assert (proba.drop(columns=absent) > 0).all(axis=None)


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
def test_powerset_has_more_rows_fully_right_on_emotions() -> None:
    from mlkit.models import make

    X, Y = mlkit.load("emotions").as_xy()
    cv = KFold(10, shuffle=True, random_state=0)
    exact = {
        name: cross_val_score(make(name), X, Y, cv=cv).mean()
        for name in ("br-lr", "lp-lr", "baseline-set")
    }
    assert exact["lp-lr"] > exact["br-lr"] + 0.005
    assert exact["br-lr"] > exact["baseline-set"] + 0.1
    assert isinstance(make("lp-lr")["learn"], LabelPowerset)
