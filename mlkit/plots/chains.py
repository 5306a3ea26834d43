"""A classifier chain at work: what labels see, how good they are, how errors go on.

All four panels show the labels in the order of the chain, the first on top. Wrong
labels are told by a cross, and the two models by the form of their marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.transforms import ScaledTranslation

from mlkit.plots.chain_graph import (
    add_arc_legend,
    arc_note,
    chain_arcs,
    new_arc,
    style_arc,
)
from mlkit.plots.legible import fitted_name
from mlkit.plots.style import INK, PALETTE, use_style

__all__ = ["ChainPanels"]

_NAME_WIDTH = 14
_WIDTH = 9.6  # inches, as a notebook's column of text
_ROW = 0.48
# Above and below the two rows of panels: titles and legends, words of the axes.
_TOP, _UPPER_WORDS, _LOWER_TITLES, _BOTTOM = 0.78, 0.62, 1.06, 0.66
_ARC_WORDS = {1: "positive", -1: "negative coefficient"}

_LINE = {"color": "#DDDDDD", "linewidth": 0.8, "zorder": 0.5}
_GREY = "#E4E4E4"
_PALE_RED = "#F5B58F"
_AFTER_ERROR = {"facecolor": PALETTE["vermilion"], "hatch": "//"}
_AFTER_NONE = {"facecolor": PALETTE["sky"], "hatch": None}
_BARS = {"edgecolor": INK, "linewidth": 0.8}
_CHAIN_MARK = {"marker": "o", "color": PALETTE["blue"], "markersize": 8}
_ALONE_MARK = {
    "marker": "s",
    "markerfacecolor": "none",
    "markeredgecolor": INK,
    "markeredgewidth": 1.6,
    "markersize": 11,
}
# A cell holds "0 ✗": wider than high.
_CELL = [(-1.0, -0.72), (1.0, -0.72), (1.0, 0.72), (-1.0, 0.72), (-1.0, -0.72)]
# Room right of full bars for the numbers.
_ACCURACY_LIMITS, _SHARE_LIMITS = (0.0, 1.52), (0.0, 1.72)
_COLUMNS = {"alone": 1.18, "chain": 1.42}
_SHARES = ([0.0, 0.25, 0.5, 0.75, 1.0], ["0", "0.25", "0.5", "0.75", "1"])


class ChainPanels:
    """Four panels of a chain, kept so that they can show another one.

    Parameters
    ----------
    figure : Figure
        An empty figure of `size_for` its labels.
    label_names : sequence of str
        All labels, in any order: how many rows there are, and how wide.
    linear : bool, default True
        Whether arcs have the weight of a coefficient.

    Attributes
    ----------
    figure : Figure
    axes : tuple of Axes
        What each label sees; one row on its way; accuracy; what follows errors.
    moving : tuple of Artist
        What `show` changes, for a `FrameRenderer`.
    """

    def __init__(
        self, figure: Figure, label_names: Sequence[str], *, linear: bool = True
    ) -> None:
        n_labels = len(label_names)
        self.figure = figure
        with use_style():
            self.axes = _place_axes(figure, label_names)
            graph, walk, accuracy, shares = self.axes
            self._graph = _Graph(graph, n_labels, linear=linear)
            self._walk = _Walk(walk, n_labels)
            self._accuracy = _Accuracy(accuracy, n_labels)
            self._shares = _Shares(shares, n_labels)
        parts = (self._graph, self._walk, self._accuracy, self._shares)
        # Texts last, so that no line or bar passes over a number.
        self.moving: tuple[Artist, ...] = (
            *(artist for part in parts for artist in part.marks),
            *(text for part in parts for text in part.texts),
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
        rows = _upper_rows(n_labels) + n_labels + 1
        return _WIDTH, _TOP + _UPPER_WORDS + _LOWER_TITLES + _BOTTOM + _ROW * rows

    def show(
        self,
        chain: Any,
        *,
        accuracy: pd.DataFrame,
        propagation: pd.DataFrame,
        walk: pd.DataFrame,
        title: str,
    ) -> bool:
        """Show a chain and what it predicts.

        Parameters
        ----------
        chain : fitted classifier chain
            As many labels as the figure has rows.
        accuracy : DataFrame, shape (n_labels + 1, 2)
            ``alone`` (binary relevance) and ``chain``: the share of rows in which each
            label is right, in chain order, and at last that in which all are.
        propagation : DataFrame
            What `mlkit.evaluation.propagation.error_propagation` gives, with baseline.
        walk : DataFrame of 0 and 1, shape (n_labels, 4)
            One row's labels in chain order: ``true``; predicted ``alone``, by the
            ``chain``, and ``told``, given the true earlier labels.
        title : str
            Which row that is.

        Returns
        -------
        bool
            False: limits and ticks never change.
        """
        names = [str(name) for name in walk.index]
        self._graph.show(chain, names)
        self._walk.show(walk, title)
        self._accuracy.show(accuracy, names)
        self._shares.show(propagation)
        return False


class _Graph:
    """The labels from top to bottom, and an arc from each to those that see it."""

    def __init__(self, ax: Axes, n_labels: int, *, linear: bool) -> None:
        pairs = [(i, j) for j in range(n_labels) for i in range(j)]
        span = max(n_labels - 1, 1)
        self._arcs = {pair: new_arc(ax, *pair, span=span) for pair in pairs}
        ax.plot([0] * n_labels, range(n_labels), "o", color=INK, zorder=3)
        ax.set_title("What each label sees", loc="left", pad=30)
        _hide_frame(ax)
        ax.set(xlim=(-0.03, 1.06), ylim=_upper_limits(n_labels))
        if linear and n_labels > 1:
            # Left of the axes there is room as well, under the title of both panels.
            place = {"loc": "lower left", "bbox_to_anchor": (-0.03, 1.0)}
            add_arc_legend(ax, _ARC_WORDS, **place, borderpad=0.1, columnspacing=1.0)
        self._note = _below(ax)
        self._names = _name_rows(ax, n_labels)
        self.marks: list[Artist] = list(self._arcs.values())
        self.texts = [*self._names, self._note]

    def show(self, chain: Any, names: Sequence[str]) -> None:
        arcs, linear = chain_arcs(chain, len(names))
        greatest = max((abs(weight) for *_, weight in arcs), default=0.0)
        weights = {(place, later): weight for place, later, weight in arcs}
        for pair, arrow in self._arcs.items():
            # A label that was constant in training sees no other.
            arrow.set_visible(pair in weights)
            weight = weights.get(pair, 0.0)
            style_arc(arrow, weight, greatest=greatest, linear=linear)
        self._note.set_text(arc_note(arcs, linear=linear))
        for place, (text, name) in enumerate(zip(self._names, names, strict=True)):
            text.set_text(f"{place + 1}. {fitted_name(name, _NAME_WIDTH)}")


class _Walk:
    """One row: what each link is handed, what it says, and what is true."""

    def __init__(self, ax: Axes, n_labels: int) -> None:
        self._n_labels = n_labels
        seen = [(place, i) for place in range(n_labels) for i in range(place)]
        # What is handed on stands left, the three answers to the right of a gap.
        first = max(n_labels - 1, 1) + 0.35
        answers = [first, first + 1, first + 2]
        self._places = [*seen] + [(p, x) for p in range(n_labels) for x in answers]
        limits = (-0.5, first + 4.6)
        heights, across = np.array([(p, x) for p, x in self._places]).T
        self._cells = ax.scatter(
            across, heights, s=_cell_size(ax, limits), marker=_CELL, linewidths=1.0
        )
        self._numbers = [
            ax.text(x, p, "", ha="center", va="center_baseline", fontsize=11)
            for p, x in self._places
        ]
        _hide_frame(ax)
        ax.set(xlim=limits, ylim=_upper_limits(n_labels))
        self._verdicts = [
            ax.text(first + 2.65, place, "", va="center_baseline")
            for place in range(n_labels)
        ]
        self._title = ax.text(
            0.0, 1.0, "", transform=ax.transAxes, fontsize=13, ha="left"
        )
        # Where a title with the same distance stands in the other panel.
        self._title.set_position((0.0, 1.0 + 0.42 / (_ROW * _upper_rows(n_labels))))
        _head_columns(ax, n_labels, answers)
        words = "misled: right, had it seen true labels"
        _below(ax).set_text(
            words if n_labels > 1 else "one label: nothing is handed on"
        )
        self.marks: list[Artist] = [self._cells]
        self.texts: list[Text] = [*self._numbers, *self._verdicts, self._title]

    def show(self, walk: pd.DataFrame, title: str) -> None:
        true, chain, alone, told = (
            walk[name].to_numpy() for name in ("true", "chain", "alone", "told")
        )
        n = self._n_labels
        earlier = [i for place in range(n) for i in range(place)]
        answers = np.column_stack([chain, true, alone]).ravel()
        values = np.concatenate([chain[earlier], answers]).astype(int)
        wrong = np.column_stack([chain != true, np.zeros(n, bool), alone != true])
        wrongs = np.concatenate([(chain != true)[earlier], wrong.ravel()])
        _color_cells(self._cells, wrongs)
        for text, value, is_wrong in zip(self._numbers, values, wrongs, strict=True):
            text.set_text(f"{value} ✗" if is_wrong else f"{value}")
        for text, verdict in zip(
            self._verdicts, _verdicts(true, chain, told), strict=True
        ):
            text.set_text(verdict)
            text.set_fontweight("bold" if verdict == "misled" else "normal")
        self._title.set_text(title)


class _Accuracy:
    """Binary relevance against the chain, label by label and for whole rows."""

    def __init__(self, ax: Axes, n_labels: int) -> None:
        rows = n_labels + 1
        flat = np.zeros(rows)
        places = np.arange(rows)
        self._links = ax.hlines(places, flat, flat, color="#999999", linewidth=2.0)
        plain = {"linestyle": "none", "clip_on": False}
        (self._alone,) = ax.plot(flat, places, **_ALONE_MARK, **plain)
        (self._chain,) = ax.plot(flat, places, **_CHAIN_MARK, **plain)
        ax.axhline(n_labels - 0.5, color="#444444", linewidth=1.0)
        _share_axis(ax, "share right (higher is better)", rows)
        ax.set_xlim(*_ACCURACY_LIMITS)
        ax.set_title("Does the chain help?", loc="left", pad=50)
        handles = [
            Line2D([], [], linestyle="none", **_ALONE_MARK),
            Line2D([], [], linestyle="none", **_CHAIN_MARK),
        ]
        words = ["binary relevance (BR)", "chain"]
        _legend(ax, handles, words, above=20)
        _head_numbers(ax)
        self._names = _name_rows(ax, rows)
        self._names[-1].set(text="exact match", fontweight="bold")
        self._numbers = {
            column: [_number_text(ax, x, place) for place in range(rows)]
            for column, x in _COLUMNS.items()
        }
        self.marks: list[Artist] = [self._links, self._alone, self._chain]
        numbers = [text for texts in self._numbers.values() for text in texts]
        self.texts: list[Text] = [*self._names, *numbers]

    def show(self, accuracy: pd.DataFrame, names: Sequence[str]) -> None:
        alone, chain = accuracy["alone"].to_numpy(), accuracy["chain"].to_numpy()
        ends = zip(alone, chain, range(len(chain)), strict=True)
        self._links.set_segments([[(a, y), (b, y)] for a, b, y in ends])
        self._alone.set_xdata(alone)
        self._chain.set_xdata(chain)
        for column, values in (("alone", alone), ("chain", chain)):
            for text, value in zip(self._numbers[column], values, strict=True):
                text.set_text(f"{value:.3f}")
        for text, name in zip(self._names, names, strict=False):
            text.set_text(fitted_name(name, _NAME_WIDTH))


class _Shares:
    """How often a label is wrong after an earlier error, and after none."""

    def __init__(self, ax: Axes, n_labels: int) -> None:
        places = np.arange(n_labels)
        self._columns = {
            "after_error": _BarRow(ax, places - 0.2, **_AFTER_ERROR),
            "after_none": _BarRow(ax, places + 0.2, **_AFTER_NONE),
        }
        _share_axis(ax, "share wrong (lower is better)", n_labels + 1)
        ax.text(0.02, 0, "no label before it", va="center_baseline", color="#444444")
        ax.set_xlim(*_SHARE_LIMITS)
        ax.set_title("Do errors go on?", loc="left", pad=50)
        handles = [
            Patch(**_AFTER_ERROR, **_BARS),
            Patch(**_AFTER_NONE, **_BARS),
            Line2D([], [], linestyle="none", **_ALONE_MARK | {"markersize": 9}),
        ]
        words = ["after an earlier error", "after none", "BR, same rows"]
        _legend(ax, handles, words, above=0)
        rows = self._columns.values()
        self.marks: list[Artist] = [mark for row in rows for mark in row.marks]
        self.texts: list[Text] = [text for row in rows for text in row.texts]

    def show(self, propagation: pd.DataFrame) -> None:
        for name, row in self._columns.items():
            row.show(
                propagation[name].to_numpy(),
                propagation[f"n_{name}"].to_numpy(),
                propagation[f"baseline_{name}"].to_numpy(),
            )


class _BarRow:
    """One bar a label with its number of rows, and a mark of the other model."""

    def __init__(self, ax: Axes, heights: np.ndarray, **look: Any) -> None:
        self._bars = ax.barh(heights, 0.0, height=0.36, **look, **_BARS).patches
        mark = _ALONE_MARK | {"markersize": 9, "linestyle": "none", "clip_on": False}
        (self._others,) = ax.plot(np.zeros(len(heights)), heights, **mark)
        # The first label has nothing before it.
        self.texts = [
            ax.text(0.0, y, "", fontsize=11, va="center_baseline") for y in heights
        ]
        self.marks: list[Artist] = [*self._bars, self._others]

    def show(self, shares: np.ndarray, counts: np.ndarray, others: np.ndarray) -> None:
        self._others.set_xdata(np.where(np.arange(len(others)) > 0, others, np.nan))
        for place, bar in enumerate(self._bars):
            bar.set_width(np.nan_to_num(shares[place]) if place else 0.0)
            bar.set_visible(bool(place and counts[place]))
            text = self.texts[place]
            end = np.nanmax([shares[place], others[place], 0.0])
            text.set_x(0.07 + end if counts[place] else 0.02)
            text.set_text(_share_words(shares[place], counts[place]) if place else "")


def _share_words(share: float, n_rows: int) -> str:
    return f"{share:.2f} of {n_rows:,}" if n_rows else "no such row"


def _verdicts(true: np.ndarray, chain: np.ndarray, told: np.ndarray) -> list[str]:
    """Say of each label whether it is right, wrong, or wrong by what it was told."""
    blamed = np.where(told == true, "misled", "wrong")
    return np.where(chain == true, "right", blamed).tolist()


def _color_cells(cells: PathCollection, wrong: np.ndarray) -> None:
    cells.set_facecolors([_PALE_RED if is_wrong else _GREY for is_wrong in wrong])
    cells.set_edgecolors([INK if is_wrong else "#AAAAAA" for is_wrong in wrong])


def _cell_size(ax: Axes, limits: tuple[float, float]) -> float:
    """Return the area of a mark, in square points, that leaves a gap to the next."""
    inches = ax.get_position().width * ax.figure.get_figwidth()
    return min(0.86 * 72 * inches / (limits[1] - limits[0]), 30.0) ** 2


def _place_axes(figure: Figure, names: Sequence[str]) -> tuple[Axes, Axes, Axes, Axes]:
    """Leave room for the longest name, without a layout engine's cost per frame."""
    width, height = figure.get_size_inches()
    longest = max(len(fitted_name(name, _NAME_WIDTH)) for name in names)
    left = 0.105 * max(longest + 3, 13) + 0.2
    n_labels = len(names)
    each = (width - left - 0.45) / 2
    lower = (_BOTTOM, _ROW * (n_labels + 1))
    upper_height = _ROW * _upper_rows(n_labels)
    upper = (height - _TOP - upper_height, upper_height)

    def panel(x: float, place: tuple[float, float], **kind: Any) -> Axes:
        y, tall = place
        box = (x / width, y / height, each / width, tall / height)
        return figure.add_axes(box, **kind)

    right = left + each + 0.35
    graph, walk = panel(left, upper), panel(right, upper)
    return graph, walk, panel(left, lower), panel(right, lower)


def _upper_rows(n_labels: int) -> int:
    # A single label still needs room for the heads of the columns.
    return n_labels + 1


def _upper_limits(n_labels: int) -> tuple[float, float]:
    return n_labels - 0.5, -1.5


def _hide_frame(ax: Axes) -> None:
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)


def _share_axis(ax: Axes, words: str, rows: int) -> None:
    ax.set_xticks(*_SHARES)
    ax.set_yticks([])
    ax.set_ylim(rows - 0.5, -0.5)
    ax.grid(visible=False, axis="y")
    # One label from the next: the names stand far from the right panel.
    ax.hlines(
        np.arange(rows - 2) + 0.5, 0, 1, transform=ax.get_yaxis_transform(), **_LINE
    )
    ax.set_xlabel(words, loc="left")


def _name_rows(ax: Axes, rows: int) -> list[Text]:
    # Texts and not tick labels: they move with the order, and ticks are slow.
    transform = ax.get_yaxis_transform()
    return [
        ax.text(-0.04, row, "", transform=transform, ha="right", va="center_baseline")
        for row in range(rows)
    ]


def _head_columns(ax: Axes, n_labels: int, answers: Sequence[float]) -> None:
    head = {"ha": "center", "va": "center_baseline", "fontsize": 11, "color": "#444444"}
    if n_labels > 1:
        ax.text(-0.4, -1.32, "what it sees", **head | {"ha": "left"})
    for place in range(n_labels - 1):
        ax.text(place, -0.8, f"{place + 1}.", **head)
    for x, words in zip(answers, ("chain", "true", "BR"), strict=True):
        ax.text(x, -0.8, words, **head)


def _head_numbers(ax: Axes) -> None:
    for column, words in (("alone", "BR"), ("chain", "chain")):
        ax.annotate(
            words,
            (_COLUMNS[column], 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=11,
            color="#444444",
        )


def _number_text(ax: Axes, x: float, place: int) -> Text:
    return ax.text(x, place, "", ha="center", va="center_baseline", fontsize=11)


def _below(ax: Axes) -> Text:
    return ax.annotate(
        "",
        (0.0, 0.0),
        xycoords="axes fraction",
        xytext=(0, -6),
        textcoords="offset points",
        va="top",
        fontsize=11,
        color="#444444",
    )


def _legend(
    ax: Axes, handles: Sequence[Artist], words: Sequence[str], *, above: float
) -> None:
    # In points above the axes: numbers of another panel's height would not fit here.
    shift = ScaledTranslation(0, above / 72, ax.figure.dpi_scale_trans)
    ax.legend(
        handles,
        words,
        loc="lower left",
        bbox_to_anchor=(-0.02, 1.0),
        bbox_transform=ax.transAxes + shift,
        ncols=2,
        borderpad=0.1,
        borderaxespad=0.3,
        columnspacing=1.0,
        handletextpad=0.5,
    )
