"""Models in the plane of two metrics, read from the artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from mlkit import plots
from mlkit.comparison import Comparison
from mlkit.exceptions import UnknownNameError
from mlkit.plots.tradeoffs import plot_metric_scatter

PLANE = ("hamming_loss", "micro_f1")
# Two folds each: Hamming losses, then micro F1.
VALUES = {
    "one": ([0.2, 0.4], [0.5, 0.7]),
    "two": ([0.1, 0.1], [0.8, 0.8]),
    "bad": ([np.nan, 0.3], [np.nan, 0.5]),
}


def comparison(values=VALUES, dataset="d") -> Comparison:
    rows = [
        {
            "dataset": dataset,
            "model": model,
            "repeat": 0,
            "fold": fold,
            "hamming_loss": loss,
            "micro_f1": score,
            "error": "ValueError" if np.isnan(loss) else "",
        }
        for model, columns in values.items()
        for fold, (loss, score) in enumerate(zip(*columns, strict=True))
    ]
    return Comparison(pd.DataFrame(rows), metrics=PLANE)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def ax():
    return Figure().subplots()


def points(ax) -> list[tuple[float, float]]:
    """Return the marks inside the axes."""
    return [
        (line.get_xdata()[0], line.get_ydata()[0])
        for line in ax.lines
        if line.get_marker() != "None" and line.get_transform() == ax.transData
    ]


def names(ax) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_text()]


def test_points_stand_at_the_means(ax):
    assert plot_metric_scatter(comparison(), *PLANE, ax=ax) is ax
    np.testing.assert_allclose(points(ax), [(0.3, 0.6), (0.1, 0.8)])
    assert ax.get_title() == "d"


def test_crosses_have_the_length_of_a_standard_deviation(ax):
    plot_metric_scatter(comparison(), *PLANE, ax=ax)
    flat, upright = ax.lines[:2]
    spread = np.std([0.2, 0.4], ddof=1)
    np.testing.assert_allclose(flat.get_xdata(), [0.3 - spread, 0.3 + spread])
    np.testing.assert_allclose(flat.get_ydata(), [0.6, 0.6])
    np.testing.assert_allclose(np.ptp(upright.get_ydata()), 2 * spread)


def test_arrows_tell_which_way_is_better(ax):
    plot_metric_scatter(comparison(), *PLANE, ax=ax)
    assert ax.get_xlabel().startswith("Hamming loss  (← better)")
    assert ax.get_ylabel() == "Micro F1  (→ better)"


def test_a_model_that_failed_is_left_out_with_a_note(ax):
    plot_metric_scatter(comparison(), *PLANE, ax=ax)
    assert set(names(ax)) == {"one", "two"}
    assert ax.get_xlabel().endswith("left out (failed or undefined in a fold): 'bad'")


def test_there_is_no_note_where_none_is_left_out(ax):
    plot_metric_scatter(comparison({"one": VALUES["one"]}), *PLANE, ax=ax)
    assert "\n" not in ax.get_xlabel()


def test_models_differ_in_marker_and_repeat_it_beside_the_name(ax):
    plot_metric_scatter(comparison(), *PLANE, ax=ax)
    marks = {}
    for line in ax.lines:
        if line.get_marker() != "None":
            inside = line.get_transform() == ax.transData
            marks.setdefault(inside, []).append(line.get_marker())
    assert sorted(marks[True]) == sorted(marks[False])
    assert len(set(marks[True])) == 2


def test_a_name_stands_beside_the_mark_of_its_model(ax):
    plot_metric_scatter(comparison(), *PLANE, ax=ax)
    heights = {t.get_text(): t.get_position()[1] for t in ax.texts if t.get_text()}
    assert heights["one"] < heights["two"]
    by_marker = {
        line.get_marker(): line.get_ydata()[0]
        for line in ax.lines
        if line.get_transform() == ax.transAxes
    }
    # The first model is a circle, the second a square.
    assert by_marker == {"o": heights["one"], "s": heights["two"]}


@pytest.mark.parametrize("n_models", [1, 7, 20])
@pytest.mark.parametrize("spread", [0.0, 0.1])
def test_names_lie_in_the_figure_and_not_on_each_other(n_models, spread):
    rng = np.random.default_rng(0)
    values = {
        f"Größe und Übermaß eines Namens {i}": 0.5 + spread * rng.random((2, 2))
        for i in range(n_models)
    }
    ax = plot_metric_scatter(comparison(values), *PLANE)
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
    assert len(boxes) == n_models
    assert all(box.y0 >= 0 and box.x1 <= ax.figure.bbox.width for box in boxes)
    assert all(box.y1 <= ax.figure.bbox.height for box in boxes)
    assert not any(
        one.overlaps(two) for i, one in enumerate(boxes) for two in boxes[:i]
    )


def test_a_single_fold_has_a_point_and_no_cross(ax):
    plot_metric_scatter(comparison({"one": ([0.2], [0.5])}), *PLANE, ax=ax)
    assert points(ax) == [(0.2, 0.5)]
    assert np.isnan(ax.lines[0].get_xdata()).all()


def test_the_same_metric_can_stand_on_both_axes(ax):
    plot_metric_scatter(comparison(), "micro_f1", "micro_f1", ax=ax)
    np.testing.assert_allclose(points(ax), [(0.6, 0.6), (0.8, 0.8)])


def test_another_dataset(ax):
    other = comparison({"one": ([0.9, 0.9], [0.1, 0.1])}, dataset="e")
    folds = pd.concat([comparison().folds, other.folds])
    both = Comparison(folds, metrics=PLANE)
    plot_metric_scatter(both, *PLANE, dataset="e", ax=ax)
    np.testing.assert_allclose(points(ax), [(0.9, 0.1)])
    # Models that this dataset has no folds of are left out too.
    assert ax.get_xlabel().endswith(": 'two', 'bad'")


def test_what_was_given_is_not_changed(ax):
    given = comparison()
    before = given.folds.copy()
    plot_metric_scatter(given, *PLANE, ax=ax)
    pd.testing.assert_frame_equal(given.folds, before)


def test_what_cannot_be_drawn_is_refused(ax):
    with pytest.raises(UnknownNameError, match="Unknown metric of this comparison"):
        plot_metric_scatter(comparison(), "micro_f2", "micro_f1", ax=ax)
    with pytest.raises(UnknownNameError, match="Unknown data set"):
        plot_metric_scatter(comparison(), *PLANE, dataset="f", ax=ax)
    with pytest.raises(ValueError, match="No model of 'd' has values"):
        plot_metric_scatter(comparison({"bad": VALUES["bad"]}), *PLANE, ax=ax)


def test_it_is_public():
    assert plots.plot_metric_scatter is plot_metric_scatter
    assert "plot_metric_scatter" in plots.__all__
