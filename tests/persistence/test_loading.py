"""Nothing is built that nobody vouched for, and damage is told."""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
import sklearn
from sklearn.tree import DecisionTreeClassifier
from skops.io import get_untrusted_types

from mlkit.exceptions import (
    ModelFileError,
    ModelVersionWarning,
    OptionError,
    UntrustedTypeError,
)
from mlkit.models import BinaryRelevance
from mlkit.persistence import load_model, read_card, save
from mlkit.persistence.archive import file_facts

from .cases import assert_predicts_the_same, read_members


def test_the_card_alone_builds_nothing(saved, tamper):
    path = tamper({"model.skops": b"not even a model"})

    assert read_card(path).model == "sklearn.pipeline.Pipeline"
    with pytest.raises(
        ModelFileError, match=r"model\.zip: model\.skops cannot be read"
    ):
        load_model(path)


def node(loader: str, name: str, **content: Any) -> dict[str, Any]:
    module, _, attribute = name.rpartition(".")
    return {
        "__class__": attribute,
        "__module__": module,
        "__loader__": loader,
        **content,
    }


def text(value: str) -> dict[str, Any]:
    return node("JsonNode", "builtins.str", content=json.dumps(value), is_json=True)


def call(name: str, *arguments: str) -> dict[str, Any]:
    """What makes skops call something with texts."""
    values = node("TupleNode", "builtins.tuple", content=[text(a) for a in arguments])
    return node("ConstructorFromReduceNode", name, content=values)


def skops_file(schema: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr(
            "schema.json",
            json.dumps({**schema, "protocol": 2, "_skops_version": "0.16.0"}),
        )
    return buffer.getvalue()


SYSTEM = f"{os.system.__module__}.system"
ATTACKS = {
    "a call": (call(SYSTEM, "touch {out}"), SYSTEM),
    "a call of eval": (call("builtins.eval", "open('{out}', 'w')"), "builtins.eval"),
    "a function": (node("FunctionNode", SYSTEM), SYSTEM),
    "a type": (node("TypeNode", "subprocess.Popen"), "subprocess.Popen"),
    "a call inside of a model": (
        node(
            "ObjectNode",
            "mlkit.models.binary_relevance.BinaryRelevance",
            content=node(
                "DictNode",
                "builtins.dict",
                key_types=node("ListNode", "builtins.list", content=[]),
                content={"estimator": call(SYSTEM, "touch {out}")},
            ),
        ),
        SYSTEM,
    ),
    "a writer of the kit": (
        call("mlkit.writing.write_atomically", "{out}", "x"),
        "mlkit.writing.write_atomically",
    ),
    "a module that the kit imports": (
        call("mlkit.models.label_tree.subprocess", "x"),
        "mlkit.models.label_tree.subprocess",
    ),
    "a loader of pickles": (call("numpy.load", "{out}"), "numpy.load"),
    "a method": (
        node(
            "MethodNode",
            "mlkit.models.mlknn.MLkNN",
            content={
                "func": "fit",
                "obj": node("ObjectNode", "mlkit.models.mlknn.MLkNN"),
            },
        ),
        "mlkit.models.mlknn.MLkNN.fit",
    ),
}


@pytest.mark.parametrize(("schema", "name"), ATTACKS.values(), ids=ATTACKS)
def test_forged_models_run_nothing(schema, name, tamper, tmp_path):
    out = tmp_path / "out"
    filled = json.loads(json.dumps(schema).replace("{out}", str(out)))
    content = skops_file(filled)
    assert name in get_untrusted_types(data=content)

    with pytest.raises(UntrustedTypeError, match=name.replace(".", r"\.")) as caught:
        load_model(tamper({"model.skops": content}, needs_trust=[]))

    assert "Nothing was built" in str(caught.value)
    assert not out.exists()


@pytest.mark.parametrize("trusted", [SYSTEM, [SYSTEM], {"a.B", "builtins.eval"}])
def test_nor_when_they_are_asked_to(trusted, tamper, tmp_path):
    out = tmp_path / "out"
    path = tamper({"model.skops": skops_file(call(SYSTEM, f"touch {out}"))})

    with pytest.raises(
        OptionError, match="A file that asks for it is not to be loaded"
    ):
        load_model(path, trusted=trusted)
    assert not out.exists()


def test_everything_cannot_be_trusted(saved):
    with pytest.raises(TypeError, match="trusted must be a name or several, got True"):
        load_model(saved, trusted=True)


def test_the_card_has_no_say_in_what_is_trusted(tamper):
    content = skops_file(call("a.B", "x"))

    with pytest.raises(UntrustedTypeError, match=r"'a\.B'"):
        load_model(tamper({"model.skops": content}, needs_trust=["a.B"]))


def test_types_that_are_not_here(tamper):
    content = skops_file(call("mlkit_extras.Learner", "x"))

    with pytest.raises(ModelFileError, match="cannot be built: ModuleNotFoundError"):
        load_model(tamper({"model.skops": content}), trusted="mlkit_extras.Learner")
    assert "mlkit_extras" not in sys.modules


def with_far_children(content: bytes) -> bytes:
    """A model in which the first node of every tree has a child far away."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as given,
        zipfile.ZipFile(buffer, "w") as forged,
    ):
        for name in given.namelist():
            member = given.read(name)
            if name.endswith(".npy"):
                array = np.load(io.BytesIO(member))
                if "left_child" in (array.dtype.names or ()):
                    array["left_child"][0] = 10**12
                    changed = io.BytesIO()
                    np.save(changed, array)
                    member = changed.getvalue()
            forged.writestr(name, member)
    return buffer.getvalue()


def test_forged_trees_are_not_handed_out(tmp_path):
    learner = BinaryRelevance(DecisionTreeClassifier(max_depth=1))
    path = save(learner.fit([[0.0], [1.0]], [[0, 1], [1, 0]]), tmp_path / "tree")
    forged = with_far_children((path / "model.skops").read_bytes())
    (path / "model.skops").write_bytes(forged)
    card = json.loads((path / "card.json").read_bytes())
    card["files"] = file_facts({"model.skops": forged})
    (path / "card.json").write_text(json.dumps(card))

    with pytest.raises(
        ModelFileError, match=r"tree: model\..*\(Tree\) is damaged or f"
    ):
        load_model(path)


def test_every_cut_file_is_refused(saved):
    whole = saved.read_bytes()

    for place in np.random.default_rng(0).integers(0, len(whole), 60).tolist():
        saved.write_bytes(whole[:place])
        with pytest.raises(ModelFileError, match=r"model\.zip: "):
            load_model(saved)


def test_a_changed_byte_is_refused_or_does_not_matter(saved, model, flags):
    whole = saved.read_bytes()
    refused = 0

    for place in np.random.default_rng(0).integers(0, len(whole), 60).tolist():
        changed = bytearray(whole)
        changed[place] ^= 0xFF
        saved.write_bytes(changed)
        # Dates and rights of the members of a zip are free to change.
        with suppress(ModelFileError):
            refused += 1
            assert_predicts_the_same(model, load_model(saved), flags.X)
            refused -= 1
    assert refused > 50


def test_a_newer_format(tamper):
    with pytest.raises(
        ModelFileError, match=r"model\.zip: .*saved in format 2, and this"
    ):
        load_model(tamper(format_version=2))


@pytest.mark.parametrize("name", ["scikit-learn", "mlkit"])
def test_another_version_is_a_warning(name, tamper, model, flags):
    versions = read_card(tamper()).versions
    path = tamper(versions={**versions, name: "0.0.1"})

    with pytest.warns(ModelVersionWarning, match=rf"{name} 0\.0\.1 \(here ") as caught:
        loaded = load_model(path)

    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert_predicts_the_same(model, loaded, flags.X)


def test_both_other_versions_are_one_warning(tamper):
    path = tamper(versions={"scikit-learn": "0.1", "mlkit": "0.0.1"})

    with pytest.warns(
        ModelVersionWarning, match=r"mlkit 0\.0\.1.* and scikit-learn 0\.1"
    ):
        load_model(path)


def test_scikit_learn_itself_does_not_warn_again(model, tmp_path, monkeypatch):
    monkeypatch.setattr(sklearn.base, "__version__", "0.9")
    path = save(model, tmp_path / "model.zip")
    monkeypatch.undo()
    inner = read_members(path)["model.skops"]
    with zipfile.ZipFile(io.BytesIO(inner)) as packed:
        assert b'\\"0.9\\"' in packed.read("schema.json")

    # Warnings are errors here.
    load_model(path)


@pytest.mark.parametrize("load", [load_model, read_card])
def test_nothing_there(load, saved):
    wrong = saved.with_name("models.zip")

    with pytest.raises(FileNotFoundError, match=r"Did you mean '.*model\.zip'\?"):
        load(wrong)
    with pytest.raises(
        FileNotFoundError, match=r"no saved model at 'nowhere/at/all'\.$"
    ):
        load("nowhere/at/all")


def test_a_folder_that_is_no_model(tmp_path):
    with pytest.raises(ModelFileError, match=r"It holds no card\.json"):
        load_model(tmp_path)


def test_a_folder_that_was_moved(model, flags, tmp_path):
    folder = save(model, tmp_path / "model").rename(tmp_path / "elsewhere")

    assert_predicts_the_same(model, load_model(str(folder)), flags.X)
