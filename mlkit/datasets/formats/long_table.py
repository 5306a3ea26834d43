"""Labels as a long table: one line for each pair of row and label."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import scipy.sparse as sp

from mlkit.datasets.formats.label_pairs import given_names, labels_from_pairs
from mlkit.datasets.formats.tag_column import text_cells
from mlkit.exceptions import FormatError, names_for_message

__all__ = ["LongTable", "fold_lines", "join_labels"]


@dataclass(frozen=True, slots=True)
class LongTable:
    """Say that the labels stand in a long table, one (row, label) pair a line.

    Parameters
    ----------
    row : str
        Name of the column that says which row of the data set a line is about. Its
        values become the row names.
    label : str
        Name of the column with the label. An empty cell says that the row exists and
        adds no label.
    table : str, Path or DataFrame, optional
        The long table, where it is not the source itself; its further columns are
        ignored. The source then holds the features, one line a row, and `row` names
        its column too. Rows of the source without a line here have no label.

        Without `table` the source is the long table, and its other columns are the
        features, which must be the same in all lines of a row.
    names : sequence of str, optional
        The labels and their order, as for `Tags`. By default all that occur, sorted.

    Raises
    ------
    LabelNameError
        If a name stands twice in `names`, or is empty.

    Examples
    --------
    >>> import pandas as pd
    >>> from mlkit.datasets.reading import read
    >>> films = pd.DataFrame({"id": ["a", "b", "c"], "year": [1995, 1998, 2001]})
    >>> genres = pd.DataFrame({"id": ["a", "c", "a"], "genre": ["war", "spy", "spy"]})
    >>> ds = read(films, labels=LongTable("id", "genre", table=genres))
    >>> ds.label_names, ds.Y.loc["a"].tolist(), ds.Y.loc["b"].tolist()
    (('spy', 'war'), [1, 1], [0, 0])
    """

    row: str
    label: str
    table: str | Path | pd.DataFrame | None = None
    _: KW_ONLY
    names: Sequence[str] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", given_names(self.names))


def fold_lines(
    rows: pd.Series,
    labels: pd.Series,
    features: pd.DataFrame,
    spec: LongTable,
    *,
    names: Sequence[str],
    error: Callable[[str, int], FormatError],
) -> tuple[pd.DataFrame, np.ndarray | sp.csr_array, tuple[str, ...]]:
    """Fold the lines of a long table that holds the features too.

    Parameters
    ----------
    rows, labels : Series, shape (n_lines,)
        What each line is about.
    features : DataFrame, shape (n_lines, n_features)
        Its columns are positions in the table.
    spec : LongTable
    names : sequence of str
        Columns of the table, for the messages.
    error : callable
        Builds the error for a problem and a line.

    Returns
    -------
    features : DataFrame, shape (n_samples, n_features)
        Rows in the order of their first lines, named by `rows`.
    Y : ndarray or csr_array of int8, shape (n_samples, n_labels)
    names : tuple of str

    Raises
    ------
    FormatError
        If a line has no row, or a feature differs between lines of a row.
    """
    codes = _row_codes(rows, spec, error)
    # Number of the first line of each row, in the order of the codes.
    first = np.flatnonzero(~rows.duplicated().to_numpy())
    for position, cells in features.items():
        name = names[cast(int, position)]
        _check_constant(cells, rows, first[codes], name, error)
    kept = features.iloc[first]
    kept.index = pd.Index(rows.iloc[first], name=spec.row)
    Y, label_names = _pairs(codes, labels, len(first), spec, error)
    return kept, Y, label_names


def join_labels(
    ids: pd.Series,
    rows: pd.Series,
    labels: pd.Series,
    spec: LongTable,
    *,
    source_error: Callable[[str, int], FormatError],
    table_error: Callable[[str, int], FormatError],
) -> tuple[np.ndarray | sp.csr_array, tuple[str, ...]]:
    """Look up the rows of a long table among the rows of the source.

    Parameters
    ----------
    ids : Series, shape (n_samples,)
        Row names of the source.
    rows, labels : Series, shape (n_lines,)
        The two columns of the long table.
    spec : LongTable
    source_error, table_error : callable
        Build the error for a problem and a line of the source or of the table.

    Returns
    -------
    Y : ndarray or csr_array of int8, shape (n_samples, n_labels)
    names : tuple of str

    Raises
    ------
    FormatError
        If a row name is missing, or stands twice in the source, or the table speaks of
        rows that the source lacks.
    """
    _row_codes(ids, spec, source_error)
    twice = np.flatnonzero(ids.duplicated().to_numpy())
    if twice.size:
        msg = (
            f"each row needs a name of its own to be joined with its labels; these "
            f"stand in the column '{spec.row}' more than once: "
            f"{names_for_message(ids.iloc[twice].unique())}."
        )
        raise source_error(msg, int(twice[0]))
    _row_codes(rows, spec, table_error)
    known, wanted = ids, rows
    if pd.api.types.is_numeric_dtype(ids) != pd.api.types.is_numeric_dtype(rows):
        # 7 in one file and "7" in the other mean the same row.
        known, wanted = ids.astype(str), rows.astype(str)
    codes = pd.Index(known).get_indexer(pd.Index(wanted))
    foreign = np.flatnonzero(codes < 0)
    if foreign.size:
        absent = names_for_message(dict.fromkeys(rows.iloc[foreign]))
        msg = (
            f"the labels speak of rows that the source lacks: {absent}. Does "
            f"the column '{spec.row}' hold the same names in both?"
        )
        raise table_error(msg, int(foreign[0]))
    return _pairs(codes, labels, len(ids), spec, table_error)


def _row_codes(
    rows: pd.Series, spec: LongTable, error: Callable[[str, int], FormatError]
) -> np.ndarray:
    """Return the number of each row, in the order of their first lines."""
    codes = pd.factorize(rows)[0]
    if codes.size and codes.min() < 0:
        line = int(np.flatnonzero(codes < 0)[0])
        msg = f"the cell of the column '{spec.row}' is empty. Name the row."
        raise error(msg, line)
    return codes


def _pairs(
    codes: np.ndarray,
    labels: pd.Series,
    n_rows: int,
    spec: LongTable,
    error: Callable[[str, int], FormatError],
) -> tuple[np.ndarray | sp.csr_array, tuple[str, ...]]:
    """Label matrix of lines; errors speak of lines, which are not rows."""
    words = pc.utf8_trim_whitespace(
        text_cells(labels, f"the column '{spec.label}'", error)
    )
    kept = pc.fill_null(pc.not_equal(words, ""), False)
    lines = np.flatnonzero(kept.to_numpy(zero_copy_only=False))
    return labels_from_pairs(
        codes[lines],
        words.filter(kept),
        n_rows,
        names=spec.names,
        error=lambda problem, pair: error(problem, int(lines[pair])),
    )


def _check_constant(
    cells: pd.Series,
    rows: pd.Series,
    first: np.ndarray,
    column: str,
    error: Callable[[str, int], FormatError],
) -> None:
    """Check that a feature is the same in all lines of a row."""
    # Codes instead of values: two missing cells agree, though NaN is not NaN.
    codes = pd.factorize(cells)[0]
    wrong = np.flatnonzero(codes != codes[first])
    if wrong.size:
        line = int(wrong[0])
        msg = (
            f"the row '{rows.iloc[line]}' has two values in the column '{column}': "
            f"'{cells.iloc[first[line]]}' first, '{cells.iloc[line]}' here. All lines "
            "of a row must agree in their features; drop the column, or correct it."
        )
        raise error(msg, line)
