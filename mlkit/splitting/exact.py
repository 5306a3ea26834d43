"""The best cover of rare labels, for problems small enough to be solved exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from mlkit.splitting.units import Units

__all__ = ["is_small", "place_exactly"]

# Pairs of a unit and a part: up to this many are solved in about a tenth of a second.
_MAX_CHOICES = 240

# Nodes of the search: an effort that, unlike seconds, is the same on every machine.
_NODE_LIMIT = 200


def is_small(n_units: int, n_parts: int) -> bool:
    """Say whether a problem is one for `place_exactly`.

    Parameters
    ----------
    n_units, n_parts : int

    Returns
    -------
    bool
    """
    return n_units * n_parts <= _MAX_CHOICES


def place_exactly(
    units: Units, part_of: np.ndarray, sizes: np.ndarray, required: np.ndarray
) -> np.ndarray:
    r"""Find the parts with the fewest gaps, moving as few units as possible.

    Parameters
    ----------
    units : Units
    part_of : ndarray of int64, shape (n_units,)
        The part of each unit so far.
    sizes : ndarray of int64, shape (n_parts,)
        The wanted rows of each part. The parts found are no further from them than
        the present ones: rows keep the sizes of the parts.
    required : ndarray of bool, shape (n_parts, n_labels)
        From `mlkit.splitting.coverage.required_parts`.

    Returns
    -------
    ndarray of int64, shape (n_units,)
        `part_of` itself where nothing was found within the limit of the search.

    Notes
    -----
    A mixed-integer linear programme: :math:`x_{uj} = 1` where unit u is in part j,
    :math:`z_{ij} = 1` where part j lacks the required label i.

    .. math:: \min\; (n + 1) \sum_{i,j} z_{ij} - \sum_u x_{u,p(u)}
        \quad\text{s.t.}\quad \sum_j x_{uj} = 1,\;
        \sum_{u \ni i} x_{uj} + z_{ij} \ge 1,\;
        \sum_u x_{uj} \ge 1,\; \Big| \sum_u s_u x_{uj} - s_j \Big| \le d

    with p the present parts, s sizes and d the present largest deviation from them.
    One gap less is worth more than all moves together.
    """
    # Loading the solver takes longer than most splits, and few need it.
    from scipy.optimize import Bounds, milp

    n_units, n_parts = len(part_of), len(sizes)
    n_choices, n_gaps = n_units * n_parts, int(required.sum())
    cost = np.concatenate([np.zeros(n_choices), np.full(n_gaps, n_units + 1.0)])
    cost[np.arange(n_units) * n_parts + part_of] = -1.0
    found = milp(
        cost,
        constraints=_constraints(units, part_of, sizes, required),
        integrality=np.ones(len(cost)),
        bounds=Bounds(0, 1),
        options={"node_limit": _NODE_LIMIT},
    )
    # Nothing within the limit of the search. A poor answer is the caller's to refuse.
    if found.x is None:
        return part_of
    return found.x[:n_choices].reshape(n_units, n_parts).argmax(axis=1)


def _constraints(
    units: Units, part_of: np.ndarray, sizes: np.ndarray, required: np.ndarray
) -> list[Any]:
    """Return the linear constraints; the choices come first, unit by unit."""
    from scipy.optimize import LinearConstraint

    n_units, n_parts, n_gaps = len(part_of), len(sizes), int(required.sum())
    parts = sp.eye_array(n_parts)
    # Sparse throughout: with q labels there are q k rows and as many more columns.
    no_gaps = sp.csr_array((n_units + 2 * n_parts, n_gaps))
    choices = sp.vstack(
        [
            sp.kron(sp.eye_array(n_units), np.ones((1, n_parts))),
            sp.kron(np.ones((1, n_units)), parts),
            sp.kron(units.sizes[None, :].astype(np.float64), parts),
        ]
    )
    covers = sp.csr_array(sp.kron(units.labels.T, parts))[required.T.ravel()]
    # Groups are as far off as they are now at most; rows are not off at all.
    off = np.abs(np.bincount(part_of, units.sizes, n_parts) - sizes).max()
    least = np.concatenate([np.ones(n_units + n_parts), sizes - off])
    most = np.concatenate([np.ones(n_units), np.full(n_parts, n_units), sizes + off])
    return [
        LinearConstraint(sp.hstack([choices, no_gaps]), least, most),
        LinearConstraint(sp.hstack([covers, sp.eye_array(n_gaps)]), 1, np.inf),
    ]
