"""What a random split does to labels, without drawing one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import hypergeom

__all__ = ["chance_interval", "expected_missing_labels"]


def expected_missing_labels(counts: ArrayLike, n_samples: int, n_part: int) -> float:
    r"""Return how many labels a random part of the rows lacks, on average.

    Parameters
    ----------
    counts : array-like of int, shape (n_labels,)
        Rows with each label, in [0, n_samples].
    n_samples : int
        Number of all rows.
    n_part : int
        Rows of the part, in [0, n_samples].

    Returns
    -------
    float
        In [0, n_labels].

    See Also
    --------
    mlkit.splitting.missing_label_folds : The same number of a split that was made.

    Notes
    -----
    Drawn without replacement, a part of t of n rows lacks a label with c positives
    with probability

    .. math:: \binom{n - c}{t} / \binom{n}{t}

    and the sum over the labels is exact, however labels depend on each other: an
    expectation adds up.

    Examples
    --------
    The lesson on splitting: 20 labels with 8 positives each, a fifth of the rows.

    >>> round(expected_missing_labels([8] * 20, 1000, 200), 2)
    3.33
    """
    counts = np.asarray(counts, dtype=np.int64)
    return float(hypergeom.pmf(0, n_samples, counts, n_part).sum())


def chance_interval(
    counts: ArrayLike, n_samples: int, n_part: int, *, level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Return how many positives of each label a random part of the rows holds.

    Parameters
    ----------
    counts : array-like of int, shape (n_labels,)
        Rows with each label, in [0, n_samples].
    n_samples : int
        Number of all rows.
    n_part : int
        Rows of the part, in [0, n_samples].
    level : float in (0, 1), default 0.95
        Least share of random parts whose number lies in the interval.

    Returns
    -------
    lowest, highest : ndarray of int64, shape (n_labels,)
        Both ends belong to the interval; what lies below it, and what lies above it, is
        drawn with a probability of at most (1 - level) / 2 each.

    Notes
    -----
    Quantiles of the hypergeometric distribution, for each label alone.

    Examples
    --------
    Of 8 positives a fifth would be 1.6; a random part holds

    >>> lowest, highest = chance_interval([8, 500], 1000, 200)
    >>> lowest.tolist(), highest.tolist()
    ([0, 88], [4, 112])
    """
    tail = (1.0 - level) / 2
    drawn = hypergeom(n_samples, np.asarray(counts, dtype=np.int64), n_part)
    lowest, highest = drawn.ppf(tail), drawn.ppf(1.0 - tail)
    return lowest.astype(np.int64), highest.astype(np.int64)
