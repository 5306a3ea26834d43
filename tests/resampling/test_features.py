from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from scipy.spatial.distance import pdist

from mlkit.exceptions import FeatureTypeError, OptionError
from mlkit.resampling.features import hvdm_space, nearest, split_columns


def frame():
    return pd.DataFrame(
        {
            "area": [1.0, 2.0, 3.0, 6.0],
            "place": ["sea", None, "sea", "ice"],
            "wet": [True, False, True, True],
            "count": [4, 3, 2, 1],
        }
    )


def test_columns_that_are_no_numbers_are_nominal():
    columns = split_columns(frame(), "auto")

    assert columns.number_positions.tolist() == [0, 3]
    assert columns.nominal_positions.tolist() == [1, 2]
    # A missing value is a category.
    assert columns.codes.T.tolist() == [[0, 1, 0, 2], [0, 1, 0, 0]]


def test_nominal_columns_can_be_named_or_numbered():
    by_name = split_columns(frame()[["area", "count"]], ["count"])
    by_place = split_columns(frame()[["area", "count"]].to_numpy(), [1])

    assert by_name.nominal_positions.tolist() == by_place.nominal_positions.tolist()
    assert by_name.codes.ravel().tolist() == [0, 1, 2, 3]


def test_the_space_has_the_distances_of_the_definition():
    target = np.array([[1], [0], [0], [1]])
    space = hvdm_space(split_columns(frame(), "auto"), target)
    present = {"sea": 0.5, None: 0.0, "ice": 1.0}
    wet = {True: 2 / 3, False: 0.0}
    table, spread = frame(), frame()[["area", "count"]].std(ddof=0)
    expected = []
    for a in range(4):
        for b in range(a + 1, 4):
            gaps = (
                (table.loc[a, spread.index] - table.loc[b, spread.index]) / spread / 4
            )
            squares = float((gaps.astype(float) ** 2).sum())
            places = [None if pd.isna(p) else p for p in table["place"]]
            squares += 2 * (present[places[a]] - present[places[b]]) ** 2
            squares += 2 * (wet[table["wet"][a]] - wet[table["wet"][b]]) ** 2
            expected.append(np.sqrt(squares))

    np.testing.assert_allclose(pdist(space), expected)


def test_several_labels_are_averaged():
    codes = pd.DataFrame({"x": ["a", "b"]})
    space = hvdm_space(split_columns(codes, "auto"), np.array([[1, 1], [0, 1]]))

    # The first label differs by 2, the second by 0.
    assert pdist(space)[0] ** 2 == pytest.approx(1)


def test_sparse_numbers_stay_sparse_and_scaled():
    X = np.array([[0.0, 2.0], [4.0, 2.0]])
    dense = hvdm_space(split_columns(X, "auto"), np.ones((2, 1)))
    sparse = hvdm_space(split_columns(sp.csr_array(X), "auto"), np.ones((2, 1)))

    assert sp.issparse(sparse)
    np.testing.assert_allclose(sparse.toarray(), dense)
    # Standard deviation 2: the rows are 4 / (4 * 2) apart; the constant adds nothing.
    assert pdist(dense)[0] == pytest.approx(0.5)


def test_the_nearest_come_first_and_a_copy_is_a_neighbour():
    found = nearest(np.array([[0.0], [0.0], [1.0], [9.0]]), 2)

    assert found[0].tolist() == [1, 2]
    assert found[3].tolist()[0] == 2


@pytest.mark.parametrize(
    ("X", "nominal", "error", "match"),
    [
        (np.zeros((2, 2, 2)), "auto", FeatureTypeError, "have neighbours"),
        (np.array([["a"], ["b"]]), "auto", FeatureTypeError, "not numbers"),
        (np.zeros(3), "auto", FeatureTypeError, r"got shape \(3,\)"),
        (
            np.array([[0, 1], [0, np.inf]]),
            "auto",
            FeatureTypeError,
            "row 1, column '1'",
        ),
        (
            pd.DataFrame({"a": [1, 2], "b": pd.array([None, 3], dtype="Int64")}),
            "auto",
            FeatureTypeError,
            "1 cell that is missing or infinite .first: row 0, column 'b'",
        ),
        (
            sp.csr_array([[0, 1], [np.nan, np.inf]]),
            "auto",
            FeatureTypeError,
            "2 cells .* .first: row 1, column '0'",
        ),
        (pd.DataFrame({"a": ["x"], "b": [1]}), [], FeatureTypeError, "not numbers"),
        (np.zeros((2, 1)), [3], OptionError, "'3'"),
        (np.zeros((2, 1)), "all", OptionError, "'auto' or a sequence"),
        (sp.csr_array((2, 1)), [0], OptionError, "sparse X"),
    ],
)
def test_bad_features_are_refused(X, nominal, error, match):
    with pytest.raises(error, match=match):
        split_columns(X, nominal)


def test_rows_without_features_have_no_neighbours():
    with pytest.raises(FeatureTypeError, match="no feature"):
        nearest(np.empty((3, 0)), 1)
