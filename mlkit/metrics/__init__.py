"""Metrics of multi-label predictions: one definition each, conventions named.

Three kinds. *Bipartition* metrics compare two label matrices: ``metric(Y, Y_pred)``.
*Score* metrics compare a label matrix with real scores, higher = more relevant:
``metric(Y, scores)``. *Probability* metrics take the scores at their word:
``metric(Y, Y_proba)``. Names ending in ``_score`` are better when higher, those ending
in ``_loss`` or ``_error`` when lower. A name in `METRICS` is that of the function less
``_score``, after the average where there is one: ``METRICS["macro_f1"]`` is
``f1_score(..., average="macro")``.

What a metric does where it is undefined (0/0, nothing to rank) or scores are equal is
a convention. ``convention="sklearn"`` (the default), ``"mulan"`` or ``"meka"`` chooses
all of them at once, ``zero_division=``, ``empty=`` and ``ties=`` each by itself;
`convention_table` lists them. A result is a float that says how many rows or labels
were undefined.

The truth `Y` may hold NaN where a label is unknown (in a sparse matrix, a stored NaN).
Such cells are left out, whatever was predicted there, and every formula reads "known"
where it says "all":

* *Hamming loss*, *micro* averages and losses of probabilities: over the known cells;
* *example-based* metrics, *subset accuracy* and *rankings*: each row over its known
  labels; *macro* averages: each label over the rows that know it;
* a row or a label of which nothing is known leaves the mean, whatever a convention
  says; where nothing is known at all, a metric is NaN.

MEKA drops single cells too; MULAN leaves out every row with an unknown label. A
prediction must be complete: NaN in `Y_pred`, scores or probabilities is an error.

`METRICS` names them all, `catalog` lists them, `score_table` evaluates many at once;
`mlkit.evaluate` puts them into one report.
"""

from mlkit.metrics.agreement import (
    balanced_accuracy_score,
    gmean_score,
    harmonic_score,
    kappa_score,
    mcc_score,
    specificity_score,
)
from mlkit.metrics.bipartition import (
    f1_of_averages_score,
    hamming_loss,
    hamming_score,
    prediction_problems,
    subset_accuracy_score,
    subset_zero_one_loss,
)
from mlkit.metrics.blending import Blend, blend
from mlkit.metrics.catalog import catalog, get_metric, score_table
from mlkit.metrics.conventions import CONVENTIONS, convention_table
from mlkit.metrics.costs import cost_loss, error_costs
from mlkit.metrics.counts import ConfusionCounts, Counts, confusion_counts
from mlkit.metrics.edit_distance import levenshtein_loss
from mlkit.metrics.entries import METRICS
from mlkit.metrics.evidence import Evidence
from mlkit.metrics.hierarchy import hierarchical_loss
from mlkit.metrics.label_ranking import (
    average_precision_score,
    interpolated_average_precision_score,
    roc_auc_score,
)
from mlkit.metrics.metric import Metric
from mlkit.metrics.overlap import (
    f1_score,
    fbeta_score,
    jaccard_score,
    precision_score,
    recall_score,
)
from mlkit.metrics.probabilities import (
    brier_loss,
    calibration_error,
    log_loss,
    rmse_loss,
)
from mlkit.metrics.propensity import (
    propensities,
    propensity_scored_precision_at_k_score,
)
from mlkit.metrics.ranking import (
    coverage_error,
    error_set_size_loss,
    is_error,
    label_ranking_average_precision_score,
    margin_loss,
    one_error,
    ranking_loss,
)
from mlkit.metrics.top_k import (
    dcg_score,
    ndcg_score,
    precision_at_k_score,
    r_precision_at_k_score,
    recall_at_k_score,
)
from mlkit.metrics.values import MetricValue

__all__ = [
    "CONVENTIONS",
    "METRICS",
    "Blend",
    "ConfusionCounts",
    "Counts",
    "Evidence",
    "Metric",
    "MetricValue",
    "average_precision_score",
    "balanced_accuracy_score",
    "blend",
    "brier_loss",
    "calibration_error",
    "catalog",
    "confusion_counts",
    "convention_table",
    "cost_loss",
    "coverage_error",
    "dcg_score",
    "error_costs",
    "error_set_size_loss",
    "f1_of_averages_score",
    "f1_score",
    "fbeta_score",
    "get_metric",
    "gmean_score",
    "hamming_loss",
    "hamming_score",
    "harmonic_score",
    "hierarchical_loss",
    "interpolated_average_precision_score",
    "is_error",
    "jaccard_score",
    "kappa_score",
    "label_ranking_average_precision_score",
    "levenshtein_loss",
    "log_loss",
    "margin_loss",
    "mcc_score",
    "ndcg_score",
    "one_error",
    "precision_at_k_score",
    "precision_score",
    "prediction_problems",
    "propensities",
    "propensity_scored_precision_at_k_score",
    "r_precision_at_k_score",
    "ranking_loss",
    "recall_at_k_score",
    "recall_score",
    "rmse_loss",
    "roc_auc_score",
    "score_table",
    "specificity_score",
    "subset_accuracy_score",
    "subset_zero_one_loss",
]
