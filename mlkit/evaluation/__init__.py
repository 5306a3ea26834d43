"""How right one prediction is: all metrics, each label, each row, with intervals."""

from mlkit.evaluation.engine import evaluate
from mlkit.evaluation.intervals import bootstrap_intervals
from mlkit.evaluation.result import Evaluation
from mlkit.evaluation.scorers import make_scorer, make_scorers

__all__ = [
    "Evaluation",
    "bootstrap_intervals",
    "evaluate",
    "make_scorer",
    "make_scorers",
]
