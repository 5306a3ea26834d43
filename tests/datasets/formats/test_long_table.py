"""One line for each pair of row and label."""

from __future__ import annotations

import pandas as pd
import pytest

from mlkit.datasets.formats.long_table import LongTable, fold_lines, join_labels
from mlkit.exceptions import FormatError, LabelNameError

SPEC = LongTable("id", "genre")
COLUMNS = ["id", "genre", "year", "title"]


def error(problem, line):
    return FormatError(f"line {line}: {problem}")


def other_error(problem, line):
    return FormatError(f"table line {line}: {problem}")


def fold(ids, genres, features, spec=SPEC):
    return fold_lines(
        pd.Series(ids),
        pd.Series(genres, dtype="str"),
        pd.DataFrame(features),
        spec,
        names=COLUMNS,
        error=error,
    )


def join(ids, rows, genres, spec=SPEC):
    return join_labels(
        pd.Series(ids),
        pd.Series(rows),
        pd.Series(genres, dtype="str"),
        spec,
        source_error=error,
        table_error=other_error,
    )


def test_lines_are_folded_in_the_order_of_their_first():
    X, Y, names = fold(["b", "a", "b"], ["war", "spy", "spy"], {2: [1995, 1998, 1995]})
    assert X.index.tolist() == ["b", "a"]
    assert X.index.name == "id"
    assert X[2].tolist() == [1995, 1998]
    assert names == ("spy", "war")
    assert Y.tolist() == [[1, 1], [1, 0]]


def test_an_empty_label_adds_none():
    _, Y, names = fold([1, 2, 2], ["war", None, " "], {2: [0, 0, 0]})
    assert names == ("war",)
    assert Y.tolist() == [[1], [0]]


def test_missing_features_agree_with_each_other():
    X, _, _ = fold([1, 1], ["war", "spy"], {2: [None, None]})
    assert len(X) == 1


@pytest.mark.parametrize("values", [[1995, 1996], [None, 1995], ["a", "b"]])
def test_features_that_differ_within_a_row(values):
    with pytest.raises(
        FormatError, match="^line 1: the row 'x' has two values in the column 'year'"
    ):
        fold(["x", "x"], ["war", "spy"], {2: values})


def test_a_line_without_a_row():
    with pytest.raises(FormatError, match="^line 1: the cell of the column 'id' is em"):
        fold(["x", None], ["war", "spy"], {2: [1, 1]})


def test_names_fix_the_labels():
    spec = LongTable("id", "genre", names=["war", "spy", "sea"])
    _, Y, names = fold([1], ["spy"], {2: [0]}, spec)
    assert names == ("war", "spy", "sea")
    assert Y.tolist() == [[0, 1, 0]]
    with pytest.raises(FormatError, match="^line 2: the tag 'seaa'.*mean 'sea'"):
        fold([1, 1, 1], ["spy", None, "seaa"], {2: [0, 0, 0]}, spec)


def test_labels_are_looked_up_by_row():
    Y, names = join(["a", "b", "c"], ["c", "a", "c"], ["war", "spy", "spy"])
    assert names == ("spy", "war")
    assert Y.tolist() == [[1, 0], [0, 0], [1, 1]]


def test_a_number_and_its_digits_are_the_same_row():
    Y, _ = join([7, 8], ["8"], ["war"])
    assert Y.tolist() == [[0], [1]]


def test_rows_that_the_source_lacks():
    with pytest.raises(
        FormatError, match="^table line 1: .* rows that the source lacks: 'z', 'y'"
    ):
        join(["a"], ["a", "z", "y", "z"], ["war"] * 4)


def test_source_rows_that_stand_twice():
    with pytest.raises(FormatError, match="^line 2: .*'id' more than once: 'a'"):
        join(["a", "b", "a"], ["a"], ["war"])


@pytest.mark.parametrize(
    ("ids", "rows", "problem"),
    [
        (["a", None], ["a"], "^line 1: the cell of the column 'id' is empty"),
        (["a"], [None], "^table line 0: the cell of the column 'id' is empty"),
    ],
)
def test_rows_without_a_name(ids, rows, problem):
    with pytest.raises(FormatError, match=problem):
        join(ids, rows, ["war"])


def test_names_that_make_no_sense():
    with pytest.raises(LabelNameError, match="must be a list of names, got .* 'abc'"):
        LongTable("id", "genre", names="abc")
    with pytest.raises(LabelNameError, match="more than once"):
        LongTable("id", "genre", names=["a", "a"])
