"""What an eye would find wrong with a figure: pale, cut off or overlapping text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from mlkit.plots.style import use_style

LEAST_CONTRAST = 4.5
# Pixels that an outline may stand over, which no eye notices.
_SLACK = 2.0


def linear(color: object) -> np.ndarray:
    """Return the linear-light red, green and blue of an sRGB colour."""
    c = np.asarray(to_rgb(color), dtype=float)
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(first: object, second: object) -> float:
    """Return the contrast ratio of two colours (WCAG 2.1), from 1 to 21."""
    light = [
        float(np.array([0.2126, 0.7152, 0.0722]) @ linear(x)) for x in (first, second)
    ]
    return (max(light) + 0.05) / (min(light) + 0.05)


def problems(figure: Figure) -> Iterator[str]:
    """Yield what is wrong with the texts of a figure, in words."""
    with use_style():
        canvas = FigureCanvasAgg(figure)
        # What moves in an explorer is left out by the canvas unless it is told.
        for artist in figure.findobj():
            artist.set_animated(False)
        canvas.draw()
        texts = _seen(figure)
        boxes = [text.get_window_extent(canvas.get_renderer()) for text in texts]
        for text in texts:
            text.set_alpha(0)
        canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[::-1, :, :3]
    height, width = pixels.shape[:2]
    for text, box in zip(texts, boxes, strict=True):
        said = text.get_text().replace("\n", " ")
        if (
            min(box.x0, box.y0) < -_SLACK
            or box.x1 > width + _SLACK
            or box.y1 > height + _SLACK
        ):
            yield f"cut off: '{said}'"
            continue
        ratio = contrast(text.get_color(), _background(text, box, pixels))
        if ratio < LEAST_CONTRAST:
            yield f"pale ({ratio:.1f}): '{said}'"
    yield from _overlaps(figure, dict(zip(texts, boxes, strict=True)))


def _seen(figure: Figure) -> list[Text]:
    beyond = {label for ax in figure.findobj(Axes) for label in _beyond_limits(ax)}
    return [
        text
        for text in figure.findobj(Text)
        if text.get_text().strip() and text.get_visible() and text not in beyond
    ]


def _beyond_limits(ax: Axes) -> Iterator[Text]:
    """Yield the labels of ticks that are not drawn, since they lie outside."""
    for axis in (ax.xaxis, ax.yaxis):
        low, high = sorted(axis.get_view_interval())
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            shown = low - 1e-9 <= tick.get_loc() <= high + 1e-9
            if not (shown and axis.get_visible() and ax.get_visible()):
                yield from (tick.label1, tick.label2)


def _background(text: Text, box: object, pixels: np.ndarray) -> tuple[float, ...]:
    patch = text.get_bbox_patch()
    if patch is not None and patch.get_facecolor()[3] > 0.5:
        return patch.get_facecolor()[:3]
    rows = slice(max(int(box.y0), 0), int(box.y1) + 1)
    columns = slice(max(int(box.x0), 0), int(box.x1) + 1)
    seen = pixels[rows, columns].reshape(-1, 3)
    colors, counts = np.unique(seen, axis=0, return_counts=True)
    return tuple(colors[counts.argmax()] / 255)


def _overlaps(figure: Figure, boxes: dict[Text, object]) -> Iterator[str]:
    for ax in figure.findobj(Axes):
        for axis, start, end in ((ax.xaxis, "x0", "x1"), (ax.yaxis, "y0", "y1")):
            shown = [tick for tick in axis.get_ticklabels() if tick in boxes]
            shown.sort(key=lambda text: getattr(boxes[text], start))
            for first, second in pairwise(shown):
                gap = getattr(boxes[second], start) - getattr(boxes[first], end)
                if gap < -_SLACK:
                    names = f"'{first.get_text()}' and '{second.get_text()}'"
                    yield f"overlapping by {-gap:.0f} pixels: {names}"
