"""The tables of a comparison that its views share, each computed once."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from mlkit.comparison import Comparison, Measure, Ranking
from mlkit.comparison.conclusions import listed
from mlkit.comparison.pairs import fold_values
from mlkit.comparison.standing import (
    against_reference,
    mean_intervals,
    mean_seconds,
    ranks_by_dataset,
)
from mlkit.plots.tradeoffs import means_and_spreads
from mlkit.widgets.kept import Kept

__all__ = ["ALL_DATASETS", "LEVEL", "MOST_MODELS", "MOST_NAMED", "ComparedTables"]

ALL_DATASETS = "all datasets"
"""Stands for all of them where one dataset could be named."""

LEVEL = 0.95
"""Of all intervals; the tests have the level 1 - `LEVEL`."""

MOST_MODELS = 30
"""So many models are drawn at most: the best ones, and the reference."""

MOST_NAMED = 4
"""So many models a sentence names before it counts the others."""

_MOST_KEPT, _MOST_TABLES = 128, 1000


class ComparedTables:
    """Means, pairs, ranks and times of one comparison.

    Parameters
    ----------
    comparison : Comparison
        Not modified.

    Attributes
    ----------
    against : callable
        ``against(metric, dataset, reference, rope)`` returns the pairs of the
        reference, indexed by the other model, the best other first.
    """

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self._kept = Kept(_MOST_TABLES)
        # A rope that is dragged has many values: the oldest give way.
        self.against = lru_cache(_MOST_KEPT)(self._against)

    def measure(self, metric: str) -> Measure:
        """Return how a metric is to be read."""
        return self.comparison.measure(metric)

    def place(self, model: str) -> int:
        """Return the position of a model, which gives its colour and marker."""
        return self.comparison.models.index(model)

    def values(self, metric: str, dataset: str) -> pd.DataFrame:
        """Return one value a fold (row) and model (column), complete ones only."""
        make = lambda: fold_values(self.comparison, metric, dataset)  # noqa: E731
        return self._kept.get(("values", metric, dataset), make)

    def intervals(self, metric: str, dataset: str) -> pd.DataFrame:
        """Return means with intervals, one row a model, best first."""
        return self._kept.get(
            ("intervals", metric, dataset),
            lambda: self._sorted(
                mean_intervals(self.comparison, metric, dataset=dataset, level=LEVEL),
                "mean",
                up=self.measure(metric).greater_is_better,
            ),
        )

    def ranking(self, metric: str) -> Ranking | None:
        """Return ranks and tests over the datasets; None where there are none."""
        return self._kept.get(
            ("ranking", metric),
            lambda: self.comparison.ranks(metric, alpha=1 - LEVEL),
        )

    def ranks(self, metric: str) -> pd.DataFrame:
        """Return the rank of every model (column) on every dataset (row)."""
        ranking = self.ranking(metric)
        if ranking is None:
            return pd.DataFrame(index=list(self.comparison.datasets))
        up = self.measure(metric).greater_is_better
        return ranks_by_dataset(ranking, greater_is_better=up)

    def points(self, metric: str, second_metric: str, dataset: str) -> pd.DataFrame:
        """Return the points of models by two metrics: means, or mean ranks.

        Parameters
        ----------
        metric, second_metric : str
            Of the vertical and of the horizontal axis.
        dataset : str
            Or `ALL_DATASETS`.

        Returns
        -------
        DataFrame
            Indexed by model: ``x``, ``y``, ``place`` and, of one dataset, ``x_spread``
            and ``y_spread``.
        """
        if dataset == ALL_DATASETS:
            ranks = [self.ranks(m).mean() for m in (second_metric, metric)]
            points = pd.concat(ranks, axis=1, keys=["x", "y"]).dropna()
        else:
            chosen = [second_metric, metric]
            found = self._kept.get(
                ("points", metric, second_metric, dataset),
                lambda: means_and_spreads(self.comparison, chosen, dataset),
            )
            means, spreads = (
                table.set_axis(["x", "y"], axis="columns") for table in found
            )
            points = means.join(spreads.add_suffix("_spread"))
        return points.assign(place=[self.place(str(m)) for m in points.index])

    def seconds(self, dataset: str) -> pd.Series:
        """Return the seconds that a fold of each model takes."""
        chosen = None if dataset == ALL_DATASETS else dataset
        return self._kept.get(
            ("seconds", dataset),
            lambda: mean_seconds(self.comparison, dataset=chosen),
        )

    def drawn(self, models: pd.Index, reference: str) -> list[str]:
        """Return the models that are drawn, of all of them, best first.

        Parameters
        ----------
        models : Index of str
            Best first.
        reference : str
            Is among them, whatever its place.

        Returns
        -------
        list of str
            `MOST_MODELS` at most.
        """
        names = [str(model) for model in models]
        kept = names[:MOST_MODELS]
        if reference in names and reference not in kept:
            kept[-1] = reference
        return kept

    def notes(self, dataset: str, n_models: int) -> str:
        """Say what is not drawn: models that failed, and those that are too many.

        Parameters
        ----------
        dataset : str
            Or `ALL_DATASETS`.
        n_models : int
            How many could be drawn.

        Returns
        -------
        str
            Begins with a space, or is empty.
        """
        failed = self._kept.get(("failures",), self.comparison.failure_summary)
        if dataset != ALL_DATASETS:
            failed = failed[failed["dataset"] == dataset]
        texts = [
            f"{row.model} ({row.n_failed} of {row.n_folds} folds of {row.dataset})"
            for row in failed.itertuples()
        ]
        said = f" Failed and left out: {listed(texts, MOST_NAMED)}." if texts else ""
        if n_models > MOST_MODELS:
            said += (
                f" Drawn are {MOST_MODELS} of {n_models} models, the best ones and the "
                "reference."
            )
        return said

    def _against(
        self, metric: str, dataset: str, reference: str, rope: float
    ) -> pd.DataFrame:
        # All pairs once, for p-values that are adjusted; the rope concerns few of them.
        pairs = self._kept.get(
            ("pairs", metric, dataset),
            lambda: self.comparison.pairwise(metric, dataset=dataset, level=LEVEL),
        )
        table = against_reference(
            self.comparison,
            metric,
            reference,
            dataset=dataset,
            rope=rope,
            level=LEVEL,
            pairs=pairs,
        )
        return table.set_index("second", drop=False).sort_values(
            "difference", kind="stable"
        )

    def _sorted(self, table: pd.DataFrame, column: str, *, up: bool) -> pd.DataFrame:
        return table.sort_values(column, ascending=not up, kind="stable")
