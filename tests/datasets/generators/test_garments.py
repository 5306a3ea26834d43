from __future__ import annotations

import numpy as np
import pytest

from mlkit.datasets.generators.drawing import (
    Canvas,
    Pose,
    polygon_distance,
    polyline_distance,
)
from mlkit.datasets.generators.garments import GARMENTS, Fill

CANVAS = Canvas(48, Pose(0.0, 1.0, (0.0, 0.0), mirrored=False, stretch=1.0))


def silhouette(garment):
    distances = [
        polygon_distance(CANVAS.points, layer.corners)
        if isinstance(layer, Fill)
        else polyline_distance(CANVAS.points, layer.corners) - layer.width
        for layer in garment.surfaces
    ]
    return (np.minimum.reduce(distances) < 0).reshape(48, 48)


@pytest.mark.parametrize("name", GARMENTS)
@pytest.mark.parametrize("seed", range(8))
def test_a_garment_fits_its_square_and_fills_a_part_of_it(name, seed):
    garment = GARMENTS[name](np.random.default_rng(seed))
    layers = [*garment.surfaces, *garment.details]

    assert all(np.abs(layer.corners).max() <= 1.05 for layer in layers)
    assert 0.08 < silhouette(garment).mean() < 0.6


@pytest.mark.parametrize("name", GARMENTS)
def test_no_two_garments_of_a_kind_are_the_same(name):
    shapes = [silhouette(GARMENTS[name](np.random.default_rng(s))) for s in range(6)]

    for i, shape in enumerate(shapes):
        assert not any(np.array_equal(shape, other) for other in shapes[i + 1 :])


@pytest.mark.parametrize("name", ["dress", "jeans", "shirt", "bag"])
def test_what_hangs_is_symmetric(name):
    shape = silhouette(GARMENTS[name](np.random.default_rng(3)))

    assert (shape == shape[:, ::-1]).mean() > 0.98


def test_jeans_have_two_legs_and_a_dress_has_one_hem():
    def runs(row):
        return int((np.diff(row.astype(int), prepend=0) == 1).sum())

    jeans, dress = (
        silhouette(GARMENTS[g](np.random.default_rng(0))) for g in ("jeans", "dress")
    )
    assert runs(jeans[38]) == 2
    assert runs(dress[32]) == 1
