"""Ways to decide, as objects: learn from scores of known rows, decide for new ones.

Each is a scikit-learn estimator without a ``predict``: it can be cloned, printed, and
searched over as a parameter of a learner.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from mlkit.alignment import check_same_names
from mlkit.arguments import check_count
from mlkit.exceptions import OptionError, ShapeError
from mlkit.metrics.costs import ERRORS_ALIKE
from mlkit.thresholds.costs import thresholds_of
from mlkit.thresholds.cuts import Decisions, check_thresholds, cut, mcut, top_k
from mlkit.thresholds.expected import maximize_expected_f
from mlkit.thresholds.objectives import Objective
from mlkit.thresholds.proportions import match_cardinality, proportional_thresholds
from mlkit.thresholds.risk import control_risk
from mlkit.thresholds.search import best_threshold, best_thresholds
from mlkit.validation import (
    Indicator,
    check_indicator,
    check_probabilities,
    check_scores,
)

__all__ = [
    "CardinalityCut",
    "CostCut",
    "ExpectedFCut",
    "FixedCut",
    "GlobalCut",
    "MCut",
    "PCut",
    "RCut",
    "RiskCut",
    "SCut",
    "ThresholdStrategy",
]


class ThresholdStrategy(BaseEstimator):
    """Base of the strategies; a subclass says how it learns and how it decides.

    Attributes
    ----------
    n_labels_ : int
        Number of labels seen in `fit`.

    Notes
    -----
    A subclass defines ``_learn(Y, truth, scores)``, by default nothing, and
    ``_decide(scores)``, by default a cut at ``thresholds_``.
    """

    n_labels_: int
    thresholds_: float | np.ndarray

    def fit(self, Y: Any, scores: Any) -> Self:
        """Learn what is to be known before the first decision.

        Parameters
        ----------
        Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
            True labels, 0 and 1; NaN where one is unknown.
        scores : array-like or DataFrame, shape (n_samples, n_labels)
            Finite numbers, higher meaning more relevant; out-of-fold.

        Returns
        -------
        self

        Raises
        ------
        IndicatorError
            If `Y` holds anything but 0, 1 and NaN.
        ScoresError
            If the scores are not a matrix of finite numbers, or not probabilities where
            the strategy weighs those.
        ShapeError, LabelNameError
            If the two shapes differ, or both are DataFrames whose labels do.
        OptionError, UnknownNameError
            If an option of the strategy has no such value.
        """
        truth = check_indicator(Y, allow_missing=True)
        # Here too where nothing is learned, so that all strategies refuse the same.
        check_scores(scores, shape=truth.shape)
        check_same_names(Y, scores, "scores")
        self.n_labels_ = truth.shape[1]
        self._learn(Y, truth, scores)
        return self

    def decide(self, scores: Any) -> Decisions:
        """Decide for rows, by what was learned.

        Parameters
        ----------
        scores : array-like or DataFrame, shape (n_samples, n_labels)
            Finite numbers, of the same kind as in `fit`.

        Returns
        -------
        ndarray or DataFrame of int8, shape (n_samples, n_labels)

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If `fit` was not called.
        ScoresError
            If the scores are not a matrix of finite numbers.
        ShapeError
            If the number of labels is not that of `fit`.
        """
        check_is_fitted(self, "n_labels_")
        n_labels = check_scores(scores).shape[1]
        if n_labels != self.n_labels_:
            msg = f"scores has {n_labels} labels, and fit saw {self.n_labels_}."
            raise ShapeError(msg)
        return self._decide(scores)

    def _learn(self, Y: Any, truth: Indicator, scores: Any) -> None:
        """Learn nothing."""

    def _decide(self, scores: Any) -> Decisions:
        return cut(scores, self.thresholds_)


def _shares(truth: Indicator) -> np.ndarray:
    """Share of positives among the known rows; 0 for a label that is never known."""
    return truth.counts() / np.maximum(truth.n_known(), 1)


class FixedCut(ThresholdStrategy):
    """Cut at a given threshold; nothing is learned.

    Parameters
    ----------
    threshold : float or array-like of shape (n_labels,), default 0.5

    Attributes
    ----------
    thresholds_ : ndarray of float64, shape () or (n_labels,)

    Examples
    --------
    >>> FixedCut(0.3).fit([[0, 1]], [[0.1, 0.2]]).decide([[0.3, 0.2]]).tolist()
    [[1, 0]]
    """

    def __init__(self, threshold: Any = 0.5) -> None:
        self.threshold = threshold

    def _learn(self, Y: Any, truth: Indicator, scores: Any) -> None:
        self.thresholds_ = check_thresholds(self.threshold, self.n_labels_)


class GlobalCut(ThresholdStrategy):
    """Cut all labels at the one threshold that was best.

    Parameters
    ----------
    metric : str or callable, default "f1"
    average : {"micro", "macro", "samples"}, default "micro"
        Both as in `mlkit.thresholds.best_threshold`.

    Attributes
    ----------
    thresholds_ : float

    Examples
    --------
    >>> GlobalCut().fit([[0, 1]], [[0.25, 0.75]]).thresholds_
    0.5
    """

    def __init__(
        self, metric: str | Objective = "f1", *, average: str = "micro"
    ) -> None:
        self.metric = metric
        self.average = average

    def _learn(self, Y: Any, truth: Indicator, scores: Any) -> None:
        self.thresholds_ = best_threshold(
            Y, scores, metric=self.metric, average=self.average
        )


class SCut(ThresholdStrategy):
    """Cut each label at the threshold that was best for it.

    Parameters
    ----------
    metric : str or callable, default "f1"
    shrinkage : float, default 0.0
        Both as in `mlkit.thresholds.best_thresholds`.

    Attributes
    ----------
    thresholds_ : ndarray of float64, shape (n_labels,)

    Examples
    --------
    >>> SCut().fit([[0], [1]], [[0.25], [0.75]]).thresholds_.tolist()
    [0.5]
    """

    def __init__(
        self, metric: str | Objective = "f1", *, shrinkage: float = 0.0
    ) -> None:
        self.metric = metric
        self.shrinkage = shrinkage

    def _learn(self, Y: Any, truth: Indicator, scores: Any) -> None:
        self.thresholds_ = best_thresholds(
            Y, scores, metric=self.metric, shrinkage=self.shrinkage
        )


class RCut(ThresholdStrategy):
    """Decide for the k labels of highest score in every row.

    Parameters
    ----------
    k : int, optional
        By default the label cardinality of the rows seen in `fit`, rounded, and at
        least 1.

    Attributes
    ----------
    k_ : int

    Examples
    --------
    >>> RCut().fit([[0, 1]], [[0.1, 0.2]]).decide([[0.4, 0.3]]).tolist()
    [[1, 0]]
    """

    def __init__(self, k: int | None = None) -> None:
        self.k = k

    def _learn(self, Y: Any, truth: Indicator, scores: Any) -> None:
        # The sum of the shares, which takes unknown labels as the known ones are.
        # No label at all is left where there is none to choose.
        usual = min(max(1, round(_shares(truth).sum())), self.n_labels_)
        self.k_ = check_count(
            "k",
            usual if self.k is None else self.k,
            minimum=0,
            maximum=self.n_labels_,
            error=OptionError,
        )

    def _decide(self, scores: Any) -> Decisions:
        return top_k(scores, self.k_)


class PCut(ThresholdStrategy):
    """Cut each label where the decisions are as frequent as the label.

    The thresholds are found on the scores seen in `fit` and kept, so that new rows are
    decided one by one. `mlkit.thresholds.pcut` decides for a whole batch instead.

    Attributes
    ----------
    thresholds_ : ndarray of float64, shape (n_labels,)

    Examples
    --------
    >>> PCut().fit([[1], [0]], [[0.25], [0.75]]).thresholds_.tolist()
    [0.5]
    """

    def _learn(self, Y: Any, truth: Indicator, scores: Any) -> None:
        self.thresholds_ = proportional_thresholds(scores, _shares(truth))


class MCut(ThresholdStrategy):
    """Cut each row at the widest gap of its scores; nothing is learned.

    Examples
    --------
    >>> MCut().fit([[0, 1]], [[0.1, 0.2]]).decide([[0.4, 0.3]]).tolist()
    [[1, 0]]
    """

    def _decide(self, scores: Any) -> Decisions:
        return mcut(scores)


class CardinalityCut(ThresholdStrategy):
    """Cut all labels where rows get as many labels as they have, on average.

    Attributes
    ----------
    thresholds_ : float

    Examples
    --------
    >>> CardinalityCut().fit([[0, 1]], [[0.25, 0.75]]).thresholds_
    0.5
    """

    def _learn(self, Y: Any, truth: Indicator, scores: Any) -> None:
        self.thresholds_ = match_cardinality(scores, float(_shares(truth).sum()))


class CostCut(ThresholdStrategy):
    """Cut probabilities where both decisions cost the same; nothing is learned.

    Parameters
    ----------
    cost_matrix : array-like, shape (2, 2) or (n_labels, 2, 2)
        ``[[true negative, false negative], [false positive, true positive]]``, as in
        `mlkit.thresholds.cost_threshold`. By default both errors cost 1 and right
        decisions nothing.

    Attributes
    ----------
    thresholds_ : ndarray of float64, shape () or (n_labels,)

    See Also
    --------
    mlkit.metrics.error_costs : The matrix of costs of errors alone.

    Examples
    --------
    >>> CostCut([[0, 3], [1, 0]]).fit([[0]], [[0.1]]).thresholds_.item()
    0.25
    """

    def __init__(self, cost_matrix: Any = ERRORS_ALIKE) -> None:
        self.cost_matrix = cost_matrix

    def _learn(self, Y: Any, truth: Indicator, scores: Any) -> None:
        # A cost is weighed against a probability, and against no other score.
        check_probabilities(scores, name="scores")
        self.thresholds_ = thresholds_of(self.cost_matrix, self.n_labels_)

    def _decide(self, scores: Any) -> Decisions:
        check_probabilities(scores, name="scores")
        return cut(scores, self.thresholds_)


class ExpectedFCut(ThresholdStrategy):
    """Decide for the set of greatest expected F-measure; nothing is learned.

    Parameters
    ----------
    beta : float, default 1.0
    empty_value : float, default 1.0
        Both as in `mlkit.thresholds.maximize_expected_f`.

    Examples
    --------
    >>> rule = ExpectedFCut().fit([[0, 1]], [[0.1, 0.2]])
    >>> rule.decide([[0.4, 0.4]]).tolist()
    [[1, 1]]
    """

    def __init__(self, beta: float = 1.0, *, empty_value: float = 1.0) -> None:
        self.beta = beta
        self.empty_value = empty_value

    def _learn(self, Y: Any, truth: Indicator, scores: Any) -> None:
        # Nothing is learned, but what cannot be decided on is refused here already.
        check_probabilities(scores, name="scores")
        self._decide(np.empty((0, self.n_labels_)))

    def _decide(self, scores: Any) -> Decisions:
        return maximize_expected_f(scores, beta=self.beta, empty_value=self.empty_value)


class RiskCut(ThresholdStrategy):
    """Cut all labels where an expected loss of new rows stays below a level.

    Parameters
    ----------
    alpha : float, default 0.1
    loss : {"missed", "false", "false_discovery"}, default "missed"
        Both as in `mlkit.thresholds.control_risk`.

    Attributes
    ----------
    thresholds_ : float
        inf and -inf where any threshold is safe.

    Notes
    -----
    The guarantee is that of `mlkit.thresholds.control_risk`. It holds for the rows seen
    in `fit` and a new one together if they are exchangeable, and if the scores of both
    come from one function that was fixed before: a model trained on other rows. With
    out-of-fold scores each fold has its own model, and new rows are scored by another
    one, trained on all; the level is then kept about as well as these models agree.
    Labels that are unknown have no loss, and are refused.

    Examples
    --------
    At most a tenth of the true labels may be missed: of nine rows, none.

    >>> rule = RiskCut(0.1).fit([[1]] * 9, [[s / 10] for s in range(1, 10)])
    >>> rule.thresholds_
    0.1
    """

    def __init__(self, alpha: float = 0.1, *, loss: str = "missed") -> None:
        self.alpha = alpha
        self.loss = loss

    def _learn(self, Y: Any, truth: Indicator, scores: Any) -> None:
        self.thresholds_ = control_risk(Y, scores, alpha=self.alpha, loss=self.loss)
