"""Questions before a result: think first, run after, unfold the answer last."""

from __future__ import annotations

import string
from dataclasses import dataclass

from mlkit.exceptions import UnknownNameError
from mlkit.lessons.cards import card_html, inline_html
from mlkit.lessons.content import find

__all__ = ["Question", "QuestionCard", "predict"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A multiple-choice question with one right answer.

    Parameters
    ----------
    text : str
        The question; what stands in backticks is set as code.
    choices : tuple of str
        Two to six answers, shown as A, B, C, ...
    answer : int
        Position of the right one, from 0.
    why : str
        The reason, shown with the answer.

    Raises
    ------
    ValueError
        If there are fewer than two or more than six choices, or `answer` is none of
        them.
    """

    text: str
    choices: tuple[str, ...]
    answer: int
    why: str

    def __post_init__(self) -> None:
        if not 2 <= len(self.choices) <= 6:
            msg = f"A question needs 2 to 6 choices; got {len(self.choices)}."
            raise ValueError(msg)
        if not 0 <= self.answer < len(self.choices):
            msg = (
                f"The answer must be a position from 0 to {len(self.choices) - 1}; "
                f"got {self.answer}."
            )
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class QuestionCard:
    """A question as a notebook shows it, with the answer folded below.

    Parameters
    ----------
    question_id : str
        Lesson and number, such as ``"02.1"``.
    question : Question
        What is asked.
    """

    question_id: str
    question: Question

    @property
    def answer(self) -> str:
        """The right choice and the reason, as text."""
        right = self.question.answer
        chosen = f"{string.ascii_uppercase[right]}. {self.question.choices[right]}"
        return f"{chosen} {self.question.why}"

    def __repr__(self) -> str:
        lines = [f"{self.question_id} Predict: {self.question.text}"]
        lines += [f"  {letter}. {choice}" for letter, choice in self._lettered()]
        lines.append(f"  (the answer: lessons.predict({self.question_id!r}).answer)")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        choices = "".join(
            f"<li>{inline_html(choice)}</li>" for _, choice in self._lettered()
        )
        # <details> folds without a script: on the web, and in an untrusted notebook.
        body = (
            f"{inline_html(self.question.text)}"
            f'<ol type="A" style="margin: 4px 0;">{choices}</ol>'
            "<details><summary>Decide first, then unfold the answer</summary>"
            f"{inline_html(self.answer)}</details>"
        )
        title = f"Predict {inline_html(self.question_id)}"
        return card_html(title, body, tone="neutral")

    def _lettered(self) -> list[tuple[str, str]]:
        return list(zip(string.ascii_uppercase, self.question.choices, strict=False))


@dataclass(frozen=True, slots=True)
class _NoSuchQuestion:
    """The kind answer to a wrong id; a lesson goes on."""

    message: str

    def __repr__(self) -> str:
        return self.message

    def _repr_html_(self) -> str:
        return card_html("? Predict", inline_html(self.message), tone="neutral")


def predict(question_id: str) -> QuestionCard | _NoSuchQuestion:
    """Show a multiple-choice question with the answer folded below.

    Parameters
    ----------
    question_id : str
        Lesson and number, such as ``"02.1"``.

    Returns
    -------
    QuestionCard
        HTML in a notebook, text in a terminal. It waits for nothing, so that running
        all cells never stops here. An unknown id gives a card that says so.

    Examples
    --------
    >>> print(predict("00.1"))  # doctest: +ELLIPSIS
    00.1 Predict: ...
      A. ...
    """
    try:
        return QuestionCard(question_id, find("QUESTIONS", "question", question_id))
    except UnknownNameError as err:
        return _NoSuchQuestion(str(err))
