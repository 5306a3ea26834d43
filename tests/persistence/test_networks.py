"""Keras models inside of a model: files of their own, and nothing touched."""

from __future__ import annotations

import json
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.pipeline import make_pipeline

from mlkit.exceptions import (
    ModelFileError,
    OptionalDependencyError,
    UnsavableModelError,
)
from mlkit.models import FeaturePreparation
from mlkit.persistence import load_model, read_card, save
from mlkit.persistence.archive import file_facts
from mlkit.persistence.stand_ins import unpack_network

from .cases import read_members, write_members

pytestmark = [
    pytest.mark.slow,
    # Keras and TensorFlow import what is about to go, and say so.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


class Layered(ClassifierMixin, BaseEstimator):
    """One small Keras network for all labels, held in several places."""

    def __init__(self, units: int = 4) -> None:
        self.units = units

    def fit(self, X: Any, Y: Any) -> Layered:
        import keras

        keras.utils.set_random_seed(0)
        rows, labels = np.asarray(X, dtype="float32"), np.asarray(Y)
        self.n_features_in_, self.n_labels_ = rows.shape[1], labels.shape[1]
        self.network_ = keras.Sequential(
            [
                keras.layers.Dense(self.units, activation="relu"),
                keras.layers.Dense(labels.shape[1], activation="sigmoid"),
            ]
        )
        self.network_.compile(optimizer="adam", loss="binary_crossentropy")
        self.network_.fit(rows, labels, epochs=2, verbose=0)
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        return np.asarray(self.network_(np.asarray(X, dtype="float32")))

    def predict(self, X: Any) -> np.ndarray:
        return (self.predict_proba(X) > 0.5).astype(np.int64)


LAYERED = f"{Layered.__module__}.Layered"


@pytest.fixture(scope="module", autouse=True)
def _keras() -> None:
    # Not at the top: an import of some seconds, also where these tests are left out.
    pytest.importorskip("keras")


@pytest.fixture(scope="module")
def network_model(flags) -> Any:
    return make_pipeline(FeaturePreparation(), Layered()).fit(*flags.as_xy())


@pytest.fixture
def network_file(network_model, tmp_path):
    return save(network_model, tmp_path / "net.zip", trusted=Layered)


def test_predictions_stay_and_the_model_is_not_touched(network_model, flags, tmp_path):
    learner = network_model["layered"]
    network, held = learner.network_, dict(vars(learner))
    weights = network.get_weights()

    path = save(network_model, tmp_path / "net.zip", trusted=LAYERED)
    loaded = load_model(path, trusted=LAYERED)

    assert vars(learner) == held
    assert learner.network_ is network
    for before, after in zip(weights, network.get_weights(), strict=True):
        assert_array_equal(before, after)
    assert loaded["layered"].network_ is not network
    X = flags.X
    assert_array_equal(loaded.predict_proba(X), network_model.predict_proba(X))
    assert_array_equal(loaded.predict(X), network_model.predict(X))


def test_a_loaded_network_learns_on(network_model, network_file, flags):
    loaded = load_model(network_file, trusted=Layered)["layered"]
    rows = network_model["featurepreparation"].transform(flags.X)
    rows = np.asarray(rows, dtype="float32")

    loss = loaded.network_.fit(rows, flags.Y.to_numpy(), verbose=0).history["loss"]

    assert np.isfinite(loss).all()


def test_the_card_names_networks_and_what_they_run_on(network_file):
    card = read_card(network_file)

    assert card.networks == ("network-0.keras",)
    assert set(read_members(network_file)) == {
        *("card.json", "model.skops", "network-0.keras")
    }
    assert {"keras", "tensorflow"} <= set(card.versions)
    assert card.needs_trust == (LAYERED,)
    assert "networks     1" in repr(card)


def test_networks_are_found_wherever_they_are(network_model, flags, tmp_path):
    import keras

    first = network_model["layered"].network_
    second = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model = Layered().fit(*_rows(network_model, flags))
    model.several_ = {"list": [first, {"tuple": (second, first)}], "none": None}
    model.table_ = np.array([[second, None], [None, first]], dtype=object)

    folder = save(model, tmp_path / "several", trusted=Layered)
    loaded = load_model(folder, trusted=Layered)

    assert len(read_card(folder).networks) == 3
    found = loaded.several_["list"][0]
    assert loaded.several_["list"][1]["tuple"][1] is found
    assert loaded.table_[1, 1] is found
    assert loaded.table_[0, 0] is loaded.several_["list"][1]["tuple"][0]
    assert model.table_[0, 0] is second
    ones = np.ones((1, 2), dtype="float32")
    assert_array_equal(np.asarray(loaded.table_[0, 0](ones)), np.asarray(second(ones)))


def _rows(network_model: Any, flags: Any) -> tuple[Any, Any]:
    return network_model["featurepreparation"].transform(flags.X), flags.Y


def test_code_in_a_network_is_refused_when_saving(tmp_path):
    import keras

    model = Layered()
    model.network_ = keras.Sequential(
        [keras.Input((2,)), keras.layers.Lambda(lambda x: x * 2)]
    )

    with pytest.raises(UnsavableModelError, match=r"network-0\.keras.*lambda"):
        save(model, tmp_path / "net.zip", trusted=Layered)
    assert list(tmp_path.iterdir()) == []


def test_a_network_that_keras_cannot_write(tmp_path):
    import keras

    class Broken(keras.layers.Layer):
        def get_config(self):
            raise NotImplementedError("no options")

    model = Layered()
    model.network_ = keras.Sequential([keras.Input((2,)), Broken()], name="broken")

    with pytest.raises(UnsavableModelError, match=r"'broken': no options"):
        save(model, tmp_path / "net.zip", trusted=Layered)


def test_a_damaged_network(network_file):
    members = read_members(network_file) | {"network-0.keras": b"PK nothing"}
    rewrite(network_file, members)

    with pytest.raises(ModelFileError, match=r"net\.zip.*'network-0\.keras'"):
        load_model(network_file, trusted=Layered)


def test_networks_are_packed(network_file):
    content = read_members(network_file)["network-0.keras"]
    with zipfile.ZipFile(BytesIO(content)) as packed:
        members = packed.infolist()
    assert {member.filename for member in members} >= {"config.json"}
    assert all(member.compress_type == zipfile.ZIP_DEFLATED for member in members)


def test_a_network_that_grows_beyond_what_one_can(tmp_path):
    bomb = write_members(
        tmp_path / "bomb", {"config.json": bytes(2**27)}, zipfile.ZIP_DEFLATED
    )
    with pytest.raises(ModelFileError, match="'net' ?: It has .* unpacks to 134,217"):
        unpack_network("net", bomb.read_bytes())


def test_a_network_that_is_not_there(network_file):
    members = read_members(network_file)
    del members["network-0.keras"]
    rewrite(network_file, members, networks=[])

    with pytest.raises(ModelFileError, match=r"network 'network-0\.keras' that is not"):
        load_model(network_file, trusted=Layered)


def rewrite(path: Path, members: dict[str, bytes], **changes: Any) -> None:
    """Write a file again, with a card that goes with it."""
    card = json.loads(members.pop("card.json")) | changes
    card["files"] = file_facts(members)
    write_members(path, members | {"card.json": json.dumps(card).encode()})


def test_without_keras_the_message_says_how_to_get_it(network_file, monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", None)

    with pytest.raises(OptionalDependencyError, match=r"mlkit-multilabel\[neural\]"):
        load_model(network_file, trusted=Layered)
    assert read_card(network_file).networks == ("network-0.keras",)
