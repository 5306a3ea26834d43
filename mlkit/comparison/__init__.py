"""Datasets x models x folds, measured fairly, in one tidy result."""

from mlkit.comparison.engine import compare
from mlkit.comparison.result import Comparison

__all__ = ["Comparison", "compare"]
