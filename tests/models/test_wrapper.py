"""What learners around another learner have in common."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC
from sklearn.utils import get_tags

import mlkit
from mlkit.exceptions import (
    ConstantLabelWarning,
    FeatureTypeError,
    RareLabelWarning,
    UnknownLabelWarning,
    warn,
)
from mlkit.models import (
    BinaryRelevance,
    CalibratedClassifier,
    ResampledClassifier,
    ThresholdedClassifier,
    make,
)
from mlkit.models.wrapper import quiet_about_constants
from mlkit.resampling import MLROS


def wrappers(inner: Any = None) -> list[Any]:
    """Every learner around another one; the last leaves the rows as they are."""
    return [
        CalibratedClassifier(inner, cv=2),
        ThresholdedClassifier(inner, cv=2),
        ResampledClassifier(inner, resampler=MLROS(share=0)),
    ]


KINDS = pytest.mark.parametrize(
    "kind", range(3), ids=["calibrated", "cut", "resampled"]
)

# Few rows, of which it does not matter here whether they can be calibrated.
pytestmark = pytest.mark.filterwarnings(
    "ignore::mlkit.exceptions.UncalibratedLabelWarning"
)


@KINDS
class TestFeaturesPassAsTheyCame:
    """The inner learner says what it can make of them, and nothing is lost before."""

    @pytest.mark.parametrize("name", ["flags", "movies"])
    def test_categories_and_texts(self, kind: int, name: str) -> None:
        ds = mlkit.load(name)[:150]
        alone = make("br-lr").fit(ds.X, ds.Y)
        learner = wrappers(make("br-lr"))[kind].fit(ds.X, ds.Y)
        # Flags has categories named by digits: as an array, they would be numbers.
        assert_array_equal(
            learner.estimator_[:-1].get_feature_names_out(),
            alone[:-1].get_feature_names_out(),
        )
        proba = learner.estimator_.predict_proba(ds.X)
        assert_allclose(proba, alone.predict_proba(ds.X), atol=1e-9)
        assert learner.predict(ds.X).columns.tolist() == list(ds.label_names)
        assert_array_equal(learner.feature_names_in_, ds.X.columns)

    def test_rows_are_taken_by_position(self, kind: int, problem: Any) -> None:
        names = np.random.default_rng(0).permutation(90)
        X = pd.DataFrame(problem.X, index=names).add_prefix("f")
        Y = pd.DataFrame(problem.Y, index=names)
        plain = wrappers()[kind].fit(problem.X, problem.Y).predict_proba(problem.X)
        learner = wrappers()[kind].fit(X, Y)
        assert_allclose(learner.predict_proba(X), plain, atol=1e-6)
        assert_array_equal(learner.predict(X).index, names)

    def test_pictures(self, kind: int, problem: Any) -> None:
        flat = wrappers(make("br-lr"))[kind].fit(problem.X, problem.Y)
        pictures = problem.X.reshape(90, 4, 2)
        learner = wrappers(make("br-lr"))[kind].fit(pictures, problem.Y)
        assert_allclose(
            learner.predict_proba(pictures), flat.predict_proba(problem.X), atol=1e-9
        )

    def test_gaps_that_the_inner_learner_fills(self, kind: int, problem: Any) -> None:
        X = problem.X.copy()
        X[::7, 2] = np.nan
        learner = wrappers(make("br-lr"))[kind].fit(X, problem.Y)
        assert learner.predict(X).shape == (90, 5)

    def test_a_nested_list(self, kind: int, problem: Any) -> None:
        plain = wrappers()[kind].fit(problem.X, problem.Y).predict(problem.X)
        learner = wrappers()[kind].fit(problem.X.tolist(), problem.Y.tolist())
        assert_array_equal(learner.predict(problem.X.tolist()), plain)

    def test_texts_for_a_learner_of_numbers(self, kind: int, problem: Any) -> None:
        X = pd.DataFrame(problem.X).add_prefix("f").assign(where="sea")
        with pytest.raises(FeatureTypeError, match=r"'where \(str\)'. Put"):
            wrappers()[kind].fit(X, problem.Y)

    def test_columns_are_those_of_fit(self, kind: int, problem: Any) -> None:
        X = pd.DataFrame(problem.X).add_prefix("f")
        learner = wrappers(make("br-lr"))[kind].fit(X, problem.Y)
        with pytest.raises(ValueError, match=r"(?s)unseen at fit.*- g.*missing.*- f3"):
            learner.predict(X.rename(columns={"f3": "g"}))

    def test_a_single_dimension(self, kind: int, problem: Any) -> None:
        with pytest.raises(ValueError, match="Expected 2D array, got 1D array"):
            wrappers()[kind].fit(problem.X[:, 0], problem.Y)


@KINDS
class TestInnerLearner:
    def test_tags_are_its_tags(self, kind: int) -> None:
        assert get_tags(wrappers()[kind]).input_tags.sparse
        assert not get_tags(wrappers()[kind]).input_tags.allow_nan
        dense, gaps = (
            BinaryRelevance(base)
            for base in (GaussianNB(), HistGradientBoostingClassifier())
        )
        assert not get_tags(wrappers(dense)[kind]).input_tags.sparse
        assert get_tags(wrappers(gaps)[kind]).input_tags.allow_nan

    def test_it_stays_as_it_was(self, kind: int, problem: Any) -> None:
        inner = BinaryRelevance()
        wrappers(inner)[kind].fit(problem.X, problem.Y)
        assert not hasattr(inner, "classes_")

    def test_weights_that_it_does_not_take(self, kind: int, problem: Any) -> None:
        learner = wrappers(make("br-lr"))[kind]
        with pytest.raises(TypeError, match="sample_weight was given, and Pipeline"):
            learner.fit(problem.X, problem.Y, sample_weight=np.ones(90))

    def test_without_probabilities(self, kind: int) -> None:
        learner = wrappers(BinaryRelevance(LinearSVC()))[kind]
        with pytest.raises(AttributeError, match="no attribute") as caught:
            learner.predict_proba([[0.0]])
        assert "BinaryRelevance has no predict_proba here" in str(
            caught.value.__cause__
        )


@KINDS
@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_constant_labels_whatever_the_inner_learner_says(
    kind: int, container: Any, problem: Any
) -> None:
    Y = problem.Y.copy()
    Y[:, 1], Y[:, 3] = 0, 1
    learner = wrappers()[kind]
    with pytest.warns(ConstantLabelWarning, match="2 of 5 labels"):
        learner.fit(problem.X, container(Y))
    # A learner that was asked for something else than it was fitted to.
    turned = BinaryRelevance().fit(problem.X, problem.Y)
    learner.estimator_ = turned.fit(problem.X, container(problem.Y))
    predicted = learner.predict(problem.X)
    predicted = predicted.toarray() if sp.issparse(predicted) else predicted
    assert_array_equal(predicted[:, [1, 3]], Y[:, [1, 3]])
    assert_array_equal(learner.predict_proba(problem.X)[:, [1, 3]], Y[:, [1, 3]])
    assert predicted[:, [0, 2, 4]].any(axis=0).all()


def test_only_what_was_said_before_is_silenced() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with quiet_about_constants():
            for category in (
                ConstantLabelWarning,
                UnknownLabelWarning,
                RareLabelWarning,
            ):
                warn("said", category)
    assert [item.category for item in caught] == [RareLabelWarning]
