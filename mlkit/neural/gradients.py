"""The gradient of a number by an array, on whichever backend Keras runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mlkit.exceptions import OptionError, ShapeError

__all__ = ["value_and_gradient"]


def value_and_gradient(
    function: Callable[[Any], Any], x: Any
) -> tuple[float, np.ndarray]:
    """Return what a function gives at a point, and its gradient there.

    Parameters
    ----------
    function : callable
        Takes one tensor and gives a single number: written with `keras.ops`, or a Keras
        model and what follows it, called with ``training=False``. It should change no
        state; on JAX it cannot.
    x : array-like of numbers, any shape
        The point. Integers are taken as `keras.config.floatx`; floating-point numbers
        keep their precision where the backend has it.

    Returns
    -------
    value : float
    gradient : ndarray of float, shape of `x`
        The derivative of the value by each entry; 0 where it does not depend on it.

    Raises
    ------
    ShapeError
        If the function gives more than one number. For the sum of several, say so in
        the function.
    OptionError
        If the backend has no gradients: ``numpy`` and ``openvino``.

    Notes
    -----
    One run of the function forward and one backward, whatever the size of `x`. At a
    kink, such as that of a ReLU at 0, the answer is one of the slopes at its sides or
    something in between, and backends may differ.

    Examples
    --------
    The sum of squares, whose gradient is 2x:

    >>> from keras import ops
    >>> value, gradient = value_and_gradient(lambda x: ops.sum(x**2), [1.0, -3.0])
    >>> value, gradient.tolist()
    (10.0, [2.0, -6.0])
    """
    import keras

    backend = keras.config.backend()
    if backend not in _BACKENDS:
        msg = (
            f"Keras runs on {backend!r}, which has no gradients. Set KERAS_BACKEND to "
            f"one of {', '.join(_BACKENDS)} before Keras is imported."
        )
        raise OptionError(msg)
    point = keras.ops.convert_to_tensor(x)
    if not keras.backend.is_float_dtype(point.dtype):
        point = keras.ops.cast(point, keras.config.floatx())

    def single(tensor: Any) -> Any:
        return _single_number(keras.ops.convert_to_tensor(function(tensor)))

    value, gradient = _BACKENDS[backend](single, point)
    return float(value), keras.ops.convert_to_numpy(gradient)


def _single_number(value: Any) -> Any:
    # TensorFlow would add several numbers up, and the others refuse in their own words.
    if tuple(value.shape) != ():
        msg = (
            "function must give a single number, a tensor of shape (); got shape "
            f"{tuple(value.shape)}. Take one entry, the sum or the mean in it."
        )
        raise ShapeError(msg)
    return value


def _on_tensorflow(function: Callable[[Any], Any], point: Any) -> tuple[Any, Any]:
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(point)
        value = function(point)
    return value, tape.gradient(value, point, unconnected_gradients="zero")


def _on_jax(function: Callable[[Any], Any], point: Any) -> tuple[Any, Any]:
    import jax

    return jax.value_and_grad(function)(point)


def _on_torch(function: Callable[[Any], Any], point: Any) -> tuple[Any, Any]:
    import torch

    point = point.detach().requires_grad_()
    value = function(point)
    # Zeros are added so that a function which ignores its argument has a graph.
    (gradient,) = torch.autograd.grad(value + 0 * point.sum(), point)
    return value.detach(), gradient


_BACKENDS = {"tensorflow": _on_tensorflow, "jax": _on_jax, "torch": _on_torch}
