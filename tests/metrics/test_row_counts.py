"""Measures of whole rows."""

import math

import numpy as np
import pytest

from mlkit.metrics import Evidence, confusion_counts
from mlkit.metrics.row_counts import RowMean, is_right, is_wrong, right_rows

from .cases import NAN

# Row 1 and label 1 are unknown altogether.
HIDDEN = np.array([[1.0, NAN, 0.0], [NAN, NAN, NAN], [0.0, NAN, 0.0]])
PREDICTED = np.array([[1, 1, 0], [1, 1, 1], [1, 0, 0]])


def n_wrong(evidence, options):
    return evidence.confusion.by_example.wrong * options.get("price", 1.0)


def test_right_and_wrong_rows_by_hand():
    evidence = Evidence.of_labels([[1, 0], [1, 1], [0, 0]], [[1, 1], [1, 1], [0, 0]])
    assert is_right(evidence, {}).tolist() == [0.0, 1.0, 1.0]
    assert is_wrong(evidence, {}).tolist() == [1.0, 0.0, 0.0]


def test_the_mean_is_over_rows_of_which_something_is_known():
    value = RowMean(n_wrong).value(Evidence.of_labels(HIDDEN, PREDICTED), {})
    assert value == 0.5
    assert (value.units, value.undefined, value.kind) == (2, 0, "row")


def test_options_reach_the_measure():
    evidence = Evidence.of_labels(HIDDEN, PREDICTED)
    assert RowMean(n_wrong).value(evidence, {"price": 4.0}) == 2.0
    found = RowMean(n_wrong).resample(evidence, {"price": 4.0}, np.eye(3))
    np.testing.assert_array_equal(found, [0.0, NAN, 4.0])


def test_where_nothing_is_known_there_is_no_mean():
    value = RowMean(is_right).value(Evidence.of_labels([[NAN]], [[1]]), {})
    assert math.isnan(value)
    assert value.units == 0


def test_right_rows_of_weighted_rows():
    counts = confusion_counts(HIDDEN, PREDICTED)
    assert right_rows(counts) == 1 / 2
    assert right_rows(counts, np.array([1.0, 100.0, 3.0])) == 1 / 4


def test_right_rows_by_hand():
    Y = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 0]])
    predicted = np.array([[1, 0, 0], [0, 0, 0], [0, 0, 0]])
    counts = confusion_counts(Y, predicted)
    assert right_rows(counts) == pytest.approx(1 / 3)
    assert right_rows(counts, np.array([1.0, 100.0, 3.0])) == pytest.approx(3 / 104)
    assert type(right_rows(counts)) is float


def test_right_rows_of_nothing_is_nan():
    assert math.isnan(right_rows(confusion_counts([[NAN]], [[1]]), np.array([1.0])))
