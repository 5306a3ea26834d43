"""Counts of right and wrong labels."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis.extra import numpy as npst
from sklearn.metrics import multilabel_confusion_matrix

from mlkit.alignment import align_prediction
from mlkit.metrics import confusion_counts
from mlkit.metrics.counts import resample_labels

from .cases import NAN, bits, pairs_of, partly_known, several_pairs, some

Y = np.array([[1, 0, 1], [0, 1, 0], [0, 0, 0]])
Y_PRED = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 1]])
UNKNOWN = np.array([[1, NAN, NAN], [0, 1, 0], [NAN, NAN, NAN]])


def parts(counts):
    names = ("true_positive", "false_positive", "false_negative", "true_negative")
    return [getattr(counts, name).tolist() for name in names]


def test_counts_by_hand():
    counts = confusion_counts(Y, Y_PRED)
    assert parts(counts.by_example) == [[1, 1, 0], [1, 0, 1], [1, 0, 0], [0, 2, 2]]
    assert parts(counts.by_label) == [[1, 1, 0], [0, 1, 1], [0, 0, 1], [2, 1, 1]]
    assert counts.by_example.wrong.tolist() == [2, 0, 1]
    assert counts.by_label.wrong.tolist() == [0, 1, 2]


def test_pooled_counts_are_one_unit_of_all_cells():
    pooled = confusion_counts(Y, Y_PRED).pooled
    assert parts(pooled) == [[2], [2], [1], [4]]
    assert pooled.n_cells.tolist() == [9]


@some
@given(several_pairs)
def test_counts_agree_with_scikit_learn(pair):
    true, predicted = pair
    counts = confusion_counts(true, predicted)
    for units, samplewise in ((counts.by_label, False), (counts.by_example, True)):
        expected = multilabel_confusion_matrix(true, predicted, samplewise=samplewise)
        tp, fp, fn, tn = parts(units)
        assert expected.reshape(-1, 4).T.tolist() == [tn, fp, fn, tp]


@some
@given(pairs_of(partly_known, bits))
def test_rows_and_labels_add_up_to_the_same(pair):
    counts = confusion_counts(*pair)
    assert parts(counts.by_example.pooled) == parts(counts.by_label.pooled)
    assert sum(map(sum, parts(counts.pooled))) == counts.pooled.n_cells[0]


@pytest.mark.parametrize("left", [np.asarray, sp.csr_array, sp.coo_matrix])
@pytest.mark.parametrize("right", [np.asarray, sp.csr_array, sp.lil_matrix])
def test_containers_do_not_matter(left, right):
    counts = confusion_counts(left(Y), right(Y_PRED))
    expected = confusion_counts(Y, Y_PRED)
    for unit in ("by_example", "by_label", "pooled"):
        assert parts(getattr(counts, unit)) == parts(getattr(expected, unit))


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
@pytest.mark.parametrize("shape", [(300, 1), (1, 300)])
def test_more_positives_than_int8_can_hold(container, shape):
    full = container(np.ones(shape, dtype=np.int8))
    counts = confusion_counts(full, full)
    assert counts.by_label.true_positive.sum() == 300
    assert counts.by_example.actual.sum() == 300
    assert counts.pooled.predicted.tolist() == [300]
    assert counts.by_label.actual.dtype == np.int64


@pytest.mark.parametrize("left", [np.asarray, sp.csr_array])
@pytest.mark.parametrize("right", [np.asarray, sp.csr_array])
def test_unknown_cells_are_not_counted(left, right):
    # Y_PRED has a 1 in two unknown cells: right or wrong, they must not show.
    counts = confusion_counts(left(UNKNOWN), right(Y_PRED))
    rows, labels = counts.by_example, counts.by_label
    assert rows.n_cells.tolist() == [1, 3, 0]
    assert labels.n_cells.tolist() == [2, 1, 1]
    assert counts.pooled.n_cells.tolist() == [4]
    assert rows.predicted.tolist() == [1, 1, 0]
    assert parts(rows) == [[1, 1, 0], [0, 0, 0], [0, 0, 0], [0, 2, 0]]
    assert labels.true_negative.tolist() == [1, 0, 1]
    assert counts.pooled.true_negative.tolist() == [2]
    assert rows.present.tolist() == [True, True, False]
    assert labels.present.all()


def test_where_all_is_known_every_unit_has_all_cells():
    counts = confusion_counts(Y.astype(float), Y_PRED)
    assert counts.by_example.n_cells.tolist() == [3, 3, 3]
    assert counts.by_label.n_cells.tolist() == [3, 3, 3]
    assert counts.by_example.present.all()


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
    for truth in (Y, UNKNOWN):
        pair = sp.csr_array(truth), sp.csr_array(Y_PRED)
        assert confusion_counts(*pair).pooled.true_positive.tolist() == [2]
        drawn = resample_labels(*align_prediction(*pair), np.ones((1, 3)))
        assert drawn.true_positive.tolist() == [[1, 1, 0]]


def test_arguments_are_not_modified():
    true, predicted = Y.astype(np.int8), sp.csr_array(Y_PRED)
    true.flags.writeable = False
    for buffer in (predicted.data, predicted.indices, predicted.indptr):
        buffer.flags.writeable = False
    counts = confusion_counts(true, predicted)
    assert counts.pooled.true_positive.tolist() == [2]


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
@some
@given(
    pair=pairs_of(partly_known, bits),
    weights=npst.arrays(np.int8, (2, 6), elements={"min_value": 0, "max_value": 3}),
)
def test_weighted_rows_count_as_repeated_ones(container, pair, weights):
    true, predicted = pair
    weights = weights[:, : len(true)]
    checked = align_prediction(container(true), container(predicted))
    drawn = resample_labels(*checked, weights.astype(float))
    for b, times in enumerate(weights):
        if times.any():
            repeated = [np.repeat(part, times, axis=0) for part in pair]
            expected = confusion_counts(*repeated).by_label
            assert [part[b] for part in parts(drawn)] == parts(expected)
            assert drawn.n_cells[b].tolist() == expected.n_cells.tolist()


def test_pooled_counts_of_resamples_are_one_unit_each():
    checked = align_prediction(Y, Y_PRED)
    drawn = resample_labels(*checked, np.array([[1.0, 1.0, 1.0], [0.0, 2.0, 0.0]]))
    assert drawn.pooled.true_positive.tolist() == [[2], [2]]
    assert drawn.pooled.n_cells.tolist() == [[9], [6]]
