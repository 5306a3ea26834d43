"""Ten thousand labels on 100 000 rows: what learning all of them takes.

The data are drawn, so that no file is needed. Learning every label by support vectors
takes hours on one core, so a thousand labels are learned, rare and frequent ones, and
time is extrapolated. Memory is that of all labels: a stand-in of the same number of
weights takes the place of the solver, whose own memory is measured and added.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from harness import (
    Row,
    interleaved,
    machine,
    markdown_table,
    measure,
    peak_memory,
    write_section,
)
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

N_SAMPLES, N_LABELS, N_FEATURES = 100_000, 10_000, 10_000
# Every tenth label of those that are ordered by frequency.
STEP = 10
# The shape of the target that does not fit in memory when it is one-hot.
ONE_HOT = (100_000, 257_000)

_PREPARE = f"""
import sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, {str(Path(__file__).parent)!r})
from bench_many_labels import Stand, draw, learner
X, Y = draw(200, 50, 40)
learner(Stand(3)).fit(X, Y).top_k(X, 5)
learner().fit(X, Y[:, :2])
X, Y = draw()
"""


class Stand(ClassifierMixin, BaseEstimator):
    """Stands in for a linear solver: the same number of weights, at no cost.

    Parameters
    ----------
    n_kept : int, default 1
        How many coefficients are not 0.
    """

    def __init__(self, n_kept: int = 1) -> None:
        self.n_kept = n_kept

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Stand:
        """Spread coefficients over the features, in other places for other labels."""
        self.coef_ = np.zeros((1, X.shape[1]))
        first = int(np.argmax(y))
        places = (first + np.linspace(0, X.shape[1], self.n_kept, False)).astype(int)
        self.coef_[0, places % X.shape[1]] = 1.0
        self.intercept_ = np.array([-1.0])
        return self


def learner(base: Any = None) -> Any:
    """Return the learner that is measured."""
    from mlkit.models import SparseLinearRelevance

    return SparseLinearRelevance(base or LinearSVC(random_state=0))


def draw(
    n_samples: int = N_SAMPLES, n_labels: int = N_LABELS, n_features: int = N_FEATURES
) -> tuple[sp.csr_array, sp.csr_array]:
    """Draw rows of length 1 and their labels, the most frequent first."""
    from mlkit.datasets import make_many_labels

    ds = make_many_labels(n_samples, n_labels, n_features=n_features, random_state=0)
    return sp.csr_array(normalize(ds.X)), ds.Y


def time_rows(X: sp.csr_array, Y: sp.csr_array) -> Iterator[Row]:
    """Time some labels, and those of them that are quick against bare fits."""
    few = Y[:, :: N_LABELS // 5]
    columns = [few[:, [j]].toarray().ravel() for j in range(few.shape[1])]
    ours, peer = interleaved(
        partial(learner().fit, X, few),
        lambda: [LinearSVC(random_state=0).fit(X, y) for y in columns],
        repeats=3,
    )
    yield Row(
        f"{len(columns)} labels, time over that of bare LinearSVC fits",
        f"{ours:.2f} s",
        f"{peer:.2f} s",
        ours / peer,
        1.1,
        at_least=False,
    )


def learned_rows(X: sp.csr_array, Y: sp.csr_array) -> Iterator[Row]:
    """Learn every tenth label; extrapolate time and memory to all."""
    some = Y[:, ::STEP]
    start = time.perf_counter()
    fitted = learner().fit(X, some)
    hours = (time.perf_counter() - start) * STEP / 3600
    yield Row(
        f"all {N_LABELS:,} labels on one core, extrapolated from {some.shape[1]}, "
        "hours",
        f"{hours:.1f} h",
        "-",
        hours,
        4.0,
        at_least=False,
    )
    n_kept = fitted.weights_.nnz // some.shape[1]
    size, dense = 12 * n_kept * N_LABELS, 8 * N_FEATURES * N_LABELS
    yield Row(
        "weights that are kept, over a dense float64 matrix of them",
        f"{size / 1e6:.0f} MB",
        f"{dense / 1e6:.0f} MB",
        size / dense,
        0.5,
        at_least=False,
    )
    yield memory_row(n_kept)
    yield answer_row(n_kept)


def memory_row(n_kept: int) -> Row:
    """Measure the peak of learning all labels, and add that of the solver."""
    solver, _ = peak_memory(_PREPARE, "learner().fit(X, Y[:, :2])", "0")
    peak, _ = peak_memory(_PREPARE, f"learner(Stand({n_kept})).fit(X, Y)", "0")
    return Row(
        f"peak of learning {N_LABELS:,} labels, GB above the data",
        f"{(peak + solver) / 1e9:.2f} GB",
        "-",
        (peak + solver) / 1e9,
        8.0,
        at_least=False,
    )


def answer_row(n_kept: int) -> Row:
    """Time the best five of all labels."""
    prepare = f"{_PREPARE}\nfitted = learner(Stand({n_kept})).fit(X, Y)"
    measured = measure(prepare, "fitted.top_k(X[:2000], 5)", "0")
    return Row(
        f"the 5 best of {N_LABELS:,} labels for 2 000 rows, seconds",
        f"{measured.seconds:.1f} s, {measured.peak / 1e6:.0f} MB",
        "-",
        measured.seconds,
        30.0,
        at_least=False,
    )


def target_row() -> Row:
    """Compare the bytes of a one-hot target with those of the same target as CSR."""
    _, Y = draw(*ONE_HOT)
    sparse = Y.data.nbytes + Y.indices.nbytes + Y.indptr.nbytes
    # Computed, never made: in float32, which is what networks ask for.
    dense = 4 * ONE_HOT[0] * ONE_HOT[1]
    return Row(
        f"target of {ONE_HOT[0]:,} rows and {ONE_HOT[1]:,} labels, times smaller than "
        "one-hot float32",
        f"{sparse / 1e6:.1f} MB",
        f"{dense / 1e9:.1f} GB",
        dense / sparse,
        1000.0,
    )


def main() -> int:
    """Print the table and write it into the README."""
    # Some drawn labels have no positive.
    warnings.simplefilter("ignore")
    X, Y = draw()
    rows = [target_row(), *time_rows(X, Y), *learned_rows(X, Y)]
    table = markdown_table(rows)
    print(table)
    write_section(
        "many-labels",
        f"## Many labels\n\n`python benchmarks/bench_many_labels.py`, {machine()}. "
        f"Drawn: {N_SAMPLES:,} sparse rows with {N_FEATURES:,} features and 5 of "
        f"{N_LABELS:,} labels, learned by `SparseLinearRelevance()`. No peer is "
        "measured. The peak is that of all labels with a stand-in for the solver that "
        "keeps as many weights, and the solver's own. Time and weights are those of "
        f"every {STEP}th label of those ordered by frequency."
        f"\n\n{table}",
    )
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
