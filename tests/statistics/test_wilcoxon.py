import itertools
import math
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mlkit.exceptions import LabelNameError, OptionError, ScoresError
from mlkit.statistics import (
    bayesian_signed_rank_test,
    holm,
    p_value_matrix,
    rank_biserial,
    signed_rank_test,
    wilcoxon_holm,
)


def p_value_by_counting(differences):
    """All patterns of signs of what is not 0, one by one."""
    sizes = np.abs(differences)
    ranks = stats.rankdata(sizes)
    zeros = ranks[sizes == 0].sum() / 2
    moving = ranks[sizes > 0]
    total = moving.sum()

    def statistic(positive):
        plus = moving[positive].sum()
        return min(plus, total - plus) + zeros

    observed = statistic(differences[sizes > 0] > 0)
    patterns = itertools.product([False, True], repeat=len(moving))
    values = np.array([statistic(np.array(signs, dtype=bool)) for signs in patterns])
    return observed, np.mean(values <= observed + 1e-9)


def test_the_textbook(printed):
    """C4.5+m against C4.5: R+ = 93, R- = 12, z = -2.54."""
    pair = wilcoxon_holm(printed[["C4.5+m", "C4.5"]]).iloc[0]
    result = signed_rank_test((printed["C4.5+m"] - printed["C4.5"]).round(3))

    assert (result.plus, result.minus, result.statistic) == (93, 12, 12)
    # Demšar's z, of 14 differences, makes no correction for ties.
    z = (result.statistic - 14 * 15 / 4) / math.sqrt(14 * 15 * 29 / 24)
    assert z == pytest.approx(-2.54, abs=0.005)
    assert 2 * stats.norm.cdf(z) == pytest.approx(0.011, abs=0.0005)
    assert result.p_value == pytest.approx(0.0078125)
    assert pair["statistic"] == 12
    assert pair["p_value"] == result.p_value
    assert pair["rank_biserial"] == pytest.approx((93 - 12) / 105)


def test_noise_of_a_subtraction_parts_no_ties():
    scores = np.array([[0.9, 0.8], [0.3, 0.4], [0.6, 0.3]])
    differences = scores[:, 0] - scores[:, 1]
    assert abs(differences[0]) != abs(differences[1])

    # Sizes .1 .1 .3 have the ranks 1.5 1.5 3.
    result = signed_rank_test(differences)

    assert (result.plus, result.minus) == (4.5, 1.5)
    assert wilcoxon_holm(scores)["statistic"][0] == 1.5


def test_small_differences_of_large_scores():
    """Noise is as large as the scores make it, not the differences."""
    scores = np.array([[100_000.9, 100_000.8], [0.3, 0.4], [0.9, 0.6]])
    assert scores[0, 0] - scores[0, 1] == pytest.approx(0.1, abs=1e-10)
    assert scores[0, 0] - scores[0, 1] != pytest.approx(0.1, abs=1e-12)

    assert wilcoxon_holm(scores)["statistic"][0] == 1.5


@pytest.mark.parametrize(
    "differences",
    [
        [1, 2, 3, -4, 5],
        [1, -1, 2, 2, -3, 3, 3],
        [0, 0, 1, -2, 2, 3, 0],
        [0.5, -0.5],
        [0, 2],
        [7],
        [0, 0, 0],
    ],
    ids=str,
)
def test_exact_p_values_with_ties_and_zeros(differences):
    result = signed_rank_test(differences)

    statistic, p_value = p_value_by_counting(np.array(differences, dtype=float))
    assert result.exact
    assert result.statistic == pytest.approx(statistic)
    assert result.p_value == pytest.approx(p_value)


@pytest.mark.parametrize("n", [3, 10, 25, 50])
def test_exact_p_values_are_scipys(n):
    differences = np.random.default_rng(n).normal(0.2, 1.0, size=n)

    result = signed_rank_test(differences)

    theirs = stats.wilcoxon(differences, method="exact")
    assert result.exact
    assert result.statistic == theirs.statistic
    assert result.p_value == pytest.approx(theirs.pvalue)


@pytest.mark.parametrize("decimals", [12, 1])
def test_normal_p_values_are_scipys_with_ties_too(decimals):
    differences = np.random.default_rng(0).normal(0.2, 1.0, size=80).round(decimals)
    differences = differences[differences != 0]

    result = signed_rank_test(differences)

    theirs = stats.wilcoxon(differences)
    assert not result.exact
    assert result.statistic == theirs.statistic
    assert result.p_value == pytest.approx(theirs.pvalue)


def test_both_kinds_of_p_value_are_close(monkeypatch):
    differences = np.random.default_rng(4).normal(0.15, 1.0, size=50)
    differences[:5] = 0
    counted = signed_rank_test(differences)
    monkeypatch.setattr("mlkit.statistics.wilcoxon._EXACT_UP_TO", 10)
    normal = signed_rank_test(differences)

    assert counted.exact > normal.exact
    assert counted.p_value == pytest.approx(normal.p_value, abs=0.005)
    assert counted.p_value != normal.p_value


@pytest.mark.parametrize("n", [3, 60])
def test_no_difference_has_a_p_value_of_1(n):
    result = signed_rank_test(np.zeros(n))

    assert result.p_value == 1
    assert result.plus == result.minus == n * (n + 1) / 4


def test_zeros_speak_for_equality():
    without = signed_rank_test([1, 2, 3, 4, 5, 6])
    among = signed_rank_test([1, 2, 3, 4, 5, 6, 0, 0])

    assert without.statistic == 0
    assert among.statistic == 1.5
    assert abs(rank_biserial([1, 2, 0, 0])) < abs(rank_biserial([1, 2]))


def test_it_holds_its_level():
    rng = np.random.default_rng(0)
    p_values = [
        signed_rank_test(rng.normal(size=12).round(1)).p_value for _ in range(1000)
    ]

    # The exact p-value takes few values, so it stays below its level.
    share = np.mean(np.array(p_values) <= 0.05)
    assert 0.02 < share < 0.065


def test_all_pairs_are_compared_once(printed):
    pairs = wilcoxon_holm(printed)

    assert list(zip(pairs["first"], pairs["second"], strict=True)) == list(
        itertools.combinations(printed.columns, 2)
    )
    assert list(pairs.columns) == [
        "first",
        "second",
        "statistic",
        "p_value",
        "p_adjusted",
        "rank_biserial",
        "median_difference",
    ]
    np.testing.assert_array_equal(pairs["p_adjusted"], holm(pairs["p_value"]))
    row = pairs.set_index(["first", "second"]).loc[("C4.5+m", "C4.5+cf")]
    differences = (printed["C4.5+m"] - printed["C4.5+cf"]).round(3)
    assert row["rank_biserial"] == pytest.approx(rank_biserial(differences))
    assert row["median_difference"] == pytest.approx(differences.median())
    assert row["p_value"] == signed_rank_test(differences).p_value


def test_a_pair_does_not_depend_on_the_others(printed):
    alone = wilcoxon_holm(printed.iloc[:, [1, 3]]).iloc[0]
    pairs = wilcoxon_holm(printed).set_index(["first", "second"])

    assert alone["p_value"] == pairs.loc[("C4.5+m", "C4.5+m+cf"), "p_value"]
    assert alone["p_adjusted"] == alone["p_value"]


def test_swapped_models_turn_the_signs(printed):
    pair = wilcoxon_holm(printed.iloc[:, [0, 1]]).iloc[0]
    other = wilcoxon_holm(printed.iloc[:, [1, 0]]).iloc[0]

    assert other["p_value"] == pair["p_value"]
    assert other["statistic"] == pair["statistic"]
    assert other["rank_biserial"] == -pair["rank_biserial"] > 0
    assert other["median_difference"] == -pair["median_difference"] > 0


def test_positive_speaks_for_the_first_of_losses_too():
    losses = pd.DataFrame({"good": [0.1, 0.2, 0.3], "bad": [0.4, 0.5, 0.8]})

    pair = wilcoxon_holm(losses, greater_is_better=False).iloc[0]

    assert pair["rank_biserial"] == 1
    assert pair["median_difference"] == pytest.approx(0.3)
    assert wilcoxon_holm(losses).iloc[0]["rank_biserial"] == -1


def test_datasets_in_another_order_give_the_same(printed):
    pd.testing.assert_frame_equal(
        wilcoxon_holm(printed.iloc[::-1]), wilcoxon_holm(printed)
    )


def test_one_dataset_shows_nothing():
    pair = wilcoxon_holm([[0.9, 0.1]]).iloc[0]

    assert (pair["first"], pair["second"]) == (0, 1)
    assert (pair["p_value"], pair["rank_biserial"]) == (1, 1)


def test_scores_that_are_all_the_same():
    pairs = wilcoxon_holm(np.zeros((4, 3)))

    assert (pairs[["p_value", "p_adjusted"]] == 1).all(axis=None)
    assert (pairs[["rank_biserial", "median_difference"]] == 0).all(axis=None)


def test_scores_are_checked():
    with pytest.raises(ScoresError, match="dataset 0, model 1 = nan"):
        wilcoxon_holm([[1, np.nan], [2, 3]])
    with pytest.raises(LabelNameError, match="two columns named 'a'"):
        wilcoxon_holm(pd.DataFrame([[1, 2]], columns=["a", "a"]))
    with pytest.raises(TypeError, match="greater_is_better"):
        wilcoxon_holm([[1, 2]], greater_is_better=1)
    with pytest.raises(ScoresError, match="at least 1 value, got 0"):
        signed_rank_test([])


def test_holm_by_hand():
    # Sorted .005 .01 .03 .04 times 4 3 2 1: .02 .03 .06 .04, and .04 rises to .06.
    adjusted = holm([0.01, 0.04, 0.03, 0.005])

    np.testing.assert_allclose(adjusted, [0.03, 0.06, 0.06, 0.02])


def test_holm_is_capped_and_keeps_equal_values_equal():
    assert holm([0.6, 0.6, 0.9]).tolist() == [1, 1, 1]
    assert holm([0.02, 0.02]).tolist() == [0.04, 0.04]
    assert holm([0.02]).tolist() == [0.02]
    assert holm([]).tolist() == []


def test_holm_lies_between_none_and_bonferroni():
    p_values = np.random.default_rng(0).random(50) ** 3

    adjusted = holm(p_values)

    assert (adjusted >= p_values).all()
    assert (adjusted <= np.minimum(1, 50 * p_values)).all()
    assert (np.diff(adjusted[np.argsort(p_values)]) >= 0).all()
    order = np.random.default_rng(1).permutation(50)
    np.testing.assert_array_equal(holm(p_values[order]), adjusted[order])


def test_holm_keeps_false_alarms_rare():
    """Ten true hypotheses: any alarm at all in at most 5 %, where unadjusted in 40."""
    p_values = np.random.default_rng(0).random((2000, 10))

    alarms = [holm(row).min() <= 0.05 for row in p_values]

    assert np.mean(p_values.min(axis=1) <= 0.05) > 0.35
    assert np.mean(alarms) == pytest.approx(0.05, abs=0.015)


@pytest.mark.parametrize(
    ("p_values", "match"),
    [
        ([0.1, 1.5], r"p_values must be in \[0, 1\], got 1.5"),
        ([-0.1], "got -0.1"),
        ([0.1, np.nan], "position 1 = nan.*Leave out tests"),
        ([[0.1]], "one-dimensional"),
    ],
)
def test_holm_checks_its_p_values(p_values, match):
    with pytest.raises(ScoresError, match=match):
        holm(p_values)


def test_p_values_as_a_square(printed):
    pairs = wilcoxon_holm(printed)

    square = p_value_matrix(pairs)

    assert list(square.index) == list(square.columns) == list(printed.columns)
    assert (square == square.T).all(axis=None)
    assert (np.diag(square) == 1).all()
    for pair in pairs.itertuples():
        assert square.loc[pair.first, pair.second] == pair.p_adjusted
    plain = p_value_matrix(pairs, column="p_value")
    assert plain.iloc[0, 1] == pairs["p_value"][0]


def test_only_p_values_are_laid_out(printed):
    with pytest.raises(OptionError, match="column must be one of 'p_adjusted'"):
        p_value_matrix(wilcoxon_holm(printed), column="rank_biserial")


def posterior_by_the_letter(differences, rope, weights):
    """Sum the products of all pairs of weights, one by one, as the paper defines."""
    points = [0.0, *differences]
    wins = np.zeros(3)
    for draw in weights:
        masses = np.zeros(3)
        for (a, u), (b, v) in itertools.product(
            zip(points, draw, strict=True), repeat=2
        ):
            region = 0 if a + b < -2 * rope else 2 if a + b > 2 * rope else 1
            masses[region] += u * v
        wins[masses.argmax()] += 1
    return wins / len(weights)


@pytest.mark.parametrize("rope", [0.0, 0.1, 0.6])
def test_the_posterior_is_that_of_its_definition(rope):
    differences = [0.4, -0.3, 0.75, 0.15, -1.1]
    weights = np.random.default_rng(9).dirichlet([0.5, 1, 1, 1, 1, 1], size=1500)

    answer = bayesian_signed_rank_test(differences, rope=rope)

    expected = posterior_by_the_letter(differences, rope, weights)
    np.testing.assert_allclose(
        [answer.worse, answer.equal, answer.better], expected, atol=0.04
    )


@pytest.mark.parametrize(
    ("difference", "rope", "better"),
    [
        # Pairs (d, d), (d, 0), (0, d) are above: won if the prior's weight w has
        # w² < 1/2, and w is Beta(1/2, 1).
        (1.0, 0.0, 0.5**0.25),
        (1.0, 0.4, 0.5**0.25),
        # Only (d, d) is: won if (1 - w)² > 1/2.
        (1.0, 0.6, (1 - math.sqrt(0.5)) ** 0.5),
        (1.0, 0.5, (1 - math.sqrt(0.5)) ** 0.5),
        (1.0, 1.0, 0.0),
    ],
)
def test_a_single_difference_has_a_closed_form(difference, rope, better):
    answer = bayesian_signed_rank_test([difference], rope=rope)

    assert answer.better == pytest.approx(better, abs=0.01)
    assert answer.worse == 0
    assert answer.equal == pytest.approx(1 - better, abs=0.01)


def test_swapped_models_swap_better_and_worse():
    differences = np.random.default_rng(2).normal(0.01, 0.03, size=20)

    answer = bayesian_signed_rank_test(differences, rope=0.01)
    other = bayesian_signed_rank_test(-differences, rope=0.01)

    assert answer.better > answer.worse
    assert other.worse == pytest.approx(answer.better, abs=0.015)
    assert other.equal == pytest.approx(answer.equal, abs=0.015)


def test_differences_within_the_rope_are_equal():
    answer = bayesian_signed_rank_test([0.01, -0.01, 0.005, 0.0], rope=0.01)

    assert (answer.worse, answer.equal, answer.better) == (0, 1, 0)


def test_the_edge_of_the_rope_is_no_matter_of_rounding():
    difference = 0.76 - 0.75
    assert difference > 0.01

    assert bayesian_signed_rank_test([difference] * 9, rope=0.01).equal == 1


def test_balanced_differences_share_the_draws():
    answer = bayesian_signed_rank_test([1, -1] * 10, rope=0.0)

    # Each pair (1, -1) has the mean 0, which is in the rope.
    assert answer.worse == pytest.approx(answer.better, abs=0.02)
    assert answer.equal > 0.5


def test_a_seed_gives_the_same_answer_and_another_seed_another():
    differences = [0.02, -0.01, 0.05, 0.03]
    answers = [
        bayesian_signed_rank_test(
            differences, rope=0.01, n_draws=1000, random_state=seed
        )
        for seed in (0, 0, 1, np.random.default_rng(0))
    ]

    assert answers[0] == answers[1] == answers[3]
    assert answers[0] != answers[2]


def test_blocks_do_not_matter(monkeypatch):
    differences = np.random.default_rng(2).normal(0.01, 0.03, size=20)
    whole = bayesian_signed_rank_test(differences, rope=0.01, n_draws=1000)
    monkeypatch.setattr("mlkit.statistics.wilcoxon._BLOCK_NUMBERS", 300)

    parts = bayesian_signed_rank_test(differences, rope=0.01, n_draws=1000)

    assert parts.better == pytest.approx(whole.better)
    assert parts.equal == pytest.approx(whole.equal)


def test_a_thousand_datasets_stay_within_bounds():
    """All weights at once would take 400 MB."""
    differences = np.random.default_rng(2).normal(0.001, 0.03, size=1000)
    tracemalloc.start()

    answer = bayesian_signed_rank_test(differences, rope=0.01, n_draws=20_000)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 * 2**20
    assert answer.worse + answer.equal + answer.better == pytest.approx(1)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"rope": -1}, OptionError, r"rope must be in \[0, .*got -1"),
        ({"rope": "0.01"}, TypeError, "rope must be a number"),
        ({"rope": 0.1, "n_draws": 0}, OptionError, "n_draws must be at least 1, got 0"),
    ],
)
def test_options_are_checked(options, error, match):
    with pytest.raises(error, match=match):
        bayesian_signed_rank_test([0.1, 0.2], **options)


def test_differences_are_checked():
    with pytest.raises(ScoresError, match="position 0 = inf"):
        bayesian_signed_rank_test([np.inf], rope=0.01)
