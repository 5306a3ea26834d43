"""How often label sets occur, from whatever tells it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mlkit.description import Description, distinct_label_sets

__all__ = ["set_counts"]


def set_counts(label_sets: Any) -> pd.Series:
    """Return the number of rows of each label set.

    Parameters
    ----------
    label_sets : Description, DataFrame, Series, array-like or sparse matrix
        What `mlkit.describe` returned, its ``label_sets``, what
        `mlkit.description.distinct_label_sets` returned, or labels of shape
        (n_samples, n_labels), also as a MultiLabelDataset.

    Returns
    -------
    Series of int
        Indexed by label set, a tuple of labels; the most frequent first.

    Raises
    ------
    ValueError
        If there are no rows, so that there is no label set.
    IndicatorError
        If it is neither of these nor a label matrix.

    Examples
    --------
    >>> set_counts([[1, 0], [1, 1], [1, 0]]).tolist()
    [2, 1]
    """
    if isinstance(label_sets, Description):
        label_sets = label_sets.label_sets
    # The name tells a table of sets from labels that are a DataFrame.
    if getattr(getattr(label_sets, "index", None), "name", None) == "label_set":
        known = isinstance(label_sets, pd.DataFrame)
        counts = label_sets["count"] if known else label_sets
        counts = counts.sort_values(ascending=False, kind="stable")
    else:
        counts = distinct_label_sets(label_sets)
    if len(counts) == 0:
        msg = "There are no label sets, because there are no rows. Give at least one."
        raise ValueError(msg)
    return counts
