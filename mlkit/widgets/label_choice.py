"""A choice of labels: buttons for a few, a list and a line of text for many."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import Any

import ipywidgets as widgets
from traitlets import Tuple

from mlkit.widgets.controls import LABEL_WIDTH, tooltip

__all__ = ["LabelChoice"]

_MOST_BUTTONS = 12
_LIST_ROWS = 6


class LabelChoice(widgets.HBox):
    """Labels to choose any number of, with a trait ``value``.

    Parameters
    ----------
    name : str
        The label on the left.
    label_names : sequence of str
    prefix : str, default ""
        What stands before each name on its button: two choices side by side must not
        have buttons of the same name.
    what : str, default "rows with"
        What choosing a label asks for: the tooltip.

    Attributes
    ----------
    value : tuple of str
        What is chosen, in the order of the labels.

    Notes
    -----
    Up to 12 labels have a button each, whose words say whether it is pressed. More
    stand in a list; beside it is a line where names can be typed, separated by commas
    (a name that holds one stands in quotes): JupyterLab takes the arrow keys of a list
    for itself.

    Examples
    --------
    >>> choice = LabelChoice("With", ["sea", "sun"])
    >>> choice.value = ("sun",)
    >>> [button.description for button in choice.buttons]
    ['sea', '✓ sun']
    """

    value = Tuple()

    def __init__(
        self,
        name: str,
        label_names: Sequence[str],
        *,
        prefix: str = "",
        what: str = "rows with",
    ) -> None:
        self._label_names = tuple(label_names)
        self._prefix, self._what = prefix, what
        self._showing = False
        self.buttons: list[widgets.ToggleButton] = []
        heading = widgets.Label(
            name, layout=widgets.Layout(width=LABEL_WIDTH, flex="0 0 auto")
        )
        # As the descriptions of the other controls, which end beside what they name.
        heading.layout.justify_content = "flex-end"
        self._few = len(self._label_names) <= _MOST_BUTTONS
        shown = self._make_buttons() if self._few else self._make_list(name)
        super().__init__([heading, shown])
        self.observe(self._show, names="value")

    def _make_buttons(self) -> widgets.HBox:
        self.buttons = [self._button(name) for name in self._label_names]
        for button in self.buttons:
            button.observe(self._read_buttons, names="value")
        return widgets.HBox(self.buttons, layout=widgets.Layout(flex_flow="row wrap"))

    def _button(self, name: str) -> widgets.ToggleButton:
        return widgets.ToggleButton(
            value=False,
            description=self._words(name, pressed=False),
            layout=widgets.Layout(width="auto", max_width="220px"),
            **tooltip(f"{self._what} {name}"),
        )

    def _make_list(self, name: str) -> widgets.VBox:
        wide = widgets.Layout(width="420px", max_width="100%")
        self.list = widgets.SelectMultiple(
            options=self._label_names,
            rows=_LIST_ROWS,
            layout=wide,
            **tooltip(f"{name}: click; with Ctrl or Shift more than one"),
        )
        self.line = widgets.Text(
            placeholder="or type names, separated by commas",
            continuous_update=False,
            layout=wide,
            **tooltip(f"{name}: type names, separated by commas, and press Enter"),
        )
        self.list.observe(self._read_list, names="value")
        self.line.observe(self._read_line, names="value")
        return widgets.VBox([self.list, self.line])

    def _read_buttons(self, change: Any) -> None:
        pressed = zip(self._label_names, self.buttons, strict=True)
        self._choose(name for name, button in pressed if button.value)

    def _read_list(self, change: Any) -> None:
        self._choose(self.list.value)

    def _read_line(self, change: Any) -> None:
        typed = _names_in(self.line.value)
        known = [name for name in self._label_names if name in typed]
        # A name that does not exist is passed on: whoever uses the choice refuses it
        # in words, and it stays in the line to be mended.
        self._choose([*known, *(name for name in typed if name not in known)])

    def _choose(self, names: Iterable[str]) -> None:
        if not self._showing:
            self.value = tuple(names)

    def _show(self, change: Any) -> None:
        # Parts are brought to the value one by one: what they hold meanwhile is no
        # choice of anybody's.
        self._showing = True
        try:
            (self._show_buttons if self._few else self._show_list)()
        finally:
            self._showing = False

    def _show_buttons(self) -> None:
        for name, button in zip(self._label_names, self.buttons, strict=True):
            pressed = name in self.value
            button.description = self._words(name, pressed=pressed)
            button.value = pressed

    def _words(self, name: str, *, pressed: bool) -> str:
        return f"{'✓ ' if pressed else ''}{self._prefix}{name}"

    def _show_list(self) -> None:
        self.list.value = tuple(n for n in self._label_names if n in self.value)
        # Another order, or other blanks, are no reason to change what is being typed.
        if set(_names_in(self.line.value)) != set(self.value):
            self.line.value = _line_of(self.value)


def _names_in(line: str) -> list[str]:
    fields = next(csv.reader([line], skipinitialspace=True), [])
    return [field.strip() for field in fields if field.strip()]


def _line_of(names: Sequence[str]) -> str:
    quoted = [f'"{n.replace(chr(34), chr(34) * 2)}"' if "," in n else n for n in names]
    return ", ".join(quoted)
