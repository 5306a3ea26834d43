"""Controls side by side, where there is room for more than one in a line."""

from __future__ import annotations

import ipywidgets as widgets

__all__ = ["flow_controls"]

# Two of them share a line of 960 pixels. A row has no margin, a single control 2 pixels
# on every side.
_ROW, _SINGLE, _SLIDER = "446px", "442px", "350px"


def flow_controls(view: widgets.VBox) -> None:
    """Let the controls of an explorer stand side by side and wrap.

    Parameters
    ----------
    view : VBox
        Controls, then the picture and its words, which keep a line of their own.

    Notes
    -----
    With one control a line, ten of them would push the picture off the screen while
    they are moved. Their order, and with it that of the tab key, stays.
    """
    view.layout.flex_flow = "row wrap"
    for child in view.children:
        if isinstance(child, widgets.HTML):
            child.layout.width = "100%"
        elif isinstance(child, widgets.HBox):
            child.layout.width = _ROW
            child.children[0].layout.width = _SLIDER
        elif not isinstance(child, widgets.Button):
            child.layout.width = _SINGLE
