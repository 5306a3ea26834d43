"""Axes and words placed by lengths: a layout engine would cost too much a frame."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mlkit.plots.style import use_style
from mlkit.plots.text_width import LETTERS

__all__ = ["axes_at", "measure_in_inches", "write_at"]


def axes_at(
    figure: Figure, left: float, top: float, width: float, height: float
) -> Axes:
    """Add axes at a place in inches.

    Parameters
    ----------
    figure : Figure
    left, top : float
        From the left and from the upper edge of the figure.
    width, height : float
        Of the axes, without their ticks and titles.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from mlkit.plots import detached_figure
    >>> ax = axes_at(detached_figure((4, 2)), left=1, top=0.5, width=2, height=1)
    >>> [float(number) for number in ax.get_position().bounds]
    [0.25, 0.25, 0.5, 0.5]
    """
    whole, high = figure.get_size_inches()
    box = (left / whole, 1.0 - (top + height) / high, width / whole, height / high)
    with use_style():
        return figure.add_axes(box)


def measure_in_inches(ax: Axes) -> None:
    """Make the units of axes inches, from their upper left corner, and hide them.

    Parameters
    ----------
    ax : Axes
        Changed in place.

    Examples
    --------
    >>> from mlkit.plots import detached_figure
    >>> ax = axes_at(detached_figure((4, 2)), left=0, top=0, width=4, height=2)
    >>> measure_in_inches(ax)
    >>> [float(edge) for edge in (*ax.get_xlim(), *ax.get_ylim())]
    [0.0, 4.0, 2.0, 0.0]
    """
    box, dpi = ax.bbox, ax.figure.dpi
    ax.set_xlim(0.0, box.width / dpi)
    ax.set_ylim(box.height / dpi, 0.0)
    ax.set_axis_off()


def write_at(ax: Axes, x: float, y: float, words: str, **keywords: Any) -> None:
    """Write words in letters of the usual size, their middle at the height y.

    Parameters
    ----------
    ax : Axes
        Changed in place.
    x, y : float
        In the units of the axes.
    words : str
        One line; ``$`` as in matplotlib.
    **keywords
        Of ``Axes.text``.
    """
    ax.text(x, y, words, fontsize=LETTERS, va="center_baseline", **keywords)
