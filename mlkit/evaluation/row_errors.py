"""Which rows a prediction gets wrong, and in which order to look at them."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.arguments import check_choice
from mlkit.dataset import MultiLabelDataset
from mlkit.evaluation.label_tables import row_values
from mlkit.evaluation.result import Evaluation
from mlkit.exceptions import (
    OptionError,
    ShapeError,
    names_for_message,
    unknown_name,
)
from mlkit.metrics.counts import known_parts

__all__ = ["ROW_KINDS", "RowErrors", "RowLabels", "check_rows", "row_names"]

ROW_KINDS = ("wrong", "missed", "false", "right")
"""Which rows `RowErrors.find` looks for."""

# What each order sorts by, the greatest first; further ones decide among equals.
_KEYS = {
    "hamming": ("hamming", "sure"),
    "subset": ("subset",),
    "jaccard": ("jaccard", "wrong", "sure"),
    "ranking": ("ranking",),
    "log": ("log",),
    "confidence": ("confidence",),
}
_NEEDS = {"ranking": "scores", "log": "probabilities", "confidence": "probabilities"}


class RowLabels(NamedTuple):
    """The labels of one row, as positions in the order of the labels.

    Parameters
    ----------
    right : ndarray of int
        True and predicted.
    missed : ndarray of int
        True and not predicted.
    false : ndarray of int
        Predicted and not true.
    """

    right: np.ndarray
    missed: np.ndarray
    false: np.ndarray


class RowErrors:
    """Finds the rows of an evaluation that are wrong in some way, the worst first.

    Parameters
    ----------
    evaluation : Evaluation
        With decided labels.

    Attributes
    ----------
    orders : tuple of str
        What rows can be sorted by: ``"hamming"``, ``"subset"`` and ``"jaccard"``
        (losses of the decided labels), ``"ranking"`` where there are scores,
        ``"log"`` and ``"confidence"`` where there are probabilities.

    Raises
    ------
    OptionError
        If no label was decided.

    Notes
    -----
    Unknown labels are neither right nor wrong. What is found is remembered, so that
    turning pages costs nothing. Finding costs O(n q) once, sorting O(n log n).

    Examples
    --------
    >>> from mlkit.evaluation import evaluate
    >>> proba = [[0.9, 0.2], [0.4, 0.8], [0.1, 0.6]]
    >>> errors = RowErrors(evaluate([[1, 0], [1, 0], [0, 0]], proba))
    >>> errors.find("wrong").tolist(), errors.find("missed").tolist()
    ([1, 2], [1])
    >>> errors.find("false", order="confidence").tolist()
    [1, 2]
    """

    def __init__(self, evaluation: Evaluation) -> None:
        if evaluation.evidence.predicted is None:
            msg = (
                "Rows are right or wrong by decided labels, and none were. Give "
                "evaluate() a threshold."
            )
            raise OptionError(msg)
        self._evidence = evaluation.evidence
        self.orders: tuple[str, ...] = tuple(
            order
            for order in (
                "hamming",
                "subset",
                "jaccard",
                "ranking",
                "log",
                "confidence",
            )
            if order not in _NEEDS or self._evidence.has(_NEEDS[order])
        )
        self._found: dict[tuple[str, str | None, str], np.ndarray] = {}

    def find(
        self, kind: str = "wrong", *, label: str | None = None, order: str = "hamming"
    ) -> np.ndarray:
        """Return the rows of a kind, the worst first.

        Parameters
        ----------
        kind : {"wrong", "missed", "false", "right"}, default "wrong"
            Rows with any wrong label, with one that was missed, with one that was
            predicted and is absent, or whose label set is exactly right.
        label : str, optional
            Ask about this label only; "right" are then the rows that carry it and are
            predicted to.
        order : str, default "hamming"
            One of `orders`.

        Returns
        -------
        ndarray of int, shape (n_found,)
            Positions of rows. Equal ones stay in the order of the data.

        Raises
        ------
        OptionError
            If there is no such kind or order.
        UnknownNameError
            If there is no such label.
        """
        check_choice("kind", kind, ROW_KINDS)
        check_choice("order", order, self.orders)
        if (kind, label, order) not in self._found:
            rows = np.flatnonzero(self._is(kind, label))
            keys = [self._key(name, kind, label)[rows] for name in _KEYS[order]]
            # The last key of lexsort counts most; an undefined loss comes last.
            worst = np.lexsort([-np.nan_to_num(key, nan=-1.0) for key in keys[::-1]])
            self._found[kind, label, order] = rows[worst]
        return self._found[kind, label, order]

    def losses(
        self, order: str, kind: str = "wrong", *, label: str | None = None
    ) -> np.ndarray:
        """Return what `find` sorts by.

        Parameters
        ----------
        order : str
            One of `orders`. Of "confidence", `kind` and `label` say which labels are
            looked at; the other losses are those of the whole row.
        kind : {"wrong", "missed", "false", "right"}, default "wrong"
        label : str, optional

        Returns
        -------
        ndarray of float64, shape (n_samples,)
            Hamming: share of the known labels that are wrong. Subset: 1 for any wrong
            label, else 0. Jaccard: 1 - the Jaccard index. Ranking: share of the pairs
            of a true and an absent label in the wrong order. Log: mean log loss of the
            labels. Confidence: the largest probability that was given to a wrong
            answer, 0 where no label is of that kind. NaN where undefined.

        Raises
        ------
        OptionError, UnknownNameError
            As `find`.
        """
        check_choice("kind", kind, ROW_KINDS)
        check_choice("order", order, self.orders)
        return self._key(order, kind, label)

    def labels_of(self, row: int) -> RowLabels:
        """Return which labels of a row are right, missed and false.

        Parameters
        ----------
        row : int
            Its position.

        Returns
        -------
        RowLabels
        """
        both, actual, guessed = (_positions(part, row) for part in self._parts)
        return RowLabels(both, np.setdiff1d(actual, both), np.setdiff1d(guessed, both))

    @cached_property
    def _parts(self) -> tuple[Any, Any, Any]:
        assert self._evidence.predicted is not None
        return known_parts(self._evidence.true, self._evidence.predicted)

    def _is(self, kind: str, label: str | None) -> np.ndarray:
        """Return whether each row is of a kind, bool of shape (n_samples,)."""
        if label is None:
            counts = self._evidence.confusion.by_example
            if kind == "right":
                return counts.present & (counts.wrong == 0)
            missed, false = counts.false_negative > 0, counts.false_positive > 0
        else:
            both, actual, guessed = self._columns(label)
            if kind == "right":
                return both
            missed, false = actual & ~both, guessed & ~both
        return {"missed": missed, "false": false, "wrong": missed | false}[kind]

    def _columns(self, label: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        j = self._position(label)
        both, actual, guessed = (_column(part, j) for part in self._parts)
        return both, actual, guessed

    def _position(self, label: str) -> int:
        names = self._evidence.label_names
        if label not in names:
            error = unknown_name("label", label, names)
            raise error
        return names.index(label)

    def _key(self, name: str, kind: str, label: str | None) -> np.ndarray:
        counts = self._evidence.confusion.by_example
        if name == "confidence":
            return self._confidence(kind, label)
        if name == "wrong":
            return counts.wrong.astype(np.float64)
        if name == "subset":
            return np.where(counts.present, counts.wrong > 0, np.nan)
        if name == "hamming":
            known = np.where(counts.present, counts.n_cells, np.nan)
            return counts.wrong / known
        if name == "jaccard":
            return 1.0 - row_values(self._evidence, "jaccard")
        if name == "sure":
            return self._sureness()
        return row_values(self._evidence, f"{name}_loss")

    def _sureness(self) -> np.ndarray:
        """Return what puts the surest errors first, as far as that is known."""
        for name in ("log", "ranking"):
            if name in self.orders:
                return row_values(self._evidence, f"{name}_loss")
        return np.zeros(self._evidence.shape[0])

    def _confidence(self, kind: str, label: str | None) -> np.ndarray:
        proba = self._evidence.probabilities
        assert proba is not None
        if label is not None:
            j = self._position(label)
            truth = _column(self._parts[1], j)
            given = np.where(truth, 1.0 - proba[:, j], proba[:, j])
            return np.where(self._is(kind, label), given, 0.0)
        rows, columns = self._cells(kind)
        truth = _values_at(self._parts[1], rows, columns)
        given = np.abs(proba[rows, columns] - truth)
        greatest = np.zeros(len(proba))
        np.maximum.at(greatest, rows, given)
        return greatest

    def _cells(self, kind: str) -> tuple[np.ndarray, np.ndarray]:
        """Return rows and columns of the known cells that are of a kind."""
        if kind == "right":
            known = np.zeros(self._evidence.shape, dtype=bool)
            known[self._is("right", None)] = True
            missing: Any = self._evidence.true.missing
            if missing is not None:
                known &= ~(missing.toarray() if sp.issparse(missing) else missing)
            rows, columns = np.nonzero(known)
            return rows, columns
        both, actual, guessed = self._parts
        cells = {
            "missed": actual - both,
            "false": guessed - both,
            "wrong": actual + guessed - 2 * both,
        }
        rows, columns = cells[kind].nonzero()
        return rows, columns


def check_rows(evaluation: Evaluation, data: MultiLabelDataset) -> None:
    """Check that a dataset holds the rows that were evaluated.

    Parameters
    ----------
    evaluation : Evaluation
    data : MultiLabelDataset

    Raises
    ------
    ShapeError, ValueError
        If `data` holds other rows, labels, or true labels than the evaluation.
    """
    true = evaluation.evidence.true
    if (data.n_samples, data.n_labels) != true.shape:
        msg = (
            f"data must hold the rows that were evaluated: {true.shape[0]} rows and "
            f"{true.shape[1]} labels, got {data.n_samples} and {data.n_labels}. Give "
            "the test rows, in the order of the prediction."
        )
        raise ShapeError(msg)
    names = evaluation.evidence.label_names
    if evaluation.evidence.true.named and data.label_names != names:
        other = sorted(set(data.label_names) ^ set(names)) or list(names)
        msg = (
            "data has other labels than the evaluation, or in another order "
            f"({names_for_message(other)}). Give the dataset that was evaluated."
        )
        raise ShapeError(msg)
    given = data.Y.to_numpy() if isinstance(data.Y, pd.DataFrame) else data.Y
    differ = sp.csr_array(given) != true.tocsr()
    if differ.nnz:
        row = int(differ.nonzero()[0][0])
        msg = (
            f"data has other true labels than the evaluation (first: row {row}). Give "
            "the test rows in the order of the prediction."
        )
        raise ValueError(msg)


def row_names(
    evaluation: Evaluation, data: MultiLabelDataset | None = None
) -> list[str]:
    """Return what to call the rows.

    Parameters
    ----------
    evaluation : Evaluation
    data : MultiLabelDataset, optional
        The rows that were evaluated.

    Returns
    -------
    list of str
        The index of the evaluated tables, or else that of the data; "Row 7" where rows
        have numbers for names, or none.
    """
    index = evaluation.index
    if index is None and data is not None and isinstance(data.Y, pd.DataFrame):
        index = data.Y.index
    if index is None or pd.api.types.is_integer_dtype(index):
        numbers = range(evaluation.evidence.shape[0]) if index is None else index
        return [f"Row {number}" for number in numbers]
    return [str(name) for name in index]


def _positions(matrix: Any, row: int) -> np.ndarray:
    if sp.issparse(matrix):
        start, stop = matrix.indptr[row : row + 2]
        stored = matrix.indices[start:stop][matrix.data[start:stop] != 0]
        return np.sort(stored)
    return np.flatnonzero(matrix[row])


def _column(matrix: Any, position: int) -> np.ndarray:
    column = matrix[:, [position]]
    dense = column.toarray() if sp.issparse(column) else column
    return dense.ravel().astype(bool)


def _values_at(matrix: Any, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    if not len(rows):
        return np.zeros(0)
    return np.asarray(matrix[rows, columns], dtype=np.float64).ravel()
