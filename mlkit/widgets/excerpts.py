"""A part of a data set that is small enough to be learned between two frames."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset

__all__ = ["excerpt"]


def excerpt(
    dataset: MultiLabelDataset, *, most_rows: int, most_labels: int
) -> tuple[MultiLabelDataset, str]:
    """Take some rows and the most frequent labels of a dataset.

    Parameters
    ----------
    dataset : MultiLabelDataset
        All its labels known.
    most_rows : int
        More rows than these are drawn at random, with a fixed seed; their order stays.
    most_labels : int
        How many labels are taken at most, the most frequent first; of equally frequent
        ones the first.

    Returns
    -------
    part : MultiLabelDataset
        Its labels are a DataFrame, the most frequent first.
    words : str
        What was left out, to be said below the picture; empty where that is nothing.

    Raises
    ------
    MissingLabelsError
        If labels are unknown.

    Examples
    --------
    >>> ds = MultiLabelDataset([[1], [2]], [[0, 1], [1, 1]], ["sea", "sun"])
    >>> part, words = excerpt(ds, most_rows=10, most_labels=1)
    >>> part.label_names, words
    (('sun',), 'The most frequent of 2 labels')
    """
    counts = dataset.label_counts.to_numpy()
    places = np.argsort(-counts, kind="stable")[:most_labels]
    some = _draw_rows(dataset, most_rows)
    X, Y = some.as_xy()
    names = [dataset.label_names[place] for place in places]
    # The columns that are taken, not the matrix, are made dense.
    values = Y[:, places].toarray() if sp.issparse(Y) else Y.iloc[:, places].to_numpy()
    index = X.index if isinstance(X, pd.DataFrame) else None
    part = MultiLabelDataset(
        X,
        pd.DataFrame(values, columns=names, index=index),
        feature_names=some.feature_names,
        name=dataset.name,
    )
    return part, _left_out(dataset, part)


def _draw_rows(dataset: MultiLabelDataset, most_rows: int) -> MultiLabelDataset:
    if dataset.n_samples <= most_rows:
        return dataset
    # Drawn, since rows often come in the order of something.
    rng = np.random.default_rng(0)
    rows = rng.choice(dataset.n_samples, size=most_rows, replace=False)
    return dataset[np.sort(rows)]


def _left_out(dataset: MultiLabelDataset, part: MultiLabelDataset) -> str:
    parts = []
    if part.n_labels < dataset.n_labels:
        number = f"{part.n_labels} most" if part.n_labels > 1 else "most"
        parts.append(f"the {number} frequent of {dataset.n_labels:,} labels")
    if part.n_samples < dataset.n_samples:
        parts.append(f"{part.n_samples:,} of {dataset.n_samples:,} rows")
    words = ", ".join(parts)
    return words[:1].upper() + words[1:]
