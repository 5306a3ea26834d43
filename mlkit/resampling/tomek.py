"""MLTL: remove rows that stand next to a row with other labels."""

from __future__ import annotations

from typing import Literal

import numpy as np

from mlkit.arguments import check_choice, check_number
from mlkit.resampling.base import RowSelection, warn_unchanged
from mlkit.resampling.features import (
    NominalFeatures,
    hvdm_space,
    nearest,
    split_columns,
)
from mlkit.resampling.ratios import is_minority
from mlkit.validation import FeatureMatrix, Indicator

__all__ = ["MLTL"]


class MLTL(RowSelection):
    r"""MLTL: remove rows of Tomek links, neighbours whose labels differ.

    Parameters
    ----------
    threshold : float, default 0.5
        Labels differ where the adjusted Hamming distance is above it; in [0, 1). Less
        removes more.
    removal : {"majority", "both"}, default "majority"
        Of a link, ``"majority"`` removes the rows without a minority label (the
        undersampling of the paper), ``"both"`` both rows where at least one is such
        (its cleaning).
    nominal_features : "auto" or sequence of str or int, default "auto"
        Columns that hold categories: names in a DataFrame, positions in an array. With
        ``"auto"`` the columns of a DataFrame that are not numbers.

    Attributes
    ----------
    sample_indices_ : ndarray of int64, shape (n_resampled,)
        The rows that stay, in their order.

    See Also
    --------
    MLRUS : Removes rows at random.

    Notes
    -----
    Two rows are a link where each is the nearest neighbour of the other and

    .. math:: \frac{|Y_a \mathbin{\triangle} Y_b|}{|Y_a| + |Y_b|} > t

    the number of labels that only one of them carries, by the number of labels of
    both: 0 for equal label sets, two empty ones included, 1 for disjoint ones. A row is
    of the majority where it carries no minority label (IRLbl above MeanIR).

    Neighbours are found by HVDM: numbers divided by four standard deviations, nominal
    values by how differently the labels go with them, averaged over all labels. Of
    rows at equal distance one is taken; links of rows that stand in several copies
    depend on that. An unknown label counts as absent. Nothing is random. Cost that of
    the neighbours: O(n^2) in the worst case.

    References
    ----------
    Pereira, Costa, Silla (2020), MLTL: A multi-label approach for the Tomek Link
    undersampling algorithm, Neurocomputing 383.

    Wilson, Martinez (1997), Improved heterogeneous distance functions, Journal of
    Artificial Intelligence Research 6.

    Examples
    --------
    Rows 2 and 3 are each other's neighbours and share no label; row 3 is protected.

    >>> X = [[0.0], [0.1], [5.0], [5.1], [9.0]]
    >>> Y = [[1, 0], [1, 0], [1, 0], [0, 1], [1, 0]]
    >>> sampler = MLTL()
    >>> X_less, Y_less = sampler.fit_resample(X, Y)
    >>> sampler.sample_indices_.tolist()
    [0, 1, 3, 4]
    """

    def __init__(
        self,
        *,
        threshold: float = 0.5,
        removal: Literal["majority", "both"] = "majority",
        nominal_features: NominalFeatures = "auto",
    ) -> None:
        self.threshold = threshold
        self.removal = removal
        self.nominal_features = nominal_features

    def _choose_rows(self, X: FeatureMatrix, labels: Indicator) -> np.ndarray:
        check_number("threshold", self.threshold, below=1)
        check_choice("removal", self.removal, ("majority", "both"))
        columns = split_columns(X, self.nominal_features)
        n_samples, minority = labels.shape[0], is_minority(labels.counts())
        if not minority.any():
            warn_unchanged(self, "no label is rarer than the mean (IRLbl > MeanIR)")
            return np.arange(n_samples)
        space = hvdm_space(columns, labels.values)
        links = _differing_neighbours(nearest(space, 1).ravel(), labels, self.threshold)
        removed = (labels.tocsr() @ minority.astype(int) == 0)[links]
        if self.removal == "both":
            # One removable row is enough for both to go.
            removed = np.repeat(removed.any(axis=1, keepdims=True), 2, axis=1)
        return np.setdiff1d(np.arange(n_samples), links[removed])


def _differing_neighbours(
    neighbours: np.ndarray, labels: Indicator, threshold: float
) -> np.ndarray:
    """Return pairs of mutual neighbours whose labels differ, shape (n_links, 2)."""
    rows = np.arange(len(neighbours))
    # Each pair once, from its lower row.
    mutual = (neighbours[neighbours] == rows) & (rows < neighbours)
    pairs = np.column_stack([rows[mutual], neighbours[mutual]])
    # int8 would overflow where two rows share more than 127 labels.
    Y = labels.tocsr().astype(np.int64)
    shared = np.asarray(Y[pairs[:, 0]].multiply(Y[pairs[:, 1]]).sum(axis=1)).ravel()
    sizes = np.diff(Y.indptr)[pairs].sum(axis=1)
    distances = (sizes - 2 * shared) / np.maximum(sizes, 1)
    return pairs[distances > threshold]
