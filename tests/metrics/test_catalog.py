"""Metrics by name, and many of them at once."""

import math

import numpy as np
import pytest

from mlkit.exceptions import IndicatorError, OptionError, ScoresError, UnknownNameError
from mlkit.metrics import (
    METRICS,
    Metric,
    MetricValue,
    catalog,
    get_metric,
    score_table,
)
from mlkit.metrics.catalog import choose_metrics

from .cases import PROBA, SCORES, Y_PRED, Y

IN_TABLES = [name for name, metric in METRICS.items() if metric.in_tables]


def mine(**options):
    return Metric(
        "wrong_labels",
        "Wrong labels",
        lambda true, predicted: float(np.abs(true - predicted).sum(axis=1).max()),
        "bipartition",
        greater_is_better=False,
        description="most wrong labels of a row",
        range=(0.0, math.inf),
        **options,
    )


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError, match="item assignment"):
        METRICS["mine"] = METRICS["micro_f1"]


class TestCatalog:
    def test_it_lists_all_in_order(self):
        table = catalog()
        assert table.index.tolist() == list(METRICS)
        assert table.index.name == "metric"
        assert table.columns.tolist() == [
            "label",
            "kind",
            "best",
            "worst",
            "in_tables",
            "description",
        ]
        assert table["label"].is_unique
        assert set(table["kind"]) == {"bipartition", "scores", "probabilities"}

    def test_it_says_where_the_ends_are(self):
        table = catalog()
        assert table.loc["ranking_loss", ["best", "worst"]].tolist() == [0.0, 1.0]
        assert table.loc["macro_mcc", ["best", "worst"]].tolist() == [1.0, -1.0]
        assert table.loc["log_loss", "worst"] == math.inf


class TestGetMetric:
    def test_a_metric_is_passed_through(self):
        assert get_metric("micro_f1") is METRICS["micro_f1"]
        assert get_metric(METRICS["micro_f1"]) is METRICS["micro_f1"]
        own = mine()
        assert get_metric(own) is own

    @pytest.mark.parametrize(
        ("name", "closest"),
        [
            ("micro-f1", "micro_f1"),
            ("macro_auc", "macro_roc_auc"),
            ("logloss", "log_los"),
        ],
    )
    def test_the_closest_name_is_told(self, name, closest):
        match = f"Unknown metric '{name}'. Did you mean '{closest}"
        with pytest.raises(UnknownNameError, match=match):
            get_metric(name)

    def test_a_measure_alone_lacks_an_average(self):
        match = "Say which average: 'example_f1', 'micro_f1', 'macro_f1', 'weighted_f1'"
        with pytest.raises(UnknownNameError, match=match):
            get_metric("f1")


class TestChooseMetrics:
    def test_none_stands_for_those_of_tables(self):
        assert [metric.name for metric in choose_metrics(None)] == IN_TABLES
        assert 0 < len(IN_TABLES) < len(METRICS)

    def test_a_single_name_is_no_list_of_letters(self):
        assert choose_metrics("micro_f1") == [METRICS["micro_f1"]]
        own = mine()
        assert choose_metrics(own) == [own]

    def test_the_order_asked_for_is_kept(self):
        names = ["ranking_loss", "hamming_loss"]
        assert [metric.name for metric in choose_metrics(iter(names))] == names


class TestScoreTable:
    def test_all_metrics_of_tables_in_order_by_default(self):
        table = score_table(Y, Y_PRED, SCORES, Y_proba=PROBA)
        assert list(table) == IN_TABLES
        assert {type(value) for value in table.values()} == {MetricValue}

    @pytest.mark.parametrize(
        ("parts", "kinds"),
        [
            ({}, {"bipartition"}),
            ({"scores": SCORES}, {"bipartition", "scores"}),
            ({"Y_proba": PROBA}, {"bipartition", "scores", "probabilities"}),
        ],
    )
    def test_what_a_model_cannot_give_is_nan_and_the_keys_stay(self, parts, kinds):
        rows = Y.any(axis=1) & ~Y.all(axis=1)
        parts = {name: part[rows] for name, part in parts.items()}
        table = score_table(Y[rows], Y_PRED[rows], **parts)
        assert list(table) == IN_TABLES
        missing = {METRICS[name].kind for name, v in table.items() if math.isnan(v)}
        assert missing == {"bipartition", "scores", "probabilities"} - kinds

    def test_chosen_metrics_keep_the_order_asked_for(self):
        names = ["ranking_loss", "hamming_loss"]
        assert list(score_table(Y, Y_PRED, SCORES, iter(names))) == names
        assert list(score_table(Y, Y_PRED, metrics="micro_f1")) == ["micro_f1"]

    def test_a_metric_of_ones_own_is_evaluated_by_its_function(self):
        table = score_table([[1, 0]], np.array([[0, 1]]), metrics=["micro_f1", mine()])
        assert table == {"micro_f1": 0.0, "wrong_labels": 2.0}

    def test_the_convention_holds_for_all(self):
        empty = [[0, 0], [1, 0]]
        names = ["example_f1", "example_jaccard"]
        found = {
            convention: list(
                score_table(empty, empty, metrics=names, convention=convention).values()
            )
            for convention in ("sklearn", "mulan", "meka")
        }
        assert found == {"sklearn": [0.5, 0.5], "mulan": [1.0, 1.0], "meka": [0.5, 1.0]}

    def test_unknown_metric_is_refused_before_anything_is_counted(self):
        with pytest.raises(UnknownNameError, match="Unknown metric 'f2'"):
            score_table(None, None, metrics=["f2"])

    def test_a_wrong_prediction_is_refused_even_if_only_scores_are_asked_for(self):
        with pytest.raises(IndicatorError, match="Y_pred"):
            score_table(Y, SCORES, SCORES, ["ranking_loss"])

    @pytest.mark.parametrize(
        ("parts", "match"),
        [
            ({"scores": SCORES * np.nan}, "scores has 240 values .* not finite"),
            ({"Y_proba": SCORES}, r"Y_proba has .* outside \[0, 1\]"),
        ],
    )
    def test_scores_and_probabilities_are_checked(self, parts, match):
        with pytest.raises(ScoresError, match=match):
            score_table(Y, Y_PRED, **parts, metrics=["hamming_loss"])

    def test_a_wrong_convention_is_refused(self):
        with pytest.raises(OptionError, match="convention must be one of"):
            score_table(Y, Y_PRED, metrics="subset_accuracy", convention="weka")
