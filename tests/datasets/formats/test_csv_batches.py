"""Rows in batches."""

from __future__ import annotations

import csv
import gzip

import pyarrow as pa
import pytest

from mlkit.datasets.formats import csv_batches
from mlkit.datasets.formats.csv_batches import KindError, batches, block_size
from mlkit.datasets.formats.csv_file import open_csv
from mlkit.exceptions import FormatError

TEXT = {0: pa.string(), 1: pa.string()}


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


def read(path, types=TEXT, decimal="."):
    rows = []
    for batch in batches(open_csv(path), types, decimal=decimal):
        rows.extend(zip(*(column.to_pylist() for column in batch.columns), strict=True))
    return rows


def test_rows_as_they_stand(write):
    path = write('a,b\n1,"x, ""y"""\n\n2,\n3,?\n')
    assert read(path) == [("1", 'x, "y"'), ("2", ""), ("3", "?")]


def test_types_are_followed(write):
    types = {0: pa.int64(), 1: pa.float64()}
    assert read(write("a,b\n1,1e3\n 2 ,?\n3, NA\n"), types) == [
        (1, 1000.0),
        (2, None),
        (3, None),
    ]


def test_numbers_are_read_to_the_nearest_float(write):
    numbers = [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, 2**53 + 2.0, -0.0]
    path = write("a,b\n" + "".join(f"{x!r},0\n" for x in numbers))
    found = read(path, {0: pa.float64(), 1: pa.int64()})
    assert [repr(x) for x, _ in found] == [repr(x) for x in numbers]


def test_a_decimal_comma(write):
    path = write("a;b\n1,5;x\n")
    assert read(path, {0: pa.float64(), 1: pa.string()}, ",") == [(1.5, "x")]


def test_a_cell_of_another_kind(write):
    with pytest.raises(KindError, match="column 1 holds") as caught:
        read(write("a,b\n1,2\n1,x\n"), {0: pa.int64(), 1: pa.int64()})
    assert caught.value.column == 1


@pytest.mark.parametrize(
    ("row", "kind", "n_cells"), [("1", "short", 1), ("1,2,3", "long", 3)]
)
def test_rows_of_another_length(write, row, kind, n_cells):
    path = write(f'a,b\n1,"x\ny"\n\n{row}\n')
    with pytest.raises(
        FormatError,
        match=rf"toy.csv:5: the row is too {kind}: expected 2 cells, .* got {n_cells}",
    ):
        read(path)


@pytest.mark.usefixtures("short_cells")
def test_rows_of_another_length_beyond_a_long_cell(write):
    path = write("a,b\n1," + "x" * 200_000 + "\n1\n")
    with pytest.raises(FormatError, match="toy.csv: CSV parse error.*Expected 2 col"):
        read(path)


@pytest.mark.parametrize("rows", ['1,"x\n2,y\n3,z', '1,"x\n2,y\n'])
def test_a_quote_that_is_never_closed(write, rows):
    with pytest.raises(FormatError, match="the last cell is never closed"):
        read(write("a,b\n" + rows))


@pytest.mark.parametrize("cell", ["x\ny", 'x\ny"', "\n"])
def test_a_quote_that_is_closed_at_the_end(write, cell):
    quoted = cell.replace('"', '""')
    assert read(write(f'a,b\n1,"{quoted}"\n')) == [("1", cell)]


def test_latin_1(write):
    assert read(write("a,b\né,ü\n".encode("latin-1"))) == [("é", "ü")]


def test_no_rows(write):
    assert read(write("a,b\n")) == []
    assert read(write("a,b")) == []
    assert read(write("a,b\n\n\n")) == []


def test_many_batches_give_every_row_once(write, monkeypatch):
    monkeypatch.setattr(csv_batches, "_BLOCK", 64)
    monkeypatch.setattr(csv_batches, "_HEADERS_A_BLOCK", 1)
    expected = [(str(i), f"row {i}") for i in range(200)]
    path = write("a,b\n" + "".join(f"{a},{b}\n" for a, b in expected))
    assert read(path) == expected


def test_a_row_longer_than_a_block(write, monkeypatch):
    monkeypatch.setattr(csv_batches, "_BLOCK", 64)
    monkeypatch.setattr(csv_batches, "_HEADERS_A_BLOCK", 1)
    expected = [(str(i), "x" * (300 if i == 50 else 5)) for i in range(100)]
    path = write("a,b\n" + "".join(f"{a},{b}\n" for a, b in expected))
    assert read(path) == expected


def test_a_row_longer_than_the_longest_block(write, monkeypatch):
    monkeypatch.setattr(csv_batches, "_BLOCK", 64)
    monkeypatch.setattr(csv_batches, "_LARGEST_BLOCK", 1024)
    with pytest.raises(FormatError, match="a row is longer than 1 GB"):
        read(write("a,b\n1," + "x" * 5000 + "\n"))


def test_wide_files_are_read_in_larger_blocks(write):
    narrow = open_csv(write("a,b\n"))
    wide = open_csv(write(",".join(f"column{i}" for i in range(20_000)) + "\n"))
    assert block_size(narrow) == 1 << 20
    assert block_size(wide) > 4 * block_size(narrow)


def test_an_archive_that_breaks_later(write):
    path = write(gzip.compress(b"a,b\n1,2\n"), "toy.csv.gz")
    file = open_csv(path)
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(FormatError, match="cannot be read to its end"):
        list(batches(file, TEXT, decimal="."))


def test_stopping_early_closes_the_file(write):
    path = write("a,b\n" + "1,2\n" * 500_000)
    for _ in range(5):
        rows = batches(open_csv(path), TEXT, decimal=".")
        assert len(next(rows))
        rows.close()
