"""Layers that read words: their vectors, what is around them, and their sum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from mlkit.neural.words import PADDING, UNKNOWN_WORD

__all__ = [
    "AdditiveAttention",
    "BagAttention",
    "MaskedMaximum",
    "MaskedMean",
    "UnitLength",
    "WordDropout",
    "WordVectors",
    "read_along",
]

# Stands for minus infinity among scores, and fits into float32.
_NEVER = -1e9
# A sum of squares below this is that of nothing.
_TINY = 1e-12


@keras.saving.register_keras_serializable(package="mlkit")
class WordDropout(keras.layers.Layer):
    """Makes some words unknown while the network is trained.

    Parameters
    ----------
    rate : float
        Share of the words, in [0, 1).
    **options
        As of `keras.layers.Layer`.

    Notes
    -----
    From codes of shape (n_samples, length) to codes. A network that cannot rely on a
    single word learns from all of them, and learns what an unknown word is worth.
    """

    def __init__(self, rate: float, **options: Any) -> None:
        super().__init__(**options)
        self.rate = rate
        self.seeds = keras.random.SeedGenerator()

    def call(self, codes: Any, training: bool = False) -> Any:
        """Return the codes, in training with unknown words."""
        if not training:
            return codes
        drawn = keras.random.uniform(ops.shape(codes), seed=self.seeds)
        kept = ops.logical_or(drawn >= self.rate, ops.equal(codes, PADDING))
        return ops.where(kept, codes, UNKNOWN_WORD)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the codes."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what `__init__` needs."""
        return super().get_config() | {"rate": self.rate}


@keras.saving.register_keras_serializable(package="mlkit")
class WordVectors(keras.layers.Layer):
    """A vector for each code of a word, and zeros for padding.

    Parameters
    ----------
    n_codes, n_dimensions : int
    **options
        As of `keras.layers.Layer`.

    Attributes
    ----------
    table : variable, shape (n_codes, n_dimensions)
        Vectors are drawn with a length of about 1.

    Notes
    -----
    From codes of shape (n_samples, length) to (n_samples, length, n_dimensions). It is
    `keras.layers.Embedding`, whose padding would be a vector like all others, and would
    reach the words beside it through a convolution.
    """

    def __init__(self, n_codes: int, n_dimensions: int, **options: Any) -> None:
        super().__init__(**options)
        self.n_codes, self.n_dimensions = n_codes, n_dimensions

    def build(self, input_shape: Any) -> None:
        """Draw the vectors."""
        self.table = _table(self, self.n_codes, self.n_dimensions)

    def call(self, codes: Any) -> Any:
        """Look the vectors up."""
        vectors = ops.take(self.table, codes, axis=0)
        there = ops.cast(ops.not_equal(codes, PADDING), vectors.dtype)
        return vectors * ops.expand_dims(there, -1)

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        """Return (n_samples, length, n_dimensions)."""
        return (*input_shape, self.n_dimensions)

    def get_config(self) -> dict[str, Any]:
        """Return what `__init__` needs."""
        sizes = {"n_codes": self.n_codes, "n_dimensions": self.n_dimensions}
        return super().get_config() | sizes


def _table(layer: Any, n_words: int, n_dimensions: int) -> Any:
    spread = keras.initializers.RandomNormal(stddev=n_dimensions**-0.5)
    shape = (n_words, n_dimensions)
    return layer.add_weight(shape=shape, initializer=spread, name="table")


class _Pooling(keras.layers.Layer):
    """Base of layers that make one vector of a text; behind them nothing is masked."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.supports_masking = True

    def compute_mask(self, inputs: Any, previous_mask: Any) -> None:
        """Return None: there is no padding left."""


class _Scored(_Pooling):
    """Base of layers that score vectors: v . tanh(W h + b)."""

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(**options)
        self.units = units
        # In the precision of this layer, also where it is built anew from a file.
        self.inner = keras.layers.Dense(
            units, activation="tanh", name="inner", dtype=self.dtype_policy
        )
        self.outer = keras.layers.Dense(
            1, use_bias=False, name="outer", dtype=self.dtype_policy
        )

    def _build_scores(self, n_dimensions: int) -> None:
        self.inner.build((None, n_dimensions))
        self.outer.build((None, self.units))

    def _scores(self, vectors: Any) -> Any:
        # In float32: what softmax sums up would lose small weights in half of it.
        return ops.cast(self.outer(self.inner(vectors))[..., 0], "float32")

    def get_config(self) -> dict[str, Any]:
        """Return what `__init__` needs."""
        return super().get_config() | {"units": self.units}


def _shares(weights: Any) -> Any:
    """Divide the weights of each row by their sum, signs aside; zeros stay zeros."""
    total = ops.sum(ops.abs(weights), axis=-1, keepdims=True)
    return weights / ops.where(total > 0, total, 1.0)


@keras.saving.register_keras_serializable(package="mlkit")
class AdditiveAttention(_Scored):
    r"""Sums a text up, each word with the weight that a small network gives it.

    Parameters
    ----------
    units : int
        Of that network.
    **options
        As of `keras.layers.Layer`.

    Notes
    -----
    From vectors :math:`h_t` of shape (n_samples, length, n_dimensions) and a mask that
    is True at words, to

    .. math:: s_t = v^T \tanh(W h_t + b), \quad
              a_t = \frac{e^{s_t}}{\sum_u e^{s_u}}, \quad
              d = \sum_t a_t h_t

    where the sums go over words and not over padding: :math:`d` of shape (n_samples,
    n_dimensions), and the weights :math:`a` of shape (n_samples, length), which sum to
    1, and are 0 at padding. A text without words has zeros in both.

    References
    ----------
    D. Bahdanau, K. Cho, Y. Bengio. Neural machine translation by jointly learning to
    align and translate. ICLR 2015. arXiv:1409.0473

    Z. Yang, D. Yang, C. Dyer, X. He, A. Smola, E. Hovy. Hierarchical attention networks
    for document classification. NAACL 2016, 1480-1489.
    """

    def build(self, input_shape: Any) -> None:
        """Make the network that scores."""
        self._build_scores(input_shape[-1])

    def call(self, vectors: Any, mask: Any) -> tuple[Any, Any]:
        """Return the sums and the weights."""
        scores = ops.where(mask, self._scores(vectors), _NEVER)
        # No softmax: it has no answer for a text without words.
        raised = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))
        weights = _shares(raised * ops.cast(mask, "float32"))
        shares = ops.cast(weights, vectors.dtype)
        return ops.einsum("nt,ntd->nd", shares, vectors), weights

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shapes of sums and weights."""
        return (input_shape[0], input_shape[2]), input_shape[:2]


@keras.saving.register_keras_serializable(package="mlkit")
class BagAttention(_Scored):
    r"""Sums up the vectors of words that are columns of a table.

    Parameters
    ----------
    n_dimensions : int
        Of a word's vector.
    units : int
        Of the network that scores words.
    **options
        As of `keras.layers.Layer`.

    Attributes
    ----------
    table : variable, shape (n_words, n_dimensions)
        Vectors are drawn with a length of about 1.

    Notes
    -----
    A row :math:`x` of shape (n_words,) gives the word of each column a number: 1 where
    it occurs, a count, or a TF-IDF weight. With word vectors :math:`e_j`,

    .. math:: s_j = v^T \tanh(W e_j + b), \quad
              a_j = \frac{|x_j| e^{s_j}}{\sum_k |x_k| e^{s_k}}, \quad
              d = \sum_j \mathrm{sign}(x_j) \, a_j e_j

    It is `AdditiveAttention` over the words that occur. They have no order and no
    neighbours, so that the score of a word is the same in all rows, and two products of
    matrices do it all. Returned are :math:`d` of shape (n_samples, n_dimensions) and
    :math:`a` of shape (n_samples, n_words), whose rows sum to 1; a row without words
    has zeros in both.
    """

    def __init__(self, n_dimensions: int, units: int, **options: Any) -> None:
        super().__init__(units, **options)
        self.n_dimensions = n_dimensions

    def build(self, input_shape: Any) -> None:
        """Draw the vectors, and make the network that scores."""
        self.table = _table(self, input_shape[-1], self.n_dimensions)
        self._build_scores(self.n_dimensions)

    def call(self, values: Any) -> tuple[Any, Any]:
        """Return the sums and the weights."""
        vectors = ops.convert_to_tensor(self.table)
        scores = self._scores(vectors)
        factors = ops.exp(scores - ops.max(scores))
        # In float32, as the scores: thousands of small numbers are added.
        weighed = ops.cast(values, "float32") * factors
        signed = _shares(weighed)
        sums = ops.matmul(ops.cast(signed, vectors.dtype), vectors)
        return sums, ops.abs(signed)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shapes of sums and weights."""
        return (input_shape[0], self.n_dimensions), input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what `__init__` needs."""
        return super().get_config() | {"n_dimensions": self.n_dimensions}


@keras.saving.register_keras_serializable(package="mlkit")
class MaskedMean(_Pooling):
    """Mean over the words of each text; zeros for a text without words."""

    def call(self, vectors: Any, mask: Any) -> Any:
        """Return the means."""
        there = ops.expand_dims(ops.cast(mask, vectors.dtype), -1)
        n_words = ops.maximum(ops.sum(there, axis=1), 1.0)
        return ops.sum(vectors * there, axis=1) / n_words

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return (n_samples, n_dimensions)."""
        return input_shape[0], input_shape[2]


@keras.saving.register_keras_serializable(package="mlkit")
class MaskedMaximum(_Pooling):
    """Greatest value over the words of each text; zeros for a text without words."""

    def call(self, vectors: Any, mask: Any) -> Any:
        """Return the greatest values."""
        there = ops.expand_dims(mask, -1)
        # The least number that every precision has.
        greatest = ops.max(ops.where(there, vectors, -6e4), axis=1)
        return ops.where(ops.any(there, axis=1), greatest, 0.0)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return (n_samples, n_dimensions)."""
        return input_shape[0], input_shape[2]


@keras.saving.register_keras_serializable(package="mlkit")
class UnitLength(keras.layers.Layer):
    """Brings vectors to one length.

    Parameters
    ----------
    length : float, default 1.0
    **options
        As of `keras.layers.Layer`.

    Notes
    -----
    From (n_samples, n_dimensions) to the same; a vector of zeros stays one.
    """

    def __init__(self, length: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.length = length

    def call(self, vectors: Any) -> Any:
        """Return the vectors at their new length."""
        # In float32: squares of small numbers are 0 in half of it.
        wide = ops.cast(vectors, "float32")
        squares = ops.sum(ops.square(wide), axis=-1, keepdims=True)
        # The root of 0 has no gradient, so that it is kept away from.
        scale = self.length * ops.rsqrt(ops.maximum(squares, _TINY))
        return ops.cast(wide * scale, vectors.dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the vectors."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what `__init__` needs."""
        return super().get_config() | {"length": self.length}


def read_along(
    vectors: Any, mask: Any, encoder: str, *, units: int, widths: Sequence[int]
) -> Any:
    """Let each word of a text hear of the words around it.

    Parameters
    ----------
    vectors : KerasTensor, shape (n_samples, length, n_dimensions)
        Zeros at padding.
    mask : KerasTensor of bool, shape (n_samples, length)
        True at words.
    encoder : {"lstm", "gru", "cnn"}
        Recurrent in both directions, or convolutions.
    units : int
        Of each direction, or of each width.
    widths : sequence of int
        How many words the convolutions span.

    Returns
    -------
    KerasTensor, shape (n_samples, length, n_features)
        Behind what a recurrent layer says of a word stands the vector of the word
        itself, as in the recurrent convolutional networks of Lai et al. (AAAI 2015).
    """
    if encoder == "cnn":
        parts = [
            keras.layers.Conv1D(
                units, width, padding="same", activation="relu", name=f"width_{width}"
            )(vectors)
            for width in widths
        ]
        return parts[0] if len(parts) == 1 else keras.layers.Concatenate()(parts)
    kind = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[encoder]
    both = keras.layers.Bidirectional(
        kind(units, return_sequences=True), name="both_directions"
    )
    return keras.layers.Concatenate(name="words")([both(vectors, mask=mask), vectors])
