"""Where true items stand in lists that are ordered by score: one sort a list.

A list is a row with its labels, a label with its rows, or the one list of all cells.
Every ranking metric, AUC and average precision included, is a sum over the true items
of functions of these places. The lists are sorted once, in blocks; the places of the
true items, which are few, are then found by bisection.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import scipy.sparse as sp

from mlkit.validation import Indicator

__all__ = ["Axis", "RankedLists", "rank_lists"]

Axis: TypeAlias = Literal["row", "label", "matrix"]
"""Each row a list of labels; each label a list of rows; all cells one list."""

# Cells that are sorted together: the work arrays of a block stay in the cache.
_BLOCK_CELLS = 1 << 17


@dataclass(frozen=True, slots=True, eq=False)
class RankedLists:
    """The places of the true items of lists, list by list, the best first.

    Parameters
    ----------
    n_items : ndarray of int64, shape (n_lists,)
        Items of each list; those whose truth is unknown are none.
    n_true : ndarray of int64, shape (n_lists,)
        True items of each list.
    list_of : ndarray of int64, shape (n_true_items,)
        The list of each true item; sorted.
    item : ndarray of int64, shape (n_true_items,)
        Its position in that list before the sort.
    above, reached : ndarray of int64, shape (n_true_items,)
        Items that stand before its group of equal scores, and those up to the end of
        it. Where ties are broken by position the item is a group of its own.
    hits_above, hits : ndarray of int64, shape (n_true_items,)
        The same, of true items only.
    order : ndarray of int64, shape (n_true_items,)
        Its place among the true items of its list, from 1.
    """

    n_items: np.ndarray
    n_true: np.ndarray
    list_of: np.ndarray
    item: np.ndarray
    above: np.ndarray
    reached: np.ndarray
    hits_above: np.ndarray
    hits: np.ndarray
    order: np.ndarray

    @property
    def n_lists(self) -> int:
        """Number of lists."""
        return len(self.n_items)

    @property
    def n_untrue(self) -> np.ndarray:
        """Untrue items of each list, int64 of shape (n_lists,)."""
        return self.n_items - self.n_true

    @property
    def present(self) -> np.ndarray:
        """Lists with an item whose truth is known, bool of shape (n_lists,)."""
        return self.n_items > 0

    def lack(self, needs: str) -> np.ndarray:
        """Return which lists lack what a measure needs.

        Parameters
        ----------
        needs : {"true", "pair"}
            A true item, or a pair of a true and an untrue one.

        Returns
        -------
        ndarray of bool, shape (n_lists,)
        """
        empty = self.n_true == 0
        return empty if needs == "true" else empty | (self.n_untrue == 0)

    def total(self, values: np.ndarray) -> np.ndarray:
        """Sum values of the true items by list.

        Parameters
        ----------
        values : ndarray, shape (n_true_items,)

        Returns
        -------
        ndarray of float64, shape (n_lists,)
        """
        return np.bincount(self.list_of, weights=values, minlength=self.n_lists)

    def greatest(self, values: np.ndarray) -> np.ndarray:
        """Return the greatest value among the true items of each list; 0 for none.

        Parameters
        ----------
        values : ndarray of int, shape (n_true_items,)
            At least 0.

        Returns
        -------
        ndarray of int64, shape (n_lists,)
        """
        found = np.zeros(self.n_lists, dtype=np.int64)
        np.maximum.at(found, self.list_of, values)
        return found

    def wrong_before(self, ties: str) -> np.ndarray:
        """Count the untrue items that stand before each true one.

        Parameters
        ----------
        ties : {"worst", "average", "first", "last"}
            With "average" an untrue item of the same score counts one half.

        Returns
        -------
        ndarray, shape (n_true_items,)
        """
        wrong = self.reached - self.hits
        if ties != "average":
            return wrong
        return (wrong + self.above - self.hits_above) / 2

    def share_within(self, k: int, ties: str) -> np.ndarray:
        """Return how much of each true item is among the first k of its list.

        Parameters
        ----------
        k : int
        ties : {"worst", "average", "first", "last"}
            With "average", the probability in a random order of equal scores.

        Returns
        -------
        ndarray of float64, shape (n_true_items,)
            In [0, 1].
        """
        if ties != "average":
            return (self.places() <= k).astype(np.float64)
        inside = np.clip(k - self.above, 0, self.reached - self.above)
        return inside / (self.reached - self.above)

    def places(self) -> np.ndarray:
        """Return the place of each true item, from 1, behind its untrue equals.

        Returns
        -------
        ndarray of int64, shape (n_true_items,)
        """
        return self.reached - self.hits + self.order


def rank_lists(
    true: Indicator, scores: np.ndarray, *, axis: Axis, ties: str
) -> RankedLists:
    """Rank lists of scores, the highest first.

    Parameters
    ----------
    true : Indicator
        True labels of shape (n_samples, n_labels).
    scores : ndarray of float64, shape (n_samples, n_labels)
        Finite.
    axis : {"row", "label", "matrix"}
        What a list is.
    ties : {"worst", "first", "last"}
        Whether equal scores form a group, or stand in the order of their positions, or
        in the reverse of it.

    Returns
    -------
    RankedLists

    Notes
    -----
    O(n q log m) for lists of m items, and memory for a block of lists beside the
    arguments; for all cells as one list, a copy of the scores.
    """
    places, matrix = _as_lists(true, scores, axis)
    unknown = None if true.missing is None else _as_lists_of(true.missing, axis)
    n_items = np.full(matrix.shape[0], matrix.shape[1], dtype=np.int64)
    found = [
        _locate(block, places, start, ties)
        for start, block in _blocks(matrix, unknown, n_items)
    ]
    return _assemble(places, n_items, np.concatenate(found, axis=1))


def _as_lists(
    true: Indicator, scores: np.ndarray, axis: Axis
) -> tuple[sp.csr_array, np.ndarray]:
    """Return the true items and the scores of lists, one list a row."""
    places = _as_lists_of(true.tocsr(), axis)
    # A transposed view: blocks of it are made contiguous one at a time.
    views = {"row": scores, "label": scores.T, "matrix": scores.reshape(1, -1)}
    return places, views[axis]


def _as_lists_of(matrix: Any, axis: Axis) -> Any:
    if axis == "matrix":
        if isinstance(matrix, np.ndarray):
            return matrix.reshape(1, -1)
        flat = sp.coo_array(matrix)
        # 64 bits: there are easily more cells than 32 bits can count.
        columns = flat.row.astype(np.int64) * matrix.shape[1] + flat.col
        order = np.sort(columns)
        shape = (1, matrix.shape[0] * matrix.shape[1])
        return sp.csr_array(
            (np.ones(len(order), dtype=np.int8), order, [0, len(order)]), shape=shape
        )
    if axis == "row" or isinstance(matrix, np.ndarray):
        return matrix if axis == "row" else matrix.T
    return matrix.T.tocsr()


def _blocks(
    matrix: np.ndarray, unknown: Any, n_items: np.ndarray
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield contiguous blocks of lists, unknown items at the end of them.

    The number of unknown items is taken off `n_items`.
    """
    step = max(1, _BLOCK_CELLS // max(1, matrix.shape[1]))
    for start in range(0, matrix.shape[0], step):
        lists = slice(start, start + step)
        block = np.ascontiguousarray(matrix[lists])
        if unknown is not None:
            hidden = unknown[lists]
            dense = hidden if isinstance(hidden, np.ndarray) else hidden.toarray()
            n_items[lists] -= dense.sum(axis=1)
            # Below every known item, none of them sees it.
            block = np.where(dense, -np.inf, block)
        yield start, block


def _locate(block: np.ndarray, places: Any, start: int, ties: str) -> np.ndarray:
    """Return how many items stand above and are reached, for each true item."""
    starts = places.indptr[start : start + len(block) + 1]
    items = places.indices[starts[0] : starts[-1]]
    lists = np.repeat(np.arange(len(block)), np.diff(starts))
    n_items = block.shape[1]
    if ties != "worst":
        flipped = block[:, ::-1] if ties == "last" else block
        order = np.argsort(-flipped, axis=1, kind="stable")
        rank = np.empty_like(order)
        np.put_along_axis(rank, order, np.arange(n_items)[np.newaxis], axis=1)
        place = rank[lists, n_items - 1 - items if ties == "last" else items]
        return np.stack([place, place + 1])
    ranked = np.sort(block, axis=1)
    wanted = block[lists, items]
    # Ascending: what is not below a score stands before it or beside it.
    return np.stack(
        [
            n_items - _bisect(ranked, lists, wanted, right=True),
            n_items - _bisect(ranked, lists, wanted, right=False),
        ]
    )


def _bisect(
    ranked: np.ndarray, lists: np.ndarray, wanted: np.ndarray, *, right: bool
) -> np.ndarray:
    """Find where values belong in sorted rows; `numpy.searchsorted` row by row."""
    n_lists, n_items = ranked.shape
    if n_lists == 1:
        # In order, so that neighbouring searches touch the same part of a long list.
        order = np.argsort(wanted)
        found = np.empty(len(wanted), dtype=np.int64)
        side: Any = "right" if right else "left"
        found[order] = np.searchsorted(ranked[0], wanted[order], side=side)
        return found
    flat, base = ranked.ravel(), lists * n_items
    low = np.zeros(len(wanted), dtype=np.int64)
    high = np.full(len(wanted), n_items, dtype=np.int64)
    for _ in range(n_items.bit_length()):
        middle = (low + high) >> 1
        # Where the search is over the middle may lie behind the list: no matter.
        value = flat[base + np.minimum(middle, n_items - 1)]
        further = (value <= wanted if right else value < wanted) & (low < high)
        low = np.where(further, middle + 1, low)
        high = np.where(further, high, middle)
    return low


def _assemble(places: Any, n_items: np.ndarray, found: np.ndarray) -> RankedLists:
    """Put the true items of each list into order, and count them."""
    n_true = np.diff(places.indptr).astype(np.int64)
    list_of = np.repeat(np.arange(len(n_true)), n_true)
    # One integer key orders by list and, within, by place; equal scores are equal keys.
    key = list_of * (places.shape[1] + 1) + found[0]
    order = np.argsort(key, kind="stable")
    above, reached = found[:, order]
    starts = np.cumsum(n_true) - n_true
    position = np.arange(len(key)) - starts[list_of]
    hits_above, hits = _groups(key[order], position)
    return RankedLists(
        n_items=n_items,
        n_true=n_true,
        list_of=list_of,
        item=places.indices[order].astype(np.int64),
        above=above.astype(np.int64),
        reached=reached.astype(np.int64),
        hits_above=hits_above,
        hits=hits,
        order=position + 1,
    )


def _groups(key: np.ndarray, position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where the runs of equal keys begin and end, as positions in the list."""
    new = np.ones(len(key), dtype=bool)
    new[1:] = key[1:] != key[:-1]
    run = np.cumsum(new) - 1
    first = position[new]
    size = np.bincount(run, minlength=len(first)) if len(key) else first
    return first[run], (first + size)[run]
