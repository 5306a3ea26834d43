"""`check`: right, a hint, kind to everything else; strict only when asked."""

from __future__ import annotations

import pytest

from mlkit.exceptions import CheckFailedError
from mlkit.lessons import Exercise, Trap, Verdict, check, reset
from mlkit.lessons.content import lesson_00

NUMBER = Exercise(
    answer=0.25,
    hints=("gentle", "plainer", "plain"),
    traps=(Trap(0.75, "That is the complement."),),
)


def _judge_even(value):
    return None if value % 2 == 0 else "it is odd"


@pytest.fixture(autouse=True)
def _toy_exercises(monkeypatch):
    toys = {
        "00.1": NUMBER,
        "00.2": Exercise(test=_judge_even, hints=("Halve it.",)),
        "00.3": Exercise(answer=lambda: 6 * 7, hints=("Multiply.",)),
    }
    monkeypatch.setattr(lesson_00, "EXERCISES", toys)
    monkeypatch.delenv("MLKIT_STRICT", raising=False)
    reset()


def test_right():
    verdict = check("00.1", 0.25)
    assert verdict.right
    assert repr(verdict) == "00.1 ✓ Right."


def test_hints_escalate_and_the_last_stays():
    messages = [check("00.1", 3).message for _ in range(5)]
    hints = [message.rpartition("Hint: ")[2] for message in messages]
    assert hints == ["gentle", "plainer", "plain", "plain", "plain"]
    assert messages[0].startswith("Not yet: the number is not the expected one.")


def test_a_right_answer_and_reset_begin_again():
    check("00.1", 3)
    assert check("00.1", 0.25).right
    assert "gentle" in check("00.1", 3).message
    reset()
    assert "gentle" in check("00.1", 3).message


def test_tries_of_one_exercise_do_not_spend_the_hints_of_another():
    check("00.2", 3)
    assert "gentle" in check("00.1", 3).message


def test_a_known_wrong_answer_has_a_hint_of_its_own():
    for _ in range(4):
        assert "complement" in check("00.1", 0.75).message


@pytest.mark.parametrize("stub", [..., None])
def test_a_stub_is_not_answered_and_costs_no_try(stub):
    verdict = check("00.1", stub)
    assert verdict.outcome == "unanswered"
    assert "Not answered yet" in verdict.message
    assert "gentle" in check("00.1", 3).message


def test_an_answer_may_be_computed_or_tested():
    assert check("00.3", 42).right
    assert check("00.2", 8).right
    assert "it is odd" in check("00.2", 7).message


@pytest.mark.parametrize("value", ["text", [1, 2], {}, object(), int, b"x"])
def test_the_wrong_kind_is_answered_kindly(value):
    assert check("00.1", value).outcome == "wrong"


def test_a_value_that_breaks_the_test_is_answered_kindly():
    verdict = check("00.2", "odd")
    assert verdict.outcome == "wrong"
    assert "stopped with TypeError" in verdict.message


@pytest.mark.parametrize(
    ("exercise_id", "words"),
    [
        ("00.9", "Unknown exercise '00.9'"),
        ("98.1", "Unknown lesson '98'"),
        ("", "Unknown lesson ''"),
        (7.2, "Unknown lesson '7'"),
        (None, "Unknown lesson 'None'"),
    ],
)
def test_an_unknown_id_is_answered_kindly(exercise_id, words):
    verdict = check(exercise_id, 1)
    assert verdict.outcome == "unknown"
    assert words in verdict.message


@pytest.mark.parametrize(
    ("exercise_id", "value"), [("00.1", 3), ("00.1", ...), ("99.1", 3)]
)
def test_strict_raises_unless_right(monkeypatch, exercise_id, value):
    monkeypatch.setenv("MLKIT_STRICT", "1")
    with pytest.raises(CheckFailedError, match=exercise_id):
        check(exercise_id, value)
    assert issubclass(CheckFailedError, AssertionError)


def test_strict_is_silent_for_a_right_answer(monkeypatch):
    monkeypatch.setenv("MLKIT_STRICT", "1")
    assert check("00.1", 0.25).right


def test_html_is_escaped_and_says_the_outcome_without_colour():
    html = Verdict("07.2", "wrong", "Not yet: `p < 1`. <b>")._repr_html_()
    assert "✗ Exercise 07.2" in html
    assert "<code>p &lt; 1</code>" in html
    assert "&lt;b&gt;" in html


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"answer": 1, "hints": ()}, "at least one hint"),
        ({"hints": ("x",)}, "either an answer or a test"),
        ({"hints": ("x",), "answer": 1, "test": _judge_even}, "exactly one"),
    ],
)
def test_an_exercise_that_cannot_be_checked(parts, words):
    with pytest.raises(ValueError, match=words):
        Exercise(**parts)
