"""A row of logits and its loss: what the loss explorer shows, without a widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from traitlets import (
    Bool,
    Enum,
    Float,
    HasTraits,
    Int,
    List,
    TraitError,
    Unicode,
    observe,
    validate,
)

from mlkit.activations import sigmoid
from mlkit.losses import (
    binary_cross_entropy,
    binary_cross_entropy_gradient,
    softmax_cross_entropy,
    softmax_cross_entropy_gradient,
)
from mlkit.validation import default_label_names
from mlkit.widgets.checks import check_names_fit, in_range
from mlkit.widgets.loss_words import STEPS, say_step

__all__ = ["LEARNING_RATES", "LOSS_PRESETS", "LossState"]

# Each label has a row of controls; no screen is high enough for many.
_MOST_LABELS = 10

LEARNING_RATES: tuple[float, float] = (0.01, 100.0)
"""The least and the greatest learning rate."""

LOSS_PRESETS: dict[str, dict[str, list[Any]]] = {
    "by hand": {
        "label_names": ["beach", "sunset", "city"],
        # The logarithms of 3 and 1/3: probabilities of 3/4 and 1/4.
        "logits": [1.0986, -1.0986, 0.0],
        "truth": [True, True, False],
    },
    "a row of the lesson": {
        "label_names": ["beach", "sunset", "city"],
        "logits": [1.9072, 1.1079, 1.4906],
        "truth": [False, True, True],
    },
    "sure and wrong": {
        "label_names": ["beach", "sunset", "mountains", "city"],
        "logits": [6.0, -5.0, 4.0, -4.0],
        "truth": [False, True, False, True],
    },
    "sure and right": {
        "label_names": ["beach", "sunset", "mountains", "city"],
        "logits": [6.0, -5.0, 4.0, -4.0],
        "truth": [True, False, True, False],
    },
    "softmax wants one": {
        "label_names": ["beach", "sunset", "mountains", "city"],
        "logits": [4.0, 1.0, -2.0, -3.0],
        "truth": [True, True, False, False],
    },
    "empty set": {
        "label_names": ["beach", "sunset", "mountains", "city"],
        "logits": [1.0, -1.0, 0.5, -2.0],
        "truth": [False, False, False, False],
    },
}
"""Name of the situation -> label names, logits and truth.

``by hand``: losses log 4/3, log 4 and log 2. ``a row of the lesson``: the first of
three rows whose mean loss is .8000. ``sure and wrong``: the loss grows like the logit,
the gradient stays below one. ``sure and right``: hardly any loss, hardly any gradient.
``softmax wants one``: both true labels pull upwards with the sigmoid, and the softmax
pulls one of them down, because its share is larger than its half of the unit. ``empty
set``: the sigmoid learns that nothing is there, and the softmax learns nothing.
"""


class LossState(HasTraits):
    """A row of logits and its true labels, and what is asked about their loss.

    Parameters
    ----------
    **traits
        Initial values of the attributes.

    Attributes
    ----------
    logits : list of float
        Finite; one a label, at most ten.
    truth : list of bool
        Which labels are true.
    label_names : list of str
        Unique; ``label_0``, ... where none are given.
    reduction : {"mean", "sum"}
        Over the labels.
    selected : int
        Position of the label whose curve is shown.
    step : int
        How far the calculation is shown: logits (1), probabilities (2), loss of each
        label (3), mean or sum (4), gradient (5).
    descent : {"sigmoid", "softmax"}
        Whose cross-entropy `descend` makes smaller.
    learning_rate : float
        In [0.01, 100].
    n_descended : int
        How often `descend` was called since the logits were last set.

    Raises
    ------
    traitlets.TraitError
        If the numbers of logits, truths and names differ, there is no logit or more
        than ten, one is not finite, or another value is outside its range.

    Examples
    --------
    >>> state = LossState(logits=[0.0, 2.0], truth=[True, True])
    >>> state.losses.round(3).tolist(), round(state.loss, 3)
    ([0.693, 0.127], 0.41)
    >>> state.descend()
    >>> [round(z, 3) for z in state.logits]
    [0.25, 2.06]
    """

    logits = List(Float())
    truth = List(Bool())
    label_names = List(Unicode())
    reduction = Enum(["mean", "sum"], default_value="mean")
    selected = Int(0)
    step = Int(len(STEPS))
    descent = Enum(["sigmoid", "softmax"], default_value="sigmoid")
    learning_rate = Float(1.0)
    n_descended = Int(0)

    def __init__(self, **traits: Any) -> None:
        self._reached: list[float] = []
        # Before traitlets validates: the three lists are checked against each other.
        if not traits.get("label_names"):
            names = default_label_names(len(traits.get("logits", ())))
            traits["label_names"] = list(names)
        super().__init__(**traits)

    @validate("logits")
    def _check_logits(self, proposal: Any) -> list[float]:
        values = proposal["value"]
        if not values or not np.isfinite(values).all():
            msg = f"logits must be one or more finite numbers; got {values}."
            raise TraitError(msg)
        if len(values) > _MOST_LABELS:
            msg = (
                f"logits must be those of at most {_MOST_LABELS} labels, each of which "
                f"has a row of controls; got {len(values)}. Choose some of them."
            )
            raise TraitError(msg)
        self._check_fit(self.label_names, values, self.truth)
        return values

    @validate("truth")
    def _check_truth(self, proposal: Any) -> list[bool]:
        self._check_fit(self.label_names, self.logits, proposal["value"])
        return proposal["value"]

    @validate("label_names")
    def _check_label_names(self, proposal: Any) -> list[str]:
        self._check_fit(proposal["value"], self.logits, self.truth)
        return proposal["value"]

    @validate("selected")
    def _check_selected(self, proposal: Any) -> int:
        return in_range(proposal, 0, len(self.logits) - 1)

    @validate("step")
    def _check_step(self, proposal: Any) -> int:
        return in_range(proposal, 1, len(STEPS))

    @validate("learning_rate")
    def _check_learning_rate(self, proposal: Any) -> float:
        return in_range(proposal, *LEARNING_RATES)

    @observe("logits")
    def _count_anew(self, change: Any) -> None:
        if change["new"] != self._reached:
            self.n_descended = 0

    # Whichever is notified first: an explorer draws after each of them.
    @observe("logits", "truth", "label_names")
    def _keep_selected(self, change: Any) -> None:
        if self.selected >= len(self.logits):
            self.selected = 0

    def _check_fit(
        self, names: Sequence[str], logits: Sequence[float], truth: Sequence[bool]
    ) -> None:
        check_names_fit(names, len(logits))
        if len(truth) != len(logits):
            msg = (
                f"truth must say of each of the {len(logits)} labels whether it is "
                f"true; got {len(truth)} values."
            )
            raise TraitError(msg)

    def set_logit(self, position: int, value: float) -> None:
        """Change one logit.

        Parameters
        ----------
        position : int
            Of the label, from 0.
        value : float
            Finite.
        """
        self.logits = _with(self.logits, position, value)

    def set_true(self, position: int, value: bool) -> None:
        """Say whether a label is true.

        Parameters
        ----------
        position : int
            Of the label, from 0.
        value : bool
        """
        self.truth = _with(self.truth, position, value)

    def descend(self) -> None:
        """Take one step of gradient descent: logits less learning rate x gradient."""
        slopes = self.gradient if self.descent == "sigmoid" else self.softmax_gradient
        moved = np.asarray(self.logits) - self.learning_rate * slopes
        self._reached = moved.tolist()
        with self.hold_trait_notifications():
            self.n_descended += 1
            self.logits = list(self._reached)

    @property
    def probabilities(self) -> np.ndarray:
        """Sigmoid of each logit, shape (n_labels,)."""
        return sigmoid(self.logits)

    @property
    def losses(self) -> np.ndarray:
        """Binary cross-entropy of each label, shape (n_labels,)."""
        return binary_cross_entropy(self.logits, self.truth)

    @property
    def loss(self) -> float:
        """Mean or sum of the losses."""
        total = self.losses.mean() if self.reduction == "mean" else self.losses.sum()
        return float(total)

    @property
    def gradient(self) -> np.ndarray:
        """Derivatives of `loss` by the logits, shape (n_labels,)."""
        slopes = binary_cross_entropy_gradient(self.logits, self.truth)
        return slopes / len(slopes) if self.reduction == "mean" else slopes

    @property
    def softmax_loss(self) -> float:
        """Softmax cross-entropy of the row; 0 for the empty set."""
        return float(softmax_cross_entropy(self.logits, self.truth))

    @property
    def softmax_gradient(self) -> np.ndarray:
        """Derivatives of `softmax_loss` by the logits, shape (n_labels,)."""
        return softmax_cross_entropy_gradient(self.logits, self.truth)

    @property
    def true_labels(self) -> tuple[str, ...]:
        """Names of the labels that are true."""
        pairs = zip(self.label_names, self.truth, strict=True)
        return tuple(name for name, true in pairs if true)

    def sentence(self) -> str:
        """Spell out the arithmetic of the step that is shown.

        Returns
        -------
        str

        Examples
        --------
        >>> state = LossState(logits=[0.0, 2.0], truth=[True, False], step=4)
        >>> state.sentence()[:46]
        'True: {label_0}. Step 4 of 5, mean or sum: (0.'
        """
        words = say_step(self)
        moved = ""
        if self.n_descended:
            many = "step" if self.n_descended == 1 else "steps"
            moved = f" after {self.n_descended} gradient {many}"
        return (
            f"True: {{{', '.join(self.true_labels)}}}{moved}. "
            f"Step {self.step} of {len(STEPS)}, {STEPS[self.step - 1]}: {words}."
        )


def _with(values: Sequence[Any], position: int, value: Any) -> list[Any]:
    # A new list: traitlets would not notice a change inside the old one.
    changed = list(values)
    changed[position] = value
    return changed
