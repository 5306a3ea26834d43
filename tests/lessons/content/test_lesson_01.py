"""Lesson 01: its answers follow from the data that it shows."""

from __future__ import annotations

import pytest

import mlkit
from mlkit.lessons import check, reset
from mlkit.lessons.content.lesson_01 import QUESTIONS


@pytest.fixture(autouse=True)
def _first_try():
    reset()


@pytest.fixture(scope="module")
def colours():
    return mlkit.load("flags").Y


def test_no_flag_has_a_single_colour(colours):
    question = QUESTIONS["01.1"]

    assert (colours.sum(axis=1) == 1).sum() == 0
    assert question.choices[question.answer] == "None"


def test_the_cardinality_of_seven_films():
    assert check("01.1", (2 + 1 + 2 + 2 + 2 + 0 + 3) / 7).right
    assert check("01.1", 1.71).right


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (9 / 6, "six films"),
        (12 / 6, "without a genre"),
        (12 / 7 / 4, "density"),
        (9 / 7 + 1 / 7, "three labels"),
    ],
)
def test_typical_mistakes_with_the_cardinality_have_their_hint(wrong, hint):
    assert hint in check("01.1", wrong).message


def test_one_flag_has_none_of_three_colours(colours):
    asked = colours[["red", "white", "blue"]]
    without = asked.index[asked.sum(axis=1) == 0]

    assert check("01.2", without).right
    assert check("01.2", without.tolist()).right
    assert "There is one" in check("01.2", []).message


def test_flags_that_lack_one_of_the_colours_are_not_the_answer(colours):
    asked = colours[["red", "white", "blue"]]

    assert not check("01.2", asked.index[asked.sum(axis=1) < 3]).right


def test_the_songs_follow_from_their_tags():
    names, songs = ["jazz", "live", "rock"], ["rock; live", "", "jazz;live"]

    def matrix(clean):
        sets = [{clean(tag) for tag in song.split(";")} for song in songs]
        return [[int(name in has) for name in names] for has in sets]

    assert check("01.3", matrix(str.strip)).right
    assert "with a blank" in check("01.3", matrix(str)).message


def test_a_song_without_a_tag_keeps_its_row():
    assert "keeps its row" in check("01.3", [[0, 1, 1], [1, 1, 0]]).message
