"""Splitting rows so that every part has its share of every label.

`IterativeStratification` and `RepeatedIterativeStratification` are scikit-learn
cross-validators; the other functions say how even the folds of any cross-validator are.
"""

from mlkit.splitting.diagnostics import (
    examples_distribution_error,
    label_distribution_error,
    missing_label_folds,
)
from mlkit.splitting.iterative import (
    IterativeStratification,
    RepeatedIterativeStratification,
)

__all__ = [
    "IterativeStratification",
    "RepeatedIterativeStratification",
    "examples_distribution_error",
    "label_distribution_error",
    "missing_label_folds",
]
