"""Comparisons whose numbers are given, not measured."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mlkit.comparison import Comparison


def comparison(
    values: dict[tuple[str, str], Any],
    metrics: tuple[str, ...] = ("micro_f1",),
    **changes: Any,
) -> Comparison:
    """One value a dataset, model and fold; the same for each metric."""
    rows = [
        {
            "dataset": dataset,
            "model": model,
            "repeat": 0,
            "fold": fold,
            "n_train": 90 + fold,
            "n_test": 10 - fold,
            **dict.fromkeys(metrics, value),
            "fit_seconds": 1.0,
            "predict_seconds": 1.0,
            "peak_memory": 1.0,
            "params": "",
            "warnings": "",
            "error": "",
        }
        for (dataset, model), folds in values.items()
        for fold, value in enumerate(folds)
    ]
    return Comparison(pd.DataFrame(rows).assign(**changes), metrics)
