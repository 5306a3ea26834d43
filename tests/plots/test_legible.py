"""Names that fit, and ink that shows."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from mlkit.plots.legible import fitted_name, ink_on
from mlkit.plots.style import PALETTE


@pytest.mark.parametrize("width", [3, 4, 11, 24])
def test_a_long_name_keeps_its_ends(width):
    name = "abcdefghijklmnopqrstuvwxyz"
    short = fitted_name(name, width)
    assert len(short) == width
    head, tail = short.split("…")
    assert name.startswith(head)
    assert name.endswith(tail)
    assert len(head) - len(tail) in (0, 1)


def test_a_name_that_fits_is_left_alone():
    assert fitted_name("größe", 5) == "größe"
    assert fitted_name(7) == "7"


def test_line_breaks_are_blanks():
    assert fitted_name("sea\nand  sun") == "sea and sun"


def test_dollars_start_no_formula():
    figure = Figure()
    text = figure.text(0, 0, fitted_name("$_{^ or $"))
    # As a formula this could not be read, which would be an error.
    figure.draw_without_rendering()
    assert text.get_window_extent().width > 0


def test_ink_shows_on_every_colour_of_the_palette():
    white = {name for name, color in PALETTE.items() if ink_on(color) == "white"}
    assert white == {"blue", "black"}
