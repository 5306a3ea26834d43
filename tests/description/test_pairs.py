"""Tables and matrices of label pairs, against loops over the pairs."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import chi2_contingency
from sklearn.metrics import matthews_corrcoef, mutual_info_score

import mlkit
from mlkit.description import pairs
from mlkit.description.contingency import PAIR_MEASURES
from mlkit.description.pairs import dependent_pairs, label_pairs, pair_matrix
from mlkit.exceptions import IndicatorError, TooManyLabelsError, UnknownNameError

NAMES = ["sea", "sun", "fog"]
Y = pd.DataFrame([[1, 1, 0], [1, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 0]], columns=NAMES)
CELLS = st.sampled_from([0.0, 1.0, np.nan])
SHAPES = st.tuples(st.integers(1, 10), st.integers(2, 5))
SYMMETRIC = [name for name in PAIR_MEASURES if name != "conditional"]


def random_labels(n_samples=60, n_labels=7, share=0.3, seed=0):
    random = np.random.default_rng(seed)
    return (random.random((n_samples, n_labels)) < share).astype(int)


def test_table_by_hand():
    table = label_pairs(Y)

    assert list(table.index) == [("sea", "sun"), ("sea", "fog"), ("sun", "fog")]
    assert table["count"].tolist() == [2, 0, 0]
    assert table["count"].dtype == np.int64
    assert table["expected"].tolist() == pytest.approx([1.2, 0.6, 0.4])
    assert table["p_b_given_a"].tolist() == pytest.approx([2 / 3, 0, 0])
    assert table["p_a_given_b"].tolist() == pytest.approx([1, 0, 0])
    assert table["lift"].tolist() == pytest.approx([5 / 3, 0, 0])
    assert table["jaccard"].tolist() == pytest.approx([2 / 3, 0, 0])
    assert table["phi"].iloc[0] == pytest.approx((5 * 2 - 3 * 2) / 6)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_against_a_loop_over_the_pairs(share):
    labels = random_labels(share=share)
    table = label_pairs(labels)

    assert len(table) == 21
    for (a, b), row in table.iterrows():
        first, second = labels[:, a], labels[:, b]
        information = mutual_info_score(first, second) / np.log(2)
        assert row["count"] == (first & second).sum()
        assert row["mutual_information"] == pytest.approx(information, abs=1e-12)
        if 0 < first.mean() < 1 and 0 < second.mean() < 1:
            crossed = pd.crosstab(first, second)
            expected = chi2_contingency(crossed, correction=False)
            assert row["phi"] == pytest.approx(matthews_corrcoef(first, second))
            assert row["chi2"] == pytest.approx(expected.statistic)
            assert row["p_value"] == pytest.approx(expected.pvalue)


@settings(max_examples=60)
@given(hnp.arrays(np.float64, SHAPES, elements=CELLS))
def test_a_pair_looks_at_the_rows_in_which_both_are_known(labels):
    table = label_pairs(labels, min_count=0)

    for a, b in combinations(range(labels.shape[1]), 2):
        pair = labels[:, [a, b]]
        alone = label_pairs(pair[~np.isnan(pair).any(axis=1)], min_count=0)
        np.testing.assert_allclose(
            table.loc[(a, b)], alone.iloc[0], rtol=1e-12, atol=1e-12
        )


@pytest.mark.parametrize("measure", PAIR_MEASURES)
def test_matrices_agree_with_the_table(measure):
    labels = random_labels()
    labels[3, :] = 1
    column = "p_b_given_a" if measure == "conditional" else measure

    matrix = pair_matrix(labels, measure)

    table = label_pairs(labels)
    got = [matrix.loc[pair] for pair in table.index]
    np.testing.assert_allclose(got, table[column], rtol=1e-12)


@pytest.mark.parametrize("measure", SYMMETRIC)
def test_matrices_are_symmetric(measure):
    matrix = pair_matrix(random_labels(), measure).to_numpy()

    np.testing.assert_allclose(matrix, matrix.T, rtol=1e-12)


def test_conditional_shares_are_read_along_the_row():
    matrix = pair_matrix(Y, "conditional")

    assert matrix.loc["sea", "sun"] == pytest.approx(2 / 3)
    assert matrix.loc["sun", "sea"] == 1.0


def test_the_diagonal_is_the_label_with_itself():
    labels = random_labels()
    labels[:, 0] = 0
    counts = labels.sum(axis=0)
    diagonals = {name: np.diag(pair_matrix(labels, name)) for name in PAIR_MEASURES}

    assert diagonals["count"].tolist() == counts.tolist()
    assert np.isnan(diagonals["phi"][0])
    np.testing.assert_allclose(diagonals["phi"][1:], 1.0)
    np.testing.assert_allclose(diagonals["chi2"][1:], len(labels))
    share = counts[1:] / len(labels)
    entropy = -share * np.log2(share) - (1 - share) * np.log2(1 - share)
    assert diagonals["mutual_information"][0] == 0.0
    np.testing.assert_allclose(diagonals["mutual_information"][1:], entropy)


def test_phi_is_the_correlation_matrix():
    labels = random_labels()

    np.testing.assert_allclose(pair_matrix(labels), np.corrcoef(labels.T), atol=1e-12)


@pytest.mark.parametrize("size", [1, 3, 7])
def test_blocks_do_not_show(monkeypatch, size):
    labels = random_labels().astype(float)
    labels[::4, 2] = labels[::5, 6] = np.nan
    whole = label_pairs(labels), pair_matrix(labels), dependent_pairs(labels)

    monkeypatch.setattr(pairs, "_BLOCK", size)

    pd.testing.assert_frame_equal(label_pairs(labels), whole[0])
    pd.testing.assert_frame_equal(pair_matrix(labels), whole[1])
    assert dependent_pairs(labels) == whole[2]


@pytest.mark.parametrize("min_count", [None, 0, 1, 5])
def test_sparse_labels_give_the_same(min_count):
    labels = random_labels()

    dense = label_pairs(labels, min_count=min_count)
    sparse = label_pairs(sp.csr_array(labels), min_count=min_count)

    pd.testing.assert_frame_equal(dense, sparse)


def test_counts_beyond_127_do_not_overflow():
    labels = sp.csr_array(np.ones((300, 2), dtype=np.int8))

    assert label_pairs(labels)["count"].tolist() == [300]
    assert pair_matrix(labels, "count").to_numpy().tolist() == [[300, 300], [300, 300]]


def test_pairs_are_ordered_by_count_and_column():
    labels = random_labels(n_labels=9, share=0.5)

    table = label_pairs(labels).reset_index()

    keys = list(zip(-table["count"], table["a"], table["b"], strict=True))
    assert keys == sorted(keys)
    assert (table["a"] < table["b"]).all()


def test_min_count_leaves_out_rarer_pairs():
    labels = random_labels()
    table = label_pairs(labels, min_count=0)

    for least in (1, 4):
        expected = table[table["count"] >= least]
        pd.testing.assert_frame_equal(label_pairs(labels, min_count=least), expected)


def test_beyond_100_labels_only_pairs_that_occur_are_listed():
    labels = np.zeros((2, 101), dtype=int)
    labels[0, [3, 50]] = 1

    assert list(label_pairs(labels).index) == [(3, 50)]
    assert len(label_pairs(labels[:, :100])) == 100 * 99 / 2


def test_labels_can_be_picked():
    table = label_pairs(Y, labels=["fog", "sea"])
    matrix = pair_matrix(Y, "count", labels=["fog", "sea"])

    assert list(table.index) == [("fog", "sea")]
    assert matrix.index.tolist() == matrix.columns.tolist() == ["fog", "sea"]
    assert matrix.to_numpy().tolist() == [[1, 0], [0, 3]]


def test_dependent_pairs_by_hand():
    # a and b are equal in 20 rows (chi2 = 20), c is independent of both, d constant.
    block = np.array([[1, 1, 1, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]])

    assert dependent_pairs(np.tile(block, (5, 1))) == pytest.approx(1 / 6)


@pytest.mark.parametrize("level", [0.01, 0.2, 0.9])
def test_dependent_pairs_are_those_below_the_level(level):
    labels = random_labels(n_labels=20)

    expected = (label_pairs(labels)["p_value"] < level).mean()

    assert dependent_pairs(labels, level=level) == pytest.approx(expected)


def test_dependent_pairs_need_two_labels():
    assert np.isnan(dependent_pairs([[1], [0]]))


@pytest.mark.parametrize("n_labels", [0, 1])
def test_without_pairs(n_labels):
    labels = np.ones((3, n_labels), dtype=int)

    assert label_pairs(labels).shape == (0, 10)
    assert pair_matrix(labels).shape == (n_labels, n_labels)


def test_too_many_labels_are_refused():
    wide = sp.csr_array((2, 5001), dtype=np.int8)

    with pytest.raises(
        TooManyLabelsError, match="at most 5000 labels.* there are 5001"
    ):
        pair_matrix(wide)
    with pytest.raises(TooManyLabelsError, match="at most 2000 labels.*min_count=1"):
        label_pairs(wide, min_count=0)
    assert pair_matrix(wide, labels=[0, 5000]).shape == (2, 2)
    assert len(label_pairs(wide)) == 0


def test_wrong_arguments():
    with pytest.raises(UnknownNameError, match="Unknown label 'snow'"):
        label_pairs(Y, labels=["snow", "sea"])
    with pytest.raises(UnknownNameError, match="Did you mean 'phi'"):
        pair_matrix(Y, "phy")
    with pytest.raises(ValueError, match="min_count must be 0"):
        label_pairs(Y, min_count=-1)
    with pytest.raises(ValueError, match="level must lie between 0 and 1, got 1"):
        dependent_pairs(Y, level=1)
    for function in (label_pairs, pair_matrix, dependent_pairs):
        with pytest.raises(IndicatorError, match="outside"):
            function([[2, 0]])


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
@pytest.mark.parametrize("name", ["emotions", "yeast", "flags-mulan"])
def test_real_labels_against_numpy(name):
    ds = mlkit.load(name)
    correlations = np.corrcoef(ds.Y.to_numpy().T)

    np.testing.assert_allclose(pair_matrix(ds), correlations, atol=1e-12)
    upper = np.triu_indices(ds.n_labels, 1)
    share = (ds.n_samples * correlations[upper] ** 2 > 6.635).mean()
    assert dependent_pairs(ds) == pytest.approx(share)
