"""The long tail of label sets: few that are frequent, many that are seen once."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator

from mlkit.plots.set_counts import set_counts
from mlkit.plots.style import PALETTE, make_axes, use_style
from mlkit.wording import counted

__all__ = ["plot_powerset_tail"]

_LINES = {
    50: (PALETTE["green"], "-"),
    80: (PALETTE["purple"], "--"),
    95: (PALETTE["black"], ":"),
}
# With more sets markers melt into a thick line: it is drawn as one.
_MOST_MARKERS = 300


def plot_powerset_tail(label_sets: Any, *, ax: Axes | None = None) -> Axes:
    """Draw how frequent label sets are by their rank, both on logarithmic axes.

    Parameters
    ----------
    label_sets : Description, DataFrame, Series, array-like or sparse matrix
        What `mlkit.describe` returned, its ``label_sets``, or labels of shape
        (n_samples, n_labels), also as a MultiLabelDataset.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes
        Blue dots are the sets that several rows show; red squares, at the bottom, those
        that one row shows: the legend, above, has their share of the rows. Vertical
        lines stand at the smallest number of sets that hold 50, 80 and 95 % of the
        rows. Beyond 300 sets, lines replace dots and squares.

    Raises
    ------
    ValueError
        If there are no rows.
    IndicatorError
        If `label_sets` is neither of the above nor a label matrix.

    See Also
    --------
    mlkit.plots.plot_label_sets_upset : What the most frequent sets consist of.

    Notes
    -----
    A label powerset learns one class a label set. What stands right of the last line is
    hard to learn and adds little; a set that one row shows cannot be in both the
    training and the test part. Sets of equal frequency have different ranks.

    Examples
    --------
    >>> ax = plot_powerset_tail([[1, 0], [1, 1], [1, 0], [1, 0], [0, 1]])
    >>> for text in ax.get_legend().get_texts():
    ...     print(text.get_text())
    50 % of the rows: 1 set
    80 % of the rows: 2 sets
    95 % of the rows: 3 sets
    1 set seen more than once
    2 sets seen once: 40.0 % of the rows
    """
    counts = set_counts(label_sets).to_numpy()
    ax = make_axes(ax, size=(8.0, 5.0))
    with use_style():
        for share, (color, style) in _LINES.items():
            n_sets = _sets_that_hold(counts, share)
            name = f"{share} % of the rows: {counted(n_sets, 'set')}"
            ax.axvline(n_sets, color=color, linestyle=style, label=name, zorder=1)
        _draw_frequencies(ax, counts)
        _scale(ax, counts)
        ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)
    return ax


def _sets_that_hold(counts: np.ndarray, share: int) -> int:
    """Return the smallest number of sets with a share of the rows, in percent."""
    # In whole numbers: 80 % of 5 rows are 4, and no rounding error makes them 5.
    held = 100 * counts.astype(object).cumsum() >= share * int(counts.sum())
    return int(np.argmax(held)) + 1


def _draw_frequencies(ax: Axes, counts: np.ndarray) -> None:
    ranks = np.arange(1, len(counts) + 1)
    once = counts == 1
    n_once = int(once.sum())
    line = len(counts) > _MOST_MARKERS
    share = f"{100 * n_once / counts.sum():.1f} % of the rows"
    for chosen, color, marker, name in (
        (
            ~once,
            "blue",
            "o",
            f"{counted(len(counts) - n_once, 'set')} seen more than once",
        ),
        (once, "vermilion", "s", f"{counted(n_once, 'set')} seen once: {share}"),
    ):
        look = {"linewidth": 5 if marker == "s" else 3, "solid_capstyle": "butt"}
        if not line:
            look = {"linestyle": "none", "marker": marker, "markersize": 6}
        ax.plot(ranks[chosen], counts[chosen], color=PALETTE[color], label=name, **look)


def _scale(ax: Axes, counts: np.ndarray) -> None:
    ax.set(xscale="log", yscale="log")
    # Half a decade at least, or a single set would have axes without length.
    ax.set_xlim(0.8, max(1.3 * len(counts), 4))
    ax.set_ylim(0.7, max(1.5 * int(counts.max()), 4))
    for axis, greatest in ((ax.xaxis, len(counts)), (ax.yaxis, counts.max())):
        # Within two decades, powers of ten alone would leave an axis nearly bare.
        axis.set_major_locator(LogLocator(subs=(1, 2, 5) if greatest < 200 else (1,)))
        axis.set_major_formatter(lambda tick, _: f"{tick:,.0f}")
        axis.set_minor_formatter("")
    ax.set(
        xlabel=f"rank of the label set, of {len(counts):,} (1: most frequent)",
        ylabel="rows with exactly this set",
    )
