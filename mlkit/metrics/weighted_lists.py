"""AUC and average precision of labels under many weightings of the rows at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from mlkit.metrics.units import Units
from mlkit.validation import Indicator

__all__ = ["resampled_average"]

# Numbers in one work array: resamples are taken some at a time.
_BLOCK_NUMBERS = 1 << 21


def resampled_average(
    true: Indicator,
    scores: Any,
    row_weights: np.ndarray,
    *,
    kind: str,
    average: str,
    options: dict[str, Any],
) -> np.ndarray:
    """Return macro, weighted or micro averages, one for each weighting of the rows.

    Parameters
    ----------
    true : Indicator
    scores : ndarray of float64, shape (n_samples, n_labels)
    row_weights : ndarray of float64, shape (n_resamples, n_samples)
        How often each row is drawn, at least 0.
    kind : {"auc", "ap"}
        Area under the ROC curve, or average precision.
    average : {"macro", "weighted", "micro"}
    options : dict
        With ``empty`` and, for average precision, ``ties``.

    Returns
    -------
    ndarray of float64, shape (n_resamples,)

    Notes
    -----
    Each list is sorted once; copies of a row are equal scores. O(n_resamples n q).
    """
    found = [
        _weigh_list(labels, values, row_weights[:, rows], kind, options)
        for labels, values, rows in _lists(true, scores, average)
    ]
    values, positives, present = (
        np.stack(part, axis=1) for part in zip(*found, strict=True)
    )
    undefined = np.isnan(values)
    empty = options["empty"]
    fill = np.nan if empty == "undefined" else empty
    units = Units(
        np.where(undefined, fill, values),
        undefined,
        present,
        kind="label",
        weights=positives if average == "weighted" else None,
        spoils=empty == "undefined",
    )
    return units.means()


def _lists(
    true: Indicator, scores: np.ndarray, average: str
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield labels, scores and rows of each list, unknown cells left out."""
    truth = true.toarray()
    known = np.ones(truth.shape, dtype=bool)
    if true.missing is not None:
        missing = true.missing
        known = ~(missing if isinstance(missing, np.ndarray) else missing.toarray())
    if average == "micro":
        rows, _ = np.nonzero(known)
        yield truth[known], scores[known], rows
        return
    for j in range(truth.shape[1]):
        rows = np.flatnonzero(known[:, j])
        yield truth[rows, j], scores[rows, j], rows


def _weigh_list(
    labels: np.ndarray,
    scores: np.ndarray,
    weights: np.ndarray,
    kind: str,
    options: dict[str, Any],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return value, weight of positives, and whether anything is drawn, by resample."""
    order, first, last = _ordered(scores, options.get("ties", "worst"))
    true = labels[order].astype(np.float64)
    places = np.flatnonzero(true)
    step = max(1, _BLOCK_NUMBERS // max(1, len(order)))
    parts = []
    for start in range(0, len(weights), step):
        block = weights[start : start + step][:, order]
        # A column of zeros in front: what stands before the first item.
        reached = np.zeros((len(block), len(order) + 1))
        np.cumsum(block, axis=1, out=reached[:, 1:])
        hits = np.zeros_like(reached)
        np.cumsum(block * true, axis=1, out=hits[:, 1:])
        ends = last[places] + 1
        drawn, measure = block[:, places], _MEASURES[kind]
        value = measure(drawn, reached, hits, first[places], ends)
        parts.append((value, hits[:, -1], reached[:, -1] > 0))
    return tuple(np.concatenate(part) for part in zip(*parts, strict=True))  # type: ignore[return-value]


def _ordered(
    scores: np.ndarray, ties: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the order of a list, and where the group of each item begins and ends."""
    flipped = scores[::-1] if ties == "last" else scores
    order = np.argsort(-flipped, kind="stable")
    if ties == "last":
        order = len(scores) - 1 - order
    place = np.arange(len(order))
    if ties != "worst":
        return order, place, place
    ranked = scores[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = ranked[1:] != ranked[:-1]
    group = np.cumsum(new) - 1
    starts = place[new]
    return order, starts[group], np.append(starts[1:], len(order))[group] - 1


def _auc(
    drawn: np.ndarray,
    reached: np.ndarray,
    hits: np.ndarray,
    first: np.ndarray,
    ends: np.ndarray,
) -> np.ndarray:
    misses = reached - hits
    # Untrue items behind each true one, and half of those beside it.
    behind = misses[:, -1:] - (misses[:, first] + misses[:, ends]) / 2
    return _divide((drawn * behind).sum(axis=1), hits[:, -1] * misses[:, -1])


def _average_precision(
    drawn: np.ndarray,
    reached: np.ndarray,
    hits: np.ndarray,
    first: np.ndarray,
    ends: np.ndarray,
) -> np.ndarray:
    # An item that is not drawn may have nothing drawn before it either: 0/0, times 0.
    precision = _divide(hits[:, ends], reached[:, ends])
    total = np.where(drawn > 0, drawn * precision, 0.0).sum(axis=1)
    return _divide(total, hits[:, -1])


_MEASURES = {"auc": _auc, "ap": _average_precision}


def _divide(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Divide; NaN for 0/0."""
    out = np.full(np.shape(whole), np.nan)
    return np.divide(part, whole, out=out, where=whole > 0)
