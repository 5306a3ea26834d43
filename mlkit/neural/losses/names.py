"""Losses by name, as the networks' parameter ``loss`` takes them."""

from __future__ import annotations

from typing import Any

from mlkit.exceptions import unknown_name
from mlkit.neural.losses.base import MultiLabelLoss
from mlkit.neural.losses.per_label import (
    AsymmetricLoss,
    BinaryCrossEntropy,
    FocalLoss,
)
from mlkit.neural.losses.ranking import LogSumExpPairwise, PairwiseRanking
from mlkit.neural.losses.softmax import SoftmaxCrossEntropy

__all__ = ["LOSSES", "get_loss"]

# Without NegativeLogLikelihood: the networks give logits, which it would misread.
LOSSES: dict[str, type[MultiLabelLoss]] = {
    loss.short_name: loss
    for loss in (
        AsymmetricLoss,
        BinaryCrossEntropy,
        FocalLoss,
        LogSumExpPairwise,
        PairwiseRanking,
        SoftmaxCrossEntropy,
    )
}
"""The losses of logits by the names that `get_loss` takes."""


def get_loss(loss: Any) -> Any:
    """Return the loss that a name stands for.

    Parameters
    ----------
    loss : str, keras.losses.Loss or callable
        One of the names in `LOSSES`, with its default options, or a loss, which comes
        back as it is. A function is called with ``(y_true, y_pred)`` and should leave
        out unknown labels (-1) itself.

    Returns
    -------
    keras.losses.Loss or callable

    Raises
    ------
    UnknownNameError
        If no loss has the name. Keras' own names are not taken: most of its losses
        expect probabilities where the networks here give logits, and its
        ``categorical_crossentropy`` expects classes that exclude each other.
    TypeError
        If it is neither a name nor a loss; a class of losses has to be called first.

    Examples
    --------
    >>> get_loss("focal").gamma
    2.0
    >>> get_loss("focl")
    Traceback (most recent call last):
    mlkit.exceptions.UnknownNameError: Unknown loss 'focl'. Did you mean 'focal'? ...
    """
    if isinstance(loss, str):
        if loss not in LOSSES:
            error = unknown_name("loss", loss, LOSSES)
            raise error
        return LOSSES[loss]()
    if isinstance(loss, type) or not callable(loss):
        msg = (
            "loss must be a name, a keras.losses.Loss or a function of (y_true, "
            f"y_pred); got {loss!r}. Known names: {', '.join(sorted(LOSSES))}."
        )
        raise TypeError(msg)
    return loss
