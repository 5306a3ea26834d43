"""The rows of a LIBSVM file: label numbers, then ``index:value`` pairs.

Two readers, as for ARFF: `scan_rows` takes whole blocks of plain rows through compiled
code and returns None as soon as anything else turns up; `read_rows` knows every
construct, words every error with its line, and defines what a row means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mlkit.datasets.formats.arff_blocks import parse_numbers
from mlkit.datasets.formats.arff_rows import parse_number
from mlkit.datasets.formats.arff_words import Words
from mlkit.exceptions import FormatError

__all__ = ["MAX_NUMBER", "SvmlightRows", "read_rows", "row_lines", "scan_rows"]

MAX_NUMBER = np.iinfo(np.int32).max
"""Largest label or feature number: beyond, indices would need twice the memory."""


@dataclass(frozen=True, slots=True)
class SvmlightRows:
    """Rows as two CSR matrices without their widths, numbers as in the file.

    Parameters
    ----------
    label_counts, counts : ndarray of int64, shape (n_rows,)
        Labels and pairs of each row.
    labels : ndarray of int32, shape (n_positives,)
        Label numbers, increasing within a row, each once.
    indices : ndarray of int32, shape (n_stored,)
        Feature numbers, increasing within a row.
    values : ndarray of float64, shape (n_stored,)
        NaN where the file says ``nan``.
    """

    label_counts: np.ndarray
    counts: np.ndarray
    labels: np.ndarray
    indices: np.ndarray
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.counts)


# What a byte is: part of a number, or one of the marks between numbers.
_NUMBER, _COMMA, _COLON, _BLANK, _NEWLINE, _OTHER = range(6)
_KIND_OF_BYTE = bytearray([_OTHER] * 256)
for _byte in b"0123456789.+-eE":
    _KIND_OF_BYTE[_byte] = _NUMBER
for _byte, _kind in zip(b",: \n", range(_COMMA, _OTHER), strict=True):
    _KIND_OF_BYTE[_byte] = _kind

# What stands between two marks: [mark before, mark after]. All else is no plain row.
_BAD, _LABEL, _INDEX, _VALUE, _LABEL_OR_NONE = range(5)
_BETWEEN = np.full((_OTHER + 1, _OTHER + 1), _BAD, dtype=np.uint8)
_BETWEEN[_NEWLINE, [_COMMA, _NEWLINE]] = _LABEL
_BETWEEN[_NEWLINE, _BLANK] = _LABEL_OR_NONE
_BETWEEN[_COMMA, [_COMMA, _BLANK, _NEWLINE]] = _LABEL
_BETWEEN[[_NEWLINE, _BLANK], _COLON] = _INDEX
_BETWEEN[_COLON, [_BLANK, _NEWLINE]] = _VALUE

_ONE = ord("1")
_COMMENT = re.compile(rb"#[^\n]*")
_BLANKS = re.compile(rb"[ \t]{2,}|\t")
_BLANK_LINES = re.compile(rb"\n{2,}")
_LABEL_NUMBER = re.compile(r"\+?([0-9]+)(?:\.0*)?")
_PAIR = re.compile(r"([0-9]+):(\S+)")


def scan_rows(block: bytes) -> SvmlightRows | None:
    """Read a block of plain rows.

    Parameters
    ----------
    block : bytes
        Whole lines, each closed by a newline.

    Returns
    -------
    SvmlightRows or None
        None where the careful reader is needed.

    Notes
    -----
    One look at each byte finds the marks (comma, colon, blank, newline); the marks on
    both sides of a number say what it is. Comments, blank lines, tabs and doubled
    blanks are taken out for a second try.
    """
    rows = _scan(block)
    if rows is None and (tidy := _tidy(block)) != block:
        rows = _scan(tidy)
    return rows


def _tidy(block: bytes) -> bytes:
    """Take out what means nothing."""
    block = _BLANKS.sub(b" ", _COMMENT.sub(b"", block))
    block = block.replace(b" \n", b"\n").replace(b", ", b",")
    return _BLANK_LINES.sub(b"\n", block).removeprefix(b"\n")


def _scan(block: bytes) -> SvmlightRows | None:
    if not block:
        return None
    # bytes.translate is five times as fast as the look-up by numpy.
    kinds = np.frombuffer(block.translate(_KIND_OF_BYTE), dtype=np.uint8)
    ends = np.flatnonzero(kinds != _NUMBER)
    kinds = kinds[ends]
    starts = np.empty_like(ends)
    starts[0] = 0
    np.add(ends[:-1], 1, out=starts[1:])
    before = np.empty_like(kinds)
    before[0] = _NEWLINE
    before[1:] = kinds[:-1]
    roles = _BETWEEN[before, kinds]
    # A row without labels starts with a blank; every other number has a digit.
    roles[(roles == _LABEL_OR_NONE) & (starts < ends)] = _LABEL
    if not ((starts < ends) | (roles == _LABEL_OR_NONE)).all() or not roles.all():
        return None
    row_ends = np.flatnonzero(kinds == _NEWLINE)
    return _parse(Words(block), starts, ends, roles, row_ends)


def _parse(
    words: Words,
    starts: np.ndarray,
    ends: np.ndarray,
    roles: np.ndarray,
    row_ends: np.ndarray,
) -> SvmlightRows | None:
    """Parse the numbers by their roles; None if one is not of the plain form."""
    is_label, is_index, is_value = (
        np.flatnonzero(roles == role) for role in (_LABEL, _INDEX, _VALUE)
    )
    labels = words.integers(starts[is_label], ends[is_label])
    indices = words.integers(starts[is_index], ends[is_index])
    values = _values(words, starts[is_value], ends[is_value])
    if labels is None or indices is None or values is None:
        return None
    label_counts, counts = (
        np.diff(np.searchsorted(chosen, row_ends, side="right"), prepend=0)
        for chosen in (is_label, is_index)
    )
    # Of up to eight digits, both fit into 32 bits.
    labels, label_counts = _distinct(labels.astype(np.int32), label_counts)
    indices = indices.astype(np.int32)
    # LIBSVM wants indices in order, and not all writers keep to it.
    order = _increasing(indices, counts)
    if order is not None:
        indices, values = indices[order], values[order]
        # An error; the careful reader finds its line.
        if _repeats(indices, counts).any():
            return None
    return SvmlightRows(label_counts, counts, labels, indices, values)


def _values(words: Words, starts: np.ndarray, ends: np.ndarray) -> np.ndarray | None:
    # Bags of words without weights: all values are 1.
    if (ends - starts == 1).all() and (words.bytes[starts] == _ONE).all():
        return np.ones(starts.size)
    numbers = parse_numbers(words, starts[:, None], ends[:, None])
    return None if numbers is None else numbers[:, 0]


def _increasing(numbers: np.ndarray, counts: np.ndarray) -> np.ndarray | None:
    """Order that sorts the numbers within each row; None if they increase already."""
    rising = np.diff(numbers, prepend=-1) > 0
    firsts = np.cumsum(counts) - counts
    # The first of a row follows nothing.
    rising[firsts[counts > 0]] = True
    if rising.all():
        return None
    return np.lexsort((numbers, np.repeat(np.arange(counts.size), counts)))


def _repeats(numbers: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Which numbers, sorted within rows, equal the one before in their row, bool."""
    repeated = np.diff(numbers, prepend=-1) == 0
    firsts = np.cumsum(counts) - counts
    repeated[firsts[counts > 0]] = False
    return repeated


def _distinct(labels: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sort the labels within each row and count each once; also their new counts."""
    order = _increasing(labels, counts)
    if order is None:
        return labels, counts
    labels = labels[order]
    repeated = _repeats(labels, counts)
    rows = np.repeat(np.arange(counts.size), counts)[repeated]
    return labels[~repeated], counts - np.bincount(rows, minlength=counts.size)


def row_lines(text: str, first_line: int) -> Iterator[tuple[int, str]]:
    """Yield the lines that hold a row, with their numbers.

    Parameters
    ----------
    text : str
        Lines separated by newlines.
    first_line : int
        Number of the first of them in the file, counted from 1.

    Yields
    ------
    (int, str)
        Trimmed and without comment; blank lines are left out.
    """
    for number, line in enumerate(text.split("\n"), start=first_line):
        content = line.partition("#")[0].strip()
        if content:
            yield number, content


def read_rows(text: str, *, path: Path, first_line: int) -> SvmlightRows:
    """Read rows one by one.

    Parameters
    ----------
    text : str
        Whole lines.
    path : Path
        For the messages.
    first_line : int
        Number of the first line in the file, counted from 1.

    Returns
    -------
    SvmlightRows

    Raises
    ------
    FormatError
        With file and line, for the first row that breaks a rule.

    Notes
    -----
    About half a microsecond a pair, some twenty times the fast reader.
    """
    rows: list[tuple[list[int], list[tuple[int, float]]]] = []
    for number, line in row_lines(text, first_line):
        # The parts of a row do not know where it stands.
        try:
            rows.append(_row(line))
        except FormatError as err:
            raise FormatError(err.problem, path=path, line=number) from None
    pairs = [pair for _, row in rows for pair in row]
    return SvmlightRows(
        np.array([len(labels) for labels, _ in rows], dtype=np.int64),
        np.array([len(row) for _, row in rows], dtype=np.int64),
        np.array([label for labels, _ in rows for label in labels], dtype=np.int32),
        np.array([index for index, _ in pairs], dtype=np.int32),
        np.array([value for _, value in pairs], dtype=np.float64),
    )


def _row(line: str) -> tuple[list[int], list[tuple[int, float]]]:
    """Labels and pairs of a row, both sorted."""
    # "1, 3" is written as well as "1,3". A comma has no place among the pairs.
    # Without a pattern: on blanks by the million those take quadratic time.
    spaced = " ".join(line.split())
    words = spaced.replace(" ,", ",").replace(", ", ",").split()
    labels = set()
    # Without labels the row starts with its first pair; the blank before it is gone.
    if ":" not in words[0]:
        labels = {_label(word) for word in words.pop(0).split(",")}
    pairs: dict[int, float] = {}
    for word in words:
        index, value = _pair(word)
        if index in pairs:
            msg = f"feature {index} stands twice in the row. Remove one of the two."
            raise FormatError(msg)
        pairs[index] = value
    return sorted(labels), sorted(pairs.items())


def _label(word: str) -> int:
    match = _LABEL_NUMBER.fullmatch(word)
    if match is None:
        msg = (
            f"expected label numbers separated by commas, got {word[:40]!r}. Labels "
            "are whole numbers from 0 or 1 on, and their names stand in a label XML. "
            "Classes -1 and +1 are a problem of two classes, not of many labels."
        )
        raise FormatError(msg)
    return _number(match[1], "label")


def _pair(word: str) -> tuple[int, float]:
    match = _PAIR.fullmatch(word)
    if match is None:
        raise FormatError(_no_pair(word))
    try:
        value = parse_number(match[2])
    except FormatError:
        msg = (
            f"expected a number after the colon, got {word[:40]!r}. Write nan where it "
            "is missing."
        )
        raise FormatError(msg) from None
    return _number(match[1], "feature"), float("nan") if value is None else value


def _no_pair(word: str) -> str:
    """Word what stands where a pair should."""
    if word.startswith("qid:"):
        return (
            "the row has a query id (qid:). Such files rank documents, and what stands "
            "first in a row is a grade, not a label. Remove qid: if that is not so."
        )
    return (
        f"expected 'index:value', got {word[:40]!r}. The index is a whole number; "
        "labels are separated by commas and stand first."
    )


def _number(digits: str, what: str) -> int:
    # The length first: Python refuses to convert very many digits.
    number = int(digits) if len(digits) <= 18 else MAX_NUMBER + 1
    if number > MAX_NUMBER:
        msg = (
            f"the {what} number {digits[:40]} is above {MAX_NUMBER}. Number the "
            f"{what}s anew, without gaps."
        )
        raise FormatError(msg)
    return number
