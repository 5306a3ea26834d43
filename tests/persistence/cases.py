"""What the tests of this folder compare and tamper with."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from sklearn.base import BaseEstimator, TransformerMixin


class Ratios(TransformerMixin, BaseEstimator):
    """A transformer of somebody's project, which the kit cannot know."""

    def fit(self, X: Any, y: Any = None) -> Ratios:
        self.means_ = np.asarray(X, dtype=float).mean(axis=0)
        return self

    def transform(self, X: Any) -> np.ndarray:
        return np.asarray(X, dtype=float) / self.means_


RATIOS = f"{Ratios.__module__}.Ratios"


def read_members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def write_members(
    path: Path, members: Mapping[str, bytes], method: int = zipfile.ZIP_STORED
) -> Path:
    with zipfile.ZipFile(path, "w", method) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return path


def assert_same(one: Any, other: Any) -> None:
    """Same kind of container, same names, same bits."""
    assert type(one) is type(other)
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    elif sp.issparse(one):
        assert one.dtype == other.dtype
        assert_same(one.toarray(), other.toarray())
    elif isinstance(one, list):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            assert_same(a, b)
    else:
        assert one.dtype == other.dtype
        assert one.shape == other.shape
        assert one.tobytes() == other.tobytes()


def assert_predicts_the_same(one: Any, other: Any, X: Any) -> None:
    assert_same(one.predict(X), other.predict(X))
    assert hasattr(one, "predict_proba") == hasattr(other, "predict_proba")
    if hasattr(one, "predict_proba"):
        assert_same(one.predict_proba(X), other.predict_proba(X))
