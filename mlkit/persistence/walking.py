"""Everything that a model holds: looked at, and exchanged without touching it."""

from __future__ import annotations

import copy
import types
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

__all__ = ["attributes", "exchanged", "walk"]

# What is looked at as a whole: nothing in it can be a network or a learner.
_WHOLE = (
    str,
    bytes,
    bytearray,
    bool,
    int,
    float,
    complex,
    type(None),
    type,
    types.ModuleType,
    types.FunctionType,
    types.BuiltinFunctionType,
    np.generic,
    np.dtype,
    np.ufunc,
    pd.DataFrame,
    pd.Series,
    pd.Index,
)


def attributes(value: Any) -> dict[str, Any]:
    """Return the attributes that an object itself holds, in slots too.

    Parameters
    ----------
    value : object

    Returns
    -------
    dict of str to object
        A new one; empty where the object keeps nothing that Python can see.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> attributes(SimpleNamespace(a=1))
    {'a': 1}
    """
    found = dict(getattr(value, "__dict__", {}))
    for cls in type(value).__mro__:
        if "__slots__" in vars(cls):
            for name, member in vars(cls).items():
                if isinstance(member, types.MemberDescriptorType) and hasattr(
                    value, name
                ):
                    found[name] = getattr(value, name)
    return found


def _parts(value: Any) -> list[tuple[str, Any]]:
    """Return what a value is made of, each with how one gets there from it."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        return [(f".flat[{i}]", part) for i, part in enumerate(value.flat)]
    if isinstance(value, (*_WHOLE, np.ndarray)) or sp.issparse(value):
        return []
    if isinstance(value, partial):
        inner = {"func": value.func, "args": value.args, "keywords": value.keywords}
        return [(f".{name}", part) for name, part in inner.items()]
    if isinstance(value, types.MethodType):
        return [(".__self__", value.__self__)]
    parts = [(f".{name}", part) for name, part in attributes(value).items()]
    if isinstance(value, dict):
        parts += [(f"[{key!r}]", part) for key, part in value.items()]
    elif isinstance(value, (list, tuple, set, frozenset)):
        parts += [(f"[{position}]", part) for position, part in enumerate(value)]
    return parts


def walk(
    value: Any, *, name: str = "model", whole: Callable[[Any], bool] | None = None
) -> Iterator[tuple[str, Any]]:
    """Yield an object and everything that it holds, however deep, each once.

    Parameters
    ----------
    value : object
    name : str, default "model"
        What the object is called in the places.
    whole : callable, optional
        Says of an object that it is not to be looked into.

    Yields
    ------
    where : str
        How one gets there, such as ``model.steps[1][1].estimator_``.
    part : object

    Examples
    --------
    >>> list(walk({"a": [1, 2.5]}))[2:]
    [("model['a'][0]", 1), ("model['a'][1]", 2.5)]
    """
    seen: set[int] = set()
    # What was seen is kept, lest another object gets the same id.
    kept: list[Any] = []
    waiting = [(name, value)]
    while waiting:
        where, part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        kept.append(part)
        yield where, part
        if whole is None or not whole(part):
            waiting += [(where + step, inner) for step, inner in _parts(part)][::-1]


def exchanged(value: Any, exchange: Callable[[Any], Any]) -> Any:
    """Return an object in which some of what it holds is something else.

    Parameters
    ----------
    value : object
        It is not modified.
    exchange : callable
        Takes an object, and returns what stands in its place, or the object itself
        where it stays. What was exchanged is not looked into.

    Returns
    -------
    object
        The same object where nothing was exchanged in it; else a shallow copy of those
        objects alone that lead to something exchanged.

    Examples
    --------
    >>> model = {"plain": [1, 2], "other": (3, "here")}
    >>> new = exchanged(model, lambda part: "there" if part == "here" else part)
    >>> new["other"], new["plain"] is model["plain"], model["other"]
    ((3, 'there'), True, (3, 'here'))
    """
    return _Exchange(exchange).of(value)


class _Exchange:
    """One pass of `exchanged`; what is met twice is exchanged once."""

    def __init__(self, exchange: Callable[[Any], Any]) -> None:
        self.exchange = exchange
        # The object beside its answer keeps its id from being taken again.
        self.done: dict[int, tuple[Any, Any]] = {}

    def of(self, value: Any) -> Any:
        if id(value) in self.done:
            return self.done[id(value)][1]
        # A way back to an object that is being looked at ends here.
        self.done[id(value)] = (value, value)
        new = self.exchange(value)
        if new is value:
            new = self._rebuilt(value)
        self.done[id(value)] = (value, new)
        return new

    def _rebuilt(self, value: Any) -> Any:
        parts = _parts(value)
        new = [self.of(part) for _, part in parts]
        if all(one is part for one, (_, part) in zip(new, parts, strict=True)):
            return value
        if isinstance(value, np.ndarray):
            copied = np.empty_like(value)
            for position, part in enumerate(new):
                copied.flat[position] = part
            return copied
        if isinstance(value, partial):
            return partial(new[0], *new[1], **new[2])
        if isinstance(value, types.MethodType):
            return types.MethodType(value.__func__, new[0])
        return _with_parts(value, new)


def _with_parts(value: Any, parts: list[Any]) -> Any:
    """Return a shallow copy that holds other parts, in the order of `_parts`."""
    names = list(attributes(value))
    held, items = parts[: len(names)], parts[len(names) :]
    copied: Any
    if isinstance(value, tuple):
        # A named tuple takes its fields one by one.
        copied = type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    elif isinstance(value, (set, frozenset)):
        copied = type(value)(items)
    elif isinstance(value, dict):
        copied = copy.copy(value)
        dict.update(copied, zip(value, items, strict=True))
    elif isinstance(value, list):
        copied = copy.copy(value)
        copied[:] = items
    else:
        # Not copy.copy: a class may do anything in its __getstate__ and __setstate__.
        cls: Any = type(value)
        copied = cls.__new__(cls)
    for name, part in zip(names, held, strict=True):
        # Past __setattr__, which frozen dataclasses and others refuse.
        object.__setattr__(copied, name, part)
    return copied
