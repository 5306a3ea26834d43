"""The careful reader: what a row means, and what is wrong with it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from mlkit.datasets.formats.arff_header import parse_header
from mlkit.datasets.formats.arff_rows import parse_number, read_rows, row_lines
from mlkit.datasets.formats.arff_table import DenseRows, Schema, SparseRows
from mlkit.exceptions import FormatError

HEADER = """@relation r
@attribute size numeric
@attribute colour {red, green, 'light blue'}
@attribute note string
@attribute flag {0,1}
"""


def schema(header=HEADER):
    return Schema(parse_header(header, path=Path("toy.arff")))


def read(text, header=HEADER):
    return read_rows(text, schema(header), path=Path("toy.arff"), first_line=10)


def test_dense_rows_by_hand():
    (rows,) = read("1.5,green,hello,1\n?,'light blue','a, b',0\n-2e3,?,?,?\n")
    assert isinstance(rows, DenseRows)
    np.testing.assert_array_equal(rows.numbers, [[1.5], [np.nan], [-2000.0]])
    assert rows.codes.tolist() == [[1, 1], [2, 0], [-1, -1]]
    assert rows.texts.tolist() == [["hello"], ["a, b"], [None]]
    assert rows.codes.dtype == np.int8


def test_sparse_rows_by_hand():
    (rows,) = read("{0 2.5,1 green,2 'x y'}\n{}\n{3 1, 0 ?}\n")
    assert isinstance(rows, SparseRows)
    assert rows.counts.tolist() == [2, 0, 2]
    assert rows.indices.tolist() == [0, 1, 0, 3]
    np.testing.assert_array_equal(rows.values, [2.5, 1.0, np.nan, 1.0])
    assert rows.texts.tolist() == [["x y"], [None], [None]]


def test_mixed_rows_come_in_stretches():
    blocks = read("1,red,a,0\n2,red,b,1\n{0 3}\n4,red,c,0\n")
    assert [(type(b), len(b)) for b in blocks] == [
        (DenseRows, 2),
        (SparseRows, 1),
        (DenseRows, 1),
    ]


def test_comments_blank_lines_weights_and_a_trailing_comma():
    (rows,) = read("% remark\n\n1,red,a,0,{2.5}\n 2,red,b,1 % more\n3,red,c,0,\n")
    assert rows.numbers.ravel().tolist() == [1.0, 2.0, 3.0]


def test_no_rows():
    assert read("\n% nothing\n") == []


def test_row_lines_keep_their_numbers():
    assert list(row_lines("a\n\n% b\n c ", 7)) == [(7, "a"), (10, "c")]


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("0.0", 0), ("1.0", 1), ("1e0", 1), ("-0", 0), ("'1'", 1), ("?", -1)],
)
def test_sets_of_0_and_1_accept_numbers(text, value):
    (rows,) = read(f"{text}\n", "@attribute flag {1,0}")
    assert rows.codes.tolist() == [[value]]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1.0),
        ("-0.5", -0.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("+1E-3", 0.001),
        ("Infinity", math.inf),
        ("-inf", -math.inf),
        ("NaN", None),
    ],
)
def test_numbers(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text", ["", ".", "-", "1_000", "0x10", "1d", "1e", "٣", "TRUE"]
)
def test_what_is_no_number(text):
    with pytest.raises(FormatError, match="expected a number"):
        parse_number(text)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("1,red,a", "row is too short: expected 4 values, .* got 3. Is the file cut"),
        ("1,red,a,", "last value is empty"),
        ("1,red,a,0,5", "row is too long: expected 4 values, .* got 5"),
        ("1,red,a,0,,", "cell 5 is empty"),
        ("1,,a,0", "cell 2 is empty"),
        ("x,red,a,0", "attribute 'size': expected a number, got 'x'"),
        (
            "1,Red,a,0",
            "attribute 'colour': the value 'Red' is not declared. Did you mean",
        ),
        ("1,'?',a,0", "the value '\\?' is not declared"),
        ("1,red,a,2", "attribute 'flag': the value '2' is not declared"),
        ("1,red,'a,0", "quote is not closed"),
        ("1,red,'a'b,0", "expected a comma after the quoted cell"),
        ("{4 1}", "index 4 is out of range: the header declares 4 attributes"),
        ("{0 1,0 2}", "index 0 stands twice"),
        ("{0 1", "not closed by '}'"),
        ("{0}", "expected 'index value'"),
        ("{1 blue}", "the value 'blue' is not declared"),
    ],
)
def test_errors_name_file_and_line(row, problem):
    with pytest.raises(FormatError, match=problem) as caught:
        read(f"1,red,a,0\n\n{row}\n")
    assert caught.value.line == 12
    assert str(caught.value).startswith("toy.arff:12: ")


def test_a_long_set_lists_a_few_values():
    header = "@attribute a {" + ",".join(f"v{i}" for i in range(100)) + "}"
    with pytest.raises(FormatError, match="and 95 more") as caught:
        read("w\n", header)
    assert len(str(caught.value)) < 300
