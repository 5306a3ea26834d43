"""The networks of keras.applications at full size, as bodies."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from keras import applications, layers

from mlkit.exceptions import ModelFileError, OptionError, ShapeError, unknown_name
from mlkit.neural.architectures.bricks import FEATURE_MAP, check_pictures

__all__ = ["application_body", "application_names"]

# What Keras itself asks for; 32 for the others.
_LEAST_SIZES = {"InceptionResNetV2": 75, "InceptionV3": 75, "Xception": 71}


def application_names() -> list[str]:
    """List the networks that the installed Keras has.

    Returns
    -------
    list of str
        For `application_body`, in alphabetical order.

    Examples
    --------
    >>> {"ResNet50", "VGG16", "MobileNetV2"} <= set(application_names())
    True
    """
    return sorted(
        name for name, value in vars(applications).items() if inspect.isfunction(value)
    )


def application_body(
    name: str, inputs: Any, *, weights: str | Path | None = None
) -> Any:
    """Build one of the networks of ``keras.applications``, without its head.

    Parameters
    ----------
    name : str
        One of `application_names`, such as ``"ResNet50"`` or ``"EfficientNetB0"``.
    inputs : KerasTensor, shape (n, rows, columns, 1 or 3)
        Pictures with values from 0 to 255, red, green and blue; a grey picture is
        taken for all three. At least 32 x 32 pixels, 71 x 71 for Xception, 75 x 75 for
        InceptionV3 and InceptionResNetV2.
    weights : str or Path, optional
        A file of weights without those of the head. By default they are drawn.

    Returns
    -------
    KerasTensor, shape (n, rows, columns, filters)
        Features; the output of the layer ``feature_map``.

    Raises
    ------
    UnknownNameError
        If Keras has no such network.
    ShapeError
        If pictures are too small, of an unknown size, or not of 1 or 3 channels.
    OptionError
        If `weights` is ``"imagenet"``: the kit downloads no weights.
    FileNotFoundError
        If there is no such file.
    ModelFileError
        If the weights in it are not those of this network.

    Notes
    -----
    Every family was trained on pixels that were prepared in a way of its own: between
    -1 and 1, standardised, or blue first and centred. That step
    (``keras.applications.<family>.preprocess_input``) becomes a part of the network:
    give it pixels as they are, also when it is saved and loaded.

    The network itself is a single layer, so that it can be frozen as one:
    ``network.get_layer("resnet50").trainable = False``.

    From random weights these networks learn little from a thousand pictures, and an
    epoch takes minutes on two cores; `mlkit.neural.architectures.STYLES` are made for
    that.

    Examples
    --------
    >>> import keras
    >>> application_body("MobileNetV2", keras.Input((32, 32, 1))).shape
    (None, 1, 1, 1280)
    """
    known = application_names()
    if name not in known:
        raise unknown_name(kind="network of keras.applications", name=name, known=known)
    size = check_pictures(inputs, taker=name, least=_LEAST_SIZES.get(name, 32))
    network = _network(name, size[:2], weights)
    prepared = _preparation(name)(_three_channels(inputs, name))
    return layers.Identity(name=FEATURE_MAP)(network(prepared))


def _three_channels(inputs: Any, name: str) -> Any:
    channels = inputs.shape[-1]
    if channels not in (1, 3):
        msg = f"{name} takes pictures of 1 or 3 channels; got {channels}."
        raise ShapeError(msg)
    if channels == 3:
        return inputs
    # Pixels are not rounded to the half precision that other layers may compute in.
    repeat = layers.Concatenate(name="grey_as_colours", dtype="float32")
    return repeat([inputs] * 3)


def _preparation(name: str) -> Any:
    """Return what the family does to pixels before its first layer."""
    family = getattr(applications, name).__module__.rpartition(".")[2]
    return getattr(applications, family).preprocess_input


def _network(name: str, size: tuple[int, ...], weights: str | Path | None) -> Any:
    build = getattr(applications, name)
    if weights is not None:
        _check_weights_file(name, weights)
    network = build(include_top=False, weights=None, input_shape=(*size, 3))
    if weights is None:
        return network
    try:
        network.load_weights(str(weights))
    except (ValueError, OSError, KeyError) as err:
        reason = str(err).splitlines()[0].rstrip(":.")
        msg = (
            f"These are not weights of {name} without its head: {reason}. Save them "
            "from a network with include_top=False."
        )
        raise ModelFileError(msg, path=weights) from err
    return network


def _check_weights_file(name: str, weights: str | Path) -> None:
    if weights == "imagenet":
        msg = (
            "The kit downloads no weights: weights='imagenet' is not possible. Get the "
            "file once where there is a network, with "
            f"keras.applications.{name}(include_top=False)"
            f".save_weights('{name}.weights.h5'), and pass its path as weights."
        )
        raise OptionError(msg)
    if not Path(weights).is_file():
        msg = f"There is no file of weights at {weights}."
        raise FileNotFoundError(msg)
