"""The rows of LIBSVM files: the fast reader equals the careful one."""

from __future__ import annotations

import time
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlkit.datasets.formats.svmlight_rows import (
    MAX_NUMBER,
    SvmlightRows,
    read_rows,
    row_lines,
    scan_rows,
)
from mlkit.exceptions import FormatError

PATH = Path("toy.svm")


def careful(text, first_line=1):
    return read_rows(text, path=PATH, first_line=first_line)


def as_lists(rows):
    """Rows as pairs of a list of labels and a list of pairs."""
    labels = np.split(rows.labels, np.cumsum(rows.label_counts)[:-1])
    indices = np.split(rows.indices, np.cumsum(rows.counts)[:-1])
    values = np.split(rows.values, np.cumsum(rows.counts)[:-1])
    return [
        (a.tolist(), list(zip(b.tolist(), c.tolist(), strict=True)))
        for a, b, c in zip(labels, indices, values, strict=True)
    ]


def assert_same(fast, slow):
    for field in fields(SvmlightRows):
        mine, theirs = getattr(fast, field.name), getattr(slow, field.name)
        assert mine.dtype == theirs.dtype, field.name
        np.testing.assert_array_equal(mine, theirs, err_msg=field.name)


PLAIN = {
    "1,3 5:0.2 7:1\n": [([1, 3], [(5, 0.2), (7, 1.0)])],
    " 5:0.2\n": [([], [(5, 0.2)])],
    "5:0.2\n": [([], [(5, 0.2)])],
    "4\n": [([4], [])],
    "4,2\n1 1:1\n": [([2, 4], []), ([1], [(1, 1.0)])],
    "3,1,1,3 1:1\n": [([1, 3], [(1, 1.0)])],
    "1 9:1 2:2\n": [([1], [(2, 2.0), (9, 1.0)])],
    "0 0:0\n": [([0], [(0, 0.0)])],
    "1 1:-1.5e-3 2:+2 3:.5 4:123456789.5 5:1e300\n": [
        ([1], [(1, -0.0015), (2, 2.0), (3, 0.5), (4, 123456789.5), (5, 1e300)])
    ],
    "1, 3  5:0.2\t7:1 \n": [([1, 3], [(5, 0.2), (7, 1.0)])],
    "# all\n\n1 2:3 # some\n \n\t\n2 1:1\n": [([1], [(2, 3.0)]), ([2], [(1, 1.0)])],
}


@pytest.mark.parametrize("text", PLAIN)
def test_both_readers_by_hand(text):
    fast, slow = scan_rows(text.encode()), careful(text)

    assert fast is not None
    assert as_lists(fast) == as_lists(slow) == PLAIN[text]
    assert_same(fast, slow)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.0,3. 1:1\n", [([1, 3], [(1, 1.0)])]),
        ("+1 1:1\n", [([1], [(1, 1.0)])]),
        ("1 ,2 1:1\n", [([1, 2], [(1, 1.0)])]),
        ("1 1:inf 2:-Infinity\n", [([1], [(1, np.inf), (2, -np.inf)])]),
        ("1 123456789:1\n", [([1], [(123456789, 1.0)])]),
        (f"1 {MAX_NUMBER}:1\n", [([1], [(MAX_NUMBER, 1.0)])]),
        ("1\u00a02:1\n", [([1], [(2, 1.0)])]),
    ],
)
def test_what_only_the_careful_reader_knows(text, expected):
    assert scan_rows(text.encode()) is None
    assert as_lists(careful(text)) == expected


def test_nan_is_a_value():
    rows = careful("1 1:nan 2:NaN\n")

    assert np.isnan(rows.values).tolist() == [True, True]


BROKEN = {
    "a 1:1": "expected label numbers separated by commas, got 'a'",
    "-1 1:1": "Classes -1 and",
    "1.5 1:1": "got '1.5'",
    "1,,2 1:1": "expected label numbers separated by commas, got ''",
    "1, 1:1": "expected 'index:value', got '1,1:1'",
    "1 2": "expected 'index:value', got '2'",
    "1 a:2": "got 'a:2'",
    "1 2:": "got '2:'",
    "1 :2": "got ':2'",
    "1 2:x": "expected a number after the colon, got '2:x'",
    "1 2:?": "expected a number after the colon",
    "1 2:1:1": "expected a number after the colon",
    "1 2:1_0": "expected a number after the colon",
    "1 -2:1": "expected 'index:value'",
    "1 2:1 2:3": "feature 2 stands twice",
    "3 qid:1 1:1": "the row has a query id",
    "1 2147483648:1": "the feature number 2147483648 is above 2147483647",
    "2147483648 1:1": "the label number 2147483648 is above",
    f"1 {'9' * 5000}:1": "the feature number 9{40} is above",
    "\u0661 1:1": "expected label numbers",
}


@pytest.mark.parametrize("line", BROKEN)
def test_errors_name_file_and_line(line):
    text = f"# first\n1 1:1\n{line}\n"

    assert scan_rows(text.encode()) is None
    with pytest.raises(FormatError, match=BROKEN[line]) as caught:
        careful(text, first_line=10)
    assert (caught.value.path, caught.value.line) == (PATH, 12)


def test_no_rows_are_no_rows():
    assert scan_rows(b"") is None
    for text in ("", "# a\n", "\n \n"):
        rows = careful(text)
        assert len(rows) == 0
        assert [rows.labels.size, rows.indices.size, rows.values.size] == [0, 0, 0]


def test_row_lines_count_from_where_they_are_told():
    text = "1 1:1\n\n# a\n 2:1 # b\n"

    assert list(row_lines(text, 5)) == [(5, "1 1:1"), (8, "2:1")]


NUMBERS = st.integers(0, 10**9).map(str) | st.integers(0, 12).map(str)
VALUES = st.floats(allow_nan=False).map(repr) | st.integers(-99, 99).map(str)
PAIRS = st.builds("{}:{}".format, NUMBERS, VALUES)
LABELS = st.lists(NUMBERS, max_size=4).map(",".join)
ROWS = st.builds(
    lambda labels, pairs: " ".join([labels, *pairs]), LABELS, st.lists(PAIRS)
)


@settings(deadline=None)
@given(st.lists(ROWS, max_size=8))
def test_the_fast_reader_equals_the_careful_one(rows):
    text = "".join(f"{row}\n" for row in rows)

    check_agreement(text)


WORDS = ["1", "0", "12", ",", ":", " ", "\n", ".", "-", "e", "+", "#", "\t", "x", "nan"]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join))
def test_the_fast_reader_accepts_nothing_that_the_careful_one_refuses(text):
    check_agreement(f"{text}\n")


def check_agreement(text):
    fast = scan_rows(text.encode())
    try:
        slow = careful(text)
    except FormatError:
        assert fast is None
        return
    if fast is not None:
        assert_same(fast, slow)


def test_blanks_by_the_million_take_linear_time():
    line = f"1{' ' * 2_000_000},2 {'1' * 20}\n"

    start = time.perf_counter()
    with pytest.raises(FormatError, match="index:value"):
        careful(line)
    assert scan_rows(line.encode()) is None
    # Quadratic work would take hours.
    assert time.perf_counter() - start < 10
