"""Cells, quotes, escapes, comments and braces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlkit.datasets.formats.arff_lexer import (
    Cell,
    split_dense_row,
    split_nominal_set,
    split_sparse_row,
    unquote,
)
from mlkit.exceptions import FormatError


def texts(cells):
    return [cell.text for cell in cells]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1,2,3", ["1", "2", "3"]),
        ("1 , 2,\t3", ["1", "2", "3"]),
        ("1\t2\t3", ["1", "2", "3"]),
        ("1 \t 2\t\t3", ["1", "2", "3"]),
        ("1,2\t3", ["1", "2", "3"]),
        ("1 2  3", ["1", "2", "3"]),
        ("New York,5", ["New York", "5"]),
        ("'a, b',\"c'd\"", ["a, b", "c'd"]),
        ("1,0 % a, b", ["1", "0"]),
        ("1,'x' % remark", ["1", "x"]),
        ("5%,1", ["5%", "1"]),
        (r"dise\~no,don't", [r"dise\~no", "don't"]),
        ("'',1", ["", "1"]),
    ],
)
def test_dense_rows_are_cut_at_commas_and_tabs(line, expected):
    assert texts(split_dense_row(line)) == expected


def test_a_quoted_question_mark_is_a_value():
    assert split_dense_row("?,'?'") == [Cell("?", quoted=False), Cell("?", quoted=True)]


def test_a_trailing_comma_gives_an_empty_cell():
    assert split_dense_row("1,2,")[-1] == Cell("", quoted=False)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("1,,1", "cell 2 is empty"),
        (",1", "cell 1 is empty"),
        ("'abc,1", "quote is not closed"),
        ('1,"abc', "quote is not closed"),
        ("'a'b,1", "expected a comma after the quoted cell, got 'b,1'"),
        ("'it's',1", "expected a comma after the quoted cell"),
    ],
)
def test_broken_dense_rows(line, problem):
    with pytest.raises(FormatError, match=problem):
        split_dense_row(line)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (r"Swainson\'s", "Swainson's"),
        (r"\"", '"'),
        (r"a\\b", r"a\b"),
        (r"\n\t", "\n\t"),
        (r"\101\7", "A\x07"),
        (r"\%", "%"),
    ],
)
def test_escapes(raw, expected):
    assert unquote(raw, None) == expected
    assert unquote(None, raw) == expected


@given(st.text(alphabet="ab'\"\\,{} %?", max_size=12))
def test_quoting_round_trip(text):
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    assert split_dense_row(f"1,'{escaped}'")[1] == Cell(text, quoted=True)
    assert split_sparse_row(f"{{3 '{escaped}'}}") == [(3, Cell(text, quoted=True))]
    assert split_nominal_set(f"{{'{escaped}'}}")[0] == [Cell(text, quoted=True)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{}", []),
        ("{ }", []),
        ("{0 1}", [(0, "1")]),
        ("{ 0 1 , 12 2.5 }", [(0, "1"), (12, "2.5")]),
        ("{3 1,1 2}", [(3, "1"), (1, "2")]),
        ("{0\t1}", [(0, "1")]),
        ("{1 'a, }b'}", [(1, "a, }b")]),
        ("{0 1}, {2.5}", [(0, "1")]),
        ("{0 1} % remark", [(0, "1")]),
        ("{1 ?}", [(1, "?")]),
    ],
)
def test_sparse_rows(line, expected):
    assert [(i, cell.text) for i, cell in split_sparse_row(line)] == expected


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{0 1", "not closed by '}'"),
        ("{0 1,}", "expected 'index value'"),
        ("{0}", "expected 'index value'"),
        ("{a 1}", "expected 'index value' in the sparse row, got 'a 1}'"),
        ("{-1 1}", "expected 'index value'"),
        ("{0 1,,1 1}", "expected 'index value'"),
        ("{0 'a}", "quote is not closed"),
        ("{0 1} 5", "expected the row to end after '}', got '5'"),
    ],
)
def test_broken_sparse_rows(line, problem):
    with pytest.raises(FormatError, match=problem):
        split_sparse_row(line)


@pytest.mark.parametrize(
    ("text", "expected", "rest"),
    [
        ("{0,1}", ["0", "1"], ""),
        ("{ 0 , 1 } % c", ["0", "1"], "% c"),
        ("{0,,1}", ["0", "1"], ""),
        ("{0 1}", ["0", "1"], ""),
        ("{New York, Rome} {2}", ["New York", "Rome"], "{2}"),
        ("{'a}', \"b,c\"}", ["a}", "b,c"], ""),
        ("{don't}", ["don't"], ""),
        ("{}", [], ""),
    ],
)
def test_nominal_sets(text, expected, rest):
    members, found = split_nominal_set(text)
    assert (texts(members), found) == (expected, rest)


@pytest.mark.parametrize(
    ("text", "problem"),
    [("{0,1", "not closed by '}' on its line"), ("{'a,b}", "quote is not closed")],
)
def test_broken_nominal_sets(text, problem):
    with pytest.raises(FormatError, match=problem):
        split_nominal_set(text)


def test_long_excerpts_are_cut():
    with pytest.raises(FormatError, match=r"\.\.\.") as caught:
        split_sparse_row("{" + "x" * 500)
    assert len(str(caught.value)) < 200
