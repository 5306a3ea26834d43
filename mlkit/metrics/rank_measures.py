"""How rows rank their labels: the measures of one row, and their mean over rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlkit.arguments import check_choice
from mlkit.metrics.conventions import resolve
from mlkit.metrics.evidence import Evidence
from mlkit.metrics.ranked_lists import RankedLists
from mlkit.metrics.units import Units
from mlkit.metrics.values import MetricValue

__all__ = [
    "ALL_TIES",
    "COVERAGE",
    "ERROR_SET_SIZE",
    "IS_ERROR",
    "LABEL_RANKING",
    "MARGIN",
    "ONE_ERROR",
    "RANKING_LOSS",
    "RankMean",
    "fill_units",
    "mean_precision",
    "score_ranking",
    "wrong_pair_share",
]

ALL_TIES = ("worst", "average", "first", "last")
STRICT_TIES = ("worst", "first", "last")


@dataclass(frozen=True, slots=True)
class RankMean:
    """The mean over rows of how their labels are ranked.

    Parameters
    ----------
    measure : callable
        ``measure(lists, options) -> ndarray of float64, shape (n_lists,)``; what it
        gives for an undefined list is not looked at.
    needs : {"true", "pair"}, default "true"
        When a list is undefined: without a true item, or without a pair of a true and
        an untrue one.
    """

    measure: Callable[[RankedLists, dict[str, Any]], np.ndarray]
    needs: str = "true"

    def units(self, evidence: Evidence, options: dict[str, Any]) -> Units:
        """Return what each row counts."""
        lists = evidence.ranked("row", options["ties"])
        undefined = lists.lack(self.needs)
        return fill_units(self.measure(lists, options), undefined, lists, options)

    def value(self, evidence: Evidence, options: dict[str, Any]) -> MetricValue:
        """Return the mean."""
        return self.units(evidence, options).mean()

    def resample(
        self, evidence: Evidence, options: dict[str, Any], row_weights: np.ndarray
    ) -> np.ndarray:
        """Return the means under several weightings of the rows, one each."""
        return self.units(evidence, options).row_means(row_weights)


def fill_units(
    values: np.ndarray,
    undefined: np.ndarray,
    lists: RankedLists,
    options: dict[str, Any],
    *,
    kind: str = "row",
) -> Units:
    """Settle the undefined lists by the option `empty`.

    Parameters
    ----------
    values : ndarray of float64, shape (n_lists,)
    undefined : ndarray of bool, shape (n_lists,)
    lists : RankedLists
    options : dict
        With ``empty``.
    kind : {"row", "label", "matrix"}, default "row"

    Returns
    -------
    Units
    """
    empty = options["empty"]
    fill = np.nan if empty == "undefined" else empty
    return Units(
        np.where(undefined, fill, values),
        undefined,
        lists.present,
        kind=kind,  # type: ignore[arg-type]
        spoils=empty == "undefined",
    )


def score_ranking(
    statistic: RankMean,
    measure: str,
    Y: Any,
    scores: Any,
    *,
    convention: str,
    allowed: tuple[str, ...] = STRICT_TIES,
    **given: Any,
) -> MetricValue:
    """Evaluate a ranking metric: the one road for all of them.

    Parameters
    ----------
    statistic : RankMean
    measure : str
        Its row in the table of conventions.
    Y, scores, convention
        As `one_error`.
    allowed : tuple of str
        The ways to treat ties that the measure is defined for.
    **given
        Options; None stands for the convention's.

    Returns
    -------
    MetricValue

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the two are not labels and finite scores of the same rows and labels.
    OptionError
        If an option has no such value.
    """
    options = resolve(measure, convention, **given)
    check_choice("ties", options["ties"], allowed)
    return statistic.value(Evidence.of_scores(Y, scores), options)


def top_is_wrong(lists: RankedLists, options: dict[str, Any]) -> np.ndarray:
    """Return the probability that the first item of each list is not true."""
    first = lists.above == 0
    if options["ties"] == "average":
        return 1.0 - lists.total(first / lists.reached)
    # A true item is first if no untrue one stands before it or beside it.
    right = lists.total(first & (lists.reached == lists.hits))
    return (right == 0).astype(np.float64)


def wrong_pairs(lists: RankedLists, options: dict[str, Any]) -> np.ndarray:
    """Return the number of wrongly ordered pairs of each list."""
    return lists.total(lists.wrong_before(options["ties"]))


def wrong_pair_share(lists: RankedLists, options: dict[str, Any]) -> np.ndarray:
    """Return the share of wrongly ordered pairs of each list."""
    # A list without pairs has no wrong pair either: dividing by 1 gives its 0.
    pairs = np.maximum(lists.n_true * lists.n_untrue, 1)
    return wrong_pairs(lists, options) / pairs


def any_wrong_pair(lists: RankedLists, options: dict[str, Any]) -> np.ndarray:
    """Return 1 for lists with a wrongly ordered pair, else 0."""
    return (wrong_pairs(lists, options) > 0).astype(np.float64)


def deepest(lists: RankedLists, options: dict[str, Any]) -> np.ndarray:
    """Return the rank of the last true item of each list."""
    return lists.greatest(lists.reached) + options["first_rank"] - 1.0


def margin(lists: RankedLists, options: dict[str, Any]) -> np.ndarray:
    """Return how far the last true item stands behind the first untrue one."""
    # All that stand before the first untrue item are true ones that no untrue item
    # reaches, so that their number is its place.
    leading = lists.total(lists.reached == lists.hits)
    return np.maximum(lists.greatest(lists.reached) - (leading + 1), 0.0)


def mean_precision(lists: RankedLists, options: dict[str, Any]) -> np.ndarray:
    """Return the mean over true items of the precision at their rank."""
    return lists.total(lists.hits / lists.reached) / np.maximum(lists.n_true, 1)


ONE_ERROR = RankMean(top_is_wrong)
IS_ERROR = RankMean(any_wrong_pair, needs="pair")
ERROR_SET_SIZE = RankMean(wrong_pairs, needs="pair")
RANKING_LOSS = RankMean(wrong_pair_share, needs="pair")
COVERAGE = RankMean(deepest)
MARGIN = RankMean(margin, needs="pair")
LABEL_RANKING = RankMean(mean_precision)
