"""AUC and average precision of labels under many weightings of the rows."""

import importlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as npst

from mlkit.metrics import average_precision_score, roc_auc_score
from mlkit.metrics.weighted_lists import resampled_average
from mlkit.validation import check_indicator

from .cases import NAN, few, pairs_of, partly_known, ties

FUNCTIONS = {"auc": roc_auc_score, "ap": average_precision_score}
weights_of_rows = npst.arrays(
    np.int8, (4, 6), elements={"min_value": 0, "max_value": 3}
)
kinds = pytest.mark.parametrize("kind", FUNCTIONS)
averages = pytest.mark.parametrize("average", ["macro", "weighted", "micro"])


def drawn(case, weights, kind, average, **options):
    truth = check_indicator(case[0], allow_missing=True)
    options = {"empty": NAN} | options
    weights = np.asarray(weights, float)[:, : truth.shape[0]]
    return resampled_average(
        truth, case[1], weights, kind=kind, average=average, options=options
    )


def repeated(case, weights):
    for times in np.asarray(weights)[:, : len(case[0])]:
        yield [np.repeat(part, times, axis=0) for part in case]


@kinds
@averages
@pytest.mark.parametrize("empty", [0.0, 1.0, NAN, "undefined"])
@few
@given(case=pairs_of(partly_known, ties), weights=weights_of_rows)
def test_weights_are_repeated_rows(kind, average, empty, case, weights):
    options = {"empty": empty}
    found = drawn(case, weights, kind, average, **options, ties="worst")
    for value, rows in zip(found, repeated(case, weights), strict=True):
        expected = NAN
        if len(rows[0]):
            expected = FUNCTIONS[kind](*rows, average=average, **options)
        assert value == pytest.approx(expected, nan_ok=True)


@averages
@pytest.mark.parametrize("order", ["first", "last"])
@few
@given(
    case=pairs_of(partly_known, ties),
    weights=npst.arrays(np.int8, (4, 6), elements={"min_value": 0, "max_value": 1}),
)
def test_selected_rows_keep_their_order(average, order, case, weights):
    found = drawn(case, weights, "ap", average, ties=order)
    for value, rows in zip(found, repeated(case, weights), strict=True):
        expected = NAN
        if len(rows[0]):
            expected = average_precision_score(
                *rows, average=average, ties=order, empty=NAN
            )
        assert value == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("order", ["worst", "first", "last"])
def test_copies_of_a_row_are_equal_scores(order):
    # An untrue row on top, then a true one, drawn twice: both at rank 3.
    case = np.array([[0], [1]]), np.array([[2.0], [1.0]])
    found = drawn(case, [[1, 2], [1, 1], [2, 1]], "ap", "macro", ties=order)
    assert found == pytest.approx([2 / 3, 1 / 2, 1 / 3])


def test_first_and_last_by_hand():
    case = np.array([[1], [0], [1]]), np.zeros((3, 1))
    weights = [[1, 1, 1], [1, 1, 0], [0, 1, 1]]
    first = drawn(case, weights, "ap", "macro", ties="first")
    assert first == pytest.approx([(1 + 2 / 3) / 2, 1, 1 / 2])
    last = drawn(case, weights, "ap", "macro", ties="last")
    assert last == pytest.approx([(1 + 2 / 3) / 2, 1 / 2, 1])


@kinds
@averages
def test_blocks_of_resamples_do_not_matter(kind, average, monkeypatch):
    module = importlib.import_module("mlkit.metrics.weighted_lists")
    rng = np.random.default_rng(0)
    case = rng.choice([0.0, 1.0, NAN], size=(30, 4)), rng.integers(0, 5, (30, 4)) * 1.0
    weights = rng.integers(0, 3, size=(9, 30))
    whole = drawn(case, weights, kind, average)
    for numbers in (1, 31, 100):
        monkeypatch.setattr(module, "_BLOCK_NUMBERS", numbers)
        np.testing.assert_array_equal(drawn(case, weights, kind, average), whole)


@kinds
@averages
def test_fractions_of_rows_count_by_their_ratio(kind, average):
    rng = np.random.default_rng(1)
    case = rng.integers(0, 2, (30, 4)), rng.integers(0, 5, (30, 4)) * 1.0
    weights = rng.integers(0, 3, size=(5, 30))
    found = drawn(case, weights / 7, kind, average)
    assert found == pytest.approx(drawn(case, weights, kind, average))


@kinds
@averages
def test_nothing_drawn_or_nothing_known_is_nan(kind, average):
    case = np.array([[1.0], [0.0], [NAN]]), np.array([[1.0], [2.0], [3.0]])
    found = drawn(case, [[0, 0, 0], [0, 0, 2]], kind, average)
    assert np.isnan(found).all()
