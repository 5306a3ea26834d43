"""Bars as one path, and axes that move in steps."""

from __future__ import annotations

import numpy as np
import pytest

from mlkit.plots.bars import Bars, box_path, set_end, step_above
from mlkit.plots.style import detached_figure


@pytest.mark.parametrize(
    ("value", "step"),
    [(0.0, 1.0), (0.13, 0.2), (0.2, 0.2), (1.0, 1.0), (3, 5.0), (501, 1000.0)],
)
def test_steps(value, step):
    assert step_above(value) == pytest.approx(step)


def test_boxes_without_width_or_height_are_left_out():
    zero, one = np.zeros(3), np.ones(3)
    path = box_path(zero, np.array([1.0, 0.0, 2.0]), zero, one)
    assert len(path.vertices) == 2 * 5
    assert path.vertices[:, 0].max() == 2.0


def test_no_boxes():
    assert len(box_path(*np.zeros((4, 0))).vertices) == 0


def test_bars_change_in_place():
    bars = Bars(detached_figure().subplots(), hatch="//")
    patch = bars.patch
    bars.show(np.array([0.0, 2.0]), np.array([3.0, 0.5]))
    assert bars.widths == {0: 3.0, 1: 0.5}
    bars.show(np.zeros(2), np.array([0.0, 1.0]))
    assert bars.widths == {1: 1.0}
    assert bars.patch is patch
    assert patch.get_hatch() == "//"


def test_the_end_of_an_axis_says_whether_it_moved():
    ax = detached_figure().subplots()
    assert set_end(ax, 5.0) is True
    assert set_end(ax, 5.0) is False
    assert ax.get_xlim() == (0.0, 5.0)
