"""Keras losses, optimizers and so on among the options: made anew, and nothing else."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mlkit.datasets import make_wardrobe
from mlkit.exceptions import (
    ModelFileError,
    OptionalDependencyError,
    UnsavableModelError,
    UntrustedTypeError,
)
from mlkit.models import ThresholdedClassifier, make
from mlkit.neural import (
    MLP,
    AsymmetricLoss,
    Augmentation,
    ConvNet,
    FocalLoss,
    Fusion,
    HammingLoss,
    Training,
)
from mlkit.neural.losses.base import MultiLabelLoss
from mlkit.persistence import load_model, save
from mlkit.persistence.archive import MODEL
from mlkit.persistence.content import pack_model
from mlkit.persistence.keras_objects import (
    StoredKerasObject,
    check_keras_objects,
    is_keras_object,
    pack_keras_object,
    unpack_keras_object,
)
from mlkit.persistence.savable import check_savable
from mlkit.persistence.stand_ins import put_back, take_out

keras = pytest.importorskip("keras")

pytestmark = [
    # Keras and TensorFlow import what is about to go, and say so.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 5))
Y = (X[:, :3] > 0).astype(int)
SCHEDULE = ("keras.optimizers.schedules", "ExponentialDecay")


class OwnLoss(MultiLabelLoss):
    """A loss of somebody's project."""

    short_name = "own"

    def row_losses(self, targets: Any, outputs: Any, known: Any) -> Any:
        return keras.ops.mean((targets - outputs) ** 2, axis=-1)


class OwnSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule of somebody's project."""

    def __call__(self, step: Any) -> float:
        return 0.1

    def get_config(self) -> dict[str, Any]:
        return {}


def decay() -> Any:
    return keras.optimizers.schedules.ExponentialDecay(0.1, 5, 0.9)


def config_of(part: Any) -> Any:
    return keras.saving.serialize_keras_object(part)


def there_and_back(model: Any, tmp_path: Any) -> Any:
    return load_model(save(model, tmp_path / "model.zip"))


@pytest.mark.parametrize(
    ("build", "get"),
    [
        (lambda: MLP(loss=FocalLoss(1.5), training=Training(1)), lambda m: m.loss),
        (
            lambda: MLP(
                loss=keras.losses.BinaryCrossentropy(from_logits=True),
                training=Training(1),
            ),
            lambda m: m.loss,
        ),
        (
            lambda: MLP(training=Training(1, optimizer=keras.optimizers.SGD(0.1))),
            lambda m: m.training.optimizer,
        ),
        (
            lambda: MLP(training=Training(1, learning_rate=decay())),
            lambda m: m.training.learning_rate,
        ),
        (
            lambda: ThresholdedClassifier(
                MLP(loss=FocalLoss(), training=Training(1)), cv=2
            ),
            lambda m: m.estimator.loss,
        ),
    ],
    ids=["loss of the kit", "loss of Keras", "optimizer", "schedule", "tuned"],
)
def test_fitted_networks_come_back_with_their_options(build, get, tmp_path):
    model = build().fit(X, Y)
    option = get(model)

    loaded = there_and_back(model, tmp_path)

    assert get(model) is option
    assert type(get(loaded)) is type(option)
    assert config_of(get(loaded)) == config_of(option)
    assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))


def test_options_of_a_fusion_and_of_its_parts(tmp_path):
    parts, rows = {"left": MLP(), "right": MLP()}, {"left": X, "right": X}
    model = Fusion(parts, loss=AsymmetricLoss(), training=Training(1)).fit(rows, Y)
    # What a Fusion does not use, and a part may hold all the same.
    optimizer = keras.optimizers.Adam(decay())
    parts["left"].set_params(training=Training(1, optimizer=optimizer))

    loaded = there_and_back(model, tmp_path)

    found = loaded.parts["left"].training.optimizer
    assert config_of(found) == config_of(optimizer)
    assert isinstance(loaded.loss, AsymmetricLoss)
    assert loaded.get_params(deep=False).keys() == model.get_params(deep=False).keys()


def test_a_loaded_network_learns_on(tmp_path):
    model = MLP(loss=FocalLoss(), training=Training(1, learning_rate=decay()))

    loaded = there_and_back(model.fit(X, Y), tmp_path)

    assert np.isfinite(loaded.fit(X, Y).predict_proba(X)).all()


def test_augmentation_is_saved_as_before(tmp_path):
    pictures, labels = make_wardrobe(24, image_size=16, random_state=0).as_xy()
    model = ConvNet(
        "mobilenet", width=0.25, augment=Augmentation(), training=Training(1)
    ).fit(pictures, labels)

    loaded = there_and_back(model, tmp_path)

    assert loaded.augment == model.augment
    assert_array_equal(loaded.predict_proba(pictures), model.predict_proba(pictures))


@pytest.mark.parametrize(
    "build",
    [
        lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.AdamW(decay())),
        lambda: keras.losses.Huber(0.5),
        lambda: FocalLoss(dtype="float16"),
        lambda: HammingLoss(),
        lambda: keras.metrics.AUC(multi_label=True, num_labels=3),
        lambda: keras.regularizers.L1L2(0.1, 0.2),
        lambda: keras.initializers.HeNormal(seed=3),
        lambda: keras.initializers.HeNormal(keras.random.SeedGenerator(3)),
    ],
)
def test_what_is_made_anew(build):
    part = build()
    model = {"a": part, "b": (part,)}

    stored, networks = take_out(model)
    check_keras_objects(stored)
    back = put_back(stored, networks)

    assert isinstance(stored["a"], StoredKerasObject)
    assert networks == {}
    assert type(back["a"]) is type(part)
    assert config_of(back["a"]) == config_of(part)
    assert back["b"][0] is back["a"]
    assert model["a"] is part


def test_what_is_none():
    others = [keras.layers.Dense(1), OwnLoss(), "adam", None, keras.losses.Huber]

    assert not any(map(is_keras_object, others))


def test_own_losses_are_refused_as_before(tmp_path):
    model = MLP(loss=OwnLoss(), training=Training(1)).fit(X, Y)

    with pytest.raises(UntrustedTypeError, match="would refuse.*test_keras_objects"):
        save(model, tmp_path / "model.zip")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("build", "match"),
    [
        (
            lambda: keras.optimizers.Adam(OwnSchedule()),
            r"the Adam holds '.*test_keras_objects\.OwnSchedule', and load_model",
        ),
        (lambda: keras.optimizers.SGD(lambda: 0.1), "the SGD holds '__lambda__'"),
        (lambda: keras.optimizers.SGD(decay), r"SGD holds '.*\.decay', and load_model"),
        (
            lambda: keras.metrics.MeanMetricWrapper(keras.losses.mean_squared_error),
            "holds 'builtins.mean_squared_error'",
        ),
        (
            lambda: keras.losses.BinaryCrossentropy(dtype="float16"),
            "dtype float16, which Keras does not tell.*Leave the dtype out",
        ),
        (
            keras.optimizers.schedules.LearningRateSchedule,
            "Keras cannot make the LearningRateSchedule anew from its options",
        ),
    ],
)
def test_what_would_not_come_back_is_told_with_its_place(build, match):
    part = build()

    with pytest.raises(UnsavableModelError, match=rf"^model\.option.*{match}"):
        check_savable(SimpleNamespace(option=part))
    with pytest.raises(UnsavableModelError, match=match):
        pack_keras_object(part)


def asks(module: Any, name: Any, registered: Any = None, **config: Any) -> dict:
    return {
        "module": module,
        "class_name": name,
        "config": config,
        "registered_name": registered,
    }


HUBER = asks("keras.losses", "Huber")
FORGED = {
    "a module": (asks("evil_keras_part", "Thing"), "evil_keras_part.Thing"),
    "inside": (
        asks("keras.optimizers", "SGD", learning_rate=asks("evil_keras_part", "Rate")),
        "evil_keras_part.Rate",
    ),
    "deep inside": (
        asks(*SCHEDULE, a=[{"b": [asks("keras.evil_keras_part", "Rate")]}]),
        "keras.evil_keras_part.Rate",
    ),
    "a registered name": (HUBER | {"registered_name": "x>Thing"}, "keras.losses.Huber"),
    "no registered name": (
        {key: HUBER[key] for key in ("module", "class_name", "config")},
        "keras.losses.Huber",
    ),
    "more than a class": (HUBER | {"build_config": {}}, "keras.losses.Huber"),
    "under the kit's name": (
        asks("evil_keras_part", "FocalLoss", "mlkit>FocalLoss"),
        "evil_keras_part.FocalLoss",
    ),
    "no class of the kit": (
        asks("mlkit.neural.losses", "Nothing", "mlkit>Nothing"),
        "mlkit.neural.losses.Nothing",
    ),
    "a layer of the kit": (
        asks("mlkit.neural.text_layers", "WordDropout", "mlkit>WordDropout"),
        "mlkit.neural.text_layers.WordDropout",
    ),
    "a layer": (asks("keras.layers", "TFSMLayer"), "keras.layers.TFSMLayer"),
    "a model": (asks("keras", "Model"), "keras.Model"),
    "a function of Keras": (asks("keras.utils", "get_file"), "keras.utils.get_file"),
    "a getter": (asks("keras.losses", "get"), "keras.losses.get"),
    "an inner module": (
        asks("keras.src.losses.losses", "Huber"),
        "keras.src.losses.losses.Huber",
    ),
    "a metric by a function": (
        asks("keras.metrics", "MeanMetricWrapper", fn="x>thing"),
        "keras.metrics.MeanMetricWrapper",
    ),
    "a function": (
        {**asks("builtins", "function", "function"), "config": "eval"},
        "builtins.eval",
    ),
    "a lambda": (
        {"class_name": "__lambda__", "config": {"value": "code"}},
        "__lambda__",
    ),
    "no name": (asks("keras.losses", ["Huber"]), "keras.losses.['Huber']"),
}


@pytest.mark.parametrize(("config", "name"), FORGED.values(), ids=FORGED)
def test_forged_options_import_nothing(config, name, tamper, tmp_path, monkeypatch):
    (tmp_path / "evil_keras_part.py").write_text("open('out', 'w')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    model = make("baseline-set").fit(X, Y)
    model.option_ = StoredKerasObject(json.dumps(config))
    path = tamper({MODEL: pack_model(model)[MODEL]})

    with pytest.raises(UntrustedTypeError, match="model.option_ asks Keras") as caught:
        load_model(path)
    assert name in str(caught.value)
    with pytest.raises(UntrustedTypeError, match="trusted has no say"):
        load_model(path, trusted="evil_keras_part.Thing")
    assert not (tmp_path / "out").exists()
    assert "evil_keras_part" not in sys.modules
    with pytest.raises(UntrustedTypeError):
        unpack_keras_object(model.option_)


def test_who_registers_under_the_kits_name_is_not_the_kit(monkeypatch):
    stored = pack_keras_object(FocalLoss())
    registered = keras.saving.get_custom_objects()
    monkeypatch.setitem(registered, "mlkit>FocalLoss", OwnLoss)

    with pytest.raises(UntrustedTypeError, match="FocalLoss"):
        unpack_keras_object(stored)


@pytest.mark.parametrize(
    ("config", "match"),
    [
        ("{", "cannot be read"),
        (3, "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ("3", "without a class"),
        ("[]", "without a class"),
        ("{}", "without a class"),
    ],
)
def test_damaged_options(config, match):
    with pytest.raises(ModelFileError, match=rf"^model\[0\].*{match}"):
        check_keras_objects([StoredKerasObject(config)])


def test_options_that_keras_does_not_take():
    stored = StoredKerasObject(json.dumps(asks("keras.losses", "Huber", other=1)))
    check_keras_objects([stored])

    with pytest.raises(ModelFileError, match="Keras cannot make the Huber"):
        unpack_keras_object(stored)


def test_keras_is_needed_where_there_are_some_and_only_there(monkeypatch):
    stored = pack_keras_object(keras.losses.Huber())
    monkeypatch.setitem(sys.modules, "keras", None)

    check_keras_objects([1, "a"])
    with pytest.raises(OptionalDependencyError, match=r"mlkit-multilabel\[neural\]"):
        check_keras_objects([stored])
