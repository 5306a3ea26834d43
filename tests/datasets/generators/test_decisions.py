"""The optimal decisions against all 2^q decisions, one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, hamming_loss, zero_one_loss

from mlkit.datasets.generators.decisions import RULES, marginals

LOSSES = ["hamming", "subset", "f1"]


def all_sets(n_labels):
    return np.array(list(itertools.product([0, 1], repeat=n_labels)), dtype=np.int8)


def one_loss(y, decided, loss):
    """Loss of one decision against one label set, by scikit-learn."""
    y, decided = y[np.newaxis], decided[np.newaxis]
    if loss == "hamming":
        return hamming_loss(y, decided)
    if loss == "subset":
        return zero_one_loss(y, decided)
    # A label that is never on changes no F1; scikit-learn wants two labels at least.
    y, decided = np.pad(y, [(0, 0), (0, 1)]), np.pad(decided, [(0, 0), (0, 1)])
    return 1 - f1_score(y, decided, average="samples", zero_division=1)


def loss_table(n_labels, loss):
    """Losses of all decisions (rows) against all label sets (columns)."""
    sets = all_sets(n_labels)
    return np.array([[one_loss(y, decided, loss) for y in sets] for decided in sets])


TABLES = {(q, loss): loss_table(q, loss) for q in (1, 2, 4) for loss in LOSSES}


@st.composite
def joints(draw, n_labels):
    """One distribution, often with zeros and ties."""
    parts = draw(
        st.lists(st.integers(0, 5), min_size=1 << n_labels, max_size=1 << n_labels)
        .filter(any)
        .map(np.array)
    )
    return (parts / parts.sum())[np.newaxis]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("n_labels", [1, 2, 4])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_decision_is_better_than_the_best(n_labels, loss, data):
    joint = data.draw(joints(n_labels))
    sets = all_sets(n_labels)
    expected = TABLES[n_labels, loss] @ joint[0]

    best = RULES[loss].best(joint, sets)
    found = RULES[loss].expected(joint, sets, best.astype(np.int8))

    assert found[0] == pytest.approx(expected.min(), abs=1e-11)


@pytest.mark.parametrize("loss", LOSSES)
def test_expected_loss_is_the_average_over_all_label_sets(loss):
    sets = all_sets(4)
    rng = np.random.default_rng(0)
    joint = rng.dirichlet(np.full(16, 0.3))

    found = RULES[loss].expected(np.tile(joint, (16, 1)), sets, sets)

    np.testing.assert_allclose(found, TABLES[4, loss] @ joint, atol=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_rows_do_not_disturb_each_other(loss):
    sets = all_sets(4)
    joint = np.random.default_rng(1).dirichlet(np.full(16, 0.3), size=50)

    together = RULES[loss].best(joint, sets)
    alone = np.vstack([RULES[loss].best(row[np.newaxis], sets) for row in joint])

    np.testing.assert_array_equal(together, alone)
    assert len(np.unique(together, axis=0)) > 3  # the rows really differ


@pytest.mark.parametrize("loss", LOSSES)
def test_labels_may_change_places(loss):
    """Renaming the labels renames the decision."""
    sets = all_sets(3)
    joint = np.random.default_rng(2).dirichlet(np.full(8, 0.5), size=20)
    order = [2, 0, 1]
    place = sets[:, order] @ [4, 2, 1]
    moved = np.empty_like(joint)
    moved[:, place] = joint

    best = RULES[loss].best(joint, sets)

    np.testing.assert_array_equal(RULES[loss].best(moved, sets), best[:, order])


def test_marginals_of_the_textbook_example():
    joint = np.array([[0.4, 0.0, 0.3, 0.3]])

    np.testing.assert_allclose(marginals(joint, all_sets(2)), [[0.6, 0.3]])


def test_marginals_never_exceed_one():
    joint = np.full((1, 8), 0.0)
    joint[0, 4:] = [0.1, 0.2, 0.3, 0.4000000000000001]

    assert marginals(joint, all_sets(3)).max() == 1.0


# P(00), P(01), P(10), P(11) -> the decision that the rule for ties takes.
TIES = {
    "hamming: one half stays off": ("hamming", [0.5, 0.0, 0.0, 0.5], [0, 0]),
    "hamming: one half, with a rounding error": (
        "hamming",
        [0.2, 0.3, 0.2 + 1e-17, 0.3],
        [0, 1],
    ),
    "subset: the first label": ("subset", [0.0, 0.5, 0.5, 0.0], [1, 0]),
    "subset: fewer labels first": ("subset", [0.5, 0.0, 0.0, 0.5], [0, 0]),
    "f1: nothing rather than one label": ("f1", [0.5, 0.0, 0.5, 0.0], [0, 0]),
    "f1: the first of two equal labels": ("f1", [0.55, 0.225, 0.225, 0.0], [0, 0]),
    "f1: both of two equal labels": ("f1", [0.0, 0.5, 0.5, 0.0], [1, 1]),
}


@pytest.mark.parametrize("case", TIES)
def test_ties(case):
    loss, joint, expected = TIES[case]

    best = RULES[loss].best(np.array([joint]), all_sets(2))

    assert best[0].astype(int).tolist() == expected


def test_a_smaller_label_set_wins_a_tie_wherever_it_stands():
    joint = np.zeros((1, 8))
    joint[0, [3, 4]] = 0.5  # 011 and 100

    best = RULES["subset"].best(joint, all_sets(3))

    assert best.tolist() == [[1, 0, 0]]


def test_f1_by_hand():
    """P(100) = P(010) = P(001) = P(111) = 1/4: decide for all three."""
    joint = np.zeros((1, 8))
    joint[0, [1, 2, 4]] = 0.25
    joint[0, 7] = 0.25
    # Size 1 is worth .25 + .25 * .5, size 2 .5 * 2/3 + .25 * .8, size 3 .375 + .25.
    worth = [1 - RULES["f1"].expected(joint, all_sets(3), np.array([d]))[0]
             for d in ([1, 0, 0], [1, 1, 0], [1, 1, 1])]  # fmt: skip

    np.testing.assert_allclose(worth, [0.375, 1 / 3 + 0.2, 0.625])
    assert RULES["f1"].best(joint, all_sets(3)).astype(int).tolist() == [[1, 1, 1]]
