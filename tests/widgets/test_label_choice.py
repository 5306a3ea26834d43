"""Choosing labels by buttons, in a list, and by typing."""

from __future__ import annotations

import pytest

from mlkit.widgets.label_choice import LabelChoice

MANY = [f"label {k}" for k in range(13)]


def _seen(choice):
    seen = []
    choice.observe(lambda change: seen.append(change["new"]), names="value")
    return seen


class TestButtons:
    def test_pressing_chooses_and_says_so(self):
        choice = LabelChoice("With", ["sea", "sun"])
        seen = _seen(choice)
        choice.buttons[1].value = True
        assert choice.value == ("sun",)
        assert [button.description for button in choice.buttons] == ["sea", "✓ sun"]
        choice.buttons[1].value = False
        assert choice.buttons[1].description == "sun"
        assert seen == [("sun",), ()]

    def test_the_value_presses_the_buttons_in_one_step(self):
        choice = LabelChoice("Without", ["sea", "sun", "sky"], prefix="no ")
        choice.value = ("sea",)
        seen = _seen(choice)
        choice.value = ("sun", "sky")
        assert [button.value for button in choice.buttons] == [False, True, True]
        assert choice.buttons[2].description == "✓ no sky"
        assert seen == [("sun", "sky")]

    def test_every_button_has_a_tooltip(self):
        choice = LabelChoice("With", ["sea"], what="only rows without")
        (button,) = choice.buttons
        said = getattr(button, "tooltip", None) or button.description_tooltip
        assert said == "only rows without sea"

    def test_no_label(self):
        assert LabelChoice("With", []).buttons == []


class TestList:
    def test_the_list_chooses(self):
        choice = LabelChoice("With", MANY)
        seen = _seen(choice)
        choice.list.value = ("label 3", "label 7")
        assert choice.value == ("label 3", "label 7")
        assert choice.line.value == "label 3, label 7"
        assert len(seen) == 1

    def test_typing_chooses(self):
        choice = LabelChoice("With", MANY)
        choice.line.value = " label 7,label 3 , "
        assert choice.value == ("label 3", "label 7")
        assert choice.list.value == ("label 3", "label 7")
        # What was typed is not tidied up under the typist's hands.
        assert choice.line.value == " label 7,label 3 , "
        choice.line.value = ""
        assert choice.list.value == choice.value == ()

    def test_the_value_fills_both(self):
        choice = LabelChoice("With", MANY)
        choice.value = ("label 1",)
        assert choice.list.value == ("label 1",)
        assert choice.line.value == "label 1"

    def test_names_with_commas_and_quotes(self):
        names = ["a, b", 'so "called", here', *MANY]
        choice = LabelChoice("With", names)
        choice.value = tuple(names[:2])
        line = choice.line.value
        choice.value = ()
        choice.line.value = line
        assert choice.value == tuple(names[:2])

    def test_a_name_that_does_not_exist_is_passed_on_and_stays_to_be_mended(self):
        choice = LabelChoice("With", MANY)
        choice.line.value = "label 1, labl 2"
        assert choice.value == ("label 1", "labl 2")
        assert choice.list.value == ("label 1",)
        assert choice.line.value == "label 1, labl 2"

    @pytest.mark.parametrize("part", ["list", "line"])
    def test_both_have_a_tooltip(self, part):
        widget = getattr(LabelChoice("With", MANY), part)
        said = getattr(widget, "tooltip", None) or widget.description_tooltip
        assert said.startswith("With: ")
