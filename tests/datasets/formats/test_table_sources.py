"""Tables behind one face."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlkit.datasets.formats.csv_file import open_csv
from mlkit.datasets.formats.table_sources import CsvSource, FrameSource
from mlkit.exceptions import FormatError


@pytest.fixture
def csv_source(tmp_path):
    def build(text):
        path = tmp_path / "toy.csv"
        path.write_text(text)
        return CsvSource(open_csv(path))

    return build


def test_a_file(csv_source):
    source = csv_source("a,,b\n1,x,0\n2,y,1\n")
    assert source.names == ("a", "column_2", "b")
    assert source.path.name == "toy.csv"
    assert source.reading == "CSV"
    loaded = source.load(labels=[2])
    assert loaded.frame[0].tolist() == [1, 2]
    assert loaded.codes.tolist() == [[0], [1]]


@pytest.mark.parametrize(
    ("header", "index"), [(",a,b", 0), ("a,,b", None), ("a,b,c", None)]
)
def test_a_first_column_without_heading_names_the_rows(csv_source, header, index):
    assert csv_source(f"{header}\n").index == index


def test_an_error_in_a_file_has_its_line(csv_source):
    error = csv_source('a,b\n"x\ny",0\n\nz,1\n').error("bad", 1)
    assert isinstance(error, FormatError)
    assert str(error).endswith("toy.csv:5: bad")


def test_a_frame():
    frame = pd.DataFrame([[1, "x", 0], [2, "y", 1]], columns=["a", "a", 3])
    source = FrameSource(frame)
    assert source.names == ("a", "a", "3")
    assert (source.path, source.index, source.reading) == (None, None, "DataFrame")
    loaded = source.load(labels=[2], texts=[1])
    assert list(loaded.frame.columns) == [0, 1]
    assert loaded.frame[1].tolist() == ["x", "y"]
    assert loaded.codes.tolist() == [[0], [1]]
    assert list(frame.columns) == ["a", "a", 3]


def test_a_frame_without_labels():
    loaded = FrameSource(pd.DataFrame({"a": [1]})).load()
    assert loaded.frame.shape == (1, 1)
    assert loaded.codes.shape == (1, 0)


def test_what_comes_out_does_not_write_to_what_went_in():
    frame = pd.DataFrame({"a": [1.0, 2.0]})
    loaded = FrameSource(frame).load().frame
    loaded.iloc[0, 0] = 9.0
    assert frame["a"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    "cells",
    [
        pd.Series([True, False, None], dtype="boolean"),
        pd.Series([1, 0, None], dtype="Int8"),
        pd.Series([1.0, 0.0, np.nan]),
        pd.Series(["yes", "no", "?"], dtype="category"),
        pd.Series(["1", "0", None], dtype="str"),
        pd.Series([True, 0, "NA"], dtype=object),
    ],
    ids=lambda cells: str(cells.dtype),
)
def test_labels_of_any_dtype(cells):
    loaded = FrameSource(pd.DataFrame({"a": cells})).load(labels=[0])
    assert loaded.codes.ravel().tolist() == [1, 0, -1]


def test_a_cell_that_is_no_label_names_its_row():
    frame = pd.DataFrame({"calm": [0, 2, 3]}, index=["r", "s", "t"])
    with pytest.raises(FormatError, match=r"row s: label 'calm' holds '2' \(2 such"):
        FrameSource(frame).load(labels=[0])


def test_an_error_in_a_file_without_lines_has_path_and_row():
    source = FrameSource(pd.DataFrame({"a": [0]}), Path("a.parquet"), "Parquet")
    assert str(source.error("bad", 0)) == "a.parquet: row 0: bad"
