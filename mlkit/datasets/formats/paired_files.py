"""A data file and the label XML beside it, written together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mlkit.datasets.formats.label_choice import xml_candidates
from mlkit.datasets.formats.label_xml import read_label_xml, write_label_xml
from mlkit.exceptions import FormatError
from mlkit.writing import atomic_file

__all__ = ["label_xml_beside", "says_label_xml", "with_label_xml"]


def label_xml_beside(path: str | Path) -> Path:
    """Return where the label file of a data file is written.

    Parameters
    ----------
    path : str or Path
        The data file.

    Returns
    -------
    Path
        The first place where a reader looks for it.

    Examples
    --------
    >>> label_xml_beside("films.csv.gz").name
    'films.xml'
    """
    return next(xml_candidates(Path(path)))


def says_label_xml(path: Path, names: Sequence[str]) -> bool:
    """Whether a label file exists that names these labels in this order.

    Parameters
    ----------
    path : Path
        The label file; it may be absent, or be no label file at all.
    names : sequence of str

    Returns
    -------
    bool
    """
    try:
        return read_label_xml(path).names == tuple(names)
    except (FormatError, OSError):
        return False


@contextmanager
def with_label_xml(path: str | Path, names: Sequence[str]) -> Iterator[Path]:
    """Write a data file and the label file beside it: both or neither.

    Parameters
    ----------
    path : str or Path
        The data file; folders above it are created.
    names : sequence of str
        The labels, in the order of their columns or numbers.

    Yields
    ------
    Path
        A temporary file for the data; see `mlkit.writing.atomic_file`.

    Raises
    ------
    LabelNameError, UnwritableError
        As `write_label_xml`.
    OSError
        If the folder cannot be written to; nothing is left behind.

    Notes
    -----
    A label file that names these labels already is left as it is: it may hold their
    hierarchy, which a dataset does not know.
    """
    xml = label_xml_beside(path)
    if says_label_xml(xml, names):
        with atomic_file(path) as data:
            yield data
        return
    # Both are complete before the first takes its name: what can fail after that is a
    # folder in the way of the second.
    if xml.is_dir():
        msg = f"{xml} is a folder; the label XML of {Path(path).name} goes there."
        raise IsADirectoryError(msg)
    with atomic_file(xml) as labels, atomic_file(path) as data:
        write_label_xml(labels, names)
        yield data
