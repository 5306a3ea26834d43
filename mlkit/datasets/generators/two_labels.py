"""Joint distributions of two labels whose margins and dependence are chosen."""

from __future__ import annotations

import numpy as np

from mlkit.datasets.generators.arguments import check_number

__all__ = ["frechet_bounds", "two_label_joint", "two_label_mixture"]


def frechet_bounds(p_a: float, p_b: float) -> tuple[float, float]:
    r"""Return how rarely and how often two labels can stand together.

    Parameters
    ----------
    p_a, p_b : float
        P(A) and P(B), in [0, 1].

    Returns
    -------
    least, most : float
        Bounds of P(A and B), in [0, 1]; both are reached.

    Raises
    ------
    GeneratorError
        If a probability lies outside [0, 1].
    TypeError
        If one is not a number.

    Notes
    -----
    .. math:: \max(0, P(A) + P(B) - 1) \le P(A, B) \le \min(P(A), P(B))

    References
    ----------
    M. Fréchet, "Généralisation du théorème des probabilités totales", Fundamenta
    Mathematicae 25:379-387, 1935.

    Examples
    --------
    >>> frechet_bounds(0.75, 0.5)
    (0.25, 0.5)
    """
    _check_margins(p_a, p_b)
    return max(0.0, p_a + p_b - 1.0), min(float(p_a), float(p_b))


def two_label_joint(p_a: float, p_b: float, dependence: float) -> np.ndarray:
    r"""Return the joint distribution of two labels.

    Parameters
    ----------
    p_a, p_b : float
        P(A) and P(B), in [0, 1].
    dependence : float
        D', in [-1, 1]: how far P(A and B) lies from that of independent labels (0)
        towards the least (-1) or the most (1) that the margins allow.

    Returns
    -------
    ndarray of float64, shape (4,)
        P of the label sets 00, 01, 10 and 11, A first: the order of
        `LabelTruth.joint`. Sums to one.

    Raises
    ------
    GeneratorError
        If a number lies outside its range.
    TypeError
        If one is not a number.

    Notes
    -----
    Every triple of numbers in their ranges is a distribution, and every distribution
    has one (several where a label is constant). With :math:`D = P(A, B) - P(A) P(B)`,

    .. math:: D' = D / D_{\max} \quad (D \ge 0), \qquad D' = -D / D_{\min} \quad (D < 0)

    where the least and the most D are those of `frechet_bounds`. Pearson's correlation
    phi is not free in this sense: it can be 1 only where P(A) = P(B).

    References
    ----------
    R. C. Lewontin, "The interaction of selection and linkage. I. General
    considerations; heterotic models", Genetics 49:49-67, 1964: D'.

    Examples
    --------
    >>> two_label_joint(0.6, 0.3, 1.0).round(6).tolist()
    [0.4, 0.0, 0.3, 0.3]
    >>> two_label_joint(0.5, 0.5, 0.0).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    least, most = frechet_bounds(p_a, p_b)
    check_number("dependence", dependence, at_least=-1, at_most=1)
    independent = p_a * p_b
    end = most if dependence > 0 else least
    both = independent + abs(dependence) * (end - independent)
    cells = np.array([1.0 - p_a - p_b + both, p_b - both, p_a - both, both])
    # Rounding leaves about -1e-17 of a cell that is impossible.
    return np.maximum(cells, 0.0)


def two_label_mixture(
    p_a: float, p_b: float, dependence: float, effect: float
) -> np.ndarray:
    r"""Return the joint distribution of two labels for each value of a binary feature.

    Parameters
    ----------
    p_a, p_b : float
        P(A) and P(B) over both values, in [0, 1].
    dependence : float
        D' at either value of x, in [-1, 1], as in `two_label_joint`.
    effect : float
        In [-1, 1]: how far x moves both labels, as a share of the way that is possible.
        0: it says nothing. More than 0: it moves them the same way; less than 0: apart.

    Returns
    -------
    ndarray of float64, shape (2, 4)
        One row for x = 0 and one for x = 1, which are equally probable; columns as in
        `two_label_joint`. Their mean is the distribution where x is unknown.

    Raises
    ------
    GeneratorError
        If a number lies outside its range.
    TypeError
        If one is not a number.

    Notes
    -----
    With the effect e and r(p) = min(p, 1 - p), P(A | x) is P(A) -+ |e| r(P(A)) and
    P(B | x) is P(B) -+ e r(P(B)), the upper sign for x = 0: the margins stay those of
    the arguments. Over both values e adds ``e |e| r(P(A)) r(P(B))`` to the covariance:
    labels can be dependent although they are independent at every x [1]_.

    References
    ----------
    .. [1] K. Dembczyński, W. Waegeman, W. Cheng, E. Hüllermeier, "On label dependence
       and loss minimization in multi-label classification", Machine Learning 88:5-45,
       2012, section 3 (marginal and conditional dependence).

    Examples
    --------
    Independent at either x, and dependent over both:

    >>> joints = two_label_mixture(0.5, 0.5, 0.0, 0.8)
    >>> joints.round(2).tolist()
    [[0.81, 0.09, 0.09, 0.01], [0.01, 0.09, 0.09, 0.81]]
    >>> joints.mean(axis=0).round(2).tolist()
    [0.41, 0.09, 0.09, 0.41]
    """
    _check_margins(p_a, p_b)
    check_number("effect", effect, at_least=-1, at_most=1)
    of_a = abs(effect) * min(p_a, 1.0 - p_a)
    of_b = effect * min(p_b, 1.0 - p_b)
    margins = np.array([[p_a - of_a, p_b - of_b], [p_a + of_a, p_b + of_b]])
    # Rounding can carry a sum just beyond 1.
    at_x = margins.clip(0.0, 1.0)
    return np.array([two_label_joint(a, b, dependence) for a, b in at_x.tolist()])


def _check_margins(p_a: float, p_b: float) -> None:
    for name, value in (("p_a", p_a), ("p_b", p_b)):
        check_number(name, value, at_most=1)
