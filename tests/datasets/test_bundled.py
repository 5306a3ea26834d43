"""The flags of the world: in a checkout, in a wheel, and as ARFF."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from mlkit.datasets import catalog_entry, load_flags, read
from mlkit.datasets.catalog import bundled_file

COLOURS = ("red", "green", "blue", "yellow", "white", "black", "orange")
CATEGORIES = {
    "continent": "Africa, Asia, Europe, North America, Oceania, South America",
    "religion": "buddhist, christian, folk, hindu, jewish, muslim, none",
    "language": (
        "arabic, austronesian, bantu, english, french, german, other, other-african, "
        "other-germanic, other-indo-european, other-romance, portuguese, sino-tibetan, "
        "slavic, spanish, turkic"
    ),
}
ZERO_ONE = [
    *("landlocked", "diagonal", "cross", "saltire", "triangle", "canton", "disc"),
    *("sun", "crescent", "emblem", "animal", "plant", "weapon", "text"),
]


def readme() -> str:
    return bundled_file("README.md").read_text(encoding="utf-8")


class TestFlags:
    def test_shape_and_names(self) -> None:
        flags = load_flags()
        assert (flags.n_samples, flags.n_features, flags.n_labels) == (195, 22, 7)
        assert flags.label_names == COLOURS
        assert flags.name == "flags"
        assert flags.X.index.name == "country"
        assert flags.X.index.equals(flags.Y.index)

    def test_rows_are_countries_once_in_ascii_order(self) -> None:
        names = load_flags().X.index.tolist()
        assert names == sorted(set(names))

    def test_known_flags(self) -> None:
        Y = load_flags().Y
        expected = {
            "Japan": {"red", "white"},
            "Jamaica": {"green", "yellow", "black"},
            "Ireland": {"green", "white", "orange"},
            "Germany": {"black", "red", "yellow"},
            "Ukraine": {"blue", "yellow"},
        }
        found = {
            name: {colour for colour in COLOURS if Y.loc[name, colour]}
            for name in expected
        }
        assert found == expected

    def test_nothing_is_missing_and_every_flag_has_a_colour(self) -> None:
        flags = load_flags()
        assert not flags.X.isna().any().any()
        assert flags.missing is None
        assert flags.Y.sum(axis=1).min() >= 1

    @pytest.mark.parametrize("column", CATEGORIES)
    def test_categories_are_the_documented_ones(self, column: str) -> None:
        values = load_flags().X[column]
        assert isinstance(values.dtype, pd.CategoricalDtype)
        assert ", ".join(values.cat.categories) == CATEGORIES[column]
        assert f"| `{column}` | {CATEGORIES[column]} |" in readme()

    def test_other_columns_are_numbers_in_range(self) -> None:
        X = load_flags().X
        numbers = X.drop(columns=list(CATEGORIES))
        assert all(pd.api.types.is_numeric_dtype(kind) for kind in numbers.dtypes)
        assert (numbers[["area", "population"]] > 0).all().all()
        assert numbers[ZERO_ONE].isin([0, 1]).all().all()
        counts = numbers[["horizontal_stripes", "vertical_stripes", "stars"]]
        assert counts.dtypes.eq("int64").all()
        assert (counts >= 0).all().all()

    def test_no_feature_gives_the_labels_away(self) -> None:
        flags = load_flags()
        words = {word for name in flags.feature_names for word in name.split("_")}
        assert not words & {*COLOURS, "colour", "colours", "color", "colors", "hue"}
        n_colours = flags.Y.sum(axis=1)
        numbers = flags.X.select_dtypes("number")
        assert numbers.corrwith(n_colours).abs().max() < 0.9

    def test_loading_twice_gives_equal_and_separate_data(self) -> None:
        first, second = load_flags(), load_flags()
        X = first.X
        X.loc["France", "area"] = -1.0
        assert second.X.equals(load_flags().X)
        assert second.X.loc["France", "area"] > 0

    def test_source_says_where_it_is_from(self) -> None:
        source = load_flags().source
        content = Path(source.path).read_bytes()
        assert source.sha256 == hashlib.sha256(content).hexdigest()
        assert source.licence.startswith("BSD-3-Clause")
        assert source.url is None


class TestFiles:
    @pytest.mark.parametrize("name", ["flags.csv", "flags.arff", "flags.xml"])
    def test_checksums_in_the_documentation(self, name: str) -> None:
        digest = hashlib.sha256(bundled_file(name).read_bytes()).hexdigest()
        (row,) = [
            text for text in readme().splitlines() if text.startswith(f"| `{name}`")
        ]
        assert f"`{digest}`" in row

    def test_catalog_describes_the_csv(self) -> None:
        file = catalog_entry("flags").undivided
        content = bundled_file("flags.csv").read_bytes()
        assert file.sha256 == hashlib.sha256(content).hexdigest()
        assert file.size == len(content)

    def test_catalog_counts_the_colours(self) -> None:
        total = int(load_flags().Y.to_numpy().sum())
        assert catalog_entry("flags").n_assigned == total

    def test_every_column_is_documented(self) -> None:
        with bundled_file("flags.csv").open(encoding="utf-8", newline="") as stream:
            columns = next(csv.reader(stream))
        assert columns[-len(COLOURS) :] == list(COLOURS)
        assert [name for name in columns if f"`{name}`" not in readme()] == []

    def test_arff_header(self) -> None:
        lines = bundled_file("flags.arff").read_text(encoding="utf-8").splitlines()
        header = [line for line in lines if line.startswith("@")]
        assert header[0] == "@relation 'flags of the world'"
        assert header[-1] == "@data"
        labels = [f"@attribute {colour} {{0,1}}" for colour in COLOURS]
        assert header[-8:-1] == labels
        for column, values in CATEGORIES.items():
            (line,) = [text for text in header if f"@attribute {column} " in text]
            assert line.replace("'", "").endswith(f"{{{values.replace(', ', ',')}}}")

    def test_xml_names_the_colours(self) -> None:
        root = ET.parse(bundled_file("flags.xml")).getroot()
        assert root.tag == "{http://mulan.sourceforge.net/labels}labels"
        assert tuple(label.get("name") for label in root) == COLOURS

    def test_arff_reads_as_the_csv(self) -> None:
        flags, arff = load_flags(), read(bundled_file("flags.arff"))
        assert arff.label_names == flags.label_names
        assert arff.feature_names == flags.feature_names
        assert (arff.Y.to_numpy() == flags.Y.to_numpy()).all()
        pd.testing.assert_frame_equal(
            arff.X.astype(dict.fromkeys(CATEGORIES, str)),
            flags.X.astype(dict.fromkeys(CATEGORIES, str)).reset_index(drop=True),
            check_dtype=False,
        )
        for column in CATEGORIES:
            ours = flags.X[column].cat.categories
            assert arff.X[column].cat.categories.tolist() == ours.tolist()


@pytest.fixture(scope="module")
def built(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a wheel and a source distribution of the project."""
    # In a copy: setuptools leaves build/ behind, and packs what it finds there.
    project = tmp_path_factory.mktemp("project")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(project_root / name, project)
    for name in ("mlkit", "data"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(project_root / name, project / name, ignore=ignored)
    build = (
        "from setuptools import build_meta as backend;"
        "backend.build_sdist('out'); backend.build_wheel('out')"
    )
    subprocess.run(
        [sys.executable, "-c", build], cwd=project, check=True, capture_output=True
    )
    return project / "out"


@pytest.mark.slow
class TestDistributions:
    """What an installation without a checkout gets."""

    def test_wheel_loads_flags_in_a_fresh_process(
        self, built: Path, tmp_path: Path
    ) -> None:
        (wheel,) = built.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(tmp_path)
        code = (
            "import json, mlkit; flags = mlkit.load('flags');"
            "print(json.dumps([mlkit.__file__, flags.source.path, len(flags)]))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            check=True,
            capture_output=True,
            text=True,
        )
        package, path, n_rows = json.loads(done.stdout)
        assert Path(package) == tmp_path / "mlkit" / "__init__.py"
        assert Path(path) == tmp_path / "mlkit" / "datasets" / "data" / "flags.csv"
        assert n_rows == 195

    def test_both_hold_every_bundled_file_and_every_package(
        self, built: Path, project_root: Path
    ) -> None:
        (wheel,) = built.glob("*.whl")
        (sdist,) = built.glob("*.tar.gz")
        packed = set(zipfile.ZipFile(wheel).namelist())
        modules = {
            path.relative_to(project_root).as_posix()
            for path in (project_root / "mlkit").rglob("*.py")
        }
        assert sorted(modules - packed) == []
        data = sorted(path.name for path in (project_root / "data").iterdir())
        assert [n for n in data if f"mlkit/datasets/data/{n}" not in packed] == []
        with tarfile.open(sdist) as archive:
            held = {name.partition("/")[2] for name in archive.getnames()}
        assert [name for name in data if f"data/{name}" not in held] == []
        assert {"setup.py", "mlkit/datasets/catalog.json"} <= held
