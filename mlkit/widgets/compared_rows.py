"""Views of a comparison with one row a model: scores, and differences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mlkit.comparison import Measure, Ranking
from mlkit.comparison.conclusions import FEW_DATASETS, listed, verdict_words
from mlkit.comparison.standing import against_over_datasets
from mlkit.plots.legible import fitted_name
from mlkit.plots.model_rows import ModelRow
from mlkit.widgets.compared_tables import (
    ALL_DATASETS,
    LEVEL,
    MOST_MODELS,
    MOST_NAMED,
    ComparedTables,
)
from mlkit.wording import signed

__all__ = ["Shown", "show_differences", "show_scores"]

_VERDICTS = {
    "better": "clearly ahead",
    "worse": "clearly behind",
    "equal": "equal in practice",
    "hint": "a hint: ahead",
    "hint of worse": "a hint: behind",
    "open": "no evidence",
}


@dataclass(frozen=True, eq=False)
class Shown:
    """What one view shows.

    Parameters
    ----------
    content : list of ModelRow, DataFrame or Series
        Rows, points or ranks of the models.
    sentence : str
        What it says, with numbers.
    options : dict
        What else the panels need to show it.
    """

    content: Any
    sentence: str
    options: dict[str, Any] = field(default_factory=dict)


def show_scores(
    tables: ComparedTables, metric: str, dataset: str, reference: str, rope: float
) -> Shown:
    """Return every fold of every model, best mean first, or its rank on every dataset.

    Parameters
    ----------
    tables : ComparedTables
    metric, dataset, reference : str
        The dataset may be `ALL_DATASETS`.
    rope : float
        Of the words about the best model.

    Returns
    -------
    Shown
        With rows for `ModelRowPanels`.
    """
    if dataset == ALL_DATASETS:
        return _rank_rows(tables, metric, reference)
    measure, table = tables.measure(metric), tables.intervals(metric, dataset)
    values = tables.values(metric, dataset)
    rows = [
        ModelRow(
            name,
            values.get(name, []),
            *table.loc[name, ["mean", "low", "high"]],
            words=_interval_words(table.loc[name]),
            place=tables.place(name),
        )
        for name in tables.drawn(table.index, reference)
    ]
    options = {
        "title": f"{measure.label} on {_short(dataset)}",
        "xlabel": f"{measure.label} ({_direction(measure)})",
        "caption": f"{_marks(table['low'])}  ·  dashed: mean of {_short(reference)}",
        "line": float(table.loc[reference, "mean"]),
    }
    said = _scores_words(tables, metric, dataset, reference, rope)
    start = f"{measure.label} on {dataset}, {_direction(measure)}"
    sentence = f"{start}: {said}{tables.notes(dataset, len(table))}"
    return Shown(rows, sentence, options)


def _scores_words(
    tables: ComparedTables, metric: str, dataset: str, reference: str, rope: float
) -> str:
    table = tables.intervals(metric, dataset)
    known = table.dropna(subset="mean")
    if known.empty:
        return "no model has a value."
    best, first = str(known.index[0]), known.iloc[0]
    if np.isnan(first["low"]):
        return (
            f"the best mean is that of {best}, {first['mean']:.3f}. One split does not "
            "tell whether that is chance."
        )
    start = (
        f"the best mean of {int(first['n_folds'])} folds is that of {best}, "
        f"{first['mean']:.3f} ({LEVEL:.0%} interval {first['low']:.3f} to "
        f"{first['high']:.3f})."
    )
    if len(known) == 1:
        return f"{start} There is nothing to compare it with."
    # The pair that is asked about: the reference, or who comes next to it.
    other = str(known.index[1]) if reference == best else reference
    pairs = tables.against(metric, dataset, best, rope)
    if other not in pairs.index:
        return start
    words = verdict_words(best, pairs.loc[[other]], rope=rope, alpha=1 - LEVEL)
    return f"{start} {words}"


def _rank_rows(tables: ComparedTables, metric: str, reference: str) -> Shown:
    measure, ranks = tables.measure(metric), tables.ranks(metric)
    means = ranks.mean().sort_values(kind="stable")
    where = f"{measure.label} over {len(ranks)} datasets"
    rows = [
        ModelRow(
            name,
            ranks[name],
            means[name],
            words=f"mean rank {means[name]:.2f}",
            place=tables.place(name),
        )
        for name in tables.drawn(means.index, reference)
    ]
    ranking = tables.ranking(metric)
    if ranking is not None:
        rows += _left_out_rows(ranking, "", len(rows))
    message = "" if rows else "no two models have a value on two datasets"
    options = {
        "title": f"{where}: ranks",
        "xlabel": f"rank by {measure.label} (1 is best)",
        "caption": "small marks: datasets  ·  diamond: mean rank  ·  "
        f"dashed: {_short(reference)}",
        "message": message,
        "line": float(means.get(reference, np.nan)),
    }
    if message:
        return Shown(rows, f"{where}: {message}.", options)
    best = str(means.index[0])
    firsts = int((ranks.idxmin(axis="columns") == best).sum())
    sentence = (
        f"{where}: the best mean rank is that of {best}, {means.iloc[0]:.2f} of "
        f"{len(means)}; it is first on {firsts}."
    )
    if reference in means and reference != best:
        sentence += f" That of {reference} is {means[reference]:.2f}."
    return Shown(rows, sentence + tables.notes(ALL_DATASETS, len(means)), options)


def show_differences(
    tables: ComparedTables, metric: str, dataset: str, reference: str, rope: float
) -> Shown:
    """Return how far the reference is ahead of each other model.

    Parameters
    ----------
    tables : ComparedTables
    metric, dataset, reference : str
        The dataset may be `ALL_DATASETS`.
    rope : float
        The greatest difference that makes none in practice.

    Returns
    -------
    Shown
        With rows for `ModelRowPanels`.
    """
    if dataset == ALL_DATASETS:
        return _differences_by_dataset(tables, metric, reference, rope)
    measure, table = tables.measure(metric), tables.intervals(metric, dataset)
    pairs = tables.against(metric, dataset, reference, rope)
    message = _no_pairs(tables, metric, dataset, reference)
    # With pairs first, and among them those that come closest to the reference.
    others = [*pairs.index, *(m for m in table.index if m not in pairs.index)]
    others = [str(name) for name in others if name != reference]
    rows = [
        _pair_row(tables, metric, dataset, name, pairs)
        for name in tables.drawn(pd.Index(others), reference)
    ]
    start = f"{measure.label} on {dataset}"
    options = _difference_options(measure, dataset, reference, rope)
    options["caption"] = f"{_marks(table['low'])}  ·  {options['caption']}"
    if message:
        options |= {"message": message, "line": np.nan, "rope": np.nan}
        return Shown(rows, f"{start}: {message}.", options)
    if pairs["p_value"].isna().all():
        said = "One split does not tell whether a difference is chance."
    else:
        alpha = 1 - LEVEL
        said = verdict_words(reference, pairs, rope=rope, alpha=alpha, limit=MOST_NAMED)
    mean = f"the mean of {reference} is {table.loc[reference, 'mean']:.3f}"
    sentence = f"{start}: {mean}. {said}{tables.notes(dataset, len(table))}"
    return Shown(rows, sentence, options)


def _difference_options(
    measure: Measure, dataset: str, reference: str, rope: float
) -> dict[str, Any]:
    name = _short(reference)
    return {
        "title": f"{name} against each other model on {_short(dataset)}",
        "xlabel": f"difference in {measure.label} (right of 0: {name} is better)",
        "caption": f"shaded: no difference in practice (±{rope:.3g})",
        "line": 0.0,
        "rope": rope,
    }


def _pair_row(
    tables: ComparedTables, metric: str, dataset: str, name: str, pairs: pd.DataFrame
) -> ModelRow:
    if name not in pairs.index:
        row = tables.intervals(metric, dataset).loc[name]
        return ModelRow(name, [], words=_interval_words(row))
    pair, values = pairs.loc[name], tables.values(metric, dataset)
    sign = 1 if tables.measure(metric).greater_is_better else -1
    # Without a test, one split, there is no verdict to tell.
    told = "" if np.isnan(pair["p_value"]) else f"  {_VERDICTS[pair['verdict']]}"
    return ModelRow(
        name,
        sign * (values[pair["first"]] - values[name]),
        pair["difference"],
        pair["low"],
        pair["high"],
        words=f"{signed(pair['difference'], '+.3f')}{told}",
        place=tables.place(name),
        clear=pair["verdict"] in {"better", "worse"},
    )


def _no_pairs(tables: ComparedTables, metric: str, dataset: str, reference: str) -> str:
    """Say why the reference has no pairs; empty where it has some."""
    table = tables.intervals(metric, dataset)
    row = table.loc[reference]
    if row["n_failed"]:
        return f"{_short(reference)} {_interval_words(row)}"
    if np.isnan(row["mean"]):
        return f"{_short(reference)} has no value"
    return "" if table["mean"].notna().sum() > 1 else "there is no other model"


def _differences_by_dataset(
    tables: ComparedTables, metric: str, reference: str, rope: float
) -> Shown:
    measure, ranking = tables.measure(metric), tables.ranking(metric)
    n_datasets = len(tables.comparison.datasets)
    options = _difference_options(measure, ALL_DATASETS, reference, rope)
    marks = "small marks: datasets  ·  diamond: median"
    options["caption"] = f"{marks}  ·  {options['caption']}"
    start = f"{measure.label} over {n_datasets} datasets"
    if ranking is None or reference not in ranking.scores:
        message = f"{_short(reference)} has no value on some dataset"
        options |= {"message": message, "line": np.nan, "rope": np.nan}
        return Shown([], f"{start}: {message}.", options)
    up = measure.greater_is_better
    differences, table = against_over_datasets(ranking, reference, greater_is_better=up)
    table = table.sort_values("median", kind="stable")
    names = tables.drawn(table.index, reference)
    tested = len(differences) >= FEW_DATASETS
    rows = [
        ModelRow(
            name,
            differences[name],
            table.loc[name, "median"],
            words=_wins_beside(table.loc[name], tested=tested),
            place=tables.place(name),
            clear=tested and table.loc[name, "p_adjusted"] <= 1 - LEVEL,
        )
        for name in names
    ]
    rows += _left_out_rows(ranking, reference, len(rows))
    said = _wins_words(reference, table, len(differences), tested=tested)
    notes = tables.notes(ALL_DATASETS, len(table) + 1)
    return Shown(rows, f"{start}: {said}{notes}", options)


def _left_out_rows(ranking: Ranking, reference: str, n_rows: int) -> list[ModelRow]:
    """Return rows without marks for models that have no rank, as many as fit."""
    names = [name for name in ranking.left_out if name != reference]
    rows = [ModelRow(name, [], words="not on every dataset") for name in names]
    return rows[: MOST_MODELS - n_rows]


def _wins_beside(row: pd.Series, *, tested: bool) -> str:
    words = f"{row['wins']:.0f} won, {row['loses']:.0f} lost"
    return f"{words}, p = {row['p_adjusted']:.2g}" if tested else words


def _wins_words(
    reference: str, table: pd.DataFrame, n_datasets: int, *, tested: bool
) -> str:
    texts = [
        f"{row.Index} on {row.wins} of {n_datasets} (median {row.median:+.3f}"
        + (f", p = {row.p_adjusted:.2g})" if tested else ")")
        for row in table.itertuples()
    ]
    said = f"{reference} is ahead of {listed(texts, MOST_NAMED)}."
    if tested:
        return f"{said} p-values are those of Wilcoxon's test, adjusted by Holm."
    return f"{said} {n_datasets} datasets are too few to test that."


def _marks(lows: pd.Series) -> str:
    # A single split has no intervals.
    interval = "" if lows.isna().all() else ", with its 95 % interval"
    return f"small marks: folds  ·  diamond: mean{interval}"


def _interval_words(row: pd.Series) -> str:
    if row["n_failed"]:
        return f"failed in {row['n_failed']:.0f} of {row['n_folds']:.0f} folds"
    if np.isnan(row["mean"]):
        return "has no value"
    if np.isnan(row["low"]):
        return f"{row['mean']:.3f}"
    return f"{row['mean']:.3f} ({row['low']:.3f} to {row['high']:.3f})"


def _direction(measure: Measure) -> str:
    return f"{'higher' if measure.greater_is_better else 'lower'} is better"


def _short(name: str) -> str:
    return fitted_name(name, 20)
