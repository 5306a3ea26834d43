"""The error browser: turn the pages of the rows that a prediction gets wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, ClassVar

import ipywidgets as widgets

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets import load_movies
from mlkit.description.row_contents import RowContents
from mlkit.evaluation import Evaluation, evaluate
from mlkit.widgets.base import Explorer
from mlkit.widgets.controls import LABEL_WIDTH, tooltip
from mlkit.widgets.error_cards import RowCards, label_strip, page_html
from mlkit.widgets.error_state import (
    ALL_LABELS,
    KIND_NAMES,
    ORDER_NAMES,
    PAGE_SIZES,
    ErrorState,
)
from mlkit.widgets.scored_rows import example_rows

__all__ = ["ErrorBrowser", "ErrorState"]

# About as many labels a row as are true, 2.3; no label was tuned by itself.
_EXAMPLE_THRESHOLD = 0.2


class ErrorBrowser(Explorer):
    """Cards of the rows that a prediction gets wrong, the worst first.

    Parameters
    ----------
    evaluation : Evaluation or array-like, optional
        An evaluation with decided labels; or a prediction of the labels of `dataset`,
        which is evaluated as `mlkit.evaluate` does. By default the genres of films by
        their synopses: each was predicted by a logistic regression of two thirds of
        the others, with a threshold of .2.
    dataset : MultiLabelDataset, optional
        The rows that were evaluated, in the same order: the cards show their pictures,
        their texts, or the features that lie furthest from the mean.
    kind : {"wrong", "missed", "false", "right"}, default "wrong"
    label : str, default ""
    order : str, default "hamming"
    per_page : {6, 12}, default 6
        All as those of `ErrorState`.
    hide : collection of str, default ()
        Controls to leave out: ``"presets"``, ``"kind"``, ``"label"``, ``"order"``,
        ``"per_page"``, ``"page"``, ``"status"``.

    Raises
    ------
    UnknownNameError
        If a control to hide does not exist.
    traitlets.TraitError
        If there is no such kind, label or order.
    OptionError
        If no label was decided.
    TypeError
        If a prediction comes without its dataset, or a dataset without a prediction.
    ShapeError, ValueError
        If dataset and evaluation do not hold the same rows.

    Notes
    -----
    Each card says which labels are right, missed and falsely predicted, by a sign, a
    colour and a heading; bars are their probabilities. Rows are sorted once for each
    choice, and only those of the page become HTML.

    Examples
    --------
    >>> evaluation = evaluate([[1, 0], [1, 1], [0, 0]], [[1, 0], [0, 1], [1, 1]])
    >>> browser = ErrorBrowser(evaluation, hide=["presets"])
    >>> browser.state.kind = "right"
    >>> browser.sentence()
    'Row 1 of 1 whose label set is right, highest Hamming loss first (0).'
    """

    control_names: ClassVar = (
        *("presets", "kind", "label", "order", "per_page", "page", "status"),
    )

    def __init__(
        self,
        evaluation: Any = None,
        dataset: MultiLabelDataset | None = None,
        *,
        kind: str = "wrong",
        label: str = ALL_LABELS,
        order: str = "hamming",
        per_page: int = 6,
        hide: Collection[str] = (),
    ) -> None:
        found, dataset = _evaluated(evaluation, dataset)
        traits = {"kind": kind, "label": label, "order": order, "per_page": per_page}
        state = ErrorState(found, dataset, **traits)
        contents = None if dataset is None else RowContents(dataset)
        self._cards = RowCards(found, contents, state.row_names)
        self._shown: tuple[Any, ...] = ()
        self._html = ""
        self.presets = _presets(state)
        super().__init__(state, hide=hide)

    def controls(self) -> dict[str, widgets.Widget]:
        """Make the menus, and the buttons that turn pages."""
        kinds = [(name, kind) for kind, name in KIND_NAMES.items()]
        labels = [("all labels", ALL_LABELS), *((n, n) for n in self.state.label_names)]
        orders = [(ORDER_NAMES[order], order) for order in self.state.orders]
        sizes = [(str(size), size) for size in PAGE_SIZES]
        return {
            "kind": self.menu("kind", "Rows with", kinds),
            "label": self.menu("label", "Label", labels),
            "order": self.menu("order", "Worst by", orders),
            "per_page": self.menu("per_page", "Rows a page", sizes),
            "page": self._page_row(),
        }

    def sync(self) -> None:
        """Bring the controls to the state, and say how many pages there are."""
        n_pages = self.state.n_pages
        # A limit below the value would change it: first the room, then the value.
        self._box.max = max(n_pages, self._box.max)
        super().sync()
        self._box.max = n_pages
        self._of.value = f"of {n_pages:,}"

    def content(self, alt: str) -> str:
        """Return the cards of this page as HTML."""
        state = self.state
        counts = state.evaluation.evidence.confusion.by_label
        strip = label_strip(
            state.label_names, counts.false_negative, counts.false_positive, state.label
        )
        cards = [
            self._cards.html(
                row,
                state.errors.labels_of(row),
                rank=rank,
                loss=state.loss_words(loss, row),
            )
            for rank, (row, loss) in enumerate(
                zip(state.shown.tolist(), state.losses.tolist(), strict=True),
                start=state.first_rank,
            )
        ]
        first = state.first_rank
        self._html = page_html(alt, strip, self._cards.key(), cards, first=first)
        self._shown = self._choice()
        return self._html

    def saved(self) -> dict[str, str]:
        """Return the cards of this page, for a notebook without a kernel."""
        return {"text/html": self._html}

    def sentence(self) -> str:
        """Say which rows are shown."""
        return self.state.sentence()

    def _choice(self) -> tuple[Any, ...]:
        state = self.state
        return state.kind, state.label, state.order, state.per_page, state.page

    def _on_change(self, change: Any) -> None:
        # Another choice of rows turns back to page 1: two changes, one drawing.
        if self._choice() != self._shown:
            super()._on_change(change)

    def _page_row(self) -> widgets.HBox:
        self._box = widgets.BoundedIntText(
            value=self.state.page,
            min=1,
            max=self.state.n_pages,
            description="Page",
            style={"description_width": LABEL_WIDTH},
            layout=widgets.Layout(width="190px"),
            **tooltip("Page: type a number"),
        )
        self.bind(self._box, "page")
        self._of = widgets.Label()
        back = self._turner("Previous", -1, "arrow-left")
        forward = self._turner("Next", 1, "arrow-right")
        return widgets.HBox([self._box, self._of, back, forward])

    def _turner(self, name: str, by: int, icon: str) -> widgets.Button:
        # Never disabled: a button that is would lose the keyboard's focus at the end.
        button = widgets.Button(
            description=name,
            icon=icon,
            layout=widgets.Layout(width="110px"),
            # Of buttons, the name is the same in ipywidgets 7 and 8.
            tooltip=f"{name} page; nothing happens at the end",
        )

        def turn(_: widgets.Button) -> None:
            with self.errors_shown():
                self.state.turn(by)

        button.on_click(turn)
        return button


def _evaluated(
    evaluation: Any, dataset: MultiLabelDataset | None
) -> tuple[Evaluation, MultiLabelDataset | None]:
    if evaluation is None and dataset is None:
        return _example()
    if evaluation is None:
        msg = (
            "evaluation is missing: give mlkit.evaluate(dataset, prediction), or the "
            "prediction itself."
        )
        raise TypeError(msg)
    if isinstance(evaluation, Evaluation):
        return evaluation, dataset
    if dataset is None:
        msg = (
            "evaluation must be an Evaluation, or come with a dataset that holds the "
            f"true labels; got {type(evaluation).__name__} alone. Make one with "
            "mlkit.evaluate(Y, prediction)."
        )
        raise TypeError(msg)
    return evaluate(dataset, evaluation), dataset


@lru_cache(maxsize=1)
def _example() -> tuple[Evaluation, MultiLabelDataset]:
    movies = load_movies()
    proba = example_rows().cells.values
    return evaluate(movies, proba, threshold=_EXAMPLE_THRESHOLD), movies


def _presets(state: ErrorState) -> Mapping[str, Mapping[str, Any]]:
    counts = state.evaluation.evidence.confusion.by_label
    missed = state.label_names[int(counts.false_negative.argmax())]
    false = state.label_names[int(counts.false_positive.argmax())]
    sure = "confidence" if "confidence" in state.orders else "hamming"
    presets = {
        "worst rows": {"kind": "wrong", "label": ALL_LABELS, "order": "hamming"},
        "label most often missed": {
            "kind": "missed",
            "label": missed,
            "order": sure,
        },
        "label most often false": {
            "kind": "false",
            "label": false,
            "order": sure,
        },
    }
    if sure == "confidence":
        presets |= {
            "surest mistakes": {
                "kind": "wrong",
                "label": ALL_LABELS,
                "order": "confidence",
            },
            "right, but hardly": {"kind": "right", "label": ALL_LABELS, "order": "log"},
        }
    return presets
