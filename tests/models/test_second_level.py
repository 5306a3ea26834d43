"""Features with labels behind them, as learners of two levels see them."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from mlkit.exceptions import LabelNameError, OptionError
from mlkit.models import (
    BinaryRelevance,
    DependentBinaryRelevance,
    StackedBinaryRelevance,
)
from mlkit.models.second_level import append_columns
from mlkit.resampling import label_weights

KINDS = pytest.mark.parametrize(
    "method", [StackedBinaryRelevance, DependentBinaryRelevance]
)


class Spy(LogisticRegression):
    """Notes the features that it is fitted to and asked about."""

    seen: ClassVar[list[tuple[str, Any]]] = []

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Spy:
        self.seen.append(("fit", X))
        return super().fit(X, y, sample_weight)

    def predict_proba(self, X: Any) -> np.ndarray:
        self.seen.append(("ask", X))
        return super().predict_proba(X)


@pytest.fixture
def seen() -> list[tuple[str, Any]]:
    Spy.seen.clear()
    return Spy.seen


class TestAppendColumns:
    @pytest.mark.parametrize("columns", [np.asarray, sp.csr_array])
    @pytest.mark.parametrize("features", [np.asarray, sp.csr_array, sp.csr_matrix])
    def test_the_kind_is_that_of_the_features(
        self, features: Any, columns: Any
    ) -> None:
        X, Y = np.array([[1.5, 0.0], [0.0, 2.0]]), np.array([[1], [0]], np.int8)
        joined = append_columns(features(X), columns(Y))
        assert sp.issparse(joined) == sp.issparse(features(X))
        dense = joined.toarray() if sp.issparse(joined) else joined
        assert_array_equal(dense, [[1.5, 0.0, 1.0], [0.0, 2.0, 0.0]])

    @pytest.mark.parametrize(
        ("features", "columns", "expected"),
        [
            (np.float32, np.float64, np.float32),
            (np.float64, np.int8, np.float64),
            (np.int64, np.float64, np.float64),
            (np.uint8, np.int8, np.int16),
        ],
    )
    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_no_value_is_lost_and_single_precision_is_kept(
        self, features: Any, columns: Any, expected: Any, container: Any
    ) -> None:
        X, Y = np.array([[200], [0]]).astype(features), np.ones((2, 1), columns)
        joined = append_columns(container(X), Y)
        assert joined.dtype == expected
        assert joined[0, 0] == 200

    def test_arguments_stay_as_they_are(self) -> None:
        X, Y = np.zeros((2, 1)), np.ones((2, 1))
        append_columns(X, Y)[:] = 7
        assert_array_equal(np.hstack([X, Y]), [[0, 1]] * 2)


@KINDS
class TestFeatures:
    def test_sparse_ones_stay_sparse(
        self, method: Any, problem: Any, seen: list[Any]
    ) -> None:
        X, Y = sp.csr_array(problem.X), sp.csr_array(problem.Y)
        method(Spy()).fit(X, Y).predict_proba(X)
        assert len(seen) >= 15
        assert all(sp.issparse(features) for _, features in seen)

    def test_labels_stand_behind_the_features(
        self, method: Any, problem: Any, seen: list[Any]
    ) -> None:
        learner = method(Spy()).fit(problem.X, problem.Y)
        wide = [X for what, X in seen if what == "fit" and X.shape[1] > 8]
        assert len(wide) == 5
        assert all(np.array_equal(X[:, :8], problem.X) for X in wide)
        seen.clear()
        learner.predict_proba(problem.X)
        wide = [X for _, X in seen if X.shape[1] > 8]
        assert len(wide) == 5
        assert all(np.array_equal(X[:, :8], problem.X) for X in wide)

    def test_a_base_that_keeps_its_rows(self, method: Any, problem: Any) -> None:
        # Neighbours are looked up in the rows of `fit`: nobody may write into them.
        learner = method(KNeighborsClassifier(3)).fit(problem.X, problem.Y)
        first = learner.predict_proba(problem.X)
        learner.predict_proba(problem.X[::-1] * 2)
        assert_array_equal(learner.predict_proba(problem.X), first)


@KINDS
@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_jobs_do_not_change_the_result(
    method: Any, container: Any, problem: Any
) -> None:
    base = RandomForestClassifier(n_estimators=3)
    one, two = (
        method(base, n_jobs=n_jobs, random_state=7).fit(
            container(problem.X), container(problem.Y)
        )
        for n_jobs in (1, 2)
    )
    X = container(problem.X)
    assert_array_equal(one.predict_proba(X), two.predict_proba(X))
    both = [*one.estimators_, *one.first_level_.estimators_]
    assert len({learner.random_state for learner in both}) == 10


@KINDS
class TestSeeds:
    def test_those_of_the_base_are_kept_without_one(
        self, method: Any, problem: Any
    ) -> None:
        base = RandomForestClassifier(n_estimators=2, random_state=11)
        learner = method(base).fit(problem.X, problem.Y)
        both = [*learner.estimators_, *learner.first_level_.estimators_]
        assert {each.random_state for each in both} == {11}

    def test_another_one_gives_another_result(self, method: Any, problem: Any) -> None:
        base = RandomForestClassifier(n_estimators=2)
        one, two = (
            method(base, random_state=seed).fit(problem.X, problem.Y) for seed in (0, 1)
        )
        assert (one.predict_proba(problem.X) != two.predict_proba(problem.X)).any()


@KINDS
class TestLabelWeights:
    def test_balanced_finds_more(self, method: Any, problem: Any) -> None:
        rare = problem.Y * (np.arange(90)[:, np.newaxis] % 3 == 0)
        plain = method().fit(problem.X, rare).predict(problem.X)
        balanced = method(label_weights="balanced").fit(problem.X, rare)
        assert balanced.predict(problem.X).sum() > 1.5 * plain.sum()

    def test_both_levels_are_weighted(self, method: Any, problem: Any) -> None:
        weights = np.tile([1.0, 3.0], (5, 1))
        learner = method(label_weights=weights).fit(problem.X, problem.Y)
        first = BinaryRelevance(label_weights=weights).fit(problem.X, problem.Y)
        assert_array_equal(
            learner.first_level_.predict_proba(problem.X),
            first.predict_proba(problem.X),
        )
        plain = method().fit(problem.X, problem.Y)
        assert learner.predict(problem.X).sum() > plain.predict(problem.X).sum()

    def test_a_table_with_the_names_of_the_labels(
        self, method: Any, problem: Any
    ) -> None:
        Y = pd.DataFrame(problem.Y, columns=list("abcde"))
        table = label_weights(Y)
        named = method(label_weights=table).fit(problem.X, Y)
        plain = method(label_weights=table.to_numpy()).fit(problem.X, problem.Y)
        assert_array_equal(
            named.predict_proba(problem.X), plain.predict_proba(problem.X)
        )
        with pytest.raises(LabelNameError, match="in this order"):
            method(label_weights=table).fit(problem.X, Y[list("bacde")])

    def test_wrong_ones_are_named_as_the_labels_are(
        self, method: Any, problem: Any
    ) -> None:
        weights = np.ones((5, 2))
        weights[3, 1] = -1
        Y = pd.DataFrame(problem.Y, columns=list("abcde"))
        with pytest.raises(OptionError, match="those of label 'd'"):
            method(label_weights=weights).fit(problem.X, Y)


@KINDS
def test_weights_of_rows_reach_both_levels(method: Any, problem: Any) -> None:
    # A row of no weight is as if it were not there.
    weights = np.where(np.arange(90) < 60, 1.0, 0.0)
    folds = [(np.arange(30), np.arange(30, 60)), (np.arange(30, 60), np.arange(30))]
    options = {"cv": folds} if method is StackedBinaryRelevance else {}
    learner = method(**options).fit(problem.X, problem.Y, sample_weight=weights)
    fewer = method(**options).fit(problem.X[:60], problem.Y[:60])
    assert_allclose(
        learner.predict_proba(problem.X), fewer.predict_proba(problem.X), atol=1e-3
    )
