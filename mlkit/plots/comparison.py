"""Figures of a comparison: every fold as a point, so that the spread is seen."""

from __future__ import annotations

from pathlib import Path

import matplotlib.patheffects as path_effects
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mlkit.comparison import Comparison
from mlkit.exceptions import unknown_name
from mlkit.metrics import get_metric
from mlkit.plots.style import category_style, figure_png, make_axes, use_style
from mlkit.writing import write_atomically

__all__ = ["plot_comparison", "plot_fold_scores", "save_comparison"]

_MAX_COLUMNS = 4


def plot_fold_scores(
    comparison: Comparison,
    metric: str,
    *,
    dataset: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the score of every fold of every model, and the means.

    Parameters
    ----------
    comparison : Comparison
    metric : str
        One of ``comparison.metrics``.
    dataset : str, optional
        Which dataset; the first by default.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes
        One row a model, the first on top. Small marks are folds, the vertical bar is
        their mean; a model that failed shows in how many folds.

    Raises
    ------
    UnknownNameError
        If the comparison has no such metric or dataset.
    """
    dataset = comparison.datasets[0] if dataset is None else dataset
    _check_has("data set of this comparison", dataset, comparison.datasets)
    _check_has("metric of this comparison", metric, comparison.metrics)
    ax = make_axes(ax, size=(8.0, 1.2 + 0.6 * len(comparison.models)))
    folds = comparison.folds[comparison.folds["dataset"] == dataset]
    for position, model in enumerate(comparison.models):
        _draw_model(ax, position, folds[folds["model"] == model], metric)
    _label_axes(ax, comparison.models, metric, dataset)
    return ax


def _check_has(kind: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        raise unknown_name(kind, name, known)


def _draw_model(ax: Axes, position: int, folds, metric: str) -> None:
    style = category_style(position)
    failed = int((folds["error"] != "").sum())
    values = folds[metric].dropna().to_numpy()
    # Folds are spread vertically in a fixed pattern: no two runs differ.
    offsets = np.resize([0.0, 0.14, -0.14, 0.07, -0.07], len(values))
    ax.scatter(
        values,
        position + offsets,
        s=36,
        color=style.color,
        marker=style.marker,
        alpha=0.65,
        linewidths=0,
    )
    if failed:
        note = f"failed in {failed} of {len(folds)} folds"
        ax.text(0.02, position, note, transform=ax.get_yaxis_transform(), va="center")
    elif len(values):
        (bar,) = ax.plot([values.mean()] * 2, [position - 0.34, position + 0.34])
        bar.set(color="black", linewidth=2.5, solid_capstyle="butt")
        bar.set_path_effects([path_effects.withStroke(linewidth=5, foreground="white")])


def _label_axes(ax: Axes, models: tuple[str, ...], metric: str, dataset: str) -> None:
    entry = get_metric(metric)
    better = "higher is better" if entry.greater_is_better else "lower is better"
    ax.set(
        xlabel=f"{entry.label} ({better})",
        yticks=range(len(models)),
        yticklabels=models,
        ylim=(len(models) - 0.5, -0.5),
        title=dataset,
    )


def plot_comparison(comparison: Comparison) -> Figure:
    """Draw all metrics of all datasets of a comparison.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    Figure
        One panel for each dataset and metric, at most four beside each other; not
        known to pyplot.
    """
    panels = [
        (dataset, metric)
        for dataset in comparison.datasets
        for metric in comparison.metrics
    ]
    n_columns = min(_MAX_COLUMNS, len(comparison.metrics))
    n_rows = -(-len(panels) // n_columns)
    height = n_rows * (1.3 + 0.45 * len(comparison.models))
    with use_style():
        figure = Figure(figsize=(4.2 * n_columns, height), layout="constrained")
        axes = figure.subplots(n_rows, n_columns, squeeze=False).ravel()
        for ax, (dataset, metric) in zip(axes, panels, strict=False):
            plot_fold_scores(comparison, metric, dataset=dataset, ax=ax)
        for ax in axes[len(panels) :]:
            ax.remove()
    return figure


def save_comparison(comparison: Comparison, folder: str | Path) -> Path:
    """Write the figure of a comparison as ``comparison.png``.

    Parameters
    ----------
    comparison : Comparison
    folder : str or Path
        Created if it does not exist; an older file is replaced in one step.

    Returns
    -------
    Path
        The file.
    """
    picture = figure_png(plot_comparison(comparison))
    return write_atomically(Path(folder) / "comparison.png", picture)
