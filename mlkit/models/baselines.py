"""Predictions without features: what a number is worth."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import scipy.sparse as sp

from mlkit.arguments import check_choice, check_count
from mlkit.best_sets import TIE
from mlkit.exceptions import OptionError
from mlkit.metrics import METRICS, Counts, Metric
from mlkit.metrics.catalog import get_metric
from mlkit.metrics.evidence import Evidence
from mlkit.metrics.ratios import RatioMean
from mlkit.metrics.units import Units
from mlkit.models.base import MultiLabelClassifier
from mlkit.models.label_sets import number_label_sets
from mlkit.thresholds import maximize_general_f
from mlkit.validation import Indicator

__all__ = ["ConstantClassifier"]

# Numbers in a table of label sets by rows (32 MiB).
_BLOCK_NUMBERS = 1 << 22

Strategy: TypeAlias = Literal[
    "nothing", "everything", "majority", "most-frequent-set", "top-k", "best"
]

_Worth: TypeAlias = Callable[[np.ndarray], np.ndarray]
"""From label sets, bool (m, q), to what they are worth, greater is better, (m,)."""


class ConstantClassifier(MultiLabelClassifier):
    """Predict the same label set for every row.

    Parameters
    ----------
    strategy : str, default "most-frequent-set"
        Which set that is, see the table below.
    k : int, optional
        For ``"top-k"``: how many labels, at least 0; by default the mean number of
        labels of a row, rounded (halves up).
    metric : str or Metric, optional
        For ``"best"``: a metric of `mlkit.metrics` that judges decided labels, by its
        edges in ``convention="sklearn"``.

    Attributes
    ----------
    label_set_ : ndarray of int8, shape (n_labels,)
        What is predicted.
    frequencies_ : ndarray of float64, shape (n_labels,)
        Share of the training rows that carry each label.
    classes_ : ndarray, shape (n_labels, 2)
        ``[0, 1]`` for each label.
    n_labels_ : int
        Number of labels.
    label_names_in_ : ndarray of str, shape (n_labels,)
        Names of the labels; only where `Y` was a DataFrame.
    n_features_in_ : int
        Number of features, of which none is used.
    feature_names_in_ : ndarray of str, shape (n_features,)
        Names of the features; only where `X` was a DataFrame with string columns.

    See Also
    --------
    sklearn.dummy.DummyClassifier : In `BinaryRelevance` and `LabelPowerset`, random
        predictions too.

    Notes
    -----
    =======================  ==========================================================
    `strategy`               predicts
    =======================  ==========================================================
    ``"nothing"``            no label
    ``"everything"``         all labels
    ``"majority"``           the labels of more than half of the rows
    ``"most-frequent-set"``  the commonest label set, of those the first by order
    ``"top-k"``              the `k` most frequent labels, of those the first columns
    ``"best"``               the set that is best for `metric` on the training rows
    =======================  ==========================================================

    A learner that is no better than this has learned nothing from the features, as far
    as that measure can tell. It may be more than one thinks: on MULAN's split of yeast
    the best constant set has an example-based F1 of .579, and ten scaled neighbours
    (`BRkNN`) have .576.

    In all strategies a label that is constant in the training rows is predicted as that
    constant, as every learner of the kit does; so ``"everything"`` names no label that
    never occurs. `predict_proba` gives the frequencies, whatever is predicted: they are
    the best constant probabilities, and rank the labels as well as constants can. For a
    vector of classes the most frequent one is predicted.

    ``"best"`` is exact for

    * *Hamming loss*, by the majority of each label; *subset accuracy*, by the commonest
      set;
    * *macro* and *weighted* averages: each label counts on its own, so each takes the
      better of its two values (for F1 and recall: everything that occurs);
    * *micro* averages: with m labels predicted, the pooled counts depend on the set
      only through its true positives, of which the m most frequent labels have most,
      and no measure gets worse by more of them; so the best of the q + 1 sets of the
      most frequent labels wins;
    * *example-based F-measures*, by `mlkit.thresholds.maximize_general_f` on the
      frequencies of label and number of labels.

    For all others (example-based Jaccard, precision, ...) the search begins at the best
    of these q + 1 sets and the commonest one, and changes single labels while that
    helps: all that help by themselves where that is better still, else the one that
    helps most. It ends in a set that no change of one label improves.

    Cost: O(n q), or the stored labels where `Y` is sparse. ``"best"``: O(q log q) more
    for micro averages; O(q^3) for example-based F; a product of (q, q) by (q, n) a
    round for other example-based ratios; q evaluations of the metric a round for those
    that are no means of ratios.

    References
    ----------
    .. [1] K. Dembczyński, W. Waegeman, W. Cheng, E. Hüllermeier. An exact algorithm for
       F-measure maximization. NIPS 2011, 1404-1412.

    Examples
    --------
    No label has a majority, and the commonest set is the empty one:

    >>> from mlkit.models import ConstantClassifier
    >>> X, Y = [[0]] * 5, [[0, 0], [0, 0], [1, 0], [1, 1], [0, 1]]
    >>> learner = ConstantClassifier().fit(X, Y)
    >>> learner.predict([[0]]).tolist(), learner.predict_proba([[0]]).tolist()
    ([[0, 0]], [[0.4, 0.4]])

    The F1 of naming both labels is 2 * 4 / (4 + 10) over all cells:

    >>> learner = ConstantClassifier(strategy="best", metric="micro_f1").fit(X, Y)
    >>> learner.predict([[0]]).tolist()
    [[1, 1]]
    """

    label_set_: np.ndarray
    frequencies_: np.ndarray

    def __init__(
        self,
        *,
        strategy: Strategy = "most-frequent-set",
        k: int | None = None,
        metric: str | Metric | None = None,
    ) -> None:
        self.strategy = strategy
        self.k = k
        self.metric = metric

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = tags.input_tags.allow_nan = True
        tags.classifier_tags.poor_score = True
        return tags

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        metric = self._check_options(labels.shape[1])
        rows = _TrainingRows(labels, sample_weight)
        # Sums of weights in another order may differ in the last digit.
        self.frequencies_ = np.minimum(rows.counts / rows.total, 1.0)
        self.label_set_ = self._choose(rows, metric).astype(np.int8)
        constant = labels.constant_labels()
        for answer in (self.frequencies_, self.label_set_):
            answer[constant] = labels.counts()[constant] > 0

    def _check_options(self, n_labels: int) -> Metric | None:
        check_choice("strategy", self.strategy, get_args(Strategy))
        for name, strategy in (("k", "top-k"), ("metric", "best")):
            value = getattr(self, name)
            if value is not None and self.strategy != strategy:
                msg = (
                    f"{name}={value!r} is for strategy='{strategy}', and strategy is "
                    f"'{self.strategy}'. Leave it out."
                )
                raise OptionError(msg)
        if self.k is not None:
            check_count("k", self.k, minimum=0, maximum=n_labels, error=OptionError)
        return self._check_metric() if self.strategy == "best" else None

    def _check_metric(self) -> Metric:
        if self.metric is None:
            msg = "strategy='best' needs a metric, such as metric='example_f1'."
            raise OptionError(msg)
        metric = get_metric(self.metric)
        if metric.kind != "bipartition":
            msg = (
                f"metric='{metric.name}' judges {metric.kind}, not a label set. The "
                "frequencies, which predict_proba gives, are the best constants there; "
                "take a metric of decided labels."
            )
            raise OptionError(msg)
        return metric

    def _choose(self, rows: _TrainingRows, metric: Metric | None) -> np.ndarray:
        """Return the label set, bool of shape (n_labels,)."""
        if metric is not None:
            return _best_set(rows, metric)
        if self.strategy == "majority":
            return self.frequencies_ > 0.5
        if self.strategy == "most-frequent-set":
            return rows.commonest_set()
        # Nothing and everything are the first 0 and n_labels of any order.
        k = {"nothing": 0, "everything": self.n_labels_}.get(self.strategy, self.k)
        if k is None:
            k = int(np.floor(self.frequencies_.sum() + 0.5))
        return rows.sets_of_first()[k]

    def _predict_labels(self, X: Any) -> np.ndarray | sp.csr_array:
        return _repeat(self.label_set_, X.shape[0], sparse=self._target == "sparse")

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        return np.tile(self.frequencies_, (X.shape[0], 1))


class _TrainingRows:
    """Labels of the training rows, and what their rows weigh."""

    def __init__(self, labels: Indicator, sample_weight: np.ndarray | None) -> None:
        self.labels = labels
        self.sample_weight = sample_weight
        if sample_weight is None:
            self.total, self.counts = float(labels.shape[0]), labels.counts() * 1.0
            return
        self.total, self.counts = sample_weight.sum(), sample_weight @ labels.values

    def weights(self) -> np.ndarray:
        """Return the weights of the rows, 1 where none were given."""
        if self.sample_weight is None:
            return np.ones(self.labels.shape[0])
        return self.sample_weight

    def sets_of_first(self) -> np.ndarray:
        """Return the 0, 1, ..., q most frequent labels as sets, bool (q + 1, q)."""
        n_labels = len(self.counts)
        rank = np.empty(n_labels, dtype=np.intp)
        rank[np.argsort(-self.counts, kind="stable")] = np.arange(n_labels)
        return rank < np.arange(n_labels + 1)[:, np.newaxis]

    def commonest_set(self) -> np.ndarray:
        """Return the commonest label set, bool (q,)."""
        values = self.labels.values
        first_rows, codes = number_label_sets(values)
        often = np.bincount(codes, weights=self.sample_weight)
        chosen = values[[first_rows[np.argmax(often)]]]
        dense = chosen if isinstance(chosen, np.ndarray) else chosen.toarray()
        return dense[0] == 1


def _repeat(
    label_set: np.ndarray, n_samples: int, *, sparse: bool
) -> np.ndarray | sp.csr_array:
    """Return a label set for each row; a view of it where that is dense."""
    if not sparse:
        return np.broadcast_to(label_set, (n_samples, len(label_set)))
    return sp.csr_array(label_set[np.newaxis])[np.zeros(n_samples, dtype=np.intp)]


def _best_set(rows: _TrainingRows, metric: Metric) -> np.ndarray:
    """Return the label set that is best for a metric on the training rows."""
    if metric in (METRICS["subset_accuracy"], METRICS["subset_zero_one_loss"]):
        return rows.commonest_set()
    if metric == METRICS["hamming_loss"]:
        return 2 * rows.counts > rows.total
    statistic = metric.statistic
    if not isinstance(statistic, RatioMean):
        return _search(partial(_worth, rows, metric), rows)
    if statistic.average == "example" and statistic.ratio.name == "fbeta":
        return _best_for_example_f(rows, metric, statistic)
    worth = partial(_worth_of_ratio, rows, metric, statistic)
    if statistic.average == "micro":
        return _first_best(worth, rows.sets_of_first())[0]
    return _search(worth, rows)


def _best_for_example_f(
    rows: _TrainingRows, metric: Metric, statistic: RatioMean
) -> np.ndarray:
    """Return the exact best set for the mean F-measure of the rows."""
    Y = rows.labels.tocsr()
    sizes = np.diff(Y.indptr)
    some = np.flatnonzero(sizes)
    # Rows go to their number of labels, so that one product fills the table.
    shares = rows.weights()[some] / rows.total
    to_size = sp.csr_array((shares, (sizes[some] - 1, some)), shape=Y.shape[::-1])
    table = (to_size @ Y).toarray().T
    best = maximize_general_f(
        # Rounding may carry a sum of shares just above one.
        np.minimum(table, 1.0)[np.newaxis],
        # The part of an F-measure knows the square of its weight.
        beta=statistic.ratio.parts[0].square ** 0.5,  # type: ignore[attr-defined]
        empty_value=metric.resolved("sklearn")["zero_division"],
    )
    return best[0] == 1


def _worth_of_ratio(
    rows: _TrainingRows, metric: Metric, statistic: RatioMean, sets: np.ndarray
) -> np.ndarray:
    """Return what label sets, bool (m, q), are worth by a mean of ratios, (m,)."""
    if statistic.average != "example":
        n_samples, counts = rows.total, np.broadcast_to(rows.counts, sets.shape)
        cells = np.full(sets.shape, n_samples)
        found = Counts(sets * counts, counts, sets * n_samples, cells)
        return _means(found, metric, statistic, counts)
    Y, weights = rows.labels.tocsr(), rows.weights()
    sizes, means = np.diff(Y.indptr), []
    step = max(1, _BLOCK_NUMBERS // len(sizes))
    for start in range(0, len(sets), step):
        block = sets[start : start + step].astype(np.int64)
        # Of each set (in rows) and each training row (in columns).
        hits = (Y @ block.T).T
        actual = np.broadcast_to(sizes, hits.shape)
        predicted = np.broadcast_to(block.sum(axis=1, keepdims=True), hits.shape)
        found = Counts(hits, actual, predicted, np.full(hits.shape, Y.shape[1]))
        means.append(_means(found, metric, statistic, weights))
    return np.concatenate(means)


def _means(
    counts: Counts, metric: Metric, statistic: RatioMean, weights: np.ndarray
) -> np.ndarray:
    """Return the mean over the last axis by the conventions of the metric, (m,)."""
    if statistic.average == "micro":
        counts = counts.pooled
    fill = metric.resolved("sklearn").get("zero_division", 0.0)
    values, undefined = statistic.ratio.values(counts, fill)
    weighted = statistic.average in ("example", "weighted")
    units = Units(
        values,
        undefined,
        counts.present,
        kind="row",
        weights=np.broadcast_to(weights, values.shape) if weighted else None,
    )
    return units.means() if metric.greater_is_better else -units.means()


def _worth(rows: _TrainingRows, metric: Metric, sets: np.ndarray) -> np.ndarray:
    """Return what label sets, bool (m, q), are worth by any metric, (m,)."""
    labels = rows.labels
    worth = np.empty(len(sets))
    for i, label_set in enumerate(sets.astype(np.int8)):
        same = _repeat(label_set, labels.shape[0], sparse=labels.kind == "sparse")
        predicted = Indicator(same, labels.label_names, labels.kind)
        evidence = Evidence(labels, predicted)
        if rows.sample_weight is None:
            worth[i] = metric.of(evidence)
        else:
            # NaN where the metric cannot weigh rows.
            worth[i] = metric.resample(evidence, rows.sample_weight[np.newaxis])[0]
    if np.isnan(worth).all():
        msg = (
            f"metric='{metric.name}' has no value for any constant label set here. "
            "Take another metric, or leave out sample_weight."
        )
        raise OptionError(msg)
    return worth if metric.greater_is_better else -worth


def _first_best(worth: _Worth, sets: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the first of the best sets, and what it is worth."""
    found = np.nan_to_num(worth(sets), nan=-np.inf)
    best = int(np.argmax(found >= found.max() - TIE))
    return sets[best], found[best]


def _search(worth: _Worth, rows: _TrainingRows) -> np.ndarray:
    """Change single labels of a good set as long as that makes it better."""
    starts = np.vstack([rows.sets_of_first(), rows.commonest_set()])
    best, value = _first_best(worth, starts)
    while True:
        changed = best ^ np.eye(len(best), dtype=bool)
        found = np.nan_to_num(worth(changed), nan=-np.inf)
        if not found.max() > value + TIE:
            return best
        # All that help at once: where labels count on their own, one round is enough.
        together = best ^ (found > value + TIE)
        one = changed[np.argmax(found)]
        best, value = _first_best(worth, np.vstack([together, one]))
