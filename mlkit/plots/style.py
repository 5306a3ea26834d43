"""One look for all figures: readable on a projector, and not by colour alone.

Each category has a colour, a marker and a hatch, so that a figure can still be read
in grey or by a colour-blind reader.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = [
    "HATCHES",
    "INK",
    "MARKERS",
    "PALETTE",
    "VERMILION_INK",
    "CategoryStyle",
    "category_style",
    "detached_figure",
    "figure_png",
    "figure_svg",
    "make_axes",
    "make_figure",
    "use_style",
]

PALETTE: dict[str, str] = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "vermilion": "#D55E00",
    "sky": "#56B4E9",
    "purple": "#CC79A7",
    "yellow": "#F0E442",
    "black": "#000000",
}
"""The colours of Okabe and Ito, the most easily told apart first."""

INK = "#222222"
"""For edges and words: softer than black."""

VERMILION_INK = "#9C3F00"
"""Vermilion for words, dark enough to be read on white and on pale grey."""

MARKERS: tuple[str, ...] = ("o", "s", "^", "D", "v", "P", "X", "*")
"""One marker a category, in the order of `PALETTE`."""

HATCHES: tuple[str, ...] = ("", "//", "..", "xx", "\\\\", "++", "oo", "--")
"""One hatch a category, in the order of `PALETTE`; the first is plain."""

_DPI = 100
_STYLE = {
    # 12 pt at 100 dpi is about 17 pixels: legible from the last row at 100 %.
    "font.size": 12,
    "axes.titlesize": 13,
    "axes.labelsize": 12,
    "xtick.labelsize": 11,
    "ytick.labelsize": 12,
    "legend.fontsize": 11,
    "figure.dpi": _DPI,
    "figure.figsize": (8.0, 4.0),
    "savefig.dpi": _DPI,
    "savefig.facecolor": "white",
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#444444",
    "axes.prop_cycle": mpl.cycler(color=list(PALETTE.values())),
    "lines.linewidth": 2.0,
    "lines.markersize": 8,
    "hatch.linewidth": 0.8,
    "legend.frameon": False,
}

# Families with Chinese, Japanese, Korean and other letters, as systems bring them.
_MORE_LETTERS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans Devanagari",
    "PingFang SC",
    "Hiragino Sans",
    "Microsoft YaHei",
    "Yu Gothic",
    "Malgun Gothic",
    "WenQuanYi Zen Hei",
    "Arial Unicode MS",
)


@dataclass(frozen=True, slots=True)
class CategoryStyle:
    """How one category is drawn in every figure.

    Parameters
    ----------
    color : str
        Hexadecimal colour.
    marker : str
        Matplotlib marker for points and lines.
    hatch : str
        Matplotlib hatch for bars and areas.
    """

    color: str
    marker: str
    hatch: str


def category_style(index: int) -> CategoryStyle:
    """Return the look of a category.

    Parameters
    ----------
    index : int
        Position of the category, from 0. After eight categories colours repeat with
        another marker and another hatch; 64 are different.

    Returns
    -------
    CategoryStyle

    Raises
    ------
    ValueError
        If `index` is negative.

    Examples
    --------
    >>> category_style(0)
    CategoryStyle(color='#0072B2', marker='o', hatch='')
    >>> category_style(8).color == category_style(0).color
    True
    >>> category_style(8).marker == category_style(0).marker
    False
    """
    if index < 0:
        msg = f"The position of a category counts from 0; got {index}."
        raise ValueError(msg)
    # Shifting marker and hatch by one each round keeps all 64 combinations distinct.
    round_number, place = divmod(index, len(PALETTE))
    shifted = (place + round_number) % len(MARKERS)
    color = list(PALETTE.values())[place]
    return CategoryStyle(color, MARKERS[shifted], HATCHES[shifted])


@contextmanager
def use_style() -> Iterator[None]:
    """Draw in the kit's style inside a ``with`` block, and only there.

    Yields
    ------
    None
        matplotlib's parameters are as before when the block ends.

    Examples
    --------
    >>> import matplotlib as mpl
    >>> before = mpl.rcParams["font.size"]
    >>> with use_style():
    ...     mpl.rcParams["font.size"]
    12.0
    >>> mpl.rcParams["font.size"] == before
    True
    """
    with mpl.rc_context({**_STYLE, "font.family": _families()}):
        yield


@lru_cache(maxsize=1)
def _families() -> list[str]:
    """Return the usual family, and those installed that have the letters it lacks."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return ["DejaVu Sans", *(name for name in _MORE_LETTERS if name in installed)]


def detached_figure(size: tuple[float, float] = (8.0, 4.0)) -> Figure:
    """Make a figure that pyplot does not know, for widgets and files.

    Parameters
    ----------
    size : tuple of float, default (8.0, 4.0)
        Width and height in inches; 100 pixels an inch.

    Returns
    -------
    Figure
        Nothing shows it twice and nothing but its owner keeps it alive.
    """
    with use_style():
        return Figure(figsize=size)


def make_figure(size: tuple[float, float] = (8.0, 4.0)) -> Figure:
    """Make a figure that a notebook shows below the cell.

    Parameters
    ----------
    size : tuple of float, default (8.0, 4.0)
        Width and height in inches; 100 pixels an inch.

    Returns
    -------
    Figure

    Notes
    -----
    It belongs to pyplot; in a program close it with ``matplotlib.pyplot.close``.
    """
    # pyplot chooses a backend when it is imported; only a new figure needs it.
    import matplotlib.pyplot as plt

    with use_style():
        return plt.figure(figsize=size)


def make_axes(
    ax: Axes | None = None, *, size: tuple[float, float] = (8.0, 4.0)
) -> Axes:
    """Return the axes that were given, or new ones in the kit's style.

    Every plotting function begins with this call, so that ``f(data)`` makes a figure
    and ``f(data, ax=ax)`` draws into one.

    Parameters
    ----------
    ax : Axes, optional
        Where to draw.
    size : tuple of float, default (8.0, 4.0)
        Width and height in inches of a new figure.

    Returns
    -------
    Axes
    """
    if ax is not None:
        return ax
    # Constrained layout, because nobody wants to place a single panel by hand.
    with use_style():
        figure = make_figure(size)
        figure.set_layout_engine("constrained")
        return figure.subplots()


def figure_png(figure: Figure) -> bytes:
    """Draw a figure as a PNG file in memory.

    Parameters
    ----------
    figure : Figure
        Any figure, with or without pyplot.

    Returns
    -------
    bytes
        The same bytes for the same figure: no date and no version inside. The
        picture is exactly the figure's size, so that it does not jump in a widget.
    """
    buffer = io.BytesIO()
    # The style again, because some parameters are read only when a figure is drawn.
    with use_style():
        figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def figure_svg(figure: Figure, *, prefix: str = "") -> str:
    """Draw a figure as an ``<svg>`` element, to stand in a page of HTML.

    Parameters
    ----------
    figure : Figure
        Any figure, with or without pyplot.
    prefix : str, default ""
        Put before every name (id) in it: two figures of one page need different ones.

    Returns
    -------
    str
        The same text for the same figure: no date and no version inside. Words are
        text in the font of the page: they can be searched, and any script is legible.
        Without declarations and addresses, which HTML does not need.

    Examples
    --------
    >>> figure = detached_figure((2, 1))
    >>> _ = figure.text(0.5, 0.5, "words")
    >>> svg = figure_svg(figure)
    >>> svg[:4], ">words<" in svg, "http" in svg
    ('<svg', True, False)
    """
    buffer = io.StringIO()
    settings = {"svg.fonttype": "none", "svg.hashsalt": "mlkit"}
    nothing = dict.fromkeys(["Date", "Creator", "Format", "Type"])
    with use_style(), mpl.rc_context(settings), warnings.catch_warnings():
        # The reader's browser draws the letters: what this font lacks does not matter.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure.savefig(buffer, format="svg", metadata=nothing)
    return _for_html(buffer.getvalue(), prefix)


def _for_html(svg: str, prefix: str) -> str:
    start = svg.index("<svg")
    head, body = svg[start:].split(">", 1)
    head = re.sub(r' xmlns(:\w+)?="[^"]*"', "", head)
    # A style without a class would be one of the whole page.
    body = re.sub(r"<style.*?</style>", "", body, count=1, flags=re.DOTALL)
    # Each text would carry a list of twelve fonts; it has that of the page.
    body = re.sub(r"font-family: [^;\"]*;? ?", "", body)
    # Only within tags: what is between them is the user's text.
    whole = f"{head}>{body}".strip()
    return re.sub(r"<[^>]+>", lambda tag: _with_prefix(tag.group(), prefix), whole)


def _with_prefix(tag: str, prefix: str) -> str:
    return re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{prefix}", tag)
