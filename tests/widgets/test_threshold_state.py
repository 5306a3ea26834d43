"""The state of the threshold explorer, without a kernel."""

from __future__ import annotations

import numpy as np
import pytest
from traitlets import TraitError

from mlkit.metrics import cost_loss, error_costs, f1_score, subset_accuracy_score
from mlkit.thresholds import best_threshold, best_thresholds, cut, top_k
from mlkit.widgets.scored_rows import scored_rows
from mlkit.widgets.threshold_state import PERFECT, RULES, ThresholdState

Y = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [1, 0, 0]])
PROBA = np.array([[0.9, 0.2, 0.1], [0.6, 0.4, 0.3], [0.7, 0.1, 0.2], [0.4, 0.3, 0.1]])


@pytest.fixture
def state():
    return ThresholdState(scored_rows(Y, PROBA, most_cells=100))


def test_metrics_by_hand(state):
    # Decided: label 0 in the first three rows, of which the third is wrong.
    metrics = state.outcome().metrics
    assert metrics["micro F1"] == pytest.approx(4 / 8)
    assert metrics["macro F1"] == pytest.approx(4 / 6 / 3)
    assert metrics["samples F1"] == pytest.approx((1 + 2 / 3) / 4)
    assert metrics["subset accuracy"] == 0.25
    assert metrics["Hamming loss"] == pytest.approx(4 / 12)
    assert metrics["cost a row"] == 1.0


def test_costs_change_the_cost_alone(state):
    before = state.outcome().metrics
    state.false_negative = 4.0
    after = state.outcome().metrics
    expected = cost_loss(Y, cut(PROBA), cost_matrix=error_costs(1, 4))
    assert after["cost a row"] == pytest.approx(expected)
    assert {n for n in before if before[n] != after[n]} == {"cost a row"}


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_decides(state, rule):
    state.rule = rule
    state.thresholds = [0.5, 0.2, 0.3]
    state.false_negative = 3.0
    decided = {
        "one": cut(PROBA),
        "own": cut(PROBA, [0.5, 0.2, 0.3]),
        "top k": top_k(PROBA, 1),
        "cardinality": cut(PROBA, 0.4),
        "cost": cut(PROBA, 0.25),
    }[rule]
    metrics = state.outcome().metrics
    expected = f1_score(Y, decided, average="micro")
    assert metrics["micro F1"] == pytest.approx(expected)
    assert metrics["subset accuracy"] == subset_accuracy_score(Y, decided)


def test_a_cardinality_of_other_rows():
    rows = scored_rows(Y, PROBA, most_cells=100)
    state = ThresholdState(rows, cardinality=2.0, rule="cardinality")
    # Eight are wanted; equal scores allow for seven or nine.
    assert state.outcome().counts.predicted.sum() == 7
    assert "for 2.00 labels a row" in state.sentence()


class TestMovedThreshold:
    def test_of_all_labels(self, state):
        state.current_threshold = 0.3
        assert (state.threshold, state.current_threshold) == (0.3, 0.3)

    def test_of_one_label(self, state):
        state.rule, state.label = "own", "label_1"
        state.current_threshold = 0.3
        assert state.thresholds == [0.5, 0.3, 0.5]
        assert state.threshold == 0.5

    @pytest.mark.parametrize("rule", ["own", "top k", "cardinality", "cost"])
    def test_of_none(self, state, rule):
        state.rule = rule
        assert not state.moves_threshold
        with pytest.raises(TraitError, match="no single threshold to move"):
            state.current_threshold = 0.123

    def test_showing_one_beyond_one_does_not_move_it(self, state):
        state.threshold = np.inf
        assert state.current_threshold == 1.0
        state.current_threshold = 1.0
        assert state.threshold == np.inf

    def test_a_rule_that_finds_it_shows_it(self, state):
        state.rule = "cost"
        state.false_positive = 3.0
        assert state.current_threshold == 0.75


class TestBest:
    def test_one_threshold(self, state):
        state.choose_best()
        assert state.threshold == best_threshold(Y, PROBA)
        assert "Best for F1 on the rows shown" in state.sentence()
        assert "on other rows it is worth less" in state.sentence()

    def test_another_threshold_is_not_said_to_be_best(self, state):
        state.choose_best()
        state.threshold = 0.9
        assert "Best for" not in state.sentence()

    def test_one_a_label(self, state):
        state.rule = "own"
        state.choose_best()
        assert state.thresholds == best_thresholds(Y, PROBA).tolist()

    def test_of_the_chosen_label_alone(self, state):
        state.rule, state.label = "own", "label_1"
        state.choose_best()
        expected = best_thresholds(Y, PROBA)[1]
        assert state.thresholds == [0.5, expected, 0.5]

    def test_k(self, state):
        state.rule = "top k"
        state.choose_best()
        worth = [f1_score(Y, top_k(PROBA, k), average="micro") for k in range(4)]
        assert worth[state.k] == max(worth)
        assert "Best for F1" in state.sentence()

    def test_for_costs(self, state):
        state.measure, state.false_negative = "cost", 10.0
        state.choose_best()
        costs = error_costs(1, 10)
        least = min(
            cost_loss(Y, cut(PROBA, t), cost_matrix=costs)
            for t in np.linspace(0, 1, 101)
        )
        assert state.outcome().metrics["cost a row"] == pytest.approx(least)

    @pytest.mark.parametrize("rule", ["cardinality", "cost"])
    def test_nothing_to_choose(self, state, rule):
        state.rule = rule
        assert not state.can_choose
        assert state.best() == {}
        with pytest.raises(TraitError, match="chooses by itself"):
            state.choose_best()


def test_perfect_ranking_and_low_scores(state):
    state.scores = PERFECT
    assert state.outcome().metrics["macro F1"] == 0.0
    assert state.ranked.mean_average_precision == 1.0
    values = state.ranked.cells.values
    assert values[Y == 1].min() > 0.3 - 1e-9
    assert values.max() < 0.45
    assert values[Y == 0].max() < 0.25
    state.choose_best()
    assert state.outcome().metrics["macro F1"] == 1.0


def test_what_was_given_is_not_modified():
    truth, proba = Y.copy(), PROBA.copy()
    state = ThresholdState(scored_rows(truth, proba, most_cells=100), scores=PERFECT)
    state.rule = "own"
    state.choose_best()
    assert (truth == Y).all()
    assert (proba == PROBA).all()


def test_the_sentence_says_all(state):
    # Average precision: (1 + 2/3 + 3/4) / 3, 1 and 1/2.
    assert state.sentence() == (
        "One threshold 0.50 for all labels: micro F1 0.500, macro F1 0.222, samples "
        "F1 0.417, subset accuracy 0.250, Hamming loss 0.333, cost a row 1.000. 0.75 "
        "labels a row are decided for, 1.25 are true. mAP 0.769, whatever the "
        "threshold. 4 rows."
    )


def test_the_sentence_says_the_label_and_the_rule(state):
    state.label = "label_0"
    assert "label_0: F1 0.667; 2 right, 1 missed, 1 false." in state.sentence()
    state.rule, state.thresholds = "own", [0.5, 0.2, 0.3]
    assert state.sentence().startswith("One threshold per label, 0.20 to 0.50: ")
    state.rule = "top k"
    assert state.sentence().startswith("The 1 likeliest of 3 labels in a row: ")
    state.rule = "cost"
    assert "a false positive costs 1 and a miss 1: " in state.sentence()


def test_no_positive_at_all():
    rows = scored_rows(np.zeros((2, 2)), np.full((2, 2), 0.4), most_cells=100)
    assert "No label has a positive" in ThresholdState(rows).sentence()


def test_the_twenty_most_frequent_labels_have_a_row():
    rng = np.random.default_rng(0)
    truth = (rng.random((50, 30)) < np.linspace(0.1, 0.9, 30)).astype(int)
    state = ThresholdState(scored_rows(truth, rng.random((50, 30)), most_cells=9999))
    support = truth.sum(axis=0)
    assert support[list(state.drawn)].min() >= np.sort(support)[-20]
    assert "The 20 most frequent of 30 labels are drawn." in state.sentence()
    state.label = "label_0"
    assert state.drawn[-1] == 0
    assert "label_0 in place of the last" in state.sentence()


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("rule", "two", "Unknown rule 'two'. .*Known: .*'one'"),
        ("label", "no label", "Unknown label 'no label'. "),
        ("measure", "f3", "Unknown measure 'f3'. Known: .*'f1'"),
        ("scores", "mine", "Unknown scores 'mine'. .*Known: 'as predicted'"),
        ("threshold", -0.1, "at least 0"),
        ("threshold", np.nan, "at least 0"),
        ("thresholds", [0.5, 0.5], "Expected 3 thresholds"),
        ("thresholds", [0.5, np.nan, 0.5], "at least 0"),
        ("k", 4, r"\[0, 3\]"),
        ("false_positive", 0.0, "more than 0; got 0.0"),
        ("false_negative", np.inf, "finite cost"),
    ],
)
def test_values_that_do_not_fit(state, trait, value, message):
    with pytest.raises(TraitError, match=message):
        setattr(state, trait, value)
