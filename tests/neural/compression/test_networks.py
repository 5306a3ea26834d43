"""The network inside of a fitted learner."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from mlkit.exceptions import ConstantLabelWarning, OptionError
from mlkit.neural import MLP, TextNet, Training
from mlkit.neural.compression.networks import (
    check_decides_by_logits,
    copy_in_float32,
    copy_of_network,
    network_of,
    some_rows,
    with_network,
)


def test_a_copy_shares_nothing(mlp):
    network = mlp.network_
    copied = copy_of_network(network)

    assert type(copied) is type(network)
    for old, new in zip(network.weights, copied.weights, strict=True):
        assert new is not old
        assert_array_equal(new.numpy(), old.numpy())
    copied.weights[0].assign(copied.weights[0] + 1)
    assert not np.array_equal(copied.weights[0].numpy(), network.weights[0].numpy())


@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_a_copy_in_full_precision(data, precision):
    training = Training(2, precision=precision)
    model = MLP((16,), dropout=0.5, training=training, random_state=0).fit(*data)
    assert {layer.compute_dtype for layer in model.network_.layers} != {"float32"}

    wide = copy_in_float32(model.network_)

    assert {layer.compute_dtype for layer in wide.layers} == {"float32"}
    for old, new in zip(model.network_.weights, wide.weights, strict=True):
        assert_array_equal(new.numpy(), old.numpy())
    # A mantissa of 8 bits in bfloat16, of 11 in float16.
    given, exact = model.predict_proba(data[0]), with_network(model, wide)
    assert_allclose(exact.predict_proba(data[0]), given, atol=0.02)


def test_operations_that_are_no_layers():
    texts, Y = ["a good day", "a bad night"] * 4, [[1, 0], [0, 1]] * 4
    training = Training(1, precision="mixed_bfloat16")
    model = TextNet(None, dimensions=8, training=training, random_state=0)
    model.fit(texts, Y)
    assert "NotEqual" in {type(one).__name__ for one in model.network_.operations}

    wide = with_network(model, copy_in_float32(model.network_))

    given = model.predict_proba(texts)
    assert_allclose(wide.predict_proba(texts), given, atol=0.02)


def test_rows_of_any_features():
    texts = ["a", "b", "c"]
    series = pd.Series(texts, index=[5, 6, 7])

    taken = some_rows({"texts": texts, "series": series, "X": np.eye(3)}, 4)

    assert taken["texts"].tolist() == taken["series"].tolist() == ["a", "b", "c", "a"]
    assert_array_equal(taken["X"], np.eye(3)[[0, 1, 2, 0]])


def test_another_network_in_a_like_learner(mlp, data):
    held = dict(vars(mlp))
    copied = copy_of_network(mlp.network_)

    new = with_network(mlp, copied)

    assert new.network_ is copied
    assert type(new) is type(mlp)
    assert new.training is not mlp.training
    assert new.training.get_params() == mlp.training.get_params()
    assert_array_equal(new.predict_proba(data[0]), mlp.predict_proba(data[0]))
    assert new.predict(data[0]).equals(mlp.predict(data[0]))
    assert vars(mlp) == held


@pytest.mark.parametrize(
    ("learner", "found"),
    [
        (LogisticRegression(), "LogisticRegression"),
        (make_pipeline(MLP()), "Pipeline"),
        (MLP, "got MLP"),
    ],
)
def test_what_is_no_network(learner, found):
    with pytest.raises(TypeError, match=rf"learner must be a network.*{found}"):
        network_of(learner)


def test_what_is_not_fitted():
    with pytest.raises(NotFittedError):
        network_of(MLP())


def test_without_a_network():
    with pytest.warns(ConstantLabelWarning):
        model = MLP().fit([[0.0], [1.0]], [[1, 0], [1, 0]])

    with pytest.raises(OptionError, match="All labels were constant"):
        network_of(model)


def test_decisions_of_its_own(mlp):
    class Counting(MLP):
        def _predict_labels(self, X):
            return super()._predict_labels(X)

    check_decides_by_logits(mlp)
    with pytest.raises(OptionError, match="Counting learns more than a logit a label"):
        check_decides_by_logits(Counting(training=Training(1)))
