"""The small boxes that lessons show: one look, light and dark theme, no scripts."""

from __future__ import annotations

import html
import re
from typing import Literal

from mlkit.plots.style import PALETTE

__all__ = ["card_html", "inline_html"]

_BORDER = {
    "good": PALETTE["green"],
    "bad": PALETTE["vermilion"],
    "neutral": PALETTE["blue"],
}


def inline_html(text: str) -> str:
    """Escape text for HTML, and set what stands in backticks as code.

    Parameters
    ----------
    text : str
        Plain text.

    Returns
    -------
    str

    Examples
    --------
    >>> inline_html("is `p < 1`?")
    'is <code>p &lt; 1</code>?'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def card_html(title: str, body: str, *, tone: Literal["good", "bad", "neutral"]) -> str:
    """Put a title and a body into a box with a coloured edge.

    Parameters
    ----------
    title, body : str
        HTML, escaped already.
    tone : {"good", "bad", "neutral"}
        Colour of the edge; the title must say the same in words or by a sign.

    Returns
    -------
    str
        HTML. Text keeps the theme's own colours, so that it can be read on dark too.
    """
    return (
        f'<div style="border-left: 5px solid {_BORDER[tone]}; padding: 4px 12px; '
        f'margin: 4px 0; max-width: 48em;"><strong>{title}</strong><br>{body}</div>'
    )
