"""The report of an evaluation: how right a prediction is, and where it is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from mlkit.dataset import MultiLabelDataset
from mlkit.description.findings import agree
from mlkit.evaluation import Evaluation
from mlkit.evaluation.display import COLUMN_MEANINGS, PROBLEMS, main_metrics
from mlkit.reporting.circumstances import computed_with
from mlkit.reporting.document import (
    Block,
    Bullets,
    Card,
    Facts,
    Paragraph,
    Section,
    Tiles,
)
from mlkit.reporting.figures import draw
from mlkit.reporting.joint_errors import NOT_DECIDED, is_decided, joint_error_blocks
from mlkit.reporting.label_tables import by_count, first_labels, short_names
from mlkit.reporting.tables import Cell, Column, Table, frame_table, share
from mlkit.reporting.wording import (
    figure,
    listing,
    name_in_text,
    percent,
    sentence,
    shorten,
)
from mlkit.reporting.worst_rows import worst_rows_section
from mlkit.wording import counted

__all__ = ["evaluation_cards", "evaluation_sections"]

_MOST_LABELS_IN_TABLE = 200
_MOST_BARS = 30
_MOST_WORST_LABELS = 6
_MOST_CARDS = 6
_NAMES = {"f1": "F1", "roc_auc": "AUC", "average_precision": "AP", "brier": "Brier"}
_COUNTS_OF_CELLS = ["tp", "fp", "fn", "tn"]


def evaluation_cards(evaluation: Evaluation) -> tuple[Card, ...]:
    """Return the key numbers of an evaluation.

    Parameters
    ----------
    evaluation : Evaluation

    Returns
    -------
    tuple of Card
        Its size and the first of its main metrics, with intervals where there are some.
    """
    n_samples, n_labels = evaluation.evidence.shape
    sizes = Card("Rows and labels", f"{n_samples:,} × {n_labels:,}")
    main = main_metrics(evaluation)
    main = main[main["value"].notna()].head(_MOST_CARDS - 1)
    return (
        sizes,
        *(
            Card(row["label"], figure(row["value"]), _about(row))
            for row in main.to_dict("records")
        ),
    )


def _about(row: dict[Any, Any]) -> str:
    better = f"{row['better']} is better"
    return better if np.isnan(row["low"]) else f"{_interval(row)}; {better}"


def _interval(row: dict[Any, Any]) -> str:
    return f"{figure(row['low'])} to {figure(row['high'])}"


def evaluation_sections(
    evaluation: Evaluation, data: MultiLabelDataset | None = None
) -> tuple[Section, ...]:
    """Return the content of the report of an evaluation.

    Parameters
    ----------
    evaluation : Evaluation
    data : MultiLabelDataset, optional
        The rows that were predicted, in the same order.

    Returns
    -------
    tuple of Section

    Raises
    ------
    ShapeError, ValueError
        If `data` holds other rows, labels, or true labels than the evaluation.
    """
    # First, because wrong data must not cost the making of all other parts.
    rows = worst_rows_section(evaluation, data)
    return (
        Section("In short", (Bullets(tuple(_in_short(evaluation))),)),
        Section("Main metrics", tuple(_main(evaluation))),
        Section(
            "How labels were decided", tuple(_decision(evaluation)), continues=True
        ),
        Section("Labels one by one", tuple(_labels(evaluation))),
        Section("The weakest labels", tuple(_weakest(evaluation)), continues=True),
        Section("Errors that meet", tuple(joint_error_blocks(evaluation))),
        rows,
        Section("What was undefined", tuple(_undefined(evaluation)), continues=True),
        Section("All metrics", (_all_metrics(evaluation), computed_with())),
    )


def _in_short(evaluation: Evaluation) -> Iterator[str]:
    n_samples, n_labels = evaluation.evidence.shape
    yield (
        f"The prediction is about {counted(n_samples, 'row')} and "
        f"{counted(n_labels, 'label')}; {counted(len(evaluation.metrics), 'metric')} "
        f"{agree(len(evaluation.metrics), 'was', 'were')} computed."
    )
    if not is_decided(evaluation):
        yield NOT_DECIDED
        return
    yield _cells_in_short(evaluation.labels)
    yield _rows_in_short(evaluation.rows)
    yield from _labels_in_short(evaluation.labels)


def _cells_in_short(labels: pd.DataFrame) -> str:
    found, false, missed = (int(labels[name].sum()) for name in ("tp", "fp", "fn"))
    if not found + missed:
        text = "No row carries any label"
        return f"{text}, and {counted(false, 'label')} were predicted, all false."
    text = (
        f"The rows carry {counted(found + missed, 'label')} in all: the prediction "
        f"finds {found:,} of them ({percent(found / (found + missed))}) and misses "
        f"{missed:,}."
    )
    if not found + false:
        return f"{text} It predicts no label for any row."
    return (
        f"{text} Of the {counted(found + false, 'label')} that it predicts, {false:,} "
        f"({percent(false / (found + false))}) {agree(false, 'is', 'are')} false."
    )


def _rows_in_short(rows: pd.DataFrame) -> str:
    right = int(((rows["missed"] == 0) & (rows["false"] == 0)).sum())
    return (
        f"In {right:,} of {counted(len(rows), 'row')} ({percent(right / len(rows))}) "
        "the whole label set is right."
    )


def _labels_in_short(labels: pd.DataFrame) -> Iterator[str]:
    values = labels["f1"].dropna() if "f1" in labels else pd.Series(dtype=float)
    if values.empty:
        yield "No label has an F1, as none occurs and none is predicted."
        return
    best, worst = values.idxmax(), values.idxmin()
    if len(values) == 1:
        yield f"The label {name_in_text(best)} has an F1 of {figure(values.max())}."
        return
    yield (
        f"The best label is {name_in_text(best)} with an F1 of {figure(values.max())}, "
        f"the weakest {name_in_text(worst)} with {figure(values.min())}."
    )
    never = labels.index[(labels["support"] > 0) & (labels["tp"] == 0)]
    if len(never):
        yield (
            f"{counted(len(never), 'label')} that "
            f"{agree(len(never), 'occurs', 'occur')} "
            f"{agree(len(never), 'is', 'are')} never found: {listing(never)}."
        )


def _main(evaluation: Evaluation) -> Iterator[Block]:
    main = main_metrics(evaluation)
    if main["value"].isna().all():
        yield Paragraph("None of these metrics has a value: all are undefined here.")
    yield _metric_table("Main metrics", main, evaluation)
    if evaluation.n_resamples:
        yield Paragraph(
            f"The interval holds {evaluation.level:.0%} of the values of "
            f"{evaluation.n_resamples:,} bootstrap resamples of the rows: how far the "
            "metric would move on other rows of the same kind. What another training "
            "of the model would change is not in it.",
            "note",
        )
    else:
        yield Paragraph(
            "There are no intervals: the evaluation was made without resamples "
            "(n_resamples=1000 gives them).",
            "note",
        )


def _metric_table(caption: str, metrics: pd.DataFrame, evaluation: Evaluation) -> Table:
    described = {metric.name: metric.description for metric in evaluation.chosen}
    with_intervals = bool(metrics["low"].notna().any())
    columns = [Column("metric"), Column("value")]
    columns += [Column(f"{evaluation.level:.0%} interval")] if with_intervals else []
    columns += [Column("better"), Column("what it is")]
    rows = []
    for name, row in metrics.to_dict("index").items():
        cells = [row["label"], row["value"]]
        if with_intervals:
            known = not np.isnan(row["low"])
            cells.append(Cell(_interval(row) if known else "–", row["low"]))
        rows.append((*cells, row["better"], described[str(name)]))
    return Table(caption, tuple(columns), tuple(rows), sortable=True)


def _decision(evaluation: Evaluation) -> Iterator[Block]:
    if not is_decided(evaluation):
        yield Paragraph(NOT_DECIDED)
        return
    conventions = {"sklearn": "scikit-learn", "mulan": "MULAN", "meka": "MEKA"}
    edges = conventions.get(evaluation.convention, evaluation.convention)
    yield Facts(
        (
            ("Decision", sentence(evaluation.decided_by or "not recorded")),
            ("Thresholds", _thresholds(evaluation)),
            ("Edges", f"What is 0/0 is settled as in {edges}."),
        )
    )
    rows = tuple(
        (
            PROBLEMS[str(name)],
            Cell(figure(value, 2), value)
            if "cardinality" in str(name)
            else share(value),
        )
        for name, value in evaluation.problems.items()
    )
    headings = (Column("what"), Column("value"))
    yield Table("Whole rows and whole labels", headings, rows)


def _thresholds(evaluation: Evaluation) -> str:
    limits = evaluation.thresholds
    if limits is None:
        return ""
    low, high = float(np.min(limits)), float(np.max(limits))
    if low == high:
        # How labels were decided names it.
        return ""
    return f"From {figure(low)} to {figure(high)}, one a label (see the labels)."


def _labels(evaluation: Evaluation) -> Iterator[Block]:
    labels = evaluation.labels
    score = next((s for s in ("f1", "average_precision", "roc_auc") if s in labels), "")
    if score and labels[score].notna().any():
        yield _label_bars(labels, score)
    elif score:
        yield Paragraph("No label has a value to draw: all are undefined.")
    shown = labels.drop(columns=_COUNTS_OF_CELLS, errors="ignore")
    # One threshold for all was said above.
    if "threshold" in shown and shown["threshold"].nunique() == 1:
        shown = shown.drop(columns="threshold")
    note = ""
    if len(shown) > _MOST_LABELS_IN_TABLE:
        shown = by_count(shown, "support")
        note = (
            f"The {_MOST_LABELS_IN_TABLE} most frequent of {len(labels):,} labels; "
            ".labels of the evaluation holds all."
        )
    yield frame_table(
        shown,
        "Labels",
        index="label",
        names=_NAMES,
        meanings=COLUMN_MEANINGS,
        limit=_MOST_LABELS_IN_TABLE,
        note=note,
    )


def _label_bars(labels: pd.DataFrame, score: str) -> Block:
    from mlkit.plots import plot_label_bars

    shown, words = first_labels(by_count(labels, "support"), _MOST_BARS)
    name = _NAMES[score]
    texts = [
        f"{figure(value)} ({n:,})"
        for value, n in zip(shown[score], shown["support"], strict=True)
    ]
    said = "; ".join(
        f"{shorten(label, 40)} {text}"
        for label, text in zip(shown.index[:12], texts, strict=False)
    )
    middle = figure(float(labels[score].median()))
    return draw(
        plot_label_bars,
        short_names(shown[score]),
        size=(8.0, 0.9 + 0.3 * len(shown)),
        xlabel=f"{name} (higher is better)",
        texts=texts,
        upper=1.0,
        alt=f"Bars of the {name} of {words}, with the number of rows that carry the "
        f"label: {said}. The median over all labels is {middle}.",
        caption=f"{name} of {words}, the most frequent first; in brackets the rows "
        "that carry the label.",
    )


def _weakest(evaluation: Evaluation) -> Iterator[Block]:
    if not is_decided(evaluation):
        yield Paragraph(NOT_DECIDED)
        return
    labels = evaluation.labels
    occurring = labels[labels["support"] > 0]
    wrong = occurring[(occurring["fn"] > 0) | (occurring["fp"] > 0)]
    if occurring.empty:
        yield Paragraph("No label occurs in these rows, so none can be found.")
        return
    if wrong.empty:
        yield Paragraph("No label that occurs is ever missed or falsely predicted.")
        return
    worst = wrong.sort_values("f1", kind="stable").head(_MOST_WORST_LABELS)
    yield Paragraph(
        f"The {counted(len(worst), 'label')} with the lowest F1 of those that occur: "
        "how often each is found, missed and falsely predicted."
    )
    yield Tiles(
        tuple(
            _confusion(str(name), row) for name, row in worst.to_dict("index").items()
        )
    )


def _confusion(name: str, row: dict[Any, Any]) -> Table:
    columns = (Column("truth"), Column("predicted"), Column("not predicted"))
    rows = (
        ("present", int(row["tp"]), int(row["fn"])),
        ("absent", int(row["fp"]), int(row["tn"])),
    )
    note = f"F1 {figure(row['f1'])}, {counted(int(row['support']), 'row')} carry it."
    return Table(shorten(name, 60), columns, rows, note)


def _undefined(evaluation: Evaluation) -> Iterator[Block]:
    notes = [
        f"{metric.label}: {value.note}."
        for metric, value in zip(
            evaluation.chosen, evaluation.values.values(), strict=True
        )
        if value.note
    ]
    if not notes:
        yield Paragraph("Every metric is defined in every row and for every label.")
    else:
        yield Paragraph(
            "Where a metric is 0/0 the convention decides what it counts. That "
            "happened here:"
        )
        yield Bullets(tuple(notes))
    labels = evaluation.labels
    absent = labels.index[labels["support"] == 0]
    if len(absent):
        yield Paragraph(
            f"{counted(len(absent), 'label')} {agree(len(absent), 'does', 'do')} not "
            f"occur in these rows: {listing(absent)}. Recall, AUC and average "
            "precision say nothing about them."
        )
    if "unknown" in labels:
        yield Paragraph(
            f"{counted(int(labels['unknown'].sum()), 'label')} of the truth are "
            "unknown; such cells are left out of all numbers."
        )


def _all_metrics(evaluation: Evaluation) -> Table:
    return _metric_table("All metrics", evaluation.metrics, evaluation)
