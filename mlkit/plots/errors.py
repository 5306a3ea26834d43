"""Where a prediction is wrong, cell by cell: for few rows, to be counted by eye."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle
from matplotlib.transforms import ScaledTranslation

from mlkit.alignment import align_prediction
from mlkit.plots.style import PALETTE, make_axes, use_style
from mlkit.validation import check_label_names

__all__ = ["plot_error_grid"]


@dataclass(frozen=True, slots=True)
class _Look:
    """How a cell is drawn; the sign repeats the colour for those who see none."""

    words: str
    color: str
    sign: str
    hatch: str | None = None


# Indexed by 2 * true + predicted.
_LOOKS = (
    _Look("absent, not predicted", "#FFFFFF", ""),
    _Look("invented: absent, predicted", PALETTE["orange"], "+", "//"),
    _Look("missed: present, not predicted", PALETTE["purple"], "\u2212", "\\\\"),
    _Look("found: present, predicted", PALETTE["sky"], "✓"),
)
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
        _draw_cells(ax, 2 * actual + guessed)
        _write_wrong_cells(ax, (actual != guessed).sum(axis=1))
        _set_axes(ax, true.shape[0], names)
        if legend:
            _add_legend(ax)
    return ax


def _size(n_samples: int, n_labels: int) -> tuple[float, float]:
    # Names and legend need the same height whatever the grid does.
    return max(7.0, 2.0 + 0.7 * n_labels), 1.8 + 0.45 * n_samples


def _draw_cells(ax: Axes, kinds: np.ndarray) -> None:
    for (i, j), kind in np.ndenumerate(kinds):
        look = _LOOKS[kind]
        ax.add_patch(
            Rectangle(
                (j - 0.5, i - 0.5),
                1.0,
                1.0,
                facecolor=look.color,
                edgecolor="#666666",
                hatch=look.hatch,
                # Else the outer border is cut to half its width.
                clip_on=False,
            )
        )
        # The white box keeps the sign legible on a hatch.
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
        if look.sign:
            ax.text(j, i, look.sign, ha="center", va="center", weight="bold", bbox=box)


def _write_wrong_cells(ax: Axes, n_wrong: np.ndarray) -> None:
    for i, count in enumerate(n_wrong):
        ax.annotate(
            f"{count} wrong",
            (1.0, i),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            weight="normal" if count else "bold",
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
    looks = [_LOOKS[kind] for kind in _LEGEND_ORDER]
    patches = [
        Patch(facecolor=look.color, edgecolor="#666666", hatch=look.hatch)
        for look in looks
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
