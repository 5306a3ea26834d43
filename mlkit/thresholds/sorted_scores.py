"""Scores that are put in order once, so that every further cut is counted at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from mlkit.metrics.cells import Cells
from mlkit.metrics.counts import Counts

__all__ = ["RowPlaces", "SortedScores"]


@dataclass(frozen=True, slots=True, eq=False)
class SortedScores:
    """The scores of the true and of the untrue cells of each list, in order.

    Parameters
    ----------
    true, untrue : tuple of ndarray of float64, length n_lists
        Ascending; one array a list. A list is a label, or all cells together.

    Examples
    --------
    >>> labels = np.array([1, 0, 1]), np.array([0.9, 0.6, 0.3])
    >>> counts = SortedScores.of([labels]).counts([0.5])
    >>> counts.true_positive.tolist(), counts.false_positive.tolist()
    ([1], [1])
    """

    true: tuple[np.ndarray, ...]
    untrue: tuple[np.ndarray, ...]

    @property
    def n_cells(self) -> np.ndarray:
        """How many known cells each list has, int64 of shape (n_lists,)."""
        pairs = zip(self.true, self.untrue, strict=True)
        return np.array([len(one) + len(other) for one, other in pairs], dtype=np.int64)

    @classmethod
    def of(cls, groups: Iterable[tuple[np.ndarray, np.ndarray]]) -> SortedScores:
        """Sort lists of labels and scores.

        Parameters
        ----------
        groups : iterable of (ndarray, ndarray)
            Truth, 0 and 1, and scores of the known cells of each list, such as
            `mlkit.metrics.cells.Cells.groups` gives.

        Returns
        -------
        SortedScores

        Notes
        -----
        Cost: O(n log n) a list.
        """
        pairs = [(np.sort(s[y == 1]), np.sort(s[y == 0])) for y, s in groups]
        return cls(tuple(one for one, _ in pairs), tuple(other for _, other in pairs))

    def counts(self, thresholds: object) -> Counts:
        """Count what is decided where a score reaches the threshold.

        Parameters
        ----------
        thresholds : array-like of float, shape (n_lists,) or (n_thresholds, n_lists)
            May be infinite. A last axis of length 1 is the same for all lists.

        Returns
        -------
        Counts
            Of shape (n_lists,) or (n_thresholds, n_lists).

        Notes
        -----
        Cost: O(log n) a threshold and list.
        """
        limits = np.asarray(thresholds, dtype=np.float64)
        limits = np.broadcast_to(limits, (*limits.shape[:-1], len(self.true)))
        found, false = np.zeros((2, *limits.shape), dtype=np.int64)
        for j, (true, untrue) in enumerate(zip(self.true, self.untrue, strict=True)):
            here = limits[..., j]
            found[..., j] = len(true) - np.searchsorted(true, here)
            false[..., j] = len(untrue) - np.searchsorted(untrue, here)
        actual = np.broadcast_to([len(true) for true in self.true], limits.shape)
        known = np.broadcast_to(self.n_cells, limits.shape)
        return Counts(found, actual, found + false, known)

    def distinct(self, most: int) -> np.ndarray:
        """Return scores between which the counts of some list change.

        Parameters
        ----------
        most : int
            How many are returned at most, at least 2.

        Returns
        -------
        ndarray of float64, shape (n_scores,)
            Ascending, each once. Where there are more, every so many of them, the
            least and the greatest among them.
        """
        values = np.unique(np.concatenate([*self.true, *self.untrue]))
        if len(values) <= most:
            return values
        return values[np.linspace(0, len(values) - 1, most).round().astype(np.int64)]


@dataclass(frozen=True, slots=True, eq=False)
class RowPlaces:
    """In which place each label stands in its row, and what the first k places hold.

    Parameters
    ----------
    places : ndarray of int, shape (n_samples, n_labels)
        0 for the label of the highest score; of equal scores, the first column first.
    found, decided : ndarray of int64, shape (n_labels + 1, n_labels)
        True cells, and known ones, of each label in the first k places, by k.

    Examples
    --------
    >>> from mlkit.metrics.cells import check_cells
    >>> cells = check_cells([[1, 0], [1, 1]], [[0.2, 0.9], [0.8, 0.7]],
    ...                     score_type="logits")
    >>> places = RowPlaces.of(cells)
    >>> places.decide(1).tolist()
    [[False, True], [True, False]]
    >>> places.found.tolist()
    [[0, 0], [1, 0], [2, 1]]
    """

    places: np.ndarray
    found: np.ndarray
    decided: np.ndarray

    @classmethod
    def of(cls, cells: Cells) -> RowPlaces:
        """Rank the labels of every row.

        Parameters
        ----------
        cells : Cells
            Labels and scores.

        Returns
        -------
        RowPlaces

        Notes
        -----
        Cost: O(n q log q).
        """
        n_samples, n_labels = cells.values.shape
        order = np.argsort(-cells.values, axis=1, kind="stable")
        places = np.empty(order.shape, dtype=np.int32)
        here = np.broadcast_to(np.arange(n_labels, dtype=np.int32), order.shape)
        np.put_along_axis(places, order, here, axis=1)
        known = np.ones_like(places, dtype=bool) if cells.known is None else cells.known
        return cls(
            places,
            _by_place(places, cells.truth == 1),
            _by_place(places, known),
        )

    def decide(self, k: int) -> np.ndarray:
        """Decide for the k labels of highest score in every row.

        Parameters
        ----------
        k : int
            In [0, n_labels].

        Returns
        -------
        ndarray of bool, shape (n_samples, n_labels)
            As `mlkit.thresholds.top_k`.
        """
        return self.places < k

    def counts(self) -> Counts:
        """Count what every k decides.

        Returns
        -------
        Counts
            Of shape (n_labels + 1, n_labels), k = 0 first.
        """
        actual = np.broadcast_to(self.found[-1], self.found.shape)
        known = np.broadcast_to(self.decided[-1], self.found.shape)
        return Counts(self.found, actual, self.decided, known)


def _by_place(places: np.ndarray, marked: np.ndarray) -> np.ndarray:
    """Count the marked cells of each label in the first k places."""
    n_labels = places.shape[1]
    # One number a cell says place and label: a single count serves all.
    cell = places[marked] * n_labels + np.nonzero(marked)[1]
    at = np.bincount(cell, minlength=n_labels**2).reshape(n_labels, n_labels)
    return np.vstack([np.zeros(n_labels, dtype=np.int64), at.cumsum(axis=0)])
