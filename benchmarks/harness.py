"""What all benchmarks share: fair timing, honest memory, one table.

Times are medians of interleaved runs, so that a busy moment of the machine meets both
candidates. Memory is the peak of a fresh process, as the operating system counts it.
"""

from __future__ import annotations

import gc
import json
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "DATASET_SIZE",
    "Measured",
    "Row",
    "interleaved",
    "machine",
    "markdown_table",
    "measure",
    "peak_memory",
    "process_time",
    "write_section",
]

README = Path(__file__).with_name("README.md")


@dataclass(frozen=True)
class Row:
    """One line of a table of results.

    Parameters
    ----------
    what : str
        What was measured.
    ours, peer : str
        The two measurements, with their unit.
    ratio : float
        The number that the bar is about.
    bar : float
        What the ratio must reach.
    at_least : bool, default True
        Whether the ratio must be at least the bar, or at most.
    """

    what: str
    ours: str
    peer: str
    ratio: float
    bar: float
    at_least: bool = True

    @property
    def met(self) -> bool:
        """Whether the bar is met."""
        return self.ratio >= self.bar if self.at_least else self.ratio <= self.bar


def interleaved(
    ours: Callable[[], object], peer: Callable[[], object], *, repeats: int = 9
) -> tuple[float, float]:
    """Time two callables in turns.

    Parameters
    ----------
    ours, peer : callable
        Called without arguments; each once more than `repeats`, to warm up.
    repeats : int, default 9

    Returns
    -------
    ours, peer : float
        Median seconds.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(repeats + 1):
        for call, seconds in zip((ours, peer), times, strict=True):
            gc.collect()
            start = time.perf_counter()
            call()
            if turn:
                seconds.append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])


DATASET_SIZE = """sum(
    sum(part.nbytes for part in (m.data, m.indices, m.indptr))
    if hasattr(m, "indptr") else int(m.memory_usage(index=False, deep=True).sum())
    for m in (result.X, result.Y)
)"""
"""An expression for `measure`: bytes of the buffers of a dataset's X and Y."""


@dataclass(frozen=True)
class Measured:
    """What a call took in a process of its own.

    Parameters
    ----------
    peak : int
        Highest resident memory during the call above what it was before it, in bytes.
    size : int
        Bytes of what it returned.
    seconds : float
    """

    peak: int
    size: int
    seconds: float


_PROBE = """
import json, sys, time

def memory(field):
    with open("/proc/self/status") as status:
        lines = dict(line.split(":", 1) for line in status)
    return int(lines[field].split()[0]) * 1024

{prepare}
before = memory("VmRSS")
# Forget the peak of the imports. (getrusage would not do: its peak survives exec.)
with open("/proc/self/clear_refs", "w") as peak:
    peak.write("5")
start = time.perf_counter()
result = {call}
seconds = time.perf_counter() - start
json.dump([memory("VmHWM") - before, {size}, seconds], sys.stdout)
"""


def measure(prepare: str, call: str, size: str) -> Measured:
    """Measure time and memory of a call in a fresh process (Linux).

    Parameters
    ----------
    prepare : str
        Statements that run before: imports, and a small call that loads what is lazy.
    call : str
        The expression that is measured.
    size : str
        An expression of ``result`` that gives a number of bytes.

    Returns
    -------
    Measured
    """
    code = _PROBE.format(prepare=prepare, call=call, size=size)
    peak, returned, seconds = json.loads(_run(code))
    return Measured(int(peak), int(returned), seconds)


def peak_memory(prepare: str, call: str, size: str) -> tuple[int, int]:
    """Measure by how much a call raises the memory of a fresh process (Linux).

    Parameters
    ----------
    prepare, call, size : str
        As `measure`.

    Returns
    -------
    peak, size : int
        In bytes.
    """
    measured = measure(prepare, call, size)
    return measured.peak, measured.size


def process_time(code: str, *, repeats: int = 7) -> float:
    """Median seconds of fresh Python processes that run a statement."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        _run(code)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def _run(code: str) -> str:
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        msg = f"the process failed:\n{done.stderr}"
        raise RuntimeError(msg)
    return done.stdout


def machine() -> str:
    """Describe interpreter, libraries and processor in one line."""
    import numpy as np
    import pandas as pd

    return (
        f"Python {platform.python_version()}, numpy {np.__version__}, pandas "
        f"{pd.__version__}, {platform.system()} {platform.machine()}"
    )


def markdown_table(rows: Sequence[Row]) -> str:
    """Format rows as a Markdown table."""
    lines = [
        "| what | mlkit | peer | ratio | bar | met |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        sign = "≥" if row.at_least else "≤"
        lines.append(
            f"| {row.what} | {row.ours} | {row.peer} | {row.ratio:.2f} "
            f"| {sign} {row.bar:g} | {'yes' if row.met else 'NO'} |"
        )
    return "\n".join(lines)


def write_section(name: str, text: str, *, path: Path = README) -> None:
    """Replace what stands between two markers of the README, or append it.

    Parameters
    ----------
    name : str
        The markers are ``<!-- name:start -->`` and ``<!-- name:end -->``.
    text : str
        Markdown.
    path : Path, default benchmarks/README.md
        Created where it is absent.
    """
    start, end = f"<!-- {name}:start -->", f"<!-- {name}:end -->"
    section = f"{start}\n{text.strip()}\n{end}"
    old = path.read_text(encoding="utf-8") if path.exists() else "# Benchmarks\n"
    if start in old and end in old:
        before, rest = old.split(start, 1)
        new = before + section + rest.split(end, 1)[1]
    else:
        new = f"{old.rstrip()}\n\n{section}\n"
    path.write_text(new, encoding="utf-8")
