"""One metric label by label, with intervals and numbers of true rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mlkit.arguments import check_count
from mlkit.exceptions import OptionError, unknown_name
from mlkit.plots.legible import fitted_name
from mlkit.plots.style import PALETTE, make_axes, use_style

__all__ = ["plot_label_scores"]

_NAME_WIDTH = 28
_WORDS = {"f1": "F1", "roc_auc": "ROC AUC", "brier": "Brier score"}
_LOWER_IS_BETTER = frozenset({"brier"})


def plot_label_scores(
    frame: pd.DataFrame, *, metric: str = "f1", n: int = 40, ax: Axes | None = None
) -> Axes:
    """Draw a metric of each label as a point, with its interval where there is one.

    Parameters
    ----------
    frame : DataFrame, one row a label
        Indexed by label, with a column of the metric, as
        `mlkit.evaluation.Evaluation.labels`; NaN where it is undefined. The columns
        ``<metric>_low`` and ``<metric>_high`` hold an interval, ``support`` the number
        of true rows; all three can be left out.
    metric : str, default "f1"
        Which column is drawn.
    n : int, default 40
        How many labels are drawn at most: the first ones, so sort the table before.
    ax : Axes, optional
        Where to draw; by default a new figure, as high as the labels need.

    Returns
    -------
    Axes
        One row a label, the first on top, with its support in brackets. Lines are
        intervals; *undefined* is written where there is no value. Where not all labels
        are drawn, the title says so.

    Raises
    ------
    UnknownNameError
        If there is no such column.
    OptionError
        If `n` is less than 1.
    ValueError
        If there are no labels.

    See Also
    --------
    plot_label_bars : Bars with a number at the end of each.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"f1": [0.7, 0.2], "support": [30, 4]}, ["sea", "sun"])
    >>> ax = plot_label_scores(table)
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['sea (30)', 'sun (4)']
    """
    check_count("n", n, minimum=1, error=OptionError)
    if metric not in frame.columns:
        known = map(str, frame.columns)
        error = unknown_name("column of the table of labels", metric, known)
        raise error
    if len(frame) == 0:
        msg = f"frame holds no labels: there is no '{metric}' to draw."
        raise ValueError(msg)
    shown = frame.head(n)
    ax = make_axes(ax, size=(8.0, 1.2 + 0.32 * len(shown)))
    with use_style():
        _draw_values(ax, shown, metric)
        _set_axes(ax, shown, metric)
        if len(shown) < len(frame):
            ax.set_title(f"the first {len(shown)} of {len(frame)} labels")
    return ax


def _draw_values(ax: Axes, shown: pd.DataFrame, metric: str) -> None:
    rows = np.arange(len(shown))
    values = shown[metric].to_numpy(dtype=float)
    sides = [f"{metric}_low", f"{metric}_high"]
    if set(sides) <= set(shown.columns):
        low, high = shown[sides].to_numpy(dtype=float).T
        ax.hlines(rows, low, high, color=PALETTE["blue"], linewidth=2.5)
    ax.plot(values, rows, "o", color=PALETTE["blue"], zorder=3)
    for row in rows[np.isnan(values)]:
        place = ax.get_yaxis_transform()
        ax.text(0.01, row, "undefined", transform=place, va="center", color="#555555")


def _set_axes(ax: Axes, shown: pd.DataFrame, metric: str) -> None:
    names = [fitted_name(name, _NAME_WIDTH) for name in shown.index]
    if "support" in shown.columns:
        pairs = zip(names, shown["support"], strict=True)
        names = [f"{name} ({support:,.0f})" for name, support in pairs]
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)
    if shown[metric].dropna().between(0, 1).all():
        # A share: the same range for all models, so that figures can be compared.
        ax.set_xlim(-0.02, 1.02)
    better = "lower" if metric in _LOWER_IS_BETTER else "higher"
    words = _WORDS.get(metric, metric.replace("_", " "))
    support = "; in brackets: true rows" if "support" in shown.columns else ""
    ax.set_xlabel(f"{words} ({better} is better){support}")
