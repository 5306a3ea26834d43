"""Six models on eight MULAN sets by five times two folds: ranks, tests, words.

Run with ``MLKIT_DATA`` set to the folder of the MULAN files and ``OMP_NUM_THREADS=1``.
It writes ``benchmarks/grid.md`` and ``benchmarks/grid.png``; the folds are kept in
``results/grid``, so that it goes on where it was stopped.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

import pandas as pd
from harness import machine

SETS = (
    "birds",
    "cal500",
    "emotions",
    "foodtruck",
    "genbase",
    "medical",
    "scene",
    "yeast",
)
MODELS = ("br-lr", "cc-lr", "lp-lr", "rakelo-lr", "mlknn", "native-rf")
METRICS = ("subset_accuracy", "hamming_loss", "micro_f1", "macro_f1")
FOLDER = Path(__file__).parent
KEPT = FOLDER.parent / "results" / "grid"


def as_markdown(table: pd.DataFrame) -> str:
    """Format a table of texts."""
    heads = [*table.index.names, *table.columns]
    lines = [f"| {' | '.join(map(str, heads))} |", "|---" * len(heads) + "|"]
    for key, row in table.iterrows():
        names = key if isinstance(key, tuple) else (key,)
        lines.append(f"| {' | '.join([*map(str, names), *map(str, row)])} |")
    return "\n".join(lines)


def main() -> int:
    """Write the tables, the figure and the words."""
    if not os.environ.get("MLKIT_DATA"):
        print("The grid is skipped: set MLKIT_DATA to the MULAN files.")
        return 0
    import mlkit
    from mlkit.plots import figure_png, plot_critical_difference

    warnings.simplefilter("ignore")
    result = mlkit.compare(
        SETS, MODELS, METRICS, cv=2, n_repeats=5, folder=KEPT, n_jobs=2, progress=True
    )
    parts = []
    for metric in METRICS:
        means = result.scores()["mean"].xs(metric, level="metric").unstack("model")
        ranking = result.ranks(metric)
        assert ranking is not None
        ranks = ranking.test.mean_ranks.rename("mean rank").to_frame().T
        table = pd.concat([means.loc[list(SETS), list(MODELS)], ranks])
        table.index.name = "dataset"
        shown = table.map(lambda value: f"{value:.3f}")
        heading = result.measure(metric).label
        words = result.summary(metric).sentences[-1]
        parts.append(f"## {heading}\n\n{as_markdown(shown)}\n\n{words}")
    ranking = result.ranks("subset_accuracy")
    assert ranking is not None
    axes = plot_critical_difference(
        ranking.mean_ranks,
        ranking.groups,
        critical_difference=ranking.critical_difference,
    )
    (FOLDER / "grid.png").write_bytes(figure_png(axes.figure))
    seconds = result.folds[["fit_seconds", "predict_seconds"]].sum(axis=None)
    notes = "\n".join(f"- {text}" for text in result.summary().caveats)
    (FOLDER / "grid.md").write_text(
        "# Six models on eight sets\n\n"
        f"`OMP_NUM_THREADS=1 python benchmarks/grid_of_models.py`, {machine()}. Means "
        f"over 5 x 2 stratified folds, {len(result.folds)} in all, which took "
        f"{seconds / 60:.0f} minutes of one core. The settings are those that the "
        "models come with, not tuned.\n\n"
        "![Mean ranks by subset accuracy; models that a bar joins are not told apart]"
        "(grid.png)\n\n"
        + "\n\n".join(parts)
        + f"\n\n## What this does not say\n\n{notes}\n",
        encoding="utf-8",
    )
    print(result.summary("subset_accuracy"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
