"""Texts shaded by attention, read from their artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from mlkit.exceptions import OptionError, ScoresError, ShapeError
from mlkit.plots.attention import _SHADES, plot_attention
from mlkit.plots.style import PALETTE, detached_figure

from .legibility import contrast, linear, problems

WORDS = ["Two", "old", "men", "wait", "in", "vain"]
WORDS += ["for", "somebody", "who", "never", "comes", "."]
WEIGHTS = np.array([1, 2, 3, 20, 0, 8, 1, 4, 1, 6, 3, 1]) / 50
LONG = [f"word{i}" for i in range(900)]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def said(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def boxes(ax) -> dict[float, Rectangle]:
    """The shades of the words by their left edge and line."""
    return {
        (round(p.get_x(), 6), round(p.get_y(), 6)): p
        for p in ax.patches
        if p.get_facecolor()[3] > 0
    }


def shades(ax) -> list[str]:
    """The colours of the words, in reading order."""
    found = sorted(boxes(ax).items(), key=lambda item: item[0][::-1])
    return [to_hex(box.get_facecolor()) for _, box in found]


def framed(ax) -> list[bool]:
    found = sorted(boxes(ax).items(), key=lambda item: item[0][::-1])
    return [bool(box.get_edgecolor()[3]) for _, box in found]


def test_words_stand_in_reading_order():
    ax = plot_attention(WORDS * 4, np.tile(WEIGHTS, 4))
    words = ax.texts[: 4 * len(WORDS)]
    places = [text.get_position()[::-1] for text in words]

    assert [text.get_text() for text in words] == WORDS * 4
    assert places == sorted(places)
    assert len({y for y, _ in places}) > 1


def test_each_word_stands_on_its_shade():
    ax = plot_attention(WORDS, WEIGHTS)
    ax.figure.draw_without_rendering()
    found = sorted(boxes(ax).values(), key=lambda box: (box.get_y(), box.get_x()))

    for text, box in zip(ax.texts, found, strict=False):
        extent, shade = text.get_window_extent(), box.get_window_extent()
        assert shade.x0 <= extent.x0 <= extent.x1 <= shade.x1 + 1, text.get_text()
        assert shade.y0 - 1 <= extent.y0 <= extent.y1 <= shade.y1 + 1, text.get_text()
    edges = [(box.get_x(), box.get_x() + box.get_width()) for box in found]
    assert max(right for _, right in edges) <= 9.0
    assert all(a[1] <= b[0] for a, b in zip(edges, edges[1:], strict=False))


def test_the_shade_is_the_share_of_the_greatest():
    ax = plot_attention(WORDS, WEIGHTS)

    expected = [to_hex(_SHADES(float(w))) for w in WEIGHTS / WEIGHTS.max()]
    assert shades(ax) == expected
    assert shades(ax)[3] == PALETTE["vermilion"].lower()
    assert shades(ax)[4] == "#ffffff"


def test_only_shares_count():
    one, other = (plot_attention(WORDS, k * WEIGHTS) for k in (1.0, 70.0))

    assert shades(one) == shades(other)
    assert said(one) == said(other)


def test_black_is_legible_on_all_shades_and_they_darken():
    colors = _SHADES(np.linspace(0, 1, 500))
    light = np.array([linear(color[:3]) for color in colors]) @ [0.2126, 0.7152, 0.0722]

    assert min(contrast("black", color) for color in colors) >= 5.4
    assert (np.diff(light) <= 0).all()
    assert light[0] > 4 * light[-1]
    ax = plot_attention(WORDS, WEIGHTS)
    assert {text.get_color() for text in ax.texts[: len(WORDS)]} == {"black"}


def test_the_top_words_are_named_and_framed():
    ax = plot_attention(WORDS, WEIGHTS, n_top=3)

    assert said(ax)[-1] == "most: wait 40 %, vain 16 %, never 12 %"
    assert [w for w, is_top in zip(WORDS, framed(ax), strict=True) if is_top] == [
        "wait",
        "vain",
        "never",
    ]
    none = plot_attention(WORDS, WEIGHTS, n_top=0)
    assert not any("most" in text for text in said(none))
    assert not any(framed(none))


def test_words_below_the_mean_are_not_named():
    ax = plot_attention(["a", "b", "c"], [0.5, 0.3, 0.2], n_top=3)

    assert said(ax)[-1] == "most: a 50 %"


@pytest.mark.parametrize("n", [1, 7])
def test_where_all_are_alike_none_stands_out(n):
    ax = plot_attention(WORDS[:n], np.full(n, 1 / n))

    assert not any(framed(ax))
    assert set(shades(ax)) == {PALETTE["vermilion"].lower()}
    assert not any(text.startswith("most") for text in said(ax))


def test_the_scale_ends_at_the_greatest_share_and_marks_the_mean():
    ax = plot_attention(WORDS, WEIGHTS)
    left, right, bottom, top = ax.images[0].get_extent()
    mark, key = (line.get_xdata()[0] for line in ax.lines)

    assert "40 % of the attention" in said(ax)
    assert "if all words were alike: 8.3 %" in said(ax)
    # 1/12 of the whole, where the end is 0.4.
    assert (mark - left) / (right - left) == pytest.approx(1 / 12 / 0.4)
    assert key > right
    assert bottom > top


def test_words_that_were_not_read_are_grey():
    weights = np.where(np.arange(len(WORDS)) < 9, WEIGHTS, np.nan)
    ax = plot_attention(WORDS, weights)

    assert len(boxes(ax)) == 9
    inks = [text.get_color() for text in ax.texts[: len(WORDS)]]
    assert inks == ["black"] * 9 + ["#666666"] * 3
    assert contrast("#666666", "white") >= 4.5
    assert said(ax)[-1] == "not read, grey: 3 words"
    # Shares of what was read: 20 of 40.
    assert "50 % of the attention" in said(ax)
    assert "if all words were alike: 11 %" in said(ax)


def test_padding_is_left_out_and_its_weight_told():
    plain = plot_attention(WORDS, WEIGHTS)
    empty = plot_attention([*WORDS, "", " "], [*WEIGHTS, 0, np.nan])
    longer = plot_attention(WORDS, [*WEIGHTS, 0.0, 0.0, np.nan])
    heavy = plot_attention([*WORDS, ""], [*WEIGHTS, 1.0])

    assert said(plain) == said(empty) == said(longer)
    assert said(heavy)[-1] == "on padding: 50 %"
    assert "20 % of the attention" in said(heavy)
    assert shades(heavy) == shades(plain)


def test_no_weight_and_no_words():
    nothing = plot_attention(WORDS, np.zeros(len(WORDS)))
    unread = plot_attention(WORDS, np.full(len(WORDS), np.nan))
    empty = plot_attention([], [])

    assert said(nothing)[len(WORDS) :] == ["no weight on any word"]
    assert set(shades(nothing)) == {"#ffffff"}
    assert said(unread)[len(WORDS) :] == [
        "no weight on any word",
        "not read, grey: 12 words",
    ]
    assert said(empty) == ["no words"]
    assert not nothing.images
    assert not unread.images
    assert not empty.images


def test_long_texts_are_cut_around_the_greatest_weights():
    weights = np.full(900, 1e-3)
    weights[[20, 400, 403, 899]] = [0.5, 0.4, 0.3, 0.2]
    ax = plot_attention(LONG, weights, max_words=31)
    words = said(ax)
    shown = [word for word in words if word.startswith("word")]

    expected = [*range(15, 26), *range(395, 409), *range(894, 900)]
    assert shown == [f"word{i}" for i in expected]
    assert words.count("…") == 3
    assert words[0] == "…"
    assert words[-1].startswith("drawn: 31 of 900 words, around the gr")
    assert not [1 for a, b in zip(words, words[1:], strict=False) if a == b == "…"]


def test_a_long_text_without_a_preference_shows_its_beginning():
    ax = plot_attention(LONG, np.ones(900), max_words=30)
    shown = [word for word in said(ax) if word.startswith("word")]

    assert shown == LONG[: len(shown)]
    assert 20 <= len(shown) <= 30


@pytest.mark.parametrize("max_words", [1, 2, 3])
def test_few_words_are_those_of_the_greatest_weight(max_words):
    weights = np.ones(900)
    weights[300] = 2
    ax = plot_attention(LONG, weights, max_words=max_words)
    shown = [word for word in said(ax) if word.startswith("word")]

    assert "word300" in shown
    assert len(shown) <= max_words


def test_a_text_of_just_so_many_words_is_whole():
    ax = plot_attention(LONG[:50], np.ones(50), max_words=50)

    assert said(ax)[:50] == LONG[:50]
    assert not any("drawn" in text or text == "…" for text in said(ax))


@pytest.mark.parametrize("size", [(9.0, 6.0), (5.0, 3.0), (2.7, 3.6)])
def test_given_axes_take_what_has_room(size):
    figure = detached_figure(size)
    ax = figure.add_axes((0, 0, 1, 1))
    weights = np.random.default_rng(0).random(900) ** 8
    weights[500:] = np.nan

    assert plot_attention(LONG, weights, title="a title", ax=ax) is ax
    assert list(problems(figure)) == []
    named = [text for text in said(ax) if text.startswith("word")]
    assert 1 <= len(named) <= 120


@pytest.mark.parametrize("n", [1, 12, 100, 900])
def test_all_of_a_figure_can_be_read(n):
    weights = np.random.default_rng(n).random(n) ** 4
    ax = plot_attention(LONG[:n], weights, title="comedy")

    assert list(problems(ax.figure)) == []
    assert said(ax)[0] == "comedy"
    assert ax.texts[0].get_fontweight() == "bold"


def test_odd_words_and_titles_stay_in_their_lines():
    words = ["costs", "$5", "or", "$6", "x" * 400, "two\nlines", "naïve", "[UNK]"]
    ax = plot_attention(words, np.arange(8.0), title="$1 and $2 " * 30, n_top=4)

    assert list(problems(ax.figure)) == []
    assert r"\$5" in said(ax)
    assert "two lines" in said(ax)
    assert said(ax)[-1].startswith("most: [UNK] 25 %, naïve 21 %, two lines 18 %, xxx")


def test_named_words_make_no_formulas():
    ax = plot_attention(["from", "$5", "to", "$6"], [0.1, 0.4, 0.1, 0.4])

    assert said(ax)[-1] == r"most: \$5 40 %, \$6 40 %"


def test_arguments_are_not_changed():
    tokens, weights = [*WORDS, ""], np.array([*WEIGHTS, np.nan])
    plot_attention(tokens, weights)

    assert tokens == [*WORDS, ""]
    np.testing.assert_array_equal(weights, [*WEIGHTS, np.nan])


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"tokens": "two men"}, TypeError, r"got a text\. Split it: text\.split"),
        ({"weights": WEIGHTS[:3]}, ShapeError, "12 words and weights has 3 numbers"),
        ({"weights": [*WEIGHTS, 0.1]}, ShapeError, "only 0 may follow"),
        ({"weights": WEIGHTS[None]}, ShapeError, r"got shape \(1, 12\)\. Choose"),
        ({"weights": -WEIGHTS}, ScoresError, "weight 0 is -0.02"),
        ({"weights": np.full(12, np.inf)}, ScoresError, "finite and at least 0"),
        ({"weights": ["a"] * 12}, ScoresError, "weights must be numbers"),
        ({"n_top": -1}, OptionError, "n_top must be at least 0"),
        ({"max_words": 0}, OptionError, "max_words must be at least 1"),
        ({"max_words": 2.5}, TypeError, "max_words must be an integer"),
    ],
)
def test_what_does_not_fit_is_refused(change, error, match):
    arguments = {"tokens": WORDS, "weights": WEIGHTS, **change}
    with pytest.raises(error, match=match):
        plot_attention(**arguments)
