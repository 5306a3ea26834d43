"""ML-kNN: the posterior of a label, given how many neighbours carry it."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp
from sklearn.utils.validation import check_is_fitted

from mlkit.arguments import check_number
from mlkit.exceptions import OptionError
from mlkit.models.lazy import NeighbourClassifier
from mlkit.validation import FeatureMatrix

__all__ = ["MLkNN"]


class MLkNN(NeighbourClassifier):
    """Decide on each label by how often rows with as many such neighbours carry it.

    Parameters
    ----------
    n_neighbors : int, default 10
        How many neighbours a row has, at least 1.
    smoothing : float, default 1.0
        How often each event is taken to have been seen before any row, more than 0;
        1 is Laplace's rule.
    n_jobs : int, optional
        How many blocks of rows are searched at once, as in joblib; the result is the
        same for any number.

    Attributes
    ----------
    prior_ : ndarray of float64, shape (n_labels,)
        P(label = 1), smoothed.
    posterior_ : ndarray of float64, shape (n_neighbors_ + 1, n_labels)
        ``posterior_[c, j]`` is P(label j = 1 | c neighbours carry it).
    likelihood_ : ndarray of float64, shape (2, n_neighbors_ + 1, n_labels)
        ``likelihood_[b, c, j]`` is P(c neighbours carry label j | the row does, b = 1,
        or does not, b = 0), smoothed; each sums to 1 over c.
    n_neighbors_ : int
        How many neighbours are looked at: `n_neighbors`, or the number of training rows
        less one where that is smaller.
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
    BRkNN : The share of neighbours as it is, and two ways to name at least one label.
    IBLR : Lets the neighbours' other labels speak too.

    Notes
    -----
    With k neighbours, s = `smoothing` and n rows, of which n_1 carry label j and n_0 do
    not, and with k_b[c] the number of training rows with y_j = b of whose neighbours
    exactly c carry the label,

        P(y_j = 1) = (s + n_1) / (2 s + n),
        P(c | y_j = b) = (s + k_b[c]) / (s (k + 1) + n_b),

    and Bayes' rule gives P(y_j = 1 | c) from `prior_` and `likelihood_`; where a label
    is constant in training, `posterior_` is 0 or 1 all the same. A label is predicted
    where that is more than 0.5. A training row is not its own neighbour, in which other
    implementations differ: counting itself, it always finds one that agrees.

    As binary relevance it estimates marginals, so it suits Hamming loss, macro averages
    and rankings. A label has k + 1 different probabilities at most, so that many rows
    tie.

    Neighbours are the nearest rows by Euclidean distance; of equally near ones, the
    first. Features of large numbers decide it: scale them, or put rows of words to
    length one (`sklearn.preprocessing.Normalizer`), after which neighbours are those of
    the cosine. There is no `sample_weight`.

    Cost: `fit` O(n^2 d) for the neighbours and O(n k c) for counting them, with c
    labels a row; `predict` O(m n d) for m rows. With at most 15 dense features about
    O(n log n) and O(m log n). `partial_fit` O(m n d).

    References
    ----------
    .. [1] M.-L. Zhang, Z.-H. Zhou. ML-KNN: a lazy learning approach to multi-label
       learning. Pattern Recognition 40(7), 2007, 2038-2048,
       doi:10.1016/j.patcog.2006.12.019.

    Examples
    --------
    The nearest row of 0, 1 and 3 carries the label, and two of these three carry it
    themselves; of the other three, one does. With an event of each kind taken to have
    been seen before, that is 3 in 5 and 2 in 5:

    >>> from mlkit.models import MLkNN
    >>> X = [[0.0], [1.0], [3.0], [10.0], [11.0], [13.0]]
    >>> Y = [[1], [1], [0], [0], [0], [1]]
    >>> learner = MLkNN(n_neighbors=1).fit(X, Y)
    >>> learner.prior_.tolist()
    [0.5]
    >>> learner.posterior_.round(2).tolist()
    [[0.4], [0.6]]
    >>> learner.predict([[0.4], [10.4]]).tolist()
    [[1], [0]]
    """

    _learns_from_neighbours: ClassVar[bool] = True
    prior_: np.ndarray
    likelihood_: np.ndarray
    posterior_: np.ndarray

    def __init__(
        self,
        *,
        n_neighbors: int = 10,
        smoothing: float = 1.0,
        n_jobs: int | None = None,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.smoothing = smoothing
        self.n_jobs = n_jobs

    def find_neighbors(self, X: FeatureMatrix) -> np.ndarray:
        """Return the training rows whose labels decide on other rows.

        Parameters
        ----------
        X : array-like, DataFrame or sparse matrix, shape (n_samples, n_features)
            Features, in the columns of `fit`.

        Returns
        -------
        ndarray of int64, shape (n_samples, n_neighbors_)
            Positions of the training rows, the nearest first; of equally near ones the
            first.

        Raises
        ------
        NotFittedError
            If the model is not fitted.
        ValueError
            If the features are not those of `fit`.

        Examples
        --------
        >>> learner = MLkNN(n_neighbors=2).fit([[0.0], [1.0], [5.0]], [[1], [0], [1]])
        >>> learner.find_neighbors([[0.6]]).tolist()
        [[1, 0]]
        """
        check_is_fitted(self)
        checked = self._check_features(X, reset=False)
        rows, squared = self._search.nearest(checked, self.n_neighbors_)
        nearest_first = np.lexsort((rows, squared))
        return np.take_along_axis(rows, nearest_first, axis=1)

    def _learn(self, counts: Any) -> None:
        s, k = self._check_smoothing(), self.n_neighbors_
        n_samples, ones = self._labels.shape[0], self._labels.counts()
        # Those that carry the label, then those that do not: (k + 1, n_labels) each.
        present = _tally(counts.multiply(self._labels.values), ones, k)
        absent = _tally(counts, np.full(len(ones), n_samples), k) - present
        self.prior_ = (s + ones) / (2 * s + n_samples)
        found = np.stack([absent, present])
        rows = np.stack([n_samples - ones, ones])[:, np.newaxis]
        self.likelihood_ = (s + found) / (s * (k + 1) + rows)
        joint = self.prior_ * self.likelihood_[1]
        other = (1 - self.prior_) * self.likelihood_[0]
        self.posterior_ = joint / (joint + other)
        constant = self._labels.constant_labels()
        # Smoothed, they would be nearly certain only.
        self.posterior_[:, constant] = ones[constant] > 0

    def _check_smoothing(self) -> float:
        check_number("smoothing", self.smoothing, error=OptionError)
        if self.smoothing == 0:
            msg = (
                "smoothing must be more than 0, got 0: what follows from a count that "
                "no training row has would be 0 / 0."
            )
            raise OptionError(msg)
        return float(self.smoothing)

    def _proba(self, X: Any, counts: sp.csr_array) -> np.ndarray:
        return np.take_along_axis(self.posterior_, counts.toarray(), axis=0)


def _tally(counts: Any, totals: np.ndarray, k: int) -> np.ndarray:
    """Return how many rows have each count, int64 of shape (k + 1, n_labels)."""
    stored = sp.coo_array(counts)
    n_labels = len(totals)
    cells = stored.data.astype(np.int64) * n_labels + stored.col
    found = np.bincount(cells, minlength=(k + 1) * n_labels).reshape(k + 1, n_labels)
    # Counts of 0 are not stored: they are the rows that are left.
    found[0] = totals - found[1:].sum(axis=0)
    return found
