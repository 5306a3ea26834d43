"""Pieces of HTML that cards and tables are made of: no scripts, no own colours."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

__all__ = ["card", "cell", "heading", "table"]

_CARD = (
    "border:1px solid #8888;border-radius:6px;padding:.6em 1em;display:inline-block;"
    "max-width:60em;font-size:.95em;overflow-x:auto"
)


def table(caption: str, header: str, rows: Iterable[str]) -> str:
    """Put rows of cells under a caption.

    Parameters
    ----------
    caption : str
        Text.
    header : str
        Cells of `heading`, as HTML; may be empty.
    rows : iterable of str
        The cells of each row, as HTML.

    Returns
    -------
    str

    Examples
    --------
    >>> table("Sizes", "", [heading("a", "row") + cell("1")]).count("<tr>")
    1
    """
    title = f"<strong>{escape(caption)}</strong>"
    head = f"<thead><tr>{header}</tr></thead>" if header else ""
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return (
        f'<table style="margin-top:.5em">'
        f'<caption style="text-align:left">{title}</caption>'
        f"{head}<tbody>{body}</tbody></table>"
    )


def heading(name: object, scope: str, *, title: str = "") -> str:
    """Render the heading of a row or a column.

    Parameters
    ----------
    name : object
        Its text.
    scope : {"row", "col"}
    title : str, optional
        An explanation, shown as a tooltip; such headings stand over numbers.

    Returns
    -------
    str
    """
    align = "right" if title else "left"
    tooltip = f' title="{escape(title)}"' if title else ""
    return (
        f'<th scope="{scope}"{tooltip} style="text-align:{align};padding:0 .4em">'
        f"{escape(str(name))}</th>"
    )


def cell(text: str, align: str = "right") -> str:
    """Render a cell.

    Parameters
    ----------
    text : str
    align : {"right", "left"}, default "right"

    Returns
    -------
    str
    """
    return f'<td style="text-align:{align};padding:0 .4em">{escape(text)}</td>'


def card(parts: Iterable[str]) -> str:
    """Put parts into a frame, as the answer of a notebook cell.

    Parameters
    ----------
    parts : iterable of str
        As HTML; empty ones are left out.

    Returns
    -------
    str
    """
    return f'<div style="{_CARD}">{"".join(part for part in parts if part)}</div>'
