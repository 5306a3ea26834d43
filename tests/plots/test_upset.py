"""The UpSet figure, read from its artists."""

from __future__ import annotations

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import mlkit
from mlkit.exceptions import OptionError
from mlkit.plots import PALETTE, plot_label_sets_upset

# sea and sun 3 times, sun twice, no label once, all three once.
Y = pd.DataFrame(
    [[1, 1, 0]] * 3 + [[0, 1, 0]] * 2 + [[0, 0, 0]] + [[1, 1, 1]],
    columns=["sea", "sun", "sky"],
)
WIDE = pd.DataFrame(np.eye(25, dtype=int)).add_prefix("label ")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def ax():
    return Figure().subplots()


def heights(ax) -> list[float]:
    return [bar.get_height() for bar in ax.child_axes[0].patches]


def names(ax) -> list[str]:
    return [text.get_text() for text in ax.child_axes[1].get_yticklabels()]


def dots(ax, collection: int = 1) -> set[tuple[int, int]]:
    """Places (column, row) of the dots: all, of labels, and of the other labels."""
    places = ax.child_axes[1].collections[collection].get_offsets()
    return {(int(x), int(y)) for x, y in places}


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_bars_are_the_counts_and_the_most_frequent_is_on_the_left(ax) -> None:
    assert plot_label_sets_upset(Y, ax=ax) is ax
    assert heights(ax) == [3, 2, 1, 1]
    assert texts(ax.child_axes[0]) == ["3", "2", "1", "1"]


def test_labels_have_their_totals_and_the_most_frequent_is_on_top(ax) -> None:
    plot_label_sets_upset(Y, ax=ax)
    totals = ax.child_axes[2]
    assert names(ax) == ["sun", "sea", "sky"]
    assert [bar.get_width() for bar in totals.patches[-3:]] == [6, 4, 1]
    assert texts(totals) == ["6", "4", "1"]
    for part in ax.child_axes[1:]:
        assert part.get_ylim() == (2.5, -0.5)


def test_dots_stand_at_the_labels_of_each_set(ax) -> None:
    plot_label_sets_upset(Y, ax=ax)
    # Columns: sun and sea, sun, none, all three.
    assert dots(ax) == {(0, 0), (0, 1), (1, 0), (3, 0), (3, 1), (3, 2)}
    assert dots(ax, 0) == {(x, y) for x in range(4) for y in range(3)}
    assert dots(ax, 2) == set()


def test_dots_of_a_set_are_joined_from_first_to_last(ax) -> None:
    plot_label_sets_upset(Y, ax=ax)
    lines = [
        (list(map(int, line.get_xdata())), list(map(int, line.get_ydata())))
        for line in ax.child_axes[1].lines
    ]
    assert lines == [([0, 0], [0, 1]), ([3, 3], [0, 2])]


def test_columns_of_bars_and_dots_are_aligned(ax) -> None:
    plot_label_sets_upset(Y, ax=ax)
    bars, matrix, _ = ax.child_axes
    assert bars.get_xlim() == matrix.get_xlim()
    centres = [bar.get_x() + bar.get_width() / 2 for bar in bars.patches]
    np.testing.assert_allclose(centres, range(4))
    assert bars.get_position().x0 == matrix.get_position().x0
    assert bars.get_position().x1 == matrix.get_position().x1


def test_the_empty_set_differs_in_colour_and_in_hatch(ax) -> None:
    plot_label_sets_upset(Y, ax=ax)
    bars = ax.child_axes[0].patches
    assert [bar.get_hatch() for bar in bars] == [None, None, "//", None]
    assert to_hex(bars[2].get_facecolor()) == PALETTE["orange"].lower()
    assert "hatched: no label" in ax.child_axes[1].get_xlabel()


def test_only_n_sets_are_drawn_and_the_figure_says_so(ax) -> None:
    plot_label_sets_upset(Y, n=2, ax=ax)
    assert heights(ax) == [3, 2]
    assert names(ax) == ["sun", "sea"]
    # Totals are over all rows, those of sets that are not drawn too.
    assert texts(ax.child_axes[2]) == ["6", "4"]
    assert ax.child_axes[1].get_xlabel().split("\n") == [
        "2 of 4 label sets: 71 % of the rows",
        "2 of the 3 labels that occur",
    ]


def test_all_sets_are_said_to_be_all(ax) -> None:
    plot_label_sets_upset(Y.iloc[:4], ax=ax)
    assert ax.child_axes[1].get_xlabel() == "2 label sets: all there are"


def test_beyond_20_labels_share_a_row_of_squares(ax) -> None:
    plot_label_sets_upset(WIDE, n=25, ax=ax)
    assert len(names(ax)) == 21
    assert names(ax)[-1] == "5 other labels"
    assert dots(ax) == {(k, k) for k in range(20)}
    assert dots(ax, 2) == {(k, 20) for k in range(20, 25)}
    _, circles, squares = ax.child_axes[1].collections
    circle, square = circles.get_paths()[0], squares.get_paths()[0]
    assert len(circle.vertices) != len(square.vertices)


def test_one_other_label_is_one(ax) -> None:
    plot_label_sets_upset(WIDE.iloc[:21], n=21, ax=ax)
    assert names(ax)[-1] == "1 other label"


def test_names_are_short_and_literal(ax) -> None:
    labels = ["x" * 80, "größe ночь", "$a$"]
    plot_label_sets_upset(Y.set_axis(labels, axis=1), ax=ax)
    assert names(ax) == ["größe ночь", "x" * 14 + "…" + "x" * 13, r"\$a\$"]
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize("one", [[[1], [0], [1]], [[1]], [[0, 0]]])
def test_one_label_and_no_label_at_all(one) -> None:
    ax = plot_label_sets_upset(one)
    ax.figure.draw_without_rendering()
    assert sum(heights(ax)) == len(one)


@pytest.mark.parametrize("labels", [Y, WIDE, WIDE.add_suffix(" of things that are")])
def test_nothing_of_a_new_figure_is_cut_off_or_overlaps(labels) -> None:
    ax = plot_label_sets_upset(labels, n=25)
    figure = ax.figure
    figure.draw_without_rendering()
    box = ax.get_tightbbox()
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= figure.bbox.width
    assert box.y1 <= figure.bbox.height
    rows = [t.get_window_extent() for t in ax.child_axes[1].get_yticklabels()]
    assert all(upper.y0 > lower.y1 for upper, lower in pairwise(rows))
    numbers = [text.get_window_extent() for text in ax.child_axes[0].texts]
    assert all(left.x1 < right.x0 for left, right in pairwise(numbers))


def test_labels_and_their_description_give_one_picture(ax) -> None:
    other = Figure().subplots()
    description = mlkit.describe(mlkit.MultiLabelDataset(np.zeros((7, 1)), Y))
    plot_label_sets_upset(description, ax=other)
    plot_label_sets_upset(Y, ax=ax)
    assert (heights(ax), names(ax), dots(ax)) == (
        heights(other),
        names(other),
        dots(other),
    )


def test_what_cannot_be_drawn_is_refused_before_a_figure_is_made() -> None:
    with pytest.raises(ValueError, match="no label sets"):
        plot_label_sets_upset(Y.iloc[:0])
    with pytest.raises(OptionError, match="at least 1; got 0"):
        plot_label_sets_upset(Y, n=0)
    assert plt.get_fignums() == []
