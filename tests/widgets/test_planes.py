"""Two features of a data set as a plane."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose

from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import FeatureTypeError, ShapeError, UnknownNameError
from mlkit.widgets.planes import has_plane, plane_example, plane_of

TABLE = pd.DataFrame(
    {
        "name": list("abcdef"),
        "constant": 1.0,
        "gap": [1.0, None, 2.0, 3.0, 4.0, 5.0],
        "width": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        "height": [1.0, 1.0, 1.0, 1.0, 1.0, 7.0],
        "depth": [3.0, 2.0, 1.0, 0.0, -1.0, -2.0],
    }
)
Y = np.array([[0, 1], [0, 1], [1, 1], [0, 1], [0, 0], [1, 1]])
DATASET = MultiLabelDataset(TABLE, Y, ["sea", "sun"])


def test_by_default_the_first_two_features_that_vary():
    plane = plane_of(DATASET)
    assert plane.axis_names == (
        "width (standard deviations)",
        "height (standard deviations)",
    )
    assert plane.label_names == ("sun", "sea")
    assert plane.Y.tolist() == Y[:, ::-1].tolist()


def test_features_are_standardised():
    plane = plane_of(DATASET, features=["width", "depth"])
    assert_allclose(plane.points.mean(axis=0), 0.0, atol=1e-12)
    assert_allclose(plane.points.std(axis=0), 1.0)
    assert_allclose(plane.points[:, 0], -plane.points[:, 1])


def test_features_without_names_go_by_position():
    plane = plane_of(MultiLabelDataset(TABLE[["width", "depth"]].to_numpy(), Y))
    assert plane.axis_names[1] == "1 (standard deviations)"
    sparse = sp.csr_array(TABLE[["width", "depth"]].to_numpy())
    other = plane_of(MultiLabelDataset(sparse, Y), features=[0, 1])
    assert_allclose(other.points, plane.points)


def test_outliers_lie_outside_and_are_said():
    X = np.column_stack([np.arange(100.0), np.zeros(100)])
    X[7, 1] = 1.0
    plane = plane_of(MultiLabelDataset(X, np.ones((100, 1), dtype=int)))
    assert plane.limit == 6.0
    assert plane.left_out == "1 row lies outside the picture"


def test_distances_to_the_rows():
    plane = plane_of(DATASET, features=["width", "depth"])
    assert_allclose(plane.to_nearest(plane.points + [0.0, 0.1]), 0.1)
    gap = plane.widest_gap()
    # The rows lie on the falling diagonal; far from it are the two other corners.
    assert_allclose(np.abs(gap), 1.5)
    assert gap[0] == gap[1]


def test_the_example_is_the_same_at_every_call():
    one, other = plane_example(), plane_example()
    assert one.label_names == ("A", "B", "C")
    pd.testing.assert_frame_equal(one.X, other.X)
    pd.testing.assert_frame_equal(one.Y, other.Y)


def test_many_rows_and_labels():
    rng = np.random.default_rng(0)
    Y = sp.csr_array((rng.random((2000, 1000)) < 0.01).astype(int))
    plane = plane_of(MultiLabelDataset(rng.normal(size=(2000, 2)), Y))
    assert plane.points.shape == (400, 2)
    assert plane.Y.shape == (400, 3)
    words = "The 3 most frequent of 1,000 labels, 400 of 2,000 rows"
    assert plane.left_out.startswith(words)


@pytest.mark.parametrize(
    ("features", "error", "message"),
    [
        (["widthh", "depth"], UnknownNameError, "Did you mean 'width'"),
        (["width"], ShapeError, "two features; got 1"),
        (["width", "name"], FeatureTypeError, "'name' is no number"),
        (["gap", "width"], FeatureTypeError, "'gap' is no number without gaps"),
        (["constant", "width"], FeatureTypeError, "that varies"),
    ],
    ids=["unknown", "one", "words", "gaps", "constant"],
)
def test_features_that_have_no_place(features, error, message):
    with pytest.raises(error, match=message):
        plane_of(DATASET, features=features)


def test_data_that_have_no_plane():
    with pytest.raises(FeatureTypeError, match=r"\(6, 2\) has 0 of them\. Give"):
        plane_of(MultiLabelDataset(TABLE[["name", "constant"]], Y))
    pictures = MultiLabelDataset(np.zeros((6, 4, 4)), np.eye(6, 2, dtype=int))
    with pytest.raises(FeatureTypeError, match=r"\(6, 4, 4\) has 0 of them"):
        plane_of(pictures)
    assert has_plane(DATASET)
    assert not has_plane(pictures)
    with pytest.raises(ShapeError, match="has 0 rows and 2 labels"):
        plane_of(DATASET[:0])
