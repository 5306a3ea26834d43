"""Rows that carry some labels and not others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit.description.known_labels import known_labels
from mlkit.description.row_selection import rows_with_labels, take_known_rows
from mlkit.exceptions import OptionError, UnknownNameError

Y = pd.DataFrame(
    [[1, 1, 0], [1, 0, 0], [0, 1, 1], [0, 0, 0]], columns=["sea", "sun", "sky"]
)


@pytest.mark.parametrize(
    ("labels", "match", "without", "expected"),
    [
        ([], "all", [], [0, 1, 2, 3]),
        (["sea"], "all", [], [0, 1]),
        (["sea", "sun"], "all", [], [0]),
        (["sea", "sun"], "any", [], [0, 1, 2]),
        ([], "all", ["sea"], [2, 3]),
        ([], "all", ["sea", "sky"], [3]),
        (["sun"], "all", ["sky"], [0]),
        (["sea"], "all", ["sea"], []),
    ],
    ids=["none", "one", "all", "any", "without", "neither", "both", "contradiction"],
)
def test_rows(labels, match, without, expected):
    rows = rows_with_labels(Y, labels, match=match, without=without)
    assert np.flatnonzero(rows).tolist() == expected
    sparse = sp.csr_array(Y.to_numpy())
    positions = [Y.columns.get_loc(name) for name in labels]
    others = [Y.columns.get_loc(name) for name in without]
    found = rows_with_labels(sparse, positions, match=match, without=others)
    np.testing.assert_array_equal(found, rows)


def test_a_label_named_twice_counts_once():
    assert rows_with_labels(Y, ["sea", "sea"]).tolist() == [True, True, False, False]


def test_unknown_labels_count_as_absent():
    unknown = pd.DataFrame({"sea": [np.nan, 1.0], "sun": [1.0, 0.0]})
    assert rows_with_labels(unknown, ["sea"]).tolist() == [False, True]
    assert rows_with_labels(unknown, without=["sea"]).tolist() == [True, False]


def test_what_does_not_exist():
    with pytest.raises(UnknownNameError, match="Did you mean 'sea'"):
        rows_with_labels(Y, ["seaa"])
    with pytest.raises(UnknownNameError, match="moon"):
        rows_with_labels(Y, without=["moon"])
    with pytest.raises(OptionError, match="'all', 'any'; got 'none'"):
        rows_with_labels(Y, match="none")


def test_taking_rows_keeps_labels_names_and_what_is_unknown():
    whole = known_labels(pd.DataFrame({"a": [1.0, np.nan, 0.0], "b": [0.0, 1.0, 1.0]}))
    part = take_known_rows(whole, np.array([False, True, True]))
    assert (part.n_samples, list(part.names), part.counts.tolist()) == (
        2,
        ["a", "b"],
        [0, 2],
    )
    assert part.n_unknown.tolist() == [1, 0]
    assert list(part.rows) == [1, 2]
    assert whole.n_samples == 3
