"""Reading ARFF files: time against scikit-multilearn, memory, and import time.

Run with ``MLKIT_DATA`` set to the folder of the MULAN files.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

from harness import (
    DATASET_SIZE,
    Row,
    interleaved,
    machine,
    markdown_table,
    peak_memory,
    process_time,
    write_section,
)

# name, file, labels, sparse, how many times faster than the peer it must be
SETS = [
    ("bibtex (sparse)", "bibtex/bibtex.arff", 159, True, 15),
    ("delicious (sparse)", "delicious/delicious.arff", 983, True, 15),
    ("tmc2007-500 (sparse)", "tmc2007/tmc2007-500.arff", 22, True, 15),
    ("yeast (dense)", "yeast/yeast.arff", 14, False, 8),
    ("scene-train (dense)", "scene/scene-train.arff", 6, False, 8),
]
MEMORY_BAR = 3.0
IMPORT_BAR = 0.25

_PREPARE = """
from mlkit.datasets.reading import read
read({small!r})
"""


def time_rows(folder: Path) -> list[Row]:
    """Time `mlkit.read` against `skmultilearn.dataset.load_from_arff`."""
    from skmultilearn.dataset import load_from_arff

    from mlkit.datasets.reading import read

    rows = []
    for name, file, n_labels, sparse, bar in SETS:
        path = str(folder / file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the peer leaves its file open
            ours, peer = interleaved(
                lambda path=path: read(path),
                lambda path=path, n=n_labels, sparse=sparse: load_from_arff(
                    path, n, label_location="end", load_sparse=sparse
                ),
                repeats=9 if sparse else 25,  # short times need more of them
            )
        times = (f"{1e3 * ours:.0f} ms", f"{1e3 * peer:.0f} ms")
        rows.append(Row(f"read {name}, times faster", *times, peer / ours, bar))
    return rows


def memory_rows(folder: Path) -> list[Row]:
    """Measure the peak of reading, less the file, over the arrays returned."""
    small = str(folder / "flags" / "flags.arff")
    rows = []
    for name, file, *_ in SETS:
        path = folder / file
        peak, size = peak_memory(
            _PREPARE.format(small=small), f"read({str(path)!r})", DATASET_SIZE
        )
        allowed = MEMORY_BAR * size + path.stat().st_size
        measured = (f"{peak / 1e6:.1f} MB", f"{allowed / 1e6:.1f} MB allowed")
        ratio = (peak - path.stat().st_size) / size
        rows.append(
            Row(
                f"peak of reading {name}, less the file, over the arrays",
                *measured,
                ratio,
                MEMORY_BAR,
                at_least=False,
            )
        )
    return rows


def import_row() -> Row:
    """Measure how much longer `import mlkit` takes than `import numpy`."""
    ours, numpy = process_time("import numpy, mlkit"), process_time("import numpy")
    return Row(
        "import mlkit, seconds more than import numpy",
        f"{ours:.3f} s",
        f"{numpy:.3f} s",
        ours - numpy,
        IMPORT_BAR,
        at_least=False,
    )


def main() -> int:
    """Print the table and write it into the README."""
    folder = os.environ.get("MLKIT_DATA")
    if not folder:
        print("The reading benchmark is skipped: set MLKIT_DATA to the MULAN files.")
        return 0
    rows = [*time_rows(Path(folder)), *memory_rows(Path(folder)), import_row()]
    table = markdown_table(rows)
    print(table)
    write_section(
        "reading",
        f"## Reading\n\n`python benchmarks/bench_reading.py`, {machine()}. Times are "
        "medians of interleaved runs of `mlkit.read` and "
        "`skmultilearn.dataset.load_from_arff`; memory is the growth of the resident "
        f"set of a fresh process.\n\n{table}",
    )
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
