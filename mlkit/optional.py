"""Optional packages: imported where they are used, with the install line if absent."""

from __future__ import annotations

import importlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import ModuleType

from mlkit.exceptions import OptionalDependencyError

__all__ = ["import_optional"]

_LOGS_AT_IMPORT = frozenset({"keras", "tensorflow"})
_LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
_LOG_LINES = re.compile(
    rb"^(?:WARNING: All log messages before absl::|[IWE]\d{4} \d\d"
    rb"|To enable the following instructions:).*\n?",
    re.MULTILINE,
)
_STDERR = 2


def import_optional(module: str, *, extra: str, purpose: str) -> ModuleType:
    """Import a package that only a part of the kit needs.

    Parameters
    ----------
    module : str
        Name to import, such as ``"keras"``.
    extra : str
        The extra of ``mlkit-multilabel`` that installs it.
    purpose : str
        What it is needed for, to complete "... is needed for".

    Returns
    -------
    module

    Raises
    ------
    OptionalDependencyError
        If it is not installed; the message holds the install line.

    Notes
    -----
    TensorFlow writes lines about the processor and absent GPUs into the log when it
    starts, whatever it is told. They are left out, unless the environment variable
    ``TF_CPP_MIN_LOG_LEVEL`` says which ones are wanted.

    Examples
    --------
    >>> import_optional("math", extra="neural", purpose="an example").sqrt(4.0)
    2.0
    """
    try:
        with _quiet_start(module):
            return importlib.import_module(module)
    except ImportError as err:
        message = (
            f"The package '{module}' is needed for {purpose} and is not installed. "
            f"Install it with: pip install 'mlkit-multilabel[{extra}]'"
        )
        raise OptionalDependencyError(message) from err


def _quiet_start(module: str) -> AbstractContextManager[None]:
    if module not in _LOGS_AT_IMPORT or module in sys.modules:
        return nullcontext()
    if _LOG_LEVEL in os.environ:
        return nullcontext()
    # Only errors that end the process. It is read at the first import.
    os.environ[_LOG_LEVEL] = "3"
    return _without_log_lines()


@contextmanager
def _without_log_lines() -> Iterator[None]:
    """Hold back what is written to stderr, and pass on all but the lines of a log."""
    try:
        stderr = os.dup(_STDERR)
    except OSError:  # There is none: a program without a terminal.
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), _STDERR)
        try:
            yield
        finally:
            os.dup2(stderr, _STDERR)
            os.close(stderr)
            held.seek(0)
            with open(_STDERR, "wb", closefd=False) as stream:
                stream.write(_LOG_LINES.sub(b"", held.read()))
