"""Bars that change in place many times a second, and axes that follow in steps."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from mlkit.plots.style import INK

__all__ = ["Bars", "box_path", "set_end", "step_above"]

_CODES = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
_HEIGHT = 0.72


def box_path(
    left: np.ndarray, right: np.ndarray, low: np.ndarray, high: np.ndarray
) -> Path:
    """Return rectangles as one path.

    Parameters
    ----------
    left, right, low, high : ndarray of float64, shape (n_boxes,)
        Sides. A box without width or height is left out: it would leave a line.

    Returns
    -------
    Path

    Examples
    --------
    >>> sides = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 1.0], [1.0, 2.0]])
    >>> box_path(*sides).vertices.tolist()
    [[0.0, 0.0], [2.0, 0.0], [2.0, 1.0], [0.0, 1.0], [0.0, 0.0]]
    """
    left, right, low, high = np.broadcast_arrays(left, right, low, high)
    x = np.stack([left, right, right, left, left], axis=1)
    y = np.stack([low, low, high, high, low], axis=1)
    seen = (right > left) & (high > low)
    corners = np.stack([x, y], axis=2)[seen].reshape(-1, 2)
    return Path(corners, np.tile(_CODES, np.count_nonzero(seen)))


class Bars:
    """Horizontal bars as one path: a hatch is drawn once, and not once a bar.

    Parameters
    ----------
    ax : Axes
        Its limits do not follow the bars.
    **look : object
        Of the patch, such as ``facecolor`` and ``hatch``.

    Attributes
    ----------
    patch : PathPatch
        What is drawn.

    Examples
    --------
    >>> from mlkit.plots import detached_figure
    >>> bars = Bars(detached_figure().subplots(), facecolor="white")
    >>> bars.show(np.array([0.0, 1.0]), np.array([3.0, 0.0]))
    >>> bars.widths
    {0: 3.0}
    """

    def __init__(self, ax: Axes, **look: Any) -> None:
        empty = Path(np.empty((0, 2)))
        self.patch = PathPatch(empty, edgecolor=INK, linewidth=0.7, **look)
        ax.add_artist(self.patch)

    @property
    def widths(self) -> dict[int, float]:
        """The width of each bar by its row, without those of no width."""
        boxes = self.patch.get_path().vertices.reshape(-1, len(_CODES), 2)
        return {
            round(box[:, 1].min() + _HEIGHT / 2): float(np.ptp(box[:, 0]))
            for box in boxes
        }

    def show(self, left: np.ndarray, widths: np.ndarray) -> None:
        """Draw a bar in each row, the first at 0.

        Parameters
        ----------
        left, widths : ndarray of float64, shape (n_rows,)
            Where each begins, and how long it is.
        """
        rows = np.arange(len(left))
        low, high = rows - _HEIGHT / 2, rows + _HEIGHT / 2
        self.patch.set_path(box_path(left, left + widths, low, high))


def set_end(ax: Axes, end: float) -> bool:
    """Let a horizontal axis run from 0 to an end.

    Parameters
    ----------
    ax : Axes
    end : float

    Returns
    -------
    bool
        Whether it ended elsewhere before.
    """
    limits = (0.0, end)
    # Compared as stored, so that an equal limit does not cost a full drawing.
    changed = ax.get_xlim() != limits
    if changed:
        ax.set_xlim(*limits)
    return changed


def step_above(value: float) -> float:
    """Return the next of 1, 2, 5, 10, 20, ... that is not less.

    Parameters
    ----------
    value : float
        Not negative.

    Returns
    -------
    float
        Limits that move in such steps stay while a slider is dragged; 1 for 0.

    Examples
    --------
    >>> step_above(23), step_above(0.15), step_above(50.0)
    (50.0, 0.2, 50.0)
    """
    if value <= 0:
        return 1.0
    unit = 10.0 ** np.floor(np.log10(value))
    steps = [step * unit for step in (1, 2, 5, 10)]
    return float(next(step for step in steps if value <= step * (1 + 1e-9)))
