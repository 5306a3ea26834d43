"""Methods held against each other: by their spread, and row by row of a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mlkit.plots.style import category_style, make_axes, use_style

__all__ = ["plot_side_by_side", "plot_spread", "spread_offsets"]

# Multiples of the golden ratio, modulo 1, never come close to each other: many equal
# values stay apart without a random jitter, which would differ from run to run.
_GOLDEN = 0.6180339887498949
_BAND = 0.6


def plot_spread(
    values: pd.DataFrame,
    *,
    xlabel: str,
    reference: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw all values of every column, and their means.

    Parameters
    ----------
    values : DataFrame, shape (n_repetitions, n_columns)
        Numbers, such as one score a fold and method, or differences of two methods;
        NaN is left out.
    xlabel : str
        What the numbers are, and which direction is better.
    reference : float, optional
        Where a dashed line is drawn, such as 0 for differences.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes
        One row a column, the first on top. Small marks are values, the vertical bar is
        their mean. The height of a mark within its row has no meaning: it only keeps
        equal values apart, in the same way at every run.

    Examples
    --------
    >>> import pandas as pd
    >>> folds = pd.DataFrame({"forest": [0.5, 0.7], "tree": [0.4, 0.6]})
    >>> ax = plot_spread(folds, xlabel="subset accuracy (higher is better)")
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['forest', 'tree']
    """
    n_columns = values.shape[1]
    ax = make_axes(ax, size=(8.0, 1.2 + 0.7 * n_columns))
    with use_style():
        if reference is not None:
            ax.axvline(reference, color="#444444", linestyle="--", linewidth=1.5)
        for position in range(n_columns):
            column = values.iloc[:, position].dropna().to_numpy(dtype=float)
            _draw_spread(ax, position, column)
        _label_rows(ax, values.columns, xlabel)
    return ax


def spread_offsets(n: int, *, band: float = _BAND) -> np.ndarray:
    """Return heights that keep marks of equal values apart.

    Parameters
    ----------
    n : int
        How many marks.
    band : float, default 0.6
        How much of a row of height 1 they take.

    Returns
    -------
    ndarray of float, shape (n,)
        In [-band / 2, band / 2), the same at every run.
    """
    return band * ((np.arange(n) + 1) * _GOLDEN % 1 - 0.5)


def _draw_spread(ax: Axes, position: int, values: np.ndarray) -> None:
    style = category_style(position)
    ax.scatter(
        values,
        position + spread_offsets(len(values)),
        s=34,
        color=style.color,
        marker=style.marker,
        alpha=0.75,
        # A thin dark edge: yellow on white would not be seen without.
        edgecolors="#333333",
        linewidths=0.6,
        zorder=3,
    )
    if len(values):
        # Below the marks, so that it hides none, and longer than their band, so that
        # none hides it.
        (bar,) = ax.plot([values.mean()] * 2, [position - 0.42, position + 0.42])
        bar.set(color="black", linewidth=2.5, solid_capstyle="butt", zorder=2)


def plot_side_by_side(
    table: pd.DataFrame, *, xlabel: str, ax: Axes | None = None
) -> Axes:
    """Draw a table of numbers with one marker a cell.

    Parameters
    ----------
    table : DataFrame, shape (n_rows, n_columns)
        Such as the mean rank of every method (columns) on every metric (rows).
    xlabel : str
        What the numbers are, and which direction is better.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes
        One row a row of the table, the first on top; a grey line spans each row's
        range. Columns have colour, marker and a slightly different height, so that
        equal numbers hide nothing; the legend stands above.

    Examples
    --------
    >>> import pandas as pd
    >>> ranks = pd.DataFrame({"br": [1.0, 2.0], "lp": [2.0, 1.0]}, index=["a", "b"])
    >>> ax = plot_side_by_side(ranks, xlabel="mean rank (1 is best)")
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['br', 'lp']
    """
    rows = np.arange(len(table))
    ax = make_axes(ax, size=(8.0, 1.6 + 0.45 * len(table)))
    with use_style():
        ax.hlines(rows, table.min(axis=1), table.max(axis=1), color="#BBBBBB", lw=2)
        heights = 0.14 * (np.arange(table.shape[1]) - (table.shape[1] - 1) / 2)
        for position, name in enumerate(table.columns):
            style = category_style(position)
            ax.scatter(
                table.iloc[:, position],
                rows + heights[position],
                s=80,
                color=style.color,
                marker=style.marker,
                label=str(name),
                zorder=3,
            )
        _label_rows(ax, table.index, xlabel)
        ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=table.shape[1])
    return ax


def _label_rows(ax: Axes, names: pd.Index, xlabel: str) -> None:
    ax.set_yticks(range(len(names)), [str(name) for name in names])
    ax.set(xlabel=xlabel, ylim=(len(names) - 0.5, -0.5))
