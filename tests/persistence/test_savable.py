"""What would not come back the same is refused, with the place and a way out."""

from __future__ import annotations

import operator
from enum import Enum
from fractions import Fraction
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mlkit.exceptions import UnsavableModelError
from mlkit.persistence.savable import check_savable


class Slotted:
    __slots__ = ("a",)


class Outer:
    class Inner:
        pass


class Colour(Enum):
    RED = 1


def at_the_top(X: Any) -> Any:
    return X


def inside() -> Any:
    def function(X: Any) -> Any:
        return X

    return function


def table_of_lists() -> np.ndarray:
    table = np.empty((2, 1), dtype=object)
    table[0, 0], table[1, 0] = [1, 2], [3, 4]
    return table


REFUSED = {
    "lambda": (lambda X: X, "it is a lambda"),
    "function in a function": (
        inside(),
        r"inside\.<locals>\.function is defined inside",
    ),
    "class in a class": (Outer.Inner, r"Outer\.Inner is defined inside of another"),
    "object of a class in a class": (Outer.Inner(), "at the top of a module"),
    "method of a text": ("{}".format, "the method 'format' of a str"),
    "method of a list": ([].append, "the method 'append' of a list"),
    "truth as a key": ({True: 1}, "it has the key True. Use texts or numbers"),
    "numpy's truth": ({np.False_: 1}, "has the key"),
    "keys that look alike": ({1: "a", "1": "b"}, "keys that look alike"),
    "lists in a table": (
        table_of_lists(),
        r"an array of shape \(2, 1\) of objects that are lists",
    ),
    "slots": (Slotted(), "Slotted has __slots__ and no __getstate__"),
    "in a partial": (partial(lambda X: X), "lambda"),
}


@pytest.mark.parametrize(("value", "message"), REFUSED.values(), ids=REFUSED)
def test_refused_with_the_place(value, message):
    model = SimpleNamespace(steps=[("a", {"here": value})])

    with pytest.raises(UnsavableModelError, match=message) as caught:
        check_savable(model)
    assert str(caught.value).startswith("model.steps[0][1]['here']")
    assert "cannot be saved" in str(caught.value)


FINE = [
    *(at_the_top, np.log1p, len, operator.itemgetter(1), partial(at_the_top, 1)),
    *({1: "a", 2: "b"}, {"a": 1}, {0.5: 1}, {}, Fraction(1, 2), Colour.RED, int),
    np.array([[1, None], ["a", 2.0]], dtype=object),
    np.empty((0, 3), dtype=object),
]


@pytest.mark.parametrize("value", FINE, ids=range(len(FINE)))
def test_passed(value):
    check_savable(SimpleNamespace(value=value))
