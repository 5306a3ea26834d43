"""Writing Parquet files that keep every detail of a data set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets.formats.column_names import unique_names
from mlkit.datasets.formats.parquet_layout import Layout
from mlkit.exceptions import UnwritableError, names_for_message
from mlkit.writing import atomic_file

__all__ = ["write_parquet"]

# Bytes of a row group: what a reader holds at once.
_GROUP = 1 << 25
_JSON_VALUES = ("string", "integer", "floating", "boolean")
_CANNOT = (
    *(pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError),
    OverflowError,
)


def write_parquet(dataset: MultiLabelDataset, path: str | Path) -> list[Path]:
    """Write a data set as a Parquet file, which `mlkit.read` reads back as it was.

    Parameters
    ----------
    dataset : MultiLabelDataset
        Of any kind: tables, CSR, pictures, sequences, texts.
    path : str or Path
        Ends in ``.parquet``. A file that is there is replaced.

    Returns
    -------
    list of Path
        The file.

    Raises
    ------
    UnwritableError
        If a column holds objects of several kinds, or of a kind that Parquet lacks
        (complex numbers, Python objects).
    OSError
        If the folder cannot be written to; nothing is left behind.

    Notes
    -----
    Kept are values, dtypes, categories and their order, row names, the mask of unknown
    labels, the containers, all names and the source. Two exceptions: a missing cell of
    an object column comes back as None, and a column of categories that are neither
    text nor numbers nor booleans keeps only those that occur.

    Other programs see a table: features as columns, then labels as 0, 1 and null. CSR
    is stored as lists of column numbers and values, an array of more dimensions as
    lists of fixed length. A row group is some 32 MB, so that writing and reading take
    little more memory than the data.
    """
    target = Path(path)
    try:
        rows = _Rows(dataset)
        with (
            atomic_file(target) as temporary,
            pq.ParquetWriter(temporary, rows.schema) as writer,
        ):
            for block in rows.blocks():
                writer.write_table(block)
    except _CANNOT as err:
        msg = (
            f"'{dataset.name}' holds what Parquet cannot ({err}). Convert it to "
            "numbers, text or categories."
        )
        raise UnwritableError(msg) from err
    return [target]


class _Rows:
    """A data set as blocks of an Arrow table.

    The columns are those that `parquet_layout` lists. Features of a DataFrame and row
    names are converted by pandas and Arrow together, which know each other's types and
    leave a note for other programs in the metadata; everything else is converted here.

    Parameters
    ----------
    dataset : MultiLabelDataset

    Raises
    ------
    pyarrow.ArrowInvalid, pyarrow.ArrowTypeError, pyarrow.ArrowNotImplementedError
        If a column has no type in Arrow.
    """

    def __init__(self, dataset: MultiLabelDataset) -> None:
        self.dataset = dataset
        self.X, self.Y = dataset.X, dataset.Y
        self.index = _row_names(dataset)
        self.frame = _side_frame(self.X, self.index)
        labels = list(dataset.label_names)
        features = _feature_columns(self.X)
        frame_schema = _frame_schema(self.frame)
        if not isinstance(self.Y, pd.DataFrame):
            labels = ["labels", "unknown"]
        if isinstance(self.X, pd.DataFrame):
            features = list(self.X.columns)
        row_names = frame_schema.names[len(self.frame.columns) :]
        # A feature, a label and a row name may share a name, columns may not. Pandas'
        # own entry of the metadata knows features and row names by name: these stay.
        kept = [*features, *row_names]
        self.names = [
            *features,
            *unique_names([*kept, *labels])[len(kept) :],
            *row_names,
        ]
        self.frame_schema = frame_schema
        self.schema = self._schema()

    def blocks(self) -> Iterator[pa.Table]:
        """Yield row groups; at least one, which may be empty."""
        step = _rows_a_group(self.dataset)
        for start in range(0, max(self.dataset.n_samples, 1), step):
            rows = slice(start, start + step)
            yield pa.Table.from_arrays(self._arrays(rows), schema=self.schema)

    def _schema(self) -> pa.Schema:
        # No rows say as much about the types as all of them.
        first = self._arrays(slice(0, 0))
        fields = [
            pa.field(name, array.type)
            for name, array in zip(self.names, first, strict=True)
        ]
        metadata = {
            **(self.frame_schema.metadata or {}),
            **_layout(self.dataset, self.index).metadata(),
        }
        return pa.schema(fields, metadata=metadata)

    def _arrays(self, rows: slice) -> list[pa.Array]:
        """Columns of some rows, in the order of `names`."""
        side = pa.Table.from_pandas(self.frame.iloc[rows], schema=self.frame_schema)
        columns = [column.combine_chunks() for column in side.columns]
        n_features = len(self.frame.columns)
        if isinstance(self.X, pd.DataFrame):
            features = columns[:n_features]
        elif sp.issparse(self.X):
            features = _lists(self.X[rows], values=True)
        else:
            features = _fixed_lists(self.X[rows])
        return [*features, *self._labels(rows), *columns[n_features:]]

    def _labels(self, rows: slice) -> list[pa.Array]:
        missing = self.dataset.missing
        if isinstance(self.Y, pd.DataFrame):
            values = self.Y.iloc[rows].to_numpy()
            masks = None if missing is None else missing[rows]
            return [
                pa.array(values[:, j], mask=None if masks is None else masks[:, j])
                for j in range(values.shape[1])
            ]
        if missing is None:
            missing = sp.csr_array(self.Y.shape, dtype=bool)
        return [*_lists(self.Y[rows], values=False), *_lists(missing[rows], False)]


def _row_names(dataset: MultiLabelDataset) -> pd.Index | None:
    """Row names, where a DataFrame keeps them."""
    for part in (dataset.X, dataset.Y):
        if isinstance(part, pd.DataFrame):
            return part.index
    return None


def _side_frame(X: Any, index: pd.Index | None) -> pd.DataFrame:
    """Features and row names, or the row names alone."""
    frame = X if isinstance(X, pd.DataFrame) else pd.DataFrame(index=index)
    if index is None:
        return pd.DataFrame(index=pd.RangeIndex(X.shape[0]))
    names = [name for name in index.names if name is not None]
    columns = [*frame.columns, *names]
    if all(isinstance(n, str) for n in names) and len(set(columns)) == len(columns):
        return frame
    # Arrow takes names that are text and stand once; ours keep the others.
    frame = frame.copy(deep=False)
    frame.index = index.set_names([None] * index.nlevels)
    return frame


def _frame_schema(frame: pd.DataFrame) -> pa.Schema:
    schema = pa.Schema.from_pandas(frame)
    nested = [field.name for field in schema if pa.types.is_nested(field.type)]
    if nested:
        # They would come back as arrays, whatever they are.
        msg = (
            f"lists or dictionaries in {names_for_message(nested)}, which would not "
            "come back as they are"
        )
        raise pa.ArrowTypeError(msg)
    return schema


def _feature_columns(X: Any) -> list[str]:
    """Names of the columns that hold features which are no DataFrame."""
    if sp.issparse(X):
        return ["X.indices", "X.values"]
    # There is no list of fixed length 0.
    return ["X"] if np.prod(X.shape[1:], dtype=np.int64) else []


def _lists(matrix: sp.csr_array, values: bool) -> list[pa.Array]:
    """Rows of a CSR matrix as lists: column numbers, and values if asked for."""
    # The rows may be a slice of a larger matrix, whose pointers start elsewhere.
    ends = pa.array(matrix.indptr - matrix.indptr[0], pa.int32())
    parts = [matrix.indices, matrix.data] if values else [matrix.indices]
    return [pa.ListArray.from_arrays(ends, pa.array(part)) for part in parts]


def _fixed_lists(X: np.ndarray) -> list[pa.Array]:
    """Rows of an array as lists of one length."""
    length = int(np.prod(X.shape[1:], dtype=np.int64))
    if not length:
        return []
    native = X.astype(X.dtype.newbyteorder("="), copy=False).ravel()
    # The type must not depend on which rows these are.
    kind = pa.large_string() if X.dtype == object else None
    return [pa.FixedSizeListArray.from_arrays(pa.array(native, kind), length)]


def _rows_a_group(dataset: MultiLabelDataset) -> int:
    """Return how many rows make up a row group, at least 1."""
    n_bytes = sum(_n_bytes(part) for part in (dataset.X, dataset.Y))
    return max(1, int(_GROUP * dataset.n_samples / max(n_bytes, 1)))


def _n_bytes(container: Any) -> int:
    if isinstance(container, pd.DataFrame):
        return int(container.memory_usage(index=False).sum())
    if sp.issparse(container):
        return int(container.data.nbytes + container.indices.nbytes)
    return int(container.nbytes)


def _layout(dataset: MultiLabelDataset, index: pd.Index | None) -> Layout:
    """Describe what the columns alone do not say."""
    features = dataset.feature_names
    return Layout(
        name=dataset.name,
        n_samples=dataset.n_samples,
        label_names=list(dataset.label_names),
        feature_names=None if features is None else list(features),
        X=_describe(dataset.X),
        Y=_describe(dataset.Y, missing=dataset.missing),
        index_names=None if index is None else [_json(name) for name in index.names],
        source=None if dataset.source is None else asdict(dataset.source),
    )


def _json(name: object) -> object:
    """Name of a level of row names, as far as JSON can hold it."""
    return name if name is None or isinstance(name, (str, int)) else str(name)


def _describe(container: Any, missing: Any = None) -> dict[str, Any]:
    """Describe features or labels."""
    if isinstance(container, pd.DataFrame):
        return {
            "kind": "frame",
            "dtypes": [str(dtype) for dtype in container.dtypes],
            "categories": _categories(container),
        }
    if sp.issparse(container):
        return {
            "kind": "csr",
            "dtype": container.dtype.str,
            "index_dtype": container.indices.dtype.str,
            "n_columns": container.shape[1],
            "nnz": int(container.nnz),
            "n_missing": 0 if missing is None else int(missing.nnz),
        }
    return {
        "kind": "array",
        "dtype": container.dtype.str,
        "shape": list(container.shape[1:]),
    }


def _categories(frame: pd.DataFrame) -> dict[str, Any]:
    """Categories by column: Parquet keeps neither their order nor unused ones."""
    kept = {}
    for j, dtype in enumerate(frame.dtypes):
        if isinstance(dtype, pd.CategoricalDtype):
            values = dtype.categories
            if pd.api.types.infer_dtype(values, skipna=False) in _JSON_VALUES:
                kept[str(j)] = {
                    "dtype": str(values.dtype),
                    "values": values.tolist(),
                    "ordered": bool(dtype.ordered),
                }
    return kept
