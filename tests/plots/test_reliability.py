"""The reliability diagram, read from its artists."""

from __future__ import annotations

import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from matplotlib.figure import Figure
from sklearn.calibration import calibration_curve

from mlkit.exceptions import OptionError, ScoresError, ShapeError, UnknownNameError
from mlkit.metrics import calibration_error
from mlkit.plots.reliability import plot_reliability
from mlkit.plots.style import figure_png


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def ax():
    return Figure().subplots()


@pytest.fixture
def data() -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(5)
    proba = rng.random((200, 3))
    Y = (rng.random((200, 3)) < proba**2).astype(int)
    return pd.DataFrame(Y, columns=["sea", "sun", "Süd"]), proba


def points(ax) -> np.ndarray:
    return ax.collections[0].get_offsets()


def counts(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_points_are_those_of_scikit_learn(ax, data):
    Y, proba = data
    assert plot_reliability(Y, proba, label="sun", ax=ax) is ax
    share, said = calibration_curve(Y["sun"], proba[:, 1], n_bins=10)
    np.testing.assert_allclose(points(ax), np.column_stack([said, share]))


def test_all_labels_are_one_list(ax, data):
    Y, proba = data
    plot_reliability(Y, proba, n_bins=5, ax=ax)
    share, said = calibration_curve(Y.to_numpy().ravel(), proba.ravel(), n_bins=5)
    np.testing.assert_allclose(points(ax), np.column_stack([said, share]))
    assert "all labels together" in ax.get_xlabel()


def test_distances_reach_from_the_diagonal_to_the_points(ax, data):
    plot_reliability(*data, ax=ax)
    segments = ax.collections[1].get_segments()
    for (x, share), segment in zip(points(ax), segments, strict=True):
        np.testing.assert_allclose(segment, [[x, x], [x, share]])


def test_distances_are_vertical_lines(ax):
    plot_reliability([[1], [1]], [[0.25], [0.25]], ax=ax)
    np.testing.assert_allclose(
        ax.collections[1].get_segments()[0], [[0.25, 0.25], [0.25, 1]]
    )


def test_the_strip_has_the_counts(ax):
    plot_reliability([[0], [0], [1]], [[0.05], [0.06], [0.95]], ax=ax)
    assert counts(ax) == ["2", "1"]
    low, high = ax.patches
    assert low.get_height() == pytest.approx(2 * high.get_height())
    assert (low.get_x(), high.get_x()) == (0.0, 0.9)
    # Below 0, where no share is.
    assert low.get_y() + low.get_height() < 0
    sizes = ax.collections[0].get_sizes()
    assert sizes[0] > sizes[1]


def test_narrow_bins_have_no_number(ax, data):
    plot_reliability(*data, n_bins=30, ax=ax)
    assert set(counts(ax)) == {""}
    assert len(ax.patches) == 30


def test_the_error_stands_in_words(ax, data):
    Y, proba = data
    plot_reliability(Y, proba, ax=ax)
    title = ax.get_title(loc="left")
    micro = calibration_error(Y, proba)
    macro = calibration_error(Y, proba, average="macro")
    assert f"off by {micro:.3f} on average" in title
    assert "10 bins of the same width" in title
    assert title.endswith(f"mean of the labels: {macro:.3f}")


def test_the_error_of_one_label_in_quantile_bins(ax, data):
    Y, proba = data
    plot_reliability(Y, proba, label="Süd", strategy="quantile", n_bins=4, ax=ax)
    title = ax.get_title(loc="left")
    error = calibration_error(Y, proba, average=None, n_bins=4, strategy="quantile")
    assert f"off by {error['Süd']:.3f}" in title
    assert "4 bins of about equal counts" in title
    assert "Each label" not in title
    assert "Süd" in ax.get_xlabel()


def test_unknown_cells_are_left_out_and_sparse_is_as_dense(ax, data):
    Y, proba = data
    hidden = np.array(Y, dtype=float)
    hidden[50:, 0] = np.nan
    plot_reliability(hidden, proba, label="label_0", ax=ax)
    other = Figure().subplots()
    sparse = sp.csr_array(Y.to_numpy()[:50])
    plot_reliability(sparse, proba[:50], label="label_0", ax=other)
    np.testing.assert_allclose(points(ax), points(other))
    assert counts(ax) == counts(other)


def test_a_label_without_positives_lies_on_the_floor(ax):
    plot_reliability([[0], [0]], [[0.1], [0.6]], ax=ax)
    assert points(ax)[:, 1].tolist() == [0, 0]


def test_one_probability_in_quantile_bins_can_be_seen(ax):
    plot_reliability([[0], [1]], [[0.5], [0.5]], strategy="quantile", n_bins=1, ax=ax)
    assert points(ax).tolist() == [[0.5, 0.5]]
    assert ax.patches[0].get_width() > 0
    assert "1 bin)" in ax.get_title(loc="left")


@pytest.mark.parametrize("n_labels", [1, 7, 159])
def test_a_new_figure_holds_everything(n_labels):
    rng = np.random.default_rng(n_labels)
    proba = rng.random((2000, n_labels))
    names = [f"a rather long name of a label, number {j} and more" for j in range(159)]
    Y = pd.DataFrame(rng.random(proba.shape) < proba, columns=names[:n_labels])
    ax = plot_reliability(Y, proba, label=names[0] if n_labels == 7 else None)
    figure_png(ax.figure)
    box, page = ax.get_tightbbox(), ax.figure.bbox
    assert page.x0 <= box.x0 <= box.x1 <= page.x1
    assert page.y0 <= box.y0 <= box.y1 <= page.y1
    boxes = [text.get_window_extent() for text in ax.texts]
    assert all(a.x1 < b.x0 for a, b in zip(boxes, boxes[1:], strict=False))


def test_what_cannot_be_drawn_is_refused(ax, data):
    Y, proba = data
    with pytest.raises(ValueError, match="'label_0' of Y is unknown in every row"):
        plot_reliability([[np.nan, 1]], [[0.5, 0.5]], label="label_0", ax=ax)
    with pytest.raises(ValueError, match="^Y is unknown in every row"):
        plot_reliability([[np.nan]], [[0.5]], ax=ax)
    with pytest.raises(UnknownNameError, match="Did you mean 'sun'"):
        plot_reliability(Y, proba, label="son", ax=ax)
    with pytest.raises(OptionError, match="strategy must be one of"):
        plot_reliability(Y, proba, strategy="equal", ax=ax)
    with pytest.raises(ScoresError, match="outside"):
        plot_reliability(Y, proba + 1, ax=ax)
    with pytest.raises(ShapeError, match="at least one of each"):
        plot_reliability(np.zeros((0, 1)), np.zeros((0, 1)), ax=ax)


@pytest.mark.parametrize("name", ["plot_reliability", "plot_threshold_curve"])
def test_the_room_has_it_and_loads_scikit_learn_for_it_only(name):
    code = (
        "import sys, mlkit.plots as plots; print('sklearn' in sys.modules);"
        f"print({name!r} in plots.__all__, plots.{name}.__name__)"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["False", "True", name]
