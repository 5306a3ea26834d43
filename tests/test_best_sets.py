from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlkit.best_sets import best_sets, best_size, first_of


def worth_of(chosen, gain, empty):
    return gain[list(chosen), len(chosen) - 1].sum() if chosen else empty


@given(st.data())
def test_no_set_is_better(data):
    q = data.draw(st.integers(1, 4))
    numbers = st.integers(0, 8).map(lambda n: n / 8)
    gain = data.draw(arrays(float, (q, q), elements=numbers))
    empty = data.draw(numbers)

    (found,) = best_sets(gain[np.newaxis], np.array([empty]))
    everything = [
        chosen
        for size in range(q + 1)
        for chosen in itertools.combinations(range(q), size)
    ]
    best = max(everything, key=lambda chosen: worth_of(chosen, gain, empty))
    # `max` takes the first of equals: the smallest, then the first columns.
    assert tuple(np.flatnonzero(found)) == best


def test_without_labels_there_is_nothing_to_choose():
    assert best_sets(np.zeros((2, 0, 0)), np.zeros(2)).shape == (2, 0)


def test_rounding_does_not_decide():
    worth = np.array([[0.3, 0.1 + 0.2, 0.0]])

    assert best_size(worth).tolist() == [0]


def test_the_first_of_an_order_are_marked():
    order = np.array([[2, 0, 1], [1, 2, 0]])

    assert first_of(order, np.array([0, 2])).tolist() == [
        [False, False, False],
        [False, True, True],
    ]
