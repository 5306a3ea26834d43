"""Sigmoid and softmax: numbers of the lessons, invariants, SciPy as the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit
from scipy.special import softmax as scipy_softmax

from mlkit.activations import sigmoid, softmax
from mlkit.exceptions import ScoresError

LOGITS = arrays(
    np.float64,
    st.tuples(st.integers(1, 4), st.integers(1, 6)),
    elements=st.floats(-1000, 1000),
)


def test_the_two_winners_of_lesson_02():
    logits = [-1, 5, -0.5, 5, -0.5]
    np.testing.assert_allclose(
        softmax(logits), [0.0012, 0.4974, 0.0020, 0.4974, 0.0020], atol=5e-5
    )
    np.testing.assert_allclose(
        sigmoid(logits), [0.2689, 0.9933, 0.3775, 0.9933, 0.3775], atol=5e-5
    )


def test_sigmoid_by_hand():
    # 1 / (1 + 1/3) with exp(-z) = 1/3.
    assert sigmoid(np.log(3.0)) == pytest.approx(0.75)


@given(LOGITS)
def test_sigmoid_equals_scipy(logits):
    np.testing.assert_allclose(sigmoid(logits), expit(logits), rtol=1e-13, atol=1e-300)


@given(LOGITS)
def test_softmax_equals_scipy_on_both_axes(logits):
    for axis in (0, 1, -1):
        expected = scipy_softmax(logits, axis=axis)
        np.testing.assert_allclose(softmax(logits, axis=axis), expected, atol=1e-15)


@given(LOGITS, st.floats(-100, 100))
def test_softmax_sums_to_one_and_ignores_a_constant(logits, shift):
    shares = softmax(logits)
    np.testing.assert_allclose(shares.sum(axis=-1), 1.0)
    np.testing.assert_allclose(softmax(logits + shift), shares, rtol=1e-9, atol=1e-300)


@given(st.floats(-500, 500), st.floats(-500, 500))
def test_two_classes_are_one_sigmoid_of_the_difference(first, second):
    assert softmax([first, second])[1] == pytest.approx(sigmoid(second - first))


@given(LOGITS)
def test_sigmoid_of_the_opposite_is_the_complement(logits):
    np.testing.assert_allclose(sigmoid(logits) + sigmoid(-logits), 1.0)


def test_one_logit_moves_one_sigmoid_and_all_softmax_shares():
    before, after = np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.5, 3.0])
    assert (sigmoid(before) != sigmoid(after)).tolist() == [False, True, False]
    assert (softmax(before) != softmax(after)).all()


def test_far_tails_keep_their_precision():
    assert sigmoid(-700.0) == pytest.approx(np.exp(-700.0), rel=1e-12)
    assert sigmoid([-1000, 1000]).tolist() == [0.0, 1.0]
    assert softmax([-1000, 1000]).tolist() == [0.0, 1.0]


def test_the_argument_is_not_modified():
    logits = np.array([1.0, -2.0])
    sigmoid(logits)
    softmax(logits)
    assert logits.tolist() == [1.0, -2.0]


@pytest.mark.parametrize("function", [sigmoid, softmax])
def test_not_finite_names_the_place(function):
    with pytest.raises(ScoresError, match=r"first: position \(1, 0\) = nan"):
        function([[0.0, 1.0], [np.nan, np.inf]])


@pytest.mark.parametrize("function", [sigmoid, softmax])
def test_not_numbers(function):
    with pytest.raises(ScoresError, match="must be an array of numbers"):
        function(["beach"])


@pytest.mark.parametrize(("logits", "shape"), [(3.0, r"\(\)"), ([], r"\(0,\)")])
def test_softmax_of_nothing(logits, shape):
    with pytest.raises(ScoresError, match=f"got shape {shape}"):
        softmax(logits)
