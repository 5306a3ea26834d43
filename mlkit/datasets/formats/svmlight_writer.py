"""Writing multi-label LIBSVM files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets.formats.cell_texts import (
    check_exact,
    is_number,
    join_columns,
    join_stored,
    lines,
    number_texts,
    row_blocks,
    stored_cells,
)
from mlkit.datasets.formats.paired_files import label_xml_beside, with_label_xml
from mlkit.exceptions import (
    LabelSourceWarning,
    UnwritableError,
    names_for_message,
    warn,
)

__all__ = ["write_svmlight"]


def write_svmlight(
    dataset: MultiLabelDataset, path: str | Path, *, zero_based: bool = False
) -> list[Path]:
    r"""Write a dataset in LIBSVM format, with the label XML beside it.

    Parameters
    ----------
    dataset : MultiLabelDataset
        X is a matrix or a table of numbers; all labels are known.
    path : str or Path
        The file; folders above it are created, and an older file is replaced.
    zero_based : bool, default False
        Whether labels and features count from 0. LIBSVM itself wants features from 1.

    Returns
    -------
    list of Path
        The file, and the XML with the names of the labels in the order of their
        numbers.

    Raises
    ------
    UnwritableError
        If X is no table of numbers, labels are unknown, there are no rows or no
        features, an integer is above 2**53, or a label name has a character that XML
        cannot hold.
    LabelNameError
        If there are no labels.
    OSError
        If a file cannot be written; nothing is left behind.

    Warns
    -----
    LabelSourceWarning
        If labels count from 0 and no row carries the first one: a reader cannot see
        where they start, and must be told.

    Notes
    -----
    `mlkit.read` gives X as CSR of float64 and Y as CSR. Names of features and rows,
    the name of the dataset and its source are not kept. Numbers are the shortest
    decimals that are read back exactly; a missing value is ``nan``, which scikit-learn
    reads too.

    Zeros are left out, except where they carry meaning: where the last feature is 0 in
    every row, the first row holds it as ``d:0``, else its column would be lost; a row
    without labels and without features holds it too, as it would be a blank line. With
    `zero_based` the first row likewise holds ``0:0`` where the first feature is 0 in
    every row, to show the base.

    Memory beside the dataset is that of a block of rows, some 30 MB.

    References
    ----------
    C.-C. Chang, C.-J. Lin. "LIBSVM: A Library for Support Vector Machines", ACM TIST
    2(3):27, 2011, doi 10.1145/1961189.1961199.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> ds = MultiLabelDataset(
    ...     [[0.5, 1, 0], [0, 4, 0]], [[1, 0, 1], [0, 0, 0]], ["calm", "happy", "sad"]
    ... )
    >>> with TemporaryDirectory() as folder:
    ...     path, xml = write_svmlight(ds, Path(folder, "toy.libsvm"))
    ...     path.read_text()
    '1,3 1:0.5 2:1 3:0\n 2:4\n'
    """
    path = Path(path)
    X = _features(dataset)
    _check_labels(dataset)
    base = 0 if zero_based else 1
    # Features show their base by an explicit 0, labels have nothing of the kind.
    if zero_based and not dataset.label_counts.iloc[:1].all():
        warn(
            f"No row carries the first label '{dataset.label_names[0]}', so readers of "
            f"{path.name} take its numbers to count from 1. Read it with "
            "zero_based=True, or write it without.",
            LabelSourceWarning,
        )
    anchors = _anchors(X, zero_based)
    Y: Any = dataset.Y
    n_cells = sum(int(part.nnz if sp.issparse(part) else part.size) for part in (X, Y))
    with (
        with_label_xml(path, dataset.label_names) as temporary,
        temporary.open("wb") as file,
    ):
        for rows in row_blocks(dataset.n_samples, n_cells):
            file.write(_block(_rows(X, rows), _rows(Y, rows), base, anchors))
            # The first row of the first block is enough.
            anchors = anchors[:0]
    return [path, label_xml_beside(path)]


def _features(dataset: MultiLabelDataset) -> Any:
    """Return X as CSR, or as an array or a table of numbers, checked."""
    X: Any = dataset.X
    if X.ndim > 2:
        msg = (
            f"X has {X.ndim} dimensions {X.shape}; a LIBSVM file holds one number a "
            "feature. Write a .parquet file, or reshape X to (n_samples, n_features)."
        )
        raise UnwritableError(msg)
    if 0 in X.shape:
        msg = (
            f"X has shape {X.shape}; a LIBSVM file cannot say that there are no rows "
            "or no features. Write an .arff or a .parquet file."
        )
        raise UnwritableError(msg)
    frame = X
    if not isinstance(X, pd.DataFrame):
        # One column stands for all: they are of one type.
        values = X.data if sp.issparse(X) else X.ravel()
        frame = pd.Series(values, copy=False).to_frame("X")
    other = [name for name, dtype in frame.dtypes.items() if not is_number(dtype)]
    if other:
        msg = (
            f"A LIBSVM file holds numbers only, and these features are none: "
            f"{names_for_message(other)}. Encode them, or write an .arff or a .parquet "
            "file."
        )
        raise UnwritableError(msg)
    for name, dtype in frame.dtypes.items():
        if dtype.kind in "iu":
            check_exact(str(name), frame[name])
    return X


def _check_labels(dataset: MultiLabelDataset) -> None:
    if dataset.n_missing:
        msg = (
            f"{dataset.name} has {dataset.n_missing} unknown labels, and a LIBSVM file "
            "only says which labels a row has. Write an .arff, .csv or .parquet file, "
            "or drop the rows: ds[~ds.rows_with_missing()]."
        )
        raise UnwritableError(msg)


def _anchors(X: Any, zero_based: bool) -> np.ndarray:
    """Features that the first row must hold, or the width or the base would be lost."""
    ends = [0, X.shape[1] - 1] if zero_based else [X.shape[1] - 1]
    return np.unique([column for column in ends if not _occurs(X, column)]).astype(int)


def _occurs(X: Any, column: int) -> bool:
    """Whether any row has a feature that is not 0 in this column."""
    if sp.issparse(X):
        return bool((X.data[X.indices == column] != 0).any())
    if isinstance(X, pd.DataFrame):
        # As floats, in which a missing value is not 0; pandas' NA would be neither.
        values = X.iloc[:, column].to_numpy(np.float64, na_value=np.nan)
    else:
        values = X[:, column]
    return bool((values != 0).any())


def _rows(matrix: Any, rows: slice) -> sp.csr_array:
    """Return some rows of a matrix or a table of numbers, as CSR."""
    if isinstance(matrix, pd.DataFrame):
        return sp.csr_array(matrix.iloc[rows].to_numpy(np.float64, na_value=np.nan))
    return sp.csr_array(matrix[rows])


def _block(X: sp.csr_array, Y: sp.csr_array, base: int, anchors: np.ndarray) -> bytes:
    """Write some rows; the first row holds `anchors` even if they are 0."""
    row, column, values = stored_cells(X)
    label_row, labels, _ = stored_cells(Y)
    label_counts = np.bincount(label_row, minlength=X.shape[0])
    blank = np.flatnonzero(label_counts + np.bincount(row, minlength=X.shape[0]) == 0)
    # The first row is no longer blank where it holds anchors.
    if anchors.size:
        blank = blank[blank != 0]
    row = np.concatenate([row, np.zeros_like(anchors), blank])
    column = np.concatenate([column, anchors, np.full_like(blank, X.shape[1] - 1)])
    values = np.concatenate([values, np.zeros(anchors.size + blank.size)])
    # Anchors and blanks join where they belong: indices must increase.
    order = np.lexsort((column, row))
    counts = np.bincount(row, minlength=X.shape[0])
    texts = number_texts(values[order], missing="nan")
    pairs = join_columns([_numbers(column[order] + base), texts], ":")
    # A row without labels starts with the blank, as LIBSVM's own tools write it.
    blanks = pc.if_else(counts > 0, " ", "")
    before = join_stored(_numbers(labels + base), label_counts, ",")
    return lines(join_columns([before, blanks, join_stored(pairs, counts, " ")], ""))


def _numbers(numbers: np.ndarray) -> pa.StringArray:
    return number_texts(numbers, missing="")
