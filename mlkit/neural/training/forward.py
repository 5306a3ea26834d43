"""From features to the outputs of a network, in batches as large as memory allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from mlkit.neural.training.rows import n_rows_of, row_bytes, take

__all__ = ["outputs_of"]

# Between the batches Python has to be waited for, so that few large ones are faster;
# beyond this size what the layers keep no longer fits into the caches.
_BATCH = 512
# Of large pictures fewer: their maps are many times as large as they are.
_BATCH_BYTES = 8 * 2**20
# Fewer are multiplied by other routines, which round in another way: a row alone would
# get another answer than the same row among others.
_LEAST_ROWS = 16
_ATTRIBUTE = "_compiled_forward"


def outputs_of(network: Any, X: Any) -> tuple[np.ndarray, ...]:
    """Return the outputs of a network for all rows.

    Parameters
    ----------
    network : keras.Model
        In inference: nothing is dropped out or augmented.
    X : features, one row or more
        As `take` reads them.

    Returns
    -------
    tuple of ndarray of float32
        One a head, each with a row for each row of `X`.

    Notes
    -----
    The network is compiled at the first call, once for all numbers of rows. Keras' own
    ``predict`` does that, too, and makes ten times the detours for a single row.
    """
    order = np.arange(n_rows_of(X))
    size = max(1, min(_BATCH, _BATCH_BYTES // row_bytes(X)))
    parts = [
        _outputs(network, take(X, order[start : start + size]))
        for start in range(0, len(order), size)
    ]
    return tuple(np.concatenate(head) for head in zip(*parts, strict=True))


def _outputs(network: Any, x: Any) -> tuple[np.ndarray, ...]:
    forward = getattr(network, _ATTRIBUTE, None)
    if forward is None:
        makers = {"tensorflow": _as_a_graph, "jax": _jitted}
        forward = makers.get(keras.backend.backend(), _plain)(network, x)
        # On the network, so that it goes with it; past the hooks with which Keras
        # looks for weights in all that is set.
        object.__setattr__(network, _ATTRIBUTE, forward)
    outputs = forward(x)
    heads = outputs if isinstance(outputs, (list, tuple)) else (outputs,)
    return tuple(np.asarray(head, dtype=np.float32) for head in heads)


def _plain(network: Any, example: Any) -> Callable[[Any], Any]:
    return network.predict_on_batch


def _as_a_graph(network: Any, example: Any) -> Callable[[Any], Any]:
    import tensorflow as tf

    def forward(x: Any) -> Any:
        return network(x, training=False)

    specs = keras.tree.map_structure(
        lambda part: tf.TensorSpec((None, *part.shape[1:]), part.dtype), example
    )
    graph = tf.function(forward).get_concrete_function(specs)
    return lambda x: graph(*map(tf.constant, keras.tree.flatten(x)))


def _jitted(network: Any, example: Any) -> Callable[[Any], Any]:
    import jax

    @jax.jit
    def forward(trainable: Any, others: Any, x: Any) -> Any:
        return network.stateless_call(trainable, others, x, training=False)[0]

    def call(x: Any) -> Any:
        # There every number of rows is compiled anew: so it is made one of few.
        n_rows = n_rows_of(x)
        length = max(_LEAST_ROWS, 1 << (n_rows - 1).bit_length())
        x = keras.tree.map_structure(lambda part: _lengthened(part, length), x)
        trainable, others = (
            [variable.value for variable in group]
            for group in (network.trainable_variables, network.non_trainable_variables)
        )
        outputs = forward(trainable, others, x)
        return keras.tree.map_structure(lambda head: head[:n_rows], outputs)

    return call


def _lengthened(part: np.ndarray, length: int) -> np.ndarray:
    return np.pad(part, [(0, length - len(part))] + [(0, 0)] * (part.ndim - 1))
