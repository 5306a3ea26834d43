"""Precision, recall, F-measure and Jaccard index."""

import numpy as np
import pandas as pd
import pytest
import sklearn.metrics as skm
from hypothesis import given
from hypothesis import strategies as st

from mlkit.exceptions import OptionError
from mlkit.metrics import (
    MetricValue,
    f1_score,
    fbeta_score,
    jaccard_score,
    precision_score,
    recall_score,
    subset_accuracy_score,
)

from .cases import NAN, bits, few, label_pairs, several_pairs, some

AVERAGES = {
    "example": "samples",
    "micro": "micro",
    "macro": "macro",
    "weighted": "weighted",
    None: None,
}
ORACLES = {
    "precision": (precision_score, skm.precision_score, {}),
    "recall": (recall_score, skm.recall_score, {}),
    "f1": (f1_score, skm.f1_score, {}),
    "f2": (fbeta_score, skm.fbeta_score, {"beta": 2.0}),
    "f0.3": (fbeta_score, skm.fbeta_score, {"beta": 0.3}),
    "jaccard": (jaccard_score, skm.jaccard_score, {}),
}
ALL = pytest.mark.parametrize(
    ("function", "options"),
    [(ours, options) for ours, _, options in ORACLES.values()],
    ids=list(ORACLES),
)


def agree(name, average, pair, zero_division):
    ours, theirs, options = ORACLES[name]
    expected = theirs(
        *pair, average=AVERAGES[average], zero_division=zero_division, **options
    )
    found = ours(*pair, average=average, zero_division=zero_division, **options)
    np.testing.assert_allclose(found, expected, atol=1e-12)


# scikit-learn's jaccard_score has no nan.
RULES = pytest.mark.parametrize(
    ("name", "zero_division"),
    [
        (name, rule)
        for name in ORACLES
        for rule in (0.0, 1.0, NAN)
        if name != "jaccard" or rule in (0.0, 1.0)
    ],
)


@RULES
@pytest.mark.parametrize("average", AVERAGES)
@few
@given(pair=several_pairs)
def test_agrees_with_scikit_learn(name, average, zero_division, pair):
    agree(name, average, pair, zero_division)


@RULES
@few
@given(predicted=bits((4, 3)))
def test_weighted_without_a_true_label_agrees_too(name, zero_division, predicted):
    agree(name, "weighted", (np.zeros((4, 3), dtype=int), predicted), zero_division)


@pytest.mark.parametrize("average", ["example", "macro"])
@some
@given(pair=label_pairs)
def test_jaccard_without_undefined_units_is_the_mean_of_the_others(average, pair):
    true, predicted = pair if average == "example" else (pair[0].T, pair[1].T)
    either = (true | predicted).sum(axis=1)
    both = (true & predicted).sum(axis=1)
    expected = np.mean(both[either > 0] / either[either > 0]) if either.any() else NAN
    found = jaccard_score(*pair, average=average, zero_division=NAN)
    assert found == pytest.approx(expected, nan_ok=True)
    assert found.undefined == (either == 0).sum()


@pytest.mark.parametrize("average", ["example", "micro", "macro"])
@some
@given(pair=label_pairs, beta=st.sampled_from([0.25, 1.0, 3.0]))
def test_order_of_the_measures(average, pair, beta):
    jaccard = jaccard_score(*pair, average=average)
    f1 = f1_score(*pair, average=average)
    assert jaccard <= f1 + 1e-12 <= 2 * jaccard + 1e-11
    if average == "micro":
        assert jaccard == pytest.approx(f1 / (2 - f1))
        ends = sorted(
            f(*pair, average=average) for f in (precision_score, recall_score)
        )
        f_beta = fbeta_score(*pair, beta=beta, average=average)
        assert ends[0] - 1e-12 <= f_beta <= ends[1] + 1e-12


@some
@given(pair=label_pairs)
def test_a_row_that_is_right_has_all_of_every_measure(pair):
    right = subset_accuracy_score(*pair)
    for function in (jaccard_score, f1_score, precision_score, recall_score):
        assert right <= function(*pair, average="example", zero_division=1.0) + 1e-12


@pytest.mark.parametrize("average", ["example", "micro", "macro"])
@pytest.mark.parametrize("zero_division", [0.0, NAN, "match"])
@some
@given(pair=label_pairs)
def test_exchanging_truth_and_prediction_exchanges_precision_and_recall(
    average, zero_division, pair
):
    true, predicted = pair
    options = {"average": average, "zero_division": zero_division}
    expected = precision_score(true, predicted, **options)
    found = recall_score(predicted, true, **options)
    assert found == pytest.approx(expected, nan_ok=True, abs=0)
    for symmetric in (f1_score, jaccard_score):
        one, other = symmetric(*pair, **options), symmetric(predicted, true, **options)
        assert one == pytest.approx(other, nan_ok=True, abs=0)


@some
@given(pair=label_pairs)
def test_weighted_recall_is_micro_recall(pair):
    weighted = recall_score(*pair, average="weighted")
    assert weighted == pytest.approx(recall_score(*pair, average="micro"))


@some
@given(pair=label_pairs)
def test_examples_of_the_transpose_are_labels(pair):
    turned = [part.T for part in pair]
    for function in (precision_score, recall_score, f1_score, jaccard_score):
        macro, example = function(*pair, average="macro"), "example"
        assert function(*turned, average=example) == pytest.approx(macro)


def test_example_f1_is_not_the_harmonic_mean_of_the_mean_precision_and_recall():
    true, predicted = [[1, 0, 0], [1, 1, 1]], [[1, 1, 1], [1, 0, 0]]
    precision = precision_score(true, predicted, average="example")
    recall = recall_score(true, predicted, average="example")
    assert 2 * precision * recall / (precision + recall) == pytest.approx(2 / 3)
    assert f1_score(true, predicted, average="example") == pytest.approx(1 / 2)


def test_micro_and_macro_disagree_about_a_rare_label():
    true = np.zeros((10, 2), dtype=int)
    true[:9, 0] = 1
    true[9, 1] = 1
    predicted = np.zeros_like(true)
    predicted[:9, 0] = 1
    assert f1_score(true, predicted, average="micro") == pytest.approx(18 / 19)
    assert f1_score(true, predicted, average="macro") == pytest.approx(1 / 2)
    assert f1_score(true, predicted, average="weighted") == pytest.approx(9 / 10)


def test_f_beta_leans_towards_recall_as_beta_grows():
    true, predicted = [[1, 1, 1, 1, 0]], [[1, 0, 0, 0, 1]]
    betas = (0.01, 0.5, 1, 2, 100)
    found = [fbeta_score(true, predicted, beta=b, average="micro") for b in betas]
    assert found == sorted(found, reverse=True)
    assert found[0] == pytest.approx(1 / 2, abs=1e-3)
    assert found[2] == f1_score(true, predicted, average="micro")
    assert found[-1] == pytest.approx(1 / 4, abs=1e-3)


@pytest.mark.parametrize(
    ("beta", "error", "match"),
    [
        (0, OptionError, "beta must be more than 0, got 0"),
        (-1, OptionError, r"beta must be in \[0, inf\), got -1"),
        (NAN, OptionError, r"beta must be in \[0, inf\), got nan"),
        (np.inf, OptionError, r"beta must be in \[0, inf\), got inf"),
        ("2", TypeError, "beta must be a number, got '2'"),
        (True, TypeError, "beta must be a number, got True"),
    ],
)
def test_beta_is_checked(beta, error, match):
    with pytest.raises(error, match=match):
        fbeta_score([[1]], [[1]], beta=beta, average="micro")


@ALL
def test_each_label_has_its_name(function, options):
    Y = pd.DataFrame([[1, 0], [1, 1]], columns=["calm", "sad"])
    for pair in ((Y, [[1, 1], [0, 1]]), (Y.to_numpy(), Y)):
        found = function(*pair, average=None, **options)
        assert found.index.tolist() == ["calm", "sad"]
        assert found.dtype == np.float64


@ALL
@pytest.mark.parametrize("average", ["example", "micro", "macro", "weighted"])
def test_one_row_one_label(function, options, average):
    assert function([[1]], [[1]], average=average, **options) == 1.0
    wrong = function([[1]], [[0]], average=average, **options)
    assert type(wrong) is MetricValue
    assert wrong == 0.0


@ALL
def test_the_average_must_be_chosen(function, options):
    with pytest.raises(TypeError, match="average"):
        function([[1]], [[1]], **options)
