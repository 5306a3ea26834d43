"""From rows to parts: the greedy pass, then the repairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from mlkit.splitting.coverage import Coverage, avoidable_gaps, required_parts
from mlkit.splitting.exact import is_small, place_exactly
from mlkit.splitting.greedy import place_greedily
from mlkit.splitting.refinement import (
    even_sizes,
    fill_empty_parts,
    swap_while_better,
    weighted_columns,
)
from mlkit.splitting.units import Units, make_units, sum_of_parts

__all__ = ["assign_rows"]


def assign_rows(
    labels: sp.csr_array,
    sizes: np.ndarray,
    *,
    weights: Sequence[int],
    order: int = 1,
    groups: np.ndarray | None = None,
    priority: Sequence[int] | None = None,
    rng: np.random.RandomState | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Give every row a part.

    Parameters
    ----------
    labels : csr_array of int8, shape (n_samples, n_labels)
        Entries 0 and 1, indices sorted.
    sizes : ndarray of int64, shape (n_parts,)
        The wanted rows of each part, at least 1; their sum is n_samples.
    weights : sequence of int, length n_parts
        What the shares of the greedy pass are in proportion to. (Equal for folds, even
        where their sizes differ by a row: otherwise no tie would be one.)
    order : {1, 2}, default 1
        Whether pairs of labels are shared out beside the labels.
    groups : ndarray of int64, shape (n_samples,), optional
        Number of the group of each row, from 0 on without gaps; no fewer than parts.
    priority : sequence of int, optional
        As `mlkit.splitting.coverage.required_parts`.
    rng : RandomState, optional
        Shuffles the units and breaks ties. By default units come in order, and ties go
        to the first part.

    Returns
    -------
    part_of : ndarray of int64, shape (n_samples,)
    uncovered : ndarray of int64
        The labels that have units enough for the parts that require them, and yet are
        not in all of those.
    """
    units = make_units(labels, order=order, groups=groups)
    n_units = len(units.sizes)
    required = required_parts(units.labels, len(sizes), priority=priority)
    if rng is None:
        part_of = _assign(units, sizes, weights, required, np.zeros(n_units))
    else:
        # Units are shuffled once, beforehand: then "the next unit of the label" is a
        # random one. All numbers that break ties are drawn at once, because a call of
        # the generator for each tie would take longer than all the rest.
        shuffled = rng.permutation(n_units)
        draws = rng.random_sample(n_units)
        part_of = np.empty(n_units, dtype=np.int64)
        part_of[shuffled] = _assign(
            units.reordered(shuffled), sizes, weights, required, draws
        )
    # Only what the caller can do something about is told: a label with two rows cannot
    # be in five folds.
    counts = sum_of_parts(units.labels, part_of, len(sizes))
    enough = counts.sum(axis=0) >= required.sum(axis=0)
    uncovered = np.flatnonzero(enough & (avoidable_gaps(counts, required) > 0))
    return part_of if groups is None else part_of[groups], uncovered


def _assign(
    units: Units,
    sizes: np.ndarray,
    weights: Sequence[int],
    required: np.ndarray,
    draws: np.ndarray,
) -> np.ndarray:
    """Return the part of each unit."""
    columns, shares = weighted_columns(units), sizes / sizes.sum()
    part_of = place_greedily(units.columns, units.sizes, weights, draws)
    # Sizes come first: the swaps after them keep these. Groups have no exact sizes, so
    # the descent weighs them against the labels.
    if units.grouped:
        fill_empty_parts(columns, part_of, shares)
    else:
        even_sizes(columns, part_of, sizes)
    swap_while_better(columns, part_of, shares, moves=units.grouped)
    if _count_gaps(units, part_of, required):
        return _cover(units, columns, part_of, sizes, required)
    return part_of


def _cover(
    units: Units,
    columns: sp.csr_array,
    part_of: np.ndarray,
    sizes: np.ndarray,
    required: np.ndarray,
) -> np.ndarray:
    """Return the parts after the rare labels have been brought where they lack."""
    shares = sizes / sizes.sum()
    coverage = Coverage(units, columns, part_of, shares, required)
    coverage.close_gaps()
    n_gaps = _count_gaps(units, part_of, required)
    # What the repair has upset, above all with large groups, others can make up for.
    evened = part_of.copy()
    free = coverage.free_units()
    swap_while_better(columns, evened, shares, moves=units.grouped, free=free)
    if _count_gaps(units, evened, required) <= n_gaps:
        part_of = evened
    # A last resort, not the rule: it looks at gaps only, and upsets the labels' shares.
    if n_gaps and is_small(len(part_of), len(sizes)):
        found = place_exactly(units, part_of, sizes, required)
        if _count_gaps(units, found, required) < n_gaps:
            return found
    return part_of


def _count_gaps(units: Units, part_of: np.ndarray, required: np.ndarray) -> int:
    counts = sum_of_parts(units.labels, part_of, len(required))
    return int(avoidable_gaps(counts, required).sum())
