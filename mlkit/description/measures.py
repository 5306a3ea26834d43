"""Label statistics of a dataset."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset

__all__ = ["Description", "describe", "distinct_label_sets"]


@dataclass(frozen=True, slots=True)
class Description:
    """The label statistics of one dataset.

    Parameters
    ----------
    name : str
        Name of the dataset.
    summary : Series
        One figure a row; see `describe` for their definitions.
    labels : DataFrame
        One label a row: ``count``, ``share`` of the rows in [0, 1], ``irlbl``.
    """

    name: str
    summary: pd.Series
    labels: pd.DataFrame

    def _repr_html_(self) -> str:
        return self.summary.to_frame().to_html() + self.labels.to_html(
            float_format="{:.3f}".format
        )

    def __repr__(self) -> str:
        lines = [f"{self.name}"]
        lines += [
            f"  {key:<20} {_figure(value)}" for key, value in self.summary.items()
        ]
        table = self.labels.to_string(float_format="{:.3f}".format)
        return "\n".join([*lines, "", table])


def _figure(value: object) -> str:
    if isinstance(value, float) and not value.is_integer():
        return f"{value:.4f}"
    return f"{value:.0f}"


def distinct_label_sets(Y: np.ndarray | pd.DataFrame | sp.csr_array) -> pd.Series:
    """Count how often each label set occurs.

    Parameters
    ----------
    Y : ndarray, DataFrame or csr_array, shape (n_samples, n_labels)
        Entries 0 and 1.

    Returns
    -------
    Series of int
        Indexed by label set, a tuple of the columns that are 1 (names where `Y` is a
        DataFrame, else positions); the most frequent first.

    Notes
    -----
    Works on CSR without making it dense: O(number of ones).

    Examples
    --------
    >>> distinct_label_sets(np.array([[1, 0], [1, 1], [1, 0]])).tolist()
    [2, 1]
    """
    names = list(Y.columns) if isinstance(Y, pd.DataFrame) else list(range(Y.shape[1]))
    dense = Y.to_numpy() if isinstance(Y, pd.DataFrame) else Y
    rows = sp.csr_array(dense)
    rows.sort_indices()
    counts: dict[tuple[int, ...], int] = {}
    for start, stop in zip(rows.indptr[:-1], rows.indptr[1:], strict=True):
        key = tuple(rows.indices[start:stop].tolist())
        counts[key] = counts.get(key, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    index = pd.Index(
        [tuple(names[j] for j in key) for key, _ in ordered],
        tupleize_cols=False,
        name="label_set",
    )
    return pd.Series([n for _, n in ordered], index=index, name="count", dtype=np.int64)


def describe(dataset: MultiLabelDataset) -> Description:
    r"""Compute the label statistics of a dataset.

    Parameters
    ----------
    dataset : MultiLabelDataset
        Unknown labels count as absent.

    Returns
    -------
    Description
        With a summary and a table of the labels.

    Notes
    -----
    With :math:`n` rows, :math:`q` labels, :math:`|Y_i|` labels in row :math:`i` and
    :math:`c_j` positives of label :math:`j`:

    ==================== ============================================================
    figure               definition
    ==================== ============================================================
    cardinality          mean of :math:`|Y_i|`
    density              cardinality / :math:`q`
    distinct_label_sets  number of different rows of Y, the empty one included
    sets_seen_once       number of label sets that occur once
    rows_without_label   number of rows with :math:`|Y_i| = 0`
    irlbl (per label)    :math:`\max_k c_k / c_j`; infinite where :math:`c_j = 0`
    mean_ir              mean of irlbl over the labels with :math:`c_j > 0`
    max_ir               greatest finite irlbl
    ==================== ============================================================

    References
    ----------
    Tsoumakas, Katakis, Vlahavas (2010), Mining multi-label data, section 2 (cardinality
    and density). Charte, Rivera, del Jesus, Herrera (2015), Addressing imbalance in
    multilabel classification, Neurocomputing 163, equations 1 and 2 (IRLbl, MeanIR;
    there a label without positives has no ratio).

    Examples
    --------
    >>> ds = MultiLabelDataset([[0], [1], [2]], [[1, 0], [1, 1], [0, 0]])
    >>> describe(ds).summary["cardinality"], describe(ds).summary["mean_ir"]
    (1.0, 1.5)
    """
    counts = dataset.label_counts
    irlbl = _imbalance(counts.to_numpy())
    finite = irlbl[np.isfinite(irlbl)]
    sets = distinct_label_sets(dataset.Y)
    summary = {
        "rows": dataset.n_samples,
        "features": dataset.n_features,
        "labels": dataset.n_labels,
        "cardinality": dataset.cardinality,
        "density": dataset.density,
        "distinct_label_sets": len(sets),
        "sets_seen_once": int((sets == 1).sum()),
        "rows_without_label": int(sets.get((), 0)),
        "mean_ir": float(finite.mean()) if finite.size else float("nan"),
        "max_ir": float(finite.max()) if finite.size else float("nan"),
    }
    labels = pd.DataFrame(
        {"count": counts, "share": counts / max(dataset.n_samples, 1), "irlbl": irlbl}
    )
    labels.index.name = "label"
    return Description(
        dataset.name, pd.Series(summary, name=dataset.name, dtype=object), labels
    )


def _imbalance(counts: np.ndarray) -> np.ndarray:
    most = counts.max(initial=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(counts > 0, most / counts, np.inf)
