"""The panels of the calibration explorer, read from their artists."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from mlkit.plots.calibration import (
    CalibrationPanels,
    CalibrationView,
    ReliabilityPoints,
)
from mlkit.plots.frames import FrameRenderer
from mlkit.plots.style import detached_figure


def _points(said, share, count):
    edges = np.array([0.0, 0.5, 1.0])[: len(said) + 1]
    parts = np.array(said), np.array(share), np.array(count)
    return ReliabilityPoints(*parts, edges[:-1], edges[1:])


def _written(ax):
    # Without marks that have no place yet: their box is at the corner of the figure.
    return [text for text in ax.texts if text.get_text()]


@pytest.fixture
def view():
    return CalibrationView(
        "all labels together",
        now=_points([0.1, 0.7], [0.3, 0.6], [90, 10]),
        before=_points([0.2, 0.8], [0.2, 0.8], [50, 50]),
        losses=np.array([0.1, 0.4, 0.05]),
        losses_before=np.array([0.08, 0.3, 0.02]),
        ranking=np.array([0.5, 0.8]),
        ranking_before=np.array([0.5, 0.8]),
    )


@pytest.fixture
def panels():
    figure = detached_figure(CalibrationPanels.size)
    losses = ["Brier loss", "log loss", "calibration\nerror"]
    return CalibrationPanels(figure, losses, ["precision", "AUC"], n_cells=1000)


def test_points_before_and_gaps(panels, view):
    panels.show(view)
    diagram = panels._diagram
    assert diagram._points.get_offsets().tolist() == [[0.1, 0.3], [0.7, 0.6]]
    assert diagram._before.get_xydata().tolist() == [[0.2, 0.2], [0.8, 0.8]]
    gaps = [segment.tolist() for segment in diagram._gaps.get_segments()]
    assert gaps == [[[0.1, 0.1], [0.1, 0.3]], [[0.7, 0.7], [0.7, 0.6]]]


def test_points_grow_with_their_cells(panels, view):
    panels.show(view)
    small, large = sorted(panels._diagram._points.get_sizes())
    assert small < large


def test_now_and_before_differ_in_more_than_colour(panels):
    handles = {h.get_label(): h for h in panels.figure.legends[0].legend_handles}
    markers = {name: handle.get_marker() for name, handle in handles.items()}
    assert markers["now"] != markers["as predicted"]
    assert list(handles) == ["now", "as predicted", "off by"]


def test_cells_of_each_bin(panels, view):
    panels.show(view)
    corners = panels._cells._bars.get_path().vertices.reshape(-1, 5, 2)
    assert corners[:, :, 1].max(axis=1).tolist() == [90.0, 10.0]
    assert corners[:, :, 0].max(axis=1).tolist() == [0.5, 1.0]


def test_a_bin_without_width_is_seen(panels, view):
    points = replace(view.now, lower=np.array([0.3, 0.3]), upper=np.array([0.3, 1.0]))
    panels.show(replace(view, now=points))
    corners = panels._cells._bars.get_path().vertices.reshape(-1, 5, 2)
    assert (np.ptp(corners[:, :, 0], axis=1) > 0).all()


def test_bars_marks_and_numbers(panels, view):
    panels.show(view)
    losses, ranking = panels._losses, panels._ranking
    assert losses._bars.widths == {0: 0.1, 1: 0.4, 2: pytest.approx(0.05)}
    assert losses._before.get_xdata().tolist() == [0.08, 0.3, 0.02]
    assert [t.get_text() for t in losses.texts] == ["0.100", "0.400", "0.050"]
    assert [t.get_text() for t in ranking.texts] == ["0.500", "0.800"]
    assert losses._bars.patch.get_hatch() != ranking._bars.patch.get_hatch()


def test_an_undefined_measure_has_no_bar(panels, view):
    nothing = np.array([np.nan, np.nan])
    panels.show(replace(view, ranking=nothing, ranking_before=nothing))
    assert panels._ranking._bars.widths == {}
    assert panels._ranking.texts[0].get_text() == "undefined"


def test_limits_follow_what_was_predicted_only(panels, view):
    panels.show(view)
    assert panels.show(replace(view, losses=view.losses * 3)) is False
    assert panels._losses._cut.get_ydata().tolist() == [1]
    assert panels.show(replace(view, losses_before=view.losses_before * 5)) is True
    assert panels._losses._cut.get_ydata().tolist() == []


def test_axes_say_what_they_show(panels, view):
    panels.show(replace(view, whose="a label with a name that does not fit at all"))
    diagram, cells, losses, ranking = panels.axes
    assert "probability" in cells.get_xlabel()
    assert "above the dots: more often than said" in diagram.get_ylabel()
    assert "lower is better" in losses.get_xlabel()
    assert "higher is better" in ranking.get_xlabel()
    assert "…" in panels._diagram._title.get_text()


def test_no_bin_at_all(panels, view):
    empty = ReliabilityPoints(*np.zeros((5, 0)))
    panels.show(replace(view, now=empty, before=empty))
    assert len(panels._diagram._points.get_offsets()) == 0


def test_nothing_is_cut_off(panels, view):
    panels.show(view)
    panels.figure.canvas.draw()
    whole = panels.figure.bbox
    boxes = [ax.get_tightbbox(bbox_extra_artists=_written(ax)) for ax in panels.axes]
    for box in [*boxes, panels._diagram._title.get_window_extent()]:
        assert whole.x0 <= box.x0
        assert box.x1 <= whole.x1
        assert whole.y0 <= box.y0
        assert box.y1 <= whole.y1
    assert boxes[0].x1 < boxes[2].x0
    assert boxes[1].x1 < boxes[3].x0
    assert boxes[3].y1 < boxes[2].y0


def test_the_renderer_sees_all_that_moves(panels, view):
    renderer = FrameRenderer(panels.figure, panels.moving)
    panels.show(view)
    one = renderer.png()
    panels.show(replace(view, ranking=np.array([0.1, 0.2])))
    assert renderer.png() != one
    panels.show(view)
    assert renderer.png() == one
    assert plt.get_fignums() == []
