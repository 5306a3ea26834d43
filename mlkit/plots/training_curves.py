"""How a metric changed from epoch to epoch of a training."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from mlkit.exceptions import ScoresError, ShapeError, unknown_name
from mlkit.plots.legible import fitted_name
from mlkit.plots.style import PALETTE, make_axes, use_style

__all__ = ["plot_training_curves"]

# What Keras puts before a metric of the rows that were held back.
_VALIDATION = "val_"
# The words that the names of losses and errors have, here and in Keras.
_DOWN = re.compile(
    r"loss|error|entropy|divergence|perplexity|brier|(^|_)(mse|mae)($|_)"
)
_MOST_MARKERS = 25
_TRAINING = {"color": PALETTE["blue"], "marker": "o", "ms": 5, "label": "training"}
_VALIDATED = {
    "color": PALETTE["vermilion"],
    "linestyle": (0, (4, 1.5)),
    "marker": "s",
    "ms": 6,
    "mfc": "white",
    "mew": 1.6,
    "label": "validation",
}
_BEST = {
    "color": PALETTE["black"],
    "linestyle": "none",
    "marker": "o",
    "ms": 15,
    # A ring: the value inside it stays visible.
    "mfc": "none",
    "mew": 2,
    "zorder": 4,
}


def plot_training_curves(
    history: Mapping[str, Sequence[float]] | pd.DataFrame,
    *,
    metric: str = "loss",
    greater_is_better: bool | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a metric of the training and of the validation rows, epoch by epoch.

    Parameters
    ----------
    history : mapping of str to sequence of float, or DataFrame
        Values of each epoch by the name of the metric, those of the validation rows
        as ``"val_"`` and the name: what Keras calls ``fit(...).history``. NaN where
        there is no value, such as in epochs without validation.
    metric : str, default "loss"
        Which one; without ``"val_"``.
    greater_is_better : bool, optional
        By default False where the name of the metric has a word such as ``loss``,
        ``error`` or ``entropy``, else True; so it is for all `mlkit.metrics.METRICS`.
    ax : Axes, optional
        Where to draw; by default a new figure. The legend stands above it.

    Returns
    -------
    Axes
        Training is solid with discs, validation dashed with open squares, and its best
        epoch, the first of equals, has a ring and its value in the legend.

    Raises
    ------
    UnknownNameError
        If the history has no such metric.
    ShapeError
        If training and validation are not of equally many epochs.
    ScoresError
        If the values are not a sequence of numbers.

    Notes
    -----
    Epochs count from 1. The best epoch is chosen by the same values that are drawn;
    its value is therefore a little too good to be what other rows will show. Without
    validation nothing is marked: the training loss says nothing about when to stop.
    Where there are no epochs yet, the axes say so.

    Examples
    --------
    >>> history = {"loss": [0.7, 0.5, 0.4], "val_loss": [0.7, 0.6, 0.65]}
    >>> ax = plot_training_curves(history)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['training', 'validation', 'best: epoch 2 (0.6)']
    """
    training, validation = _pair(history, metric)
    up = _goes_up(metric) if greater_is_better is None else greater_is_better
    ax = make_axes(ax, size=(8.0, 4.4))
    with use_style():
        for values, look in ((training, _TRAINING), (validation, _VALIDATED)):
            if values is not None:
                every = max(1, len(values) // _MOST_MARKERS)
                ax.plot(_epochs(values), values, markevery=every, **look)
        if validation is not None:
            _mark_best(ax, validation, up)
        _set_axes(ax, metric, up, validation if training is None else training)
    return ax


def _pair(
    history: Mapping[str, Sequence[float]] | pd.DataFrame, metric: str
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return the values of training and validation; None where there are none."""
    names = (metric, _VALIDATION + metric)
    training, validation = (
        _values(name, history[name]) if name in history else None for name in names
    )
    if training is None and validation is None:
        error = unknown_name("metric of the history", metric, _metrics_of(history))
        raise error
    if training is not None and validation is not None:
        _check_epochs(names, len(training), len(validation))
    return training, validation


def _metrics_of(history: Iterable[object]) -> list[str]:
    # In the order of the history, each once.
    return list(dict.fromkeys(str(name).removeprefix(_VALIDATION) for name in history))


def _values(name: str, given: Sequence[float]) -> np.ndarray:
    try:
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as err:
        msg = f"'{name}' of the history must be numbers, one an epoch: {err}."
        raise ScoresError(msg) from err
    if values.ndim != 1:
        msg = (
            f"'{name}' of the history must be a sequence of numbers, one an epoch; got "
            f"shape {values.shape}."
        )
        raise ScoresError(msg)
    # A loss that overflowed has no place on the axis; a gap shows where it did.
    return np.where(np.isfinite(values), values, np.nan)


def _check_epochs(names: tuple[str, str], n_training: int, n_validation: int) -> None:
    if n_training != n_validation:
        msg = (
            f"'{names[0]}' has {n_training} epochs and '{names[1]}' has {n_validation}."
            " Put NaN in the epochs that have no value."
        )
        raise ShapeError(msg)


def _goes_up(metric: str) -> bool:
    return _DOWN.search(metric.lower()) is None


def _epochs(values: np.ndarray) -> np.ndarray:
    return np.arange(1, len(values) + 1)


def _mark_best(ax: Axes, values: np.ndarray, up: bool) -> None:
    if np.isnan(values).all():
        return
    place = int(np.nanargmax(values) if up else np.nanargmin(values))
    text = f"best: epoch {place + 1} ({values[place]:.3g})"
    ax.plot([place + 1], [values[place]], label=text, **_BEST)


def _set_axes(ax: Axes, metric: str, up: bool, values: np.ndarray) -> None:
    better = "higher" if up else "lower"
    ax.set_ylabel(f"{fitted_name(metric)} ({better} is better)")
    ax.set_xlabel("epoch")
    ax.xaxis.set_major_locator(
        MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10])
    )
    # An epoch a half to either side: one epoch alone has a width, too.
    ax.set_xlim(0.5, max(len(values), 1) + 0.5)
    if not len(values):
        ax.set(xticks=[], yticks=[])
        ax.text(
            0.5, 0.5, "no epoch yet", transform=ax.transAxes, ha="center", va="center"
        )
        return
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=3,
        borderaxespad=0.3,
        handlelength=2.8,
        columnspacing=1.6,
    )
