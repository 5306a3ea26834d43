"""One table about a split: sizes, distribution errors, labels that a part lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import LabelNameError, names_for_message
from mlkit.splitting.parts import Split
from mlkit.splitting.tally import Tally, row_positions, tally
from mlkit.splitting.units import label_pairs
from mlkit.validation import Indicator, check_indicator

__all__ = ["SplitReport", "split_report"]

_SUMMARY = {
    "label_distribution_error": "label distribution error (LD)",
    "label_pair_distribution_error": "label-pair distribution error (LPD)",
    "examples_distribution_error": "rows off the wanted size, mean (ED)",
    "parts_missing_labels": "parts that lack a label (FZ)",
    "missing_label_folds": "labels missing, over all parts (FLZ)",
    "missing_pair_folds": "label pairs missing, over all parts (FLPZ)",
}


@dataclass(frozen=True, slots=True, eq=False)
class SplitReport:
    """How evenly a split shares rows and labels out.

    Parameters
    ----------
    parts : DataFrame
        One part a row: ``rows``, ``wanted`` (rows; NaN where unknown), ``share`` of
        all rows in [0, 1], ``label_error`` and ``pair_error`` (its terms of LD and
        LPD), ``missing_labels`` and ``missing_pairs`` (how many it lacks).
    labels : DataFrame of int
        One label a row: its positives in ``all`` rows, and in each part.
    missing : DataFrame
        One row for each ``part`` and ``label`` that it lacks; ``count`` is the number
        of positives of the label in all rows.
    summary : Series of float
        The figures of the whole split, by the names of the functions that compute
        them, and ``parts_missing_labels``.

    See Also
    --------
    split_report : Makes one, and defines the figures.
    """

    parts: pd.DataFrame
    labels: pd.DataFrame
    missing: pd.DataFrame
    summary: pd.Series

    def __repr__(self) -> str:
        lines = [f"{_SUMMARY[key]:<45}{value:.4g}" for key, value in self._figures()]
        return "\n".join(
            [*lines, "", self.parts.to_string(float_format="{:.4g}".format)]
            + [f"{part} lacks {names}" for part, names in self._lacking()]
        )

    def _repr_html_(self) -> str:
        figures = "".join(
            f"<tr><th>{_SUMMARY[key]}</th><td>{value:.4g}</td></tr>"
            for key, value in self._figures()
        )
        lacking = "".join(
            f"<li>{escape(part)} lacks {escape(names)}</li>"
            for part, names in self._lacking()
        )
        table = self.parts.to_html(float_format="{:.4g}".format)
        return f"<table>{figures}</table>{table}<ul>{lacking}</ul>"

    def _figures(self) -> list[tuple[str, float]]:
        known = self.summary.dropna()
        return [(str(key), float(value)) for key, value in known.items()]

    def _lacking(self) -> list[tuple[str, str]]:
        """Return each part that lacks labels, and their names."""
        by_part = self.missing.groupby("part", sort=False)["label"]
        return [(str(part), names_for_message(labels)) for part, labels in by_part]


def split_report(parts: Any, Y: Any = None) -> SplitReport:
    r"""Say how evenly a split shares rows, labels and pairs of labels out.

    Parameters
    ----------
    parts : Split, cross-validator, or sequence or mapping of parts
        What `mlkit.split` returned; a cross-validator, which is run on `Y`; pairs
        (train, test) of row positions, of which the test parts are looked at; row
        positions of each part; or datasets, such as the published train and test part.
        A mapping names the parts.
    Y : array-like, DataFrame, sparse matrix or MultiLabelDataset, optional
        The labels that were split, shape (n_samples, n_labels); unknown ones (NaN)
        count as absent. Not needed for a `Split` or for datasets, whose rows together
        are then all rows.

    Returns
    -------
    SplitReport
        Shows itself as text and HTML; its tables are DataFrames.

    Raises
    ------
    TypeError
        If `Y` is needed and absent, or given and not needed.
    LabelNameError
        If datasets have different labels.
    IndicatorError, ShapeError
        If `Y` is not a label matrix, or the parts do not fit it.

    See Also
    --------
    mlkit.splitting.label_distribution_error : LD.
    mlkit.splitting.label_pair_distribution_error : LPD.
    mlkit.splitting.examples_distribution_error : ED, for equal sizes.
    mlkit.splitting.missing_label_folds : FLZ.
    mlkit.splitting.missing_pair_folds : FLPZ.

    Notes
    -----
    LD and LPD are the means of ``label_error`` and ``pair_error`` over the parts. ED is
    the mean of :math:`| |S_j| - c_j |` with :math:`c_j` the rows that were asked for:
    known for a `Split`, equal for folds, else NaN and not shown. Small parts have
    larger errors, as a single row weighs more in them.

    Time and memory are the sum over all rows of the square of their number of labels.

    References
    ----------
    Sechidis, Tsoumakas and Vlahavas (2011): LD, ED, FZ, FLZ. Szymański and Kajdanowicz
    (2017): LPD, FLPZ. Both in full in `IterativeStratification`.

    Examples
    --------
    >>> Y = [[1, 0], [1, 0], [1, 1], [1, 1], [0, 1], [0, 0]]
    >>> report = split_report({"train": [0, 1, 2], "test": [3, 4, 5]}, Y)
    >>> report.labels
             all  train  test
    label_0    4      3     1
    label_1    3      1     2
    >>> report.missing
    Empty DataFrame
    Columns: [part, label, count]
    Index: []
    """
    given = _understand(parts, Y)
    matrix = given.labels.tocsr()
    labels, pairs = tally(matrix, given.rows), tally(label_pairs(matrix)[0], given.rows)
    table = _part_table(given, labels, pairs)
    missing = _missing_table(given, labels)
    summary = {
        # A part without an answer makes the whole one unknown, not smaller.
        "label_distribution_error": table["label_error"].mean(skipna=False),
        "label_pair_distribution_error": table["pair_error"].mean(skipna=False),
        "examples_distribution_error": (table["rows"] - table["wanted"]).abs().mean(),
        "parts_missing_labels": float((table["missing_labels"] > 0).sum()),
        "missing_label_folds": float(table["missing_labels"].sum()),
        "missing_pair_folds": float(table["missing_pairs"].sum()),
    }
    counts = pd.DataFrame(
        np.vstack([labels.overall, labels.positives]).T,
        index=list(given.labels.label_names),
        columns=["all", *given.names],
    )
    return SplitReport(table, counts, missing, pd.Series(summary))


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of a split, however they were given."""

    labels: Indicator
    names: list[str]
    rows: list[np.ndarray]
    wanted: list[float]


def _part_table(given: _Parts, labels: Tally, pairs: Tally) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "rows": labels.sizes,
            "wanted": given.wanted,
            "share": labels.sizes / labels.n_samples,
            "label_error": labels.distribution_errors(),
            "pair_error": pairs.distribution_errors(),
            "missing_labels": (labels.positives == 0).sum(axis=1),
            "missing_pairs": (pairs.positives == 0).sum(axis=1),
        },
        index=pd.Index(given.names, name="part"),
    )


def _missing_table(given: _Parts, labels: Tally) -> pd.DataFrame:
    part, column = np.nonzero(labels.positives == 0)
    names = np.array(given.labels.label_names, dtype=object)
    return pd.DataFrame(
        {
            "part": np.array(given.names, dtype=object)[part],
            "label": names[column],
            "count": labels.overall[column],
        }
    )


def _understand(parts: Any, Y: Any) -> _Parts:
    """Tell the kinds of parts apart."""
    if isinstance(parts, Split):
        _refuse_labels(Y)
        wanted = list(parts.wanted.values())
        return _from_datasets(list(parts.rows), list(parts), wanted)
    if hasattr(parts, "split"):
        # As X too: a cross-validator looks at its number of rows only.
        matrix = _need_labels(Y).values
        parts = parts.split(matrix, matrix)
    names = None
    if isinstance(parts, Mapping):
        names, parts = [str(name) for name in parts], parts.values()
    items = list(parts)
    if items and all(isinstance(item, MultiLabelDataset) for item in items):
        _refuse_labels(Y)
        names = names or _unique([item.name for item in items])
        return _from_datasets(names, items, [np.nan] * len(items))
    return _from_rows(names, items, _need_labels(Y))


def _from_rows(names: list[str] | None, items: list[Any], labels: Indicator) -> _Parts:
    word, wanted = "part", np.nan
    if items and all(_is_fold(item) for item in items):
        items = [test for _, test in items]
        word, wanted = "fold", sum(map(len, items)) / len(items)
    rows = row_positions(items, labels.shape[0])
    names = names or [f"{word} {i}" for i in range(len(rows))]
    return _Parts(labels, names, rows, [wanted] * len(rows))


def _from_datasets(
    names: list[str], datasets: list[MultiLabelDataset], wanted: list[Any]
) -> _Parts:
    first = datasets[0]
    for other in datasets[1:]:
        if other.label_names != first.label_names:
            differ = sorted(set(first.label_names) ^ set(other.label_names))
            msg = (
                f"{names[0]} and {other.name} do not have the same labels in the same "
                f"order. In one of them only: {names_for_message(differ) or 'none'}."
            )
            raise LabelNameError(msg)
    # The parts together are all rows: there is nothing else to compare them with.
    matrices = [check_indicator(dataset.Y).tocsr() for dataset in datasets]
    labels = check_indicator(
        sp.csr_array(sp.vstack(matrices)), label_names=first.label_names
    )
    ends = np.cumsum([dataset.n_samples for dataset in datasets])
    rows = np.split(np.arange(ends[-1]), ends[:-1])
    return _Parts(labels, names, row_positions(rows, int(ends[-1])), wanted)


def _is_fold(item: Any) -> bool:
    # A fold is a pair of arrays; a part of two rows is a pair of numbers.
    return isinstance(item, tuple) and len(item) == 2 and np.ndim(item[1]) == 1


def _unique(names: list[str]) -> list[str]:
    if len(set(names)) == len(names):
        return names
    return [f"{name} ({i})" for i, name in enumerate(names)]


def _need_labels(Y: Any) -> Indicator:
    if Y is None:
        msg = "Row positions say nothing about labels. Call split_report(parts, Y)."
        raise TypeError(msg)
    if isinstance(Y, MultiLabelDataset):
        return check_indicator(Y.Y, label_names=Y.label_names)
    return check_indicator(Y, allow_missing=True)


def _refuse_labels(Y: Any) -> None:
    if Y is not None:
        msg = "Datasets bring their labels with them. Call split_report(parts)."
        raise TypeError(msg)
