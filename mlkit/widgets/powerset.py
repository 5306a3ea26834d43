"""The powerset explorer: how many label sets there are, and which are out of reach."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

import ipywidgets as widgets
import numpy as np
from traitlets import HasTraits, Int, validate

from mlkit.exceptions import ShapeError
from mlkit.models.label_sets import number_label_sets
from mlkit.models.reach import rows_until_composed, rows_until_seen
from mlkit.plots.keys import percent
from mlkit.plots.powerset import (
    PowersetPanels,
    PowersetView,
    power_of_two,
)
from mlkit.plots.style import detached_figure
from mlkit.widgets.base import Explorer
from mlkit.widgets.checks import in_range
from mlkit.widgets.label_matrix import label_matrix, sampled_rows
from mlkit.wording import counted

__all__ = ["PowersetExplorer", "PowersetState"]

_MOST_LABELS = 1000
_MOST_PRUNED, _LABELSET, _MOST_LABELSET = 20, 3, 8
# Points of a curve: more than the eye can tell apart on 350 pixels.
_N_POINTS = 240


class PowersetState(HasTraits):
    """Training rows, pruning, labels and groups of labels: what can be learned of them.

    Parameters
    ----------
    labels : MultiLabelDataset, DataFrame, array-like or sparse matrix
        Of shape (n_samples, n_labels), at least 2 rows and 1 label; unknown labels
        count as absent. Of more than 1000 labels the first are taken, and of more than
        20 000 rows, or 4 000 000 cells, some rows at random. Half of the rows, also at
        random, are kept to test.
    **traits
        Initial values of the attributes.

    Attributes
    ----------
    n_rows : int
        Training rows, in [`least_rows`, `most_rows`]; all by default. They are in
        random order: the first so many.
    prune : int
        Label sets of at most so many training rows are pruned, in [0, 20]: the p of
        `mlkit.models.PrunedSets`. 1 by default.
    n_labels : int
        How many labels are used, from the first on; all by default.
    labelset_size : int
        Labels of a member of RAkEL, in [1, 8]; 3 by default. A member has no more than
        there are.
    least_rows, most_rows : int
        About a hundredth of the training rows, and all.
    most_labels : int
        Labels that there are, up to 1000.

    Raises
    ------
    ShapeError
        If there are fewer than 2 rows, or no label.
    traitlets.TraitError
        If a trait is out of its range.

    Notes
    -----
    A test row is out of reach when the learner cannot answer with its label set,
    whatever the base learner: of a label powerset, when no training row has the set; of
    pruned sets, when not more than `prune` have it; of `mlkit.models.RAkELd`, when in a
    group of labels no training row has its part of the set. The share of the others
    bounds the subset accuracy from above.

    Examples
    --------
    >>> Y = [[1, 0], [0, 1], [1, 1], [1, 0], [1, 1], [1, 0], [0, 0], [1, 0]]
    >>> state = PowersetState(Y, prune=1)
    >>> state.counts.tolist(), state.missed().tolist()
    ([3, 1], [0.5, 0.75, 0.5])
    """

    n_rows = Int()
    prune = Int(1)
    n_labels = Int()
    labelset_size = Int(1)

    def __init__(self, labels: Any, **traits: Any) -> None:
        given = label_matrix(labels)
        self.n_given = given.shape
        if given.shape[0] < 2 or given.shape[1] < 1:
            msg = (
                "Expected at least 2 rows and 1 label, to train on and to test; got "
                f"{given.shape[0]} rows and {given.shape[1]} labels."
            )
            raise ShapeError(msg)
        self.most_labels = min(given.shape[1], _MOST_LABELS)
        rows = sampled_rows(given)
        n_test = len(rows) // 2
        values = given.values[:, : self.most_labels]
        self._test, self._train = (
            part if isinstance(part, np.ndarray) else part.toarray()
            for part in (values[rows[:n_test]], values[rows[n_test:]])
        )
        self.most_rows = len(rows) - n_test
        self.least_rows = _round_down(self.most_rows / 100)
        # The same groups whatever their size and however many labels are used.
        self._order = np.random.RandomState(0).permutation(self.most_labels)
        # By kind, for what they were asked last: the setting, and the answer.
        self._until: dict[str, tuple[Any, np.ndarray]] = {}
        size = min(_LABELSET, self.most_labels)
        start = {"n_rows": self.most_rows, "n_labels": self.most_labels}
        super().__init__(**start | {"labelset_size": size} | traits)

    @validate("n_rows", "prune", "n_labels", "labelset_size")
    def _check_range(self, proposal: Any) -> int:
        return in_range(proposal, *self.limits[proposal["trait"].name])

    @property
    def limits(self) -> dict[str, tuple[int, int]]:
        """Least and greatest value of each trait."""
        return {
            "n_rows": (self.least_rows, self.most_rows),
            "prune": (0, _MOST_PRUNED),
            "n_labels": (1, self.most_labels),
            "labelset_size": (1, min(_MOST_LABELSET, self.most_labels)),
        }

    @property
    def n_test(self) -> int:
        """Rows to test."""
        return len(self._test)

    @property
    def labelsets(self) -> list[np.ndarray]:
        """The labels that are used, in disjoint random groups."""
        order, size = self._order[self._order < self.n_labels], self.labelset_size
        return [order[start : start + size] for start in range(0, len(order), size)]

    @property
    def most_sets(self) -> int:
        """Label sets of all labels in all training rows."""
        return len(_set_counts(self._train))

    @property
    def counts(self) -> np.ndarray:
        """Training rows of each label set, descending, shape (n_label_sets,)."""
        return _set_counts(self._train[: self.n_rows, : self.n_labels])

    @property
    def member_classes(self) -> int:
        """The most label sets that a member of RAkEL has to tell apart."""
        train = self._train[: self.n_rows]
        return max(len(_set_counts(train[:, group])) for group in self.labelsets)

    def missed(self, n_rows: Any = None) -> np.ndarray:
        """Return the share of test rows out of reach: of whole, pruned, composed sets.

        Parameters
        ----------
        n_rows : int or array-like of int, optional
            After so many training rows; by default those of the state.

        Returns
        -------
        ndarray of float64, shape (3,) or (3, n_points)
            In [0, 1].
        """
        rows = np.asarray(self.n_rows if n_rows is None else n_rows)
        reached = [
            np.searchsorted(self._rows_needed(kind), rows, side="right")
            for kind in ("whole", "pruned", "composed")
        ]
        return 1.0 - np.array(reached) / self.n_test

    def view(self) -> PowersetView:
        """Return what the picture shows.

        Returns
        -------
        PowersetView
        """
        rows = np.linspace(1, self.most_rows, min(_N_POINTS, self.most_rows))
        points = np.unique(rows.round().astype(int))
        whole, pruned, composed = self.missed().tolist()
        return PowersetView(
            counts=self.counts,
            prune=self.prune,
            n_labels=self.n_labels,
            labelset_size=min(self.labelset_size, self.n_labels),
            member_classes=self.member_classes,
            rows=points,
            missed=self.missed(points),
            missed_now=(whole, pruned, composed),
        )

    def sentence(self) -> str:
        """Say how many sets there are to learn, and how many rows are out of reach.

        Returns
        -------
        str
        """
        view = self.view()
        whole, pruned, composed = map(percent, view.missed_now)
        kept = "Nothing is pruned."
        if self.prune and not view.n_kept:
            kept = f"No set has more than {counted(self.prune, 'row')} to be kept for."
        elif self.prune:
            kept = (
                f"Pruning sets of up to {counted(self.prune, 'row')} keeps "
                f"{counted(view.n_kept, 'set')} and {percent(view.rows_kept)} of the "
                f"rows; then {pruned} of the test rows are out of reach."
            )
        return (
            f"{counted(len(view.counts), 'label set')} in "
            f"{counted(self.n_rows, 'training row')}, of {power_of_two(self.n_labels)} "
            f"possible with {counted(self.n_labels, 'label')}; {whole} of "
            f"{counted(self.n_test, 'test row')} have a set never seen. {kept} RAkEL "
            f"with {counted(view.labelset_size, 'label')} a member has at most "
            f"{counted(view.member_classes, 'class', 'classes')} each; {composed} of "
            f"the test rows are out of reach.{self._note()}"
        )

    def _note(self) -> str:
        """Say what was left out; nothing where all is there."""
        n_samples, n_labels = self.n_given
        taken = self.most_rows + self.n_test
        notes = []
        if taken < n_samples:
            notes.append(f"{taken:,} of {n_samples:,} rows, drawn at random")
        if self.most_labels < n_labels:
            notes.append(f"the first {self.most_labels:,} of {n_labels:,} labels")
        return f" These are {' and '.join(notes)}." if notes else ""

    def _rows_needed(self, kind: str) -> np.ndarray:
        """Return the training rows that each test row needs, ascending."""
        settings = {
            "whole": (self.n_labels,),
            "pruned": (self.n_labels, self.prune),
            "composed": (self.n_labels, self.labelset_size),
        }
        known, needed = self._until.get(kind, (None, np.empty(0)))
        if known != settings[kind]:
            needed = np.sort(self._count_rows_needed(kind))
            self._until[kind] = (settings[kind], needed)
        return needed

    def _count_rows_needed(self, kind: str) -> np.ndarray:
        if kind == "composed":
            return rows_until_composed(self._train, self._test, self.labelsets)
        both = (part[:, : self.n_labels] for part in (self._train, self._test))
        return rows_until_seen(*both, times=1 if kind == "whole" else self.prune + 1)


class PowersetExplorer(Explorer):
    """How many label sets a powerset has to learn, with pruning and RAkEL beside it.

    Parameters
    ----------
    data : MultiLabelDataset, DataFrame, array-like or sparse matrix, optional
        Labels of shape (n_samples, n_labels), at least 2 rows and 1 label. By default
        4 000 generated rows with 20 labels.
    n_rows : int, optional
        Training rows; by default half of all, the other half being the test rows.
    prune : int, default 1
        Label sets of at most so many training rows are pruned, in [0, 20].
    n_labels : int, optional
        How many labels are used, from the first on; by default all.
    labelset_size : int, optional
        Labels of a member of RAkEL, in [1, 8]; by default 3, or all of fewer.
    hide : collection of str, default ()
        Controls to leave out: ``"presets"``, ``"n_rows"``, ``"prune"``,
        ``"n_labels"``, ``"labelset_size"``, ``"status"``.

    Raises
    ------
    UnknownNameError
        If a control to hide does not exist.
    ShapeError, IndicatorError
        If there are no rows to train on and to test, or no label matrix.
    traitlets.TraitError
        If a value is out of its range.

    See Also
    --------
    mlkit.plots.plot_powerset_tail : The frequencies, for all rows.
    mlkit.models.LabelPowerset, mlkit.models.PrunedSets, mlkit.models.RAkELd

    Notes
    -----
    Nothing is trained: what is out of reach is so for every base learner (see
    `PowersetState`).

    Examples
    --------
    >>> explorer = PowersetExplorer(prune=3)
    >>> len(explorer.state.counts), explorer.state.missed().tolist()[0]
    (1118, 0.4095)
    """

    control_names: ClassVar = (
        *("presets", "n_rows", "prune", "n_labels", "labelset_size", "status"),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        n_rows: int | None = None,
        prune: int = 1,
        n_labels: int | None = None,
        labelset_size: int | None = None,
        hide: Collection[str] = (),
    ) -> None:
        given = {"n_rows": n_rows, "n_labels": n_labels, "labelset_size": labelset_size}
        traits = {name: value for name, value in given.items() if value is not None}
        labels = _generated_labels() if data is None else data
        state = PowersetState(labels, prune=prune, **traits)
        self.presets = _presets(state)
        super().__init__(state, hide=hide)

    def controls(self) -> dict[str, widgets.Widget]:
        """Make a slider for each number."""
        names = {
            "n_rows": "Training rows",
            "prune": "Prune up to",
            "n_labels": "Labels used",
            "labelset_size": "RAkEL's k",
        }
        return {trait: self._slider(trait, name) for trait, name in names.items()}

    def make_panels(self) -> PowersetPanels:
        """Draw axes, without values."""
        figure = detached_figure(PowersetPanels.size())
        state = self.state
        return PowersetPanels(figure, n_rows=state.most_rows, n_sets=state.most_sets)

    def show(self, panels: PowersetPanels) -> bool:
        """Move areas, curves and dots."""
        return panels.show(self.state.view())

    def sentence(self) -> str:
        """Say how many sets there are to learn, and how many rows are out of reach."""
        return self.state.sentence()

    def _slider(self, trait: str, name: str) -> widgets.HBox:
        low, high = self.state.limits[trait]
        step = low if trait == "n_rows" else 1
        return self.number(trait, name, minimum=low, maximum=high, step=step)


def _generated_labels() -> np.ndarray:
    """Return the labels of the lesson: random documents, 20 labels of 3 a row."""
    # make_multilabel adds the true distribution, which 20 labels are too many for.
    from sklearn.datasets import make_multilabel_classification

    _, Y = make_multilabel_classification(
        n_samples=4000, n_features=30, n_classes=20, n_labels=3, random_state=1
    )
    return Y


def _presets(state: PowersetState) -> dict[str, dict[str, int]]:
    size = min(_LABELSET, state.most_labels)
    start = {
        "n_rows": state.most_rows,
        "prune": 0,
        "n_labels": state.most_labels,
        "labelset_size": size,
    }
    tenth = max(state.most_rows // 10, state.least_rows)
    half = max(state.most_labels // 2, 1)
    return {
        "all rows, all labels": start,
        "pruned up to 3 rows": start | {"prune": 3},
        "a tenth of the rows": start | {"n_rows": tenth},
        "half of the labels": start | {"n_labels": half},
        "RAkEL of single labels": start | {"labelset_size": 1},
    }


def _set_counts(Y: np.ndarray) -> np.ndarray:
    """Return the rows of each label set, descending."""
    _, codes = number_label_sets(Y)
    return np.sort(np.bincount(codes))[::-1]


def _round_down(number: float) -> int:
    """Return the greatest of 1, 2, 5, 10, 20, ... up to a number, at least 1."""
    decade = 10 ** int(np.log10(max(number, 1)))
    return max(n * decade for n in (1, 2, 5) if n * decade <= max(number, 1))
