"""Where in a plane of two features a model sees a label."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from mlkit.arguments import check_count
from mlkit.exceptions import FeatureTypeError, OptionError, ShapeError, unknown_name
from mlkit.plots.legible import fitted_name
from mlkit.plots.style import PALETTE, make_axes, use_style
from mlkit.validation import Indicator, check_indicator, check_same_rows

__all__ = ["plot_decision_regions"]

_STEPS = 120  # of the grid in each direction
_NAME_WIDTH = 40
# White to blue: a print in grey keeps the order.
_SHADES = LinearSegmentedColormap.from_list("region", ["white", PALETTE["blue"]])
_MARKS = {
    1: {"marker": "o", "color": PALETTE["orange"], "markersize": 7},
    0: {"marker": "X", "color": "white", "markersize": 7},
}
_EDGE = {"markeredgecolor": "black", "markeredgewidth": 0.8, "linestyle": "none"}


def plot_decision_regions(
    model: Any,
    X: Any,
    Y: Any,
    *,
    label: Hashable,
    features: Sequence[Hashable] | None = None,
    n: int = 500,
    ax: Axes | None = None,
) -> Axes:
    """Draw where in the plane of two features a model predicts a label.

    Parameters
    ----------
    model : fitted multi-label classifier
        With ``predict``; the shade is its ``predict_proba`` where it has one.
    X : array-like, DataFrame or sparse matrix, shape (n_samples, n_features)
        The rows, in the form that `model` takes (dense for a sparse matrix).
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1, in the columns that `model` predicts.
    label : str
        Name of the label: a column of `Y`, or ``label_0``, ... of an array.
    features : two of the columns of X, optional
        By name for a DataFrame, by position for an array; the first two by default.
    n : int, default 500
        How many rows are marked at most, evenly spaced ones.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes
        The darker, the more probable; the line surrounds the region in which the label
        is predicted. Discs are rows that have the label, crosses those that do not.
        Where there are more features than two, or more rows than marks, it is said
        below.

    Raises
    ------
    UnknownNameError
        If there is no such label or feature.
    FeatureTypeError
        If one of the two features is no number.
    ShapeError
        If there are fewer than two features, other than two are asked for, or rows or
        labels do not match.
    OptionError
        If `n` is less than 1.
    ValueError
        If there are no rows, or a feature of the plane has no value.

    Notes
    -----
    Features outside the plane are held at their median, or their most frequent value
    where they are no numbers. The figure is a cut through the model, then: rows that
    lie elsewhere in the other features are marked too, and may be predicted otherwise
    than the shade below them. Cost: the prediction of 120 x 120 rows.

    Examples
    --------
    >>> from mlkit.models import BinaryRelevance
    >>> X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> ax = plot_decision_regions(BinaryRelevance().fit(X, Y), X, Y, label="label_1")
    >>> ax.get_title(), ax.get_xlabel(), ax.get_ylabel()
    ('label_1', 'feature 0', 'feature 1')
    """
    check_count("n", n, minimum=1, error=OptionError)
    frame, labels = _as_frame(X), check_indicator(Y)
    check_same_rows(len(frame), labels.shape[0], names=("X", "Y"))
    place = _place(labels, label)
    plane = _check_plane(frame, features)
    sides = [_side(frame[feature]) for feature in plane]
    grid = _grid(frame, plane, sides)
    rows = grid if isinstance(X, pd.DataFrame) else grid.to_numpy(dtype=float)
    shades, predicted = _answers(model, rows, labels, place)
    ax = make_axes(ax, size=(8.0, 5.6))
    with use_style():
        words = "probability" if hasattr(model, "predict_proba") else "prediction"
        _shade(ax, sides, shades, predicted, words)
        marked = _mark_rows(ax, frame[plane], labels.toarray()[:, place], n)
        _set_axes(ax, plane, named=isinstance(X, pd.DataFrame))
        ax.set_title(fitted_name(labels.label_names[place], _NAME_WIDTH), pad=30)
        _add_notes(ax, frame, marked)
    return ax


def _as_frame(X: Any) -> pd.DataFrame:
    if not isinstance(X, pd.DataFrame):
        X = pd.DataFrame(np.asarray(X.toarray() if sp.issparse(X) else X, dtype=float))
    if len(X) == 0:
        msg = "X holds no rows: there is no range of the features to draw."
        raise ValueError(msg)
    return X


def _place(labels: Indicator, label: Hashable) -> int:
    names = labels.label_names
    if str(label) not in names:
        error = unknown_name("label", label, names)
        raise error
    return names.index(str(label))


def _check_plane(
    frame: pd.DataFrame, features: Sequence[Hashable] | None
) -> list[Hashable]:
    plane = list(frame.columns[:2] if features is None else features)
    if len(plane) != 2 or plane[0] == plane[1]:
        msg = f"A plane has two different features; got {plane}. Give two columns of X."
        raise ShapeError(msg)
    for feature in plane:
        if feature not in frame.columns:
            error = unknown_name("feature", feature, map(str, frame.columns))
            raise error
        dtype = frame[feature].dtype
        if not is_numeric_dtype(dtype) or is_bool_dtype(dtype):
            msg = (
                f"Feature '{feature}' is no number (its type is {dtype}). Give two "
                "numeric features."
            )
            raise FeatureTypeError(msg)
    return plane


def _side(values: pd.Series) -> np.ndarray:
    low, high = values.min(), values.max()
    if np.isnan(low):
        msg = f"Feature '{values.name}' has no value in any row. Give another feature."
        raise ValueError(msg)
    # Room around the outermost rows; some range also where all are equal.
    room = 0.06 * (high - low) or 0.5
    return np.linspace(low - room, high + room, _STEPS)


def _grid(
    frame: pd.DataFrame, plane: list[Hashable], sides: list[np.ndarray]
) -> pd.DataFrame:
    """Return a row for each point of the plane, all other features held."""
    points = dict(zip(plane, map(np.ravel, np.meshgrid(*sides)), strict=True))
    columns = {
        name: points[name] if name in points else _held(frame[name])
        for name in frame.columns
    }
    return pd.DataFrame(columns)


def _held(values: pd.Series) -> pd.Series:
    if is_numeric_dtype(values.dtype) and not is_bool_dtype(values.dtype):
        return pd.Series(np.full(_STEPS**2, values.median()))
    # In the type of the column: a category stays one.
    common = values.mode().iloc[[0]]
    return common.repeat(_STEPS**2).reset_index(drop=True)


def _answers(
    model: Any, rows: Any, labels: Indicator, place: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the shade and the prediction of each point, as squares."""
    # Here and not above: a lesson that draws other figures need not load the models.
    from mlkit.models import positive_proba

    predicted = check_indicator(model.predict(rows), name="model.predict(X)").toarray()
    n_labels = labels.shape[1]
    if predicted.shape[1] != n_labels:
        msg = (
            f"Y has {n_labels} labels, and the model predicts {predicted.shape[1]}. "
            "Give the labels that it was fitted to."
        )
        raise ShapeError(msg)
    shades = predicted
    if hasattr(model, "predict_proba"):
        shades = positive_proba(model, rows, n_labels=n_labels)
    square = (_STEPS, _STEPS)
    return tuple(each[:, place].reshape(square) for each in (shades, predicted))


def _shade(
    ax: Axes,
    sides: list[np.ndarray],
    shades: np.ndarray,
    predicted: np.ndarray,
    words: str,
) -> None:
    # Many small cells: as one picture, also in a file of vectors.
    look = {"cmap": _SHADES, "vmin": 0, "vmax": 1, "rasterized": True}
    mesh = ax.pcolormesh(*sides, shades, shading="nearest", **look)
    ax.figure.colorbar(mesh, ax=ax, aspect=24).set_label(words, labelpad=10)
    # The probability is smoother, but a threshold need not be one half.
    usual = np.array_equal(predicted == 1, shades >= 0.5)
    if predicted.min() < predicted.max():
        heights = shades if usual else predicted
        ax.contour(*sides, heights, levels=[0.5], colors="black", linewidths=2)


def _mark_rows(ax: Axes, points: pd.DataFrame, truth: np.ndarray, n: int) -> int:
    count = min(n, len(points))
    chosen = np.linspace(0, len(points) - 1, count).round().astype(int)
    shown, truth = points.to_numpy(dtype=float)[chosen], truth[chosen]
    # One row after the other, so that neither kind lies on the other everywhere.
    for (x, y), present in zip(shown, truth, strict=True):
        ax.plot([x], [y], alpha=0.85, zorder=3, **_MARKS[int(present)], **_EDGE)
    return count


def _set_axes(ax: Axes, plane: list[Hashable], *, named: bool) -> None:
    words = [fitted_name(f if named else f"feature {f}", _NAME_WIDTH) for f in plane]
    ax.set(xlabel=words[0], ylabel=words[1])
    ax.grid(visible=False)
    lines = [Line2D([], [], **_MARKS[kind], **_EDGE) for kind in (1, 0)]
    lines.append(Line2D([], [], color="black"))
    texts = ["has the label", "has it not", "edge of the prediction"]
    ax.legend(lines, texts, loc="lower left", bbox_to_anchor=(0, 1), ncols=3)


def _add_notes(ax: Axes, frame: pd.DataFrame, marked: int) -> None:
    notes = [ax.get_xlabel()]
    others = frame.shape[1] - 2
    if others:
        number = (
            "the other feature is" if others == 1 else f"{others} other features are"
        )
        notes.append(f"{number} held at the middle (median or most frequent)")
    if marked < len(frame):
        notes.append(f"{marked} of {len(frame):,} rows are marked")
    ax.set_xlabel("\n".join(notes))
