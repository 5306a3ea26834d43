"""Every lesson's questions and exercises: found by number, and sound."""

from __future__ import annotations

import importlib
import re

import pytest

from mlkit.exceptions import UnknownNameError
from mlkit.lessons import Exercise, Question, check, predict, reset
from mlkit.lessons.content import find, lesson_numbers

LESSONS = {
    n: importlib.import_module(f"mlkit.lessons.content.lesson_{n}")
    for n in lesson_numbers()
}
EXERCISES = {k: e for m in LESSONS.values() for k, e in m.EXERCISES.items()}


def test_lesson_00_is_found():
    assert "00" in lesson_numbers()


@pytest.mark.parametrize("number", LESSONS)
def test_ids_belong_to_their_lesson(number):
    module = LESSONS[number]
    assert module.EXERCISES
    assert module.QUESTIONS
    for item_id in (*module.EXERCISES, *module.QUESTIONS):
        assert re.fullmatch(rf"{number}\.\w+", item_id)


@pytest.mark.parametrize("number", LESSONS)
def test_entries_are_of_the_right_kind(number):
    module = LESSONS[number]
    assert all(isinstance(e, Exercise) for e in module.EXERCISES.values())
    assert all(isinstance(q, Question) for q in module.QUESTIONS.values())
    for question_id in module.QUESTIONS:
        assert "<details>" in predict(question_id)._repr_html_()


@pytest.mark.parametrize("exercise_id", EXERCISES)
def test_the_answer_is_right_and_the_traps_are_wrong(exercise_id):
    reset()
    exercise = EXERCISES[exercise_id]
    if exercise.test is None:
        answer = exercise.answer() if callable(exercise.answer) else exercise.answer
        assert check(exercise_id, answer).right
    for trap in exercise.traps:
        assert trap.hint in check(exercise_id, trap.value).message


def test_find_names_the_closest():
    with pytest.raises(UnknownNameError, match=r"Did you mean '00\.1'"):
        find("EXERCISES", "exercise", "00.11")
    with pytest.raises(UnknownNameError, match="Unknown lesson '77'"):
        find("EXERCISES", "exercise", "77.1")
