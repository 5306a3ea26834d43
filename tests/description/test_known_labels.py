"""Labels in sparse form: containers, unknown cells, names, selection."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit import MultiLabelDataset
from mlkit.description.known_labels import known_labels
from mlkit.exceptions import IndicatorError, UnknownNameError

Y = np.array([[1, 0, 1], [0, 0, 1], [1, 0, 0]])
MASK = np.array([[False, True, False], [False, True, False], [False, False, True]])
WITH_NAN = np.where(MASK, np.nan, Y)


@pytest.mark.parametrize(
    "labels",
    [Y, Y.tolist(), Y.astype(bool), sp.csr_array(Y), sp.csc_array(Y), pd.DataFrame(Y)],
    ids=["array", "list", "bool", "csr", "csc", "frame"],
)
def test_containers(labels):
    known = known_labels(labels)

    assert isinstance(known.present, sp.csr_array)
    np.testing.assert_array_equal(known.present.toarray(), Y)
    assert known.unknown.nnz == 0
    assert (known.n_samples, known.n_labels) == (3, 3)
    assert known.counts.tolist() == [2, 0, 2]
    assert known.set_sizes.tolist() == [2, 1, 1]
    assert known.n_known.tolist() == [3, 3, 3]


def stored_nan():
    """A CSR in which an unknown label is a stored NaN."""
    cells = sp.coo_array(WITH_NAN)
    rows, columns = np.nonzero(~(WITH_NAN == 0))
    return sp.csr_array((WITH_NAN[rows, columns], (rows, columns)), shape=cells.shape)


def mask_with_stored_false():
    """A sparse mask that stores a False, which marks nothing."""
    rows, columns = np.indices(MASK.shape)
    cells = (MASK.ravel(), (rows.ravel(), columns.ravel()))
    return sp.csr_array(cells, shape=MASK.shape)


@pytest.mark.parametrize(
    "labels",
    [
        WITH_NAN,
        pd.DataFrame(WITH_NAN),
        stored_nan(),
        MultiLabelDataset(np.ones((3, 1)), Y & ~MASK, missing=MASK),
        MultiLabelDataset(
            np.ones((3, 1)), sp.csr_array(Y & ~MASK), missing=mask_with_stored_false()
        ),
    ],
    ids=["array", "frame", "csr", "dataset", "sparse dataset"],
)
def test_unknown_cells_are_kept_apart(labels):
    known = known_labels(labels)

    np.testing.assert_array_equal(known.unknown.toarray(), MASK)
    np.testing.assert_array_equal(known.present.toarray(), Y * ~MASK)
    assert known.n_unknown.tolist() == [0, 2, 1]
    assert known.n_known.tolist() == [3, 1, 2]


def test_names_are_those_of_the_container():
    frame = pd.DataFrame(Y, columns=["b", "a", "c"], index=["x", "y", "z"])

    assert known_labels(frame).names.tolist() == ["b", "a", "c"]
    assert known_labels(frame).rows.tolist() == ["x", "y", "z"]
    assert known_labels(Y).names.tolist() == [0, 1, 2]
    ds = MultiLabelDataset(np.ones((3, 1)), sp.csr_array(Y), label_names="bac")
    assert known_labels(ds).names.tolist() == ["b", "a", "c"]


def test_what_is_known_labels_already_is_not_checked_again():
    known = known_labels(Y)

    assert known_labels(known) is known


def test_the_argument_is_not_modified():
    mask = mask_with_stored_false()
    labels = sp.csr_array(Y)
    before = labels.copy()

    known_labels(MultiLabelDataset(np.ones((3, 1)), Y & ~MASK, missing=mask))
    known_labels(labels)

    assert mask.nnz == MASK.size
    assert (labels != before).nnz == 0


def test_mean_over_the_rows_of_a_label():
    known = known_labels(Y)

    means = known.mean_over_rows(np.array([1, 2, 6]))

    np.testing.assert_array_equal(means, [3.5, np.nan, 1.5])


def test_select_keeps_the_order_asked_for():
    known = known_labels(pd.DataFrame(WITH_NAN, columns=["a", "b", "c"]))

    picked = known.select(["c", "b"])

    assert picked.names.tolist() == ["c", "b"]
    assert picked.counts.tolist() == [2, 0]
    assert picked.n_unknown.tolist() == [1, 2]
    assert known.select(None) is known
    assert known_labels(Y).select([2, 2]).counts.tolist() == [2]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["sadd"], "Unknown label 'sadd'. Did you mean 'sad'"),
        ([0], "Unknown label '0'"),
    ],
)
def test_selecting_an_unknown_label(labels, message):
    known = known_labels(pd.DataFrame({"sad": [1, 0], "calm": [0, 1]}))

    with pytest.raises(UnknownNameError, match=message):
        known.select(labels)


def test_what_is_no_label_matrix_is_refused():
    with pytest.raises(IndicatorError, match="1 entry outside"):
        known_labels([[0, 2]])
