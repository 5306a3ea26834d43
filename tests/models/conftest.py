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
from skmultilearn import problem_transform as peers

from mlkit.models import (
    HOMER,
    IBLR,
    BinaryRelevance,
    BRkNN,
    BRkNNa,
    BRkNNb,
    CalibratedClassifier,
    CalibratedLabelRanking,
    ClassifierChain,
    ConstantClassifier,
    DependentBinaryRelevance,
    EnsembleOfClassifierChains,
    EnsembleOfPrunedSets,
    LabelPowerset,
    LabelSpacePartition,
    MLkNN,
    NativeClassifier,
    ProbabilisticClassifierChain,
    PrunedSets,
    RAkELd,
    RAkELo,
    ResampledClassifier,
    SkmultilearnClassifier,
    SparseLinearRelevance,
    StackedBinaryRelevance,
    ThresholdedClassifier,
)

_BASES = (
    LogisticRegression(max_iter=1000),
    DecisionTreeClassifier(max_depth=4, random_state=0),
)

LEARNERS = {
    f"{method.__name__}-{type(base).__name__}": method(base)
    for method in (BinaryRelevance, ClassifierChain, LabelPowerset)
    for base in _BASES
} | {
    f"{wrapper.__name__}-{type(base).__name__}": wrapper(
        BinaryRelevance(base), **options
    )
    for wrapper, options in (
        (CalibratedClassifier, {"cv": 3}),
        # Tuned for accuracy, which is what the tests hold all learners to.
        (ThresholdedClassifier, {"metric": "accuracy", "cv": 5}),
        (ResampledClassifier, {"random_state": 0}),
    )
    for base in _BASES
}

# Numbers of neighbours with which so few rows are learned well enough for the tests.
LEARNERS |= {
    "MLkNN": MLkNN(n_neighbors=1),
    "BRkNN": BRkNN(n_neighbors=3),
    "BRkNNa": BRkNNa(n_neighbors=3),
    "BRkNNb": BRkNNb(n_neighbors=3),
    "IBLR-LogisticRegression": IBLR(_BASES[0], variant="ml+", n_neighbors=3),
    "IBLR-DecisionTreeClassifier": IBLR(_BASES[1], variant="ml+", n_neighbors=3),
    "NativeClassifier-DecisionTreeClassifier": NativeClassifier(_BASES[1]),
    "ConstantClassifier": ConstantClassifier(strategy="top-k"),
}

LEARNERS |= {
    f"{method.__name__}-{type(base).__name__}": method(base, **options)
    for method, options in (
        (StackedBinaryRelevance, {"cv": 3}),
        (DependentBinaryRelevance, {}),
        (CalibratedLabelRanking, {}),
    )
    for base in _BASES
} | {
    f"skmultilearn.{peer.__name__}-{type(base).__name__}": SkmultilearnClassifier(
        peer(base)
    )
    for peer in (peers.BinaryRelevance, peers.LabelPowerset)
    for base in _BASES
}

LEARNERS |= {
    f"{method.__name__}-{type(base).__name__}": method(base, **options)
    for method, options in (
        (EnsembleOfClassifierChains, {"n_estimators": 5, "random_state": 0}),
        (ProbabilisticClassifierChain, {}),
    )
    for base in _BASES
} | {
    "ClassifierChain-cross-fitted": ClassifierChain(
        _BASES[0], order="dependence", trained_on="cross-fitted", cv=3
    ),
    "ProbabilisticClassifierChain-monte_carlo": ProbabilisticClassifierChain(
        _BASES[0], inference="monte_carlo", random_state=0
    ),
}

LEARNERS |= {
    f"{method.__name__}-{type(base).__name__}": method(base, **options)
    for method, options in (
        (PrunedSets, {}),
        (EnsembleOfPrunedSets, {"n_estimators": 5, "random_state": 0}),
        (RAkELd, {"random_state": 0}),
        (RAkELo, {"random_state": 0}),
    )
    for base in _BASES
} | {
    f"{method.__name__}-{type(base).__name__}": method(inner(base), **options)
    for method, inner, options in (
        (LabelSpacePartition, LabelPowerset, {}),
        (HOMER, BinaryRelevance, {"random_state": 0}),
    )
    for base in _BASES
}

LEARNERS["SparseLinearRelevance-LogisticRegression"] = SparseLinearRelevance(_BASES[0])

_FOLDS = "folds are made of rows, in their order"
_ONE_ROW = "a row is scored by a learner of other rows, so that one row is refused"
_DRAWS = "rows are drawn by their positions"

_NO_WEIGHTS = dict.fromkeys(
    (
        "test_bytes_of_all_arguments",
        "test_weights_as_repeated_rows",
        "test_weights_below_zero",
    ),
    "a row is a neighbour or it is not: fit takes no sample_weight",
)
_NO_BASE = dict.fromkeys(
    ("test_parameters_are_kept", "test_grid_search_reaches_the_base_learner"),
    "there is no base learner",
) | dict.fromkeys(
    ("test_same_seed_same_answer", "test_clone_has_parameters_and_no_state"),
    "nothing is random, and so there is no random_state",
)
_NO_FEATURES = dict.fromkeys(
    (
        "test_probabilities_are_one_column_a_label",
        "test_it_learns",
        "test_frame_of_labels_for_an_array_of_features",
        "test_read_only_input",
        "test_few_labels[ConstantClassifier-2]",
        "test_scorers[ConstantClassifier-5-accuracy]",
    ),
    "no feature is used, and accuracy is asked for",
)

# Learner -> test, or one case of it -> reason. xfail_strict reports an entry that has
# become wrong.
EXPECTED_FAILURES = {
    CalibratedClassifier: {
        "test_order_of_training_rows": _FOLDS,
        "test_weights_as_repeated_rows": _FOLDS,
        "test_one_training_row": _ONE_ROW,
    },
    ThresholdedClassifier: {"test_one_training_row": _ONE_ROW},
    ClassifierChain: {
        "test_order_of_training_rows[ClassifierChain-cross-fitted]": _FOLDS,
        "test_weights_as_repeated_rows[ClassifierChain-cross-fitted]": _FOLDS,
    },
    EnsembleOfClassifierChains: {
        "test_order_of_training_rows": _DRAWS,
        "test_weights_as_repeated_rows": _DRAWS,
        "test_do_not_disturb_the_others": "a constant has its place in random orders",
    },
    ProbabilisticClassifierChain: {
        f"test_more_labels_than_rows[{name}]": "exact inference is for 15 labels"
        for name, given in LEARNERS.items()
        if getattr(given, "inference", None) == "exact"
    },
    EnsembleOfPrunedSets: {
        "test_order_of_training_rows": _DRAWS,
        "test_weights_as_repeated_rows": _DRAWS,
    },
    StackedBinaryRelevance: {
        "test_order_of_training_rows": _FOLDS,
        "test_weights_as_repeated_rows": _FOLDS,
    },
    SkmultilearnClassifier: {
        "test_bytes_of_all_arguments": "no class of the package takes weights of rows",
        "test_weights_as_repeated_rows": "no class of the package takes weights",
        "test_weights_below_zero": "no class of the package takes weights",
        "test_parameters_are_kept": "the classifier inside has no random_state",
    },
    ResampledClassifier: {
        "test_order_of_training_rows": _DRAWS,
        "test_weights_as_repeated_rows": _DRAWS,
        "test_do_not_disturb_the_others": "a constant is one label more in MeanIR",
    },
    MLkNN: _NO_WEIGHTS | _NO_BASE,
    BRkNN: _NO_WEIGHTS | _NO_BASE,
    BRkNNa: _NO_WEIGHTS
    | _NO_BASE
    | {
        "test_do_not_disturb_the_others": (
            "with a label of all rows no prediction is empty, and none is filled"
        )
    },
    BRkNNb: _NO_WEIGHTS | _NO_BASE,
    IBLR: _NO_WEIGHTS,
    ConstantClassifier: _NO_BASE | _NO_FEATURES,
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
    failures = EXPECTED_FAILURES.get(type(request.param), {})
    names = (request.node.originalname, request.node.name)
    if reason := next((failures[name] for name in names if name in failures), None):
        request.applymarker(pytest.mark.xfail(reason=reason))
    return clone(request.param)
