"""Whether a figure keeps clear of its own border: nothing is cut off there."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from mlkit.plots.frames import FrameRenderer, Panels


def border_is_blank(panels: Panels) -> bool:
    """Tell whether all pixels along the four sides are white."""
    png = FrameRenderer(panels.figure, panels.moving).png()
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("L"))
    sides = (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1])
    return all((side == 255).all() for side in sides)
