"""Metrics, thresholds and bootstrap intervals: time and memory against scikit-learn.

The data are drawn, so that no file is needed; the shape of the large pair is that of
delicious, that of the small one yeast's test part.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import scipy.sparse as sp
from harness import (
    Row,
    interleaved,
    machine,
    markdown_table,
    peak_memory,
    write_section,
)

N_SAMPLES, N_LABELS, DENSITY = 20_000, 983, 0.01
SMALL = (917, 14)


def draw(
    n_samples: int, n_labels: int, density: float
) -> tuple[sp.csr_array, sp.csr_array, np.ndarray]:
    """Draw labels, a prediction that is right for about half, and probabilities."""
    rng = np.random.default_rng(0)
    Y = sp.random_array((n_samples, n_labels), density=density, rng=rng, format="csr")
    Y.data[:] = 1
    proba = rng.random((n_samples, n_labels)) * 0.9
    rows, columns = Y.nonzero()
    proba[rows, columns] += 0.1
    cut = np.quantile(proba, 1 - density)
    Y_pred = sp.csr_array((proba >= cut).astype(np.int8))
    return sp.csr_array(Y.astype(np.int8)), Y_pred, proba


def our_table(Y: Any, Y_pred: Any, proba: Any = None) -> dict[str, float]:
    """Compute all metrics that tables hold, of decided labels or of probabilities."""
    from mlkit.metrics import METRICS, score_table

    wanted = [
        metric
        for metric in METRICS.values()
        if metric.in_tables and (metric.kind == "bipartition") is (proba is None)
    ]
    return score_table(Y, Y_pred, metrics=wanted, Y_proba=proba)


def their_bipartitions(Y: np.ndarray, Y_pred: np.ndarray) -> list[Any]:
    """Compute those that scikit-learn has for label matrices, each count used twice."""
    from sklearn import metrics as skm

    found: list[Any] = [skm.hamming_loss(Y, Y_pred), skm.accuracy_score(Y, Y_pred)]
    for average in ("samples", "micro", "macro", "weighted"):
        options = {"average": average, "zero_division": 0.0}
        # Precision, recall and F1 in one call.
        found.append(skm.precision_recall_fscore_support(Y, Y_pred, **options))
        found.append(skm.jaccard_score(Y, Y_pred, **options))
    return found


def their_rankings(Y: np.ndarray, proba: np.ndarray) -> list[Any]:
    """Compute those that scikit-learn has for scores, macro and weighted as one."""
    from sklearn import metrics as skm

    return [
        skm.label_ranking_loss(Y, proba),
        skm.coverage_error(Y, proba),
        skm.label_ranking_average_precision_score(Y, proba),
        skm.ndcg_score(Y, proba),
        skm.ndcg_score(Y, proba, k=5),
        skm.roc_auc_score(Y, proba, average=None),
        skm.roc_auc_score(Y, proba, average="micro"),
        skm.average_precision_score(Y, proba, average=None),
        skm.average_precision_score(Y, proba, average="micro"),
        [skm.log_loss(Y[:, j], proba[:, j], labels=[0, 1]) for j in range(Y.shape[1])],
        [skm.brier_score_loss(Y[:, j], proba[:, j]) for j in range(Y.shape[1])],
    ]


def table_rows() -> Iterator[Row]:
    """Time the two tables on the large pair."""
    Y, Y_pred, proba = draw(N_SAMPLES, N_LABELS, DENSITY)
    dense, dense_pred = Y.toarray(), Y_pred.toarray()
    ours, peer = interleaved(
        partial(our_table, Y, Y_pred),
        partial(their_bipartitions, dense, dense_pred),
        repeats=3,
    )
    yield Row(
        "all metrics of decided labels, times faster",
        f"{1e3 * ours:.0f} ms",
        f"{1e3 * peer:.0f} ms",
        peer / ours,
        20.0,
    )
    ours, peer = interleaved(
        partial(our_table, Y, Y_pred, proba),
        partial(their_rankings, dense, proba),
        repeats=2,
    )
    yield Row(
        "all metrics of rankings and probabilities, times faster",
        f"{ours:.2f} s",
        f"{peer:.2f} s",
        peer / ours,
        4.0,
    )


def memory_row() -> Row:
    """Compare the peak of the table of decided labels with a dense matrix of bytes."""
    prepare = (
        "import sys; sys.path.insert(0, 'benchmarks')\n"
        "from bench_metrics import DENSITY, N_LABELS, N_SAMPLES, draw, our_table\n"
        "Y, Y_pred, proba = draw(N_SAMPLES, N_LABELS, DENSITY); del proba\n"
        "our_table(Y[:10], Y_pred[:10])"
    )
    peak, _ = peak_memory(prepare, "our_table(Y, Y_pred)", "0")
    size = N_SAMPLES * N_LABELS
    return Row(
        "peak of all metrics of decided labels, over a dense int8 copy of Y",
        f"{peak / 1e6:.1f} MB",
        f"{size / 1e6:.1f} MB",
        peak / size,
        1.0,
        at_least=False,
    )


def grid_thresholds(Y: np.ndarray, proba: np.ndarray) -> np.ndarray:
    """Find the best of 100 cuts a label with scikit-learn's `f1_score`."""
    from sklearn.metrics import f1_score

    cuts = np.linspace(0.0, 1.0, 100)
    best = []
    for y, p in zip(Y.T, proba.T, strict=True):
        scores = [f1_score(y, p >= cut, zero_division=0.0) for cut in cuts]
        best.append(cuts[int(np.argmax(scores))])
    return np.array(best)


def threshold_rows() -> Iterator[Row]:
    """Time exact thresholds against a grid."""
    from mlkit.thresholds import best_thresholds

    for n_samples, n_labels, density in ((*SMALL, 0.3), (N_SAMPLES, 50, 0.05)):
        Y, _, proba = draw(n_samples, n_labels, density)
        dense = Y.toarray()
        ours, peer = interleaved(
            partial(best_thresholds, dense, proba),
            partial(grid_thresholds, dense, proba),
            repeats=2,
        )
        yield Row(
            f"exact F1 thresholds of {n_samples} x {n_labels}, times faster than a "
            "grid of 100",
            f"{1e3 * ours:.1f} ms",
            f"{1e3 * peer:.0f} ms",
            peer / ours,
            20.0,
        )


def bootstrap_rows() -> Iterator[Row]:
    """Time 1 000 resamples at the size of yeast's test part."""
    from mlkit.evaluation import evaluate

    Y, _, proba = draw(*SMALL, 0.3)
    dense = Y.toarray()
    for what, prediction, bar in (
        ("all metrics of decided labels", (proba >= 0.5).astype(int), 2.0),
        ("all metrics", proba, 10.0),
    ):
        evaluation = evaluate(dense, prediction)
        evaluation.intervals(n_resamples=10)
        start = time.perf_counter()
        table = evaluation.intervals(n_resamples=1000)
        seconds = time.perf_counter() - start
        yield Row(
            f"1 000 bootstrap resamples of {what} ({len(table)}), seconds",
            f"{seconds:.2f} s",
            "-",
            seconds,
            bar,
            at_least=False,
        )


def main() -> int:
    """Print the table and write it into the README."""
    # Labels without a positive: scikit-learn warns of each.
    warnings.simplefilter("ignore")
    rows = [*table_rows(), memory_row(), *threshold_rows(), *bootstrap_rows()]
    table = markdown_table(rows)
    print(table)
    write_section(
        "metrics",
        f"## Metrics\n\n`python benchmarks/bench_metrics.py`, {machine()}. "
        f"{N_SAMPLES:,} x {N_LABELS} labels drawn at {DENSITY:.0%}, sparse for the kit "
        "and dense for scikit-learn, which computes those of the metrics that it has "
        "for label matrices (14 of decided labels, one call for precision, recall and "
        "F1; 11 of scores and probabilities), while the kit computes its whole tables. "
        "Medians of interleaved runs; bootstrap at the size of yeast's test part, "
        f"917 x 14, has no peer.\n\n{table}",
    )
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
