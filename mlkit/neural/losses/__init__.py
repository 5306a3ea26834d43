"""What the networks minimise: losses of logits in which labels may be unknown.

Each is a `keras.losses.Loss`: it goes into ``model.compile(loss=...)`` and into
``.keras`` files, on whichever backend Keras runs. `mlkit.losses` has the two
cross-entropies in plain NumPy, with their gradients written out.
"""

from __future__ import annotations

from mlkit.neural.losses.base import MultiLabelLoss
from mlkit.neural.losses.label_weights import class_balanced_weights
from mlkit.neural.losses.names import LOSSES, get_loss
from mlkit.neural.losses.per_label import (
    AsymmetricLoss,
    BinaryCrossEntropy,
    FocalLoss,
)
from mlkit.neural.losses.ranking import LogSumExpPairwise, PairwiseRanking
from mlkit.neural.losses.softmax import NegativeLogLikelihood, SoftmaxCrossEntropy

__all__ = [
    "LOSSES",
    "AsymmetricLoss",
    "BinaryCrossEntropy",
    "FocalLoss",
    "LogSumExpPairwise",
    "MultiLabelLoss",
    "NegativeLogLikelihood",
    "PairwiseRanking",
    "SoftmaxCrossEntropy",
    "class_balanced_weights",
    "get_loss",
]
