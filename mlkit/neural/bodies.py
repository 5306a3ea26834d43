"""What a network that is a part of another has to be: a body without its last layer."""

from __future__ import annotations

import inspect
from typing import Any

from mlkit.exceptions import OptionError, names_for_message
from mlkit.neural.base import NeuralClassifier

__all__ = ["check_body", "features_of"]

# Options of a network that say how it is trained; those of a part have no use.
_OF_TRAINING = ("loss", "label_weights", "training", "random_state")


def check_body(what: str, network: Any, owner: str) -> None:
    """Refuse what is no network, or says itself how it is trained.

    Parameters
    ----------
    what : str
        What to call it, at the beginning of a message.
    network : object
        What was given.
    owner : str
        Name of the class that trains it.

    Raises
    ------
    TypeError
        If it is no network of this package.
    OptionError
        If it decides by more than its logits, or says how it is to be trained.
    """
    if not isinstance(network, NeuralClassifier):
        msg = (
            f"{what} must be a network of mlkit.neural, such as MLP() or SequenceNet()"
            f"; got {network!r}."
        )
        raise TypeError(msg)
    kind = type(network)
    if not kind._decides_by_logits():
        msg = (
            f"{what} is of {kind.__name__}, which decides by more than its logits, and "
            f"{owner} would train no more than these. Take another network."
        )
        raise OptionError(msg)
    defaults = inspect.signature(kind).parameters
    given = network.get_params(deep=False)
    said = [n for n in _OF_TRAINING if not _equal(given[n], defaults[n].default)]
    if said:
        msg = (
            f"{what} is given {names_for_message(said)}, which would not be used: "
            f"{owner} trains it. Give {said[0]} to {owner} itself."
        )
        raise OptionError(msg)


def features_of(network: Any) -> Any:
    """Return what the last layer of a network makes logits of, a vector a row.

    Parameters
    ----------
    network : keras.Model

    Returns
    -------
    keras.KerasTensor, shape (None, n_features)

    Raises
    ------
    OptionError
        If it does not end in a ``Dense`` layer on a vector a row.
    """
    import keras

    head = network.layers[-1]
    ends = isinstance(head, keras.layers.Dense) and head.output is network.outputs[0]
    # A Dense layer can be put on a picture, too: one for each of its points.
    if not ends or len(network.output_shape) != 2:
        msg = (
            f"The network {network.name!r} does not end in a layer that makes all "
            "logits of a vector a row, so that nothing else can read this vector. End "
            "it with Dense(n_labels)."
        )
        raise OptionError(msg)
    return head.input


def _equal(value: Any, default: Any) -> bool:
    # An array is equal to nothing; compared with ==, it would give an array.
    return type(value) is type(default) and value == default
