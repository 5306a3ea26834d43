"""What all explorers share: a picture that follows a state, and says so in words.

Four layers keep an explorer testable and free of flicker: NumPy computation
(`mlkit.activations`, `mlkit.metrics`), pure figures (`mlkit.plots`), a state of
traitlets that needs no kernel, and this thin view. The view shows a picture as
``<img src="data:...">`` in an HTML widget; clearing and refilling an ``Output`` widget
would show an empty cell between two frames.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import ipywidgets as widgets
from traitlets import HasTraits

from mlkit.exceptions import unknown_name

__all__ = ["Explorer", "linked_number", "tooltip"]

_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


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
    label_width: str = "110px",
) -> tuple[widgets.HBox, widgets.BoundedFloatText]:
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
        CSS width of the label, the same for all sliders below each other.

    Returns
    -------
    row : HBox
        What to show.
    box : BoundedFloatText
        What to observe and to set: it holds the exact value.

    Notes
    -----
    The box is there for the keyboard: in Notebook 7 the arrow keys do not move a
    slider. The slider stands at the step nearest to the box: given 2.37 with steps of
    0.1, a browser would move to 2.4 and send that back as if it had been chosen. Both
    are coupled in the kernel, so that a test without a browser sees what a user would.
    """
    limits = {"min": minimum, "max": maximum, "step": step, "value": value}
    slider = widgets.FloatSlider(
        **limits | {"value": _nearest_step(value, minimum, step)},
        description=name,
        readout=False,
        continuous_update=True,
        style={"description_width": label_width},
        layout=widgets.Layout(width="420px", max_width="70%"),
        **tooltip(f"{name}: use the arrow keys"),
    )
    box = widgets.BoundedFloatText(
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


class Explorer:
    """A picture with controls, driven by one state.

    A subclass says how its state looks: `controls`, `picture` and `sentence`, and
    `sync`, which brings the controls to the state. An explorer is shown by being the
    last line of a cell.

    Parameters
    ----------
    state : HasTraits
        All that the picture depends on. Changing a trait from code changes the
        picture and the controls, too.
    hide : collection of str, default ()
        Names of controls that a lesson leaves out: those of `control_names`.

    Attributes
    ----------
    state : HasTraits
    frames : int
        How many pictures were drawn so far.
    view : ipywidgets.VBox
        The widget itself, to put into a layout of one's own.

    Raises
    ------
    UnknownNameError
        If `hide` names a control that does not exist.
    """

    control_names: tuple[str, ...] = ("status",)

    def __init__(self, state: HasTraits, *, hide: Collection[str] = ()) -> None:
        for name in hide:
            if name not in self.control_names:
                raise unknown_name(self._kind(), name, self.control_names)
        self.state = state
        self.frames = 0
        self._paused = False
        self._png = b""
        self._picture = widgets.HTML()
        self._status = widgets.HTML()
        shown = [c for name, c in self.controls().items() if name not in hide]
        status = [] if "status" in hide else [self._status]
        # Each widget is made once and changed in place: a control that were replaced
        # would lose the keyboard's focus.
        self.view = widgets.VBox([*shown, self._picture, *status])
        self.refresh()
        state.observe(self._on_change)

    def controls(self) -> dict[str, widgets.Widget]:
        """Make the controls, by name, in the order of showing."""
        return {}

    def sync(self) -> None:
        """Bring the controls to the state; called after every change of it."""

    def picture(self) -> tuple[bytes, tuple[int, int]]:
        """Draw the state: a PNG file, and its width and height in pixels."""
        raise NotImplementedError

    def sentence(self) -> str:
        """Say what the picture shows, with its numbers."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Show the state as it is: controls, picture and status line.

        Raises
        ------
        Exception
            Whatever drawing raises; it stands in the status line, too, because a
            notebook shows errors of callbacks only in a log.
        """
        try:
            self.sync()
            sentence = self.sentence()
            png, size = self.picture()
        except Exception as err:
            self._show_error(err)
            raise
        # Counted and shown only when both are there: never words without their picture.
        self.frames += 1
        self._png = png
        self._picture.value = _image_html(png, size, alt=sentence, frame=self.frames)
        self._status.value = _status_html(sentence)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Change several traits inside a ``with`` block and draw once, at its end."""
        self._paused = True
        try:
            yield
        finally:
            self._paused = False
        self.refresh()

    def _on_change(self, change: Any) -> None:
        # Traits that change together would each draw a picture that nobody sees.
        if not self._paused:
            self.refresh()

    def _show_error(self, err: Exception) -> None:
        self._status.value = _status_html(f"{type(err).__name__}: {err}")
        # An error must be seen where the lesson hides the status line.
        if self._status not in self.view.children:
            self.view.children = (*self.view.children, self._status)

    def _kind(self) -> str:
        return f"control of {type(self).__name__}"

    def _repr_mimebundle_(
        self, include: Sequence[str] | None = None, exclude: Sequence[str] | None = None
    ) -> dict[str, Any]:
        # The picture and the sentence are what a saved notebook shows where no kernel
        # runs: on the web, in a printed page, in a mail.
        return {
            _WIDGET_VIEW: {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self.view.model_id,
            },
            "image/png": base64.b64encode(self._png).decode("ascii"),
            "text/plain": f"{type(self).__name__}: {self.sentence()}",
        }


def _image_html(png: bytes, size: tuple[int, int], *, alt: str, frame: int) -> str:
    # Width and height are said, so that nothing below moves while it is decoded; in a
    # narrow window both shrink together.
    width, height = size
    data = base64.b64encode(png).decode("ascii")
    return (
        f'<img alt="{html.escape(alt)}" width="{width}" height="{height}" '
        f'style="display: block; max-width: 100%; height: auto;" data-frame="{frame}" '
        f'src="data:image/png;base64,{data}">'
    )


def _status_html(sentence: str) -> str:
    return f'<div role="status" aria-live="polite">{html.escape(sentence)}</div>'
