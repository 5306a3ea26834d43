"""Lesson 02, sigmoid or softmax: which outputs move, and which last layer suits."""

from __future__ import annotations

from mlkit.lessons.checks import Exercise, Trap
from mlkit.lessons.questions import Question

__all__ = ["EXERCISES", "QUESTIONS"]

QUESTIONS = {
    "02.1": Question(
        text=(
            "Five labels have the logits `[-1, 5, -0.5, 5, -0.5]`. The first rises "
            "from `-1` to `6`, the other four stay. How many of the five numbers "
            "change after the softmax, and how many after the sigmoid?"
        ),
        choices=(
            "Softmax one, sigmoid one",
            "Softmax one, sigmoid five",
            "Softmax five, sigmoid one",
            "Softmax five, sigmoid five",
        ),
        answer=2,
        why=(
            "The softmax divides by a sum over all labels, so all shares change with "
            "it. The sigmoid of a label looks at its own logit only."
        ),
    ),
}

EXERCISES = {
    "02.1": Exercise(
        answer=[0, 4],
        hints=(
            "Equal logits get equal shares. What is one unit divided by four?",
            "0.25 is not above 0.5. And the sigmoid of 2: is it above 0.5?",
        ),
        traps=(
            Trap([1, 4], "No share is largest here: all four are equal. Which value?"),
            Trap([4, 4], "Four shares above 0.5 would sum to more than 1."),
            Trap([4, 0], "The other way round: the softmax comes first."),
            Trap([0, 0], "The sigmoid of a positive number is above 0.5."),
        ),
    ),
    "02.2": Exercise(
        answer=2.5,
        tolerance=0.001,
        hints=(
            "The softmax knows only the difference between the two logits.",
            "Night minus day; mind the two minus signs.",
        ),
        traps=(
            Trap(0.5, "That is right if day had the logit 0. Here it has -2."),
            Trap(-2.5, "With this number the sigmoid speaks about day."),
            Trap(-1.5, "That is the sum of the logits; the difference counts."),
            Trap(0.924, "That is the probability. Which logit goes in?"),
        ),
    ),
    "02.3": Exercise(
        answer=["softmax", "sigmoid", "softmax", "sigmoid", "softmax"],
        hints=(
            "Ask of each: must exactly one be right? Then softmax.",
            "Could there be none, or two at once? Then sigmoid.",
            "Genres and defects may be none, one or many; the others are exactly one.",
        ),
        traps=(
            Trap(["sigmoid"] * 5, "Of some of these exactly one is right; use that."),
            Trap(["softmax"] * 5, "A softmax can say neither 'none' nor 'two'."),
            Trap(
                ["softmax", "sigmoid", "softmax", "softmax", "softmax"],
                "'If any': a sheet may have no defect. Can a softmax say that?",
            ),
            Trap(
                ["sigmoid", "softmax", "sigmoid", "softmax", "sigmoid"],
                "It is the other way round: softmax where exactly one is right.",
            ),
        ),
    ),
}
