"""Several models on several datasets: mean ranks, and the tests made of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from mlkit.arguments import check_choice, check_count, check_number
from mlkit.exceptions import OptionError
from mlkit.statistics.checks import ScoreTable, check_score_table

__all__ = [
    "FriedmanTest",
    "friedman_test",
    "mean_ranks",
    "nemenyi_critical_difference",
    "nemenyi_test",
    "rank_models",
]


@dataclass(frozen=True, eq=False)
class FriedmanTest:
    """Result of a Friedman test.

    Parameters
    ----------
    n_datasets, n_models : int
    mean_ranks : Series
        Mean rank of each model, 1 = best, in the order of the scores.
    ties : {"corrected", "ignored"}
        Whether the statistic makes up for ties.
    chi2 : float
        Friedman's statistic, in [0, n_datasets * (n_models - 1)].
    chi2_df : int
        Its degrees of freedom, ``n_models - 1``.
    chi2_p_value : float
        Its p-value, from the chi-squared distribution.
    f : float
        Iman and Davenport's statistic, at least 0; infinite where all datasets agree.
    f_df : tuple of int
        Its degrees of freedom, ``n_models - 1`` and ``(n_models - 1) * (n_datasets -
        1)``.
    f_p_value : float
        Its p-value, from the F distribution. The one to report.
    """

    n_datasets: int
    n_models: int
    mean_ranks: pd.Series
    ties: str
    chi2: float
    chi2_df: int
    chi2_p_value: float
    f: float
    f_df: tuple[int, int]
    f_p_value: float


def rank_models(scores: Any, *, greater_is_better: bool = True) -> pd.DataFrame:
    """Rank the models on each dataset.

    Parameters
    ----------
    scores : array-like or DataFrame, shape (n_datasets, n_models)
        Finite, one column a model, at least 2.
    greater_is_better : bool, default True
        False for losses.

    Returns
    -------
    DataFrame of float64, shape (n_datasets, n_models)
        1 = best; equal scores share their mean rank. Names are those of a DataFrame,
        or else positions.

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
    Scores are equal if they are equal as numbers: rounding them first makes ties that
    were none, and moves mean ranks.

    Examples
    --------
    >>> rank_models([[0.9, 0.7, 0.8], [0.5, 0.5, 0.6]])
         0    1    2
    0  1.0  3.0  2.0
    1  2.5  2.5  1.0
    """
    return _ranks(check_score_table(scores, greater_is_better=greater_is_better))


def mean_ranks(scores: Any, *, greater_is_better: bool = True) -> pd.Series:
    """Return the mean rank of each model over the datasets.

    Parameters
    ----------
    scores : array-like or DataFrame, shape (n_datasets, n_models)
        Finite, one column a model, at least 2.
    greater_is_better : bool, default True
        False for losses.

    Returns
    -------
    Series of float64, shape (n_models,)
        In [1, n_models], 1 = best on every dataset; their mean is ``(n_models + 1) /
        2``. Indexed by model, in the order of the columns.

    Raises
    ------
    LabelNameError
        If two models have one name.
    ScoresError
        If it is not a matrix of finite numbers, or has fewer than 2 columns.
    TypeError
        If `greater_is_better` is not a boolean.

    Examples
    --------
    >>> mean_ranks([[0.9, 0.7, 0.8], [0.5, 0.5, 0.6]]).tolist()
    [1.75, 2.75, 1.5]
    """
    ranks = rank_models(scores, greater_is_better=greater_is_better)
    return ranks.mean().rename("mean_rank")


def friedman_test(
    scores: Any, *, greater_is_better: bool = True, ties: str = "corrected"
) -> FriedmanTest:
    """Test whether any of several models differ, from their ranks on datasets.

    Parameters
    ----------
    scores : array-like or DataFrame, shape (n_datasets, n_models)
        Finite, one column a model; at least 2 datasets and 2 models. One score a
        dataset (the mean over its folds): folds are not independent, datasets are.
    greater_is_better : bool, default True
        False for losses.
    ties : {"corrected", "ignored"}, default "corrected"
        Whether the statistic makes up for equal scores, as SciPy's does, or not, as in
        Demšar's formula. Without equal scores both are the same.

    Returns
    -------
    FriedmanTest

    Raises
    ------
    LabelNameError
        If two models have one name.
    OptionError
        If there is no such treatment of ties.
    ScoresError
        If it is not a matrix of finite numbers, or has too few rows or columns.
    TypeError
        If `greater_is_better` is not a boolean.

    Notes
    -----
    With N datasets, k models and mean ranks R, ``chi2 = 12 N / (k (k + 1)) (sum(R²) - k
    (k + 1)² / 4)``. Ties make ranks less spread than that supposes, and chi2 too
    small; corrected, it is divided by ``1 - sum(t³ - t) / (N (k³ - k))``, t being the
    sizes of the groups of equal scores. ``F = (N - 1) chi2 / (N (k - 1) - chi2)`` with
    k - 1 and (k - 1)(N - 1) degrees of freedom is less conservative (Iman and
    Davenport). Of the corrected chi2 it is exactly the F of a two-way analysis of
    variance of the ranks.

    All scores of every dataset equal: both statistics are 0, both p-values 1. All
    datasets rank alike: F is infinite, its p-value 0; with so few datasets that this
    may well be chance, report the chi2.

    A small p-value says that the models are not all the same. Which ones differ, say
    `nemenyi_test` and `wilcoxon_holm`.

    References
    ----------
    M. Friedman (1937). The use of ranks to avoid the assumption of normality implicit
    in the analysis of variance. JASA 32, 675-701.

    R. L. Iman, J. M. Davenport (1980). Approximations of the critical region of the
    Friedman statistic. Communications in Statistics A9, 571-595.

    J. Demšar (2006). Statistical comparisons of classifiers over multiple data sets.
    JMLR 7, 1-30, section 3.2.

    Examples
    --------
    Three models, four datasets, mean ranks 1, 2.25 and 2.75:

    >>> scores = [[9, 8, 7], [6, 4, 5], [9, 7, 5], [3, 2, 1]]
    >>> result = friedman_test(scores)
    >>> result.chi2, round(result.chi2_p_value, 4)
    (6.5, 0.0388)
    >>> result.f, round(result.f_p_value, 4)
    (13.0, 0.0066)
    """
    check_choice("ties", ties, ("corrected", "ignored"))
    table = check_score_table(
        scores, greater_is_better=greater_is_better, min_datasets=2
    )
    ranks = _ranks(table)
    n_datasets, n_models = ranks.shape
    chi2 = _friedman_chi2(ranks.to_numpy(), ties)
    f = _iman_davenport_f(chi2, n_datasets, n_models)
    f_df = (n_models - 1, (n_models - 1) * (n_datasets - 1))
    return FriedmanTest(
        n_datasets=n_datasets,
        n_models=n_models,
        mean_ranks=ranks.mean().rename("mean_rank"),
        ties=ties,
        chi2=chi2,
        chi2_df=n_models - 1,
        chi2_p_value=float(stats.chi2.sf(chi2, n_models - 1)),
        f=f,
        f_df=f_df,
        f_p_value=float(stats.f.sf(f, *f_df)),
    )


def nemenyi_critical_difference(
    n_models: int, n_datasets: int, *, alpha: float = 0.05
) -> float:
    """Return how far apart mean ranks must be to be significantly different.

    Parameters
    ----------
    n_models : int
        At least 2.
    n_datasets : int
        At least 1.
    alpha : float, default 0.05
        Level of all comparisons together, in [0, 1).

    Returns
    -------
    float
        Above 0, in ranks; infinite at alpha 0. Models differ whose mean ranks are at
        least that far apart. It can exceed ``n_models - 1``: then so few datasets can
        show no difference.

    Raises
    ------
    OptionError
        If a number is out of its range.
    TypeError
        If it is of another kind.

    Notes
    -----
    ``q sqrt(k (k + 1) / (6 N))``, where q is the quantile of the studentized range of k
    values and infinite degrees of freedom, divided by sqrt(2). Demšar's table 5(a)
    gives q with three decimals, the last of which is off by one here and there.

    References
    ----------
    P. B. Nemenyi (1963). Distribution-free multiple comparisons. PhD thesis,
    Princeton.

    J. Demšar (2006). Statistical comparisons of classifiers over multiple data sets.
    JMLR 7, 1-30, section 3.2.

    Examples
    --------
    >>> round(nemenyi_critical_difference(4, 14), 2)
    1.25
    """
    check_count("n_models", n_models, minimum=2, error=OptionError)
    check_count("n_datasets", n_datasets, minimum=1, error=OptionError)
    check_number("alpha", alpha, below=1, error=OptionError)
    quantile = float(stats.studentized_range.isf(alpha, n_models, np.inf))
    return quantile / math.sqrt(2) * _rank_error(n_models, n_datasets)


def nemenyi_test(scores: Any, *, greater_is_better: bool = True) -> pd.DataFrame:
    """Compare all pairs of models by their mean ranks.

    Parameters
    ----------
    scores : array-like or DataFrame, shape (n_datasets, n_models)
        Finite, one column a model, at least 2.
    greater_is_better : bool, default True
        False for losses.

    Returns
    -------
    DataFrame of float64, shape (n_models, n_models)
        p-values in [0, 1], symmetric, 1 on the diagonal; already adjusted for the
        number of pairs. One is at most alpha where mean ranks differ by at least
        `nemenyi_critical_difference`.

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
    It makes no correction for ties, which leaves it conservative. A pair's p-value
    depends on the other models in the table: add poor ones, and two good models may
    become different, or no longer be. `wilcoxon_holm` compares each pair by itself and
    is what Benavoli, Corani and Mangili recommend.

    References
    ----------
    P. B. Nemenyi (1963). Distribution-free multiple comparisons. PhD thesis,
    Princeton.

    A. Benavoli, G. Corani, F. Mangili (2016). Should we really use post-hoc tests
    based on mean-ranks? JMLR 17(5).

    Examples
    --------
    >>> scores = [[9, 8, 7], [6, 4, 5], [9, 7, 5], [3, 2, 1]]
    >>> nemenyi_test(scores).round(3)
           0      1      2
    0  1.000  0.181  0.036
    1  0.181  1.000  0.759
    2  0.036  0.759  1.000
    """
    table = check_score_table(scores, greater_is_better=greater_is_better)
    n_datasets, n_models = table.values.shape
    ranks = _ranks(table).mean().to_numpy()
    first, second = np.triu_indices(n_models, k=1)
    apart = np.abs(ranks[first] - ranks[second]) / _rank_error(n_models, n_datasets)
    values = np.ones((n_models, n_models))
    pairs = stats.studentized_range.sf(apart * math.sqrt(2), n_models, np.inf)
    values[first, second] = values[second, first] = np.clip(pairs, 0, 1)
    return pd.DataFrame(values, index=table.models, columns=table.models)


def _ranks(table: ScoreTable) -> pd.DataFrame:
    ranks = stats.rankdata(-table.values, axis=1)
    return pd.DataFrame(ranks, index=table.datasets, columns=table.models)


def _rank_error(n_models: int, n_datasets: int) -> float:
    return math.sqrt(n_models * (n_models + 1) / (6 * n_datasets))


def _friedman_chi2(ranks: np.ndarray, ties: str) -> float:
    n_datasets, n_models = ranks.shape
    expected = n_datasets * (n_models + 1) / 2
    # Rank sums are multiples of a half: their squares are exact, and models of the
    # same mean rank give 0 and not what rounding leaves.
    between = ((ranks.sum(axis=0) - expected) ** 2).sum() / n_datasets
    if ties == "ignored":
        return float(12 * between / (n_models * (n_models + 1)))
    # The spread that the ranks have, ties and all, in place of that of 1, 2, ..., k:
    # the same as dividing by the usual correction.
    within = ((ranks - (n_models + 1) / 2) ** 2).sum()
    if within == 0:
        return 0.0
    return float(n_datasets * (n_models - 1) * between / within)


def _iman_davenport_f(chi2: float, n_datasets: int, n_models: int) -> float:
    rest = n_datasets * (n_models - 1) - chi2
    # All datasets rank alike. No rounding is in the way: their ranks are multiples of a
    # half, and so the sums and the quotients of this case are exact.
    if rest <= 0:
        return math.inf
    return (n_datasets - 1) * chi2 / rest
