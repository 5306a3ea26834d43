from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlkit.description import irlbl, scumble
from mlkit.resampling.ratios import (
    imbalance_ratios,
    is_minority,
    mean_ratio,
    row_scumble,
)

LABELS = arrays(np.int8, (7, 4), elements=st.integers(0, 1))


def test_figures_by_hand():
    counts = np.array([12, 6, 3, 0])

    assert imbalance_ratios(counts).tolist() == [1, 2, 4, np.inf]
    assert mean_ratio(counts) == pytest.approx(7 / 3)
    assert is_minority(counts).tolist() == [False, False, True, False]


def test_no_positive_at_all():
    counts = np.zeros(2, dtype=int)

    assert mean_ratio(counts) == 1
    assert not is_minority(counts).any()


@given(LABELS)
def test_figures_agree_with_the_description(Y):
    np.testing.assert_allclose(imbalance_ratios(Y.sum(axis=0)), irlbl(Y))
    np.testing.assert_allclose(row_scumble(sp.csr_array(Y)), scumble(Y))
