"""The figures of the label explorer, one a view."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from mlkit.plots.co_occurrence import CoOccurrencePanels
from mlkit.plots.frames import Panels
from mlkit.plots.label_network import LabelNetworkPanels
from mlkit.plots.label_shares import LabelSharePanels, SetSizePanels
from mlkit.plots.style import detached_figure
from mlkit.plots.upset_panels import UpsetPanels
from mlkit.widgets.label_state import LabelState

__all__ = ["LABEL_FIGURES", "LabelView"]

_N_SETS = 12


class LabelView:
    """How one view makes its figure and brings it to the state."""

    beside = False
    """Whether the rows that match have a panel of their own."""

    def key(self, state: LabelState) -> Hashable:
        """Return what tells one figure of this view from another.

        Parameters
        ----------
        state : LabelState

        Returns
        -------
        Hashable
        """
        return self.beside and state.is_filtered

    def make(self, state: LabelState) -> Panels:
        """Make the figure, without anything that moves.

        Parameters
        ----------
        state : LabelState

        Returns
        -------
        Panels
        """
        raise NotImplementedError

    def show(self, panels: Any, state: LabelState) -> bool:
        """Bring the figure to the state.

        Parameters
        ----------
        panels : Panels
            What `make` made.
        state : LabelState

        Returns
        -------
        bool
            Whether more than the moving artists changed.
        """
        raise NotImplementedError


class _Frequencies(LabelView):
    def make(self, state: LabelState) -> LabelSharePanels:
        n = len(state.shown)
        figure = detached_figure(LabelSharePanels.size_for(n))
        return LabelSharePanels(figure, n, _name_width(state))

    def show(self, panels: LabelSharePanels, state: LabelState) -> bool:
        drawn = state.positions()
        part = state.shares(state.part)[drawn] if state.is_filtered else None
        return panels.show(
            state.shown_words,
            state.whole.counts[drawn],
            state.shares(state.whole)[drawn],
            part,
            title="How frequent each label is: " + state.title,
        )


class _CoOccurrence(LabelView):
    beside = True

    def make(self, state: LabelState) -> CoOccurrencePanels:
        n_squares, width = 1 + state.is_filtered, _name_width(state)
        n_labels = len(state.shown)
        size = CoOccurrencePanels.size_for(n_labels, width, n_squares)
        figure = detached_figure(size)
        return CoOccurrencePanels(figure, n_labels, width, n_squares=n_squares)

    def show(self, panels: CoOccurrencePanels, state: LabelState) -> bool:
        return panels.show(
            state.shown_words,
            [state.pairs(labels) for labels in _labels_of(state)],
            kind=state.kind,
            titles=_titles(state),
            heading=f"{_HEADINGS[state.kind]}: {state.title}",
            # A mark that is turned looks like another one.
            columns=state.shown,
        )


class _LabelSets(LabelView):
    def make(self, state: LabelState) -> UpsetPanels:
        others = len(state.shown) < len(state.label_names)
        n_labels = len(state.shown)
        figure = detached_figure(UpsetPanels.size_for(n_labels + others))
        return UpsetPanels(
            figure, n_labels, _name_width(state), others=others, n_sets=_N_SETS
        )

    def show(self, panels: UpsetPanels, state: LabelState) -> bool:
        sets, counts = state.label_sets()
        head = sets[:_N_SETS].toarray().T.astype(bool)
        drawn = state.positions()
        names, has = state.shown_words, head[drawn]
        if panels.others:
            rest = np.delete(head, drawn, axis=0)
            names = [*names, f"{len(rest)} other label{'s' if len(rest) > 1 else ''}"]
            has = np.vstack([has, rest.any(axis=0)])
        return panels.show(
            names,
            counts[:_N_SETS],
            has,
            state.whole.counts[drawn],
            state.part.counts[drawn] if state.is_filtered else None,
            title="Which label sets there are: " + state.title,
            note=_covered(counts),
        )


class _Network(LabelView):
    beside = True

    def make(self, state: LabelState) -> LabelNetworkPanels:
        n_circles, n = 1 + state.is_filtered, len(state.shown)
        width = _name_width(state)
        size = LabelNetworkPanels.size_for(n, width, n_circles)
        figure = detached_figure(size)
        return LabelNetworkPanels(figure, n, width, n_circles=n_circles)

    def show(self, panels: LabelNetworkPanels, state: LabelState) -> bool:
        networks = [state.network(labels) for labels in _labels_of(state)]
        return panels.show(
            networks,
            titles=_titles(state),
            heading="Which labels depend on each other: " + state.title,
        )


class _Cardinality(LabelView):
    def make(self, state: LabelState) -> SetSizePanels:
        largest = int(state.whole.set_sizes.max(initial=0))
        return SetSizePanels(detached_figure(SetSizePanels.SIZE), largest)

    def show(self, panels: SetSizePanels, state: LabelState) -> bool:
        part = state.part.set_sizes if state.is_filtered else None
        title = "How many labels rows carry: " + state.title
        return panels.show(state.whole.set_sizes, part, title=title)


LABEL_FIGURES: dict[str, LabelView] = {
    "frequencies": _Frequencies(),
    "co-occurrence": _CoOccurrence(),
    "label sets": _LabelSets(),
    "network": _Network(),
    "cardinality": _Cardinality(),
}
"""View -> its figure."""

_HEADINGS = {
    "counts": "How often two labels meet",
    "conditional": "How often a label comes with another",
    "lift": "More or less often together than by chance",
}


def _name_width(state: LabelState) -> int:
    # Any label may be shown in the end, with the mark of a condition before it.
    marks = 2 * (state.is_filtered or not LABEL_FIGURES[state.view].beside)
    return max(map(len, state.label_names), default=1) + marks


def _labels_of(state: LabelState) -> list[Any]:
    return [state.whole, state.part] if state.is_filtered else [state.whole]


def _titles(state: LabelState) -> list[str]:
    n_rows = state.whole.n_samples
    if not state.is_filtered:
        return [""]
    return [f"all {n_rows:,} rows", f"these {state.n_matching:,} rows"]


def _covered(counts: np.ndarray) -> str:
    if not len(counts):
        return "no row, no label set"
    if len(counts) <= _N_SETS:
        return f"{len(counts)} label set{'s' if len(counts) > 1 else ''}: all there are"
    share = 100 * counts[:_N_SETS].sum() / counts.sum()
    which = f"the {_N_SETS} most frequent of {len(counts):,} label sets"
    return f"{which}: {share:.0f} % of the rows"
