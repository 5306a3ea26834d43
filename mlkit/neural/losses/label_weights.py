"""Weights for rare labels from how often they occur."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlkit.arguments import check_number
from mlkit.exceptions import OptionError

__all__ = ["class_balanced_weights"]


def class_balanced_weights(
    counts: Any, n_samples: Any, *, beta: float = 0.999
) -> np.ndarray:
    r"""Weigh absence and presence of each label by the effective number of rows.

    Parameters
    ----------
    counts : array-like of int, shape (n_labels,)
        In how many rows each label is present.
    n_samples : int or array-like of int, shape (n_labels,)
        Number of rows; where labels are unknown, in how many rows each is known.
    beta : float in [0, 1), default 0.999
        How slowly more rows cease to bring something new. 0 gives weights of 1; the
        closer to 1, the closer to the inverse frequencies.

    Returns
    -------
    ndarray of float64, shape (n_labels, 2)
        What absence (column 0) and presence (column 1) of each label weigh, above 0:
        the `label_weights` of `BinaryCrossEntropy`.

    Raises
    ------
    OptionError
        If `beta` is out of its range.
    ValueError
        If a count is negative, larger than the number of rows, or not a number, or if
        the shapes do not fit.

    Notes
    -----
    Of :math:`n` rows, those that repeat others count little: their effective number is

    .. math:: E_n = \frac{1 - \beta^n}{1 - \beta}

    and a value seen in :math:`n` rows weighs :math:`1 / E_n` times a constant. The
    paper chooses the constant so that the weights of all classes have the mean 1. Here
    a label is a problem of two classes, and the mean over its known cells is 1:
    :math:`n_0 w_0 + n_1 w_1 = n_0 + n_1`. Cells that all cost the same then cost as
    much as without weights, and one learning rate fits both.

    A value that no row has counts as seen once, since its weight would be infinite.

    References
    ----------
    .. [1] Y. Cui, M. Jia, T.-Y. Lin, Y. Song, S. Belongie. Class-balanced loss based on
       effective number of samples. CVPR 2019, 9268-9277. arXiv:1901.05555

    Examples
    --------
    Four rows, a label in one of them and one in half of them. With ``beta=0.5`` three
    rows count as 1 + 1/2 + 1/4, so absence weighs 1 / 1.75 of what presence does:

    >>> class_balanced_weights([1, 2], 4, beta=0.5).round(3).tolist()
    [[0.842, 1.474], [1.0, 1.0]]
    """
    check_number("beta", beta, below=1, error=OptionError)
    cells = _cells(counts, n_samples)
    raw = (1 - beta) / (1 - beta ** np.maximum(cells, 1))
    rows, total = cells.sum(axis=1), (cells * raw).sum(axis=1)
    # A label that is known nowhere has no cells to take the mean over.
    scale = np.divide(rows, total, out=np.ones_like(total), where=total > 0)
    return raw * scale[:, np.newaxis]


def _cells(counts: Any, n_samples: Any) -> np.ndarray:
    """Return in how many rows each label is absent and present, (n_labels, 2)."""
    present, rows = np.asarray(counts, dtype=np.float64), np.asarray(n_samples)
    if present.ndim != 1 or rows.shape not in ((), present.shape):
        msg = (
            "counts must have shape (n_labels,), and n_samples the same or (); got "
            f"{present.shape} and {rows.shape}."
        )
        raise ValueError(msg)
    cells = np.column_stack([rows - present, present])
    # Written so that NaN is wrong, too.
    wrong = np.flatnonzero(~(np.isfinite(cells) & (cells >= 0)).all(axis=1))
    if len(wrong):
        j = wrong[0]
        limit = np.broadcast_to(rows, present.shape)[j]
        msg = (
            f"{len(wrong)} of counts are not between 0 and the number of rows (first: "
            f"label {j} with {present[j]:g} of {limit}). Count in how many rows a "
            "label is 1, and in how many it is known."
        )
        raise ValueError(msg)
    return cells
