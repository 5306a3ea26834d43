"""Losses of probabilities, summed by row and by label without a matrix of losses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import scipy.sparse as sp

from mlkit.validation import Indicator

__all__ = ["LossSums", "sum_losses"]

# Rows are taken in blocks of about this many cells, so that the work arrays stay small.
_BLOCK_CELLS = 1 << 18


@dataclass(frozen=True, slots=True, eq=False)
class LossSums:
    """Sums of a loss over the known cells.

    Parameters
    ----------
    by_row, by_label : ndarray of float64, shape (n_samples,) and (n_labels,)
        Sums of the losses.
    known_by_row, known_by_label : ndarray of int64, the same shapes
        How many cells were added.
    """

    by_row: np.ndarray
    by_label: np.ndarray
    known_by_row: np.ndarray
    known_by_label: np.ndarray


def sum_losses(
    true: Indicator, proba: np.ndarray, *, kind: str, clip: float = 0.0
) -> LossSums:
    """Sum the losses of probabilities.

    Parameters
    ----------
    true : Indicator
    proba : ndarray of float64, shape (n_samples, n_labels)
        P(label = 1), in [0, 1].
    kind : {"log", "squared"}
        -ln of what was given to the truth, or the squared difference from it.
    clip : float, default 0.0
        What was given to the truth counts as at least so much.

    Returns
    -------
    LossSums

    Notes
    -----
    Every cell is first taken as 0, and the true ones, which are few, are corrected.
    """
    n_samples, n_labels = true.shape
    absent, correction = _LOSSES[kind]
    by_row, by_label = np.zeros(n_samples), np.zeros(n_labels)
    step = max(1, _BLOCK_CELLS // n_labels)
    missing = true.missing
    for start in range(0, n_samples, step):
        rows = slice(start, start + step)
        losses = absent(proba[rows], clip)
        if missing is not None:
            hidden = missing[rows]
            dense = hidden if isinstance(hidden, np.ndarray) else hidden.toarray()
            losses[dense] = 0.0
        by_row[rows] = losses.sum(axis=1)
        by_label += losses.sum(axis=0)
    found = sp.coo_array(true.tocsr())
    extra = correction(proba[found.row, found.col], clip)
    by_row += np.bincount(found.row, weights=extra, minlength=n_samples)
    by_label += np.bincount(found.col, weights=extra, minlength=n_labels)
    known = np.full(n_samples, n_labels)
    if missing is not None:
        known = n_labels - np.asarray(missing.sum(axis=1, dtype=np.int64))
    return LossSums(by_row, by_label, known, true.n_known())


# Only what was given to the truth is kept from 0, so that no loss is more than -ln of
# the limit; one that is small stays as small as it is.


def _log_absent(proba: np.ndarray, clip: float) -> np.ndarray:
    return -np.log1p(-np.minimum(proba, 1.0 - clip))


def _log_correction(proba: np.ndarray, clip: float) -> np.ndarray:
    return -_log_absent(proba, clip) - np.log(np.maximum(proba, clip))


def _squared_absent(proba: np.ndarray, clip: float) -> np.ndarray:
    return proba * proba


def _squared_correction(proba: np.ndarray, clip: float) -> np.ndarray:
    return 1.0 - 2.0 * proba


Loss: TypeAlias = Callable[[np.ndarray, float], np.ndarray]

# What a cell costs that is 0, and what is added where it is 1.
_LOSSES: dict[str, tuple[Loss, Loss]] = {
    "log": (_log_absent, _log_correction),
    "squared": (_squared_absent, _squared_correction),
}
