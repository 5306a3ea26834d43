"""Classifier chains: each label sees the labels before it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, TypeAlias

import numpy as np
import scipy.sparse as sp

from mlkit.arguments import check_choice
from mlkit.exceptions import SplitError
from mlkit.models.chain_order import LabelOrder, resolve_order
from mlkit.models.probabilities import positive_proba
from mlkit.models.streams import IncrementalClassifier, continue_base
from mlkit.models.transformation import (
    draw_seeds,
    fit_base,
    label_columns,
    make_folds,
    make_rng,
    predict_column,
)
from mlkit.models.weighting import LabelWeights, check_label_weights, weigh_rows
from mlkit.validation import Indicator

__all__ = ["ClassifierChain"]


_Folds: TypeAlias = list[tuple[np.ndarray, np.ndarray]]

_TRAINED_ON = ("true", "cross-fitted", "predicted")


class ClassifierChain(IncrementalClassifier):
    """Learn the labels one after another, each with the earlier ones as features.

    Parameters
    ----------
    estimator : classifier, default None
        The base learner; ``LogisticRegression(max_iter=1000)`` by default.
    order : None, "random", "dependence", or sequence of int or str, default None
        Order of the chain: that of the columns; a random one; one in which each label
        stands behind the label that it depends on most (see the notes); or all
        positions or all label names in the order wanted.
    trained_on : {"true", "cross-fitted", "predicted"}, default "true"
        What a label sees of the earlier ones in training: their true values, what the
        links predict for rows that they were not trained on, or what they predict for
        their own training rows.
    cv : int, cross-validator or iterable of (train, test), default 5
        Folds of ``trained_on="cross-fitted"``, which must test each row once. A number
        makes that many folds by `mlkit.splitting.IterativeStratification`.
    label_weights : None, "balanced", or array-like of shape (n_labels, 2), default None
        What absence and presence of each label weigh in its classifier, as in
        `BinaryRelevance`; labels in the order of the columns.
    random_state : int or RandomState, optional
        Draws the random order, shuffles the rows before a number of folds is made, and
        gives every label's classifier its own seed. By default the seeds that are set
        in `estimator` are kept.

    Attributes
    ----------
    order_ : ndarray of int, shape (n_labels,)
        Positions of the labels in chain order.
    estimators_ : list of classifiers, length n_labels
        In chain order: ``estimators_[i]`` has learned label ``order_[i]``. A label that
        is constant in the training rows has a `sklearn.dummy.DummyClassifier` (not so
        after `partial_fit`).
    classes_ : ndarray, shape (n_labels, 2)
        ``[0, 1]`` for each label.
    n_labels_ : int
        Number of labels.
    label_names_in_ : ndarray of str, shape (n_labels,)
        Names of the labels; only where `Y` was a DataFrame, or `partial_fit` was given
        names.
    n_features_in_ : int
        Number of features of `X`; the earlier labels are not counted.
    feature_names_in_ : ndarray of str, shape (n_features,)
        Names of the features; only where `X` was a DataFrame with string columns.

    See Also
    --------
    BinaryRelevance : The same without the earlier labels.
    EnsembleOfClassifierChains : Many chains in random orders, which vote.
    ProbabilisticClassifierChain : Follows all paths, or many, instead of one.
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

    ``order="dependence"`` walks the maximum spanning tree of the pairwise mutual
    information in the training rows, from the label that has most of it, in the manner
    of Bayesian chain classifiers [3]_; `mlkit.models.chain_order` has the rule. It does
    not know how hard a label is: of *or*, *and* and *xor* of two bits it puts *xor*
    first, for which a linear learner needs the others.

    In training a label sees the earlier labels without a mistake, in prediction with
    those of the links before it, and so it leans on them too much. Nested stacking
    [4]_ [5]_, ``trained_on="predicted"``, trains each link on what the links before it
    predict. For rows that they were fitted to, these make too few mistakes, a fully
    grown tree none; ``"cross-fitted"`` predicts each fold by a clone that was fitted to
    the others, so that labels are as good in training as in prediction. What is learned
    then is no factorisation of the joint distribution any more. That can lower the
    Hamming loss where labels are hard to predict, and costs subset accuracy where they
    hang together: on the test parts, with logistic regression, 0.242 -> 0.215 for
    emotions and 0.196 -> 0.128 for yeast. Subset correction, the other proposal of
    [5]_, is not done.

    Rows that arrive in batches are learned by `partial_fit` where the base learner has
    it, as in `BinaryRelevance`. A batch goes along the whole chain: each link learns
    it with the true labels before it, or, with ``"predicted"``, with what the links
    before it predict once they have learned it. The order stays that of the first
    batch, so ``"dependence"`` is measured there; a label that `add_label` adds is the
    last of the chain. ``"cross-fitted"`` needs all rows at once and has none.

    Cost for q labels and k folds: q fits of the base learner, the i-th on n_features +
    i - 1 columns; with ``"predicted"`` q - 1 predictions of the training rows more;
    with ``"cross-fitted"`` (q - 1) k fits more, each on (k - 1) / k of the rows. The
    steps depend on each other and cannot run at the same time.

    References
    ----------
    .. [1] J. Read, B. Pfahringer, G. Holmes, E. Frank. Classifier chains for
       multi-label classification. Machine Learning 85, 2011: Figures 1 and 2.
    .. [2] K. Dembczyński, W. Cheng, E. Hüllermeier. Bayes optimal multilabel
       classification via probabilistic classifier chains. ICML 2010.
    .. [3] J. H. Zaragoza, L. E. Sucar, E. F. Morales, C. Bielza, P. Larrañaga. Bayesian
       chain classifiers for multidimensional classification. IJCAI 2011, 2192-2197.
    .. [4] R. Senge, J. J. del Coz, E. Hüllermeier. On the problem of error propagation
       in classifier chains for multi-label classification. Data Analysis, Machine
       Learning and Knowledge Discovery, Springer 2014, 163-170.
    .. [5] R. Senge, J. J. del Coz, E. Hüllermeier. Rectifying classifier chains for
       multi-label classification. LWA 2013.

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

    The second label repeats the first, and nothing tells the first. Trained on what is
    true of the first, the chain is sure of the second; trained on what it predicts of
    the first, which is always 1, it is not:

    >>> from sklearn.tree import DecisionTreeClassifier
    >>> X, Y = [[0]] * 10, [[1, 1]] * 6 + [[0, 0]] * 4
    >>> chain = ClassifierChain(DecisionTreeClassifier())
    >>> chain.fit(X, Y).predict_proba([[0]]).tolist()
    [[0.6, 1.0]]
    >>> chain.set_params(trained_on="predicted").fit(X, Y).predict_proba([[0]]).tolist()
    [[0.6, 0.6]]
    """

    estimators_: list[Any]
    order_: np.ndarray

    def __init__(
        self,
        estimator: Any = None,
        *,
        order: LabelOrder = None,
        trained_on: Literal["true", "cross-fitted", "predicted"] = "true",
        cv: Any = 5,
        label_weights: LabelWeights = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.order = order
        self.trained_on = trained_on
        self.cv = cv
        self.label_weights = label_weights
        self.random_state = random_state

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        base = self._check_base_learner(
            sample_weight=sample_weight, label_weights=self.label_weights
        )
        check_choice("trained_on", self.trained_on, _TRAINED_ON)
        rng = make_rng(self.random_state)
        self.order_ = resolve_order(self.order, labels, rng, sample_weight)
        seeds = draw_seeds(rng, self.n_labels_)
        folds = self._folds(X, labels, rng)

        def teach(place: int, name: str) -> Callable[..., Any]:
            return partial(fit_base, base, name=name, seed=seeds[place])

        self.estimators_ = self._learn_along(X, labels, sample_weight, teach, folds)

    def _continue(
        self,
        base: Any,
        X: Any,
        labels: Indicator,
        sample_weight: np.ndarray | None,
    ) -> None:
        check_choice("trained_on", self.trained_on, _TRAINED_ON)
        rng = make_rng(self.random_state)
        if not hasattr(self, "estimators_"):
            self.order_ = resolve_order(self.order, labels, rng, sample_weight)
        seeds = draw_seeds(rng, self.n_labels_)
        learners = getattr(self, "estimators_", [None] * self.n_labels_)

        def teach(place: int, name: str) -> Callable[..., Any]:
            return partial(
                continue_base, base, learners[place], name=name, seed=seeds[place]
            )

        self.estimators_ = self._learn_along(X, labels, sample_weight, teach, [])

    def _learn_along(
        self,
        X: Any,
        labels: Indicator,
        sample_weight: np.ndarray | None,
        teach: Callable[[int, str], Callable[..., Any]],
        folds: _Folds,
    ) -> list[Any]:
        """Teach link after link, each with what it is to see of those before it."""
        pairs = check_label_weights(self.label_weights, labels)
        columns = label_columns(labels.values[:, self.order_])
        seen = _ChainFeatures(X, self.n_labels_)
        learners: list[Any] = []
        for y, position in zip(columns, self.order_, strict=True):
            fit = teach(len(learners), f"label '{labels.label_names[position]}'")
            features = seen.matrix()
            weights = weigh_rows(y, pairs[position], sample_weight)
            learners.append(fit(features, y, sample_weight=weights))
            # No label comes after the last one and would see it.
            if len(learners) < self.n_labels_:
                handed = self._hand_on(learners[-1], fit, features, y, weights, folds)
                seen.append(handed)
        return learners

    def _hand_on(
        self,
        learner: Any,
        fit: Callable[..., Any],
        X: Any,
        y: np.ndarray,
        sample_weight: np.ndarray | None,
        folds: _Folds,
    ) -> np.ndarray:
        """Return what the later links are to see of the label that was just learned."""
        if self.trained_on == "true":
            return y
        if self.trained_on == "predicted":
            return predict_column(learner, X)
        predicted = y.copy()
        for train, test in folds:
            weights = None if sample_weight is None else sample_weight[train]
            other = fit(X[train], y[train], sample_weight=weights)
            predicted[test] = predict_column(other, X[test])
        return predicted

    def _check_batches(self) -> None:
        if self.trained_on == "cross-fitted":
            msg = (
                f"{type(self).__name__} has no partial_fit with "
                "trained_on='cross-fitted', whose folds are made of all rows. Take "
                "trained_on='true' or 'predicted'."
            )
            raise AttributeError(msg)
        super()._check_batches()

    def _add_last(self) -> None:
        super()._add_last()
        self.order_ = np.append(self.order_, self.n_labels_ - 1)

    def _folds(
        self, X: Any, labels: Indicator, rng: np.random.RandomState | None
    ) -> _Folds:
        """Return the folds in which labels are predicted; none where none is."""
        # A constant is handed on as it is: a single row needs no folds.
        if self.trained_on != "cross-fitted" or labels.constant_labels().all():
            return []
        # Drawn last, so that the other seeds are those of the other options.
        (seed,) = draw_seeds(rng, 1)
        folds = list(make_folds(self.cv, X, labels.values, seed))
        tested = np.concatenate([test for _, test in folds])
        if not np.array_equal(np.sort(tested), np.arange(X.shape[0])):
            msg = (
                f"cv must test each of the {X.shape[0]} rows once; it makes "
                f"{len(tested)} tests, of {len(np.unique(tested))} rows. Take folds "
                "that divide the rows, such as IterativeStratification."
            )
            raise SplitError(msg)
        return folds

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
