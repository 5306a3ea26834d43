"""From sentences in a column of a table to one column a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from pandas.api.types import infer_dtype
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils.validation import check_is_fitted

__all__ = ["WordColumns", "holds_sentences"]

# A name or a place rarely has four words, a sentence rarely fewer.
_LEAST_MEAN_WORDS = 4
# A word of one row says nothing about the other rows.
_LEAST_ROWS = 2


def holds_sentences(column: pd.Series) -> bool:
    """Say whether a column holds sentences rather than categories.

    Parameters
    ----------
    column : Series
        Values as they come; missing ones do not count.

    Returns
    -------
    bool
        True if all values are strings, more than half of them are distinct, and they
        have at least 4 words on average.

    Notes
    -----
    Words are counted between white space here, so that a time, a path or an identifier
    full of hyphens is one word. Languages written without spaces are therefore not
    recognised. A column of pandas' category type never holds sentences: whoever
    declared it has said what it is.

    Examples
    --------
    >>> import pandas as pd
    >>> from mlkit.models.text_columns import holds_sentences
    >>> holds_sentences(pd.Series(["A shark hunts at sea.", "Two sailors row home."]))
    True
    >>> holds_sentences(pd.Series(["North Sea", "Baltic Sea"]))
    False
    """
    values = column.dropna()
    if not len(values) or infer_dtype(values) != "string":
        return False
    if 2 * values.nunique() <= len(values):
        return False
    n_words = sum(len(text.split()) for text in values)
    return n_words >= _LEAST_MEAN_WORDS * len(values)


class WordColumns(TransformerMixin, BaseEstimator):
    r"""Turn each text column of a table into TF-IDF columns, one a word.

    Parameters
    ----------
    max_words : int, default 2000
        Each text column keeps the words that occur in most rows; among equally
        frequent ones, those first by name.

    Attributes
    ----------
    vectorizers_ : dict of int to TfidfVectorizer
        scikit-learn's vectorizers by position of their column; a column in which no
        word occurs in two rows has none.

    Notes
    -----
    A word is a run of two or more letters or digits, in lower case. A word that occurs
    c > 0 times in a text, and in m of the n rows of `fit`, weighs

    .. math:: (1 + \ln c) \left(1 + \ln \frac{1 + n}{1 + m}\right),

    and each row is then divided by its Euclidean length [1]_; a row without known words
    is 0. Words that occur in one row only are left out, missing texts have no words.

    The words are chosen here, not by ``max_features`` of the vectorizer, whose sort
    leaves open which of several equally frequent words are kept.

    Cost: every text is cut into words twice in `fit`, once in `transform`.

    References
    ----------
    .. [1] G. Salton, C. Buckley. Term-weighting approaches in automatic text retrieval.
       Information Processing & Management 24(5), 1988.

    See Also
    --------
    mlkit.models.FeaturePreparation : Finds the text columns and puts this to them.

    Examples
    --------
    >>> import pandas as pd
    >>> from mlkit.models.text_columns import WordColumns
    >>> table = pd.DataFrame({"plot": ["Sea, wind", "Sea, ice", "No wind", None]})
    >>> words = WordColumns().fit(table)
    >>> words.get_feature_names_out(["plot"]).tolist()
    ['plot~sea', 'plot~wind']
    >>> words.transform(table).toarray().round(2).tolist()
    [[0.71, 0.71], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]
    """

    def __init__(self, *, max_words: int = 2000) -> None:
        self.max_words = max_words

    def fit(self, X: pd.DataFrame, y: Any = None) -> WordColumns:
        """Choose the words of each column, and count the rows that they occur in.

        Parameters
        ----------
        X : DataFrame, shape (n_samples, n_features)
            Columns of texts, missing values allowed.
        y : ignored
            Here because scikit-learn's pipelines pass it.

        Returns
        -------
        self
        """
        self.vectorizers_ = {}
        for position in range(X.shape[1]):
            texts = _texts(X.iloc[:, position])
            words = _choose_words(texts, self.max_words)
            # The vectorizer refuses to have none, and so would a tiny table.
            if words:
                vectorizer = TfidfVectorizer(vocabulary=words, sublinear_tf=True)
                self.vectorizers_[position] = vectorizer.fit(texts)
        return self

    def transform(self, X: pd.DataFrame) -> sp.csr_array:
        """Weigh the words of each text.

        Parameters
        ----------
        X : DataFrame, shape (n_samples, n_features)
            The columns of `fit`; words that were not there are ignored.

        Returns
        -------
        csr_array of float64, shape (n_samples, n_words)
            Values in [0, 1]; the words of the first column first, each in alphabetical
            order.
        """
        check_is_fitted(self)
        blocks = [
            vectorizer.transform(_texts(X.iloc[:, position]))
            for position, vectorizer in self.vectorizers_.items()
        ]
        # An empty block in front, since there may be no other.
        return sp.hstack([sp.csr_array((len(X), 0)), *blocks], format="csr")

    def get_feature_names_out(self, input_features: Sequence[str]) -> np.ndarray:
        """Return the names of the columns that `transform` gives.

        Parameters
        ----------
        input_features : sequence of str, shape (n_features,)
            Names of the columns of `X`.

        Returns
        -------
        ndarray of str, shape (n_words,)
            A word is named ``column~word``. No word holds a tilde, so what follows the
            last one is the word.
        """
        check_is_fitted(self)
        names = [
            f"{input_features[position]}~{word}"
            for position, vectorizer in self.vectorizers_.items()
            for word in vectorizer.get_feature_names_out()
        ]
        return np.array(names, dtype=object)


def _texts(column: pd.Series) -> list[str]:
    """Return the values as strings, missing ones empty."""
    return [str(text) for text in column.astype(object).where(column.notna(), "")]


def _choose_words(texts: Iterable[str], limit: int) -> list[str]:
    """Return the words that become columns, sorted."""
    words_of = TfidfVectorizer().build_analyzer()
    n_rows = Counter(word for text in texts for word in set(words_of(text)))
    repeated = [word for word, count in n_rows.items() if count >= _LEAST_ROWS]
    return sorted(sorted(repeated, key=lambda word: (-n_rows[word], word))[:limit])
