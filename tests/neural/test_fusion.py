"""Features of several kinds in one network: parts, rows, names, and what is gained."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.metrics import f1_score

from mlkit.datasets import make_wardrobe
from mlkit.exceptions import ConstantLabelWarning, OptionError, ShapeError
from mlkit.neural import MLP, KerasMultiLabelClassifier, Training
from mlkit.neural.fusion import Fusion
from mlkit.neural.sequence_net import SequenceNet
from mlkit.neural.two_heads import TwoHeads
from mlkit.persistence import load_model, read_card, save

keras = pytest.importorskip("keras")

pytestmark = [
    # Keras and TensorFlow import what is about to go, and say so.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

SHORT = Training(epochs=1)
QUICK = Training(epochs=40, learning_rate=0.02)


def problem(n_samples: int = 120, seed: int = 0) -> tuple[dict[str, Any], np.ndarray]:
    """Numbers, and a table with a nominal column; neither tells the labels alone.

    The first label is there where both are of the same sign, the second where both are
    positive.
    """
    rng = np.random.default_rng(seed)
    left, right = rng.normal(size=(n_samples, 3)), rng.integers(2, size=n_samples)
    table = pd.DataFrame(
        {"shade": np.where(right, "dark", "light"), "size": rng.normal(size=n_samples)},
        index=pd.Index([f"r{i}" for i in range(n_samples)]),
    )
    positive = left[:, 0] > 0
    Y = np.column_stack([positive == (right == 1), positive & (right == 1)])
    return {"numbers": left, "table": table}, Y.astype(int)


def rows(X: dict[str, Any], which: Any) -> dict[str, Any]:
    return {
        name: part.iloc[which] if isinstance(part, pd.DataFrame) else part[which]
        for name, part in X.items()
    }


def two_parts(**options: Any) -> Fusion:
    options = {"training": SHORT, "random_state": 0} | options
    # The part with two arrays first: what is shared out begins in the middle of them.
    return Fusion({"table": MLP(()), "numbers": MLP((8,))}, **options)


@pytest.fixture(scope="module")
def trained() -> Fusion:
    return two_parts(training=QUICK).fit(*problem())


class TestLearning:
    def test_what_is_in_both_parts_at_once(self, trained: Fusion) -> None:
        X, Y = problem(seed=1)
        assert trained.score(X, Y) > 0.9
        # The first label is independent of either part.
        for name, part in trained.parts.items():
            alone = clone(part).set_params(training=QUICK, random_state=0)
            alone.fit(problem()[0][name], problem()[1])
            assert (alone.predict(X[name])[:, 0] == Y[:, 0]).mean() < 0.65

    def test_answers(self, trained: Fusion) -> None:
        X, Y = problem(10, seed=2)
        proba = trained.predict_proba(X)
        assert proba.shape == Y.shape
        assert_array_equal(trained.predict(X), proba > 0.5)
        # Not by the order of the mapping, but by names.
        turned = dict(reversed(X.items()))
        assert_array_equal(trained.predict_proba(turned), proba)
        assert_allclose(trained.predict_proba(rows(X, [4])), proba[[4]], atol=1e-6)

    def test_parts_learn_their_inputs_from_the_training_rows(self) -> None:
        X, Y = problem(40)
        other = X | {"table": X["table"].assign(shade="none")}
        model = two_parts().fit(X, Y, validation_data=(other, Y))
        assert model.parts_["table"]._values == [["dark", "light"]]
        assert not hasattr(model.parts["table"], "_values")
        assert len(model.history_["val_loss"]) == 1


class TestNetwork:
    def test_layers_of_the_same_names(self) -> None:
        X, Y = problem(20)
        model = Fusion(
            {"left": MLP((3,)), "right": MLP((4, 5))},
            units=(6, 7),
            dropout=0.1,
            training=SHORT,
            random_state=0,
        )
        model.fit({"left": X["numbers"], "right": X["numbers"][:, :2]}, Y)
        network = model.network_
        names = [layer.name for layer in network.layers]
        assert names[:4] == ["left.numbers", "right.numbers", "left.body", "right.body"]
        assert names[4:] == [
            "fusion.features",
            *("fusion.hidden_1", "fusion.dropout_1"),
            *("fusion.hidden_2", "fusion.dropout_2"),
            "logits",
        ]
        # 3 and 2 features; hidden layers; then 3 + 5 features in one vector.
        bodies = (3 * 3 + 3) + (2 * 4 + 4) + (4 * 5 + 5)
        joint = (8 * 6 + 6) + (6 * 7 + 7) + (7 * 2 + 2)
        n_weights = sum(np.prod(v.shape) for v in network.trainable_variables)
        assert n_weights == bodies + joint

    def test_without_hidden_layers(self) -> None:
        X, Y = problem(20)
        names = [layer.name for layer in two_parts(units=()).fit(X, Y).network_.layers]
        assert names[-2:] == ["fusion.features", "logits"]

    def test_many_kinds_of_parts(self) -> None:
        X, Y = problem(20)

        def network(shape: tuple[int, ...], n_labels: int) -> Any:
            hidden = [keras.Input(shape), keras.layers.Dense(4, "relu")]
            return keras.Sequential([*hidden, keras.layers.Dense(n_labels)])

        inner = Fusion({"one": MLP((2,)), "two": MLP((3,))}, units=(5,))
        model = Fusion(
            {
                "own": KerasMultiLabelClassifier(network),
                "sequence": SequenceNet(units=(2,)),
                "inner": inner,
            },
            training=SHORT,
            random_state=0,
        )
        numbers = X["numbers"]
        features = {
            "own": numbers,
            "sequence": numbers[:, :, None],
            "inner": {"one": sp.csr_array(numbers), "two": X["table"][["size"]]},
        }
        model.fit(features, Y)
        vector = model.network_.get_layer("fusion.features").output
        assert vector.shape == (None, 4 + 2 * 2 + 5)
        dense = features | {"inner": {"one": numbers, "two": X["table"][["size"]]}}
        assert_allclose(
            model.predict_proba(dense), model.predict_proba(features), atol=1e-6
        )

    def test_as_the_body_of_two_targets(self) -> None:
        X, Y = problem(20)
        body = Fusion({"table": MLP(()), "numbers": MLP((8,))})
        model = TwoHeads(body, training=SHORT, random_state=0)
        model.fit(X, pd.DataFrame(Y, columns=["a", "b"]), list("xyz") * 6 + ["x"] * 2)
        assert [head.shape[1] for head in model.network_.outputs] == [2, 3]
        assert list(model.predict(X).labels.index) == list(X["table"].index)


class TestContract:
    def test_names_of_rows_and_labels(self) -> None:
        X, Y = problem(20)
        labels = pd.DataFrame(Y, columns=["same", "both"], index=X["table"].index)
        predicted = two_parts().fit(X, labels).predict(rows(X, [3, 5]))
        assert list(predicted.columns) == ["same", "both"]
        assert list(predicted.index) == ["r3", "r5"]
        with pytest.raises(ShapeError, match="same rows in another order"):
            two_parts().fit(X, labels[::-1])

    def test_constant_labels(self) -> None:
        X, Y = problem(20)
        with pytest.warns(ConstantLabelWarning):
            model = two_parts().fit(X, Y * [1, 0])
        assert model.network_.output_shape == (None, 1)
        assert_array_equal(model.predict(X)[:, 1], 0)

    def test_rows_that_are_held_back(self) -> None:
        training = Training(epochs=2, validation=0.25, monitor="macro_f1")
        model = two_parts(training=training).fit(*problem(40))
        assert len(model.history_["val_macro_f1"]) == 2

    def test_a_seed_decides_about_everything(self) -> None:
        X, Y = problem(40)
        model = two_parts(dropout=0.2)
        first, again = (clone(model).fit(X, Y).predict_proba(X) for _ in range(2))
        other = clone(model).set_params(random_state=1).fit(X, Y).predict_proba(X)
        assert_array_equal(first, again)
        assert np.abs(first - other).max() > 1e-3

    def test_saved_and_loaded(self, trained: Fusion, tmp_path: Any) -> None:
        X, _ = problem(20, seed=3)
        path = save(trained, tmp_path / "fusion.zip")
        loaded = load_model(path)
        assert read_card(path).networks == ("network-0.keras",)
        assert_array_equal(loaded.predict_proba(X), trained.predict_proba(X))


class TestRefusals:
    @pytest.mark.parametrize(
        ("parts", "error", "message"),
        [
            (MLP(), TypeError, "parts must map names to networks, .* got MLP"),
            ({"a": MLP()}, OptionError, "two parts or more; got 'a'"),
            ({"a": MLP(), "b": 3}, TypeError, "The part 'b' must be a network of .* 3"),
            ({"a": MLP(), "b/c": MLP()}, OptionError, "underscores; got 'b/c'"),
            ({"a": MLP(), 2: MLP()}, OptionError, "underscores; got 2"),
            (
                {"a": MLP(), "b": MLP(training=Training())},
                OptionError,
                "The part 'b' is given 'training', .* Give training to Fusion itself",
            ),
        ],
    )
    def test_parts(self, parts: Any, error: type[Exception], message: str) -> None:
        X = np.zeros((4, 2))
        with pytest.raises(error, match=message):
            Fusion(parts).fit({"a": X, "b": X}, np.eye(4, dtype=int))

    @pytest.mark.parametrize(
        ("X", "error", "message"),
        [
            (np.zeros((4, 2)), TypeError, "mapping from the parts 'a', 'b' .* ndarray"),
            (
                {"a": np.zeros((4, 2))},
                ShapeError,
                "features for 'a'; expected 'a', 'b'",
            ),
            (
                {"a": np.zeros((4, 2)), "b": np.zeros((3, 2))},
                ShapeError,
                r"X\['a'\] has 4 rows and X\['b'\] has 3",
            ),
            (
                {"a": np.zeros((5, 2)), "b": np.zeros((5, 2))},
                ShapeError,
                "X has 5 rows and Y has 4",
            ),
        ],
    )
    def test_features(self, X: Any, error: type[Exception], message: str) -> None:
        with pytest.raises(error, match=message):
            Fusion({"a": MLP(), "b": MLP()}).fit(X, np.eye(4, dtype=int))

    def test_parts_in_another_order(self, trained: Fusion) -> None:
        X, Y = problem()
        turned = X | {"numbers": pd.DataFrame(X["numbers"], X["table"].index)[::-1]}
        with pytest.raises(ShapeError, match=r"X\['table'\] and X\['numbers'\] are"):
            trained.predict(turned)
        with pytest.raises(ShapeError, match=r"X\['table'\] and Y are tables"):
            two_parts().fit(X, pd.DataFrame(Y, X["table"].index[::-1], ["a", "b"]))

    def test_the_message_says_which_part_it_is_about(self, trained: Fusion) -> None:
        X, _ = problem(4)
        with pytest.raises(ValueError, match="expecting 3 features") as caught:
            trained.predict(X | {"numbers": np.zeros((4, 2))})
        assert caught.value.__notes__ == [
            "These are the features of the part 'numbers'."
        ]

    @pytest.mark.parametrize(
        ("options", "error", "message"),
        [
            ({"units": 8}, TypeError, "units must be a sequence"),
            ({"units": (0,)}, OptionError, "units must be at least 1"),
            ({"dropout": 1.0}, OptionError, r"dropout must be in \[0, 1\)"),
            ({"training": Training(mixing=0.2)}, OptionError, "may be codes of words"),
        ],
    )
    def test_options(self, options: Any, error: type[Exception], message: str) -> None:
        with pytest.raises(error, match=message):
            two_parts(**options).fit(*problem(12))


macro_f1 = partial(f1_score, average="macro", zero_division=0)

_WORDS = {
    "black": ("black", "ebony"),
    "blue": ("blue", "navy"),
    "red": ("red", "scarlet"),
    "white": ("white", "ivory"),
}
_ADVERTS = (
    "our {} favourite of the season",
    "{} and comfortable all day",
    "a classic in {} for work",
    "made of soft cotton",
)


def grey_wardrobe(seed: int) -> tuple[dict[str, Any], pd.DataFrame]:
    """Pictures without their colours, and adverts that mostly name the colour alone."""
    ds = make_wardrobe(360, image_size=20, random_state=seed)
    rng = np.random.default_rng(seed)
    names = [next(n for n in _WORDS if row[n]) for _, row in ds.Y.iterrows()]
    texts = [rng.choice(_ADVERTS).format(rng.choice(_WORDS[name])) for name in names]
    return {"picture": ds.X.mean(axis=3).astype(np.uint8), "text": texts}, ds.Y


@pytest.mark.slow
def test_a_picture_and_a_text_know_more_than_either() -> None:
    from mlkit.neural.conv_net import ConvNet
    from mlkit.neural.text_net import TextNet

    training = Training(epochs=20, learning_rate=0.005)
    parts = {"picture": ConvNet("lenet"), "text": TextNet("cnn", dimensions=20)}
    (X, Y), (X_new, Y_new) = grey_wardrobe(0), grey_wardrobe(1)
    models = {
        name: clone(part).set_params(training=training, random_state=0).fit(X[name], Y)
        for name, part in parts.items()
    }
    fused = Fusion(parts, training=training, random_state=0).fit(X, Y)
    alone = [macro_f1(Y_new, models[name].predict(X_new[name])) for name in parts]
    assert macro_f1(Y_new, fused.predict(X_new)) > max(alone) + 0.03
    sets = [models[name].score(X_new[name], Y_new) for name in parts]
    assert fused.score(X_new, Y_new) > max(sets) + 0.1
    assert "navy" in fused.parts_["text"].vocabulary_
