"""UpSet figure: which labels the most frequent label sets are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mlkit.exceptions import OptionError
from mlkit.plots.legible import fitted_name
from mlkit.plots.set_counts import set_counts
from mlkit.plots.style import INK, PALETTE, make_axes, use_style

__all__ = ["plot_label_sets_upset"]

# More rows of dots than this do not fit on a screen beside the bars.
_MOST_LABELS = 20
_FAINT, _BAND = "#D5D5D5", "#F2F2F2"
# Inches: of a column of dots, of a row of dots, of the bars, and between.
_COLUMN, _ROW, _BARS, _GAP = 0.46, 0.3, 2.4, 0.12


@dataclass(frozen=True, slots=True)
class _Shown:
    """What part of the label sets is drawn.

    ``has`` tells for each label (row) and set (column) whether the set has the label;
    ``rest`` labels of these sets have no row of their own.
    """

    counts: np.ndarray
    has: np.ndarray
    labels: list[Any]
    totals: np.ndarray
    rest: int
    n_sets: int
    n_labels: int
    n_samples: int


def plot_label_sets_upset(
    label_sets: Any, *, n: int = 15, ax: Axes | None = None
) -> Axes:
    """Draw the most frequent label sets as bars above the dots of their labels.

    Parameters
    ----------
    label_sets : Description, DataFrame, Series, array-like or sparse matrix
        What `mlkit.describe` returned, its ``label_sets``, or labels of shape
        (n_samples, n_labels), also as a MultiLabelDataset.
    n : int, default 15
        How many label sets are drawn, at least 1; all if there are fewer.
    ax : Axes, optional
        Where to draw; by default a new figure with room for sets and labels.

    Returns
    -------
    Axes
        A frame without axes of its own; its ``child_axes`` are the bars, the dots and
        the totals. Bars: rows with exactly this set, the most frequent on the left.
        Dots, below: the labels of the set, joined by a line; an empty set has none,
        and its bar is orange and hatched. Totals, on the right: all rows with the
        label, whatever else they carry. Below: how much of the whole is drawn.

    Raises
    ------
    ValueError
        If there are no rows.
    OptionError
        If `n` is not at least 1.
    IndicatorError
        If `label_sets` is neither of the above nor a label matrix.

    Notes
    -----
    Labels are those of the sets that are drawn, the one with most rows on top. Beyond
    20, the others share one row of squares at the bottom, "k other labels": a square
    means that the set has one or more of them.

    References
    ----------
    Lex, Gehlenborg, Strobelt, Vuillemot, Pfister (2014). UpSet: visualization of
    intersecting sets. IEEE Transactions on Visualization and Computer Graphics 20(12).

    Examples
    --------
    >>> ax = plot_label_sets_upset([[1, 0], [1, 1], [1, 0]])
    >>> bars, dots, totals = ax.child_axes
    >>> [int(bar.get_height()) for bar in bars.patches]
    [2, 1]
    >>> [text.get_text() for text in totals.texts]
    ['3', '1']
    """
    if n < 1:
        msg = f"n is the number of label sets to draw, at least 1; got {n}."
        raise OptionError(msg)
    shown = _choose(set_counts(label_sets), n)
    n_rows = max(len(shown.labels) + bool(shown.rest), 1)
    bars, dots = _BARS + _GAP, 0.2 + _ROW * n_rows
    width = 4.6 + _COLUMN * max(len(shown.counts), 4)
    ax = make_axes(ax, size=(width, bars + dots + 0.9))
    with use_style():
        ax.set_axis_off()
        split, gap = dots / (bars + dots), _GAP / (bars + dots)
        side = 1 - 1.6 / (width - 2.4)
        _draw_bars(ax.inset_axes([0, split + gap, side, 1 - split - gap]), shown)
        _draw_dots(ax.inset_axes([0, 0, side, split]), shown, n_rows)
        _draw_totals(
            ax.inset_axes([side + 0.015, 0, 0.985 - side, split]), shown, n_rows
        )
    return ax


def _choose(counts: pd.Series, n: int) -> _Shown:
    totals: dict[Any, int] = {}
    for labels, count in counts.items():
        for label in labels:
            totals[label] = totals.get(label, 0) + int(count)
    head = counts.iloc[:n]
    sets = [set(labels) for labels in head.index]
    # A stable sort: equal labels stand in the order in which the sets show them.
    there = list(dict.fromkeys(label for labels in head.index for label in labels))
    there.sort(key=lambda label: -totals[label])
    named = there[:_MOST_LABELS]
    others = set(there[_MOST_LABELS:])
    has = np.array([[label in one for one in sets] for label in named], dtype=bool)
    has = has.reshape(len(named), len(sets))
    if others:
        has = np.vstack([has, [bool(others & one) for one in sets]])
    return _Shown(
        head.to_numpy(),
        has,
        named,
        np.array([totals[label] for label in named], dtype=np.int64),
        len(others),
        len(counts),
        len(totals),
        int(counts.sum()),
    )


def _draw_bars(ax: Axes, shown: _Shown) -> None:
    places = np.arange(len(shown.counts))
    bars = ax.bar(places, shown.counts, width=0.7, color=PALETTE["blue"])
    for bar, empty in zip(bars, ~shown.has.any(axis=0), strict=True):
        if empty:
            bar.set(facecolor=PALETTE["orange"], hatch="//", edgecolor=INK)
    texts = [f"{count:,}" for count in shown.counts]
    ax.bar_label(bars, labels=texts, padding=2, size=10)
    ax.set_ylim(0, 1.12 * shown.counts.max())
    ax.set_ylabel("rows")
    ax.yaxis.get_major_locator().set_params(integer=True, nbins=5)
    ax.grid(visible=False, axis="x")
    ax.set_xticks([])
    _align_columns(ax, shown)


def _draw_dots(ax: Axes, shown: _Shown, n_rows: int) -> None:
    _stripe(ax, n_rows)
    columns, rows = np.meshgrid(np.arange(len(shown.counts)), np.arange(len(shown.has)))
    ax.scatter(columns, rows, s=70, color=_FAINT, zorder=2)
    for column, has in enumerate(shown.has.T):
        there = np.flatnonzero(has)
        if len(there) > 1:
            ends = [there[0], there[-1]]
            ax.plot([column] * 2, ends, color=PALETTE["blue"], linewidth=2.5, zorder=3)
    rest = rows == len(shown.labels)
    for chosen, marker in ((shown.has & ~rest, "o"), (shown.has & rest, "s")):
        ax.scatter(
            columns[chosen],
            rows[chosen],
            s=70,
            marker=marker,
            color=PALETTE["blue"],
            zorder=4,
        )
    _name_rows(ax, shown)
    _align_columns(ax, shown)
    ax.set_xlabel(_what_is_left_out(shown), size=11)


def _draw_totals(ax: Axes, shown: _Shown, n_rows: int) -> None:
    _stripe(ax, n_rows)
    places = np.arange(len(shown.labels))
    bars = ax.barh(places, shown.totals, height=0.6, color=PALETTE["sky"])
    texts = [f"{total:,}" for total in shown.totals]
    ax.bar_label(bars, labels=texts, padding=3, size=10)
    # The number at the end of the longest bar needs room.
    ax.set_xlim(0, 1.9 * max(int(shown.totals.max(initial=0)), 1))
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_title("rows with label", size=10, loc="left", pad=4)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)


def _stripe(ax: Axes, n_rows: int) -> None:
    for row in range(0, n_rows, 2):
        ax.axhspan(row - 0.5, row + 0.5, color=_BAND, linewidth=0, zorder=0)
    ax.set_ylim(n_rows - 0.5, -0.5)


def _name_rows(ax: Axes, shown: _Shown) -> None:
    names = [fitted_name(label) for label in shown.labels]
    if shown.rest:
        names.append(f"{shown.rest} other label{'s' if shown.rest > 1 else ''}")
    ax.set_yticks(range(len(names)), names, size=11)
    ax.set_xticks([])
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)


def _align_columns(ax: Axes, shown: _Shown) -> None:
    # Four columns at least: a single bar would be as wide as the figure.
    ax.set_xlim(-0.6, max(len(shown.counts), 4) - 0.4)


def _what_is_left_out(shown: _Shown) -> str:
    n_drawn, n_labels = len(shown.counts), len(shown.labels)
    if n_drawn == shown.n_sets:
        parts = [f"{n_drawn} label set{'s' if n_drawn > 1 else ''}: all there are"]
    else:
        share = shown.counts.sum() / shown.n_samples
        sets = f"{n_drawn} of {shown.n_sets:,} label sets"
        parts = [f"{sets}: {100 * share:.0f} % of the rows"]
    if n_labels < shown.n_labels:
        parts.append(f"{n_labels} of the {shown.n_labels:,} labels that occur")
    if not shown.has.any(axis=0).all():
        parts.append("hatched: no label")
    return "\n".join(parts)
