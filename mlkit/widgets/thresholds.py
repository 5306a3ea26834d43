"""The threshold explorer: what a threshold is worth, to each label and to all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import ipywidgets as widgets
import numpy as np

from mlkit.plots.style import detached_figure
from mlkit.plots.thresholds import (
    MeasureLine,
    ThresholdPanels,
    ThresholdView,
    step_above,
)
from mlkit.widgets.base import Explorer
from mlkit.widgets.control_rows import flow_controls
from mlkit.widgets.scored_rows import scored_rows
from mlkit.widgets.threshold_rows import MEASURES
from mlkit.widgets.threshold_state import (
    ALL_LABELS,
    AS_PREDICTED,
    METRIC_NAMES,
    MOST_DRAWN,
    PERFECT,
    RULES,
    Outcome,
    ThresholdState,
)

__all__ = ["ThresholdExplorer"]

_MOST_CELLS, _MOST_VIEWS = 2_000_000, 8
_BARS = [
    *(f"{name} {'↓' if 'loss' in name else '↑'}" for name in METRIC_NAMES),
    "cost a row ↓",
]


class ThresholdExplorer(Explorer):
    """A threshold to move, with its curve, its labels and its metrics.

    Parameters
    ----------
    Y : Evaluation, MultiLabelDataset, array-like, DataFrame or sparse matrix, optional
        True labels, 0 and 1, NaN where unknown, shape (n_samples, n_labels); or an
        evaluation of probabilities, which holds both. By default genres of 800 films,
        with probabilities of models that had not seen them.
    proba : array-like or DataFrame, shape (n_samples, n_labels), optional
        P(label = 1), in [0, 1], of rows the model was not trained on.
    cardinality : float, optional
        Labels a row of the training rows, for the rule "as many labels as are true"; by
        default that of the rows shown.
    hide : collection of str, default ()
        Controls to leave out: ``"presets"``, ``"rule"``, ``"measure"``, ``"label"``,
        ``"scores"``, ``"threshold"``, ``"k"``, ``"false_positive"``,
        ``"false_negative"``, ``"best"``, ``"status"``.

    Raises
    ------
    OptionError
        If Y or proba is missing, or an evaluation holds no probabilities.
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the two are not labels and probabilities of the same rows and labels.
    UnknownNameError
        If a control to hide does not exist.

    Notes
    -----
    Scores are sorted once; a curve is counted from the sorted scores. Beyond two
    million cells a seeded draw of the rows is shown, and the status line says so. What
    is best is best for the rows shown: on other rows it is worth less.

    Examples
    --------
    >>> Y, proba = [[1, 0], [1, 1], [0, 0]], [[0.4, 0.1], [0.3, 0.45], [0.2, 0.2]]
    >>> explorer = ThresholdExplorer(Y, proba)
    >>> explorer.state.outcome().metrics["micro F1"]
    0.0
    >>> explorer.state.threshold = 0.25
    >>> explorer.state.outcome().metrics["micro F1"], explorer.frames
    (1.0, 2)
    """

    control_names: ClassVar = (
        *("presets", "rule", "measure", "label", "scores", "threshold", "k"),
        *("false_positive", "false_negative", "best", "status"),
    )

    def __init__(
        self,
        Y: Any = None,
        proba: Any = None,
        *,
        cardinality: float | None = None,
        hide: Collection[str] = (),
    ) -> None:
        rows = scored_rows(Y, proba, most_cells=_MOST_CELLS)
        state = ThresholdState(rows, cardinality=cardinality)
        self.presets = _presets(state)
        self._still: dict[tuple[Any, ...], ThresholdView] = {}
        super().__init__(state, hide=hide)
        flow_controls(self.view)

    def controls(self) -> dict[str, widgets.Widget]:
        """Make menus, sliders and the button."""
        state, number = self.state, self.number
        known = zip(state.label_names, state.rows.support, strict=True)
        labels = [(f"{name} ({n:,})", name) for name, n in known]
        price = {"minimum": 0.1, "maximum": 10.0, "step": 0.1}
        self._k = number("k", "k", minimum=0, maximum=len(state.label_names), step=1)
        self._threshold = number(
            "current_threshold", "Threshold", minimum=0.0, maximum=1.0, step=0.01
        )
        return {
            "rule": self.menu("rule", "Rule", _turned(RULES)),
            "measure": self.menu("measure", "Measure", _turned(MEASURES)),
            "label": self.menu("label", "Label", [("all labels", ALL_LABELS), *labels]),
            "scores": self.menu("scores", "Scores", [AS_PREDICTED, PERFECT]),
            "threshold": self._threshold,
            "k": self._k,
            "false_positive": number("false_positive", "Cost of false", **price),
            "false_negative": number("false_negative", "Cost of missed", **price),
            "best": self._best_button(),
        }

    def sync(self) -> None:
        """Bring the controls to the state, and grey out those without effect."""
        super().sync()
        _enable(self._threshold, self.state.moves_threshold)
        _enable(self._k, self.state.rule == "top k")
        self._best.disabled = not self.state.can_choose
        what = "k" if self.state.rule == "top k" else "threshold"
        self._best.description = f"Best {what} for {MEASURES[self.state.measure]}"

    def panels_key(self) -> tuple[Any, ...]:
        """Return what needs another figure: other labels, or another axis."""
        return self.state.drawn, self.state.rule == "top k"

    def make_panels(self) -> ThresholdPanels:
        """Draw the three panels without values."""
        state = self.state
        names = [state.label_names[j] for j in state.drawn]
        n_labels = len(state.label_names)
        heading = "Every label"
        if n_labels > MOST_DRAWN:
            heading = f"{MOST_DRAWN} of {n_labels:,} labels"
        return ThresholdPanels(
            detached_figure(ThresholdPanels.size_for(len(names))),
            names,
            _BARS,
            heading=heading,
            widest=_widest(state),
            n_places=n_labels if state.rule == "top k" else None,
        )

    def show(self, panels: ThresholdPanels) -> bool:
        """Move lines, bars and numbers."""
        return panels.show(self.view_of_state())

    def sentence(self) -> str:
        """Say the rule, the metrics, and what was chosen on which rows."""
        return self.state.sentence()

    def view_of_state(self) -> ThresholdView:
        """Return all that the panels show.

        Returns
        -------
        ThresholdView
        """
        state, outcome = self.state, self.state.outcome()
        key = (
            *(state.scores, state.measure, state.label, state.rule == "top k"),
            *state.priced_measure.prices,
        )
        if key not in self._still:
            # The curves stay while a threshold is moved.
            while len(self._still) >= _MOST_VIEWS:
                self._still.pop(next(iter(self._still)))
            self._still[key] = _still_view(state)
        still = self._still[key]
        return replace(
            still,
            **_label_values(state, outcome),
            **_bar_values(state, outcome),
            lines=[
                replace(line, now=(_place(state, outcome), _value(state, outcome, j)))
                for j, line in zip(_averages(state), still.lines, strict=True)
            ],
        )

    def _best_button(self) -> widgets.Button:
        self._best = widgets.Button(
            tooltip="Choose what is best on the rows shown",
            layout=widgets.Layout(width="auto", margin="2px"),
        )

        def choose(button: Any) -> None:
            with self.errors_shown():
                self.state.choose_best()

        self._best.on_click(choose)
        return self._best


def _presets(state: ThresholdState) -> Mapping[str, Mapping[str, Any]]:
    start = {
        "scores": AS_PREDICTED,
        "rule": "one",
        "label": ALL_LABELS,
        "threshold": 0.5,
        "measure": "f1",
    }
    own = state.ranked.best(state.priced_measure, None, "own").tolist()
    presets = {
        "0.5": start,
        "best F1": {**start, "rule": "own", "thresholds": own},
        "perfect ranking, low scores": {**start, "scores": PERFECT},
    }
    support = state.rows.support
    if support.any() and len(support) > 1:
        rarest = int(np.where(support > 0, support, support.max() + 1).argmin())
        presets["rare label"] = {**start, "label": state.label_names[rarest]}
    return presets


def _widest(state: ThresholdState) -> float:
    # No bar is longer than all rows, and beside those the true ones may be few.
    support = state.rows.support[list(state.drawn)]
    return max(1.0, min(state.rows.n_rows, step_above(3.0 * support.max(initial=1))))


def _turned(words: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(text, name) for name, text in words.items()]


def _enable(row: widgets.HBox, enabled: bool) -> None:
    for control in row.children:
        control.disabled = not enabled


def _averages(state: ThresholdState) -> list[Any]:
    """Return what the strong lines are of."""
    if state.position is not None:
        return [state.position]
    # A cost is a sum over the labels: there is no second way to average it.
    single = state.measure == "cost" or len(state.label_names) == 1
    return ["micro"] if single else ["micro", "macro"]


def _still_view(state: ThresholdState) -> ThresholdView:
    """Return what stays while a threshold is moved: curves, and the marks of 0.5."""
    ranked, measure, of_k = state.ranked, state.priced_measure, state.rule == "top k"
    draw = ranked.line_of_k if of_k else ranked.line
    lines = [draw(measure, j, (np.nan, np.nan)) for j in _averages(state)]
    faint = None
    if state.position is None and not measure.is_cost:
        faint = ranked.faint(measure, np.array(state.drawn), of_k=of_k)
    nothing = np.empty(0)
    return ThresholdView(
        measure=measure.words,
        lines=lines,
        right=nothing,
        missed=nothing,
        false=nothing,
        values=nothing,
        bars=nothing,
        references=_shares(state, state.outcome_at(0.5)),
        bar_texts=(),
        faint=faint,
        top=_top(lines) if measure.is_cost else 1.0,
        better="lower" if measure.is_cost else "higher",
    )


def _top(lines: list[MeasureLine]) -> float:
    # Deciding for everything is so dear that the rest would be a flat line.
    (line,) = lines
    return step_above(2.0 * max(line.y[-1], line.best[1]))


def _place(state: ThresholdState, outcome: Outcome) -> float:
    """Return where on the curve the decisions stand; NaN for nowhere."""
    if outcome.limits is None:
        return float(state.k)
    if state.rule != "own":
        return min(float(outcome.limits[0]), 1.0)
    if state.position is not None:
        return min(float(outcome.limits[state.position]), 1.0)
    return float("nan")


def _value(state: ThresholdState, outcome: Outcome, average: Any) -> float:
    return state.ranked.value(state.priced_measure, outcome.counts, average)


def _label_values(state: ThresholdState, outcome: Outcome) -> dict[str, Any]:
    """Return counts, values and thresholds of the labels drawn."""
    drawn, counts, measure = list(state.drawn), outcome.counts, state.priced_measure
    limits = outcome.limits if state.rule == "own" else None
    return {
        "right": counts.true_positive[drawn],
        "missed": counts.false_negative[drawn],
        "false": counts.false_positive[drawn],
        "values": measure.values(counts, state.rows.n_rows)[drawn],
        "limits": None if limits is None else limits[drawn],
        "ticks": np.empty(0) if limits is None else limits,
        "chosen": None if state.position is None else drawn.index(state.position),
    }


def _bar_values(state: ThresholdState, outcome: Outcome) -> dict[str, Any]:
    texts = [f"{value:.3f}" for value in outcome.metrics.values()]
    return {"bars": _shares(state, outcome), "bar_texts": texts}


def _shares(state: ThresholdState, outcome: Outcome) -> np.ndarray:
    """Return the metrics in [0, 1]: the cost as a share of what all errors cost."""
    *values, cost = outcome.metrics.values()
    wrong, missed = state.priced_measure.prices
    total = outcome.counts.pooled
    absent = total.n_cells - total.actual
    worst = (wrong * absent + missed * total.actual).item() / state.rows.n_rows
    return np.array([*values, cost / worst if worst else 0.0])
