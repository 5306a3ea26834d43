"""Delimited files before their cells."""

from __future__ import annotations

import bz2
import csv
import gzip
import lzma

import pytest

from mlkit.datasets.formats.csv_file import default_separator, open_csv, opener_of
from mlkit.exceptions import FormatError, OptionError


@pytest.fixture
def short_cells():
    """Python's own limit of a cell, which other packages lift for the process."""
    limit = csv.field_size_limit(131_072)
    yield
    csv.field_size_limit(limit)


@pytest.fixture
def write(tmp_path):
    def write(content, name="toy.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def content(file):
    with file.open_rows() as stream:
        return stream.read()


def rows(file):
    return [cells for _, cells in file.lines()]


def test_header_and_rows(write):
    file = open_csv(write("a,b\n1,2\n3,4\n"))
    assert file.names == ("a", "b")
    assert (file.separator, file.encoding, file.reading) == (",", "utf-8", "CSV")
    assert content(file) == b"1,2\n3,4\n"
    assert list(file.lines()) == [(2, ["1", "2"]), (3, ["3", "4"])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_and_their_number(write, end, last):
    file = open_csv(write(end.join(["a,b", "1,2", "3,4"]) + (end if last else "")))
    assert file.names == ("a", "b")
    assert file.max_rows == 2
    assert rows(file) == [["1", "2"], ["3", "4"]]


def test_room_for_rows_is_bounded_by_the_size_of_the_file(write):
    file = open_csv(write("a" + ",a" * 9_999 + "\n" * 50_000))
    assert file.max_rows * len(file.names) < 2 * 70_000 + 10_000


def test_a_header_over_several_lines(write):
    file = open_csv(write('\n\n"a\nb","c ""d"""\n1,"x\ny"\n2,z\n'))
    assert file.names == ("a\nb", 'c "d"')
    assert list(file.lines()) == [(6, ["1", "x\ny"]), (7, ["2", "z"])]
    assert [file.line_of_row(row) for row in (0, 1, 2)] == [6, 7, None]


@pytest.mark.usefixtures("short_cells")
def test_a_cell_too_long_to_be_searched_has_no_line(write):
    file = open_csv(write("a,b\n1," + "x" * 200_000 + "\n2,y\n"))
    assert file.line_of_row(1) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.csv", ","),
        ("a.CSV", ","),
        ("a.tsv", "\t"),
        ("a.tab", "\t"),
        ("a.txt", "\t"),
        ("a.tsv.gz", "\t"),
        ("a.b.csv.xz", ","),
        ("a", ","),
    ],
)
def test_the_separator_of_a_suffix(tmp_path, name, expected):
    assert default_separator(tmp_path / name) == expected


@pytest.mark.parametrize(
    ("header", "name", "separator", "reading"),
    [
        ("a;b", "a.csv", ";", "CSV, separated by semicolon (found in the header)"),
        ("a\tb", "a.csv", "\t", "CSV, separated by tab (found in the header)"),
        ("a|b", "a.csv", "|", "CSV, separated by bar (found in the header)"),
        ("a,b", "a.tsv", ",", "CSV, separated by comma (found in the header)"),
        ("a\tb", "a.txt", "\t", "TSV"),
        ("a;b,c", "a.csv", ",", "CSV"),
    ],
)
def test_the_header_shows_the_separator(write, header, name, separator, reading):
    file = open_csv(write(f"{header}\n", name))
    assert (file.separator, file.reading) == (separator, reading)
    assert len(file.names) == 2


def test_one_column_in_quotes_is_not_split(write):
    file = open_csv(write('"a;b"\nx\n'))
    assert file.names == ("a;b",)
    assert file.separator == ","


def test_a_separator_by_request(write):
    file = open_csv(write("a:b,c\n"), separator=":")
    assert file.names == ("a", "b,c")
    assert file.reading == "CSV, separated by : (by request)"


@pytest.mark.parametrize("separator", ["", ";;", "ü"])
def test_a_separator_is_one_character(write, separator):
    with pytest.raises(OptionError, match="separator must be one ASCII character"):
        open_csv(write("a\n"), separator=separator)


def test_a_byte_order_mark_is_no_name(write):
    file = open_csv(write(b"\xef\xbb\xbfa,b\n1,2\n"))
    assert file.names == ("a", "b")
    assert content(file) == b"1,2\n"


def test_a_mark_before_latin_1(write):
    file = open_csv(write(b"\xef\xbb\xbfa,\xe9\n1,2\n"))
    assert file.names == ("a", "é")


def test_latin_1_where_it_is_not_utf_8(write):
    file = open_csv(write("é,b\n1,ü\n".encode("latin-1")))
    assert file.names == ("é", "b")
    assert file.reading == "CSV, latin-1"
    assert rows(file) == [["1", "ü"]]


def test_latin_1_that_shows_at_the_very_end(write):
    file = open_csv(write(b"a,b\n" + b"1,2\n" * 300_000 + b"3,\xe9"))
    assert file.encoding == "latin-1"
    assert file.max_rows == 300_001


def test_a_character_between_two_blocks(write):
    # The euro sign has three bytes; the survey reads a mebibyte at a time.
    text = "a,b\n1," + "x" * ((1 << 20) - 7) + "€\n"
    file = open_csv(write(text))
    assert file.encoding == "utf-8"


@pytest.mark.parametrize("content", [b"\xff\xfea\x00,\x00b\x00", b"a,b\n1,\x00\n"])
def test_other_encodings_are_refused(write, content):
    with pytest.raises(FormatError, match="toy.csv: unknown encoding: .* UTF-16"):
        open_csv(write(content))


@pytest.mark.parametrize("content", ["", "\n", "\r\n\r\n", "\ufeff"])
def test_an_empty_file(write, content):
    with pytest.raises(FormatError, match="toy.csv: the file is empty"):
        open_csv(write(content))


@pytest.mark.parametrize("page", ["<!DOCTYPE html>\n<html>", "\n  <html>", "<?xml ?>"])
def test_a_web_page(write, page):
    with pytest.raises(FormatError, match="toy.csv:1: this is a web page or XML"):
        open_csv(write(page))


@pytest.mark.usefixtures("short_cells")
def test_a_header_that_cannot_be_read(write):
    with pytest.raises(FormatError, match="toy.csv:1: the header cannot be read"):
        open_csv(write('"' + "x" * 200_000))


@pytest.mark.parametrize(
    ("suffix", "compress"),
    [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)],
)
class TestCompressed:
    CONTENT = b"a,b\n" + b"1,2\n" * 1000

    def test_whole(self, write, suffix, compress):
        file = open_csv(write(compress(self.CONTENT), f"toy.csv{suffix}"))
        assert file.names == ("a", "b")
        assert file.max_rows == 1000
        assert content(file) == self.CONTENT[4:]

    def test_cut_off(self, write, suffix, compress):
        path = write(compress(self.CONTENT)[:-12], f"toy.csv{suffix}")
        with pytest.raises(FormatError, match=f"is not a whole {suffix} file"):
            open_csv(path)

    def test_not_compressed_at_all(self, write, suffix, compress):
        with pytest.raises(FormatError, match=f"is not a whole {suffix} file"):
            open_csv(write(self.CONTENT, f"toy.csv{suffix}"))

    def test_the_same_function_writes(self, tmp_path, suffix, compress):
        path = tmp_path / f"toy.csv{suffix}"
        with opener_of(path)(path, "wb") as stream:
            stream.write(self.CONTENT)
        assert len(path.read_bytes()) < len(self.CONTENT)
        assert open_csv(path).max_rows == 1000


def test_a_missing_file_stays_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="toy.csv.gz"):
        open_csv(tmp_path / "toy.csv.gz")
