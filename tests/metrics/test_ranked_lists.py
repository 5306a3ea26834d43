"""The places of true items in lists that are ordered by score."""

import importlib

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from mlkit.metrics.ranked_lists import rank_lists
from mlkit.validation import check_indicator

from .cases import NAN, pairs_of, partly_known, ranked, ranked_partly, some, ties

# How scipy calls the last and the first place of a group, and an order of equals.
AXES = {"row": 1, "label": 0, "matrix": None}
axes = pytest.mark.parametrize("axis", AXES)
groupings = pytest.mark.parametrize("grouping", ["worst", "first", "last"])
FIELDS = (
    "n_items",
    "n_true",
    "list_of",
    "item",
    "above",
    "reached",
    "hits_above",
    "hits",
    "order",
)


def lists_of(truth, scores, axis="row", grouping="worst"):
    checked = check_indicator(truth, allow_missing=True)
    return rank_lists(checked, np.asarray(scores, float), axis=axis, ties=grouping)


def facts(lists):
    return [getattr(lists, name).tolist() for name in FIELDS]


def as_lists(matrix, axis):
    """The lists of an axis as rows."""
    return {"row": matrix, "label": matrix.T, "matrix": matrix.reshape(1, -1)}[axis]


def test_places_by_hand():
    # By score: untrue, then true and untrue, then two true ones.
    lists = lists_of([[1, 0, 1, 1, 0]], [[5, 9, 1, 1, 5]])
    assert lists.item.tolist() == [0, 2, 3]
    assert lists.above.tolist() == [1, 3, 3]
    assert lists.reached.tolist() == [3, 5, 5]
    assert lists.hits_above.tolist() == [0, 1, 1]
    assert lists.hits.tolist() == [1, 3, 3]
    assert lists.order.tolist() == [1, 2, 3]
    assert lists.places().tolist() == [3, 4, 5]
    assert (lists.n_true.tolist(), lists.n_untrue.tolist()) == ([3], [2])


def test_orders_of_positions_by_hand():
    truth, scores = [[1, 0, 1, 1, 0]], [[5, 9, 1, 1, 5]]
    first = lists_of(truth, scores, grouping="first")
    assert first.item.tolist() == [0, 2, 3]
    assert first.reached.tolist() == [2, 4, 5]
    last = lists_of(truth, scores, grouping="last")
    assert last.item.tolist() == [0, 3, 2]
    assert last.reached.tolist() == [3, 4, 5]
    assert (last.reached - last.above).tolist() == [1, 1, 1]


@axes
@some
@given(case=ranked)
def test_places_are_ranks_of_scipy(axis, case):
    truth, scores = case
    flags, values = (as_lists(part, axis) for part in case)
    groups = lists_of(truth, scores, axis)
    for number, (labels, row) in enumerate(zip(flags, values, strict=True)):
        here = groups.list_of == number
        items = groups.item[here]
        assert sorted(items) == np.flatnonzero(labels).tolist()
        assert groups.reached[here].tolist() == rankdata(-row, "max")[items].tolist()
        lowest = rankdata(-row, "min")[items] - 1
        assert groups.above[here].tolist() == lowest.tolist()
    first = lists_of(truth, scores, axis, "first")
    last = lists_of(truth, scores, axis, "last")
    for number, row in enumerate(values):
        here = first.list_of == number
        expected = rankdata(-row, "ordinal")[first.item[here]]
        assert first.reached[here].tolist() == expected.tolist()
        here = last.list_of == number
        expected = rankdata(-row[::-1], "ordinal")[::-1][last.item[here]]
        assert last.reached[here].tolist() == expected.tolist()


@axes
@groupings
@some
@given(case=ranked_partly)
def test_what_holds_of_every_list(axis, grouping, case):
    truth, scores = case
    lists = lists_of(truth, scores, axis, grouping)
    flags = as_lists(truth, axis)
    assert lists.n_lists == len(flags)
    assert lists.n_items.tolist() == (~np.isnan(flags)).sum(axis=1).tolist()
    assert lists.n_true.tolist() == (flags == 1).sum(axis=1).tolist()
    assert lists.present.tolist() == (lists.n_items > 0).tolist()
    assert (np.diff(lists.list_of) >= 0).all()
    assert (flags[lists.list_of, lists.item] == 1).all()
    assert (lists.above >= 0).all()
    assert (lists.above < lists.reached).all()
    assert (lists.reached <= lists.n_items[lists.list_of]).all()
    assert (lists.hits_above < lists.hits).all()
    assert (lists.hits <= lists.reached).all()
    assert (lists.hits_above <= lists.above).all()
    assert (lists.hits_above < lists.order).all()
    assert (lists.order <= lists.hits).all()
    for number, n_true in enumerate(lists.n_true):
        here = lists.list_of == number
        assert lists.order[here].tolist() == list(range(1, n_true + 1))
        # The best first, and every place held once.
        assert (np.diff(lists.reached[here]) >= 0).all()
        assert (np.diff(lists.places()[here]) > 0).all()
    if grouping != "worst":
        assert (lists.reached - lists.above == 1).all()
        assert lists.places().tolist() == lists.reached.tolist()


@axes
@some
@given(case=ranked)
def test_untrue_items_before_are_most_at_worst(axis, case):
    worst = lists_of(*case, axis)
    before = {
        "worst": worst.wrong_before("worst"),
        "average": worst.wrong_before("average"),
        "best": worst.above - worst.hits_above,
    }
    assert (before["worst"] >= before["average"]).all()
    assert (before["average"] >= before["best"]).all()
    assert (before["average"] * 2 == before["worst"] + before["best"]).all()
    for grouping in ("first", "last"):
        strict = lists_of(*case, axis, grouping)
        total = strict.total(strict.wrong_before(grouping))
        assert (total <= worst.total(before["worst"])).all()
        assert (total >= worst.total(before["best"])).all()


@axes
@some
@given(case=ranked, k=st.integers(1, 8))
def test_shares_within_the_first_k(axis, case, k):
    worst = lists_of(*case, axis)
    average = worst.total(worst.share_within(k, "average"))
    least = worst.total(worst.share_within(k, "worst"))
    assert (least <= average + 1e-12).all()
    # All items, true or not, fill k places; none is there more than once.
    assert (average <= np.minimum(worst.n_true, k) + 1e-12).all()
    flipped = lists_of(1 - case[0], case[1], axis)
    rest = flipped.total(flipped.share_within(k, "average"))
    np.testing.assert_allclose(average + rest, np.minimum(worst.n_items, k))


@axes
@groupings
@pytest.mark.parametrize("transform", [np.exp, np.arctan, lambda s: 3 * s - 7])
@some
@given(case=ranked)
def test_only_the_order_of_scores_matters(axis, grouping, transform, case):
    truth, scores = case
    expected = facts(lists_of(truth, scores, axis, grouping))
    assert facts(lists_of(truth, transform(scores), axis, grouping)) == expected


@axes
@groupings
@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_blocks_do_not_matter(axis, grouping, container, monkeypatch):
    module = importlib.import_module("mlkit.metrics.ranked_lists")
    rng = np.random.default_rng(3)
    truth = rng.choice([0.0, 1.0, NAN], size=(50, 7), p=[0.6, 0.3, 0.1])
    scores = rng.integers(0, 5, size=truth.shape)
    whole = facts(lists_of(truth, scores, axis, grouping))
    for cells in (1, 7, 20, 100):
        monkeypatch.setattr(module, "_BLOCK_CELLS", cells)
        assert facts(lists_of(container(truth), scores, axis, grouping)) == whole


@axes
@groupings
@some
@given(case=pairs_of(partly_known, ties))
def test_sparse_and_dense_are_the_same(axis, grouping, case):
    truth, scores = case
    dense = facts(lists_of(truth, scores, axis, grouping))
    assert facts(lists_of(sp.csr_array(truth), scores, axis, grouping)) == dense


@pytest.mark.parametrize("axis", ["row", "label"])
@groupings
@some
@given(case=ranked_partly)
def test_unknown_items_are_as_if_they_were_not_there(axis, grouping, case):
    truth, scores = case
    # A score that would disturb every rank.
    scores = np.where(np.isnan(truth), 99.0, scores)
    lists = lists_of(truth, scores, axis, grouping)
    pairs = zip(as_lists(truth, axis), as_lists(scores, axis), strict=True)
    for number, (labels, row) in enumerate(pairs):
        known = ~np.isnan(labels)
        here = lists.list_of == number
        alone = lists_of(
            labels[np.newaxis, known], row[np.newaxis, known], "row", grouping
        )
        for name in ("above", "reached", "hits_above", "hits", "order"):
            assert getattr(lists, name)[here].tolist() == getattr(alone, name).tolist()
        positions = np.flatnonzero(known)[alone.item]
        assert lists.item[here].tolist() == positions.tolist()


@groupings
def test_negative_zero_ties_with_zero(grouping):
    truth = [[1, 0, 1]]
    zeros = facts(lists_of(truth, [[0.0, -0.0, -0.0]], grouping=grouping))
    assert zeros == facts(lists_of(truth, [[1.0, 1.0, 1.0]], grouping=grouping))


@groupings
def test_scores_at_the_ends_of_floats(grouping):
    big, small = np.finfo(float).max, np.finfo(float).smallest_subnormal
    lists = lists_of([[1, 1, 1, 1, NAN]], [[-big, 0, small, big, 0]], grouping=grouping)
    assert lists.item.tolist() == [3, 2, 1, 0]
    assert lists.n_items.tolist() == [4]


@axes
def test_lists_without_true_items_are_empty(axis):
    lists = lists_of(np.zeros((2, 3)), np.ones((2, 3)), axis)
    assert lists.item.tolist() == []
    assert lists.total(lists.reached).tolist() == [0.0] * lists.n_lists
    assert lists.greatest(lists.reached).tolist() == [0] * lists.n_lists


def test_sums_and_greatest_values_by_list():
    lists = lists_of([[1, 1], [0, 0], [0, 1]], [[1, 2], [1, 2], [1, 2]])
    assert lists.total(np.array([0.5, 2.0, 7.0])).tolist() == [2.5, 0.0, 7.0]
    assert lists.greatest(np.array([3, 1, 4])).tolist() == [3, 0, 4]


def test_a_long_list_of_all_cells():
    rng = np.random.default_rng(0)
    truth, scores = rng.random((400, 50)) < 0.05, rng.random((400, 50)).round(2)
    lists = lists_of(truth, scores, "matrix")
    expected = rankdata(-scores.ravel(), "max")[lists.item]
    assert lists.reached.tolist() == expected.tolist()
    assert lists.reached.dtype == np.int64
