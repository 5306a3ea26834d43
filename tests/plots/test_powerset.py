"""The panels of the powerset explorer, read from their artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from mlkit.plots.frames import FrameRenderer
from mlkit.plots.powerset import (
    PowersetPanels,
    PowersetView,
    counted,
    power_of_two,
)
from mlkit.plots.style import detached_figure

COUNTS = np.array([9, 4, 4, 2, 1])


def _panels(n_rows=20, n_sets=5):
    figure = detached_figure(PowersetPanels.size())
    return PowersetPanels(figure, n_rows=n_rows, n_sets=n_sets)


def _view(**changes):
    values = {
        "counts": COUNTS,
        "prune": 2,
        "n_labels": 4,
        "labelset_size": 2,
        "member_classes": 4,
        "rows": np.array([1, 10, 20]),
        "missed": np.array([[1, 0.6, 0.4], [1, 0.8, 0.6], [0.9, 0.1, 0.0125]]),
        "missed_now": (0.4, 0.6, 0.0125),
    }
    return PowersetView(**values | changes)


def _words(ax):
    return [text.get_text() for text in ax.texts]


def test_the_numbers_of_a_view():
    view = _view()
    assert (view.n_rows, view.n_kept) == (20, 3)
    assert view.rows_kept == 17 / 20


def test_steps_are_the_counts_by_rank():
    panels = _panels()
    panels.show(_view())
    kept = panels._tail._kept.get_xy()[:-1]
    # Two sets of 4 rows are one step, from rank 1.5 to 3.5.
    assert kept[:, 0].tolist() == [0.5, 0.5, 1.5, 1.5, 3.5, 3.5]
    assert kept[1:-1, 1].tolist() == [9, 9, 4, 4]
    pruned = panels._tail._pruned.get_xy()[:-1]
    assert pruned[1:-1].tolist() == [[3.5, 2], [4.5, 2], [4.5, 1], [5.5, 1]]


def test_pruned_sets_are_told_by_a_hatch_and_words():
    panels = _panels()
    panels.show(_view())
    assert panels._tail._pruned.get_hatch() == "///"
    assert panels._tail._kept.get_hatch() is None
    assert panels._tail._line.get_ydata() == [2.5, 2.5]
    assert _words(panels.axes[0]) == [
        *("kept: 3 sets, 85 % of rows", "pruned: 2 sets", "limit: 2 rows a set"),
    ]


def test_without_pruning():
    panels = _panels()
    panels.show(_view(prune=0))
    assert not panels._tail._line.get_visible()
    assert not panels._reach._lines[1].get_visible()
    assert "pruned sets: all are kept" in _words(panels.axes[1])
    # And back again.
    panels.show(_view())
    assert panels._reach._lines[1].get_visible()


def test_curves_and_the_present_number_of_rows():
    panels = _panels()
    panels.show(_view())
    assert [line.get_ydata().tolist() for line in panels._reach._lines] == [
        *([1, 0.6, 0.4], [1, 0.8, 0.6], [0.9, 0.1, 0.0125]),
    ]
    assert [point.get_ydata() for point in panels._reach._points] == [
        *([0.4], [0.6], [0.0125]),
    ]
    assert panels._reach._now.get_xdata() == [20, 20]
    assert _words(panels.axes[1]) == [
        *("label powerset: 40 %", "pruned sets: 60 %", "RAkEL, k = 2: 1.2 %"),
    ]


def test_learners_differ_by_more_than_colour():
    panels = _panels()
    assert len({point.get_marker() for point in panels._reach._points}) == 3
    assert len({line.get_linestyle() for line in panels._reach._lines}) == 3


def test_numbers_of_classes():
    panels = _panels()
    panels.show(_view())
    assert [dot.get_xdata() for dot in panels._classes._dots] == [[16], [5], [3], [4]]
    assert _words(panels.axes[2]) == [
        *("2⁴ = 16", "5: 4.0 rows each", "3: 5.7 rows each", "4 of 2²: 5.0 rows each"),
        "20 rows to train on: no more sets can be seen",
    ]


def test_beyond_the_axis_an_arrow_points():
    panels = _panels()
    panels.show(_view(n_labels=159))
    dot = panels._classes._dots[0]
    assert (dot.get_marker(), dot.get_xdata()) == (">", [1e7])
    words = panels._classes._words[0]
    assert words.get_text() == "2¹⁵⁹ ≈ 7.3 × 10⁴⁷"
    assert words.get_horizontalalignment() == "right"
    panels.show(_view())
    assert dot.get_marker() == "D"
    assert words.get_horizontalalignment() == "left"


def test_no_set_is_kept():
    panels = _panels()
    panels.show(_view(prune=9))
    assert panels._classes._dots[2].get_xdata() == []
    assert "0: no set is frequent enough" in _words(panels.axes[2])
    assert "kept: 0 sets, 0 % of rows" in _words(panels.axes[0])
    FrameRenderer(panels.figure, panels.moving).png()


def test_axes_say_what_they_show():
    tail, reach, classes = _panels().axes
    assert "training rows with the set" in tail.get_ylabel()
    assert "0: best" in reach.get_ylabel()
    assert "label sets" in classes.get_xlabel()
    assert tail.get_xscale() == tail.get_yscale() == classes.get_xscale() == "log"


def test_showing_again_changes_artists_in_place():
    panels = _panels()
    before = panels.moving
    limits = [(ax.get_xlim(), ax.get_ylim()) for ax in panels.axes]
    for view in (_view(), _view(prune=3), _view(counts=np.array([19, 1]))):
        assert panels.show(view) is False
    assert panels.moving == before
    assert [(ax.get_xlim(), ax.get_ylim()) for ax in panels.axes] == limits
    # There is room for all rows in one set, and for the most sets.
    assert limits[0][0][1] > 5
    assert limits[0][1][1] > 20


@pytest.mark.parametrize("n_sets", [1, 30, 5000])
def test_nothing_is_cut_off(n_sets):
    counts = np.sort(np.random.RandomState(0).zipf(2, n_sets))[::-1]
    panels = _panels(int(counts.sum()), n_sets)
    panels.show(_view(counts=counts, n_labels=1000))
    FrameRenderer(panels.figure, panels.moving).png()
    boxes = [ax.get_tightbbox() for ax in panels.axes]
    texts = [text for ax in panels.axes for text in ax.texts]
    for box in (*boxes, *(text.get_window_extent() for text in texts)):
        assert panels.figure.bbox.x0 <= box.x0
        assert box.x1 <= panels.figure.bbox.x1
        assert panels.figure.bbox.y0 <= box.y0
        assert box.y1 <= panels.figure.bbox.y1
    assert boxes[0].x1 < boxes[1].x0
    assert boxes[2].y1 < min(boxes[0].y0, boxes[1].y0)
    # No word of the first panel reaches into the second.
    assert max(t.get_window_extent().x1 for t in panels.axes[0].texts) < boxes[1].x0
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    ("exponent", "text"),
    [(0, "2⁰ = 1"), (30, "2³⁰ = 1,073,741,824"), (1000, "2¹⁰⁰⁰ ≈ 1.1 × 10³⁰¹")],
)
def test_powers_of_two(exponent, text):
    assert power_of_two(exponent) == text


def test_nouns():
    assert counted(1, "class", "classes") == "1 class"
    assert counted(0, "row") == "0 rows"
