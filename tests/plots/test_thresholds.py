"""The panels of the threshold explorer, read from their artists."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from mlkit.plots.frames import FrameRenderer
from mlkit.plots.style import detached_figure
from mlkit.plots.thresholds import MeasureLine, ThresholdPanels, ThresholdView

NAMES = ["sea", "sky", "cat"]
METRICS = ["micro F1 ↑", "Hamming loss ↓"]


def _line(name="micro", now=(0.5, 0.6), best=(0.25, 0.8)):
    x = np.array([0.0, 0.25, 0.75, 1.0])
    return MeasureLine(name, x, np.array([0.4, 0.8, 0.6, 0.0]), now, best)


def _written(ax):
    # Without marks that have no place yet: their box is at the corner of the figure.
    return [text for text in ax.texts if text.get_text()]


@pytest.fixture
def view():
    return ThresholdView(
        measure="F1",
        lines=[_line(), _line("macro", now=(0.5, 0.3))],
        right=np.array([3, 2, 0]),
        missed=np.array([1, 0, 2]),
        false=np.array([0, 4, 0]),
        values=np.array([0.9, 0.5, 0.0]),
        bars=np.array([0.7, 0.2]),
        references=np.array([0.5, 0.3]),
        bar_texts=["0.700", "0.200"],
    )


@pytest.fixture
def panels():
    return _panels()


def _panels(names=NAMES, **options):
    figure = detached_figure(ThresholdPanels.size_for(len(names)))
    return ThresholdPanels(figure, names, METRICS, **{"widest": 10.0} | options)


def _texts(panels):
    figure = panels.figure
    shown = [*figure.texts, *(t for ax in panels.axes for t in ax.texts)]
    return [text.get_text() for text in shown if text.get_visible()]


def test_bars_of_labels_are_the_counts(panels, view):
    panels.show(view)
    bars = panels._labels._bars
    assert bars["right"].widths == {0: 3.0, 1: 2.0}
    assert bars["missed"].widths == {0: 1.0, 2: 2.0}
    assert bars["false"].widths == {1: 4.0}


def test_kinds_are_told_without_colour(panels):
    hatches = [bars.patch.get_hatch() for bars in panels._labels._bars.values()]
    assert len(set(hatches)) == 3
    (legend,) = panels.figure.legends
    assert [t.get_text() for t in legend.get_texts()] == ["right", "missed", "false"]


def test_a_bar_beyond_the_axis_gets_an_arrow(view):
    panels = _panels(widest=5.0)
    panels.show(view)
    assert panels._labels._cut.get_ydata().tolist() == [1]
    assert panels.axes[1].get_xlim() == (0.0, 5.0)


def test_lines_points_stars_and_words(panels, view):
    panels.show(view)
    curve = panels._curve
    assert curve._lines[0].get_ydata().tolist() == [0.4, 0.8, 0.6, 0.0]
    assert curve._now[1].get_xydata().tolist() == [[0.5, 0.3]]
    assert curve._best[0].get_xydata().tolist() == [[0.25, 0.8]]
    assert curve._guide.get_xdata() == [0.5, 0.5]
    texts = _texts(panels)
    assert "F1 (higher is better)" in texts
    assert "micro: 0.60 now, ★ 0.80 at 0.25" in texts
    assert "0.50" in texts


def test_one_line_hides_the_other(panels, view):
    panels.show(view)
    panels.show(replace(view, lines=[_line("sea")]))
    assert not panels._curve._lines[1].get_visible()
    assert not any("macro" in text for text in _texts(panels))
    panels.show(view)
    assert panels._curve._lines[1].get_visible()


def test_no_single_place_is_a_level_with_ticks(panels, view):
    own = np.array([0.2, 0.4, 0.9])
    lines = [_line(now=(np.nan, 0.9))]
    panels.show(replace(view, lines=lines, limits=own, ticks=own))
    curve = panels._curve
    assert len(curve._now[0].get_xdata()) == len(curve._guide.get_xdata()) == 0
    assert curve._level[0].get_ydata() == [0.9, 0.9]
    assert curve._ticks.get_xdata().tolist() == own.tolist()
    assert panels._values._limits.get_xdata().tolist() == own.tolist()


def test_a_threshold_beyond_one_stays_in_the_panel(panels, view):
    panels.show(replace(view, limits=np.array([0.2, np.inf, 1.0])))
    assert panels._values._limits.get_xdata().tolist() == [0.2, 1.0, 1.0]


def test_the_measure_of_each_label(panels, view):
    panels.show(view)
    assert panels._values._values.get_xdata().tolist() == [0.9, 0.5, 0.0]


def test_metrics_and_their_marks(panels, view):
    panels.show(view)
    assert panels._metrics._gains.widths == {0: 0.7}
    assert panels._metrics._losses.widths == {1: pytest.approx(0.2)}
    assert panels._metrics._marks.get_xdata().tolist() == [0.5, 0.3]
    assert {"0.700", "0.200"} <= set(_texts(panels))


def test_a_chosen_label_stands_out(panels, view):
    panels.show(view)
    assert not panels._labels._row.get_visible()
    panels.show(replace(view, chosen=2))
    assert panels._labels._row.get_visible()
    assert panels._labels._row.get_y() == 1.5


def test_faint_curves(panels, view):
    faint = np.array([0.0, 1.0]), np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
    panels.show(replace(view, faint=faint))
    assert len(panels._curve._faint.get_segments()) == 3
    panels.show(view)
    assert panels._curve._faint.get_segments() == []


def test_costs_have_limits_of_their_own(panels, view):
    assert panels.show(view) is False
    cost = replace(view, measure="cost a row", better="lower", top=5.0)
    assert panels.show(cost) is True
    assert panels.show(cost) is False
    assert panels.axes[0].get_ylim()[1] > 5.0
    assert "Cost a row (lower is better)" in _texts(panels)
    assert panels.show(replace(cost, values=np.array([3.0, 1.0, 0.0]))) is True
    assert panels.axes[2].get_xlim() == (0.0, 5.0)


def test_numbers_of_labels_instead_of_thresholds(view):
    panels = _panels(n_places=3)
    line = MeasureLine("micro", np.arange(4.0), np.zeros(4), (2.0, 0.0), (1.0, 0.0))
    panels.show(replace(view, lines=[line]))
    assert "k: labels" in panels.axes[0].get_xlabel()
    assert "micro: 0.00 now, ★ 0.00 at 1" in _texts(panels)
    assert (np.array(panels.axes[0].get_xticks()) % 1 == 0).all()


def test_showing_again_keeps_the_artists(panels, view):
    before = panels.moving
    panels.show(view)
    panels.show(replace(view, right=view.right + 1))
    assert panels.moving == before
    assert plt.get_fignums() == []


@pytest.mark.parametrize("n_rows", [1, 3, 20])
def test_nothing_is_cut_off(view, n_rows):
    names = [f"a label with a very long name {j}" for j in range(n_rows)]
    panels = _panels(names)
    numbers = np.full(n_rows, 3)
    rows = {"right": numbers, "missed": numbers, "false": numbers}
    panels.show(replace(view, **rows, values=np.full(n_rows, 0.5)))
    panels.figure.canvas.draw()
    whole = panels.figure.bbox
    boxes = [ax.get_tightbbox(bbox_extra_artists=_written(ax)) for ax in panels.axes]
    boxes += [text.get_window_extent() for text in panels.figure.texts]
    for box in boxes:
        assert whole.x0 <= box.x0
        assert box.x1 <= whole.x1
        assert whole.y0 <= box.y0
        assert box.y1 <= whole.y1
    curve, labels, values, metrics = boxes[:4]
    assert curve.x1 < labels.x0
    assert metrics.x1 < labels.x0
    assert labels.x1 < values.x0
    assert metrics.y1 < curve.y0


def test_the_renderer_sees_all_that_moves(panels, view):
    renderer = FrameRenderer(panels.figure, panels.moving)
    panels.show(view)
    one = renderer.png()
    panels.show(replace(view, values=np.array([0.1, 0.1, 0.1])))
    assert renderer.png() != one
    panels.show(view)
    assert renderer.png() == one
