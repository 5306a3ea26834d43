"""The order in which tasks are dealt out."""

from __future__ import annotations

import math

from mlkit.comparison.schedule import Schedule

KINDS = {number: "abc"[number % 3] for number in range(9)}


def test_one_of_each_kind_goes_first_and_then_the_slowest() -> None:
    schedule = Schedule(KINDS)
    order = iter(schedule)
    assert [next(order) for _ in range(3)] == [0, 1, 2]
    for number, seconds in ((0, 1.0), (1, 9.0), (2, 4.0)):
        schedule.tell(number, seconds=seconds)
    assert list(order) == [4, 7, 5, 8, 3, 6]


def test_what_has_not_come_back_is_taken_for_slow() -> None:
    schedule = Schedule(KINDS)
    order = iter(schedule)
    first = [next(order) for _ in range(3)]
    schedule.tell(first[0], seconds=1.0)
    schedule.tell(first[1], seconds=9.0)
    assert next(order) == 5
    schedule.tell(first[2], seconds=2.0)
    assert next(order) == 4


def test_what_fails_goes_last() -> None:
    schedule = Schedule(KINDS)
    order = iter(schedule)
    first = [next(order) for _ in range(3)]
    for number, seconds in zip(first, (math.nan, 0.5, 0.1), strict=True):
        schedule.tell(number, seconds=seconds)
    assert list(order) == [4, 7, 5, 8, 3, 6]


def test_every_task_comes_once_whatever_is_told() -> None:
    assert sorted(Schedule(KINDS)) == list(range(9))
    assert list(Schedule({})) == []
