"""Labels on a circle, read from their artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from mlkit.description import label_pairs
from mlkit.description.network import LabelNetwork, label_network
from mlkit.exceptions import OptionError
from mlkit.plots.label_network import LabelNetworkPanels, plot_label_network
from mlkit.plots.style import PALETTE, detached_figure

from .borders import border_is_blank

Y = pd.DataFrame(
    [[1, 1, 0, 0], [0, 0, 1, 0]] * 10 + [[1, 1, 1, 1], [0, 0, 0, 0]],
    columns=["sea", "sun", "sky", "bat"],
)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def _texts(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def _panels(n_labels, width, n_circles=1):
    size = LabelNetworkPanels.size_for(n_labels, width, n_circles)
    figure = detached_figure(size)
    return LabelNetworkPanels(figure, n_labels, width, n_circles=n_circles)


def _ring(n_labels, width=12):
    """Return labels, each with the next one, the first pair the strongest."""
    names = tuple(f"{k:03d}".ljust(width, "x") for k in range(n_labels))
    ends = np.stack([np.arange(n_labels), np.roll(np.arange(n_labels), -1)], axis=1)
    phi = np.linspace(0.9, 0.1, n_labels) if n_labels > 1 else np.zeros(0)
    ends = ends[: len(phi)]
    shares = np.linspace(0.5, 0.01, n_labels)
    return LabelNetwork(names, shares, ends, phi, len(phi), n_labels)


def test_more_is_solid_blue_and_less_is_dashed_vermilion():
    more, less = plot_label_network(Y).collections[:2]
    assert (len(more.get_segments()), len(less.get_segments())) == (1, 2)
    assert to_hex(more.get_edgecolor()[0][:3]) == PALETTE["blue"].lower()
    assert to_hex(less.get_edgecolor()[0][:3]) == PALETTE["vermilion"].lower()
    assert more.get_linestyle()[0][1] is None
    assert less.get_linestyle()[0][1] is not None


def test_chords_join_the_nodes_and_are_as_wide_as_the_pair_is_strong():
    ax = plot_label_network(Y, order="given")
    more, less, nodes = ax.collections[:3]
    places = nodes.get_offsets()
    # The first label on top, then clockwise.
    np.testing.assert_allclose(places, [[0, 1], [1, 0], [0, -1], [-1, 0]], atol=1e-12)
    chord = more.get_segments()[0]
    np.testing.assert_allclose(chord[[0, -1]], places[[0, 1]], atol=1e-12)
    assert more.get_linewidths()[0] > less.get_linewidths()[0]


def test_frequent_labels_have_large_nodes():
    sizes = plot_label_network(Y, order="given").collections[2].get_sizes()
    assert sizes[0] == sizes[1] == sizes[2] > 4 * sizes[3]


def test_what_is_drawn_is_said_below():
    words = " ".join(_texts(plot_label_network(Y, n_edges=2, n_labels=3)))
    assert "the 2 strongest of 3 significantly dependent pairs" in words
    assert "the 3 most frequent of 4 labels" in words
    assert "the larger the node" in words


def test_a_table_of_pairs_has_nodes_of_one_size():
    ax = plot_label_network(label_pairs(Y))
    assert len(set(ax.collections[2].get_sizes())) == 1
    assert "the larger the node" not in " ".join(_texts(ax))


def test_draws_into_given_axes():
    ax = detached_figure().subplots()
    assert plot_label_network(Y, ax=ax) is ax
    assert plt.get_fignums() == []


@pytest.mark.parametrize("shape", [(0, 3), (5, 1), (5, 0)], ids=str)
def test_labels_without_pairs(shape):
    ax = plot_label_network(np.zeros(shape, dtype=int))
    assert "no significantly dependent pair" in " ".join(_texts(ax))
    ax.figure.canvas.draw()


def test_options_are_checked():
    with pytest.raises(OptionError, match="n_edges"):
        plot_label_network(Y, n_edges=0)


def test_short_names_of_few_labels_are_level_and_others_turned():
    turned = []
    for n_labels, width in ((7, 8), (7, 18), (20, 8)):
        panels = _panels(n_labels, width)
        looks = panels._circles[0]._names._looks
        turned.append(any(rotation % 360 for *_, rotation in looks))
    assert turned == [False, True, True]


@pytest.mark.parametrize(("n_labels", "width"), [(7, 8), (20, 12), (60, 12), (100, 18)])
@pytest.mark.parametrize("n_circles", [1, 2])
def test_names_do_not_touch_each_other(n_labels, width, n_circles):
    panels = _panels(n_labels, width, n_circles)
    networks = [_ring(n_labels, width)] * n_circles
    panels.show(networks, titles=["all rows"] * n_circles)
    circle = panels._circles[0]
    angles = [
        angle
        for angle, word in zip(circle._angles, circle._names.words, strict=True)
        if word
    ]
    gaps = np.diff(np.sort(angles)) * circle._radius * 72
    # A line of 11 points, and a little.
    assert gaps.min() >= 11.5
    assert len(angles) == n_labels or len(angles) >= 20


def test_of_many_labels_the_strongest_are_named():
    panels = _panels(100, 18)
    network = _ring(100)
    panels.show([network], titles=["all rows"])
    named = panels._circles[0]._names.words
    # Between neighbours of equal sums the more frequent: the second of the ring.
    assert named[1].startswith("001")
    assert named[0] == named[2] == ""


def test_panels_change_in_place():
    panels = _panels(4, 5, 2)
    before = panels.moving
    whole = label_network(Y, order="given")
    part = label_network(Y[Y["sky"] == 1], order="given")
    titles = ["all 22 rows", "these 11 rows"]
    assert panels.show([whole, part], titles=titles) is False
    assert panels.moving == before
    chords = [len(lines.get_segments()) for lines in panels._circles[1]._chords]
    assert chords == [0, 0]
    notes = [text.get_text() for text in panels._notes]
    assert notes == [
        "3 significantly dependent pairs",
        "no significantly dependent pair",
    ]


def test_nodes_of_both_circles_are_on_one_scale():
    panels = _panels(4, 5, 2)
    whole = label_network(Y, order="given")
    part = label_network(Y[Y["sky"] == 1], order="given")
    panels.show([whole, part], titles=["", ""])
    sizes = [circle._nodes.get_sizes() for circle in panels._circles]
    assert sizes[1][2] == sizes[1].max() > sizes[0].max()


@pytest.mark.parametrize("n_circles", [1, 2])
@pytest.mark.parametrize(("n_labels", "width"), [(1, 3), (7, 14), (20, 40), (100, 18)])
def test_nothing_is_cut_off(n_labels, width, n_circles):
    panels = _panels(n_labels, width, n_circles)
    networks = [_ring(n_labels, width)] * n_circles
    panels.show(networks, titles=["x" * 99] * n_circles, heading="x" * 300)
    assert border_is_blank(panels)
