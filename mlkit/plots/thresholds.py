"""A threshold and all that follows from it: the curve, every label, the metrics.

What is right, missed and false is told by hatches, the two averages by dashes, and the
best place by a star: nothing by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from mlkit.plots.bars import Bars, set_end, step_above
from mlkit.plots.legible import fitted_name
from mlkit.plots.style import INK, PALETTE, use_style

__all__ = ["MeasureLine", "ThresholdPanels", "ThresholdView"]

_FAINT, _GUIDE = "#BBBBBB", "#0072B2"
_LINES = (
    {"color": PALETTE["black"], "linestyle": "-"},
    {"color": PALETTE["vermilion"], "linestyle": (0, (4, 1.5))},
)
_KINDS: dict[str, dict[str, Any]] = {
    "right": {"facecolor": PALETTE["green"], "hatch": None},
    "missed": {"facecolor": "white", "hatch": "///"},
    "false": {"facecolor": PALETTE["orange"], "hatch": "xxx"},
}
_NAME_WIDTH = 18
# A single label is not drawn as high as a whole panel.
_LEAST_ROWS = 7
_WIDTH, _LEFT = 9.6, 4.55


@dataclass(frozen=True, slots=True, eq=False)
class MeasureLine:
    """A curve, where it stands now and where it is best.

    Parameters
    ----------
    name : str
        What it is the measure of.
    x, y : ndarray of float64, shape (n_points,)
        Ascending thresholds, or numbers of labels, and the values of the measure.
    now : tuple of float
        Place and value; a place of NaN where there is no single one.
    best : tuple of float
        Place and value.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    now: tuple[float, float]
    best: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class ThresholdView:
    """All that the panels show of one state.

    Parameters
    ----------
    measure : str
        In words.
    lines : sequence of MeasureLine
        One or two.
    right, missed, false : ndarray of int, shape (n_rows,)
        True positives, false negatives and false positives of the labels drawn.
    values : ndarray of float64, shape (n_rows,)
        The measure of each of these labels.
    bars, references : ndarray of float64, shape (n_metrics,)
        Metrics in [0, 1], and what they are at a threshold of .5.
    bar_texts : sequence of str
        Their values in words.
    faint : tuple of ndarray, optional
        Places, shape (n_points,), and the curves of labels, (n_points, n_labels).
    limits : ndarray of float64, shape (n_rows,), optional
        Thresholds of the labels drawn, where each has its own.
    ticks : ndarray of float64, shape (n_labels,), optional
        The same of all labels.
    top : float, default 1.0
        Upper end of the curve's axis.
    better : {"higher", "lower"}, default "higher"
        Which values of the measure are good.
    chosen : int, optional
        Which of the labels drawn stands out.
    """

    measure: str
    lines: Sequence[MeasureLine]
    right: np.ndarray
    missed: np.ndarray
    false: np.ndarray
    values: np.ndarray
    bars: np.ndarray
    references: np.ndarray
    bar_texts: Sequence[str]
    faint: tuple[np.ndarray, np.ndarray] | None = None
    limits: np.ndarray | None = None
    ticks: np.ndarray = field(default_factory=lambda: np.empty(0))
    top: float = 1.0
    better: Literal["higher", "lower"] = "higher"
    chosen: int | None = None


class ThresholdPanels:
    """The curve of a measure, the counts of every label, and the metrics.

    Parameters
    ----------
    figure : Figure
        An empty figure of the size of `size_for`.
    label_names : sequence of str
        The labels drawn, one row each, the first on top.
    metric_names : sequence of str
        One bar each.
    heading : str, default "Every label"
        Above the rows of labels; says so where not all are drawn.
    widest : float, default 1.0
        Rows at which the bars of labels end; a longer one is cut off, and an arrow says
        so.
    n_places : int, optional
        The places of the curve are 0, 1, ..., `n_places` labels a row; by default
        thresholds from 0 to 1.

    Attributes
    ----------
    figure : Figure
    axes : tuple of Axes
        Curve, counts of labels, the measure of labels, metrics.
    moving : tuple of Artist
        What `show` changes, for a `FrameRenderer`.
    """

    def __init__(
        self,
        figure: Figure,
        label_names: Sequence[str],
        metric_names: Sequence[str],
        *,
        heading: str = "Every label",
        widest: float = 1.0,
        n_places: int | None = None,
    ) -> None:
        self.figure = figure
        names = [fitted_name(name, _NAME_WIDTH) for name in label_names]
        self.axes = _place_axes(figure, names)
        curve, labels, values, metrics = self.axes
        with use_style():
            self._curve = _CurvePanel(curve, n_places)
            self._labels = _LabelPanel(labels, names, heading, widest)
            self._values = _ValuePanel(values, len(names))
            self._metrics = _MetricPanel(metrics, metric_names)
        drawn = (self._curve, self._labels, self._values, self._metrics)
        shapes = [artist for panel in drawn for artist in panel.shapes]
        texts = [artist for panel in drawn for artist in panel.texts]
        # Texts last, so that no line or bar passes over a number.
        self.moving: tuple[Artist, ...] = (*shapes, *texts)

    @staticmethod
    def size_for(n_rows: int) -> tuple[float, float]:
        """Return a width and height in inches that give every label its row.

        Parameters
        ----------
        n_rows : int
            How many labels are drawn.

        Returns
        -------
        tuple of float
        """
        return (_WIDTH, max(6.3, 1.75 + 0.29 * n_rows))

    def show(self, view: ThresholdView) -> bool:
        """Show other values.

        Parameters
        ----------
        view : ThresholdView
            Of as many labels and metrics as there are names.

        Returns
        -------
        bool
            Whether the limits of an axis changed: then `moving` is not all that did.
        """
        self._metrics.show(view)
        self._labels.show(view)
        higher, wider = self._curve.show(view), self._values.show(view)
        return higher or wider


class _CurvePanel:
    """One or two strong curves, those of the labels behind them, and what is best."""

    def __init__(self, ax: Axes, n_places: int | None) -> None:
        self.ax = ax
        self._unit = "threshold" if n_places is None else "labels a row"
        last = 1.0 if n_places is None else float(n_places)
        ax.set(xlim=(-0.02 * last, 1.02 * last))
        self._set_top(1.0)
        ax.set_xlabel(_cut_words(n_places))
        if n_places is not None:
            ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        # A measure is level between two neighbouring scores.
        step = {"drawstyle": "steps-pre"} if n_places is None else {"marker": "."}
        self._faint = LineCollection([], colors=_FAINT, linewidths=0.8)
        ax.add_collection(self._faint, autolim=False)
        self._lines = [ax.plot([], [], lw=2.2, **look, **step)[0] for look in _LINES]
        self._level = [
            ax.plot([], [], color=look["color"], lw=1.2, linestyle=":")[0]
            for look in _LINES
        ]
        self._guide = ax.plot([], [], color=_GUIDE, lw=1.6, linestyle="--")[0]
        self._ticks = ax.plot([], [], "|", color=_GUIDE, ms=12, mew=1.6)[0]
        self._best = [_marks(ax, "*", look["color"], 15) for look in _LINES]
        self._now = [_marks(ax, "o", look["color"], 9) for look in _LINES]
        self.shapes: list[Artist] = [self._faint, *self._level, self._guide]
        self.shapes += [self._ticks, *self._lines, *self._best, *self._now]
        self._add_texts()

    def _add_texts(self) -> None:
        figure, box = self.ax.figure, self.ax.get_position()
        inch = 1.0 / figure.get_size_inches()[1]
        self._title = figure.text(box.x0, box.y1 + 0.88 * inch, "", fontsize=13)
        self._legend = [
            figure.text(box.x0 + 0.055, box.y1 + up * inch, "", fontsize=11)
            for up in (0.58, 0.31)
        ]
        self._keys = [
            figure.add_artist(_key(figure, box.x0, box.y1 + (up + 0.05) * inch, look))
            for up, look in zip((0.58, 0.31), _LINES, strict=True)
        ]
        self._place = self.ax.annotate(
            "",
            (0.0, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            color=_GUIDE,
            fontsize=11,
        )
        self.shapes += self._keys
        self.texts: list[Artist] = [self._title, *self._legend, self._place]

    def show(self, view: ThresholdView) -> bool:
        self._title.set_text(
            f"{view.measure[:1].upper()}{view.measure[1:]} ({view.better} is better)"
        )
        self._show_faint(view.faint)
        for i in range(len(_LINES)):
            self._show_line(i, view.lines[i] if i < len(view.lines) else None)
        at = view.lines[0].now[0]
        has_place = not np.isnan(at)
        self._guide.set_data(([at, at], [0.0, view.top]) if has_place else ([], []))
        self._place.set_text(self._place_words(at) if has_place else "")
        self._place.xy = (at if has_place else 0.0, 1.0)
        self._ticks.set_data(view.ticks, np.full(len(view.ticks), 0.03 * view.top))
        return self._set_top(view.top)

    def _place_words(self, at: float) -> str:
        return f"{at:.2f}" if self._unit == "threshold" else f"{at:.0f}"

    def _show_faint(self, faint: tuple[np.ndarray, np.ndarray] | None) -> None:
        if faint is None:
            self._faint.set_segments([])
            return
        x, curves = faint
        self._faint.set_segments([np.column_stack([x, y]) for y in curves.T])

    def _show_line(self, i: int, line: MeasureLine | None) -> None:
        parts = (self._lines[i], self._best[i], self._now[i], self._level[i])
        for artist in (*parts, self._keys[i], self._legend[i]):
            artist.set_visible(line is not None)
        if line is None:
            return
        (place, value), (best_place, best) = line.now, line.best
        single = not np.isnan(place)
        self._lines[i].set_data(line.x, line.y)
        self._best[i].set_data([best_place], [best])
        self._now[i].set_data([place] if single else [], [value] if single else [])
        # Without a single place only the height says what the decisions are worth.
        ends = self.ax.get_xlim()
        self._level[i].set_data(([], []) if single else (ends, [value, value]))
        name, at = fitted_name(line.name, 16), self._place_words(best_place)
        self._legend[i].set_text(f"{name}: {value:.2f} now, ★ {best:.2f} at {at}")

    def _set_top(self, top: float) -> bool:
        limits = (-0.02 * top, 1.04 * top)
        changed = self.ax.get_ylim() != limits
        if changed:
            self.ax.set_ylim(*limits)
        return changed


class _LabelPanel:
    """A stacked bar a label: right, missed and false."""

    def __init__(
        self, ax: Axes, names: Sequence[str], heading: str, widest: float
    ) -> None:
        self.ax, self._widest = ax, widest
        ax.set_yticks(np.arange(len(names)), names)
        _set_rows(ax, len(names))
        # The same for all thresholds: bars can be compared while one is moved.
        ax.set_xlim(0.0, widest)
        ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        ax.set_xlabel("rows")
        self._row = ax.add_patch(_row_highlight(ax))
        self._bars = {kind: Bars(ax, **look) for kind, look in _KINDS.items()}
        self.shapes: list[Artist] = [self._row]
        self.shapes += [bars.patch for bars in self._bars.values()]
        self._cut = _marks(ax, ">", INK, 9)
        self.shapes.append(self._cut)
        self.texts: list[Artist] = []
        self._add_heads(heading)

    def _add_heads(self, heading: str) -> None:
        figure, box = self.ax.figure, self.ax.get_position()
        inch = 1.0 / figure.get_size_inches()[1]
        figure.text(box.x0, box.y1 + 0.88 * inch, heading, fontsize=13)
        handles = [
            Patch(edgecolor=INK, linewidth=0.7, label=kind, **look)
            for kind, look in _KINDS.items()
        ]
        figure.legend(
            handles=handles,
            loc="lower left",
            bbox_to_anchor=(box.x0, box.y1 + 0.5 * inch),
            ncols=3,
            handlelength=1.6,
            columnspacing=1.2,
            borderaxespad=0.0,
            borderpad=0.2,
        )

    def show(self, view: ThresholdView) -> None:
        edge = np.zeros(len(view.right))
        widths = (view.right, view.missed, view.false)
        for bars, width in zip(self._bars.values(), widths, strict=True):
            bars.show(edge, width)
            edge = edge + width
        self._row.set_visible(view.chosen is not None)
        if view.chosen is not None:
            self._row.set_y(view.chosen - 0.5)
        cut = np.flatnonzero(edge > self._widest)
        self._cut.set_data(np.full(len(cut), self._widest), cut)


class _ValuePanel:
    """The measure of each label as a disc, and its threshold where it has its own."""

    def __init__(self, ax: Axes, n_rows: int) -> None:
        self.ax, self._rows = ax, np.arange(n_rows)
        _set_rows(ax, n_rows)
        ax.set_xlim(0.0, 1.0)
        ax.locator_params(axis="x", nbins=2)
        ax.xaxis.set_major_formatter("{x:g}")
        ax.tick_params(axis="y", length=0, labelleft=False)
        ax.set_xlabel("● measure\n❘ own threshold", fontsize=11)
        marks = {"linestyle": "none", "clip_on": False}
        color, ink = _GUIDE, PALETTE["black"]
        self._limits = ax.plot([], [], "|", color=color, ms=13, mew=2.2, **marks)[0]
        self._values = ax.plot([], [], "o", color=ink, ms=7, mec="white", **marks)[0]
        self.shapes: list[Artist] = [self._limits, self._values]
        figure, box = ax.figure, ax.get_position()
        up = box.y1 + 0.12 / figure.get_size_inches()[1]
        self._head = figure.text(0.988, up, "", fontsize=11, ha="right")
        self.texts: list[Artist] = [self._head]

    def show(self, view: ThresholdView) -> bool:
        self._head.set_text(view.measure)
        self._values.set_data(view.values, self._rows)
        limits = view.limits
        rows = self._rows if limits is not None else []
        # A threshold beyond 1 lets nothing pass; its mark stays in the panel.
        self._limits.set_data(np.minimum(limits, 1.0) if len(rows) else [], rows)
        return set_end(self.ax, step_above(view.values.max(initial=1.0)))


class _MetricPanel:
    """A bar a metric, with its number, and a mark where 0.5 would leave it."""

    def __init__(self, ax: Axes, names: Sequence[str]) -> None:
        self._rows = np.arange(len(names))
        self._is_loss = np.array([name.endswith("↓") for name in names])
        self._gains = Bars(ax, facecolor=PALETTE["sky"])
        self._losses = Bars(ax, facecolor="white", hatch="...")
        ax.set_yticks(self._rows, names)
        _set_rows(ax, len(names), least=0)
        ax.set_xlim(0.0, 1.0)
        ax.set_xticks([0.0, 0.5, 1.0], ["0", "0.5", "1"])
        ax.set_xlabel(
            "↑ higher, ↓ lower is better; ◇ at threshold 0.5\n"
            "cost: the bar is its share of the highest possible",
            fontsize=11,
        )
        # The words are wider than the bars: centred below names, bars and numbers.
        ax.xaxis.set_label_coords(0.28, -0.13)
        look = {"color": INK, "ms": 6, "mfc": "white", "mew": 1.4, "clip_on": False}
        self._marks = ax.plot([], [], "D", **look)[0]
        self.shapes: list[Artist] = [self._gains.patch, self._losses.patch]
        self.shapes.append(self._marks)
        place = {"transform": ax.get_yaxis_transform(), "va": "center"}
        self.texts: list[Any] = [
            ax.text(1.06, row, "", fontsize=11, **place) for row in self._rows
        ]

    def show(self, view: ThresholdView) -> None:
        start = np.zeros(len(view.bars))
        self._gains.show(start, np.where(self._is_loss, 0.0, view.bars))
        self._losses.show(start, np.where(self._is_loss, view.bars, 0.0))
        self._marks.set_data(view.references, self._rows)
        for text, words in zip(self.texts, view.bar_texts, strict=True):
            text.set_text(words)


def _cut_words(n_places: int | None) -> str:
    if n_places is None:
        return "threshold on the probability"
    return "k: labels decided for in every row"


def _marks(ax: Axes, marker: str, color: str, size: float) -> Any:
    look = {"linestyle": "none", "mec": "white", "mew": 1.0, "clip_on": False}
    return ax.plot([], [], marker=marker, color=color, ms=size, **look)[0]


def _key(figure: Figure, x: float, y: float, look: dict[str, Any]) -> Any:
    """Return a short piece of a line, as a legend has it."""
    return Line2D([x, x + 0.045], [y, y], lw=2.2, transform=figure.transFigure, **look)


def _row_highlight(ax: Axes) -> Rectangle:
    return Rectangle(
        (0.0, 0.0),
        1.0,
        1.0,
        transform=ax.get_yaxis_transform(),
        facecolor="#E8EEF4",
        edgecolor=_GUIDE,
        linewidth=1.2,
    )


def _set_rows(ax: Axes, n_rows: int, *, least: int = _LEAST_ROWS) -> None:
    # The first row on top, as in a table.
    ax.set_ylim(max(n_rows, least) - 0.4, -0.6)
    ax.grid(visible=False, axis="y")


def _place_axes(figure: Figure, names: Sequence[str]) -> tuple[Axes, ...]:
    """Place four panels by hand, without a layout engine's cost per frame."""
    height = figure.get_size_inches()[1]
    widest = 0.25 + 0.092 * max(map(len, names), default=0)
    start, end = (_LEFT + 0.15 + widest) / _WIDTH, 7.95 / _WIDTH
    top, bottom = 1.0 - 1.2 / height, 0.75 / height
    # Metrics are as high as six rows, the curve has what is left.
    metrics = 1.75 / height
    low = bottom + metrics + 0.85 / height
    with use_style():
        curve = figure.add_axes(
            (0.62 / _WIDTH, low, (_LEFT - 0.77) / _WIDTH, top - low)
        )
        labels = figure.add_axes((start, bottom, end - start, top - bottom))
        wide = 1.1 / _WIDTH
        values = figure.add_axes((end + 0.33 / _WIDTH, bottom, wide, top - bottom))
        bars = figure.add_axes(
            (1.78 / _WIDTH, bottom, (_LEFT - 2.55) / _WIDTH, metrics)
        )
    return curve, labels, values, bars
