"""The square of co-errors, read from its artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from mlkit import plots
from mlkit.evaluation import evaluate
from mlkit.exceptions import OptionError, ShapeError
from mlkit.plots.co_errors import plot_co_errors

NAMES = ["sea", "sun", "sky"]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def ax():
    return Figure().subplots()


def square(values, names=NAMES) -> pd.DataFrame:
    return pd.DataFrame(values, index=names, columns=names)


def names_of(ax) -> list[str]:
    return [text.get_text() for text in ax.get_yticklabels()]


COUNTS = square([[90, 1, 2], [1, 80, 30], [2, 30, 70]])


def test_every_cell_has_its_number_at_its_place(ax):
    assert plot_co_errors(COUNTS, ax=ax) is ax
    written = {text.get_position(): text.get_text() for text in ax.texts}
    expected = {(j + 0.5, i + 0.5): str(COUNTS.iat[i, j]) for i, j in np.ndindex(3, 3)}
    assert written == expected
    assert ax.yaxis_inverted()


def test_the_diagonal_is_hatched_and_not_in_the_range(ax):
    plot_co_errors(COUNTS, ax=ax)
    mesh = ax.collections[0]
    assert mesh.get_clim() == (0, 30)
    assert np.diag(np.ma.getmaskarray(mesh.get_array()).reshape(3, 3)).all()
    assert [patch.get_xy() for patch in ax.patches] == [(0, 0), (1, 1), (2, 2)]
    assert all(patch.get_hatch() for patch in ax.patches)


def test_more_rows_are_darker_in_grey_too(ax):
    plot_co_errors(COUNTS, ax=ax)
    shades = ax.collections[0].to_rgba(np.arange(31.0))[:, :3] @ [0.299, 0.587, 0.114]
    assert (np.diff(shades) < 0).all()


def test_numbers_on_dark_cells_are_white(ax):
    plot_co_errors(COUNTS, ax=ax)
    inks = {text.get_text(): text.get_color() for text in ax.texts}
    assert (inks["30"], inks["1"], inks["90"]) == ("white", "black", "black")


def test_the_bar_says_what_is_counted(ax):
    plot_co_errors(COUNTS, legend="rows with both missed", ax=ax)
    bar = ax.figure.axes[1]
    assert "rows with both missed" in bar.get_ylabel()
    assert "hatched: one label alone" in bar.get_ylabel()
    low, high = bar.get_ylim()
    ticks = [tick for tick in bar.get_yticks() if low <= tick <= high]
    assert all(tick % 1 == 0 for tick in ticks)


def test_two_kinds_of_errors_need_not_be_symmetric(ax):
    plot_co_errors(square([[0, 5, 0], [1, 0, 0], [0, 2, 0]]), ax=ax)
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert (written[1.5, 0.5], written[0.5, 1.5]) == ("5", "1")


def test_the_table_of_an_evaluation_is_drawn(ax):
    rng = np.random.default_rng(0)
    Y, Y_pred = rng.integers(0, 2, (2, 20, 3))
    matrix = evaluate(pd.DataFrame(Y, columns=NAMES), Y_pred).co_errors()
    plot_co_errors(matrix, ax=ax)
    assert names_of(ax) == NAMES
    errors = (Y_pred != Y).sum(axis=0)
    diagonal = [t.get_text() for t in ax.texts if len(set(t.get_position())) == 1]
    assert diagonal == [str(count) for count in errors]


@pytest.mark.parametrize(("n_labels", "written"), [(1, 1), (12, 144), (13, 0)])
def test_numbers_are_written_for_few_labels(ax, n_labels, written):
    names = [f"label {i}" for i in range(n_labels)]
    plot_co_errors(square(np.ones((n_labels, n_labels), dtype=int), names), ax=ax)
    assert len(ax.texts) == written
    assert ax.get_title() == ""


def test_of_many_labels_those_with_most_errors_are_drawn_in_their_order(ax):
    counts = np.diag(np.arange(159))
    plot_co_errors(square(counts, [f"label {i}" for i in range(159)]), ax=ax)
    assert names_of(ax) == [f"label {i}" for i in range(119, 159)]
    assert ax.get_title() == "40 of 159 labels: those with the most errors"
    other = Figure().subplots()
    plot_co_errors(COUNTS, n=2, ax=other)
    assert names_of(other) == ["sun", "sky"]


@pytest.mark.parametrize("n_labels", [1, 7, 40])
def test_names_lie_in_the_figure_and_not_on_each_other(n_labels):
    names = [f"Größe und Übermaß eines Namens {i}" for i in range(n_labels)]
    ax = plot_co_errors(square(np.ones((n_labels, n_labels), dtype=int), names))
    figure = ax.figure
    figure.draw_without_rendering()
    texts = [*ax.get_yticklabels(), figure.axes[1].yaxis.label]
    boxes = [text.get_window_extent() for text in (*texts, *ax.get_xticklabels())]
    assert all(box.x0 >= 0 and box.y0 >= 0 for box in boxes)
    assert all(box.x1 <= figure.bbox.width for box in boxes)
    assert all(box.y1 <= figure.bbox.height for box in boxes)
    tops = [box.y1 for box in boxes[:n_labels]]
    feet = [box.y0 for box in boxes[:n_labels]]
    assert all(foot >= top for foot, top in zip(feet, tops[1:], strict=False))


def test_what_was_given_is_not_changed(ax):
    before = COUNTS.copy()
    plot_co_errors(COUNTS, n=2, ax=ax)
    pd.testing.assert_frame_equal(COUNTS, before)


def test_no_errors_at_all(ax):
    plot_co_errors(square(np.zeros((3, 3), dtype=int)), ax=ax)
    assert ax.collections[0].get_clim() == (0, 1)


def test_what_cannot_be_drawn_is_refused(ax):
    with pytest.raises(ShapeError, match="got 2 and 3"):
        plot_co_errors(COUNTS.iloc[:2], ax=ax)
    with pytest.raises(ValueError, match="holds no labels"):
        plot_co_errors(pd.DataFrame(), ax=ax)
    with pytest.raises(OptionError, match="n must be"):
        plot_co_errors(COUNTS, n=0, ax=ax)


def test_it_is_public():
    assert plots.plot_co_errors is plot_co_errors
    assert "plot_co_errors" in plots.__all__
