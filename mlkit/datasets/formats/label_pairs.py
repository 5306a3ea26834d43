"""From (row, label) pairs to a label matrix, without ever making many labels dense."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp

from mlkit.exceptions import FormatError, LabelNameError, names_for_message
from mlkit.validation import check_label_names

__all__ = ["given_names", "labels_from_pairs"]

# Up to here a dense matrix is the handier one. Above, it depends on how full it is:
# CSR takes 5 bytes for a label that is there, dense 1 byte for one that may be there.
_FEW_LABELS = 50
_SPARSE_BELOW = 0.1


def given_names(names: Iterable[str] | None) -> tuple[str, ...] | None:
    """Check the labels that a caller fixed.

    Parameters
    ----------
    names : iterable of str or None

    Returns
    -------
    tuple of str or None

    Raises
    ------
    LabelNameError
        If a name is empty or stands twice, or `names` is a single text.

    Examples
    --------
    >>> given_names(["war", "spy"])
    ('war', 'spy')
    """
    if isinstance(names, str):
        msg = f"names must be a list of names, got the text {names!r}."
        raise LabelNameError(msg)
    if names is None:
        return None
    listed = tuple(names)
    return check_label_names(listed, len(listed))


def labels_from_pairs(
    rows: np.ndarray,
    tags: pa.Array,
    n_rows: int,
    *,
    names: Sequence[str] | None,
    error: Callable[[str, int], FormatError],
) -> tuple[np.ndarray | sp.csr_array, tuple[str, ...]]:
    """Build the label matrix that pairs describe.

    Parameters
    ----------
    rows : ndarray of int, shape (n_pairs,)
        Row of each pair, from 0 to ``n_rows - 1``.
    tags : pyarrow.Array of string, shape (n_pairs,)
        Label of each pair. The same pair may come several times.
    n_rows : int
    names : sequence of str or None
        The labels and their order; None for all that occur, sorted.
    error : callable
        Builds the error for a problem and the number of a pair.

    Returns
    -------
    Y : ndarray or csr_array of int8, shape (n_rows, n_labels)
        CSR where there are more than 50 labels and fewer than a tenth of the cells is
        1.
    names : tuple of str

    Raises
    ------
    FormatError
        If a pair has a label that `names` lacks, or there are neither pairs nor names.

    Notes
    -----
    O(n_pairs + n_labels log n_labels) in time, O(n_pairs) in memory.
    """
    coded = pc.dictionary_encode(tags)
    found = coded.dictionary.to_pylist()
    if names is None and not found:
        msg = "no row has a label, so that nothing says which there are. Pass names=."
        raise FormatError(msg)
    labels = tuple(sorted(found) if names is None else names)
    position = {label: j for j, label in enumerate(labels)}
    columns = np.array([position.get(tag, -1) for tag in found], dtype=np.int32)
    columns = columns[coded.indices.to_numpy()] if len(found) else np.zeros(0, np.int32)
    if columns.size and columns.min() < 0:
        raise _unknown_tag(rows, columns, coded, labels, error)
    # Sparse first, in any case: a dense matrix is made only where it is small enough.
    ones = np.ones(columns.size, dtype=np.int8)
    matrix = sp.csr_array((ones, (rows, columns)), shape=(n_rows, len(labels)))
    # Equal pairs were added up.
    matrix.data[:] = 1
    n_cells = n_rows * len(labels)
    if len(labels) > _FEW_LABELS and matrix.nnz < _SPARSE_BELOW * n_cells:
        return matrix, labels
    return matrix.toarray(), labels


def _unknown_tag(
    rows: np.ndarray,
    columns: np.ndarray,
    coded: pa.DictionaryArray,
    labels: Sequence[str],
    error: Callable[[str, int], FormatError],
) -> FormatError:
    """Word that tags occur which the caller's names lack."""
    wrong = np.flatnonzero(columns < 0)
    tags = list(dict.fromkeys(coded.take(wrong).to_pylist()))
    close = difflib.get_close_matches(tags[0], labels, n=1)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    n_rows = len(np.unique(rows[wrong]))
    msg = (
        f"the tag {names_for_message(tags)} is not among the names given "
        f"({n_rows} {'row has' if n_rows == 1 else 'rows have'} such tags).{hint} "
        "Correct the cell, or add the tag to names=."
    )
    return error(msg, int(wrong[0]))
