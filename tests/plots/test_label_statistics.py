import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from mlkit.exceptions import ShapeError
from mlkit.plots import plot_label_bars, plot_label_pairs

NAMES = ["sea", "sun", "sky"]


@pytest.fixture
def ax():
    return Figure().subplots()


def square(values):
    return pd.DataFrame(values, index=NAMES, columns=NAMES)


def test_bars_have_the_length_of_their_numbers(ax):
    plot_label_bars(pd.Series([3.0, 1.5, 0.0], index=NAMES), xlabel="rows", ax=ax)

    assert [bar.get_width() for bar in ax.patches] == [3.0, 1.5, 0.0]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == NAMES
    assert [text.get_text() for text in ax.texts] == ["3", "1.500", "0"]
    assert ax.get_xlabel() == "rows"


def test_the_first_label_is_on_top(ax):
    plot_label_bars(pd.Series([1, 2, 3], index=NAMES), xlabel="rows", ax=ax)

    bottom, top = ax.get_ylim()
    assert bottom > top


def test_undefined_numbers_have_no_bar(ax):
    plot_label_bars(pd.Series([np.nan, 0.5, 1.0], index=NAMES), xlabel="F1", ax=ax)

    assert ax.patches[0].get_width() == 0
    assert ax.texts[0].get_text() == "undefined"


def test_own_texts_and_the_greatest_value(ax):
    values = pd.Series([0.5, 0.25, 0.1], index=NAMES)
    texts = ["half", "quarter", "tenth"]
    plot_label_bars(values, xlabel="F1", texts=texts, upper=1.0, ax=ax)

    assert [text.get_text() for text in ax.texts] == texts
    np.testing.assert_allclose(ax.get_xticks(), [0, 0.2, 0.4, 0.6, 0.8, 1])
    assert ax.get_xlim()[1] > 1


def test_counts_have_whole_ticks(ax):
    plot_label_bars(pd.Series([0, 1, 0], index=NAMES), xlabel="rows", ax=ax)

    assert all(tick % 1 == 0 for tick in ax.get_xticks())


@pytest.mark.parametrize("values", [[0, 0, 0], [np.nan] * 3])
def test_bars_without_length_have_axes_of_some(ax, values):
    plot_label_bars(pd.Series(values, index=NAMES), xlabel="rows", ax=ax)

    assert ax.get_xlim()[1] > 0


def test_counts_are_written_off_the_diagonal(ax):
    plot_label_pairs(square([[9, 1, 2], [1, 9, 3], [2, 3, 9]]), legend="rows", ax=ax)

    texts = {text.get_position(): text.get_text() for text in ax.texts}
    assert sorted(texts.values()) == ["1", "1", "2", "2", "3", "3"]
    # Column sky, row sun.
    assert texts[2.5, 1.5] == "3"
    assert ax.collections[0].get_clim() == (0, 3)


def test_correlations_are_red_above_and_blue_below_nothing(ax):
    plot_label_pairs(
        square([[1, 0.9, -0.9], [0.9, 1, 0], [-0.9, 0, 1]]), legend="phi", ax=ax
    )
    mesh = ax.collections[0]

    assert mesh.get_clim() == (-1, 1)
    red, _, blue, _ = mesh.to_rgba(0.9)
    assert red > blue
    red, _, blue, _ = mesh.to_rgba(-0.9)
    assert blue > red


def test_numbers_are_light_on_dark_and_dark_on_light(ax):
    plot_label_pairs(
        square([[1, 1.0, 0.0], [1.0, 1, 0.0], [0.0, 0.0, 1]]), legend="phi", ax=ax
    )
    colors = {text.get_text(): to_hex(text.get_color()) for text in ax.texts}

    assert colors == {"1.00": "#ffffff", "0.00": "#000000"}


def test_undefined_pairs_stay_empty(ax):
    values = square([[1, np.nan, 0.1], [np.nan, 1, np.nan], [0.1, np.nan, 1]])
    plot_label_pairs(values, legend="phi", ax=ax)

    assert [text.get_text() for text in ax.texts] == ["0.10", "0.10"]


@pytest.mark.parametrize("kind", [int, float])
def test_a_square_of_zeros_or_of_one_label_can_be_drawn(ax, kind):
    plot_label_pairs(square(np.zeros((3, 3), dtype=kind)), legend="rows", ax=ax)
    one = Figure().subplots()
    plot_label_pairs(pd.DataFrame([[kind(1)]]), legend="rows", ax=one)

    assert one.texts == [] or list(one.texts) == []


def test_many_labels_have_no_numbers(ax):
    matrix = pd.DataFrame(np.zeros((17, 17), dtype=int))
    plot_label_pairs(matrix, legend="rows", ax=ax)

    assert list(ax.texts) == []
    assert len(ax.get_xticklabels()) == 17


def test_what_is_no_square_is_refused(ax):
    with pytest.raises(ShapeError, match="got 1 and 2"):
        plot_label_pairs(pd.DataFrame([[1, 2]]), legend="rows", ax=ax)


def test_a_new_figure_has_room_for_its_labels():
    bars = plot_label_bars(pd.Series(range(20)), xlabel="rows")
    pairs = plot_label_pairs(square(np.zeros((3, 3), dtype=int)), legend="rows")

    assert bars.figure.get_size_inches()[1] == pytest.approx(0.9 + 0.32 * 20)
    assert pairs.figure.get_size_inches()[0] == pytest.approx(3.6 + 0.4 * 3)
