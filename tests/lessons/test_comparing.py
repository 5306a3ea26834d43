"""Comparing answers: equal in any sensible form, and differences told kindly."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from mlkit.lessons.comparing import difference

FRAME = pd.DataFrame({"a": [0.25, 0.5], "b": [1.0, 2.0]})


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (0.333, 1 / 3),
        (np.float32(0.5), 0.5),
        (np.array(0.5), 0.5),
        (np.array([0.5]), 0.5),
        (pd.Series([0.5]), 0.5),
        (3, 3.0),
        (3.0, 3),
        (float("nan"), float("nan")),
        (float("inf"), float("inf")),
        (True, True),
        (np.True_, True),
        (" Beach ", "beach"),
        (["b", "A"], {"a", "b"}),
        (pd.Index(["a", "b"]), {"a", "b"}),
        (np.array([1, 2]), {1, 2}),
        (set(), set()),
        ([1, 0], np.array([1, 0])),
        ((0.25, 0.501), [0.25, 0.5]),
        (pd.Series([True, False]), [1, 0]),
        (["a", "B"], ("A", "b")),
        ({"x": 0.5}, {"x": 0.501}),
        (pd.Series({"x": 0.5}), {"x": 0.5}),
        (FRAME[["b", "a"]], FRAME),
        (FRAME.to_numpy(), FRAME),
        (sp.csr_array([[0, 1]]), np.array([[0, 1]])),
        ([[0, 1]], sp.csr_array([[0, 1]])),
        (None.__class__, type(None)),
    ],
)
def test_equal(got, expected):
    assert difference(got, expected, tolerance=0.005) is None


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        (0.34, 1 / 3, "the number is not the expected one"),
        (3.001, 3, "the number is not the expected one"),
        (33.3, 1 / 3, "looks like a percentage"),
        ("0.5", 0.5, "write it without quotes"),
        ([0.5, 1], 0.5, "expected a number, got a list"),
        (True, 1.0, "expected a number, got True or False"),
        (1, True, "expected True or False, got a number"),
        (False, True, "the other way round"),
        (3, "beach", "expected text in quotes, got a number"),
        ("city", "beach", "the text is not"),
        ("ab", {"a", "b"}, "expected a set such as {'a', 'b'}, got text"),
        (3, {"a"}, "expected a set .* got a number"),
        ({"a", "c"}, {"a", "b"}, "1 of your elements does not belong, and 1 is"),
        (set(), {"a", "b"}, "0 of your elements do not belong, and 2 are missing"),
        ({"a": 1}, [1], "expected a list or an array, got a dictionary"),
        (3, [1], "expected a list or an array, got a number"),
        ([1, 2, 3], [1, 2], r"expected shape \(2,\), got shape \(3,\)"),
        ([[1], [1, 2]], [[1, 2], [1, 2]], "your rows differ in length"),
        ([[0, 1], [1, 1]], [[0, 1], [0, 1]], r"1 of 4 .* at position \[1, 0\]"),
        (["a", "b"], [1.0, 2.0], "2 of 2 entries are"),
        (FRAME.rename(columns={"a": "z"}), FRAME, "the columns differ: 1 of your"),
        (FRAME + 1, FRAME, "4 of 4 entries"),
        ({"x": 1}, {"y": 1}, "the keys differ"),
        ({"x": 1}, {"x": 2}, "under 'x': the number"),
        ([("x", 1)], {"x": 1}, "expected a dictionary, got a list"),
        (object(), [1], "expected a list or an array, got a value of type object"),
        (int, float, "not the expected value"),
    ],
)
def test_different(got, expected, words):
    problem = difference(got, expected, tolerance=0.005)
    assert problem is not None
    assert re.search(words, problem)


def test_two_decimals_are_within_the_tolerance():
    # 0.335 is not 0.335 in binary; a learner who rounds must not fail for that.
    assert difference(0.34, 0.335, tolerance=0.005) is None
    assert difference(0.33, 0.335, tolerance=0.005) is None


@given(st.recursive(st.integers() | st.booleans() | st.text(), st.lists, max_leaves=5))
def test_never_raises_for_a_number(value):
    result = difference(value, 0.5, tolerance=0.005)
    assert result is None or isinstance(result, str)


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=6))
def test_every_array_equals_itself_in_all_containers(values):
    for container in (list, tuple, np.array, pd.Series):
        assert difference(container(values), values, tolerance=0.0) is None


@given(st.sets(st.text(max_size=3), max_size=4))
def test_the_words_never_give_the_answer_away(wanted):
    problem = difference({"§not there§"}, wanted, tolerance=0.0)
    assert problem is not None
    assert problem.replace("0 ", "").split()[0].isdigit()


def test_arguments_are_not_modified():
    got, expected = FRAME[["b", "a"]].copy(), FRAME.copy()
    difference(got, expected, tolerance=0.0)
    assert list(got.columns) == ["b", "a"]
    pd.testing.assert_frame_equal(expected, FRAME)
