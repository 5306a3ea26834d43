"""Which labels stand together: a square of colours, one cell a pair of labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import ArrayLike

from mlkit.arguments import check_choice, check_count
from mlkit.description.known_labels import known_labels
from mlkit.description.label_order import label_order
from mlkit.exceptions import OptionError
from mlkit.plots.legible import fitted_name
from mlkit.plots.pair_square import (
    PAIR_KINDS,
    PairSquare,
    add_scale,
    pair_scale,
    pair_values,
)
from mlkit.plots.style import make_axes, use_style
from mlkit.plots.words import Words, fitting

__all__ = ["CoOccurrencePanels", "plot_co_occurrence"]


_NAME_WIDTH, _LEAST_NAME_WIDTH = 20, 10
# Inches: of the whole, above the squares, of the bar of colours, between squares.
_WIDTH, _TOP, _BAR, _BETWEEN, _LARGEST = 9.6, 0.86, 1.35, 0.3, 4.6
# Inches of a character and of a line of 11 points.
_CHARACTER, _LINE = 0.086, 0.155


def plot_co_occurrence(
    Y: Any,
    *,
    kind: str = "counts",
    order: str = "frequency",
    n: int = 60,
    ax: Axes | None = None,
) -> Axes:
    """Draw how each label goes together with each other one.

    Parameters
    ----------
    Y : MultiLabelDataset, DataFrame, array-like or sparse matrix
        Labels of shape (n_samples, n_labels): 0, 1, and NaN where unknown.
    kind : {"counts", "conditional", "lift"}, default "counts"
        Rows with both labels; the share of the rows with the label of the square's row
        that carry that of its column; or how many times as often as by chance the two
        meet.
    order : {"frequency", "clustered", "given"}, default "frequency"
        The most frequent label first; labels that go together as neighbours; or as the
        columns of `Y` are. See `mlkit.description.label_order`.
    n : int, default 60
        How many labels are drawn at most: the most frequent ones. The title says so.
    ax : Axes, optional
        Where to draw; by default a new figure, as large as the labels need.

    Returns
    -------
    Axes
        The first label on top and on the left. The diagonal is grey, undefined cells
        are white (see `pair_values`). Lifts are coloured on a logarithmic scale,
        symmetric about 1; pairs that meet less often than by chance have a short line,
        too, so that the two directions can be told apart in grey. Up to 12 labels,
        cells have their numbers.

    Raises
    ------
    IndicatorError
        If `Y` is not a label matrix.
    OptionError
        If `kind` or `order` does not exist, or `n` is less than 1.

    See Also
    --------
    mlkit.description.pair_matrix : The numbers, and their definitions.

    Examples
    --------
    >>> ax = plot_co_occurrence([[1, 1, 0], [1, 0, 0], [0, 1, 1]], kind="conditional")
    >>> [text.get_text() for text in ax.texts]
    ['0.50', '0.00', '0.50', '0.50', '0.00', '1.00']
    """
    check_choice("kind", kind, PAIR_KINDS, error=OptionError)
    check_count("n", n, minimum=1, error=OptionError)
    known = known_labels(Y)
    frequent = np.sort(label_order(known)[:n])
    shown = known.select(known.names[frequent].tolist())
    shown = shown.select(shown.names[label_order(shown, order)].tolist())
    values = pair_values(shown, kind)
    side = max(3.2, 0.3 * min(shown.n_labels, 12), 0.19 * shown.n_labels)
    ax = make_axes(ax, size=(side + 3.6, side + 2.2))
    scale = pair_scale(kind, values)
    with use_style():
        square = PairSquare(ax, shown.n_labels)
        square.show(values, kind, scale, cell=72 * side / max(shown.n_labels, 1))
        square.write_texts()
        _name_ticks(ax, [str(name) for name in shown.names])
        ax.set(xlabel=PAIR_KINDS[kind].columns, ylabel=PAIR_KINDS[kind].rows)
        add_scale(ax.figure, scale, kind, ax=ax, shrink=0.8, aspect=24)
        if shown.n_labels < known.n_labels:
            words = f"the {shown.n_labels} most frequent of {known.n_labels:,} labels"
            ax.set_title(words)
    return ax


class CoOccurrencePanels:
    """Squares of label pairs, side by side, that follow a choice of rows.

    Parameters
    ----------
    figure : Figure
        An empty figure, of the size that `size_for` says.
    n_labels : int
    name_width : int
        Characters of the longest name that will be shown.
    n_squares : {1, 2}, default 1
        All rows; or all rows, and those that are looked at.

    Attributes
    ----------
    figure : Figure
    axes : tuple of Axes
    moving : tuple of Artist
        What `show` changes, for a `FrameRenderer`.

    Examples
    --------
    >>> from mlkit.plots import detached_figure
    >>> size = CoOccurrencePanels.size_for(2, 3)
    >>> panels = CoOccurrencePanels(detached_figure(size), 2, 3)
    >>> both = [[3, 1], [1, 2]]
    >>> panels.show(["sea", "sun"], [both], kind="counts", titles=["4 rows"])
    True
    """

    def __init__(
        self, figure: Figure, n_labels: int, name_width: int, *, n_squares: int = 1
    ) -> None:
        self.figure = figure
        self.n_labels = n_labels
        names = _name_room(_name_width(n_labels, name_width, n_squares))
        # Between a name and its square, and between it and the border.
        self._name_inches = names - 0.1
        self._room, self._side = names + 0.25, _side(names, n_squares)
        self._shown: tuple[str, float] | None = None
        self._stay: tuple[Artist, ...] = ()
        with use_style():
            self.axes = self._make_axes(names, n_squares)
            self._squares = [PairSquare(ax, n_labels) for ax in self.axes]
            self._names = self._name_sides_of_squares()
            self._titles = [self._title_text(ax) for ax in self.axes]
            self._heading = self._heading_text()
        images = [artist for square in self._squares for artist in square.moving]
        texts = (*self._titles, self._heading)
        self.moving: tuple[Artist, ...] = (*images, *self._names, *texts)

    @staticmethod
    def size_for(
        n_labels: int, name_width: int, n_squares: int = 1
    ) -> tuple[float, float]:
        """Return a width and height in inches for names of so many characters.

        Parameters
        ----------
        n_labels : int
        name_width : int
        n_squares : {1, 2}, default 1

        Returns
        -------
        tuple of float
        """
        names = _name_room(_name_width(n_labels, name_width, n_squares))
        return _WIDTH, _TOP + _side(names, n_squares) + names + 0.42

    def show(
        self,
        names: Sequence[str],
        matrices: Sequence[ArrayLike],
        *,
        kind: str,
        titles: Sequence[str],
        heading: str = "",
        columns: Sequence[str] | None = None,
    ) -> bool:
        """Show these pairs.

        Parameters
        ----------
        names : sequence of str, shape (n_labels,)
            The first on top and on the left.
        matrices : sequence of array-like, each of shape (n_labels, n_labels)
            One a square; the colours are those that the first one needs.
        kind : {"counts", "conditional", "lift"}
            What the numbers are.
        titles : sequence of str
            One a square: which rows it shows.
        heading : str, default ""
            What the figure shows.
        columns : sequence of str, shape (n_labels,), optional
            What the columns are called, where it is not `names`.

        Returns
        -------
        bool
            Whether the scale of the colours changed.
        """
        values = [np.asarray(matrix, dtype=np.float64) for matrix in matrices]
        scale = pair_scale(kind, values[0])
        cell = 72 * self._side / max(self.n_labels, 1)
        for square, matrix in zip(self._squares, values, strict=True):
            square.show(matrix, kind, scale, cell=cell)
        below = names if columns is None else columns
        sides = (names, *[below] * len(self.axes))
        for texts, side in zip(self._names, sides, strict=True):
            texts.show([fitting(side[k], self._name_inches) for k in self._named])
        for text, title in zip(self._titles, titles, strict=True):
            text.set_text(fitting(title, self._side))
        self._heading.set_text(fitting(heading, _WIDTH - 0.6, size=13))
        return self._show_scale(kind, scale)

    def _make_axes(self, names: float, n_squares: int) -> tuple[Axes, ...]:
        width, height = self.figure.get_size_inches()
        bottom = (height - _TOP - self._side) / height
        step = self._side + _BETWEEN
        sides = self._side / width, self._side / height
        # In the middle of what a large square leaves, but not far from its heading.
        spare = width - names - 0.3 - _BAR - n_squares * step + _BETWEEN
        first = names + 0.3 + max(spare, 0.0) / 2
        lefts = [(first + k * step) / width for k in range(n_squares)]
        axes = [self.figure.add_axes((left, bottom, *sides)) for left in lefts]
        for ax in axes:
            ax.set_xticks([])
            ax.set_yticks([])
        end = lefts[-1] + sides[0]
        frame = (end + 0.25 / width, bottom, 0.18 / width, sides[1])
        self._bar = self.figure.add_axes(frame)
        return tuple(axes)

    def _name_sides_of_squares(self) -> list[Words]:
        # Names stand in every so many rows where lines of text would touch.
        step = max(1, int(np.ceil(_LINE * self.n_labels / self._side - 0.05)))
        self._named = range(0, self.n_labels, step)
        middles = np.array(self._named, dtype=float) + 0.5
        rows = np.stack([np.zeros(len(middles)), middles], axis=1)
        look = {"ha": "right", "shift": (-6.0, 0.0)}
        across = self.axes[0].get_yaxis_transform()
        texts = [Words(self.axes[0], rows, transform=across, **look)]
        look |= {"rotation": 90, "shift": (0.0, -6.0)}
        for ax in self.axes:
            below = ax.get_xaxis_transform()
            texts.append(Words(ax, rows[:, ::-1], transform=below, **look))
        return texts

    def _title_text(self, ax: Axes) -> Text:
        return ax.annotate(
            "",
            (0.0, 1.0),
            xycoords="axes fraction",
            xytext=(0, 6),
            textcoords="offset points",
            size=11,
        )

    def _heading_text(self) -> Text:
        height = self.figure.get_size_inches()[1]
        return self.figure.text(0.012, 1 - 0.1 / height, "", va="top", size=13)

    def _show_scale(self, kind: str, scale: ScalarMappable) -> bool:
        shown = kind, float(scale.norm.vmax)
        if shown == self._shown:
            return False
        self._shown = shown
        for artist in self._stay:
            artist.remove()
        with use_style():
            self._bar.clear()
            add_scale(self.figure, scale, kind, cax=self._bar)
            self._stay = self._name_sides(kind)
        return True

    def _name_sides(self, kind: str) -> tuple[Artist, ...]:
        """Say what the sides are, where rows and columns differ."""
        if kind != "conditional":
            return ()
        words = PAIR_KINDS[kind]
        height = self.figure.get_size_inches()[1]
        box = self.axes[0].get_position()
        middle = (box.x0 + self.axes[-1].get_position().x1) / 2
        below = self.figure.text(middle, 0.08 / height, words.columns, ha="center")
        beside = self.figure.text(
            box.x0 - self._room / self.figure.get_size_inches()[0],
            (box.y0 + box.y1) / 2,
            words.rows,
            rotation=90,
            va="center",
        )
        return below, beside


def _name_ticks(ax: Axes, names: Sequence[str]) -> None:
    middles = np.arange(len(names)) + 0.5
    words = [fitted_name(name, _NAME_WIDTH) for name in names]
    # Turned about the end beside the axes, so that no font leaves a gap.
    turned = {"rotation": 90, "ha": "right", "va": "center", "rotation_mode": "anchor"}
    ax.set_xticks(middles, words, size=11, **turned)
    ax.set_yticks(middles, words, size=11)


def _name_width(n_labels: int, longest: int, n_squares: int) -> int:
    """Characters of a name, so that the squares have a line for each label."""
    room = _WIDTH - 0.3 - _BAR - (n_squares - 1) * _BETWEEN - 0.2
    fitting = int((room - n_squares * _LINE * n_labels) / _CHARACTER)
    return max(min(longest, _NAME_WIDTH, fitting), min(longest, _LEAST_NAME_WIDTH))


def _name_room(name_width: int) -> float:
    return 0.2 + _CHARACTER * max(name_width, 4)


def _side(names: float, n_squares: int) -> float:
    """Inches of the side of a square."""
    room = _WIDTH - names - 0.3 - _BAR - (n_squares - 1) * _BETWEEN
    return min(room / n_squares, _LARGEST)
