"""Controls side by side."""

from __future__ import annotations

import ipywidgets as widgets

from mlkit.widgets.control_rows import flow_controls
from mlkit.widgets.controls import linked_number


def test_controls_wrap_and_the_picture_keeps_its_line():
    row, _ = linked_number("k", 1, minimum=0, maximum=3, step=1)
    menu, picture = widgets.Dropdown(options=["a"]), widgets.HTML()
    view = widgets.VBox([menu, row, picture])
    flow_controls(view)
    assert view.layout.flex_flow == "row wrap"
    assert picture.layout.width == "100%"
    assert (row.layout.width, menu.layout.width) == ("446px", "442px")
    assert view.children == (menu, row, picture)
