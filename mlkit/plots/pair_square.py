"""One number a pair of labels: what it is, its colours, and the cells of a square."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Colormap, LinearSegmentedColormap, LogNorm, Normalize
from matplotlib.figure import Figure

from mlkit.arguments import check_choice
from mlkit.description.known_labels import known_labels
from mlkit.description.pairs import pair_matrix
from mlkit.exceptions import OptionError
from mlkit.plots.legible import ink_on
from mlkit.plots.style import INK, PALETTE
from mlkit.plots.words import Words

__all__ = [
    "PAIR_KINDS",
    "PairKind",
    "PairSquare",
    "add_scale",
    "pair_scale",
    "pair_values",
]


@dataclass(frozen=True, slots=True)
class PairKind:
    """One thing to show of each pair of labels.

    Parameters
    ----------
    measure : str
        Its name for `mlkit.description.pair_matrix`.
    legend : str
        What the colours are.
    rows, columns : str
        What the sides are.
    """

    measure: str
    legend: str
    rows: str = "label"
    columns: str = "other label"


PAIR_KINDS: dict[str, PairKind] = {
    "counts": PairKind("count", "rows with both labels"),
    "conditional": PairKind(
        "conditional",
        "P(label of the column | label of the row)",
        "given this label …",
        "… share of its rows that carry this one",
    ),
    "lift": PairKind("lift", "lift (1: as often as by chance)"),
}
"""What `plot_co_occurrence` can show."""

_DIAGONAL, _UNDEFINED = mpl.colors.to_rgba("#DCDCDC"), (1.0, 1.0, 1.0, 1.0)
_MORE_OR_LESS = LinearSegmentedColormap.from_list(
    "more_or_less", [PALETTE["vermilion"], "#FFFFFF", PALETTE["blue"]]
)
# Ends of the scale of lifts: beyond 16 there is nothing to tell.
_LIFT_LIMITS = (2.0, 4.0, 8.0, 16.0)
_MOST_WRITTEN_LABELS, _MOST_MARKED_LABELS = 12, 60


def pair_values(
    Y: Any, kind: str, *, labels: Sequence[Hashable] | None = None
) -> np.ndarray:
    """Return what `plot_co_occurrence` shows of each pair of labels.

    Parameters
    ----------
    Y : MultiLabelDataset, DataFrame, array-like or sparse matrix
        Labels of shape (n_samples, n_labels): 0, 1, and NaN where unknown.
    kind : {"counts", "conditional", "lift"}
        As in `plot_co_occurrence`.
    labels : sequence, optional
        Names (positions where there are none) of the labels to show, in this order; by
        default all.

    Returns
    -------
    ndarray of float, shape (n_labels, n_labels)
        NaN where undefined; and for lifts of 0 where chance alone would give less than
        one row: that two rare labels never meet tells nothing.

    Raises
    ------
    IndicatorError
        If `Y` is not a label matrix.
    UnknownNameError
        If there is no such label.
    OptionError
        If there is no such kind.

    Examples
    --------
    >>> pair_values([[1, 1, 0], [1, 0, 0], [0, 1, 1]], "conditional")[0].tolist()
    [1.0, 0.5, 0.0]
    """
    check_choice("kind", kind, PAIR_KINDS, error=OptionError)
    known = known_labels(Y).select(labels)
    values = pair_matrix(known, PAIR_KINDS[kind].measure).to_numpy(dtype=np.float64)
    if kind != "lift":
        return values
    expected = pair_matrix(known, "expected").to_numpy(dtype=np.float64)
    return np.where((values == 0) & (expected < 1), np.nan, values)


class PairSquare:
    """The cells of one square, changed in place.

    Parameters
    ----------
    ax : Axes
        Empty; becomes the square, the first label on top and on the left.
    n_labels : int

    Attributes
    ----------
    moving : tuple of Artist
        What `show` changes, in the order of drawing.
    """

    def __init__(self, ax: Axes, n_labels: int) -> None:
        self._ax, self._n = ax, n_labels
        n = max(n_labels, 1)
        look = {"extent": (0, n, n, 0), "interpolation": "nearest", "aspect": "auto"}
        self._image = ax.imshow(np.ones((n, n, 4)), **look)
        self._grid, self._less = _grid_lines(n), LineCollection([], colors=INK)
        for lines in (self._grid, self._less):
            ax.add_collection(lines, autolim=False)
        pairs = np.argwhere(~np.eye(n_labels, dtype=bool))
        self._pairs = pairs if n_labels <= _MOST_WRITTEN_LABELS else pairs[:0]
        self._numbers = Words(ax, self._pairs[:, ::-1] + 0.5)
        cells = (self._image, self._grid, self._less, self._numbers)
        self.moving: tuple[Artist, ...] = cells
        ax.set(xlim=(0, n), ylim=(n, 0))
        ax.grid(visible=False)
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)

    @property
    def words(self) -> tuple[str, ...]:
        """What is written in the cells off the diagonal, row by row."""
        return self._numbers.words

    def show(
        self, values: np.ndarray, kind: str, scale: ScalarMappable, *, cell: float
    ) -> None:
        """Colour the cells, and write their numbers where they have room.

        Parameters
        ----------
        values : ndarray of float, shape (n_labels, n_labels)
            As `pair_values` returns them.
        kind : {"counts", "conditional", "lift"}
        scale : ScalarMappable
            As `pair_scale` returns it.
        cell : float
            Side of a cell, in points.
        """
        if not self._n:
            return
        colors = _colors(values, scale)
        self._image.set_data(colors)
        i, j = self._pairs.T
        words = [_written(value, kind) for value in values[i, j]]
        fits = cell >= 7.0 * max(map(len, words), default=0) + 3.0
        inks = [mpl.colors.to_rgba(ink_on(color)) for color in colors[i, j]]
        self._numbers.show(
            words if fits else [""] * len(words),
            colors=np.reshape(inks, (len(words), 4)),
        )
        # Where a number says it, no line need say it again.
        marked = kind == "lift" and not (fits and words)
        self._mark(values < 1.0 if marked else np.zeros_like(values, dtype=bool))

    def write_texts(self) -> None:
        """Put real texts in place of the shapes: this figure is drawn once."""
        self._numbers.write_texts()

    def _mark(self, less: np.ndarray) -> None:
        less = less & ~np.eye(self._n, dtype=bool)
        places = np.argwhere(less) if self._n <= _MOST_MARKED_LABELS else ()
        self._less.set_segments(
            [[(j + 0.3, i + 0.5), (j + 0.7, i + 0.5)] for i, j in places]
        )


def pair_scale(kind: str, values: np.ndarray) -> ScalarMappable:
    """Return colours, and the range that the pairs off the diagonal need.

    Parameters
    ----------
    kind : {"counts", "conditional", "lift"}
    values : ndarray of float, shape (n_labels, n_labels)
        As `pair_values` returns them.

    Returns
    -------
    ScalarMappable

    Examples
    --------
    >>> import numpy as np
    >>> scale = pair_scale("lift", np.array([[1.0, 3.0], [3.0, 1.0]]))
    >>> scale.norm.vmin, scale.norm.vmax
    (0.25, 4.0)
    """
    off = values[~np.eye(len(values), dtype=bool)]
    norm: Normalize = Normalize(0.0, 1.0)
    cmap: str | Colormap = "Blues"
    if kind == "counts":
        norm = Normalize(0.0, max(float(np.nan_to_num(off).max(initial=0.0)), 1.0))
    elif kind == "lift":
        # A lift of 0 lies beyond every end.
        finite = off[np.isfinite(off) & (off > 0)]
        needed = float(np.exp(np.abs(np.log(finite)).max(initial=0.0)))
        end = next((x for x in _LIFT_LIMITS if x >= needed), _LIFT_LIMITS[-1])
        norm, cmap = LogNorm(1.0 / end, end), _MORE_OR_LESS
    return ScalarMappable(norm, cmap)


def add_scale(
    figure: Figure, scale: ScalarMappable, kind: str, **where: Any
) -> Colorbar:
    """Draw the bar of colours, and say what they are.

    Parameters
    ----------
    figure : Figure
    scale : ScalarMappable
        As `pair_scale` returns it.
    kind : {"counts", "conditional", "lift"}
    **where
        For `matplotlib.figure.Figure.colorbar`: its place.

    Returns
    -------
    Colorbar
    """
    ends = {"extend": "both"} if kind == "lift" else {}
    bar = figure.colorbar(scale, **ends, **where)
    bar.set_label(PAIR_KINDS[kind].legend, labelpad=8)
    bar.outline.set_visible(False)
    if kind == "counts":
        # There is no half of a row.
        bar.ax.yaxis.get_major_locator().set_params(integer=True)
    if kind == "lift":
        steps = round(np.log2(scale.norm.vmax))
        ticks = 2.0 ** np.arange(-steps, steps + 1)
        words = [f"{x:g}" if x >= 1 else f"1/{1 / x:g}" for x in ticks]
        bar.set_ticks(ticks, labels=words)
        bar.ax.minorticks_off()
    return bar


def _grid_lines(n: int) -> LineCollection:
    # Thin lines between cells; of many, they would be all that there is to see.
    places = np.arange(1, n) if n <= _MOST_MARKED_LABELS else ()
    lines = [[(x, 0), (x, n)] for x in places] + [[(0, y), (n, y)] for y in places]
    return LineCollection(lines, colors="white", linewidths=0.8)


def _colors(values: np.ndarray, scale: ScalarMappable) -> np.ndarray:
    # The logarithm of 0 is masked; what lies below the range has its first colour.
    inside = values.clip(scale.norm.vmin, scale.norm.vmax)
    colors = scale.to_rgba(np.nan_to_num(inside, nan=scale.norm.vmax))
    colors[np.isnan(values)] = _UNDEFINED
    colors[np.eye(len(values), dtype=bool)] = _DIAGONAL
    return colors


def _written(value: float, kind: str) -> str:
    if np.isnan(value):
        return "–"
    if kind == "counts":
        return f"{value:,.0f}"
    if kind == "conditional":
        return f"{value:.2f}"
    return f"{value:.0f}" if value >= 10 or value == 0 else f"{value:.1f}"
