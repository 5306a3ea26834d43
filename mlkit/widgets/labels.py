"""The label explorer: how labels occur, and occur together, in rows of one's choice."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Any, ClassVar

import ipywidgets as widgets

from mlkit.datasets import load
from mlkit.description.label_order import LABEL_ORDERS
from mlkit.plots.frames import Panels
from mlkit.plots.legible import fitted_name
from mlkit.plots.pair_square import PAIR_KINDS
from mlkit.widgets.base import Explorer
from mlkit.widgets.kept import Kept
from mlkit.widgets.label_choice import LabelChoice
from mlkit.widgets.label_state import LABEL_VIEWS, LabelState
from mlkit.widgets.label_views import LABEL_FIGURES

__all__ = ["LABEL_VIEWS", "LabelExplorer", "LabelState"]

# Pictures of about 60 kB.
_MOST_PICTURES = 100


class LabelExplorer(Explorer):
    """Frequencies, co-occurrence and label sets, of all rows beside some of them.

    Parameters
    ----------
    dataset : MultiLabelDataset, DataFrame, array-like or sparse matrix, optional
        Labels of shape (n_samples, n_labels): 0, 1, and NaN where unknown. By default
        those of the bundled set "flags". Never modified.
    n_labels : int, default 20
        How many labels are drawn at most: the most frequent of the rows that match.
    hide : collection of str, default ()
        Controls to leave out: ``"presets"``, ``"view"``, ``"kind"``, ``"order"``,
        ``"with"``, ``"match"``, ``"without"``, ``"status"``.
    **traits
        What to begin with: any attribute of `LabelState`.

    Attributes
    ----------
    state : LabelState
        Change its ``view``, ``kind``, ``order``, ``with_labels``, ``match`` and
        ``without`` from code, too.

    Raises
    ------
    IndicatorError
        If `dataset` holds no label matrix.
    OptionError
        If `n_labels` is less than 1.
    UnknownNameError
        If a control to hide does not exist.
    traitlets.TraitError
        If a value does not fit (see `LabelState`).

    Notes
    -----
    Choosing labels under "With" and "Without" keeps the rows that match; each view
    shows them beside all rows, so that P(label) stands beside P(label | chosen).

    Unknown labels count as in `mlkit.describe`: as absent in the condition and in label
    sets; a share is over the rows in which the label is known, a pair over those in
    which both are.

    Examples
    --------
    >>> explorer = LabelExplorer([[1, 1], [1, 0], [0, 0]])
    >>> explorer.state.with_labels = ["label_0"]
    >>> explorer.sentence()  # doctest: +ELLIPSIS
    '2 of 3 rows have label_0; most frequent among them: label_1 (0.500, all rows 0...'
    """

    control_names: ClassVar = (
        "presets",
        "view",
        "kind",
        "order",
        "with",
        "match",
        "without",
        "status",
    )

    def __init__(
        self,
        dataset: Any = None,
        *,
        n_labels: int = 20,
        hide: Collection[str] = (),
        **traits: Any,
    ) -> None:
        labels = load("flags") if dataset is None else dataset
        state = LabelState(labels, n_labels=n_labels, **traits)
        self.presets = label_presets(state)
        self._pictures = Kept(_MOST_PICTURES)
        super().__init__(state, hide=hide)

    def controls(self) -> dict[str, widgets.Widget]:
        """Make the menus of the view and the choice of rows."""
        self._view = self.menu("view", "View", LABEL_VIEWS)
        kinds = [(_KIND_WORDS[kind], kind) for kind in PAIR_KINDS]
        orders = [(_ORDER_WORDS[order], order) for order in LABEL_ORDERS]
        self._kind = self.menu("kind", "Pairs", kinds)
        self._order = self.menu("order", "Order", orders)
        names = self.state.label_names
        self._with = LabelChoice("Rows with", names)
        self._without = LabelChoice(
            "Without", names, prefix="no ", what="only rows without"
        )
        matches = [("all of these labels", "all"), ("any of these labels", "any")]
        self._match = self.menu("match", "Match", matches)
        return {
            "view": self._view,
            "kind": self._kind,
            "order": self._order,
            "with": self._follow("with_labels", self._with),
            "match": self._match,
            "without": self._follow("without", self._without),
        }

    def sync(self) -> None:
        """Bring the controls to the state; grey out those without effect."""
        super().sync()
        self._kind.disabled = self.state.view != "co-occurrence"
        self._order.disabled = self.state.view == "cardinality"
        self._match.disabled = len(self.state.with_labels) < 2

    def panels_key(self) -> Hashable:
        """Return the view, and whether two panels stand side by side."""
        view = LABEL_FIGURES[self.state.view]
        return self.state.view, view.key(self.state)

    def make_panels(self) -> Panels:
        """Make the figure of the view."""
        return LABEL_FIGURES[self.state.view].make(self.state)

    def show(self, panels: Any) -> bool:
        """Bring the figure to the state."""
        return LABEL_FIGURES[self.state.view].show(panels, self.state)

    def picture(self) -> tuple[bytes, tuple[int, int]]:
        """Draw the state, or take the picture that was drawn of it before."""
        picture: tuple[bytes, tuple[int, int]]
        picture = self._pictures.get(self._picture_key(), super().picture)
        return picture

    def sentence(self) -> str:
        """Say which rows match, and what the view shows of them."""
        return self.state.sentence()

    def _follow(self, trait: str, choice: LabelChoice) -> LabelChoice:
        choice.value = tuple(getattr(self.state, trait))
        return self.bind(choice, trait)

    def _picture_key(self) -> Hashable:
        state = self.state
        kind = state.kind if state.view == "co-occurrence" else None
        return state.view, kind, state.order, state.condition


_KIND_WORDS = {
    "counts": "counts: rows with both",
    "conditional": "conditional: P(column | row)",
    "lift": "lift: against chance",
}
_ORDER_WORDS = {
    "frequency": "the most frequent first",
    "clustered": "those that go together as neighbours",
    "given": "as the columns are",
}


def label_presets(state: LabelState) -> dict[str, dict[str, Any]]:
    """Find situations worth looking at in some labels.

    Parameters
    ----------
    state : LabelState
        Whose labels are looked at.

    Returns
    -------
    dict
        Name of the situation -> values of traits.
    """
    counts = state.whole.counts
    everything = {"with_labels": [], "without": [], "match": "all"}
    plain = {"order": "frequency", **everything}
    presets: dict[str, dict[str, Any]] = {
        "how frequent each label is": {"view": "frequencies", **plain}
    }
    if len(counts) and counts.max(initial=0):
        top = state.label_names[int(counts.argmax())]
        short = fitted_name(top, 24)
        given = {**plain, "with_labels": [top]}
        presets[f"given {short}"] = {"view": "frequencies", **given}
        presets[f"label sets with {short}"] = {"view": "label sets", **given}
        presets[f"how many labels without {short}"] = {
            "view": "cardinality",
            **plain,
            "without": [top],
        }
    together = {"order": "clustered", **everything}
    pairs = {"view": "co-occurrence", **together}
    presets["who comes with whom"] = {**pairs, "kind": "conditional"}
    presets["more or less than by chance"] = {**pairs, "kind": "lift"}
    presets["what depends on what"] = {"view": "network", **together}
    return presets
