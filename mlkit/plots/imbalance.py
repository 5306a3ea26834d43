"""How much rarer each label is than the most frequent one, as a ladder."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from mlkit.description import Description, irlbl
from mlkit.plots.legible import fitted_name
from mlkit.plots.style import INK, PALETTE, make_axes, use_style

__all__ = ["plot_imbalance"]

# With more labels than two ends have, the middle is left out: the rarest alone often
# have one and the same ratio.
_END = 15
# Beyond, the labels near 1 could not be told apart on a linear axis.
_LARGEST_LINEAR = 20.0


def plot_imbalance(labels: Any, *, ax: Axes | None = None) -> Axes:
    """Draw the imbalance ratio of each label as a ladder, the rarest on top.

    Parameters
    ----------
    labels : Description, DataFrame, Series, array-like or sparse matrix
        What `mlkit.describe` returned; a table with a column ``irlbl``, such as its
        ``labels``; a Series of that name, the ratios by label, at least 1 and infinite
        where no row carries the label; or labels of shape (n_samples, n_labels), also
        as a MultiLabelDataset.
    ax : Axes, optional
        Where to draw; by default a new figure, as high as the labels need.

    Returns
    -------
    Axes
        One rung a label, from 1 to its IRLbl, with the number at its end. Labels above
        the mean have a red square, the others a blue dot; a label that no row carries
        has neither, and says so. The dashed line is the mean over all labels that
        occur. Beyond 30 labels, the 15 rarest and the 15 most frequent are drawn, a
        dotted line between them, and the axis says of how many.

    Raises
    ------
    ValueError
        If there are no labels, or a ratio is less than 1.
    IndicatorError
        If `labels` is neither of the above nor a label matrix.

    See Also
    --------
    mlkit.description.irlbl : The ratios.

    Notes
    -----
    The axis is logarithmic where a ratio exceeds 20.

    References
    ----------
    Charte, Rivera, del Jesus, Herrera (2015), Addressing imbalance in multilabel
    classification: measures and random resampling algorithms, Neurocomputing 163,
    equations 1 and 2.

    Examples
    --------
    >>> ax = plot_imbalance([[1, 0], [1, 1], [1, 0]])
    >>> [text.get_text() for text in ax.texts]
    ['3', '1']
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['MeanIR 2', '1 above it', '1 not above']
    """
    ratios = _ratios(labels).sort_values(ascending=False, kind="stable")
    occurring = ratios[np.isfinite(ratios)]
    mean = float(occurring.mean()) if len(occurring) else np.nan
    drawn = ratios
    if len(ratios) > 2 * _END:
        drawn = pd.concat([ratios.iloc[:_END], ratios.iloc[-_END:]])
    ax = make_axes(ax, size=(8.0, 1.5 + 0.3 * len(drawn)))
    with use_style():
        _scale(ax, occurring)
        if len(occurring):
            color, name = INK, f"MeanIR {_number(mean)}"
            ax.axvline(mean, color=color, linestyle="--", linewidth=1.5, label=name)
        _draw_rungs(ax, drawn.to_numpy(), occurring.to_numpy(), mean)
        _name_rungs(ax, drawn, len(ratios))
        if len(occurring):
            # Beside the right edge: names of any length leave room on the left.
            ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3)
    return ax


def _ratios(labels: Any) -> pd.Series:
    if isinstance(labels, Description):
        labels = labels.labels
    if isinstance(labels, pd.DataFrame) and "irlbl" in labels:
        ratios = labels["irlbl"]
    elif isinstance(labels, pd.Series):
        ratios = labels
    else:
        ratios = irlbl(labels)
    if len(ratios) == 0:
        msg = "There are no labels, so that none has an imbalance ratio."
        raise ValueError(msg)
    wrong = ~(ratios >= 1)
    if wrong.any():
        name = wrong.idxmax()
        msg = f"IRLbl is at least 1; label '{name}' has {ratios[name]}."
        raise ValueError(msg)
    return ratios.astype(float)


def _scale(ax: Axes, ratios: pd.Series) -> None:
    greatest = float(ratios.max()) if len(ratios) else 1.0
    if greatest > _LARGEST_LINEAR:
        ax.set_xscale("log")
        # Half a decade more: the number of the longest rung stands there.
        ax.set_xlim(0.9, greatest * (greatest**0.18))
        ticks = [d * 10**k for k in range(7) for d in (1, 2, 5)]
        step = 1 if greatest < 300 else 3
        shown = [tick for tick in ticks[::step] if tick <= greatest]
        ax.xaxis.set_major_locator(FixedLocator(shown))
        ax.xaxis.set_major_formatter(lambda tick, _: f"{tick:,.0f}")
        ax.xaxis.set_minor_locator(NullLocator())
    else:
        room = max(greatest - 1, 1.0)
        ax.set_xlim(1 - 0.03 * room, 1 + 1.18 * room)


def _draw_rungs(
    ax: Axes, values: np.ndarray, occurring: np.ndarray, mean: float
) -> None:
    # A mean of equal ratios may fall below them by a rounding error.
    limit = mean * (1 + 1e-12)
    rows, n_above = np.arange(len(values)), int((occurring > limit).sum())
    n_other = len(occurring) - n_above
    above = (values > limit) & np.isfinite(values)
    for chosen, color, marker, name in (
        (above, PALETTE["vermilion"], "s", f"{n_above:,} above it"),
        (values <= limit, PALETTE["blue"], "o", f"{n_other:,} not above"),
    ):
        ax.hlines(rows[chosen], 1, values[chosen], color=color, linewidth=3)
        ax.plot(values[chosen], rows[chosen], marker, color=color, label=name)
    for row, value in enumerate(values):
        text = _number(value) if np.isfinite(value) else "no row carries it"
        _write(ax, text, value if np.isfinite(value) else 1.0, row)


def _write(ax: Axes, text: str, x: float, row: int) -> None:
    ax.annotate(
        text,
        (x, row),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        size=11,
        # The line of the mean may pass: a white box keeps the number legible.
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
    )


def _name_rungs(ax: Axes, drawn: pd.Series, n_labels: int) -> None:
    what = "IRLbl: times rarer than the most frequent label"
    if len(drawn) < n_labels:
        what += f"\nthe {_END} rarest and {_END} most frequent of {n_labels:,} labels"
        ax.axhline(_END - 0.5, color="#444444", linestyle=":", linewidth=1.5)
    names = [fitted_name(name) for name in drawn.index]
    ax.set_yticks(range(len(names)), names, size=11)
    ax.set(xlabel=what, ylim=(len(names) - 0.4, -0.6))
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
