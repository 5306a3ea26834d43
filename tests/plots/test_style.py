"""The style: applied inside, undone outside, and not by colour alone."""

from __future__ import annotations

import re
import struct

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from mlkit.plots.style import (
    HATCHES,
    MARKERS,
    PALETTE,
    category_style,
    detached_figure,
    figure_png,
    figure_svg,
    make_axes,
    make_figure,
    use_style,
)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def _png_size(png: bytes) -> tuple[int, int]:
    return struct.unpack(">II", png[16:24])


def test_every_category_has_a_colour_a_marker_and_a_hatch():
    assert len(PALETTE) == len(MARKERS) == len(HATCHES) == 8
    for values in (PALETTE.values(), MARKERS, HATCHES):
        assert len(set(values)) == 8


def test_sixty_four_categories_differ_without_colour_names():
    styles = {category_style(i) for i in range(64)}
    assert len(styles) == 64


def test_neighbours_differ_in_grey_too():
    for first, second in zip(range(30), range(1, 31), strict=True):
        assert category_style(first).marker != category_style(second).marker


def test_negative_category():
    with pytest.raises(ValueError, match="counts from 0; got -1"):
        category_style(-1)


def test_use_style_undoes_itself_even_after_an_error():
    before = dict(mpl.rcParams)
    with use_style():
        assert mpl.rcParams["font.size"] == 12
    assert dict(mpl.rcParams) == before
    with pytest.raises(ZeroDivisionError, match="division"), use_style():
        _ = 1 / 0
    assert dict(mpl.rcParams) == before


def test_make_axes_returns_the_axes_it_is_given():
    ax = detached_figure().subplots()
    assert make_axes(ax) is ax
    assert plt.get_fignums() == []


def test_make_axes_makes_a_figure_that_a_notebook_shows():
    before = dict(mpl.rcParams)
    ax = make_axes(size=(3, 2))
    assert plt.get_fignums() == [ax.figure.number]
    assert ax.figure.get_size_inches().tolist() == [3, 2]
    assert not ax.spines["top"].get_visible()
    assert dict(mpl.rcParams) == before


def test_make_figure_belongs_to_pyplot_and_detached_does_not():
    assert plt.fignum_exists(make_figure().number)
    detached_figure()
    assert len(plt.get_fignums()) == 1


def test_png_has_the_size_of_the_figure_and_no_chance_in_it():
    figure = detached_figure((3, 2))
    figure.subplots().plot([0, 1], [0, 1])
    png = figure_png(figure)
    assert _png_size(png) == (300, 200)
    assert figure_png(figure) == png
    assert b"Software" not in png


def test_png_of_a_pyplot_figure():
    assert _png_size(figure_png(make_axes(size=(2, 1)).figure)) == (200, 100)


def test_svg_stands_in_a_page():
    figure = detached_figure((3, 2))
    figure.subplots().set_title("<words> & 日本")
    svg = figure_svg(figure, prefix="f1-")

    assert svg.startswith("<svg ")
    assert svg.endswith("</svg>")
    # Words are text, not outlines, and have the font of the page.
    assert ">&lt;words&gt; &amp; 日本<" in svg
    assert "font-family" not in svg
    # Neither declarations nor a style sheet, which would be one of the whole page.
    for part in ("<?xml", "<!DOCTYPE", "xmlns", "<style", "http", "<metadata"):
        assert part not in svg
    assert figure_svg(figure, prefix="f1-") == svg


def test_names_in_an_svg_have_the_prefix():
    figure = detached_figure((3, 2))
    ax = figure.subplots()
    ax.plot([0, 1], [0, 1], "o")
    ax.set_title('id="title" url(#title)')
    svg = figure_svg(figure, prefix="f1-")

    tags = "".join(re.findall(r"<[^>]+>", svg))
    names = re.findall(r'\bid="([^"]*)"', tags)
    assert names
    assert all(name.startswith("f1-") for name in names)
    used = re.findall(r'href="#([^"]*)"|url\(#([^)]*)\)', tags)
    assert used
    assert {first or second for first, second in used} <= set(names)
    # What looks like a name within words is left as it is.
    assert '>id="title" url(#title)<' in svg
