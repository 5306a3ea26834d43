"""True labels beside probabilities: what explorers of predictions are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets import load_movies
from mlkit.evaluation import Evaluation
from mlkit.exceptions import OptionError
from mlkit.metrics.cells import Cells, check_cells
from mlkit.models import make
from mlkit.splitting import IterativeStratification
from mlkit.wording import counted

__all__ = ["ScoredRows", "example_rows", "scored_rows", "take_cells", "take_labels"]


@dataclass(frozen=True, slots=True, eq=False)
class ScoredRows:
    """Checked labels and probabilities, and how many rows were given.

    Parameters
    ----------
    cells : Cells
        Labels and probabilities of the rows that are shown.
    n_given : int
        Rows that were given: as many, or more.
    n_labels_given : int
        Labels that were given: as many, or more.
    """

    cells: Cells
    n_given: int
    n_labels_given: int

    @property
    def n_rows(self) -> int:
        """How many rows are shown."""
        return len(self.cells.truth)

    @property
    def support(self) -> np.ndarray:
        """True rows of each label, int64 of shape (n_labels,)."""
        return self.cells.truth.sum(axis=0, dtype=np.int64)

    @property
    def cardinality(self) -> float:
        """Mean number of true labels a row; unknown labels are taken as the others."""
        known = self.cells.known
        n_known = self.n_rows if known is None else known.sum(axis=0)
        return float((self.support / np.maximum(n_known, 1)).sum())

    def words(self) -> str:
        """Say how many rows and labels there are, where they are not all.

        Returns
        -------
        str
        """
        words = counted(self.n_given, "row")
        if self.n_rows < self.n_given:
            words = f"{self.n_rows:,} of {words}, drawn at random"
        n_labels = self.cells.truth.shape[1]
        if n_labels < self.n_labels_given:
            words += f"; the {n_labels} most frequent of {self.n_labels_given:,} labels"
        return words


def scored_rows(
    Y: Any = None,
    proba: Any = None,
    *,
    most_cells: int,
    most_labels: int | None = None,
) -> ScoredRows:
    """Check what an explorer of predictions was given.

    Parameters
    ----------
    Y : Evaluation, MultiLabelDataset, array-like, DataFrame or sparse matrix, optional
        True labels, 0 and 1, NaN where unknown, shape (n_samples, n_labels); or an
        evaluation of probabilities, which holds both. By default `example_rows`.
    proba : array-like or DataFrame, shape (n_samples, n_labels), optional
        P(label = 1), in [0, 1], of rows the model was not trained on.
    most_cells : int
        Where there are more, a seeded draw of the rows is taken.
    most_labels : int, optional
        Where there are more, the most frequent ones are taken, in their order.

    Returns
    -------
    ScoredRows

    Raises
    ------
    OptionError
        If one of the two is missing, or an evaluation holds no probabilities.
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the two are not labels and probabilities of the same rows and labels.

    Examples
    --------
    >>> rows = scored_rows([[1, 0], [0, 1]], [[0.9, 0.2], [0.3, 0.6]], most_cells=100)
    >>> rows.words(), rows.support.tolist()
    ('2 rows', [1, 1])
    """
    if Y is None and proba is None:
        return example_rows()
    cells = _cells(Y, proba)
    n_given, n_labels_given = cells.truth.shape
    if most_labels is not None and n_labels_given > most_labels:
        order = np.argsort(-cells.truth.sum(axis=0, dtype=np.int64), kind="stable")
        cells = take_labels(cells, np.sort(order[:most_labels]))
    most = max(1, most_cells // cells.truth.shape[1])
    if n_given > most:
        drawn = np.random.default_rng(0).choice(n_given, most, replace=False)
        cells = take_cells(cells, np.sort(drawn))
    return ScoredRows(cells, n_given, n_labels_given)


def take_labels(cells: Cells, labels: Sequence[int] | np.ndarray) -> Cells:
    """Return some of the labels.

    Parameters
    ----------
    cells : Cells
    labels : sequence of int
        Positions.

    Returns
    -------
    Cells
    """
    known = None if cells.known is None else cells.known[:, labels]
    names = tuple(cells.label_names[j] for j in labels)
    return Cells(cells.truth[:, labels], known, cells.values[:, labels], names)


def take_cells(cells: Cells, rows: np.ndarray) -> Cells:
    """Return some of the rows.

    Parameters
    ----------
    cells : Cells
    rows : ndarray of int
        Positions.

    Returns
    -------
    Cells
    """
    known = None if cells.known is None else cells.known[rows]
    return Cells(cells.truth[rows], known, cells.values[rows], cells.label_names)


@lru_cache(maxsize=1)
def example_rows() -> ScoredRows:
    """Return genres of films, with probabilities of models that had not seen them.

    Returns
    -------
    ScoredRows
        800 rows, 18 labels: the synopses of `mlkit.datasets.load_movies`, read by
        ``make("br-lr")`` in three folds. Computed once.
    """
    movies = load_movies()
    X, Y = movies.X[["synopsis"]], movies.Y
    proba = np.zeros(Y.shape)
    folds = IterativeStratification(n_splits=3, shuffle=True, random_state=0)
    for train, test in folds.split(X, Y):
        model = make("br-lr", random_state=0).fit(X.iloc[train], Y.iloc[train])
        proba[test] = model.predict_proba(X.iloc[test])
    cells = check_cells(Y, proba, score_type="probabilities", name="proba")
    return ScoredRows(cells, *proba.shape)


def _cells(Y: Any, proba: Any) -> Cells:
    if isinstance(Y, Evaluation):
        return _of_evaluation(Y, proba)
    for name, value in (("Y", Y), ("proba", proba)):
        if value is None:
            msg = (
                f"{name} is missing: give true labels and probabilities of the same "
                "rows, or one evaluation that holds both."
            )
            raise OptionError(msg)
    truth = Y.as_xy(missing="as_nan")[1] if isinstance(Y, MultiLabelDataset) else Y
    return check_cells(truth, proba, score_type="probabilities", name="proba")


def _of_evaluation(evaluation: Evaluation, proba: Any) -> Cells:
    if proba is not None:
        msg = "Give an evaluation, or Y and proba: an evaluation holds both of them."
        raise OptionError(msg)
    evidence = evaluation.evidence
    if evidence.probabilities is None:
        kind = "decided labels" if evidence.scores is None else "scores"
        msg = (
            f"The evaluation is one of {kind}, and probabilities are needed here. "
            "Evaluate predict_proba; mlkit.activations.sigmoid makes probabilities of "
            "logits."
        )
        raise OptionError(msg)
    return Cells.of(evidence.true, evidence.probabilities, evidence.label_names)
