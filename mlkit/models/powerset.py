"""Label powerset: one class for each label set seen in training."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from mlkit.models.label_sets import (
    fit_sets,
    label_marginals,
    number_label_sets,
    predict_sets,
)
from mlkit.models.transformation import (
    TransformationClassifier,
    draw_seeds,
    make_rng,
)
from mlkit.validation import Indicator

__all__ = ["LabelPowerset"]


class LabelPowerset(TransformationClassifier):
    """Learn whole label sets: each distinct set of the training rows is a class.

    Parameters
    ----------
    estimator : classifier, default None
        The base learner, which must do multi-class;
        ``LogisticRegression(max_iter=1000)`` by default.
    random_state : int or RandomState, optional
        Seed of the base learner. By default the seed that is set in `estimator` is
        kept.

    Attributes
    ----------
    label_sets_ : ndarray or csr_array of int8, shape (n_label_sets, n_labels)
        The label sets seen in training, in lexicographic order; CSR where `Y` was.
    estimator_ : classifier
        The fitted base learner; class ``c`` stands for ``label_sets_[c]``. Where the
        training rows hold a single label set, a `sklearn.dummy.DummyClassifier`.
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
    PrunedSets : Leaves out the rare label sets.
    RAkELd, RAkELo : Small groups of labels, a label powerset for each.
    ClassifierChain : Factorises the joint distribution.
    BinaryRelevance : One classifier a label.

    Notes
    -----
    It estimates the joint distribution over the label sets that were seen, and
    `predict` takes its mode: what subset accuracy asks for [2]_. A set that does not
    occur in training is never predicted, which bounds the subset accuracy.

    `predict_proba` gives the marginals, P(y_j = 1 | x) = sum over the seen sets S with
    j in S of P(S | x). The mode of the joint and the labels with P > 0.5 can differ:
    with P({}) = .4, P({a}) = .3, P({a, b}) = .3 the mode is {}, and P(a) = .6.

    Cost: one fit of the base learner with n_label_sets <= min(n_samples, 2^n_labels)
    classes; a linear learner grows with n_label_sets, a tree hardly.

    References
    ----------
    .. [1] G. Tsoumakas, I. Katakis. Multi-label classification: an overview.
       International Journal of Data Warehousing and Mining 3(3), 2007: there the
       transformation PT3.
    .. [2] K. Dembczyński, W. Waegeman, W. Cheng, E. Hüllermeier. On label dependence
       and loss minimization in multi-label classification. Machine Learning 88, 2012.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from mlkit.models import LabelPowerset
    >>> X = [[0]] * 10
    >>> Y = [[0, 0]] * 4 + [[1, 0]] * 3 + [[1, 1]] * 3
    >>> learner = LabelPowerset(DummyClassifier(strategy="prior")).fit(X, Y)
    >>> learner.label_sets_.tolist()
    [[0, 0], [1, 0], [1, 1]]
    >>> learner.predict([[0]]).tolist()
    [[0, 0]]
    >>> learner.predict_proba([[0]]).round(2).tolist()
    [[0.6, 0.3]]

    With probabilities of 0.6 and 0.3, thresholds at 0.5 would name the first label; the
    most probable single set is still the empty one.
    """

    estimator_: Any
    label_sets_: np.ndarray | sp.csr_array

    def __init__(self, estimator: Any = None, *, random_state: Any = None) -> None:
        self.estimator = estimator
        self.random_state = random_state

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        base = self._check_base_learner(sample_weight=sample_weight)
        first_rows, codes = number_label_sets(labels.values)
        # Kept as a matrix, so that decoding is one indexing and marginals one product.
        self.label_sets_ = labels.values[first_rows]
        self.estimator_ = fit_sets(
            base,
            X,
            codes,
            name=f"{len(first_rows)} label sets",
            seed=draw_seeds(make_rng(self.random_state), 1)[0],
            sample_weight=sample_weight,
        )

    def _predict_labels(self, X: Any) -> np.ndarray | sp.csr_array:
        return predict_sets(self.estimator_, X, self.label_sets_)

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        return label_marginals(self.estimator_, X, self.label_sets_)
