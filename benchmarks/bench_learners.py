"""Learners: time against scikit-multilearn and against the bare fits they are made of.

Run with ``MLKIT_DATA`` set to the folder of the MULAN files, and ``OMP_NUM_THREADS=1``.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import scipy.sparse as sp
from harness import Row, interleaved, machine, markdown_table, write_section
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC

Data = tuple[Any, np.ndarray, Any]


def data(name: str) -> Data:
    """Return training features, training labels and test features, scaled."""
    from sklearn.preprocessing import MaxAbsScaler

    from mlkit.datasets import load

    train, test = (load(name, part) for part in ("train", "test"))
    X, Y = train.as_xy()
    labels = Y.toarray() if hasattr(Y, "toarray") else Y.to_numpy()
    dense_or_sparse = X if hasattr(X, "toarray") else X.to_numpy(dtype=float)
    test_rows = test.X if hasattr(test.X, "toarray") else test.X.to_numpy(dtype=float)
    scaler = MaxAbsScaler().fit(dense_or_sparse)
    return (
        scaler.transform(dense_or_sparse),
        labels.astype(int),
        scaler.transform(test_rows),
    )


def fit_predict(learner: Any, X: Any, Y: Any, X_new: Any) -> Any:
    """Train a fresh copy and let it answer."""
    return clone(learner).fit(X, Y).predict(X_new)


def times_faster(
    what: str, ours: Callable[[], Any], peer: Callable[[], Any], bar: float, n: int = 3
) -> Row:
    """Compare two calls."""
    seconds, others = interleaved(ours, peer, repeats=n)
    return Row(
        what, f"{1e3 * seconds:.0f} ms", f"{1e3 * others:.0f} ms", others / seconds, bar
    )


def neighbour_rows() -> Iterator[Row]:
    """Time ML-kNN, training and answers."""
    from skmultilearn.adapt import MLkNN as Theirs

    from mlkit.models import MLkNN

    for name, bar in (("yeast", 20.0), ("bibtex", 10.0)):
        X, Y, X_new = data(name)
        yield times_faster(
            f"ML-kNN on {name}, times faster than scikit-multilearn",
            partial(fit_predict, MLkNN(), X, Y, X_new),
            partial(fit_predict, Theirs(k=10), X, Y, X_new),
            bar,
            n=5 if name == "yeast" else 2,
        )


def relevance_rows() -> Iterator[Row]:
    """Time binary relevance with linear support vectors on bibtex."""
    from skmultilearn.problem_transform import BinaryRelevance as Theirs

    from mlkit.models import BinaryRelevance

    X, Y, _ = data("bibtex")
    ours = partial(BinaryRelevance(LinearSVC(), n_jobs=2).fit, X, Y)
    # It takes the older of scipy's two kinds only.
    their_X = sp.csr_matrix(X)
    what = "BR-LinearSVC on bibtex, 2 workers, times faster than"
    yield times_faster(
        f"{what} scikit-multilearn",
        ours,
        partial(Theirs(LinearSVC()).fit, their_X, Y),
        2.5,
        n=3,
    )
    yield times_faster(
        f"{what} scikit-multilearn told to keep X sparse",
        ours,
        partial(Theirs(LinearSVC(), require_dense=[False, True]).fit, their_X, Y),
        1.7,
    )
    yield times_faster(
        f"{what} OneVsRestClassifier with as many",
        ours,
        partial(OneVsRestClassifier(LinearSVC(), n_jobs=2).fit, X, Y),
        1.0,
        n=9,
    )


def bare_fits(base: Any, tasks: list[tuple[Any, np.ndarray]]) -> list[Any]:
    """Fit the base learner to each task, with nothing around."""
    return [clone(base).fit(X, y) for X, y in tasks]


def overhead_rows() -> Iterator[Row]:
    """Compare meta-learners with the sum of the fits that they make."""
    from mlkit.models import (
        BinaryRelevance,
        ClassifierChain,
        EnsembleOfClassifierChains,
        LabelPowerset,
        RAkELd,
    )

    X, Y, _ = data("yeast")
    # Seeded, since ensembles seed their members, and a generator is made of each seed.
    base = LogisticRegression(max_iter=200, tol=1e-2, random_state=0)
    columns = [(X, y) for y in Y.T]
    links = [(np.hstack([X, Y[:, :j]]), Y[:, j]) for j in range(Y.shape[1])]
    sets = np.unique(Y, axis=0, return_inverse=True)[1].ravel()
    rakel = RAkELd(base, random_state=0).fit(X, Y)
    groups = [
        (X, np.unique(Y[:, group], axis=0, return_inverse=True)[1].ravel())
        for group in rakel.labelsets_
    ]
    chains = EnsembleOfClassifierChains(
        base, n_estimators=3, bootstrap=False, random_state=0
    )
    orders = [chain.order_ for chain in chains.fit(X, Y).estimators_]
    ensemble = [
        (np.hstack([X, Y[:, order[:j]]]), Y[:, order[j]])
        for order in orders
        for j in range(Y.shape[1])
    ]
    for what, learner, tasks in (
        ("BR", BinaryRelevance(base), columns),
        ("CC", ClassifierChain(base), links),
        ("ECC of 3", chains, ensemble),
        ("LP", LabelPowerset(base), [(X, sets)]),
        ("RAkELd", RAkELd(base, random_state=0), groups),
    ):
        ours, bare = interleaved(
            partial(learner.fit, X, Y), partial(bare_fits, base, tasks), repeats=5
        )
        yield Row(
            f"{what}-lr on yeast, time over that of the bare fits",
            f"{1e3 * ours:.0f} ms",
            f"{1e3 * bare:.0f} ms",
            ours / bare,
            1.10,
            at_least=False,
        )


def worker_rows() -> Iterator[Row]:
    """Compare two workers with one."""
    from mlkit.models import BinaryRelevance, EnsembleOfClassifierChains

    X, Y, _ = data("yeast")
    base = LinearSVC(C=10, tol=1e-5, max_iter=20000, dual=True)
    for what, learner in (
        ("BR-svc", BinaryRelevance(base)),
        ("ECC-svc of 4", EnsembleOfClassifierChains(base, n_estimators=4)),
    ):
        one, two = (clone(learner).set_params(random_state=0, n_jobs=n) for n in (1, 2))
        yield times_faster(
            f"{what} on yeast, 2 workers, times faster than 1",
            partial(two.fit, X, Y),
            partial(one.fit, X, Y),
            1.7,
        )


def rakel_rows() -> Iterator[Row]:
    """Time RAkELo, training and answers, on the same base learner."""
    from skmultilearn.ensemble import RakelO as Theirs

    from mlkit.models import RAkELo

    X, Y, X_new = data("yeast")
    for what, base in (("nb", GaussianNB()), ("lr", LogisticRegression())):
        # It draws as many sets as it is told, and puts a powerset around the base.
        peer = Theirs(
            base_classifier=base,
            base_classifier_require_dense=[True, True],
            labelset_size=3,
            model_count=2 * Y.shape[1],
        )
        yield times_faster(
            f"RAkELo-{what} on yeast, 2 workers, times faster than scikit-multilearn",
            partial(fit_predict, RAkELo(base, random_state=0, n_jobs=2), X, Y, X_new),
            lambda peer=peer: peer.fit(X, Y).predict(X_new),
            3.0,
            n=9,
        )


def main() -> int:
    """Print the table and write it into the README."""
    if not os.environ.get("MLKIT_DATA"):
        print("The learners benchmark is skipped: set MLKIT_DATA to the MULAN files.")
        return 0
    warnings.simplefilter("ignore")
    rows: list[Row] = []
    for part in (
        neighbour_rows,
        relevance_rows,
        overhead_rows,
        worker_rows,
        rakel_rows,
    ):
        for row in part():
            rows.append(row)
            print(markdown_table(rows[-1:]).splitlines()[-1], flush=True)
    write_section(
        "learners",
        f"## Learners\n\n`OMP_NUM_THREADS=1 python benchmarks/bench_learners.py`, "
        f"{machine()}, two cores. Medians of interleaved runs on the training parts of "
        "MULAN's fixed splits; ML-kNN and RAkELo with the answers to the test part. "
        "The bare fits are those that the method makes, on features that are laid out "
        "beforehand. With two workers, joblib waits .1 s now and then to clear what it "
        f"shared with them, which short fits feel.\n\n{markdown_table(rows)}",
    )
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
