"""What one label costs, whatever its logit is, and how steep that is."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import EngFormatter

from mlkit.losses import binary_cross_entropy, binary_cross_entropy_gradient
from mlkit.plots.style import PALETTE, make_axes, use_style

__all__ = ["LossCurves", "plot_loss_curves"]

_TRUE = {"color": PALETTE["blue"], "linestyle": "-"}
_UNTRUE = {"color": PALETTE["vermilion"], "linestyle": (0, (4, 1.5))}
_POINT = {
    "color": PALETTE["black"],
    "marker": "o",
    "ms": 10,
    "mec": "white",
    "mew": 1.5,
    "linestyle": "none",
    "zorder": 5,
    "clip_on": False,
}
_TANGENT = {"color": PALETTE["black"], "lw": 2.0, "zorder": 4}
# Half the length of the tangent, as a share of the largest logit that is shown.
_REACH = 0.4
_MIN_LIMIT = 6.0
_N_POINTS = 121


def plot_loss_curves(
    logit: float | None = None, *, true: bool = True, ax: Axes | None = None
) -> Axes:
    """Draw the binary cross-entropy of one label against its logit.

    Parameters
    ----------
    logit : float, optional
        Marked on the curve, with the tangent there: its slope is the gradient.
    true : bool, default True
        On which of the two curves: of a label that is true, or of one that is not.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    ScoresError
        If the logit is not a finite number.

    See Also
    --------
    mlkit.losses.binary_cross_entropy : The numbers.

    Examples
    --------
    >>> ax = plot_loss_curves(-1.0)
    >>> ax.get_ylabel(), ax.texts[-1].get_text()
    ('loss (lower is better)', 'slope p−1 = −0.731')
    """
    ax = make_axes(ax, size=(6.0, 4.0))
    curves = LossCurves(ax)
    if logit is not None:
        curves.show(logit, true=true)
    return ax


class LossCurves:
    """Both curves, and a point with its tangent that can be moved.

    Parameters
    ----------
    ax : Axes
        Empty ones. The slope is said above them.

    Attributes
    ----------
    ax : Axes
    shapes, texts : tuple of Artist
        What `show` changes.
    """

    def __init__(self, ax: Axes) -> None:
        self.ax = ax
        with use_style():
            (self._true,) = ax.plot([], [], label="true", **_TRUE)
            (self._untrue,) = ax.plot([], [], label="not true", **_UNTRUE)
            (self._tangent,) = ax.plot([], [], **_TANGENT)
            (self._point,) = ax.plot([], [], **_POINT)
            # Between the two branches, whose place is the same for all limits.
            ax.legend(loc="upper center", handlelength=1.8, borderaxespad=0.1)
            place = {"transform": ax.transAxes, "va": "bottom", "fontsize": 11}
            self._slope = ax.text(0.0, 1.02, "", **place)
            ax.set(xlabel="logit", ylabel="loss (lower is better)")
            for axis in (ax.xaxis, ax.yaxis):
                # 10k needs no more room than 10.
                axis.set_major_formatter(EngFormatter(sep=""))
        self._limit = 0.0
        self._widen(0.0)
        self.shapes: tuple[Artist, ...] = (self._tangent, self._point)
        self.texts: tuple[Artist, ...] = (self._slope,)
        # Empty and not clipped, a point would stand in the corner of the figure.
        for artist in (*self.shapes, *self.texts):
            artist.set_visible(False)

    def show(
        self, logit: float, *, true: bool, point: bool = True, tangent: bool = True
    ) -> bool:
        """Mark a logit.

        Parameters
        ----------
        logit : float
            Finite.
        true : bool
            Whether the label is true: which curve it lies on.
        point, tangent : bool, default True
            Whether the point and its tangent, with the slope in words, are shown.

        Returns
        -------
        bool
            Whether the limits of the axes changed.

        Raises
        ------
        ScoresError
            If the logit is not a finite number.
        """
        loss = binary_cross_entropy([logit], [true])[0]
        slope = binary_cross_entropy_gradient([logit], [true])[0]
        changed = self._widen(logit)
        self._point.set_data([logit], [loss])
        reach = np.array([-_REACH, _REACH]) * self._limit
        self._tangent.set_data(logit + reach, loss + slope * reach)
        words = "slope p−1" if true else "slope p"
        self._slope.set_text(f"{words} = {slope:.3f}".replace("-", "−"))
        self._point.set_visible(point)
        self._tangent.set_visible(tangent)
        self._slope.set_visible(tangent)
        return changed

    def _widen(self, logit: float) -> bool:
        """Bring the limits to a logit, in steps, so that they rarely move."""
        limit = max(_MIN_LIMIT, 2.0 * np.ceil(abs(logit) / 2.0))
        if limit == self._limit:
            return False
        self._limit = limit
        z = np.linspace(-limit, limit, _N_POINTS)
        for line, truth in ((self._true, 1), (self._untrue, 0)):
            line.set_data(z, binary_cross_entropy(z, np.full(len(z), truth)))
        # Room below zero for the tangent and the lower half of a point.
        self.ax.set(
            xlim=(-1.05 * limit, 1.05 * limit), ylim=(-0.08 * limit, 1.04 * limit)
        )
        return True
