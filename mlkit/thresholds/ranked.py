"""Scores in descending order, and the places where they can be cut."""

from __future__ import annotations

import numpy as np

__all__ = ["cuts_allowed", "nearest_cut", "threshold_at"]


def cuts_allowed(ranked: np.ndarray, n_known: np.ndarray) -> np.ndarray:
    """Mark the cuts that do not part equal scores.

    Parameters
    ----------
    ranked : ndarray, shape (n_lists, n_items)
        Every row in descending order; -inf behind the `n_known` finite items.
    n_known : ndarray of int, shape (n_lists,)
        How many items each list has.

    Returns
    -------
    ndarray of bool, shape (n_lists, n_items + 1)
        Whether the list may be cut after k items, ``k = 0, ..., n_items``.

    Examples
    --------
    >>> cuts_allowed(np.array([[0.9, 0.5, 0.5]]), np.array([3])).tolist()
    [[True, True, False, True]]
    """
    n_lists, n_items = ranked.shape
    allowed = np.ones((n_lists, n_items + 1), dtype=bool)
    # Equal scores cannot be told apart by any threshold, hence by no decision.
    allowed[:, 1:-1] = ranked[:, :-1] != ranked[:, 1:]
    place = np.arange(n_items + 1)
    return allowed & (place <= n_known[:, np.newaxis])


def threshold_at(
    ranked: np.ndarray, place: np.ndarray, n_known: np.ndarray
) -> np.ndarray:
    """Give the threshold that lets the first items of each list pass.

    Parameters
    ----------
    ranked : ndarray, shape (n_lists, n_items)
        Every row in descending order.
    place : ndarray of int, shape (n_lists,)
        How many items pass; an allowed cut.
    n_known : ndarray of int, shape (n_lists,)
        How many items each list has.

    Returns
    -------
    ndarray of float64, shape (n_lists,)
        Halfway between the last item that passes and the first that does not; the
        least item where all pass; the next number above the greatest one where none
        does; inf for a list of no items.

    Examples
    --------
    >>> ranked = np.array([[0.75, 0.25], [0.75, 0.25]])
    >>> threshold_at(ranked, np.array([1, 2]), np.array([2, 2])).tolist()
    [0.5, 0.25]
    """
    if ranked.shape[1] == 0:
        return np.full(len(ranked), np.inf)
    lists = np.arange(len(ranked))
    above = ranked[lists, np.maximum(place - 1, 0)]
    below = ranked[lists, np.minimum(place, ranked.shape[1] - 1)]
    # Halves, so that the sum does not overflow. Between neighbouring numbers, and
    # next to zero, there is no middle: then the upper one separates as well.
    middle = above / 2 + below / 2
    middle = np.where((middle > below) & (middle <= above), middle, above)
    found = np.where(place >= n_known, above, middle)
    found = np.where(place == 0, np.nextafter(ranked[:, 0], np.inf), found)
    return np.where(n_known == 0, np.inf, found)


def nearest_cut(ranked: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Find thresholds that let as nearly as possible a wanted number of items pass.

    Parameters
    ----------
    ranked : ndarray, shape (n_lists, n_items)
        Every row in descending order.
    wanted : ndarray of float, shape (n_lists,)
        How many items are to pass.

    Returns
    -------
    ndarray of float64, shape (n_lists,)
        Equal items pass together or not at all; of two numbers that are equally near
        the smaller is taken.

    Examples
    --------
    >>> nearest_cut(np.array([[0.75, 0.25, 0.25]]), np.array([2])).tolist()
    [0.5]
    """
    n_lists, n_items = ranked.shape
    n_known = np.full(n_lists, n_items)
    distance = np.abs(np.arange(n_items + 1.0) - wanted[:, np.newaxis])
    # argmin takes the first of equal distances, which is the smaller number.
    distance[~cuts_allowed(ranked, n_known)] = np.inf
    return threshold_at(ranked, distance.argmin(axis=1), n_known)
