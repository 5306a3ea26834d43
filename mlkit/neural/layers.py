"""Layers that Keras does not have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from mlkit.exceptions import PrecisionWarning, warn
from mlkit.wording import counted

__all__ = ["EntityEmbedding", "label_head", "normalisation"]

# From which part of the standard deviation on rounding to float32 is a loss.
_LOST = 0.01


@keras.saving.register_keras_serializable(package="mlkit")
class EntityEmbedding(keras.layers.Layer):
    """A vector for each value of each nominal column, one after the other.

    Parameters
    ----------
    sizes : sequence of int
        Number of codes of each column.
    name : str, optional

    Attributes
    ----------
    tables : list of variables, each of shape (n_codes, n_dimensions)
        n_dimensions is half the number of codes, and at most 50.

    Notes
    -----
    The input is int32 of shape (n_samples, n_columns). Code 0, which stands for unknown
    values, begins as a vector of zeros; the training rows have no such code, so that it
    stays one.

    References
    ----------
    C. Guo, F. Berkhahn. Entity embeddings of categorical variables. arXiv 1604.06737,
    2016.
    """

    def __init__(self, sizes: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sizes = [int(size) for size in sizes]

    def build(self, input_shape: Any) -> None:
        """Make the tables."""
        self.tables = [
            self.add_weight(
                shape=(size, min(50, (size + 1) // 2)),
                initializer=_zero_first,
                name=f"table_{j}",
            )
            for j, size in enumerate(self.sizes)
        ]

    def call(self, codes: Any) -> Any:
        """Look the vectors of all columns up."""
        vectors = [
            keras.ops.take(table, codes[:, j], axis=0)
            for j, table in enumerate(self.tables)
        ]
        return keras.ops.concatenate(vectors, axis=-1)

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, int]:
        """Return (n_samples, dimensions of all columns)."""
        return input_shape[0], sum(min(50, (size + 1) // 2) for size in self.sizes)

    def get_config(self) -> dict[str, Any]:
        """Return what `__init__` needs."""
        return super().get_config() | {"sizes": self.sizes}


def _zero_first(shape: tuple[int, int], dtype: Any = None) -> Any:
    drawn = keras.initializers.RandomUniform(-0.05, 0.05)(shape, dtype=dtype)
    known = keras.ops.arange(shape[0]) > 0
    return drawn * keras.ops.cast(known[:, None], drawn.dtype)


def normalisation(mean: np.ndarray, variance: np.ndarray) -> keras.layers.Layer:
    """Return a layer that scales channels to mean 0 and variance 1.

    Parameters
    ----------
    mean, variance : ndarray of float, shape (n_channels,)
        Of the training rows, as `channel_moments` gives them.

    Returns
    -------
    keras.layers.Normalization
        A channel that was constant is only moved. It computes in float32 in any
        precision: in half of it, neighbouring values would become one.

    Warns
    -----
    PrecisionWarning
        If a channel varies so little around a large mean that float32 loses it.
    """
    _warn_of_offsets(mean, variance)
    # Divided by next to nothing, a new value would drown all other channels.
    variance = np.where(variance > 0, variance, 1.0)
    return keras.layers.Normalization(
        mean=mean.tolist(),
        variance=variance.tolist(),
        dtype="float32",
        name="normalisation",
    )


def _warn_of_offsets(mean: np.ndarray, variance: np.ndarray) -> None:
    """Warn of channels whose values are hardly apart in float32."""
    spacing = np.abs(mean) * np.finfo(np.float32).eps
    lost = np.flatnonzero((variance > 0) & (spacing > _LOST * np.sqrt(variance)))
    if len(lost):
        j = lost[0]
        warn(
            f"In {counted(len(lost), 'column')} of X (first: column {j}, "
            f"{mean[j]:.6g} ± {np.sqrt(variance[j]):.3g}) values vary too little for "
            "float32, in which networks compute: they become alike. Subtract the mean "
            "first, as StandardScaler in a pipeline does.",
            PrecisionWarning,
        )


def label_head(features: Any, n_labels: int) -> Any:
    """Return the logits of the labels: a linear layer.

    Parameters
    ----------
    features : KerasTensor, shape (n_samples, n_features)
    n_labels : int

    Returns
    -------
    KerasTensor, shape (n_samples, n_labels)
        float32 in any precision: in half of it, large logits would lose their digits.
    """
    return keras.layers.Dense(n_labels, dtype="float32", name="logits")(features)
