"""What the base class does beyond the contract suite: vectors of classes, tags."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import is_classifier
from sklearn.exceptions import DataConversionWarning
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from sklearn.utils import get_tags

from mlkit.exceptions import (
    ConstantLabelWarning,
    FeatureTypeError,
    IndicatorError,
    LabelNameError,
    MissingLabelsError,
    UnknownLabelWarning,
)
from mlkit.models import BinaryRelevance, LabelPowerset, MultiLabelClassifier
from mlkit.validation import Indicator


class Fixed(MultiLabelClassifier):
    """The smallest learner: it always answers with the same probabilities."""

    def __init__(self, proba: Any = None) -> None:
        self.proba = proba

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        self.labels_ = labels

    def _predict_labels(self, X: Any) -> np.ndarray:
        return (self._predict_label_proba(X) > 0.5).astype(np.int8)

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        return np.tile(np.asarray(self.proba, dtype=float), (len(X), 1))


class TestANewLearnerNeedsOnlyThreeMethods:
    def test_containers_and_names(self) -> None:
        Y = pd.DataFrame({"calm": [0, 1], "sad": [1, 0]})
        X = pd.DataFrame({"a": [0.0, 1.0]}, index=["first", "second"])
        predicted = Fixed([0.2, 0.7]).fit(X, Y).predict(X)
        expected = pd.DataFrame({"calm": [0, 0], "sad": [1, 1]}, index=X.index)
        pd.testing.assert_frame_equal(predicted, expected)

    def test_indicator_is_handed_on_unchanged(self) -> None:
        Y = sp.csr_array([[0, 1], [1, 0]])
        fitted = Fixed([0.2, 0.7]).fit([[0], [1]], Y)
        assert fitted.labels_.kind == "sparse"
        assert isinstance(fitted.predict([[0]]), sp.csr_array)


class TestVectorOfClasses:
    def test_two_classes_are_one_label(self) -> None:
        fitted = Fixed([0.7]).fit([[0], [1], [2]], ["no", "yes", "no"])
        assert_array_equal(fitted.classes_, ["no", "yes"])
        assert fitted.n_labels_ == 1
        assert_array_equal(fitted.labels_.values, [[0], [1], [0]])
        assert_allclose(fitted.predict_proba([[0]]), [[0.3, 0.7]])
        assert_array_equal(fitted.predict([[0]]), ["yes"])

    def test_probabilities_of_more_classes_are_scaled(self) -> None:
        fitted = Fixed([0.2, 0.8, 0.6]).fit([[0], [1], [2]], [10, 20, 30])
        assert_array_equal(fitted.labels_.values, np.eye(3))
        assert_allclose(fitted.predict_proba([[0]]), [[0.125, 0.5, 0.375]])
        assert_array_equal(fitted.predict([[0], [1]]), [20, 20])

    def test_no_class_has_any_probability(self) -> None:
        fitted = Fixed([0.0, 0.0, 0.0]).fit([[0], [1], [2]], [10, 20, 30])
        assert_allclose(fitted.predict_proba([[0]]), [[1 / 3, 1 / 3, 1 / 3]])
        assert_array_equal(fitted.predict([[0]]), [10])

    def test_a_single_class(self) -> None:
        with pytest.warns(ConstantLabelWarning, match="always 1: 'only'"):
            fitted = BinaryRelevance().fit([[0], [1]], ["only", "only"])
        assert_array_equal(fitted.predict([[5]]), ["only"])
        assert_array_equal(fitted.predict_proba([[5]]), [[1.0]])

    def test_series(self) -> None:
        y = pd.Series(["a", "b", "a"], index=[5, 6, 7])
        assert_array_equal(Fixed([0.9]).fit([[0], [1], [2]], y).classes_, ["a", "b"])

    def test_binary_relevance_is_one_model_for_two_classes(self, problem: Any) -> None:
        y = problem.Y[:, 0]
        alone = LogisticRegression(max_iter=1000).fit(problem.X, y)
        fitted = BinaryRelevance().fit(problem.X, y)
        assert len(fitted.estimators_) == 1
        assert_allclose(fitted.predict_proba(problem.X), alone.predict_proba(problem.X))

    @pytest.mark.parametrize("method", [BinaryRelevance, LabelPowerset])
    @pytest.mark.parametrize("n_classes", [2, 3])
    def test_without_probabilities(
        self, method: Any, n_classes: int, problem: Any
    ) -> None:
        y = np.digitize(problem.X[:, 0], np.linspace(-1, 1, n_classes + 1)[1:-1])
        fitted = method(LinearSVC()).fit(problem.X, y)
        assert not hasattr(fitted, "predict_proba")
        assert fitted.score(problem.X, y) > 0.6

    def test_column_that_is_no_label(self) -> None:
        column = np.array([[0], [1], [2]])
        with pytest.warns(DataConversionWarning, match="column-vector y"):
            fitted = Fixed([0.1, 0.2, 0.9]).fit([[0], [1], [2]], column)
        assert_array_equal(fitted.predict([[0]]), [2])

    def test_column_of_zero_and_one_is_a_label(self) -> None:
        fitted = Fixed([0.9]).fit([[0], [1], [2]], [[0], [1], [0]])
        assert_array_equal(fitted.predict([[0]]), [[1]])
        assert_allclose(fitted.predict_proba([[0]]), [[0.9]])

    def test_quantities_are_refused(self) -> None:
        with pytest.raises(ValueError, match="Unknown label type: continuous"):
            Fixed().fit([[0], [1], [2]], [0.5, 1.5, 2.25])

    def test_lists_of_tags_are_explained(self) -> None:
        with pytest.raises(IndicatorError, match="rows differ in length"):
            Fixed().fit([[0], [1]], [["calm"], ["calm", "sad"]])


class TestColumnsThatAreNotNumbers:
    @pytest.fixture
    def table(self) -> pd.DataFrame:
        return pd.DataFrame(
            {"area": [1.0, 2.0], "zone": pd.Categorical(["n", "s"]), "name": ["x", "y"]}
        )

    def test_are_named_with_the_way_out(self, table: pd.DataFrame) -> None:
        message = r"'zone \(category\)', 'name \(str\)'. Put .*FeaturePreparation\(\)"
        with pytest.raises(FeatureTypeError, match=message) as caught:
            Fixed().fit(table, [[0, 1], [1, 0]])
        assert isinstance(caught.value, TypeError)
        assert isinstance(caught.value.__cause__, ValueError)

    def test_number_columns_keep_their_own_error(self, table: pd.DataFrame) -> None:
        numbers = table[["area"]].replace(1.0, np.nan)
        with pytest.raises(ValueError, match="contains NaN"):
            Fixed().fit(numbers, [[0, 1], [1, 0]])


class TestScore:
    Y = pd.DataFrame({"calm": [0, 1, 0], "sad": [1, 1, 0]})

    def test_by_hand(self) -> None:
        fitted = Fixed([0.2, 0.7]).fit([[0], [1], [2]], self.Y)
        assert fitted.score([[0], [1], [2]], self.Y) == pytest.approx(1 / 3)
        weighted = fitted.score([[0], [1], [2]], self.Y, sample_weight=[2, 1, 1])
        assert weighted == pytest.approx(1 / 2)

    def test_labels_in_another_order_are_refused(self) -> None:
        fitted = Fixed([0.2, 0.7]).fit([[0], [1], [2]], self.Y)
        with pytest.raises(LabelNameError, match="'sad', 'calm'; expected 'calm', 's"):
            fitted.score([[0], [1], [2]], self.Y[["sad", "calm"]])


NAN = float("nan")


class FixedForAll(Fixed):
    """The same, for learners that say that they can use unknown labels."""

    _accepts_missing_labels = True


class TestUnknownLabels:
    X = ((0,), (1,), (2,))
    Y = ((1, 0), (NAN, 1), (0, NAN))

    def test_are_refused_where_a_learner_says_nothing(self) -> None:
        match = r"Fixed cannot .* \(2 cells, first: row 1, label 'label_0'\).* Use Bin"
        with pytest.raises(MissingLabelsError, match=match):
            Fixed([0.5, 0.5]).fit(self.X, self.Y)

    def test_reach_a_learner_that_asks_for_them_as_a_mask(self) -> None:
        fitted = FixedForAll([0.7, 0.2]).fit(self.X, sp.csr_array(np.array(self.Y)))
        assert_array_equal(fitted.labels_.toarray(), [[1, 0], [0, 1], [0, 0]])
        assert_array_equal(
            fitted.labels_.missing.toarray(),
            [[False] * 2, [True, False], [False, True]],
        )
        predicted = fitted.predict(self.X)
        assert isinstance(predicted, sp.csr_array)
        assert predicted.dtype == np.int64

    def test_a_single_column_is_a_label_and_no_vector_of_classes(self) -> None:
        fitted = FixedForAll([0.9]).fit(self.X, [[0.0], [NAN], [1.0]])
        assert_array_equal(fitted.classes_, [[0, 1]])
        assert_array_equal(fitted.labels_.missing, [[False], [True], [False]])

    def test_a_vector_of_classes_must_be_complete(self) -> None:
        with pytest.raises(ValueError, match="NaN"):
            FixedForAll([0.9]).fit(self.X, [0.0, NAN, 1.0])

    def test_what_is_constant_is_judged_by_the_known_rows(self) -> None:
        Y = pd.DataFrame({"one": [1, NAN, 1], "both": [0, NAN, 1]})
        with pytest.warns(ConstantLabelWarning, match="1 of 2 .*always 1: 'one'"):
            FixedForAll([0.9, 0.9]).fit(self.X, Y)

    def test_a_label_that_no_row_knows_has_a_warning_of_its_own(self) -> None:
        Y = pd.DataFrame({"lost": [NAN] * 3, "both": [0, NAN, 1]})
        with pytest.warns(UnknownLabelWarning, match="1 of 2 .*absent: 'lost'") as seen:
            FixedForAll([0.9, 0.9]).fit(self.X, Y)
        assert len(seen) == 1
        assert seen[0].filename == __file__

    def test_score_is_over_the_known_labels(self) -> None:
        fitted = Fixed([0.7, 0.2]).fit(self.X, [[0, 1], [1, 0], [0, 1]])
        # It always says (1, 0): right, wrong, and wrong in what is known of the last.
        assert fitted.score(self.X, self.Y) == pytest.approx(1 / 3)
        assert fitted.score(self.X, self.Y, sample_weight=[2, 1, 1]) == 1 / 2
        last_unknown = [[1, 0], [1, NAN], [NAN, NAN]]
        assert fitted.score(self.X, last_unknown) == 1.0
        assert fitted.score(self.X, last_unknown, sample_weight=[1, 1, 9]) == 1.0
        assert np.isnan(fitted.score([[0]], [[NAN, NAN]]))


def test_the_base_class_itself_cannot_be_used() -> None:
    with pytest.raises(TypeError, match="abstract"):
        MultiLabelClassifier()


def test_tags() -> None:
    tags = get_tags(Fixed())
    assert tags.classifier_tags.multi_label
    assert tags.classifier_tags.multi_class
    assert is_classifier(Fixed())
