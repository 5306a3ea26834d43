"""A comparison whose numbers are given; one of its models may fail."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlkit.comparison import Comparison

METRICS = ("micro_f1", "hamming_loss")


def comparison(
    n_models: int = 3,
    n_datasets: int = 2,
    n_folds: int = 5,
    *,
    metrics: tuple[str, ...] = METRICS,
    failing: tuple[str, str] | None = None,
) -> Comparison:
    """Later models are better, by far more than folds differ."""
    rng = np.random.default_rng(0)
    rows = [
        {
            "dataset": f"d{d}",
            "model": f"m{m}",
            "repeat": 0,
            "fold": fold,
            "n_train": 90,
            "n_test": 10,
            **dict.fromkeys(metrics, 0.0),
            "fit_seconds": 0.1 * (m + 1),
            "predict_seconds": 0.1,
            "peak_memory": 1.0,
            "params": "",
            "warnings": "",
            "error": "",
        }
        for d in range(n_datasets)
        for m in range(n_models)
        for fold in range(n_folds)
    ]
    folds = pd.DataFrame(rows)
    places = folds["model"].str[1:].astype(int)
    for metric in metrics:
        down = metric.endswith("loss")
        gains = 0.5 + (-0.01 if down else 0.02) * places
        folds[metric] = gains + rng.normal(scale=0.002, size=len(folds))
    if failing is not None:
        dataset, model = failing
        bad = (folds["dataset"] == dataset) & (folds["model"] == model)
        bad &= folds["fold"] == 1
        folds.loc[bad, "error"] = "ValueError: no"
        folds.loc[bad, list(metrics)] = np.nan
    return Comparison(folds, metrics)
