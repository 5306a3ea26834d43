"""What keeps words in figures legible: short names, and ink that shows on a shade."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np

__all__ = ["fitted_name", "ink_on"]

_DARK, _LIGHT = "black", "white"
# (1 + 0.05) / (L + 0.05) = (L + 0.05) / 0.05: both inks have the same contrast.
_SAME_CONTRAST = 0.179


def fitted_name(name: object, width: int = 28) -> str:
    r"""Return a name that is one line of at most so many characters.

    Parameters
    ----------
    name : object
        Of a label, a feature or a model.
    width : int, default 28
        In characters, at least 3.

    Returns
    -------
    str
        Without line breaks; a long one has its middle left out, since names often
        begin alike. Signs of dollar are escaped: else two of them would start a
        formula.

    Examples
    --------
    >>> fitted_name("sun")
    'sun'
    >>> fitted_name("happy-because-of-the-sea", 12)
    'happy-…e-sea'
    >>> fitted_name("$5 or $6")
    '\\$5 or \\$6'
    """
    text = " ".join(str(name).split())
    if len(text) > width:
        tail = (width - 1) // 2
        text = f"{text[: width - 1 - tail]}…{text[-tail:]}"
    return text.replace("$", r"\$")


def ink_on(color: object) -> str:
    """Return black or white, whichever is easier to read on a colour.

    Parameters
    ----------
    color : colour of matplotlib
        What lies below the words.

    Returns
    -------
    {"black", "white"}

    Notes
    -----
    The one of the higher contrast, (L + 0.05) / (l + 0.05) of two luminances L > l.

    References
    ----------
    W3C (2018). Web Content Accessibility Guidelines 2.1: contrast ratio. The exact
    curve of its luminance is replaced by a square.

    Examples
    --------
    >>> ink_on("#FFFFAA"), ink_on("#000066")
    ('black', 'white')
    """
    # The numbers of a colour are about square roots of its light.
    red, green, blue = np.square(mpl.colors.to_rgb(color))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return _DARK if luminance > _SAME_CONTRAST else _LIGHT
