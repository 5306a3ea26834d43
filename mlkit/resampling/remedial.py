"""REMEDIAL: part the rare labels of a row from its frequent ones."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from mlkit.imbalance import row_scumble
from mlkit.resampling.base import (
    Resampler,
    as_container,
    take_rows,
    warn_unchanged,
)
from mlkit.resampling.ratios import is_minority
from mlkit.validation import FeatureMatrix, Indicator, LabelMatrix

__all__ = ["REMEDIAL"]

# SCUMBLE is less than 1; its mean over many rows may be off by some 1e-15.
_ROUNDING = 1e-12


class REMEDIAL(Resampler):
    r"""REMEDIAL: split rows in which rare and frequent labels meet into two.

    Attributes
    ----------
    sample_indices_ : ndarray of int64, shape (n_resampled,)
        All rows in their order, then those that were split: a split row stands first
        with its frequent labels, then with its rare ones.

    See Also
    --------
    MLROS, MLSMOTE : What is usually done next, on the parted rows.

    Notes
    -----
    A row is split where its SCUMBLE, one minus the geometric by the arithmetic mean of
    the IRLbl of its labels, is above the mean over all rows. Rare are the labels with
    IRLbl above MeanIR.

    The two halves have the same features and contradict each other, on purpose: each
    learner of one label sees the row as an example of fewer labels. Recall of frequent
    labels may suffer, and a learner that models label sets meets sets that do not
    exist. Prefer it for data with a high mean SCUMBLE, where repeating rows gains
    little.

    Departure from the paper: a row whose labels are all frequent, or all rare, is not
    split, since one half would be a row without labels. A label that is unknown in a
    split row is absent in the half that it does not belong to, unknown in the other.
    Nothing is random. Cost O(nnz).

    References
    ----------
    Charte, Rivera, del Jesus, Herrera (2015), Resampling multilabel datasets by
    decoupling highly imbalanced labels, HAIS 2015, LNCS 9121, 489-501,
    doi:10.1007/978-3-319-19644-2_41; and (2019), Dealing with difficult minority labels
    in imbalanced mutilabel data sets (sic), Neurocomputing 326-327, 39-53,
    doi:10.1016/j.neucom.2016.08.158.

    Examples
    --------
    >>> Y = [[1, 0], [1, 0], [1, 0], [1, 1]]
    >>> X_parted, Y_parted = REMEDIAL().fit_resample([[10], [11], [12], [13]], Y)
    >>> X_parted.ravel().tolist()
    [10, 11, 12, 13, 13]
    >>> Y_parted[3:].tolist()
    [[1, 0], [0, 1]]
    """

    sample_indices_: np.ndarray

    def _resample(
        self, X: FeatureMatrix, Y: LabelMatrix, labels: Indicator
    ) -> tuple[FeatureMatrix, LabelMatrix]:
        rare = is_minority(labels.counts())
        split = _rows_to_split(labels, rare)
        self.sample_indices_ = np.concatenate([np.arange(labels.shape[0]), split])
        features = take_rows(X, self.sample_indices_)
        if not len(split):
            warn_unchanged(self, "no row holds both rare and frequent labels")
            return features, take_rows(Y, self.sample_indices_)
        missing = labels.missing
        parted = Indicator(
            _part(labels.values, split, rare),
            labels.label_names,
            labels.kind,
            missing=None if missing is None else _part(missing, split, rare),
        )
        return features, as_container(parted, Y)


def _rows_to_split(labels: Indicator, rare: np.ndarray) -> np.ndarray:
    Y = labels.tocsr()
    scores = row_scumble(Y)
    # A row of one kind may be above the mean too; half of it would have no label.
    both = (Y @ rare.astype(int) > 0) & (Y @ (~rare).astype(int) > 0)
    if not len(scores):
        return np.empty(0, dtype=np.int64)
    # Rows that are all alike are not above their mean, whatever rounding makes of it.
    return np.flatnonzero(both & (scores > scores.mean() + _ROUNDING))


def _part(
    matrix: np.ndarray | sp.csr_array, rows: np.ndarray, rare: np.ndarray
) -> np.ndarray | sp.csr_array:
    """Keep the frequent columns of some rows, and append them with the rare ones."""
    halves = [matrix[rows] * keep.astype(matrix.dtype) for keep in (~rare, rare)]
    whole = np.setdiff1d(np.arange(matrix.shape[0]), rows)
    stack = sp.vstack if sp.issparse(matrix) else np.vstack
    stacked = stack([matrix[whole], *halves])
    # Back to the order of the input, the second halves last.
    n_rows, n_split = matrix.shape[0], len(rows)
    order = np.concatenate(
        [np.argsort(np.concatenate([whole, rows])), n_rows + np.arange(n_split)]
    )
    if not sp.issparse(stacked):
        return stacked[order]
    parted = sp.csr_array(stacked)[order]
    # The labels that a half does not keep are stored zeros by now.
    parted.eliminate_zeros()
    return parted
