"""Whole ARFF files: encodings, line ends, the data section, both readers together."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from mlkit.datasets.formats import arff, read_arff
from mlkit.datasets.formats.arff import line_of_row
from mlkit.datasets.formats.arff_table import DenseRows, SparseRows
from mlkit.exceptions import FormatError

HEADER = "@relation r\n@attribute a numeric\n@attribute b {0,1}\n"


@pytest.fixture
def write(tmp_path):
    def write(content, name="toy.arff"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def numbers(path):
    return read_arff(path).rows.numbers.ravel().tolist()


@pytest.mark.parametrize(
    "data",
    [
        "@data\n1.5,0\n2.5,1\n",
        "@DATA\n1.5,0\n2.5,1",
        "  @data ignored, 5\n1.5,0\n2.5,1\n",
        "@data\n\n1.5,0\n\n2.5,1\n\n",
        "@data\n% remark\n1.5,0\n2.5,1 % remark\n",
        "@data\n1.5, 0\n2.5, 1\n",
        "@data\n1.5\t0\n2.5\t1\n",
        "@data\n1.5 0\n2.5 1\n",
        "@data\n1.5,0,{3}\n2.5,1,{4}\n",
        "@data\n1.5,0,\n2.5,1,\n",
        "@data\n'1.5',0\n2.5,'1'\n",
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_data_sections_that_mean_the_same(write, data, newline):
    table = read_arff(write((HEADER + data).replace("\n", newline)))
    assert table.rows.numbers.ravel().tolist() == [1.5, 2.5]
    assert table.rows.codes.ravel().tolist() == [0, 1]


def test_data_inside_a_comment_is_no_section(write):
    assert numbers(write("% @data\n" + HEADER + "@data\n1,0\n")) == [1.0]


def test_no_rows(write):
    table = read_arff(write(HEADER + "@data"))
    assert table.rows.numbers.shape == (0, 1)
    assert table.rows.codes.shape == (0, 1)


@pytest.mark.parametrize(
    "content",
    [
        ("\ufeff" + HEADER.replace("a n", "é n") + "@data\n1,0\n").encode("utf-8"),
        (HEADER.replace("a n", "é n") + "@data\n1,0\n").encode("utf-8"),
        (HEADER.replace("a n", "é n") + "@data\n1,0\n").encode("latin-1"),
    ],
)
def test_encodings(write, content):
    table = read_arff(write(content))
    assert table.header.names == ("é", "b")
    assert table.rows.numbers.tolist() == [[1.0]]


@pytest.mark.parametrize(
    "content",
    [
        (HEADER + "@data\n1,0\n").encode("utf-16"),
        (HEADER + "@data\n1,0\n").encode("utf-16-le"),
        gzip.compress(HEADER.encode(), mtime=0),
    ],
)
def test_unknown_encodings(write, content):
    with pytest.raises(FormatError, match="unknown encoding: .* Save it as UTF-8"):
        read_arff(write(content))


@pytest.mark.parametrize("content", ["", " \n\t\n"])
def test_empty_files(write, content):
    with pytest.raises(FormatError, match="the file is empty"):
        read_arff(write(content))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (HEADER, "there is no @data line"),
        (HEADER + "1,0\n", "toy.arff:4: expected '@attribute name type' or '@data'"),
        ("<!DOCTYPE html>\n<title>404</title>", "toy.arff:1: .* web page"),
        ("a,b\n1,2\n", "toy.arff:1: this is not an ARFF file"),
        ("@relation r\n@data\n1,0\n", "declares no attribute"),
        (HEADER + "@data\n1,0\n1\n", "toy.arff:6: the row is too short"),
        (HEADER + "@data\n\n1,0\n% c\n1,0,1\n", "toy.arff:8: the row is too long"),
        (HEADER + "@data\n1,,0\n", "toy.arff:5: cell 2 is empty"),
        (HEADER + "@data\n{2 1}\n", "toy.arff:5: index 2 is out of range"),
        (HEADER + "@data\n{1 1,1 1}\n", "toy.arff:5: index 1 stands twice"),
        (HEADER + "@data\nx,0\n", "toy.arff:5: attribute 'a': expected a number"),
        (HEADER + "@data\n1,2\n", "toy.arff:5: attribute 'b': the value '2' is not"),
    ],
)
def test_broken_files(write, content, problem):
    with pytest.raises(FormatError, match=problem):
        read_arff(write(content))


def test_line_numbers_hold_in_a_later_block(write, monkeypatch):
    monkeypatch.setattr(arff, "_BLOCK", 64)
    rows = "".join(f"{i},0\n" for i in range(200))
    with pytest.raises(FormatError, match="toy.arff:205: the row is too short"):
        read_arff(write(HEADER + "@data\n" + rows + "7\n"))


@pytest.mark.parametrize("size", [1, 7, 64, 4096])
def test_blocks_do_not_show(write, monkeypatch, size):
    rows = "".join(f"{i}.5,{i % 2}\n" + ("\n% c\n" * (i % 5 == 0)) for i in range(50))
    path = write(HEADER + "@data\n" + rows)
    expected = read_arff(path).rows
    monkeypatch.setattr(arff, "_BLOCK", size)
    found = read_arff(path).rows
    np.testing.assert_array_equal(found.numbers, expected.numbers)
    np.testing.assert_array_equal(found.codes, expected.codes)
    assert expected.numbers[:3].ravel().tolist() == [0.5, 1.5, 2.5]


def test_plain_files_never_need_the_careful_reader(write, monkeypatch):
    def refuse(*args, **kwargs):
        pytest.fail("the careful reader was called")

    monkeypatch.setattr(arff, "read_rows", refuse)
    header = HEADER + "@attribute c {YES,NO}\n"
    dense = read_arff(write(header + "@data\n1.5, 0, YES\n\n?, 1, NO\n"))
    assert dense.rows.codes.tolist() == [[0, 0], [1, 1]]
    sparse = read_arff(write(HEADER + "@data\n{0 1,1 1}\n\n{}\n{0 2.5}"))
    assert isinstance(sparse.rows, SparseRows)
    assert sparse.rows.counts.tolist() == [2, 0, 1]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("{0 1}\n{}\n1,0\n", SparseRows),
        ("{0 1}\n1,0\n", DenseRows),
        ("1,0\n{}\n{0 1}\n", SparseRows),
    ],
)
def test_mixed_files_follow_the_majority(write, data, kind):
    assert type(read_arff(write(HEADER + "@data\n" + data)).rows) is kind


def test_line_of_row(write):
    path = write(HEADER + "@data\n1,0\n\n% c\n2,0\n3,1\n")
    assert [line_of_row(path, row) for row in range(3)] == [5, 8, 9]


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="absent.arff"):
        read_arff(tmp_path / "absent.arff")


@pytest.mark.data
def test_fast_and_careful_reader_agree_on_real_files(mulan_folder, monkeypatch):
    for name in ("flags/flags", "medical/medical-train", "emotions/emotions-test"):
        path = mulan_folder / f"{name}.arff"
        fast = read_arff(path).rows
        with monkeypatch.context() as patch:
            patch.setattr(arff, "_scan", lambda block, schema: None)
            careful = read_arff(path).rows
        assert type(fast) is type(careful)
        for field in fast.__slots__:
            left, right = getattr(fast, field), getattr(careful, field)
            np.testing.assert_array_equal(left, right)
