"""Cards of pictures and texts, read from their artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from matplotlib.font_manager import findfont, get_font
from matplotlib.patches import FancyBboxPatch, Rectangle

from mlkit.exceptions import IndicatorError, LabelNameError, ShapeError
from mlkit.plots.cards import plot_image_cards, plot_text_cards
from mlkit.plots.errors import CELL_LOOKS
from mlkit.plots.style import detached_figure, figure_png, make_figure

NAMES = ["sea", "sun", "cat"]
Y = np.array([[1, 1, 0], [0, 0, 0], [0, 0, 0], [0, 1, 0]])
PREDICTED = np.array([[1, 0, 1], [0, 0, 0], [1, 0, 0], [0, 0, 0]])
IMAGES = np.linspace(0, 1, 4 * 8 * 9).reshape(4, 8, 9)
TEXTS = ["Two men wait.", "word " * 300, "It costs $5 or $6.", ""]
SIGNS = {look.sign for look in CELL_LOOKS if look.sign}


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def _words(ax):
    return [text.get_text() for text in ax.texts]


def _cards(ax):
    """What is written on each card, from its title on."""
    words = _words(ax)
    starts = [i for i, word in enumerate(words) if word.startswith("row ")]
    return [words[i:j] for i, j in zip(starts, [*starts[1:], None], strict=True)]


def _frames(ax):
    return [patch for patch in ax.patches if isinstance(patch, FancyBboxPatch)]


def test_labels_of_pictures_are_told_by_signs():
    ax = plot_image_cards(IMAGES, Y, PREDICTED, label_names=NAMES)

    assert _words(ax)[:6] == [
        "✓",
        "right",
        "\u2212",
        "missed",
        "+",
        "falsely predicted",
    ]
    assert _cards(ax) == [
        ["row 0", "✓", "sea", "\u2212", "sun", "+", "cat"],
        ["row 1", "✓", "{} no label"],
        ["row 2", "true: {} no label", "+", "sea"],
        ["row 3", "predicted: {} no label", "\u2212", "sun"],
    ]


def test_each_sign_has_the_colour_of_its_meaning():
    ax = plot_image_cards(IMAGES[:1], Y[:1], PREDICTED[:1])
    boxes = [p for p in ax.patches if type(p) is Rectangle]
    colours = [plt.matplotlib.colors.to_hex(box.get_facecolor()) for box in boxes]

    # The key, then the card.
    assert colours == [CELL_LOOKS[kind].color.lower() for kind in (3, 2, 1)] * 2


def test_without_a_prediction_the_labels_are_listed():
    ax = plot_image_cards(IMAGES, Y, label_names=NAMES)

    assert _cards(ax)[:2] == [["row 0", "• sea", "• sun"], ["row 1", "{} no label"]]
    assert not SIGNS & set(_words(ax))


@pytest.mark.parametrize("to", [sp.csr_array, lambda Y: pd.DataFrame(Y, columns=NAMES)])
def test_containers_give_the_same_cards(to):
    expected = _cards(plot_image_cards(IMAGES, Y, PREDICTED, label_names=NAMES))

    assert (
        _cards(plot_image_cards(IMAGES, to(Y), to(PREDICTED), label_names=NAMES))
        == expected
    )


@pytest.mark.parametrize("to", [np.array, sp.csr_array])
def test_unknown_labels_are_counted(to):
    known = Y.astype(float)
    known[0, 1] = np.nan
    compared = plot_image_cards(IMAGES, to(known), PREDICTED, label_names=NAMES)
    listed = plot_image_cards(IMAGES, to(known), label_names=NAMES)

    assert _cards(compared)[0] == ["row 0", "✓", "sea", "+", "cat", "1 unknown"]
    assert _cards(listed)[0] == ["row 0", "• sea", "1 unknown"]


def test_wrong_labels_stay_where_there_are_many():
    true = np.ones((1, 12), dtype=int)
    guessed = true.copy()
    guessed[0, 10:] = 0
    (card,) = _cards(plot_image_cards(IMAGES[:1], true, guessed))

    assert card[1:5] == ["\u2212", "label_10", "\u2212", "label_11"]
    assert card[-1] == "and 6 more"
    assert len(card) == 1 + 2 * 6 + 1


@pytest.mark.parametrize("shape", [(8, 9), (8, 9, 1), (8, 9, 3), (8, 9, 4)])
def test_pictures_of_all_kinds(shape):
    images = np.random.default_rng(0).random((2, *shape))
    ax = plot_image_cards(images, Y[:2])
    shown = ax.images[0].get_array()

    assert shown.shape == (shape if shape[-1:] != (1,) else shape[:2])
    np.testing.assert_array_equal(shown, np.round(255 * images[0]).reshape(shown.shape))


def test_pictures_keep_their_proportions():
    ax = plot_image_cards([np.zeros((10, 20)), np.zeros((30, 10))], Y[:2])
    sides = [image.get_extent() for image in ax.images]
    ratios = [(right - left) / (low - high) for left, right, low, high in sides]

    np.testing.assert_allclose(ratios, [2.0, 1 / 3])


def test_texts_are_broken_into_lines_and_cut():
    ax = plot_text_cards(TEXTS, Y, PREDICTED, label_names=NAMES)
    first, second, third, fourth = _cards(ax)

    assert first == ["row 0", "Two men wait.", "✓", "sea", "\u2212", "sun", "+", "cat"]
    assert len(second) == 1 + 6 + 2
    assert second[6].endswith("…")
    assert third[1] == r"It costs \$5 or \$6."
    assert fourth[1] == ""


@pytest.mark.parametrize("n_rows", [1, 12, 100])
def test_many_rows_are_cut_and_said(n_rows):
    images, labels = np.zeros((n_rows, 8, 8)), np.ones((n_rows, 2), dtype=int)
    ax = plot_image_cards(images, labels, labels)
    many = plot_image_cards(images, labels, labels, n=100)

    assert len(ax.images) == len(_frames(ax)) == min(n_rows, 12)
    assert ("the first 12 of 100 rows" in _words(ax)) is (n_rows > 12)
    assert len(many.images) == min(n_rows, 48)
    assert ("the first 48 of 100 rows" in _words(many)) is (n_rows > 48)


def test_no_rows():
    ax = plot_image_cards(np.zeros((0, 8, 8)), np.zeros((0, 2), dtype=int))

    assert _words(ax) == ["no rows"]


@pytest.mark.parametrize("size", [(6.0, 3.2), (9.6, 8.0), (2.5, 2.5)])
def test_given_axes_take_what_has_room(size):
    figure = detached_figure(size)
    ax = figure.add_axes((0, 0, 1, 1))
    images, labels = np.zeros((40, 8, 8)), np.ones((40, 2), dtype=int)
    assert plot_image_cards(images, labels, labels, n=40, ax=ax) is ax
    frames = _frames(ax)

    assert plt.get_fignums() == []
    assert f"the first {len(frames)} of 40 rows" in _words(ax)
    assert max(f.get_x() + f.get_width() for f in frames) <= size[0]
    assert max(f.get_y() + f.get_height() for f in frames) <= max(size[1], 3.0)


def test_the_note_hides_no_card():
    ax = detached_figure((4.0, 5.0)).add_axes((0, 0, 1, 1))
    plot_image_cards(np.zeros((9, 8, 8)), Y[[0] * 9], PREDICTED[[0] * 9], ax=ax)
    note = next(text for text in ax.texts if text.get_text().startswith("the first"))

    assert note.get_position()[1] + 0.1 < min(frame.get_y() for frame in _frames(ax))


def test_nothing_leaves_its_card():
    """All words lie inside the figure, and labels inside their frame."""
    names = [
        "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
        "a long name of many words for a sea",
        "ü",
    ]
    titles = ["A title that is much longer than the card is wide, and then some"] * 4
    figures = [
        plot_image_cards(IMAGES, Y, PREDICTED, label_names=names, titles=titles),
        plot_text_cards(TEXTS, Y, PREDICTED, label_names=names, titles=titles),
    ]
    for ax in figures:
        ax.figure.canvas.draw()
        frames = [frame.get_window_extent() for frame in _frames(ax)]
        for text in ax.texts:
            box = text.get_window_extent()
            if not text.get_text() or box.y0 > max(frame.y1 for frame in frames):
                continue
            inside = [f for f in frames if f.x0 <= box.x0 and f.y0 <= box.y0 <= f.y1]
            assert any(box.x1 <= f.x1 and box.y1 <= f.y1 for f in inside), text


def test_signs_are_letters_of_the_font():
    known = get_font(findfont("DejaVu Sans")).get_charmap()

    assert {ord(letter) for letter in ("✓", "\u2212", "+", "✗", "…", "•")} <= set(known)


def test_arguments_are_left_alone():
    before = IMAGES.copy(), Y.copy(), PREDICTED.copy()
    plot_image_cards(IMAGES, Y, PREDICTED)

    for array, copy in zip((IMAGES, Y, PREDICTED), before, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_the_picture_is_always_the_same():
    pictures = [figure_png(plot_image_cards(IMAGES, Y, PREDICTED).figure) for _ in "ab"]

    assert pictures[0] == pictures[1]


@pytest.mark.parametrize(
    ("keywords", "error", "match"),
    [
        ({"images": IMAGES[:2]}, ShapeError, "images has 2 rows and Y has 4"),
        ({"images": np.zeros((4, 64))}, ShapeError, "Picture 0 has shape"),
        ({"images": np.zeros((4, 8, 8, 2))}, ShapeError, "1, 3 or 4 channels"),
        ({"titles": ["one"]}, ShapeError, "4 rows and titles has 1"),
        ({"Y_pred": PREDICTED[:2]}, ShapeError, "Y_pred"),
        ({"Y_pred": PREDICTED + 1}, IndicatorError, "outside"),
        ({"label_names": ["a"]}, LabelNameError, "Expected 3 label names"),
        ({"n": 0}, ValueError, "n must be"),
        ({"n": 1.5}, TypeError, "n must be"),
    ],
    ids=[
        "rows",
        "table",
        "channels",
        "titles",
        "shape",
        "values",
        "names",
        "n",
        "n-kind",
    ],
)
def test_what_does_not_fit(keywords, error, match):
    arguments = {"images": IMAGES, "Y": Y} | keywords

    with pytest.raises(error, match=match):
        plot_image_cards(**arguments)


def test_texts_must_be_as_many():
    with pytest.raises(ShapeError, match="texts has 3 rows and Y has 4"):
        plot_text_cards(TEXTS[:3], Y)


def test_a_figure_of_pyplot_is_used():
    figure = make_figure((5, 5))

    assert plot_text_cards(TEXTS, Y, ax=figure.add_axes((0, 0, 1, 1))).figure is figure
