"""Classes of which each row has one: what there is, as numbers, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
import scipy.sparse as sp
from sklearn.utils.validation import _check_sample_weight

from mlkit.exceptions import (
    LabelNameError,
    MissingLabelsError,
    ShapeError,
    names_for_message,
)
from mlkit.models.base import check_row_order
from mlkit.neural.training.rows import UNKNOWN
from mlkit.validation import Indicator, check_label_names, check_same_rows

__all__ = ["ClassColumns", "learn_classes"]

Container: TypeAlias = Literal["vector", "array", "frame"]
"""What classes came in: one column, several, or several with names."""


@dataclass(frozen=True)
class ClassColumns:
    """What columns of classes were like in the training rows.

    Parameters
    ----------
    container : {"vector", "array", "frame"}
    names : tuple of str
        Of the columns.
    values : tuple of ndarray
        The distinct classes of each column, sorted; categories in their own order.
    """

    container: Container
    names: tuple[str, ...]
    values: tuple[np.ndarray, ...]

    def codes(self, classes: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return classes as numbers.

        Parameters
        ----------
        classes : array-like or DataFrame, shape (n_samples,) or (n_samples, n_columns)

        Returns
        -------
        codes : ndarray of int, shape (n_samples, n_columns)
            Places in `values`; -1 where the class is unknown or not there.
        known : ndarray of bool, same shape
            False where a class is NaN or None.

        Raises
        ------
        ShapeError, LabelNameError
            If the columns are others.

        Examples
        --------
        >>> columns = ClassColumns("vector", ("0",), (np.array(["a", "b"]),))
        >>> codes, known = columns.codes(["b", None, "c"])
        >>> codes.ravel().tolist(), known.ravel().tolist()
        ([1, -1, -1], [True, False, True])
        """
        container, table = _as_table(classes)
        names = tuple(map(str, table.columns))
        if len(names) != len(self.names):
            msg = (
                f"classes has {_n_columns(len(names))}; expected {len(self.names)}, as "
                "in fit."
            )
            raise ShapeError(msg)
        if container == self.container == "frame" and names != self.names:
            msg = (
                f"classes has the columns {names_for_message(names)}; expected "
                f"{names_for_message(self.names)}, in this order."
            )
            raise LabelNameError(msg)
        codes = [
            pd.Index(values).get_indexer(np.asarray(table.iloc[:, k]))
            for k, values in enumerate(self.values)
        ]
        return np.column_stack(codes), table.notna().to_numpy()

    def targets(self, codes: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return what a softmax head is trained on, for each column with several.

        Parameters
        ----------
        codes : ndarray of int, shape (n_samples, n_columns)

        Returns
        -------
        tuple of ndarray of int8, shape (n_samples, n_classes)
            1 for the class of a row, else 0; a row of -1 where it is unknown.

        Examples
        --------
        >>> columns = ClassColumns("vector", ("0",), (np.array(["a", "b"]),))
        >>> columns.targets(np.array([[1], [-1]]))[0].tolist()
        [[0, 1], [-1, -1]]
        """
        targets = []
        for column, values in zip(codes.T, self.values, strict=True):
            if len(values) > 1:
                target = column[:, np.newaxis] == np.arange(len(values))
                unknown = column[:, np.newaxis] < 0
                targets.append(np.where(unknown, int(UNKNOWN), target).astype(np.int8))
        return tuple(targets)

    def in_container(self, codes: np.ndarray, index: pd.Index | None = None) -> Any:
        """Return classes in the container that they came in.

        Parameters
        ----------
        codes : ndarray of int, shape (n_samples, n_columns)
        index : pandas.Index, optional
            Names of the rows.

        Returns
        -------
        ndarray or DataFrame, shape (n_samples,) or (n_samples, n_columns)

        Examples
        --------
        >>> columns = ClassColumns("vector", ("0",), (np.array(["a", "b"]),))
        >>> columns.in_container(np.array([[1], [0]])).tolist()
        ['b', 'a']
        """
        columns = [v[code] for v, code in zip(self.values, codes.T, strict=True)]
        if self.container == "vector":
            return columns[0]
        named = dict(zip(self.names, columns, strict=True))
        table = pd.DataFrame(named, index=index)
        return table if self.container == "frame" else table.to_numpy()

    def accuracies(
        self, codes: np.ndarray, classes: Any, sample_weight: Any = None
    ) -> float | pd.Series:
        """Return the share of the rows with the right class, in each column.

        Parameters
        ----------
        codes : ndarray of int, shape (n_samples, n_columns)
            What was predicted.
        classes : array-like or DataFrame, shape (n_samples,) or (n_samples, n_columns)
            What is true; rows in which it is unknown do not count.
        sample_weight : array-like, shape (n_samples,), optional
            Weights of the rows.

        Returns
        -------
        float or Series of float, shape (n_columns,)
            In [0, 1]; one number where `container` is ``"vector"``. NaN where no class
            is known.

        Raises
        ------
        ShapeError, LabelNameError
            If rows or columns are others.

        Examples
        --------
        >>> columns = ClassColumns("vector", ("0",), (np.array(["a", "b"]),))
        >>> columns.accuracies(np.array([[0], [1], [0]]), ["a", "a", None])
        0.5
        """
        truth, known = self.codes(classes)
        check_same_rows(len(codes), len(truth), names=("X", "classes"))
        weights = _check_sample_weight(sample_weight, truth)[:, np.newaxis] * known
        total = weights.sum(axis=0)
        right = ((truth == codes) * weights).sum(axis=0)
        rates = np.full(len(total), np.nan)
        np.divide(right, total, out=rates, where=total > 0)
        if self.container == "vector":
            return float(rates[0])
        return pd.Series(rates, index=list(self.names))


def learn_classes(classes: Any, labels: Indicator) -> ClassColumns:
    """Check the classes of the training rows, and find out what there is.

    Parameters
    ----------
    classes : array-like or DataFrame, shape (n_samples,) or (n_samples, n_columns)
        Numbers, texts or categories; NaN or None where unknown.
    labels : Indicator
        The labels of the same rows.

    Returns
    -------
    ClassColumns

    Raises
    ------
    ShapeError
        If these are not columns of the rows of `labels`, in their order.
    LabelNameError
        If two columns have one name.
    MissingLabelsError
        If no class is known in a column.
    ValueError
        If a column holds numbers with fractions: measures, and no classes.
    """
    container, table = _as_table(classes)
    check_same_rows(labels.shape[0], len(table), names=("Y", "classes"))
    if isinstance(classes, (pd.Series, pd.DataFrame)):
        check_row_order(table, labels.index, names=("classes", "Y"))
    names = check_label_names(table.columns, table.shape[1], what="class column")
    values = [_distinct(table.iloc[:, k], name) for k, name in enumerate(names)]
    return ClassColumns(container, names, tuple(values))


def _n_columns(number: int) -> str:
    return "1 column" if number == 1 else f"{number} columns"


def _as_table(classes: Any) -> tuple[Container, pd.DataFrame]:
    if isinstance(classes, pd.DataFrame) and classes.shape[1]:
        return "frame", classes
    n_axes = -1 if sp.issparse(classes) else np.ndim(classes)
    if n_axes == 1:
        return "vector", pd.Series(classes).to_frame()
    if n_axes == 2 and np.shape(classes)[1]:
        # Not by way of an array, where NaN beside texts becomes a text.
        return "array", pd.DataFrame(classes)
    shape = getattr(classes, "shape", np.shape(classes))
    msg = (
        "classes must be a vector with a class a row, or a dense table with columns of "
        f"them; got {type(classes).__name__} of shape {shape}."
    )
    raise ShapeError(msg)


def _distinct(column: pd.Series, name: str) -> np.ndarray:
    known = column.dropna().infer_objects()
    if known.empty:
        msg = f"No class is known in the column '{name}' of classes. Leave it out."
        raise MissingLabelsError(msg)
    values = np.asarray(pd.factorize(known, sort=True)[1])
    if values.dtype.kind == "f" and (values % 1 != 0).any():
        msg = (
            f"The column '{name}' of classes holds measures, such as "
            f"{values[values % 1 != 0][0]:g}, and no classes. Cut them into classes."
        )
        raise ValueError(msg)
    return values
