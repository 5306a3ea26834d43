"""Bayes-optimal decisions and expected losses from a table over label sets.

Every function takes a block of rows: ``joint`` of shape (n, 2 ** q) holds
P(label set | row), and ``sets`` of shape (2 ** q, q) the label sets of its columns, in
the order of `mlkit.datasets.generators.enumeration.label_sets`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlkit.best_sets import TIE, best_sets

__all__ = ["RULES", "DecisionRule", "marginals"]


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """A loss: its optimal decision, and what any decision loses.

    Parameters
    ----------
    best : callable
        ``best(joint, sets)`` gives the optimal decisions, 0/1 of shape (n, q).
    expected : callable
        ``expected(joint, sets, decided)`` gives the expected loss of the decisions
        `decided` (n, q), shape (n,), in [0, 1].
    """

    best: Callable[[np.ndarray, np.ndarray], np.ndarray]
    expected: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def marginals(joint: np.ndarray, sets: np.ndarray) -> np.ndarray:
    """Sum the joint distribution over all other labels.

    Parameters
    ----------
    joint : ndarray, shape (n_samples, 2 ** n_labels)
        P(label set | row).
    sets : ndarray, shape (2 ** n_labels, n_labels)
        The label sets of the columns.

    Returns
    -------
    ndarray of float64, shape (n_samples, n_labels)
        P(label = 1 | row), in [0, 1].
    """
    # Rounding can carry a sum of probabilities just above one.
    return np.minimum(joint @ sets.astype(float), 1.0)


def _best_hamming(joint: np.ndarray, sets: np.ndarray) -> np.ndarray:
    return marginals(joint, sets) > 0.5 + TIE


def _expected_hamming(
    joint: np.ndarray, sets: np.ndarray, decided: np.ndarray
) -> np.ndarray:
    proba = marginals(joint, sets)
    return np.where(decided == 1, 1 - proba, proba).mean(axis=1)


def _best_subset(joint: np.ndarray, sets: np.ndarray) -> np.ndarray:
    # Of equally probable sets the one of fewest labels, then of the first labels.
    order = np.lexsort((-np.arange(len(sets)), sets.sum(axis=1)))
    mode = joint.max(axis=1, keepdims=True)
    return sets[order[np.argmax(joint[:, order] >= mode - TIE, axis=1)]]


def _expected_subset(
    joint: np.ndarray, sets: np.ndarray, decided: np.ndarray
) -> np.ndarray:
    place = 1 << np.arange(sets.shape[1])[::-1]
    # Rounding can carry the probability of a certain set just above one.
    return np.maximum(1 - joint[np.arange(len(joint)), decided @ place], 0.0)


def _by_size(joint: np.ndarray, sets: np.ndarray) -> np.ndarray:
    """P(y_j = 1, the row has s labels) for s = 1..q: shape (n, s, j)."""
    n_labels = sets.shape[1]
    sizes = sets.sum(axis=1)
    split = np.empty((len(joint), n_labels, n_labels))
    for size in range(1, n_labels + 1):
        here = sizes == size
        split[:, size - 1] = joint[:, here] @ sets[here].astype(float)
    return split


def _weights(n_labels: int) -> np.ndarray:
    """F1 of one shared label, 2 / (k + s), for sizes k (rows) and s (columns)."""
    sizes = np.arange(1, n_labels + 1)
    return 2.0 / np.add.outer(sizes, sizes)


def _best_f1(joint: np.ndarray, sets: np.ndarray) -> np.ndarray:
    # What label j adds to the expected F1 of a decision of k labels: shape (n, j, k).
    shared = _by_size(joint, sets).transpose(0, 2, 1)
    return best_sets(shared @ _weights(sets.shape[1]), joint[:, 0])


def _expected_f1(
    joint: np.ndarray, sets: np.ndarray, decided: np.ndarray
) -> np.ndarray:
    size = decided.sum(axis=1)
    shared = np.einsum("nsj,nj->ns", _by_size(joint, sets), decided)
    weights = _weights(sets.shape[1])[np.maximum(size - 1, 0)]
    worth = (weights * shared).sum(axis=1)
    # Nothing decided scores 1 against an empty row and 0 against any other.
    return np.clip(1 - np.where(size == 0, joint[:, 0], worth), 0.0, 1.0)


RULES = {
    "hamming": DecisionRule(_best_hamming, _expected_hamming),
    "subset": DecisionRule(_best_subset, _expected_subset),
    "f1": DecisionRule(_best_f1, _expected_f1),
}
"""The losses that are known, by name."""
