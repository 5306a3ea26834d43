"""A label matrix as a grid of buttons, one a cell."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets
import numpy as np

__all__ = ["CellGrid"]

_SIGNS = ("·", "✓")
_STATES = ("absent", "present")
# The colours of `mlkit.plots.plot_error_grid`, black on them; an outline that shows
# where the keyboard is, which themes often hide.
_RULES = """<style>
.mlkit-cells .jupyter-button.mlkit-cell {
  color: #000; background: #fff; border: 1px solid #888; padding: 0; width: auto;
  font-weight: bold; }
.mlkit-cells .jupyter-button.mlkit-cell.mlkit-present { background: #ccc; }
.mlkit-cells .jupyter-button.mlkit-cell.mlkit-found { background: #56B4E9; }
.mlkit-cells .jupyter-button.mlkit-cell.mlkit-invented { background: #E69F00; }
.mlkit-cells .jupyter-button.mlkit-cell.mlkit-missed {
  background: #fff; border: 3px dashed #CC79A7; }
.mlkit-cells .jupyter-button.mlkit-cell:focus-visible {
  outline: 3px solid #0072B2; outline-offset: 1px; }
.mlkit-cells .mlkit-head, .mlkit-cells .mlkit-head .widget-html-content {
  overflow: hidden; min-width: 0; width: 100%; margin: 0; text-align: center; }
</style>"""
_ROW_NAME_WIDTH = "52px"
# Pixels. Two grids of eight labels stand side by side in the column of a notebook.
_NARROWEST, _WIDEST, _ALL_COLUMNS = 40, 80, 340


class CellGrid:
    """Buttons that show a label matrix, and change it cell by cell.

    Parameters
    ----------
    title : str
        Stands above the grid and begins every tooltip.
    n_samples : int
    label_names : sequence of str
    toggle : callable
        ``toggle(row, column, value)`` is called when a button was pressed.

    Attributes
    ----------
    view : VBox
    buttons : list of list of ToggleButton
        By row and column. The Tab key goes through them, the space bar presses.

    Notes
    -----
    A button says its state by its sign; its row, label and state by its tooltip; and
    what else there is to say of a cell by a colour. Where a page drops the style sheet,
    signs and tooltips are left.
    """

    def __init__(
        self,
        title: str,
        n_samples: int,
        label_names: Sequence[str],
        toggle: Callable[[int, int, int], None],
    ) -> None:
        self._title, self._names, self._toggle = title, list(label_names), toggle
        self._layout = widgets.Layout(width="auto", min_width="0")
        self._shown: dict[tuple[int, int], tuple[int, str]] = {}
        places = np.arange(n_samples)
        self.buttons = [
            [self._button(int(i), j) for j in range(len(self._names))] for i in places
        ]
        self.view = widgets.VBox([widgets.HTML(self._heading()), self._grid()])

    def show(self, values: np.ndarray, kinds: np.ndarray) -> None:
        """Show a matrix.

        Parameters
        ----------
        values : ndarray of int, shape (n_samples, n_labels)
            Entries are 0 or 1.
        kinds : ndarray of str, shape (n_samples, n_labels)
            What a cell is besides: ``"present"``, ``"found"``, ``"missed"``,
            ``"invented"``, ``"absent"``.
        """
        for (i, j), value in np.ndenumerate(values):
            wanted = (int(value), str(kinds[i, j]))
            # A button that stays costs nothing: most do.
            if self._shown.get((i, j)) != wanted:
                self._change(i, j, *wanted)

    def _change(self, row: int, column: int, value: int, kind: str) -> None:
        button = self.buttons[row][column]
        former = self._shown.get((row, column))
        self._shown[row, column] = (value, kind)
        if former is not None:
            button.remove_class(f"mlkit-{former[1]}")
        button.add_class(f"mlkit-{kind}")
        state = (
            _STATES[value] if kind == _STATES[value] else f"{_STATES[value]}, {kind}"
        )
        button.tooltip = f"{self._title}, row {row}, {self._names[column]}: {state}"
        button.description = _SIGNS[value]
        button.value = bool(value)

    def _button(self, row: int, column: int) -> widgets.ToggleButton:
        button = widgets.ToggleButton(description=_SIGNS[0], layout=self._layout)
        button.add_class("mlkit-cell")

        def follow(change: Any) -> None:
            self._toggle(row, column, int(change["new"]))

        button.observe(follow, names="value")
        return button

    def _grid(self) -> widgets.GridBox:
        children: list[widgets.Widget] = [widgets.HTML("")]
        children += [_name_of(name) for name in self._names]
        for i, row in enumerate(self.buttons):
            children += [widgets.Label(f"row {i}"), *row]
        n_labels = len(self._names)
        width = max(_NARROWEST, min(_WIDEST, _ALL_COLUMNS // n_labels))
        layout = widgets.Layout(
            grid_template_columns=f"{_ROW_NAME_WIDTH} repeat({n_labels}, {width}px)",
            grid_gap="2px 4px",
        )
        grid = widgets.GridBox(children, layout=layout)
        grid.add_class("mlkit-cells")
        return grid

    def _heading(self) -> str:
        return f"{_RULES}<b>{html.escape(self._title.capitalize())}</b>"


def _name_of(name: str) -> widgets.HTML:
    """Make the head of a column; a name that is too long is whole in its tooltip."""
    escaped = html.escape(name)
    css = "overflow: hidden; text-overflow: ellipsis; white-space: nowrap"
    head = widgets.HTML(f'<div title="{escaped}" style="{css}">{escaped}</div>')
    head.add_class("mlkit-head")
    return head
