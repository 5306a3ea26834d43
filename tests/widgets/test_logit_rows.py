"""Rows of controls for logits."""

from __future__ import annotations

import ipywidgets as widgets
import pytest

from mlkit.widgets.logit_rows import LogitRows


@pytest.fixture
def moved():
    return []


@pytest.fixture
def rows(moved):
    rows = LogitRows(lambda *move: moved.append(move))
    rows.show(["sea", "sun"], [1.0, -2.0])
    return rows


def test_slider_and_box_move_the_logit_of_their_row(rows, moved):
    slider, box = rows.view.children[1].children
    slider.value = 3.0
    box.value = 2.37
    assert moved == [(1, 3.0), (1, 2.37)]


def test_other_logits_keep_the_rows_and_move_nothing_twice(rows):
    before = rows.view.children
    rows.show(["sea", "sun"], [0.5, 9.0])
    assert rows.view.children is before
    assert [box.value for box in rows.boxes] == [0.5, 9.0]


def test_other_labels_and_a_larger_range_make_new_rows(rows):
    before = rows.view.children
    rows.show(["sea"], [1.0])
    assert len(rows.boxes) == len(rows.view.children) == 1
    rows.show(["sea"], [-40.0])
    assert rows.view.children != before
    assert (rows.boxes[0].value, rows.boxes[0].min) == (-40.0, -40.0)


def test_what_stands_beside():
    made = []

    def beside(position, name):
        made.append((position, name))
        return widgets.Checkbox()

    rows = LogitRows(print, beside=beside)
    rows.show(["sea", "sun"], [1.0, -2.0])
    assert made == [(0, "sea"), (1, "sun")]
    assert [row.children[-1] for row in rows.view.children] == rows.others
