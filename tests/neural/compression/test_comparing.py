"""One table of bytes, milliseconds and quality."""

from __future__ import annotations

import zipfile

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from mlkit.exceptions import OptionError
from mlkit.neural import MLP, Fusion, TextNet, Training
from mlkit.neural.compression import (
    LiteRTClassifier,
    compare_sizes,
    prune,
    quantise,
    to_litert,
)

keras = pytest.importorskip("keras")


@pytest.fixture(scope="module")
def wide():
    """An MLP with 12,000 weights, and its rows."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 100))
    Y = pd.DataFrame((X[:, :4] > 0).astype(int), columns=list("abcd"))
    model = MLP((120,), training=Training(2, batch_size=16), random_state=0)
    return model.fit(X, Y), X, Y


@pytest.fixture(scope="module")
def table(wide):
    model, X, Y = wide
    pruned = prune(model, X, Y)
    models = {"full": model, "pruned": pruned, "both": quantise(pruned)}
    return compare_sizes(models, X, Y, repeats=3)


def test_columns_and_rows(table):
    assert list(table.index) == ["full", "pruned", "both"]
    assert list(table.columns) == [
        *("weights", "zeros", "bytes", "packed", "times_smaller", "ms_1", "ms_64"),
        *("macro_f1", "subset_accuracy"),
    ]
    assert (table[["ms_1", "ms_64"]] > 0).all(axis=None)


def test_bytes_are_those_of_the_file(wide, table, tmp_path):
    network = wide[0].network_
    keras.saving.save_model(network, tmp_path / "network.keras")
    with zipfile.ZipFile(tmp_path / "network.keras") as stored:
        held = {name: stored.read(name) for name in stored.namelist()}
    with zipfile.ZipFile(tmp_path / "packed", "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in held.items():
            packed.writestr(name, content)

    row = table.loc["full"]
    # Names of layers are longer where there are more of them in the process.
    assert abs(row["bytes"] - (tmp_path / "network.keras").stat().st_size) < 300
    assert abs(row["packed"] - (tmp_path / "packed").stat().st_size) < 300
    assert row["weights"] == 100 * 120 + 120 + 120 * 4 + 4
    assert row["times_smaller"] == 1.0


def test_zeros_show_in_the_packed_file_alone(table):
    assert table.loc["pruned", "zeros"] == pytest.approx(0.8, abs=0.02)
    assert table.loc["pruned", "bytes"] > 0.99 * table.loc["full", "bytes"]
    assert table.loc["pruned", "times_smaller"] > 2


def test_pruned_and_quantised_it_is_a_fourth(table):
    assert table.loc["both", "bytes"] < 0.6 * table.loc["full", "bytes"]
    assert table.loc["both", "times_smaller"] > 4


def test_quality_is_that_of_the_metrics(wide, table):
    model, X, Y = wide
    predicted = model.predict(X)

    expected = f1_score(Y, predicted, average="macro")
    assert table.loc["full", "macro_f1"] == pytest.approx(expected)
    assert table.loc["full", "subset_accuracy"] == model.score(X, Y)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="TensorFlow writes the files"
)
def test_a_litert_file(wide, tmp_path):
    model, X, Y = wide
    lite = LiteRTClassifier(to_litert(model, tmp_path / "lite.zip"))

    row = compare_sizes({"full": model, "lite": lite}, X, Y, repeats=1).loc["lite"]

    assert np.isnan(row["weights"])
    assert np.isnan(row["zeros"])
    assert row["bytes"] == len(lite.network_)
    assert 0 < (tmp_path / "lite.zip").stat().st_size - row["packed"] < 1000


@pytest.mark.parametrize(
    "container",
    [pd.DataFrame, sp.csr_array, np.ndarray.tolist],
    ids=["table", "sparse", "lists"],
)
def test_few_rows_in_any_container(wide, container):
    model, X, Y = wide
    rows = container(X[:5])
    if container is pd.DataFrame:
        model = MLP((2,), training=Training(1)).fit(pd.DataFrame(X), Y)

    table = compare_sizes({"full": model}, rows, Y.iloc[:5], repeats=1)

    assert table["ms_64"].notna().all()


def test_several_kinds_of_features():
    X = {"numbers": np.eye(4), "texts": ["good", "bad", "fair", "good day"]}
    Y = np.eye(4, dtype=int)[:, :2]
    parts = {"numbers": MLP(()), "texts": TextNet(None, dimensions=4)}
    both = Fusion(parts, training=Training(1)).fit(X, Y)

    table = compare_sizes({"both": both}, X, Y, repeats=1)

    assert table[["ms_1", "ms_64"]].notna().all(axis=None)


def test_texts():
    texts, Y = ["good", "bad", "fair", "good day"], np.eye(4, dtype=int)[:, :2]
    model = TextNet(None, dimensions=4, training=Training(1)).fit(texts, Y)

    for X in (texts, pd.Series(texts, index=list("abcd"))):
        assert compare_sizes({"texts": model}, X, Y, repeats=1).notna().all(axis=None)


def test_what_cannot_be_compared(wide):
    model, X, Y = wide
    with pytest.raises(OptionError, match="learners must map names"):
        compare_sizes({}, X, Y)
    with pytest.raises(OptionError, match="learners must map names"):
        compare_sizes([model], X, Y)
    with pytest.raises(OptionError, match="repeats must be at least 1"):
        compare_sizes({"full": model}, X, Y, repeats=0)
    with pytest.raises(TypeError, match="got LogisticRegression"):
        compare_sizes({"lr": LogisticRegression()}, X, Y)
    with pytest.raises(NotFittedError):
        compare_sizes({"full": MLP()}, X, Y)
