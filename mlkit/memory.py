"""How much memory a piece of work takes at its peak."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

__all__ = ["Peak", "watch_memory"]

_CLEAR, _STATUS = "/proc/self/clear_refs", "/proc/self/status"


class Peak:
    """The peak of a piece of work; `watch_memory` fills it in.

    Attributes
    ----------
    megabytes : float
        How far the resident memory of the process rose above where it stood. NaN while
        the work is going on, and where the system does not tell (other than Linux).
    """

    megabytes: float = np.nan


@contextmanager
def watch_memory() -> Iterator[Peak]:
    """Measure the peak of what happens inside the ``with`` block.

    Yields
    ------
    Peak
        Filled in at the end.

    Notes
    -----
    The kernel keeps the highest resident size of a process and sets it back on demand:
    nothing is slowed down, and what compiled code takes is counted. What other threads
    of the process take at the same time is counted too; other processes are not, and
    neither is memory that the process had taken before and was free to use again, or
    gave back meanwhile: small numbers may be too small.

    Examples
    --------
    >>> with watch_memory() as peak:
    ...     _ = b"x" * 500_000_000
    >>> np.isnan(peak.megabytes) or peak.megabytes > 100
    True
    """
    peak = Peak()
    before = _start()
    try:
        yield peak
    finally:
        if before is not None:
            peak.megabytes = max(0, _read("VmHWM") - before) / 1000


def _start() -> int | None:
    """Set the peak back; return the kilobytes that are resident now, if known."""
    try:
        with open(_CLEAR, "w", encoding="ascii") as clear:
            clear.write("5")
        return _read("VmRSS")
    except (OSError, LookupError):
        return None


def _read(field: str) -> int:
    with open(_STATUS, encoding="ascii", errors="replace") as status:
        for line in status:
            if line.startswith(f"{field}:"):
                return int(line.split()[1])
    raise LookupError(field)
