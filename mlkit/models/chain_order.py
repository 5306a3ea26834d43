"""In which order a chain meets the labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_random_state

from mlkit.description.contingency import Contingency
from mlkit.exceptions import (
    LabelNameError,
    TooManyLabelsError,
    names_for_message,
)
from mlkit.models.transformation import label_position
from mlkit.validation import Indicator

__all__ = ["LabelOrder", "dependence_order", "resolve_order"]

LabelOrder: TypeAlias = (
    Sequence[int | str] | np.ndarray | Literal["random", "dependence"] | None
)
"""Positions or names of all labels, "random", "dependence", or None for the columns."""

# 25 million pairs: 200 MB for each measure of theirs.
_MOST_LABELS = 5_000


def resolve_order(
    order: LabelOrder,
    labels: Indicator,
    rng: np.random.RandomState | None,
    sample_weight: np.ndarray | None = None,
) -> np.ndarray:
    """Return the positions of all labels in chain order, int of shape (n_labels,)."""
    names = labels.label_names
    if order is None:
        return np.arange(len(names))
    if isinstance(order, str):
        if order == "random":
            return check_random_state(rng).permutation(len(names))
        if order == "dependence":
            return dependence_order(labels, sample_weight)
        msg = (
            "order must be None, 'random', 'dependence', or the positions or names of "
            f"all labels; got '{order}'."
        )
        raise ValueError(msg)
    positions = np.array(
        [label_position(label, names, option="order") for label in order], dtype=np.intp
    )
    # Sorted, a permutation of all labels is 0, 1, 2, ...; anything else is not one.
    if not np.array_equal(np.sort(positions), np.arange(len(names))):
        missing = [name for j, name in enumerate(names) if j not in positions]
        problem = f" It lacks {names_for_message(missing)}." if missing else ""
        msg = (
            f"order must hold each of the {len(names)} labels once; got "
            f"{len(positions)} entries.{problem}"
        )
        raise LabelNameError(msg)
    return positions


def dependence_order(
    labels: Indicator, sample_weight: np.ndarray | None = None
) -> np.ndarray:
    """Order labels so that each stands behind the one that it depends on most.

    Parameters
    ----------
    labels : Indicator of shape (n_samples, n_labels)
        Without unknown labels.
    sample_weight : ndarray, shape (n_samples,), optional
        A row of weight 2 counts as two rows.

    Returns
    -------
    ndarray of int, shape (n_labels,)
        Positions of the labels.

    Raises
    ------
    TooManyLabelsError
        If there are more than 5 000 labels: all pairs of them are compared.

    Notes
    -----
    The maximum spanning tree of the pairwise mutual information [2]_ is walked as
    Prim's algorithm builds it [3]_. The first label is the one with the greatest sum
    of mutual information with all others; the next is always the one that has most
    with any of those that stand already. So the parent of each label in the tree
    stands before it, as in Bayesian chain classifiers [1]_. Those draw the root of the
    tree at random and hand on the parent alone; here the root is fixed, so that the
    order is, and a chain hands on all earlier labels.

    Mutual information is rounded to 12 decimals, so that rounding breaks no tie;
    among equals the first column goes first. Constant labels have none and come last.

    Cost: one product O(n q^2), or O(squared sizes of the label sets) where `labels` is
    sparse; O(q^2) for the tree, in memory too.

    References
    ----------
    .. [1] J. H. Zaragoza, L. E. Sucar, E. F. Morales, C. Bielza, P. Larrañaga. Bayesian
       chain classifiers for multidimensional classification. IJCAI 2011, 2192-2197.
    .. [2] C. K. Chow, C. N. Liu. Approximating discrete probability distributions with
       dependence trees. IEEE Transactions on Information Theory 14(3), 1968, 462-467.
    .. [3] R. C. Prim. Shortest connection networks and some generalizations. Bell
       System Technical Journal 36(6), 1957, 1389-1401.

    Examples
    --------
    The last label equals the first, and the second tells little about them:

    >>> from mlkit.validation import check_indicator
    >>> labels = check_indicator([[0, 0, 0], [0, 1, 0], [1, 0, 1], [1, 0, 1]])
    >>> dependence_order(labels).tolist()
    [0, 2, 1]
    """
    gain = _mutual_information(labels, sample_weight).round(12)
    n_labels = len(gain)
    order = np.empty(n_labels, dtype=np.intp)
    # What each label has in common with those that stand; at the start with all.
    best = gain.sum(axis=1)
    waiting = np.ones(n_labels, dtype=bool)
    for place in range(n_labels):
        order[place] = np.argmax(np.where(waiting, best, -1.0))
        waiting[order[place]] = False
        reached = gain[order[place]]
        best = reached if place == 0 else np.maximum(best, reached)
    return order


def _mutual_information(
    labels: Indicator, sample_weight: np.ndarray | None
) -> np.ndarray:
    """Mutual information of all pairs in bits, shape (q, q), 0 on the diagonal."""
    n_samples, n_labels = labels.shape
    if n_labels > _MOST_LABELS:
        msg = (
            f"order='dependence' compares all pairs of at most {_MOST_LABELS} labels, "
            f"and there are {n_labels}. Take 'random', or give the order."
        )
        raise TooManyLabelsError(msg)
    weights = np.ones(n_samples)
    if sample_weight is not None:
        weights = _whole_numbers(sample_weight)
    values: Any = labels.values.astype(np.float64)
    both = (values * weights[:, np.newaxis]).T @ values
    both = both.toarray() if sp.issparse(both) else both
    counts, total = both.diagonal(), np.asarray(weights.sum())
    table = Contingency(total, counts[:, np.newaxis], counts[np.newaxis, :], both)
    gain = table.mutual_information
    # A label's information about itself is its entropy, and no reason to go first.
    np.fill_diagonal(gain, 0.0)
    return gain


def _whole_numbers(weights: np.ndarray) -> np.ndarray:
    """Scale weights by a power of two and round them to 20 bits.

    Sums of whole numbers are exact. A cell of a table that should be 0 and comes out
    at -1e-17 would make its mutual information infinite.
    """
    _, exponent = np.frexp(weights.max())
    return np.rint(np.ldexp(weights, 20 - int(exponent)))
