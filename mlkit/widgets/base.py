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
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import ipywidgets as widgets
from traitlets import HasTraits

from mlkit.exceptions import unknown_name
from mlkit.plots.frames import FrameRenderer, Panels
from mlkit.widgets.controls import LABEL_WIDTH, linked_number, tooltip
from mlkit.widgets.kept import Kept

__all__ = ["WIDGET_VIEW", "Explorer", "image_html", "status_html"]

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
"""The kind of output that is a live widget."""

# Not None: a menu with the value None shows no text at all.
_NO_PRESET = ""
# As wide as a slider, for the names of situations.
_MENU_WIDTH = "420px"
# So many figures are kept ready; an explorer with more views draws some anew.
_MOST_FIGURES = 8


@dataclass(frozen=True, slots=True)
class _Bound:
    """A control that shows a trait of the state and sets it."""

    control: widgets.Widget
    trait: str

    def sync(self, state: HasTraits) -> None:
        # Setting an equal value notifies nobody, so this cannot run in circles.
        self.control.value = getattr(state, self.trait)


class Explorer:
    """A picture with controls, driven by one state.

    A subclass says which controls there are (`controls`), how its state looks
    (`panels_key`, `make_panels` and `show`) and what it says in words (`sentence`).
    An explorer is shown by being the last line of a cell.

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
    control_names : tuple of str
        What `hide` may name; ``"presets"`` first where there are any, ``"status"``
        last.
    presets : mapping of str to mapping
        Situations worth looking at: values of traits, by the name of the situation.

    Raises
    ------
    UnknownNameError
        If `hide` names a control that does not exist.
    """

    control_names: ClassVar[tuple[str, ...]] = ("status",)
    presets: Mapping[str, Mapping[str, Any]] = {}

    def __init__(self, state: HasTraits, *, hide: Collection[str] = ()) -> None:
        for name in hide:
            if name not in self.control_names:
                kind = f"control of {type(self).__name__}"
                raise unknown_name(kind, name, self.control_names)
        self.state = state
        self.frames = 0
        self._paused = False
        self._png = b""
        self._bound: list[_Bound] = []
        self._figures = Kept(_MOST_FIGURES)
        self._content = widgets.HTML()
        self._status = widgets.HTML()
        menu = {"presets": self._preset_menu()} if self.presets else {}
        made = {**menu, **self.controls()}
        status = [] if "status" in hide else [self._status]
        # Each widget is made once and changed in place: a control that were replaced
        # would lose the keyboard's focus.
        shown = [control for name, control in made.items() if name not in hide]
        self.view = widgets.VBox([*shown, self._content, *status])
        self.refresh()
        state.observe(self._on_change)

    def controls(self) -> dict[str, widgets.Widget]:
        """Make the controls, by name, in the order of showing."""
        return {}

    def number(
        self, trait: str, name: str, *, minimum: float, maximum: float, step: float
    ) -> widgets.HBox:
        """Make a slider with a number box for a trait of the state.

        Parameters
        ----------
        trait : str
            A number. A whole one needs limits and a step of type ``int``.
        name : str
            The label on the left.
        minimum, maximum, step : float
            As in `linked_number`.

        Returns
        -------
        HBox
        """
        limits = {"minimum": minimum, "maximum": maximum, "step": step}
        row, box = linked_number(name, getattr(self.state, trait), **limits)
        self.bind(box, trait)
        return row

    def menu(
        self, trait: str, name: str, options: Iterable[str | tuple[str, Any]]
    ) -> widgets.Dropdown:
        """Make a menu for a trait of the state.

        Parameters
        ----------
        trait : str
        name : str
            The label on the left.
        options : iterable of str or of (str, value)
            All values that the trait can have, and what the menu calls them.

        Returns
        -------
        Dropdown
        """
        return self.bind(_dropdown(name, options, getattr(self.state, trait)), trait)

    def switch(self, trait: str, name: str) -> widgets.Checkbox:
        """Make a box to tick for a trait of the state.

        Parameters
        ----------
        trait : str
            True or False.
        name : str
            The label beside the box.

        Returns
        -------
        Checkbox
        """
        style = {"description_width": LABEL_WIDTH}
        value = getattr(self.state, trait)
        box = widgets.Checkbox(
            value=value, description=name, style=style, **tooltip(name)
        )
        return self.bind(box, trait)

    def bind(self, control: Any, trait: str) -> Any:
        """Let a control and a trait of the state follow each other.

        Parameters
        ----------
        control : Widget
            With a trait ``value``.
        trait : str
            Of the state, with values that the control can show.

        Returns
        -------
        Widget
            The control.
        """

        def follow(change: Any) -> None:
            with self.errors_shown():
                setattr(self.state, trait, change["new"])

        control.observe(follow, names="value")
        self._bound.append(_Bound(control, trait))
        return control

    def sync(self) -> None:
        """Bring the controls to the state; called after every change of it."""
        for bound in self._bound:
            bound.sync(self.state)
        if self.presets:
            # The menu names what is shown: after a change it can be chosen again.
            self._menu.value = self.shown_preset() or _NO_PRESET

    def shown_preset(self) -> str | None:
        """Return the name of the preset that is shown, if it is one."""
        for name, values in self.presets.items():
            if all(getattr(self.state, trait) == x for trait, x in values.items()):
                return name
        return None

    def panels_key(self) -> Hashable:
        """Return what tells one figure of this explorer from another.

        As long as it stays, `show` changes the artists of one figure.
        """
        return None

    def make_panels(self) -> Panels:
        """Make the figure of the present `panels_key`, with all that does not move."""
        raise NotImplementedError

    def show(self, panels: Any) -> bool:
        """Bring the moving artists of a figure to the state.

        Returns
        -------
        bool
            Whether something else changed as well, such as the limits of an axis.
        """
        raise NotImplementedError

    def picture(self) -> tuple[bytes, tuple[int, int]]:
        """Draw the state: a PNG file, and its width and height in pixels."""
        panels, renderer = self._figures.get(self.panels_key(), self._new_figure)
        if self.show(panels):
            renderer.invalidate()
        return renderer.png(), renderer.size

    def content(self, alt: str) -> str:
        """Return what is shown below the controls, as HTML.

        Parameters
        ----------
        alt : str
            The sentence: what a screen reader says instead of a picture.

        Returns
        -------
        str
        """
        self._png, size = self.picture()
        return image_html(self._png, size, alt=alt)

    def saved(self) -> dict[str, str]:
        """Return what a saved notebook shows where no kernel runs, by MIME type."""
        return {"image/png": base64.b64encode(self._png).decode("ascii")}

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
        with self.errors_shown():
            self.sync()
            sentence = self.sentence()
            content = self.content(sentence)
        # Counted and shown only when both are there: never words without their picture.
        self.frames += 1
        self._content.value = f'<div data-frame="{self.frames}">{content}</div>'
        self._status.value = status_html(sentence)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Change several traits inside a ``with`` block and draw once, at its end."""
        self._paused = True
        try:
            # Held back, the traits are checked against each other at the end.
            with self.state.hold_trait_notifications():
                yield
        finally:
            self._paused = False
        self.refresh()

    @contextmanager
    def errors_shown(self) -> Iterator[None]:
        """Show an error of the ``with`` block in the status line, and raise it.

        Raises
        ------
        Exception
            Whatever the block raises.
        """
        try:
            yield
        except Exception as err:
            self._status.value = status_html(f"{type(err).__name__}: {err}")
            # An error must be seen where the lesson hides the status line.
            if self._status not in self.view.children:
                self.view.children = (*self.view.children, self._status)
            raise

    def _new_figure(self) -> tuple[Any, FrameRenderer]:
        panels = self.make_panels()
        return panels, FrameRenderer(panels.figure, panels.moving)

    def _preset_menu(self) -> widgets.Dropdown:
        options = [("choose a situation", _NO_PRESET), *((n, n) for n in self.presets)]
        self._menu = _dropdown("Preset", options, _NO_PRESET)
        self._menu.observe(self._on_preset, names="value")
        return self._menu

    def _on_preset(self, change: Any) -> None:
        name = change["new"]
        # Setting the menu to what is shown already must not draw it again.
        if name in self.presets and name != self.shown_preset():
            with self.errors_shown(), self.paused():
                for trait, value in self.presets[name].items():
                    setattr(self.state, trait, value)

    def _on_change(self, change: Any) -> None:
        # Traits that change together would each draw a picture that nobody sees.
        if not self._paused:
            self.refresh()

    def _repr_mimebundle_(
        self, include: Sequence[str] | None = None, exclude: Sequence[str] | None = None
    ) -> dict[str, Any]:
        # The picture and the sentence are what a saved notebook shows where no kernel
        # runs: on the web, in a printed page, in a mail.
        view = {
            "version_major": 2,
            "version_minor": 0,
            "model_id": self.view.model_id,
        }
        text = f"{type(self).__name__}: {self.sentence()}"
        return {WIDGET_VIEW: view, **self.saved(), "text/plain": text}


def _dropdown(
    name: str, options: Iterable[str | tuple[str, Any]], value: Any
) -> widgets.Dropdown:
    return widgets.Dropdown(
        options=list(options),
        value=value,
        description=name,
        style={"description_width": LABEL_WIDTH},
        layout=widgets.Layout(width=_MENU_WIDTH, max_width="100%"),
        # JupyterLab takes the arrow keys of a closed menu for itself.
        **tooltip(f"{name}: open with the space bar, then use the arrow keys"),
    )


def image_html(png: bytes, size: tuple[int, int], *, alt: str) -> str:
    """Return a picture as an element of HTML, with all its data inside.

    Parameters
    ----------
    png : bytes
        A PNG file.
    size : tuple of int
        Width and height in pixels.
    alt : str
        What it shows, in words.

    Returns
    -------
    str
    """
    # Width and height are said, so that nothing below moves while it is decoded; in a
    # narrow window both shrink together.
    width, height = size
    data = base64.b64encode(png).decode("ascii")
    return (
        f'<img alt="{html.escape(alt)}" width="{width}" height="{height}" '
        f'style="display: block; max-width: 100%; height: auto;" '
        f'src="data:image/png;base64,{data}">'
    )


def status_html(sentence: str) -> str:
    """Return a line that a screen reader reads out when it changes.

    Parameters
    ----------
    sentence : str
        Plain text.

    Returns
    -------
    str
    """
    return f'<div role="status" aria-live="polite">{html.escape(sentence)}</div>'
