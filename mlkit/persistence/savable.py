"""What could not come back from a file as it was, found before anything is written."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from mlkit.exceptions import UnsavableModelError
from mlkit.persistence.keras_objects import is_keras_object, keras_problem
from mlkit.persistence.stand_ins import is_network
from mlkit.persistence.walking import walk

__all__ = ["check_savable"]


def check_savable(model: Any) -> None:
    """Refuse a model that holds what a file cannot give back.

    Parameters
    ----------
    model : object

    Raises
    ------
    UnsavableModelError
        If something inside has no name to find it by, or would come back as something
        else without a word; the message says where it is and what to do.

    Notes
    -----
    skops writes a function or class as the name of its module and its own. It writes
    the keys of a mapping as texts, in which True and False become the same and 1 and
    "1" too, and a table of objects as lists in lists, which swallow objects that are
    lists themselves. All this is read without an error, and so is refused here.

    Examples
    --------
    >>> from sklearn.preprocessing import FunctionTransformer
    >>> check_savable(FunctionTransformer(lambda X: X))
    Traceback (most recent call last):
    ...
    mlkit.exceptions.UnsavableModelError: model.func cannot be saved: it is a lambda...
    """
    for where, part in walk(model, whole=_is_whole):
        if problem := _problem(part):
            msg = f"{where} cannot be saved: {problem}"
            raise UnsavableModelError(msg)


def _is_whole(part: Any) -> bool:
    # Keras writes these itself.
    return is_network(part) or is_keras_object(part)


def _problem(part: Any) -> str:
    """Say why a part cannot be saved and what to do; empty where it can."""
    if is_keras_object(part):
        return keras_problem(part)
    if isinstance(part, (types.FunctionType, type)):
        return _problem_of_name(part)
    if isinstance(part, types.BuiltinFunctionType):
        owner = part.__self__
        if owner is None or isinstance(owner, types.ModuleType):
            return ""
        return (
            f"it is the method {part.__name__!r} of a {type(owner).__name__}, which "
            "has no name of its own. Write a function at the top of a module."
        )
    if isinstance(part, dict):
        return _problem_of_keys(part)
    if isinstance(part, np.ndarray) and part.dtype == object:
        return _problem_of_objects(part)
    # In this order: asking a partial for its __dict__ would make one.
    if _has_bare_slots(type(part)) and not hasattr(part, "__dict__"):
        return (
            f"{type(part).__name__} has __slots__ and no __getstate__. Give it one, or "
            "leave the slots out."
        )
    return _problem_of_name(type(part))


def _problem_of_name(thing: Any) -> str:
    if "<lambda>" in thing.__qualname__:
        return (
            "it is a lambda, which has no name to find it by. Write a function at the "
            "top of a module."
        )
    if thing.__qualname__ != thing.__name__ and thing.__module__ != "builtins":
        return (
            f"{thing.__qualname__} is defined inside of another class or function. "
            "Define it at the top of a module."
        )
    return ""


def _problem_of_keys(mapping: dict[Any, Any]) -> str:
    wrong = [key for key in mapping if isinstance(key, (bool, np.bool_))]
    if wrong:
        return f"it has the key {wrong[0]!r}. Use texts or numbers, such as 0 and 1."
    texts = {str(key) for key in mapping}
    if len(texts) < len(mapping):
        return "it has keys that look alike, such as 1 and '1'. Use keys of one kind."
    return ""


def _problem_of_objects(array: np.ndarray) -> str:
    # Along one axis skops puts each object into its place; otherwise numpy guesses.
    if array.ndim == 1 or not array.size:
        return ""
    try:
        kept = np.array(array.tolist(), dtype=object).shape == array.shape
    except ValueError:
        kept = False
    if kept:
        return ""
    return (
        f"it is an array of shape {array.shape} of objects that are lists or arrays "
        "themselves. Use a list of lists."
    )


def _has_bare_slots(cls: type) -> bool:
    slots = [base for base in cls.__mro__ if vars(base).get("__slots__")]
    plain = (
        cls.__getstate__ is object.__getstate__ and cls.__reduce__ is object.__reduce__
    )
    return bool(slots) and plain
