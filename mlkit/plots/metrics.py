"""A small prediction cell by cell, and what each metric makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from mlkit.metrics.entries import METRICS
from mlkit.plots.errors import CELL_LOOKS, ErrorCells
from mlkit.plots.legible import fitted_name
from mlkit.plots.placing import axes_at
from mlkit.plots.share_bars import ShareBars
from mlkit.plots.style import PALETTE, use_style

__all__ = ["MetricPanels"]

# Inches. The bars keep their place whatever the number of cells.
_WIDTH = 9.6
_ROW_NAMES, _WRONG_CELLS, _BAR_NAMES, _NUMBERS = 0.7, 0.95, 1.85, 1.5
_CELL_HEIGHT, _CELL_WIDTH, _CELLS_WIDTH = 0.4, 0.6, 3.0
_TOP, _FEET, _MARGIN = 0.45, 1.25, 0.12
# Room for the title, however few the labels.
_TITLE = 1.5
_LEGEND_ROW, _BAR_ROW, _GAP = 0.28, 0.33, 0.45
_CHARACTER = 0.09
_LONGEST_NAME = 12
# By position, 2 * true + predicted: what the legend calls the kinds of cells.
_COUNTED = ("absent (TN)", "invented (FP)", "missed (FN)", "found (TP)")
_LEGEND_ORDER = (3, 2, 1, 0)
_QUIET = "#444444"


class MetricPanels:
    """Cells on the left, metrics on the right, changed in place.

    Parameters
    ----------
    figure : Figure
        An empty figure of `size_for`.
    n_samples : int
        One row a sample, the first on top.
    label_names : sequence of str
        One column a label.
    metrics : sequence of sequence of str
        Names in `mlkit.metrics.METRICS` of values in [0, 1]; the bars of a group
        stand together.

    Attributes
    ----------
    figure : Figure
    cells, bars : Axes
        The two panels.
    moving : tuple of Artist
        What `show` changes, for a `FrameRenderer`.
    """

    def __init__(
        self,
        figure: Figure,
        n_samples: int,
        label_names: Sequence[str],
        metrics: Sequence[Sequence[str]],
    ) -> None:
        self.figure = figure
        self._metrics = [name for group in metrics for name in group]
        names = [fitted_name(name, _LONGEST_NAME) for name in label_names]
        width = _cell_width(len(names)) * len(names)
        height = _CELL_HEIGHT * n_samples
        with use_style():
            self.cells = axes_at(figure, _ROW_NAMES, _TOP, width, height)
            self._grid = ErrorCells(self.cells, n_samples, names)
            self.cells.set_title("Truth against prediction", loc="left")
            if _turned(names):
                self.cells.tick_params(axis="x", labelrotation=45)
                for tick in self.cells.get_xticklabels():
                    tick.set(ha="right", rotation_mode="anchor")
            below = _TOP + height + _names_height(names)
            self._counts = _draw_legend(
                axes_at(figure, _ROW_NAMES, below, 2.6, 4 * _LEGEND_ROW)
            )
            left = _ROW_NAMES + max(width, _TITLE) + _WRONG_CELLS + _BAR_NAMES
            self.bars = axes_at(
                figure, left, _TOP, _WIDTH - left - _MARGIN, _bars_height(metrics)
            )
            self._draw_bars(metrics)
        drawn = [*self._grid.cells, *self._bars.bars, self._former]
        words = [*self._grid.texts, *self._counts, *self._bars.texts, self._note]
        self.moving: tuple[Artist, ...] = (*drawn, *words)

    @staticmethod
    def size_for(
        n_samples: int, label_names: Sequence[str], metrics: Sequence[Sequence[str]]
    ) -> tuple[float, float]:
        """Return a width and height in inches in which nothing is cut off.

        Parameters
        ----------
        n_samples : int
        label_names : sequence of str
        metrics : sequence of sequence of str

        Returns
        -------
        tuple of float
        """
        names = [fitted_name(name, _LONGEST_NAME) for name in label_names]
        left = _CELL_HEIGHT * n_samples + _names_height(names) + 4 * _LEGEND_ROW
        return _WIDTH, _TOP + max(left + _MARGIN, _bars_height(metrics) + _FEET)

    def show(
        self,
        true: np.ndarray,
        predicted: np.ndarray,
        values: Mapping[str, float],
        *,
        former: Mapping[str, float] | None = None,
        undefined: Sequence[str] = (),
        note: str = "",
    ) -> bool:
        """Show a prediction and its metrics.

        Parameters
        ----------
        true, predicted : ndarray of int, shape (n_samples, n_labels)
            Entries are 0 or 1.
        values : mapping of str to float
            One a metric, in [0, 1].
        former : mapping of str to float, optional
            Values to compare with: a thin line each, where they differ.
        undefined : sequence of str, default ()
            Metrics that get an asterisk.
        note : str, default ""
            What the asterisk means.

        Returns
        -------
        bool
            False: nothing but `moving` changes.
        """
        self._grid.show(true, predicted)
        counts = np.bincount((2 * true + predicted).ravel(), minlength=4)
        for kind, text in zip(_LEGEND_ORDER, self._counts, strict=True):
            text.set_text(str(counts[kind]))
        now = [values[name] for name in self._metrics]
        before = now if former is None else [former[name] for name in self._metrics]
        moved = [f"{a:.2f}" != f"{b:.2f}" for a, b in zip(now, before, strict=True)]
        texts = [
            f"{values[n]:.2f}{'*' if n in undefined else ''}" for n in self._metrics
        ]
        for i in np.flatnonzero(moved):
            texts[i] += f"  was {before[i]:.2f}"
        self._bars.show(now, texts)
        self._former.set_data(np.where(moved, before, np.nan), self._bars.positions)
        self._note.set_text(note)
        return False

    def _draw_bars(self, metrics: Sequence[Sequence[str]]) -> None:
        chosen = [METRICS[name] for name in self._metrics]
        colors = [
            PALETTE["sky" if metric.greater_is_better else "orange"]
            for metric in chosen
        ]
        inches = self.bars.get_position().width * _WIDTH
        room = _NUMBERS / (inches - _NUMBERS)
        positions = _positions(metrics)
        self._bars = ShareBars(self.bars, positions, colors=colors, room=room)
        arrows = ["↑" if metric.greater_is_better else "↓" for metric in chosen]
        labels = [f"{m.label} {a}" for m, a in zip(chosen, arrows, strict=True)]
        self.bars.set_yticks(positions, labels)
        self.bars.set_title("What the metrics say", loc="left")
        self.bars.set_xlabel("↑ higher is better\n↓ lower is better", loc="left")
        (self._former,) = self.bars.plot(
            [], [], "|", color=_QUIET, markersize=19, markeredgewidth=2
        )
        # Below the words of the axis, by a length and not by a share of the height.
        self._note = self.bars.annotate(
            "",
            (0.0, 0.0),
            xycoords="axes fraction",
            xytext=(0, -60),
            textcoords="offset points",
            va="top",
            fontsize=11,
        )


def _positions(metrics: Sequence[Sequence[str]]) -> list[float]:
    """Place the bars one unit apart, and the groups somewhat more."""
    sizes = [len(group) for group in metrics]
    group_of = np.repeat(np.arange(len(sizes)), sizes)
    return list(np.arange(sum(sizes)) + _GAP * group_of)


def _bars_height(metrics: Sequence[Sequence[str]]) -> float:
    return _BAR_ROW * (_positions(metrics)[-1] + 1.2)


def _cell_width(n_labels: int) -> float:
    return min(_CELL_WIDTH, _CELLS_WIDTH / n_labels)


def _turned(names: Sequence[str]) -> bool:
    """Tell whether the names are too long to stand beside each other."""
    return _CHARACTER * max(map(len, names)) > _cell_width(len(names))


def _names_height(names: Sequence[str]) -> float:
    longest = _CHARACTER * max(map(len, names))
    return 0.42 + (0.75 * longest if _turned(names) else 0.1)


def _draw_legend(ax: Axes) -> list[Text]:
    """Explain the kinds of cells; return the texts of their numbers."""
    ax.set_axis_off()
    ax.set(xlim=(0.0, 2.6), ylim=(4.0, 0.0))
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
    counts: list[Text] = []
    for row, kind in enumerate(_LEGEND_ORDER):
        look, middle = CELL_LOOKS[kind], row + 0.5
        swatch = Rectangle((0.02, row + 0.12), 0.3, 0.76, edgecolor="#666666")
        swatch.set(facecolor=look.color, hatch=look.hatch)
        ax.add_patch(swatch)
        if look.sign:
            centred: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 11}
            ax.text(0.17, middle, look.sign, bbox=box, weight="bold", **centred)
        ax.text(0.45, middle, _COUNTED[kind], va="center")
        counts.append(ax.text(2.0, middle, "", va="center", ha="right", weight="bold"))
    return counts
