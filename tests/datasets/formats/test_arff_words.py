"""Cells as 64-bit words: exactly what `int` and `float` make of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlkit.datasets.formats.arff_words import WORD, Words


def lay_out(cells):
    """Put cells one after the other, each closed by a comma."""
    lengths = np.array([len(cell) for cell in cells], dtype=np.int64)
    ends = np.cumsum(lengths + 1) - 1
    words = Words(b"".join(cell + b"," for cell in cells))
    return words, ends - lengths, ends


def decimals(*cells):
    words, starts, ends = lay_out(cells)
    numbers, odd = words.decimals(starts, ends)
    return numbers.tolist(), [] if odd is None else np.flatnonzero(odd).tolist()


def test_texts_are_little_endian_words():
    words, starts, ends = lay_out([b"a", b"", b"abcdefgh"])
    expected = [int.from_bytes(cell, "little") for cell in (b"a", b"", b"abcdefgh")]
    assert words.texts(starts, ends - starts).tolist() == expected


@given(
    st.lists(st.integers(0, 10**WORD - 1), min_size=1, max_size=20), st.integers(0, 8)
)
def test_integers(numbers, width):
    words, starts, ends = lay_out([f"{n:0{width}}".encode() for n in numbers])
    assert words.integers(starts, ends).tolist() == numbers


@pytest.mark.parametrize(
    "cell",
    [b"", b"123456789", b"-1", b"+1", b"1.0", b"1 ", b" 1", b"a", b"/", b":", b"\xff"],
)
def test_what_is_no_integer(cell):
    words, starts, ends = lay_out([b"7", cell])
    assert words.integers(starts, ends) is None


def test_no_cells():
    words = Words(b"")
    none = np.empty(0, dtype=np.int64)
    assert words.integers(none, none).size == 0
    assert words.decimals(none, none)[0].size == 0


def test_every_short_decimal_of_a_small_alphabet():
    # All texts of up to four characters: right where float() accepts them, and odd
    # everywhere else.
    alphabet = "019.-+ "
    texts = [""]
    for _ in range(4):
        texts += [text + c for text in texts[-(len(alphabet) ** 4) :] for c in alphabet]
    texts = sorted(set(texts))
    for usual in ("1.5", "10.5", "7", ".5"):
        cells = [text.encode() for text in texts]
        # The usual form is guessed from a sample: let it be this one.
        words, starts, ends = lay_out([usual.encode()] * 20 * len(cells) + cells)
        numbers, odd = words.decimals(starts, ends)
        for text, number, is_odd in zip(
            texts,
            numbers[-len(cells) :].tolist(),
            odd[-len(cells) :].tolist(),
            strict=True,
        ):
            if is_odd:
                assert not is_plain_decimal(text)
            else:
                assert is_plain_decimal(text)
                assert number == float(text)
                assert np.signbit(number) == np.signbit(float(text))


def is_plain_decimal(text):
    digits = text[1:] if text[:1] in ("-", "+") else text
    whole = digits.replace(".", "", 1)
    return whole.isdigit() and len(digits) <= WORD


@given(
    st.lists(
        st.from_regex(
            r"[+-]?([0-9]{1,8}|[0-9]{0,3}\.[0-9]{1,4}|[0-9]{1,7}\.)", fullmatch=True
        ),
        min_size=1,
        max_size=40,
    )
)
def test_decimals_are_those_of_float(texts):
    numbers, odd = decimals(*(text.encode() for text in texts))
    assert odd == []
    assert numbers == [float(text) for text in texts]
    signs = [bool(np.signbit(float(text))) for text in texts]
    assert np.signbit(numbers).tolist() == signs


def test_fixed_and_other_forms_side_by_side():
    cells = [b"0.25"] * 30 + [b"3", b"12.5", b"-.5", b"0.1234567", b"4."]
    numbers, odd = decimals(*cells)
    assert odd == [33]  # nine characters
    assert [numbers[i] for i in (0, 30, 31, 32, 34)] == [0.25, 3.0, 12.5, -0.5, 4.0]


def test_shape_is_kept_and_arguments_are_not_modified():
    words, starts, ends = lay_out([b"-1.5", b"2", b"x", b"4.25"])
    starts, ends = starts.reshape(2, 2), ends.reshape(2, 2)
    before = starts.copy(), ends.copy()
    numbers, odd = words.decimals(starts, ends)
    assert numbers.shape == odd.shape == (2, 2)
    assert odd.tolist() == [[False, False], [True, False]]
    assert numbers[1, 1] == 4.25
    np.testing.assert_array_equal(starts, before[0])
    np.testing.assert_array_equal(ends, before[1])
