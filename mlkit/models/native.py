"""scikit-learn's own multi-label learners, behind the contract of the kit."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.utils import get_tags

from mlkit.models.probabilities import positive_proba
from mlkit.models.transformation import (
    TransformationClassifier,
    draw_seeds,
    fit_base,
    make_rng,
)
from mlkit.validation import Indicator

__all__ = ["NativeClassifier"]


class NativeClassifier(TransformationClassifier):
    """Let a classifier that knows several labels learn all of them at once.

    Parameters
    ----------
    estimator : classifier, default None
        A classifier of scikit-learn that takes a label matrix, as its tags say;
        ``RandomForestClassifier()`` by default.
    random_state : int or RandomState, optional
        Seed of the classifier. By default the seed that is set in `estimator` is kept.

    Attributes
    ----------
    estimator_ : classifier or None
        Fitted on the labels that vary in the training rows; None where none does.
    varying_ : ndarray of int, shape (n_varying,)
        Positions of these labels.
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
    BinaryRelevance : For every other classifier, and these too: one fit a label.
    BRkNN : The neighbours of `KNeighborsClassifier`, ties settled.

    Notes
    -----
    ==========================  =============  ==========  ============  =============
    `estimator`                 probabilities  sparse `X`  NaN in `X`    sample_weight
    ==========================  =============  ==========  ============  =============
    `DecisionTreeClassifier`    yes            yes         yes           yes
    `ExtraTreeClassifier`       yes            yes         yes           yes
    `RandomForestClassifier`    yes            yes         yes           yes
    `ExtraTreesClassifier`      yes            yes         yes           yes
    `KNeighborsClassifier`      yes            yes         no            no
    `MLPClassifier`             yes            yes         no            yes
    `RidgeClassifier`           no             yes         no            yes
    ==========================  =============  ==========  ============  =============

    scikit-learn answers in three shapes, and a label that is constant in the training
    rows changes some of them, or ends in an error. Here such a label is kept from the
    classifier and predicted as what it is; the others get (n_samples, n_labels)
    probabilities and their names.

    One tree for all labels chooses splits that are good for all of them on average: it
    is faster and smaller than a tree a label, and labels that go together help each
    other. In the leaves, labels are counted one by one, so that it estimates marginals,
    and suits Hamming loss; a forest's trees may agree on whole sets even so.

    `predict` is that of the classifier. For trees, forests and neighbours it is the
    class of greatest mean probability, so P > 0.5 (not the vote of the trees); for
    `MLPClassifier` P > 0.5; for `RidgeClassifier`, which is fitted to -1 and 1, a value
    above 0. The last has decision values only, and so no `predict_proba`.

    With ``early_stopping=True``, `MLPClassifier` keeps a tenth of the rows for itself.
    It splits them by the classes of a single label, and fails where one of these has
    one row only; with several labels it does not.

    Cost: one fit of the classifier on (n, d), with all labels; a dense copy of a sparse
    `Y` and of one with constant labels.

    References
    ----------
    .. [1] H. Blockeel, L. De Raedt, J. Ramon. Top-down induction of clustering trees.
       ICML 1998: trees for several targets at once.
    .. [2] D. Kocev, C. Vens, J. Struyf, S. Džeroski. Tree ensembles for predicting
       structured outputs. Pattern Recognition 46(3), 2013.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from mlkit.models import NativeClassifier
    >>> X = [[0], [0], [0], [1]]
    >>> Y = [[0, 1], [0, 1], [0, 0], [1, 0]]
    >>> learner = NativeClassifier(DecisionTreeClassifier()).fit(X, Y)
    >>> learner.predict_proba([[0], [1]]).round(2).tolist()
    [[0.0, 0.67], [1.0, 0.0]]
    >>> learner.predict([[0], [1]]).tolist()
    [[0, 1], [1, 0]]
    """

    estimator_: Any
    varying_: np.ndarray
    _constant_values: np.ndarray

    def __init__(self, estimator: Any = None, *, random_state: Any = None) -> None:
        self.estimator = estimator
        self.random_state = random_state

    def _base_learner(self) -> Any:
        return RandomForestClassifier() if self.estimator is None else self.estimator

    def _check_probabilities(self) -> None:
        base = self._base_learner()
        if not hasattr(base, "predict_proba"):
            name = type(base).__name__
            msg = (
                f"NativeClassifier has no predict_proba, since {name} has none. Take "
                "one that has (such as RandomForestClassifier), or calibrate it label "
                f"by label: BinaryRelevance(CalibratedClassifierCV({name}()))."
            )
            raise AttributeError(msg)

    def _check_base_learner(self, **weights: Any) -> Any:
        base = super()._check_base_learner(**weights)
        tags = get_tags(base).classifier_tags
        if tags is None or not tags.multi_label:
            name = type(base).__name__
            msg = (
                "estimator must take a label matrix, as trees, forests, "
                "KNeighborsClassifier, MLPClassifier and RidgeClassifier do; the tags "
                f"of {name} do not say that it does. Use BinaryRelevance({name}())."
            )
            raise TypeError(msg)
        return base

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        base = self._check_base_learner(sample_weight=sample_weight)
        constant = labels.constant_labels()
        self.varying_ = np.flatnonzero(~constant)
        # What a constant label is; the others are written over it.
        self._constant_values = (labels.counts() > 0) & constant
        Y = labels.values if not constant.any() else labels.values[:, self.varying_]
        Y = Y if isinstance(Y, np.ndarray) else Y.toarray()
        self.estimator_ = None
        if len(self.varying_):
            self.estimator_ = fit_base(
                base,
                X,
                # One label as the vector that all classifiers expect.
                Y.ravel() if Y.shape[1] == 1 else Y,
                name=f"{Y.shape[1]} labels at once",
                seed=draw_seeds(make_rng(self.random_state), 1)[0],
                sample_weight=sample_weight,
            )

    def _predict_labels(self, X: Any) -> np.ndarray:
        answers = np.tile(self._constant_values.astype(np.int8), (X.shape[0], 1))
        if self.estimator_ is not None:
            predicted = np.asarray(self.estimator_.predict(X))
            answers[:, self.varying_] = predicted.reshape(X.shape[0], -1)
        return answers

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        answers = np.tile(self._constant_values.astype(np.float64), (X.shape[0], 1))
        if self.estimator_ is not None:
            n_varying = len(self.varying_)
            proba = positive_proba(self.estimator_, X, n_labels=n_varying)
            answers[:, self.varying_] = proba
        return answers
