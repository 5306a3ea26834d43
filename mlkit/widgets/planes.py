"""Two features of a data set as a plane: standardised, with few rows and labels."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd
import scipy.sparse as sp
from sklearn.neighbors import KDTree

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets.generators import make_hyperspheres
from mlkit.exceptions import (
    ConstantLabelWarning,
    FeatureTypeError,
    ShapeError,
    unknown_name,
)
from mlkit.widgets.excerpts import excerpt

__all__ = ["Plane", "has_plane", "plane_example", "plane_of"]

_MOST_LABELS, _MOST_ROWS, _FEWEST_ROWS = 3, 400, 5
# Of the plane, in standard deviations: few rows of a normal feature lie beyond 3, and
# an outlier must not press all others together.
_LEAST_LIMIT, _MOST_LIMIT = 3.0, 6.0


def plane_example() -> MultiLabelDataset:
    """Make three labels that are discs in a plane, some of them flipped.

    Returns
    -------
    MultiLabelDataset
        200 rows with the features ``x`` and ``y`` and the labels ``A``, ``B``, ``C``;
        the same at every call.

    Examples
    --------
    >>> plane_example()
    MultiLabelDataset('discs', 200 rows, 2 features, 3 labels, cardinality 1.41)
    """
    dataset, _ = make_hyperspheres(
        200,
        3,
        n_relevant=2,
        min_radius=0.35,
        max_radius=0.6,
        noise=0.04,
        random_state=37,
    )
    Y = dataset.Y.set_axis(["A", "B", "C"], axis=1)
    X = dataset.X.set_axis(["x", "y"], axis=1)
    return MultiLabelDataset(X, Y, name="discs")


@dataclass(frozen=True, eq=False, slots=True)
class Plane:
    """Rows in a plane of two standardised features.

    Parameters
    ----------
    points : ndarray of float64, shape (n_rows, 2)
        In standard deviations from the mean.
    Y : ndarray of int8, shape (n_rows, n_labels)
    label_names : tuple of str
    axis_names : tuple of str, length 2
        Names of the features, with their unit.
    limit : float
        What is drawn reaches from -limit to limit.
    left_out : str
        What was not taken of the dataset, in words.
    """

    points: np.ndarray
    Y: np.ndarray
    label_names: tuple[str, ...]
    axis_names: tuple[str, str]
    limit: float
    left_out: str

    def to_nearest(self, points: np.ndarray) -> np.ndarray:
        """Return how far the nearest row of each point is.

        Parameters
        ----------
        points : ndarray of float, shape (n_points, 2)

        Returns
        -------
        ndarray of float, shape (n_points,)
        """
        return KDTree(self.points).query(points)[0][:, 0]

    def widest_gap(self) -> np.ndarray:
        """Return the point near the middle whose nearest row is farthest.

        Returns
        -------
        ndarray of float, shape (2,)
            Of a grid of steps of 0.125, at most 1.5 from 0 in each direction: among the
            rows, and with none beside it.
        """
        side = np.linspace(-1.5, 1.5, 25)
        grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
        return grid[self.to_nearest(grid).argmax()]

    @contextmanager
    def constants_allowed(self) -> Iterator[None]:
        """Keep quiet about constant labels in a ``with`` block: they are said."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConstantLabelWarning)
            yield


def plane_of(
    dataset: MultiLabelDataset, *, features: Sequence[Hashable] | None = None
) -> Plane:
    """Take two features, some rows and the most frequent labels of a dataset.

    Parameters
    ----------
    dataset : MultiLabelDataset
        All its labels known.
    features : two of the columns of X, optional
        By name, or by position where `X` has no names; by default the first two that
        are numbers without gaps and vary.

    Returns
    -------
    Plane
        Of at most 400 rows and 3 labels.

    Raises
    ------
    ShapeError
        If there are fewer than 5 rows, no label, or other than two features are asked
        for.
    FeatureTypeError
        If the features, or all of them, are no numbers without gaps that vary.
    UnknownNameError
        If there is no such feature.
    MissingLabelsError
        If labels are unknown.

    Examples
    --------
    >>> plane = plane_of(plane_example())
    >>> plane.points.shape, plane.axis_names[0], plane.limit
    ((200, 2), 'x (standard deviations)', 3.0)
    """
    _check_size(dataset)
    part, left_out = excerpt(dataset, most_rows=_MOST_ROWS, most_labels=_MOST_LABELS)
    names = _feature_names(part)
    places = _usable(part) if features is None else _asked(features, names)
    values = np.column_stack([_numbers(part.X, place) for place in places])
    for place, column in zip(places, values.T, strict=True):
        if not _varies(column):
            msg = (
                f"Feature '{names[place]}' is no number without gaps that varies, so "
                "that it has no place in a plane. Take another one."
            )
            raise FeatureTypeError(msg)
    points = (values - values.mean(axis=0)) / values.std(axis=0)
    farthest = np.abs(points).max()
    limit = float(np.clip(np.ceil(farthest + 0.5), _LEAST_LIMIT, _MOST_LIMIT))
    outside = int((np.abs(points) > limit).any(axis=1).sum())
    rows = "1 row lies" if outside == 1 else f"{outside} rows lie"
    words = [left_out, f"{rows} outside the picture" if outside else ""]
    return Plane(
        points,
        part.Y.to_numpy(),
        part.label_names,
        tuple(f"{names[place]} (standard deviations)" for place in places),
        limit,
        ", ".join(word for word in words if word),
    )


def has_plane(dataset: MultiLabelDataset) -> bool:
    """Return whether `plane_of` finds two features in a dataset.

    Parameters
    ----------
    dataset : MultiLabelDataset

    Returns
    -------
    bool
    """
    return len(_first_two(dataset)) == 2


def _check_size(dataset: MultiLabelDataset) -> None:
    if dataset.n_samples >= _FEWEST_ROWS and dataset.n_labels > 0:
        return
    msg = (
        f"Neighbours are looked for among at least {_FEWEST_ROWS} rows with a label; "
        f"'{dataset.name}' has {dataset.n_samples} rows and {dataset.n_labels} labels. "
        "Give a larger dataset, or none to see the example."
    )
    raise ShapeError(msg)


def _feature_names(dataset: MultiLabelDataset) -> list[Hashable]:
    if dataset.feature_names is not None:
        return list(dataset.feature_names)
    return list(range(dataset.X.shape[1]))


def _asked(features: Sequence[Hashable], names: Sequence[Hashable]) -> list[int]:
    if len(features) != 2:
        msg = f"A plane has two features; got {len(features)}: {list(features)}."
        raise ShapeError(msg)
    for feature in features:
        if feature not in names:
            error = unknown_name("feature", feature, [str(name) for name in names])
            raise error
    return [names.index(feature) for feature in features]


def _usable(dataset: MultiLabelDataset) -> list[int]:
    found = _first_two(dataset)
    if len(found) == 2:
        return found
    msg = (
        "A plane needs two features that are numbers without gaps and vary; X of shape "
        f"{dataset.X.shape} has {len(found)} of them. Give another dataset, or none to "
        "see the example."
    )
    raise FeatureTypeError(msg)


def _first_two(dataset: MultiLabelDataset) -> list[int]:
    """Return the first two columns that are numbers without gaps and vary."""
    # Pictures and sequences have no columns.
    places = range(dataset.X.shape[1]) if dataset.X.ndim == 2 else ()
    return list(islice((j for j in places if _varies(_numbers(dataset.X, j))), 2))


def _numbers(X: object, place: int) -> np.ndarray:
    """Return a column as floats, NaN throughout where it holds something else."""
    if isinstance(X, pd.DataFrame):
        column = X.iloc[:, place]
    elif sp.issparse(X):
        column = X[:, [place]].toarray().ravel()
    else:
        column = np.asarray(X)[:, place]
    try:
        return np.asarray(column, dtype=np.float64)
    except (TypeError, ValueError):
        return np.full(len(column), np.nan)


def _varies(column: np.ndarray) -> bool:
    return bool(np.isfinite(column).all() and np.ptp(column) > 0)
