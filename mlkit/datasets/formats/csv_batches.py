"""Rows of a delimited file in batches: parsed by Arrow, errors in our words."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import pyarrow as pa
from pyarrow import csv as arrow_csv

from mlkit.datasets.formats.csv_file import BROKEN_ARCHIVE, CsvFile
from mlkit.datasets.formats.label_cells import MISSING_WORDS
from mlkit.exceptions import FormatError

__all__ = ["MISSING_CELLS", "KindError", "batches", "block_size"]

# Bytes that are parsed at once: large enough that the cost of a call does not count,
# small enough that the working arrays stay a fraction of what is returned.
_BLOCK = 1 << 20
# A row must fit into a block. Rows are some times as long as the header, and a cell
# may hold a whole document.
_HEADERS_A_BLOCK = 32
_LARGEST_BLOCK = 1 << 30


class KindError(Exception):
    """A cell is not of the kind that its column was taken for.

    Parameters
    ----------
    column : int
        Position of the column.
    """

    def __init__(self, column: int) -> None:
        super().__init__(f"column {column} holds cells of another kind")
        self.column = column


MISSING_CELLS = tuple(blank + word for blank in ("", " ") for word in MISSING_WORDS)
"""Cells that are missing among numbers; many files have a blank after each comma."""


def batches(
    file: CsvFile, types: Mapping[int, pa.DataType], *, decimal: str
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a file in batches.

    Parameters
    ----------
    file : CsvFile
    types : mapping from int to pyarrow.DataType
        Type of every column, by position.
    decimal : {".", ","}
        What stands before the decimals of a number.

    Yields
    ------
    pyarrow.RecordBatch
        At least one row; columns in the order of the file.

    Raises
    ------
    FormatError
        If a row is too short or too long, or the last quote is never closed; the
        message has the line.
    KindError
        If a cell cannot be of the type of its column.

    Notes
    -----
    Some 200 MB/s on one core. Numbers are parsed exactly: to the nearest float64.
    """
    size = block_size(file)
    n_yielded = 0
    while True:
        n_skipped = n_yielded
        try:
            for batch in _parsed(file, types, decimal, size):
                # After a row that did not fit, the file is read again from the start.
                fresh = batch.slice(min(n_skipped, len(batch)))
                n_skipped -= len(batch) - len(fresh)
                n_yielded += len(fresh)
                if len(fresh):
                    yield fresh
            return
        except _RowDoesNotFit:
            size *= 16
            if size > _LARGEST_BLOCK:
                msg = "a row is longer than 1 GB. Is a quote never closed?"
                raise FormatError(msg, path=file.path) from None


def block_size(file: CsvFile) -> int:
    """Return how many bytes of a file are parsed at once, at first.

    Parameters
    ----------
    file : CsvFile

    Returns
    -------
    int
    """
    return min(max(_BLOCK, _HEADERS_A_BLOCK * file.start), _LARGEST_BLOCK)


_WRONG_KIND = re.compile(r"column #(\d+):.*conversion error", re.DOTALL)


class _RowDoesNotFit(Exception):
    """A row is longer than a block."""


def _parsed(
    file: CsvFile, types: Mapping[int, pa.DataType], decimal: str, size: int
) -> Iterator[pa.RecordBatch]:
    """Yield batches as Arrow gives them, in blocks of `size` bytes.

    Raises
    ------
    _RowDoesNotFit
        If a row is longer than a block.
    """
    # Arrow looks at nothing but its own names: those of the file may repeat.
    names = [str(j) for j in range(len(file.names))]
    last: Any = None
    with file.open_rows() as stream:
        if not stream.peek(1):  # type: ignore[attr-defined]
            return
        try:
            reader = arrow_csv.open_csv(
                # Bytes come in order and once: no need for a file that can seek.
                pa.PythonFile(stream, mode="r"),
                read_options=arrow_csv.ReadOptions(
                    column_names=names,
                    block_size=size,
                    encoding="utf8" if file.encoding == "utf-8" else "latin1",
                ),
                # A newline in quotes costs nothing here, as batches come in order.
                parse_options=arrow_csv.ParseOptions(
                    delimiter=file.separator, newlines_in_values=True
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types={str(j): kind for j, kind in types.items()},
                    null_values=MISSING_CELLS,
                    true_values=["true", "True", "TRUE"],
                    false_values=["false", "False", "FALSE"],
                    decimal_point=decimal,
                ),
            )
            with closing(reader):
                for batch in reader:
                    last = batch if len(batch) else last
                    yield batch
        except pa.ArrowInvalid as err:
            raise _translated(err, file) from err
        except (*BROKEN_ARCHIVE, OSError) as err:
            msg = f"the file cannot be read to its end ({err}). Fetch it again."
            raise FormatError(msg, path=file.path) from err
    _check_last_quote(last, file)


def _translated(err: pa.ArrowInvalid, file: CsvFile) -> Exception:
    """Turn an error of Arrow into one of ours.

    Arrow knows rows, not lines, and neither for all errors: the place is looked for
    with Python's own reader, which is slow, and has no need to be fast.
    """
    text = str(err)
    if "straddling" in text:
        return _RowDoesNotFit()
    wrong_kind = _WRONG_KIND.search(text)
    if wrong_kind:
        return KindError(int(wrong_kind[1]))
    expected = len(file.names)
    try:
        for line, cells in file.lines():
            if len(cells) != expected:
                kind = "short" if len(cells) < expected else "long"
                msg = (
                    f"the row is too {kind}: expected {expected} cells, as in the "
                    f"header, got {len(cells)}. Put cells that hold a separator in "
                    "quotes."
                )
                return FormatError(msg, path=file.path, line=line)
    except csv.Error:
        pass  # a cell too long for Python's reader: Arrow's own words must do
    return FormatError(f"{text}.", path=file.path)


def _check_last_quote(last: pa.RecordBatch | None, file: CsvFile) -> None:
    """Refuse a file whose last cell is a quote that was never closed.

    Arrow takes all that follows such a quote for one cell, and the rows are gone.
    """
    if last is None:
        return
    # In another column than the last, such a quote makes the row too short.
    cell = last.column(last.num_columns - 1)[-1].as_py()
    if not isinstance(cell, str) or not re.search(r"[\r\n]", cell):
        return
    with file.open_rows() as stream:
        end = b""
        while block := stream.read(_BLOCK):
            end = (end + block)[-64:]
    if end.rstrip(b"\r\n")[-1:] != b'"':
        msg = (
            "the quote at the start of the last cell is never closed, so that it "
            f"swallows {cell.count(chr(10))} lines. Close it, or write it twice."
        )
        raise FormatError(msg, path=file.path)
