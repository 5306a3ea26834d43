"""A measure against the threshold, read from its artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from matplotlib.figure import Figure
from sklearn import metrics as sk

from mlkit.exceptions import ScoresError, ShapeError, UnknownNameError
from mlkit.plots.style import figure_png
from mlkit.plots.threshold_curves import plot_threshold_curve
from mlkit.thresholds import best_threshold, best_thresholds


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def ax():
    return Figure().subplots()


def make(n_labels: int) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(n_labels)
    proba = rng.random((80, n_labels))
    Y = (rng.random((80, n_labels)) < proba).astype(int)
    return pd.DataFrame(Y, columns=[f"žánr {j}" for j in range(n_labels)]), proba


def curve(ax, name):
    (line,) = [x for x in ax.lines if x.get_label().startswith(f"{name}: ")]
    return line


def marks(ax, marker):
    return [tuple(x.get_xydata()[0]) for x in ax.lines if x.get_marker() == marker]


def faint(ax):
    return [x for x in ax.lines if x.get_linewidth() == 0.9]


@pytest.mark.parametrize(
    ("metric", "score"),
    [
        ("f1", sk.f1_score),
        ("precision", sk.precision_score),
        ("recall", sk.recall_score),
    ],
)
def test_the_curve_is_the_metric_of_the_decisions(metric, score, ax):
    Y, proba = make(3)
    assert plot_threshold_curve(Y, proba, metric=metric, label="žánr 1", ax=ax) is ax
    limits, values = curve(ax, "žánr 1").get_data()
    for place in (0, 300, 700, 1000):
        decided = proba[:, 1] >= limits[place]
        expected = score(Y["žánr 1"], decided, zero_division=0)
        assert values[place] == pytest.approx(expected)
    assert "higher is better" in ax.get_ylabel()


def test_best_and_one_half_are_marked_with_their_values(ax):
    Y, proba = make(3)
    plot_threshold_curve(Y, proba, label="žánr 2", ax=ax)
    at = best_thresholds(Y, proba)[2]
    most = sk.f1_score(Y["žánr 2"], proba[:, 2] >= at)
    usual = sk.f1_score(Y["žánr 2"], proba[:, 2] >= 0.5)
    np.testing.assert_allclose(marks(ax, "o"), [(at, most)])
    np.testing.assert_allclose(marks(ax, "s"), [(0.5, usual)])
    # The curve reaches its mark.
    assert curve(ax, "žánr 2").get_ydata().max() == pytest.approx(most)
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    expected = f"žánr 2: best {most:.2f} at {at:.2f}; {usual:.2f} at 0.5"
    assert texts == [expected, "best", "at 0.5"]


def test_averages_of_all_labels(ax):
    Y, proba = make(7)
    plot_threshold_curve(Y, proba, ax=ax)
    for average in ("micro", "macro"):
        at = best_threshold(Y, proba, average=average)
        most = sk.f1_score(Y, proba >= at, average=average)
        assert any(np.allclose(mark, (at, most)) for mark in marks(ax, "o"))
    micro, macro = curve(ax, "micro average"), curve(ax, "macro average")
    assert micro.get_color() != macro.get_color()
    assert micro.get_linestyle() != macro.get_linestyle()
    assert len(faint(ax)) == 7
    assert "Faint: 7 labels" in ax.get_xlabel()


def test_labels_without_positives_are_named_and_in_no_macro_average(ax):
    Y, proba = make(3)
    Y["žánr 0"] = 0
    plot_threshold_curve(Y, proba, ax=ax)
    assert len(faint(ax)) == 2
    assert "without positives: 'žánr 0'." in ax.get_xlabel()
    expected = sk.f1_score(Y.iloc[:, 1:], proba[:, 1:] >= 0.5, average="macro")
    assert any(np.isclose(value, expected) for _, value in marks(ax, "s"))
    # Its false positives are errors all the same.
    expected = sk.f1_score(Y, proba >= 0.5, average="micro")
    assert any(np.isclose(value, expected) for _, value in marks(ax, "s"))


def test_a_single_label_has_no_averages(ax):
    plot_threshold_curve(*make(1), ax=ax)
    assert curve(ax, "žánr 0").get_color() != "#BBBBBB"
    assert faint(ax) == []
    assert "Faint" not in ax.get_xlabel()


def test_unknown_cells_are_left_out_and_sparse_is_as_dense(ax):
    Y, proba = make(2)
    hidden = np.array(Y, dtype=float)
    hidden[40:, 0] = np.nan
    plot_threshold_curve(hidden, proba, label="label_0", ax=ax)
    other = Figure().subplots()
    sparse = sp.csr_array(Y.to_numpy()[:40])
    plot_threshold_curve(sparse, proba[:40], label="label_0", ax=other)
    np.testing.assert_allclose(
        curve(ax, "label_0").get_xydata(), curve(other, "label_0").get_xydata()
    )


def test_names_are_taken_literally():
    Y, proba = make(1)
    Y.columns = ["_costs $5 to $10"]
    ax = plot_threshold_curve(Y, proba)
    figure_png(ax.figure)
    text = ax.get_legend().get_texts()[0].get_text()
    assert text.startswith(r" _costs \$5 to \$10: best")


def test_measures_below_nothing_have_room(ax):
    Y, proba = make(2)
    plot_threshold_curve(Y, 1 - proba, metric="mcc", ax=ax)
    lowest = min(np.min(line.get_ydata()) for line in ax.lines)
    assert ax.get_ylim()[0] < lowest < 0
    assert ax.get_ylabel().startswith("MCC")


@pytest.mark.parametrize("n_labels", [1, 7, 159])
def test_a_new_figure_holds_everything(n_labels):
    Y, proba = make(n_labels)
    Y.columns = [
        f"{j} a rather long name of a label, it ends {j}" for j in range(n_labels)
    ]
    Y.iloc[:, 3:12] = 0
    ax = plot_threshold_curve(Y, proba)
    figure_png(ax.figure)
    page = ax.figure.bbox
    for box in (ax.get_legend().get_window_extent(), ax.get_tightbbox()):
        assert page.x0 <= box.x0 <= box.x1 <= page.x1
        assert page.y0 <= box.y0 <= box.y1 <= page.y1
    assert ax.get_legend().get_window_extent().y0 >= ax.get_window_extent().y1


def test_what_was_given_is_not_changed(ax):
    Y, proba = make(3)
    before = Y.copy(), proba.copy()
    plot_threshold_curve(Y, proba, ax=ax)
    pd.testing.assert_frame_equal(Y, before[0])
    np.testing.assert_array_equal(proba, before[1])


def test_what_cannot_be_drawn_is_refused(ax):
    Y, proba = make(3)
    with pytest.raises(ValueError, match="no label of Y has a positive"):
        plot_threshold_curve(np.zeros((3, 2)), np.zeros((3, 2)), ax=ax)
    with pytest.raises(ValueError, match="the label 'label_1' has not a positive"):
        plot_threshold_curve([[1, 0]], [[0.5, 0.5]], label="label_1", ax=ax)
    with pytest.raises(UnknownNameError, match="Did you mean 'žánr 1'"):
        plot_threshold_curve(Y, proba, label="zánr 1", ax=ax)
    with pytest.raises(UnknownNameError, match="Unknown metric 'f7'"):
        plot_threshold_curve(Y, proba, metric="f7", ax=ax)
    with pytest.raises(ScoresError, match="outside"):
        plot_threshold_curve(Y, proba + 1, ax=ax)
    with pytest.raises(ShapeError, match="at least one of each"):
        plot_threshold_curve(np.zeros((0, 1)), np.zeros((0, 1)), ax=ax)
