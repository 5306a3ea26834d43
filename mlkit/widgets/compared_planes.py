"""Views of a comparison with one point a model, and of mean ranks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mlkit.comparison import Ranking
from mlkit.comparison.conclusions import listed, ranking_words
from mlkit.plots.legible import fitted_name
from mlkit.plots.tradeoffs import metric_axis_label
from mlkit.widgets.compared_rows import Shown
from mlkit.widgets.compared_tables import (
    ALL_DATASETS,
    MOST_MODELS,
    MOST_NAMED,
    ComparedTables,
)

__all__ = ["show_plane", "show_ranks", "show_time"]

_NO_VALUE = "no model has a value"
# Nothing takes no time; clocks with coarse ticks say so all the same.
_SHORTEST = 1e-6
# The crosses of more models would hide their points.
_MOST_CROSSES = 15


def show_plane(
    tables: ComparedTables,
    metric: str,
    second_metric: str,
    dataset: str,
    reference: str,
) -> Shown:
    """Return the models in the plane of two metrics, or of mean ranks by them.

    Parameters
    ----------
    tables : ComparedTables
    metric, second_metric : str
        Of the vertical and of the horizontal axis.
    dataset, reference : str
        The dataset may be `ALL_DATASETS`.

    Returns
    -------
    Shown
        With points for `ModelPlanePanels`.
    """
    names = [_axis_words(tables, m, dataset) for m in (metric, second_metric)]
    ups = [_is_up(tables, m, dataset) for m in (metric, second_metric)]
    points = tables.points(metric, second_metric, dataset)
    n_models = len(points)
    points = _cut(tables, points, reference, up=ups[0])
    options = _plane_options(tables, metric, dataset, reference, points)
    labels = [tables.measure(m).label for m in (metric, second_metric)]
    options["title"] = f"{labels[0]} against {labels[1]}: {_where(dataset)}"
    options["xlabel"] = _axis_label(tables, second_metric, dataset)
    if "x_spread" in points:
        cross = "cross: one standard deviation over the folds"
        options["caption"] = f"{cross}  ·  {options['caption']}"
    said = _best_words(points, names, ups)
    return Shown(points, f"{dataset}: {said}{tables.notes(dataset, n_models)}", options)


def show_time(
    tables: ComparedTables, metric: str, dataset: str, reference: str
) -> Shown:
    """Return the models in the plane of seconds and a metric, or mean ranks.

    Parameters
    ----------
    tables : ComparedTables
    metric, dataset, reference : str
        The dataset may be `ALL_DATASETS`.

    Returns
    -------
    Shown
        With points for `ModelPlanePanels`.
    """
    name, up = _axis_words(tables, metric, dataset), _is_up(tables, metric, dataset)
    points = tables.points(metric, metric, dataset)
    points = points.drop(columns="x_spread", errors="ignore")
    seconds = tables.seconds(dataset).clip(lower=_SHORTEST)
    points["x"] = seconds.reindex(points.index)
    points = points.dropna(subset="x")
    n_models = len(points)
    points = _cut(tables, points, reference, up=up)
    options = _plane_options(tables, metric, dataset, reference, points)
    each = "a fold of every dataset" if dataset == ALL_DATASETS else "a fold"
    label = tables.measure(metric).label
    options["title"] = f"{label} and what it costs: {_where(dataset)}"
    options["xlabel"] = f"seconds {each}, training and prediction  (← better)"
    said = _best_words(points, [name, "time"], [up, False])
    said += _reference_words(points, reference)
    return Shown(points, f"{dataset}: {said}{tables.notes(dataset, n_models)}", options)


def show_ranks(tables: ComparedTables, metric: str) -> Shown:
    """Return mean ranks over all datasets, with what the tests say of them.

    Parameters
    ----------
    tables : ComparedTables
    metric : str

    Returns
    -------
    Shown
        With mean ranks for `RankPanels`.
    """
    ranking = tables.ranking(metric)
    n_datasets = len(tables.comparison.datasets)
    where = f"{tables.measure(metric).label} over {n_datasets} datasets"
    sentence = f"{where}: {ranking_words(ranking, limit=MOST_NAMED)}"
    options: dict[str, Any] = {"title": f"{where}: mean ranks (1 is best)"}
    if ranking is None:
        options["message"] = "no two models have a value on two datasets"
        return Shown(pd.Series(dtype=float), sentence, options)
    ranks = ranking.mean_ranks.head(MOST_MODELS)
    options["groups"] = _groups_of(ranking, ranks)
    options["critical_difference"] = ranking.critical_difference
    if options["groups"]:
        sentence += " A bar joins models that Nemenyi's test does not tell apart."
    if len(ranking.mean_ranks) > MOST_MODELS:
        n_models = len(ranking.mean_ranks)
        sentence += f" Drawn are the {MOST_MODELS} best of {n_models} models."
    return Shown(ranks, sentence, options)


def _groups_of(ranking: Ranking, ranks: pd.Series) -> list[list[str]]:
    """Return the groups among the models that are drawn, none within another."""
    groups = [[m for m in group if m in ranks] for group in ranking.groups]
    groups = [group for group in groups if len(group) > 1]
    return [group for group in groups if not any(set(group) < set(g) for g in groups)]


def _plane_options(
    tables: ComparedTables,
    metric: str,
    dataset: str,
    reference: str,
    points: pd.DataFrame,
) -> dict[str, Any]:
    return {
        "ylabel": _axis_label(tables, metric, dataset),
        "caption": f"ring: {_short(reference)}",
        "message": "" if len(points) else _NO_VALUE,
        "ringed": reference,
        # Rank 1 stands on top.
        "downwards": dataset == ALL_DATASETS,
    }


def _axis_words(tables: ComparedTables, metric: str, dataset: str) -> str:
    label = tables.measure(metric).label
    return f"mean rank by {label}" if dataset == ALL_DATASETS else label


def _axis_label(tables: ComparedTables, metric: str, dataset: str) -> str:
    if dataset == ALL_DATASETS:
        return f"{_axis_words(tables, metric, dataset)}  (1 is best)"
    return metric_axis_label(tables.comparison, metric)


def _is_up(tables: ComparedTables, metric: str, dataset: str) -> bool:
    return dataset != ALL_DATASETS and tables.measure(metric).greater_is_better


def _cut(
    tables: ComparedTables, points: pd.DataFrame, reference: str, *, up: bool
) -> pd.DataFrame:
    best_first = points.sort_values("y", ascending=not up, kind="stable")
    kept = best_first.loc[tables.drawn(best_first.index, reference)]
    if len(kept) <= _MOST_CROSSES:
        return kept
    return kept.drop(columns=["x_spread", "y_spread"], errors="ignore")


def _best_words(points: pd.DataFrame, names: list[str], ups: list[bool]) -> str:
    """Say who is best in each direction, and whom nobody beats in both."""
    if points.empty:
        return f"{_NO_VALUE}."
    bests = []
    for name, column, up in zip(names, ["y", "x"], ups, strict=True):
        best = points[column].idxmax() if up else points[column].idxmin()
        value = points.loc[best, column]
        unit = " s" if name == "time" else ""
        bests.append(f"by {name} {best} ({value:.3g}{unit})")
    front = listed(_front(points, ups), MOST_NAMED)
    return f"best is {listed(bests)}. Not beaten in both at once: {front}."


def _front(points: pd.DataFrame, ups: list[bool]) -> list[str]:
    """Return the models that no other equals in both directions and beats in one."""
    signs = [1 if up else -1 for up in ups]
    gains = points[["y", "x"]].to_numpy(dtype=float) * signs
    at_least = (gains[:, None] >= gains[None]).all(axis=2)
    more = (gains[:, None] > gains[None]).any(axis=2)
    beaten = (at_least & more).any(axis=0)
    return [str(name) for name in points.index[~beaten]]


def _reference_words(points: pd.DataFrame, reference: str) -> str:
    if reference not in points.index:
        return ""
    seconds, least = points.loc[reference, "x"], points["x"].min()
    if np.isclose(seconds, least):
        return ""
    return f" {reference} takes {seconds:.3g} s, {seconds / least:.2g} times the least."


def _where(dataset: str) -> str:
    return "ranks over all datasets" if dataset == ALL_DATASETS else _short(dataset)


def _short(name: str) -> str:
    return fitted_name(name, 24)
