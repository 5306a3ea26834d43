"""Where each model stands: means with intervals, and against one reference."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlkit.comparison.conclusions import seen_from, verdict
from mlkit.comparison.pairs import Ranking, fold_sizes, fold_values, with_rope
from mlkit.comparison.result import Comparison
from mlkit.exceptions import unknown_name
from mlkit.statistics import corrected_t_test, rank_models

__all__ = [
    "against_over_datasets",
    "against_reference",
    "mean_intervals",
    "mean_seconds",
    "ranks_by_dataset",
]


def mean_intervals(
    comparison: Comparison, metric: str, *, dataset: str, level: float = 0.95
) -> pd.DataFrame:
    """Return the mean of every model over the folds, with an interval.

    Parameters
    ----------
    comparison : Comparison
    metric, dataset : str
        Of the comparison.
    level : float, default 0.95
        Of the intervals.

    Returns
    -------
    DataFrame
        Indexed by model, in the order of the comparison, with ``mean``, ``low``,
        ``high``, ``n_folds`` and ``n_failed``. NaN for a model that failed in a fold or
        has no value; low and high are NaN where there is a single fold.

    Raises
    ------
    UnknownNameError
        If there is no such metric or dataset.

    Notes
    -----
    The interval is that of the corrected resampled t-test (Nadeau and Bengio, 2003): it
    is wider than one of independent values, as folds share training rows. Intervals of
    two models may overlap although their paired difference is clear.

    Examples
    --------
    >>> from mlkit.comparison import compare
    >>> result = compare("flags", "baseline-set", "hamming_loss", cv=3)
    >>> mean_intervals(result, "hamming_loss", dataset="flags").columns.tolist()
    ['mean', 'low', 'high', 'n_folds', 'n_failed']
    """
    comparison.measure(metric)
    _check_known("dataset", dataset, comparison.datasets)
    values = fold_values(comparison, metric, dataset)
    folds = comparison.folds[comparison.folds["dataset"] == dataset]
    failed = folds["error"].ne("").groupby(folds["model"])
    table = pd.DataFrame(
        {"mean": values.mean(), "low": np.nan, "high": np.nan},
        index=pd.Index(comparison.models, name="model"),
    )
    table["n_folds"] = failed.size().reindex(table.index, fill_value=0)
    table["n_failed"] = failed.sum().reindex(table.index, fill_value=0)
    if len(values) > 1:
        sizes = fold_sizes(comparison, dataset, values.index)
        for model in values:
            test = corrected_t_test(values[model], level=level, **sizes)
            table.loc[model, ["low", "high"]] = test.low, test.high
    return table


def against_reference(
    comparison: Comparison,
    metric: str,
    reference: str,
    *,
    dataset: str,
    rope: float = 0.01,
    level: float = 0.95,
    pairs: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Compare one model with each other one, fold by fold.

    Parameters
    ----------
    comparison : Comparison
    metric, reference, dataset : str
        Of the comparison; `reference` is a model.
    rope : float, default 0.01
        The greatest difference that makes none in practice.
    level : float, default 0.95
        Of the intervals; the tests have the level 1 - `level`.
    pairs : DataFrame, optional
        What ``comparison.pairwise(metric, dataset=dataset, level=level)`` has returned,
        for whatever rope; by default it is computed.

    Returns
    -------
    DataFrame
        The pairs of the reference, turned so that it is the first and that positive
        differences speak for it, with the column ``verdict`` (see
        `mlkit.comparison.conclusions.verdict`). p-values are adjusted for all pairs of
        the dataset, since any model could have been the reference. Empty if the
        reference has no values there.

    Raises
    ------
    UnknownNameError
        If there is no such metric, model or dataset.
    """
    _check_known("model", reference, comparison.models)
    if pairs is None:
        pairs = comparison.pairwise(metric, dataset=dataset, rope=rope, level=level)
    own = pairs[(pairs["first"] == reference) | (pairs["second"] == reference)]
    changed = with_rope(comparison, comparison.measure(metric), own, rope=rope)
    table = seen_from(reference, changed)
    table["verdict"] = [
        verdict(pair, alpha=1 - level) for pair in table.to_dict("records")
    ]
    return table


def ranks_by_dataset(
    ranking: Ranking, *, greater_is_better: bool = True
) -> pd.DataFrame:
    """Return the rank of every model on every dataset.

    Parameters
    ----------
    ranking : Ranking
        As `mlkit.comparison.Comparison.ranks` returns it.
    greater_is_better : bool, default True
        Of its metric.

    Returns
    -------
    DataFrame, shape (n_datasets, n_models)
        1 is best; models of one score share the mean of their ranks.
    """
    return rank_models(ranking.scores, greater_is_better=greater_is_better)


def against_over_datasets(
    ranking: Ranking, reference: str, *, greater_is_better: bool = True
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare one model with each other one over the datasets.

    Parameters
    ----------
    ranking : Ranking
        As `mlkit.comparison.Comparison.ranks` returns it.
    reference : str
        A model of it.
    greater_is_better : bool, default True
        Of its metric.

    Returns
    -------
    differences : DataFrame, shape (n_datasets, n_models - 1)
        Mean score of the reference minus that of the other, turned for losses:
        positive speaks for the reference.
    table : DataFrame
        Indexed by the other model: ``median`` of the differences, how often the
        reference ``wins`` and ``loses``, ``p_value`` of Wilcoxon's test and
        ``p_adjusted`` by Holm for all pairs.

    Raises
    ------
    UnknownNameError
        If the model has no place in the ranking.
    """
    _check_known("model", reference, tuple(ranking.scores.columns))
    scores = ranking.scores if greater_is_better else -ranking.scores
    differences = -scores.drop(columns=reference).sub(scores[reference], axis=0)
    pairs = ranking.pairs
    own = pairs[(pairs["first"] == reference) | (pairs["second"] == reference)]
    others = own["second"].where(own["first"] == reference, own["first"])
    table = own.set_index(others)[["p_value", "p_adjusted"]]
    table = table.reindex(differences.columns)
    table.insert(0, "median", differences.median())
    table.insert(1, "wins", (differences > 0).sum())
    table.insert(2, "loses", (differences < 0).sum())
    return differences, table


def mean_seconds(comparison: Comparison, *, dataset: str | None = None) -> pd.Series:
    """Return how long a fold of each model takes, training and prediction.

    Parameters
    ----------
    comparison : Comparison
    dataset : str, optional
        By default the sum over all datasets.

    Returns
    -------
    Series of float, shape (n_models,)
        Seconds; the mean over the folds. NaN for a model that failed in one of them.

    Raises
    ------
    UnknownNameError
        If there is no such dataset.
    """
    if dataset is not None:
        _check_known("dataset", dataset, comparison.datasets)
    folds = comparison.folds
    seconds = folds["fit_seconds"] + folds["predict_seconds"]
    # A fold that broke off was quick for no good reason.
    whole = seconds.mask(folds["error"] != "")
    groups = whole.groupby([folds["dataset"], folds["model"]], sort=False)
    table = groups.mean().mask(groups.count() < groups.size()).unstack("model")
    chosen = list(comparison.datasets if dataset is None else (dataset,))
    return table.loc[chosen, list(comparison.models)].sum(skipna=False)


def _check_known(what: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        error = unknown_name(f"{what} of this comparison", name, known)
        raise error
