"""The figure of the dependence explorer, read from its artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from mlkit.plots.dependence import SET_NAMES, DependencePanels, plot_two_labels
from mlkit.plots.style import detached_figure

# P{ } = .4, P{A} = .3, P{B} = 0, P{A, B} = .3
JOINT = [0.4, 0.3, 0.0, 0.3]
LOSSES = ("one", "two", "three", "four")
EXPECTED = np.arange(16).reshape(4, 4) / 16
BEST = EXPECTED.min(axis=1, keepdims=True) == EXPECTED


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def panels():
    return DependencePanels(detached_figure(DependencePanels.size), LOSSES)


def _boxes(ax):
    return [
        (*area.get_xy(), area.get_width(), area.get_height()) for area in ax.patches
    ]


def test_areas_are_the_probabilities():
    ax = plot_two_labels(JOINT)
    areas = [width * height for _, _, width, height in _boxes(ax)]
    np.testing.assert_allclose(areas, JOINT)


def test_areas_fill_the_square_side_by_side():
    none, a, b, both = _boxes(plot_two_labels([0.1, 0.2, 0.3, 0.4]))
    # A absent is .4 wide; B is there in .3 of .4 and in .4 of .6.
    np.testing.assert_allclose(none, (0.0, 0.75, 0.4, 0.25))
    np.testing.assert_allclose(b, (0.0, 0.0, 0.4, 0.75))
    np.testing.assert_allclose(a, (0.4, 2 / 3, 0.6, 1 / 3))
    np.testing.assert_allclose(both, (0.4, 0.0, 0.6, 2 / 3))


def test_numbers_and_margins_are_written():
    words = [text.get_text() for text in plot_two_labels(JOINT).texts]
    assert words[:4] == ["{ } 0.40", "{A} 0.30", "{B} 0.00", "{A, B} 0.30"]
    assert {"A absent 0.40", "A present 0.60", "P(B) 0.30"} <= set(words)


def test_the_dashed_line_is_where_independent_labels_are_cut():
    ax = plot_two_labels([0.28, 0.42, 0.12, 0.18])
    assert ax.lines[0].get_ydata() == pytest.approx([0.3, 0.3])
    heights = [box[3] for box in _boxes(ax)]
    assert heights[2] == heights[3] == pytest.approx(0.3)


def test_sets_are_told_by_hatch_and_name_too():
    ax = plot_two_labels(JOINT)
    assert [area.get_hatch() for area in ax.patches] == [None, "//", "\\\\", "xx"]


@pytest.mark.parametrize("joint", [[1, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0]], ids=str)
def test_constant_labels(joint):
    areas = [w * h for _, _, w, h in _boxes(plot_two_labels(joint))]
    assert areas == joint


def test_draws_into_given_axes():
    ax = detached_figure().subplots()
    assert plot_two_labels(JOINT, ax=ax) is ax
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    "joint", [[0.5, 0.5], [0.5, 0.5, 0.5, 0.5], [1.2, -0.2, 0, 0]], ids=str
)
def test_what_is_no_distribution(joint):
    with pytest.raises(ValueError, match="four probabilities that sum to 1"):
        plot_two_labels(joint)


def test_bounds_chance_and_now(panels):
    panels.show(JOINT, EXPECTED, BEST)
    limits, chance, now = panels.strip.lines
    assert limits.get_xdata() == pytest.approx([0.0, 0.3])
    assert chance.get_xdata() == pytest.approx([0.18])
    assert now.get_xdata() == pytest.approx([0.3])
    (words,) = panels.strip.texts
    assert words.get_text() == (
        "P(A, B): ● 0.30, possible 0.00 to 0.30,\n| 0.18 if independent"
    )


def test_bars_are_the_losses_and_the_best_is_marked(panels):
    panels.show(JOINT, EXPECTED, BEST)
    for ax, title, values, best in zip(
        panels.losses, LOSSES, EXPECTED, BEST, strict=True
    ):
        assert ax.get_title(loc="left") == title
        assert [bar.get_width() for bar in ax.patches] == values.tolist()
        assert [bar.get_hatch() == "//" for bar in ax.patches] == best.tolist()
        assert [("✓" in text.get_text()) for text in ax.texts] == best.tolist()
    assert panels.losses[0].texts[1].get_text() == "0.06"


def test_axes_say_what_they_show(panels):
    names = [tick.get_text() for tick in panels.losses[0].get_yticklabels()]
    assert names == list(SET_NAMES)
    assert all("lower is better" in ax.get_xlabel() for ax in panels.losses[2:])
    assert panels.joint.get_ylabel() == "share with B"


def test_showing_again_changes_artists_in_place(panels):
    before = panels.moving
    assert panels.show(JOINT, EXPECTED, BEST, heading="one") is False
    assert panels.show([1, 0, 0, 0], EXPECTED, ~BEST, heading="two") is False
    assert panels.moving is before
    assert panels.moving[-1].get_text() == "two"
    assert panels.losses[0].patches[0].get_hatch() is None


def test_nothing_is_cut_off(panels):
    heading = "x unknown: correlation φ −0.33 (x = 0: undefined, x = 1: undefined)"
    panels.show([0, 0, 1, 0], np.ones((4, 4)), np.ones((4, 4), bool), heading=heading)
    panels.figure.canvas.draw()
    whole = panels.figure.bbox
    parts = [*panels.figure.axes, panels.moving[-1]]
    for box in (part.get_tightbbox() for part in parts):
        assert whole.x0 <= box.x0
        assert box.x1 <= whole.x1
        assert whole.y0 <= box.y0
        assert box.y1 <= whole.y1
    left = [panels.joint.get_tightbbox(), panels.strip.get_tightbbox()]
    right = [ax.get_tightbbox() for ax in panels.losses]
    assert max(box.x1 for box in left) < min(box.x0 for box in right)
    assert left[1].y1 < left[0].y0
    assert right[0].x1 < right[1].x0
    assert right[2].y1 < right[0].y0
