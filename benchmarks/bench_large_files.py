"""Files of 1 GB: speed of reading, and memory against what is returned.

The files are generated in a temporary folder, which needs that much room; a smaller
size can be given in megabytes: ``python benchmarks/bench_large_files.py 200``.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from harness import DATASET_SIZE, Row, machine, markdown_table, measure, write_section

MEGABYTES = 1000
SPEED_BAR = 60.0
MEMORY_BAR = 3.0
N_FEATURES, N_LABELS = 200, 20

_PREPARE = """
from mlkit.datasets.reading import read
read({small!r}, {labels})
"""


def repeated(path: Path, header: bytes, block: bytes, megabytes: float) -> Path:
    """Write a header and as many blocks of rows as make up the size."""
    with path.open("wb") as file:
        file.write(header)
        for _ in range(max(1, round(megabytes * 1e6 / len(block)))):
            file.write(block)
    return path


def csv_file(path: Path, megabytes: float) -> Path:
    """Write a table of numbers, the labels last."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2000, N_FEATURES)).round(6).astype(str)
    Y = (rng.random((2000, N_LABELS)) < 0.1).astype(int).astype(str)
    rows = [",".join(row) for row in np.hstack([X, Y]).tolist()]
    names = [f"x{j}" for j in range(N_FEATURES)] + [f"y{j}" for j in range(N_LABELS)]
    block = "\n".join(rows).encode() + b"\n"
    return repeated(path, ",".join(names).encode() + b"\n", block, megabytes)


def sparse_rows(offset: int) -> list[list[tuple[int, str]]]:
    """Draw rows of about 60 numbers and 3 labels; labels have numbers from `offset`."""
    rng = np.random.default_rng(0)
    rows = []
    for _ in range(5000):
        columns = np.unique(rng.integers(2000, size=60))
        cells = [(int(c), f"{rng.random():.6f}") for c in columns]
        labels = np.unique(rng.integers(N_LABELS, size=3)) + offset
        rows.append([*cells, *((int(c), "1") for c in labels)])
    return rows


def arff_file(path: Path, megabytes: float) -> Path:
    """Write a sparse ARFF file, the labels last."""
    names = [f"@attribute x{j} numeric" for j in range(2000)]
    names += [f"@attribute y{j} {{0,1}}" for j in range(N_LABELS)]
    header = "\n".join(["@relation large", *names, "@data", ""]).encode()
    rows = [
        "{" + ",".join(f"{column} {value}" for column, value in row) + "}\n"
        for row in sparse_rows(2000)
    ]
    return repeated(path, header, "".join(rows).encode(), megabytes)


def libsvm_file(path: Path, megabytes: float) -> Path:
    """Write a LIBSVM file, indices from 0."""
    lines = []
    for row in sparse_rows(-N_LABELS):
        labels = ",".join(str(c + N_LABELS) for c, _ in row if c < 0)
        cells = " ".join(f"{column}:{value}" for column, value in row if column >= 0)
        lines.append(f"{labels} {cells}\n")
    return repeated(path, b"", "".join(lines).encode(), megabytes)


FILES: dict[str, tuple[Callable[[Path, float], Path], int | None]] = {
    "large.arff": (arff_file, N_LABELS),
    "large.csv": (csv_file, N_LABELS),
    "large.libsvm": (libsvm_file, None),
}


def rows_of(name: str, megabytes: float, folder: Path) -> list[Row]:
    """Generate one file, read it in a fresh process, delete it."""
    make, labels = FILES[name]
    small = make(folder / f"small-{name}", 1)
    path = make(folder / name, megabytes)
    size = path.stat().st_size
    measured = measure(
        _PREPARE.format(small=str(small), labels=labels),
        f"read({str(path)!r}, {labels})",
        DATASET_SIZE,
    )
    path.unlink()
    speed = size / 1e6 / measured.seconds
    what = f"{size / 1e6:.0f} MB of {path.suffix[1:].upper()}"
    return [
        Row(f"read {what}, MB/s", f"{measured.seconds:.1f} s", "-", speed, SPEED_BAR),
        Row(
            f"peak of reading {what}, over the arrays",
            f"{measured.peak / 1e6:.0f} MB",
            f"{measured.size / 1e6:.0f} MB of arrays",
            measured.peak / measured.size,
            MEMORY_BAR,
            at_least=False,
        ),
    ]


def main() -> int:
    """Print the table and write it into the README."""
    megabytes = float(sys.argv[1]) if len(sys.argv) > 1 else MEGABYTES
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for name in FILES for row in rows_of(name, megabytes, Path(folder))]
    table = markdown_table(rows)
    print(table)
    if megabytes == MEGABYTES:
        write_section(
            "large",
            f"## Large files\n\n`python benchmarks/bench_large_files.py`, {machine()}. "
            f"Generated files, read once in a fresh process.\n\n{table}",
        )
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
