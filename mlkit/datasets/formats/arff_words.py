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

_U1, _U3, _U4, _U8, _U63, _U255 = map(np.uint64, (1, 3, 4, 8, 63, 255))
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
        # Whole words, and one more: cells are fetched from two neighbours.
        padding = 2 * WORD - len(chunk) % WORD
        self._words = np.frombuffer(chunk + bytes(padding), dtype="<u8")

    def _fetch(self, starts: np.ndarray) -> np.ndarray:
        """Return the 8 bytes from each start on, as words.

        Put together from two aligned words, which is cheaper than numpy's access to
        words that start anywhere.
        """
        at = starts >> 3
        shift = (starts & 7).view(np.uint64)
        shift <<= _U3
        fetched = self._words[at]
        fetched >>= shift
        at += 1
        high = self._words[at]
        # Shifts by 64 - shift, in two steps, as 64 at once would be out of range.
        shift ^= _U63
        high <<= _U1
        high <<= shift
        fetched |= high
        return fetched

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
        words = self._fetch(starts)
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
        if not _are_short(lengths):
            return None
        digits = self._fetch(starts)
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
            skipped = signed.astype(np.int64)
            starts = starts + skipped
            lengths -= skipped
        odd = None
        if not _are_short(lengths):
            odd = (lengths < 1) | (lengths > WORD)
            lengths[odd] = 1
        digits = self._fetch(starts)
        digits ^= _ZEROS
        unused = _unused_bits(lengths)
        digits <<= unused
        digits >>= unused
        numbers, wrong = _parse(digits, lengths, self._usual_dot(starts, lengths))
        if wrong is not None:
            odd = wrong if odd is None else odd | wrong
        if negative.any():
            # Sets the sign bit, so that -0.0 keeps its sign too.
            numbers.view(np.uint64)[...] |= negative.astype(np.uint64) << _U63
        return numbers.reshape(shape), None if odd is None else odd.reshape(shape)

    def _usual_dot(self, starts: np.ndarray, lengths: np.ndarray) -> int:
        """Guess how many digits stand before the dot, from a few cells."""
        step = starts.size // _SAMPLE + 1
        cells = zip(starts[::step].tolist(), lengths[::step].tolist(), strict=True)
        found = sorted(self.chunk.find(b".", s, s + length) - s for s, length in cells)
        return max(found[len(found) // 2], 0) if found else 0


def _are_short(lengths: np.ndarray) -> bool:
    """Whether all cells have 1 to 8 bytes."""
    return lengths.min(initial=1) >= 1 and lengths.max(initial=1) <= WORD


def _unused_bits(lengths: np.ndarray) -> np.ndarray:
    return ((WORD - lengths) << 3).view(np.uint64)


def _parse(
    digits: np.ndarray, lengths: np.ndarray, dot: int
) -> tuple[np.ndarray, np.ndarray | None]:
    """Parse cells; also say which are no number, None where all are."""
    if dot == 0:
        numbers, wrong = _any_point(digits, lengths)
        return numbers, wrong if wrong.any() else None
    numbers, foreign = _fixed_point(digits, lengths, dot)
    if not _any_bit(foreign):
        return numbers, None
    others = np.flatnonzero(foreign)
    numbers[others], still = _any_point(digits[others], lengths[others])
    if not still.any():
        return numbers, None
    wrong = np.zeros(digits.shape, dtype=bool)
    wrong[others] = still
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
    joined >>= has_dot << _U3
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
