"""Damage done on purpose: labels hidden, flipped, or all but one taken away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.datasets.generators.arguments import check_choice, check_number

__all__ = ["flip_labels", "hide_labels", "keep_one_label"]

How = Literal["unknown", "absent"]
_HOW = ("unknown", "absent")
_WHICH = ("positives", "all")


def hide_labels(
    dataset: MultiLabelDataset,
    share: float,
    *,
    which: Literal["positives", "all"] = "positives",
    how: How = "unknown",
    random_state: Any = None,
) -> MultiLabelDataset:
    """Hide a share of the labels.

    Parameters
    ----------
    dataset : MultiLabelDataset
    share : float
        Share of the cells to hide, in [0, 1], rounded to whole cells.
    which : {"positives", "all"}, default "positives"
        Hide cells that are 1 only, or any known cells.
    how : {"unknown", "absent"}, default "unknown"
        Mark them as unknown, or set them to 0 without a word: the usual damage of data
        whose annotators name what they notice.
    random_state : int, Generator or None, default None
        Seed. An int hides the same cells at every call, in every process.

    Returns
    -------
    MultiLabelDataset
        A new dataset; cells that were unknown stay unknown.

    Raises
    ------
    GeneratorError
        If `share` is out of its range, or `which` or `how` is another word.

    Notes
    -----
    The cells are a simple random sample of exactly ``round(share * number)`` cells.
    With ``which="positives", how="absent"`` the result is positive-unlabelled data in
    which each positive is missing with the same probability (selected completely at
    random). O(nnz) for sparse labels, except with ``which="all"``: O(n q).

    References
    ----------
    J. Bekker, J. Davis (2020). Learning from positive and unlabeled data: a survey.
    Machine Learning 109, 719-760.

    Examples
    --------
    >>> ds = MultiLabelDataset([[0], [1]], [[1, 1], [1, 1]])
    >>> hidden = hide_labels(ds, 0.5, random_state=0)
    >>> int(hidden.Y.to_numpy().sum()), int(hidden.missing.sum())
    (2, 2)
    """
    check_number("share", share, at_most=1)
    check_choice("which", which, _WHICH)
    check_choice("how", how, _HOW)
    rng = np.random.default_rng(random_state)
    ones = _ones(dataset)
    cells = ones if which == "positives" else _known(dataset)
    hidden = rng.choice(cells, size=round(share * cells.size), replace=False)
    left = np.setdiff1d(ones, hidden, assume_unique=True)
    what = "positives" if which == "positives" else "labels"
    done = f"{share:.0%} of the {what} {'hidden' if how == 'unknown' else 'set to 0'}"
    return _rebuilt(dataset, left, hidden if how == "unknown" else None, done)


def flip_labels(
    dataset: MultiLabelDataset,
    share: float | tuple[float, float],
    *,
    random_state: Any = None,
) -> MultiLabelDataset:
    """Turn a share of the labels into their opposite.

    Parameters
    ----------
    dataset : MultiLabelDataset
    share : float or tuple of float
        Share of the known cells to flip, in [0, 1], rounded to whole cells. A pair is
        the share of the zeros that become 1, and of the ones that become 0.
    random_state : int, Generator or None, default None
        Seed. An int flips the same cells at every call, in every process.

    Returns
    -------
    MultiLabelDataset
        A new dataset; unknown cells stay unknown.

    Raises
    ------
    GeneratorError
        If a share is out of its range.

    Notes
    -----
    Zeros and ones are sampled apart, exactly ``round(share * number)`` of each. Where
    labels are rare, the same share of both adds far more labels than it takes away: on
    a set of density .02, flipping 1 % of the cells adds half as many labels as there
    were. O(nnz) for sparse labels, in the labels of the result.

    Examples
    --------
    >>> ds = MultiLabelDataset([[0], [1]], [[1, 1], [0, 0]])
    >>> flip_labels(ds, (0.0, 0.5), random_state=0).Y.to_numpy().sum()
    np.int64(1)
    """
    added_share, lost_share = share if isinstance(share, tuple) else (share, share)
    check_number("share of the zeros", added_share, at_most=1)
    check_number("share of the ones", lost_share, at_most=1)
    rng = np.random.default_rng(random_state)
    ones = _ones(dataset)
    taken = np.union1d(ones, _unknown(dataset))
    n_zeros = dataset.n_samples * dataset.n_labels - taken.size
    lost = rng.choice(ones, size=round(lost_share * ones.size), replace=False)
    added = _sample_outside(rng, taken, n_zeros, round(added_share * n_zeros))
    flipped = np.union1d(np.setdiff1d(ones, lost, assume_unique=True), added)
    done = f"{added_share:.1%} of the zeros and {lost_share:.1%} of the ones flipped"
    return _rebuilt(dataset, flipped, None, done)


def keep_one_label(
    dataset: MultiLabelDataset, *, how: How = "unknown", random_state: Any = None
) -> MultiLabelDataset:
    """Keep one positive label of each row, chosen at random.

    Parameters
    ----------
    dataset : MultiLabelDataset
    how : {"unknown", "absent"}, default "unknown"
        Whether everything but the kept label is unknown, or the other positives are
        set to 0 as if an annotator had stopped at the first label.
    random_state : int, Generator or None, default None
        Seed. An int keeps the same labels at every call, in every process.

    Returns
    -------
    MultiLabelDataset
        A new dataset. A row without labels keeps none, and with ``how="unknown"``
        nothing is known of it any more.

    Raises
    ------
    GeneratorError
        If `how` is another word.

    Notes
    -----
    Each of a row's positives is kept with the same probability. The mask of
    ``how="unknown"`` covers nearly all n q cells, one byte each; ``how="absent"`` is
    O(nnz) for sparse labels.

    References
    ----------
    E. Cole, O. Mac Aodha, T. Lorieul, P. Perona, D. Morris, N. Jojic (2021).
    Multi-label learning from single positive labels. CVPR, 933-942.

    Examples
    --------
    >>> ds = MultiLabelDataset([[0], [1]], [[1, 1], [0, 1]])
    >>> keep_one_label(ds, how="absent", random_state=0).label_counts.sum()
    np.int64(2)
    """
    check_choice("how", how, _HOW)
    rng = np.random.default_rng(random_state)
    shuffled = rng.permutation(_ones(dataset))
    # The first of each row in random order: a random one.
    _, first = np.unique(shuffled // dataset.n_labels, return_index=True)
    kept = np.sort(shuffled[first])
    unknown = None
    if how == "unknown":
        unknown = np.setdiff1d(_known(dataset), kept, assume_unique=True)
    return _rebuilt(dataset, kept, unknown, "one label of each row kept")


# Cells are numbered row by row: cell = row * n_labels + column, an int64.


def _ones(dataset: MultiLabelDataset) -> np.ndarray:
    """Cells that are 1, ascending."""
    return _cells(dataset.Y)


def _unknown(dataset: MultiLabelDataset) -> np.ndarray:
    """Cells that are unknown, ascending."""
    if dataset.missing is None:
        return np.empty(0, dtype=np.int64)
    return _cells(dataset.missing)


def _known(dataset: MultiLabelDataset) -> np.ndarray:
    """Cells that are 0 or 1, ascending."""
    known = np.ones(dataset.n_samples * dataset.n_labels, dtype=bool)
    known[_unknown(dataset)] = False
    return np.flatnonzero(known)


def _cells(matrix: Any) -> np.ndarray:
    """Cells that hold something, ascending."""
    if sp.issparse(matrix):
        coordinates = sp.csr_array(matrix).tocoo()
        rows, columns = coordinates.coords
        return np.sort(rows.astype(np.int64) * matrix.shape[1] + columns)
    values = matrix.to_numpy() if isinstance(matrix, pd.DataFrame) else matrix
    return np.flatnonzero(values)


def _sample_outside(
    rng: np.random.Generator, taken: np.ndarray, n_free: int, size: int
) -> np.ndarray:
    """Draw cells that are not taken, all different, without listing the free ones.

    The k-th free cell is found from k: as many cells are taken before it as there are
    taken cells whose number, less the taken ones before them, is at most k.
    """
    k = rng.choice(n_free, size=size, replace=False, shuffle=False)
    free_before = taken - np.arange(taken.size)
    return k + np.searchsorted(free_before, k, side="right")


def _rebuilt(
    dataset: MultiLabelDataset,
    ones: np.ndarray,
    hidden: np.ndarray | None,
    done: str,
) -> MultiLabelDataset:
    """Return the dataset with these ones, and these cells unknown besides."""
    shape = (dataset.n_samples, dataset.n_labels)
    sparse = sp.issparse(dataset.Y)
    Y: Any = _matrix(ones, shape, np.int8, sparse=sparse)
    if isinstance(dataset.Y, pd.DataFrame):
        Y = pd.DataFrame(Y, index=dataset.Y.index, columns=list(dataset.label_names))
    missing: Any = dataset.missing
    if hidden is not None:
        unknown = np.union1d(_unknown(dataset), hidden)
        missing = _matrix(unknown, shape, np.bool_, sparse=sparse)
    source = dataset.source or DatasetSource()
    reading = "; ".join(part for part in (source.reading, done) if part)
    return dataset.replace(
        Y=Y,
        label_names=dataset.label_names,
        missing=missing,
        name=f"{dataset.name} ({done})",
        source=replace(source, reading=reading),
    )


def _matrix(
    cells: np.ndarray, shape: tuple[int, int], dtype: Any, *, sparse: bool
) -> Any:
    """Build a matrix with ones at these cells."""
    rows, columns = np.divmod(cells, shape[1])
    if sparse:
        ones = np.ones(cells.size, dtype=dtype)
        return sp.csr_array((ones, (rows, columns)), shape=shape)
    matrix = np.zeros(shape, dtype=dtype)
    matrix[rows, columns] = 1
    return matrix
