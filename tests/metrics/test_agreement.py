"""Specificity, balanced accuracy, G-mean, harmonic score, MCC and kappa."""

import warnings

import numpy as np
import pytest
import sklearn.metrics as skm
from hypothesis import given

from mlkit.metrics import (
    balanced_accuracy_score,
    f1_score,
    gmean_score,
    harmonic_score,
    kappa_score,
    mcc_score,
    precision_score,
    recall_score,
    specificity_score,
)

from .cases import NAN, few, label_pairs, several_pairs, some

AVERAGES = {
    "example": "samples",
    "micro": "micro",
    "macro": "macro",
}
SINGLE_LABEL = {
    "mcc": (mcc_score, skm.matthews_corrcoef),
    "kappa": (kappa_score, skm.cohen_kappa_score),
    "balanced accuracy": (balanced_accuracy_score, skm.balanced_accuracy_score),
}


@pytest.mark.parametrize("average", AVERAGES)
@pytest.mark.parametrize("zero_division", [0.0, 1.0, NAN])
@few
@given(pair=several_pairs)
def test_specificity_is_recall_of_the_flipped_matrices(average, zero_division, pair):
    flipped = [1 - part for part in pair]
    expected = skm.recall_score(
        *flipped, average=AVERAGES[average], zero_division=zero_division
    )
    found = specificity_score(*pair, average=average, zero_division=zero_division)
    assert found == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(("ours", "theirs"), SINGLE_LABEL.values(), ids=SINGLE_LABEL)
@some
@given(pair=label_pairs)
def test_each_label_is_that_of_scikit_learn(ours, theirs, pair):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of labels with one value
        columns = zip(*(part.T for part in pair), strict=True)
        expected = [theirs(y, z) for y, z in columns]
    found = ours(*pair, average=None)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    kept = [value for value in expected if not np.isnan(value)]
    mean = np.mean(kept) if kept else NAN
    macro = ours(*pair, average="macro")
    assert macro == pytest.approx(mean, nan_ok=True, abs=1e-12)


@pytest.mark.parametrize(("ours", "theirs"), SINGLE_LABEL.values(), ids=SINGLE_LABEL)
def test_scikit_learn_refuses_label_matrices(ours, theirs):
    Y = [[1, 0], [0, 1]]
    with pytest.raises(ValueError, match="(not supported|multilabel-indicator)"):
        theirs(np.array(Y), np.array(Y))
    assert ours(Y, Y, average="macro") == 1.0


@some
@given(pair=label_pairs)
def test_micro_mcc_and_kappa_are_those_of_all_cells(pair):
    cells = [part.ravel() for part in pair]
    if len(np.unique(cells)) > 1:  # scikit-learn warns of one value
        for ours, theirs in (SINGLE_LABEL["mcc"], SINGLE_LABEL["kappa"]):
            expected = theirs(*cells)
            assert ours(*pair, average="micro") == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("average", ["example", "macro", "micro"])
@some
@given(pair=label_pairs)
def test_means_of_recall_and_specificity(average, pair):
    options = {"average": average, "zero_division": "match"}
    balanced = balanced_accuracy_score(*pair, **options)
    assert harmonic_score(*pair, **options) <= gmean_score(*pair, **options) + 1e-12
    assert gmean_score(*pair, **options) <= balanced + 1e-12
    recall, specificity = (
        f(*pair, **options) for f in (recall_score, specificity_score)
    )
    assert balanced == pytest.approx((recall + specificity) / 2)


def test_balanced_accuracy_of_a_constant_prediction_is_one_half():
    rng = np.random.default_rng(0)
    Y = (rng.random((50, 4)) < 0.2).astype(int)
    for constant in (np.zeros_like(Y), np.ones_like(Y)):
        assert balanced_accuracy_score(Y, constant, average="macro") == 0.5
        assert mcc_score(Y, constant, average="macro") == 0.0
        assert kappa_score(Y, constant, average="macro") == pytest.approx(0.0)
        assert gmean_score(Y, constant, average="macro") == 0.0


def test_balanced_accuracy_of_one_value_is_the_accuracy_on_it():
    # Label 0 is never there, label 1 always is.
    found = balanced_accuracy_score([[0, 1]] * 4, [[0, 1]] * 3 + [[1, 0]], average=None)
    assert found.tolist() == [0.75, 0.75]


def test_mulan_takes_each_half_by_its_own_rule():
    # Recall of a label that is absent: 1 if it is never predicted, else 0.
    Y, predicted = [[0, 0]] * 4, [[0, 1], [0, 0], [0, 0], [0, 0]]
    found = balanced_accuracy_score(Y, predicted, average=None, convention="mulan")
    assert found.tolist() == [1.0, 0.75 / 2]
    found = gmean_score(Y, predicted, average=None, convention="mulan")
    assert found.tolist() == [1.0, 0.0]


def test_specificity_in_mulan():
    # All there: 1 if all is predicted, else 0.
    options = {"average": "example", "convention": "mulan"}
    assert specificity_score([[1, 1]], [[1, 1]], **options) == 1.0
    assert specificity_score([[1, 1]], [[1, 0]], **options) == 0.0
    assert specificity_score([[1, 1]], [[1, 1]], average="example") == 0.0


def test_harmonic_score_of_meka_row_by_row():
    Y = [[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1], [1, 0, 0, 1]]
    predicted = [[1, 0, 0, 0], [0, 1, 1, 1], [0, 0, 0, 1], [1, 1, 1, 1], [1, 0, 0, 1]]
    # 2 * 1/2 * 1 / (3/2); nothing right; one value only, twice: dropped; 1.
    found = harmonic_score(Y, predicted, average="example", convention="meka")
    assert found == pytest.approx((2 / 3 + 0 + 1) / 3)
    assert found.note == "2 of 5 rows undefined"
    assert np.isnan(harmonic_score(Y[2:4], predicted[2:4], average="example"))


@pytest.mark.parametrize("function", [mcc_score, kappa_score])
def test_agreement_beyond_chance_can_be_negative(function):
    Y = np.array([[1, 0], [0, 1]])
    assert function(Y, Y, average="macro") == 1.0
    assert function(Y, 1 - Y, average="macro") == -1.0


@pytest.mark.parametrize("n_rows", [2, 3, 4, 7, 10, 50])
def test_no_rounding_carries_mcc_over_its_ends(n_rows):
    # Label j is there in the first j + 1 rows.
    Y = np.tri(n_rows, n_rows - 1, dtype=int)
    assert mcc_score(Y, Y, average=None).max() <= 1.0
    assert mcc_score(Y, 1 - Y, average=None).min() >= -1.0


@pytest.mark.parametrize("average", [*AVERAGES, "weighted"])
@some
@given(pair=label_pairs)
def test_nothing_leaves_its_range(average, pair):
    for function in (mcc_score, kappa_score):
        value = function(*pair, average=average)
        assert np.isnan(value) or abs(value) < 1 + 1e-12
    for function in (specificity_score, gmean_score, harmonic_score):
        value = function(*pair, average=average)
        assert np.isnan(value) or -1e-12 < value < 1 + 1e-12


def test_only_these_reward_labels_that_are_rightly_absent():
    # The same labels, found and missed, among few others and among many.
    few_others = [[1, 1, 0]], [[1, 0, 1]]
    many_others = [[1, 1] + [0] * 50], [[1, 0, 1] + [0] * 49]
    for function in (precision_score, recall_score, f1_score):
        one, other = (
            function(*pair, average="example") for pair in (few_others, many_others)
        )
        assert one == other
    for function in (specificity_score, mcc_score, kappa_score, gmean_score):
        one, other = (
            function(*pair, average="example") for pair in (few_others, many_others)
        )
        assert one < other
