"""The audit: what in a dataset, or in its split, will mislead whoever models it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy.typing as npt
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.description.audit_features import feature_findings, identifier_columns
from mlkit.description.audit_labels import (
    constant_labels,
    label_findings,
    unknown_labels,
)
from mlkit.description.audit_parts import Part, part_findings, take_part
from mlkit.description.audit_rows import empty_rows, row_codes, row_findings
from mlkit.description.columns import columns_of
from mlkit.description.findings import Audit, Finding, agree

__all__ = ["audit", "quick_audit"]

Rows: TypeAlias = MultiLabelDataset | slice | npt.ArrayLike | None
"""How a caller may name the training or the test rows."""

# Cells that are looked at closely within about half a second.
_FEW_CELLS = 2_000_000


def audit(
    dataset: MultiLabelDataset, *, train: Rows = None, test: Rows = None
) -> Audit:
    r"""Look for what commonly spoils a multi-label analysis.

    Parameters
    ----------
    dataset : MultiLabelDataset
        The whole set.
    train, test : MultiLabelDataset, slice or array-like of int or bool, optional
        The training and the test rows: positions in the whole set, a mask, or datasets
        of their own, which are then compared with the whole by content.

    Returns
    -------
    Audit
        A list of `Finding`, problems first, then warnings, then notes; empty if
        nothing was found.

    Raises
    ------
    LabelNameError, ShapeError
        If a part has other labels or features than the whole set.
    TypeError, IndexError
        If positions or a mask do not fit the whole set.

    See Also
    --------
    mlkit.describe : Label statistics.

    Notes
    -----
    =========================== ====================================================
    topic                       found where
    =========================== ====================================================
    feature equals a label      a feature is a label or its complement in every row
    rows in both parts          a position stands in train and in test
    test rows seen in train     features equal, identifier columns aside
    test rows copied from train features, identifiers and labels equal
    identifier column           text or category with one value a row; integers that
                                count rows
    nearly an identifier        text or category with 90 % distinct values
    constant label              no positive or no negative, in all rows or in a part
    unknown labels              cells of Y are marked as missing
    identical, complementary    two label columns say the same
    labels
    labels spelled alike        names differ in case, blanks, punctuation
    labels spelled almost alike names of six letters or more differ in one
    contradicting labels        equal features, different label sets
    mixed types                 numbers and text in one column
    infinite values             a feature is infinite
    missing values              a feature has empty cells
    constant feature            one value in all rows, or in train
    duplicate feature           a column repeats another one
    numbers that are codes      numbers kept as text or as names of categories
    numbers that may be codes   few integers in a wide range
    feature scales              ranges differ more than 1000-fold
    labels that imply others    one never comes without the other
    rare labels                 1 to 9 positives (in 20 rows or more)
    duplicate rows              features equal, identifier columns aside
    rows without a label        an empty label set
    rows without features       CSR rows of zeros
    label sets not in train     ceiling of label powerset's subset accuracy
    order of rows, parts and    the whole set against train followed by test
    the whole
    reading                     what the reader found odd about the file
    =========================== ====================================================

    A leak is a problem from 1 % of the test rows on, below that a warning. Pairs of
    equal columns that chance may have made are notes: among :math:`m` pairs, two
    columns of :math:`k` ones in :math:`n` rows count as chance where
    :math:`m / \binom{n}{k} > 0.01`. Labels imply each other where
    :math:`q^2 p_b^{c_a} \le 0.01`, :math:`p_b` being the share of the implied label
    and :math:`c_a` the count of the other; this is looked for where
    :math:`\sum_i |Y_i|^2 \le 10^8`. Unknown labels count as absent.

    Features of pictures and sequences are not looked at one by one; their rows are.
    O(n d), or O(non-zeros) for CSR, which is never made dense: 100 000 rows of 10 000
    features with 0.05 % non-zeros take about one second, with 0.5 % about four.

    Examples
    --------
    >>> ds = MultiLabelDataset(
    ...     [[5.1], [4.9], [4.9]], [[1, 0], [0, 0], [1, 0]], label_names=["a", "b"]
    ... )
    >>> [finding.topic for finding in audit(ds)][:2]
    ['constant label', 'contradicting labels']
    >>> (leak,) = audit(ds, train=[0, 1], test=[2]).select(severity="problem")
    >>> leak.topic, leak.rows
    ('test rows seen in train', (0,))
    """
    taken = (take_part(dataset, train, "train"), take_part(dataset, test, "test"))
    parts: dict[str, Part] = {part.name: part for part in taken if part is not None}
    findings = list(_findings(dataset, parts))
    return Audit(findings, title=_title(dataset, parts))


def quick_audit(dataset: MultiLabelDataset) -> Audit:
    """Audit a dataset in well under a second, whatever its size.

    Parameters
    ----------
    dataset : MultiLabelDataset

    Returns
    -------
    Audit
        The same as `audit` up to 2 million cells of X and Y (non-zeros for CSR);
        beyond, only constant and unknown labels, rows without a label and what the
        reader remarked.

    Examples
    --------
    >>> ds = MultiLabelDataset([[5.1], [4.9]], [[1], [1]], label_names=["a"])
    >>> [finding.topic for finding in quick_audit(ds)]
    ['constant label']
    """
    if sum(_n_cells(matrix) for matrix in (dataset.X, dataset.Y)) <= _FEW_CELLS:
        return audit(dataset)
    findings = [
        *constant_labels(dataset),
        *unknown_labels(dataset),
        *empty_rows(dataset),
        *_remarks(dataset),
    ]
    return Audit(findings, title=_title(dataset, {}))


def _n_cells(matrix: Any) -> int:
    return int(matrix.nnz if sp.issparse(matrix) else matrix.size)


def _findings(dataset: MultiLabelDataset, parts: dict[str, Part]) -> Iterator[Finding]:
    columns = columns_of(dataset)
    identifiers = () if columns is None else identifier_columns(columns)
    if columns is not None:
        yield from feature_findings(dataset, columns, identifiers)
    if dataset.n_samples:
        # Parts by position need no numbers of their own.
        own = {name: part for name, part in parts.items() if part.positions is None}
        everything = [dataset, *(part.dataset for part in own.values())]
        numbered = row_codes(*everything, identifiers=identifiers)
        codes = dict(zip(["", *own], numbered, strict=True))
        for name, part in parts.items():
            if part.positions is not None:
                codes[name] = codes[""][part.positions]
        yield from part_findings(dataset, parts, codes, identifiers)
        yield from label_findings(dataset)
        yield from row_findings(dataset, codes[""])
    yield from _remarks(dataset)


def _remarks(dataset: MultiLabelDataset) -> Iterator[Finding]:
    for remark in dataset.source.remarks if dataset.source else ():
        yield Finding("note", "reading", remark)


def _title(dataset: MultiLabelDataset, parts: dict[str, Part]) -> str:
    counts = {
        "row": dataset.n_samples,
        "feature": dataset.n_features,
        "label": dataset.n_labels,
    }
    shape = [f"{n:,} {agree(n, noun, f'{noun}s')}" for noun, n in counts.items()]
    sizes = [f"{name} {part.dataset.n_samples:,}" for name, part in parts.items()]
    split = f" ({', '.join(sizes)} rows)" if sizes else ""
    cardinality = f"cardinality {dataset.cardinality:.2f}"
    return f"{dataset.name}: {', '.join([*shape, cardinality])}{split}"
