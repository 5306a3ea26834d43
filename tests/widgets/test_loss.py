"""The loss explorer: controls without a browser."""

from __future__ import annotations

import gc
import sys

import numpy as np
import pytest
from traitlets import TraitError

from mlkit.exceptions import IndicatorError, OptionError, UnknownNameError
from mlkit.widgets.loss import LossExplorer
from mlkit.widgets.loss_state import LOSS_PRESETS


@pytest.fixture
def explorer():
    return LossExplorer()


def _sliders(explorer):
    return [row.children[0] for row in explorer._rows.view.children]


def _control(explorer, trait):
    (bound,) = [bound for bound in explorer._bound if bound.trait == trait]
    return bound.control


def _shown(explorer):
    """What changes with the state: sentence, picture, status line."""
    return explorer.sentence(), explorer._png, explorer.view.children[-1].value


def _assert_all_changed(before, explorer):
    for old, new in zip(before, _shown(explorer), strict=True):
        assert old != new


class TestControls:
    def test_a_slider_and_a_box_set_the_logit(self, explorer):
        before = _shown(explorer)
        _sliders(explorer)[0].value = 2.0
        assert explorer.state.logits[0] == 2.0
        _assert_all_changed(before, explorer)
        explorer._rows.boxes[0].value = 2.37
        assert explorer.state.logits[0] == 2.37
        assert _sliders(explorer)[0].value == 2.4
        assert explorer.frames == 3

    def test_a_button_says_and_sets_the_truth(self, explorer):
        before, button = _shown(explorer), explorer._rows.others[2]
        assert (button.description, button.icon) == ("not true", "times")
        button.value = True
        assert explorer.state.truth == [True, True, True]
        assert (button.description, button.icon) == ("true", "check")
        _assert_all_changed(before, explorer)

    @pytest.mark.parametrize(("trait", "value"), [("reduction", "sum"), ("step", 2)])
    def test_menus_change_everything(self, explorer, trait, value):
        before = _shown(explorer)
        _control(explorer, trait).value = value
        assert getattr(explorer.state, trait) == value
        _assert_all_changed(before, explorer)

    def test_the_curve_of_another_label(self, explorer):
        before = explorer._png
        explorer._label_menu.value = 1
        assert explorer.state.selected == 1
        assert explorer._png != before

    def test_next_walks_through_all_steps_and_starts_again(self, explorer):
        assert explorer._next.description == "Start again"
        seen = []
        for _ in range(6):
            explorer._next.click()
            seen.append((explorer.state.step, explorer._next.description))
        assert [step for step, _ in seen] == [1, 2, 3, 4, 5, 1]
        assert {text for step, text in seen if step < 5} == {"Next step"}

    def test_a_gradient_step_draws_once_and_is_counted(self, explorer):
        before, loss = _shown(explorer), explorer.state.loss
        explorer._down.click()
        assert explorer.state.loss < loss
        assert explorer.frames == 2
        assert explorer._down.description == "One gradient step (1 taken)"
        assert "after 1 gradient step." in explorer.sentence()
        np.testing.assert_array_equal(
            [box.value for box in explorer._rows.boxes], explorer.state.logits
        )
        _assert_all_changed(before, explorer)

    def test_learning_rate_and_descent_decide_the_step(self, explorer):
        _control(explorer, "learning_rate").value = 4.0
        _control(explorer, "descent").value = "softmax"
        expected = np.array(explorer.state.logits)
        expected -= 4.0 * explorer.state.softmax_gradient
        explorer._down.click()
        assert explorer.state.logits == expected.tolist()

    def test_code_moves_all_controls(self, explorer):
        state = explorer.state
        state.set_logit(2, 7.5)
        state.set_true(2, True)
        state.reduction, state.selected, state.step = "sum", 2, 3
        state.learning_rate, state.descent = 0.3, "softmax"
        assert _sliders(explorer)[2].value == 7.5
        assert explorer._rows.others[2].value is True
        assert explorer._label_menu.value == 2
        for trait in ("reduction", "step", "learning_rate", "descent"):
            assert _control(explorer, trait).value == getattr(state, trait)

    def test_code_may_leave_the_sliders_range(self, explorer):
        explorer.state.set_logit(2, -40.0)
        assert explorer._rows.boxes[2].value == explorer.state.logits[2] == -40.0
        assert _sliders(explorer)[2].min == -40.0

    def test_every_control_has_words(self, explorer):
        for row in explorer._rows.view.children:
            slider, box, button = row.children
            assert slider.description
            told = getattr(box, "tooltip", None) or box.description_tooltip
            assert "type a number" in told
            assert "press the space bar" in button.tooltip
        for button in (explorer._next, explorer._down):
            assert button.description
            assert button.tooltip


class TestPresets:
    @pytest.mark.parametrize("name", LOSS_PRESETS)
    def test_they_show_what_they_promise(self, name):
        explorer = LossExplorer(preset=name)
        for trait, value in LOSS_PRESETS[name].items():
            assert getattr(explorer.state, trait) == value
        assert explorer._menu.value == name
        assert explorer.frames == 1

    def test_the_menu_changes_the_number_of_labels_in_one_frame(self, explorer):
        explorer.state.selected = 2
        explorer._menu.value = "empty set"
        assert len(_sliders(explorer)) == 4
        assert explorer.frames == 3
        labels = [text for text, _ in explorer._label_menu.options]
        assert labels == explorer.state.label_names
        assert explorer._label_menu.value == explorer.state.selected == 2

    def test_fewer_labels_than_the_selected_one(self):
        explorer = LossExplorer(preset="empty set")
        explorer.state.selected = 3
        explorer._menu.value = "by hand"
        assert explorer._label_menu.value == explorer.state.selected == 0
        assert explorer.frames == 3

    def test_fewer_labels_from_code(self):
        explorer = LossExplorer(preset="empty set")
        explorer.state.selected = 3
        with explorer.state.hold_trait_notifications():
            for trait, value in LOSS_PRESETS["by hand"].items():
                setattr(explorer.state, trait, value)
        assert explorer._png == LossExplorer(preset="by hand")._png

    def test_after_a_change_the_same_preset_can_be_chosen_again(self, explorer):
        explorer._down.click()
        assert explorer._menu.value == ""
        explorer._menu.value = "by hand"
        assert explorer.state.logits == LOSS_PRESETS["by hand"]["logits"]
        assert explorer.state.n_descended == 0
        assert "(0 taken)" in explorer._down.description

    def test_they_are_not_changed_by_use(self, explorer):
        before = list(LOSS_PRESETS["by hand"]["logits"])
        explorer.state.set_logit(0, 9.0)
        explorer._down.click()
        assert LOSS_PRESETS["by hand"]["logits"] == before


class TestOwnRows:
    def test_logits_truth_names_and_reduction(self):
        truth = np.array([1, 0])
        explorer = LossExplorer(
            [2, -1], truth, label_names=["ö", "жанр"], reduction="sum"
        )
        state = explorer.state
        assert (state.logits, state.truth) == ([2.0, -1.0], [True, False])
        assert state.label_names == ["ö", "жанр"]
        assert state.reduction == "sum"
        assert truth.tolist() == [1, 0]

    @pytest.mark.parametrize("n_labels", [1, 10])
    def test_one_label_and_ten(self, n_labels):
        explorer = LossExplorer([0.5] * n_labels, [1] * n_labels)
        assert len(_sliders(explorer)) == n_labels
        assert f"label_{n_labels - 1}" in explorer.sentence()

    def test_logits_that_fill_a_double(self):
        explorer = LossExplorer([1e4, -1e4], [0, 1])
        assert "10000" in explorer.sentence()

    def test_what_is_no_row(self):
        with pytest.raises(OptionError, match="got logits only"):
            LossExplorer([1.0])
        with pytest.raises(OptionError, match="got truth only"):
            LossExplorer(truth=[1])
        with pytest.raises(IndicatorError, match="truth has 1 entry outside"):
            LossExplorer([1.0], [2])
        with pytest.raises(TraitError, match="each of the 2 labels"):
            LossExplorer([1.0, 2.0], [1])
        with pytest.raises(TraitError, match="at most 10 labels"):
            LossExplorer([0.0] * 1000, [0] * 1000)
        with pytest.raises(TraitError, match="one or more"):
            LossExplorer([], [])


class TestView:
    def test_hide(self):
        names = LossExplorer.control_names
        assert len(LossExplorer().view.children) == len(names) + 1
        assert len(LossExplorer(hide=names).view.children) == 1

    def test_unknown_preset_and_control(self):
        with pytest.raises(UnknownNameError, match="Did you mean 'empty set'"):
            LossExplorer(preset="empty sets")
        with pytest.raises(UnknownNameError, match="Did you mean 'walk'"):
            LossExplorer(hide=["walks"])

    def test_the_sentence_is_the_alternative_text(self, explorer):
        assert f'alt="{explorer.sentence()}"' in explorer.view.children[-2].value

    def test_frames_are_those_of_a_new_explorer(self, explorer):
        """What does not move in the background is drawn where it has to be."""
        explorer.state.set_logit(0, 9.0)
        explorer.state.set_logit(0, 1.0986)
        assert explorer._png == LossExplorer()._png

    def test_no_figure_is_left_behind(self, explorer):
        for value in np.linspace(-5, 5, 20):
            explorer.state.set_logit(0, float(value))
        gc.collect()
        assert len(explorer._figures) == 1
        if "matplotlib.pyplot" in sys.modules:
            assert sys.modules["matplotlib.pyplot"].get_fignums() == []
