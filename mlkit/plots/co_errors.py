"""Which labels go wrong in the same rows, as a square."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.patches import Rectangle

from mlkit.arguments import check_count
from mlkit.exceptions import OptionError, ShapeError
from mlkit.plots.legible import fitted_name, ink_on
from mlkit.plots.style import make_axes, use_style

__all__ = ["plot_co_errors"]

_MOST_WRITTEN_LABELS = 12
_NAME_WIDTH = 22
_DIAGONAL = {"facecolor": "#F4F4F4", "edgecolor": "#777777", "hatch": "////"}


def plot_co_errors(
    matrix: pd.DataFrame,
    *,
    n: int = 40,
    legend: str = "rows in which both labels are wrong",
    ax: Axes | None = None,
) -> Axes:
    """Draw in how many rows two labels go wrong together.

    Parameters
    ----------
    matrix : DataFrame of int, shape (n_labels, n_labels)
        As `mlkit.evaluation.Evaluation.co_errors` makes it, in rows; named in the same
        way on both sides.
    n : int, default 40
        How many labels are drawn at most: those with the largest sums of their row and
        column, in the order of the matrix.
    legend : str, default "rows in which both labels are wrong"
        What the numbers are: the words beside the bar of colours.
    ax : Axes, optional
        Where to draw; by default a new figure, as large as the labels need.

    Returns
    -------
    Axes
        The first label on top and on the left; the darker, the more rows. The
        diagonal, which holds the errors of one label alone, is hatched, and has no
        part in the range of the colours. Up to 12 labels, each cell has its number.
        Where not all labels are drawn, the title says so.

    Raises
    ------
    OptionError
        If `n` is less than 1.
    ShapeError
        If the matrix is not square.
    ValueError
        If it holds no labels.

    Notes
    -----
    Two frequent errors meet often by chance alone: compare a cell with the product of
    its two diagonals, divided by the number of rows.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["sea", "sun"]
    >>> ax = plot_co_errors(pd.DataFrame([[7, 3], [3, 5]], index=names, columns=names))
    >>> [text.get_text() for text in ax.texts]
    ['7', '3', '3', '5']
    """
    check_count("n", n, minimum=1, error=OptionError)
    _check_square(matrix)
    shown = _head(matrix, n)
    size = len(shown)
    ax = make_axes(ax, size=_size(size))
    with use_style():
        mesh = _draw_cells(ax, shown.to_numpy())
        bar = ax.figure.colorbar(mesh, ax=ax, shrink=0.9, aspect=24)
        # There is no half of a row.
        bar.ax.yaxis.get_major_locator().set_params(integer=True)
        bar.set_label(legend + "\n(hatched: one label alone)", labelpad=10)
        _name_sides(ax, shown)
        if size <= _MOST_WRITTEN_LABELS:
            _write_cells(ax, mesh, shown.to_numpy())
        if size < len(matrix):
            text = f"{size} of {len(matrix)} labels: those with the most errors"
            ax.set_title(text)
    return ax


def _check_square(matrix: pd.DataFrame) -> None:
    n_rows, n_columns = matrix.shape
    if n_rows != n_columns:
        msg = (
            f"A matrix of co-errors has as many rows as columns; got {n_rows} and "
            f"{n_columns}. Give the table of Evaluation.co_errors."
        )
        raise ShapeError(msg)
    if n_rows == 0:
        msg = "matrix holds no labels: there are no co-errors to draw."
        raise ValueError(msg)


def _head(matrix: pd.DataFrame, n: int) -> pd.DataFrame:
    values = matrix.to_numpy()
    totals = values.sum(axis=0) + values.sum(axis=1)
    chosen = np.sort(np.argsort(-totals, kind="stable")[:n])
    return matrix.iloc[chosen, chosen]


def _size(n_labels: int) -> tuple[float, float]:
    room = 0.44 if n_labels <= _MOST_WRITTEN_LABELS else 0.24
    # The words beside the bar of colours need a height, however few labels there are.
    return 3.6 + max(room * n_labels, 2.6), 2.2 + max(room * n_labels, 3.6)


def _draw_cells(ax: Axes, counts: np.ndarray) -> ScalarMappable:
    alone = np.eye(len(counts), dtype=bool)
    greatest = counts[~alone].max(initial=1)
    # One hue from light to dark, so that a print in grey keeps the order.
    mesh = ax.pcolormesh(
        np.ma.masked_array(counts, alone),
        cmap="Blues",
        vmin=0,
        vmax=greatest,
        edgecolors="white",
        linewidth=0.6,
    )
    for place in range(len(counts)):
        cell = Rectangle((place, place), 1, 1, linewidth=0.6, **_DIAGONAL)
        # Else the border of the last one is cut to half its width.
        ax.add_patch(cell).set_clip_on(False)
    return mesh


def _name_sides(ax: Axes, matrix: pd.DataFrame) -> None:
    middles = np.arange(len(matrix)) + 0.5
    size = 11 if len(matrix) <= _MOST_WRITTEN_LABELS else 10
    for axis, index in (("x", matrix.columns), ("y", matrix.index)):
        names = [fitted_name(name, _NAME_WIDTH) for name in index]
        getattr(ax, f"set_{axis}ticks")(middles, names, fontsize=size)
    # Turned about the end beside the axes, so that no font leaves a gap.
    for text in ax.get_xticklabels():
        text.set(rotation=90, ha="right", va="center", rotation_mode="anchor")
    ax.set(xlim=(0, len(matrix)), ylim=(len(matrix), 0))
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)


def _write_cells(ax: Axes, mesh: ScalarMappable, counts: np.ndarray) -> None:
    # The box keeps a number legible on the hatch.
    box = {"facecolor": _DIAGONAL["facecolor"], "edgecolor": "none", "pad": 1.0}
    longest = max(len(str(count)) for count in counts.flat)
    look = {"ha": "center", "va": "center", "size": 10 if longest <= 4 else 8}
    for (i, j), count in np.ndenumerate(counts):
        ink = "black" if i == j else ink_on(mesh.to_rgba(float(count)))
        text = ax.text(j + 0.5, i + 0.5, str(count), color=ink, **look)
        if i == j:
            text.set_bbox(box)
