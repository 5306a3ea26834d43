"""The result of a comparison, on records written by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

import mlkit
from mlkit import MultiLabelDataset
from mlkit.comparison import Comparison, Measure, records
from mlkit.comparison.records import as_parquet
from mlkit.exceptions import ComparisonFileError, UnknownNameError
from mlkit.metrics import Metric


def record(dataset, model, fold, f1, hamming, error=""):
    return {
        "dataset": dataset,
        "model": model,
        "repeat": 0,
        "fold": fold,
        "n_train": 8,
        "n_test": 2,
        "micro_f1": f1,
        "hamming_loss": hamming,
        "fit_seconds": 0.1,
        "predict_seconds": 0.1,
        "peak_memory": 1.5,
        "params": "",
        "warnings": "",
        "error": error,
    }


@pytest.fixture
def result():
    rows = [
        record("d1", "a", 0, 0.5, 0.2),
        record("d1", "a", 1, 0.7, 0.4),
        record("d1", "b", 0, 0.9, 0.5),
        record("d1", "b", 1, 0.7, 0.5),
        record("d2", "a", 0, 0.1, np.nan),
        record("d2", "a", 1, 0.3, np.nan),
        record("d2", "b", 0, np.nan, np.nan, "ValueError: <no>"),
        record("d2", "b", 1, 1.0, 0.0),
    ]
    return Comparison(pd.DataFrame(rows), metrics=("micro_f1", "hamming_loss"))


def test_names_keep_their_order(result):
    assert result.datasets == ("d1", "d2")
    assert result.models == ("a", "b")


def test_the_tidy_frame_has_a_row_for_each_value(result):
    frame = result.frame

    columns = ["dataset", "model", "repeat", "fold", "metric", "value"]
    assert list(frame.columns) == columns
    assert len(frame) == 16
    picked = frame.query("dataset == 'd1' and model == 'b' and metric == 'micro_f1'")
    assert picked["value"].tolist() == [0.9, 0.7]


def test_mean_and_spread_by_hand(result):
    row = result.scores().loc[("d1", "a", "micro_f1")]

    assert row["mean"] == pytest.approx(0.6)
    assert row["sd"] == pytest.approx(np.sqrt(0.02))
    assert (row["n_folds"], row["n_failed"]) == (2, 0)


def test_seconds_stand_behind_the_metrics(result):
    scores = result.scores()

    assert scores.loc[("d1", "a", "fit_seconds"), "mean"] == pytest.approx(0.1)
    assert list(result.table().columns) == ["micro_f1", "hamming_loss"]


def test_a_failed_fold_leaves_no_mean(result):
    row = result.scores().loc[("d2", "b", "micro_f1")]

    assert np.isnan(row["mean"])
    assert row["n_failed"] == 1


def test_failures_are_summed_up(result):
    (row,) = result.failure_summary().itertuples(index=False)

    assert tuple(row) == ("d2", "b", 1, 2, "ValueError: <no>")
    finished = Comparison(result.folds[result.folds["dataset"] == "d1"], ("micro_f1",))
    assert finished.failure_summary().empty


def test_the_table_says_what_happened(result):
    table = result.table()

    assert table.loc[("d1", "a"), "micro_f1"] == "0.600 ± 0.141"
    assert table.loc[("d2", "b"), "micro_f1"] == "failed 1/2"
    assert table.loc[("d2", "a"), "hamming_loss"] == "-"
    assert result.table(digits=1).loc[("d1", "a"), "micro_f1"] == "0.6 ± 0.1"


def test_best_minds_the_direction_of_a_metric(result):
    best = result.best()

    assert best["micro_f1"].tolist() == [False, True, True, False]
    assert best["hamming_loss"].tolist() == [True, False, False, False]


def test_ties_are_all_best():
    rows = [record("d", m, 0, 0.5, 0.1) for m in "ab"]
    tied = Comparison(pd.DataFrame(rows), metrics=("micro_f1",))

    assert tied.best()["micro_f1"].tolist() == [True, True]
    assert tied.table().loc[("d", "a"), "micro_f1"] == "0.500 ± 0.000"


def test_the_text_shows_metrics_marks_and_failures(result):
    text = repr(result)

    assert "Micro F1 ↑" in text
    assert "Hamming loss ↓" in text
    assert "0.800 ± 0.141 *" in text
    assert "b failed in 1 of 2 folds of d2: ValueError: <no>" in text


def test_the_html_is_escaped_and_marks_the_best(result):
    html = result._repr_html_()

    assert "<strong>0.800 ± 0.141</strong>" in html
    assert "ValueError: &lt;no&gt;" in html
    assert "<no>" not in html


def test_saving_and_reading_back(result, tmp_path):
    paths = result.save(tmp_path / "new" / "folder")

    names = ["comparison.parquet", "folds.csv", "scores.csv"]
    assert [path.name for path in paths] == names
    folds = pd.read_csv(paths[1], keep_default_na=False, na_values=[""])
    assert folds["micro_f1"].tolist()[:4] == [0.5, 0.7, 0.9, 0.7]
    scores = pd.read_csv(paths[2]).set_index(["dataset", "model", "metric"])
    assert scores.loc[("d1", "a", "micro_f1"), "mean"] == pytest.approx(0.6)


class TestParquet:
    def test_all_of_it_comes_back(self, result, tmp_path):
        settings = {"cv": 2, "versions": {"mlkit": "0"}, "tune": None}
        own = dataclasses.replace(
            result,
            measures=(
                Measure("micro_f1", "F", True),
                Measure("hamming_loss", "H", False),
            ),
            settings=settings,
        )
        own.save(tmp_path)
        for path in (tmp_path, tmp_path / "comparison.parquet"):
            again = Comparison.load(path)
            pd.testing.assert_frame_equal(again.folds, own.folds)
            assert again.metrics == own.metrics
            assert again.measures == own.measures
            assert again.settings == settings
        assert repr(again) == repr(own)

    def test_a_metric_of_ones_own_comes_back_with_its_direction(self, tmp_path):
        metric = Metric("lost", "Lost", _lost, "bipartition", False, "labels lost")
        X = np.eye(6)
        data = MultiLabelDataset(X, [[1, 0], [0, 1]] * 3, name="toy")
        mlkit.compare(data, ["baseline-set"], metric, cv=2).save(tmp_path)
        again = Comparison.load(tmp_path)
        assert again.measure("lost") == Measure("lost", "Lost", False)
        assert "Lost ↓" in repr(again)

    def test_what_is_no_comparison_is_refused(self, result, tmp_path):
        with pytest.raises(FileNotFoundError, match="Give the folder"):
            Comparison.load(tmp_path)
        (tmp_path / "comparison.parquet").write_bytes(b"PAR1 no")
        with pytest.raises(ComparisonFileError, match="or is damaged"):
            Comparison.load(tmp_path)
        result.folds.to_parquet(tmp_path / "other.parquet")
        with pytest.raises(ComparisonFileError, match="no comparison"):
            Comparison.load(tmp_path / "other.parquet")

    def test_a_newer_format_is_refused(self, result, tmp_path, monkeypatch):
        monkeypatch.setattr(records, "_FORMAT", 2)
        result.save(tmp_path)
        monkeypatch.undo()
        with pytest.raises(ComparisonFileError, match="format 2, and .* up to 1"):
            Comparison.load(tmp_path)

    def test_columns_that_are_absent_are_named(self, result, tmp_path):
        folds = result.folds.drop(columns=["fold", "params"])
        path = tmp_path / "x.parquet"
        path.write_bytes(as_parquet(folds, result.measures, {}))
        with pytest.raises(ComparisonFileError, match="columns 'fold', 'params'"):
            Comparison.load(path)


def _lost(Y, Y_pred):
    return float(((np.asarray(Y) == 1) & (np.asarray(Y_pred) == 0)).mean())


def test_an_unknown_metric_is_refused(result):
    with pytest.raises(UnknownNameError, match="Did you mean 'micro_f1'"):
        result.measure("micro_f2")
