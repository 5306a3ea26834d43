"""Many short texts that change many times a second, drawn in one go."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, Transform
from numpy.typing import ArrayLike

from mlkit.plots.style import INK, use_style
from mlkit.plots.text_width import LETTERS, name_within, text_width

__all__ = ["Words", "fitting"]

# Of the size of the letters: half the height of a digit above the line.
_MIDDLE = 0.365
_ALONG = {"left": 0.0, "center": 0.5, "right": 1.0}
_LIFT = {"baseline": 0.0, "center": _MIDDLE, "top": 2 * _MIDDLE}


class Words(PathCollection):
    r"""Texts at fixed or moving places, as one artist.

    Parameters
    ----------
    ax : Axes
        What they are added to; not cut off at its border.
    places : array-like of float, shape (n, 2)
        Where the texts stand.
    ha : {"left", "center", "right"} or sequence of them, default "center"
        Which end of a text stands there; one for all, or one each.
    va : {"baseline", "center", "top"} or sequence of them, default "center"
        Whether the place is below, in the middle of, or above the digits. All texts of
        a line stand on one base line, whatever letters they have.
    size : float, default 11
        Of the letters, in points.
    rotation : float or sequence of float, default 0
        In degrees, about the place.
    shift : tuple of float, default (0, 0)
        From the place to the text, in points.
    color : colour, default INK
    transform : Transform, optional
        Of the places; by default the data's.

    Attributes
    ----------
    words : tuple of str
        What is shown.

    Notes
    -----
    A `matplotlib.text.Text` takes about 0.4 ms a frame, so that a hundred numbers take
    40 ms; this way they take 3 ms. In a file they are shapes, not text: figures that
    are drawn once have real texts, see `write_texts`.

    Examples
    --------
    >>> from mlkit.plots import detached_figure
    >>> words = Words(detached_figure().subplots(), [(0, 0), (1, 0)])
    >>> words.show(["0.5", ""])
    >>> words.words, len(words.get_paths())
    (('0.5', ''), 1)
    """

    def __init__(
        self,
        ax: Axes,
        places: ArrayLike,
        *,
        ha: str | Sequence[str] = "center",
        va: str | Sequence[str] = "center",
        size: float = 11,
        rotation: float | Sequence[float] = 0.0,
        shift: tuple[float, float] = (0.0, 0.0),
        color: Any = INK,
        transform: Transform | None = None,
    ) -> None:
        offsets = transform if transform is not None else ax.transData
        super().__init__([], facecolors=[color], linewidths=0, offset_transform=offsets)
        self.words: tuple[str, ...] = ()
        self._places = np.asarray(places, dtype=np.float64).reshape(-1, 2)
        n = len(self._places)
        each = (_for_each(value, n) for value in (ha, va, rotation))
        self._looks = list(zip(*each, strict=True))
        self._size, self._shift = float(size), shift
        # Letters are in points; an offset is in whatever `places` are.
        self.set_transform(Affine2D().scale(ax.figure.dpi / 72))
        self.set_zorder(5)
        ax.add_collection(self, autolim=False)
        # Names stand beside the axes.
        self.set_clip_on(False)

    def show(
        self,
        words: Sequence[str],
        *,
        colors: ArrayLike | None = None,
        places: ArrayLike | None = None,
    ) -> None:
        """Show these texts.

        Parameters
        ----------
        words : sequence of str, shape (n,)
            At most as many as there are places at first. Signs of dollar escaped, as
            `mlkit.plots.legible.fitted_name` returns them.
        colors : array-like, shape (n, 4), optional
            A colour each.
        places : array-like of float, shape (n, 2), optional
            Other places.
        """
        if places is not None:
            self._places = np.asarray(places, dtype=np.float64).reshape(-1, 2)
        self.words = tuple(words)
        there = [k for k, word in enumerate(self.words) if word.strip()]
        size, shift = self._size, self._shift
        self.set_paths(
            [_outline(self.words[k], *self._looks[k], size, shift) for k in there]
        )
        self.set_offsets(self._places[there])
        if colors is not None:
            self.set_facecolor(np.asarray(colors)[there])

    def write_texts(self) -> None:
        """Put real texts in place of the shapes, in a figure that is drawn once."""
        inks = self.get_facecolor()
        there = [k for k, word in enumerate(self.words) if word.strip()]
        for ink, k in enumerate(there):
            ha, va, rotation = self._looks[k]
            self.axes.annotate(
                self.words[k],
                self._places[k],
                xycoords=self.get_offset_transform(),
                xytext=self._shift,
                textcoords="offset points",
                ha=ha,
                va=va,
                rotation=rotation,
                rotation_mode="anchor",
                size=self._size,
                color=inks[ink % len(inks)],
            )
        self.remove()


def _for_each(value: Any, n: int) -> list[Any]:
    return [value] * n if isinstance(value, (str, int, float)) else list(value)


def fitting(name: object, inches: float, *, size: float = LETTERS) -> str:
    """Return a name that is not wider than so many inches.

    Parameters
    ----------
    name : object
    inches : float
    size : float, default 11
        Of the letters, in points.

    Returns
    -------
    str
        As `mlkit.plots.text_width.name_within`.

    Examples
    --------
    >>> fitting("happy-because-of-the-sea", 1.0, size=22)
    'ha…a'
    """
    return name_within(name, inches * LETTERS / size)


@lru_cache(maxsize=4096)
def _outline(
    word: str,
    ha: str,
    va: str,
    rotation: float,
    size: float,
    shift: tuple[float, float],
) -> Path:
    """Return the letters as a path around (0, 0), in points."""
    path = _letters(word, size)
    if not len(path.vertices):
        return path
    # From the first letter's origin. `Path.get_extents` would solve every curve, which
    # takes more time than drawing it.
    along = _ALONG[ha] * float(path.vertices[:, 0].max())
    moved = Affine2D().translate(-along, -_LIFT[va] * size).rotate_deg(rotation)
    return moved.translate(*shift).transform_path(path)


def _letters(word: str, size: float) -> Path:
    plain = word.replace(r"\$", "$")
    # Other scripts join their letters, or turn their order round.
    if not plain.isascii():
        return _shape(word, size)
    parts, start = [], 0.0
    for letter in plain:
        shape = _shape(r"\$" if letter == "$" else letter, size)
        parts.append(Affine2D().translate(start, 0.0).transform_path(shape))
        start += text_width(letter) * 72 * size / LETTERS
    return Path.make_compound_path(*parts)


@lru_cache(maxsize=1024)
def _shape(text: str, size: float) -> Path:
    """Return a text in the kit's font, whatever the user's is; it begins at (0, 0)."""
    if not text.strip():
        # A blank has no shape, and TextPath fails at it.
        return Path(np.zeros((0, 2)))
    with use_style():
        return TextPath((0, 0), text, size=size)
