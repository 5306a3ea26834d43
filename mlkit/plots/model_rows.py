"""One row a model: its values, their centre with an interval, and words beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from mlkit.plots.legible import fitted_name
from mlkit.plots.methods import spread_offsets
from mlkit.plots.style import INK, PALETTE, category_style, use_style

__all__ = ["ModelRow", "ModelRowPanels"]

_NAME_WIDTH = 22
# Values stand in the upper part of a row, centre and interval below them.
_BAND, _VALUES_AT, _INTERVAL_AT = 0.42, -0.16, 0.24
# Inches around the axes: the title above, two lines of words below.
_TOP, _BOTTOM = 0.5, 0.98
_RIGHT = 2.5
_MANY_ROWS = 15


@dataclass(frozen=True, slots=True, eq=False)
class ModelRow:
    """What is shown of one model.

    Parameters
    ----------
    name : str
    values : array-like of float, shape (n,)
        Such as one a fold; NaN is left out.
    center, low, high : float
        A mean and the ends of its interval; NaN where there is none.
    words : str, default ""
        What stands to the right, such as the numbers.
    place : int, default 0
        Position of the model, which gives colour and marker of its values.
    clear : bool, default True
        Whether the centre is filled; else it is hollow.
    """

    name: str
    values: ArrayLike
    center: float = np.nan
    low: float = np.nan
    high: float = np.nan
    words: str = ""
    place: int = 0
    clear: bool = True


class ModelRowPanels:
    """One panel of rows, kept so that it can show other values without a redraw.

    Parameters
    ----------
    figure : Figure
        An empty figure, such as of the size `size_for`.
    n_rows : int
        How many rows there is room for, at least 1.
    longest_name : int, default 22
        Letters of the longest name; more than 22 are cut.

    Attributes
    ----------
    figure : Figure
    ax : Axes
    moving : tuple of Artist
        What `show` changes, for a `FrameRenderer`.

    Examples
    --------
    >>> from mlkit.plots.style import detached_figure
    >>> panels = ModelRowPanels(detached_figure(ModelRowPanels.size_for(2)), 2)
    >>> rows = [ModelRow("br", [0.6, 0.8], 0.7, 0.5, 0.9), ModelRow("lp", [0.5], 0.5)]
    >>> panels.show(rows, title="flags", xlabel="micro F1 (higher is better)")
    True
    >>> [text.get_text() for text in panels.ax.get_yticklabels()]
    ['br', 'lp']
    """

    def __init__(
        self, figure: Figure, n_rows: int, *, longest_name: int = _NAME_WIDTH
    ) -> None:
        self.figure = figure
        self._shown: tuple[object, ...] = ()
        width, height = figure.get_size_inches()
        left = 0.3 + 0.1 * min(max(longest_name, 6), _NAME_WIDTH)
        with use_style():
            self.ax = figure.subplots()
            figure.subplots_adjust(
                left=left / width,
                right=1 - _RIGHT / width,
                top=1 - _TOP / height,
                bottom=_BOTTOM / height,
            )
            self.ax.set_ylim(n_rows - 0.5, -0.5)
            self.ax.grid(visible=False, axis="y")
            self.ax.tick_params(axis="y", length=0)
            # As few as never run into each other.
            self.ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
            self._draw_marks(n_rows)
            self._draw_words(height)
        rows = [artist for row in self._rows for artist in row.artists]
        # Texts last, so that no line passes over a number.
        texts = [row.words for row in self._rows]
        self.moving: tuple[Artist, ...] = (
            self._band,
            self._line,
            *rows,
            *texts,
            self._caption,
            self._message,
        )

    @staticmethod
    def size_for(n_rows: int) -> tuple[float, float]:
        """Return a width and height in inches that give every model its row.

        Parameters
        ----------
        n_rows : int

        Returns
        -------
        tuple of float
        """
        # Many rows are lower, so that all of them fit on a screen.
        row = min(0.52, max(0.25, 6.0 / max(n_rows, 1)))
        return (9.6, _TOP + _BOTTOM + row * max(n_rows, 2))

    def show(
        self,
        rows: Sequence[ModelRow],
        *,
        title: str,
        xlabel: str,
        caption: str = "",
        message: str = "",
        line: float = np.nan,
        rope: float = np.nan,
    ) -> bool:
        """Show these models, the first on top.

        Parameters
        ----------
        rows : sequence of ModelRow
            At most as many as there is room for.
        title, xlabel : str
            Above and below the axes.
        caption : str, default ""
            The last line: what the marks mean.
        message : str, default ""
            What stands in the middle of axes that have nothing to show.
        line : float, optional
            Where a dashed vertical line is.
        rope : float, optional
            Half the width of the shaded band around 0.

        Returns
        -------
        bool
            Whether names, title or limits changed: then `moving` is not all that did.
        """
        padded = [*rows, *[None] * (len(self._rows) - len(rows))]
        for artists, row in zip(self._rows, padded, strict=True):
            artists.show(row)
        self._line.set_xdata([line, line])
        self._line.set_visible(bool(np.isfinite(line)))
        self._show_band(rope)
        self._caption.set_text(caption)
        self._message.set_text(message)
        limits = _limits(rows, line, rope)
        names = tuple(fitted_name(row.name, _NAME_WIDTH) for row in rows)
        return self._show_frame(names, title, xlabel, limits)

    def _draw_marks(self, n_rows: int) -> None:
        band = {"color": PALETTE["sky"], "alpha": 0.3, "linewidth": 0}
        self._band = self.ax.axvspan(0.0, 0.0, **band)
        self._line = self.ax.axvline(0.0, color=INK, linestyle="--", linewidth=1.3)
        size = 6.0 if n_rows <= _MANY_ROWS else 4.5
        self._rows = [_RowArtists(self.ax, row, size) for row in range(n_rows)]

    def _draw_words(self, height: float) -> None:
        self._caption = self.figure.text(
            0.5, 0.14 / height, "", ha="center", va="bottom", fontsize=11
        )
        self._message = self.ax.text(
            0.5, 0.5, "", transform=self.ax.transAxes, ha="center", va="center"
        )

    def _show_band(self, rope: float) -> None:
        half = rope if np.isfinite(rope) else 0.0
        self._band.set_x(-half)
        self._band.set_width(2 * half)
        # A band of no width would still be drawn as a hair line.
        self._band.set_visible(half > 0)

    def _show_frame(
        self,
        names: tuple[str, ...],
        title: str,
        xlabel: str,
        limits: tuple[float, float],
    ) -> bool:
        wanted = (names, title, xlabel, limits)
        if wanted == self._shown:
            return False
        self._shown = wanted
        with use_style():
            self.ax.set_yticks(range(len(names)), names)
            self.ax.set_title(title, loc="left")
            self.ax.set_xlabel(xlabel)
            self.ax.set_xlim(*limits)
        return True


class _RowArtists:
    """The marks of one row, changed in place."""

    def __init__(self, ax: Axes, position: int, size: float) -> None:
        self._position = position
        bar_at = position + _INTERVAL_AT
        self._bar_at = [bar_at, bar_at]
        (self._values,) = ax.plot([], [], linestyle="none", markersize=size, alpha=0.8)
        # A thin dark edge: yellow on white would not be seen without.
        self._values.set(markeredgecolor="#333333", markeredgewidth=0.6)
        (self._interval,) = ax.plot([], [], color=INK, linewidth=2.2)
        self._interval.set_solid_capstyle("butt")
        (self._center,) = ax.plot([], [], "D", color=INK, markersize=size + 1, mew=1.6)
        self.words = ax.annotate(
            "",
            (1.0, position),
            xycoords=ax.get_yaxis_transform(),
            xytext=(10, 0),
            textcoords="offset points",
            va="center",
            fontsize=11,
            annotation_clip=False,
        )
        self.artists = (self._values, self._interval, self._center)

    def show(self, row: ModelRow | None) -> None:
        shown = ModelRow("", []) if row is None else row
        values = np.asarray(shown.values, dtype=np.float64)
        values = values[np.isfinite(values)]
        heights = spread_offsets(len(values), band=_BAND) + self._position + _VALUES_AT
        style = category_style(shown.place)
        self._values.set_data(values, heights)
        self._values.set(marker=style.marker, markerfacecolor=style.color)
        self._interval.set_data([shown.low, shown.high], self._bar_at)
        self._center.set_data([shown.center], self._bar_at[:1])
        self._center.set_markerfacecolor(INK if shown.clear else "white")
        self.words.set_text(shown.words)


def _limits(rows: Sequence[ModelRow], line: float, rope: float) -> tuple[float, float]:
    numbers = [np.asarray(row.values, dtype=np.float64) for row in rows]
    numbers += [np.array([row.center, row.low, row.high]) for row in rows]
    # A band that takes the whole width would not be seen as one.
    numbers.append(np.array([line, -1.2 * rope, 1.2 * rope]))
    known = np.concatenate(numbers)
    known = known[np.isfinite(known)]
    if not len(known):
        return (0.0, 1.0)
    low, high = float(known.min()), float(known.max())
    room = 0.05 * (high - low) or 0.05 * max(abs(high), 1.0)
    return (low - room, high + room)
