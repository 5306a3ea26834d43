from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.base import clone

from mlkit.datasets import load
from mlkit.description import irlbl, scumble
from mlkit.exceptions import (
    FeatureTypeError,
    IndicatorError,
    ResamplingWarning,
    ShapeError,
)
from mlkit.resampling import LPROS, LPRUS, MLROS, MLRUS, MLSMOTE, MLTL, REMEDIAL
from mlkit.resampling.base import as_container, as_rows, take_rows
from mlkit.validation import check_indicator

RANDOM = [MLROS, MLRUS, LPROS, LPRUS, MLSMOTE]
ADDING = [MLROS, LPROS, MLSMOTE, REMEDIAL]
REMOVING = [MLRUS, LPRUS, MLTL]
EVERY = ADDING + REMOVING


@pytest.fixture
def data():
    """Two frequent labels and a rare one, which meets both."""
    rng = np.random.default_rng(7)
    Y = (rng.random((60, 3)) < [0.7, 0.5, 0.15]).astype(int)
    return rng.normal(size=(60, 4)), Y


def make(kind):
    return kind(random_state=3) if kind in RANDOM else kind()


@pytest.mark.parametrize("kind", EVERY)
def test_arrays_give_arrays_that_keep_the_original_rows_or_part_of_them(kind, data):
    X, Y = data
    X_new, Y_new = make(kind).fit_resample(X, Y)

    assert isinstance(X_new, np.ndarray)
    assert Y_new.dtype == Y.dtype
    assert len(X_new) == len(Y_new) != len(X)
    if kind in ADDING:
        np.testing.assert_array_equal(X_new[:60], X)
    if kind in ADDING and kind is not REMEDIAL:
        np.testing.assert_array_equal(Y_new[:60], Y)
    if kind in REMOVING:
        originals = {(*x, *y) for x, y in zip(X, Y, strict=True)}
        assert {(*x, *y) for x, y in zip(X_new, Y_new, strict=True)} < originals


@pytest.mark.parametrize("kind", EVERY)
def test_arguments_are_not_modified(kind, data):
    X, Y = data
    X_before, Y_before = X.copy(), Y.copy()
    X_new, Y_new = make(kind).fit_resample(X, Y)
    X_new[:], Y_new[:] = -1, 0

    np.testing.assert_array_equal(X, X_before)
    np.testing.assert_array_equal(Y, Y_before)


@pytest.mark.parametrize("kind", EVERY)
def test_frames_give_the_same_rows_with_their_columns(kind, data):
    X, Y = data
    names = [f"row {i}" for i in range(60)]
    frames = (
        pd.DataFrame(X, columns=list("abcd"), index=names),
        pd.DataFrame(Y, columns=["sea", "sky", "übel"], index=names).astype("int8"),
    )
    X_new, Y_new = make(kind).fit_resample(*frames)
    expected = make(kind).fit_resample(X, Y)

    assert list(X_new.columns) == list("abcd")
    assert list(Y_new.columns) == ["sea", "sky", "übel"]
    assert (Y_new.dtypes == "int8").all()
    assert X_new.index.equals(Y_new.index)
    assert X_new.index.is_unique
    assert set(X_new.index) <= set(names) or kind in ADDING
    np.testing.assert_allclose(X_new.to_numpy(), expected[0])
    np.testing.assert_array_equal(Y_new.to_numpy(), expected[1])


@pytest.mark.parametrize("kind", EVERY)
def test_sparse_input_gives_the_same_rows_as_csr(kind, data):
    X, Y = data
    X_new, Y_new = make(kind).fit_resample(sp.csr_matrix(X), sp.coo_array(Y))
    X_dense, Y_dense = make(kind).fit_resample(X, Y)

    assert isinstance(X_new, sp.csr_array)
    assert isinstance(Y_new, sp.csr_array)
    np.testing.assert_array_equal(Y_new.toarray(), Y_dense)
    # Every feature differs here, so that even the draws of MLSMOTE are the same.
    np.testing.assert_allclose(X_new.toarray(), X_dense)


@pytest.mark.parametrize("kind", EVERY)
def test_unknown_labels_stay_unknown_dense_and_sparse(kind, data):
    X, Y = data
    Y = Y.astype(float)
    Y[::9, 1] = np.nan
    _, dense = make(kind).fit_resample(X, Y)
    _, sparse = make(kind).fit_resample(X, sp.csr_array(Y))

    assert np.isnan(dense[:, 1]).any()
    assert not np.isnan(dense[:, [0, 2]]).any()
    np.testing.assert_array_equal(sparse.toarray(), dense)


@pytest.mark.parametrize("kind", RANDOM)
def test_an_integer_seed_repeats_the_draws_and_another_changes_them(kind, data):
    first, again, other = (
        kind(random_state=seed).fit_resample(*data)[0] for seed in (0, 0, 1)
    )

    np.testing.assert_array_equal(first, again)
    assert first.shape != other.shape or not np.array_equal(first, other)


@pytest.mark.parametrize("kind", EVERY)
def test_a_clone_has_the_parameters_and_none_of_the_results(kind, data):
    sampler = make(kind)
    sampler.fit_resample(*data)
    copy = clone(sampler)

    assert copy.get_params() == sampler.get_params()
    assert not hasattr(copy, "sample_indices_")


@pytest.mark.parametrize("kind", [MLROS, MLRUS, LPROS, LPRUS, MLTL])
def test_indices_say_which_row_came_out(kind, data):
    sampler = make(kind)
    X_new, Y_new = sampler.fit_resample(*data)

    np.testing.assert_array_equal(X_new, data[0][sampler.sample_indices_])
    np.testing.assert_array_equal(Y_new, data[1][sampler.sample_indices_])


@pytest.mark.parametrize("kind", EVERY)
def test_balanced_labels_are_returned_as_they_are_with_a_warning(kind):
    X, Y = np.arange(4.0)[:, None], np.array([[1, 0], [0, 1], [1, 0], [0, 1]])
    with pytest.warns(ResamplingWarning, match=f"{kind.__name__} changed nothing"):
        X_new, Y_new = make(kind).fit_resample(X, Y)

    np.testing.assert_array_equal(X_new, X)
    np.testing.assert_array_equal(Y_new, Y)


@pytest.mark.parametrize("kind", EVERY)
def test_labels_without_any_positive_leave_the_rows_alone(kind):
    with pytest.warns(ResamplingWarning, match="changed nothing"):
        _, Y_new = make(kind).fit_resample([[1.0], [2.0]], [[0, 0], [0, 0]])

    assert Y_new.tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize("kind", EVERY)
def test_bad_labels_and_shapes_are_refused(kind, data):
    X, Y = data
    with pytest.raises(IndicatorError, match="outside"):
        make(kind).fit_resample(X, Y * 2)
    with pytest.raises(ShapeError, match="Y has 60 rows and X has 59"):
        make(kind).fit_resample(X[1:], Y)


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize(
    ("features", "match"),
    [
        (None, "must be a table or a list, one entry a row; got None"),
        (3, "got 3"),
        ([[1], [1, 2]] * 30, "rows differ in length"),
    ],
)
def test_what_is_no_table_is_refused(kind, features, match, data):
    with pytest.raises(FeatureTypeError, match=match):
        make(kind).fit_resample(features, data[1])


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize(
    ("labels", "match"),
    [
        (np.ones(60), "two dimensions"),
        (None, "two dimensions"),
        (np.full((60, 2), "x"), "Use 0/1"),
        (np.full((60, 2), np.inf), "outside {0, 1}"),
    ],
)
def test_what_are_no_labels_is_refused(kind, labels, match, data):
    with pytest.raises(IndicatorError, match=match):
        make(kind).fit_resample(data[0], labels)


@pytest.mark.parametrize("kind", [MLSMOTE, MLTL])
@pytest.mark.parametrize(
    ("features", "match"),
    [
        (np.zeros(60), "for its rows to have neighbours"),
        (np.zeros((60, 2, 2)), "for its rows to have neighbours"),
        (np.zeros((60, 0)), "no feature"),
        (np.full((60, 1), "x"), "not numbers"),
        (np.full((60, 1), np.nan), "60 cells that are missing"),
    ],
)
def test_rows_that_cannot_be_compared_are_refused(kind, features, match, data):
    with pytest.raises(FeatureTypeError, match=match):
        make(kind).fit_resample(features, data[1])


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("shape", [(1, 3), (1, 1), (60, 1), (60, 0)])
def test_few_rows_or_labels_are_left_alone(kind, shape, data):
    X, Y = data[0][: shape[0]], data[1][: shape[0], : shape[1]]
    if kind in (LPROS, LPRUS) and shape == (60, 1):
        # Of one label there are two label sets, of different sizes.
        Y = np.ones_like(Y)
    with pytest.warns(ResamplingWarning, match="changed nothing"):
        X_new, Y_new = make(kind).fit_resample(X, Y)

    np.testing.assert_array_equal(X_new, X)
    np.testing.assert_array_equal(Y_new, Y)


def test_labels_that_lose_their_last_row_are_named():
    # Every row stands next to one of another label.
    places = [[0.0], [0.1], [5.0], [5.1], [9.0], [9.1]]
    labels = pd.DataFrame(
        {
            "sea": [1, 0, 1, 0, 1, 1],
            "sky": [0, 1, 0, 0, 0, 0],
            "übel": [0, 0, 0, 1, 0, 0],
        }
    )
    with pytest.warns(ResamplingWarning, match="left 2 of 3 .* 'sky', 'übel'. They"):
        _, left = MLTL(removal="all").fit_resample(places, labels)

    assert left["sea"].tolist() == [1, 1]


@pytest.mark.parametrize("kind", [MLROS, MLRUS, LPROS, LPRUS])
def test_the_share_is_checked(kind, data):
    with pytest.raises(ValueError, match="share must be in"):
        kind(share=-0.1).fit_resample(*data)
    with pytest.raises(TypeError, match="share must be a number"):
        kind(share="a lot").fit_resample(*data)


@pytest.mark.parametrize("kind", [MLRUS, LPRUS])
def test_not_all_rows_can_be_removed(kind, data):
    with pytest.raises(ValueError, match=r"share must be in \[0, 1\)"):
        kind(share=1.0).fit_resample(*data)


def test_pictures_can_be_repeated():
    pictures = np.arange(4 * 2 * 2).reshape(4, 2, 2)
    sampler = MLROS(share=0.25, random_state=0)
    X_new, _ = sampler.fit_resample(pictures, [[1, 0], [1, 0], [1, 0], [1, 1]])

    np.testing.assert_array_equal(X_new[4], pictures[3])


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("container", [np.asarray, sp.csr_array, pd.DataFrame])
def test_no_rows_at_all(kind, container):
    with pytest.warns(ResamplingWarning, match="changed nothing"):
        X_new, Y_new = make(kind).fit_resample(
            container(np.empty((0, 2))), container(np.empty((0, 3)))
        )

    assert X_new.shape == (0, 2)
    assert Y_new.shape == (0, 3)


@pytest.mark.parametrize("kind", EVERY)
def test_mixed_columns_keep_their_kinds_whatever_holds_the_labels(kind, data):
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "size": data[0][:, 0],
            "place": pd.Categorical(rng.choice(["sea", "ice", "land"], 60)),
            "wet": rng.random(60) < 0.5,
        }
    )
    X_new, Y_new = make(kind).fit_resample(table, data[1].astype(bool))
    X_too, Y_too = make(kind).fit_resample(table, sp.csr_array(data[1]))

    assert (X_new.dtypes == table.dtypes).all()
    assert Y_new.dtype == bool
    pd.testing.assert_frame_equal(X_too, X_new)
    np.testing.assert_array_equal(Y_too.toarray(), Y_new)


def test_rows_are_taken_from_any_container():
    frame = pd.DataFrame({"a": [1, 2]}, index=["x", "y"])

    assert as_rows(frame) is frame
    assert as_rows([[1], [2]]).tolist() == [[1], [2]]
    assert as_rows(["a", "b"]).shape == (2,)
    assert list(take_rows(frame, np.array([1])).index) == ["y"]
    assert list(take_rows(frame, np.array([1, 1])).index) == [0, 1]


def test_labels_go_back_to_the_container_they_came_in():
    Y = sp.csr_array(np.array([[1.0, np.nan], [0.0, 1.0]]))
    back = as_container(check_indicator(Y, allow_missing=True), Y)

    assert back.nnz == 3
    np.testing.assert_array_equal(back.toarray(), Y.toarray())


def mean_ratio_of(Y):
    ratios = irlbl(Y)
    return ratios[np.isfinite(ratios)].mean()


@pytest.mark.data
@pytest.mark.parametrize(
    "sampler",
    [
        *map(make, [MLROS, MLRUS, LPROS, LPRUS, MLSMOTE]),
        # MLTL as it is in the paper makes yeast less even: see its own tests.
        MLTL(removal="majority-only"),
    ],
    ids=lambda sampler: type(sampler).__name__,
)
def test_resampling_makes_yeast_more_even(sampler, mulan_folder):
    X, Y = load("yeast").as_xy()
    _, Y_new = sampler.fit_resample(X, Y)

    # Published MeanIR: 7.197.
    assert mean_ratio_of(Y) == pytest.approx(7.197, abs=5e-4)
    assert mean_ratio_of(Y_new) < 7.05


@pytest.mark.data
def test_parting_lowers_the_concurrence_of_yeast_and_keeps_its_counts(mulan_folder):
    X, Y = load("yeast").as_xy()
    _, Y_new = REMEDIAL().fit_resample(X, Y)

    assert scumble(Y).mean() == pytest.approx(0.104, abs=5e-4)
    assert scumble(Y_new).mean() < 0.09
    assert (Y_new.sum() == Y.sum()).all()


@pytest.mark.data
@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.filterwarnings("ignore::mlkit.exceptions.ResamplingWarning")
def test_sparse_medical_stays_sparse(kind, mulan_folder):
    X, Y = load("medical").as_xy()
    X_new, Y_new = make(kind).fit_resample(X, Y)

    assert isinstance(X_new, sp.csr_array)
    assert isinstance(Y_new, sp.csr_array)
    assert X_new.shape[0] == Y_new.shape[0] != X.shape[0]
    assert set(np.unique(Y_new.data)) == {1}
