"""The result of a comparison: records of all folds, tables and files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from mlkit.arguments import check_number
from mlkit.comparison.conclusions import Conclusions, conclude
from mlkit.comparison.pairs import Ranking, compare_pairs, rank_over_datasets
from mlkit.comparison.records import (
    PARQUET_FILE,
    Measure,
    as_parquet,
    measure_of,
    read_parquet,
)
from mlkit.exceptions import OptionError, unknown_name
from mlkit.metrics import METRICS, Metric
from mlkit.writing import write_atomically

__all__ = ["Comparison"]

_SECONDS = ("fit_seconds", "predict_seconds")


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Records of datasets x models x folds, and the tables made of them.

    Parameters
    ----------
    folds : DataFrame
        One row for each dataset, model, repeat and fold, with the columns

        ==================  =========================================================
        ``dataset``         name
        ``model``           name
        ``repeat``          which drawing of folds, from 0
        ``fold``            which fold of it, from 0
        ``n_train``         rows that the model was trained on
        ``n_test``          rows that it was scored on
        *one per metric*    NaN where it is undefined, or the fold failed
        ``fit_seconds``     of the training, with tuning where there is one
        ``predict_seconds`` of all predictions on the test rows
        ``peak_memory``     MB by which the process grew meanwhile; NaN where unknown
        ``params``          what a tuned model has chosen, as JSON; else empty
        ``warnings``        texts of the warnings, joined by `` | ``; else empty
        ``error``           type and text of the error; empty if there was none
        ==================  =========================================================

    metrics : tuple of str
        The columns that are metrics.
    measures : tuple of Measure, optional
        How each metric is to be read, in the order of `metrics`; by default as
        `mlkit.metrics` has it.
    settings : mapping, optional
        How the comparison was made: ``cv``, ``n_repeats``, ``random_state``, ``tune``,
        ``grouped``, ``weighted``, ``finished`` (UTC), ``versions`` and, by name, the
        sizes and fingerprints of the ``datasets``.

    See Also
    --------
    mlkit.compare : Makes one.
    """

    folds: pd.DataFrame
    metrics: tuple[str, ...]
    measures: tuple[Measure, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.measures:
            known = tuple(measure_of(METRICS[name]) for name in self.metrics)
            object.__setattr__(self, "measures", known)

    @classmethod
    def of_metrics(
        cls, folds: pd.DataFrame, metrics: Iterable[Metric], settings: Mapping[str, Any]
    ) -> Self:
        """Build one from metrics that need not be the kit's own.

        Parameters
        ----------
        folds : DataFrame
        metrics : iterable of Metric
        settings : mapping

        Returns
        -------
        Comparison
        """
        measures = tuple(measure_of(metric) for metric in metrics)
        return cls(folds, tuple(m.name for m in measures), measures, settings)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` has written.

        Parameters
        ----------
        path : str or Path
            The folder, or the file ``comparison.parquet`` in it.

        Returns
        -------
        Comparison

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ComparisonFileError
            If it is no comparison, is damaged, or of a newer format.
        """
        file = Path(path)
        file = file / PARQUET_FILE if file.is_dir() else file
        if not file.exists():
            msg = f"{file} does not exist. Give the folder of Comparison.save."
            raise FileNotFoundError(msg)
        folds, measures, settings = read_parquet(file)
        names = tuple(measure.name for measure in measures)
        return cls(folds, names, measures, settings)

    def measure(self, metric: str) -> Measure:
        """Return how a metric is to be read.

        Parameters
        ----------
        metric : str

        Returns
        -------
        Measure

        Raises
        ------
        UnknownNameError
            If the comparison has no such metric.
        """
        if metric not in self.metrics:
            error = unknown_name("metric of this comparison", metric, self.metrics)
            raise error
        return self.measures[self.metrics.index(metric)]

    @property
    def datasets(self) -> tuple[str, ...]:
        """Names of the datasets, in the order in which they were given."""
        return tuple(self.folds["dataset"].unique())

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the models, in the order in which they were given."""
        return tuple(self.folds["model"].unique())

    @property
    def frame(self) -> pd.DataFrame:
        """The tidy form: one row for each dataset, model, repeat, fold and metric.

        Columns ``dataset``, ``model``, ``repeat``, ``fold``, ``metric``, ``value``.
        """
        return self._tidy(self.metrics)

    def failures(self) -> pd.DataFrame:
        """Return the records of the folds in which a model raised an error."""
        return self.folds[self.folds["error"] != ""]

    def failure_summary(self) -> pd.DataFrame:
        """Return one row for each model that failed on a dataset.

        Returns
        -------
        DataFrame
            Columns ``dataset``, ``model``, ``n_failed``, ``n_folds`` and ``error``, the
            first error's text.
        """
        keys = ["dataset", "model"]
        failed = self.failures().groupby(keys, sort=False)["error"]
        n_folds = self.folds.groupby(keys).size().rename("n_folds")
        table = failed.agg(n_failed="size", error="first").join(n_folds)
        return table.reset_index()[[*keys, "n_failed", "n_folds", "error"]]

    def scores(self) -> pd.DataFrame:
        """Return mean and spread over the folds.

        Returns
        -------
        DataFrame
            Indexed by dataset, model and metric, with the columns ``mean``, ``sd``
            (n - 1 in the denominator), ``n_folds`` and ``n_failed``. Behind the
            metrics stand ``fit_seconds`` and ``predict_seconds``. Mean and sd are NaN
            for a model that failed in any fold: a mean over the folds that it survived
            would not be comparable.
        """
        keys = ["dataset", "model", "metric"]
        values = self._tidy((*self.metrics, *_SECONDS))
        table = values.groupby(keys, sort=False)["value"].agg(
            mean=lambda values: values.mean(skipna=False),
            sd=lambda values: values.std(ddof=1, skipna=False),
            n_folds="size",
        )
        failed = (
            self.folds["error"]
            .ne("")
            .groupby([self.folds["dataset"], self.folds["model"]], sort=False)
        )
        n_failed = failed.sum().rename("n_failed")
        return table.join(n_failed, on=["dataset", "model"])

    def _tidy(self, columns: tuple[str, ...]) -> pd.DataFrame:
        return self.folds.melt(
            id_vars=["dataset", "model", "repeat", "fold"],
            value_vars=list(columns),
            var_name="metric",
            value_name="value",
        )

    def table(self, *, digits: int = 3) -> pd.DataFrame:
        """Return "mean ± sd" as text, one row a model, one column a metric.

        Parameters
        ----------
        digits : int, default 3
            Decimals shown.

        Returns
        -------
        DataFrame of str
            Indexed by dataset and model. A model that failed shows in how many folds;
            a metric that a model cannot have (scores are needed) shows "-".
        """
        scores = self.scores()
        cells = [_cell(row, digits) for row in scores.itertuples()]
        wide = pd.Series(cells, index=scores.index, dtype=object).unstack("metric")
        rows = pd.MultiIndex.from_frame(
            self.folds[["dataset", "model"]].drop_duplicates()
        )
        return wide.loc[rows, list(self.metrics)]

    def best(self) -> pd.DataFrame:
        """Return which cells hold the best mean of their dataset, as booleans.

        The shape and order are those of `table`. Best is not "significantly better".
        """
        means = self.scores()["mean"].unstack("metric").loc[self.table().index]
        signs = [1 if measure.greater_is_better else -1 for measure in self.measures]
        signed = means[list(self.metrics)] * signs
        return signed.eq(signed.groupby("dataset", sort=False).transform("max"))

    def pairwise(
        self,
        metric: str,
        *,
        dataset: str | None = None,
        rope: float = 0.01,
        level: float = 0.95,
    ) -> pd.DataFrame:
        """Compare all pairs of models, fold by fold.

        Parameters
        ----------
        metric : str
            One of `metrics`.
        dataset : str, optional
            One of `datasets`; by default all, one below the other.
        rope : float, default 0.01
            The greatest difference that makes none in practice, in units of the
            metric; to be fixed before looking.
        level : float, default 0.95
            Of the intervals.

        Returns
        -------
        DataFrame
            One row a dataset and pair: ``dataset``, ``first``, ``second``, ``n_folds``;
            ``difference`` of the means, positive where the first is better, with
            ``low``, ``high`` and ``p_value`` of the corrected resampled t-test
            [1]_, ``p_adjusted`` by Holm over the pairs of the dataset; probabilities
            that the first is ``worse``, ``equal`` within the rope, or ``better`` by
            the Bayesian correlated t-test [2]_; ``effect_size``, the mean difference
            over its standard deviation. NaN where there is a single fold. Models that
            failed in a fold, or have no value, are left out.

        Raises
        ------
        UnknownNameError
            If there is no such metric or dataset.
        OptionError
            If `rope` or `level` is out of its range.

        References
        ----------
        .. [1] C. Nadeau, Y. Bengio. Inference for the generalization error. Machine
           Learning 52, 2003, 239-281.
        .. [2] A. Benavoli, G. Corani, J. Demšar, M. Zaffalon. Time for a change: a
           tutorial for comparing multiple classifiers through Bayesian analysis.
           Journal of Machine Learning Research 18(77), 2017, 1-36.
        """
        check_number("rope", rope, error=OptionError)
        check_number("level", level, below=1, error=OptionError)
        measure = self.measure(metric)
        if dataset is not None and dataset not in self.datasets:
            error = unknown_name("dataset of this comparison", dataset, self.datasets)
            raise error
        chosen = self.datasets if dataset is None else (dataset,)
        return compare_pairs(self, measure, chosen, rope=rope, level=level)

    def ranks(self, metric: str, *, alpha: float = 0.05) -> Ranking | None:
        """Rank the models over the datasets, and test the ranks.

        Parameters
        ----------
        metric : str
            One of `metrics`.
        alpha : float, default 0.05
            Level of the tests.

        Returns
        -------
        Ranking or None
            With mean ranks, Friedman's test, Nemenyi's critical difference and the
            pairs by Wilcoxon's test with Holm's correction [1]_; None where fewer than
            two models have values on two datasets.

        Raises
        ------
        UnknownNameError
            If there is no such metric.
        OptionError
            If `alpha` is not in [0, 1).

        References
        ----------
        .. [1] J. Demšar. Statistical comparisons of classifiers over multiple data
           sets. Journal of Machine Learning Research 7, 2006, 1-30.
        """
        return rank_over_datasets(self, self.measure(metric), alpha)

    def summary(
        self,
        metrics: str | Iterable[str] | None = None,
        *,
        rope: float = 0.01,
        level: float = 0.95,
    ) -> Conclusions:
        """Say in words what may be concluded, and what may not.

        Parameters
        ----------
        metrics : str or iterable of str, optional
            Of `metrics`; all by default. A conclusion is worth most for the one that
            was chosen before the comparison.
        rope : float, default 0.01
            The greatest difference that makes none in practice.
        level : float, default 0.95
            Of the intervals; the tests have the level 1 - `level`.

        Returns
        -------
        Conclusions
            ``sentences`` and ``caveats``; prints as text.

        Raises
        ------
        UnknownNameError
            If there is no such metric.
        OptionError
            If `rope` or `level` is out of its range.

        Examples
        --------
        >>> from mlkit.comparison import compare
        >>> result = compare("flags", ["baseline-set", "br-lr"], "micro_f1", cv=5)
        >>> print(result.summary().sentences[0])  # doctest: +ELLIPSIS
        Micro F1 on flags: the best mean is that of br-lr, 0...
        """
        names = self.metrics if metrics is None else metrics
        chosen = [names] if isinstance(names, str) else list(names)
        measures = [self.measure(name) for name in chosen]
        return conclude(self, measures, rope=rope, level=level)

    def save(self, folder: str | Path) -> list[Path]:
        """Write all of it as Parquet, and the records and the scores as CSV.

        Parameters
        ----------
        folder : str or Path
            Created if it does not exist. Files of the same names are replaced, each in
            one step.

        Returns
        -------
        list of Path
            ``comparison.parquet``, which `load` reads, ``folds.csv`` and
            ``scores.csv``.
        """
        target = Path(folder)
        contents = {
            PARQUET_FILE: as_parquet(self.folds, self.measures, self.settings),
            "folds.csv": self.folds.to_csv(index=False).encode(),
            "scores.csv": self.scores().reset_index().to_csv(index=False).encode(),
        }
        return [
            write_atomically(target / name, content)
            for name, content in contents.items()
        ]

    def __repr__(self) -> str:
        table = self.table()
        marked = table.where(~self.best(), table + " *")
        blocks = [self._text_block(marked, dataset) for dataset in self.datasets]
        return "\n\n".join([*blocks, f"{self.caption()}\n* best mean of its data set"])

    def _text_block(self, table: pd.DataFrame, dataset: str) -> str:
        """One dataset in a terminal: metrics as rows, so that many of them fit."""
        block = table.loc[dataset].T
        block.index = [_heading(self.measure(name)) for name in block.index]
        block.columns.name = None
        return f"{dataset}\n{block.to_string()}"

    def caption(self) -> str:
        """Return the sentences below the table: what was measured, how to read it."""
        n_folds = self.folds.groupby(["dataset", "model"]).size().max()
        lines = [
            f"Mean ± standard deviation over {n_folds} folds. ↑ higher is better, "
            "↓ lower is better."
        ]
        lines += [
            f"{row.model} failed in {row.n_failed} of {row.n_folds} folds of "
            f"{row.dataset}: {row.error}"
            for row in self.failure_summary().itertuples()
        ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        table, best = self.table(), self.best()
        heads = "".join(f"<th>{escape(_heading(m))}</th>" for m in self.measures)
        rows = "".join(
            f"<tr>{_html_names(key)}{''.join(map(_html_cell, texts, marks))}</tr>"
            for key, texts, marks in zip(
                table.index, table.to_numpy(), best.to_numpy(), strict=True
            )
        )
        notes = escape(self.caption()).replace("\n", "<br>")
        return (
            f"<table><caption>Bold: best mean of its dataset. {notes}</caption>"
            f"<thead><tr><th>dataset</th><th>model</th>{heads}</tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )


def _heading(measure: Measure) -> str:
    return f"{measure.label} {'↑' if measure.greater_is_better else '↓'}"


def _cell(row: object, digits: int) -> str:
    mean, sd, n_folds, n_failed = row.mean, row.sd, row.n_folds, row.n_failed  # type: ignore[attr-defined]
    if n_failed:
        return f"failed {n_failed}/{n_folds}"
    if np.isnan(mean):
        return "-"
    return f"{mean:.{digits}f} ± {0.0 if n_folds < 2 else sd:.{digits}f}"


def _html_names(key: tuple[str, str]) -> str:
    return "".join(f"<th>{escape(name)}</th>" for name in key)


def _html_cell(text: str, best: bool) -> str:
    shown = f"<strong>{escape(text)}</strong>" if best else escape(text)
    return f'<td style="white-space:nowrap">{shown}</td>'
