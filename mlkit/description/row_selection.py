"""Which rows carry some labels and not others: the rows behind a condition."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from mlkit.arguments import check_choice
from mlkit.description.known_labels import KnownLabels, known_labels
from mlkit.exceptions import OptionError

__all__ = ["MATCHES", "rows_with_labels", "take_known_rows"]

MATCHES = ("all", "any")
"""How many of the wanted labels a row must carry."""


def rows_with_labels(
    Y: Any,
    labels: Sequence[Hashable] = (),
    *,
    match: str = "all",
    without: Sequence[Hashable] = (),
) -> np.ndarray:
    """Tell which rows carry some labels and none of some others.

    Parameters
    ----------
    Y : DataFrame, array-like, sparse matrix or MultiLabelDataset
        Labels of shape (n_samples, n_labels): 0, 1, and NaN where unknown.
    labels : sequence, default ()
        Names (positions where there are none) of labels that the rows carry. Without
        any, all rows do.
    match : {"all", "any"}, default "all"
        Whether a row must carry all of `labels`, or at least one.
    without : sequence, default ()
        Labels of which the rows carry none.

    Returns
    -------
    ndarray of bool, shape (n_samples,)

    Raises
    ------
    IndicatorError
        If `Y` is not a label matrix.
    UnknownNameError
        If there is no such label.
    OptionError
        If `match` is neither "all" nor "any".

    Notes
    -----
    An unknown label counts as absent, as in all statistics of whole label sets: such a
    row is not among those with the label, and is among those without it.

    Examples
    --------
    >>> Y = [[1, 1, 0], [1, 0, 0], [0, 0, 1]]
    >>> rows_with_labels(Y, [0, 1]).tolist()
    [True, False, False]
    >>> rows_with_labels(Y, [1, 2], match="any").tolist()
    [True, False, True]
    >>> rows_with_labels(Y, [0], without=[1]).tolist()
    [False, True, False]
    """
    check_choice("match", match, MATCHES, error=OptionError)
    known = known_labels(Y)
    chosen = np.ones(known.n_samples, dtype=bool)
    if labels:
        carried = known.select(labels)
        needed = carried.n_labels if match == "all" else 1
        chosen &= carried.set_sizes >= needed
    if without:
        chosen &= known.select(without).set_sizes == 0
    return chosen


def take_known_rows(labels: KnownLabels, rows: np.ndarray) -> KnownLabels:
    """Keep some rows.

    Parameters
    ----------
    labels : KnownLabels
    rows : ndarray of bool, shape (n_samples,)
        Such as `rows_with_labels` returns.

    Returns
    -------
    KnownLabels
        Of all labels, also those that no row of the part carries.

    Examples
    --------
    >>> part = take_known_rows(known_labels([[1, 0], [0, 1]]), np.array([True, False]))
    >>> part.counts.tolist()
    [1, 0]
    """
    picked = np.flatnonzero(rows)
    return KnownLabels(
        labels.present[picked], labels.unknown[picked], labels.names, labels.rows[rows]
    )
