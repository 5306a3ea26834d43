"""Lesson 01, one answer or many: label sets, the indicator matrix, empty sets."""

from __future__ import annotations

from mlkit.lessons.checks import Exercise, Trap
from mlkit.lessons.questions import Question

__all__ = ["EXERCISES", "QUESTIONS"]

QUESTIONS = {
    "01.1": Question(
        text=(
            "A program names one colour for each of 195 flags, and the colour is "
            "always right: it is on the flag. For how many flags has it then named "
            "all colours?"
        ),
        choices=(
            "Most of them, about 150",
            "About a third, 65",
            "A few, about 10",
            "None",
        ),
        answer=3,
        why=(
            "Every flag of the data has two colours or more. One answer cannot be "
            "complete, however well it is chosen; the trap of this lesson counts it."
        ),
    ),
}

EXERCISES = {
    "01.1": Exercise(
        answer=12 / 7,
        hints=(
            "Cardinality: all labels counted, divided by the number of films.",
            "The six films have 9 genres. How many does the new one bring?",
            "The film without a genre is a film too: divide by 7.",
        ),
        traps=(
            Trap(1.5, "That is the cardinality of the six films; the seventh counts."),
            Trap(2.0, "You left out the film without a genre; it is a row, too."),
            Trap(10 / 7, "The new film has three genres; it brings three labels."),
            Trap(3 / 7, "That is the density, the share of ones. Do not divide by 4."),
        ),
    ),
    "01.2": Exercise(
        answer={"Jamaica"},
        hints=(
            "Take three columns of `flags.Y`, and look for rows whose sum is 0.",
            "`asked = flags.Y[['red', 'white', 'blue']]`, then `asked.sum(axis=1)`.",
            "The rows are named: `asked.index[asked.sum(axis=1) == 0]`.",
        ),
        traps=(
            Trap(set(), "There is one. Look at the sums of three columns, not of all."),
        ),
    ),
    "01.3": Exercise(
        answer=[[0, 1, 1], [0, 0, 0], [1, 1, 0]],
        hints=(
            "Split at the semicolon, then take the blanks off with `strip()`.",
            "One row a song, in the order jazz, live, rock. The second has no tag.",
            "The first song has the tags rock and live: 0, 1, 1.",
        ),
        traps=(
            Trap(
                [[0, 0, 1], [0, 0, 0], [1, 1, 0]],
                "The first song lost a tag: ' live' with a blank is not 'live'.",
            ),
            Trap(
                [[0, 1, 1], [1, 1, 0]],
                "A song without a tag keeps its row; it holds zeros only.",
            ),
        ),
    ),
}
