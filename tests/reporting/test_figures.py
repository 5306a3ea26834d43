import base64
import io
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from mlkit.plots import plot_label_bars
from mlkit.reporting.document import Ids
from mlkit.reporting.figures import Drawing, Pixels, draw, drawn

from .pages import parse


def bars(names=("sea", "sun"), **changes):
    counts = pd.Series(range(1, len(names) + 1), index=list(names))
    options = {"size": (5, 2), "xlabel": "rows", "alt": "2 bars", "caption": "Rows."}
    return draw(plot_label_bars, counts, **{**options, **changes})


def picture(html):
    source = parse(html).one("img").attributes["src"]
    assert source.startswith("data:image/png;base64,")
    return Image.open(io.BytesIO(base64.b64decode(source.split(",", 1)[1])))


def test_a_small_figure_is_a_drawing_with_words():
    page = parse(bars().html(Ids()))

    assert page.one("svg").attributes["role"] == "img"
    assert page.one("svg").attributes["aria-label"] == "2 bars"
    assert {"sea", "sun", "rows"} <= {text.text for text in page.all("text")}
    assert page.one("figcaption").text == "Rows."


def test_two_figures_of_a_page_share_no_names():
    ids = Ids()
    page = parse(bars().html(ids) + bars().html(ids))
    names = [e.attributes["id"] for e in page.walk() if "id" in e.attributes]

    assert len(names) == len(set(names))


def test_a_large_figure_is_a_picture():
    def make():
        figure = bars().figure
        rng = np.random.default_rng(0)
        figure.axes[0].plot(*rng.random((2, 20_000)), ".")
        return figure

    html = drawn(make, alt="20,000 points", caption="Many.").html(Ids())

    assert picture(html).size == (750, 300)
    assert parse(html).one("img").attributes["alt"] == "20,000 points"
    assert len(html) < 150_000


def test_names_are_no_markup_and_no_formulas():
    names = ["<script>", 'a & "b"', "from $5 to $10_x", "$\\frac{1$", "日本", "שלום"]
    page = parse(bars(names).html(Ids()))

    assert set(names) <= {text.text for text in page.all("text")}
    assert page.all("script") == []


def test_alt_and_caption_are_escaped():
    page = parse(bars(alt='1 "<b>', caption="<i>").html(Ids()))

    assert page.one("svg").attributes["aria-label"] == '1 "<b>'
    assert page.one("figcaption").text == "<i>"


def test_a_drawing_leaves_pyplot_alone():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    assert isinstance(bars(), Drawing)
    assert plt.get_fignums() == before


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0, 255]], dtype=np.uint8), [0, 255]),
        (np.array([[0.0, 0.5]]), [0, 128]),
        (np.array([[0, 51]]), [0, 51]),
        (np.array([[-1.0, 3.0]]), [0, 255]),
        (np.array([[np.nan, 1.0]]), [0, 255]),
        (np.array([[False, True]]), [0, 255]),
        (np.array([[[7], [9]]], dtype=np.uint8), [7, 9]),
        (np.array([[5.0, 5.0]]), [0, 0]),
    ],
)
def test_grey_values(values, expected):
    shown = picture(Pixels(values, "x").html(Ids()))

    assert np.asarray(shown).ravel().tolist() == expected


def test_colours_are_kept():
    values = np.array([[[255, 0, 7]]], dtype=np.uint8)

    assert np.asarray(picture(Pixels(values, "x").html(Ids()))).tolist() == [
        [[255, 0, 7]]
    ]


def test_large_pictures_are_made_smaller():
    values = np.zeros((1000, 500), dtype=np.uint8)

    assert picture(Pixels(values, "x").html(Ids())).size == (120, 240)


def test_importing_the_room_loads_neither_matplotlib_nor_widgets():
    code = "import mlkit.reporting, sys; print(*sorted(sys.modules))"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(
        command, capture_output=True, text=True, check=True
    ).stdout.split()

    assert "mlkit.reporting.engine" in loaded
    for name in ("matplotlib", "keras", "tensorflow", "ipywidgets"):
        assert name not in loaded
