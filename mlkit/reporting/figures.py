"""Figures and pictures inside a page, each with a text that says what is seen."""

from __future__ import annotations

import base64
import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mlkit.description.pictures import pixel_bytes
from mlkit.reporting.document import Ids, text_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Drawing", "Pixels", "draw", "drawn"]

# A larger drawing is shorter as a picture of pixels.
_MOST_SVG_CHARACTERS = 150_000
# Colours of a picture of a figure; with more, files grow and nobody sees why.
_COLORS = 128
_SHARPNESS = 1.5
_MOST_PIXELS_A_SIDE = 240


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure of matplotlib.

    Parameters
    ----------
    figure : Figure
        Not known to pyplot.
    alt : str
        What is seen, with numbers.
    caption : str
        How to read it.
    """

    figure: Figure
    alt: str
    caption: str

    def html(self, ids: Ids) -> str:
        """Return it as HTML: as lines and words, or as a PNG where that is shorter."""
        from mlkit.plots import figure_svg

        name = ids.new("figure")
        with _any_text():
            svg = figure_svg(self.figure, prefix=f"{name}-")
            if len(svg) <= _MOST_SVG_CHARACTERS:
                label = f'role="img" aria-label="{text_html(self.alt)}"'
                shown = svg.replace("<svg", f'<svg class="drawing" {label}', 1)
            else:
                shown = _img(_figure_png(self.figure), self.alt, "drawing")
        return (
            f'<figure><div class="scroll" role="region" tabindex="0" '
            f'aria-labelledby="{name}">{shown}</div>'
            f'<figcaption id="{name}">{text_html(self.caption)}</figcaption></figure>'
        )


def draw(
    plot: Callable[..., Any],
    *arguments: Any,
    size: tuple[float, float],
    alt: str,
    caption: str,
    **keywords: Any,
) -> Drawing:
    """Draw a figure of `mlkit.plots`.

    Parameters
    ----------
    plot : callable
        ``plot(*arguments, ax=..., **keywords)``.
    *arguments : object
    size : tuple of float
        Width and height in inches.
    alt, caption : str
        As those of `Drawing`.
    **keywords : object

    Returns
    -------
    Drawing

    Examples
    --------
    >>> import pandas as pd
    >>> from mlkit.plots import plot_label_bars
    >>> counts = pd.Series({"sea": 3})
    >>> drawing = draw(
    ...     plot_label_bars, counts, size=(4, 1), xlabel="rows", alt="", caption=""
    ... )
    >>> len(drawing.figure.axes)
    1
    """
    from mlkit.plots import detached_figure, use_style

    def make() -> Figure:
        with use_style():
            figure = detached_figure(size)
            figure.set_layout_engine("constrained")
            plot(*arguments, ax=figure.subplots(), **keywords)
        return figure

    return drawn(make, alt=alt, caption=caption)


def drawn(make: Callable[[], Figure], *, alt: str, caption: str) -> Drawing:
    """Call what draws a figure, with names taken as they are.

    Parameters
    ----------
    make : callable
        Returns a figure that pyplot does not know.
    alt, caption : str
        As those of `Drawing`.

    Returns
    -------
    Drawing
    """
    with _any_text():
        return Drawing(make(), alt, caption)


@contextmanager
def _any_text() -> Iterator[None]:
    """Draw names as they are: no formulas between dollars, no complaint of letters."""
    import matplotlib as mpl

    with warnings.catch_warnings(), mpl.rc_context({"text.parse_math": False}):
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def _figure_png(figure: Figure) -> bytes:
    from PIL import Image

    from mlkit.plots import use_style

    buffer, small = io.BytesIO(), io.BytesIO()
    with use_style():
        figure.savefig(buffer, format="png", dpi=_SHARPNESS * figure.get_dpi())
    picture = Image.open(buffer).convert("RGB").quantize(_COLORS)
    picture.save(small, format="png", optimize=True)
    return small.getvalue()


def _img(png: bytes, alt: str, kind: str) -> str:
    content = base64.b64encode(png).decode()
    return (
        f'<img class="{kind}" alt="{text_html(alt)}" '
        f'src="data:image/png;base64,{content}">'
    )


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture of the data.

    Parameters
    ----------
    values : ndarray, shape (height, width) or (height, width, channels)
        One channel is grey, three are red, green and blue, a fourth is opacity.
        Integers in [0, 255] or numbers in [0, 1] are shown as they are; other ranges
        are stretched to them.
    alt : str
        What is seen.

    Examples
    --------
    >>> html = Pixels(np.zeros((2, 2)), "a black square").html(Ids())
    >>> html.startswith('<figure><img class="pixels" alt="a black square"')
    True
    """

    values: np.ndarray
    alt: str

    def html(self, ids: Ids) -> str:
        """Return it as HTML; sides of more than 240 pixels are made smaller."""
        from PIL import Image

        values = self.values
        # Pillow knows no pictures with an axis of length 1 at the end.
        grey = values.ndim == 3 and values.shape[-1] == 1
        picture = Image.fromarray(pixel_bytes(values[..., 0] if grey else values))
        picture.thumbnail((_MOST_PIXELS_A_SIDE, _MOST_PIXELS_A_SIDE))
        buffer = io.BytesIO()
        picture.save(buffer, format="png", optimize=True)
        return f"<figure>{_img(buffer.getvalue(), self.alt, 'pixels')}</figure>"
