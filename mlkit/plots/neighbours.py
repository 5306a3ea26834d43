"""ML-kNN at one point: its neighbours, what their number means, what follows from it.

Label sets are told by markers, neighbours that carry the label by solid links, and
the rows that carry it by a hatch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text

from mlkit.plots.legible import fitted_name
from mlkit.plots.style import INK, PALETTE, category_style, use_style

__all__ = ["NeighbourPanels", "NeighbourView"]

# In inches; heights are those of the tops below the top of the figure.
_WIDTH, _HEIGHT, _TALL = 9.6, 6.8, 7.5
_PLANE_LEFT, _PLANE_TOP, _PLANE_SIDE = 0.75, 0.75, 4.1
_RIGHT, _RIGHT_WIDTH, _UPPER_HEIGHT, _ROW = 6.0, 3.45, 2.2, 0.34
_UPPER_TOP, _LOWER_TOP = 0.9, 5.14
_NAME_WIDTH, _FEATURE_WIDTH = 9, 30
_MOST_IN_HALF = 19  # letters of a label set where two stand side by side
_WORDS = "#444444"

_WITH = {"facecolor": PALETTE["blue"], "hatch": "//"}
_WITHOUT = {"facecolor": PALETTE["orange"], "hatch": None}
_BAR = {"edgecolor": INK, "linewidth": 0.8}
_NO_LABEL = {"marker": "o", "markerfacecolor": "white", "markeredgecolor": "#666666"}
_PRIOR = {"marker": "D", "markerfacecolor": "white", "markeredgecolor": INK}
_NONE = "no label"
# More numbers than these below the bars would touch each other.
_MOST_NUMBERS = 11
_MOST_SINGLE_STEPS = 4
_STEP = 0.25  # in which the height of the likelihoods grows


@dataclass(frozen=True, eq=False, slots=True)
class NeighbourView:
    """One point, and what ML-kNN says of it.

    Parameters
    ----------
    point : ndarray of float, shape (2,)
    neighbours : ndarray of int, shape (k,)
        Positions of the nearest rows.
    label : int
        Position of the label that is looked at.
    count : int
        How many of the neighbours carry it.
    likelihood : ndarray of float, shape (2, k + 1)
        P(c | the row does not carry it) and P(c | it does), for c = 0, ..., k.
    prior, posterior : ndarray of float, shape (n_labels,)
        Of all labels.
    arithmetic : tuple of str
        Lines that spell out the posterior of the label.
    """

    point: np.ndarray
    neighbours: np.ndarray
    label: int
    count: int
    likelihood: np.ndarray
    prior: np.ndarray
    posterior: np.ndarray
    arithmetic: tuple[str, ...]


class NeighbourPanels:
    """The plane, the likelihoods and the posteriors, kept for other points.

    Parameters
    ----------
    figure : Figure
        An empty figure of `size_for` its labels.
    points : ndarray of float, shape (n_rows, 2)
        The training rows in the plane.
    Y : ndarray of 0 and 1, shape (n_rows, n_labels)
        Their labels; at most 3, so that all label sets have a mark.
    label_names : sequence of str
    feature_names : sequence of str, length 2
        Names of the axes.
    limit : float
        The plane is drawn from -limit to limit.
    most_neighbours : int
        The largest k that will be shown.

    Attributes
    ----------
    figure : Figure
    axes : tuple of Axes
        Plane, likelihoods, posteriors.
    moving : tuple of Artist
        What `show` changes, for a `FrameRenderer`.
    """

    def __init__(
        self,
        figure: Figure,
        points: np.ndarray,
        Y: np.ndarray,
        *,
        label_names: Sequence[str],
        feature_names: Sequence[str],
        limit: float,
        most_neighbours: int,
    ) -> None:
        self.figure = figure
        names = _short(label_names)
        with use_style():
            plane, upper, lower = _place_axes(figure, len(names))
            self.axes: tuple[Axes, Axes, Axes] = (plane, upper, lower)
            self._plane = _Plane(plane, points, Y, names, feature_names, limit)
            self._likelihoods = _Likelihoods(upper, names, most_neighbours)
            self._posteriors = _Posteriors(lower, names)
        parts = (self._plane, self._likelihoods, self._posteriors)
        # Texts last, so that no line or bar passes over a number.
        self.moving: tuple[Artist, ...] = (
            *(artist for part in parts for artist in part.marks),
            *(text for part in parts for text in part.texts),
        )

    @staticmethod
    def size_for(label_names: Sequence[str]) -> tuple[float, float]:
        """Return a width and height in inches with room for all label sets.

        Parameters
        ----------
        label_names : sequence of str

        Returns
        -------
        tuple of float
        """
        return _WIDTH, _HEIGHT if _fit_in_half(_short(label_names)) else _TALL

    def show(self, view: NeighbourView) -> bool:
        """Show a point.

        Parameters
        ----------
        view : NeighbourView

        Returns
        -------
        bool
            Whether the limits of an axis changed: then `moving` is not all that did.
        """
        self._plane.show(view)
        self._posteriors.show(view)
        return self._likelihoods.show(view)


class _Plane:
    """All rows with a mark for their label set; the point, linked to its neighbours."""

    def __init__(
        self,
        ax: Axes,
        points: np.ndarray,
        Y: np.ndarray,
        names: Sequence[str],
        feature_names: Sequence[str],
        limit: float,
    ) -> None:
        self._points, self._carries, self._names = points, Y.astype(bool), names
        _draw_rows(ax, points, self._carries, names)
        xlabel, ylabel = (fitted_name(name, _FEATURE_WIDTH) for name in feature_names)
        ax.set(xlim=(-limit, limit), ylim=(-limit, limit), xlabel=xlabel, ylabel=ylabel)
        # None at the ends: in the corner two numbers would touch each other.
        step = 1 if limit <= _MOST_SINGLE_STEPS else 2
        last = np.ceil(limit / step) - 1
        ticks = step * np.arange(-last, last + 1)
        ax.set(xticks=ticks, yticks=ticks)
        ax.set_title("The point and its neighbours", loc="left", pad=28)
        solid = {"linewidths": 2.0, "colors": INK, "zorder": 3}
        dashed = {"linewidths": 1.2, "colors": INK, "linestyles": (0, (3, 3))}
        self._with = ax.add_collection(LineCollection([], **solid))
        self._without = ax.add_collection(LineCollection([], **dashed, zorder=3))
        ring = {"marker": "o", "markersize": 12, "markerfacecolor": "none"}
        (self._rings,) = ax.plot([], [], "k", ls="none", **ring, zorder=4)
        star = {"markersize": 17, "markerfacecolor": PALETTE["yellow"]}
        (self._star,) = ax.plot([], [], "k*", **star, markeredgewidth=1.4, zorder=5)
        self._note = ax.annotate("", (0, 1), xytext=(0, 8), **_ABOVE, fontsize=11)
        self.marks: list[Artist] = [self._with, self._without, self._rings, self._star]
        self.texts: list[Text] = [self._note]

    def show(self, view: NeighbourView) -> None:
        near = self._points[view.neighbours]
        carries = self._carries[view.neighbours, view.label]
        self._star.set_data([view.point[0]], [view.point[1]])
        self._rings.set_data(near[:, 0], near[:, 1])
        for links, which in ((self._with, carries), (self._without, ~carries)):
            links.set_segments([[view.point, end] for end in near[which]])
        name = self._names[view.label]
        self._note.set_text(f"solid link: carries {name}; dashed: does not")


class _Likelihoods:
    """How often rows with and without the label have as many neighbours with it."""

    def __init__(self, ax: Axes, names: Sequence[str], most_neighbours: int) -> None:
        self.ax, self._names = ax, names
        numbers = np.zeros(most_neighbours + 1)
        # First, so that it lies behind the bars.
        self._band = ax.add_patch(
            Rectangle((0, 0), 0, 1, color="#E4E4E4", transform=ax.get_xaxis_transform())
        )
        self._bars = [
            ax.bar(numbers, 0.0, width=0.0, **look, **_BAR).patches
            for look in (_WITHOUT, _WITH)
        ]
        below = ax.get_xaxis_transform()
        self._numbers = [
            ax.text(0, -0.05, "", transform=below, ha="center", va="top", fontsize=11)
            for _ in numbers
        ]
        ax.set_xlim(0, 1)
        ax.set_xticks([])
        ax.set_xlabel("c: neighbours that carry it", labelpad=24)
        ax.set_ylabel("likelihood of c")
        handles = [Patch(**_WITH, **_BAR), Patch(**_WITHOUT, **_BAR)]
        _legend(ax, handles, ["P(c | has it)", "P(c | has it not)"])
        self._title = ax.annotate("", (0, 1), xytext=(0, 34), **_ABOVE, fontsize=13)
        self.marks: list[Artist] = [self._band, *self._bars[0], *self._bars[1]]
        self.texts: list[Text] = [*self._numbers, self._title]

    def show(self, view: NeighbourView) -> bool:
        n = view.likelihood.shape[1]
        self._band.set(x=view.count / n, width=1 / n)
        # The bar of rows that have it left, as in the legend.
        for bars, values, side in zip(
            self._bars, view.likelihood, (0.5, 0.1), strict=True
        ):
            for c, bar in enumerate(bars):
                bar.set_visible(c < n)
                if c < n:
                    bar.set(x=(c + side) / n, width=0.4 / n, height=values[c])
        self._show_numbers(view.count, n)
        name = self._names[view.label]
        self._title.set_text(f"{name}: {view.count} of {n - 1} neighbours carry it")
        return self._grow(view.likelihood.max())

    def _show_numbers(self, count: int, n: int) -> None:
        every = 1 if n <= _MOST_NUMBERS else 2 if n <= 2 * _MOST_NUMBERS else 5
        for c, text in enumerate(self._numbers):
            # The number that was found is said, whatever stands beside it.
            shown = c == count or (c % every == 0 and abs(c - count) >= every)
            text.set_text(str(c) if c < n and shown else "")
            text.set_x((c + 0.5) / n)
            text.set_fontweight("bold" if c == count else "normal")

    def _grow(self, highest: float) -> bool:
        top = min(1.0, _STEP * np.ceil(1.02 * highest / _STEP))
        if self.ax.get_ylim() == (0.0, top):
            return False
        self.ax.set_ylim(0.0, top)
        ticks = np.arange(0.0, top + _STEP / 2, _STEP)
        self.ax.set_yticks(ticks, [f"{tick:.4g}" for tick in ticks])
        return True


class _Posteriors:
    """All labels: from the prior to the posterior, and whether that is enough."""

    def __init__(self, ax: Axes, names: Sequence[str]) -> None:
        self._names = names
        rows = np.arange(len(names))
        look = {"facecolor": PALETTE["sky"], **_BAR}
        self._bars = ax.barh(rows, 0.0, height=0.62, **look).patches
        (self._priors,) = ax.plot(
            np.zeros(len(names)), rows, linestyle="none", **_PRIOR, clip_on=False
        )
        ax.axvline(0.5, color=PALETTE["vermilion"], linestyle="--", zorder=0.9)
        ax.set(xlim=(0, 1.34), ylim=(len(names) - 0.5, -0.5))
        ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
        ax.set_yticks([])
        ax.grid(visible=False, axis="y")
        ax.set_xlabel("probability (predicted above 0.5)", loc="left")
        mark = Line2D([], [], linestyle="none", **_PRIOR)
        _legend(ax, [Patch(**look), mark], ["posterior P(label | c)", "prior"])
        self._arithmetic = ax.annotate(
            "", (0, 1), xytext=(0, 34), **_ABOVE, fontsize=11, linespacing=1.45
        )
        beside = {"transform": ax.get_yaxis_transform(), "ha": "right"}
        self._rows = [
            ax.text(-0.03, row, name, va="center_baseline", **beside)
            for row, name in zip(rows, names, strict=True)
        ]
        # The white box keeps the number legible where the line passes.
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        self._numbers = [
            ax.text(0, row, "", va="center_baseline", bbox=box) for row in rows
        ]
        self.marks: list[Artist] = [*self._bars, self._priors]
        self.texts: list[Text] = [*self._rows, *self._numbers, self._arithmetic]

    def show(self, view: NeighbourView) -> None:
        self._priors.set_xdata(view.prior)
        rows = zip(self._bars, self._numbers, view.posterior, view.prior, strict=True)
        for bar, text, posterior, prior in rows:
            chosen = posterior > 0.5
            bar.set_width(posterior)
            bar.set_hatch("//" if chosen else None)
            text.set_x(max(posterior, prior) + 0.06)
            text.set_text(f"{posterior:.2f} ✓" if chosen else f"{posterior:.2f}")
            text.set_fontweight("bold" if chosen else "normal")
        for place, (text, name) in enumerate(zip(self._rows, self._names, strict=True)):
            looked_at = place == view.label
            text.set_text(f"▸ {name}" if looked_at else name)
            text.set_fontweight("bold" if looked_at else "normal")
        self._arithmetic.set_text("\n".join(view.arithmetic))


_ABOVE = {
    "xycoords": "axes fraction",
    "textcoords": "offset points",
    "va": "bottom",
    "ha": "left",
}


def _draw_rows(
    ax: Axes, points: np.ndarray, carries: np.ndarray, names: Sequence[str]
) -> None:
    codes = carries @ (1 << np.arange(carries.shape[1]))
    for code in np.unique(codes):
        held = [name for j, name in enumerate(names) if code >> j & 1]
        at = points[codes == code].T
        look = _set_look(int(code))
        words = " + ".join(held) if held else _NONE
        ax.plot(*at, linestyle="none", **look, label=words)
    ax.legend(
        loc="upper left",
        bbox_to_anchor=(-0.16, -0.15),
        ncols=2 if _fit_in_half(names) else 1,
        columnspacing=1.0,
        handletextpad=0.3,
        labelspacing=0.3,
        borderaxespad=0.0,
    )


def _set_look(code: int) -> dict[str, object]:
    if code == 0:
        return {**_NO_LABEL, "markersize": 6}
    style = category_style(code - 1)
    edge = {"markeredgecolor": INK, "markeredgewidth": 0.6}
    return {"marker": style.marker, "color": style.color, "markersize": 7.5, **edge}


def _short(names: Sequence[str]) -> list[str]:
    return [fitted_name(name, _NAME_WIDTH) for name in names]


def _fit_in_half(names: Sequence[str]) -> bool:
    return len(" + ".join(names)) <= _MOST_IN_HALF


def _place_axes(figure: Figure, n_labels: int) -> tuple[Axes, Axes, Axes]:
    width, height = figure.get_size_inches()

    def panel(left: float, top: float, wide: float, tall: float) -> Axes:
        bottom = (height - top - tall) / height
        return figure.add_axes((left / width, bottom, wide / width, tall / height))

    return (
        panel(_PLANE_LEFT, _PLANE_TOP, _PLANE_SIDE, _PLANE_SIDE),
        panel(_RIGHT, _UPPER_TOP, _RIGHT_WIDTH, _UPPER_HEIGHT),
        panel(_RIGHT, _LOWER_TOP, _RIGHT_WIDTH, _ROW * n_labels),
    )


def _legend(ax: Axes, handles: Sequence[Artist], words: Sequence[str]) -> None:
    ax.legend(
        handles,
        words,
        loc="lower left",
        bbox_to_anchor=(-0.03, 1.0),
        ncols=2,
        borderpad=0.1,
        borderaxespad=0.3,
        columnspacing=1.0,
        handletextpad=0.5,
    )
