"""Lesson 23, text tags: counted words beside ML-Net, and what a win is worth."""

from __future__ import annotations

import numpy as np

from mlkit.datasets.catalog import bundled_file
from mlkit.lessons.checks import Exercise, Trap
from mlkit.lessons.questions import Question
from mlkit.metrics import f1_score
from mlkit.persistence import load_predictions

__all__ = ["EXERCISES", "QUESTIONS"]


def _never_found() -> list[int]:
    """Count the labels of the test part that ML-Net, and the linear learner, miss."""
    saved = load_predictions(bundled_file("text-medical.npz"))
    occurs = saved.Y_true.sum() > 0
    counts = []
    for model in ("ML-Net", "linear"):
        Y_pred = saved.probabilities[model].astype(int)
        by_label = np.asarray(f1_score(saved.Y_true, Y_pred, average=None))
        counts.append(int((by_label[occurs] == 0).sum()))
    return counts


QUESTIONS = {
    "23.1": Question(
        text=(
            "On ten folds of 800 films, this learner has a micro-F1 of .33; ML-Net, a "
            "network that reads the synopses word by word, has .53. You may change "
            "three settings of the linear learner (the weights of its classes, the "
            "penalty, which words count). Where does it end?"
        ),
        choices=(
            "Still at about .33: settings are details.",
            "Half way, at about .43.",
            "At about .52: no difference is left that one could be sure of.",
            "At about .65: ahead of the network.",
        ),
        answer=2,
        why=(
            "As it comes, it leaves nearly half of the films without a genre. With "
            "balanced classes, a stronger penalty and words of at least two films it "
            "has .52; the interval of the difference to ML-Net holds 0."
        ),
    ),
}

EXERCISES = {
    "23.1": Exercise(
        answer={"drama", "comedy", "war"},
        hints=(
            "Two questions: which number is the most likely, and who comes first?",
            "Three labels. Put the four in the order of their scores.",
        ),
        traps=(
            Trap(["drama", "comedy"], "0 is no threshold here. How many are taken?"),
            Trap(["drama"], "That is the first. How many are the most likely?"),
            Trap(
                ["drama", "war", "comedy", "music"],
                "The count network gives four labels no probability.",
            ),
        ),
    ),
    "23.2": Exercise(
        answer=0.8,
        tolerance=0.001,
        hints=(
            "Comedy has the second place. At which numbers of labels is it taken?",
            "It is taken where two labels are, and where three are.",
        ),
        traps=(
            Trap(0.3, "That is the probability of exactly two. What if there are 3?"),
            Trap(0.5, "Up to which place does a number of two reach?"),
            Trap(0.9, "That is its score. Scores have no meaning by themselves."),
            Trap(1.0, "That is drama, the first of the ranking."),
        ),
    ),
    "23.3": Exercise(
        answer=_never_found,
        hints=(
            "f1_score(..., average=None) gives the F1 of each label.",
            "Leave out the labels that no row of the test part carries.",
            "Count zeros among `f1_score(Y, Y_pred, average=None)[Y.sum() > 0]`.",
        ),
    ),
}
