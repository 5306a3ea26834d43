"""Many texts as one artist."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.textpath import TextPath

from mlkit.plots.style import detached_figure, figure_png
from mlkit.plots.words import Words, _letters


@pytest.fixture
def ax():
    ax = detached_figure((4, 4)).subplots()
    ax.set(xlim=(0, 4), ylim=(0, 4))
    return ax


def _box(words, k=0):
    """Corners of a text, in points from its place."""
    box = words.get_paths()[k].get_extents()
    return box.x0, box.y0, box.x1, box.y1


def test_texts_stand_at_their_places_and_empty_ones_nowhere(ax):
    words = Words(ax, [(1, 1), (2, 2), (3, 3)])
    words.show(["0.5", "", "12"])
    assert words.words == ("0.5", "", "12")
    assert words.get_offsets().tolist() == [[1, 1], [3, 3]]


@pytest.mark.parametrize(
    ("ha", "sign"), [("left", 1), ("center", 0), ("right", -1)], ids=str
)
def test_horizontal_alignment(ax, ha, sign):
    words = Words(ax, [(1, 1)], ha=ha)
    words.show(["000"])
    left, _, right, _ = _box(words)
    assert np.sign(np.round((left + right) / 3)) == sign


def test_digits_are_in_the_middle_and_all_letters_on_one_line(ax):
    words = Words(ax, [(1, 1), (2, 1)], size=20)
    words.show(["0", "g"])
    _, low, _, high = _box(words, 0)
    assert low + high == pytest.approx(0, abs=0.6)
    # The tail of a g hangs below the line that the 0 stands on.
    assert _box(words, 1)[1] < low - 2


def test_turned_texts_and_shifts(ax):
    level, turned = Words(ax, [(1, 1)], ha="right"), None
    level.show(["000"])
    turned = Words(ax, [(1, 1)], ha="right", rotation=90, shift=(3.0, -6.0))
    turned.show(["000"])
    x0, y0, x1, y1 = _box(level)
    np.testing.assert_allclose(
        _box(turned), (3 - y1, x0 - 6, 3 - y0, x1 - 6), atol=0.01
    )


def test_colours_and_places_can_change(ax):
    words = Words(ax, [(1, 1), (2, 2)])
    colors = np.array([[1, 0, 0, 1], [0, 0, 1, 1]], dtype=float)
    words.show(["", "b"], colors=colors, places=[(0, 0), (3, 3)])
    assert words.get_offsets().tolist() == [[3, 3]]
    assert words.get_facecolor().tolist() == [[0, 0, 1, 1]]


def test_ink_appears_where_the_text_stands(ax):
    blank = figure_png(ax.figure)
    words = Words(ax, [(2, 2)])
    words.show([" "])
    assert figure_png(ax.figure) == blank
    words.show(["8"])
    assert figure_png(ax.figure) != blank


def test_escaped_dollars_are_dollars(ax):
    words = Words(ax, [(1, 1)])
    words.show([r"\$5"])
    plain = Words(ax, [(1, 1)])
    plain.show(["$5"])
    assert _box(words) == pytest.approx(_box(plain))


def test_no_place_at_all(ax):
    words = Words(ax, [])
    words.show([])
    assert words.words == ()
    figure_png(ax.figure)


def test_letters_stand_side_by_side_as_in_a_text():
    # Joined letter by letter, and as matplotlib sets the whole.
    whole = TextPath((0, 0), "label 0.75", size=11).get_extents()
    ours = _letters("label 0.75", 11.0).get_extents()
    assert ours.width == pytest.approx(whole.width, rel=0.02)
    assert ours.height == pytest.approx(whole.height, rel=0.02)


def test_each_text_may_have_its_own_look(ax):
    words = Words(ax, [(1, 1), (2, 2)], ha=["left", "right"], rotation=[0, 90])
    words.show(["00", "00"])
    assert _box(words, 0)[0] == pytest.approx(0, abs=1.5)
    # Its right end is at the place, and it is turned: all of it lies below.
    assert _box(words, 1)[3] == pytest.approx(0, abs=0.1)


def test_real_texts_in_their_place(ax):
    words = Words(ax, [(1, 1), (2, 2), (3, 3)], ha="left", shift=(3, 0))
    colors = [[1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, 1]]
    words.show(["a", "", "c"], colors=colors)
    words.write_texts()
    assert [(t.get_text(), t.xy[0], t.get_color()[2]) for t in ax.texts] == [
        ("a", 1, 0),
        ("c", 3, 1),
    ]
    assert list(ax.collections) == []


def test_texts_beside_the_axes_are_not_cut_off(ax):
    ax.set_position((0.5, 0.5, 0.4, 0.4))
    ax.set_axis_off()
    blank = figure_png(ax.figure)
    Words(ax, [(-2, 1)]).show(["8"])
    assert figure_png(ax.figure) != blank
