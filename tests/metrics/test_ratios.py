"""Ratios of counts: what 0/0 counts, unit by unit and in the mean."""

import math
import pickle

import numpy as np
import pytest

from mlkit.exceptions import OptionError
from mlkit.metrics import Counts, Evidence, MetricValue, confusion_counts
from mlkit.metrics.ratios import (
    AVERAGES,
    RATIOS,
    CountRatio,
    RatioMean,
    f_beta,
    score_ratio,
)

from .cases import NAN
from .textbook import RATIOS as BY_HAND

# Row 2 has no label and no prediction; label 2 neither occurs nor is predicted.
Y = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 0]])
Y_PRED = np.array([[1, 0, 0], [0, 0, 0], [0, 0, 0]])

# zero_division 0, 1, nan and "match", by hand; and how many units are undefined.
EXPECTED = {
    ("jaccard", "example"): (1 / 6, 1 / 2, 1 / 4, 1 / 2, 1),  # 1/2, 0/1, 0/0
    ("precision", "example"): (1 / 3, 1, 1, 2 / 3, 2),  # 1/1, 0/0, 0/0
    ("recall", "example"): (1 / 6, 1 / 2, 1 / 4, 1 / 2, 1),  # 1/2, 0/1, 0/0
    ("f1", "example"): (2 / 9, 5 / 9, 1 / 3, 5 / 9, 1),  # 2/3, 0/1, 0/0
    ("specificity", "example"): (1, 1, 1, 1, 0),  # 1/1, 2/2, 3/3
    ("precision", "macro"): (1 / 3, 1, 1, 2 / 3, 2),  # 1/1, 0/0, 0/0
    ("recall", "macro"): (1 / 6, 1 / 2, 1 / 4, 1 / 2, 1),  # 1/2, 0/1, 0/0
    ("f1", "macro"): (2 / 9, 5 / 9, 1 / 3, 5 / 9, 1),  # 2/3, 0/1, 0/0
    ("jaccard", "macro"): (1 / 6, 1 / 2, 1 / 4, 1 / 2, 1),  # 1/2, 0/1, 0/0
    ("precision", "weighted"): (2 / 3, 1, 1, 2 / 3, 2),  # 2, 1 and 0 true rows
    ("recall", "weighted"): (1 / 3, 1 / 3, 1 / 3, 1 / 3, 1),
    ("f1", "weighted"): (4 / 9, 4 / 9, 4 / 9, 4 / 9, 1),
    ("precision", "micro"): (1, 1, 1, 1, 0),
    ("recall", "micro"): (1 / 3, 1 / 3, 1 / 3, 1 / 3, 0),
    ("f1", "micro"): (1 / 2, 1 / 2, 1 / 2, 1 / 2, 0),
    # Recall 1/2, 0 and 0/0, specificity 1 everywhere.
    ("balanced_accuracy", "macro"): (1.75 / 3, 2.25 / 3, 2.25 / 3, 2.25 / 3, 1),
    ("gmean", "macro"): (
        math.sqrt(0.5) / 3,
        (math.sqrt(0.5) + 1) / 3,
        math.sqrt(0.5) / 2,
        (math.sqrt(0.5) + 1) / 3,
        1,
    ),
    ("harmonic", "macro"): (2 / 9, 5 / 9, 1 / 3, 5 / 9, 1),
    ("hamming", "macro"): (7 / 9, 7 / 9, 7 / 9, 7 / 9, 0),
    ("hamming_loss", "example"): (2 / 9, 2 / 9, 2 / 9, 2 / 9, 0),
    # Prediction and truth are constant in labels 1 and 2, in 1 not the same.
    ("mcc", "macro"): (1 / 6, 5 / 6, 1 / 2, 1 / 2, 2),
    ("kappa", "macro"): (0.4 / 3, 1.4 / 3, 0.2, 1.4 / 3, 1),
}


def value(name, average, truth, predicted, zero_division):
    evidence = Evidence.of_labels(truth, predicted)
    options = {"zero_division": zero_division}
    return RatioMean(RATIOS[name], average).value(evidence, options)


@pytest.mark.parametrize(("name", "average"), EXPECTED)
def test_rules_for_zero_division_by_hand(name, average):
    *expected, undefined = EXPECTED[name, average]
    rules = (0.0, 1.0, NAN, "match")
    found = [value(name, average, Y, Y_PRED, rule) for rule in rules]
    assert found == pytest.approx(expected)
    assert {one.undefined for one in found} == {undefined}
    assert {one.units for one in found} == {1 if average == "micro" else 3}


def test_what_matches_is_that_nothing_is_wrong():
    # The third unit is true but not predicted, the fourth neither.
    counts = Counts(*np.array([[1, 0, 0, 0], [1, 0, 2, 0], [2, 1, 0, 0], [3, 3, 3, 3]]))
    precision, undefined = RATIOS["precision"].values(counts, "match")
    assert precision.tolist() == [0.5, 0.0, 0.0, 1.0]
    assert undefined.tolist() == [False, False, True, True]
    recall, undefined = RATIOS["recall"].values(counts, "match")
    assert recall.tolist() == [1.0, 0.0, 0.0, 1.0]
    assert undefined.tolist() == [False, True, False, True]


def test_a_mean_of_two_ratios_is_undefined_where_one_of_them_is():
    counts = Counts(*np.array([[0, 2], [0, 2], [1, 2], [2, 2]]))
    balanced, undefined = RATIOS["balanced_accuracy"].values(counts, NAN)
    # No recall in the first unit, no specificity in the second.
    assert balanced.tolist() == [0.5, 1.0]
    assert undefined.tolist() == [True, True]
    gmean, _ = RATIOS["gmean"].values(counts, NAN)
    assert np.isnan(gmean).all()


# What an empty unit counts under the rules 0, 1, nan and "match", if not just that.
OF_NOTHING = {
    "specificity": (1.0, 1.0, 1.0, 1.0),
    "balanced_accuracy": (0.5, 1.0, 1.0, 1.0),
    "hamming": (1.0, 1.0, 1.0, 1.0),
    "hamming_loss": (0.0, 0.0, 0.0, 0.0),
}


@pytest.mark.parametrize("name", RATIOS)
@pytest.mark.parametrize("average", AVERAGES)
def test_nothing_true_and_nothing_predicted_is_what_the_rule_says(name, average):
    nothing = np.zeros((2, 2))
    expected = OF_NOTHING.get(name, (0.0, 1.0, NAN, 1.0))
    rules = (0.0, 1.0, NAN, "match")
    found = [value(name, average, nothing, nothing, rule) for rule in rules]
    assert found == pytest.approx(expected, nan_ok=True)


# Row 1 and label 1 are unknown altogether.
HIDDEN = np.array([[1.0, NAN, 0.0], [NAN, NAN, NAN], [0.0, NAN, 0.0]])


@pytest.mark.parametrize("name", RATIOS)
@pytest.mark.parametrize("average", AVERAGES)
@pytest.mark.parametrize("zero_division", [0.0, 1.0, NAN, "match"])
def test_what_is_unknown_altogether_leaves_the_mean(name, average, zero_division):
    known = np.ix_([0, 2], [0, 2])
    expected = value(name, average, HIDDEN[known], Y[known], zero_division)
    found = value(name, average, HIDDEN, Y, zero_division)
    assert found == pytest.approx(expected, nan_ok=True)
    assert (found.units, found.undefined) == (expected.units, expected.undefined)


@pytest.mark.parametrize("name", RATIOS)
@pytest.mark.parametrize("average", AVERAGES)
@pytest.mark.parametrize("zero_division", [0.0, 1.0, NAN, "match"])
def test_nothing_known_is_nan_under_every_rule(name, average, zero_division):
    found = value(name, average, np.full((2, 3), NAN), np.ones((2, 3)), zero_division)
    assert math.isnan(found)
    assert (found.units, found.undefined) == (0, 0)


def test_unknown_units_are_not_among_the_undefined():
    found = [value("f1", average, HIDDEN, Y, 0.0) for average in AVERAGES]
    assert [one.units for one in found] == [2, 1, 2, 2]
    assert [one.undefined for one in found] == [1, 0, 1, 1]
    assert [one.kind for one in found] == ["row", "matrix", "label", "label"]


def test_more_cells_than_an_integer_can_multiply():
    half = np.array([10**7])
    counts = Counts(half, 2 * half, 2 * half, 4 * half)
    for name in ("mcc", "kappa"):
        found, _ = RATIOS[name].values(counts, 0.0)
        assert found.tolist() == pytest.approx([0.0], abs=1e-12)
    right = Counts(2 * half, 2 * half, 2 * half, 4 * half)
    assert RATIOS["mcc"].values(right, 0.0)[0] == pytest.approx([1.0])


@pytest.mark.parametrize("name", RATIOS)
def test_leading_axes_are_kept(name):
    labels = confusion_counts(Y, Y_PRED).by_label
    parts = (labels.true_positive, labels.actual, labels.predicted, labels.n_cells)
    twice = Counts(*(np.stack([part, part[::-1]]) for part in parts))
    one, undefined = RATIOS[name].values(labels, 0.0)
    both, where = RATIOS[name].values(twice, 0.0)
    np.testing.assert_array_equal(both, [one, one[::-1]])
    np.testing.assert_array_equal(where, [undefined, undefined[::-1]])


def test_every_measure_has_a_textbook():
    assert set(RATIOS) - {"hamming_loss"} == set(BY_HAND)


@pytest.mark.parametrize("average", AVERAGES)
@pytest.mark.parametrize("name", RATIOS)
def test_means_travel_to_other_processes(name, average):
    mean = RatioMean(RATIOS[name], average)
    again = pickle.loads(pickle.dumps(mean))
    assert again == mean
    evidence = Evidence.of_labels(Y, Y_PRED)
    assert again.value(evidence, {}) == mean.value(evidence, {})


def test_f_beta_by_hand():
    counts = Counts(*np.array([[1, 0], [2, 0], [1, 0], [4, 4]]))
    found, undefined = f_beta(2.0).values(counts, 0.0)
    assert found == pytest.approx([5 / 9, 0.0])
    assert undefined.tolist() == [False, True]
    assert f_beta(2) == f_beta(2.0) == RATIOS["f2"]
    assert f_beta(1.0) != f_beta(2.0)


class TestScoreRatio:
    def test_a_new_measure_needs_only_its_fraction(self):
        def missed(counts):
            return counts.false_negative, counts.n_cells

        ratio = CountRatio("recall", (missed,))
        found = score_ratio(ratio, Y, Y_PRED, average="micro")
        assert type(found) is MetricValue
        assert found == pytest.approx(2 / 9)

    def test_without_an_average_each_label_has_its_value(self):
        found = score_ratio(RATIOS["recall"], Y, Y_PRED, average=None)
        assert found.index.name == "label"
        assert found.to_dict() == {"label_0": 0.5, "label_1": 0.0, "label_2": 0.0}
        left = score_ratio(RATIOS["recall"], Y, Y_PRED, average=None, zero_division=NAN)
        assert left.isna().tolist() == [False, False, True]

    def test_a_label_that_is_nowhere_known_is_nan_whatever_the_rule(self):
        found = score_ratio(
            RATIOS["recall"], HIDDEN, Y, average=None, zero_division=1.0
        )
        assert found.isna().tolist() == [False, True, False]

    @pytest.mark.parametrize("average", ["samples", "rows", "", 1])
    def test_other_averages(self, average):
        match = "average must be one of 'example', 'micro', 'macro', 'weighted', None"
        with pytest.raises(OptionError, match=match):
            score_ratio(RATIOS["recall"], Y, Y_PRED, average=average)

    def test_options_are_checked_before_the_data(self):
        with pytest.raises(OptionError, match="convention must be one of"):
            score_ratio(
                RATIOS["recall"], None, None, average="micro", convention="weka"
            )
