from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from mlkit.exceptions import ResamplingWarning
from mlkit.resampling import REMEDIAL
from mlkit.resampling.ratios import is_minority

# Counts 6, 5, 1: IRLbl 1, 1.2, 6 with mean 2.73; only the last label is rare.
Y = np.array([[1, 0, 0], [1, 1, 1], [1, 1, 0], [1, 1, 0], [1, 1, 0], [1, 1, 0]])
X = np.arange(6)[:, None]


def test_a_mixed_row_becomes_two():
    sampler = REMEDIAL()
    X_parted, Y_parted = sampler.fit_resample(X, Y)

    assert sampler.sample_indices_.tolist() == [0, 1, 2, 3, 4, 5, 1]
    assert X_parted.ravel().tolist() == [0, 1, 2, 3, 4, 5, 1]
    assert Y_parted[[1, 6]].tolist() == [[1, 1, 0], [0, 0, 1]]
    np.testing.assert_array_equal(Y_parted[[0, 2, 3, 4, 5]], Y[[0, 2, 3, 4, 5]])


def test_scumble_by_hand():
    # IRLbl 1 and 4 in the last row: 1 - sqrt(4) / 2.5 = 0.2, above the mean of 0.05.
    labels = np.array([[1, 0], [1, 0], [1, 0], [1, 1]])
    _, parted = REMEDIAL().fit_resample(labels, labels)

    assert parted.tolist() == [[1, 0], [1, 0], [1, 0], [1, 0], [0, 1]]


def test_no_label_is_lost_and_none_is_added():
    rng = np.random.default_rng(0)
    labels = (rng.random((50, 5)) < [0.8, 0.6, 0.3, 0.1, 0.05]).astype(int)
    sampler = REMEDIAL()
    _, parted = sampler.fit_resample(labels, labels)
    rare = is_minority(labels.sum(axis=0))

    np.testing.assert_array_equal(parted.sum(axis=0), labels.sum(axis=0))
    assert not parted[50:][:, ~rare].any()
    assert (parted[50:].sum(axis=1) > 0).all()
    assert not parted[sampler.sample_indices_[50:]][:, rare].any()


def test_an_unknown_label_goes_with_its_half():
    labels = np.vstack([Y, [[np.nan, 1, 1]]])
    _, parted = REMEDIAL().fit_resample(np.arange(7)[:, None], labels)
    _, sparse = REMEDIAL().fit_resample(np.arange(7)[:, None], sp.csr_array(labels))

    np.testing.assert_array_equal(parted[6], [np.nan, 1, 0])
    np.testing.assert_array_equal(parted[-1], [0, 0, 1])
    np.testing.assert_array_equal(sparse.toarray(), parted)


@pytest.mark.parametrize("n_rows", [2, 4, 5, 7, 10])
def test_rows_that_are_all_alike_are_not_above_their_mean(n_rows):
    # Each row holds the frequent label and one of three rare ones: one SCUMBLE for all,
    # of which the mean may be rounded down.
    labels = np.repeat([[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1]], n_rows, axis=0)
    with pytest.warns(ResamplingWarning, match="changed nothing"):
        _, parted = REMEDIAL().fit_resample(labels, labels)

    assert len(parted) == len(labels)


def test_rows_of_frequent_labels_only_are_not_split():
    # SCUMBLE of the last four rows is above the mean; all their labels are frequent.
    labels = np.array([[1, 0, 0]] * 8 + [[1, 1, 0]] * 4 + [[0, 0, 1]])
    with pytest.warns(ResamplingWarning, match="both rare and frequent"):
        _, parted = REMEDIAL().fit_resample(labels, labels)

    np.testing.assert_array_equal(parted, labels)
