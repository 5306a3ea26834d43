"""The losses that go through the tests of all, and data for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import keras
import numpy as np

from mlkit.neural.losses import (
    AsymmetricLoss,
    BinaryCrossEntropy,
    FocalLoss,
    LogSumExpPairwise,
    MultiLabelLoss,
    NegativeLogLikelihood,
    PairwiseRanking,
    SoftmaxCrossEntropy,
)

N_LABELS = 4
WEIGHTS = [[0.5, 2.0], [1.0, 3.0], [0.0, 1.0], [2.0, 0.25]]

CASES: dict[str, Callable[..., MultiLabelLoss]] = {
    "binary": BinaryCrossEntropy,
    "weighted": lambda **options: BinaryCrossEntropy(WEIGHTS, **options),
    "focal": FocalLoss,
    "focal-root": lambda **options: FocalLoss(0.5, 0.25, **options),
    "asymmetric": AsymmetricLoss,
    "asymmetric-root": lambda **options: AsymmetricLoss(0.5, 0.5, 0.2, **options),
    "asymmetric-unclipped": lambda **options: AsymmetricLoss(1.0, 2.0, 0.0, **options),
    "ranking": PairwiseRanking,
    "ranking-margin": lambda **options: PairwiseRanking(0.3, **options),
    "lsep": LogSumExpPairwise,
    "softmax": SoftmaxCrossEntropy,
    "nll": NegativeLogLikelihood,
}


def targets(kind: str, n_samples: int = 5, seed: int = 0) -> np.ndarray:
    """Hard labels, soft ones, or soft ones of which some are unknown (-1)."""
    rng = np.random.default_rng(seed)
    shape = (n_samples, N_LABELS)
    if kind == "hard":
        return (rng.random(shape) < 0.4).astype(float)
    Y = rng.random(shape)
    return np.where(rng.random(shape) < 0.3, -1.0, Y) if kind == "masked" else Y


def logits(n_samples: int = 5, seed: int = 0) -> np.ndarray:
    return 1.5 * np.random.default_rng(seed + 100).standard_normal(
        (n_samples, N_LABELS)
    )


def array(tensor: Any) -> np.ndarray:
    return keras.ops.convert_to_numpy(tensor)


@contextmanager
def double_precision() -> Iterator[None]:
    """JAX has float64 only where it is asked for; the others always have."""
    context: Any = nullcontext()
    if keras.config.backend() == "jax":
        import jax

        context = jax.enable_x64(True)
    with context:
        yield
