"""The UpSet figure that moves, read from its artists."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex

from mlkit.plots.style import PALETTE, detached_figure
from mlkit.plots.upset_panels import UpsetPanels

from .borders import border_is_blank


def _panels(n_labels=2, width=3, **options):
    rows = n_labels + options.get("others", False)
    figure = detached_figure(UpsetPanels.size_for(rows))
    return UpsetPanels(figure, n_labels, width, **options)


HAS = [[True, True, False], [False, True, False]]


@pytest.fixture
def panels():
    panels = _panels()
    panels.show(["sea", "sun"], [40, 10, 5], HAS, [50, 10], title="all", note="all")
    return panels


def test_bars_are_the_counts(panels):
    heights = [bar.get_height() for bar in panels._set_bars]
    assert heights[:4] == [1, 0.25, 0.125, 0]
    assert panels.counts.words == ("40", "10", "5")
    assert not panels._set_bars[3].get_visible()


def test_the_empty_set_is_orange_and_hatched(panels):
    looks = [(to_hex(b.get_facecolor()), b.get_hatch()) for b in panels._set_bars[:3]]
    assert looks[2] == (PALETTE["orange"].lower(), "//")
    assert looks[0][1] is looks[1][1] is None


def test_dots_are_the_labels_of_the_sets(panels):
    assert panels._round.get_offsets().tolist() == [[0, 0], [1, 0], [1, 1]]
    assert len(panels._faint.get_offsets()) == 6
    (line,) = panels._lines.get_segments()
    assert line.tolist() == [[1, 0], [1, 1]]


def test_totals(panels):
    assert panels._total_texts.words == ("50", "10")
    widths = [bar.get_width() for bar in panels._wide]
    assert widths[0] == pytest.approx(5 * widths[1])


def test_some_rows_beside_all(panels):
    before = panels.moving
    changed = panels.show(["✓ sea", "sun"], [7], [[1], [0]], [50, 10], [7, 0], title="")
    assert changed is False
    assert panels.moving == before
    assert panels._total_texts.words == ("7 of 50", "0 of 10")
    assert [bar.get_width() > 0 for bar in panels._narrow] == [True, False]
    assert panels.counts.words == ("7",)


def test_other_labels_share_a_row_of_squares():
    panels = _panels(1, others=True)
    panels.show(["sea", "3 other labels"], [2, 1], [[1, 0], [1, 1]], [2], title="")
    assert panels._round.get_offsets().tolist() == [[0, 0]]
    assert panels._square.get_offsets().tolist() == [[0, 1], [1, 1]]
    assert panels._names.words[1] == "3 other labels"


def test_no_rows(panels):
    panels.show(["sea", "sun"], [], np.zeros((2, 0)), [0, 0], [0, 0], title="0 rows")
    assert panels.counts.words == ()
    assert len(panels._faint.get_offsets()) == 0
    assert border_is_blank(panels)


@pytest.mark.parametrize("n_labels", [0, 1, 20])
def test_nothing_is_cut_off(n_labels):
    panels = _panels(n_labels, 60, others=True)
    panels.show(
        ["W" * 24] * (n_labels + 1),
        [123456] * 12,
        np.ones((n_labels + 1, 12), dtype=bool),
        [123456] * n_labels,
        [123456] * n_labels,
        title="x" * 300,
        note="the 12 most frequent of 12,345 label sets: 10 % of the rows",
    )
    assert border_is_blank(panels)
