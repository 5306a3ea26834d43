"""The rows that a prediction gets most wrong, with what is in them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mlkit.dataset import MultiLabelDataset
from mlkit.evaluation import Evaluation
from mlkit.evaluation.row_errors import RowErrors, RowLabels, check_rows, row_names
from mlkit.reporting.document import Block, Facts, Paragraph, Part, Section
from mlkit.reporting.features import RowViews
from mlkit.reporting.wording import figure, isolate, shorten
from mlkit.wording import counted

__all__ = ["worst_rows_section"]

_MOST_ROWS = 10
_MOST_NAMES = 20


def worst_rows_section(
    evaluation: Evaluation, data: MultiLabelDataset | None
) -> Section:
    """Show the rows with the lowest Jaccard index.

    Parameters
    ----------
    evaluation : Evaluation
    data : MultiLabelDataset or None
        The rows that were predicted, in the same order.

    Returns
    -------
    Section

    Raises
    ------
    ShapeError, ValueError
        If `data` holds other rows, labels, or true labels than the evaluation.
    """
    if data is not None:
        check_rows(evaluation, data)
    return Section("The rows that are most wrong", tuple(_blocks(evaluation, data)))


def _blocks(evaluation: Evaluation, data: MultiLabelDataset | None) -> Iterator[Block]:
    evidence = evaluation.evidence
    if evidence.predicted is None:
        yield Paragraph(
            "No labels were decided, so rows cannot be called right or wrong."
        )
        return
    errors = RowErrors(evaluation)
    wrong = errors.find("wrong", order="jaccard")
    if not len(wrong):
        yield Paragraph("No row is wrong: every label set is predicted as it is.")
        return
    worst = wrong[:_MOST_ROWS]
    yield Paragraph(
        f"{counted(len(wrong), 'row')} of {evidence.shape[0]:,} have at least one "
        f"wrong label. These are the {len(worst)} with the lowest Jaccard index "
        "(labels found, divided by labels that are true or predicted); among equals, "
        "those with the most wrong labels come first."
    )
    if data is None:
        yield Paragraph(
            "What is in the rows is not shown, as the report was made without data.",
            "note",
        )
    views = None if data is None else RowViews(data)
    if views is not None and views.shows_odd_values:
        yield Paragraph(
            "Below the labels stand the features in which the row is furthest from "
            "what is usual in these rows."
        )
    names = row_names(evaluation, data)
    jaccard = evaluation.rows["jaccard"].to_numpy()
    label_names = np.asarray(evidence.label_names, dtype=object)
    for i in worst.tolist():
        content = () if views is None else (views.content(i),)
        sets = _label_sets(errors.labels_of(i), label_names)
        facts = Facts((*sets, ("Jaccard index", figure(float(jaccard[i])))))
        yield Part(shorten(names[i], 80), (facts, *content), framed=True)


def _label_sets(labels: RowLabels, names: np.ndarray) -> Iterator[tuple[str, str]]:
    sets = {
        "True": np.union1d(labels.right, labels.missed),
        "Predicted": np.union1d(labels.right, labels.false),
        "Missed": labels.missed,
        "False": labels.false,
    }
    for title, found in sets.items():
        yield title, _listed(names[found])


def _listed(names: np.ndarray) -> str:
    shown = ", ".join(isolate(shorten(name, 60)) for name in names[:_MOST_NAMES])
    rest = len(names) - _MOST_NAMES
    return (f"{shown} and {rest:,} more" if rest > 0 else shown) or "none"
