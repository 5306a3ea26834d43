"""Writing ARFF files that Weka, MULAN and MEKA read as we do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import scipy.sparse as sp

from mlkit.arguments import check_choice
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
from mlkit.datasets.formats.label_choice import xml_candidates
from mlkit.datasets.formats.paired_files import (
    label_xml_beside,
    says_label_xml,
    with_label_xml,
)
from mlkit.exceptions import (
    LabelNameError,
    UnwritableError,
    names_for_message,
)
from mlkit.writing import atomic_file

__all__ = ["Header", "Layout", "quote", "write_arff"]

Header: TypeAlias = Literal["mulan", "meka"]
"""Who shall find the labels: by a label XML, or by ``-C n`` in the relation."""

Layout: TypeAlias = Literal["dense", "sparse"]
"""Whether a row holds all cells, or only those that are not 0."""

# Words that every reader takes for themselves. The rest stands in quotes: a blank, a
# comma or a percent sign would end it, and a bare ? is a missing value.
_PLAIN = re.compile(r"[A-Za-z0-9_.:/+<>=-]+")
_SPECIAL = re.compile(r"[\\'\x00-\x1f\x7f]")
_ESCAPES = {"\\": r"\\", "'": r"\'", "\n": r"\n", "\r": r"\r", "\t": r"\t"}
_MISSING = "?"


def write_arff(
    dataset: MultiLabelDataset,
    path: str | Path,
    *,
    layout: Layout | None = None,
    header: Header = "mulan",
) -> list[Path]:
    r"""Write a dataset as ARFF, for MULAN with its label XML or for MEKA.

    Parameters
    ----------
    dataset : MultiLabelDataset
        X is a table or a matrix of two dimensions. Columns of numbers, booleans,
        categories and text can be written.
    path : str or Path
        The file; folders above it are created, and an older file is replaced.
    layout : {"dense", "sparse"}, optional
        By default sparse where X or Y is CSR.
    header : {"mulan", "meka"}, default "mulan"
        For MULAN labels stand behind the features, and a label XML beside the file
        names them. For MEKA they stand in front, and the relation says ``-C n``.

    Returns
    -------
    list of Path
        The files that hold the dataset: the ARFF, and the XML for MULAN.

    Raises
    ------
    UnwritableError
        If X has more than two dimensions, a column is of another kind (dates, lists)
        or holds an integer above 2**53, a text is not Unicode, or a name has a
        character that XML cannot hold.
    LabelNameError
        If there are no labels, or a feature is called like a label.
    OptionError
        If `layout` or `header` is none of the above.
    OSError
        If the file cannot be written; nothing is left behind.

    Notes
    -----
    `mlkit.read` gives the same features and labels again, in the same order, except
    that

    * row names, the name of the dataset and its source are not kept;
    * float32, and integers other than int8, come back as float64, booleans as int8; a
      column of int8 that holds more than 0 and 1 comes back as float64;
    * categories come back as texts in the same order, no longer marked as ordered; the
      two categories ``0`` and ``1`` come back as int8, and a column of no category at
      all as missing numbers;
    * an array of two dimensions comes back as a table; features without names become
      ``feature_0``, ``feature_1``, ...;
    * a sparse file is read as CSR, unless it has categories or texts.

    Columns of booleans, and of int8 that hold 0 and 1 only, are declared ``{0,1}``,
    other numbers ``numeric``. Missing values and unknown labels are ``?``. Numbers are
    the shortest decimals that are read back exactly.

    Words with other characters than ``A-Z a-z 0-9 _ . : / + < > = -`` stand in single
    quotes, with C escapes inside, as Weka writes them. Colons of the name become
    semicolons in the relation: MEKA looks for options behind the first colon. The file
    is UTF-8; Java programs may need ``-Dfile.encoding=UTF-8``.

    Memory beside the dataset is that of a block of rows, some 30 MB.

    References
    ----------
    I. H. Witten, E. Frank, M. A. Hall, C. J. Pal. "Data Mining", 4th ed., 2016,
    section 2.4 (the ARFF format).

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> ds = MultiLabelDataset(
    ...     [[90.0], [60.5]], [[1, 0], [1, 1]], ["calm", "it's sad"], ["tempo"]
    ... )
    >>> with TemporaryDirectory() as folder:
    ...     files = write_arff(ds, Path(folder, "toy.arff"), header="meka")
    ...     print(files[0].read_text())
    @relation 'dataset: -C 2'
    <BLANKLINE>
    @attribute calm {0,1}
    @attribute 'it\'s sad' {0,1}
    @attribute tempo numeric
    <BLANKLINE>
    @data
    1,0,90
    1,1,60.5
    <BLANKLINE>
    """
    path = Path(path)
    check_choice("layout", layout, (None, "dense", "sparse"))
    check_choice("header", header, ("mulan", "meka"))
    if layout is None:
        sparse = sp.issparse(dataset.X) or sp.issparse(dataset.Y)
        layout = "sparse" if sparse else "dense"
    write_rows = _write_sparse if layout == "sparse" else _write_dense
    # Any text of the dataset may turn out to be no Unicode, at any point.
    try:
        attributes = _attributes(dataset, header)
        with _open(path, dataset, header) as temporary, temporary.open("wb") as file:
            file.write(_head(_relation(dataset, header), attributes))
            write_rows(file, attributes, dataset.n_samples)
    except UnicodeEncodeError as err:
        msg = (
            f"{path.name} cannot be written: {err.object[:40]!r} holds half of a "
            "character (a surrogate). Correct the text."
        )
        raise UnwritableError(msg) from err
    return [path] if header == "meka" else [path, label_xml_beside(path)]


def quote(text: str) -> str:
    r"""Write a text so that it is one word to a reader of ARFF.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        In single quotes unless it is plain.

    Examples
    --------
    >>> print(quote("sad-lonely"), quote("New York"), quote("Swainson's"), quote("?"))
    sad-lonely 'New York' 'Swainson\'s' '?'
    """
    if _PLAIN.fullmatch(text):
        return text
    return f"'{_SPECIAL.sub(_escape, text)}'"


def _escape(match: re.Match[str]) -> str:
    """Escape of a character; three octal digits, as a digit might follow."""
    return _ESCAPES.get(match[0], f"\\{ord(match[0]):03o}")


@dataclass(frozen=True, slots=True)
class _Column:
    """One attribute, over all rows.

    `values` are numbers (NaN where missing), codes (-1 where missing) if there are
    `words`, the texts of the codes from -1 on, or texts if `declared` is "string".
    """

    name: str
    declared: str
    values: Any
    words: pa.StringArray | None = None

    def texts(self, values: np.ndarray) -> pa.StringArray:
        """Cells of some values of the column, as they stand in the file."""
        if self.words is not None:
            # The code of a missing value is -1.
            return self.words.take(pa.array(values.astype(np.int64) + 1))
        if self.declared != "string":
            return number_texts(values, missing=_MISSING, infinity="Infinity")
        cells = np.asarray(values, dtype=object)
        missing = pd.isna(cells)
        _check_texts(self.name, cells[~missing])
        return pa.array(
            [_MISSING if m else quote(t) for t, m in zip(cells, missing, strict=True)],
            type=pa.string(),
        )

    def stored(self, values: np.ndarray) -> np.ndarray:
        """Positions of the values that a sparse row must hold."""
        # What is left out is 0 or the first declared value. For strings that would be
        # the first one of the file to Weka, so they are always written.
        if self.declared == "string":
            return np.arange(len(values))
        return np.flatnonzero(values != 0)


class _Table:
    """Attributes that are kept column by column."""

    def __init__(self, columns: Sequence[_Column], n_rows: int) -> None:
        self.names = [column.name for column in columns]
        self.declared = [column.declared for column in columns]
        self.n_stored = n_rows * len(columns)
        self._columns = columns

    def columns(self, rows: slice) -> Iterator[pa.StringArray]:
        """Yield all cells of some rows, attribute by attribute."""
        for column in self._columns:
            yield column.texts(column.values[rows])

    def stored(self, rows: slice) -> tuple[np.ndarray, np.ndarray, pa.StringArray]:
        """Return row, attribute and text of the cells that a sparse row must hold."""
        positions, texts = [np.empty(0, dtype=np.int64)], [pa.array([], pa.string())]
        for column in self._columns:
            values = column.values[rows]
            positions.append(column.stored(values))
            texts.append(column.texts(values[positions[-1]]))
        sizes = [len(stored) for stored in positions[1:]]
        attributes = np.repeat(np.arange(len(sizes)), sizes)
        return np.concatenate(positions), attributes, pa.concat_arrays(texts)


class _Matrix:
    """Attributes that are kept as CSR."""

    def __init__(
        self, matrix: sp.csr_array, names: Sequence[str], declared: str
    ) -> None:
        self.names = list(names)
        self.declared = [declared] * len(names)
        self.n_stored = matrix.nnz
        self._matrix = matrix

    def columns(self, rows: slice) -> Iterator[pa.StringArray]:
        """Yield all cells of some rows, attribute by attribute."""
        for column in self._matrix[rows].toarray().T:
            yield number_texts(column, missing=_MISSING, infinity="Infinity")

    def stored(self, rows: slice) -> tuple[np.ndarray, np.ndarray, pa.StringArray]:
        """Return row, attribute and text of the cells that a sparse row must hold."""
        positions, attributes, values = stored_cells(self._matrix[rows])
        texts = number_texts(values, missing=_MISSING, infinity="Infinity")
        return positions, attributes, texts


_Attributes: TypeAlias = list[_Table | _Matrix]


def _attributes(dataset: MultiLabelDataset, header: Header) -> _Attributes:
    """Features and labels, in the order of the file."""
    names = dataset.feature_names
    if names is None:
        names = tuple(f"feature_{j}" for j in range(dataset.n_features))
    both = sorted(set(names) & set(dataset.label_names))
    if both:
        msg = (
            f"These names stand for a feature and for a label: "
            f"{names_for_message(both)}. ARFF has one list of names; rename one."
        )
        raise LabelNameError(msg)
    if not dataset.n_labels:
        msg = "There are no labels to write. An ARFF file needs at least one."
        raise LabelNameError(msg)
    features, labels = _features(dataset.X, names), _labels(dataset)
    return [labels, features] if header == "meka" else [features, labels]


def _labels(dataset: MultiLabelDataset) -> _Table | _Matrix:
    Y: Any = dataset.as_xy(missing="as_nan")[1]
    if sp.issparse(Y):
        # 0 first: what a sparse row leaves out is the first declared value.
        return _Matrix(Y, dataset.label_names, "{0,1}")
    values = Y.to_numpy()
    columns = [
        _Column(name, "{0,1}", values[:, j])
        for j, name in enumerate(dataset.label_names)
    ]
    return _Table(columns, len(Y))


def _features(X: Any, names: Sequence[str]) -> _Table | _Matrix:
    if sp.issparse(X):
        # What holds for all stored values holds for each column.
        return _Matrix(X, names, _column("X", pd.Series(X.data, copy=False)).declared)
    if X.ndim > 2:
        msg = (
            f"X has {X.ndim} dimensions {X.shape}; a row of an ARFF file holds single "
            "values. Write a .parquet file, or reshape X to (n_samples, n_features)."
        )
        raise UnwritableError(msg)
    frame = X
    if not isinstance(X, pd.DataFrame):
        frame = pd.DataFrame(X, copy=False)
        # A matrix of objects may have columns of numbers and columns of texts.
        frame = frame.infer_objects() if X.dtype == object else frame
    columns = [_column(name, frame.iloc[:, j]) for j, name in enumerate(names)]
    return _Table(columns, len(frame))


def _column(name: str, values: pd.Series) -> _Column:
    """Choose how a feature is declared and written."""
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _nominal(name, values)
    if is_number(dtype):
        return _numeric(name, values)
    if pd.api.types.is_object_dtype(dtype) or isinstance(dtype, pd.StringDtype):
        return _Column(name, "string", values.array)
    msg = (
        f"Feature '{name}' is of type {dtype}; ARFF holds numbers, categories and "
        "text. Turn it into one of these, or write a .parquet file."
    )
    raise UnwritableError(msg)


def _nominal(name: str, values: pd.Series) -> _Column:
    words = [str(category) for category in values.cat.categories]
    if len(set(words)) < len(words):
        twice = [word for i, word in enumerate(words) if word in words[:i]]
        msg = (
            f"Categories of feature '{name}' are the same as text: "
            f"{names_for_message(twice)}. Rename one of each."
        )
        raise UnwritableError(msg)
    if not words:
        # A set of values cannot be empty.
        return _Column(name, "numeric", np.full(len(values), np.nan))
    quoted = [quote(word) for word in words]
    texts = pa.array([_MISSING, *quoted], type=pa.string())
    return _Column(name, f"{{{','.join(quoted)}}}", values.cat.codes.to_numpy(), texts)


def _numeric(name: str, values: pd.Series) -> _Column:
    dtype = values.dtype
    # Before the conversion below, which would round them.
    if dtype.kind in "iu":
        check_exact(name, values)
    # The two dtypes that a set of 0 and 1 is read as, and pandas' nullable ones.
    is_flag = str(dtype) in ("bool", "boolean", "int8", "Int8")
    declared = "{0,1}" if is_flag and values.dropna().isin((0, 1)).all() else "numeric"
    if isinstance(dtype, np.dtype):
        return _Column(name, declared, values.to_numpy())
    return _Column(name, declared, values.to_numpy(np.float64, na_value=np.nan))


def _check_texts(name: str, cells: np.ndarray) -> None:
    foreign = [cell for cell in cells if not isinstance(cell, str)]
    if foreign:
        msg = (
            f"Feature '{name}' holds {type(foreign[0]).__name__} values (such as "
            f"{str(foreign[0])[:40]!r}) where text is expected. Turn the column into "
            "text or numbers, or write a .parquet file."
        )
        raise UnwritableError(msg)


def _relation(dataset: MultiLabelDataset, header: Header) -> str:
    """Name of the dataset, and MEKA's option where it is asked for."""
    # A name such as "x: -C 3" would itself be an option.
    name = dataset.name.replace(":", ";") or "dataset"
    return f"{name}: -C {dataset.n_labels}" if header == "meka" else name


def _head(relation: str, attributes: _Attributes) -> bytes:
    declarations = [
        f"@attribute {quote(name)} {declared}"
        for part in attributes
        for name, declared in zip(part.names, part.declared, strict=True)
    ]
    # All of it at once: even a million attributes are some 30 MB.
    head = [f"@relation {quote(relation)}", "", *declarations, "", "@data", ""]
    return "\n".join(head).encode()


def _open(
    path: Path, dataset: MultiLabelDataset, header: Header
) -> AbstractContextManager[Path]:
    """Open the file for writing, together with the label XML where there is one."""
    if header == "mulan":
        return with_label_xml(path, dataset.label_names)
    # Readers that follow a label XML take it for this file's.
    xml = next((xml for xml in xml_candidates(path) if xml.is_file()), None)
    if xml is not None and not says_label_xml(xml, dataset.label_names):
        msg = (
            f"{xml} names other labels, or in another order, and readers follow it "
            f"rather than the header of {path.name}. Choose another file name, or "
            "remove the XML."
        )
        raise UnwritableError(msg)
    return atomic_file(path)


def _write_dense(file: BinaryIO, attributes: _Attributes, n_rows: int) -> None:
    n_columns = sum(len(part.names) for part in attributes)
    for rows in row_blocks(n_rows, n_rows * n_columns):
        columns = [texts for part in attributes for texts in part.columns(rows)]
        file.write(lines(join_columns(columns, ",")))


def _write_sparse(file: BinaryIO, attributes: _Attributes, n_rows: int) -> None:
    for rows in row_blocks(n_rows, sum(part.n_stored for part in attributes)):
        file.write(lines(_sparse_rows(attributes, rows)))


def _sparse_rows(attributes: _Attributes, rows: slice) -> pa.StringArray:
    positions, columns, texts = [], [], []
    n_before = 0
    for part in attributes:
        where, which, cells = part.stored(rows)
        positions.append(where)
        columns.append(which + n_before)
        texts.append(cells)
        n_before += len(part.names)
    row = np.concatenate(positions)
    # Attributes come in order, so a stable sort by row leaves them increasing.
    order = np.argsort(row, kind="stable")
    indices = number_texts(np.concatenate(columns), missing="")
    pairs = join_columns([indices, pa.concat_arrays(texts)], " ").take(pa.array(order))
    counts = np.bincount(row, minlength=rows.stop - rows.start)
    stored = join_stored(pairs, counts, ",")
    return join_columns(
        [pa.repeat("{", len(stored)), stored, pa.repeat("}", len(stored))], ""
    )
