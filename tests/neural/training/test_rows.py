"""Rows as networks take them: dense parts, unknown labels, files on a disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from numpy.testing import assert_array_equal

from mlkit.neural.training import rows as module
from mlkit.neural.training.rows import (
    Rows,
    as_floats,
    n_rows_of,
    part_of,
    portions,
    take,
)

X = np.arange(24, dtype=np.float64).reshape(6, 4)
Y = np.array([[1, 0], [0, 1], [1, 1], [0, 0], [1, 0], [0, 1]], dtype=np.int8)


@pytest.fixture(params=["array", "sparse", "memmap"])
def features(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "array":
        return X
    if request.param == "sparse":
        return sp.csr_array(X)
    np.save(tmp_path / "x.npy", X)
    return np.load(tmp_path / "x.npy", mmap_mode="r")


def test_take_gives_dense_float32_in_the_order_asked_for(features):
    taken = take(features, np.array([4, 0, 4]))
    assert type(taken) is np.ndarray
    assert taken.dtype == np.float32
    assert_array_equal(taken, X[[4, 0, 4]])


def test_take_leaves_whole_numbers_as_they_are():
    pictures = np.arange(8, dtype=np.uint8).reshape(2, 2, 2)
    assert take(pictures, np.array([1])).dtype == np.uint8


def test_take_several_inputs(features):
    taken = take((features, Y), np.array([2]))
    assert_array_equal(taken[0], X[[2]])
    assert_array_equal(taken[1], Y[[2]])
    assert n_rows_of((features, Y)) == 6


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_unknown_labels_become_negative(container):
    missing = np.zeros_like(Y, dtype=bool)
    missing[1, 0] = missing[2, 1] = True
    rows = Rows(X, (container(Y * ~missing),), None, container(missing))
    (labels,) = rows.labels(np.array([1, 2, 3]))
    assert_array_equal(labels, [[-1, 1], [1, -1], [0, 0]])
    assert labels.dtype == np.float32


def test_labels_are_never_written_into_the_callers(features):
    missing = np.ones_like(Y, dtype=bool)
    before = Y.copy()
    Rows(features, (Y,), None, missing).labels(np.arange(6))
    assert_array_equal(Y, before)


def test_weights_are_ones_where_none_were_given():
    assert_array_equal(Rows(X, (Y,)).row_weights(np.array([1, 2])), [1, 1])
    weighted = Rows(X, (Y,), np.arange(6.0))
    assert_array_equal(weighted.row_weights(np.array([5, 2])), [5, 2])


def test_a_part_is_rows_too(features):
    rows = Rows(features, (Y, np.arange(6)), np.arange(6.0), Y == 1)
    part = rows[np.array([5, 1, 3])]
    assert len(part) == 3
    assert_array_equal(part.features(np.array([0, 2])), X[[5, 3]])
    assert_array_equal(part.labels(np.array([0, 2]))[1], [5, 3])
    assert_array_equal(part.row_weights(np.array([1])), [1])
    assert part.X.shape == (3, 4)


def test_a_part_of_a_file_reads_nothing(tmp_path):
    np.save(tmp_path / "x.npy", X)
    on_disk = np.load(tmp_path / "x.npy", mmap_mode="r")
    part = Rows(on_disk, (Y,))[np.array([5, 1])]
    assert not isinstance(part.X, np.ndarray)
    assert_array_equal(part.features(np.array([1])), X[[1]])


def test_portions_are_whole_batches_that_fit(monkeypatch):
    # Ten rows of 4 float32 and two targets: 24 bytes a row.
    monkeypatch.setattr(module, "_PORTION_BYTES", 24 * 10)
    parts = list(portions(np.arange(25), np.zeros((25, 4)), 2, batch_size=4))
    assert [len(part) for part in parts] == [8, 8, 8, 1]
    assert_array_equal(np.concatenate(parts), np.arange(25))


def test_portions_of_rows_larger_than_allowed_are_single_batches(monkeypatch):
    monkeypatch.setattr(module, "_PORTION_BYTES", 1)
    parts = list(portions(np.arange(5), X, 2, batch_size=2))
    assert [len(part) for part in parts] == [2, 2, 1]


def test_parts_of_a_file_are_not_read(tmp_path):
    np.save(tmp_path / "x.npy", X.astype(np.float32))
    on_disk = np.load(tmp_path / "x.npy", mmap_mode="r")
    # A check of scikit-learn makes an ordinary array of it, which is still the file.
    for given in (on_disk, np.asarray(on_disk)):
        part = part_of(given, np.array([4, 1]))
        assert not isinstance(part, np.ndarray)
        assert_array_equal(take(part, np.array([1, 0])), X[[1, 4]])
    assert isinstance(part_of(X, np.array([4, 1])), np.ndarray)


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_all_floats_become_float32(dtype):
    assert take(X.astype(dtype), np.array([1])).dtype == np.float32


def test_floats_of_other_numbers():
    whole = X.astype(np.int64)
    assert take(as_floats(whole), np.array([1])).dtype == np.float32
    assert as_floats(X) is X
    table = sp.csr_array(whole)
    assert as_floats(table) is table
