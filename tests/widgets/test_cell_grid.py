"""Buttons of a label matrix, without a browser."""

from __future__ import annotations

import ipywidgets as widgets
import numpy as np
import pytest

from mlkit.widgets.cell_grid import CellGrid

NAMES = ["beach", 'a "<b>"']


@pytest.fixture
def pressed():
    return []


@pytest.fixture
def grid(pressed):
    grid = CellGrid("predicted", 2, NAMES, lambda *cell: pressed.append(cell))
    grid.show(np.array([[1, 0], [0, 1]]), _kinds("found missed", "absent invented"))
    pressed.clear()
    return grid


def _kinds(*rows):
    return np.array([row.split() for row in rows])


def _of(grid, name):
    return [[getattr(button, name) for button in row] for row in grid.buttons]


def test_a_button_shows_and_says_its_state(grid):
    assert _of(grid, "value") == [[True, False], [False, True]]
    assert _of(grid, "description") == [["✓", "·"], ["·", "✓"]]
    assert _of(grid, "tooltip") == [
        [
            "predicted, row 0, beach: present, found",
            f"predicted, row 0, {NAMES[1]}: absent, missed",
        ],
        [
            "predicted, row 1, beach: absent",
            f"predicted, row 1, {NAMES[1]}: present, invented",
        ],
    ]


def test_the_kind_is_a_class(grid):
    classes = [set(c) for row in _of(grid, "_dom_classes") for c in row]
    kinds = ["found", "missed", "absent", "invented"]
    assert classes == [{"mlkit-cell", f"mlkit-{kind}"} for kind in kinds]


def test_another_kind_replaces_the_class(grid):
    grid.show(np.array([[1, 0], [0, 1]]), _kinds("invented missed", "absent found"))
    assert set(grid.buttons[0][0]._dom_classes) == {"mlkit-cell", "mlkit-invented"}
    assert grid.buttons[0][0].tooltip.endswith("present, invented")


def test_pressing_tells_row_column_and_value(grid, pressed):
    grid.buttons[0][1].value = True
    grid.buttons[1][1].value = False
    assert pressed == [(0, 1, 1), (1, 1, 0)]


def test_showing_the_same_changes_nothing(grid, pressed):
    grid.show(np.array([[1, 0], [0, 1]]), _kinds("found missed", "absent invented"))
    assert pressed == []


def test_rows_and_columns_are_named(grid):
    box = grid.view.children[1]
    labels = [c.value for c in box.children if isinstance(c, widgets.Label)]
    heads = [c.value for c in box.children if isinstance(c, widgets.HTML)]
    assert labels == ["row 0", "row 1"]
    assert 'title="beach"' in heads[1]
    assert "a &quot;&lt;b&gt;&quot;" in heads[2]
    assert "repeat(2, 80px)" in box.layout.grid_template_columns


def test_the_title_and_the_rules_stand_above(grid):
    heading = grid.view.children[0].value
    assert "<b>Predicted</b>" in heading
    assert ":focus-visible" in heading
