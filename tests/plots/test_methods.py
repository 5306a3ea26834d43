"""Spreads and side-by-side tables, read from their artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from mlkit import plots
from mlkit.plots.methods import plot_side_by_side, plot_spread, spread_offsets

SCORES = pd.DataFrame({"forest": [0.5, 0.7, 0.9], "tree": [0.4, np.nan, 0.6]})
RANKS = pd.DataFrame(
    {"br": [1.0, 2.0], "cc": [1.0, 3.0], "lp": [2.5, 1.0]}, index=["loss", "accuracy"]
)


@pytest.fixture
def ax():
    return Figure().subplots()


@pytest.fixture
def _close_figures():
    yield
    plt.close("all")


def _row_names(ax):
    return [text.get_text() for text in ax.get_yticklabels()]


def test_both_are_public():
    assert plots.plot_spread is plot_spread
    assert plots.plot_side_by_side is plot_side_by_side


class TestPlotSpread:
    def test_every_value_is_a_mark_and_the_bar_is_the_mean(self, ax):
        plot_spread(SCORES, xlabel="score", ax=ax)

        forest, tree = ax.collections
        np.testing.assert_allclose(forest.get_offsets()[:, 0], [0.5, 0.7, 0.9])
        np.testing.assert_allclose(tree.get_offsets()[:, 0], [0.4, 0.6])
        bars = [line.get_xdata()[0] for line in ax.lines]
        np.testing.assert_allclose(bars, [0.7, 0.5])

    def test_bars_lie_below_the_marks_and_stick_out(self, ax):
        plot_spread(SCORES, xlabel="score", ax=ax)

        for bar, marks in zip(ax.lines, ax.collections, strict=True):
            heights = marks.get_offsets()[:, 1]
            assert bar.get_zorder() < marks.get_zorder()
            assert bar.get_ydata()[0] < heights.min()
            assert bar.get_ydata()[1] > heights.max()

    def test_rows_are_columns_the_first_on_top(self, ax):
        plot_spread(SCORES, xlabel="subset accuracy", ax=ax)

        assert _row_names(ax) == ["forest", "tree"]
        assert ax.get_xlabel() == "subset accuracy"
        assert ax.yaxis_inverted()

    def test_marks_stay_in_their_row_and_equal_values_apart(self, ax):
        plot_spread(pd.DataFrame({"a": np.full(100, 0.5)}), xlabel="x", ax=ax)

        heights = np.sort(ax.collections[0].get_offsets()[:, 1])
        assert np.abs(heights).max() <= 0.3
        assert np.diff(heights).min() > 0.001

    def test_two_runs_draw_the_same(self):
        axes = [plot_spread(SCORES, xlabel="x", ax=Figure().subplots()) for _ in "ab"]

        first, second = (a.collections[0].get_offsets() for a in axes)
        np.testing.assert_array_equal(first, second)

    def test_the_reference_is_a_line_of_its_own(self, ax):
        plot_spread(SCORES - 0.5, xlabel="difference", reference=0, ax=ax)

        assert len(ax.lines) == 3
        assert list(ax.lines[0].get_xdata()) == [0, 0]
        assert ax.lines[0].get_linestyle() == "--"

    def test_a_column_without_values_has_neither_mark_nor_bar(self, ax):
        plot_spread(pd.DataFrame({"a": [np.nan], "b": [1.0]}), xlabel="x", ax=ax)

        assert [len(c.get_offsets()) for c in ax.collections] == [0, 1]
        assert len(ax.lines) == 1

    def test_the_table_is_left_alone(self, ax):
        before = SCORES.copy()
        plot_spread(SCORES, xlabel="x", ax=ax)

        pd.testing.assert_frame_equal(SCORES, before)

    @pytest.mark.usefixtures("_close_figures")
    def test_a_new_figure_grows_with_the_columns(self):
        one = plot_spread(SCORES[["tree"]], xlabel="x").figure.get_size_inches()[1]
        two = plot_spread(SCORES, xlabel="x").figure.get_size_inches()[1]

        assert two > one


class TestPlotSideBySide:
    def test_one_marker_a_cell(self, ax):
        plot_side_by_side(RANKS, xlabel="mean rank (1 is best)", ax=ax)

        drawn = {c.get_label(): c.get_offsets() for c in ax.collections[1:]}
        assert list(drawn) == ["br", "cc", "lp"]
        for name, points in drawn.items():
            np.testing.assert_allclose(points[:, 0], RANKS[name])

    def test_equal_numbers_are_drawn_at_different_heights(self, ax):
        plot_side_by_side(RANKS, xlabel="x", ax=ax)

        heights = [c.get_offsets()[0, 1] for c in ax.collections[1:]]
        assert heights == pytest.approx([-0.14, 0.0, 0.14])

    def test_a_line_spans_the_range_of_each_row(self, ax):
        plot_side_by_side(RANKS, xlabel="x", ax=ax)

        spans = [segment[:, 0].tolist() for segment in ax.collections[0].get_segments()]
        assert spans == [[1.0, 2.5], [1.0, 3.0]]

    def test_rows_legend_and_label(self, ax):
        plot_side_by_side(RANKS, xlabel="mean rank (1 is best)", ax=ax)

        assert _row_names(ax) == ["loss", "accuracy"]
        assert [t.get_text() for t in ax.get_legend().get_texts()] == list(RANKS)
        assert ax.get_xlabel() == "mean rank (1 is best)"
        assert ax.yaxis_inverted()

    def test_columns_differ_in_colour(self, ax):
        plot_side_by_side(RANKS, xlabel="x", ax=ax)

        colors = {tuple(c.get_facecolor()[0]) for c in ax.collections[1:]}
        assert len(colors) == RANKS.shape[1]


def test_marks_of_one_row_stay_in_their_band_and_apart():
    offsets = spread_offsets(20, band=0.4)
    assert (np.abs(offsets) <= 0.2).all()
    assert np.diff(np.sort(offsets)).min() > 0.005
    assert (offsets == spread_offsets(20, band=0.4)).all()
