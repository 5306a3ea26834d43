"""How labels are decided and what follows: the state of the threshold explorer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from traitlets import Float, HasTraits, Int, List, TraitError, Unicode, validate

from mlkit.metrics import METRICS, Counts, error_costs
from mlkit.metrics.cells import Cells
from mlkit.thresholds import cost_threshold
from mlkit.widgets.checks import in_range, one_of
from mlkit.widgets.scored_rows import ScoredRows
from mlkit.widgets.threshold_rows import MEASURES, Measure, RankedRows

__all__ = [
    "ALL_LABELS",
    "AS_PREDICTED",
    "METRIC_NAMES",
    "MOST_DRAWN",
    "PERFECT",
    "RULES",
    "Outcome",
    "ThresholdState",
]

RULES: dict[str, str] = {
    "one": "one threshold for all labels",
    "own": "one threshold per label",
    "top k": "the k likeliest labels of a row",
    "cardinality": "as many labels as are true",
    "cost": "where both errors cost the same",
}
"""How labels are decided, and what the menu calls it."""

AS_PREDICTED = "as predicted"
PERFECT = "perfect ranking, low scores"

ALL_LABELS = ""
"""Stands for no label in particular."""

MOST_DRAWN = 20
"""So many labels have a row of their own in the figure."""

_MOST_OUTCOMES = 8

METRIC_NAMES: dict[str, str] = {
    "micro F1": "micro_f1",
    "macro F1": "macro_f1",
    "samples F1": "example_f1",
    "subset accuracy": "subset_accuracy",
    "Hamming loss": "hamming_loss",
}
"""What the bars show besides the cost, by its name in `mlkit.metrics.METRICS`."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What one way of deciding gives.

    Parameters
    ----------
    counts : Counts
        Of each label.
    limits : ndarray of float64, shape (n_labels,), or None
        Thresholds of the labels; None where every row has a cut of its own.
    metrics : dict of str to float
        In the words of `METRIC_NAMES`, and ``"cost a row"``.
    """

    counts: Counts
    limits: np.ndarray | None
    metrics: dict[str, float]


class ThresholdState(HasTraits):
    """Rows with probabilities, and how their labels are decided.

    Parameters
    ----------
    rows : ScoredRows
        Labels and probabilities; never modified.
    cardinality : float, optional
        Labels a row that the rule "cardinality" aims at: that of the training rows. By
        default that of the rows themselves.
    **traits
        Initial values of the attributes.

    Attributes
    ----------
    rule : str
        A key of `RULES`.
    label : str
        Whose curve is shown; "" for all labels.
    threshold : float
        Of all labels, at least 0.
    thresholds : list of float
        One a label, at least 0; of the rule "own".
    k : int
        Labels a row of the rule "top k", in [0, n_labels].
    measure : str
        A key of `mlkit.widgets.threshold_rows.MEASURES`: what the curve shows.
    false_positive, false_negative : float
        What the two errors cost, more than 0.
    scores : {"as predicted", "perfect ranking, low scores"}
        The probabilities given; or drawn ones, .1 to .25 where the label is absent and
        .3 to .45 where it is there.

    Raises
    ------
    traitlets.TraitError
        If a value is none of these.

    Examples
    --------
    >>> from mlkit.widgets.scored_rows import scored_rows
    >>> Y, proba = [[1, 0], [1, 1], [0, 0]], [[0.4, 0.1], [0.3, 0.45], [0.2, 0.2]]
    >>> state = ThresholdState(scored_rows(Y, proba, most_cells=100))
    >>> state.outcome().metrics["macro F1"]
    0.0
    >>> state.choose_best()
    >>> state.threshold, state.outcome().metrics["macro F1"]
    (0.25, 1.0)
    """

    rule = Unicode("one")
    label = Unicode(ALL_LABELS)
    threshold = Float(0.5)
    thresholds = List(Float())
    k = Int(1)
    measure = Unicode("f1")
    false_positive = Float(1.0)
    false_negative = Float(1.0)
    scores = Unicode(AS_PREDICTED)

    def __init__(
        self, rows: ScoredRows, *, cardinality: float | None = None, **traits: Any
    ) -> None:
        self.rows = rows
        self.label_names = rows.cells.label_names
        self.cardinality = rows.cardinality if cardinality is None else cardinality
        self._ranked: dict[str, RankedRows] = {}
        self._outcomes: dict[tuple[Any, ...], Outcome] = {}
        traits.setdefault("thresholds", [0.5] * len(self.label_names))
        super().__init__(**traits)

    @validate("rule", "measure", "scores", "label")
    def _check_name(self, proposal: Any) -> str:
        known: dict[str, Collection[str]] = {
            "rule": RULES,
            "measure": MEASURES,
            "scores": (AS_PREDICTED, PERFECT),
            "label": (ALL_LABELS, *self.label_names),
        }
        return one_of(proposal, known[proposal["trait"].name])

    @validate("threshold", "thresholds")
    def _check_thresholds(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        # Written so that it is true for NaN; inf decides for no row.
        if not (np.asarray(value) >= 0).all():
            msg = f"{name} must be at least 0, as probabilities are; got {value}."
            raise TraitError(msg)
        if name == "thresholds" and len(value) != len(self.label_names):
            expected = len(self.label_names)
            msg = f"Expected {expected} thresholds, one a label; got {len(value)}."
            raise TraitError(msg)
        return value

    @validate("k")
    def _check_k(self, proposal: Any) -> int:
        most = len(self.label_names)
        return in_range(proposal, 0, most, note="the number of labels")

    @validate("false_positive", "false_negative")
    def _check_price(self, proposal: Any) -> float:
        name, value = proposal["trait"].name, proposal["value"]
        if not 0 < value < np.inf:
            msg = (
                f"{name} must be a finite cost of more than 0; got {value}. An error "
                "that costs nothing would always be made."
            )
            raise TraitError(msg)
        return value

    @property
    def position(self) -> int | None:
        """Of the label whose curve is shown; None for all labels."""
        if self.label == ALL_LABELS:
            return None
        return self.label_names.index(self.label)

    @property
    def priced_measure(self) -> Measure:
        """The measure of the curve, at the present costs."""
        return Measure(self.measure, (self.false_positive, self.false_negative))

    @property
    def ranked(self) -> RankedRows:
        """The rows with the scores shown, sorted once."""
        if self.scores not in self._ranked:
            cells = self.rows.cells
            if self.scores == PERFECT:
                cells = _perfectly_ranked(cells)
            self._ranked[self.scores] = RankedRows(cells)
        return self._ranked[self.scores]

    @property
    def drawn(self) -> tuple[int, ...]:
        """Positions of the labels that have a row, the most frequent first."""
        order = np.argsort(-self.rows.support, kind="stable")[:MOST_DRAWN].tolist()
        if self.position is not None and self.position not in order:
            # The label that one looks at takes the place of the rarest.
            order[-1] = self.position
        return tuple(order)

    @property
    def moves_threshold(self) -> bool:
        """Whether there is one threshold that can be moved."""
        return self.rule == "one" or (self.rule == "own" and self.position is not None)

    @property
    def current_threshold(self) -> float:
        """The threshold that is moved, of the chosen label or of all; 1 at most."""
        if self.rule in ("cardinality", "cost"):
            return min(float(self._limits()[0]), 1.0)
        if self.rule == "own" and self.position is not None:
            return min(self.thresholds[self.position], 1.0)
        return min(self.threshold, 1.0)

    @current_threshold.setter
    def current_threshold(self, value: float) -> None:
        # Showing a threshold is not moving it: one beyond 1 stays.
        if value == self.current_threshold:
            return
        if not self.moves_threshold:
            msg = (
                f"The rule '{self.rule}' has no single threshold to move. Choose a "
                "label, or the rule 'one'."
            )
            raise TraitError(msg)
        if self.rule == "one":
            self.threshold = value
        else:
            self.thresholds = self._with_own([value])

    @property
    def can_choose(self) -> bool:
        """Whether the rule leaves anything to choose."""
        return self.rule in ("one", "own", "top k")

    def choose_best(self) -> None:
        """Choose the threshold, or k, that is best for the measure on these rows.

        Raises
        ------
        traitlets.TraitError
            If the rule leaves nothing to choose.
        """
        if not self.can_choose:
            msg = f"The rule '{self.rule}' chooses by itself. Take another rule."
            raise TraitError(msg)
        for name, value in self.best().items():
            setattr(self, name, value)

    def best(self) -> dict[str, Any]:
        """Return what is best for the measure on these rows.

        Returns
        -------
        dict
            The trait that the rule is about, and its value; empty where the rule
            leaves nothing to choose.
        """
        ranked, measure, label = self.ranked, self.priced_measure, self.position
        if self.rule == "top k":
            return {"k": ranked.best_k(measure, label)}
        if self.rule == "one":
            return {"threshold": float(ranked.best(measure, label, "micro")[0])}
        if self.rule == "own":
            found = ranked.best(measure, label, "own").tolist()
            return {"thresholds": found if label is None else self._with_own(found)}
        return {}

    def outcome(self) -> Outcome:
        """Decide, and count what is right.

        Returns
        -------
        Outcome
        """
        return self._decided(None if self.rule == "top k" else self._limits())

    def outcome_at(self, threshold: float) -> Outcome:
        """Decide at one threshold for all labels, whatever the rule.

        Parameters
        ----------
        threshold : float

        Returns
        -------
        Outcome
        """
        return self._decided(np.full(len(self.label_names), threshold))

    def sentence(self) -> str:
        """Say the rule, the metrics, and what was chosen on which rows.

        Returns
        -------
        str
        """
        outcome = self.outcome()
        values = [f"{name} {value:.3f}" for name, value in outcome.metrics.items()]
        per_row = outcome.counts.pooled
        decided, true = (
            part.item() / self.rows.n_rows
            for part in (per_row.predicted, per_row.actual)
        )
        parts = [
            f"{self._rule_words(outcome)}: {', '.join(values)}.",
            f"{decided:.2f} labels a row are decided for, {true:.2f} are true.",
            self._ranking_words(),
            self._label_words(outcome),
            self._chosen_words(),
            self._data_words(),
        ]
        return " ".join(part for part in parts if part)

    def _with_own(self, found: list[float]) -> list[float]:
        """Return the thresholds with that of the chosen label replaced, a new list."""
        assert self.position is not None
        after = self.position + 1
        return [*self.thresholds[: self.position], *found, *self.thresholds[after:]]

    def _limits(self) -> np.ndarray:
        """Return the threshold of each label."""
        if self.rule == "own":
            return np.array(self.thresholds)
        limit: Any = self.threshold
        if self.rule == "cost":
            limit = cost_threshold(error_costs(*self.priced_measure.prices))
        if self.rule == "cardinality":
            limit = self.ranked.matching(self.cardinality)
        return np.full(len(self.label_names), limit)

    def _decided(self, limits: np.ndarray | None) -> Outcome:
        """Cut at thresholds, or take the k likeliest labels where there are none."""
        ranked = self.ranked
        key = (self.scores, self.k if limits is None else limits.tobytes())
        if key not in self._outcomes:
            # Counts are small: a few are kept, those at 0.5 among them.
            while len(self._outcomes) >= _MOST_OUTCOMES:
                self._outcomes.pop(next(iter(self._outcomes)))
            evidence = ranked.top(self.k) if limits is None else ranked.cut(limits)
            metrics = {
                words: float(METRICS[name].of(evidence))
                for words, name in METRIC_NAMES.items()
            }
            counts = evidence.confusion.by_label
            self._outcomes[key] = Outcome(counts, limits, metrics)
        found = self._outcomes[key]
        # Prices change no decision: what was counted stays.
        cost = Measure("cost", self.priced_measure.prices)
        value = ranked.value(cost, found.counts, "micro")
        return replace(found, metrics={**found.metrics, cost.words: value})

    def _rule_words(self, outcome: Outcome) -> str:
        if outcome.limits is None:
            return f"The {self.k} likeliest of {len(self.label_names)} labels in a row"
        if self.rule == "own":
            low, high = outcome.limits.min(), outcome.limits.max()
            return f"One threshold per label, {low:.2f} to {high:.2f}"
        reasons = {
            "cardinality": f", for {self.cardinality:.2f} labels a row",
            "cost": (
                f", as a false positive costs {self.false_positive:g} and a miss "
                f"{self.false_negative:g}"
            ),
        }
        reason = reasons.get(self.rule, "")
        return f"One threshold {outcome.limits[0]:.2f} for all labels{reason}"

    def _ranking_words(self) -> str:
        precision = self.ranked.mean_average_precision
        if np.isnan(precision):
            return "No label has a positive, so that there is no mAP."
        return f"mAP {precision:.3f}, whatever the threshold."

    def _label_words(self, outcome: Outcome) -> str:
        if self.position is None:
            return ""
        j, counts = self.position, outcome.counts
        value = self.ranked.value(self.priced_measure, counts, j)
        return (
            f"{self.label}: {self.priced_measure.words} {value:.3f}; "
            f"{counts.true_positive[j]:,} right, {counts.false_negative[j]:,} missed, "
            f"{counts.false_positive[j]:,} false."
        )

    def _chosen_words(self) -> str:
        """Say so where what is shown is what was best for these very rows."""
        average = {"one": "micro", "own": "own"}.get(self.rule)
        known = average and self.ranked.has_best(
            self.priced_measure, self.position, average
        )
        # Looked up, not searched for: most thresholds were not chosen.
        if self.rule != "top k" and not known:
            return ""
        best = self.best()
        if any(getattr(self, name) != value for name, value in best.items()):
            return ""
        return (
            f"Best for {self.priced_measure.words} on the rows shown, and chosen on "
            "them: on other rows it is worth less."
        )

    def _data_words(self) -> str:
        n_labels = len(self.label_names)
        words = f"{self.rows.words()}."
        if n_labels > MOST_DRAWN:
            words += f" The {MOST_DRAWN} most frequent of {n_labels:,} labels are drawn"
            in_place = self.position is not None and self.label not in _most_frequent(
                self.rows, MOST_DRAWN - 1
            )
            words += f", {self.label} in place of the last." if in_place else "."
        return words


def _most_frequent(rows: ScoredRows, n: int) -> list[str]:
    order = np.argsort(-rows.support, kind="stable")[:n]
    return [rows.cells.label_names[j] for j in order]


def _perfectly_ranked(cells: Cells) -> Cells:
    """Return the same labels with scores that rank them without a mistake."""
    drawn = np.random.default_rng(0).uniform(0.0, 0.15, cells.truth.shape)
    low = np.where(cells.truth == 1, 0.30, 0.10)
    return Cells(cells.truth, cells.known, low + drawn, cells.label_names)
