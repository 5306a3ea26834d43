"""The metric explorer: toggle a cell, and see which metrics move."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, ClassVar, TypeAlias

import ipywidgets as widgets
import numpy as np
from traitlets import Any as AnyTrait
from traitlets import HasTraits, Int, List, TraitError, Unicode, observe, validate

from mlkit.alignment import align_prediction
from mlkit.exceptions import IndicatorError
from mlkit.metrics.entries import METRICS
from mlkit.metrics.evidence import Evidence
from mlkit.metrics.values import MetricValue
from mlkit.plots.metrics import MetricPanels
from mlkit.plots.style import detached_figure
from mlkit.validation import check_indicator, check_label_names, default_label_names
from mlkit.widgets.base import Explorer
from mlkit.widgets.cell_grid import CellGrid
from mlkit.widgets.checks import check_names_fit, check_preset, one_of

__all__ = ["METRIC_PRESETS", "MetricExplorer", "MetricState"]

Rows: TypeAlias = tuple[tuple[int, ...], ...]
"""A small label matrix that cannot be changed in place."""

_MOST_ROWS, _MOST_LABELS = 12, 8
_SHOWN = (
    ("hamming_loss",),
    ("subset_accuracy", "example_jaccard", "example_f1"),
    ("micro_precision", "micro_recall", "micro_f1"),
    ("macro_precision", "macro_recall", "macro_f1", "weighted_f1"),
)
# By position, 2 * true + predicted.
_KINDS = np.array(["absent", "invented", "missed", "found"])
_AS_GIVEN = "as given"


_FOUR = ("beach", "sunset", "city", "snow")


def _rows(*rows: str) -> Rows:
    return tuple(tuple(int(cell) for cell in row) for row in rows)


def _preset(
    truth: Rows, predicted: Rows, names: Sequence[str] = _FOUR
) -> dict[str, Any]:
    traits = {"truth": truth, "predicted": predicted, "label_names": list(names)}
    return {**traits, "zero_division": 0}


_FIVE = (*_FOUR, "night")
_PHOTOS = _rows("1100", "1010", "0010", "0001")
_FREQUENT = _rows("1000", "1100", "1000", "1010", "1000", "1001")
_PAIRS = _rows("11000", "01100", "00110", "00011", "10001")

METRIC_PRESETS: dict[str, dict[str, Any]] = {
    "some right, some wrong": _preset(_PHOTOS, _rows("1100", "1000", "0111", "0100")),
    "nothing predicted: Hamming loss low, micro F1 0": _preset(
        _rows("1000", "0000", "0100", "0000", "0001"), _rows(*["0000"] * 5)
    ),
    "micro F1 high, macro F1 low": _preset(_FREQUENT, _rows(*["1000"] * 6)),
    "macro F1 high, micro F1 low": _preset(
        _FREQUENT, _rows("0000", "0100", "0000", "0010", "0000", "0001")
    ),
    "one wrong cell a row: subset accuracy 0": _preset(
        _PAIRS, _rows("11100", "01110", "00111", "10011", "11001"), _FIVE
    ),
    "one row all wrong: the same Hamming loss": _preset(
        _PAIRS, (*_PAIRS[:4], *_rows("01110")), _FIVE
    ),
    "empty rows: a perfect prediction has example F1 .5": _preset(
        _rows("1100", "0000", "0011", "0000"), _rows("1100", "0000", "0011", "0000")
    ),
}
"""Name of the situation -> truth, prediction and label names.

``some right, some wrong`` is the example that lesson 07 works out by hand. The two
about micro and macro F1 have one truth, of a frequent label and three rare ones: one
prediction finds the frequent, the other the rare ones. The two about wrong cells have
one truth and five wrong cells each: spread over all rows, or in one.
"""


class MetricState(HasTraits):
    """Truth, prediction and what 0/0 counts: all that the explorer shows, no widget.

    Parameters
    ----------
    truth, predicted : array-like, shape (n_samples, n_labels)
        0 and 1; at most 12 rows and 8 labels.
    **traits
        Initial values of the other attributes.

    Attributes
    ----------
    truth, predicted : tuple of tuple of int
        What was set last, row by row; it may be set as any label matrix.
    zero_division : {0, 1}
        What 0/0 counts.
    label_names : list of str
        Unique; ``label_0``, ... where none are given.

    Raises
    ------
    traitlets.TraitError
        If a matrix holds anything but 0 and 1, is empty or too large, the two have
        different shapes, or the names do not fit.

    Examples
    --------
    >>> state = MetricState([[1, 0], [0, 1]], [[1, 1], [0, 1]])
    >>> state.values["subset_accuracy"], state.values["hamming_loss"]
    (0.5, 0.25)
    >>> state.set_cell("predicted", 0, 1, 0)
    >>> state.values["subset_accuracy"], state.former["subset_accuracy"]
    (1.0, 0.5)
    """

    truth = AnyTrait(())
    predicted = AnyTrait(())
    zero_division = Int(0)
    label_names = List(Unicode())

    def __init__(self, truth: Any, predicted: Any, **traits: Any) -> None:
        self._seen: tuple[Any, ...] = ()
        self._values: dict[str, MetricValue] = {}
        self._former = self._values
        rows = {
            "truth": _checked(truth, "truth"),
            "predicted": _checked(predicted, "predicted"),
        }
        if not traits.get("label_names"):
            names = default_label_names(len(rows["truth"][0]))
            traits["label_names"] = list(names)
        super().__init__(**rows, **traits)

    @validate("truth", "predicted")
    def _check_matrix(self, proposal: Any) -> Rows:
        name = proposal["trait"].name
        rows = _checked(proposal["value"], name)
        other = self.predicted if name == "truth" else self.truth
        _check_fit(rows, other, self.label_names)
        return rows

    @validate("label_names")
    def _check_label_names(self, proposal: Any) -> list[str]:
        _check_fit(self.truth, self.predicted, proposal["value"])
        return proposal["value"]

    @validate("zero_division")
    def _check_zero_division(self, proposal: Any) -> int:
        return one_of(proposal, (0, 1))

    @observe("truth", "predicted", "zero_division")
    def _remember(self, change: Any) -> None:
        # Traits that change together are told one by one: the first one counts.
        seen = (self.truth, self.predicted, self.zero_division)
        if seen != self._seen:
            self._seen, self._former = seen, self._values
            self._values = self._computed()

    def set_cell(self, trait: str, row: int, column: int, value: int) -> None:
        """Change one cell.

        Parameters
        ----------
        trait : {"truth", "predicted"}
        row, column : int
            From 0.
        value : {0, 1}
        """
        rows = [list(cells) for cells in getattr(self, trait)]
        rows[row][column] = value
        setattr(self, trait, rows)

    @property
    def values(self) -> dict[str, MetricValue]:
        """All metrics, by their names in `mlkit.metrics.METRICS`."""
        return dict(self._values)

    @property
    def former(self) -> dict[str, MetricValue] | None:
        """The metrics before the last change; None before the first one."""
        return dict(self._former) or None

    @property
    def undefined(self) -> tuple[str, ...]:
        """Metrics of which some row or label is 0/0."""
        return tuple(name for name, value in self._values.items() if value.undefined)

    @property
    def kinds(self) -> np.ndarray:
        """What each cell is, 2 * true + predicted, shape (n_samples, n_labels)."""
        return 2 * np.array(self.truth) + np.array(self.predicted)

    def sentence(self) -> str:
        """Say counts and metrics, those that moved with their former value.

        Returns
        -------
        str

        Examples
        --------
        >>> state = MetricState([[1, 0], [0, 1]], [[1, 1], [0, 1]])
        >>> state.sentence()[:75]
        '2 rows, 2 labels: 2 found, 0 missed, 1 invented, 1 rightly absent. Hamming '
        >>> state.zero_division = 1
        >>> state.sentence()[67:86], state.undefined
        ('Hamming loss 0.25, ', ())
        """
        counts = np.bincount(self.kinds.ravel(), minlength=4)
        n_rows, n_labels = np.shape(self.truth)
        told = [self._told(name, value) for name, value in self.values.items()]
        return (
            f"{n_rows} rows, {n_labels} labels: {counts[3]} found, {counts[2]} missed, "
            f"{counts[1]} invented, {counts[0]} rightly absent. {', '.join(told)}."
        )

    def _told(self, name: str, value: MetricValue) -> str:
        notes = []
        # What differs in no digit that is said has not moved.
        before = f"{self._former.get(name, value):.2f}"
        if before != f"{value:.2f}":
            notes.append(f"was {before}")
        if value.undefined:
            notes.append(f"{value.note}, counting {self.zero_division}")
        told = f"{METRICS[name].label} {value:.2f}"
        return f"{told} ({'; '.join(notes)})" if notes else told

    def _computed(self) -> dict[str, MetricValue]:
        # Counted once for all metrics; only those that have a 0/0 take the option.
        evidence = Evidence.of_labels(self.truth, self.predicted)
        values = {}
        for name in (name for group in _SHOWN for name in group):
            metric = METRICS[name]
            options = metric.resolved("sklearn")
            if "zero_division" in options:
                options["zero_division"] = float(self.zero_division)
            assert metric.statistic is not None
            values[name] = metric.statistic.value(evidence, options)
        return values


class MetricExplorer(Explorer):
    """A small truth and prediction whose cells are buttons, and what metrics say.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels), optional
        True labels, 0 and 1; at most 12 rows and 8 labels. By default those of
        `preset`.
    Y_pred : array-like, DataFrame or sparse matrix, the same shape, optional
        Predicted labels, 0 and 1. By default `Y` itself: a perfect prediction, to be
        spoilt cell by cell.
    label_names : sequence of str, optional
        By default the columns of `Y` if it is a DataFrame, else ``label_0``, ...
    preset : str, optional
        One of `METRIC_PRESETS`; by default ``"some right, some wrong"`` where there is
        no `Y`.
    hide : collection of str, default ()
        Controls to leave out: ``"presets"``, ``"cells"``, ``"zero_division"``,
        ``"status"``.

    Raises
    ------
    UnknownNameError
        If the preset, or a control to hide, does not exist.
    IndicatorError, ShapeError, LabelNameError
        If the two are not label matrices of the same rows and labels, or the names do
        not fit.
    traitlets.TraitError
        If there are too many rows or labels: `mlkit.evaluate` compares those.

    Notes
    -----
    The Tab key goes from cell to cell, the space bar changes it. A thin line and a
    number tell what a metric was before the last change.

    Examples
    --------
    >>> explorer = MetricExplorer([[1, 0], [0, 1]], hide=["presets"])
    >>> explorer.state.values["micro_f1"]
    1.0
    >>> explorer.state.set_cell("predicted", 1, 1, 0)
    >>> round(explorer.state.values["micro_f1"], 2), explorer.frames
    (0.67, 2)
    """

    control_names: ClassVar = ("presets", "cells", "zero_division", "status")

    def __init__(
        self,
        Y: Any = None,
        Y_pred: Any = None,
        *,
        label_names: Sequence[str] | None = None,
        preset: str | None = None,
        hide: Collection[str] = (),
    ) -> None:
        check_preset("metric explorer", preset, METRIC_PRESETS)
        self.presets = dict(METRIC_PRESETS)
        if Y is not None:
            given = _given(Y, Y if Y_pred is None else Y_pred, label_names)
            # First, so that one finds back to the data after a look at the others.
            self.presets = {_AS_GIVEN: given, **METRIC_PRESETS}
        elif Y_pred is not None:
            msg = "Y_pred was given without Y. Pass the true labels first."
            raise TypeError(msg)
        start = self.presets[preset or next(iter(self.presets))]
        self._grids: dict[Any, list[CellGrid]] = {}
        super().__init__(MetricState(**start), hide=hide)

    def controls(self) -> dict[str, widgets.Widget]:
        """Make the room for both grids of buttons, and the menu for 0/0."""
        layout = widgets.Layout(flex_flow="row wrap", grid_gap="8px 32px")
        self._cells = widgets.HBox(layout=layout)
        options = [("counts 0 (scikit-learn)", 0), ("counts 1", 1)]
        return {
            "cells": self._cells,
            "zero_division": self.menu("zero_division", "0/0", options),
        }

    def sync(self) -> None:
        """Bring menus and buttons to the state; make new buttons for another shape."""
        truth, predicted = np.array(self.state.truth), np.array(self.state.predicted)
        left, right = self._grids_of(self.panels_key())
        left.show(truth, np.where(truth, "present", "absent"))
        right.show(predicted, _KINDS[self.state.kinds])
        self._cells.children = [left.view, right.view]
        super().sync()

    def panels_key(self) -> tuple[int, tuple[str, ...]]:
        """Return rows and names: only others need another figure."""
        return len(self.state.truth), tuple(self.state.label_names)

    def make_panels(self) -> MetricPanels:
        """Draw cells and metrics without values."""
        n_rows, names = self.panels_key()
        figure = detached_figure(MetricPanels.size_for(n_rows, names, _SHOWN))
        return MetricPanels(figure, n_rows, names, _SHOWN)

    def show(self, panels: MetricPanels) -> bool:
        """Change cells, bars and numbers."""
        state = self.state
        return panels.show(
            np.array(state.truth),
            np.array(state.predicted),
            state.values,
            former=state.former,
            undefined=state.undefined,
            note=_note(state),
        )

    def sentence(self) -> str:
        """Say counts and metrics, those that moved with their former value."""
        return self.state.sentence()

    def _grids_of(self, key: tuple[int, tuple[str, ...]]) -> list[CellGrid]:
        # Kept: a button that were replaced would lose the keyboard's focus.
        if key not in self._grids:
            self._grids[key] = [
                CellGrid(name, *key, self._toggled(name))
                for name in ("truth", "predicted")
            ]
        return self._grids[key]

    def _toggled(self, trait: str) -> Callable[[int, int, int], None]:
        def follow(row: int, column: int, value: int) -> None:
            with self.errors_shown():
                self.state.set_cell(trait, row, column, value)

        return follow


def _checked(matrix: Any, name: str) -> Rows:
    """Turn a small label matrix into rows that cannot change."""
    try:
        checked = check_indicator(matrix, name=name)
    except IndicatorError as err:
        raise TraitError(str(err)) from err
    n_rows, n_labels = checked.shape
    if not (1 <= n_rows <= _MOST_ROWS and 1 <= n_labels <= _MOST_LABELS):
        msg = (
            f"{name} has {n_rows:,} rows and {n_labels:,} labels; the explorer shows 1 "
            f"to {_MOST_ROWS} rows and 1 to {_MOST_LABELS} labels. Pass a few of them, "
            f"such as Y[:{_MOST_ROWS}]; mlkit.evaluate(Y, Y_pred) compares all."
        )
        raise TraitError(msg)
    return tuple(tuple(row) for row in checked.toarray().tolist())


def _check_fit(rows: Rows, other: Any, names: Sequence[str]) -> None:
    if np.shape(rows) != np.shape(other):
        msg = (
            f"truth and predicted must have one shape; got {np.shape(rows)} and "
            f"{np.shape(other)}. Change both within `hold_trait_notifications()`."
        )
        raise TraitError(msg)
    check_names_fit(names, len(rows[0]))


def _given(Y: Any, Y_pred: Any, label_names: Sequence[str] | None) -> dict[str, Any]:
    """Check the user's matrices against each other, by their names too."""
    true, _ = align_prediction(Y, Y_pred)
    names = true.label_names
    if label_names is not None:
        names = check_label_names(label_names, true.shape[1])
    return _preset(_checked(Y, "Y"), _checked(Y_pred, "Y_pred"), names)


def _note(state: MetricState) -> str:
    if not state.undefined:
        return ""
    return f"* some rows or labels are 0/0\nand count {state.zero_division}"
