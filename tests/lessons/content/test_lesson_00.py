"""Lesson 00: its answers follow from the code that it teaches."""

from __future__ import annotations

import pytest

from mlkit.activations import sigmoid
from mlkit.lessons import check, reset
from mlkit.lessons.content.lesson_00 import QUESTIONS


@pytest.fixture(autouse=True)
def _first_try():
    reset()


def test_the_answers_computed():
    photo = {"beach": -2.0, "sunset": 0.4, "city": 3.0}
    chosen = {name for name, z in photo.items() if sigmoid(z) >= 0.5}
    assert sigmoid(0.0) == 0.5
    assert check("00.1", 0).right
    assert check("00.2", int((sigmoid([4, 4, -3]) >= 0.99).sum())).right
    assert check("00.3", chosen).right
    assert check("00.3", sorted(chosen)).right


def test_the_question_has_two_winners():
    n_chosen = int((sigmoid([-1, 5, -0.5, 5, -0.5]) >= 0.5).sum())
    question = QUESTIONS["00.1"]
    assert (n_chosen, question.choices[question.answer]) == (2, "Two")
