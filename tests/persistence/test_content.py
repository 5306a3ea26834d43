"""A model as bytes: what skops reports is what is decided about."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest
from sklearn.cluster import Birch
from sklearn.dummy import DummyClassifier
from sklearn.preprocessing import FunctionTransformer

from mlkit.exceptions import ModelFileError, UnsavableModelError
from mlkit.persistence import archive as room
from mlkit.persistence.content import held_types, pack_model, unpack_model

from .cases import RATIOS, Ratios, assert_predicts_the_same


def test_there_and_back(model, flags):
    files = pack_model(model)

    assert list(files) == ["model.skops"]
    assert_predicts_the_same(model, unpack_model(files, held_types(files)), flags.X)


def test_it_is_packed(model):
    (content,) = pack_model(model).values()
    members = zipfile.ZipFile(io.BytesIO(content)).infolist()

    assert 5 * len(content) < sum(member.file_size for member in members)


def test_what_would_look_like_a_bomb_is_not_packed(monkeypatch):
    monkeypatch.setattr(room, "_ALWAYS_ALLOWED", 1000)
    model = DummyClassifier()
    model.extra_ = np.zeros(10**6)

    files = pack_model(model)

    assert len(files["model.skops"]) > 8 * 10**6
    loaded = unpack_model(files, held_types(files))
    assert loaded.extra_.tobytes() == model.extra_.tobytes()


def test_bombs_inside_are_not_unpacked(monkeypatch):
    monkeypatch.setattr(room, "_ALWAYS_ALLOWED", 1000)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("schema.json", b" " * 10**7)

    with pytest.raises(ModelFileError, match="unpacks to 10,000,000"):
        held_types({"model.skops": buffer.getvalue()})


def test_own_classes_are_reported():
    assert RATIOS in held_types(pack_model(Ratios().fit([[1.0]])))


class Failing:
    def __getstate__(self):
        raise RuntimeError("no state today")

    def predict(self, X):
        return X


class Ring:
    def __init__(self) -> None:
        self.itself = self


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Failing(), "Failing holds something that skops cannot write: no state today"),
        (Ring(), "The Ring refers to itself, or is nested too deeply"),
        (Birch(), "Birch are not supported"),
        (FunctionTransformer(lambda X: X), "it is a lambda"),
        (DummyClassifier(random_state={(1, 2): 3}), "cannot write: "),
    ],
)
def test_what_skops_cannot_write(model, message):
    with pytest.raises(UnsavableModelError, match=message):
        pack_model(model)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"model\.skops cannot be read: BadZipFile|cannot be read: ValueError"),
        (b"nothing", "cannot be read: BadZipFile"),
        ({"other": "{}"}, "cannot be read: KeyError"),
        ({"schema.json": "{"}, "cannot be read: JSONDecodeError"),
        ({"schema.json": "{}"}, "cannot be read: TypeError"),
        ({"schema.json": '{"protocol": 999}'}, "protocol 999"),
        ({"schema.json": '{"protocol": 1}'}, "cannot be read"),
        (
            {"schema.json": json.dumps({"protocol": 1, "a": 1})[:-1] + "[" * 99999},
            "cannot be read",
        ),
    ],
)
def test_what_is_no_model(content, message):
    if isinstance(content, dict):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as packed:
            for name, text in content.items():
                packed.writestr(name, text)
        content = buffer.getvalue()

    with pytest.raises(ModelFileError, match=message):
        held_types({"model.skops": content})


def test_what_cannot_be_built(model):
    files = pack_model(model)

    with pytest.raises(ModelFileError, match="cannot be built: UntrustedTypes"):
        unpack_model(files, [])
