"""Class-balanced weights: effective numbers by hand, and the mean of 1."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

pytest.importorskip("keras")

from mlkit.exceptions import OptionError  # noqa: E402
from mlkit.neural.losses import class_balanced_weights  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

COUNTS = np.array([1, 5, 40, 97])


def test_by_hand():
    # Effective numbers with 0.5: of one row 1, of two 1.5, of three 1.75.
    weights = class_balanced_weights([1], 4, beta=0.5)
    assert weights.shape == (1, 2)
    assert weights[0, 1] / weights[0, 0] == pytest.approx(1.75)
    weights = class_balanced_weights([1], 3, beta=0.5)
    assert weights[0, 1] / weights[0, 0] == pytest.approx(1.5)


@pytest.mark.parametrize("beta", [0.0, 0.9, 0.999, 0.9999999])
def test_the_mean_over_the_cells_of_a_label_is_one(beta):
    weights = class_balanced_weights(COUNTS, 100, beta=beta)
    sums = (100 - COUNTS) * weights[:, 0] + COUNTS * weights[:, 1]
    assert_allclose(sums, 100.0)


def test_from_no_weights_to_inverse_frequencies():
    assert_allclose(class_balanced_weights(COUNTS, 100, beta=0.0), 1.0)
    weights = class_balanced_weights(COUNTS, 100, beta=1 - 1e-9)
    expected = 100 / 2 / np.column_stack([100 - COUNTS, COUNTS])
    assert_allclose(weights, expected, rtol=1e-6)


def test_the_rarer_value_weighs_more():
    weights = class_balanced_weights(COUNTS, 100)
    assert ((weights[:, 1] > weights[:, 0]) == (COUNTS < 50)).all()


def test_presence_and_absence_are_alike():
    weights = class_balanced_weights(COUNTS, 100)
    mirrored = class_balanced_weights(100 - COUNTS, 100)
    assert_allclose(weights, mirrored[:, ::-1])


def test_each_label_has_its_own_number_of_known_rows():
    both = class_balanced_weights([2, 2], [10, 4])
    assert_allclose(both[0], class_balanced_weights([2], 10)[0])
    assert_allclose(both[1], [1.0, 1.0])


def test_a_value_without_rows_counts_as_seen_once():
    weights = class_balanced_weights([0, 3], 3, beta=0.5)
    assert_allclose(weights, [[1.0, 1.75], [1.75, 1.0]])


def test_a_label_that_is_known_nowhere():
    assert_allclose(class_balanced_weights([0, 1], [0, 2])[0], [1.0, 1.0])


@pytest.mark.parametrize("bad", [-1, 11, np.nan, np.inf])
def test_counts_that_cannot_be(bad):
    with pytest.raises(ValueError, match=r"1 of counts .*first: label 1 with"):
        class_balanced_weights([2, bad], 10)


@pytest.mark.parametrize(("counts", "n"), [([[1, 2]], 3), ([1, 2], [3, 3, 3])])
def test_shapes_that_do_not_fit(counts, n):
    with pytest.raises(ValueError, match=r"counts must have shape \(n_labels,\)"):
        class_balanced_weights(counts, n)


@pytest.mark.parametrize("beta", [1.0, -0.1])
def test_beta_out_of_range(beta):
    with pytest.raises(OptionError, match=r"beta must be in \[0, 1\)"):
        class_balanced_weights([1], 2, beta=beta)
