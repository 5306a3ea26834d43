"""From any table to numbers that a base learner takes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from pandas.api.types import (
    infer_dtype,
    is_datetime64_any_dtype,
    is_numeric_dtype,
    is_object_dtype,
    is_timedelta64_dtype,
)
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import MaxAbsScaler, StandardScaler
from sklearn.utils import assert_all_finite
from sklearn.utils.validation import (
    _check_feature_names_in,
    check_is_fitted,
    validate_data,
)

from mlkit.exceptions import FeatureTypeError, names_for_message
from mlkit.validation import FeatureMatrix

__all__ = ["FeaturePreparation"]

# What pandas says of object columns that hold nothing but numbers and missing values.
_NUMBER_KINDS = frozenset(
    {"boolean", "decimal", "empty", "floating", "integer", "mixed-integer-float"}
)


class FeaturePreparation(TransformerMixin, BaseEstimator):
    """Turn tables with categories and gaps into numbers on one scale.

    What is done is decided from `X` in `fit`, so that one preparation serves every
    data set:

    - categories and texts become 0/1 columns, one a category; two categories become
      one column, a single one none; missing and unseen categories are 0 everywhere;
    - a missing number becomes the median of its column (0 in sparse `X`, where that is
      what is left out);
    - dense numbers are brought to mean 0 and standard deviation 1, sparse ones are
      divided by their greatest absolute value, which keeps zeros;
    - pictures and sequences (more than two dimensions) are laid out in one row.

    Parameters
    ----------
    scale : bool, default True
        Whether numbers are scaled; trees and forests do not need it.
    max_categories : int, default 100
        A column with more categories keeps its most frequent ones, and the others
        count as unseen. An identifier would otherwise become a column a row.

    Attributes
    ----------
    categories_ : dict of int to list of str
        For each column of categories, by position, those that became columns.
    medians_ : ndarray, shape (n_numbers,)
        What replaces missing numbers; only for dense `X`.
    scaler_ : StandardScaler, MaxAbsScaler or None
        Fitted on the columns of numbers.
    n_features_in_ : int
        Number of columns of `X`.
    feature_names_in_ : ndarray of str, shape (n_features,)
        Names of the columns; only where `X` was a DataFrame with string columns.

    Notes
    -----
    A DataFrame gives a DataFrame of float64 with the same index, an array an array, a
    sparse matrix a csr_array. Constant columns are allowed; scaled, they are 0.

    The median rather than the mean replaces gaps, since a few extreme values do not
    move it. That a value was missing is not told to the learner: where the gap itself
    means something, add a column that says so.

    Everything is learned from the rows of `fit`. In a `Pipeline` inside a
    cross-validation no statistic of the test rows reaches the learner.

    Cost: one pass over `X`, and a sort of each dense column for its median.

    See Also
    --------
    mlkit.models.make : Puts it before a learner, scaled where that needs it.

    Examples
    --------
    >>> import pandas as pd
    >>> from mlkit.models import FeaturePreparation
    >>> table = {"area": [1.0, None, 3.0], "where": ["sea", "land", "ice"]}
    >>> FeaturePreparation(scale=False).fit_transform(pd.DataFrame(table))
       area  where=ice  where=land  where=sea
    0   1.0        0.0         0.0        1.0
    1   2.0        0.0         1.0        0.0
    2   3.0        1.0         0.0        0.0
    """

    def __init__(self, *, scale: bool = True, max_categories: int = 100) -> None:
        self.scale = scale
        self.max_categories = max_categories

    def fit(self, X: FeatureMatrix, y: Any = None) -> FeaturePreparation:
        """Find categories, medians and scales.

        Parameters
        ----------
        X : DataFrame, ndarray or sparse matrix, shape (n_samples, n_features, ...)
            Features as they come.
        y : ignored
            Here because scikit-learn's pipelines pass it.

        Returns
        -------
        self

        Raises
        ------
        FeatureTypeError
            If a column holds dates or durations.
        ValueError
            If `X` holds infinity, or `max_categories` is less than 1.
        """
        if self.max_categories < 1:
            msg = f"max_categories must be at least 1, got {self.max_categories}."
            raise ValueError(msg)
        X = self._check(X, reset=True)
        # Centring would fill a sparse matrix, so the way is chosen here, once.
        self._sparse = sp.issparse(X)
        kinds = _column_kinds(X) if isinstance(X, pd.DataFrame) else []
        self.categories_ = {
            position: _choose_categories(X.iloc[:, position], self.max_categories)
            for position, kind in enumerate(kinds)
            if kind == "category"
        }
        numbers = self._numbers(X)
        if not self._sparse:
            # pandas skips gaps and stays silent where a column holds nothing else.
            self.medians_ = pd.DataFrame(numbers).median().fillna(0.0).to_numpy()
        self.scaler_ = None
        if self.scale and numbers.shape[1]:
            scaler = MaxAbsScaler() if self._sparse else StandardScaler()
            self.scaler_ = scaler.fit(self._without_gaps(numbers))
        return self

    def transform(self, X: FeatureMatrix) -> FeatureMatrix:
        """Turn features into numbers.

        Parameters
        ----------
        X : DataFrame, ndarray or sparse matrix, shape (n_samples, n_features, ...)
            Features in the columns of `fit`.

        Returns
        -------
        DataFrame, ndarray or csr_array of float64, shape (n_samples, n_columns)
            Columns of numbers first, then those of categories.

        Raises
        ------
        FeatureTypeError
            If `X` is sparse and was dense in `fit`.
        """
        check_is_fitted(self)
        checked = self._check(X, reset=False)
        # Gaps before scales: a scale is that of complete columns.
        numbers = self._without_gaps(self._numbers(checked))
        if self.scaler_ is not None:
            numbers = self.scaler_.transform(numbers)
        if sp.issparse(numbers):
            return sp.csr_array(numbers)
        blocks = [
            _one_hot(_as_frame(checked).iloc[:, position], categories)
            for position, categories in self.categories_.items()
            # Most columns of some tables are constant: nothing to look up in them.
            if categories
        ]
        values = np.hstack([numbers, *blocks]) if blocks else numbers
        if not isinstance(checked, pd.DataFrame):
            return values
        # Names and index stay: predictions can then be joined to their rows.
        names = self.get_feature_names_out()
        return pd.DataFrame(values, index=checked.index, columns=names, copy=False)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the columns that `transform` gives.

        Parameters
        ----------
        input_features : sequence of str, optional
            Names of the columns of `X`; by default those seen in `fit`, or x0, x1, ...

        Returns
        -------
        ndarray of str, shape (n_columns,)
            A category is named ``column=category``.

        Examples
        --------
        >>> from mlkit.models import FeaturePreparation
        >>> texts = [["n", "1"], ["s", "2"], ["w", "1"]]
        >>> FeaturePreparation().fit(texts).get_feature_names_out().tolist()
        ['x0=n', 'x0=s', 'x0=w', 'x1=2']
        """
        check_is_fitted(self)
        names = _check_feature_names_in(self, input_features)
        numbers = [str(names[position]) for position in self._number_positions()]
        categories = [
            f"{names[position]}={category}"
            for position, kept in self.categories_.items()
            for category in kept
        ]
        return np.array(numbers + categories, dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags

    def _check(self, X: Any, *, reset: bool) -> Any:
        """Return a DataFrame, a numeric 2-D array or CSR, with the columns of `fit`."""
        if not isinstance(X, pd.DataFrame) and not sp.issparse(X):
            X = _flat_array(X)
        if isinstance(X, pd.DataFrame):
            # Names and number of columns only; the values may be texts.
            validate_data(self, X, reset=reset, skip_check_array=True)
            return X
        if not reset and sp.issparse(X) and not self._sparse:
            msg = "X is sparse and was dense in fit. Pass X.toarray()."
            raise FeatureTypeError(msg)
        return validate_data(
            self,
            X,
            reset=reset,
            accept_sparse="csr",
            dtype=np.float64,
            ensure_all_finite="allow-nan",
        )

    def _number_positions(self) -> list[int]:
        return [j for j in range(self.n_features_in_) if j not in self.categories_]

    def _numbers(self, X: Any) -> Any:
        """Return the columns of numbers as float64, gaps as NaN."""
        if not isinstance(X, pd.DataFrame):
            return X
        block = X.iloc[:, self._number_positions()]
        # na_value: pandas' own missing value cannot become a float by itself.
        values = block.to_numpy(dtype=np.float64, na_value=np.nan)
        assert_all_finite(values, allow_nan=True, input_name="X")
        return values

    def _without_gaps(self, numbers: Any) -> Any:
        stored = numbers.data if sp.issparse(numbers) else numbers
        gaps = np.isnan(stored)
        if not gaps.any():
            return numbers
        if not sp.issparse(numbers):
            return np.where(gaps, self.medians_, numbers)
        filled = numbers.copy()
        filled.data[gaps] = 0.0
        return filled


def _flat_array(X: Any) -> Any:
    """Lay out the rows of X; a frame where it holds anything but numbers."""
    array = np.asarray(X)
    if array.ndim > 2:
        array = array.reshape(len(array), -1)
    holds_texts = array.ndim == 2 and array.dtype.kind in "OUS"
    return pd.DataFrame(array) if holds_texts else array


def _as_frame(X: Any) -> pd.DataFrame:
    return X if isinstance(X, pd.DataFrame) else pd.DataFrame(X)


def _column_kinds(X: pd.DataFrame) -> list[str]:
    """Return "number" or "category" for each column."""
    dates = [
        str(name)
        for name, dtype in X.dtypes.items()
        if is_datetime64_any_dtype(dtype) or is_timedelta64_dtype(dtype)
    ]
    if dates:
        msg = (
            f"X has dates or durations: {names_for_message(dates)}. Turn them into "
            "numbers that mean something here, such as the year or the days since."
        )
        raise FeatureTypeError(msg)
    return [
        "number" if _is_number(X.iloc[:, j]) else "category" for j in range(X.shape[1])
    ]


def _is_number(column: pd.Series) -> bool:
    # A single None turns a column of numbers or booleans into objects.
    if is_object_dtype(column.dtype):
        return infer_dtype(column, skipna=True) in _NUMBER_KINDS
    return is_numeric_dtype(column.dtype)


def _choose_categories(column: pd.Series, limit: int) -> list[str]:
    """Return the categories that become columns, sorted."""
    names, codes = _text_codes(column)
    frequency: Counter[str] = Counter()
    # Only what some row has: declared categories without rows would be zeros.
    for code, count in zip(
        *np.unique(codes[codes >= 0], return_counts=True), strict=True
    ):
        frequency[names[code]] += int(count)
    # Among equally frequent categories, those first by name are kept.
    by_frequency = sorted(frequency, key=lambda name: (-frequency[name], name))
    chosen = sorted(by_frequency[:limit])
    # The first of two categories is told by the zeros of the second.
    return chosen[1:] if len(frequency) <= 2 else chosen


def _one_hot(column: pd.Series, categories: list[str]) -> np.ndarray:
    """Return 0/1 columns, one a category; zeros for what is missing or unseen."""
    names, codes = _text_codes(column)
    # The last entry stands for code -1, a missing value.
    lookup = np.append(pd.Index(categories, dtype=object).get_indexer(names), -1)
    return (lookup[codes][:, np.newaxis] == np.arange(len(categories))).astype(float)


def _text_codes(column: pd.Series) -> tuple[pd.Index, np.ndarray]:
    """Return category names as text, and each row's position among them or -1."""
    # As text, since values of several types cannot be sorted; 1 and "1" are the same.
    categorical = pd.Categorical(column)
    names = pd.Index([str(name) for name in categorical.categories], dtype=object)
    return names, np.asarray(categorical.codes, dtype=np.intp)
