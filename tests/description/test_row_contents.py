"""What is in single rows, whatever the features are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.description.row_contents import OddFeature, RowContents

STORY = "A story that is long enough to be called a text"


def contents(X):
    return RowContents(MultiLabelDataset(X, np.eye(X.shape[0], 2, dtype=int)))


def found(X, row, **keywords):
    odd = contents(X).odd_features(row, **keywords)
    return [(f.name, f.value, round(f.distance, 3)) for f in odd]


@pytest.mark.parametrize(
    ("X", "kind"),
    [
        (np.zeros((2, 8, 8)), "pictures"),
        (np.zeros((2, 50, 4)), "arrays"),
        (np.zeros((2, 3)), "table"),
        (sp.csr_array((2, 3)), "table"),
        (pd.DataFrame({"year": [1, 2], "text": [STORY, STORY]}), "texts"),
        (pd.DataFrame({"text": ["short", "words"]}), "table"),
    ],
    ids=["pictures", "series", "numbers", "sparse", "texts", "short-texts"],
)
def test_kinds_of_contents(X, kind):
    assert contents(X).kind == kind


def test_numbers_and_categories_are_compared_by_their_distance():
    X = pd.DataFrame(
        {
            "usual": [1.0, 2.0, 1.0, 2.0, 1.0],
            "odd": [0.0, 0.0, 0.0, 0.0, 10.0],
            "same": [3, 3, 3, 3, 3],
            "place": ["here", "here", "here", "here", "there"],
        }
    )
    # (10 - 2) / 4 = 2, and sqrt(.8 / .2) = 2 for the rare place.
    expected = [("odd", 10.0, 2.0), ("place", "there", 2.0), ("usual", 1.0, -0.816)]

    assert found(X, 4) == expected
    assert found(X, 4, n_features=1) == expected[:1]
    assert contents(X).odd_features(4)[1].share == pytest.approx(0.2)


def test_of_sparse_rows_only_what_is_stored_stands_out():
    X = sp.csr_array([[4.0, 1.0], [0.0, 1.0], [0.0, 1.0], [0.0, 1.0], [0.0, 1.0]])

    # Mean .8, standard deviation 1.6; the second column is constant.
    assert found(X, 0) == [("column 0", 4.0, 2.0)]
    assert found(X, 1) == []


def test_missing_and_infinite_values_do_not_stand_out():
    X = pd.DataFrame(
        {"a": [1.0, 2.0, np.nan], "b": [np.inf, 1.0, 2.0], "c": ["x", None, "y"]}
    )

    assert found(X, 2) == [("b", 2.0, 1.0), ("c", "y", 1.0)]
    assert found(X, 1) == [("a", 2.0, 1.0), ("b", 1.0, -1.0)]


def test_numbers_of_many_types_stand_in_one_row():
    X = pd.DataFrame(
        {
            "bool": [True, False, False],
            "nullable": pd.array([1, None, 3], dtype="Int64"),
            "day": pd.to_datetime(["2030-01-01", "2030-01-01", "2030-01-02"]),
        }
    )

    assert found(X, 0)[0] == ("bool", True, 1.414)
    # sqrt(.5 / 1) for one day of three that two rows share, as for two of three False.
    assert {name: far for name, _, far in found(X, 1)} == {
        "bool": -0.707,
        "day": 0.707,
    }


def test_texts_are_joined_without_the_missing_ones():
    X = pd.DataFrame({"a": [STORY, None], "n": [1, 2], "b": [STORY, STORY]})

    assert contents(X).text(0) == f"{STORY} {STORY}"
    assert contents(X).text(1) == STORY


def test_a_picture_is_given_as_it_is():
    X = np.arange(128.0).reshape(2, 8, 8)

    np.testing.assert_array_equal(contents(X).picture(1), X[1])


def test_an_odd_feature_is_plain_data():
    assert OddFeature("x", 1.0, 2.0) == OddFeature("x", 1.0, 2.0, None)
