"""Figures of statistical comparisons: mean ranks over datasets, pairs fold by fold."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mlkit.plots.style import INK, PALETTE, make_axes, use_style

__all__ = ["plot_critical_difference", "plot_differences"]

_FAINT = "#777777"


def plot_critical_difference(
    mean_ranks: pd.Series,
    groups: Iterable[Sequence[Hashable]] = (),
    *,
    critical_difference: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw mean ranks on a line, and join the models that are not told apart.

    Parameters
    ----------
    mean_ranks : Series of float, shape (n_models,)
        By model; 1 is best.
    groups : iterable of sequences of models, optional
        Models that are not told apart, such as `mlkit.statistics.indistinct_groups`
        finds: each is a thick bar.
    critical_difference : float, optional
        From where on mean ranks differ; its length stands above the line.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes
        The best model on the left. Names of the better half stand on the left side,
        of the other on the right, each with its mean rank.

    Raises
    ------
    ValueError
        If there are no models.

    Notes
    -----
    Two models differ by the test if no bar joins them.

    References
    ----------
    J. Demšar (2006). Statistical comparisons of classifiers over multiple data sets.
    Journal of Machine Learning Research 7, 1-30: Figure 1.
    """
    ranks = mean_ranks.sort_values(kind="stable")
    n_models = len(ranks)
    if n_models == 0:
        msg = "mean_ranks holds no models."
        raise ValueError(msg)
    bars = [list(group) for group in groups]
    n_left = -(-n_models // 2)
    depth = 0.6 + 0.35 * len(bars) + 0.9 * n_left
    ax = make_axes(ax, size=(8.0, 1.2 + 0.34 * depth))
    with use_style():
        low, high = 1, max(n_models, 2)
        room = 0.42 * (high - low)
        ax.set_xlim(low - room, high + room)
        ax.set_ylim(-depth - 0.3, 1.6)
        ax.axis("off")
        _draw_scale(ax, low, high)
        if critical_difference is not None and np.isfinite(critical_difference):
            _draw_distance(ax, low, critical_difference)
        for level, bar in enumerate(bars):
            ends = ranks.loc[bar]
            y = -0.55 - 0.35 * level
            ax.plot(
                [ends.min() - 0.03, ends.max() + 0.03],
                [y, y],
                color=PALETTE["vermilion"],
                linewidth=5,
                solid_capstyle="butt",
            )
        first = -0.6 - 0.35 * len(bars)
        for place, (name, rank) in enumerate(ranks.items()):
            left = place < n_left
            row = place if left else n_models - 1 - place
            _draw_model(
                ax, name, float(rank), first - 0.9 * (row + 0.4), low, high, left=left
            )
    return ax


def _draw_scale(ax: Axes, low: int, high: int) -> None:
    ax.plot([low, high], [0, 0], color=INK, linewidth=1.5)
    step = max(1, round((high - low) / 10))
    for tick in range(low, high + 1, step):
        ax.plot([tick, tick], [0, 0.18], color=INK, linewidth=1.5)
        ax.text(tick, 0.28, str(tick), ha="center", va="bottom", color=INK)


def _draw_distance(ax: Axes, low: int, distance: float) -> None:
    ax.plot([low, low + distance], [1.15, 1.15], color=INK, linewidth=2)
    for end in (low, low + distance):
        ax.plot([end, end], [1.05, 1.25], color=INK, linewidth=2)
    text = f"critical difference {distance:.2f}"
    ax.text(low + distance / 2, 1.3, text, ha="center", va="bottom", color=INK)


def _draw_model(
    ax: Axes, name: Hashable, rank: float, y: float, low: int, high: int, *, left: bool
) -> None:
    """Draw a line from the rank down and to the side, where the name stands."""
    side = low - 0.06 * (high - low) if left else high + 0.06 * (high - low)
    ax.plot([rank, rank, side], [0, y, y], color=_FAINT, linewidth=1.2)
    ax.plot([rank], [0], marker="o", markersize=6, color=PALETTE["blue"])
    gap = -0.02 if left else 0.02
    ax.text(
        side + gap * (high - low),
        y,
        f"{name}  {rank:.2f}" if left else f"{rank:.2f}  {name}",
        ha="right" if left else "left",
        va="center",
        color=INK,
    )


def plot_differences(
    pairs: pd.DataFrame, *, rope: float = 0.0, ax: Axes | None = None
) -> Axes:
    """Draw the mean difference of each pair of models with its interval.

    Parameters
    ----------
    pairs : DataFrame
        One row a pair, as `mlkit.comparison.Comparison.pairwise` of one dataset:
        ``first``, ``second``, ``difference``, ``low``, ``high``.
    rope : float, default 0.0
        Half the width of the shaded band in which a difference makes none.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes
        One row a pair, the first on top. Right of the line the first model is better,
        left of it the second.

    Raises
    ------
    ValueError
        If there are no pairs.
    """
    if len(pairs) == 0:
        msg = "pairs holds no pair of models: at least two need values."
        raise ValueError(msg)
    ax = make_axes(ax, size=(8.0, 1.3 + 0.38 * len(pairs)))
    with use_style():
        ax.axvline(0, color=INK, linewidth=1.2)
        if rope > 0:
            ax.axvspan(-rope, rope, color=PALETTE["sky"], alpha=0.25, linewidth=0)
        rows = np.arange(len(pairs))
        apart = (pairs["low"] > 0) | (pairs["high"] < 0)
        for shown, marker, color in (
            (apart, "o", PALETTE["blue"]),
            (~apart, "s", _FAINT),
        ):
            ax.hlines(
                rows[shown], pairs["low"][shown], pairs["high"][shown], color=color
            )
            ax.plot(
                pairs["difference"][shown], rows[shown], marker, color=color, zorder=3
            )
        names = pairs["first"].astype(str) + " against " + pairs["second"].astype(str)
        ax.set_yticks(rows, names)
        ax.set_ylim(len(pairs) - 0.5, -0.5)
        ax.grid(visible=False, axis="y")
        ax.set_xlabel("difference (right: the first is better)")
    return ax
