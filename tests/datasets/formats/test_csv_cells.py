"""Cells in arrays, each column by its kind."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlkit.datasets.formats import csv_batches, csv_cells
from mlkit.datasets.formats.csv_cells import read_cells
from mlkit.datasets.formats.csv_file import open_csv
from mlkit.exceptions import FormatError


@pytest.fixture
def read(tmp_path):
    def read(text, **settings):
        path = tmp_path / "toy.csv"
        path.write_text(text, encoding="utf-8", newline="")
        return read_cells(open_csv(path), **settings)

    return read


@pytest.fixture
def small_blocks(monkeypatch):
    """A few rows a batch, and the kinds guessed from the first batch alone."""
    monkeypatch.setattr(csv_batches, "_BLOCK", 32)
    monkeypatch.setattr(csv_batches, "_HEADERS_A_BLOCK", 1)
    monkeypatch.setattr(csv_cells, "_GUESSED_FROM", 1)


@pytest.mark.parametrize(
    ("cells", "dtype", "values"),
    [
        (["1", "-2", " 3 "], "int64", [1, -2, 3]),
        (["1", "", "3"], "float64", [1, np.nan, 3]),
        (["1", "2.5", "?"], "float64", [1, 2.5, np.nan]),
        (["NA", "NaN", "1e3"], "float64", [np.nan, np.nan, 1000]),
        (["inf", "-inf", "nan"], "float64", [np.inf, -np.inf, np.nan]),
        (["", "?", ""], "float64", [np.nan] * 3),
        (["true", "False", "TRUE"], "bool", [True, False, True]),
        (["12345678901234567890", "1", "1"], "float64", [12345678901234567890, 1, 1]),
        (["NA", "DE", "?"], "str", ["NA", "DE", "?"]),
        (["none", "", '""'], "str", ["none", None, None]),
        (["2020-01-01", "2021-01-01", ""], "str", ["2020-01-01", "2021-01-01", None]),
        (["12:30", "1", "x"], "str", ["12:30", "1", "x"]),
        (["true", "1", "false"], "str", ["true", "1", "false"]),
    ],
)
def test_kinds_of_columns(read, cells, dtype, values):
    text = "a,b\n" + "".join(f"{cell},x\n" for cell in cells)
    column = read(text).frame[0]
    assert str(column.dtype) == dtype
    expected = pd.Series(values, dtype=dtype, name=0)
    pd.testing.assert_series_equal(column, expected)


def test_true_and_false_with_a_gap(read):
    column = read("a,b\ntrue,x\n,y\n").frame[0]
    assert column.dtype == "boolean"
    assert column.isna().tolist() == [False, True]


def test_a_decimal_comma(read):
    frame = read('a,b\n"1,5","1.5"\n2,?\n', decimal=",").frame
    assert frame[0].tolist() == [1.5, 2.0]
    assert frame[1].tolist() == ["1.5", "?"]


def test_columns_that_shall_be_text(read):
    frame = read("a,b\n007,1\n,2\n", texts=[0]).frame
    assert frame[0].iloc[0] == "007"
    assert frame[0].isna().tolist() == [False, True]


def test_labels_of_all_kinds(read):
    text = "x,a,b,c,d\n1,0,1.0,true,yes\n2,1,,False,no\n3,?,0,NA,\n"
    cells = read(text, labels=[1, 2, 3, 4])
    assert cells.codes.dtype == np.int8
    assert cells.codes.tolist() == [[0, 1, 1, 1], [1, -1, 0, 0], [-1, 0, -1, -1]]
    assert list(cells.frame.columns) == [0]


@pytest.mark.parametrize("cell", ["2", "-1", "300", "0.5", "x", "2020-01-01"])
def test_a_cell_that_is_no_label(read, cell):
    with pytest.raises(
        FormatError, match=rf"toy.csv:4: label 'b' holds '{cell}'.* \(1 such cell\)"
    ):
        read(f'a,b\n"x\ny",1\nz,{cell}\n', labels=[1])


def test_numbers_alone_are_one_block(read):
    frame = read("a,b,c\n1.5,2.5,1\n3.5,?,0\n", labels=[2]).frame
    assert len(frame._mgr.blocks) == 1
    np.testing.assert_array_equal(frame.to_numpy(), [[1.5, 2.5], [3.5, np.nan]])


def test_no_rows(read):
    cells = read("a,b,c\n", labels=[2], texts=[1])
    assert cells.frame.shape == (0, 2)
    assert cells.codes.shape == (0, 1)


def test_labels_alone(read):
    cells = read("a,b\n1,0\n", labels=[0, 1])
    assert cells.frame.shape == (1, 0)
    assert cells.codes.tolist() == [[1, 0]]


@pytest.mark.usefixtures("small_blocks")
class TestLaterCellsContradict:
    @pytest.mark.parametrize(
        ("late", "dtype"),
        [
            ("2.5", "float64"),
            ("?", "float64"),
            ("x", "str"),
            ("true", "str"),
            ("99999999999999999999", "float64"),
        ],
    )
    def test_a_column_of_whole_numbers(self, read, late, dtype):
        frame = read("a,b\n" + "1,2\n" * 50 + f"{late},2\n").frame
        assert str(frame[0].dtype) == dtype
        assert frame[1].tolist() == [2] * 51
        assert frame[0].iloc[:50].astype(str).str.startswith("1").all()

    def test_an_empty_column(self, read):
        frame = read("a,b\n" + ",2\n" * 50 + "7,2\n").frame
        assert frame[0].iloc[-1] == 7
        assert frame[0].isna().sum() == 50

    def test_a_column_of_missing_words_that_is_text(self, read):
        frame = read("a,b\n" + "NA,2\n" * 50 + "DE,2\n").frame
        assert frame[0].tolist() == ["NA"] * 50 + ["DE"]

    def test_true_and_false(self, read):
        frame = read("a,b\n" + "true,2\n" * 50 + ",2\nfalse,3\n").frame
        assert frame[0].dtype == "boolean"
        assert frame[0].iloc[-1] == False  # noqa: E712

    @pytest.mark.parametrize("late", ["yes", "1.0", "TRUE"])
    def test_a_label(self, read, late):
        cells = read("a,b\n" + "1,0\n" * 50 + f"1,{late}\n", labels=[1])
        assert cells.codes.ravel().tolist() == [0] * 50 + [1]

    @pytest.mark.parametrize("late", ["300", "7", "maybe"])
    def test_what_is_no_label(self, read, late):
        with pytest.raises(FormatError, match=rf"toy.csv:52: label 'b' holds '{late}'"):
            read("a,b\n" + "1,0\n" * 50 + f"1,{late}\n", labels=[1])


def test_a_cell_that_two_passes_cannot_settle_is_text(read, monkeypatch):
    monkeypatch.setattr(csv_cells, "_find_kinds", lambda *_, **__: ["int", "int"])
    frame = read("a,b\n1,x\ny,2\n").frame
    assert frame.to_numpy().tolist() == [["1", "x"], ["y", "2"]]


def test_a_blank_after_each_separator(read):
    cells = read("a, b, c, d\n1, 1.5, x, 1\n2, ?, y, ?\n", labels=[3])
    assert [str(dtype) for dtype in cells.frame.dtypes] == ["int64", "float64", "str"]
    assert cells.codes.tolist() == [[1], [-1]]


@pytest.mark.parametrize("cell", ["\u00a05", "5\u2003", " true", "1_000", "1d"])
def test_what_only_looks_like_a_number_is_text(read, cell):
    assert read(f"a,b\n{cell},1\n").frame[0].tolist() == [cell]


CELLS = st.sampled_from(["", "?", "NA", "1", "-7", "2.5", "1e-3", "true", "x y", "é"])


@given(columns=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=30))
def test_no_cell_changes_its_meaning(tmp_path_factory, columns):
    path = tmp_path_factory.mktemp("cells") / "toy.csv"
    text = "".join(f"{a},{b},.\n" for a, b in columns)
    path.write_text(f"a,b,c\n{text}", encoding="utf-8")
    frame = read_cells(open_csv(path)).frame
    for j in (0, 1):
        for cell, value in zip([row[j] for row in columns], frame[j], strict=True):
            if pd.isna(value):
                assert cell in ("", "?", "NA")
            elif isinstance(value, str):
                assert cell == value
            else:
                assert float(cell == "true" or cell) == float(value)
