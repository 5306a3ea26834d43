"""A metric label by label, read from its artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from mlkit import plots
from mlkit.evaluation import evaluate
from mlkit.exceptions import OptionError, UnknownNameError
from mlkit.plots.label_scores import plot_label_scores

TABLE = pd.DataFrame(
    {
        "support": [3000, 20, 0],
        "f1": [0.8, 0.5, np.nan],
        "f1_low": [0.7, 0.1, np.nan],
        "f1_high": [0.9, 0.6, np.nan],
        "brier": [0.1, 0.2, 0.0],
    },
    index=["sea", "sun", "sky"],
)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def ax():
    return Figure().subplots()


def names(ax) -> list[str]:
    return [text.get_text() for text in ax.get_yticklabels()]


def test_points_stand_at_the_values_and_the_first_on_top(ax):
    assert plot_label_scores(TABLE, ax=ax) is ax
    (line,) = ax.lines
    np.testing.assert_array_equal(line.get_xdata(), TABLE["f1"])
    assert line.get_ydata().tolist() == [0, 1, 2]
    assert ax.get_ylim() == (2.5, -0.5)


def test_support_stands_in_brackets_where_there_is_one(ax):
    plot_label_scores(TABLE, ax=ax)
    assert names(ax) == ["sea (3,000)", "sun (20)", "sky (0)"]
    assert ax.get_xlabel() == "F1 (higher is better); in brackets: true rows"
    other = Figure().subplots()
    plot_label_scores(TABLE[["brier"]], metric="brier", ax=other)
    assert names(other) == ["sea", "sun", "sky"]
    assert other.get_xlabel() == "Brier score (lower is better)"


def test_intervals_are_lines_where_they_are_given(ax):
    plot_label_scores(TABLE, ax=ax)
    # The third label has no interval.
    segments = ax.collections[0].get_segments()[:2]
    assert [segment[:, 0].tolist() for segment in segments] == [[0.7, 0.9], [0.1, 0.6]]
    other = Figure().subplots()
    plot_label_scores(TABLE, metric="brier", ax=other)
    assert list(other.collections) == []


def test_a_value_that_is_undefined_is_named_so(ax):
    plot_label_scores(TABLE, ax=ax)
    (text,) = ax.texts
    assert (text.get_text(), text.get_position()[1]) == ("undefined", 2)


def test_shares_have_the_same_range_and_other_numbers_their_own(ax):
    plot_label_scores(TABLE, ax=ax)
    assert ax.get_xlim() == (-0.02, 1.02)
    other = Figure().subplots()
    table = pd.DataFrame({"log_odds": [-3.0, 5.0]}, ["a", "b"])
    plot_label_scores(table, metric="log_odds", ax=other)
    assert other.get_xlim()[0] < -3
    assert other.get_xlim()[1] > 5
    assert other.get_xlabel().startswith("log odds")


def test_the_table_of_an_evaluation_is_drawn(ax):
    rng = np.random.default_rng(0)
    Y, Y_pred = rng.integers(0, 2, (2, 20, 3))
    table = evaluate(Y, Y_pred).labels
    plot_label_scores(table, metric="recall", ax=ax)
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), table["recall"])
    assert names(ax)[0].endswith(f"({Y[:, 0].sum()})")


@pytest.mark.parametrize("n_labels", [1, 7, 159])
def test_names_lie_in_the_figure_and_not_on_each_other(n_labels):
    index = [f"Größe und Übermaß eines langen Namens {i}" for i in range(n_labels)]
    table = pd.DataFrame({"f1": 0.5, "support": 123_456}, index)
    ax = plot_label_scores(table)
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.get_yticklabels()]
    assert len(boxes) == min(n_labels, 40)
    assert all(box.x0 >= 0 for box in boxes)
    assert all(one.y0 >= two.y1 for one, two in zip(boxes, boxes[1:], strict=False))
    title = "the first 40 of 159 labels" if n_labels == 159 else ""
    assert ax.get_title() == title


def test_what_was_given_is_not_changed(ax):
    before = TABLE.copy()
    plot_label_scores(TABLE, n=1, ax=ax)
    pd.testing.assert_frame_equal(TABLE, before)


def test_what_cannot_be_drawn_is_refused(ax):
    with pytest.raises(UnknownNameError, match="Did you mean 'brier'"):
        plot_label_scores(TABLE, metric="brie", ax=ax)
    with pytest.raises(ValueError, match="holds no labels"):
        plot_label_scores(TABLE.iloc[:0], ax=ax)
    with pytest.raises(OptionError, match="n must be"):
        plot_label_scores(TABLE, n=0, ax=ax)


def test_it_is_public():
    assert plots.plot_label_scores is plot_label_scores
    assert "plot_label_scores" in plots.__all__
