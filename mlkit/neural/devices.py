"""In what precision layers compute, and on how many devices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras

from mlkit.exceptions import OptionError

__all__ = ["data_parallel", "layers_in", "resolve_precision"]


def resolve_precision(precision: str) -> str:
    """Return the name of the dtype policy for this machine.

    Parameters
    ----------
    precision : {"float32", "mixed_float16", "mixed_bfloat16", "auto"}

    Returns
    -------
    str
        ``"auto"`` becomes mixed_float16 with a GPU, mixed_bfloat16 with a TPU, and
        float32 on processors, which would compute in half precision more slowly.
    """
    if precision != "auto":
        return precision
    # Without a kind: JAX raises where a kind is asked for that is not there.
    kinds = {
        name.partition(":")[0].lower() for name in keras.distribution.list_devices()
    }
    if "tpu" in kinds:
        return "mixed_bfloat16"
    return "mixed_float16" if kinds & {"gpu", "cuda", "rocm"} else "float32"


@contextmanager
def layers_in(precision: str) -> Iterator[None]:
    """Let layers that are made inside compute in a precision.

    Parameters
    ----------
    precision : str
        As `resolve_precision` gives it. The policy that was set before is set again in
        the end.
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


@contextmanager
def data_parallel(devices: Sequence[str] | None = None) -> Iterator[Any]:
    """Train on several devices at once: each has all weights and a part of the batch.

    Parameters
    ----------
    devices : sequence of str, optional
        Names as of ``keras.distribution.list_devices()``, by default all of the best
        kind.

    Yields
    ------
    keras.distribution.DataParallel

    Raises
    ------
    OptionError
        If Keras cannot share batches out on this backend, or there are no such devices.

    Notes
    -----
    Gradients are averaged over the devices after every step, so that the result is that
    of one device with the same batch, but for rounding. `batch_size` is that of all
    devices together, and has to be a multiple of their number; rows of an epoch that
    are left over, fewer than there are devices, have no turn in it.

    On several machines the same program is started on each of them, after
    ``keras.distribution.initialize(job_addresses, num_processes, process_id)``; every
    process has to be given the same data and the same `random_state`.

    A machine with processors alone can pretend to have several devices, to try it out:
    ``XLA_FLAGS=--xla_force_host_platform_device_count=4`` with the JAX backend.

    Examples
    --------
    >>> with data_parallel():  # doctest: +SKIP
    ...     model.fit(X, Y)
    """
    if keras.backend.backend() != "jax":
        msg = (
            "Keras shares batches out over devices on the JAX backend; this one is "
            f"{keras.backend.backend()}. Set KERAS_BACKEND=jax before importing Keras."
        )
        raise OptionError(msg)
    known = keras.distribution.list_devices()
    chosen = known if devices is None else list(devices)
    unknown = [name for name in chosen if name not in known]
    if unknown or not chosen:
        msg = f"There are no devices {unknown}; this machine has {known}."
        raise OptionError(msg)
    distribution = keras.distribution.DataParallel(
        devices=chosen, auto_shard_dataset=False
    )
    before = keras.distribution.distribution()
    keras.distribution.set_distribution(distribution)
    try:
        yield distribution
    finally:
        keras.distribution.set_distribution(before)
