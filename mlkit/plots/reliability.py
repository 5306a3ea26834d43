"""Reliability diagrams: how often a label is there when the model says 30 %."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mlkit.calibration.reliability import reliability_data
from mlkit.exceptions import unknown_name
from mlkit.metrics.bins import Strategy
from mlkit.metrics.evidence import Evidence
from mlkit.metrics.probabilities import calibration_error
from mlkit.plots.legible import fitted_name
from mlkit.plots.style import INK, PALETTE, make_axes, use_style

__all__ = ["plot_reliability"]

# The strip of counts lies below 0, where no share can be.
_FLOOR, _TALLEST = -0.3, 0.18
_NARROWEST_WRITTEN = 0.065
_REFERENCE, _SHADE = "#666666", "#BFD9EA"
_KINDS = {"uniform": "of the same width", "quantile": "of about equal counts"}


def plot_reliability(
    Y: Any,
    Y_proba: Any,
    *,
    label: str | None = None,
    n_bins: int = 10,
    strategy: Strategy = "uniform",
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of positives against the probability that was said.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown: such cells are left out.
    Y_proba : array-like or DataFrame, shape (n_samples, n_labels)
        P(label = 1), in [0, 1], of rows the model was not trained on.
    label : str, optional
        The label that is drawn; by default the cells of all labels together.
    n_bins : int, default 10
        Number of bins, at least 1.
    strategy : {"uniform", "quantile"}, default "uniform"
        Bins of the same width, or limits at quantiles of the probabilities.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
        A point a bin that holds a cell, the larger the more it holds; its distance
        from the diagonal, where probabilities mean what they say, is a thin line. The
        strip below has a bar a bin, as high as the number of its cells, which is
        written where the bin is wide enough. The title has the calibration error in
        words.

    Raises
    ------
    ValueError
        If the truth of no cell is known.
    UnknownNameError
        If there is no label of that name.
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the two are not labels and probabilities of the same rows and labels.
    OptionError, TypeError
        If an option has no such value.

    See Also
    --------
    mlkit.calibration.reliability_data : The points.
    mlkit.metrics.calibration_error : The number.

    Notes
    -----
    In common bins, errors of labels that are off in opposite directions cancel: the
    title has the mean of the labels' own errors too. A point of few cells may be off
    by chance.

    References
    ----------
    A. Niculescu-Mizil, R. Caruana (2005). Predicting good probabilities with
    supervised learning. ICML, 625-632.

    Examples
    --------
    >>> Y, proba = [[0], [0], [1], [1]], [[0.1], [0.3], [0.4], [0.9]]
    >>> ax = plot_reliability(Y, proba, n_bins=2)
    >>> ax.collections[0].get_offsets().round(2).tolist()
    [[0.27, 0.33], [0.9, 1.0]]
    """
    evidence = Evidence.of_probabilities(Y, Y_proba)
    shown = evidence if label is None else _one_label(evidence, label)
    truth, proba = shown.given_truth(), shown.probabilities
    bins: dict[str, Any] = {"n_bins": n_bins, "strategy": strategy}
    table = reliability_data(truth, proba, scope="pooled", **bins)
    if table.empty:
        what = "Y" if label is None else f"The label '{label}' of Y"
        msg = f"{what} is unknown in every row: there is no share of positives to draw."
        raise ValueError(msg)
    errors = [calibration_error(truth, proba, average="micro", **bins)]
    if shown.shape[1] > 1:
        errors.append(calibration_error(truth, proba, average="macro", **bins))
    ax = make_axes(ax, size=(7.0, 6.2))
    with use_style():
        _draw_reference(ax)
        _draw_points(ax, table)
        _draw_strip(ax, table)
        _set_axes(
            ax, "all labels together" if label is None else fitted_name(label, 60)
        )
        ax.set_title(_in_words(errors, n_bins, strategy), loc="left")
    return ax


def _one_label(evidence: Evidence, label: str) -> Evidence:
    names = evidence.label_names
    if str(label) not in names:
        error = unknown_name("label", label, names)
        raise error
    place = [names.index(str(label))]
    assert evidence.probabilities is not None
    return Evidence.of_probabilities(
        evidence.given_truth()[:, place], evidence.probabilities[:, place]
    )


def _draw_reference(ax: Axes) -> None:
    ax.plot([0, 1], [0, 1], color=_REFERENCE, linestyle=":", lw=1.8, zorder=1)
    ax.axhline(0, color=INK, lw=0.8, zorder=1)


def _draw_points(ax: Axes, table: pd.DataFrame) -> None:
    said, share = table["mean_predicted"], table["share_positive"]
    most = table["count"].max()
    ax.scatter(
        said,
        share,
        s=30 + 150 * table["count"] / most,
        color=PALETTE["blue"],
        edgecolors="white",
        linewidths=1.0,
        zorder=4,
    )
    ax.vlines(said, said, share, color=PALETTE["vermilion"], lw=1.6, zorder=3)
    ax.plot(said, share, color=PALETTE["blue"], lw=1.4, zorder=2)


def _draw_strip(ax: Axes, table: pd.DataFrame) -> None:
    """Draw the numbers of cells below the diagram, and write them."""
    widths = table["upper"] - table["lower"]
    heights = _TALLEST * table["count"] / table["count"].max()
    bars = ax.bar(
        table["lower"],
        heights,
        # A single probability makes a quantile bin without any width.
        np.maximum(widths, 0.004),
        bottom=_FLOOR,
        align="edge",
        color=_SHADE,
        edgecolor=PALETTE["blue"],
        linewidth=0.8,
    )
    counts = [
        f"{count:,}" if width >= _NARROWEST_WRITTEN else ""
        for count, width in zip(table["count"], widths, strict=True)
    ]
    ax.bar_label(bars, labels=counts, padding=1, fontsize=10)


def _set_axes(ax: Axes, whose: str) -> None:
    ax.set(xlim=(-0.02, 1.02), ylim=(_FLOOR, 1.03))
    ax.set_xticks(np.linspace(0, 1, 6))
    ax.set_yticks([_FLOOR / 2, *np.linspace(0, 1, 6)])
    ax.set_yticklabels(["cells", *(f"{y:.1f}" for y in np.linspace(0, 1, 6))])
    ax.get_yticklines()[0].set_visible(False)
    ax.get_ygridlines()[0].set_visible(False)
    said = textwrap.fill(f"probability that was said ({whose})", 56)
    ax.set_xlabel(said)
    ax.set_ylabel("share of positives\n(above the diagonal: more often than said)")


def _in_words(errors: list[float], n_bins: int, strategy: str) -> str:
    bins = "1 bin" if n_bins == 1 else f"{n_bins} bins {_KINDS[strategy]}"
    lines = [
        f"The probabilities are off by {errors[0]:.3f} on average",
        f"(expected calibration error, {bins})",
    ]
    if len(errors) > 1:
        lines.append(f"Each label by itself, mean of the labels: {errors[1]:.3f}")
    return "\n".join(lines)
