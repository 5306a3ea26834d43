"""Bars between 0 and 1 with their numbers in a column, changed in place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from mlkit.plots.style import INK, use_style

__all__ = ["ShareBars"]

_THICKNESS = 0.72
_NUMBER_OFFSET = 9  # points right of the axis' end
_TICKS = ([0.0, 0.5, 1.0], ["0", "0.5", "1"])


class ShareBars:
    """Horizontal bars of numbers in [0, 1]; the numbers stand right of them.

    Parameters
    ----------
    ax : Axes
        Empty axes; the first bar is on top.
    positions : sequence of float
        Where the bars lie from top to bottom, one unit a bar.
    colors : sequence of str
        One a bar.
    room : float, default 0.5
        Width of the column of numbers, in units of the axis.

    Attributes
    ----------
    bars : list of Rectangle
    texts : list of Text
        Both are what `show` changes.

    Notes
    -----
    The numbers form a column, and do not follow the ends of the bars: they can be
    compared like those of a table, and nothing that is drawn passes over them.
    """

    def __init__(
        self,
        ax: Axes,
        positions: Sequence[float],
        *,
        colors: Sequence[str],
        room: float = 0.5,
    ) -> None:
        self.positions = np.asarray(positions, dtype=np.float64)
        with use_style():
            drawn = ax.barh(
                self.positions, 0.0, _THICKNESS, color=list(colors), edgecolor=INK
            )
            self.bars: list[Rectangle] = list(drawn.patches)
            self.texts: list[Text] = [
                ax.annotate(
                    "",
                    (1.0, y),
                    xytext=(_NUMBER_OFFSET, 0),
                    textcoords="offset points",
                    va="center_baseline",
                )
                for y in self.positions
            ]
            ax.set_xlim(0.0, 1.0 + room)
            ax.set_xticks(*_TICKS)
            ax.set_ylim(self.positions[-1] + 0.6, self.positions[0] - 0.6)
            ax.grid(visible=False, axis="y")
            ax.tick_params(axis="y", length=0)
            ax.spines["bottom"].set_bounds(0.0, 1.0)

    def show(
        self,
        values: Sequence[float] | np.ndarray,
        texts: Sequence[str],
        *,
        marked: Sequence[bool] | np.ndarray | None = None,
    ) -> None:
        """Show other numbers.

        Parameters
        ----------
        values : sequence of float
            In [0, 1], one a bar.
        texts : sequence of str
            What stands beside them.
        marked : sequence of bool, optional
            Which of them have a hatch and bold words; by default none.
        """
        chosen = [False] * len(self.bars) if marked is None else marked
        rows = zip(self.bars, self.texts, values, texts, chosen, strict=True)
        for bar, words, value, text, is_marked in rows:
            bar.set_width(value)
            bar.set_hatch("//" if is_marked else None)
            words.set_text(text)
            words.set_fontweight("bold" if is_marked else "normal")
