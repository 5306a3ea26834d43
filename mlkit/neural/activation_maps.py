"""Where in a picture a network found a label: class activation maps and Grad-CAM."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from mlkit.exceptions import OptionError, unknown_name
from mlkit.neural.base import NeuralClassifier
from mlkit.neural.gradients import value_and_gradient
from mlkit.neural.training.rows import n_rows_of, take
from mlkit.validation import default_label_names

__all__ = ["activation_maps"]

# Pictures at a time: what goes through the layers behind the map is kept for the
# gradient.
_BATCH = 64


def activation_maps(
    learner: NeuralClassifier,
    pictures: Any,
    *,
    labels: Sequence[str | int] | None = None,
    layer: str | None = None,
) -> np.ndarray:
    r"""Show which parts of pictures speak for a label, and which against it.

    Parameters
    ----------
    learner : ConvNet or KerasMultiLabelClassifier
        Fitted.
    pictures : array-like, shape (n_samples, ...)
        As the learner takes them.
    labels : sequence of str or int, optional
        Names or positions of the labels that are wanted; by default all.
    layer : str, optional
        Name of the layer whose maps are looked at, shape (n_samples, rows, columns,
        filters). By default the last one with such an output. Every way from the
        pictures to the logits has to go through it.

    Returns
    -------
    ndarray of float64, shape (n_samples, n_labels, rows, columns)
        In the order of `labels`, from the upper left corner, as fine as the maps of the
        layer. Above 0 where a part of the picture speaks for the label, below 0 where
        it speaks against it. A label that was constant in `fit` has zeros: its answer
        does not depend on the picture.

    Raises
    ------
    NotFittedError
        If the learner has not been fitted.
    TypeError
        If it is no network of the kit.
    UnknownNameError
        If there is no such label or layer.
    OptionError
        If the network has no maps, those of the layer are none, or the logits do not
        depend on them alone.

    See Also
    --------
    mlkit.plots.plot_activation_maps : Draws them over the picture.

    Notes
    -----
    With the maps :math:`A_f` of the filters, the map of a label with logit :math:`z` is

    .. math:: M = \sum_f w_f A_f, \qquad
              w_f = \sum_{r,c} \frac{\partial z}{\partial A_f[r, c]}

    that is Grad-CAM [2]_ but for two things: the gradients are summed, not averaged,
    and what is below 0 stays, where the paper cuts it off as
    ``numpy.maximum(maps, 0)`` does. Where means of the maps go into one linear layer,
    as in `ConvNet` except for LeNet-5, the :math:`w_f` are the weights of that layer
    and :math:`M` is the class activation map [1]_; the logit is then the mean of the
    map, plus a constant.

    In other networks the gradients are those at these pictures: the map is how the
    logit would begin to change, and not a sum of what it is made of.

    A cell sees more of the picture than its own place, in the last layer of
    ``ConvNet("vgg")`` 68 x 68 pixels, and whatever sees the thing may speak for it: the
    map is then a halo. That of an earlier `layer` is sharper. Nor is a cell exactly
    where it is drawn: where a layer moves in steps of two, Keras pads an even number of
    pixels at the lower right alone, and cells see a little further to there, by half a
    cell with ``ConvNet("mobilenet")``, by a tenth with the other styles.

    One run forward a picture and, from the layer on, one run backward a label.

    References
    ----------
    .. [1] B. Zhou, A. Khosla, A. Lapedriza, A. Oliva, A. Torralba. Learning deep
       features for discriminative localization. CVPR 2016, section 2.
    .. [2] R. R. Selvaraju, M. Cogswell, A. Das, R. Vedantam, D. Parikh, D. Batra.
       Grad-CAM: visual explanations from deep networks via gradient-based
       localization. ICCV 2017, equations 1 and 2.

    Examples
    --------
    >>> from mlkit.datasets import make_wardrobe
    >>> from mlkit.neural import ConvNet, Training
    >>> X, Y = make_wardrobe(24, image_size=16, random_state=0).as_xy()
    >>> model = ConvNet("resnet", width=0.25, training=Training(1), random_state=0)
    >>> maps = activation_maps(model.fit(X, Y), X[:2], labels=["red", "bag"])
    >>> maps.shape
    (2, 2, 2, 2)
    """
    if not isinstance(learner, NeuralClassifier):
        msg = f"learner must be a network of mlkit.neural, got {learner!r}."
        raise TypeError(msg)
    check_is_fitted(learner)
    X = learner._inputs(learner._check_features(pictures, reset=False))
    places = _places(learner, labels)
    if learner.network_ is None:
        return np.zeros((n_rows_of(X), len(places), 1, 1))
    from mlkit.neural.training.forward import outputs_of

    lower, upper = _halves(learner.network_, layer)
    columns = _columns(learner, places)
    return np.concatenate(
        [
            _maps(upper, outputs_of(lower, take(X, rows))[0], columns)
            for rows in _batches(X)
        ]
    )


def _batches(X: Any) -> list[np.ndarray]:
    return np.split(np.arange(n_rows_of(X)), range(_BATCH, n_rows_of(X), _BATCH))


def _places(learner: NeuralClassifier, labels: Sequence[str | int] | None) -> list[int]:
    """Return the positions of labels among those of `fit`."""
    names = _names(learner)
    if labels is None:
        return list(range(len(names)))
    if isinstance(labels, str):
        msg = f"labels must be a sequence of names, got the single {labels!r}."
        raise TypeError(msg)
    return [_place(label, names) for label in labels]


def _place(label: str | int, names: list[str]) -> int:
    if isinstance(label, Integral) and 0 <= label < len(names):
        return int(label)
    if label not in names:
        error = unknown_name("label", label, names)
        raise error
    return names.index(str(label))


def _names(learner: NeuralClassifier) -> list[str]:
    if learner._target == "classes":
        # Two classes have one logit, that of the second.
        return [str(name) for name in learner.classes_[-learner.n_labels_ :]]
    given = getattr(learner, "label_names_in_", None)
    return list(default_label_names(learner.n_labels_) if given is None else given)


def _columns(learner: NeuralClassifier, places: list[int]) -> list[int | None]:
    """Return which column of the network gives a label; None if it was constant."""
    varying = np.isnan(learner._constants)
    columns = np.cumsum(varying) - 1
    return [int(columns[place]) if varying[place] else None for place in places]


def _halves(network: Any, name: str | None) -> tuple[Any, Any]:
    """Return the network up to a layer, and from there on."""
    import keras

    middle = _layer(network, name).output
    try:
        upper = keras.Model(middle, network.outputs[0])
    except ValueError as err:
        msg = (
            f"The logits do not depend on layer '{name}' alone: there is a way past "
            "it, or no way from it. Name a layer that everything goes through."
        )
        raise OptionError(msg) from err
    return keras.Model(network.input, middle), upper


def _layer(network: Any, name: str | None) -> Any:
    """Return the layer of a name, or the last one that gives maps."""
    with_maps = [layer for layer in network.layers if _gives_maps(layer)]
    if name is None:
        if not with_maps:
            msg = (
                "The network has no layer that gives maps, of shape (n_samples, rows, "
                "columns, filters): it does not keep places apart."
            )
            raise OptionError(msg)
        return with_maps[-1]
    if name not in [layer.name for layer in network.layers]:
        error = unknown_name("layer", name, [layer.name for layer in with_maps])
        raise error
    layer = network.get_layer(name)
    if layer not in with_maps:
        msg = (
            f"Layer '{name}' gives shape {layer.output.shape}; expected maps, of shape "
            "(n_samples, rows, columns, filters)."
        )
        raise OptionError(msg)
    return layer


def _gives_maps(layer: Any) -> bool:
    return len(getattr(layer.output, "shape", ())) == 4


def _maps(upper: Any, features: np.ndarray, columns: list[int | None]) -> np.ndarray:
    """Return the maps of labels for the pictures that have these features."""
    n, rows, cells, _ = features.shape
    maps = np.zeros((n, len(columns), rows, cells))
    for place, column in enumerate(columns):
        if column is not None:
            weights = _gradient(upper, features, column).sum(axis=(1, 2))
            maps[:, place] = np.einsum("nrcf,nf->nrc", features, weights)
    return maps


def _gradient(upper: Any, features: np.ndarray, column: int) -> np.ndarray:
    from keras import ops

    # Pictures do not see each other: the gradient of the sum is that of each of them.
    return value_and_gradient(
        lambda x: ops.sum(upper(x, training=False)[:, column]), features
    )[1]
