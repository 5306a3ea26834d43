"""P@k in which a label counts for more, the more often it goes unrecorded.

Places come from `mlkit.metrics.ranked_lists`; the cost is one sort a row, O(n q log q).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mlkit.arguments import check_choice, check_count, check_number
from mlkit.exceptions import LabelNameError, OptionError, ShapeError
from mlkit.metrics.conventions import Ties, resolve
from mlkit.metrics.evidence import Evidence
from mlkit.metrics.rank_measures import ALL_TIES
from mlkit.metrics.values import MetricValue
from mlkit.validation import check_indicator

__all__ = ["propensities", "propensity_scored_precision_at_k_score"]


def propensities(Y: Any, *, a: float = 0.55, b: float = 1.5) -> pd.Series:
    r"""Estimate how likely a label that applies is to be recorded at all.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Labels of the training rows, 0 and 1; unknown ones (NaN) count as absent.
    a, b : float, default 0.55 and 1.5
        The paper's values; .5 and .4 for Wikipedia, .6 and 2.6 for Amazon. At least 0.

    Returns
    -------
    Series of float, shape (n_labels,)
        In (0, 1], by label name: the rarer a label, the lower.

    Raises
    ------
    IndicatorError
        If `Y` is not a label matrix.
    ShapeError
        If it has fewer than three rows: the formula takes the logarithm of ln(n).
    ValueError, TypeError
        If `a` or `b` is no number of at least 0.

    Notes
    -----
    .. math:: p_j = \frac{1}{1 + C e^{-a \ln(c_j + b)}}, \quad
              C = (\ln n - 1)(b + 1)^a

    for :math:`c_j` of n rows.

    References
    ----------
    H. Jain, Y. Prabhu, M. Varma (2016). Extreme multi-label loss functions for
    recommendation, tagging, ranking and other missing label applications. KDD, 935-944.

    Examples
    --------
    >>> propensities([[1, 0]] * 98 + [[1, 1]] * 2).round(2).tolist()
    [0.68, 0.25]
    """
    check_number("a", a)
    check_number("b", b)
    labels = check_indicator(Y, allow_missing=True)
    n_samples = labels.shape[0]
    if n_samples < 3:
        msg = f"propensities need at least 3 training rows, got {n_samples}."
        raise ShapeError(msg)
    constant = (np.log(n_samples) - 1) * (b + 1) ** a
    values = 1.0 / (1.0 + constant * (labels.counts() + b) ** -a)
    return pd.Series(values, index=pd.Index(labels.label_names, name="label"))


@dataclass(frozen=True, slots=True)
class PropensityScored:
    """True labels among the first k, each by its inverse propensity, over the best.

    Parameters
    ----------
    k : int
    weights : ndarray of float64, shape (n_labels,)
        One over the propensities.
    """

    k: int
    weights: np.ndarray

    def value(self, evidence: Evidence, options: dict[str, Any]) -> MetricValue:
        """Return the ratio of the two sums over rows."""
        gained, possible = self._sums(evidence, options)
        lists = evidence.ranked("row", options["ties"])
        return MetricValue(
            _ratio(gained.sum(), possible.sum()),
            units=int(np.count_nonzero(lists.present)),
            undefined=int(np.count_nonzero(lists.present & (lists.n_true == 0))),
            kind="row",
        )

    def resample(
        self, evidence: Evidence, options: dict[str, Any], row_weights: np.ndarray
    ) -> np.ndarray:
        """Return it under several weightings of the rows, one each."""
        gained, possible = (row_weights @ s for s in self._sums(evidence, options))
        return np.array([_ratio(*pair) for pair in zip(gained, possible, strict=True)])

    def _sums(
        self, evidence: Evidence, options: dict[str, Any]
    ) -> tuple[np.ndarray, np.ndarray]:
        lists = evidence.ranked("row", options["ties"])
        worth = self.weights[lists.item]
        # Among equal scores the least worth first: the worst order. Where ties are
        # settled in another way, this changes nothing.
        worth = worth[np.lexsort((worth, lists.above, lists.list_of))]
        gained = lists.total(worth * lists.share_within(self.k, options["ties"]))
        # The best k labels are the k of greatest worth among the true ones.
        by_worth = np.lexsort((-worth, lists.list_of))
        best = np.where(lists.order <= self.k, worth[by_worth], 0.0)
        return gained, lists.total(best)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


def propensity_scored_precision_at_k_score(
    Y: Any,
    scores: Any,
    *,
    k: int,
    propensities: Any,
    ties: Ties | None = None,
    convention: str = "sklearn",
) -> MetricValue:
    r"""PSP@k: P@k in which rare labels, often missing, count for more.

    Parameters
    ----------
    Y, scores, k, ties, convention
        As `precision_at_k_score`.
    propensities : array-like or Series, shape (n_labels,)
        How likely each label is recorded where it applies, in (0, 1]; from
        `mlkit.metrics.propensities` of the *training* rows.

    Returns
    -------
    MetricValue
        In [0, 1]; best 1, being divided by the best possible value. NaN if no row has a
        label.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError, OptionError
        As `precision_at_k_score`; OptionError and ShapeError too if the propensities do
        not fit.
    TypeError, ValueError
        If `k` is not a whole number of at least 1.

    Notes
    -----
    .. math:: \frac{\sum_i \sum_{r \,:\, \mathrm{rank}_i(r) \le k} y_{ir} / p_r}
              {\sum_i \max_{|S| = k} \sum_{r \in S} y_{ir} / p_r}

    An unbiased estimate, up to the division, of P@k on the labels that would be there
    if none were missing, provided that the propensities are right. Rows without a label
    add nothing to either sum.

    References
    ----------
    Jain, Prabhu and Varma (2016), see `mlkit.metrics.propensities`.

    Examples
    --------
    >>> propensity_scored_precision_at_k_score(
    ...     [[1, 0, 1]], [[0.9, 0.5, 0.1]], k=1, propensities=[0.5, 0.5, 0.25]
    ... )
    0.5
    """
    check_count("k", k, minimum=1)
    options = resolve("top_k", convention, ties=ties)
    check_choice("ties", options["ties"], ALL_TIES)
    evidence = Evidence.of_scores(Y, scores)
    weights = 1.0 / _check_propensities(propensities, evidence.label_names)
    return PropensityScored(k, weights).value(evidence, options)


def _check_propensities(given: Any, label_names: tuple[str, ...]) -> np.ndarray:
    if isinstance(given, pd.Series):
        names = tuple(map(str, given.index))
        # Position is what counts, so names in another order would be scored wrongly.
        if names != label_names and set(names) == set(label_names):
            msg = (
                "propensities has the labels of Y in another order. Reorder: "
                "propensities.reindex(Y.columns)."
            )
            raise LabelNameError(msg)
    try:
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as err:
        msg = f"propensities must be numbers, one a label; got {given!r}."
        raise OptionError(msg) from err
    if values.shape != (len(label_names),):
        msg = (
            f"propensities must be {len(label_names)} numbers, one a label; got shape "
            f"{values.shape}."
        )
        raise ShapeError(msg)
    # Written so that it is true for NaN too.
    if not ((values > 0) & (values <= 1)).all():
        msg = "propensities must lie in (0, 1]; take mlkit.metrics.propensities(Y)."
        raise OptionError(msg)
    return values
