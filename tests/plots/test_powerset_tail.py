"""Label sets by rank, read from the artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import mlkit
from mlkit.description import distinct_label_sets
from mlkit.plots import PALETTE, plot_powerset_tail

# Five rows: one set three times, two sets once.
Y = np.array([[1, 0], [1, 1], [1, 0], [1, 0], [0, 1]])


def sets_of(*counts: int) -> pd.Series:
    index = pd.Index(
        [(j,) for j in range(len(counts))], tupleize_cols=False, name="label_set"
    )
    return pd.Series(counts, index=index, name="count")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def ax():
    return Figure().subplots()


def legend(ax) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def shares(ax) -> list[float]:
    return [line.get_xdata()[0] for line in ax.lines[:3]]


def points(ax) -> list[list[tuple[int, int]]]:
    """Ranks and counts of the sets that several rows show, and that one shows."""
    return [
        list(zip(line.get_xdata().tolist(), line.get_ydata().tolist(), strict=True))
        for line in ax.lines[3:]
    ]


def test_sets_stand_at_their_rank_and_frequency(ax) -> None:
    assert plot_powerset_tail(Y, ax=ax) is ax
    assert points(ax) == [[(1, 3)], [(2, 1), (3, 1)]]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_sets_seen_once_differ_in_colour_and_in_marker(ax) -> None:
    plot_powerset_tail(Y, ax=ax)
    several, once = ax.lines[3:]
    assert (several.get_marker(), once.get_marker()) == ("o", "s")
    assert to_hex(several.get_color()) == PALETTE["blue"].lower()
    assert to_hex(once.get_color()) == PALETTE["vermilion"].lower()


def test_the_share_of_rows_in_sets_seen_once_is_named(ax) -> None:
    plot_powerset_tail(Y, ax=ax)
    assert legend(ax)[3:] == [
        "1 set seen more than once",
        "2 sets seen once: 40.0 % of the rows",
    ]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        # 50 % of 10 rows are 5: exactly the first set.
        ((5, 3, 1, 1), [1, 2, 4]),
        # 80 % of 5 rows are 4, not 5.
        ((1, 1, 1, 1, 1), [3, 4, 5]),
        ((7,), [1, 1, 1]),
        # 95 % of 20 rows are 19.
        ((19, 1), [1, 1, 1]),
        ((18, 1, 1), [1, 1, 2]),
    ],
)
def test_lines_stand_at_the_fewest_sets_with_the_share(counts, expected, ax) -> None:
    plot_powerset_tail(sets_of(*counts), ax=ax)
    assert shares(ax) == expected
    texts = [
        f"{share} % of the rows: {n} set{'s' if n > 1 else ''}"
        for share, n in zip((50, 80, 95), expected, strict=True)
    ]
    assert legend(ax)[:3] == texts


def test_lines_differ_in_colour_and_in_style(ax) -> None:
    plot_powerset_tail(Y, ax=ax)
    assert len({line.get_linestyle() for line in ax.lines[:3]}) == 3
    assert len({to_hex(line.get_color()) for line in ax.lines[:3]}) == 3


def test_many_sets_are_a_line_of_two_widths(ax) -> None:
    plot_powerset_tail(sets_of(*[2] * 100, *[1] * 201), ax=ax)
    several, once = ax.lines[3:]
    assert (several.get_marker(), once.get_marker()) == ("None", "None")
    assert several.get_linewidth() < once.get_linewidth()
    assert [len(part) for part in points(ax)] == [100, 201]
    assert "of 301" in ax.get_xlabel()


def test_300_sets_are_points(ax) -> None:
    plot_powerset_tail(sets_of(*[1] * 300), ax=ax)
    assert ax.lines[4].get_marker() == "s"
    assert ax.lines[4].get_linestyle() == "None"


def test_no_set_seen_once(ax) -> None:
    plot_powerset_tail(sets_of(4, 2), ax=ax)
    assert points(ax)[1] == []
    assert legend(ax)[4] == "0 sets seen once: 0.0 % of the rows"


def test_it_agrees_with_the_description(ax) -> None:
    description = mlkit.describe(mlkit.MultiLabelDataset(np.zeros((5, 1)), Y))
    plot_powerset_tail(description, ax=ax)
    other = Figure().subplots()
    plot_powerset_tail(distinct_label_sets(Y), ax=other)
    assert points(ax) == points(other)
    assert len(points(ax)[1]) == description.summary["sets_seen_once"]
    table = description.label_sets
    assert (table["cumulative_share"] < 0.8).sum() + 1 == shares(ax)[1]


@pytest.mark.parametrize(
    "counts", [(1,), (1, 1), (9000, 1), (31, 18, 13, 11, 4, 1), tuple([1] * 2000)]
)
def test_nothing_of_a_new_figure_is_cut_off_and_axes_have_ticks(counts) -> None:
    ax = plot_powerset_tail(sets_of(*counts))
    ax.figure.draw_without_rendering()
    box = ax.get_tightbbox()
    assert min(box.x0, box.y0) >= 0
    assert box.x1 <= ax.figure.bbox.width
    assert box.y1 <= ax.figure.bbox.height
    for axis, (low, high) in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
        ticks = axis.get_majorticklocs()
        assert ((ticks >= low) & (ticks <= high)).sum() >= 2


def test_no_rows_are_refused_before_a_figure_is_made() -> None:
    with pytest.raises(ValueError, match="no label sets"):
        plot_powerset_tail(Y[:0])
    assert plt.get_fignums() == []
