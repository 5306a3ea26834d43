"""MULAN's label XML: which attributes are labels, and their hierarchy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import quoteattr

from mlkit.exceptions import (
    FormatError,
    LabelNameError,
    UnwritableError,
    names_for_message,
)
from mlkit.validation import check_label_names
from mlkit.writing import write_atomically

__all__ = ["LabelTree", "read_label_xml", "write_label_xml"]

_URI = "http://mulan.sourceforge.net/labels"
_NAMESPACE = f"{{{_URI}}}"
# Characters that XML 1.0 has no way to write, not even as a reference.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class LabelTree:
    """Label names, and for each the label above it.

    Parameters
    ----------
    names : tuple of str
        In document order, a parent before its children. This is not the order of the
        label columns: that is the order of the data file.
    parents : tuple of (str or None)
        Name of the label above, None for a root. As long as `names`.

    Examples
    --------
    >>> LabelTree(("animal", "dog"), (None, "animal")).is_hierarchy
    True
    """

    names: tuple[str, ...]
    parents: tuple[str | None, ...]

    @property
    def is_hierarchy(self) -> bool:
        """Whether any label stands below another."""
        return any(parent is not None for parent in self.parents)


def read_label_xml(path: str | Path) -> LabelTree:
    """Read a MULAN label file.

    Parameters
    ----------
    path : str or Path
        ``<labels xmlns="http://mulan.sourceforge.net/labels">`` with one
        ``<label name="...">`` for each label, nested where the labels form a tree. A
        missing namespace is accepted, another one is not.

    Returns
    -------
    LabelTree

    Raises
    ------
    FormatError
        If the file is not well-formed XML, holds entities or a document type (they
        could read other files or fill the memory), is no label file, or a name is
        missing or stands twice.
    OSError
        If it cannot be opened.

    Notes
    -----
    Names are decoded by the rules of XML alone: a backslash is an ordinary character.

    References
    ----------
    G. Tsoumakas, E. Spyromitros-Xioufis, J. Vilcek, I. Vlahavas. "Mulan: A Java Library
    for Multi-Label Learning", JMLR 12:2411-2414, 2011.
    """
    path = Path(path)
    root = _parse(path)
    if _local_name(root) != "labels":
        msg = (
            f"expected the root element <labels>, got <{root.tag}>. This is not a "
            "MULAN label file."
        )
        raise FormatError(msg, path=path)
    names: list[str] = []
    parents: list[str | None] = []
    # A stack instead of recursion: a file may nest deeper than Python recurses.
    stack: list[tuple[Element, str | None]] = [
        (child, None) for child in reversed(root)
    ]
    while stack:
        element, parent = stack.pop()
        name = _label_name(element, path)
        names.append(name)
        parents.append(parent)
        stack.extend((child, name) for child in reversed(element))
    _check_names(names, path)
    return LabelTree(tuple(names), tuple(parents))


def _parse(path: Path) -> Element:
    """Parse the file without ever following what it refers to."""
    # Imported here, as label files are read long after `import mlkit`.
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import parse

    try:
        root: Any = parse(path, forbid_dtd=True).getroot()
    except DefusedXmlException as err:
        msg = (
            "the label file holds a document type or entities, which are refused: they "
            "can read other files or fill the memory. Remove the <!DOCTYPE ...> part."
        )
        raise FormatError(msg, path=path) from err
    # LookupError: the declaration names an encoding that does not exist.
    except (ParseError, ValueError, LookupError) as err:
        line = err.position[0] if isinstance(err, ParseError) else None
        msg = (
            f"the label file is not well-formed XML ({err}). Fetch or export it again."
        )
        raise FormatError(msg, path=path, line=line) from err
    return root


def _local_name(element: Element) -> str:
    """Tag without MULAN's namespace; another namespace stays, and is refused."""
    return element.tag.removeprefix(_NAMESPACE)


def _label_name(element: Element, path: Path) -> str:
    """Name of a label element, checked."""
    if _local_name(element) != "label":
        msg = f"expected an element <label name=...>, got <{element.tag}>."
        raise FormatError(msg, path=path)
    name = element.get("name")
    if not name:
        msg = 'a <label> has no name. Expected <label name="...">.'
        raise FormatError(msg, path=path)
    return name


def _check_names(names: list[str], path: Path) -> None:
    """Check that there are names and that each stands once.

    Once over all levels: names are what connects labels with columns, so that a child
    cannot be told from a namesake elsewhere in the tree.
    """
    if not names:
        msg = "the label file names no label. Expected at least one <label name=...>."
        raise FormatError(msg, path=path)
    seen: set[str] = set()
    twice = [name for name in names if name in seen or seen.add(name)]  # type: ignore[func-returns-value]
    if twice:
        msg = (
            f"label names must be unique, at all levels; these stand more than once: "
            f"{names_for_message(dict.fromkeys(twice))}."
        )
        raise FormatError(msg, path=path)


def write_label_xml(
    path: str | Path,
    names: Sequence[str],
    parents: Sequence[str | None] | None = None,
) -> Path:
    """Write a MULAN label file.

    Parameters
    ----------
    path : str or Path
        The file; folders above it are created.
    names : sequence of str
        The labels, in the order that the file shall have. At least one.
    parents : sequence of (str or None), optional
        Name of the label above each, None for a root; by default all are roots.

    Returns
    -------
    Path
        The file, in UTF-8.

    Raises
    ------
    LabelNameError
        If there is no name, one is empty or stands twice, or the parents are not as
        many, are no labels themselves, or go in a circle.
    UnwritableError
        If a name holds a character that XML cannot hold, such as a control character.

    Notes
    -----
    A child stands inside its parent, so that the names of a tree are read back parent
    first, whatever their order was.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = write_label_xml(Path(folder, "a.xml"), ["pet", "dog"], [None, "pet"])
    ...     read_label_xml(path)
    LabelTree(names=('pet', 'dog'), parents=(None, 'pet'))
    """
    checked = check_label_names(names, len(names))
    _check_writable(checked)
    above = [None] * len(checked) if parents is None else list(parents)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<labels xmlns="{_URI}">',
        *_elements(checked, above),
        "</labels>\n",
    ]
    return write_atomically(path, "\n".join(lines).encode())


def _check_writable(names: Sequence[str]) -> None:
    if not names:
        msg = "There are no labels to write. A label file names at least one."
        raise LabelNameError(msg)
    refused = [name for name in names if _NO_XML.search(name)]
    if refused:
        msg = (
            f"A label XML cannot hold the characters of {refused[0]!r} "
            f"({len(refused)} such labels). Rename them, or write a .parquet file."
        )
        raise UnwritableError(msg)


def _elements(names: Sequence[str], parents: Sequence[str | None]) -> list[str]:
    """Lines of the label elements, each child inside its parent."""
    children: dict[str | None, list[str]] = {name: [] for name in (None, *names)}
    if len(parents) != len(names) or not set(parents) <= set(children):
        msg = (
            f"parents must name a label, or None, for each of the {len(names)} labels; "
            f"got {names_for_message(parents)}."
        )
        raise LabelNameError(msg)
    for name, parent in zip(names, parents, strict=True):
        children[parent].append(name)
    lines: list[str] = []
    n_named = 0
    # A stack, as in reading; None closes the innermost element that is open.
    stack: list[str | None] = list(reversed(children[None]))
    while stack:
        label = stack.pop()
        if label is None:
            lines.append("</label>")
            continue
        n_named += 1
        below = children[label]
        lines.append(f"<label name={quoteattr(label)}{'>' if below else '/>'}")
        if below:
            stack += [None, *reversed(below)]
    # Labels in a circle hang below no root, so that they were never reached.
    if n_named < len(names):
        msg = "The parents of some labels go in a circle. Give a root the parent None."
        raise LabelNameError(msg)
    return lines
