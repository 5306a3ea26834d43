"""What a measure is worth at every threshold, and where it is best."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mlkit.exceptions import names_for_message, unknown_name
from mlkit.metrics.cells import Cells, check_cells
from mlkit.plots.legible import fitted_name
from mlkit.plots.style import PALETTE, make_axes, use_style
from mlkit.thresholds.curves import CurveAverage, objective_of, threshold_curve
from mlkit.thresholds.search import best_threshold

__all__ = ["plot_threshold_curve"]

_WORDS = {"f1": "F1", "f2": "F2", "f0.5": "F0.5", "mcc": "MCC"}
_FAINT, _REFERENCE = "#BBBBBB", "#666666"


@dataclass(frozen=True, slots=True)
class _Curve:
    """A curve that is drawn strongly: its cells, and how it looks."""

    name: str
    truth: np.ndarray
    proba: np.ndarray
    average: CurveAverage
    color: str
    dashes: Any

    def at(self, metric: str, thresholds: list[float]) -> pd.Series:
        """Return the values by threshold."""
        options = {"metric": metric, "average": self.average, "thresholds": thresholds}
        return threshold_curve(self.truth, self.proba, **options).iloc[:, 0]

    def best(self, metric: str) -> float:
        """Return the threshold of the greatest value."""
        objective, average = objective_of(metric), self.average or "micro"
        return best_threshold(self.truth, self.proba, metric=objective, average=average)


def plot_threshold_curve(
    Y: Any,
    proba: Any,
    *,
    metric: str = "f1",
    label: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a measure against the threshold from which on a label is decided for.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown: such cells are left out.
    proba : array-like or DataFrame, shape (n_samples, n_labels)
        P(label = 1), in [0, 1], of rows the model was not trained on.
    metric : str, default "f1"
        "f1", "precision", "recall", or another measure of
        `mlkit.thresholds.curves.objective_of`; higher is better.
    label : str, optional
        The label that is drawn; by default the micro average (all cells together) and
        the macro average (mean over the labels), with every label as a faint line.
    ax : Axes, optional
        Where to draw; by default a new figure. The legend stands above it.

    Returns
    -------
    Axes
        The disc is the best value, the open square that of .5; both are in the legend.
        One threshold is the same for all labels, in the averages too.

    Raises
    ------
    ValueError
        If the label, or every label, is without positives.
    UnknownNameError
        If there is no label or no metric of that name.
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the two are not labels and probabilities of the same rows and labels.

    See Also
    --------
    mlkit.thresholds.curves.threshold_curve : The curve.
    mlkit.thresholds.best_thresholds : The best threshold of each label.

    Notes
    -----
    Drawn at 1001 thresholds and at the best one. A measure that is 0/0, as precision
    where nothing is decided for, counts 0. Of equally good thresholds the highest is
    marked. The best value is that of the rows it was looked for in: on others the
    threshold is worth less. Labels without positives are in the micro average only,
    and a sentence below names them. A single label has no averages.

    References
    ----------
    Z. C. Lipton, C. Elkan, B. Naryanaswamy (2014). Optimal thresholding of classifiers
    to maximize F1 measure. ECML PKDD.

    Examples
    --------
    >>> Y, proba = [[1], [0], [1], [0]], [[0.9], [0.6], [0.3], [0.1]]
    >>> ax = plot_threshold_curve(Y, proba)
    >>> ax.get_legend().get_texts()[0].get_text()
    'label_0: best 0.80 at 0.20; 0.50 at 0.5'
    """
    cells = check_cells(Y, proba, score_type="probabilities", name="proba")
    # Before anything is drawn: a metric that is none leaves no empty figure.
    objective_of(metric)
    curves, faint, lacking = _choose(cells, metric, label)
    ax = make_axes(ax, size=(8.0, 5.0))
    with use_style():
        if faint is not None:
            ax.plot(faint.index, faint, color=_FAINT, lw=0.9, zorder=1)
        ax.axvline(0.5, color=_REFERENCE, linestyle=":", lw=1.5, zorder=1)
        for curve in curves:
            _draw_curve(ax, curve, metric)
        _set_axes(ax, metric, _sentences(faint, lacking))
        _add_legend(ax)
    return ax


def _choose(
    cells: Cells, metric: str, label: str | None
) -> tuple[list[_Curve], pd.DataFrame | None, list[str]]:
    """Return strong curves, faint ones, and the names of labels without positives."""
    names, truth = cells.label_names, _with_unknown(cells)
    if label is not None and str(label) not in names:
        error = unknown_name("label", label, names)
        raise error
    has = cells.truth.any(axis=0)
    wanted = has if label is None else has & (np.array(names) == str(label))
    if not wanted.any():
        whose = "no label of Y has" if label is None else f"the label '{label}' has not"
        msg = f"There is no curve to draw: {whose} a positive. Give rows that have one."
        raise ValueError(msg)
    kept, values = truth[:, wanted], cells.values[:, wanted]
    if label is not None or len(names) == 1:
        name = fitted_name(names[int(wanted.argmax())])
        # matplotlib leaves what begins with an underscore out of legends.
        name = f" {name}" if name.startswith("_") else name
        return [_Curve(name, kept, values, None, PALETTE["blue"], "-")], None, []
    lacking = [name for name, there in zip(names, has, strict=True) if not there]
    black, orange = PALETTE["black"], PALETTE["vermilion"]
    averages = [
        _Curve("micro average", truth, cells.values, "micro", black, "-"),
        _Curve("macro average", kept, values, "macro", orange, (0, (4, 1.5))),
    ]
    return averages, threshold_curve(kept, values, metric=metric), lacking


def _with_unknown(cells: Cells) -> np.ndarray:
    if cells.known is None:
        return cells.truth
    return np.where(cells.known, cells.truth, np.nan)


def _draw_curve(ax: Axes, curve: _Curve, metric: str) -> None:
    best = curve.best(metric)
    most, usual = curve.at(metric, [best, 0.5])
    # The best one may lie on a peak between two even steps.
    values = curve.at(metric, sorted([*np.linspace(0, 1, 1001), best]))
    ax.plot(
        values.index,
        values,
        color=curve.color,
        linestyle=curve.dashes,
        lw=2.4,
        zorder=3,
        label=f"{curve.name}: best {most:.2f} at {best:.2f}; {usual:.2f} at 0.5",
    )
    ax.plot(best, most, "o", color=curve.color, ms=10, zorder=5, mec="white")
    ax.plot(0.5, usual, "s", color=curve.color, ms=9, zorder=4, mfc="white", mew=2)


def _set_axes(ax: Axes, metric: str, sentences: str) -> None:
    # Some measures, such as MCC, can be below 0.
    lowest = min(0.0, *(np.nanmin(line.get_ydata()) for line in ax.lines))
    ax.set(xlim=(-0.02, 1.02), ylim=(lowest - 0.02, 1.03))
    ax.set_xlabel("threshold: decided for where the probability reaches it" + sentences)
    word = _WORDS.get(metric, metric.replace("_", " "))
    ax.set_ylabel(f"{word} (higher is better)")


def _sentences(faint: pd.DataFrame | None, lacking: list[str]) -> str:
    """Say what is faint and what is missing, on lines of their own."""
    said = []
    if faint is not None:
        many = "label" if faint.shape[1] == 1 else "labels"
        said.append(f"Faint: {faint.shape[1]} {many}, each by itself.")
    if lacking:
        listed = names_for_message([fitted_name(name) for name in lacking], limit=3)
        said.append(f"Not drawn, as without positives: {listed}.")
    return "".join("\n" + textwrap.fill(sentence, 72) for sentence in said)


def _add_legend(ax: Axes) -> None:
    handles, _ = ax.get_legend_handles_labels()
    look = {"linestyle": "none", "color": _REFERENCE}
    handles.append(Line2D([], [], marker="o", ms=9, label="best", **look))
    square = {"marker": "s", "ms": 8, "mfc": "white", "mew": 2}
    handles.append(Line2D([], [], label="at 0.5", **square, **look))
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        handlelength=2.6,
        ncols=2,
    )
