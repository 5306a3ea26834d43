"""From any table to numbers that a base learner takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from pandas.api.types import infer_dtype, is_numeric_dtype, is_object_dtype
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    OneHotEncoder,
    StandardScaler,
)
from sklearn.utils.validation import (
    _check_feature_names_in,
    check_is_fitted,
    validate_data,
)

from mlkit.exceptions import FeatureTypeError, names_for_message
from mlkit.models.text_columns import WordColumns, holds_sentences
from mlkit.validation import FeatureMatrix

__all__ = ["FeaturePreparation"]

# What pandas says of object columns that hold nothing but numbers and missing values.
_NUMBER_KINDS = frozenset(
    {"boolean", "decimal", "empty", "floating", "integer", "mixed-integer-float"}
)


class FeaturePreparation(TransformerMixin, BaseEstimator):
    """Turn tables with categories, sentences and gaps into numbers.

    What is done is decided from `X` in `fit`, so that one preparation serves every
    data set:

    - categories become 0/1 columns, one a category; two categories become one column,
      a single one none; missing and unseen categories are 0 everywhere;
    - sentences become TF-IDF columns, one a word that occurs in at least two rows; a
      column of a DataFrame holds sentences where all its values are strings, more than
      half of them distinct, with at least 4 words on average; missing texts and unseen
      words are 0;
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
    max_words : int, default 2000
        A column of sentences keeps the words that occur in most rows.

    Attributes
    ----------
    transformer_ : ColumnTransformer or Pipeline
        The fitted parts of scikit-learn: a ColumnTransformer of ``"numbers"``,
        ``"categories"`` and ``"sentences"`` for dense `X`, a Pipeline for sparse `X`.
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

    Words are counted between white space to tell sentences from categories. Texts of
    a language without spaces, and all strings in an array, are categories; so is a
    column of pandas' category type, which is the way to ask for categories. As columns,
    words are runs of two or more letters or digits, in lower case, weighed as in
    scikit-learn's TfidfVectorizer with ``sublinear_tf=True``.

    The words of a text have Euclidean length 1 together and are not scaled again, so
    that all of them weigh about as much as one scaled number. A learner that keeps its
    weights small makes little of them: to logistic regression give a greater ``C``.

    Everything is learned from the rows of `fit`. In a `Pipeline` inside a
    cross-validation no statistic of the test rows reaches the learner.

    Cost: one pass over `X`, and a sort of each dense column for its median. The result
    for a dense `X` is dense: 8 bytes a row for each word, which is 160 MB for 10 000
    rows and 2000 words. Where that is too much, lower `max_words`, or make a sparse
    matrix of words beforehand.

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

    def __init__(
        self, *, scale: bool = True, max_categories: int = 100, max_words: int = 2000
    ) -> None:
        self.scale = scale
        self.max_categories = max_categories
        self.max_words = max_words

    def fit(self, X: FeatureMatrix, y: Any = None) -> FeaturePreparation:
        """Choose the parts for the columns of `X`, and fit them.

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
            If `X` holds infinity, or `max_categories` or `max_words` is less than 1.
        """
        for name in ("max_categories", "max_words"):
            if getattr(self, name) < 1:
                msg = f"{name} must be at least 1, got {getattr(self, name)}."
                raise ValueError(msg)
        if is_table := isinstance(X, pd.DataFrame):
            _refuse_dates(X)
        X = self._check(X, reset=True)
        # Centring would fill a sparse matrix, so the way is chosen here, once.
        self._sparse = sp.issparse(X)
        if self._sparse:
            parts = _sparse_parts(self.scale)
        else:
            sentences = [j for j in X if is_table and holds_sentences(X[j])]
            parts = self._dense_parts(X, sentences)
        self.transformer_ = parts.fit(X)
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
            Columns of numbers first, then those of categories, then those of words.

        Raises
        ------
        FeatureTypeError
            If `X` is sparse and was dense in `fit`.
        ValueError
            If `X` has no rows or holds infinity, or if two columns would get the same
            name, such as a number ``a=y`` beside the category ``y`` of ``a``.
        """
        check_is_fitted(self)
        values = self.transformer_.transform(self._check(X, reset=False))
        if sp.issparse(values):
            return sp.csr_array(values)
        if not isinstance(X, pd.DataFrame):
            return values
        # Names and index stay: predictions can then be joined to their rows.
        names = self.get_feature_names_out()
        return pd.DataFrame(values, index=X.index, columns=names, copy=False)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the columns that `transform` gives.

        Parameters
        ----------
        input_features : sequence of str, optional
            Names of the columns of `X`; by default those seen in `fit`, or x0, x1, ...

        Returns
        -------
        ndarray of str, shape (n_columns,)
            A category is named ``column=category``, a word ``column~word``.

        Examples
        --------
        >>> from mlkit.models import FeaturePreparation
        >>> texts = [["n", "1"], ["s", "2"], ["w", "1"]]
        >>> FeaturePreparation().fit(texts).get_feature_names_out().tolist()
        ['x0=n', 'x0=s', 'x0=w', 'x1=2']
        """
        check_is_fitted(self)
        names = _check_feature_names_in(self, input_features)
        return self.transformer_.get_feature_names_out(names)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags

    def _check(self, X: Any, *, reset: bool) -> Any:
        """Return CSR, or a DataFrame with numbered columns, as many as in `fit`."""
        if sp.issparse(X):
            if not reset and not self._sparse:
                msg = "X is sparse and was dense in fit. Pass X.toarray()."
                raise FeatureTypeError(msg)
        elif not isinstance(X, pd.DataFrame):
            X = _flat_array(X)
        checked = validate_data(
            self,
            X,
            reset=reset,
            # The values of a table may be texts: only its names are checked here.
            skip_check_array=isinstance(X, pd.DataFrame),
            accept_sparse="csr",
            dtype=np.float64,
            ensure_all_finite="allow-nan",
        )
        if sp.issparse(checked):
            return checked
        # By number, since an array may follow a table.
        return pd.DataFrame(checked).set_axis(range(self.n_features_in_), axis=1)

    def _dense_parts(self, X: pd.DataFrame, sentences: list[int]) -> ColumnTransformer:
        numbers = [j for j in X if _is_number(X[j])]
        categories = {
            j: names
            for j in X.columns.difference(numbers + sentences)
            # A constant text becomes no column; some tables have hundreds of them.
            if (names := _choose_categories(X[j], self.max_categories))
        }
        chosen = list(categories.values())
        parts = ColumnTransformer(
            [
                ("numbers", _number_parts(self.scale), numbers),
                ("categories", _category_parts(chosen), list(categories)),
                ("sentences", WordColumns(max_words=self.max_words), sentences),
            ],
            sparse_threshold=0,
            verbose_feature_names_out=False,
        )
        # The container is chosen in transform, whatever the global configuration.
        return parts.set_output(transform="default")


def _sparse_parts(scale: bool) -> Pipeline:
    return make_pipeline(
        SimpleImputer(strategy="constant", fill_value=0, keep_empty_features=True),
        MaxAbsScaler() if scale else "passthrough",
    )


def _number_parts(scale: bool) -> Pipeline:
    return make_pipeline(
        FunctionTransformer(_as_float, feature_names_out="one-to-one"),
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler() if scale else "passthrough",
    )


def _category_parts(categories: list[list[str]]) -> Pipeline:
    return make_pipeline(
        FunctionTransformer(_as_text, feature_names_out="one-to-one"),
        OneHotEncoder(
            categories=categories,
            handle_unknown="ignore",
            sparse_output=False,
            feature_name_combiner=_category_name,
        ),
    )


def _category_name(column: str, category: str) -> str:
    # Not "{}={}".format: a method of a text has no name to find it by in a saved model.
    return f"{column}={category}"


def _choose_categories(column: pd.Series, limit: int) -> list[str]:
    """Return the categories that become columns, sorted."""
    # Not by max_categories of OneHotEncoder: it counts a column for "all others", and
    # cuts even where there are just as many categories as allowed.
    names, counts = np.unique(_as_text(column.dropna()), return_counts=True)
    # Among equally frequent categories, those first by name are kept.
    chosen = sorted(names[np.argsort(-counts, kind="stable")[:limit]])
    # The first of two is told by the zeros of the second. Left out here, it is unknown
    # to the encoder, whose drop="if_binary" would warn of missing and unseen values.
    return chosen[1:] if len(names) <= 2 else chosen


def _as_float(X: pd.DataFrame) -> np.ndarray:
    # na_value: pandas' own missing value cannot become a float by itself.
    return X.to_numpy(dtype=np.float64, na_value=np.nan)


def _as_text(X: pd.DataFrame | pd.Series) -> np.ndarray:
    # As text, since values of several types cannot be sorted. astype(str) would make
    # "2.0" of the category 2 where a value is missing.
    return X.map(str, na_action="ignore").to_numpy(dtype=object)


def _flat_array(X: Any) -> Any:
    """Lay out the rows of X; a frame where it holds anything but numbers."""
    array = np.asarray(X)
    if array.ndim > 2:
        array = array.reshape(len(array), -1)
    holds_texts = array.ndim == 2 and array.dtype.kind in "OUS"
    return pd.DataFrame(array) if holds_texts else array


def _refuse_dates(X: pd.DataFrame) -> None:
    dates = X.select_dtypes(["datetime", "datetimetz", "timedelta"]).columns
    if len(dates):
        msg = (
            f"X has dates or durations: {names_for_message(dates)}. Turn them into "
            "numbers that mean something here, such as the year or the days since."
        )
        raise FeatureTypeError(msg)


def _is_number(column: pd.Series) -> bool:
    # A single None turns a column of numbers or booleans into objects.
    if is_object_dtype(column.dtype):
        return infer_dtype(column, skipna=True) in _NUMBER_KINDS
    return is_numeric_dtype(column.dtype)
