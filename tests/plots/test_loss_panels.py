"""The figure of the loss explorer, read from its artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from mlkit.exceptions import (
    IndicatorError,
    LabelNameError,
    OptionError,
    ScoresError,
    ShapeError,
)
from mlkit.plots.frames import FrameRenderer
from mlkit.plots.loss_panels import LossPanels, plot_loss_panels
from mlkit.plots.style import detached_figure

# Probabilities 3/4, 1/4 and 1/2.
LOGITS = np.log([3, 1 / 3, 1])
TRUTH = [1, 1, 0]
NAMES = ["beach", "sunset", "city"]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def panels():
    return _panels(NAMES)


def _panels(names):
    return LossPanels(detached_figure(LossPanels.size_for(len(names))), names)


def _widths(ax):
    return [bar.get_width() for bar in _bars(ax)]


def _bars(ax):
    return [bar for container in ax.containers for bar in container]


def _words(ax):
    return [text.get_text() for text in ax.texts if text.get_visible()]


def test_probabilities_and_what_they_cost():
    left, _, _ = plot_loss_panels(LOGITS, TRUTH, label_names=NAMES)
    np.testing.assert_allclose(_widths(left), [0.75, 0.25, 0.5])
    # log 4/3, log 4 and log 2; their mean is log(32/3) / 3.
    said = _words(left)
    for expected in (
        "1.10",
        "−1.10",
        "0.750",
        "−log p = 0.288",
        "−log p = 1.386",
        "−log(1−p) = 0.693",
        "mean 0.789",
        # Shares 9/13, 1/13 and 3/13: log(13/9) / 2 + log(13) / 2.
        "softmax loss: 1.466",
    ):
        assert expected in said


def test_the_sum_is_as_many_times_the_mean():
    left, middle, _ = plot_loss_panels(LOGITS, TRUTH, reduction="sum")
    assert "sum 2.367" in _words(left)
    np.testing.assert_allclose(_widths(middle)[:3], [-0.25, -0.75, 0.5])


def test_gradients_of_both_losses():
    _, middle, _ = plot_loss_panels(LOGITS, TRUTH, label_names=NAMES)
    np.testing.assert_allclose(_widths(middle)[:3], [-0.25 / 3, -0.25, 0.5 / 3])
    shares = np.array([9, 1, 3]) / 13
    np.testing.assert_allclose(_widths(middle)[3:], shares - [0.5, 0.5, 0])
    assert _words(middle)[:3] == ["−0.08", "−0.25", "0.17"]


def test_the_sigmoid_gradient_of_a_label_knows_no_other_label(panels):
    panels.show(LOGITS, TRUTH)
    before = np.array(_widths(panels.axes[1]))
    panels.show([LOGITS[0], 5.0, LOGITS[2]], [1, 0, 0])
    changed = before != _widths(panels.axes[1])
    assert changed.tolist() == [False, True, False, True, True, True]


def test_the_truth_is_told_without_colour(panels):
    panels.show(LOGITS, TRUTH)
    left = panels.axes[0]
    assert [bar.get_hatch() is not None for bar in _bars(left)] == [True, True, False]
    (marks,) = [line for line in left.lines if line.get_marker() == "D"]
    assert marks.get_xdata().tolist() == [1, 1, 0]
    sigmoid, softmax = _bars(panels.axes[1])[0], _bars(panels.axes[1])[3]
    assert sigmoid.get_hatch() != softmax.get_hatch()
    legend = panels.axes[1].get_legend().get_texts()
    assert [text.get_text() for text in legend] == ["sigmoid", "softmax"]


def test_the_selected_label_is_shaded_and_has_the_curve(panels):
    panels.show(LOGITS, TRUTH, selected=1)
    assert panels.moving[0].get_y() == 0.5
    assert panels.moving[-1].get_text() == "Loss of sunset"
    assert "slope p−1 = −0.750" in _words(panels.axes[2])


def test_each_step_shows_one_thing_more(panels):
    said = []
    for step in range(1, 6):
        panels.show(LOGITS, TRUTH, step=step)
        said.append({word for ax in panels.axes for word in _words(ax)})
    for before, after in zip(said, said[1:], strict=False):
        assert before < after
    assert "1.10" in said[0]
    assert "0.750" in said[1] - said[0]
    assert "−log p = 0.288" in said[2] - said[1]
    assert "mean 0.789" in said[3] - said[2]
    assert {"−0.25", "slope p−1 = −0.250"} <= said[4] - said[3]


def test_the_empty_set_has_no_target_for_a_softmax(panels):
    panels.show(LOGITS, [0, 0, 0])
    assert "softmax loss: no target" in _words(panels.axes[0])
    assert _widths(panels.axes[1])[3:] == [0, 0, 0]


def test_numbers_that_are_nearly_or_wholly_rounded_away(panels):
    panels.show([9.0, -9.0, 1e4], [1, 1, 0])
    said = _words(panels.axes[0])
    for expected in (">0.999", "<0.001", "1.000", "10000", "−log(1−p) = 10000"):
        assert expected in said
    assert "−0.00" not in _words(panels.axes[1])


def test_showing_again_changes_artists_in_place_and_reports_limits(panels):
    before = list(panels.moving)
    assert panels.show(LOGITS, TRUTH) is False
    assert panels.show([7.0, 0.0, 0.0], TRUTH) is True
    assert panels.show([7.0, 0.0, 0.0], TRUTH, selected=1) is True
    assert list(panels.moving) == before


def test_all_that_changes_is_among_the_moving(panels):
    renderer = FrameRenderer(panels.figure, panels.moving)
    panels.show(LOGITS, TRUTH)
    renderer.png()
    panels.show([1.0, 2.0, 3.0], [0, 0, 1], reduction="sum", selected=2, step=4)
    moved = renderer.png()
    renderer.invalidate()
    assert renderer.png() == moved


def test_names_have_a_default_and_must_fit():
    left, _, _ = plot_loss_panels(LOGITS, TRUTH)
    ticks = [tick.get_text() for tick in left.get_yticklabels()]
    assert ticks == ["label_0", "label_1", "label_2"]
    with pytest.raises(LabelNameError, match="Expected 3 label names"):
        plot_loss_panels(LOGITS, TRUTH, label_names=["one"])


def test_axes_say_what_they_show(panels):
    left, middle, right = panels.axes
    assert left.get_xlabel().startswith("probability")
    assert "← logit rises" in middle.get_xlabel()
    assert right.get_ylabel() == "loss (lower is better)"


@pytest.mark.parametrize("n_labels", [1, 3, 10])
def test_nothing_is_cut_off(n_labels):
    names = [f"ein ziemlich langer Žánr {j}" for j in range(n_labels)]
    logits = np.linspace(-9, 1e4, n_labels)
    figure = detached_figure(LossPanels.size_for(n_labels))
    axes = plot_loss_panels(
        logits, [1] * n_labels, label_names=names, reduction="sum", figure=figure
    )
    figure.canvas.draw()
    boxes = [ax.get_tightbbox() for ax in axes]
    for box in boxes:
        assert figure.bbox.x0 <= box.x0 <= box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 <= box.y1 <= figure.bbox.y1
    assert boxes[0].x1 < boxes[1].x0
    assert boxes[1].x1 < boxes[2].x0


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ScoresError, match="not finite"):
        plot_loss_panels([0.0, np.inf], [1, 0])
    with pytest.raises(IndicatorError, match="outside"):
        plot_loss_panels([0.0, 1.0], [2, 0])
    with pytest.raises(ShapeError, match="same shape"):
        plot_loss_panels([0.0, 1.0], [1])
    with pytest.raises(OptionError, match="reduction must be one of 'mean', 'sum'"):
        plot_loss_panels([0.0], [1], reduction="max")
    with pytest.raises(ValueError, match=r"selected must be in \[0, 1\], got 2"):
        plot_loss_panels([0.0, 1.0], [1, 0], selected=2)
    assert plt.get_fignums() == []
