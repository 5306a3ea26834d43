"""The arithmetic of a loss in words: each step with the numbers of one row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mlkit.activations import sigmoid, softmax
from mlkit.wording import signed

if TYPE_CHECKING:
    from mlkit.widgets.loss_state import LossState

__all__ = ["STEPS", "say_step"]


def say_step(state: LossState) -> str:
    """Spell out the step of the calculation that a state shows.

    Parameters
    ----------
    state : LossState

    Returns
    -------
    str
        Without a full stop. Logarithms are natural ones; probabilities are rounded to
        four digits, losses and gradients to three decimals.

    Examples
    --------
    >>> from mlkit.widgets.loss_state import LossState
    >>> state = LossState(logits=[0.0, 2.0], truth=[True, False], step=3)
    >>> say_step(state)
    'label_0: −log 0.5000 = 0.693, label_1: −log(1 − 0.8808) = 2.127'
    """
    return _WORDS[state.step - 1](state)


def _say_logits(state: LossState) -> str:
    return _listed(state, [signed(round(z, 4), ".5g") for z in state.logits])


def _say_probabilities(state: LossState) -> str:
    terms = [
        f"1 / (1 + exp({signed(round(-z, 4), '.5g')})) = {p:.3f}"
        for z, p in zip(state.logits, state.probabilities, strict=True)
    ]
    return _listed(state, terms)


def _say_losses(state: LossState) -> str:
    cells = zip(state.logits, state.truth, state.losses, strict=True)
    return _listed(state, [f"{_term(z, y)} = {_amount(loss)}" for z, y, loss in cells])


def _say_total(state: LossState) -> str:
    terms = " + ".join(map(_amount, state.losses))
    if state.reduction == "mean":
        terms = f"({terms}) / {len(state.losses)}"
    said = f"{terms} = {_amount(state.loss)}"
    if not state.true_labels:
        return f"{said}; softmax cross-entropy 0, as no label is its target"
    return f"{said}; softmax cross-entropy {_amount(state.softmax_loss)}"


def _say_gradient(state: LossState) -> str:
    n_labels = len(state.logits)
    divided = f" / {n_labels}" if state.reduction == "mean" else ""
    slopes = [
        f"{_difference(p, int(y), bracket=bool(divided))}{divided} = "
        f"{signed(slope, '.3f')}"
        for p, y, slope in zip(
            sigmoid(state.logits), state.truth, state.gradient, strict=True
        )
    ]
    said = (
        f"{state.reduction} loss {_amount(state.loss)}, with {_listed(state, slopes)}"
    )
    if not state.true_labels:
        return f"{said}; softmax loss 0 with no gradient, as no label is its target"
    target = 1 / len(state.true_labels)
    shares = [
        f"{_difference(share, f'{target:.3g}' if y else '0')} = {signed(slope, '.3f')}"
        for share, y, slope in zip(
            softmax(state.logits), state.truth, state.softmax_gradient, strict=True
        )
    ]
    softmax_words = f"softmax loss {_amount(state.softmax_loss)}"
    return f"{said}; {softmax_words}, with {_listed(state, shares)}"


_WORDS: tuple[Callable[[LossState], str], ...] = (
    _say_logits,
    _say_probabilities,
    _say_losses,
    _say_total,
    _say_gradient,
)

STEPS: tuple[str, ...] = (
    "logits",
    "probabilities",
    "loss of each label",
    "mean or sum",
    "gradient",
)
"""What is computed in each step, in order."""


def _term(z: float, true: bool) -> str:
    """Write the loss of a label as a logarithm that does not come out as log 0."""
    p, given = float(sigmoid(z)), float(sigmoid(z if true else -z))
    if given == 0.0:
        # The lesson's point: the probability is rounded to 0, the logit is not.
        return f"log(1 + exp({abs(z):.5g}))"
    if given < 0.1:
        return f"−log {given:.3g}"
    return f"−log {p:.4f}" if true else f"−log(1 − {p:.4f})"


def _difference(share: float, target: object, *, bracket: bool = False) -> str:
    text = f"{share:.3f} − {target}"
    return f"({text})" if bracket else text


def _listed(state: LossState, words: Sequence[str]) -> str:
    pairs = zip(state.label_names, words, strict=True)
    return ", ".join(f"{name}: {word}" for name, word in pairs)


def _amount(loss: float) -> str:
    return f"{loss:.3f}" if loss < 100 else f"{loss:.5g}"
