"""Keras objects among the options of a learner: what Keras says of them, as JSON.

Losses, metrics, optimizers, schedules of learning rates, regularizers and initializers
are made anew from their options. Whole models are files of their own: `stand_ins`.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mlkit.exceptions import (
    MlkitError,
    ModelFileError,
    UnsavableModelError,
    UntrustedTypeError,
    names_for_message,
)
from mlkit.optional import import_optional
from mlkit.persistence.walking import walk

__all__ = [
    "StoredKerasObject",
    "check_keras_objects",
    "is_keras_object",
    "keras_problem",
    "pack_keras_object",
    "unpack_keras_object",
]

# Where Keras has them -> what they are. They compute on arrays and keep numbers; its
# layers are not among them, since some of these read files or run what they are given.
_OPTIONS = {
    "keras.initializers": "Initializer",
    "keras.losses": "Loss",
    "keras.metrics": "Metric",
    "keras.optimizers": "Optimizer",
    "keras.optimizers.schedules": "LearningRateSchedule",
    "keras.regularizers": "Regularizer",
}
# The same for what stands inside of them only.
_PARTS = {"keras": "DTypePolicy", "keras.random": "SeedGenerator"}
# It would look its function up by a name, among all that anybody has registered.
_TAKES_A_FUNCTION = "MeanMetricWrapper"

_PACKAGE, _ROOM = "mlkit", "mlkit.neural."
_KEYS = {"module", "class_name", "config", "registered_name"}
_LONGEST_NAME = 200


@dataclass(frozen=True)
class StoredKerasObject:
    """Stands for a Keras object that is made of its options.

    Parameters
    ----------
    config : str
        JSON of ``keras.saving.serialize_keras_object``.
    """

    config: str


def is_keras_object(value: Any) -> bool:
    """Say whether something is a loss, an optimizer and so on, of Keras or the kit.

    Parameters
    ----------
    value : object

    Returns
    -------
    bool
        False for classes of others, which nobody can make by their options without
        importing them; and as long as nobody has imported Keras.
    """
    module = f"{type(value).__module__}."
    return module.startswith(("keras.", _ROOM)) and isinstance(value, _kinds())


def _kinds() -> tuple[type, ...]:
    rooms = ((sys.modules.get(room), kind) for room, kind in _OPTIONS.items())
    return tuple(getattr(room, kind) for room, kind in rooms if hasattr(room, kind))


def keras_problem(part: Any) -> str:
    """Say why a Keras object cannot be saved and what to do; empty where it can.

    Parameters
    ----------
    part : object
        For which `is_keras_object` holds.

    Returns
    -------
    str
        Functions and classes of others inside of it are such a reason, and so are
        options that Keras does not tell.
    """
    name = type(part).__name__
    try:
        config = json.loads(_told(part))
        foreign = _foreign(config)
        again = None if foreign else _built(config)
    except Exception as err:
        return (
            f"Keras cannot make the {name} anew from its options: {err} Give another "
            "one, or its name where that is enough."
        )
    if foreign:
        return (
            f"the {name} holds {names_for_message(foreign)}, and load_model builds "
            "nothing inside of it but classes that Keras or mlkit.neural define, and "
            "no functions. Give it one of these, or a number."
        )
    here, there = getattr(part, "dtype", None), getattr(again, "dtype", None)
    if here != there:
        return (
            f"the {name} has the dtype {here}, which Keras does not tell, so that "
            f"{there} would come back. Leave the dtype out."
        )
    return ""


def pack_keras_object(part: Any) -> StoredKerasObject:
    """Return what stands for a Keras object.

    Parameters
    ----------
    part : object
        For which `is_keras_object` holds. Of an optimizer that was used, and of a
        metric that counted, the options alone are kept.

    Returns
    -------
    StoredKerasObject

    Raises
    ------
    UnsavableModelError
        If it would not come back; see `keras_problem`.
    """
    if problem := keras_problem(part):
        msg = f"A {type(part).__name__} cannot be saved: {problem}"
        raise UnsavableModelError(msg)
    return StoredKerasObject(_told(part))


def _told(part: Any) -> str:
    with warnings.catch_warnings():
        # Keras warns of lambdas, and goes on; here they are refused.
        warnings.simplefilter("ignore")
        return json.dumps(sys.modules["keras"].saving.serialize_keras_object(part))


def check_keras_objects(model: Any) -> None:
    """Refuse a loaded model that asks Keras for what is not known to be harmless.

    Parameters
    ----------
    model : object
        With stand-ins. Nothing is made of them, and without any Keras is not imported.

    Raises
    ------
    UntrustedTypeError
        If one asks for anything but the options of `is_keras_object`, such as a class
        of somebody's project, a layer, or a function. It has not been imported.
    ModelFileError
        If one is damaged.
    OptionalDependencyError
        If there are some and Keras is not installed.
    """
    for where, part in walk(model):
        if isinstance(part, StoredKerasObject):
            _checked(part, where)


def unpack_keras_object(stored: StoredKerasObject) -> Any:
    """Return the Keras object that a stand-in stands for, after the same checks.

    Parameters
    ----------
    stored : StoredKerasObject

    Returns
    -------
    object

    Raises
    ------
    UntrustedTypeError, ModelFileError, OptionalDependencyError
        As `check_keras_objects`; also if Keras cannot make it.
    """
    config = _checked(stored, "The model")
    try:
        return _built(config)
    except Exception as err:
        msg = (
            f"Keras cannot make the {config['class_name']} of a file: {err} Either it "
            "is damaged, or another version of Keras wrote it: see read_card."
        )
        raise ModelFileError(msg) from err


def _built(config: dict[str, Any]) -> Any:
    return sys.modules["keras"].saving.deserialize_keras_object(config, safe_mode=True)


def _checked(stored: StoredKerasObject, where: str) -> dict[str, Any]:
    """Return what a stand-in says, if nothing in it is foreign."""
    try:
        config = json.loads(stored.config)
        foreign = _foreign(config)
    except MlkitError:
        raise
    except Exception as err:
        # What is forged can make anything fail.
        msg = f"{where} has a Keras object that cannot be read: {err}."
        raise ModelFileError(msg) from err
    if foreign:
        msg = (
            f"{where} asks Keras for what is not known to be harmless: "
            f"{names_for_message(foreign, limit=20)}. Expected losses, metrics, "
            "optimizers, schedules, regularizers and initializers of Keras or "
            "mlkit.neural. Nothing of it was imported or built, and trusted has no "
            "say here: save writes no such file, so do not use it."
        )
        raise UntrustedTypeError(msg)
    if not isinstance(config, dict) or "class_name" not in config:
        msg = f"{where} has a Keras object without a class. It is damaged or forged."
        raise ModelFileError(msg)
    return config


def _foreign(config: Any) -> list[str]:
    """Name what a config asks for and what is not to be built."""
    asked = {_name(node) for node in _nodes(config) if _class_of(node) is None}
    return sorted(asked)


def _nodes(config: Any) -> Iterator[dict[str, Any]]:
    """Yield all parts of a config that Keras would make something of."""
    waiting = [config]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if "class_name" in part:
                yield part
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def _name(node: dict[str, Any]) -> str:
    module, name = node.get("module"), node["class_name"]
    if name == "function":
        name = node.get("config")
    shown = f"{module}.{name}" if module else f"{name}"
    return shown[:_LONGEST_NAME]


def _class_of(node: dict[str, Any]) -> type | None:
    """Return the class that a node asks for; None where it is not to be built."""
    module, name = node.get("module"), node["class_name"]
    if set(node) != _KEYS or not isinstance(module, str) or not isinstance(name, str):
        return None
    # Keras looks at this name first, among all that anybody has registered.
    registered = node["registered_name"]
    if registered is None:
        return _class_of_keras(module, name)
    if registered == f"{_PACKAGE}>{name}" and module.startswith(_ROOM):
        return _class_of_the_kit(module, registered)
    return None


def _class_of_keras(module: str, name: str) -> type | None:
    kind = (_OPTIONS | _PARTS).get(module)
    if kind is None or name == _TAKES_A_FUNCTION:
        return None
    _import_keras()
    room = importlib.import_module(module)
    found = getattr(room, name, None)
    return found if _is_class(found, (getattr(room, kind),)) else None


def _class_of_the_kit(module: str, registered: str) -> type | None:
    keras = _import_keras()
    # Keras knows the classes of the kit once they have been imported.
    importlib.import_module("mlkit.neural.registered")
    found = keras.saving.get_registered_object(registered)
    # Anybody can register a class under the kit's name.
    is_ours = getattr(found, "__module__", None) == module
    return found if is_ours and _is_class(found, _kinds()) else None


def _is_class(found: Any, kinds: tuple[type, ...]) -> bool:
    return isinstance(found, type) and issubclass(found, kinds)


def _import_keras() -> Any:
    return import_optional(
        "keras", extra="neural", purpose="a model with Keras objects"
    )
