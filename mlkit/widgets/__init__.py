"""Explorers: figures that can be touched, in a notebook.

Each has a state that needs no kernel, a picture that is saved with the notebook, a
number box beside every slider, and a line that says in words what is seen. `explore`
opens those that fit a dataset, an evaluation or a comparison.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "CALIBRATION_PRESETS": "calibration",
    "CalibrationExplorer": "calibration",
    "CalibrationState": "calibration",
    "ChainExplorer": "chains",
    "ChainState": "chains",
    "CompareExplorer": "comparing",
    "CompareState": "comparing",
    "DEPENDENCE_PRESETS": "dependence",
    "DependenceExplorer": "dependence",
    "DependenceState": "dependence",
    "ErrorBrowser": "errors",
    "ErrorState": "error_state",
    "Explorer": "base",
    "ExplorerTabs": "tabs",
    "LABEL_VIEWS": "label_state",
    "LOGIT_PRESETS": "logits",
    "LOSS_PRESETS": "loss_state",
    "LabelExplorer": "labels",
    "LabelState": "label_state",
    "LiveCurves": "live",
    "LogitExplorer": "logits",
    "LogitState": "logits",
    "LossExplorer": "loss",
    "LossState": "loss_state",
    "METRIC_PRESETS": "metrics",
    "MetricExplorer": "metrics",
    "MetricState": "metrics",
    "NeighbourExplorer": "neighbours",
    "NeighbourState": "neighbours",
    "PowersetExplorer": "powerset",
    "PowersetState": "powerset",
    "SplitExplorer": "split",
    "SplitState": "split",
    "ThresholdExplorer": "thresholds",
    "ThresholdState": "threshold_state",
    "explore": "tabs",
}

__all__ = [
    "CALIBRATION_PRESETS",
    "DEPENDENCE_PRESETS",
    "LABEL_VIEWS",
    "LOGIT_PRESETS",
    "LOSS_PRESETS",
    "METRIC_PRESETS",
    "CalibrationExplorer",
    "CalibrationState",
    "ChainExplorer",
    "ChainState",
    "CompareExplorer",
    "CompareState",
    "DependenceExplorer",
    "DependenceState",
    "ErrorBrowser",
    "ErrorState",
    "Explorer",
    "ExplorerTabs",
    "LabelExplorer",
    "LabelState",
    "LiveCurves",
    "LogitExplorer",
    "LogitState",
    "LossExplorer",
    "LossState",
    "MetricExplorer",
    "MetricState",
    "NeighbourExplorer",
    "NeighbourState",
    "PowersetExplorer",
    "PowersetState",
    "SplitExplorer",
    "SplitState",
    "ThresholdExplorer",
    "ThresholdState",
    "explore",
]


def __getattr__(name: str) -> Any:
    # Most explorers need learners or comparisons; one that moves logits does not.
    if name not in _HOMES:
        msg = f"module 'mlkit.widgets' has no attribute '{name}'"
        raise AttributeError(msg)
    return getattr(import_module(f"mlkit.widgets.{_HOMES[name]}"), name)
