"""A metric, and what one must know to read its value."""

import math
import pickle

import numpy as np
import pytest

from mlkit.exceptions import OptionError
from mlkit.metrics import METRICS, Evidence, Metric, MetricValue

from .cases import PARTLY, SCORES, Y_PRED, Y


def most_wrong(true, predicted):
    """A function of one's own: the most wrong labels of a row."""
    return float(np.nanmax(np.abs(true - predicted).sum(axis=1)))


MINE = Metric(
    "most_wrong",
    "Most wrong labels",
    most_wrong,
    "bipartition",
    greater_is_better=False,
    description="most wrong labels of a row",
    range=(0.0, math.inf),
)


def test_best_and_worst_are_the_ends_of_the_range():
    assert (MINE.best, MINE.worst) == (0.0, math.inf)
    assert (METRICS["macro_mcc"].best, METRICS["macro_mcc"].worst) == (1.0, -1.0)
    assert (METRICS["one_error"].best, METRICS["one_error"].worst) == (0.0, 1.0)


def test_what_it_judges():
    assert MINE.needs == {"bipartition"}
    assert METRICS["brier_loss"].needs == {"probabilities"}


def test_options_reach_the_function():
    empty = [[0, 0]]
    assert METRICS["example_f1"](empty, empty) == 0.0
    assert METRICS["example_f1"](empty, empty, zero_division=1.0) == 1.0
    assert METRICS["example_f1"](empty, empty, convention="mulan") == 1.0
    assert METRICS["precision_at_3"]([[1, 0]], [[2, 1]]) == pytest.approx(1 / 3)


def test_its_own_options_cannot_be_given_again():
    with pytest.raises(TypeError, match="multiple values for keyword argument 'averag"):
        METRICS["example_f1"]([[1]], [[1]], average="micro")


class TestOfOnesOwn:
    def test_it_is_evaluated_by_its_function(self):
        evidence = Evidence.of_labels(Y, Y_PRED)
        value = MINE.of(evidence)
        assert type(value) is MetricValue
        assert value == MINE(Y, Y_PRED) == most_wrong(Y, Y_PRED)

    def test_unknown_cells_are_nan_for_it(self):
        evidence = Evidence.of_labels(PARTLY, Y_PRED)
        assert MINE.of(evidence) == most_wrong(PARTLY, Y_PRED)

    def test_what_was_undefined_is_kept(self):
        f1 = METRICS["macro_f1"]
        mine = Metric(
            "mine",
            "Mine",
            lambda true, predicted: f1(true, predicted),
            "bipartition",
            greater_is_better=True,
            description="as macro F1",
        )
        assert mine.of(Evidence.of_labels([[1, 0]], [[1, 0]])).undefined == 1

    def test_without_a_statistic_there_are_no_resamples(self):
        evidence = Evidence.of_labels(Y, Y_PRED)
        assert (
            np.isnan(MINE.resample(evidence, np.ones((2, 40)))).tolist() == [True] * 2
        )

    def test_it_travels_to_other_processes(self):
        assert pickle.loads(pickle.dumps(MINE)) == MINE


def test_without_what_it_judges_a_metric_is_nan_of_no_units():
    evidence = Evidence.of_scores(Y, SCORES)
    for metric in (METRICS["macro_f1"], METRICS["brier_loss"], MINE):
        value = metric.of(evidence)
        assert math.isnan(value)
        assert (value.units, value.undefined) == (0, 0)


@pytest.mark.parametrize("name", ["macro_f1", "subset_accuracy", "coverage_error"])
def test_a_wrong_convention_never_passes(name):
    metric = METRICS[name]
    evidence = Evidence.of_all(Y, Y_PRED, SCORES)
    with pytest.raises(OptionError, match="convention must be one of 'sklearn', 'mula"):
        metric.of(evidence, "weka")
    with pytest.raises(OptionError, match="convention must be one of 'sklearn', 'mula"):
        metric.resample(evidence, np.ones((1, 40)), "weka")


def test_a_wrong_convention_is_refused_for_a_metric_of_ones_own_too():
    with pytest.raises(OptionError, match="convention must be one of 'sklearn', 'mula"):
        MINE.of(Evidence.of_labels(Y, Y_PRED), "weka")


def test_it_cannot_be_changed():
    with pytest.raises(AttributeError, match="cannot assign"):
        METRICS["micro_f1"].label = "other"
