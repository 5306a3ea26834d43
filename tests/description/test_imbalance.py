"""Imbalance of labels and SCUMBLE, by hand and by invariants."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import gmean

from mlkit.description.imbalance import imr, irlbl, label_scumble, scumble
from mlkit.exceptions import IndicatorError

# Counts 4, 2, 1, 0 of five rows; the last row is empty.
Y = np.array([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]])
INDICATORS = hnp.arrays(
    np.int8,
    st.tuples(st.integers(1, 12), st.integers(1, 5)),
    elements=st.integers(0, 1),
)
MEASURES = [irlbl, imr, scumble, label_scumble]


def test_irlbl_by_hand():
    assert irlbl(Y).tolist() == [1.0, 2.0, 4.0, np.inf]


def test_imr_by_hand():
    assert imr(Y).tolist() == [4.0, 1.5, 4.0, np.inf]


def test_imr_of_a_label_that_stands_in_every_row():
    assert imr([[1], [1]]).tolist() == [np.inf]


def test_scumble_by_hand():
    # Row 0: IRLbl 1, 2, 4: geometric mean 2, arithmetic 7/3. Row 1: sqrt(2) and 3/2.
    expected = [1 - 2 / (7 / 3), 1 - np.sqrt(2) / 1.5, 0.0, 0.0, 0.0]

    np.testing.assert_allclose(scumble(Y), expected, rtol=1e-14)


def test_scumble_of_one_label_is_exactly_zero():
    labels = np.eye(7, dtype=int)[[0] * 3 + [1] * 7 + [2] * 11]

    assert (scumble(labels) == 0.0).all()


def test_label_scumble_by_hand():
    first, second = 1 - 2 / (7 / 3), 1 - np.sqrt(2) / 1.5

    expected = [(first + second) / 4, (first + second) / 2, first, 0.0]
    np.testing.assert_allclose(label_scumble(Y), expected, rtol=1e-14)


def test_names_are_kept():
    frame = pd.DataFrame(Y, columns=list("abcd"), index=list("vwxyz"))

    for measure in (irlbl, imr, label_scumble):
        assert measure(frame).index.tolist() == ["a", "b", "c", "d"]
    assert scumble(frame).index.tolist() == ["v", "w", "x", "y", "z"]


@pytest.mark.parametrize("measure", MEASURES)
def test_sparse_labels_give_the_same(measure):
    pd.testing.assert_series_equal(measure(Y), measure(sp.csr_array(Y)))


@given(INDICATORS)
def test_scumble_is_one_minus_geometric_by_arithmetic_mean(labels):
    ratios = irlbl(labels).to_numpy()
    rows = scumble(labels)

    for row, got in zip(labels, rows, strict=True):
        active = ratios[row == 1]
        expected = 1 - gmean(active) / active.mean() if len(active) else 0.0
        assert got == pytest.approx(expected, abs=1e-12)
        assert 0 <= got < 1


@pytest.mark.parametrize("measure", MEASURES)
@given(labels=INDICATORS)
def test_rows_that_are_all_doubled_change_nothing(measure, labels):
    doubled = measure(np.vstack([labels, labels]))

    np.testing.assert_allclose(
        doubled[: len(measure(labels))], measure(labels), atol=1e-12
    )


@given(INDICATORS, st.randoms(use_true_random=False))
def test_the_order_of_labels_does_not_matter(labels, random):
    order = list(range(labels.shape[1]))
    random.shuffle(order)

    for measure in (irlbl, imr, label_scumble):
        expected = measure(labels).to_numpy()[order]
        np.testing.assert_allclose(measure(labels[:, order]), expected, atol=1e-12)
    np.testing.assert_allclose(scumble(labels[:, order]), scumble(labels), atol=1e-12)


def test_unknown_cells():
    # Label 0: one positive of two known rows; label 1 is unknown everywhere.
    labels = np.array([[1.0, np.nan], [0.0, np.nan], [np.nan, np.nan]])

    np.testing.assert_array_equal(irlbl(labels), [1.0, np.inf])
    np.testing.assert_array_equal(imr(labels), [1.0, np.nan])
    np.testing.assert_array_equal(scumble(labels), [0.0, 0.0, 0.0])


def test_no_rows_and_no_labels():
    assert irlbl(np.zeros((0, 2))).tolist() == [np.inf, np.inf]
    assert len(scumble(np.zeros((0, 2)))) == 0
    assert len(irlbl(np.zeros((3, 0)))) == 0
    assert scumble(np.zeros((3, 0))).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("measure", MEASURES)
def test_what_is_no_label_matrix_is_refused(measure):
    with pytest.raises(IndicatorError, match="outside"):
        measure([[2]])
