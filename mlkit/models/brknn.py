"""BRkNN: the share of neighbours that carry a label, and two ways to decide by it."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from mlkit.best_sets import first_of
from mlkit.models.lazy import NeighbourClassifier

__all__ = ["BRkNN", "BRkNNa", "BRkNNb"]


class BRkNN(NeighbourClassifier):
    """Predict the labels that more than half of the nearest rows carry.

    Parameters
    ----------
    n_neighbors : int, default 10
        How many neighbours a row has, at least 1.
    n_jobs : int, optional
        How many blocks of rows are searched at once, as in joblib; the result is the
        same for any number.

    Attributes
    ----------
    n_neighbors_ : int
        How many neighbours are looked at: `n_neighbors`, or the number of training rows
        where that is smaller.
    classes_ : ndarray, shape (n_labels, 2)
        ``[0, 1]`` for each label.
    n_labels_ : int
        Number of labels.
    label_names_in_ : ndarray of str, shape (n_labels,)
        Names of the labels; only where `Y` was a DataFrame.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of str, shape (n_features,)
        Names of the features; only where `X` was a DataFrame with string columns.

    See Also
    --------
    BRkNNa : Names the best label where this one names none.
    BRkNNb : Names as many labels as the neighbours have.
    MLkNN : Weighs the share by what it meant in the training rows.

    Notes
    -----
    The same as binary relevance with k nearest neighbours, but the neighbours are
    searched once and not for each label. Its confidence in a label, which is what
    `predict_proba` gives, is the share of the neighbours that carry it; so it estimates
    marginals and suits Hamming loss. A rare label seldom has half of them: on sets of
    many labels most predictions are empty, which the variants a and b are for.

    Neighbours are the nearest rows by Euclidean distance; of equally near ones, the
    first. Features of large numbers decide it: scale them, or put rows of words to
    length one (`sklearn.preprocessing.Normalizer`), after which neighbours are those of
    the cosine. There is no `sample_weight`.

    Cost: `fit` keeps the rows; `predict` is O(m n d) for m rows, with at most 15 dense
    features about O(m log n). `partial_fit` copies the rows.

    References
    ----------
    .. [1] E. Spyromitros, G. Tsoumakas, I. Vlahavas. An empirical study of lazy
       multilabel classification algorithms. SETN 2008, LNCS 5138, 401-406,
       doi:10.1007/978-3-540-87881-0_40.

    Examples
    --------
    Of the three rows nearest to 1, two carry the first label, one the second:

    >>> from mlkit.models import BRkNN
    >>> X = [[0.0], [1.0], [2.0], [9.0]]
    >>> Y = [[1, 0], [1, 1], [0, 0], [0, 1]]
    >>> learner = BRkNN(n_neighbors=3).fit(X, Y)
    >>> learner.predict_proba([[1.0]]).round(2)
    array([[0.67, 0.33]])
    >>> learner.predict([[1.0]])
    array([[1, 0]])
    """

    def __init__(self, *, n_neighbors: int = 10, n_jobs: int | None = None) -> None:
        self.n_neighbors = n_neighbors
        self.n_jobs = n_jobs

    def _proba(self, X: Any, counts: sp.csr_array) -> np.ndarray:
        return counts.toarray() / self.n_neighbors_

    def _first(self, counts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        """Mark the labels with most neighbours, as many as asked, bool."""
        # The paper leaves ties open. What is frequent is likelier; then, the order.
        frequency = np.broadcast_to(self._labels.counts(), counts.shape)
        return first_of(np.lexsort((-frequency, -counts), axis=1), sizes)


class BRkNNa(BRkNN):
    """Predict as `BRkNN`, and the best label where that would be none.

    Parameters
    ----------
    n_neighbors : int, default 10
        How many neighbours a row has, at least 1.
    n_jobs : int, optional
        How many blocks of rows are searched at once, as in joblib; the result is the
        same for any number.

    See Also
    --------
    BRkNNb : Names as many labels as the neighbours have.

    Notes
    -----
    Attributes, neighbours and cost are those of `BRkNN`.

    For data in which every row has a label. Where rows without one are many, it makes
    them all wrong: report it as the option that it is. Of equally good labels the more
    frequent one is named, and of those the first; none where no neighbour has any,
    which the paper does not mention.

    References
    ----------
    .. [1] E. Spyromitros, G. Tsoumakas, I. Vlahavas. An empirical study of lazy
       multilabel classification algorithms. SETN 2008, LNCS 5138, 401-406,
       doi:10.1007/978-3-540-87881-0_40: extension a.

    Examples
    --------
    Each label has one neighbour of three, and the second is the more frequent one:

    >>> from mlkit.models import BRkNN, BRkNNa
    >>> X = [[0.0], [1.0], [2.0], [9.0]]
    >>> Y = [[1, 0], [0, 1], [0, 0], [0, 1]]
    >>> BRkNN(n_neighbors=3).fit(X, Y).predict([[1.0]])
    array([[0, 0]])
    >>> BRkNNa(n_neighbors=3).fit(X, Y).predict([[1.0]])
    array([[0, 1]])
    """

    def _decide(self, X: Any, counts: sp.csr_array) -> np.ndarray:
        around = counts.toarray()
        decided = 2 * around > self.n_neighbors_
        # Only where some neighbour has a label: the best of nothing is none.
        empty = np.flatnonzero(~decided.any(axis=1) & around.any(axis=1))
        decided[empty] = self._first(around[empty], np.ones(len(empty), dtype=np.int64))
        return decided


class BRkNNb(BRkNN):
    """Predict as many labels as the nearest rows have on average, the best ones.

    Parameters
    ----------
    n_neighbors : int, default 10
        How many neighbours a row has, at least 1.
    n_jobs : int, optional
        How many blocks of rows are searched at once, as in joblib; the result is the
        same for any number.

    See Also
    --------
    BRkNNa : Names the best label where `BRkNN` names none.

    Notes
    -----
    Attributes, neighbours and cost are those of `BRkNN`.

    The number is the mean number of labels of the neighbours, rounded to the nearest
    whole number (halves up), and that many labels of greatest confidence are named. Of
    equally good labels the more frequent ones are, and of those the first.

    References
    ----------
    .. [1] E. Spyromitros, G. Tsoumakas, I. Vlahavas. An empirical study of lazy
       multilabel classification algorithms. SETN 2008, LNCS 5138, 401-406,
       doi:10.1007/978-3-540-87881-0_40: extension b.

    Examples
    --------
    The three rows nearest to 1 have five labels, 1.67 on average: two are named.

    >>> from mlkit.models import BRkNNb
    >>> X = [[0.0], [1.0], [2.0], [9.0]]
    >>> Y = [[1, 0, 0], [1, 0, 1], [1, 1, 0], [0, 0, 1]]
    >>> learner = BRkNNb(n_neighbors=3).fit(X, Y)
    >>> learner.predict_proba([[1.0]]).round(2)
    array([[1.  , 0.33, 0.33]])
    >>> learner.predict([[1.0]])
    array([[1, 0, 1]])
    """

    def _decide(self, X: Any, counts: sp.csr_array) -> np.ndarray:
        around, k = counts.toarray(), self.n_neighbors_
        # In whole numbers, so that a half is one.
        return self._first(around, (2 * around.sum(axis=1) + k) // (2 * k))
