"""Containers: read-only where they should be, never copied without need."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_array_equal

from mlkit.containers import freeze, hand_out, n_bytes, take_rows

VALUES = np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 0.0]])


def test_a_frozen_array_shares_its_values_and_cannot_be_written_to() -> None:
    array = VALUES.copy()
    frozen = freeze(array)
    assert np.shares_memory(frozen, array)
    with pytest.raises(ValueError, match="read-only"):
        frozen[0, 0] = 5
    array[0, 0] = 5
    assert frozen[0, 0] == 5


def test_a_frozen_sparse_matrix() -> None:
    matrix = sp.csr_array(VALUES)
    frozen = freeze(matrix)
    assert np.shares_memory(frozen.data, matrix.data)
    with pytest.raises(ValueError, match="read-only"):
        frozen.data[0] = 5
    assert frozen.has_canonical_format == matrix.has_canonical_format


def test_a_table_that_is_handed_out_keeps_changes_to_itself() -> None:
    table = pd.DataFrame(VALUES, columns=["a", "b"])
    given = hand_out(freeze(table))
    given.loc[0, "a"] = 5
    assert table.loc[0, "a"] == 1
    array = freeze(VALUES)
    assert hand_out(array) is array


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array, pd.DataFrame])
def test_rows_by_position(container) -> None:
    taken = take_rows(container(VALUES), np.array([2, 0, 2]))
    assert isinstance(taken, type(container(VALUES)))
    dense = taken.toarray() if sp.issparse(taken) else np.asarray(taken)
    assert_array_equal(dense, VALUES[[2, 0, 2]])


def test_bytes() -> None:
    matrix = sp.csr_array(VALUES)
    assert n_bytes(VALUES) == 48
    assert n_bytes(matrix) == 3 * 8 + 3 * 4 + 4 * 4
    assert n_bytes(None) == 0
    short, long = (pd.DataFrame({"a": [text] * 9}) for text in ("x", "x" * 100))
    assert n_bytes(long) > n_bytes(short) + 800
