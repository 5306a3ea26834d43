import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from sklearn.metrics import multilabel_confusion_matrix

from mlkit.metrics import confusion_counts

Y = np.array([[1, 0, 1], [0, 1, 0], [0, 0, 0]])
Y_PRED = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 1]])

pairs = st.tuples(st.integers(1, 8), st.integers(2, 6)).flatmap(
    lambda shape: st.tuples(
        *[npst.arrays(np.int8, shape, elements=st.integers(0, 1))] * 2
    )
)


def test_counts_by_hand():
    counts = confusion_counts(Y, Y_PRED)
    rows, labels = counts.by_example, counts.by_label
    assert rows.true_positive.tolist() == [1, 1, 0]
    assert rows.false_positive.tolist() == [1, 0, 1]
    assert rows.false_negative.tolist() == [1, 0, 0]
    assert rows.true_negative.tolist() == [0, 2, 2]
    assert labels.true_positive.tolist() == [1, 1, 0]
    assert labels.false_positive.tolist() == [0, 1, 1]
    assert labels.false_negative.tolist() == [0, 0, 1]
    assert labels.true_negative.tolist() == [2, 1, 1]


def test_pooled_counts_are_one_unit_of_all_cells():
    pooled = confusion_counts(Y, Y_PRED).pooled
    assert pooled.n_cells == 9
    parts = (
        pooled.true_positive,
        pooled.false_positive,
        pooled.false_negative,
        pooled.true_negative,
    )
    assert [part.tolist() for part in parts] == [[2], [2], [1], [4]]


@given(pairs)
def test_counts_agree_with_scikit_learn(pair):
    true, predicted = pair
    counts = confusion_counts(true, predicted)
    for units, samplewise in ((counts.by_label, False), (counts.by_example, True)):
        expected = multilabel_confusion_matrix(true, predicted, samplewise=samplewise)
        ours = np.stack(
            [
                units.true_negative,
                units.false_positive,
                units.false_negative,
                units.true_positive,
            ],
            axis=1,
        )
        np.testing.assert_array_equal(ours.reshape(-1, 2, 2), expected)


@given(pairs, st.booleans(), st.booleans())
def test_sparse_counts_are_the_dense_ones(pair, left_sparse, right_sparse):
    true, predicted = pair
    dense = confusion_counts(true, predicted)
    mixed = confusion_counts(
        sp.csr_array(true) if left_sparse else true,
        sp.csr_array(predicted) if right_sparse else predicted,
    )
    for one, other in (
        (dense.by_example, mixed.by_example),
        (dense.by_label, mixed.by_label),
    ):
        assert one.n_cells == other.n_cells
        np.testing.assert_array_equal(one.true_positive, other.true_positive)
        np.testing.assert_array_equal(one.actual, other.actual)
        np.testing.assert_array_equal(one.predicted, other.predicted)


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
@pytest.mark.parametrize("shape", [(300, 1), (1, 300)])
def test_more_positives_than_int8_can_hold(container, shape):
    full = container(np.ones(shape, dtype=np.int8))
    counts = confusion_counts(full, full)
    assert counts.by_label.true_positive.sum() == 300
    assert counts.by_example.actual.sum() == 300
    assert counts.pooled.predicted.tolist() == [300]
    assert counts.by_label.actual.dtype == np.int64


NAN = float("nan")
UNKNOWN = np.array([[1, NAN, NAN], [0, 1, 0], [NAN, NAN, NAN]])


@pytest.mark.parametrize("left", [np.asarray, sp.csr_array])
@pytest.mark.parametrize("right", [np.asarray, sp.csr_array])
def test_unknown_cells_are_not_counted(left, right):
    # Y_PRED has a 1 in two unknown cells: right or wrong, they must not show.
    counts = confusion_counts(left(UNKNOWN), right(Y_PRED))
    rows, labels = counts.by_example, counts.by_label
    assert rows.n_cells.tolist() == [1, 3, 0]
    assert labels.n_cells.tolist() == [2, 1, 1]
    assert (rows.n_units, labels.n_units, counts.pooled.n_units) == (2, 3, 1)
    assert rows.n_known_cells == labels.n_known_cells == counts.pooled.n_cells == 4
    assert rows.predicted.tolist() == [1, 1, 0]
    assert rows.true_positive.tolist() == [1, 1, 0]
    assert rows.false_positive.tolist() == rows.false_negative.tolist() == [0, 0, 0]
    assert labels.true_negative.tolist() == [1, 0, 1]
    assert counts.pooled.true_negative.tolist() == [2]


def test_where_all_is_known_one_number_says_so():
    counts = confusion_counts(Y.astype(float), Y_PRED)
    assert (counts.by_example.n_cells, counts.by_example.n_units) == (3, 3)
    assert counts.by_label.n_known_cells == counts.pooled.n_cells == 9


def test_stored_zeros_of_a_sparse_matrix_are_not_positives():
    stored = sp.csr_array((np.array([1, 0]), np.array([0, 1]), np.array([0, 2])))
    counts = confusion_counts(stored, stored)
    assert counts.by_label.actual.tolist() == [1, 0]


def test_sparse_matrices_are_never_made_dense(monkeypatch):
    def refuse(self, *args, **kwargs):
        msg = "made dense"
        raise AssertionError(msg)

    monkeypatch.setattr(sp.csr_array, "toarray", refuse)
    monkeypatch.setattr(sp.csr_array, "todense", refuse)
    counts = confusion_counts(sp.csr_array(Y), sp.csr_array(Y_PRED))
    assert counts.pooled.true_positive.tolist() == [2]
    counts = confusion_counts(sp.csr_array(UNKNOWN), sp.csr_array(Y_PRED))
    assert counts.pooled.true_positive.tolist() == [2]


def test_arguments_are_not_modified():
    true, predicted = Y.astype(np.int8), sp.csr_array(Y_PRED)
    true.flags.writeable = False
    for buffer in (predicted.data, predicted.indices, predicted.indptr):
        buffer.flags.writeable = False
    counts = confusion_counts(true, predicted)
    assert counts.pooled.true_positive.tolist() == [2]
