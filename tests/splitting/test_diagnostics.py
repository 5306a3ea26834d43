import math

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import KFold
from skmultilearn.model_selection import measures as skmultilearn_measures

from mlkit.exceptions import IndicatorError, ShapeError
from mlkit.splitting import (
    examples_distribution_error,
    label_distribution_error,
    label_pair_distribution_error,
    missing_label_folds,
    missing_pair_folds,
)

ALL = [
    label_distribution_error,
    label_pair_distribution_error,
    examples_distribution_error,
    missing_label_folds,
    missing_pair_folds,
]
Y = np.array([[1, 0], [1, 0], [1, 1], [0, 0], [0, 0], [0, 0]])


def folds_of(*tests):
    """Pairs of train and test rows from the test rows; train is not looked at."""
    return [(None, test) for test in tests]


def test_label_distribution_error_by_hand():
    # Odds in all rows: 3/3 and 1/5. In the folds: 2/1 and 1/2; 0/3 and 1/2.
    folds = folds_of([0, 1, 3], [2, 4, 5])
    first = (abs(2 - 1) + abs(1 / 2 - 1)) / 2
    second = (abs(0 - 1 / 5) + abs(1 / 2 - 1 / 5)) / 2
    expected = (first + second) / 2
    assert label_distribution_error(Y, folds) == pytest.approx(expected)


def test_examples_distribution_error_by_hand():
    # Sizes 1, 2 and 3; wanted 2 each.
    folds = folds_of([0], [1, 2], [3, 4, 5])
    assert examples_distribution_error(Y, folds) == pytest.approx(2 / 3)


def test_missing_label_folds_by_hand():
    assert missing_label_folds(Y, folds_of([0, 1, 2], [3, 4, 5])) == 2
    assert missing_label_folds(Y, folds_of([0, 2, 3], [1, 4, 5])) == 1


def test_label_pair_distribution_error_by_hand():
    # One pair occurs, in row 2 only: odds 1/5 in all rows, 0 and 1/2 in the folds.
    folds = folds_of([0, 1, 3], [2, 4, 5])
    expected = (abs(0 - 1 / 5) + abs(1 / 2 - 1 / 5)) / 2
    assert label_pair_distribution_error(Y, folds) == pytest.approx(expected)


def test_missing_pair_folds_by_hand():
    assert missing_pair_folds(Y, folds_of([0, 1, 3], [2, 4, 5])) == 1
    assert missing_pair_folds(Y, folds_of([2, 1, 3], [2, 4, 5])) == 0


def test_no_pair_is_nan():
    folds = folds_of([0, 1], [2])
    assert math.isnan(label_pair_distribution_error(np.eye(3), folds))
    assert missing_pair_folds(np.eye(3), folds) == 0


def test_agrees_with_scikit_multilearn():
    rng = np.random.default_rng(0)
    labels = (rng.random((40, 5)) < 0.4).astype(int)
    folds = list(KFold(3).split(labels))
    tests = [test.tolist() for _, test in folds]
    single = skmultilearn_measures.label_combination_distribution(labels, tests, 1)
    assert label_distribution_error(labels, folds) == pytest.approx(single)
    # Its order 2 is a mean over pairs and single labels together.
    n_pairs = np.triu(labels.T @ labels, 1).astype(bool).sum()
    both = skmultilearn_measures.label_combination_distribution(labels, tests, 2)
    pairs = (both * (n_pairs + 5) - single * 5) / n_pairs
    assert label_pair_distribution_error(labels, folds) == pytest.approx(pairs)
    missing = skmultilearn_measures.folds_label_combination_pairs_without_evidence
    assert missing_pair_folds(labels, folds) + missing_label_folds(
        labels, folds
    ) == missing(labels, tests, 2)


def test_folds_alike_have_no_error():
    twice = np.vstack([Y, Y])
    folds = folds_of(range(6), range(6, 12))
    assert label_distribution_error(twice, folds) == 0.0
    assert examples_distribution_error(twice, folds) == 0.0
    assert missing_label_folds(twice, folds) == 0


def test_label_in_every_row_of_a_fold_has_infinite_odds():
    assert label_distribution_error(Y, folds_of([0, 1, 2], [3, 4, 5])) == math.inf


def test_label_in_all_rows_is_left_out():
    with_constant = np.hstack([Y, np.ones((6, 1))])
    folds = folds_of([0, 1, 3], [2, 4, 5])
    expected = label_distribution_error(Y, folds)
    assert label_distribution_error(with_constant, folds) == expected


def test_nothing_to_compare_is_nan():
    assert math.isnan(label_distribution_error(np.ones((4, 2)), folds_of([0], [1])))


def test_label_in_no_row_adds_nothing():
    with_empty = np.hstack([Y, np.zeros((6, 1))])
    folds = folds_of([0, 1, 3], [2, 4, 5])
    expected = label_distribution_error(Y, folds) * 2 / 3
    assert label_distribution_error(with_empty, folds) == pytest.approx(expected)
    assert missing_label_folds(with_empty, folds) == missing_label_folds(Y, folds) + 2


@given(seed=st.integers(0, 1000), k=st.integers(2, 5))
def test_agrees_with_the_formula_term_by_term(seed, k):
    rng = np.random.default_rng(seed)
    labels = (rng.random((30, 4)) < 0.3).astype(int)
    labels[0] = 0  # so that no label stands in all rows
    folds = list(KFold(k, shuffle=True, random_state=seed).split(labels))
    terms = []
    for i in range(4):
        all_odds = labels[:, i].sum() / (30 - labels[:, i].sum())
        for _, test in folds:
            inside = labels[test, i].sum()
            outside = len(test) - inside
            odds = inside / outside if outside else math.inf
            terms.append(abs(odds - all_odds))
    assert label_distribution_error(labels, folds) == pytest.approx(np.mean(terms))


@pytest.mark.parametrize("diagnose", ALL)
@pytest.mark.parametrize("container", [pd.DataFrame, sp.csr_array])
def test_containers_do_not_matter(diagnose, container):
    folds = folds_of([0, 1, 3], [2, 4, 5])
    assert diagnose(container(Y), folds) == diagnose(Y, folds)


@pytest.mark.parametrize("diagnose", ALL)
class TestFolds:
    def test_an_iterator_is_read_once(self, diagnose):
        cv = KFold(2)
        assert diagnose(Y, cv.split(Y)) == diagnose(Y, list(cv.split(Y)))

    def test_a_used_up_iterator_is_refused(self, diagnose):
        with pytest.raises(ShapeError, match=r"Got 0 folds.*only once"):
            diagnose(Y, iter([]))

    def test_an_empty_fold_is_refused(self, diagnose):
        with pytest.raises(ShapeError, match=r"Got 2 folds, of which 1 have no row"):
            diagnose(Y, folds_of([0, 1], []))

    def test_rows_must_be_those_of_the_labels(self, diagnose):
        with pytest.raises(ShapeError, match=r"Rows 0 to 6.*Y has 6"):
            diagnose(Y, folds_of([0, 6], [1]))
        with pytest.raises(ShapeError, match=r"Rows -1 to 0"):
            diagnose(Y, folds_of([0, -1], [1]))

    def test_masks_are_rows_too(self, diagnose):
        mask = np.array([True, True, False, True, False, False])
        assert diagnose(Y, folds_of(mask, ~mask)) == diagnose(
            Y, folds_of([0, 1, 3], [2, 4, 5])
        )

    def test_unknown_labels_count_as_absent(self, diagnose):
        unknown = Y.astype(float)
        unknown[3:, 0] = np.nan
        folds = folds_of([0, 1, 3], [2, 4, 5])
        assert diagnose(unknown, folds) == diagnose(Y, folds)

    def test_labels_must_be_binary(self, diagnose):
        with pytest.raises(IndicatorError, match="outside"):
            diagnose(Y * 2, folds_of([0], [1]))
