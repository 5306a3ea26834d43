import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from mlkit.splitting.units import label_pairs, make_units, sum_of_parts

Y = np.array([[1, 1, 1], [1, 0, 1], [0, 1, 0], [0, 0, 0]], dtype=np.int8)

matrices = st.tuples(st.integers(0, 12), st.integers(0, 7)).flatmap(
    lambda shape: npst.arrays(np.int8, shape, elements=st.integers(0, 1))
)


class TestLabelPairs:
    def test_by_hand(self):
        rows, pairs = label_pairs(sp.csr_array(Y))
        assert pairs.tolist() == [[0, 1], [0, 2], [1, 2]]
        assert rows.toarray().tolist() == [[1, 1, 1], [0, 1, 0], [0, 0, 0], [0, 0, 0]]

    @given(labels=matrices)
    def test_are_the_products_of_columns(self, labels):
        rows, pairs = label_pairs(sp.csr_array(labels))
        both = {
            (i, j): labels[:, i] * labels[:, j]
            for i in range(labels.shape[1])
            for j in range(i + 1, labels.shape[1])
        }
        occurring = [pair for pair, column in both.items() if column.any()]
        assert [tuple(pair) for pair in pairs.tolist()] == occurring
        assert rows.shape == (len(labels), len(occurring))
        for column, pair in zip(rows.toarray().T, occurring, strict=True):
            assert column.tolist() == both[pair].tolist()

    def test_codes_of_many_labels_do_not_overflow(self):
        # 70 000 squared is more than 32 bits hold, which scipy's indices are made of.
        labels = sp.csr_array(
            (np.ones(2, dtype=np.int8), ([0, 0], [69_998, 69_999])), shape=(1, 70_000)
        )
        assert label_pairs(labels)[1].tolist() == [[69_998, 69_999]]


class TestMakeUnits:
    def test_rows_are_units(self):
        units = make_units(sp.csr_array(Y))
        assert units.sizes.tolist() == [1, 1, 1, 1]
        assert units.columns is units.labels
        assert (units.n_pairs, units.grouped) == (0, False)

    def test_pairs_come_before_labels(self):
        units = make_units(sp.csr_array(Y), order=2)
        assert units.n_pairs == 3
        assert (units.columns[:, 3:] != units.labels).nnz == 0
        assert units.columns[:, :3].toarray()[1].tolist() == [0, 1, 0]

    def test_groups_sum_their_rows(self):
        units = make_units(sp.csr_array(Y), order=2, groups=np.array([1, 1, 0, 0]))
        assert units.sizes.tolist() == [2, 2]
        assert units.labels.toarray().tolist() == [[0, 1, 0], [1, 1, 1]]
        assert units.columns.toarray().tolist() == [
            [0, 0, 0, 0, 1, 0],
            [1, 2, 1, 2, 1, 2],
        ]
        assert units.grouped

    def test_groups_of_many_rows_do_not_overflow(self):
        # 300 positives are more than the int8 of the labels holds.
        labels = sp.csr_array(np.ones((300, 1), dtype=np.int8))
        units = make_units(labels, groups=np.zeros(300, dtype=np.int64))
        assert units.columns.toarray().tolist() == [[300]]
        assert units.labels.toarray().tolist() == [[1]]


class TestReordered:
    @pytest.mark.parametrize("order", [1, 2])
    def test_units_keep_what_they_carry(self, order):
        units = make_units(sp.csr_array(Y), order=order, groups=np.array([0, 1, 1, 2]))
        there = units.reordered(np.array([2, 0, 1]))
        assert there.sizes.tolist() == [1, 1, 2]
        assert there.labels.toarray().tolist() == [[0, 0, 0], [1, 1, 1], [1, 1, 1]]
        assert (there.columns != units.columns[[2, 0, 1]]).nnz == 0
        assert there.grouped


class TestSumOfParts:
    def test_by_hand(self):
        got = sum_of_parts(sp.csr_array(Y), np.array([0, 2, 0, 2]), 3)
        assert got.tolist() == [[1, 2, 1], [0, 0, 0], [1, 0, 1]]

    def test_values_stay_what_they_are(self):
        got = sum_of_parts(sp.csr_array(Y * 0.5), np.zeros(4, dtype=np.int64), 1)
        assert got.tolist() == [[1.0, 1.0, 1.0]]
