"""Findings about rows: without labels, repeated, or contradicting each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.description.findings import Finding, Severity, agree
from mlkit.description.row_codes import label_set_codes, number_rows, pair_codes

__all__ = ["RowCodes", "empty_rows", "first_rows", "row_codes", "row_findings"]

_MOST_ROWS = 10
# Contradictions below one row in a hundred are worth a note only.
_GOOD_CEILING = 0.99


@dataclass(frozen=True, slots=True)
class RowCodes:
    """Rows of a dataset as numbers: equal numbers, equal content.

    Parameters
    ----------
    features : ndarray of int64, shape (n_samples,)
        All features but identifier columns.
    label_sets : ndarray of int64, shape (n_samples,)
        Unknown labels count as absent.
    whole : ndarray of int64, shape (n_samples,)
        All features, identifiers too, and the labels.
    """

    features: np.ndarray
    label_sets: np.ndarray
    whole: np.ndarray

    def __getitem__(self, rows: np.ndarray) -> RowCodes:
        """Select rows by position."""
        return RowCodes(self.features[rows], self.label_sets[rows], self.whole[rows])


def row_codes(
    *datasets: MultiLabelDataset, identifiers: tuple[str, ...] = ()
) -> list[RowCodes]:
    """Give equal rows of several datasets equal numbers.

    Parameters
    ----------
    *datasets : MultiLabelDataset
        Of the same columns.
    identifiers : tuple of str
        Columns that are left out of ``features``.

    Returns
    -------
    list of RowCodes
        One for each dataset.
    """
    everything = number_rows(*(dataset.X for dataset in datasets))
    features = everything
    if identifiers:
        features = number_rows(*(_without(data, identifiers) for data in datasets))
    label_sets = label_set_codes(*(dataset.Y for dataset in datasets))
    # One multiplier for all datasets: pairs must have the same number everywhere.
    sizes = np.cumsum([dataset.n_samples for dataset in datasets])[:-1]
    whole = pair_codes(np.concatenate(everything), np.concatenate(label_sets))
    parts = zip(features, label_sets, np.split(whole, sizes), strict=True)
    return [RowCodes(*part) for part in parts]


def _without(
    dataset: MultiLabelDataset, names: tuple[str, ...]
) -> pd.DataFrame | np.ndarray:
    X = dataset.X
    if isinstance(X, pd.DataFrame):
        return X.drop(columns=list(names))
    known = dataset.feature_names or [f"column {j}" for j in range(X.shape[1])]
    return X[:, np.flatnonzero(~np.isin(known, names))]


def first_rows(chosen: np.ndarray) -> tuple[tuple[int, ...], int]:
    """Return the first ten positions of a mask, and how many it has.

    Parameters
    ----------
    chosen : ndarray of bool, shape (n_samples,)

    Returns
    -------
    tuple
        Of positions, and their number in all.
    """
    positions = np.flatnonzero(chosen)
    return tuple(positions[:_MOST_ROWS].tolist()), len(positions)


def row_findings(dataset: MultiLabelDataset, codes: RowCodes) -> Iterator[Finding]:
    """Compare the rows of a dataset with each other.

    Parameters
    ----------
    dataset : MultiLabelDataset
    codes : RowCodes
        Of the dataset.

    Yields
    ------
    Finding
    """
    yield from _contradictions(codes)
    yield from _repeated_rows(codes)
    yield from _blank_rows(dataset)
    yield from empty_rows(dataset)


def _contradictions(codes: RowCodes) -> Iterator[Finding]:
    """Find rows of equal features and different labels: no model is right on all."""
    pairs = pair_codes(codes.features, codes.label_sets)
    different = pd.Series(pairs).groupby(codes.features).transform("nunique")
    chosen = different.to_numpy() > 1
    if not chosen.any():
        return
    # The best that can be done in each group is its most frequent label set.
    _, members, sizes = np.unique(pairs, return_index=True, return_counts=True)
    best = pd.Series(sizes).groupby(codes.features[members]).max().sum()
    rows, n_rows = first_rows(chosen)
    n_groups = len(np.unique(codes.features[chosen]))
    same = np.flatnonzero(codes.features == codes.features[rows[0]])
    other = same[codes.label_sets[same] != codes.label_sets[rows[0]]][0]
    ceiling = best / len(pairs)
    text = (
        f"{n_rows} of {len(pairs)} rows have the features of another row and other "
        f"labels ({n_groups} {agree(n_groups, 'group', 'groups')}; rows {rows[0]} "
        f"and {other}, for example). No model that sees these features exceeds a "
        f"subset accuracy of {np.floor(ceiling * 1000) / 1000:.3f}."
    )
    severity: Severity = "warning" if ceiling < _GOOD_CEILING else "note"
    yield Finding(severity, "contradicting labels", text, (), rows, n_rows)


def _repeated_rows(codes: RowCodes) -> Iterator[Finding]:
    features = pd.Series(codes.features)
    chosen = features.duplicated().to_numpy()
    rows, n_rows = first_rows(chosen)
    if not n_rows:
        return
    n_whole = int(
        pd.Series(pair_codes(codes.features, codes.label_sets)).duplicated().sum()
    )
    verb = agree(n_rows, "repeats", "repeat")
    text = (
        f"{n_rows} of {len(chosen)} rows {verb} the features of an earlier row, "
        f"{n_whole} with the same labels. Keep equal rows on one side of a split: a "
        "test row that was trained on flatters every model."
    )
    yield Finding("note", "duplicate rows", text, (), rows, n_rows)


def _blank_rows(dataset: MultiLabelDataset) -> Iterator[Finding]:
    """Find sparse rows of zeros; in a dense table zeros are measurements."""
    if not sp.issparse(dataset.X):
        return
    filled = sp.csr_array(dataset.X).count_nonzero(axis=1)
    rows, n_rows = first_rows(filled == 0)
    if n_rows:
        verb = agree(n_rows, "has", "have")
        text = (
            f"{n_rows} of {dataset.n_samples} rows {verb} no feature but zeros: models "
            "predict the same for all of them. An empty text, or a narrow vocabulary?"
        )
        yield Finding("note", "rows without features", text, (), rows, n_rows)


def empty_rows(dataset: MultiLabelDataset) -> Iterator[Finding]:
    """Report rows that carry no label.

    Parameters
    ----------
    dataset : MultiLabelDataset

    Yields
    ------
    Finding
    """
    values = dataset.Y.to_numpy() if isinstance(dataset.Y, pd.DataFrame) else dataset.Y
    chosen = np.asarray(values.sum(axis=1, dtype=np.int64)).ravel() == 0
    rows, n_rows = first_rows(chosen)
    if n_rows:
        verb = agree(n_rows, "carries", "carry")
        text = (
            f"{n_rows} of {dataset.n_samples} rows {verb} no label. Example-based "
            "metrics depend on how an empty set is scored: say which rule you use."
        )
        yield Finding("note", "rows without a label", text, (), rows, n_rows)
