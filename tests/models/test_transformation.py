from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from numpy.testing import assert_array_equal
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import BaggingClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import get_tags

from mlkit.models import BinaryRelevance, ClassifierChain, LabelPowerset
from mlkit.models.transformation import (
    draw_seeds,
    fit_base,
    label_columns,
    make_rng,
    predict_column,
)

METHODS = [BinaryRelevance, ClassifierChain, LabelPowerset]


class TestFitBase:
    def test_base_is_cloned(self) -> None:
        base = DecisionTreeClassifier()
        fitted = fit_base(base, [[0], [1]], np.array([0, 1]), name="label 'a'")
        assert fitted is not base
        assert not hasattr(base, "tree_")

    @pytest.mark.parametrize("value", [0, 1])
    def test_constant_target_needs_no_base(self, value: int) -> None:
        y = np.full(3, value, dtype=np.int8)
        fitted = fit_base(None, [[0], [1], [2]], y, name="label 'a'")
        assert isinstance(fitted, DummyClassifier)
        assert_array_equal(predict_column(fitted, [[0]] * 4), [value] * 4)

    def test_every_seed_inside_is_set(self) -> None:
        base = BaggingClassifier(DecisionTreeClassifier(), n_estimators=2)
        fitted = fit_base(base, [[0], [1]], np.array([0, 1]), name="a", seed=7)
        assert fitted.random_state == 7
        assert fitted.estimator.random_state == 7
        assert base.random_state is None

    def test_a_base_without_randomness(self) -> None:
        fitted = fit_base(
            KNeighborsClassifier(1), [[0], [1]], np.array([0, 1]), name="a", seed=7
        )
        assert_array_equal(predict_column(fitted, [[0], [1]]), [0, 1])

    @pytest.mark.parametrize("n_jobs", [1, 2])
    def test_an_error_says_which_label(self, problem: Any, n_jobs: int) -> None:
        learner = BinaryRelevance(LogisticRegression(C=-1.0), n_jobs=n_jobs)
        with pytest.raises(ValueError, match="'C' parameter") as caught:
            learner.fit(problem.X, problem.Y)
        # With two workers any label's error may be the first to arrive.
        (note,) = caught.value.__notes__
        named = r"This happened while LogisticRegression learned label 'label_\d'\."
        assert re.fullmatch(named, note)


class TestSeeds:
    def test_none_leaves_the_base_alone(self) -> None:
        assert draw_seeds(make_rng(None), 3) == [None, None, None]

    def test_numbers_and_generators(self) -> None:
        seeds = draw_seeds(make_rng(0), 4)
        assert len(set(seeds)) == 4
        assert seeds == draw_seeds(make_rng(np.random.RandomState(0)), 4)


class TestLabelColumns:
    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_one_dense_column_a_label(self, container: Any) -> None:
        values = np.array([[0, 1, 1], [0, 0, 1]], dtype=np.int8)
        columns = list(label_columns(container(values)))
        assert_array_equal(np.column_stack(columns), values)
        assert all(column.dtype == np.int8 for column in columns)

    def test_label_without_positives_at_the_end(self) -> None:
        columns = list(label_columns(sp.csr_array(np.array([[1, 0, 0]], np.int8))))
        assert_array_equal(np.column_stack(columns), [[1, 0, 0]])


@pytest.mark.parametrize("method", METHODS)
class TestBaseLearner:
    def test_default(self, method: Any, problem: Any) -> None:
        explicit = method(LogisticRegression(max_iter=1000)).fit(problem.X, problem.Y)
        default = method().fit(problem.X, problem.Y)
        assert default.estimator is None
        assert_array_equal(
            default.predict_proba(problem.X), explicit.predict_proba(problem.X)
        )

    def test_regressor_is_refused(self, method: Any, problem: Any) -> None:
        with pytest.raises(TypeError, match="got the regressor LinearRegression"):
            method(LinearRegression()).fit(problem.X, problem.Y)

    def test_weights_that_the_base_does_not_take(
        self, method: Any, problem: Any
    ) -> None:
        learner = method(KNeighborsClassifier())
        with pytest.raises(TypeError, match="KNeighborsClassifier takes none"):
            learner.fit(problem.X, problem.Y, sample_weight=np.ones(90))

    def test_wrong_number_of_weights(self, method: Any, problem: Any) -> None:
        with pytest.raises(ValueError, match=r"sample_weight.shape == \(89,\)"):
            method().fit(problem.X, problem.Y, sample_weight=np.ones(89))

    def test_pipeline_as_base(self, method: Any, problem: Any) -> None:
        base = make_pipeline(StandardScaler(), LogisticRegression())
        fitted = method(base, random_state=0).fit(problem.X * 50, problem.Y)
        assert fitted.score(problem.X * 50, problem.Y) > 0.2

    def test_tags_are_those_of_the_base(self, method: Any) -> None:
        assert get_tags(method()).input_tags.sparse
        assert not get_tags(method()).input_tags.allow_nan
        assert not get_tags(method(GaussianNB())).input_tags.sparse
        assert get_tags(method(HistGradientBoostingClassifier())).input_tags.allow_nan

    def test_sparse_features_that_the_base_does_not_take(
        self, method: Any, problem: Any
    ) -> None:
        with pytest.raises(TypeError, match="dense data is required"):
            method(GaussianNB()).fit(sp.csr_array(problem.X), problem.Y)

    def test_nested_parameters(self, method: Any) -> None:
        learner = method(LogisticRegression())
        assert learner.set_params(estimator__C=5.0).estimator.C == 5.0
        assert learner.get_params()["estimator__C"] == 5.0
