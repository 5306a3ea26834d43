"""`write` finds the format, and never leaves or destroys half a data set."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets import writing
from mlkit.datasets.formats.label_xml import read_label_xml, write_label_xml
from mlkit.datasets.reading import read
from mlkit.datasets.writing import write
from mlkit.exceptions import OptionError, UnwritableError


@pytest.fixture
def toy():
    X = pd.DataFrame({"a": [1.5, 0.0, 2.0], "b": [0.0, 3.0, 4.0]})
    return MultiLabelDataset(X, [[1, 0], [0, 1], [1, 1]], ["calm", "sad"])


def contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("toy.arff", ["toy.arff", "toy.xml"]),
        ("toy.ARFF", ["toy.ARFF", "toy.xml"]),
        ("toy.csv", ["toy.csv", "toy.xml"]),
        ("toy.tsv", ["toy.tsv", "toy.xml"]),
        ("toy.csv.gz", ["toy.csv.gz", "toy.xml"]),
        ("toy.parquet", ["toy.parquet"]),
        ("toy.libsvm", ["toy.libsvm", "toy.xml"]),
        ("toy.svm", ["toy.svm", "toy.xml"]),
        ("toy.svmlight", ["toy.svmlight", "toy.xml"]),
    ],
)
def test_the_suffix_names_the_format(toy, tmp_path, name, files):
    folder = tmp_path / "new"

    written = write(toy, folder / name)

    assert [path.name for path in written] == files
    assert sorted(contents(folder)) == sorted(files)
    got = read(written[0])
    X = got.X if isinstance(got.X, pd.DataFrame) else got.X.toarray()
    Y = got.Y if isinstance(got.Y, pd.DataFrame) else got.Y.toarray()
    np.testing.assert_array_equal(X, toy.X)
    np.testing.assert_array_equal(Y, toy.Y)
    assert got.label_names == toy.label_names


def test_every_format_that_is_written_is_read(tmp_path, toy):
    for suffix in writing._WRITERS:
        files = write(toy, tmp_path / suffix[1:] / f"toy{suffix}")
        assert read(files[0]).n_samples == 3


@pytest.mark.parametrize("name", ["toy", "toy.xlsx", "toy.arff.gz", "toy.gz"])
def test_unknown_suffixes(toy, tmp_path, name):
    with pytest.raises(UnwritableError, match=r"Expected one of: \.arff, \.csv"):
        write(toy, tmp_path / name)
    assert contents(tmp_path) == {}


def test_options_reach_the_writer(toy, tmp_path):
    path = write(toy, tmp_path / "a.arff", header="meka", layout="sparse")[0]

    assert "-C 2" in path.read_text()
    assert path.read_text().endswith("{0 1,1 1,2 2,3 4}\n")
    zero = write(toy, tmp_path / "b.svm", zero_based=True)[0]
    assert zero.read_text().startswith("0 0:1.5\n")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("toy.csv", {"layout": "dense"}),
        ("toy.parquet", {"header": "mulan"}),
        ("toy.arff", {"zero_based": False}),
        ("toy.svm", {"header": "meka", "zero_based": True}),
    ],
)
def test_options_of_other_formats(toy, tmp_path, name, options):
    with pytest.raises(OptionError, match=f"{next(iter(options))}.*no meaning"):
        write(toy, tmp_path / name, **options)
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("name", ["toy.arff", "toy.csv", "toy.parquet", "toy.svm"])
def test_a_file_is_not_replaced_unless_told_to(toy, tmp_path, name):
    write(toy, tmp_path / name)
    before = contents(tmp_path)
    other = toy[:1].replace(X=np.ones((1, 1)))

    with pytest.raises(FileExistsError, match=r"overwrite=True") as caught:
        write(other, tmp_path / name)
    assert name in str(caught.value)
    assert contents(tmp_path) == before

    write(other, tmp_path / name, overwrite=True)
    assert read(tmp_path / name).n_samples == 1


def test_an_xml_of_other_labels_is_not_replaced_unless_told_to(toy, tmp_path):
    xml = write_label_xml(tmp_path / "toy.xml", ["sad", "calm"])

    with pytest.raises(FileExistsError, match=r"toy\.xml"):
        write(toy, tmp_path / "toy.svm")
    assert sorted(contents(tmp_path)) == ["toy.xml"]

    write(toy, tmp_path / "toy.svm", overwrite=True)
    assert read_label_xml(xml).names == ("calm", "sad")


def test_formats_share_an_xml_of_the_same_labels(toy, tmp_path):
    write_label_xml(tmp_path / "toy.xml", ["calm", "sad"])
    before = contents(tmp_path)["toy.xml"]

    written = [write(toy, tmp_path / f"toy.{s}") for s in ("arff", "csv", "svm")]

    assert contents(tmp_path)["toy.xml"] == before
    assert {files[1].name for files in written} == {"toy.xml"}


def test_formats_without_xml_do_not_look_at_it(toy, tmp_path):
    (tmp_path / "toy.xml").write_text("<something/>")

    write(toy, tmp_path / "toy.parquet")

    assert contents(tmp_path)["toy.xml"] == b"<something/>"


def test_an_error_leaves_nothing(toy, tmp_path):
    broken = toy.replace(Y=[[1], [0], [1]], label_names=["bad\x00name"])

    with pytest.raises(UnwritableError, match="cannot hold"):
        write(broken, tmp_path / "deep" / "toy.arff")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_is_not_a_file(toy, tmp_path):
    (tmp_path / "toy.arff").mkdir()

    with pytest.raises(IsADirectoryError, match="is a folder"):
        write(toy, tmp_path / "toy.arff", overwrite=True)


def test_arguments_the_wrong_way_round(toy, tmp_path):
    with pytest.raises(TypeError, match="must be a MultiLabelDataset, got str"):
        write("toy.arff", toy)
