from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier
from sklearn.utils.validation import has_fit_parameter

from mlkit.exceptions import ConstantLabelWarning
from mlkit.models.native import NativeClassifier
from mlkit.models.probabilities import positive_proba

# So few iterations end in a warning; what is learned does not matter here.
NETWORK = MLPClassifier((6,), max_iter=40, random_state=0)
NATIVE = [
    DecisionTreeClassifier(random_state=0),
    ExtraTreeClassifier(random_state=0),
    RandomForestClassifier(10, random_state=0),
    ExtraTreesClassifier(10, random_state=0),
    KNeighborsClassifier(5),
    RidgeClassifier(),
    NETWORK,
    make_pipeline(MaxAbsScaler(), KNeighborsClassifier(3)),
]

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(params=NATIVE, ids=lambda base: type(base).__name__)
def base(request: pytest.FixtureRequest) -> Any:
    return request.param


def proba_or_none(learner: Any, X: Any) -> np.ndarray | None:
    return learner.predict_proba(X) if hasattr(learner, "predict_proba") else None


class TestOracle:
    def test_the_classifier_by_itself(self, base: Any, problem: Any) -> None:
        alone = pickle.loads(pickle.dumps(base)).fit(problem.X, problem.Y)
        fitted = NativeClassifier(base).fit(problem.X, problem.Y)
        assert_array_equal(fitted.predict(problem.X), alone.predict(problem.X))
        if hasattr(alone, "predict_proba"):
            assert_array_equal(
                fitted.predict_proba(problem.X),
                positive_proba(alone, problem.X, n_labels=5),
            )

    @pytest.mark.parametrize("n_labels", [1, 2, 5])
    def test_more_than_a_half_is_predicted(
        self, base: Any, problem: Any, n_labels: int
    ) -> None:
        fitted = NativeClassifier(base).fit(problem.X, problem.Y[:, :n_labels])
        predicted, proba = fitted.predict(problem.X), proba_or_none(fitted, problem.X)
        assert predicted.shape == (90, n_labels)
        if proba is not None:
            assert proba.shape == (90, n_labels)
            assert_array_equal(predicted, proba > 0.5)


class TestConstantLabels:
    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array, pd.DataFrame])
    @pytest.mark.parametrize("varying", [[], [0], [1, 3], [0, 1, 3]])
    def test_are_kept_from_the_classifier(
        self, base: Any, problem: Any, container: Any, varying: list[int]
    ) -> None:
        Y = np.tile([0, 1, 1, 0], (90, 1))
        Y[:, varying] = problem.Y[:, varying]
        with pytest.warns(ConstantLabelWarning):
            fitted = NativeClassifier(base, random_state=0).fit(problem.X, container(Y))
        assert_array_equal(fitted.varying_, varying)
        constant = np.setdiff1d(range(4), varying)
        predicted = fitted.predict(problem.X)
        predicted = predicted.toarray() if sp.issparse(predicted) else predicted
        assert_array_equal(np.asarray(predicted)[:, constant], Y[:, constant])
        proba = proba_or_none(fitted, problem.X)
        if proba is not None:
            assert_array_equal(proba[:, constant], Y[:, constant])
        if varying:
            alone = NativeClassifier(base, random_state=0)
            alone.fit(problem.X, problem.Y[:, varying])
            assert_array_equal(
                np.asarray(predicted)[:, varying], alone.predict(problem.X)
            )

    def test_a_second_fit_forgets_the_first(self, problem: Any) -> None:
        learner = NativeClassifier(DecisionTreeClassifier())
        learner.fit(problem.X, problem.Y)
        with pytest.warns(ConstantLabelWarning):
            learner.fit(problem.X, np.ones((90, 2), int))
        assert learner.estimator_ is None
        assert_array_equal(learner.predict(problem.X), np.ones((90, 2)))


class TestEarlyStopping:
    network = MLPClassifier((6,), early_stopping=True, max_iter=20, random_state=0)

    def test_with_rare_and_constant_labels(self, problem: Any) -> None:
        Y = np.column_stack([problem.Y, np.zeros((90, 2), int)])
        Y[3, 5] = 1
        with pytest.warns(ConstantLabelWarning):
            fitted = NativeClassifier(self.network).fit(problem.X, Y)
        assert fitted.predict_proba(problem.X).shape == (90, 7)

    def test_with_a_single_rare_label_it_is_said_where(self, problem: Any) -> None:
        Y = np.zeros((90, 1), int)
        Y[3] = 1
        with pytest.raises(ValueError, match="only 1 member") as caught:
            NativeClassifier(self.network).fit(problem.X, Y)
        assert "while MLPClassifier learned 1 labels" in caught.value.__notes__[0]


class TestWhatItTakes:
    def test_tags_are_those_of_the_classifier(self, base: Any) -> None:
        inner = base.__sklearn_tags__().input_tags
        tags = NativeClassifier(base).__sklearn_tags__().input_tags
        assert (tags.sparse, tags.allow_nan) == (inner.sparse, inner.allow_nan)

    def test_missing_features(self, base: Any, problem: Any) -> None:
        X = problem.X.copy()
        X[4, 2] = np.nan
        learner = NativeClassifier(base)
        if learner.__sklearn_tags__().input_tags.allow_nan:
            assert learner.fit(X, problem.Y).predict(X).shape == (90, 5)
        else:
            with pytest.raises(ValueError, match="Input X contains NaN"):
                learner.fit(X, problem.Y)

    def test_weights(self, base: Any, problem: Any) -> None:
        weights = np.linspace(1, 3, 90)
        learner = NativeClassifier(base)
        if has_fit_parameter(base, "sample_weight"):
            alone = pickle.loads(pickle.dumps(base))
            alone.fit(problem.X, problem.Y, sample_weight=weights)
            learner.fit(problem.X, problem.Y, sample_weight=weights)
            assert_array_equal(learner.predict(problem.X), alone.predict(problem.X))
        else:
            with pytest.raises(TypeError, match=r"sample_weight was given.*takes none"):
                learner.fit(problem.X, problem.Y, sample_weight=weights)

    @pytest.mark.parametrize("container", [sp.csr_array, sp.csr_matrix])
    def test_sparse_features_and_labels(
        self, base: Any, problem: Any, container: Any
    ) -> None:
        X, Y = container(problem.X), container(problem.Y)
        predicted = NativeClassifier(base).fit(X, Y).predict(X)
        assert isinstance(predicted, sp.csr_array)
        assert predicted.shape == (90, 5)

    def test_names_come_back(self, base: Any, problem: Any) -> None:
        Y = pd.DataFrame(problem.Y, columns=["ä", "b", "寂しい", "d", "e"])
        predicted = NativeClassifier(base).fit(problem.X, Y).predict(problem.X)
        assert list(predicted.columns) == list(Y.columns)

    def test_a_vector_of_classes(self, base: Any, problem: Any) -> None:
        y = np.array(["no", "yes", "maybe"])[problem.Y[:, :2].sum(axis=1)]
        learner = NativeClassifier(base).fit(problem.X, y)
        assert set(learner.predict(problem.X)) <= {"no", "yes", "maybe"}


class TestProbabilities:
    def test_none_with_a_ridge(self, problem: Any) -> None:
        fitted = NativeClassifier(RidgeClassifier()).fit(problem.X, problem.Y)
        assert not hasattr(fitted, "predict_proba")
        with pytest.raises(AttributeError) as caught:
            fitted.predict_proba(problem.X)
        assert "RidgeClassifier has none. Take one that has" in str(
            caught.value.__cause__
        )
        assert "BinaryRelevance(CalibratedClassifierCV(RidgeClassifier()))" in str(
            caught.value.__cause__
        )

    def test_a_forest_is_the_mean_of_its_trees(self, problem: Any) -> None:
        base = RandomForestClassifier(5, max_depth=2, random_state=1)
        fitted = NativeClassifier(base).fit(problem.X, problem.Y)
        trees = [
            positive_proba(tree, problem.X) for tree in fitted.estimator_.estimators_
        ]
        assert_allclose(fitted.predict_proba(problem.X), np.mean(trees, axis=0))


class TestBaseLearner:
    def test_a_forest_by_default(self) -> None:
        learner = NativeClassifier(random_state=4)
        fitted = learner.fit([[0], [1]] * 5, [[0, 1], [1, 0]] * 5)
        assert isinstance(fitted.estimator_, RandomForestClassifier)
        assert fitted.estimator_.random_state is not None
        assert learner.estimator is None

    def test_of_one_label(self, problem: Any) -> None:
        match = r"label matrix.*tags of LogisticRegression.*BinaryRelevance\(Logistic"
        with pytest.raises(TypeError, match=match):
            NativeClassifier(LogisticRegression()).fit(problem.X, problem.Y)

    def test_regressor(self, problem: Any) -> None:
        with pytest.raises(TypeError, match="must be a classifier, got the regressor"):
            NativeClassifier(Ridge()).fit(problem.X, problem.Y)

    def test_seed(self, problem: Any) -> None:
        base = ExtraTreesClassifier(5)
        one, two = (
            NativeClassifier(base, random_state=8).fit(problem.X, problem.Y)
            for _ in range(2)
        )
        assert_array_equal(one.predict_proba(problem.X), two.predict_proba(problem.X))
        assert base.random_state is None
