"""Stratified folds: time against the package iterative-stratification.

Run with ``MLKIT_DATA`` set to the folder of the MULAN files.
"""

from __future__ import annotations

import os
import sys

from harness import Row, interleaved, machine, markdown_table, write_section

SETS = ("yeast", "bibtex", "tmc2007-500", "delicious")
BAR = 1.0


def time_rows() -> list[Row]:
    """Time five folds of the same dense labels by both."""
    from iterstrat.ml_stratifiers import MultilabelStratifiedKFold

    import mlkit
    from mlkit.splitting import IterativeStratification

    ours_cv = IterativeStratification(5, random_state=0)
    peer_cv = MultilabelStratifiedKFold(5, shuffle=True, random_state=0)
    rows = []
    for name in SETS:
        Y = mlkit.load(name).Y
        labels = Y.toarray() if hasattr(Y, "toarray") else Y.to_numpy()
        ours, peer = interleaved(
            lambda labels=labels: list(ours_cv.split(labels, labels)),
            lambda labels=labels: list(peer_cv.split(labels, labels)),
            repeats=3,
        )
        times = (f"{1e3 * ours:.0f} ms", f"{1e3 * peer:.0f} ms")
        rows.append(Row(f"5 folds of {name}, times faster", *times, peer / ours, BAR))
    return rows


def main() -> int:
    """Print the table and write it into the README."""
    if not os.environ.get("MLKIT_DATA"):
        print("The splitting benchmark is skipped: set MLKIT_DATA to the MULAN files.")
        return 0
    rows = time_rows()
    table = markdown_table(rows)
    print(table)
    write_section(
        "splitting",
        f"## Splitting\n\n`python benchmarks/bench_splitting.py`, {machine()}. Medians "
        "of interleaved runs of `IterativeStratification` and "
        "`iterstrat.ml_stratifiers.MultilabelStratifiedKFold`, both on dense "
        f"labels.\n\n{table}",
    )
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
