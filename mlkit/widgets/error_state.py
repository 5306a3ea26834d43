"""Which rows the error browser shows, without a kernel or a browser."""

from __future__ import annotations

from typing import Any

import numpy as np
from traitlets import HasTraits, Int, Unicode, observe, validate

from mlkit.dataset import MultiLabelDataset
from mlkit.evaluation import Evaluation
from mlkit.evaluation.row_errors import ROW_KINDS, RowErrors, check_rows, row_names
from mlkit.widgets.checks import in_range, one_of

__all__ = ["ALL_LABELS", "KIND_NAMES", "ORDER_NAMES", "PAGE_SIZES", "ErrorState"]

ALL_LABELS = ""
"""The label of an `ErrorState` that asks for no label by itself."""

PAGE_SIZES = (6, 12)
"""How many rows a page may hold."""

ORDER_NAMES = {
    "hamming": "Hamming loss",
    "subset": "subset loss",
    "jaccard": "Jaccard loss",
    "ranking": "ranking loss",
    "log": "log loss",
    "confidence": "most confident mistake",
}
"""Order of the rows -> how a menu calls it."""

_LOSSES = ORDER_NAMES | {"confidence": "probability of a wrong answer"}

KIND_NAMES = {
    "wrong": "any error",
    "false": "false positive",
    "missed": "false negative (missed)",
    "right": "right",
}
"""Kind of the rows -> how a menu calls it."""

# What rows of a kind are, for all labels and for one.
_WORDS = {
    "wrong": ("with any error", "that are wrong in '{}'"),
    "false": ("with a false positive", "with a false positive of '{}'"),
    "missed": ("with a false negative", "with a false negative of '{}'"),
    "right": ("whose label set is right", "with '{}' rightly predicted"),
}


class ErrorState(HasTraits):
    """Which rows are looked at, in which order, and which page of them.

    Parameters
    ----------
    evaluation : Evaluation
        With decided labels.
    dataset : MultiLabelDataset, optional
        The rows that were evaluated, in the same order.
    **traits
        Initial values of the attributes below.

    Attributes
    ----------
    kind : {"wrong", "missed", "false", "right"}
        Rows with any wrong label, with one that was missed, with one that was falsely
        predicted, or whose label set is right.
    label : str
        Only errors of this label; "" for all. "right" are then the rows that carry it
        and are predicted to.
    order : str
        What rows are sorted by, the worst first: one of `orders`.
    per_page : {6, 12}
    page : int
        From 1; another choice of rows turns back to 1.
    orders : tuple of str
        As `mlkit.evaluation.row_errors.RowErrors`.

    Raises
    ------
    traitlets.TraitError
        If a value is none of these, or there is no such label or page.
    OptionError
        If no label was decided.
    ShapeError, ValueError
        If the dataset holds other rows or labels than the evaluation.

    Examples
    --------
    >>> from mlkit.evaluation import evaluate
    >>> evaluation = evaluate([[1, 0], [1, 1], [0, 0]], [[1, 0], [0, 1], [1, 1]])
    >>> state = ErrorState(evaluation)
    >>> state.found.tolist()
    [2, 1]
    >>> state.kind = "missed"
    >>> state.sentence()
    'Row 1 of 1 with a false negative, highest Hamming loss first (0.5).'
    """

    kind = Unicode("wrong")
    label = Unicode(ALL_LABELS)
    order = Unicode("hamming")
    per_page = Int(6)
    page = Int(1)

    def __init__(
        self,
        evaluation: Evaluation,
        dataset: MultiLabelDataset | None = None,
        **traits: Any,
    ) -> None:
        if dataset is not None:
            check_rows(evaluation, dataset)
        # Before traitlets validates: values are checked against the evaluation.
        self.evaluation = evaluation
        self.dataset = dataset
        self.errors = RowErrors(evaluation)
        self.orders = self.errors.orders
        self.label_names = evaluation.evidence.label_names
        self.row_names = row_names(evaluation, dataset)
        page = traits.pop("page", 1)
        super().__init__(**traits)
        # Only now is known how many pages there are.
        self.page = page

    @validate("kind", "order", "per_page")
    def _check_choice(self, proposal: Any) -> Any:
        choices = {"kind": ROW_KINDS, "order": self.orders, "per_page": PAGE_SIZES}
        return one_of(proposal, choices[proposal["trait"].name])

    @validate("label")
    def _check_label(self, proposal: Any) -> str:
        label = proposal["value"]
        return label if label == ALL_LABELS else one_of(proposal, self.label_names)

    @validate("page")
    def _check_page(self, proposal: Any) -> int:
        return in_range(proposal, 1, self.n_pages)

    @observe("kind", "label", "order", "per_page")
    def _turn_back(self, change: Any) -> None:
        self.page = 1

    @property
    def found(self) -> np.ndarray:
        """Positions of all rows that were asked for, the worst first."""
        label = self.label or None
        return self.errors.find(self.kind, label=label, order=self.order)

    @property
    def n_pages(self) -> int:
        """How many pages the rows fill; 1 where there is no row."""
        return max(1, -(-len(self.found) // self.per_page))

    @property
    def shown(self) -> np.ndarray:
        """Positions of the rows of this page."""
        return self.found[self._start : self._start + self.per_page]

    @property
    def losses(self) -> np.ndarray:
        """What the rows of this page were sorted by."""
        label = self.label or None
        return self.errors.losses(self.order, self.kind, label=label)[self.shown]

    @property
    def first_rank(self) -> int:
        """Which one the first row of this page is, from 1."""
        return self._start + 1

    @property
    def _start(self) -> int:
        return (self.page - 1) * self.per_page

    def turn(self, by: int) -> None:
        """Turn some pages, as far as there are any.

        Parameters
        ----------
        by : int
            Forward; negative numbers turn back.
        """
        self.page = min(max(self.page + by, 1), self.n_pages)

    def loss_words(self, loss: float, row: int) -> str:
        """Say how wrong a row is.

        Parameters
        ----------
        loss : float
            What it was sorted by.
        row : int
            Its position.

        Returns
        -------
        str
        """
        labels = self.errors.labels_of(row)
        n_missed, n_false = len(labels.missed), len(labels.false)
        words = f"{n_missed:,} missed, {n_false:,} false"
        if not n_missed + n_false:
            words = "all right"
        name = _LOSSES[self.order]
        return f"{name[0].upper()}{name[1:]} {_number(loss)}: {words}"

    def sentence(self) -> str:
        """Say which rows are shown.

        Returns
        -------
        str
        """
        n_rows = self.evaluation.evidence.shape[0]
        of_all, of_label = _WORDS[self.kind]
        which = of_label.format(self.label) if self.label else of_all
        n_found = len(self.found)
        if not n_found:
            return f"There are no rows {which} among {n_rows:,}."
        first, last = self.first_rank, self.first_rank + len(self.shown) - 1
        rows = f"Rows {first:,} to {last:,}" if last > first else f"Row {first:,}"
        return (
            f"{rows} of {n_found:,} {which}, highest {_LOSSES[self.order]} first "
            f"({self._range()})."
        )

    def _range(self) -> str:
        losses = self.losses
        first, last = _number(losses[0]), _number(losses[-1])
        return first if first == last else f"{first} to {last}"


def _number(loss: float) -> str:
    return "undefined" if np.isnan(loss) else f"{loss:.3g}"
