"""Numbers and names as words of a sentence."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from typing import Any

import numpy as np

__all__ = [
    "UNDEFINED",
    "clean",
    "figure",
    "listing",
    "isolate",
    "name_in_text",
    "percent",
    "sentence",
    "shorten",
    "with_readable_names",
]

_RIGHT_TO_LEFT = ("R", "AL", "AN")
_FIRST_ISOLATE, _LAST_ISOLATE = "\u2068", "\u2069"
UNDEFINED = "–"
"""What stands in a table where there is no value."""


def clean(value: object) -> str:
    """Return a text that can be written and drawn.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
        Without control characters and halves of surrogate pairs, which no file in
        UTF-8 can hold; "�" stands in their place.

    Examples
    --------
    >>> clean(chr(0) + "b"), clean(7)
    ('�b', '7')
    """
    return "".join(
        letter
        if unicodedata.category(letter) not in ("Cc", "Cs")
        else _in_place(letter)
        for letter in str(value)
    )


def _in_place(letter: str) -> str:
    return letter if letter in "\n\t" else "�"


def shorten(value: object, limit: int = 120) -> str:
    """Return a text of at most `limit` characters, on one line.

    Parameters
    ----------
    value : object
    limit : int, default 120

    Returns
    -------
    str
        Cut texts end with "…".

    Examples
    --------
    >>> shorten("a long story", limit=7)
    'a long…'
    """
    line = " ".join(clean(value).split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def name_in_text(value: object, limit: int = 60) -> str:
    """Return a name as it stands in a sentence, between quotation marks.

    Parameters
    ----------
    value : object
    limit : int, default 60
        Characters of the name.

    Returns
    -------
    str
        Names in scripts that run from right to left are isolated, or they would turn
        the numbers around them.

    Examples
    --------
    >>> name_in_text("sea")
    '“sea”'
    """
    return f"“{isolate(shorten(value, limit))}”"


def isolate(text: str) -> str:
    """Keep a text that runs from right to left from turning what stands around it.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Between invisible marks where it has letters of such a script, else as it is.

    Examples
    --------
    >>> isolate("sea"), len(isolate("ים"))
    ('sea', 4)
    """
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in text):
        return f"{_FIRST_ISOLATE}{text}{_LAST_ISOLATE}"
    return text


def with_readable_names(text: str, names: Iterable[str], limit: int = 60) -> str:
    """Shorten and isolate names in a sentence that was made elsewhere.

    Parameters
    ----------
    text : str
    names : iterable of str
        What may occur in it.
    limit : int, default 60
        Characters of a name.

    Returns
    -------
    str

    Examples
    --------
    >>> with_readable_names("The best is a-long-name.", ["a-long-name"], limit=7)
    'The best is a-long….'
    """
    # The longest first: one name may be a part of another.
    for name in sorted(names, key=len, reverse=True):
        shown = isolate(shorten(name, limit))
        if shown != name:
            text = text.replace(name, shown)
    return text


def figure(value: Any, digits: int = 3) -> str:
    """Return a number as it stands in a table.

    Parameters
    ----------
    value : int or float
    digits : int, default 3
        Decimals of a float; very small and very large ones keep three digits that say
        something.

    Returns
    -------
    str
        "–" for NaN.

    Examples
    --------
    >>> figure(1234), figure(0.12345), figure(float("nan")), figure(0.00001234)
    ('1,234', '0.123', '–', '1.23e-05')
    """
    if isinstance(value, (bool, np.bool_)) or not hasattr(value, "__float__"):
        return str(value)
    if hasattr(value, "__index__"):
        return f"{value:,}"
    number = float(value)
    if math.isnan(number):
        return UNDEFINED
    if math.isinf(number):
        return "∞" if number > 0 else "-∞"
    if number and not 10**-digits <= abs(number) < 1e7:
        return f"{number:.3g}"
    return f"{number:,.{digits}f}"


def percent(part: float, digits: int = 1) -> str:
    """Return a share as per cent.

    Parameters
    ----------
    part : float
        In [0, 1].
    digits : int, default 1

    Returns
    -------
    str
        "–" for NaN. A space that does not break stands before the sign.

    Examples
    --------
    >>> percent(0.1234).split(), percent(float("nan"))
    (['12.3', '%'], '–')
    """
    return UNDEFINED if math.isnan(part) else f"{100 * part:.{digits}f}\u00a0%"


def listing(names: Iterable[object], limit: int = 8) -> str:
    """Join names for a sentence, and say how many more there are.

    Parameters
    ----------
    names : iterable
    limit : int, default 8
        Names that are written out.

    Returns
    -------
    str

    Examples
    --------
    >>> listing(["a", "b", "c"]), listing("abcd", limit=2)
    ('“a”, “b” and “c”', '“a”, “b” and 2 more')
    """
    held = list(names)
    shown = [name_in_text(name) for name in held[:limit]]
    rest = len(held) - len(shown)
    last = f"{rest:,} more" if rest else shown.pop() if shown else ""
    return f"{', '.join(shown)} and {last}" if shown else last


def sentence(text: str) -> str:
    """Return a text with a full stop at the end.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> sentence("Cite it"), sentence("Really?")
    ('Cite it.', 'Really?')
    """
    text = text.strip()
    return text if not text or text[-1] in ".!?…" else f"{text}."
