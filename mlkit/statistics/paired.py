"""Two models on one dataset, fold by fold: t tests that know that folds overlap."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from mlkit.arguments import check_number
from mlkit.exceptions import OptionError, ShapeError
from mlkit.statistics.checks import check_differences
from mlkit.statistics.effects import cohen_dz, spread
from mlkit.statistics.posterior import StudentPosterior

__all__ = [
    "PairedTest",
    "bayesian_correlated_t_test",
    "corrected_t_test",
    "size_ratio",
]


@dataclass(frozen=True)
class PairedTest:
    """Result of a corrected resampled t-test.

    Parameters
    ----------
    n : int
        Number of differences: folds times repeats.
    mean : float
        Mean difference, in units of the score.
    sd : float
        Standard deviation of the differences, n - 1 in the denominator.
    ratio : float
        Test rows for each training row: the mean of ``n_test / n_train``.
    error : float
        Corrected standard error of the mean, ``sqrt(1 / n + ratio) * sd``.
    statistic : float
        ``mean / error``; 0 or infinite where the error is 0.
    df : int
        Degrees of freedom, n - 1.
    p_value : float
        Two-sided, in [0, 1].
    low, high : float
        Confidence interval of the mean difference.
    level : float
        Its level, in [0, 1).
    effect_size : float
        `cohen_dz` of the differences: mean / sd.
    """

    n: int
    mean: float
    sd: float
    ratio: float
    error: float
    statistic: float
    df: int
    p_value: float
    low: float
    high: float
    level: float
    effect_size: float


def corrected_t_test(
    differences: Any, *, n_train: Any, n_test: Any, level: float = 0.95
) -> PairedTest:
    """Test whether two models differ, from their scores on the same folds.

    Parameters
    ----------
    differences : array-like or Series, shape (n,)
        Score of the first model minus that of the second, a value a fold, finite, at
        least 2. For a loss turn the sign, so that positive speaks for the first.
    n_train, n_test : float, or array-like of shape (n,)
        Rows that a fold trained and was tested on, above 0; one number for all folds,
        or one each. Only their ratio counts, so shares of the rows do as well.
    level : float, default 0.95
        Level of the confidence interval, in [0, 1).

    Returns
    -------
    PairedTest

    Raises
    ------
    OptionError
        If `level`, `n_train` or `n_test` is out of its range.
    ScoresError
        If differences are not finite (a failed fold), or fewer than 2.
    ShapeError
        If `n_train` or `n_test` has another length than the differences.
    TypeError
        If `level` is not a number.

    Notes
    -----
    Folds share most of their training rows, so their differences are correlated, and
    the usual ``sd² / n`` is too small a variance for their mean: with many repeats the
    usual t-test finds a difference almost always. Nadeau and Bengio take
    ``(1 / n + n_test / n_train) sd²``, which is right if the correlation of two folds
    is ``n_test / (n_train + n_test)``. The ratio is 1/9 in 10-fold cross-validation,
    1/4 in 5-fold, and 1 in 5x2, whatever the number of repeats; so repeats cannot buy
    certainty without end. Where folds differ in size, the mean of their ratios counts.
    For folds of the same data the correlation is an assumption, not a theorem; it was
    derived for random splits, and works for repeated folds (Bouckaert and Frank).

    All differences equal: the error is 0 and the interval a point; the p-value is 1 if
    they are 0, and 0 otherwise. No spread in a handful of folds is no proof of none.

    References
    ----------
    C. Nadeau, Y. Bengio (2003). Inference for the generalization error. Machine
    Learning 52, 239-281.

    R. R. Bouckaert, E. Frank (2004). Evaluating the replicability of significance
    tests for comparing learning algorithms. PAKDD, LNAI 3056, 3-12.

    Examples
    --------
    The standard error is sqrt(1/3 + 1/2) = 0.913 where the usual one is 0.577:

    >>> result = corrected_t_test([1, 2, 3], n_train=20, n_test=10)
    >>> round(result.error, 3), round(result.statistic, 3), round(result.p_value, 3)
    (0.913, 2.191, 0.16)
    """
    check_number("level", level, below=1, error=OptionError)
    values = check_differences(differences, minimum=2)
    ratio = size_ratio(n_train, n_test, n=len(values))
    mean, sd = float(values.mean()), spread(values)
    error = math.sqrt(1 / len(values) + ratio) * sd
    df = len(values) - 1
    statistic = mean / error if error > 0 else _limit(mean)
    half = float(stats.t.ppf((1 + level) / 2, df)) * error
    return PairedTest(
        n=len(values),
        mean=mean,
        sd=sd,
        ratio=ratio,
        error=error,
        statistic=statistic,
        df=df,
        p_value=float(2 * stats.t.sf(abs(statistic), df)),
        low=mean - half,
        high=mean + half,
        level=float(level),
        effect_size=cohen_dz(values),
    )


def bayesian_correlated_t_test(
    differences: Any, *, rope: float, n_train: Any, n_test: Any
) -> StudentPosterior:
    """Say how probable it is that a model is worse, equal in practice, or better.

    Parameters
    ----------
    differences : array-like or Series, shape (n,)
        Score of the first model minus that of the second, a value a fold, finite, at
        least 2. For a loss turn the sign, so that positive speaks for the first.
    rope : float
        The greatest difference that does not matter, in units of the score, at least
        0. It is a judgement to be made before looking; 0.01 is usual for accuracies.
    n_train, n_test : float, or array-like of shape (n,)
        Rows that a fold trained and was tested on, as in `corrected_t_test`.

    Returns
    -------
    StudentPosterior

    Raises
    ------
    OptionError
        If `rope`, `n_train` or `n_test` is out of its range.
    ScoresError
        If differences are not finite (a failed fold), or fewer than 2.
    ShapeError
        If `n_train` or `n_test` has another length than the differences.
    TypeError
        If `rope` is not a number.

    Notes
    -----
    The posterior of the mean difference is a Student t with n - 1 degrees of freedom,
    centred at the mean, with squared scale ``(1 / n + rho / (1 - rho)) sd²`` and
    ``rho = n_test / (n_train + n_test)``. As ``rho / (1 - rho)`` is ``n_test /
    n_train``, the scale is the error of `corrected_t_test`: with a rope of 0, the
    probability of better is 1 minus the one-sided p-value. The prior is flat.

    All differences equal: the posterior is a point, and one probability is 1; a point
    on the edge of the rope is in it.

    References
    ----------
    G. Corani, A. Benavoli (2015). A Bayesian approach for comparing cross-validated
    algorithms on multiple data sets. Machine Learning 100, 285-304.

    A. Benavoli, G. Corani, J. Demšar, M. Zaffalon (2017). Time for a change: a
    tutorial for comparing multiple classifiers through Bayesian analysis. JMLR 18(77).

    Examples
    --------
    >>> differences = [0.02, 0.01, 0.03, 0.02, 0.02]
    >>> answer = bayesian_correlated_t_test(
    ...     differences, rope=0.01, n_train=80, n_test=20
    ... )
    >>> round(answer.worse, 2), round(answer.equal, 2), round(answer.better, 2)
    (0.0, 0.05, 0.95)
    """
    check_number("rope", rope, error=OptionError)
    values = check_differences(differences, minimum=2)
    ratio = size_ratio(n_train, n_test, n=len(values))
    df = len(values) - 1
    mean = float(values.mean())
    scale = math.sqrt(1 / len(values) + ratio) * spread(values)
    if scale > 0:
        worse = float(stats.t.cdf((-rope - mean) / scale, df))
        better = float(stats.t.sf((rope - mean) / scale, df))
    else:
        worse, better = float(mean < -rope), float(mean > rope)
    return StudentPosterior(
        n=len(values),
        rope=float(rope),
        worse=worse,
        equal=max(0.0, 1 - worse - better),
        better=better,
        mean=mean,
        scale=scale,
        df=df,
    )


def size_ratio(n_train: Any, n_test: Any, *, n: int) -> float:
    """Return how many test rows there are for each training row.

    Parameters
    ----------
    n_train, n_test : float, or array-like of shape (n,)
        Finite, above 0.
    n : int
        Number of folds.

    Returns
    -------
    float
        The mean over the folds, above 0.

    Raises
    ------
    OptionError
        If a number is not finite, or not above 0.
    ShapeError
        If there are neither one nor n of them.

    Examples
    --------
    Two halves, one of them with a row more:

    >>> size_ratio([5, 4], [4, 5], n=2)
    1.025
    """
    train = _check_sizes("n_train", n_train, n)
    test = _check_sizes("n_test", n_test, n)
    return float(np.mean(test / train))


def _check_sizes(name: str, sizes: Any, n: int) -> np.ndarray:
    try:
        values = np.asarray(sizes, dtype=np.float64)
    except (TypeError, ValueError) as err:
        msg = f"{name} must be a number of rows, or one a fold: {err}."
        raise OptionError(msg) from err
    if values.shape not in ((), (n,)):
        msg = (
            f"{name} must be one number, or one for each of the {n} differences; "
            f"got shape {values.shape}."
        )
        raise ShapeError(msg)
    wrong = ~(np.isfinite(values) & (values > 0))
    if wrong.any():
        msg = f"{name} must be above 0 and finite, got {values[wrong].flat[0]:g}."
        raise OptionError(msg)
    return values


def _limit(mean: float) -> float:
    """Return what the statistic tends to as the error vanishes; 0 for 0/0."""
    return math.copysign(math.inf, mean) if mean else 0.0
