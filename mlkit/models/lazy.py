"""What the lazy learners share: training rows that are kept, and their neighbours."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp

from mlkit.arguments import check_count
from mlkit.exceptions import (
    OptionError,
)
from mlkit.models.base import (
    MultiLabelClassifier,
    _warn_of_constants,
)
from mlkit.models.neighbours import Found, RowSearch, count_labels, row_blocks
from mlkit.models.streams import check_batch
from mlkit.validation import (
    FeatureMatrix,
    Indicator,
    LabelMatrix,
)

__all__ = ["NeighbourClassifier"]


class NeighbourClassifier(MultiLabelClassifier):
    """Base of the learners that look at the labels of the nearest training rows.

    Parameters
    ----------
    n_neighbors : int
        How many neighbours a row has, at least 1.
    n_jobs : int or None
        How many blocks of rows are searched at once; the result is the same.

    Attributes
    ----------
    n_neighbors_ : int
        How many are looked at: fewer than `n_neighbors` where there are fewer rows.

    Notes
    -----
    `fit` takes no `sample_weight`: a row is a neighbour or it is not.

    A subclass has both parameters in its own `__init__`, as scikit-learn's `clone`
    asks. It says in `_proba` and `_decide` what counts of neighbours mean, and in
    `_learn` what it learns from those of the training rows; if anything, it sets
    ``_learns_from_neighbours``.
    """

    _learns_from_neighbours: ClassVar[bool] = False
    n_neighbors: int
    n_jobs: int | None
    n_neighbors_: int
    _search: RowSearch
    _labels: Indicator
    _found: Found

    def fit(  # type: ignore[override]
        self, X: FeatureMatrix, y: LabelMatrix
    ) -> Self:
        """Learn all labels.

        Parameters
        ----------
        X : array-like, DataFrame or sparse matrix, shape (n_samples, n_features)
            Features, all of them finite numbers. They are kept, not copied.
        y : ndarray, DataFrame or sparse matrix, shape (n_samples, n_labels)
            The label matrix `Y`: 1 where a row carries a label, else 0. A vector of
            classes of shape (n_samples,) is accepted too.

        Returns
        -------
        self

        Raises
        ------
        IndicatorError, LabelNameError, ShapeError
            If `y` is not an indicator matrix with a row for each row of `X`.
        MissingLabelsError
            If labels are unknown: they cannot be counted.
        FeatureTypeError
            If `X` has columns that are not numbers.
        OptionError
            If a parameter is out of its range.

        Warns
        -----
        ConstantLabelWarning
            If a label has a single value in `y`; it is always predicted as that.
        """
        # No sample_weight: its name in a signature tells tools that it can be used.
        super().fit(X, y)
        return self

    def partial_fit(
        self,
        X: FeatureMatrix,
        y: LabelMatrix,
        classes: Any = None,
        *,
        label_names: Iterable[str] | None = None,
    ) -> Self:
        """Add rows to those learned before, if any.

        Parameters
        ----------
        X : array-like, DataFrame or sparse matrix, shape (n_samples, n_features)
            Features, in the columns of the first rows.
        y : ndarray, DataFrame or sparse matrix, shape (n_samples, n_labels)
            The label matrix, in the columns of the first rows. Predictions keep the
            container of those.
        classes : array-like, shape (n_classes,), optional
            For a vector of classes, in the first call: all that will occur. By default
            those of the first rows. Without use for a label matrix, whose columns are
            the labels.
        label_names : iterable of str, optional
            Names of the columns, where `y` has none. Later calls may leave them out.

        Returns
        -------
        self
            As after `fit` on all rows together.

        Raises
        ------
        LabelNameError, ShapeError
            If the labels are not those of the first rows; the message has the
            difference.
        IndicatorError, MissingLabelsError, FeatureTypeError, OptionError
            As in `fit`.
        ValueError
            If the features are not those of the first rows.

        Warns
        -----
        ConstantLabelWarning
            If a label has a single value in all rows so far.

        Notes
        -----
        Cost of m rows after n others: both are copied into one matrix; where neighbours
        of training rows matter (`MLkNN`, `IBLR`), O(m n d) to find those that changed,
        against O(n^2 d) for `fit`, and what is learned from them anew. Batches are
        cheaper than single rows.
        """
        first = not hasattr(self, "_search")
        checked, labels = check_batch(
            self, X, y, first=first, classes=classes, label_names=label_names
        )
        n_old = 0
        if not first:
            n_old = self._search.n_rows
            checked = _stack(self._search.X, checked)
            values = sp.csr_array(sp.vstack([self._labels.values, labels.tocsr()]))
            labels = Indicator(values, self._labels.label_names, "sparse")
        _warn_of_constants(labels)
        self._hold(checked, labels, n_old)
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        # A row with a gap has no distance.
        tags.input_tags.allow_nan = False
        return tags

    @abstractmethod
    def _proba(self, X: Any, counts: sp.csr_array) -> np.ndarray:
        """Return P(label = 1) of rows, some of whose neighbours carry each label."""

    def _decide(self, X: Any, counts: sp.csr_array) -> np.ndarray | sp.csr_array:
        """Return which labels are predicted for such rows, bool."""
        return self._proba(X, counts) > 0.5

    def _learn(self, counts: Any) -> None:
        """Learn from the labels of the training rows and the counts around them."""

    def _check_features(self, X: Any, *, reset: bool) -> Any:
        # One type for all, so that rows that are added do not change the first ones.
        checked = super()._check_features(X, reset=reset)
        return checked.astype(np.float64, copy=False)

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        self._hold(X, labels, n_old=0)

    def _hold(self, X: Any, labels: Indicator, n_old: int) -> None:
        """Learn from all rows; what is known of the first `n_old` is used."""
        check_count("n_neighbors", self.n_neighbors, minimum=1, error=OptionError)
        before = self.n_neighbors_ if n_old else None
        self._search = RowSearch(X, n_jobs=self.n_jobs)
        self._labels = Indicator(labels.tocsr(), labels.label_names, "sparse")
        # A training row that learns from its neighbours is not one of them.
        others = self._search.n_rows - self._learns_from_neighbours
        self.n_neighbors_ = min(self.n_neighbors, others)
        counts = None
        if self._learns_from_neighbours:
            # Where rows had fewer neighbours than wanted, all of them look again.
            if before == self.n_neighbors_:
                self._found = self._search.among_themselves_after(self._found)
            else:
                self._found = self._search.among_themselves(self.n_neighbors_)
            counts = count_labels(self._found[0], self._labels.values)
        self._learn(counts)

    def _count(self, X: Any) -> sp.csr_array:
        """Return how many of the neighbours of each row carry each label."""
        rows, _ = self._search.nearest(X, self.n_neighbors_)
        return count_labels(rows, self._labels.values)

    def _predict_labels(self, X: Any) -> np.ndarray | sp.csr_array:
        counts = self._count(X)
        if self._target != "sparse":
            return self._decide(X, counts)
        # Many labels never stand dense at once.
        blocks = [
            sp.csr_array(self._decide(X[rows], counts[rows]))
            for rows in row_blocks(*counts.shape)
        ]
        return sp.vstack(blocks, format="csr")

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        return self._proba(X, self._count(X))


def _stack(first: Any, second: Any) -> Any:
    """Put rows below others; sparse where the first are."""
    if sp.issparse(first):
        return sp.csr_array(sp.vstack([first, second]))
    return np.vstack([first, second.toarray() if sp.issparse(second) else second])
