"""Shares of labels in the parts of a split, read from the artists."""

from __future__ import annotations

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from sklearn.model_selection import KFold

import mlkit
from mlkit.plots import plot_split
from mlkit.splitting import SplitReport, split_report

# Of ten rows: sea in 8, sun in 2 (both in train), snow in none.
Y = pd.DataFrame(
    {"sea": [1] * 8 + [0] * 2, "sun": [1, 1] + [0] * 8, "snow": [0] * 10},
)
PARTS = {"train": range(6), "test": range(6, 10)}


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def ax():
    return Figure().subplots()


@pytest.fixture
def report() -> SplitReport:
    return split_report(PARTS, Y)


def many(n_labels: int) -> SplitReport:
    """Two parts of 100 rows: label j is in j + 1 rows, every tenth not in the second.

    Label 35 is 10 rows more frequent in the first part, the others evenly shared.
    """
    table = pd.DataFrame(np.zeros((200, n_labels), dtype=int)).add_prefix("label ")
    for j in range(n_labels):
        first = j + 1 if j % 10 == 0 else (j + 1) // 2 + 10 * (j == 35)
        table.iloc[:first, j] = 1
        table.iloc[100 : 100 + j + 1 - first, j] = 1
    return split_report({"a": range(100), "b": range(100, 200)}, table)


def names(ax) -> list[str]:
    return [text.get_text() for text in ax.get_yticklabels()]


def legend(ax) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def words(ax) -> dict[int, str]:
    return {int(text.get_position()[1]): text.get_text() for text in ax.texts}


def points(ax, part: int, *, lacking: bool = False) -> dict[int, float]:
    """Share by row of the full or of the hollow markers of a part."""
    # First the grey spans, then full and hollow markers of each part.
    collection = ax.collections[1 + 2 * part + lacking]
    offsets = np.asarray(collection.get_offsets())
    return {round(y): pytest.approx(x) for x, y in offsets}


def test_shares_are_of_the_rows_of_each_part(report, ax) -> None:
    assert plot_split(report, ax=ax) is ax
    assert names(ax) == ["sea", "sun", "snow"]
    assert points(ax, 0) == {0: 1.0, 1: 2 / 6}
    assert points(ax, 1) == {0: 0.5}


def test_the_whole_is_a_black_bar(report, ax) -> None:
    plot_split(report, ax=ax)
    (bar,) = ax.lines
    np.testing.assert_allclose(bar.get_xdata(), [0.8, 0.2, 0])
    assert bar.get_marker() == "|"


def test_spans_reach_from_the_least_to_the_greatest_share(report, ax) -> None:
    plot_split(report, ax=ax)
    spans = [segment[:, 0] for segment in ax.collections[0].get_segments()]
    np.testing.assert_allclose(spans, [[0.5, 1], [0, 1 / 3], [0, 0]])


def test_a_label_that_a_part_lacks_is_hollow_and_named(report, ax) -> None:
    plot_split(report, ax=ax)
    assert points(ax, 0, lacking=True) == {2: 0}
    assert points(ax, 1, lacking=True) == {1: 0, 2: 0}
    assert words(ax) == {1: "not in test", 2: "no row carries it"}
    assert to_hex(ax.collections[4].get_facecolor()[0]) == "#ffffff"


def test_several_parts_that_lack_a_label_are_counted(ax) -> None:
    plot_split(split_report({"a": [0], "b": [1], "c": [2]}, [[1], [0], [0]]), ax=ax)
    assert words(ax) == {0: "not in 2 parts"}


def test_parts_differ_in_colour_marker_and_height(report, ax) -> None:
    plot_split(report, ax=ax)
    train, test = ax.collections[1], ax.collections[3]
    assert to_hex(train.get_facecolor()[0]) != to_hex(test.get_facecolor()[0])
    assert len(train.get_paths()[0].vertices) != len(test.get_paths()[0].vertices)
    heights = [part.get_offsets()[0][1] for part in (train, test)]
    assert heights == [pytest.approx(-0.15), pytest.approx(0.15)]


def test_the_legend_has_the_numbers_of_rows(report, ax) -> None:
    plot_split(report, ax=ax)
    assert legend(ax) == ["whole (10 rows)", "train (6 rows)", "test (4 rows)"]
    one = Figure().subplots()
    plot_split(split_report({"a": [0], "b": [1]}, [[1], [1]]), ax=one)
    assert legend(one)[1] == "a (1 row)"


def test_rows_outside_of_all_parts_count_in_the_whole(ax) -> None:
    plot_split(split_report({"a": [0, 1], "b": [2, 3]}, Y), ax=ax)
    assert legend(ax)[0] == "whole (10 rows)"
    assert ax.lines[0].get_xdata()[0] == pytest.approx(0.8)


def test_a_part_may_be_named_all_or_like_another(ax) -> None:
    plot_split(split_report({"all": range(6), "rest": range(6, 10)}, Y), ax=ax)
    assert points(ax, 0) == {0: 1.0, 1: 2 / 6}
    assert legend(ax)[1] == "all (6 rows)"


def test_without_what_is_lacking_there_is_no_room_for_words(report, ax) -> None:
    plot_split(split_report({"a": [0, 8], "b": [1, 9]}, Y[["sea", "sun"]]), ax=ax)
    assert words(ax) == {}
    other = Figure().subplots()
    plot_split(report, ax=other)
    assert other.get_xlim()[1] == pytest.approx(1.55)
    assert ax.get_xlim()[1] < 1


def test_no_tick_stands_above_100_percent(report, ax) -> None:
    plot_split(report, ax=ax)
    assert max(ax.get_xticks()) == pytest.approx(1)
    ax.figure.draw_without_rendering()
    assert ax.get_xticklabels()[-1].get_text() == "100 %"


def test_of_many_labels_those_are_drawn_that_matter(ax) -> None:
    plot_split(many(60), ax=ax)
    assert len(names(ax)) == 30
    lacking = [f"label {j}" for j in (50, 40, 30, 20, 10, 0)]
    assert [name for name in names(ax) if name in lacking] == lacking
    assert "label 35" in names(ax)
    assert len(words(ax)) == 6
    whole = ax.lines[0].get_xdata()
    assert all(left >= right for left, right in pairwise(whole))
    text = "30 of 60 labels: 6 that a part lacks, and those that differ most"
    assert text in ax.get_xlabel()


def test_labels_that_a_part_lacks_leave_room_for_those_that_differ(ax) -> None:
    wide = pd.DataFrame(np.eye(40, dtype=int)).assign(often=[1] * 20 + [0] * 20)
    report = split_report({"a": range(20), "b": range(20, 40)}, wide.add_prefix("l"))
    plot_split(report, ax=ax)
    assert names(ax)[0] == "loften"
    assert len(names(ax)) == 30
    assert "15 that a part lacks, and those that differ" in ax.get_xlabel()


def test_many_labels_in_every_part(ax) -> None:
    plot_split(split_report(PARTS, np.ones((10, 40), dtype=int)), ax=ax)
    assert ax.get_xlabel().endswith("30 of 40 labels: those that differ most")


def test_30_labels_keep_their_order(ax) -> None:
    plot_split(many(30), ax=ax)
    assert names(ax) == [f"label {j}" for j in range(30)]
    assert ax.get_xlabel() == "share of the rows with the label"


@pytest.mark.parametrize(
    "report",
    [
        split_report(PARTS, Y),
        many(60),
        split_report(KFold(10), Y),
        split_report({"a": [0], "b": [1]}, [[1], [0]]),
        split_report(
            {"a very long name of a part of the data": [0], "größe $1$": [1]},
            pd.DataFrame([[1, 0], [1, 1]], columns=["long name " * 9, "ночь $a$"]),
        ),
    ],
    ids=["few", "many", "folds", "one", "long"],
)
def test_nothing_of_a_new_figure_is_cut_off_or_overlaps(report) -> None:
    ax = plot_split(report)
    ax.figure.draw_without_rendering()
    box = ax.get_tightbbox()
    assert min(box.x0, box.y0) >= 0
    assert box.x1 <= ax.figure.bbox.width
    assert box.y1 <= ax.figure.bbox.height
    rows = [text.get_window_extent() for text in ax.get_yticklabels()]
    assert all(upper.y0 > lower.y1 for upper, lower in pairwise(rows))
    ticks = [text.get_window_extent() for text in ax.get_xticklabels()]
    assert all(left.x1 < right.x0 for left, right in pairwise(ticks))
    # The words stand right of every marker.
    markers = np.vstack([c.get_offsets() for c in ax.collections[1:]])
    reach = ax.transData.transform(markers)[:, 0].max() + 6
    assert all(text.get_window_extent().x0 > reach for text in ax.texts)


def test_a_split_of_a_dataset_can_be_drawn(ax) -> None:
    ds = mlkit.MultiLabelDataset(np.arange(10.0).reshape(-1, 1), Y[["sea", "sun"]])
    plot_split(split_report(mlkit.split(ds, random_state=0)), ax=ax)
    assert len(legend(ax)) >= 3


def test_the_report_is_not_changed(report, ax) -> None:
    labels, parts = report.labels.copy(), report.parts.copy()
    plot_split(report, ax=ax)
    pd.testing.assert_frame_equal(report.labels, labels)
    pd.testing.assert_frame_equal(report.parts, parts)


def test_what_has_no_shares_is_refused_before_a_figure_is_made(report) -> None:
    def changed(labels: pd.DataFrame, parts: pd.DataFrame) -> SplitReport:
        return SplitReport(parts, labels, report.missing, report.summary)

    with pytest.raises(ValueError, match="has no labels"):
        plot_split(changed(report.labels.iloc[:0], report.parts))
    with pytest.raises(ValueError, match="has no parts"):
        plot_split(changed(report.labels[["all"]], report.parts.iloc[:0]))
    assert plt.get_fignums() == []
