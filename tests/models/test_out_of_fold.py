"""Scores of rows by learners that were trained on other rows."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import KFold, RepeatedKFold

from mlkit.exceptions import SplitError, UncalibratedLabelWarning
from mlkit.models import BinaryRelevance, CalibratedClassifier, ThresholdedClassifier
from mlkit.models.out_of_fold import OutOfFoldClassifier
from mlkit.splitting import IterativeStratification
from mlkit.validation import Indicator, check_indicator


class Spy(ClassifierMixin, BaseEstimator):
    """Notes what it is given; the first feature numbers the rows."""

    seen: ClassVar[list[tuple[str, Any]]] = []

    def fit(self, X: Any, Y: Any, sample_weight: Any = None) -> Spy:
        self.n_labels_ = Y.shape[1]
        self.seen.append(("fit", (X, Y, sample_weight)))
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        self.seen.append(("score", X))
        return np.tile(_numbers(X)[:, np.newaxis], self.n_labels_) / 1000


class Scores(OutOfFoldClassifier):
    """A learner that keeps the scores and learns nothing from them."""

    def __init__(
        self, estimator: Any = None, *, cv: Any = 3, random_state: Any = None
    ) -> None:
        self.estimator = estimator
        self.cv = cv
        self.random_state = random_state

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        self.told_ = self._score_out_of_fold(X, labels, sample_weight)
        self._fit_on_all(X, labels, sample_weight)

    def _predict_labels(self, X: Any) -> np.ndarray:
        return self._predict_label_proba(X) > 0.5


def _numbers(X: Any) -> np.ndarray:
    if isinstance(X, pd.DataFrame):
        return X.iloc[:, 0].to_numpy()
    return X[:, [0]].toarray().ravel() if sp.issparse(X) else X[:, 0]


@pytest.fixture
def seen() -> list[tuple[str, Any]]:
    Spy.seen.clear()
    return Spy.seen


@pytest.fixture
def X() -> np.ndarray:
    rows = np.arange(60)
    return np.column_stack([rows, rows % 7]).astype(float)


@pytest.fixture
def Y() -> np.ndarray:
    return (np.arange(60)[:, np.newaxis] % [2, 3, 4] == 0).astype(int)


class TestScores:
    @pytest.mark.parametrize(
        "container", [np.asarray, sp.csr_array, lambda X: pd.DataFrame(X)]
    )
    def test_no_row_is_scored_by_a_learner_that_saw_it(
        self, X: Any, Y: Any, seen: Any, container: Any
    ) -> None:
        Scores(Spy(), cv=4).fit(container(X), Y)
        calls = [(what, _numbers(x[0] if what == "fit" else x)) for what, x in seen]
        assert [what for what, _ in calls] == ["fit", "score"] * 4 + ["fit"]
        for (_, trained), (_, scored) in zip(calls[:8:2], calls[1:8:2], strict=True):
            assert_array_equal(np.sort(np.r_[trained, scored]), np.arange(60))
        assert_array_equal(calls[-1][1], np.arange(60))

    def test_labels_and_scores_are_those_of_the_same_rows(
        self, X: Any, Y: Any, seen: Any
    ) -> None:
        told, scores = Scores(Spy()).fit(X, Y).told_
        rows = (scores[:, 0] * 1000).round().astype(int)
        assert_array_equal(np.sort(rows), np.arange(60))
        assert_array_equal(told, Y[rows])

    def test_a_number_means_iterative_stratification(
        self, X: Any, Y: Any, seen: Any
    ) -> None:
        Scores(Spy()).fit(X, Y)
        folds = IterativeStratification(3, shuffle=False).split(X, Y)
        scored = [_numbers(x) for what, x in seen if what == "score"]
        for (_, test), rows in zip(folds, scored, strict=True):
            assert_array_equal(rows, test)

    def test_the_seed_shuffles(self, X: Any, Y: Any, seen: Any) -> None:
        one, again, other = (
            Scores(Spy(), random_state=seed).fit(X, Y).told_[1] for seed in (0, 0, 1)
        )
        assert_array_equal(one, again)
        assert not np.array_equal(one, other)

    def test_unknown_labels_reach_the_learner(self, X: Any, Y: Any, seen: Any) -> None:
        hidden = np.where(np.arange(60)[:, np.newaxis] % 5 == 0, np.nan, Y)
        told, _ = Scores(Spy(), cv=KFold(3)).fit(X, hidden).told_
        assert_array_equal(told, hidden)
        assert_array_equal(seen[0][1][1], hidden[20:])

    def test_weights_follow_their_rows(self, X: Any, Y: Any, seen: Any) -> None:
        Scores(Spy()).fit(X, Y, sample_weight=np.arange(60.0))
        fitted = [x for what, x in seen if what == "fit"]
        assert len(fitted) == 4
        assert all(np.array_equal(_numbers(rows), w) for rows, _, w in fitted)


class TestFolds:
    def test_rows_that_are_never_tested(self, X: Any, Y: Any, seen: Any) -> None:
        folds = [(np.arange(30), np.arange(40, 60))]
        told, scores = Scores(Spy(), cv=folds).fit(X, Y).told_
        assert_array_equal(told, Y[40:])
        assert_allclose(scores[:, 0], np.arange(40, 60) / 1000)

    def test_rows_that_are_tested_twice(self, X: Any, Y: Any, seen: Any) -> None:
        with pytest.raises(SplitError, match="tests some rows more than once"):
            Scores(Spy(), cv=RepeatedKFold(n_splits=3, n_repeats=2)).fit(X, Y)

    @pytest.mark.filterwarnings("ignore::mlkit.exceptions.ConstantLabelWarning")
    def test_a_single_row(self, seen: Any) -> None:
        with pytest.raises(SplitError, match="got one sample only"):
            Scores(Spy()).fit([[0.0]], [[1, 0]])
        assert not seen

    def test_a_label_that_is_constant_in_a_fold(self, X: Any, Y: Any) -> None:
        Y[:, 1] = 0
        Y[7, 1] = 1
        told, scores = Scores(BinaryRelevance()).fit(X, Y).told_
        # The learner of the other folds has never seen the label.
        assert scores[told[:, 1] == 1, 1] == 0
        assert 0 < scores[told[:, 1] == 0, 1].max() < 1


def test_both_learners_see_the_same_scores(problem: Any) -> None:
    told, scores = Scores(cv=4, random_state=3).fit(problem.X, problem.Y).told_
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UncalibratedLabelWarning)
        learners = [
            CalibratedClassifier(cv=4, random_state=3),
            ThresholdedClassifier(cv=4, random_state=3),
        ]
        calibrated, cut = (learner.fit(problem.X, problem.Y) for learner in learners)
    again = calibrated._make_calibrator().fit(told, scores)
    assert_allclose(again.slopes_, calibrated.calibrator_.slopes_)
    again = cut._make_strategy().fit(told, scores)
    assert_array_equal(again.thresholds_, cut.strategy_.thresholds_)
    assert check_indicator(told).shape == scores.shape
