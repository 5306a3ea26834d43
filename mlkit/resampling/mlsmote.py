"""MLSMOTE: new rows between neighbours that carry the same rare label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.arguments import check_choice, check_count
from mlkit.exceptions import ResamplingWarning, names_for_message, warn
from mlkit.resampling.base import (
    Resampler,
    as_container,
    take_rows,
    warn_unchanged,
)
from mlkit.resampling.features import (
    FeatureColumns,
    NominalFeatures,
    hvdm_space,
    nearest,
    split_columns,
)
from mlkit.resampling.ratios import is_minority
from mlkit.validation import FeatureMatrix, Indicator, LabelMatrix

__all__ = ["MLSMOTE"]

_STRATEGIES = ("ranking", "union", "intersection")


@dataclass(frozen=True, slots=True)
class _Family:
    """Rows that new ones are made of: seeds of shape (m,), neighbours of (m, k)."""

    seeds: np.ndarray
    neighbours: np.ndarray


class MLSMOTE(Resampler):
    r"""MLSMOTE: make a new row for each row of each minority label.

    Parameters
    ----------
    n_neighbors : int, default 5
        Neighbours, among the rows with the same minority label, that a new row is made
        of; at least 1. A label with fewer other rows uses those it has.
    label_strategy : {"ranking", "union", "intersection"}, default "ranking"
        Which labels a new row carries: those that more than half of the row and its
        neighbours carry, those that any does, or those that all do.
    nominal_features : "auto" or sequence of str or int, default "auto"
        Columns that hold categories: names in a DataFrame, positions in an array. With
        ``"auto"`` the columns of a DataFrame that are not numbers.
    random_state : int, Generator or None, default None
        An int gives the same rows in every process.

    Warns
    -----
    ResamplingWarning
        If a minority label has a single row, which has no neighbours; it is passed
        over.

    See Also
    --------
    MLROS : Repeats rows instead, whatever their features are.
    REMEDIAL : Parts rare labels from frequent ones first.

    Notes
    -----
    Minority labels have IRLbl above MeanIR. For each of them and each row x that
    carries it, one of the `n_neighbors` nearest rows r with that label is drawn, and
    the new row has

    - :math:`x + u (r - x)` for a number, with u drawn evenly from [0, 1) anew for each
      feature;
    - the most frequent category among the neighbours for a nominal feature, that of
      the nearest neighbour where several are as frequent;
    - the labels that `label_strategy` says. Neighbours in which a label is unknown have
      no vote, and it is unknown where nobody votes.

    With n_neighbors = k, a label needs more than (k + 1) / 2 votes in ``"ranking"``,
    which is the authors' best strategy. This is the paper's pseudo-code; its text says
    "half or more", which differs where k is odd. The voters are the row and its
    neighbours, k + 1 in all.

    The distance is HVDM: numbers divided by four standard deviations, nominal values by
    how differently the minority label goes with them. The number of new rows is the
    sum of the minority labels' counts and no parameter. They follow the original rows.

    Departures from the paper: labels, bags and neighbours are those of the original
    rows, where the paper lets later labels see earlier new rows, so that the order of
    the labels does not matter; and the distance, where the paper adds plain Euclidean
    and value differences, is scaled. Integer features become floats. A dense and a
    sparse `X` give different draws. Cost: the neighbours in the bag of each minority
    label, O(c^2) for c rows in the worst case.

    References
    ----------
    Charte, Rivera, del Jesus, Herrera (2015), MLSMOTE: Approaching imbalanced
    multilabel learning through synthetic instance generation, Knowledge-Based Systems
    89, 385-397, doi:10.1016/j.knosys.2015.07.019.

    Wilson, Martinez (1997), Improved heterogeneous distance functions, Journal of
    Artificial Intelligence Research 6, 1-34, doi:10.1613/jair.346.

    Examples
    --------
    Two rows carry the rare label: each gets a new row somewhere between the two.

    >>> X = [[0.0], [1.0], [2.0], [8.0], [9.0]]
    >>> Y = [[1, 0], [1, 0], [1, 0], [1, 1], [0, 1]]
    >>> X_more, Y_more = MLSMOTE(random_state=0).fit_resample(X, Y)
    >>> Y_more[5:].tolist()
    [[0, 1], [0, 1]]
    >>> bool(((X_more[5:] >= 8) & (X_more[5:] <= 9)).all())
    True
    """

    def __init__(
        self,
        *,
        n_neighbors: int = 5,
        label_strategy: Literal["ranking", "union", "intersection"] = "ranking",
        nominal_features: NominalFeatures = "auto",
        random_state: Any = None,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.label_strategy = label_strategy
        self.nominal_features = nominal_features
        self.random_state = random_state

    def _resample(
        self, X: FeatureMatrix, Y: LabelMatrix, labels: Indicator
    ) -> tuple[FeatureMatrix, LabelMatrix]:
        check_count("n_neighbors", self.n_neighbors, minimum=1)
        check_choice("label_strategy", self.label_strategy, _STRATEGIES)
        rng = np.random.default_rng(self.random_state)
        columns = split_columns(X, self.nominal_features)
        families = _families(columns, labels, self.n_neighbors)
        if not families:
            warn_unchanged(self, "no label with two rows or more is in the minority")
            every = np.arange(labels.shape[0])
            return take_rows(X, every), take_rows(Y, every)
        made = [_new_features(X, columns, family, rng) for family in families]
        votes = [_vote(labels, family, self.label_strategy) for family in families]
        return _append_rows(X, made), as_container(_append_votes(labels, votes), Y)


def _families(
    columns: FeatureColumns, labels: Indicator, n_neighbors: int
) -> list[_Family]:
    """Find the neighbours of each row with a minority label, label by label."""
    counts = labels.counts()
    minority = is_minority(counts)
    if (alone := minority & (counts == 1)).any():
        names = np.array(labels.label_names, dtype=object)[alone]
        have = "1 label has" if len(names) == 1 else f"{len(names)} labels have"
        warn(
            f"{have} a single row, and no neighbour to make a row with: "
            f"{names_for_message(names)}. MLROS can repeat it.",
            ResamplingWarning,
        )
    by_label = labels.tocsr().tocsc()
    families = []
    for label in np.flatnonzero(minority & (counts > 1)):
        bag = by_label.indices[by_label.indptr[label] : by_label.indptr[label + 1]]
        # The rare label itself is what nominal values are compared by.
        space = hvdm_space(columns, by_label[:, [label]].toarray())[bag]
        found = nearest(space, min(n_neighbors, len(bag) - 1))
        families.append(_Family(bag, bag[found]))
    return families


def _new_features(
    X: FeatureMatrix,
    columns: FeatureColumns,
    family: _Family,
    rng: np.random.Generator,
) -> FeatureMatrix:
    """Make a row of features for each seed, in the container of X."""
    n_new, n_neighbors = family.neighbours.shape
    drawn = rng.integers(n_neighbors, size=n_new)
    partners = family.neighbours[np.arange(n_new), drawn]
    numbers = _between(columns.numbers[family.seeds], columns.numbers[partners], rng)
    nominal = {
        int(place): _commonest(codes, family.neighbours)
        for codes, place in zip(columns.codes.T, columns.nominal_positions, strict=True)
    }
    if isinstance(X, pd.DataFrame):
        return _new_frame(X, columns, numbers, nominal)
    dtype = _precision(X.dtype)
    if sp.issparse(X):
        return numbers.astype(dtype)
    made = np.empty((n_new, X.shape[1]), dtype=dtype)
    made[:, columns.number_positions] = numbers
    for place, rows in nominal.items():
        made[:, place] = X[rows, place]
    return made


def _precision(dtype: Any) -> np.dtype:
    """Return the kind of float that holds numbers between two of a kind."""
    # Single precision stays single; integers of more than 16 bits become doubles.
    return np.result_type(getattr(dtype, "numpy_dtype", dtype), np.float32)


def _new_frame(
    X: pd.DataFrame,
    columns: FeatureColumns,
    numbers: np.ndarray,
    nominal: dict[int, np.ndarray],
) -> pd.DataFrame:
    """Put numbers, and categories that are read from given rows, in X's columns."""
    parts: dict[int, Any] = {
        place: column.astype(_precision(X.dtypes.iloc[place]))
        for place, column in zip(
            columns.number_positions.tolist(), numbers.T, strict=True
        )
    }
    for place, rows in nominal.items():
        # The extension array keeps the categories of a categorical column.
        parts[place] = X.iloc[:, place].iloc[rows].array
    made = pd.DataFrame({place: parts[place] for place in sorted(parts)})
    return made.set_axis(X.columns, axis=1)


def _between(
    start: np.ndarray | sp.csr_array,
    end: np.ndarray | sp.csr_array,
    rng: np.random.Generator,
) -> np.ndarray | sp.csr_array:
    gap = end - start
    if sp.issparse(gap):
        # Equal features have no stored gap, and nothing needs to be drawn for them.
        gap.data *= rng.random(gap.nnz)
        return start + gap
    return start + rng.random(gap.shape) * gap


def _commonest(codes: np.ndarray, neighbours: np.ndarray) -> np.ndarray:
    """Return, for each new row, a neighbour that holds the most frequent category."""
    held = codes[neighbours]
    votes = (held[:, :, None] == held[:, None, :]).sum(axis=2)
    # argmax takes the first of several: the nearest neighbour.
    return neighbours[np.arange(len(held)), votes.argmax(axis=1)]


def _vote(
    labels: Indicator, family: _Family, strategy: str
) -> tuple[sp.csr_array, sp.csr_array | None]:
    """Return which labels the new rows carry, and which are unknown in them."""
    members = np.column_stack([family.seeds, family.neighbours])
    n_new, size = members.shape
    starts = np.arange(n_new + 1) * size
    # One product counts the votes of all new rows, and keeps sparse labels sparse.
    chosen = sp.csr_array(
        (np.ones(members.size, dtype=np.int64), members.ravel(), starts),
        shape=(n_new, labels.shape[0]),
    )
    carried = chosen @ labels.tocsr()
    silent = sp.csr_array(carried.shape, dtype=np.int64)
    if labels.missing is not None:
        silent = chosen @ sp.csr_array(labels.missing).astype(np.int64)
    unknown = (silent >= size).astype(np.int8)
    if strategy == "ranking":
        # More than half of those who know: 2c > size - silent, kept sparse.
        present = ((2 * carried + silent) > size).astype(np.int8)
    elif strategy == "union":
        present = (carried > 0).astype(np.int8)
    else:
        # Where all are silent nobody objects, yet nobody carries the label either.
        present = (carried + silent >= size).astype(np.int8) - unknown
    return present, None if labels.missing is None else unknown.astype(bool)


def _append_rows(X: FeatureMatrix, made: list[Any]) -> FeatureMatrix:
    if isinstance(X, pd.DataFrame):
        return pd.concat([X, *made], ignore_index=True)
    if isinstance(X, np.ndarray):
        return np.vstack([X, *made])
    return sp.csr_array(sp.vstack([X, *made], format="csr"))


def _append_votes(
    labels: Indicator, votes: list[tuple[sp.csr_array, sp.csr_array | None]]
) -> Indicator:
    values = sp.vstack([labels.tocsr(), *(present for present, _ in votes)]).tocsr()
    missing = None
    if labels.missing is not None:
        known = sp.csr_array(labels.missing)
        missing = sp.vstack([known, *(unknown for _, unknown in votes)]).tocsr()
    if labels.kind != "sparse":
        values = values.toarray()
        missing = None if missing is None else missing.toarray()
    return Indicator(values, labels.label_names, labels.kind, missing=missing)
