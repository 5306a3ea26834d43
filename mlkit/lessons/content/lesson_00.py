"""Lesson 00, start here: the first question and the first checks."""

from __future__ import annotations

from mlkit.lessons.checks import Exercise, Trap
from mlkit.lessons.questions import Question

__all__ = ["EXERCISES", "QUESTIONS"]

QUESTIONS = {
    "00.1": Question(
        text=(
            "A model gives the five labels of a photo the logits "
            "`[-1, 5, -0.5, 5, -0.5]`. The sigmoid turns each logit into a "
            "probability, and every label with a probability of 0.5 or more is "
            "chosen. How many labels does the photo get?"
        ),
        choices=("None", "One, the largest", "Two", "All five"),
        answer=2,
        why=(
            "The sigmoid looks at each logit alone: 5 becomes 0.99, and both labels "
            "that have it are chosen. A photo may carry zero, one or many labels."
        ),
    ),
}

EXERCISES = {
    "00.1": Exercise(
        answer=0.0,
        tolerance=0.001,
        hints=(
            "In the explorer, move one slider until its sigmoid bar ends at 0.5.",
            "The sigmoid is one half where the exponential in it is 1.",
            "Which power of e is 1?",
        ),
        traps=(Trap(0.5, "0.5 is the probability; the logit is what goes in."),),
    ),
    "00.2": Exercise(
        answer=0,
        hints=(
            "Compare each probability with the threshold 0.99, not with 0.5.",
            "sigmoid(4) is 0.982. Is that at least 0.99?",
        ),
        traps=(Trap(2, "That is right for the threshold 0.5. Here it is 0.99."),),
    ),
    "00.3": Exercise(
        answer={"sunset", "city"},
        hints=(
            "A label is chosen where its probability is 0.5 or more: which logits are "
            "that?",
            "The sigmoid of a positive logit is above 0.5, of a negative one below.",
        ),
        traps=(
            Trap({"city"}, "That is only the largest logit. Labels do not compete."),
            Trap(
                {"beach", "sunset", "city"},
                "A negative logit has a probability below 0.5.",
            ),
        ),
    ),
}
