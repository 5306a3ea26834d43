"""Any Keras network of one's own, as a learner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlkit.exceptions import OptionError, ShapeError
from mlkit.models.weighting import LabelWeights
from mlkit.neural.base import NeuralClassifier
from mlkit.neural.inputs import check_arrays, is_table
from mlkit.neural.training.rows import Rows
from mlkit.neural.training.settings import Training

__all__ = ["KerasMultiLabelClassifier"]

_NOT_LOGITS = ("sigmoid", "softmax", "hard_sigmoid", "log_softmax", "tanh")


class KerasMultiLabelClassifier(NeuralClassifier):
    """A Keras network of one's own, behind the contract of every learner.

    Parameters
    ----------
    network : callable or keras.Model
        ``network(input_shape, n_labels)`` returns a Keras model from rows of
        `input_shape` to `n_labels` logits: its last layer is ``Dense(n_labels)``
        without an activation. It is called anew in each `fit`. A model is cloned, with
        fresh weights.
    loss : str or keras.losses.Loss, default "binary_cross_entropy"
        A name of `mlkit.neural.losses`, or a loss of logits; ``"binary_cross_entropy"``
        is one sigmoid a label.
    label_weights : None, "balanced", DataFrame or ndarray, shape (n_labels, 2)
        What absence and presence of each label weigh in the binary cross-entropy, as in
        `mlkit.models.BinaryRelevance`.
    training : Training, optional
        How it is trained; by default ``Training()``.
    random_state : int, RandomState or None, default None
        Seed of weights, order of rows, dropout and augmentation.

    Attributes
    ----------
    network_ : keras.Model or None
        See `MLP`.
    history_ : dict of str to list of float
        See `MLP`.

    See Also
    --------
    MLP, ConvNet, SequenceNet, TextNet, MLNet : Networks that are ready.

    Notes
    -----
    Logits, and not probabilities, since a loss of logits stays exact where a
    probability has been rounded to 0 or 1. `predict_proba` is their sigmoid.

    Labels that are constant in the training rows are known without a network, which is
    built for the others: `n_labels` may be less than the columns of `Y`.

    `X` is an array with two or more dimensions; of two also a DataFrame of numbers or a
    sparse matrix, which is made dense a part at a time.

    Examples
    --------
    >>> import keras
    >>> from mlkit.neural import KerasMultiLabelClassifier, Training
    >>> def network(input_shape, n_labels):
    ...     inputs = keras.Input(input_shape)
    ...     hidden = keras.layers.Dense(8, activation="relu")(inputs)
    ...     return keras.Model(inputs, keras.layers.Dense(n_labels)(hidden))
    >>> model = KerasMultiLabelClassifier(
    ...     network, training=Training(epochs=3), random_state=0
    ... )
    >>> X, Y = [[0.0], [1.0], [2.0], [3.0]], [[0, 1], [0, 1], [1, 0], [1, 1]]
    >>> model.fit(X, Y).predict_proba(X).shape
    (4, 2)
    """

    def __init__(
        self,
        network: Callable[[tuple[int, ...], int], Any] | Any = None,
        *,
        loss: Any = "binary_cross_entropy",
        label_weights: LabelWeights = None,
        training: Training | None = None,
        random_state: Any = None,
    ) -> None:
        self.network = network
        self.loss = loss
        self.label_weights = label_weights
        self.training = training
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.three_d_array = True
        return tags

    def _check_features(self, X: Any, *, reset: bool) -> Any:
        if is_table(self, X, reset=reset):
            return super()._check_features(X, reset=reset)
        return check_arrays(self, X, reset=reset, n_axes=(3, 4, 5))

    def _build_network(self, rows: Rows) -> Any:
        import keras

        n_labels = rows.n_labels
        if isinstance(self.network, keras.Model):
            # Not the given one: it may have been trained, and belongs to the caller.
            network = keras.models.clone_model(self.network)
        elif callable(self.network):
            network = self.network(rows.X.shape[1:], n_labels)
        else:
            msg = (
                "network must be a function (input_shape, n_labels) -> keras.Model, or "
                f"a keras.Model; got {self.network!r}."
            )
            raise TypeError(msg)
        return _checked(network, rows.X.shape[1:], n_labels)


def _checked(network: Any, input_shape: tuple[int, ...], n_labels: int) -> Any:
    """Return a network with inputs, and refuse one that gives no logit a label."""
    import keras

    from mlkit.neural.model import MultiLabelModel

    last = network.layers[-1] if network.layers else network
    if isinstance(network, keras.Sequential) and not network.built:
        network.build((None, *input_shape))
    if not getattr(network, "inputs", None):
        # Subclasses of Model.
        inputs = keras.Input(input_shape)
        network = MultiLabelModel(inputs, network(inputs))
    elif isinstance(network, keras.Sequential):
        # The same layers, but with an `input` before it is called.
        network = MultiLabelModel(network.inputs[0], network.outputs[0])
    shape = tuple(network.output_shape)
    if shape != (None, n_labels):
        msg = (
            f"The network gives {shape}, and {n_labels} labels vary in the training "
            f"rows: expected (None, {n_labels}). End it with Dense(n_labels), with the "
            "n_labels that it is called with."
        )
        raise ShapeError(msg)
    _check_activation(last)
    return network


def _check_activation(last: Any) -> None:
    """Refuse a network whose outputs are probabilities already."""
    activation = getattr(last, "activation", None)
    name = getattr(activation, "__name__", "")
    if name in _NOT_LOGITS:
        msg = (
            f"The network ends with {name}, and logits are expected: "
            "Dense(n_labels), without an activation. The sigmoid is in the loss, where "
            "it is exact, and in predict_proba."
        )
        if name == "softmax":
            msg += " A softmax would make the labels share one unit of probability."
        raise OptionError(msg)
