"""The metrics as scorers of scikit-learn's tools, and what learners answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlkit.arguments import check_choice
from mlkit.metrics import Evidence, Metric, get_metric
from mlkit.metrics.catalog import choose_metrics
from mlkit.metrics.conventions import CONVENTIONS
from mlkit.models import positive_proba
from mlkit.validation import check_indicator

__all__ = ["Scorer", "ScorerTable", "answers", "make_scorer", "make_scorers"]


def answers(
    estimator: Any, X: Any, needs: Iterable[str], n_labels: int
) -> dict[str, Any]:
    """Ask a fitted learner for what metrics judge.

    Parameters
    ----------
    estimator : fitted classifier
        With `predict`; for scores with `predict_proba` or `decision_function`.
    X : array-like, DataFrame or sparse matrix, shape (n_samples, n_features)
    needs : iterable of {"bipartition", "scores", "probabilities"}
    n_labels : int
        How many labels there are: the shape of an answer can leave that open.

    Returns
    -------
    dict
        ``Y_pred``, ``scores`` and ``Y_proba``, each None where it is not needed or the
        learner has none. Probabilities serve as scores too.
    """
    wanted = set(needs)
    found: dict[str, Any] = {"Y_pred": None, "scores": None, "Y_proba": None}
    if "bipartition" in wanted:
        found["Y_pred"] = estimator.predict(X)
    if wanted & {"scores", "probabilities"}:
        if hasattr(estimator, "predict_proba"):
            found["Y_proba"] = positive_proba(estimator, X, n_labels=n_labels)
        elif hasattr(estimator, "decision_function"):
            values = np.asarray(estimator.decision_function(X), dtype=np.float64)
            found["scores"] = values[:, np.newaxis] if values.ndim == 1 else values
    return found


@dataclass(frozen=True)
class Scorer:
    """A metric as a scorer: ``scorer(estimator, X, Y)``, greater is better.

    Parameters
    ----------
    metric : Metric
    convention : {"sklearn", "mulan", "meka"}, default "sklearn"
    """

    metric: Metric
    convention: str = "sklearn"

    def __call__(self, estimator: Any, X: Any, y: Any) -> float:
        """Score a fitted learner.

        Parameters
        ----------
        estimator : fitted classifier
        X : array-like, DataFrame or sparse matrix, shape (n_samples, n_features)
        y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
            True labels.

        Returns
        -------
        float
            The metric; a loss with its sign turned.

        Raises
        ------
        AttributeError
            If the learner has not what the metric judges, such as probabilities.
        """
        return _score(estimator, X, y, [self.metric], self.convention)[
            scorer_name(self.metric)
        ]

    def __repr__(self) -> str:
        return f"make_scorer({self.metric.name!r})"


@dataclass(frozen=True)
class ScorerTable:
    """Several metrics as one scorer: ``scorers(estimator, X, Y)`` gives a dict.

    Parameters
    ----------
    metrics : tuple of Metric
    convention : {"sklearn", "mulan", "meka"}, default "sklearn"
    """

    metrics: tuple[Metric, ...]
    convention: str = "sklearn"

    @property
    def names(self) -> tuple[str, ...]:
        """The keys of the result."""
        return tuple(scorer_name(metric) for metric in self.metrics)

    def __call__(self, estimator: Any, X: Any, y: Any) -> dict[str, float]:
        """Score a fitted learner by all metrics, asking it and counting once.

        Parameters
        ----------
        estimator, X, y
            As `Scorer`.

        Returns
        -------
        dict of str to float
            A loss has the prefix ``neg_`` and its sign turned.

        Raises
        ------
        AttributeError
            As `Scorer`.
        """
        return _score(estimator, X, y, self.metrics, self.convention)

    def __repr__(self) -> str:
        return f"make_scorers({[metric.name for metric in self.metrics]!r})"


def scorer_name(metric: Metric) -> str:
    """Return the name of a scorer: as in scikit-learn, losses are negative."""
    return metric.name if metric.greater_is_better else f"neg_{metric.name}"


def _score(
    estimator: Any, X: Any, y: Any, metrics: Iterable[Metric], convention: str
) -> dict[str, float]:
    chosen = list(metrics)
    needs = frozenset().union(*(metric.needs for metric in chosen))
    n_labels = check_indicator(y, allow_missing=True).shape[1]
    evidence = Evidence.of_all(y, **answers(estimator, X, needs, n_labels))
    for need in needs:
        if not evidence.has(need):
            names = [metric.name for metric in chosen if need in metric.needs]
            msg = (
                f"{type(estimator).__name__} gives no {need}, which {names[0]} judges. "
                "Take a learner with predict_proba, or a metric of decided labels."
            )
            raise AttributeError(msg)
    signs = (1 if metric.greater_is_better else -1 for metric in chosen)
    return {
        # Adding 0 makes 0 of -0.
        scorer_name(metric): sign * float(metric.of(evidence, convention)) + 0.0
        for metric, sign in zip(chosen, signs, strict=True)
    }


def make_scorer(metric: str | Metric, *, convention: str = "sklearn") -> Scorer:
    """Turn a metric into a scorer for `GridSearchCV`, `cross_val_score` and others.

    Parameters
    ----------
    metric : str or Metric
        A name of `mlkit.metrics.METRICS`, with ``neg_`` before it or not.
    convention : {"sklearn", "mulan", "meka"}, default "sklearn"
        How edges are settled.

    Returns
    -------
    Scorer
        For ``scoring=``. Greater is better: losses are negative.

    Raises
    ------
    UnknownNameError
        If the metric does not exist.
    OptionError
        If there is no such convention.

    See Also
    --------
    make_scorers : Several metrics in one pass.

    Notes
    -----
    scikit-learn's own scorers take the last column of each block that ``predict_proba``
    gives, which is P(label = 1) = 1 for a label without a positive in training, and
    fail on several of its shapes; here they are aligned by
    `mlkit.models.positive_proba`.

    Examples
    --------
    >>> from sklearn.model_selection import cross_val_score
    >>> from mlkit.models import BinaryRelevance
    >>> X, Y = [[0], [1], [2], [3]] * 5, [[0, 1], [0, 1], [1, 0], [1, 0]] * 5
    >>> scorer = make_scorer("hamming_loss")
    >>> cross_val_score(BinaryRelevance(), X, Y, scoring=scorer, cv=2).tolist()
    [0.0, 0.0]
    """
    check_choice("convention", convention, CONVENTIONS)
    return Scorer(_by_name(metric), convention)


def make_scorers(
    metrics: str | Metric | Iterable[str | Metric] | None = None,
    *,
    convention: str = "sklearn",
) -> ScorerTable:
    """Turn several metrics into one scorer for `cross_validate` and `GridSearchCV`.

    Parameters
    ----------
    metrics : str, Metric or iterable of them, optional
        By default all that tables hold.
    convention : {"sklearn", "mulan", "meka"}, default "sklearn"
        How edges are settled.

    Returns
    -------
    ScorerTable
        For ``scoring=``; with ``refit=`` one of its ``names``. The learner is asked and
        the cells are counted once for all metrics.

    Raises
    ------
    UnknownNameError
        If a metric does not exist.
    OptionError
        If there is no such convention.

    Examples
    --------
    >>> from sklearn.model_selection import cross_validate
    >>> from mlkit.models import BinaryRelevance
    >>> X, Y = [[0], [1], [2], [3]] * 5, [[0, 1], [0, 1], [1, 0], [1, 0]] * 5
    >>> scorers = make_scorers(["micro_f1", "ranking_loss"])
    >>> result = cross_validate(BinaryRelevance(), X, Y, scoring=scorers, cv=2)
    >>> sorted(key for key in result if key.startswith("test"))
    ['test_micro_f1', 'test_neg_ranking_loss']
    """
    check_choice("convention", convention, CONVENTIONS)
    if metrics is not None:
        names = [metrics] if isinstance(metrics, (str, Metric)) else metrics
        return ScorerTable(tuple(_by_name(name) for name in names), convention)
    return ScorerTable(tuple(choose_metrics(None)), convention)


def _by_name(metric: str | Metric) -> Metric:
    if isinstance(metric, str):
        return get_metric(metric.removeprefix("neg_"))
    return get_metric(metric)
