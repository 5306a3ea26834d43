"""Loading by name: parts, joining, sources; with files made here and the real ones."""

from __future__ import annotations

import hashlib
import importlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

import mlkit
from mlkit import MultiLabelDataset
from mlkit.datasets import CatalogEntry, DataFile, load, load_flags, read
from mlkit.exceptions import HashMismatchError, LabelNameError, UnknownNameError

# The package exports a function that has the name of this module.
catalog_module = importlib.import_module("mlkit.datasets.catalog")
loading_module = importlib.import_module("mlkit.datasets.loading")

HEADER = """@relation toy
@attribute size numeric
@attribute place {%s}
@attribute calm {0,1}
@attribute sad {0,1}
@data
"""
TEXTS = {
    "toy/toy-train.arff": HEADER % "north,south" + "1,south,1,0\n2,north,0,1\n",
    "toy/toy-test.arff": HEADER % "south,west" + "3,west,1,1\n",
    "toy/labels.xml": (
        '<labels xmlns="http://mulan.sourceforge.net/labels">'
        '<label name="sad"/><label name="calm"/></labels>'
    ),
}


def data_file(path: str) -> DataFile:
    content = TEXTS[path].encode()
    return DataFile(path, hashlib.sha256(content).hexdigest(), len(content))


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalog with a set of three rows, published as train and test only."""
    for path, text in TEXTS.items():
        target = tmp_path / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(text.encode())
    entry = CatalogEntry(
        name="toy",
        title="A set of the tests",
        domain="none",
        n_samples=3,
        n_features=2,
        n_labels=2,
        n_assigned=4,
        licence="free",
        citation="Nobody (2000).",
        train=data_file("toy/toy-train.arff"),
        test=data_file("toy/toy-test.arff"),
        labels=data_file("toy/labels.xml"),
    )
    monkeypatch.setitem(catalog_module._ENTRIES, "toy", entry)
    monkeypatch.setenv("MLKIT_DATA", str(tmp_path))
    return tmp_path


class TestParts:
    def test_train_and_test(self, toy: Path) -> None:
        train, test = load("toy", "train"), load("toy", "test")
        assert (train.name, test.name) == ("toy-train", "toy-test")
        assert train.X["size"].tolist() == [1, 2]
        assert test.X["size"].tolist() == [3]
        assert train.Y.to_numpy().tolist() == [[1, 0], [0, 1]]

    def test_all_is_train_then_test(self, toy: Path) -> None:
        whole = load("toy")
        assert whole.name == "toy"
        assert whole.X["size"].tolist() == [1, 2, 3]
        assert whole.X.index.tolist() == whole.Y.index.tolist() == [0, 1, 2]
        assert whole.Y.to_numpy().tolist() == [[1, 0], [0, 1], [1, 1]]

    def test_labels_keep_the_order_of_the_arff(self, toy: Path) -> None:
        assert load("toy").label_names == ("calm", "sad")
        assert load("toy").feature_names == ("size", "place")

    def test_categories_are_united(self, toy: Path) -> None:
        place = load("toy").X["place"]
        assert place.tolist() == ["south", "north", "west"]
        assert isinstance(place.dtype, pd.CategoricalDtype)
        assert set(place.cat.categories) == {"north", "south", "west"}

    def test_source_of_a_part(self, toy: Path) -> None:
        source = load("toy", "test").source
        file = data_file("toy/toy-test.arff")
        assert source.path == str(toy / "toy" / "toy-test.arff")
        assert (source.sha256, source.url) == (file.sha256, file.url)
        assert (source.citation, source.licence) == ("Nobody (2000).", "free")
        assert "xml" in source.reading.lower()

    def test_source_of_joined_parts_names_both(self, toy: Path) -> None:
        source = load("toy").source
        assert source.reading.endswith("; toy-train.arff then toy-test.arff")
        for value in (source.path, source.url, source.sha256):
            assert value.count(", ") == 1

    def test_changed_file_is_refused(self, toy: Path) -> None:
        (toy / "toy" / "toy-test.arff").write_text("mine")
        with pytest.raises(HashMismatchError, match=r"toy-test.arff .*'toy'"):
            load("toy")
        assert len(load("toy", "train")) == 2

    @pytest.mark.parametrize("name", ["cal500", "foodtruck", "flags"])
    @pytest.mark.parametrize("part", ["train", "test"])
    def test_undivided_sets_point_to_splitting(self, name: str, part: str) -> None:
        with pytest.raises(
            UnknownNameError, match=f"'{name}' has no .*mlkit.splitting"
        ):
            load(name, part)

    def test_unknown_part(self) -> None:
        with pytest.raises(UnknownNameError, match="Unknown part 'valid'"):
            load("emotions", "valid")

    def test_unknown_name_has_the_closest_match(self) -> None:
        with pytest.raises(UnknownNameError, match="Did you mean 'yeast'"):
            load("yeats")


class TestBundled:
    def test_flags_are_the_bundled_ones(self) -> None:
        loaded, direct = load("flags"), load_flags()
        pd.testing.assert_frame_equal(loaded.X, direct.X)
        pd.testing.assert_frame_equal(loaded.Y, direct.Y)
        assert loaded.source == direct.source

    def test_flags_need_no_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MLKIT_CACHE", str(tmp_path / "absent"))
        monkeypatch.setenv("MLKIT_BASE_URL", "http://127.0.0.1:1")
        monkeypatch.delenv("MLKIT_DATA", raising=False)
        assert len(load("flags")) == 195
        assert not (tmp_path / "absent").exists()

    def test_top_level_name(self) -> None:
        assert mlkit.load is load


class TestJoin:
    """The joining of parts, on kinds of datasets that the toy set does not cover."""

    Y = np.array([[1, 0], [0, 1]])

    def test_sparse_parts_stay_sparse(self) -> None:
        upper = MultiLabelDataset(
            sp.csr_array([[1.0, 0], [0, 0]]), sp.csr_array(self.Y)
        )
        lower = MultiLabelDataset(sp.csr_array([[0.0, 3]]), sp.csr_array([[1, 1]]))
        joined = loading_module._join(upper, lower)
        assert isinstance(joined.X, sp.csr_array)
        assert isinstance(joined.Y, sp.csr_array)
        assert joined.X.toarray().tolist() == [[1, 0], [0, 0], [0, 3]]
        assert joined.Y.toarray().tolist() == [[1, 0], [0, 1], [1, 1]]

    def test_arrays(self) -> None:
        upper = MultiLabelDataset(np.zeros((2, 3)), self.Y)
        lower = MultiLabelDataset(np.ones((2, 3)), self.Y)
        joined = loading_module._join(upper, lower)
        assert joined.X.sum(axis=1).tolist() == [0, 0, 3, 3]
        assert joined.missing is None

    @pytest.mark.parametrize("which", ["upper", "lower", "both"])
    @pytest.mark.parametrize("kind", [np.array, sp.csr_array])
    def test_unknown_labels_stay_unknown(self, which: str, kind) -> None:
        mask = kind(np.array([[False, True], [False, False]]))
        parts = [
            MultiLabelDataset(
                np.zeros((2, 1)),
                self.Y,
                missing=mask if which in (name, "both") else None,
            )
            for name in ("upper", "lower")
        ]
        joined = loading_module._join(*parts)
        rows = {"upper": [0], "lower": [2], "both": [0, 2]}[which]
        assert np.flatnonzero(joined.rows_with_missing()).tolist() == rows

    def test_parts_are_not_modified(self) -> None:
        tables = [pd.DataFrame({"a": pd.Categorical([value])}) for value in "xy"]
        parts = [MultiLabelDataset(table, [[1, 0]]) for table in tables]
        loading_module._join(*parts)
        assert [part.X["a"].cat.categories.tolist() for part in parts] == [["x"], ["y"]]

    @pytest.mark.parametrize("names", [{"label_names": ["a", "c"]}, {}])
    def test_parts_with_other_names_are_refused(self, names: dict) -> None:
        features = {} if names else {"feature_names": ["other"]}
        upper = MultiLabelDataset([[1.0]], [[1, 0]], ["a", "b"], ["size"], name="toy")
        both = {"label_names": ["a", "b"], "feature_names": ["size"]}
        lower = MultiLabelDataset([[1.0]], [[1, 0]], **{**both, **names, **features})
        with pytest.raises(LabelNameError, match="parts of 'toy' differ in the names"):
            loading_module._join(upper, lower)


@pytest.mark.data
class TestRealSets:
    def test_scene_is_train_then_test(self, mulan_folder: Path) -> None:
        whole, train, test = (load("scene", part) for part in ("all", "train", "test"))
        n_train = len(train)
        assert len(whole) == n_train + len(test) == 2407
        for rows, part in ((slice(n_train), train), (slice(n_train, None), test)):
            assert np.array_equal(np.asarray(whole[rows].X), np.asarray(part.X))
            assert np.array_equal(np.asarray(whole[rows].Y), np.asarray(part.Y))

    def test_birds_keep_their_nominal_features(self, mulan_folder: Path) -> None:
        whole = load("birds")
        nominal = whole.X.select_dtypes("category")
        assert nominal.columns.tolist() == ["location"]
        assert len(nominal["location"].cat.categories) == 12
        assert set(whole.X["hasSegments"]) == {0, 1}
        assert int((whole.Y.sum(axis=1) == 0).sum()) == 294

    def test_emotions_is_train_then_test_too(self, mulan_folder: Path) -> None:
        whole, train = load("emotions"), load("emotions", "train")
        assert np.array_equal(np.asarray(whole[: len(train)].X), np.asarray(train.X))

    def test_same_as_reading_the_file(self, mulan_folder: Path) -> None:
        loaded = load("yeast", "test")
        direct = read(mulan_folder / "yeast" / "yeast-test.arff")
        assert loaded.label_names == direct.label_names
        assert np.array_equal(np.asarray(loaded.X), np.asarray(direct.X))
        assert np.array_equal(np.asarray(loaded.Y), np.asarray(direct.Y))

    @pytest.mark.parametrize("name", ["bibtex", "enron", "medical"])
    def test_xml_beats_a_header_that_says_otherwise(
        self, mulan_folder: Path, name: str
    ) -> None:
        source = load(name).source
        assert "xml" in source.reading.lower()
        assert source.url.startswith(
            "https://raw.githubusercontent.com/tsoumakas/mulan"
        )
