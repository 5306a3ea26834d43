"""A row and its loss: numbers by hand, steps of descent, values that do not fit."""

from __future__ import annotations

import numpy as np
import pytest
from traitlets import TraitError

from mlkit.activations import sigmoid
from mlkit.widgets.loss_state import LOSS_PRESETS, LossState

NAMES = ["beach", "sunset", "city"]


@pytest.fixture
def state():
    # Probabilities 3/4, 1/4 and 1/2.
    logits = np.log([3, 1 / 3, 1]).tolist()
    return LossState(logits=logits, truth=[True, True, False], label_names=NAMES)


def _preset(name):
    return LossState(**LOSS_PRESETS[name])


class TestNumbers:
    def test_by_hand(self, state):
        np.testing.assert_allclose(state.losses, np.log([4 / 3, 4, 2]))
        assert state.loss == pytest.approx(np.log(32 / 3) / 3)
        np.testing.assert_allclose(
            state.gradient, np.array([-1 / 4, -3 / 4, 1 / 2]) / 3
        )

    def test_the_sum_is_as_many_times_the_mean(self, state):
        mean, slopes = state.loss, state.gradient
        state.reduction = "sum"
        assert state.loss == pytest.approx(3 * mean)
        np.testing.assert_allclose(state.gradient, 3 * slopes)

    def test_the_gradient_is_that_of_the_loss(self, state):
        before, slope = state.loss, state.gradient[1]
        state.set_logit(1, state.logits[1] + 1e-6)
        assert (state.loss - before) / 1e-6 == pytest.approx(slope, abs=1e-6)

    def test_softmax(self, state):
        # Shares 9/13, 1/13 and 3/13.
        assert state.softmax_loss == pytest.approx(np.log(13 / 9) / 2 + np.log(13) / 2)
        shares = np.array([9, 1, 3]) / 13
        np.testing.assert_allclose(state.softmax_gradient, shares - [0.5, 0.5, 0])

    def test_true_labels(self, state):
        assert state.true_labels == ("beach", "sunset")
        state.set_true(1, False)
        assert state.true_labels == ("beach",)


class TestPresets:
    def test_by_hand(self):
        # (log 4/3 + log 4 + log 2) / 3 = (0.2877 + 1.3863 + 0.6931) / 3
        assert _preset("by hand").loss == pytest.approx(0.7890, abs=5e-5)

    def test_a_row_of_the_lesson(self):
        assert round(_preset("a row of the lesson").loss, 4) == 0.8447

    def test_sure_and_wrong_costs_as_much_as_the_logits(self):
        state = _preset("sure and wrong")
        np.testing.assert_allclose(state.losses, np.abs(state.logits), atol=0.02)
        assert (np.abs(4 * state.gradient) > 0.98).all()

    def test_sure_and_right_costs_hardly_anything(self):
        state = _preset("sure and right")
        assert state.loss < 0.02
        assert (np.abs(4 * state.gradient) < 0.02).all()

    def test_the_softmax_lowers_a_true_label(self):
        state = _preset("softmax wants one")
        assert (state.gradient[:2] < 0).all()
        assert state.softmax_gradient[0] > 0 > state.softmax_gradient[1]

    def test_the_empty_set_teaches_the_softmax_nothing(self):
        state = _preset("empty set")
        assert state.true_labels == ()
        assert (state.gradient > 0).all()
        assert state.softmax_loss == 0
        assert (state.softmax_gradient == 0).all()


class TestDescent:
    def test_one_step(self, state):
        expected = np.array(state.logits) - 0.5 * state.gradient
        state.learning_rate = 0.5
        state.descend()
        assert state.logits == expected.tolist()
        assert state.n_descended == 1

    def test_many_steps_reach_the_truth(self, state):
        state.learning_rate = 20.0
        for _ in range(100):
            state.descend()
        assert state.n_descended == 100
        assert state.loss < 0.01
        assert (state.probabilities > 0.5).tolist() == state.truth

    def test_with_the_softmax_the_loss_falls_no_further_than_the_set_allows(
        self, state
    ):
        state.descent = "softmax"
        for _ in range(300):
            state.descend()
        assert state.softmax_loss == pytest.approx(np.log(2), abs=0.01)
        shares = np.exp(state.logits) / np.exp(state.logits).sum()
        np.testing.assert_allclose(shares, [0.5, 0.5, 0], atol=0.01)

    def test_a_step_that_moves_nothing_counts(self):
        state = LossState(logits=[1.0], truth=[False], descent="softmax")
        state.descend()
        assert (state.logits, state.n_descended) == ([1.0], 1)

    def test_the_count_begins_anew_when_a_logit_is_set(self, state):
        state.descend()
        state.descend()
        state.set_true(0, False)
        assert state.n_descended == 2
        state.set_logit(0, 0.0)
        assert state.n_descended == 0

    def test_one_notification_sees_both(self, state):
        seen = []
        state.observe(lambda _: seen.append(state.n_descended), names="logits")
        state.descend()
        assert seen == [1]


class TestSentence:
    def test_it_says_truth_step_and_numbers(self, state):
        state.step = 4
        assert state.sentence() == (
            "True: {beach, sunset}. Step 4 of 5, mean or sum: (0.288 + 1.386 + 0.693) "
            "/ 3 = 0.789; softmax cross-entropy 1.466."
        )

    def test_it_counts_gradient_steps(self, state):
        state.descend()
        assert state.sentence().startswith(
            "True: {beach, sunset} after 1 gradient step."
        )
        state.descend()
        assert "after 2 gradient steps. Step" in state.sentence()


class TestFit:
    def test_names_have_a_default(self):
        state = LossState(logits=[1.0, 2.0], truth=[True, False])
        assert state.label_names == ["label_0", "label_1"]

    def test_fewer_labels_bring_the_selection_back(self, state):
        state.selected = 2
        with state.hold_trait_notifications():
            state.label_names = ["a"]
            state.logits, state.truth = [1.0], [True]
        assert state.selected == 0

    def test_huge_logits(self):
        state = LossState(logits=[1e4, -1e4], truth=[False, True])
        assert state.losses.tolist() == [1e4, 1e4]
        assert sigmoid(state.logits).tolist() == [1.0, 0.0]

    @pytest.mark.parametrize(
        ("trait", "value", "message"),
        [
            ("logits", [1.0, np.nan, 2.0], "finite numbers"),
            ("logits", [], "one or more"),
            ("logits", [1.0], "Expected 1 label names"),
            ("logits", [0.0] * 1000, "at most 10 labels.*got 1000. Choose some"),
            ("truth", [True], "each of the 3 labels.*got 1 values"),
            ("label_names", ["a", "a", "b"], "must be unique"),
            ("selected", 3, r"selected must lie in \[0, 2\]; got 3"),
            ("step", 0, r"step must lie in \[1, 5\]; got 0"),
            ("learning_rate", 0.0, r"\[0.01, 100\]; got 0.0"),
            ("learning_rate", float("nan"), r"\[0.01, 100\]; got nan"),
            ("reduction", "max", "mean"),
            ("descent", "tanh", "softmax"),
        ],
    )
    def test_values_that_do_not_fit(self, state, trait, value, message):
        before = getattr(state, trait)
        with pytest.raises(TraitError, match=message):
            setattr(state, trait, value)
        assert getattr(state, trait) == before

    def test_no_row_at_all(self):
        with pytest.raises(TraitError, match="one or more"):
            LossState(logits=[], truth=[])
