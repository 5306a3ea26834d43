"""The calibration explorer: what a probability means, and what repairs it."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import ipywidgets as widgets
import numpy as np
from traitlets import Bool, Float, HasTraits, Int, TraitError, Unicode, validate

from mlkit.calibration import (
    IsotonicCalibrator,
    LabelCalibrator,
    SigmoidCalibrator,
    TemperatureCalibrator,
    reliability_data,
)
from mlkit.calibration.rescaling import balanced_bias, rescale_probabilities
from mlkit.exceptions import (
    RareLabelWarning,
    SplitError,
    UncalibratedLabelWarning,
)
from mlkit.metrics import METRICS, Evidence
from mlkit.metrics.cells import Cells
from mlkit.metrics.label_ranking import ListMean
from mlkit.metrics.probabilities import BinnedError
from mlkit.plots.calibration import (
    CalibrationPanels,
    CalibrationView,
    ReliabilityPoints,
)
from mlkit.plots.style import detached_figure
from mlkit.splitting import split_rows
from mlkit.validation import Indicator
from mlkit.widgets.base import Explorer
from mlkit.widgets.checks import in_range, one_of
from mlkit.widgets.control_rows import flow_controls
from mlkit.widgets.scored_rows import ScoredRows, scored_rows, take_cells, take_labels

__all__ = ["CALIBRATION_PRESETS", "CalibrationExplorer", "CalibrationState"]

_UNTOUCHED: dict[str, Any] = {
    "temperature": 1.0,
    "bias": 0.0,
    "balanced": False,
    "calibrator": "none",
}

CALIBRATION_PRESETS: dict[str, dict[str, Any]] = {
    "as predicted": _UNTOUCHED,
    "overconfident": {**_UNTOUCHED, "temperature": 0.4},
    "underconfident": {**_UNTOUCHED, "temperature": 2.5},
    "balanced weights": {**_UNTOUCHED, "balanced": True},
    "balanced weights, repaired": {
        **_UNTOUCHED,
        "balanced": True,
        "calibrator": "sigmoid",
    },
}
"""Name of the situation -> what was done to the probabilities."""

_CALIBRATORS: dict[str, type[LabelCalibrator] | None] = {
    "none": None,
    "sigmoid": SigmoidCalibrator,
    "isotonic": IsotonicCalibrator,
    "temperature": TemperatureCalibrator,
}
_STRATEGIES = {"uniform": "of the same width", "quantile": "of about equal counts"}
_ALL_LABELS = ""
# So many cells are rescaled, calibrated and measured within a frame.
_MOST_CELLS, _MOST_LABELS, _MOST_BINS = 40_000, 40, 30
_MEAN_OF_DEFINED = {"empty": float("nan"), "ties": "worst"}
_LOSSES = ("Brier loss", "log loss", "calibration\nerror")
_RANKING = ("average\nprecision", "ROC AUC")


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """Bins and measures of some probabilities."""

    points: ReliabilityPoints
    losses: np.ndarray
    ranking: np.ndarray
    own_error: float
    n_calibrated: int


class CalibrationState(HasTraits):
    """Probabilities, what is done to them, and what they are worth then.

    Half of the rows fit a calibrator, the other half is shown: the same rows for all
    settings.

    Parameters
    ----------
    rows : ScoredRows
        Labels and probabilities of two rows or more; never modified.
    **traits
        Initial values of the attributes.

    Attributes
    ----------
    label : str
        Which label is shown; "" for the cells of all labels together.
    n_bins : int
        In [1, 30].
    strategy : {"uniform", "quantile"}
        Bins of the same width, or of about equal counts.
    temperature : float
        More than 0; below 1 probabilities become surer, above 1 less sure.
    bias : float
        Added to the logits of all labels.
    balanced : bool
        Whether the bias of each label that balanced class weights bring is added, too.
    calibrator : {"none", "sigmoid", "isotonic", "temperature"}
        What is fitted to the probabilities that come out, and applied to them.

    Raises
    ------
    SplitError
        If there is one row only.
    traitlets.TraitError
        If a value is none of these.

    Examples
    --------
    >>> Y, proba = [[1], [0], [1], [0]] * 20, [[0.6], [0.4], [0.6], [0.4]] * 20
    >>> state = CalibrationState(scored_rows(Y, proba, most_cells=100))
    >>> state.losses.round(3).tolist()
    [0.16, 0.511, 0.4]
    >>> state.temperature = 0.1
    >>> state.losses.round(3).tolist(), state.ranking.tolist()
    ([0.0, 0.017, 0.017], [1.0, 1.0])
    """

    label = Unicode(_ALL_LABELS)
    n_bins = Int(10)
    strategy = Unicode("uniform")
    temperature = Float(1.0)
    bias = Float(0.0)
    balanced = Bool(False)
    calibrator = Unicode("none")

    def __init__(self, rows: ScoredRows, **traits: Any) -> None:
        self.rows = rows
        self.label_names = rows.cells.label_names
        fitted, shown = _halves(rows.cells)
        self._fitted, self._shown = fitted, shown
        self._balance = balanced_bias(_truth(fitted))
        self._known: dict[tuple[Any, ...], _Measured] = {}
        super().__init__(**traits)

    @validate("label", "strategy", "calibrator")
    def _check_name(self, proposal: Any) -> str:
        known: dict[str, Collection[str]] = {
            "label": (_ALL_LABELS, *self.label_names),
            "strategy": _STRATEGIES,
            "calibrator": _CALIBRATORS,
        }
        return one_of(proposal, known[proposal["trait"].name])

    @validate("n_bins")
    def _check_bins(self, proposal: Any) -> int:
        return in_range(proposal, 1, _MOST_BINS)

    @validate("temperature", "bias")
    def _check_number(self, proposal: Any) -> float:
        name, value = proposal["trait"].name, proposal["value"]
        if not np.isfinite(value) or (name == "temperature" and value <= 0):
            least = " of more than 0" if name == "temperature" else ""
            msg = f"{name} must be a finite number{least}; got {value}."
            raise TraitError(msg)
        return value

    @property
    def n_shown(self) -> int:
        """How many rows are shown; the others fit the calibrator."""
        return len(self._shown.truth)

    @property
    def losses(self) -> np.ndarray:
        """Brier loss, log loss and expected calibration error, shape (3,)."""
        return self._now().losses

    @property
    def ranking(self) -> np.ndarray:
        """Average precision and AUC, the mean over the labels, shape (2,)."""
        return self._now().ranking

    def view(self) -> CalibrationView:
        """Return all that the panels show.

        Returns
        -------
        CalibrationView
        """
        now, before = self._now(), self._before()
        return CalibrationView(
            self.label or "all labels together",
            now.points,
            before.points,
            now.losses,
            before.losses,
            now.ranking,
            before.ranking,
        )

    def sentence(self) -> str:
        """Say what the probabilities mean, cost and rank, and what was done to them.

        Returns
        -------
        str
        """
        now, before = self._now(), self._before()
        names = (name.replace("\n", " ") for name in _LOSSES)
        pairs = zip(names, now.losses, before.losses, strict=True)
        losses = ", ".join(f"{n} {x:.3f} (as predicted {y:.3f})" for n, x, y in pairs)
        parts = [
            f"{self.label or 'All labels together'}, {self._done_words()}: {losses}.",
            self._mean_words(now),
            self._ranking_words(now.ranking, before.ranking),
            self._data_words(now),
        ]
        return " ".join(part for part in parts if part)

    def _now(self) -> _Measured:
        done = (self.temperature, self.bias, self.balanced, self.calibrator)
        return self._measured(done)

    def _before(self) -> _Measured:
        return self._measured(tuple(_UNTOUCHED.values()))

    def _measured(self, done: tuple[Any, ...]) -> _Measured:
        key = (*done, self.label, self.n_bins, self.strategy)
        if key not in self._known:
            # Two are enough: what is shown, and what it is compared with.
            while len(self._known) > 1:
                self._known.pop(next(iter(self._known)))
            self._known[key] = self._measure(*done)
        return self._known[key]

    def _measure(
        self, temperature: float, bias: float, balanced: bool, calibrator: str
    ) -> _Measured:
        columns = self._columns()
        shift = bias + (self._balance[columns] if balanced else 0.0)
        fitted, shown = (
            _rescaled(take_labels(cells, columns), temperature, shift)
            for cells in (self._fitted, self._shown)
        )
        proba, calibrated = _calibrated(calibrator, fitted, shown)
        n_bins, strategy = self.n_bins, self.strategy
        return _measure(shown, proba, calibrated, n_bins, strategy)

    def _columns(self) -> list[int]:
        if self.label == _ALL_LABELS:
            return list(range(len(self.label_names)))
        return [self.label_names.index(self.label)]

    def _done_words(self) -> str:
        done = []
        if self.balanced:
            done.append("shifted as by balanced class weights")
        if self.bias:
            done.append(f"bias {self.bias:+g}")
        if self.temperature != 1:
            sure = "surer" if self.temperature < 1 else "less sure"
            done.append(f"temperature {self.temperature:g} ({sure})")
        words = ", ".join(done) if done else "as predicted"
        if self.calibrator == "none":
            return words
        return f"{words}, then calibrated ({self.calibrator})"

    def _mean_words(self, now: _Measured) -> str:
        points = now.points
        total = max(points.count.sum(), 1)
        said, true = (
            (points.count * part).sum() / total for part in (points.said, points.share)
        )
        words = f"On average {said:.3f} is said and {true:.3f} is true."
        if self.label == _ALL_LABELS and len(self.label_names) > 1:
            words += (
                f" With bins of each label's own the calibration error is "
                f"{now.own_error:.3f}."
            )
        return words

    def _ranking_words(self, now: np.ndarray, before: np.ndarray) -> str:
        words = f"Average precision {now[0]:.3f} and AUC {now[1]:.3f}"
        if np.isnan(now).any():
            return f"{words}: no label has both values in these rows."
        if np.allclose(now, before, rtol=0, atol=1e-9):
            return f"{words} stay: the order of each label's rows does not change."
        reason = "some rows get equal probabilities and lose their order"
        if self.calibrator == "sigmoid":
            reason = "the curve of some label falls, which turns the order of its rows"
        return f"{words} were {before[0]:.3f} and {before[1]:.3f}: {reason}."

    def _data_words(self, now: _Measured) -> str:
        words = (
            f"{now.points.count.sum():,} cells of {self.n_shown:,} rows; the other "
            f"{len(self._fitted.truth):,} rows fit the calibrator."
        )
        n_labels = len(self._columns())
        if now.n_calibrated < n_labels:
            few = f"{n_labels - now.n_calibrated} of {n_labels} labels have"
            who = f"{few} too few" if n_labels > 1 else "There are too few"
            words += f" {who} positives or negatives there to calibrate."
        shown, given = self.rows.cells.truth.shape, self.rows.n_given
        if shown != (given, self.rows.n_labels_given):
            words += f" Together {self.rows.words()}."
        return words


class CalibrationExplorer(Explorer):
    """A reliability diagram, with all that makes it better or worse.

    Parameters
    ----------
    Y : Evaluation, MultiLabelDataset, array-like, DataFrame or sparse matrix, optional
        True labels, 0 and 1, NaN where unknown, shape (n_samples, n_labels); or an
        evaluation of probabilities, which holds both. By default genres of 800 films,
        with probabilities of models that had not seen them.
    proba : array-like or DataFrame, shape (n_samples, n_labels), optional
        P(label = 1), in [0, 1], of rows the model was not trained on.
    hide : collection of str, default ()
        Controls to leave out: ``"presets"``, ``"label"``, ``"calibrator"``,
        ``"strategy"``, ``"n_bins"``, ``"temperature"``, ``"bias"``, ``"balanced"``,
        ``"status"``.

    Raises
    ------
    OptionError
        If Y or proba is missing, or an evaluation holds no probabilities.
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the two are not labels and probabilities of the same rows and labels.
    SplitError
        If there is one row only: it cannot be calibrated on others.
    UnknownNameError
        If a control to hide does not exist.

    Notes
    -----
    Temperature and bias distort the probabilities, or repair them by hand; a calibrator
    is fitted to what comes out, on half of the rows, and shown on the other half. Both
    leave the order of each label's rows, and with it average precision and AUC; only
    the isotonic curve makes ties. Of more than 40 labels the most frequent are taken,
    of more than 40 000 cells a seeded draw of the rows; the status line says so.

    Examples
    --------
    >>> Y, proba = [[1], [0], [1], [0]] * 20, [[0.6], [0.4], [0.6], [0.4]] * 20
    >>> explorer = CalibrationExplorer(Y, proba)
    >>> explorer.state.calibrator = "sigmoid"
    >>> bool(explorer.state.losses[2] < 0.05), explorer.frames
    (True, 2)
    """

    control_names: ClassVar = (
        *("presets", "label", "calibrator", "strategy", "n_bins", "temperature"),
        *("bias", "balanced", "status"),
    )
    presets: ClassVar = CALIBRATION_PRESETS

    def __init__(
        self, Y: Any = None, proba: Any = None, *, hide: Collection[str] = ()
    ) -> None:
        rows = scored_rows(Y, proba, most_cells=_MOST_CELLS, most_labels=_MOST_LABELS)
        super().__init__(CalibrationState(rows), hide=hide)
        flow_controls(self.view)

    def controls(self) -> dict[str, widgets.Widget]:
        """Make menus, sliders and the switch."""
        names = self.state.label_names
        labels = [("all labels", _ALL_LABELS), *((name, name) for name in names)]
        strategies = [(words, name) for name, words in _STRATEGIES.items()]
        return {
            "label": self.menu("label", "Label", labels),
            "calibrator": self.menu("calibrator", "Calibrate", list(_CALIBRATORS)),
            "strategy": self.menu("strategy", "Bins", strategies),
            "n_bins": self.number(
                "n_bins", "Number of bins", minimum=1, maximum=_MOST_BINS, step=1
            ),
            "temperature": self.number(
                "temperature", "Temperature", minimum=0.2, maximum=5.0, step=0.05
            ),
            "bias": self.number("bias", "Bias", minimum=-4.0, maximum=4.0, step=0.1),
            "balanced": self.switch("balanced", "Balanced class weights"),
        }

    def make_panels(self) -> CalibrationPanels:
        """Draw the four panels without values."""
        n_cells = self.state.n_shown * len(self.state.label_names)
        figure = detached_figure(CalibrationPanels.size)
        return CalibrationPanels(figure, _LOSSES, _RANKING, n_cells=n_cells)

    def show(self, panels: CalibrationPanels) -> bool:
        """Move points, bars and numbers."""
        return panels.show(self.state.view())

    def sentence(self) -> str:
        """Say what the probabilities mean, cost and rank."""
        return self.state.sentence()


def _halves(cells: Cells) -> tuple[Cells, Cells]:
    """Return rows to fit a calibrator on, and rows to show."""
    if len(cells.truth) < 2:
        msg = "A calibrator is fitted on some rows and shown on others; got one row."
        raise SplitError(msg)
    with warnings.catch_warnings():
        # A label of one row is in one half only: there is nothing that could be done.
        warnings.simplefilter("ignore", RareLabelWarning)
        fitted, shown = split_rows(_truth(cells), (0.5, 0.5), random_state=0)
    return take_cells(cells, fitted), take_cells(cells, shown)


def _truth(cells: Cells) -> np.ndarray:
    if cells.known is None:
        return cells.truth
    return np.where(cells.known, cells.truth, np.nan)


def _rescaled(cells: Cells, temperature: float, bias: Any) -> Cells:
    proba = rescale_probabilities(cells.values, temperature=temperature, bias=bias)
    return Cells(cells.truth, cells.known, proba, cells.label_names)


def _calibrated(name: str, fitted: Cells, shown: Cells) -> tuple[np.ndarray, int]:
    """Return probabilities, and how many labels were calibrated."""
    kind = _CALIBRATORS[name]
    if kind is None:
        return shown.values, len(shown.label_names)
    with warnings.catch_warnings():
        # The sentence says it, and a slider would warn at every step.
        warnings.simplefilter("ignore", UncalibratedLabelWarning)
        calibrator = kind(score_type="probabilities")
        calibrator.fit(_truth(fitted), fitted.values)
    n_calibrated = int(calibrator.calibrated_.sum())
    return np.asarray(calibrator.predict(shown.values)), n_calibrated


def _measure(
    cells: Cells, proba: np.ndarray, n_calibrated: int, n_bins: int, strategy: Any
) -> _Measured:
    """Measure probabilities; each label's rows are ranked once."""
    missing = None if cells.known is None else ~cells.known
    truth = Indicator(cells.truth, cells.label_names, "array", missing=missing)
    evidence = Evidence(truth, probabilities=proba)
    bins: Mapping[str, Any] = {"n_bins": n_bins, "strategy": strategy}
    table = reliability_data(_truth(cells), proba, scope="pooled", **bins)
    losses = [METRICS[name].of(evidence) for name in ("brier_loss", "log_loss")]
    losses.append(BinnedError("micro", **bins).value(evidence, {}))
    kinds: tuple[Any, ...] = ("ap", "auc")
    ranking = [
        ListMean(kind, "macro").value(evidence, _MEAN_OF_DEFINED) for kind in kinds
    ]
    columns = ["mean_predicted", "share_positive", "count", "lower", "upper"]
    return _Measured(
        ReliabilityPoints(*(table[column].to_numpy() for column in columns)),
        np.array(losses, dtype=np.float64),
        np.array(ranking, dtype=np.float64),
        float(BinnedError("macro", **bins).value(evidence, {})),
        n_calibrated,
    )
