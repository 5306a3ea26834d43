"""Pairs that differ from chance."""

from __future__ import annotations

import numpy as np
import pytest

from mlkit.description import label_pairs
from mlkit.description.significant_pairs import significant_pairs


def test_the_strongest_first_whatever_their_sign():
    rng = np.random.default_rng(0)
    first = rng.integers(0, 2, 400)
    noisy = np.where(rng.random(400) < 0.2, 1 - first, first)
    Y = np.stack([first, noisy, 1 - first, rng.integers(0, 2, 400)], axis=1)
    found = significant_pairs(label_pairs(Y))
    assert list(found.index) == [(0, 2), (0, 1), (1, 2)]
    assert (found["phi"] > 0).tolist() == [False, True, False]


def test_the_level_is_shared_among_the_pairs():
    # phi = 0.3 of 100 rows: chi2 = 9, p = 0.0027; of one pair, of two, and of four.
    pairs = label_pairs([[1, 1]] * 65 + [[1, 0]] * 35 + [[0, 1]] * 35 + [[0, 0]] * 65)
    assert pairs["p_value"].iloc[0] == pytest.approx(0.0000219, rel=0.02)
    shared = pairs.loc[pairs.index.repeat(500)]
    assert (len(significant_pairs(pairs)), len(significant_pairs(shared))) == (1, 0)
    assert len(significant_pairs(shared, level=0.05)) == 500


def test_independent_labels_have_none():
    Y = np.random.default_rng(1).integers(0, 2, (500, 12))
    assert len(significant_pairs(label_pairs(Y))) == 0


def test_one_row_is_no_pair_and_an_absence_needs_an_expectation():
    once = np.zeros((1000, 3), dtype=int)
    once[0, :2] = 1
    assert len(significant_pairs(label_pairs(once))) == 0
    assert len(significant_pairs(label_pairs(once), min_rows=1)) == 1
    # 100 and 100 of 1 000 rows that never meet: 10 are expected.
    apart = np.zeros((1000, 2), dtype=int)
    apart[:100, 0], apart[100:200, 1] = 1, 1
    assert significant_pairs(label_pairs(apart))["count"].tolist() == [0]


def test_constant_labels_are_in_no_pair():
    assert len(significant_pairs(label_pairs([[1, 1], [1, 0]] * 20))) == 0


@pytest.mark.parametrize("options", [{"level": 1.0}, {"min_rows": -1}], ids=str)
def test_numbers_out_of_range(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        significant_pairs(label_pairs([[1, 1]]), **options)
