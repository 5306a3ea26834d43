"""Which columns of a file are its labels, and who said so."""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path
from typing import TypeAlias

from mlkit.datasets.formats.label_xml import LabelTree, read_label_xml
from mlkit.exceptions import (
    FormatError,
    LabelNameError,
    LabelSourceWarning,
    names_for_message,
    warn,
)

__all__ = [
    "ColumnNames",
    "LabelChoice",
    "Labels",
    "absent_names",
    "choose_labels",
    "xml_candidates",
]

Labels: TypeAlias = int | Sequence[str] | str | Path | None
"""What a caller may say about label columns: a count, names, a pattern, an XML."""

# Parts and variants of a data set share one label file: Corel5k-train-sparse.arff is
# described by Corel5k.xml.
_PART = re.compile(r"-(?:train|test|sparse)$", re.IGNORECASE)
_COMPRESSED = re.compile(r"\.(?:gz|bz2|xz)$", re.IGNORECASE)
_WILDCARD = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """What a file says about its columns.

    Parameters
    ----------
    names : tuple of str
        In the order of the file; they may repeat.
    lines : tuple of int, optional
        The line that declares each column, where the format has declarations.
    meka_labels : int, optional
        MEKA's ``-C n``.
    """

    names: tuple[str, ...]
    lines: tuple[int, ...] | None = None
    meka_labels: int | None = None


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


def choose_labels(
    columns: ColumnNames, labels: Labels, path: Path | None
) -> LabelChoice:
    """Decide which columns are labels.

    Parameters
    ----------
    columns : ColumnNames
    labels : int, sequence of str, str, Path or None
        What the caller said; see `mlkit.read`.
    path : Path or None
        The data file; its neighbours are searched for an XML. None for a DataFrame.

    Returns
    -------
    LabelChoice

    Raises
    ------
    FileNotFoundError
        If a text is neither a column nor a pattern nor an XML that exists.
    FormatError
        If the XML is broken or names labels that the file lacks, or nothing says which
        columns are labels.
    LabelNameError
        If the caller's count, names or pattern do not fit the file.
    TypeError
        If `labels` is of another kind.

    Warns
    -----
    LabelSourceWarning
        If the XML beside the file and the header disagree. Conversions of a file often
        move its labels and leave the header's ``-C`` as it was (medical), so the XML
        wins.

    Examples
    --------
    >>> names = ColumnNames(("title", "genre_comedy", "genre_drama"))
    >>> choose_labels(names, "genre_*", None)
    LabelChoice(columns=(1, 2), how="2 labels by the pattern 'genre_*'", tree=None)
    """
    if labels is None:
        return _found_labels(columns, path)
    if isinstance(labels, Path):
        return _from_xml(columns, labels, path)
    if isinstance(labels, str):
        return _from_text(columns, labels, path)
    if isinstance(labels, Integral) and not isinstance(labels, bool):
        return _last(columns, int(labels))
    if isinstance(labels, Sequence) and all(isinstance(name, str) for name in labels):
        return _named(columns, labels)
    msg = (
        "labels must be a count (the last n columns), a list of names, a pattern such "
        "as 'genre_*', or the path of a label XML; a table also takes Tags and "
        f"LongTable. Got {labels!r}."
    )
    raise TypeError(msg)


def _from_text(columns: ColumnNames, text: str, path: Path | None) -> LabelChoice:
    """Understand a text: the name of one column, a pattern, or the path of an XML."""
    if text in columns.names:
        return _named(columns, [text])
    if not text.lower().endswith(".xml") and _WILDCARD.search(text):
        return _matching(columns, text)
    return _from_xml(columns, Path(text), path)


def _matching(columns: ColumnNames, pattern: str) -> LabelChoice:
    """Take the columns whose names match a pattern, capitals told from small."""
    matching = [name for name in columns.names if fnmatch.fnmatchcase(name, pattern)]
    if not matching:
        msg = (
            f"No column matches the pattern '{pattern}'. The columns are "
            f"{names_for_message(columns.names, limit=8)}. Capitals count."
        )
        raise LabelNameError(msg)
    found = _positions(columns, matching, None)
    return LabelChoice(found, f"{_label_count(len(found))} by the pattern '{pattern}'")


def _last(columns: ColumnNames, count: int) -> LabelChoice:
    """Take the last columns: where nearly all public files have their labels."""
    n_columns = len(columns.names)
    if not 0 < count <= n_columns:
        msg = (
            f"labels={count} must be between 1 and the {n_columns} columns of the "
            "file; it counts the last columns. For labels elsewhere pass their names."
        )
        raise LabelNameError(msg)
    found = tuple(range(n_columns - count, n_columns))
    _check_unique(columns, found, None)
    return LabelChoice(found, f"the last {_count(count)} by request")


def _named(columns: ColumnNames, names: Sequence[str]) -> LabelChoice:
    """Take columns by name; the order of the names does not matter."""
    if not names:
        msg = "labels is an empty list. Name at least one column."
        raise LabelNameError(msg)
    if len(set(names)) < len(names):
        twice = [name for i, name in enumerate(names) if name in names[:i]]
        msg = f"labels names these twice: {names_for_message(twice)}. Name each once."
        raise LabelNameError(msg)
    absent = absent_names(names, columns.names)
    if absent:
        msg = f"The file has no columns {absent} Check 'labels'."
        raise LabelNameError(msg)
    found = _positions(columns, names, None)
    return LabelChoice(found, f"{_label_count(len(names))} by request")


def _found_labels(columns: ColumnNames, path: Path | None) -> LabelChoice:
    """Look for the labels where nobody named them: XML first, header second."""
    for candidate in xml_candidates(path):
        if candidate.is_file():
            choice = _from_xml(columns, candidate, path)
            _warn_on_conflict(columns, choice, candidate, path)
            return choice
    if columns.meka_labels is None:
        raise FormatError(_nothing_found(columns, path), path=path)
    return _from_header(columns, columns.meka_labels, path)


def _nothing_found(columns: ColumnNames, path: Path | None) -> str:
    """Word that nothing says which columns are labels."""
    tried = names_for_message(file.name for file in xml_candidates(path))
    looked = f": beside the file there is no {tried}" if tried else ""
    if columns.lines is not None:
        return (
            f"nothing says which columns are labels{looked}, and @relation has no "
            "'-C n'. Pass labels=n for the last n columns, a list of names, or the "
            "path of a label XML."
        )
    return (
        f"nothing says which columns are labels{looked}. Pass labels=n for the last n "
        "columns, a list of names, a pattern such as 'genre_*', the path of a label "
        "XML, or Tags('column') for a column of tags. The columns are "
        f"{names_for_message(columns.names, limit=8)}."
    )


def xml_candidates(path: Path | None) -> Iterator[Path]:
    """Yield where the label XML of a file may lie, the most specific name first.

    Parameters
    ----------
    path : Path or None
        The data file, which may be compressed; None yields nothing.

    Yields
    ------
    Path

    Examples
    --------
    >>> [xml.name for xml in xml_candidates(Path("emotions-train.csv.gz"))]
    ['emotions-train.xml', 'emotions.xml']
    """
    if path is None:
        return
    stem = Path(_COMPRESSED.sub("", path.name)).stem
    yield path.with_name(f"{stem}.xml")
    while _PART.search(stem):
        stem = _PART.sub("", stem)
        yield path.with_name(f"{stem}.xml")


def _meka_columns(columns: ColumnNames, count: int) -> tuple[int, ...]:
    """Columns that ``-C count`` means, as far as the file has them."""
    n_columns = len(columns.names)
    if count > 0:
        return tuple(range(min(count, n_columns)))
    return tuple(range(max(n_columns + count, 0), n_columns))


def _from_header(columns: ColumnNames, count: int, path: Path | None) -> LabelChoice:
    """Take the columns that MEKA would take, under their own names."""
    # MEKA moves the last columns to the front and renames them "name-"; a file saved
    # by it then means other columns than it says. Neither is done here.
    if abs(count) > len(columns.names):
        msg = (
            f"@relation says -C {count}, but the header declares only "
            f"{len(columns.names)} attributes. Correct it, or pass labels=."
        )
        raise FormatError(msg, path=path)
    found = _meka_columns(columns, count)
    _check_unique(columns, found, path)
    side = "first" if count > 0 else "last"
    verb = "is a label" if len(found) == 1 else "are labels"
    how = f"the {side} {_count(len(found))} {verb} (-C {count} in the header)"
    return LabelChoice(found, how)


def _warn_on_conflict(
    columns: ColumnNames, choice: LabelChoice, xml: Path, path: Path | None
) -> None:
    """Warn where the header means other columns than the XML."""
    count = columns.meka_labels
    if path is None or count is None:
        return
    if _meka_columns(columns, count) == choice.columns:
        return
    side = "first" if count > 0 else "last"
    warn(
        f"{path.name}: {xml.name} names {len(choice.columns)} labels, and the header "
        f"(-C {count}) means the {side} {_count(abs(count))}, which are others. The "
        "XML is followed; pass labels= to decide yourself.",
        LabelSourceWarning,
    )


def _from_xml(columns: ColumnNames, xml: Path, path: Path | None) -> LabelChoice:
    """Take the columns that an XML names, in the order of the file.

    The XML of yeast and of enron lists labels in another order than the columns have:
    by that order the labels would be permuted.
    """
    if not xml.is_file():
        msg = (
            f"There is no label XML {xml}, and no column of that name. A text passed "
            "as labels is the name of a column, a pattern such as 'genre_*', or the "
            "path of a label XML; put the names of columns in a list."
        )
        raise FileNotFoundError(msg)
    tree = read_label_xml(xml)
    absent = absent_names(tree.names, columns.names)
    if absent:
        where = "the table" if path is None else path.name
        msg = f"these labels are not in {where}: {absent} Is it another set's XML?"
        raise FormatError(msg, path=xml)
    found = _positions(columns, tree.names, path)
    how = f"{_label_count(len(found))} named by {xml.name}"
    return LabelChoice(found, how, tree)


def absent_names(names: Sequence[str], known: Sequence[str]) -> str:
    """List the names that are not known, with the closest match, for a message.

    Parameters
    ----------
    names, known : sequence of str

    Returns
    -------
    str
        Empty if all are known.

    Examples
    --------
    >>> absent_names(["calm", "sat"], ["calm", "sad"])
    "'sat' (1 of 2). Did you mean 'sad' for 'sat'?"
    """
    present = set(known)
    absent = [name for name in names if name not in present]
    if not absent:
        return ""
    close = difflib.get_close_matches(absent[0], known, n=1)
    hint = f" Did you mean '{close[0]}' for '{absent[0]}'?" if close else ""
    return f"{names_for_message(absent)} ({len(absent)} of {len(names)}).{hint}"


def _positions(
    columns: ColumnNames, names: Sequence[str], path: Path | None
) -> tuple[int, ...]:
    """Columns of the names, increasing."""
    wanted = set(names)
    found = tuple(j for j, name in enumerate(columns.names) if name in wanted)
    _check_unique(columns, found, path)
    return found


def _check_unique(
    columns: ColumnNames, found: Sequence[int], path: Path | None
) -> None:
    """Refuse a label name that several columns carry."""
    seen: set[str] = set()
    for column in found:
        name = columns.names[column]
        if name in seen:
            declared = columns.lines is not None
            msg = (
                f"the label '{name}' is {'declared' if declared else 'there'} twice. "
                "Rename one of the two columns."
            )
            line = columns.lines[column] if columns.lines is not None else None
            raise FormatError(msg, path=path, line=line)
        seen.add(name)


def _count(number: int) -> str:
    return "column" if number == 1 else f"{number} columns"


def _label_count(number: int) -> str:
    return "1 label" if number == 1 else f"{number} labels"
