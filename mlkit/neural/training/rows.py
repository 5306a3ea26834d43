"""Rows of features and labels as a network takes them, a part of the data at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

__all__ = [
    "UNKNOWN",
    "Floats",
    "Rows",
    "as_floats",
    "n_rows_of",
    "part_of",
    "portions",
    "row_bytes",
    "take",
]

UNKNOWN = -1.0
"""What stands for an unknown label in the targets of a network."""

# As much is made ready at a time; what is larger is never in memory as a whole.
_PORTION_BYTES = 64 * 2**20


def n_rows_of(X: Any) -> int:
    """Return the number of rows of features.

    Parameters
    ----------
    X : array-like, sparse matrix, or tuple of them
        A tuple holds what several inputs of a network get.

    Returns
    -------
    int
    """
    return n_rows_of(X[0]) if isinstance(X, tuple) else int(X.shape[0])


def take(X: Any, rows: np.ndarray) -> Any:
    """Return some rows of features as a network takes them.

    Parameters
    ----------
    X : ndarray, csr_array, memmap, anything with ``X[rows]``, or tuple of them
    rows : ndarray of int, shape (n_taken,)

    Returns
    -------
    ndarray or tuple of ndarray
        Dense; floats as float32, whole numbers as they are.
    """
    if isinstance(X, tuple):
        return tuple(take(part, rows) for part in X)
    if sp.issparse(X):
        return X[rows].toarray().astype(np.float32)
    taken = X[rows] if _in_memory(X) else _from_disk(X, rows)
    return taken.astype(np.float32, copy=False) if taken.dtype.kind == "f" else taken


def _in_memory(X: Any) -> bool:
    """Say whether X is an array, and no view of a file."""
    if type(X) is not np.ndarray:
        return False
    base = X.base
    while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
        base = base.base
    return not isinstance(base, np.memmap)


def _from_disk(X: Any, rows: np.ndarray) -> np.ndarray:
    # In the order of the file: what lies together is read together.
    order = np.argsort(rows, kind="stable")
    read = np.asarray(X[rows[order]])
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return read[back]


class Floats:
    """Numbers that become float32 as they are read.

    Parameters
    ----------
    X : array-like of numbers, shape (n_samples, ...)

    Notes
    -----
    A network is compiled for one type of numbers, and it may be asked about bytes today
    and about floats tomorrow.

    Examples
    --------
    >>> Floats(np.array([[1, 2], [3, 4]], dtype=np.uint8))[[1]]
    array([[3., 4.]], dtype=float32)
    """

    def __init__(self, X: Any) -> None:
        self.X = X
        self.shape = X.shape
        self.dtype = np.dtype(np.float32)

    def __getitem__(self, rows: Any) -> np.ndarray:
        return np.asarray(self.X[rows], dtype=self.dtype)


def as_floats(X: Any) -> Any:
    """Return features whose numbers are taken as float32, whatever they are.

    Parameters
    ----------
    X : array-like or sparse matrix of numbers
        Not copied.

    Returns
    -------
    features
        As `take` reads them.
    """
    return X if sp.issparse(X) or np.dtype(X.dtype).kind == "f" else Floats(X)


@dataclass(frozen=True)
class Rows:
    """What a network is trained on or judged by.

    Parameters
    ----------
    X : features
        As `take` reads them.
    targets : tuple of ndarray or csr_array
        One a head of the network, each with a row for each row of `X`. Label matrices
        are 0 and 1.
    weights : ndarray of float, shape (n_samples,), or None
        Of the rows.
    missing : ndarray or csr_array of bool, or None
        Where a label of the first target is unknown.
    """

    X: Any
    targets: tuple[Any, ...]
    weights: np.ndarray | None = None
    missing: Any = None

    @property
    def n_labels(self) -> int:
        """Number of columns of the first target."""
        return int(self.targets[0].shape[1])

    def __len__(self) -> int:
        return int(self.targets[0].shape[0])

    def __getitem__(self, rows: np.ndarray) -> Rows:
        """Return a part; of features on a disk only the numbers of the rows."""
        return Rows(
            part_of(self.X, rows),
            tuple(target[rows] for target in self.targets),
            None if self.weights is None else self.weights[rows],
            None if self.missing is None else self.missing[rows],
        )

    def features(self, rows: np.ndarray) -> Any:
        """Return the features of some rows, dense."""
        return take(self.X, rows)

    def labels(self, rows: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the targets of some rows, dense float32, unknown labels negative."""
        first, *others = (_dense(target[rows]) for target in self.targets)
        if self.missing is not None:
            first[_dense(self.missing[rows]) > 0] = UNKNOWN
        return (first, *others)

    def row_weights(self, rows: np.ndarray) -> np.ndarray:
        """Return the weights of some rows, float32; ones where none were given."""
        if self.weights is None:
            return np.ones(len(rows), dtype=np.float32)
        return self.weights[rows].astype(np.float32)


class _Selected:
    """Some rows of features that stay where they are."""

    def __init__(self, X: Any, rows: np.ndarray) -> None:
        self.X, self.rows = X, rows
        self.shape = (len(rows), *X.shape[1:])
        self.dtype = X.dtype

    def __getitem__(self, rows: np.ndarray) -> np.ndarray:
        return self.X[self.rows[rows]]


def part_of(X: Any, rows: np.ndarray) -> Any:
    """Return some rows of features, as they are; of a file only their numbers.

    Parameters
    ----------
    X : features
        As `take` reads them.
    rows : ndarray of int

    Returns
    -------
    features
    """
    if isinstance(X, tuple):
        return tuple(part_of(part, rows) for part in X)
    if sp.issparse(X) or _in_memory(X):
        return X[rows]
    return _Selected(X, rows)


def _dense(part: Any) -> np.ndarray:
    dense = part.toarray() if sp.issparse(part) else part
    # Always a copy: unknown labels are written into it.
    return np.array(dense, dtype=np.float32)


def portions(
    order: np.ndarray, X: Any, n_targets: int, *, batch_size: int
) -> Iterator[np.ndarray]:
    """Cut an order of rows into portions that fit into memory.

    Parameters
    ----------
    order : ndarray of int, shape (n_samples,)
    X : features
    n_targets : int
        Numbers a row in all targets.
    batch_size : int

    Yields
    ------
    ndarray of int
        Whole batches, but for the end: all of `order` if it is small enough.
    """
    width = row_bytes(X) + 4 * n_targets
    n_batches = max(1, _PORTION_BYTES // (width * batch_size))
    length = int(n_batches * batch_size)
    for start in range(0, len(order), length):
        yield order[start : start + length]


def row_bytes(X: Any) -> int:
    """Return how many bytes a row of features has as a network gets it.

    Parameters
    ----------
    X : features
        As `take` reads them.

    Returns
    -------
    int
        At least 1.
    """
    if isinstance(X, tuple):
        return sum(map(row_bytes, X))
    itemsize = 4 if sp.issparse(X) else np.dtype(X.dtype).itemsize
    return max(1, int(np.prod(X.shape[1:], dtype=np.int64))) * min(itemsize, 4)
