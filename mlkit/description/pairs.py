"""Pairs of labels: how often they stand together, and how much that means."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.special import chdtri

from mlkit.description.contingency import PAIR_MEASURES, Contingency
from mlkit.description.known_labels import KnownLabels, known_labels
from mlkit.exceptions import TooManyLabelsError, unknown_name

__all__ = ["dependent_pairs", "label_pairs", "pair_matrix"]

# Labels a block: matrices of 512 x 5 000 floats take 20 MB each.
_BLOCK = 512
# 4 950 pairs can be looked through, and those that never occur are telling.
_ALL_PAIRS_BY_DEFAULT = 100
# 2 million pairs of ten columns: 160 MB.
_MOST_LABELS_OF_ALL_PAIRS = 2_000
# 25 million cells: 200 MB.
_MOST_LABELS_OF_A_MATRIX = 5_000
# Column of the table -> attribute of the contingency tables.
_COLUMNS = {
    "count": "count",
    "expected": "expected",
    "p_b_given_a": "conditional",
    "p_a_given_b": "reverse_conditional",
    "lift": "lift",
    "jaccard": "jaccard",
    "phi": "phi",
    "chi2": "chi2",
    "p_value": "p_value",
    "mutual_information": "mutual_information",
}


class _Joint(NamedTuple):
    """Rows in which two labels meet: those of a block (rows) with all (columns)."""

    labels: np.ndarray
    both: sp.csr_array
    both_unknown: sp.csr_array
    first_with_unknown: sp.csr_array
    unknown_with_second: sp.csr_array


def label_pairs(
    Y: Any,
    *,
    labels: Sequence[Hashable] | None = None,
    min_count: int | None = None,
) -> pd.DataFrame:
    r"""Tell of each pair of labels how the two go together.

    Parameters
    ----------
    Y : DataFrame, array-like, sparse matrix or MultiLabelDataset
        Labels of shape (n_samples, n_labels), 0 and 1. A row counts for a pair where
        both labels are known (not NaN).
    labels : sequence, optional
        Names (positions where there are none) of the labels to look at; by default all.
    min_count : int, optional
        List the pairs that at least so many rows carry; 0 lists all. By default 0 up to
        100 labels, and 1 beyond: only pairs that occur.

    Returns
    -------
    DataFrame
        One row a pair, indexed by its labels ``a`` and ``b`` in column order; the pair
        that occurs most often stands first, equals in column order. Columns:

        ``count``
            :math:`n_{ab}`, rows that carry both.
        ``expected``
            :math:`n_a n_b / n`, the count if they were independent.
        ``p_b_given_a``, ``p_a_given_b``
            :math:`n_{ab} / n_a` and :math:`n_{ab} / n_b`, in [0, 1].
        ``lift``
            :math:`n_{ab} n / (n_a n_b)`: 1 for independent labels.
        ``jaccard``
            :math:`n_{ab} / (n_a + n_b - n_{ab})`, in [0, 1].
        ``phi``
            Pearson's correlation, in [-1, 1].
        ``chi2``, ``p_value``
            :math:`n \phi^2` and its upper tail with one degree of freedom.
        ``mutual_information``
            In bits, in [0, 1].

    Raises
    ------
    IndicatorError
        If `Y` is not a label matrix.
    UnknownNameError
        If one of `labels` does not exist.
    TooManyLabelsError
        If all pairs of more than 2 000 labels are asked for.
    ValueError
        If `min_count` is negative.

    Notes
    -----
    :math:`n`, :math:`n_a`, :math:`n_b` are counted over the rows in which both labels
    are known. phi, chi2 and the p-value are NaN where a or b is constant there;
    conditional shares and lift where the label in the denominator never occurs; mutual
    information is then 0, for a constant tells nothing.

    The p-value is that of the chi-square test without Yates' correction. It is an
    approximation that wants an expected count of about five in each cell, and it is not
    corrected for the number of pairs: of 1 000 independent pairs, ten are below .01.

    Cost: one sparse product per 512 labels, O(rows times squared size of their label
    sets), and memory for the pairs listed; nothing of shape (n_labels, n_labels) is
    made unless all pairs are asked for.

    References
    ----------
    Tenenboim, Rokach, Shapira (2010), Identification of label dependencies for
    multi-label classification, MLD workshop at ICML (the chi-square test of pairs).

    Examples
    --------
    >>> Y = [[1, 1, 0], [1, 1, 0], [0, 0, 1], [0, 0, 0]]
    >>> columns = ["count", "expected", "lift", "phi"]
    >>> label_pairs(Y)[columns].round(2)  # doctest: +NORMALIZE_WHITESPACE
         count  expected  lift   phi
    a b
    0 1      2       1.0   2.0  1.00
      2      0       0.5   0.0 -0.58
    1 2      0       0.5   0.0 -0.58
    """
    known = known_labels(Y).select(labels)
    n_labels = known.n_labels
    if min_count is None:
        min_count = 0 if n_labels <= _ALL_PAIRS_BY_DEFAULT else 1
    if min_count < 0:
        msg = f"min_count must be 0 (all pairs) or more, got {min_count}."
        raise ValueError(msg)
    if min_count == 0:
        _refuse_beyond(_MOST_LABELS_OF_ALL_PAIRS, n_labels, "A table of all pairs")
    a, b, table = _listed_pairs(known, min_count)
    # Stable: equally frequent pairs stay in column order, as the blocks list them.
    order = np.argsort(-table.both, kind="stable")
    columns = {name: getattr(table, key)[order] for name, key in _COLUMNS.items()}
    # Built from codes: the names of a million pairs need not be looked up.
    levels: Any = [known.names, known.names]
    codes: Any = [a[order], b[order]]
    index = pd.MultiIndex(levels=levels, codes=codes, names=["a", "b"])
    return pd.DataFrame(columns, index=index)


def pair_matrix(
    Y: Any, measure: str = "phi", *, labels: Sequence[Hashable] | None = None
) -> pd.DataFrame:
    """Show one measure of all pairs of labels as a square table.

    Parameters
    ----------
    Y : DataFrame, array-like, sparse matrix or MultiLabelDataset
        Labels of shape (n_samples, n_labels), 0 and 1. A row counts for a pair where
        both labels are known (not NaN).
    measure : str, default "phi"
        ``"count"``, ``"expected"``, ``"conditional"`` (the share of the rows with the
        label of the table's row that carry that of its column), ``"lift"``,
        ``"jaccard"``, ``"phi"``, ``"chi2"``, ``"p_value"`` or ``"mutual_information"``
        (in bits); see `label_pairs`.
    labels : sequence, optional
        Names (positions where there are none) of the labels to show, in this order; by
        default all.

    Returns
    -------
    DataFrame, shape (n_labels, n_labels)
        Symmetric but for ``"conditional"``. On the diagonal each label with itself:
        its count, 1 for phi, its entropy for mutual information.

    Raises
    ------
    IndicatorError
        If `Y` is not a label matrix.
    UnknownNameError
        If there is no such measure or label.
    TooManyLabelsError
        If there are more than 5 000 labels: the table would take over 200 MB.

    Notes
    -----
    Undefined cells are NaN as in `label_pairs`, such as phi of a label that no row
    carries. Made in blocks of 512 labels, O(n_labels^2) for the result.

    Examples
    --------
    >>> pair_matrix([[1, 1], [1, 0], [1, 0], [0, 0]], "conditional").round(2)
         0     1
    0  1.0  0.33
    1  1.0  1.00
    """
    if measure not in PAIR_MEASURES:
        error = unknown_name("measure of label pairs", measure, PAIR_MEASURES)
        raise error
    known = known_labels(Y).select(labels)
    _refuse_beyond(_MOST_LABELS_OF_A_MATRIX, known.n_labels, "A matrix of label pairs")
    blocks = [getattr(_dense(known, joint), measure) for joint in _joint_counts(known)]
    return pd.DataFrame(np.vstack(blocks), index=known.names, columns=known.names)


def dependent_pairs(Y: Any, *, level: float = 0.01) -> float:
    r"""Share of the label pairs that are unconditionally dependent.

    Parameters
    ----------
    Y : DataFrame, array-like, sparse matrix or MultiLabelDataset
        Labels of shape (n_samples, n_labels), 0 and 1. A row counts for a pair where
        both labels are known (not NaN).
    level : float in (0, 1), default 0.01
        Level of the test.

    Returns
    -------
    float
        In [0, 1]; NaN with fewer than two labels.

    Raises
    ------
    IndicatorError
        If `Y` is not a label matrix.
    ValueError
        If `level` is not between 0 and 1.

    Notes
    -----
    The number of pairs with :math:`\chi^2` above the critical value (6.635 at .01), by
    :math:`q (q - 1) / 2`. A pair with a constant label has no :math:`\chi^2` and counts
    as not dependent. The level is that of each test alone: with independent labels the
    share is expected to be `level`, not 0. Looks at all pairs, O(n_labels^2) in time.

    References
    ----------
    Moyano, Gibaja, Ventura (2017), MLDA: a tool for analyzing multi-label datasets,
    Knowledge-Based Systems 121 ("ratio of unconditionally dependent label pairs by
    chi-square test", rDep, at .01).

    Examples
    --------
    >>> dependent_pairs([[1, 1, 0], [0, 0, 0]] * 10)
    0.3333333333333333
    """
    if not 0 < level < 1:
        msg = f"level must lie between 0 and 1, got {level}."
        raise ValueError(msg)
    known = known_labels(Y)
    n_pairs = known.n_labels * (known.n_labels - 1) // 2
    if n_pairs == 0:
        return float("nan")
    critical, n_dependent = chdtri(1, level), 0
    for joint in _joint_counts(known):
        # Every pair is met twice, and each label once with itself.
        other = joint.labels[:, None] < np.arange(known.n_labels)
        n_dependent += int((other & (_dense(known, joint).chi2 > critical)).sum())
    return n_dependent / n_pairs


def _joint_counts(known: KnownLabels) -> Iterator[_Joint]:
    """Count, block by block, the rows in which a label meets each other label."""
    # Products add up in the type of their factors: int8 would overflow at 128 rows.
    present, unknown = known.present.astype(np.int32), known.unknown.astype(np.int32)
    present_columns, unknown_columns = present.T.tocsr(), unknown.T.tocsr()
    # One block, if an empty one, without labels too.
    for start in range(0, max(known.n_labels, 1), _BLOCK):
        mine = present_columns[start : start + _BLOCK]
        mine_unknown = unknown_columns[start : start + _BLOCK]
        yield _Joint(
            np.arange(start, start + mine.shape[0]),
            mine @ present,
            mine_unknown @ unknown,
            mine @ unknown,
            mine_unknown @ present,
        )


def _dense(known: KnownLabels, joint: _Joint) -> Contingency:
    """Tables of the labels of a block with all labels, as matrices."""
    a, b = joint.labels[:, None], np.arange(known.n_labels)[None, :]
    return _contingency(known, a, b, [counts.toarray() for counts in joint[1:]])


def _listed_pairs(
    known: KnownLabels, min_count: int
) -> tuple[np.ndarray, np.ndarray, Contingency]:
    """Positions a < b and tables of the pairs that enough rows carry."""
    parts = [_pairs_of_block(known, joint, min_count) for joint in _joint_counts(known)]
    a, b, total, first, second, both = map(np.concatenate, zip(*parts, strict=True))
    return a, b, Contingency(total, first, second, both)


def _pairs_of_block(
    known: KnownLabels, joint: _Joint, min_count: int
) -> tuple[np.ndarray, ...]:
    for counts in joint[1:]:
        # Products come unsorted, and a look-up in an unsorted row reads all of it.
        counts.sort_indices()
    # A block has the pairs of its labels with all others, in both orders and with
    # themselves; only a < b is kept, so that each pair comes once.
    if min_count:
        met = joint.both.tocoo()
        kept = met.data >= min_count
        rows, b = met.row[kept], met.col[kept]
    else:
        rows, b = (grid.ravel() for grid in np.indices(joint.both.shape))
    a = joint.labels[rows]
    upper = a < b
    rows, a, b = rows[upper], a[upper], b[upper]
    cells = [_look_up(counts, rows, b) for counts in joint[1:]]
    table = _contingency(known, a, b, cells)
    return a, b, table.total, table.first, table.second, table.both


def _look_up(counts: sp.csr_array, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    # Without positions scipy would answer with a sparse array.
    if counts.nnz == 0 or rows.size == 0:
        return np.zeros(rows.shape, dtype=np.int32)
    return counts[rows, columns]


def _contingency(
    known: KnownLabels, a: np.ndarray, b: np.ndarray, cells: list[np.ndarray]
) -> Contingency:
    """Tables over the rows in which both labels are known."""
    # Inclusion and exclusion: of the rows with a, those leave in which b is unknown;
    # rows in which both are unknown were taken away twice.
    both, both_unknown, first_with_unknown, unknown_with_second = cells
    counts, n_unknown = known.counts, known.n_unknown
    total = known.n_samples - n_unknown[a] - n_unknown[b] + both_unknown
    tables = (total, counts[a] - first_with_unknown, counts[b] - unknown_with_second)
    return Contingency(*(part.astype(np.float64) for part in (*tables, both)))


def _refuse_beyond(limit: int, n_labels: int, what: str) -> None:
    if n_labels > limit:
        msg = (
            f"{what} is for at most {limit} labels, and there are {n_labels}. Pick "
            "some: labels=[...], such as the most frequent ones; or list only pairs "
            "that occur: label_pairs(Y, min_count=1)."
        )
        raise TooManyLabelsError(msg)
