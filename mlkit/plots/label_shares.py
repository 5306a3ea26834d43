"""Shares of labels and of label counts: some rows beside all rows.

All rows are wide pale bars, the rows that are looked at narrow dark ones inside, so
that the two can be told apart in grey.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from numpy.typing import ArrayLike

from mlkit.plots.style import INK, PALETTE, use_style
from mlkit.plots.words import Words, fitting

__all__ = ["ALL_ROWS", "SOME_ROWS", "LabelSharePanels", "SetSizePanels"]

ALL_ROWS, SOME_ROWS = "#A6D0EE", PALETTE["blue"]
"""Face colours of the bars of all rows, and of those that are looked at."""

_WIDTH = 9.6
# Characters; inches of one, and of the whole title.
_NAME_WIDTH, _CHARACTER, _TITLE_WIDTH = 24, 0.09, _WIDTH - 0.6
# Inches of a row, of the three columns of numbers, above and below the bars.
_ROW, _NUMBERS, _TOP, _BOTTOM = 0.3, 2.5, 0.82, 0.68
_COLUMNS = (0.68, 1.46, 2.28)
_LIMITS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0)
# More bars than this are grouped; with more than these, they have no numbers on top.
_MOST_BARS, _MOST_WRITTEN_BARS = 40, 13


class LabelSharePanels:
    """Share of the rows that carry each label, of all rows and of some of them.

    Parameters
    ----------
    figure : Figure
        An empty figure, of the size that `size_for` says.
    n_labels : int
        How many labels there are rows for.
    name_width : int
        Characters of the longest name that will be shown.

    Attributes
    ----------
    figure : Figure
    ax : Axes
    moving : tuple of Artist
        What `show` changes, for a `FrameRenderer`.

    Examples
    --------
    >>> from mlkit.plots import detached_figure
    >>> panels = LabelSharePanels(detached_figure(LabelSharePanels.size_for(2)), 2, 3)
    >>> panels.show(["sea", "sun"], [3, 1], [0.75, 0.25], title="all 4 rows")
    True
    >>> [column.words for column in panels.numbers]
    [('0.750', '0.250'), ('3', '1'), ('', '')]
    """

    def __init__(self, figure: Figure, n_labels: int, name_width: int) -> None:
        self.figure = figure
        rows = np.arange(n_labels)
        self._room = _name_room(name_width)
        with use_style():
            self.ax = _left_axes(figure, name_width, right=_NUMBERS)
            self._wide = _bars(self.ax, rows, 0.74, ALL_ROWS)
            self._narrow = _bars(self.ax, rows, 0.34, SOME_ROWS)
            self._names = _names_beside(self.ax, rows)
            self.numbers = [_numbers_beside(self.ax, rows, x) for x in _COLUMNS]
            self._heads = [_head_text(self.ax, x) for x in _COLUMNS]
            self._swatches = _swatches(self.ax)
            self._title = _title(figure)
            self.ax.set_xlabel("share of the rows that carry the label")
            self.ax.set_yticks([])
            self.ax.set_ylim(max(n_labels, 1) - 0.4, -0.6)
        self.moving: tuple[Artist, ...] = (
            *self._wide,
            *self._narrow,
            *self._swatches,
            self._names,
            *self._heads,
            *self.numbers,
            self._title,
        )

    @staticmethod
    def size_for(n_labels: int) -> tuple[float, float]:
        """Return a width and height in inches that give every label its row.

        Parameters
        ----------
        n_labels : int

        Returns
        -------
        tuple of float
        """
        return _WIDTH, _TOP + _BOTTOM + _ROW * max(n_labels, 3)

    def show(
        self,
        names: Sequence[str],
        counts: ArrayLike,
        shares: ArrayLike,
        part: ArrayLike | None = None,
        *,
        title: str,
    ) -> bool:
        """Show these labels.

        Parameters
        ----------
        names : sequence of str, shape (n_labels,)
            The first on top.
        counts : array-like of int, shape (n_labels,)
            All rows with the label.
        shares : array-like of float, shape (n_labels,)
            The same by the number of rows, in [0, 1]; NaN where undefined.
        part : array-like of float, shape (n_labels,), optional
            Share among the rows that are looked at, where these are not all.
        title : str
            Which rows they are.

        Returns
        -------
        bool
            Whether the limits of the axis changed.
        """
        wide = np.asarray(shares, dtype=np.float64)
        narrow = np.full(len(wide), np.nan) if part is None else np.asarray(part, float)
        for bars, widths in ((self._wide, wide), (self._narrow, narrow)):
            for bar, width in zip(bars, np.nan_to_num(widths), strict=True):
                bar.set_width(width)
        self._names.show([fitting(name, self._room, size=12) for name in names])
        self._show_numbers(np.asarray(counts), wide, None if part is None else narrow)
        self._title.set_text(fitting(title, _TITLE_WIDTH, size=13))
        return _set_limit(self.ax.set_xlim, self.ax.get_xlim, (wide, narrow))

    def _show_numbers(
        self, counts: np.ndarray, wide: np.ndarray, narrow: np.ndarray | None
    ) -> None:
        if narrow is None:
            heads, columns = ("share", "rows", ""), (_shares(wide), _counts(counts))
            columns = (*columns, [""] * len(wide))
        else:
            heads = ("all rows", "these", "ratio")
            columns = (_shares(wide), _shares(narrow), _ratios(narrow, wide))
        _set_texts(self._heads, heads)
        for swatch in self._swatches:
            swatch.set_visible(narrow is not None)
        for column, words in zip(self.numbers, columns, strict=True):
            column.show(words)


class SetSizePanels:
    """How many labels rows carry, all rows and some of them.

    Parameters
    ----------
    figure : Figure
        An empty figure of the size `SIZE`.
    largest : int
        Greatest number of labels of a row.

    Attributes
    ----------
    figure : Figure
    ax : Axes
    group : int
        How many numbers of labels share a bar: 1 up to 40 bars.
    moving : tuple of Artist
        What `show` changes, for a `FrameRenderer`.

    Examples
    --------
    >>> from mlkit.plots import detached_figure
    >>> panels = SetSizePanels(detached_figure(SetSizePanels.SIZE), 2)
    >>> panels.show([0, 1, 2, 1], title="all 4 rows")
    True
    >>> [float(bar.get_height()) for bar in panels.ax.patches[:3]]
    [0.25, 0.5, 0.25]
    """

    SIZE = (_WIDTH, 4.6)

    def __init__(self, figure: Figure, largest: int) -> None:
        self.figure = figure
        self.group = -(-(largest + 1) // _MOST_BARS)
        self._n_bars = largest // self.group + 1
        with use_style():
            self.ax = _left_axes(figure, 7, right=0.2)
            places = np.arange(self._n_bars)
            self._wide = self.ax.bar(places, 0.0, width=0.8, color=ALL_ROWS).patches
            self._narrow = self.ax.bar(places, 0.0, width=0.4, color=SOME_ROWS).patches
            self._means = [self._mean_line(":"), self._mean_line("--")]
            self._texts = self._bar_texts()
            self._words = [_word_text(self.ax, x) for x in (0.0, 0.5)]
            self._keys = _keys(self.ax, (0.0, 0.5))
            self._title = _title(figure)
            self._name_axes()
        self.moving: tuple[Artist, ...] = (
            *self._wide,
            *self._narrow,
            *self._means,
            *self._keys,
            *self._texts,
            *self._words,
            self._title,
        )

    def show(
        self, sizes: ArrayLike, part: ArrayLike | None = None, *, title: str
    ) -> bool:
        """Show these numbers of labels.

        Parameters
        ----------
        sizes : array-like of int, shape (n_samples,)
            Number of labels of each row.
        part : array-like of int, shape (n_part,), optional
            Of the rows that are looked at, where these are not all.
        title : str
            Which rows they are.

        Returns
        -------
        bool
            Whether the limits of the axis changed.
        """
        shares = [self._shares(sizes), self._shares(() if part is None else part)]
        for bars, heights in zip((self._wide, self._narrow), shares, strict=True):
            for bar, height in zip(bars, heights, strict=True):
                bar.set_height(height)
        self._show_mean(0, sizes, "all rows")
        self._show_mean(1, () if part is None else part, "these")
        for place, text in enumerate(self._texts):
            value = shares[0 if part is None else 1][place]
            text.set_text(f"{value:.2f}" if value else "")
            text.xy = (place, max(share[place] for share in shares))
        self._title.set_text(fitting(title, _TITLE_WIDTH, size=13))
        # Room for the numbers on top of the bars.
        return _set_limit(self.ax.set_ylim, self.ax.get_ylim, shares, room=1.1)

    def _shares(self, sizes: ArrayLike) -> np.ndarray:
        groups = np.asarray(sizes, dtype=np.int64) // self.group
        counts = np.bincount(groups, minlength=self._n_bars)
        return counts / max(len(groups), 1)

    def _show_mean(self, which: int, sizes: ArrayLike, name: str) -> None:
        values = np.asarray(sizes)
        there = len(values) > 0
        mean = float(values.mean()) if there else 0.0
        line, key, words = self._means[which], self._keys[which], self._words[which]
        # The middle of a group is half a group above its first number.
        place = (mean - (self.group - 1) / 2) / self.group
        line.set_xdata([place, place])
        line.set_visible(there)
        key.set_visible(there)
        mark = ("dotted", "dashed")[which]
        words.set_text(f"{name}: mean {mean:.2f} ({mark} line)" if there else "")

    def _mean_line(self, style: str) -> Artist:
        return self.ax.axvline(0.0, color=PALETTE["vermilion"], linestyle=style)

    def _bar_texts(self) -> list[Text]:
        places = range(self._n_bars if self._n_bars <= _MOST_WRITTEN_BARS else 0)
        # The white box keeps a number legible where the line of a mean passes.
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        look = {"ha": "center", "va": "bottom", "size": 11, "bbox": box}
        offset = {"xytext": (0, 3), "textcoords": "offset points"}
        return [self.ax.annotate("", (x, 0), **offset, **look) for x in places]

    def _name_axes(self) -> None:
        words = "number of labels of a row"
        first = np.arange(self._n_bars) * self.group
        if self.group > 1:
            words += f", in groups of {self.group}: 0 to {self.group - 1}, ..."
        step = -(-self._n_bars // 14)
        self.ax.set_xticks(np.arange(self._n_bars)[::step], first[::step].tolist())
        # Two bars at least: a single one would fill the figure.
        self.ax.set_xlim(-0.7, max(self._n_bars, 2) - 0.3)
        self.ax.set(xlabel=words, ylabel="share of the rows")
        self.ax.yaxis.get_major_locator().set_params(nbins=5)
        self.ax.grid(visible=False, axis="x")


def _left_axes(figure: Figure, name_width: int, *, right: float) -> Axes:
    """Axes beside names of so many characters, in inches from the right."""
    width, height = figure.get_size_inches()
    left = 0.25 + _name_room(name_width)
    sides = (width - left - right, height - _TOP - _BOTTOM)
    corner = (left / width, _BOTTOM / height)
    ax = figure.add_axes((*corner, sides[0] / width, sides[1] / height))
    ax.grid(visible=False, axis="y")
    return ax


def _name_room(name_width: int) -> float:
    return 0.05 + _CHARACTER * min(name_width, _NAME_WIDTH)


def _bars(ax: Axes, rows: np.ndarray, height: float, color: str) -> list[Rectangle]:
    return ax.barh(rows, 0.0, height=height, color=color).patches


def _names_beside(ax: Axes, rows: np.ndarray) -> Words:
    places = np.stack([np.zeros(len(rows)), rows], axis=1)
    across = ax.get_yaxis_transform()
    return Words(ax, places, ha="right", size=12, shift=(-8, 0), transform=across)


def _numbers_beside(ax: Axes, rows: np.ndarray, inches: float) -> Words:
    places = np.stack([np.ones(len(rows)), rows], axis=1)
    across, shift = ax.get_yaxis_transform(), (72 * inches, 0.0)
    return Words(ax, places, ha="right", shift=shift, transform=across)


def _head_text(ax: Axes, inches: float) -> Text:
    offset = {"xytext": (72 * inches, 6), "textcoords": "offset points"}
    look = {"ha": "right", "size": 11, "color": INK, "xycoords": "axes fraction"}
    return ax.annotate("", (1.0, 1.0), **offset, **look)


def _swatches(ax: Axes) -> list[Rectangle]:
    """Draw a wide and a narrow bar above the heads of their columns, as a legend."""
    inverse = ax.transAxes.inverted()
    figure = ax.figure
    right, top = ax.transAxes.transform((1.0, 1.0))
    looks = ((_COLUMNS[0] - 0.12, 11, ALL_ROWS), (_COLUMNS[1] - 0.02, 5, SOME_ROWS))
    patches = []
    for inches, height, color in looks:
        # Above the heads, right-aligned with the numbers below.
        middle = (right + inches * figure.dpi - 26, top + 36)
        corners = inverse.transform(
            [
                (middle[0], middle[1] - height / 2),
                (middle[0] + 30, middle[1] + height / 2),
            ]
        )
        (x, y), (x_end, y_end) = corners
        patch = Rectangle(
            (x, y), x_end - x, y_end - y, facecolor=color, transform=ax.transAxes
        )
        patches.append(ax.add_patch(patch))
        patch.set_clip_on(False)
    return patches


def _keys(ax: Axes, places: Sequence[float]) -> list[Rectangle]:
    """Draw a wide and a narrow bar beside the words above the axes, as a legend."""
    width, height = (ax.bbox.width, ax.bbox.height)
    looks = zip(places, (12, 6), (ALL_ROWS, SOME_ROWS), strict=True)
    patches = []
    for place, thick, color in looks:
        corner = (place, 1.0 + (16 - thick / 2) / height)
        patch = Rectangle(
            corner,
            30 / width,
            thick / height,
            facecolor=color,
            transform=ax.transAxes,
            clip_on=False,
        )
        patches.append(ax.add_patch(patch))
    return patches


def _word_text(ax: Axes, place: float) -> Text:
    return ax.annotate(
        "",
        (place, 1.0),
        xycoords="axes fraction",
        xytext=(29, 11),
        textcoords="offset points",
        va="center",
        size=11,
    )


def _title(figure: Figure) -> Text:
    height = figure.get_size_inches()[1]
    return figure.text(0.012, 1.0 - 0.1 / height, "", va="top", size=13)


def _set_texts(texts: Sequence[Text], words: Sequence[str]) -> None:
    for text, word in zip(texts, words, strict=True):
        text.set_text(word)


def _shares(values: np.ndarray) -> list[str]:
    return ["–" if np.isnan(value) else f"{value:.3f}" for value in values]


def _counts(values: np.ndarray) -> list[str]:
    return [f"{value:,}" for value in values.tolist()]


def _ratios(part: np.ndarray, whole: np.ndarray) -> list[str]:
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = part / whole
    return [f"×{x:.2f}" if np.isfinite(x) else "–" for x in ratios]


def _set_limit(
    change: object, limits: object, parts: Sequence[np.ndarray], *, room: float = 1.0
) -> bool:
    """Let an axis end at a round share that all bars reach; say whether it moved."""
    greatest = max(float(np.nan_to_num(part).max(initial=0.0)) for part in parts)
    end = room * next(limit for limit in _LIMITS if limit >= greatest - 1e-9)
    moved = bool(limits()[1] != end)
    if moved:
        change(0.0, end)
    return moved
