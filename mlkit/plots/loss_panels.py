"""From logits to a loss and its gradient, one row of data at a time.

The panels follow the arithmetic: logit, probability, what it costs, mean or sum, and
the gradient. What later steps compute can be left out until its turn comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from numpy.typing import ArrayLike

from mlkit.activations import sigmoid
from mlkit.arguments import check_choice, check_count
from mlkit.losses import (
    binary_cross_entropy,
    binary_cross_entropy_gradient,
    softmax_cross_entropy,
    softmax_cross_entropy_gradient,
)
from mlkit.plots.legible import fitted_name
from mlkit.plots.loss_curves import LossCurves
from mlkit.plots.style import INK, PALETTE, make_figure, use_style
from mlkit.validation import check_label_names, default_label_names
from mlkit.wording import signed

__all__ = ["LossPanels", "plot_loss_panels"]

_LAST_STEP = 5
_SMALL = 11
_LONGEST_NAME, _LONGEST_IN_TITLE = 13, 10
_BAND = "#EFEFEF"
_QUIET = "#555555"

# Inches. A notebook's text column is about 960 pixels wide at 100 %.
_WIDTH, _TOP, _BOTTOM = 9.6, 0.74, 0.84
_ROW, _FEWEST_ROWS = 0.48, 3.5
_LOGIT_COLUMN, _PROBA_COLUMN, _LOSS_COLUMN = 0.7, 0.68, 1.62
_GAP, _AXIS_GAP, _MARGIN = 0.25, 0.75, 0.12


def plot_loss_panels(
    logits: ArrayLike,
    truth: ArrayLike,
    *,
    label_names: Sequence[str] | None = None,
    reduction: str = "mean",
    selected: int = 0,
    figure: Figure | None = None,
) -> tuple[Axes, Axes, Axes]:
    """Draw what a row of logits costs, label by label, and the gradients.

    Parameters
    ----------
    logits : array-like of float, shape (n_labels,)
        Finite: what a network gives before its last activation.
    truth : array-like, shape (n_labels,)
        0 and 1: which labels are true.
    label_names : sequence of str, optional
        By default ``label_0``, ``label_1``, ...
    reduction : {"mean", "sum"}, default "mean"
        Over the labels.
    selected : int, default 0
        Position of the label in the last panel.
    figure : Figure, optional
        An empty figure; by default a new one, as high as the labels need.

    Returns
    -------
    tuple of Axes
        Probabilities and what they cost; gradients of the cross-entropies of sigmoid
        and softmax; loss against the logit.

    Raises
    ------
    LabelNameError
        If the names do not fit.
    OptionError
        If `reduction` is neither of the two.
    ValueError
        If there is no label at the position `selected`.
    IndicatorError, ScoresError, ShapeError
        If logits and truth are not those of the same labels.

    Examples
    --------
    >>> axes = plot_loss_panels([2.0, -1.0], [1, 0], label_names=["sea", "sky"])
    >>> [ax.get_xlabel().split()[0] for ax in axes]
    ['probability', 'gradient', 'logit']
    """
    n_labels = binary_cross_entropy(logits, truth).size
    names = default_label_names(n_labels)
    if label_names is not None:
        names = check_label_names(label_names, n_labels)
    check_choice("reduction", reduction, ["mean", "sum"])
    check_count("selected", selected, minimum=0, maximum=n_labels - 1)
    if figure is None:
        figure = make_figure(LossPanels.size_for(n_labels))
    panels = LossPanels(figure, names)
    panels.show(logits, truth, reduction=reduction, selected=selected)
    return panels.axes


class LossPanels:
    """The three panels, kept so that they can show other values without a redraw.

    Parameters
    ----------
    figure : Figure
        An empty figure, of the size that `size_for` gives.
    label_names : sequence of str
        One row a label, the first on top.

    Attributes
    ----------
    figure : Figure
    axes : tuple of Axes
        Probabilities and what they cost, gradients, loss against the logit.
    moving : tuple of Artist
        What `show` changes, for a `FrameRenderer`.
    """

    def __init__(self, figure: Figure, label_names: Sequence[str]) -> None:
        self.figure = figure
        names = [fitted_name(name, _LONGEST_NAME) for name in label_names]
        short = (fitted_name(name, _LONGEST_IN_TITLE) for name in label_names)
        self._titles = [f"Loss of {name}" for name in short]
        with use_style():
            left, middle, right = _place_axes(figure, names)
            self._terms = _Terms(left, names)
            self._gradients = _Gradients(middle, len(names))
            self._curves = LossCurves(right)
            # With few labels the axes are hardly as high as these words are long.
            right.yaxis.label.set_fontsize(_SMALL)
            self._title = _title(right, "")
        self.axes: tuple[Axes, Axes, Axes] = (left, middle, right)
        parts = (self._terms, self._gradients, self._curves)
        shapes = [artist for part in parts for artist in part.shapes]
        texts = [artist for part in parts for artist in part.texts]
        # Texts last, so that no line or bar passes over a number.
        self.moving: tuple[Artist, ...] = (*shapes, *texts, self._title)

    @staticmethod
    def size_for(n_labels: int) -> tuple[float, float]:
        """Return a width and height in inches that give every label its row.

        Parameters
        ----------
        n_labels : int

        Returns
        -------
        tuple of float
        """
        return (_WIDTH, _TOP + _ROW * max(n_labels, _FEWEST_ROWS) + _BOTTOM)

    def show(
        self,
        logits: ArrayLike,
        truth: ArrayLike,
        *,
        reduction: str = "mean",
        selected: int = 0,
        step: int = _LAST_STEP,
    ) -> bool:
        """Show these logits and this true label set.

        Parameters
        ----------
        logits : array-like of float, shape (n_labels,)
            As many as there are label names.
        truth : array-like, shape (n_labels,)
            0 and 1.
        reduction : {"mean", "sum"}, default "mean"
            Over the labels.
        selected : int, default 0
            Position of the label in the last panel.
        step : int, default 5
            How much of it: logits (1), probabilities (2), the cost of each label (3),
            their mean or sum (4), gradients (5).

        Returns
        -------
        bool
            Whether the limits of an axis changed: then `moving` is not all that did.

        Raises
        ------
        IndicatorError, ScoresError, ShapeError
            If logits and truth are not those of the same labels.
        """
        row = _Row.of(logits, truth, reduction)
        self._terms.show(row, selected, step)
        self._gradients.show(row, selected, step)
        true = bool(row.truth[selected])
        self._title.set_text(self._titles[selected])
        shown = {"point": step >= 3, "tangent": step >= 5}
        return self._curves.show(float(row.logits[selected]), true=true, **shown)


@dataclass(frozen=True, slots=True)
class _Row:
    """The numbers of one row that the panels show."""

    logits: np.ndarray
    truth: np.ndarray
    proba: np.ndarray
    losses: np.ndarray
    total: str
    softmax_total: str
    gradient: np.ndarray
    softmax_gradient: np.ndarray

    @classmethod
    def of(cls, logits: ArrayLike, truth: ArrayLike, reduction: str) -> _Row:
        z, y = np.asarray(logits, dtype=np.float64), np.asarray(truth, dtype=bool)
        losses = binary_cross_entropy(z, y)
        gradient = binary_cross_entropy_gradient(z, y)
        mean = reduction == "mean"
        total = losses.mean() if mean else losses.sum()
        shared = _amount(softmax_cross_entropy(z, y)) if y.any() else "no target"
        return cls(
            logits=z,
            truth=y,
            proba=sigmoid(z),
            losses=losses,
            total=f"{reduction} {_amount(total)}",
            softmax_total=f"softmax loss: {shared}",
            gradient=gradient / len(z) if mean else gradient,
            softmax_gradient=softmax_cross_entropy_gradient(z, y),
        )


class _Terms:
    """The logit, a bar of the probability, and what it costs: a row a label."""

    def __init__(self, ax: Axes, names: Sequence[str]) -> None:
        self.ax = ax
        rows = np.arange(len(names))
        inch = 1.0 / _inches(ax)[0]
        self._logit_end = -0.1 * inch
        self._proba_end = 1.0 + _PROBA_COLUMN * inch
        self._loss_end = self._proba_end + _LOSS_COLUMN * inch
        self._band = _new_band(ax, -_LOGIT_COLUMN * inch, self._loss_end + 0.05 * inch)
        look = {"height": 0.5, "color": PALETTE["sky"], "edgecolor": INK}
        self._bars = ax.barh(rows, 0.0, **look).patches
        self._misses = LineCollection([], colors=INK, linestyles=":", lw=2.0)
        ax.add_collection(self._misses, autolim=False)
        marks = {"color": INK, "ms": 7, "clip_on": False}
        (self._truths,) = ax.plot(rows * 0.0, rows, "D", **marks)
        self._logits = _column(ax, self._logit_end, rows)
        self._proba = _column(ax, self._proba_end, rows)
        self._losses = _column(ax, self._loss_end, rows)
        self._totals = self._new_totals()
        self._set_axes(names)
        self.shapes = (self._band, *self._bars, self._misses, self._truths)
        self.texts = (*self._logits, *self._proba, *self._losses, *self._totals)

    def _new_totals(self) -> list[Text]:
        inch = 1.0 / _inches(self.ax)[1]
        look = {"transform": self.ax.transAxes, "ha": "right", "va": "top"}
        return [
            self.ax.text(self._loss_end, y * inch, "", fontsize=size, weight=w, **look)
            for y, size, w in ((-0.08, 13, "bold"), (-0.44, _SMALL, "normal"))
        ]

    def _set_axes(self, names: Sequence[str]) -> None:
        ax = self.ax
        _set_rows(ax, len(names))
        ax.set_yticks(np.arange(len(names)), names)
        # The names stand left of the logits, which are moving texts.
        ax.tick_params(axis="y", length=0, pad=72 * _LOGIT_COLUMN + 2)
        ax.set_xlim(-0.05, 1.05)
        ax.set_xticks([0.0, 0.5, 1.0], ["0", "0.5", "1"])
        ax.set_xlabel("probability\n◆ where it should be", fontsize=_SMALL)
        inch = 1.0 / _inches(ax)[0]
        _title(ax, "What each label costs", x=-_LOGIT_COLUMN * inch)
        for x, text in (
            (self._logit_end, "logit"),
            (self._proba_end, "p"),
            (self._loss_end, "loss"),
        ):
            _heading(ax, x, text)
        # A rule above the total, as in arithmetic on paper.
        rule = {"transform": ax.transAxes, "color": _QUIET, "lw": 1.0}
        ends = [self._proba_end + 0.1 * inch, self._loss_end]
        ax.plot(ends, [0.0, 0.0], clip_on=False, **rule)

    def show(self, row: _Row, selected: int, step: int) -> None:
        self._band.set_y(selected - 0.5)
        for bar, p, true in zip(self._bars, row.proba, row.truth, strict=True):
            bar.set_width(p)
            bar.set_hatch("//" if true else None)
        self._truths.set_xdata(row.truth.astype(np.float64))
        self._misses.set_segments(
            [
                [(p, y), (float(true), y)]
                for y, (p, true) in enumerate(zip(row.proba, row.truth, strict=True))
            ]
        )
        _fill(self._logits, map(_signed, row.logits))
        _fill(self._proba, map(_proba_text, row.proba))
        terms = ("−log p" if true else "−log(1−p)" for true in row.truth)
        losses = zip(terms, row.losses, strict=True)
        _fill(self._losses, (f"{term} = {_amount(loss)}" for term, loss in losses))
        _fill(self._totals, (row.total, row.softmax_total))
        _show_from(2, step, [*self._bars, *self._proba])
        _show_from(3, step, [self._misses, *self._losses])
        _show_from(4, step, self._totals)


class _Gradients:
    """Two bars a label: gradient of the sigmoid's loss, and of the softmax's."""

    def __init__(self, ax: Axes, n_labels: int) -> None:
        self.ax = ax
        rows = np.arange(n_labels)
        look = {"height": 0.36, "edgecolor": INK}
        upper, lower = rows - 0.2, rows + 0.2
        self._band = _new_band(ax, 0.0, 1.0)
        # It moves with the others: the band would hide what is drawn once.
        self._zero = ax.axvline(0.0, color=PALETTE["black"], lw=1.0)
        sigmoids = ax.barh(upper, 0.0, color=PALETTE["sky"], label="sigmoid", **look)
        softmaxes = ax.barh(
            lower, 0.0, color=PALETTE["orange"], hatch="..", label="softmax", **look
        )
        self._bars = [*sigmoids, *softmaxes]
        self._texts = [
            ax.text(0.0, y, "", va="center", fontsize=_SMALL) for y in (*upper, *lower)
        ]
        self._set_axes(n_labels)
        self.shapes = (self._band, self._zero, *self._bars)
        self.texts = tuple(self._texts)

    def _set_axes(self, n_labels: int) -> None:
        ax = self.ax
        _set_rows(ax, n_labels)
        ax.set_yticks([])
        # Room outside of the longest bars for their numbers.
        ax.set_xlim(-1.9, 1.9)
        ax.set_xticks([-1, 0, 1], ["−1", "0", "1"])
        ax.set_xlabel("gradient\n← logit rises │ falls →", fontsize=_SMALL)
        _title(ax, "Gradient")
        ax.legend(
            loc="lower left",
            bbox_to_anchor=(-0.05, 1.0),
            ncols=2,
            borderaxespad=0.1,
            borderpad=0.1,
            handlelength=1.0,
            handletextpad=0.3,
            columnspacing=0.7,
        )

    def show(self, row: _Row, selected: int, step: int) -> None:
        self._band.set_y(selected - 0.5)
        values = (*row.gradient, *row.softmax_gradient)
        for bar, text, value in zip(self._bars, self._texts, values, strict=True):
            bar.set_width(value)
            text.set_text(_signed(value))
            # The number stands outside the bar, on whichever side of zero it ends.
            away = 0.06 if value >= 0 else -0.06
            text.set_x(value + away)
            text.set_horizontalalignment("left" if value >= 0 else "right")
        _show_from(5, step, [*self._bars, *self._texts])


def _place_axes(figure: Figure, names: Sequence[str]) -> list[Axes]:
    """Make three axes: names and numbers take what they need, panels the rest."""
    width, height = figure.get_size_inches()
    name = 0.095 * max(map(len, names)) + 0.2
    start = name + _LOGIT_COLUMN
    numbers = _PROBA_COLUMN + _LOSS_COLUMN + _GAP
    rest = width - start - numbers - _AXIS_GAP - _MARGIN
    wide = [share * rest for share in (0.21, 0.4, 0.39)]
    starts = [start, start + wide[0] + numbers]
    starts.append(starts[1] + wide[1] + _AXIS_GAP)
    low, high = _BOTTOM / height, 1.0 - (_TOP + _BOTTOM) / height
    return [
        figure.add_axes((x / width, low, w / width, high))
        for x, w in zip(starts, wide, strict=True)
    ]


def _inches(ax: Axes) -> np.ndarray:
    """Return width and height of axes in inches."""
    return ax.get_position().size * ax.figure.get_size_inches()


def _set_rows(ax: Axes, n_labels: int) -> None:
    # The first label on top; a row is as high for one label as for ten.
    ax.set_ylim(max(n_labels, _FEWEST_ROWS) - 0.5, -0.5)
    ax.grid(visible=False, axis="y")
    ax.spines["left"].set_visible(False)


def _new_band(ax: Axes, left: float, right: float) -> Rectangle:
    """Shade the row of the selected label; `left` and `right` in widths of the axes."""
    place = {"transform": ax.get_yaxis_transform(), "clip_on": False}
    band = Rectangle((left, -0.5), right - left, 1.0, color=_BAND, zorder=0, **place)
    return ax.add_artist(band)


def _column(ax: Axes, x: float, rows: Iterable[int]) -> list[Text]:
    look = {"ha": "right", "va": "center", "fontsize": _SMALL}
    place = ax.get_yaxis_transform()
    return [ax.text(x, row, "", transform=place, **look) for row in rows]


def _heading(ax: Axes, x: float, text: str) -> Text:
    look = {"ha": "right", "va": "bottom", "fontsize": _SMALL, "color": _QUIET}
    return ax.text(x, 1.02, text, transform=ax.transAxes, **look)


def _title(ax: Axes, text: str, *, x: float = 0.0) -> Text:
    y = 1.0 + 0.4 / _inches(ax)[1]
    return ax.text(x, y, text, transform=ax.transAxes, fontsize=13, va="bottom")


def _fill(texts: Iterable[Text], words: Iterable[str]) -> None:
    for text, word in zip(texts, words, strict=True):
        text.set_text(word)


def _show_from(first: int, step: int, artists: Iterable[Artist]) -> None:
    for artist in artists:
        artist.set_visible(step >= first)


def _signed(value: float) -> str:
    return signed(value, ".2f" if abs(value) < 100 else ".5g")


def _amount(loss: float) -> str:
    return f"{loss:.3f}" if loss < 100 else f"{loss:.5g}"


def _proba_text(p: float) -> str:
    if 0 < p < 0.0005:
        return "<0.001"
    return ">0.999" if 0.9995 <= p < 1 else f"{p:.3f}"
