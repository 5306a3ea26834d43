"""The rows that a prediction gets most wrong, with what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.evaluation import Evaluation
from mlkit.exceptions import ShapeError, names_for_message
from mlkit.metrics.counts import known_parts
from mlkit.reporting.document import Block, Facts, Paragraph, Part, Section
from mlkit.reporting.features import RowViews
from mlkit.reporting.wording import count, figure, isolate, shorten

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
        _check_data(evaluation, data)
    return Section("The rows that are most wrong", tuple(_blocks(evaluation, data)))


def _check_data(evaluation: Evaluation, data: MultiLabelDataset) -> None:
    true = evaluation.evidence.true
    if (data.n_samples, data.n_labels) != true.shape:
        msg = (
            f"data must hold the rows that were evaluated: {true.shape[0]} rows and "
            f"{true.shape[1]} labels, got {data.n_samples} and {data.n_labels}. Give "
            "the test rows, in the order of the prediction."
        )
        raise ShapeError(msg)
    names = evaluation.evidence.label_names
    if evaluation.evidence.true.named and data.label_names != names:
        other = sorted(set(data.label_names) ^ set(names)) or list(names)
        msg = (
            "data has other labels than the evaluation, or in another order "
            f"({names_for_message(other)}). Give the dataset that was evaluated."
        )
        raise ShapeError(msg)
    given = data.Y.to_numpy() if isinstance(data.Y, pd.DataFrame) else data.Y
    differ = sp.csr_array(given) != true.tocsr()
    if differ.nnz:
        row = int(differ.nonzero()[0][0])
        msg = (
            f"data has other true labels than the evaluation (first: row {row}). Give "
            "the test rows in the order of the prediction."
        )
        raise ValueError(msg)


def _blocks(evaluation: Evaluation, data: MultiLabelDataset | None) -> Iterator[Block]:
    evidence = evaluation.evidence
    if evidence.predicted is None:
        yield Paragraph(
            "No labels were decided, so rows cannot be called right or wrong."
        )
        return
    rows = evaluation.rows.reset_index(drop=True)
    wrong = rows[(rows["missed"] > 0) | (rows["false"] > 0)]
    if wrong.empty:
        yield Paragraph("No row is wrong: every label set is predicted as it is.")
        return
    worst = _sorted(wrong).head(_MOST_ROWS)
    yield Paragraph(
        f"{count(len(wrong), 'row')} of {len(rows):,} have at least one wrong label. "
        f"These are the {len(worst)} with the lowest Jaccard index (labels found, "
        "divided by labels that are true or predicted); among equals, those with the "
        "most wrong labels come first."
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
    names = _row_names(evaluation, data)
    parts = known_parts(evidence.true, evidence.predicted)
    label_names = np.asarray(evidence.label_names, dtype=object)
    for position, row in worst.iterrows():
        i = int(str(position))
        content = () if views is None else (views.content(i),)
        sets = _label_sets(i, parts, label_names)
        jaccard = ("Jaccard index", figure(float(row["jaccard"])))
        facts = Facts((*sets, jaccard))
        yield Part(shorten(names[i], 80), (facts, *content), framed=True)


def _sorted(rows: pd.DataFrame) -> pd.DataFrame:
    # With unknown labels a row may be wrong and have no index: it comes last.
    keys = rows.assign(wrong=-(rows["missed"] + rows["false"]))
    for loss in ("log_loss", "ranking_loss"):
        if loss in keys:
            keys["sure"] = -keys[loss]
            return keys.sort_values(["jaccard", "wrong", "sure"], kind="stable")
    return keys.sort_values(["jaccard", "wrong"], kind="stable")


def _row_names(evaluation: Evaluation, data: MultiLabelDataset | None) -> Any:
    index = evaluation.index
    if index is None and data is not None and isinstance(data.Y, pd.DataFrame):
        index = data.Y.index
    if index is None or pd.api.types.is_integer_dtype(index):
        numbers = range(evaluation.evidence.shape[0]) if index is None else index
        return [f"Row {number}" for number in numbers]
    return index


def _label_sets(
    row: int, parts: tuple[Any, ...], names: np.ndarray
) -> Iterator[tuple[str, str]]:
    both, actual, guessed = (_positions(part, row) for part in parts)
    sets = {
        "True": actual,
        "Predicted": guessed,
        "Missed": np.setdiff1d(actual, both),
        "False": np.setdiff1d(guessed, both),
    }
    for title, found in sets.items():
        yield title, _listed(names[found])


def _positions(matrix: Any, row: int) -> np.ndarray:
    if sp.issparse(matrix):
        start, stop = matrix.indptr[row : row + 2]
        stored = matrix.indices[start:stop][matrix.data[start:stop] != 0]
        return np.sort(stored)
    return np.flatnonzero(matrix[row])


def _listed(names: np.ndarray) -> str:
    shown = ", ".join(isolate(shorten(name, 60)) for name in names[:_MOST_NAMES])
    rest = len(names) - _MOST_NAMES
    return (f"{shown} and {rest:,} more" if rest > 0 else shown) or "none"
