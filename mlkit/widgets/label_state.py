"""What the label explorer shows: labels, a condition on the rows, and a view."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from traitlets import HasTraits, List, TraitError, Unicode, validate

from mlkit.arguments import check_count
from mlkit.description.known_labels import KnownLabels, known_labels
from mlkit.description.label_order import LABEL_ORDERS, label_order
from mlkit.description.label_sets import distinct_label_sets
from mlkit.description.network import LabelNetwork, label_network
from mlkit.description.row_selection import MATCHES, rows_with_labels, take_known_rows
from mlkit.exceptions import OptionError, unknown_name
from mlkit.plots.pair_square import PAIR_KINDS, pair_values
from mlkit.validation import default_label_names
from mlkit.widgets.checks import one_of
from mlkit.widgets.kept import Kept
from mlkit.widgets.label_words import LABEL_WORDS, condition_words

__all__ = ["LABEL_VIEWS", "LabelState"]

LABEL_VIEWS = ("frequencies", "co-occurrence", "label sets", "network", "cardinality")
"""What the label explorer can show."""

_CHOICES: dict[str, tuple[str, ...]] = {
    "view": LABEL_VIEWS,
    "kind": tuple(PAIR_KINDS),
    "order": LABEL_ORDERS,
    "match": MATCHES,
}
# So many intermediate results are kept: a condition has about five.
_MOST_KEPT = 60
_N_EDGES = 30


class LabelState(HasTraits):
    """Labels, a condition on the rows and a view of them, without a widget.

    Parameters
    ----------
    dataset : MultiLabelDataset, DataFrame, array-like or sparse matrix
        Labels of shape (n_samples, n_labels): 0, 1, and NaN where unknown. Never
        modified.
    n_labels : int, default 20
        How many labels are shown at most: the most frequent of the rows that match.
    **traits
        Initial values of the attributes.

    Attributes
    ----------
    view : str
        One of `LABEL_VIEWS`.
    kind : str
        What the view "co-occurrence" shows: "counts", "conditional" or "lift".
    order : str
        Of the labels: "frequency", "clustered" or "given".
    with_labels, without : list of str
        Labels that the rows carry, and labels of which they carry none.
    match : {"all", "any"}
        Whether a row must carry all of `with_labels`, or at least one.

    Raises
    ------
    IndicatorError
        If `dataset` holds no label matrix.
    OptionError
        If `n_labels` is less than 1.
    traitlets.TraitError
        If a word is none of its choices, or there is no such label.

    Examples
    --------
    >>> import pandas as pd
    >>> Y = pd.DataFrame({"sea": [1, 1, 0, 0], "sun": [1, 0, 1, 0]})
    >>> state = LabelState(Y, with_labels=["sea"])
    >>> state.n_matching, state.shares(state.part).tolist()
    (2, [1.0, 0.5])
    """

    view = Unicode("frequencies")
    kind = Unicode("counts")
    order = Unicode("frequency")
    with_labels = List(Unicode())
    without = List(Unicode())
    match = Unicode("all")

    def __init__(self, dataset: Any, *, n_labels: int = 20, **traits: Any) -> None:
        check_count("n_labels", n_labels, minimum=1, error=OptionError)
        known = known_labels(dataset)
        names = list(map(str, known.names))
        if isinstance(known.names, pd.RangeIndex):
            names = list(default_label_names(known.n_labels))
        self.whole = KnownLabels(
            known.present, known.unknown, pd.Index(names, dtype=object), known.rows
        )
        self.label_names = tuple(names)
        self.most_labels = n_labels
        self._kept = Kept(_MOST_KEPT)
        super().__init__(**traits)

    @validate("view", "kind", "order", "match")
    def _check_choice(self, proposal: Any) -> str:
        return one_of(proposal, _CHOICES[proposal["trait"].name])

    @validate("with_labels", "without")
    def _check_labels(self, proposal: Any) -> list[str]:
        wanted = set(proposal["value"])
        for name in proposal["value"]:
            if name not in self.label_names:
                raise TraitError(str(unknown_name("label", name, self.label_names)))
        # In one order, so that equal choices are equal states.
        return [name for name in self.label_names if name in wanted]

    @property
    def condition(self) -> tuple[Hashable, ...]:
        """What tells one choice of rows from another."""
        return tuple(self.with_labels), tuple(self.without), self.match

    @property
    def is_filtered(self) -> bool:
        """Whether there is a condition on the rows."""
        return bool(self.with_labels or self.without)

    @property
    def rows(self) -> np.ndarray:
        """Which rows match, bool of shape (n_samples,)."""
        return self._kept.get(
            ("rows", self.condition), lambda: self._matching(self.whole)
        )

    @property
    def part(self) -> KnownLabels:
        """Labels of the rows that match."""
        if not self.is_filtered:
            return self.whole
        key = "part", self.condition
        return self._kept.get(key, lambda: take_known_rows(self.whole, self.rows))

    @property
    def n_matching(self) -> int:
        """Number of rows that match."""
        return self.part.n_samples

    @property
    def shown(self) -> tuple[str, ...]:
        """Labels that are drawn, in their order."""
        key = "shown", self.order, self.condition if self._must_choose else ()
        return self._kept.get(key, self._choose_labels)

    @property
    def shown_words(self) -> list[str]:
        """Names of the same, with a mark at those of the condition."""
        marks = dict.fromkeys(self.without, "✗ ") | dict.fromkeys(
            self.with_labels, "✓ "
        )
        return [marks.get(name, "") + name for name in self.shown]

    @property
    def title(self) -> str:
        """Which rows are looked at, in words."""
        return condition_words(self)

    def positions(self) -> np.ndarray:
        """Return the columns of the labels that are drawn.

        Returns
        -------
        ndarray of int, shape (n_shown,)
        """
        return self.whole.names.get_indexer(pd.Index(self.shown, dtype=object))

    def shares(self, labels: KnownLabels) -> np.ndarray:
        """Return the share of the rows that carry each label.

        Parameters
        ----------
        labels : KnownLabels
            `whole` or `part`.

        Returns
        -------
        ndarray of float, shape (n_labels,)
            Of the rows in which the label is known; NaN where there are none.
        """
        with np.errstate(invalid="ignore"):
            return labels.counts / labels.n_known

    def pairs(self, labels: KnownLabels, kind: str = "") -> np.ndarray:
        """Return what the view "co-occurrence" shows of the labels drawn.

        Parameters
        ----------
        labels : KnownLabels
            `whole` or `part`.
        kind : str, optional
            By default that of the state.

        Returns
        -------
        ndarray of float, shape (n_shown, n_shown)
        """
        kind = kind or self.kind
        key = "pairs", kind, self.shown, self._which(labels)
        return self._kept.get(key, lambda: pair_values(labels, kind, labels=self.shown))

    def network(self, labels: KnownLabels) -> LabelNetwork:
        """Return the pairs of the labels drawn that depend on each other.

        Parameters
        ----------
        labels : KnownLabels
            `whole` or `part`.

        Returns
        -------
        LabelNetwork
            Of at most 30 pairs.
        """
        key = "network", self.shown, self._which(labels)
        return self._kept.get(
            key, lambda: label_network(labels, n_edges=_N_EDGES, order=self.shown)
        )

    def label_sets(self) -> tuple[sp.csr_array, np.ndarray]:
        """Return the label sets of the rows that match, the most frequent first.

        Returns
        -------
        sets : csr_array of int, shape (n_sets, n_labels)
        counts : ndarray of int, shape (n_sets,)
            Rows with exactly this set.
        """
        # Whether a row matches depends on its label set only.
        matching = self._kept.get(
            ("sets", self.condition), lambda: self._matching(self._sets)
        )
        return self._sets.present[matching], self._set_counts[matching]

    def sentence(self) -> str:
        """Say which rows match, and what the view shows of them.

        Returns
        -------
        str
        """
        words = LABEL_WORDS[self.view](self)
        if self._must_choose and self.view != "cardinality":
            among = " among these rows" if self.is_filtered else ""
            words += (
                f" Drawn: the {len(self.shown)} labels most frequent{among}, of "
                f"{len(self.label_names):,}."
            )
        return words

    @property
    def _must_choose(self) -> bool:
        return len(self.label_names) > self.most_labels

    @cached_property
    def _sets(self) -> KnownLabels:
        """One row a label set, the most frequent first."""
        # By position: names that are long would only be looked up again.
        nameless = KnownLabels(
            self.whole.present,
            self.whole.unknown,
            pd.RangeIndex(self.whole.n_labels),
            self.whole.rows,
        )
        counts = distinct_label_sets(nameless)
        self._set_counts = counts.to_numpy()
        sizes = np.fromiter(map(len, counts.index), dtype=np.int64, count=len(counts))
        columns = [column for one in counts.index for column in one]
        indices = np.array(columns, dtype=np.int64)
        bounds = np.concatenate([[0], sizes.cumsum()])
        parts = np.ones(len(indices), dtype=np.int8), indices, bounds
        present = sp.csr_array(parts, shape=(len(counts), self.whole.n_labels))
        unknown = sp.csr_array(present.shape, dtype=bool)
        rows = pd.RangeIndex(len(counts))
        return KnownLabels(present, unknown, self.whole.names, rows)

    def _matching(self, labels: KnownLabels) -> np.ndarray:
        return rows_with_labels(
            labels, self.with_labels, match=self.match, without=self.without
        )

    def _choose_labels(self) -> tuple[str, ...]:
        # Without rows there are no most frequent labels among them.
        frequent = self.part if self.n_matching else self.whole
        by_both = np.lexsort((-self.whole.counts, -frequent.counts))
        chosen = np.sort(by_both[: self.most_labels])
        part = self.whole.select(self.whole.names[chosen].tolist())
        return tuple(part.names[label_order(part, self.order)])

    def _which(self, labels: KnownLabels) -> Hashable:
        return self.condition if labels is not self.whole else None
