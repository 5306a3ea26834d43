"""Data and learners that the tests of this folder share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_multilabel_classification
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from mlkit.models import BinaryRelevance, ClassifierChain, LabelPowerset

LEARNERS = {
    f"{method.__name__}-{type(base).__name__}": method(base)
    for method in (BinaryRelevance, ClassifierChain, LabelPowerset)
    for base in (
        LogisticRegression(max_iter=1000),
        DecisionTreeClassifier(max_depth=4, random_state=0),
    )
}


@dataclass(frozen=True)
class Problem:
    """A small multi-label problem in which no label is constant."""

    X: np.ndarray
    Y: np.ndarray


@pytest.fixture(scope="session")
def problem() -> Problem:
    X, Y = make_multilabel_classification(
        n_samples=90, n_features=8, n_classes=5, n_labels=2, random_state=0
    )
    return Problem(StandardScaler().fit_transform(X), Y)


@pytest.fixture(params=LEARNERS.values(), ids=LEARNERS.keys())
def learner(request: pytest.FixtureRequest) -> Any:
    """Each method with each base learner, not fitted."""
    return clone(request.param)
