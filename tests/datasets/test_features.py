"""Features without labels, in the columns that a model was trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

import mlkit
from mlkit import MultiLabelDataset
from mlkit.datasets import read_features
from mlkit.exceptions import FormatError, LabelNameError


@pytest.fixture
def films(tmp_path: Path) -> Path:
    path = tmp_path / "films.csv"
    path.write_text(
        "title,year,stars,country,genre_war\nA,1959,3.5,US,1\nB,1964,,UK,0\n",
        encoding="utf-8",
    )
    return path


def test_columns_are_chosen_and_ordered(films: Path) -> None:
    X = read_features(films, ["country", "year"], index="title")
    assert list(X.columns) == ["country", "year"]
    assert list(X.index) == ["A", "B"]
    assert X["country"].tolist() == ["US", "UK"]


def test_all_columns_by_default(films: Path) -> None:
    X = read_features(films)
    assert list(X.columns) == ["title", "year", "stars", "country", "genre_war"]
    assert X["stars"].isna().tolist() == [False, True]


def test_they_are_those_of_read(films: Path, tmp_path: Path) -> None:
    ds = mlkit.read(films, "genre_*", index="title")
    pd.testing.assert_frame_equal(
        read_features(films, ds.feature_names, index="title"), ds.X
    )
    for name in ("films.arff", "films.parquet"):
        mlkit.write(ds, tmp_path / name)
        again = mlkit.read(tmp_path / name)
        pd.testing.assert_frame_equal(
            read_features(tmp_path / name, ds.feature_names), again.X
        )


def test_row_names_without_a_heading(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(",a,b\nr1,1,2\nr2,3,4\n", encoding="utf-8")
    X = read_features(path, ["b"])
    assert X.index.tolist() == ["r1", "r2"]
    assert X["b"].tolist() == [2, 4]


@pytest.mark.parametrize("suffix", ["arff", "libsvm"])
def test_sparse_files_stay_sparse(tmp_path: Path, suffix: str) -> None:
    X = sp.csr_array(np.array([[0.0, 1.5, 0.0], [2.0, 0.0, 0.0]]))
    names = ["a", "b", "c"]
    ds = MultiLabelDataset(X, sp.csr_array([[1], [0]]), feature_names=names)
    path = tmp_path / f"x.{suffix}"
    mlkit.write(ds, path)
    found = read_features(path, names, n_features=3)
    assert sp.issparse(found)
    np.testing.assert_array_equal(found.toarray(), X.toarray())
    if suffix == "arff":
        turned = read_features(path, ["c", "a"])
        np.testing.assert_array_equal(turned.toarray(), X.toarray()[:, [2, 0]])


def test_refusals(films: Path, tmp_path: Path) -> None:
    with pytest.raises(
        LabelNameError, match="lacks 1 of the 2 columns .*'budget'.*'title'"
    ):
        read_features(films, ["year", "budget"])
    with pytest.raises(FileNotFoundError, match="There is no file"):
        read_features(tmp_path / "no.csv")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        read_features(tmp_path)
    other = tmp_path / "x.docx"
    other.write_text("")
    with pytest.raises(FormatError, match="unknown format '.docx'"):
        read_features(other)
    with pytest.raises(FormatError, match="no columns 'name'"):
        read_features(films, index="name")
