"""The careful reader of ARFF rows: every construct, and every error with its line.

It defines what a file means. The fast reader (`arff_blocks`) must give the same arrays
for the chunks that it accepts, and hands over all others to this one.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from mlkit.datasets.formats.arff_header import Attribute
from mlkit.datasets.formats.arff_lexer import (
    Cell,
    split_dense_row,
    split_sparse_row,
)
from mlkit.datasets.formats.arff_table import DenseRows, Schema, SparseRows
from mlkit.exceptions import FormatError, names_for_message

__all__ = ["parse_number", "read_rows", "row_lines"]

Converter = Callable[[Cell], Any]

# float() would also take underscores (1_000) and digits of other scripts.
_NUMBER = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|inf(?:inity)?)|nan",
    re.IGNORECASE,
)
# The weight of a row. It is dropped: no learner of the kit takes weights from files.
_WEIGHT = re.compile(r"\{\s*[0-9.eE+-]+\s*\}$")


def row_lines(text: str, first_line: int) -> Iterator[tuple[int, str]]:
    """Yield the lines that hold a row, with their numbers.

    Parameters
    ----------
    text : str
        Lines of the data section, separated by newlines.
    first_line : int
        Number of the first of them in the file, counted from 1.

    Yields
    ------
    (int, str)
        Blank lines and lines that start with ``%`` are left out.
    """
    for number, line in enumerate(text.split("\n"), start=first_line):
        stripped = line.strip()
        if stripped and stripped[0] != "%":
            yield number, stripped


def parse_number(text: str) -> float | None:
    """Parse a number as ARFF means it.

    Parameters
    ----------
    text : str
        Decimal, with or without exponent, infinity or NaN.

    Returns
    -------
    float or None
        None for NaN, which counts as missing.

    Raises
    ------
    FormatError
        If it is anything else.

    Examples
    --------
    >>> parse_number("-1.5e3")
    -1500.0
    """
    if not _NUMBER.fullmatch(text):
        msg = f"expected a number, got {text[:40]!r}. Write ? for a missing value."
        raise FormatError(msg)
    number = float(text)
    return None if math.isnan(number) else number


def read_rows(
    text: str, schema: Schema, *, path: Path, first_line: int
) -> list[DenseRows | SparseRows]:
    """Read rows one by one.

    Parameters
    ----------
    text : str
        Whole lines of the data section.
    schema : Schema
    path : Path
        For the messages.
    first_line : int
        Number of the first line in the file, counted from 1.

    Returns
    -------
    list of DenseRows or SparseRows
        One block for each stretch of rows of one kind.

    Raises
    ------
    FormatError
        With file and line, for the first row that breaks a rule.

    Notes
    -----
    About a microsecond a cell, twenty times the fast reader.
    """
    converters = [_converter(attribute) for attribute in schema.header.attributes]
    stretches: list[_Stretch] = []
    for number, line in row_lines(text, first_line):
        kind = _SparseStretch if line[0] == "{" else _DenseStretch
        if not stretches or type(stretches[-1]) is not kind:
            stretches.append(kind(schema, converters))
        try:
            stretches[-1].add(line)
        except FormatError as err:
            raise FormatError(err.problem, path=path, line=number) from err.__cause__
    return [stretch.finish() for stretch in stretches]


class _Stretch:
    """Consecutive rows of one kind, as Python values until `finish`.

    Parameters
    ----------
    schema : Schema
    converters : list of callable
        One for each attribute: cell to number, code or text, None where missing.
    """

    def __init__(self, schema: Schema, converters: list[Converter]) -> None:
        self.schema = schema
        self.converters = converters
        self.rows: list[Any] = []

    def add(self, line: str) -> None:
        raise NotImplementedError

    def finish(self) -> DenseRows | SparseRows:
        raise NotImplementedError

    def convert(self, attribute: int, cell: Cell) -> Any:
        """Value of a cell, None where missing; an error names the attribute."""
        if cell.text == "?" and not cell.quoted:
            return None
        try:
            return self.converters[attribute](cell)
        except FormatError as err:
            name = self.schema.header.attributes[attribute].name
            msg = f"attribute '{name}': {err.problem}"
            raise FormatError(msg) from None

    def texts(self, rows: list[list[Any]]) -> np.ndarray:
        """Matrix of the string cells; np.array alone would guess another shape."""
        texts = np.empty((len(rows), self.schema.text.size), dtype=object)
        texts[:] = np.array(rows, dtype=object).reshape(texts.shape)
        return texts


class _DenseStretch(_Stretch):
    """Rows with a cell for every attribute."""

    def add(self, line: str) -> None:
        cells = _without_extras(split_dense_row(line), len(self.converters))
        self.rows.append([self.convert(j, cell) for j, cell in enumerate(cells)])

    def finish(self) -> DenseRows:
        numeric, coded, text = self.schema.numeric, self.schema.coded, self.schema.text
        numbers = [[_or(row[j], math.nan) for j in numeric] for row in self.rows]
        codes = [[_or(row[j], -1) for j in coded] for row in self.rows]
        n_rows = len(self.rows)
        return DenseRows(
            np.array(numbers, dtype=np.float64).reshape(n_rows, numeric.size),
            np.array(codes, dtype=self.schema.code_dtype).reshape(n_rows, coded.size),
            self.texts([[row[j] for j in text] for row in self.rows]),
        )


class _SparseStretch(_Stretch):
    """Rows of index and value; the rest is default."""

    def add(self, line: str) -> None:
        cells: dict[int, Any] = {}
        for index, cell in split_sparse_row(line):
            self.check_index(index, cells)
            cells[index] = self.convert(index, cell)
        self.rows.append(cells)

    def check_index(self, index: int, seen: dict[int, Any]) -> None:
        """Refuse an index that no attribute has, or that the row has already."""
        n_attributes = len(self.converters)
        if index >= n_attributes:
            msg = (
                f"index {index} is out of range: the header declares {n_attributes} "
                f"attributes, counted from 0 to {n_attributes - 1}."
            )
            raise FormatError(msg)
        if index in seen:
            msg = (
                f"index {index} stands twice in the sparse row. Remove one of the two."
            )
            raise FormatError(msg)

    def finish(self) -> SparseRows:
        text = [int(j) for j in self.schema.text]
        texts = [[row.pop(j, None) for j in text] for row in self.rows]
        # Weka wants indices in order; files in the wild do not keep to it.
        stored = [item for row in self.rows for item in sorted(row.items())]
        return SparseRows(
            np.array([len(row) for row in self.rows], dtype=np.int64),
            np.array([index for index, _ in stored], dtype=np.int32),
            np.array([_or(value, math.nan) for _, value in stored], dtype=np.float64),
            self.texts(texts),
        )


def _or(value: Any, missing: float) -> Any:
    """Return the value, or what stands for a missing one in its matrix."""
    return missing if value is None else value


def _without_extras(cells: list[Cell], expected: int) -> list[Cell]:
    """Drop the empty cell of a trailing comma or an instance weight; check the rest."""
    # Weka also eats one value too many in silence; a shifted row would pass for a
    # valid one, so here only what is known to be harmless goes.
    if len(cells) == expected + 1:
        last = cells[-1]
        if not last.quoted and (not last.text or _WEIGHT.match(last.text)):
            return cells[:-1]
    if len(cells) != expected:
        short = len(cells) < expected
        advice = (
            "Is the file cut off? A missing value is written ?"
            if short
            else "Put a value that holds a comma in quotes"
        )
        msg = (
            f"the row is too {'short' if short else 'long'}: expected {expected} "
            f"values, one for each attribute, got {len(cells)}. {advice}."
        )
        raise FormatError(msg)
    if not cells[-1].text and not cells[-1].quoted:
        msg = "the last value is empty. Write ? for a missing value."
        raise FormatError(msg)
    return cells


def _converter(attribute: Attribute) -> Converter:
    """Choose how cells of an attribute become values; ``?`` is dealt with before."""
    if attribute.kind == "string":
        return lambda cell: cell.text
    if attribute.kind == "numeric":
        return lambda cell: parse_number(cell.text)
    if attribute.kind == "binary":
        return _flag
    codes = {value: code for code, value in enumerate(attribute.values)}

    def code(cell: Cell) -> int:
        if cell.text not in codes:
            raise FormatError(_undeclared(cell.text, attribute.values))
        return codes[cell.text]

    return code


def _flag(cell: Cell) -> int:
    """Parse a cell of a set of 0 and 1: the value itself, not its position."""
    # 0.0 and 1.0 are accepted: writers that go through floats produce them.
    if cell.text in ("0", "1"):
        return int(cell.text)
    if not _NUMBER.fullmatch(cell.text) or float(cell.text) not in (0.0, 1.0):
        raise FormatError(_undeclared(cell.text, ("0", "1")))
    return int(float(cell.text))


def _undeclared(text: str, values: tuple[str, ...]) -> str:
    """Word that a value is not in the set, with the closest one that is."""
    close = difflib.get_close_matches(text, values, n=1)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    return (
        f"the value {text[:40]!r} is not declared.{hint} Expected one of "
        f"{names_for_message(values)} (upper and lower case differ)."
    )
