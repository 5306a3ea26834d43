"""`read`: a data set from a file, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.datasets.formats.arff import read_arff
from mlkit.datasets.formats.arff_columns import features, labels
from mlkit.datasets.formats.arff_table import ArffTable
from mlkit.datasets.formats.column_names import unique_names
from mlkit.datasets.formats.csv_file import COMPRESSED, DELIMITED
from mlkit.datasets.formats.label_choice import ColumnNames, Labels, choose_labels
from mlkit.datasets.formats.label_hierarchy import check_hierarchy
from mlkit.datasets.formats.label_remarks import label_remarks
from mlkit.datasets.formats.long_table import LongTable
from mlkit.datasets.formats.parquet_reader import read_dataset, read_frame
from mlkit.datasets.formats.svmlight import NumberBase, read_svmlight
from mlkit.datasets.formats.table_sources import FrameSource
from mlkit.datasets.formats.tables import TableLabels, read_csv, read_table
from mlkit.datasets.formats.tag_column import Tags
from mlkit.exceptions import FormatError, OptionError, names_for_message

__all__ = ["check_is_file", "format_of", "read"]


def read(
    source: str | Path | pd.DataFrame,
    labels: TableLabels = None,
    *,
    name: str | None = None,
    index: str | Sequence[str] | None = None,
    separator: str | None = None,
    decimal: str | None = None,
    zero_based: NumberBase = None,
    n_features: int | None = None,
    n_labels: int | None = None,
) -> MultiLabelDataset:
    """Read a multi-label data set from a file, or take it from a DataFrame.

    Parameters
    ----------
    source : str, Path or DataFrame
        The suffix says the format: ``.arff``; ``.csv``, ``.tsv``, ``.tab`` and ``.txt``
        for delimited text, also compressed as ``.csv.gz``, ``.csv.bz2``, ``.csv.xz``;
        ``.parquet``; ``.libsvm``, ``.svm`` and ``.svmlight``.
    labels : optional
        Which columns are the labels, or how else the labels are kept:

        * int: the last n columns;
        * list of str: the columns of these names;
        * str: the column of this name; or a pattern with ``*``, ``?`` and ``[...]``,
          such as ``"genre_*"``; or the path of a label XML;
        * Path: a MULAN label XML;
        * `Tags`: one column of delimited tags;
        * `LongTable`: one line for each pair of row and label;
        * None: the XML beside the file (for ``emotions-train.csv``:
          ``emotions-train.xml``, then ``emotions.xml``), or what the file says itself
          (Parquet files of the kit, MEKA's ``-C n`` in ARFF).

        A LIBSVM file takes the names of its labels, or an XML.
    name : str, optional
        Name of the data set; by default that which a Parquet file of the kit holds,
        the file name without its suffix, or "dataset".
    index : str or list of str, optional
        Tables: columns that name the rows and are no features. By default the first
        column of a delimited file where its heading is empty.
    separator : str, optional
        Delimited text: one character. By default a comma for ``.csv``, else a tab;
        where the header has none, a semicolon, tab, comma or bar that it has.
    decimal : {".", ","}, optional
        Delimited text: what stands before the decimals; a point by default.
    zero_based : bool or pair of (bool or None), optional
        LIBSVM: whether numbers count from 0; by default found out, see `read_svmlight`.
    n_features, n_labels : int, optional
        LIBSVM: how many there are, where the last ones never occur.

    Returns
    -------
    MultiLabelDataset
        Labels and features keep the order of the file. X is a DataFrame, or CSR for a
        sparse file of numbers; Y is a DataFrame, or CSR for a sparse file and for many
        rare tags. A Parquet file of the kit gives what was written. ``source.reading``
        says how the file was understood.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If there is no file at `source`.
    FormatError
        If the suffix is unknown, the file breaks a rule of its format, a label holds
        anything but 0, 1 and unknown, the labels are not in the file, or nothing says
        which columns they are. The message has the line, where the format has lines.
    LabelNameError
        If `labels` names a column that the file lacks, or more labels than it has.
    OptionError
        If an option makes no sense for the format, or has no such value.
    TypeError
        If `labels` is of another kind.

    Warns
    -----
    LabelSourceWarning
        If the XML beside an ARFF file and its header name different labels; the XML
        wins.
    SparseDefaultWarning
        If the value that sparse ARFF rows leave out is 1 for some label.

    See Also
    --------
    mlkit.load : Data sets by name.

    Notes
    -----
    A cell of a label is 0 or 1, true or false, yes or no, in any case. An empty cell,
    ``?``, ``NA``, ``NaN`` or ``null`` says that the label is unknown: ``missing`` is
    true there and Y is 0.

    A column of a delimited file holds numbers if all its cells are numbers or missing
    in one of these ways, else text. In text only the empty cell is missing: "NA" is
    Namibia and "none" an answer. Text stays text; categories are known to ARFF, Parquet
    and DataFrames only. Repeated names of features become a, a.1, a.2.

    Cost is linear in the size of the file: some 10 ns a byte for plain rows of ARFF and
    delimited text. Memory is little more than the arrays returned.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> text = '''title,year,genre_comedy,genre_war
    ... Dr. Strangelove,1964,1,1
    ... Some Like It Hot,1959,1,0
    ... '''
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "films.csv")
    ...     _ = path.write_text(text)
    ...     ds = read(path, labels="genre_*", index="title")
    >>> ds
    MultiLabelDataset('films', 2 rows, 1 feature, 2 labels, cardinality 1.50)
    >>> ds.source.reading
    "CSV; 2 labels by the pattern 'genre_*'; 1 numeric feature; rows named by 'title'"
    """
    options: dict[str, Any] = {
        "index": index,
        "separator": separator,
        "decimal": decimal,
        "zero_based": zero_based,
        "n_features": n_features,
        "n_labels": n_labels,
    }
    given = {option: value for option, value in options.items() if value is not None}
    if isinstance(source, pd.DataFrame):
        _check_options(given, _DATAFRAME, "a DataFrame")
        return read_table(FrameSource(source), labels, name or "dataset", **given)
    file = Path(source)
    suffix, stem = format_of(file)
    check_is_file(file)
    if suffix not in _READERS:
        known = ", ".join(sorted(_READERS))
        msg = (
            f"unknown format '{suffix}'. Expected one of: {known}. Rename the file if "
            "it is one of these."
        )
        raise FormatError(msg, path=file)
    reader = _READERS[suffix]
    _check_options(given, reader, f"a file {suffix}")
    dataset = reader.read(file, labels, name or stem, **given)
    # A Parquet file of the kit brings its own name.
    return dataset if name in (None, dataset.name) else dataset.replace(name=name)


def format_of(path: Path) -> tuple[str, str]:
    """Return the suffix that says the format, and the file name without it.

    Parameters
    ----------
    path : Path

    Returns
    -------
    suffix, stem : str
        The suffix in small letters; that below ``.gz`` and the like of a table.
    """
    uncompressed = path.with_suffix("") if path.suffix.lower() in COMPRESSED else path
    suffix = uncompressed.suffix.lower()
    if uncompressed is not path and suffix not in DELIMITED:
        return path.suffix.lower(), path.stem
    return suffix, uncompressed.stem


def _check_options(given: dict[str, Any], reader: _Reader, what: str) -> None:
    """Refuse options that the format cannot use: they would be silently ignored."""
    foreign = [option for option in given if option not in reader.options]
    if foreign:
        usable = f"can use {names_for_message(reader.options)}"
        msg = (
            f"{names_for_message(foreign)} has no meaning for {what}, which "
            f"{usable if reader.options else 'has no options'}. Leave it out."
        )
        raise OptionError(msg)


def check_is_file(path: Path) -> None:
    """Say in plain words what the path is, before a reader trips over it.

    Parameters
    ----------
    path : Path

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If there is no file.
    """
    if path.is_dir():
        msg = f"{path} is a folder. Pass the path of a file in it."
        raise IsADirectoryError(msg)
    if not path.exists():
        msg = f"There is no file {path} (working folder: {Path.cwd()}). Check the path."
        raise FileNotFoundError(msg)


def _no_table(labels: TableLabels, path: Path) -> Labels:
    """Refuse what only tables know."""
    if isinstance(labels, (Tags, LongTable)):
        msg = (
            f"labels={type(labels).__name__}(...) is for tables: CSV, TSV, Parquet and "
            f"DataFrames; got {path.name}."
        )
        raise OptionError(msg)
    return labels


def _read_arff(path: Path, given: TableLabels, name: str) -> MultiLabelDataset:
    """Read an ARFF file and sort its columns into features and labels."""
    table = read_arff(path)
    header = table.header
    lines = tuple(attribute.line for attribute in header.attributes)
    columns = ColumnNames(header.names, lines, header.meka_labels)
    choice = choose_labels(columns, _no_table(given, path), path)
    is_label = np.zeros(len(table.header.attributes), dtype=bool)
    is_label[list(choice.columns)] = True
    feature_columns = np.flatnonzero(~is_label)
    feature_names = unique_names([table.header.names[j] for j in feature_columns])
    Y, missing = labels(table, np.flatnonzero(is_label))
    dataset = MultiLabelDataset(
        features(table, feature_columns, feature_names),
        Y,
        [table.header.names[j] for j in np.flatnonzero(is_label)],
        feature_names,
        name=name,
        source=DatasetSource(
            reading=f"{choice.how}; {_feature_kinds(table, feature_columns)}",
            path=str(path),
            remarks=label_remarks(
                table.header.names,
                choice.columns,
                xml_names=choice.tree.names if choice.tree else None,
                meka_labels=table.header.meka_labels,
            ),
        ),
        missing=missing,
    )
    check_hierarchy(dataset, choice.tree)
    return dataset


def _feature_kinds(table: ArffTable, columns: np.ndarray) -> str:
    """Count the features by kind, for a person to read."""
    kinds = [table.header.attributes[j].kind for j in columns]
    words = {"binary": "0/1", "string": "text"}
    counts = [
        f"{kinds.count(kind)} {words.get(kind, kind)}" for kind in dict.fromkeys(kinds)
    ]
    noun = "feature" if len(kinds) == 1 else "features"
    return f"{' and '.join(counts) or 'no'} {noun}"


def _read_svmlight(
    path: Path, given: TableLabels, name: str, **options: Any
) -> MultiLabelDataset:
    """Read a LIBSVM file."""
    labels = _no_table(given, path)
    if isinstance(labels, int):
        msg = f"labels={labels} counts columns; a LIBSVM file has none. Pass n_labels."
        raise OptionError(msg)
    return read_svmlight(path, labels, name, **options)


def _read_parquet(
    path: Path, given: TableLabels, name: str, **options: Any
) -> MultiLabelDataset:
    """Read a Parquet file: the kit's own as it was, others as tables."""
    if given is None and not options:
        dataset = read_dataset(path)
        if dataset is not None:
            return dataset
    source = FrameSource(read_frame(path), path, "Parquet")
    return read_table(source, given, name, **options)


@dataclass(frozen=True, slots=True)
class _Reader:
    """A function (path, labels, name, **options) and the options that it takes."""

    read: Callable[..., MultiLabelDataset]
    options: tuple[str, ...] = ()


_DATAFRAME = _Reader(read_table, ("index",))
_DELIMITED = _Reader(read_csv, ("index", "separator", "decimal"))
_LIBSVM = _Reader(_read_svmlight, ("zero_based", "n_features", "n_labels"))
# Further formats join here.
_READERS = {
    ".arff": _Reader(_read_arff),
    **dict.fromkeys(DELIMITED, _DELIMITED),
    ".parquet": _Reader(_read_parquet, ("index",)),
    **dict.fromkeys((".libsvm", ".svm", ".svmlight"), _LIBSVM),
}
