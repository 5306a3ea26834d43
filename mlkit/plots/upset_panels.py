"""UpSet figure that follows a choice of rows without being drawn anew."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from mlkit.plots.label_shares import ALL_ROWS, SOME_ROWS
from mlkit.plots.style import INK, PALETTE, use_style
from mlkit.plots.words import Words, fitting

__all__ = ["UpsetPanels"]

_WIDTH, _FAINT, _BAND = 9.6, "#D5D5D5", "#F4F4F4"
# Characters; inches of one, and of the whole title.
_NAME_WIDTH, _CHARACTER, _TITLE_WIDTH = 24, 0.09, _WIDTH - 0.6
# Inches: of a row of dots, of the bars, of the totals, above and below.
_ROW, _BARS, _TOTALS, _TOP, _BOTTOM = 0.3, 1.9, 2.8, 0.5, 0.42
# Of the room for totals, so much is for bars; the numbers stand right of it.
_TOTAL_BARS = 0.36


class UpsetPanels:
    """Bars of the most frequent label sets above the dots of their labels.

    Parameters
    ----------
    figure : Figure
        An empty figure, of the size that `size_for` says.
    n_labels : int
        How many labels have a row of dots.
    name_width : int
        Characters of the longest name that will be shown.
    others : bool, default False
        Whether there is one more row, for labels without a row of their own.
    n_sets : int, default 12
        For how many label sets there is room.

    Attributes
    ----------
    figure : Figure
    bars, dots, totals : Axes
    moving : tuple of Artist
        What `show` changes, for a `FrameRenderer`.

    See Also
    --------
    mlkit.plots.plot_label_sets_upset : The same as a function that draws once.

    Examples
    --------
    >>> from mlkit.plots import detached_figure
    >>> panels = UpsetPanels(detached_figure(UpsetPanels.size_for(2)), 2, 3)
    >>> has = [[True, True], [False, True]]
    >>> panels.show(["sea", "sun"], [2, 1], has, [3, 1], title="all 3 rows")
    False
    >>> panels.counts.words
    ('2', '1')
    """

    def __init__(
        self,
        figure: Figure,
        n_labels: int,
        name_width: int,
        *,
        others: bool = False,
        n_sets: int = 12,
    ) -> None:
        self.figure = figure
        self.n_labels, self.n_sets, self.others = n_labels, n_sets, others
        self._n_rows = max(n_labels + others, 1)
        with use_style():
            self.bars, self.dots, self.totals = self._make_axes(name_width)
            self._make_bars()
            self._make_dots()
            self._make_totals()
            height = figure.get_size_inches()[1]
            self._title = figure.text(0.012, 1 - 0.1 / height, "", va="top", size=13)
            self._note = self.dots.annotate(
                "",
                (0.0, 0.0),
                xycoords="axes fraction",
                xytext=(0, -10),
                textcoords="offset points",
                va="top",
                size=11,
            )
        self.moving: tuple[Artist, ...] = (
            *self._set_bars,
            self._faint,
            self._lines,
            self._round,
            self._square,
            *self._wide,
            *self._narrow,
            self._names,
            self.counts,
            self._total_texts,
            self._head,
            self._title,
            self._note,
        )

    @staticmethod
    def size_for(n_rows: int) -> tuple[float, float]:
        """Return a width and height in inches for so many rows of dots.

        Parameters
        ----------
        n_rows : int
            That of the other labels included.

        Returns
        -------
        tuple of float
        """
        return _WIDTH, _TOP + _BARS + _ROW * max(n_rows, 2) + _BOTTOM

    def show(
        self,
        names: Sequence[str],
        counts: ArrayLike,
        has: ArrayLike,
        totals: ArrayLike,
        part: ArrayLike | None = None,
        *,
        title: str,
        note: str = "",
    ) -> bool:
        """Show these label sets.

        Parameters
        ----------
        names : sequence of str, shape (n_rows,)
            Of the labels; last, with `others`, what the others are called.
        counts : array-like of int, shape (k,)
            Rows with exactly this set, for at most `n_sets` sets.
        has : array-like of bool, shape (n_rows, k)
            Whether the set has the label.
        totals : array-like of int, shape (n_labels,)
            All rows with the label.
        part : array-like of int, shape (n_labels,), optional
            Those of the rows that are looked at, where these are not all.
        title : str
            Which rows they are.
        note : str, default ""
            How much of the whole is drawn.

        Returns
        -------
        bool
            False: nothing but `moving` changes.
        """
        rows = np.asarray(counts, dtype=np.int64)
        there = np.asarray(has, dtype=bool).reshape(self._n_rows, len(rows))
        self._show_bars(rows, there)
        self._show_dots(there)
        self._show_totals(np.asarray(totals), None if part is None else np.array(part))
        self._names.show([fitting(name, self._room, size=12) for name in names])
        self._title.set_text(fitting(title, _TITLE_WIDTH, size=13))
        self._note.set_text(note)
        return False

    def _make_axes(self, name_width: int) -> tuple[Axes, Axes, Axes]:
        width, height = self.figure.get_size_inches()
        # The name of the row of other labels needs its room, too.
        least = max(name_width, 16 * self.others)
        self._room = 0.05 + _CHARACTER * min(least, _NAME_WIDTH)
        left = 0.25 + self._room
        middle, dots = width - left - _TOTALS, _ROW * self._n_rows
        split = height - _TOP - _BARS
        frames = (
            (left, split, middle, _BARS),
            (left, split - dots, middle, dots),
            (left + middle + 0.15, split - dots, _TOTALS - 0.25, dots),
        )
        size = np.array([width, height, width, height])
        bars, dots_axes, totals = (
            self.figure.add_axes(tuple(np.array(frame) / size)) for frame in frames
        )
        for ax in (bars, dots_axes, totals):
            ax.set_xticks([])
            ax.set_yticks([])
            ax.grid(visible=False)
            ax.spines[:].set_visible(False)
        for ax in (bars, dots_axes):
            ax.set_xlim(-0.6, self.n_sets - 0.4)
        for ax in (dots_axes, totals):
            ax.set_ylim(self._n_rows - 0.5, -0.5)
            for row in range(0, self._n_rows, 2):
                ax.axhspan(row - 0.5, row + 0.5, color=_BAND, linewidth=0, zorder=0)
        return bars, dots_axes, totals

    def _make_bars(self) -> None:
        places = np.arange(self.n_sets)
        self._set_bars = self.bars.bar(places, 0.0, width=0.66).patches
        nothing = np.zeros((self.n_sets, 2))
        self.counts = Words(self.bars, nothing, va="baseline", shift=(0, 4))
        # The heights are numbered one by one; the longest bar fills the room.
        self.bars.set_ylim(0.0, 1.16)
        self.bars.set_ylabel("rows with exactly\nthis label set", labelpad=8)

    def _make_dots(self) -> None:
        columns, rows = np.meshgrid(np.arange(self.n_sets), np.arange(self._n_rows))
        self._grid = np.stack([columns, rows], axis=-1)
        self._faint = self.dots.scatter([], [], s=60, color=_FAINT)
        self._lines = LineCollection([], colors=SOME_ROWS, linewidths=2.5)
        self.dots.add_collection(self._lines)
        self._round = self.dots.scatter([], [], s=66, color=SOME_ROWS)
        self._square = self.dots.scatter([], [], s=60, marker="s", color=SOME_ROWS)
        # Set by hand, because an empty scatter would make the limits anew.
        self.dots.set(xlim=self.bars.get_xlim(), ylim=(self._n_rows - 0.5, -0.5))
        rows = np.stack([np.zeros(self._n_rows), np.arange(self._n_rows)], axis=1)
        across = self.dots.get_yaxis_transform()
        look = {"ha": "right", "size": 12, "shift": (-8, 0)}
        self._names = Words(self.dots, rows, transform=across, **look)

    def _make_totals(self) -> None:
        places = np.arange(self.n_labels)
        self._wide = self.totals.barh(places, 0.0, height=0.66, color=ALL_ROWS).patches
        self._narrow = self.totals.barh(
            places, 0.0, height=0.3, color=SOME_ROWS
        ).patches
        nothing = np.zeros((self.n_labels, 2))
        self._total_texts = Words(self.totals, nothing, ha="left", shift=(5, 0))
        self.totals.set(xlim=(0.0, 1.0), ylim=(self._n_rows - 0.5, -0.5))
        self._head = self.totals.annotate(
            "",
            (0.0, 1.0),
            xycoords="axes fraction",
            xytext=(0, 5),
            textcoords="offset points",
            size=11,
        )

    def _show_bars(self, counts: np.ndarray, has: np.ndarray) -> None:
        heights = np.zeros(self.n_sets)
        heights[: len(counts)] = counts / max(int(counts.max(initial=0)), 1)
        empty = np.zeros(self.n_sets, dtype=bool)
        empty[: len(counts)] = ~has.any(axis=0)
        for bar, height, is_empty in zip(self._set_bars, heights, empty, strict=True):
            bar.set_height(height)
            # Else the edge of nothing is a line.
            bar.set_visible(height > 0)
            bar.set_facecolor(PALETTE["orange"] if is_empty else SOME_ROWS)
            bar.set_edgecolor(INK if is_empty else SOME_ROWS)
            bar.set_hatch("//" if is_empty else None)
        places = np.stack([np.arange(self.n_sets), heights], axis=1)
        words = [f"{count:,}" for count in counts.tolist()]
        self.counts.show(words, places=places[: len(counts)])

    def _show_dots(self, has: np.ndarray) -> None:
        grid = self._grid[:, : has.shape[1]]
        rest = grid[..., 1] == self.n_labels
        self._faint.set_offsets(grid.reshape(-1, 2))
        self._round.set_offsets(grid[has & ~rest])
        self._square.set_offsets(grid[has & rest])
        ends = [np.flatnonzero(column) for column in has.T]
        self._lines.set_segments(
            [[(x, y[0]), (x, y[-1])] for x, y in enumerate(ends) if len(y) > 1]
        )

    def _show_totals(self, totals: np.ndarray, part: np.ndarray | None) -> None:
        scale = _TOTAL_BARS / max(int(totals.max(initial=0)), 1)
        # Without a choice the rows that are looked at are all rows.
        inner = np.zeros_like(totals) if part is None else part
        lengths = zip(self._wide, self._narrow, totals, inner, strict=True)
        for wide, narrow, total, some in lengths:
            wide.set_width(total * scale)
            narrow.set_width(some * scale)
        words = [f"{total:,}" for total in totals.tolist()]
        if part is not None:
            words = [
                f"{some:,} of {word}" for some, word in zip(part, words, strict=True)
            ]
        ends = np.stack([totals * scale, np.arange(self.n_labels)], axis=1)
        self._total_texts.show(words, places=ends)
        head = "rows with label" if part is None else "these of all with label"
        self._head.set_text(head)
