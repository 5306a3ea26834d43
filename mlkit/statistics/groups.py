"""Which models cannot be told apart: the bars of a critical-difference diagram."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from mlkit.arguments import check_number
from mlkit.exceptions import LabelNameError, OptionError, ScoresError, ShapeError
from mlkit.statistics.checks import check_numbers, real_numbers

__all__ = ["indistinct_groups", "indistinct_runs"]

# Mean ranks are sums of halves over a number of datasets, so rounding may decide
# whether two of them are exactly a critical difference apart.
_ROUNDING = 1e-9


def indistinct_groups(
    mean_ranks: Any, critical_difference: float
) -> list[tuple[Hashable, ...]]:
    """Find the groups of models whose mean ranks are within a critical difference.

    Parameters
    ----------
    mean_ranks : Series or array-like, shape (n_models,)
        From `mean_ranks`; finite, 1 = best.
    critical_difference : float
        From `nemenyi_critical_difference`, in ranks, at least 0.

    Returns
    -------
    list of tuple
        Names of a Series, or else positions. A group is a tuple of at least two
        models, best first; groups are in the order of their best model. None lies
        within another, but they may overlap. A model in no group differs from all.

    Raises
    ------
    LabelNameError
        If two models have one name.
    OptionError
        If `critical_difference` is out of its range.
    ScoresError
        If mean ranks are not finite numbers in one dimension.
    TypeError
        If `critical_difference` is not a number.

    Notes
    -----
    Models that are a critical difference apart, or more, are distinct. Two models of
    one group are not shown to be the same: the data do not say which is better.

    References
    ----------
    J. Demšar (2006). Statistical comparisons of classifiers over multiple data sets.
    JMLR 7, 1-30, section 3.2.

    Examples
    --------
    b and d are 1.5 apart:

    >>> ranks = pd.Series({"a": 3.0, "b": 1.5, "c": 2.5, "d": 3.0})
    >>> indistinct_groups(ranks, 1.2)
    [('b', 'c'), ('c', 'a', 'd')]
    """
    check_number("critical_difference", critical_difference, error=OptionError)
    values = check_numbers(
        "mean_ranks", mean_ranks, advice="Leave out models without a rank."
    )
    named = isinstance(mean_ranks, pd.Series)
    names = mean_ranks.index if named else pd.RangeIndex(len(values))
    _check_unique(names)
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    apart = ranked - ranked[:, np.newaxis]
    distinct = apart >= critical_difference - _ROUNDING
    return _maximal_runs(distinct, names[order].tolist())


def indistinct_runs(
    p_values: Any, order: Iterable[Hashable], *, alpha: float = 0.05
) -> list[tuple[Hashable, ...]]:
    """Find the runs of models, in order of rank, without a significant pair.

    Parameters
    ----------
    p_values : DataFrame or array-like, shape (n_models, n_models)
        Of all pairs, in [0, 1], symmetric, from `nemenyi_test` or `p_value_matrix`;
        adjusted for their number. The diagonal is not looked at.
    order : iterable
        All names of `p_values`, best first; positions, if it is an array.
    alpha : float, default 0.05
        A p-value of at most that is significant, in [0, 1).

    Returns
    -------
    list of tuple
        As in `indistinct_groups`.

    Raises
    ------
    LabelNameError
        If two models have one name.
    OptionError
        If `alpha` is out of its range, or `order` is not an order of the models.
    ScoresError
        If the p-values are not in [0, 1].
    ShapeError
        If they are not a symmetric square.
    TypeError
        If `alpha` is not a number.

    Notes
    -----
    A run is a stretch of the order, from one model to another with all between them;
    the longest ones are given. Why not any set of models without a significant pair (a
    clique): a bar in the diagram covers all that lies between its ends. With tests of
    each pair by itself, a and c may be indistinct although b, between them in rank,
    differs from a; a bar from a to c would say that b does not. The price is that this
    indistinct pair has no bar; it stands in the table of p-values. For p-values of
    mean ranks (Nemenyi) all cliques are runs.

    Examples
    --------
    >>> p = pd.DataFrame(
    ...     [[1, 0.01, 0.30], [0.01, 1, 0.40], [0.30, 0.40, 1]],
    ...     index=list("abc"), columns=list("abc"),
    ... )
    >>> indistinct_runs(p, ["a", "b", "c"])
    [('b', 'c')]
    >>> indistinct_runs(p, ["a", "c", "b"])
    [('a', 'c'), ('c', 'b')]
    """
    check_number("alpha", alpha, below=1, error=OptionError)
    square = _check_p_values(p_values)
    names = list(order)
    if len(names) != len(square) or set(names) != set(square.index):
        msg = (
            f"order must name every model once: {square.index.tolist()}; got {names}. "
            "Pass mean_ranks(scores).sort_values().index."
        )
        raise OptionError(msg)
    positions = {name: i for i, name in enumerate(square.index)}
    places = [positions[name] for name in names]
    distinct = square.to_numpy()[np.ix_(places, places)] <= alpha
    return _maximal_runs(distinct, names)


def _maximal_runs(
    distinct: np.ndarray, names: list[Hashable]
) -> list[tuple[Hashable, ...]]:
    """Return the longest stretches of at least two without a distinct pair."""
    runs = []
    reached = 1
    for start in range(len(names)):
        end = start + 1
        while end < len(names) and not distinct[start:end, end].any():
            end += 1
        # A later start never ends sooner; one that ends no later lies within the last.
        if end > max(reached, start + 1):
            runs.append(tuple(names[start:end]))
            reached = end
    return runs


def _check_p_values(p_values: Any) -> pd.DataFrame:
    values = real_numbers("p_values", p_values)
    square = pd.DataFrame(p_values)
    if square.shape[0] != square.shape[1] or not square.index.equals(square.columns):
        msg = (
            "p_values must be square with the same names on both sides, got shape "
            f"{values.shape}. Pass nemenyi_test(scores) or p_value_matrix(pairs)."
        )
        raise ShapeError(msg)
    _check_unique(square.index)
    np.fill_diagonal(values, 1.0)
    # The comparisons are false for NaN, which is out of range too.
    outside = values[~((values >= 0) & (values <= 1))]
    if len(outside):
        msg = f"p_values must be in [0, 1], got {outside[0]:g}."
        raise ScoresError(msg)
    if not np.allclose(values, values.T, rtol=0, atol=_ROUNDING):
        msg = "p_values must be symmetric. Fill both triangles with the same values."
        raise ShapeError(msg)
    return pd.DataFrame(values, index=square.index, columns=square.columns)


def _check_unique(names: pd.Index) -> None:
    if not names.is_unique:
        twice = names[names.duplicated()][0]
        msg = f"Two models are named {twice!r}. Give every model its own name."
        raise LabelNameError(msg)
