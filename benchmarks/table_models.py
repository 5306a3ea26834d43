"""All catalog models on MULAN's fixed splits, with the settings they come with.

Run with ``MLKIT_DATA`` set to the folder of the MULAN files and ``OMP_NUM_THREADS=1``;
it takes some ten minutes. It writes ``benchmarks/models.md``.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from harness import machine

SETS = ("emotions", "scene", "yeast", "medical")
METRICS = {
    "hamming_loss": "Hamming",
    "subset_accuracy": "subset",
    "micro_f1": "micro F1",
    "macro_f1": "macro F1",
    "label_ranking_average_precision": "LRAP",
}
SECONDS = 300
TARGET = Path(__file__).with_name("models.md")


class OutOfTimeError(Exception):
    """A model took longer than is waited for."""


def _stop(*_: Any) -> None:
    raise OutOfTimeError


def score(dataset: str, model: str) -> dict[str, Any]:
    """Train on the training part, score the test part."""
    from mlkit.datasets import load
    from mlkit.evaluation.scorers import answers
    from mlkit.metrics import score_table
    from mlkit.models import make

    warnings.simplefilter("ignore")
    (X, Y), (X_new, Y_new) = (load(dataset, part).as_xy() for part in ("train", "test"))
    record: dict[str, Any] = {"dataset": dataset, "model": model, "note": ""}
    signal.signal(signal.SIGALRM, _stop)
    signal.alarm(SECONDS)
    start = time.perf_counter()
    try:
        fitted = make(model, random_state=0).fit(X, Y)
        kinds = ("bipartition", "scores")
        found = answers(fitted, X_new, kinds, Y_new.shape[1])
        record |= score_table(Y_new, **found, metrics=list(METRICS))
    except OutOfTimeError:
        record["note"] = f"> {SECONDS} s"
    except Exception as err:  # noqa: BLE001 - a row of the table says what happened
        record["note"] = type(err).__name__
    finally:
        signal.alarm(0)
    record["seconds"] = time.perf_counter() - start
    return record


def table(records: pd.DataFrame, dataset: str) -> str:
    """Format the rows of one data set, the best value of each column in bold."""
    part = records[records["dataset"] == dataset].set_index("model")
    heads = [*METRICS.values(), "seconds"]
    lines = [f"| model | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    best = {
        name: part[name].min() if name.endswith("_loss") else part[name].max()
        for name in METRICS
    }
    for model, row in part.iterrows():
        cells = [_cell(row[name], row[name] == best[name]) for name in METRICS]
        note = f" ({row['note']})" if row["note"] else ""
        lines.append(f"| {model}{note} | {' | '.join(cells)} | {row['seconds']:.1f} |")
    return "\n".join(lines)


def _cell(value: float, best: bool) -> str:
    if np.isnan(value):
        return "-"
    return f"**{value:.3f}**" if best else f"{value:.3f}"


def main() -> int:
    """Write the tables."""
    if not os.environ.get("MLKIT_DATA"):
        print("The table of models is skipped: set MLKIT_DATA to the MULAN files.")
        return 0
    from mlkit.models import catalog

    tasks = [(dataset, model) for dataset in SETS for model in catalog().index]
    records = pd.DataFrame(
        joblib.Parallel(n_jobs=2, verbose=1)(
            joblib.delayed(score)(dataset, model) for dataset, model in tasks
        )
    )
    parts = [f"## {name}\n\n{table(records, name)}" for name in SETS]
    TARGET.write_text(
        "# All catalog models on fixed splits\n\n"
        f"`python benchmarks/table_models.py`, {machine()}, two models side by side on "
        "two cores. MULAN's training part to learn, its test part to score; the "
        "settings are those that the models come with, not tuned. Bold: the best of "
        "the column. LRAP: label ranking average precision, where there are scores. "
        f"Seconds: to learn and to answer; a model was stopped after {SECONDS} s.\n\n"
        + "\n\n".join(parts)
        + "\n",
        encoding="utf-8",
    )
    print(f"{TARGET} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
