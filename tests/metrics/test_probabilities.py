"""Log loss, Brier loss, their root, and the calibration error."""

import math
import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import sklearn.metrics as skm
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from mlkit.exceptions import OptionError
from mlkit.metrics import (
    Evidence,
    brier_loss,
    calibration_error,
    log_loss,
    rmse_loss,
)
from mlkit.metrics.bins import bin_groups, check_binned
from mlkit.metrics.probabilities import CellMean

from .cases import EIGHTHS, NAN, PARTLY, PROBA, Y, chances, eighths, few, pairs_of, some
from .cases import partly_known as partly
from .textbook import calibration_error as textbook_error
from .textbook import log_losses

LOSSES = pytest.mark.parametrize("loss", [log_loss, brier_loss])


def of_label(function, y, p, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of labels with one value
        return function(y, p, **options)


class TestAgainstScikitLearn:
    @some
    @given(case=chances)
    def test_log_loss_of_each_label(self, case):
        expected = [
            of_label(skm.log_loss, y, p, labels=[0, 1])
            for y, p in zip(*(part.T for part in case), strict=True)
        ]
        found = log_loss(*case, average=None)
        np.testing.assert_allclose(found, expected, atol=1e-12)
        for average in ("micro", "macro"):
            mean = log_loss(*case, average=average)
            assert mean == pytest.approx(np.mean(expected))

    @some
    @given(case=chances)
    def test_brier_loss_of_each_label(self, case):
        expected = [
            of_label(skm.brier_score_loss, y, p, labels=[0, 1])
            for y, p in zip(*(part.T for part in case), strict=True)
        ]
        found = brier_loss(*case, average=None)
        np.testing.assert_allclose(found, expected, atol=1e-12)
        for average in ("micro", "macro"):
            mean = brier_loss(*case, average=average)
            assert mean == pytest.approx(np.mean(expected))


class TestTrap:
    """What scikit-learn's functions do with a whole label matrix."""

    TRUTH = np.array([[1, 0, 1], [0, 0, 1], [1, 1, 0], [0, 1, 0]])
    PROBA = np.array(
        [[0.7, 0.4, 0.6], [0.3, 0.2, 0.9], [0.5, 0.8, 0.1], [0.1, 0.6, 0.3]]
    )

    def test_its_log_loss_counts_positives_only(self):
        with pytest.warns(UserWarning, match="do not sum to one"):
            found = skm.log_loss(self.TRUTH, self.PROBA)
        positives = -np.log(self.PROBA[self.TRUTH == 1]).sum() / len(self.TRUTH)
        assert found == pytest.approx(positives)
        # Any certainty about labels that are absent goes unpunished.
        with pytest.warns(UserWarning, match="do not sum to one"):
            certain = skm.log_loss(self.TRUTH, np.where(self.TRUTH, self.PROBA, 1.0))
        assert certain == pytest.approx(found)
        wrong = np.where(self.TRUTH, self.PROBA, 1.0)
        assert log_loss(self.TRUTH, wrong) > log_loss(self.TRUTH, self.PROBA) + 10

    def test_one_half_everywhere(self):
        half = np.full(self.TRUTH.shape, 0.5)
        with pytest.warns(UserWarning, match="do not sum to one"):
            found = skm.log_loss(self.TRUTH, half)
        cardinality = self.TRUTH.sum() / len(self.TRUTH)
        assert found == pytest.approx(cardinality * math.log(2))
        assert log_loss(self.TRUTH, half) == pytest.approx(math.log(2))

    def test_its_brier_score_is_the_sum_over_labels(self):
        with pytest.warns(UserWarning, match="do not sum to one"):
            found = skm.brier_score_loss(self.TRUTH, self.PROBA)
        mean = brier_loss(self.TRUTH, self.PROBA)
        assert found == pytest.approx(3 * mean)
        assert found == pytest.approx(brier_loss(self.TRUTH, self.PROBA, scale="sum"))


class TestLimits:
    """How much a wrong certainty costs."""

    @pytest.mark.parametrize("clip", ["1/n_samples", "1/n_labels"])
    @some
    @given(case=chances)
    def test_meka_counts_at_most_the_logarithm_of_a_number(self, clip, case):
        truth, proba = case
        most = math.log(len(truth) if clip == "1/n_samples" else truth.shape[1])
        cells = log_losses(truth.ravel().tolist(), proba.ravel().tolist(), most)
        assert log_loss(*case, clip=clip) == pytest.approx(np.mean(cells), abs=1e-12)

    def test_meka_has_the_number_of_rows(self):
        truth, proba = [[1, 0]] * 4, [[0.0, 1.0]] * 4
        assert log_loss(truth, proba, convention="meka") == pytest.approx(math.log(4))
        found = log_loss(truth, proba, convention="meka", clip="1/n_labels")
        assert found == pytest.approx(math.log(2))

    @pytest.mark.parametrize(
        ("options", "most"),
        [
            ({}, -math.log(np.finfo(float).eps)),
            ({"convention": "mulan", "scale": "mean"}, -math.log(1e-8)),
            ({"clip": 1e-3}, -math.log(1e-3)),
            ({"clip": np.float32(0.25)}, -math.log(0.25)),
        ],
    )
    def test_of_the_others(self, options, most):
        assert log_loss([[1, 0]], [[0.0, 1.0]], **options) == pytest.approx(most)

    @pytest.mark.parametrize(
        ("clip", "error", "match"),
        [
            (0, OptionError, "clip must be more than 0: the logarithm of 0"),
            (0.5, OptionError, r"clip must be in \[0, 0\.5\), got 0\.5"),
            (-0.1, OptionError, r"clip must be in \[0, 0\.5\), got -0\.1"),
            (NAN, OptionError, r"clip must be in \[0, 0\.5\), got nan"),
            ("1/n", OptionError, "clip must be a number, '1/n_samples' or '1/n_labels"),
            ([0.1], TypeError, r"clip must be a number, got \[0\.1\]"),
        ],
    )
    def test_it_is_checked(self, clip, error, match):
        with pytest.raises(error, match=match):
            log_loss([[1]], [[0.5]], clip=clip)


class TestScale:
    @LOSSES
    def test_the_sum_is_so_many_times_the_mean(self, loss):
        for convention in ("sklearn", "mulan"):
            found = loss(Y, PROBA, scale="sum", convention=convention)
            mean = loss(Y, PROBA, scale="mean", convention=convention)
            assert found == pytest.approx(6 * mean)
            assert (found.units, found.kind) == (40, "row")

    @LOSSES
    def test_mulan_adds_up_and_the_others_do_not(self, loss):
        found = {
            c: loss(Y, PROBA, convention=c).kind for c in ("sklearn", "mulan", "meka")
        }
        assert found == {"sklearn": "cell", "mulan": "row", "meka": "cell"}

    @LOSSES
    def test_unknown_cells_add_nothing(self, loss):
        truth, proba = [[1, NAN], [1, 0], [NAN, NAN]], [[0.5, 0.9]] * 3
        one, other = loss([[1]], [[0.5]]), loss([[0]], [[0.9]])
        assert loss(truth, proba, scale="sum") == pytest.approx((2 * one + other) / 2)
        assert loss(truth, proba) == pytest.approx((2 * one + other) / 3)
        macro = loss(truth, proba, average="macro")
        assert macro == pytest.approx((one + other) / 2)

    @LOSSES
    @pytest.mark.parametrize("average", ["macro", None])
    @pytest.mark.parametrize("options", [{"scale": "sum"}, {"convention": "mulan"}])
    def test_labels_that_are_kept_apart_cannot_be_added_up(
        self, loss, average, options
    ):
        match = r"scale='sum' adds up the labels of each row, which average=.* keeps"
        with pytest.raises(OptionError, match=match):
            loss([[1]], [[0.5]], average=average, **options)

    @LOSSES
    @pytest.mark.parametrize(
        ("options", "match"),
        [
            ({"scale": "row"}, "scale must be one of 'mean', 'sum'; got 'row'"),
            ({"average": "example"}, "average must be one of 'micro', 'macro', None"),
        ],
    )
    def test_options_are_checked(self, loss, options, match):
        with pytest.raises(OptionError, match=match):
            loss([[1]], [[0.5]], **options)


class TestByHand:
    def test_log_loss(self):
        found = log_loss([[1, 0]], [[0.8, 0.4]])
        assert found == pytest.approx(-(math.log(0.8) + math.log(0.6)) / 2)

    def test_brier_loss_and_its_root(self):
        truth, proba = [[0, 1], [1, 1]], [[0.5, 0.9], [0.5, 0.7]]
        expected = (0.25 + 0.01 + 0.25 + 0.09) / 4
        assert brier_loss(truth, proba) == pytest.approx(expected)
        assert rmse_loss(truth, proba) == pytest.approx(math.sqrt(expected))

    def test_labels_under_their_names(self):
        truth = pd.DataFrame([[0, 1], [1, NAN]], columns=["calm", "sad"])
        found = brier_loss(truth, [[0.5, 0.9], [0.5, 0.7]], average=None)
        assert found.to_dict() == pytest.approx({"calm": 0.25, "sad": 0.01})

    def test_a_constant_share_of_positives_has_the_variance(self):
        truth = (np.arange(100) < 20)[:, np.newaxis].astype(int)
        assert brier_loss(truth, np.full((100, 1), 0.2)) == pytest.approx(0.2 * 0.8)

    @LOSSES
    def test_only_the_true_chance_has_the_least_expectation(self, loss):
        truth = (np.arange(100) < 30)[:, np.newaxis].astype(int)
        grid = np.arange(1, 100) / 100
        losses = [loss(truth, np.full((100, 1), p)) for p in grid]
        assert grid[np.argmin(losses)] == 0.3

    @LOSSES
    @few
    @given(case=pairs_of(partly, eighths))
    def test_means_of_labels_and_of_cells(self, loss, case):
        truth = case[0]
        each = loss(*case, average=None)
        known = (~np.isnan(truth)).sum(axis=0)
        assert each.isna().tolist() == (known == 0).tolist()
        if known.any():
            filled = each.fillna(0.0)
            assert loss(*case) == pytest.approx(np.average(filled, weights=known))
            macro = loss(*case, average="macro")
            assert macro == pytest.approx(each.mean())
            assert macro.units == (known > 0).sum()

    @pytest.mark.parametrize(
        "function", [log_loss, brier_loss, rmse_loss, calibration_error]
    )
    def test_where_nothing_is_known_it_is_nan(self, function):
        for truth in ([[NAN, NAN]], sp.csr_array([[NAN, NAN]])):
            value = function(truth, [[0.5, 0.5]])
            assert math.isnan(value)
            assert (value.units, value.undefined) == (0, 0)


class TestMeansOfLabels:
    """Weighted rows: the mean over labels is that of cells, if all labels are known."""

    WEIGHTS = np.random.default_rng(0).multinomial(40, [1 / 40] * 40, size=3) * 1.0

    @pytest.mark.parametrize("kind", ["log", "squared"])
    def test_where_all_is_known(self, kind):
        evidence = Evidence.of_probabilities(Y, PROBA)
        options = {"scale": "mean", "clip": 1e-3}
        macro, micro = (
            CellMean(kind, average).resample(evidence, options, self.WEIGHTS)
            for average in ("macro", "micro")
        )
        np.testing.assert_array_equal(macro, micro)

    @pytest.mark.parametrize("kind", ["log", "squared"])
    def test_where_labels_are_unknown_it_is_not_computed(self, kind):
        evidence = Evidence.of_probabilities(PARTLY, PROBA)
        options = {"scale": "mean", "clip": 1e-3}
        found = CellMean(kind, "macro").resample(evidence, options, self.WEIGHTS)
        assert np.isnan(found).all()


class TestCalibrationError:
    def test_by_hand(self):
        # Bin 0: mean 0.2, share 0.5, two rows. Bin 1: mean 0.6, share 1, one row.
        truth, proba = [[0], [1], [1]], [[0.1], [0.3], [0.6]]
        for average in ("micro", "macro"):
            found = calibration_error(truth, proba, average=average, n_bins=2)
            assert found == pytest.approx(2 / 3 * 0.3 + 1 / 3 * 0.4)

    def test_labels_off_in_opposite_directions_cancel_in_common_bins(self):
        truth, proba = [[0, 1], [0, 1]], [[0.5, 0.5], [0.5, 0.5]]
        assert calibration_error(truth, proba) == 0.0
        assert calibration_error(truth, proba, average="macro") == 0.5
        assert calibration_error(truth, proba, average=None).tolist() == [0.5, 0.5]

    @some
    @given(case=pairs_of(partly, eighths), n_bins=st.integers(1, 12))
    def test_by_the_textbook(self, case, n_bins):
        truth, proba = case
        known = ~np.isnan(truth)
        found = calibration_error(*case, n_bins=n_bins)
        expected = textbook_error(truth[known].tolist(), proba[known].tolist(), n_bins)
        assert found == pytest.approx(expected, nan_ok=True)
        each = calibration_error(*case, n_bins=n_bins, average=None)
        for j, value in enumerate(each):
            rows = known[:, j]
            label = truth[rows, j].tolist(), proba[rows, j].tolist()
            assert value == pytest.approx(textbook_error(*label, n_bins), nan_ok=True)

    @some
    @given(
        truth=npst.arrays(np.int8, (6, 3), elements=st.integers(0, 1)),
        proba=npst.arrays(np.float64, (6, 3), elements=EIGHTHS),
        n_bins=st.integers(1, 12),
    )
    def test_pooling_never_adds_error(self, truth, proba, n_bins):
        labels = calibration_error(truth, proba, n_bins=n_bins, average=None)
        pooled = calibration_error(truth, proba, n_bins=n_bins)
        assert 0 <= pooled <= labels.mean() + 1e-12
        assert labels.max() <= 1
        # Whatever the bins, the error is at least the difference of the two means.
        gaps = np.abs(proba.mean(axis=0) - truth.mean(axis=0))
        assert (labels >= gaps - 1e-12).all()

    @pytest.mark.parametrize("strategy", ["uniform", "quantile"])
    def test_it_is_the_mean_distance_in_the_bins(self, strategy):
        cells = check_binned(PARTLY, PROBA, n_bins=5, strategy=strategy)
        (bins,) = bin_groups(cells, "pooled", 5, strategy)
        expected = bins.mean(np.abs(bins.predicted - bins.positive))
        found = calibration_error(PARTLY, PROBA, n_bins=5, strategy=strategy)
        assert found == expected

    def test_unknown_cells_are_left_out(self):
        truth, proba = [[0, NAN], [NAN, NAN]], [[0.5, 0.5], [0.9, 0.5]]
        errors = calibration_error(truth, proba, average=None)
        assert errors.to_numpy() == pytest.approx([0.5, NAN], nan_ok=True)
        assert calibration_error(truth, proba) == 0.5
        macro = calibration_error(truth, proba, average="macro")
        assert macro == 0.5
        assert (macro.units, macro.kind) == (1, "label")

    def test_true_probabilities_have_next_to_no_error(self):
        rng = np.random.default_rng(0)
        logits = rng.normal([-1.0, 0.0, 0.5], 1.5, size=(6000, 3))
        right, too_sure = (1 / (1 + np.exp(-factor * logits)) for factor in (1, 3))
        truth = rng.random(logits.shape) < right
        assert calibration_error(truth, right) < 0.02
        assert (calibration_error(truth, too_sure, average=None) > 0.1).all()
        # And it does not see how informative they are.
        shares = np.broadcast_to(truth.mean(axis=0), truth.shape)
        assert calibration_error(truth, shares) == pytest.approx(0.0, abs=1e-12)

    @pytest.mark.parametrize(
        ("options", "error", "match"),
        [
            ({"n_bins": 0}, ValueError, "n_bins must be at least 1, got 0"),
            ({"n_bins": 2.5}, TypeError, "n_bins must be an integer, got 2.5"),
            ({"strategy": "kmeans"}, OptionError, "strategy must be one of 'uniform'"),
            ({"average": "example"}, OptionError, "one of 'micro', 'macro', None"),
        ],
    )
    def test_options_are_checked(self, options, error, match):
        with pytest.raises(error, match=match):
            calibration_error([[1]], [[0.5]], **options)
