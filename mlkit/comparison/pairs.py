"""Which models differ: fold by fold on a dataset, and by their ranks over several."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mlkit.statistics import (
    FriedmanTest,
    bayesian_correlated_t_test,
    corrected_t_test,
    friedman_test,
    holm,
    indistinct_groups,
    nemenyi_critical_difference,
    wilcoxon_holm,
)

if TYPE_CHECKING:
    from mlkit.comparison.records import Measure
    from mlkit.comparison.result import Comparison

__all__ = [
    "Ranking",
    "compare_pairs",
    "fold_sizes",
    "fold_values",
    "rank_over_datasets",
    "with_rope",
]

_COLUMNS = (
    "dataset",
    "first",
    "second",
    "n_folds",
    "difference",
    "low",
    "high",
    "p_value",
    "p_adjusted",
    "worse",
    "equal",
    "better",
    "effect_size",
)
_OUTCOMES = ("worse", "equal", "better")


@dataclass(frozen=True, eq=False)
class Ranking:
    """Models ranked on several datasets by one metric.

    Parameters
    ----------
    scores : DataFrame, shape (n_datasets, n_models)
        Mean over the folds. Datasets and models without a value everywhere are left
        out.
    test : FriedmanTest
        Whether the ranks differ at all; it has the mean ranks.
    critical_difference : float
        From where on two mean ranks differ (Nemenyi).
    groups : list of tuple of str
        Models that are not told apart by it, best first.
    pairs : DataFrame
        All pairs by Wilcoxon's test with Holm's correction, as
        `mlkit.statistics.wilcoxon_holm`.
    left_out : tuple of str
        Models that have no value on some dataset.
    alpha : float
        Level of the tests.
    """

    scores: pd.DataFrame
    test: FriedmanTest
    critical_difference: float
    groups: list[tuple[str, ...]]
    pairs: pd.DataFrame
    left_out: tuple[str, ...]
    alpha: float

    @property
    def mean_ranks(self) -> pd.Series:
        """Mean rank of each model, 1 = best, best first."""
        return self.test.mean_ranks.sort_values(kind="stable")


def fold_values(comparison: Comparison, metric: str, dataset: str) -> pd.DataFrame:
    """Return a metric on each fold, without the models that it is undefined for.

    Parameters
    ----------
    comparison : Comparison
    metric, dataset : str

    Returns
    -------
    DataFrame, shape (n_folds, n_models)
        Indexed by repeat and fold, models in the order of the comparison; without those
        that failed in a fold, and without folds in which another has no value.
    """
    folds = comparison.folds[comparison.folds["dataset"] == dataset]
    failed = set(folds.loc[folds["error"] != "", "model"])
    values = folds.pivot(index=["repeat", "fold"], columns="model", values=metric)
    kept = [model for model in comparison.models if model in values]
    values = values[[model for model in kept if model not in failed]]
    # A metric of scores is undefined for a model without any.
    return values.dropna(axis="columns", how="all").dropna()


def compare_pairs(
    comparison: Comparison,
    measure: Measure,
    datasets: tuple[str, ...],
    **options: float,
) -> pd.DataFrame:
    """Compare all pairs of models on the folds of each dataset.

    Parameters
    ----------
    comparison : Comparison
    measure : Measure
    datasets : tuple of str
    **options
        ``rope`` and ``level``.

    Returns
    -------
    DataFrame
        As `Comparison.pairwise`.
    """
    tables = [
        _pairs_of(comparison, measure, dataset, **options) for dataset in datasets
    ]
    return pd.concat(tables, ignore_index=True)


def _pairs_of(
    comparison: Comparison, measure: Measure, dataset: str, *, rope: float, level: float
) -> pd.DataFrame:
    values = fold_values(comparison, measure.name, dataset)
    sizes = fold_sizes(comparison, dataset, values.index)
    sign = 1 if measure.greater_is_better else -1
    rows = [
        {
            "dataset": dataset,
            "first": first,
            "second": second,
            "n_folds": len(values),
            **_test(sign * (values[first] - values[second]), sizes, rope, level),
        }
        for first, second in itertools.combinations(values.columns, 2)
    ]
    table = pd.DataFrame(rows, columns=[c for c in _COLUMNS if c != "p_adjusted"])
    known = table["p_value"].notna().all() and len(table)
    adjusted = holm(table["p_value"]) if known else np.nan
    table.insert(_COLUMNS.index("p_adjusted"), "p_adjusted", adjusted)
    return table


def fold_sizes(
    comparison: Comparison, dataset: str, index: pd.Index
) -> dict[str, np.ndarray]:
    """Return how many rows the folds of a dataset have.

    Parameters
    ----------
    comparison : Comparison
    dataset : str
    index : MultiIndex
        Repeat and fold.

    Returns
    -------
    dict of str to ndarray, shape (n_folds,)
        ``n_train`` and ``n_test``.
    """
    folds = comparison.folds[comparison.folds["dataset"] == dataset]
    rows = folds.drop_duplicates(["repeat", "fold"]).set_index(["repeat", "fold"])
    return {name: rows.loc[index, name].to_numpy() for name in ("n_train", "n_test")}


def _test(
    differences: pd.Series, sizes: dict[str, np.ndarray], rope: float, level: float
) -> dict[str, float]:
    """Return both tests of the differences; NaN where one fold allows none."""
    if len(differences) < 2:
        only = float(differences.iloc[0]) if len(differences) else np.nan
        return {"difference": only}
    test = corrected_t_test(differences, level=level, **sizes)
    return {
        "difference": test.mean,
        "low": test.low,
        "high": test.high,
        "p_value": test.p_value,
        **_posterior(differences, sizes, rope),
        "effect_size": test.effect_size,
    }


def _posterior(
    differences: pd.Series, sizes: dict[str, np.ndarray], rope: float
) -> dict[str, float]:
    posterior = bayesian_correlated_t_test(differences, rope=rope, **sizes)
    return {name: getattr(posterior, name) for name in _OUTCOMES}


def with_rope(
    comparison: Comparison, measure: Measure, pairs: pd.DataFrame, *, rope: float
) -> pd.DataFrame:
    """Return pairs of one dataset with the probabilities that another rope gives.

    Parameters
    ----------
    comparison : Comparison
    measure : Measure
    pairs : DataFrame
        Some rows of `compare_pairs`, all of one dataset; not modified.
    rope : float
        The greatest difference that makes none in practice.

    Returns
    -------
    DataFrame
        With other values of ``worse``, ``equal`` and ``better``; all else does not
        depend on the rope, and is not computed again.
    """
    changed = pairs.copy()
    if pairs["p_value"].isna().all():
        # A single fold has no probabilities.
        return changed
    dataset = str(pairs["dataset"].iloc[0])
    values = fold_values(comparison, measure.name, dataset)
    sizes = fold_sizes(comparison, dataset, values.index)
    sign = 1 if measure.greater_is_better else -1
    found = [
        _posterior(sign * (values[first] - values[second]), sizes, rope)
        for first, second in zip(pairs["first"], pairs["second"], strict=True)
    ]
    changed[list(_OUTCOMES)] = pd.DataFrame(found, index=pairs.index)
    return changed


def rank_over_datasets(
    comparison: Comparison, measure: Measure, alpha: float
) -> Ranking | None:
    """Rank models on all datasets.

    Parameters
    ----------
    comparison : Comparison
    measure : Measure
    alpha : float

    Returns
    -------
    Ranking or None
        None where fewer than two models have values on two datasets.
    """
    means = comparison.scores()["mean"].xs(measure.name, level="metric")
    table = means.unstack("model").loc[list(comparison.datasets)]
    table = table[list(comparison.models)].dropna(axis="index", how="all")
    complete = table.dropna(axis="columns")
    if complete.shape[0] < 2 or complete.shape[1] < 2:
        return None
    better = measure.greater_is_better
    test = friedman_test(complete, greater_is_better=better)
    distance = nemenyi_critical_difference(
        complete.shape[1], complete.shape[0], alpha=alpha
    )
    return Ranking(
        complete,
        test,
        distance,
        [tuple(map(str, g)) for g in indistinct_groups(test.mean_ranks, distance)],
        wilcoxon_holm(complete, greater_is_better=better),
        tuple(str(model) for model in table if model not in complete),
        alpha,
    )
