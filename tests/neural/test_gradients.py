"""Values and gradients on the active backend, against derivatives by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

keras = pytest.importorskip("keras")
ops = keras.ops

from mlkit.exceptions import OptionError, ShapeError  # noqa: E402
from mlkit.neural.gradients import value_and_gradient  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 3, 4, 1), (0, 2)])
def test_any_shape(shape):
    x = np.random.default_rng(0).standard_normal(shape).astype("float32")
    value, gradient = value_and_gradient(lambda t: ops.sum(t**3), x)
    assert type(value) is float
    assert type(gradient) is np.ndarray
    assert gradient.shape == shape
    assert value == pytest.approx((x**3).sum(), rel=1e-5)
    assert_allclose(gradient, 3 * x**2, rtol=1e-5)


def test_the_argument_is_not_changed():
    x = np.array([1.0, 2.0], dtype="float32")
    value_and_gradient(lambda t: ops.sum(t * t), x)
    assert x.tolist() == [1.0, 2.0]


def test_entries_without_influence_have_gradient_zero():
    _, gradient = value_and_gradient(lambda t: t[1] * 2.0, np.array([1.0, 5.0, 7.0]))
    assert gradient.tolist() == [0.0, 2.0, 0.0]


@pytest.mark.parametrize("constant", [4.0, np.float32(4.0)])
def test_a_constant(constant):
    value, gradient = value_and_gradient(lambda _: constant, np.ones((2, 2)))
    assert value == 4.0
    assert_array_equal(gradient, np.zeros((2, 2)))


def test_integers_are_taken_as_numbers():
    value, gradient = value_and_gradient(lambda t: ops.sum(t**2), [1, -3])
    assert (value, gradient.tolist()) == (10.0, [2.0, -6.0])
    assert gradient.dtype == np.dtype(keras.config.floatx())


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_floats_keep_their_precision(dtype):
    _, gradient = value_and_gradient(lambda t: ops.sum(t), np.ones(2, dtype=dtype))
    assert gradient.dtype == np.dtype(dtype)


def test_through_a_network():
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    x = np.array([[1.0, -2.0, 0.5]], dtype="float32")
    value, gradient = value_and_gradient(lambda t: network(t, training=False)[0, 1], x)
    kernel, bias = network.get_weights()
    assert value == pytest.approx((x @ kernel + bias)[0, 1], rel=1e-5)
    assert_allclose(gradient[0], kernel[:, 1], rtol=1e-6)


@pytest.mark.parametrize(
    ("function", "shape"),
    [(lambda t: t * 2, r"\(2,\)"), (lambda t: t[:1], r"\(1,\)")],
)
def test_several_numbers_are_refused(function, shape):
    with pytest.raises(ShapeError, match=f"single number.*got shape {shape}"):
        value_and_gradient(function, [1.0, 2.0])


def test_a_backend_without_gradients(monkeypatch):
    monkeypatch.setattr(keras.config, "backend", lambda: "numpy")
    with pytest.raises(OptionError, match=r"'numpy', which has no gradients.*jax"):
        value_and_gradient(ops.sum, [1.0])
