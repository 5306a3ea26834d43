from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit.exceptions import OptionError, ResamplingWarning
from mlkit.resampling import MLSMOTE

# The second label is rare: 8 rows against 3 (rows 7, 8 and 9), which stand in a line.
Y = np.array([[1, 0]] * 7 + [[1, 1], [0, 1], [0, 1]])
X = np.array([[float(i), -float(i)] for i in range(10)])


def new_rows(X=X, Y=Y, **parameters):
    X_more, Y_more = MLSMOTE(random_state=0, **parameters).fit_resample(X, Y)
    return X_more[X.shape[0] :], Y_more[Y.shape[0] :]


def test_each_row_of_the_rare_label_gets_a_new_one_nearby():
    made, _ = new_rows(n_neighbors=1)

    assert made.shape == (3, 2)
    # The neighbour of 7 is 8 and that of 9 is 8; features are drawn independently.
    for row, (low, high) in zip(made, [(7, 8), (7, 9), (8, 9)], strict=True):
        assert low <= row[0] <= high
        assert low <= -row[1] <= high
    assert not np.allclose(made[:, 0], -made[:, 1])


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [("ranking", [0, 1]), ("union", [1, 1]), ("intersection", [0, 1])],
)
def test_labels_are_voted_on(strategy, expected):
    # Three voters each time: the first label has one vote, the second three.
    _, labels = new_rows(label_strategy=strategy)

    assert labels.tolist() == [expected] * 3


def test_half_of_the_votes_is_not_enough():
    # With one neighbour there are two voters; row 7 and its neighbour 8 are split.
    _, labels = new_rows(n_neighbors=1)

    assert labels[0].tolist() == [0, 1]


@pytest.mark.parametrize(("n_carriers", "expected"), [(2, 0), (3, 0), (4, 1)])
def test_five_neighbours_need_four_votes_of_six(n_carriers, expected):
    # The pseudo-code of the paper: more than (k + 1) / 2, though its text says half.
    # All six rows of the rare label are voters of each of their new rows.
    labels = np.zeros((40, 3), dtype=int)
    labels[:, 0], labels[:6, 1], labels[:n_carriers, 2] = 1, 1, 1
    labels[30:, 2] = 1
    _, made = new_rows(X=np.arange(80.0).reshape(40, 2), Y=labels, n_neighbors=5)

    assert len(made) == 6
    assert (made[:, 2] == expected).all()


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [("ranking", [1, 1]), ("union", [1, 1]), ("intersection", [1, 1])],
)
def test_who_does_not_know_has_no_vote(strategy, expected):
    labels = Y.astype(float)
    labels[8:, 0] = np.nan

    assert new_rows(Y=labels, label_strategy=strategy)[1].tolist() == [expected] * 3


@pytest.mark.parametrize("strategy", ["ranking", "union", "intersection"])
def test_a_label_that_nobody_knows_is_unknown(strategy):
    labels = Y.astype(float)
    labels[7:, 0] = np.nan
    _, made = new_rows(Y=labels, label_strategy=strategy)
    _, sparse = new_rows(Y=sp.csr_array(labels), label_strategy=strategy)

    np.testing.assert_array_equal(made, [[np.nan, 1]] * 3)
    np.testing.assert_array_equal(sparse.toarray(), made)


def test_nominal_features_take_the_commonest_category_of_the_neighbours():
    places = ["hill"] * 7 + ["ice", "sea", "sea"]
    table = pd.DataFrame(
        {"size": range(10), "place": pd.Categorical(places), "flat": [True] * 10}
    )
    made, _ = new_rows(X=table)

    # Neighbours of 7 are 8 and 9 (sea, sea); of 8 and 9 one "sea" and one "ice", where
    # the nearest decides: both categories always go with the label, so size does.
    assert made["place"].tolist()[0] == "sea"
    assert made["place"].tolist()[2] == "sea"
    assert made["flat"].tolist() == [True] * 3
    assert made["place"].dtype == table["place"].dtype
    assert made["flat"].dtype == bool
    assert made["size"].dtype == float


def test_columns_of_an_array_can_be_nominal():
    coded = np.column_stack([X, [5] * 7 + [3, 4, 4]])
    made, _ = new_rows(X=coded, nominal_features=[2])

    assert set(made[:, 2]) <= {3, 4}
    assert made[0, 2] == 4


@pytest.mark.parametrize(
    ("dtype", "expected"), [("int64", "float64"), ("float32", "float32")]
)
def test_numbers_keep_their_precision(dtype, expected):
    assert new_rows(X=X.astype(dtype))[0].dtype == expected
    assert new_rows(X=sp.csr_array(X.astype(dtype)))[0].dtype == expected
    assert (new_rows(X=pd.DataFrame(X.astype(dtype)))[0].dtypes == expected).all()


def test_each_column_of_a_frame_keeps_its_precision():
    table = pd.DataFrame(
        {
            "single": np.arange(10, dtype="float32"),
            "double": np.arange(10.0),
            "count": np.arange(10),
            "byte": np.arange(10, dtype="uint8"),
            "null": pd.array(range(10), dtype="Int64"),
            "flag": [True, False] * 5,
        }
    )
    made, _ = new_rows(X=table)

    assert [str(dtype) for dtype in made.dtypes] == [
        "float32",
        "float64",
        "float64",
        "float32",
        "Float64",
        "bool",
    ]


def test_sparse_features_stay_zero_where_both_rows_are():
    words = np.zeros((10, 6))
    words[:, 0], words[7:, 3] = 1, [1, 2, 3]
    made, _ = new_rows(X=sp.csr_array(words))

    assert made.nnz == 6
    assert (made[:, [0]].toarray() == 1).all()
    assert (made[:, [3]].toarray() >= 1).all()


def test_a_label_with_one_row_is_passed_over_and_named():
    labels = np.column_stack([Y, np.eye(10)[0]]).astype(int)
    labels = np.column_stack([labels[:, [0, 2]], labels[:, 1]])
    frame = pd.DataFrame(labels, columns=["sky", "once", "sea"])
    with (
        pytest.warns(ResamplingWarning, match="single row.*'once'"),
        pytest.warns(ResamplingWarning, match="changed nothing"),
    ):
        _, same = MLSMOTE().fit_resample(X, frame)

    np.testing.assert_array_equal(same, labels)


def test_bad_parameters_are_refused():
    with pytest.raises(OptionError, match="label_strategy must be one of 'ranking'"):
        new_rows(label_strategy="best")
    with pytest.raises(ValueError, match="n_neighbors must be at least 1"):
        new_rows(n_neighbors=0)
