"""What a network read: the words of a text, shaded by their attention weights."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from mlkit.arguments import check_count
from mlkit.exceptions import OptionError, ScoresError, ShapeError
from mlkit.plots.keys import percent
from mlkit.plots.legible import fitted_name
from mlkit.plots.placing import measure_in_inches, write_at
from mlkit.plots.style import INK, PALETTE, make_figure, use_style
from mlkit.plots.text_width import name_within, text_width, wrapped_lines
from mlkit.wording import counted

__all__ = ["plot_attention"]

# Black is legible on all of it, at least 5.4 to 1: no word changes its ink. It darkens
# steadily, so that a print in grey and colour-blind eyes keep the order.
_SHADES = LinearSegmentedColormap.from_list(
    "attention", ["white", PALETTE["orange"], PALETTE["vermilion"]]
)
_NOT_READ = "#666666"
# Words to the left and right of a weight that show what it is about.
_CONTEXT = 5
_LONGEST_NAME = 20
# Inches; letters of 11 pt are 0.153 high.
_WIDTH, _MARGIN = 9.0, 0.15
_LINE, _CELL, _PADDING, _SPACE = 0.30, 0.25, 0.035, 0.035
_FOOT_GAP, _FOOT_LINE = 0.12, 0.24
_BAR, _LEAST_BAR, _BAR_HEIGHT, _GAP = 1.5, 0.3, 0.15, 0.1
_LEAST = "0 %"
_SAID_LINES = 2


def plot_attention(
    tokens: Sequence[str],
    weights: ArrayLike,
    *,
    title: str | None = None,
    n_top: int = 5,
    max_words: int = 120,
    ax: Axes | None = None,
) -> Axes:
    """Draw a text with each word shaded by its share of the attention.

    Parameters
    ----------
    tokens : sequence of str, shape (n_tokens,)
        The words of one text in their order. Empty ones are padding and not drawn.
    weights : array-like of float, shape (n_tokens,)
        At least 0; NaN for words that were not read, such as those after the length at
        which a network cuts a text. It may be longer than `tokens` where the rest is
        padding: 0 or NaN.
    title : str, optional
        Such as the label that the attention is for.
    n_top : int, default 5
        So many words with the greatest weights are framed, and named below the text;
        none that has not more than the mean.
    max_words : int, default 120
        Of a longer text, passages around the greatest weights are drawn: at most so
        many words, with "…" where some are left out.
    ax : Axes, optional
        Where to draw, fewer words where it has no room for so many; by default a new
        figure, as high as the text needs.

    Returns
    -------
    Axes
        With inches for units, and without ticks. The darker a word, the greater its
        share of the sum of all weights; the scale below the text ends at the greatest
        share, and the line in it is what each word would have if all were alike. Words
        that were not read are grey.

    Raises
    ------
    ShapeError
        If tokens and weights do not fit together.
    ScoresError
        If a weight is negative or infinite, or the weights are no numbers.
    TypeError, OptionError
        If `tokens` is a text, or a number is out of its range.

    Notes
    -----
    A great weight says what a network looked at, not that the word is why it decided
    so: other weights can lead to the same decision [1]_. Leave a word out, and see what
    changes.

    References
    ----------
    .. [1] S. Jain, B. C. Wallace (2019). Attention is not explanation. NAACL,
       3543-3556.

    Examples
    --------
    >>> words = ["two", "men", "wait", "in", "vain"]
    >>> ax = plot_attention(words, [0.0, 0.25, 0.5, 0.0, 0.25], n_top=1)
    >>> [text.get_text() for text in ax.texts][:5] == words
    True
    >>> ax.texts[-1].get_text()
    'most: wait 50 %'
    """
    check_count("n_top", n_top, minimum=0, error=OptionError)
    check_count("max_words", max_words, minimum=1, error=OptionError)
    reading = _read(tokens, weights)
    width, room = _WIDTH, math.inf
    if ax is not None:
        width, room = ax.bbox.width / ax.figure.dpi, ax.bbox.height / ax.figure.dpi
    page = _Page(reading, title, n_top, max_words, width)
    while page.height > room + 1e-6 and page.n_words > 1:
        page = _Page(reading, title, n_top, int(0.9 * page.n_words), width)
    with use_style():
        if ax is None:
            figure = make_figure((width, page.height))
            ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        measure_in_inches(ax)
        page.draw(ax)
    return ax


@dataclass(frozen=True, slots=True)
class _Reading:
    """Words, their shares of all weights (NaN: not read), and the one of padding."""

    words: list[str]
    shares: np.ndarray
    padding: float

    @property
    def known(self) -> np.ndarray:
        """The shares, 0 for words that were not read."""
        return np.nan_to_num(self.shares)

    @property
    def mean(self) -> float:
        """The mean share of the words that were read; 0 where there are none."""
        read = self.shares[~np.isnan(self.shares)]
        return float(read.mean()) if len(read) else 0.0

    def top(self, n: int) -> list[int]:
        """Return the places of the greatest shares above the mean, greatest first."""
        order = np.argsort(-self.known, kind="stable")[:n]
        # Where all words are alike none stands out, and rounding does not count.
        return [int(place) for place in order if self.known[place] > 1.001 * self.mean]


def _read(tokens: Sequence[str], weights: ArrayLike) -> _Reading:
    if isinstance(tokens, str):
        msg = "tokens must be a sequence of words, got a text. Split it: text.split()."
        raise TypeError(msg)
    words = [" ".join(str(token).split()) for token in tokens]
    values = _checked_weights(weights, len(words))
    total = float(np.nansum(values))
    shares = values / (total or 1.0)
    shown = [place for place, word in enumerate(words) if word]
    inside = np.nansum(shares[shown])
    # What is left of a sum of shares by rounding is no padding.
    padding = max(0.0, float(np.nansum(shares) - inside))
    return _Reading(
        [words[place] for place in shown],
        shares[shown],
        padding if padding > 1e-6 else 0.0,
    )


def _checked_weights(weights: ArrayLike, n_tokens: int) -> np.ndarray:
    try:
        values = np.asarray(weights, dtype=np.float64)
    except (TypeError, ValueError) as err:
        msg = f"weights must be numbers, one a token: {err}."
        raise ScoresError(msg) from err
    if values.ndim != 1:
        msg = (
            f"weights must have one dimension, one number a token of one text; got "
            f"shape {values.shape}. Choose a text and a label: weights[row, label]."
        )
        raise ShapeError(msg)
    wrong = np.flatnonzero((values < 0) | np.isinf(values))
    if len(wrong):
        msg = (
            f"weights must be finite and at least 0; weight {wrong[0]} is "
            f"{values[wrong[0]]:g}. Turn scores into weights first: softmax."
        )
        raise ScoresError(msg)
    if len(values) < n_tokens or np.nansum(values[n_tokens:]) > 0:
        msg = (
            f"tokens has {n_tokens} words and weights has {len(values)} numbers. Give "
            "one weight a word, NaN for words that were not read; only 0 may follow."
        )
        raise ShapeError(msg)
    return values[:n_tokens]


class _Cell(NamedTuple):
    """A word in its line, in inches; without a place it stands for words left out."""

    line: int
    x: float
    width: float
    shown: str
    place: int | None


class _Page:
    """Where everything stands, in inches from the upper left corner.

    Parameters
    ----------
    reading : _Reading
    title : str or None
    n_top, max_words : int
    width : float
        Of the whole, with margins.
    """

    def __init__(
        self,
        reading: _Reading,
        title: str | None,
        n_top: int,
        max_words: int,
        width: float,
    ) -> None:
        self._reading, self._top = reading, reading.top(n_top)
        self._inner = width - 2 * _MARGIN
        self._title = name_within(title or "", self._inner, bold=True)
        kept = _passages(reading.known, max_words)
        self.n_words = int(kept.sum())
        self._cells = list(self._placed(kept))
        self._foot = [
            line
            for said in self._said()
            for line in wrapped_lines(said, self._inner, _SAID_LINES)
        ]
        self._greatest = float(reading.known.max(initial=0.0))

    @property
    def _text_top(self) -> float:
        return _MARGIN + (_LINE if self._title else 0.0)

    @property
    def _foot_top(self) -> float:
        n_lines = 1 + max((cell.line for cell in self._cells), default=0)
        return self._text_top + n_lines * _LINE + _FOOT_GAP

    @property
    def height(self) -> float:
        """Inches, with margins."""
        n_lines = len(self._foot) + self._n_key_lines
        return self._foot_top + n_lines * _FOOT_LINE + _MARGIN

    def draw(self, ax: Axes) -> None:
        """Draw the title, the words, the scale, and what is said below."""
        if self._title:
            y = _MARGIN + 0.5 * _LINE
            write_at(ax, _MARGIN, y, self._title, weight="bold")
        for cell in self._cells:
            self._draw_cell(ax, cell)
        y = self._foot_top + 0.5 * _FOOT_LINE
        if self._greatest:
            self._draw_scale(ax, y)
        for number, line in enumerate(self._foot, start=self._n_key_lines):
            words = line.replace("$", r"\$")
            write_at(ax, _MARGIN, y + number * _FOOT_LINE, words)

    def _placed(self, kept: np.ndarray) -> Iterator[_Cell]:
        """Yield the words that are drawn, and "…" for those left out, in lines."""
        line, x = 0, _MARGIN
        for place in _with_gaps(kept):
            word = "…" if place is None else self._reading.words[place]
            shown = name_within(word, self._inner - 2 * _PADDING)
            width = text_width(shown.replace(r"\$", "$")) + 2 * _PADDING
            if x > _MARGIN and x + width > _MARGIN + self._inner:
                line, x = line + 1, _MARGIN
            yield _Cell(line, x, width, shown, place)
            x += width + _SPACE

    def _draw_cell(self, ax: Axes, cell: _Cell) -> None:
        y = self._text_top + (cell.line + 0.5) * _LINE
        share = np.nan if cell.place is None else self._reading.shares[cell.place]
        if not np.isnan(share):
            color = _SHADES(share / (self._greatest or 1.0))
            # A frame finds the words that are named, also without colours.
            edge = INK if cell.place in self._top else "none"
            look = {"facecolor": color, "edgecolor": edge, "linewidth": 1.2}
            corner = (cell.x, y - 0.5 * _CELL)
            ax.add_patch(Rectangle(corner, cell.width, _CELL, **look))
        ink = _NOT_READ if np.isnan(share) else "black"
        write_at(ax, cell.x + _PADDING, y, cell.shown, color=ink)

    @property
    def _keys(self) -> tuple[str, str]:
        """What stands at the end of the scale, and at the line in it."""
        end = f"{percent(self._greatest)} of the attention"
        return end, f"if all words were alike: {percent(self._reading.mean)}"

    @property
    def _bar(self) -> float:
        """Inches of the scale: shorter where there is no room beside its end."""
        others = text_width(f"{_LEAST}{self._keys[0]}") + 2 * _GAP
        return min(_BAR, max(_LEAST_BAR, self._inner - others))

    @property
    def _n_key_lines(self) -> int:
        if not self._greatest:
            return 0
        words = text_width("".join([_LEAST, *self._keys]))
        return 1 if words + self._bar + 6 * _GAP <= self._inner else 2

    def _draw_scale(self, ax: Axes, y: float) -> None:
        """Draw the shades, and write what they mean behind or below them."""
        end, alike = self._keys
        left = _MARGIN + text_width(_LEAST) + _GAP
        right = left + self._bar
        top, bottom = y - 0.5 * _BAR_HEIGHT, y + 0.5 * _BAR_HEIGHT
        write_at(ax, _MARGIN, y, _LEAST)
        ax.imshow(
            np.linspace(0, 1, 256)[None],
            cmap=_SHADES,
            extent=(left, right, bottom, top),
            aspect="auto",
        )
        # Else nobody sees where the white end is.
        frame = {"facecolor": "none", "edgecolor": "#888888", "linewidth": 0.8}
        ax.add_patch(Rectangle((left, top), self._bar, _BAR_HEIGHT, **frame))
        write_at(ax, right + _GAP, y, end)
        _draw_mark(ax, left + self._bar * self._reading.mean / self._greatest, y)
        x = right + text_width(end) + 3 * _GAP
        if self._n_key_lines == 2:
            x, y = _MARGIN + 0.5 * _GAP, y + _FOOT_LINE
        _draw_mark(ax, x, y)
        write_at(ax, x + _GAP, y, alike)

    def _said(self) -> Iterator[str]:
        """Yield what is to be said below the text."""
        reading = self._reading
        named = [
            f"{fitted_name(reading.words[place], _LONGEST_NAME)} "
            f"{percent(float(reading.shares[place]))}".replace(r"\$", "$")
            for place in self._top
        ]
        if not reading.words:
            yield "no words"
        elif not reading.known.any():
            yield "no weight on any word"
        if named:
            yield f"most: {', '.join(named)}"
        if reading.padding:
            yield f"on padding: {percent(reading.padding)}"
        if self.n_words < len(reading.words):
            yield (
                f"drawn: {self.n_words} of {counted(len(reading.words), 'word')}, "
                "around the greatest weights"
            )
        n_unread = int(np.isnan(reading.shares).sum())
        if n_unread:
            yield f"not read, grey: {counted(n_unread, 'word')}"


def _passages(shares: np.ndarray, max_words: int) -> np.ndarray:
    """Choose the words that are drawn: all, or passages around the greatest shares."""
    if len(shares) <= max_words:
        return np.ones(len(shares), dtype=bool)
    kept = np.zeros(len(shares), dtype=bool)
    context = min(_CONTEXT, (max_words - 1) // 2)
    for place in np.argsort(-shares, kind="stable"):
        around = kept.copy()
        around[max(0, place - context) : place + context + 1] = True
        if around.sum() > max_words:
            break
        kept = around
    return kept


def _with_gaps(kept: np.ndarray) -> Iterator[int | None]:
    """Yield the places of words, and None once for those left out between them."""
    gap = False
    for place, there in enumerate(kept):
        if there:
            yield int(place)
        elif not gap:
            yield None
        gap = not there


def _draw_mark(ax: Axes, x: float, y: float) -> None:
    ends = (y - 0.7 * _BAR_HEIGHT, y + 0.7 * _BAR_HEIGHT)
    ax.plot([x, x], ends, color=INK, linewidth=2)
