"""Measures of 2 x 2 tables, against hand computation, scikit-learn and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency
from sklearn.metrics import jaccard_score, matthews_corrcoef, mutual_info_score

from mlkit.description.contingency import PAIR_MEASURES, Contingency

CELLS = st.tuples(*[st.integers(0, 40)] * 4)


def table(both, only_a, only_b, neither):
    """The contingency of one pair, from its four cells."""
    total, first, second = (
        both + only_a + only_b + neither,
        both + only_a,
        both + only_b,
    )
    return Contingency(*(np.array([float(x)]) for x in (total, first, second, both)))


def columns(both, only_a, only_b, neither):
    """Two indicator columns with these cells."""
    repeats = [both, only_a, only_b, neither]
    return np.repeat([1, 1, 0, 0], repeats), np.repeat([1, 0, 1, 0], repeats)


def test_by_hand():
    # 10 rows: 2 with both, 2 with a only, 1 with b only, 5 with none.
    pair = table(2, 2, 1, 5)

    assert pair.count == [2]
    assert pair.expected == pytest.approx(4 * 3 / 10)
    assert pair.conditional == pytest.approx(2 / 4)
    assert pair.reverse_conditional == pytest.approx(2 / 3)
    assert pair.lift == pytest.approx(2 / 1.2)
    assert pair.jaccard == pytest.approx(2 / 5)
    assert pair.phi == pytest.approx((10 * 2 - 4 * 3) / np.sqrt(4 * 6 * 3 * 7))
    assert pair.chi2 == pytest.approx(10 * 8**2 / (4 * 6 * 3 * 7))


def test_equal_and_opposite_labels():
    equal, opposite = table(3, 0, 0, 3), table(0, 3, 3, 0)

    assert (equal.phi, opposite.phi) == (1.0, -1.0)
    assert equal.mutual_information == pytest.approx(1.0)
    assert opposite.mutual_information == pytest.approx(1.0)
    assert (equal.chi2, opposite.chi2) == (6.0, 6.0)


def test_independent_labels():
    pair = table(1, 3, 2, 6)

    assert pair.phi == 0.0
    assert pair.lift == 1.0
    assert pair.p_value == 1.0
    assert pair.mutual_information == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize("cells", [(1, 0, 2, 0), (1, 2, 0, 0), (7, 0, 42, 0)])
def test_a_constant_label_tells_nothing_in_spite_of_rounding(cells):
    assert table(*cells).mutual_information == 0


@given(CELLS.filter(any))
def test_against_scikit_learn(cells):
    pair = table(*cells)
    a, b = columns(*cells)
    information = mutual_info_score(a, b) / np.log(2)

    assert pair.mutual_information == pytest.approx(information, abs=1e-12)
    assert 0 <= pair.mutual_information <= 1 + 1e-12
    if a.any() or b.any():
        assert pair.jaccard == pytest.approx(jaccard_score(a, b))
    if 0 < a.mean() < 1 and 0 < b.mean() < 1:
        assert pair.phi == pytest.approx(matthews_corrcoef(a, b), abs=1e-12)


@given(CELLS)
def test_against_scipy(cells):
    both, only_a, only_b, neither = cells
    observed = np.array([[both, only_a], [only_b, neither]])
    pair = table(*cells)
    if not (observed.sum(axis=0).all() and observed.sum(axis=1).all()):
        assert np.isnan(pair.chi2)
        assert np.isnan(pair.p_value)
        return

    expected = chi2_contingency(observed, correction=False)

    assert pair.chi2 == pytest.approx(expected.statistic, rel=1e-9, abs=1e-9)
    assert pair.p_value == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-9)
    assert pair.expected == pytest.approx(expected.expected_freq[0, 0])


@pytest.mark.parametrize(
    "name", ["count", "expected", "lift", "jaccard", "phi", "chi2"]
)
@given(cells=CELLS)
def test_the_order_of_the_two_does_not_matter(name, cells):
    both, only_a, only_b, neither = cells

    here = getattr(table(*cells), name)
    there = getattr(table(both, only_b, only_a, neither), name)

    np.testing.assert_allclose(here, there)


@given(CELLS)
def test_conditional_shares_change_place_with_the_labels(cells):
    both, only_a, only_b, neither = cells

    here, there = table(*cells), table(both, only_b, only_a, neither)

    np.testing.assert_array_equal(here.conditional, there.reverse_conditional)


def test_constant_labels():
    never = table(0, 0, 4, 6)

    for name in ("conditional", "lift", "phi", "chi2", "p_value"):
        assert np.isnan(getattr(never, name)), name
    assert never.reverse_conditional == 0.0
    assert never.mutual_information == 0.0
    assert never.jaccard == 0.0


def test_no_rows():
    nothing = table(0, 0, 0, 0)

    assert nothing.count == [0]
    undefined = set(PAIR_MEASURES) - {"count"}
    assert all(np.isnan(getattr(nothing, name)) for name in undefined)


def test_large_counts_do_not_overflow():
    n = 4_000_000_000  # n^2 is beyond int64

    pair = table(n, 0, 0, n)

    assert pair.phi == 1.0
    assert pair.expected == n / 2


def test_shapes_broadcast():
    first, second = np.array([[2.0], [4.0]]), np.array([[1.0, 2.0, 4.0]])

    pairs = Contingency(np.array(8.0), first, second, np.ones((2, 3)))

    for name in PAIR_MEASURES:
        assert np.broadcast_shapes(getattr(pairs, name).shape, (2, 3)) == (2, 3), name
