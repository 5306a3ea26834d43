r"""The header of an ARFF file: relation, attributes, and MEKA's label count.

Names are kept as MULAN's label XML writes them: escapes are resolved inside quotes
only, so that ``'Swainson\'s Thrush'`` (birds) and the bare ``TAG_m\'usica`` (delicious)
both match.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from mlkit.datasets.formats.arff_lexer import split_nominal_set, unquote
from mlkit.exceptions import FormatError, names_for_message

__all__ = ["ArffHeader", "Attribute", "parse_header"]

Kind = Literal["numeric", "binary", "nominal", "string"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One declared column.

    Parameters
    ----------
    name : str
        Without its quotes, escapes resolved.
    kind : {"numeric", "binary", "nominal", "string"}
        "binary" is a nominal set of exactly the values 0 and 1, in either order.
    values : tuple of str
        Declared values of a nominal attribute, in declared order; else empty.
    line : int
        Line of the declaration, counted from 1.
    """

    name: str
    kind: Kind
    values: tuple[str, ...]
    line: int

    @property
    def sparse_default(self) -> float:
        """What a sparse row leaves out: 1 for ``{1,0}``, else 0 (the first code)."""
        return 1.0 if self.kind == "binary" and self.values[0] == "1" else 0.0


@dataclass(frozen=True)
class ArffHeader:
    """What stands above ``@data``.

    Parameters
    ----------
    relation : str
        Text of ``@relation``, quotes removed; empty where the line is absent.
    attributes : tuple of Attribute
        In the order of the file.
    """

    relation: str
    attributes: tuple[Attribute, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Attribute names in the order of the file; they may repeat."""
        return tuple(attribute.name for attribute in self.attributes)

    @property
    def meka_labels(self) -> int | None:
        """MEKA's ``-C n`` in the relation: first n labels, last ``-n``; None if absent.

        It stands after the first colon that is not the first character, and only an
        option that is a whole word with a whole number after it counts. Any number of
        blanks is accepted, where MEKA wants exactly one.

        Examples
        --------
        >>> ArffHeader("Music: -C 6", ()).meka_labels
        6
        >>> ArffHeader("Music -C 6", ()).meka_labels is None
        True
        """
        name, _, options = self.relation.partition(":")
        match = _MEKA_OPTION.search(options) if name else None
        return int(match[1]) or None if match else None


# MEKA keeps its options in the relation, and other programs append to it: "-C 45" may
# be followed by "-weka.filters..." without a blank. A number of more digits counts
# nothing, and Python refuses to read thousands of them.
_MEKA_OPTION = re.compile(r"(?<!\S)-[cC]\s+([+-]?\d{1,9})(?=[\s-]|$)")
_QUOTED = r"""(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\""""
_RELATION = re.compile(rf"@relation\b\s*(?:{_QUOTED})|(.*))", re.IGNORECASE)
# A bare name runs to a blank or to the brace of a nominal set (red{0,1}). Apostrophes
# inside it are kept: Weka refuses them, and with them the whole delicious set.
_ATTRIBUTE = re.compile(
    rf"@attribute\s+{_QUOTED}|([^\s{{'\"][^\s{{]*))\s*(.*)", re.IGNORECASE
)
# The range of "integer [0,10]" and the weight of "numeric {2}" are read past.
_TYPE = re.compile(r"([A-Za-z]+)\s*(?:\[[^\]]*\])?\s*(.*)")
_AFTER_TYPE = re.compile(r"(?:\{[^{}]*\})?\s*(?:%.*)?$")
_NUMERIC = ("numeric", "real", "integer")


def parse_header(text: str, *, path: Path) -> ArffHeader:
    """Parse everything above ``@data``.

    Parameters
    ----------
    text : str
        The lines, separated by newlines.
    path : Path
        For the messages.

    Returns
    -------
    ArffHeader

    Raises
    ------
    FormatError
        If the text is not an ARFF header, an attribute is malformed or of a type that
        has no place in a label problem (date, relational), or there is no attribute.
    """
    relation = ""
    attributes: list[Attribute] = []
    # Wide files repeat one declaration a thousand times: parse each text once.
    known: dict[str, tuple[Kind, tuple[str, ...]]] = {}
    for number, line in _declarations(text):
        try:
            if line[:10].lower() == "@attribute":
                attributes.append(_attribute(line, number, known))
            elif (found := _RELATION.match(line)) is not None:
                relation = _relation(found)
            else:
                raise FormatError(_not_a_declaration(line, first=not attributes))
        except FormatError as err:
            raise FormatError(err.problem, path=path, line=number) from err.__cause__
    if not attributes:
        msg = "the header declares no attribute. Expected lines '@attribute name type'."
        raise FormatError(msg, path=path)
    return ArffHeader(relation, tuple(attributes))


def _declarations(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that declare something, trimmed, with their numbers."""
    # "%" is a comment at the start of a line only. Inside a line it is a character:
    # word features are called "%" and "100%".
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        if stripped and stripped[0] != "%":
            yield number, stripped


def _relation(match: re.Match[str]) -> str:
    """Text of the relation; lenient, as nothing but MEKA's option depends on it."""
    single, double, bare = match.groups()
    return bare.strip() if bare is not None else unquote(single, double)


def _not_a_declaration(line: str, *, first: bool) -> str:
    """Word what a line is that should have declared something."""
    start = repr(line[:40])
    if line[0] == "<":
        return (
            f"this is not an ARFF file but a web page or XML (it starts {start}). "
            "Perhaps a download failed: fetch the file again."
        )
    if first:
        return f"this is not an ARFF file: expected '@relation name', got {start}."
    return f"expected '@attribute name type' or '@data', got {start}."


def _attribute(
    line: str, number: int, known: dict[str, tuple[Kind, tuple[str, ...]]]
) -> Attribute:
    """Parse one declaration.

    Parameters
    ----------
    line : str
        Trimmed, starts with ``@attribute``.
    number : int
        Of the line.
    known : dict
        Types parsed so far, by their text; a new one is added.
    """
    match = _ATTRIBUTE.match(line)
    if match is None:
        msg = (
            f"expected '@attribute name type', got {line[:60]!r}. Close the quotes of "
            "the name, and put a blank after it."
        )
        raise FormatError(msg)
    single, double, bare, declared = match.groups()
    name = bare if bare is not None else unquote(single, double)
    if not name:
        msg = "the attribute has an empty name. Name it."
        raise FormatError(msg)
    if declared not in known:
        try:
            known[declared] = _parse_type(declared)
        except FormatError as err:
            msg = f"attribute '{name}': {err.problem}"
            raise FormatError(msg) from None
    kind, values = known[declared]
    return Attribute(name, kind, values, number)


def _parse_type(text: str) -> tuple[Kind, tuple[str, ...]]:
    """Parse what follows the name: kind, and declared values where it is nominal."""
    if text[:1] == "{":
        return _nominal(text)
    match = _TYPE.match(text)
    word = match[1].lower() if match else ""
    if word in ("date", "relational"):
        msg = (
            f"type '{word}' is not supported. Turn the column into numbers or text, "
            "or remove it."
        )
        raise FormatError(msg)
    if match is None or word not in (*_NUMERIC, "string"):
        msg = (
            f"expected a type (numeric, real, integer, string or {{a,b}}), got "
            f"{text[:40]!r}. Put a name that holds blanks in quotes."
        )
        raise FormatError(msg)
    _check_rest(match[2])
    return ("string" if word == "string" else "numeric"), ()


def _nominal(text: str) -> tuple[Kind, tuple[str, ...]]:
    """Parse a set of values. Order and case count: codes are positions in it."""
    members, rest = split_nominal_set(text)
    _check_rest(rest)
    values = tuple(cell.text for cell in members)
    if not values:
        msg = "the set of values is empty. List the values: {a,b}."
        raise FormatError(msg)
    if len(set(values)) < len(values):
        twice = [value for value, n in Counter(values).items() if n > 1]
        msg = f"declared twice: {names_for_message(twice)}. Remove one of each."
        raise FormatError(msg)
    return ("binary" if set(values) == {"0", "1"} else "nominal"), values


def _check_rest(rest: str) -> None:
    """Accept a weight ``{2}`` and a comment after the type, and ignore both."""
    if not _AFTER_TYPE.match(rest):
        msg = f"expected the line to end after the type, got {rest[:40]!r}."
        raise FormatError(msg)
