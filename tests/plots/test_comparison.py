"""Figures of a comparison: what is drawn, compared as artists."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from mlkit.comparison import Comparison
from mlkit.exceptions import UnknownNameError
from mlkit.plots import plot_comparison, plot_fold_scores, save_comparison


@pytest.fixture
def result():
    rows = [
        {
            "dataset": dataset,
            "model": model,
            "repeat": 0,
            "fold": fold,
            "micro_f1": np.nan if model == "bad" else 0.1 * fold + 0.5,
            "hamming_loss": 0.2,
            "fit_seconds": 0.1,
            "predict_seconds": 0.1,
            "error": "ValueError" if model == "bad" and fold == 0 else "",
        }
        for dataset in ("d1", "d2")
        for model in ("good", "bad")
        for fold in range(3)
    ]
    return Comparison(pd.DataFrame(rows), metrics=("micro_f1", "hamming_loss"))


@pytest.fixture
def ax():
    return Figure().subplots()


def test_every_fold_is_a_point_and_the_bar_is_the_mean(result, ax):
    plot_fold_scores(result, "micro_f1", ax=ax)

    points = ax.collections[0].get_offsets()
    np.testing.assert_allclose(sorted(points[:, 0]), [0.5, 0.6, 0.7])
    np.testing.assert_allclose(ax.lines[0].get_xdata(), [0.6, 0.6])


def test_axes_say_model_metric_direction_and_dataset(result, ax):
    plot_fold_scores(result, "hamming_loss", dataset="d2", ax=ax)

    assert ax.get_xlabel() == "Hamming loss\n(lower is better)"
    assert [text.get_text() for text in ax.get_yticklabels()] == ["good", "bad"]
    assert ax.get_title() == "d2"


def test_a_failed_model_has_no_mean(result, ax):
    plot_fold_scores(result, "micro_f1", ax=ax)

    assert len(ax.lines) == 1
    assert [text.get_text() for text in ax.texts] == ["failed in 1 of 3 folds"]


def test_the_first_model_is_on_top(result, ax):
    plot_fold_scores(result, "micro_f1", ax=ax)

    bottom, top = ax.get_ylim()
    assert bottom > top


@pytest.mark.parametrize(
    ("keywords", "match"),
    [
        ({"metric": "micro_f2"}, "Unknown metric of this comparison"),
        ({"metric": "micro_f1", "dataset": "d3"}, "Unknown data set"),
    ],
)
def test_unknown_names_are_refused(result, ax, keywords, match):
    with pytest.raises(UnknownNameError, match=match):
        plot_fold_scores(result, ax=ax, **keywords)


def test_the_figure_has_a_panel_for_each_dataset_and_metric(result):
    figure = plot_comparison(result)

    titles = [(ax.get_title(), ax.get_xlabel().split("\n")[0]) for ax in figure.axes]
    assert titles == [
        ("d1", "Micro F1"),
        ("d1", "Hamming loss"),
        ("d2", "Micro F1"),
        ("d2", "Hamming loss"),
    ]


def test_panels_stand_below_each_other_where_that_is_asked_for(result):
    figure = plot_comparison(result, max_columns=1)

    assert {ax.get_subplotspec().colspan.start for ax in figure.axes} == {0}
    assert len({ax.get_subplotspec().rowspan.start for ax in figure.axes}) == 4


def test_the_file_is_a_picture(result, tmp_path):
    path = save_comparison(result, tmp_path / "new")

    assert path.name == "comparison.png"
    assert path.read_bytes().startswith(b"\x89PNG")
