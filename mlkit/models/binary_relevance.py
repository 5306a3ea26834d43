"""Binary relevance: one classifier a label, each on its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp

from mlkit.models.probabilities import positive_proba
from mlkit.models.streams import IncrementalClassifier, continue_base
from mlkit.models.transformation import (
    draw_seeds,
    fit_base,
    label_columns,
    make_rng,
    predict_column,
)
from mlkit.models.weighting import (
    LabelWeights,
    Pair,
    check_label_weights,
    weigh_rows,
)
from mlkit.models.workers import delayed, run_in_processes, run_in_threads
from mlkit.validation import (
    Indicator,
)

__all__ = ["BinaryRelevance"]


class BinaryRelevance(IncrementalClassifier):
    """Learn each label on its own, with one binary classifier a label.

    Parameters
    ----------
    estimator : classifier, default None
        The base learner; ``LogisticRegression(max_iter=1000)`` by default.
    label_weights : None, "balanced", or array-like of shape (n_labels, 2), default None
        What absence and presence of each label weigh in its classifier: finite, more
        than 0, times `sample_weight`; in the form of `mlkit.resampling.label_weights`.
        ``"balanced"`` has the values of that function, from weighted rows where `fit`
        is given weights. The base learner must take `sample_weight`.
    n_jobs : int, optional
        How many labels are learned at once, as in joblib; the result is the same for
        any number.
    random_state : int or RandomState, optional
        Gives every label's classifier its own seed. By default the seeds that are set
        in `estimator` are kept.

    Attributes
    ----------
    estimators_ : list of classifiers, length n_labels
        In the order of the labels. A label that is constant in the training rows has
        a `sklearn.dummy.DummyClassifier` (not so after `partial_fit`).
    classes_ : ndarray, shape (n_labels, 2)
        ``[0, 1]`` for each label.
    n_labels_ : int
        Number of labels.
    label_names_in_ : ndarray of str, shape (n_labels,)
        Names of the labels; only where `Y` was a DataFrame, or `partial_fit` was given
        names.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of str, shape (n_features,)
        Names of the features; only where `X` was a DataFrame with string columns.

    See Also
    --------
    ClassifierChain : Lets a label see the labels before it.
    LabelPowerset : Learns whole label sets.

    Notes
    -----
    It estimates the marginals P(y_j = 1 | x), so it suits losses that are sums over
    labels: Hamming loss, macro-averaged measures and, by ranking the marginals,
    ranking loss [2]_. It cannot tell which labels go together given `x`.

    `predict` asks each base classifier to `predict`. For most probabilistic
    classifiers that is P > 0.5; it is not for all (an `SVC` with `probability=True`
    predicts by its margin).

    A rare label is seldom predicted, since to miss it costs the base learner little.
    With ``label_weights="balanced"`` presence and absence weigh the same in all, for
    each label on its own: as ``class_weight="balanced"`` of scikit-learn, but for any
    base learner that takes weights, and with costs per label where an array says so.
    Probabilities are shifted to match; `CalibratedClassifier` undoes that, and
    `ThresholdedClassifier` finds more positives without it.

    Where labels are unknown (NaN in Y), each label is learned from the rows that know
    it. That is fair only if what is known does not depend on the label itself: where
    mostly positives were recorded, the few known negatives say little. A label that no
    row knows is predicted as absent, with a warning.

    Rows that arrive in batches, or do not fit into memory, are learned by `partial_fit`
    where the base learner has it (`SGDClassifier`, `Perceptron`, `BernoulliNB`,
    `MultinomialNB`, `MLPClassifier`). A pipeline has no `partial_fit`, since its
    preparation would have to see all rows first: prepare each batch by a
    transformation that learns nothing (`HashingVectorizer`), or that was fitted to a
    sample.

    Cost: n_labels fits of the base learner on (n_samples, n_features); with unknown
    labels, one copy of the rows of `X` for each label in work.

    References
    ----------
    .. [1] G. Tsoumakas, I. Katakis. Multi-label classification: an overview.
       International Journal of Data Warehousing and Mining 3(3), 2007: there the
       transformation PT4.
    .. [2] K. Dembczyński, W. Waegeman, W. Cheng, E. Hüllermeier. On label dependence
       and loss minimization in multi-label classification. Machine Learning 88, 2012.

    Examples
    --------
    >>> from mlkit.models import BinaryRelevance
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> Y = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> learner = BinaryRelevance().fit(X, Y)
    >>> learner.predict([[1, 0]])
    array([[1, 0]])
    >>> learner.predict_proba([[1, 0]]).round(2)
    array([[0.6, 0.4]])

    A label without positives is predicted as absent, with a warning:

    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     learner = BinaryRelevance().fit(X, [[0, 0], [0, 1], [0, 0], [0, 1]])
    >>> learner.predict_proba([[0, 1]])[:, 0]
    array([0.])
    >>> caught[0].category.__name__
    'ConstantLabelWarning'

    Unknown labels are left out, each for its own label:

    >>> Y = [[0, 0], [0, float("nan")], [1, float("nan")], [1, 1]]
    >>> BinaryRelevance().fit(X, Y).predict_proba([[1, 0]]).round(2)
    array([[0.6, 0.5]])

    Balanced weights make one row in four count as much as the other three:

    >>> from sklearn.dummy import DummyClassifier
    >>> learner = BinaryRelevance(DummyClassifier(), label_weights="balanced")
    >>> learner.fit(X, [[0], [0], [0], [1]]).predict_proba([[0, 0]])
    array([[0.5]])
    """

    _accepts_missing_labels: ClassVar[bool] = True
    estimators_: list[Any]

    def __init__(
        self,
        estimator: Any = None,
        *,
        label_weights: LabelWeights = None,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.label_weights = label_weights
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _continue(
        self,
        base: Any,
        X: Any,
        labels: Indicator,
        sample_weight: np.ndarray | None,
    ) -> None:
        """Teach a batch to the classifier of each label."""
        pairs = check_label_weights(self.label_weights, labels)
        # Drawn in each call, so that a label that begins late has a seed of its own.
        seeds = draw_seeds(make_rng(self.random_state), labels.shape[1])
        learners = getattr(self, "estimators_", [None] * labels.shape[1])
        tasks = zip(
            learners,
            _known_columns(labels),
            labels.n_known(),
            labels.label_names,
            pairs,
            seeds,
            strict=True,
        )
        # Threads: in other processes, copies would learn.
        continued = run_in_threads(
            (
                delayed(_continue_known)(
                    base,
                    learner,
                    X,
                    y,
                    # Of a label that no row knows, no row is learned.
                    known if n_known else np.arange(0),
                    sample_weight,
                    pair,
                    name=f"label '{name}'",
                    seed=seed,
                )
                for learner, (y, known), n_known, name, pair, seed in tasks
            ),
            n_jobs=self.n_jobs,
        )
        self.estimators_ = list(continued)

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        base = self._check_base_learner(
            sample_weight=sample_weight, label_weights=self.label_weights
        )
        pairs = check_label_weights(self.label_weights, labels)
        seeds = draw_seeds(make_rng(self.random_state), labels.shape[1])
        # A generator: with many labels, no more columns stand dense than are in work.
        tasks = zip(
            _known_columns(labels), labels.label_names, pairs, seeds, strict=True
        )
        self.estimators_ = run_in_processes(
            (
                delayed(_fit_known)(
                    base,
                    X,
                    y,
                    known,
                    sample_weight,
                    pair,
                    name=f"label '{name}'",
                    seed=seed,
                )
                for (y, known), name, pair, seed in tasks
            ),
            labels.shape[1],
            n_jobs=self.n_jobs,
        )

    def _predict_labels(self, X: Any) -> np.ndarray | sp.csr_array:
        columns = self._ask_each(predict_column, X)
        if self._target == "sparse":
            # One sparse column after the other: many labels never stand dense at once.
            return sp.hstack([sp.csc_array(c[:, np.newaxis]) for c in columns], "csr")
        return np.column_stack(list(columns))

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        return np.hstack(list(self._ask_each(_proba_column, X)))

    def _ask_each(self, question: Any, X: Any) -> Any:
        return run_in_threads(
            (delayed(question)(learner, X) for learner in self.estimators_),
            n_jobs=self.n_jobs,
        )


def _known_columns(
    labels: Indicator,
) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    """Yield each label and the rows that know it; None where all or none of them do."""
    if labels.missing is None:
        yield from ((y, None) for y in label_columns(labels.values))
        return
    pairs = zip(
        label_columns(labels.values), label_columns(labels.missing), strict=True
    )
    for y, unknown in pairs:
        known = np.flatnonzero(unknown == 0)
        # A label that no row knows is 0 in all of them: learned as it is, a constant.
        yield y, known if 0 < len(known) < len(y) else None


def _fit_known(
    base: Any,
    X: Any,
    y: np.ndarray,
    known: np.ndarray | None,
    sample_weight: np.ndarray | None,
    pair: Pair,
    **options: Any,
) -> Any:
    """Fit a clone of the base learner to the rows that know the label."""
    X, y, weights = _take_known(X, y, known, sample_weight, pair)
    return fit_base(base, X, y, sample_weight=weights, **options)


def _continue_known(
    base: Any,
    learner: Any,
    X: Any,
    y: np.ndarray,
    known: np.ndarray | None,
    sample_weight: np.ndarray | None,
    pair: Pair,
    **options: Any,
) -> Any:
    """Teach the rows that know the label to its classifier."""
    X, y, weights = _take_known(X, y, known, sample_weight, pair)
    return continue_base(base, learner, X, y, sample_weight=weights, **options)


def _take_known(
    X: Any,
    y: np.ndarray,
    known: np.ndarray | None,
    sample_weight: np.ndarray | None,
    pair: Pair,
) -> tuple[Any, np.ndarray, np.ndarray | None]:
    """Return the rows that know the label, their values and their weights."""
    if known is not None:
        X, y = X[known], y[known]
        sample_weight = None if sample_weight is None else sample_weight[known]
    return X, y, weigh_rows(y, pair, sample_weight)


def _proba_column(learner: Any, X: Any) -> np.ndarray:
    return positive_proba(learner, X, n_labels=1)
