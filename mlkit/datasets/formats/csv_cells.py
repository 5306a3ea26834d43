"""The cells of a delimited file in arrays, each column by its kind."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mlkit.datasets.formats.csv_batches import (
    MISSING_CELLS,
    KindError,
    batches,
    block_size,
)
from mlkit.datasets.formats.csv_file import CsvFile
from mlkit.datasets.formats.label_cells import (
    NOT_A_LABEL,
    label_codes,
    not_a_label,
)
from mlkit.exceptions import FormatError

__all__ = ["CsvCells", "read_cells"]

Kind = Literal["empty", "bool", "int", "float", "text"]

_TYPES: dict[Kind, pa.DataType] = {
    "empty": pa.float64(),
    "bool": pa.bool_(),
    "int": pa.int64(),
    "float": pa.float64(),
    "text": pa.string(),
}
_DTYPES: dict[Kind, type] = {
    "empty": np.float64,
    "bool": np.int8,  # -1 where missing
    "int": np.int64,
    "float": np.float64,
}
# The kind of a column is guessed from so many bytes.
_GUESSED_FROM = 1 << 22
_MISSING = pa.array(MISSING_CELLS)
_BOOLEANS = pa.array(["true", "True", "TRUE", "false", "False", "FALSE"])


@dataclass(frozen=True, slots=True)
class CsvCells:
    """All rows of a delimited file.

    Parameters
    ----------
    frame : DataFrame, shape (n_rows, n_columns - n_labels)
        The columns that are no labels, named by their positions in the file.
    codes : ndarray of int8, shape (n_rows, n_labels)
        As `label_cells.label_codes`, without any `NOT_A_LABEL`.
    """

    frame: pd.DataFrame
    codes: np.ndarray


def read_cells(
    file: CsvFile,
    *,
    labels: Sequence[int] = (),
    texts: Collection[int] = (),
    decimal: str = ".",
) -> CsvCells:
    """Read all rows of a delimited file.

    Parameters
    ----------
    file : CsvFile
    labels : sequence of int, default ()
        Positions of the columns that hold 0/1 labels.
    texts : collection of int, default ()
        Positions of columns that are text even where they look like numbers.
    decimal : {".", ","}, default "."
        What stands before the decimals of a number.

    Returns
    -------
    CsvCells
        Of the other columns, those of whole numbers are int64, other numbers float64,
        true/false bool (boolean where some are missing), anything else str.

    Raises
    ------
    FormatError
        If a row has another number of cells than the header, or a label is no label.

    Notes
    -----
    The kind of a column is found in the first 4 MB. Where a later cell contradicts, the
    whole file is looked through once, and then read again: three passes at most. What
    is returned is filled batch by batch, so that the peak of memory is little above it.

    `MISSING_WORDS` are missing in a column of numbers; in a column of text only the
    empty cell is.
    """
    n_batches = max(1, _GUESSED_FROM // block_size(file))
    kinds = _find_kinds(file, texts, decimal, n_batches=n_batches)
    try:
        # Labels are 0 and 1 nearly always: bytes, of which many fit into a batch.
        small = {j: pa.int8() for j in labels if kinds[j] == "int"}
        return _fill(file, kinds, labels, decimal, small)
    except KindError:
        kinds = _find_kinds(file, texts, decimal, n_batches=None)
    while True:
        try:
            return _fill(file, kinds, labels, decimal, {})
        except KindError as err:
            # Arrow reads no number where our look at the cells saw one: then it is
            # text. That fits anything, so that a column comes here once at most.
            kinds[err.column] = "text"


def _find_kinds(
    file: CsvFile, texts: Collection[int], decimal: str, *, n_batches: int | None
) -> list[Kind]:
    """Find the narrowest kind of each column that fits the first batches, or all.

    Arrow's own guess will not do: it takes dates out of text, reads only the first
    block, and keeps the text of the whole file while it is not sure.
    """
    kinds: list[Kind | None] = [None] * len(file.names)
    for column in texts:
        kinds[column] = "text"
    as_text = dict.fromkeys(range(len(file.names)), pa.string())
    rows = batches(file, as_text, decimal=decimal)
    for batch in itertools.islice(rows, n_batches):
        for j, cells in enumerate(batch.columns):
            if kinds[j] != "text":
                kinds[j] = _widest(kinds[j], _kind(cells, decimal))
    # Not left to the garbage collector: Arrow reads ahead in a thread of its own.
    rows.close()  # type: ignore[attr-defined]
    return [kind or "empty" for kind in kinds]


def _kind(cells: pa.Array, decimal: str) -> Kind:
    """Find the narrowest kind that fits cells of text."""
    # Most columns are one of these two, and need no further look.
    if _fits(cells, pa.int64()):
        return "int"
    if decimal == "." and _fits(cells, pa.float64()):
        return "float"
    known = cells.filter(pc.invert(pc.is_in(cells, _MISSING)))
    if not len(known):
        return "empty"
    if pc.all(pc.is_in(known, _BOOLEANS)).as_py():
        return "bool"
    # Arrow reads numbers between blanks, and casts none.
    known = pc.utf8_trim(known, " \t")
    if decimal != ".":
        # What is no decimal here must not become one.
        known = pc.replace_substring(known, ".", "no number")
        known = pc.replace_substring(known, decimal, ".")
    # Integers cannot hold a missing value.
    if len(known) == len(cells) and _fits(known, pa.int64()):
        return "int"
    return "float" if _fits(known, pa.float64()) else "text"


def _fits(words: pa.Array, kind: pa.DataType) -> bool:
    try:
        pc.cast(words, kind)
    except pa.ArrowInvalid:
        return False
    return True


def _widest(first: Kind | None, second: Kind) -> Kind:
    """Kind of a column that holds cells of both kinds."""
    pair = {first, second} - {None}
    if len(pair) == 1:
        return second
    if pair == {"empty", "bool"}:
        return "bool"
    return "float" if pair <= {"empty", "int", "float"} else "text"


def _fill(
    file: CsvFile,
    kinds: list[Kind],
    labels: Sequence[int],
    decimal: str,
    exceptions: dict[int, pa.DataType],
) -> CsvCells:
    """Read the cells, each column as its kind says, but for some exceptions."""
    types = {j: _TYPES[kind] for j, kind in enumerate(kinds)} | exceptions
    columns = _Columns(file, kinds, labels)
    for batch in batches(file, types, decimal=decimal):
        columns.add(batch)
    return columns.finish()


class _Columns:
    """Arrays that take the batches: a matrix for each kind, lists for texts.

    A column is a row of its matrix, as pandas keeps them, so that a table of numbers
    alone becomes a DataFrame without a copy. The arrays have room for as many rows as
    the file has lines; what is never written to takes no memory.
    """

    def __init__(self, file: CsvFile, kinds: list[Kind], labels: Sequence[int]) -> None:
        self.file = file
        self.kinds = kinds
        self.labels = list(labels)
        self.n_rows = 0
        chosen = set(labels)
        self.features = [j for j in range(len(kinds)) if j not in chosen]
        self.columns = {
            kind: [j for j in self.features if kinds[j] == kind] for kind in _DTYPES
        }
        self.numbers: dict[Kind, np.ndarray] = {
            kind: np.empty((len(columns), file.max_rows), dtype=_DTYPES[kind])
            for kind, columns in self.columns.items()
        }
        self.texts: dict[int, list[pa.Array]] = {
            j: [] for j in self.features if kinds[j] == "text"
        }
        self.codes = np.empty((len(self.labels), file.max_rows), dtype=np.int8)

    def add(self, batch: pa.RecordBatch) -> None:
        """Append a batch of rows."""
        rows = slice(self.n_rows, self.n_rows + len(batch))
        for kind, columns in self.columns.items():
            for slot, j in enumerate(columns):
                cells = batch.column(j)
                if kind == "int" and cells.null_count:
                    raise KindError(j)
                self.numbers[kind][slot, rows] = _numbers(cells, kind)
        for j, parts in self.texts.items():
            parts.append(_without_empty(batch.column(j)))
        for slot, j in enumerate(self.labels):
            cells = batch.column(j).to_numpy(zero_copy_only=False)
            codes = label_codes(cells)
            if codes.size and codes.min() == NOT_A_LABEL:
                raise self._no_label(j, cells, codes)
            self.codes[slot, rows] = codes
        self.n_rows = rows.stop

    def finish(self) -> CsvCells:
        """Return all rows."""
        return CsvCells(self._frame(), self.codes[:, : self.n_rows].T)

    def _frame(self) -> pd.DataFrame:
        """Join the columns that are no labels, in the order of the file."""
        # Of one kind, they become a single block of pandas without a copy.
        for kind, columns in self.columns.items():
            if columns and columns == self.features and kind in ("int", "float"):
                matrix = self.numbers[kind][:, : self.n_rows]
                return pd.DataFrame(matrix.T, columns=columns, copy=False)
        series: dict[int, Any] = {j: self._text(j) for j in self.texts}
        for kind, columns in self.columns.items():
            for slot, j in enumerate(columns):
                values = self.numbers[kind][slot, : self.n_rows]
                series[j] = _booleans(values) if kind == "bool" else values
        ordered = {j: series[j] for j in self.features}
        return pd.DataFrame(ordered, index=range(self.n_rows), copy=False)

    def _text(self, column: int) -> pd.Series:
        # The parts are given up on the way: texts are often most of a file.
        chunks = pa.chunked_array(self.texts[column], pa.string())
        self.texts[column] = []
        return chunks.to_pandas()

    def _no_label(self, column: int, cells: Any, codes: np.ndarray) -> FormatError:
        wrong = np.flatnonzero(codes == NOT_A_LABEL)
        first = int(wrong[0])
        msg = not_a_label(self.file.names[column], cells[first], wrong.size)
        line = self.file.line_of_row(self.n_rows + first)
        return FormatError(msg, path=self.file.path, line=line)


def _numbers(cells: pa.Array, kind: Kind) -> np.ndarray:
    """Cells of one column as numbers: NaN where missing, -1 in true and false."""
    if kind == "bool":
        cells = pc.fill_null(pc.cast(cells, pa.int8()), -1)
    return cells.to_numpy(zero_copy_only=False)


def _booleans(codes: np.ndarray) -> Any:
    """Return true and false in a dtype that can hold what is missing."""
    missing = codes < 0
    if not missing.any():
        return codes.astype(bool)
    return pd.arrays.BooleanArray(codes == 1, missing)


def _without_empty(cells: pa.Array) -> pa.Array:
    """Turn empty texts into missing ones."""
    return pc.if_else(pc.equal(cells, ""), pa.scalar(None, pa.string()), cells)
