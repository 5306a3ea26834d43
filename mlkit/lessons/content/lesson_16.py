"""Lesson 16, comparing fairly: which method wins, and how one may know."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlkit.datasets.catalog import bundled_file
from mlkit.lessons.checks import Exercise, Trap
from mlkit.lessons.questions import Question

__all__ = ["EXERCISES", "QUESTIONS"]


def _best_by_base() -> dict[str, str]:
    """Name, for each base learner, the method with the best mean rank by micro-F1."""
    stored = pd.read_csv(bundled_file("br-cc-lp.csv")).query("metric == 'micro_f1'")
    stored[["method", "base"]] = stored["model"].str.split("-", expand=True)
    means = stored.pivot(index=["dataset", "base"], columns="method", values="mean")
    best = means.rank(axis=1, ascending=False).groupby("base").mean().idxmin(axis=1)
    return {str(base): str(method) for base, method in best.items()}


_FOREST = np.array([0.52, 0.61, 0.45, 0.67, 0.57])
_TREE = np.array([0.50, 0.58, 0.46, 0.63, 0.55])
_GAIN = _FOREST - _TREE


def _sd(values: np.ndarray) -> float:
    return float(values.std(ddof=1))


QUESTIONS = {
    "16.1": Question(
        text=(
            "A tutorial tests three methods on 33 rows: binary relevance has 45 % of "
            "the label sets right, the classifier chain 21 %, label powerset 58 %. We "
            "repeat it: we cut the same rows in two at another random place, a "
            "hundred times, and then do all of it with fresh rows from the same "
            "recipe. What changes?"
        ),
        choices=(
            "Nothing: the order is a property of the methods.",
            "The percentages, but not the order.",
            "The order of the first two with the cut; the chain stays last.",
            "The order of the first two with the cut; with fresh rows the chain may "
            "even come first.",
        ),
        answer=3,
        why=(
            "With 33 test rows one row is worth 3 points, so the cut decides between "
            "methods that are close. And the rows themselves are only one draw: what "
            "ruins the chain on one set of rows may be absent from the next."
        ),
    ),
    "16.2": Question(
        text=(
            "Three methods on eight real data sets, with three base learners each. "
            "Which method has the best mean rank by Hamming loss (wrong cells), and "
            "which by subset accuracy (rows that are right as a whole)?"
        ),
        choices=(
            "Label powerset by both: it models the most.",
            "Binary relevance by both: it is the simplest.",
            "Binary relevance by Hamming loss, label powerset by subset accuracy.",
            "The chain by both: it lies in between.",
        ),
        answer=2,
        why=(
            "Hamming loss looks at one label at a time, as binary relevance does. "
            "Subset accuracy looks at whole label sets, as label powerset does."
        ),
    ),
}

EXERCISES = {
    "16.1": Exercise(
        answer=1.875,
        hints=(
            "Rank within each row of the table, then take the mean of the column.",
            "`losses.rank(axis=1)` ranks within rows; equal values share a mean rank.",
            "The ranks of the chain are 2, 3, 1 and 1.5.",
        ),
        traps=(
            Trap(2.125, "Which end is good? The smallest loss has rank 1."),
            Trap(1.75, "In set D two methods are equal: both have rank 1.5, not 1."),
        ),
    ),
    "16.2": Exercise(
        answer=_best_by_base,
        hints=(
            "Take the ranks of `micro_f1`, group them by base learner, take the mean.",
            "The best mean rank is the lowest one: `.idxmin(axis=1)`.",
        ),
        traps=(
            Trap(
                {"lr": "lp", "tree": "lp", "rf": "br"},
                "F1 is better when it is higher: rank with `ascending=False`.",
            ),
        ),
    ),
    "16.3": Exercise(
        answer=_sd(_GAIN),
        tolerance=0.0002,
        hints=(
            "Subtract fold by fold first; the standard deviation comes after.",
            "The differences are .02, .03, -.01, .04 and .02. Divide by n - 1.",
        ),
        traps=(
            Trap(
                _sd(_FOREST) - _sd(_TREE),
                "That is the difference of two spreads; take the spread of the "
                "differences.",
            ),
            Trap(
                float(np.hypot(_sd(_FOREST), _sd(_TREE))),
                "That is right for two independent series. These share their folds.",
            ),
            Trap(
                float(_GAIN.std()),
                "That divides by n. For a sample divide by n - 1: `ddof=1` in numpy.",
            ),
        ),
    ),
}
