"""Reading ARFF files: bytes in, arrays out."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from mlkit.datasets.formats.arff_blocks import scan_dense, scan_sparse
from mlkit.datasets.formats.arff_builder import TableBuilder
from mlkit.datasets.formats.arff_header import parse_header
from mlkit.datasets.formats.arff_rows import read_rows, row_lines
from mlkit.datasets.formats.arff_table import (
    ArffTable,
    DenseRows,
    Schema,
    SparseRows,
)
from mlkit.exceptions import FormatError

__all__ = ["line_of_row", "read_arff", "read_blocks"]

# Bytes that are read and parsed at once. Large enough that the cost of a call does not
# count, small enough that the working arrays stay in the cache of the processor and
# are a fraction of what is returned.
_BLOCK = 1 << 18
_DATA = re.compile(rb"^[ \t]*@data\b[^\n]*(?:\n|\Z)", re.MULTILINE | re.IGNORECASE)
_BLANK_LINES = re.compile(rb"\n[ \t]*(?=\n)")
_UTF_8_BOM = b"\xef\xbb\xbf"
_UTF_16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_UNKNOWN_ENCODING = (
    "unknown encoding: the file is UTF-16 or not text at all. Expected UTF-8 or "
    "latin-1. Save it as UTF-8."
)


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
    with quotes or comments twenty times that, in blocks of 256 kB.

    References
    ----------
    I. H. Witten, E. Frank, M. A. Hall, C. J. Pal. "Data Mining", 4th ed., 2016,
    section 2.4 (the ARFF format).
    """
    path = Path(path)
    try:
        return _read(path, "utf-8")
    except UnicodeDecodeError:
        return _read(path, "latin-1")


def _read(path: Path, encoding: str) -> ArffTable:
    """Read the file in one encoding, block by block: it is never in memory as a whole.

    Raises
    ------
    UnicodeDecodeError
        If the encoding is another one.
    """
    with path.open("rb") as file:
        blocks = read_blocks(file, path, encoding)
        head, rest, line = _split_at_data(blocks, path)
        schema = Schema(parse_header(head.decode(), path=path))
        if rest is None:
            msg = "there is no @data line after the header. Is the file complete?"
            raise FormatError(msg, path=path)
        builder = TableBuilder(schema)
        n_bytes = os.fstat(file.fileno()).st_size
        for block in itertools.chain([rest], blocks):
            # Bytes left over bytes of a block: more blocks of this kind to expect.
            to_come = (n_bytes - file.tell()) / max(len(block), 1)
            rows, n_lines = _rows(block, schema, path, line)
            for part in rows:
                builder.add(part, to_come=to_come)
            line += n_lines
    return ArffTable(path, schema, builder.finish())


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
    with path.open("rb") as file:
        # As latin-1 any file can be read, and lines are the same.
        blocks = read_blocks(file, path, "latin-1")
        _, rest, line = _split_at_data(blocks, path)
        text = b"".join([rest or b"", *blocks]).decode()
    lines = row_lines(text, line)
    return next(number for i, (number, _) in enumerate(lines) if i == row)


def read_blocks(file: BinaryIO, path: Path, encoding: str) -> Iterator[bytes]:
    """Read a text file in blocks of whole lines.

    Parameters
    ----------
    file : binary file
        Open for reading, at its start.
    path : Path
        For the messages.
    encoding : {"utf-8", "latin-1"}

    Yields
    ------
    bytes
        Some 256 kB, as UTF-8 without byte order mark and with newlines as line ends.
        The last line of the file may lack its newline.

    Raises
    ------
    FormatError
        If the file is UTF-16 or holds NUL, so that it is no text.
    UnicodeDecodeError
        If the encoding is another one.
    """
    # Completed to whole lines, so that neither a row nor a character is ever cut.
    block = file.read(_BLOCK) + file.readline()
    if block.startswith(_UTF_16_BOMS):
        raise FormatError(_UNKNOWN_ENCODING, path=path)
    block = block.removeprefix(_UTF_8_BOM)
    while block:
        if b"\0" in block:
            raise FormatError(_UNKNOWN_ENCODING, path=path)
        if not block.isascii():
            block = block.decode(encoding).encode()
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        yield block
        block = file.read(_BLOCK) + file.readline()


def _split_at_data(
    blocks: Iterator[bytes], path: Path
) -> tuple[bytes, bytes | None, int]:
    """Return what stands before ``@data``, the block after it, and its first line."""
    head: list[bytes] = []
    for block in blocks:
        # Blocks are whole lines, so the one with @data is found in a single block.
        data = _DATA.search(block)
        if data is not None:
            above = b"".join([*head, block[: data.start()]])
            line = above.count(b"\n") + data[0].count(b"\n") + 1
            return above, block[data.end() :], line
        head.append(block)
    above = b"".join(head)
    if not above.strip():
        msg = "the file is empty. Fetch or export it again."
        raise FormatError(msg, path=path)
    return above, None, 1


def _rows(
    block: bytes, schema: Schema, path: Path, line: int
) -> tuple[Sequence[DenseRows | SparseRows], int]:
    """Read the rows of a block, fast if it can be, else with care; also count lines."""
    if block[-1:] != b"\n":
        block += b"\n"
    rows = _scan(block, schema)
    if rows is not None:
        return [rows], len(rows)
    # Blank lines, and a blank after each comma, are common enough for a second try.
    tidy = _BLANK_LINES.sub(b"", block.replace(b", ", b",")).removeprefix(b"\n")
    rows = _scan(tidy, schema) if tidy != block else None
    n_lines = block.count(b"\n")
    if rows is not None:
        return [rows], n_lines
    return read_rows(block.decode(), schema, path=path, first_line=line), n_lines


def _scan(block: bytes, schema: Schema) -> DenseRows | SparseRows | None:
    """Try the fast reader; None where the careful one is needed."""
    if not block:
        return None
    return (
        scan_sparse(block, schema) if block[:1] == b"{" else scan_dense(block, schema)
    )
