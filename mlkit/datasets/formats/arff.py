"""Reading ARFF files: bytes in, arrays out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mlkit.datasets.formats.arff_blocks import scan_dense, scan_sparse
from mlkit.datasets.formats.arff_header import parse_header
from mlkit.datasets.formats.arff_rows import read_rows, row_lines
from mlkit.datasets.formats.arff_table import (
    ArffTable,
    DenseRows,
    Schema,
    SparseRows,
    assemble,
)
from mlkit.exceptions import FormatError

__all__ = ["line_of_row", "read_arff"]

# Large enough that the cost of a call does not count, small enough that the working
# arrays of a chunk stay a fraction of what is returned.
_CHUNK = 1 << 16
_DATA = re.compile(rb"^[ \t]*@data\b[^\n]*(?:\n|\Z)", re.MULTILINE | re.IGNORECASE)
_BLANK_LINES = re.compile(rb"\n[ \t]*(?=\n)")
_UTF_8_BOM = b"\xef\xbb\xbf"
_UTF_16_BOMS = (b"\xff\xfe", b"\xfe\xff")


def read_arff(path: str | Path) -> ArffTable:
    """Read an ARFF file, dense or sparse.

    Parameters
    ----------
    path : str or Path
        UTF-8, with or without byte order mark; a file that is not UTF-8 is taken for
        latin-1.

    Returns
    -------
    ArffTable
        Header and cells; nothing in it is about labels yet.

    Raises
    ------
    FormatError
        If the file is empty, not ARFF, or breaks a rule; the message has the line.
    OSError
        If it cannot be opened.

    Notes
    -----
    The rules are those of Weka's reader, with these choices:

    * Cells are separated by commas or tabs; a row with neither is separated by blanks.
      Two commas in a row are an error, one comma after a complete row is not.
    * ``%`` starts a comment at the start of a line, or after a blank behind a row.
    * Escapes count inside quotes only, and a bare name may hold an apostrophe.
    * A bare ``?`` and the number NaN are missing; a quoted ``'?'`` is a value.
    * What a sparse row leaves out is 0 or the first declared value. A string has no
      such value and is missing (Weka would take the first string of the file).
    * Indices of a sparse row may come in any order, each once.
    * Instance weights ``{w}`` after a row and attribute weights are ignored, and so
      is text after ``@data`` on its line.

    Cost is linear in the size of the file: plain rows take some 10 ns a byte, rows
    with quotes or comments twenty times that, in chunks of a megabyte.

    References
    ----------
    I. H. Witten, E. Frank, M. A. Hall, C. J. Pal. "Data Mining", 4th ed., 2016,
    section 2.4 (the ARFF format).
    """
    path = Path(path)
    raw = _load(path)
    data = _DATA.search(raw)
    head = raw if data is None else raw[: data.start()]
    header = parse_header(head.decode(), path=path)
    if data is None:
        msg = "there is no @data line after the header. Is the file complete?"
        raise FormatError(msg, path=path)
    schema = Schema(header)
    max_rows = raw.count(b"\n", data.end()) + 1
    blocks = _read_blocks(raw, data.end(), schema, path)
    return ArffTable(path, schema, assemble(blocks, schema, max_rows))


def line_of_row(path: Path, row: int) -> int:
    """Find the line of a row, for a message.

    Parameters
    ----------
    path : Path
        A file that `read_arff` reads.
    row : int
        Counted from 0.

    Returns
    -------
    int
        Counted from 1.
    """
    raw = _load(path)
    data = _DATA.search(raw)
    assert data is not None
    first_line = raw.count(b"\n", 0, data.start()) + 2
    lines = row_lines(raw[data.end() :].decode(), first_line)
    return next(number for i, (number, _) in enumerate(lines) if i == row)


def _load(path: Path) -> bytes:
    """Return the file as UTF-8, its line ends as newlines."""
    raw = path.read_bytes()
    if not raw or raw.isspace():
        msg = "the file is empty. Fetch or export it again."
        raise FormatError(msg, path=path)
    if raw.startswith(_UTF_16_BOMS) or b"\0" in raw:
        msg = (
            "unknown encoding: the file is UTF-16 or not text at all. Expected UTF-8 "
            "or latin-1. Save it as UTF-8."
        )
        raise FormatError(msg, path=path)
    if not raw.isascii():
        raw = _as_utf_8(raw)
    if b"\r" in raw:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return raw


def _as_utf_8(raw: bytes) -> bytes:
    raw = raw.removeprefix(_UTF_8_BOM)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1").encode()
    return raw


def _read_blocks(
    raw: bytes, start: int, schema: Schema, path: Path
) -> Iterator[DenseRows | SparseRows]:
    line, counted = 1, 0
    while start < len(raw):
        end = raw.find(b"\n", start + _CHUNK) + 1 or len(raw)
        chunk = raw[start:end]
        rows = _scan(chunk, schema)
        if rows is not None:
            yield rows
        else:
            # Lines are counted only here, where an error may have to name one.
            line, counted = line + raw.count(b"\n", counted, start), start
            yield from read_rows(chunk.decode(), schema, path=path, first_line=line)
        start = end


def _scan(chunk: bytes, schema: Schema) -> DenseRows | SparseRows | None:
    """Try the fast reader; None where the careful one is needed."""
    if chunk[-1:] != b"\n":
        chunk += b"\n"
    scan = scan_sparse if chunk[:1] == b"{" else scan_dense
    rows = scan(chunk, schema)
    if rows is not None:
        return rows
    # Blank lines, and a blank after each comma, are common enough for a second try.
    tidy = _BLANK_LINES.sub(b"", chunk.replace(b", ", b",")).removeprefix(b"\n")
    if tidy in (chunk, b""):
        return None
    scan = scan_sparse if tidy[:1] == b"{" else scan_dense
    return scan(tidy, schema)
