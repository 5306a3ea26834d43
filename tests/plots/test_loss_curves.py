"""The curves of one label's loss, read from their artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from mlkit.exceptions import ScoresError
from mlkit.plots.loss_curves import LossCurves, plot_loss_curves
from mlkit.plots.style import figure_png


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def curves():
    return LossCurves(Figure().subplots())


def _lines(ax):
    return {line.get_label(): line for line in ax.lines}


def _ends(line):
    x, y = line.get_data()
    return (y[-1] - y[0]) / (x[-1] - x[0])


def test_the_curves_are_the_two_logarithms():
    lines = _lines(plot_loss_curves())
    z = lines["true"].get_xdata()
    np.testing.assert_allclose(lines["true"].get_ydata(), np.log(1 + np.exp(-z)))
    np.testing.assert_allclose(lines["not true"].get_ydata(), np.log(1 + np.exp(z)))
    assert lines["true"].get_linestyle() != lines["not true"].get_linestyle()


def test_the_point_lies_on_the_curve_and_the_tangent_has_its_slope(curves):
    # p = 3/4: of a true label the loss is log 4/3 and the slope p - 1.
    curves.show(np.log(3), true=True)
    tangent, point = curves.shapes
    np.testing.assert_allclose(point.get_xydata(), [[np.log(3), np.log(4 / 3)]])
    assert _ends(tangent) == pytest.approx(-0.25)
    assert curves.texts[0].get_text() == "slope p−1 = −0.250"
    curves.show(np.log(3), true=False)
    np.testing.assert_allclose(point.get_xydata(), [[np.log(3), np.log(4)]])
    assert _ends(tangent) == pytest.approx(0.75)
    assert curves.texts[0].get_text() == "slope p = 0.750"


def test_point_and_tangent_can_wait(curves):
    curves.show(1.0, true=True, point=True, tangent=False)
    tangent, point = curves.shapes
    assert point.get_visible()
    assert not tangent.get_visible()
    assert not curves.texts[0].get_visible()


def test_limits_move_in_steps(curves):
    assert curves.show(5.9, true=True) is False
    assert curves.show(-7.1, true=True) is True
    assert curves.show(-8.0, true=True) is False
    assert curves.ax.get_xlim()[0] < -8.0
    assert curves.ax.get_ylim()[1] > 8.0


def test_far_logits_have_short_ticks():
    ax = plot_loss_curves(-1e4)
    figure_png(ax.figure)
    assert "10k" in [tick.get_text() for tick in ax.get_yticklabels()]


def test_draws_into_given_axes():
    ax = Figure().subplots()
    assert plot_loss_curves(0.0, true=False, ax=ax) is ax
    assert plt.get_fignums() == []


def test_not_finite():
    with pytest.raises(ScoresError, match="not finite"):
        plot_loss_curves(np.nan)


@pytest.mark.parametrize("logit", [None, -6.0, 10.0])
def test_a_new_figure_holds_everything(logit):
    ax = plot_loss_curves(logit)
    figure_png(ax.figure)
    page, box = ax.figure.bbox, ax.get_tightbbox()
    assert page.x0 <= box.x0 <= box.x1 <= page.x1
    assert page.y0 <= box.y0 <= box.y1 <= page.y1
