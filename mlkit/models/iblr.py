"""IBLR: logistic regression on the labels of the neighbours."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
import scipy.sparse as sp
from sklearn.utils import get_tags

from mlkit.arguments import check_choice
from mlkit.models.binary_relevance import BinaryRelevance
from mlkit.models.lazy import NeighbourClassifier
from mlkit.models.transformation import TransformationClassifier
from mlkit.models.wrapper import quiet_about_constants

__all__ = ["IBLR"]


class IBLR(NeighbourClassifier, TransformationClassifier):
    """Learn each label from the share of neighbours that carry each of all labels.

    Parameters
    ----------
    estimator : classifier, default None
        The base learner of each label; ``LogisticRegression(max_iter=1000)`` by
        default.
    variant : {"ml", "ml+"}, default "ml"
        IBLR-ML, which sees the neighbours' labels only, or IBLR-ML+, which sees the
        features of the row too.
    n_neighbors : int, default 10
        How many neighbours a row has, at least 1.
    n_jobs : int, optional
        How many blocks of rows are searched, and how many labels learned, at once, as
        in joblib; the result is the same for any number.
    random_state : int or RandomState, optional
        Gives every label's classifier its own seed. By default the seeds that are set
        in `estimator` are kept.

    Attributes
    ----------
    relevance_ : BinaryRelevance
        Fitted on the shares of the labels, in their order, and with ``"ml+"`` the
        features behind them; it holds the classifiers in ``estimators_``.
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
    MLkNN : Looks at one label of the neighbours at a time.
    BinaryRelevance : The same without neighbours.

    Notes
    -----
    For label j, with z_l the share of the k nearest rows that carry label l,

        log P(y_j = 1 | x) / P(y_j = 0 | x) = w_0 + sum_l w_l z_l (+ sum_r b_r x_r),

    so that what is likely for a label may rest on its neighbours of other labels: some
    dependence between labels is learned, and the coefficients show it. It estimates
    marginals, and suits Hamming loss, macro averages and rankings. In training, a row
    is not among its own neighbours.

    Departures from the paper: it adds +1 for each neighbour with a label and -1 for
    each one without, which is ``k (2 z_l - 1)`` and gives the same models but for the
    penalty of the base learner. The paper has none, and
    ``LogisticRegression(C=1e6, max_iter=1000)`` comes near that. Other base learners
    than logistic regression are allowed.

    Neighbours are the nearest rows by Euclidean distance; of equally near ones, the
    first. Features of large numbers decide it: scale them, or put rows of words to
    length one (`sklearn.preprocessing.Normalizer`), after which neighbours are those of
    the cosine. There is no `sample_weight`.

    Cost: O(n^2 d) for the neighbours (with at most 15 dense features about O(n log n))
    and n_labels fits of the base learner on (n, n_labels), for ``"ml+"`` on
    (n, n_labels + d). `partial_fit` finds neighbours in O(m n d) for m rows more, but
    fits the base learners anew.

    References
    ----------
    .. [1] W. Cheng, E. Hüllermeier. Combining instance-based learning and logistic
       regression for multilabel classification. Machine Learning 76, 2009, 211-225,
       doi:10.1007/s10994-009-5127-5.

    Examples
    --------
    A row beside one with the first label has the second label, and no other row has.
    `MLkNN` looks for the second label among the neighbours, where it is not.

    >>> from sklearn.linear_model import LogisticRegression
    >>> from mlkit.models import IBLR, MLkNN
    >>> X = [[0], [1], [10], [11], [20], [21], [30], [31]]
    >>> Y = [[1, 0], [0, 1], [1, 0], [0, 1], [0, 0], [0, 0], [0, 0], [0, 0]]
    >>> MLkNN(n_neighbors=1).fit(X, Y).predict([[9], [19]]).tolist()
    [[0, 0], [0, 0]]
    >>> learner = IBLR(LogisticRegression(C=10), n_neighbors=1).fit(X, Y)
    >>> learner.predict([[9], [19]]).tolist()
    [[0, 1], [0, 0]]
    >>> learner.relevance_.estimators_[1].coef_.round().tolist()
    [[4.0, -1.0]]
    """

    _learns_from_neighbours: ClassVar[bool] = True
    relevance_: BinaryRelevance

    def __init__(
        self,
        estimator: Any = None,
        *,
        variant: Literal["ml", "ml+"] = "ml",
        n_neighbors: int = 10,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.variant = variant
        self.n_neighbors = n_neighbors
        self.n_jobs = n_jobs
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        # Sparse rows have neighbours, but their features are sparse for the base too.
        tags.input_tags.sparse = get_tags(self._base_learner()).input_tags.sparse
        return tags

    def _learn(self, counts: Any) -> None:
        check_choice("variant", self.variant, ("ml", "ml+"))
        learner = BinaryRelevance(
            self._check_base_learner(),
            n_jobs=self.n_jobs,
            random_state=self.random_state,
        )
        features = self._features(self._search.X, counts)
        with quiet_about_constants():
            self.relevance_ = learner.fit(features, self._labels.values)

    def _features(self, X: Any, counts: Any) -> np.ndarray | sp.csr_array:
        """Return the neighbours' shares, and the features where they are wanted."""
        # A single training row has no neighbour.
        shares = counts / max(1, self.n_neighbors_)
        sparse = sp.issparse(X)
        if self.variant == "ml":
            return shares if sparse else shares.toarray()
        if sparse:
            return sp.csr_array(sp.hstack([shares, X]))
        return np.hstack([shares.toarray(), X])

    def _proba(self, X: Any, counts: sp.csr_array) -> np.ndarray:
        return self.relevance_.predict_proba(self._features(X, counts))

    def _decide(self, X: Any, counts: sp.csr_array) -> np.ndarray | sp.csr_array:
        return self.relevance_.predict(self._features(X, counts))
