"""The dependence explorer: two labels, and which answer is best for which loss."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any, ClassVar

import ipywidgets as widgets
import numpy as np
from traitlets import Float, HasTraits, Unicode, validate

from mlkit.best_sets import TIE
from mlkit.datasets.generators import LabelTruth
from mlkit.datasets.generators.enumeration import label_sets
from mlkit.datasets.generators.two_labels import frechet_bounds, two_label_mixture
from mlkit.metrics.counts import confusion_counts
from mlkit.metrics.ratios import RATIOS
from mlkit.plots.dependence import SET_NAMES, DependencePanels
from mlkit.plots.style import detached_figure
from mlkit.widgets.base import Explorer
from mlkit.widgets.checks import check_preset, in_range, one_of
from mlkit.wording import signed

__all__ = ["DEPENDENCE_PRESETS", "DependenceExplorer", "DependenceState"]

# The order of `SET_NAMES` among the columns of a joint distribution, 00 01 10 11.
_ORDER = [0, 2, 1, 3]
_ANSWERS = label_sets(2)[_ORDER]
# Name of a loss -> title of its panel.
_LOSSES = {
    "hamming": "Hamming loss",
    "subset": "Subset 0/1 loss",
    "f1": "1 − F1",
    "jaccard": "1 − Jaccard",
}
_GIVEN = {"unknown": "x unknown", "0": "x = 0", "1": "x = 1"}


def _situation(
    p_a: float,
    p_b: float,
    dependence: float,
    effect: float = 0.0,
    given: str = "unknown",
) -> dict[str, Any]:
    values = {"p_a": p_a, "p_b": p_b, "dependence": dependence}
    return {**values, "effect": effect, "given": given}


DEPENDENCE_PRESETS: dict[str, dict[str, Any]] = {
    "Hamming loss takes {A}, exact match takes { }": _situation(0.6, 0.3, 1.0),
    "independent: Hamming loss and exact match agree": _situation(0.6, 0.4, 0.0),
    "never together: three losses, three answers": _situation(0.45, 0.45, -1.0),
    "always together": _situation(0.6, 0.6, 1.0),
    "dependent, but only through x": _situation(0.5, 0.5, 0.0, 0.8),
    "the same, x = 1 is known: independent": _situation(0.5, 0.5, 0.0, 0.8, "1"),
    "independent, but not at any x": _situation(0.5, 0.5, -1.0, 0.5),
    "the same, x = 1 is known: dependent": _situation(0.5, 0.5, -1.0, 0.5, "1"),
}
"""Name of the situation -> traits of `DependenceState`.

The first has three possible sets, P{ } = .4, P{A} = P{A, B} = .3: lesson 13. Two
labels can be dependent because both follow x, and independent at each of its values;
and two influences can cancel, so that the labels look independent where x is unknown.
"""


class DependenceState(HasTraits):
    """The distribution of two labels A and B: all that the explorer shows, no widget.

    Parameters
    ----------
    **traits
        Initial values of the attributes.

    Attributes
    ----------
    p_a, p_b : float
        P(A) and P(B) where x is unknown, in [0, 1].
    dependence : float
        D' at a given x, in [-1, 1]: 0 for independent labels, -1 and 1 where P(A, B) is
        as small and as large as P(A) and P(B) allow. Any value goes with any margins.
    effect : float
        In [-1, 1]: how far the binary feature x moves both labels, the same way or
        apart; 0 for not at all.
    given : {"unknown", "0", "1"}
        What is known of x.

    Raises
    ------
    traitlets.TraitError
        If a value lies outside its range.

    Notes
    -----
    The values of x are equally probable. See
    `mlkit.datasets.generators.two_labels.two_label_mixture` for the model and
    `mlkit.datasets.LabelTruth` for the losses. F1 and Jaccard of an empty answer for an
    empty truth are 1.

    Examples
    --------
    >>> state = DependenceState(p_a=0.6, p_b=0.3, dependence=1.0)
    >>> state.joint.round(2).tolist()
    [0.4, 0.3, 0.0, 0.3]
    >>> state.decisions["hamming"], state.decisions["subset"], state.decisions["f1"]
    (('{A}',), ('{ }',), ('{A}', '{A, B}'))
    """

    p_a = Float(0.6)
    p_b = Float(0.3)
    dependence = Float(1.0)
    effect = Float(0.0)
    given = Unicode("unknown")

    @validate("p_a", "p_b")
    def _check_probability(self, proposal: Any) -> float:
        return in_range(proposal, 0.0, 1.0)

    @validate("dependence", "effect")
    def _check_strength(self, proposal: Any) -> float:
        return in_range(proposal, -1.0, 1.0)

    @validate("given")
    def _check_given(self, proposal: Any) -> str:
        return one_of(proposal, _GIVEN)

    @property
    def truth(self) -> LabelTruth:
        """The distributions at x = 0 and x = 1, a row each."""
        strengths = (self.dependence, self.effect)
        joints = two_label_mixture(self.p_a, self.p_b, *strengths)
        return LabelTruth.from_joint(joints, label_names=("A", "B"))

    @property
    def joint(self) -> np.ndarray:
        """P of { }, {A}, {B} and {A, B} as far as x is known, shape (4,)."""
        return self._known().mean(axis=0)[_ORDER]

    @property
    def margins(self) -> tuple[float, float]:
        """P(A) and P(B) as far as x is known."""
        joint = self.joint
        return float(joint[1] + joint[3]), float(joint[2] + joint[3])

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the most that P(A, B) can be with these margins."""
        p_a, p_b = self.margins
        return frechet_bounds(min(p_a, 1.0), min(p_b, 1.0))

    @property
    def correlations(self) -> dict[str, float]:
        """Phi by what is known of x; NaN where a label is constant."""
        truth = self.truth
        parts = {"unknown": truth, "0": truth[[0]], "1": truth[[1]]}
        return {
            name: float(part.dependence("marginal").to_numpy()[0, 1])
            for name, part in parts.items()
        }

    @property
    def expected(self) -> np.ndarray:
        """Expected losses in [0, 1], shape (4 losses, 4 answers)."""
        row = self._known().mean(axis=0)
        truth = LabelTruth.from_joint([row] * len(_ANSWERS))
        rows = [
            truth.expected_loss(_ANSWERS, loss) for loss in ("hamming", "subset", "f1")
        ]
        return np.array([*rows, 1.0 - _jaccard() @ self.joint])

    @property
    def best(self) -> np.ndarray:
        """Answers that no other one beats, bool of shape (4 losses, 4 answers)."""
        expected = self.expected
        return expected <= expected.min(axis=1, keepdims=True) + TIE

    @property
    def decisions(self) -> dict[str, tuple[str, ...]]:
        """The best answers by loss; of several the first is the smallest."""
        names = np.array(SET_NAMES)
        best = zip(_LOSSES, self.best, strict=True)
        return {loss: tuple(names[row].tolist()) for loss, row in best}

    def heading(self) -> str:
        """Say the correlation, with and without x.

        Returns
        -------
        str

        Examples
        --------
        >>> DependenceState(p_a=0.5, p_b=0.5, dependence=0.0, effect=0.8).heading()
        'x unknown: correlation φ 0.64 (x = 0: 0.00, x = 1: 0.00)'
        """
        phi = {name: _signed(value) for name, value in self.correlations.items()}
        others = [f"{_GIVEN[k]}: {v}" for k, v in phi.items() if k != self.given]
        rest = "x says nothing" if self.effect == 0.0 else ", ".join(others)
        return f"{_GIVEN[self.given]}: correlation φ {phi[self.given]} ({rest})"

    def sentence(self) -> str:
        """Say distribution, bounds, correlation and the best answers.

        Returns
        -------
        str

        Examples
        --------
        >>> DependenceState(p_a=0.6, p_b=0.3, dependence=1.0).sentence()[:62]
        'P{ } 0.40, P{A} 0.30, P{B} 0.00, P{A, B} 0.30 (possible 0.00 t'
        """
        cells = zip(SET_NAMES, self.joint, strict=True)
        told = ", ".join(f"P{name} {p:.2f}" for name, p in cells)
        least, most = self.bounds
        losses = zip(
            _LOSSES.values(), self.decisions.values(), self.expected, strict=True
        )
        best = [
            f"{title} {' or '.join(answers)} ({values.min():.2f})"
            for title, answers, values in losses
        ]
        return (
            f"{told} (possible {least:.2f} to {most:.2f}). {self.heading()}. "
            f"Best answers: {', '.join(best)}."
        )

    def _known(self) -> np.ndarray:
        rows = slice(None) if self.given == "unknown" else [int(self.given)]
        return self.truth.joint(rows)


class DependenceExplorer(Explorer):
    """Two labels, their joint distribution, and the best answer of each loss.

    Parameters
    ----------
    preset : str, optional
        One of `DEPENDENCE_PRESETS`; by default the first.
    hide : collection of str, default ()
        Controls to leave out: ``"presets"``, ``"p_a"``, ``"p_b"``, ``"dependence"``,
        ``"effect"``, ``"given"``, ``"status"``.

    Raises
    ------
    UnknownNameError
        If the preset, or a control to hide, does not exist.

    Notes
    -----
    The controls cannot contradict each other: dependence is D', the share of what the
    two margins allow, and not P(A, B) itself, whose bounds move with them.

    References
    ----------
    K. Dembczyński, W. Waegeman, W. Cheng, E. Hüllermeier, "On label dependence and loss
    minimization in multi-label classification", Machine Learning 88:5-45, 2012.

    Examples
    --------
    >>> explorer = DependenceExplorer(hide=["effect", "given"])
    >>> [answers[0] for answers in explorer.state.decisions.values()]
    ['{A}', '{ }', '{A}', '{A}']
    >>> explorer.state.dependence = 0.0
    >>> explorer.frames
    2
    """

    control_names: ClassVar = (
        "presets",
        "p_a",
        "p_b",
        "dependence",
        "effect",
        "given",
        "status",
    )
    presets: ClassVar = DEPENDENCE_PRESETS

    def __init__(
        self, *, preset: str | None = None, hide: Collection[str] = ()
    ) -> None:
        check_preset("dependence explorer", preset, DEPENDENCE_PRESETS)
        start = preset or next(iter(DEPENDENCE_PRESETS))
        super().__init__(DependenceState(**DEPENDENCE_PRESETS[start]), hide=hide)

    def controls(self) -> dict[str, widgets.Widget]:
        """Make a slider for each number, and the menu of what is known of x."""
        share = {"minimum": 0.0, "maximum": 1.0, "step": 0.05}
        strength = {"minimum": -1.0, "maximum": 1.0, "step": 0.05}
        given = [(words, value) for value, words in _GIVEN.items()]
        return {
            "p_a": self.number("p_a", "P(A)", **share),
            "p_b": self.number("p_b", "P(B)", **share),
            "dependence": self.number("dependence", "Dependence D′", **strength),
            "effect": self.number("effect", "Effect of x", **strength),
            "given": self.menu("given", "Known", given),
        }

    def make_panels(self) -> DependencePanels:
        """Draw the square, the bounds and the losses without values."""
        figure = detached_figure(DependencePanels.size)
        return DependencePanels(figure, tuple(_LOSSES.values()))

    def show(self, panels: DependencePanels) -> bool:
        """Move areas, bounds, bars and numbers."""
        state = self.state
        return panels.show(
            state.joint, state.expected, state.best, heading=state.heading()
        )

    def sentence(self) -> str:
        """Say distribution, bounds, correlation and the best answers."""
        return self.state.sentence()


@cache
def _jaccard() -> np.ndarray:
    """Jaccard of every answer (rows) with every true set (columns)."""
    true = np.tile(_ANSWERS, (len(_ANSWERS), 1))
    answers = np.repeat(_ANSWERS, len(_ANSWERS), axis=0)
    counts = confusion_counts(true, answers).by_example
    values, _ = RATIOS["jaccard"].values(counts, zero_division="match")
    return values.reshape(len(_ANSWERS), len(_ANSWERS))


def _signed(value: float) -> str:
    return "undefined" if np.isnan(value) else signed(value)
