"""One column of tags."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from mlkit.datasets.formats.tag_column import Tags, tag_labels, text_cells
from mlkit.exceptions import FormatError, LabelNameError, OptionError


def error(problem, row):
    return FormatError(f"row {row}: {problem}")


def labels(cells, **settings):
    column = cells if isinstance(cells, pd.Series) else pd.Series(cells, dtype=object)
    return tag_labels(column, Tags("genres", **settings), error=error)


def test_tags_are_stripped_and_count_once():
    Y, names, missing = labels(["a | b|a", "b", " c |", "|"])
    assert names == ("a", "b", "c")
    assert Y.tolist() == [[1, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]
    assert missing is None


@pytest.mark.parametrize("dtype", [object, "str", "category", "string"])
def test_an_empty_cell_is_a_row_without_labels(dtype):
    Y, names, missing = labels(pd.Series(["a", None, "b"], dtype=dtype))
    assert names == ("a", "b")
    assert Y.tolist() == [[1, 0], [0, 0], [0, 1]]
    assert missing is None


@pytest.mark.parametrize("separator", [",", ";", ", ", "||", ".", "*"])
def test_the_separator_is_taken_as_it_stands(separator):
    Y, names, _ = labels([separator.join("ab")], separator=separator)
    assert names == ("a", "b")
    assert Y.tolist() == [[1, 1]]


def test_a_cell_may_say_that_nobody_knows():
    Y, names, missing = labels(["a|b", " ? ", None, "?|a"], missing="?")
    assert names == ("?", "a", "b")  # within a cell it is a tag like any other
    assert Y.tolist() == [[0, 1, 1], [0, 0, 0], [0, 0, 0], [1, 1, 0]]
    assert missing.any(axis=1).tolist() == [False, True, False, False]
    assert missing[1].all()


def test_the_empty_cell_may_say_it_too():
    Y, _, missing = labels(["a", "", None, " "], missing="")
    assert Y.tolist() == [[1], [0], [0], [0]]
    assert missing.ravel().tolist() == [False, True, True, True]


def test_unknown_rows_of_many_labels_are_a_sparse_mask():
    cells = [*(f"t{i:03}" for i in range(60)), "?"]
    Y, _, missing = labels(cells, missing="?")
    assert sp.issparse(Y)
    assert sp.issparse(missing)
    assert missing.toarray()[:-1].sum() == 0
    assert missing.toarray()[-1].all()


def test_names_fix_labels_and_order():
    Y, names, _ = labels(["b", "b|a"], names=["c", "b", "a"])
    assert names == ("c", "b", "a")
    assert Y.tolist() == [[0, 1, 0], [0, 1, 1]]


def test_an_unknown_tag_names_its_row():
    with pytest.raises(FormatError, match="^row 1: the tag 'bb'.*Did you mean 'b'"):
        labels(["b", "bb"], names=["b"])


@pytest.mark.parametrize("kind", [list, tuple, set, frozenset, np.array])
def test_cells_may_be_lists(kind):
    Y, names, _ = labels([kind(["a"]), None, kind(["b", "a"])])
    assert names == ("a", "b")
    assert Y.tolist() == [[1, 0], [0, 0], [1, 1]]


def test_a_separator_within_a_list_is_part_of_the_tag():
    assert labels([["a|b"]])[1] == ("a|b",)


def test_whole_numbers_are_tags():
    assert labels(pd.Series([3, 10, 3]))[1] == ("10", "3")


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ([1.5, 2.5], "row 0: the column 'genres' holds 1.5. Expected text"),
        (["a", 2.5], "row 1: the column 'genres' holds 2.5. Expected text"),
        (pd.Series([1.5]), "row 0: the column 'genres' holds float64"),
        ([["a"], "b"], "row 1: the column 'genres' holds lists of tags, and here 'b'"),
        ([["a", 1]], "the lists in the column 'genres' hold no text"),
        ([None, None], "no row has a label"),
    ],
)
def test_cells_that_hold_no_tags(cells, problem):
    with pytest.raises(FormatError, match=problem):
        labels(cells)


def test_the_column_is_not_touched():
    cells = pd.Series(["b|a", None])
    labels(cells)
    assert cells.iloc[0] == "b|a"
    assert cells.isna().tolist() == [False, True]


def test_tags_that_make_no_sense():
    with pytest.raises(OptionError, match="separator must not be empty"):
        Tags("genres", "")
    with pytest.raises(LabelNameError, match="must be a list of names, got .* 'abc'"):
        Tags("genres", names="abc")
    with pytest.raises(LabelNameError, match="more than once: 'a'"):
        Tags("genres", names=["a", "a"])


def test_names_may_be_any_iterable_once():
    assert Tags("genres", names=iter("ab")).names == ("a", "b")


def test_text_of_many_chunks_is_one_array():
    cells = pd.concat([pd.Series(["a"]), pd.Series(["b"])])
    assert text_cells(cells, "it", error).to_pylist() == ["a", "b"]


TAG = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4).filter(
    lambda tag: "|" not in tag and tag == tag.strip() and tag.strip()
)


@given(st.lists(st.sets(TAG, max_size=4), min_size=1, max_size=8).filter(any))
def test_what_was_joined_is_split(rows):
    Y, names, _ = labels([" | ".join(sorted(row)) for row in rows])
    found = [{names[j] for j in np.flatnonzero(line)} for line in Y]
    assert found == rows
