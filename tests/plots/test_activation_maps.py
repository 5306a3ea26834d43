"""Activation maps over pictures, read from their artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.contour import ContourSet

from mlkit.exceptions import LabelNameError, OptionError, ScoresError, ShapeError
from mlkit.plots.activation_maps import plot_activation_maps
from mlkit.plots.style import INK

from .legibility import problems

RNG = np.random.default_rng(0)
PICTURE = RNG.random((40, 60, 3))
NAMES = ["sea", "sun", "cat"]


def spot(row: float, column: float, height: float = 1.0, size: int = 7) -> np.ndarray:
    """One hill in a map, its place in shares of the sides."""
    places = (np.arange(size) + 0.5) / size
    rows, columns = np.meshgrid(places, places, indexing="ij")
    return height * np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / 0.05)


MAPS = np.array([spot(0.3, 0.3, 4.0), spot(0.7, 0.6, 3.0), spot(0.2, 0.8, 0.5)])


def panels(figure) -> list:
    return [ax for ax in figure.axes if ax.get_title()]


def heat(ax):
    """The map of a panel, above its picture."""
    return ax.images[1]


def lines(ax) -> list[ContourSet]:
    return [each for each in ax.collections if isinstance(each, ContourSet)]


def scale(figure):
    (ax,) = [ax for ax in figure.axes if ax not in panels(figure)]
    return ax


def test_the_picture_stands_once_as_it_is():
    figure = plot_activation_maps(PICTURE, MAPS)
    first, *others = panels(figure)

    np.testing.assert_array_equal(first.images[0].get_array(), np.rint(255 * PICTURE))
    assert len(first.images) == 1
    assert [len(ax.images) for ax in others] == [2, 2, 2]


def test_below_the_maps_it_is_pale_and_grey():
    primary = np.zeros((10, 10, 3), np.uint8)
    primary[0, 0], primary[0, 1], primary[0, 2] = np.diag([255, 255, 255])
    grey = panels(plot_activation_maps(primary, MAPS))[1].images[0].get_array()

    assert grey.shape == (10, 10)
    white = 255 - 0.6 * 255 * (1 - np.array([0.2126, 0.7152, 0.0722, 0.0]))
    np.testing.assert_allclose(grey[0, :4], white)


@pytest.mark.parametrize("shape", [(8, 9), (8, 9, 1), (8, 9, 3), (8, 9, 4)])
def test_pictures_of_all_kinds(shape):
    picture = RNG.random(shape)
    first, second, *_ = panels(plot_activation_maps(picture, MAPS))

    shown = first.images[0].get_array()
    assert shown.shape == (shape if shape[-1:] != (1,) else shape[:2])
    assert second.images[0].get_array().shape == (8, 9)
    # Few pixels are seen one by one, many as a picture.
    assert first.images[0].get_interpolation() == "nearest"
    large = panels(plot_activation_maps(PICTURE.repeat(2, axis=1), MAPS))[0]
    assert large.images[0].get_interpolation() == "antialiased"


def test_titles_are_names_and_probabilities():
    given = plot_activation_maps(
        PICTURE, MAPS, label_names=NAMES, probabilities=[0.9, 0.333, 0]
    )
    plain = plot_activation_maps(PICTURE, MAPS)
    long = plot_activation_maps(PICTURE, MAPS, label_names=["$a$", "b" * 99, "c"])

    assert [ax.get_title() for ax in panels(given)] == [
        "picture",
        "sea  0.90",
        "sun  0.33",
        "cat  0.00",
    ]
    assert [ax.get_title() for ax in panels(plain)][1:] == [
        "label_0",
        "label_1",
        "label_2",
    ]
    assert panels(long)[1].get_title() == r"\$a\$"
    assert set(panels(long)[2].get_title()) == {*"b…"}


def test_a_map_lies_over_the_whole_picture():
    for ax in panels(plot_activation_maps(PICTURE, MAPS))[1:]:
        assert heat(ax).get_extent() == ax.images[0].get_extent()
        assert ax.get_aspect() == 1.0


@pytest.mark.parametrize("place", [(0.3, 0.3), (0.5, 0.2), (0.8, 0.6)])
def test_the_peak_stays_where_it_is(place):
    ax = panels(plot_activation_maps(PICTURE, [spot(*place, size=14)]))[1]
    fine = heat(ax).get_array()
    found = (np.argwhere(fine == fine.max()).mean(axis=0) + 0.5) / fine.shape

    np.testing.assert_allclose(found, place, atol=0.5 / 14)


def test_interpolation_keeps_to_the_range_and_to_the_sides():
    rough = RNG.integers(0, 2, (1, 5, 7)).astype(float)
    fine = heat(panels(plot_activation_maps(PICTURE, rough))[1]).get_array()
    flipped = plot_activation_maps(PICTURE, rough[:, ::-1, ::-1])

    assert min(fine.shape) >= 96
    assert fine.min() == 0
    assert fine.max() == 1
    np.testing.assert_allclose(
        heat(panels(flipped)[1]).get_array(), fine[::-1, ::-1], atol=1e-9
    )


@pytest.mark.parametrize("size", [1, 2, 200])
def test_even_maps_stay_even(size):
    figure = plot_activation_maps(PICTURE, np.full((1, size, size), 2.5))
    fine = heat(panels(figure)[1]).get_array()

    np.testing.assert_allclose(fine, 2.5)
    assert min(fine.shape) >= max(size, 96)


def test_one_scale_for_all_or_one_for_each():
    shared = plot_activation_maps(PICTURE, MAPS)
    each = plot_activation_maps(PICTURE, MAPS, scale="each")

    tops = [heat(ax).get_array().max() for ax in panels(shared)[1:]]
    np.testing.assert_allclose(tops, MAPS.max(axis=(1, 2)), rtol=1e-9)
    assert {heat(ax).norm.vmax for ax in panels(shared)[1:]} == {MAPS.max()}
    assert [heat(ax).get_array().max() for ax in panels(each)[1:]] == [1, 1, 1]
    assert {heat(ax).norm.vmax for ax in panels(each)[1:]} == {1.0}
    assert scale(shared).get_xlabel().startswith("activation; one scale for all labels")
    assert scale(each).get_xlabel().startswith("activation; share of the label's great")
    assert scale(shared).get_xlim() == (0.0, pytest.approx(MAPS.max()))


def test_nothing_is_clear_and_more_is_stronger():
    norm = heat(panels(plot_activation_maps(PICTURE, MAPS))[1]).norm
    cmap = heat(panels(plot_activation_maps(PICTURE, MAPS))[1]).cmap
    alphas = cmap(norm(np.linspace(0, MAPS.max(), 50)))[:, 3]

    assert alphas[0] == 0
    assert (np.diff(alphas) > 0).all()
    assert alphas[-1] == pytest.approx(0.9)


def test_against_is_blue_and_as_strong_as_for():
    figure = plot_activation_maps(PICTURE, [MAPS[0], -MAPS[1]])
    image = heat(panels(figure)[1])
    red, _, blue, alpha = image.cmap(image.norm([-4.0, -2.0, 0.0, 2.0, 4.0])).T

    assert (image.norm.vmin, image.norm.vmax) == (-MAPS.max(), MAPS.max())
    assert (blue[:2] > red[:2]).all()
    assert (red[3:] > blue[3:]).all()
    np.testing.assert_allclose(alpha, alpha[::-1], atol=0.01)
    assert alpha[2] == pytest.approx(0, abs=0.01)
    assert "(below 0: against the label)" in scale(figure).get_xlabel()


def test_lines_enclose_more_than_half_of_the_scale():
    figure = plot_activation_maps(PICTURE, MAPS)
    drawn = [lines(ax) for ax in panels(figure)[1:]]
    (first,), (second,), none = drawn

    assert none == []
    assert list(first.levels) == list(second.levels) == [MAPS.max() / 2]
    assert tuple(first.get_edgecolor()[0]) == plt.matplotlib.colors.to_rgba(INK)
    # Around the peak of the first, at three tenths of 60 columns and 40 rows.
    inside = first.get_paths()[0].contains_points([(17.5, 11.5), (45, 30)])
    assert inside.tolist() == [True, False]
    each = plot_activation_maps(PICTURE, MAPS, scale="each")
    assert [len(lines(ax)) for ax in panels(each)[1:]] == [1, 1, 1]


def test_lines_of_what_is_against_are_dashed():
    figure = plot_activation_maps(PICTURE, [MAPS[0] - spot(0.8, 0.8, 4.0), -MAPS[0]])
    both, against = (lines(ax)[0] for ax in panels(figure)[1:])

    solid = [dashes is None for _, dashes in both.get_linestyles()]
    assert list(both.levels) == [-both.levels[1], both.levels[1]]
    assert solid == [False, True]
    assert [dashes is None for _, dashes in against.get_linestyles()] == [False]
    assert scale(figure).get_xlabel().endswith("dashed: against")


def test_maps_of_nothing_show_nothing():
    for how in ("shared", "each"):
        figure = plot_activation_maps(PICTURE, np.zeros((2, 3, 3)), scale=how)
        for ax in panels(figure)[1:]:
            assert not heat(ax).get_array().any()
            assert lines(ax) == []
        assert scale(figure).get_xlim() == (0.0, 1.0)


def test_of_many_labels_the_most_probable_are_drawn():
    maps, chance = np.tile(MAPS, (5, 1, 1)), np.linspace(0, 1, 15)
    chance[2] = 0.99
    likely = plot_activation_maps(PICTURE, maps, probabilities=chance, n=3)
    first = plot_activation_maps(PICTURE, maps)

    assert [ax.get_title().split()[0] for ax in panels(likely)[1:]] == [
        "label_2",
        "label_13",
        "label_14",
    ]
    assert likely.get_suptitle() == "3 of 15 labels: the most probable"
    assert len(panels(first)) == 12
    assert first.get_suptitle() == "11 of 15 labels: the first"
    assert plot_activation_maps(PICTURE, MAPS).get_suptitle() == ""


def test_the_heading_stands_above_the_titles():
    figure = plot_activation_maps(PICTURE, MAPS, n=2)
    figure.draw_without_rendering()
    heading = figure._suptitle.get_window_extent()

    assert all(heading.y0 > ax.title.get_window_extent().y1 for ax in panels(figure))
    assert list(problems(figure)) == []


def test_what_is_not_drawn_has_no_part_in_the_scale():
    figure = plot_activation_maps(PICTURE, [MAPS[2], -9 * MAPS[0]], n=1)

    assert scale(figure).get_xlim() == (0.0, pytest.approx(MAPS[2].max()))


@pytest.mark.parametrize(
    ("shape", "n_labels"),
    [((8, 8), 1), ((200, 30), 1), ((30, 200, 3), 3), ((200, 30), 9), ((40, 60, 4), 9)],
)
def test_all_of_a_figure_can_be_read(shape, n_labels):
    maps = np.tile(MAPS - spot(0.6, 0.6, 2.0), (3, 1, 1))[:n_labels]
    figure = plot_activation_maps(
        RNG.random(shape),
        maps,
        label_names=[f"a rather long name of label {i}" for i in range(n_labels)],
        probabilities=np.linspace(0, 1, n_labels),
    )

    assert list(problems(figure)) == []
    titles = [ax.title.get_window_extent() for ax in panels(figure)]
    assert not any(a.overlaps(b) for i, a in enumerate(titles) for b in titles[:i])
    assert max(figure.get_size_inches()) < 16


def test_it_is_not_known_to_pyplot_and_changes_nothing():
    picture, maps, before = PICTURE.copy(), MAPS.copy(), plt.get_fignums()
    plot_activation_maps(picture, maps, scale="each", probabilities=[0.1, 0.2, 0.3])

    assert plt.get_fignums() == before
    np.testing.assert_array_equal(picture, PICTURE)
    np.testing.assert_array_equal(maps, MAPS)


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"picture": PICTURE[None]}, ShapeError, r"shape \(1, 40, 60, 3\); expected"),
        ({"picture": PICTURE[..., :2]}, ShapeError, "1, 3 or 4 channels"),
        ({"picture": np.zeros((0, 4))}, ShapeError, r"picture has shape \(0, 4\)"),
        ({"maps": MAPS[0]}, ShapeError, r"shape \(7, 7\); expected \(n_labels, n_r"),
        ({"maps": MAPS[:0]}, ShapeError, "one map a label"),
        ({"maps": [[["a"]]]}, ScoresError, "maps must be numbers"),
        ({"maps": MAPS * [[[1]], [[np.nan]], [[1]]]}, ScoresError, "of label 1 is not"),
        ({"label_names": NAMES[:2]}, LabelNameError, "Expected 3 label names"),
        ({"probabilities": [0.5]}, ShapeError, r"3 labels and probabilities has sh"),
        ({"probabilities": [0, 1, 2]}, ScoresError, "1 value that lies outside"),
        ({"scale": "own"}, OptionError, "scale must be one of 'shared', 'each'"),
        ({"n": 0}, OptionError, "n must be at least 1"),
    ],
)
def test_what_does_not_fit_is_refused(change, error, match):
    with pytest.raises(error, match=match):
        plot_activation_maps(**{"picture": PICTURE, "maps": MAPS, **change})
