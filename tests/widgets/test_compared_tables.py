"""The tables that the views of a comparison share."""

from __future__ import annotations

import pandas as pd
import pytest

from mlkit.comparison import Comparison
from mlkit.widgets.compared_tables import ALL_DATASETS, ComparedTables

from .compared import comparison


@pytest.fixture
def tables():
    return ComparedTables(comparison(failing=("d0", "m1")))


def test_best_first_whatever_the_direction(tables):
    assert tables.intervals("micro_f1", "d1").index.tolist() == ["m2", "m1", "m0"]
    assert tables.intervals("hamming_loss", "d1").index.tolist() == ["m2", "m1", "m0"]
    # Who failed comes last.
    assert tables.intervals("micro_f1", "d0").index.tolist() == ["m2", "m0", "m1"]


def test_against_the_closest_first(tables):
    pairs = tables.against("micro_f1", "d1", "m2", 0.01)
    assert pairs.index.tolist() == ["m1", "m0"]
    assert (pairs["difference"] > 0).all()


def test_all_pairs_are_tested_once(tables, monkeypatch):
    tables.against("micro_f1", "d1", "m2", 0.01)

    def refuse(*args, **options):
        raise AssertionError

    monkeypatch.setattr(Comparison, "pairwise", refuse)
    wide = tables.against("micro_f1", "d1", "m0", 0.1)
    assert wide["verdict"].tolist() == ["equal", "equal"]


def test_ranks_of_the_models_that_are_everywhere(tables):
    assert tables.ranks("micro_f1").columns.tolist() == ["m0", "m2"]
    assert tables.ranks("micro_f1").to_numpy().tolist() == [[2.0, 1.0]] * 2


def test_no_ranks_of_one_dataset():
    tables = ComparedTables(comparison(n_datasets=1))
    assert tables.ranking("micro_f1") is None
    assert tables.ranks("micro_f1").shape == (1, 0)


def test_points(tables):
    points = tables.points("micro_f1", "hamming_loss", "d1")
    assert points.index.tolist() == ["m0", "m1", "m2"]
    assert points["place"].tolist() == [0, 1, 2]
    assert points["y"].is_monotonic_increasing
    assert points["x"].is_monotonic_decreasing
    assert (points[["x_spread", "y_spread"]] > 0).all(axis=None)


def test_points_over_all_datasets_are_mean_ranks(tables):
    points = tables.points("micro_f1", "micro_f1", ALL_DATASETS)
    assert points[["x", "y"]].to_numpy().tolist() == [[2.0, 2.0], [1.0, 1.0]]
    assert points["place"].tolist() == [0, 2]


def test_seconds(tables):
    assert tables.seconds("d1").round(2).tolist() == [0.2, 0.3, 0.4]
    assert tables.seconds(ALL_DATASETS).round(2).dropna().tolist() == [0.4, 0.8]


def test_the_reference_is_drawn_whatever_its_place(tables):
    models = pd.Index([f"m{place}" for place in range(100)])
    assert tables.drawn(models, "m3") == [f"m{place}" for place in range(30)]
    assert tables.drawn(models, "m77") == [*(f"m{place}" for place in range(29)), "m77"]
    assert tables.drawn(models[:3], "m77") == ["m0", "m1", "m2"]


def test_what_is_not_drawn_is_said(tables):
    assert tables.notes("d1", 3) == ""
    assert tables.notes("d0", 3) == " Failed and left out: m1 (1 of 5 folds of d0)."
    assert "m1 (1 of 5 folds of d0)" in tables.notes(ALL_DATASETS, 3)
    assert tables.notes("d1", 31) == (
        " Drawn are 30 of 31 models, the best ones and the reference."
    )
