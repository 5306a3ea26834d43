from __future__ import annotations

import numpy as np
import pytest

from mlkit.datasets.generators.drawing import (
    Canvas,
    Pose,
    curve,
    polygon_distance,
    polyline_distance,
)

SQUARE = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
L_SHAPE = np.array([[0, 0], [3, 0], [3, 1], [1, 1], [1, 3], [0, 3]], dtype=float)


def plain(**changes):
    upright = {"angle": 0.0, "scale": 1.0, "shift": (0.0, 0.0), "mirrored": False}
    return Pose(**{**upright, "stretch": 1.0, **changes})


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ((0.0, 0.0), -1.0),
        ((0.5, 0.25), -0.5),
        ((1.0, 0.3), 0.0),
        ((2.0, 0.0), 1.0),
        ((4.0, 5.0), 5.0),
    ],
)
def test_distance_to_a_square(point, expected):
    assert polygon_distance(np.array([point]), SQUARE) == pytest.approx([expected])


def test_the_notch_of_a_polygon_is_outside():
    points = np.array([[2.0, 2.0], [0.5, 2.0], [2.0, 0.5]])

    assert polygon_distance(points, L_SHAPE) == pytest.approx([1.0, -0.5, -0.5])


@pytest.mark.parametrize("corners", [SQUARE, L_SHAPE])
def test_the_sense_of_rotation_does_not_matter(corners):
    points = np.random.default_rng(0).uniform(-2, 4, (200, 2))

    forward, backward = (polygon_distance(points, c) for c in (corners, corners[::-1]))
    assert forward == pytest.approx(backward)


def test_distance_to_a_line_that_turns():
    line = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 2.0]])
    points = np.array([[1.0, 0.5], [3.0, 1.0], [-3.0, -4.0]])

    assert polyline_distance(points, line) == pytest.approx([0.5, 1.0, 5.0])


def test_a_curve_passes_its_knots():
    knots = [(0.0, 0.0), (1.0, 2.0), (3.0, 1.0), (4.0, 4.0)]
    line = curve(*knots, steps=5)

    assert len(line) == 16
    assert line[::5] == pytest.approx(np.array(knots))


def test_a_curve_through_a_straight_line_is_one():
    line = curve((0.0, 0.0), (1.0, 1.0), (2.0, 2.0))

    assert line[:, 0] == pytest.approx(line[:, 1])
    assert (np.diff(line[:, 0]) > 0).all()


@pytest.mark.parametrize("size", [16, 64])
def test_coverage_adds_up_to_the_area(size):
    canvas = Canvas(size, plain(angle=0.4, scale=0.5))
    cover = canvas.coverage(polygon_distance(canvas.points, SQUARE))

    # Half the picture's width and height: a quarter of its area.
    assert cover.mean() == pytest.approx(0.25, rel=0.02)


def test_a_pose_moves_and_mirrors():
    corner = np.array([[0.0, -1.0], [1.0, -1.0], [1.0, 0.0]])  # upper right

    def centre(pose):
        canvas = Canvas(40, pose)
        cover = canvas.coverage(polygon_distance(canvas.points, corner)).reshape(40, 40)
        down, right = np.nonzero(cover > 0.5)
        return right.mean() - 19.5, down.mean() - 19.5

    right, down = centre(plain())
    assert right > 5
    assert down < -5
    assert centre(plain(mirrored=True))[0] == pytest.approx(-right, abs=0.5)
    turned = centre(plain(angle=np.pi / 2))  # clockwise: to the lower right
    assert turned == pytest.approx((-down, right), abs=0.5)
    moved = centre(plain(scale=0.5, shift=(0.2, 0.0)))
    assert moved == pytest.approx((right / 2 + 4, down / 2), abs=0.5)
    assert centre(plain(stretch=0.5))[0] == pytest.approx(right / 2, abs=0.5)
