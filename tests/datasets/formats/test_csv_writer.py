"""CSV files that are read back without being told anything."""

from __future__ import annotations

import csv
import gzip
import io
import string

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets.formats import csv_writer
from mlkit.datasets.formats.csv_writer import write_csv
from mlkit.datasets.reading import read
from mlkit.exceptions import UnwritableError


def toy(**changes):
    X = pd.DataFrame({"size": [1.5, np.nan], "kind": ["a,b", 'say "x"']})
    parts = {"X": X, "Y": [[1, 0], [0, np.nan]], "label_names": ["calm", "sad"]}
    return MultiLabelDataset(**{**parts, **changes})


def test_the_file_as_text(tmp_path):
    paths = write_csv(toy(), tmp_path / "toy.csv")
    assert paths == [tmp_path / "toy.csv", tmp_path / "toy.xml"]
    assert paths[0].read_text() == (
        'size,kind,calm,sad\n1.5,"a,b",1,0\n,"say ""x""",0,\n'
    )
    assert '<label name="calm"/>' in paths[1].read_text()


def test_it_is_read_back_without_being_told(tmp_path):
    write_csv(toy(), tmp_path / "toy.csv")
    ds = read(tmp_path / "toy.csv")
    pd.testing.assert_frame_equal(ds.X, toy().X)
    pd.testing.assert_frame_equal(ds.Y, toy().Y)
    assert ds.missing.tolist() == [[False, False], [False, True]]
    assert "2 labels named by toy.xml" in ds.source.reading


@pytest.mark.parametrize("suffix", [".tsv", ".tab", ".txt"])
def test_tabs_by_suffix(tmp_path, suffix):
    (path, _) = write_csv(toy(), tmp_path / f"toy{suffix}")
    assert path.read_text().startswith("size\tkind\tcalm\tsad\n1.5\ta,b\t1\t0\n")
    assert read(path).n_features == 2


def test_compressed_by_suffix(tmp_path):
    path, xml = write_csv(toy(), tmp_path / "toy.csv.gz")
    assert gzip.decompress(path.read_bytes()).startswith(b"size,kind,calm,sad\n")
    assert xml.name == "toy.xml"
    assert read(path).name == "toy"


@pytest.mark.parametrize(
    ("index", "header"),
    [
        (pd.Index(["r", "s"], name="id"), "id,size,"),
        (pd.Index(["r", "s"]), ",size,"),
        (pd.Index([5, 3]), ",size,"),
        (pd.RangeIndex(2, name="no"), "no,size,"),
        (pd.MultiIndex.from_tuples([("r", 1), ("s", 2)]), "level_0,level_1,size,"),
        (pd.RangeIndex(2), "size,"),
    ],
)
def test_row_names(tmp_path, index, header):
    ds = toy(X=toy().X.set_axis(index), Y=np.eye(2, dtype=int))
    (path, _) = write_csv(ds, tmp_path / "toy.csv")
    text = path.read_text()
    assert text.startswith(header)
    names = [name for name in header.rstrip(",").split(",")[:-1] if name]
    back = read(path, index=names or None)
    assert back.feature_names == ("size", "kind")
    assert back.X.index.tolist() == index.tolist()


def test_row_names_of_pictures_without_names(tmp_path):
    Y = pd.DataFrame({"a": [1, 0]}, index=["r", "s"])
    (path, _) = write_csv(MultiLabelDataset(np.eye(2), Y), tmp_path / "toy.csv")
    assert path.read_text() == ",feature_0,feature_1,a\nr,1.0,0.0,1\ns,0.0,1.0,0\n"


@pytest.mark.parametrize("sparse_labels", [True, False])
def test_sparse_data_are_written_out(tmp_path, monkeypatch, sparse_labels):
    monkeypatch.setattr(csv_writer, "_CELLS", 40)
    rng = np.random.default_rng(0)
    X = sp.random_array((23, 5), density=0.3, format="csr", rng=rng)
    Y = rng.integers(0, 2, (23, 3))
    missing = (rng.random(Y.shape) < 0.2) & (Y == 0)
    labels = sp.csr_array(Y) if sparse_labels else Y
    ds = MultiLabelDataset(X, labels, missing=missing)
    (path, _) = write_csv(ds, tmp_path / "toy.csv")
    back = read(path)
    np.testing.assert_array_equal(back.X.to_numpy(), X.toarray())
    np.testing.assert_array_equal(back.Y.to_numpy(), Y)
    np.testing.assert_array_equal(back.missing, missing)
    assert back.feature_names[:2] == ("feature_0", "feature_1")


def test_sparse_data_that_would_be_enormous(tmp_path):
    X = sp.csr_array((100_000, 100_000))
    ds = MultiLabelDataset(X, sp.csr_array((100_000, 1)))
    with pytest.raises(
        UnwritableError, match=r"10,000,100,000 cells. Write it as .par"
    ):
        write_csv(ds, tmp_path / "toy.csv")


def test_pictures(tmp_path):
    ds = MultiLabelDataset(np.zeros((2, 3, 3)), np.eye(2))
    with pytest.raises(UnwritableError, match=r"of shape \(3, 3\).*as Parquet"):
        write_csv(ds, tmp_path / "toy.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "cells", [[[1], [2]], [{"a"}, None], [1, "a"], [1j, 2j], [object(), None]]
)
def test_what_text_cannot_say(tmp_path, cells):
    X = pd.DataFrame({"odd": pd.Series(cells), "fine": [1, 2]})
    with pytest.raises(UnwritableError, match="cannot hold what is in 'odd'"):
        write_csv(MultiLabelDataset(X, [[1], [0]]), tmp_path / "toy.csv")


@pytest.mark.parametrize(
    ("X", "labels"),
    [
        (pd.DataFrame({"a": [1]}), ["a"]),
        (pd.DataFrame({"a": [1]}, index=pd.Index(["r"], name="a")), ["b"]),
        (pd.DataFrame({"b": [1]}, index=pd.Index(["r"], name="a")), ["a"]),
    ],
)
def test_a_name_that_would_stand_twice(tmp_path, X, labels):
    with pytest.raises(UnwritableError, match="twice.* 'a'"):
        write_csv(MultiLabelDataset(X, [[1]], labels), tmp_path / "toy.csv")


def test_an_error_leaves_nothing_behind(tmp_path, monkeypatch):
    (tmp_path / "toy.csv").write_text("old")

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(csv_writer, "_lines", fail)
    with pytest.raises(OSError, match="disk full"):
        write_csv(toy(), tmp_path / "toy.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["toy.csv"]
    assert (tmp_path / "toy.csv").read_text() == "old"


def test_no_rows(tmp_path):
    ds = MultiLabelDataset(np.zeros((0, 2)), np.zeros((0, 1)))
    (path, _) = write_csv(ds, tmp_path / "toy.csv")
    assert path.read_text() == "feature_0,feature_1,label_0\n"
    assert read(path).n_samples == 0


def test_a_single_column_may_be_empty(tmp_path):
    ds = MultiLabelDataset(np.zeros((3, 0)), [[1], [np.nan], [0]], ["a;b"])
    (path, _) = write_csv(ds, tmp_path / "toy.csv")
    back = read(path)
    assert back.label_names == ("a;b",)
    assert back.missing.ravel().tolist() == [False, True, False]


def test_numbers_come_back_to_the_last_bit(tmp_path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3)) * 10.0 ** rng.integers(-300, 300, (200, 3))
    (path, _) = write_csv(MultiLabelDataset(X, np.ones((200, 1))), tmp_path / "a.csv")
    np.testing.assert_array_equal(read(path).X.to_numpy(), X)


def test_python_reads_the_same_cells(tmp_path):
    X = pd.DataFrame({"a\nb": ["x\r\ny", "\r", "z"], 'c"': ["1,2", "'", "\t"]})
    (path, _) = write_csv(MultiLabelDataset(X, [[1], [0], [1]]), tmp_path / "a.csv")
    text = path.read_bytes().decode()
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows == [
        ["a\nb", 'c"', "label_0"],
        ["x\r\ny", "1,2", "1"],
        ["\r", "'", "0"],
        ["z", "\t", "1"],
    ]


# Control characters have no place in XML; surrogates have none in UTF-8.
CHARACTERS = st.characters(
    exclude_categories=["Cs", "Cc", "Cn"], include_characters="\n\t"
)
NAME = st.text(CHARACTERS, min_size=1, max_size=6)
# Text that does not look like a number, a boolean or a missing cell.
WORD = st.text(CHARACTERS | st.sampled_from('\r",;'), max_size=6).map("w".__add__)


@given(
    names=st.lists(NAME, min_size=4, max_size=4, unique=True),
    words=st.lists(st.none() | WORD, min_size=3, max_size=3),
    numbers=st.lists(st.floats(), min_size=3, max_size=3),
    labels=st.lists(st.sampled_from([0, 1, np.nan]), min_size=6, max_size=6),
    suffix=st.sampled_from([".csv", ".tsv", ".csv.gz"]),
)
def test_round_trips(tmp_path_factory, names, words, numbers, labels, suffix):
    X = pd.DataFrame({names[0]: pd.Series(words, dtype="str"), names[1]: numbers})
    X[names[1]] = X[names[1]] + 0.5  # whole numbers would come back as integers
    ds = MultiLabelDataset(X, np.reshape(labels, (3, 2)), names[2:])
    path = tmp_path_factory.mktemp("csv") / f"toy{suffix}"
    write_csv(ds, path)
    back = read(path)
    assert back.feature_names == ds.feature_names
    assert back.label_names == ds.label_names
    if not X[names[0]].isna().all():
        pd.testing.assert_series_equal(back.X.iloc[:, 0], ds.X.iloc[:, 0])
    np.testing.assert_array_equal(back.X.iloc[:, 1], ds.X.iloc[:, 1])
    np.testing.assert_array_equal(back.Y, ds.Y)
    assert (back.missing is None) == (ds.missing is None)
    if ds.missing is not None:
        np.testing.assert_array_equal(back.missing, ds.missing)


@pytest.mark.parametrize("character", [c for c in string.punctuation if c != '"'])
def test_names_of_one_sign(tmp_path, character):
    ds = MultiLabelDataset(pd.DataFrame({character: [0.5]}), [[1]], [f"{character}!"])
    write_csv(ds, tmp_path / "toy.csv")
    back = read(tmp_path / "toy.csv")
    assert back.feature_names == (character,)
    assert back.label_names == (f"{character}!",)
