"""Numbers of pairs and their colours."""

from __future__ import annotations

import numpy as np
import pytest

from mlkit.exceptions import OptionError, UnknownNameError
from mlkit.plots.pair_square import PairSquare, add_scale, pair_scale, pair_values
from mlkit.plots.style import detached_figure

# a in 6 of 12 rows, b in 4, both in 1; c never.
Y = np.array([[1, 1, 0]] + [[1, 0, 0]] * 5 + [[0, 1, 0]] * 3 + [[0, 0, 0]] * 3)


@pytest.fixture
def ax():
    return detached_figure((4, 4)).subplots()


def test_values_of_the_three_kinds():
    assert pair_values(Y, "counts").tolist() == [[6, 1, 0], [1, 4, 0], [0, 0, 0]]
    conditional = pair_values(Y, "conditional")
    # P(b | a) = 1/6 in the row of a, P(a | b) = 1/4 in the row of b.
    np.testing.assert_allclose(conditional[0, 1], 1 / 6)
    np.testing.assert_allclose(conditional[1, 0], 1 / 4)
    assert np.isnan(conditional[2]).all()
    # Two rows are expected.
    assert pair_values(Y, "lift")[0, 1] == 0.5


def test_a_lift_of_nothing_needs_an_expectation():
    apart = np.zeros((20, 3), dtype=int)
    apart[:5, 0], apart[5:10, 1], apart[10, 2] = 1, 1, 1
    lift = pair_values(apart, "lift")
    # a and b: 25 / 20 rows expected; a and c: a quarter of a row.
    assert lift[0, 1] == 0
    assert np.isnan(lift[0, 2])


def test_labels_in_an_order_of_ones_own():
    counts = pair_values(Y, "counts", labels=[1, 0])
    assert counts.tolist() == [[4, 1], [1, 6]]


def test_what_does_not_exist():
    with pytest.raises(OptionError, match="'counts', 'conditional', 'lift'"):
        pair_values(Y, "odds")
    with pytest.raises(UnknownNameError, match="label"):
        pair_values(Y, "lift", labels=[7])


@pytest.mark.parametrize(
    ("lift", "end"), [(1.5, 2), (1 / 3, 4), (9, 16), (400, 16), (0, 2)], ids=str
)
def test_scales_of_lift_are_symmetric_about_one(lift, end):
    scale = pair_scale("lift", np.array([[1, lift], [lift, 1]]))
    assert (scale.norm.vmin, scale.norm.vmax) == (1 / end, end)
    assert scale.to_rgba(1.0)[:3] == pytest.approx((1, 1, 1), abs=0.02)
    more, less = scale.to_rgba(end), scale.to_rgba(1 / end)
    assert more[2] > more[0]
    assert less[0] > less[2]


def test_scales_of_counts_do_not_see_the_diagonal():
    assert pair_scale("counts", np.array([[90.0, 7], [7, 80]])).norm.vmax == 7
    assert pair_scale("counts", np.array([[90.0]])).norm.vmax == 1


def _show(ax, values, kind, cell=60):
    values = np.asarray(values, dtype=float)
    square = PairSquare(ax, len(values))
    square.show(values, kind, pair_scale(kind, values), cell=cell)
    return square


def test_cells_have_their_numbers_and_the_diagonal_none(ax):
    square = _show(ax, [[9, 1, 2], [1, 9, 3000], [2, 3000, 9]], "counts")
    assert square.words == ("1", "2", "1", "3,000", "2", "3,000")


def test_cells_without_room_have_no_numbers(ax):
    square = _show(ax, [[9, 3000], [3000, 9]], "counts", cell=20)
    assert square.words == ("", "")


def test_numbers_of_lift_and_undefined_ones(ax):
    square = _show(ax, [[1, 0, np.nan], [0, 1, 12.3], [0.52, 1.37, 1]], "lift")
    assert square.words == ("0", "–", "0", "12", "0.5", "1.4")
    colors = square.moving[0].get_array()
    assert colors[0, 2].tolist() == [1, 1, 1, 1]
    np.testing.assert_allclose(colors[0, 0], colors[1, 1])


def test_less_than_chance_has_a_line_where_there_is_no_number(ax):
    values = np.full((14, 14), 2.0)
    values[3, 5] = values[5, 3] = 0.5
    square = _show(ax, values, "lift")
    lines = square.moving[2].get_segments()
    assert sorted(line.mean(axis=0).tolist() for line in lines) == [
        [3.5, 5.5],
        [5.5, 3.5],
    ]
    square.show(values, "conditional", pair_scale("conditional", values), cell=60)
    assert square.moving[2].get_segments() == []


def test_real_texts_replace_shapes(ax):
    _show(ax, [[9, 1], [2, 9]], "counts").write_texts()
    places = {tuple(text.xy): text.get_text() for text in ax.texts}
    assert places == {(1.5, 0.5): "1", (0.5, 1.5): "2"}


def test_the_bar_says_what_the_colours_are(ax):
    scale = pair_scale("lift", np.array([[1, 3.0], [3.0, 1]]))
    bar = add_scale(ax.figure, scale, "lift", ax=ax)
    words = [text.get_text() for text in bar.ax.get_yticklabels()]
    assert words == ["1/4", "1/2", "1", "2", "4"]
    assert "lift" in bar.ax.get_ylabel()


def test_no_labels(ax):
    PairSquare(ax, 0).show(np.zeros((0, 0)), "counts", None, cell=9)
