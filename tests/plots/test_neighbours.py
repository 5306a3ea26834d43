"""ML-kNN at one point, read from the artists."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text

from mlkit.plots.frames import FrameRenderer
from mlkit.plots.neighbours import NeighbourPanels, NeighbourView
from mlkit.plots.style import detached_figure

POINTS = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -2.0]])
Y = np.array([[1, 0], [1, 1], [0, 1], [0, 0], [1, 0]])
NAMES = ["sea", "sun"]
VIEW = NeighbourView(
    point=np.array([0.2, 0.1]),
    neighbours=np.array([0, 1, 2]),
    label=0,
    count=2,
    likelihood=np.array([[0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.4, 0.3]]),
    prior=np.array([0.6, 0.4]),
    posterior=np.array([0.75, 0.2]),
    arithmetic=("with: 0.24", "without: 0.08", "0.24 / 0.32 = 0.75"),
)


def make(names=NAMES, labels=Y, features=("x", "y"), most=5):
    figure = detached_figure(NeighbourPanels.size_for(names))
    arguments = {"label_names": names, "feature_names": features, "limit": 3.0}
    return NeighbourPanels(figure, POINTS, labels, **arguments, most_neighbours=most)


@pytest.fixture
def panels():
    panels = make()
    panels.show(VIEW)
    return panels


@pytest.fixture(autouse=True)
def _nothing_in_pyplot():
    yield
    assert plt.get_fignums() == []


def texts(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def bars(panels):
    """Return the visible bars of rows without and with the label."""
    drawn = panels.axes[1].patches[1:]
    half = len(drawn) // 2
    return [
        [b for b in part if b.get_visible()] for part in (drawn[:half], drawn[half:])
    ]


def test_each_label_set_has_a_mark(panels):
    legend = panels.axes[0].get_legend()
    words = [text.get_text() for text in legend.get_texts()]
    assert words == ["no label", "sea", "sun", "sea + sun"]
    looks = {
        (line.get_marker(), line.get_markerfacecolor())
        for line in legend.legend_handles
    }
    assert len(looks) == 4
    assert len({marker for marker, _ in looks}) >= 3


def test_neighbours_are_linked_solid_where_they_carry_the_label(panels):
    carries, others = panels.axes[0].collections
    assert [link[1].tolist() for link in carries.get_segments()] == [[0, 0], [1, 0]]
    assert [link[1].tolist() for link in others.get_segments()] == [[0, 1]]
    assert carries.get_linestyle() != others.get_linestyle()
    assert texts(panels.axes[0]) == ["solid link: carries sea; dashed: does not"]


def test_another_label_turns_links_and_words(panels):
    panels.show(replace(VIEW, label=1, count=2))
    carries, _ = panels.axes[0].collections
    assert [link[1].tolist() for link in carries.get_segments()] == [[1, 0], [0, 1]]
    assert "sun: 2 of 3 neighbours carry it" in texts(panels.axes[1])
    assert [t for t in texts(panels.axes[2]) if t[0] in "▸s"] == ["sea", "▸ sun"]


def test_the_bars_are_the_likelihoods(panels):
    without, with_label = bars(panels)
    np.testing.assert_allclose([b.get_height() for b in without], VIEW.likelihood[0])
    np.testing.assert_allclose([b.get_height() for b in with_label], VIEW.likelihood[1])
    assert without[0].get_hatch() != with_label[0].get_hatch()


def test_the_count_is_marked_by_a_band_and_a_bold_number(panels):
    ax = panels.axes[1]
    band = ax.patches[0]
    assert (band.get_x(), band.get_width()) == (2 / 4, 1 / 4)
    bold = [t.get_text() for t in ax.texts if t.get_fontweight() == "bold"]
    assert [word for word in bold if word.isdigit()] == ["2"]


def test_another_k_shows_as_many_bars_and_numbers(panels):
    wide = np.full((2, 6), 1 / 6)
    panels.show(replace(VIEW, likelihood=wide, count=5))
    assert [len(part) for part in bars(panels)] == [6, 6]
    numbers = [t for t in texts(panels.axes[1]) if t.isdigit()]
    assert numbers == list("012345")


def test_of_many_numbers_some_are_left_out_but_never_the_count():
    panels = make(most=20)
    panels.show(replace(VIEW, likelihood=np.full((2, 21), 1 / 21), count=19))
    numbers = [int(t) for t in texts(panels.axes[1]) if t.isdigit()]
    assert numbers == [*range(0, 18, 2), 19]


def test_the_posteriors_have_ticks_where_they_are_enough(panels):
    ax = panels.axes[2]
    assert [bar.get_width() for bar in ax.patches] == [0.75, 0.2]
    assert [bar.get_hatch() is not None for bar in ax.patches] == [True, False]
    assert [t for t in texts(ax) if t[0] == "0"] == ["0.75 ✓", "0.20"]
    priors = ax.lines[0]
    assert priors.get_xdata().tolist() == [0.6, 0.4]
    assert "\n".join(VIEW.arithmetic) in texts(ax)


def test_a_half_is_not_enough(panels):
    panels.show(replace(VIEW, posterior=np.array([0.5, 0.5])))
    assert [bar.get_hatch() for bar in panels.axes[2].patches] == [None, None]


def test_limits_change_in_steps_and_are_reported():
    panels = make()
    before = list(panels.moving)
    assert panels.show(VIEW) is True
    assert panels.show(replace(VIEW, likelihood=VIEW.likelihood * 0.9)) is False
    assert panels.show(replace(VIEW, likelihood=VIEW.likelihood * 2)) is True
    assert panels.axes[1].get_ylim() == (0.0, 1.0)
    assert list(panels.moving) == before


LONG = "Größe $x$ und $y$ mit sehr langem Namen"


@pytest.mark.parametrize(
    "names", [["a"], ["a", "b"], [f"{LONG} {i}" for i in range(3)]], ids=len
)
def test_nothing_is_cut_off_and_no_word_touches_another(names):
    labels = np.array([[i >> j & 1 for j in range(len(names))] for i in range(5)])
    panels = make(names, labels, features=(LONG, LONG), most=20)
    n = len(names)
    view = replace(
        VIEW,
        label=n - 1,
        prior=np.full(n, 0.6),
        posterior=np.full(n, 0.99),
        likelihood=np.full((2, 21), 1 / 21),
        count=20,
    )
    panels.show(view)
    FrameRenderer(panels.figure, panels.moving).png()
    words = [
        text
        for ax in panels.axes
        for text in ax.findobj(Text)
        if text.get_text() and text.get_visible()
    ]
    boxes = [text.get_window_extent() for text in words]
    figure = panels.figure.bbox
    for text, box in zip(words, boxes, strict=True):
        assert figure.x0 <= box.x0, text
        assert box.x1 <= figure.x1, text
        assert figure.y0 <= box.y0, text
        assert box.y1 <= figure.y1, text
    for i, one in enumerate(boxes):
        for j in range(i):
            assert not one.overlaps(boxes[j]), (words[i], words[j])
