"""Tests of the strategies: one contract for all, and what each of them learns."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from mlkit.exceptions import (
    IndicatorError,
    LabelNameError,
    MissingLabelsError,
    OptionError,
    ScoresError,
    ShapeError,
    UnknownNameError,
)
from mlkit.metrics import error_costs
from mlkit.thresholds.costs import decide_by_cost
from mlkit.thresholds.cuts import cut, mcut, top_k
from mlkit.thresholds.expected import maximize_expected_f
from mlkit.thresholds.proportions import match_cardinality, proportional_thresholds
from mlkit.thresholds.risk import control_risk
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
    RiskCut,
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
    (CostCut(), lambda: decide_by_cost(NEW)),
    (
        CostCut([[[0, 4], [1, -1]]] * 3),
        lambda: decide_by_cost(NEW, [[[0, 4], [1, -1]]] * 3),
    ),
    (
        ExpectedFCut(beta=2, empty_value=0),
        lambda: maximize_expected_f(NEW, beta=2, empty_value=0),
    ),
    (RiskCut(), lambda: cut(NEW, control_risk(Y, SCORES))),
    (
        RiskCut(0.3, loss="false"),
        lambda: cut(NEW, control_risk(Y, SCORES, alpha=0.3, loss="false")),
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
    with pytest.raises(ShapeError, match="scores has 2 labels, and fit saw 3"):
        fresh.fit(Y, SCORES).decide(NEW[:, :2])
    with pytest.raises(ScoresError, match="not finite"):
        fresh.decide(np.full(NEW.shape, np.inf))


@each
@pytest.mark.parametrize(
    ("labels", "scores", "error", "match"),
    [
        (Y, SCORES[:, :2], ShapeError, r"same shape .*\(40, 3\) and \(40, 2\)"),
        (Y, SCORES[:5], ShapeError, r"same shape .*\(40, 3\) and \(5, 3\)"),
        (Y, np.full(Y.shape, np.nan), ScoresError, "120 values that are not finite"),
        (Y, np.full(Y.shape, "x"), ScoresError, "must be a matrix of numbers"),
        (Y, None, ScoresError, r"got shape \(\)"),
        (Y * 2, SCORES, IndicatorError, "outside {0, 1} in label"),
        (Y[:, 0], SCORES[:, 0], IndicatorError, "two dimensions"),
    ],
)
def test_bad_matrices_are_refused(strategy, expected, labels, scores, error, match):
    with pytest.raises(error, match=match):
        clone(strategy).fit(labels, scores)


@each
def test_unknown_labels_are_taken(strategy, expected):
    hidden = Y.astype(float)
    hidden[0, 0] = np.nan
    if isinstance(strategy, RiskCut):
        with pytest.raises(MissingLabelsError, match="first: row 0, label 'label_0'"):
            clone(strategy).fit(hidden, SCORES)
    else:
        assert clone(strategy).fit(hidden, SCORES).decide(NEW).shape == NEW.shape


@pytest.mark.parametrize("rule", [GlobalCut(), SCut(), PCut(), CardinalityCut()])
def test_without_any_positive_nothing_is_decided_for(rule):
    rule = clone(rule).fit(np.zeros_like(Y), SCORES)

    assert not rule.decide(SCORES).any()


def test_where_no_label_can_be_missed_none_is_decided_for():
    assert RiskCut().fit(np.zeros_like(Y), SCORES).thresholds_ == np.inf


PLAIN = [
    FixedCut(),
    GlobalCut(),
    GlobalCut(average="samples"),
    SCut(),
    SCut(shrinkage=3),
    RCut(),
    PCut(),
    MCut(),
    CardinalityCut(),
    CostCut(),
    ExpectedFCut(),
    RiskCut(),
]


@pytest.mark.parametrize("strategy", PLAIN, ids=map(repr, PLAIN))
@pytest.mark.parametrize("shape", [(0, 3), (1, 3), (40, 1), (40, 0), (0, 0)])
def test_few_rows_or_labels(strategy, shape):
    labels, scores = Y[: shape[0], : shape[1]], SCORES[: shape[0], : shape[1]]
    fresh = clone(strategy)
    if isinstance(fresh, MCut) and shape[1] < 2:
        with pytest.raises(ShapeError, match=f"two labels or more, got {shape[1]}"):
            fresh.fit(labels, scores).decide(scores)
    elif isinstance(fresh, RiskCut) and shape[0] < 9:
        with pytest.raises(OptionError, match="cannot guarantee alpha=0.1; at least 9"):
            fresh.fit(labels, scores)
    else:
        assert fresh.fit(labels, scores).decide(scores).shape == shape


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
    with pytest.raises(ShapeError, match="one matrix or 3, one a label"):
        CostCut(error_costs([1, 2])).fit(Y, SCORES)
    with pytest.raises(OptionError, match=r"k must be in \[0, 3\], got 4"):
        RCut(4).fit(Y, SCORES)
    with pytest.raises(OptionError, match="false positive must cost more"):
        CostCut(error_costs(0, 0)).fit(Y, SCORES)
    with pytest.raises(OptionError, match="beta must be"):
        ExpectedFCut(beta=0).fit(Y, SCORES)
    with pytest.raises(OptionError, match="40 rows cannot guarantee alpha=0.01"):
        RiskCut(0.01).fit(Y, SCORES)
    with pytest.raises(UnknownNameError, match="Did you mean 'missed'"):
        RiskCut(loss="mised").fit(Y, SCORES)


@pytest.mark.parametrize("strategy", [CostCut(), ExpectedFCut()])
def test_what_weighs_probabilities_takes_nothing_else(strategy):
    with pytest.raises(ScoresError, match=r"scores has .* outside \[0, 1\]"):
        clone(strategy).fit(Y, 3 * SCORES)
    with pytest.raises(ScoresError, match=r"outside \[0, 1\]"):
        strategy.fit(Y, SCORES).decide(3 * NEW)


def test_risk_is_controlled_at_one_threshold():
    rule = RiskCut(0.2, loss="false_discovery").fit(Y, SCORES)

    assert rule.thresholds_ == control_risk(
        Y, SCORES, alpha=0.2, loss="false_discovery"
    )
    assert rule.decide(np.full((1, 3), rule.thresholds_)).tolist() == [[1, 1, 1]]


def test_labels_in_another_order_are_refused():
    Y = pd.DataFrame([[1, 0], [0, 1]], columns=["a", "b"])
    scores = pd.DataFrame([[0.1, 0.9], [0.8, 0.2]], columns=["b", "a"])

    with pytest.raises(LabelNameError, match="same labels in another order"):
        SCut().fit(Y, scores)
