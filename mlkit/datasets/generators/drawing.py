"""Drawing with distances: smooth shapes on a pixel grid, without a graphics library.

A shape is known by its signed distance, negative inside. Half a pixel to either side of
its border the distance itself gives the coverage of a pixel, so that edges are smooth
without drawing at a higher resolution first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Canvas", "Pose", "curve", "polygon_distance", "polyline_distance"]


@dataclass(frozen=True, slots=True)
class Pose:
    """How a shape lies in the picture.

    Parameters
    ----------
    angle : float
        Radians, clockwise as seen.
    scale : float
        Half-size of the shape's unit square as a share of half the picture.
    shift : tuple of float
        Of the centre, right and down, in halves of the picture.
    mirrored : bool
        Whether left and right change places.
    stretch : float
        Width over height of the unit square.
    """

    angle: float
    scale: float
    shift: tuple[float, float]
    mirrored: bool
    stretch: float


class Canvas:
    """Pixel centres in the coordinates of a shape, which is drawn in [-1, 1]².

    Parameters
    ----------
    size : int
        Pixels a side.
    pose : Pose

    Attributes
    ----------
    points : ndarray of float64, shape (size * size, 2)
        Right and down, in the shape's coordinates.
    pixel : float
        Size of a pixel there.
    """

    def __init__(self, size: int, pose: Pose) -> None:
        ticks = (2 * np.arange(size) + 1) / size - 1
        right, down = np.meshgrid(ticks - pose.shift[0], ticks - pose.shift[1])
        cos, sin = np.cos(pose.angle), np.sin(pose.angle)
        x = (cos * right + sin * down) / (pose.scale * pose.stretch)
        y = (cos * down - sin * right) / pose.scale
        self.points = np.column_stack([(-x if pose.mirrored else x).ravel(), y.ravel()])
        self.pixel = 2 / (size * pose.scale)

    def coverage(self, distance: np.ndarray) -> np.ndarray:
        """Return which share of each pixel lies inside, in [0, 1]."""
        return np.clip(0.5 - distance / self.pixel, 0, 1)


def polygon_distance(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Return the signed distance of points to a polygon, negative inside.

    Parameters
    ----------
    points : ndarray of float64, shape (n_points, 2)
    corners : ndarray of float64, shape (n_corners, 2)
        In order; the last is joined with the first.

    Returns
    -------
    ndarray of float64, shape (n_points,)

    Notes
    -----
    A point is inside where a ray from it crosses the border an odd number of times.
    O(n_points n_corners).

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]])
    >>> polygon_distance(np.array([[1.0, 0.5], [3.0, 1.0]]), square).tolist()
    [-0.5, 1.0]
    """
    following = np.roll(corners, -1, axis=0)
    distance = _edge_distance(points, corners, following)
    y = points[:, 1, None]
    crosses = (corners[:, 1] > y) != (following[:, 1] > y)
    rise = following[:, 1] - corners[:, 1]
    # A level edge is never crossed; any number keeps the division quiet.
    slope = (following[:, 0] - corners[:, 0]) / np.where(rise == 0, 1, rise)
    border = corners[:, 0] + (y - corners[:, 1]) * slope
    inside = (crosses & (points[:, 0, None] < border)).sum(axis=1) % 2 == 1
    return np.where(inside, -distance, distance)


def polyline_distance(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Return the distance of points to a line through corners.

    Parameters
    ----------
    points : ndarray of float64, shape (n_points, 2)
    corners : ndarray of float64, shape (n_corners, 2)
        At least two.

    Returns
    -------
    ndarray of float64, shape (n_points,)
        At least 0.

    Examples
    --------
    >>> line = np.array([[0.0, 0.0], [1.0, 0.0]])
    >>> polyline_distance(np.array([[0.5, 2.0], [4.0, 4.0]]), line).tolist()
    [2.0, 5.0]
    """
    return _edge_distance(points, corners[:-1], corners[1:])


def _edge_distance(
    points: np.ndarray, starts: np.ndarray, ends: np.ndarray
) -> np.ndarray:
    """Return the distance of points to the nearest of some edges."""
    edge = ends - starts
    length = np.maximum((edge**2).sum(axis=1), 1e-12)
    x, y = points[:, 0, None] - starts[:, 0], points[:, 1, None] - starts[:, 1]
    along = np.clip((x * edge[:, 0] + y * edge[:, 1]) / length, 0, 1)
    x -= along * edge[:, 0]
    y -= along * edge[:, 1]
    return np.sqrt((x * x + y * y).min(axis=1))


def curve(*knots: tuple[float, float], steps: int = 4) -> np.ndarray:
    """Return a smooth line through knots.

    Parameters
    ----------
    *knots : tuple of float
        Points to pass, at least two.
    steps : int, default 4
        Pieces between two knots.

    Returns
    -------
    ndarray of float64, shape ((n_knots - 1) * steps + 1, 2)

    References
    ----------
    E. Catmull, R. Rom (1974). A class of local interpolating splines. Computer Aided
    Geometric Design, 317-326.

    Examples
    --------
    >>> curve((0.0, 0.0), (1.0, 0.0), steps=2).tolist()
    [[0.0, 0.0], [0.5, 0.0], [1.0, 0.0]]
    """
    p = np.array(knots, dtype=np.float64)
    # Beyond the ends the line goes on as it came.
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    t = (np.arange(steps) / steps)[:, None]
    before, start, end, after = (p[k : len(p) - 3 + k, None] for k in range(4))
    line = start + 0.5 * t * (
        end
        - before
        + t * (2 * before - 5 * start + 4 * end - after)
        + t**2 * (3 * (start - end) + after - before)
    )
    return np.vstack([line.reshape(-1, 2), p[-2]])
