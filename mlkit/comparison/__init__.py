"""Datasets x models x folds, measured fairly, in one tidy result."""

from mlkit.comparison.engine import compare
from mlkit.comparison.result import Comparison, Measure
from mlkit.comparison.tuning import tuned

__all__ = ["Comparison", "Measure", "compare", "tuned"]
