"""Tables, arrays and sparse matrices that hold the same kind of thing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

__all__ = ["freeze", "hand_out", "n_bytes", "take_rows"]


def freeze(container: Any) -> Any:
    """Return the same data behind read-only buffers, without copying it.

    Parameters
    ----------
    container : DataFrame, csr_array or ndarray
        What the caller holds stays writable.

    Returns
    -------
    DataFrame, csr_array or ndarray
        A table is a copy-on-write view.
    """
    if sp.issparse(container):
        parts = (container.data, container.indices, container.indptr)
        frozen = sp.csr_array(
            tuple(_read_only(part) for part in parts), shape=container.shape, copy=False
        )
        frozen.has_canonical_format = container.has_canonical_format
        return frozen
    if isinstance(container, np.ndarray):
        return _read_only(container)
    return container.copy(deep=False)


def hand_out(container: Any) -> Any:
    """Return a container for others to use, whose changes do not come back.

    Parameters
    ----------
    container : DataFrame, or what `freeze` has made

    Returns
    -------
    DataFrame, csr_array or ndarray
    """
    # A shallow copy of a frame is copy-on-write: writing to it cannot reach ours.
    if isinstance(container, pd.DataFrame):
        return container.copy(deep=False)
    return container


def take_rows(container: Any, rows: np.ndarray) -> Any:
    """Return rows by their positions.

    Parameters
    ----------
    container : DataFrame, csr_array or ndarray
    rows : ndarray of int

    Returns
    -------
    DataFrame, csr_array or ndarray
    """
    return (
        container.iloc[rows] if isinstance(container, pd.DataFrame) else container[rows]
    )


def n_bytes(container: Any) -> int:
    """Return how much memory the values take.

    Parameters
    ----------
    container : DataFrame, csr_array, ndarray or None

    Returns
    -------
    int
        Of a table with texts, the texts too.

    Examples
    --------
    >>> n_bytes(np.zeros((3, 2))), n_bytes(None)
    (48, 0)
    """
    if container is None:
        return 0
    if isinstance(container, pd.DataFrame):
        return int(container.memory_usage(deep=True).sum())
    if sp.issparse(container):
        parts = (container.data, container.indices, container.indptr)
        return sum(part.nbytes for part in parts)
    return container.nbytes


def _read_only(array: np.ndarray) -> np.ndarray:
    """Return a read-only view; the caller's array stays writable."""
    view = array.view()
    view.flags.writeable = False
    return view
