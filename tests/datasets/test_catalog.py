"""The catalog: its table, its files, and its statistics against the real data."""

from __future__ import annotations

import pickle
from collections import Counter
from pathlib import Path

import pytest

from mlkit.datasets import CatalogEntry, catalog, catalog_entry, load
from mlkit.datasets.catalog import (
    DataFile,
    bundled_file,
    cache_folder,
    override_folder,
)
from mlkit.exceptions import UnknownNameError

MULAN_NAMES = [
    "bibtex",
    "birds",
    "cal500",
    "corel5k",
    "delicious",
    "emotions",
    "enron",
    "flags-mulan",
    "foodtruck",
    "genbase",
    "medical",
    "scene",
    "tmc2007-500",
    "yeast",
]
BUNDLED = ["flags", "movies"]
UNDIVIDED = ["cal500", "flags", "foodtruck", "movies"]
# Published split, from MULAN's documentation of its sets.
SPLITS = {
    "bibtex": (4880, 2515),
    "birds": (322, 323),
    "corel5k": (4500, 500),
    "delicious": (12920, 3185),
    "emotions": (391, 202),
    "enron": (1123, 579),
    "flags-mulan": (129, 65),
    "genbase": (463, 199),
    "medical": (333, 645),
    "scene": (1211, 1196),
    "tmc2007-500": (21519, 7077),
    "yeast": (1500, 917),
}


@pytest.fixture
def empty_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache and a folder of local copies that hold nothing yet."""
    monkeypatch.setenv("MLKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("MLKIT_DATA", str(tmp_path / "local"))
    return tmp_path


def put_files(folder: Path, entry: CatalogEntry, *, missing_bytes: int = 0) -> None:
    """Put files of the right sizes (and wrong contents) where a set belongs."""
    for file in entry.files().values():
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\0" * (file.size - missing_bytes))


class TestTable:
    def test_rows_and_columns(self) -> None:
        table = catalog()
        assert sorted([*MULAN_NAMES, *BUNDLED]) == table.index.tolist()
        assert table.index.name == "name"
        assert table.columns.tolist() == [
            "domain",
            "n_samples",
            "n_features",
            "n_labels",
            "cardinality",
            "density",
            "size",
            "licence",
            "citation",
            "available_offline",
        ]
        assert table["available_offline"].dtype == bool
        assert not table.isna().any().any()

    def test_statistics_that_mulan_computes_for_emotions(self) -> None:
        row = catalog().loc["emotions"]
        assert row["cardinality"] == pytest.approx(1.868465, abs=5e-7)
        assert row["density"] == pytest.approx(0.311411, abs=5e-7)
        assert row["size"] == 380476 + 323

    def test_callers_may_write_to_the_table(self) -> None:
        table = catalog()
        table.loc["yeast", "n_samples"] = 0
        assert catalog().loc["yeast", "n_samples"] == 2417

    def test_only_bundled_sets_are_offline_on_a_bare_machine(
        self, empty_folders: Path
    ) -> None:
        offline = catalog()["available_offline"]
        assert offline[offline].index.tolist() == BUNDLED

    @pytest.mark.parametrize("place", ["cache", "local"])
    @pytest.mark.parametrize("name", ["flags-mulan", "foodtruck"])
    def test_files_of_the_right_size_make_a_set_available(
        self, empty_folders: Path, place: str, name: str
    ) -> None:
        put_files(empty_folders / place, catalog_entry(name))
        offline = catalog()["available_offline"]
        assert offline[offline].index.tolist() == sorted([*BUNDLED, name])

    def test_half_a_file_does_not_count(self, empty_folders: Path) -> None:
        entry = catalog_entry("flags-mulan")
        put_files(empty_folders / "cache", entry, missing_bytes=1)
        assert not catalog().loc["flags-mulan", "available_offline"]

    def test_files_may_lie_in_different_folders(self, empty_folders: Path) -> None:
        entry = catalog_entry("flags-mulan")
        put_files(empty_folders / "cache", entry)
        whole = empty_folders / "cache" / entry.undivided.path
        moved = empty_folders / "local" / entry.undivided.path
        moved.parent.mkdir(parents=True)
        whole.rename(moved)
        assert entry.is_local()

    def test_no_file_is_opened(
        self, empty_folders: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put_files(empty_folders / "cache", catalog_entry("flags-mulan"))

        def refuse(*args: object, **kwargs: object) -> None:
            pytest.fail("the table must not read data files")

        monkeypatch.setattr("builtins.open", refuse)
        monkeypatch.setattr(Path, "open", refuse)
        assert catalog().loc["flags-mulan", "available_offline"]


class TestEntries:
    @pytest.mark.parametrize("name", [*MULAN_NAMES, *BUNDLED])
    def test_entry_is_complete(self, name: str) -> None:
        entry = catalog_entry(name)
        assert entry.name == name
        for text in (entry.title, entry.domain, entry.licence, entry.citation):
            assert text.strip() == text != ""
        assert 0 < entry.density < 1
        assert entry.density * entry.n_labels == pytest.approx(entry.cardinality)
        assert all(note.endswith(".") for note in entry.notes)

    @pytest.mark.parametrize("name", MULAN_NAMES)
    def test_files_are_well_described(self, name: str) -> None:
        entry = catalog_entry(name)
        assert entry.labels.path.endswith(".xml")
        for part in entry.parts:
            *arffs, labels = entry.files(part)
            assert labels == "labels"
            assert arffs
            for file in entry.files(part).values():
                assert len(bytes.fromhex(file.sha256)) == 32
                assert file.size > 0
                assert file.path.count("/") == 1
                assert file.url.endswith(f"/data/multi-label/{file.path}")

    def test_no_file_stands_twice(self) -> None:
        files = [
            file
            for name in catalog().index
            for entry in [catalog_entry(name)]
            for file in (entry.undivided, entry.train, entry.test, entry.labels)
            if file is not None
        ]
        assert max(Counter(file.path for file in files).values()) == 1
        assert max(Counter(file.sha256 for file in files).values()) == 1

    @pytest.mark.parametrize("name", ["scene", "birds"])
    def test_sets_without_undivided_file_are_train_then_test(self, name: str) -> None:
        assert list(catalog_entry(name).files("all")) == ["train", "test", "labels"]

    @pytest.mark.parametrize("name", UNDIVIDED)
    @pytest.mark.parametrize("part", ["train", "test"])
    def test_undivided_sets_have_no_parts(self, name: str, part: str) -> None:
        entry = catalog_entry(name)
        assert entry.parts == ("all",)
        expected = f"'{name}' has no part '{part}': .*load\\('{name}'\\).*splitting"
        with pytest.raises(UnknownNameError, match=expected):
            entry.files(part)

    def test_all_other_sets_have_both_parts(self) -> None:
        divided = [n for n in catalog().index if len(catalog_entry(n).parts) == 3]
        assert divided == sorted(SPLITS)

    def test_unknown_part(self) -> None:
        with pytest.raises(
            UnknownNameError, match="Unknown part 'tests'. Did you mean"
        ):
            catalog_entry("yeast").files("tests")

    @pytest.mark.parametrize(
        ("wrong", "meant"),
        [("emotion", "emotions"), ("Yeast", "yeast"), ("tmc2007", "tmc2007-500")],
    )
    def test_unknown_name_has_the_closest_match(self, wrong: str, meant: str) -> None:
        expected = f"Unknown data set '{wrong}'. Did you mean '{meant}'"
        with pytest.raises(UnknownNameError, match=expected):
            catalog_entry(wrong)

    def test_entries_can_go_to_worker_processes(self) -> None:
        entry = catalog_entry("genbase")
        assert pickle.loads(pickle.dumps(entry)) == entry
        assert len({entry, catalog_entry("yeast")}) == 2


class TestFolders:
    def test_cache_is_the_users_cache_folder_by_default(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("MLKIT_CACHE", raising=False)
        assert cache_folder().is_absolute()
        assert "mlkit" in cache_folder().parts

    def test_home_is_expanded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MLKIT_CACHE", "~/a")
        monkeypatch.setenv("MLKIT_DATA", "~/b")
        assert cache_folder() == Path.home() / "a"
        assert override_folder() == Path.home() / "b"

    @pytest.mark.parametrize("value", [None, ""])
    def test_no_override_by_default(
        self, monkeypatch: pytest.MonkeyPatch, value: str | None
    ) -> None:
        if value is None:
            monkeypatch.delenv("MLKIT_DATA", raising=False)
        else:
            # An empty variable means "not set", never "the working directory".
            monkeypatch.setenv("MLKIT_DATA", value)
        assert override_folder() is None

    def test_local_copy_goes_before_the_cache(self, empty_folders: Path) -> None:
        file = DataFile("emotions/emotions.xml", "0" * 64, 1)
        assert file.candidates() == [
            empty_folders / "local" / "emotions" / "emotions.xml",
            empty_folders / "cache" / "emotions" / "emotions.xml",
        ]

    def test_bundled_file_has_one_place_and_no_address(self) -> None:
        file = catalog_entry("flags").undivided
        assert file.candidates() == [bundled_file("flags.csv")]
        assert file.url is None


@pytest.mark.data
class TestRealFiles:
    """Every number of the catalog against the published files."""

    @pytest.mark.parametrize("name", MULAN_NAMES)
    def test_checksums_are_those_beside_the_files(
        self, mulan_folder: Path, name: str
    ) -> None:
        listed = {
            path: digest
            for digest, path in (
                line.split()
                for line in (mulan_folder / "SHA256SUMS").read_text().splitlines()
            )
        }
        entry = catalog_entry(name)
        for file in (entry.undivided, entry.train, entry.test, entry.labels):
            if file is not None:
                assert listed[file.path] == file.sha256
                assert (mulan_folder / file.path).stat().st_size == file.size

    @pytest.mark.parametrize("name", MULAN_NAMES)
    def test_statistics_are_those_of_the_data(
        self, mulan_folder: Path, name: str
    ) -> None:
        entry, dataset = catalog_entry(name), load(name)
        assert (dataset.n_samples, dataset.n_features, dataset.n_labels) == (
            entry.n_samples,
            entry.n_features,
            entry.n_labels,
        )
        assert int(dataset.label_counts.sum()) == entry.n_assigned
        assert dataset.cardinality == pytest.approx(entry.cardinality)
        assert dataset.density == pytest.approx(entry.density)

    @pytest.mark.parametrize("name", sorted(SPLITS))
    def test_parts_have_the_published_sizes(
        self, mulan_folder: Path, name: str
    ) -> None:
        sizes = tuple(load(name, part).n_samples for part in ("train", "test"))
        assert sizes == SPLITS[name]

    def test_all_sets_are_available(self, mulan_folder: Path) -> None:
        assert catalog()["available_offline"].all()
