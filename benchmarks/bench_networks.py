"""Networks: speed of training, and what they reach.

Run with ``MLKIT_DATA`` set to the folder of the MULAN files. TensorFlow is the backend.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterator
from itertools import chain
from typing import Any

from harness import Row, machine, markdown_table, write_section

SEED = 0


def tutorial() -> tuple[Any, Any]:
    """Return the data of the tutorial."""
    from sklearn.datasets import make_multilabel_classification

    return make_multilabel_classification(
        n_samples=1000, n_features=10, n_classes=3, n_labels=2, random_state=1
    )


def plain_loop(X: Any, Y: Any, train: Any, test: Any) -> float:
    """Train as the tutorial does: a new model, and Keras' own fit, for each fold."""
    import keras

    model = keras.Sequential(
        [
            keras.Input((X.shape[1],)),
            keras.layers.Dense(20, kernel_initializer="he_uniform", activation="relu"),
            keras.layers.Dense(Y.shape[1], activation="sigmoid"),
        ]
    )
    model.compile(loss="binary_crossentropy", optimizer="adam")
    model.fit(X[train], Y[train], epochs=100, verbose=0)
    predicted = model.predict(X[test], verbose=0).round()
    return float((predicted == Y[test]).all(axis=1).mean())


def ours(X: Any, Y: Any, train: Any, test: Any) -> float:
    """Train the same network with the kit."""
    from mlkit.neural import MLP, Training

    model = MLP((20,), training=Training(epochs=100), random_state=SEED)
    return model.fit(X[train], Y[train]).score(X[test], Y[test])


def mlp_rows() -> Iterator[Row]:
    """Compare both on 10 x 3 folds, in turns."""
    from sklearn.model_selection import RepeatedKFold

    X, Y = tutorial()
    folds = list(RepeatedKFold(n_splits=3, n_repeats=10, random_state=1).split(X))
    calls = (ours, plain_loop)
    for call in calls:
        call(X, Y, *folds[0])
    scores: tuple[list[float], list[float]] = ([], [])
    seconds: tuple[list[float], list[float]] = ([], [])
    for train, test in folds:
        for call, found, took in zip(calls, scores, seconds, strict=True):
            start = time.perf_counter()
            found.append(call(X, Y, train, test))
            took.append(time.perf_counter() - start)
    means = [statistics.mean(values) for values in scores]
    for bound, at_least in ((0.80, True), (0.82, False)):
        yield Row(
            "20-unit MLP, 10x3 folds, 100 epochs: subset accuracy",
            f"{means[0]:.3f} (sd {statistics.stdev(scores[0]):.3f})",
            f"{means[1]:.3f} (sd {statistics.stdev(scores[1]):.3f})",
            means[0],
            bound,
            at_least=at_least,
        )
    medians = [statistics.median(values) for values in seconds]
    yield Row(
        "the same: seconds a fold, against `model.fit` a fold",
        f"{medians[0]:.2f} s",
        f"{medians[1]:.2f} s",
        medians[1] / medians[0],
        3,
    )


PARTS = {"mlp": mlp_rows}


def main() -> int:
    """Print the table and write it into the README; names choose parts."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    chosen = sys.argv[1:] or list(PARTS)
    rows = []
    for row in chain.from_iterable(PARTS[name]() for name in chosen):
        rows.append(row)
        print(markdown_table([row]).splitlines()[-1], flush=True)
    if len(chosen) == len(PARTS):
        write_section(
            "networks",
            f"## Networks\n\n`python benchmarks/bench_networks.py`, {machine()}.\n\n"
            f"{markdown_table(rows)}",
        )
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
