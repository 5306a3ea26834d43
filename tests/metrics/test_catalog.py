import importlib
import inspect
import itertools
import math
import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import mlkit.metrics as mm
from mlkit import MultiLabelDataset
from mlkit.exceptions import (
    IndicatorError,
    MissingLabelsError,
    ScoresError,
    UnknownNameError,
)
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


def share(part, whole):
    return part / whole if whole else 0.0


def wrong_pairs(y, s):
    pairs = list(itertools.product(s[y == 1], s[y == 0]))
    return share(sum(right <= wrong for right, wrong in pairs), len(pairs))


def precision_at_labels(y, s):
    values = [y[s >= score].mean() for score in s[y == 1]]
    return float(np.mean(values)) if values else 1.0


# One unit (a row, a label, or all cells) by the textbook, without a matrix in sight.
BY_HAND = {
    "hamming_loss": lambda y, z: np.mean(y != z),
    "subset_accuracy": lambda y, z: float((y == z).all()),
    "jaccard": lambda y, z: share(sum(y * z), sum(np.maximum(y, z))),
    "precision": lambda y, z: share(sum(y * z), sum(z)),
    "recall": lambda y, z: share(sum(y * z), sum(y)),
    "f1": lambda y, z: share(2 * sum(y * z), sum(y) + sum(z)),
    "ranking_loss": wrong_pairs,
    "label_ranking_average_precision": precision_at_labels,
}

unknown_labels = npst.arrays(
    np.float64, (5, 4), elements=st.sampled_from([0.0, 1.0, 1.0, math.nan])
)
predictions = npst.arrays(np.int8, (5, 4), elements=st.integers(0, 1))


def by_hand(metric, truth, second):
    """The metric over the known cells, unit by unit."""
    known = ~np.isnan(truth)
    average, _, measure = metric.name.partition("_")
    if metric.name == "hamming_loss" or average == "micro":
        units = [(truth[known], second[known])]
    elif average == "macro":
        units = [(truth[k, j], second[k, j]) for j, k in enumerate(known.T)]
    else:
        units = [(truth[i, k], second[i, k]) for i, k in enumerate(known)]
    rule = BY_HAND[metric.name if metric.name in BY_HAND else measure]
    values = [rule(*unit) for unit in units if len(unit[0])]
    return np.mean(values) if values else math.nan


class TestUnknownLabels:
    """NaN in the truth: what every metric has in common about it."""

    @METRIC
    @settings(max_examples=40)
    @given(truth=unknown_labels, predicted=predictions)
    def test_known_cells_by_hand(self, metric, truth, predicted):
        expected = pytest.approx(by_hand(metric, truth, predicted), nan_ok=True)
        assert metric(truth, predicted) == expected
        assert metric(sp.csr_array(truth), predicted) == expected
        assert score_table(truth, predicted, predicted)[metric.name] == expected

    @METRIC
    def test_hiding_nothing_changes_nothing(self, metric):
        ds = MultiLabelDataset(SCORES, Y)
        _, truth = ds.as_xy(missing="as_nan")
        assert metric(truth.to_numpy(float), second(metric)) == metric(
            Y, second(metric)
        )

    @METRIC
    def test_what_is_predicted_for_a_hidden_cell_is_irrelevant(self, metric):
        hidden = np.random.default_rng(5).random(Y.shape) < 0.3
        truth = np.where(hidden, math.nan, Y)
        other = np.where(hidden, 1 - second(metric), second(metric))
        assert metric(truth, other) == metric(truth, second(metric))
        assert metric(truth, other) != metric(Y, second(metric))

    @METRIC
    def test_containers_do_not_matter(self, metric):
        hidden = np.random.default_rng(6).random(Y.shape) < 0.3
        truth = np.where(hidden, math.nan, Y)
        ds = MultiLabelDataset(SCORES, Y * ~hidden, missing=hidden)
        expected = metric(truth, second(metric))
        frame = ds.as_xy(missing="as_nan")[1]
        for same in (frame, frame.astype("Int64"), sp.csr_array(truth)):
            assert metric(same, second(metric)) == expected
        if metric.kind == "bipartition":
            assert metric(truth, sp.csr_array(Y_PRED)) == expected
            assert metric(sp.csr_array(truth), sp.csr_array(Y_PRED)) == expected

    @METRIC
    def test_order_of_rows_and_labels_does_not_matter(self, metric):
        truth = np.where(np.random.default_rng(7).random(Y.shape) < 0.3, math.nan, Y)
        rng = np.random.default_rng(8)
        rows, labels = rng.permutation(len(Y)), rng.permutation(Y.shape[1])
        shuffled = metric(truth[rows][:, labels], second(metric)[rows][:, labels])
        assert shuffled == pytest.approx(metric(truth, second(metric)))

    @METRIC
    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_nothing_known_is_nan_without_a_warning(self, metric, container):
        nothing = container(np.full(Y.shape, math.nan))
        assert math.isnan(metric(nothing, second(metric)))

    @METRIC
    def test_a_prediction_must_be_complete(self, metric):
        error = ScoresError if metric.kind == "scores" else MissingLabelsError
        with pytest.raises(error, match="(Y_pred|scores) has"):
            metric(Y, np.where(Y, math.nan, second(metric)))


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
