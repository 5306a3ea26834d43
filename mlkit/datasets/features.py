"""`read_features`: rows without labels, for a model that is to predict them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mlkit.datasets.formats.arff import read_arff
from mlkit.datasets.formats.arff_columns import features
from mlkit.datasets.formats.column_names import find_columns, unique_names
from mlkit.datasets.formats.csv_file import DELIMITED, open_csv
from mlkit.datasets.formats.parquet_reader import read_dataset, read_frame
from mlkit.datasets.formats.svmlight import read_svmlight
from mlkit.datasets.formats.table_sources import CsvSource, FrameSource, TableSource
from mlkit.datasets.reading import check_is_file, format_of
from mlkit.exceptions import FormatError, LabelNameError, names_for_message
from mlkit.validation import FeatureMatrix

__all__ = ["read_features"]

_LIBSVM = (".libsvm", ".svm", ".svmlight")


def read_features(
    path: str | Path,
    names: Sequence[str] | None = None,
    *,
    index: str | Sequence[str] | None = None,
    n_features: int | None = None,
) -> FeatureMatrix:
    r"""Read the features of rows whose labels are not known, or not wanted.

    Parameters
    ----------
    path : str or Path
        A file of any format that `mlkit.read` knows.
    names : sequence of str, optional
        Which columns, in this order, as a model was trained on them
        (``model.feature_names_in_``); others, such as labels, are left out. By default
        all columns.
    index : str or sequence of str, optional
        Tables: columns that name the rows and are no features. By default the first
        column of a delimited file where its heading is empty.
    n_features : int, optional
        LIBSVM: how many there are, where the last ones never occur.

    Returns
    -------
    DataFrame or csr_array, shape (n_samples, n_features)
        As X of `mlkit.read`.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If there is no file at `path`.
    FormatError
        If the suffix is unknown, or the file breaks a rule of its format.
    LabelNameError
        If the file lacks some of the columns; the message names them.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "new.csv")
    ...     _ = path.write_text("title,year,stars\nDr. Strangelove,1964,5\n")
    ...     read_features(path, ["stars", "year"], index="title").loc["Dr. Strangelove"]
    stars       5
    year     1964
    Name: Dr. Strangelove, dtype: int64
    """
    file = Path(path)
    suffix, _ = format_of(file)
    check_is_file(file)
    if suffix in _LIBSVM:
        return read_svmlight(file, n_features=n_features).X
    if suffix == ".arff":
        return _from_arff(file, names)
    if suffix not in (*DELIMITED, ".parquet"):
        msg = f"unknown format '{suffix}'. Expected a table, ARFF or LIBSVM."
        raise FormatError(msg, path=file)
    if suffix == ".parquet" and index is None:
        dataset = read_dataset(file)
        if dataset is not None and isinstance(dataset.X, pd.DataFrame):
            return dataset.X[_columns(list(dataset.X.columns), names, file)]
    return _from_table(_open(file, suffix), names, index, file)


def _from_arff(file: Path, names: Sequence[str] | None) -> FeatureMatrix:
    table = read_arff(file)
    own = list(unique_names(table.header.names))
    wanted = _columns(own, names, file)
    # In the order of the file, and only then in that which is wanted.
    places = np.sort([own.index(name) for name in wanted])
    found = features(table, places, [own[j] for j in places])
    if isinstance(found, pd.DataFrame):
        return found[wanted]
    return found[:, [int(np.searchsorted(places, own.index(n))) for n in wanted]]


def _open(file: Path, suffix: str) -> TableSource:
    if suffix == ".parquet":
        return FrameSource(read_frame(file), file, "Parquet")
    return CsvSource(open_csv(file))


def _from_table(
    source: TableSource,
    names: Sequence[str] | None,
    index: str | Sequence[str] | None,
    file: Path,
) -> pd.DataFrame:
    rows = [] if source.index is None else [source.index]
    if index is not None:
        wanted = [index] if isinstance(index, str) else list(index)
        rows = find_columns(wanted, source.names, option="index", path=file)
    X: pd.DataFrame = source.load().frame
    row_names = [source.names[j] for j in rows] if index is not None else [None]
    X = X.set_index(rows).rename_axis(row_names) if rows else X
    X = X.set_axis(unique_names([source.names[int(j)] for j in X.columns]), axis=1)
    return X[_columns(list(X.columns), names, file)]


def _columns(own: Sequence[str], names: Any, file: Path) -> list[str]:
    """Return the columns that are wanted; refuse a file that lacks some."""
    if names is None:
        return list(own)
    wanted = [str(name) for name in names]
    known = set(own)
    lacking = [name for name in wanted if name not in known]
    if lacking:
        msg = (
            f"{file} lacks {len(lacking)} of the {len(wanted)} columns that are "
            f"wanted: {names_for_message(lacking)}. It has: "
            f"{names_for_message(own)}. Rename its columns, or take another file."
        )
        raise LabelNameError(msg)
    return wanted
