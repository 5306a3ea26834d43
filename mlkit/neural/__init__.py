"""Networks: from one sigmoid per label to ML-Net, behind the contract of all learners.

Importing this room does not import Keras; its classes are looked up when they are first
used, and Keras when a network is built or a Keras object is made.
"""

from __future__ import annotations

import importlib
from typing import Any

from mlkit.optional import import_optional

_HOMES = {
    "Augmentation": "augmentation",
    "AsymmetricLoss": "losses",
    "BinaryCrossEntropy": "losses",
    "ConvNet": "conv_net",
    "FocalLoss": "losses",
    "Fusion": "fusion",
    "HammingLoss": "metrics",
    "KerasMultiLabelClassifier": "keras_classifier",
    "LabelsAndClasses": "two_heads",
    "LiteRTClassifier": "compression",
    "LogSumExpPairwise": "losses",
    "MLNet": "ml_net",
    "MLP": "mlp",
    "MacroF1": "metrics",
    "MeanAveragePrecision": "metrics",
    "MicroF1": "metrics",
    "MultiLabelModel": "model",
    "NegativeLogLikelihood": "losses",
    "PairwiseRanking": "losses",
    "PictureFiles": "pictures",
    "ResourceLog": "callbacks",
    "RotationPretraining": "rotation",
    "SequenceNet": "sequence_net",
    "SoftmaxCrossEntropy": "losses",
    "SubsetAccuracy": "metrics",
    "TextNet": "text_net",
    "Training": "training",
    "TwoHeads": "two_heads",
    "class_balanced_weights": "losses",
    "compare_sizes": "compression",
    "data_parallel": "devices",
    "distil": "compression",
    "draw_mixing": "augmentation",
    "mix_up": "augmentation",
    "prune": "compression",
    "quantise": "compression",
    "to_litert": "compression",
    "value_and_gradient": "gradients",
}

# Rooms of Keras objects; the others import Keras when a network is built.
_ON_KERAS = {"augmentation", "callbacks", "devices", "losses", "metrics", "model"}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        if _HOMES[name] in _ON_KERAS:
            import_optional("keras", extra="neural", purpose=name)
        return getattr(importlib.import_module(f"mlkit.neural.{_HOMES[name]}"), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
