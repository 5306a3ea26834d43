"""Stratified folds: time and evenness against two other packages.

Run with ``MLKIT_DATA`` set to the folder of the MULAN files.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from harness import Row, interleaved, machine, markdown_table, write_section

SETS = ("yeast", "bibtex", "tmc2007-500", "delicious")
# Second order takes scikit-multilearn minutes on the other two.
PAIR_SETS = ("yeast", "bibtex")
SEEDS = range(3)
N_FOLDS = 5


def splitters(order: int) -> dict[str, Callable[[int], Any]]:
    """Return a function from a seed to a cross-validator, by package."""
    from iterstrat.ml_stratifiers import MultilabelStratifiedKFold
    from skmultilearn.model_selection import (
        IterativeStratification as SkmStratification,
    )

    from mlkit.splitting import IterativeStratification

    makers: dict[str, Callable[[int], Any]] = {
        "mlkit": lambda seed: IterativeStratification(
            N_FOLDS, order=order, random_state=seed
        ),
        "scikit-multilearn": lambda seed: SkmStratification(
            N_FOLDS, order=order, shuffle=True, random_state=seed
        ),
    }
    if order == 1:
        makers["iterative-stratification"] = lambda seed: MultilabelStratifiedKFold(
            N_FOLDS, shuffle=True, random_state=seed
        )
    return makers


def dense_labels(name: str) -> np.ndarray:
    """Return the labels of a set as the other packages take them."""
    import mlkit

    Y = mlkit.load(name).Y
    return Y.toarray() if hasattr(Y, "toarray") else Y.to_numpy()


def folds(make: Callable[[int], Any], labels: np.ndarray, seed: int = 0) -> list[Any]:
    """Split labels once."""
    return list(make(seed).split(labels, labels))


def time_rows(name: str, labels: np.ndarray, order: int) -> Iterator[Row]:
    """Time the folds of the same labels by ours and by each peer."""
    makers = splitters(order)
    ours_call = partial(folds, makers.pop("mlkit"), labels)
    for peer_name, make in makers.items():
        bar = 5.0 if peer_name == "scikit-multilearn" else 1.0
        ours, peer = interleaved(
            ours_call, partial(folds, make, labels), repeats=2 if bar > 1 else 3
        )
        yield Row(
            f"{name}, order {order}, times faster than {peer_name}",
            f"{1e3 * ours:.0f} ms",
            f"{1e3 * peer:.0f} ms",
            peer / ours,
            bar,
        )


def error_row(name: str, labels: np.ndarray, order: int) -> Row:
    """Compare the distribution error with that of the better peer, mean of seeds."""
    from mlkit.splitting import (
        label_distribution_error,
        label_pair_distribution_error,
    )

    measure = label_distribution_error if order == 1 else label_pair_distribution_error
    errors = {
        package: float(
            np.mean([measure(labels, folds(make, labels, seed)) for seed in SEEDS])
        )
        for package, make in splitters(order).items()
    }
    ours = errors.pop("mlkit")
    best = min(errors, key=errors.__getitem__)
    return Row(
        f"{name}, order {order}, {'LD' if order == 1 else 'LPD'} over that of {best}",
        f"{ours:.2g}",
        f"{errors[best]:.2g}",
        ours / errors[best],
        1.0,
        at_least=False,
    )


def main() -> int:
    """Print the table and write it into the README."""
    if not os.environ.get("MLKIT_DATA"):
        print("The splitting benchmark is skipped: set MLKIT_DATA to the MULAN files.")
        return 0
    rows: list[Row] = []
    for order, names in ((1, SETS), (2, PAIR_SETS)):
        for name in names:
            labels = dense_labels(name)
            rows += [*time_rows(name, labels, order), error_row(name, labels, order)]
    table = markdown_table(rows)
    print(table)
    write_section(
        "splitting",
        f"## Splitting\n\n`python benchmarks/bench_splitting.py`, {machine()}. "
        f"{N_FOLDS} folds of dense labels by `IterativeStratification`, "
        "`iterstrat.ml_stratifiers.MultilabelStratifiedKFold` and "
        "`skmultilearn.model_selection.IterativeStratification`. Times are medians of "
        "interleaved runs. LD and LPD are the label and label-pair distribution "
        f"errors, means over seeds {SEEDS[0]} to {SEEDS[-1]}, against the better of "
        f"the two.\n\n{table}",
    )
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
