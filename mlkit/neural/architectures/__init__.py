"""Bodies of picture networks: from pictures to features, in named styles.

A body is a function from a tensor of pictures to a tensor of features. What stands in
front of it (scaling, augmentation) and behind it (pooling, a logit a label) is up to
the network. The styles are small enough to train on two processor cores within a
minute; `application_body` wraps the networks of ``keras.applications`` at full size.

Except for LeNet-5 a body ends in a layer called ``feature_map``, of shape (n, rows,
columns, filters). With a head that averages it over rows and columns and has one dense
layer, class activation maps follow from the weights of that layer [1]_.

References
----------
.. [1] B. Zhou, A. Khosla, A. Lapedriza, A. Oliva and A. Torralba, "Learning deep
   features for discriminative localization", CVPR 2016.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlkit.exceptions import unknown_name
from mlkit.neural.architectures.applications import application_body, application_names
from mlkit.neural.architectures.bricks import FEATURE_MAP, LEAST_SIZE
from mlkit.neural.architectures.inception import inception_body
from mlkit.neural.architectures.lenet import lenet_body
from mlkit.neural.architectures.mobilenet import mobilenet_body
from mlkit.neural.architectures.resnet import resnet_body
from mlkit.neural.architectures.vgg import vgg_body

__all__ = [
    "FEATURE_MAP",
    "LEAST_SIZE",
    "STYLES",
    "application_body",
    "application_names",
    "build_body",
    "inception_body",
    "lenet_body",
    "mobilenet_body",
    "resnet_body",
    "vgg_body",
]

STYLES: dict[str, Callable[..., Any]] = {
    "lenet": lenet_body,
    "vgg": vgg_body,
    "inception": inception_body,
    "resnet": resnet_body,
    "mobilenet": mobilenet_body,
}
"""Name of a style -> the function that builds its body, from the oldest on."""


def build_body(style: str, inputs: Any, **options: Any) -> Any:
    """Build the body of a style by its name.

    Parameters
    ----------
    style : {"lenet", "vgg", "inception", "resnet", "mobilenet"}
    inputs : KerasTensor, shape (n, rows, columns, channels)
        Pictures of at least 16 x 16 pixels, already scaled.
    **options
        ``width`` and ``dropout``, and ``depth`` but for LeNet-5; see the functions.

    Returns
    -------
    KerasTensor
        Shape (n, 84) for LeNet-5; else (n, rows, columns, filters), the output of the
        layer ``feature_map``.

    Raises
    ------
    UnknownNameError
        If there is no such style.
    ShapeError
        If the pictures are too small, or of an unknown size.
    TypeError, ValueError
        If an option is not known or out of its range.

    Examples
    --------
    >>> import keras
    >>> build_body("mobilenet", keras.Input((32, 32, 1)), width=0.25).shape
    (None, 4, 4, 32)
    """
    if style not in STYLES:
        raise unknown_name(kind="style of network", name=style, known=STYLES)
    return STYLES[style](inputs, **options)
