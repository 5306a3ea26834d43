"""Which columns of a file are its labels, and who said so."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path
from typing import TypeAlias

from mlkit.datasets.formats.arff_header import ArffHeader
from mlkit.datasets.formats.label_xml import LabelTree, read_label_xml
from mlkit.exceptions import (
    FormatError,
    LabelNameError,
    LabelSourceWarning,
    names_for_message,
    warn,
)

__all__ = ["LabelChoice", "Labels", "choose_labels"]

Labels: TypeAlias = int | Sequence[str] | str | Path | None
"""What a caller may say about the labels: a count, names, an XML file, or nothing."""

# Parts and variants of a data set share one label file: Corel5k-train-sparse.arff is
# described by Corel5k.xml.
_PART = re.compile(r"-(?:train|test|sparse)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LabelChoice:
    """The columns that are labels.

    Parameters
    ----------
    columns : tuple of int
        Positions in the file, increasing: labels keep the order of the file.
    how : str
        Who named them, for a person to read.
    tree : LabelTree, optional
        Where an XML named them.
    """

    columns: tuple[int, ...]
    how: str
    tree: LabelTree | None = None


def choose_labels(header: ArffHeader, labels: Labels, path: Path) -> LabelChoice:
    """Decide which attributes are labels.

    Parameters
    ----------
    header : ArffHeader
    labels : int, sequence of str, str, Path or None
        What the caller said; see `mlkit.read`.
    path : Path
        The data file; its neighbours are searched for an XML.

    Returns
    -------
    LabelChoice

    Raises
    ------
    FormatError
        If the XML is broken or names labels that the file lacks, or nothing says which
        attributes are labels.
    LabelNameError
        If the caller's count or names do not fit the file.
    TypeError
        If `labels` is of another kind.

    Warns
    -----
    LabelSourceWarning
        If the XML beside the file and the header disagree. Conversions of a file often
        move its labels and leave the header's ``-C`` as it was (medical), so the XML
        wins.
    """
    if labels is None:
        return _found_labels(header, path)
    if isinstance(labels, (str, Path)):
        return _from_xml(header, Path(labels), path)
    if isinstance(labels, Integral) and not isinstance(labels, bool):
        return _last(header, int(labels))
    if isinstance(labels, Sequence) and all(isinstance(name, str) for name in labels):
        return _named(header, labels)
    msg = (
        "labels must be a count (the last n columns), a list of names, or the path of "
        f"a label XML; got {labels!r}."
    )
    raise TypeError(msg)


def _last(header: ArffHeader, count: int) -> LabelChoice:
    """Take the last columns: where nearly all public files have their labels."""
    n_attributes = len(header.attributes)
    if not 0 < count <= n_attributes:
        msg = (
            f"labels={count} must be between 1 and the {n_attributes} columns of the "
            "file; it counts the last columns. For labels elsewhere pass their names."
        )
        raise LabelNameError(msg)
    columns = tuple(range(n_attributes - count, n_attributes))
    _check_unique(header, columns, None)
    return LabelChoice(columns, f"the last {_count(count)} by request")


def _named(header: ArffHeader, names: Sequence[str]) -> LabelChoice:
    """Take columns by name; the order of the names does not matter."""
    if not names:
        msg = "labels is an empty list. Name at least one column."
        raise LabelNameError(msg)
    if len(set(names)) < len(names):
        twice = [name for i, name in enumerate(names) if name in names[:i]]
        msg = f"labels names these twice: {names_for_message(twice)}. Name each once."
        raise LabelNameError(msg)
    absent = _absent(names, header)
    if absent:
        msg = f"The file has no columns {absent} Check 'labels'."
        raise LabelNameError(msg)
    columns = _positions(header, names, None)
    return LabelChoice(columns, f"{_label_count(len(names))} by request")


def _found_labels(header: ArffHeader, path: Path) -> LabelChoice:
    """Look for the labels where nobody named them: XML first, header second."""
    for candidate in _xml_candidates(path):
        if candidate.is_file():
            choice = _from_xml(header, candidate, path)
            _warn_on_conflict(header, choice, candidate, path)
            return choice
    if header.meka_labels is None:
        tried = names_for_message(file.name for file in _xml_candidates(path))
        msg = (
            f"nothing says which columns are labels: beside the file there is no "
            f"{tried}, and @relation has no '-C n'. Pass labels=n for the last n "
            "columns, a list of names, or the path of a label XML."
        )
        raise FormatError(msg, path=path)
    return _from_header(header, header.meka_labels, path)


def _xml_candidates(path: Path) -> Iterator[Path]:
    """Yield where the XML may lie, the most specific name first."""
    stem = path.stem
    yield path.with_name(f"{stem}.xml")
    while _PART.search(stem):
        stem = _PART.sub("", stem)
        yield path.with_name(f"{stem}.xml")


def _meka_columns(header: ArffHeader, count: int) -> tuple[int, ...]:
    """Columns that ``-C count`` means, as far as the file has them."""
    n_attributes = len(header.attributes)
    if count > 0:
        return tuple(range(min(count, n_attributes)))
    return tuple(range(max(n_attributes + count, 0), n_attributes))


def _from_header(header: ArffHeader, count: int, path: Path) -> LabelChoice:
    """Take the columns that MEKA would take, under their own names."""
    # MEKA moves the last columns to the front and renames them "name-"; a file saved
    # by it then means other columns than it says. Neither is done here.
    if abs(count) > len(header.attributes):
        msg = (
            f"@relation says -C {count}, but the header declares only "
            f"{len(header.attributes)} attributes. Correct it, or pass labels=."
        )
        raise FormatError(msg, path=path)
    columns = _meka_columns(header, count)
    _check_unique(header, columns, path)
    side = "first" if count > 0 else "last"
    verb = "is a label" if len(columns) == 1 else "are labels"
    how = f"the {side} {_count(len(columns))} {verb} (-C {count} in the header)"
    return LabelChoice(columns, how)


def _warn_on_conflict(
    header: ArffHeader, choice: LabelChoice, xml: Path, path: Path
) -> None:
    """Warn where the header means other columns than the XML."""
    count = header.meka_labels
    if count is None or _meka_columns(header, count) == choice.columns:
        return
    side = "first" if count > 0 else "last"
    warn(
        f"{path.name}: {xml.name} names {len(choice.columns)} labels, and the header "
        f"(-C {count}) means the {side} {_count(abs(count))}, which are others. The "
        "XML is followed; pass labels= to decide yourself.",
        LabelSourceWarning,
    )


def _from_xml(header: ArffHeader, xml: Path, path: Path) -> LabelChoice:
    """Take the columns that an XML names, in the order of the file.

    The XML of yeast and of enron lists labels in another order than the columns have:
    by that order the labels would be permuted.
    """
    if not xml.is_file():
        msg = (
            f"There is no label XML {xml}. A text passed as labels is the path of a "
            "label XML; put the names of columns in a list."
        )
        raise FileNotFoundError(msg)
    tree = read_label_xml(xml)
    absent = _absent(tree.names, header)
    if absent:
        msg = f"these labels are not in {path.name}: {absent} Is it another set's XML?"
        raise FormatError(msg, path=xml)
    columns = _positions(header, tree.names, path)
    how = f"{_label_count(len(columns))} named by {xml.name}"
    return LabelChoice(columns, how, tree)


def _absent(names: Sequence[str], header: ArffHeader) -> str:
    """List the names that the file lacks, with the closest match; empty if none."""
    known = set(header.names)
    absent = [name for name in names if name not in known]
    if not absent:
        return ""
    close = difflib.get_close_matches(absent[0], header.names, n=1)
    hint = f" Did you mean '{close[0]}' for '{absent[0]}'?" if close else ""
    return f"{names_for_message(absent)} ({len(absent)} of {len(names)}).{hint}"


def _positions(
    header: ArffHeader, names: Sequence[str], path: Path | None
) -> tuple[int, ...]:
    """Columns of the names, increasing."""
    wanted = set(names)
    columns = tuple(j for j, name in enumerate(header.names) if name in wanted)
    _check_unique(header, columns, path)
    return columns


def _check_unique(
    header: ArffHeader, columns: Sequence[int], path: Path | None
) -> None:
    """Refuse a label name that several attributes carry."""
    seen: set[str] = set()
    for column in columns:
        attribute = header.attributes[column]
        if attribute.name in seen:
            msg = (
                f"the label '{attribute.name}' is declared twice. Rename one of the "
                "two attributes."
            )
            raise FormatError(msg, path=path, line=attribute.line)
        seen.add(attribute.name)


def _count(number: int) -> str:
    return "column" if number == 1 else f"{number} columns"


def _label_count(number: int) -> str:
    return "1 label" if number == 1 else f"{number} labels"
