"""The square of label pairs, as a function and as panels."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from mlkit.exceptions import OptionError
from mlkit.plots.co_occurrence import CoOccurrencePanels, plot_co_occurrence
from mlkit.plots.style import detached_figure

from .borders import border_is_blank

Y = pd.DataFrame(
    [[0, 1, 1]] * 3 + [[1, 1, 0]] * 2 + [[0, 1, 0]], columns=["sea", "sun", "sky"]
)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def _names(ax):
    return [text.get_text() for text in ax.get_yticklabels()]


def _numbers(ax):
    return {tuple(text.xy): text.get_text() for text in ax.texts}


def test_counts_in_the_order_of_frequency():
    ax = plot_co_occurrence(Y)
    assert _names(ax) == ["sun", "sky", "sea"]
    # Column sky, row sun.
    assert _numbers(ax)[1.5, 0.5] == "3"
    assert _numbers(ax)[2.5, 0.5] == "2"
    assert ax.yaxis_inverted()


def test_conditional_shares_are_of_the_row():
    ax = plot_co_occurrence(Y, kind="conditional", order="given")
    # P(sun | sea) = 1 in the row of sea; P(sea | sun) = 2 / 6 in the row of sun.
    assert _numbers(ax)[1.5, 0.5] == "1.00"
    assert _numbers(ax)[0.5, 1.5] == "0.33"
    assert ax.get_ylabel().startswith("given")
    assert "share of its rows" in ax.get_xlabel()


def test_lift():
    ax = plot_co_occurrence(Y, kind="lift", order="given")
    assert _numbers(ax)[1.5, 0.5] == "1.0"
    # One row of sea and sky is expected, and none is there.
    assert _numbers(ax)[2.5, 0.5] == "0"


def test_neighbours():
    pairs = pd.DataFrame({"a": [1, 1, 0, 0], "b": [0, 0, 1, 1], "c": [1, 1, 0, 0]})
    names = _names(plot_co_occurrence(pairs, order="clustered"))
    assert abs(names.index("a") - names.index("c")) == 1


def test_many_labels_are_cut_off_and_that_is_said():
    rng = np.random.default_rng(0)
    ax = plot_co_occurrence((rng.random((200, 1000)) < 0.02).astype(int))
    assert len(_names(ax)) == 60
    assert ax.get_title() == "the 60 most frequent of 1,000 labels"
    assert plot_co_occurrence(Y, n=2).get_title() == "the 2 most frequent of 3 labels"


def test_draws_into_given_axes():
    ax = detached_figure().subplots()
    assert plot_co_occurrence(Y, ax=ax) is ax
    assert plt.get_fignums() == []


@pytest.mark.parametrize("kind", ["counts", "conditional", "lift"])
@pytest.mark.parametrize("shape", [(0, 3), (3, 1), (4, 2)], ids=str)
def test_empty_labels_can_be_drawn(kind, shape):
    figure = plot_co_occurrence(np.zeros(shape, dtype=int), kind=kind).figure
    figure.canvas.draw()


def test_what_does_not_exist():
    with pytest.raises(OptionError, match="kind must be one of"):
        plot_co_occurrence(Y, kind="odds")
    with pytest.raises(OptionError, match="order must be one of"):
        plot_co_occurrence(Y, order="random")
    with pytest.raises(OptionError, match="n must be at least 1"):
        plot_co_occurrence(Y, n=0)


def _panels(n_labels=2, width=3, n_squares=1):
    size = CoOccurrencePanels.size_for(n_labels, width, n_squares)
    return CoOccurrencePanels(
        detached_figure(size), n_labels, width, n_squares=n_squares
    )


def test_panels_change_in_place_and_report_a_new_scale():
    panels, names = _panels(), ["sea", "sun"]
    before = panels.moving
    matrix = np.array([[3.0, 1.0], [1.0, 2.0]])
    assert panels.show(names, [matrix], kind="counts", titles=[""]) is True
    assert panels.show(names, [matrix], kind="counts", titles=["x"]) is False
    assert panels.show(names, [matrix], kind="conditional", titles=[""]) is True
    assert panels.show(names, [matrix / 2], kind="lift", titles=[""]) is True
    assert panels.moving == before


def test_the_second_square_has_the_colours_of_the_first():
    panels = _panels(n_squares=2)
    whole, part = np.array([[9.0, 8.0], [8.0, 9.0]]), np.array([[4.0, 4.0], [4.0, 4.0]])
    titles = ["all 20 rows", "these 9 rows"]
    panels.show(["a", "b"], [whole, part], kind="counts", titles=titles)
    left, right = (ax.images[0].get_array()[0, 1] for ax in panels.axes)
    assert left.sum() < right.sum()
    assert [ax.texts[-1].get_text() for ax in panels.axes] == titles


def test_columns_may_have_other_names():
    panels = _panels()
    panels.show(
        ["✓ a", "b"], [np.eye(2)], kind="counts", titles=[""], columns=["a", "b"]
    )
    assert [texts.words for texts in panels._names] == [("✓ a", "b"), ("a", "b")]


def test_the_sides_are_named_only_where_they_differ():
    panels = _panels()
    texts = []
    for kind in ("conditional", "counts"):
        panels.show(["a", "b"], [np.eye(2)], kind=kind, titles=[""])
        texts.append([text.get_text() for text in panels.figure.texts])
    assert any("given" in text for text in texts[0])
    assert not any("given" in text for text in texts[1])


@pytest.mark.parametrize("n_squares", [1, 2])
@pytest.mark.parametrize(("n_labels", "width"), [(1, 4), (7, 60), (20, 16), (100, 30)])
def test_nothing_is_cut_off(n_squares, n_labels, width):
    panels = _panels(n_labels, width, n_squares)
    names = [f"{k}" * width for k in range(10)] * 10
    panels.show(
        names[:n_labels],
        [np.ones((n_labels, n_labels))] * n_squares,
        kind="lift",
        titles=["all 1,000 rows"] * n_squares,
        heading="x" * 300,
    )
    assert border_is_blank(panels)


def test_names_of_many_labels_are_thinned():
    panels = _panels(100, 10)
    names = [f"label_{k}" for k in range(100)]
    panels.show(names, [np.ones((100, 100))], kind="counts", titles=[""])
    shown = panels._names[0].words
    assert shown[0] == "label_0"
    assert 10 < len(shown) < 40
