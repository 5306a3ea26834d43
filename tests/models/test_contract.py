"""The contract of every learner: one suite, run on each method with each base."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mlkit.exceptions import ConstantLabelWarning, IndicatorError, ShapeError

# What learners around another one say beside that, on so few rows.
pytestmark = [
    pytest.mark.filterwarnings(f"ignore::mlkit.exceptions.{category}")
    for category in (
        "RareLabelWarning",
        "ResamplingWarning",
        "UncalibratedLabelWarning",
    )
]

NAMES = ["ruhig", "überrascht", "寂しい", "sad-lonely", "a b"]


def as_frame(problem: Any) -> pd.DataFrame:
    return pd.DataFrame(problem.Y, columns=NAMES, index=range(len(problem.Y)))


class TestAnswers:
    """Shapes, types and ranges of what a learner says."""

    def test_array_in_array_of_int_out(self, learner: Any, problem: Any) -> None:
        predicted = learner.fit(problem.X, problem.Y).predict(problem.X)
        assert isinstance(predicted, np.ndarray)
        assert predicted.dtype == np.int64
        assert predicted.shape == problem.Y.shape
        assert set(np.unique(predicted)) == {0, 1}

    def test_probabilities_are_one_column_a_label(
        self, learner: Any, problem: Any
    ) -> None:
        proba = learner.fit(problem.X, problem.Y).predict_proba(problem.X)
        assert proba.shape == problem.Y.shape
        assert proba.dtype == np.float64
        assert proba.min() >= 0
        assert proba.max() <= 1
        # P(label = 1) must be larger, on average, where the label is there.
        there = np.where(problem.Y == 1, proba, np.nan)
        absent = np.where(problem.Y == 0, proba, np.nan)
        assert (np.nanmean(there, axis=0) > np.nanmean(absent, axis=0)).all()

    def test_classes_are_zero_and_one_for_each_label(
        self, learner: Any, problem: Any
    ) -> None:
        learner.fit(problem.X, problem.Y)
        assert_array_equal(learner.classes_, [[0, 1]] * 5)
        assert learner.n_labels_ == 5
        assert not hasattr(learner, "label_names_in_")

    def test_score_is_subset_accuracy(self, learner: Any, problem: Any) -> None:
        learner.fit(problem.X, problem.Y)
        every_label_right = (learner.predict(problem.X) == problem.Y).all(axis=1)
        assert learner.score(problem.X, problem.Y) == every_label_right.mean()

    def test_it_learns(self, learner: Any, problem: Any) -> None:
        learner.fit(problem.X, problem.Y)
        majority = problem.Y.mean(axis=0) > 0.5
        floor = np.mean(majority == problem.Y)
        assert (learner.predict(problem.X) == problem.Y).mean() > floor + 0.05


class TestContainers:
    def test_frame_in_frame_out(self, learner: Any, problem: Any) -> None:
        X = pd.DataFrame(problem.X).add_prefix("f").set_axis(np.arange(90) * 3 + 7)
        learner.fit(X, as_frame(problem).set_axis(X.index))
        predicted = learner.predict(X.iloc[10:20])
        assert list(predicted.columns) == NAMES
        assert_array_equal(predicted.index, X.index[10:20])
        assert_array_equal(learner.label_names_in_, NAMES)
        assert_array_equal(learner.feature_names_in_, X.columns)
        plain = clone(learner).fit(problem.X, problem.Y).predict(problem.X[10:20])
        assert_array_equal(predicted.to_numpy(), plain)

    def test_frame_of_labels_for_an_array_of_features(
        self, learner: Any, problem: Any
    ) -> None:
        predicted = learner.fit(problem.X, as_frame(problem)).predict(problem.X)
        assert_array_equal(predicted.index, np.arange(90))
        assert isinstance(learner.predict_proba(problem.X), np.ndarray)
        assert learner.score(problem.X, as_frame(problem)) > 0.2

    def test_sparse_in_sparse_out(self, learner: Any, problem: Any) -> None:
        plain = clone(learner).fit(problem.X, problem.Y)
        learner.fit(problem.X, sp.csr_array(problem.Y))
        predicted = learner.predict(problem.X)
        assert isinstance(predicted, sp.csr_array)
        assert predicted.dtype == np.int64
        assert_array_equal(predicted.toarray(), plain.predict(problem.X))
        assert_array_equal(
            learner.predict_proba(problem.X), plain.predict_proba(problem.X)
        )
        assert learner.score(problem.X, sp.csr_array(problem.Y)) == plain.score(
            problem.X, problem.Y
        )

    @pytest.mark.parametrize("container", [sp.csr_array, sp.csr_matrix, sp.csc_array])
    def test_sparse_features_as_dense_ones(
        self, learner: Any, problem: Any, container: Any
    ) -> None:
        plain = clone(learner).fit(problem.X, problem.Y)
        learner.fit(container(problem.X), problem.Y)
        assert_allclose(
            learner.predict_proba(container(problem.X)),
            plain.predict_proba(problem.X),
            atol=1e-4,
        )

    def test_fitting_again_forgets_the_names(self, learner: Any, problem: Any) -> None:
        learner.fit(problem.X, as_frame(problem)).fit(problem.X, problem.Y)
        assert isinstance(learner.predict(problem.X), np.ndarray)
        assert not hasattr(learner, "label_names_in_")

    @pytest.mark.parametrize("dtype", [bool, np.int8, np.uint8, np.float32])
    def test_any_type_of_label(self, learner: Any, problem: Any, dtype: Any) -> None:
        plain = clone(learner).fit(problem.X, problem.Y).predict(problem.X)
        learner.fit(problem.X, problem.Y.astype(dtype))
        assert_array_equal(learner.predict(problem.X), plain)
        assert learner.predict(problem.X).dtype == np.int64

    def test_columns_of_several_number_types(self, learner: Any, problem: Any) -> None:
        X = pd.DataFrame(problem.X)
        X.columns = [f"f{j}" for j in X]
        X["f1"] = X["f1"] > 0
        X["f2"] = X["f2"].astype("int8")
        learner.fit(X, problem.Y)
        same = clone(learner).fit(X.astype(float).to_numpy(), problem.Y)
        assert_array_equal(learner.predict(X), same.predict(X.to_numpy(float)))


class TestArgumentsAreNotModified:
    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array, pd.DataFrame])
    def test_bytes_of_all_arguments(
        self, learner: Any, problem: Any, container: Any
    ) -> None:
        X, Y = container(problem.X.copy()), container(problem.Y.copy())
        weights = np.linspace(1, 2, len(problem.X))
        before = [pickle.dumps(value) for value in (X, Y, weights)]
        learner.fit(X, Y, sample_weight=weights)
        learner.predict(X)
        learner.predict_proba(X)
        learner.score(X, Y)
        assert [pickle.dumps(value) for value in (X, Y, weights)] == before

    def test_read_only_input(self, learner: Any, problem: Any) -> None:
        X, Y = problem.X.copy(), problem.Y.astype(np.int8)
        X.flags.writeable = Y.flags.writeable = False
        assert learner.fit(X, Y).score(X, Y) > 0.2

    def test_parameters_are_kept(self, learner: Any, problem: Any) -> None:
        base = learner.estimator
        learner.set_params(random_state=3).fit(problem.X, problem.Y)
        assert learner.estimator is base
        assert not hasattr(base, "classes_")
        assert base.random_state in (None, 0)


class TestConstantLabels:
    @pytest.fixture
    def with_constants(self, problem: Any) -> np.ndarray:
        Y = problem.Y.copy()
        Y[:, 1], Y[:, 3] = 0, 1
        return Y

    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_are_predicted_as_they_are(
        self, learner: Any, problem: Any, with_constants: np.ndarray, container: Any
    ) -> None:
        with pytest.warns(ConstantLabelWarning, match="2 of 5 labels"):
            learner.fit(problem.X, container(with_constants))
        predicted = learner.predict(problem.X)
        predicted = predicted.toarray() if sp.issparse(predicted) else predicted
        assert_array_equal(predicted[:, [1, 3]], with_constants[:, [1, 3]])
        assert_allclose(
            learner.predict_proba(problem.X)[:, [1, 3]], with_constants[:, [1, 3]]
        )

    def test_warning_names_them_and_the_callers_line(
        self, learner: Any, problem: Any, with_constants: np.ndarray
    ) -> None:
        Y = pd.DataFrame(with_constants, columns=NAMES)
        with pytest.warns(ConstantLabelWarning) as caught:
            learner.fit(problem.X, Y)
        (given,) = (item for item in caught if item.category is ConstantLabelWarning)
        assert "always 0: 'überrascht'; always 1: 'sad-lonely'" in str(given.message)
        assert given.filename == __file__

    def test_do_not_disturb_the_others(
        self, learner: Any, problem: Any, with_constants: np.ndarray
    ) -> None:
        others = [0, 2, 4]
        with pytest.warns(ConstantLabelWarning):
            predicted = learner.fit(problem.X, with_constants).predict(problem.X)
        alone = clone(learner).fit(problem.X, problem.Y[:, others]).predict(problem.X)
        # A constant adds nothing to know, neither as a feature nor in a label set.
        assert (predicted[:, others] == alone).mean() > 0.99

    @pytest.mark.parametrize("value", [0, 1])
    def test_all_labels_constant(self, learner: Any, problem: Any, value: int) -> None:
        Y = np.full((90, 3), value)
        with pytest.warns(ConstantLabelWarning, match="3 of 3 labels"):
            learner.fit(problem.X, Y)
        assert_array_equal(learner.predict(problem.X), Y)
        assert_array_equal(learner.predict_proba(problem.X), Y)

    def test_one_training_row(self, learner: Any, problem: Any) -> None:
        with pytest.warns(ConstantLabelWarning, match="always 0.*always 1"):
            learner.fit(problem.X[:1], [[0, 1]])
        assert_array_equal(learner.predict(problem.X[:3]), [[0, 1]] * 3)


class TestSizes:
    @pytest.mark.parametrize("n_labels", [1, 2])
    def test_few_labels(self, learner: Any, problem: Any, n_labels: int) -> None:
        Y = problem.Y[:, :n_labels]
        learner.fit(problem.X, Y)
        assert learner.predict(problem.X).shape == (90, n_labels)
        assert learner.predict_proba(problem.X).shape == (90, n_labels)
        assert learner.classes_.shape == (n_labels, 2)
        assert learner.score(problem.X, Y) > 0.5

    def test_every_row_its_own_label_set(self, learner: Any) -> None:
        X, Y = np.eye(8), np.array([[int(b) for b in f"{i:03b}"] for i in range(8)])
        assert learner.fit(X, Y).predict(X).shape == (8, 3)

    def test_more_labels_than_rows(self, learner: Any) -> None:
        rng = np.random.default_rng(0)
        Y = rng.integers(0, 2, (6, 70))
        Y[0], Y[1] = 0, 1
        X = rng.normal(size=(6, 3))
        learner.fit(X, Y)
        assert learner.predict(X).shape == (6, 70)
        assert learner.predict_proba(X).shape == (6, 70)

    def test_one_row_to_predict(self, learner: Any, problem: Any) -> None:
        learner.fit(problem.X, problem.Y)
        whole = learner.predict_proba(problem.X)
        assert_allclose(learner.predict_proba(problem.X[:1]), whole[:1])


class TestInvariance:
    def test_rows_are_predicted_independently(self, learner: Any, problem: Any) -> None:
        learner.fit(problem.X, problem.Y)
        order = np.random.default_rng(0).permutation(90)
        assert_array_equal(
            learner.predict(problem.X[order]), learner.predict(problem.X)[order]
        )

    def test_order_of_training_rows(self, learner: Any, problem: Any) -> None:
        order = np.random.default_rng(0).permutation(90)
        first = clone(learner).fit(problem.X, problem.Y).predict_proba(problem.X)
        learner.fit(problem.X[order], problem.Y[order])
        assert_allclose(learner.predict_proba(problem.X), first, atol=1e-3)

    def test_weights_as_repeated_rows(self, learner: Any, problem: Any) -> None:
        weights = np.arange(90) % 3 + 1
        repeated = clone(learner).fit(
            problem.X.repeat(weights, axis=0), problem.Y.repeat(weights, axis=0)
        )
        learner.fit(problem.X, problem.Y, sample_weight=weights)
        assert_allclose(
            learner.predict_proba(problem.X),
            repeated.predict_proba(problem.X),
            atol=1e-3,
        )

    def test_weights_below_zero(self, learner: Any, problem: Any) -> None:
        with pytest.raises(ValueError, match="Negative values"):
            learner.fit(problem.X, problem.Y, sample_weight=-np.ones(90))

    def test_same_seed_same_answer(self, learner: Any, problem: Any) -> None:
        learner.set_params(random_state=5)
        first = clone(learner).fit(problem.X, problem.Y).predict_proba(problem.X)
        again = clone(learner).fit(problem.X, problem.Y).predict_proba(problem.X)
        assert_array_equal(first, again)


class TestScikitLearn:
    def test_pickle_and_back(self, learner: Any, problem: Any) -> None:
        learner.fit(problem.X, as_frame(problem))
        copy = pickle.loads(pickle.dumps(learner))
        pd.testing.assert_frame_equal(
            copy.predict(problem.X), learner.predict(problem.X)
        )

    def test_clone_has_parameters_and_no_state(
        self, learner: Any, problem: Any
    ) -> None:
        learner.set_params(random_state=1).fit(problem.X, problem.Y)
        copy = clone(learner)
        assert repr(copy) == repr(learner)
        with pytest.raises(NotFittedError, match="not fitted yet"):
            copy.predict(problem.X)

    @pytest.mark.parametrize("n_labels", [2, 5])
    def test_cross_val_predict(self, learner: Any, problem: Any, n_labels: int) -> None:
        Y = problem.Y[:, :n_labels]
        proba = cross_val_predict(learner, problem.X, Y, cv=3, method="predict_proba")
        first = clone(learner).fit(problem.X[30:], Y[30:])
        assert_allclose(proba[:30], first.predict_proba(problem.X[:30]))

    @pytest.mark.parametrize(
        "scoring", ["roc_auc", "average_precision", "f1_macro", "accuracy"]
    )
    @pytest.mark.parametrize("n_labels", [2, 5])
    def test_scorers(
        self, learner: Any, problem: Any, scoring: str, n_labels: int
    ) -> None:
        scores = cross_val_score(
            learner, problem.X, problem.Y[:, :n_labels], cv=3, scoring=scoring
        )
        assert np.isfinite(scores).all()
        assert scores.min() > 0.05

    def test_grid_search_reaches_the_base_learner(
        self, learner: Any, problem: Any
    ) -> None:
        options = {"C": [0.01, 1.0], "max_depth": [1, 4]}
        (name,) = (n for n in learner.get_params() if n.split("__")[-1] in options)
        values = options[name.split("__")[-1]]
        search = GridSearchCV(learner, {name: values}, cv=3, scoring="accuracy")
        search.fit(problem.X, problem.Y)
        (chosen,) = search.best_params_.values()
        assert chosen in values
        assert search.best_estimator_.get_params()[name] == chosen
        alone = clone(learner).set_params(**search.best_params_)
        assert_array_equal(
            search.predict(problem.X),
            alone.fit(problem.X, problem.Y).predict(problem.X),
        )

    def test_pipeline(self, learner: Any, problem: Any) -> None:
        pipeline = make_pipeline(StandardScaler(), learner)
        predicted = pipeline.fit(problem.X, problem.Y).predict(problem.X)
        scaled = StandardScaler().fit_transform(problem.X)
        alone = clone(learner).fit(scaled, problem.Y)
        assert_array_equal(predicted, alone.predict(scaled))

    def test_metrics_take_every_container(self, learner: Any, problem: Any) -> None:
        plain = clone(learner).fit(problem.X, problem.Y).predict(problem.X)
        expected = f1_score(problem.Y, plain, average="micro")
        for Y in (as_frame(problem), sp.csr_array(problem.Y)):
            predicted = clone(learner).fit(problem.X, Y).predict(problem.X)
            assert f1_score(Y, predicted, average="micro") == expected
            assert accuracy_score(Y, predicted) == accuracy_score(problem.Y, plain)


class TestBadInput:
    def test_rows_differ(self, learner: Any, problem: Any) -> None:
        with pytest.raises(ShapeError, match="X has 90 rows and Y has 89"):
            learner.fit(problem.X, problem.Y[:-1])

    def test_rows_in_another_order(self, learner: Any, problem: Any) -> None:
        X = pd.DataFrame(problem.X).add_prefix("f")
        with pytest.raises(ShapeError, match="same rows in another order"):
            learner.fit(X, as_frame(problem).iloc[::-1])
        # One table renumbered is no sign of a mistake.
        learner.fit(X.set_axis(range(100, 190)), as_frame(problem))

    def test_not_zero_and_one(self, learner: Any, problem: Any) -> None:
        Y = as_frame(problem)
        Y.iloc[17, 3] = 2
        with pytest.raises(IndicatorError, match=r"'sad-lonely' \(first: row 17 = 2\)"):
            learner.fit(problem.X, Y)

    def test_no_labels_given(self, learner: Any, problem: Any) -> None:
        with pytest.raises(IndicatorError, match=r"Pass the label matrix: fit\(X, Y\)"):
            learner.fit(problem.X, None)

    def test_no_columns(self, learner: Any, problem: Any) -> None:
        with pytest.raises(IndicatorError, match="no columns"):
            learner.fit(problem.X, np.empty((90, 0)))

    def test_wrong_number_of_features(self, learner: Any, problem: Any) -> None:
        learner.fit(problem.X, problem.Y)
        with pytest.raises(ValueError, match="X has 7 features.*expecting 8"):
            learner.predict(problem.X[:, :7])

    def test_other_columns_are_listed(self, learner: Any, problem: Any) -> None:
        X = pd.DataFrame(problem.X).add_prefix("f")
        learner.fit(X, problem.Y)
        with pytest.raises(ValueError, match=r"(?s)unseen at fit.*- g.*missing.*- f3"):
            learner.predict_proba(X.rename(columns={"f3": "g"}))

    def test_columns_in_another_order(self, learner: Any, problem: Any) -> None:
        X = pd.DataFrame(problem.X).add_prefix("f")
        learner.fit(X, problem.Y)
        with pytest.raises(ValueError, match="same order"):
            learner.predict(X.iloc[:, ::-1])

    def test_missing_values_are_the_business_of_the_base(
        self, learner: Any, problem: Any
    ) -> None:
        X = problem.X.copy()
        X[4, 2] = np.nan
        if learner.__sklearn_tags__().input_tags.allow_nan:
            assert learner.fit(X, problem.Y).predict(X).shape == (90, 5)
        else:
            with pytest.raises(ValueError, match="Input X contains NaN"):
                learner.fit(X, problem.Y)

    def test_infinite_values(self, learner: Any, problem: Any) -> None:
        X = problem.X.copy()
        X[4, 2] = np.inf
        with pytest.raises(ValueError, match="infinity"):
            learner.fit(X, problem.Y)

    def test_not_fitted(self, learner: Any, problem: Any) -> None:
        with pytest.raises(NotFittedError, match="not fitted yet"):
            learner.predict(problem.X)
        with pytest.raises(NotFittedError, match="not fitted yet"):
            learner.predict_proba(problem.X)
