"""How many labels rows carry, read from the artists."""

from __future__ import annotations

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import IndicatorError, ShapeError
from mlkit.plots import PALETTE, plot_cardinality

Y = np.array([[1, 0, 1], [0, 0, 0], [1, 1, 1], [1, 0, 0]])


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def ax():
    return Figure().subplots()


def heights(ax) -> list[float]:
    return [bar.get_height() for bar in ax.patches]


def legend(ax) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_bars_count_the_rows_of_every_size(ax) -> None:
    assert plot_cardinality(Y, ax=ax) is ax
    assert heights(ax) == [1, 1, 1, 1]
    centres = [bar.get_x() + bar.get_width() / 2 for bar in ax.patches]
    np.testing.assert_allclose(centres, [0, 1, 2, 3])
    assert [text.get_text() for text in ax.texts] == ["1"] * 4


def test_the_mean_is_marked_and_named(ax) -> None:
    plot_cardinality(Y, ax=ax)
    np.testing.assert_allclose(ax.lines[0].get_xdata(), 1.5)
    assert legend(ax)[0] == "cardinality (mean) 1.50"


def test_empty_rows_differ_in_colour_and_in_hatch(ax) -> None:
    plot_cardinality(Y, ax=ax)
    empty, *others = ax.patches
    assert to_hex(empty.get_facecolor()) == PALETTE["orange"].lower()
    assert {to_hex(bar.get_facecolor()) for bar in others} == {PALETTE["sky"].lower()}
    assert (empty.get_hatch(), others[0].get_hatch()) == ("//", None)
    assert legend(ax)[1] == "1 row without a label (25.0 %)"


def test_without_empty_rows_the_legend_has_the_mean_only(ax) -> None:
    plot_cardinality(Y[[0, 2]], ax=ax)
    assert heights(ax) == [0, 0, 1, 1]
    assert ax.patches[0].get_hatch() is None
    assert len(legend(ax)) == 1


@pytest.mark.parametrize(
    "same",
    [
        sp.csr_array(Y),
        Y.tolist(),
        pd.DataFrame(Y, columns=["a", "b", "c"]),
        MultiLabelDataset(np.zeros((4, 1)), Y),
        Y.sum(axis=1),
        pd.Series([2, 0, 3, 1], index=list("wxyz")),
        np.array([2, 0, 3, 1], dtype=np.uint8),
    ],
    ids=lambda same: type(same).__name__,
)
def test_labels_and_numbers_of_labels_give_one_picture(same, ax) -> None:
    expected = Figure().subplots()
    plot_cardinality(Y, ax=expected)
    plot_cardinality(same, ax=ax)
    assert heights(ax) == heights(expected)
    assert legend(ax) == legend(expected)


def test_unknown_labels_count_as_absent(ax) -> None:
    plot_cardinality([[1.0, np.nan], [np.nan, np.nan]], ax=ax)
    assert heights(ax) == [1, 1]


def test_one_label_and_rows_without_any(ax) -> None:
    plot_cardinality([[0], [0]], ax=ax)
    assert heights(ax) == [2]
    assert legend(ax)[1] == "2 rows without a label (100.0 %)"
    low, high = ax.get_xlim()
    assert high - low >= 2


def test_many_bars_have_no_numbers_and_whole_ticks(ax) -> None:
    plot_cardinality(np.arange(14), ax=ax)
    assert len(ax.patches) == 14
    assert list(ax.texts) == []
    assert all(tick % 1 == 0 for tick in ax.get_xticks())


def test_numbers_do_not_touch_each_other_in_a_new_figure() -> None:
    ax = plot_cardinality(np.repeat(np.arange(13), 1000))
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    ends = [(box.x0, box.x1) for box in boxes]
    assert all(left[1] < right[0] for left, right in pairwise(ends))


def test_axes_say_what_is_counted(ax) -> None:
    plot_cardinality(Y, ax=ax)
    assert ax.get_xlabel() == "number of labels of a row"
    assert ax.get_ylabel() == "number of rows"


def test_what_was_given_is_not_changed(ax) -> None:
    given = Y.copy()
    plot_cardinality(given, ax=ax)
    np.testing.assert_array_equal(given, Y)


@pytest.mark.parametrize("none", [np.zeros((0, 3), dtype=int), [], np.array([])])
def test_no_rows_are_refused(none) -> None:
    with pytest.raises(ValueError, match="Y has no rows"):
        plot_cardinality(none)


def test_what_is_neither_labels_nor_numbers_is_refused() -> None:
    with pytest.raises(IndicatorError, match="outside"):
        plot_cardinality([[0, 2]])
    with pytest.raises(TypeError, match="whole numbers; got float64"):
        plot_cardinality([1.5, 2.0])
    with pytest.raises(ValueError, match="row 1 has -2"):
        plot_cardinality([1, -2])
    with pytest.raises(ShapeError, match="Y has 3 dimensions"):
        plot_cardinality(np.zeros((2, 2, 2), dtype=int))
    assert plt.get_fignums() == []
