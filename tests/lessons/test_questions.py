"""`predict`: a question that stops nothing and keeps its answer folded."""

from __future__ import annotations

import pytest

from mlkit.lessons import Question, QuestionCard, predict

QUESTION = Question(
    text="Is `a < b`?", choices=("Yes", "No <b>"), answer=1, why="Because `b` is 0."
)


def test_text_shows_choices_and_not_the_answer():
    text = repr(QuestionCard("02.1", QUESTION))
    assert text.splitlines() == [
        "02.1 Predict: Is `a < b`?",
        "  A. Yes",
        "  B. No <b>",
        "  (the answer: lessons.predict('02.1').answer)",
    ]


def test_html_folds_the_answer():
    html = QuestionCard("02.1", QUESTION)._repr_html_()
    before, _, folded = html.partition("<details><summary>")
    assert "Because" not in before
    assert "B. No &lt;b&gt; Because <code>b</code> is 0.</details>" in folded
    assert "<code>a &lt; b</code>" in before


def test_the_answer_can_be_asked_for():
    assert QuestionCard("02.1", QUESTION).answer == "B. No <b> Because `b` is 0."


def test_a_question_of_a_lesson_is_found():
    assert predict("00.1").question_id == "00.1"


@pytest.mark.parametrize("question_id", ["00.77", "97.1", "", 3, None])
def test_an_unknown_id_does_not_stop_the_lesson(question_id):
    card = predict(question_id)
    assert "Unknown" in repr(card)
    assert "Unknown" in card._repr_html_()


@pytest.mark.parametrize(
    ("choices", "answer", "words"),
    [
        (("one",), 0, "2 to 6 choices; got 1"),
        (tuple("abcdefg"), 0, "got 7"),
        (("a", "b"), 2, "from 0 to 1; got 2"),
        (("a", "b"), -1, "got -1"),
    ],
)
def test_a_question_without_an_answer(choices, answer, words):
    with pytest.raises(ValueError, match=words):
        Question(text="?", choices=choices, answer=answer, why="")
