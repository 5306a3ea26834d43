"""The split explorer: draw a test part, and see which labels it lacks."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import ipywidgets as widgets
import numpy as np
from sklearn.model_selection import train_test_split
from traitlets import Float, HasTraits, Int, TraitError, Unicode, validate

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets import load_flags
from mlkit.datasets.generators.rare import make_rare_labels
from mlkit.exceptions import RareLabelWarning, SplitError, names_for_message
from mlkit.plots.split_panels import SplitDraws, SplitPanels
from mlkit.plots.style import detached_figure
from mlkit.splitting import SplitReport, split_report, split_rows
from mlkit.splitting.chance import expected_missing_labels
from mlkit.validation import Indicator
from mlkit.widgets.base import Explorer
from mlkit.widgets.checks import in_range, one_of
from mlkit.widgets.controls import LABEL_WIDTH, tooltip
from mlkit.widgets.label_matrix import label_matrix, sampled_rows

__all__ = ["SplitExplorer", "SplitState"]

_KINDS = ("random", "stratified")
_RARE, _FLAGS = "rare labels", "flags"
_OWN_PRESETS = {
    "a fifth to test": {"share": 0.2, "order": 1},
    "a tenth to test": {"share": 0.1, "order": 1},
    "half to test": {"share": 0.5, "order": 1},
    "pairs of labels too": {"share": 0.2, "order": 2},
}
_LEAST_SHARE, _MOST_SHARE = 0.05, 0.5
_MOST_SEED = 2**31 - 1
_MOST_PAIRS = 1_000_000
# By cells or pairs: a stratified split takes 2 ms for 1 000 rows of 20 labels and, of
# labels and pairs, 170 ms for 2 000 rows of 1 000 labels.
_BATCH, _MOST_IN_BATCH = 5, 100_000


@dataclass(frozen=True, slots=True, eq=False)
class _Divided:
    """The labels that are divided, of how many rows they are, and what that costs."""

    labels: Indicator
    n_given: int
    cost: int

    @classmethod
    def of(cls, data: Any) -> _Divided:
        given = label_matrix(data)
        n_given, n_labels = given.shape
        if n_given < 2 or n_labels < 1:
            msg = (
                f"Expected at least 2 rows and 1 label to divide; got {n_given} rows "
                f"and {n_labels} labels. Pass labels of shape (n_samples, n_labels)."
            )
            raise SplitError(msg)
        matrix = given.tocsr()
        rows = sampled_rows(given)
        # What is shared out, and compared, is up to each pair of labels of each row.
        n_pairs = np.cumsum(matrix.sum(axis=1, dtype=np.int64)[rows] ** 2)
        n_rows = max(2, int((n_pairs <= _MOST_PAIRS).sum()))
        rows, cost = rows[:n_rows], max(n_rows * n_labels, int(n_pairs[n_rows - 1]))
        if len(rows) < n_given:
            matrix = matrix[np.sort(rows)]
        # As CSR once, or each of the splits to come would look for the ones again.
        return cls(Indicator(matrix, given.label_names, "sparse"), n_given, cost)


class SplitState(HasTraits):
    """Two splits with one seed, random and stratified, and what earlier seeds gave.

    Parameters
    ----------
    data_sets : mapping of str to labels
        Labels by the name of their data set: MultiLabelDataset, DataFrame, array-like
        or sparse matrix of shape (n_samples, n_labels), at least 2 rows and 1 label.
        Unknown labels count as absent. Of more than 20 000 rows, or 4 000 000 cells,
        some rows are drawn at random.
    **traits
        Initial values of the attributes.

    Attributes
    ----------
    data : str
        Name of the data set that is divided; the first by default.
    share : float
        Rows of the test part, in [0.05, 0.5] of all; 0.2 by default.
    order : {1, 2}
        What the stratified split shares out: 1 labels, 2 also pairs of labels.
    seed : int
        Of both splits, in [0, 2**31 - 1].

    Raises
    ------
    SplitError
        If there is no data set, or one has fewer than 2 rows or no label.
    traitlets.TraitError
        If a trait is out of its range.

    Notes
    -----
    Every seed that is shown stays in the record of its data set, share and order, so
    that the panel on the right grows with every draw and starts anew where one of
    these is changed; going back brings the old record back.

    Examples
    --------
    >>> state = SplitState({"rare": make_rare_labels(random_state=1)})
    >>> state.missing("random"), state.missing("stratified")
    (3, 0)
    >>> state.draw(19)
    >>> np.mean(list(state.record.values()), axis=0).tolist()
    [3.65, 0.0]
    """

    data = Unicode()
    share = Float(0.2)
    order = Int(1)
    seed = Int(0)

    def __init__(self, data_sets: Mapping[str, Any], **traits: Any) -> None:
        if not data_sets:
            msg = "There is no data set to divide. Pass labels by at least one name."
            raise SplitError(msg)
        self.data_sets = {name: _Divided.of(Y) for name, Y in data_sets.items()}
        # Kept by setting: how many labels each seed missed, random and stratified.
        self._records: dict[tuple[Any, ...], dict[int, tuple[int, ...]]] = {}
        self._reports: tuple[Any, dict[str, SplitReport]] = (None, {})
        super().__init__(**{"data": next(iter(self.data_sets)), **traits})

    @validate("data")
    def _check_data(self, proposal: Any) -> str:
        return one_of(proposal, self.data_sets)

    @validate("share")
    def _check_share(self, proposal: Any) -> float:
        return in_range(proposal, _LEAST_SHARE, _MOST_SHARE, note="of the rows")

    @validate("order")
    def _check_order(self, proposal: Any) -> int:
        if proposal["value"] not in (1, 2):
            msg = f"order must be 1 (labels) or 2 (pairs too); got {proposal['value']}."
            raise TraitError(msg)
        return proposal["value"]

    @validate("seed")
    def _check_seed(self, proposal: Any) -> int:
        return in_range(proposal, 0, _MOST_SEED)

    @property
    def labels(self) -> Indicator:
        """The labels that are divided."""
        return self.data_sets[self.data].labels

    @property
    def n_test(self) -> int:
        """Rows of the test part: at least 1, and 1 is left to train."""
        n_samples = self.labels.shape[0]
        return min(max(round(n_samples * self.share), 1), n_samples - 1)

    @property
    def batch(self) -> int:
        """How many draws at once do not make anyone wait: 5, or 1 of much data."""
        return _BATCH if self.data_sets[self.data].cost <= _MOST_IN_BATCH else 1

    @property
    def reports(self) -> dict[str, SplitReport]:
        """How even the ``"random"`` and the ``"stratified"`` split of the seed are."""
        key = (self.data, self.share, self.order, self.seed)
        # Words and picture ask for them one after the other.
        if self._reports[0] != key:
            self._reports = (key, {kind: self._report(kind) for kind in _KINDS})
        return self._reports[1]

    @property
    def record(self) -> dict[int, tuple[int, ...]]:
        """Labels missing in the test part, random and stratified, by seed drawn."""
        key = (self.data, self.share, self.order)
        record = self._records.setdefault(key, {})
        if self.seed not in record:
            record[self.seed] = tuple(self.missing(kind) for kind in _KINDS)
        return record

    @property
    def expected(self) -> float:
        """Labels missing in a random test part, on average over all that there are."""
        n_samples = self.labels.shape[0]
        return expected_missing_labels(self.labels.counts(), n_samples, self.n_test)

    def missing(self, kind: str) -> int:
        """Return how many labels have no positive in the test part.

        Parameters
        ----------
        kind : {"random", "stratified"}

        Returns
        -------
        int
        """
        return int(self.reports[kind].parts.loc["test", "missing_labels"])

    def draw(self, n: int = 1) -> None:
        """Draw with the next seeds that this setting has not seen, and show the last.

        Parameters
        ----------
        n : int, default 1
            How many seeds, at least 1.
        """
        record, seed = self.record, self.seed
        for _ in range(n):
            while seed in record:
                seed = (seed + 1) % (_MOST_SEED + 1)
            record[seed] = tuple(self._count_missing(kind, seed) for kind in _KINDS)
        self.seed = seed

    def draws(self) -> SplitDraws:
        """Return what the picture shows: this draw, and the record of all.

        Returns
        -------
        SplitDraws
        """
        in_test = {
            kind: report.labels["test"].to_numpy()
            for kind, report in self.reports.items()
        }
        missing = np.array(list(self.record.values()))
        return SplitDraws(
            self.n_test,
            **in_test,
            random_missing=missing[:, 0],
            stratified_missing=missing[:, 1],
            expected=self.expected,
        )

    def sentence(self) -> str:
        """Say which labels the test parts lack, how uneven they are, and the record.

        Returns
        -------
        str
        """
        n_samples = self.labels.shape[0]
        random, stratified = (self._kind_sentence(kind) for kind in _KINDS)
        parts = [
            f"Seed {self.seed}: {self.n_test:,} of {n_samples:,} rows to test.",
            f"Random: {random}.",
            f"Stratified: {stratified}.",
            self._record_sentence(),
            *self._notes(),
        ]
        return " ".join(parts)

    def _split(self, kind: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of the train and the test part."""
        n_samples, n_test = self.labels.shape[0], self.n_test
        if kind == "random":
            rows = np.arange(n_samples)
            return train_test_split(rows, test_size=n_test, random_state=seed)
        sizes = (n_samples - n_test, n_test)
        with warnings.catch_warnings():
            # The picture names the labels that a part lacks.
            warnings.simplefilter("ignore", RareLabelWarning)
            train, test = split_rows(
                self.labels.values, sizes, order=self.order, random_state=seed
            )
        return train, test

    def _report(self, kind: str) -> SplitReport:
        train, test = self._split(kind, self.seed)
        return split_report({"train": train, "test": test}, self.labels.values)

    def _count_missing(self, kind: str, seed: int) -> int:
        # Without the rest of the report, which takes as long as a split.
        _, test = self._split(kind, seed)
        return int((self.labels.values[test].sum(axis=0) == 0).sum())

    def _kind_sentence(self, kind: str) -> str:
        report, names = self.reports[kind], np.array(self.labels.label_names)
        # By position: a sparse matrix brings no names along.
        missing = names[report.labels["test"].to_numpy() == 0]
        lacking = "no label lacks a positive in the test part"
        if len(missing):
            lacking = (
                f"no positive in the test part for {len(missing):,} of {len(names):,} "
                f"labels: {names_for_message(missing)}"
            )
        label, pair = report.parts.loc["test", ["label_error", "pair_error"]]
        pairs = "no two labels occur together"
        if not np.isnan(pair):
            pairs = f"of pairs {_number(pair)}"
        return f"{lacking}; label distribution error {_number(label)}, {pairs}"

    def _record_sentence(self) -> str:
        missing, expected = np.array(list(self.record.values())), self.expected
        if len(missing) == 1:
            return f"A random test part lacks {expected:,.2f} labels on average."
        random, stratified = missing.mean(axis=0)
        return (
            f"Over {len(missing):,} draws a random test part lacked {random:,.2f} on "
            f"average (expected: {expected:,.2f}), a stratified one {stratified:,.2f}."
        )

    def _notes(self) -> list[str]:
        """Return what the picture leaves out, and what no split can do."""
        notes = []
        data, (n_samples, n_labels) = self.data_sets[self.data], self.labels.shape
        n_single = int((self.labels.counts() < 2).sum())
        if n_single:
            notes.append(
                f"No split has labels of fewer than 2 positives in both parts: "
                f"{n_single:,} of {n_labels:,}."
            )
        if n_samples < data.n_given:
            notes.append(
                f"These are {n_samples:,} of {data.n_given:,} rows, drawn at random."
            )
        if n_labels > SplitPanels.most_labels:
            notes.append(
                f"{SplitPanels.most_labels} of {n_labels:,} labels have a row, evenly "
                "chosen from the most frequent to the rarest."
            )
        return notes


class SplitExplorer(Explorer):
    """Random and stratified splits side by side, drawn again and again.

    Parameters
    ----------
    data : labels or mapping of str to labels, optional
        What is divided: a MultiLabelDataset, DataFrame, array-like or sparse matrix of
        shape (n_samples, n_labels); several by name make a menu. By default 20 rare
        labels, and the flags of the world.
    share : float, default 0.2
        Rows of the test part, in [0.05, 0.5] of all.
    order : {1, 2}, default 1
        What is shared out evenly: labels, or labels and their pairs.
    seed : int, default 0
        Of the first draw.
    hide : collection of str, default ()
        Controls to leave out: ``"presets"``, ``"data"``, ``"share"``, ``"order"``,
        ``"draw"``, ``"status"``.

    Raises
    ------
    UnknownNameError
        If a control to hide does not exist.
    SplitError, IndicatorError
        If there is nothing to divide (see `SplitState`), or no label matrix.
    traitlets.TraitError
        If a value is out of its range.

    See Also
    --------
    mlkit.splitting.split_rows : The stratified split.
    mlkit.plots.plot_split : The parts of a split of one's own.

    Notes
    -----
    Both splits have parts of the same size. Each dot is the share of a label's
    positives that the test part got; where it got none, nothing can be measured, and
    the label has a cross. The panel on the right keeps all draws of the same data,
    share and order.

    Examples
    --------
    >>> explorer = SplitExplorer(hide=["status"])
    >>> explorer.state.draw(20)
    >>> len(explorer.state.record), explorer.frames
    (21, 2)
    """

    control_names: ClassVar = ("presets", "data", "share", "order", "draw", "status")

    def __init__(
        self,
        data: Any = None,
        *,
        share: float = 0.2,
        order: int = 1,
        seed: int = 0,
        hide: Collection[str] = (),
    ) -> None:
        state = SplitState(_data_sets(data), share=share, order=order, seed=seed)
        self.presets = _default_presets() if data is None else _OWN_PRESETS
        super().__init__(state, hide=hide)

    def controls(self) -> dict[str, widgets.Widget]:
        """Make menus, the slider of the share, and what draws again."""
        limits = {"minimum": _LEAST_SHARE, "maximum": _MOST_SHARE, "step": 0.01}
        orders = [("labels", 1), ("labels and pairs", 2)]
        names = list(self.state.data_sets)
        made = {"data": self.menu("data", "Data set", names)} if names[1:] else {}
        return made | {
            "share": self.number("share", "Test share", **limits),
            "order": self.menu("order", "Stratify", orders),
            "draw": self._draw_row(),
        }

    def sync(self) -> None:
        """Bring the controls to the state, and the button to its number of draws."""
        super().sync()
        batch = self.state.batch
        self._more.description = f"Draw {batch} more"
        # A single draw has the other button.
        self._more.disabled = batch == 1

    def panels_key(self) -> str:
        """Return the name of the data set: only another needs another figure."""
        return self.state.data

    def make_panels(self) -> SplitPanels:
        """Draw rows and axes, without values."""
        labels = self.state.labels
        n_samples, n_labels = labels.shape
        figure = detached_figure(SplitPanels.size_for(n_labels))
        return SplitPanels(figure, labels.label_names, labels.counts(), n_samples)

    def show(self, panels: SplitPanels) -> bool:
        """Move dots, crosses and bars."""
        return panels.show(self.state.draws())

    def sentence(self) -> str:
        """Say which labels the test parts lack, and the record of all draws."""
        return self.state.sentence()

    def _draw_row(self) -> widgets.HBox:
        seed = widgets.BoundedIntText(
            min=0,
            max=_MOST_SEED,
            description="Seed",
            style={"description_width": LABEL_WIDTH},
            layout=widgets.Layout(width="230px"),
            **tooltip("Seed of both splits: type a number"),
        )
        self.bind(seed, "seed")
        # Of a button the tooltip has this name in ipywidgets 7, too.
        again = widgets.Button(
            description="Draw again", tooltip="Split with the next seed"
        )
        self._more = widgets.Button(tooltip="Split with many seeds, show the last")
        again.on_click(lambda _: self._draw(1))
        self._more.on_click(lambda _: self._draw(self.state.batch))
        return widgets.HBox([seed, again, self._more])

    def _draw(self, n: int) -> None:
        with self.errors_shown():
            self.state.draw(n)


def _data_sets(data: Any) -> Mapping[str, Any]:
    if data is None:
        return {_RARE: make_rare_labels(random_state=1), _FLAGS: load_flags()}
    if isinstance(data, Mapping):
        return data
    name = data.name if isinstance(data, MultiLabelDataset) else "labels"
    return {name: data}


def _default_presets() -> dict[str, dict[str, Any]]:
    rare, flags = {"data": _RARE}, {"data": _FLAGS}
    return {
        "rare labels": rare | {"share": 0.2, "order": 1},
        "rare labels, a tenth to test": rare | {"share": 0.1, "order": 1},
        "flags": flags | {"share": 0.2, "order": 1},
        "flags, small test part": flags | {"share": 0.05, "order": 1},
        "flags, pairs of labels too": flags | {"share": 0.2, "order": 2},
    }


def _number(value: float) -> str:
    return "infinite" if np.isinf(value) else f"{value:.2g}"
