"""Metrics of multi-label predictions: one definition each, conventions named.

Two kinds. *Bipartition* metrics compare two label matrices: ``metric(Y, Y_pred)``.
*Score* metrics compare a label matrix with real scores, higher = more relevant:
``metric(Y, scores)``. Names ending in ``_score`` are better when higher, those ending
in ``_loss`` when lower. Undefined cases follow scikit-learn by default, and every
docstring says what other systems do.

`METRICS` names them all, `catalog` lists them, `score_table` evaluates many at once.
"""

from mlkit.metrics.bipartition import (
    example_f1_score,
    example_jaccard_score,
    example_precision_score,
    example_recall_score,
    hamming_loss,
    macro_f1_score,
    macro_precision_score,
    macro_recall_score,
    micro_f1_score,
    micro_precision_score,
    micro_recall_score,
    subset_accuracy_score,
)
from mlkit.metrics.catalog import METRICS, Metric, catalog, get_metric, score_table
from mlkit.metrics.counts import ConfusionCounts, Counts, confusion_counts
from mlkit.metrics.ranking import (
    RankingCounts,
    label_ranking_average_precision_score,
    ranking_counts,
    ranking_loss,
)
from mlkit.metrics.ratios import undefined_cases

__all__ = [
    "METRICS",
    "ConfusionCounts",
    "Counts",
    "Metric",
    "RankingCounts",
    "catalog",
    "confusion_counts",
    "example_f1_score",
    "example_jaccard_score",
    "example_precision_score",
    "example_recall_score",
    "get_metric",
    "hamming_loss",
    "label_ranking_average_precision_score",
    "macro_f1_score",
    "macro_precision_score",
    "macro_recall_score",
    "micro_f1_score",
    "micro_precision_score",
    "micro_recall_score",
    "ranking_counts",
    "ranking_loss",
    "score_table",
    "subset_accuracy_score",
    "undefined_cases",
]
