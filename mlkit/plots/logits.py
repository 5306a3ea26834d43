"""Logits and what sigmoid and softmax make of them, side by side.

Chosen labels are told by a hatch and a tick mark, not by colour alone, and every axis
says whether it shows a logit, a share or a probability.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from mlkit.activations import sigmoid, softmax
from mlkit.plots.style import (
    INK,
    PALETTE,
    VERMILION_INK,
    make_axes,
    make_figure,
    use_style,
)
from mlkit.validation import check_label_names, default_label_names

__all__ = [
    "LogitPanels",
    "plot_logit_panels",
    "plot_logits",
    "plot_sigmoid",
    "plot_softmax",
]

_SIZE = (6.0, 3.2)
_MIN_LOGIT_LIMIT = 6.0
# Room to the right of a full bar for "0.99 ✓".
_PROBABILITY_LIMITS = (0.0, 1.36)
# Beyond this the words would leave the panel if they stood right of the line.
_FLIP_THRESHOLD_WORDS = 0.6


def plot_logits(
    logits: ArrayLike,
    *,
    label_names: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the logits as bars to both sides of zero.

    Parameters
    ----------
    logits : array-like of float, shape (n_labels,)
        What a network gives before its last activation.
    label_names : sequence of str, optional
        By default ``label_0``, ``label_1``, ...
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    LabelNameError
        If the names do not fit.

    Examples
    --------
    >>> ax = plot_logits([-1.0, 5.0], label_names=["beach", "sunset"])
    >>> ax.get_xlabel()
    'logit (any real number)'
    """
    z = np.asarray(logits, dtype=np.float64)
    names = _names(label_names, len(z))
    ax = make_axes(ax, size=_SIZE)
    _show_logits(_new_logit_bars(ax, names), z)
    return ax


def plot_softmax(
    logits: ArrayLike,
    *,
    label_names: Sequence[str] | None = None,
    threshold: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the softmax shares and mark what is chosen, by default the largest.

    Parameters
    ----------
    logits : array-like of float, shape (n_labels,)
        What a network gives before its last activation.
    label_names : sequence of str, optional
        By default ``label_0``, ``label_1``, ...
    threshold : float in [0, 1], optional
        Choose all labels whose share is at least this, instead of the largest: the
        mistake that lesson 02 shows.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    LabelNameError
        If the names do not fit.
    ScoresError
        If a logit is not a finite number.

    Notes
    -----
    Where several shares are largest, the first label is chosen, as `numpy.argmax` does.
    """
    shares = softmax(logits)
    names = _names(label_names, len(shares))
    ax = make_axes(ax, size=_SIZE)
    bars = _new_softmax_bars(ax, names)
    # The two decisions exclude each other; the line is drawn only where it decides.
    if threshold is None:
        _show_probabilities(bars, shares, _largest(shares))
    else:
        _show_probabilities(bars, shares, shares >= threshold)
        _Threshold(ax).show(threshold)
    return ax


def plot_sigmoid(
    logits: ArrayLike,
    *,
    label_names: Sequence[str] | None = None,
    threshold: float = 0.5,
    ax: Axes | None = None,
) -> Axes:
    """Draw the sigmoid probabilities and the threshold that chooses labels.

    Parameters
    ----------
    logits : array-like of float, shape (n_labels,)
        What a network gives before its last activation.
    label_names : sequence of str, optional
        By default ``label_0``, ``label_1``, ...
    threshold : float in [0, 1], default 0.5
        Labels with at least this probability are chosen.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    LabelNameError
        If the names do not fit.
    ScoresError
        If a logit is not a finite number.
    """
    p = sigmoid(logits)
    names = _names(label_names, len(p))
    ax = make_axes(ax, size=_SIZE)
    _show_probabilities(_new_sigmoid_bars(ax, names), p, p >= threshold)
    _Threshold(ax).show(threshold)
    return ax


def plot_logit_panels(
    logits: ArrayLike,
    *,
    label_names: Sequence[str] | None = None,
    threshold: float = 0.5,
    figure: Figure | None = None,
) -> tuple[Axes, Axes, Axes]:
    """Draw logits, softmax shares and sigmoid probabilities in one row.

    Parameters
    ----------
    logits : array-like of float, shape (n_labels,)
        What a network gives before its last activation.
    label_names : sequence of str, optional
        By default ``label_0``, ``label_1``, ...
    threshold : float in [0, 1], default 0.5
        Of the sigmoid; the softmax chooses the largest share.
    figure : Figure, optional
        An empty figure; by default a new one, as high as the labels need.

    Returns
    -------
    tuple of Axes
        Logits, softmax, sigmoid.

    Raises
    ------
    LabelNameError
        If the names do not fit.
    ScoresError
        If a logit is not a finite number.

    Examples
    --------
    >>> axes = plot_logit_panels([4, 4, -3], label_names=["sea", "sky", "cat"])
    >>> [ax.get_title() for ax in axes]
    ['Logits', 'Softmax: labels compete', 'Sigmoid: each on its own']
    """
    n_labels = len(np.asarray(logits))
    names = _names(label_names, n_labels)
    if figure is None:
        figure = make_figure(LogitPanels.size_for(n_labels))
    panels = LogitPanels(figure, names)
    panels.show(logits, threshold=threshold)
    return panels.axes


class LogitPanels:
    """The three panels, kept so that they can show other logits without a redraw.

    Parameters
    ----------
    figure : Figure
        An empty figure.
    label_names : sequence of str
        One row a label, the first on top.

    Attributes
    ----------
    figure : Figure
    axes : tuple of Axes
        Logits, softmax, sigmoid.
    moving : tuple of Artist
        What `show` changes, for a `FrameRenderer`.
    """

    def __init__(self, figure: Figure, label_names: Sequence[str]) -> None:
        self.figure = figure
        with use_style():
            left, middle, right = figure.subplots(1, 3, sharey=True)
        self.axes: tuple[Axes, Axes, Axes] = (left, middle, right)
        self._logits = _new_logit_bars(left, label_names)
        self._shares = _new_softmax_bars(middle, label_names)
        self._probabilities = _new_sigmoid_bars(right, label_names)
        self._threshold = _Threshold(right)
        _place_panels(figure, label_names)
        drawn = (self._logits, self._shares, self._probabilities)
        bars = [artist for panel in drawn for artist in panel.bars]
        texts = [artist for panel in drawn for artist in panel.texts]
        # Texts last, so that no line or bar passes over a number.
        self.moving: tuple[Artist, ...] = (*bars, *self._threshold.artists, *texts)

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
        return (9.6, 1.5 + 0.42 * n_labels)

    def show(self, logits: ArrayLike, *, threshold: float = 0.5) -> bool:
        """Show these logits.

        Parameters
        ----------
        logits : array-like of float, shape (n_labels,)
            As many as there are label names.
        threshold : float in [0, 1], default 0.5
            Of the sigmoid.

        Returns
        -------
        bool
            Whether the limits of an axis changed: then `moving` is not all that did.

        Raises
        ------
        ScoresError
            If a logit is not a finite number.
        """
        shares, p = softmax(logits), sigmoid(logits)
        _show_probabilities(self._shares, shares, _largest(shares))
        _show_probabilities(self._probabilities, p, p >= threshold)
        self._threshold.show(threshold)
        return _show_logits(self._logits, np.asarray(logits, dtype=np.float64))


class _Bars:
    """Horizontal bars with a text at each end, changed in place."""

    def __init__(self, ax: Axes, names: Sequence[str], color: str) -> None:
        self.ax = ax
        rows = np.arange(len(names))
        with use_style():
            self.bars = ax.barh(rows, 0.0, color=color, edgecolor=INK).patches
            self.texts = [self._new_text(int(row)) for row in rows]
            ax.set_yticks(rows, names)
            # The first label on top, as in a table; room below for the threshold.
            ax.set_ylim(len(names) - 0.1, -0.6)
            ax.grid(visible=False, axis="y")

    def _new_text(self, row: int) -> Artist:
        # The white box keeps the number legible where a threshold line passes.
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        return self.ax.annotate(
            "",
            (0.0, row),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            bbox=box,
        )

    def show(
        self, values: np.ndarray, texts: Sequence[str], chosen: np.ndarray
    ) -> None:
        rows = zip(self.bars, self.texts, values, texts, chosen, strict=True)
        for bar, label, value, text, is_chosen in rows:
            bar.set_width(value)
            bar.set_hatch("//" if is_chosen else None)
            label.set_text(f"{text} ✓" if is_chosen else text)
            label.set_fontweight("bold" if is_chosen else "normal")
            # The text stands outside the bar, on whichever side of zero it ends.
            label.xy = (value, label.xy[1])
            label.set_x(5 if value >= 0 else -5)
            label.set_horizontalalignment("left" if value >= 0 else "right")


class _Threshold:
    """A dashed vertical line with its value in words, changed in place."""

    def __init__(self, ax: Axes) -> None:
        with use_style():
            look = {"color": PALETTE["vermilion"], "linestyle": "--", "linewidth": 2.0}
            self._line = ax.axvline(0.0, **look)
            self._words = ax.annotate(
                "",
                (0.0, 0.0),
                xycoords=("data", "axes fraction"),
                xytext=(5, 5),
                textcoords="offset points",
                color=VERMILION_INK,
                fontsize=11,
            )
        self.artists: tuple[Artist, ...] = (self._line, self._words)

    def show(self, threshold: float) -> None:
        flipped = threshold > _FLIP_THRESHOLD_WORDS
        self._line.set_xdata([threshold, threshold])
        self._words.set_text(f"threshold {threshold:.2f}")
        self._words.xy = (threshold, 0.0)
        self._words.set_x(-5 if flipped else 5)
        self._words.set_horizontalalignment("right" if flipped else "left")


def _new_logit_bars(ax: Axes, names: Sequence[str]) -> _Bars:
    bars = _Bars(ax, names, "#6E6E6E")
    with use_style():
        ax.axvline(0.0, color=PALETTE["black"], linewidth=1.0)
        ax.set(title="Logits", xlabel="logit (any real number)")
    return bars


def _new_softmax_bars(ax: Axes, names: Sequence[str]) -> _Bars:
    bars = _Bars(ax, names, PALETTE["orange"])
    _set_probability_axis(ax)
    with use_style():
        xlabel = "share (all sum to 1)"
        ax.set(title="Softmax: labels compete", xlabel=xlabel)
    return bars


def _new_sigmoid_bars(ax: Axes, names: Sequence[str]) -> _Bars:
    bars = _Bars(ax, names, PALETTE["sky"])
    _set_probability_axis(ax)
    with use_style():
        xlabel = "probability of each label"
        ax.set(title="Sigmoid: each on its own", xlabel=xlabel)
    return bars


def _set_probability_axis(ax: Axes) -> None:
    with use_style():
        ax.set_xlim(*_PROBABILITY_LIMITS)
        ax.set_xticks([0.0, 0.25, 0.5, 0.75, 1.0], ["0", "0.25", "0.5", "0.75", "1"])


def _show_logits(bars: _Bars, logits: np.ndarray) -> bool:
    """Show logits; say whether the limits had to change."""
    texts = [f"{value:.4g}".replace("-", "\u2212") for value in logits]
    bars.show(logits, texts, np.zeros(len(logits), dtype=bool))
    # Limits are symmetric and move in steps: bars stay comparable while one is dragged.
    needed = max(_MIN_LOGIT_LIMIT, 2.0 * np.ceil(np.abs(logits).max(initial=0.0) / 2.0))
    limits = (-1.4 * needed, 1.4 * needed)
    # Compared as stored, so that an equal limit does not cost a full drawing.
    changed = bars.ax.get_xlim() != limits
    if changed:
        bars.ax.set_xlim(*limits)
    return changed


def _show_probabilities(bars: _Bars, values: np.ndarray, chosen: np.ndarray) -> None:
    bars.show(values, [f"{value:.2f}" for value in values], chosen)


def _largest(shares: np.ndarray) -> np.ndarray:
    return np.arange(len(shares)) == shares.argmax()


def _names(label_names: Sequence[str] | None, n_labels: int) -> tuple[str, ...]:
    if label_names is None:
        return default_label_names(n_labels)
    return check_label_names(label_names, n_labels)


def _place_panels(figure: Figure, names: Sequence[str]) -> None:
    """Leave room for the longest name, without a layout engine's cost per frame."""
    width, height = figure.get_size_inches()
    # A notebook's text column is about 960 pixels wide at 100 %.
    widest = min(0.105 * max(map(len, names)) + 0.3, 0.3 * width)
    figure.subplots_adjust(
        left=widest / width,
        right=1.0 - 0.1 / width,
        top=1.0 - 0.4 / height,
        bottom=0.64 / height,
        wspace=0.08,
    )
