"""Checks of single numbers and words that a caller passes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

from mlkit.exceptions import OptionError

__all__ = ["check_choice", "check_count", "check_number"]


def check_count(
    name: str,
    value: Any,
    *,
    minimum: int,
    maximum: float = math.inf,
    error: type[ValueError] = ValueError,
) -> int:
    """Check a whole number.

    Parameters
    ----------
    name : str
        How the message calls it.
    value : object
    minimum : int
        The least value that makes sense.
    maximum : float, default inf
        The greatest one.
    error : type, default ValueError
        What is raised where the value is out of its range.

    Returns
    -------
    int

    Raises
    ------
    TypeError
        If it is not an integer.
    ValueError
        If it is too small or too large; `error`, to be exact.

    Examples
    --------
    >>> check_count("n_samples", 0, minimum=1)
    Traceback (most recent call last):
    ValueError: n_samples must be at least 1, got 0.
    """
    # True is an integer to Python, and hardly ever what the caller means.
    if not isinstance(value, Integral) or isinstance(value, bool):
        msg = f"{name} must be an integer, got {value!r}."
        raise TypeError(msg)
    if not minimum <= int(value) <= maximum:
        limits = f"in [{minimum}, {maximum}]"
        if maximum == math.inf:
            limits = f"at least {minimum}"
        msg = f"{name} must be {limits}, got {value}."
        raise error(msg)
    return int(value)


def check_number(
    name: str,
    value: Any,
    *,
    at_least: float = 0,
    at_most: float = math.inf,
    below: float = math.inf,
    error: type[ValueError] = ValueError,
) -> None:
    """Check a number that is finite and lies in a range.

    Parameters
    ----------
    name : str
        How the message calls it.
    value : object
    at_least : float, default 0
        Lower limit, still allowed.
    at_most : float, default inf
        Upper limit that is still allowed.
    below : float, default inf
        Upper limit that is not.
    error : type, default ValueError
        What is raised where the value is out of its range.

    Raises
    ------
    TypeError
        If it is not a real number.
    ValueError
        If it is out of its range, infinite or NaN; `error`, to be exact.

    Examples
    --------
    >>> check_number("label_noise", 0.7, below=0.5)
    Traceback (most recent call last):
    ValueError: label_noise must be in [0, 0.5), got 0.7.
    """
    if not isinstance(value, Real) or isinstance(value, bool):
        msg = f"{name} must be a number, got {value!r}."
        raise TypeError(msg)
    # The comparisons are false for NaN, which no range contains.
    number = float(value)
    if not (at_least <= number <= at_most and number < below):
        end = f"{at_most}]" if at_most < below else f"{below})"
        msg = f"{name} must be in [{at_least}, {end}, got {value}."
        raise error(msg)


def check_choice(
    name: str,
    value: Any,
    choices: Iterable[Any],
    *,
    error: type[ValueError] = OptionError,
) -> None:
    """Check a word against those that an option knows.

    Parameters
    ----------
    name : str
        How the message calls the option.
    value : object
    choices : iterable
    error : type, default OptionError
        What is raised for another word.

    Raises
    ------
    ValueError
        If it is none of them; `error`, to be exact.

    Examples
    --------
    >>> check_choice("rare", "drop", ["keep", "pool"])
    Traceback (most recent call last):
    mlkit.exceptions.OptionError: rare must be one of 'keep', 'pool'; got 'drop'.
    """
    known = list(choices)
    if value not in known:
        listed = ", ".join(map(repr, known))
        msg = f"{name} must be one of {listed}; got {value!r}."
        raise error(msg)
