from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlkit.description import irlbl
from mlkit.resampling.ratios import is_minority, mean_ratio

LABELS = arrays(np.int8, (7, 4), elements=st.integers(0, 1))


def test_figures_by_hand():
    counts = np.array([12, 6, 3, 0])

    assert mean_ratio(counts) == pytest.approx(7 / 3)
    assert is_minority(counts).tolist() == [False, False, True, False]


def test_no_positive_at_all():
    counts = np.zeros(2, dtype=int)

    assert mean_ratio(counts) == 1
    assert not is_minority(counts).any()


@given(LABELS)
def test_minority_is_what_the_description_says(Y):
    ratios = irlbl(Y)
    finite = ratios[np.isfinite(ratios)]
    expected = np.isfinite(ratios) & (ratios > finite.mean())

    assert is_minority(Y.sum(axis=0)).tolist() == expected.tolist()
