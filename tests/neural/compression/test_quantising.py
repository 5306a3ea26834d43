"""8 bits a weight, by Keras."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from mlkit.exceptions import OptionError
from mlkit.neural import MLP, MLNet, TextNet, Training
from mlkit.neural.compression import prune, quantise
from mlkit.persistence import load_model, save


def dense(learner):
    return [
        learner.network_.get_layer(name) for name in ("hidden_1", "hidden_2", "logits")
    ]


def as_numpy(variable):
    return np.asarray(variable.numpy())


def test_weights_are_whole_numbers_and_a_scale_a_column(mlp, quantised):
    for before, after in zip(dense(mlp), dense(quantised), strict=True):
        kernel = as_numpy(before.kernel)
        scale = abs(kernel).max(axis=0) / 127
        stored = as_numpy(after._kernel)

        assert stored.dtype == np.int8
        # Half of a step where Keras' epsilon moves the scale a little.
        assert_allclose(stored, kernel / scale, atol=0.51)
        assert_allclose(1 / as_numpy(after.kernel_scale), scale, rtol=1e-3)
        assert_array_equal(as_numpy(after.bias), as_numpy(before.bias))


def test_predictions_hardly_change(mlp, quantised, data):
    X, _ = data

    assert_allclose(quantised.predict_proba(X), mlp.predict_proba(X), atol=0.02)
    assert (quantised.predict(X) == mlp.predict(X)).to_numpy().mean() > 0.98
    assert list(quantised.predict(X).columns) == list("abcd")


def test_one_large_feature_takes_nothing_from_the_others(data):
    X, Y = data[0].to_numpy(dtype=float), data[1]
    model = MLP((8,), normalise=False, training=Training(3), random_state=0).fit(X, Y)
    model.network_.get_layer("hidden_1").kernel.assign(
        np.r_[np.zeros((1, 8)), np.ones((7, 8))]
    )
    rows = X[:20].copy()
    # Rounded to 8 bits beside this one, the others would become 0.
    rows[:, 0] = 1e5

    small = quantise(model)

    assert_allclose(small.predict_proba(rows), model.predict_proba(rows), atol=0.02)


def test_zeros_stay_zeros(mlp, data):
    pruned = prune(mlp, *data, sparsity=0.5, training=Training(1))

    for before, after in zip(dense(pruned), dense(quantise(pruned)), strict=True):
        zeros = as_numpy(before.kernel) == 0
        assert (as_numpy(after._kernel)[zeros] == 0).all()


def test_the_given_one_stays_as_it_was_and_nobody_is_warned(mlp):
    weights, held = mlp.network_.get_weights(), dict(vars(mlp))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        quantise(mlp)

    assert vars(mlp) == held
    for before, after in zip(weights, mlp.network_.get_weights(), strict=True):
        assert_array_equal(before, after)


def test_it_is_saved_and_loaded_like_any_other(quantised, data, tmp_path):
    loaded = load_model(save(quantised, tmp_path / "small.zip"))

    assert_array_equal(loaded.predict_proba(data[0]), quantised.predict_proba(data[0]))
    assert as_numpy(dense(loaded)[0]._kernel).dtype == np.int8


def test_fitted_anew_it_has_floats(mlp, quantised, data):
    anew = clone(quantised).fit(*data)

    assert_array_equal(anew.predict_proba(data[0]), mlp.predict_proba(data[0]))


def test_networks_of_convolutions_are_refused(conv_net):
    with pytest.raises(
        OptionError, match=r"hold 576 weights.* other [\d,]+ would.*to_litert"
    ):
        quantise(conv_net)


TEXTS, OF_TEXTS = ["good day", "bad night", "good night"] * 4, np.eye(3, dtype=int)


def test_a_network_of_texts():
    model = TextNet(None, dimensions=8, training=Training(1), random_state=0)
    model.fit(TEXTS, np.tile(OF_TEXTS, (4, 1)))

    expected = model.predict_proba(TEXTS)
    assert_allclose(quantise(model).predict_proba(TEXTS), expected, atol=0.02)


def test_vectors_of_words_stay_floats():
    model = TextNet(None, pooling="max", training=Training(1), random_state=0)
    model.fit(TEXTS, np.tile(OF_TEXTS, (4, 1)))
    with pytest.raises(OptionError, match="Keras has 8-bit forms of Dense"):
        quantise(model)


def test_a_network_that_counts_labels(data):
    X, Y = data
    model = MLNet(training=Training(3), random_state=0).fit(X, Y)

    small = quantise(model)

    # Not the probabilities, which jump where two labels change their ranks.
    scores = small.decision_function(X)
    assert_allclose(scores, model.decision_function(X), atol=0.02)
    assert_allclose(small.count_proba(X), model.count_proba(X), atol=0.02)


def test_twice(quantised):
    with pytest.raises(OptionError, match="quantised already"):
        quantise(quantised)


def test_not_fitted():
    with pytest.raises(NotFittedError):
        quantise(MLP())
