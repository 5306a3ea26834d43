"""Pictures of label sets, read from their artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from mlkit.exceptions import IndicatorError
from mlkit.plots import make_axes, plot_label_matrix, plot_set_sizes

FILMS = pd.DataFrame(
    [[1, 0, 1], [0, 0, 0], [1, 1, 1]],
    index=["Iron Tide", "Clouds", "Everything"],
    columns=["action", "comedy", "drama"],
)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def ax():
    return Figure().subplots()


def _cells(ax):
    """Text of each cell by its place (row, column), without the sums."""
    cells = [text for text in ax.texts if "=" not in text.get_text()]
    return {text.get_position()[::-1]: text.get_text() for text in cells}


def _sums(ax):
    sums = [text for text in ax.texts if "=" in text.get_text()]
    return {text.get_position()[1]: text.get_text() for text in sums}


def test_every_cell_stands_at_its_row_and_column(ax):
    plot_label_matrix(FILMS, ax=ax)

    expected = {place: str(v) for place, v in np.ndenumerate(FILMS.to_numpy())}
    assert _cells(ax) == expected


def test_ones_are_darker_than_zeros(ax):
    plot_label_matrix(FILMS, ax=ax)

    brightness = [sum(to_rgb(patch.get_facecolor())) for patch in ax.patches]
    ones = FILMS.to_numpy().ravel() == 1
    assert max(np.array(brightness)[ones]) < min(np.array(brightness)[~ones])


def test_the_sums_are_those_of_the_rows(ax):
    plot_label_matrix(FILMS, ax=ax)

    assert _sums(ax) == {0: "= 2", 1: "= 0", 2: "= 3"}


def test_rows_and_columns_have_their_names_and_the_first_row_is_on_top(ax):
    plot_label_matrix(FILMS, ax=ax)

    assert [t.get_text() for t in ax.get_yticklabels()] == list(FILMS.index)
    names = [*FILMS.columns, "sum"]
    assert [t.get_text() for t in ax.get_xticklabels()] == names
    assert ax.yaxis_inverted()


def test_rows_without_names_are_counted(ax):
    plot_label_matrix(FILMS.to_numpy(), ax=ax)

    assert [t.get_text() for t in ax.get_yticklabels()] == ["0", "1", "2"]


def test_sparse_gives_the_same_picture():
    dense, sparse = Figure().subplots(), Figure().subplots()
    plot_label_matrix(FILMS.to_numpy(), ax=dense)
    plot_label_matrix(sp.csr_array(FILMS.to_numpy()), ax=sparse)

    assert _cells(dense) == _cells(sparse)
    assert _sums(dense) == _sums(sparse)


def test_a_new_figure_grows_with_the_rows():
    short = plot_label_matrix(FILMS).figure.get_figheight()
    tall = plot_label_matrix(pd.concat([FILMS, FILMS])).figure.get_figheight()

    assert tall > short


def test_the_given_matrix_is_not_modified(ax):
    before = FILMS.copy()
    plot_label_matrix(FILMS, ax=ax)

    pd.testing.assert_frame_equal(FILMS, before)


def test_too_many_rows_are_refused():
    with pytest.raises(ValueError, match="61 rows; a matrix of more than 60"):
        plot_label_matrix(np.ones((61, 2), dtype=int))


@pytest.mark.parametrize("plot", [plot_label_matrix, plot_set_sizes])
def test_other_entries_than_0_and_1_are_refused(plot):
    with pytest.raises(IndicatorError, match="outside"):
        plot([[0, 2]])


def test_bars_count_the_rows_of_every_size(ax):
    plot_set_sizes(FILMS, ax=ax)

    assert [bar.get_height() for bar in ax.patches] == [1, 0, 1, 1]
    centres = [bar.get_x() + bar.get_width() / 2 for bar in ax.patches]
    assert centres == pytest.approx([0, 1, 2, 3])
    assert [text.get_text() for text in ax.texts[:4]] == ["1", "0", "1", "1"]


def test_the_line_is_the_cardinality(ax):
    plot_set_sizes(sp.csr_array(FILMS.to_numpy()), ax=ax)

    np.testing.assert_allclose(ax.lines[0].get_xdata(), 5 / 3)
    assert ax.texts[-1].get_text() == "cardinality 1.67"


def test_axes_say_what_is_counted(ax):
    plot_set_sizes(FILMS, ax=ax)

    assert ax.get_xlabel() == "number of labels of a row"
    assert ax.get_ylabel() == "number of rows"


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match="Y has no rows"):
        plot_set_sizes(np.zeros((0, 2), dtype=int))


@pytest.mark.parametrize("plot", [plot_label_matrix, plot_set_sizes])
def test_they_draw_into_the_axes_that_are_given(plot):
    given = make_axes()

    assert plot(FILMS, ax=given) is given
