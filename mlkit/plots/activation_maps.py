"""Where in a picture a network found each label: heat maps over the grey picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_rgb
from matplotlib.figure import Figure
from numpy.typing import ArrayLike
from scipy import ndimage

from mlkit.arguments import check_choice, check_count
from mlkit.description.pictures import pixel_bytes
from mlkit.exceptions import OptionError, ScoresError, ShapeError
from mlkit.plots.placing import axes_at
from mlkit.plots.style import INK, PALETTE, detached_figure, use_style
from mlkit.plots.text_width import LETTERS, name_within, text_width
from mlkit.validation import (
    check_label_names,
    check_probabilities,
    default_label_names,
)

__all__ = ["plot_activation_maps"]

_SCALES = {
    "shared": "one scale for all labels",
    "each": "share of the label's greatest",
}
_MAX_COLUMNS = 4
# Inches.
_PANEL, _LEAST_CELL, _LEAST_WIDTH = 2.2, 1.9, 6.0
_GAP, _HEAD, _TITLE, _FOOT, _BAR_HEIGHT = 0.15, 0.35, 0.34, 1.15, 0.18
# Cells a side of a map that is drawn: fine enough for a smooth line.
_FINE = 96
# Below so many pixels a side each of them is to be seen; above, a picture.
_FEW_PIXELS = 64
# The rest is white: colours show on pale pictures, dark ones would drown them.
_STRENGTH = 0.6


def _tints(*steps: tuple[str, float]) -> list[tuple[float, ...]]:
    return [(*to_rgb(PALETTE[name]), alpha) for name, alpha in steps]


# Nothing, then more and more of the colour: where there is no activation the picture
# is seen. For and against are told apart by colour-blind eyes, too.
_FOR = _tints(("orange", 0.0), ("orange", 0.6), ("vermilion", 0.9))
_AGAINST = _tints(("blue", 0.9), ("sky", 0.6), ("sky", 0.0))
_ONE_SIDED = LinearSegmentedColormap.from_list("for", _FOR)
_TWO_SIDED = LinearSegmentedColormap.from_list("for_and_against", [*_AGAINST, *_FOR])


def plot_activation_maps(
    picture: ArrayLike,
    maps: ArrayLike,
    *,
    label_names: Sequence[str] | None = None,
    probabilities: ArrayLike | None = None,
    scale: str = "shared",
    n: int = 11,
) -> Figure:
    """Draw a picture, and for each label where in it the network found the label.

    Parameters
    ----------
    picture : array-like of shape (height, width[, channels])
        Grey or with 1, 3 or 4 channels. Bytes and numbers in [0, 1] are shown as they
        are, other ranges are stretched.
    maps : array-like of float, shape (n_labels, n_rows, n_columns)
        Class activation maps of any size: how much each part of the picture, from the
        upper left, speaks for each label; below 0, against it.
    label_names : sequence of str, optional
        By default ``label_0``, ...
    probabilities : array-like of float, shape (n_labels,), optional
        P(label = 1) of the picture, in [0, 1], for the titles.
    scale : {"shared", "each"}, default "shared"
        Whether the strongest colour is the greatest value of all maps, so that labels
        can be compared, or that of each label, so that faint maps can be seen.
    n : int, default 11
        How many labels are drawn at most: the most probable, or without
        `probabilities` the first. In the order of the maps.

    Returns
    -------
    Figure
        The picture, then a panel a label: the picture in pale grey under the map,
        orange for and, where there are values below 0, blue against. A line encloses
        what has more than half of the scale, dashed where it is against. Where not all
        labels are drawn, the heading says so. Not known to pyplot.

    Raises
    ------
    ShapeError
        If picture, maps and probabilities have not these shapes.
    ScoresError
        If maps or probabilities are not finite numbers in their range.
    LabelNameError
        If the names do not fit.
    OptionError
        If `n` or `scale` is out of its range.

    Notes
    -----
    Coarse maps are interpolated by cubic splines, cut at their least and greatest
    value. What looks sharp is not: a map of 7 x 7 knows a place to a seventh of a side.

    With ``scale="each"`` the map of an absent label is as strong as any other. Read it
    together with the probability.

    References
    ----------
    B. Zhou, A. Khosla, A. Lapedriza, A. Oliva, A. Torralba (2016). Learning deep
    features for discriminative localization. CVPR, 2921-2929.

    Examples
    --------
    >>> maps = np.array([[[0.0, 2.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, 0.0]]])
    >>> figure = plot_activation_maps(
    ...     np.zeros((8, 8)), maps, label_names=["sea", "sun"], probabilities=[0.9, 0.3]
    ... )
    >>> [ax.get_title() for ax in figure.axes][:3]
    ['picture', 'sea  0.90', 'sun  0.30']
    """
    check_choice("scale", scale, _SCALES)
    check_count("n", n, minimum=1, error=OptionError)
    pixels, values = _checked_picture(picture), _checked_maps(maps)
    names = default_label_names(len(values))
    if label_names is not None:
        names = check_label_names(label_names, len(values))
    chance = None
    if probabilities is not None:
        chance = _checked_chance(probabilities, len(values))
    chosen = _chosen(len(values), chance, n)
    shown = _scaled(values[chosen], scale)
    look = _look(shown)
    head = _head(len(chosen), len(values), chance)
    page = _Page(1 + len(chosen), pixels.shape[0] / pixels.shape[1], bool(head))
    figure = detached_figure(page.size)
    with use_style():
        _draw_picture(page.panel(figure, 0), pixels, "picture")
        grey = _pale_grey(pixels)
        for number, (place, map_) in enumerate(zip(chosen, shown, strict=True), 1):
            ax = page.panel(figure, number)
            title = page.title(names[place], None if chance is None else chance[place])
            _draw_picture(ax, grey, title)
            _draw_map(ax, map_, look)
        _draw_bar(page.bar(figure), look, scale)
        if head:
            figure.suptitle(head, y=1 - _GAP / page.size[1], va="top")
    return figure


def _checked_picture(picture: ArrayLike) -> np.ndarray:
    pixels = np.asarray(picture)
    flat = pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in (1, 3, 4))
    if not flat or not pixels.size:
        msg = (
            f"picture has shape {pixels.shape}; expected (height, width) or (height, "
            "width, channels) with 1, 3 or 4 channels. Choose one: images[row]."
        )
        raise ShapeError(msg)
    shown = pixel_bytes(pixels)
    return shown[..., 0] if shown.ndim == 3 and shown.shape[2] == 1 else shown


def _checked_maps(maps: ArrayLike) -> np.ndarray:
    try:
        values = np.asarray(maps, dtype=np.float64)
    except (TypeError, ValueError) as err:
        msg = f"maps must be numbers: {err}."
        raise ScoresError(msg) from err
    if values.ndim != 3 or not values.size:
        msg = (
            f"maps has shape {values.shape}; expected (n_labels, n_rows, n_columns), "
            "one map a label of one picture. Choose a picture, maps[row], and put the "
            "labels first: np.moveaxis(maps, -1, 0)."
        )
        raise ShapeError(msg)
    if not np.isfinite(values).all():
        label = int(np.argwhere(~np.isfinite(values))[0, 0])
        msg = f"maps must be finite; that of label {label} is not."
        raise ScoresError(msg)
    return values


def _checked_chance(probabilities: ArrayLike, n_labels: int) -> np.ndarray:
    given = np.asarray(probabilities)
    if given.shape != (n_labels,):
        msg = (
            f"maps has {n_labels} labels and probabilities has shape {given.shape}; "
            f"expected ({n_labels},), one number a label of this picture."
        )
        raise ShapeError(msg)
    return check_probabilities(given[None], name="probabilities")[0]


def _chosen(n_labels: int, chance: np.ndarray | None, n: int) -> np.ndarray:
    """Return the places of the labels that are drawn, in their order."""
    order = np.arange(n_labels)
    if chance is not None:
        order = np.argsort(-chance, kind="stable")
    return np.sort(order[:n])


def _head(n_shown: int, n_labels: int, chance: np.ndarray | None) -> str:
    if n_shown == n_labels:
        return ""
    which = "the first" if chance is None else "the most probable"
    return f"{n_shown} of {n_labels} labels: {which}"


def _scaled(maps: np.ndarray, scale: str) -> np.ndarray:
    if scale == "shared":
        return maps
    greatest = np.abs(maps).max(axis=(1, 2), keepdims=True)
    return maps / np.where(greatest > 0, greatest, 1.0)


def _look(maps: np.ndarray) -> ScalarMappable:
    """Return the range of values and its colours."""
    signed = bool((maps < 0).any())
    greatest = float(np.abs(maps).max()) or 1.0
    cmap = _TWO_SIDED if signed else _ONE_SIDED
    return ScalarMappable(Normalize(-greatest if signed else 0.0, greatest), cmap)


class _Page:
    """Where the panels stand, in inches.

    Parameters
    ----------
    n_panels : int
    ratio : float
        Height of the picture by its width.
    with_head : bool
        Whether a line above the panels is needed.
    """

    def __init__(self, n_panels: int, ratio: float, with_head: bool) -> None:
        self._n_columns = min(_MAX_COLUMNS, n_panels)
        # A long picture is made narrow, rather than the page high without end.
        self._height = min(_PANEL * ratio, 1.5 * _PANEL)
        self._width = self._height / ratio
        self._cell = max(self._width, _LEAST_CELL) + _GAP
        # Room for the words at the scale, also where there is one label only.
        whole = max(self._n_columns * self._cell + _GAP, _LEAST_WIDTH)
        self._left = (whole - self._n_columns * self._cell) / 2
        self._top = _HEAD if with_head else 0.0
        n_rows = -(-n_panels // self._n_columns)
        self._bottom = self._top + n_rows * (_TITLE + self._height)
        self.size = (whole, self._bottom + _FOOT)

    def panel(self, figure: Figure, number: int) -> Axes:
        """Add the axes of a panel, with room for its title above."""
        row, column = divmod(number, self._n_columns)
        left = self._left + column * self._cell + (self._cell - self._width) / 2
        top = self._top + row * (_TITLE + self._height) + _TITLE
        return axes_at(figure, left, top, self._width, self._height)

    def bar(self, figure: Figure) -> Axes:
        """Add the axes of the scale below the panels."""
        width = 0.6 * self.size[0]
        left = (self.size[0] - width) / 2
        return axes_at(figure, left, self._bottom + _GAP, width, _BAR_HEIGHT)

    def title(self, name: str, chance: float | None) -> str:
        """Return what stands above a panel, no wider than its part of the page."""
        number = "" if chance is None else f"  {chance:.2f}"
        return name_within(name, self._cell - _GAP - text_width(number)) + number


def _draw_picture(ax: Axes, pixels: np.ndarray, title: str) -> None:
    few = max(pixels.shape[:2]) < _FEW_PIXELS
    smoothing = "nearest" if few else "antialiased"
    ax.imshow(pixels, cmap="gray", vmin=0, vmax=255, interpolation=smoothing)
    ax.set_title(title, fontsize=LETTERS)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def _pale_grey(pixels: np.ndarray) -> np.ndarray:
    grey = pixels.astype(np.float64)
    if grey.ndim == 3:
        grey = grey[..., :3] @ np.array([0.2126, 0.7152, 0.0722])
    return 255 - _STRENGTH * (255 - grey)


def _draw_map(ax: Axes, map_: np.ndarray, look: ScalarMappable) -> None:
    fine = _fine(map_)
    extent = ax.images[0].get_extent()
    ax.imshow(fine, cmap=look.cmap, norm=look.norm, extent=extent)
    half = 0.5 * look.norm.vmax
    # A level that is nowhere reached would be warned of.
    levels = [v for v in (-half, half) if fine.min() < v < fine.max()]
    if levels:
        ax.contour(
            fine,
            levels,
            colors=INK,
            linewidths=1.2,
            negative_linestyles="dashed",
            extent=extent,
            origin="upper",
        )


def _draw_bar(ax: Axes, look: ScalarMappable, scale: str) -> None:
    signed = look.norm.vmin < 0
    words = f"activation{' (below 0: against the label)' if signed else ''}; "
    lines = f"within a line: beyond half of it{', dashed: against' if signed else ''}"
    bar = ax.figure.colorbar(look, cax=ax, orientation="horizontal")
    ax.grid(visible=False)
    bar.set_label(f"{words}{_SCALES[scale]}\n{lines}")


def _fine(map_: np.ndarray) -> np.ndarray:
    """Interpolate a map, and stay within its range."""
    # Odd numbers: the middle of each part is drawn, and keeps its value.
    factors = [-(-_FINE // side) | 1 for side in map_.shape]
    smooth = ndimage.zoom(map_, factors, mode="nearest", grid_mode=True)
    return np.clip(smooth, map_.min(), map_.max())
