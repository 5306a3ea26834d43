"""Metrics of multi-label predictions: one definition each, conventions named.

Two kinds. *Bipartition* metrics compare two label matrices: ``metric(Y, Y_pred)``.
*Score* metrics compare a label matrix with real scores, higher = more relevant:
``metric(Y, scores)``. Names ending in ``_score`` are better when higher, those ending
in ``_loss`` when lower. Undefined cases follow scikit-learn by default, and every
docstring says what other systems do.

The truth `Y` may hold NaN where a label is unknown (in a sparse matrix, a stored NaN).
Such cells are left out, whatever was predicted there, and every formula reads "known"
where it says "all":

* *Hamming loss* and *micro* averages: over the known cells of the matrix;
* *example-based* metrics, *subset accuracy* and *rankings*: each row over its known
  labels; *macro* averages: each label over the rows that know it;
* a row or a label of which nothing is known leaves the mean, whatever `zero_division`
  says; where nothing is known at all, a metric is NaN.

MEKA drops single cells too; MULAN leaves out every row with an unknown label. A
prediction must be complete: NaN in `Y_pred` or in scores is an error.

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
