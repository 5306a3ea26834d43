"""The result of a comparison: records of all folds, tables and files."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd

from mlkit.metrics import METRICS
from mlkit.writing import write_atomically

__all__ = ["Comparison"]

_SECONDS = ("fit_seconds", "predict_seconds")


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Records of datasets x models x folds, and the tables made of them.

    Parameters
    ----------
    folds : DataFrame
        One row for each dataset, model, repeat and fold, with the columns ``dataset``,
        ``model``, ``repeat``, ``fold``, ``n_train``, ``n_test``, one column a metric
        (NaN where it is undefined or the fold failed), ``fit_seconds``,
        ``predict_seconds``, ``warnings`` and ``error`` (texts, empty if none).
    metrics : tuple of str
        The columns that are metrics.
    """

    folds: pd.DataFrame
    metrics: tuple[str, ...]

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
        signs = [1 if METRICS[name].greater_is_better else -1 for name in self.metrics]
        signed = means[list(self.metrics)] * signs
        return signed.eq(signed.groupby("dataset", sort=False).transform("max"))

    def save(self, folder: str | Path) -> list[Path]:
        """Write the records and the scores as CSV.

        Parameters
        ----------
        folder : str or Path
            Created if it does not exist. Files of the same names are replaced, each in
            one step.

        Returns
        -------
        list of Path
            ``folds.csv`` and ``scores.csv``.
        """
        target = Path(folder)
        frames = {
            "folds.csv": self.folds.to_csv(index=False),
            "scores.csv": self.scores().reset_index().to_csv(index=False),
        }
        return [
            write_atomically(target / name, text.encode("utf-8"))
            for name, text in frames.items()
        ]

    def __repr__(self) -> str:
        table = self.table()
        marked = table.where(~self.best(), table + " *")
        blocks = [self._text_block(marked, dataset) for dataset in self.datasets]
        return "\n\n".join([*blocks, f"{self.caption()}\n* best mean of its data set"])

    def _text_block(self, table: pd.DataFrame, dataset: str) -> str:
        """One dataset in a terminal: metrics as rows, so that many of them fit."""
        block = table.loc[dataset].T
        block.index = [_heading(name) for name in block.index]
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
        heads = "".join(f"<th>{escape(_heading(name))}</th>" for name in table.columns)
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


def _heading(metric: str) -> str:
    arrow = "↑" if METRICS[metric].greater_is_better else "↓"
    return f"{METRICS[metric].label} {arrow}"


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
