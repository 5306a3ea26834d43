"""Shares of labels and of label counts, read from their artists."""

from __future__ import annotations

import numpy as np
import pytest

from mlkit.plots.label_shares import LabelSharePanels, SetSizePanels
from mlkit.plots.style import detached_figure

from .borders import border_is_blank

NAMES = ["sea", "sun", "sky"]


def _shares(n_labels=3, width=5):
    figure = detached_figure(LabelSharePanels.size_for(n_labels))
    return LabelSharePanels(figure, n_labels, width)


def _sizes(largest):
    return SetSizePanels(detached_figure(SetSizePanels.SIZE), largest)


def _columns(panels):
    return [column.words for column in panels.numbers]


def _heads(panels):
    return [text.get_text() for text in panels._heads]


class TestShares:
    def test_all_rows(self):
        panels = _shares()
        panels.show(NAMES, [1200, 6, 0], [0.6, 0.003, 0.0], title="all 2,000 rows")
        assert [bar.get_width() for bar in panels._wide] == [0.6, 0.003, 0]
        assert [bar.get_width() for bar in panels._narrow] == [0, 0, 0]
        assert _heads(panels) == ["share", "rows", ""]
        assert _columns(panels) == [
            ("0.600", "0.003", "0.000"),
            ("1,200", "6", "0"),
            ("", "", ""),
        ]
        assert panels._names.words == tuple(NAMES)

    def test_some_rows_beside_all(self):
        panels = _shares()
        shares, part = [0.5, 0.25, 0.0], [1.0, 0.1, np.nan]
        panels.show(NAMES, [2, 1, 0], shares, part, title="2 of 4 rows")
        assert [bar.get_width() for bar in panels._narrow] == [1.0, 0.1, 0]
        assert _heads(panels) == ["all rows", "these", "ratio"]
        assert _columns(panels)[1:] == [
            ("1.000", "0.100", "–"),
            ("×2.00", "×0.40", "–"),
        ]
        assert all(swatch.get_visible() for swatch in panels._swatches)

    def test_the_two_are_told_apart_without_colour(self):
        panels = _shares()
        assert panels._wide[0].get_height() > 2 * panels._narrow[0].get_height()

    def test_the_axis_ends_at_a_round_share_and_says_when_it_moves(self):
        panels = _shares()
        low, high = [0.06, 0.05, 0.01], [0.9, 0.05, 0.01]
        assert panels.show(NAMES, [6, 5, 1], low, title="") is True
        assert panels.ax.get_xlim() == (0, 0.1)
        assert panels.show(NAMES, [6, 5, 1], low, title="") is False
        assert panels.show(NAMES, [6, 5, 1], low, high, title="") is True
        assert panels.ax.get_xlim() == (0, 1)

    def test_the_first_label_is_on_top(self):
        bottom, top = _shares().ax.get_ylim()
        assert bottom > top

    @pytest.mark.parametrize("n_labels", [0, 1, 3, 100])
    def test_nothing_is_cut_off(self, n_labels):
        panels = _shares(n_labels, 80)
        ones = np.ones(n_labels)
        panels.show(
            ["W" * 24] * n_labels, ones.astype(int) * 10**6, ones, ones, title="x" * 300
        )
        assert border_is_blank(panels)


class TestSizes:
    def test_all_rows(self):
        panels = _sizes(3)
        panels.show([0, 1, 1, 3], title="all 4 rows")
        assert [bar.get_height() for bar in panels._wide] == [0.25, 0.5, 0, 0.25]
        assert [text.get_text() for text in panels._texts] == [
            "0.25",
            "0.50",
            "",
            "0.25",
        ]
        assert panels._words[0].get_text() == "all rows: mean 1.25 (dotted line)"
        assert panels._means[0].get_xdata() == [1.25, 1.25]
        assert not panels._means[1].get_visible()

    def test_some_rows_beside_all(self):
        panels = _sizes(3)
        panels.show([0, 1, 1, 3], [1, 3], title="2 of 4 rows")
        assert [bar.get_height() for bar in panels._narrow] == [0, 0.5, 0, 0.5]
        assert panels._words[1].get_text() == "these: mean 2.00 (dashed line)"
        styles = {line.get_linestyle() for line in panels._means}
        assert styles == {":", "--"}
        # The numbers are those of the rows that are looked at, above both bars.
        assert [text.get_text() for text in panels._texts] == ["", "0.50", "", "0.50"]
        assert panels._texts[1].xy == (1, 0.5)

    def test_new_limits_are_reported(self):
        panels = _sizes(1)
        assert panels.show([0, 1], title="") is True
        assert panels.show([1, 0], title="") is False
        assert panels.show([1, 0], [1], title="") is True

    def test_no_rows(self):
        panels = _sizes(0)
        panels.show([], title="no row")
        assert [bar.get_height() for bar in panels._wide] == [0]
        assert panels._words[0].get_text() == ""
        panels.show([0, 0], [], title="0 of 2 rows")
        assert not panels._means[1].get_visible()

    def test_many_numbers_are_grouped(self):
        panels = _sizes(99)
        assert panels.group == 3
        panels.show(np.arange(100), title="")
        heights = [bar.get_height() for bar in panels._wide]
        assert heights == pytest.approx([0.03] * 33 + [0.01])
        assert "in groups of 3: 0 to 2" in panels.ax.get_xlabel()
        # A mean of 1 is the middle of the first group.
        panels.show([1], title="")
        assert panels._means[0].get_xdata() == [0, 0]

    @pytest.mark.parametrize("largest", [0, 5, 28, 500])
    def test_nothing_is_cut_off(self, largest):
        panels = _sizes(largest)
        panels.show([largest] * 5 + [0] * 4, [largest], title="x" * 300)
        assert border_is_blank(panels)
