"""Models in the plane of two metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mlkit.exceptions import names_for_message, unknown_name
from mlkit.plots.legible import fitted_name
from mlkit.plots.style import category_style, make_axes, use_style

if TYPE_CHECKING:
    from mlkit.comparison import Comparison

__all__ = [
    "NAME_COLUMN",
    "means_and_spreads",
    "metric_axis_label",
    "plot_metric_scatter",
    "spaced_heights",
]

NAME_COLUMN = 1.05
"""Where names stand, from the left of the axes to the right."""

_FAINT = "#777777"
_NAME_WIDTH = 26
_LINE_HEIGHT = 0.07  # of the height of the axes


def plot_metric_scatter(
    comparison: Comparison,
    x: str,
    y: str,
    *,
    dataset: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw models as points in the plane of two metrics.

    Parameters
    ----------
    comparison : Comparison
    x, y : str
        Two of ``comparison.metrics``.
    dataset : str, optional
        Which dataset; the first by default.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes
        A point a model at its means over the folds, with a cross as long as one
        standard deviation in each direction. Arrows at the axes' names show where
        values are better. Names stand in a column right of the axes, each with the
        mark of its point, to which a dotted line leads, and in the order of the
        heights of the points. A note below tells which models are left out.

    Raises
    ------
    UnknownNameError
        If the comparison has no such metric or dataset.
    ValueError
        If no model has values of both metrics in all folds.

    Notes
    -----
    A model that failed in a fold, or whose metric is undefined in one, is left out:
    the mean of the folds that it survived could not be held against the others. With a
    single fold there are no standard deviations and no crosses. Where standard
    deviations overlap, models can differ all the same, since they are tested on the
    same folds: `mlkit.comparison.Comparison.pairwise` looks at the differences.
    """
    dataset = comparison.datasets[0] if dataset is None else dataset
    if dataset not in comparison.datasets:
        known = comparison.datasets
        error = unknown_name("data set of this comparison", dataset, known)
        raise error
    labels = [metric_axis_label(comparison, metric) for metric in (x, y)]
    means, spreads = means_and_spreads(comparison, [x, y], dataset)
    if means.empty:
        msg = (
            f"No model of '{dataset}' has values of '{x}' and '{y}' in all folds; "
            "failures() of the comparison tells why."
        )
        raise ValueError(msg)
    left_out = [model for model in comparison.models if model not in means.index]
    ax = make_axes(ax, size=(8.0, max(4.6, 1.6 + 0.3 * len(means))))
    with use_style():
        _draw_points(ax, means, spreads)
        _write_names(ax, means)
        ax.set(xlabel=labels[0] + _note(left_out), ylabel=labels[1])
        ax.set_title(fitted_name(dataset, 60))
    return ax


def metric_axis_label(comparison: Comparison, metric: str) -> str:
    """Return the name of a metric with an arrow that shows where it is better.

    Parameters
    ----------
    comparison : Comparison
    metric : str

    Returns
    -------
    str
    """
    measure = comparison.measure(metric)
    # The name of the vertical axis is turned, and its arrow with it: right is up.
    arrow = "→" if measure.greater_is_better else "←"
    return f"{measure.label}  ({arrow} better)"


def means_and_spreads(
    comparison: Comparison, metrics: list[str], dataset: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return means and standard deviations over the folds of a dataset.

    Parameters
    ----------
    comparison : Comparison
    metrics : list of str
    dataset : str

    Returns
    -------
    means, spreads : DataFrame, shape (n_models, n_metrics)
        Of the models that have values of all metrics in all folds.
    """
    folds = comparison.folds[comparison.folds["dataset"] == dataset]
    whole = folds[metrics].notna().all(axis=1) & folds["error"].eq("")
    survived = whole.groupby(folds["model"]).all()
    kept = [model for model in comparison.models if survived.get(model, False)]
    # The same metric may stand on both axes; a table has it once.
    groups = folds.groupby("model")[list(dict.fromkeys(metrics))]
    return groups.mean().loc[kept, metrics], groups.std().loc[kept, metrics]


def _draw_points(ax: Axes, means: pd.DataFrame, spreads: pd.DataFrame) -> None:
    for place, ((x, y), (x_spread, y_spread)) in enumerate(
        zip(means.to_numpy(), spreads.to_numpy(), strict=True)
    ):
        color = category_style(place).color
        # A single fold has no spread, which is NaN: its lines are not drawn.
        ax.plot([x - x_spread, x + x_spread], [y, y], color=color)
        ax.plot([x, x], [y - y_spread, y + y_spread], color=color)
        _mark(ax, place, x, y)
    ax.margins(0.08)


def _mark(ax: Axes, place: int, x: float, y: float, **options: Any) -> None:
    style = category_style(place)
    (mark,) = ax.plot([x], [y], style.marker, color=style.color, zorder=4, **options)
    # A thin dark edge: yellow on white would not be seen without.
    mark.set(markeredgecolor="#333333", markeredgewidth=0.8)


def _write_names(ax: Axes, means: pd.DataFrame) -> None:
    low, high = ax.get_ylim()
    order = np.argsort(means.to_numpy()[:, 1], kind="stable")
    points = means.to_numpy()[order]
    # The names must not move when the axes are drawn.
    ax.set(xlim=ax.get_xlim(), ylim=(low, high))
    heights = spaced_heights((points[:, 1] - low) / (high - low))
    for place, point, height in zip(order, points, heights, strict=True):
        outside = {"transform": ax.transAxes, "clip_on": False}
        _mark(ax, place, NAME_COLUMN, height, **outside)
        line = {"arrowstyle": "-", "color": _FAINT, "shrinkA": 5, "shrinkB": 5}
        # Dotted, so that none is taken for a standard deviation.
        dotted = {"linestyle": ":", "linewidth": 1.2}
        beside = {"xytext": (NAME_COLUMN, height), "textcoords": ax.transAxes}
        ax.annotate("", point, **beside, arrowprops=line | dotted)
        name = fitted_name(means.index[place], _NAME_WIDTH)
        ax.text(NAME_COLUMN + 0.025, height, name, transform=ax.transAxes, va="center")


def spaced_heights(heights: np.ndarray) -> np.ndarray:
    """Move sorted heights as far up, then down, as a line of text needs.

    Parameters
    ----------
    heights : ndarray of float, shape (n,)
        In [0, 1], ascending; at least one.

    Returns
    -------
    ndarray of float, shape (n,)
    """
    gap = min(_LINE_HEIGHT, 1 / len(heights))
    places = heights.copy()
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + gap)
    places[-1] = min(places[-1], 1.0)
    for i in range(len(places) - 2, -1, -1):
        places[i] = min(places[i], places[i + 1] - gap)
    return places


def _note(left_out: list[str]) -> str:
    if not left_out:
        return ""
    names = names_for_message([fitted_name(name, 20) for name in left_out], limit=3)
    return f"\nleft out (failed or undefined in a fold): {names}"
