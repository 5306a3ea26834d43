"""Moves and swaps that bring the parts closer to their shares."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from mlkit.splitting.units import Units, sum_of_parts

__all__ = [
    "Balance",
    "even_sizes",
    "fill_empty_parts",
    "swap_while_better",
    "weighted_columns",
]

# What a pair of labels counts for beside a label. With 1, twice the label error is
# left on tmc2007-500; with .01, pairs are no more even than after the greedy pass.
_PAIR_WEIGHT = 0.1

# Units looked at for a move or a swap, so that the cost of a swap does not depend on
# the number of rows. Half as many leave up to a quarter more of the label error
# (delicious), twice as many take a fifth off it and half as long again.
_POOL = 3000

# Swaps for each part. Most label matrices need 20 or 30 in all; with the 983 labels of
# delicious the limit is reached, and the label error has halved by then.
_SWAPS_PER_PART = 100

# A gain below this is rounding.
_LEAST_GAIN = 1e-9


def weighted_columns(units: Units) -> sp.csr_array:
    """Return the columns to be shared out, weighted for a sum of squares.

    Parameters
    ----------
    units : Units

    Returns
    -------
    csr_array of float64, shape (n_units, n_columns)
        Each column times the root of its weight. Groups have one more column, their
        number of rows: it keeps the sizes of the parts even too.
    """
    columns = units.columns.astype(np.float64)
    columns.data[columns.indices < units.n_pairs] *= _PAIR_WEIGHT**0.5
    if not units.grouped:
        return columns
    return sp.csr_array(sp.hstack([columns, units.sizes[:, None].astype(np.float64)]))


class Balance:
    """How far each part is from its share of each column, for a pool of units.

    Parameters
    ----------
    columns : csr_array of float64, shape (n_units, n_columns)
        As `weighted_columns` gives them.
    part_of : ndarray of int64, shape (n_units,)
        The part of each unit; `move` writes to it.
    shares : ndarray of float64, shape (n_parts,)
        The wanted shares; their sum is 1.
    free : ndarray of bool, shape (n_units,), optional
        Which units may be in the pool; by default all.

    Notes
    -----
    With D[j, i] the surplus of column i in part j, the deviation is the sum of all
    D². To move a unit y from part a to part b changes it by
    2 (y·y - y·D[a] + y·D[b]). The products y·D are kept for all units of the pool and
    all parts, so that the best move is one look-up.
    """

    def __init__(
        self,
        columns: sp.csr_array,
        part_of: np.ndarray,
        shares: np.ndarray,
        free: np.ndarray | None = None,
    ) -> None:
        n_parts = len(shares)
        surplus = sum_of_parts(columns, part_of, n_parts)
        surplus -= np.outer(shares, surplus.sum(axis=0))
        self.all_parts = part_of
        free = np.ones(len(part_of), dtype=bool) if free is None else free
        self.pool = _evenly_spaced(np.where(free, part_of, -1), n_parts)
        self.part_of = part_of[self.pool]
        # Columns that no unit of the pool has cannot change.
        picked = columns[self.pool]
        used, indices = np.unique(picked.indices, return_inverse=True)
        self.columns = sp.csr_array(
            (picked.data, indices, picked.indptr), shape=(len(self.pool), len(used))
        )
        self.pull = (self.columns @ surplus[:, used].T).T
        # y·y, which is the same wherever a unit goes.
        self.own = np.asarray(self.columns.power(2).sum(axis=1)).ravel()

    def move_costs(self) -> np.ndarray:
        """Return half the change of the deviation for each part and unit of the pool.

        Returns
        -------
        ndarray of float64, shape (n_parts, n_pool)
            Negative where a move helps.
        """
        here = self.pull[self.part_of, np.arange(len(self.pool))]
        return self.pull + (self.own - here)

    def move(self, unit: int, part: int) -> None:
        """Move a unit to a part.

        Parameters
        ----------
        unit : int
            Position in the pool.
        part : int
        """
        carried = np.zeros(self.columns.shape[1])
        # D changes in two parts only, by what the unit carries.
        span = slice(self.columns.indptr[unit], self.columns.indptr[unit + 1])
        carried[self.columns.indices[span]] = self.columns.data[span]
        shared = self.columns @ carried
        self.pull[self.part_of[unit]] -= shared
        self.pull[part] += shared
        self.part_of[unit] = self.all_parts[self.pool[unit]] = part

    def best_swap(self, costs: np.ndarray) -> tuple[float, int, int]:
        """Find the two units of different parts that had best change places.

        Parameters
        ----------
        costs : ndarray of float64, shape (n_parts, n_pool)
            From `move_costs`.

        Returns
        -------
        cost : float
            At least half the change of the deviation: what the two units have in
            common would lower it further.
        first, second : int
            Positions in the pool.
        """
        n_parts = len(costs)
        cost = np.full((n_parts, n_parts), np.inf)
        unit = np.zeros((n_parts, n_parts), dtype=np.intp)
        for part in range(n_parts):
            members = np.flatnonzero(self.part_of == part)
            if members.size:
                inside = costs[:, members]
                best = inside.argmin(axis=1)
                unit[part] = members[best]
                cost[part] = inside[np.arange(n_parts), best]
        # What the best candidates have in common is left out: to look at all pairs
        # would be quadratic, and the sum is on the safe side.
        np.fill_diagonal(cost, np.inf)
        both = cost + cost.T
        a, b = np.unravel_index(both.argmin(), both.shape)
        return float(both[a, b]), int(unit[a, b]), int(unit[b, a])


def even_sizes(columns: sp.csr_array, part_of: np.ndarray, sizes: np.ndarray) -> None:
    """Move rows until every part has its size, those first whose move helps most.

    Parameters
    ----------
    columns : csr_array of float64, shape (n_samples, n_columns)
        As `weighted_columns` gives them, for rows.
    part_of : ndarray of int64, shape (n_samples,)
        The part of each row; changed in place.
    sizes : ndarray of int64, shape (n_parts,)
        The wanted sizes; their sum is n_samples.
    """
    excess = np.bincount(part_of, minlength=len(sizes)) - sizes
    while excess.any():
        # Seldom more than once: if a part has more to give than it has in the pool.
        balance = Balance(columns, part_of, sizes / sizes.sum())
        movable = excess[balance.part_of] > 0
        while movable.any() and excess.any():
            costs = np.where(movable, balance.move_costs(), np.inf)
            costs[excess >= 0] = np.inf
            part, row = np.unravel_index(costs.argmin(), costs.shape)
            excess[balance.part_of[row]] -= 1
            excess[part] += 1
            balance.move(int(row), int(part))
            movable = excess[balance.part_of] > 0


def fill_empty_parts(
    columns: sp.csr_array, part_of: np.ndarray, shares: np.ndarray
) -> None:
    """Move a group to each part that has none, from parts with more than one.

    Parameters
    ----------
    columns : csr_array of float64, shape (n_units, n_columns)
        As `weighted_columns` gives them.
    part_of : ndarray of int64, shape (n_units,)
        The part of each unit; changed in place. There are no fewer units than parts.
    shares : ndarray of float64, shape (n_parts,)
        The wanted shares; their sum is 1.
    """
    n_units = np.bincount(part_of, minlength=len(shares))
    for part in np.flatnonzero(n_units == 0):
        balance = Balance(columns, part_of, shares)
        costs = np.where(n_units[balance.part_of] > 1, balance.move_costs(), np.inf)
        unit = int(costs[part].argmin())
        n_units[balance.part_of[unit]] -= 1
        n_units[part] += 1
        balance.move(unit, int(part))


def swap_while_better(
    columns: sp.csr_array,
    part_of: np.ndarray,
    shares: np.ndarray,
    *,
    moves: bool,
    free: np.ndarray | None = None,
) -> None:
    """Swap units between the parts as long as that brings them closer to their shares.

    Parameters
    ----------
    columns : csr_array of float64, shape (n_units, n_columns)
        As `weighted_columns` gives them.
    part_of : ndarray of int64, shape (n_units,)
        The part of each unit; changed in place.
    shares : ndarray of float64, shape (n_parts,)
        The wanted shares; their sum is 1.
    moves : bool
        Whether a unit may also move alone, which changes the sizes of the parts. The
        last unit of a part stays.
    free : ndarray of bool, shape (n_units,), optional
        Which units may be swapped or moved; by default all.

    Notes
    -----
    Steepest descent, at most 100 swaps for each part. Every step lowers the deviation
    of `Balance`, so it ends where no swap helps, or at the limit.
    """
    if free is not None and not free.any():
        return
    balance = Balance(columns, part_of, shares, free)
    for _ in range(_SWAPS_PER_PART * len(shares)):
        costs = balance.move_costs()
        cost, first, second = balance.best_swap(costs)
        if moves and _move_if_better(balance, costs, cost):
            continue
        if cost > -_LEAST_GAIN:
            break
        parts = balance.part_of[[second, first]].tolist()
        balance.move(first, parts[0])
        balance.move(second, parts[1])


def _move_if_better(balance: Balance, costs: np.ndarray, cost: float) -> bool:
    """Make the best move if it costs less than the best swap, and helps."""
    n_units = np.bincount(balance.all_parts, minlength=len(costs))
    costs[:, n_units[balance.part_of] < 2] = np.inf
    # To stay is no move; it costs nothing only up to rounding.
    costs[balance.part_of, np.arange(len(balance.pool))] = np.inf
    part, unit = np.unravel_index(costs.argmin(), costs.shape)
    if costs[part, unit] > min(cost, -_LEAST_GAIN):
        return False
    balance.move(int(unit), int(part))
    return True


def _evenly_spaced(part_of: np.ndarray, n_parts: int) -> np.ndarray:
    """Return the positions of the pool: some units of every part."""
    # Evenly spaced, not the first ones: unshuffled rows may be sorted by something.
    limit = -(-_POOL // n_parts)
    pool = []
    for part in range(n_parts):
        members = np.flatnonzero(part_of == part)
        step = max(1, -(-len(members) // limit))
        pool.append(members[::step])
    return np.concatenate(pool)
