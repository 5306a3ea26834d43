"""Repairs after the greedy pass: a part that lacks a label gets a unit with it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from mlkit.splitting.units import Units, sum_of_parts

__all__ = ["Coverage", "avoidable_gaps", "required_parts"]

# Units with the label, and units to swap them with, that are tried for one gap; gaps
# that are tried in one round. They bound the time, at about a millisecond a gap.
_MAX_CARRIERS = 20
_MAX_PARTNERS = 500
_MAX_GAPS = 500
_MAX_ROUNDS = 20


def required_parts(
    labels: sp.csr_array, n_parts: int, *, priority: Sequence[int] | None = None
) -> np.ndarray:
    """Say which parts must have a positive of which label.

    Parameters
    ----------
    labels : csr_array of int8, shape (n_units, n_labels)
        Entries 0 and 1.
    n_parts : int
    priority : sequence of int, optional
        The parts, those first that get the positives of a label that has fewer than
        there are parts. By default the parts are alike: all of them count as required,
        and such a label is wanted in as many as it has units.

    Returns
    -------
    ndarray of bool, shape (n_parts, n_labels)

    Examples
    --------
    >>> labels = sp.csr_array(np.array([[1, 1, 0], [1, 0, 0]], dtype=np.int8))
    >>> required_parts(labels, 2, priority=[0, 1]).tolist()
    [[True, True, False], [True, False, False]]
    """
    if priority is None:
        return np.ones((n_parts, labels.shape[1]), dtype=bool)
    n_units = np.asarray(labels.sum(axis=0, dtype=np.int64)).ravel()
    # The inverse of a permutation: the rank of each part.
    return np.argsort(priority)[:, None] < np.minimum(n_units, n_parts)


def avoidable_gaps(counts: np.ndarray, required: np.ndarray) -> np.ndarray:
    """Count the parts that lack a label though there are units enough.

    Parameters
    ----------
    counts : ndarray of int, shape (n_parts, n_labels)
        Units with the label in each part.
    required : ndarray of bool, shape (n_parts, n_labels)
        From `required_parts`.

    Returns
    -------
    ndarray of int64, shape (n_labels,)
        A label with fewer units than required parts is expected in as many of them as
        it has units.

    Examples
    --------
    >>> avoidable_gaps(np.array([[2, 1], [0, 0]]), np.ones((2, 2), dtype=bool)).tolist()
    [1, 0]
    """
    covered = ((counts > 0) & required).sum(axis=0)
    return np.minimum(required.sum(axis=0), counts.sum(axis=0)) - covered


class Coverage:
    """Which part has which label, and what a swap would change about it.

    Parameters
    ----------
    units : Units
    columns : csr_array of float64, shape (n_units, n_columns)
        As `mlkit.splitting.refinement.weighted_columns` gives them: of the swaps that
        close a gap, the one that disturbs these least is made.
    part_of : ndarray of int64, shape (n_units,)
        The part of each unit; changed in place.
    shares : ndarray of float64, shape (n_parts,)
        The wanted shares; their sum is 1.
    required : ndarray of bool, shape (n_parts, n_labels)
        From `required_parts`.

    Notes
    -----
    A gap is a label and a part that has no unit of it, though it is required. To close
    all of them is the colouring of a hypergraph: hard in general, and sometimes
    impossible. Here each gap is closed by the best single swap (or move, of groups)
    that leaves fewer gaps than before. Where there is none, a swap may close one gap
    and open another, which can be easier to close; each unit does so once at most.
    """

    def __init__(
        self,
        units: Units,
        columns: sp.csr_array,
        part_of: np.ndarray,
        shares: np.ndarray,
        required: np.ndarray,
    ) -> None:
        self.labels, self.columns = units.labels, columns
        self.by_label = units.labels.tocsc()
        self.part_of, self.required = part_of, required
        # Only with groups a part may have one unit more or less.
        self.may_move = units.grouped
        self.counts = sum_of_parts(units.labels, part_of, len(shares))
        self.surplus = sum_of_parts(columns, part_of, len(shares))
        self.surplus -= np.outer(shares, self.surplus.sum(axis=0))
        # Units that have opened one gap for another: without this they would do so in
        # turns for ever.
        self._walked: set[int] = set()
        # What one unit carries, spread out for look-ups and wiped after them: a new
        # array each time would cost O(n_labels).
        self._has_label = np.zeros(units.labels.shape[1], dtype=bool)
        self._carries = np.zeros(columns.shape[1])

    def close_gaps(self) -> None:
        """Swap units until no swap leaves fewer gaps, or as many but others."""
        for _ in range(_MAX_ROUNDS):
            if not self._close_each(most=-1) and not self._close_each(most=0):
                return

    def _close_each(self, *, most: int) -> bool:
        """Try each gap once; a swap may leave `most` more gaps. Say if one was made."""
        avoidable = avoidable_gaps(self.counts, self.required) > 0
        lacking = self.required & (self.counts == 0) & avoidable
        gaps = np.argwhere(lacking.T)[:_MAX_GAPS].tolist()
        # All are tried: a generator would stop at the first that is closed.
        return any([self._close(label, part, most) for label, part in gaps])  # noqa: C419

    def free_units(self) -> np.ndarray:
        """Say which units can leave their part without opening a gap.

        Returns
        -------
        ndarray of bool, shape (n_units,)
        """
        only_one = self.required & (self.counts == 1)
        part = np.repeat(self.part_of, np.diff(self.labels.indptr))
        # Two units may still be the last two of a label, and both leave: the caller
        # counts the gaps again.
        bound = only_one[part, self.labels.indices].astype(np.int64)
        return _row_sums(bound, self.labels.indptr) == 0

    def _close(self, label: int, part: int, most: int) -> bool:
        """Bring the label to the part by the best swap; say whether one was made."""
        if self.counts[part, label]:
            return False  # an earlier swap of this round has brought it
        span = slice(self.by_label.indptr[label], self.by_label.indptr[label + 1])
        # Partners are cut out once: to slice rows takes longer than to rate them.
        partners = _some(np.flatnonzero(self.part_of == part), _MAX_PARTNERS)
        offered = self.labels[partners], self.columns[partners]
        # Gaps first, then the deviation: tuples compare in this order.
        swaps = [
            self._best_partner(unit, part, most, *offered)
            for unit in _some(self.by_label.indices[span], _MAX_CARRIERS).tolist()
            if most < 0 or unit not in self._walked
        ]
        useless, _, unit, position = min(swaps, default=(True, 0.0, 0, 0))
        if useless:
            return False
        if most == 0:
            self._walked.add(unit)
        origin = self.part_of[unit]
        self._move(unit, part)
        if position < len(partners):
            self._move(partners[position], origin)
        return True

    def _best_partner(
        self,
        unit: int,
        part: int,
        most: int,
        labels: sp.csr_array,
        columns: sp.csr_array,
    ) -> tuple[bool, float, int, int]:
        """Return whether too many gaps remain, half the deviation's change, and who.

        A position after the last partner stands for a move without one.
        """
        origin = self.part_of[unit]
        gaps = self._gap_changes(unit, origin, part, labels)
        costs = self._costs(unit, origin, part, columns)
        if not self.may_move or (self.part_of == origin).sum() < 2:
            gaps, costs = gaps[:-1], costs[:-1]
        # One gap less is enough: a swap that closes two may be one of large groups.
        best = int(np.lexsort((costs, gaps > most))[0])
        return bool(gaps[best] > most), float(costs[best]), unit, best

    def _gap_changes(
        self, unit: int, origin: int, part: int, partners: sp.csr_array
    ) -> np.ndarray:
        """Return how many more gaps a swap with each partner leaves; last, a move."""
        mine = _row(self.labels, unit)[0]
        # A label that both carry stays where it is: take back what `mine` says of it.
        self._has_label[mine] = True
        both = self._has_label[partners.indices]
        self._has_label[mine] = False
        theirs = np.where(
            both,
            -self._gap_change(partners.indices, origin, part),
            self._gap_change(partners.indices, part, origin),
        )
        sums = _row_sums(theirs, partners.indptr)
        return self._gap_change(mine, origin, part).sum() + np.append(sums, 0)

    def _gap_change(self, labels: np.ndarray, origin: int, to: int) -> np.ndarray:
        """Return the change of gaps, label by label, if a unit with them moves."""
        opened = self.required[origin, labels] & (self.counts[origin, labels] == 1)
        closed = self.required[to, labels] & (self.counts[to, labels] == 0)
        return opened.astype(np.int64) - closed

    def _costs(
        self, unit: int, origin: int, part: int, partners: sp.csr_array
    ) -> np.ndarray:
        """Return half the change of the deviation for each partner; last, for a move.

        The derivation is that of `mlkit.splitting.refinement.Balance`.
        """
        indices, carried = _row(self.columns, unit)
        difference = self.surplus[part, indices] - self.surplus[origin, indices]
        own = carried @ (carried + difference)
        self._carries[indices] = carried
        also = partners.indices
        difference = self.surplus[part, also] - self.surplus[origin, also]
        values = partners.data * (partners.data - difference - 2 * self._carries[also])
        self._carries[indices] = 0
        return own + np.append(_row_sums(values, partners.indptr), 0.0)

    def _move(self, unit: int, part: int) -> None:
        origin = self.part_of[unit]
        labels = _row(self.labels, unit)[0]
        self.counts[origin, labels] -= 1
        self.counts[part, labels] += 1
        indices, carried = _row(self.columns, unit)
        self.surplus[origin, indices] -= carried
        self.surplus[part, indices] += carried
        self.part_of[unit] = part


def _row(matrix: sp.csr_array, row: int) -> tuple[np.ndarray, np.ndarray]:
    """Return columns and values of a row."""
    span = slice(matrix.indptr[row], matrix.indptr[row + 1])
    return matrix.indices[span], matrix.data[span]


def _row_sums(values: np.ndarray, indptr: np.ndarray) -> np.ndarray:
    """Return the sum of the values of each row of a CSR matrix."""
    return np.diff(np.concatenate([[0], np.cumsum(values)])[indptr])


def _some(units: np.ndarray, limit: int) -> np.ndarray:
    """Return at most so many units, evenly spaced."""
    return units[:: max(1, -(-len(units) // limit))]
