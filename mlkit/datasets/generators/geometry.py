"""Labels that are regions of space: small spheres or cubes inside a large one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.datasets.generators.arguments import check_count, check_number
from mlkit.validation import default_label_names

__all__ = ["LabelRegions", "make_hypercubes", "make_hyperspheres"]

# A region must have some room, or rounding decides what lies in it.
_SMALLEST_RADIUS = 1e-6


@dataclass(frozen=True, eq=False)
class LabelRegions:
    """The regions that stand for labels.

    Parameters
    ----------
    shape : {"sphere", "cube"}
        A cube is aligned with the axes, and its radius is half its edge.
    centres : ndarray of float64, shape (n_labels, n_relevant)
    radii : ndarray of float64, shape (n_labels,)
        In (0, 1): the space itself is the sphere, or cube, of radius 1 around 0.

    Examples
    --------
    >>> regions = LabelRegions("cube", np.array([[0.0, 0.5]]), np.array([0.4]))
    >>> regions.contain([[0.4, 0.9], [0.5, 0.5]]).tolist()
    [[True], [False]]
    """

    shape: Literal["sphere", "cube"]
    centres: np.ndarray
    radii: np.ndarray

    def contain(self, points: Any) -> np.ndarray:
        """Return which points lie in which region, borders included.

        Parameters
        ----------
        points : array-like, shape (n_samples, n_relevant)

        Returns
        -------
        ndarray of bool, shape (n_samples, n_labels)
        """
        points = np.asarray(points, dtype=np.float64)
        # Label by label: all differences at once would take n q M numbers.
        inside = [
            _length(points - centre, self.shape) <= radius
            for centre, radius in zip(self.centres, self.radii, strict=True)
        ]
        return np.column_stack(inside)


def make_hyperspheres(
    n_samples: int = 1000,
    n_labels: int = 5,
    *,
    n_relevant: int = 5,
    n_irrelevant: int = 0,
    n_redundant: int = 0,
    min_radius: float | None = None,
    max_radius: float = 0.8,
    noise: float = 0.0,
    random_state: Any = None,
) -> tuple[MultiLabelDataset, LabelRegions]:
    r"""Make points in a sphere; a label is a smaller sphere inside it.

    Parameters
    ----------
    n_samples : int, default 1000
    n_labels : int, default 5
    n_relevant : int, default 5
        Dimensions of the space, at least 1.
    n_irrelevant : int, default 0
        Further features, uniform in [-1, 1], on which no label depends.
    n_redundant : int, default 0
        Further features, each a copy of a relevant one chosen at random.
    min_radius, max_radius : float, optional
        Limits of the radii, in [1e-6, 1). By default
        :math:`(\lfloor q/10 \rfloor + 1)/q`, at most `max_radius`, and 0.8.
    noise : float, default 0.0
        Probability in [0, 0.5] that a label is flipped.
    random_state : int, Generator or None, default None
        Seed. An int gives the same data at every call, in every process.

    Returns
    -------
    dataset : MultiLabelDataset
        ``X`` is a DataFrame of floats with columns ``relevant_0``, ...,
        ``irrelevant_0``, ..., ``redundant_0``, ...
    regions : LabelRegions
        The spheres, in relevant dimensions: the labels before any noise are
        ``regions.contain(X)``.

    Raises
    ------
    GeneratorError
        If a number is out of its range, or `n_samples` is less than `n_labels`.

    See Also
    --------
    make_hypercubes : The same with cubes.

    Notes
    -----
    For each label :math:`j`, the radius :math:`r_j` is uniform in [`min_radius`,
    `max_radius`] and the centre :math:`c_j` is uniform among those with
    :math:`\|c_j\| \le 1 - r_j`, so that the small sphere lies inside the unit sphere.
    Sphere :math:`j` is filled with a share of the points proportional to :math:`r_j`,
    uniformly, and a point carries every label in whose sphere it lies:

    .. math:: y_{ij} = [\, \|x_i - c_j\| \le r_j \,]

    Then each label is flipped with probability `noise`, independently. Without noise
    every row has a label. Labels depend on each other as far as their spheres overlap,
    and given x not at all.

    The paper draws the coordinates of a point one after the other, each in what the
    earlier ones leave, which favours the poles; here all draws inside a sphere are
    uniform. It leaves the share of what rounding loses open: here the points are dealt
    out by largest remainders.

    References
    ----------
    J. T. Tomás, N. Spolaôr, E. A. Cherman, M. C. Monard (2014). A framework to generate
    synthetic multi-label datasets. Electronic Notes in Theoretical Computer Science
    302, 155-176.

    Examples
    --------
    >>> ds, regions = make_hyperspheres(100, 3, n_relevant=2, random_state=0)
    >>> ds
    MultiLabelDataset('hyperspheres', 100 rows, 2 features, 3 labels, cardinality 1.62)
    >>> bool((regions.contain(ds.X) == ds.Y).all(axis=None))
    True
    """
    return _make_regions(
        "sphere",
        (n_samples, n_labels, n_relevant, n_irrelevant, n_redundant),
        (min_radius, max_radius),
        noise,
        random_state,
    )


def make_hypercubes(
    n_samples: int = 1000,
    n_labels: int = 5,
    *,
    n_relevant: int = 5,
    n_irrelevant: int = 0,
    n_redundant: int = 0,
    min_radius: float | None = None,
    max_radius: float = 0.8,
    noise: float = 0.0,
    random_state: Any = None,
) -> tuple[MultiLabelDataset, LabelRegions]:
    r"""Make points in a cube; a label is a smaller cube inside it.

    Parameters
    ----------
    n_samples, n_labels, n_relevant, n_irrelevant, n_redundant
        As `make_hyperspheres`.
    min_radius, max_radius, noise, random_state
        As `make_hyperspheres`; the radius of a cube is half its edge.

    Returns
    -------
    dataset : MultiLabelDataset
    regions : LabelRegions
        As `make_hyperspheres`.

    Raises
    ------
    GeneratorError
        As `make_hyperspheres`.

    Notes
    -----
    As `make_hyperspheres`, with the greatest coordinate in place of the length:

    .. math:: y_{ij} = [\, \max_k |x_{ik} - c_{jk}| \le r_j \,]

    A cube's borders follow the axes: what a decision tree can learn and a linear model
    cannot.

    References
    ----------
    Tomás et al. (2014), see `make_hyperspheres`.

    Examples
    --------
    >>> ds, regions = make_hypercubes(100, 3, n_relevant=2, random_state=0)
    >>> regions.centres.shape, regions.radii.round(2).tolist()
    ((3, 2), [0.63, 0.46, 0.35])
    """
    return _make_regions(
        "cube",
        (n_samples, n_labels, n_relevant, n_irrelevant, n_redundant),
        (min_radius, max_radius),
        noise,
        random_state,
    )


def _make_regions(
    shape: Literal["sphere", "cube"],
    sizes: tuple[int, int, int, int, int],
    radii: tuple[float | None, float],
    noise: float,
    random_state: Any,
) -> tuple[MultiLabelDataset, LabelRegions]:
    n_samples, n_labels, n_relevant, n_irrelevant, n_redundant = sizes
    low, high = _check_arguments(sizes, radii, noise)
    rng = np.random.default_rng(random_state)
    within = _IN_UNIT[shape]
    r = rng.uniform(low, high, n_labels)
    centres = within(rng, n_labels, n_relevant) * (1 - r)[:, None]
    regions = LabelRegions(shape, centres, r)
    home = np.repeat(np.arange(n_labels), _deal(n_samples, r))
    rng.shuffle(home)
    offsets = within(rng, n_samples, n_relevant) * r[home][:, None]
    points = centres[home] + offsets
    Y = regions.contain(points)
    # Rounding may put a point drawn on the border of its own region just outside.
    Y[np.arange(n_samples), home] = True
    Y ^= rng.random(Y.shape) < noise
    copied = points[:, rng.integers(n_relevant, size=n_redundant)]
    parts = {
        "relevant": points,
        "irrelevant": rng.uniform(-1, 1, (n_samples, n_irrelevant)),
        "redundant": copied,
    }
    dataset = MultiLabelDataset(
        pd.DataFrame(
            np.hstack(list(parts.values())),
            columns=[
                f"{k}_{i}" for k, part in parts.items() for i in range(part.shape[1])
            ],
        ),
        Y,
        default_label_names(n_labels),
        name=f"hyper{shape}s",
        source=DatasetSource(reading=f"generated: a {shape} for each label"),
    )
    return dataset, regions


def _check_arguments(
    sizes: tuple[int, int, int, int, int],
    radii: tuple[float | None, float],
    noise: float,
) -> tuple[float, float]:
    """Check all arguments and return the limits of the radii."""
    n_samples, n_labels, n_relevant, n_irrelevant, n_redundant = sizes
    check_count("n_labels", n_labels, minimum=1)
    check_count("n_samples", n_samples, minimum=n_labels)
    check_count("n_relevant", n_relevant, minimum=1)
    check_count("n_irrelevant", n_irrelevant, minimum=0)
    check_count("n_redundant", n_redundant, minimum=0)
    check_number("noise", noise, at_most=0.5)
    low, high = radii
    check_number("max_radius", high, at_least=_SMALLEST_RADIUS, below=1)
    if low is None:
        low = min((n_labels // 10 + 1) / n_labels, high)
    check_number("min_radius", low, at_least=_SMALLEST_RADIUS, at_most=high)
    return low, high


def _deal(n_samples: int, weights: np.ndarray) -> np.ndarray:
    """Share rows out in proportion to weights, by largest remainders."""
    shares = n_samples * weights / weights.sum()
    counts = np.floor(shares).astype(np.int64)
    most_lost = np.argsort(counts - shares, kind="stable")
    counts[most_lost[: n_samples - counts.sum()]] += 1
    return counts


def _length(vectors: np.ndarray, shape: str) -> np.ndarray:
    """Euclidean length, or the greatest coordinate."""
    order = 2 if shape == "sphere" else np.inf
    return np.linalg.norm(vectors, ord=order, axis=1)


def _in_unit_sphere(rng: np.random.Generator, n: int, n_dims: int) -> np.ndarray:
    # A normal vector has a uniform direction; volume grows with radius ** n_dims.
    direction = rng.standard_normal((n, n_dims))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    return direction * rng.random((n, 1)) ** (1 / n_dims)


def _in_unit_cube(rng: np.random.Generator, n: int, n_dims: int) -> np.ndarray:
    return rng.uniform(-1, 1, (n, n_dims))


_IN_UNIT: dict[str, Callable[[np.random.Generator, int, int], np.ndarray]] = {
    "sphere": _in_unit_sphere,
    "cube": _in_unit_cube,
}
