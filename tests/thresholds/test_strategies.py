"""Tests of the strategies: one contract for all, and what each of them learns."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from mlkit.exceptions import LabelNameError, OptionError, ScoresError, ShapeError
from mlkit.thresholds.costs import decide_by_cost
from mlkit.thresholds.cuts import cut, mcut, top_k
from mlkit.thresholds.expected import maximize_expected_f
from mlkit.thresholds.proportions import match_cardinality, proportional_thresholds
from mlkit.thresholds.search import best_threshold, best_thresholds
from mlkit.thresholds.strategies import (
    CardinalityCut,
    CostCut,
    ExpectedFCut,
    FixedCut,
    GlobalCut,
    MCut,
    PCut,
    RCut,
    SCut,
)

RNG = np.random.default_rng(0)
Y = (RNG.random((40, 3)) < [0.2, 0.5, 0.7]).astype(int)
SCORES = ((Y + RNG.normal(0, 1, Y.shape)) / 8 + 0.5).clip(0, 1)
NEW = RNG.random((10, 3))

STRATEGIES = [
    (FixedCut(0.4), lambda: cut(NEW, 0.4)),
    (FixedCut([0.1, 0.5, 0.9]), lambda: cut(NEW, [0.1, 0.5, 0.9])),
    (
        GlobalCut("jaccard", average="macro"),
        lambda: cut(NEW, best_threshold(Y, SCORES, metric="jaccard", average="macro")),
    ),
    (
        SCut("f2", shrinkage=3),
        lambda: cut(NEW, best_thresholds(Y, SCORES, metric="f2", shrinkage=3)),
    ),
    (RCut(2), lambda: top_k(NEW, 2)),
    (RCut(), lambda: top_k(NEW, round(Y.sum() / len(Y)))),
    (PCut(), lambda: cut(NEW, proportional_thresholds(SCORES, Y.mean(axis=0)))),
    (MCut(), lambda: mcut(NEW)),
    (
        CardinalityCut(),
        lambda: cut(NEW, match_cardinality(SCORES, Y.sum() / len(Y))),
    ),
    (CostCut(false_negative=4), lambda: decide_by_cost(NEW, false_negative=4)),
    (
        ExpectedFCut(beta=2, empty_value=0),
        lambda: maximize_expected_f(NEW, beta=2, empty_value=0),
    ),
]
IDS = [repr(strategy) for strategy, _ in STRATEGIES]

each = pytest.mark.parametrize(("strategy", "expected"), STRATEGIES, ids=IDS)


@each
def test_decides_as_the_function(strategy, expected):
    decided = clone(strategy).fit(Y, SCORES).decide(NEW)

    np.testing.assert_array_equal(decided, expected())
    assert decided.dtype == np.int8


@each
def test_frames_and_sparse_labels(strategy, expected):
    names = ["a", "b", "c"]
    frame = pd.DataFrame(NEW, columns=names)
    fitted = clone(strategy).fit(pd.DataFrame(Y, columns=names), SCORES)

    decided = fitted.decide(frame)

    assert list(decided.columns) == names
    np.testing.assert_array_equal(decided.to_numpy(), expected())
    again = clone(strategy).fit(sp.csr_array(Y), SCORES).decide(NEW)
    np.testing.assert_array_equal(again, expected())


@each
def test_contract(strategy, expected):
    fresh = clone(strategy)
    assert repr(fresh.get_params()) == repr(strategy.get_params())

    with pytest.raises(NotFittedError, match="not fitted"):
        fresh.decide(NEW)
    with pytest.raises(ShapeError, match="same shape"):
        fresh.fit(Y, SCORES[:, :2])
    with pytest.raises(ScoresError, match="not finite"):
        fresh.fit(Y, np.full(Y.shape, np.nan))
    with pytest.raises(ShapeError, match="scores has 2 labels, and fit saw 3"):
        fresh.fit(Y, SCORES).decide(NEW[:, :2])


@each
def test_unknown_labels_are_taken(strategy, expected):
    hidden = Y.astype(float)
    hidden[0, 0] = np.nan

    assert clone(strategy).fit(hidden, SCORES).decide(NEW).shape == NEW.shape


def test_shares_are_those_of_known_labels():
    hidden = np.array([[1, 0], [0, 0], [np.nan, 0], [np.nan, 1]])
    scores = np.array([[0.1, 0.4], [0.2, 0.3], [0.3, 0.2], [0.4, 0.1]])

    # Half of the known labels 0 are true, and a quarter of labels 1.
    np.testing.assert_allclose(PCut().fit(hidden, scores).thresholds_, [0.25, 0.35])
    assert CardinalityCut().fit(hidden, scores).thresholds_ == pytest.approx(0.3, 0.2)


def test_top_k_gives_at_least_one_label():
    assert RCut().fit(np.zeros((4, 2)), np.zeros((4, 2))).k_ == 1


def test_wrong_options_are_noticed_in_fit():
    with pytest.raises(OptionError, match="average must be one of"):
        GlobalCut(average="weighted").fit(Y, SCORES)
    with pytest.raises(ShapeError, match="one number or 3, one a label"):
        FixedCut([0.1, 0.2]).fit(Y, SCORES)
    with pytest.raises(ShapeError, match="one number or 3, one a label"):
        CostCut(false_positive=[1, 2]).fit(Y, SCORES)
    with pytest.raises(OptionError, match=r"k must be in \[0, 3\], got 4"):
        RCut(4).fit(Y, SCORES)
    with pytest.raises(OptionError, match="Both costs"):
        CostCut(false_positive=0, false_negative=0).fit(Y, SCORES)


def test_labels_in_another_order_are_refused():
    Y = pd.DataFrame([[1, 0], [0, 1]], columns=["a", "b"])
    scores = pd.DataFrame([[0.1, 0.9], [0.8, 0.2]], columns=["b", "a"])

    with pytest.raises(LabelNameError, match="same labels in another order"):
        SCut().fit(Y, scores)
