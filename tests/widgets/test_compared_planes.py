"""Views with one point a model, and mean ranks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mlkit.widgets.compared_planes import _front, show_plane, show_ranks, show_time
from mlkit.widgets.compared_tables import ALL_DATASETS, ComparedTables

from .compared import comparison


@pytest.fixture
def tables():
    return ComparedTables(comparison())


def test_who_is_beaten_in_both():
    points = pd.DataFrame(
        {"y": [0.9, 0.8, 0.7, 0.9], "x": [3.0, 2.0, 2.5, 3.0]}, index=list("abcd")
    )
    # By time, where less is better: c is beaten by b; a and d are equal.
    assert _front(points, [True, False]) == ["a", "b", "d"]
    assert _front(points, [True, True]) == ["a", "d"]


class TestPlane:
    def test_points_and_labels(self, tables):
        shown = show_plane(tables, "micro_f1", "hamming_loss", "d0", "m1")
        assert shown.content.index.tolist() == ["m2", "m1", "m0"]
        assert shown.options["ylabel"] == "Micro F1  (→ better)"
        assert shown.options["xlabel"] == "Hamming loss  (← better)"
        assert shown.options["ringed"] == "m1"
        assert shown.options["downwards"] is False

    def test_words(self, tables):
        said = show_plane(tables, "micro_f1", "hamming_loss", "d0", "m1").sentence
        assert said.startswith("d0: best is by Micro F1 m2 (0.5")
        assert said.endswith("Not beaten in both at once: m2.")

    def test_all_datasets_are_mean_ranks(self, tables):
        shown = show_plane(tables, "micro_f1", "hamming_loss", ALL_DATASETS, "m1")
        assert shown.content["y"].tolist() == [1.0, 2.0, 3.0]
        assert shown.options["downwards"] is True
        assert "by mean rank by Micro F1 m2 (1)" in shown.sentence

    def test_no_value_at_all(self):
        made = comparison()
        made.folds["micro_f1"] = np.nan
        shown = show_plane(ComparedTables(made), "micro_f1", "hamming_loss", "d0", "m0")
        assert len(shown.content) == 0
        assert shown.sentence == "d0: no model has a value."
        assert shown.options["message"] == "no model has a value"

    def test_many_models(self):
        tables = ComparedTables(comparison(n_models=40))
        shown = show_plane(tables, "micro_f1", "hamming_loss", "d0", "m0")
        assert len(shown.content) == 30
        assert "m0" in shown.content.index
        # So many crosses would hide the points.
        assert "y_spread" not in shown.content
        assert shown.options["caption"] == "ring: m0"
        assert "Drawn are 30 of 40 models" in shown.sentence


class TestTime:
    def test_points_and_words(self, tables):
        shown = show_time(tables, "micro_f1", "d0", "m1")
        assert shown.content["x"].round(2).tolist() == [0.4, 0.3, 0.2]
        assert "x_spread" not in shown.content
        assert "by time m0 (0.2 s)" in shown.sentence
        assert "Not beaten in both at once: m2, m1 and m0." in shown.sentence
        assert "m1 takes 0.3 s, 1.5 times the least." in shown.sentence

    def test_the_quickest_is_no_multiple_of_itself(self, tables):
        assert "times" not in show_time(tables, "micro_f1", "d0", "m0").sentence

    def test_all_datasets(self, tables):
        shown = show_time(tables, "micro_f1", ALL_DATASETS, "m1")
        assert shown.content["x"].round(2).tolist() == [0.8, 0.6, 0.4]
        assert shown.content["y"].tolist() == [1.0, 2.0, 3.0]

    def test_a_model_that_failed_is_left_out(self):
        tables = ComparedTables(comparison(failing=("d0", "m1")))
        shown = show_time(tables, "micro_f1", "d0", "m1")
        assert shown.content.index.tolist() == ["m2", "m0"]
        assert "Failed and left out: m1" in shown.sentence

    def test_no_time_at_all_has_a_place_on_the_axis(self):
        made = comparison()
        made.folds[["fit_seconds", "predict_seconds"]] = 0.0
        shown = show_time(ComparedTables(made), "micro_f1", "d0", "m1")
        assert (shown.content["x"] > 0).all()


class TestRanks:
    def test_ranks_and_words(self):
        tables = ComparedTables(comparison(n_datasets=7))
        shown = show_ranks(tables, "micro_f1")
        assert shown.content.to_dict() == {"m2": 1.0, "m1": 2.0, "m0": 3.0}
        assert shown.sentence.startswith(
            "Micro F1 over 7 datasets: mean ranks (1 is best) m2 1.00, m1 2.00 and m0 3"
        )
        # 2.343 * sqrt(3 * 4 / (6 * 7)): from m2 to m1 it is less, to m0 more.
        assert shown.options["critical_difference"] == pytest.approx(1.252, abs=2e-3)
        assert [set(g) for g in shown.options["groups"]] == [{"m2", "m1"}, {"m1", "m0"}]
        assert "A bar joins" in shown.sentence

    def test_few_datasets(self, tables):
        assert "2 datasets are too few to test ranks." in (
            show_ranks(tables, "micro_f1").sentence
        )

    def test_no_ranks(self):
        made = comparison()
        made.folds["micro_f1"] = np.nan
        shown = show_ranks(ComparedTables(made), "micro_f1")
        assert len(shown.content) == 0
        assert shown.options["message"].startswith("no two models")

    def test_many_models(self):
        shown = show_ranks(ComparedTables(comparison(n_models=40)), "micro_f1")
        assert len(shown.content) == 30
        assert "Drawn are the 30 best of 40 models." in shown.sentence
        drawn = {*shown.content.index}
        assert all({*group} <= drawn for group in shown.options["groups"])
        # Bars that lie within another say nothing new.
        for group in shown.options["groups"]:
            assert not any({*group} < {*g} for g in shown.options["groups"])
