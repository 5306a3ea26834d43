"""Axes placed by lengths, where a layout engine would cost too much a frame."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mlkit.plots.style import use_style

__all__ = ["axes_at"]


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
