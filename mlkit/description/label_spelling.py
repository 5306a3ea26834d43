"""Names that look like one name spelled twice."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

__all__ = ["close_spellings"]

# Short names that differ by a letter are different words: cat, car, bat.
_SHORTEST = 6
# Other punctuation tells names apart: C, C#, C++.
_SEPARATORS = re.compile(r"[\s_\u2010-\u2015'\u2019-]+")
_LETTERS_AT_END = re.compile(r"[^\W_]+$")
# Beyond that, one-letter deletions would take gigabytes.
_MOST_NAMES = 20_000


def close_spellings(
    names: Sequence[str],
) -> tuple[list[tuple[str, ...]], list[tuple[str, str]]]:
    """Find names that may be meant as the same.

    Parameters
    ----------
    names : sequence of str
        Of labels; all different.

    Returns
    -------
    same : list of tuple of str
        Groups of names that differ in case, blanks, hyphens, underscores and
        apostrophes only.
    close : list of tuple of two str
        Pairs that are one letter apart: added, left out, exchanged, or two neighbours
        swapped.

    Notes
    -----
    A prefix that all names share, such as ``genre_``, is left aside, and names are
    close only from six letters on and where their digits agree, since ``Class1`` and
    ``Class2`` are meant to differ. Names are compared through their one-letter
    deletions (as in the symmetric delete method of spelling correction), hence O(total
    length) dictionary entries instead of all pairs; with more than 20 000 names only
    the first list is made.

    Examples
    --------
    >>> close_spellings(["Sci-Fi", "sci fi", "relaxing", "relaxnig", "tag1", "tag2"])
    ([('Sci-Fi', 'sci fi')], [('relaxing', 'relaxnig')])
    """
    groups = defaultdict(list)
    for name in names:
        groups[_bare(name)].append(name)
    # Of names made of punctuation alone nothing is left to compare.
    groups.pop("", None)
    same = [tuple(group) for group in groups.values() if len(group) > 1]
    first = {bare: group[0] for bare, group in groups.items()}
    pairs: Iterable[tuple[str, str]] = ()
    if len(first) <= _MOST_NAMES:
        pairs = _close_pairs(list(first), _shared_length(names))
    close = [(first[a], first[b]) for a, b in pairs]
    return same, close


def _bare(name: str) -> str:
    """Return the name in lower case without blanks, hyphens and underscores."""
    return _SEPARATORS.sub("", name.casefold())


def _shared_length(names: Sequence[str]) -> int:
    """Count the letters of a prefix such as ``genre_`` that all names have."""
    prefix = os.path.commonprefix([name.casefold() for name in names])
    # Up to its last separator: relax is no prefix of relaxing and relaxnig.
    return len(_bare(_LETTERS_AT_END.sub("", prefix)))


def _close_pairs(names: list[str], shared: int) -> Iterator[tuple[str, str]]:
    stems = {name[shared:]: name for name in names if len(name) - shared >= _SHORTEST}
    seen: set[tuple[str, str]] = set()
    # What is left of a stem without one letter -> the stems and where the letter was.
    deletions: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for stem in stems:
        for position in range(-1, len(stem)):
            rest = stem if position < 0 else stem[:position] + stem[position + 1 :]
            for other, at in deletions[rest]:
                pair = (other, stem)
                if pair not in seen and _is_one_slip(other, at, stem, position):
                    seen.add(pair)
                    yield stems[other], stems[stem]
            deletions[rest].append((stem, position))


def _is_one_slip(a: str, at: int, b: str, position: int) -> bool:
    """Whether two stems with one letter less each are one slip of the pen apart."""
    if a == b or _digits(a) != _digits(b):
        return False
    # Letters left out at places far from each other: one letter has moved, two slips.
    return at < 0 or position < 0 or abs(at - position) <= 1


def _digits(name: str) -> str:
    return "".join(letter for letter in name if letter.isdigit())
