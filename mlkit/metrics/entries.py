"""The one table of metrics.

The order is that of every table and figure: cells, rows, then the averages from the
row outwards, rankings of rows and of labels, and probabilities last, because not every
model has them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from mlkit.metrics import (
    agreement,
    bipartition,
    costs,
    edit_distance,
    label_ranking,
    overlap,
    probabilities,
    rank_measures,
    ranking,
    top_k,
)
from mlkit.metrics.metric import Metric, Statistic
from mlkit.metrics.ratios import AVERAGES, RATIOS, RatioMean
from mlkit.metrics.row_counts import RowMean, is_right, is_wrong

__all__ = ["METRICS"]

_OVER = {
    "example": "mean over rows",
    "micro": "all cells pooled",
    "macro": "mean over labels",
    "weighted": "mean over labels, weighted by their rows",
    "geometric": "geometric mean over labels",
}

# Heading, function, further options, description, range, whether tables hold it.
_MEASURES: dict[str, tuple[str, Callable[..., Any], dict[str, Any], str, bool]] = {
    "jaccard": (
        "Jaccard",
        overlap.jaccard_score,
        {},
        "true and predicted, over true or predicted",
        True,
    ),
    "precision": (
        "precision",
        overlap.precision_score,
        {},
        "share of the predicted labels that are right",
        True,
    ),
    "recall": (
        "recall",
        overlap.recall_score,
        {},
        "share of the true labels that are predicted",
        True,
    ),
    "f1": (
        "F1",
        overlap.f1_score,
        {},
        "harmonic mean of precision and recall",
        True,
    ),
    "f2": (
        "F2",
        overlap.fbeta_score,
        {"beta": 2.0},
        "F-measure, recall weighing twice",
        False,
    ),
    "f0.5": (
        "F0.5",
        overlap.fbeta_score,
        {"beta": 0.5},
        "F-measure, precision weighing twice",
        False,
    ),
    "specificity": (
        "specificity",
        agreement.specificity_score,
        {},
        "share of the absent labels that are not predicted",
        True,
    ),
    "balanced_accuracy": (
        "balanced accuracy",
        agreement.balanced_accuracy_score,
        {},
        "mean of recall and specificity",
        True,
    ),
    "gmean": (
        "G-mean",
        agreement.gmean_score,
        {},
        "geometric mean of recall and specificity",
        True,
    ),
    "harmonic": (
        "harmonic score",
        agreement.harmonic_score,
        {},
        "harmonic mean of recall and specificity",
        False,
    ),
    "mcc": (
        "MCC",
        agreement.mcc_score,
        {},
        "correlation of truth and prediction",
        True,
    ),
    "kappa": (
        "kappa",
        agreement.kappa_score,
        {},
        "agreement beyond chance",
        True,
    ),
    "hamming": (
        "Hamming score",
        bipartition.hamming_score,
        {},
        "share of right cells",
        False,
    ),
}


def _cells_and_rows() -> Iterator[Metric]:
    yield Metric(
        "hamming_loss",
        "Hamming loss",
        bipartition.hamming_loss,
        "bipartition",
        greater_is_better=False,
        description="share of wrong cells, row by label",
        statistic=_Hamming(),
        measure="hamming",
    )
    yield Metric(
        "subset_accuracy",
        "Subset accuracy",
        bipartition.subset_accuracy_score,
        "bipartition",
        greater_is_better=True,
        description="share of rows whose whole label set is right",
        statistic=RowMean(is_right),
    )
    yield Metric(
        "subset_zero_one_loss",
        "Subset 0/1 loss",
        bipartition.subset_zero_one_loss,
        "bipartition",
        greater_is_better=False,
        description="share of rows whose label set is not right",
        statistic=RowMean(is_wrong),
        in_tables=False,
    )
    yield Metric(
        "cost_loss",
        "Cost",
        costs.cost_loss,
        "bipartition",
        greater_is_better=False,
        description="cost of a row's decisions, by default its wrong labels",
        range=(0.0, math.inf),
        statistic=RowMean(costs.RowCost(costs.ERRORS_ALIKE)),
        in_tables=False,
    )
    yield Metric(
        "levenshtein_loss",
        "Levenshtein distance",
        edit_distance.levenshtein_loss,
        "bipartition",
        greater_is_better=False,
        description="edits that turn one row into the other, per label",
        statistic=RowMean(edit_distance.row_distances),
        in_tables=False,
    )


class _Hamming:
    """The Hamming loss, whose average is a matter of convention."""

    def value(self, evidence: Any, options: dict[str, Any]) -> Any:
        return self._mean(options).value(evidence, options)

    def resample(self, evidence: Any, options: dict[str, Any], row_weights: Any) -> Any:
        return self._mean(options).resample(evidence, options, row_weights)

    def _mean(self, options: dict[str, Any]) -> RatioMean:
        return RatioMean(RATIOS["hamming_loss"], options["average"])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hamming)

    def __hash__(self) -> int:
        return hash(_Hamming)


def _ratios() -> Iterator[Metric]:
    for average in AVERAGES:
        for name, (title, function, options, text, in_tables) in _MEASURES.items():
            yield Metric(
                f"{average}_{name}",
                f"{average.capitalize()} {title}",
                function,
                "bipartition",
                greater_is_better=True,
                description=f"{text}, {_OVER[average]}",
                range=(-1.0, 1.0) if name in ("mcc", "kappa") else (0.0, 1.0),
                options=(*options.items(), ("average", average)),
                statistic=RatioMean(RATIOS[name], average),  # type: ignore[arg-type]
                measure=RATIOS[name].name,
                in_tables=in_tables,
            )
    for average in ("example", "macro"):
        yield Metric(
            f"{average}_f1_of_averages",
            f"{average.capitalize()} F1 of averages",
            bipartition.f1_of_averages_score,
            "bipartition",
            greater_is_better=True,
            description=f"F1 of precision and recall, each a {_OVER[average]}",
            options=(("average", average),),
            statistic=bipartition.HarmonicOfMeans(average),  # type: ignore[arg-type]
            measure="precision",
            in_tables=False,
        )


# Name, heading, function, statistic, row of the table of conventions, text, worst.
_RANKINGS: tuple[
    tuple[str, str, Callable[..., Any], Statistic, str, str, float], ...
] = (
    (
        "one_error",
        "One-error",
        ranking.one_error,
        rank_measures.ONE_ERROR,
        "one_error",
        "share of rows whose top label is wrong",
        1.0,
    ),
    (
        "is_error",
        "Is-error",
        ranking.is_error,
        rank_measures.IS_ERROR,
        "ranking",
        "share of rows whose ranking is not perfect",
        1.0,
    ),
    (
        "error_set_size_loss",
        "Error-set size",
        ranking.error_set_size_loss,
        rank_measures.ERROR_SET_SIZE,
        "ranking",
        "wrongly ordered pairs of a row's labels",
        math.inf,
    ),
    (
        "coverage_error",
        "Coverage",
        ranking.coverage_error,
        rank_measures.COVERAGE,
        "coverage",
        "how far down the ranking all labels of a row are found",
        math.inf,
    ),
    (
        "margin_loss",
        "Margin loss",
        ranking.margin_loss,
        rank_measures.MARGIN,
        "margin",
        "ranks between the first wrong label and the last right one",
        math.inf,
    ),
    (
        "ranking_loss",
        "Ranking loss",
        ranking.ranking_loss,
        rank_measures.RANKING_LOSS,
        "ranking",
        "share of wrongly ordered pairs of a row's labels, mean over rows",
        1.0,
    ),
)


def _rankings() -> Iterator[Metric]:
    for name, label, function, statistic, measure, text, worst in _RANKINGS:
        yield Metric(
            name,
            label,
            function,
            "scores",
            greater_is_better=False,
            description=text,
            range=(0.0, worst),
            statistic=statistic,
            measure=measure,
        )
    yield Metric(
        "label_ranking_average_precision",
        "Label ranking average precision",
        ranking.label_ranking_average_precision_score,
        "scores",
        greater_is_better=True,
        description="precision at the rank of each true label, mean over rows",
        statistic=rank_measures.LABEL_RANKING,
        measure="label_ranking",
    )


# Heading, function, measure of the first k labels, description.
_TOP_K: dict[str, tuple[str, Callable[..., Any], Callable[..., Any], str]] = {
    "precision": (
        "Precision",
        top_k.precision_at_k_score,
        top_k.precision_within,
        "share of the first {k} labels that are true",
    ),
    "recall": (
        "Recall",
        top_k.recall_at_k_score,
        top_k.recall_within,
        "share of the true labels among the first {k}",
    ),
    "r_precision": (
        "R-precision",
        top_k.r_precision_at_k_score,
        top_k.r_precision_within,
        "true labels among the first {k}, over as many as could be",
    ),
    "ndcg": (
        "nDCG",
        top_k.ndcg_score,
        top_k.ndcg_within,
        "discounted gain of the first {k} labels",
    ),
}


def _top_k() -> Iterator[Metric]:
    for name, (title, function, measure, text) in _TOP_K.items():
        for k in (1, 3, 5):
            yield Metric(
                f"{name}_at_{k}",
                f"{title}@{k}",
                function,
                "scores",
                greater_is_better=True,
                description=f"{text.format(k=k)}, mean over rows",
                options=(("k", k),),
                statistic=rank_measures.RankMean(top_k.Within(measure, k)),
                measure="top_k",
            )
    yield Metric(
        "ndcg",
        "nDCG",
        top_k.ndcg_score,
        "scores",
        greater_is_better=True,
        description="discounted gain of all labels, mean over rows",
        statistic=rank_measures.RankMean(top_k.Within(top_k.ndcg_within, None)),
        measure="top_k",
    )
    yield Metric(
        "dcg",
        "DCG",
        top_k.dcg_score,
        "scores",
        greater_is_better=True,
        description="the same, not divided by the best possible",
        range=(0.0, math.inf),
        statistic=rank_measures.RankMean(top_k.Within(top_k.dcg_within, None)),
        measure="top_k",
        in_tables=False,
    )


def _label_rankings() -> Iterator[Metric]:
    for average in AVERAGES:
        yield Metric(
            f"{average}_roc_auc",
            f"{average.capitalize()} AUC",
            label_ranking.roc_auc_score,
            "scores",
            greater_is_better=True,
            description=f"true cells above untrue ones, {_OVER[average]}",
            options=(("average", average),),
            statistic=label_ranking.ListMean("auc", average),
            measure="roc_auc",
        )
    for average in (*AVERAGES, "geometric"):
        yield Metric(
            f"{average}_average_precision",
            f"{average.capitalize()} average precision",
            label_ranking.average_precision_score,
            "scores",
            greater_is_better=True,
            description=f"precision at the rank of true cells, {_OVER[average]}",
            options=(("average", average),),
            statistic=label_ranking.ListMean("ap", average),
            measure=label_ranking.measure_of("average_precision", average),
            in_tables=average != "geometric",
        )
    for average in ("macro", "geometric"):
        yield Metric(
            f"{average}_interpolated_average_precision",
            f"{average.capitalize()} interpolated average precision",
            label_ranking.interpolated_average_precision_score,
            "scores",
            greater_is_better=True,
            description=f"precision at ten levels of recall, {_OVER[average]}",
            options=(("average", average),),
            statistic=label_ranking.ListMean("interpolated", average),
            measure=label_ranking.measure_of("interpolated_precision", average),
            in_tables=False,
        )


# As the rankings.
_CELL_LOSSES: tuple[
    tuple[str, str, Callable[..., Any], Statistic, str, str, float], ...
] = (
    (
        "log_loss",
        "Log loss",
        probabilities.log_loss,
        probabilities.CellMean("log", "micro"),
        "log",
        "minus the logarithm of what was given to the truth, mean of cells",
        math.inf,
    ),
    (
        "brier_loss",
        "Brier loss",
        probabilities.brier_loss,
        probabilities.CellMean("squared", "micro"),
        "squared",
        "squared error of the probabilities, mean of cells",
        math.inf,
    ),
    (
        "rmse_loss",
        "RMSE",
        probabilities.rmse_loss,
        probabilities.CellMean("squared", "micro", root=True),
        "rmse",
        "root of the mean squared error of the probabilities",
        1.0,
    ),
)


def _probabilities() -> Iterator[Metric]:
    for name, label, function, statistic, measure, text, worst in _CELL_LOSSES:
        yield Metric(
            name,
            label,
            function,
            "probabilities",
            greater_is_better=False,
            description=text,
            range=(0.0, worst),
            statistic=statistic,
            measure=measure,
            in_tables=name != "rmse_loss",
        )
    for average, title in (("micro", "pooled"), ("macro", "by label")):
        yield Metric(
            f"{average}_calibration_error",
            f"Calibration error, {title}",
            probabilities.calibration_error,
            "probabilities",
            greater_is_better=False,
            description=f"probabilities against shares of positives, {_OVER[average]}",
            options=(("average", average),),
            statistic=probabilities.BinnedError(average),
        )


# Read-only, as several places share it. One's own metric needs no entry: every place
# that takes a name takes a `Metric` as well.
METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        metric.name: metric
        for metric in (
            *_cells_and_rows(),
            *_ratios(),
            *_rankings(),
            *_top_k(),
            *_label_rankings(),
            *_probabilities(),
        )
    }
)
"""All metrics of the kit by name, in the order of tables."""
