"""The network inside of a fitted learner: looked at, copied, exchanged."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from mlkit.exceptions import OptionError
from mlkit.neural.base import NeuralClassifier

__all__ = [
    "check_learner",
    "check_decides_by_logits",
    "copy_in_float32",
    "copy_of_network",
    "network_of",
    "no_advice_to_keras",
    "some_rows",
    "with_network",
]


def check_learner(name: str, learner: Any) -> None:
    """Refuse what is no network of the kit.

    Parameters
    ----------
    name : str
        How the message calls it.
    learner : object

    Raises
    ------
    TypeError
        If it is something else.
    """
    if not isinstance(learner, NeuralClassifier):
        what = learner.__name__ if isinstance(learner, type) else type(learner).__name__
        msg = (
            f"{name} must be a network of mlkit.neural, such as MLP(); got {what}. Of "
            "a pipeline, give its last step, and the features that come to it."
        )
        raise TypeError(msg)


def check_decides_by_logits(learner: NeuralClassifier) -> None:
    """Refuse a learner that is more than a network with a logit a label.

    Parameters
    ----------
    learner : NeuralClassifier

    Raises
    ------
    OptionError
        If it decides in another way, with something else that it has learned.
    """
    if not learner._decides_by_logits():
        msg = (
            f"{type(learner).__name__} learns more than a logit a label, in a stage of "
            "its own, which is not known here. Take MLP, ConvNet or another network "
            "that predicts a label where its logit is above 0."
        )
        raise OptionError(msg)


def network_of(learner: Any) -> Any:
    """Return the network of a fitted learner.

    Parameters
    ----------
    learner : NeuralClassifier

    Returns
    -------
    keras.Model

    Raises
    ------
    TypeError
        If it is no network of the kit.
    NotFittedError
        If it is not fitted.
    OptionError
        If no label varied in its training rows, so that there is no network.
    """
    check_learner("learner", learner)
    check_is_fitted(learner)
    if learner.network_ is None:
        msg = (
            "All labels were constant in fit: there is no network that could become "
            "smaller."
        )
        raise OptionError(msg)
    return learner.network_


def copy_of_network(network: Any) -> Any:
    """Return a network with the same layers and weights, and nothing shared.

    Parameters
    ----------
    network : keras.Model

    Returns
    -------
    keras.Model
    """
    import keras

    return _with_weights_of(network, keras.models.clone_model(network))


def copy_in_float32(network: Any) -> Any:
    """Return a copy that computes in float32, whatever precision it was trained in.

    Parameters
    ----------
    network : keras.Model
        Its weights are float32 in any precision.

    Returns
    -------
    keras.Model
        With no more than rounding between the two.
    """
    import keras

    def widened(operation: Any) -> Any:
        config = operation.get_config()
        # Operations that are no layers, such as a comparison, have no precision.
        if isinstance(operation, keras.layers.Layer):
            config["dtype"] = "float32"
        return type(operation).from_config(config)

    copied = keras.models.clone_model(network, clone_function=widened, recursive=True)
    return _with_weights_of(network, copied)


def _with_weights_of(network: Any, copied: Any) -> Any:
    for old, new in zip(network.weights, copied.weights, strict=True):
        new.assign(old.value)
    return copied


def some_rows(X: Any, n_rows: int) -> Any:
    """Return the first rows of features in their container.

    Parameters
    ----------
    X : features
        As a learner takes them: a table, an array, texts, or a mapping of them.
    n_rows : int

    Returns
    -------
    features
        Of exactly so many rows: again from the beginning where there are too few.
    """
    if isinstance(X, Mapping):
        return {name: some_rows(part, n_rows) for name, part in X.items()}
    given = X if hasattr(X, "shape") else np.asarray(X)
    rows = np.arange(n_rows) % given.shape[0]
    if isinstance(given, (pd.DataFrame, pd.Series)):
        return given.iloc[rows]
    return sp.csr_array(given)[rows] if sp.issparse(given) else given[rows]


@contextmanager
def no_advice_to_keras() -> Iterator[None]:
    """Keep NumPy from telling users how Keras should ask for arrays."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "__array__ impl", category=DeprecationWarning)
        yield


def with_network(learner: NeuralClassifier, network: Any) -> Any:
    """Return a fitted learner like another one, with another network.

    Parameters
    ----------
    learner : NeuralClassifier
        Fitted; not modified.
    network : keras.Model

    Returns
    -------
    NeuralClassifier
        With the same options and the same facts of the training rows.
    """
    new = clone(learner)
    options = learner.get_params(deep=False)
    # What was learned is never written into, and can belong to both.
    facts = {k: v for k, v in vars(learner).items() if k not in options}
    vars(new).update(facts, network_=network)
    return new
