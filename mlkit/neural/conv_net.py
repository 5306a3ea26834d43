"""Convolutional networks for pictures, in named styles."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from mlkit.exceptions import OptionError, ShapeError, names_for_message
from mlkit.models.weighting import LabelWeights
from mlkit.neural.base import NeuralClassifier
from mlkit.neural.moments import channel_moments
from mlkit.neural.pictures import check_pictures
from mlkit.neural.training.rows import Rows
from mlkit.neural.training.settings import Training

if TYPE_CHECKING:
    from mlkit.neural.augmentation import Augmentation

__all__ = ["ConvNet"]

_HEAD = "logits"


class ConvNet(NeuralClassifier):
    """Convolutional network for pictures, with one sigmoid a label.

    Parameters
    ----------
    style : {"lenet", "vgg", "inception", "resnet", "mobilenet"}, default "vgg"
        What the network looks like; see `mlkit.neural.architectures`.
    backbone : str, optional
        In place of a style: a network of ``keras.applications`` at full size, such as
        ``"ResNet50"``.
    weights : str or Path, optional
        A file with the weights of the backbone, without its head. By default they are
        drawn.
    width : float, default 1.0
        Factor on the numbers of filters of a style.
    depth : int, optional
        Layers a stage of a style; by default its own. LeNet-5 has one depth.
    dropout : float, default 0.0
        Share of the last features that a step leaves out, in [0, 1).
    augment : Augmentation, optional
        How pictures are varied in training; each time anew, and never in `predict`.
    initial : dict of str to list of ndarray, optional
        What the weights of the body are at the beginning: `body_weights` of a network
        of the same style and size, or of a `RotationPretraining`.
    frozen : bool, default False
        Whether the body keeps its weights, which then come from `initial` or `weights`;
        only the last layer is trained.
    loss : str or keras.losses.Loss, default "binary_cross_entropy"
        A name of `mlkit.neural.losses`, or a loss of logits.
    label_weights : None, "balanced", DataFrame or ndarray, shape (n_labels, 2)
        What absence and presence of each label weigh in the binary cross-entropy, as in
        `mlkit.models.BinaryRelevance`.
    training : Training, optional
        How it is trained; by default ``Training()``.
    random_state : int, RandomState or None, default None
        Seed of weights, order of rows, augmentation and dropout.

    Attributes
    ----------
    network_ : keras.Model or None
        Takes pictures as they are, and gives the logits of the labels that vary in the
        training rows; None where none does. It is not compiled.
    history_ : dict of str to list of float
        See `MLP`.
    input_shape_ : tuple of int
        Shape of a picture: rows, columns and, unless it is grey, channels.

    See Also
    --------
    PictureFiles : Pictures in files, in place of an array.
    Augmentation : The ways to vary pictures.
    RotationPretraining : Weights from pictures without labels.
    mlkit.neural.activation_maps.activation_maps : Where a label was found.

    Notes
    -----
    `X` has the shape (n_samples, rows, columns, channels), or (n_samples, rows,
    columns) of grey pictures, at least 16 x 16 pixels each. It may be bytes from 0 to
    255, or floats on any scale: each channel is scaled to mean 0 and variance 1 over
    the training rows. The scaling is a part of the network and is saved with it, so
    that new pictures are given as they are, on the scale of the training.

    Arrays on a disk (``numpy.load(path, mmap_mode="r")``), `PictureFiles` and whatever
    else has ``shape``, ``dtype`` and ``[rows]`` are read a part at a time.

    But for LeNet-5, whose last layers are dense, the features are the means of the maps
    that the last convolution gives. A logit is then the mean of a map of its own, which
    `activation_maps` shows.

    Where the body is frozen, and pictures are neither varied nor mixed and nothing is
    dropped, what it gives for a picture is always the same: it is computed once, and
    an epoch takes next to no time.

    References
    ----------
    M. Lin, Q. Chen, S. Yan. Network in network. ICLR 2014, section 3.2 (means of maps).

    Examples
    --------
    >>> from mlkit.datasets import make_wardrobe
    >>> from mlkit.neural import ConvNet, Training
    >>> X, Y = make_wardrobe(24, image_size=16, random_state=0).as_xy()
    >>> model = ConvNet("mobilenet", width=0.25, training=Training(2), random_state=0)
    >>> model.fit(X, Y).predict_proba(X).shape
    (24, 9)
    >>> model.activation_maps(X[:1], labels=["red"]).shape
    (1, 1, 2, 2)
    """

    def __init__(
        self,
        style: str = "vgg",
        *,
        backbone: str | None = None,
        weights: str | Path | None = None,
        width: float = 1.0,
        depth: int | None = None,
        dropout: float = 0.0,
        augment: Augmentation | None = None,
        initial: Mapping[str, Sequence[np.ndarray]] | None = None,
        frozen: bool = False,
        loss: Any = "binary_cross_entropy",
        label_weights: LabelWeights = None,
        training: Training | None = None,
        random_state: Any = None,
    ) -> None:
        self.style = style
        self.backbone = backbone
        self.weights = weights
        self.width = width
        self.depth = depth
        self.dropout = dropout
        self.augment = augment
        self.initial = initial
        self.frozen = frozen
        self.loss = loss
        self.label_weights = label_weights
        self.training = training
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags

    def body_weights(self) -> dict[str, list[np.ndarray]]:
        """Return what the body has learned, for the `initial` of another network.

        Returns
        -------
        dict of str to list of ndarray
            By the name of the layer; without the last one, which gives the logits.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        OptionError
            If no label varied in the training rows, so that there is no network.
        """
        check_is_fitted(self)
        if self.network_ is None:
            msg = "All labels were constant in fit: no network was trained."
            raise OptionError(msg)
        return {
            layer.name: layer.get_weights() for layer in _with_weights(self.network_)
        }

    def activation_maps(
        self,
        pictures: Any,
        *,
        labels: Sequence[str | int] | None = None,
        layer: str | None = None,
    ) -> np.ndarray:
        """Return where in pictures labels were found.

        Parameters
        ----------
        pictures, labels, layer
            As of `mlkit.neural.activation_maps.activation_maps`.

        Returns
        -------
        ndarray of float64, shape (n_samples, n_labels, rows, columns)
        """
        from mlkit.neural.activation_maps import activation_maps

        return activation_maps(self, pictures, labels=labels, layer=layer)

    def _check_features(self, X: Any, *, reset: bool) -> Any:
        return check_pictures(self, X, reset=reset)

    def _fit_inputs(self, X: Any) -> None:
        self._moments = channel_moments(X, X.shape[3] if len(X.shape) == 4 else 1)

    def _train(
        self,
        rows: Rows,
        watched: Rows | None,
        loss: Any,
        training: Training,
        seed: int,
        callbacks: Iterable[Any],
    ) -> None:
        if self._always_the_same(training):
            self._train_head(rows, watched, loss, training, seed, callbacks)
        else:
            super()._train(rows, watched, loss, training, seed, callbacks)

    def _always_the_same(self, training: Training) -> bool:
        """Say whether the body gives the same for a picture in every epoch."""
        varied = self.augment is not None or self.dropout or training.mixing
        return self.frozen and not varied

    def _train_head(
        self,
        rows: Rows,
        watched: Rows | None,
        loss: Any,
        training: Training,
        seed: int,
        callbacks: Iterable[Any],
    ) -> None:
        """Train the last layer on what the body gives, computed once."""
        import keras

        from mlkit.neural.layers import label_head
        from mlkit.neural.training.forward import outputs_of
        from mlkit.neural.training.session import Session

        network, rows, watched = self._built(rows, watched, training, seed)
        last = network.get_layer(_HEAD)
        body = keras.Model(network.input, last.input)

        def seen(part: Rows) -> Rows:
            return replace(part, X=outputs_of(body, part.X)[0])

        features = keras.Input(last.input.shape[1:], name="features")
        head = keras.Model(features, label_head(features, rows.n_labels))
        head.set_weights(last.get_weights())
        self.history_ = Session(head, loss, training, seed).run(
            seen(rows),
            None if watched is None else seen(watched),
            callbacks=callbacks,
            identity=self._identity(rows, training, watched),
        )
        last.set_weights(head.get_weights())
        self.network_ = network

    def _check_options(self) -> None:
        """Refuse what would be passed over without a word."""
        problem = ""
        if self.backbone is None and self.weights is not None:
            problem = "weights are those of a backbone, and none is named"
        elif self.backbone is not None and (self.width, self.depth) != (1.0, None):
            problem = f"width and depth are of the styles; {self.backbone} has its own"
        elif self.backbone is None and self.style == "lenet" and self.depth is not None:
            problem = "LeNet-5 has one depth; leave depth=None"
        elif self.frozen and self.initial is None and self.weights is None:
            problem = (
                "frozen=True keeps the weights of the body, and they would be drawn at "
                "random: give initial (or the weights of a backbone)"
            )
        if problem:
            msg = f"{problem}."
            raise OptionError(msg)

    def _build_body(self, X: Any) -> tuple[Any, Any]:
        import keras

        self._check_options()
        exact = {"dtype": "float32"}
        inputs = pictures = keras.Input(X.shape[1:], name="pictures", **exact)
        if len(X.shape) == 3:
            with_channel = (*X.shape[1:], 1)
            pictures = keras.layers.Reshape(with_channel, name="grey", **exact)(inputs)
        for layer in self._varied():
            pictures = layer(pictures)
        scaled = self._scale()(pictures)
        features = self._features(scaled)
        if len(features.shape) == 4:
            features = keras.layers.GlobalAveragePooling2D(name="means")(features)
        self._set_weights(_with_weights(keras.Model(inputs, features)))
        return inputs, features

    def _set_weights(self, layers: list[Any]) -> None:
        """Give the layers of the body their weights, and freeze them, where wanted."""
        if self.initial is not None:
            _check_weights(layers, self.initial)
            for layer in layers:
                layer.set_weights(self.initial[layer.name])
        for layer in layers:
            layer.trainable = not self.frozen

    def _varied(self) -> list[Any]:
        """Return the layers that vary pictures in training."""
        from mlkit.neural.augmentation import Augmentation

        if self.augment is None:
            return []
        if not isinstance(self.augment, Augmentation):
            msg = (
                f"augment must be an Augmentation or None, got {self.augment!r}. For "
                "mirrored pictures: augment=Augmentation(flip='horizontal')."
            )
            raise TypeError(msg)
        # Python's generator, which has the seed of this network while it is built.
        seed = random.getrandbits(31)
        return self.augment.layers(value_range=self._pixel_range, random_state=seed)

    def _scale(self) -> Any:
        """Return the layer that brings pixels to the scale that the body expects."""
        import keras

        from mlkit.neural.layers import normalisation

        if self.backbone is None:
            return normalisation(*self._moments)
        if self._pixel_range not in ((0.0, 1.0), (0.0, 255.0)):
            low, high = self._pixel_range
            msg = (
                f"{self.backbone} takes pictures with values from 0 to 255 or from 0 "
                f"to 1; those of X go from {low:.6g} to {high:.6g}."
            )
            raise OptionError(msg)
        factor = 255.0 / self._pixel_range[1]
        return keras.layers.Rescaling(factor, dtype="float32", name="bytes")

    def _features(self, pictures: Any) -> Any:
        from keras import layers

        from mlkit.neural.architectures import application_body, build_body

        if self.backbone is None:
            options = {} if self.depth is None else {"depth": self.depth}
            return build_body(
                self.style, pictures, width=self.width, dropout=self.dropout, **options
            )
        map_ = application_body(self.backbone, pictures, weights=self.weights)
        if self.dropout:
            map_ = layers.SpatialDropout2D(self.dropout, name="dropout")(map_)
        return map_


def _with_weights(network: Any) -> list[Any]:
    """Return the layers of a body with weights; seeds of random layers are none."""
    return [layer for layer in network.layers if layer.weights and layer.name != _HEAD]


def _check_weights(layers: list[Any], weights: Any) -> None:
    """Refuse weights that are not those of these layers."""
    if not isinstance(weights, Mapping):
        msg = (
            "initial must be what body_weights() of a fitted network returns, got "
            f"{type(weights).__name__}."
        )
        raise TypeError(msg)
    odd = sorted({layer.name for layer in layers}.symmetric_difference(weights))
    if odd:
        msg = (
            "initial comes from a network with other layers: only one of the two has "
            f"{names_for_message(odd)}. Use the same style and depth."
        )
        raise ShapeError(msg)
    for layer in layers:
        expected = [tuple(weight.shape) for weight in layer.weights]
        got = [np.shape(weight) for weight in weights[layer.name]]
        if got != expected:
            msg = (
                f"The weights in initial of layer '{layer.name}' have shapes {got}, "
                f"and those of this network {expected}. Use the same width, and "
                "pictures with as many channels."
            )
            raise ShapeError(msg)
