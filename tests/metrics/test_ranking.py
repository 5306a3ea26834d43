"""How well each row ranks its labels: the public functions."""

import math

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.metrics as skm
from hypothesis import given
from hypothesis import strategies as st

from mlkit.exceptions import OptionError
from mlkit.metrics import (
    coverage_error,
    error_set_size_loss,
    is_error,
    label_ranking_average_precision_score,
    margin_loss,
    one_error,
    ranking_loss,
    roc_auc_score,
)

from .cases import NAN, ranked, ranked_partly, several_ranked, some

lrap = label_ranking_average_precision_score
ALL = [
    one_error,
    is_error,
    error_set_size_loss,
    coverage_error,
    margin_loss,
    ranking_loss,
    lrap,
]
ORACLES = {
    "ranking loss": (ranking_loss, skm.label_ranking_loss),
    "coverage": (coverage_error, skm.coverage_error),
    "average precision": (lrap, skm.label_ranking_average_precision_score),
}
functions = pytest.mark.parametrize("function", ALL, ids=lambda f: f.__name__)


@pytest.mark.parametrize(("ours", "theirs"), ORACLES.values(), ids=ORACLES)
@some
@given(case=several_ranked)
def test_agrees_with_scikit_learn(ours, theirs, case):
    assert ours(*case) == pytest.approx(theirs(*case))


# By score: wrong, right, wrong, right; then one label on top of three equal ones.
TRUTH, SCORES = [[0, 1, 0, 1], [1, 0, 1, 0]], [[4, 3, 2, 1], [2, 1, 1, 1]]


@pytest.mark.parametrize(
    ("function", "ties", "first", "second"),
    [
        (one_error, "worst", 1, 0),
        (is_error, "worst", 1, 1),
        (is_error, "last", 1, 1),
        (is_error, "first", 1, 1),
        (error_set_size_loss, "worst", 3, 2),
        (error_set_size_loss, "average", 3, 1),
        (error_set_size_loss, "first", 3, 1),
        (error_set_size_loss, "last", 3, 1),
        (ranking_loss, "worst", 3 / 4, 2 / 4),
        (ranking_loss, "average", 3 / 4, 1 / 4),
        (coverage_error, "worst", 4, 4),
        (coverage_error, "first", 4, 3),
        (coverage_error, "last", 4, 3),
        (margin_loss, "worst", 3, 2),
        (margin_loss, "first", 3, 1),
        (margin_loss, "last", 3, 1),
        (lrap, "worst", 1 / 2, (1 + 2 / 4) / 2),
        (lrap, "first", 1 / 2, (1 + 2 / 3) / 2),
    ],
)
def test_by_hand(function, ties, first, second):
    rows = zip(TRUTH, SCORES, strict=True)
    found = [function([labels], [scores], ties=ties) for labels, scores in rows]
    assert found == pytest.approx([first, second])
    assert function(TRUTH, SCORES, ties=ties) == pytest.approx((first + second) / 2)


@pytest.mark.parametrize(
    ("ties", "expected"),
    [("worst", 1.0), ("average", 0.75), ("first", 1.0), ("last", 0.5)],
)
def test_who_comes_first_of_equal_scores(ties, expected):
    # Of four labels of the same score one is true, in two rows at the end.
    truth = [[0, 0, 0, 1], [0, 0, 1, 0]]
    assert one_error(truth, np.ones((2, 4)), ties=ties) == expected


# What a row counts that has no true label, and one that has no other.
@pytest.mark.parametrize(
    ("function", "without", "full"),
    [
        (one_error, 1.0, 0.0),
        (is_error, 0.0, 0.0),
        (error_set_size_loss, 0.0, 0.0),
        (coverage_error, 0.0, 3.0),
        (margin_loss, 0.0, 0.0),
        (ranking_loss, 0.0, 0.0),
        (lrap, 1.0, 1.0),
    ],
)
class TestUndefined:
    def test_by_default(self, function, without, full):
        scores = [[0.2, 0.9, 0.5]]
        assert function([[0, 0, 0]], scores) == without
        assert function([[1, 1, 1]], scores) == full
        assert function([[0, 0, 0]], scores).undefined == 1
        # Only what needs a pair is undefined in a full row.
        needs_pair = function not in (one_error, coverage_error, lrap)
        assert function([[1, 1, 1]], scores).undefined == needs_pair

    @pytest.mark.parametrize("empty", [0.0, 1.0, NAN, "undefined"])
    def test_by_choice(self, function, without, full, empty):
        value = function([[0, 0, 0]], [[0.2, 0.9, 0.5]], empty=empty)
        expected = empty if empty in (0.0, 1.0) else NAN
        assert value == pytest.approx(expected, nan_ok=True)

    @pytest.mark.parametrize("convention", ["sklearn", "mulan", "meka"])
    def test_no_true_label_in_any_row(self, function, without, full, convention):
        value = function(np.zeros((3, 2)), np.ones((3, 2)), convention=convention)
        if function is lrap and convention == "mulan":
            assert math.isnan(value)
        else:
            assert value == without
        assert value.note == "3 of 3 rows undefined"

    def test_a_single_label_cannot_be_ranked_wrongly(self, function, without, full):
        assert function([[0]], [[0.3]]) == without
        assert function([[1]], [[0.3]]) == min(full, 1.0)


@functions
@pytest.mark.parametrize("transform", [np.exp, lambda s: 3 * s - 7, np.arctan])
@some
@given(case=ranked)
def test_only_the_order_of_scores_matters(function, transform, case):
    truth, scores = case
    for ties in ("worst", "first", "last"):
        expected = function(truth, scores, ties=ties)
        assert function(truth, transform(scores), ties=ties) == expected


@functions
@some
@given(case=ranked, shift=st.integers(-5, 5), scale=st.sampled_from([0.5, 2.0]))
def test_rows_are_ranked_on_their_own(function, case, shift, scale):
    truth, scores = case
    rows = np.arange(len(scores))[:, None]
    moved = scores * scale**rows + shift * rows
    assert function(truth, moved) == function(truth, scores)


def test_a_smaller_lead_is_as_good_as_a_large_one():
    # Perfect order although every score is below one half.
    truth, scores = [[1, 0, 1]], [[0.45, 0.1, 0.4]]
    for function in (one_error, is_error, error_set_size_loss, margin_loss):
        assert function(truth, scores) == 0.0
    assert ranking_loss(truth, scores) == 0.0
    assert coverage_error(truth, scores) == 2.0
    assert lrap(truth, scores) == 1.0


@functions
@some
@given(case=ranked_partly)
def test_unknown_labels_as_if_their_columns_were_not_there(function, case):
    truth, scores = case
    # A score for a hidden label that would disturb every rank.
    scores = np.where(np.isnan(truth), 99.0, scores)
    rows = [
        function(row[np.newaxis, ~np.isnan(row)], s[np.newaxis, ~np.isnan(row)])
        for row, s in zip(truth, scores, strict=True)
        if not np.isnan(row).all()
    ]
    expected = pytest.approx(np.mean(rows) if rows else NAN, nan_ok=True)
    for container in (np.asarray, sp.csr_array):
        assert function(container(truth), scores) == expected


@functions
def test_rows_of_which_nothing_is_known_leave_the_mean(function):
    truth, scores = [[1, 0, NAN]], [[0.2, 0.5, 0.9]]
    nothing, anything = [[NAN] * 3], [[0.1, 0.2, 0.3]]
    assert function(truth + nothing, scores + anything) == function(truth, scores)
    assert function([[1, 0]], [[0.2, 0.5]]) == function(truth, scores)
    assert math.isnan(function(nothing, anything))


@functions
def test_negative_zero_ties_with_zero(function):
    assert function([[1, 0]], [[0.0, -0.0]]) == function([[1, 0]], [[1.0, 1.0]])


@some
@given(case=ranked)
def test_ranking_loss_of_fair_ties_is_one_minus_the_auc_of_rows(case):
    loss = ranking_loss(*case, ties="average", empty=NAN)
    area = roc_auc_score(*case, average="example", empty=NAN)
    assert loss == pytest.approx(1 - area, nan_ok=True)


@some
@given(case=ranked)
def test_what_follows_from_a_perfect_ranking(case):
    truth, scores = case
    if is_error(truth, scores) == 0:
        assert ranking_loss(truth, scores) == margin_loss(truth, scores) == 0
        assert coverage_error(truth, scores) == truth.sum(axis=1).mean()
        assert lrap(truth, scores) == pytest.approx(1.0)
        assert one_error(truth, scores) == (~truth.any(axis=1)).mean()


@pytest.mark.parametrize("function", [is_error, coverage_error, margin_loss, lrap])
def test_ties_at_random_are_not_defined_for_all(function):
    with pytest.raises(OptionError, match="ties must be one of 'worst', 'first', 'la"):
        function([[1, 0]], [[1, 1]], ties="average")


def test_mulan_and_meka_order_equal_scores_by_position():
    truth, scores = [[1, 0, 0]], [[1, 1, 1]]
    assert one_error(truth, scores, convention="meka") == 0.0
    assert one_error(truth, scores, convention="mulan") == 1.0
    assert ranking_loss(truth, scores, convention="mulan") == 1.0
    assert ranking_loss(truth, scores, ties="first") == 0.0
    assert lrap(truth, scores, convention="mulan") == pytest.approx(1 / 3)
    assert lrap(truth, scores, convention="mulan", ties="first") == 1.0
