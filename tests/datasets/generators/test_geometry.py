from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mlkit.datasets.generators.geometry import (
    LabelRegions,
    make_hypercubes,
    make_hyperspheres,
)
from mlkit.exceptions import GeneratorError

MAKERS = {"sphere": make_hyperspheres, "cube": make_hypercubes}
both = pytest.mark.parametrize("shape", MAKERS)


def length(vectors, shape):
    if shape == "sphere":
        return np.sqrt((vectors**2).sum(axis=-1))
    return np.abs(vectors).max(axis=-1)


@both
@pytest.mark.parametrize("n_labels", [1, 2, 12])
@pytest.mark.parametrize("n_relevant", [1, 2, 7])
def test_every_region_lies_inside_the_space(shape, n_labels, n_relevant):
    ds, regions = MAKERS[shape](100, n_labels, n_relevant=n_relevant, random_state=0)

    assert regions.centres.shape == (n_labels, n_relevant)
    assert (length(regions.centres, shape) + regions.radii <= 1 + 1e-12).all()
    assert (length(ds.X.to_numpy(), shape) <= 1 + 1e-9).all()


@both
def test_labels_are_where_the_points_lie(shape):
    ds, regions = MAKERS[shape](300, 4, n_relevant=3, random_state=1)
    points = ds.X.to_numpy()

    distance = length(points[:, None, :] - regions.centres[None], shape)
    assert np.array_equal(ds.Y.to_numpy(), distance <= regions.radii)
    assert (ds.Y.sum(axis=1) >= 1).all()


@both
def test_points_fill_a_region_uniformly(shape):
    """In M dimensions, (distance / radius) ** M of uniform points is uniform."""
    ds, regions = MAKERS[shape](4000, 1, n_relevant=3, random_state=2)

    distance = length(ds.X.to_numpy() - regions.centres[0], shape)
    filled = (distance / regions.radii[0]) ** 3
    assert stats.kstest(filled, "uniform").pvalue > 0.01


@both
def test_regions_get_points_in_proportion_to_their_radius(shape):
    # Far from each other in ten dimensions, so that a row's label tells its region.
    ds, regions = MAKERS[shape](
        1000, 3, n_relevant=10, min_radius=0.05, max_radius=0.2, random_state=0
    )

    expected = 1000 * regions.radii / regions.radii.sum()
    assert ds.Y.sum(axis=1).eq(1).all()
    assert (np.abs(ds.label_counts - expected) < 1).all()


def test_redundant_features_are_copies_and_irrelevant_ones_are_not():
    ds, _ = make_hyperspheres(
        50, 2, n_relevant=2, n_irrelevant=3, n_redundant=4, random_state=0
    )
    relevant = ds.X[["relevant_0", "relevant_1"]].to_numpy()

    assert ds.n_features == 9
    for k in range(4):
        copy = ds.X[f"redundant_{k}"].to_numpy()[:, None]
        assert (copy == relevant).all(axis=0).sum() == 1
    noise = ds.X.filter(like="irrelevant")
    assert noise.abs().max(axis=None) <= 1
    assert noise.corrwith(ds.X["relevant_0"]).abs().max() < 0.5


@both
def test_noise_flips_that_share_of_the_labels(shape):
    ds, regions = MAKERS[shape](3000, 4, n_relevant=2, noise=0.1, random_state=0)

    flipped = regions.contain(ds.X) != ds.Y.to_numpy()
    assert 0.08 < flipped.mean() < 0.12


def test_the_default_radii_are_those_of_the_paper():
    _, few = make_hyperspheres(50, 5, random_state=0)
    _, many = make_hyperspheres(500, 200, random_state=0)

    assert few.radii.min() >= 1 / 5
    assert many.radii.min() >= 21 / 200
    assert max(few.radii.max(), many.radii.max()) <= 0.8


def test_one_label_has_one_radius():
    """The default lower limit of one label would be 1: it is cut to the upper one."""
    _, regions = make_hyperspheres(10, 1, random_state=0)

    assert regions.radii.tolist() == [0.8]


def test_the_border_belongs_to_the_region():
    disc = LabelRegions("sphere", np.array([[0.0, 0.0]]), np.array([0.5]))

    assert disc.contain([[0.5, 0.0], [0.4, 0.4], [0.3, 0.4]]).ravel().tolist() == [
        True,
        False,
        True,
    ]


@both
def test_a_seed_gives_the_same_data(shape):
    (first, _), (second, _) = (MAKERS[shape](50, 3, random_state=7) for _ in range(2))

    assert first.X.equals(second.X)
    assert first.Y.equals(second.Y)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"n_labels": 0}, "n_labels must be at least 1"),
        ({"n_samples": 4}, "n_samples must be at least 5, got 4"),
        ({"n_relevant": 0}, "n_relevant must be at least 1"),
        ({"n_redundant": -1}, "n_redundant must be at least 0"),
        ({"n_irrelevant": -1}, "n_irrelevant must be at least 0"),
        ({"max_radius": 1.0}, r"max_radius must be in \[1e-06, 1\), got 1\.0"),
        ({"min_radius": 0.9}, r"min_radius must be in \[1e-06, 0\.8\], got 0\.9"),
        ({"noise": -0.1}, "noise must be in"),
    ],
)
def test_bad_arguments_are_refused(wrong, message):
    with pytest.raises(GeneratorError, match=message):
        make_hyperspheres(**{"n_samples": 50, "n_labels": 5, **wrong})
