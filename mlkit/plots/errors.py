"""Where a prediction is wrong, cell by cell: for few rows, to be counted by eye."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import ScaledTranslation

from mlkit.alignment import align_prediction
from mlkit.plots.style import PALETTE, make_axes, use_style
from mlkit.validation import check_label_names

__all__ = ["CELL_LOOKS", "CellLook", "ErrorCells", "plot_error_grid"]


@dataclass(frozen=True, slots=True)
class CellLook:
    """How a cell is drawn; the sign repeats the colour for those who see none.

    Parameters
    ----------
    words : str
        What the cell means, for a legend.
    color : str
        Hexadecimal colour.
    sign : str
        One letter, or none.
    hatch : str, optional
        Matplotlib hatch.
    """

    words: str
    color: str
    sign: str
    hatch: str | None = None


CELL_LOOKS = (
    CellLook("absent, not predicted", "#FFFFFF", ""),
    CellLook("invented: absent, predicted", PALETTE["orange"], "+", "//"),
    CellLook("missed: present, not predicted", PALETTE["purple"], "\u2212", "\\\\"),
    CellLook("found: present, predicted", PALETTE["sky"], "✓"),
)
"""The look of a cell, indexed by 2 * true + predicted."""

_EDGE = "#666666"
_LEGEND_ORDER = (3, 2, 1, 0)
_LEGEND_OFFSET = 0.4  # inches below the grid


def plot_error_grid(
    Y: Any,
    Y_pred: Any,
    *,
    label_names: Sequence[str] | None = None,
    legend: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw every cell of a prediction: found, missed, invented or rightly empty.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1.
    Y_pred : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Predicted labels, 0 and 1.
    label_names : sequence of str, optional
        By default the columns of `Y` if it is a DataFrame, else ``label_0``, ...
    legend : bool, default True
        Whether to explain the four kinds of cells below the grid.
    ax : Axes, optional
        Where to draw; by default a new figure, as high as the rows need.

    Returns
    -------
    Axes
        One row an example, the first on top; the number of wrong cells stands to the
        right of each row.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError
        If the two are not label matrices of the same rows and labels, or the names do
        not fit.

    Notes
    -----
    Every cell is an artist and can be seen only if it is large: meant for up to some
    30 rows and 20 labels. Missed and invented cells together are the numerator of
    `mlkit.metrics.hamming_loss`, rows without any the one of
    `mlkit.metrics.subset_accuracy_score`.

    Examples
    --------
    >>> ax = plot_error_grid([[1, 0], [1, 1]], [[1, 1], [1, 1]])
    >>> [tick.get_text() for tick in ax.get_yticklabels()]
    ['row 0', 'row 1']
    >>> [text.get_text() for text in ax.texts if "wrong" in text.get_text()]
    ['1 wrong', '0 wrong']
    """
    true, predicted = align_prediction(Y, Y_pred)
    names = true.label_names
    if label_names is not None:
        names = check_label_names(label_names, true.shape[1])
    actual, guessed = true.toarray(), predicted.toarray()
    ax = make_axes(ax, size=_size(*true.shape))
    with use_style():
        cells = ErrorCells(ax, true.shape[0], names)
        cells.show(actual, guessed)
        if legend:
            _add_legend(ax)
    return ax


class ErrorCells:
    """The cells of a prediction, changed in place.

    Parameters
    ----------
    ax : Axes
        Empty axes.
    n_samples : int
        One row a sample, the first on top.
    label_names : sequence of str
        One column a label.

    Attributes
    ----------
    cells : list of Rectangle
        Row by row.
    texts : list of Artist
        The sign of every cell, and the number of wrong cells of every row.
    """

    def __init__(self, ax: Axes, n_samples: int, label_names: Sequence[str]) -> None:
        places = list(np.ndindex(n_samples, len(label_names)))
        with use_style():
            _draw_lines(ax, n_samples, len(label_names))
            self.cells = [_new_cell(ax, i, j) for i, j in places]
            self._signs = [_new_sign(ax, i, j) for i, j in places]
            self._wrong = [_new_count(ax, i) for i in range(n_samples)]
            _set_axes(ax, n_samples, label_names)
        self.texts: list[Artist] = [*self._signs, *self._wrong]

    def show(self, true: np.ndarray, predicted: np.ndarray) -> None:
        """Show a prediction.

        Parameters
        ----------
        true, predicted : ndarray of int, shape (n_samples, n_labels)
            Entries are 0 or 1.
        """
        kinds = (2 * true + predicted).ravel()
        for kind, cell, sign in zip(kinds, self.cells, self._signs, strict=True):
            look = CELL_LOOKS[kind]
            cell.set_facecolor(look.color)
            cell.set_hatch(look.hatch)
            # Most cells are absent: between the lines they need not be drawn.
            cell.set_visible(kind != 0)
            sign.set_text(look.sign)
        counts = (true != predicted).sum(axis=1)
        for count, text in zip(counts, self._wrong, strict=True):
            text.set_text(f"{count} wrong")
            text.set_fontweight("normal" if count else "bold")


def _size(n_samples: int, n_labels: int) -> tuple[float, float]:
    # Names and legend need the same height whatever the grid does.
    return max(7.0, 2.0 + 0.7 * n_labels), 1.8 + 0.45 * n_samples


def _draw_lines(ax: Axes, n_samples: int, n_labels: int) -> None:
    """Draw the lines between the cells, which stay whatever the cells are."""
    rows, columns = np.arange(n_samples + 1) - 0.5, np.arange(n_labels + 1) - 0.5
    looks: dict[str, Any] = {"color": _EDGE, "linewidth": 1.0, "clip_on": False}
    ax.hlines(rows, columns[0], columns[-1], capstyle="projecting", **looks)
    ax.vlines(columns, rows[0], rows[-1], **looks)


def _new_cell(ax: Axes, row: int, column: int) -> Rectangle:
    cell = Rectangle(
        (column - 0.5, row - 0.5),
        1.0,
        1.0,
        edgecolor=_EDGE,
        # Else the outer border is cut to half its width.
        clip_on=False,
    )
    ax.add_patch(cell)
    return cell


def _new_sign(ax: Axes, row: int, column: int) -> Text:
    # The white box keeps the sign legible on a hatch.
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
    centred: dict[str, Any] = {"ha": "center", "va": "center"}
    return ax.text(column, row, "", weight="bold", bbox=box, **centred)


def _new_count(ax: Axes, row: int) -> Text:
    return ax.annotate(
        "",
        (1.0, row),
        xycoords=("axes fraction", "data"),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
    )


def _set_axes(ax: Axes, n_samples: int, names: Sequence[str]) -> None:
    ax.set_xlim(-0.5, len(names) - 0.5)
    ax.set_ylim(n_samples - 0.5, -0.5)
    ax.set_xticks(range(len(names)), names)
    ax.set_yticks(range(n_samples), [f"row {i}" for i in range(n_samples)])
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)


def _add_legend(ax: Axes) -> None:
    looks = [CELL_LOOKS[kind] for kind in _LEGEND_ORDER]
    patches = [
        Patch(facecolor=look.color, edgecolor=_EDGE, hatch=look.hatch) for look in looks
    ]
    texts = [f"{look.sign} {look.words}".strip() for look in looks]
    # Below the names of the labels, by a length and not by a share of the height: a
    # grid of two rows would else have its names covered.
    below = ScaledTranslation(0.0, -_LEGEND_OFFSET, ax.figure.dpi_scale_trans)
    ax.legend(
        patches,
        texts,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        bbox_transform=ax.transAxes + below,
        ncols=2,
    )
