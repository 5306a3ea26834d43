"""A network for sequences: convolutions along time, recurrent layers, or both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlkit.arguments import check_choice, check_count, check_number
from mlkit.exceptions import OptionError
from mlkit.models.weighting import LabelWeights
from mlkit.neural.base import NeuralClassifier
from mlkit.neural.inputs import check_arrays, is_table
from mlkit.neural.mlp import check_units
from mlkit.neural.moments import channel_moments
from mlkit.neural.training.settings import Training

__all__ = ["SequenceNet"]

# What `units` stands for where none are given.
_ENCODERS: dict[str, tuple[int, ...]] = {
    "cnn": (32, 64, 64),
    "lstm": (32,),
    "gru": (32,),
    "cnn-lstm": (32, 64),
    "cnn-gru": (32, 64),
}


class SequenceNet(NeuralClassifier):
    """Network for sequences of readings, with one sigmoid a label.

    Parameters
    ----------
    encoder : {"cnn", "lstm", "gru", "cnn-lstm", "cnn-gru"}, default "cnn"
        What reads the sequence: blocks of 1-D convolutions, recurrent layers, or
        convolutions and after them one recurrent layer.
    units : sequence of int, optional
        Filters of each convolution and size of each recurrent layer, in their order; of
        ``"cnn-gru"`` the last one is that of the GRU. By default (32, 64, 64) for
        convolutions, (32,) for recurrent layers, and (32, 64) for both.
    kernel_size : int, default 5
        Readings that a convolution sees at a time.
    bidirectional : bool, default True
        Whether recurrent layers read from both ends; their outputs are then twice as
        wide.
    dropout : float, default 0.3
        Share of the features before the last layer that a step leaves out, in [0, 1).
    normalise : bool, default True
        Whether each channel is scaled to mean 0 and variance 1 over the training rows.
        The scaling is part of the network, and is saved with it.
    loss : str or keras.losses.Loss, default "binary_cross_entropy"
        A name of `mlkit.neural.losses`, or a loss of logits.
    label_weights : None, "balanced", DataFrame or ndarray, shape (n_labels, 2)
        What absence and presence of each label weigh in the binary cross-entropy, as in
        `mlkit.models.BinaryRelevance`.
    training : Training, optional
        How it is trained; by default ``Training()``.
    random_state : int, RandomState or None, default None
        Seed of weights, order of rows and dropout.

    Attributes
    ----------
    network_ : keras.Model or None
        See `MLP`.
    history_ : dict of str to list of float
        See `MLP`.
    input_shape_ : tuple of int
        (length, n_channels); only where `X` had three axes.

    See Also
    --------
    TwoHeads : With a second target, such as the sensor that the readings come from.
    mlkit.datasets.make_sensor_windows : Sequences to try it on.

    Notes
    -----
    `X` has shape (n_samples, length, n_channels), all sequences of one length. A table
    of shape (n_samples, length), also sparse or a DataFrame, has one channel.

    A block is a convolution, batch normalisation and ReLU [1]_; between blocks the
    greater one of each two neighbours is kept, so that the next block sees twice as
    far. Recurrent layers are LSTM [2]_ or GRU [3]_. Of what comes out in the end, the
    mean and the maximum over the sequence are the features of the labels: where in the
    sequence something happens does not count.

    Recurrent layers need larger steps than Adam's 0.001. On 1500 windows of
    `make_sensor_windows`, with ``Training(epochs=40, learning_rate=0.005)``, macro-F1
    on other windows is .74 for ``"cnn"``, .77 for ``"gru"`` (.52 at 0.001), .62 for
    ``"lstm"`` (.70 at 0.01), .75 for ``"cnn-lstm"`` and .80 for ``"cnn-gru"``; all but
    the first take several times as long.

    Readings that repeat exactly, as of a sensor that is stuck, are hard to see for any
    of them: ordinary readings differ by so little in the scale of their channel. With
    the size of each step, cut off at three times its median, as further channels, the
    convolutions reach .85 there.

    References
    ----------
    .. [1] Z. Wang, W. Yan, T. Oates. Time series classification from scratch with deep
       neural networks: A strong baseline. IJCNN 2017.
    .. [2] S. Hochreiter, J. Schmidhuber. Long short-term memory. Neural Computation 9,
       1997.
    .. [3] K. Cho et al. Learning phrase representations using RNN encoder-decoder for
       statistical machine translation. EMNLP 2014.

    Examples
    --------
    >>> from mlkit.datasets import make_sensor_windows
    >>> from mlkit.neural import SequenceNet, Training
    >>> windows = make_sensor_windows(60, random_state=0).dataset
    >>> model = SequenceNet(training=Training(epochs=2), random_state=0)
    >>> model.fit(*windows.as_xy()).predict_proba(windows.X).shape
    (60, 7)
    """

    def __init__(
        self,
        encoder: str = "cnn",
        *,
        units: Sequence[int] | None = None,
        kernel_size: int = 5,
        bidirectional: bool = True,
        dropout: float = 0.3,
        normalise: bool = True,
        loss: Any = "binary_cross_entropy",
        label_weights: LabelWeights = None,
        training: Training | None = None,
        random_state: Any = None,
    ) -> None:
        self.encoder = encoder
        self.units = units
        self.kernel_size = kernel_size
        self.bidirectional = bidirectional
        self.dropout = dropout
        self.normalise = normalise
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
        return check_arrays(self, X, reset=reset, n_axes=(2, 3))

    def _build_body(self, X: Any) -> tuple[Any, Any]:
        import keras

        from mlkit.neural.layers import normalisation

        units = self._checked_units()
        inputs = keras.Input(X.shape[1:], name="sequence")
        features = inputs
        if len(X.shape) == 2:
            features = keras.layers.Reshape((-1, 1), name="one_channel")(features)
        if self.normalise:
            n_channels = X.shape[2] if len(X.shape) == 3 else 1
            scaled = normalisation(*channel_moments(X, n_channels))
            features = scaled(features)
        kinds = self.encoder.split("-")
        for i, width in enumerate(units, start=1):
            last = i == len(units)
            kind = kinds[-1] if last else kinds[0]
            if kind == "cnn":
                features = self._convolved(features, width, i, halved=not last)
            else:
                features = self._recurrent(features, width, i, kind)
        return inputs, self._pooled(features)

    def _checked_units(self) -> Sequence[int]:
        """Check the architecture, and return the width of each layer."""
        check_choice("encoder", self.encoder, _ENCODERS)
        check_count("kernel_size", self.kernel_size, minimum=1, error=OptionError)
        check_number("dropout", self.dropout, below=1, error=OptionError)
        if self.units is None:
            return _ENCODERS[self.encoder]
        check_units(self.units)
        needed = len(self.encoder.split("-"))
        if len(self.units) < needed:
            msg = (
                f"encoder={self.encoder!r} needs units for {needed} or more layers, "
                f"such as {_ENCODERS[self.encoder]}; got {self.units!r}."
            )
            raise OptionError(msg)
        return self.units

    def _convolved(self, features: Any, filters: int, i: int, *, halved: bool) -> Any:
        from keras import layers

        block = [
            layers.Conv1D(
                filters,
                self.kernel_size,
                padding="same",
                # The normalisation after it has one.
                use_bias=False,
                kernel_initializer="he_uniform",
                name=f"convolution_{i}",
            ),
            # Keras' momentum of .99 is right after hundreds of steps only; shorter
            # trainings would predict with the statistics of the first weights.
            layers.BatchNormalization(momentum=0.9, name=f"scaled_{i}"),
            layers.ReLU(name=f"relu_{i}"),
        ]
        if halved:
            # "same": a sequence of one reading stays.
            block.append(layers.MaxPooling1D(2, padding="same", name=f"halved_{i}"))
        for layer in block:
            features = layer(features)
        return features

    def _recurrent(self, features: Any, units: int, i: int, kind: str) -> Any:
        from keras import layers

        kinds = {"lstm": layers.LSTM, "gru": layers.GRU}
        name = f"{kind}_{i}"
        layer = kinds[kind](units, return_sequences=True, name=name)
        if self.bidirectional:
            layer = layers.Bidirectional(layer, name=f"both_ways_{i}")
        return layer(features)

    def _pooled(self, features: Any) -> Any:
        """Return a vector a row for features along the sequence."""
        from keras import layers

        # The mean tells what lasts, the maximum what is there for a moment.
        parts = [
            layers.GlobalAveragePooling1D(name="mean")(features),
            layers.GlobalMaxPooling1D(name="maximum")(features),
        ]
        pooled = layers.Concatenate(name="features")(parts)
        return layers.Dropout(self.dropout, name="dropout")(pooled)
