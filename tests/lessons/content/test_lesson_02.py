"""Lesson 02: its answers follow from the two functions that it compares."""

from __future__ import annotations

import numpy as np
import pytest

from mlkit.activations import sigmoid, softmax
from mlkit.lessons import check, reset
from mlkit.lessons.content.lesson_02 import QUESTIONS


@pytest.fixture(autouse=True)
def _first_try():
    reset()


def test_the_question_counts_what_moves():
    before, after = [-1, 5, -0.5, 5, -0.5], [6, 5, -0.5, 5, -0.5]
    n_moved = [
        int((~np.isclose(f(before), f(after))).sum()) for f in (softmax, sigmoid)
    ]
    question = QUESTIONS["02.1"]

    assert n_moved == [5, 1]
    assert question.choices[question.answer] == "Softmax five, sigmoid one"


def test_four_equal_logits():
    above = [int((f([2, 2, 2, 2]) > 0.5).sum()) for f in (softmax, sigmoid)]

    assert check("02.1", above).right
    assert check("02.1", np.array(above)).right


def test_a_single_sigmoid_says_what_the_softmax_of_two_says():
    z = 0.5 - (-2)

    assert sigmoid(z) == pytest.approx(softmax([-2, 0.5])[1])
    assert check("02.2", z).right


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (0.5, "day had the logit 0"),
        (-2.5, "speaks about day"),
        (-1.5, "difference counts"),
        (sigmoid(2.5), "the probability"),
    ],
)
def test_typical_mistakes_with_two_classes_have_their_hint(wrong, hint):
    assert hint in check("02.2", wrong).message


def test_last_layers_in_any_spelling():
    layers = ["Softmax", "sigmoid", "softmax ", "SIGMOID", "softmax"]

    assert check("02.3", layers).right
    assert check("02.3", tuple(layers)).right


def test_a_sheet_without_a_defect_needs_a_sigmoid():
    layers = ["softmax", "sigmoid", "softmax", "softmax", "softmax"]

    assert "'If any'" in check("02.3", layers).message


def test_four_layers_are_too_few():
    assert "expected shape (5,)" in check("02.3", ["softmax"] * 4).message
