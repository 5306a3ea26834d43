"""The hierarchical loss."""

import math

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from mlkit.exceptions import LabelNameError, OptionError, ShapeError
from mlkit.metrics import cost_loss, hierarchical_loss

from .cases import NAN, bits, label_pairs, partly_known, some

NAMES = ["animal", "dog", "poodle", "plant"]
PARENTS = {"poodle": "dog", "dog": "animal"}


def loss(true, predicted, **options):
    Y = pd.DataFrame([true], columns=NAMES)
    return hierarchical_loss(Y, [predicted], **({"parents": PARENTS} | options))


@pytest.mark.parametrize(
    ("true", "predicted", "wrong"),
    [
        ([1, 1, 1, 0], [1, 1, 1, 0], 0),
        ([1, 1, 1, 0], [1, 1, 0, 0], 1),
        ([1, 1, 1, 0], [1, 0, 0, 0], 1),  # below a wrong dog nothing counts
        ([1, 1, 1, 0], [0, 0, 0, 0], 1),
        ([1, 1, 1, 0], [0, 0, 0, 1], 2),
        ([1, 0, 0, 0], [1, 1, 1, 0], 1),
        # Wrong two steps above: excused, although the dog itself is right.
        ([1, 1, 1, 0], [0, 1, 0, 0], 1),
        # An unknown label is never wrong and excuses nothing.
        ([NAN, 1, 1, 0], [0, 1, 0, 0], 1),
        ([1, NAN, 1, 0], [1, 0, 0, 0], 1),
    ],
)
def test_rows_by_hand(true, predicted, wrong):
    assert loss(true, predicted) == wrong


def test_costs_by_hand():
    true, predicted = [1, 1, 1, 0], [1, 0, 0, 1]
    assert loss(true, predicted, costs=2) == 4.0
    assert loss(true, predicted, costs=[8, 4, 2, 1]) == 5.0


def test_parents_may_be_a_list_in_the_order_of_columns():
    parents = [None, "animal", "dog", None]
    true, predicted = [1, 1, 1, 0], [0, 0, 0, 1]
    assert loss(true, predicted, parents=parents) == loss(true, predicted) == 2.0
    as_series = pd.Series(parents, index=NAMES, dtype=object).where(
        lambda column: column.notna(), None
    )
    assert loss(true, predicted, parents=as_series.to_dict()) == 2.0


def test_names_may_come_from_the_prediction():
    predicted = pd.DataFrame([[0, 0, 0, 0]], columns=NAMES)
    assert hierarchical_loss([[1, 1, 1, 0]], predicted, parents=PARENTS) == 1.0


def test_labels_without_names_are_numbered():
    assert hierarchical_loss([[1, 1]], [[0, 0]], parents={"label_1": "label_0"}) == 1.0


@some
@given(pair=label_pairs)
def test_a_flat_tree_counts_wrong_labels(pair):
    n_labels = pair[0].shape[1]
    expected = cost_loss(*pair)
    assert hierarchical_loss(*pair, parents={}) == expected
    assert hierarchical_loss(*pair, parents=[None] * n_labels) == expected


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
@some
@given(truth=partly_known((4, 6)), predicted=bits((4, 6)), data=st.data())
def test_random_trees_by_walking_up(container, truth, predicted, data):
    # The parent of a label comes before it in a random order of the columns.
    order = data.draw(st.permutations(range(6)))
    above = {order[i]: data.draw(st.sampled_from([None, *order[:i]])) for i in range(6)}
    costs = data.draw(st.lists(st.integers(0, 3), min_size=6, max_size=6))

    def is_wrong(i, j):
        return not math.isnan(truth[i, j]) and truth[i, j] != predicted[i, j]

    def counts(i, j):
        parent = above[j]
        while parent is not None:
            if is_wrong(i, parent):
                return False
            parent = above[parent]
        return is_wrong(i, j)

    rows = [
        sum(costs[j] for j in range(6) if counts(i, j))
        for i in range(4)
        if not np.isnan(truth[i]).all()
    ]
    parents = {
        f"label_{j}": None if p is None else f"label_{p}" for j, p in above.items()
    }
    found = hierarchical_loss(
        container(truth), container(predicted), parents=parents, costs=costs
    )
    assert found == pytest.approx(np.mean(rows) if rows else NAN, nan_ok=True)
    assert (found.units, found.kind) == (len(rows), "row")


@pytest.mark.parametrize(
    ("parents", "error", "match"),
    [
        ({"dog": "wolf"}, LabelNameError, "parents names 'wolf', which are no labels"),
        ({"wolf": "dog"}, LabelNameError, "no labels of Y .*'animal', 'dog', 'poodle'"),
        ({"dog": "dog"}, OptionError, "parents go in a circle: 'dog'"),
        (
            {"dog": "poodle", "poodle": "dog"},
            OptionError,
            r"go in a circle: 'dog', 'poodle'\. Some label must be a root \(None\)",
        ),
        (None, TypeError, "parents must be .*; got None"),
        (5, TypeError, "parents must be .*; got 5"),
        (
            [None, "animal"],
            ShapeError,
            "parents must have 4 entries, one a label; got 2",
        ),
    ],
)
def test_parents_are_checked(parents, error, match):
    with pytest.raises(error, match=match):
        loss([1, 0, 0, 0], [1, 0, 0, 0], parents=parents)


@pytest.mark.parametrize(
    ("costs", "error", "match"),
    [
        (-1, OptionError, "costs must be finite and at least 0, got -1"),
        (NAN, OptionError, "costs must be finite and at least 0, got nan"),
        ("dear", OptionError, "costs must be .*; got 'dear'"),
        ([1, 1, 1, np.inf], OptionError, "costs must be finite and at least 0"),
        ([1, 2], ShapeError, "costs must be one number or 4, one a label; got"),
    ],
)
def test_costs_are_checked(costs, error, match):
    with pytest.raises(error, match=match):
        loss([1, 0, 0, 0], [1, 0, 0, 0], costs=costs)


def test_where_nothing_is_known_it_is_nan():
    assert math.isnan(hierarchical_loss([[NAN]], [[1]], parents={}))


def test_a_deep_tree_needs_no_deep_recursion():
    n_labels = 2000
    parents = {f"label_{j}": f"label_{j - 1}" for j in range(1, n_labels)}
    Y = np.ones((1, n_labels), dtype=int)
    assert hierarchical_loss(Y, 1 - Y, parents=parents) == 1.0
