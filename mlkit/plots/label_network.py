"""Labels on a circle, with a chord between those that depend on each other."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mlkit.description.network import LabelNetwork, label_network
from mlkit.plots.style import PALETTE, make_figure, use_style
from mlkit.plots.words import Words, fitting

__all__ = ["LabelNetworkPanels", "plot_label_network"]

_LOOKS = {
    1: {"color": PALETTE["blue"], "linestyle": "solid"},
    -1: {"color": PALETTE["vermilion"], "linestyle": (0, (3.0, 1.6))},
}
_WORDS = {
    1: "more often together than by chance",
    -1: "less often together than by chance",
}
_NODE = "#444444"
# Points: of a chord of phi = 0, what phi = 1 adds, of the largest and smallest node.
_THIN, _ADDED, _LARGEST_NODE, _SMALLEST_NODE = 0.8, 6.0, 22.0, 5.0
# Points a chord is drawn with; inches of a character and of a line of 11 points.
_STEPS, _CHARACTER, _LINE = 24, 0.083, 0.17
# Up to so many short names need not be turned.
_MOST_LEVEL_LABELS, _LEVEL_WIDTH = 12, 14
_NAME_WIDTHS = {1: 18, 2: 13}
# Inches: width of the whole, height of a circle with turned names, above and below.
_WIDTH, _HEIGHTS, _TOP, _BOTTOM = 9.6, {1: 6.0, 2: 4.7}, 0.8, 0.95
_LARGEST_RADIUS = 2.2
# Of the same for words below a circle that is drawn once.
_BELOW = 1.0


def plot_label_network(
    data: Any,
    *,
    n_edges: int = 40,
    n_labels: int = 100,
    order: str | Sequence[Hashable] = "clustered",
    ax: Axes | None = None,
) -> Axes:
    r"""Draw labels on a circle, and chords between those that depend on each other.

    Parameters
    ----------
    data : Description, MultiLabelDataset, DataFrame, array-like or sparse matrix
        As in `mlkit.description.network.label_network`.
    n_edges : int, default 40
        How many chords are drawn at most, the strongest ones.
    n_labels : int, default 100
        How many labels are drawn at most, the most frequent ones.
    order : str or sequence, default "clustered"
        Of the labels on the circle: ``"clustered"``, ``"frequency"``, ``"given"``, or
        the labels themselves.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
        A node for each label, the larger the more rows carry it, clockwise from the
        top. A chord is blue and solid where two labels stand together more often than
        by chance, vermilion and dashed where less often, and the wider the larger
        :math:`|\phi|` is. Of more labels than names have room, those with the strongest
        chords are named. What is drawn of the whole is said below.

    Raises
    ------
    IndicatorError, OptionError, UnknownNameError
        As `mlkit.description.network.label_network` raises them.

    Notes
    -----
    Chords are the pairs that `mlkit.description.significant_pairs` finds: dependent
    without regard to the features. Whether they still are, given the features, the
    picture does not say.

    Examples
    --------
    >>> Y = [[1, 1, 0], [0, 0, 1]] * 10 + [[0, 0, 0], [1, 1, 1]]
    >>> ax = plot_label_network(Y)
    >>> [len(lines.get_segments()) for lines in ax.collections[:2]]
    [1, 2]
    """
    network = label_network(data, n_edges=n_edges, n_labels=n_labels, order=order)
    with use_style():
        if ax is None:
            # A layout engine would not know how large the circle may be.
            ax = make_figure((8.0, 8.2)).add_axes((0.01, 0.01, 0.98, 0.98))
        longest = max(map(len, network.names), default=1)
        width, height = _inches(ax)
        size, n = (width, height - _BELOW), len(network.names)
        circle = _Circle(ax, n, min(longest, _NAME_WIDTHS[1]), size)
        circle.show(network, _largest_share([network]), _NAME_WIDTHS[1])
        circle.write_texts()
        circle.leave_below(_BELOW)
        _explain(ax, network, height)
    return ax


class LabelNetworkPanels:
    """Circles of labels, side by side, that follow a choice of rows.

    Parameters
    ----------
    figure : Figure
        An empty figure, of the size that `size_for` says.
    n_labels : int
    name_width : int
        Characters of the longest name that will be shown.
    n_circles : {1, 2}, default 1
        All rows; or all rows, and those that are looked at.

    Attributes
    ----------
    figure : Figure
    axes : tuple of Axes
    moving : tuple of Artist
        What `show` changes, for a `FrameRenderer`.
    """

    def __init__(
        self, figure: Figure, n_labels: int, name_width: int, *, n_circles: int = 1
    ) -> None:
        self.figure = figure
        self._name_width = min(name_width, _NAME_WIDTHS[n_circles])
        with use_style():
            self.axes = self._make_axes(n_circles)
            self._circles = [
                _Circle(ax, n_labels, self._name_width) for ax in self.axes
            ]
            height = figure.get_size_inches()[1]
            places = [(k + 0.5) / n_circles for k in range(n_circles)]
            above, below = 1 - 0.48 / height, 0.66 / height
            look = {"ha": "center", "va": "top"}
            self._heading = figure.text(0.012, 1 - 0.1 / height, "", va="top", size=13)
            self._titles = [figure.text(x, above, "", **look) for x in places]
            self._notes = [figure.text(x, below, "", size=11, **look) for x in places]
            _add_legend(figure, 0.22 / height)
        circles = [artist for circle in self._circles for artist in circle.moving]
        texts = (*self._titles, *self._notes, self._heading)
        self.moving: tuple[Artist, ...] = (*circles, *texts)

    @staticmethod
    def size_for(
        n_labels: int, name_width: int, n_circles: int = 1
    ) -> tuple[float, float]:
        """Return a width and height in inches for so many labels.

        Parameters
        ----------
        n_labels : int
        name_width : int
            Characters of the longest name.
        n_circles : {1, 2}, default 1

        Returns
        -------
        tuple of float
        """
        height = _HEIGHTS[n_circles]
        width = min(name_width, _NAME_WIDTHS[n_circles])
        if _are_level(n_labels, width):
            # Names beside each other, not above: the circle needs no more than itself.
            height = 2 * _radius(_WIDTH / n_circles, height, width, level=True) + 0.9
        return _WIDTH, _TOP + height + _BOTTOM

    def show(
        self,
        networks: Sequence[LabelNetwork],
        *,
        titles: Sequence[str],
        heading: str = "",
    ) -> bool:
        """Show these networks of the same labels.

        Parameters
        ----------
        networks : sequence of LabelNetwork
            One a circle.
        titles : sequence of str
            One a circle: which rows it shows.
        heading : str, default ""
            What the figure shows.

        Returns
        -------
        bool
            False: nothing but `moving` changes.
        """
        greatest = _largest_share(networks)
        for circle, network in zip(self._circles, networks, strict=True):
            circle.show(network, greatest, self._name_width)
        for text, title in zip(self._titles, titles, strict=True):
            text.set_text(fitting(title, _WIDTH / len(titles) - 0.3, size=12))
        for text, network in zip(self._notes, networks, strict=True):
            text.set_text(network.notes()[0])
        self._heading.set_text(fitting(heading, _WIDTH - 0.6, size=13))
        return False

    def _make_axes(self, n_circles: int) -> tuple[Axes, ...]:
        height = self.figure.get_size_inches()[1]
        size = 1 / n_circles, (height - _TOP - _BOTTOM) / height
        lefts = [k / n_circles for k in range(n_circles)]
        frames = [(left, _BOTTOM / height, *size) for left in lefts]
        return tuple(self.figure.add_axes(frame) for frame in frames)


class _Circle:
    """Nodes, names and chords of one circle, changed in place."""

    def __init__(
        self,
        ax: Axes,
        n_labels: int,
        name_width: int,
        size: tuple[float, float] | None = None,
    ) -> None:
        self._ax, self._n = ax, n_labels
        turns = np.arange(n_labels) / max(n_labels, 1)
        self._angles = np.pi / 2 - 2 * np.pi * turns
        self._places = np.stack([np.cos(self._angles), np.sin(self._angles)], axis=1)
        level = _are_level(n_labels, name_width)
        width, height = _inches(ax) if size is None else size
        self._radius = _radius(width, height, name_width, level=level)
        # A node must not touch its neighbours.
        spacing = 72 * 2 * np.pi * self._radius / max(n_labels, 1)
        self._largest = float(np.clip(0.8 * spacing, _SMALLEST_NODE, _LARGEST_NODE))
        self._chords = [_chord_lines(ax, look) for look in _LOOKS.values()]
        self._nodes = ax.scatter(
            *self._places.T, color=_NODE, edgecolors="white", linewidths=0.8, zorder=3
        )
        gap = 1 + (self._largest / 2 + 5) / 72 / self._radius
        self._names = _outer_names(ax, self._angles, gap, level=level)
        self.moving: tuple[Artist, ...] = (*self._chords, self._nodes, self._names)
        across, up = width / 2 / self._radius, height / 2 / self._radius
        ax.set(xlim=(-across, across), ylim=(-up, up), aspect="equal")
        ax.set_axis_off()

    def show(self, network: LabelNetwork, greatest: float, name_width: int) -> None:
        shares = np.nan_to_num(network.shares / greatest, nan=0.1).clip(0.0, 1.0)
        smallest = min(_SMALLEST_NODE, self._largest)
        # The area says the share.
        areas = smallest**2 + (self._largest**2 - smallest**2) * shares
        self._nodes.set_sizes(areas)
        for sign, lines in zip(_LOOKS, self._chords, strict=True):
            picked = np.sign(network.phi) == sign
            lines.set_segments([self._chord(a, b) for a, b in network.ends[picked]])
            lines.set_linewidths(_THIN + _ADDED * np.abs(network.phi[picked]))
        named, room = self._named(network), _CHARACTER * name_width + 0.12
        shown = zip(network.names, named, strict=True)
        self._names.show([fitting(x, room) if there else "" for x, there in shown])

    def write_texts(self) -> None:
        """Put real texts in place of the shapes: this figure is drawn once."""
        self._names.write_texts()

    def leave_below(self, inches: float) -> None:
        """Leave room below the circle and its names, for words."""
        bottom, top = self._ax.get_ylim()
        self._ax.set_ylim(bottom - inches / self._radius, top)

    def _chord(self, a: int, b: int) -> np.ndarray:
        first, last = self._places[a], self._places[b]
        # Bent towards the middle, the more the farther the two are apart.
        bend = float(np.clip(0.9 * np.hypot(*(first - last)), 0.25, 0.55))
        corner = 0.5 * (1 - bend) * (first + last)
        t = np.linspace(0.0, 1.0, _STEPS)[:, None]
        return (1 - t) ** 2 * first + 2 * t * (1 - t) * corner + t**2 * last

    def _named(self, network: LabelNetwork) -> np.ndarray:
        """Choose the labels that have room for a name, strong chords first."""
        apart = int(np.ceil(_LINE * self._n / (2 * np.pi * self._radius) - 0.05))
        if apart <= 1:
            return np.ones(self._n, dtype=bool)
        strength = np.zeros(self._n)
        for (a, b), phi in zip(network.ends, np.abs(network.phi), strict=True):
            strength[[a, b]] += phi
        blocked, named = np.zeros(self._n, dtype=bool), np.zeros(self._n, dtype=bool)
        for place in np.lexsort((-np.nan_to_num(network.shares), -strength)):
            if not blocked[place]:
                named[place] = True
                near = np.arange(place - apart + 1, place + apart) % self._n
                blocked[near] = True
        return named


def _explain(ax: Axes, network: LabelNetwork, height: float) -> None:
    """Say below a circle what chords mean, and what is drawn of the whole."""
    handles = [Line2D([], [], linewidth=3, **look) for look in _LOOKS.values()]
    words = [_WORDS[sign] for sign in _LOOKS]
    ax.legend(handles, words, loc="lower center", ncols=2, borderaxespad=0.2)
    notes = ", ".join(network.notes())
    text = f"{notes}\nthe wider the chord, the larger |φ|"
    if np.isfinite(network.shares).any():
        text += "; the larger the node, the more rows"
    look = {"ha": "center", "va": "bottom", "size": 11, "transform": ax.transAxes}
    ax.text(0.5, 0.36 / height, text, **look)


def _are_level(n_labels: int, name_width: int) -> bool:
    """Tell whether names can stand level without touching each other."""
    return n_labels <= _MOST_LEVEL_LABELS and name_width <= _LEVEL_WIDTH


def _radius(width: float, height: float, name_width: int, *, level: bool) -> float:
    """Inches of a circle that leaves room for the names around it."""
    names = _CHARACTER * name_width + 0.3
    upright = 0.45 if level else names
    radius = min(width / 2 - names, height / 2 - upright, _LARGEST_RADIUS)
    return max(radius, 0.2 * min(width, height))


def _largest_share(networks: Sequence[LabelNetwork]) -> float:
    shares = np.concatenate([network.shares for network in networks])
    return float(np.nan_to_num(shares).max(initial=0.0)) or 1.0


def _chord_lines(ax: Axes, look: dict[str, Any]) -> LineCollection:
    lines = LineCollection(
        [], colors=look["color"], linestyles=[look["linestyle"]], alpha=0.85, zorder=2
    )
    ax.add_collection(lines, autolim=False)
    return lines


def _outer_names(ax: Axes, angles: np.ndarray, gap: float, *, level: bool) -> Words:
    places = gap * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    right = np.cos(angles) > -1e-9
    turn = np.degrees(angles) + np.where(right, 0.0, 180.0)
    looks = {
        "ha": ["left" if is_right else "right" for is_right in right],
        "va": ["center"] * len(angles),
        "rotation": [0.0] * len(angles) if level else turn.tolist(),
    }
    # Above and below the circle level names stand in the middle.
    for k in np.flatnonzero(np.abs(np.cos(angles)) < 0.2) if level else ():
        looks["ha"][k] = "center"
        looks["va"][k] = "baseline" if places[k, 1] > 0 else "top"
    return Words(ax, places, **looks)


def _add_legend(figure: Figure, place: float) -> None:
    handles = [Line2D([], [], linewidth=3, **look) for look in _LOOKS.values()]
    handles.append(Line2D([], [], marker="o", linestyle="", color=_NODE))
    words = [*_WORDS.values(), "the larger, the more rows"]
    legend = figure.legend(
        handles,
        words,
        loc="center",
        bbox_to_anchor=(0.5, place),
        ncols=3,
        columnspacing=1.6,
        handletextpad=0.6,
    )
    legend.set_in_layout(False)


def _inches(ax: Axes) -> tuple[float, float]:
    box = ax.get_position()
    width, height = ax.figure.get_size_inches()
    return box.width * width, box.height * height
