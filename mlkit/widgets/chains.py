"""The chain explorer: move a label along a classifier chain and see errors go on."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

import ipywidgets as widgets
import pandas as pd
from traitlets import Enum, Float, HasTraits, Int, List, TraitError, Unicode, validate

from mlkit.dataset import MultiLabelDataset
from mlkit.models.chain_order import dependence_order
from mlkit.plots.chains import ChainPanels
from mlkit.plots.style import detached_figure
from mlkit.validation import check_indicator
from mlkit.widgets.base import Explorer
from mlkit.widgets.chain_fits import CHAIN_BASES, ChainFit, ChainFits
from mlkit.widgets.checks import in_range
from mlkit.widgets.controls import LABEL_WIDTH

__all__ = ["ChainExplorer", "ChainState"]

_MOST_NOISE = 0.3
_TRAINED_ON = {
    "true earlier labels": "true",
    "predicted earlier labels": "predicted",
    "cross-fitted predictions": "cross-fitted",
}


class ChainState(HasTraits):
    """Order, base learner and data of a chain: all that is shown, and no widget.

    Parameters
    ----------
    dataset : MultiLabelDataset, optional
        By default *or*, *and* and *xor* of two bits in 250 rows; see `ChainFits` for
        what is taken of another one.
    **traits
        Initial values of the attributes.

    Attributes
    ----------
    order : list of str
        All labels in the order of the chain.
    base : {"logistic", "tree"}
        Base learner; see `CHAIN_BASES`.
    trained_on : {"true", "predicted", "cross-fitted"}
        What a label sees of the earlier ones in training, as in `ClassifierChain`.
    noise : float
        Share of the labels that are flipped before training, in [0, 0.3]; those of the
        test rows as well.
    row : int
        Which test row is followed through the chain, from 0.

    Raises
    ------
    traitlets.TraitError
        If a value does not fit.
    ShapeError
        If the dataset has fewer than 10 rows, or no label.
    MissingLabelsError
        If labels are unknown.

    Notes
    -----
    Each chain is fitted when it is first looked at, and kept.

    Examples
    --------
    >>> state = ChainState()
    >>> state.fit.accuracy.loc["exact match"].round(3).tolist()
    [0.268, 1.0]
    >>> state.order = ["xor", "and", "or"]
    >>> state.fit.accuracy.loc["exact match"].round(3).tolist()
    [0.268, 0.268]
    """

    order = List(Unicode())
    base = Enum(list(CHAIN_BASES), default_value="logistic")
    trained_on = Enum(list(_TRAINED_ON.values()), default_value="true")
    noise = Float(0.0)
    row = Int(0)

    def __init__(self, dataset: MultiLabelDataset | None = None, **traits: Any) -> None:
        self.generated = dataset is None
        self.fits = ChainFits(dataset)
        start = {"order": list(self.label_names), "row": self.telling_row()}
        super().__init__(**start | traits)

    @validate("order")
    def _check_order(self, proposal: Any) -> list[str]:
        order = proposal["value"]
        if sorted(order) != sorted(self.label_names):
            msg = (
                f"order must hold each of the {len(self.label_names)} labels once "
                f"({', '.join(self.label_names)}); got {order}."
            )
            raise TraitError(msg)
        return order

    @validate("noise")
    def _check_noise(self, proposal: Any) -> float:
        return in_range(proposal, 0.0, _MOST_NOISE)

    @validate("row")
    def _check_row(self, proposal: Any) -> int:
        return in_range(proposal, 0, self.n_rows - 1, note="the test rows")

    def move(self, label: str, by: int) -> None:
        """Move a label along the chain; at an end it stays.

        Parameters
        ----------
        label : str
        by : int
            Places: less than 0 is earlier, more is later.
        """
        order = list(self.order)
        place = order.index(label)
        order.pop(place)
        order.insert(min(max(place + by, 0), len(order)), label)
        self.order = order

    def telling_row(self) -> int:
        """Return the row to begin with: of the example one whose bits are both 1.

        Returns
        -------
        int
            There an error of *xor* misleads *and*. 0 for another dataset.
        """
        return int(self.fits.test.X.all(axis=1).argmax()) if self.generated else 0

    def dependence_order(self) -> list[str]:
        """Return the order in which each label stands behind its closest relative.

        Returns
        -------
        list of str
            As ``ClassifierChain(order="dependence")`` would have it.
        """
        labels = check_indicator(self.fits.train.Y)
        return [self.label_names[place] for place in dependence_order(labels)]

    @property
    def label_names(self) -> tuple[str, ...]:
        """The labels, in the order of their columns."""
        return self.fits.test.label_names

    @property
    def n_rows(self) -> int:
        """Number of test rows."""
        return self.fits.test.n_samples

    @property
    def fit(self) -> ChainFit:
        """The fitted chain, and how it does on the test rows."""
        return self.fits.chain(
            tuple(self.order),
            base=self.base,
            trained_on=self.trained_on,
            noise=self.noise,
        )

    @property
    def walk(self) -> pd.DataFrame:
        """Labels of the row in chain order: true, alone, chain, and told the truth."""
        fit = self.fit
        found = {
            "true": fit.true,
            "alone": fit.alone,
            "chain": fit.predicted,
            "told": fit.told,
        }
        return pd.DataFrame({k: labels.iloc[self.row] for k, labels in found.items()})

    def row_title(self) -> str:
        """Say which row is followed, with its features where these are few.

        Returns
        -------
        str
        """
        start, test = f"Row {self.row}", self.fits.test
        if not self.generated:
            return f"{start}, {test.n_features:,} features"
        values = test.X.iloc[self.row].items()
        return f"{start}: " + ", ".join(f"{name} = {value:g}" for name, value in values)

    def sentence(self) -> str:
        """Say how good chain and binary relevance are, and what follows an error.

        Returns
        -------
        str

        Examples
        --------
        >>> ChainState(order=["xor", "and", "or"]).sentence()[:64]
        'Chain xor → and → or: exact match 0.268, binary relevance 0.268.'
        """
        table = self.fit.accuracy
        alone, chain = table.loc["exact match"]
        labels = ", ".join(
            f"{name} {row['chain']:.3f} (BR {row['alone']:.3f})"
            for name, row in table.iloc[:-1].iterrows()
        )
        parts = [
            f"Chain {' → '.join(self.order)}: exact match {chain:.3f}, binary "
            f"relevance {alone:.3f}. Right: {labels}",
            self._propagation_words(),
            self._row_words(),
            self.fits.left_out,
        ]
        return ". ".join(part for part in parts if part) + "."

    def _propagation_words(self) -> str:
        table = self.fit.propagation
        table = table[table["n_after_error"] > 0]
        if table.empty:
            return "No label follows an error"
        return "After an earlier error " + ", ".join(
            f"{name} is wrong in {row['after_error']:.0%} of "
            f"{int(row['n_after_error'])} rows (BR {row['baseline_after_error']:.0%})"
            for name, row in table.iterrows()
        )

    def _row_words(self) -> str:
        walk = self.walk
        wrong = walk["chain"] != walk["true"]
        misled = wrong & (walk["told"] == walk["true"])
        words = [
            f"{'misled' if misled[n] else 'wrong'}: {n}" for n in walk.index[wrong]
        ]
        return f"{self.row_title()}: " + (", ".join(words) or "all labels right")


class ChainExplorer(Explorer):
    """A classifier chain whose labels can be moved, and where its errors go.

    Parameters
    ----------
    dataset : MultiLabelDataset, optional
        By default *or*, *and* and *xor* of two bits; see `ChainState` for what is
        taken of another one.
    hide : collection of str, default ()
        Controls to leave out: ``"presets"``, ``"order"``, ``"base"``,
        ``"trained_on"``, ``"noise"``, ``"row"``, ``"status"``.

    Raises
    ------
    UnknownNameError
        If a control to hide does not exist.
    ShapeError, MissingLabelsError
        If the dataset has too few rows, or unknown labels.

    Notes
    -----
    Four panels, labels in chain order in all of them: which label sees which and with
    what coefficient; one row on its way, where a wrong label goes down its column to
    all later ones; binary relevance against the chain; and how often a label is wrong
    after an earlier error, with binary relevance in the same rows, to which nothing
    was handed on. Each label has two buttons, *earlier* and *later*.

    Examples
    --------
    >>> explorer = ChainExplorer(hide=["presets"])
    >>> explorer.state.move("xor", -2)
    >>> explorer.state.order, explorer.frames
    (['xor', 'or', 'and'], 2)
    """

    control_names: ClassVar = (
        *("presets", "order", "base", "trained_on", "noise", "row", "status"),
    )

    def __init__(
        self,
        dataset: MultiLabelDataset | None = None,
        *,
        hide: Collection[str] = (),
    ) -> None:
        state = ChainState(dataset)
        self.presets = _presets(state)
        super().__init__(state, hide=hide)

    def controls(self) -> dict[str, widgets.Widget]:
        """Make a pair of buttons a label, two menus and two sliders."""
        return {
            "order": self._order_row(),
            "base": self.menu("base", "Base learner", list(CHAIN_BASES)),
            "trained_on": self.menu("trained_on", "Trained on", _TRAINED_ON.items()),
            "noise": self.number(
                "noise", "Label noise", minimum=0.0, maximum=_MOST_NOISE, step=0.05
            ),
            "row": self.number(
                "row", "Row", minimum=0, maximum=self.state.n_rows - 1, step=1
            ),
        }

    def sync(self) -> None:
        """Bring the controls to the state, and say each label's place."""
        super().sync()
        for name, words in self._places.items():
            words.value = f"{self.state.order.index(name) + 1}. {name}"

    def panels_key(self) -> str:
        """Return the base learner: trees have no coefficients."""
        return self.state.base

    def make_panels(self) -> ChainPanels:
        """Draw the four panels without values."""
        names = self.state.label_names
        figure = detached_figure(ChainPanels.size_for(len(names)))
        return ChainPanels(figure, names, linear=self.state.base == "logistic")

    def show(self, panels: ChainPanels) -> bool:
        """Move arcs, marks, bars and numbers."""
        state = self.state
        fit = state.fit
        return panels.show(
            fit.chain,
            accuracy=fit.accuracy,
            propagation=fit.propagation,
            walk=state.walk,
            title=state.row_title(),
        )

    def sentence(self) -> str:
        """Say how good chain and binary relevance are, and what follows an error."""
        return self.state.sentence()

    def _order_row(self) -> widgets.Widget:
        self._places: dict[str, widgets.Label] = {}
        self._buttons: dict[str, tuple[widgets.Button, widgets.Button]] = {}
        # One group a label that stays where it is: a button that moved with its label
        # would run away from the keyboard's focus.
        groups = [self._label_group(name) for name in self.state.label_names]
        # Where the labels of the sliders stand: at the right end of their column.
        layout = {
            "width": LABEL_WIDTH,
            "display": "flex",
            "justify_content": "flex-end",
        }
        title = widgets.Label("Order", layout=layout)
        wrap = widgets.Layout(flex_flow="row wrap")
        return widgets.HBox([title, widgets.HBox(groups, layout=wrap)])

    def _label_group(self, name: str) -> widgets.HBox:
        self._places[name] = widgets.Label(layout=widgets.Layout(min_width="70px"))
        self._buttons[name] = (
            self._mover(name, "earlier", "arrow-up", -1),
            self._mover(name, "later", "arrow-down", 1),
        )
        layout = widgets.Layout(margin="0 18px 0 0")
        return widgets.HBox([self._places[name], *self._buttons[name]], layout=layout)

    def _mover(self, name: str, words: str, icon: str, by: int) -> widgets.Button:
        button = widgets.Button(
            description=words,
            icon=icon,
            tooltip=f"{name}: one place {words} in the chain",
            layout=widgets.Layout(width="88px"),
        )

        def move(_: Any) -> None:
            with self.errors_shown():
                self.state.move(name, by)

        button.on_click(move)
        return button


def _presets(state: ChainState) -> dict[str, dict[str, Any]]:
    plain: dict[str, Any] = {"base": "logistic", "trained_on": "true", "noise": 0.0}
    if state.generated:
        plain["row"] = state.telling_row()
        good, bad = ["or", "and", "xor"], ["xor", "and", "or"]
        return {
            "OR-AND-XOR": {**plain, "order": good},
            "XOR-AND-OR": {**plain, "order": bad},
            "XOR-AND-OR, trained on predictions": {
                **plain,
                "order": bad,
                "trained_on": "predicted",
            },
            "noise": {**plain, "order": good, "noise": 0.2},
        }
    frequent = list(state.label_names)
    return {
        "most frequent first": {**plain, "order": frequent},
        "rarest first": {**plain, "order": frequent[::-1]},
        "by dependence": {**plain, "order": state.dependence_order()},
        "noise": {**plain, "order": frequent, "noise": 0.2},
    }
