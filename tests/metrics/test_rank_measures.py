"""The measures of one row's ranking, against all orders that ties leave open."""

import pickle

import numpy as np
import pytest
from hypothesis import given

from mlkit.exceptions import OptionError
from mlkit.metrics import Evidence, rank_measures
from mlkit.metrics.rank_measures import score_ranking

from .cases import NAN, ranked, some
from .textbook import (
    any_wrong_pair,
    area_under_curve,
    depth,
    margin,
    mean_precision,
    over_orders,
    top_is_wrong,
    wrong_pair_share,
    wrong_pairs,
)

# The measure, its textbook, what a row must have, and the ties it is defined for.
MEASURES = {
    "one-error": (rank_measures.ONE_ERROR, top_is_wrong, "true", "all"),
    "is-error": (rank_measures.IS_ERROR, any_wrong_pair, "pair", "strict"),
    "error-set size": (rank_measures.ERROR_SET_SIZE, wrong_pairs, "pair", "all"),
    "ranking loss": (rank_measures.RANKING_LOSS, wrong_pair_share, "pair", "all"),
    "coverage": (rank_measures.COVERAGE, depth, "true", "strict"),
    "margin": (rank_measures.MARGIN, margin, "pair", "strict"),
}
ALL_TIES = ("worst", "average", "first", "last")
STRICT_TIES = ("worst", "first", "last")


def with_ties():
    for name, (*_, allowed) in MEASURES.items():
        for grouping in ALL_TIES if allowed == "all" else STRICT_TIES:
            yield name, grouping


def row_units(statistic, case, grouping, empty=NAN):
    options = {"ties": grouping, "empty": empty, "first_rank": 1}
    return statistic.units(Evidence.of_scores(*case), options)


@pytest.mark.parametrize(("name", "grouping"), list(with_ties()))
@some
@given(case=ranked)
def test_each_row_over_all_orders_of_equal_scores(name, grouping, case):
    statistic, measure, needs, _ = MEASURES[name]
    found = row_units(statistic, case, grouping)
    for i, (labels, scores) in enumerate(zip(*case, strict=True)):
        defined = labels.any() and (needs == "true" or not labels.all())
        assert found.undefined[i] != defined
        if defined:
            expected = over_orders(measure, labels.tolist(), scores.tolist(), grouping)
            assert found.values[i] == pytest.approx(expected)
        else:
            assert np.isnan(found.values[i])


@pytest.mark.parametrize("grouping", STRICT_TIES)
@some
@given(case=ranked)
def test_each_row_of_the_average_precision(grouping, case):
    found = row_units(rank_measures.LABEL_RANKING, case, grouping)
    for i, (labels, scores) in enumerate(zip(*case, strict=True)):
        if labels.any():
            expected = mean_precision(labels.tolist(), scores.tolist(), grouping)
            assert found.values[i] == pytest.approx(expected)


@pytest.mark.parametrize("name", MEASURES)
@some
@given(case=ranked)
def test_no_order_is_worse_than_worst(name, case):
    statistic = MEASURES[name][0]
    worst = row_units(statistic, case, "worst", 0.0).values
    for grouping in STRICT_TIES:
        assert (row_units(statistic, case, grouping, 0.0).values <= worst).all()
    if (name, "average") in list(with_ties()):
        average = row_units(statistic, case, "average", 0.0).values
        assert (average <= worst + 1e-12).all()


@some
@given(case=ranked)
def test_reversing_the_labels_exchanges_first_and_last(case):
    flipped = [part[:, ::-1] for part in case]
    for statistic, *_ in MEASURES.values():
        first = row_units(statistic, case, "first", 0.0).values
        last = row_units(statistic, flipped, "last", 0.0).values
        np.testing.assert_allclose(first, last)


@some
@given(case=ranked)
def test_a_fair_ranking_loss_is_one_minus_the_area_under_the_curve(case):
    found = row_units(rank_measures.RANKING_LOSS, case, "average").values
    for value, labels, scores in zip(found, *case, strict=True):
        if labels.any() and not labels.all():
            area = area_under_curve(labels.tolist(), scores.tolist())
            assert 1 - value == pytest.approx(area)


@some
@given(case=ranked)
def test_is_error_says_whether_the_others_are_zero(case):
    for grouping in STRICT_TIES:
        wrong = row_units(rank_measures.IS_ERROR, case, grouping, 0.0).values > 0
        for name in ("error-set size", "ranking loss", "margin"):
            values = row_units(MEASURES[name][0], case, grouping, 0.0).values
            assert ((values > 0) == wrong).all()


class TestRankMean:
    @pytest.mark.parametrize(
        ("empty", "mean"),
        [(0.0, 0.25), (1.0, 0.75), (NAN, 0.5), ("undefined", NAN)],
    )
    def test_what_an_undefined_row_counts(self, empty, mean):
        # One of two pairs is wrong, in either row; there is no pair in the others.
        case = [[1, 0, 0], [1, 0, 0], [0, 0, 0], [1, 1, 1]], [[2, 3, 1]] * 4
        value = row_units(rank_measures.RANKING_LOSS, case, "worst", empty).mean()
        assert value == pytest.approx(mean, nan_ok=True)
        assert value.note == "2 of 4 rows undefined"

    def test_rows_of_which_nothing_is_known_are_none(self):
        case = [[1, 0], [NAN, NAN]], [[1, 2], [1, 2]]
        for statistic, *_ in MEASURES.values():
            value = row_units(statistic, case, "worst").mean()
            assert (value.units, value.undefined) == (1, 0)

    def test_it_travels_to_other_processes(self):
        for statistic, *_ in MEASURES.values():
            assert pickle.loads(pickle.dumps(statistic)) == statistic


def test_score_ranking_refuses_ties_that_a_measure_lacks():
    with pytest.raises(OptionError, match="ties must be one of 'worst', 'first', 'las"):
        score_ranking(
            rank_measures.COVERAGE,
            "coverage",
            [[1]],
            [[1]],
            convention="sklearn",
            ties="average",
        )
