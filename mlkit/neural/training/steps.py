"""Many steps of a training in one compiled call, whatever Keras computes with.

Keras' own ``fit`` comes back to Python after every batch, which for a small network
takes longer than the step. Here the loop over the batches is compiled with the step,
which is Keras' own ``train_step``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import keras
import numpy as np

from mlkit.exceptions import OptionError

__all__ = ["Steps", "compile_steps"]

Steps: TypeAlias = Callable[[Any, Any, Any, int], float]
"""``steps(x, y, weights, batch_size)`` trains on all rows, in their order.

It returns the mean of their losses, each as it was when its batch had its turn.
"""


def compile_steps(model: Any, example: tuple[Any, Any, Any]) -> Steps:
    """Return a function that trains a compiled model on many batches at once.

    Parameters
    ----------
    model : keras.Model
        Compiled; its weights are changed by each call.
    example : tuple of features, targets and weights
        A row or more of each.

    Returns
    -------
    callable
        See `Steps`.

    Notes
    -----
    On TensorFlow the loop is part of the graph, on JAX it is a scan. With other
    backends, and where a `keras.distribution` is set, it is that of Keras.
    """
    _build(model, example)
    distribution = keras.distribution.distribution()
    if distribution is not None:
        return _one_by_one(model, n_devices=distribution.device_mesh.devices.size)
    makers = {"tensorflow": _in_a_graph, "jax": _as_a_scan}
    maker = makers.get(keras.backend.backend())
    return _one_by_one(model) if maker is None else maker(model, example)


def _build(model: Any, example: tuple[Any, Any, Any]) -> None:
    """Make all variables now: inside of a compiled loop it would be too late."""
    x, y, weights = _cut(example, slice(2))
    model.optimizer.build(model.trainable_variables)
    model.compute_loss(x=x, y=y, y_pred=model(x, training=False), sample_weight=weights)


def _one_by_one(model: Any, *, n_devices: int = 1) -> Steps:
    def steps(x: Any, y: Any, weights: Any, batch_size: int) -> float:
        if batch_size % n_devices:
            msg = (
                f"batch_size={batch_size} cannot be shared out over {n_devices} "
                f"devices evenly. Take a multiple of {n_devices}."
            )
            raise OptionError(msg)
        # What does not fill all devices is left out, other rows in each epoch.
        n_rows = len(weights) - len(weights) % n_devices
        x, y, weights = _cut((x, y, weights), slice(n_rows))
        kept = model.fit(
            x,
            y,
            sample_weight=weights,
            batch_size=batch_size,
            shuffle=False,
            verbose=0,
        )
        return kept.history["loss"][0]

    return steps


def _cut(data: Any, rows: slice) -> Any:
    return keras.tree.map_structure(lambda values: values[rows], data)


def _in_a_graph(model: Any, example: tuple[Any, Any, Any]) -> Steps:
    import tensorflow as tf

    signature = keras.tree.map_structure(
        lambda values: tf.TensorSpec((None, *values.shape[1:]), values.dtype), example
    )

    @tf.function(input_signature=[signature, tf.TensorSpec((), tf.int32)])
    def graph(data: Any, batch_size: Any) -> None:
        n_rows = tf.shape(keras.tree.flatten(data)[0])[0]
        for start in tf.range(0, n_rows, batch_size):
            # Slicing stops at the last row, so that the last batch may be short.
            end = tf.minimum(start + batch_size, n_rows)
            model.train_step(_cut(data, slice(start, end)))

    def steps(x: Any, y: Any, weights: Any, batch_size: int) -> float:
        model.reset_metrics()
        graph((x, y, weights), np.int32(batch_size))
        return _loss(model)

    return steps


def _as_a_scan(model: Any, example: tuple[Any, Any, Any]) -> Steps:
    import jax

    def step(state: Any, batch: Any) -> tuple[Any, None]:
        _, state = model.train_step(state, batch)
        return state, None

    one = jax.jit(lambda state, batch: step(state, batch)[0])
    many = jax.jit(lambda state, batches: jax.lax.scan(step, state, batches)[0])

    def steps(x: Any, y: Any, weights: Any, batch_size: int) -> float:
        model.reset_metrics()
        data = (x, y, weights)
        n_rows = keras.tree.flatten(x)[0].shape[0]
        n_batches = n_rows // batch_size
        state = _state(model)
        if n_batches:
            whole = _cut(data, slice(n_batches * batch_size))
            shape = (n_batches, batch_size)
            batches = keras.tree.map_structure(
                lambda values: values.reshape(*shape, *values.shape[1:]), whole
            )
            state = many(state, batches)
        # Shapes are fixed in a scan: the rows that are left are a step of their own.
        if n_rows % batch_size:
            state = one(state, _cut(data, slice(n_batches * batch_size, n_rows)))
        _write_back(model, state)
        return _loss(model)

    return steps


def _loss(model: Any) -> float:
    return float(model.get_metrics_result()["loss"])


def _variables(model: Any) -> tuple[list[Any], ...]:
    return (
        model.trainable_variables,
        model.non_trainable_variables,
        model.optimizer.variables,
        model.metrics_variables,
    )


def _state(model: Any) -> tuple[list[Any], ...]:
    return tuple([v.value for v in group] for group in _variables(model))


def _write_back(model: Any, state: tuple[list[Any], ...]) -> None:
    for group, values in zip(_variables(model), state, strict=True):
        for variable, value in zip(group, values, strict=True):
            variable.assign(value)
