"""Checks of features that are more than a table of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlkit.exceptions import FeatureTypeError, ShapeError
from mlkit.neural.training.rows import portions

__all__ = ["as_array", "check_arrays", "is_array_like", "is_table"]


def is_array_like(X: Any) -> bool:
    """Say whether something is read by the numbers of its rows, as an array is.

    Parameters
    ----------
    X : object

    Returns
    -------
    bool
        True for arrays, also for those on a disk, and for `PictureFiles`.
    """
    return all(hasattr(X, name) for name in ("shape", "dtype", "__getitem__"))


def as_array(X: Any) -> Any:
    """Return what is read like an array: X itself, or an array of its rows.

    Parameters
    ----------
    X : array-like

    Returns
    -------
    ndarray, or X

    Raises
    ------
    ShapeError
        If its rows differ in shape.
    """
    if is_array_like(X):
        return X
    try:
        return np.asarray(X)
    except ValueError as err:
        msg = (
            "The rows of X differ in shape, and a network takes rows of one shape. "
            "Resize pictures, as PictureFiles does; cut or fill up sequences."
        )
        raise ShapeError(msg) from err


def is_table(learner: Any, X: Any, *, reset: bool) -> bool:
    """Say whether features are a table, and refuse the kind that `fit` did not have.

    Parameters
    ----------
    learner : estimator
        In `fit` it forgets what it knew of an earlier one on the other kind.
    X : features
    reset : bool
        Whether these are the rows of `fit`.

    Returns
    -------
    bool
        False where rows have a shape, so that there are three axes or more.

    Raises
    ------
    ShapeError
        If these are rows with a shape and those of `fit` were a table, or the other way
        round; or if rows differ in shape.
    """
    shape = X.shape if hasattr(X, "shape") else as_array(X).shape
    flat = len(shape) <= 2
    if reset:
        for name in ("input_shape_", "n_features_in_", "feature_names_in_"):
            learner.__dict__.pop(name, None)
    elif flat == hasattr(learner, "input_shape_"):
        row = learner.input_shape_ if flat else (learner.n_features_in_,)
        expected = ", ".join(["n_samples", *map(str, row)])
        msg = (
            f"X has shape {tuple(shape)}, and {type(learner).__name__} was trained on "
            f"({expected}). Give both the same number of axes."
        )
        raise ShapeError(msg)
    return flat


def check_arrays(learner: Any, X: Any, *, reset: bool, n_axes: tuple[int, ...]) -> Any:
    """Check numbers in rows that have a shape, such as pictures.

    Parameters
    ----------
    learner : estimator
        It is given ``input_shape_``, or has it from `fit`.
    X : array-like, shape (n_samples, ...)
        Never copied, nor read as a whole where it lies on a disk.
    reset : bool
        Whether these are the rows of `fit`.
    n_axes : tuple of int
        How many axes are allowed.

    Returns
    -------
    ndarray, or what is read like one

    Raises
    ------
    ShapeError
        If there are no rows, or the number of axes or the shape of the rows is wrong.
    FeatureTypeError
        If they are no numbers.
    ValueError
        If some are NaN or infinite.
    """
    X = as_array(X)
    name = type(learner).__name__
    if X.dtype.kind not in "fiub":
        msg = f"{name} takes arrays of numbers; X holds {X.dtype}."
        raise FeatureTypeError(msg)
    if len(X.shape) not in n_axes:
        allowed = " or ".join(map(str, n_axes))
        msg = (
            f"{name} takes X with {allowed} axes, rows first; got shape "
            f"{tuple(X.shape)}."
        )
        raise ShapeError(msg)
    shape = tuple(int(n) for n in X.shape[1:])
    if X.shape[0] == 0 or 0 in shape:
        msg = f"X has shape {tuple(X.shape)}; at least one row and value is needed."
        raise ShapeError(msg)
    if reset:
        learner.input_shape_ = shape
    elif shape != learner.input_shape_:
        msg = (
            f"The rows of X have shape {shape}, and {name} was trained on rows of "
            f"shape {learner.input_shape_}."
        )
        raise ShapeError(msg)
    _check_finite(X)
    return X


def _check_finite(X: Any) -> None:
    # Whole numbers, such as pictures of bytes, can be nothing else.
    if X.dtype.kind != "f":
        return
    for rows in portions(np.arange(X.shape[0]), X, 0, batch_size=256):
        # Rows that follow each other, so that an array is not copied.
        part = np.asarray(X[rows[0] : rows[-1] + 1])
        if not np.isfinite(part).all():
            place = np.argwhere(~np.isfinite(part))[0]
            where = ", ".join(map(str, (place[0] + rows[0], *place[1:])))
            msg = f"X holds NaN or infinity (first at [{where}]). Fill or drop it."
            raise ValueError(msg)
