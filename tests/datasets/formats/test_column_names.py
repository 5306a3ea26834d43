"""Names told apart, and found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlkit.datasets.formats.column_names import find_columns, unique_names
from mlkit.exceptions import FormatError


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], []),
        (["a", "b"], ["a", "b"]),
        (["a", "a", "a"], ["a", "a.1", "a.2"]),
        (["w", "w", "w.1", "w"], ["w", "w.2", "w.1", "w.3"]),
        (["a.1", "a", "a"], ["a.1", "a", "a.2"]),
    ],
)
def test_repeated_names_get_numbers(names, expected):
    assert unique_names(names) == expected


@given(st.lists(st.sampled_from(["a", "a.1", "a.2", "b", "a.1.1"]), max_size=12))
def test_all_become_unique_and_first_ones_stay(names):
    result = unique_names(names)
    assert len(set(result)) == len(result) == len(names)
    for j, name in enumerate(names):
        if name not in names[:j]:
            assert result[j] == name


def test_columns_come_in_the_order_that_was_asked_for():
    assert find_columns(["c", "a"], ["a", "b", "c"], option="index") == [2, 0]


def test_an_absent_column():
    with pytest.raises(FormatError, match="Did you mean 'title' for 'tilte'.*'index'"):
        find_columns(["tilte"], ["title", "year"], option="index", path="films.csv")


def test_a_column_that_is_there_twice():
    with pytest.raises(
        FormatError, match="films.csv: the column 'a' .* is there twice"
    ):
        find_columns(["a"], ["a", "a"], option="index", path="films.csv")
