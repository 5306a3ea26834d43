"""Explorers: how long it takes from a moved control to a new picture."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from harness import Row, machine, markdown_table, write_section

ROOT = Path(__file__).resolve().parents[1]
MOVES = 40
MEDIAN_BAR, P95_BAR = 50.0, 150.0
BROWSER_BAR = 250.0


def explorers() -> Iterator[str]:
    """Yield the names of all explorers."""
    from mlkit import widgets

    for name in widgets.__all__:
        if name.endswith(("Explorer", "Browser")) and name != "Explorer":
            yield name


def update_rows(name: str) -> Iterator[Row]:
    """Move every control of an explorer as it comes, and name the slowest."""
    from mlkit import widgets
    from mlkit.widgets.driving import moves

    times = defaultdict(list)
    for control, act in moves(getattr(widgets, name)(), n=MOVES):
        start = time.perf_counter()
        act()
        times[control].append(1e3 * (time.perf_counter() - start))
    medians = {key: statistics.median(x) for key, x in times.items()}
    highs = {key: _p95(x) for key, x in times.items()}
    for what, values, bar in (
        ("median", medians, MEDIAN_BAR),
        ("95th percentile", highs, P95_BAR),
    ):
        slowest = max(values, key=values.__getitem__)
        control = slowest.partition(":")[0]
        yield _row(f"{name}, {what} of '{control}'", values[slowest], bar)


def browser_rows() -> Iterator[Row]:
    """Press keys in JupyterLab in Chromium; the slowest explorer counts."""
    test = "tests/browser/test_explorers.py::test_in_jupyterlab"
    command = [sys.executable, "-m", "pytest", "-q", "-m", "browser", test]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "MLKIT_TIMES": folder,
            "MLKIT_REQUIRE_BROWSER": "1",
            "OMP_NUM_THREADS": "1",
        }
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        times = json.loads(Path(folder, "lab.json").read_text(encoding="utf-8"))
    medians = {name: statistics.median(values) for name, values in times.items()}
    slowest = max(medians, key=medians.__getitem__)
    what = f"{slowest} in JupyterLab in Chromium, median from a key to the new picture"
    yield _row(what, medians[slowest], BROWSER_BAR)


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def _row(what: str, value: float, bar: float) -> Row:
    return Row(f"{what}, ms", f"{value:.0f} ms", "-", value, bar, at_least=False)


def main() -> int:
    """Print the table and write it into the README."""
    rows = []
    for row in chain.from_iterable([*map(update_rows, explorers()), browser_rows()]):
        rows.append(row)
        print(markdown_table([row]).splitlines()[-1], flush=True)
    table = markdown_table(rows)
    write_section(
        "widgets",
        f"## Widgets\n\n`python benchmarks/bench_widgets.py`, {machine()}. Every "
        "control of every explorer is moved up to "
        f"{MOVES} times, from a changed value to the new picture in the kernel; the "
        "slowest control of each is shown. No peer draws the "
        f"same.\n\n{table}",
    )
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
