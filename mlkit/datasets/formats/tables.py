"""A multi-label data set out of a table, wherever its labels stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.datasets.formats.column_names import find_columns, unique_names
from mlkit.datasets.formats.csv_file import open_csv
from mlkit.datasets.formats.label_cells import split_codes
from mlkit.datasets.formats.label_choice import ColumnNames, Labels, choose_labels
from mlkit.datasets.formats.label_hierarchy import check_hierarchy
from mlkit.datasets.formats.label_xml import LabelTree
from mlkit.datasets.formats.long_table import LongTable, fold_lines, join_labels
from mlkit.datasets.formats.parquet_reader import is_parquet, read_frame
from mlkit.datasets.formats.table_sources import CsvSource, FrameSource, TableSource
from mlkit.datasets.formats.tag_column import Tags, tag_labels
from mlkit.exceptions import OptionError

__all__ = ["TableLabels", "read_csv", "read_table"]

TableLabels: TypeAlias = Labels | Tags | LongTable
"""What a caller may say about the labels of a table."""


@dataclass(frozen=True)
class _Parts:
    """Features and labels, before they become a data set.

    The columns of `X` are positions in the table.
    """

    X: pd.DataFrame
    Y: Any
    label_names: Sequence[str]
    how: str
    missing: Any = None
    tree: LabelTree | None = None


def read_csv(
    path: Path,
    labels: TableLabels,
    name: str,
    *,
    index: str | Sequence[str] | None = None,
    separator: str | None = None,
    decimal: str = ".",
) -> MultiLabelDataset:
    """Read a delimited file; see `mlkit.read` for what the arguments mean.

    Parameters
    ----------
    path : Path
        CSV, TSV or the like, which may be compressed.
    labels : int, sequence of str, str, Path, Tags, LongTable or None
    name : str
        Name of the data set.
    index : str or sequence of str, optional
        Columns that name the rows. By default the first column where its header is
        empty, else none.
    separator : str, optional
        One character; by default that of the suffix, or what the header shows.
    decimal : {".", ","}, default "."

    Returns
    -------
    MultiLabelDataset

    Raises
    ------
    FormatError, LabelNameError, OptionError, FileNotFoundError, TypeError
        As `mlkit.read`.
    """
    if decimal not in (".", ","):
        msg = f"decimal must be '.' or ',', got {decimal!r}."
        raise OptionError(msg)
    source = CsvSource(open_csv(path, separator=separator), decimal)
    return read_table(source, labels, name, index=index)


def read_table(
    source: TableSource,
    labels: TableLabels,
    name: str,
    *,
    index: str | Sequence[str] | None = None,
) -> MultiLabelDataset:
    """Read a table; see `mlkit.read` for what the arguments mean.

    Parameters
    ----------
    source : TableSource
    labels : int, sequence of str, str, Path, Tags, LongTable or None
    name : str
        Name of the data set.
    index : str or sequence of str, optional
        Columns that name the rows.

    Returns
    -------
    MultiLabelDataset
        X is a DataFrame. Y is one too, or CSR for many rare tags.

    Raises
    ------
    FormatError, LabelNameError, FileNotFoundError, TypeError
        As `mlkit.read`.
    """
    rows = _index_columns(source, index, labels)
    # How labels are kept decides what is read, and as what: hence three ways.
    if isinstance(labels, Tags):
        parts = _from_tags(source, labels)
    elif isinstance(labels, LongTable):
        parts = _from_long_table(source, labels)
    else:
        parts = _from_columns(source, labels, rows)
    X = parts.X.set_index(rows) if rows else parts.X
    X = X.set_axis(unique_names([source.names[int(j)] for j in X.columns]), axis=1)
    how = [source.reading, parts.how, _feature_kinds(X)]
    if index is not None:
        names = [source.names[j] for j in rows]
        X = X.rename_axis(names)
        how.append(f"rows named by {' and '.join(repr(name) for name in names)}")
    elif rows:
        X = X.rename_axis([None])
        how.append("rows named by the first column, which has no heading")
    path = None if source.path is None else str(source.path)
    dataset = MultiLabelDataset(
        X,
        parts.Y,
        parts.label_names,
        name=name,
        source=DatasetSource(reading="; ".join(how), path=path),
        missing=parts.missing,
    )
    check_hierarchy(dataset, parts.tree)
    return dataset


def _index_columns(
    source: TableSource, index: str | Sequence[str] | None, labels: TableLabels
) -> list[int]:
    """Positions of the columns that name the rows."""
    if index is None:
        return [] if isinstance(labels, LongTable) else _numbering(source)
    if isinstance(labels, LongTable):
        msg = f"index is not for a LongTable: '{labels.row}' names the rows. Leave it."
        raise OptionError(msg)
    wanted = [index] if isinstance(index, str) else list(index)
    return find_columns(wanted, source.names, option="index", path=source.path)


def _from_columns(source: TableSource, labels: Labels, rows: list[int]) -> _Parts:
    """Take labels from columns of their own."""
    # The last n columns, or a pattern, never mean the names of the rows.
    others = [j for j in range(len(source.names)) if j not in rows]
    names = ColumnNames(tuple(source.names[j] for j in others))
    choice = choose_labels(names, labels, source.path)
    chosen = [others[j] for j in choice.columns]
    loaded = source.load(labels=chosen)
    Y, missing = split_codes(loaded.codes)
    label_names = [source.names[j] for j in chosen]
    return _Parts(loaded.frame, Y, label_names, choice.how, missing, choice.tree)


def _from_tags(source: TableSource, tags: Tags) -> _Parts:
    """Take labels from one column of tags."""
    # As text even where all tags are numbers: "007" is not 7.
    (column,) = _label_columns(source, tags.column)
    frame = source.load(texts=[column]).frame
    Y, names, missing = tag_labels(frame[column], tags, error=source.error)
    how = f"{_count(len(names), 'label')} from the tags in '{tags.column}'"
    return _Parts(frame.drop(columns=column), Y, names, how, missing)


def _from_long_table(source: TableSource, spec: LongTable) -> _Parts:
    """Take labels from a long table, of which the source may be one itself."""
    if spec.table is None:
        return _from_lines(source, spec)
    table = _open_table(spec.table)
    (key,) = _label_columns(source, spec.row)
    row, label = _label_columns(table, spec.row, spec.label)
    frame = source.load().frame.drop(columns=_numbering(source))
    lines = table.load(texts=[label]).frame
    Y, names = join_labels(
        frame[key],
        lines[row],
        lines[label],
        spec,
        source_error=source.error,
        table_error=table.error,
    )
    where = "the other table" if table.path is None else table.path.name
    how = f"{_count(len(names), 'label')} from the pairs in {where}"
    X = frame.set_index(key).rename_axis(spec.row)
    return _Parts(X, Y, names, how)


def _from_lines(source: TableSource, spec: LongTable) -> _Parts:
    """Take labels and features from one long table."""
    row, label = _label_columns(source, spec.row, spec.label)
    lines = source.load(texts=[label]).frame
    features = lines.drop(columns=[row, label, *_numbering(source)])
    X, Y, names = fold_lines(
        lines[row],
        lines[label],
        features,
        spec,
        names=source.names,
        error=source.error,
    )
    how = f"{_count(len(names), 'label')} from {_count(len(lines), 'line')} of pairs"
    return _Parts(X, Y, names, how)


def _numbering(source: TableSource) -> list[int]:
    """Return the column that only numbers the lines, if there is one."""
    return [] if source.index is None else [source.index]


def _label_columns(source: TableSource, *names: str) -> list[int]:
    return find_columns(names, source.names, option="labels", path=source.path)


def _open_table(table: str | Path | pd.DataFrame) -> TableSource:
    """Open the table of a LongTable."""
    if isinstance(table, pd.DataFrame):
        return FrameSource(table)
    path = Path(table)
    if is_parquet(path):
        return FrameSource(read_frame(path), path, "Parquet")
    return CsvSource(open_csv(path))


def _feature_kinds(X: pd.DataFrame) -> str:
    """Count the features by kind, for a person to read."""
    kinds = pd.Series([_kind(dtype) for dtype in X.dtypes], dtype=object)
    counts = kinds.value_counts(sort=False)
    listed = " and ".join(f"{n} {kind}" for kind, n in counts.items())
    return f"{listed or 'no'} {'feature' if len(kinds) == 1 else 'features'}"


def _kind(dtype: Any) -> str:
    if isinstance(dtype, pd.CategoricalDtype):
        return "category"
    if pd.api.types.is_bool_dtype(dtype):
        return "true/false"
    if pd.api.types.is_numeric_dtype(dtype):
        return "numeric"
    return "date" if pd.api.types.is_datetime64_any_dtype(dtype) else "text"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
