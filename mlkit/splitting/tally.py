"""Counts of rows and positives in the parts of a split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from mlkit.exceptions import ShapeError

__all__ = ["Tally", "row_positions", "tally"]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows, and positives of each column, are in each part and in all.

    Parameters
    ----------
    positives : ndarray of int64, shape (n_parts, n_columns)
    sizes : ndarray of int64, shape (n_parts,)
        Rows of each part.
    overall : ndarray of int64, shape (n_columns,)
        Positives in all rows.
    n_samples : int
        Number of all rows.
    """

    positives: np.ndarray
    sizes: np.ndarray
    overall: np.ndarray
    n_samples: int

    def distribution_errors(self) -> np.ndarray:
        """Return the mean difference of the odds in each part from those in all rows.

        Returns
        -------
        ndarray of float64, shape (n_parts,)
            At least 0. Infinite where a column is 1 in every row of a part, but not in
            all; NaN where no column can be compared.

        Notes
        -----
        See `mlkit.splitting.label_distribution_error`. A column that is 1 in all rows
        has infinite odds everywhere, and infinity minus infinity would make the whole
        mean NaN: it is left out.
        """
        kept = self.overall < self.n_samples
        if not kept.any():
            return np.full(len(self.sizes), np.nan)
        odds = _odds(self.positives[:, kept], self.sizes[:, None])
        return np.abs(odds - _odds(self.overall[kept], self.n_samples)).mean(axis=1)


def tally(columns: sp.csr_array, parts: Sequence[np.ndarray]) -> Tally:
    """Count rows and positives of parts.

    Parameters
    ----------
    columns : csr_array of int8, shape (n_samples, n_columns)
        Entries 0 and 1.
    parts : sequence of ndarray of int
        Row positions.

    Returns
    -------
    Tally

    Examples
    --------
    >>> columns = sp.csr_array(np.array([[1, 0], [1, 1], [0, 1]]))
    >>> tally(columns, [np.array([0, 1]), np.array([2])]).positives.tolist()
    [[2, 1], [0, 1]]
    """
    sums = [columns[rows].sum(axis=0, dtype=np.int64) for rows in parts]
    return Tally(
        np.array(sums).reshape(len(parts), columns.shape[1]),
        np.array([len(rows) for rows in parts]),
        np.asarray(columns.sum(axis=0, dtype=np.int64)).ravel(),
        int(columns.shape[0]),
    )


def row_positions(parts: Iterable[Any], n_samples: int) -> list[np.ndarray]:
    """Check the rows of parts.

    Parameters
    ----------
    parts : iterable of array-like
        Row positions of each part, or masks.
    n_samples : int

    Returns
    -------
    list of ndarray of int64

    Raises
    ------
    ShapeError
        If there is no part, a part has no row, or a position is out of range.
    """
    checked = [_positions(rows, n_samples) for rows in parts]
    n_empty = sum(rows.size == 0 for rows in checked)
    if not checked or n_empty:
        msg = (
            f"Got {len(checked)} folds, of which {n_empty} have no row to test. Pass "
            "pairs (train, test), such as list(cv.split(X, Y)); an iterator can be "
            "used only once."
        )
        raise ShapeError(msg)
    return checked


def _positions(rows: Any, n_samples: int) -> np.ndarray:
    array = np.asarray(rows)
    # As integers, True and False would be the rows 1 and 0.
    if array.dtype.kind == "b" and array.shape == (n_samples,):
        return np.flatnonzero(array)
    array = array.astype(np.int64)
    if array.size and not 0 <= array.min() <= array.max() < n_samples:
        msg = (
            f"Rows {array.min()} to {array.max()} are asked for, but Y has "
            f"{n_samples}. Pass the same Y that was split."
        )
        raise ShapeError(msg)
    return array


def _odds(positives: np.ndarray, sizes: Any) -> np.ndarray:
    # A column that is 1 in every row of a part: its odds are infinite, and that is the
    # answer.
    with np.errstate(divide="ignore"):
        return positives / (sizes - positives)
