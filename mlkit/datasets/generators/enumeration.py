"""All label sets of a few labels, in the order that joint distributions have."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from mlkit.exceptions import GeneratorError

__all__ = ["MAX_LABELS", "check_n_labels", "label_sets", "row_blocks"]

MAX_LABELS = 15
"""Largest number of labels whose 2^q label sets are enumerated."""

# A million probabilities, 8 MB: memory does not grow with the number of rows.
_BLOCK_CELLS = 1 << 20


def check_n_labels(n_labels: int) -> None:
    """Check that the label sets are few enough to be enumerated.

    Parameters
    ----------
    n_labels : int

    Raises
    ------
    GeneratorError
        If there are more than `MAX_LABELS`.
    """
    if n_labels > MAX_LABELS:
        msg = (
            f"n_labels={n_labels} means 2^{n_labels} label sets for every row; the "
            f"true distribution is enumerated for at most {MAX_LABELS} labels. Use "
            "fewer labels, or a generator that returns no truth."
        )
        raise GeneratorError(msg)


@lru_cache(maxsize=4)
def label_sets(n_labels: int) -> np.ndarray:
    """List all label sets in the order of `LabelTruth.joint`.

    Parameters
    ----------
    n_labels : int
        In [1, 15].

    Returns
    -------
    ndarray of int8, shape (2 ** n_labels, n_labels)
        Read-only. Row s is the number s in binary, the first label as the highest
        digit: 00, 01, 10, 11.

    Raises
    ------
    GeneratorError
        If there are more than `MAX_LABELS`.

    Examples
    --------
    >>> label_sets(2).tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    check_n_labels(n_labels)
    digits = np.arange(n_labels - 1, -1, -1)
    sets = ((np.arange(1 << n_labels)[:, np.newaxis] >> digits) & 1).astype(np.int8)
    sets.flags.writeable = False
    return sets


def row_blocks(n_rows: int, n_labels: int) -> Iterator[slice]:
    """Cut rows into blocks whose joint distributions fit in memory.

    Parameters
    ----------
    n_rows : int
    n_labels : int

    Yields
    ------
    slice
        Consecutive rows, together ``range(n_rows)``.
    """
    size = max(1, _BLOCK_CELLS >> n_labels)
    for start in range(0, n_rows, size):
        yield slice(start, min(start + size, n_rows))
