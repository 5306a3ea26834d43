"""What a Bayesian test answers: how probable it is that one model is better."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Posterior", "StudentPosterior"]


@dataclass(frozen=True)
class Posterior:
    """Probabilities that the first of two models is worse, equal in practice, better.

    Parameters
    ----------
    n : int
        Number of differences.
    rope : float
        Half the width of the region of practical equivalence, in units of the score:
        a difference in [-rope, rope] makes no difference in practice.
    worse, equal, better : float
        Probabilities, in [0, 1]; they sum to 1. Better means a positive difference.

    Notes
    -----
    These are probabilities of the hypotheses, given the data, which a p-value is not.
    A p-value cannot speak for equality either; a high `equal` does.

    Examples
    --------
    >>> Posterior(n=10, rope=0.01, worse=0.05, equal=0.75, better=0.2).equal
    0.75
    """

    n: int
    rope: float
    worse: float
    equal: float
    better: float


@dataclass(frozen=True)
class StudentPosterior(Posterior):
    """A posterior that is a Student t distribution: it can be drawn as a curve.

    Parameters
    ----------
    n, rope, worse, equal, better
        As in `Posterior`.
    mean : float
        Its centre, the mean of the differences.
    scale : float
        Its scale, at least 0; 0 where it is a single point.
    df : int
        Its degrees of freedom.

    Examples
    --------
    With ``scipy.stats.t(df, mean, scale)`` come its density and credible intervals:

    >>> from scipy import stats
    >>> posterior = StudentPosterior(
    ...     n=10, rope=0, worse=0.03, equal=0, better=0.97, mean=2.0, scale=1.0, df=9
    ... )
    >>> curve = stats.t(posterior.df, posterior.mean, posterior.scale)
    >>> [round(float(end), 2) for end in curve.interval(0.95)]
    [-0.26, 4.26]
    """

    mean: float
    scale: float
    df: int
