"""Models in a plane, in a figure whose points can move."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mlkit.plots.legible import fitted_name
from mlkit.plots.style import category_style, use_style
from mlkit.plots.tradeoffs import NAME_COLUMN, spaced_heights

__all__ = ["ModelPlanePanels"]

_NAME_WIDTH = 24
_FAINT = "#777777"
_LEFT, _TOP, _BOTTOM = 0.95, 0.5, 0.98
_NAN = np.array([np.nan, np.nan])


class ModelPlanePanels:
    """Points of models, with their names in a column beside the axes.

    Parameters
    ----------
    figure : Figure
        An empty figure, such as of the size `size_for`.
    n_models : int
        How many models there is room for.
    longest_name : int, default 24
        Letters of the longest name; more than 24 are cut.
    log_x : bool, default False
        Whether the horizontal axis is logarithmic.

    Attributes
    ----------
    figure : Figure
    ax : Axes
    moving : tuple of Artist
        What `show` changes, for a `FrameRenderer`.

    Examples
    --------
    >>> from mlkit.plots.style import detached_figure
    >>> panels = ModelPlanePanels(detached_figure(ModelPlanePanels.size_for(2)), 2)
    >>> points = pd.DataFrame({"x": [1.0, 2.0], "y": [0.6, 0.7], "place": [0, 1]})
    >>> points.index = ["br", "lp"]
    >>> panels.show(points, title="flags", xlabel="seconds", ylabel="micro F1")
    True
    """

    def __init__(
        self,
        figure: Figure,
        n_models: int,
        *,
        longest_name: int = _NAME_WIDTH,
        log_x: bool = False,
    ) -> None:
        self.figure = figure
        self._shown: tuple[object, ...] = ()
        width, height = figure.get_size_inches()
        right = 0.9 + 0.095 * min(max(longest_name, 6), _NAME_WIDTH)
        with use_style():
            self.ax = figure.subplots()
            figure.subplots_adjust(
                left=_LEFT / width,
                right=1 - right / width,
                top=1 - _TOP / height,
                bottom=_BOTTOM / height,
            )
            if log_x:
                self.ax.set_xscale("log")
            self._models = [_ModelArtists(self.ax) for _ in range(n_models)]
            self._ring = _new_ring(self.ax)
            self._caption = figure.text(
                _LEFT / width, 0.14 / height, "", va="bottom", fontsize=11
            )
            self._message = self.ax.text(
                0.5, 0.5, "", transform=self.ax.transAxes, ha="center", va="center"
            )
        lines = [artist for model in self._models for artist in model.lines]
        marks = [artist for model in self._models for artist in model.marks]
        names = [model.name for model in self._models]
        # Marks over all lines, and words over all marks.
        self.moving: tuple[Artist, ...] = (
            *lines,
            self._ring,
            *marks,
            *names,
            self._caption,
            self._message,
        )

    @staticmethod
    def size_for(n_models: int) -> tuple[float, float]:
        """Return a width and height in inches that give every name its line.

        Parameters
        ----------
        n_models : int

        Returns
        -------
        tuple of float
        """
        return (9.6, max(4.8, _TOP + _BOTTOM + 0.24 * n_models))

    def show(
        self,
        points: pd.DataFrame,
        *,
        title: str,
        xlabel: str,
        ylabel: str,
        caption: str = "",
        message: str = "",
        ringed: str | None = None,
        downwards: bool = False,
    ) -> bool:
        """Show these models.

        Parameters
        ----------
        points : DataFrame, shape (n_models, 3 or more)
            Indexed by model: ``x``, ``y``, ``place`` (position of the model, which
            gives colour and marker), and where there are some ``x_spread`` and
            ``y_spread``, half the lengths of its cross. At most as many as there is
            room for.
        title, xlabel, ylabel : str
            Of the axes.
        caption : str, default ""
            The last line: what the marks mean.
        message : str, default ""
            What stands in the middle of axes that have nothing to show.
        ringed : str, optional
            A model with a ring around its point.
        downwards : bool, default False
            Whether the vertical axis has its least value on top, as for ranks.

        Returns
        -------
        bool
            Whether limits or words of the axes changed: then `moving` is not all that
            did.
        """
        limits = _limits(points, "x", self.ax), _limits(points, "y", self.ax)
        if downwards:
            limits = limits[0], limits[1][::-1]
        changed = self._show_frame((title, xlabel, ylabel), limits, bool(len(points)))
        inside = _within(points, self.ax)
        order = np.argsort(inside[:, 1], kind="stable")
        heights = np.empty(len(points))
        if len(points):
            heights[order] = spaced_heights(inside[order, 1])
        rows: list[tuple[object, pd.Series] | None] = [*points.iterrows()]
        rows += [None] * (len(self._models) - len(points))
        for place, (artists, row) in enumerate(zip(self._models, rows, strict=True)):
            if row is None:
                artists.hide()
            else:
                artists.show(str(row[0]), row[1], inside[place], heights[place])
        known = ringed is not None and ringed in points.index
        ring = points.loc[[ringed], ["x", "y"]].to_numpy() if known else _NAN[None]
        self._ring.set_data(ring[:, 0], ring[:, 1])
        self._caption.set_text(caption)
        self._message.set_text(message)
        return changed

    def _show_frame(
        self,
        words: tuple[str, str, str],
        limits: tuple[tuple[float, float], tuple[float, float]],
        scaled: bool,
    ) -> bool:
        wanted = (words, limits, scaled)
        if wanted == self._shown:
            return False
        self._shown = wanted
        with use_style():
            self.ax.set_title(words[0], loc="left")
            self.ax.set(xlabel=words[1], ylabel=words[2])
            # Without points there is nothing that numbers could measure.
            self.ax.tick_params(labelbottom=scaled, labelleft=scaled)
            self.ax.set(xlim=limits[0], ylim=limits[1])
            if self.ax.get_xscale() == "log":
                ticks = _log_ticks(*limits[0])
                # Plain numbers: 0.01 s is easier to read than a power of ten.
                self.ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
                self.ax.set_xticks([], minor=True)
        return True


class _ModelArtists:
    """The point of one model, its cross, and its name with a line that leads to it."""

    def __init__(self, ax: Axes) -> None:
        (self._across,) = ax.plot([], [], linewidth=1.6, alpha=0.6)
        (self._along,) = ax.plot([], [], linewidth=1.6, alpha=0.6)
        outside = {"transform": ax.transAxes, "clip_on": False}
        # Dotted, so that none is taken for a part of a cross.
        (self._leader,) = ax.plot(
            [], [], linestyle=":", linewidth=1.1, color=_FAINT, **outside
        )
        edge = {"markeredgecolor": "#333333", "markeredgewidth": 0.8}
        (self._point,) = ax.plot([], [], linestyle="none", **edge)
        (self._sample,) = ax.plot([], [], linestyle="none", **edge, **outside)
        self.name = ax.text(
            NAME_COLUMN + 0.03, 0, "", transform=ax.transAxes, va="center", fontsize=11
        )
        self.lines = (self._leader, self._across, self._along)
        self.marks = (self._point, self._sample)

    def show(
        self, name: str, row: pd.Series, inside: np.ndarray, height: float
    ) -> None:
        style = category_style(int(row["place"]))
        x, y = row["x"], row["y"]
        x_half, y_half = row.get("x_spread", np.nan), row.get("y_spread", np.nan)
        # A single fold has no spread, which is NaN: its lines are not drawn.
        self._across.set_data([x - x_half, x + x_half], [y, y])
        self._along.set_data([x, x], [y - y_half, y + y_half])
        for line in (self._across, self._along):
            line.set_color(style.color)
        self._leader.set_data([inside[0], NAME_COLUMN - 0.02], [inside[1], height])
        self._point.set_data([x], [y])
        self._sample.set_data([NAME_COLUMN], [height])
        for mark in self.marks:
            mark.set(marker=style.marker, markerfacecolor=style.color)
        self.name.set_text(fitted_name(name, _NAME_WIDTH))
        self.name.set_y(height)

    def hide(self) -> None:
        for line in (*self.lines, *self.marks):
            line.set_data([], [])
        self.name.set_text("")


def _new_ring(ax: Axes) -> Artist:
    (ring,) = ax.plot([], [], "o", markersize=17, markerfacecolor="none")
    ring.set(markeredgecolor="black", markeredgewidth=1.8, clip_on=False)
    return ring


def _log_ticks(low: float, high: float) -> list[float]:
    """Return round numbers between two positive ones, the fewer the farther apart."""
    decades = np.log10(high / low)
    steps = (1, 2, 3, 5, 7) if decades < 1 else (1, 2, 5) if decades < 2.2 else (1,)
    powers = range(math.floor(np.log10(low)), math.ceil(np.log10(high)) + 1)
    ticks = [step * 10.0**power for power in powers for step in steps]
    return [tick for tick in ticks if low <= tick <= high]


def _limits(points: pd.DataFrame, axis: str, ax: Axes) -> tuple[float, float]:
    spread = points.get(f"{axis}_spread", pd.Series(0.0, points.index)).fillna(0.0)
    ends = np.array([points[axis] - spread, points[axis] + spread])
    if not ends.size:
        return (0.1, 1.0)
    low, high = float(ends.min()), float(ends.max())
    if axis == "x" and ax.get_xscale() == "log":
        room = max((high / low) ** 0.08, 1.5)
        return (low / room, high * room)
    room = 0.09 * (high - low) or 0.05 * max(abs(high), 1.0)
    return (low - room, high + room)


def _within(points: pd.DataFrame, ax: Axes) -> np.ndarray:
    """Return where points are within the axes, (0, 0) at the lower left corner."""
    if not len(points):
        return np.empty((0, 2))
    places = ax.transData.transform(points[["x", "y"]].to_numpy(dtype=float))
    return ax.transAxes.inverted().transform(places)
