"""How right one prediction is: all metrics, each label, each row, with intervals."""

from mlkit.evaluation.engine import evaluate
from mlkit.evaluation.intervals import (
    bootstrap_intervals,
    bootstrap_label_intervals,
)
from mlkit.evaluation.propagation import error_propagation, predict_after_truth
from mlkit.evaluation.result import Evaluation
from mlkit.evaluation.row_errors import RowErrors
from mlkit.evaluation.scorers import make_scorer, make_scorers

__all__ = [
    "Evaluation",
    "RowErrors",
    "bootstrap_intervals",
    "bootstrap_label_intervals",
    "error_propagation",
    "evaluate",
    "make_scorer",
    "make_scorers",
    "predict_after_truth",
]
