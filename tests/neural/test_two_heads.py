"""Two targets of one network: what is trained, what comes out, what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import accuracy_score, log_loss

from mlkit.exceptions import (
    ConstantLabelWarning,
    IndicatorError,
    LabelNameError,
    ModelFileError,
    OptionError,
    ShapeError,
    UnknownNameError,
)
from mlkit.neural import MLP, KerasMultiLabelClassifier, TextNet, Training
from mlkit.neural.compression import prune
from mlkit.neural.sequence_net import SequenceNet
from mlkit.neural.training.rows import Rows
from mlkit.neural.two_heads import LabelsAndClasses, TwoHeads, _held_back
from mlkit.persistence import load_model, read_card, save

keras = pytest.importorskip("keras")

pytestmark = [
    # Keras and TensorFlow import what is about to go, and say so.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

SHORT = Training(epochs=1)
NAMES = ["kühl", "feucht", "laut"]


def problem(n_samples: int = 120, seed: int = 0) -> tuple[Any, Any, Any]:
    """Labels are signs of three features, the room is the greatest of three others."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, 6))
    Y = (X[:, :3] > 0).astype(int)
    rooms = np.array(["bath", "hall", "shed"])[X[:, 3:].argmax(axis=1)]
    return X, Y, rooms


def framed(X: Any, Y: Any, rooms: Any) -> tuple[Any, Any, Any]:
    index = pd.Index([f"r{i}" for i in range(len(X))])
    table = pd.DataFrame(
        {"room": rooms, "floor": (X[:, 0] > 0) + 1, "house": "ours"}, index=index
    )
    return (
        pd.DataFrame(X, index=index).add_prefix("x"),
        pd.DataFrame(Y, columns=NAMES, index=index),
        table,
    )


@pytest.fixture(scope="module")
def trained() -> TwoHeads:
    training = Training(epochs=60, learning_rate=0.02)
    return TwoHeads(MLP((16,)), training=training, random_state=0).fit(*problem())


@pytest.fixture(scope="module")
def of_frames() -> TwoHeads:
    model = TwoHeads(
        MLP((16,)),
        loss_weights=(1, 1, 0.5, 1),
        training=Training(epochs=40, learning_rate=0.02),
        random_state=0,
    )
    return model.fit(*framed(*problem()))


class TestOneColumn:
    def test_both_are_learned(self, trained: TwoHeads) -> None:
        X, Y, rooms = problem(seed=1)
        predicted, score = trained.predict(X), trained.score(X, Y, rooms)
        assert score.labels > 0.75
        assert score.classes > 0.85
        assert score.labels == (predicted.labels == Y).all(axis=1).mean()
        assert score.classes == accuracy_score(rooms, predicted.classes)

    def test_answers(self, trained: TwoHeads) -> None:
        X, Y, rooms = problem(seed=1)
        predicted, proba = trained.predict(X), trained.predict_proba(X)
        assert isinstance(predicted, LabelsAndClasses)
        assert isinstance(proba, LabelsAndClasses)
        assert_array_equal(trained.classes_, ["bath", "hall", "shed"])
        assert proba.labels.shape == Y.shape
        assert proba.classes.shape == (120, 3)
        assert_allclose(proba.classes.sum(axis=1), 1)
        # Labels are asked one by one: their probabilities sum to anything.
        assert np.ptp(proba.labels.sum(axis=1)) > 1
        assert_array_equal(predicted.labels, proba.labels > 0.5)
        assert predicted.classes.shape == (120,)
        assert_array_equal(
            predicted.classes, trained.classes_[proba.classes.argmax(axis=1)]
        )

    def test_the_body_answers_for_the_labels_alone(self, trained: TwoHeads) -> None:
        X, Y, _ = problem(seed=1)
        body = trained.body_
        assert isinstance(body, MLP)
        assert_array_equal(body.predict(X), trained.predict(X).labels)
        assert_array_equal(body.predict_proba(X), trained.predict_proba(X).labels)
        assert body.score(X, Y) == trained.score(X, Y, problem(seed=1)[2]).labels

    def test_the_network_of_the_body_has_the_labels_alone(
        self, trained: TwoHeads
    ) -> None:
        X, Y, _ = problem(seed=1)
        network = trained.body_.network_
        assert trained.body_.network_ is network
        assert [layer.name for layer in network.layers][-1] == "logits"
        assert network.layers[-1] is trained.network_.get_layer("logits")
        small = prune(trained.body_, X, Y, sparsity=0.5, training=Training(epochs=1))
        assert small.predict(X).shape == Y.shape

    def test_classes_of_the_same_rows_in_another_order(self) -> None:
        X, Y, rooms = problem()
        names = [f"row {i}" for i in range(len(X))]
        table = pd.DataFrame(X, names).rename(columns=str)
        with pytest.raises(ShapeError, match="X and classes are tables of the same"):
            TwoHeads().fit(table, Y, pd.Series(rooms, names)[::-1])

    def test_one_body_and_two_heads(self, trained: TwoHeads) -> None:
        names = [layer.name for layer in trained.network_.layers]
        assert names.count("hidden_1") == 1
        assert set(names[-2:]) == {"logits", "classes_1"}
        assert [head.shape for head in trained.network_.outputs] == [(None, 3)] * 2

    def test_weights_of_rows_in_the_score(self, trained: TwoHeads) -> None:
        X, Y, rooms = problem(40, seed=2)
        weights = np.random.default_rng(0).integers(3, size=40)
        repeated = [np.repeat(part, weights, axis=0) for part in (X, Y, rooms)]
        found = trained.score(X, Y, rooms, sample_weight=weights)
        assert_allclose(found, trained.score(*repeated))

    def test_unknown_classes_do_not_count_in_the_score(self, trained: TwoHeads) -> None:
        X, Y, rooms = problem(40, seed=2)
        known = np.arange(40) % 2 == 0
        partly = np.where(known, rooms.astype(object), None)
        found = trained.score(X, Y, partly).classes
        assert found == trained.score(X[known], Y[known], rooms[known]).classes
        # One that nobody has heard of is wrong.
        assert trained.score(X, Y, ["attic"] * 40).classes == 0


class TestSeveralColumns:
    def test_each_has_a_head_of_its_own(self, of_frames: TwoHeads) -> None:
        X, Y, table = framed(*problem(seed=1))
        score = of_frames.score(X, Y, table)
        assert list(score.classes.index) == ["room", "floor", "house"]
        assert score.classes["room"] > 0.8
        assert score.classes["floor"] > 0.8
        assert score.classes["house"] == 1
        shapes = [head.shape[1] for head in of_frames.network_.outputs]
        # What is constant needs none.
        assert shapes == [3, 3, 2]

    def test_answers(self, of_frames: TwoHeads) -> None:
        X, _, table = framed(*problem(seed=1))
        predicted, proba = of_frames.predict(X[3:7]), of_frames.predict_proba(X[3:7])
        assert list(predicted.labels.columns) == NAMES
        assert list(predicted.classes.columns) == list(table.columns)
        for part in predicted:
            assert list(part.index) == ["r3", "r4", "r5", "r6"]
        assert predicted.classes["floor"].dtype == table["floor"].dtype
        assert [part.shape for part in proba.classes] == [(4, 3), (4, 2), (4, 1)]
        assert_array_equal(proba.classes[2], 1)

    def test_names_are_kept(self, of_frames: TwoHeads) -> None:
        assert [v.tolist() for v in of_frames.classes_] == [
            ["bath", "hall", "shed"],
            [1, 2],
            ["ours"],
        ]
        assert list(of_frames.class_names_in_) == ["room", "floor", "house"]
        assert list(of_frames.label_names_in_) == NAMES
        assert list(of_frames.feature_names_in_) == [f"x{j}" for j in range(6)]
        assert (of_frames.n_labels_, of_frames.n_features_in_) == (3, 6)

    def test_other_columns_are_refused(self, of_frames: TwoHeads) -> None:
        X, Y, table = framed(*problem(seed=1))
        with pytest.raises(LabelNameError, match="classes has the columns"):
            of_frames.score(X, Y, table[["floor", "room", "house"]])
        with pytest.raises(ShapeError, match="classes has 1 column; expected 3"):
            of_frames.score(X, Y, table["room"])

    def test_a_second_fit_forgets_the_names(self) -> None:
        model = TwoHeads(training=SHORT, random_state=0)
        X, Y, rooms = problem(20)
        model.fit(*framed(X, Y, rooms)).fit(X, sp.csr_array(Y), np.c_[rooms, rooms])
        for name in ("class_names_in_", "label_names_in_", "feature_names_in_"):
            assert not hasattr(model, name)
        predicted = model.predict(X)
        assert isinstance(predicted.labels, sp.csr_array)
        assert isinstance(predicted.classes, np.ndarray)
        assert predicted.classes.shape == (20, 2)


class TestLoss:
    def test_the_loss_is_the_weighted_sum_without_what_is_unknown(self) -> None:
        X, Y, rooms = problem(40)
        partly, some = Y.astype(float), rooms.astype(object)
        partly[::3, 1] = np.nan
        some[::4] = None
        model = TwoHeads(loss_weights=(0.5, 2.0), training=SHORT, random_state=0)
        model.fit(X, Y, rooms, validation_data=(X, partly, some))

        proba, known = model.predict_proba(X), ~np.isnan(partly)
        costs = -np.log(np.where(partly == 1, proba.labels, 1 - proba.labels))
        of_labels = np.mean(
            [row[k].mean() for row, k in zip(costs, known, strict=True)]
        )
        shown = some != None  # noqa: E711 - of each element
        of_classes = log_loss(rooms[shown], proba.classes[shown]) * shown.mean()
        (found,) = model.history_["val_loss"]
        assert_allclose(found, 0.5 * of_labels + 2.0 * of_classes, rtol=1e-5)

    def test_unknown_classes_teach_nothing(self) -> None:
        X, Y, rooms = problem(40)
        # Where the class is known a row weighs nothing: the labels alone are learned.
        known = np.arange(40) < 8
        some = np.where(known, rooms.astype(object), None)
        weight = np.where(known, 0.0, 1.0)
        model = TwoHeads(MLP(()), training=SHORT, random_state=0)
        model.fit(X, Y, some, sample_weight=weight)
        assert_array_equal(self.bias(model, "classes_1"), 0)
        assert np.abs(self.bias(model, "logits")).min() > 0

    @pytest.mark.parametrize(
        ("weights", "still", "moved"),
        [((1, 0), "classes_1", "logits"), ((0, 1), "logits", "classes_1")],
    )
    def test_a_weight_of_zero(self, weights: Any, still: str, moved: str) -> None:
        model = TwoHeads(MLP(()), loss_weights=weights, training=SHORT, random_state=0)
        model.fit(*problem(40))
        assert_array_equal(self.bias(model, still), 0)
        assert np.abs(self.bias(model, moved)).max() > 0

    def bias(self, model: TwoHeads, layer: str) -> np.ndarray:
        return model.network_.get_layer(layer).get_weights()[1]

    def test_weights_of_label_values(self) -> None:
        X, Y, rooms = problem(60)
        Y[:50, 0] = 0
        training = Training(epochs=20, learning_rate=0.02)
        plain = TwoHeads(MLP(()), training=training, random_state=0)
        balanced = clone(plain).set_params(label_weights="balanced")
        first, second = (m.fit(X, Y, rooms).predict_proba(X) for m in (plain, balanced))
        assert second.labels[:, 0].mean() > first.labels[:, 0].mean() + 0.05


class TestConstantTargets:
    def test_labels_that_are_constant(self) -> None:
        X, Y, rooms = problem()
        # A metric of labels cannot be watched where there are none to be learned.
        training = Training(
            epochs=60, learning_rate=0.02, validation=0.2, monitor="macro_f1"
        )
        model = TwoHeads(MLP((16,)), training=training, random_state=0)
        some = np.where(np.arange(len(X)) % 9 == 0, None, rooms.astype(object))
        with pytest.warns(ConstantLabelWarning, match="3 of 3 labels"):
            model.fit(X, Y * 0 + [0, 1, 0], some)
        assert_array_equal(model.predict(X).labels, Y * 0 + [0, 1, 0])
        assert_array_equal(model.predict_proba(X).labels, Y * 0 + [0, 1, 0])
        assert model.score(X, Y * 0 + [0, 1, 0], rooms).classes > 0.85
        assert model.body_.network_ is None
        assert "val_macro_f1" not in model.history_
        assert model.history_["val_loss"][-1] < model.history_["val_loss"][0]

    def test_some_labels_that_are_constant(self) -> None:
        X, Y, rooms = problem(40)
        Y[:, 1] = 1
        model = TwoHeads(training=SHORT, random_state=0)
        with pytest.warns(ConstantLabelWarning, match="1 of 3 labels"):
            model.fit(X, Y, rooms)
        assert [head.shape[1] for head in model.network_.outputs] == [2, 3]
        assert_array_equal(model.predict(X).labels[:, 1], 1)

    def test_a_single_class(self) -> None:
        X, Y, _ = problem(40)
        model = TwoHeads(training=SHORT, random_state=0).fit(X, Y, ["hall"] * 40)
        assert_array_equal(model.predict(X).classes, "hall")
        assert_array_equal(model.predict_proba(X).classes, np.ones((40, 1)))
        assert model.network_.output_shape == (None, 3)

    def test_nothing_at_all(self) -> None:
        X, Y, _ = problem(40)
        model = TwoHeads()
        with pytest.warns(ConstantLabelWarning):
            model.fit(X, Y * 0, [7] * 40)
        assert model.network_ is None
        assert_array_equal(model.predict(X).classes, 7)
        assert_array_equal(model.predict(X).labels, 0)


class TestWatching:
    def test_rows_are_held_back_by_labels_and_classes(self) -> None:
        rng = np.random.default_rng(0)
        labels = (rng.random((200, 2)) < [0.5, 0.1]).astype(np.int8)
        of_rows = rng.choice(4, size=200, p=[0.05, 0.15, 0.3, 0.5])
        classes = (of_rows[:, None] == np.arange(4)).astype(np.int8)
        classes[:10] = -1
        rows = Rows(np.arange(200), (sp.csr_array(labels), classes))
        trained, watched = _held_back(rows, 0.2, seed=0)
        assert_array_equal(np.sort(np.r_[trained.X, watched.X]), np.arange(200))
        for target in (labels, classes == 1):
            there = target[watched.X].sum(axis=0)
            assert_allclose(there, 0.2 * target.sum(axis=0), atol=1.1)

    def test_metrics_are_those_of_the_labels(self) -> None:
        X, Y, rooms = problem(60)
        training = Training(epochs=2, monitor="subset_accuracy", metrics=("macro_f1",))
        model = TwoHeads(training=training, random_state=0)
        model.fit(X, Y, rooms, validation_data=problem(30, seed=1))
        X, Y, rooms = problem(30, seed=1)
        found = model.history_["val_subset_accuracy"]
        assert model.score(X, Y, rooms).labels == pytest.approx(max(found))
        assert len(model.history_["val_macro_f1"]) == 2

    def test_classes_that_training_has_not_count_as_unknown(self) -> None:
        X, Y, rooms = problem(30)
        losses = []
        for other in ("attic", None):
            watched = np.where(np.arange(30) < 5, other, rooms.astype(object))
            model = TwoHeads(training=SHORT, random_state=0)
            model.fit(X, Y, rooms, validation_data=(X, Y, watched))
            losses += model.history_["val_loss"]
        assert losses[0] == losses[1]


class TestRepeating:
    def test_a_seed_decides_about_everything(self) -> None:
        model = TwoHeads(MLP(dropout=0.2), training=SHORT, random_state=0)
        X, Y, rooms = problem(40)
        first, again = (
            clone(model).fit(X, Y, rooms).predict_proba(X) for _ in range(2)
        )
        other = clone(model).set_params(random_state=1).fit(X, Y, rooms)
        for one, two, three in zip(first, again, other.predict_proba(X), strict=True):
            assert_array_equal(one, two)
            assert np.abs(one - three).max() > 1e-3

    def test_saved_and_loaded(self, of_frames: TwoHeads, tmp_path: Any) -> None:
        X, Y, table = framed(*problem(seed=1))
        path = save(of_frames, tmp_path / "heads.zip")
        card, loaded = read_card(path), load_model(path)
        # One network, although the body is a part of it.
        assert card.networks == ("network-0.keras",)
        assert card.label_names == tuple(NAMES)
        assert_array_equal(
            loaded.body_.predict_proba(X), of_frames.body_.predict_proba(X)
        )
        before, after = of_frames.predict(X), loaded.predict(X)
        pd.testing.assert_frame_equal(after.labels, before.labels)
        pd.testing.assert_frame_equal(after.classes, before.classes)
        assert loaded.score(X, Y, table).labels == of_frames.score(X, Y, table).labels

    def test_an_interrupted_training_goes_on(self, tmp_path: Any) -> None:
        class Stop(keras.callbacks.Callback):
            def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
                if epoch == 2:
                    raise KeyboardInterrupt

        X, Y, rooms = problem(40)
        training = Training(epochs=4, checkpoint=tmp_path / "state.npz")
        model = TwoHeads(training=training, random_state=0)
        with pytest.raises(KeyboardInterrupt):
            model.fit(X, Y, rooms, callbacks=[Stop()])
        other = clone(model).set_params(loss_weights=(1.0, 2.0))
        with pytest.raises(ModelFileError, match="another training"):
            other.fit(X, Y, rooms)
        plain = TwoHeads(training=Training(epochs=4), random_state=0).fit(X, Y, rooms)
        resumed = clone(model).fit(X, Y, rooms)
        assert_allclose(resumed.history_["loss"], plain.history_["loss"])
        assert_array_equal(resumed.predict_proba(X).classes, plain.predict_proba(X)[1])


class TestBodies:
    def test_sequences(self) -> None:
        X, Y, rooms = problem(20)
        model = TwoHeads(SequenceNet(units=(3,)), training=SHORT, random_state=0)
        assert model.fit(X[:, :, None], Y, rooms).network_.input_shape == (None, 6, 1)

    def test_texts_are_read_as_by_the_body_alone(self) -> None:
        text_net = pytest.importorskip("mlkit.neural.text_net")
        texts = ["hot and dry", "cold and wet", "cold and dry", "hot and wet"] * 5
        Y = [["cold" in text, "wet" in text] for text in texts]
        model = TwoHeads(text_net.TextNet("cnn"), training=SHORT, random_state=0)
        model.fit(texts, np.array(Y), [text[:3] for text in texts])
        assert sorted(model.body_.vocabulary_) == ["and", "cold", "dry", "hot", "wet"]
        shown = model.body_.attention(texts[:1])[0]
        assert list(shown["word"]) == ["hot", "and", "dry"]
        assert shown["weight"].sum() == pytest.approx(1)

    def test_a_network_of_ones_own(self) -> None:
        def network(shape: tuple[int, ...], n_labels: int) -> Any:
            layers = [keras.layers.Dense(5, "relu"), keras.layers.Dense(n_labels)]
            return keras.Sequential([keras.Input(shape), *layers])

        model = TwoHeads(
            KerasMultiLabelClassifier(network), training=SHORT, random_state=0
        )
        X, Y, rooms = problem(20)
        model.fit(X, Y, rooms)
        assert [head.shape[1] for head in model.network_.outputs] == [3, 3]
        assert len(model.network_.layers) == 4

    def test_a_network_without_a_vector_of_features(self) -> None:
        def network(shape: tuple[int, ...], n_labels: int) -> Any:
            inputs = keras.Input(shape)
            return keras.Model(inputs, keras.layers.Dense(n_labels)(inputs) * 2.0)

        model = TwoHeads(KerasMultiLabelClassifier(network), training=SHORT)
        X, Y, rooms = problem(20)
        with pytest.raises(OptionError, match=r"End it with Dense\(n_labels\)"):
            model.fit(X, Y, rooms)


def test_options_of_the_default_training_are_those_of_the_body() -> None:
    texts = TwoHeads(TextNet()).set_params(training__epochs=3).training
    assert texts.get_params() == Training(epochs=3, learning_rate=0.003).get_params()
    together = TwoHeads().set_params(training__epochs=3, body=TextNet()).training
    assert together.get_params() == texts.get_params()
    plain = TwoHeads().set_params(training__patience=3).training
    assert (plain.epochs, plain.patience) == (100, 3)


def test_parameters() -> None:
    model = TwoHeads(SequenceNet("gru"), loss_weights=(1, 2), random_state=3)
    assert model.get_params()["body__encoder"] == "gru"
    model.set_params(body__encoder="lstm", training=Training())
    model.set_params(training__epochs=5)
    copied = clone(model)
    assert copied.body.encoder == "lstm"
    assert copied.training.epochs == 5
    assert copied.body is not model.body
    with pytest.raises(NotFittedError):
        copied.predict(np.zeros((2, 3)))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"body": "mlp"}, TypeError, "body must be a network of mlkit.neural.*'mlp'"),
        (
            {"body": MLP(training=Training(), random_state=0)},
            OptionError,
            "body is given 'training', 'random_state', .* Give training to TwoHeads",
        ),
        ({"body": MLP(label_weights=np.ones((3, 2)))}, OptionError, "'label_weights'"),
        ({"loss_weights": 1.0}, TypeError, r"such as \(1.0, 0.5\); got 1.0"),
        ({"loss_weights": (1.0,)}, OptionError, r"or one for .* classes \(1\)"),
        ({"loss_weights": (1, 1, 1)}, OptionError, r"got \(1, 1, 1\)"),
        ({"loss_weights": (1, -1)}, OptionError, r"loss_weights must be in .* got -1"),
        ({"loss": "mse"}, UnknownNameError, "Unknown loss 'mse'"),
        ({"training": 20}, TypeError, "training must be a Training"),
        ({"training": Training(mixing=0.2)}, OptionError, "there are two. Leave it"),
    ],
)
def test_options_that_make_no_sense(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        TwoHeads(**options).fit(*problem(12))


def test_a_network_that_decides_in_a_way_of_its_own() -> None:
    ml_net = pytest.importorskip("mlkit.neural.ml_net")
    with pytest.raises(OptionError, match="body is of MLNet, which decides by more"):
        TwoHeads(ml_net.MLNet()).fit(*problem(12))


class TestTargetsThatDoNotFit:
    def test_labels_and_classes_in_the_wrong_order(self) -> None:
        X, Y, rooms = problem(12)
        with pytest.raises(
            IndicatorError, match=r"third argument: fit\(X, Y, classes\)"
        ):
            TwoHeads().fit(X, rooms, Y)

    def test_other_rows(self) -> None:
        X, Y, rooms = problem(12)
        with pytest.raises(ShapeError, match="Y has 12 rows and classes has 11"):
            TwoHeads().fit(X, Y, rooms[1:])

    @pytest.mark.parametrize(
        ("given", "error", "message"),
        [
            (problem(12)[:2], TypeError, r"tuple \(X, Y, classes\), got tuple of 2"),
            ([1, 2, 3], TypeError, r"tuple \(X, Y, classes\), got list"),
            (
                (*problem(12)[:2], problem(11)[2]),
                ShapeError,
                "validation Y has 12 rows and classes has 11",
            ),
        ],
    )
    def test_validation_data(
        self, given: Any, error: type[Exception], message: str
    ) -> None:
        with pytest.raises(error, match=message):
            TwoHeads().fit(*problem(12), validation_data=given)
