"""Blocks of rows, joined in order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mlkit.datasets.formats.arff_builder import TableBuilder
from mlkit.datasets.formats.arff_rows import read_rows
from mlkit.datasets.formats.arff_table import (
    DenseRows,
    SparseRows,
    to_dense,
)

DENSE = "1.5,red,1,a,0\n0,green,0,b,2\n?,?,?,?,?\n"
SPARSE = "{0 1.5,3 a}\n{1 green,2 0,3 b,4 2}\n{0 ?,1 ?,2 ?,4 ?}\n"


def blocks(text, schema):
    return read_rows(text, schema, path=Path("toy.arff"), first_line=1)


def assemble(parts, schema, to_come=0.0):
    builder = TableBuilder(schema)
    for part in parts:
        builder.add(part, to_come=to_come)
    return builder.finish()


def same(left, right):
    np.testing.assert_array_equal(left.numbers, right.numbers)
    np.testing.assert_array_equal(left.codes, right.codes)
    assert left.texts.tolist() == right.texts.tolist()


@pytest.mark.parametrize("to_come", [0.0, 0.4, 2.0, 50.0])
def test_blocks_are_joined_in_order_whatever_was_expected(schema, to_come):
    lines = DENSE.splitlines(keepends=True)
    parts = [block for line in lines for block in blocks(line, schema)]
    same(assemble(parts, schema, to_come), blocks(DENSE, schema)[0])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (DENSE + SPARSE, DenseRows),
        (SPARSE + DENSE, DenseRows),
        (DENSE + SPARSE + SPARSE, SparseRows),
        (SPARSE + DENSE + SPARSE, SparseRows),
        (DENSE + SPARSE + DENSE, DenseRows),
        ("", DenseRows),
    ],
)
def test_the_layout_of_most_rows_wins(schema, text, kind):
    joined = assemble(blocks(text, schema), schema)
    assert type(joined) is kind
    assert len(joined) == text.count("\n")
    (expected,) = blocks(DENSE, schema)
    written = to_dense(joined, schema)
    for start in range(0, len(joined), 3):
        part = DenseRows(
            written.numbers[start : start + 3],
            written.codes[start : start + 3],
            written.texts[start : start + 3],
        )
        same(part, expected)


@pytest.mark.parametrize("to_come", [0.0, 2.0])
def test_sparse_blocks_are_joined_in_order(schema, to_come):
    parts = [rows for line in SPARSE.splitlines() for rows in blocks(line, schema)]
    joined = assemble(parts, schema, to_come)
    assert joined.counts.tolist() == [1, 3, 4]
    same(to_dense(joined, schema), blocks(DENSE, schema)[0])


def test_ones_stay_small_until_another_value_comes(schema):
    ones = SparseRows(
        np.array([2]),
        np.array([0, 4], dtype=np.int32),
        np.ones(2, dtype=np.int8),
        np.array([[None]], dtype=object),
    )
    assert assemble([ones, ones], schema).values.dtype == np.int8
    joined = assemble([ones, *blocks("{0 0.5}\n", schema), ones], schema, 1.0)
    assert joined.values.tolist() == [1.0, 1.0, 0.5, 1.0, 1.0]


def test_blocks_may_be_reused(schema):
    (rows,) = blocks(DENSE, schema)
    builder = TableBuilder(schema)
    builder.add(rows, to_come=0.0)
    rows.numbers[:] = -1.0
    assert builder.finish().numbers[0, 0] == 1.5
