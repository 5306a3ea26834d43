"""Layers that Keras does not have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from sklearn.utils.sparsefuncs import mean_variance_axis

__all__ = ["EntityEmbedding", "label_head", "normalisation"]


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


def normalisation(numbers: Any) -> keras.layers.Layer:
    """Return a layer that scales features as the training rows ask for.

    Parameters
    ----------
    numbers : ndarray or csr_array, shape (n_samples, n_features)

    Returns
    -------
    keras.layers.Normalization
        To mean 0 and variance 1; a feature that is constant is only moved.
    """
    mean, variance = _moments(numbers)
    # Divided by next to nothing, a new value would drown all other features.
    variance = np.where(variance > 0, variance, 1.0)
    return keras.layers.Normalization(
        mean=mean.tolist(), variance=variance.tolist(), name="normalisation"
    )


def _moments(numbers: Any) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(numbers, np.ndarray):
        numbers = numbers.astype(np.float64, copy=False)
        return numbers.mean(axis=0), numbers.var(axis=0)
    mean, variance = mean_variance_axis(numbers, axis=0)
    return mean, variance


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
