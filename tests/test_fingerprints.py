"""Fingerprints: equal for equal content, in every process, different for all else."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from mlkit import MultiLabelDataset
from mlkit.datasets import load
from mlkit.fingerprints import dataset_fingerprint, fingerprint
from mlkit.models import BinaryRelevance, make


def double(x: Any, by: int = 2) -> Any:
    return x * by


def scaled_by(factor: float) -> Any:
    return lambda x: x * factor


DIFFERENT = [
    None,
    0,
    False,
    0.0,
    "0",
    b"0",
    "",
    [],
    (),
    [[]],
    [0],
    ["a", "b"],
    ["ab"],
    {"a": 1},
    {"a": 1, "b": 2},
    {1, 2},
    np.array([0, 1]),
    np.array([0, 1], dtype=np.int8),
    np.array([[0, 1]]),
    np.array(["a", None], dtype=object),
    np.array(["a", "None"], dtype=object),
    sp.csr_array([[0.0, 1.0]]),
    sp.csr_array([[1.0, 0.0]]),
    pd.DataFrame({"a": [1.0, np.nan]}),
    pd.DataFrame({"b": [1.0, np.nan]}),
    pd.DataFrame({"a": ["x", None]}),
    pd.DataFrame({"a": ["x", "y"]}),
    pd.DataFrame({"a": pd.Categorical(["x", "y"])}),
    pd.DataFrame({"a": pd.Categorical(["x", "y"], categories=["y", "x"])}),
    pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}),
    np.random.RandomState(0),
    np.random.RandomState(1),
    LogisticRegression(),
    LogisticRegression(C=2.0),
    BernoulliNB(),
    LogisticRegression,
    BinaryRelevance(),
    BinaryRelevance(LogisticRegression()),
    make_pipeline(StandardScaler(), LogisticRegression()),
    make_pipeline(LogisticRegression()),
    double,
    scaled_by(2.0),
    scaled_by(3.0),
    partial(double, by=3),
    partial(double, by=4),
    FunctionTransformer(double),
    FunctionTransformer(np.log1p),
    make("br-lr"),
    make("cc-lr"),
]


def test_different_values_have_different_fingerprints() -> None:
    found = [fingerprint(value) for value in DIFFERENT]
    assert len(set(found)) == len(DIFFERENT)
    assert all(len(text) == 64 for text in found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": [2]}, {"b": [2], "a": 1}),
        ({"x", "y", "z"}, {"z", "y", "x"}),
        (np.eye(3), np.asfortranarray(np.eye(3))),
        (np.arange(6)[::2], np.array([0, 2, 4])),
        (
            sp.csr_array(([1.0, 2.0], [1, 0], [0, 2]), shape=(1, 2)),
            sp.csc_array([[2.0, 1.0]]),
        ),
        (
            sp.csr_array(([0.0, 2.0], [1, 0], [0, 2]), shape=(1, 2)),
            sp.csr_array([[2.0, 0.0]]),
        ),
        (make("ecc-svc"), make("ecc-svc")),
        (BinaryRelevance().fit([[0], [1]], [[0, 1], [1, 0]]), BinaryRelevance()),
        (scaled_by(2.0), scaled_by(2.0)),
    ],
)
def test_equal_values_have_equal_fingerprints(one: Any, other: Any) -> None:
    assert fingerprint(one) == fingerprint(other)


def test_sparse_matrices_are_not_modified() -> None:
    matrix = sp.csr_array(([1.0, 0.0, 2.0], [1, 1, 0], [0, 3]), shape=(1, 2))
    before = matrix.data.tolist(), matrix.indices.tolist()
    fingerprint(matrix)
    assert (matrix.data.tolist(), matrix.indices.tolist()) == before


class TestDatasets:
    def test_content_counts(self) -> None:
        flags = load("flags")
        own = dataset_fingerprint(flags)
        assert own == dataset_fingerprint(load("flags").replace(name="other"))
        names = [f"{name}?" for name in flags.label_names]
        for other in (
            flags[1:],
            flags[::-1],
            flags.replace(label_names=names),
            flags.replace(Y=1 - flags.Y),
        ):
            assert dataset_fingerprint(other) != own

    def test_what_is_unknown_counts(self) -> None:
        X = [[1.0], [2.0]]
        known = MultiLabelDataset(X, [[1, 0], [0, 1]])
        unknown = MultiLabelDataset(X, [[1, np.nan], [0, 1]])
        assert dataset_fingerprint(known) != dataset_fingerprint(unknown)

    def test_sparse_labels(self) -> None:
        X, Y = np.eye(3), np.eye(3, dtype=int)
        one, other = (
            MultiLabelDataset(X, sp.csr_array(Y[order]))
            for order in ([0, 1, 2], [1, 0, 2])
        )
        assert dataset_fingerprint(one) != dataset_fingerprint(other)


def test_it_is_the_same_in_another_process() -> None:
    script = (
        "from mlkit.fingerprints import *; from mlkit.datasets import load; "
        "from mlkit.models import make; "
        "print(dataset_fingerprint(load('flags')), fingerprint(make('ecc-svc')), "
        "fingerprint({'b', 'a', 'c', (1, 2)}))"
    )
    expected = " ".join(
        [
            dataset_fingerprint(load("flags")),
            fingerprint(make("ecc-svc")),
            fingerprint({"b", "a", "c", (1, 2)}),
        ]
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        found = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        assert found.stdout.strip() == expected
