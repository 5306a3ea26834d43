"""Reading Parquet files: the kit's own exactly, all others as tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets.formats.parquet_layout import Layout, damaged, read_layout
from mlkit.exceptions import FormatError

__all__ = ["is_parquet", "read_dataset", "read_frame"]

_MAGIC = b"PAR1"


def is_parquet(path: str | Path) -> bool:
    """Return whether a file is Parquet, by its first four bytes.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    bool

    Raises
    ------
    OSError
        If it cannot be opened.
    """
    with Path(path).open("rb") as stream:
        return stream.read(len(_MAGIC)) == _MAGIC


def read_frame(path: Path) -> pd.DataFrame:
    """Read a Parquet file of any origin as a table.

    Parameters
    ----------
    path : Path

    Returns
    -------
    DataFrame
        Dictionaries are categories, lists are arrays in an object column, and row names
        that pandas stored are row names again.

    Raises
    ------
    FormatError
        If it is no Parquet file, or a damaged one.
    """
    with _open(path) as file:
        try:
            return _to_pandas(file.read())
        except (pa.ArrowInvalid, OSError) as err:
            raise _broken(path, err) from err


def read_dataset(path: Path, name: str | None = None) -> MultiLabelDataset | None:
    """Read a data set that `write_parquet` wrote.

    Parameters
    ----------
    path : Path
    name : str, optional
        By default the name that it had.

    Returns
    -------
    MultiLabelDataset or None
        None for a Parquet file of other origin.

    Raises
    ------
    FormatError
        If it is no Parquet file, a damaged one, or of a newer version of the kit.
    """
    with _open(path) as file:
        layout = read_layout(file.schema_arrow, path)
        if layout is None:
            return None
        try:
            return _Reader(file, layout).dataset(name)
        except OSError as err:
            raise _broken(path, err) from err
        except (KeyError, IndexError, TypeError, ValueError) as err:
            raise damaged(path) from err


def _open(path: Path) -> pq.ParquetFile:
    if not is_parquet(path):
        msg = "this is no Parquet file: it does not begin with 'PAR1'. Fetch it again."
        raise FormatError(msg, path=path)
    try:
        return pq.ParquetFile(path, memory_map=True)
    except (pa.ArrowInvalid, OSError) as err:
        raise _broken(path, err) from err


def _broken(path: Path, err: Exception) -> FormatError:
    msg = f"the Parquet file is damaged or cut off ({err}). Fetch or write it again."
    return FormatError(msg, path=path)


def _to_pandas(table: pa.Table) -> pd.DataFrame:
    # Column by column, each given up as soon as pandas has it: no second copy of all.
    return table.to_pandas(split_blocks=True, self_destruct=True)


class _Reader:
    """Builds the data set out of the columns of a file.

    The metadata come from a file and may say anything. What does not fit raises one of
    Python's own errors, which `read_dataset` words.

    Parameters
    ----------
    file : pyarrow.parquet.ParquetFile
    layout : Layout
    """

    def __init__(self, file: pq.ParquetFile, layout: Layout) -> None:
        self.file = file
        self.layout = layout
        names = file.schema_arrow.names
        n_features = _n_columns(layout.X)
        n_labels = _n_columns(layout.Y)
        self.features = names[:n_features]
        self.labels = names[n_features : n_features + n_labels]
        self.rows = names[n_features + n_labels :]

    def dataset(self, name: str | None) -> MultiLabelDataset:
        """Read everything."""
        layout = self.layout
        index = self._row_names()
        X = self._features(index)
        Y, missing = self._labels(index)
        return MultiLabelDataset(
            X,
            Y,
            layout.label_names,
            layout.feature_names,
            name=layout.name if name is None else name,
            source=layout.dataset_source(),
            missing=missing,
        )

    def _row_names(self) -> pd.Index | None:
        names = self.layout.index_names
        if names is None:
            return None
        index = _to_pandas(self.file.read(self.rows)).index
        return index.set_names(names)

    def _features(self, index: pd.Index | None) -> Any:
        X = self.layout.X
        if X["kind"] == "csr":
            return self._csr(X, *self.features)
        if X["kind"] == "array":
            return self._array(X)
        frame = _to_pandas(self.file.read(self.features))
        frame.index = cast(pd.Index, index)
        return _restored(frame, X)

    def _labels(self, index: pd.Index | None) -> tuple[Any, Any]:
        Y = self.layout.Y
        if Y["kind"] == "csr":
            labels, unknown = self.labels
            missing = None
            if Y["n_missing"]:
                missing = self._csr({**Y, "nnz": Y["n_missing"], "dtype": "?"}, unknown)
            return self._csr(Y, labels), missing
        table = self.file.read(self.labels)
        values = np.empty((len(self.labels), self.layout.n_samples), dtype=np.int8)
        missing = None
        for j, column in enumerate(table.columns):
            # The mask exists only where something is unknown.
            if column.null_count:
                if missing is None:
                    missing = np.zeros(values.shape, dtype=bool)
                missing[j] = column.is_null().to_numpy()
                column = column.fill_null(0)
            values[j] = column.to_numpy()
        names = list(self.layout.label_names)
        frame = pd.DataFrame(values.T, columns=names, copy=False)
        if index is not None:
            frame.index = index
        return frame, None if missing is None else missing.T

    def _csr(
        self, spec: dict[str, Any], indices: str, values: str | None = None
    ) -> sp.csr_array:
        """Join lists to a CSR matrix, batch by batch into arrays of the final size."""
        n_rows, nnz = self.layout.n_samples, spec["nnz"]
        columns = np.empty(nnz, dtype=spec["index_dtype"])
        data = np.ones(nnz, dtype=spec["dtype"])
        ends = np.zeros(n_rows + 1, dtype=np.int64)
        row = cell = 0
        wanted = [indices] if values is None else [indices, values]
        for batch in self.file.iter_batches(columns=wanted):
            lists = batch.column(0)
            stop = cell + len(lists.flatten())
            columns[cell:stop] = lists.flatten().to_numpy()
            if values is not None:
                cells = batch.column(1).flatten()
                data[cell:stop] = cells.to_numpy(zero_copy_only=False)
            lengths = lists.value_lengths().to_numpy()
            ends[row + 1 : row + 1 + len(batch)] = cell + np.cumsum(lengths)
            row, cell = row + len(batch), stop
        if cell != nnz or row != n_rows or (columns >= spec["n_columns"]).any():
            msg = "The lists do not fit the sizes."
            raise ValueError(msg)
        ends = ends.astype(spec["index_dtype"])
        return sp.csr_array((data, columns, ends), shape=(n_rows, spec["n_columns"]))

    def _array(self, spec: dict[str, Any]) -> np.ndarray:
        """Join lists of fixed length to an array."""
        n_rows = self.layout.n_samples
        X = np.empty((n_rows, *spec["shape"]), dtype=np.dtype(spec["dtype"]))
        # Without a column the array has no elements: a dimension is 0.
        row = 0
        if self.features:
            for batch in self.file.iter_batches(columns=self.features):
                cells = batch.column(0).flatten().to_numpy(zero_copy_only=False)
                X[row : row + len(batch)] = cells.reshape(len(batch), *spec["shape"])
                row += len(batch)
        return X


def _n_columns(spec: dict[str, Any]) -> int:
    """Count the columns of the file that hold features, or labels."""
    if spec["kind"] == "frame":
        return len(spec["dtypes"])
    if spec["kind"] == "csr":
        return 2
    return 1 if np.prod(spec["shape"], dtype=np.int64) else 0


def _restored(frame: pd.DataFrame, spec: dict[str, Any]) -> pd.DataFrame:
    """Give the columns the dtypes that they had.

    Parquet has fewer types than pandas: object and str are both text to it, and of
    categories it keeps the values that occur.
    """
    for j, wanted in enumerate(spec["dtypes"]):
        column = frame.columns[j]
        categories = spec["categories"].get(str(j))
        if categories is not None:
            values = pd.Index(categories["values"], dtype=categories["dtype"])
            dtype = pd.CategoricalDtype(values, ordered=categories["ordered"])
            frame[column] = frame[column].astype(dtype)
        elif wanted == "object":
            # Text has NaN for what is missing, an object column mostly None.
            cells = frame[column].astype(object)
            frame[column] = cells.where(cells.notna(), None)
        elif str(frame[column].dtype) != wanted:
            frame[column] = frame[column].astype(wanted)
    return frame
