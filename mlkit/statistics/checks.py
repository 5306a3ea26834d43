"""Checks of what the tests take: differences of pairs, and tables of scores."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mlkit.exceptions import LabelNameError, ScoresError

__all__ = [
    "ScoreTable",
    "check_differences",
    "check_direction",
    "check_numbers",
    "check_score_table",
    "largest_size",
    "on_grid",
    "real_numbers",
]

_DIGITS = 12


@dataclass(frozen=True, eq=False)
class ScoreTable:
    """Checked scores of models on datasets, higher meaning better.

    Parameters
    ----------
    values : ndarray of float64, shape (n_datasets, n_models)
        Finite. Losses stand here with their sign turned.
    datasets, models : pandas.Index
        Names of rows and columns; positions where the scores came without names.
    """

    values: np.ndarray
    datasets: pd.Index
    models: pd.Index


def check_differences(differences: Any, *, minimum: int) -> np.ndarray:
    """Check differences of paired scores.

    Parameters
    ----------
    differences : array-like or Series, shape (n,)
        Finite numbers.
    minimum : int
        How many are needed at least.

    Returns
    -------
    ndarray of float64, shape (n,)

    Raises
    ------
    ScoresError
        If they are not a row of finite real numbers, or too few.

    Examples
    --------
    >>> check_differences([0.1], minimum=2)
    Traceback (most recent call last):
    mlkit.exceptions.ScoresError: differences must have at least 2 values, got 1.
    """
    advice = (
        "Leave out the folds or datasets on which one of the two models has no score."
    )
    values = check_numbers("differences", differences, advice=advice)
    if len(values) < minimum:
        plural = "value" if minimum == 1 else "values"
        msg = f"differences must have at least {minimum} {plural}, got {len(values)}."
        raise ScoresError(msg)
    return values


def check_numbers(name: str, numbers: Any, *, advice: str) -> np.ndarray:
    """Check a row of finite numbers.

    Parameters
    ----------
    name : str
        How the message calls them.
    numbers : array-like or Series, shape (n,)
    advice : str
        What to do about those that are not finite.

    Returns
    -------
    ndarray of float64, shape (n,)
        A copy.

    Raises
    ------
    ScoresError
        If they are not real numbers, not in one dimension, or not finite.
    """
    values = real_numbers(name, numbers)
    if values.ndim != 1:
        msg = (
            f"{name} must be one-dimensional, got shape {values.shape}. "
            "Pass one value a position."
        )
        raise ScoresError(msg)
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        msg = (
            f"{name} has values that are not finite: {len(bad)} of {len(values)} "
            f"(first: position {bad[0]} = {values[bad[0]]}). {advice}"
        )
        raise ScoresError(msg)
    return values


def check_score_table(
    scores: Any, *, greater_is_better: bool, min_datasets: int = 1
) -> ScoreTable:
    """Check a table of scores, and turn it so that higher is better.

    Parameters
    ----------
    scores : array-like or DataFrame, shape (n_datasets, n_models)
        Finite numbers, one column a model. A DataFrame names datasets and models.
    greater_is_better : bool
        False for losses: their sign is turned.
    min_datasets : int, default 1
        How many rows are needed at least.

    Returns
    -------
    ScoreTable

    Raises
    ------
    LabelNameError
        If two models have one name.
    ScoresError
        If it is not a matrix of finite real numbers, or has too few rows, or fewer
        than two columns.
    TypeError
        If `greater_is_better` is not a boolean.
    """
    check_direction(greater_is_better)
    values = real_numbers("scores", scores)
    if values.ndim != 2:
        msg = f"scores must be (n_datasets, n_models), got shape {values.shape}."
        raise ScoresError(msg)
    n_datasets, n_models = values.shape
    if n_models < 2 or n_datasets < min_datasets:
        msg = (
            f"scores must have at least {min_datasets} rows (datasets) and 2 columns "
            f"(models), got shape {values.shape}."
        )
        raise ScoresError(msg)
    named = isinstance(scores, pd.DataFrame)
    datasets = scores.index if named else pd.RangeIndex(n_datasets)
    models = scores.columns if named else pd.RangeIndex(n_models)
    _check_complete(values, datasets, models)
    if not models.is_unique:
        twice = models[models.duplicated()][0]
        msg = f"scores has two columns named {twice!r}. Give every model its own name."
        raise LabelNameError(msg)
    return ScoreTable(values if greater_is_better else -values, datasets, models)


def check_direction(greater_is_better: Any) -> None:
    """Check that a direction is a boolean.

    Parameters
    ----------
    greater_is_better : object

    Raises
    ------
    TypeError
        If it is anything else: a word such as "lower" would count as true.
    """
    if not isinstance(greater_is_better, bool | np.bool_):
        msg = (
            "greater_is_better must be True (scores) or False (losses), "
            f"got {greater_is_better!r}."
        )
        raise TypeError(msg)


def on_grid(values: np.ndarray, *, largest: float) -> np.ndarray:
    """Round values to a decimal grid, so that equal differences are equal numbers.

    Parameters
    ----------
    values : ndarray of float64
    largest : float
        The greatest size of the numbers that they were computed from, at least 0.

    Returns
    -------
    ndarray of float64
        Whole numbers below 1e14, for sizes up to ten times `largest`: multiples of
        the 13th decimal digit of `largest`. Sums of two of them are exact.

    Notes
    -----
    0.9 - 0.8 and 0.4 - 0.3 differ in their last bits, and so would be ranked one
    before the other, where both are 0.1 on paper. A decimal grid is right for decimal
    scores: they lie at the centres of its cells, where noise cannot part them.

    Examples
    --------
    >>> differences = np.array([0.9 - 0.8, 0.4 - 0.3])
    >>> len(set(differences)), len(set(on_grid(differences, largest=0.9)))
    (2, 1)
    """
    if largest == 0:
        return np.zeros_like(values)
    # Below 1e-300 ten to the exponent would itself lose its digits.
    exponent = max(math.floor(math.log10(largest)), -300)
    # Adding zero turns -0.0 into 0.0.
    return np.rint(values / 10.0**exponent * 10.0**_DIGITS) + 0.0


def largest_size(values: np.ndarray) -> float:
    """Return the greatest size among numbers.

    Parameters
    ----------
    values : ndarray of float64
        At least one.

    Returns
    -------
    float
    """
    return float(np.abs(values).max())


def real_numbers(name: str, values: Any) -> np.ndarray:
    """Turn what a caller gave into real numbers.

    Parameters
    ----------
    name : str
        How the message calls them.
    values : array-like, Series or DataFrame

    Returns
    -------
    ndarray of float64
        A copy, of the same shape.

    Raises
    ------
    ScoresError
        If they are not real numbers.
    """
    try:
        given = np.asarray(values)
        # Made real they would lose a part, with no more than a warning.
        if given.dtype.kind != "c":
            return given.astype(np.float64)
    except (TypeError, ValueError) as err:
        msg = f"{name} must be numbers: {err}."
        raise ScoresError(msg) from err
    msg = f"{name} must be real numbers, got complex ones."
    raise ScoresError(msg)


def _check_complete(values: np.ndarray, datasets: pd.Index, models: pd.Index) -> None:
    bad = ~np.isfinite(values)
    if bad.any():
        row, column = (int(places[0]) for places in np.nonzero(bad))
        msg = (
            f"scores has cells that are not finite: {int(bad.sum())} of {bad.size} "
            f"(first: dataset {datasets[row]!r}, model {models[column]!r} = "
            f"{values[row, column]}). Leave out the dataset or the model: ranks need "
            "every score."
        )
        raise ScoresError(msg)
