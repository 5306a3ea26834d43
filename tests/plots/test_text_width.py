"""Widths of words, and words that fit."""

from __future__ import annotations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from mlkit.plots.style import detached_figure
from mlkit.plots.text_width import LETTERS, name_within, text_width, wrapped_lines

STORY = "A jury retires on a hot afternoon to decide whether a slum boy is guilty."


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("text", [STORY, "WAVE Tyrol AV", "iiii llll", "äöü ✓ − 12"])
def test_a_width_is_that_of_the_drawing(text, bold):
    figure = detached_figure((12, 1))
    renderer = FigureCanvasAgg(figure).get_renderer()
    weight = "bold" if bold else "normal"
    drawn = figure.text(
        0, 0, text, fontsize=LETTERS, weight=weight, family="DejaVu Sans"
    )
    inches = drawn.get_window_extent(renderer).width / figure.dpi

    # Pairs that are kerned make the line narrower, whole pixels a little wider.
    assert 0.98 * inches <= text_width(text, bold=bold) <= 1.15 * inches


@pytest.mark.parametrize("width", [0.6, 1.0, 1.7])
def test_lines_are_not_wider_than_asked(width):
    lines = wrapped_lines(STORY, width, 3)

    assert len(lines) <= 3
    assert all(text_width(line) <= width for line in lines)
    assert lines[-1].endswith("…")


def test_a_text_that_has_room_is_kept():
    assert " ".join(wrapped_lines(STORY, 2.0, 9)) == STORY
    assert wrapped_lines("", 1.0, 2) == [""]


def test_a_word_that_is_too_long_is_cut():
    lines = wrapped_lines("m" * 1000 + " and more", 1.0, 2)

    assert len(lines) == 1
    assert lines[0].endswith("m…")
    assert text_width(lines[0]) <= 1.0


def test_names_fit_and_formulas_are_escaped():
    name = "WWWWWWWWWWWWWWWWWWWWWWWW of $5 or $6"

    assert text_width(name_within(name, 1.5).replace("\\$", "$")) <= 1.5
    assert (
        text_width(name_within(name, 1.5, bold=True).replace("\\$", "$"), bold=True)
        <= 1.5
    )
    assert name_within("sun $5", 3.0) == r"sun \$5"
    # Three letters are left where nothing fits.
    assert name_within("abcdef", 0.01) == "a…f"
