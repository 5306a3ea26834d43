"""The fast reader of ARFF rows: whole chunks of bytes through compiled code.

`scan_dense` and `scan_sparse` understand the plain form in which nearly all files are
written. They return None as soon as anything else turns up (quotes, comments, weights,
strings, defects), and the careful reader (`arff_rows`) then reads the chunk: it knows
every construct, and words every error. Whatever they do return equals its result.
"""

from __future__ import annotations

import csv
import io
import re
from functools import lru_cache

import numpy as np
import pandas as pd

from mlkit.datasets.formats.arff_rows import parse_number
from mlkit.datasets.formats.arff_table import DenseRows, Schema, SparseRows
from mlkit.datasets.formats.arff_words import WORD, Words
from mlkit.exceptions import FormatError

__all__ = ["parse_numbers", "scan_dense", "scan_sparse"]

# Since 3.1 pandas parses floats exactly, and warns where one asks for that.
_EXACT: dict[str, str] = {}
if tuple(int(part) for part in pd.__version__.split(".")[:2]) < (3, 1):
    _EXACT = {"float_precision": "round_trip"}

_COMMA, _NEWLINE, _BLANK, _ZERO, _ONE, _OPEN, _CLOSE = b",\n 01{}"
_PLAIN = re.compile(r"[A-Za-z0-9_.:/+<>=-]+")
# How a number may start. Keeps quotes and comments out, and words that the CSV parser
# would take for numbers (TRUE, inf, nan).
_NUMBER_START = np.zeros(256, dtype=bool)
_NUMBER_START[list(b"0123456789+-.?")] = True


def scan_dense(chunk: bytes, schema: Schema) -> DenseRows | None:
    """Read a chunk of dense rows.

    Parameters
    ----------
    chunk : bytes
        Whole lines, each closed by a newline; no blank lines.
    schema : Schema

    Returns
    -------
    DenseRows or None
        None where the careful reader is needed.

    Notes
    -----
    One scan finds all cells, which proves the shape: as many in every row as there are
    attributes. Numbers are then parsed as 8-byte words (`arff_words`), or by pandas'
    CSV parser where many of them are longer; nominal cells are compared as words, all
    columns of one declaration at once.
    """
    # Strings may hold anything, separators and quotes among it.
    if schema.text.size:
        return None
    cells = _dense_cells(chunk, len(schema.header.attributes))
    if cells is None:
        return None
    starts, ends = cells
    words = Words(chunk)
    numbers = parse_numbers(
        words, _pick(starts, schema.numeric), _pick(ends, schema.numeric)
    )
    if numbers is None:
        return None
    codes = np.empty((len(starts), schema.coded.size), dtype=schema.code_dtype)
    for values, columns in schema.declarations:
        parse = _parse_flags if set(values) == {"0", "1"} else _parse_nominals
        found = parse(words, _pick(starts, columns), _pick(ends, columns), values)
        if found is None:
            return None
        codes[:, schema.slots[columns]] = found
    return DenseRows(numbers, codes, np.empty((len(starts), 0), dtype=object))


def _pick(matrix: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Select increasing columns, as a view where they are neighbours."""
    if columns.size and columns[-1] - columns[0] + 1 == columns.size:
        return matrix[:, columns[0] : columns[-1] + 1]
    return matrix[:, columns]


def _dense_cells(chunk: bytes, n_columns: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Find start and end of every cell; None unless all rows are of one length."""
    buffer = np.frombuffer(chunk, dtype=np.uint8)
    # One comparison finds commas, newlines and few others (the plus of an exponent).
    ends = np.flatnonzero(buffer <= _COMMA)
    kinds = buffer[ends]
    n_commas = np.count_nonzero(kinds == _COMMA)
    n_rows = np.count_nonzero(kinds == _NEWLINE)
    if n_commas + n_rows < kinds.size:
        separators = (kinds == _COMMA) | (kinds == _NEWLINE)
        ends, kinds = ends[separators], kinds[separators]
    # As many cells as there are in whole rows, and newlines at the end of each: a row
    # that is short by one cannot be made up for by one that is long.
    if n_commas != n_rows * (n_columns - 1):
        return None
    kinds = kinds.reshape(-1, n_columns)
    if (kinds[:, -1] != _NEWLINE).any():
        return None
    starts = np.empty_like(ends)
    starts[0] = 0
    np.add(ends[:-1], 1, out=starts[1:])
    return starts.reshape(kinds.shape), ends.reshape(kinds.shape)


def parse_numbers(
    words: Words, starts: np.ndarray, ends: np.ndarray
) -> np.ndarray | None:
    """Parse cells as numbers.

    Parameters
    ----------
    words : Words
        The chunk.
    starts, ends : ndarray of int64, shape (n_rows, n_columns)
        Where each cell starts and ends.

    Returns
    -------
    ndarray of float64, shape (n_rows, n_columns), or None
        NaN for ``?``; None if a cell is anything but that and a number.
    """
    # Indexing by a strided view costs three times as much as by a compact array.
    starts, ends = np.ascontiguousarray(starts), np.ascontiguousarray(ends)
    numbers, odd = words.decimals(starts, ends)
    if odd is None:
        return numbers
    # Up to an eighth of odd cells are cheaper one by one than by a second pass.
    remaining = np.argwhere(odd)
    if len(remaining) * 8 > numbers.size:
        return _parse_long_numbers(words, starts, ends)
    for row, column in remaining.tolist():
        text = words.chunk[starts[row, column] : ends[row, column]]
        try:
            number = None if text == b"?" else parse_number(text.decode())
        except FormatError:
            return None
        numbers[row, column] = np.nan if number is None else number
    return numbers


def _parse_long_numbers(
    words: Words, starts: np.ndarray, ends: np.ndarray
) -> np.ndarray | None:
    """Parse numbers of many digits, or with exponents, by pandas' CSV parser."""
    buffer = words.bytes
    if not _NUMBER_START[buffer[starts]].all():
        return None
    # One number a line. What stands between the wanted cells is cut out.
    lengths = (ends - starts).ravel() + 1
    firsts = np.cumsum(lengths) - lengths
    source = np.arange(lengths.sum()) + np.repeat(starts.ravel() - firsts, lengths)
    lines = buffer[source]
    lines[firsts + lengths - 1] = _NEWLINE
    try:
        frame = pd.read_csv(
            io.BytesIO(lines.tobytes()),
            header=None,
            dtype=np.float64,
            na_values=["?"],
            keep_default_na=False,
            quoting=csv.QUOTE_NONE,
            low_memory=False,  # chunks are small already
            **_EXACT,  # type: ignore[call-overload]
        )
    except (ValueError, OverflowError):  # ParserError is a ValueError
        return None
    return frame.to_numpy().reshape(starts.shape)


def _parse_flags(
    words: Words, starts: np.ndarray, ends: np.ndarray, values: tuple[str, ...]
) -> np.ndarray | None:
    """Parse cells of sets of 0 and 1, -1 for ``?``; None if one is something else."""
    # Nearly always single digits. Unsigned, so that what is below "0" wraps around.
    flags = words.bytes[starts] - np.uint8(_ZERO)
    if flags.max(initial=0) <= 1 and ((ends - starts) == 1).all():
        return flags
    numbers = parse_numbers(words, starts, ends)
    if numbers is None:
        return None
    missing = np.isnan(numbers)
    if not ((numbers == 0) | (numbers == 1) | missing).all():
        return None
    return np.where(missing, -1, numbers)


def _parse_nominals(
    words: Words, starts: np.ndarray, ends: np.ndarray, values: tuple[str, ...]
) -> np.ndarray | None:
    """Positions of the cells in `values`, -1 for ``?``; None if one is foreign."""
    lengths = ends - starts
    if max(map(len, values)) > WORD or len(values) > 32 or lengths.max() > WORD:
        return _look_up(words.chunk, starts, ends, values)
    # One comparison for each value over all columns of the declaration.
    cells = words.texts(starts, lengths)
    codes = np.full(starts.shape, -2, dtype=np.int8)
    for value, code in _plain_codes(values).items():
        codes[cells == int.from_bytes(value, "little")] = code
    return None if (codes == -2).any() else codes


def _look_up(
    chunk: bytes, starts: np.ndarray, ends: np.ndarray, values: tuple[str, ...]
) -> np.ndarray | None:
    """As `_parse_nominals`, cell by cell, for long values and long sets."""
    known = _plain_codes(values)
    cells = zip(starts.ravel().tolist(), ends.ravel().tolist(), strict=True)
    codes = [known.get(chunk[start:end], -2) for start, end in cells]
    found = np.array(codes, dtype=np.int64).reshape(starts.shape)
    return None if (found == -2).any() else found


@lru_cache(maxsize=64)
def _plain_codes(values: tuple[str, ...]) -> dict[bytes, int]:
    """Codes of the values that stand for themselves, and -1 for ``?``."""
    # A bare cell of these characters means itself; any other may be a quoted form, a
    # comment, or blanks to be trimmed, which only the careful reader tells apart.
    plain = {v.encode(): code for code, v in enumerate(values) if _PLAIN.fullmatch(v)}
    return {**plain, b"?": -1}


def scan_sparse(chunk: bytes, schema: Schema) -> SparseRows | None:
    """Read a chunk of sparse rows of numbers.

    Parameters
    ----------
    chunk : bytes
        Whole lines, each closed by a newline; no blank lines.
    schema : Schema

    Returns
    -------
    SparseRows or None
        None where the careful reader is needed.

    Notes
    -----
    Between its braces a plain row is ``index blank value comma index blank value``:
    blanks and separators must take turns, which proves the shape. Indices are parsed
    eight digits at a time in 64-bit words; values only where one of them is not 1.
    """
    if schema.text.size or not schema.binary.all():
        return None
    pairs = _pairs(np.frombuffer(chunk, dtype=np.uint8))
    if pairs is None:
        return None
    starts, blanks, ends, counts = pairs
    words = Words(chunk)
    indices = words.integers(starts, blanks)
    if indices is None or indices.max(initial=0) >= len(schema.header.attributes):
        return None
    # Indices must rise within a row; at the start of a row they may fall.
    rising = np.empty(indices.size, dtype=bool)
    np.greater(indices[1:], indices[:-1], out=rising[1:])
    firsts = np.cumsum(counts)[:-1]
    rising[:1] = rising[firsts[firsts < rising.size]] = True
    values = _parse_values(words, blanks, ends)
    if not rising.all() or values is None or not _flags_hold(values, indices, schema):
        return None
    indices = indices.astype(np.int32)
    return SparseRows(counts, indices, values, np.empty((len(counts), 0), dtype=object))


def _pairs(
    buffer: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray] | None:
    """Find the pairs of sparse rows.

    Parameters
    ----------
    buffer : ndarray of uint8
        Whole lines.

    Returns
    -------
    starts, blanks, ends : ndarray of int64, shape (n_pairs,)
        Where the index starts, the blank between index and value, and where the value
        ends.
    counts : ndarray of int64, shape (n_rows,)
        Pairs of each row. None in place of all four where a line is no plain row.
    """
    # Below 45 lie newline, blank, comma and characters that have no place here.
    marks = np.flatnonzero(buffer <= _COMMA)
    kinds = buffer[marks]
    row_ends = np.flatnonzero(kinds == _NEWLINE)
    newlines = marks[row_ends]
    if not (buffer[newlines - 1] == _CLOSE).all():
        return None
    if not (buffer[newlines[:-1] + 1] == _OPEN).all():
        return None
    # A row of k pairs has k blanks, k - 1 commas and its newline; an empty row only
    # its newline, so halving gives k for both.
    counts = np.diff(row_ends, prepend=-1) // 2
    # A cell starts after the mark before it; where that is a newline, after the brace
    # as well. In the same way the last cell of a row ends before the closing brace.
    starts = np.empty_like(marks)
    np.add(marks[:-1], 1, out=starts[1:])
    starts[0] = 1
    starts[row_ends[:-1] + 1] += 1
    marks[row_ends] -= 1
    # An empty row has a mark of its own, and no pair that would belong to it.
    empty = row_ends[np.diff(row_ends, prepend=-1) == 1]
    if empty.size:
        if not (starts[empty] == marks[empty]).all():
            return None
        starts, marks, kinds = (
            np.delete(each, empty) for each in (starts, marks, kinds)
        )
    separators = kinds[1::2]
    if marks.size % 2 or not (kinds[::2] == _BLANK).all():
        return None
    if not ((separators == _COMMA) | (separators == _NEWLINE)).all():
        return None
    return starts[::2], marks[::2], marks[1::2], counts


def _parse_values(
    words: Words, blanks: np.ndarray, ends: np.ndarray
) -> np.ndarray | None:
    """Parse the values of pairs: int8 where all are 1, else float64."""
    if (ends - blanks == 2).all() and (words.bytes[blanks + 1] == _ONE).all():
        return np.ones(blanks.size, dtype=np.int8)
    numbers = parse_numbers(words, blanks[:, None] + 1, ends[:, None])
    return None if numbers is None else numbers[:, 0]


def _flags_hold(values: np.ndarray, indices: np.ndarray, schema: Schema) -> bool:
    """Whether the cells of sets of 0 and 1 hold nothing else."""
    if values.dtype == np.int8:
        return True
    is_flag = np.zeros(len(schema.header.attributes), dtype=bool)
    is_flag[schema.coded] = True
    flags = values[is_flag[indices]]
    return bool(((flags == 0) | (flags == 1) | np.isnan(flags)).all())
