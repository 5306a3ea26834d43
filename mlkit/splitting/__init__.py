"""Splitting rows so that every part has its share of every label.

`split` divides a dataset, `split_rows` a label matrix; `IterativeStratification` and
`RepeatedIterativeStratification` are scikit-learn cross-validators. `split_report` and
the functions it is made of say how even the parts of any split are.
"""

from mlkit.splitting.chance import chance_interval, expected_missing_labels
from mlkit.splitting.diagnostics import (
    examples_distribution_error,
    label_distribution_error,
    label_pair_distribution_error,
    missing_label_folds,
    missing_pair_folds,
)
from mlkit.splitting.iterative import (
    IterativeStratification,
    RepeatedIterativeStratification,
)
from mlkit.splitting.parts import Split, split, split_rows
from mlkit.splitting.reporting import SplitReport, split_report

__all__ = [
    "IterativeStratification",
    "RepeatedIterativeStratification",
    "Split",
    "SplitReport",
    "chance_interval",
    "examples_distribution_error",
    "expected_missing_labels",
    "label_distribution_error",
    "label_pair_distribution_error",
    "missing_label_folds",
    "missing_pair_folds",
    "split",
    "split_report",
    "split_rows",
]
