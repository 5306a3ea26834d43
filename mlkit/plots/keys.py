"""Legends whose words change from frame to frame."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.offsetbox import AnnotationBbox, DrawingArea

from mlkit.plots.style import use_style

__all__ = ["KEY_HEIGHT", "MovingKeys", "percent"]

KEY_HEIGHT = 17.0
"""Points that one line of a legend takes."""

_WIDTH, _HEIGHT = 20.0, 10.0


class MovingKeys:
    """Lines above a panel: a sample of how something is drawn, and words beside it.

    Parameters
    ----------
    ax : Axes
        The panel. Its title should leave room: a pad of `KEY_HEIGHT` points a line.
    samples : sequence of sequences of Artist
        For each line what it shows, in a box of 20 x 10 points; added to no axes yet.

    Attributes
    ----------
    texts : list of Annotation
        The words, first line first; they belong to what moves.

    Notes
    -----
    A legend of matplotlib draws its words with itself, so that they could not change
    without all that does not move.

    Examples
    --------
    >>> from matplotlib.lines import Line2D
    >>> from mlkit.plots.style import detached_figure
    >>> keys = MovingKeys(detached_figure().subplots(), [[Line2D([0, 20], [5, 5])]])
    >>> keys.show(["3 sets"])
    >>> keys.texts[0].get_text()
    '3 sets'
    """

    def __init__(self, ax: Axes, samples: Sequence[Sequence[Artist]]) -> None:
        self.texts = []
        for place, sample in enumerate(samples):
            height = 5 + KEY_HEIGHT * (len(samples) - 1 - place)
            self._add_sample(ax, sample, height)
            with use_style():
                text = ax.annotate(
                    "",
                    (0, 1),
                    xycoords="axes fraction",
                    xytext=(_WIDTH + 6, height + _HEIGHT / 2),
                    textcoords="offset points",
                    va="center",
                    fontsize=11,
                    annotation_clip=False,
                )
            self.texts.append(text)

    def show(self, words: Sequence[str]) -> None:
        """Write the words, one text a line.

        Parameters
        ----------
        words : sequence of str
        """
        for text, words_of_it in zip(self.texts, words, strict=True):
            text.set_text(words_of_it)

    def _add_sample(self, ax: Axes, sample: Sequence[Artist], height: float) -> None:
        area = DrawingArea(_WIDTH, _HEIGHT, clip=False)
        for artist in sample:
            area.add_artist(artist)
        box = AnnotationBbox(
            area,
            (0, 1),
            xybox=(0, height),
            xycoords="axes fraction",
            boxcoords="offset points",
            box_alignment=(0, 0),
            frameon=False,
            pad=0,
            annotation_clip=False,
        )
        ax.add_artist(box)


def percent(share: float) -> str:
    """Write a share, with a decimal where it is small.

    Parameters
    ----------
    share : float in [0, 1]

    Returns
    -------
    str

    Examples
    --------
    >>> percent(0.4095), percent(0.0125), percent(0.0)
    ('41 %', '1.2 %', '0 %')
    """
    return f"{100 * share:.{1 if 0 < share < 0.0995 else 0}f} %"
