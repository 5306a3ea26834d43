"""Reading multi-label LIBSVM files: ``1,3 5:0.2 7:1``."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from numbers import Integral
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import scipy.sparse as sp

from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.datasets.formats.arff import read_blocks
from mlkit.datasets.formats.label_choice import xml_candidates
from mlkit.datasets.formats.label_xml import read_label_xml
from mlkit.datasets.formats.svmlight_rows import (
    MAX_NUMBER,
    SvmlightRows,
    read_rows,
    row_lines,
    scan_rows,
)
from mlkit.exceptions import FormatError, OptionError
from mlkit.validation import check_label_names, default_label_names

__all__ = ["NumberBase", "read_svmlight"]

NumberBase: TypeAlias = bool | tuple[bool | None, bool | None] | None
"""Whether numbers count from 0: for all, for features and for labels, or find out."""

# The first line of the files of the extreme classification repository.
_SIZES = re.compile(
    rb"(?:[ \t]*(?:#[^\n]*)?\n)*"  # blank lines and comments may stand before it
    rb"[ \t]*(\d{1,18})[ \t]+(\d{1,18})[ \t]+(\d{1,18})[ \t]*(?:#[^\n]*)?(?:\n|\Z)"
)
# Labels without names need no more memory than this and the size of the file allow: a
# broken file may hold any number.
_MANY_LABELS = 1 << 16


@dataclass(frozen=True, slots=True)
class _Axis:
    """What is known of the features or of the labels before the rows are looked at.

    `given` is their count by the caller or by the names, `declared` by the first line.
    """

    kind: Literal["feature", "label"]
    zero_based: bool | None
    given: int | None
    declared: int | None

    @property
    def width(self) -> int | None:
        return self.declared if self.given is None else self.given


@dataclass(frozen=True, slots=True)
class _Sizes:
    """The first line of a file, where it holds three numbers."""

    n_samples: int
    n_features: int
    n_labels: int


def read_svmlight(
    path: str | Path,
    labels: Sequence[str] | str | Path | None = None,
    name: str | None = None,
    *,
    zero_based: NumberBase = None,
    n_features: int | None = None,
    n_labels: int | None = None,
) -> MultiLabelDataset:
    r"""Read a multi-label file in LIBSVM format, also called SVMlight.

    Parameters
    ----------
    path : str or Path
        UTF-8 or latin-1. A row is ``1,3 5:0.2 7:1``: label numbers separated by
        commas, then ``index:value`` pairs in any order. A row without labels starts
        with its first pair, or with a blank.
    labels : sequence of str, str or Path, optional
        Names of the labels in the order of their numbers, or the path of a label XML.
        By default the XML beside the file, else ``label_0``, ``label_1``, ...
    name : str, optional
        Name of the data set; by default the file name without its suffix.
    zero_based : bool or pair of (bool or None), optional
        Whether numbers count from 0, for features and labels alike or as a pair
        ``(features, labels)``. By default, for each of the two: from 0 where the
        number 0 occurs, or where the first line gives the sizes and no number needs
        counting from 1; else from 1.
    n_features, n_labels : int, optional
        How many there are; by default as many as the names, the first line or the
        largest number say. Needed where the last ones never occur.

    Returns
    -------
    MultiLabelDataset
        X is CSR of float64, Y is CSR; a value ``nan`` is a stored NaN. Features have
        no names.

    Raises
    ------
    FormatError
        If the file is empty or breaks a rule, a number does not fit the base or the
        count, or no row carries a label and nothing says how many there are. The
        message has the line.
    LabelNameError
        If names stand twice or are not `n_labels`.
    OptionError
        If `zero_based`, `n_features`, `n_labels` or `labels` is of another kind.
    OSError
        If the file cannot be opened.

    Notes
    -----
    * A label that stands twice in a row counts once; a feature that does is an error.
    * ``#`` starts a comment; blank lines are no rows. Query ids (``qid:``) are refused:
      the first number of such a row is a grade.
    * A first line of three numbers gives the numbers of rows, features and labels, as
      in the extreme classification repository, whose files count from 0.
    * Without the number 0 nothing in a file tells the bases apart. In a part that lacks
      the first label of a set that counts from 0, all labels would shift: pass
      `zero_based` there. ``source.reading`` says what was taken.
    * The names of an XML are taken in its order, which need not be the order of the
      numbers where it was made for an ARFF file (yeast, enron).

    Cost is linear in the size of the file, some 10 ns a byte, in blocks of 256 kB; the
    memory is some twice that of the arrays that are returned.

    References
    ----------
    C.-C. Chang, C.-J. Lin. "LIBSVM: A Library for Support Vector Machines", ACM TIST
    2(3):27, 2011, doi 10.1145/1961189.1961199.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "toy.libsvm")
    ...     _ = path.write_text("1,3 1:0.5 2:1\n 2:4\n")
    ...     ds = read_svmlight(path, ["calm", "happy", "sad"])
    >>> ds.X.toarray().tolist(), ds.Y.toarray().tolist()
    ([[0.5, 1.0], [0.0, 4.0]], [[1, 0, 1], [0, 0, 0]])
    >>> ds.source.reading
    'labels counted from 1, 3 by request; 2 features counted from 1'
    """
    path = Path(path)
    bases = _bases(zero_based)
    _check_counts(n_features=n_features, n_labels=n_labels)
    # Names before rows: what is wrong with them is found at once.
    names, how = _label_names(labels, path, n_labels)
    sizes, rows = _read(path)
    declared = (None, None) if sizes is None else (sizes.n_features, sizes.n_labels)
    n_labels = n_labels if names is None else len(names)
    features = _Axis("feature", bases[0], n_features, declared[0])
    label_axis = _Axis("label", bases[1], n_labels, declared[1])
    X, feature_base = _matrix(rows.counts, rows.indices, rows.values, features, path)
    ones = np.ones(rows.labels.size, dtype=np.int8)
    Y, label_base = _matrix(rows.label_counts, rows.labels, ones, label_axis, path)
    _check_label_count(Y.shape[1], label_axis, path)
    reading = (
        f"labels counted from {label_base}, {Y.shape[1]} {how}; "
        f"{X.shape[1]} features counted from {feature_base}"
    )
    return MultiLabelDataset(
        X,
        Y,
        names or default_label_names(Y.shape[1]),
        name=path.stem if name is None else name,
        source=DatasetSource(reading=reading, path=str(path)),
    )


def _bases(zero_based: Any) -> tuple[bool | None, bool | None]:
    """Bring the base to a pair (features, labels)."""
    # Many public files count features from 1 and labels from 0, hence pairs.
    pair = zero_based if isinstance(zero_based, tuple) else (zero_based, zero_based)
    if len(pair) != 2 or not all(base in (None, True, False) for base in pair):
        msg = (
            "zero_based must be True, False, None (find out), or a pair of these for "
            f"(features, labels); got {zero_based!r}."
        )
        raise OptionError(msg)
    return pair


def _check_counts(**counts: Any) -> None:
    for option, count in counts.items():
        if count is not None and (not isinstance(count, Integral) or count < 1):
            msg = f"{option} must be a whole number of at least 1; got {count!r}."
            raise OptionError(msg)


def _label_names(
    labels: Any, path: Path, n_labels: int | None
) -> tuple[tuple[str, ...] | None, str]:
    """Names of the labels, if there are any, and who gave them."""
    xml = _label_xml(labels, path)
    if xml is not None:
        # Unlike columns, numbers have no names to be matched: the order must do.
        names: Sequence[str] = read_label_xml(xml).names
        how = f"named by {xml.name} in its order"
    elif labels is None:
        return None, "without names"
    elif isinstance(labels, Sequence) and all(isinstance(a, str) for a in labels):
        names, how = labels, "by request"
    else:
        msg = (
            "labels must be the names of the labels in the order of their numbers, or "
            f"the path of a label XML, for a LIBSVM file; got {labels!r}. Their number "
            "alone is n_labels."
        )
        raise OptionError(msg)
    count = len(names) if n_labels is None else n_labels
    return check_label_names(names, count), how


def _label_xml(labels: Any, path: Path) -> Path | None:
    """Find the label XML: the one that is named, or the one beside the file."""
    if labels is None:
        return next((xml for xml in xml_candidates(path) if xml.is_file()), None)
    if not isinstance(labels, (str, Path)):
        return None
    if not Path(labels).is_file():
        msg = (
            f"There is no label XML {labels}. A LIBSVM file has no columns to be named "
            "by a text; put the names of the labels in a list."
        )
        raise FileNotFoundError(msg)
    return Path(labels)


def _read(path: Path) -> tuple[_Sizes | None, SvmlightRows]:
    """Read all rows, and the sizes where the first line gives them."""
    try:
        sizes, parts = _read_parts(path, "utf-8")
    except UnicodeDecodeError:
        sizes, parts = _read_parts(path, "latin-1")
    if sizes is None and not any(len(part) for part in parts):
        msg = "the file holds no rows. Fetch or export it again."
        raise FormatError(msg, path=path)
    rows = _joined(parts)
    if sizes is not None and sizes.n_samples != len(rows):
        msg = (
            f"the first line announces {sizes.n_samples} rows, and {len(rows)} follow. "
            "Is the file complete?"
        )
        raise FormatError(msg, path=path)
    return sizes, rows


def _read_parts(path: Path, encoding: str) -> tuple[_Sizes | None, list[SvmlightRows]]:
    with path.open("rb") as file:
        blocks = read_blocks(file, path, encoding)
        sizes, line, blocks = _split_sizes(blocks)
        parts = []
        for block in blocks:
            # The fast reader takes a newline for the end of a row; the last line of a
            # file may lack it.
            if block[-1:] != b"\n":
                block += b"\n"
            rows = scan_rows(block)
            if rows is None:
                rows = read_rows(block.decode(), path=path, first_line=line)
            parts.append(rows)
            line += block.count(b"\n")
    return sizes, parts or [read_rows("", path=path, first_line=line)]


def _split_sizes(blocks: Iterator[bytes]) -> tuple[_Sizes | None, int, Iterator[bytes]]:
    """Take the line of sizes off; also return the line that follows, and the rest."""
    first = next(blocks, b"")
    match = _SIZES.match(first)
    if match is None:
        return None, 1, itertools.chain([first] if first else [], blocks)
    sizes = _Sizes(*(int(digits) for digits in match.groups()))
    rest = first[match.end() :]
    return (
        sizes,
        match[0].count(b"\n") + 1,
        itertools.chain([rest] if rest else [], blocks),
    )


def _joined(parts: list[SvmlightRows]) -> SvmlightRows:
    """Join the rows of all blocks, array by array, so that one is there twice."""
    pieces: dict[str, list[np.ndarray]] = {
        field.name: [getattr(part, field.name) for part in parts]
        for field in fields(SvmlightRows)
    }
    # The caller's list held the arrays, too: each goes as soon as it is joined.
    parts.clear()
    joined = {field: np.concatenate(pieces.pop(field)) for field in list(pieces)}
    return SvmlightRows(**joined)


def _matrix(
    counts: np.ndarray,
    numbers: np.ndarray,
    values: np.ndarray,
    axis: _Axis,
    path: Path,
) -> tuple[sp.csr_array, int]:
    """Build a CSR matrix out of its parts, and say where its columns count from.

    `numbers` becomes the indices of the matrix, and is changed for that.
    """
    smallest = int(numbers.min(initial=MAX_NUMBER))
    largest = int(numbers.max(initial=-1))
    base = _base(axis, smallest, largest)
    width = max(largest + 1 - base, 0) if axis.width is None else axis.width
    if smallest < base or largest - base >= width:
        raise _out_of_range(counts, numbers, axis, base, width, path)
    # In place: these are the largest arrays but one.
    numbers -= np.int32(base)
    indptr = np.concatenate([[0], np.cumsum(counts)])
    # scipy would widen the indices to the type of the pointers.
    if indptr[-1] <= MAX_NUMBER:
        indptr = indptr.astype(np.int32)
    matrix = sp.csr_array((values, numbers, indptr), shape=(len(counts), width))
    # The rows come sorted and without repeats; scipy would look again.
    matrix.has_canonical_format = True
    if not matrix.data.all():
        matrix.eliminate_zeros()
    return matrix, base


def _base(axis: _Axis, smallest: int, largest: int) -> int:
    """Decide where numbers count from."""
    if axis.zero_based is not None:
        return 0 if axis.zero_based else 1
    if smallest == 0:
        return 0
    # Files with a first line count from 0 by convention, unless a number is as large as
    # the count, which only numbers from 1 can be.
    return 0 if axis.declared is not None and largest < axis.declared else 1


def _out_of_range(
    counts: np.ndarray,
    numbers: np.ndarray,
    axis: _Axis,
    base: int,
    width: int,
    path: Path,
) -> FormatError:
    """Build the error for the first number that base and width do not allow."""
    wrong = np.flatnonzero((numbers < base) | (numbers - base >= width))[0]
    row = int(np.searchsorted(np.cumsum(counts), wrong, side="right"))
    if numbers[wrong] < base:
        advice = "Pass zero_based=True, or a pair for features and labels."
    else:
        advice = f"Correct it, or n_{axis.kind}s, or zero_based."
    msg = (
        f"the {axis.kind} number {numbers[wrong]} is out of range: expected {base} to "
        f"{base + width - 1} for {width} {axis.kind}s counted from {base}. {advice}"
    )
    return FormatError(msg, path=path, line=_line_of_row(path, row))


def _line_of_row(path: Path, row: int) -> int:
    """Find the line of a row that was read before."""
    with path.open("rb") as file:
        # As latin-1 any file can be read, and lines are the same.
        _, line, blocks = _split_sizes(read_blocks(file, path, "latin-1"))
        text = b"".join(blocks).decode()
    return next(itertools.islice(row_lines(text, line), row, None))[0]


def _check_label_count(n_labels: int, axis: _Axis, path: Path) -> None:
    """Refuse a file without labels, and numbers that no file of its size would have."""
    if n_labels == 0:
        msg = (
            "no row carries a label. If that is right pass n_labels= or the names of "
            "the labels."
        )
        raise FormatError(msg, path=path)
    limit = _MANY_LABELS + path.stat().st_size
    if axis.given is None and n_labels > limit:
        msg = (
            f"{n_labels} labels in a file of {path.stat().st_size} bytes: a number is "
            "likely to be wrong. If it is right pass n_labels=, or the names."
        )
        raise FormatError(msg, path=path)
