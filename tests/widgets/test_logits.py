"""The logit explorer: state without a kernel, controls without a browser."""

from __future__ import annotations

import numpy as np
import pytest
from traitlets import TraitError

from mlkit.exceptions import UnknownNameError
from mlkit.widgets.logits import (
    LOGIT_PRESETS,
    LogitExplorer,
    LogitState,
)

NAMES = ["beach", "sunset", "city"]


@pytest.fixture
def state():
    return LogitState(logits=[4.0, 4.0, -3.0], label_names=NAMES)


@pytest.fixture
def explorer():
    return LogitExplorer()


def _sliders(explorer):
    return [row.children[0] for row in explorer._rows.view.children]


def _threshold_box(explorer):
    _presets, _logits, row, *_ = explorer.view.children
    return row.children[1]


class TestState:
    def test_the_numbers_of_the_lesson(self, state):
        assert state.softmax.round(2).tolist() == [0.5, 0.5, 0.0]
        assert state.sigmoid.round(2).tolist() == [0.98, 0.98, 0.05]

    def test_the_two_label_sets(self, state):
        assert state.sigmoid_set == ("beach", "sunset")
        assert state.softmax_set == ("beach",)

    def test_the_sentence_says_numbers_sets_and_the_tie(self, state):
        assert state.sentence() == (
            "sigmoid: {beach, sunset} (0.98, 0.98, 0.05); "
            "softmax argmax: {beach}, first of a tie (0.50, 0.50, 0.00)"
        )

    def test_the_empty_set(self):
        state = LogitState(logits=[-1.0, -2.0])
        assert state.sigmoid_set == ()
        assert state.sentence().startswith("sigmoid: {} (")
        assert state.softmax_set == ("label_0",)

    def test_the_threshold_itself_is_enough(self):
        state = LogitState(logits=[0.0, -0.1], label_names=["a", "b"])
        assert state.sigmoid_set == ("a",)

    def test_one_logit_moves_one_probability_and_all_shares(self, state):
        before = state.sigmoid, state.softmax
        state.set_logit(1, 3.0)
        assert (state.sigmoid != before[0]).tolist() == [False, True, False]
        assert (state.softmax != before[1]).all()

    def test_set_logit_notifies(self, state):
        seen = []
        state.observe(seen.append, names="logits")
        state.set_logit(0, 1.0)
        assert [change["new"] for change in seen] == [[1.0, 4.0, -3.0]]

    def test_another_number_of_labels_is_taken_over_at_once(self, state):
        with state.hold_trait_notifications():
            state.label_names, state.logits = ["day", "night"], [0.0, 1.5]
        assert (state.label_names, state.logits) == (["day", "night"], [0.0, 1.5])

    def test_what_does_not_fit_changes_nothing(self, state):
        with (
            pytest.raises(TraitError, match="Expected 2 label names"),
            state.hold_trait_notifications(),
        ):
            state.label_names, state.logits = ["day"], [0.0, 1.5]
        assert (state.label_names, state.logits) == (NAMES, [4.0, 4.0, -3.0])

    @pytest.mark.parametrize(
        ("trait", "value", "message"),
        [
            ("logits", [1.0, np.nan, 2.0], "finite numbers"),
            ("logits", [], "one or more"),
            ("logits", [1.0], "Expected 1 label names"),
            ("label_names", ["a", "a", "b"], "must be unique"),
            ("threshold", 1.5, r"\[0, 1\]; got 1.5"),
        ],
    )
    def test_values_that_do_not_fit(self, state, trait, value, message):
        with pytest.raises(TraitError, match=message):
            setattr(state, trait, value)

    def test_no_logits(self):
        with pytest.raises(TraitError, match="one or more"):
            LogitState(logits=[])


class TestExplorer:
    def test_a_slider_changes_state_picture_and_status(self, explorer):
        _sliders(explorer)[0].value = 2.0
        assert explorer.state.logits[0] == 2.0
        assert explorer.frames == 2
        assert "{beach, sunset, city}" in explorer.view.children[-1].value

    def test_a_number_box_takes_any_number(self, explorer):
        explorer._rows.boxes[0].value = 2.37
        assert explorer.state.logits[0] == 2.37
        assert _sliders(explorer)[0].value == 2.4

    def test_the_threshold_has_a_slider(self, explorer):
        _threshold_box(explorer).value = 1.0
        assert explorer.state.threshold == 1.0
        assert explorer.state.sigmoid_set == ()

    def test_code_moves_the_sliders(self, explorer):
        explorer.state.set_logit(2, 7.5)
        explorer.state.threshold = 0.25
        assert _sliders(explorer)[2].value == 7.5
        assert _threshold_box(explorer).value == 0.25
        assert explorer.frames == 3

    def test_code_may_leave_the_sliders_range(self, explorer):
        explorer.state.set_logit(2, -40.0)
        assert explorer.state.logits[2] == -40.0
        assert explorer._rows.boxes[2].value == -40.0

    @pytest.mark.parametrize("name", LOGIT_PRESETS)
    def test_presets_show_what_they_promise(self, name):
        explorer = LogitExplorer(preset=name)
        preset = LOGIT_PRESETS[name]
        assert explorer.shown_preset() == name
        assert explorer.state.logits == preset["logits"]
        assert [s.description for s in _sliders(explorer)] == preset["label_names"]
        assert explorer._menu.value == name
        assert explorer.frames == 1

    def test_the_menu_changes_the_number_of_labels_in_one_frame(self, explorer):
        explorer._menu.value = "one against one"
        assert len(_sliders(explorer)) == len(explorer._rows.view.children) == 2
        assert explorer.frames == 2

    def test_after_a_drag_the_same_preset_can_be_chosen_again(self, explorer):
        _sliders(explorer)[0].value = 2.0
        assert explorer._menu.value == ""
        explorer._menu.value = "two winners"
        assert explorer.state.logits[0] == -1.0
        assert _sliders(explorer)[0].value == -1.0

    def test_the_menu_keeps_its_place(self, explorer):
        # A menu made anew would take the focus away from the keyboard.
        menu = explorer._menu
        explorer._menu.value = "all low"
        assert explorer.view.children[0] is menu

    def test_all_low_softmax_still_sums_to_one(self):
        state = LogitExplorer(preset="all low").state
        assert state.sigmoid_set == ()
        assert state.softmax.sum() == pytest.approx(1.0)

    def test_one_against_one_is_one_sigmoid(self):
        state = LogitExplorer(preset="one against one").state
        difference = LogitState(logits=[state.logits[1] - state.logits[0]])
        assert state.softmax[1] == pytest.approx(difference.sigmoid[0])

    def test_own_logits_names_and_threshold(self):
        explorer = LogitExplorer([1, -1], label_names=["a", "b"], threshold=0.9)
        state = explorer.state
        assert (state.logits, state.label_names) == ([1.0, -1.0], ["a", "b"])
        assert state.threshold == 0.9
        assert LogitExplorer([1, -1]).state.label_names == ["label_0", "label_1"]

    def test_large_logits_widen_the_sliders(self):
        slider = _sliders(LogitExplorer([23.4]))[0]
        assert (slider.min, slider.max, slider.value) == (-24.0, 24.0, 23.4)

    def test_hide(self):
        everything = ["presets", "logits", "threshold", "status"]
        assert len(LogitExplorer(hide=everything).view.children) == 1
        assert len(LogitExplorer().view.children) == 5

    def test_unknown_preset_and_control(self):
        with pytest.raises(UnknownNameError, match="Did you mean 'all low'"):
            LogitExplorer(preset="all lo")
        with pytest.raises(UnknownNameError, match="Did you mean 'presets'"):
            LogitExplorer(hide=["preset"])

    def test_the_sequence_given_is_not_modified(self):
        logits = [1.0, 2.0]
        _sliders(LogitExplorer(logits))[0].value = 5.0
        assert logits == [1.0, 2.0]

    def test_new_limits_are_drawn(self):
        explorer = LogitExplorer([1.0, 2.0])
        _sliders(explorer)[0].value = 9.0
        wide = explorer._png
        assert wide == LogitExplorer([9.0, 2.0])._png
