"""The figures of the logit explorer, read from their artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from mlkit.activations import sigmoid, softmax
from mlkit.exceptions import LabelNameError, ScoresError
from mlkit.plots.logits import (
    LogitPanels,
    plot_logit_panels,
    plot_logits,
    plot_sigmoid,
    plot_softmax,
)
from mlkit.plots.style import detached_figure

LOGITS = [-1, 5, -0.5, 5, -0.5]
NAMES = ["beach", "sunset", "mountains", "city", "snow"]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def _widths(ax):
    return [bar.get_width() for bar in ax.patches]


def _hatched(ax):
    return [bar.get_hatch() is not None for bar in ax.patches]


def _texts(ax):
    return [text.get_text() for text in ax.texts if "threshold" not in text.get_text()]


def _threshold_words(ax):
    return [text.get_text() for text in ax.texts if "threshold" in text.get_text()]


def test_bars_are_the_numbers():
    left, middle, right = plot_logit_panels(LOGITS, label_names=NAMES)
    assert _widths(left) == LOGITS
    np.testing.assert_allclose(_widths(middle), softmax(LOGITS))
    np.testing.assert_allclose(_widths(right), sigmoid(LOGITS))


def test_chosen_labels_are_told_without_colour():
    _, middle, right = plot_logit_panels(LOGITS, label_names=NAMES)
    assert _hatched(right) == [False, True, False, True, False]
    assert _texts(right) == ["0.27", "0.99 ✓", "0.38", "0.99 ✓", "0.38"]
    # The softmax has a tie; like argmax, the first wins.
    assert _hatched(middle) == [False, True, False, False, False]
    assert len({bar.get_facecolor() for bar in right.patches}) == 1


def test_axes_say_what_they_show():
    left, middle, right = plot_logit_panels(LOGITS, label_names=NAMES)
    assert "logit" in left.get_xlabel()
    assert "share" in middle.get_xlabel()
    assert "probability" in right.get_xlabel()
    assert [t.get_text() for t in left.get_yticklabels()] == NAMES


def test_the_first_label_is_on_top():
    ax = plot_logits(LOGITS, label_names=NAMES)
    bottom, top = ax.get_ylim()
    assert bottom > top


def test_threshold_moves_line_words_and_choice():
    low = plot_sigmoid([0.0, 1.0], threshold=0.5)
    high = plot_sigmoid([0.0, 1.0], threshold=0.9)
    assert (_hatched(low), _hatched(high)) == ([True, True], [False, False])
    assert _threshold_words(high) == ["threshold 0.90"]
    # Right of a high line there is no room for the words.
    words = [[t for t in ax.texts if "thr" in t.get_text()][0] for ax in (low, high)]
    assert [text.get_horizontalalignment() for text in words] == ["left", "right"]


def test_softmax_with_a_threshold_shows_the_mistake():
    plain = plot_softmax([4, 4, -3])
    mistaken = plot_softmax([4, 4, -3], threshold=0.5)
    assert _threshold_words(plain) == []
    assert (_hatched(plain), _hatched(mistaken)) == ([True, False, False], [False] * 3)


def test_names_have_a_default_and_must_fit():
    ax = plot_softmax([0.0, 1.0])
    assert [t.get_text() for t in ax.get_yticklabels()] == ["label_0", "label_1"]
    for plot in (plot_logits, plot_softmax, plot_sigmoid, plot_logit_panels):
        with pytest.raises(LabelNameError, match="Expected 2 label names"):
            plot([0.0, 1.0], label_names=["one"])


@pytest.mark.parametrize("plot", [plot_softmax, plot_sigmoid, plot_logit_panels])
def test_not_finite(plot):
    with pytest.raises(ScoresError, match="not finite"):
        plot([0.0, np.inf])


@pytest.mark.parametrize("plot", [plot_logits, plot_softmax, plot_sigmoid])
def test_draws_into_given_axes(plot):
    ax = detached_figure().subplots()
    assert plot(LOGITS, ax=ax) is ax
    assert plt.get_fignums() == []


def test_minus_signs_are_those_of_the_axis():
    assert _texts(plot_logits([-1.25, 2.0])) == ["\u22121.25", "2"]


def test_showing_again_changes_artists_in_place_and_reports_limits():
    panels = LogitPanels(detached_figure(), NAMES)
    before = list(panels.moving)
    panels.show(LOGITS)
    assert panels.show([0, 0, 0, 0, 0.0]) is False
    assert panels.show([0, 0, 0, 0, 11.0]) is True
    assert list(panels.moving) == before
    np.testing.assert_allclose(_widths(panels.axes[2])[-1], sigmoid(11.0))
    assert panels.axes[0].get_xlim()[1] > 11


def test_nothing_is_cut_off():
    """Texts lie inside the figure and no two panels overlap."""
    names = ["a", "a label with a very long name", "ü", "x", "y"]
    figure = detached_figure(LogitPanels.size_for(5))
    axes = plot_logit_panels(LOGITS, label_names=names, threshold=1.0, figure=figure)
    figure.canvas.draw()
    for ax in axes:
        box = ax.get_tightbbox()
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0
        assert box.y1 <= figure.bbox.y1
    boxes = [ax.get_tightbbox() for ax in axes]
    assert boxes[0].x1 < boxes[1].x0
    assert boxes[1].x1 < boxes[2].x0


def test_one_label_and_many():
    for n_labels in (1, 30):
        axes = plot_logit_panels(np.zeros(n_labels))
        assert len(axes[2].patches) == n_labels
