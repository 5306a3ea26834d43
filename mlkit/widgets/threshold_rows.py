"""Rows whose scores are sorted once, so that every threshold is counted at once."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from mlkit.metrics import Counts, Evidence, average_precision_score
from mlkit.metrics.cells import Cells
from mlkit.metrics.ratios import RATIOS
from mlkit.plots.thresholds import MeasureLine
from mlkit.thresholds import best_threshold, best_thresholds, match_cardinality
from mlkit.thresholds.curves import objective_of
from mlkit.thresholds.objectives import Objective
from mlkit.thresholds.sorted_scores import RowPlaces, SortedScores
from mlkit.validation import Indicator

__all__ = ["MEASURES", "Measure", "RankedRows"]

MEASURES: dict[str, str] = {
    "f1": "F1",
    "f2": "F2",
    "f0.5": "F0.5",
    "precision": "precision",
    "recall": "recall",
    "jaccard": "Jaccard index",
    "balanced_accuracy": "balanced accuracy",
    "cost": "cost a row",
}
"""What a curve can show: ratios of counts in [0, 1], and what errors cost."""

_MOST_STEPS, _MOST_COUNTS, _FAINT_STEPS = 1000, 100_000, 101
# Beyond this the best place is that of the curve as it is drawn: the exact search takes
# longer than a frame may.
_MOST_EXACT_CELLS = 200_000


class Measure:
    """A measure of counts, or what errors cost at stated prices.

    Parameters
    ----------
    name : str
        A key of `MEASURES`.
    prices : tuple of float
        Of a false positive and of a false negative.
    """

    def __init__(self, name: str, prices: tuple[float, float]) -> None:
        self.name, self.words = name, MEASURES[name]
        self.prices = prices
        self.is_cost = name == "cost"

    def values(self, counts: Counts, n_rows: int) -> np.ndarray:
        """Measure counts; 0 where the measure is 0/0.

        Parameters
        ----------
        counts : Counts
        n_rows : int
            By which costs are divided.

        Returns
        -------
        ndarray of float64, shape of the counts
        """
        if not self.is_cost:
            return RATIOS[self.name].values(counts, zero_division=0.0)[0]
        return self._cost(counts.false_positive, counts.false_negative) / n_rows

    def objective(self) -> Objective:
        """Return what a search for thresholds maximises.

        Returns
        -------
        callable
        """
        if not self.is_cost:
            return objective_of(self.name)
        # Sums of prices are rounded: equally cheap cuts must be ties.
        return lambda tp, fp, fn, tn: -self._cost(fp, fn).round(9)

    def best(self, values: np.ndarray) -> int:
        """Return the place of the best value; of equally good ones the last.

        Parameters
        ----------
        values : ndarray of float64, shape (n_values,)

        Returns
        -------
        int
        """
        goodness = (-values if self.is_cost else values)[::-1].round(9)
        return len(values) - 1 - int(goodness.argmax())

    def _cost(
        self, false_positive: np.ndarray, false_negative: np.ndarray
    ) -> np.ndarray:
        wrong, missed = self.prices
        return wrong * false_positive + missed * false_negative


class RankedRows:
    """Labels and scores of rows, with whatever of them is sorted or counted once.

    Parameters
    ----------
    cells : Cells
        Labels and probabilities.
    """

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.n_rows, self.n_labels = cells.truth.shape
        missing = None if cells.known is None else ~cells.known
        self._true = Indicator(cells.truth, cells.label_names, "array", missing=missing)
        self._found: dict[tuple[object, ...], np.ndarray] = {}
        self._matching: dict[float, float] = {}
        self._curves: dict[int | None, tuple[np.ndarray, Counts]] = {}

    @cached_property
    def lists(self) -> SortedScores:
        """The scores of each label, in order."""
        return SortedScores.of(self.cells.labels())

    @cached_property
    def places(self) -> RowPlaces:
        """The place of each label in its row."""
        return RowPlaces.of(self.cells)

    @cached_property
    def even_counts(self) -> Counts:
        """Counts of the labels at evenly spaced thresholds, for the faint curves."""
        return self.lists.counts(np.linspace(0.0, 1.0, _FAINT_STEPS)[:, np.newaxis])

    @cached_property
    def mean_average_precision(self) -> float:
        """Mean over the labels that have a positive; no threshold changes it."""
        truth, values = self._true.with_unknown(), self.cells.values
        nan = float("nan")
        return float(average_precision_score(truth, values, average="macro", empty=nan))

    def cut(self, limits: np.ndarray) -> Evidence:
        """Decide where scores reach the thresholds, shape (n_labels,)."""
        return self._decided(self.cells.values >= limits)

    def top(self, k: int) -> Evidence:
        """Decide for the k labels of highest score in every row."""
        return self._decided(self.places.decide(k))

    def _decided(self, decided: np.ndarray) -> Evidence:
        names = self.cells.label_names
        return Evidence(self._true, Indicator(decided.view(np.int8), names, "array"))

    def best(self, measure: Measure, label: int | None, average: str) -> np.ndarray:
        """Find thresholds that are exactly best on these very rows.

        Parameters
        ----------
        measure : Measure
        label : int or None
            Of one label alone; None for all.
        average : {"micro", "macro", "own"}
            One threshold for all, or one a label.

        Returns
        -------
        ndarray of float64, shape (n_labels,) for "own", else (1,)
        """
        key = self._key(measure, label, average)
        if key not in self._found:
            columns = slice(None) if label is None else [label]
            truth = np.asarray(self._true.with_unknown())[:, columns]
            values, metric = self.cells.values[:, columns], measure.objective()
            if key[-1] == "own":
                found = best_thresholds(truth, values, metric=metric)
            else:
                one = best_threshold(truth, values, metric=metric, average=average)
                found = np.array([one])
            self._found[key] = found
        return self._found[key]

    def has_best(self, measure: Measure, label: int | None, average: str) -> bool:
        """Whether `best` has been asked for this before."""
        return self._key(measure, label, average) in self._found

    def _key(
        self, measure: Measure, label: int | None, average: str
    ) -> tuple[object, ...]:
        prices = measure.prices if measure.is_cost else None
        # Of one label alone, every average is the same.
        return measure.name, prices, label, "own" if label is not None else average

    def matching(self, cardinality: float) -> float:
        """Return the threshold that gives about so many labels a row."""
        if cardinality not in self._matching:
            limit = match_cardinality(self.cells.values, cardinality)
            self._matching[cardinality] = limit
        return self._matching[cardinality]

    def best_k(self, measure: Measure, label: int | None) -> int:
        """Find the number of labels a row that is best on these very rows."""
        average = "micro" if label is None else label
        return measure.best(self._of(measure, self.places.counts(), average))

    def line(
        self, measure: Measure, average: str | int, now: tuple[float, float]
    ) -> MeasureLine:
        """Draw a measure against the threshold.

        Parameters
        ----------
        measure : Measure
        average : {"micro", "macro"} or int
            Or the position of a label.
        now : tuple of float
            Where it stands.

        Returns
        -------
        MeasureLine
        """
        label = None if isinstance(average, str) else average
        lists, (x, counts) = self._lists(label), self._curve(label)
        y = self._of(measure, counts, average)
        if self.cells.truth.size > _MOST_EXACT_CELLS:
            place = measure.best(y)
            best = (float(x[place]), float(y[place]))
        else:
            at = self.best(measure, label, str(average))
            worth = self._of(measure, lists.counts(at[:, np.newaxis]), average)
            best = (min(float(at[0]), 1.0), float(worth[0]))
        return MeasureLine(self._name(measure, average), x, y, now, best)

    def line_of_k(
        self, measure: Measure, average: str | int, now: tuple[float, float]
    ) -> MeasureLine:
        """Draw a measure against the number of labels a row; see `line`."""
        x = np.arange(self.n_labels + 1.0)
        y = self._of(measure, self.places.counts(), average)
        place = measure.best(y)
        best = (float(x[place]), float(y[place]))
        return MeasureLine(self._name(measure, average), x, y, now, best)

    def faint(
        self, measure: Measure, labels: np.ndarray, *, of_k: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return places and the curves of some labels, (n_places, n_curves)."""
        if of_k:
            x, counts = np.arange(self.n_labels + 1.0), self.places.counts()
        else:
            x = np.linspace(0.0, 1.0, _FAINT_STEPS)
            counts = self.even_counts
        return x, measure.values(_take(counts, labels), self.n_rows)

    def value(self, measure: Measure, counts: Counts, average: str | int) -> float:
        """Measure the counts of the labels, shape (n_labels,), as a curve does."""
        return float(self._of(measure, counts, average))

    def _name(self, measure: Measure, average: str | int) -> str:
        if not isinstance(average, str):
            return self.cells.label_names[average]
        return "all labels" if measure.is_cost else average

    def _curve(self, label: int | None) -> tuple[np.ndarray, Counts]:
        """Return thresholds and what they count, which serves all measures."""
        if label not in self._curves:
            lists = self._lists(label)
            # The widest of rows have as many counts as the longest.
            most = max(100, min(_MOST_STEPS, _MOST_COUNTS // len(lists.true)))
            x = np.unique([0.0, *lists.distinct(most), 1.0])
            self._curves[label] = x, lists.counts(x[:, np.newaxis])
        return self._curves[label]

    def _lists(self, label: int | None) -> SortedScores:
        if label is None:
            return self.lists
        one = slice(label, label + 1)
        return SortedScores(self.lists.true[one], self.lists.untrue[one])

    def _of(self, measure: Measure, counts: Counts, average: str | int) -> np.ndarray:
        """Average over the last axis, or choose a label of it."""
        if average == "micro":
            return measure.values(counts.pooled, self.n_rows)[..., 0]
        if isinstance(average, str):
            known = self.lists.n_cells > 0
            return measure.values(counts, self.n_rows)[..., known].mean(axis=-1)
        # A curve of one label has been counted alone.
        place = average if counts.actual.shape[-1] > 1 else 0
        return measure.values(_take(counts, [place]), self.n_rows)[..., 0]


def _take(counts: Counts, labels: np.ndarray | list[int]) -> Counts:
    parts = (counts.true_positive, counts.actual, counts.predicted, counts.n_cells)
    return Counts(*(part[..., labels] for part in parts))
