from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlkit.exceptions import ResamplingWarning
from mlkit.resampling import MLROS, MLRUS
from mlkit.resampling.ratios import is_minority

# Counts 6, 2, 1: IRLbl 1, 3, 6 with mean 10/3; only the last label is in the minority.
Y = np.array([[1, 0, 0]] * 4 + [[1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]])
X = np.arange(len(Y))[:, None]


def test_only_rows_of_the_minority_label_are_repeated():
    sampler = MLROS(share=0.125, random_state=0)
    sampler.fit_resample(X, Y)

    assert sampler.sample_indices_.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 6]


def test_repeating_ends_once_the_label_is_no_longer_in_the_minority():
    # One copy: IRLbl 6 / 2 = 3, not above 10 / 3. The other seven are never made.
    sampler = MLROS(share=1.0, random_state=0)
    _, Y_more = sampler.fit_resample(X, Y)

    assert Y_more.sum(axis=0).tolist() == [6, 2, 2]


def test_minority_labels_take_turns():
    # Counts 20, 1, 1: IRLbl 1, 20, 20 with mean 41/3. Either leaves at 20 / 2 = 10.
    labels = np.zeros((22, 3), dtype=int)
    labels[:20, 0], labels[20, 1], labels[21, 2] = 1, 1, 1
    sampler = MLROS(share=1.0, random_state=0)
    sampler.fit_resample(labels, labels)

    assert sampler.sample_indices_[22:].tolist() == [20, 21]


def test_frequent_labels_that_come_along_are_counted():
    # The rare label lives with the frequent one: 4, 1 -> 5, 2 -> IRLbl 2.5 = MeanIR.
    labels = np.array([[1, 0], [1, 0], [1, 0], [1, 1]])
    _, Y_more = MLROS(share=1.0).fit_resample(labels, labels)

    assert Y_more.sum(axis=0).tolist() == [5, 2]


def test_repeating_reaches_the_share_and_no_more():
    labels = np.zeros((110, 2), dtype=int)
    labels[:100, 0], labels[100:103, 1] = 1, 1
    _, Y_more = MLROS(share=0.02, random_state=1).fit_resample(labels, labels)

    # 2.2 rows are asked for, rounded to 2.
    assert Y_more.sum(axis=0).tolist() == [100, 5]


def test_a_share_of_nothing_changes_nothing():
    for kind in (MLROS, MLRUS):
        _, same = kind(share=0).fit_resample(X, Y)
        np.testing.assert_array_equal(same, Y)


@pytest.mark.parametrize("share", [0.05, 0.25, 0.5])
def test_removal_reaches_the_share_and_protects_the_minority(share):
    labels = np.repeat([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [60, 30, 10], axis=0)
    sampler = MLRUS(share=share, random_state=0)
    _, Y_less = sampler.fit_resample(np.arange(100)[:, None], labels)

    assert len(Y_less) == 100 * (1 - share)
    assert Y_less[:, 2].sum() == 10
    assert (np.diff(sampler.sample_indices_) > 0).all()


def test_where_too_few_rows_are_free_all_of_them_go():
    with pytest.warns(ResamplingWarning, match="left 2 of 3 .*'label_0', 'label_1'"):
        X_less, _ = MLRUS(share=0.95).fit_resample(X, Y)

    assert X_less.tolist() == [[6]]


def test_rows_without_labels_may_be_removed():
    labels = np.array([[0, 0], [0, 0], [1, 1], [1, 1], [1, 1], [1, 0]])
    kept = set()
    for seed in range(20):
        sampler = MLRUS(share=1 / 6, random_state=seed)
        sampler.fit_resample(labels, labels)
        kept.add(tuple(sampler.sample_indices_.tolist()))

    # Rows 2, 3 and 4 carry the rarer label; one of the other three goes.
    assert kept == {(1, 2, 3, 4, 5), (0, 2, 3, 4, 5), (0, 1, 2, 3, 4)}


# The warning about even labels is tested elsewhere; here any labels may come.
@pytest.mark.filterwarnings("ignore::mlkit.exceptions.ResamplingWarning")
@given(
    arrays(np.int8, (12, 4), elements=st.integers(0, 1)),
    st.floats(0, 0.9),
    st.integers(0, 9),
)
def test_copies_are_rare_rows_and_removed_rows_are_not(labels, share, seed):
    rare = labels[:, is_minority(labels.sum(axis=0))].any(axis=1)
    more, less = (kind(share=share, random_state=seed) for kind in (MLROS, MLRUS))
    more.fit_resample(labels, labels)
    less.fit_resample(labels, labels)
    copies = more.sample_indices_[12:]
    removed = np.setdiff1d(np.arange(12), less.sample_indices_)

    assert more.sample_indices_[:12].tolist() == list(range(12))
    assert rare[copies].all()
    assert len(copies) <= round(share * 12)
    assert not rare[removed].any()
    expected = min(round(share * 12), (~rare).sum()) if rare.any() else 0
    assert len(removed) == expected
