"""A label matrix as the statistics see it: what is present, and what is unknown."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import unknown_name
from mlkit.validation import check_indicator

__all__ = ["KnownLabels", "known_labels"]


@dataclass(frozen=True, eq=False)
class KnownLabels:
    """Labels in sparse form, with the counts that all statistics share.

    Parameters
    ----------
    present : csr_array of int, shape (n_samples, n_labels)
        1 where a row is known to carry a label; canonical, without stored zeros.
    unknown : csr_array of bool, shape (n_samples, n_labels)
        True where it is not known; empty where everything is.
    names : pandas.Index
        Label names, or positions where the labels came without names.
    rows : pandas.Index
        Names of the rows.
    """

    present: sp.csr_array
    unknown: sp.csr_array
    names: pd.Index
    rows: pd.Index

    @property
    def n_samples(self) -> int:
        """Number of rows."""
        return int(self.present.shape[0])

    @property
    def n_labels(self) -> int:
        """Number of labels."""
        return int(self.present.shape[1])

    @cached_property
    def counts(self) -> np.ndarray:
        """Positives of each label, int64 of shape (n_labels,)."""
        # No zeros are stored, so the columns of the entries are all there is to count.
        return np.bincount(self.present.indices, minlength=self.n_labels)

    @cached_property
    def n_unknown(self) -> np.ndarray:
        """Unknown cells of each label, int64 of shape (n_labels,)."""
        return np.bincount(self.unknown.indices, minlength=self.n_labels)

    @property
    def n_known(self) -> np.ndarray:
        """Rows in which each label is known, int64 of shape (n_labels,)."""
        return self.n_samples - self.n_unknown

    @property
    def set_sizes(self) -> np.ndarray:
        """Number of labels of each row, shape (n_samples,)."""
        return np.diff(self.present.indptr)

    def mean_over_rows(self, values: np.ndarray) -> np.ndarray:
        """Mean of a figure of the rows over those that carry each label.

        Parameters
        ----------
        values : ndarray, shape (n_samples,)

        Returns
        -------
        ndarray of float64, shape (n_labels,)
            NaN for a label that no row carries.
        """
        # 0 / 0 for a label that no row carries.
        with np.errstate(invalid="ignore"):
            return (self.present.T @ values.astype(np.float64)) / self.counts

    def select(self, labels: Sequence[Hashable] | None) -> KnownLabels:
        """Keep some labels, in the order given.

        Parameters
        ----------
        labels : sequence or None
            Names, or positions where there are no names; one that is repeated counts
            once. None keeps all.

        Returns
        -------
        KnownLabels

        Raises
        ------
        UnknownNameError
            If there is no such label.
        """
        if labels is None:
            return self
        # A label twice would make pairs of a label with itself.
        wanted = pd.Index(list(dict.fromkeys(labels)))
        picked = self.names.get_indexer(wanted)
        if (picked < 0).any():
            error = unknown_name("label", wanted[picked < 0][0], map(str, self.names))
            raise error
        return KnownLabels(
            self.present[:, picked], self.unknown[:, picked], wanted, self.rows
        )


def known_labels(Y: Any) -> KnownLabels:
    """Check labels and bring them to sparse form, without making anything dense.

    Parameters
    ----------
    Y : MultiLabelDataset, DataFrame, array-like or sparse matrix
        Labels of shape (n_samples, n_labels): 0, 1, and NaN where unknown. What is
        `KnownLabels` already is returned as it is.

    Returns
    -------
    KnownLabels

    Raises
    ------
    IndicatorError
        If `Y` is not a label matrix.
    """
    if isinstance(Y, KnownLabels):
        return Y
    if isinstance(Y, MultiLabelDataset):
        # A dataset was checked when it was built, and keeps zeros where labels are
        # unknown: nothing to check again.
        labels: Any = Y.Y
        names: pd.Index = pd.Index(list(Y.label_names))
        rows = None
        if isinstance(labels, pd.DataFrame):
            labels, rows = labels.to_numpy(), labels.index
        return _build(labels, Y.missing, names, rows)
    checked = check_indicator(Y, allow_missing=True)
    names = pd.RangeIndex(checked.shape[1])
    if checked.named:
        names = pd.Index(list(checked.label_names))
    return _build(checked.values, checked.missing, names, checked.index)


def _build(
    values: Any, missing: Any, names: pd.Index, rows: pd.Index | None
) -> KnownLabels:
    present = sp.csr_array(values)
    # An empty matrix, not None: every formula over known rows holds for it unchanged.
    if missing is None:
        unknown = sp.csr_array(present.shape, dtype=bool)
    else:
        # A mask may store a False, which would count; it belongs to the caller.
        unknown = sp.csr_array(missing, dtype=bool, copy=True)
        unknown.sum_duplicates()
        unknown.eliminate_zeros()
    index = pd.RangeIndex(present.shape[0]) if rows is None else rows
    return KnownLabels(present, unknown, names, index)
