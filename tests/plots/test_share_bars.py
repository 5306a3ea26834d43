"""Bars between 0 and 1, read from their artists."""

from __future__ import annotations

import pytest

from mlkit.plots.share_bars import ShareBars
from mlkit.plots.style import PALETTE, detached_figure


@pytest.fixture
def ax():
    return detached_figure((6, 3)).subplots()


def _bars(ax):
    return ShareBars(ax, [0, 1, 2.5], colors=[PALETTE["sky"]] * 3)


def test_the_first_bar_is_on_top(ax):
    bars = _bars(ax)
    assert ax.yaxis_inverted()
    centres = [bar.get_y() + bar.get_height() / 2 for bar in bars.bars]
    assert centres == pytest.approx([0, 1, 2.5])


def test_values_words_and_marks(ax):
    bars = _bars(ax)
    bars.show([0.2, 1.0, 0.0], ["a", "b", "c"], marked=[False, True, False])
    assert [bar.get_width() for bar in bars.bars] == [0.2, 1.0, 0.0]
    assert [text.get_text() for text in bars.texts] == ["a", "b", "c"]
    assert [bar.get_hatch() for bar in bars.bars] == [None, "//", None]
    weights = [text.get_fontweight() for text in bars.texts]
    assert weights == ["normal", "bold", "normal"]


def test_showing_again_takes_marks_away(ax):
    bars = _bars(ax)
    bars.show([1.0] * 3, [""] * 3, marked=[True] * 3)
    bars.show([0.5] * 3, [""] * 3)
    assert [bar.get_hatch() for bar in bars.bars] == [None] * 3


def test_words_stand_right_of_the_longest_bar(ax):
    bars = _bars(ax)
    bars.show([1.0] * 3, ["1.00"] * 3)
    ax.figure.draw_without_rendering()
    ends = [bar.get_window_extent().x1 for bar in bars.bars]
    starts = [text.get_window_extent().x0 for text in bars.texts]
    assert max(ends) < min(starts)


def test_every_bar_has_its_number(ax):
    with pytest.raises(ValueError, match="shorter"):
        _bars(ax).show([0.5], ["a"])
