"""Exercises that check themselves: right, or a hint, and never a traceback in class."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from mlkit.exceptions import CheckFailedError, UnknownNameError
from mlkit.lessons.cards import card_html, inline_html
from mlkit.lessons.comparing import difference
from mlkit.lessons.content import find

__all__ = ["Exercise", "Trap", "Verdict", "check", "reset"]

# Per kernel, on purpose: restarting it is a fresh start for the hints, too.
_tries: dict[str, int] = {}


@dataclass(frozen=True, slots=True)
class Trap:
    """A wrong answer that many give, and what it says about their thinking.

    Parameters
    ----------
    value : object
        The wrong answer, compared as the right one is.
    hint : str
        What to say to somebody who gives it.
    """

    value: Any
    hint: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Exercise:
    """A task whose answer can be checked.

    Parameters
    ----------
    hints : tuple of str
        From gentle to plain; each further wrong try shows the next, then the last
        again. At least one.
    answer : object or callable, optional
        The right answer, or a function without arguments that computes it. See
        `mlkit.lessons.comparing.difference` for what can be compared.
    test : callable, optional
        Instead of `answer`, where many answers are right, or the answer is a function:
        called with the learner's value, returns None if it is right, else what is
        wrong with it.
    tolerance : float, default 0.005
        Largest absolute error of a number: two decimals, rounded, are right.
    traps : tuple of Trap, default ()
        Known wrong answers with a hint of their own.

    Raises
    ------
    ValueError
        If there is no hint, or not exactly one of `answer` and `test`.

    Examples
    --------
    >>> exercise = Exercise(answer=0.5, hints=("What is the sigmoid of 0?",))
    >>> exercise.problem_with(0.5) is None
    True
    >>> exercise.problem_with(0.7)
    'the number is not the expected one'
    """

    hints: tuple[str, ...]
    answer: Any = None
    test: Callable[[Any], str | None] | None = None
    tolerance: float = 0.005
    traps: tuple[Trap, ...] = ()

    def __post_init__(self) -> None:
        if not self.hints:
            msg = "An exercise needs at least one hint; got none."
            raise ValueError(msg)
        if (self.answer is None) == (self.test is None):
            msg = "An exercise needs either an answer or a test; give exactly one."
            raise ValueError(msg)

    def problem_with(self, value: Any) -> str | None:
        """Say what is wrong with a value.

        Parameters
        ----------
        value : object
            The learner's answer.

        Returns
        -------
        str or None
            None where it is right.
        """
        if self.test is not None:
            return self.test(value)
        # Computed at the first check, not at import: some answers load a data set.
        answer = self.answer() if callable(self.answer) else self.answer
        return difference(value, answer, tolerance=self.tolerance)

    def hint_for(self, value: Any, tries: int) -> str:
        """Choose the hint for a wrong answer.

        Parameters
        ----------
        value : object
            The learner's answer.
        tries : int
            How many wrong answers were given so far, this one included.

        Returns
        -------
        str
            That of the trap where the value is a known wrong answer; else the next of
            the list, and the last again when the list is used up.
        """
        # A trap knows what was thought; that helps more than the next general hint.
        for trap in self.traps:
            if difference(value, trap.value, tolerance=self.tolerance) is None:
                return trap.hint
        return self.hints[min(tries, len(self.hints)) - 1]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `check` answers: a small card in a notebook, a line in a terminal.

    Parameters
    ----------
    exercise_id : str
        Lesson and number, such as ``"07.2"``.
    outcome : {"right", "wrong", "unanswered", "unknown"}
        How it went.
    message : str
        What the learner is told.

    Examples
    --------
    >>> Verdict("07.2", "right", "Right.")
    07.2 ✓ Right.
    """

    exercise_id: str
    outcome: Literal["right", "wrong", "unanswered", "unknown"]
    message: str

    @property
    def right(self) -> bool:
        """Whether the answer was right."""
        return self.outcome == "right"

    def __repr__(self) -> str:
        return f"{self.exercise_id} {_SYMBOLS[self.outcome]} {self.message}"

    def _repr_html_(self) -> str:
        symbol = _SYMBOLS[self.outcome]
        title = f"{symbol} Exercise {inline_html(self.exercise_id)}"
        return card_html(title, inline_html(self.message), tone=_TONES[self.outcome])


_SYMBOLS = {"right": "✓", "wrong": "✗", "unanswered": "…", "unknown": "?"}
_TONES: dict[str, Literal["good", "bad", "neutral"]] = {
    "right": "good",
    "wrong": "bad",
    "unanswered": "neutral",
    "unknown": "neutral",
}


def check(exercise_id: str, value: Any) -> Verdict:
    """Check the answer to an exercise.

    Parameters
    ----------
    exercise_id : str
        Lesson and number, such as ``"07.2"``.
    value : object
        The answer. ``...`` and None mean "not answered yet".

    Returns
    -------
    Verdict
        Right, or a hint; the hints become plainer with every wrong try. An unknown id
        and a value of the wrong kind are answered too: nothing is raised in class.

    Raises
    ------
    CheckFailedError
        Only where the environment variable ``MLKIT_STRICT`` is ``1`` and the answer is
        not right: solutions are run like this.

    Examples
    --------
    >>> check("00.1", ...)
    00.1 … Not answered yet: put your answer in place of the three dots.
    >>> check("99.1", 3).outcome
    'unknown'
    """
    verdict = _verdict(exercise_id, value)
    # Read at each call, so that a test or a teacher can switch within one kernel.
    if not verdict.right and os.environ.get("MLKIT_STRICT") == "1":
        raise CheckFailedError(repr(verdict))
    return verdict


def reset() -> None:
    """Forget all wrong tries, so that the hints begin again with the gentlest."""
    _tries.clear()


def _verdict(exercise_id: str, value: Any) -> Verdict:
    try:
        exercise: Exercise = find("EXERCISES", "exercise", exercise_id)
    except UnknownNameError as err:
        return Verdict(str(exercise_id), "unknown", str(err))
    if value is None or value is ...:
        message = "Not answered yet: put your answer in place of the three dots."
        return Verdict(exercise_id, "unanswered", message)
    problem = _problem(exercise, value)
    if problem is None:
        # Whoever plays on after the right answer meets the gentle hint again.
        _tries.pop(exercise_id, None)
        return Verdict(exercise_id, "right", "Right.")
    tries = _tries[exercise_id] = _tries.get(exercise_id, 0) + 1
    hint = exercise.hint_for(value, tries)
    return Verdict(exercise_id, "wrong", f"Not yet: {problem}. Hint: {hint}")


def _problem(exercise: Exercise, value: Any) -> str | None:
    try:
        return exercise.problem_with(value)
    except Exception as err:
        # The value, or a function that the learner wrote, may do anything; a traceback
        # of the kit would teach nothing, so its error is told like any other mistake.
        return f"checking it stopped with {type(err).__name__}: {err}"
