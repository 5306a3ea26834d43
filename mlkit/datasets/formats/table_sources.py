"""Tables behind one face: a delimited file, or a DataFrame from wherever."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from mlkit.datasets.formats.csv_cells import CsvCells, read_cells
from mlkit.datasets.formats.csv_file import CsvFile
from mlkit.datasets.formats.label_cells import NOT_A_LABEL, label_codes, not_a_label
from mlkit.exceptions import FormatError

__all__ = ["CsvSource", "FrameSource", "TableSource"]


class TableSource(Protocol):
    """Where the columns of a table come from.

    Attributes
    ----------
    names : tuple of str
        Columns in order; they may repeat.
    path : Path or None
        The file; None for a DataFrame.
    reading : str
        What it was read from, for a person to read.
    index : int or None
        Position of a column that names the rows without anybody saying so.
    """

    @property
    def names(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def path(self) -> Path | None: ...  # noqa: D102
    @property
    def reading(self) -> str: ...  # noqa: D102
    @property
    def index(self) -> int | None: ...  # noqa: D102

    def load(
        self, *, labels: Sequence[int] = (), texts: Collection[int] = ()
    ) -> CsvCells:
        """Return all rows: the codes of the labels, and the other columns."""
        ...

    def error(self, problem: str, row: int) -> FormatError:
        """Build the error for a row, counted from 0."""
        ...


@dataclass(frozen=True)
class CsvSource:
    """A delimited file as a table.

    Parameters
    ----------
    file : CsvFile
    decimal : {".", ","}, default "."
        What stands before the decimals of a number.
    """

    file: CsvFile
    decimal: str = "."

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Header cells; a number where one is empty."""
        return tuple(
            name or f"column_{j + 1}" for j, name in enumerate(self.file.names)
        )

    @property
    def path(self) -> Path:
        """The file."""
        return self.file.path

    @property
    def reading(self) -> str:
        """Format, and what had to be found out."""
        return self.file.reading

    @property
    def index(self) -> int | None:
        """The first column where its header is empty: so pandas writes row names."""
        return 0 if len(self.file.names) > 1 and not self.file.names[0] else None

    def load(
        self, *, labels: Sequence[int] = (), texts: Collection[int] = ()
    ) -> CsvCells:
        """Read the rows; see `csv_cells.read_cells`."""
        return read_cells(self.file, labels=labels, texts=texts, decimal=self.decimal)

    def error(self, problem: str, row: int) -> FormatError:
        """Build the error for a row, with its line."""
        return FormatError(problem, path=self.path, line=self.file.line_of_row(row))


@dataclass(frozen=True)
class FrameSource:
    """A DataFrame as a table.

    Parameters
    ----------
    frame : DataFrame
    path : Path, optional
        The file that it was read from.
    reading : str, default "DataFrame"
        What it was read from, for a person to read.
    """

    frame: pd.DataFrame
    path: Path | None = None
    reading: str = "DataFrame"
    index: None = None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Column names, as text."""
        return tuple(str(name) for name in self.frame.columns)

    def load(
        self, *, labels: Sequence[int] = (), texts: Collection[int] = ()
    ) -> CsvCells:
        """Sort the columns; `texts` changes nothing, since a DataFrame has types."""
        frame = self.frame.copy(deep=False)
        frame.columns = pd.RangeIndex(frame.shape[1])
        codes = np.empty((len(labels), len(frame)), dtype=np.int8)
        for slot, column in enumerate(labels):
            codes[slot] = label_codes(_values(frame[column]))
            wrong = np.flatnonzero(codes[slot] == NOT_A_LABEL)
            if wrong.size:
                first = int(wrong[0])
                value = frame[column].iloc[first]
                problem = not_a_label(self.names[column], value, wrong.size)
                raise self.error(problem, first)
        chosen = set(labels)
        kept = [j for j in range(frame.shape[1]) if j not in chosen]
        return CsvCells(frame[kept] if chosen else frame, codes.T)

    def error(self, problem: str, row: int) -> FormatError:
        """Build the error for a row, with its name."""
        return FormatError(f"row {self.frame.index[row]}: {problem}", path=self.path)


def _values(column: pd.Series) -> object:
    """Cells of a column as an array where that costs nothing."""
    return column.to_numpy() if isinstance(column.dtype, np.dtype) else column.array
