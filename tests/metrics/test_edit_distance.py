"""The edit distance of label rows."""

import math

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given

from mlkit.metrics import Evidence, hamming_loss, levenshtein_loss
from mlkit.metrics.edit_distance import row_distances

from .cases import NAN, bits, label_pairs, pairs_of, partly_known, some
from .textbook import levenshtein


@pytest.mark.parametrize(
    ("true", "predicted", "edits"),
    [
        ([1, 0, 1, 0], [1, 0, 1, 0], 0),
        ([1, 0, 1, 0], [0, 1, 0, 1], 2),  # moved by one column
        ([1, 1, 0, 0], [0, 0, 1, 1], 4),
        ([1, 0, 0, 0, 0], [0, 0, 0, 0, 1], 2),
        ([0, 0, 0, 0], [1, 1, 1, 1], 4),
        ([1], [0], 1),
        ([1, NAN, 0, 1], [1, 0, 0, 1], 0),
        ([1, NAN, 0, 1], [0, 0, 0, 1], 1),
    ],
)
def test_distances_by_hand(true, predicted, edits):
    known = len(true) - np.isnan(true).sum()
    assert levenshtein_loss([true], [predicted]) == edits / known


@some
@given(pair=pairs_of(partly_known, bits))
def test_each_row_by_the_table_of_all_prefixes(pair):
    truth, predicted = pair
    found = row_distances(Evidence.of_labels(*pair), {})
    for value, row, guess in zip(found, truth, predicted, strict=True):
        known = ~np.isnan(row)
        expected = levenshtein(row[known], guess[known]) if known.any() else 0.0
        assert value == pytest.approx(expected)


@pytest.mark.parametrize("n_labels", [31, 64, 65, 200])
def test_rows_longer_than_a_machine_word(n_labels):
    rng = np.random.default_rng(n_labels)
    true, predicted = rng.integers(0, 2, (2, 3, n_labels))
    hidden = rng.random(true.shape) < 0.1
    partly = np.where(hidden, NAN, true)
    expected = [
        levenshtein(*(part[i, ~hidden[i]].tolist() for part in (true, predicted)))
        for i in range(3)
    ]
    assert levenshtein_loss(partly, predicted) == pytest.approx(np.mean(expected))


@some
@given(pair=label_pairs)
def test_at_most_the_hamming_loss_and_a_distance(pair):
    true, predicted = pair
    loss = levenshtein_loss(true, predicted)
    assert loss <= hamming_loss(true, predicted) + 1e-12
    assert loss == levenshtein_loss(predicted, true)
    assert (loss == 0) == (true == predicted).all()
    # Words that are both read backwards are as far from each other.
    assert loss == levenshtein_loss(true[:, ::-1], predicted[:, ::-1])


def test_the_order_of_labels_matters():
    true, predicted = np.array([[1, 0, 0]]), np.array([[0, 1, 1]])
    order = [1, 0, 2]
    loss = levenshtein_loss(true, predicted)
    assert levenshtein_loss(true[:, order], predicted[:, order]) != loss


def test_rows_of_which_nothing_is_known_leave_the_mean():
    value = levenshtein_loss([[1, 0], [NAN, NAN]], [[0, 0], [1, 1]])
    assert value == 0.5
    assert (value.units, value.kind) == (1, "row")
    assert math.isnan(levenshtein_loss([[NAN]], [[1]]))


@pytest.mark.parametrize("left", [np.asarray, sp.csr_array])
@pytest.mark.parametrize("right", [np.asarray, sp.csr_array])
def test_containers_do_not_matter(left, right):
    truth = np.array([[1, NAN, 0, 1], [0, 0, 1, 1]])
    predicted = np.array([[0, 1, 0, 1], [1, 0, 0, 1]])
    expected = levenshtein_loss(truth, predicted)
    assert levenshtein_loss(left(truth), right(predicted)) == expected
