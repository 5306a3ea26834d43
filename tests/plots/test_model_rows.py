"""Rows of models, read from their artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from mlkit.plots.model_rows import ModelRow, ModelRowPanels
from mlkit.plots.style import category_style, detached_figure

ROWS = [
    ModelRow("br", [0.5, 0.7, np.nan], 0.6, 0.4, 0.8, "0.600 (0.4 to 0.8)", 3),
    ModelRow("lp", [0.6], 0.65, words="0.650", clear=False),
]
WORDS = {"title": "flags", "xlabel": "micro F1 (higher is better)"}


def make(n_rows=2, **options) -> ModelRowPanels:
    size = ModelRowPanels.size_for(n_rows)
    return ModelRowPanels(detached_figure(size), n_rows, **options)


@pytest.fixture
def panels():
    panels = make()
    panels.show(ROWS, **WORDS)
    return panels


def test_marks_are_the_numbers(panels):
    first, second = panels._rows
    assert first._values.get_xdata().tolist() == [0.5, 0.7]
    assert first._interval.get_xdata() == [0.4, 0.8]
    assert first._center.get_xdata() == [0.6]
    assert second._values.get_xdata().tolist() == [0.6]
    assert np.isnan(second._interval.get_xdata()).all()


def test_models_keep_colour_and_marker_of_their_place(panels):
    style = category_style(3)
    assert panels._rows[0]._values.get_marker() == style.marker
    assert panels._rows[0]._values.get_markerfacecolor() == style.color


def test_a_centre_that_is_not_clear_is_hollow(panels):
    faces = [row._center.get_markerfacecolor() for row in panels._rows]
    assert faces == ["#222222", "white"]


def test_values_stand_above_their_interval(panels):
    # The vertical axis points down: the first model is on top.
    for row, position in zip(panels._rows, (0, 1), strict=True):
        heights = row._values.get_ydata()
        assert (heights < row._center.get_ydata()[0]).all()
        assert (np.abs(np.append(heights, row._bar_at) - position) < 0.5).all()


def test_words_and_names(panels):
    assert [row.words.get_text() for row in panels._rows] == [
        "0.600 (0.4 to 0.8)",
        "0.650",
    ]
    assert [t.get_text() for t in panels.ax.get_yticklabels()] == ["br", "lp"]
    assert panels.ax.get_title(loc="left") == "flags"
    assert panels.ax.get_xlabel() == "micro F1 (higher is better)"


def test_band_and_line(panels):
    assert not panels._band.get_visible()
    assert not panels._line.get_visible()
    panels.show(ROWS, **WORDS, line=0.6, rope=0.05)
    assert (panels._band.get_x(), panels._band.get_width()) == (-0.05, 0.1)
    assert panels._line.get_xdata() == [0.6, 0.6]
    panels.show(ROWS, **WORDS, rope=0.0)
    assert not panels._band.get_visible()


def test_what_needs_a_new_background(panels):
    assert panels.show(ROWS, **WORDS, caption="folds", line=0.6) is False
    # A band within the limits moves nothing else; a wide one stays inside.
    assert panels.show(ROWS, **WORDS, rope=0.5) is True
    low, high = panels.ax.get_xlim()
    assert low < -0.5
    assert high > 0.8
    assert panels.show(ROWS, **WORDS | {"title": "yeast"}, rope=0.5) is True
    assert panels.show(ROWS[::-1], **WORDS | {"title": "yeast"}, rope=0.5) is True


def test_fewer_models_than_rows(panels):
    panels.show(ROWS[:1], **WORDS)
    assert panels._rows[1]._values.get_xdata().tolist() == []
    assert panels._rows[1].words.get_text() == ""
    assert [t.get_text() for t in panels.ax.get_yticklabels()] == ["br"]


def test_nothing_to_show(panels):
    panels.show([], **WORDS, message="no model has a value")
    assert panels._message.get_text() == "no model has a value"
    assert panels.ax.get_xlim() == (0.0, 1.0)


def test_equal_values_have_an_axis():
    panels = make(1)
    panels.show([ModelRow("a", [0.0, 0.0], 0.0)], **WORDS)
    low, high = panels.ax.get_xlim()
    assert low < 0 < high


def test_moving_artists_stay_the_same_with_texts_last(panels):
    before = panels.moving
    panels.show(ROWS[:1], **WORDS)
    assert panels.moving is before
    kinds = [hasattr(artist, "get_text") for artist in before]
    assert kinds == sorted(kinds)


def test_many_rows_fit_on_a_screen():
    assert ModelRowPanels.size_for(30)[1] <= 9.2
    assert ModelRowPanels.size_for(1)[1] >= 2.0


@pytest.mark.parametrize("n_rows", [1, 6, 30])
def test_nothing_is_cut_off(n_rows):
    panels = make(n_rows)
    name = "a model with a $very$ long name, ü"
    row = ModelRow(name, [-0.123], -0.1, -0.2, 0.3, "−0.123  equal in practice")
    shaded = (
        "small marks: folds  ·  diamond: mean, with its 95 % interval  ·  shaded: no"
    )
    panels.show([row] * n_rows, **WORDS, caption=shaded)
    figure = panels.figure
    figure.canvas.draw()
    drawn = [panels.ax, panels._caption, *(artists.words for artists in panels._rows)]
    for artist in drawn:
        box = artist.get_tightbbox()
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0
        assert box.y1 <= figure.bbox.y1


def test_short_names_leave_their_room_to_the_values():
    assert make(longest_name=3).ax.get_position().x0 < make().ax.get_position().x0


def test_pyplot_knows_nothing(panels):
    assert plt.get_fignums() == []
