import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mlkit.exceptions import OptionError, ScoresError, ShapeError
from mlkit.statistics import bayesian_correlated_t_test, corrected_t_test

TEN_FOLDS = {"n_train": 9, "n_test": 1}


@pytest.fixture
def differences():
    return np.random.default_rng(1).normal(0.02, 0.03, size=10)


def correlated(n_experiments, n, rho, seed):
    """Draw differences of mean 0 and variance 1, each two with correlation rho."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(n_experiments, 1))
    own = rng.normal(size=(n_experiments, n))
    return math.sqrt(rho) * shared + math.sqrt(1 - rho) * own


def test_by_hand():
    """Three differences; the t distribution with 2 df has a closed form."""
    result = corrected_t_test([1, 2, 3], n_train=20, n_test=10)

    t = 2 / math.sqrt(1 / 3 + 1 / 2)
    half = 4.302653 * math.sqrt(1 / 3 + 1 / 2)
    assert (result.n, result.df, result.mean, result.sd) == (3, 2, 2, 1)
    assert result.ratio == 0.5
    assert result.statistic == pytest.approx(t)
    assert result.p_value == pytest.approx(1 - t / math.sqrt(2 + t**2))
    assert (result.low, result.high) == pytest.approx((2 - half, 2 + half))
    assert result.effect_size == 2


@pytest.mark.parametrize(
    ("rows", "ratio"),
    [
        ({"n_train": 900, "n_test": 100}, 1 / 9),
        ({"n_train": 0.9, "n_test": 0.1}, 1 / 9),
        ({"n_train": 50, "n_test": 50}, 1.0),
        ({"n_train": [8] * 5 + [4] * 5, "n_test": 2}, (1 / 4 + 1 / 2) / 2),
        ({"n_train": pd.Series([8] * 10), "n_test": [2] * 10}, 1 / 4),
    ],
)
def test_the_ratio_of_the_folds(differences, rows, ratio):
    result = corrected_t_test(differences, **rows)

    assert result.ratio == pytest.approx(ratio)
    assert result.error == pytest.approx(
        math.sqrt(0.1 + ratio) * differences.std(ddof=1)
    )


def test_without_test_rows_it_is_the_usual_t_test(differences):
    result = corrected_t_test(differences, n_train=1, n_test=1e-12)

    usual = stats.ttest_1samp(differences, 0)
    assert result.statistic == pytest.approx(usual.statistic)
    assert result.p_value == pytest.approx(usual.pvalue)
    interval = usual.confidence_interval(0.95)
    assert (result.low, result.high) == pytest.approx((interval.low, interval.high))


def test_swapped_models_swap_the_result(differences):
    result = corrected_t_test(differences, **TEN_FOLDS)
    other = corrected_t_test(-differences, **TEN_FOLDS)

    assert other.p_value == result.p_value
    assert other.statistic == -result.statistic
    assert (other.low, other.high) == (-result.high, -result.low)
    assert other.effect_size == -result.effect_size


def test_order_and_unit_do_not_matter(differences):
    result = corrected_t_test(differences, **TEN_FOLDS)
    other = corrected_t_test(100 * differences[::-1], **TEN_FOLDS)

    assert other.p_value == pytest.approx(result.p_value)
    assert other.high == pytest.approx(100 * result.high)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.99])
def test_the_interval_and_the_test_agree(differences, level):
    """Zero is at the edge of the interval exactly where p is 1 - level."""
    result = corrected_t_test(differences, level=level, **TEN_FOLDS)
    shifted = corrected_t_test(differences - result.low, **TEN_FOLDS)

    assert shifted.p_value == pytest.approx(1 - level)


def test_it_holds_its_level_where_the_usual_test_does_not():
    """No difference, 10 folds with the correlation that the correction supposes."""
    samples = correlated(2000, 10, rho=0.1, seed=0)

    p_values = [corrected_t_test(row, **TEN_FOLDS).p_value for row in samples]
    usual = stats.ttest_1samp(samples, 0, axis=1).pvalue

    # Three standard errors of a share of .05 in 2000 are .015.
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.015)
    assert np.mean(usual < 0.05) > 0.12
    # More than the level: with this correlation the p-value is uniform.
    assert stats.kstest(p_values, "uniform").pvalue > 0.01


def test_repeats_cannot_buy_certainty():
    """Ten times ten folds of no difference: the usual test finds one half the time."""
    samples = correlated(1000, 100, rho=0.1, seed=1)

    p_values = [corrected_t_test(row, **TEN_FOLDS).p_value for row in samples]
    usual = stats.ttest_1samp(samples, 0, axis=1).pvalue

    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.021)
    assert np.mean(usual < 0.05) > 0.5


@pytest.mark.parametrize("value", [0.1, -0.1])
def test_equal_differences_have_no_error(value):
    result = corrected_t_test([value] * 3, **TEN_FOLDS)

    assert result.sd == result.error == result.p_value == 0
    assert result.statistic == result.effect_size == math.copysign(math.inf, value)
    assert result.low == result.high == result.mean == pytest.approx(value)


def test_no_difference_at_all():
    result = corrected_t_test([0, 0, 0], **TEN_FOLDS)

    assert result.p_value == 1
    assert result.statistic == result.low == result.high == result.effect_size == 0


def test_two_differences_are_enough():
    result = corrected_t_test([0.0, 1.0], **TEN_FOLDS)

    assert result.df == 1
    assert 0 < result.p_value < 1


@pytest.mark.parametrize(
    ("differences", "match"),
    [
        ([0.1], "at least 2 values, got 1"),
        ([0.1, np.nan], "position 1 = nan.*Leave out the folds"),
        ([[0.1, 0.2]], "one-dimensional"),
    ],
)
def test_wrong_differences_are_refused(differences, match):
    with pytest.raises(ScoresError, match=match):
        corrected_t_test(differences, **TEN_FOLDS)
    with pytest.raises(ScoresError, match=match):
        bayesian_correlated_t_test(differences, rope=0.01, **TEN_FOLDS)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"n_train": 0}, OptionError, "n_train must be above 0 and finite, got 0"),
        ({"n_test": -1}, OptionError, "n_test must be above 0 and finite, got -1"),
        ({"n_test": [1, np.nan, 1]}, OptionError, "finite, got nan"),
        ({"n_train": [9, 9]}, ShapeError, r"each of the 3 differences; got .*\(2,\)"),
        ({"n_train": "many"}, OptionError, "n_train must be a number of rows"),
    ],
)
def test_wrong_sizes_are_refused(options, error, match):
    sizes = TEN_FOLDS | options

    with pytest.raises(error, match=match):
        corrected_t_test([1, 2, 3], **sizes)
    with pytest.raises(error, match=match):
        bayesian_correlated_t_test([1, 2, 3], rope=0.01, **sizes)


def test_options_are_checked():
    with pytest.raises(OptionError, match=r"level must be in \[0, 1.*got 1"):
        corrected_t_test([1, 2], level=1, **TEN_FOLDS)
    with pytest.raises(TypeError, match="level must be a number, got 'high'"):
        corrected_t_test([1, 2], level="high", **TEN_FOLDS)
    with pytest.raises(OptionError, match=r"rope must be in .*got -0\.1"):
        bayesian_correlated_t_test([1, 2], rope=-0.1, **TEN_FOLDS)


def test_without_a_rope_it_is_the_one_sided_p_value(differences):
    result = corrected_t_test(differences, **TEN_FOLDS)
    answer = bayesian_correlated_t_test(differences, rope=0, **TEN_FOLDS)

    assert differences.mean() > 0
    assert answer.better == pytest.approx(1 - result.p_value / 2)
    assert answer.worse == pytest.approx(result.p_value / 2)
    assert answer.equal == pytest.approx(0, abs=1e-12)
    assert (answer.scale, answer.df, answer.n) == (result.error, 9, 10)


def test_the_probabilities_by_hand():
    """Mean 2, scale sqrt(5/6), 2 df: P(T <= t) = 1/2 + t / (2 sqrt(2 + t²))."""
    answer = bayesian_correlated_t_test([1, 2, 3], rope=0.5, n_train=2, n_test=1)

    def cdf(x):
        t = (x - 2) / math.sqrt(5 / 6)
        return 0.5 + t / (2 * math.sqrt(2 + t**2))

    assert answer.worse == pytest.approx(cdf(-0.5))
    assert answer.equal == pytest.approx(cdf(0.5) - cdf(-0.5))
    assert answer.better == pytest.approx(1 - cdf(0.5))


def test_the_scale_is_that_of_the_paper(differences):
    answer = bayesian_correlated_t_test(
        differences, rope=0.01, n_train=[70] * 10, n_test=30
    )

    rho = 0.3
    scale = math.sqrt((1 / 10 + rho / (1 - rho)) * differences.var(ddof=1))
    assert answer.scale == pytest.approx(scale)
    assert answer.mean == pytest.approx(differences.mean())


def test_swapped_models_swap_better_and_worse(differences):
    answer = bayesian_correlated_t_test(differences, rope=0.01, **TEN_FOLDS)
    other = bayesian_correlated_t_test(-differences, rope=0.01, **TEN_FOLDS)

    assert other.worse == pytest.approx(answer.better)
    assert other.equal == pytest.approx(answer.equal)
    assert answer.worse + answer.equal + answer.better == pytest.approx(1)


def test_a_wider_rope_holds_more(differences):
    ropes = [0, 0.005, 0.02, 0.1, 10]
    shares = [
        bayesian_correlated_t_test(differences, rope=rope, **TEN_FOLDS).equal
        for rope in ropes
    ]

    assert shares == sorted(shares)
    assert shares[0] < 1e-9
    assert shares[-1] == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize(
    ("value", "rope", "expected"),
    [
        (0.2, 0.1, (0, 0, 1)),
        (-0.2, 0.1, (1, 0, 0)),
        (0.125, 0.125, (0, 1, 0)),
        (0.0, 0.0, (0, 1, 0)),
    ],
)
def test_equal_differences_leave_no_doubt(value, rope, expected):
    answer = bayesian_correlated_t_test([value] * 4, rope=rope, **TEN_FOLDS)

    assert (answer.worse, answer.equal, answer.better) == expected
    assert answer.scale == 0
