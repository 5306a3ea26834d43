"""The comparison engine: against a plain loop, what it adds to a fold, and loading.

Run with ``MLKIT_DATA`` set to the folder of the MULAN files.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from harness import Row, interleaved, machine, markdown_table, write_section
from sklearn import metrics as sk
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

MODELS = ("br-lr", "cc-lr", "lp-lr")
N_FOLDS = 10
AVERAGES = ("micro", "macro", "weighted", "samples")


def ours(data: Any, folds: list[Any]) -> Any:
    """Compare by all metrics that tables hold."""
    import mlkit
    from mlkit.metrics.catalog import choose_metrics

    return mlkit.compare(data, MODELS, choose_metrics(None), cv=folds, n_jobs=2)


def plain_loop(
    X: np.ndarray, Y: np.ndarray, folds: list[Any], *, ranked: bool
) -> list[float]:
    """Predict out of fold on one core, and score each fold by scikit-learn's metrics.

    `cross_val_predict` asks a model for one kind of answer, and of these models for
    labels only: where rankings are scored too, another loop fits them again.
    """
    from skmultilearn import problem_transform as peers

    base = LogisticRegression(max_iter=1000)
    found = []
    for method in (
        peers.BinaryRelevance(base),
        peers.ClassifierChain(base),
        peers.LabelPowerset(base),
    ):
        model = make_pipeline(StandardScaler(), method)
        answers = cross_val_predict(model, X, Y, cv=folds).toarray()
        for train, test in folds:
            found += label_scores(Y[test], answers[test])
            if ranked:
                fitted = clone(model).fit(X[train], Y[train])
                proba = fitted.predict_proba(X[test]).toarray()
                found += rank_scores(Y[test], proba)
    return found


def label_scores(Y: np.ndarray, predicted: np.ndarray) -> list[float]:
    """Evaluate decided labels as scikit-learn can."""
    values = [sk.accuracy_score(Y, predicted), sk.hamming_loss(Y, predicted)]
    for average in AVERAGES:
        values += sk.precision_recall_fscore_support(
            Y, predicted, average=average, zero_division=0
        )[:3]
        values.append(sk.jaccard_score(Y, predicted, average=average, zero_division=0))
    return values


def rank_scores(Y: np.ndarray, proba: np.ndarray) -> list[float]:
    """Evaluate rankings as scikit-learn can."""
    values = [
        sk.coverage_error(Y, proba),
        sk.label_ranking_loss(Y, proba),
        sk.label_ranking_average_precision_score(Y, proba),
        sk.ndcg_score(Y, proba),
    ]
    for average in ("micro", "macro"):
        values.append(sk.average_precision_score(Y, proba, average=average))
        values.append(sk.roc_auc_score(Y, proba, average=average))
    return values


def grid_rows() -> Iterator[Row]:
    """Time three methods on ten folds of yeast."""
    from mlkit.datasets import load
    from mlkit.splitting import IterativeStratification

    data = load("yeast")
    X, Y = data.as_xy()
    folds = list(IterativeStratification(N_FOLDS, random_state=0).split(X, Y))
    for what, ranked, bar in (
        ("metrics of labels", False, 1.5),
        ("all metrics", True, 2.5),
    ):
        mine, peer = interleaved(
            partial(ours, data, folds),
            partial(plain_loop, X.to_numpy(), Y.to_numpy(), folds, ranked=ranked),
            repeats=3,
        )
        yield Row(
            f"BR, CC, LP with logistic regression, 10 folds of yeast, {what}, "
            "times faster",
            f"{mine:.1f} s",
            f"{peer:.1f} s",
            peer / mine,
            bar,
        )


def engine_rows() -> Iterator[Row]:
    """Measure what the engine adds to quick fits, and what loading takes."""
    import mlkit
    from mlkit.comparison import Comparison
    from mlkit.datasets import load

    data = load("yeast")
    with tempfile.TemporaryDirectory() as folder:
        compare = partial(
            mlkit.compare,
            data,
            ["baseline-set", "baseline-nothing"],
            cv=10,
            n_repeats=50,
            folder=folder,
        )
        start = time.perf_counter()
        result = compare()
        passed = time.perf_counter() - start
        n_folds = len(result.folds)
        spent = result.folds[["fit_seconds", "predict_seconds"]].sum(axis=None)
        yield Row(
            f"what the engine adds to a fold ({n_folds} of yeast, 8 metrics), ms",
            f"{1e3 * passed / n_folds:.1f} ms",
            "-",
            1e3 * (passed - spent) / n_folds,
            30.0,
            at_least=False,
        )
        start = time.perf_counter()
        compare()
        passed = time.perf_counter() - start
        yield Row(
            f"the same call again, {n_folds} folds from their records, seconds",
            f"{passed:.2f} s",
            "-",
            passed,
            10.0,
            at_least=False,
        )
        start = time.perf_counter()
        Comparison.load(folder).table()
        passed = time.perf_counter() - start
    yield Row(
        f"Comparison.load of {n_folds} folds and its table, seconds",
        f"{passed:.3f} s",
        "-",
        passed,
        1.0,
        at_least=False,
    )


def main() -> int:
    """Print the table and write it into the README."""
    if not os.environ.get("MLKIT_DATA"):
        print("The comparison benchmark is skipped: set MLKIT_DATA to the MULAN files.")
        return 0
    warnings.simplefilter("ignore")
    rows = [*engine_rows(), *grid_rows()]
    table = markdown_table(rows)
    print(table)
    write_section(
        "comparing",
        f"## Comparing\n\n`OMP_NUM_THREADS=1 python benchmarks/bench_comparing.py`, "
        f"{machine()}. The kit has two workers and computes its whole table. "
        "The plain loop is `cross_val_predict` of scikit-multilearn's methods behind a "
        "scaler, and scikit-learn's metrics, 18 of decided labels a fold. For 8 of "
        "rankings it fits the models again: `cross_val_predict` gives one kind of "
        f"answer, and fails for the probabilities of these.\n\n{table}",
    )
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
