"""What the tests of this folder share: worked cases, random matrices, all functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import mlkit.metrics as mm

NAN = math.nan
CONVENTIONS = ("sklearn", "mulan", "meka")

# Worked cases with published values; labels are decided at 0.5.
E_TRUE = [[0, 0, 0], [0, 1, 0], [1, 1, 0]]
E_SCORES = [[0.1, 0.2, 0.3], [0.3, 0.4, 0.8], [0.7, 0.6, 0.1]]
E_PRED = [[0, 0, 0], [0, 0, 1], [1, 1, 0]]
T_TRUE = [[1, 0, 0], [0, 0, 1]]
T_SCORES = [[0.5] * 3] * 2
T_PRED = [[1] * 3] * 2

# No clock: the first example may have to import something, and machines are shared.
_UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
few = settings(_UNTIMED, max_examples=12)
some = settings(_UNTIMED, max_examples=30)

_shapes = st.tuples(st.integers(1, 6), st.integers(1, 5))
_BIT = st.integers(0, 1)
EIGHTHS = st.integers(0, 8).map(lambda k: k / 8)


def bits(shape: Any) -> Any:
    """Label matrices of a shape."""
    return npst.arrays(np.int8, shape, elements=_BIT)


def ties(shape: Any) -> Any:
    """Scores of a shape, few of them different."""
    return npst.arrays(np.float64, shape, elements=st.integers(-2, 2))


def partly_known(shape: Any) -> Any:
    """Label matrices of a shape with unknown cells."""
    return npst.arrays(
        np.float64, shape, elements=st.sampled_from([0.0, 1.0, 1.0, NAN])
    )


def pairs_of(truths: Any, others: Any, shapes: Any = _shapes) -> Any:
    """A matrix of each of two kinds, both of the same shape."""
    return shapes.flatmap(lambda shape: st.tuples(truths(shape), others(shape)))


def eighths(shape: Any) -> Any:
    """Probabilities of a shape, few of them different."""
    return npst.arrays(np.float64, shape, elements=EIGHTHS)


label_pairs = pairs_of(bits, bits)
ranked = pairs_of(bits, ties)
ranked_partly = pairs_of(partly_known, ties)
chances = pairs_of(bits, eighths)

# scikit-learn takes a single column for something else than labels.
_several = st.tuples(st.integers(1, 8), st.integers(2, 6))
several_pairs = pairs_of(bits, bits, _several)
several_ranked = pairs_of(bits, ties, _several)

# One prediction of 40 rows, with an empty and a full row, and ties among the scores.
_RNG = np.random.default_rng(11)
Y = (_RNG.random((40, 6)) < 0.35).astype(int)
Y[3] = 0
Y[4] = 1
Y_PRED = np.where(_RNG.random(Y.shape) < 0.25, 1 - Y, Y)
SCORES = np.round(Y_PRED + _RNG.normal(0, 0.7, Y.shape), 1)
PROBA = np.round(1 / (1 + np.exp(-SCORES + 0.5)), 2)
HIDDEN = np.random.default_rng(5).random(Y.shape) < 0.3
PARTLY = np.where(HIDDEN, NAN, Y)

_PREDICTIONS = {"bipartition": Y_PRED, "scores": SCORES, "probabilities": PROBA}


def second(kind: str) -> np.ndarray:
    """What a metric of a kind judges."""
    return _PREDICTIONS[kind]


@dataclass(frozen=True)
class Call:
    """A public function, and the options without which it cannot be called."""

    function: Callable[..., Any]
    kind: str
    options: dict[str, Any] = field(default_factory=dict)

    def __call__(self, truth: Any, other: Any, **options: Any) -> Any:
        return self.function(truth, other, **(self.options | options))


def _calls(kind: str, *names: str, **options: Any) -> dict[str, Call]:
    return {name: Call(getattr(mm, name), kind, options) for name in names}


CALLS: dict[str, Call] = (
    _calls(
        "bipartition",
        "confusion_counts",
        "cost_loss",
        "hamming_loss",
        "hamming_score",
        "levenshtein_loss",
        "prediction_problems",
        "subset_accuracy_score",
        "subset_zero_one_loss",
    )
    | _calls("bipartition", "hierarchical_loss", parents={})
    | _calls("bipartition", "fbeta_score", average="macro", beta=2.0)
    | _calls(
        "bipartition",
        "balanced_accuracy_score",
        "f1_of_averages_score",
        "f1_score",
        "gmean_score",
        "harmonic_score",
        "jaccard_score",
        "kappa_score",
        "mcc_score",
        "precision_score",
        "recall_score",
        "specificity_score",
        average="macro",
    )
    | _calls(
        "scores",
        "coverage_error",
        "dcg_score",
        "error_set_size_loss",
        "is_error",
        "label_ranking_average_precision_score",
        "margin_loss",
        "ndcg_score",
        "one_error",
        "ranking_loss",
    )
    | _calls(
        "scores",
        "precision_at_k_score",
        "r_precision_at_k_score",
        "recall_at_k_score",
        k=2,
    )
    | _calls(
        "scores",
        "average_precision_score",
        "interpolated_average_precision_score",
        "roc_auc_score",
        average="macro",
    )
    | _calls(
        "probabilities", "brier_loss", "calibration_error", "log_loss", "rmse_loss"
    )
)
"""All functions of a truth and a prediction but one, whose options depend on both."""

CALL = pytest.mark.parametrize("call", CALLS.values(), ids=list(CALLS))


def metrics_but(*names: str) -> pytest.MarkDecorator:
    """All metrics of the table, one a test, but some."""
    chosen = {name: m for name, m in mm.METRICS.items() if name not in names}
    return pytest.mark.parametrize("metric", chosen.values(), ids=list(chosen))


METRIC = metrics_but()
CONVENTION = pytest.mark.parametrize("convention", CONVENTIONS)
