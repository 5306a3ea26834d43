"""The process in which `LabelTree` lets omikuji work: ``python label_tree_worker.py``.

It is not imported: omikuji writes its progress to the standard output of its process,
and offers no way to stop that. All is handed over in files of one folder.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np


def train(folder: Path, options: dict[str, Any], n_threads: int | None) -> None:
    """Train on ``rows.txt``; leave the model in ``model``."""
    # Here, since tools that look for tests import every file.
    import omikuji

    settings = omikuji.Model.default_hyper_param()
    for name, value in options.items():
        setattr(settings, name, value)
    rows = str(folder / "rows.txt")
    model = omikuji.Model.train_on_data(rows, settings, n_threads)
    model.save(str(folder / "model"))


def predict(
    folder: Path, k: int, above: float, beam_size: int, n_threads: int | None
) -> None:
    """Leave the k best labels of the rows of ``rows.npz`` in ``best.npz``."""
    import omikuji

    model = omikuji.Model.load(str(folder / "model"))
    model.init_prediction_thread_pool(n_threads or 1)
    with np.load(folder / "rows.npz") as rows:
        data, indices, indptr = (
            rows[n].tolist() for n in ("data", "indices", "indptr")
        )
    labels, scores, lengths = [], [], []
    for start, end in zip(indptr, indptr[1:], strict=False):
        pairs = list(zip(indices[start:end], data[start:end], strict=True))
        best = [b for b in model.predict(pairs, beam_size, k) if b[1] > above]
        labels.append(np.array([label for label, _ in best], dtype=np.int32))
        scores.append(np.array([score for _, score in best], dtype=np.float64))
        lengths.append(len(best))
    np.savez(
        folder / "best.npz",
        labels=np.concatenate(labels),
        scores=np.concatenate(scores),
        lengths=lengths,
    )


if __name__ == "__main__":
    where = Path(sys.argv[1])
    task = json.loads((where / "task.json").read_text(encoding="utf-8"))
    if task.pop("do") == "train":
        train(where, **task)
    else:
        predict(where, **task)
