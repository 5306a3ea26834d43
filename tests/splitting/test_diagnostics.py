import math

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import KFold

from mlkit.exceptions import IndicatorError, ShapeError
from mlkit.splitting import (
    examples_distribution_error,
    label_distribution_error,
    missing_label_folds,
)

ALL = [label_distribution_error, examples_distribution_error, missing_label_folds]
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

    def test_labels_must_be_binary(self, diagnose):
        with pytest.raises(IndicatorError, match="outside"):
            diagnose(Y * 2, folds_of([0], [1]))
