"""Small weights become 0 and stay it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone

from mlkit.exceptions import LabelNameError, OptionError, ShapeError
from mlkit.neural import MLP, KerasMultiLabelClassifier, Training
from mlkit.neural.compression import prune
from mlkit.neural.compression.pruning import _masks

keras = pytest.importorskip("keras")

SHORT = Training(epochs=2, batch_size=16)


def kernels(learner):
    return [
        weight.numpy()
        for weight in learner.network_.weights
        if weight.name.endswith("kernel")
    ]


def test_the_smallest_of_each_kernel_or_of_all():
    first, second = np.array([[0.1, -0.4], [0.3, -0.2]]), np.array([[5.0, -6], [-7, 8]])

    by_layer = _masks([first, second], 0.5, "layer")
    assert_array_equal(by_layer[0], [[False, True], [True, False]])
    assert_array_equal(by_layer[1], [[False, False], [True, True]])

    together = _masks([first, second], 0.5, "global")
    assert not together[0].any()
    assert together[1].all()


def test_equal_weights_are_counted_out():
    (mask,) = _masks([np.ones((2, 5))], 0.3, "layer")

    assert mask.sum() == 7


@pytest.mark.parametrize(
    "optimizer", ["adam", "sgd", "adamw"], ids=["adam", "sgd", "decay"]
)
def test_zeros_stay_zero_and_the_others_are_trained(mlp, data, optimizer):
    training = Training(2, batch_size=16, optimizer=optimizer, learning_rate=0.01)
    pruned = prune(mlp, *data, sparsity=0.75, scope="layer", training=training)

    for before, after in zip(kernels(mlp), kernels(pruned), strict=True):
        order = np.argsort(abs(before), axis=None)
        n_zeros = round(0.75 * before.size)
        where = np.zeros(before.size, dtype=bool)
        where[order[:n_zeros]] = True
        assert_array_equal(after.ravel() == 0, where)
        assert not np.signbit(after[after == 0]).any()
        kept = ~where.reshape(before.shape)
        # A unit may be without inputs now, and those behind it without a gradient.
        assert (before[kept] != after[kept]).mean() > 0.5


def test_biases_are_trained_and_not_pruned(mlp, data):
    pruned = prune(mlp, *data, sparsity=0.9, training=SHORT)

    for layer in ("hidden_1", "hidden_2", "logits"):
        before, after = (
            learner.network_.get_layer(layer).bias.numpy() for learner in (mlp, pruned)
        )
        assert (before != after).any()
        assert (after != 0).all()


def test_all_layers_together(mlp, data):
    pruned = prune(mlp, *data, sparsity=0.6, training=SHORT)

    before, after = (
        np.concatenate([kernel.ravel() for kernel in kernels(learner)])
        for learner in (mlp, pruned)
    )
    assert (after == 0).sum() == round(0.6 * after.size)
    assert abs(before[after == 0]).max() <= abs(before[after != 0]).min()


def test_training_on_makes_up_for_it(mlp, data):
    training = Training(20, batch_size=16, learning_rate=0.01)
    loss = prune(mlp, *data, training=training).history_["loss"]

    assert len(loss) == 20
    assert loss[-1] < 0.9 * loss[0]


def test_the_given_one_stays_as_it_was(mlp, data):
    weights, held = mlp.network_.get_weights(), dict(vars(mlp))

    pruned = prune(mlp, *data, training=SHORT)

    assert vars(mlp) == held
    for before, after in zip(weights, mlp.network_.get_weights(), strict=True):
        assert_array_equal(before, after)
    for learner in (mlp, pruned):
        assert all(weight.constraint is None for weight in learner.network_.weights)
    assert pruned.training.get_params() == mlp.training.get_params()


def test_it_repeats_and_draws_from_nobody(data):
    state = np.random.RandomState(3)
    model = MLP((8,), dropout=0.3, training=SHORT, random_state=state).fit(*data)
    before = state.get_state()[1].copy()

    first, second = (prune(model, *data) for _ in range(2))

    assert_array_equal(first.predict_proba(data[0]), second.predict_proba(data[0]))
    assert_array_equal(state.get_state()[1], before)


def test_by_default_it_trains_as_before_without_files(data, tmp_path):
    training = Training(3, log=tmp_path / "log.csv", checkpoint=tmp_path / "state.npz")
    model = MLP((8,), training=training, random_state=0).fit(*data)
    (tmp_path / "log.csv").unlink()

    pruned = prune(model, *data)

    assert len(pruned.history_["loss"]) == 3
    assert list(tmp_path.iterdir()) == []


def test_with_validation_the_best_epoch_has_the_zeros_too(mlp, data):
    training = Training(4, validation=0.25, monitor="macro_f1", learning_rate=0.05)
    pruned = prune(mlp, *data, sparsity=0.5, scope="layer", training=training)

    assert len(pruned.history_["val_macro_f1"]) == 4
    assert all((kernel == 0).sum() == kernel.size / 2 for kernel in kernels(pruned))


def test_rows_of_weight_0_have_no_influence(mlp, data):
    X, Y = data
    other = Y.copy()
    other.iloc[:30] = 1 - other.iloc[:30]
    weights = np.repeat([0.0, 1.0], [30, 90])

    first, second = (
        prune(mlp, X, labels, training=SHORT, sample_weight=weights)
        for labels in (Y, other)
    )

    assert_array_equal(first.predict_proba(X), second.predict_proba(X))
    plain = prune(mlp, X, Y, training=SHORT)
    assert not np.array_equal(plain.predict_proba(X), first.predict_proba(X))


def test_unknown_labels_and_labels_without_variety(mlp, data):
    X, Y = data[0].iloc[:40], data[1].iloc[:40].astype(float)
    Y.iloc[:, 0] = np.nan
    Y.iloc[:, 1] = 1.0

    pruned = prune(mlp, X, Y, training=SHORT)

    # Nothing is known of the first: its weights in the last layer move with no step.
    before, after = (
        learner.network_.get_layer("logits").get_weights() for learner in (mlp, pruned)
    )
    kept = after[0][:, 0] != 0
    assert_array_equal(before[0][kept, 0], after[0][kept, 0])
    assert before[1][0] == after[1][0]
    assert (before[1][1:] != after[1][1:]).all()


def test_convolutions(conv_net, pictures):
    pruned = prune(
        conv_net, *pictures, sparsity=0.5, scope="layer", training=Training(1)
    )

    for before, after in zip(kernels(conv_net), kernels(pruned), strict=True):
        assert (after == 0).sum() == round(before.size / 2)
        assert not np.array_equal(before[after != 0], after[after != 0])


def test_a_vector_of_classes(data):
    X, classes = data[0], np.array(["x", "y", "z"] * 40)
    model = MLP((8,), training=SHORT, random_state=0).fit(X, classes)

    pruned = prune(model, X, classes, sparsity=0.5)

    assert set(pruned.predict(X)) <= {"x", "y", "z"}
    assert_array_equal(pruned.classes_, model.classes_)
    assert not np.array_equal(pruned.predict_proba(X), model.predict_proba(X))


def test_constraints_of_the_layers_go_on(data):
    def network(input_shape, n_labels):
        inputs = keras.Input(input_shape)
        frozen = keras.layers.Dense(8, activation="relu", trainable=False)(inputs)
        hidden = keras.layers.Dense(8, kernel_constraint="non_neg")(frozen)
        return keras.Model(inputs, keras.layers.Dense(n_labels)(hidden))

    model = KerasMultiLabelClassifier(network, training=SHORT, random_state=0)
    model.fit(*data)

    pruned = prune(model, *data, sparsity=0.5, scope="layer")

    frozen, limited, _ = kernels(pruned)
    assert (frozen == 0).mean() == 0.5
    assert_array_equal(frozen[frozen != 0], kernels(model)[0][frozen != 0])
    # Some were at 0 already, and more may have come there.
    assert (limited >= 0).all()
    assert (limited == 0).mean() >= 0.5
    layer = pruned.network_.layers[2]
    assert isinstance(layer.kernel.constraint, keras.constraints.NonNeg)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"sparsity": 1.0}, OptionError, r"sparsity must be in \[0, 1\), got 1.0"),
        ({"sparsity": "half"}, TypeError, "sparsity must be a number"),
        ({"scope": "all"}, OptionError, "scope must be one of 'global', 'layer'"),
        ({"training": 5}, TypeError, "training must be a Training"),
        (
            {"training": Training(checkpoint="state.npz")},
            OptionError,
            r"Training\(checkpoint=...\) takes up the training of a fit",
        ),
    ],
)
def test_wrong_options(mlp, data, options, error, message):
    with pytest.raises(error, match=message):
        prune(mlp, *data, **options)


def test_wrong_rows(mlp, data):
    X, Y = data
    with pytest.raises(
        ShapeError, match="training data has 3 labels; expected 4, those of"
    ):
        prune(mlp, X, Y.to_numpy()[:, :3])
    with pytest.raises(
        ShapeError, match="X of training data has 100 rows and its Y has 120"
    ):
        prune(mlp, X.iloc[:100], Y)
    with pytest.raises(LabelNameError, match="in this order"):
        prune(mlp, X, Y[list("dcba")])
    with pytest.raises(ShapeError, match="same rows in another order"):
        prune(mlp, X, Y[::-1])
    with pytest.raises(ValueError, match="Negative values"):
        prune(mlp, X, Y, sample_weight=-np.ones(len(X)))


def test_quantised_weights_cannot_be_pruned(quantised, data):
    with pytest.raises(OptionError, match=r"'hidden_1/kernel' are quantised already"):
        prune(quantised, *data)


def test_a_network_without_kernels(data):
    def network(input_shape, n_labels):
        inputs = keras.Input(input_shape)
        norms = keras.layers.BatchNormalization()(inputs)
        return keras.Model(inputs, norms[:, :n_labels])

    model = KerasMultiLabelClassifier(network, training=SHORT).fit(*data)

    with pytest.raises(OptionError, match="no kernels"):
        prune(model, *data)


def test_it_can_be_pruned_again_and_fitted_anew(mlp, data):
    half = prune(mlp, *data, sparsity=0.5, scope="layer", training=SHORT)

    more = prune(half, *data, sparsity=0.75, scope="layer", training=SHORT)
    anew = clone(more).fit(*data)

    assert all((kernel == 0).mean() == 0.75 for kernel in kernels(more))
    for first, second in zip(kernels(half), kernels(more), strict=True):
        assert (second[first == 0] == 0).all()
    assert_array_equal(anew.predict_proba(data[0]), mlp.predict_proba(data[0]))
