"""Numbers into text and cells into lines."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from mlkit.datasets.formats.cell_texts import (
    check_exact,
    is_number,
    join_columns,
    join_stored,
    lines,
    number_texts,
    row_blocks,
    stored_cells,
)
from mlkit.exceptions import UnwritableError


@given(st.lists(st.floats(allow_nan=False)))
def test_floats_are_read_back_exactly(numbers):
    texts = number_texts(np.array(numbers, dtype=np.float64), missing="?")

    got = np.array([float(text) for text in texts.to_pylist()])
    np.testing.assert_array_equal(got, numbers)
    np.testing.assert_array_equal(np.signbit(got), np.signbit(numbers))


@pytest.mark.parametrize(
    ("numbers", "texts"),
    [
        (np.array([1.0, 0.1, -2.5, 1e22]), ["1", "0.1", "-2.5", "1e+22"]),
        (np.array([np.nan, np.inf, -np.inf]), ["?", "Infinity", "-Infinity"]),
        (np.array([True, False]), ["1", "0"]),
        (np.array([-128, 7], dtype=np.int8), ["-128", "7"]),
        (np.array([2**63], dtype=np.uint64), ["9223372036854775808"]),
        (np.arange(6.0)[::2], ["0", "2", "4"]),
        (np.array([0.1], dtype=np.float32), ["0.10000000149011612"]),
        (np.array([]), []),
    ],
)
def test_numbers_by_hand(numbers, texts):
    got = number_texts(numbers, missing="?", infinity="Infinity")

    assert got.to_pylist() == texts


def test_columns_are_joined_row_by_row():
    columns = [pa.array(["a", "", "é"]), pa.array(["1", "2", "3"])]

    assert join_columns(columns, ";").to_pylist() == ["a;1", ";2", "é;3"]


@pytest.mark.parametrize("counts", [[2, 0, 1], [0, 3], [3, 0, 0]])
def test_stored_cells_are_joined_row_by_row(counts):
    got = join_stored(pa.array(["a", "b", "c"]), np.array(counts), ",")

    ends = np.cumsum(counts)
    expected = [
        ",".join("abc"[end - count : end])
        for count, end in zip(counts, ends, strict=True)
    ]
    assert got.to_pylist() == expected


def test_every_line_ends():
    assert lines(pa.array(["a", "é"])) == "a\né\n".encode()
    assert lines(pa.array([], pa.string())) == b""


@pytest.mark.parametrize(
    ("n_rows", "n_cells"), [(0, 0), (1, 0), (10, 10**9), (10**6, 10**7), (7, 3)]
)
def test_blocks_cover_all_rows_once(n_rows, n_cells):
    blocks = list(row_blocks(n_rows, n_cells))

    covered = [row for block in blocks for row in range(block.start, block.stop)]
    assert covered == list(range(n_rows))
    sizes = [(block.stop - block.start) * n_cells // n_rows for block in blocks]
    # A block of one row may be larger: a row is not cut.
    assert all(s <= 2**18 for s in sizes) or len(blocks) == n_rows


def test_stored_cells_are_canonical_and_the_matrix_stays():
    matrix = sp.csr_array(([3.0, 1.0, 0.0, 1.0], [2, 0, 1, 0], [0, 4, 4]), shape=(2, 3))

    rows, columns, values = stored_cells(matrix)

    assert (rows.tolist(), columns.tolist()) == ([0, 0], [0, 2])
    assert values.tolist() == [2.0, 3.0]
    assert matrix.data.tolist() == [3.0, 1.0, 0.0, 1.0]


@pytest.mark.parametrize(
    "values", [[], [2**53, -(2**53)], [None, 1], [None], np.array([1], dtype=np.uint8)]
)
def test_integers_that_floats_hold(values):
    check_exact("a", pd.Series(values, dtype="Int64"))


@pytest.mark.parametrize("value", [2**53 + 1, -(2**53) - 1])
def test_integers_that_floats_do_not_hold(value):
    with pytest.raises(UnwritableError, match=f"'a' holds integers up to {abs(value)}"):
        check_exact("a", pd.Series([0, value]))


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        ("float32", True),
        ("bool", True),
        ("Int8", True),
        ("complex128", False),
        ("datetime64[ns]", False),
        ("category", False),
        ("object", False),
        ("string", False),
    ],
)
def test_what_a_number_is(dtype, expected):
    assert is_number(pd.Series([], dtype=dtype).dtype) is expected
