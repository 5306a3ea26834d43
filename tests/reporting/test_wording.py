import numpy as np
import pytest

from mlkit.metrics import MetricValue
from mlkit.reporting.wording import (
    clean,
    figure,
    isolate,
    listing,
    name_in_text,
    percent,
    sentence,
    shorten,
    with_readable_names,
)


def test_clean_text_can_be_written_as_utf_8():
    text = clean("a\ud800b\x00c\td\ne")

    assert text == "a�b�c\td\ne"
    assert text.encode()


def test_shortened_texts_have_one_line_and_the_given_length():
    assert shorten("two\n lines") == "two lines"
    assert shorten("x" * 10, limit=10) == "x" * 10
    assert shorten("x" * 11, limit=10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1234567, "1,234,567"),
        (np.int64(7), "7"),
        (0.5, "0.500"),
        (MetricValue(0.25, undefined=1), "0.250"),
        (1234.5, "1,234.500"),
        (0.0, "0.000"),
        (0.0004, "0.0004"),
        (-0.00012345, "-0.000123"),
        (1.5e9, "1.5e+09"),
        (float("nan"), "–"),
        (float("inf"), "∞"),
        (float("-inf"), "-∞"),
        (True, "True"),
        ("text", "text"),
    ],
)
def test_numbers_as_they_stand_in_a_table(value, text):
    assert figure(value) == text


def test_digits_can_be_chosen():
    assert figure(3.14159, 2) == "3.14"


def test_shares_are_per_cent_and_do_not_break():
    assert percent(0.5) == "50.0\u00a0%"
    assert percent(float("nan")) == "–"


def test_lists_end_with_and_or_with_the_rest():
    assert listing([]) == ""
    assert listing(["a"]) == "“a”"
    assert listing(["a", "b"]) == "“a” and “b”"
    assert listing("abcd", limit=3) == "“a”, “b”, “c” and 1 more"


def test_names_from_right_to_left_are_isolated():
    assert isolate("שלום") == "\u2068שלום\u2069"
    assert name_in_text("שלום") == "“\u2068שלום\u2069”"
    assert isolate("日本") == "日本"


def test_names_within_a_sentence_become_readable():
    text = with_readable_names("aaaa beats שלום (+0.1).", ["aaaa", "שלום"], limit=3)

    assert text == "aa… beats \u2068של…\u2069 (+0.1)."


def test_a_name_that_is_part_of_another_does_not_break_it():
    text = with_readable_names("xxxxxx and xxxxxxyy", ["xxxxxx", "xxxxxxyy"], limit=7)

    assert text == "xxxxxx and xxxxxx…"


def test_sentences_end_once():
    assert sentence(" Cite it ") == "Cite it."
    assert sentence("Done.") == "Done."
    assert sentence("") == ""
