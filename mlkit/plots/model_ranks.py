"""Mean ranks over datasets, in a figure of their own size."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from mlkit.plots.legible import fitted_name
from mlkit.plots.ranks import plot_critical_difference
from mlkit.plots.style import use_style

__all__ = ["RankPanels"]

_NAME_WIDTH = 19


class RankPanels:
    """The diagram of critical differences; nothing in it moves.

    Parameters
    ----------
    figure : Figure
        An empty figure, such as of the size `size_for`.
    mean_ranks : Series of float, shape (n_models,)
        By model; 1 is best. Without any, a message stands in the figure.
    groups : sequence of sequences of str, default ()
        Models that are not told apart.
    critical_difference : float, optional
        From where on mean ranks differ.
    title : str, default ""
        Above the diagram.
    message : str, default ""
        What is said where there are no ranks.

    Attributes
    ----------
    figure : Figure
    moving : tuple of Artist
        Empty: another metric needs another figure.

    Examples
    --------
    >>> from mlkit.plots.style import detached_figure
    >>> figure = detached_figure(RankPanels.size_for(2, 0))
    >>> panels = RankPanels(figure, pd.Series({"br": 1.2, "lp": 1.8}))
    >>> panels.moving
    ()
    """

    def __init__(
        self,
        figure: Figure,
        mean_ranks: pd.Series,
        groups: Sequence[Sequence[str]] = (),
        *,
        critical_difference: float | None = None,
        title: str = "",
        message: str = "",
    ) -> None:
        self.figure = figure
        self.moving: tuple[Artist, ...] = ()
        with use_style():
            ax = figure.subplots()
            # Room on both sides for names, which stand outside of the scale.
            height = figure.get_figheight()
            top = 1 - 0.5 / height
            figure.subplots_adjust(left=0.14, right=0.86, top=top, bottom=0.02)
            figure.text(0.03, 1 - 0.12 / height, title, va="top", fontsize=13)
            if not len(mean_ranks):
                ax.axis("off")
                ax.text(0.5, 0.5, message, ha="center", va="center")
                return
        names = _short_names(mean_ranks.index)
        plot_critical_difference(
            mean_ranks.rename(names),
            [[names[model] for model in group] for group in groups],
            critical_difference=critical_difference,
            ax=ax,
        )

    @staticmethod
    def size_for(n_models: int, n_groups: int) -> tuple[float, float]:
        """Return a width and height in inches that give every name its line.

        Parameters
        ----------
        n_models, n_groups : int

        Returns
        -------
        tuple of float
        """
        lines = 0.6 + 0.35 * n_groups + 0.9 * -(-n_models // 2)
        return (9.6, max(3.0, 1.5 + 0.36 * lines))


def _short_names(models: Sequence[str]) -> dict[str, str]:
    """Return names that fit; where two became one, their places tell them apart."""
    short = {model: fitted_name(model, _NAME_WIDTH) for model in models}
    if len(set(short.values())) == len(short):
        return short
    return {
        model: f"{place}. {fitted_name(model, _NAME_WIDTH - 4)}"
        for place, model in enumerate(models, start=1)
    }
