"""Findings: what in a dataset will mislead whoever models it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import names_for_message

__all__ = ["Finding", "audit"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the audit found.

    Parameters
    ----------
    severity : {"warning", "note"}
        A warning spoils results; a note is worth knowing.
    topic : str
        What kind of finding, such as ``"constant label"``.
    message : str
        The evidence and the advice, in words.
    names : tuple of str
        The labels or features concerned.
    """

    severity: Literal["warning", "note"]
    topic: str
    message: str
    names: tuple[str, ...] = ()


def audit(dataset: MultiLabelDataset) -> list[Finding]:
    """Look for what commonly spoils a multi-label analysis.

    Checked are labels with a single value, rows without a label, identifier columns
    (text or categories with one value a row), constant features and unknown labels.

    Parameters
    ----------
    dataset : MultiLabelDataset

    Returns
    -------
    list of Finding
        Warnings first; empty if nothing was found.

    Notes
    -----
    O(n d + nnz(Y)).

    Examples
    --------
    >>> ds = MultiLabelDataset([[0], [1]], [[1, 0], [0, 0]], label_names=["a", "b"])
    >>> [finding.topic for finding in audit(ds)]
    ['constant label', 'rows without a label']
    """
    checks = (
        _constant_labels,
        _identifier_columns,
        _unknown_labels,
        _constant_features,
        _empty_rows,
    )
    findings = [finding for check in checks for finding in check(dataset)]
    return sorted(findings, key=lambda finding: finding.severity != "warning")


def _constant_labels(dataset: MultiLabelDataset) -> Iterator[Finding]:
    counts = dataset.label_counts
    never, always = counts == 0, counts == dataset.n_samples
    for mask, word in ((never, "never"), (always, "always")):
        names = tuple(counts.index[mask])
        if names:
            text = (
                f"{len(names)} of {dataset.n_labels} labels are {word} present: "
                f"{names_for_message(names)}. A model can only repeat that, and "
                "metrics per label are undefined for them."
            )
            yield Finding("warning", "constant label", text, names)


def _identifier_columns(dataset: MultiLabelDataset) -> Iterator[Finding]:
    X = dataset.X
    if not isinstance(X, pd.DataFrame) or dataset.n_samples < 2:
        return
    texts = X.select_dtypes(include=["object", "string", "category"])
    names = tuple(c for c in texts.columns if texts[c].nunique() == dataset.n_samples)
    if names:
        text = (
            f"{names_for_message(names)} has a different value in every row: an "
            "identifier, not a feature. Drop it before you fit a model."
        )
        yield Finding("warning", "identifier column", text, names)


def _constant_features(dataset: MultiLabelDataset) -> Iterator[Finding]:
    mask = _constant_columns(dataset.X)
    if mask is None or not mask.any():
        return
    names = tuple(
        str(j) if dataset.feature_names is None else dataset.feature_names[j]
        for j in np.flatnonzero(mask)
    )
    text = (
        f"{len(names)} of {dataset.n_features} features have the same value in every "
        f"row: {names_for_message(names)}. They carry no information."
    )
    yield Finding("note", "constant feature", text, names)


def _constant_columns(X: Any) -> np.ndarray | None:
    """Which columns of a table are constant; None for pictures and other arrays."""
    if isinstance(X, pd.DataFrame):
        return (X.nunique(dropna=False) <= 1).to_numpy() if len(X) else None
    if X.ndim != 2 or X.shape[0] == 0:
        return None
    if sp.issparse(X):
        return (X.max(axis=0).toarray() == X.min(axis=0).toarray()).ravel()
    return np.all(np.equal(X, X[:1]), axis=0)


def _empty_rows(dataset: MultiLabelDataset) -> Iterator[Finding]:
    values = dataset.Y.to_numpy() if isinstance(dataset.Y, pd.DataFrame) else dataset.Y
    n_empty = int((np.asarray(values.sum(axis=1, dtype=np.int64)).ravel() == 0).sum())
    if n_empty:
        text = (
            f"{n_empty} of {dataset.n_samples} rows carry no label. Example-based "
            "metrics depend on how an empty set is scored; say which rule you use."
        )
        yield Finding("note", "rows without a label", text)


def _unknown_labels(dataset: MultiLabelDataset) -> Iterator[Finding]:
    if dataset.missing is not None:
        text = (
            f"{int(dataset.missing.sum())} labels in "
            f"{int(dataset.rows_with_missing().sum())} rows are unknown. Treating them "
            "as absent teaches a model that they are."
        )
        yield Finding("warning", "unknown labels", text)
