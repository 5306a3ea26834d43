"""Names that may be one name spelled twice."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlkit.description.label_spelling import close_spellings


@pytest.mark.parametrize(
    "names",
    [
        ("Beach", "beach"),
        ("sci-fi", "sci fi", "SciFi"),
        ("relaxing_calm", "relaxing-calm"),
        ("e‐mail", "email"),
        ("men's", "mens", "men’s"),
        ("STRASSE", "straße"),
    ],
)
def test_the_same_name(names):
    assert close_spellings([*names, "other"]) == ([names], [])


@pytest.mark.parametrize("names", [["C", "C++", "C#"], ["a.b", "ab"], ["-", "_", " "]])
def test_other_punctuation_tells_names_apart(names):
    assert close_spellings(names) == ([], [])


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("documentary", "documentery"),
        ("algorithm", "algorithms"),
        ("relaxing", "relaxnig"),
        ("romance", "romanse"),
        ("abcdefg", "bcdefg"),
        ("Comedies", "comedis"),
    ],
    ids=["exchanged", "added", "swapped", "middle", "first", "case"],
)
def test_one_letter_apart(a, b):
    assert close_spellings([a, "western", b]) == ([], [(a, b)])


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("cat", "car"),
        ("class1", "class2"),
        ("Class-1-786_2", "Class-1-786_3"),
        ("documentary", "documantery"),
        ("abcdefgh", "bcdefgha"),
        ("genre_war", "genre_far"),
    ],
    ids=["short", "number", "code", "two letters", "moved", "prefix"],
)
def test_different_names(a, b):
    assert close_spellings([a, b]) == ([], [])


def test_a_prefix_of_all_names_is_left_aside():
    names = ["TAG_blog", "TAG_blogs", "TAG_network", "TAG_networks"]

    assert close_spellings(names) == ([], [("TAG_network", "TAG_networks")])


def test_a_common_beginning_is_no_prefix():
    assert close_spellings(["relaxing", "relaxnig"])[1] == [("relaxing", "relaxnig")]


def test_each_pair_is_told_once():
    _, close = close_spellings(["aaaaaaa", "aaaaaaaa"])

    assert close == [("aaaaaaa", "aaaaaaaa")]


def test_very_many_names_are_compared_by_the_same_spelling_only(monkeypatch):
    monkeypatch.setattr("mlkit.description.label_spelling._MOST_NAMES", 3)
    names = ["western", "westerns", "Sci-Fi", "scifi", "drama"]

    assert close_spellings(names) == ([("Sci-Fi", "scifi")], [])


words = st.text(string.ascii_lowercase, min_size=7, max_size=9)


@given(words, st.integers(0, 6), st.sampled_from(string.ascii_lowercase))
def test_every_single_slip_is_found(word, at, letter):
    slips = {
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
    }
    for slip in slips - {word}:
        assert close_spellings([word, slip]) == ([], [(word, slip)])


def edit_distance(a: str, b: str) -> int:
    """Edits of one letter or of two neighbours that turn `a` into `b`."""
    table = [[i + j for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            exchange = table[i - 1][j - 1] + (a[i - 1] != b[j - 1])
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, exchange)
            if i > 1 and j > 1 and (a[i - 2], a[i - 1]) == (b[j - 1], b[j - 2]):
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


@given(st.text("ab", min_size=6, max_size=8), st.text("ab", min_size=6, max_size=8))
def test_close_is_an_edit_distance_of_one(a, b):
    if a == b:
        return
    assert bool(close_spellings([a, b])[1]) == (edit_distance(a, b) == 1)
