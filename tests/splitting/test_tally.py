import math

import numpy as np
import pytest
import scipy.sparse as sp

from mlkit.exceptions import ShapeError
from mlkit.splitting.tally import row_positions, tally

Y = sp.csr_array(np.array([[1, 0, 1], [1, 1, 1], [0, 1, 1], [0, 0, 1]]))


class TestTally:
    def test_counts_by_hand(self):
        counted = tally(Y, [np.array([0, 1]), np.array([2]), np.array([2, 3])])
        assert counted.positives.tolist() == [[2, 1, 2], [0, 1, 1], [0, 1, 2]]
        assert counted.sizes.tolist() == [2, 1, 2]
        assert counted.overall.tolist() == [2, 2, 4]
        assert counted.n_samples == 4

    def test_errors_by_hand(self):
        # The third column is 1 in all rows, and left out. Odds of the others in all
        # rows 1 and 1; in the part 1/2 and 2.
        errors = tally(Y, [np.array([1, 2, 3])]).distribution_errors()
        assert errors.tolist() == pytest.approx([(0.5 + 1.0) / 2])

    def test_a_column_in_every_row_of_a_part_only(self):
        errors = tally(Y, [np.array([0, 1]), np.array([0, 3])]).distribution_errors()
        assert errors[0] == math.inf
        assert errors[1] == 0.5

    def test_nothing_to_compare(self):
        errors = tally(Y[:, [2]], [np.array([0]), np.array([1])]).distribution_errors()
        assert np.isnan(errors).tolist() == [True, True]

    def test_no_columns(self):
        counted = tally(sp.csr_array((4, 0)), [np.array([0]), np.array([1])])
        assert counted.positives.shape == (2, 0)
        assert np.isnan(counted.distribution_errors()).all()


class TestRowPositions:
    def test_lists_arrays_and_masks(self):
        got = row_positions([[3, 0], np.array([1]), [False, True, False, True]], 4)
        assert [rows.tolist() for rows in got] == [[3, 0], [1], [1, 3]]

    def test_zeros_and_ones_as_numbers_are_positions(self):
        assert row_positions([np.array([0, 1, 1, 0])], 4)[0].tolist() == [0, 1, 1, 0]

    @pytest.mark.parametrize("rows", [[4], [-1], [0, 9]])
    def test_out_of_range(self, rows):
        with pytest.raises(ShapeError, match=r"are asked for, but Y has 4"):
            row_positions([rows], 4)

    @pytest.mark.parametrize("parts", [[], [[0], []], [[False] * 4]])
    def test_empty(self, parts):
        with pytest.raises(ShapeError, match="have no row to test"):
            row_positions(parts, 4)
