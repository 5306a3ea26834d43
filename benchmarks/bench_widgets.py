"""Explorers: how long the kernel takes from a moved slider to a new picture."""

from __future__ import annotations

import statistics
import sys
import time

from harness import Row, machine, markdown_table, write_section

UPDATES = 100
MEDIAN_BAR = 50.0
P95_BAR = 150.0


def update_rows() -> list[Row]:
    """Move every control of the logit explorer through its range."""
    from mlkit.widgets import LogitExplorer

    explorer = LogitExplorer(preset="two winners")
    times = []
    for step in range(UPDATES):
        start = time.perf_counter()
        if step % 6 == 5:
            explorer.state.threshold = 0.2 + 0.006 * step
        else:
            explorer.state.set_logit(step % 6, -5.0 + 0.1 * step)
        times.append(1e3 * (time.perf_counter() - start))
    median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    limits = (("median", median, MEDIAN_BAR), ("95th percentile", p95, P95_BAR))
    return [
        Row(
            f"update of LogitExplorer, {what} in ms",
            f"{value:.0f} ms",
            "-",
            value,
            bar,
            at_least=False,
        )
        for what, value, bar in limits
    ]


def main() -> int:
    """Print the table and write it into the README."""
    rows = update_rows()
    table = markdown_table(rows)
    print(table)
    write_section(
        "widgets",
        f"## Widgets\n\n`python benchmarks/bench_widgets.py`, {machine()}. From a "
        "changed trait to the new picture, in the kernel; no peer draws the "
        f"same.\n\n{table}",
    )
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
