import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mlkit.exceptions import LabelNameError, OptionError, ScoresError
from mlkit.statistics import (
    friedman_test,
    mean_ranks,
    nemenyi_critical_difference,
    nemenyi_test,
    rank_models,
)

# Demšar (2006), table 5(a), for 2 to 10 models.
Q_05 = (1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164)
Q_10 = (1.645, 2.052, 2.291, 2.459, 2.589, 2.693, 2.780, 2.855, 2.920)


@pytest.fixture
def scores():
    """Random scores without ties, of which model d is best."""
    values = np.random.default_rng(0).normal(size=(9, 4)) + [0, 0, 0, 1]
    return pd.DataFrame(values, columns=list("abcd"))


def test_the_mean_ranks_of_the_textbook(published):
    assert mean_ranks(published).round(3).to_dict() == {
        "C4.5": 3.143,
        "C4.5+m": 2.000,
        "C4.5+cf": 2.893,
        "C4.5+m+cf": 1.964,
    }


def test_rounded_scores_tie_where_the_textbook_has_no_tie(printed, published):
    ranks = rank_models(printed)

    assert ranks.loc["voting"].tolist() == [4, 1, 2.5, 2.5]
    assert rank_models(published).loc["voting"].tolist() == [4, 1, 2, 3]
    assert mean_ranks(printed).round(3).tolist() == [3.143, 2.0, 2.929, 1.929]
    # Two more rows of the table, with ties.
    assert ranks.loc["iris"].tolist() == [1, 2.5, 4, 2.5]
    assert ranks.loc["mushroom"].tolist() == [2.5] * 4


def test_the_friedman_test_of_the_textbook(published):
    """Demšar's formula makes no correction for ties."""
    result = friedman_test(published, ties="ignored")

    assert result.chi2 == pytest.approx(9.28, abs=0.005)
    assert result.f == pytest.approx(3.69, abs=0.005)
    assert result.f_df == (3, 39)
    assert result.chi2_df == 3
    # "The critical value of F(3, 39) for alpha = .05 is 2.85": rejected.
    assert stats.f.isf(0.05, *result.f_df) == pytest.approx(2.85, abs=0.01)
    assert result.f_p_value < 0.05


def test_the_textbook_with_its_ties_corrected(published):
    result = friedman_test(published)

    # t³ - t is 6 for each of the pairs on iris, lung cancer and primary tumor, and 60
    # for the four on mushroom.
    correction = 1 - (3 * 6 + 60) / (14 * 60)
    plain = friedman_test(published, ties="ignored").chi2
    assert result.chi2 == pytest.approx(plain / correction)
    assert result.chi2 == pytest.approx(
        stats.friedmanchisquare(*published.to_numpy().T).statistic
    )


@pytest.mark.parametrize("ties", ["corrected", "ignored"])
def test_without_ties_it_is_scipys(scores, ties):
    result = friedman_test(scores, ties=ties)

    theirs = stats.friedmanchisquare(*scores.to_numpy().T)
    assert result.chi2 == pytest.approx(theirs.statistic)
    assert result.chi2_p_value == pytest.approx(theirs.pvalue)
    assert (result.n_datasets, result.n_models, result.ties) == (9, 4, ties)


def test_f_is_that_of_an_analysis_of_variance_of_the_ranks(printed):
    ranks = rank_models(printed).to_numpy()
    n_datasets, n_models = ranks.shape
    models = ranks.mean(axis=0) - ranks.mean()
    datasets = ranks.mean(axis=1, keepdims=True) - ranks.mean()
    rest = ranks - ranks.mean() - models - datasets
    between = n_datasets * (models**2).sum() / (n_models - 1)
    within = (rest**2).sum() / ((n_models - 1) * (n_datasets - 1))

    result = friedman_test(printed)

    assert result.f == pytest.approx(between / within)
    assert result.f_p_value == pytest.approx(stats.f.sf(between / within, 3, 39))


def test_it_holds_its_level():
    """Scores without a difference between four models, on twelve datasets."""
    rng = np.random.default_rng(0)
    p_values = [friedman_test(rng.normal(size=(12, 4))).f_p_value for _ in range(1000)]

    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.021)


def test_losses_rank_the_other_way(scores):
    ranks = mean_ranks(scores)

    pd.testing.assert_series_equal(mean_ranks(-scores, greater_is_better=False), ranks)
    pd.testing.assert_series_equal(
        mean_ranks(scores, greater_is_better=False), len(scores.columns) + 1 - ranks
    )


def test_monotone_transforms_keep_ranks(scores):
    pd.testing.assert_frame_equal(rank_models(np.exp(scores) * 7), rank_models(scores))
    # A transform of its own for each dataset does as well.
    pd.testing.assert_frame_equal(
        rank_models(scores.mul(np.arange(1, 10), axis=0)), rank_models(scores)
    )


def test_the_order_of_datasets_and_models_does_not_matter(scores):
    other = scores.iloc[::-1, [2, 0, 3, 1]]

    assert mean_ranks(other)["b"] == pytest.approx(mean_ranks(scores)["b"])
    assert friedman_test(other).f == pytest.approx(friedman_test(scores).f)
    pd.testing.assert_frame_equal(
        nemenyi_test(other).loc[list("abcd"), list("abcd")], nemenyi_test(scores)
    )


def test_names_are_kept(printed):
    ranks = mean_ranks(printed)

    assert ranks.name == "mean_rank"
    assert list(ranks.index) == list(printed.columns)
    assert list(rank_models(printed).index) == list(printed.index)
    assert list(mean_ranks(printed.to_numpy()).index) == [0, 1, 2, 3]
    assert friedman_test(printed).mean_ranks.equals(ranks)
    pvalues = nemenyi_test(printed)
    assert list(pvalues.index) == list(pvalues.columns) == list(printed.columns)


@pytest.mark.parametrize("ties", ["corrected", "ignored"])
def test_all_tied(ties):
    result = friedman_test([[1, 1, 1], [2, 2, 2]], ties=ties)

    assert result.chi2 == result.f == 0
    assert result.chi2_p_value == result.f_p_value == 1
    assert result.mean_ranks.tolist() == [2, 2, 2]


@pytest.mark.parametrize("n_models", [2, 3, 7, 10])
@pytest.mark.parametrize("ties", ["corrected", "ignored"])
def test_all_datasets_agree(n_models, ties):
    result = friedman_test(np.tile(np.arange(n_models), (7, 1)), ties=ties)

    assert result.chi2 == pytest.approx(7 * (n_models - 1))
    assert result.f == math.inf
    assert result.f_p_value == 0
    assert result.chi2_p_value > 0


def test_two_models_are_a_sign_test():
    # Five wins of six: (5 - 1)² / 6.
    scores = [[1, 0]] * 5 + [[0, 1]]

    assert friedman_test(scores).chi2 == pytest.approx(16 / 6)


def test_one_dataset_has_ranks_and_no_test():
    assert mean_ranks([[3, 1, 2]]).tolist() == [1, 3, 2]
    with pytest.raises(ScoresError, match=r"at least 2 rows .*got shape \(1, 3\)"):
        friedman_test([[3, 1, 2]])


@pytest.mark.parametrize(
    ("alpha", "published_q"), [(0.05, Q_05), (0.10, Q_10)], ids=["05", "10"]
)
def test_the_critical_values_of_the_textbook(alpha, published_q):
    for n_models, q in enumerate(published_q, start=2):
        # The datasets that make the factor of q equal to 1.
        difference = nemenyi_critical_difference(n_models, 1, alpha=alpha)
        factor = math.sqrt(n_models * (n_models + 1) / 6)

        assert difference / factor == pytest.approx(q, abs=0.001)


def test_the_critical_differences_of_the_textbook():
    assert nemenyi_critical_difference(4, 14) == pytest.approx(1.25, abs=0.005)
    assert nemenyi_critical_difference(4, 14, alpha=0.1) == pytest.approx(
        1.12, abs=0.005
    )


def test_the_pairs_of_the_textbook(published):
    """At .10 only C4.5 and C4.5+m+cf, and C4.5 and C4.5+m, differ; at .05 none."""
    p_values = nemenyi_test(published)
    upper = p_values.to_numpy()[np.triu_indices(4, k=1)]

    assert (upper > 0.05).all()
    assert (upper <= 0.10).sum() == 2
    assert p_values.loc["C4.5", "C4.5+m+cf"] <= 0.10
    assert p_values.loc["C4.5+m", "C4.5"] <= 0.10


def test_two_models_have_the_p_value_of_a_normal_curve():
    scores = [[1, 0]] * 7 + [[0, 1]] * 2

    # Mean ranks 11/9 and 16/9; sqrt(2 * 3 / (6 * 9)) = 1/3.
    expected = 2 * stats.norm.sf((16 - 11) / 9 * 3)
    assert nemenyi_test(scores).loc[0, 1] == pytest.approx(expected)


def test_p_values_and_critical_difference_agree(scores):
    p_values = nemenyi_test(scores).to_numpy()
    ranks = mean_ranks(scores).to_numpy()
    apart = np.abs(ranks[:, np.newaxis] - ranks)

    assert np.unique(p_values).size > 3
    for alpha in (0.01, 0.05, 0.2, 0.6, 0.9):
        limit = nemenyi_critical_difference(4, 9, alpha=alpha)
        assert ((p_values <= alpha) == (apart >= limit)).all()
    assert (p_values == p_values.T).all()
    assert (np.diag(p_values) == 1).all()


@pytest.mark.parametrize("n_models", [2, 3, 40])
def test_extreme_p_values_are_probabilities(n_models):
    p_values = nemenyi_test(np.tile(np.arange(n_models), (500, 1))).to_numpy()

    assert ((p_values >= 0) & (p_values <= 1)).all()
    assert p_values[0, -1] < 1e-9
    assert (nemenyi_test(np.zeros((3, n_models))).to_numpy() == 1).all()


@pytest.mark.parametrize(
    "function", [rank_models, mean_ranks, friedman_test, nemenyi_test]
)
def test_scores_are_checked(function):
    with pytest.raises(ScoresError, match="dataset 1, model 0 = nan"):
        function([[1, 2], [np.nan, 3]])
    with pytest.raises(ScoresError, match="2 columns"):
        function([[1], [2]])
    with pytest.raises(LabelNameError, match="two columns named 'a'"):
        function(pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"]))
    with pytest.raises(TypeError, match="greater_is_better must be True"):
        function([[1, 2], [3, 4]], greater_is_better="no")


def test_options_are_checked():
    with pytest.raises(OptionError, match="ties must be one of 'corrected', 'ignored'"):
        friedman_test([[1, 2], [3, 4]], ties="none")
    with pytest.raises(OptionError, match="n_models must be at least 2, got 1"):
        nemenyi_critical_difference(1, 5)
    with pytest.raises(OptionError, match="n_datasets must be at least 1, got 0"):
        nemenyi_critical_difference(2, 0)
    with pytest.raises(OptionError, match=r"alpha must be in \[0, 1"):
        nemenyi_critical_difference(2, 5, alpha=1)
    with pytest.raises(TypeError, match=r"n_datasets must be an integer, got 5\.0"):
        nemenyi_critical_difference(2, 5.0)
