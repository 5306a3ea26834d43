"""Tests of decisions by cost."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlkit.exceptions import OptionError, ScoresError, ShapeError
from mlkit.thresholds.costs import cost_threshold, decide_by_cost

COSTS = st.floats(0.01, 100)


def test_threshold_by_hand():
    assert cost_threshold(1, 1) == 0.5
    assert cost_threshold(1, 3) == 0.25
    assert cost_threshold(0, 2) == 0.0
    assert cost_threshold(2, 0) == 1.0
    assert isinstance(cost_threshold(1, 3), float)


def test_one_threshold_a_label():
    np.testing.assert_allclose(cost_threshold([1, 3], 1), [0.5, 0.75])
    np.testing.assert_allclose(cost_threshold([1, 3], [4, 1]), [0.2, 0.75])


def test_huge_costs_do_not_overflow():
    assert cost_threshold(1.7e308, 1.7e308) == 0.5


@given(st.floats(0, 1), COSTS, COSTS)
def test_the_decision_is_never_the_dearer_one(p, wrong, missed):
    decided = decide_by_cost([[p]], false_positive=wrong, false_negative=missed)[0, 0]

    costs = [p * missed, (1 - p) * wrong]
    assert costs[decided] <= costs[1 - decided] + 1e-9


def test_frames_keep_their_names():
    frame = pd.DataFrame([[0.3, 0.6]], columns=["a", "b"])

    answer = decide_by_cost(frame, false_negative=[4, 1])

    assert answer.to_dict("records") == [{"a": 1, "b": 1}]


@pytest.mark.parametrize(
    ("costs", "error", "match"),
    [
        ((0, 0), OptionError, "Both costs of a label are 0"),
        (([1, 0], [1, 0]), OptionError, "Both costs of a label are 0"),
        ((-1, 1), OptionError, "finite and 0 or more"),
        ((1, np.inf), OptionError, "finite and 0 or more"),
        ((np.nan, 1), OptionError, "finite and 0 or more"),
        (("dear", 1), OptionError, "must be a number, or one a label; got 'dear'"),
        (([1, 2], [1, 2, 3]), ShapeError, "one cost a label; got 2 and 3"),
    ],
)
def test_costs_that_make_no_sense_are_refused(costs, error, match):
    with pytest.raises(error, match=match):
        cost_threshold(*costs)


def test_only_probabilities_are_weighed():
    with pytest.raises(ScoresError, match=r"outside \[0, 1\]"):
        decide_by_cost([[1.5]])


def test_there_must_be_a_cost_for_each_label():
    with pytest.raises(ShapeError, match="one number or 3, one a label"):
        decide_by_cost([[0.1, 0.2, 0.3]], false_positive=[1, 2])
