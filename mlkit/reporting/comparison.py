"""The report of a comparison: which model is better, by how much, how sure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from mlkit.comparison import Comparison, Measure
from mlkit.comparison.conclusions import Conclusions
from mlkit.description.findings import agree
from mlkit.reporting.circumstances import reproduction_section, settings_section
from mlkit.reporting.conclusions import (
    conclusion_blocks,
    left_out,
    n_folds,
    not_tested,
    pair_blocks,
    rank_blocks,
    readable_conclusions,
    sentences_of,
)
from mlkit.reporting.document import (
    Block,
    Bullets,
    Card,
    Paragraph,
    Section,
)
from mlkit.reporting.figures import Drawing, drawn
from mlkit.reporting.fold_records import cost_blocks, parameter_blocks, trouble_blocks
from mlkit.reporting.tables import Cell, Column, Table
from mlkit.reporting.wording import figure, listing, shorten
from mlkit.wording import counted

__all__ = ["comparison_cards", "comparison_sections"]

# Beyond, tables and figures are cut.
_MOST_MODELS = 60
_MOST_DRAWN_MODELS = 12
_MOST_DATASETS = 12
_MOST_DRAWN_DATASETS = 6
_MOST_METRICS_IN_TABLE = 8
_MOST_METRICS_IN_FIGURE = 8
_FEW_METRICS_IN_FIGURE = 4
_LONG_NAME = 14
_PAGE_WIDTH_INCHES = 8.4
_PAGE_INCHES = 9.5


def comparison_cards(comparison: Comparison, metric: str) -> tuple[Card, ...]:
    """Return the key numbers of a comparison.

    Parameters
    ----------
    comparison : Comparison
    metric : str
        The one that counts most.

    Returns
    -------
    tuple of Card
    """
    sizes = {
        "Models": len(comparison.models),
        "Datasets": len(comparison.datasets),
        "Metrics": len(comparison.metrics),
        "Folds a model": n_folds(comparison),
    }
    cards = [Card(name, f"{n:,}") for name, n in sizes.items()]
    n_failed = len(comparison.failures())
    cards.append(Card("Failed fits", f"{n_failed:,}", f"of {len(comparison.folds):,}"))
    best = _best_model(comparison, _order(comparison, metric))
    if best is not None:
        label = comparison.measure(metric).label
        cards.insert(0, Card(f"Best {label}", best[0], best[1]))
    return tuple(cards)


def _best_model(comparison: Comparison, order: pd.Series) -> tuple[str, str] | None:
    """Return the model with the best mean over all datasets, and what it has."""
    if order.empty or np.isnan(order.iloc[0]):
        return None
    n = len(comparison.datasets)
    over = "mean of the folds" if n == 1 else f"mean of {n} datasets"
    return shorten(order.index[0], 40), f"{figure(float(order.iloc[0]))}, {over}"


def _order(comparison: Comparison, metric: str) -> pd.Series:
    """Return the mean of each model over the datasets, the best first, NaN last."""
    means = comparison.scores()["mean"].xs(metric, level="metric").unstack("dataset")
    # A mean over the datasets that a model survived would not be comparable.
    overall = means.loc[list(comparison.models)].mean(axis=1, skipna=False)
    ascending = not comparison.measure(metric).greater_is_better
    return overall.sort_values(ascending=ascending, kind="stable", na_position="last")


def comparison_sections(comparison: Comparison, metric: str) -> tuple[Section, ...]:
    """Return the content of the report of a comparison.

    Parameters
    ----------
    comparison : Comparison
    metric : str
        The one that counts most.

    Returns
    -------
    tuple of Section
    """
    first, *others = [metric, *(m for m in comparison.metrics if m != metric)]
    metrics = (first, *others)
    order = _order(comparison, metric)
    # All tests are made here, once.
    found = readable_conclusions(comparison, metrics)
    concluded = tuple(conclusion_blocks(comparison, metrics, found))
    sections = [
        Section("In short", tuple(_in_short(comparison, metrics, order, found))),
        Section("Scores", tuple(_scores(comparison, metrics, order))),
        Section("Fold by fold", tuple(_folds(comparison, metrics, order))),
        Section("What may be concluded", concluded),
        Section("Pairs of models", tuple(pair_blocks(comparison, metrics))),
    ]
    if len(comparison.datasets) > 1:
        ranks = tuple(rank_blocks(comparison, metrics))
        sections.append(Section("Ranks over the datasets", ranks))
    return (
        *sections,
        Section("Time and memory", tuple(cost_blocks(comparison))),
        Section(
            "Failures and warnings", tuple(trouble_blocks(comparison)), continues=True
        ),
        Section(
            "Chosen parameters", tuple(parameter_blocks(comparison)), continues=True
        ),
        settings_section(comparison),
        reproduction_section(comparison),
    )


def _in_short(
    comparison: Comparison,
    metrics: tuple[str, ...],
    order: pd.Series,
    conclusions: Conclusions | None,
) -> Iterator[Block]:
    models, label = comparison.models, comparison.measure(metrics[0]).label
    yield Paragraph(
        f"{counted(len(models), 'model')} "
        f"{agree(len(models), 'was', 'were')} measured by "
        f"{counted(len(metrics), 'metric')} on {listing(comparison.datasets)}, all on "
        f"the same {counted(n_folds(comparison), 'fold')}. {label} counts most here.",
        "lead",
    )
    if conclusions is not None:
        yield Bullets(sentences_of(conclusions, metrics, 0)[:_MOST_DATASETS])
    else:
        best = _best_model(comparison, order)
        said = f"No model has a {label} on all datasets."
        if best is not None:
            said = f"{label}: the best mean is that of {best[0]} ({best[1]})."
        yield Bullets((said, not_tested(comparison)))
    n_failed = comparison.failures()["model"].nunique()
    if n_failed:
        yield Paragraph(
            f"{counted(n_failed, 'model')} failed in at least one fold and "
            f"{agree(n_failed, 'has', 'have')} no mean there; see “Failures and "
            "warnings”."
        )


def _scores(
    comparison: Comparison, metrics: tuple[str, ...], order: pd.Series
) -> Iterator[Block]:
    folds = counted(n_folds(comparison), "fold")
    spread = (
        f"Mean over {folds}, and after ± the standard deviation between folds"
        if n_folds(comparison) > 1
        else "The value on the one fold; there is no spread to show"
    )
    yield Paragraph(
        f"{spread}. ↑ higher is better, ↓ lower is better. The best mean of each "
        "column is bold; best does not mean significantly better."
    )
    cells = _score_cells(comparison)
    kept = list(comparison.models)
    if len(kept) > _MOST_MODELS:
        # The order in which they were given, which may mean something, is lost anyway.
        kept = list(order.index[:_MOST_MODELS])
    for dataset in comparison.datasets[:_MOST_DATASETS]:
        for start in range(0, len(metrics), _MOST_METRICS_IN_TABLE):
            group = metrics[start : start + _MOST_METRICS_IN_TABLE]
            measures = [comparison.measure(name) for name in group]
            yield _score_table(dataset, kept, measures, cells)
    yield from left_out(len(comparison.models), len(kept), "models", metrics[0])
    yield from left_out(len(comparison.datasets), _MOST_DATASETS, "datasets")


_Cells: TypeAlias = dict[tuple[str, str], dict[str, Cell]]


def _score_cells(comparison: Comparison) -> _Cells:
    """Return the cell of each metric, by dataset and model."""
    best = comparison.best().to_dict("index")
    cells: _Cells = {}
    for row in comparison.scores().reset_index().to_dict("records"):
        key = (row["dataset"], row["model"])
        is_best = bool(best[key].get(row["metric"], False))
        cells.setdefault(key, {})[row["metric"]] = _score_cell(row, is_best)
    return cells


def _score_table(
    dataset: str, models: list[str], measures: list[Measure], cells: _Cells
) -> Table:
    headings = [
        f"{m.label}\u00a0{'↑' if m.greater_is_better else '↓'}" for m in measures
    ]
    rows = tuple(
        (shorten(model, 60), *(cells[dataset, model][m.name] for m in measures))
        for model in models
        if (dataset, model) in cells
    )
    columns = (Column("model"), *map(Column, headings))
    return Table(f"Scores on {shorten(dataset, 80)}", columns, rows, sortable=True)


def _score_cell(row: dict[Any, Any], is_best: bool) -> Cell:
    mean, n_folds, n_failed = float(row["mean"]), int(row["n_folds"]), row["n_failed"]
    if n_failed:
        return Cell(f"failed {int(n_failed)}/{n_folds}", float("nan"))
    detail = f"± {row['sd']:.3f}" if n_folds > 1 and not np.isnan(mean) else ""
    return Cell(figure(mean), mean, detail, is_best)


def _folds(
    comparison: Comparison, metrics: tuple[str, ...], order: pd.Series
) -> Iterator[Block]:
    yield Paragraph(
        "Every small mark is one fold, the bar is their mean. Where the marks of two "
        "models mix, the difference of their means may be chance. The height of a mark "
        "within its row has no meaning."
    )
    models = list(comparison.models)
    if len(models) > _MOST_DRAWN_MODELS:
        models = list(order.index[:_MOST_DRAWN_MODELS])
    one = len(comparison.datasets) == 1
    shown = metrics[: _MOST_METRICS_IN_FIGURE if one else _FEW_METRICS_IN_FIGURE]
    for dataset in comparison.datasets[:_MOST_DRAWN_DATASETS]:
        part = _restricted(comparison, dataset, models, shown)
        yield from _fold_figures(part, dataset)
    for n_all, n_shown, what in (
        (len(comparison.models), len(models), "models, the best by the first metric"),
        (len(comparison.datasets), _MOST_DRAWN_DATASETS, "datasets, the first"),
        (len(metrics), len(shown), "metrics, the first"),
    ):
        if n_all > n_shown:
            yield Paragraph(f"Drawn are {n_shown} of {n_all:,} {what}.", "note")


def _restricted(
    comparison: Comparison, dataset: str, models: list[str], metrics: tuple[str, ...]
) -> Comparison:
    """Return a part of a comparison, as large as a figure has room for."""
    folds = comparison.folds
    part = folds[(folds["dataset"] == dataset) & folds["model"].isin(models)]
    places = {model: place for place, model in enumerate(models)}
    part = part.sort_values("model", key=lambda names: names.map(places), kind="stable")
    names = {model: shorten(model, 28) for model in models}
    if len(set(names.values())) == len(names):
        part = part.assign(model=part["model"].map(names))
    measures = tuple(comparison.measure(name) for name in metrics)
    return replace(comparison, folds=part, metrics=metrics, measures=measures)


def _fold_figures(comparison: Comparison, dataset: str) -> Iterator[Drawing]:
    """Draw as many panels a figure as one page of paper has room for."""
    metrics = comparison.metrics
    # Long names leave two panels beside each other no room for marks.
    longest = max(len(model) for model in comparison.models)
    n_columns = 1 if longest > _LONG_NAME or len(metrics) == 1 else 2
    height = 1.5 + 0.45 * len(comparison.models)
    step = n_columns * max(1, int(_PAGE_INCHES / height))
    for start in range(0, len(metrics), step):
        chosen = metrics[start : start + step]
        measures = tuple(comparison.measure(name) for name in chosen)
        part = replace(comparison, metrics=chosen, measures=measures)
        yield _fold_figure(part, dataset, n_columns)


def _fold_figure(comparison: Comparison, dataset: str, n_columns: int) -> Drawing:
    from mlkit.plots.comparison import plot_comparison

    def make() -> Any:
        figure = plot_comparison(comparison, max_columns=n_columns)
        figure.set_figwidth(_PAGE_WIDTH_INCHES)
        for ax in figure.axes:
            # All panels are about one dataset, which the caption names.
            ax.set_title("")
        return figure

    scores = comparison.scores()["mean"].droplevel("dataset")
    said = " ".join(_means_in_words(scores, measure) for measure in comparison.measures)
    labels = ", ".join(measure.label for measure in comparison.measures)
    return drawn(
        make,
        alt=f"Marks for the folds of {counted(len(comparison.models), 'model')} on "
        f"{shorten(dataset, 60)}, one panel a metric. {said}",
        caption=f"Folds on {shorten(dataset, 80)}: {labels}.",
    )


def _means_in_words(scores: pd.Series, measure: Measure) -> str:
    means = scores.xs(measure.name, level="metric")
    said = "; ".join(f"{model} {figure(x)}" for model, x in means.items())
    return f"Means of {measure.label}: {said}."
