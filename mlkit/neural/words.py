"""Texts as the networks read them: words, the words that are known, and their codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import isnan
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from pandas.api.types import infer_dtype
from sklearn.feature_extraction.text import CountVectorizer

from mlkit.exceptions import (
    FeatureTypeError,
    OptionError,
    ShapeError,
    names_for_message,
)
from mlkit.neural.moments import blocks

__all__ = [
    "N_SPECIAL",
    "PADDING",
    "UNKNOWN_WORD",
    "choose_length",
    "choose_words",
    "find_text_column",
    "holds_texts",
    "is_word_table",
    "refuse_lists_of_texts",
    "texts_in",
    "width_of",
    "with_vectors",
    "word_codes",
    "words_of",
]

PADDING = 0
"""The code of what is no word: the rest of a row whose text is shorter."""

UNKNOWN_WORD = 1
"""The code of all words that are not known."""

N_SPECIAL = 2
"""The code of the first known word."""

# So many of the training texts are read to their end; a few very long ones would make
# all rows as long as they are.
_SHARE_READ_WHOLE = 0.95


def holds_texts(X: Any) -> bool:
    """Say whether features that are no table are texts, one a row.

    Parameters
    ----------
    X : object

    Returns
    -------
    bool
        True for a list, tuple, Series or array with one axis, if there is a str or
        bytes in it, or all are missing.

    Examples
    --------
    >>> holds_texts(["A shark hunts.", None]), holds_texts([["A shark hunts."]])
    (True, False)
    """
    arrays = (np.ndarray, pd.Series, pd.Index)
    flat = isinstance(X, (list, tuple)) or (isinstance(X, arrays) and X.ndim == 1)
    if not flat or not len(X):
        return False
    return any(isinstance(value, (str, bytes)) for value in X) or all(
        _is_missing(value) for value in X
    )


def refuse_lists_of_texts(X: Any) -> None:
    """Refuse texts that were cut into words already, or stand in columns.

    Parameters
    ----------
    X : object

    Raises
    ------
    FeatureTypeError
        If the first row is a list of texts.
    """
    if not isinstance(X, (list, tuple, np.ndarray)) or not len(X):
        return
    row = X[0]
    if not isinstance(row, (list, tuple, np.ndarray)) or not len(row):
        return
    if isinstance(row[0], str):
        msg = (
            f"Row 0 of X is a {type(row).__name__} that begins with {row[0][:20]!r}; "
            "expected one text a row. Join words, [' '.join(row) for row in X], or "
            "take the column that holds the texts, X[:, 0]."
        )
        raise FeatureTypeError(msg)


def _is_missing(value: Any) -> bool:
    return (
        value is None or value is pd.NA or (isinstance(value, float) and isnan(value))
    )


def find_text_column(X: pd.DataFrame, wanted: Any = None) -> Any:
    """Return the name of the column of a table that holds its texts.

    Parameters
    ----------
    X : DataFrame
    wanted : hashable, optional
        The name of a column. By default the only one that holds texts, or of several
        the one with the most words a row; no column of pandas' category type, unless it
        is named.

    Returns
    -------
    hashable or None
        None if no column holds texts.

    Raises
    ------
    OptionError
        If the table has not exactly one column with the name that is wanted.

    Examples
    --------
    >>> films = pd.DataFrame({"by": ["Lee", "May"], "plot": ["A shark hunts", "Wind"]})
    >>> find_text_column(films)
    'plot'
    """
    if wanted is not None:
        if (X.columns == wanted).sum() != 1:
            msg = (
                f"text_column is {wanted!r}, and X has the columns "
                f"{names_for_message(X.columns)}."
            )
            raise OptionError(msg)
        return wanted
    found = {
        name: _mean_words(column)
        for name, column in X.items()
        if infer_dtype(column, skipna=True) == "string"
    }
    return max(found, key=found.__getitem__) if found else None


def _mean_words(column: pd.Series) -> float:
    return sum(len(text.split()) for text in column.dropna()) / len(column)


def texts_in(values: Iterable[Any]) -> np.ndarray:
    """Return texts as an array; missing ones are empty.

    Parameters
    ----------
    values : iterable of str, None or NaN

    Returns
    -------
    ndarray of object, shape (n_samples,)

    Raises
    ------
    FeatureTypeError
        If a value is neither a text nor missing.

    Examples
    --------
    >>> texts_in(["A shark hunts.", None]).tolist()
    ['A shark hunts.', '']
    """
    texts = ["" if _is_missing(value) else value for value in values]
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            msg = (
                f"Texts are expected, and row {row} holds {text!r}, a "
                f"{type(text).__name__}. Turn it into a text, or leave the row out."
            )
            raise FeatureTypeError(msg)
    return np.array(texts, dtype=object)


def words_of(texts: Iterable[str]) -> list[list[str]]:
    """Cut texts into words.

    Parameters
    ----------
    texts : iterable of str

    Returns
    -------
    list of list of str
        For each text its words in their order: runs of two or more letters or digits of
        any script, in lower case. An empty text has none.

    Notes
    -----
    It is scikit-learn's analyser, so that these words are those of its vectorizers. In
    a language that is written without spaces, a word is a whole clause.

    Examples
    --------
    >>> words_of(["A shark hunts: Jaws 2!", "Über"])
    [['shark', 'hunts', 'jaws'], ['über']]
    """
    analyse = CountVectorizer().build_analyzer()
    return [analyse(text) for text in texts]


def choose_words(
    documents: Sequence[Sequence[str]], *, max_words: int, min_rows: int
) -> list[str]:
    """Choose the words that get a code of their own: those of the most texts.

    Parameters
    ----------
    documents : sequence of sequence of str
        The words of each training text.
    max_words : int
        How many words at most.
    min_rows : int
        A word occurs in at least so many texts.

    Returns
    -------
    list of str
        The most frequent word first; among equally frequent ones by name.

    Examples
    --------
    >>> documents = [["sea", "ice", "sea"], ["wind", "sea"], ["ice"]]
    >>> choose_words(documents, max_words=9, min_rows=2)
    ['ice', 'sea']
    """
    n_rows = Counter(word for words in documents for word in set(words))
    frequent = [word for word, count in n_rows.items() if count >= min_rows]
    return sorted(frequent, key=lambda word: (-n_rows[word], word))[:max_words]


def choose_length(documents: Sequence[Sequence[str]]) -> int:
    """Choose how many words of a text are read.

    Parameters
    ----------
    documents : sequence of sequence of str
        The words of each training text, at least one.

    Returns
    -------
    int
        The least number, at least 1, that reads 95 % of the texts to their end.

    Examples
    --------
    >>> choose_length([["sea"]] * 95 + [["a", "b", "c"]] * 5)
    1
    """
    lengths = [len(words) for words in documents]
    length = np.quantile(lengths, _SHARE_READ_WHOLE, method="inverted_cdf")
    return max(1, int(length))


def word_codes(
    documents: Sequence[Sequence[str]], words: Sequence[str], length: int
) -> np.ndarray:
    """Return the codes of the words of texts.

    Parameters
    ----------
    documents : sequence of sequence of str
        The words of each text.
    words : sequence of str
        Those that are known.
    length : int
        How many words of a text are read.

    Returns
    -------
    ndarray of int32, shape (n_samples, length)
        The place of a word among those known, counted from 2; 1 for others, 0 after the
        end of a text.

    Examples
    --------
    >>> word_codes([["sea", "ice"], []], ["ice"], 3).tolist()
    [[1, 2, 0], [0, 0, 0]]
    """
    code = {word: place for place, word in enumerate(words, start=N_SPECIAL)}
    codes = np.full((len(documents), length), PADDING, dtype=np.int32)
    for row, document in enumerate(documents):
        read = document[:length]
        codes[row, : len(read)] = [code.get(word, UNKNOWN_WORD) for word in read]
    return codes


def is_word_table(X: Any) -> bool:
    """Say whether the columns of a table seem to be words.

    Parameters
    ----------
    X : array-like or csr_array of numbers, shape (n_samples, n_features)

    Returns
    -------
    bool
        True if no number is below 0, and at least half of them are 0.

    Examples
    --------
    >>> is_word_table(np.array([[0, 2, 0], [1, 0, 0]]))
    True
    >>> is_word_table(np.array([[0.5, -1.0], [0.0, 0.0]]))
    False
    """
    # The minimum of a sparse matrix would sort its entries, in the caller's matrix.
    n_others = 0
    for part in [X.data] if sp.issparse(X) else blocks(X):
        if part.min(initial=0) < 0:
            return False
        n_others += int(np.count_nonzero(part))
    return bool(2 * n_others <= X.shape[0] * X.shape[1])


def width_of(word_vectors: Any) -> int:
    """Return how many numbers the vectors of words have.

    Parameters
    ----------
    word_vectors : mapping of str to array-like, shape (n_dimensions,)

    Returns
    -------
    int

    Raises
    ------
    TypeError
        If it is no mapping.
    ShapeError
        If there are no vectors, or they differ in length.

    Examples
    --------
    >>> width_of({"sea": [0.1, 0.2], "ice": [0.3, 0.4]})
    2
    """
    if not isinstance(word_vectors, Mapping):
        msg = (
            "word_vectors must be a mapping from words to vectors, got "
            f"{type(word_vectors).__name__}."
        )
        raise TypeError(msg)
    shapes = {np.shape(vector) for vector in word_vectors.values()}
    if len(shapes) != 1 or len(shape := next(iter(shapes))) != 1 or not shape[0]:
        msg = (
            "word_vectors must hold vectors of one length; got the shapes "
            f"{names_for_message(sorted(shapes))}."
        )
        raise ShapeError(msg)
    return shape[0]


def with_vectors(
    table: np.ndarray, words: Sequence[str | None], word_vectors: Mapping[str, Any]
) -> np.ndarray:
    """Return a table in which some words have the vectors that are given.

    Parameters
    ----------
    table : ndarray of float, shape (n_words, n_dimensions)
        Vectors of a length of about 1.
    words : sequence of str or None, shape (n_words,)
        Whose rows they are.
    word_vectors : mapping of str to array-like, shape (n_dimensions,)
        Those of words that are not in the table do not count.

    Returns
    -------
    ndarray, shape (n_words, n_dimensions)
        The given vectors as a whole have a mean length of 1: beside longer ones, those
        of the other words would count for nothing.

    Raises
    ------
    OptionError
        If no word has a vector.

    Examples
    --------
    >>> with_vectors(np.zeros((2, 2)), ["sea", "ice"], {"ice": [3, 4]}).tolist()
    [[0.0, 0.0], [0.6, 0.8]]
    """
    found = {
        place: word_vectors[word]
        for place, word in enumerate(words)
        if word is not None and word in word_vectors
    }
    if not found:
        named = names_for_message(word for word in words if word is not None)
        msg = (
            f"word_vectors has none of the words that are read: {named}. Those are in "
            "lower case."
        )
        raise OptionError(msg)
    vectors = np.array(list(found.values()), dtype=np.float64)
    mean_length = float(np.linalg.norm(vectors, axis=1).mean())
    table = table.copy()
    table[list(found)] = vectors / (mean_length or 1.0)
    return table
