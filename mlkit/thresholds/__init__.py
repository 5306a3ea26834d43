"""From scores to decisions: where to cut, and why there."""

from mlkit.thresholds.costs import cost_threshold, decide_by_cost
from mlkit.thresholds.cuts import cut, limit_labels, mcut, top_k
from mlkit.thresholds.expected import maximize_expected_f, maximize_general_f
from mlkit.thresholds.objectives import OBJECTIVES, f_beta
from mlkit.thresholds.proportions import (
    match_cardinality,
    pcut,
    proportional_thresholds,
)
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
    ThresholdStrategy,
)

__all__ = [
    "OBJECTIVES",
    "CardinalityCut",
    "CostCut",
    "ExpectedFCut",
    "FixedCut",
    "GlobalCut",
    "MCut",
    "PCut",
    "RCut",
    "RiskCut",
    "SCut",
    "ThresholdStrategy",
    "best_threshold",
    "best_thresholds",
    "control_risk",
    "cost_threshold",
    "cut",
    "decide_by_cost",
    "f_beta",
    "limit_labels",
    "match_cardinality",
    "maximize_expected_f",
    "maximize_general_f",
    "mcut",
    "pcut",
    "proportional_thresholds",
    "top_k",
]
