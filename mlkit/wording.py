"""Numbers in sentences: with their noun, and with their sign."""

from __future__ import annotations

__all__ = ["counted", "signed"]


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Write a number with its noun.

    Parameters
    ----------
    number : int
    noun : str
        For one.
    plural : str, optional
        By default the noun and "s".

    Returns
    -------
    str

    Examples
    --------
    >>> counted(1, "row"), counted(2000, "row"), counted(0, "entry", "entries")
    ('1 row', '2,000 rows', '0 entries')
    """
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def signed(value: float, form: str = ".2f") -> str:
    """Write a number with a minus sign as wide as a plus, and none before zero.

    Parameters
    ----------
    value : float
    form : str, default ".2f"
        As in `format`; ``"+.2f"`` writes the plus, too.

    Returns
    -------
    str

    Examples
    --------
    >>> signed(-1.5), signed(-0.001), signed(0.25, "+.2f"), signed(0.0, "+.2f")
    ('−1.50', '0.00', '+0.25', '0.00')
    """
    text = f"{value:{form}}"
    # A value that is rounded to zero has no sign.
    return text.lstrip("+-") if float(text) == 0 else text.replace("-", "−")
