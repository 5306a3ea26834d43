"""Labels and scores side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_array_equal

from mlkit.exceptions import (
    IndicatorError,
    LabelNameError,
    ScoresError,
    ShapeError,
)
from mlkit.metrics.cells import Cells, check_cells, check_columns, check_values
from mlkit.validation import check_indicator

from .cases import NAN


def cells(Y, scores, score_type="logits"):
    return check_cells(Y, scores, score_type=score_type)


def test_unknown_cells_leave_their_label_and_the_pool():
    checked = cells([[1, NAN], [0, 1]], [[3.0, 4.0], [5.0, 6.0]])

    groups = [(y.tolist(), s.tolist()) for y, s in checked.labels()]
    assert groups == [([1, 0], [3.0, 5.0]), ([1], [6.0])]
    pooled = [part.tolist() for part in checked.pooled()]
    assert pooled == [[1, 0, 1], [3.0, 5.0, 6.0]]


def test_groups_are_the_labels_or_all_cells():
    checked = cells([[1, 0], [0, 1]], [[3.0, 4.0], [5.0, 6.0]])

    assert [len(y) for y, _ in checked.groups("label")] == [2, 2]
    assert [len(y) for y, _ in checked.groups("pooled")] == [4]


def test_sparse_and_dense_are_the_same():
    Y = np.array([[1.0, NAN, 0.0], [0.0, 1.0, 1.0]])
    scores = np.arange(6.0).reshape(2, 3)

    dense, sparse = cells(Y, scores), cells(sp.csr_array(Y), scores)

    assert_array_equal(sparse.truth, dense.truth)
    assert_array_equal(sparse.known, dense.known)
    assert_array_equal(dense.known, ~np.isnan(Y))


def test_names_come_from_either_side():
    Y, scores = [[1, 0]], [[0.1, 0.2]]
    names = ["a", "b"]

    assert cells(pd.DataFrame(Y, columns=names), scores).label_names == ("a", "b")
    assert cells(Y, pd.DataFrame(scores, columns=names)).label_names == ("a", "b")
    assert cells(Y, scores).label_names == ("label_0", "label_1")


def test_columns_in_another_order_are_refused():
    Y = pd.DataFrame([[1, 0]], columns=["a", "b"])
    with pytest.raises(LabelNameError, match="the same labels in another order"):
        cells(Y, pd.DataFrame([[0.1, 0.2]], columns=["b", "a"]))


def test_rows_in_another_order_are_refused_and_new_row_names_are_not():
    Y = pd.DataFrame([[1], [0]], columns=["a"], index=["x", "y"])
    scores = pd.DataFrame([[0.1], [0.2]], columns=["a"], index=["y", "x"])

    with pytest.raises(ShapeError, match="same row names in another order"):
        cells(Y, scores)
    assert cells(Y, scores.reset_index(drop=True)).truth.tolist() == [[1], [0]]


@pytest.mark.parametrize(
    ("Y", "scores", "error", "match"),
    [
        ([[2]], [[0.0]], IndicatorError, "outside {0, 1}"),
        ([[1]], [[NAN]], ScoresError, "not finite"),
        ([[1]], [[0.0, 1.0]], ShapeError, "same shape"),
        (np.empty((0, 2)), np.empty((0, 2)), ShapeError, "at least one of each"),
        (np.empty((2, 0)), np.empty((2, 0)), ShapeError, "at least one of each"),
    ],
)
def test_bad_input_is_named(Y, scores, error, match):
    with pytest.raises(error, match=match):
        cells(Y, scores)


def test_probabilities_must_be_some():
    with pytest.raises(ScoresError, match=r"outside \[0, 1\]"):
        cells([[1]], [[1.5]], "probabilities")
    assert cells([[1]], [[1.5]]).values.tolist() == [[1.5]]


def test_names_that_are_only_positions_are_not_compared():
    check_columns(("label_0", "label_1"), ("b", "a"), name="scores")
    with pytest.raises(LabelNameError, match="scores has the labels 'b', 'a'"):
        check_columns(("a", "b"), ("b", "a"), name="scores")


def test_checked_parts_are_put_side_by_side():
    true = check_indicator([[1, NAN]], allow_missing=True)
    values = np.array([[0.2, 0.3]])
    checked = Cells.of(true, values, ("a", "b"))

    assert checked.values is values
    assert checked.known.tolist() == [[True, False]]
    assert Cells.of(check_indicator([[1, 0]]), values, ("a", "b")).known is None


@pytest.mark.parametrize("score_type", ["logits", "probabilities"])
def test_values_alone_are_checked_in_the_same_way(score_type):
    assert check_values([[0.5]], score_type, name="told").tolist() == [[0.5]]
    with pytest.raises(ScoresError, match="told has 1 value .* not finite"):
        check_values([[NAN]], score_type, name="told")
