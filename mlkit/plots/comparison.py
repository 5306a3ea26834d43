"""Figures of a comparison: every fold as a point, so that the spread is seen."""

from __future__ import annotations

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mlkit.comparison import Comparison, Measure
from mlkit.exceptions import unknown_name
from mlkit.plots.methods import plot_spread
from mlkit.plots.style import figure_png, use_style
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
        their mean; for a model that failed, the number of folds in which it did.

    Raises
    ------
    UnknownNameError
        If the comparison has no such metric or dataset.
    """
    dataset = comparison.datasets[0] if dataset is None else dataset
    _check_has("data set of this comparison", dataset, comparison.datasets)
    label = _metric_label(comparison.measure(metric))
    folds = comparison.folds[comparison.folds["dataset"] == dataset]
    values = folds.pivot(index=["repeat", "fold"], columns="model", values=metric)
    failed = folds["error"].ne("").groupby(folds["model"]).sum()
    # The mean of the folds that a model survived says nothing.
    values = values[list(comparison.models)].mask(failed > 0, axis=1)
    ax = plot_spread(values, xlabel=label, ax=ax)
    for position, model in enumerate(comparison.models):
        if failed[model]:
            note = f"failed in {failed[model]} of {len(values)} folds"
            place = ax.get_yaxis_transform()
            ax.text(0.02, position, note, transform=place, va="center")
    ax.set_title(dataset)
    return ax


def _check_has(kind: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        raise unknown_name(kind, name, known)


def _metric_label(measure: Measure) -> str:
    better = "higher" if measure.greater_is_better else "lower"
    return f"{measure.label}\n({better} is better)"


def plot_comparison(
    comparison: Comparison, *, max_columns: int = _MAX_COLUMNS
) -> Figure:
    """Draw all metrics of all datasets of a comparison.

    Parameters
    ----------
    comparison : Comparison
    max_columns : int, default 4
        How many panels stand beside each other at most.

    Returns
    -------
    Figure
        One panel for each dataset and metric; not known to pyplot.
    """
    panels = [
        (dataset, metric)
        for dataset in comparison.datasets
        for metric in comparison.metrics
    ]
    n_columns = min(max_columns, len(comparison.metrics))
    n_rows = -(-len(panels) // n_columns)
    height = n_rows * (1.5 + 0.45 * len(comparison.models))
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
