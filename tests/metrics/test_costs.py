"""Cost matrices, and the mean cost of a row."""

import math
import pickle

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from mlkit.exceptions import OptionError, ShapeError
from mlkit.metrics import METRICS, cost_loss, error_costs, hamming_loss
from mlkit.metrics.costs import RowCost, check_cost_matrix

from .cases import NAN, Y_PRED, Y, bits, label_pairs, pairs_of, partly_known, some


class TestErrorCosts:
    def test_one_matrix_for_all_labels(self):
        costs = error_costs(2, 5)
        # Rows are decisions, columns the truth.
        assert costs.tolist() == [[0.0, 5.0], [2.0, 0.0]]
        assert error_costs().tolist() == [[0.0, 1.0], [1.0, 0.0]]

    def test_one_matrix_a_label(self):
        costs = error_costs([1, 2], 5)
        assert costs.tolist() == [[[0, 5], [1, 0]], [[0, 5], [2, 0]]]
        assert error_costs(3, [4, 6])[:, 0, 1].tolist() == [4, 6]
        assert error_costs([1, 2], [3, 4]).shape == (2, 2, 2)

    @pytest.mark.parametrize(
        ("costs", "error", "match"),
        [
            (([1, 2], [1, 2, 3]), ShapeError, "one cost a label; got 2 and 3"),
            (([[1, 2]], 1), OptionError, r"or one a label; got shape \(1, 2\)"),
            ((1, "dear"), OptionError, "A cost must be a number, or one a label; got"),
        ],
    )
    def test_bad_costs(self, costs, error, match):
        with pytest.raises(error, match=match):
            error_costs(*costs)


class TestCheck:
    def test_it_returns_numbers(self):
        assert check_cost_matrix([[0, 1], [1, 0]]).dtype == np.float64
        assert check_cost_matrix(np.zeros((3, 2, 2)), 3).shape == (3, 2, 2)
        # One matrix serves any number of labels.
        assert check_cost_matrix([[0, 1], [1, 0]], 7).shape == (2, 2)

    @pytest.mark.parametrize(
        ("costs", "error", "match"),
        [
            (
                [1, 2],
                ShapeError,
                r"must be \(2, 2\).* got shape \(2,\)\. .*error_costs",
            ),
            (np.zeros((2, 3)), ShapeError, r"got shape \(2, 3\)"),
            (np.zeros((3, 2, 2)), ShapeError, "one matrix or 2, one a label; got 3"),
            ([[0, NAN], [1, 0]], OptionError, "Costs must be finite; got"),
            ([[0, np.inf], [1, 0]], OptionError, "Costs must be finite; got"),
            ([["a", 1], [1, 0]], OptionError, "cost_matrix must hold numbers; got"),
        ],
    )
    def test_bad_matrices(self, costs, error, match):
        with pytest.raises(error, match=match):
            check_cost_matrix(costs, 2)
        with pytest.raises(error, match=match):
            cost_loss([[1, 0]], [[1, 0]], cost_matrix=costs)


class TestCostLoss:
    def test_prices_by_hand(self):
        truth, predicted = [[1, 0, 1], [0, 0, 1]], [[0, 1, 1], [0, 1, 0]]
        # Row 0 misses label 0 and invents label 1; row 1 invents 1 and misses 2.
        assert cost_loss(truth, predicted) == 2.0
        assert cost_loss(truth, predicted, cost_matrix=error_costs(3, 5)) == 8.0
        prices = error_costs([1, 10, 1], [2, 0, 7])
        found = cost_loss(truth, predicted, cost_matrix=prices)
        assert found == ((2 + 10) + (10 + 7)) / 2

    def test_right_decisions_can_cost_or_gain_something(self):
        truth, predicted = [[1, 0, 1, 0]], [[1, 0, 0, 1]]
        assert cost_loss(truth, predicted, cost_matrix=[[1, 10], [100, -1000]]) == (
            -1000 + 1 + 10 + 100
        )

    def test_the_entry_has_prices_of_one(self):
        entry = METRICS["cost_loss"]
        assert entry(Y, Y_PRED) == cost_loss(Y, Y_PRED)
        prices = error_costs(1, 4)
        found = entry(Y, Y_PRED, cost_matrix=prices)
        assert found == cost_loss(Y, Y_PRED, cost_matrix=prices) > entry(Y, Y_PRED)

    @some
    @given(pair=label_pairs)
    def test_at_one_price_it_is_the_hamming_loss(self, pair):
        n_labels = pair[0].shape[1]
        assert cost_loss(*pair) == pytest.approx(n_labels * hamming_loss(*pair))

    @pytest.mark.parametrize("left", [np.asarray, sp.csr_array])
    @pytest.mark.parametrize("right", [np.asarray, sp.csr_array])
    @some
    @given(
        pair=pairs_of(partly_known, bits),
        costs=npst.arrays(float, (5, 2, 2), elements=st.integers(-2, 4)),
    )
    def test_cell_by_cell(self, left, right, pair, costs):
        rows = [
            sum(
                costs[j, z, int(y)]
                for j, (y, z) in enumerate(zip(row, guess, strict=True))
                if not math.isnan(y)
            )
            for row, guess in zip(*pair, strict=True)
            if not np.isnan(row).all()
        ]
        costs = costs[: pair[0].shape[1]]
        found = cost_loss(left(pair[0]), right(pair[1]), cost_matrix=costs)
        expected = np.mean(rows) if rows else NAN
        assert found == pytest.approx(expected, nan_ok=True)
        assert (found.units, found.kind) == (len(rows), "row")

    def test_nothing_sparse_is_made_dense(self, monkeypatch):
        def refuse(self, *args, **kwargs):
            msg = "made dense"
            raise AssertionError(msg)

        monkeypatch.setattr(sp.csr_array, "toarray", refuse)
        rows = sp.csr_array(np.eye(3))
        assert cost_loss(rows, rows, cost_matrix=error_costs([1, 2, 3])) == 0.0

    def test_it_travels_to_other_processes(self):
        cost = RowCost(((0.0, 1.0), (1.0, 0.0)))
        assert pickle.loads(pickle.dumps(cost)) == cost
