"""Values of rows or labels, and their mean."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from mlkit.metrics.units import Units

from .cases import NAN, some


def units(values, *, undefined=(), absent=(), kind="row", **options):
    n_units = np.shape(values)[-1]
    chosen = [np.isin(np.arange(n_units), where) for where in (undefined, absent)]
    values = np.asarray(values, dtype=float)
    chosen = [np.broadcast_to(part, values.shape) for part in chosen]
    return Units(values, chosen[0], ~chosen[1], kind, **options)


def test_the_mean_by_hand():
    value = units([1.0, 0.5, 0.0]).mean()
    assert value == 0.5
    assert (value.units, value.undefined, value.kind) == (3, 0, "row")


def test_an_undefined_unit_counts_what_stands_there():
    value = units([1.0, 0.0], undefined=[1], kind="label").mean()
    assert value == 0.5
    assert value.note == "1 of 2 labels undefined"


def test_a_unit_that_is_nan_leaves_the_mean_and_is_told():
    value = units([1.0, NAN], undefined=[1]).mean()
    assert value == 1.0
    assert (value.units, value.undefined) == (2, 1)


def test_a_unit_of_which_nothing_is_known_is_none():
    value = units([1.0, 7.0], undefined=[1], absent=[1]).mean()
    assert value == 1.0
    assert (value.units, value.undefined) == (1, 0)


def test_without_a_unit_that_counts_the_mean_is_nan():
    assert math.isnan(units([NAN, NAN], undefined=[0, 1]).mean())
    value = units([1.0], absent=[0]).mean()
    assert math.isnan(value)
    assert value.units == 0


def test_one_undefined_unit_can_spoil_all():
    assert math.isnan(units([1.0, NAN], undefined=[1], spoils=True).mean())
    assert units([1.0, 0.0], spoils=True).mean() == 0.5
    # What is not there spoils nothing.
    assert units([1.0, NAN], undefined=[1], absent=[1], spoils=True).mean() == 1.0


def test_weights():
    weights = np.array([3, 1, 6])
    assert units([1.0, 0.0, NAN], weights=weights).mean() == 0.75
    assert units([1.0, 0.0, 1.0], absent=[2], weights=weights).mean() == 0.75


def test_where_all_weights_are_zero_the_mean_is_the_plain_one():
    assert units([1.0, 0.5], weights=np.array([0, 0])).mean() == 0.75
    # The only weight belongs to a unit that is left out.
    assert units([1.0, NAN], weights=np.array([0, 2])).mean() == 1.0


def test_leading_axes_are_kept():
    several = units([[1.0, 0.0], [NAN, 1.0], [NAN, NAN]])
    np.testing.assert_array_equal(several.means(), [0.5, 1.0, NAN])
    weighted = units([[1.0, 0.0], [1.0, 0.0]], weights=np.array([[1, 3], [0, 0]]))
    np.testing.assert_array_equal(weighted.means(), [0.25, 0.5])


@pytest.mark.parametrize("spoils", [False, True])
@some
@given(
    values=npst.arrays(float, 5, elements=st.sampled_from([0.0, 0.25, 1.0, NAN])),
    present=npst.arrays(bool, 5),
    row_weights=npst.arrays(np.int8, (3, 5), elements=st.integers(0, 2)),
)
def test_means_of_weighted_rows_are_those_of_repeated_rows(
    spoils, values, present, row_weights
):
    undefined = np.isnan(values)
    one = Units(values, undefined, present, "row", spoils=spoils)
    found = one.row_means(row_weights.astype(float))
    for weights, mean in zip(row_weights, found, strict=True):
        parts = [np.repeat(part, weights) for part in (values, undefined, present)]
        expected = Units(*parts, "row", spoils=spoils).mean()
        assert mean == pytest.approx(expected, nan_ok=True)
