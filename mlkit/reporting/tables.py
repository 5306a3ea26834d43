"""Tables that can be read by eye, by ear, on paper, and sorted on screens."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mlkit.reporting.document import Ids, text_html
from mlkit.reporting.wording import figure, percent, shorten

__all__ = ["Cell", "Column", "Table", "as_cell", "frame_table", "share"]


# Rows of a table that is kept on one page of paper.
_SHORT = 15


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a table.

    Parameters
    ----------
    text : str
    number : float, optional
        What it is sorted by; such cells stand on the right. NaN for a number that is
        undefined.
    detail : str, optional
        Stands behind the text, smaller.
    best : bool
        Whether it is the best of its column: bold, and said to those who see no bold.
    """

    text: str
    number: float | None = None
    detail: str = ""
    best: bool = False

    def html(self) -> str:
        """Return what is within the cell."""
        shown = text_html(self.text)
        if self.best:
            shown = f'<strong>{shown}<span class="unseen"> (best)</span></strong>'
        if self.detail:
            shown += f' <span class="detail">{text_html(self.detail)}</span>'
        return shown


def as_cell(value: Any) -> Cell:
    """Return a value as it stands in a table.

    Parameters
    ----------
    value : Cell, str, int, float or bool

    Returns
    -------
    Cell

    Examples
    --------
    >>> as_cell(1234), as_cell("sea").number is None
    (Cell(text='1,234', number=1234.0, detail='', best=False), True)
    """
    if isinstance(value, Cell):
        return value
    if isinstance(value, (bool, np.bool_)):
        return Cell("yes" if value else "no")
    if isinstance(value, (int, float, np.integer, np.floating)):
        return Cell(figure(value), float(value))
    return Cell(shorten(value, 400))


def share(value: float) -> Cell:
    """Return a share as per cent, to stand in a table.

    Parameters
    ----------
    value : float
        In [0, 1].

    Returns
    -------
    Cell
    """
    return Cell(percent(value), float(value))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    name : str
        Its heading.
    meaning : str, optional
        Explained below the table.
    """

    name: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of each row is the row's heading.

    Parameters
    ----------
    caption : str
    columns : tuple of Column
    rows : tuple of tuple
        Cells, or what `as_cell` makes cells of; one a column.
    note : str, optional
        A sentence below the table, such as how many rows it leaves out.
    sortable : bool
        Whether a reader may sort it.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    note: str = ""
    sortable: bool = False

    def html(self, ids: Ids) -> str:
        """Return it as HTML: a table that can be scrolled, and what explains it."""
        name = ids.new("table")
        cells = [[as_cell(value) for value in row] for row in self.rows]
        numeric = [
            bool(cells) and all(row[j].number is not None for row in cells)
            for j in range(len(self.columns))
        ]
        short = " short" if len(cells) <= _SHORT else ""
        kind = ' class="sortable"' if self.sortable and len(cells) > 1 else ""
        return (
            f'<div class="scroll table{short}" role="region" tabindex="0" '
            f'aria-labelledby="{name}">'
            f'<table{kind}><caption id="{name}">{text_html(self.caption)}</caption>'
            f"<thead><tr>{_headings(self.columns, numeric)}</tr></thead>"
            f"<tbody>\n{_body(cells, numeric)}\n</tbody></table></div>"
            f"{_legend(self.columns)}{_note(self.note)}"
        )


def _headings(columns: Sequence[Column], numeric: Sequence[bool]) -> str:
    return "".join(
        f'<th scope="col"{_number_class(is_number)} dir="auto">'
        f"{text_html(column.name)}</th>"
        for column, is_number in zip(columns, numeric, strict=True)
    )


def _number_class(is_number: bool) -> str:
    return ' class="number"' if is_number else ""


def _body(rows: Iterable[Sequence[Cell]], numeric: Sequence[bool]) -> str:
    return "\n".join(f"<tr>{_row(row, numeric)}</tr>" for row in rows)


def _row(row: Sequence[Cell], numeric: Sequence[bool]) -> str:
    first, *others = row
    heading = f'<th scope="row" dir="auto"{_sort_key(first)}>{first.html()}</th>'
    cells = (
        f'<td class="{"number" if is_number else "words"}"{_sort_key(cell)}'
        f"{'' if is_number else _AUTO}>{cell.html()}</td>"
        for cell, is_number in zip(others, numeric[1:], strict=True)
    )
    return heading + "".join(cells)


_AUTO = ' dir="auto"'


def _sort_key(cell: Cell) -> str:
    if cell.number is None:
        return ""
    # Empty for NaN: such rows stay at the end however the table is sorted.
    key = "" if math.isnan(cell.number) else f"{cell.number:.7g}"
    # As the browser spells it.
    return f' data-sort="{key.replace("inf", "Infinity")}"'


def _legend(columns: Iterable[Column]) -> str:
    items = "".join(
        f"<div><dt>{text_html(column.name)}: </dt>"
        f"<dd>{text_html(column.meaning)}</dd></div> "
        for column in columns
        if column.meaning
    )
    return f'<dl class="legend">{items}</dl>' if items else ""


def _note(text: str) -> str:
    return f'<p class="note">{text_html(text)}</p>' if text else ""


def frame_table(
    frame: pd.DataFrame,
    caption: str,
    *,
    index: str,
    names: Mapping[str, str] | None = None,
    meanings: Mapping[str, str] | None = None,
    shown: Mapping[str, Callable[[Any], Any]] | None = None,
    limit: int | None = None,
    note: str = "",
    sortable: bool = True,
) -> Table:
    """Make a table of a DataFrame; the index names the rows.

    Parameters
    ----------
    frame : DataFrame
        With one level of index.
    caption : str
    index : str
        Heading of the index.
    names : mapping of str to str, optional
        Headings of columns, by default their names.
    meanings : mapping of str to str, optional
        What the columns mean.
    shown : mapping of str to callable, optional
        What makes cells of the values of a column, by default `as_cell`.
    limit : int, optional
        Rows that are shown; the others are left out.
    note : str, optional
        A sentence below the table.
    sortable : bool, default True

    Returns
    -------
    Table

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"f1": [0.5]}, index=["sea"])
    >>> table = frame_table(frame, "Labels", index="label", names={"f1": "F1"})
    >>> [column.name for column in table.columns]
    ['label', 'F1']
    """
    names, meanings, shown = names or {}, meanings or {}, shown or {}
    columns = [
        Column(names.get(str(name), str(name)), meanings.get(str(name), ""))
        for name in frame.columns
    ]
    makers = [shown.get(str(name), as_cell) for name in frame.columns]
    rows = tuple(
        (shorten(key), *(make(x) for make, x in zip(makers, values, strict=True)))
        for key, *values in frame.head(limit if limit else len(frame)).itertuples()
    )
    return Table(caption, (Column(index), *columns), rows, note, sortable)
