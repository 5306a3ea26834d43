"""Label sets as pictures: the indicator matrix, and how many labels rows carry."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mlkit.plots.style import PALETTE, VERMILION_INK, make_axes, use_style
from mlkit.validation import Indicator, LabelMatrix, check_indicator

__all__ = ["plot_label_matrix", "plot_set_sizes"]

_MAX_ROWS = 60
_CELL_INCHES = (0.85, 0.42)


def plot_label_matrix(Y: LabelMatrix, *, ax: Axes | None = None) -> Axes:
    """Draw a small indicator matrix, with the number of labels beside each row.

    Parameters
    ----------
    Y : DataFrame, array-like or sparse matrix, shape (n_samples, n_labels)
        Entries 0 and 1. The index of a DataFrame names the rows.
    ax : Axes, optional
        Where to draw; by default a new figure that gives every row its line.

    Returns
    -------
    Axes
        One square a cell: dark with a white 1, or pale with a 0, so that it can be
        read in grey. The first row stands on top. To the right of a row its sum.

    Raises
    ------
    IndicatorError, LabelNameError
        If `Y` is no indicator matrix.
    ValueError
        If it has more than 60 rows: they could not be read. Select some.

    Examples
    --------
    >>> ax = plot_label_matrix([[1, 1, 0], [0, 0, 0]])
    >>> [text.get_text() for text in ax.texts if "=" in text.get_text()]
    ['= 2', '= 0']
    """
    labels = check_indicator(Y)
    n_samples, n_labels = labels.shape
    if n_samples > _MAX_ROWS:
        msg = (
            f"Y has {n_samples} rows; a matrix of more than {_MAX_ROWS} cannot be "
            "read. Select some, such as Y[:10] or Y.loc[names]."
        )
        raise ValueError(msg)
    width, height = _CELL_INCHES
    size = (2.6 + width * n_labels, 1.0 + height * n_samples)
    ax = make_axes(ax, size=size)
    with use_style():
        _draw_cells(ax, labels.toarray())
        _name_cells(ax, labels)
    return ax


def plot_set_sizes(Y: LabelMatrix, *, ax: Axes | None = None) -> Axes:
    """Draw how many rows carry no label, one label, two labels, and so on.

    Parameters
    ----------
    Y : DataFrame, array-like or sparse matrix, shape (n_samples, n_labels)
        Entries 0 and 1; at least one row.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
        One bar a number of labels, from 0 to the largest that occurs, with the number
        of rows on top. The dashed line is the cardinality, the mean number of labels.

    Raises
    ------
    IndicatorError, LabelNameError
        If `Y` is no indicator matrix.
    ValueError
        If it has no row.

    Examples
    --------
    >>> ax = plot_set_sizes([[1, 1, 0], [0, 0, 0], [1, 0, 1]])
    >>> [int(bar.get_height()) for bar in ax.patches]
    [1, 0, 2]
    """
    labels = check_indicator(Y)
    if not labels.shape[0]:
        msg = "Y has no rows; expected at least one to count the labels of."
        raise ValueError(msg)
    sizes = np.asarray(labels.values.sum(axis=1, dtype=np.int64)).ravel()
    ax = make_axes(ax, size=(8.0, 3.6))
    with use_style():
        _draw_sizes(ax, np.bincount(sizes))
        _draw_cardinality(ax, float(sizes.mean()))
    return ax


def _draw_cells(ax: Axes, values: np.ndarray) -> None:
    n_samples, n_labels = values.shape
    for (i, j), value in np.ndenumerate(values):
        face = PALETTE["blue"] if value else "#EEEEEE"
        ax.add_patch(_square(j, i, face))
        color = "white" if value else "#555555"
        ax.text(j, i, str(value), ha="center", va="center", color=color)
    for i, total in enumerate(values.sum(axis=1, dtype=np.int64)):
        ax.text(n_labels - 0.3, i, f"= {total}", va="center", fontweight="bold")
    ax.set_xlim(-0.5, n_labels + 0.3)
    ax.set_ylim(n_samples - 0.5, -0.5)
    ax.grid(visible=False)


def _square(column: int, row: int, face: str) -> Rectangle:
    corner = (column - 0.46, row - 0.44)
    return Rectangle(corner, 0.92, 0.88, facecolor=face, edgecolor="none")


def _name_cells(ax: Axes, labels: Indicator) -> None:
    n_samples, n_labels = labels.shape
    rows: Sequence[object] = range(n_samples) if labels.index is None else labels.index
    ax.set_yticks(range(n_samples), [str(row) for row in rows])
    # The sums have their own heading, so that nobody takes them for a label.
    ax.set_xticks([*range(n_labels), n_labels], [*labels.label_names, "sum"])
    ax.tick_params(length=0, top=False, labeltop=True, bottom=False, labelbottom=False)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _draw_sizes(ax: Axes, counts: np.ndarray) -> None:
    bars = ax.bar(np.arange(len(counts)), counts, color=PALETTE["sky"], width=0.7)
    # The white box keeps the number legible where the line of the mean passes.
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    ax.bar_label(bars, padding=3, bbox=box)
    ax.set_xticks(np.arange(len(counts)))
    ax.set_ylim(0, 1.25 * counts.max())
    ax.grid(visible=False, axis="x")
    ax.set(xlabel="number of labels of a row", ylabel="number of rows")


def _draw_cardinality(ax: Axes, mean: float) -> None:
    ax.axvline(mean, color=PALETTE["vermilion"], linestyle="--")
    ax.annotate(
        f"cardinality {mean:.2f}",
        (mean, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(6, -4),
        textcoords="offset points",
        color=VERMILION_INK,
        va="top",
    )
