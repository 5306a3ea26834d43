"""Errors of a prediction that meet in a row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from mlkit.evaluation import Evaluation
from mlkit.reporting.document import Block, Paragraph
from mlkit.reporting.figures import draw
from mlkit.reporting.label_tables import short_names
from mlkit.reporting.tables import Column, Table
from mlkit.reporting.wording import shorten

__all__ = ["NOT_DECIDED", "is_decided", "joint_error_blocks"]

_MOST_LABELS_IN_SQUARE = 16
_MOST_PAIRED_LABELS = 2_000
_MOST_ERROR_PAIRS = 10

NOT_DECIDED = (
    "No labels were decided: the prediction holds scores only, so there is nothing to "
    "count as right or wrong. Give mlkit.evaluate a threshold to have this part."
)
"""Stands where a prediction holds scores only."""


def is_decided(evaluation: Evaluation) -> bool:
    """Tell whether a prediction has decided labels, and not scores only.

    Parameters
    ----------
    evaluation : Evaluation

    Returns
    -------
    bool
    """
    return evaluation.evidence.predicted is not None


def joint_error_blocks(evaluation: Evaluation) -> Iterator[Block]:
    """Yield which labels go wrong together, and what was predicted instead.

    Parameters
    ----------
    evaluation : Evaluation

    Yields
    ------
    Block
    """
    n_labels = evaluation.evidence.shape[1]
    if not is_decided(evaluation):
        yield Paragraph(NOT_DECIDED)
        return
    if n_labels < 2:
        yield Paragraph("With a single label there are no errors that could meet.")
        return
    if n_labels > _MOST_PAIRED_LABELS:
        yield Paragraph(f"With {n_labels:,} labels not all pairs were looked at.")
        return
    wrong = evaluation.co_errors()
    if not wrong.to_numpy().any():
        yield Paragraph("There are no errors, so none meet in a row.")
        return
    yield Paragraph(
        "Where errors of two labels often meet in a row, the prediction may take one "
        "label for the other, or may have missed what both depend on."
    )
    yield _error_square(wrong)
    yield from _error_pairs(evaluation)


def _error_square(wrong: pd.DataFrame) -> Block:
    from mlkit.plots import plot_label_pairs

    own = pd.Series(np.diag(wrong), index=wrong.index)
    most = own.sort_values(ascending=False, kind="stable").index[
        :_MOST_LABELS_IN_SQUARE
    ]
    names = [name for name in wrong.index if name in set(most)]
    shown = wrong.loc[names, names]
    words = f"all {len(wrong):,} labels"
    if len(shown) < len(wrong):
        words = f"the {len(shown)} of {len(wrong):,} labels with the most errors"
    size = 2.4 + 0.36 * len(shown)
    return draw(
        plot_label_pairs,
        short_names(short_names(shown).T).T,
        size=(min(size + 1.6, 9.0), min(size, 8.2)),
        legend="rows in which both are wrong",
        alt=f"Square of the rows in which two of {words} are wrong. {_most(shown)}",
        caption=f"Rows in which both labels are wrong, of {words}.",
    )


def _most(shown: pd.DataFrame) -> str:
    names, counts = list(shown.index), shown.to_numpy()
    places = zip(*np.triu_indices(len(names), k=1), strict=True)
    pairs = [(int(counts[i, j]), names[i], names[j]) for i, j in places]
    most = sorted(pairs, key=lambda pair: -pair[0])[:3]
    said = "; ".join(f"{shorten(a, 40)} and {shorten(b, 40)} {n:,}" for n, a, b in most)
    return f"Most often: {said}."


def _error_pairs(evaluation: Evaluation) -> Iterator[Block]:
    errors = evaluation.co_errors("missed", "false")
    pairs = errors.to_numpy()
    order = np.argsort(-pairs, axis=None, kind="stable")[:_MOST_ERROR_PAIRS]
    places = zip(*np.unravel_index(order, pairs.shape), strict=True)
    rows = tuple(
        (shorten(errors.index[i]), shorten(errors.index[j]), int(pairs[i, j]))
        for i, j in places
        if pairs[i, j]
    )
    if not rows:
        yield Paragraph("In no row was one label missed and another falsely predicted.")
        return
    n_pairs = int((pairs > 0).sum())
    note = ""
    if n_pairs > len(rows):
        note = f"The {len(rows)} most frequent of {n_pairs:,} pairs."
    columns = (
        Column("missed"),
        Column("falsely predicted"),
        Column("rows", "in which both happened"),
    )
    caption = "What was predicted instead of what"
    yield Table(caption, columns, rows, note, sortable=True)
