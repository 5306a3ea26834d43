"""A delimited text file before its cells: encoding, separator, header, lines."""

from __future__ import annotations

import bz2
import codecs
import csv
import gzip
import io
import itertools
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from mlkit.exceptions import FormatError, OptionError

__all__ = [
    "BROKEN_ARCHIVE",
    "COMPRESSED",
    "DELIMITED",
    "CsvFile",
    "default_separator",
    "open_csv",
    "opener_of",
]

BROKEN_ARCHIVE = (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError)
"""What the decompressors raise for a file that is cut off or is none of theirs."""

_BLOCK = 1 << 20
_OPENERS: dict[str, Callable[..., Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
}
_SEPARATORS = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".txt": "\t"}
COMPRESSED = tuple(_OPENERS)
"""Suffixes of the compressions that are understood."""

DELIMITED = tuple(_SEPARATORS)
"""Suffixes of delimited text."""

_WORDS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blank"}
_UTF_16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UNKNOWN_ENCODING = (
    "unknown encoding: the file is UTF-16 or not text at all. Expected UTF-8 or "
    "latin-1. Save it as UTF-8."
)
_EMPTY = "the file is empty. Fetch or export it again."


@dataclass(frozen=True, slots=True)
class _Survey:
    """What one pass over the bytes tells."""

    encoding: str
    n_lines: int
    n_bytes: int


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A delimited file whose header was read.

    Parameters
    ----------
    path : Path
    names : tuple of str
        Header cells as they stand in the file.
    separator : str
        One character.
    encoding : {"utf-8", "latin-1"}
    max_rows : int
        No fewer than there are rows: lines below the header, or the bytes of the file
        over those that the shortest row takes.
    start : int
        Where the rows begin, in bytes of the uncompressed file.
    reading : str
        How the file was understood, for a person to read.
    """

    path: Path
    names: tuple[str, ...]
    separator: str
    encoding: str
    max_rows: int
    start: int
    reading: str
    _header_lines: int = field(repr=False)

    def open_rows(self) -> BinaryIO:
        """Return the bytes below the header; the caller closes the file."""
        stream = _open(self.path)
        stream.seek(self.start)
        return stream

    def lines(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with its line, with care: to word what is wrong.

        Yields
        ------
        line : int
            The last line of the row, counted from 1: a quoted cell may span several.
        cells : list of str
            Blank lines are left out.
        """
        encoding = self.encoding
        with io.TextIOWrapper(self.open_rows(), encoding, newline="") as text:
            reader = csv.reader(text, delimiter=self.separator)
            for cells in reader:
                if cells:
                    yield self._header_lines + reader.line_num, cells

    def line_of_row(self, row: int) -> int | None:
        """Find the line of a row, for a message.

        Parameters
        ----------
        row : int
            Counted from 0.

        Returns
        -------
        int or None
            Counted from 1; None where a cell is too long for the search.
        """
        try:
            return next(itertools.islice(self.lines(), row, None))[0]
        except (csv.Error, StopIteration):
            return None


def open_csv(path: Path, *, separator: str | None = None) -> CsvFile:
    """Read the header of a delimited file, and find out how it is written.

    Parameters
    ----------
    path : Path
        CSV, TSV or another delimited text, which may be compressed (``.gz``, ``.bz2``,
        ``.xz``).
    separator : str, optional
        One character. By default a comma for ``.csv`` and a tab for ``.tsv``, ``.tab``
        and ``.txt``; where the header has none of these, the first of semicolon, tab,
        comma and bar that it has.

    Returns
    -------
    CsvFile

    Raises
    ------
    FormatError
        If the file is empty, a web page, in another encoding, or not compressed as its
        suffix says.
    OptionError
        If `separator` is not one character.

    Notes
    -----
    A file that is not UTF-8 is taken for latin-1, as ARFF files are. To know that, the
    file is read once before its cells are, at the speed of the disk.
    """
    if separator is not None and (len(separator) != 1 or not separator.isascii()):
        msg = f"separator must be one ASCII character, got {separator!r}."
        raise OptionError(msg)
    try:
        survey = _survey(path)
        return _read_header(path, survey, separator)
    except (*BROKEN_ARCHIVE, OSError) as err:
        if path.suffix.lower() not in _OPENERS or isinstance(err, FileNotFoundError):
            raise
        msg = f"the file is not a whole {path.suffix} file ({err}). Fetch it again."
        raise FormatError(msg, path=path) from err


def opener_of(path: Path) -> Callable[..., Any]:
    """Return the function that opens a file of this name, compressed or not.

    Parameters
    ----------
    path : Path

    Returns
    -------
    callable
        Takes a path and ``"rb"`` or ``"wb"``.

    Examples
    --------
    >>> opener_of(Path("films.csv.gz")).__module__
    'gzip'
    """
    return _OPENERS.get(path.suffix.lower(), open)


def _open(path: Path) -> BinaryIO:
    """Open the file for reading, decompressed."""
    return cast(BinaryIO, opener_of(path)(path, "rb"))


def _survey(path: Path) -> _Survey:
    """Find the encoding and count the lines, in one pass over the bytes."""
    encoding, n_lines, n_bytes = "utf-8", 0, 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    end = b""
    with _open(path) as stream:
        block = stream.read(_BLOCK)
        if block.startswith(_UTF_16_BOMS):
            raise FormatError(_UNKNOWN_ENCODING, path=path)
        while block:
            if b"\0" in block:
                raise FormatError(_UNKNOWN_ENCODING, path=path)
            n_bytes += len(block)
            n_lines += block.count(b"\n")
            if b"\r" in block:
                # Old Macs ended lines by a carriage return alone.
                n_lines += block.count(b"\r") - block.count(b"\r\n")
            if encoding == "utf-8" and not _is_utf8(decoder, block):
                encoding = "latin-1"
            end, block = block[-1:], stream.read(_BLOCK)
    n_lines += end not in (b"\n", b"\r", b"")
    if encoding == "utf-8" and decoder.getstate()[0]:
        encoding = "latin-1"
    return _Survey(encoding, n_lines, n_bytes)


def _is_utf8(decoder: codecs.IncrementalDecoder, block: bytes) -> bool:
    """Whether a block goes on as UTF-8; `decoder` keeps a character cut in two."""
    if block.isascii() and not decoder.getstate()[0]:
        return True
    try:
        decoder.decode(block)
    except UnicodeDecodeError:
        return False
    return True


def _read_header(path: Path, survey: _Survey, separator: str | None) -> CsvFile:
    """Read the first row; the other arguments say how."""
    taken: list[str] = []
    with io.TextIOWrapper(_open(path), survey.encoding, newline="") as text:
        lines = _recorded(text, taken)
        default = separator or default_separator(path)
        names = _first_row(lines, default, path)
    found = None
    if separator is None and len(names) == 1:
        found = _other_separator(taken, path)
        names = _first_row(iter(taken), found or default, path)
    return CsvFile(
        path=path,
        names=tuple(names),
        separator=found or default,
        encoding=survey.encoding,
        # A row has a byte a column at least: a separator or the line end. Else a wide
        # header over many blank lines would ask for any amount of memory.
        max_rows=min(survey.n_lines - len(taken), survey.n_bytes // len(names) + 1),
        start=len("".join(taken).encode(survey.encoding)),
        reading=_describe(path, found, separator, survey.encoding),
        _header_lines=len(taken),
    )


def _recorded(lines: Iterator[str], taken: list[str]) -> Iterator[str]:
    """Yield lines, and keep them: what is read is the header."""
    for line in lines:
        taken.append(line)
        yield line


def default_separator(path: Path) -> str:
    """Return what separates cells in a file of this name.

    Parameters
    ----------
    path : Path

    Returns
    -------
    str
        A tab for ``.tsv``, ``.tab`` and ``.txt``, else a comma.

    Examples
    --------
    >>> default_separator(Path("films.csv.gz"))
    ','
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    return next((_SEPARATORS[s] for s in reversed(suffixes) if s in _SEPARATORS), ",")


def _first_row(lines: Iterator[str], separator: str, path: Path) -> list[str]:
    """Parse the first row that is not blank."""
    try:
        rows = csv.reader(_without_mark(lines), delimiter=separator)
        names = next((row for row in rows if row), None)
    except csv.Error as err:
        msg = f"the header cannot be read ({err}). Is the separator right?"
        raise FormatError(msg, path=path, line=1) from err
    if names is None:
        raise FormatError(_EMPTY, path=path)
    if names[0].lstrip().lower().startswith(("<!doctype", "<html", "<?xml")):
        msg = (
            "this is a web page or XML, not a table; a download often gives the page "
            "about a file. Fetch the file itself."
        )
        raise FormatError(msg, path=path, line=1)
    return names


def _without_mark(lines: Iterator[str]) -> Iterator[str]:
    """Drop the byte order mark, which would make the first name another one."""
    first = next(lines, "")
    # Read as latin-1 the three bytes of the mark are three characters.
    yield first.removeprefix("\ufeff").removeprefix("\xef\xbb\xbf")
    yield from lines


def _other_separator(header: list[str], path: Path) -> str | None:
    """Find what separates the names of a header; None where it is a single name."""
    for candidate in (";", "\t", ",", "|"):
        if len(_first_row(iter(header), candidate, path)) > 1:
            return candidate
    return None


def _describe(
    path: Path, found: str | None, separator: str | None, encoding: str
) -> str:
    """Say how the file was understood, as far as that was a decision."""
    kind = "TSV" if default_separator(path) == "\t" and not found else "CSV"
    said = "found in the header" if found else "by request"
    shown = found or separator
    parts = [kind]
    if shown is not None:
        parts.append(f"separated by {_WORDS.get(shown, shown)} ({said})")
    if encoding != "utf-8":
        parts.append(encoding)
    return ", ".join(parts)
