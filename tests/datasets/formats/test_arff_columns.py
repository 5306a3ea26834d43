"""Features and labels out of a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit.datasets.formats import arff_columns, read_arff
from mlkit.datasets.formats.arff_columns import features, labels
from mlkit.exceptions import FormatError, SparseDefaultWarning

HEADER = """@relation r
@attribute size numeric
@attribute colour {red,'light blue'}
@attribute flag {1,0}
@attribute note string
@attribute calm {0,1}
@attribute sad {1,0}
@attribute score numeric
@data
"""


@pytest.fixture
def table(tmp_path):
    def table(data, header=HEADER):
        path = tmp_path / "toy.arff"
        path.write_text(header + data)
        return read_arff(path)

    return table


def pick(table, *columns):
    names = [table.header.names[j] for j in columns]
    return features(table, np.array(columns, dtype=int), names)


def test_a_frame_keeps_kinds(table):
    rows = "1.5,'light blue',1,x,0,0,0\n?,red,0,?,1,1,1\n"
    frame = pick(table(rows), 0, 1, 2, 3)
    assert frame.columns.tolist() == ["size", "colour", "flag", "note"]
    assert [str(t) for t in frame.dtypes] == ["float64", "category", "int8", "object"]
    assert frame["colour"].tolist() == ["light blue", "red"]
    assert frame["colour"].cat.categories.tolist() == ["red", "light blue"]
    assert frame["flag"].tolist() == [1, 0]
    assert frame["note"].iloc[0] == "x"
    assert frame.isna().to_numpy().tolist() == [[False] * 4, [True, False, False, True]]


def test_missing_nominals_and_flags(table):
    frame = pick(table("1,?,?,x,0,0,0\n1,red,1,y,0,0,0\n"), 1, 2)
    assert frame["colour"].isna().tolist() == [True, False]
    assert frame["flag"].dtype == np.float64
    np.testing.assert_array_equal(frame["flag"], [np.nan, 1.0])


def test_numbers_alone_share_the_memory_of_the_table(table):
    found = table("1,red,0,x,0,0,2\n3,red,0,x,0,0,4\n")
    frame = pick(found, 0, 6)
    assert np.shares_memory(frame.to_numpy(), found.rows.numbers)
    assert frame["score"].tolist() == [2.0, 4.0]


def test_sparse_numbers_give_csr(table):
    X = pick(table("{0 1.5}\n{2 0,6 ?}\n{6 0}\n"), 0, 2, 6)
    assert isinstance(X, sp.csr_array)
    assert X.dtype == np.float64
    # {1,0}: what is left out is 1, and a stored zero is not kept.
    np.testing.assert_array_equal(
        X.toarray(), [[1.5, 1.0, 0.0], [0.0, 0.0, np.nan], [0.0, 1.0, 0.0]]
    )
    assert X.nnz == 4
    assert X.has_sorted_indices


def test_sparse_nominals_give_a_frame(table):
    frame = pick(table("{0 1.5}\n{1 'light blue',3 x}\n"), 0, 1, 3)
    assert isinstance(frame, pd.DataFrame)
    assert frame["size"].tolist() == [1.5, 0.0]
    assert frame["colour"].tolist() == ["red", "light blue"]
    assert frame["note"].isna().tolist() == [True, False]


def test_no_features(table):
    frame = pick(table("1,red,0,x,0,0,0\n"))
    assert frame.shape == (1, 0)


def test_dense_labels(table):
    Y, missing = labels(
        table("1,red,0,x,1,0,1\n1,red,0,x,?,1,0\n"), np.array([4, 5, 6])
    )
    assert isinstance(Y, pd.DataFrame)
    assert Y.columns.tolist() == ["calm", "sad", "score"]
    assert (Y.dtypes == np.int8).all()
    assert Y.to_numpy().tolist() == [[1, 0, 1], [0, 1, 0]]
    assert missing.tolist() == [[False] * 3, [True, False, False]]


def test_missing_is_none_where_nothing_is(table):
    assert labels(table("1,red,0,x,1,0,1\n"), np.array([4]))[1] is None
    assert labels(table("{4 1}\n"), np.array([4]))[1] is None


def test_sparse_labels(table):
    with pytest.warns(SparseDefaultWarning, match="first declared value of 'sad' is 1"):
        Y, missing = labels(table("{4 1}\n{5 0,6 1}\n{4 ?}\n"), np.array([4, 5, 6]))
    assert isinstance(Y, sp.csr_array)
    assert Y.dtype == np.int8
    assert Y.toarray().tolist() == [[1, 1, 0], [0, 0, 1], [0, 1, 0]]
    assert Y.data.all()
    assert missing.toarray().tolist() == [
        [False] * 3,
        [False] * 3,
        [True, False, False],
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pieces_do_not_show(table, monkeypatch, size):
    rows = "{}\n{0 1,4 1,6 1}\n{}\n{}\n{4 1}\n{0 2,6 1}\n{0 3}\n{}\n"
    monkeypatch.setattr(arff_columns, "_PIECE", size)
    found = table(rows)
    Y, _ = labels(found, np.array([4, 6]))
    assert Y.toarray().tolist() == [
        [0, 0], [1, 1], [0, 0], [0, 0], [1, 0], [0, 1], [0, 0], [0, 0],
    ]  # fmt: skip
    assert pick(found, 0).toarray().ravel().tolist() == [0, 1, 0, 0, 0, 2, 3, 0]


def test_trailing_empty_rows_and_labels_are_kept(table):
    # A matrix sized by its largest indices would lose both.
    Y, _ = labels(table("{4 1}\n{}\n{0 1}\n"), np.array([4, 6]))
    assert Y.shape == (3, 2)


@pytest.mark.parametrize(
    ("column", "problem"),
    [
        (1, "toy.arff:3: label 'colour' is declared with values 'red', 'light blue'"),
        (3, "toy.arff:5: label 'note' is declared with text"),
    ],
)
def test_labels_of_another_kind(table, column, problem):
    with pytest.raises(FormatError, match=problem):
        labels(table("1,red,0,x,1,0,1\n"), np.array([column]))


def test_a_label_of_one_value(table):
    found = table("0,1\n", "@attribute a {0}\n@attribute b {0,1}\n@data\n")
    with pytest.raises(FormatError, match="with only the value '0'. Expected {0,1}"):
        labels(found, np.array([0]))


@pytest.mark.parametrize(
    "data",
    ["1,red,0,x,1,0,1\n\n1,red,0,x,1,0,2\n", "{6 1}\n\n{6 2}\n{0 1}\n"],
)
def test_a_numeric_label_that_holds_another_value(table, data):
    with pytest.raises(FormatError, match="label 'score' holds 2 ") as caught:
        labels(table(data), np.array([4, 6]))
    assert caught.value.line == 12
