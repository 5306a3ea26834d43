"""The evaluation of one prediction: tables of metrics, labels, rows, joint errors."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from mlkit.evaluation.display import as_html, as_text
from mlkit.evaluation.intervals import (
    bootstrap_intervals,
    bootstrap_label_intervals,
)
from mlkit.evaluation.label_tables import co_error_matrix, label_table, row_table
from mlkit.exceptions import OptionError, unknown_name
from mlkit.metrics import Evidence, Metric, MetricValue, blend, prediction_problems
from mlkit.metrics.ratios import RATIOS

__all__ = ["Evaluation"]


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation:
    """How right a prediction is, in every way; `evaluate` makes it.

    Printed, it shows the main metrics and the head of the table of labels; in a
    notebook it is a card.

    Parameters
    ----------
    evidence : Evidence
        Truth and prediction, and what was counted.
    chosen : tuple of Metric
        What the table of metrics holds.
    convention : {"sklearn", "mulan", "meka"}
        How edges are settled.
    thresholds : ndarray of float64, shape (n_labels,), or None
        Where scores were cut; None where labels were decided in another way.
    decided_by : str
        How the labels were decided, in words.
    n_resamples : int
        Of the intervals in `metrics`; 0 for none.
    level : float
        Of the intervals.
    random_state : int
        Of the intervals.
    index : Index or None
        Names of the rows.

    Examples
    --------
    >>> from mlkit.evaluation import evaluate
    >>> evaluation = evaluate([[1, 0], [1, 1], [0, 1]], [[1, 0], [1, 0], [0, 1]])
    >>> round(evaluation["micro_f1"], 3)
    0.857
    >>> evaluation.labels[["support", "tp", "fn"]].to_numpy().tolist()
    [[2, 2, 0], [2, 1, 1]]
    """

    evidence: Evidence
    chosen: tuple[Metric, ...]
    convention: str = "sklearn"
    thresholds: np.ndarray | None = None
    decided_by: str = ""
    n_resamples: int = 0
    level: float = 0.95
    random_state: Any = 0
    index: pd.Index | None = field(default=None)

    # Cached properties write to __dict__, past the frozen fields; no slots therefore.
    @cached_property
    def values(self) -> dict[str, MetricValue]:
        """Metric name to value, each with its number of undefined units."""
        return {m.name: m.of(self.evidence, self.convention) for m in self.chosen}

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """One metric a row.

        ``label``, ``kind``, ``value``, ``low`` and ``high`` (a bootstrap interval, NaN
        without resamples), ``undefined`` of ``units`` (rows, labels or cells, as
        ``unit`` says), and ``better``: whether higher or lower is.
        """
        frame = pd.DataFrame(
            {
                "label": [metric.label for metric in self.chosen],
                "kind": [metric.kind for metric in self.chosen],
                "value": [float(value) for value in self.values.values()],
                "low": np.nan,
                "high": np.nan,
                "undefined": [value.undefined for value in self.values.values()],
                "units": [value.units for value in self.values.values()],
                "unit": [value.kind for value in self.values.values()],
                "better": [
                    "higher" if metric.greater_is_better else "lower"
                    for metric in self.chosen
                ],
            },
            index=pd.Index(list(self.values), name="metric"),
        )
        if self.n_resamples:
            frame[["low", "high"]] = self.intervals()[["low", "high"]]
        return frame

    @cached_property
    def labels(self) -> pd.DataFrame:
        """One label a row.

        ``support`` (true rows), ``predicted``, ``tp``, ``fp``, ``fn``, ``tn``,
        ``unknown`` (rows, where there are any), ``precision``, ``recall``, ``f1``,
        ``roc_auc``, ``average_precision``, ``brier`` and ``threshold``, as far as the
        prediction allows; NaN where undefined.
        """
        return label_table(self.evidence, self.convention, self.thresholds)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """One row a row: labels true, predicted, right, missed and false, Jaccard.

        Sort it to find the worst: ``evaluation.rows.sort_values("jaccard")``.
        """
        self._check_decided("rows")
        return row_table(self.evidence, self.index)

    @cached_property
    def problems(self) -> pd.Series:
        """Shares of empty rows, and of labels that are never or always predicted."""
        self._check_decided("problems")
        return prediction_problems(
            self.evidence.given_truth(), self.evidence.given("bipartition")
        )

    @property
    def confusion_matrices(self) -> np.ndarray:
        """Confusion matrix of each label, int of shape (n_labels, 2, 2).

        ``[[tn, fp], [fn, tp]]``, as scikit-learn's ``multilabel_confusion_matrix``.
        """
        self._check_decided("confusion_matrices")
        counts = self.evidence.confusion.by_label
        cells = np.stack(
            [
                counts.true_negative,
                counts.false_positive,
                counts.false_negative,
                counts.true_positive,
            ],
            axis=1,
        )
        return cells.reshape(-1, 2, 2)

    def confusion(self, label: Hashable) -> pd.DataFrame:
        """Return the confusion matrix of one label.

        Parameters
        ----------
        label : str
            Its name.

        Returns
        -------
        DataFrame of int, shape (2, 2)
            Truth in the rows, prediction in the columns.

        Raises
        ------
        UnknownNameError
            If there is no such label.
        """
        names = self.evidence.label_names
        if str(label) not in names:
            error = unknown_name("label", label, names)
            raise error
        matrix = self.confusion_matrices[names.index(str(label))]
        return pd.DataFrame(
            matrix,
            index=pd.Index(["absent", "present"], name=str(label)),
            columns=pd.Index(["not predicted", "predicted"]),
        )

    def co_errors(self, rows: str = "wrong", columns: str = "wrong") -> pd.DataFrame:
        """Count in how many rows two labels go wrong together.

        Parameters
        ----------
        rows, columns : {"wrong", "missed", "false"}, default "wrong"
            Which errors of the labels in the rows and in the columns are counted: any,
            those that were missed, or those that were predicted and are absent.
            ``co_errors("missed", "false")`` says what was predicted instead of what:
            the nearest thing to a confusion matrix that label sets have.

        Returns
        -------
        DataFrame of int, shape (n_labels, n_labels)

        Raises
        ------
        OptionError
            If there is no such kind of error, or no label was decided.
        TooManyLabelsError
            If there are more than 5 000 labels.
        """
        self._check_decided("co_errors")
        return co_error_matrix(self.evidence, rows, columns)

    def intervals(
        self,
        *,
        n_resamples: int | None = None,
        level: float | None = None,
        random_state: Any = None,
    ) -> pd.DataFrame:
        """Return bootstrap intervals of all metrics in the table.

        Parameters
        ----------
        n_resamples : int, optional
            By default that of the evaluation, or 1000.
        level : float, optional
            Share of the resamples within the interval; by default that of the
            evaluation, .95.
        random_state : int or RandomState, optional
            By default that of the evaluation.

        Returns
        -------
        DataFrame
            As `mlkit.evaluation.bootstrap_intervals`.

        Raises
        ------
        OptionError, TypeError
            If an option is out of its range or of another kind.
        """
        seed = self.random_state if random_state is None else random_state
        return bootstrap_intervals(
            self.evidence,
            self.chosen,
            n_resamples=n_resamples or self.n_resamples or 1000,
            level=self.level if level is None else level,
            random_state=seed,
            convention=self.convention,
        )

    def label_intervals(
        self,
        metric: str = "f1",
        *,
        n_resamples: int | None = None,
        level: float | None = None,
        random_state: Any = None,
    ) -> pd.DataFrame:
        """Return a metric of each label with its bootstrap interval.

        Parameters
        ----------
        metric : str, default "f1"
            A key of `mlkit.metrics.ratios.RATIOS`, such as "f1", "precision", "recall".
        n_resamples, level, random_state
            As in `intervals`.

        Returns
        -------
        DataFrame
            One row a label: the metric, ``<metric>_low``, ``<metric>_high``, and
            ``support``, the number of true rows. NaN where undefined. As
            `mlkit.plots.plot_label_scores` draws it.

        Raises
        ------
        UnknownNameError
            If there is no such metric.
        OptionError, TypeError
            If an option is out of its range or of another kind, or no label was
            decided.
        """
        found = bootstrap_label_intervals(
            self.evidence,
            metric,
            n_resamples=n_resamples or self.n_resamples or 1000,
            level=self.level if level is None else level,
            random_state=self.random_state if random_state is None else random_state,
        )
        counts = self.evidence.confusion.by_label
        columns = {
            metric: RATIOS[metric].values(counts, np.nan)[0],
            f"{metric}_low": found["low"].to_numpy(),
            f"{metric}_high": found["high"].to_numpy(),
            "support": counts.actual,
        }
        return pd.DataFrame(columns, index=found.index)

    def blend(self, weights: Mapping[str | Metric, float]) -> pd.DataFrame:
        """Blend metrics into one number, and say what each adds.

        Parameters
        ----------
        weights : mapping of str or Metric to float
            As `mlkit.metrics.blend`.

        Returns
        -------
        DataFrame
            One metric a row: ``value``, ``goodness`` in [0, 1], ``weight``, ``points``;
            the points sum to the blend.

        Raises
        ------
        UnknownNameError, OptionError
            As `mlkit.metrics.blend`.
        """
        return blend(weights).breakdown(self.evidence, self.convention)

    def __getitem__(self, metric: str) -> MetricValue:
        if metric not in self.values:
            error = unknown_name("metric of this evaluation", metric, self.values)
            raise error
        return self.values[metric]

    def _check_decided(self, what: str) -> None:
        if self.evidence.predicted is None:
            msg = f"{what} needs decided labels, and none were. Give a threshold."
            raise OptionError(msg)

    def __repr__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)
