"""What is written is read back as it was: names, values, missing cells, containers."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets.reading import read
from mlkit.datasets.writing import write

LIMITS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

# Any character but halves of one, and for labels none that XML 1.0 cannot hold.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
XML_TEXT = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"],
        include_characters="\t\n\r",
        exclude_characters="\ufffe\uffff",
    ),
    min_size=1,
    max_size=8,
)
ODD_NAMES = st.sampled_from(
    ["?", "a b", "it's", 'say "x"', "{0,1}", "50%", "a,b", "\\", "é", "日本", "-C 2"]
)
NUMBERS = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from(
    [0.0, 1.0, -1.0, 0.1, 1e22, 5e-324, 2.0**53]
)


def same(got: MultiLabelDataset, expected: MultiLabelDataset) -> None:
    """Check that two datasets are equal, but for their name and source."""
    assert got.label_names == expected.label_names
    assert got.feature_names == expected.feature_names
    for part in ("X", "Y"):
        mine, theirs = getattr(got, part), getattr(expected, part)
        assert type(mine) is type(theirs), part
        if isinstance(theirs, pd.DataFrame):
            pd.testing.assert_frame_equal(mine, theirs)
        else:
            assert mine.dtype == theirs.dtype
            np.testing.assert_array_equal(mine.toarray(), theirs.toarray())
    np.testing.assert_array_equal(mask(got), mask(expected))


def mask(dataset: MultiLabelDataset) -> np.ndarray:
    if dataset.missing is None:
        return np.zeros((dataset.n_samples, dataset.n_labels), dtype=bool)
    missing = dataset.missing
    return missing.toarray() if sp.issparse(missing) else missing


def round_trip(dataset: MultiLabelDataset, name: str, **options) -> MultiLabelDataset:
    with tempfile.TemporaryDirectory() as folder:
        return read(write(dataset, Path(folder, name), **options)[0])


def cells(draw, elements, n_rows):
    return draw(st.lists(elements, min_size=n_rows, max_size=n_rows))


@st.composite
def columns(draw, n_rows):
    """One column, of a dtype that ARFF gives back."""
    kind = draw(st.sampled_from(["numbers", "flags", "categories", "texts"]))
    if kind == "numbers":
        return pd.Series(cells(draw, NUMBERS, n_rows), dtype=np.float64)
    if kind == "flags":
        return pd.Series(cells(draw, st.integers(0, 1), n_rows), dtype=np.int8)
    if kind == "texts":
        return pd.Series(cells(draw, TEXT | st.none(), n_rows), dtype=object)
    values = draw(
        st.lists(TEXT | ODD_NAMES, min_size=1, max_size=4, unique=True).filter(
            lambda names: set(names) != {"0", "1"}
        )
    )
    codes = cells(draw, st.integers(-1, len(values) - 1), n_rows)
    return pd.Series(
        pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(values))
    )


@st.composite
def labels(draw, n_rows, n_labels, missing=True):
    """Values 0, 1 and, where asked for, NaN."""
    known = [0.0, 1.0, np.nan] if missing else [0.0, 1.0]
    values = cells(draw, st.sampled_from(known), n_rows * n_labels)
    return np.array(values, dtype=np.float64).reshape(n_rows, n_labels)


@st.composite
def names(draw, n_features, n_labels):
    """Names of features and labels, all different."""
    found = draw(
        st.lists(
            XML_TEXT | ODD_NAMES,
            min_size=n_features + n_labels,
            max_size=n_features + n_labels,
            unique=True,
        )
    )
    return found[:n_features], found[n_features:]


@st.composite
def tables(draw):
    """A dataset of a DataFrame with columns of all kinds."""
    n_rows, n_features = draw(st.integers(0, 5)), draw(st.integers(0, 4))
    n_labels = draw(st.integers(1, 4))
    feature_names, label_names = draw(names(n_features, n_labels))
    X = pd.DataFrame(
        {name: draw(columns(n_rows)) for name in feature_names}, index=range(n_rows)
    )
    return MultiLabelDataset(X, draw(labels(n_rows, n_labels)), label_names)


@st.composite
def sparse(draw, missing=True, named=True):
    """A dataset of two CSR matrices."""
    n_rows, n_features = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    n_labels = draw(st.integers(1, 4))
    values = cells(draw, st.just(0.0) | NUMBERS, n_rows * n_features)
    feature_names, label_names = draw(names(n_features, n_labels))
    return MultiLabelDataset(
        sp.csr_array(np.reshape(values, (n_rows, n_features))),
        sp.csr_array(draw(labels(n_rows, n_labels, missing))),
        label_names,
        feature_names if named else None,
    )


@LIMITS
@given(tables())
def test_a_table_through_dense_arff(dataset):
    same(round_trip(dataset, "toy.arff"), dataset)


@LIMITS
@given(tables())
def test_a_table_through_meka_arff(dataset):
    same(round_trip(dataset, "toy.arff", header="meka"), dataset)


@LIMITS
@given(tables())
def test_a_table_through_sparse_arff(dataset):
    got = round_trip(dataset, "toy.arff", layout="sparse")

    # A file of sparse rows of numbers comes back as CSR, whatever it was.
    numeric = all(dtype.kind in "fi" for dtype in dataset.X.dtypes)
    expected = dataset
    # ARFF without rows has no layout.
    if dataset.n_samples:
        Y = sp.csr_array(dataset.Y.to_numpy())
        X = sp.csr_array(dataset.X.to_numpy(float)) if numeric else dataset.X
        expected = dataset.replace(
            X=X,
            Y=Y,
            label_names=dataset.label_names,
            feature_names=dataset.feature_names,
        )
    same(got, expected)


@LIMITS
@given(sparse())
def test_csr_through_sparse_arff(dataset):
    same(round_trip(dataset, "toy.arff"), dataset)


@LIMITS
@given(sparse())
def test_csr_through_dense_arff_is_a_table(dataset):
    got = round_trip(dataset, "toy.arff", layout="dense")

    np.testing.assert_array_equal(got.X.to_numpy(), dataset.X.toarray())
    np.testing.assert_array_equal(got.Y.to_numpy(), dataset.Y.toarray())
    np.testing.assert_array_equal(mask(got), mask(dataset))


@LIMITS
@given(sparse(missing=False, named=False))
def test_csr_through_libsvm(dataset):
    same(round_trip(dataset, "toy.libsvm"), dataset)


@LIMITS
@given(sparse(missing=False, named=False))
def test_csr_through_libsvm_from_zero(dataset):
    with tempfile.TemporaryDirectory() as folder:
        # A label that no row carries is warned of; the test of the writer sees to it.
        if not dataset.label_counts.iloc[0]:
            return
        files = write(dataset, Path(folder, "toy.svm"), zero_based=True)
        same(read(files[0]), dataset)


@LIMITS
@given(tables())
def test_a_table_through_parquet(dataset):
    same(round_trip(dataset, "toy.parquet"), dataset)


@LIMITS
@given(sparse())
def test_csr_through_parquet(dataset):
    same(round_trip(dataset, "toy.parquet"), dataset)


@LIMITS
@given(sparse())
def test_numbers_through_csv(dataset):
    got = round_trip(dataset, "toy.csv")

    assert got.label_names == dataset.label_names
    np.testing.assert_array_equal(got.X.to_numpy(float), dataset.X.toarray())
    np.testing.assert_array_equal(got.Y.to_numpy(), dataset.Y.toarray())
    np.testing.assert_array_equal(mask(got), mask(dataset))


@pytest.mark.data
@pytest.mark.filterwarnings("ignore::mlkit.exceptions.LabelSourceWarning")
@pytest.mark.parametrize(
    "file",
    ["flags", "birds-train", "genbase", "medical", "emotions", "delicious-test"],
)
def test_mulan_sets_through_arff(mulan_folder, tmp_path, file):
    dataset = read(mulan_folder / file.partition("-")[0] / f"{file}.arff")

    same(read(write(dataset, tmp_path / f"{file}.arff")[0]), dataset)
    meka = write(dataset, tmp_path / "meka" / f"{file}.arff", header="meka")
    same(read(meka[0]), dataset)


@pytest.mark.data
@pytest.mark.filterwarnings("ignore::mlkit.exceptions.LabelSourceWarning")
def test_a_sparse_mulan_set_through_libsvm(mulan_folder, tmp_path):
    dataset = read(mulan_folder / "medical" / "medical.arff")

    got = read(write(dataset, tmp_path / "medical.libsvm")[0])

    same(got, dataset.replace(X=dataset.X, feature_names=None))
