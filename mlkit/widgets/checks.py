"""Checks of values that traits of a state are set to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from traitlets import TraitError

from mlkit.exceptions import LabelNameError, unknown_name
from mlkit.validation import check_label_names

__all__ = ["check_names_fit", "check_preset", "in_range", "one_of"]


def in_range(proposal: Any, low: float, high: float, *, note: str = "") -> Any:
    """Return a proposed number that lies between two ends.

    Parameters
    ----------
    proposal : dict
        What a validator of traitlets is given.
    low, high : float
        Both are allowed.
    note : str, default ""
        What the range is, or the unit, for the message.

    Returns
    -------
    float or int

    Raises
    ------
    TraitError
        If it does not; NaN never does.
    """
    value = proposal["value"]
    if not low <= value <= high:
        limits = f"[{_figure(low)}, {_figure(high)}]{note and f', {note}'}"
        msg = f"{proposal['trait'].name} must lie in {limits}; got {value}."
        raise TraitError(msg)
    return value


def one_of(proposal: Any, known: Collection[Any]) -> Any:
    """Return a proposed value that is one of those that are known.

    Parameters
    ----------
    proposal : dict
        What a validator of traitlets is given.
    known : collection

    Returns
    -------
    object

    Raises
    ------
    TraitError
        If it is none; the message names the closest.
    """
    name, value = proposal["trait"].name, proposal["value"]
    if value in known:
        return value
    if all(isinstance(other, str) for other in known):
        raise TraitError(str(unknown_name(name, value, known)))
    listed = ", ".join(map(str, known))
    msg = f"{name} must be one of {listed}; got {value!r}."
    raise TraitError(msg)


def check_preset(explorer: str, name: str | None, known: Collection[str]) -> None:
    """Check the name of a preset that an explorer is to begin with.

    Parameters
    ----------
    explorer : str
        Which one, for the message.
    name : str or None
        None where it begins with something else.
    known : collection of str

    Raises
    ------
    UnknownNameError
        If there is no such preset.
    """
    if name is not None and name not in known:
        error = unknown_name(f"preset of the {explorer}", name, known)
        raise error


def check_names_fit(names: Sequence[str], n_labels: int) -> None:
    """Check that there is a name for each label, and no name twice.

    Parameters
    ----------
    names : sequence of str
    n_labels : int

    Raises
    ------
    TraitError
        If they do not fit.
    """
    try:
        check_label_names(names, n_labels)
    except LabelNameError as err:
        raise TraitError(str(err)) from err


def _figure(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"
