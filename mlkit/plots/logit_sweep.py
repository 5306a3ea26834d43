"""One logit moved while the others stay, to see which outputs follow it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from mlkit.activations import sigmoid, softmax
from mlkit.plots.style import category_style, make_figure, use_style
from mlkit.validation import check_label_names, default_label_names

__all__ = ["plot_logit_sweep"]

_N_POINTS = 121
_N_MARKERS = 9


def plot_logit_sweep(
    logits: ArrayLike,
    position: int,
    *,
    label_names: Sequence[str] | None = None,
    limits: tuple[float, float] = (-6.0, 10.0),
    figure: Figure | None = None,
) -> tuple[Axes, Axes]:
    """Draw softmax and sigmoid of all labels while one logit moves.

    Parameters
    ----------
    logits : array-like of float, shape (n_labels,)
        Where the other logits stay.
    position : int
        Of the label that moves, from 0.
    label_names : sequence of str, optional
        By default ``label_0``, ``label_1``, ...
    limits : tuple of float, default (-6.0, 10.0)
        From where to where it moves.
    figure : Figure, optional
        An empty figure; by default a new one.

    Returns
    -------
    tuple of Axes
        Softmax, sigmoid. One line a label, told apart by colour and marker; that of
        the moving label is thick. Markers of different labels stand at different
        places, so that lines which lie on each other can be seen.

    Raises
    ------
    LabelNameError
        If the names do not fit.
    IndexError
        If there is no such label.
    ScoresError
        If a logit is not a finite number.

    Examples
    --------
    >>> left, right = plot_logit_sweep([0, 4, -3], 0, label_names=["sea", "sky", "cat"])
    >>> [line.get_label() for line in left.lines]
    ['sea', 'sky', 'cat']
    """
    start = np.asarray(logits, dtype=np.float64)
    n_labels = len(start)
    names = default_label_names(n_labels) if label_names is None else label_names
    names = check_label_names(names, n_labels)
    if not 0 <= position < n_labels:
        msg = (
            f"position must be 0 to {n_labels - 1}, one of the labels; got {position}."
        )
        raise IndexError(msg)
    moved = np.linspace(*limits, _N_POINTS)
    table = np.tile(start, (_N_POINTS, 1))
    table[:, position] = moved
    figure = make_figure((11.0, 3.8)) if figure is None else figure
    with use_style():
        left, right = _new_panels(figure, names[position])
        _draw_lines(left, moved, softmax(table), names, position)
        _draw_lines(right, moved, sigmoid(table), names, position)
        handles, texts = left.get_legend_handles_labels()
        figure.legend(handles, texts, loc="outside right center", title="label")
    return left, right


def _new_panels(figure: Figure, moving: str) -> tuple[Axes, Axes]:
    figure.set_layout_engine("constrained")
    left, right = figure.subplots(1, 2)
    left.set(title="Softmax: labels compete", ylabel="share (all sum to 1)")
    right.set(title="Sigmoid: each on its own", ylabel="probability of each label")
    for ax in (left, right):
        ax.set(xlabel=f"logit of {moving}", ylim=(-0.04, 1.04))
    return left, right


def _draw_lines(
    ax: Axes,
    moved: np.ndarray,
    values: np.ndarray,
    names: Sequence[str],
    position: int,
) -> None:
    n_labels = len(names)
    step = (len(moved) - 1) // _N_MARKERS
    for j, name in enumerate(names):
        style = category_style(j)
        ax.plot(
            moved,
            values[:, j],
            color=style.color,
            marker=style.marker,
            # Each label begins its markers a little later than the one before.
            markevery=(j * step // n_labels, step),
            linewidth=4.0 if j == position else 1.8,
            label=name,
        )
