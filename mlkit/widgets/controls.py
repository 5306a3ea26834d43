"""Controls that a keyboard can reach, each with a label and a tooltip."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

__all__ = ["LABEL_WIDTH", "linked_number", "tooltip"]

LABEL_WIDTH = "110px"
"""CSS width of the labels on the left, the same for all controls below each other."""


def tooltip(text: str) -> dict[str, str]:
    """Return the keyword that gives a widget its tooltip.

    Parameters
    ----------
    text : str
        Also what a screen reader says of a control that has no visible label.

    Returns
    -------
    dict
        ``tooltip`` in ipywidgets 8, ``description_tooltip`` in 7.
    """
    known = widgets.FloatSlider.class_trait_names()
    key = "tooltip" if "tooltip" in known else "description_tooltip"
    return {key: text}


def linked_number(
    name: str,
    value: float,
    *,
    minimum: float,
    maximum: float,
    step: float,
    label_width: str = LABEL_WIDTH,
) -> tuple[widgets.HBox, widgets.BoundedFloatText | widgets.BoundedIntText]:
    """Make a slider with a number box that follow each other.

    Parameters
    ----------
    name : str
        The label on the left.
    value : float
        Where it starts.
    minimum, maximum : float
        Both ends; a number typed outside is brought to the nearer end.
    step : float
        Of the slider's keys and of the box's arrows. The box takes any number.
    label_width : str, default "110px"
        CSS width of the label.

    Returns
    -------
    row : HBox
        What to show.
    box : BoundedFloatText or BoundedIntText
        What to observe and to set: it holds the exact value. Of whole numbers if the
        value, both ends and the step are ``int``.

    Notes
    -----
    The box is there for the keyboard: in Notebook 7 the arrow keys do not move a
    slider. The slider stands at the step nearest to the box: given 2.37 with steps of
    0.1, a browser would move to 2.4 and send that back as if it had been chosen. Both
    are coupled in the kernel, so that a test without a browser sees what a user would.
    """
    limits = {"min": minimum, "max": maximum, "step": step, "value": value}
    whole = all(isinstance(number, int) for number in limits.values())
    slider = (widgets.IntSlider if whole else widgets.FloatSlider)(
        **limits | {"value": _nearest_step(value, minimum, step)},
        description=name,
        readout=False,
        continuous_update=True,
        style={"description_width": label_width},
        layout=widgets.Layout(width="420px", max_width="70%"),
        **tooltip(f"{name}: use the arrow keys"),
    )
    box = (widgets.BoundedIntText if whole else widgets.BoundedFloatText)(
        **limits,
        layout=widgets.Layout(width="84px"),
        **tooltip(f"{name}: type a number"),
    )

    def apart() -> bool:
        # A browser's 2.4000000000000004 is 2.4; sending 2.4 back would move a slider
        # that the user has already pushed further.
        at = _nearest_step(box.value, minimum, step)
        return abs(slider.value - at) > 1e-6 * step

    def follow_box(change: Any) -> None:
        if apart():
            slider.value = _nearest_step(box.value, minimum, step)

    def follow_slider(change: Any) -> None:
        if apart():
            box.value = _nearest_step(slider.value, minimum, step)

    box.observe(follow_box, names="value")
    slider.observe(follow_slider, names="value")
    return widgets.HBox([slider, box]), box


def _nearest_step(value: float, minimum: float, step: float) -> float:
    # Rounded, because 0.1 * 3 is not 0.3 and a browser compares exactly.
    return round(minimum + step * round((value - minimum) / step), 9)
