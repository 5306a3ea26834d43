"""Precision-recall and ROC curves, read from their artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from sklearn import metrics as sk

from mlkit import plots
from mlkit.exceptions import OptionError, ShapeError, UnknownNameError
from mlkit.plots.curves import plot_precision_recall, plot_roc
from mlkit.plots.style import figure_png

BOTH = pytest.mark.parametrize("plot", [plot_precision_recall, plot_roc])


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def ax():
    return Figure().subplots()


def make(n_labels: int, n_samples: int = 60) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(n_labels)
    names = [f"žánr {j}" for j in range(n_labels)]
    Y = pd.DataFrame(rng.integers(0, 2, (n_samples, n_labels)), columns=names)
    Y.iloc[:2] = [[0] * n_labels, [1] * n_labels]
    return Y, 0.3 * Y.to_numpy() + rng.random(Y.shape)


def line_of(ax, name):
    (line,) = [x for x in ax.lines if x.get_label().startswith(f"{name}  ")]
    return line


def strong(ax):
    return [x.get_label() for x in ax.lines if not x.get_label().startswith("_")]


def test_a_label_has_the_curve_of_scikit_learn(ax):
    Y, scores = make(3)
    assert plot_precision_recall(Y, scores, ax=ax) is ax
    precision, recall, _ = sk.precision_recall_curve(Y["žánr 1"], scores[:, 1])
    found = recall > 0
    line = line_of(ax, "žánr 1")
    np.testing.assert_allclose(line.get_xdata()[1:], recall[found][::-1])
    np.testing.assert_allclose(line.get_ydata()[1:], precision[found][::-1])
    # Not straight between the points, and from the first of them back to nothing.
    assert line.get_drawstyle() == "steps-pre"
    assert line.get_xdata()[0] == 0
    assert line.get_ydata()[0] == line.get_ydata()[1]


def test_the_rates_are_those_of_scikit_learn(ax):
    Y, scores = make(3)
    assert plot_roc(Y, scores, ax=ax) is ax
    false, true, _ = sk.roc_curve(Y["žánr 1"], scores[:, 1], drop_intermediate=False)
    np.testing.assert_allclose(line_of(ax, "žánr 1").get_xdata(), false)
    np.testing.assert_allclose(line_of(ax, "žánr 1").get_ydata(), true)


@pytest.mark.parametrize(
    ("plot", "score"),
    [
        (plot_precision_recall, sk.average_precision_score),
        (plot_roc, sk.roc_auc_score),
    ],
)
def test_the_legend_has_the_areas_and_the_shares(plot, score, ax):
    Y, scores = make(3)
    plot(Y, scores, ax=ax)
    labels = [
        f"{name}  {score(Y[name], scores[:, j]):.2f} ({Y[name].mean():.2f})"
        for j, name in enumerate(Y)
    ]
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert sorted(texts[:3]) == sorted(labels)
    assert texts[3] == f"micro average  {score(Y, scores, average='micro'):.2f}"
    assert texts[4] == f"macro average  {score(Y, scores, average='macro'):.2f}"
    assert texts[5].startswith("by chance")
    # The best first.
    worth = [float(text.split()[2]) for text in texts[:3]]
    assert worth == sorted(worth, reverse=True)


def test_chance_is_the_share_of_positives_or_the_diagonal(ax):
    Y, scores = make(3)
    plot_precision_recall(Y, scores, ax=ax)
    share = line_of(ax, "by chance").get_ydata()
    np.testing.assert_allclose(share, [Y.to_numpy().mean()] * 2)
    other = Figure().subplots()
    plot_roc(Y, scores, ax=other)
    assert line_of(other, "by chance").get_xydata().tolist() == [[0, 0], [1, 1]]


@BOTH
def test_lines_differ_in_colour_and_in_dashes(plot, ax):
    plot(*make(7), ax=ax)
    lines = ax.lines[:7]
    looks = {(x.get_color(), str(x._unscaled_dash_pattern)) for x in lines}
    assert len(looks) == 7
    neighbours = [str(x._unscaled_dash_pattern) for x in lines]
    assert all(a != b for a, b in zip(neighbours, neighbours[1:], strict=False))


@BOTH
def test_a_single_label_has_no_averages(plot, ax):
    plot(*make(1), ax=ax)
    assert [text.split("  ")[0] for text in strong(ax)] == ["žánr 0", "by chance"]


@BOTH
def test_of_many_labels_the_best_and_the_worst_are_strong(plot, ax):
    plot(*make(40), ax=ax)
    assert len(strong(ax)) == 6 + 2 + 1
    assert len(ax.lines) == 40 + 2 + 1
    assert "Faint: 34 other labels." in ax.get_xlabel()
    worth = [float(text.split("  ")[1].split()[0]) for text in strong(ax)[:6]]
    assert worth == sorted(worth, reverse=True)


@BOTH
@pytest.mark.parametrize("labels", ["žánr 5", ["žánr 5", "žánr 2"]])
def test_named_labels_are_strong(plot, labels, ax):
    plot(*make(8), labels=labels, ax=ax)
    named = {text.split("  ")[0] for text in strong(ax)[:-3]}
    assert named == ({labels} if isinstance(labels, str) else set(labels))
    assert "Faint" in ax.get_xlabel()


@BOTH
def test_labels_without_positives_are_named_and_left_out(plot, ax):
    Y, scores = make(3)
    Y["žánr 1"] = 0
    plot(Y, scores, ax=ax)
    assert len(ax.lines) == 2 + 2 + 1
    assert "without" in ax.get_xlabel()
    assert "'žánr 1'." in ax.get_xlabel()


@BOTH
def test_unknown_labels_are_left_out(plot, ax):
    Y, scores = make(2)
    hidden = Y.astype(float)
    hidden.iloc[20:, 0] = np.nan
    plot(hidden, scores, ax=ax)
    other = Figure().subplots()
    plot(Y[["žánr 0"]][:20], scores[:20, :1], ax=other)
    np.testing.assert_array_equal(
        line_of(ax, "žánr 0").get_xydata(), line_of(other, "žánr 0").get_xydata()
    )


@BOTH
def test_names_are_taken_literally(plot):
    Y, scores = make(2)
    Y.columns = ["_costs $5 to $10", "$"]
    ax = plot(Y, scores)
    figure_png(ax.figure)
    names = {t.get_text().split("  ")[0] for t in ax.get_legend().get_texts()}
    assert {r" _costs \$5 to \$10", r"\$"} <= names


@BOTH
def test_long_curves_are_thinned_and_keep_their_ends(plot, ax):
    plot(*make(1, n_samples=5000), ax=ax)
    x = line_of(ax, "žánr 0").get_xdata()
    assert 1000 <= len(x) <= 1001
    assert (x[0], x[-1]) == (0, 1)


@BOTH
def test_a_new_figure_holds_everything(plot):
    Y, scores = make(160)
    Y.columns = [f"a rather long name of a label, number {j}" for j in range(160)]
    Y.iloc[:, 3:12] = 0
    ax = plot(Y, scores)
    figure_png(ax.figure)
    page = ax.figure.bbox
    for box in (ax.get_legend().get_window_extent(), ax.get_tightbbox()):
        assert page.x0 <= box.x0 <= box.x1 <= page.x1
        assert page.y0 <= box.y0 <= box.y1 <= page.y1
    assert "…" in strong(ax)[0]


@BOTH
def test_what_was_given_is_not_changed(plot, ax):
    Y, scores = make(3)
    before = Y.copy(), scores.copy()
    plot(Y, scores, ax=ax)
    pd.testing.assert_frame_equal(Y, before[0])
    np.testing.assert_array_equal(scores, before[1])


@BOTH
def test_what_cannot_be_drawn_is_refused(plot, ax):
    Y, scores = make(40)
    with pytest.raises(ValueError, match="no curve to draw: all of its labels"):
        plot(np.zeros((3, 2)), np.zeros((3, 2)), ax=ax)
    with pytest.raises(UnknownNameError, match="Did you mean 'žánr 3'"):
        plot(Y, scores, labels=["žanr 3"], ax=ax)
    with pytest.raises(OptionError, match="Name at most 30"):
        plot(Y, scores, labels=list(Y), ax=ax)
    with pytest.raises(ShapeError, match="at least one of each"):
        plot(np.zeros((0, 2)), np.zeros((0, 2)), ax=ax)


@BOTH
def test_it_is_public(plot):
    assert getattr(plots, plot.__name__) is plot
    assert plot.__name__ in plots.__all__
