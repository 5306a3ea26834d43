"""What the notebooks call: questions before a result, checks after an exercise.

The tools that build and guard the notebooks are in `mlkit.lessons.notebooks`; they
need packages that a learner does not, and are therefore not imported here.
"""

from mlkit.lessons.checks import Exercise, Trap, Verdict, check, reset
from mlkit.lessons.questions import Question, QuestionCard, predict

__all__ = [
    "Exercise",
    "Question",
    "QuestionCard",
    "Trap",
    "Verdict",
    "check",
    "predict",
    "reset",
]
