"""One moving logit: the lines, read from their artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from mlkit.activations import sigmoid, softmax
from mlkit.exceptions import LabelNameError, ScoresError
from mlkit.plots import plot_logit_sweep

LOGITS = [-1.0, 5.0, -0.5]
NAMES = ["beach", "sunset", "snow"]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def panels():
    return plot_logit_sweep(LOGITS, 1, label_names=NAMES, figure=Figure())


def _lines(ax):
    return {line.get_label(): line for line in ax.lines}


def test_lines_are_softmax_and_sigmoid_of_the_moved_logits(panels):
    for ax, activation in zip(panels, (softmax, sigmoid), strict=True):
        lines = _lines(ax)
        for k, moved in enumerate(lines["sunset"].get_xdata()):
            expected = activation([-1.0, moved, -0.5])
            got = [lines[name].get_ydata()[k] for name in NAMES]
            np.testing.assert_allclose(got, expected)


def test_all_shares_move_and_only_one_probability(panels):
    spread = [
        {name: np.ptp(line.get_ydata()) for name, line in _lines(ax).items()}
        for ax in panels
    ]
    assert all(value > 0.1 for value in spread[0].values())
    assert [name for name, value in spread[1].items() if value > 0] == ["sunset"]


def test_the_moving_label_is_the_thickest(panels):
    for ax in panels:
        widths = {name: line.get_linewidth() for name, line in _lines(ax).items()}
        assert max(widths, key=widths.get) == "sunset"


def test_labels_differ_in_colour_marker_and_place_of_markers(panels):
    for look in ("get_color", "get_marker", "get_markevery"):
        assert len({str(getattr(line, look)()) for line in panels[0].lines}) == 3


def test_axes_say_share_probability_and_what_moves(panels):
    assert [ax.get_xlabel() for ax in panels] == ["logit of sunset"] * 2
    assert [ax.get_ylabel() for ax in panels] == [
        "share (all sum to 1)",
        "probability of each label",
    ]


def test_there_is_one_legend_with_all_names(panels):
    (legend,) = panels[0].figure.legends
    assert [text.get_text() for text in legend.get_texts()] == NAMES


def test_limits_are_the_ends_of_the_lines():
    left, _ = plot_logit_sweep(LOGITS, 0, limits=(-2.0, 3.0))
    moved = left.lines[0].get_xdata()

    assert (moved[0], moved[-1]) == (-2.0, 3.0)
    assert left.get_xlabel() == "logit of label_0"


def test_the_logits_are_not_modified():
    logits = np.array(LOGITS)
    plot_logit_sweep(logits, 2)

    assert logits.tolist() == LOGITS


@pytest.mark.parametrize("position", [-1, 3])
def test_a_label_that_is_not_there_is_refused(position):
    with pytest.raises(IndexError, match=f"0 to 2, one of the labels; got {position}"):
        plot_logit_sweep(LOGITS, position)


def test_names_and_logits_are_checked():
    with pytest.raises(LabelNameError, match="Expected 3 label names"):
        plot_logit_sweep(LOGITS, 0, label_names=["a"])
    with pytest.raises(ScoresError, match="not finite"):
        plot_logit_sweep([np.inf, 0.0], 1)
