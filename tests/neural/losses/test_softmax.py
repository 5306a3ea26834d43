"""Softmax cross-entropy against its NumPy twin, and the negative log-likelihood."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

keras = pytest.importorskip("keras")

from mlkit import losses as in_numpy  # noqa: E402
from mlkit.neural.gradients import value_and_gradient  # noqa: E402
from mlkit.neural.losses import (  # noqa: E402
    NegativeLogLikelihood,
    SoftmaxCrossEntropy,
)

from .cases import array, logits, targets  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


def test_it_is_the_one_in_numpy():
    Y, z = targets("hard", n_samples=30), logits(n_samples=30)
    assert (Y.sum(axis=1) == 0).any()
    assert (Y.sum(axis=1) > 1).any()
    loss = SoftmaxCrossEntropy(reduction="sum")

    expected = in_numpy.softmax_cross_entropy(z, Y)
    costs = array(SoftmaxCrossEntropy(reduction=None)(Y, z))
    assert_allclose(costs, expected, rtol=1e-5, atol=1e-6)
    expected = in_numpy.softmax_cross_entropy_gradient(z, Y)
    _, slopes = value_and_gradient(lambda t: loss(Y, t), z)
    assert_allclose(slopes, expected, atol=1e-6)


@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_it_is_the_likelihood_of_the_log_softmax(kind):
    Y, z = targets(kind), logits().astype("float32")
    log_shares = keras.ops.log_softmax(keras.ops.convert_to_tensor(z), axis=-1)
    expected = array(NegativeLogLikelihood().call(Y, log_shares))
    assert_allclose(array(SoftmaxCrossEntropy().call(Y, z)), expected, rtol=1e-6)


def test_soft_targets_by_hand():
    # Shares 1/6, 2/6 and 3/6; targets 0.2, 0 and 0.6 become 1/4, 0 and 3/4.
    z = np.log([[1.0, 2.0, 3.0]])
    expected = 0.25 * np.log(6) + 0.75 * np.log(2)
    loss = float(SoftmaxCrossEntropy()([[0.2, 0.0, 0.6]], z))
    assert loss == pytest.approx(expected, rel=1e-6)


def test_the_softmax_goes_over_the_known_labels():
    # Shares 1/4 and 3/4 of the known ones.
    z = np.log([[1.0, 2.0, 3.0]])
    loss = float(SoftmaxCrossEntropy()([[1.0, -1.0, 0.0]], z))
    assert loss == pytest.approx(np.log(4), rel=1e-6)


def test_the_likelihood_keeps_what_was_given_to_unknown_labels():
    log_shares = np.log([[1 / 6, 2 / 6, 3 / 6]])
    loss = float(NegativeLogLikelihood()([[1.0, -1.0, 0.0]], log_shares))
    assert loss == pytest.approx(np.log(6), rel=1e-6)


def test_keras_takes_several_labels_for_several_units():
    Y, z = targets("hard", n_samples=30), logits(n_samples=30)
    theirs = keras.losses.CategoricalCrossentropy(from_logits=True, reduction=None)
    ours = array(SoftmaxCrossEntropy(reduction=None)(Y, z))
    assert_allclose(array(theirs(Y, z)), Y.sum(axis=1) * ours, rtol=1e-5, atol=1e-6)


def test_an_impossible_label_costs_nothing_where_it_is_absent():
    outputs = np.array([[-np.inf, np.log(0.5), np.log(0.5)]], dtype="float32")
    Y = np.array([[0.0, 1.0, 0.0]], dtype="float32")
    value, slopes = value_and_gradient(lambda t: NegativeLogLikelihood()(Y, t), outputs)
    assert value == pytest.approx(np.log(2))
    assert_array_equal(slopes, [[0.0, -1.0, 0.0]])


def test_the_empty_set_has_no_target():
    z = np.array([[3.0, -1.0]], dtype="float32")
    Y = np.zeros_like(z)
    value, slopes = value_and_gradient(lambda t: SoftmaxCrossEntropy()(Y, t), z)
    assert value == 0.0
    assert_array_equal(slopes, [[0.0, 0.0]])


def test_small_losses_keep_their_precision():
    loss = float(SoftmaxCrossEntropy()([[1.0, 0.0]], [[12.0, 0.0]]))
    assert loss == pytest.approx(np.log1p(np.exp(-12.0)), rel=0.01)


def test_a_sure_likelihood_is_stable():
    Y = np.array([[1.0, 0.0]], dtype="float32")
    outputs = np.array([[-100.0, 0.0]], dtype="float32")
    value, slopes = value_and_gradient(lambda t: NegativeLogLikelihood()(Y, t), outputs)
    assert value == 100.0
    assert_array_equal(slopes, [[-1.0, 0.0]])
