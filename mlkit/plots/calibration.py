"""What probabilities mean, what that costs, and the ranking that does not care.

Points of now are discs, those of before open squares; the distance from the diagonal is
a line of its own. Nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from mlkit.plots.bars import Bars, box_path, set_end, step_above
from mlkit.plots.legible import fitted_name
from mlkit.plots.style import INK, PALETTE, use_style

__all__ = ["CalibrationPanels", "CalibrationView", "ReliabilityPoints"]

_SIZE = (9.6, 6.2)
_BEFORE, _NOW = "#767676", PALETTE["blue"]
# One cell is a bar of some height on a scale of powers of ten.
_FLOOR = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class ReliabilityPoints:
    """Bins of probabilities, those that hold a cell.

    Parameters
    ----------
    said, share : ndarray of float64, shape (n_bins,)
        Mean probability, and share of positives.
    count : ndarray of int64, shape (n_bins,)
        Cells.
    lower, upper : ndarray of float64, shape (n_bins,)
        Limits.
    """

    said: np.ndarray
    share: np.ndarray
    count: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class CalibrationView:
    """All that the panels show of one state.

    Parameters
    ----------
    whose : str
        The label, or all of them, in words.
    now, before : ReliabilityPoints
        Of the probabilities shown, and of those that were predicted.
    losses, losses_before : ndarray of float64, shape (n_losses,)
        Lower is better; not negative. One of more than about twice the worst of those
        before is cut off, and an arrow says so.
    ranking, ranking_before : ndarray of float64, shape (n_measures,)
        Higher is better; in [0, 1], NaN where undefined.
    """

    whose: str
    now: ReliabilityPoints
    before: ReliabilityPoints
    losses: np.ndarray
    losses_before: np.ndarray
    ranking: np.ndarray
    ranking_before: np.ndarray


class CalibrationPanels:
    """Reliability diagram, number of cells, losses and measures of ranking.

    Parameters
    ----------
    figure : Figure
        An empty figure of the size `size`.
    loss_names, ranking_names : sequence of str
        One bar each.
    n_cells : int
        How many cells a bin holds at most.

    Attributes
    ----------
    figure : Figure
    axes : tuple of Axes
        Diagram, numbers of cells, losses, ranking.
    moving : tuple of Artist
        What `show` changes, for a `FrameRenderer`.
    """

    size = _SIZE

    def __init__(
        self,
        figure: Figure,
        loss_names: Sequence[str],
        ranking_names: Sequence[str],
        *,
        n_cells: int,
    ) -> None:
        self.figure = figure
        with use_style():
            self.axes = _place_axes(figure)
            diagram, cells, losses, ranking = self.axes
            self._diagram = _Diagram(diagram)
            self._cells = _CellCounts(cells, n_cells)
            self._losses = _Measures(losses, loss_names, is_loss=True)
            self._ranking = _Measures(ranking, ranking_names, is_loss=False)
        drawn = (self._diagram, self._cells, self._losses, self._ranking)
        shapes = [artist for panel in drawn for artist in panel.shapes]
        texts = [artist for panel in drawn for artist in panel.texts]
        # Texts last, so that no line or bar passes over a number.
        self.moving: tuple[Artist, ...] = (*shapes, *texts)

    def show(self, view: CalibrationView) -> bool:
        """Show other values.

        Parameters
        ----------
        view : CalibrationView

        Returns
        -------
        bool
            Whether the limits of an axis changed: then `moving` is not all that did.
        """
        self._diagram.show(view)
        self._cells.show(view.now)
        self._ranking.show(view.ranking, view.ranking_before)
        return self._losses.show(view.losses, view.losses_before)


class _Diagram:
    """The share of positives against what was said, before and now."""

    def __init__(self, ax: Axes) -> None:
        ax.plot([0, 1], [0, 1], color=INK, linestyle=":", lw=1.6, zorder=1)
        ax.set(xlim=(-0.02, 1.02), ylim=(-0.03, 1.03))
        ax.set_ylabel("share that is true\n(above the dots: more often than said)")
        ax.tick_params(labelbottom=False)
        before = {"color": _BEFORE, "mfc": "white", "mew": 1.4, "ms": 7}
        self._before = ax.plot([], [], "s-", lw=1.2, **before)[0]
        self._gaps = LineCollection([], colors=PALETTE["vermilion"], linewidths=2.0)
        ax.add_collection(self._gaps, autolim=False)
        self._line = ax.plot([], [], color=_NOW, lw=1.4)[0]
        look = {"color": _NOW, "edgecolors": "white", "linewidths": 1.0}
        self._points = ax.scatter([], [], s=[], **look)
        # A disc at 0 or at 1 is drawn whole.
        for artist in (self._before, self._points, self._line):
            artist.set_clip_on(False)
        self.shapes: list[Artist] = [self._before, self._gaps, self._line, self._points]
        self._add_heads(ax)

    def _add_heads(self, ax: Axes) -> None:
        figure, box = ax.figure, ax.get_position()
        inch = 1.0 / figure.get_size_inches()[1]
        self._title = figure.text(box.x0, box.y1 + 0.55 * inch, "", fontsize=13)
        self.texts: list[Artist] = [self._title]
        red, square = PALETTE["vermilion"], {"marker": "s", "mfc": "white", "ms": 7}
        handles = [
            Line2D([], [], color=_NOW, marker="o", lw=1.4, ms=8, label="now"),
            Line2D([], [], color=_BEFORE, lw=1.2, label="as predicted", **square),
            Line2D([], [], color=red, lw=2.0, label="off by"),
        ]
        figure.legend(
            handles=handles,
            loc="lower left",
            bbox_to_anchor=(box.x0, box.y1 + 0.12 * inch),
            ncols=3,
            borderaxespad=0.0,
            borderpad=0.2,
            columnspacing=1.4,
        )

    def show(self, view: CalibrationView) -> None:
        now, before = view.now, view.before
        self._title.set_text(f"Said and true: {fitted_name(view.whose, 30)}")
        self._before.set_data(before.said, before.share)
        self._line.set_data(now.said, now.share)
        self._points.set_offsets(np.column_stack([now.said, now.share]))
        most = now.count.max(initial=1)
        self._points.set_sizes(40 + 160 * now.count / most)
        ends = zip(now.said, now.share, strict=True)
        self._gaps.set_segments([[(x, x), (x, y)] for x, y in ends])


class _CellCounts:
    """How many cells each bin holds, in powers of ten."""

    def __init__(self, ax: Axes, n_cells: int) -> None:
        ax.set_yscale("log")
        ax.set(xlim=(-0.02, 1.02), ylim=(_FLOOR, 2.0 * max(n_cells, 1)))
        ax.yaxis.set_major_locator(LogLocator(numticks=4))
        ax.yaxis.set_minor_locator(NullLocator())
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        ax.set_xlabel("probability that was said")
        ax.set_ylabel("cells")
        ax.yaxis.set_label_coords(-0.15, 0.5)
        self._bars = PathPatch(
            Path(np.empty((0, 2))), facecolor="#BFD9EA", edgecolor=_NOW, linewidth=0.9
        )
        ax.add_artist(self._bars)
        self.shapes: list[Artist] = [self._bars]
        self.texts: list[Artist] = []

    def show(self, points: ReliabilityPoints) -> None:
        # Bins of a single probability have no width, and would be no bar.
        upper = np.maximum(points.upper, points.lower + 0.004)
        floor = np.full(len(upper), _FLOOR)
        self._bars.set_path(box_path(points.lower, upper, floor, points.count))


class _Measures:
    """A bar a measure, with its number, and a mark where it was before."""

    def __init__(self, ax: Axes, names: Sequence[str], *, is_loss: bool) -> None:
        self.ax, self._is_loss = ax, is_loss
        self._rows = np.arange(len(names))
        look = (
            {"facecolor": "white", "hatch": "..."}
            if is_loss
            else {"facecolor": PALETTE["sky"]}
        )
        self._bars = Bars(ax, **look)
        ax.set_yticks(self._rows, names)
        # The first on top, as in a table.
        ax.set_ylim(len(names) - 0.4, -0.6)
        ax.set_xlim(0.0, 1.0)
        ax.locator_params(axis="x", nbins=4)
        ax.xaxis.set_major_formatter("{x:g}")
        ax.grid(visible=False, axis="y")
        better = "lower" if is_loss else "higher"
        ax.set_xlabel(f"{better} is better; □ as predicted")
        title = "How wrong they are" if is_loss else "How they rank the rows"
        ax.set_title(title, loc="left", x=-0.62)
        mark = {"color": INK, "mfc": "white", "mew": 1.4, "ms": 7, "clip_on": False}
        self._before = ax.plot([], [], "s", **mark)[0]
        arrow = {"color": INK, "mec": "white", "ms": 10, "clip_on": False}
        self._cut = ax.plot([], [], ">", **arrow)[0]
        self.shapes: list[Artist] = [self._bars.patch, self._before, self._cut]
        place = {"transform": ax.get_yaxis_transform(), "va": "center"}
        self.texts: list[Any] = [
            ax.text(1.06, row, "", fontsize=11, **place) for row in self._rows
        ]

    def show(self, values: np.ndarray, before: np.ndarray) -> bool:
        lengths = np.nan_to_num(values)
        self._bars.show(np.zeros(len(values)), lengths)
        self._before.set_data(before, self._rows)
        for text, value in zip(self.texts, values, strict=True):
            text.set_text("undefined" if np.isnan(value) else f"{value:.3f}")
        if not self._is_loss:
            return False
        # An axis of what was predicted: bars stay comparable, and nothing jumps, while
        # a slider is dragged. What is far worse is cut off, and its number says it.
        end = step_above(2.0 * np.nan_to_num(before).max(initial=0.0))
        cut = np.flatnonzero(lengths > end)
        self._cut.set_data(np.full(len(cut), end), cut)
        return set_end(self.ax, end)


def _place_axes(figure: Figure) -> tuple[Axes, Axes, Axes, Axes]:
    """Place four panels by hand, without a layout engine's cost per frame."""
    width, height = _SIZE

    def add(left: float, bottom: float, wide: float, high: float) -> Axes:
        box = (left / width, bottom / height, wide / width, high / height)
        return figure.add_axes(box)

    return (
        add(0.9, 1.75, 3.7, 3.5),
        add(0.9, 0.65, 3.7, 0.9),
        add(6.45, 3.35, 2.2, 1.9),
        add(6.45, 0.65, 2.2, 1.25),
    )
