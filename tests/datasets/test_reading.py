"""`read`: from a file to a data set."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit.datasets.formats.csv_writer import write_csv
from mlkit.datasets.formats.long_table import LongTable
from mlkit.datasets.formats.parquet_writer import write_parquet
from mlkit.datasets.formats.tag_column import Tags
from mlkit.datasets.loading import load
from mlkit.datasets.reading import read
from mlkit.exceptions import (
    FormatError,
    LabelNameError,
    LabelSourceWarning,
    OptionError,
    SparseDefaultWarning,
)

HEADER = """@relation 'toy: -C -2'
@attribute size numeric
@attribute calm {0,1}
@attribute sad {0,1}
@data
"""
NAMESPACE = 'xmlns="http://mulan.sourceforge.net/labels"'


@pytest.fixture
def write(tmp_path):
    def write(content, name="toy.arff"):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return write


def test_a_dense_file(write):
    path = write(HEADER + "1.5,0,1\n?,1,1\n")
    ds = read(path)
    assert ds.name == "toy"
    assert ds.label_names == ("calm", "sad")
    assert ds.feature_names == ("size",)
    assert isinstance(ds.X, pd.DataFrame)
    np.testing.assert_array_equal(ds.X["size"], [1.5, np.nan])
    assert ds.Y.to_numpy().tolist() == [[0, 1], [1, 1]]
    assert ds.source.path == str(path)
    assert ds.source.reading == (
        "the last 2 columns are labels (-C -2 in the header); 1 numeric feature"
    )


def test_a_sparse_file(write):
    ds = read(write(HEADER + "{0 2.5,2 1}\n{}\n"))
    assert isinstance(ds.X, sp.csr_array)
    assert isinstance(ds.Y, sp.csr_array)
    assert ds.X.toarray().tolist() == [[2.5], [0.0]]
    assert ds.Y.toarray().tolist() == [[0, 1], [0, 0]]
    assert ds.feature_names == ("size",)


def test_sparse_and_dense_files_mean_the_same(write):
    dense = read(write(HEADER + "2.5,0,1\n0,0,0\n0,1,1\n", "dense.arff"))
    sparse = read(write(HEADER + "{0 2.5,2 1}\n{}\n{2 1,1 1}\n", "sparse.arff"))
    np.testing.assert_array_equal(sparse.X.toarray(), dense.X.to_numpy())
    np.testing.assert_array_equal(sparse.Y.toarray(), dense.Y.to_numpy())


def test_name_and_text_path(write):
    assert read(str(write(HEADER + "1,0,1\n")), name="mine").name == "mine"


def test_labels_in_the_middle_by_name(write):
    ds = read(write(HEADER + "1.5,0,1\n"), ["calm"])
    assert ds.label_names == ("calm",)
    assert ds.X["sad"].dtype == np.int8
    assert ds.source.reading == ("1 label by request; 1 numeric and 1 0/1 features")


def test_a_missing_label_is_masked(write):
    ds = read(write(HEADER + "1,?,1\n2,0,0\n"))
    assert ds.missing.tolist() == [[True, False], [False, False]]
    assert ds.Y.to_numpy().tolist() == [[0, 1], [0, 0]]


def test_no_rows(write):
    ds = read(write(HEADER))
    assert (ds.n_samples, ds.n_features, ds.n_labels) == (0, 1, 2)


def test_repeated_feature_names_are_told_apart(write):
    names = ["w", "w", "w.1", "w", "calm"]
    lines = "".join(f"@attribute {name} {{0,1}}\n" for name in names)
    ds = read(write(f"@relation r\n{lines}@data\n0,1,0,1,1\n"), 1)
    assert ds.feature_names == ("w", "w.2", "w.1", "w.3")
    assert ds.X.to_numpy().tolist() == [[0, 1, 0, 1]]


def test_a_label_declared_twice(write):
    lines = "@attribute a {0,1}\n" * 2
    with pytest.raises(FormatError, match="label 'a' is declared twice"):
        read(write(f"@relation r\n{lines}@data\n0,1\n"), 2)


def test_inverted_sparse_labels(write):
    path = write(HEADER.replace("sad {0,1}", "sad {1,0}") + "{0 1}\n{2 0}\n")
    with pytest.warns(SparseDefaultWarning, match="toy.arff: .* 'sad' is 1"):
        ds = read(path)
    assert ds.Y.toarray().tolist() == [[0, 1], [0, 0]]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("1,0,2\n", "toy.arff:6: attribute 'sad': the value '2' is not declared"),
        ("1,0\n", "toy.arff:6: the row is too short"),
        ("{3 1}\n", "toy.arff:6: index 3 is out of range"),
    ],
)
def test_broken_rows(write, rows, problem):
    with pytest.raises(FormatError, match=problem):
        read(write(HEADER + rows))


def test_a_count_that_does_not_fit(write):
    with pytest.raises(LabelNameError, match="labels=4 must be between 1 and the 3"):
        read(write(HEADER + "1,0,1\n"), 4)


def test_a_folder(tmp_path):
    (tmp_path / "set.arff").mkdir()
    for folder in (tmp_path, tmp_path / "set.arff"):
        with pytest.raises(IsADirectoryError, match="is a folder"):
            read(folder)


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no file .*absent\.arff"):
        read(tmp_path / "absent.arff")


def test_an_unknown_suffix(write):
    with pytest.raises(
        FormatError, match=r"unknown format '.xyz'. Expected one of: .arff"
    ):
        read(write("1,2", "toy.xyz"))


def test_the_suffix_may_be_upper_case(write):
    assert read(write(HEADER + "1,0,1\n", "TOY.ARFF")).name == "TOY"


def test_an_empty_file(write):
    with pytest.raises(FormatError, match="the file is empty"):
        read(write(""))


@pytest.mark.parametrize("rows", ["1,1,1\n0,1,0\n", "{1 1,2 1}\n{1 1}\n"])
def test_a_hierarchy_that_holds(write, rows):
    write(
        f'<labels {NAMESPACE}><label name="calm"><label name="sad"/></label></labels>',
        "toy.xml",
    )
    with pytest.warns(LabelSourceWarning, match="names 2 labels"):
        ds = read(write(HEADER.replace("-2", "1") + rows))
    assert ds.label_names == ("calm", "sad")


@pytest.mark.parametrize("rows", ["1,1,1\n0,0,1\n", "{1 1,2 1}\n{2 1}\n"])
def test_a_hierarchy_that_is_broken(write, rows):
    write(
        f'<labels {NAMESPACE}><label name="calm"><label name="sad"/></label></labels>',
        "toy.xml",
    )
    with pytest.raises(
        FormatError, match="row 1 carries the label 'sad' and not 'calm'"
    ):
        read(write(HEADER + rows))


@pytest.mark.parametrize("rows", ["1,?,1\n", "{1 ?,2 1}\n"])
def test_an_unknown_parent_breaks_no_hierarchy(write, rows):
    write(
        f'<labels {NAMESPACE}><label name="calm"><label name="sad"/></label></labels>',
        "toy.xml",
    )
    ds = read(write(HEADER + rows))
    assert ds.missing.sum() == 1


def test_the_file_is_not_touched(write):
    path = write(HEADER + "1.5,0,1\n")
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    read(path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


FACTS = [
    # file, rows, nominal or 0/1 features, numeric features, labels, cardinality
    ("bibtex/bibtex", 7395, 1836, 0, 159, 2.402),
    ("bibtex/bibtex-train", 4880, 1836, 0, 159, None),
    ("bibtex/bibtex-test", 2515, 1836, 0, 159, None),
    ("birds/birds-train", 322, 2, 258, 19, None),
    ("birds/birds-test", 323, 2, 258, 19, None),
    ("cal500/cal500", 502, 0, 68, 174, 26.044),
    ("corel5k/Corel5k-sparse", 5000, 499, 0, 374, 3.522),
    ("corel5k/Corel5k-train-sparse", 4500, 499, 0, 374, None),
    ("corel5k/Corel5k-test-sparse", 500, 499, 0, 374, None),
    ("delicious/delicious", 16105, 500, 0, 983, 19.020),
    ("delicious/delicious-train", 12920, 500, 0, 983, None),
    ("delicious/delicious-test", 3185, 500, 0, 983, None),
    ("emotions/emotions", 593, 0, 72, 6, 1.868465),
    ("emotions/emotions-train", 391, 0, 72, 6, None),
    ("emotions/emotions-test", 202, 0, 72, 6, None),
    ("enron/enron", 1702, 1001, 0, 53, 3.378),
    ("enron/enron-train", 1123, 1001, 0, 53, None),
    ("enron/enron-test", 579, 1001, 0, 53, None),
    ("flags/flags", 194, 9, 10, 7, 3.391753),
    ("flags/flags-train", 129, 9, 10, 7, None),
    ("flags/flags-test", 65, 9, 10, 7, None),
    ("foodtruck/foodtruck", 407, 4, 17, 12, 2.290),
    ("genbase/genbase", 662, 1186, 0, 27, 1.252),
    ("genbase/genbase-train", 463, 1186, 0, 27, None),
    ("genbase/genbase-test", 199, 1186, 0, 27, None),
    ("medical/medical", 978, 1449, 0, 45, 1.245399),
    ("medical/medical-train", 333, 1449, 0, 45, None),
    ("medical/medical-test", 645, 1449, 0, 45, None),
    ("scene/scene-train", 1211, 0, 294, 6, None),
    ("scene/scene-test", 1196, 0, 294, 6, None),
    ("tmc2007/tmc2007-500", 28596, 500, 0, 22, 2.158),
    ("tmc2007/tmc2007-500-train", 21519, 500, 0, 22, None),
    ("tmc2007/tmc2007-500-test", 7077, 500, 0, 22, None),
    ("yeast/yeast", 2417, 0, 103, 14, 4.237071),
    ("yeast/yeast-train", 1500, 0, 103, 14, None),
    ("yeast/yeast-test", 917, 0, 103, 14, None),
]

# Distinct label sets of the undivided files.
DISTINCT = {
    "bibtex": 2856, "cal500": 502, "Corel5k-sparse": 3175, "delicious": 15806,
    "emotions": 27, "enron": 753, "flags": 54, "foodtruck": 116, "genbase": 32,
    "medical": 94, "tmc2007-500": 1341, "yeast": 198,
}  # fmt: skip


def read_mulan(folder, file):
    path = folder / f"{file}.arff"
    if file.startswith("medical"):
        with pytest.warns(LabelSourceWarning, match="-C 45"):
            return read(path)
    return read(path)


def label_sets(ds):
    Y = ds.Y.toarray() if sp.issparse(ds.Y) else ds.Y.to_numpy()
    return len(np.unique(Y, axis=0))


@pytest.mark.data
@pytest.mark.parametrize(
    ("file", "n", "nominal", "numeric", "q", "cardinality"),
    FACTS,
    ids=[fact[0] for fact in FACTS],
)
def test_mulan(mulan_folder, file, n, nominal, numeric, q, cardinality):
    ds = read_mulan(mulan_folder, file)
    assert (ds.n_samples, ds.n_features, ds.n_labels) == (n, nominal + numeric, q)
    if cardinality is not None:
        assert ds.cardinality == pytest.approx(cardinality, abs=5e-4)
        assert label_sets(ds) == DISTINCT[ds.name]
    if isinstance(ds.X, pd.DataFrame):
        floats = ds.X.dtypes == np.float64
        assert (int((~floats).sum()), int(floats.sum())) == (nominal, numeric)
    else:
        assert numeric == 0
        assert (ds.X.data == 1).all()


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "cardinality", "distinct"), [("scene", 1.074, 15), ("birds", 1.014, 133)]
)
def test_mulan_parts_joined(mulan_folder, name, cardinality, distinct):
    parts = [
        read(mulan_folder / name / f"{name}-{part}.arff").Y
        for part in ("train", "test")
    ]
    Y = pd.concat(parts)
    assert Y.to_numpy().sum() / len(Y) == pytest.approx(cardinality, abs=5e-4)
    assert len(Y.drop_duplicates()) == distinct


@pytest.mark.data
def test_odd_names_of_mulan(mulan_folder):
    delicious = read(mulan_folder / "delicious" / "delicious-test.arff")
    assert r"TAG_m\'usica" in delicious.label_names
    birds = read(mulan_folder / "birds" / "birds-train.arff")
    assert "Swainson's Thrush" in birds.label_names
    assert birds.X["location"].cat.categories[0] == "2"
    medical = read_mulan(mulan_folder, "medical/medical")
    assert medical.feature_names[:3] == ("-", "/", "0")
    assert medical.label_names[-1] != "-"


@pytest.mark.data
def test_genbase_keeps_its_categories(mulan_folder):
    ds = read(mulan_folder / "genbase" / "genbase.arff")
    assert ds.X["protein"].nunique() == ds.n_samples
    assert ds.X["PS00010"].cat.categories.tolist() == ["YES", "NO"]


@pytest.mark.data
@pytest.mark.parametrize("name", ["yeast", "enron"])
def test_labels_keep_the_order_of_the_arff(mulan_folder, name):
    ds = read(mulan_folder / name / f"{name}.arff")
    lines = (mulan_folder / name / f"{name}.arff").read_text().splitlines()
    declared = [line.split()[1] for line in lines if line.lower().startswith("@attr")]
    assert list(ds.label_names) == declared[-ds.n_labels :]


# scikit-multilearn leaves the file open.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.data
@pytest.mark.parametrize(
    ("file", "sparse"), [("emotions/emotions", False), ("bibtex/bibtex-test", True)]
)
def test_same_matrices_as_scikit_multilearn(mulan_folder, file, sparse):
    from skmultilearn.dataset import load_from_arff

    ds = read(mulan_folder / f"{file}.arff")
    X, Y = load_from_arff(
        str(mulan_folder / f"{file}.arff"), ds.n_labels, load_sparse=sparse
    )
    ours = ds.X if sparse else sp.csr_array(ds.X.to_numpy())
    assert abs(sp.csr_array(X).astype(float) - ours).max() == 0
    our_labels = ds.Y if sparse else sp.csr_array(ds.Y.to_numpy())
    assert abs(sp.csr_array(Y).astype(int) - our_labels).max() == 0


FILMS = """title,year,tags,g_spy,g_war
A,1964,war|comedy,0,1
B,1959,spy,1,0
"""


class TestTables:
    @pytest.mark.parametrize(
        "name", ["films.csv", "films.CSV", "films.tsv", "films.tab", "films.txt"]
    )
    def test_delimited_text(self, write, name):
        ds = read(write(FILMS, name), "g_*", index="title")
        assert ds.name == "films"
        assert ds.label_names == ("g_spy", "g_war")
        assert ds.X.index.tolist() == ["A", "B"]

    @pytest.mark.parametrize("module", ["gzip", "bz2", "lzma"])
    def test_compressed_text(self, tmp_path, module):
        suffix = {"gzip": "gz", "bz2": "bz2", "lzma": "xz"}[module]
        path = tmp_path / f"films.csv.{suffix}"
        path.write_bytes(__import__(module).compress(FILMS.encode()))
        ds = read(path, 2)
        assert (ds.name, ds.n_samples) == ("films", 2)

    def test_options_reach_the_reader(self, write):
        text = FILMS.replace(",", ":").replace("1964", "1964,5")
        ds = read(write(text, "films.csv"), 2, separator=":", decimal=",", name="mine")
        assert ds.X["year"].tolist() == [1964.5, 1959]
        assert ds.name == "mine"

    def test_tags_and_long_tables(self, write):
        path = write(FILMS, "films.csv")
        assert read(path, Tags("tags")).label_names == ("comedy", "spy", "war")
        assert read(path, LongTable("title", "tags")).label_names == (
            "spy",
            "war|comedy",
        )

    def test_a_frame(self):
        frame = pd.DataFrame({"id": ["r", "s"], "x": [1, 2], "y": [1, 0]})
        ds = read(frame, 1, index="id")
        assert (ds.name, ds.feature_names) == ("dataset", ("x",))
        assert read(frame, ["y"], name="mine").name == "mine"

    def test_parquet_of_other_origin(self, tmp_path):
        path = tmp_path / "films.parquet"
        pd.DataFrame({"id": ["r", "s"], "x": [1, 2], "y": [1, 0]}).to_parquet(path)
        ds = read(path, 1, index="id")
        assert ds.name == "films"
        assert ds.source.reading.startswith("Parquet; the last column by request")
        with pytest.raises(FormatError, match="nothing says which columns are labels"):
            read(path)

    def test_parquet_of_the_kit(self, write, tmp_path):
        ds = read(write(FILMS, "films.csv"), 2, name="mine", index="title")
        path = tmp_path / "other.parquet"
        write_parquet(ds, path)
        back = read(path)
        assert (back.name, back.source) == ("mine", ds.source)
        pd.testing.assert_frame_equal(back.X, ds.X)
        assert read(path, name="yours").name == "yours"
        # Asked for other labels, it is a table like any other.
        assert read(path, ["g_war"]).feature_names == ("year", "tags", "g_spy")


def test_libsvm(write):
    ds = read(write("0,2 1:0.5\n1 2:1\n", "toy.svm"), n_labels=4, n_features=3)
    assert ds.X.shape == (2, 3)
    assert ds.n_labels == 4
    with pytest.raises(OptionError, match="labels=2 counts columns"):
        read(write("1 1:1\n", "toy.libsvm"), 2)


@pytest.mark.parametrize(
    ("name", "options", "problem"),
    [
        ("a.arff", {"index": "id"}, "'index' has no meaning for a file .arff.*no opt"),
        ("a.parquet", {"separator": ";"}, "for a file .parquet, which can use 'index'"),
        (
            "a.csv",
            {"n_labels": 2, "zero_based": True},
            "'zero_based', 'n_labels' has no",
        ),
        ("a.svm", {"decimal": ","}, "'decimal' has no meaning for a file .svm"),
        (None, {"separator": ","}, "'separator' has no meaning for a DataFrame"),
    ],
)
def test_options_that_the_format_cannot_use(write, name, options, problem):
    source = pd.DataFrame({"a": [1]}) if name is None else write("x", name)
    with pytest.raises(OptionError, match=problem):
        read(source, 1, **options)


@pytest.mark.parametrize("labels", [Tags("a"), LongTable("a", "b")])
@pytest.mark.parametrize("name", ["toy.arff", "toy.svm"])
def test_labels_that_only_tables_have(write, labels, name):
    with pytest.raises(OptionError, match=r"is for tables: CSV.* got toy\."):
        read(write(HEADER + "1,0,1\n", name), labels)


def test_compression_is_for_text_only(write):
    with pytest.raises(FormatError, match="unknown format '.gz'"):
        read(write("x", "toy.arff.gz"))


def test_a_pattern_for_arff(write):
    ds = read(write(HEADER + "1.5,0,1\n"), "*a*")
    assert ds.label_names == ("calm", "sad")


def test_flags_by_hand(project_root):
    by_hand = read(project_root / "data" / "flags.csv", labels=7, index="country")
    flags = load("flags")
    pd.testing.assert_frame_equal(by_hand.Y, flags.Y)
    assert by_hand.feature_names == flags.feature_names
    assert by_hand.X["religion"].tolist() == flags.X["religion"].tolist()
    assert "none" in set(by_hand.X["religion"])


@pytest.mark.data
def test_mulan_by_way_of_text_and_parquet(mulan_folder, tmp_path):
    for name in ("flags", "birds-train", "emotions"):
        ds = read(mulan_folder / name.partition("-")[0] / f"{name}.arff")
        write_csv(ds, tmp_path / f"{name}.csv")
        text = read(tmp_path / f"{name}.csv")
        assert text.label_names == ds.label_names
        np.testing.assert_array_equal(text.Y, ds.Y)
        floats = ds.X.select_dtypes("float64")
        np.testing.assert_array_equal(text.X[list(floats.columns)], floats)
        write_parquet(ds, tmp_path / f"{name}.parquet")
        exact = read(tmp_path / f"{name}.parquet")
        pd.testing.assert_frame_equal(exact.X, ds.X)
        assert exact.source == ds.source
