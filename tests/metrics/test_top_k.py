"""Metrics of the first k labels of each row."""

import math
import pickle
from functools import partial

import numpy as np
import pytest
import sklearn.metrics as skm
from hypothesis import given
from hypothesis import strategies as st

from mlkit.exceptions import OptionError
from mlkit.metrics import (
    dcg_score,
    ndcg_score,
    precision_at_k_score,
    r_precision_at_k_score,
    recall_at_k_score,
)
from mlkit.metrics.top_k import Within, precision_within

from .cases import NAN, few, ranked, several_ranked, some
from .textbook import (
    dcg_at,
    ndcg_at,
    over_orders,
    precision_at,
    r_precision_at,
    recall_at,
)

FUNCTIONS = {
    "P": (precision_at_k_score, precision_at),
    "R": (recall_at_k_score, recall_at),
    "RP": (r_precision_at_k_score, r_precision_at),
    "nDCG": (ndcg_score, ndcg_at),
    "DCG": (dcg_score, dcg_at),
}
TIES = ("worst", "average", "first", "last")
functions = pytest.mark.parametrize(
    "function", [ours for ours, _ in FUNCTIONS.values()], ids=list(FUNCTIONS)
)


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("name", FUNCTIONS)
@some
@given(case=ranked, k=st.integers(1, 6))
def test_each_row_over_all_orders_of_equal_scores(name, ties, case, k):
    function, textbook = FUNCTIONS[name]
    rows = [
        over_orders(partial(textbook, k=k), y.tolist(), s.tolist(), ties)
        for y, s in zip(*case, strict=True)
        if y.any()
    ]
    found = function(*case, k=k, ties=ties, empty=NAN)
    assert found == pytest.approx(np.mean(rows) if rows else NAN, nan_ok=True)
    assert found.undefined == len(case[0]) - len(rows)


@pytest.mark.parametrize("k", [None, 1, 2, 3, 10])
@pytest.mark.parametrize(
    ("ours", "theirs"), [(ndcg_score, skm.ndcg_score), (dcg_score, skm.dcg_score)]
)
@some
@given(case=several_ranked)
def test_discounted_gains_are_those_of_scikit_learn(ours, theirs, k, case):
    assert ours(*case, k=k) == pytest.approx(theirs(*case, k=k))


@few
@given(case=several_ranked)
def test_at_one_all_but_recall_are_the_same(case):
    found = {name: f(*case, k=1) for name, (f, _) in FUNCTIONS.items()}
    recall = found.pop("R")
    assert len({round(value, 12) for value in found.values()}) == 1
    assert recall <= found["P"] + 1e-12


@some
@given(case=ranked, k=st.integers(1, 6))
def test_r_precision_is_the_larger_of_the_other_two(case, k):
    truth, scores = case
    for row, s in zip(truth, scores, strict=True):
        found = {name: f([row], [s], k=k) for name, (f, _) in FUNCTIONS.items()}
        assert found["RP"] == pytest.approx(max(found["P"], found["R"]))


# Scores 5 to 1; labels 0, 3 and 4 are true.
ROW, RANKED = [[1, 0, 0, 1, 1]], [[5, 4, 3, 2, 1]]


@pytest.mark.parametrize(
    ("k", "precision", "recall", "r_precision"),
    [
        (1, 1, 1 / 3, 1),
        (2, 1 / 2, 1 / 3, 1 / 2),
        (4, 2 / 4, 2 / 3, 2 / 3),
        (5, 3 / 5, 1, 1),
        (10, 3 / 10, 1, 1),  # five places that no label holds
    ],
)
def test_by_hand(k, precision, recall, r_precision):
    assert precision_at_k_score(ROW, RANKED, k=k) == pytest.approx(precision)
    assert recall_at_k_score(ROW, RANKED, k=k) == pytest.approx(recall)
    assert r_precision_at_k_score(ROW, RANKED, k=k) == pytest.approx(r_precision)


def test_ndcg_by_hand():
    found = ndcg_score(ROW, RANKED, k=4)
    best = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert found == pytest.approx((1 + 1 / math.log2(5)) / best)
    assert dcg_score(ROW, RANKED, k=4) == pytest.approx(1 + 1 / math.log2(5))
    for function in (ndcg_score, dcg_score):
        assert function(ROW, RANKED) == function(ROW, RANKED, k=100)


def test_no_rounding_carries_a_perfect_order_over_one():
    for n_labels in range(1, 60):
        truth = np.tri(n_labels, dtype=int)
        assert ndcg_score(truth, truth, empty=NAN) <= 1.0
        assert ndcg_score(truth, truth, empty=NAN) == pytest.approx(1.0)


def test_two_of_three_equal_labels_fit():
    # Each of the three is among the first two in two of three orders.
    truth, scores = [[1, 0, 0]], [[1, 1, 1]]
    for ties, expected in zip(TIES, (0, 2 / 3, 1, 0), strict=True):
        found = recall_at_k_score(truth, scores, k=2, ties=ties)
        assert found == pytest.approx(expected)


@functions
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, 0.0),
        ({"empty": 1.0}, 1.0),
        ({"empty": NAN}, NAN),
        ({"empty": "undefined"}, NAN),
        ({"convention": "mulan"}, 0.0),
        ({"convention": "meka"}, 0.0),
    ],
)
def test_what_a_row_without_a_label_counts(function, options, expected):
    found = function([[0, 0]], [[1, 2]], k=1, **options)
    assert found == pytest.approx(expected, nan_ok=True)
    assert found.note == "undefined"


@functions
def test_unknown_labels_hold_no_place(function):
    truth, scores = [[NAN, 1, 0], [NAN] * 3], [[9, 2, 1], [1, 2, 3]]
    assert function(truth, scores, k=1) == 1.0
    assert function(truth, scores, k=1).units == 1
    assert math.isnan(function([[NAN, NAN]], [[1, 2]], k=1))


@functions
@pytest.mark.parametrize("transform", [np.exp, lambda s: 3 * s - 7, np.arctan])
@few
@given(case=ranked, k=st.integers(1, 5))
def test_only_the_order_of_scores_matters(function, transform, case, k):
    truth, scores = case
    for ties in TIES:
        expected = function(truth, scores, k=k, ties=ties)
        assert function(truth, transform(scores), k=k, ties=ties) == expected


@functions
@pytest.mark.parametrize(
    ("k", "error", "match"),
    [
        (0, ValueError, "k must be at least 1, got 0"),
        (-3, ValueError, "k must be at least 1, got -3"),
        (1.5, TypeError, "k must be an integer, got 1.5"),
        (True, TypeError, "k must be an integer, got True"),
    ],
)
def test_k_is_checked(function, k, error, match):
    with pytest.raises(error, match=match):
        function([[1, 0]], [[2, 1]], k=k)


def test_k_may_be_a_number_of_numpy():
    assert precision_at_k_score(ROW, RANKED, k=np.int64(2)) == 1 / 2


@functions
def test_other_ties(function):
    match = "ties must be one of 'worst', 'average', 'first', 'last'; got 'random'"
    with pytest.raises(OptionError, match=match):
        function([[1, 0]], [[2, 1]], k=1, ties="random")


def test_measures_travel_to_other_processes():
    measure = Within(precision_within, 3)
    assert pickle.loads(pickle.dumps(measure)) == measure
    assert measure != Within(precision_within, 5)
