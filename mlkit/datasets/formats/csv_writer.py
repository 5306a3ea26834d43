"""Writing CSV and TSV files that `read` understands without being told anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets.formats.csv_file import default_separator, opener_of
from mlkit.datasets.formats.paired_files import label_xml_beside, with_label_xml
from mlkit.exceptions import UnwritableError, names_for_message

__all__ = ["write_csv"]

# Cells that are written at once, whatever the width of the table.
_CELLS = 1 << 18
# Sparse data written out in full: beyond that nobody wants the file.
_MOST_CELLS = 500_000_000
_PLAIN_TEXT = ("string", "empty", "boolean", "integer", "floating", "decimal")
_PLAIN = (*_PLAIN_TEXT, "mixed-integer-float", "date", "datetime", "datetime64")


def write_csv(dataset: MultiLabelDataset, path: str | Path) -> list[Path]:
    """Write a data set as delimited text, with the label XML beside it.

    Parameters
    ----------
    dataset : MultiLabelDataset
        X is a table. CSR is written out in full, block by block.
    path : str or Path
        Separated by commas; by tabs for ``.tsv``, ``.tab`` and ``.txt``. With a further
        ``.gz``, ``.bz2`` or ``.xz`` compressed. A file that is there is replaced.

    Returns
    -------
    list of Path
        The data file and the label XML.

    Raises
    ------
    UnwritableError
        If X has more than two dimensions, a column holds something else than numbers,
        text, categories, booleans or dates, two columns would have the same name, or a
        sparse X would become more than 500 million cells.
    OSError
        If the folder cannot be written to; nothing is left behind.

    See Also
    --------
    mlkit.datasets.formats.parquet_writer.write_parquet : Keeps every detail.

    Notes
    -----
    UTF-8; the features, then the labels as 0 and 1, an empty cell where a value is
    missing or a label unknown. Cells are quoted where needed. Numbers are written so
    that reading them gives the same float64. Row names come first, unless they are
    those that every table has (0, 1, 2, ...); read them back with ``index=``, which
    names without a heading do not need.

    What a text file cannot say is lost: categories come back as text, an empty text as
    a missing one, text that looks like numbers as numbers, CSR as a DataFrame, and
    features without names are called ``feature_0``, ``feature_1``, ...
    """
    target = Path(path)
    X = _table(dataset)
    index = _row_names(dataset)
    header = _header(dataset, X, index)
    separator = default_separator(target)
    with with_label_xml(target, dataset.label_names) as temporary:
        opened = opener_of(target)(temporary, "wb")
        with cast(BinaryIO, opened) as stream:
            stream.write(_header_line(header, separator).encode())
            for block in _blocks(dataset, X, index):
                stream.write(_lines(block, separator, index is not None).encode())
    return [target, label_xml_beside(target)]


def _table(dataset: MultiLabelDataset) -> pd.DataFrame | sp.csr_array:
    """Features as a table of columns that text can hold."""
    X = dataset.X
    if X.ndim > 2:
        msg = (
            f"'{dataset.name}' has features of shape {X.shape[1:]}, and a CSV file has "
            "rows and columns only. Write it as Parquet: a path that ends in .parquet."
        )
        raise UnwritableError(msg)
    if sp.issparse(X):
        n_cells = X.shape[0] * (X.shape[1] + dataset.n_labels)
        if n_cells > _MOST_CELLS:
            msg = (
                f"'{dataset.name}' is sparse; as CSV it would be {n_cells:,} cells. "
                "Write it as .parquet, .arff or .libsvm, which leave out zeros."
            )
            raise UnwritableError(msg)
        return X
    table = X if isinstance(X, pd.DataFrame) else pd.DataFrame(X, copy=False)
    odd = [str(name) for name, cells in table.items() if not _is_plain(cells)]
    if odd:
        msg = (
            f"a CSV file cannot hold what is in {names_for_message(odd)}. Convert "
            "it to numbers, text, booleans or dates, or write Parquet."
        )
        raise UnwritableError(msg)
    return table


def _is_plain(cells: pd.Series) -> bool:
    """Whether text can say what a column holds."""
    if cells.dtype == object:
        return pd.api.types.infer_dtype(cells, skipna=True) in _PLAIN
    return not pd.api.types.is_complex_dtype(cells)


def _row_names(dataset: MultiLabelDataset) -> pd.Index | None:
    """Row names, if they say more than 0, 1, 2, ... do."""
    for part in (dataset.X, dataset.Y):
        if isinstance(part, pd.DataFrame):
            plain = pd.RangeIndex(len(part))
            index = part.index
            return None if index.equals(plain) and index.name is None else index
    return None


def _header(
    dataset: MultiLabelDataset,
    X: pd.DataFrame | sp.csr_array,
    index: pd.Index | None,
) -> list[str]:
    """Names of all columns, each once.

    A single level of row names without a name has an empty heading, as pandas writes
    it: by that the reader knows it again.
    """
    features = dataset.feature_names
    if features is None:
        features = tuple(f"feature_{j}" for j in range(X.shape[1]))
    rows: list[str] = []
    if index is not None:
        single = index.nlevels == 1
        rows = [
            ("" if single else f"level_{j}") if name is None else str(name)
            for j, name in enumerate(index.names)
        ]
    names = [*rows, *features, *dataset.label_names]
    if len(set(names)) < len(names):
        seen: set[str] = set()
        twice = [name for name in names if name in seen or seen.add(name)]  # type: ignore[func-returns-value]
        msg = (
            "these columns would stand in the file twice, as row name, feature or "
            f"label: {names_for_message(twice)}. Rename one of the two."
        )
        raise UnwritableError(msg)
    return names


def _header_line(names: list[str], separator: str) -> str:
    # In quotes a single name cannot be taken for several, nor its first character for
    # a byte order mark.
    quoted = len(names) == 1 or names[0].startswith("\ufeff")
    line = io.StringIO()
    # csv quotes the characters of the line end only; a bare \r ends a line as well.
    writer = csv.writer(
        line,
        delimiter=separator,
        quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL,
        lineterminator="\r\n",
    )
    writer.writerow(names)
    return line.getvalue().removesuffix("\r\n") + "\n"


def _blocks(
    dataset: MultiLabelDataset,
    X: pd.DataFrame | sp.csr_array,
    index: pd.Index | None,
) -> Iterator[pd.DataFrame]:
    """Yield the table in blocks of rows, features and labels side by side."""
    step = max(1, _CELLS // max(X.shape[1] + dataset.n_labels, 1))
    for start in range(0, dataset.n_samples, step):
        rows = slice(start, start + step)
        features = X.iloc[rows] if isinstance(X, pd.DataFrame) else X[rows].toarray()
        labels: Any = _dense(dataset.Y, rows)
        if dataset.missing is not None:
            unknown = _dense(dataset.missing, rows)
            # Integers that may be missing: an empty cell, and 1 instead of 1.0.
            columns = {
                j: pd.arrays.IntegerArray(labels[:, j].copy(), unknown[:, j].copy())
                for j in range(labels.shape[1])
            }
            labels = pd.DataFrame(columns)
        sides = [pd.DataFrame(side) for side in (features, labels)]
        for side in sides:
            side.index = pd.RangeIndex(len(side)) if index is None else index[rows]
        yield pd.concat(sides, axis=1)


def _dense(matrix: Any, rows: slice) -> np.ndarray:
    """Return rows of a matrix as an array, whatever it is kept in."""
    if isinstance(matrix, pd.DataFrame):
        return matrix.iloc[rows].to_numpy()
    return matrix[rows].toarray() if sp.issparse(matrix) else matrix[rows]


def _lines(block: pd.DataFrame, separator: str, index: bool) -> str:
    """Render rows, quoted where needed."""
    settings: dict[str, Any] = {
        "sep": separator,
        "header": False,
        "index": index,
        "lineterminator": "\n",
    }
    text = block.to_csv(**settings)
    # The csv module leaves a carriage return unquoted, which would end the row.
    if "\r" in text:
        return block.to_csv(**settings, quoting=csv.QUOTE_NONNUMERIC)
    return text
