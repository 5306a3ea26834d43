"""Every control of an explorer, moved as a user would: for tests and measurements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle, islice
from typing import Any

import ipywidgets as widgets
import numpy as np

from mlkit.widgets.base import Explorer

__all__ = ["accessible_name", "controls_of", "moves"]

_SHOWS_ONLY = (widgets.HTML, widgets.HTMLMath, widgets.Label, widgets.Image)
_SLIDERS = (widgets.FloatSlider, widgets.IntSlider)
_TEXTS = (widgets.Text, widgets.Combobox)
_NUMBERS = (*_SLIDERS, widgets.BoundedFloatText, widgets.BoundedIntText)
_CHOICES = (widgets.Dropdown, widgets.RadioButtons, widgets.ToggleButtons)
_SWITCHES = (widgets.Checkbox, widgets.ToggleButton)


def controls_of(explorer: Explorer) -> list[widgets.Widget]:
    """Return the controls of an explorer that a user can reach now.

    Parameters
    ----------
    explorer : Explorer

    Returns
    -------
    list of Widget
        In the order of the Tab key; those that are disabled are left out.
    """
    return list(_inside(explorer.view))


def _inside(widget: widgets.Widget) -> Iterator[widgets.Widget]:
    for child in getattr(widget, "children", ()):
        yield from _inside(child)
    shown = isinstance(widget, (widgets.Box, *_SHOWS_ONLY))
    if not shown and not getattr(widget, "disabled", False):
        yield widget


def accessible_name(control: widgets.Widget) -> str:
    """Return what a screen reader says of a control; empty if it says nothing.

    Parameters
    ----------
    control : Widget

    Returns
    -------
    str
        Its label, and its tooltip where that says more.
    """
    label = getattr(control, "description", "")
    # The name of the tooltip in ipywidgets 7, for some of its widgets, comes second.
    known = (getattr(control, name, "") for name in ("tooltip", "description_tooltip"))
    said = next(filter(None, known), "")
    return said if said.startswith(label) else f"{label}, {said}".rstrip(", ")


def moves(
    explorer: Explorer, *, n: int = 8
) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield what a user may do to an explorer, control by control.

    Parameters
    ----------
    explorer : Explorer
    n : int, default 8
        How often each control is moved.

    Yields
    ------
    name : str
        Of the control.
    act : callable
        Moves it, when called without arguments.

    Examples
    --------
    >>> from mlkit.widgets import LogitExplorer
    >>> explorer = LogitExplorer(hide=["logits", "presets"])
    >>> for name, act in moves(explorer, n=3):
    ...     act()
    >>> name, explorer.state.threshold, explorer.frames
    ('Threshold: type a number', 1.0, 7)
    """
    for control in controls_of(explorer):
        # What a button says may change with each press.
        name = accessible_name(control)
        for act in _acts(control, n):
            # Another control may have taken it away, or disabled it.
            if control in controls_of(explorer):
                yield name, act


def _acts(control: Any, n: int) -> Iterator[Callable[[], None]]:
    if isinstance(control, widgets.Button):
        yield from [control.click] * n
    elif isinstance(control, _SWITCHES):
        yield from [lambda: _set(control, not control.value)] * (n - n % 2)
    else:
        for value in _values(control, n):
            yield lambda value=value: _set(control, value)


def _set(control: Any, value: Any) -> None:
    control.value = value


def _values(control: Any, n: int) -> list[Any]:
    """Return values that a control can have, the present one at the end."""
    if isinstance(control, _NUMBERS):
        whole = isinstance(control.value, int)
        spread = np.linspace(control.min, control.max, n)
        return [round(x) if whole else float(x) for x in spread]
    if isinstance(control, _CHOICES):
        return [*islice(cycle(_options(control)), n - 1), control.value]
    if isinstance(control, widgets.SelectMultiple):
        choices = ((option,) for option in cycle(_options(control)))
        return [*islice(choices, n - 1), control.value]
    if isinstance(control, _TEXTS):
        return ["", "nothing of this name", control.value]
    msg = f"Nothing is known of moving a {type(control).__name__}."
    raise TypeError(msg)


def _options(control: Any) -> list[Any]:
    # Values, or pairs of a text and a value.
    return [x[1] if isinstance(x, tuple) else x for x in control.options]
