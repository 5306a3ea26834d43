"""Which of many labels a figure shows, and under which names."""

from __future__ import annotations

from typing import TypeVar

import pandas as pd

from mlkit.reporting.wording import shorten

__all__ = ["by_count", "first_labels", "short_names"]

_Table = TypeVar("_Table", pd.Series, pd.DataFrame)
_MOST_CHARACTERS = 28


def by_count(labels: pd.DataFrame, column: str = "count") -> pd.DataFrame:
    """Sort labels, the most frequent first; equal ones keep their order.

    Parameters
    ----------
    labels : DataFrame
        One label a row.
    column : str, default "count"
        Where the counts stand.

    Returns
    -------
    DataFrame
    """
    return labels.sort_values(column, ascending=False, kind="stable")


def first_labels(labels: pd.DataFrame, limit: int) -> tuple[pd.DataFrame, str]:
    """Return the first labels of a sorted table, and what they are in words.

    Parameters
    ----------
    labels : DataFrame
        Sorted by frequency.
    limit : int

    Returns
    -------
    labels : DataFrame
    words : str
        Such as ``"the 30 most frequent of 983 labels"``.

    Examples
    --------
    >>> first_labels(pd.DataFrame(index=["a", "b", "c"]), 2)[1]
    'the 2 most frequent of 3 labels'
    """
    if len(labels) <= limit:
        noun = "the one label" if len(labels) == 1 else f"all {len(labels):,} labels"
        return labels, noun
    return labels.head(limit), f"the {limit} most frequent of {len(labels):,} labels"


def short_names(table: _Table) -> _Table:
    """Name the rows of a table so that a figure has room for the names.

    Parameters
    ----------
    table : Series or DataFrame

    Returns
    -------
    Series or DataFrame
        With the first 28 characters of each name.
    """
    return table.set_axis([shorten(name, _MOST_CHARACTERS) for name in table.index])
