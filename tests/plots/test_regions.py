"""Regions of a label in a plane of two features, read from the artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from mlkit import plots
from mlkit.exceptions import (
    FeatureTypeError,
    OptionError,
    ShapeError,
    UnknownNameError,
)
from mlkit.models import BinaryRelevance, ClassifierChain, make
from mlkit.plots.regions import plot_decision_regions

RNG = np.random.default_rng(0)
X = RNG.uniform(-1, 1, (40, 2))
# The first label is the right half of the plane, the second the upper half.
Y = (X > 0).astype(int)
MODEL = BinaryRelevance(LogisticRegression(C=1e4)).fit(X, Y)


class Line(BaseEstimator):
    """Predicts two labels, each where its feature exceeds the threshold of both."""

    def __init__(self, threshold: float = 0.0) -> None:
        self.threshold = threshold

    def predict(self, X):
        return (np.asarray(X)[:, :2] > self.threshold).astype(int)


class Probable(Line):
    """The same, and with probabilities; they are 0.5 elsewhere than the edge."""

    def predict_proba(self, X):
        return np.clip(np.asarray(X)[:, :2] + 0.5, 0, 1)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def ax():
    return Figure().subplots()


def shades(ax) -> np.ndarray:
    return ax.collections[0].get_array().reshape(120, 120)


def edge(ax) -> np.ndarray:
    (contour,) = [c for c in ax.collections if isinstance(c, ContourSet)]
    return contour.get_paths()[0].vertices


def marks(ax) -> dict[str, list[tuple[float, float]]]:
    found = {}
    for line in ax.lines:
        point = line.get_xdata()[0], line.get_ydata()[0]
        found.setdefault(line.get_marker(), []).append(point)
    return found


def test_the_shade_is_the_probability(ax):
    assert plot_decision_regions(MODEL, X, Y, label="label_0", ax=ax) is ax
    drawn = shades(ax)
    # The first label grows to the right, and hardly changes upwards.
    assert (np.diff(drawn, axis=1) >= 0).all()
    assert drawn[60, 0] < 0.01
    assert drawn[60, -1] > 0.99
    assert ax.collections[0].get_clim() == (0, 1)
    assert ax.figure.axes[1].get_ylabel() == "probability"


def test_the_second_label_grows_upwards(ax):
    plot_decision_regions(MODEL, X, Y, label="label_1", ax=ax)
    assert shades(ax)[0, 60] < 0.01
    assert shades(ax)[-1, 60] > 0.99
    assert ax.get_title() == "label_1"


def test_the_edge_is_where_the_prediction_changes(ax):
    plot_decision_regions(Line(0.25), X, Y, label="label_0", ax=ax)
    np.testing.assert_allclose(edge(ax)[:, 0], 0.25, atol=0.02)
    assert set(np.unique(shades(ax))) == {0, 1}
    assert ax.figure.axes[1].get_ylabel() == "prediction"


def test_the_edge_need_not_be_at_one_half(ax):
    plot_decision_regions(Probable(0.25), X, Y, label="label_0", ax=ax)
    np.testing.assert_allclose(edge(ax)[:, 0], 0.25, atol=0.02)
    other = Figure().subplots()
    plot_decision_regions(Probable(0.0), X, Y, label="label_0", ax=other)
    np.testing.assert_allclose(edge(other)[:, 0], 0.0, atol=0.01)


def test_a_label_that_is_predicted_nowhere_has_no_edge(ax):
    plot_decision_regions(Line(9.0), X, Y, label="label_0", ax=ax)
    assert not any(isinstance(c, ContourSet) for c in ax.collections)


def test_rows_are_marked_by_truth(ax):
    plot_decision_regions(MODEL, X, Y, label="label_0", ax=ax)
    drawn = marks(ax)
    assert drawn.keys() == {"o", "X"}
    assert sorted(drawn["o"]) == sorted(map(tuple, X[Y[:, 0] == 1]))
    assert sorted(drawn["X"]) == sorted(map(tuple, X[Y[:, 0] == 0]))
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["has the label", "has it not", "edge of the prediction"]


def test_of_many_rows_some_are_marked_and_the_figure_says_so(ax):
    plot_decision_regions(MODEL, X, Y, label="label_0", n=11, ax=ax)
    assert len(ax.lines) == 11
    assert ax.get_xlabel() == "feature 0\n11 of 40 rows are marked"


def test_other_features_are_held_at_the_median(ax):
    third = RNG.normal(size=(40, 1))
    wide = np.hstack([X, third])
    truth = (wide[:, [2]] > 0).astype(int)
    model = BinaryRelevance().fit(wide, truth)
    plot_decision_regions(model, wide, truth, label="label_0", ax=ax)
    row = [*X.min(axis=0) - 0.06 * np.ptp(X, axis=0), np.median(third)]
    expected = model.predict_proba([row])[0, 0]
    assert shades(ax)[0, 0] == pytest.approx(expected)
    assert "the other feature is held" in ax.get_xlabel()


def test_features_are_chosen_by_position_or_name(ax):
    plot_decision_regions(MODEL, X, Y, label="label_0", features=[1, 0], ax=ax)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("feature 1", "feature 0")
    # The axes have changed places: the first label grows upwards.
    assert shades(ax)[-1, 60] > 0.99 > 0.01 > shades(ax)[0, 60]
    frame = pd.DataFrame(X, columns=["länge", "breite"])
    model = BinaryRelevance().fit(frame, Y)
    other = Figure().subplots()
    plot_decision_regions(model, frame, Y, label="label_0", ax=other)
    assert (other.get_xlabel(), other.get_ylabel()) == ("länge", "breite")


def test_categories_are_held_at_the_most_frequent(ax):
    frame = pd.DataFrame(X, columns=["a", "b"])
    frame["kind"] = pd.Categorical(["red"] * 25 + ["blue"] * 15)
    frame["flag"] = RNG.random(40) < 0.2
    truth = pd.DataFrame({"sea": [0] * 25 + [1] * 15})
    model = make("br-lr").fit(frame, truth)
    plot_decision_regions(model, frame, truth, label="sea", ax=ax)
    assert (shades(ax) < 0.5).all()
    assert "2 other features are held" in ax.get_xlabel()
    with pytest.raises(FeatureTypeError, match="'kind' is no number"):
        plot_decision_regions(
            model, frame, truth, label="sea", features=["a", "kind"], ax=ax
        )
    with pytest.raises(FeatureTypeError, match="'flag' is no number"):
        plot_decision_regions(
            model, frame, truth, label="sea", features=["a", "flag"], ax=ax
        )


def test_sparse_is_drawn_like_dense(ax):
    plot_decision_regions(
        MODEL, sp.csr_array(X), sp.csr_array(Y), label="label_0", ax=ax
    )
    other = Figure().subplots()
    plot_decision_regions(MODEL, X, Y, label="label_0", ax=other)
    np.testing.assert_allclose(shades(ax), shades(other))
    assert marks(ax) == marks(other)


def test_a_learner_without_probabilities_is_drawn(ax):
    chain = ClassifierChain(LinearSVC()).fit(X, Y)
    plot_decision_regions(chain, X, Y, label="label_1", ax=ax)
    assert ax.figure.axes[1].get_ylabel() == "prediction"
    np.testing.assert_allclose(edge(ax)[:, 1].mean(), 0, atol=0.1)


def test_one_row_has_a_range_too(ax):
    plot_decision_regions(Line(), [[1.0, 2.0]], [[1, 1]], label="label_0", ax=ax)
    assert ax.get_xlim()[0] < 1 < ax.get_xlim()[1]
    assert len(ax.lines) == 1


def test_words_lie_in_the_figure_and_not_on_each_other():
    name = "Größe und Übermaß eines langen Namens, der nirgends endet, und mehr"
    wide = pd.DataFrame(np.hstack([X, X]), columns=[name + s for s in "abcd"])
    truth = pd.DataFrame(Y, columns=[name, "kurz"])
    model = BinaryRelevance().fit(wide, truth)
    ax = plot_decision_regions(model, wide, truth, label=name, n=3)
    figure = ax.figure
    figure.draw_without_rendering()
    texts = [ax.title, ax.get_legend(), ax.xaxis.label, ax.yaxis.label]
    boxes = [text.get_window_extent() for text in texts]
    assert all(box.x0 >= 0 and box.y0 >= 0 for box in boxes)
    assert all(box.x1 <= figure.bbox.width for box in boxes)
    assert all(box.y1 <= figure.bbox.height for box in boxes)
    assert not any(
        one.overlaps(two) for i, one in enumerate(boxes) for two in boxes[:i]
    )


def test_what_was_given_is_not_changed(ax):
    before = X.copy(), Y.copy()
    plot_decision_regions(MODEL, X, Y, label="label_0", ax=ax)
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(Y, before[1])


@pytest.mark.parametrize(
    ("rows", "truth", "options", "error", "match"),
    [
        (X, Y, {"label": "label_9"}, UnknownNameError, "Unknown label"),
        (X, Y, {"features": [0, 7]}, UnknownNameError, "Unknown feature '7'"),
        (X, Y, {"features": [0]}, ShapeError, "two different features"),
        (X, Y, {"features": [1, 1]}, ShapeError, "two different features"),
        (X[:, :1], Y, {}, ShapeError, "two different features"),
        (X[:3], Y, {}, ShapeError, "Row i of both"),
        (X, Y[:, :1], {}, ShapeError, "the model predicts 2"),
        (X[:0], Y[:0], {}, ValueError, "X holds no rows"),
        (X * [1, np.nan], Y, {}, ValueError, "has no value in any row"),
        (X, Y, {"n": 0}, OptionError, "n must be"),
    ],
)
def test_what_cannot_be_drawn_is_refused(ax, rows, truth, options, error, match):
    options = {"label": "label_0"} | options
    with pytest.raises(error, match=match):
        plot_decision_regions(MODEL, rows, truth, ax=ax, **options)


def test_it_is_public():
    assert plots.plot_decision_regions is plot_decision_regions
    assert "plot_decision_regions" in plots.__all__
