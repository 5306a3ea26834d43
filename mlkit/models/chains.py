"""Classifier chains: each label sees the labels before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_random_state

from mlkit.exceptions import LabelNameError, names_for_message, unknown_name
from mlkit.models.probabilities import positive_proba
from mlkit.models.transformation import (
    TransformationClassifier,
    draw_seeds,
    fit_base,
    label_columns,
    make_rng,
    predict_column,
)
from mlkit.models.weighting import LabelWeights, check_label_weights, weigh_rows
from mlkit.validation import Indicator

__all__ = ["ClassifierChain"]

LabelOrder: TypeAlias = Sequence[int | str] | np.ndarray | Literal["random"] | None
"""Positions or names of all labels, "random", or None for the order of the columns."""


class ClassifierChain(TransformationClassifier):
    """Learn the labels one after another, each with the earlier ones as features.

    Parameters
    ----------
    estimator : classifier, default None
        The base learner; ``LogisticRegression(max_iter=1000)`` by default.
    order : None, "random", or sequence of int or str, default None
        Order of the chain: that of the columns, a random one, or all positions or all
        label names in the order wanted.
    label_weights : None, "balanced", or array-like of shape (n_labels, 2), default None
        What absence and presence of each label weigh in its classifier, as in
        `BinaryRelevance`; labels in the order of the columns.
    random_state : int or RandomState, optional
        Draws the random order and gives every label's classifier its own seed. By
        default the seeds that are set in `estimator` are kept.

    Attributes
    ----------
    order_ : ndarray of int, shape (n_labels,)
        Positions of the labels in chain order.
    estimators_ : list of classifiers, length n_labels
        In chain order: ``estimators_[i]`` has learned label ``order_[i]``. A label that
        is constant in the training rows has a `sklearn.dummy.DummyClassifier`.
    classes_ : ndarray, shape (n_labels, 2)
        ``[0, 1]`` for each label.
    n_labels_ : int
        Number of labels.
    label_names_in_ : ndarray of str, shape (n_labels,)
        Names of the labels; only where `Y` was a DataFrame.
    n_features_in_ : int
        Number of features of `X`; the earlier labels are not counted.
    feature_names_in_ : ndarray of str, shape (n_features,)
        Names of the features; only where `X` was a DataFrame with string columns.

    See Also
    --------
    BinaryRelevance : The same without the earlier labels.
    LabelPowerset : Learns whole label sets.

    Notes
    -----
    The chain factorises the joint distribution, P(y | x) = prod_i P(y_i | x, y_1, ...,
    y_{i-1}), and follows it greedily: in training the earlier labels are the true ones,
    in prediction the predicted ones [1]_. The result approximates the mode of the joint
    distribution, so it suits subset accuracy [2]_; an early mistake is carried on, and
    the order matters.

    `predict_proba` follows the same greedy path: column j is P(y_j = 1 | x, earlier
    labels as predicted). It is a marginal probability only for the first label of the
    chain, or where the earlier labels are certain.

    Cost: n_labels fits of the base learner, the i-th on n_features + i - 1 columns. The
    steps depend on each other and cannot run at the same time.

    References
    ----------
    .. [1] J. Read, B. Pfahringer, G. Holmes, E. Frank. Classifier chains for
       multi-label classification. Machine Learning 85, 2011: Figures 1 and 2.
    .. [2] K. Dembczyński, W. Cheng, E. Hüllermeier. Bayes optimal multilabel
       classification via probabilistic classifier chains. ICML 2010.

    Examples
    --------
    The second label is the exclusive or of two bits: no line separates it, unless the
    first label (their conjunction) is known.

    >>> from sklearn.linear_model import LogisticRegression
    >>> from mlkit.models import BinaryRelevance, ClassifierChain
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]] * 5
    >>> Y = [[0, 0], [0, 1], [0, 1], [1, 0]] * 5
    >>> base = LogisticRegression(C=1000)
    >>> float(ClassifierChain(base).fit(X, Y).score(X, Y))
    1.0
    >>> BinaryRelevance(base).fit(X, Y).score(X, Y) < 1
    True
    """

    estimators_: list[Any]
    order_: np.ndarray

    def __init__(
        self,
        estimator: Any = None,
        *,
        order: LabelOrder = None,
        label_weights: LabelWeights = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.order = order
        self.label_weights = label_weights
        self.random_state = random_state

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        base = self._check_base_learner(
            sample_weight=sample_weight, label_weights=self.label_weights
        )
        pairs = check_label_weights(self.label_weights, labels)
        rng = make_rng(self.random_state)
        self.order_ = _resolve_order(self.order, labels.label_names, rng)
        seeds = draw_seeds(rng, self.n_labels_)
        # Each learner sees the true earlier labels, as in the paper. Predicted ones,
        # from inner folds, would cost several times as much.
        seen = _ChainFeatures(X, self.n_labels_)
        self.estimators_ = []
        for y, position, seed in zip(
            label_columns(labels.values[:, self.order_]),
            self.order_,
            seeds,
            strict=True,
        ):
            learner = fit_base(
                base,
                seen.matrix(),
                y,
                name=f"label '{labels.label_names[position]}'",
                seed=seed,
                sample_weight=weigh_rows(y, pairs[position], sample_weight),
            )
            self.estimators_.append(learner)
            seen.append(y)

    def _predict_labels(self, X: Any) -> np.ndarray:
        return self._follow(X, want_proba=False)[0]

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        return self._follow(X, want_proba=True)[1]

    def _follow(self, X: Any, *, want_proba: bool) -> tuple[np.ndarray, np.ndarray]:
        """Go along the chain; return predictions and, where wanted, probabilities."""
        shape = (X.shape[0], self.n_labels_)
        labels = np.empty(shape, dtype=np.int8)
        proba = np.empty(shape if want_proba else (0, 0))
        seen = _ChainFeatures(X, self.n_labels_)
        for position, learner in zip(self.order_, self.estimators_, strict=True):
            features = seen.matrix()
            # The decided label is handed on, not its probability: the learners were
            # fitted on 0 and 1.
            labels[:, position] = predict_column(learner, features)
            if want_proba:
                proba[:, [position]] = positive_proba(learner, features, n_labels=1)
            seen.append(labels[:, position])
        return labels, proba


class _ChainFeatures:
    """The features of X and, behind them, the labels so far.

    Dense features share one buffer with room for all labels, so that no step copies
    X again; sparse ones grow by one sparse column a step.
    """

    def __init__(self, X: Any, n_labels: int) -> None:
        self._width = X.shape[1]
        if sp.issparse(X):
            self._data = X
            return
        # An integer type for integers, but never too narrow for a 0/1 label.
        dtype = np.result_type(X.dtype, np.int8)
        self._data = np.empty((X.shape[0], self._width + n_labels), dtype=dtype)
        self._data[:, : self._width] = X

    def matrix(self) -> Any:
        """Return the features of the next step; a view where they are dense."""
        return self._data if sp.issparse(self._data) else self._data[:, : self._width]

    def append(self, column: np.ndarray) -> None:
        """Add a label behind the others."""
        if sp.issparse(self._data):
            # hstack copies what is stored, which for sparse rows is little.
            added = sp.csr_array(column[:, np.newaxis], dtype=self._data.dtype)
            self._data = sp.hstack([self._data, added], format="csr")
        else:
            self._data[:, self._width] = column
        self._width += 1


def _resolve_order(
    order: LabelOrder, names: tuple[str, ...], rng: np.random.RandomState | None
) -> np.ndarray:
    """Return the positions of all labels in chain order."""
    if order is None:
        return np.arange(len(names))
    if isinstance(order, str):
        if order != "random":
            msg = (
                "order must be None, 'random', or the positions or names of all "
                f"labels; got '{order}'."
            )
            raise ValueError(msg)
        return check_random_state(rng).permutation(len(names))
    positions = np.array([_position(label, names) for label in order], dtype=np.intp)
    # Sorted, a permutation of all labels is 0, 1, 2, ...; anything else is not one.
    if not np.array_equal(np.sort(positions), np.arange(len(names))):
        missing = [name for j, name in enumerate(names) if j not in positions]
        problem = f" It lacks {names_for_message(missing)}." if missing else ""
        msg = (
            f"order must hold each of the {len(names)} labels once; got "
            f"{len(positions)} entries.{problem}"
        )
        raise LabelNameError(msg)
    return positions


def _position(label: Any, names: tuple[str, ...]) -> int:
    if isinstance(label, str):
        if label not in names:
            error = unknown_name("label", label, names)
            raise error
        return names.index(label)
    # True and 1.0 equal 1, and are more likely a mask or a score than a position.
    if isinstance(label, (bool, float)) or not 0 <= label < len(names):
        msg = (
            f"order holds {label!r}; expected a label name or a position from 0 to "
            f"{len(names) - 1}."
        )
        raise LabelNameError(msg)
    return int(label)
