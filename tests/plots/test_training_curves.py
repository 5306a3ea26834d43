"""Training curves, read from their artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from mlkit.exceptions import ScoresError, ShapeError, UnknownNameError
from mlkit.metrics import METRICS
from mlkit.plots.style import figure_png
from mlkit.plots.training_curves import plot_training_curves

HISTORY = {
    "loss": [0.70, 0.52, 0.41, 0.33],
    "val_loss": [0.71, 0.60, 0.58, 0.62],
    "f1_micro": [0.2, 0.4, 0.6, 0.7],
    "val_f1_micro": [0.2, 0.4, 0.5, 0.5],
}


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def ax():
    return Figure().subplots()


def _line(ax, name):
    (line,) = [x for x in ax.lines if x.get_label().startswith(name)]
    return line


def _legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize("kind", [dict, pd.DataFrame])
def test_lines_are_the_values_and_epochs_count_from_one(kind, ax):
    assert plot_training_curves(kind(HISTORY), ax=ax) is ax
    assert _line(ax, "training").get_xdata().tolist() == [1, 2, 3, 4]
    assert _line(ax, "training").get_ydata().tolist() == HISTORY["loss"]
    assert _line(ax, "validation").get_ydata().tolist() == HISTORY["val_loss"]


def test_the_two_are_told_apart_without_colour(ax):
    plot_training_curves(HISTORY, ax=ax)
    training, validation = _line(ax, "training"), _line(ax, "validation")
    assert training.get_linestyle() != validation.get_linestyle()
    assert training.get_marker() != validation.get_marker()


def test_the_best_epoch_of_a_loss_is_the_lowest(ax):
    plot_training_curves(HISTORY, ax=ax)
    assert _line(ax, "best").get_xydata().tolist() == [[3, 0.58]]
    assert _legend(ax) == ["training", "validation", "best: epoch 3 (0.58)"]
    assert ax.get_ylabel() == "loss (lower is better)"


def test_the_best_epoch_of_a_score_is_the_highest_and_the_first_of_equals(ax):
    plot_training_curves(HISTORY, metric="f1_micro", ax=ax)
    assert _line(ax, "best").get_xydata().tolist() == [[3, 0.5]]
    assert ax.get_ylabel() == "f1_micro (higher is better)"


@pytest.mark.parametrize(
    ("metric", "better"),
    [
        ("binary_crossentropy", "lower"),
        ("mae", "lower"),
        ("head_2_loss", "lower"),
        ("accuracy", "higher"),
        ("tags_auc", "higher"),
        ("camera_score", "higher"),
    ],
)
def test_the_name_says_which_direction_is_better(metric, better, ax):
    plot_training_curves({metric: [1.0]}, metric=metric, ax=ax)
    assert ax.get_ylabel() == f"{metric} ({better} is better)"


def test_the_direction_is_that_of_the_catalog():
    for name, metric in METRICS.items():
        ax = plot_training_curves({name: [1.0]}, metric=name, ax=Figure().subplots())
        better = "higher" if metric.greater_is_better else "lower"
        assert ax.get_ylabel().endswith(f"({better} is better)")


def test_the_direction_can_be_said(ax):
    history = {"points": [1, 2], "val_points": [3, 4]}
    plot_training_curves(history, metric="points", greater_is_better=False, ax=ax)
    assert _line(ax, "best").get_xydata().tolist() == [[1, 3]]


def test_without_validation_nothing_is_marked(ax):
    plot_training_curves({"loss": [2.0, 1.0]}, ax=ax)
    assert _legend(ax) == ["training"]


def test_validation_alone(ax):
    plot_training_curves({"val_loss": [2.0, 1.0]}, ax=ax)
    assert _legend(ax) == ["validation", "best: epoch 2 (1)"]
    assert ax.get_xlim() == (0.5, 2.5)


def test_epochs_without_a_value_are_gaps(ax):
    history = {"loss": [3.0, 2.0, np.inf], "val_loss": [np.nan, 2.5, np.nan]}
    plot_training_curves(history, ax=ax)
    assert np.isnan(_line(ax, "training").get_ydata()).tolist() == [False, False, True]
    assert _legend(ax)[-1] == "best: epoch 2 (2.5)"
    figure_png(ax.figure)


def test_no_value_at_all_marks_nothing(ax):
    plot_training_curves({"loss": [1.0], "val_loss": [np.nan]}, ax=ax)
    assert _legend(ax) == ["training", "validation"]


def test_before_the_first_epoch(ax):
    plot_training_curves({"loss": [], "val_loss": []}, ax=ax)
    assert [text.get_text() for text in ax.texts] == ["no epoch yet"]
    assert ax.get_legend() is None


def test_ticks_are_whole_epochs(ax):
    for n_epochs in (1, 2, 7, 1000):
        ax.clear()
        plot_training_curves({"loss": np.linspace(1, 0, n_epochs)}, ax=ax)
        inside = [x for x in ax.get_xticks() if 0.5 <= x <= n_epochs + 0.5]
        assert inside
        assert all(x == round(x) for x in inside)


def test_many_epochs_have_few_markers(ax):
    plot_training_curves({"loss": np.zeros(1000)}, ax=ax)
    assert _line(ax, "training").get_markevery() == 40


def test_what_cannot_be_drawn_is_refused(ax):
    with pytest.raises(UnknownNameError, match=r"'los'. Did you mean 'loss'"):
        plot_training_curves(HISTORY, metric="los", ax=ax)
    with pytest.raises(ShapeError, match=r"2 epochs and 'val_loss' has 1\. Put NaN"):
        plot_training_curves({"loss": [1, 2], "val_loss": [1]}, ax=ax)
    with pytest.raises(ScoresError, match="'loss' of the history must be numbers"):
        plot_training_curves({"loss": ["low"]}, ax=ax)
    with pytest.raises(ScoresError, match=r"got shape \(1, 2\)"):
        plot_training_curves({"loss": [[1, 2]]}, ax=ax)


def test_a_new_figure_holds_everything():
    name = "a_metric_with_$5_and_a_very_long_name_indeed_error"
    history = {name: [1e-5, 2e-5], f"val_{name}": [3e-5, 2e-5]}
    ax = plot_training_curves(history, metric=name)
    figure_png(ax.figure)
    page = ax.figure.bbox
    for box in (ax.get_legend().get_window_extent(), ax.get_tightbbox()):
        assert page.x0 <= box.x0 <= box.x1 <= page.x1
        assert page.y0 <= box.y0 <= box.y1 <= page.y1
    assert ax.get_legend().get_window_extent().y0 >= ax.get_window_extent().y1


def test_what_was_given_is_not_changed(ax):
    history = {"loss": np.array([1.0, np.inf]), "val_loss": np.array([1.0, 2.0])}
    plot_training_curves(history, ax=ax)
    assert np.isinf(history["loss"][1])
