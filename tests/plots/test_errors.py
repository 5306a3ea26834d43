"""The error grid, read from its artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from mlkit import plots
from mlkit.exceptions import IndicatorError, LabelNameError, ShapeError
from mlkit.metrics import hamming_loss, subset_accuracy_score
from mlkit.plots.errors import CELL_LOOKS, ErrorCells, plot_error_grid
from mlkit.plots.style import PALETTE, make_axes

# One cell of each kind in the first row; the second row is right.
Y = np.array([[1, 1, 0, 0], [0, 1, 0, 1]])
Y_PRED = np.array([[1, 0, 1, 0], [0, 1, 0, 1]])


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def _cells(ax):
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def _signs(ax):
    texts = [t.get_text() for t in ax.texts]
    return [text for text in texts if text and "wrong" not in text]


def _wrong(ax):
    return [t for t in ax.texts if "wrong" in t.get_text()]


def test_each_kind_of_cell_has_its_colour_hatch_and_sign():
    ax = plot_error_grid(Y, Y_PRED)
    found, missed, invented, absent = _cells(ax)[:4]
    colors = [to_hex(c.get_facecolor()).upper() for c in (found, missed, invented)]
    assert colors == [PALETTE["sky"], PALETTE["purple"], PALETTE["orange"]]
    assert to_hex(absent.get_facecolor()) == "#ffffff"
    hatches = [cell.get_hatch() for cell in (found, missed, invented, absent)]
    assert hatches == [None, "\\\\", "//", None]
    assert _signs(ax) == ["✓", "\u2212", "+", "✓", "✓"]


def test_cells_lie_where_the_matrix_has_them():
    ax = plot_error_grid(Y, Y_PRED)
    places = [cell.get_xy() for cell in _cells(ax)]
    assert places == [(j - 0.5, i - 0.5) for i in range(2) for j in range(4)]
    assert ax.yaxis_inverted()
    assert not ax.xaxis_inverted()


def test_the_numbers_on_the_right_are_those_of_the_metrics():
    rng = np.random.default_rng(0)
    true, guess = rng.integers(0, 2, (2, 6, 3))
    guess[:2] = true[:2]
    texts = _wrong(plot_error_grid(true, guess))
    counts = [int(text.get_text().split()[0]) for text in texts]
    assert sum(counts) / true.size == pytest.approx(hamming_loss(true, guess))
    assert np.mean(np.equal(counts, 0)) == subset_accuracy_score(true, guess)
    bold = [text.get_weight() == "bold" for text in texts]
    assert bold == [count == 0 for count in counts]


def test_names_come_from_the_frame_or_the_argument():
    frame = pd.DataFrame(Y, columns=["beach", "sunset", "city", "snow"])
    named = plot_error_grid(frame, Y_PRED)
    assert [t.get_text() for t in named.get_xticklabels()] == list(frame)
    given = plot_error_grid(Y, Y_PRED, label_names=["a", "b", "c", "d"])
    assert [t.get_text() for t in given.get_xticklabels()] == ["a", "b", "c", "d"]


def test_sparse_is_drawn_like_dense():
    dense = plot_error_grid(Y, Y_PRED)
    sparse = plot_error_grid(sp.csr_array(Y), sp.csr_array(Y_PRED))
    assert _signs(sparse) == _signs(dense)


def test_the_legend_explains_all_four_or_is_left_out():
    texts = plot_error_grid(Y, Y_PRED).get_legend().get_texts()
    words = " ".join(text.get_text() for text in texts)
    assert len(texts) == 4
    assert all(word in words for word in ("✓ found", "\u2212 missed", "+ invented"))
    assert plot_error_grid(Y, Y_PRED, legend=False).get_legend() is None


@pytest.mark.parametrize("n_copies", [1, 15])
def test_the_legend_hides_neither_cells_nor_names(n_copies):
    ax = plot_error_grid(np.tile(Y, (n_copies, 1)), np.tile(Y_PRED, (n_copies, 1)))
    ax.figure.draw_without_rendering()
    top = ax.get_legend().get_window_extent().y1
    names = [name.get_window_extent().y0 for name in ax.get_xticklabels()]
    assert top < min(names)


def test_it_draws_into_given_axes_and_leaves_the_data_alone():
    ax, before = make_axes(), (Y.copy(), Y_PRED.copy())
    assert plot_error_grid(Y, Y_PRED, ax=ax) is ax
    np.testing.assert_array_equal(Y, before[0])
    np.testing.assert_array_equal(Y_PRED, before[1])


def test_a_new_figure_grows_with_the_rows():
    few = plot_error_grid(Y, Y_PRED).figure.get_size_inches()
    many = plot_error_grid(np.tile(Y, (4, 1)), np.tile(Y_PRED, (4, 1)))
    assert many.figure.get_size_inches()[1] > few[1]


def test_what_is_no_pair_of_label_matrices_is_refused():
    with pytest.raises(ShapeError, match="Y_pred"):
        plot_error_grid(Y, Y_PRED[:1])
    with pytest.raises(IndicatorError, match="outside"):
        plot_error_grid(Y, Y_PRED + 1)
    with pytest.raises(LabelNameError, match="4"):
        plot_error_grid(Y, Y_PRED, label_names=["one"])


def test_cells_can_be_shown_again_in_place():
    ax = make_axes()
    cells = ErrorCells(ax, 2, ["a", "b", "c", "d"])
    cells.show(Y, Y_PRED)
    before = list(ax.patches), _signs(ax)
    cells.show(Y_PRED, Y)
    assert list(ax.patches) == before[0]
    assert _signs(ax) == ["✓", "+", "\u2212", "✓", "✓"]
    cells.show(Y, Y)
    assert [text.get_text() for text in _wrong(ax)] == ["0 wrong", "0 wrong"]
    assert {cell.get_hatch() for cell in _cells(ax)} == {None}


def test_every_kind_has_its_look():
    assert len({look.sign for look in CELL_LOOKS}) == len(CELL_LOOKS) == 4


def test_it_is_public():
    assert plots.plot_error_grid is plot_error_grid
    assert "plot_error_grid" in plots.__all__
