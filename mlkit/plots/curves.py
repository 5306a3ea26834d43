"""Precision-recall and ROC curves of labels, and their averages."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mlkit.exceptions import OptionError, names_for_message, unknown_name
from mlkit.metrics.curves import (
    mean_precision_recall,
    mean_roc,
    precision_recall_points,
    roc_points,
)
from mlkit.metrics.evidence import Evidence
from mlkit.metrics.label_ranking import average_precision_score, roc_auc_score
from mlkit.plots.legible import fitted_name
from mlkit.plots.style import PALETTE, make_axes, use_style

__all__ = ["plot_precision_recall", "plot_roc"]

# Yellow cannot be seen as a thin line on white; black is for the averages.
_COLORS = [c for name, c in PALETTE.items() if name not in ("yellow", "black")]
_DASHES = ["-", (0, (5, 1.5)), (0, (1, 1)), (0, (7, 1.5, 1, 1.5)), (0, (3, 3))]
_MOST_STRONG = 7
_FEW = 3
_MOST_POINTS = 1000
_LONGEST_NAME = 24
_FAINT, _INK = "#BBBBBB", "#000000"
_CHANCE = {"color": "#666666", "linestyle": ":", "lw": 1.8, "zorder": 2.5}


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the two kinds of curves differ in."""

    x: str
    y: str
    xlabel: str
    ylabel: str
    heading: str
    lacking: str
    drawstyle: str


_PRECISION_RECALL = _Kind(
    x="recall",
    y="precision",
    xlabel="recall: share of the true rows that are found",
    ylabel="precision",
    heading="average precision\n(share of positives)",
    lacking="positives",
    drawstyle="steps-pre",
)
_ROC = _Kind(
    x="false_positive_rate",
    y="true_positive_rate",
    xlabel="false positive rate: share of the untrue rows that are found",
    ylabel="true positive rate (recall)",
    heading="area under the curve\n(share of positives)",
    lacking="positives or without negatives",
    drawstyle="default",
)


def plot_precision_recall(
    Y: Any,
    scores: Any,
    *,
    labels: Sequence[str] | str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw precision against recall, a curve a label and their averages.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown: such cells are left out.
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite real numbers, higher = more relevant; of rows the model was not trained
        on.
    labels : sequence of str, optional
        Labels drawn in colour. By default all if there are at most seven, else the
        three best and the three worst; the others are faint.
    ax : Axes, optional
        Where to draw; by default a new figure. The legend stands on the right of it.

    Returns
    -------
    Axes
        Steps, as precision between two cuts is not on a straight line. The legend has
        the average precision of each curve and, in parentheses, the share of positives,
        which is the precision of scores without any sense; that of all cells is the
        dotted line. Micro: of all cells together; macro: mean over the labels.

    Raises
    ------
    ValueError
        If no label has a positive.
    UnknownNameError
        If there is no label of that name.
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the two are not labels and finite scores of the same rows and labels.

    See Also
    --------
    mlkit.metrics.curves.precision_recall_points : The points.
    mlkit.metrics.average_precision_score : The numbers.

    Notes
    -----
    Labels without positives have no recall: a sentence below names them. A single
    label has no averages. Of a curve with more than 1000 points 1000 are drawn.

    References
    ----------
    J. Davis, M. Goadrich (2006). The relationship between precision-recall and ROC
    curves. ICML, 233-240.

    Examples
    --------
    >>> Y, scores = [[1, 0], [0, 1], [1, 1]], [[0.9, 0.2], [0.4, 0.6], [0.3, 0.7]]
    >>> ax = plot_precision_recall(Y, scores)
    >>> [text.get_text() for text in ax.get_legend().get_texts()][:2]
    ['label_1  1.00 (0.67)', 'label_0  0.83 (0.67)']
    """
    evidence = Evidence.of_scores(Y, scores)
    points = precision_recall_points(Y, scores)
    worth = average_precision_score(Y, scores, average=None)
    ax = _draw(ax, _PRECISION_RECALL, evidence, points, worth, labels)
    share = _shares(evidence)[1]
    with use_style():
        if len(worth) > 1:
            _draw_averages(
                ax,
                _PRECISION_RECALL,
                precision_recall_points(Y, scores, scope="pooled"),
                mean_precision_recall(points),
                average_precision_score(Y, scores, average="micro"),
                worth[points["label"].unique()].mean(),
            )
        ax.axhline(share, label=f"by chance  {_number(share)}", **_CHANCE)
        _add_legend(ax, _PRECISION_RECALL)
    return ax


def plot_roc(
    Y: Any,
    scores: Any,
    *,
    labels: Sequence[str] | str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw true against false positive rate, a curve a label and their averages.

    Parameters
    ----------
    Y, scores, labels
        As `plot_precision_recall`.
    ax : Axes, optional
        Where to draw; by default a new figure. The legend stands on the right of it.

    Returns
    -------
    Axes
        The legend has the area under each curve and, in parentheses, the share of
        positives. The dotted diagonal is scores without any sense: .5. Micro: of all
        cells together; macro: mean over the labels.

    Raises
    ------
    ValueError
        If no label has both a positive and a negative.
    UnknownNameError
        If there is no label of that name.
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the two are not labels and finite scores of the same rows and labels.

    See Also
    --------
    mlkit.metrics.curves.roc_points : The points.
    mlkit.metrics.roc_auc_score : The numbers.
    plot_precision_recall : Says more about rare labels.

    Notes
    -----
    Labels that have one value only are named in a sentence below. A single label has
    no averages. Of a curve with more than 1000 points 1000 are drawn.

    References
    ----------
    T. Fawcett (2006). An introduction to ROC analysis. Pattern Recognition Letters 27,
    861-874.

    Examples
    --------
    >>> Y, scores = [[1, 0], [0, 1], [1, 1]], [[0.9, 0.2], [0.4, 0.6], [0.3, 0.7]]
    >>> ax = plot_roc(Y, scores)
    >>> [text.get_text() for text in ax.get_legend().get_texts()][:2]
    ['label_1  1.00 (0.67)', 'label_0  0.50 (0.67)']
    """
    evidence = Evidence.of_scores(Y, scores)
    points = roc_points(Y, scores)
    worth = roc_auc_score(Y, scores, average=None, empty=np.nan)
    ax = _draw(ax, _ROC, evidence, points, worth, labels)
    with use_style():
        if len(worth) > 1:
            _draw_averages(
                ax,
                _ROC,
                roc_points(Y, scores, scope="pooled"),
                mean_roc(points),
                roc_auc_score(Y, scores, average="micro"),
                worth[points["label"].unique()].mean(),
            )
        ax.plot([0, 1], [0, 1], label="by chance  0.50", **_CHANCE)
        _add_legend(ax, _ROC)
    return ax


def _shares(evidence: Evidence) -> tuple[pd.Series, float]:
    """Return the share of positives of each label, and that of all cells."""
    counts, known = evidence.true.counts(), evidence.true.n_known()
    by_label = evidence.by_label(counts / np.maximum(known, 1))
    return by_label, float(counts.sum() / max(known.sum(), 1))


def _draw(
    ax: Axes | None,
    kind: _Kind,
    evidence: Evidence,
    points: pd.DataFrame,
    worth: pd.Series,
    labels: Sequence[str] | str | None,
) -> Axes:
    """Draw the labels: the faint ones first, the others by how good they are."""
    if points.empty:
        msg = (
            f"Y has no curve to draw: all of its labels are without {kind.lacking}. "
            "Give rows in which labels are present and absent."
        )
        raise ValueError(msg)
    ranked = worth[points["label"].unique()].sort_values(ascending=False, kind="stable")
    strong = _strong(labels, worth, ranked.index)
    shares, _ = _shares(evidence)
    # The legend, of one line a label, may be higher than the curves.
    ax = make_axes(ax, size=(9.0, max(5.0, 2.2 + 0.26 * len(strong))))
    curves = dict(iter(points.groupby("label", sort=False)))
    with use_style():
        for name in ranked.index.difference(strong, sort=False):
            _draw_line(ax, kind, curves[name], color=_FAINT, lw=0.9, zorder=1.5)
        for place, name in enumerate(strong):
            text = f"{_name(name)}  {ranked[name]:.2f} ({_number(shares[name])})"
            _draw_line(ax, kind, curves[name], label=text, zorder=3, **_line(place))
        _set_axes(ax, kind, _sentences(kind, worth.index, ranked.index, strong))
    return ax


def _strong(
    labels: Sequence[str] | str | None, worth: pd.Series, ranked: pd.Index
) -> list[str]:
    """Return the labels in colour, the best first."""
    if labels is None:
        if len(ranked) <= _MOST_STRONG:
            return list(ranked)
        return [*ranked[:_FEW], *ranked[-_FEW:]]
    asked = [labels] if isinstance(labels, str) else [str(name) for name in labels]
    for name in asked:
        if name not in worth.index:
            error = unknown_name("label", name, worth.index)
            raise error
    if len(asked) > len(_COLORS) * len(_DASHES):
        msg = (
            f"{len(asked)} labels in colour cannot be told apart. Name at most "
            f"{len(_COLORS) * len(_DASHES)}; the others are drawn too, faintly."
        )
        raise OptionError(msg)
    return [name for name in ranked if name in asked]


def _line(place: int) -> dict[str, Any]:
    round_number, color = divmod(place, len(_COLORS))
    dashes = _DASHES[(color + round_number) % len(_DASHES)]
    return {"color": _COLORS[color], "linestyle": dashes, "lw": 2.0}


def _draw_line(ax: Axes, kind: _Kind, curve: pd.DataFrame, **look: Any) -> None:
    if kind is _PRECISION_RECALL:
        # Points without recall begin no step; the first one reaches back to 0.
        curve = curve[curve["recall"] > 0]
    x, y = curve[kind.x].to_numpy(), curve[kind.y].to_numpy()
    if len(x) > _MOST_POINTS:
        places = np.linspace(0, len(x) - 1, _MOST_POINTS).round().astype(int)
        x, y = x[places], y[places]
    if kind is _PRECISION_RECALL:
        x, y = np.append(0.0, x), np.append(y[0], y)
    ax.plot(x, y, drawstyle=kind.drawstyle, **look)


def _draw_averages(
    ax: Axes,
    kind: _Kind,
    micro: pd.DataFrame,
    macro: pd.DataFrame,
    micro_worth: float,
    macro_worth: float,
) -> None:
    look = {"color": _INK, "lw": 3.0, "zorder": 4}
    for curve, name, worth, dashes in (
        (micro, "micro average", micro_worth, "-"),
        (macro, "macro average", macro_worth, (0, (2, 1))),
    ):
        text = f"{name}  {worth:.2f}"
        _draw_line(ax, kind, curve, label=text, linestyle=dashes, **look)


def _set_axes(ax: Axes, kind: _Kind, sentences: str) -> None:
    ax.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.02), ylabel=kind.ylabel)
    ax.set_xlabel(kind.xlabel + sentences)


def _sentences(
    kind: _Kind, names: pd.Index, drawn: pd.Index, strong: Sequence[str]
) -> str:
    """Say what is faint and what is missing, on lines of their own."""
    said = []
    faint = len(drawn) - len(strong)
    if faint:
        many = "1 other label" if faint == 1 else f"{faint} other labels"
        said.append(f"Faint: {many}.")
    lacking = [fitted_name(name, _LONGEST_NAME) for name in names if name not in drawn]
    if lacking:
        listed = names_for_message(lacking, limit=3)
        said.append(f"Not drawn, as without {kind.lacking}: {listed}.")
    return "".join("\n" + textwrap.fill(sentence, 64) for sentence in said)


def _add_legend(ax: Axes, kind: _Kind) -> None:
    ax.legend(
        loc="upper left",
        bbox_to_anchor=(1.01, 1.02),
        title=kind.heading,
        alignment="left",
        handlelength=3.0,
    )


def _name(label: object) -> str:
    # matplotlib leaves what begins with an underscore out of legends.
    name = fitted_name(label, _LONGEST_NAME)
    return f" {name}" if name.startswith("_") else name


def _number(share: float) -> str:
    return f"{share:.2f}" if share >= 0.01 or share == 0 else f"{share:.1g}"
