"""The ladder of imbalance ratios, read from its artists."""

from __future__ import annotations

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import mlkit
from mlkit.description import irlbl
from mlkit.exceptions import IndicatorError
from mlkit.plots import PALETTE, plot_imbalance

# 4, 2, 1 and 0 rows: ratios 1, 2, 4 and infinity; their mean is 7 / 3.
Y = pd.DataFrame(
    [[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0]],
    columns=["sea", "sun", "sky", "snow"],
)
MANY = pd.Series(np.arange(1.0, 160.0), index=[f"label {j}" for j in range(159)])


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def ax():
    return Figure().subplots()


def names(ax) -> list[str]:
    return [text.get_text() for text in ax.get_yticklabels()]


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def legend(ax) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def marks(ax) -> dict[str, dict[int, float]]:
    """Ratio by row, for each marker."""
    return {
        line.get_marker(): dict(
            zip(line.get_ydata().tolist(), line.get_xdata().tolist(), strict=True)
        )
        for line in ax.lines
        if line.get_marker() != "None"
    }


def mean(ax) -> float:
    (line,) = [line for line in ax.lines if line.get_linestyle() == "--"]
    return line.get_xdata()[0]


def test_the_rarest_label_is_on_top(ax) -> None:
    assert plot_imbalance(Y, ax=ax) is ax
    assert names(ax) == ["snow", "sky", "sun", "sea"]
    assert texts(ax) == ["no row carries it", "4", "2", "1"]
    bottom, top = ax.get_ylim()
    assert bottom > top


def test_rungs_reach_from_1_to_the_ratio(ax) -> None:
    plot_imbalance(Y, ax=ax)
    spans = [s[:, 0].tolist() for c in ax.collections for s in c.get_segments()]
    assert spans == [[1, 4], [1, 2], [1, 1]]


def test_labels_above_the_mean_differ_in_colour_and_in_marker(ax) -> None:
    plot_imbalance(Y, ax=ax)
    assert marks(ax) == {"s": {1: 4.0}, "o": {2: 2.0, 3: 1.0}}
    colors = {line.get_marker(): to_hex(line.get_color()) for line in ax.lines}
    assert colors["s"] == PALETTE["vermilion"].lower()
    assert colors["o"] == PALETTE["blue"].lower()


def test_the_mean_is_over_the_labels_that_occur(ax) -> None:
    plot_imbalance(Y, ax=ax)
    assert mean(ax) == pytest.approx(7 / 3)
    assert legend(ax) == ["MeanIR 2.33", "1 above it", "2 not above"]


def test_it_is_the_mean_of_the_description(ax) -> None:
    description = mlkit.describe(mlkit.MultiLabelDataset(np.zeros((4, 1)), Y))
    plot_imbalance(description, ax=ax)
    assert mean(ax) == pytest.approx(description.summary["mean_ir"])


def test_equal_labels_are_not_above_their_mean(ax) -> None:
    plot_imbalance(pd.Series([1.1] * 3), ax=ax)
    assert marks(ax)["s"] == {}
    assert legend(ax)[1:] == ["0 above it", "3 not above"]


@pytest.mark.parametrize(
    "same",
    [
        mlkit.MultiLabelDataset(np.zeros((4, 1)), Y),
        mlkit.describe(mlkit.MultiLabelDataset(np.zeros((4, 1)), Y)),
        mlkit.describe(mlkit.MultiLabelDataset(np.zeros((4, 1)), Y)).labels,
        irlbl(Y),
    ],
    ids=["dataset", "description", "table", "series"],
)
def test_every_kind_gives_the_same_picture(same, ax) -> None:
    expected = Figure().subplots()
    plot_imbalance(Y, ax=expected)
    plot_imbalance(same, ax=ax)
    assert (names(ax), texts(ax), marks(ax), mean(ax)) == (
        names(expected),
        texts(expected),
        marks(expected),
        mean(expected),
    )


@pytest.mark.parametrize(
    ("greatest", "scale"), [(20.0, "linear"), (20.1, "log"), (9000.0, "log")]
)
def test_the_axis_is_logarithmic_beyond_20(greatest, scale, ax) -> None:
    plot_imbalance(pd.Series({"a": 1.0, "b": greatest}), ax=ax)
    assert ax.get_xscale() == scale
    low, high = ax.get_xlim()
    assert low < 1
    assert high > greatest


def test_of_many_labels_both_ends_are_drawn_and_the_axis_says_so(ax) -> None:
    plot_imbalance(MANY, ax=ax)
    assert len(names(ax)) == 30
    assert names(ax)[:2] == ["label 158", "label 157"]
    assert names(ax)[-2:] == ["label 1", "label 0"]
    assert "the 15 rarest and 15 most frequent of 159 labels" in ax.get_xlabel()
    (middle,) = [line for line in ax.lines if line.get_linestyle() == ":"]
    assert list(middle.get_ydata()) == [14.5, 14.5]
    # Mean and numbers of labels are those of all.
    assert mean(ax) == pytest.approx(80)
    assert legend(ax) == ["MeanIR 80", "79 above it", "80 not above"]


def test_30_labels_are_drawn_in_full(ax) -> None:
    plot_imbalance(MANY.iloc[:30], ax=ax)
    assert len(names(ax)) == 30
    assert "rarest" not in ax.get_xlabel()
    assert not [line for line in ax.lines if line.get_linestyle() == ":"]


def test_one_label_and_labels_that_never_occur() -> None:
    one = plot_imbalance([[1], [0]])
    assert texts(one) == ["1"]
    never = plot_imbalance([[0, 0]])
    assert texts(never) == ["no row carries it"] * 2
    assert never.get_legend() is None
    for ax in (one, never):
        ax.figure.draw_without_rendering()


@pytest.mark.parametrize(
    "ratios",
    [
        MANY,
        MANY**2,
        MANY.iloc[:1],
        MANY.iloc[:7].rename(lambda name: f"{name} of things that are far away"),
        pd.Series({"größe": 1.0, "ночь $a$": 1.5, "a\nb": np.inf}),
    ],
    ids=["many", "large", "one", "long", "unicode"],
)
def test_nothing_of_a_new_figure_is_cut_off_or_overlaps(ratios) -> None:
    ax = plot_imbalance(ratios)
    ax.figure.draw_without_rendering()
    box = ax.get_tightbbox()
    assert min(box.x0, box.y0) >= 0
    assert box.x1 <= ax.figure.bbox.width
    assert box.y1 <= ax.figure.bbox.height
    rows = [text.get_window_extent() for text in ax.get_yticklabels()]
    assert all(upper.y0 > lower.y1 for upper, lower in pairwise(rows))
    assert all(t.get_window_extent().x1 <= ax.bbox.x1 for t in ax.texts)


def test_names_are_short_and_literal(ax) -> None:
    plot_imbalance(pd.Series({"x" * 80: 1.0, "$a$": 2.0}), ax=ax)
    assert names(ax) == [r"\$a\$", "x" * 14 + "…" + "x" * 13]


def test_what_was_given_is_not_changed(ax) -> None:
    given = MANY.copy()
    plot_imbalance(given, ax=ax)
    pd.testing.assert_series_equal(given, MANY)


def test_what_cannot_be_drawn_is_refused_before_a_figure_is_made() -> None:
    with pytest.raises(ValueError, match="There are no labels"):
        plot_imbalance(pd.Series(dtype=float))
    with pytest.raises(ValueError, match="at least 1; label 'b' has 0.5"):
        plot_imbalance(pd.Series({"a": 1.0, "b": 0.5}))
    with pytest.raises(ValueError, match="label 'a' has nan"):
        plot_imbalance(pd.Series({"a": np.nan}))
    with pytest.raises(IndicatorError, match="outside"):
        plot_imbalance([[5]])
    assert plt.get_fignums() == []
