"""Metrics of whole cells and whole rows."""

import math

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import sklearn.metrics as skm
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from mlkit.exceptions import OptionError
from mlkit.metrics import (
    f1_of_averages_score,
    f1_score,
    hamming_loss,
    hamming_score,
    precision_score,
    prediction_problems,
    recall_score,
    subset_accuracy_score,
    subset_zero_one_loss,
)

from .cases import (
    NAN,
    bits,
    label_pairs,
    pairs_of,
    partly_known,
    several_pairs,
    some,
)


@some
@given(pair=several_pairs)
def test_cells_and_rows_agree_with_scikit_learn(pair):
    assert hamming_loss(*pair) == pytest.approx(skm.hamming_loss(*pair))
    assert subset_accuracy_score(*pair) == pytest.approx(skm.accuracy_score(*pair))
    assert subset_zero_one_loss(*pair) == pytest.approx(skm.zero_one_loss(*pair))


@some
@given(pair=label_pairs)
def test_all_averages_of_the_hamming_loss_are_the_same_where_all_is_known(pair):
    loss = hamming_loss(*pair)
    for average in ("micro", "example", "macro"):
        assert hamming_loss(*pair, average=average) == pytest.approx(loss)
        assert hamming_score(*pair, average=average) == pytest.approx(1 - loss)


@some
@given(pair=pairs_of(partly_known, bits))
def test_rows_and_cells_bound_each_other(pair):
    cells, rows = hamming_score(*pair, average="example"), subset_accuracy_score(*pair)
    if not math.isnan(cells):
        n_labels = pair[0].shape[1]
        assert rows <= cells + 1e-12
        assert rows >= 1 - n_labels * (1 - cells) - 1e-12
        assert rows == pytest.approx(1 - subset_zero_one_loss(*pair))


# Row 0 has one known label and a wrong one, row 1 three and no wrong one.
UNKNOWN, PREDICTED = (
    [[1, NAN, NAN], [0, 1, 0], [NAN] * 3],
    [[0, 1, 1], [0, 1, 0], [1] * 3],
)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, 1 / 4),
        ({"average": "micro"}, 1 / 4),
        ({"average": "example"}, (1 + 0) / 2),
        ({"average": "macro"}, (1 / 2 + 0 + 0) / 3),
        ({"convention": "mulan"}, 1 / 4),
        ({"convention": "meka"}, 1 / 2),
        ({"convention": "meka", "average": "micro"}, 1 / 4),
    ],
)
def test_hamming_loss_of_unknown_labels(options, expected):
    assert hamming_loss(UNKNOWN, PREDICTED, **options) == pytest.approx(expected)


def test_hamming_score_weighted_and_by_label():
    Y, predicted = [[1, 0], [1, 1], [1, 0]], [[1, 1], [0, 1], [1, 0]]
    assert hamming_score(Y, predicted, average=None).tolist() == [2 / 3, 2 / 3]
    assert hamming_score(Y, [[1, 1], [1, 1], [1, 1]], average="weighted") == (
        pytest.approx((3 * 1 + 1 * 1 / 3) / 4)
    )


@some
@given(pair=several_pairs, data=st.data())
def test_known_cells_agree_with_scikit_learn(pair, data):
    true, predicted = pair
    known = data.draw(npst.arrays(bool, true.shape))
    if not known.any():
        return
    unknown = np.where(known, true, NAN)
    cells = true[known], predicted[known]
    wrong = skm.zero_one_loss(*cells)
    assert hamming_loss(unknown, predicted) == pytest.approx(wrong)
    micro = skm.f1_score(*cells, zero_division=0.0)
    assert f1_score(unknown, predicted, average="micro") == pytest.approx(micro)
    columns = [
        skm.f1_score(true[rows, j], predicted[rows, j], zero_division=0.0)
        for j, rows in enumerate(known.T)
        if rows.any()
    ]
    macro = f1_score(unknown, predicted, average="macro")
    assert macro == pytest.approx(np.mean(columns))
    right = [
        skm.accuracy_score(true[i, row], predicted[i, row]) == 1
        for i, row in enumerate(known)
        if row.any()
    ]
    assert subset_accuracy_score(unknown, predicted) == pytest.approx(np.mean(right))


def test_an_empty_row_that_is_predicted_empty_is_right():
    value = subset_accuracy_score([[0, 0], [1, 0]], [[0, 0], [0, 0]])
    assert value == 0.5
    assert value.undefined == 0


class TestF1OfAverages:
    @pytest.mark.parametrize("average", ["example", "macro"])
    @some
    @given(pair=label_pairs)
    def test_it_is_the_harmonic_mean_and_at_least_the_mean_f1(self, average, pair):
        parts = [f(*pair, average=average) for f in (precision_score, recall_score)]
        expected = 2 * math.prod(parts) / sum(parts) if sum(parts) else 0.0
        found = f1_of_averages_score(*pair, average=average)
        assert found == pytest.approx(expected)
        assert found >= f1_score(*pair, average=average) - 1e-12
        assert found.undefined == max(part.undefined for part in parts)

    def test_it_can_be_twice_as_large(self):
        Y, predicted = np.eye(2, 20, dtype=int), np.eye(2, 20, dtype=int)
        Y[0], predicted[1] = 1, 1
        predicted[0, 1:], Y[1, :1] = 0, 0
        mean = f1_score(Y, predicted, average="example")
        assert f1_of_averages_score(Y, predicted, average="example") > 2 * mean

    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ({}, 1 / 2),
            ({"zero_division": 1.0}, 1.0),
            ({"zero_division": NAN}, 1.0),
            ({"convention": "mulan"}, 1.0),
            ({"convention": "meka"}, 1 / 2),
        ],
    )
    def test_what_an_empty_row_counts(self, options, expected):
        Y = [[0, 0], [1, 0]]
        assert f1_of_averages_score(Y, Y, average="example", **options) == expected

    @pytest.mark.parametrize("average", ["micro", "weighted", None])
    def test_other_averages(self, average):
        with pytest.raises(
            OptionError, match="average must be one of 'example', 'macro'"
        ):
            f1_of_averages_score([[1]], [[1]], average=average)


class TestProblems:
    def test_by_hand(self):
        # Label 0 is always predicted; 1 is there, never predicted; 2 is never there and
        # never predicted; 3 is predicted, and never rightly.
        Y = [[1, 1, 0, 1], [1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
        predicted = [[1, 0, 0, 0], [1, 0, 0, 1], [1, 0, 0, 0], [1, 0, 0, 0]]
        found = prediction_problems(Y, predicted)
        assert found.to_dict() == {
            "cardinality": 5 / 4,
            "predicted_cardinality": 5 / 4,
            "empty_rows": 2 / 4,
            "predicted_empty_rows": 0.0,
            "constant_labels": 3 / 4,
            "never_predicted_labels": 1 / 4,
            "never_right_labels": 2 / 4,
        }

    def test_a_good_macro_average_can_hide_a_label_that_was_given_up(self):
        Y = np.tile(np.eye(10, dtype=int), (5, 1))
        predicted = Y.copy()
        predicted[:, 7] = 0
        assert f1_score(Y, predicted, average="macro") == 0.9
        found = prediction_problems(Y, predicted)
        assert found["never_predicted_labels"] == found["never_right_labels"] == 0.1

    def test_unknown_cells_are_left_out(self):
        found = prediction_problems(UNKNOWN, PREDICTED)
        assert found["cardinality"] == found["predicted_cardinality"] + 1 / 2 == 1.0
        assert found["empty_rows"] == 0.0
        assert found["predicted_empty_rows"] == 1 / 2
        assert found["never_right_labels"] == found["never_predicted_labels"] == 1 / 3

    def test_where_nothing_is_known_all_is_nan(self):
        assert prediction_problems([[NAN, NAN]], [[1, 0]]).isna().all()

    def test_containers_do_not_matter(self):
        Y, predicted = np.array(UNKNOWN), np.array(PREDICTED)
        expected = prediction_problems(Y, predicted)
        for pair in (
            (sp.csr_array(Y), sp.csr_array(predicted)),
            (pd.DataFrame(Y), predicted),
        ):
            pd.testing.assert_series_equal(prediction_problems(*pair), expected)
