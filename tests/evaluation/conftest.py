"""A truth and a prediction of it, small enough to count by hand, and a larger pair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest


@dataclass(frozen=True)
class Case:
    """Labels, probabilities and decided labels of the same rows."""

    Y: pd.DataFrame
    Y_proba: pd.DataFrame

    @property
    def Y_pred(self) -> pd.DataFrame:
        return (self.Y_proba >= 0.5).astype(int)


@pytest.fixture
def small() -> Case:
    columns, index = ["sea", "sun", "sky"], list("abcd")
    Y = [[1, 0, 1], [0, 0, 0], [1, 1, 0], [0, 1, 1]]
    proba = [[0.9, 0.6, 0.2], [0.1, 0.2, 0.3], [0.8, 0.4, 0.7], [0.3, 0.9, 0.6]]
    return Case(
        pd.DataFrame(Y, index=index, columns=columns),
        pd.DataFrame(proba, index=index, columns=columns),
    )


@pytest.fixture(scope="session")
def large() -> Case:
    rng = np.random.default_rng(3)
    logits = rng.normal(-1.0, 1.2, size=(150, 8))
    proba = 1 / (1 + np.exp(-logits))
    Y = (rng.random(proba.shape) < proba).astype(int)
    columns = [f"tag {j}" for j in range(8)]
    return Case(pd.DataFrame(Y, columns=columns), pd.DataFrame(proba, columns=columns))
