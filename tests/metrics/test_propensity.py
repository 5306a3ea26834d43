"""P@k in which labels that often go unrecorded count for more."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from mlkit.exceptions import LabelNameError, OptionError, ShapeError
from mlkit.metrics import (
    Evidence,
    precision_at_k_score,
    propensities,
)
from mlkit.metrics import propensity_scored_precision_at_k_score as psp_score
from mlkit.metrics.propensity import PropensityScored

from .cases import NAN, PARTLY, SCORES, Y, ranked, some
from .textbook import orders


class TestPropensities:
    def test_the_formula(self):
        # Two labels of 100 rows: 40 and 3 positives.
        truth = np.zeros((100, 2), dtype=int)
        truth[:40, 0] = truth[:3, 1] = 1
        constant = (math.log(100) - 1) * 2.5**0.55
        expected = [1 / (1 + constant * (c + 1.5) ** -0.55) for c in (40, 3)]
        assert propensities(truth).tolist() == pytest.approx(expected)
        wikipedia = propensities(truth, a=0.5, b=0.4)
        constant = (math.log(100) - 1) * 1.4**0.5
        assert wikipedia.iloc[0] == pytest.approx(1 / (1 + constant / math.sqrt(40.4)))

    def test_rare_labels_are_recorded_less_often(self):
        found = propensities(np.tri(50, dtype=int))
        assert (np.diff(found) < 0).all()
        assert found.between(0, 1, inclusive="right").all()

    def test_names_and_unknown_labels(self):
        truth = pd.DataFrame({"calm": [1, 1, NAN], "sad": [0, 1, 0]})
        found = propensities(truth)
        assert found.index.tolist() == ["calm", "sad"]
        assert found["calm"] == propensities([[1], [1], [0]]).iloc[0]

    @pytest.mark.parametrize(
        ("truth", "options", "error", "match"),
        [
            ([[1], [0]], {}, ShapeError, "need at least 3 training rows, got 2"),
            ([[1]] * 3, {"a": -1}, ValueError, r"a must be in \[0, inf\), got -1"),
            ([[1]] * 3, {"b": NAN}, ValueError, r"b must be in \[0, inf\), got nan"),
            ([[1]] * 3, {"b": "1"}, TypeError, "b must be a number, got '1'"),
        ],
    )
    def test_bad_input(self, truth, options, error, match):
        with pytest.raises(error, match=match):
            propensities(truth, **options)


def gains(y, s, worth, k, ties):
    """What the first k of a row are worth, in every order that ties leave open."""
    return [sum(y[i] * worth[i] for i in order[:k]) for order in orders(y, s, ties)]


def best(y, worth, k):
    """What the best k of a row are worth, of all sets of k."""
    sets = itertools.combinations(range(len(y)), min(k, len(y)))
    return max(sum(y[i] * worth[i] for i in chosen) for chosen in sets)


class TestPropensityScored:
    def test_by_hand(self):
        truth, scores = [[1, 0, 1], [0, 1, 1], [0, 0, 0]], [[3, 2, 1]] * 3
        # Worth 2, 2 and 4. At 1: 2 of 4 and 0 of 4; at 2: 2 of 6 and 2 of 6.
        given = {"propensities": [0.5, 0.5, 0.25]}
        assert psp_score(truth, scores, k=1, **given) == 2 / 8
        assert psp_score(truth, scores, k=2, **given) == 4 / 12
        assert psp_score(truth, scores, k=3, **given) == 1.0
        value = psp_score(truth, scores, k=1, **given)
        assert (value.units, value.undefined, value.kind) == (3, 1, "row")

    @pytest.mark.parametrize("ties", ["average", "first", "last"])
    @some
    @given(case=ranked, k=st.integers(1, 5), data=st.data())
    def test_over_all_orders_and_all_sets(self, ties, case, k, data):
        worth = data.draw(
            npst.arrays(float, case[0].shape[1], elements=st.integers(1, 4))
        )
        rows = [(y.tolist(), s.tolist()) for y, s in zip(*case, strict=True)]
        gained = sum(np.mean(gains(y, s, worth, k, ties)) for y, s in rows)
        possible = sum(best(y, worth, k) for y, _ in rows)
        found = psp_score(*case, k=k, propensities=1 / worth, ties=ties)
        expected = gained / possible if possible else NAN
        assert found == pytest.approx(expected, nan_ok=True)

    @some
    @given(case=ranked, k=st.integers(1, 5), data=st.data())
    def test_worst_is_the_least_of_all_orders(self, case, k, data):
        worth = data.draw(
            npst.arrays(float, case[0].shape[1], elements=st.integers(1, 4))
        )
        rows = [(y.tolist(), s.tolist()) for y, s in zip(*case, strict=True)]
        gained = sum(min(gains(y, s, worth, k, "average")) for y, s in rows)
        possible = sum(best(y, worth, k) for y, _ in rows)
        found = psp_score(*case, k=k, propensities=1 / worth, ties="worst")
        expected = gained / possible if possible else NAN
        assert found == pytest.approx(expected, nan_ok=True)

    def test_where_all_are_recorded_it_is_precision_over_the_best(self):
        for k in (1, 3):
            found = psp_score(Y, SCORES, k=k, propensities=np.ones(6))
            ceiling = np.minimum(Y.sum(axis=1), k).mean() / k
            assert found == pytest.approx(
                precision_at_k_score(Y, SCORES, k=k) / ceiling
            )

    def test_a_scale_of_the_propensities_does_not_matter(self):
        chances = propensities(Y).to_numpy()
        found = psp_score(PARTLY, SCORES, k=3, propensities=chances / 2)
        assert found == pytest.approx(
            psp_score(PARTLY, SCORES, k=3, propensities=chances)
        )

    def test_unknown_labels_are_not_ranked(self):
        truth, scores = [[NAN, 1, 0], [NAN] * 3], [[9, 2, 1], [1, 2, 3]]
        value = psp_score(truth, scores, k=1, propensities=[0.1, 0.5, 0.5])
        assert value == 1.0
        assert value.units == 1

    @pytest.mark.parametrize("convention", ["sklearn", "mulan", "meka"])
    def test_without_a_true_label_it_is_nan(self, convention):
        options = {"k": 1, "propensities": [1, 1], "convention": convention}
        value = psp_score(np.zeros((2, 2)), np.ones((2, 2)), **options)
        assert math.isnan(value)
        assert value.note == "2 of 2 rows undefined"

    def test_weighted_rows_are_repeated_rows(self):
        chances = propensities(Y).to_numpy()
        statistic, options = PropensityScored(2, 1 / chances), {"ties": "average"}
        weights = np.random.default_rng(0).multinomial(40, [1 / 40] * 40, size=4)
        weights[0] = 0
        evidence = Evidence.of_scores(PARTLY, SCORES)
        found = statistic.resample(evidence, options, weights.astype(float))
        assert math.isnan(found[0])
        for w, value in zip(weights[1:], found[1:], strict=True):
            rows = np.repeat(np.arange(40), w)
            expected = psp_score(PARTLY[rows], SCORES[rows], k=2, propensities=chances)
            assert value == pytest.approx(expected)

    def test_names_are_compared(self):
        truth = pd.DataFrame([[1, 0]], columns=["calm", "sad"])
        chances = pd.Series([0.5, 0.25], index=["calm", "sad"])
        assert psp_score(truth, [[2, 1]], k=1, propensities=chances) == 1.0
        match = r"labels of Y in another order\. Reorder: propensities\.reindex\(Y\.col"
        with pytest.raises(LabelNameError, match=match):
            psp_score(truth, [[2, 1]], k=1, propensities=chances[::-1])

    @pytest.mark.parametrize(
        ("given", "error", "match"),
        [
            ([0.5], ShapeError, r"must be 2 numbers, one a label; got shape \(1,\)"),
            (0.5, ShapeError, r"must be 2 numbers, one a label; got shape \(\)"),
            ([0.5, 0.0], OptionError, r"propensities must lie in \(0, 1\]"),
            ([0.5, 1.1], OptionError, r"propensities must lie in \(0, 1\]"),
            ([0.5, NAN], OptionError, r"must lie in \(0, 1\]; take mlkit\.metrics"),
            (["a", "b"], OptionError, "propensities must be numbers, one a label"),
        ],
    )
    def test_propensities_are_checked(self, given, error, match):
        with pytest.raises(error, match=match):
            psp_score([[1, 0]], [[2, 1]], k=1, propensities=given)

    def test_k_and_ties_are_checked(self):
        with pytest.raises(ValueError, match="k must be at least 1, got 0"):
            psp_score([[1, 0]], [[2, 1]], k=0, propensities=[1, 1])
        with pytest.raises(OptionError, match="ties must be one of 'worst', 'average'"):
            psp_score([[1, 0]], [[2, 1]], k=1, propensities=[1, 1], ties="random")
