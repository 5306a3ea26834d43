"""How many labels rows carry, with the rows that carry none in a look of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from mlkit.description.known_labels import known_labels
from mlkit.exceptions import ShapeError
from mlkit.plots.style import PALETTE, make_axes, use_style
from mlkit.wording import counted

__all__ = ["plot_cardinality"]

# With more bars the numbers on top of them would touch each other.
_MOST_WRITTEN_BARS = 13


def plot_cardinality(Y: Any, *, ax: Axes | None = None) -> Axes:
    """Draw how many rows carry no label, one label, two labels, and so on.

    Parameters
    ----------
    Y : MultiLabelDataset, DataFrame, array-like or sparse matrix
        Labels of shape (n_samples, n_labels), 0 and 1; NaN counts as absent. Or whole
        numbers of shape (n_samples,): how many labels each row carries.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes
        One bar a number of labels, from 0 to the largest that occurs; up to 13 bars
        have their number of rows on top. The bar of the rows without a label is orange
        and hatched. The dashed line is the cardinality, the mean number of labels. The
        legend, above, names both.

    Raises
    ------
    ValueError
        If there are no rows, or a number of labels is negative.
    TypeError
        If numbers of labels are not whole numbers.
    ShapeError
        If `Y` has more than two dimensions.
    IndicatorError
        If `Y` has two dimensions and is not a label matrix.

    See Also
    --------
    mlkit.plots.plot_set_sizes : The same bars in one look, for a handful of rows.

    Notes
    -----
    Rows without a label count in the mean, as in `mlkit.describe`.

    Examples
    --------
    >>> ax = plot_cardinality([[1, 1, 0], [0, 0, 0], [1, 0, 1]])
    >>> [int(bar.get_height()) for bar in ax.patches]
    [1, 0, 2]
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['cardinality (mean) 1.33', '1 row without a label (33.3 %)']
    """
    sizes = _set_sizes(Y)
    if len(sizes) == 0:
        msg = "Y has no rows: there are no labels to count. Give at least one row."
        raise ValueError(msg)
    ax = make_axes(ax, size=(8.0, 4.0))
    with use_style():
        _draw_bars(ax, np.bincount(sizes))
        mean = float(sizes.mean())
        color = PALETTE["vermilion"]
        name = f"cardinality (mean) {mean:.2f}"
        ax.axvline(mean, color=color, linestyle="--", label=name)
        ax.set(xlabel="number of labels of a row", ylabel="number of rows")
        handles, texts = ax.get_legend_handles_labels()
        # The line first: it is there in every figure, the empty rows are not.
        ax.legend(
            handles[::-1],
            texts[::-1],
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            ncols=2,
        )
    return ax


def _set_sizes(Y: Any) -> np.ndarray:
    """Return the number of labels of each row, from labels or as it was given."""
    if hasattr(Y, "n_labels") or np.ndim(Y) == 2 or len(getattr(Y, "shape", ())) == 2:
        return known_labels(Y).set_sizes
    sizes = np.asarray(Y)
    if sizes.ndim != 1:
        msg = (
            f"Y has {sizes.ndim} dimensions. Expected 2, labels of shape (n_samples, "
            "n_labels), or 1, the number of labels of each row."
        )
        raise ShapeError(msg)
    if sizes.size and sizes.dtype.kind not in "iub":
        msg = (
            f"Numbers of labels are whole numbers; got {sizes.dtype}. Give labels of "
            "shape (n_samples, n_labels), or integers of shape (n_samples,)."
        )
        raise TypeError(msg)
    if (sizes < 0).any():
        row = int(np.argmax(sizes < 0))
        msg = f"A row carries 0 labels or more; row {row} has {sizes[row]}."
        raise ValueError(msg)
    return sizes.astype(np.int64)


def _draw_bars(ax: Axes, counts: np.ndarray) -> None:
    places = np.arange(len(counts))
    bars = ax.bar(places, counts, width=0.75, color=PALETTE["sky"], edgecolor="#333333")
    if counts[0]:
        bars[0].set(facecolor=PALETTE["orange"], hatch="//")
        bars[0].set_label(_empty_rows(int(counts[0]), int(counts.sum())))
    if len(counts) <= _MOST_WRITTEN_BARS:
        # The white box keeps a number legible where the line of the mean passes.
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        texts = [f"{count:,}" for count in counts]
        ax.bar_label(bars, labels=texts, padding=3, bbox=box, size=11)
        ax.set_xticks(places)
    else:
        ax.xaxis.get_major_locator().set_params(integer=True)
    # Two bars at least: a single one would fill the figure.
    ax.set_xlim(-0.7, max(len(counts), 2) - 0.3)
    ax.set_ylim(0, 1.15 * counts.max())
    ax.yaxis.get_major_locator().set_params(integer=True)
    ax.grid(visible=False, axis="x")


def _empty_rows(count: int, total: int) -> str:
    rows = counted(count, "row")
    return f"{rows} without a label ({count / total:.1%})".replace("%", " %")
