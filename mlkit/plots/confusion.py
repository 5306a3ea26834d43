"""One confusion matrix a label, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from mlkit.arguments import check_choice, check_count
from mlkit.exceptions import OptionError, ShapeError
from mlkit.plots.legible import fitted_name
from mlkit.plots.style import PALETTE, use_style
from mlkit.validation import check_label_names

if TYPE_CHECKING:
    from mlkit.evaluation import Evaluation

__all__ = ["plot_confusion_grid"]

_MAX_COLUMNS = 4
_TITLE_WIDTH = 27
_CELLS = (("tn", "fp"), ("fn", "tp"))
_ORDERS = {"frequent": "most frequent", "worst": "worst (lowest F1)"}
_RIGHT = LinearSegmentedColormap.from_list("right", ["white", PALETTE["blue"]])
_WRONG = LinearSegmentedColormap.from_list("wrong", ["white", PALETTE["orange"]])
_CAPTION = (
    "rows: truth; columns: prediction. Per cent and shade: share of the row;\n"
    "blue: right; orange with a thick border: wrong"
)


def plot_confusion_grid(
    evaluation: Evaluation | Any,
    *,
    n: int = 12,
    first: str = "frequent",
    label_names: Sequence[str] | None = None,
) -> Figure:
    """Draw the confusion matrices of the first few labels, one panel each.

    Parameters
    ----------
    evaluation : Evaluation, or array-like of int, shape (n_labels, 2, 2)
        With decided labels; or its ``confusion_matrices``, ``[[tn, fp], [fn, tp]]``
        for each label, in rows.
    n : int, default 12
        How many labels are drawn at most.
    first : {"frequent", "worst"}, default "frequent"
        Which labels come first: those with most true rows, or those with the lowest
        F1; labels without an F1 are last.
    label_names : sequence of str, optional
        By default those of the evaluation; ``label_0``, ... for an array.

    Returns
    -------
    Figure
        Up to four panels beside each other, each with counts and with shares of the
        row; the title has the number of true rows in brackets. Where not all labels
        are drawn, the heading says so. Not known to pyplot.

    Raises
    ------
    OptionError
        If `n` or `first` is out of its range, or no label was decided.
    ShapeError
        If the matrices have another shape.
    LabelNameError
        If the names do not fit.
    ValueError
        If there are no labels, or counts below 0.

    Notes
    -----
    The share of true rows that are predicted (recall) stands in the cell *tp*, the
    share of other rows that are predicted (fall-out) in the cell *fp*. A row without
    any count has no shares.

    Examples
    --------
    >>> figure = plot_confusion_grid([[[5, 1], [2, 4]]], label_names=["sea"])
    >>> [ax.get_title() for ax in figure.axes]
    ['sea (6)']
    >>> [text.get_text().split() for text in figure.axes[0].texts]
    [['5', 'tn', '83%'], ['1', 'fp', '17%'], ['2', 'fn', '33%'], ['4', 'tp', '67%']]
    """
    check_count("n", n, minimum=1, error=OptionError)
    check_choice("first", first, tuple(_ORDERS))
    matrices, names = _matrices_and_names(evaluation, label_names)
    chosen = _order(matrices, first)[:n]
    with use_style():
        figure, axes = _panels(len(chosen))
        for ax, place in zip(axes, chosen, strict=True):
            _draw_panel(ax, matrices[place], names[place])
            _name_sides(ax)
        if len(chosen) < len(names):
            head = f"{len(chosen)} of {len(names)} labels: the {_ORDERS[first]}"
            figure.suptitle(head)
        figure.supxlabel(_CAPTION, fontsize=11)
    return figure


def _panels(n: int) -> tuple[Figure, list[Axes]]:
    n_columns = min(_MAX_COLUMNS, n)
    n_rows = -(-n // n_columns)
    # Room for the caption, also where there is one panel only.
    size = (max(1.2 + 2.5 * n_columns, 6.4), 1.5 + 2.1 * n_rows)
    figure = Figure(figsize=size, layout="constrained")
    figure.get_layout_engine().set(hspace=0.06)
    axes = list(figure.subplots(n_rows, n_columns, squeeze=False).flat)
    for ax in axes[n:]:
        ax.remove()
    return figure, axes[:n]


def _matrices_and_names(
    evaluation: Any, label_names: Sequence[str] | None
) -> tuple[np.ndarray, Sequence[str]]:
    known = hasattr(evaluation, "confusion_matrices")
    matrices = np.asarray(evaluation.confusion_matrices if known else evaluation)
    _check_matrices(matrices)
    if label_names is not None:
        return matrices, check_label_names(label_names, len(matrices))
    if known:
        return matrices, evaluation.evidence.label_names
    return matrices, [f"label_{i}" for i in range(len(matrices))]


def _check_matrices(matrices: np.ndarray) -> None:
    if matrices.size == 0:
        msg = "There are no confusion matrices to draw: evaluation holds no labels."
        raise ValueError(msg)
    if matrices.ndim != 3 or matrices.shape[1:] != (2, 2):
        msg = (
            f"Expected confusion matrices of shape (n_labels, 2, 2); got "
            f"{matrices.shape}. Give an Evaluation or its confusion_matrices."
        )
        raise ShapeError(msg)
    if matrices.min() < 0:
        msg = f"Confusion matrices hold counts, at least 0; got {matrices.min()}."
        raise ValueError(msg)


def _order(matrices: np.ndarray, first: str) -> np.ndarray:
    if first == "frequent":
        return np.argsort(-matrices[:, 1].sum(axis=1), kind="stable")
    right = 2.0 * matrices[:, 1, 1]
    whole = right + matrices[:, 0, 1] + matrices[:, 1, 0]
    # NaN, where there is no F1, is sorted behind all numbers.
    f1 = np.divide(right, whole, out=np.full(len(right), np.nan), where=whole > 0)
    return np.argsort(f1, kind="stable")


def _draw_panel(ax: Axes, matrix: np.ndarray, name: str) -> None:
    totals = matrix.sum(axis=1)
    for (i, j), count in np.ndenumerate(matrix):
        share = count / totals[i] if totals[i] else None
        # Not the whole range: both colours stay light enough for black numbers.
        color = (_RIGHT if i == j else _WRONG)(0.65 * (share or 0.0))
        inset = 0.0 if i == j else 0.03
        ax.add_patch(
            Rectangle(
                (j - 0.5 + inset, i - 0.5 + inset),
                1 - 2 * inset,
                1 - 2 * inset,
                facecolor=color,
                edgecolor="#888888" if i == j else PALETTE["vermilion"],
                linewidth=0.8 if i == j else 2.5,
                zorder=2 if i == j else 3,
            )
        )
        _write_cell(ax, (j, i), count, share)
    support = f" ({totals[1]:,})"
    short = fitted_name(name, _TITLE_WIDTH - len(support))
    ax.set_title(short + support, fontsize=11)


def _write_cell(
    ax: Axes, place: tuple[int, int], count: int, share: float | None
) -> None:
    j, i = place
    percent = "" if share is None else f" {share:.0%}"
    text = f"{count:,}\n{_CELLS[i][j]}{percent}"
    ax.text(j, i, text, ha="center", va="center", size=11, zorder=4)


def _name_sides(ax: Axes) -> None:
    left = ax.get_subplotspec().is_first_col()
    ax.set(xlim=(-0.52, 1.52), ylim=(1.52, -0.52))
    ax.set_xticks([0, 1], ["not pred.", "predicted"], fontsize=10)
    ax.set_yticks([0, 1], ["absent", "present"] if left else ["", ""], fontsize=10)
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
