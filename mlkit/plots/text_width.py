"""How wide words are when they are drawn, and words that fit into a width."""

from __future__ import annotations

from functools import lru_cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from mlkit.plots.legible import fitted_name

__all__ = ["LETTERS", "name_within", "text_width", "wrapped_lines"]

LETTERS = 11
"""Size of the letters that are measured, in points."""

# No letter but the thinnest is as narrow, in inches: a text of so many is too wide.
_NARROWEST = 0.04


def text_width(text: str, *, bold: bool = False) -> float:
    """Return how wide a line of 11 pt letters is.

    Parameters
    ----------
    text : str
        Without formulas.
    bold : bool, default False

    Returns
    -------
    float
        Inches, in matplotlib's own font.

    Notes
    -----
    The sum of its letters, each measured once: measuring whole lines took most of the
    time of drawing a card. Pairs of letters that move together make it up to a few per
    cent narrower.

    Examples
    --------
    >>> text_width("mm") == 2 * text_width("m") > text_width("ii")
    True
    """
    return sum(_letter_width(letter, bold=bold) for letter in text)


@lru_cache(maxsize=4096)
def _letter_width(letter: str, *, bold: bool) -> float:
    font = FontProperties(
        family="DejaVu Sans", size=LETTERS, weight="bold" if bold else "normal"
    )
    # A space at the end of a text has no width; between two letters it has.
    between, alone = (
        text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]
        for text in (f"|{letter}|", "||")
    )
    return float(between - alone) / 72


def wrapped_lines(text: str, width: float, n_lines: int) -> list[str]:
    """Break a text into lines.

    Parameters
    ----------
    text : str
    width : float
        Inches that no line is wider than.
    n_lines : int
        At most so many; "…" at the end says that there is more.

    Returns
    -------
    list of str
        At least one, which may be empty.

    Examples
    --------
    >>> wrapped_lines("two men wait for somebody", 0.8, 2)
    ['two men', 'wait for…']
    """
    lines, words = [""], text.split()
    for number, word in enumerate(words):
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer) <= width:
            lines[-1] = longer
        elif len(lines) < n_lines and lines[-1]:
            lines.append(_cut(word, width))
        else:
            lines[-1] = _cut(f"{lines[-1]} {' '.join(words[number:])}".strip(), width)
            break
    return lines


def _cut(text: str, width: float) -> str:
    """Cut a text at its end where it is too wide."""
    if text_width(text) <= width:
        return text
    text = text[: int(width / _NARROWEST)]
    while text and text_width(f"{text}…") > width:
        text = text[:-1].rstrip()
    return f"{text}…"


def name_within(name: object, width: float, *, bold: bool = False) -> str:
    r"""Return a name that is not wider than so many inches.

    Parameters
    ----------
    name : object
        Of a label or a row.
    width : float
        Inches.
    bold : bool, default False

    Returns
    -------
    str
        As `mlkit.plots.legible.fitted_name`: one line, where need be without its
        middle, and ready to be drawn; at least three characters.

    Examples
    --------
    >>> name_within("happy-because-of-the-sea", 1.0)
    'happy…-sea'
    """
    n_letters = min(len(str(name)), int(width / _NARROWEST))
    shown = fitted_name(name, max(3, n_letters))
    while n_letters > 3 and text_width(shown.replace(r"\$", "$"), bold=bold) > width:
        n_letters -= 1
        shown = fitted_name(name, n_letters)
    return shown
