"""The words of an ARFF file: cells, quotes, escapes, comments and braces.

Knows nothing of attributes: it cuts text into cells. A problem is raised as a
`FormatError` without a place; whoever knows file and line adds them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mlkit.exceptions import FormatError

__all__ = [
    "Cell",
    "split_dense_row",
    "split_nominal_set",
    "split_sparse_row",
    "unquote",
]


class Cell(NamedTuple):
    """One value as it stands in the file.

    Parameters
    ----------
    text : str
        Trimmed where bare; without its quotes and with escapes resolved where quoted.
    quoted : bool
        A quoted ``'?'`` is a value, a bare ``?`` is a missing one.
    """

    text: str
    quoted: bool


# Escapes count inside quotes only: a bare backslash is an ordinary character, else the
# label TAG_m\'usica of the delicious set would not match its XML.
_QUOTED = r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\""""
# A bare cell keeps blanks inside (New York) and ends at a comma, a tab, or a comment,
# which needs a blank before it: "5%" is a value.
_DENSE_CELL = re.compile(rf"{_QUOTED}|((?:(?!\s%)[^,\t])*)")
_SEPARATOR = re.compile(r"\s*,\s*|[ ]*\t\s*")
# Within braces a tab is a blank like any other, and the closing brace ends a cell.
_SPARSE_CELL = re.compile(rf"\s*(\d+)\s+(?:{_QUOTED}|([^,}}'\"\s][^,}}]*?))\s*([,}}])")
_SET_MEMBER = re.compile(rf"\s*(?:{_QUOTED}|([^,}}'\"\s][^,}}]*?))\s*(?=[,}}])")
_AFTER_ROW = re.compile(r"\s*(?:,?\s*\{[^{}]*\}\s*)?(?:%.*)?$")
_REST_IS_COMMENT = re.compile(r"\s*$|\s+%")
_ESCAPE = re.compile(r"\\([0-7]{1,3}|.)", re.DOTALL)
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def unquote(single: str | None, double: str | None) -> str:
    r"""Resolve the C escapes of a text that stood in quotes.

    Parameters
    ----------
    single, double : str or None
        What stood between single or between double quotes; one of them is None.

    Returns
    -------
    str

    Examples
    --------
    >>> unquote(r"Swainson\'s \101", None)
    "Swainson's A"
    """
    text = single if double is None else double
    assert text is not None
    return _ESCAPE.sub(_resolve, text) if "\\" in text else text


def _resolve(match: re.Match[str]) -> str:
    """Character of one escape; one without a meaning of its own stands for itself."""
    code = match[1]
    return chr(int(code, 8)) if code[0] in "01234567" else _CONTROL.get(code, code)


def split_dense_row(line: str) -> list[Cell]:
    r"""Cut a dense row into cells.

    Parameters
    ----------
    line : str
        One line. Cells are separated by a comma or by blanks that hold a tab; a line
        with neither, and without quotes, is separated by blanks.

    Returns
    -------
    list of Cell
        A separator at the very end adds one empty bare cell, for the caller to judge.

    Raises
    ------
    FormatError
        For an empty cell, a quote that is not closed, or text after a quoted cell.

    Examples
    --------
    >>> [cell.text for cell in split_dense_row(r"1, 'two \'2\'', don't % remark")]
    ['1', "two '2'", "don't"]
    """
    text = line.strip()
    cells: list[Cell] = []
    position = 0
    while True:
        match = _DENSE_CELL.match(text, position)
        assert match is not None  # the bare alternative matches the empty string too
        cells.append(_dense_cell(match, text, len(cells)))
        position = match.end()
        separator = _SEPARATOR.match(text, position)
        if separator is None:
            _check_row_ends(text, position)
            return _split_at_blanks(cells)
        position = separator.end()
        if position == len(text):
            return [*cells, Cell("", quoted=False)]


def _dense_cell(match: re.Match[str], text: str, number: int) -> Cell:
    """Build a cell from its match; `text` and `number` are for the messages."""
    single, double, bare = match.groups()
    if bare is None:
        return Cell(unquote(single, double), quoted=True)
    bare = bare.strip()
    # The quoted alternatives come first, so a quote here has no partner.
    if bare[:1] in ("'", '"'):
        raise FormatError(_unclosed(bare))
    if not bare:
        msg = (
            f"cell {number + 1} is empty: {_excerpt(text)}. Write ? for a missing "
            "value."
        )
        raise FormatError(msg)
    return Cell(bare, quoted=False)


def _check_row_ends(text: str, position: int) -> None:
    """Check that nothing but a comment follows the last cell."""
    if not _REST_IS_COMMENT.match(text, position):
        rest = text[position:].strip()
        msg = (
            f"expected a comma after the quoted cell, got {_excerpt(rest)}. Put the "
            "whole value in quotes, and a backslash before a quote inside it."
        )
        raise FormatError(msg)


def _split_at_blanks(cells: list[Cell]) -> list[Cell]:
    """Cut a single bare cell at its blanks; leave anything else as it is."""
    # Weka separates cells by blanks too. Blanks inside cells are kept where a comma or
    # tab shows what the separator is, so only a row of one bare cell is cut.
    if len(cells) == 1 and not cells[0].quoted:
        return [Cell(word, quoted=False) for word in cells[0].text.split()]
    return cells


def split_sparse_row(line: str) -> list[tuple[int, Cell]]:
    """Cut a sparse row ``{index value, index value}`` into pairs.

    Parameters
    ----------
    line : str
        One line that starts with a brace. A weight ``{2.5}`` and a comment may follow.

    Returns
    -------
    list of (int, Cell)
        Index counted from 0, and value, in the order of the file.

    Raises
    ------
    FormatError
        If a pair is not an index and a value, or the brace or a quote is not closed.

    Examples
    --------
    >>> [(index, cell.text) for index, cell in split_sparse_row("{ 0 5, 3 'a b' }")]
    [(0, '5'), (3, 'a b')]
    """
    text = line.strip()
    pairs: list[tuple[int, Cell]] = []
    position = 1
    closed = re.match(r"\{\s*\}", text)
    while closed is None:
        match = _SPARSE_CELL.match(text, position)
        if match is None:
            raise FormatError(_sparse_problem(text, position))
        index, single, double, bare, end = match.groups()
        quoted = bare is None
        value = unquote(single, double) if quoted else bare
        pairs.append((int(index), Cell(value, quoted)))
        position = match.end()
        closed = match if end == "}" else None
    if not _AFTER_ROW.match(text, closed.end()):
        rest = text[closed.end() :].strip()
        msg = (
            f"expected the row to end after '}}', got {_excerpt(rest)}. Start a new "
            "line."
        )
        raise FormatError(msg)
    return pairs


def _sparse_problem(text: str, position: int) -> str:
    """Word what is wrong with a sparse row from `position` on."""
    rest = text[position:].strip()
    # The cell in question ends at the next separator or brace.
    words = re.split(r"\s+", re.split(r"[,}]", rest)[0], maxsplit=1)
    if len(words) == 2 and words[0].isdigit() and words[1][:1] in ("'", '"'):
        return _unclosed(words[1])
    if not re.search(r"\}", rest):
        return f"the sparse row is not closed by '}}': {_excerpt(rest)}."
    return (
        f"expected 'index value' in the sparse row, got {_excerpt(rest)}. Separate the "
        "pairs by commas, index and value by a blank."
    )


def split_nominal_set(text: str) -> tuple[list[Cell], str]:
    """Cut ``{a, 'b c', d}`` into its members.

    Parameters
    ----------
    text : str
        Starts with the brace.

    Returns
    -------
    members : list of Cell
        Empty members (``{0,,1}``) are left out, as Weka does. Members without any
        comma are separated by blanks.
    rest : str
        What follows the closing brace, trimmed.

    Raises
    ------
    FormatError
        If the brace or a quote is not closed on the line.

    Examples
    --------
    >>> members, rest = split_nominal_set("{ 0 , 'b c' } % remark")
    >>> [cell.text for cell in members], rest
    (['0', 'b c'], '% remark')
    """
    members: list[Cell] = []
    position = 1
    while True:
        match = _SET_MEMBER.match(text, position)
        if match is not None:
            single, double, bare = match.groups()
            quoted = bare is None
            value = unquote(single, double) if quoted else bare
            members.append(Cell(value, quoted))
            position = match.end()
        rest = text[position:].lstrip()
        if rest[:1] == "}":
            return _split_at_blanks(members), rest[1:].strip()
        if rest[:1] != ",":
            raise FormatError(_set_problem(text, rest))
        position = len(text) - len(rest) + 1


def _set_problem(text: str, rest: str) -> str:
    """Word what is wrong with a set of values that goes on with `rest`."""
    if rest[:1] in ("'", '"'):
        return _unclosed(rest)
    return f"the set of values is not closed by '}}' on its line: {_excerpt(text)}."


def _unclosed(text: str) -> str:
    """Word that a quote at the start of `text` has no partner."""
    return (
        f"the quote is not closed on its line, or text follows it: {_excerpt(text)}. "
        "Put a backslash before a quote that belongs to the value."
    )


def _excerpt(text: str, limit: int = 40) -> str:
    """Quote the start of a text: lines of ARFF files run to megabytes."""
    return repr(text if len(text) <= limit else text[: limit - 3] + "...")
