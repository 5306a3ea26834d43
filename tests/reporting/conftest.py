"""Small things to report on, made once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mlkit
from mlkit.comparison import Comparison
from mlkit.dataset import MultiLabelDataset

EVIL_NAMES = (
    "<script>alert(1)</script>",
    "\"quotes\" & 'more' <b>",
    "שלום עולם",
    "日本語のラベル",
    "from $5 to $10_x^2",
    "a" * 500,
    "control \x00 and \x07",
    "new\nline",
)


@pytest.fixture(scope="session")
def evil_names() -> tuple[str, ...]:
    """Names that are no HTML, no formula, not Latin, or too long."""
    return EVIL_NAMES


@pytest.fixture(scope="session")
def flags() -> MultiLabelDataset:
    return mlkit.load("flags")


@pytest.fixture(scope="session")
def evil() -> MultiLabelDataset:
    """A dataset all of whose names are hostile."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(60, 2)), columns=["<i>x</i>", "y"])
    Y = (rng.random((60, len(EVIL_NAMES))) < 0.4).astype(int)
    source = mlkit.dataset.DatasetSource(
        reading="<em>read</em>",
        url="javascript:alert(1)",
        citation="</dd><script>alert(2)</script>",
        licence="'\"",
        path="/tmp/<folder>",
        remarks=("an <odd> remark",),
    )
    return MultiLabelDataset(X, Y, EVIL_NAMES, name="<h1>evil</h1>", source=source)


@pytest.fixture(scope="session")
def many() -> MultiLabelDataset:
    """A dataset of 1 000 labels with long names."""
    rng = np.random.default_rng(1)
    names = [f"one of many labels with a long name, number {j}" for j in range(1000)]
    Y = pd.DataFrame((rng.random((400, 1000)) < 0.02).astype(int), columns=names)
    X = rng.normal(size=(400, 300))
    return MultiLabelDataset(X, Y, name="many")


@pytest.fixture(scope="session")
def evaluation():
    """200 rows and 4 labels, predicted well but not perfectly, with intervals."""
    rng = np.random.default_rng(2)
    names = ["sea", "sun", "sky", "snow"]
    logits = rng.normal(size=(200, 4))
    Y = (logits + rng.normal(size=logits.shape) > 0.4).astype(int)
    proba = 1 / (1 + np.exp(-logits))
    return mlkit.evaluate(
        pd.DataFrame(Y, columns=names),
        pd.DataFrame(proba, columns=names),
        n_resamples=50,
    )


def make_comparison(
    models=("br-lr", "cc-lr", "lp-lr"),
    datasets=("flags",),
    metrics=("micro_f1", "hamming_loss"),
    *,
    n_folds=5,
    settings=None,
    **columns,
) -> Comparison:
    """Make records by chance; keywords are columns with one value for all."""
    rng = np.random.default_rng(3)
    rows = [
        {
            "dataset": dataset,
            "model": model,
            "repeat": 0,
            "fold": fold,
            "n_train": 80,
            "n_test": 20,
            **{metric: rng.random() for metric in metrics},
            "fit_seconds": 0.25,
            "predict_seconds": 0.5,
            "peak_memory": 3.0,
            "params": "",
            "warnings": "",
            "error": "",
        }
        for dataset in datasets
        for model in models
        for fold in range(n_folds)
    ]
    folds = pd.DataFrame(rows).assign(**columns)
    return Comparison(folds, tuple(metrics), settings=settings or {})


@pytest.fixture(scope="session")
def compared() -> Comparison:
    """Three models on two folds of flags, really compared."""
    return mlkit.compare("flags", ["br-lr", "cc-lr", "baseline-set"], cv=3)
