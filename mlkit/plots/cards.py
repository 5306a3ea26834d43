"""Single rows as cards: a picture or a text, and its labels, right and wrong.

Every label has a sign and a colour of its own; a key on top says what they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import scipy.sparse as sp
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, Rectangle

from mlkit.alignment import align_prediction
from mlkit.arguments import check_count
from mlkit.description.pictures import pixel_bytes
from mlkit.exceptions import ShapeError
from mlkit.plots.errors import CELL_LOOKS
from mlkit.plots.legible import ink_on
from mlkit.plots.placing import measure_in_inches, write_at
from mlkit.plots.style import make_figure, use_style
from mlkit.plots.text_width import name_within, text_width, wrapped_lines
from mlkit.validation import check_indicator, check_label_names, check_same_rows

__all__ = ["plot_image_cards", "plot_text_cards"]

_MOST_CARDS = 48
_MOST_LABELS = 7
_WIDTH, _LEAST_WIDTH = 9.6, 4.6
# Of key and note in one line.
_HEAD_WIDTH = 6.4
# Lengths are inches, letters 11 pt: 0.153 inches.
_LINE = 0.22
_GAP = 0.12
_PADDING = 0.1
_SIGN = 0.19
_PICTURE_HEIGHT = 1.3
_TEXT_LINES = 6
# Below so many pixels a side each of them is to be seen; above, a picture.
_FEW_PIXELS = 64
_RIGHT, _MISSED, _FALSE = 3, 2, 1
_WORDS = {_RIGHT: "right", _MISSED: "missed", _FALSE: "falsely predicted"}


def plot_image_cards(
    images: Any,
    Y: Any,
    Y_pred: Any = None,
    *,
    label_names: Sequence[str] | None = None,
    titles: Sequence[str] | None = None,
    n: int = 12,
    ax: Axes | None = None,
) -> Axes:
    """Draw pictures as cards with their labels.

    Parameters
    ----------
    images : array-like of shape (n_samples, height, width[, channels]), or sequence
        Pictures, grey or with 1, 3 or 4 channels, in a sequence also of different
        sizes. Bytes and numbers in [0, 1] are shown as they are, other ranges are
        stretched, in an array all pictures alike.
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown.
    Y_pred : array-like, DataFrame or sparse matrix, optional
        Predicted labels, 0 and 1. Without them the true labels are shown.
    label_names : sequence of str, optional
        By default the columns of `Y` if it is a DataFrame, else ``label_0``, ...
    titles : sequence of str, optional
        One a picture, by default ``row 0``, ``row 1``, ...
    n : int, default 12
        At most so many cards, the first rows; never more than 48.
    ax : Axes, optional
        Where to draw, as many cards as find room; by default a new figure, as high as
        the cards need.

    Returns
    -------
    Axes
        With inches for units, and without ticks. Where rows are left out, the line on
        top says so.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError
        If labels, predictions, pictures and names do not fit together.
    TypeError, ValueError
        If `n` is no whole number of at least 1.

    Notes
    -----
    To show certain rows, select them first: ``images[rows]``, ``Y[rows]``. A card has
    up to seven labels, wrong ones first where there are more.

    Examples
    --------
    >>> images = np.zeros((2, 8, 8))
    >>> ax = plot_image_cards(images, [[1, 0], [0, 0]], [[1, 1], [0, 0]])
    >>> len(ax.images)
    2
    """
    pictures = _pictures(images)
    cards = _cards(Y, Y_pred, label_names, titles, len(pictures), "images", n)
    grid = _Grid(cards, 4, lambda width, shown: _PICTURE_HEIGHT)

    def body(ax: Axes, index: int, x: float, y: float, width: float) -> None:
        _draw_picture(ax, pictures[index], x, y, width)

    return grid.draw(ax, body, len(pictures), with_key=Y_pred is not None)


def plot_text_cards(
    texts: Sequence[str],
    Y: Any,
    Y_pred: Any = None,
    *,
    label_names: Sequence[str] | None = None,
    titles: Sequence[str] | None = None,
    n: int = 12,
    ax: Axes | None = None,
) -> Axes:
    """Draw the beginnings of texts as cards with their labels.

    Parameters
    ----------
    texts : sequence of str, shape (n_samples,)
        Of any length; up to six lines are shown.
    Y, Y_pred, label_names, titles, n, ax
        As those of `plot_image_cards`.

    Returns
    -------
    Axes
        As that of `plot_image_cards`.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError
        If labels, predictions, texts and names do not fit together.
    TypeError, ValueError
        If `n` is no whole number of at least 1.

    Examples
    --------
    >>> ax = plot_text_cards(["Two men wait."], [[1, 0]], [[0, 1]])
    >>> [text.get_text() for text in ax.texts][-5:]
    ['Two men wait.', '−', 'label_0', '+', 'label_1']
    """
    held = [str(text) for text in texts]
    cards = _cards(Y, Y_pred, label_names, titles, len(held), "texts", n)
    wrapped: dict[int, list[str]] = {}

    def height(width: float, index: int) -> float:
        wrapped[index] = wrapped_lines(held[index], width, _TEXT_LINES)
        return _LINE * len(wrapped[index])

    def body(ax: Axes, index: int, x: float, y: float, width: float) -> None:
        for number, line in enumerate(wrapped[index]):
            write_at(ax, x, y + (number + 0.5) * _LINE, line.replace("$", r"\$"))

    return _Grid(cards, 2, height).draw(
        ax, body, len(held), with_key=Y_pred is not None
    )


# The kind of its sign, if it has one, and the words behind it.
_Line: TypeAlias = tuple[int | None, str]


@dataclass(frozen=True, slots=True)
class _Card:
    """What is written on a card: a title, and lines with the kind of their sign."""

    title: str
    lines: list[_Line]


def _cards(
    Y: Any,
    Y_pred: Any,
    label_names: Sequence[str] | None,
    titles: Sequence[str] | None,
    n_rows: int,
    what: str,
    n: int,
) -> list[_Card]:
    n_shown = min(check_count("n", n, minimum=1), _MOST_CARDS, n_rows)
    true = check_indicator(Y, allow_missing=True)
    predicted = true
    if Y_pred is not None:
        true, predicted = align_prediction(Y, Y_pred)
    check_same_rows(n_rows, true.shape[0], names=(what, "Y"))
    names = true.label_names
    if label_names is not None:
        names = check_label_names(label_names, true.shape[1])
    if titles is None:
        titles = [f"row {i}" for i in range(n_shown)]
    else:
        check_same_rows(n_rows, len(titles), names=(what, "titles"))
    actual, guessed = (_head(part.values, n_shown) for part in (true, predicted))
    known = np.ones_like(actual, dtype=bool)
    if true.missing is not None:
        known = ~_head(true.missing, n_shown)
    write = _true_lines if Y_pred is None else _compared_lines
    return [
        _Card(str(titles[i]), list(write(actual[i], guessed[i], known[i], names)))
        for i in range(n_shown)
    ]


def _head(matrix: Any, n_rows: int) -> np.ndarray:
    head = matrix[:n_rows]
    return head.toarray() if sp.issparse(head) else head


def _true_lines(
    actual: np.ndarray, _: np.ndarray, known: np.ndarray, names: Sequence[str]
) -> Iterator[_Line]:
    """Write the labels of a row."""
    found: list[_Line] = [(None, f"• {names[j]}") for j in np.flatnonzero(actual)]
    yield from _at_most(found or [(None, "{} no label")])
    yield from _unknown(known)


def _compared_lines(
    actual: np.ndarray, guessed: np.ndarray, known: np.ndarray, names: Sequence[str]
) -> Iterator[_Line]:
    """Write the right, missed and false labels of a row, and which set is empty."""
    kinds = np.where(known, 2 * actual + guessed, 0)
    if not kinds.any():
        yield _RIGHT, "{} no label"
    elif not actual.any():
        yield None, "true: {} no label"
    elif not (guessed * known).any():
        yield None, "predicted: {} no label"
    # Where not all have room, those that are left out are right ones.
    many = np.count_nonzero(kinds) > _MOST_LABELS
    order = (_MISSED, _FALSE, _RIGHT) if many else (_RIGHT, _MISSED, _FALSE)
    yield from _at_most(
        [(kind, names[j]) for kind in order for j in np.flatnonzero(kinds == kind)]
    )
    yield from _unknown(known)


def _unknown(known: np.ndarray) -> Iterator[_Line]:
    if not known.all():
        yield None, f"{np.count_nonzero(~known)} unknown"


def _at_most(lines: list[_Line]) -> list[_Line]:
    rest = len(lines) - _MOST_LABELS
    if rest <= 0:
        return lines
    return [*lines[: _MOST_LABELS - 1], (None, f"and {rest + 1} more")]


class _Grid:
    """Cards in rows, in inches from the upper left corner."""

    def __init__(
        self,
        cards: list[_Card],
        n_columns: int,
        body_height: Callable[[float, int], float],
    ) -> None:
        self._cards = cards
        self._n_columns = max(1, min(n_columns, len(cards)))
        # Few cards are not stretched over the page.
        self._card_width = (_WIDTH - (n_columns + 1) * _GAP) / n_columns
        self._body_height = body_height

    def draw(
        self, ax: Axes | None, body: Callable[..., None], n_rows: int, *, with_key: bool
    ) -> Axes:
        """Draw all cards that find room, and the lines above them."""
        width = max(self._n_columns * (self._card_width + _GAP) + _GAP, _LEAST_WIDTH)
        if ax is not None:
            width = ax.bbox.width / ax.figure.dpi
            self._fit_into(width)
        inner = self._card_width - 2 * _PADDING
        bodies = [self._body_height(inner, i) for i in range(len(self._cards))]
        heights = self._heights(bodies)
        head = _Head(len(self._cards), n_rows, with_key, width < _HEAD_WIDTH)
        if ax is None:
            ax = _new_axes(width, head.height + sum(heights) + _GAP * len(heights))
        else:
            head = self._cut_to(ax.bbox.height / ax.figure.dpi, heights, head)
        tops = head.height + np.cumsum([0.0, *(height + _GAP for height in heights)])
        with use_style():
            measure_in_inches(ax)
            head.draw(ax)
            for index, card in enumerate(self._cards):
                row, column = divmod(index, self._n_columns)
                x = _GAP + column * (self._card_width + _GAP)
                size = (self._card_width, heights[row])
                x, y = _draw_frame(ax, (x, tops[row]), size, card.title)
                body(ax, index, x, y, inner)
                _write_labels(ax, card, (x, y + bodies[index] + 0.5 * _GAP), inner)
        return ax

    def _cut_to(self, room: float, heights: list[float], head: _Head) -> _Head:
        """Leave out what finds no room, and say so."""
        # Whole rows only: half a card would be read as a whole one.
        ends = np.cumsum([height + _GAP for height in heights])
        if head.height + sum(ends[-1:]) <= room + 1e-6:
            return head
        head = replace(head, n_shown=0)
        n_fitting = max(1, int((head.height + ends <= room + 1e-6).sum()))
        self._cards = self._cards[: n_fitting * self._n_columns]
        return replace(head, n_shown=len(self._cards))

    def _fit_into(self, width: float) -> None:
        fitting = int((width - _GAP) // (self._card_width + _GAP))
        self._n_columns = max(1, min(fitting, self._n_columns))
        self._card_width = min(self._card_width, width - 2 * _GAP)

    def _heights(self, bodies: list[float]) -> list[float]:
        """Return the height of each row of cards: that of the highest one."""
        heights = [
            2 * _PADDING + _GAP + _LINE * (1 + len(card.lines)) + body
            for card, body in zip(self._cards, bodies, strict=True)
        ]
        step = self._n_columns
        return [max(heights[i : i + step]) for i in range(0, len(heights), step)]


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands above the cards: the key of the signs, and how many are shown."""

    n_shown: int
    n_rows: int
    with_key: bool
    narrow: bool

    @property
    def _note(self) -> str:
        if not self.n_rows:
            return "no rows"
        if self.n_shown == self.n_rows:
            return ""
        return f"the first {self.n_shown:,} of {self.n_rows:,} rows"

    @property
    def height(self) -> float:
        """Inches, with the gaps above and below."""
        n_lines = max(self.with_key, bool(self._note))
        if self.with_key and self._note and self.narrow:
            n_lines = 2
        return n_lines * _LINE + (2 if n_lines else 1) * _GAP

    def draw(self, ax: Axes) -> None:
        """Write the key, and behind it or below it the note."""
        left, y = _GAP + _PADDING, _GAP + 0.5 * _LINE
        x = left
        for kind, words in _WORDS.items() if self.with_key else ():
            _draw_sign(ax, x, y, kind)
            write_at(ax, x + _SIGN + 0.07, y, words)
            x += _SIGN + 0.35 + text_width(words)
        if self.with_key and self.narrow:
            x, y = left, y + _LINE
        if self._note:
            write_at(ax, x, y, self._note)


def _draw_frame(
    ax: Axes, corner: tuple[float, float], size: tuple[float, float], title: str
) -> tuple[float, float]:
    """Draw the frame and the title of a card; return where its body begins."""
    frame = FancyBboxPatch(
        corner,
        *size,
        boxstyle="round,pad=0,rounding_size=0.06",
        facecolor="white",
        edgecolor="#BBBBBB",
        linewidth=1.0,
    )
    ax.add_patch(frame)
    x, y = corner[0] + _PADDING, corner[1] + _PADDING
    shown = name_within(title, size[0] - 2 * _PADDING, bold=True)
    write_at(ax, x, y + 0.5 * _LINE, shown, weight="bold")
    return x, y + _LINE + 0.5 * _GAP


def _write_labels(
    ax: Axes, card: _Card, corner: tuple[float, float], width: float
) -> None:
    x = corner[0]
    for number, (kind, words) in enumerate(card.lines):
        y = corner[1] + (number + 0.5) * _LINE
        indent = 0.0 if kind is None else _SIGN + 0.07
        if kind is not None:
            _draw_sign(ax, x, y, kind)
        write_at(ax, x + indent, y, name_within(words, width - indent))


def _new_axes(width: float, height: float) -> Axes:
    figure = make_figure((width, height))
    return figure.add_axes((0.0, 0.0, 1.0, 1.0))


def _draw_sign(ax: Axes, x: float, y: float, kind: int) -> None:
    look = CELL_LOOKS[kind]
    corner = (x, y - _SIGN / 2)
    box = Rectangle(
        corner, _SIGN, _SIGN, facecolor=look.color, edgecolor="#444444", linewidth=0.8
    )
    ax.add_patch(box)
    middle = x + _SIGN / 2
    ink = ink_on(look.color)
    write_at(ax, middle, y, look.sign, ha="center", color=ink, weight="bold")


def _draw_picture(
    ax: Axes, pixels: np.ndarray, x: float, y: float, width: float
) -> None:
    rows, columns = pixels.shape[:2]
    scale = min(width / columns, _PICTURE_HEIGHT / rows)
    left, half = x + (width - scale * columns) / 2, scale * rows / 2
    middle = y + _PICTURE_HEIGHT / 2
    ax.imshow(
        pixels,
        cmap="gray",
        vmin=0,
        vmax=255,
        extent=(left, left + scale * columns, middle + half, middle - half),
        interpolation="nearest" if max(rows, columns) < _FEW_PIXELS else "antialiased",
        aspect="auto",
        zorder=2,
    )


def _pictures(images: Any) -> list[np.ndarray]:
    """Return pictures as bytes; grey ones have two dimensions."""
    if isinstance(images, np.ndarray) and images.ndim in (3, 4) and images.size:
        pictures = list(pixel_bytes(images))
    else:
        pictures = [pixel_bytes(np.asarray(image)) for image in images]
    return [_checked_picture(pixels, row) for row, pixels in enumerate(pictures)]


def _checked_picture(pixels: np.ndarray, row: int) -> np.ndarray:
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        return pixels[..., 0]
    if pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in (3, 4)):
        return pixels
    msg = (
        f"Picture {row} has shape {pixels.shape}; expected (height, width) or (height, "
        "width, channels) with 1, 3 or 4 channels. Reshape the rows of a table first: "
        "X.reshape(-1, height, width)."
    )
    raise ShapeError(msg)
