"""The boxes of the lessons."""

from __future__ import annotations

import pytest

from mlkit.lessons.cards import card_html, inline_html


def test_backticks_become_code_and_the_rest_is_escaped():
    assert inline_html("`a & b` < c") == "<code>a &amp; b</code> &lt; c"
    assert inline_html("one ` alone") == "one ` alone"


@pytest.mark.parametrize("tone", ["good", "bad", "neutral"])
def test_a_card_sets_no_text_colour(tone):
    # A fixed text colour could not be read on a dark theme.
    html = card_html("Title", "body", tone=tone)
    assert "Title" in html
    assert "body" in html
    assert " color:" not in html


def test_tones_differ():
    assert len({card_html("", "", tone=t) for t in ("good", "bad", "neutral")}) == 3
