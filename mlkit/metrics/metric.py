"""What a metric is: a definition, and what one must know to read its value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

from mlkit.metrics.conventions import resolve
from mlkit.metrics.evidence import Evidence
from mlkit.metrics.values import MetricValue

__all__ = ["Metric", "Statistic"]


class Statistic(Protocol):
    """A metric as something that is computed from evidence."""

    def value(self, evidence: Evidence, options: dict[str, Any]) -> MetricValue:
        """Return the metric."""

    def resample(
        self, evidence: Evidence, options: dict[str, Any], row_weights: np.ndarray
    ) -> np.ndarray:
        """Return it under several weightings of the rows, one each."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric and what one must know to read its value.

    Parameters
    ----------
    name : str
        Short name, such as ``"subset_accuracy"``.
    label : str
        Heading for tables and figures, such as ``"Subset accuracy"``.
    function : callable
        ``function(Y, Y_pred)``, ``function(Y, scores)`` or ``function(Y, Y_proba)``,
        see `kind`.
    kind : {"bipartition", "scores", "probabilities"}
        Whether it judges decided labels, real scores, or P(label = 1).
    greater_is_better : bool
        False for losses.
    description : str
        One line.
    range : tuple of float, default (0.0, 1.0)
        Smallest and largest value.
    options : tuple of (str, object), default ()
        Options that `function` is called with, such as ``("average", "macro")``.
    statistic : Statistic, optional
        The same metric computed from evidence that others share. Without it, the
        metric has no confidence intervals.
    measure : str, optional
        Its row in `mlkit.metrics.convention_table`; None if it has no edges.
    in_tables : bool, default True
        Whether tables of all metrics hold it; the others have to be named.

    Examples
    --------
    >>> from mlkit.metrics import METRICS
    >>> METRICS["hamming_loss"]([[1, 0]], [[1, 1]])
    0.5
    """

    name: str
    label: str
    function: Callable[..., Any]
    kind: Literal["bipartition", "scores", "probabilities"]
    greater_is_better: bool
    description: str
    range: tuple[float, float] = (0.0, 1.0)
    options: tuple[tuple[str, Any], ...] = ()
    statistic: Statistic | None = None
    measure: str | None = None
    in_tables: bool = True

    @property
    def needs(self) -> frozenset[str]:
        """The kinds of prediction that it judges."""
        return frozenset([self.kind])

    @property
    def best(self) -> float:
        """The value of a perfect prediction."""
        return self.range[1] if self.greater_is_better else self.range[0]

    @property
    def worst(self) -> float:
        """The other end of the range."""
        return self.range[0] if self.greater_is_better else self.range[1]

    def __call__(self, Y: Any, prediction: Any, **options: Any) -> float:
        """Evaluate a prediction.

        Parameters
        ----------
        Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
            True labels, 0 and 1; NaN where unknown.
        prediction : array-like, DataFrame or sparse, shape (n_samples, n_labels)
            Decided labels, scores or probabilities, see `kind`.
        **options
            Further options of `function`, such as ``convention``.

        Returns
        -------
        float
            Within `range`.
        """
        return self.function(Y, prediction, **dict(self.options), **options)

    def of(self, evidence: Evidence, convention: str = "sklearn") -> MetricValue:
        """Evaluate what was counted already.

        Parameters
        ----------
        evidence : Evidence
        convention : {"sklearn", "mulan", "meka"}, default "sklearn"

        Returns
        -------
        MetricValue
            NaN, of no units, where `evidence` lacks what the metric judges.
        """
        options = self.resolved(convention)
        if not evidence.has(self.kind):
            return MetricValue(np.nan, units=0)
        if self.statistic is not None:
            return self.statistic.value(evidence, options)
        value = self(evidence.given_truth(), evidence.given(self.kind))
        return value if isinstance(value, MetricValue) else MetricValue(value)

    def resample(
        self, evidence: Evidence, row_weights: np.ndarray, convention: str = "sklearn"
    ) -> np.ndarray:
        """Evaluate it under several weightings of the rows.

        Parameters
        ----------
        evidence : Evidence
        row_weights : ndarray of float64, shape (n_resamples, n_samples)
            How often each row is drawn, at least 0.
        convention : {"sklearn", "mulan", "meka"}, default "sklearn"

        Returns
        -------
        ndarray of float64, shape (n_resamples,)
            NaN where it cannot be computed: for a metric without `statistic`, and where
            `evidence` lacks what it judges.
        """
        if self.statistic is None or not evidence.has(self.kind):
            return np.full(len(row_weights), np.nan)
        return self.statistic.resample(evidence, self.resolved(convention), row_weights)

    def resolved(self, convention: str) -> dict[str, Any]:
        """Return the options of a convention: how edges are settled."""
        return resolve(self.measure, convention)
