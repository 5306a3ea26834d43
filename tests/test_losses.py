"""Cross-entropies of logits, against hand-computed numbers and finite differences."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from mlkit.activations import sigmoid
from mlkit.exceptions import IndicatorError, ScoresError, ShapeError
from mlkit.losses import (
    binary_cross_entropy,
    binary_cross_entropy_gradient,
    softmax_cross_entropy,
    softmax_cross_entropy_gradient,
)
from mlkit.metrics import log_loss

# The worked example of lesson 03.
LOGITS = np.array(
    [[1.9072, 1.1079, 1.4906], [-0.6584, -0.0512, 0.7608], [-0.0614, 0.6583, 0.1095]]
)
Y = np.array([[0, 1, 1], [1, 1, 1], [0, 0, 0]])
LOSSES = [binary_cross_entropy, softmax_cross_entropy]
GRADIENTS = [binary_cross_entropy_gradient, softmax_cross_entropy_gradient]
PAIRS = list(zip(LOSSES, GRADIENTS, strict=True))

real = st.floats(-50, 50)
rows = st.integers(1, 6).flatmap(
    lambda n: st.tuples(
        st.lists(real, min_size=n, max_size=n),
        st.lists(st.integers(0, 1), min_size=n, max_size=n),
    )
)


class TestBinaryCrossEntropy:
    def test_the_numbers_of_the_lesson(self):
        losses = binary_cross_entropy(LOGITS, Y)
        assert losses.shape == (3, 3)
        assert losses.mean(axis=1).round(4).tolist() == [0.8447, 0.7260, 0.8293]
        assert round(losses.mean(), 4) == 0.8000

    def test_by_hand(self):
        # Probabilities 3/4 and 1/4: -log p of a true one, -log(1 - p) of another.
        z = np.log([3, 1 / 3, 3])
        expected = np.log([4 / 3, 4, 4])
        np.testing.assert_allclose(binary_cross_entropy(z, [1, 1, 0]), expected)

    def test_it_is_the_metric_of_the_probabilities(self):
        expected = log_loss(Y, sigmoid(LOGITS))
        assert binary_cross_entropy(LOGITS, Y).mean() == pytest.approx(expected)

    def test_it_is_stable_where_probabilities_are_not(self):
        z = [-1e4, 1e4, -1e4, 1e4]
        losses = binary_cross_entropy(z, [1, 1, 0, 0])
        assert losses.tolist() == [1e4, 0.0, 0.0, 1e4]
        # Here 1 - p is rounded to 0, and the loss is not.
        assert binary_cross_entropy([40.0], [1])[0] == pytest.approx(np.exp(-40))

    def test_the_gradient_is_p_minus_y(self):
        slopes = binary_cross_entropy_gradient(LOGITS, Y)
        np.testing.assert_allclose(slopes, sigmoid(LOGITS) - Y)
        tiny = binary_cross_entropy_gradient([40.0, -1e4, 1e4], [1, 1, 1])
        np.testing.assert_allclose(tiny, [-np.exp(-40), -1.0, 0.0], atol=1e-300)

    def test_the_gradient_of_one_label_does_not_know_the_others(self):
        before = binary_cross_entropy_gradient([1.0, -2.0, 0.5], [1, 0, 0])
        after = binary_cross_entropy_gradient([1.0, 7.0, 0.5], [1, 1, 0])
        assert (before != after).tolist() == [False, True, False]


class TestSoftmaxCrossEntropy:
    def test_one_class_is_the_negative_log_likelihood(self):
        # Shares 1/6, 2/6 and 3/6.
        losses = softmax_cross_entropy(np.log([[1, 2, 3], [1, 2, 3]]), np.eye(3)[:2])
        np.testing.assert_allclose(losses, np.log([6, 3]))

    def test_several_labels_share_the_target(self):
        # Shares 1/6, 2/6 and 3/6; the labels of 1/6 and 3/6 are true.
        loss = softmax_cross_entropy(np.log([1, 2, 3]), [1, 0, 1])
        assert loss == pytest.approx(0.5 * np.log(6) + 0.5 * np.log(2))

    def test_it_is_never_below_the_logarithm_of_the_set(self):
        loss = softmax_cross_entropy([50.0, 50.0, -50.0], [1, 1, 0])
        assert loss == pytest.approx(np.log(2))

    def test_two_classes_are_one_sigmoid(self):
        for z in (0.0, 1.5, 40.0, -1e4):
            loss = softmax_cross_entropy([0.0, z], [0, 1])
            assert loss == pytest.approx(binary_cross_entropy([z], [1])[0], abs=1e-300)

    def test_it_is_stable(self):
        assert softmax_cross_entropy([1e4, -1e4, 0.0], [0, 1, 0]) == 2e4
        assert softmax_cross_entropy([1e4, -1e4, 0.0], [1, 0, 0]) == 0.0

    def test_the_empty_set_has_no_target(self):
        assert softmax_cross_entropy([[3.0, -1.0]], [[0, 0]]).tolist() == [0.0]
        slopes = softmax_cross_entropy_gradient([[3.0, -1.0]], [[0, 0]])
        assert slopes.tolist() == [[0.0, 0.0]]

    def test_one_logit_moves_the_gradient_of_all(self):
        before = softmax_cross_entropy_gradient([1.0, -2.0, 0.5], [1, 0, 0])
        after = softmax_cross_entropy_gradient([1.0, 1.0, 0.5], [1, 0, 0])
        assert (before != after).all()

    def test_a_true_label_with_too_large_a_share_is_lowered(self):
        slopes = softmax_cross_entropy_gradient([4.0, 1.0, -2.0], [1, 1, 0])
        assert (slopes > 0).tolist() == [True, False, True]
        assert (binary_cross_entropy_gradient([4.0, 1.0], [1, 1]) < 0).all()


@pytest.mark.parametrize(("loss", "gradient"), PAIRS)
@pytest.mark.parametrize("truth", [[1, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]])
def test_gradients_are_finite_differences(loss, gradient, truth):
    z = np.array([2.0, -0.3, 0.0, -4.0])
    expected = approx_fprime(z, lambda x: loss(x, truth).sum(), 1e-7)
    np.testing.assert_allclose(gradient(z, truth), expected, atol=1e-6)


@given(rows)
def test_losses_are_not_negative_and_softmax_gradients_sum_to_nothing(row):
    z, truth = row
    assert (binary_cross_entropy(z, truth) >= 0).all()
    assert softmax_cross_entropy(z, truth) >= 0
    assert abs(softmax_cross_entropy_gradient(z, truth).sum()) < 1e-9


@pytest.mark.parametrize("function", LOSSES + GRADIENTS)
def test_rows_are_computed_one_by_one(function):
    together = function(LOGITS, Y)
    alone = [function(z, y) for z, y in zip(LOGITS, Y, strict=True)]
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize("function", LOSSES + GRADIENTS)
def test_frames_and_sparse_matrices_are_as_arrays(function):
    expected = function(LOGITS, Y)
    frames = function(pd.DataFrame(LOGITS), pd.DataFrame(Y))
    np.testing.assert_array_equal(frames, expected)
    np.testing.assert_array_equal(function(LOGITS, sp.csr_array(Y)), expected)
    assert function(np.zeros((0, 3)), np.zeros((0, 3))).shape[0] == 0


@pytest.mark.parametrize("function", LOSSES + GRADIENTS)
def test_what_is_no_pair_of_logits_and_labels(function):
    with pytest.raises(ScoresError, match="logits has 1 value that is not finite"):
        function([0.0, np.inf], [1, 0])
    with pytest.raises(IndicatorError, match=r"1 entry outside \{0, 1\}"):
        function([0.0, 1.0], [2, 0])
    with pytest.raises(ShapeError, match=r"logits and Y .* \(1, 2\) and \(1, 3\)"):
        function([0.0, 1.0], [1, 0, 0])
    with pytest.raises(ScoresError, match="must be a matrix of numbers"):
        function([[0.0, 1.0], [0.0]], [[1, 0], [0, 1]])
    with pytest.raises(ScoresError, match="at least one"):
        function([], [])


@pytest.mark.parametrize("function", LOSSES + GRADIENTS)
def test_arguments_are_not_changed(function):
    z, truth = LOGITS.copy(), Y.copy()
    function(z, truth)
    np.testing.assert_array_equal(z, LOGITS)
    np.testing.assert_array_equal(truth, Y)
