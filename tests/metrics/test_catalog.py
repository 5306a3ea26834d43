import importlib
import inspect
import math
import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

import mlkit.metrics as mm
from mlkit.exceptions import IndicatorError, ScoresError, UnknownNameError
from mlkit.metrics import METRICS, Metric, catalog, get_metric, score_table

RNG = np.random.default_rng(11)
Y = (RNG.random((40, 6)) < 0.35).astype(int)
Y[3] = 0
Y[4] = 1
Y_PRED = np.where(RNG.random(Y.shape) < 0.25, 1 - Y, Y)
SCORES = np.round(Y_PRED + RNG.normal(0, 0.7, Y.shape), 1)

METRIC = pytest.mark.parametrize("metric", METRICS.values(), ids=list(METRICS))


def second(metric):
    return SCORES if metric.kind == "scores" else Y_PRED


class TestEveryMetric:
    @METRIC
    def test_key_name_and_function_agree(self, metric):
        assert METRICS[metric.name] is metric
        suffix = "" if metric.name.endswith("_loss") else "_score"
        assert metric.function is getattr(mm, metric.name + suffix)

    @METRIC
    def test_the_name_says_which_way_is_better(self, metric):
        assert metric.greater_is_better is not metric.name.endswith("_loss")
        assert {metric.best, metric.worst} == set(metric.range)

    @METRIC
    def test_second_argument_is_named_after_the_kind(self, metric):
        names = list(inspect.signature(metric.function).parameters)
        wanted = "scores" if metric.kind == "scores" else "Y_pred"
        assert names[:2] == ["Y", wanted]

    @METRIC
    def test_perfect_prediction_is_best(self, metric):
        # Rows without a label are left out, since conventions differ about them.
        rows = Y[Y.any(axis=1)]
        assert metric(rows, rows) == pytest.approx(metric.best)

    @METRIC
    def test_everything_wrong_is_worst_or_nearly(self, metric):
        value = metric(Y, 1 - Y)
        if metric.name == "label_ranking_average_precision":
            assert metric.worst < value < 0.6
        elif metric.name == "ranking_loss":
            # An empty or full row has no pair that could be wrong.
            assert value == pytest.approx(np.mean(Y.any(axis=1) & ~Y.all(axis=1)))
        else:
            assert value == pytest.approx(metric.worst)

    @METRIC
    def test_value_is_a_float_within_the_range(self, metric):
        value = metric(Y, second(metric))
        assert type(value) is float
        assert metric.range[0] < value < metric.range[1]

    @METRIC
    def test_order_of_labels_does_not_matter(self, metric):
        order = np.random.default_rng(1).permutation(Y.shape[1])
        shuffled = metric(Y[:, order], second(metric)[:, order])
        assert shuffled == pytest.approx(metric(Y, second(metric)))

    @METRIC
    def test_order_of_rows_does_not_matter(self, metric):
        order = np.random.default_rng(2).permutation(len(Y))
        shuffled = metric(Y[order], second(metric)[order])
        assert shuffled == pytest.approx(metric(Y, second(metric)))

    @METRIC
    def test_doubling_the_rows_does_not_matter(self, metric):
        twice = metric(np.vstack([Y, Y]), np.vstack([second(metric)] * 2))
        assert twice == pytest.approx(metric(Y, second(metric)))

    @METRIC
    def test_containers_do_not_matter(self, metric):
        names = [f"tag {j}" for j in range(Y.shape[1])]
        expected = metric(Y, second(metric))
        frames = [pd.DataFrame(part, columns=names) for part in (Y, second(metric))]
        assert metric(*frames) == expected
        assert metric(sp.csr_array(Y), second(metric)) == expected
        assert metric(Y.astype(bool), second(metric).tolist()) == expected
        if metric.kind == "bipartition":
            assert metric(sp.csr_array(Y), sp.csr_array(Y_PRED)) == expected
            assert metric(Y, sp.csc_array(Y_PRED)) == expected

    @METRIC
    def test_counting_once_gives_the_same_value(self, metric):
        expected = metric(Y, second(metric))
        assert score_table(Y, Y_PRED, SCORES)[metric.name] == expected

    @METRIC
    def test_documented_with_formula_and_paper(self, metric):
        text = inspect.getdoc(metric.function)
        assert ".. math::" in text
        assert "References\n" in text
        assert ">>> " in text

    @METRIC
    def test_travels_to_other_processes(self, metric):
        assert pickle.loads(pickle.dumps(metric)) == metric


def test_options_reach_the_function():
    empty = [[0, 0]]
    assert METRICS["example_f1"](empty, empty) == 0.0
    assert METRICS["example_f1"](empty, empty, zero_division=1.0) == 1.0


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError, match="item assignment"):
        METRICS["mine"] = METRICS["micro_f1"]
    with pytest.raises(AttributeError, match="cannot assign"):
        METRICS["micro_f1"].label = "other"


def test_catalog_lists_all_in_order():
    table = catalog()
    assert table.index.tolist() == list(METRICS)
    assert table.columns.tolist() == ["label", "kind", "best", "worst", "description"]
    assert table["label"].is_unique
    assert set(table["kind"]) == {"bipartition", "scores"}
    assert table.loc["ranking_loss", ["best", "worst"]].tolist() == [0.0, 1.0]


def test_get_metric_passes_a_metric_through():
    assert get_metric("micro_f1") is METRICS["micro_f1"]
    assert get_metric(METRICS["micro_f1"]) is METRICS["micro_f1"]


def test_unknown_metric_is_refused_with_the_closest_name():
    with pytest.raises(UnknownNameError, match="Did you mean 'micro_f1'"):
        get_metric("micro-f1")


class TestScoreTable:
    def test_all_metrics_in_order_by_default(self):
        assert list(score_table(Y, Y_PRED, SCORES)) == list(METRICS)

    def test_without_scores_their_metrics_are_nan_and_the_keys_stay(self):
        table = score_table(Y, Y_PRED)
        assert list(table) == list(METRICS)
        missing = {name for name, value in table.items() if math.isnan(value)}
        assert missing == {"ranking_loss", "label_ranking_average_precision"}

    def test_chosen_metrics_keep_the_order_asked_for(self):
        names = ["ranking_loss", "hamming_loss"]
        assert list(score_table(Y, Y_PRED, SCORES, iter(names))) == names
        assert list(score_table(Y, Y_PRED, metrics="micro_f1")) == ["micro_f1"]

    def test_a_metric_of_ones_own_is_evaluated_by_its_function(self):
        mine = Metric(
            "wrong_labels",
            "Wrong labels",
            lambda true, predicted: float(np.abs(true - predicted).sum(axis=1).max()),
            "bipartition",
            greater_is_better=False,
            description="most wrong labels of a row",
            range=(0.0, math.inf),
        )
        table = score_table([[1, 0]], np.array([[0, 1]]), metrics=["micro_f1", mine])
        assert table == {"micro_f1": 0.0, "wrong_labels": 2.0}
        assert (mine.best, mine.worst) == (0.0, math.inf)

    def test_each_matrix_is_counted_once(self, monkeypatch):
        # The function `catalog` hides the module of the same name.
        module = importlib.import_module("mlkit.metrics.catalog")
        calls = []
        for name in ("confusion_counts", "ranking_counts"):
            counted = getattr(module, name)
            monkeypatch.setattr(
                module,
                name,
                lambda *args, name=name, f=counted: calls.append(name) or f(*args),
            )
        score_table(Y, Y_PRED, SCORES)
        assert calls == ["confusion_counts", "ranking_counts"]

    def test_unknown_metric_is_refused_before_anything_is_counted(self):
        with pytest.raises(UnknownNameError, match="Unknown metric 'f2'"):
            score_table(None, None, metrics=["f2"])

    def test_a_wrong_prediction_is_refused_even_if_only_scores_are_asked_for(self):
        with pytest.raises(IndicatorError, match="Y_pred"):
            score_table(Y, SCORES, SCORES, ["ranking_loss"])

    def test_scores_that_are_not_finite_are_refused(self):
        with pytest.raises(ScoresError, match="not finite"):
            score_table(Y, Y_PRED, SCORES * np.nan)


def test_every_public_name_is_exported_once_and_documented():
    assert len(mm.__all__) == len(set(mm.__all__))
    # METRICS is a mapping, which carries no docstring of its own.
    names = [name for name in mm.__all__ if name != "METRICS"]
    assert all(inspect.getdoc(getattr(mm, name)) for name in names)
