"""Numbers that know how much of them was a convention."""

import copy
import json
import math
import pickle

import numpy as np
import pandas as pd
import pytest

from mlkit.metrics import (
    MetricValue,
    brier_loss,
    f1_score,
    hamming_loss,
    log_loss,
    one_error,
    ranking_loss,
    roc_auc_score,
    subset_accuracy_score,
)

from .cases import NAN

VALUE = MetricValue(0.25, units=4, undefined=1, kind="row")


def facts(value):
    return float(value), value.units, value.undefined, value.kind


def test_it_is_a_float():
    assert isinstance(VALUE, float)
    assert VALUE == 0.25
    assert VALUE < 0.3
    assert hash(VALUE) == hash(0.25)
    assert {0.25: "found"}[VALUE] == "found"


@pytest.mark.parametrize(
    "result",
    [VALUE + 1, 1 - VALUE, 2 * VALUE, VALUE / 2, -VALUE, abs(VALUE), VALUE + VALUE],
)
def test_arithmetic_gives_plain_floats(result):
    assert type(result) is float


def test_sums_and_rounding():
    assert sum([VALUE, VALUE]) == 0.5
    assert round(VALUE, 1) == 0.2
    assert math.isclose(VALUE, 0.25)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (VALUE, "0.25 (1 of 4 rows undefined)"),
        (MetricValue(0.25), "0.25"),
        (MetricValue(0.25, units=4, kind="row"), "0.25"),
        (MetricValue(NAN, undefined=1), "nan (undefined)"),
        (MetricValue(NAN, units=0), "nan"),
        (MetricValue(1, units=2, undefined=2, kind="label"), "1.0 (2 of 2 labels "),
        (
            MetricValue(0.5, units=3000, undefined=1234, kind="cell"),
            "0.5 (1,234 of 3,000 cells undefined)",
        ),
        (MetricValue(0, units=2, undefined=1), "0.0 (1 of 2 matrices undefined)"),
    ],
)
def test_it_prints_what_was_undefined(value, text):
    assert repr(value).startswith(text)
    assert str(value) == repr(value)


def test_a_format_gives_the_number_alone():
    assert f"{VALUE:.3f}" == "0.250"
    assert "%.1f" % VALUE == "0.2"  # noqa: UP031


@pytest.mark.parametrize(
    ("value", "note"),
    [
        (VALUE, "1 of 4 rows undefined"),
        (MetricValue(0.5, units=9, kind="label"), ""),
        (MetricValue(NAN, units=1, undefined=1, kind="label"), "undefined"),
    ],
)
def test_the_note_says_it_in_words(value, note):
    assert value.note == note


def test_defaults_are_one_defined_matrix():
    assert facts(MetricValue(0.5)) == (0.5, 1, 0, "matrix")


def test_numbers_of_numpy_become_integers():
    value = MetricValue(np.float64(0.5), units=np.int64(3), undefined=np.int64(2))
    assert type(value.units) is type(value.undefined) is int


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_survives_a_pickle(protocol):
    again = pickle.loads(pickle.dumps(VALUE, protocol))
    assert type(again) is MetricValue
    assert facts(again) == facts(VALUE)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_it_survives_a_copy(duplicate):
    again = duplicate(VALUE)
    assert type(again) is MetricValue
    assert facts(again) == facts(VALUE)


def test_json_writes_the_number():
    assert json.dumps({"f1": VALUE}) == '{"f1": 0.25}'


def test_numpy_and_pandas_take_it_for_a_float():
    assert np.array([VALUE, 1.0]).dtype == np.float64
    assert np.isnan(MetricValue(NAN))
    assert pd.Series({"f1": VALUE}).dtype == np.float64
    assert pd.DataFrame([{"f1": VALUE}])["f1"].mean() == 0.25


# Row 2 is unknown, and so is label 2; of the others row 1 and label 1 are empty.
TRUTH = [[1, 0, NAN], [0, 0, NAN], [NAN, NAN, NAN], [1, 0, NAN]]
PREDICTED = [[1, 0, 0], [0, 0, 1], [1, 1, 1], [0, 0, 0]]
PROBA = [[0.5] * 3] * 4


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f1_score(TRUTH, PREDICTED, average="example"), (3, 1, "row")),
        (f1_score(TRUTH, PREDICTED, average="macro"), (2, 1, "label")),
        (f1_score(TRUTH, PREDICTED, average="weighted"), (2, 1, "label")),
        (f1_score(TRUTH, PREDICTED, average="micro"), (1, 0, "matrix")),
        (f1_score([[0]], [[0]], average="micro"), (1, 1, "matrix")),
        (f1_score([[NAN]], [[0]], average="micro"), (0, 0, "matrix")),
        (hamming_loss(TRUTH, PREDICTED), (1, 0, "matrix")),
        (hamming_loss(TRUTH, PREDICTED, convention="meka"), (3, 0, "row")),
        (subset_accuracy_score(TRUTH, PREDICTED), (3, 0, "row")),
        (one_error(TRUTH, PROBA), (3, 1, "row")),
        (ranking_loss([[1, 1], [1, NAN], [0, 1]], [[1, 2]] * 3), (3, 2, "row")),
        (roc_auc_score(TRUTH, PROBA, average="macro"), (2, 1, "label")),
        (roc_auc_score(TRUTH, PROBA, average="micro"), (1, 0, "matrix")),
        (roc_auc_score(TRUTH, PROBA, average="example"), (3, 1, "row")),
        (log_loss(TRUTH, PROBA), (6, 0, "cell")),
        (log_loss(TRUTH, PROBA, scale="sum"), (3, 0, "row")),
        (brier_loss(TRUTH, PROBA, average="macro"), (2, 0, "label")),
    ],
)
def test_units_and_undefined_ones_of_known_cells(value, expected):
    assert (value.units, value.undefined, value.kind) == expected
