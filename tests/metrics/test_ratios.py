import math
import pickle

import numpy as np
import pytest

from mlkit.metrics import confusion_counts, score_table, undefined_cases
from mlkit.metrics.ratios import RATIOS, Ratio, right_rows, wrong_cells

# Row 2 has no label and no prediction; label 2 neither occurs nor is predicted.
Y = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 0]])
Y_PRED = np.array([[1, 0, 0], [0, 0, 0], [0, 0, 0]])
COUNTS = confusion_counts(Y, Y_PRED)
NAN = float("nan")

# zero_division 0, 1 and nan, by hand.
BY_HAND = {
    "example_jaccard": (1 / 6, 1 / 2, 1 / 4),  # 1/2, 0/1, 0/0
    "example_precision": (1 / 3, 1, 1),  # 1/1, 0/0, 0/0
    "example_recall": (1 / 6, 1 / 2, 1 / 4),  # 1/2, 0/1, 0/0
    "example_f1": (2 / 9, 5 / 9, 1 / 3),  # 2/3, 0/1, 0/0
    "macro_precision": (1 / 3, 1, 1),  # 1/1, 0/0, 0/0
    "macro_recall": (1 / 6, 1 / 2, 1 / 4),  # 1/2, 0/1, 0/0
    "macro_f1": (2 / 9, 5 / 9, 1 / 3),  # 2/3, 0/1, 0/0
    "micro_precision": (1, 1, 1),
    "micro_recall": (1 / 3, 1 / 3, 1 / 3),
    "micro_f1": (1 / 2, 1 / 2, 1 / 2),
}


@pytest.mark.parametrize("name", RATIOS)
def test_the_three_conventions_by_hand(name):
    for zero_division, expected in zip((0.0, 1.0, NAN), BY_HAND[name], strict=True):
        assert RATIOS[name](COUNTS, zero_division) == pytest.approx(expected)


@pytest.mark.parametrize("name", RATIOS)
def test_nothing_true_and_nothing_predicted_is_what_the_convention_says(name):
    counts = confusion_counts(np.zeros((2, 2)), np.zeros((2, 2)))
    assert RATIOS[name](counts) == 0.0
    assert RATIOS[name](counts, 1) == 1.0
    assert math.isnan(RATIOS[name](counts, NAN))


@pytest.mark.parametrize("zero_division", [0.5, -1, np.inf, "warn", None, [0]])
def test_other_conventions_are_refused(zero_division):
    with pytest.raises(ValueError, match=r"zero_division must be 0\.0, 1\.0 or nan"):
        RATIOS["macro_f1"](COUNTS, zero_division)


def test_undefined_cases_by_hand():
    cases = undefined_cases(Y, Y_PRED)
    assert list(cases.columns) == ["average", "undefined", "units"]
    assert cases.index.tolist() == list(RATIOS)
    assert cases["undefined"].to_dict() == {
        "example_jaccard": 1,
        "example_precision": 2,
        "example_recall": 1,
        "example_f1": 1,
        "micro_precision": 0,
        "micro_recall": 0,
        "micro_f1": 0,
        "macro_precision": 2,
        "macro_recall": 1,
        "macro_f1": 1,
    }
    assert set(cases["units"]) == {1, 3}


@pytest.mark.parametrize("name", RATIOS)
def test_undefined_share_is_the_distance_between_the_conventions(name):
    case = undefined_cases(Y, Y_PRED).loc[name]
    distance = RATIOS[name](COUNTS, 1.0) - RATIOS[name](COUNTS, 0.0)
    assert distance == pytest.approx(case["undefined"] / case["units"])


# Row 1 and label 1 are unknown altogether.
HIDDEN = np.array([[1.0, NAN, 0.0], [NAN, NAN, NAN], [0.0, NAN, 0.0]])


@pytest.mark.parametrize("name", RATIOS)
@pytest.mark.parametrize("zero_division", [0.0, 1.0, NAN])
def test_what_is_unknown_altogether_leaves_the_mean(name, zero_division):
    known = np.ix_([0, 2], [0, 2])
    expected = RATIOS[name](confusion_counts(HIDDEN[known], Y[known]), zero_division)
    value = RATIOS[name](confusion_counts(HIDDEN, Y), zero_division)
    assert value == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("name", RATIOS)
@pytest.mark.parametrize("zero_division", [0.0, 1.0, NAN])
def test_nothing_known_is_nan_under_every_convention(name, zero_division):
    counts = confusion_counts(np.full((2, 3), NAN), np.ones((2, 3)))
    assert math.isnan(RATIOS[name](counts, zero_division))
    assert RATIOS[name].undefined(counts) == (0, 0)


def test_unknown_units_are_not_among_the_undefined():
    cases = undefined_cases(HIDDEN, Y)
    names = ["example_f1", "macro_f1", "micro_f1"]
    assert cases["units"].loc[names].tolist() == [2, 2, 1]
    assert cases["undefined"].loc[names].tolist() == [1, 1, 0]


def test_weighted_right_rows():
    weights = np.array([1.0, 100.0, 3.0])
    predicted = np.array([[1, 1, 0], [1, 1, 1], [1, 0, 0]])
    assert right_rows(confusion_counts(HIDDEN, predicted), weights) == 1 / 4
    assert right_rows(confusion_counts(HIDDEN, predicted)) == 1 / 2
    assert right_rows(COUNTS, weights) == pytest.approx(3 / 104)


def test_names_say_the_average():
    assert all(name.startswith(ratio.average) for name, ratio in RATIOS.items())


def test_ratios_travel_to_other_processes():
    ratio = pickle.loads(pickle.dumps(RATIOS["macro_f1"]))
    assert ratio == RATIOS["macro_f1"]
    assert ratio(COUNTS) == RATIOS["macro_f1"](COUNTS)


def test_a_new_ratio_needs_only_its_fraction():
    def specificity(counts):
        return counts.true_negative, counts.true_negative + counts.false_positive

    assert Ratio(specificity, "macro")(COUNTS) == pytest.approx(1.0)
    assert Ratio(specificity, "example")(confusion_counts([[0, 1]], [[1, 1]])) == 0.0


def test_wrong_cells_and_right_rows_by_hand():
    assert wrong_cells(COUNTS) == pytest.approx(2 / 9)
    assert right_rows(COUNTS) == pytest.approx(1 / 3)


def test_values_are_plain_floats():
    assert {type(value) for value in score_table(Y, Y_PRED, Y).values()} == {float}
