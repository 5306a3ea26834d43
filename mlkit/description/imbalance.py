"""How unequal labels are, and whether rare ones stand beside frequent ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mlkit.description.known_labels import KnownLabels, known_labels
from mlkit.imbalance import imbalance_ratios, row_scumble

__all__ = ["imr", "irlbl", "label_scumble", "scumble"]


def irlbl(Y: Any) -> pd.Series:
    r"""Imbalance ratio per label: how much rarer each is than the most frequent one.

    Parameters
    ----------
    Y : DataFrame, array-like, sparse matrix or MultiLabelDataset
        Labels of shape (n_samples, n_labels), 0 and 1; NaN counts as absent.

    Returns
    -------
    Series of float, one a label
        At least 1; infinite for a label that no row carries.

    Raises
    ------
    IndicatorError
        If `Y` is not a label matrix.

    Notes
    -----
    .. math:: \mathrm{IRLbl}_j = \max_k c_k / c_j

    with :math:`c_j` the rows that carry label j. Where :math:`c_j = 0`, peers differ:
    MULAN has infinity and leaves it out of means, as is done here; mldr sets 0 and
    counts it. Cost O(nnz).

    References
    ----------
    Charte, Rivera, del Jesus, Herrera (2015), Addressing imbalance in multilabel
    classification: measures and random resampling algorithms, Neurocomputing 163,
    equation 1.

    Examples
    --------
    >>> irlbl([[1, 0, 0], [1, 1, 0]]).tolist()
    [1.0, 2.0, inf]
    """
    labels = known_labels(Y)
    return _per_label(labels, imbalance_ratios(labels.counts), "irlbl")


def imr(Y: Any) -> pd.Series:
    r"""Imbalance ratio within each label: the greater of its two classes by the other.

    Parameters
    ----------
    Y : DataFrame, array-like, sparse matrix or MultiLabelDataset
        Labels of shape (n_samples, n_labels), 0 and 1; rows where a label is unknown
        (NaN) do not count for it.

    Returns
    -------
    Series of float, one a label
        At least 1; infinite for a label with a single value, NaN for one that is
        unknown everywhere.

    Raises
    ------
    IndicatorError
        If `Y` is not a label matrix.

    Notes
    -----
    .. math:: \mathrm{ImR}_j = \frac{\max(c_j, n_j - c_j)}{\min(c_j, n_j - c_j)}

    with :math:`c_j` the rows that carry label j, of :math:`n_j` in which it is known.
    MULAN has the same figure, and leaves infinite ones out of the mean. Cost O(nnz).

    Examples
    --------
    >>> imr([[1, 0], [1, 0], [1, 0], [0, 0]]).tolist()
    [3.0, inf]
    """
    labels = known_labels(Y)
    absent = labels.n_known - labels.counts
    more, fewer = np.maximum(labels.counts, absent), np.minimum(labels.counts, absent)
    # A constant label gives c / 0, one that is unknown everywhere 0 / 0.
    with np.errstate(divide="ignore", invalid="ignore"):
        return _per_label(labels, more / fewer, "imr")


def scumble(Y: Any) -> pd.Series:
    r"""Concurrence of rare and frequent labels in each row.

    Parameters
    ----------
    Y : DataFrame, array-like, sparse matrix or MultiLabelDataset
        Labels of shape (n_samples, n_labels), 0 and 1; NaN counts as absent.

    Returns
    -------
    Series of float, one a row
        In [0, 1): 0 for a row with no label, with one, or with labels that are equally
        frequent; near 1 where a very rare label stands beside a frequent one.
        Resampling cannot help such a row: it repeats both.

    Raises
    ------
    IndicatorError
        If `Y` is not a label matrix.

    Notes
    -----
    .. math:: \mathrm{SCUMBLE}_i = 1 - \frac{
              \bigl(\prod_{j \in Y_i} \mathrm{IRLbl}_j\bigr)^{1/|Y_i|}}{
              \frac{1}{|Y_i|} \sum_{j \in Y_i} \mathrm{IRLbl}_j}

    one minus the geometric by the arithmetic mean, over the labels :math:`Y_i` of the
    row. Read to the letter, the paper's product has a factor 0 for every absent label,
    and nearly all rows would be 1; mldr and MULAN take the labels of the row, as is
    done here. The figure of a dataset is the mean over all rows, those without a label
    included. Cost O(nnz).

    References
    ----------
    Charte, Rivera, del Jesus, Herrera (2014), Concurrence among imbalanced labels and
    its influence on multilabel resampling algorithms, HAIS 2014, LNCS 8480.

    Examples
    --------
    >>> scumble([[1, 0], [1, 0], [1, 0], [1, 1]]).round(3).tolist()
    [0.0, 0.0, 0.0, 0.2]
    """
    labels = known_labels(Y)
    return pd.Series(row_scumble(labels.present), index=labels.rows, name="scumble")


def label_scumble(Y: Any) -> pd.Series:
    """Mean SCUMBLE of the rows that carry each label.

    Parameters
    ----------
    Y : DataFrame, array-like, sparse matrix or MultiLabelDataset
        Labels of shape (n_samples, n_labels), 0 and 1; NaN counts as absent.

    Returns
    -------
    Series of float, one a label
        In [0, 1); 0 for a label that no row carries.

    Raises
    ------
    IndicatorError
        If `Y` is not a label matrix.

    See Also
    --------
    scumble : The figure of the rows.

    Notes
    -----
    As in the R package mldr, the 0 for absent labels included. Cost O(nnz).

    Examples
    --------
    >>> label_scumble([[1, 0], [1, 0], [1, 0], [1, 1]]).round(3).tolist()
    [0.05, 0.2]
    """
    labels = known_labels(Y)
    means = labels.mean_over_rows(row_scumble(labels.present))
    return _per_label(labels, np.nan_to_num(means), "scumble")


def _per_label(labels: KnownLabels, values: np.ndarray, name: str) -> pd.Series:
    return pd.Series(values, index=labels.names.rename("label"), name=name)
