import itertools

import numpy as np
import pandas as pd
import pytest

from mlkit.exceptions import LabelNameError, OptionError, ScoresError, ShapeError
from mlkit.statistics import (
    indistinct_groups,
    indistinct_runs,
    mean_ranks,
    nemenyi_critical_difference,
    nemenyi_test,
    p_value_matrix,
    wilcoxon_holm,
)


def symmetric(pairs, names):
    """p-values of pairs, 1 for those that are not given."""
    square = pd.DataFrame(1.0, index=list(names), columns=list(names))
    for (first, second), value in pairs.items():
        square.loc[first, second] = square.loc[second, first] = value
    return square


def test_the_textbook(published):
    """At .10 the best two are apart from C4.5, and C4.5+cf from none; figure 1(a)."""
    ranks = mean_ranks(published)

    groups = indistinct_groups(ranks, nemenyi_critical_difference(4, 14, alpha=0.1))

    assert groups == [("C4.5+m+cf", "C4.5+m", "C4.5+cf"), ("C4.5+cf", "C4.5")]
    everything = tuple(ranks.sort_values().index)
    assert indistinct_groups(ranks, nemenyi_critical_difference(4, 14)) == [everything]


def test_groups_overlap_and_none_lies_within_another():
    groups = indistinct_groups([1.0, 2.0, 3.0, 3.5, 6.0], 2.1)

    assert groups == [(0, 1, 2), (1, 2, 3)]


def test_a_model_that_differs_from_all_is_in_no_group():
    assert indistinct_groups([1.0, 2.0, 4.0], 1.0) == []
    assert indistinct_groups([1.0, 4.0, 4.5], 1.0) == [(1, 2)]


def test_a_critical_difference_apart_is_distinct():
    assert indistinct_groups([1.0, 2.0], 1.0) == []
    assert indistinct_groups([1.0, 2.0], 1.001) == [(0, 1)]
    # Rounding does not decide: 2.3 - 1.2 is a little less than 1.1.
    assert 2.3 - 1.2 < 1.1
    assert indistinct_groups([1.2, 2.3], 1.1) == []


def test_equal_ranks_keep_the_order_of_the_models():
    ranks = pd.Series([1.5, 3.0, 1.5], index=["b", "c", "a"])

    assert indistinct_groups(ranks, 1.0) == [("b", "a")]
    assert indistinct_groups(ranks, 5.0) == [("b", "a", "c")]


def test_a_single_model_has_no_group():
    assert indistinct_groups([1.0], 1.0) == []


@pytest.mark.parametrize("seed", range(8))
def test_groups_are_all_maximal_sets_within_the_difference(seed):
    """Compared with a search through all subsets."""
    rng = np.random.default_rng(seed)
    ranks = rng.integers(2, 14, size=6) / 2
    limit = rng.choice([0.75, 1.25, 2.25])
    sets = [
        set(models)
        for size in range(2, 7)
        for models in itertools.combinations(range(6), size)
        if np.ptp(ranks[list(models)]) < limit
    ]
    maximal = [one for one in sets if not any(one < other for other in sets)]

    groups = indistinct_groups(ranks, limit)

    assert sorted(map(sorted, groups)) == sorted(map(sorted, maximal))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("alpha", [0.05, 0.3])
def test_runs_of_nemenyi_are_the_groups(seed, alpha):
    scores = np.random.default_rng(seed).normal(size=(12, 6)) + np.arange(6) / 3
    ranks = mean_ranks(scores)
    order = ranks.sort_values(kind="stable").index

    runs = indistinct_runs(nemenyi_test(scores), order, alpha=alpha)

    limit = nemenyi_critical_difference(6, 12, alpha=alpha)
    assert runs == indistinct_groups(ranks, limit)
    assert runs


def test_runs_by_hand():
    p_values = symmetric({"ad": 0.01, "bd": 0.03, "ae": 0.2, "ce": 0.04}, "abcde")

    # d breaks with a and b, e with c: abc, cd, de.
    assert indistinct_runs(p_values, "abcde") == [
        ("a", "b", "c"),
        ("c", "d"),
        ("d", "e"),
    ]


def test_a_bar_covers_no_model_that_is_distinct():
    """a and c are indistinct, but b between them differs from a."""
    p_values = symmetric({"ab": 0.01}, "abc")

    assert indistinct_runs(p_values, "abc") == [("b", "c")]
    assert indistinct_runs(p_values, "acb") == [("a", "c"), ("c", "b")]


def test_alpha_itself_is_significant():
    p_values = symmetric({"ab": 0.05}, "ab")

    assert indistinct_runs(p_values, "ab") == []
    assert indistinct_runs(p_values, "ab", alpha=0.049) == [("a", "b")]


def test_the_diagonal_is_not_looked_at():
    p_values = symmetric({"ab": 0.5}, "ab").to_numpy(copy=True)
    np.fill_diagonal(p_values, np.nan)
    before = p_values.copy()

    assert indistinct_runs(p_values, [1, 0]) == [(1, 0)]
    np.testing.assert_array_equal(p_values, before)


def test_the_pairs_of_wilcoxon_have_runs(published):
    square = p_value_matrix(wilcoxon_holm(published))
    order = mean_ranks(published).sort_values().index

    runs = indistinct_runs(square, order)

    # One pair differs. The best and the last do not, and yet no bar can say so: it
    # would cover C4.5+m, which differs from the last.
    assert (square.to_numpy()[np.triu_indices(4, k=1)] <= 0.05).sum() == 1
    assert square.loc["C4.5", "C4.5+m"] <= 0.05
    assert runs == [("C4.5+m+cf", "C4.5+m", "C4.5+cf"), ("C4.5+cf", "C4.5")]


@pytest.mark.parametrize(
    ("order", "match"),
    [
        (["a"], r"every model once: \['a', 'b'\]; got \['a'\]"),
        (["a", "a"], "every model once"),
        (["a", "c"], r"got \['a', 'c'\]\. Pass mean_ranks"),
    ],
)
def test_an_order_names_every_model_once(order, match):
    with pytest.raises(OptionError, match=match):
        indistinct_runs(symmetric({}, "ab"), order)


@pytest.mark.parametrize(
    ("p_values", "error", "match"),
    [
        (np.ones((2, 3)), ShapeError, r"square .*got shape \(2, 3\)"),
        (symmetric({}, "ab").iloc[::-1], ShapeError, "same names on both sides"),
        (np.array([[1, 0.2], [0.3, 1]]), ShapeError, "p_values must be symmetric"),
        (np.array([[1, 1.2], [1.2, 1]]), ScoresError, r"in \[0, 1\], got 1\.2"),
        (np.array([[1, np.nan], [0.3, 1]]), ScoresError, "got nan"),
        (symmetric({}, "ab").astype(str) + "x", ScoresError, "must be numbers"),
    ],
)
def test_wrong_p_values_are_refused(p_values, error, match):
    with pytest.raises(error, match=match):
        indistinct_runs(p_values, [0, 1])


def test_two_models_of_one_name_are_refused():
    with pytest.raises(LabelNameError, match="Two models are named 'a'"):
        indistinct_groups(pd.Series([1.0, 2.0], index=["a", "a"]), 1.0)
    twice = pd.DataFrame(np.ones((2, 2)), index=["a", "a"], columns=["a", "a"])
    with pytest.raises(LabelNameError, match="Two models are named 'a'"):
        indistinct_runs(twice, ["a", "a"])


def test_options_are_checked():
    with pytest.raises(OptionError, match=r"critical_difference must be in .*got -1"):
        indistinct_groups([1.0, 2.0], -1)
    with pytest.raises(TypeError, match="critical_difference must be a number"):
        indistinct_groups([1.0, 2.0], "wide")
    with pytest.raises(ScoresError, match="mean_ranks has values that are not finite"):
        indistinct_groups([1.0, np.nan], 1.0)
    with pytest.raises(OptionError, match=r"alpha must be in \[0, 1"):
        indistinct_runs(symmetric({}, "ab"), "ab", alpha=1.0)
