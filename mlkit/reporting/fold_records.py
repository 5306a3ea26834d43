"""What the folds of a comparison recorded: costs, failures, warnings, choices."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mlkit.comparison import Comparison
from mlkit.reporting.document import Block, Paragraph
from mlkit.reporting.tables import Cell, Column, Table
from mlkit.reporting.wording import UNDEFINED, shorten

__all__ = ["cost_blocks", "parameter_blocks", "trouble_blocks"]

_MOST_ROWS = 60
_MOST_TEXTS = 30
_SECONDS = ("fit_seconds", "predict_seconds")


def cost_blocks(comparison: Comparison) -> Iterator[Block]:
    """Yield times and memory, as means over the folds.

    Parameters
    ----------
    comparison : Comparison

    Yields
    ------
    Block
    """
    keys = ["dataset", "model"]
    folds = comparison.folds
    known = [name for name in (*_SECONDS, "peak_memory") if name in folds]
    if not known or folds[known].isna().all(axis=None):
        yield Paragraph("Neither times nor memory were recorded.")
        return
    means = folds.groupby(keys, sort=False)[known].mean()
    rows = tuple(
        (
            shorten(model, 60),
            shorten(dataset, 60),
            *(_cost(x, digits) for x, digits in zip(values, (3, 3, 1), strict=False)),
        )
        for (dataset, model), *values in means.head(_MOST_ROWS).itertuples()
    )
    names = {
        "fit_seconds": Column("training, s", "of a fold, with tuning if there is one"),
        "predict_seconds": Column("prediction, s", "of all test rows of a fold"),
        "peak_memory": Column("memory, MB", "by which the process grew meanwhile"),
    }
    columns = (Column("model"), Column("dataset"), *(names[name] for name in known))
    note = ""
    if len(means) > _MOST_ROWS:
        note = f"The first {_MOST_ROWS} of {len(means):,} rows."
    yield Table("Means over the folds", columns, rows, note, sortable=True)


def _cost(value: float, digits: int) -> Cell:
    return Cell(UNDEFINED if np.isnan(value) else f"{value:,.{digits}f}", float(value))


def trouble_blocks(comparison: Comparison) -> Iterator[Block]:
    """Yield failures with their errors, and warnings.

    Parameters
    ----------
    comparison : Comparison

    Yields
    ------
    Block
    """
    failed = comparison.failure_summary()
    if failed.empty:
        yield Paragraph("No model failed in any fold.")
    else:
        columns = ("model", "dataset", "failed folds", "first error")
        rows = tuple(
            (
                shorten(row.model, 60),
                shorten(row.dataset, 60),
                Cell(f"{row.n_failed:,} of {row.n_folds:,}", float(str(row.n_failed))),
                shorten(row.error, 500),
            )
            for row in failed.head(_MOST_TEXTS).itertuples()
        )
        note = _first_of(len(rows), len(failed))
        yield Table("Models that failed", tuple(map(Column, columns)), rows, note)
    yield from _warnings(comparison)


def _first_of(n_shown: int, n_all: int) -> str:
    return f"The first {n_shown} of {n_all:,}." if n_shown < n_all else ""


def _warnings(comparison: Comparison) -> Iterator[Block]:
    folds = comparison.folds
    if "warnings" not in folds or not folds["warnings"].ne("").any():
        yield Paragraph("No model gave a warning.")
        return
    warned = folds[folds["warnings"] != ""]
    texts = warned.assign(text=warned["warnings"].str.split(" | ", regex=False))
    # Labels differ from fold to fold, and so do the texts: each is shown once.
    counted = texts.explode("text").groupby(["model", "text"], sort=False).size()
    counts = counted.reset_index(name="n")
    rows = tuple(
        (shorten(row.model, 60), row.n, shorten(row.text, 400))
        for row in counts.head(_MOST_TEXTS).itertuples()
    )
    columns = (Column("model"), Column("folds"), Column("warning"))
    note = _first_of(len(rows), len(counts))
    yield Table("Warnings", columns, rows, note)


def parameter_blocks(comparison: Comparison) -> Iterator[Block]:
    """Yield what tuned models have chosen, and how often.

    Parameters
    ----------
    comparison : Comparison

    Yields
    ------
    Block
    """
    folds = comparison.folds
    if "params" not in folds or not folds["params"].ne("").any():
        yield Paragraph("No model was tuned: all have the parameters of their names.")
        return
    tuned = folds[folds["params"] != ""]
    counts = tuned.groupby(["model", "dataset", "params"], sort=False).size()
    choices = counts.reset_index(name="n").sort_values(
        ["model", "dataset", "n"], ascending=[True, True, False], kind="stable"
    )
    rows = tuple(
        (
            shorten(row.model, 60),
            shorten(row.dataset, 60),
            row.n,
            shorten(row.params, 400),
        )
        for row in choices.head(_MOST_TEXTS).itertuples()
    )
    yield Paragraph(
        "Chosen within the training rows of each fold. Where the choice changes from "
        "fold to fold, the data do not settle it."
    )
    columns = (Column("model"), Column("dataset"), Column("folds"), Column("chosen"))
    note = _first_of(len(rows), len(choices))
    yield Table("Chosen parameters", columns, rows, note)
