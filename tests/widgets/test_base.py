"""What all explorers share, on a toy explorer with one number."""

from __future__ import annotations

import base64
import re

import pytest
from traitlets import Float, HasTraits

from mlkit.exceptions import UnknownNameError
from mlkit.plots.style import detached_figure, figure_png
from mlkit.widgets.base import Explorer, linked_number, tooltip


class _Number(HasTraits):
    value = Float(1.0)
    other = Float(0.0)


class _NumberExplorer(Explorer):
    control_names = ("value", "status")

    def controls(self):
        row, self.box = linked_number(
            "<value>", self.state.value, minimum=0, maximum=9, step=1
        )
        return {"value": row}

    def sync(self):
        self.box.value = self.state.value

    def picture(self):
        if self.state.value == 9:
            msg = "nine <cannot> be drawn"
            raise ZeroDivisionError(msg)
        return figure_png(detached_figure((1, 1))), (100, 100)

    def sentence(self):
        return f'the "value" is <{self.state.value}>'


@pytest.fixture
def explorer():
    return _NumberExplorer(_Number())


def _html(explorer):
    return [child.value for child in explorer.view.children[-2:]]


def test_the_first_picture_is_there_at_once(explorer):
    picture, status = _html(explorer)
    assert explorer.frames == 1
    assert re.search(
        r'<img alt=".+" width="100" height="100" .*data-frame="1"', picture
    )
    assert 'role="status" aria-live="polite"' in status


def test_a_change_of_state_makes_one_frame(explorer):
    explorer.state.value = 3.0
    assert explorer.frames == 2
    assert 'data-frame="2"' in _html(explorer)[0]
    assert "3.0" in _html(explorer)[1]
    assert explorer.box.value == 3.0


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
    assert len(explorer.view.children) == 2
    with pytest.raises(ZeroDivisionError, match="nine"):
        explorer.state.value = 9.0
    assert "ZeroDivisionError" in explorer.view.children[-1].value


def test_hidden_controls_are_not_shown():
    assert len(_NumberExplorer(_Number()).view.children) == 3
    assert len(_NumberExplorer(_Number(), hide=["value"]).view.children) == 2


def test_hiding_what_does_not_exist_names_the_closest():
    with pytest.raises(UnknownNameError, match="Did you mean 'value'"):
        _NumberExplorer(_Number(), hide=["valu"])


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
