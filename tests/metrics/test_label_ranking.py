"""AUC and average precision of labels."""

import math
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
import sklearn.metrics as skm
from hypothesis import given
from hypothesis import strategies as st

from mlkit.exceptions import OptionError
from mlkit.metrics import (
    average_precision_score,
    interpolated_average_precision_score,
    label_ranking_average_precision_score,
    ranking_loss,
    roc_auc_score,
)
from mlkit.metrics.label_ranking import ListMean

from .cases import (
    CONVENTION,
    NAN,
    T_SCORES,
    T_TRUE,
    few,
    ranked,
    several_ranked,
    some,
)
from .textbook import area_under_curve, interpolated_precision, mean_precision

AVERAGES = {
    "macro": "macro",
    "weighted": "weighted",
    "micro": "micro",
    "example": "samples",
}
averages = pytest.mark.parametrize("average", AVERAGES)


def of_scikit_learn(function, *arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of labels and rows with one value
        return function(*arguments, **options)


def has_both(labels):
    return labels.any(axis=0) & ~labels.all(axis=0)


class TestAgainstScikitLearn:
    @averages
    @some
    @given(case=several_ranked)
    def test_auc(self, average, case):
        truth = case[0]
        if average == "weighted" and not truth.any():
            # Nothing has weight: scikit-learn gives 0, which is no area at all.
            assert math.isnan(roc_auc_score(*case, average=average))
            return
        expected = of_scikit_learn(skm.roc_auc_score, *case, average=AVERAGES[average])
        found = roc_auc_score(*case, average=average)
        assert found == pytest.approx(expected, nan_ok=True)

    @averages
    @some
    @given(case=several_ranked)
    def test_average_precision(self, average, case):
        expected = of_scikit_learn(
            skm.average_precision_score, *case, average=AVERAGES[average]
        )
        found = average_precision_score(*case, average=average)
        assert found == pytest.approx(expected)

    @pytest.mark.parametrize(
        ("ours", "theirs"),
        [
            (roc_auc_score, skm.roc_auc_score),
            (average_precision_score, skm.average_precision_score),
        ],
    )
    @some
    @given(case=several_ranked)
    def test_each_label(self, ours, theirs, case):
        expected = of_scikit_learn(theirs, *case, average=None)
        np.testing.assert_allclose(ours(*case, average=None), expected)

    @some
    @given(case=several_ranked)
    def test_auc_of_the_labels_that_have_both_values(self, case):
        truth, scores = case
        kept = has_both(truth)
        pairs = zip(truth.T[kept], scores.T[kept], strict=True)
        areas = [skm.roc_auc_score(y, s) for y, s in pairs]
        found = roc_auc_score(truth, scores, average="macro", empty=NAN)
        assert found == pytest.approx(np.mean(areas) if areas else NAN, nan_ok=True)
        assert found.undefined == (~kept).sum()


@pytest.mark.parametrize("ties", ["worst", "first", "last"])
@some
@given(case=ranked)
def test_average_precision_of_each_label_by_the_textbook(ties, case):
    found = average_precision_score(*case, average=None, ties=ties, empty=NAN)
    for value, y, s in zip(found, case[0].T, case[1].T, strict=True):
        expected = mean_precision(y.tolist(), s.tolist(), ties) if y.any() else NAN
        assert value == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("ties", ["worst", "first", "last"])
@some
@given(case=ranked)
def test_interpolated_precision_of_each_label_by_the_textbook(ties, case):
    found = interpolated_average_precision_score(*case, average=None, ties=ties)
    for value, y, s in zip(found, case[0].T, case[1].T, strict=True):
        expected = NAN
        if y.any():
            expected = interpolated_precision(y.tolist(), s.tolist(), ties)
        assert value == pytest.approx(expected, nan_ok=True)


@some
@given(case=ranked)
def test_area_of_each_label_by_the_textbook(case):
    found = roc_auc_score(*case, average=None)
    for value, y, s in zip(found, case[0].T, case[1].T, strict=True):
        expected = area_under_curve(y.tolist(), s.tolist())
        assert value == pytest.approx(expected, nan_ok=True)


@some
@given(case=ranked)
def test_examples_of_the_transpose_are_labels(case):
    turned = [part.T for part in case]
    for function in (roc_auc_score, average_precision_score):
        macro = function(*case, average="macro", empty=NAN)
        example = function(*turned, average="example", empty=NAN)
        assert example == pytest.approx(macro, nan_ok=True)


@some
@given(case=ranked)
def test_what_the_averages_over_rows_are_called_elsewhere(case):
    area = roc_auc_score(*case, average="example", empty=NAN)
    loss = ranking_loss(*case, ties="average", empty=NAN)
    assert area == pytest.approx(1 - loss, nan_ok=True)
    precision = average_precision_score(*case, average="example", empty=1.0)
    assert precision == pytest.approx(label_ranking_average_precision_score(*case))


@pytest.mark.parametrize("transform", [np.exp, lambda s: 3 * s - 7, np.arctan])
@some
@given(case=ranked)
def test_only_the_order_within_a_label_matters(transform, case):
    truth, scores = case
    shifted = transform(scores) + 100 * np.arange(scores.shape[1])
    for function in (
        roc_auc_score,
        average_precision_score,
        interpolated_average_precision_score,
    ):
        expected = function(truth, scores, average=None)
        pd.testing.assert_series_equal(function(truth, shifted, average=None), expected)
    if scores.shape[1] > 1:
        shuffled = shifted[:, ::-1]
        assert roc_auc_score(
            truth[:, ::-1], shuffled, average="macro"
        ) == pytest.approx(roc_auc_score(truth, scores, average="macro"), nan_ok=True)


def test_the_micro_average_compares_scores_of_different_labels():
    # Every label ranks its rows perfectly, on scales of their own.
    truth = np.array([[1, 1], [0, 0]])
    scores = np.array([[0.2, 0.9], [0.1, 0.8]])
    assert roc_auc_score(truth, scores, average="macro") == 1.0
    assert roc_auc_score(truth, scores, average="micro") == 0.75


# By score: true, untrue, true, untrue, true. Precision 1, 2/3 and 3/5.
COLUMN, DESCENDING = [[1], [0], [1], [0], [1]], [[5], [4], [3], [2], [1]]


class TestByHand:
    def test_average_precision(self):
        found = average_precision_score(COLUMN, DESCENDING, average="macro")
        assert found == pytest.approx((1 + 2 / 3 + 3 / 5) / 3)

    def test_interpolated(self):
        # Recall 1/3 is reached by levels 0 to 3 of 9, 2/3 by 4 to 6, 1 by 7 to 9.
        found = interpolated_average_precision_score(
            COLUMN, DESCENDING, average="macro"
        )
        assert found == pytest.approx((4 * 1 + 3 * 2 / 3 + 3 * 3 / 5) / 10)

    def test_interpolated_takes_the_greatest_precision_from_there_on(self):
        # Precision 1/2, then 2/3: the second is greater and counts for both.
        labels, scores = [[0], [1], [1]], [[3], [2], [1]]
        found = interpolated_average_precision_score(labels, scores, average="macro")
        assert found == pytest.approx(2 / 3)
        assert average_precision_score(labels, scores, average="macro") == (
            pytest.approx((1 / 2 + 2 / 3) / 2)
        )

    def test_area(self):
        # Of 3 * 2 pairs, 2 + 1 + 0 are in order.
        assert roc_auc_score(COLUMN, DESCENDING, average="macro") == 1 / 2

    def test_equal_scores_of_a_label(self):
        labels, scores = [[1], [0], [1]], [[1], [1], [1]]
        found = {
            ties: average_precision_score(labels, scores, average="macro", ties=ties)
            for ties in ("worst", "first", "last")
        }
        assert found == pytest.approx(
            {"worst": 2 / 3, "first": (1 + 2 / 3) / 2, "last": (1 + 2 / 3) / 2}
        )
        assert roc_auc_score(labels, scores, average="macro") == 1 / 2

    def test_arithmetic_and_geometric_means_of_mulan(self):
        # Average precisions 5/6 and 1/2.
        truth = [[1, 0], [0, 1], [1, 0]]
        scores = [[3, 3], [2, 2], [1, 1]]
        options = {"convention": "mulan"}
        mean = average_precision_score(truth, scores, average="macro", **options)
        assert mean == pytest.approx((5 / 6 + 1 / 2) / 2)
        product = average_precision_score(truth, scores, average="geometric", **options)
        assert product == pytest.approx(math.sqrt(5 / 6 * 1 / 2))
        assert (product.units, product.kind) == (2, "label")

    def test_mulan_leaves_an_empty_label_out_of_the_mean_but_not_of_the_product(self):
        truth, scores = [[1, 0], [0, 0], [1, 0]], [[3, 3], [2, 2], [1, 1]]
        for function in (average_precision_score, interpolated_average_precision_score):
            mean = function(truth, scores, average="macro", convention="mulan")
            assert mean == pytest.approx(5 / 6)
            product = function(truth, scores, average="geometric", convention="mulan")
            assert math.isnan(product)

    def test_one_zero_makes_the_geometric_mean_zero(self):
        truth, scores = [[1, 0], [0, 0]], [[2, 2], [1, 1]]
        assert average_precision_score(truth, scores, average="geometric") == 0.0

    def test_the_product_of_many_labels_does_not_vanish(self):
        rng = np.random.default_rng(0)
        truth = np.eye(2000, dtype=int)[:, :1500]
        scores = rng.random(truth.shape)
        found = average_precision_score(truth, scores, average="geometric")
        each = average_precision_score(truth, scores, average=None)
        assert np.prod(each) == 0.0
        assert found == pytest.approx(np.exp(np.log(each).mean()))


class TestUndefined:
    EMPTY = ([[1, 0], [0, 0], [1, 0]], [[3, 3], [2, 2], [1, 1]])

    @pytest.mark.parametrize(
        ("empty", "expected"),
        [(0.0, 5 / 12), (1.0, 11 / 12), (NAN, 5 / 6), ("undefined", NAN)],
    )
    def test_by_choice(self, empty, expected):
        found = average_precision_score(*self.EMPTY, average="macro", empty=empty)
        assert found == pytest.approx(expected, nan_ok=True)
        assert found.note == "1 of 2 labels undefined"

    @pytest.mark.parametrize(
        ("convention", "expected"),
        [("sklearn", 5 / 12), ("mulan", 5 / 6), ("meka", NAN)],
    )
    def test_by_convention(self, convention, expected):
        found = average_precision_score(
            *self.EMPTY, average="macro", convention=convention
        )
        assert found == pytest.approx(expected, nan_ok=True)

    @CONVENTION
    def test_one_constant_label_makes_the_mean_area_nan(self, convention):
        for fill in (0, 1):
            truth = np.array([[1, fill], [0, fill]])
            found = roc_auc_score(
                truth, [[2, 1], [1, 2]], average="macro", convention=convention
            )
            assert math.isnan(found)
            assert found.note == "1 of 2 labels undefined"

    def test_a_label_without_positives_weighs_nothing_in_the_weighted_area(self):
        # scikit-learn's rule; a label without negatives has weight, and spoils it.
        truth, scores = self.EMPTY
        found = roc_auc_score(truth, scores, average="weighted")
        expected = of_scikit_learn(
            skm.roc_auc_score, np.array(truth), np.array(scores), average="weighted"
        )
        assert found == pytest.approx(expected)
        full = [[1, 1], [0, 1], [1, 1]]
        assert math.isnan(roc_auc_score(full, scores, average="weighted"))

    @averages
    @CONVENTION
    def test_no_positive_at_all(self, average, convention):
        truth, scores = np.zeros((3, 2)), np.arange(6).reshape(3, 2)
        options = {"average": average, "convention": convention}
        assert math.isnan(roc_auc_score(truth, scores, **options))
        found = average_precision_score(truth, scores, **options)
        assert found == pytest.approx(
            0.0 if convention == "sklearn" else NAN, nan_ok=True
        )
        assert found.undefined == found.units

    @averages
    def test_one_row_has_no_area_but_that_of_its_labels(self, average):
        found = roc_auc_score([[1, 0, 0]], [[3, 1, 2]], average=average)
        if average in ("micro", "example"):
            assert found == 1.0
        else:
            assert math.isnan(found)


@pytest.mark.parametrize("container", [np.asarray, pd.DataFrame])
def test_each_label_under_its_name(container):
    scores = container(np.arange(6.0).reshape(3, 2))
    truth = pd.DataFrame([[1, 0], [0, 1], [NAN, NAN]], columns=["calm", "sad"])
    if container is pd.DataFrame:
        scores.columns = ["calm", "sad"]
    found = roc_auc_score(truth, scores, average=None)
    assert found.to_dict() == {"calm": 0.0, "sad": 1.0}
    unknown = truth.assign(sad=NAN)
    assert average_precision_score(unknown, scores, average=None).isna().tolist() == [
        False,
        True,
    ]


@few
@given(case=ranked, data=st.data())
def test_unknown_cells_leave_their_label(case, data):
    truth, scores = case
    rows = data.draw(st.permutations(range(len(truth))))[: len(truth) // 2]
    hidden = truth.astype(float)
    hidden[rows, 0] = NAN
    found = average_precision_score(hidden, scores, average=None)
    left = np.delete(np.arange(len(truth)), rows)
    alone = average_precision_score(truth[left, :1], scores[left, :1], average=None)
    assert found.iloc[0] == alone.iloc[0]


def test_case_t_by_label():
    # All scores are equal: shares of positives, or the order of the rows.
    found = average_precision_score(T_TRUE, T_SCORES, average=None)
    assert found.tolist() == [0.5, 0.0, 0.5]
    mulan = average_precision_score(T_TRUE, T_SCORES, average=None, convention="mulan")
    assert mulan.to_numpy() == pytest.approx([1.0, NAN, 0.5], nan_ok=True)
    assert roc_auc_score(T_TRUE, T_SCORES, average="micro") == 0.5


@pytest.mark.parametrize(
    ("function", "average", "match"),
    [
        (roc_auc_score, "geometric", "'macro', 'weighted', 'micro', 'example', None"),
        (roc_auc_score, "samples", "average must be one of .* got 'samples'"),
        (average_precision_score, "samples", "'geometric', 'micro', 'example', None"),
        (interpolated_average_precision_score, "micro", "'macro', 'weighted', 'geom"),
        (interpolated_average_precision_score, "example", "got 'example'"),
    ],
)
def test_other_averages(function, average, match):
    with pytest.raises(OptionError, match=match):
        function([[1]], [[1]], average=average)


@pytest.mark.parametrize(
    "function", [average_precision_score, interpolated_average_precision_score]
)
def test_ties_at_random_are_not_defined(function):
    with pytest.raises(OptionError, match="ties must be one of 'worst', 'first', 'la"):
        function([[1]], [[1]], average="macro", ties="average")


def test_means_travel_to_other_processes():
    mean = ListMean("ap", "geometric")
    assert pickle.loads(pickle.dumps(mean)) == mean
