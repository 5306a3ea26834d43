"""Numbers out of bytes, thousands of cells at a time.

A cell of up to eight characters is fetched as one 64-bit word, its first character in
the lowest byte, and its digits are joined by three multiplications. All cells of a
chunk go through each step together, as numpy arrays: on short decimals that is faster
than a compiled parser that looks at each character in turn.
"""

from __future__ import annotations

import numpy as np

__all__ = ["WORD", "Words"]

WORD = 8
"""Bytes in a word: the longest cell that is parsed here, its sign not counted."""

_ZERO, _PLUS, _MINUS = b"0+-"
_SAMPLE = 15

_U1, _U4, _U8, _U255 = (np.uint64(number) for number in (1, 4, 8, 255))
_LOW_BITS = np.uint64(0x0101010101010101)
_HIGH_HALVES = _LOW_BITS * np.uint64(0xF0)
_SIXES = _LOW_BITS * np.uint64(6)
_ZEROS = _LOW_BITS * np.uint64(_ZERO)
_DOT = np.uint64(ord(".") ^ _ZERO)
# What the eight digits are divided by when so many of them stand before the dot.
_DIVISORS = 10.0 ** np.arange(WORD, -1, -1)


class Words:
    """The bytes of a chunk, readable as 8-byte words from every position.

    Parameters
    ----------
    chunk : bytes
    """

    def __init__(self, chunk: bytes) -> None:
        self.chunk = chunk
        self.bytes = np.frombuffer(chunk, dtype=np.uint8)
        # Overlapping words: one starts at each byte, the last ones in the padding.
        padded = chunk + bytes(WORD)
        shape = (len(chunk) + 1,)
        self.words = np.ndarray(shape, dtype="<u8", buffer=padded, strides=(1,))

    def texts(self, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return cells of at most 8 bytes as words, zero after their end.

        Parameters
        ----------
        starts, lengths : ndarray of int64, same shape

        Returns
        -------
        ndarray of uint64, same shape
            ``int.from_bytes(cell, "little")`` for each cell.
        """
        unused = _unused_bits(lengths)
        words = self.words[starts]
        words <<= unused
        words >>= unused
        return words

    def integers(self, starts: np.ndarray, ends: np.ndarray) -> np.ndarray | None:
        """Parse cells of 1 to 8 digits.

        Parameters
        ----------
        starts, ends : ndarray of int64, same shape

        Returns
        -------
        ndarray of uint64, same shape, or None
            None where a cell is anything else.
        """
        lengths = ends - starts
        if lengths.min(initial=1) < 1 or lengths.max(initial=1) > WORD:
            return None
        digits = self.words[starts]
        digits ^= _ZEROS
        # Moves the last digit to the highest byte: it counts the units.
        digits <<= _unused_bits(lengths)
        return None if _any_bit(_no_digits(digits)) else _join(digits)

    def decimals(
        self, starts: np.ndarray, ends: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Parse cells ``[+-]digits[.digits]`` of at most 8 characters after the sign.

        Parameters
        ----------
        starts, ends : ndarray of int64, same shape, C-contiguous

        Returns
        -------
        numbers : ndarray of float64, same shape
            Exactly what ``float()`` gives: digits and power of ten are exact floats,
            and the quotient of two of them is correctly rounded.
        odd : ndarray of bool, same shape, or None
            Cells of another form, whose number is meaningless; None where none is.
        """
        shape = starts.shape
        starts, ends = starts.ravel(), ends.ravel()
        lead = self.bytes[starts]
        negative = lead == _MINUS
        signed = negative | (lead == _PLUS)
        lengths = ends - starts
        if signed.any():
            starts = starts + signed
            lengths -= signed
        # One comparison finds cells of 0 and of more than 8: 0 - 1 wraps around.
        odd = (lengths - 1).view(np.uint64) > WORD - 1
        if odd.any():
            lengths[odd] = 1
        digits = self.words[starts]
        digits ^= _ZEROS
        unused = _unused_bits(lengths)
        digits <<= unused
        digits >>= unused
        numbers, wrong = _parse(digits, lengths, self._usual_dot(starts, lengths))
        odd |= wrong
        # Sets the sign bit, so that -0.0 keeps its sign too.
        numbers.view(np.uint64)[...] |= negative.astype(np.uint64) << np.uint64(63)
        return numbers.reshape(shape), odd.reshape(shape) if odd.any() else None

    def _usual_dot(self, starts: np.ndarray, lengths: np.ndarray) -> int:
        """Guess how many digits stand before the dot, from a few cells."""
        step = starts.size // _SAMPLE + 1
        cells = zip(starts[::step].tolist(), lengths[::step].tolist(), strict=True)
        found = sorted(self.chunk.find(b".", s, s + length) - s for s, length in cells)
        return max(found[len(found) // 2], 0) if found else 0


def _unused_bits(lengths: np.ndarray) -> np.ndarray:
    return ((WORD - lengths) << 3).view(np.uint64)


def _parse(
    digits: np.ndarray, lengths: np.ndarray, dot: int
) -> tuple[np.ndarray, np.ndarray]:
    """Parse cells; also say which are no number."""
    if dot == 0:
        return _any_point(digits, lengths)
    numbers, foreign = _fixed_point(digits, lengths, dot)
    wrong = np.zeros(digits.shape, dtype=bool)
    if _any_bit(foreign):
        others = np.flatnonzero(foreign)
        numbers[others], wrong[others] = _any_point(digits[others], lengths[others])
    return numbers, wrong


def _fixed_point(
    digits: np.ndarray, lengths: np.ndarray, dot: int
) -> tuple[np.ndarray, np.ndarray]:
    """Parse cells of `dot` digits before the dot; also say which are others.

    Data are mostly printed with one number of digits before the dot, so that constants
    serve all cells, but with trailing zeros cut off, or the dot as well: hence words
    that start where the cell starts.
    """
    below = np.uint64(256**dot - 1)
    gap = np.uint64(255) << np.uint64(8 * dot)
    expected = (lengths != dot).astype(np.uint64)
    expected *= _DOT << np.uint64(8 * dot)
    expected ^= digits
    foreign = expected & gap
    joined = digits & ~(below | gap)
    joined >>= _U8
    joined |= digits & below
    foreign |= _no_digits(joined)
    numbers = _join(joined).astype(np.float64)
    numbers /= _DIVISORS[dot]
    return numbers, foreign


def _any_point(
    digits: np.ndarray, lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Parse cells with a dot anywhere or nowhere; also say which are no number."""
    # No digit has the bit that a dot has.
    dot = (digits >> _U4) & _LOW_BITS
    has_dot = np.minimum(dot, _U1)
    below = dot - has_dot
    gap = dot * _U255
    joined = digits & ~(below | gap)
    joined >>= has_dot << np.uint64(3)
    joined |= digits & below
    # A wrong character in the gap, a second dot, no digit, or a dot alone.
    wrong = (digits & gap) ^ (dot * _DOT)
    wrong |= dot & below
    wrong |= _no_digits(joined)
    wrong |= has_dot & (lengths == 1)
    before = np.where(has_dot, np.bitwise_count(below) >> 3, lengths)
    numbers = _join(joined).astype(np.float64)
    numbers /= _DIVISORS[before]
    return numbers, wrong != 0


def _no_digits(digits: np.ndarray) -> np.ndarray:
    """Non-zero where a byte is above 9: adding 6 then carries into its high half."""
    carried = digits + _SIXES
    carried |= digits
    carried &= _HIGH_HALVES
    return carried


def _any_bit(words: np.ndarray) -> bool:
    return bool(np.bitwise_or.reduce(words, axis=None))


def _join(digits: np.ndarray) -> np.ndarray:
    """Turn eight digits in the bytes of a word, the first lowest, into a number."""
    # 8 digits to 4 pairs, to 2 fours, to 1 number: each product adds to the higher
    # neighbour the lower one times 10, 100 or 10 000.
    joined = digits * np.uint64(10 * 2**8 + 1)
    joined >>= _U8
    joined &= np.uint64(0x00FF00FF00FF00FF)
    joined *= np.uint64(100 * 2**16 + 1)
    joined >>= np.uint64(16)
    joined &= np.uint64(0x0000FFFF0000FFFF)
    joined *= np.uint64(10_000 * 2**32 + 1)
    joined >>= np.uint64(32)
    return joined
