"""How large a difference of two models is, whatever its p-value."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special, stats

from mlkit.statistics.checks import check_differences, largest_size, on_grid

__all__ = [
    "cohen_dz",
    "hedges_gz",
    "rank_biserial",
    "signed_ranks",
    "spread",
    "win_share",
]

# Equal numbers may have a mean, and so a spread, that is off in the last bits.
_NO_SPREAD = 1e-12


def cohen_dz(differences: Any) -> float:
    """Return the mean difference in standard deviations of the differences.

    Parameters
    ----------
    differences : array-like or Series, shape (n,)
        First minus second, finite, at least 2.

    Returns
    -------
    float
        Any real number, positive where the first is higher. Differences without
        spread give infinity of their sign, or 0 if they are 0.

    Raises
    ------
    ScoresError
        If differences are not finite, or fewer than 2.

    Notes
    -----
    ``mean / sd``, n - 1 in the denominator of the variance. It does not grow with n,
    as a t statistic does. 0.2, 0.5 and 0.8 are called small, medium and large after
    Cohen, who had people in mind, not folds: the spread of folds is that of small test
    sets, so dz of folds depends on their size and is comparable only between pairs of
    models on the same folds. In small samples it is too large: see `hedges_gz`.

    References
    ----------
    J. Cohen (1988). Statistical Power Analysis for the Behavioral Sciences, 2nd
    edition, chapter 2. Erlbaum.

    D. Lakens (2013). Calculating and reporting effect sizes to facilitate cumulative
    science. Frontiers in Psychology 4:863.

    Examples
    --------
    >>> cohen_dz([1, 2, 3])
    2.0
    """
    values = check_differences(differences, minimum=2)
    mean, sd = float(values.mean()), spread(values)
    if sd == 0:
        return math.copysign(math.inf, mean) if mean else 0.0
    return mean / sd


def hedges_gz(differences: Any) -> float:
    """Return `cohen_dz` without its bias in small samples.

    Parameters
    ----------
    differences : array-like or Series, shape (n,)
        First minus second, finite, at least 3.

    Returns
    -------
    float
        Any real number, nearer to 0 than `cohen_dz`; infinity or 0 where there is no
        spread, as there.

    Raises
    ------
    ScoresError
        If differences are not finite, or fewer than 3: with 2 the factor is 0.

    Notes
    -----
    The factor is ``gamma(df / 2) / (sqrt(df / 2) gamma((df - 1) / 2))`` with ``df = n -
    1``, about ``1 - 3 / (4 df - 1)``: 0.91 for 10 differences. It takes the bias away
    for independent differences of a normal distribution.

    References
    ----------
    L. V. Hedges (1981). Distribution theory for Glass's estimator of effect size and
    related estimators. Journal of Educational Statistics 6, 107-128.

    Examples
    --------
    With three differences the factor is 1 / sqrt(pi):

    >>> round(hedges_gz([1, 2, 3]), 4)
    1.1284
    """
    values = check_differences(differences, minimum=3)
    half = (len(values) - 1) / 2
    log_factor = special.gammaln(half) - special.gammaln(half - 0.5)
    return math.exp(log_factor) / math.sqrt(half) * cohen_dz(values)


def rank_biserial(differences: Any) -> float:
    """Return the share of ranks that speak for the first minus that for the second.

    Parameters
    ----------
    differences : array-like or Series, shape (n,)
        First minus second, finite, at least 1.

    Returns
    -------
    float
        In [-1, 1]: 1 where every difference is positive, -1 where every one is
        negative, 0 where both weigh the same, and where all are 0.

    Raises
    ------
    ScoresError
        If differences are not finite, or there are none.

    Notes
    -----
    Kerby's simple difference formula, ``(R+ - R-) / (n (n + 1) / 2)``, where the ranks
    are those of the sizes of the differences, as in Wilcoxon's test. Equal sizes share
    their mean rank. Differences of 0 keep their ranks, half of which goes to either
    side, as in `signed_rank_test`; Kerby has none. Sizes that agree in 12 digits (of
    the largest one) are equal: subtraction leaves noise behind.

    References
    ----------
    D. S. Kerby (2014). The simple difference formula: an approach to teaching
    nonparametric correlation. Comprehensive Psychology 3, 11.IT.3.1.

    Examples
    --------
    Ranks 3 and 2 against rank 1:

    >>> round(rank_biserial([5, 3, -2]), 4)
    0.6667
    """
    values = check_differences(differences, minimum=1)
    ranks = signed_ranks(on_grid(values, largest=largest_size(values)))
    n = len(values)
    return float(ranks.sum() / (n * (n + 1) / 2))


def win_share(differences: Any) -> float:
    """Return the share of differences that the first wins, ties counting half.

    Parameters
    ----------
    differences : array-like or Series, shape (n,)
        First minus second, finite, at least 1.

    Returns
    -------
    float
        In [0, 1]: 0.5 where wins and losses are equally many.

    Raises
    ------
    ScoresError
        If differences are not finite, or there are none.

    Notes
    -----
    ``(wins + ties / 2) / n``. It says nothing of how large the differences are: a model
    can win 9 of 10 datasets by a hair and lose the tenth by far. A difference below
    the 12th digit of the largest one is a tie.

    References
    ----------
    J. Demšar (2006). Statistical comparisons of classifiers over multiple data sets.
    JMLR 7, 1-30, section 3.1.4: the sign test, which splits ties as well.

    Examples
    --------
    >>> win_share([0.1, 0.2, 0.0, -0.3])
    0.625
    """
    values = check_differences(differences, minimum=1)
    signs = np.sign(on_grid(values, largest=largest_size(values)))
    return float((1 + signs.mean()) / 2)


def signed_ranks(differences: np.ndarray) -> np.ndarray:
    """Rank the sizes of differences, and give the ranks their signs.

    Parameters
    ----------
    differences : ndarray of float64, shape (n,)
        Equal ones as equal numbers.

    Returns
    -------
    ndarray of float64, shape (n,)
        Ranks in [1, n] with a sign, equal sizes sharing their mean rank. 0 where the
        difference is 0: the ranks of those are split between the signs and cancel.

    Examples
    --------
    >>> signed_ranks(np.array([0.0, 5.0, -3.0, 3.0])).tolist()
    [0.0, 4.0, -2.5, 2.5]
    """
    # A product with np.sign alone would leave -0.0 behind.
    return stats.rankdata(np.abs(differences)) * np.sign(differences) + 0.0


def spread(differences: np.ndarray) -> float:
    """Return the standard deviation of differences, exactly 0 if they are equal.

    Parameters
    ----------
    differences : ndarray of float64, shape (n,)
        At least 2.

    Returns
    -------
    float
        At least 0, n - 1 in the denominator. 0 where the differences agree in 12
        digits.

    Examples
    --------
    >>> values = np.array([0.3 - 0.2, 0.5 - 0.4, 0.4 - 0.3])
    >>> bool(values.std() > 0), spread(values)
    (True, 0.0)
    """
    if np.ptp(differences) <= _NO_SPREAD * largest_size(differences):
        return 0.0
    return float(differences.std(ddof=1))
