"""Containers of cells, and how they are joined."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mlkit.datasets.formats.arff_header import parse_header
from mlkit.datasets.formats.arff_rows import read_rows
from mlkit.datasets.formats.arff_table import (
    Schema,
    to_dense,
    to_sparse,
)

DENSE = "1.5,red,1,a,0\n0,green,0,b,2\n?,?,?,?,?\n"
SPARSE = "{0 1.5,3 a}\n{1 green,2 0,3 b,4 2}\n{0 ?,1 ?,2 ?,4 ?}\n"


def blocks(text, schema):
    return read_rows(text, schema, path=Path("toy.arff"), first_line=1)


def same(left, right):
    np.testing.assert_array_equal(left.numbers, right.numbers)
    np.testing.assert_array_equal(left.codes, right.codes)
    assert left.texts.tolist() == right.texts.tolist()


def test_positions_and_slots(schema):
    assert schema.numeric.tolist() == [0, 4]
    assert schema.coded.tolist() == [1, 2]
    assert schema.text.tolist() == [3]
    assert schema.slots.tolist() == [0, 0, 1, 0, 1]
    assert schema.binary.tolist() == [False, True]
    assert schema.defaults.tolist() == [0, 0, 1, 0, 0]


def test_attributes_are_grouped_by_declaration():
    header = "@attribute a {x,y}\n@attribute b {0,1}\n@attribute c {x,y}"
    groups = Schema(parse_header(header, path=Path("toy.arff"))).declarations
    assert [(values, columns.tolist()) for values, columns in groups] == [
        (("x", "y"), [0, 2]),
        (("0", "1"), [1]),
    ]


@pytest.mark.parametrize(
    ("n_values", "dtype"), [(2, np.int8), (128, np.int8), (129, np.int16), (0, np.int8)]
)
def test_codes_take_the_smallest_integer(n_values, dtype):
    declared = "{" + ",".join(f"v{i}" for i in range(n_values)) + "}"
    header = f"@attribute a {declared if n_values else 'numeric'}"
    assert Schema(parse_header(header, path=Path("t"))).code_dtype == dtype


def test_sparse_rows_written_out_equal_dense_rows(schema):
    (dense,) = blocks(DENSE, schema)
    (sparse,) = blocks(SPARSE, schema)
    same(to_dense(sparse, schema), dense)
    assert to_dense(dense, schema) is dense


def test_dense_rows_keep_only_what_differs_from_the_default(schema):
    (dense,) = blocks(DENSE, schema)
    (sparse,) = blocks(SPARSE, schema)
    found = to_sparse(dense, schema)
    assert found.counts.tolist() == [1, 3, 4]
    assert found.indices.tolist() == [0, 1, 2, 4, 0, 1, 2, 4]
    np.testing.assert_array_equal(found.values, [1.5, 1, 0, 2, *[np.nan] * 4])
    same(to_dense(found, schema), dense)
    assert to_sparse(sparse, schema) is sparse
