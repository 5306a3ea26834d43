"""A data file and its label XML: both or neither."""

from __future__ import annotations

import os

import pytest

from mlkit.datasets.formats.label_xml import read_label_xml, write_label_xml
from mlkit.datasets.formats.paired_files import (
    label_xml_beside,
    says_label_xml,
    with_label_xml,
)
from mlkit.exceptions import UnwritableError


def contents(folder):
    return {file.name: file.read_text() for file in folder.iterdir()}


@pytest.mark.parametrize(
    ("data", "xml"),
    [("a.arff", "a.xml"), ("a.csv.gz", "a.xml"), ("a-train.svm", "a-train.xml")],
)
def test_where_the_xml_lies(tmp_path, data, xml):
    assert label_xml_beside(tmp_path / data) == tmp_path / xml


def test_both_files_are_written(tmp_path):
    path = tmp_path / "new" / "toy.arff"

    with with_label_xml(path, ["b", "a"]) as data:
        data.write_text("rows")
        assert not path.exists()

    assert path.read_text() == "rows"
    assert read_label_xml(path.with_suffix(".xml")).names == ("b", "a")
    assert len(contents(path.parent)) == 2


def test_neither_is_written_after_an_error(tmp_path):
    with (
        pytest.raises(UnicodeEncodeError, match="surrogates"),
        with_label_xml(tmp_path / "toy.arff", ["a"]) as data,
    ):
        data.write_text("\ud800", encoding="utf-8")

    assert contents(tmp_path) == {}


def test_neither_is_written_where_the_data_cannot_take_their_name(tmp_path):
    (tmp_path / "toy.arff").mkdir()

    with (
        pytest.raises(OSError, match=r"toy\.arff"),
        with_label_xml(tmp_path / "toy.arff", ["a"]) as data,
    ):
        data.write_text("rows")

    assert os.listdir(tmp_path) == ["toy.arff"]


def test_neither_is_written_where_a_folder_is_in_the_way_of_the_xml(tmp_path):
    (tmp_path / "toy.xml").mkdir()

    with (
        pytest.raises(IsADirectoryError, match=r"toy\.xml is a folder"),
        with_label_xml(tmp_path / "toy.arff", ["a"]),
    ):
        pytest.fail("nothing may be written")

    assert os.listdir(tmp_path) == ["toy.xml"]


def test_names_that_xml_cannot_hold_are_refused_first(tmp_path):
    with (
        pytest.raises(UnwritableError, match="cannot hold"),
        with_label_xml(tmp_path / "toy.arff", ["a\x00"]),
    ):
        pytest.fail("nothing may be written")

    assert contents(tmp_path) == {}


def test_an_xml_that_says_the_same_is_kept(tmp_path):
    xml = write_label_xml(tmp_path / "toy.xml", ["a", "b"], [None, "a"])
    before = xml.read_text()

    with with_label_xml(tmp_path / "toy.arff", ["a", "b"]) as data:
        data.write_text("rows")

    assert contents(tmp_path) == {"toy.xml": before, "toy.arff": "rows"}


@pytest.mark.parametrize("old", ["<labels", None, "other"])
def test_another_xml_is_replaced(tmp_path, old):
    xml = tmp_path / "toy.xml"
    if old == "other":
        write_label_xml(xml, ["b", "a"])
    elif old:
        xml.write_text(old)

    with with_label_xml(tmp_path / "toy.arff", ["a", "b"]):
        assert not says_label_xml(xml, ["a", "b"])

    assert says_label_xml(xml, ["a", "b"])
    assert not says_label_xml(xml, ["b", "a"])
