"""The one data type: what it accepts, what it hands out, that it never changes."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit import MultiLabelDataset
from mlkit.dataset import DatasetSource
from mlkit.exceptions import (
    IndicatorError,
    LabelNameError,
    MissingLabelsError,
    ShapeError,
)

Y = np.array([[1, 0], [1, 1], [0, 0]], dtype=np.int8)


def frame_dataset(**changes):
    X = pd.DataFrame(
        {"size": [1.0, 2.0, 3.0], "kind": pd.Categorical(["a", "b", "a"])},
        index=["p", "q", "r"],
    )
    parts = {"X": X, "Y": Y, "label_names": ["calm", "sad"], "name": "toy"}
    return MultiLabelDataset(**{**parts, **changes})


def sparse_dataset(**changes):
    X = sp.csr_array(np.array([[0.0, 1.0], [2.0, 0.0], [0.0, 0.0]]))
    return MultiLabelDataset(**{"X": X, "Y": sp.csr_array(Y), **changes})


def picture_dataset():
    pictures = np.zeros((3, 4, 4, 1), dtype=np.uint8)
    return MultiLabelDataset(pictures, Y)


ALL_KINDS = [frame_dataset, sparse_dataset, picture_dataset]


def test_a_frame_keeps_names_and_index():
    ds = frame_dataset()

    assert ds.feature_names == ("size", "kind")
    assert list(ds.Y.columns) == ["calm", "sad"]
    assert list(ds.Y.index) == ["p", "q", "r"]
    assert (ds.Y.dtypes == np.int8).all()


def test_shape_and_label_statistics():
    ds = frame_dataset()

    assert (len(ds), ds.n_samples, ds.n_features, ds.n_labels) == (3, 3, 2, 2)
    assert ds.label_counts.to_dict() == {"calm": 2, "sad": 1}
    assert ds.cardinality == 1.0
    assert ds.density == 0.5
    assert picture_dataset().n_features == 16


@pytest.mark.parametrize("make", ALL_KINDS)
def test_statistics_do_not_depend_on_the_container(make):
    assert make().label_counts.tolist() == [2, 1]


def test_sparse_labels_stay_sparse():
    ds = sparse_dataset(label_names=["a", "b"], feature_names=["u", "v"])

    assert isinstance(ds.X, sp.csr_array)
    assert isinstance(ds.Y, sp.csr_array)
    assert ds.Y.dtype == np.int8
    assert ds.feature_names == ("u", "v")


@pytest.mark.parametrize("make", ALL_KINDS)
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (slice(1, None), [1, 2]),
        ([2, 0], [2, 0]),
        (np.array([True, False, True]), [0, 2]),
        (-1, [2]),
        (1, [1]),
        ([], []),
        (pd.Series([False, True, False]), [1]),
    ],
)
def test_rows_are_selected(make, rows, expected):
    part = make()[rows]

    labels = part.Y.toarray() if sp.issparse(part.Y) else part.Y.to_numpy()
    np.testing.assert_array_equal(labels, Y[expected])
    assert part.X.shape[0] == len(expected)
    assert part.label_names == make().label_names


@pytest.mark.parametrize(
    ("rows", "error", "match"),
    [
        (3, IndexError, "Row 3 is out of range; the dataset has 3 rows"),
        ([0, -4], IndexError, "Row -4"),
        ([True, False], ShapeError, "3 rows and the row mask has 2"),
        ("calm", TypeError, r"Labels: ds\.Y\['name'\]"),
        ([0.5], TypeError, "positions"),
    ],
)
def test_wrong_rows_are_refused(rows, error, match):
    with pytest.raises(error, match=match):
        frame_dataset()[rows]


def test_attributes_cannot_be_set_or_deleted():
    ds = frame_dataset()

    with pytest.raises(AttributeError, match="cannot be changed"):
        ds.name = "other"
    with pytest.raises(AttributeError, match="cannot be changed"):
        del ds.name


def test_buffers_are_read_only():
    pictures, sparse = picture_dataset(), sparse_dataset()

    with pytest.raises(ValueError, match="read-only"):
        pictures.X[0, 0, 0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        sparse.X.data[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        sparse.Y.data[0] = 1


def test_writing_to_a_frame_does_not_reach_the_dataset():
    ds = frame_dataset()

    X, labels = ds.as_xy()
    X.iloc[0, 0] = 99.0
    labels.iloc[0, 0] = 0

    assert ds.X.iloc[0, 0] == 1.0
    assert ds.Y.iloc[0, 0] == 1


def test_the_callers_objects_stay_writable_and_apart():
    X = np.ones((3, 2))
    labels = Y.copy()
    ds = MultiLabelDataset(X, labels)

    X[0, 0] = 5.0

    assert X.flags.writeable
    assert labels.flags.writeable
    assert not ds.X.flags.writeable


def test_a_frame_of_the_caller_is_not_renamed():
    X = pd.DataFrame({1: [1.0, 2.0, 3.0]})

    ds = MultiLabelDataset(X, Y)

    assert list(X.columns) == [1]
    assert ds.feature_names == ("1",)


@pytest.mark.parametrize("make", ALL_KINDS)
def test_as_xy_gives_both_parts(make):
    X, labels = make().as_xy()

    assert X.shape[0] == labels.shape[0] == 3


def test_unknown_labels_are_refused_or_taken_as_absent():
    mask = np.array([[False, True], [False, False], [False, False]])
    ds = frame_dataset(missing=mask)

    with pytest.raises(MissingLabelsError, match=r"\(1 cell, first: row 0, .*'sad'\)"):
        ds.as_xy()
    _, labels = ds.as_xy(missing="as_zero")
    assert labels.to_numpy().tolist() == Y.tolist()
    assert ds.rows_with_missing().tolist() == [True, False, False]
    assert ds[1:].missing is None
    with pytest.raises(ValueError, match="'raise', 'as_zero' or 'as_nan'"):
        ds.as_xy(missing="ignore")


def test_an_empty_mask_means_nothing_is_missing():
    assert frame_dataset(missing=np.zeros((3, 2), bool)).missing is None
    assert not frame_dataset().rows_with_missing().any()


def test_a_sparse_mask_works():
    mask = sp.csr_array(np.array([[0, 1], [0, 0], [1, 0]], dtype=bool))

    ds = sparse_dataset(missing=mask)

    assert ds.rows_with_missing().tolist() == [True, False, True]
    assert ds[[0]].missing.sum() == 1


@pytest.mark.parametrize("make", [frame_dataset, sparse_dataset])
@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_a_label_cannot_be_present_and_unknown(make, container):
    mask = np.array([[True, False]] + [[False, False]] * 2)

    with pytest.raises(MissingLabelsError, match="1 cells of Y are 1.*missing=None"):
        make(missing=container(mask))


NAN = float("nan")
Y_WITH_NAN = np.array([[1, NAN], [1, 1], [NAN, 0]])


def frame_with_nan(**changes):
    return frame_dataset(**{"Y": Y_WITH_NAN, **changes})


def sparse_with_nan(**changes):
    return sparse_dataset(**{"Y": sp.csr_array(Y_WITH_NAN), **changes})


def dense(matrix):
    return matrix.toarray() if sp.issparse(matrix) else np.asarray(matrix)


@pytest.mark.parametrize("make", [frame_with_nan, sparse_with_nan])
class TestUnknownLabelsAsNaN:
    def test_become_a_mask_and_zeros(self, make):
        ds = make()

        np.testing.assert_array_equal(dense(ds.missing), np.isnan(Y_WITH_NAN))
        np.testing.assert_array_equal(dense(ds.Y), np.nan_to_num(Y_WITH_NAN))
        assert sp.issparse(ds.missing) == sp.issparse(ds.Y)
        assert dense(ds.Y).dtype == np.int8
        assert ds.n_missing == 2
        assert ds.label_counts.tolist() == [2, 1]

    def test_come_back_as_they_went_in(self, make):
        ds = make()

        X, labels = ds.as_xy(missing="as_nan")

        np.testing.assert_array_equal(dense(labels), Y_WITH_NAN)
        assert dense(labels).dtype == np.float32
        assert type(labels) is type(ds.Y)
        again = MultiLabelDataset(X, labels, label_names=ds.label_names)
        np.testing.assert_array_equal(dense(again.missing), dense(ds.missing))
        np.testing.assert_array_equal(dense(again.Y), dense(ds.Y))

    def test_without_any_the_labels_stay_integers(self, make):
        _, labels = make()[[1]].as_xy(missing="as_nan")

        assert dense(labels).dtype == np.int8
        assert dense(labels).tolist() == [[1, 1]]

    def test_rows_take_their_mask_along(self, make):
        part = make()[[2, 1]]

        assert part.rows_with_missing().tolist() == [True, False]
        assert dense(part.missing).tolist() == [[True, False], [False, False]]
        assert make()[[1]].missing is None

    def test_pickling_and_replacing_keep_them(self, make):
        for copy in (pickle.loads(pickle.dumps(make())), make().replace(name="new")):
            np.testing.assert_array_equal(dense(copy.missing), np.isnan(Y_WITH_NAN))

    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array, sp.coo_array])
    def test_join_those_of_the_mask(self, make, container):
        mask = np.array([[False, True], [False, False], [False, True]])

        ds = make(missing=container(mask))

        np.testing.assert_array_equal(dense(ds.missing), np.isnan(Y_WITH_NAN) | mask)

    def test_cannot_be_written_to(self, make):
        mask = make().missing

        with pytest.raises(ValueError, match="read-only"):
            (mask.data if sp.issparse(mask) else mask)[0] = False

    def test_are_counted_in_the_repr_and_told_on_the_card(self, make):
        ds = make()

        assert repr(ds).endswith(", 2 unknown labels)")
        assert repr(ds[:1]).endswith(", 1 unknown label)")
        assert "unknown" not in repr(ds[[1]])
        assert "unknown" in ds._repr_html_()

    def test_a_new_Y_keeps_the_mask_unless_it_is_dropped(self, make):
        zeros = dense(make().Y) * 0

        assert make().replace(Y=zeros).n_missing == 2
        assert make().replace(Y=zeros, missing=None).missing is None
        with pytest.raises(MissingLabelsError, match="2 cells of Y are 1"):
            make().replace(Y=zeros + 1)


def test_nullable_columns_may_hold_unknown_labels():
    labels = pd.DataFrame(Y_WITH_NAN, columns=["calm", "sad"]).astype("Int64")

    ds = MultiLabelDataset(np.ones((3, 1)), labels)

    assert ds.n_missing == 2
    assert labels["sad"].isna().tolist() == [True, False, False]


def test_a_mask_of_the_caller_keeps_its_stored_zeros():
    mask = sp.csr_array(np.array([[0, 1], [0, 0], [1, 0]], dtype=bool))
    mask.data[0] = False

    ds = sparse_dataset(missing=mask)

    assert mask.nnz == 2
    assert ds.missing.nnz == ds.n_missing == 1


@pytest.mark.parametrize(
    ("changes", "error", "match"),
    [
        ({"Y": Y[:2]}, ShapeError, "X has 3 rows and Y has 2"),
        ({"label_names": ["a", "a"]}, LabelNameError, "unique"),
        ({"label_names": ["a"]}, LabelNameError, "Expected 2"),
        ({"feature_names": ["a", "a"]}, LabelNameError, "Feature names"),
        ({"Y": Y * 2}, IndicatorError, "outside"),
        ({"X": np.ones(3)}, ShapeError, "at least two dimensions"),
        ({"missing": np.zeros((2, 2))}, ShapeError, "Y and missing"),
    ],
)
def test_parts_that_do_not_fit_are_refused(changes, error, match):
    with pytest.raises(error, match=match):
        frame_dataset(**changes)


def test_frames_with_other_row_names_are_refused():
    labels = pd.DataFrame(Y, index=["p", "q", "x"])

    with pytest.raises(ShapeError, match="Rows of Y that X lacks: 'x'"):
        frame_dataset(Y=labels)


def test_replace_keeps_the_rest():
    ds = frame_dataset(source=DatasetSource(url="somewhere"))

    changed = ds.replace(name="other", Y=Y[:, :1])

    assert changed.name == "other"
    assert changed.label_names == ("label_0",)
    assert changed.feature_names == ds.feature_names
    assert changed.source == ds.source


@pytest.mark.parametrize("make", ALL_KINDS)
def test_pickling_gives_an_equal_dataset(make):
    ds = make()

    copy = pickle.loads(pickle.dumps(ds))

    assert repr(copy) == repr(ds)
    assert copy.label_counts.equals(ds.label_counts)


def test_repr_uses_the_singular():
    ds = MultiLabelDataset([[1.0]], [[1]], name="one")

    expected = "MultiLabelDataset('one', 1 row, 1 feature, 1 label, cardinality 1.00)"
    assert repr(ds) == expected


def test_no_rows_and_no_labels_have_no_cardinality():
    assert np.isnan(frame_dataset()[[]].cardinality)
    assert np.isnan(MultiLabelDataset(np.ones((2, 1)), np.ones((2, 0))).density)
