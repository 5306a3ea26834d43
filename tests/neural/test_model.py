"""The model that refuses measures of other things, and what it lets through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlkit.exceptions import OptionError
from mlkit.metrics import METRICS

keras = pytest.importorskip("keras")

from mlkit.neural.metrics import (  # noqa: E402 - needs keras
    HammingLoss,
    MacroF1,
    MeanAveragePrecision,
    MicroF1,
    SubsetAccuracy,
)
from mlkit.neural.model import MultiLabelModel  # noqa: E402

pytestmark = [
    # Keras and TensorFlow import what is about to go, and say so.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

LOGITS_LOSS = keras.losses.BinaryCrossentropy(from_logits=True)


def name_of(value: object) -> str:
    """Return what tests call a parameter; an address is another one in each process."""
    text = str(value)
    return (
        getattr(value, "__name__", type(value).__name__) if " at 0x" in text else text
    )


def network(activation: str | None = None, *, n_labels: int = 3) -> Any:
    inputs = keras.Input((4,))
    hidden = keras.layers.Dense(8, activation="relu")(inputs)
    return MultiLabelModel(inputs, keras.layers.Dense(n_labels, activation)(hidden))


def two_heads() -> Any:
    inputs = keras.Input((4,))
    labels = keras.layers.Dense(3, name="labels")(inputs)
    kind = keras.layers.Dense(5, name="kind")(inputs)
    return MultiLabelModel(inputs, {"labels": labels, "kind": kind})


def rows(n: int = 96) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 4)).astype("float32")
    return X, (X[:, :3] > 0).astype("float32")


class TestPlainAccuracy:
    @pytest.mark.parametrize(
        "metrics",
        [
            ["accuracy"],
            ["acc"],
            ["Accuracy"],
            [SubsetAccuracy(), "accuracy"],
            {"labels": "accuracy"},
            {"labels": ["acc", HammingLoss()]},
            [[HammingLoss(), ("accuracy",)]],
        ],
    )
    @pytest.mark.parametrize("argument", ["metrics", "weighted_metrics"])
    def test_it_is_refused_wherever_it_stands(self, argument, metrics):
        with pytest.raises(OptionError, match=f"^{argument} '(?i:acc|accuracy)' is"):
            network().compile(loss=LOGITS_LOSS, **{argument: metrics})

    def test_the_message_says_what_it_is_and_what_to_take(self):
        with pytest.raises(OptionError) as caught:
            network().compile(loss=LOGITS_LOSS, metrics=["accuracy"])
        assert str(caught.value) == (
            "metrics 'accuracy' is chosen by Keras from the shape of the output alone; "
            "for more than one column it is categorical accuracy: whether the largest "
            "output stands at the first largest target. Use "
            "SubsetAccuracy(from_logits=True) for whole label sets, HammingLoss (1 - "
            "binary accuracy) for single labels, MicroF1, MacroF1 or "
            "MeanAveragePrecision, all of mlkit.neural.metrics."
        )

    def test_for_probabilities_the_advice_is_another(self):
        message = r"SubsetAccuracy\(from_logits=False\)"
        with pytest.raises(OptionError, match=message):
            network("sigmoid").compile(metrics=["accuracy"])

    def test_it_is_refused_in_models_of_several_outputs_too(self):
        with pytest.raises(OptionError, match="'acc' is chosen by Keras"):
            two_heads().compile(metrics={"kind": ["acc"]})

    def test_it_would_be_wrong(self):
        # Right and wrong sets by hand, see `TestByHand` of the metrics: three sets of
        # four are right, and the largest output is where the first label is in two.
        Y = np.array([[1, 1, 0], [0, 1, 1], [1, 1, 0], [0, 0, 0]])
        logits = np.array([[3, 2, -1], [-1, 2, -3], [1, 4, -1], [-3, -1, -2.0]])
        inputs = keras.Input((3,))
        outputs = keras.layers.Dense(3)(inputs)
        plain, ours = keras.Model(inputs, outputs), MultiLabelModel(inputs, outputs)
        plain.set_weights([np.eye(3), np.zeros(3)])
        plain.compile(loss=LOGITS_LOSS, metrics=["accuracy"])
        ours.compile(loss=LOGITS_LOSS, metrics=[SubsetAccuracy()])
        options: dict[str, Any] = {"verbose": 0, "return_dict": True}
        assert plain.evaluate(logits, Y, **options)["accuracy"] == 0.5
        assert ours.evaluate(logits, Y, **options)["subset_accuracy"] == 0.75
        assert METRICS["subset_accuracy"](Y, (logits > 0).astype(int)) == 0.75


class TestOneClassARow:
    @pytest.mark.parametrize(
        "metric",
        [
            "categorical_accuracy",
            "SparseCategoricalAccuracy",
            keras.metrics.CategoricalAccuracy(name="fine"),
            keras.metrics.TopKCategoricalAccuracy(),
            keras.metrics.CategoricalCrossentropy(from_logits=True),
            keras.metrics.categorical_accuracy,
            "f1_score",
            keras.metrics.FBetaScore(),
        ],
        ids=name_of,
    )
    def test_metrics_of_one_class(self, metric):
        with pytest.raises(OptionError, match="is about one class a row.*Subset"):
            network().compile(loss=LOGITS_LOSS, metrics=[metric])

    @pytest.mark.parametrize(
        "loss",
        [
            "categorical_crossentropy",
            "sparse_categorical_crossentropy",
            "CategoricalFocalCrossentropy",
            keras.losses.CategoricalCrossentropy(from_logits=True),
            keras.losses.categorical_hinge,
        ],
        ids=name_of,
    )
    def test_losses_of_one_class(self, loss):
        message = (
            r"^loss '\w+' is about one class a row; of labels there may be several or "
            r"none. Use keras.losses.BinaryCrossentropy\(from_logits=True\)"
        )
        with pytest.raises(OptionError, match=message):
            network().compile(loss=loss)

    @pytest.mark.parametrize("loss", ["crossentropy", "ce"])
    def test_a_loss_that_is_chosen_by_shape(self, loss):
        message = f"loss '{loss}' is chosen by Keras.*categorical cross-entropy: all"
        with pytest.raises(OptionError, match=message):
            network().compile(loss=loss)

    def test_equal_numbers(self):
        with pytest.raises(OptionError, match="equal their targets exactly"):
            network().compile(metrics=[keras.metrics.Accuracy()])

    def test_one_of_several_outputs_may_be_a_class(self):
        model = two_heads()
        model.compile(
            loss={
                "labels": LOGITS_LOSS,
                "kind": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            },
            metrics={"labels": [MicroF1()], "kind": ["sparse_categorical_accuracy"]},
        )
        X, Y = rows(16)
        target = {"labels": Y, "kind": np.arange(16) % 5}
        history = model.fit(X, target, verbose=0).history
        assert {"labels_micro_f1", "kind_sparse_categorical_accuracy"} <= set(history)


class TestScales:
    @pytest.mark.parametrize(
        "loss",
        [
            "binary_crossentropy",
            "bce",
            "BinaryCrossentropy",
            keras.losses.binary_crossentropy,
            keras.losses.BinaryCrossentropy(),
        ],
        ids=name_of,
    )
    def test_a_loss_that_takes_logits_for_probabilities(self, loss):
        message = (
            r"^loss '\w+' takes the outputs for probabilities, and the model gives "
            r"logits. Use keras.losses.BinaryCrossentropy\(from_logits=True\)\.$"
        )
        with pytest.raises(OptionError, match=message):
            network().compile(loss=loss)
        network("sigmoid").compile(loss=loss)

    def test_the_class_of_another_loss_is_named(self):
        message = r"Use keras.losses.SparseCategoricalCrossentropy\(from_logits=True\)"
        with pytest.raises(OptionError, match=message):
            two_heads().compile(
                loss=[LOGITS_LOSS, "sparse_categorical_crossentropy"],
            )

    @pytest.mark.parametrize(
        "metric",
        [
            "binary_accuracy",
            keras.metrics.BinaryAccuracy(),
            keras.metrics.F1Score(threshold=0.5),
            keras.metrics.Precision(),
            "recall",
            keras.metrics.AUC(),
            "binary_crossentropy",
            HammingLoss(from_logits=False),
        ],
        ids=name_of,
    )
    def test_a_metric_that_takes_logits_for_probabilities(self, metric):
        with pytest.raises(OptionError, match="takes the outputs for probabilities"):
            network().compile(loss=LOGITS_LOSS, metrics=[metric])
        network("sigmoid").compile(loss="binary_crossentropy", metrics=[metric])

    @pytest.mark.parametrize(
        "metric",
        [
            keras.metrics.BinaryAccuracy(threshold=0.0),
            keras.metrics.Precision(thresholds=0.0),
            keras.metrics.Precision(top_k=1),
            keras.metrics.AUC(from_logits=True),
            keras.metrics.MeanAbsoluteError(),
            "mae",
            lambda y_true, y_pred: keras.ops.mean(y_pred),
        ],
        ids=name_of,
    )
    def test_metrics_that_are_fine_for_logits(self, metric):
        network().compile(loss=LOGITS_LOSS, metrics=[metric])

    def test_a_function_of_ones_own_says_what_it_takes(self):
        def mine(y_true: Any, y_pred: Any, from_logits: bool = False) -> Any:
            return keras.ops.mean(y_pred)

        with pytest.raises(OptionError, match="loss 'mine' takes the outputs for prob"):
            network().compile(loss=mine)

    def test_probabilities_taken_for_logits(self):
        message = (
            "'SubsetAccuracy' takes the outputs for logits, and the model gives "
            r"probabilities. Use SubsetAccuracy\(from_logits=False\)\.$"
        )
        with pytest.raises(OptionError, match=message):
            network("sigmoid").compile(metrics=[SubsetAccuracy()])

    @pytest.mark.parametrize("last", ["reshape", "operation", "tanh"])
    def test_nothing_is_refused_where_the_scale_is_not_known(self, last):
        inputs = keras.Input((4,))
        outputs = keras.layers.Dense(3)(inputs)
        outputs = {
            "reshape": keras.layers.Reshape((3,)),
            "operation": keras.ops.sigmoid,
            "tanh": keras.layers.Activation("tanh"),
        }[last](outputs)
        model = MultiLabelModel(inputs, outputs)
        model.compile(loss="binary_crossentropy", metrics=[SubsetAccuracy()])
        with pytest.raises(OptionError, match="'accuracy' is chosen by Keras"):
            model.compile(metrics=["accuracy"])

    def test_an_activation_layer_says_it_too(self):
        inputs = keras.Input((4,))
        logits = keras.layers.Dense(3)(inputs)
        model = MultiLabelModel(inputs, keras.layers.Activation("sigmoid")(logits))
        model.compile(loss="binary_crossentropy", metrics=["binary_accuracy"])
        with pytest.raises(OptionError, match="the model gives probabilities"):
            model.compile(loss=LOGITS_LOSS)

    def test_unknown_names_are_keras_to_refuse(self):
        with pytest.raises(ValueError, match="Could not interpret metric"):
            network().compile(metrics=["subset_accuraci"])


class TestTraining:
    @pytest.fixture(scope="class")
    def trained(self) -> Any:
        model = network()
        # Not learned from where it starts by chance, but from a fixed place.
        rng = np.random.default_rng(0)
        model.set_weights([rng.normal(0, 0.5, w.shape) for w in model.get_weights()])
        model.compile(
            keras.optimizers.Adam(0.05),
            loss=LOGITS_LOSS,
            metrics=[
                SubsetAccuracy(),
                HammingLoss(),
                MicroF1(),
                MacroF1(threshold=0.4),
                MeanAveragePrecision(n_bins=100),
            ],
            weighted_metrics=[SubsetAccuracy(name="weighted")],
        )
        X, Y = rows()
        model.fit(
            X,
            Y,
            sample_weight=np.linspace(0, 1, len(X)),
            validation_split=0.25,
            epochs=12,
            batch_size=32,
            verbose=0,
            shuffle=False,
        )
        return model

    def test_it_learns_what_the_metrics_see(self, trained):
        history = trained.history.history
        assert history["subset_accuracy"][-1] > history["subset_accuracy"][0] + 0.2
        assert history["hamming_loss"][-1] < history["hamming_loss"][0] - 0.1
        assert history["weighted"] != history["subset_accuracy"]
        assert {"val_micro_f1", "val_macro_f1", "val_mean_average_precision"} <= set(
            history
        )

    def test_evaluate_gives_the_metrics_of_the_kit(self, trained):
        X, Y = rows()
        found = trained.evaluate(X, Y, verbose=0, return_dict=True)
        decided = (trained.predict(X, verbose=0) > 0).astype(int)
        for name in ("subset_accuracy", "hamming_loss", "micro_f1"):
            assert found[name] == pytest.approx(METRICS[name](Y, decided), abs=1e-6)
        assert 0 < found["hamming_loss"] < 0.2

    def test_saved_and_loaded_it_predicts_the_same(self, trained, tmp_path: Path):
        X, Y = rows()
        trained.save(tmp_path / "net.keras")
        again = keras.saving.load_model(tmp_path / "net.keras", safe_mode=True)
        assert type(again) is MultiLabelModel
        same = trained.predict(X, verbose=0)
        np.testing.assert_array_equal(again.predict(X, verbose=0), same)
        options: dict[str, Any] = {"verbose": 0, "return_dict": True}
        expected = trained.evaluate(X, Y, **options)
        assert again.evaluate(X, Y, **options) == pytest.approx(expected, abs=1e-6)
        assert "macro_f1" in expected

    def test_loaded_it_trains_on_from_the_same_place(self, trained, tmp_path: Path):
        X, Y = rows()
        trained.save(tmp_path / "net.keras")
        twins = [keras.saving.load_model(tmp_path / "net.keras") for _ in range(2)]
        step = int(trained.optimizer.iterations)
        assert (
            [int(twin.optimizer.iterations) for twin in twins] == [step] * 2 != [0, 0]
        )
        for twin in twins:
            twin.fit(X, Y, verbose=0, shuffle=False)
        first, second = (twin.predict(X, verbose=0) for twin in twins)
        np.testing.assert_allclose(first, second, rtol=1e-5)
        assert not np.allclose(first, trained.predict(X, verbose=0))

    def test_loaded_it_refuses_the_same(self, trained, tmp_path: Path):
        trained.save(tmp_path / "net.keras")
        again = keras.saving.load_model(tmp_path / "net.keras")
        with pytest.raises(OptionError, match="'accuracy' is chosen by Keras"):
            again.compile(loss=LOGITS_LOSS, metrics=["accuracy"])

    def test_not_compiled_it_is_saved_too(self, tmp_path: Path):
        model = network()
        model.save(tmp_path / "net.keras")
        again = keras.saving.load_model(tmp_path / "net.keras")
        assert type(again) is MultiLabelModel
        assert not again.compiled

    def test_a_copy_is_of_the_same_class(self):
        copy = keras.models.clone_model(network())
        assert type(copy) is MultiLabelModel

    def test_it_stops_early_by_a_metric(self):
        X, Y = rows()
        model = network()
        model.compile(
            keras.optimizers.SGD(0.0), loss=LOGITS_LOSS, metrics=[HammingLoss()]
        )
        stop = keras.callbacks.EarlyStopping(monitor="val_hamming_loss", patience=1)
        history = model.fit(
            X, Y, validation_data=(X, Y), epochs=9, verbose=0, callbacks=[stop]
        )
        # Nothing is learned: one epoch sets the mark, the next one does not beat it.
        assert len(history.epoch) == 2
