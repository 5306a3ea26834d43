"""Two labels: their joint distribution as areas, and what each answer is worth."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from numpy.typing import ArrayLike

from mlkit.datasets.generators.two_labels import frechet_bounds
from mlkit.plots.placing import axes_at
from mlkit.plots.share_bars import ShareBars
from mlkit.plots.style import INK, PALETTE, make_axes, use_style

__all__ = ["SET_NAMES", "DependencePanels", "plot_two_labels"]

SET_NAMES = ("{ }", "{A}", "{B}", "{A, B}")
"""The label sets of two labels: by their size, then the first label first."""

# A's hatch and B's lie over each other where both are there.
_LOOKS = (
    ("#FFFFFF", None),
    (PALETTE["sky"], "//"),
    (PALETTE["orange"], "\\\\"),
    (PALETTE["green"], "xx"),
)
# In which corner of the square the area of each set lies: A right, B below.
_CORNERS = ((0, 1), (1, 1), (0, 0), (1, 0))
_QUIET, _RANGE = "#444444", "#BBBBBB"
# Inches.
_SIZE = (9.6, 5.45)
_LEFT, _TOP, _SQUARE = 0.7, 0.85, 2.75
_STRIP_TOP, _STRIP = 4.8, 0.25
_BARS_LEFT, _BARS_WIDTH, _BARS_HEIGHT, _BARS_STEP = 5.15, 2.1, 1.5, (2.3, 2.25)
_INSET = 0.03


def plot_two_labels(joint: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """Draw the joint distribution of two labels as areas of a square.

    Parameters
    ----------
    joint : array-like of float, shape (4,)
        P of the label sets {}, {A}, {B} and {A, B}, in [0, 1]; they sum to one.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
        Two columns, as wide as A is absent and present; in each the lower part is the
        share with B. Independent labels are cut at one height, the dashed line.

    Raises
    ------
    ValueError
        If `joint` is not a distribution over four sets.

    Examples
    --------
    >>> ax = plot_two_labels([0.4, 0.3, 0.0, 0.3])
    >>> [text.get_text() for text in ax.texts[:4]]
    ['{ } 0.40', '{A} 0.30', '{B} 0.00', '{A, B} 0.30']
    """
    checked = _distribution(joint)
    ax = make_axes(ax, size=(4.6, 4.2))
    _Mosaic(ax).show(checked)
    return ax


class DependencePanels:
    """Joint distribution, bounds and the losses of all four answers, in one figure.

    Parameters
    ----------
    figure : Figure
        An empty figure of `size`.
    loss_names : sequence of str
        Titles of the four panels of losses, row by row.

    Attributes
    ----------
    figure : Figure
    joint, strip : Axes
        The square, and the line of what P(A, B) can be.
    losses : list of Axes
        One a loss.
    moving : tuple of Artist
        What `show` changes, for a `FrameRenderer`.
    size : tuple of float
        Width and height in inches.
    """

    size = _SIZE

    def __init__(self, figure: Figure, loss_names: tuple[str, ...]) -> None:
        self.figure = figure
        with use_style():
            self._heading = figure.text(0.012, 0.972, "", va="top", fontsize=12)
            self.joint = axes_at(figure, _LEFT, _TOP, _SQUARE, _SQUARE)
            self._mosaic = _Mosaic(self.joint)
            self.strip = axes_at(figure, _LEFT, _STRIP_TOP, _SQUARE, _STRIP)
            self._bounds = _Bounds(self.strip)
            self.losses = [_loss_axes(figure, place) for place in range(4)]
            self._bars = [_new_bars(ax) for ax in self.losses]
            # One name a row: the answers are the same on both sides.
            for ax in self.losses[1::2]:
                ax.tick_params(labelleft=False)
            for ax, name in zip(self.losses, loss_names, strict=True):
                ax.set_title(name, loc="left")
            for ax in self.losses[2:]:
                ax.set_xlabel("expected loss\n(lower is better)", loc="left")
        bars = [bar for panel in self._bars for bar in panel.bars]
        texts = [text for panel in self._bars for text in panel.texts]
        drawn = [*self._mosaic.areas, *self._bounds.marks, *bars]
        words = [*self._mosaic.texts, *self._bounds.texts, *texts, self._heading]
        self.moving: tuple[Artist, ...] = (*drawn, *words)

    def show(
        self,
        joint: ArrayLike,
        expected: np.ndarray,
        best: np.ndarray,
        *,
        heading: str = "",
    ) -> bool:
        """Show a distribution and what each answer loses.

        Parameters
        ----------
        joint : array-like of float, shape (4,)
            P of the label sets of `SET_NAMES`.
        expected : ndarray of float, shape (4, 4)
            Expected loss in [0, 1], one row a loss and one column an answer.
        best : ndarray of bool, shape (4, 4)
            Answers that no other one beats.
        heading : str, default ""
            What stands above the panels.

        Returns
        -------
        bool
            False: nothing but `moving` changes.

        Raises
        ------
        ValueError
            If `joint` is not a distribution over four sets.
        """
        checked = _distribution(joint)
        self._heading.set_text(heading)
        self._mosaic.show(checked)
        self._bounds.show(checked)
        for bars, values, marked in zip(self._bars, expected, best, strict=True):
            marks = [" ✓" if chosen else "" for chosen in marked]
            texts = [f"{x:.2f}{m}" for x, m in zip(values, marks, strict=True)]
            bars.show(values, texts, marked=marked)
        return False


class _Mosaic:
    """The four areas of the square and their numbers, changed in place."""

    def __init__(self, ax: Axes) -> None:
        with use_style():
            self._cells = [_new_area(ax, look) for look in _LOOKS]
            self._line = ax.axhline(0.0, color=INK, linestyle="--", linewidth=2.0)
            self._numbers = [_corner_text(ax, *corner) for corner in _CORNERS]
            below: dict[str, Any] = {"va": "top", "fontsize": 11}
            self._absent = ax.text(0.0, -0.03, "", ha="left", **below)
            self._present = ax.text(1.0, -0.03, "", ha="right", **below)
            self._of_b = ax.text(1.03, 0.0, "", va="center", fontsize=11)
            ax.text(0.0, -0.12, "dashed: both are cut there if independent", **below)
            ax.set(xlim=(0.0, 1.0), ylim=(0.0, 1.0), xticks=[], yticks=[0.0, 0.5, 1.0])
            ax.set_yticklabels(["0", "0.5", "1"])
            ax.set_ylabel("share with B", labelpad=0)
            ax.set_title("Areas are probabilities", loc="left")
            ax.grid(visible=False)
        self.areas: list[Artist] = [*self._cells, self._line]
        margins = [self._absent, self._present, self._of_b]
        self.texts: list[Artist] = [*self._numbers, *margins]

    def show(self, joint: np.ndarray) -> None:
        neither, only_a, only_b, both = joint
        p_a, p_b = only_a + both, only_b + both
        # The height of a column without width does not show; that of independence.
        of_absent = only_b / (1.0 - p_a) if p_a < 1.0 else p_b
        of_present = both / p_a if p_a > 0.0 else p_b
        boxes = (
            (0.0, of_absent, 1.0 - p_a, 1.0 - of_absent),
            (1.0 - p_a, of_present, p_a, 1.0 - of_present),
            (0.0, 0.0, 1.0 - p_a, of_absent),
            (1.0 - p_a, 0.0, p_a, of_present),
        )
        for cell, box in zip(self._cells, boxes, strict=True):
            cell.set_bounds(*box)
        for text, name, p in zip(self._numbers, SET_NAMES, joint, strict=True):
            text.set_text(f"{name} {p:.2f}")
        self._line.set_ydata([p_b, p_b])
        self._absent.set_text(f"A absent {1.0 - p_a:.2f}")
        self._present.set_text(f"A present {p_a:.2f}")
        self._of_b.set_text(f"P(B) {p_b:.2f}")
        self._of_b.set_y(p_b)


class _Bounds:
    """A line from 0 to 1: what P(A, B) is, and what it can be."""

    def __init__(self, ax: Axes) -> None:
        with use_style():
            (self._range,) = ax.plot(
                [], [], color=_RANGE, linewidth=9, solid_capstyle="butt"
            )
            (self._chance,) = ax.plot(
                [], [], "|", color=INK, markersize=16, markeredgewidth=2.5
            )
            (self._now,) = ax.plot([], [], "o", color=PALETTE["blue"], markersize=10)
            for line in (self._range, self._chance, self._now):
                line.set_clip_on(False)
            self._words = ax.annotate(
                "",
                (0.0, 1.0),
                xycoords="axes fraction",
                xytext=(0, 5),
                textcoords="offset points",
                fontsize=11,
            )
            ax.set(xlim=(0.0, 1.0), ylim=(-1.0, 1.0), yticks=[])
            ax.set_xticks([0.0, 0.5, 1.0], ["0", "0.5", "1"])
            ax.spines["left"].set_visible(False)
            ax.grid(visible=False)
        self.marks: list[Artist] = [self._range, self._chance, self._now]
        self.texts: list[Artist] = [self._words]

    def show(self, joint: np.ndarray) -> None:
        p_a, p_b = joint[1] + joint[3], joint[2] + joint[3]
        least, most = frechet_bounds(min(p_a, 1.0), min(p_b, 1.0))
        self._range.set_data([least, most], [0.0, 0.0])
        self._chance.set_data([p_a * p_b], [0.0])
        self._now.set_data([joint[3]], [0.0])
        self._words.set_text(
            f"P(A, B): ● {joint[3]:.2f}, possible {least:.2f} to {most:.2f},\n"
            f"| {p_a * p_b:.2f} if independent"
        )


def _new_area(ax: Axes, look: tuple[str, str | None]) -> Rectangle:
    color, hatch = look
    area = Rectangle((0.0, 0.0), 0.0, 0.0, facecolor=color, edgecolor=INK)
    area.set_hatch(hatch)
    ax.add_patch(area)
    return area


def _corner_text(ax: Axes, right: int, top: int) -> Text:
    # Each area touches one corner: there its number is at home however small it is.
    box = {"facecolor": "white", "edgecolor": "none", "pad": 2.0}
    x = 1.0 - _INSET if right else _INSET
    y = 1.0 - _INSET if top else _INSET
    ha, va = ("right" if right else "left"), ("top" if top else "bottom")
    return ax.text(x, y, "", ha=ha, va=va, bbox=box)


def _loss_axes(figure: Figure, place: int) -> Axes:
    row, column = divmod(place, 2)
    left = _BARS_LEFT + column * _BARS_STEP[0]
    return axes_at(figure, left, _TOP + row * _BARS_STEP[1], _BARS_WIDTH, _BARS_HEIGHT)


def _new_bars(ax: Axes) -> ShareBars:
    places = range(len(SET_NAMES))
    bars = ShareBars(ax, places, colors=[PALETTE["sky"]] * len(SET_NAMES), room=0.55)
    ax.set_yticks(places, SET_NAMES)
    return bars


def _distribution(joint: ArrayLike) -> np.ndarray:
    p = np.asarray(joint, dtype=np.float64)
    if p.shape != (4,) or not (p >= 0.0).all() or abs(p.sum() - 1.0) > 1e-6:
        msg = (
            f"joint must hold four probabilities that sum to 1, those of the label "
            f"sets {', '.join(SET_NAMES)}; got {joint}."
        )
        raise ValueError(msg)
    return p
