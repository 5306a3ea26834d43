"""What may be concluded from a comparison: sentences, pairs of models, mean ranks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from mlkit.comparison import Comparison
from mlkit.comparison.conclusions import Conclusions
from mlkit.description.findings import agree
from mlkit.reporting.document import Block, Bullets, Paragraph, Part
from mlkit.reporting.figures import Drawing, draw
from mlkit.reporting.label_tables import short_names
from mlkit.reporting.tables import Cell, Column, Table, frame_table, share
from mlkit.reporting.wording import figure, listing, shorten, with_readable_names
from mlkit.wording import counted, signed

__all__ = [
    "conclusion_blocks",
    "is_tested",
    "left_out",
    "n_folds",
    "not_tested",
    "pair_blocks",
    "rank_blocks",
    "readable_conclusions",
    "sentences_of",
]

# Of the thousands of pairs of more models some differ by chance, and nobody reads them.
_MOST_TESTED_MODELS = 15
_MOST_MODELS = 60
_MOST_DRAWN_MODELS = 12
_MOST_SENTENCES = 60
_MOST_PAIR_ROWS = 150


def n_folds(comparison: Comparison) -> int:
    """Return how many folds a model was measured on.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    int
        The most of any dataset and model.
    """
    return int(comparison.folds.groupby(["dataset", "model"]).size().max())


def is_tested(comparison: Comparison) -> bool:
    """Tell whether pairs of models are tested in a report.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    bool
        False for more than 15 models.
    """
    return len(comparison.models) <= _MOST_TESTED_MODELS


def not_tested(comparison: Comparison) -> str:
    """Say why pairs of so many models are not tested.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    str
    """
    n = len(comparison.models)
    return (
        f"With {n:,} models there are {n * (n - 1) // 2:,} pairs, and some would "
        f"differ by chance alone: this report tests up to {_MOST_TESTED_MODELS} "
        "models, pair by pair. Choose a few before looking at their scores, and "
        "compare those."
    )


def left_out(
    n_all: int, n_shown: int, what: str, metric: str = ""
) -> Iterator[Paragraph]:
    """Say that not all of something is shown, where that is so.

    Parameters
    ----------
    n_all, n_shown : int
    what : str
        Such as ``"models"``.
    metric : str, optional
        By which the best were chosen; by default the first ones are shown.

    Yields
    ------
    Paragraph
        One, or none.
    """
    if n_all > n_shown:
        which = f"best by {metric}" if metric else "first"
        yield Paragraph(
            f"Shown are the {n_shown} {which} of {n_all:,} {what}; .table() of the "
            "comparison holds all.",
            "note",
        )


def readable_conclusions(
    comparison: Comparison, metrics: tuple[str, ...]
) -> Conclusions | None:
    """Make all tests and put them into words, with names as a page can show them.

    Parameters
    ----------
    comparison : Comparison
    metrics : tuple of str

    Returns
    -------
    Conclusions or None
        None where there are too many models for it.
    """
    if not is_tested(comparison):
        return None
    found = comparison.summary(metrics)
    names = (*comparison.models, *comparison.datasets)
    sentences, caveats = (
        tuple(with_readable_names(text, names) for text in texts)
        for texts in (found.sentences, found.caveats)
    )
    return Conclusions(sentences, caveats)


def sentences_of(
    conclusions: Conclusions, metrics: tuple[str, ...], position: int
) -> tuple[str, ...]:
    """Return the sentences about one metric.

    Parameters
    ----------
    conclusions : Conclusions
        Of ``comparison.summary(metrics)``: as many sentences for each metric.
    metrics : tuple of str
    position : int
        Of the metric among them.

    Returns
    -------
    tuple of str
    """
    # Each metric has as many.
    each = len(conclusions.sentences) // len(metrics)
    return conclusions.sentences[position * each : (position + 1) * each]


def conclusion_blocks(
    comparison: Comparison, metrics: tuple[str, ...], conclusions: Conclusions | None
) -> Iterator[Block]:
    """Yield the sentences of a comparison, and what they do not say.

    Parameters
    ----------
    comparison : Comparison
    metrics : tuple of str
        The one that counts most first.
    conclusions : Conclusions or None
        Of ``comparison.summary(metrics)``; None where pairs are not tested.

    Yields
    ------
    Block
    """
    if conclusions is None:
        yield Paragraph(not_tested(comparison))
        return
    shown = conclusions.sentences[:_MOST_SENTENCES]
    if len(comparison.datasets) == 1:
        yield Bullets(shown)
    else:
        yield from _conclusions_by_metric(comparison, metrics, conclusions)
    if len(shown) < len(conclusions.sentences):
        yield Paragraph(
            f"The first {len(shown)} of {len(conclusions.sentences):,} sentences; "
            "comparison.summary() has them all.",
            "note",
        )
    if conclusions.caveats:
        yield Part("What this does not say", (Bullets(conclusions.caveats),))


def _conclusions_by_metric(
    comparison: Comparison, metrics: tuple[str, ...], conclusions: Conclusions
) -> Iterator[Block]:
    n_left = _MOST_SENTENCES
    for position, metric in enumerate(metrics):
        found = sentences_of(conclusions, metrics, position)[: max(n_left, 0)]
        if found:
            yield Part(comparison.measure(metric).label, (Bullets(found),))
        n_left -= len(found)


def pair_blocks(comparison: Comparison, metrics: tuple[str, ...]) -> Iterator[Block]:
    """Yield the tests of all pairs of models, one table a metric.

    Parameters
    ----------
    comparison : Comparison
    metrics : tuple of str
        The one that counts most first.

    Yields
    ------
    Block
        Tables of up to 150 rows in all.
    """
    if len(comparison.models) < 2:
        yield Paragraph("There is one model only, and nothing to compare it with.")
        return
    if not is_tested(comparison):
        yield Paragraph(not_tested(comparison))
        return
    if n_folds(comparison) < 2:
        yield Paragraph(
            "There is a single fold, and a single difference tells nothing about "
            "chance: pairs cannot be tested."
        )
        return
    yield Paragraph(
        "A positive difference means that the first model is better. The interval and "
        "p are those of the corrected resampled t-test; p adjusted allows for the "
        "number of pairs (Holm). The last three columns are the probabilities that the "
        "first model is worse, practically equal (within 0.01), or better, by the "
        "Bayesian correlated t-test."
    )
    n_left = _MOST_PAIR_ROWS
    for metric in metrics:
        pairs = comparison.pairwise(metric)
        if pairs.empty:
            label = comparison.measure(metric).label
            yield Paragraph(f"{label}: fewer than two models have a value.")
        elif len(pairs) > n_left:
            yield Paragraph(
                "The tables of the remaining metrics are left out; "
                "comparison.pairwise(...) has them.",
                "note",
            )
            break
        else:
            n_left -= len(pairs)
            yield _pair_table(comparison, metric, pairs)


_PAIR_NAMES = {
    "dataset": "dataset",
    "second": "second",
    "difference": "difference",
    "interval": "95% interval",
    "p_value": "p",
    "p_adjusted": "p adjusted",
    "worse": "worse",
    "equal": "equal",
    "better": "better",
}


def _pair_table(comparison: Comparison, metric: str, pairs: pd.DataFrame) -> Table:
    names = dict(_PAIR_NAMES)
    if len(comparison.datasets) == 1:
        del names["dataset"]
    rows = tuple(
        (shorten(row["first"], 60), *(_pair_cell(row, name) for name in names))
        for row in pairs.to_dict("records")
    )
    columns = (Column("first"), *map(Column, names.values()))
    caption = f"Pairs by {comparison.measure(metric).label}"
    return Table(caption, columns, rows, sortable=True)


def _pair_cell(row: dict[Any, Any], name: str) -> Any:
    if name == "interval":
        low, high = float(row["low"]), float(row["high"])
        return Cell(f"{signed(low, '+.3f')} to {signed(high, '+.3f')}", low)
    value = row[name]
    if name in ("worse", "equal", "better"):
        return share(float(value))
    if name == "difference":
        return Cell(signed(float(value), "+.3f"), float(value))
    return value if isinstance(value, str) else float(value)


def rank_blocks(comparison: Comparison, metrics: tuple[str, ...]) -> Iterator[Block]:
    """Yield mean ranks over the datasets, and what they tell apart.

    Parameters
    ----------
    comparison : Comparison
    metrics : tuple of str
        The one that counts most first.

    Yields
    ------
    Block
    """
    # The ranks of many models cost seconds a metric, as all their pairs are tested.
    ranked = metrics if is_tested(comparison) else metrics[:1]
    found = {metric: comparison.ranks(metric) for metric in ranked}
    known = {metric: ranks for metric, ranks in found.items() if ranks is not None}
    if not known:
        yield Paragraph(
            "No two models have values on two datasets: there are no ranks."
        )
        return
    yield Paragraph(
        "On each dataset the best model has rank 1; the table holds the mean rank over "
        "the datasets."
    )
    table = pd.DataFrame({m: ranks.mean_ranks for m, ranks in known.items()})
    yield frame_table(
        table.sort_values(table.columns[0], kind="stable"),
        "Mean ranks",
        index="model",
        names={metric: comparison.measure(metric).label for metric in known},
        shown=dict.fromkeys(known, _rank),
        limit=_MOST_MODELS,
    )
    yield from left_out(len(table), _MOST_MODELS, "models", metrics[0])
    first = next(iter(known))
    if len(known[first].mean_ranks) <= _MOST_DRAWN_MODELS:
        yield _rank_figure(comparison, first, known[first])
    for metric, ranks in known.items():
        if ranks.left_out:
            yield Paragraph(
                f"{comparison.measure(metric).label}: "
                f"{listing(ranks.left_out)} {agree(len(ranks.left_out), 'has', 'have')}"
                " no value on some dataset and no rank.",
                "note",
            )


def _rank(value: float) -> Cell:
    return Cell(figure(value, 2), float(value))


def _rank_figure(comparison: Comparison, metric: str, ranks: Any) -> Drawing:
    from mlkit.plots.ranks import plot_critical_difference

    said = "; ".join(f"{m} {x:.2f}" for m, x in ranks.mean_ranks.items())
    label = comparison.measure(metric).label
    n_models = len(ranks.mean_ranks)
    distance = ranks.critical_difference
    bars = 0.35 * len(ranks.groups) + 0.9 * (n_models // 2 + 1)
    return draw(
        plot_critical_difference,
        short_names(ranks.mean_ranks),
        [tuple(shorten(name, 28) for name in group) for group in ranks.groups],
        critical_difference=distance,
        size=(8.0, 1.6 + 0.34 * bars),
        alt=f"Models on a line by their mean rank of {label}: {said}. Critical "
        f"difference {distance:.2f}.",
        caption=f"Mean ranks by {label}. Models that a bar joins are not told apart by "
        f"Nemenyi's test on {counted(len(ranks.scores), 'dataset')}.",
    )
