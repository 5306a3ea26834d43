"""Lesson 07: its answers follow from the metrics that it teaches."""

from __future__ import annotations

import numpy as np
import pytest

from mlkit import metrics
from mlkit.lessons import check, reset
from mlkit.lessons.content.lesson_07 import EXERCISES, QUESTIONS

TRUTH = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]])
PERFECT = [[0.8, 0.9, 0.1], [0.1, 0.8, 0.9], [0.8, 0.1, 0.9]]

# Columns: beach, sunset, city, snow.
TRUE_ROWS = np.array([[1, 0, 0, 0], [1, 0, 1, 1]])
GUESSED_ROWS = np.array([[1, 0, 0, 0], [0, 1, 1, 1]])


@pytest.fixture(autouse=True)
def _first_try():
    reset()


def _chosen(question_id):
    question = QUESTIONS[question_id]
    return question.choices[question.answer]


def test_the_answer_of_exercise_1_is_the_metric():
    overlap = metrics.jaccard_score(TRUE_ROWS, GUESSED_ROWS, average="example")
    assert check("07.1", overlap).right


def test_the_traps_of_exercise_1_are_the_mix_ups_that_they_name():
    shared, union = (TRUE_ROWS & GUESSED_ROWS).sum(), (TRUE_ROWS | GUESSED_ROWS).sum()
    f1 = metrics.f1_score(TRUE_ROWS, GUESSED_ROWS, average="example")
    subset = metrics.subset_accuracy_score(TRUE_ROWS, GUESSED_ROWS)
    assert "pooled" in check("07.1", shared / union).message
    assert "example F1" in check("07.1", f1).message
    assert "subset accuracy" in check("07.1", subset).message


def test_the_answer_of_exercise_2_is_one_minus_the_density():
    Y = np.eye(50, dtype=int)
    loss = metrics.hamming_loss(Y, np.zeros_like(Y))
    assert check("07.2", 1 - loss).right
    assert "Hamming loss" in check("07.2", loss).message
    assert "percentage" in check("07.2", 98).message


def test_a_perfect_model_with_accuracy_0_is_accepted():
    assert check("07.3", PERFECT).right
    assert check("07.3", np.array(PERFECT)).right
    sets = (np.array(PERFECT) >= 0.5).astype(int)
    assert metrics.subset_accuracy_score(TRUTH, sets) == 1.0


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (TRUTH, "a tie"),
        ([[0.9, 0.8, 0.1], *PERFECT[1:]], "agrees in 1 of 3 rows"),
        ([[0.8, 0.9, 0.6], *PERFECT[1:]], "1 of 3 label sets are not right"),
        ([[0.8, 1.9, 0.1], *PERFECT[1:]], "between 0 and 1"),
        ([[0.8, float("nan"), 0.1], *PERFECT[1:]], "between 0 and 1"),
        (PERFECT[:2], "expected shape"),
        ("abc", "stopped with ValueError"),
    ],
)
def test_what_is_wrong_with_exercise_3_is_said(value, words):
    verdict = check("07.3", value)
    assert verdict.outcome == "wrong"
    assert words in verdict.message


def test_the_questions_computed():
    nothing_right = 1 - 2 / 20
    assert _chosen("07.1") == f"About {nothing_right}"
    Y = np.zeros((10, 5), dtype=int)
    a, b = Y.copy(), Y.copy()
    a[:, 0] = 1
    b[:2] = 1
    assert metrics.hamming_loss(Y, a) == metrics.hamming_loss(Y, b)
    assert "same" in _chosen("07.2")


def test_argmax_accuracy_can_be_on_either_side_of_subset_accuracy():
    """Question 07.3: both directions exist."""
    proba = np.array(PERFECT)
    assert (proba.argmax(axis=1) == TRUTH.argmax(axis=1)).mean() == 0.0
    wrong_sets = np.array([[0.9, 0.1, 0.1], [0.1, 0.9, 0.1], [0.9, 0.1, 0.1]])
    assert not ((wrong_sets >= 0.5) == TRUTH).all(axis=1).any()
    assert (wrong_sets.argmax(axis=1) == TRUTH.argmax(axis=1)).all()
    assert _chosen("07.3").startswith("Lower or higher")


def test_there_are_three_exercises():
    assert sorted(EXERCISES) == ["07.1", "07.2", "07.3"]
