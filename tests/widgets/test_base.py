"""What all explorers share, on a toy explorer with one number."""

from __future__ import annotations

import base64
import re
from typing import ClassVar

import pytest
from traitlets import Bool, Float, HasTraits, Int, TraitError, Unicode, validate

from mlkit.exceptions import UnknownNameError
from mlkit.plots.style import detached_figure
from mlkit.widgets.base import Explorer
from mlkit.widgets.controls import linked_number, tooltip


class _Number(HasTraits):
    value = Float(1.0)
    other = Float(0.0)
    whole = Int(2)
    color = Unicode("red")
    loud = Bool(default_value=False)

    @validate("color")
    def _check_color(self, proposal):
        if self.loud and proposal["value"] == "grey":
            msg = "grey is not loud"
            raise TraitError(msg)
        return proposal["value"]


class _Panels:
    """A line at a height; its axis grows where the height does not fit."""

    def __init__(self):
        self.figure = detached_figure((1, 1))
        (self.line,) = self.figure.subplots().plot([0, 1], [0, 0])
        self.moving = (self.line,)

    def show(self, height):
        self.line.set_ydata([height, height])
        top = self.line.axes.get_ylim()[1]
        self.line.axes.set_ylim(0, max(top, height))
        return height > top


class _NumberExplorer(Explorer):
    control_names = ("presets", "value", "whole", "color", "loud", "status")
    presets: ClassVar = {
        "small and red": {"value": 0.5, "color": "red"},
        "large and grey": {"value": 8.0, "color": "grey", "loud": False},
    }

    def controls(self):
        return {
            "value": self.number("value", "<value>", minimum=0, maximum=9.0, step=1),
            "whole": self.number("whole", "whole", minimum=0, maximum=5, step=1),
            "color": self.menu("color", "Colour", ["red", "grey"]),
            "loud": self.switch("loud", "Loud"),
        }

    def panels_key(self):
        return self.state.color

    def make_panels(self):
        return _Panels()

    def show(self, panels):
        if self.state.value == 9:
            msg = "nine <cannot> be drawn"
            raise ZeroDivisionError(msg)
        return panels.show(self.state.value)

    def sentence(self):
        return f'the "value" is <{self.state.value}>'


@pytest.fixture
def explorer():
    return _NumberExplorer(_Number())


def _menu(explorer):
    return explorer.view.children[0]


def _row(explorer, place):
    return explorer.view.children[1 + place]


def _html(explorer):
    return [child.value for child in explorer.view.children[-2:]]


def test_the_first_picture_is_there_at_once(explorer):
    picture, status = _html(explorer)
    assert explorer.frames == 1
    assert re.search(
        r'<div data-frame="1"><img alt=".+" width="100" height="100"', picture
    )
    assert 'role="status" aria-live="polite"' in status


def test_a_change_of_state_makes_one_frame(explorer):
    explorer.state.value = 3.0
    assert explorer.frames == 2
    assert 'data-frame="2"' in _html(explorer)[0]
    assert "3.0" in _html(explorer)[1]
    assert _row(explorer, 0).children[1].value == 3.0


def test_the_same_value_makes_no_frame(explorer):
    explorer.state.value = 1.0
    assert explorer.frames == 1


def test_text_is_escaped(explorer):
    picture, status = _html(explorer)
    assert 'alt="the &quot;value&quot; is &lt;1.0&gt;"' in picture
    assert "&lt;1.0&gt;" in status


def test_paused_draws_once(explorer):
    with explorer.paused():
        explorer.state.value = 2.0
        explorer.state.other = 5.0
        assert explorer.frames == 1
    assert explorer.frames == 2


def test_paused_ends_when_the_block_raises(explorer):
    with pytest.raises(KeyError, match="inside"), explorer.paused():
        raise KeyError("inside")  # noqa: EM101
    explorer.state.value = 2.0
    assert explorer.frames == 2


def test_an_error_is_raised_and_said(explorer):
    before = _html(explorer)[0]
    with pytest.raises(ZeroDivisionError, match="nine"):
        explorer.state.value = 9.0
    picture, status = _html(explorer)
    assert "ZeroDivisionError: nine &lt;cannot&gt; be drawn" in status
    # The last good picture stays.
    assert (picture, explorer.frames) == (before, 1)
    explorer.state.value = 4.0
    assert "4.0" in _html(explorer)[1]


def test_an_error_is_said_where_the_status_is_hidden():
    explorer = _NumberExplorer(_Number(), hide=["status"])
    assert len(explorer.view.children) == 6
    with pytest.raises(ZeroDivisionError, match="nine"):
        explorer.state.value = 9.0
    assert "ZeroDivisionError" in explorer.view.children[-1].value


def test_hidden_controls_are_not_shown():
    assert len(_NumberExplorer(_Number()).view.children) == 7
    assert len(_NumberExplorer(_Number(), hide=["value"]).view.children) == 6
    assert len(_NumberExplorer(_Number(), hide=["presets"]).view.children) == 6


def test_hiding_what_does_not_exist_names_the_closest():
    with pytest.raises(UnknownNameError, match="Did you mean 'value'"):
        _NumberExplorer(_Number(), hide=["valu"])


def test_controls_set_traits_of_their_kind(explorer):
    slider, box = _row(explorer, 1).children
    slider.value = 4
    assert (explorer.state.whole, type(box.value)) == (4, int)
    _row(explorer, 2).value = "grey"
    _row(explorer, 3).value = True
    assert (explorer.state.color, explorer.state.loud) == ("grey", True)
    assert explorer.frames == 4


def test_code_moves_the_controls(explorer):
    explorer.state.whole, explorer.state.loud = 5, True
    assert [child.value for child in _row(explorer, 1).children] == [5, 5]
    assert _row(explorer, 3).value is True


def test_a_value_that_the_state_refuses_is_said(explorer):
    explorer.state.loud = True
    with pytest.raises(TraitError, match="grey is not loud"):
        _row(explorer, 2).value = "grey"
    assert "TraitError: grey is not loud" in _html(explorer)[1]
    assert explorer.state.color == "red"


def test_a_preset_sets_its_traits_in_one_frame(explorer):
    _menu(explorer).value = "large and grey"
    assert (explorer.state.value, explorer.state.color) == (8.0, "grey")
    assert (explorer.frames, explorer.shown_preset()) == (2, "large and grey")
    explorer.state.value = 7.0
    assert (_menu(explorer).value, explorer.shown_preset()) == ("", None)
    # What is reached by hand is named too.
    explorer.state.value = 8.0
    assert _menu(explorer).value == "large and grey"


def test_one_figure_a_key_is_kept(explorer):
    (first,) = explorer._figures.values()
    explorer.state.color = "grey"
    explorer.state.color = "red"
    assert first in explorer._figures.values()
    others = [f"color {number}" for number in range(20)]
    _row(explorer, 2).options = ["red", "grey", *others]
    for color in others:
        explorer.state.color = color
    assert len(explorer._figures) == 8


def test_other_limits_are_drawn(explorer):
    ((panels, _),) = explorer._figures.values()
    explorer.state.value = 5.0
    assert panels.line.axes.get_ylim()[1] == 5.0
    before = _html(explorer)[0]
    explorer.state.value = 2.0
    assert _html(explorer)[0] != before


def test_a_saved_notebook_gets_a_picture_and_a_sentence(explorer):
    bundle = explorer._repr_mimebundle_()
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert bundle["text/plain"] == '_NumberExplorer: the "value" is <1.0>'
    view = bundle["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == explorer.view.model_id


def test_slider_and_box_follow_each_other():
    row, box = linked_number("x", 1.0, minimum=-10, maximum=10, step=0.1)
    slider = row.children[0]
    slider.value = -4.0
    assert box.value == -4.0
    box.value = 3.0
    assert slider.value == 3.0
    box.value = 99.0
    assert (box.value, slider.value) == (10.0, 10.0)


def test_a_number_between_two_steps_is_kept():
    row, box = linked_number("x", 1.0, minimum=-10, maximum=10, step=0.1)
    slider = row.children[0]
    box.value = 2.37
    # A slider at 2.37 would be moved to 2.4 by the browser, which would send it back.
    assert (box.value, slider.value) == (2.37, 2.4)
    slider.value = 2.4000000000000004
    assert box.value == 2.37
    slider.value = 2.5
    assert box.value == 2.5


def test_a_slider_moved_by_a_browser_is_not_moved_back():
    row, box = linked_number("x", -1.0, minimum=-10, maximum=10, step=0.1)
    slider = row.children[0]
    sent = []
    slider.observe(sent.append, names="value")
    slider.value = -0.7000000000000001
    assert box.value == -0.7
    assert [change["new"] for change in sent] == [-0.7000000000000001]


def test_the_box_has_a_name_for_screen_readers():
    _, box = linked_number("x", 1.0, minimum=-10, maximum=10, step=0.1)
    (key,) = tooltip("x: type a number")
    assert getattr(box, key) == "x: type a number"
