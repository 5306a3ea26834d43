"""Tests of F-optimal decisions: against trying every set and every outcome."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlkit.exceptions import OptionError, ScoresError, ShapeError
from mlkit.thresholds import expected
from mlkit.thresholds.expected import maximize_expected_f, maximize_general_f

# Repeated values make ties; any values at all make everything else.
PROBA = st.one_of(
    st.lists(st.sampled_from([0, 0.1, 0.25, 0.5, 0.7, 1]), min_size=1, max_size=6),
    st.lists(st.floats(0, 1), min_size=1, max_size=6),
)


def all_sets(n_labels):
    return np.array(list(itertools.product([0, 1], repeat=n_labels)))


def independent(p):
    """P(set) of all sets, of independent labels."""
    sets = all_sets(len(p))
    return np.where(sets == 1, p, 1 - np.asarray(p)).prod(axis=1)


def expected_f(joint, decided, *, beta=1.0, empty_value=1.0):
    """Expected F of one decision, summed over all outcomes."""
    sets = all_sets(len(decided))
    below = beta**2 * sets.sum(axis=1) + sum(decided)
    shared = (1 + beta**2) * (sets @ decided)
    values = np.where(below > 0, shared / np.maximum(below, 1e-9), empty_value)
    return float(joint @ values)


def greatest(joint, n_labels, **options):
    return max(expected_f(joint, d, **options) for d in all_sets(n_labels))


def size_table(joint, n_labels):
    """P(y_j = 1, |y| = s), summed over all outcomes."""
    sets = all_sets(n_labels)
    table = np.zeros((n_labels, n_labels))
    for p, members in zip(joint, sets, strict=True):
        if members.any():
            table[members == 1, members.sum() - 1] += p
    return table


@pytest.mark.parametrize("beta", [1, 2, 0.5, 1.5])
@pytest.mark.parametrize("empty_value", [0.0, 1.0])
@settings(max_examples=40, deadline=None)
@given(p=PROBA)
def test_no_set_is_better_where_labels_are_independent(beta, empty_value, p):
    options = {"beta": beta, "empty_value": empty_value}

    decided = maximize_expected_f([p], **options)[0]

    joint = independent(p)
    assert expected_f(joint, decided, **options) == pytest.approx(
        greatest(joint, len(p), **options)
    )


@pytest.mark.parametrize("beta", [0.3, 0.5, 1, 2])
@pytest.mark.parametrize("empty_value", [0.0, 0.5, 1.0])
@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n_labels=st.integers(1, 6),
    spread=st.sampled_from([0.02, 0.3, 3.0]),
)
def test_no_set_is_better_where_labels_depend(
    beta, empty_value, seed, n_labels, spread
):
    # A small spread puts nearly all probability on a few label sets: the labels depend
    # on each other as strongly as can be.
    options = {"beta": beta, "empty_value": empty_value}
    joint = np.random.default_rng(seed).dirichlet(np.full(2**n_labels, spread))

    decided = maximize_general_f([size_table(joint, n_labels)], **options)[0]

    assert expected_f(joint, decided, **options) == pytest.approx(
        greatest(joint, n_labels, **options)
    )


def test_the_two_agree_on_independent_labels():
    proba = np.random.default_rng(0).random((20, 5))
    tables = [size_table(independent(p), 5) for p in proba]

    np.testing.assert_array_equal(
        maximize_expected_f(proba), maximize_general_f(tables)
    )


def test_dependence_changes_the_decision():
    # Each label has probability 0.4. Independent: both are worth 0.48, none 0.36. One
    # at a time: both are worth 0.8 * 2 / 3 = 0.53, one 0.4, none 0.2. Only together:
    # both are worth 0.4, none 0.6.
    assert maximize_expected_f([[0.4, 0.4]]).tolist() == [[1, 1]]
    apart, together = np.zeros((2, 1, 2, 2))
    apart[0, :, 0], together[0, :, 1] = 0.4, 0.4

    assert maximize_general_f(apart).tolist() == [[1, 1]]
    assert maximize_general_f(together).tolist() == [[0, 0]]


def test_what_is_worth_deciding_depends_on_the_other_labels():
    # 0.4 is enough beside another 0.4, and too little beside a certain label ...
    assert maximize_expected_f([[0.4, 0.4]]).tolist() == [[1, 1]]
    # ... where one label gives .6 + .4 * 2/3 = .867 and both .6 * 2/3 + .4 = .8.
    assert maximize_expected_f([[1.0, 0.4]]).tolist() == [[1, 0]]


def test_the_value_of_an_empty_row_decides_about_rare_labels():
    assert maximize_expected_f([[0.1, 0.2]]).tolist() == [[0, 0]]
    assert maximize_expected_f([[0.1, 0.2]], empty_value=0).sum() >= 1


def test_beta_above_one_decides_for_more():
    proba = np.random.default_rng(1).random((50, 6)) ** 2
    sizes = [maximize_expected_f(proba, beta=b).sum() for b in (0.5, 1, 2)]

    assert sizes[0] < sizes[1] < sizes[2]


def test_exclusive_labels_are_better_all_decided_for():
    # One of the three is true: one label is worth 1/3, all of them 2 / 4.
    table = np.zeros((1, 3, 3))
    table[0, :, 0] = 1 / 3

    assert maximize_general_f(table).tolist() == [[1, 1, 1]]


def test_the_order_of_the_labels_depends_on_the_size_of_the_set():
    # Label 1 comes before labels 2 and 3 in sets of three, and after them in sets of
    # four, the best: alone in its row it loses more to a longer decision.
    joint = np.zeros(64)
    members = [[0, 0, 1, 1, 0, 1], [1, 0, 0, 0, 0, 1], [0, 1, 0, 0, 0, 0], [0] * 6]
    joint[np.array(members) @ (1 << np.arange(6)[::-1])] = np.array([3, 4, 2, 2]) / 11

    decided = maximize_general_f([size_table(joint, 6)], empty_value=0)[0]

    assert decided.tolist() == [1, 0, 1, 1, 0, 1]
    assert expected_f(joint, decided, empty_value=0) == pytest.approx(
        greatest(joint, 6, empty_value=0)
    )


def test_of_equally_good_sets_the_smallest_is_taken():
    # No label: 1/2; the label: 1/2.
    assert maximize_expected_f([[0.5]]).tolist() == [[0]]
    assert maximize_general_f([[[0.5]]]).tolist() == [[0]]


def test_blocks_change_nothing(monkeypatch):
    proba = np.random.default_rng(2).random((30, 6))
    whole = maximize_expected_f(proba)

    monkeypatch.setattr(expected, "_BLOCK_NUMBERS", 4 * 7**2)

    np.testing.assert_array_equal(maximize_expected_f(proba), whole)


def test_many_labels_stay_exact():
    # 300 labels of one probability: all or none, and surely not none.
    assert maximize_expected_f(np.full((1, 300), 0.3)).sum() == 300


def test_frames_keep_their_names_and_values():
    frame = pd.DataFrame([[0.4, 0.9]], columns=["a", "b"])
    before = frame.copy()

    assert list(maximize_expected_f(frame).columns) == ["a", "b"]
    pd.testing.assert_frame_equal(frame, before)


def test_no_rows_and_no_labels():
    assert maximize_expected_f(np.empty((0, 3))).shape == (0, 3)
    assert maximize_expected_f(np.empty((2, 0))).shape == (2, 0)
    assert maximize_general_f(np.empty((0, 3, 3))).shape == (0, 3)
    assert maximize_general_f(np.empty((2, 0, 0))).shape == (2, 0)


@pytest.mark.parametrize("beta", [0, 0.123456, 11, -1])
def test_beta_must_be_a_ratio(beta):
    with pytest.raises(OptionError, match="beta must be"):
        maximize_expected_f([[0.5]], beta=beta)


def test_beta_of_the_general_form_must_be_positive():
    with pytest.raises(OptionError, match="beta must be more than 0"):
        maximize_general_f([[[0.5]]], beta=0)


@pytest.mark.parametrize(
    ("decide", "data"),
    [(maximize_expected_f, [[0.5]]), (maximize_general_f, [[[0.5]]])],
)
def test_the_value_of_an_empty_row_is_a_share(decide, data):
    with pytest.raises(OptionError, match=r"empty_value must be in \[0, 1\]"):
        decide(data, empty_value=1.5)


@pytest.mark.parametrize(
    ("table", "error", "match"),
    [
        ([[0.5]], ShapeError, r"must be \(n_samples, n_labels, n_labels\)"),
        (np.zeros((1, 2, 3)), ShapeError, r"got shape \(1, 2, 3\)"),
        ([[[1.5]]], ScoresError, r"outside \[0, 1\]"),
        ([[["x"]]], ScoresError, "array of numbers"),
        (np.full((1, 2, 2), 0.9), ScoresError, "row 0 of size_table have probability"),
    ],
)
def test_tables_that_are_none_are_refused(table, error, match):
    with pytest.raises(error, match=match):
        maximize_general_f(table)


@pytest.mark.parametrize(
    ("proba", "match"),
    [
        ([[2.0]], r"outside \[0, 1\]"),
        ([[-0.1]], r"outside \[0, 1\]"),
        ([[np.nan]], "not finite"),
        ([["x"]], "matrix of numbers"),
        ([0.5], r"got shape \(1,\)"),
        ([[0.1], [0.1, 0.2]], "matrix of numbers"),
    ],
)
def test_only_probabilities_are_taken(proba, match):
    with pytest.raises(ScoresError, match=match):
        maximize_expected_f(proba)
