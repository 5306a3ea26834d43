"""A learner whose decisions are tuned on rows it was not trained on."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone

from mlkit.exceptions import OptionError, unknown_name
from mlkit.models.out_of_fold import OutOfFoldClassifier
from mlkit.thresholds import (
    CardinalityCut,
    CostCut,
    ExpectedFCut,
    FixedCut,
    GlobalCut,
    MCut,
    PCut,
    RCut,
    RiskCut,
    SCut,
    ThresholdStrategy,
    limit_labels,
)
from mlkit.thresholds.objectives import Objective
from mlkit.validation import Indicator

__all__ = ["ThresholdedClassifier"]

_STRATEGIES: dict[str, ThresholdStrategy] = {
    "fixed": FixedCut(),
    "global": GlobalCut(),
    # On medical, 33 of whose 45 labels have fewer than 10 positives, cuts without
    # shrinkage gave a Hamming loss of 0.25 on the test rows, and 0.012 with it.
    "scut": SCut(shrinkage=10.0),
    "rcut": RCut(),
    "pcut": PCut(),
    "mcut": MCut(),
    "cardinality": CardinalityCut(),
    "cost": CostCut(),
    "expected_f": ExpectedFCut(),
    "risk": RiskCut(),
}

# By exact type: a subclass may learn from scores, and is then given some.
_LEARN_WITHOUT_SCORES = (FixedCut, RCut, MCut, CostCut, ExpectedFCut)


class ThresholdedClassifier(OutOfFoldClassifier):
    """Decide by a strategy that is tuned on a learner's out-of-fold probabilities.

    Parameters
    ----------
    estimator : multi-label classifier, default None
        A learner with `predict_proba`; `BinaryRelevance` by default. It is cloned.
    strategy : str or ThresholdStrategy, default "scut"
        How probabilities become decisions: a name of the table below, or an object of
        `mlkit.thresholds` where it is to have options of its own. It is cloned.
    metric : str or callable, optional
        What the strategies named "scut" and "global" maximise: a key of
        `mlkit.thresholds.OBJECTIVES`, or ``objective(tp, fp, fn, tn)``; by default
        ``"f1"``. A strategy object has its own.
    cv : int, cross-validator or iterable of (train, test), default 5
        Who is scored by whom. A number makes that many folds by
        `IterativeStratification`. No row may be tested twice; rows that are never
        tested take no part in the tuning.
    min_labels : int, default 0
        A row with fewer decisions gets its most probable other labels. Off by default.
    max_labels : int, optional
        A row with more keeps its most probable ones. Off by default. Report both with
        the results: see `mlkit.thresholds.limit_labels`.
    random_state : int or RandomState, optional
        Shuffles the rows before a number of folds is made; by default the folds follow
        from `Y` alone. The seeds set in `estimator` are kept.

    Attributes
    ----------
    estimator_ : fitted learner
        Trained on all rows.
    strategy_ : fitted ThresholdStrategy
        From probabilities to decisions. Not for a vector of classes.
    thresholds_ : ndarray of float64, shape (n_labels,)
        Where each label is cut; only where the strategy has such numbers.
    classes_ : ndarray, shape (n_labels, 2)
        ``[0, 1]`` for each label.
    n_labels_ : int
        Number of labels.
    label_names_in_ : ndarray of str, shape (n_labels,)
        Names of the labels; only where `Y` was a DataFrame.
    n_features_in_ : int
        Number of columns of `X`.
    feature_names_in_ : ndarray of str, shape (n_features,)
        Names of the features; only where `X` was a DataFrame with string columns.

    See Also
    --------
    CalibratedClassifier : Better probabilities instead, which "cost" and "expected_f"
        need.
    mlkit.thresholds.best_thresholds : The search, for scores of any origin.

    Notes
    -----
    =================  ========================================  ====================
    `strategy`         as an object                              learns from
    =================  ========================================  ====================
    ``"fixed"``        ``FixedCut()``: all at 0.5                nothing
    ``"global"``       ``GlobalCut()``: one cut for all          out-of-fold scores
    ``"scut"``         ``SCut(shrinkage=10.0)``: one a label     out-of-fold scores
    ``"rcut"``         ``RCut()``: as many labels in every row   the number of labels
    ``"pcut"``         ``PCut()``: as often as the label occurs  out-of-fold scores
    ``"mcut"``         ``MCut()``: at the widest gap of a row    nothing
    ``"cardinality"``  ``CardinalityCut()``: one cut for all     out-of-fold scores
    ``"cost"``         ``CostCut()``: equal costs, so at 0.5     nothing
    ``"expected_f"``   ``ExpectedFCut()``: best set of a row     nothing
    ``"risk"``         ``RiskCut()``: a tenth may be missed      out-of-fold scores
    =================  ========================================  ====================

    The scores of its own training rows make a learner look surer than it is, and a cut
    tuned on them is far too high for new ones. So each row is scored by a clone that
    was trained on other folds. The value that the metric has at the chosen cut is
    still too good, as the best of many is: judge by rows that `fit` never saw.

    A few positives fix a threshold badly: with an ill-scored one among them, the best
    cut may be one that every row passes. ``"scut"`` therefore draws the cuts to the
    global one, halfway for a label with 10 positives; ``SCut(shrinkage=...)`` draws
    more or less, ``SCut()`` not at all.

    Probabilities are those of the inner learner; cut at other places than 0.5 they are
    what they were. A learner without `predict_proba` is refused, although decision
    values could be cut as well: give its base learner probabilities, such as by
    ``CalibratedClassifierCV(LinearSVC())``.

    A label that is constant in the training rows is predicted as that, whatever the
    cut, and is the last that a limit changes. For a vector of classes there is nothing
    to cut: the most probable class is predicted, without folds, strategy and limits.

    Weights go to the learner only; the strategy counts each row once. What is unknown
    in `Y` is left out of the tuning, but for ``"risk"``, which refuses it; so does a
    learner that cannot take it.

    To tune a learner that is fitted already, pass ``FrozenEstimator(learner)`` of
    scikit-learn, and to `fit` rows kept for it, with the labels in the learner's order.

    Cost: one fit of the learner a fold, and one more; one in all where nothing is
    learned from scores. The scores are a dense (n_samples, n_labels).

    References
    ----------
    .. [1] Y. Yang. A study of thresholding strategies for text categorization. SIGIR
       2001.
    .. [2] R.-E. Fan, C.-J. Lin. A study on threshold selection for multi-label
       classification. Technical report, National Taiwan University, 2007: thresholds
       by cross-validation, and what rare labels do to them.

    Examples
    --------
    Of the rows with a 1, four in ten carry the label. None is likely to, so at 0.5 no
    row is found; the F1 of deciding for all ten is 8 / 14.

    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from mlkit.models import BinaryRelevance, ThresholdedClassifier
    >>> X = [[0]] * 10 + [[1]] * 10
    >>> Y = [[0]] * 10 + [[1]] * 4 + [[0]] * 6
    >>> tree = BinaryRelevance(DecisionTreeClassifier())
    >>> tree.fit(X, Y).predict([[0], [1]]).tolist()
    [[0], [0]]
    >>> tuned = ThresholdedClassifier(tree, cv=2).fit(X, Y)
    >>> tuned.predict_proba([[0], [1]]).tolist()
    [[0.0], [0.4]]
    >>> tuned.thresholds_.tolist()
    [0.2]
    >>> tuned.predict([[0], [1]]).tolist()
    [[0], [1]]
    """

    strategy_: ThresholdStrategy

    def __init__(
        self,
        estimator: Any = None,
        *,
        strategy: str | ThresholdStrategy = "scut",
        metric: str | Objective | None = None,
        cv: Any = 5,
        min_labels: int = 0,
        max_labels: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.strategy = strategy
        self.metric = metric
        self.cv = cv
        self.min_labels = min_labels
        self.max_labels = max_labels
        self.random_state = random_state

    @property
    def thresholds_(self) -> np.ndarray:
        """Where each label is cut, float64 of shape (n_labels,)."""
        return np.full(self.n_labels_, self.strategy_.thresholds_)

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        self._check_probabilities()
        strategy = self._make_strategy()
        # A second fit on a vector of classes must not keep that of the first.
        self.__dict__.pop("strategy_", None)
        if self._target != "classes":
            self.strategy_ = strategy
            self._fit_strategy(X, labels, sample_weight)
        self._fit_on_all(X, labels, sample_weight)

    def _make_strategy(self) -> ThresholdStrategy:
        if isinstance(self.strategy, ThresholdStrategy):
            if self.metric is not None:
                msg = (
                    f"metric={self.metric!r} goes with the name of a strategy, and "
                    f"strategy is {self.strategy!r}. Give it to the strategy itself."
                )
                raise OptionError(msg)
            return clone(self.strategy)
        if not isinstance(self.strategy, str) or self.strategy not in _STRATEGIES:
            error = unknown_name("threshold strategy", self.strategy, _STRATEGIES)
            raise error
        strategy = clone(_STRATEGIES[self.strategy])
        if self.metric is None:
            return strategy
        if "metric" not in strategy.get_params():
            msg = (
                f"metric={self.metric!r} was given, and strategy='{self.strategy}' "
                "maximises none. Leave it out, or take 'scut' or 'global'."
            )
            raise OptionError(msg)
        return strategy.set_params(metric=self.metric)

    def _fit_strategy(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        # First on scores that say nothing, which is all that some strategies need; the
        # others refuse wrong options and limits here, before the folds cost anything.
        nothing = np.broadcast_to(0.0, labels.shape)
        self.strategy_.fit(labels.with_unknown(), nothing)
        self._decide(nothing[:1])
        if type(self.strategy_) not in _LEARN_WITHOUT_SCORES:
            self.strategy_.fit(*self._score_out_of_fold(X, labels, sample_weight))

    def _predict_labels(self, X: Any) -> np.ndarray:
        return self._decide(self._predict_label_proba(X))

    def _decide(self, proba: np.ndarray) -> np.ndarray:
        decided = self._with_constants(self.strategy_.decide(proba))
        if self.min_labels == 0 and self.max_labels is None:
            return decided
        # Beyond any probability: what is certain is the last that a limit changes.
        ranked = np.array(proba)
        ranked[:, self._constant] = np.where(self._constant_values, 2.0, -1.0)
        limited = limit_labels(
            decided, ranked, min_labels=self.min_labels, max_labels=self.max_labels
        )
        return np.asarray(limited)
