"""From pairs to a label matrix."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from mlkit.datasets.formats.label_pairs import given_names, labels_from_pairs
from mlkit.exceptions import FormatError, LabelNameError


def error(problem, pair):
    return FormatError(f"pair {pair}: {problem}")


def build(pairs, n_rows, names=None):
    rows = np.array([row for row, _ in pairs], dtype=np.int64)
    tags = pa.array([tag for _, tag in pairs], pa.string())
    return labels_from_pairs(rows, tags, n_rows, names=names, error=error)


def test_labels_are_sorted_and_pairs_count_once():
    Y, names = build([(0, "b"), (2, "a"), (0, "b"), (0, "a")], 3)
    assert names == ("a", "b")
    assert Y.tolist() == [[1, 1], [0, 0], [1, 0]]
    assert Y.dtype == np.int8


def test_a_pair_may_come_many_times():
    Y, _ = build([(0, "a")] * 300, 1)
    assert Y.tolist() == [[1]]


def test_names_fix_labels_and_order():
    Y, names = build([(0, "a")], 1, names=("z", "a"))
    assert names == ("z", "a")
    assert Y.tolist() == [[0, 1]]


def test_names_may_stand_for_all_of_it():
    Y, names = build([], 2, names=("a",))
    assert names == ("a",)
    assert Y.tolist() == [[0], [0]]


def test_a_tag_that_is_not_among_the_names():
    pairs = [(0, "drama"), (1, "comdy"), (2, "comdy"), (3, "x")]
    with pytest.raises(FormatError, match=r"^pair 1: the tag 'comdy', 'x'") as caught:
        build(pairs, 4, names=("comedy", "drama"))
    assert "(3 rows have such tags). Did you mean 'comedy'?" in str(caught.value)


def test_neither_pairs_nor_names():
    with pytest.raises(FormatError, match="no row has a label.*Pass names="):
        build([], 2)


@pytest.mark.parametrize(
    ("n_labels", "per_row", "sparse"),
    [(50, 1, False), (51, 1, True), (60, 6, False), (60, 5, True)],
)
def test_many_rare_labels_are_sparse(n_labels, per_row, sparse):
    pairs = [
        (row, f"{(row + k) % n_labels:03}")
        for row in range(n_labels)
        for k in range(per_row)
    ]
    Y, _ = build(pairs, n_labels)
    assert sp.issparse(Y) is sparse
    assert Y.sum() == len(pairs)


def test_a_hundred_thousand_labels_take_little_memory():
    rows = np.arange(100_000)
    tags = pa.array([f"t{i}" for i in rows])
    Y, names = labels_from_pairs(rows, tags, 100_000, names=None, error=error)
    assert Y.shape == (100_000, 100_000)
    assert Y.data.nbytes + Y.indices.nbytes < 1e6
    assert names[:2] == ("t0", "t1")


@given(
    st.lists(st.tuples(st.integers(0, 4), st.text(min_size=1, max_size=2)), min_size=1)
)
def test_the_matrix_says_what_the_pairs_said(pairs):
    Y, names = build(pairs, 5)
    found = {(int(i), names[j]) for i, j in zip(*np.nonzero(Y), strict=True)}
    assert found == set(pairs)
    assert list(names) == sorted(names)


def test_names_that_a_caller_may_give():
    assert given_names(None) is None
    assert given_names(iter("ab")) == ("a", "b")


@pytest.mark.parametrize(
    ("names", "problem"),
    [("ab", "got the text 'ab'"), (["a", "a"], "more than once: 'a'"), ([""], "empty")],
)
def test_names_that_a_caller_may_not_give(names, problem):
    with pytest.raises(LabelNameError, match=problem):
        given_names(names)
