"""The predictions of ML-Net, and of a linear learner, that lesson 23 compares.

Run with ``MLKIT_DATA`` set to the folder of the MULAN files. It writes
``data/text-movies.npz``, ``data/text-enron.npz`` and ``data/text-medical.npz``, which
takes some minutes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from bench_networks import SEED, ml_net, tf_idf

FOLDER = Path(__file__).resolve().parents[1] / "data"


def main() -> int:
    """Write all three files."""
    record_movies()
    for name in ("enron", "medical"):
        record_words(name)
    return 0


def record_movies() -> None:
    """Predict each film by a learner of nine tenths of the others."""
    import numpy as np

    from mlkit.datasets import load
    from mlkit.splitting import IterativeStratification

    movies = load("movies")
    X, Y = movies.X["synopsis"].to_numpy(dtype=object), movies.Y.to_numpy()
    proba, labels = np.zeros(Y.shape), np.zeros(Y.shape)
    for train, test in IterativeStratification(10, random_state=SEED).split(X, Y):
        model = ml_net(X).fit(X[train], Y[train])
        proba[test], labels[test] = model.predict_proba(X[test]), model.predict(X[test])
    record(
        "movies",
        movies.Y,
        {"ML-Net": proba, "ML-Net, labels": labels},
        "Each film by a network of the other nine folds of "
        "IterativeStratification(10, random_state=0). 'ML-Net, labels' is 0 or 1.",
    )


def record_words(name: str) -> None:
    """Learn on the training part, predict the test part."""
    import scipy.sparse as sp

    from mlkit.datasets import load

    train, test = (load(name, part) for part in ("train", "test"))
    X, Y = sp.csr_array(train.X, dtype=float), train.Y.toarray()
    held_out = sp.csr_array(test.X, dtype=float)
    record(
        name,
        test,
        {
            "ML-Net": ml_net(X).fit(X, Y).predict(held_out),
            "linear": tf_idf(X).fit(X, Y).predict(held_out),
        },
        "Labels, 0 or 1, of the test part by learners of the training part.",
    )


def record(name: str, Y: Any, predicted: Any, notes: str) -> None:
    """Write one file, and say what is in it."""
    from mlkit.persistence import load_predictions, save_predictions

    path = FOLDER / f"text-{name}.npz"
    save_predictions(path, Y, predicted, notes=notes, overwrite=True)
    print(path.name, path.stat().st_size, load_predictions(path), sep="\n")


if __name__ == "__main__":
    sys.exit(main())
