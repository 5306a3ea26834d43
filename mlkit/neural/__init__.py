"""Networks: from one sigmoid per label to ML-Net, behind the contract of all learners.

Importing this room does not import Keras; its classes are looked up when they are first
used, and Keras when a network is built or a Keras object is made.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "Augmentation": "mlkit.neural.augmentation",
    "AsymmetricLoss": "mlkit.neural.losses",
    "BinaryCrossEntropy": "mlkit.neural.losses",
    "FocalLoss": "mlkit.neural.losses",
    "HammingLoss": "mlkit.neural.metrics",
    "KerasMultiLabelClassifier": "mlkit.neural.keras_classifier",
    "LogSumExpPairwise": "mlkit.neural.losses",
    "MLP": "mlkit.neural.mlp",
    "MacroF1": "mlkit.neural.metrics",
    "MeanAveragePrecision": "mlkit.neural.metrics",
    "MicroF1": "mlkit.neural.metrics",
    "MultiLabelModel": "mlkit.neural.model",
    "NegativeLogLikelihood": "mlkit.neural.losses",
    "ResourceLog": "mlkit.neural.callbacks",
    "PairwiseRanking": "mlkit.neural.losses",
    "SoftmaxCrossEntropy": "mlkit.neural.losses",
    "SubsetAccuracy": "mlkit.neural.metrics",
    "Training": "mlkit.neural.training",
    "class_balanced_weights": "mlkit.neural.losses",
    "data_parallel": "mlkit.neural.devices",
    "draw_mixing": "mlkit.neural.augmentation",
    "mix_up": "mlkit.neural.augmentation",
    "value_and_gradient": "mlkit.neural.gradients",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
