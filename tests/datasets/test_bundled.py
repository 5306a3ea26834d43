"""The data sets that ship with the kit: in a checkout, in a wheel, and as ARFF."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlkit.datasets.bundled import load_flags, load_movies
from mlkit.datasets.catalog import bundled_file, catalog_entry
from mlkit.datasets.reading import read

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


GENRES = (
    *("action", "adventure", "animation", "comedy", "crime", "documentary", "drama"),
    *("family", "fantasy", "history", "horror", "music", "mystery", "romance"),
    *("science_fiction", "thriller", "war", "western"),
)
LOADERS = {"flags": load_flags, "movies": load_movies}
LABELS = {"flags": COLOURS, "movies": GENRES}
FILES = [f"{name}.{end}" for name in LOADERS for end in ("csv", "arff", "xml")]


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


class TestMovies:
    def test_shape_and_names(self) -> None:
        movies = load_movies()
        assert (movies.n_samples, movies.n_features, movies.n_labels) == (800, 3, 18)
        assert movies.label_names == GENRES
        assert movies.feature_names == ("year", "country", "synopsis")
        assert movies.name == "movies"
        assert movies.X.index.name == "title"
        assert movies.X.index.equals(movies.Y.index)

    def test_rows_are_titles_once_in_code_point_order(self) -> None:
        titles = load_movies().X.index.tolist()
        assert titles == sorted(set(titles))

    def test_types(self) -> None:
        X = load_movies().X
        assert X["year"].dtype == np.int64
        assert isinstance(X["country"].dtype, pd.CategoricalDtype)
        assert X["country"].cat.categories.is_monotonic_increasing
        assert all(type(text) is str for text in X["synopsis"])
        assert not X.isna().any().any()

    def test_every_film_has_one_to_four_genres(self) -> None:
        movies = load_movies()
        sizes = movies.Y.sum(axis=1)
        assert (sizes.min(), sizes.max()) == (1, 4)
        assert 1.9 <= sizes.mean() <= 2.4
        assert movies.missing is None

    def test_every_genre_has_films_enough_to_divide(self) -> None:
        counts = load_movies().Y.sum()
        assert counts.min() >= 25
        assert counts.max() < 400

    def test_text_becomes_a_matrix_that_learners_take(self) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        movies = load_movies()
        texts = TfidfVectorizer().fit_transform(movies.X["synopsis"])
        assert texts.shape[0] == len(movies)
        assert texts.shape[1] > 5000


@pytest.mark.parametrize("name", LOADERS)
class TestAny:
    """What holds for every bundled set."""

    def test_loading_twice_gives_equal_and_separate_data(self, name: str) -> None:
        first, second = LOADERS[name](), LOADERS[name]()
        number = {"flags": "area", "movies": "year"}[name]
        X = first.X
        X[number] = -1
        assert second.X.equals(LOADERS[name]().X)
        assert (second.X[number] > 0).all()

    def test_source_says_where_it_is_from(self, name: str) -> None:
        source = LOADERS[name]().source
        content = Path(source.path).read_bytes()
        assert source.sha256 == hashlib.sha256(content).hexdigest()
        assert source.licence.startswith("BSD-3-Clause")
        assert source.reading.endswith(f"{len(LABELS[name])} columns are the labels")
        assert source.url is None

    def test_catalog_describes_the_csv(self, name: str) -> None:
        file = catalog_entry(name).undivided
        content = bundled_file(f"{name}.csv").read_bytes()
        assert file.path == f"{name}.csv"
        assert file.sha256 == hashlib.sha256(content).hexdigest()
        assert file.size == len(content)

    def test_catalog_counts_rows_columns_and_labels(self, name: str) -> None:
        entry, data = catalog_entry(name), LOADERS[name]()
        shape = (data.n_samples, data.n_features, data.n_labels)
        assert (entry.n_samples, entry.n_features, entry.n_labels) == shape
        assert entry.n_assigned == int(data.Y.to_numpy().sum())

    def test_every_column_is_documented(self, name: str) -> None:
        path = bundled_file(f"{name}.csv")
        with path.open(encoding="utf-8", newline="") as stream:
            columns = next(csv.reader(stream))
        assert columns[-len(LABELS[name]) :] == list(LABELS[name])
        missing = [column for column in columns if f"`{column}`" not in readme()]
        assert missing == []

    def test_xml_names_the_labels(self, name: str) -> None:
        root = ET.parse(bundled_file(f"{name}.xml")).getroot()
        assert root.tag == "{http://mulan.sourceforge.net/labels}labels"
        assert tuple(label.get("name") for label in root) == LABELS[name]

    def test_lines_end_alike_on_every_system(self, name: str) -> None:
        for end in ("csv", "arff", "xml"):
            content = bundled_file(f"{name}.{end}").read_bytes()
            assert b"\r" not in content
            assert content.endswith(b"\n")
            content.decode("utf-8")


class TestFiles:
    @pytest.mark.parametrize("name", FILES)
    def test_checksums_in_the_documentation(self, name: str) -> None:
        digest = hashlib.sha256(bundled_file(name).read_bytes()).hexdigest()
        (row,) = [
            text for text in readme().splitlines() if text.startswith(f"| `{name}`")
        ]
        assert f"`{digest}`" in row

    def test_flags_arff_header(self) -> None:
        lines = bundled_file("flags.arff").read_text(encoding="utf-8").splitlines()
        header = [line for line in lines if line.startswith("@")]
        assert header[0] == "@relation 'flags of the world'"
        assert header[-1] == "@data"
        labels = [f"@attribute {colour} {{0,1}}" for colour in COLOURS]
        assert header[-8:-1] == labels
        for column, values in CATEGORIES.items():
            (line,) = [text for text in header if f"@attribute {column} " in text]
            assert line.replace("'", "").endswith(f"{{{values.replace(', ', ',')}}}")

    def test_movies_arff_header(self) -> None:
        lines = bundled_file("movies.arff").read_text(encoding="utf-8").splitlines()
        header = [line for line in lines if line.startswith("@")]
        assert header[:2] == ["@relation movies", "@attribute year numeric"]
        countries = load_movies().X["country"].cat.categories
        declared = re.findall(r"'([^']+)'|(\w+)", header[2].partition("{")[2])
        assert [quoted or bare for quoted, bare in declared] == countries.tolist()
        assert header[3] == "@attribute synopsis string"
        assert header[4:-1] == [f"@attribute {genre} {{0,1}}" for genre in GENRES]
        assert header[-1] == "@data"

    def test_movies_arff_reads_as_the_csv(self) -> None:
        movies, arff = load_movies(), read(bundled_file("movies.arff"))
        assert arff.label_names == movies.label_names
        assert arff.feature_names == movies.feature_names
        assert (arff.Y.to_numpy() == movies.Y.to_numpy()).all()
        for column in ("year", "country", "synopsis"):
            assert arff.X[column].tolist() == movies.X[column].tolist()

    def test_flags_arff_reads_as_the_csv(self) -> None:
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

    @pytest.mark.parametrize(("name", "rows"), [("flags", 195), ("movies", 800)])
    def test_wheel_loads_them_in_a_fresh_process(
        self, built: Path, tmp_path: Path, name: str, rows: int
    ) -> None:
        (wheel,) = built.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(tmp_path)
        code = (
            f"import json, mlkit; data = mlkit.load('{name}');"
            "print(json.dumps([mlkit.__file__, data.source.path, len(data)]))"
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
        folder = tmp_path / "mlkit" / "datasets" / "data"
        assert Path(path) == folder / f"{name}.csv"
        assert n_rows == rows

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
