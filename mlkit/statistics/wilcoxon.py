"""Pairs of models over several datasets: signed ranks, Holm, and a Bayesian answer."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from mlkit.arguments import check_choice, check_count, check_number
from mlkit.exceptions import OptionError, ScoresError
from mlkit.statistics.checks import (
    check_differences,
    check_numbers,
    check_score_table,
    largest_size,
    on_grid,
)
from mlkit.statistics.effects import signed_ranks
from mlkit.statistics.posterior import Posterior

__all__ = [
    "SignedRankTest",
    "bayesian_signed_rank_test",
    "holm",
    "p_value_matrix",
    "signed_rank_test",
    "wilcoxon_holm",
]

# Up to here all sign patterns are counted; beyond, the normal curve is as good.
_EXACT_UP_TO = 50
# Pseudo-observation of the Bayesian test: how much it counts, beside 1 a difference.
_PRIOR_STRENGTH = 0.5
# Weights that are held at a time (16 MiB, in about four arrays).
_BLOCK_NUMBERS = 1 << 21


@dataclass(frozen=True)
class SignedRankTest:
    """Result of Wilcoxon's signed-rank test.

    Parameters
    ----------
    n : int
        Number of differences, zeros among them.
    plus, minus : float
        Sums of the ranks of positive and of negative differences, each with half the
        ranks of zeros; together n (n + 1) / 2.
    statistic : float
        The lesser of the two.
    p_value : float
        Two-sided, in [0, 1].
    exact : bool
        Whether it was counted (up to 50 differences) or read from a normal curve.
    """

    n: int
    plus: float
    minus: float
    statistic: float
    p_value: float
    exact: bool


def signed_rank_test(differences: Any) -> SignedRankTest:
    """Test whether two models differ over datasets, by Wilcoxon's signed ranks.

    Parameters
    ----------
    differences : array-like or Series, shape (n,)
        Score of the first model minus that of the second, a value a dataset, finite,
        at least 1.

    Returns
    -------
    SignedRankTest

    Raises
    ------
    ScoresError
        If differences are not finite, or there are none.

    Notes
    -----
    Sizes of differences are ranked, equal ones sharing their mean rank. Zeros are
    ranked too, and half of their ranks goes to either side, as Demšar has it: so
    datasets without a difference speak for equality (SciPy's ``zsplit``).

    Up to 50 differences the p-value is exact, with ties and zeros too: the share, among
    all patterns of signs of the differences that are not 0, of those with a statistic
    as small. It is at least ``2 / 2**n``; with fewer than 6 differences it cannot get
    below 0.05. Beyond 50 it comes from the normal curve with the same variance, a
    quarter of the sum of the squared ranks, without continuity correction. All
    differences 0: the p-value is 1. Cost: O(n³) up to 50, then O(n log n).

    Without ties and zeros the p-values are those of `scipy.stats.wilcoxon`, and with
    ties beyond 50 as well. Zeros cannot change sign, so they add nothing to the
    variance; SciPy's normal approximation, and Demšar's z, count them as if they could.

    Sizes that agree in 12 digits (of the largest one) are equal: subtraction leaves
    noise behind.

    References
    ----------
    F. Wilcoxon (1945). Individual comparisons by ranking methods. Biometrics Bulletin
    1, 80-83.

    J. Demšar (2006). Statistical comparisons of classifiers over multiple data sets.
    JMLR 7, 1-30, section 3.1.3.

    Examples
    --------
    Only the patterns --- and --+ (for the smallest) have a sum of at most 1, and as
    many for the other side: 4 of 8.

    >>> result = signed_rank_test([5, 3, -2])
    >>> result.plus, result.minus, result.p_value
    (5.0, 1.0, 0.5)
    """
    values = check_differences(differences, minimum=1)
    return _signed_rank_test(on_grid(values, largest=largest_size(values)))


def wilcoxon_holm(scores: Any, *, greater_is_better: bool = True) -> pd.DataFrame:
    """Compare all pairs of models over datasets, and adjust for their number.

    Parameters
    ----------
    scores : array-like or DataFrame, shape (n_datasets, n_models)
        Finite, one column a model, at least 2. One score a dataset (the mean over its
        folds): folds are not independent, datasets are.
    greater_is_better : bool, default True
        False for losses.

    Returns
    -------
    DataFrame
        One row a pair, in the order of the columns of `scores`: ``first``, ``second``,
        ``statistic`` and ``p_value`` of `signed_rank_test`, ``p_adjusted`` after
        `holm`, ``rank_biserial`` (as the function) in [-1, 1], and
        ``median_difference`` in units of the score. The last two are positive where
        the first model is better, of losses too: there it is second - first.

    Raises
    ------
    LabelNameError
        If two models have one name.
    ScoresError
        If it is not a matrix of finite numbers, or has fewer than 2 columns.
    TypeError
        If `greater_is_better` is not a boolean.

    Notes
    -----
    Differences are equal that agree in 12 digits of the largest *score*: so decimal
    scores give the ties that they have on paper.

    References
    ----------
    A. Benavoli, G. Corani, F. Mangili (2016). Should we really use post-hoc tests
    based on mean-ranks? JMLR 17(5).

    Examples
    --------
    >>> scores = pd.DataFrame({"a": [0.9, 0.8, 0.7], "b": [0.8, 0.6, 0.4]})
    >>> wilcoxon_holm(scores).round(3).to_dict("records")[0]["median_difference"]
    0.2
    """
    table = check_score_table(scores, greater_is_better=greater_is_better)
    largest = largest_size(table.values)
    rows = []
    for i, j in itertools.combinations(range(len(table.models)), 2):
        differences = table.values[:, i] - table.values[:, j]
        grid = on_grid(differences, largest=largest)
        test = _signed_rank_test(grid)
        rows.append(
            {
                "first": table.models[i],
                "second": table.models[j],
                "statistic": test.statistic,
                "p_value": test.p_value,
                "rank_biserial": (test.plus - test.minus) / (test.plus + test.minus),
                "median_difference": float(np.median(differences)),
            }
        )
    pairs = pd.DataFrame(rows)
    pairs.insert(4, "p_adjusted", holm(pairs["p_value"]))
    return pairs


def holm(p_values: Any) -> np.ndarray:
    """Adjust p-values of several tests, so that any false alarm at all is rare.

    Parameters
    ----------
    p_values : array-like or Series, shape (n_tests,)
        In [0, 1].

    Returns
    -------
    ndarray of float64, shape (n_tests,)
        In [0, 1], none smaller than it was, in the order given. Those at most alpha
        are significant: with a chance of at most alpha one of them is so by chance.

    Raises
    ------
    ScoresError
        If they are not numbers in [0, 1] in one dimension.

    Notes
    -----
    The i-th smallest of m (counted from 0) is multiplied by m - i; none may be less
    than the one before it, nor more than 1. Never less powerful than Bonferroni's
    factor m for all, and as free of assumptions: tests may depend on each other.

    References
    ----------
    S. Holm (1979). A simple sequentially rejective multiple test procedure.
    Scandinavian Journal of Statistics 6, 65-70.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(4).tolist()
    [0.03, 0.06, 0.06]
    """
    values = check_numbers(
        "p_values", p_values, advice="Leave out tests that could not be made."
    )
    outside = values[(values < 0) | (values > 1)]
    if len(outside):
        msg = f"p_values must be in [0, 1], got {outside[0]:g}."
        raise ScoresError(msg)
    order = np.argsort(values, kind="stable")
    scaled = values[order] * np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1)
    return adjusted


def p_value_matrix(pairs: pd.DataFrame, *, column: str = "p_adjusted") -> pd.DataFrame:
    """Lay the p-values of pairs out as a square, as `nemenyi_test` gives them.

    Parameters
    ----------
    pairs : DataFrame
        From `wilcoxon_holm`.
    column : {"p_adjusted", "p_value"}, default "p_adjusted"

    Returns
    -------
    DataFrame of float64, shape (n_models, n_models)
        Symmetric, 1 on the diagonal; models in the order of the scores.

    Raises
    ------
    OptionError
        If it is another column.

    Examples
    --------
    >>> scores = pd.DataFrame({"a": [0.9, 0.8, 0.7], "b": [0.8, 0.6, 0.4]})
    >>> p_value_matrix(wilcoxon_holm(scores))
          a     b
    a  1.00  0.25
    b  0.25  1.00
    """
    check_choice("column", column, ("p_adjusted", "p_value"))
    models = pd.Index(pd.concat([pairs["first"], pairs["second"]]).unique())
    positions = {name: i for i, name in enumerate(models)}
    first = [positions[name] for name in pairs["first"]]
    second = [positions[name] for name in pairs["second"]]
    values = np.eye(len(models))
    values[first, second] = values[second, first] = pairs[column]
    return pd.DataFrame(values, index=models, columns=models)


def bayesian_signed_rank_test(
    differences: Any, *, rope: float, n_draws: int = 50_000, random_state: Any = 0
) -> Posterior:
    """Say how probable it is that a model is worse, equal in practice, or better.

    Parameters
    ----------
    differences : array-like or Series, shape (n,)
        Score of the first model minus that of the second, a value a dataset, finite,
        at least 1. For a loss turn the sign, so that positive speaks for the first.
    rope : float
        The greatest difference that does not matter, in units of the score, at least
        0. It is a judgement to be made before looking; 0.01 is usual for accuracies.
    n_draws : int, default 50_000
        Draws from the posterior, at least 1. The standard error of a probability is at
        most ``0.5 / sqrt(n_draws)``: 0.002.
    random_state : int or numpy Generator, default 0
        Seed of `numpy.random.default_rng`.

    Returns
    -------
    Posterior

    Raises
    ------
    OptionError
        If `rope` or `n_draws` is out of its range.
    ScoresError
        If differences are not finite, or there are none.
    TypeError
        If an option is of another kind.

    Notes
    -----
    The prior is a Dirichlet process with strength 0.5 at a difference of 0. So a draw
    is a Dirichlet weight for each difference (parameter 1) and for one more that is 0
    (parameter 0.5). In a draw the weights of all pairs of differences, a difference
    with itself among them, are summed by where the mean of the pair lies: below the
    rope, in it, or above. The region with the greatest sum wins the draw, equal ones
    sharing it, and the answer is the share of draws that each region wins.

    The pseudo-observation favours equality, which matters with few datasets: a single
    one, won by more than two ropes, leaves ``1 - 0.5**0.25 = 0.16`` for "equal".

    The rope is closed: a pair on its edge is in it. The authors' R code is the same on
    the upper edge and counts the lower one as worse; baycomp gives half to either side,
    and with a rope of 0 has no "equal". Without pairs on an edge, and with a rope, all
    agree.

    Cost: O(n_draws n), after sorting: of each difference's partners those beyond the
    rope are one end of the sorted row, so their weights are one cumulative sum. Draws
    are made in blocks: memory does not grow with either.

    References
    ----------
    A. Benavoli, F. Mangili, G. Corani, M. Zaffalon, F. Ruggeri (2014). A Bayesian
    Wilcoxon signed-rank test based on the Dirichlet process. ICML, PMLR 32(2),
    1026-1034.

    A. Benavoli, G. Corani, J. Demšar, M. Zaffalon (2017). Time for a change: a
    tutorial for comparing multiple classifiers through Bayesian analysis. JMLR 18(77).

    Examples
    --------
    >>> answer = bayesian_signed_rank_test([0.02, 0.03, 0.05, 0.04], rope=0.01)
    >>> answer.better > 0.9, answer.worse
    (True, 0.0)
    """
    check_number("rope", rope, error=OptionError)
    check_count("n_draws", n_draws, minimum=1, error=OptionError)
    values = check_differences(differences, minimum=1)
    rng = np.random.default_rng(random_state)
    wins = np.zeros(3)
    for masses in _draw_masses(values, float(rope), n_draws, rng):
        winners = masses == masses.max(axis=1, keepdims=True)
        wins += (winners / winners.sum(axis=1, keepdims=True)).sum(axis=0)
    worse, equal, better = (wins / n_draws).tolist()
    return Posterior(
        n=len(values), rope=float(rope), worse=worse, equal=equal, better=better
    )


def _signed_rank_test(differences: np.ndarray) -> SignedRankTest:
    """Test differences in which equal ones are equal numbers."""
    ranks = signed_ranks(differences)
    plus, minus = float(ranks[ranks > 0].sum()), -float(ranks[ranks < 0].sum())
    n = len(ranks)
    half_of_zeros = (n * (n + 1) / 2 - plus - minus) / 2
    exact = n <= _EXACT_UP_TO
    p_value = _counted_p_value if exact else _normal_p_value
    return SignedRankTest(
        n=n,
        plus=plus + half_of_zeros,
        minus=minus + half_of_zeros,
        statistic=min(plus, minus) + half_of_zeros,
        p_value=p_value(np.abs(ranks[ranks != 0]), min(plus, minus)),
        exact=exact,
    )


def _counted_p_value(ranks: np.ndarray, statistic: float) -> float:
    # Mean ranks are multiples of a half, so doubled ones are whole. Entry s is the
    # probability that the doubled ranks with a plus sum to s; a rank at a time, which
    # is added or not.
    sums = np.ones(1)
    for rank in np.rint(2 * ranks).astype(int):
        longer = np.zeros(len(sums) + rank)
        longer[: len(sums)] += sums / 2
        longer[rank:] += sums / 2
        sums = longer
    return min(1.0, 2 * float(sums[: round(2 * statistic) + 1].sum()))


def _normal_p_value(ranks: np.ndarray, statistic: float) -> float:
    if len(ranks) == 0:
        return 1.0
    z = (statistic - ranks.sum() / 2) / math.sqrt((ranks**2).sum() / 4)
    return float(2 * stats.norm.cdf(z))


def _draw_masses(
    differences: np.ndarray, rope: float, n_draws: int, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Yield blocks of draws: the weight of the pairs below, in and above the rope."""
    points = np.append(0.0, differences)
    # Whole numbers, so that whether a pair lies on the edge is no matter of rounding.
    largest = max(largest_size(points), rope)
    grid = on_grid(points, largest=largest)
    edge = 2 * on_grid(np.array(rope), largest=largest)
    order = np.argsort(grid, kind="stable")
    ranked = grid[order]
    # Partners of each point: the first ones are below, those from `above` on above.
    below = np.searchsorted(ranked, -edge - ranked, side="left")
    above = np.searchsorted(ranked, edge - ranked, side="right")
    strengths = np.append(_PRIOR_STRENGTH, np.ones(len(differences)))[order]
    step = max(1, _BLOCK_NUMBERS // len(points))
    for start in range(0, n_draws, step):
        weights = rng.dirichlet(strengths, size=min(step, n_draws - start))
        sums = np.pad(np.cumsum(weights, axis=1), ((0, 0), (1, 0)))
        worse = (weights * sums[:, below]).sum(axis=1)
        better = (weights * (sums[:, -1:] - sums[:, above])).sum(axis=1)
        # What is left, without the bits that rounding leaves where it is nothing.
        equal = (weights * (sums[:, above] - sums[:, below])).sum(axis=1)
        yield np.column_stack([worse, equal, better])
