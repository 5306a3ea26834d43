"""The contract of every learner, run on the networks."""

from __future__ import annotations

from typing import Any

import pytest
from sklearn.base import clone

from mlkit.neural import (
    MLP,
    KerasMultiLabelClassifier,
    MLNet,
    SequenceNet,
    TextNet,
    Training,
)

from ..models.conftest import Problem, problem  # noqa: F401
from ..models.test_contract import *  # noqa: F403

pytest.importorskip("keras")

# As few steps as are enough to learn what the tests ask for.
_SHORT = Training(epochs=40, batch_size=16, learning_rate=0.02)


def small(input_shape: tuple[int, ...], n_labels: int) -> Any:
    """Build a network of one's own."""
    import keras

    inputs = keras.Input(input_shape)
    hidden = keras.layers.Dense(16, activation="relu")(inputs)
    return keras.Model(inputs, keras.layers.Dense(n_labels)(hidden))


# Those that take tables; a sequence of numbers, and a bag of words, are tables too.
LEARNERS = {
    "MLP": MLP((16,), training=_SHORT, random_state=0),
    "SequenceNet": SequenceNet(
        units=(32, 32), dropout=0.0, training=_SHORT, random_state=0
    ),
    "TextNet": TextNet(dimensions=32, training=_SHORT, random_state=0),
    "MLNet": MLNet(
        dimensions=32, training=_SHORT, count_training=_SHORT, random_state=0
    ),
    "KerasMultiLabelClassifier": KerasMultiLabelClassifier(
        small, training=_SHORT, random_state=0
    ),
}

_STEPS = "rows are drawn into batches by their positions"
EXPECTED_FAILURES = {
    "test_order_of_training_rows": _STEPS,
    "test_weights_as_repeated_rows": _STEPS,
    "test_parameters_are_kept": "there is no base learner",
    "test_grid_search_reaches_the_base_learner": "there is no base learner",
}


@pytest.fixture(params=LEARNERS.values(), ids=LEARNERS.keys())
def learner(request: pytest.FixtureRequest) -> Any:
    """Each network, not fitted."""
    name = request.node.originalname
    if name in EXPECTED_FAILURES:
        request.applymarker(pytest.mark.xfail(reason=EXPECTED_FAILURES[name]))
    return clone(request.param)
