"""Describing 100 000 rows and 10 000 labels: time and memory of all tables.

The labels are drawn here, so that no file is needed: five a row in the mean.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from harness import Row, machine, markdown_table, peak_memory, write_section

from mlkit.dataset import MultiLabelDataset
from mlkit.description import describe

REPEATS = 5
SHAPE = (100_000, 10_000)
DENSITY = 0.0005
SECONDS_BAR = 5.0
MEGABYTES_BAR = 1000.0

_PREPARE = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from bench_describe import DENSITY, SHAPE, drawn_labels, tables
tables(drawn_labels((100, 200), 0.01))
dataset = drawn_labels(SHAPE, DENSITY)
"""


def drawn_labels(shape: tuple[int, int], density: float) -> MultiLabelDataset:
    """Draw labels of which some are frequent and many are rare, as real ones are."""
    random = np.random.default_rng(0)
    size = int(shape[0] * shape[1] * density)
    rows = random.integers(0, shape[0], size)
    columns = (shape[1] * random.random(size) ** 2).astype(int)
    Y = sp.csr_array((np.ones(size, dtype=np.int8), (rows, columns)), shape=shape)
    Y.data[:] = 1  # where a cell was drawn twice
    return MultiLabelDataset(sp.csr_array((shape[0], 1)), Y, name="drawn")


def tables(dataset: MultiLabelDataset) -> list[object]:
    """Make every table of a description."""
    made = describe(dataset)
    return [made.summary, made.labels, made.label_sets, made.pairs]


def time_row() -> Row:
    """Measure the best time of all tables: other work can only add to it."""
    dataset = drawn_labels(SHAPE, DENSITY)
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        tables(dataset)
        seconds.append(time.perf_counter() - start)
    best = min(seconds)
    return Row(
        "describe 100 000 x 10 000 labels at .05 %, seconds",
        f"{best:.2f} s",
        "-",
        best,
        SECONDS_BAR,
        at_least=False,
    )


def memory_row() -> Row:
    """Measure the peak of the same, above the labels, in a process of its own."""
    peak, _ = peak_memory(_PREPARE, "tables(dataset)", "0")
    return Row(
        "peak of the same, MB",
        f"{peak / 1e6:.0f} MB",
        "-",
        peak / 1e6,
        MEGABYTES_BAR,
        at_least=False,
    )


def main() -> int:
    """Print the table and write it into the README."""
    rows = [time_row(), memory_row()]
    table = markdown_table(rows)
    print(table)
    write_section(
        "describing",
        f"## Describing\n\n`python benchmarks/bench_describe.py`, {machine()}. All "
        "tables and all pairs that occur, of sparse labels; the best of "
        f"{REPEATS} runs. No peer in Python makes these tables; mldr and MULAN do, in "
        f"R and Java, and are not measured.\n\n{table}",
    )
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
