"""Models in a plane whose points move, read from the artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from mlkit.plots.model_plane import ModelPlanePanels
from mlkit.plots.style import category_style, detached_figure

WORDS = {"title": "flags", "xlabel": "hamming loss", "ylabel": "micro F1"}
POINTS = pd.DataFrame(
    {
        "x": [0.2, 0.3],
        "y": [0.6, 0.8],
        "place": [0, 5],
        "x_spread": [0.01, 0.02],
        "y_spread": [0.1, np.nan],
    },
    index=["br", "lp"],
)


def make(n_models=2, **options) -> ModelPlanePanels:
    size = ModelPlanePanels.size_for(n_models)
    return ModelPlanePanels(detached_figure(size), n_models, **options)


@pytest.fixture
def panels():
    panels = make()
    panels.show(POINTS, **WORDS)
    return panels


def test_points_are_the_numbers(panels):
    places = [
        (m._point.get_xdata()[0], m._point.get_ydata()[0]) for m in panels._models
    ]
    assert places == [(0.2, 0.6), (0.3, 0.8)]
    first, second = panels._models
    np.testing.assert_allclose(first._across.get_xdata(), [0.19, 0.21])
    np.testing.assert_allclose(first._along.get_ydata(), [0.5, 0.7])
    assert np.isnan(second._along.get_ydata()).all()


def test_models_keep_colour_and_marker_of_their_place(panels):
    for artists, place in zip(panels._models, (0, 5), strict=True):
        style = category_style(place)
        for mark in artists.marks:
            assert mark.get_marker() == style.marker
            assert mark.get_markerfacecolor() == style.color


def test_names_stand_in_the_order_of_the_points(panels):
    heights = {m.name.get_text(): m.name.get_position()[1] for m in panels._models}
    assert heights["lp"] > heights["br"]
    # The line leads from the point to its own name.
    for artists in panels._models:
        point = artists._point.get_xydata()[0]
        start = artists._leader.get_xydata()[0]
        ax = panels.ax
        np.testing.assert_allclose(
            ax.transAxes.transform(start), ax.transData.transform(point)
        )
        assert artists._leader.get_ydata()[1] == artists.name.get_position()[1]


def test_ring_and_caption(panels):
    panels.show(POINTS, **WORDS, ringed="lp", caption="ring: lp")
    assert panels._ring.get_xydata().tolist() == [[0.3, 0.8]]
    assert panels._caption.get_text() == "ring: lp"
    panels.show(POINTS, **WORDS, ringed="unknown here")
    assert np.isnan(panels._ring.get_xdata()).all()


def test_what_needs_a_new_background(panels):
    assert panels.show(POINTS, **WORDS, ringed="br") is False
    assert panels.show(POINTS, **WORDS | {"title": "yeast"}) is True
    assert panels.show(POINTS * 2, **WORDS | {"title": "yeast"}) is True


def test_ranks_have_one_on_top(panels):
    panels.show(POINTS, **WORDS, downwards=True)
    bottom, top = panels.ax.get_ylim()
    assert bottom > top
    heights = {m.name.get_text(): m.name.get_position()[1] for m in panels._models}
    assert heights["br"] > heights["lp"]


def test_fewer_models_and_none(panels):
    panels.show(POINTS.iloc[:1], **WORDS)
    assert [m.name.get_text() for m in panels._models] == ["br", ""]
    assert len(panels._models[1]._point.get_xdata()) == 0
    panels.show(POINTS.iloc[:0], **WORDS, message="no model has a value")
    assert panels._message.get_text() == "no model has a value"


@pytest.mark.parametrize(
    ("seconds", "ticks"),
    [
        ([0.02, 0.03], ["0.02", "0.03"]),
        ([0.01, 0.5], ["0.01", "0.02", "0.05", "0.1", "0.2", "0.5"]),
        ([0.001, 100.0], ["0.001", "0.01", "0.1", "1", "10", "100"]),
        ([2.0, 2.0], ["2", "3"]),
    ],
)
def test_seconds_have_round_numbers(seconds, ticks):
    panels = make(log_x=True)
    panels.show(POINTS.assign(x=seconds).drop(columns="x_spread"), **WORDS)
    assert [t.get_text() for t in panels.ax.get_xticklabels()] == ticks
    low, high = panels.ax.get_xlim()
    assert low < min(seconds)
    assert high > max(seconds)


def test_nothing_is_cut_off():
    names = [f"a model with a $very$ long name, ü {i}" for i in range(30)]
    points = pd.DataFrame({"x": 0.5, "y": np.linspace(0, 1, 30), "place": 1})
    panels = make(30)
    panels.show(points.set_axis(names), **WORDS, caption="cross: one deviation")
    figure = panels.figure
    figure.canvas.draw()
    boxes = [m.name.get_tightbbox() for m in panels._models]
    for box in (*boxes, panels.ax.get_tightbbox(), panels._caption.get_tightbbox()):
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0
        assert box.y1 <= figure.bbox.y1
    ordered = sorted(boxes, key=lambda box: box.y0)
    for low, high in zip(ordered, ordered[1:], strict=False):
        assert low.y1 <= high.y0 + 3
    assert plt.get_fignums() == []
