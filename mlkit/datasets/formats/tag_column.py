"""Labels as one column of delimited tags."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp

from mlkit.datasets.formats.label_pairs import given_names, labels_from_pairs
from mlkit.exceptions import FormatError, OptionError

__all__ = ["Tags", "tag_labels", "text_cells"]

_COLLECTIONS = (list, tuple, set, frozenset, np.ndarray)


@dataclass(frozen=True, slots=True)
class Tags:
    """Say that one column of a table holds the labels as delimited tags.

    Parameters
    ----------
    column : str
        Name of the column.
    separator : str, default "|"
        What stands between two tags. Blanks around a tag do not count. Not used where
        the cells are lists, as they may be in Parquet files and DataFrames.
    names : sequence of str, optional
        The labels and their order. A tag that is not among them is then an error, and
        a name that never occurs is a label without positives. By default all tags that
        occur, sorted.
    missing : str, optional
        The cell that says that nobody knows the tags of this row, such as ``"?"``:
        all labels of the row are then unknown. By default there is no such cell. With
        ``""`` the empty cell says so, which otherwise says that the row has no label.

    Raises
    ------
    LabelNameError
        If a name stands twice in `names`, or is empty.
    OptionError
        If `separator` is empty.

    Notes
    -----
    The same tag twice in a cell counts once. "Drama" and "drama" are two labels, which
    `mlkit.audit` points at. A data set with more than 50 labels gets Y as CSR where
    fewer than a tenth of its cells is 1. A row whose labels are unknown takes one cell
    of the mask a label, in any case.

    Examples
    --------
    >>> import pandas as pd
    >>> from mlkit.datasets.reading import read
    >>> films = pd.DataFrame(
    ...     {"year": [1995, 1998, 2001], "genres": ["comedy | drama", "", "drama"]}
    ... )
    >>> ds = read(films, labels=Tags("genres"))
    >>> ds.label_names
    ('comedy', 'drama')
    >>> ds.Y.to_numpy().tolist()
    [[1, 1], [0, 0], [0, 1]]
    """

    column: str
    separator: str = "|"
    _: KW_ONLY
    names: Sequence[str] | None = None
    missing: str | None = None

    def __post_init__(self) -> None:
        if not self.separator:
            msg = "separator must not be empty. It is what stands between two tags."
            raise OptionError(msg)
        object.__setattr__(self, "names", given_names(self.names))


def tag_labels(
    cells: pd.Series, tags: Tags, *, error: Callable[[str, int], FormatError]
) -> tuple[np.ndarray | sp.csr_array, tuple[str, ...], Any]:
    """Turn a column of tags into labels.

    Parameters
    ----------
    cells : Series of text or of lists, shape (n_samples,)
    tags : Tags
    error : callable
        Builds the error for a problem and a row.

    Returns
    -------
    Y : ndarray or csr_array of int8, shape (n_samples, n_labels)
    names : tuple of str
    missing : ndarray or csr_array of bool, shape (n_samples, n_labels), or None

    Raises
    ------
    FormatError
        If the cells are neither text nor lists of text, or a tag is unknown.

    Notes
    -----
    O(length of the text): nothing is done tag by tag.
    """
    lists, unknown = _tag_lists(cells, tags, error)
    # All tags of all rows in one array, and the row of each: vectorised from here on.
    rows = pc.list_parent_indices(lists)
    words = pc.utf8_trim_whitespace(pc.list_flatten(lists))
    kept = pc.and_(pc.not_equal(words, ""), pc.is_valid(words))
    rows, words = rows.filter(kept).to_numpy(), words.filter(kept)
    known = ~unknown[rows]
    rows, words = rows[known], words.filter(pa.array(known))
    Y, names = labels_from_pairs(
        rows,
        words,
        len(cells),
        names=tags.names,
        error=lambda problem, pair: error(problem, int(rows[pair])),
    )
    return Y, names, _mask(unknown, Y)


def _tag_lists(
    cells: pd.Series, tags: Tags, error: Callable[[str, int], FormatError]
) -> tuple[pa.Array, np.ndarray]:
    """Cells as lists of tags, and which rows are unknown."""
    unknown = np.zeros(len(cells), dtype=bool)
    if cells.dtype == object and isinstance(_first(cells), _COLLECTIONS):
        return _given_lists(cells, tags, error), unknown
    text = text_cells(cells, f"the column '{tags.column}'", error)
    # Compared with whole cells: within a cell the word is a tag like any other.
    if tags.missing is not None:
        filled = pc.utf8_trim_whitespace(pc.fill_null(text, ""))
        unknown = pc.equal(filled, tags.missing.strip()).to_numpy(zero_copy_only=False)
    return pc.split_pattern(text, tags.separator), unknown


def _first(cells: pd.Series) -> object:
    """Return the first cell that is not missing."""
    valid = cells.first_valid_index()
    return None if valid is None else cells.iloc[cells.index.get_loc(valid)]


def _given_lists(
    cells: pd.Series, tags: Tags, error: Callable[[str, int], FormatError]
) -> pa.Array:
    """Cells that are lists already."""
    for row, cell in enumerate(cells):
        if not isinstance(cell, _COLLECTIONS) and not pd.isna(cell):
            problem = (
                f"the column '{tags.column}' holds lists of tags, and here "
                f"{str(cell)[:40]!r}. Make it a list too."
            )
            raise error(problem, row)
    lists = [list(c) if isinstance(c, _COLLECTIONS) else None for c in cells]
    try:
        return pa.array(lists, pa.list_(pa.large_string()))
    except (pa.ArrowInvalid, pa.ArrowTypeError) as err:
        problem = f"the lists in the column '{tags.column}' hold no text ({err})."
        raise error(problem, 0) from err


def text_cells(
    cells: pd.Series, what: str, error: Callable[[str, int], FormatError]
) -> pa.Array:
    """Return cells as text.

    Parameters
    ----------
    cells : Series of text, categories of text, or whole numbers, shape (n_samples,)
    what : str
        How a message calls the column.
    error : callable
        Builds the error for a problem and a row.

    Returns
    -------
    pyarrow.Array of large_string, shape (n_samples,)
        Null where missing.

    Raises
    ------
    FormatError
        If a cell is something else.

    Examples
    --------
    >>> text_cells(pd.Series(["a", None]), "the column 'tag'", error=None).to_pylist()
    ['a', None]
    """
    values = cells
    if isinstance(cells.dtype, pd.CategoricalDtype):
        values = cells.astype(cells.dtype.categories.dtype)
    if values.isna().all():
        return pa.nulls(len(values), pa.large_string())
    if values.dtype == object:
        return _objects_as_text(values, what, error)
    if pd.api.types.is_integer_dtype(values) or pd.api.types.is_string_dtype(values):
        converted = pa.array(values, from_pandas=True)
        if isinstance(converted, pa.ChunkedArray):
            converted = converted.combine_chunks()
        # Large strings: a column of tags may be longer than 2 GB.
        return pc.cast(converted, pa.large_string())
    problem = f"{what} holds {values.dtype}. Expected text: convert it first."
    raise error(problem, 0)


def _objects_as_text(
    values: pd.Series, what: str, error: Callable[[str, int], FormatError]
) -> pa.Array:
    try:
        return pa.array(values, pa.large_string(), from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        odd = [not isinstance(cell, str) and not pd.isna(cell) for cell in values]
    row = odd.index(True)
    problem = f"{what} holds {values.iloc[row]!r}. Expected text."
    raise error(problem, row)


def _mask(unknown: np.ndarray, Y: np.ndarray | sp.csr_array) -> Any:
    """Mask of whole rows, in the container of `Y`; None where nothing is unknown."""
    if not unknown.any():
        return None
    if isinstance(Y, np.ndarray):
        return np.repeat(unknown[:, None], Y.shape[1], axis=1)
    n_labels = Y.shape[1]
    counts = np.where(unknown, n_labels, 0)
    indices = np.tile(np.arange(n_labels, dtype=np.int32), int(unknown.sum()))
    ends = np.concatenate([[0], np.cumsum(counts)])
    return sp.csr_array((np.ones(indices.size, bool), indices, ends), shape=Y.shape)
