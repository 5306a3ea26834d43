"""Tables with nominal columns: the codes of their values, beside the numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

__all__ = ["codes_of", "nominal_columns", "values_of"]


def nominal_columns(X: Any) -> list[str]:
    """Return the columns of a table that hold names and not numbers.

    Parameters
    ----------
    X : object

    Returns
    -------
    list of str
        Columns of text, categories or mixed values; none of what is no DataFrame.

    Examples
    --------
    >>> nominal_columns(pd.DataFrame({"colour": ["red", "blue"], "size": [1, 2]}))
    ['colour']
    """
    if not isinstance(X, pd.DataFrame):
        return []
    kinds = zip(X.columns, X.dtypes, strict=True)
    return [name for name, kind in kinds if not is_numeric_dtype(kind)]


def values_of(column: np.ndarray) -> list[str]:
    """Return the distinct values of a column as texts, sorted; gaps are none.

    Parameters
    ----------
    column : ndarray of object, shape (n_samples,)

    Returns
    -------
    list of str

    Examples
    --------
    >>> values_of(np.array(["red", None, "blue", "red"], dtype=object))
    ['blue', 'red']
    """
    return sorted({str(value) for value in column[~pd.isna(column)]})


def codes_of(names: np.ndarray, values: list[list[str]]) -> np.ndarray:
    """Return the codes of the values of nominal columns.

    Parameters
    ----------
    names : ndarray of object, shape (n_samples, n_columns)
    values : list of list of str
        The known values of each column.

    Returns
    -------
    ndarray of int32, shape (n_samples, n_columns)
        The place of a value, counted from 1; 0 for gaps and for unknown values.

    Examples
    --------
    >>> names = np.array([["red"], [None], ["green"]], dtype=object)
    >>> codes_of(names, [["blue", "red"]]).ravel().tolist()
    [2, 0, 0]
    """
    codes = np.zeros(names.shape, dtype=np.int32)
    for j, known in enumerate(values):
        code = {value: place for place, value in enumerate(known, start=1)}
        codes[:, j] = [code.get(str(value), 0) for value in names[:, j]]
    # A gap may read as a value does, such as the text "nan".
    codes[pd.isna(names)] = 0
    return codes
