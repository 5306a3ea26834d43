"""What the cells of a label mean."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest

from mlkit.datasets.formats.label_cells import (
    MISSING_WORDS,
    label_codes,
    not_a_label,
    split_codes,
)


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        (np.array([0, 1, 2, -1]), [0, 1, -2, -2]),
        (np.array([0.0, 1.0, np.nan, 0.5, np.inf]), [0, 1, -1, -2, -2]),
        (np.array([True, False]), [1, 0]),
        (np.array([0, 1, 255], dtype=np.uint8), [0, 1, -2]),
        (pd.array([1, None, 0], dtype="Int64"), [1, -1, 0]),
        (pd.array([True, None], dtype="boolean"), [1, -1]),
        (pd.Series(["1", "0", None], dtype="str"), [1, 0, -1]),
        (pd.Categorical(["yes", "no", "yes"]), [1, 0, 1]),
        (np.array([True, "no", 1.0, None, "x"], dtype=object), [1, 0, 1, -1, -2]),
    ],
    ids=lambda value: str(getattr(value, "dtype", "")),
)
def test_cells_of_all_kinds(cells, codes):
    result = label_codes(cells)
    assert result.dtype == np.int8
    assert result.tolist() == codes


@pytest.mark.parametrize("word", ["1", "1.0", "true", "TRUE", "True", "yes", " Yes "])
def test_words_that_say_yes(word):
    assert label_codes(np.array([word], dtype=object)).tolist() == [1]


@pytest.mark.parametrize("word", ["0", "0.0", "false", "FALSE", "no", "No\t"])
def test_words_that_say_no(word):
    assert label_codes(np.array([word], dtype=object)).tolist() == [0]


@pytest.mark.parametrize("word", MISSING_WORDS)
def test_words_that_say_unknown(word):
    assert label_codes(np.array([word], dtype=object)).tolist() == [-1]


@pytest.mark.parametrize(
    "cell", ["maybe", "2", "10", "1.00", [1], {"a"}, datetime.date(2020, 1, 1), 1 + 1j]
)
def test_anything_else_is_no_label(cell):
    cells = np.empty(1, dtype=object)
    cells[0] = cell
    assert label_codes(cells).tolist() == [-2]


def test_no_cells():
    assert label_codes(np.array([], dtype=object)).tolist() == []


def test_the_message_for_numbers_says_nothing_of_tags():
    message = not_a_label("calm", np.float64(2.0), 3)
    assert message.startswith(
        "label 'calm' holds '2.0' (3 such cells). Expected 0 or 1"
    )
    assert "Tags" not in message


def test_the_message_for_text_speaks_of_tags_and_is_short():
    message = not_a_label("genres", "comedy|war" * 100, 1)
    assert "(1 such cell)" in message
    assert "labels=Tags('genres'" in message
    assert len(message) < 350


def test_codes_without_unknown_ones_are_the_labels():
    codes = np.array([[0, 1]], dtype=np.int8)
    Y, missing = split_codes(codes)
    assert Y is codes
    assert missing is None


def test_unknown_codes_become_a_mask():
    codes = np.array([[0, -1], [1, 1]], dtype=np.int8)
    Y, missing = split_codes(codes)
    assert Y.tolist() == [[0, 0], [1, 1]]
    assert missing.tolist() == [[False, True], [False, False]]
    assert codes.tolist() == [[0, -1], [1, 1]]
