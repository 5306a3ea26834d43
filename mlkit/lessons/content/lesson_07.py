"""Lesson 07, how wrong is wrong: Hamming loss, subset accuracy, Jaccard, "accuracy"."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlkit.lessons.checks import Exercise, Trap
from mlkit.lessons.questions import Question

__all__ = ["EXERCISES", "QUESTIONS"]

QUESTIONS = {
    "07.1": Question(
        text=(
            "A tagger knows 20 tags, and a photo carries 2 of them on average. The "
            "tagger never writes any tag. Look at every entry, one photo and one tag: "
            "in what share of the entries is the tagger right?"
        ),
        choices=("0.0", "About 0.1", "About 0.5", "About 0.9"),
        answer=3,
        why=(
            "18 of 20 tags do not belong to the photo, and the tagger says so. Saying "
            "nothing is right wherever there is nothing."
        ),
    ),
    "07.2": Question(
        text=(
            "Ten photos, five labels. Tagger A gets one label wrong on every photo. "
            "Tagger B gets eight photos exactly right and all five labels wrong on the "
            "other two. Which of them has the lower Hamming loss?"
        ),
        choices=("Tagger A", "Tagger B", "Neither: it is the same"),
        answer=2,
        why=(
            "Both get 10 of 50 entries wrong. The Hamming loss counts wrong entries "
            "and does not see in which rows they lie."
        ),
    ),
    "07.3": Question(
        text=(
            "A network chooses exactly the right label set for 78 % of the rows. What "
            "can its `accuracy` be, if that word means argmax against argmax?"
        ),
        choices=(
            "Exactly 0.78",
            "At least 0.78",
            "At most 0.78",
            "Lower or higher than 0.78",
        ),
        answer=3,
        why=(
            "A right set can have its most probable label in another place than the "
            "first true one, and a wrong set can have it in the same place."
        ),
    ),
}

_TWO_OR_MORE_EACH = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]])


def _problem_with_hidden_perfection(value: Any) -> str | None:
    """Every label set right at 0.5, and no argmax where the truth has its first 1."""
    truth = _TWO_OR_MORE_EACH
    proba = np.asarray(value, dtype=np.float64)
    if proba.shape != truth.shape:
        return f"expected shape {truth.shape}, got shape {proba.shape}"
    if not ((proba >= 0) & (proba <= 1)).all():
        return "a probability lies between 0 and 1"
    wrong_sets = int(((proba >= 0.5) != truth).any(axis=1).sum())
    if wrong_sets:
        return f"at the threshold 0.5, {wrong_sets} of 3 label sets are not right"
    agreeing = int((proba.argmax(axis=1) == truth.argmax(axis=1)).sum())
    if agreeing:
        return f"the sets are right, but the argmax agrees in {agreeing} of 3 rows"
    return None


EXERCISES = {
    "07.1": Exercise(
        answer=0.75,
        hints=(
            "Calculate the overlap over the union for each row first, then the mean.",
            "Row 0: both sets are {beach}. Row 1: two labels are in both sets; how "
            "many are in at least one?",
            "Row 1 has 2/4. What is the mean of that and row 0?",
        ),
        traps=(
            Trap(
                3 / 5,
                "You pooled the rows: 3 labels shared, 5 in all. The Jaccard score is "
                "calculated row by row and then averaged.",
            ),
            Trap(
                5 / 6,
                "That is the example F1. The Jaccard score divides by the size of the "
                "union, without doubling.",
            ),
            Trap(0.5, "That is row 1 alone, or the subset accuracy. Average the rows."),
        ),
    ),
    "07.2": Exercise(
        answer=0.98,
        tolerance=0.001,
        hints=(
            "Of the 50 entries of a row, how many does the empty prediction get right?",
            "The empty prediction is wrong where the truth has a 1: once a row.",
        ),
        traps=(
            Trap(0.02, "That is the Hamming loss; the accuracy is 1 minus it."),
            Trap(0.0, "That is its F1. Count the entries that are rightly empty, too."),
            Trap(0.9, "That was for 20 labels, 2 of them present. Now it is 1 of 50."),
        ),
    ),
    "07.3": Exercise(
        test=_problem_with_hidden_perfection,
        hints=(
            "Every row has two true labels. Both must be at least 0.5; which of the "
            "two should be the more probable?",
            "The argmax of the truth is the first 1. Give the second 1 the larger "
            "probability.",
        ),
        traps=(
            Trap(
                _TWO_OR_MORE_EACH.astype(float),
                "Equal probabilities are a tie, and the argmax takes the first, just "
                "as it does in the truth. Make one of the two larger.",
            ),
        ),
    ),
}
