"""Layers that read words, against NumPy: weights, sums, padding, and what is saved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mlkit.neural.words import PADDING, UNKNOWN_WORD

keras = pytest.importorskip("keras")

from mlkit.neural.text_layers import (  # noqa: E402
    AdditiveAttention,
    BagAttention,
    MaskedMaximum,
    MaskedMean,
    UnitLength,
    WordDropout,
    WordVectors,
    read_along,
)

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


def as_array(tensor: Any) -> np.ndarray:
    return keras.ops.convert_to_numpy(tensor)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def texts(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of five texts with 4, 1, 0, 3 and 2 words, and their mask."""
    vectors = rng.normal(size=(5, 4, 3)).astype(np.float32)
    return vectors, np.arange(4) < np.array([[4], [1], [0], [3], [2]])


class TestWordDropout:
    codes = np.tile(np.array([2, 3, 4, PADDING], dtype=np.int32), (500, 1))

    def test_nothing_happens_outside_of_training(self) -> None:
        assert_array_equal(as_array(WordDropout(0.9)(self.codes)), self.codes)

    def test_words_become_unknown_and_padding_does_not(self) -> None:
        dropped = as_array(WordDropout(0.3)(self.codes, training=True))
        assert dropped.dtype == np.int32
        assert_array_equal(dropped[:, 3], PADDING)
        words, before = dropped[:, :3], self.codes[:, :3]
        unknown = words == UNKNOWN_WORD
        assert_array_equal(words[~unknown], before[~unknown])
        # 1500 words: four standard errors.
        assert abs(unknown.mean() - 0.3) < 4 * np.sqrt(0.21 / 1500)

    def test_other_words_each_time(self) -> None:
        layer = WordDropout(0.5)
        first, second = (as_array(layer(self.codes, training=True)) for _ in range(2))
        assert (first != second).any()

    def test_a_rate_of_zero(self) -> None:
        assert_array_equal(
            as_array(WordDropout(0.0)(self.codes, training=True)), self.codes
        )


class TestWordVectors:
    def test_looked_up_and_zeros_for_padding(self) -> None:
        layer = WordVectors(5, 3)
        vectors = as_array(layer(np.array([[4, 1, PADDING]], dtype=np.int32)))
        table = as_array(layer.table)
        assert_allclose(vectors[0], [table[4], table[1], np.zeros(3)])
        assert np.abs(table[PADDING]).min() > 0

    def test_drawn_with_a_length_of_about_one(self) -> None:
        layer = WordVectors(400, 100)
        layer.build((None, 5))
        lengths = np.linalg.norm(as_array(layer.table), axis=1)
        assert abs(lengths.mean() - 1) < 0.05


class TestAdditiveAttention:
    def test_as_the_formula_says(self, texts: Any) -> None:
        vectors, mask = texts
        layer = AdditiveAttention(2)
        sums, weights = map(as_array, layer(vectors, mask))
        W, b = (as_array(weight) for weight in layer.inner.weights)
        scores = np.tanh(vectors @ W + b) @ as_array(layer.outer.kernel)[:, 0]
        for row, n_words in enumerate((4, 1, 0, 3, 2)):
            shares = np.exp(scores[row, :n_words])
            shares /= shares.sum() or 1.0
            assert_allclose(weights[row, :n_words], shares, rtol=1e-5)
            assert_allclose(sums[row], shares @ vectors[row, :n_words], atol=1e-6)

    def test_weights_sum_to_one_and_are_none_on_padding(self, texts: Any) -> None:
        vectors, mask = texts
        weights = as_array(AdditiveAttention(8)(vectors, mask)[1])
        assert_allclose(weights.sum(axis=1), [1, 1, 0, 1, 1], atol=1e-6)
        assert_array_equal(weights[~mask], 0)
        assert (weights[mask] > 0).all()

    def test_what_stands_in_padding_does_not_matter(self, texts: Any) -> None:
        vectors, mask = texts
        layer = AdditiveAttention(8)
        before = layer(vectors, mask)
        changed = np.where(mask[..., None], vectors, 1e3).astype(np.float32)
        longer = np.concatenate([changed, changed], axis=1)
        much = np.concatenate([mask, np.zeros_like(mask)], axis=1)
        for given in ((changed, mask), (longer, much)):
            after = layer(*given)
            assert_allclose(as_array(after[0]), as_array(before[0]), atol=1e-6)
            assert_allclose(as_array(after[1])[:, :4], as_array(before[1]), atol=1e-6)

    def test_great_scores(self, texts: Any) -> None:
        vectors, mask = texts
        layer = AdditiveAttention(2)
        layer(vectors, mask)
        layer.outer.kernel.assign(np.full((2, 1), 1e4))
        sums, weights = map(as_array, layer(vectors, mask))
        assert np.isfinite(sums).all()
        assert_allclose(weights.sum(axis=1), [1, 1, 0, 1, 1], atol=1e-6)


class TestBagAttention:
    def test_it_is_attention_over_the_words_of_a_row(self, rng: Any) -> None:
        table = (rng.random((6, 5)) < 0.5).astype(np.float32)
        table[0] = 0
        bag = BagAttention(3, 4)
        sums, weights = map(as_array, bag(table))
        texts = AdditiveAttention(4)
        texts.build((None, 5, 3))
        texts.inner.set_weights(bag.inner.get_weights())
        texts.outer.set_weights(bag.outer.get_weights())
        vectors = np.tile(as_array(bag.table), (6, 1, 1))
        expected = texts(vectors, table > 0)
        assert_allclose(sums, as_array(expected[0]), atol=1e-6)
        assert_allclose(weights, as_array(expected[1]), atol=1e-6)

    def test_numbers_weigh_and_their_scale_does_not(self) -> None:
        bag = BagAttention(3, 4)
        bag.build((None, 2))
        bag.outer.kernel.assign(np.zeros((4, 1)))  # all words are alike
        _, weights = bag(np.array([[1.0, 3.0], [10.0, 30.0]], dtype=np.float32))
        assert_allclose(as_array(weights), [[0.25, 0.75]] * 2, rtol=1e-6)

    def test_below_zero(self) -> None:
        bag = BagAttention(3, 4)
        x = np.array([[1.0, 2.0], [-1.0, -2.0], [1.0, -2.0]], dtype=np.float32)
        sums, weights = map(as_array, bag(x))
        assert_allclose(sums[1], -sums[0], rtol=1e-6)
        assert_allclose(weights, np.tile(weights[0], (3, 1)), rtol=1e-6)
        assert_allclose(weights.sum(axis=1), 1, rtol=1e-6)


class TestSums:
    def test_mean(self, texts: Any) -> None:
        vectors, mask = texts
        means = as_array(MaskedMean()(vectors, mask))
        for row, n_words in enumerate((4, 1, 0, 3, 2)):
            expected = vectors[row, :n_words].sum(axis=0) / max(1, n_words)
            assert_allclose(means[row], expected, atol=1e-6)

    def test_maximum(self, texts: Any) -> None:
        vectors, mask = texts
        greatest = as_array(MaskedMaximum()(vectors, mask))
        for row, n_words in enumerate((4, 1, 0, 3, 2)):
            expected = vectors[row, :n_words].max(axis=0) if n_words else np.zeros(3)
            assert_allclose(greatest[row], expected)

    def test_unit_length(self) -> None:
        given = np.array([[3.0, 4.0], [-0.3, 0.4], [0.0, 0.0]], dtype=np.float32)
        vectors = as_array(UnitLength(10.0)(given))
        assert_allclose(vectors, [[6, 8], [-6, 8], [0, 0]], rtol=1e-5)

    def test_a_vector_of_zeros_has_a_gradient(self) -> None:
        from mlkit.neural import value_and_gradient

        layer = UnitLength()
        _, gradient = value_and_gradient(
            lambda x: keras.ops.sum(layer(x)), np.zeros((1, 3), dtype=np.float32)
        )
        assert np.isfinite(as_array(gradient)).all()


def network(encoder: str, length: int) -> Any:
    """Return a small network from codes to what stands along a text."""
    inputs = keras.Input((length,), dtype="int32")
    mask = keras.ops.not_equal(inputs, PADDING)
    vectors = WordVectors(9, 4, name="vectors")(inputs)
    along = read_along(vectors, mask, encoder, units=3, widths=(1, 3))
    summed, weights = AdditiveAttention(2, name="attention")(along, mask)
    return keras.Model(inputs, [summed, weights])


@pytest.mark.parametrize("encoder", ["lstm", "gru", "cnn"])
class TestReadAlong:
    codes = np.array([[2, 3, 4], [5, 1, PADDING], [PADDING] * 3], dtype=np.int32)

    def test_padding_changes_nothing(self, encoder: str) -> None:
        short, long = network(encoder, 3), network(encoder, 6)
        rng = np.random.default_rng(0)
        # Recurrent layers begin with biases that keep padding at 0, and training ends
        # that.
        weights = [rng.normal(size=w.shape) for w in short.get_weights()]
        short.set_weights(weights)
        long.set_weights(weights)
        padded = np.pad(self.codes, [(0, 0), (0, 3)])
        before, after = short(self.codes), long(padded)
        assert_allclose(as_array(after[0]), as_array(before[0]), atol=1e-6)
        assert_allclose(as_array(after[1])[:, :3], as_array(before[1]), atol=1e-6)
        assert_array_equal(as_array(after[1])[:, 3:], 0)

    def test_an_empty_text_is_zeros(self, encoder: str) -> None:
        summed, weights = network(encoder, 3)(self.codes)
        assert_array_equal(as_array(summed)[2], 0)
        assert_array_equal(as_array(weights)[2], 0)

    def test_the_order_of_words_counts(self, encoder: str) -> None:
        model = network(encoder, 3)
        there, back = as_array(model(np.array([[2, 3, 4], [4, 3, 2]]))[0])
        assert np.abs(there - back).max() > 1e-5

    def test_saved_and_loaded(self, encoder: str, tmp_path: Any) -> None:
        model = network(encoder, 3)
        model.save(tmp_path / "net.keras")
        loaded = keras.saving.load_model(tmp_path / "net.keras")
        for before, after in zip(model(self.codes), loaded(self.codes), strict=True):
            assert_array_equal(as_array(before), as_array(after))


@pytest.mark.parametrize(
    "layer",
    [
        WordDropout(0.25),
        WordVectors(7, 3),
        AdditiveAttention(5),
        BagAttention(3, 5),
        UnitLength(2.5),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_options_come_back(layer: Any) -> None:
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    own = layer.get_config().keys() - keras.layers.Layer().get_config().keys()
    assert own
    assert all(getattr(again, name) == getattr(layer, name) for name in own)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision(policy: str, texts: Any) -> None:
    vectors, mask = texts
    sums, weights = AdditiveAttention(4, dtype=policy)(vectors, mask)
    assert_allclose(as_array(weights).sum(axis=1), [1, 1, 0, 1, 1], atol=1e-3)
    assert "float16" in keras.backend.standardize_dtype(sums.dtype)
    for layer in (MaskedMean(dtype=policy), MaskedMaximum(dtype=policy)):
        half = keras.ops.cast(layer(vectors, mask), "float32")
        full = type(layer)()(vectors, mask)
        assert_allclose(as_array(half), as_array(full), atol=0.03)
    # Squares of it are 0 in float16.
    small = keras.ops.cast(UnitLength(dtype=policy)(np.full((1, 4), 1e-4)), "float32")
    assert_allclose(as_array(small), 0.5, atol=0.01)
