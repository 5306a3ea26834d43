"""What a label powerset has to learn, and which rows it cannot get right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, PercentFormatter

from mlkit.plots.keys import KEY_HEIGHT, MovingKeys, percent
from mlkit.plots.style import INK, PALETTE, use_style
from mlkit.wording import counted

__all__ = ["PowersetPanels", "PowersetView", "power_of_two"]

_FAINT = "#BBBBBB"
_KEPT = {"facecolor": "#CFE5F3", "edgecolor": PALETTE["blue"], "linewidth": 1.0}
_PRUNED = {"facecolor": "white", "edgecolor": PALETTE["vermilion"], "linewidth": 1.0}
# Whole sets, pruned sets, sets put together by RAkEL; in every panel.
_LOOKS: tuple[dict[str, Any], ...] = (
    {"color": PALETTE["blue"], "marker": "o", "linestyle": "-"},
    {"color": PALETTE["vermilion"], "marker": "s", "linestyle": "--"},
    {"color": PALETTE["green"], "marker": "^", "linestyle": "-."},
)
_CLASSES = ("possible", "seen", "kept", "RAkEL member")
# The number of possible sets doubles with every label; from here on an arrow points.
_MOST_CLASSES = 1e7
# Right of this, words stand left of their dot.
_FLIP = 3e4
_LEAST_RANK, _LEAST_COUNT = 0.85, 0.7
_SHORT = 60
_TITLE_PAD = 9 + 3 * KEY_HEIGHT
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True, eq=False)
class PowersetView:
    """What the three panels show.

    Parameters
    ----------
    counts : ndarray of int, shape (n_label_sets,)
        Training rows of each label set, the most frequent first.
    prune : int
        Sets of at most so many rows are pruned.
    n_labels : int
        How many labels a set is made of, at most 1000.
    labelset_size : int
        Labels of a member of RAkEL.
    member_classes : int
        The most sets that a member has seen.
    rows : ndarray of int, shape (n_points,)
        Numbers of training rows, ascending.
    missed : ndarray of float, shape (3, n_points)
        The share of test rows out of reach after so many rows: of a label powerset,
        of pruned sets, of RAkEL.
    missed_now : tuple of float
        The same three after all rows that `counts` counts.
    """

    counts: np.ndarray
    prune: int
    n_labels: int
    labelset_size: int
    member_classes: int
    rows: np.ndarray
    missed: np.ndarray
    missed_now: tuple[float, float, float]

    @property
    def n_rows(self) -> int:
        """Training rows."""
        return int(self.counts.sum())

    @property
    def n_kept(self) -> int:
        """Label sets that pruning keeps."""
        return int((self.counts > self.prune).sum())

    @property
    def rows_kept(self) -> float:
        """Share of the training rows whose set pruning keeps."""
        return float(self.counts[: self.n_kept].sum() / self.n_rows)


class PowersetPanels:
    """Frequencies of label sets, rows out of reach, and numbers of classes.

    Parameters
    ----------
    figure : Figure
        An empty figure.
    n_rows : int
        The most training rows that will be shown.
    n_sets : int
        The most label sets that will be shown. Axes have room for both from the start,
        so that what moves can be compared.

    Attributes
    ----------
    figure : Figure
    axes : tuple of Axes
        Frequencies, rows out of reach, classes.
    moving : tuple of Artist
        What `show` changes, for a `FrameRenderer`.

    Notes
    -----
    Pruned sets are hatched. A learner of whole sets answers with sets that it has seen:
    the second panel is what it must get wrong, whatever its base learner. The third
    axis ends at ten million; beyond, an arrow stands for the number of possible sets.
    """

    def __init__(self, figure: Figure, *, n_rows: int, n_sets: int) -> None:
        self.figure = figure
        self.axes = _place_axes(figure)
        self._tail = _TailPanel(self.axes[0], n_rows, n_sets)
        self._reach = _ReachPanel(self.axes[1], n_rows)
        self._classes = _ClassPanel(self.axes[2])
        drawn = (self._tail, self._reach, self._classes)
        marks = [artist for panel in drawn for artist in panel.marks]
        texts = [artist for panel in drawn for artist in panel.texts]
        self.moving: tuple[Artist, ...] = (*marks, *texts)

    @staticmethod
    def size() -> tuple[float, float]:
        """Return a width and height in inches.

        Returns
        -------
        tuple of float
        """
        return (9.6, 6.7)

    def show(self, view: PowersetView) -> bool:
        """Show another state.

        Parameters
        ----------
        view : PowersetView

        Returns
        -------
        bool
            False: nothing else changes.
        """
        self._tail.show(view)
        self._reach.show(view)
        self._classes.show(view)
        return False


class _TailPanel:
    """Label sets by rank, both axes logarithmic: those kept, and those pruned."""

    def __init__(self, ax: Axes, n_rows: int, n_sets: int) -> None:
        with use_style():
            self._kept = ax.add_patch(Polygon([(1, 1)], closed=True, **_KEPT))
            pruned = Polygon([(1, 1)], closed=True, hatch="///", **_PRUNED)
            self._pruned = ax.add_patch(pruned)
            self._line = ax.axhline(1.0, color=INK, linestyle=":", linewidth=1.8)
            ax.set_title("How often label sets occur", loc="left", pad=_TITLE_PAD)
            ax.set(xscale="log", yscale="log")
            # Half a decade at least, or a single set would have axes without length.
            ends = max(1.5 * n_sets, 5), max(1.5 * n_rows, 5)
            ax.set(xlim=(_LEAST_RANK, ends[0]), ylim=(_LEAST_COUNT, ends[1]))
            for axis, most in zip((ax.xaxis, ax.yaxis), ends, strict=True):
                _set_log_ticks(axis, short=most <= _SHORT)
            ax.set_xlabel("rank of the label set (1: most frequent)")
            ax.set_ylabel("training rows with the set")
        box = ((0, 0), 20, 10)
        samples = [
            [Rectangle(*box, **_KEPT)],
            [Rectangle(*box, hatch="///", **_PRUNED)],
            [Line2D([0, 20], [5, 5], color=INK, linestyle=":", linewidth=1.8)],
        ]
        self._keys = MovingKeys(ax, samples)
        self.marks: tuple[Artist, ...] = (self._kept, self._pruned, self._line)
        self.texts: tuple[Artist, ...] = tuple(self._keys.texts)

    def show(self, view: PowersetView) -> None:
        counts, n_kept = view.counts, view.n_kept
        self._kept.set_xy(_steps(counts[:n_kept], 1))
        self._pruned.set_xy(_steps(counts[n_kept:], n_kept + 1))
        # Halfway between the counts that are pruned and those that are kept.
        self._line.set_ydata([view.prune + 0.5] * 2)
        self._line.set_visible(view.prune > 0)
        limit = (
            f"limit: {counted(view.prune, 'row')} a set" if view.prune else "no limit"
        )
        self._keys.show(
            [
                f"kept: {counted(n_kept, 'set')}, {percent(view.rows_kept)} of rows",
                f"pruned: {counted(len(counts) - n_kept, 'set')}",
                limit,
            ]
        )


class _ReachPanel:
    """The share of test rows out of reach, by the number of training rows."""

    def __init__(self, ax: Axes, n_rows: int) -> None:
        with use_style():
            self._lines = [ax.plot([], [], **_line(look))[0] for look in _LOOKS]
            self._points = [ax.plot([], [], **_point(look))[0] for look in _LOOKS]
            self._now = ax.axvline(0.0, color=INK, linewidth=1.2)
            ax.set_title("Test rows out of reach", loc="left", pad=_TITLE_PAD)
            ax.set_xlabel("training rows")
            ax.set_ylabel("test rows (0: best)")
            ax.set(xlim=(0, 1.04 * n_rows), ylim=(-0.02, 1.05))
            ax.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
            ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
            ax.xaxis.set_major_formatter(lambda tick, _: f"{tick:,.0f}")
        samples = [
            [
                Line2D([0, 20], [5, 5], **_line(look)),
                Line2D([10], [5], **_point(look)),
            ]
            for look in _LOOKS
        ]
        self._keys = MovingKeys(ax, samples)
        self.marks: tuple[Artist, ...] = (self._now, *self._lines, *self._points)
        self.texts: tuple[Artist, ...] = tuple(self._keys.texts)

    def show(self, view: PowersetView) -> None:
        for line, point, missed, now in zip(
            self._lines, self._points, view.missed, view.missed_now, strict=True
        ):
            line.set_data(view.rows, missed)
            point.set_data([view.n_rows], [now])
        self._now.set_xdata([view.n_rows] * 2)
        whole, pruned, composed = map(percent, view.missed_now)
        # Two lines of one curve would hide each other.
        for artist in (self._lines[1], self._points[1]):
            artist.set_visible(view.prune > 0)
        self._keys.show(
            [
                f"label powerset: {whole}",
                f"pruned sets: {pruned}" if view.prune else "pruned sets: all are kept",
                f"RAkEL, k = {view.labelset_size}: {composed}",
            ]
        )


class _ClassPanel:
    """How many classes there are to tell apart, as dots on a logarithmic axis."""

    def __init__(self, ax: Axes) -> None:
        rows = range(len(_CLASSES))
        looks = ({"color": _FAINT, "marker": "D"}, *_LOOKS)
        with use_style():
            ax.hlines(rows, 0.8, _MOST_CLASSES, color="#DDDDDD", linewidth=1.0)
            self._now = ax.axvline(1.0, color=INK, linewidth=1.2)
            self._dots = [ax.plot([], [], **_point(look))[0] for look in looks]
            self._words = [_dot_words(ax, row) for row in rows]
            ax.set_title("Classes to tell apart", loc="left", pad=9 + KEY_HEIGHT)
            ax.set(xscale="log", xlim=(0.8, 1.6 * _MOST_CLASSES))
            ax.set_ylim(len(_CLASSES) - 0.4, -0.6)
            ax.set_yticks(rows, _CLASSES)
            ax.set_xlabel("label sets (fewer: more rows to learn each from)")
            _set_log_ticks(ax.xaxis, short=False)
            ax.grid(visible=False, axis="y")
            ax.tick_params(axis="y", length=0)
        sample = [Line2D([10, 10], [0, 10], color=INK, linewidth=1.2)]
        self._keys = MovingKeys(ax, [sample])
        self.marks: tuple[Artist, ...] = (self._now, *self._dots)
        self.texts: tuple[Artist, ...] = (*self._words, *self._keys.texts)

    def show(self, view: PowersetView) -> None:
        n_rows, n_seen = view.n_rows, len(view.counts)
        kept_rows = round(view.rows_kept * n_rows)
        member = f"{view.member_classes:,} of 2{_up(view.labelset_size)}"
        possible = 2.0**view.n_labels
        self._dots[0].set_marker(">" if possible > _MOST_CLASSES else "D")
        places = (
            (min(possible, _MOST_CLASSES), power_of_two(view.n_labels)),
            (n_seen, f"{n_seen:,}: {_rows_each(n_rows, n_seen)}"),
            (view.n_kept, f"{view.n_kept:,}: {_rows_each(kept_rows, view.n_kept)}"),
            (
                view.member_classes,
                f"{member}: {_rows_each(n_rows, view.member_classes)}",
            ),
        )
        for row, (value, words) in enumerate(places):
            # A number of 0 has no place on this axis.
            self._dots[row].set_data([value] if value else [], [row] if value else [])
            _write_beside(self._words[row], max(value, 1), words)
        self._now.set_xdata([n_rows] * 2)
        self._keys.show(
            [f"{counted(n_rows, 'row')} to train on: no more sets can be seen"]
        )


def _place_axes(figure: Figure) -> tuple[Axes, Axes, Axes]:
    """Place the panels by hand, without a layout engine's cost per frame."""
    width, height = figure.get_size_inches()
    inches = (
        (0.95, 3.1, 3.55, 2.4),
        (5.75, 3.1, 3.65, 2.4),
        (1.65, 0.65, 7.4, 1.25),
    )
    with use_style():
        tail, reach, classes = (
            figure.add_axes((x / width, y / height, w / width, h / height))
            for x, y, w, h in inches
        )
    return tail, reach, classes


def _set_log_ticks(axis: Any, *, short: bool) -> None:
    # Powers of ten alone would leave a short axis nearly bare.
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if short else (1,), numticks=12))
    axis.set_major_formatter(lambda tick, _: f"{tick:,.0f}")
    # Sixty more ticks would double the time to draw an axis, and say little.
    axis.set_minor_locator(NullLocator())


def _line(look: dict[str, Any]) -> dict[str, Any]:
    return {"color": look["color"], "linestyle": look["linestyle"], "linewidth": 2.0}


def _point(look: dict[str, Any]) -> dict[str, Any]:
    edge = {"markeredgecolor": INK, "markeredgewidth": 0.8}
    look = {"color": look["color"], "marker": look["marker"]}
    return {"linestyle": "none", "markersize": 9, **look, **edge}


def _dot_words(ax: Axes, row: int) -> Any:
    # The white box keeps the number legible where the line of the rows passes.
    return ax.annotate(
        "",
        (1.0, row),
        xytext=(9, 0),
        textcoords="offset points",
        va="center",
        fontsize=11,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )


def _write_beside(words: Any, value: float, text: str) -> None:
    flipped = value > _FLIP
    words.set_text(text)
    words.xy = (value, words.xy[1])
    words.set_x(-9 if flipped else 9)
    words.set_horizontalalignment("right" if flipped else "left")


def _steps(counts: np.ndarray, first_rank: int) -> np.ndarray:
    """Return the outline of the bars of ranks, each as wide as its rank."""
    if len(counts) == 0:
        # A point outside of all axes: a polygon must have one.
        return np.full((3, 2), np.nan)
    # Equal neighbours are one bar: a thousand sets seen once need no corners.
    starts = np.flatnonzero(np.diff(counts, prepend=counts[0] + 1))
    ends = np.append(starts[1:], len(counts))
    left, right = starts + first_rank - 0.5, ends + first_rank - 0.5
    x = np.column_stack([left, right]).ravel()
    y = np.repeat(counts[starts].astype(float), 2)
    x = np.concatenate([[x[0]], x, [x[-1]]])
    return np.column_stack([x, np.concatenate([[_LEAST_COUNT], y, [_LEAST_COUNT]])])


def _rows_each(n_rows: int, n_classes: int) -> str:
    if n_classes == 0:
        return "no set is frequent enough"
    mean = n_rows / n_classes
    return f"{mean:,.{1 if mean < 10 else 0}f} rows each"


def _up(number: int) -> str:
    return str(number).translate(_SUPERSCRIPTS)


def power_of_two(exponent: int) -> str:
    """Write a power of two, exactly where that is short.

    Parameters
    ----------
    exponent : int
        In [0, 1000].

    Returns
    -------
    str

    Examples
    --------
    >>> power_of_two(10), power_of_two(159)
    ('2¹⁰ = 1,024', '2¹⁵⁹ ≈ 7.3 × 10⁴⁷')
    """
    power = f"2{_up(exponent)}"
    if exponent <= 30:
        return f"{power} = {2**exponent:,}"
    mantissa, decades = f"{2.0**exponent:.1e}".split("e+")
    return f"{power} ≈ {mantissa} × 10{_up(int(decades))}"
