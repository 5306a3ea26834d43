"""Writing files so that nothing is ever half written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["atomic_file", "write_atomically"]


def write_atomically(path: str | Path, content: bytes) -> Path:
    """Write a file in one step: readers see the old content or the new, no mixture.

    Parameters
    ----------
    path : str or Path
        The file; folders above it are created.
    content : bytes
        All of the new content.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OSError
        If the folder cannot be written to; nothing is left behind.

    See Also
    --------
    atomic_file : The same for content that is written piece by piece.
    """
    with atomic_file(path) as temporary:
        temporary.write_bytes(content)
    return Path(path)


@contextmanager
def atomic_file(path: str | Path) -> Iterator[Path]:
    """Give a temporary file that takes the place of `path` when all went well.

    Parameters
    ----------
    path : str or Path
        The file in the end; folders above it are created.

    Yields
    ------
    Path
        An empty file beside it, to be written and closed within the ``with`` block.

    Raises
    ------
    OSError
        If the folder cannot be written to. After this or any error inside the block
        the old file stands and nothing is left behind.

    Notes
    -----
    The temporary file lies in the same folder: the rename is atomic on one file system
    only, hence not the system's folder for such files.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with atomic_file(Path(folder, "new.txt")) as temporary:
    ...         _ = temporary.write_text("piece by piece")
    ...     print([file.name for file in Path(folder).iterdir()])
    ['new.txt']
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        # mkstemp makes private files; the result gets the rights of any new file.
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
