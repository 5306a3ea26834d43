"""Writing files so that nothing is ever half written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["write_atomically"]


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

    Notes
    -----
    A temporary file in the same folder takes the content and then the name. The rename
    is atomic on one file system only, hence not the system's folder for such files.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        # mkstemp makes private files; the result gets the rights of any new file.
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return target
