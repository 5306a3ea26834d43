"""Rows against a tree of labels: who carries a label carries the one above it too."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets.formats.label_xml import LabelTree
from mlkit.exceptions import FormatError
from mlkit.validation import LabelMatrix

__all__ = ["check_hierarchy"]


def check_hierarchy(dataset: MultiLabelDataset, tree: LabelTree | None) -> None:
    """Check that every row that carries a label carries the label above it too.

    Parameters
    ----------
    dataset : MultiLabelDataset
    tree : LabelTree or None
        Its names are labels of the data set. None is a tree without any branch.

    Raises
    ------
    FormatError
        If a row breaks the hierarchy; the message names row and labels. An unknown
        label contradicts nothing.

    Notes
    -----
    O(n q).
    """
    if tree is None or not tree.is_hierarchy:
        return
    position = {name: j for j, name in enumerate(dataset.label_names)}
    Y = dataset.Y
    for name, parent in zip(tree.names, tree.parents, strict=True):
        if parent is None:
            continue
        child, above = (_column(Y, position[label]) for label in (name, parent))
        if dataset.missing is not None:
            above = above | _column(dataset.missing, position[parent])
        broken = np.flatnonzero(child > above)
        if broken.size:
            msg = (
                f"row {broken[0]} carries the label '{name}' and not '{parent}', which "
                f"stands above it in the hierarchy ({broken.size} such rows). Correct "
                "the rows, or flatten the label file."
            )
            raise FormatError(msg, path=dataset.source.path if dataset.source else None)


def _column(matrix: LabelMatrix, column: int) -> np.ndarray:
    """One column of labels or of their mask, whatever they are kept in."""
    if isinstance(matrix, pd.DataFrame):
        return matrix.iloc[:, column].to_numpy()
    if isinstance(matrix, np.ndarray):
        return matrix[:, column]
    return matrix[:, [column]].toarray().ravel()
