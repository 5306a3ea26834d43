"""Words that move beside samples that do not."""

from __future__ import annotations

import pytest
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from mlkit.plots.frames import FrameRenderer
from mlkit.plots.keys import KEY_HEIGHT, MovingKeys, percent
from mlkit.plots.style import detached_figure


@pytest.fixture
def ax():
    return detached_figure((4, 3)).subplots(gridspec_kw={"top": 0.7})


def _keys(ax):
    return MovingKeys(
        ax, [[Line2D([0, 20], [5, 5])], [Rectangle((0, 0), 20, 10, hatch="//")]]
    )


def test_words_stand_above_the_panel_the_first_on_top(ax):
    keys = _keys(ax)
    keys.show(["first", "second"])
    ax.figure.canvas.draw()
    first, second = (text.get_window_extent() for text in keys.texts)
    assert second.y0 > ax.bbox.y1
    points = 72 / ax.figure.dpi
    assert (first.y0 - second.y0) * points == pytest.approx(KEY_HEIGHT, abs=2)


def test_only_the_words_move(ax):
    keys = _keys(ax)
    renderer = FrameRenderer(ax.figure, keys.texts)
    keys.show(["a", "b"])
    before = renderer.png()
    keys.show(["other words", "b"])
    assert renderer.png() != before
    keys.show(["a", "b"])
    assert renderer.png() == before


def test_as_many_words_as_samples(ax):
    with pytest.raises(ValueError, match="shorter"):
        _keys(ax).show(["one"])


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.004, "0.4 %"), (0.0994, "9.9 %"), (0.0996, "10 %"), (1, "100 %")],
)
def test_percent(share, text):
    assert percent(share) == text
