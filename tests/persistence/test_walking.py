"""Everything is found, and exchanged without a trace in the original."""

from __future__ import annotations

import copy
from collections import OrderedDict, namedtuple
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from mlkit.persistence.walking import attributes, exchanged, walk

Pair = namedtuple("Pair", ["left", "right"])
NEEDLE = SimpleNamespace(needle=True)


@dataclass(frozen=True, slots=True)
class Slotted:
    held: Any
    other: int = 1


class Base:
    __slots__ = ("__private", "unset")

    def __init__(self, value: Any) -> None:
        self.__private = value


class Both(Base):
    def ask(self) -> str:
        return "asked"


class Named(dict):
    """A dict with an attribute."""


def with_attribute() -> Named:
    named = Named(a=1)
    named.note = NEEDLE
    return named


HOLDERS = {
    "attribute": lambda: SimpleNamespace(a=1, b=NEEDLE),
    "list": lambda: [1, NEEDLE],
    "tuple": lambda: (NEEDLE, 2),
    "named tuple": lambda: Pair(1, NEEDLE),
    "dict": lambda: {"a": {"b": NEEDLE}},
    "ordered dict": lambda: OrderedDict(b=1, a=NEEDLE),
    "dict with an attribute": with_attribute,
    "set": lambda: [frozenset({7, 8}), {9, Both}, NEEDLE],
    "array": lambda: np.array([[1, NEEDLE], [None, 2]], dtype=object),
    "slots": lambda: Slotted(NEEDLE),
    "slots and attributes": lambda: Both([NEEDLE]),
    "partial": lambda: partial(max, [NEEDLE], key=id),
    "method": lambda: SimpleNamespace(call=Both(NEEDLE).ask),
}
EVERY = pytest.mark.parametrize("build", HOLDERS.values(), ids=HOLDERS)


@EVERY
def test_what_is_held_is_found(build):
    assert any(part is NEEDLE for _, part in walk([build()]))


@EVERY
def test_what_is_held_is_exchanged_in_a_copy(build):
    holder = build()
    before = copy.copy(holder)

    new = exchanged(holder, lambda part: "exchanged" if part is NEEDLE else part)

    assert type(new) is type(holder)
    found = [part for _, part in walk([new])]
    assert "exchanged" in [part for part in found if isinstance(part, str)]
    assert not any(part is NEEDLE for part in found)
    assert any(part is NEEDLE for _, part in walk([holder]))
    if not isinstance(holder, (np.ndarray, Both, partial, SimpleNamespace)):
        assert holder == before


@EVERY
def test_what_stays_is_the_same_object(build):
    holder = build()

    assert exchanged(holder, lambda part: part) is holder


def test_places_are_named():
    model = SimpleNamespace(steps=[("learn", {"a": Slotted(NEEDLE)})])

    places = dict(walk(model))

    assert places["model.steps[0][1]['a'].held"] is NEEDLE


def test_named_tuples_keep_their_fields():
    new = exchanged(Pair(1, 2), lambda part: 3 if part == 2 else part)

    assert new.right == 3


def test_shared_parts_stay_shared_and_rings_end():
    shared = [NEEDLE]
    ring: dict[str, Any] = {"one": shared, "two": shared}
    ring["self"] = ring

    new = exchanged(ring, lambda part: "exchanged" if part is NEEDLE else part)

    assert new["one"] is new["two"]
    assert sum(part is shared for _, part in walk(ring)) == 1


def test_what_is_whole_is_not_looked_into():
    found = list(walk([NEEDLE], whole=lambda part: part is NEEDLE))

    assert [where for where, _ in found] == ["model", "model[0]"]
    assert exchanged([[1]], lambda part: 2 if part == [1] else part) == [2]


def test_matrices_numbers_and_texts_are_leaves():
    values = [sp.csr_array((2, 2)), np.zeros(3), "text", b"bytes", 1.5, max, int]

    assert len(list(walk(values))) == 1 + len(values)


def test_attributes_of_slots_without_a_value_are_left_out():
    assert attributes(Both(1)) == {"_Base__private": 1}
