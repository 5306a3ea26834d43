"""What holds for all losses: gradients, masks, limits, precision, saving, weights."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

keras = pytest.importorskip("keras")

from mlkit.exceptions import ShapeError  # noqa: E402
from mlkit.neural.gradients import value_and_gradient  # noqa: E402
from mlkit.neural.losses import (  # noqa: E402
    BinaryCrossEntropy,
    FocalLoss,
    MultiLabelLoss,
)
from mlkit.neural.losses.base import masked_mean  # noqa: E402

from .cases import (  # noqa: E402
    CASES,
    N_LABELS,
    WEIGHTS,
    array,
    double_precision,
    logits,
    targets,
)

pytestmark = [
    # Keras and TensorFlow import what is about to go, and say so.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

KINDS = ["hard", "soft", "masked"]


@pytest.fixture(params=CASES)
def make(request) -> Any:
    return CASES[request.param]


def with_weights(loss: MultiLabelLoss, weights: Any) -> MultiLabelLoss:
    """Return a loss with these weights, where it has weights for each label."""
    weighted = getattr(loss, "label_weights", None) is not None
    return BinaryCrossEntropy(weights) if weighted else loss


def rows(loss: MultiLabelLoss, Y: Any, z: Any) -> np.ndarray:
    return array(loss.call(np.asarray(Y, "float32"), np.asarray(z, "float32")))


def slopes(loss: MultiLabelLoss, Y: Any, z: Any) -> np.ndarray:
    """Return the gradient of the sum over the rows, so that rows do not scale it."""
    return value_and_gradient(
        lambda t: keras.ops.sum(loss.call(Y, t)), np.asarray(z, dtype="float32")
    )[1]


def central_differences(loss: MultiLabelLoss, Y: Any, z: Any) -> np.ndarray:
    """Move each logit by itself, in copies of all rows that are computed at once."""
    step = 1e-5
    moves = step * np.eye(z.size).reshape(-1, *z.shape)

    def means(copies: np.ndarray) -> np.ndarray:
        costs = loss.call(np.tile(Y, (len(copies), 1)), copies.reshape(-1, z.shape[1]))
        return array(costs).reshape(len(copies), len(z)).mean(axis=1)

    return ((means(z + moves) - means(z - moves)) / (2 * step)).reshape(z.shape)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_is_that_of_finite_differences(make, kind, seed):
    Y, z = targets(kind, seed=seed), logits(seed=seed)
    with double_precision():
        loss = make(dtype="float64")
        value, gradient = value_and_gradient(lambda t: loss(Y, t), z)
        expected = central_differences(loss, Y, z)

    assert gradient.dtype == np.float64
    assert_allclose(gradient, expected, atol=1e-9)
    assert value == pytest.approx(rows(loss, Y, z).mean(), rel=1e-6)
    assert np.abs(gradient).max() > 1e-3


@pytest.mark.parametrize("kind", KINDS)
def test_float32_agrees_with_float64(make, kind):
    for seed in range(4):
        Y, z = targets(kind, seed=seed), logits(seed=seed)
        with double_precision():
            exact = array(make(dtype="float64", reduction=None)(Y, z))
        assert exact.dtype == np.float64
        assert_allclose(rows(make(), Y, z), exact, rtol=2e-6, atol=1e-6)


# The present label first. Per label the mean of two cells; pairs and shares by hand.
LIMITS = {
    "binary": (100.0, 0.5),
    "weighted": ((100 * 2 + 100 * 1) / 2, None),
    "focal": (100.0, 0.5),
    "focal-root": ((0.25 * 100 + 0.75 * 100) / 2, None),
    "asymmetric": ((100 - 0.95**4 * np.log(0.05)) / 2, None),
    "asymmetric-root": ((100 - 0.8**0.5 * np.log(0.2)) / 2, None),
    "asymmetric-unclipped": (100.0, 0.5),
    "ranking": (201.0, 1.0),
    "ranking-margin": (200.3, 1.0),
    "lsep": (200.0, 1.0),
    "softmax": (200.0, 1.0),
}


@pytest.mark.parametrize("name", LIMITS)
def test_stable_where_probabilities_are_not(name):
    loss = BinaryCrossEntropy(WEIGHTS[:2]) if name == "weighted" else CASES[name]()
    Y, wrong = [[1.0, 0.0]], np.array([[-100.0, 100.0]])
    value, slope = LIMITS[name]

    assert_allclose(rows(loss, Y, wrong), [value], rtol=1e-6)
    gradient = slopes(loss, Y, wrong)
    assert np.isfinite(gradient).all()
    if slope is not None:
        assert_allclose(gradient, [[-slope, slope]], rtol=1e-6)

    assert_allclose(rows(loss, Y, -wrong), [0.0], atol=1e-30)
    assert_allclose(slopes(loss, Y, -wrong), [[0.0, 0.0]], atol=1e-30)


@pytest.mark.parametrize("kind", KINDS)
def test_large_logits_are_finite_in_every_mixture(make, kind):
    for seed in range(10):
        Y = targets(kind, seed=seed)
        some = np.random.default_rng(seed).choice([-100.0, -1.0, 0.0, 100.0], Y.shape)
        assert np.isfinite(rows(make(), Y, some)).all()
        assert np.isfinite(slopes(make(), Y, some)).all()


@pytest.mark.parametrize("odd", [7.0, -100.0, np.inf, -np.inf, np.nan])
def test_what_is_unknown_has_no_influence(make, odd):
    Y, z = targets("masked"), logits()
    unknown = Y < 0
    assert unknown.any()
    changed = np.where(unknown, odd, z)

    assert_array_equal(rows(make(), Y, changed), rows(make(), Y, z))
    gradient = slopes(make(), Y, changed)
    assert_array_equal(gradient[unknown], 0.0)
    assert_array_equal(gradient, slopes(make(), Y, z))


def test_an_unknown_label_is_as_one_that_is_not_there(make):
    Y, z = targets("soft"), logits()
    Y[:, -1] = -1.0
    fewer = with_weights(make(), WEIGHTS[:-1])

    expected = rows(fewer, Y[:, :-1], z[:, :-1])
    assert_allclose(rows(make(), Y, z), expected, rtol=1e-6)


def test_nan_marks_an_unknown_label_as_well(make):
    Y, z = targets("masked"), logits()
    marked = np.where(Y < 0, np.nan, Y)
    assert_array_equal(rows(make(), marked, z), rows(make(), Y, z))
    assert_array_equal(slopes(make(), marked, z), slopes(make(), Y, z))


def test_rows_without_known_labels_cost_nothing(make):
    z = logits()
    Y = np.full_like(z, -1.0)
    assert_array_equal(rows(make(), Y, z), np.zeros(len(z)))
    assert_array_equal(slopes(make(), Y, z), np.zeros_like(z))


def test_the_order_of_the_labels_does_not_matter(make):
    Y, z = targets("masked"), logits()
    order = np.array([2, 0, 3, 1])
    shuffled = with_weights(make(), np.array(WEIGHTS)[order])

    expected = rows(make(), Y, z)
    assert_allclose(rows(shuffled, Y[:, order], z[:, order]), expected, rtol=1e-5)
    expected = slopes(make(), Y, z)[:, order]
    assert_allclose(slopes(shuffled, Y[:, order], z[:, order]), expected, atol=1e-6)


def test_rows_do_not_know_each_other(make):
    Y, z = targets("masked"), logits()
    for i in range(len(Y)):
        alone = rows(make(), Y[i : i + 1], z[i : i + 1])
        assert_allclose(alone, rows(make(), Y, z)[i : i + 1], rtol=1e-6)


def test_float16_is_computed_in_float32(make):
    Y, z = targets("soft").astype("float16"), logits().astype("float16")
    narrow = make().call(keras.ops.convert_to_tensor(Y), keras.ops.convert_to_tensor(z))
    assert keras.backend.standardize_dtype(narrow.dtype) == "float32"
    assert_array_equal(array(narrow), rows(make(), Y, z))
    assert float(make()(Y, z)) == pytest.approx(rows(make(), Y, z).mean())


def test_integer_labels_are_taken(make):
    Y = targets("hard")
    whole = array(make().call(Y.astype(int), logits().astype("float32")))
    assert_array_equal(whole, rows(make(), Y, logits()))


def test_sample_weights(make):
    Y, z = targets("masked"), logits()
    weights = np.array([1.0, 0.0, 2.0, 0.5, 3.0])
    costs = rows(make(), Y, z)

    weighted = float(make()(Y, z, sample_weight=weights))
    assert weighted == pytest.approx((weights * costs).mean(), rel=1e-5)
    loss = make(reduction="mean_with_sample_weight")
    weighted = float(loss(Y, z, sample_weight=weights))
    assert weighted == pytest.approx(np.average(costs, weights=weights), rel=1e-5)


def test_options_survive_serialization(make):
    loss = make(name="mine", reduction="sum", dtype="float64")
    config = json.loads(json.dumps(keras.losses.serialize(loss)))
    assert config["registered_name"] == f"mlkit>{type(loss).__name__}"

    again = keras.losses.deserialize(config)
    assert type(again) is type(loss)
    assert again.get_config() == loss.get_config()
    assert (again.name, again.reduction, again.dtype) == ("mine", "sum", "float64")


@pytest.mark.parametrize("name", [name for name in CASES if "-" not in name])
def test_it_trains_is_saved_and_comes_back(name, tmp_path):
    make = CASES[name]
    Y, X = targets("masked").astype("float32"), logits(seed=1).astype("float32")
    network = keras.Sequential([keras.Input((N_LABELS,)), keras.layers.Dense(N_LABELS)])
    network.compile(optimizer=keras.optimizers.SGD(0.1), loss=make())

    before = network.evaluate(X, Y, verbose=0)
    assert before == pytest.approx(float(make()(Y, network(X))), rel=1e-5)
    network.fit(X, Y, epochs=10, batch_size=len(X), verbose=0)
    after = network.evaluate(X, Y, verbose=0)
    assert after < before

    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    assert loaded.loss.get_config() == network.loss.get_config()
    assert loaded.evaluate(X, Y, verbose=0) == pytest.approx(after, rel=1e-6)


def test_names_do_not_count_the_losses_of_the_process():
    assert [FocalLoss().name, FocalLoss().name] == ["focal", "focal"]


@pytest.mark.parametrize(
    ("truth", "outputs"), [((3, 1), (3, 4)), ((1, 4), (3, 4)), ((4,), (3, 4))]
)
def test_shapes_that_would_be_broadcast_are_refused(make, truth, outputs):
    with pytest.raises(ShapeError, match=r"y_pred and y_true must have the same shape"):
        make()(np.zeros(truth), np.zeros(outputs))


def test_a_wrong_number_of_labels_is_noticed_in_training():
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    network.compile(loss=FocalLoss())
    with pytest.raises(ShapeError, match=r"y_pred and y_true"):
        network.fit(np.zeros((4, 2)), np.zeros((4, 1)), verbose=0)


def test_the_base_is_no_loss():
    with pytest.raises(TypeError, match="abstract"):
        MultiLabelLoss()


def test_masked_mean_over_several_axes():
    values = np.arange(8.0).reshape(2, 2, 2)
    mask = np.array([[[True, False], [False, True]], np.zeros((2, 2), dtype=bool)])
    assert array(masked_mean(values, mask, axis=(-2, -1))).tolist() == [1.5, 0.0]
