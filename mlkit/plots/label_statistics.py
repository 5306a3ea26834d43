"""One number a label as bars, and one number a pair of labels as a square."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mlkit.exceptions import ShapeError
from mlkit.plots.legible import ink_on
from mlkit.plots.style import PALETTE, make_axes, use_style

__all__ = ["plot_label_bars", "plot_label_pairs"]

# Beyond, the numbers in the cells of a square would touch each other.
_MOST_WRITTEN_LABELS = 16


def plot_label_bars(
    values: pd.Series,
    *,
    xlabel: str,
    texts: Sequence[str] | None = None,
    upper: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one bar a label, with its number at the end.

    Parameters
    ----------
    values : Series of float, shape (n_labels,)
        At least 0, indexed by label; NaN where undefined: such a label has no bar.
    xlabel : str
        What the numbers are, and which direction is better.
    texts : sequence of str, optional
        What is written at the end of each bar; by default the number, "undefined" for
        NaN.
    upper : float, optional
        The greatest value that there can be, such as 1 for a share.
    ax : Axes, optional
        Where to draw; by default a new figure, as high as the labels need.

    Returns
    -------
    Axes
        One row a label, the first on top.

    Examples
    --------
    >>> import pandas as pd
    >>> ax = plot_label_bars(pd.Series({"sea": 30, "sun": 12}), xlabel="rows")
    >>> [int(bar.get_width()) for bar in ax.patches]
    [30, 12]
    """
    numbers = values.to_numpy(dtype=float)
    ax = make_axes(ax, size=(8.0, 0.9 + 0.32 * len(numbers)))
    written = [_written(x) for x in values] if texts is None else texts
    with use_style():
        places = np.arange(len(numbers))
        bars = ax.barh(places, np.nan_to_num(numbers), height=0.66)
        for bar in bars:
            bar.set_color(PALETTE["blue"])
        ax.bar_label(bars, labels=list(written), padding=4)
        ax.set_yticks(places, [str(name) for name in values.index])
        ax.set(xlabel=xlabel, ylim=(len(numbers) - 0.5, -0.5))
        ax.tick_params(axis="y", length=0)
        ax.grid(visible=False, axis="y")
        _leave_room(ax, numbers, upper)
    return ax


def _written(value: float) -> str:
    if np.isnan(value):
        return "undefined"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.3f}"


def _leave_room(ax: Axes, numbers: np.ndarray, upper: float | None) -> None:
    greatest = float(np.nanmax(numbers)) if np.isfinite(numbers).any() else 0.0
    top = upper if upper is not None else greatest or 1.0
    # The numbers at the ends of the longest bars need room too.
    ax.set_xlim(0, 1.22 * top)
    if upper is not None:
        ax.set_xticks(np.linspace(0, upper, 6))
    elif np.all(np.nan_to_num(numbers) % 1 == 0):
        # There is no half of a row.
        ax.xaxis.get_major_locator().set_params(integer=True)


def plot_label_pairs(
    matrix: pd.DataFrame, *, legend: str, ax: Axes | None = None
) -> Axes:
    """Draw one number for each pair of labels as a square of coloured cells.

    Parameters
    ----------
    matrix : DataFrame, shape (n_labels, n_labels)
        Whole numbers, at least 0 (counts); or real numbers in [-1, 1] (correlations),
        NaN where undefined: such cells stay white.
    legend : str
        What the numbers are.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
        The first label on top and on the left. Up to 16 labels, each cell has its
        number; the diagonal, which says nothing about pairs, is grey.

    Raises
    ------
    ShapeError
        If it is not square.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["sea", "sun"]
    >>> both = pd.DataFrame([[0, 3], [3, 0]], index=names, columns=names)
    >>> ax = plot_label_pairs(both, legend="rows with both")
    >>> [text.get_text() for text in ax.texts]
    ['3', '3']
    """
    n_rows, n_columns = matrix.shape
    if n_rows != n_columns:
        msg = (
            f"A matrix of label pairs has as many rows as columns; got {n_rows} and "
            f"{n_columns}. Give the labels in both."
        )
        raise ShapeError(msg)
    ax = make_axes(ax, size=(3.6 + 0.4 * n_rows, 2.2 + 0.34 * n_rows))
    with use_style():
        mesh = _draw_square(ax, matrix)
        bar = ax.figure.colorbar(mesh, ax=ax, shrink=0.8, aspect=24)
        bar.set_label(legend, labelpad=10)
        _name_sides(ax, [str(name) for name in matrix.index])
        if n_rows <= _MOST_WRITTEN_LABELS:
            _write_cells(ax, mesh, matrix)
    return ax


def _draw_square(ax: Axes, matrix: pd.DataFrame) -> mpl.cm.ScalarMappable:
    counts = all(dtype.kind in "iu" for dtype in matrix.dtypes)
    shown = matrix.to_numpy(dtype=float, copy=True)
    np.fill_diagonal(shown, np.nan)
    if counts:
        greatest = np.nanmax(shown) if np.isfinite(shown).any() else 0
        colors, low, high = "Blues", 0.0, max(float(greatest), 1.0)
    else:
        # Blue against red, and not green against red: more readers see a difference.
        colors, low, high = "RdBu_r", -1.0, 1.0
    mesh = ax.pcolormesh(
        np.ma.masked_invalid(shown),
        cmap=colors,
        vmin=low,
        vmax=high,
        edgecolors="white",
        linewidth=0.6,
    )
    for place in range(len(shown)):
        ax.add_patch(mpl.patches.Rectangle((place, place), 1, 1, facecolor="#E4E4E4"))
    return mesh


def _name_sides(ax: Axes, names: list[str]) -> None:
    middles = np.arange(len(names)) + 0.5
    # Turned about the end beside the axes, so that no font leaves a gap.
    turned = {"rotation": 90, "ha": "right", "va": "center", "rotation_mode": "anchor"}
    ax.set_xticks(middles, names, **turned)
    ax.set_yticks(middles, names)
    ax.set(xlim=(0, len(names)), ylim=(len(names), 0))
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)


def _write_cells(ax: Axes, mesh: mpl.cm.ScalarMappable, matrix: pd.DataFrame) -> None:
    for (i, j), value in np.ndenumerate(matrix.to_numpy()):
        if i == j or np.isnan(value):
            continue
        text = f"{value:,}" if isinstance(value, np.integer) else f"{value:.2f}"
        color = ink_on(mesh.to_rgba(float(value))[:3])
        ax.text(j + 0.5, i + 0.5, text, ha="center", va="center", size=8, color=color)
