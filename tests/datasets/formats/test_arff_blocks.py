"""The fast reader gives what the careful one gives, or hands over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlkit.datasets.formats.arff_blocks import scan_dense, scan_sparse
from mlkit.datasets.formats.arff_header import parse_header
from mlkit.datasets.formats.arff_rows import read_rows
from mlkit.datasets.formats.arff_table import DenseRows, Schema, SparseRows
from mlkit.exceptions import FormatError


def schema(*types):
    lines = [f"@attribute a{j} {declared}" for j, declared in enumerate(types)]
    return Schema(parse_header("\n".join(lines), path=Path("toy.arff")))


def careful(chunk, layout):
    """Return what the careful reader makes of a chunk; None if it refuses it."""
    try:
        blocks = read_rows(chunk.decode(), layout, path=Path("t"), first_line=1)
    except FormatError:
        return None
    return blocks[0] if len(blocks) == 1 else blocks


def assert_same(fast, slow):
    assert type(fast) is type(slow)
    if isinstance(fast, DenseRows):
        np.testing.assert_array_equal(fast.numbers, slow.numbers, strict=True)
        # Equal to the last bit, the sign of zero included.
        np.testing.assert_array_equal(
            np.signbit(fast.numbers), np.signbit(slow.numbers)
        )
        np.testing.assert_array_equal(fast.codes, slow.codes, strict=True)
    else:
        np.testing.assert_array_equal(fast.counts, slow.counts, strict=True)
        np.testing.assert_array_equal(fast.indices, slow.indices, strict=True)
        np.testing.assert_array_equal(fast.values, slow.values)
    assert fast.texts.shape == slow.texts.shape


NUMBERS = [
    "0", "1", "-1", "+7", "0.5", "-0.170975", "12345678", "-12345678", "1234567.8",
    "123456789", "0.123456789", "-72.710462", "1e5", "1.5E-3", "1e+05", "-0", "-0.0",
    ".5", "5.", "-.5", "?", "0.1", "0.30000000000000004", "1e400",
    "2.2250738585072014e-308", "00012", "0000000000001.5",
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("before", [0, 20])  # many odd cells, or few
def test_numbers_are_those_of_float(number, before):
    layout = schema("numeric", "numeric")
    chunk = b"0.5,0.25\n" * before + f"{number},0.25\n".encode()
    fast = scan_dense(chunk, layout)
    assert fast is not None
    assert_same(fast, careful(chunk, layout))
    if number != "?":
        assert fast.numbers[-1, 0] == float(number)


@pytest.mark.parametrize(
    "cell",
    ["", "x", ".", "-", "+", "--1", "1-2", "1.2.3", "..", "1e", "e5", "1_0", "0x1",
     "1d", "TRUE", "nan", "inf", "'1'", '"1"', "1 2", "%1", "{1}", "-nan", "+inf",
     "1:2", "1;", "1..2", "/", ":", ".1.", "1P5", "1\x1e5", "é"],
)  # fmt: skip
@pytest.mark.parametrize("before", [0, 20])
def test_anything_else_is_handed_over(cell, before):
    layout = schema("numeric", "numeric")
    chunk = b"0.5,0.25\n" * before + f"0.5,{cell}\n".encode()
    fast = scan_dense(chunk, layout)
    if fast is not None:  # infinity and NaN may pass, if they mean the same
        assert_same(fast, careful(chunk, layout))
        assert cell.lstrip("+") in ("nan", "inf")


@pytest.mark.parametrize(
    "cell", ["", "x", ".", "-", "1-2", "1.2.3", "1_0", "0x1", "TRUE"]
)
@pytest.mark.parametrize("before", [0, 20])
def test_defects_never_pass(cell, before):
    layout = schema("numeric", "numeric")
    chunk = b"0.5,0.25\n" * before + f"0.5,{cell}\n".encode()
    assert scan_dense(chunk, layout) is None
    assert careful(chunk, layout) is None


@pytest.mark.parametrize(
    "chunk",
    [b"1,2,3\n4,5\n6\n", b"1\n", b"1,2,3\n", b"1,2\n3\n", b"1,2\n\n3,4\n", b"1+2\n",
     b"1 2\n", b"1\t2\n", b"1,2 % c\n", b"1,2,{3}\n", b"% c\n1,2\n", b"1,2,\n", b"\n"],
)  # fmt: skip
def test_rows_of_another_shape_are_handed_over(chunk):
    assert scan_dense(chunk, schema("numeric", "numeric")) is None


def test_strings_are_handed_over():
    assert scan_dense(b"1,a\n", schema("numeric", "string")) is None
    assert scan_sparse(b"{0 1}\n", schema("numeric", "string")) is None


@pytest.mark.parametrize(
    ("declared", "cells"),
    [
        ("{YES,NO}", ["YES", "NO", "?"]),
        ("{1,2,3}", ["3", "1", "2"]),
        ("{lunch,happy_hour,afternoon}", ["happy_hour", "lunch", "?"]),
        ("{" + ",".join(f"v{i}" for i in range(200)) + "}", ["v7", "v199", "?"]),
        ("{1,0}", ["0", "1", "?", "1.0", "0.0"]),
        ("{a,ab,abc}", ["abc", "a", "ab"]),
        ("{12345678,x}", ["12345678", "x"]),
    ],
)
def test_nominal_cells(declared, cells):
    layout = schema(declared, "numeric")
    chunk = "".join(f"{cell},1\n" for cell in cells).encode()
    fast = scan_dense(chunk, layout)
    assert fast is not None
    assert_same(fast, careful(chunk, layout))


@pytest.mark.parametrize(
    "cell", ["Yes", "YES ", " YES", "'YES'", "YE", "YESS", "", "2"]
)
def test_foreign_nominal_cells_are_handed_over(cell):
    assert scan_dense(f"{cell},1\n".encode(), schema("{YES,NO}", "numeric")) is None


def test_values_that_look_quoted_are_handed_over():
    layout = schema(r"{'\'x', '?', 'a b'}", "numeric")
    for cell in ("'x", "a b"):
        assert scan_dense(f"{cell},1\n".encode(), layout) is None
    assert scan_dense(b"?,1\n", layout).codes.tolist() == [[-1]]


@pytest.mark.parametrize(
    "chunk",
    [
        b"{0 1,2 1}\n",
        b"{}\n",
        b"{}\n{}\n{1 1}\n{}\n",
        b"{0 0.5,1 1,2 -3e2}\n{2 ?}\n",
        b"{0 0}\n",
        b"{1 1}\n{0 1,1 0,2 1}\n{}\n",
        b"{2 1.0,3 1}\n",
    ],
)
def test_sparse_rows(chunk):
    layout = schema("numeric", "{0,1}", "numeric", "{0,1}")
    fast = scan_sparse(chunk, layout)
    assert isinstance(fast, SparseRows)
    assert_same(fast, careful(chunk, layout))


def test_ones_are_kept_small():
    assert (
        scan_sparse(b"{0 1,1 1}\n", schema("numeric", "{0,1}")).values.dtype == np.int8
    )


@pytest.mark.parametrize(
    "chunk",
    [
        b"{0 1\n", b"0 1}\n", b"{0 1}{1 1}\n", b"{0 1},{2}\n", b"{1 1,0 1}\n",
        b"{0 1,0 1}\n", b"{4 1}\n", b"{0 2}\n{1 2}\n", b"{a 1}\n", b"{0}\n",
        b"{0 1,}\n",
        b"{ 0 1}\n", b"{0 1 }\n", b"{0 1, 1 1}\n", b"{0  1}\n", b"{0 1} % c\n",
        b"{0 'x'}\n", b"{0 1}\n5\n{1 1}\n", b"{0 1}\n\n{1 1}\n", b"{-1 1}\n",
        b"{+1 1}\n",
        b"{123456789 1}\n", b"{0 {1}\n", b"{}}\n", b"{{}\n", b"{5}\n", b"{0 1,,1 1}\n",
        b"{1 x}\n", b"{0 1_0}\n", b"{0 TRUE}\n", b"{:1 1}\n", b"{0 }\n", b"{ 1}\n",
        b"1,0,1,0\n{0 1}\n", b"{0 1}\n1,0,1,0\n", b"{0 1 1 1}\n", b"{0,1}\n",
    ],
)  # fmt: skip
def test_other_sparse_rows_are_handed_over(chunk):
    layout = schema("{0,1}", "{0,1}", "{0,1}", "{0,1}")
    assert scan_sparse(chunk, layout) is None


def test_sparse_nominals_are_handed_over():
    assert scan_sparse(b"{0 1}\n", schema("{1,2,3}")) is None


cells = st.sampled_from([*NUMBERS[:20], "x", "", "'1'", " 1", "1 ", "0", "1", "2"])


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=6),
    st.lists(
        st.sampled_from(["numeric", "{0,1}", "{1,0}", "{0,1,2}", "{x,0.5}"]),
        min_size=2,
        max_size=3,
    ),
)
def test_dense_chunks_agree_with_the_careful_reader(rows, types):
    layout = schema(*types)
    chunk = "".join(",".join(row) + "\n" for row in rows).encode()
    fast = scan_dense(chunk, layout)
    if fast is not None:
        assert_same(fast, careful(chunk, layout))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.integers(0, 5), st.sampled_from(["1", "0", "0.5", "?", "x", "2"])
            ),
            max_size=4,
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from([",", ", ", ",,"]),
)
def test_sparse_chunks_agree_with_the_careful_reader(rows, separator):
    layout = schema("numeric", "{0,1}", "numeric", "{1,0}", "numeric")
    lines = [separator.join(f"{i} {value}" for i, value in row) for row in rows]
    chunk = "".join(f"{{{line}}}\n" for line in lines).encode()
    fast = scan_sparse(chunk, layout)
    if fast is not None:
        assert_same(fast, careful(chunk, layout))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=24).filter(lambda b: b"\0" not in b and b"\r" not in b))
def test_random_bytes_never_pass_as_something_else(data):
    chunk = b"0.5,1\n" + bytes(b & 0x7F for b in data).replace(b"\0", b"1") + b"\n"
    layout = schema("numeric", "{0,1}")
    fast = scan_dense(chunk, layout)
    if fast is not None:
        assert_same(fast, careful(chunk, layout))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=20))
def test_floats_survive(values):
    chunk = "".join(f"{value!r}\n" for value in values).encode()
    fast = scan_dense(chunk, schema("numeric"))
    if fast is not None:
        assert fast.numbers.ravel().tolist() == values
    else:
        assert any(np.isinf(values))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.decimals(-99999, 99999, places=2), min_size=1, max_size=20),
    st.integers(0, 2),
)
def test_decimals_survive(values, places):
    chunk = "".join(f"{value:.{places}f}\n" for value in values).encode()
    expected = [float(text) for text in chunk.split()]
    assert scan_dense(chunk, schema("numeric")).numbers.ravel().tolist() == expected
