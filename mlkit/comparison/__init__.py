"""Datasets x models x folds, measured fairly, in one tidy result."""

from mlkit.comparison.conclusions import Conclusions
from mlkit.comparison.engine import compare
from mlkit.comparison.pairs import Ranking
from mlkit.comparison.records import Measure
from mlkit.comparison.result import Comparison
from mlkit.comparison.tuning import tuned

__all__ = ["Comparison", "Conclusions", "Measure", "Ranking", "compare", "tuned"]
