from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from mlkit.models.label_sets import (
    fit_sets,
    label_marginals,
    number_label_sets,
    predict_sets,
)

SETS = np.array([[0, 0], [1, 0], [1, 1]], dtype=np.int8)


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_answers_of_a_classifier_of_sets(container: type) -> None:
    X, codes = np.zeros((10, 1)), [0] * 4 + [1] * 3 + [2] * 3
    prior = DummyClassifier(strategy="prior").fit(X, codes)
    predicted = predict_sets(prior, X[:2], container(SETS))
    assert isinstance(predicted, type(container(SETS)))
    assert_array_equal(sp.csr_array(predicted).toarray(), [[0, 0], [0, 0]])
    marginals = label_marginals(prior, X[:2], container(SETS))
    assert_allclose(marginals, [[0.6, 0.3]] * 2)


def test_rounding_does_not_lead_beyond_one() -> None:
    # Eleven times 1 / 11 sums to 1 + 2e-16.
    codes = np.arange(11)
    prior = DummyClassifier(strategy="prior").fit(np.zeros((11, 1)), codes)
    marginals = label_marginals(prior, np.zeros((1, 1)), np.ones((11, 1), np.int8))
    assert marginals.max() <= 1.0


@pytest.mark.parametrize("Base", [DecisionTreeClassifier, LogisticRegression])
def test_many_sets_are_no_regression(Base: type) -> None:
    codes = np.arange(60) % 31
    X = np.random.default_rng(0).normal(size=(60, 2))
    with pytest.warns(UserWarning, match="number of unique classes is greater than"):
        Base().fit(X, codes)
    # Warnings are errors in these tests.
    assert len(fit_sets(Base(), X, codes, name="sets").classes_) == 31


class TestNumberLabelSets:
    @given(
        st.tuples(st.integers(1, 12), st.integers(1, 80)).flatmap(
            lambda shape: arrays(np.int8, shape, elements=st.integers(0, 1))
        )
    )
    @settings(max_examples=50, deadline=None)
    def test_as_unique_rows(self, values: np.ndarray) -> None:
        expected, codes = np.unique(values, axis=0, return_inverse=True)
        first_rows, ours = number_label_sets(values)
        assert_array_equal(values[first_rows], expected)
        assert_array_equal(ours, codes)
        # A frame hands out its columns as the rows of memory.
        for layout in (sp.csr_array(values), np.asfortranarray(values)):
            assert_array_equal(number_label_sets(layout)[1], codes)

    def test_many_labels_do_not_overflow(self) -> None:
        # Powers of two beyond the 63rd would make these two sets one.
        values = np.zeros((2, 200), dtype=np.int8)
        values[0, 0] = values[1, 199] = 1
        assert_array_equal(number_label_sets(values)[1], [1, 0])

    def test_more_rows_than_a_block(self, monkeypatch: pytest.MonkeyPatch) -> None:
        values = np.random.default_rng(0).integers(0, 2, (50, 4), dtype=np.int8)
        whole = number_label_sets(values)
        monkeypatch.setattr("mlkit.models.label_sets._BLOCK_ROWS", 7)
        for ours, expected in zip(number_label_sets(values), whole, strict=True):
            assert_array_equal(ours, expected)
