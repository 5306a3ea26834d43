"""How an answer is held against the expected one, and what differs, in words.

The words never give the answer away: they say what kind of value is expected, which
shape, how many entries are off.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

__all__ = ["difference"]

# For whole numbers and rounding in binary; far below anything a learner types.
_EXACT = 1e-9


def difference(got: Any, expected: Any, *, tolerance: float) -> str | None:
    """Say how an answer differs from the expected one.

    Parameters
    ----------
    got : object
        What the learner wrote.
    expected : bool, number, str, set, sequence, mapping, array, DataFrame or sparse
        The right answer; its kind decides how the two are compared.
    tolerance : float
        Largest absolute error of a number; whole numbers must be exact.

    Returns
    -------
    str or None
        None where they agree, else one sentence that does not give the answer away.

    Notes
    -----
    Text is compared without regard to capitals and outer spaces. For an expected set,
    any collection will do. For arrays the container does not matter, the shape does;
    tables must have the same columns, in any order.

    Examples
    --------
    >>> difference(0.333, 1 / 3, tolerance=0.005) is None
    True
    >>> difference(33.3, 1 / 3, tolerance=0.005)
    'this looks like a percentage; give a fraction between 0 and 1'
    >>> difference(["beach"], {"beach", "sunset"}, tolerance=0.0)
    '0 of your elements do not belong, and 1 is missing'
    """
    for kind, compare in _COMPARISONS:
        if isinstance(expected, kind):
            return compare(got, expected, tolerance)
    return None if got == expected else "this is not the expected value"


def _compare_bool(got: Any, expected: bool, tolerance: float) -> str | None:
    got = _unwrap(got)
    if not isinstance(got, bool | np.bool_):
        return f"expected True or False, got {_describe(got)}"
    return None if bool(got) == bool(expected) else "it is the other way round"


def _compare_number(got: Any, expected: float, tolerance: float) -> str | None:
    got = _unwrap(got)
    if isinstance(got, str):
        return "expected a number, got text; write it without quotes"
    # True is 1 to Python; a learner who answers True to "how many?" has misread.
    if isinstance(got, bool | np.bool_) or not isinstance(got, numbers.Real):
        return f"expected a number, got {_describe(got)}"
    if _near(float(got), float(expected), _allowed(expected, tolerance)):
        return None
    # The commonest slip of all: 33.3 where 0.333 is asked for.
    if 0 < expected <= 1 and _near(float(got) / 100, expected, max(tolerance, _EXACT)):
        return "this looks like a percentage; give a fraction between 0 and 1"
    return "the number is not the expected one"


def _compare_text(got: Any, expected: str, tolerance: float) -> str | None:
    if not isinstance(got, str):
        return f"expected text in quotes, got {_describe(got)}"
    same = got.strip().casefold() == expected.strip().casefold()
    return None if same else "the text is not the expected one"


def _compare_set(got: Any, expected: Set[Any], tolerance: float) -> str | None:
    if isinstance(got, str | bytes | Mapping) or not isinstance(got, Iterable):
        return f"expected a set such as {{'a', 'b'}}, got {_describe(got)}"
    # Any collection will do: whether to write {} or [] is not what is being taught.
    given = {_plain(item) for item in got}
    wanted = {_plain(item) for item in expected}
    wrong, missing = len(given - wanted), len(wanted - given)
    if not wrong and not missing:
        return None
    return (
        f"{wrong} of your elements {_verb(wrong, 'does', 'do')} not belong, "
        f"and {missing} {_verb(missing, 'is', 'are')} missing"
    )


def _compare_mapping(got: Any, expected: Mapping[Any, Any], tol: float) -> str | None:
    # A Series is what counting in pandas gives; its index holds the keys.
    if isinstance(got, pd.Series):
        got = got.to_dict()
    if not isinstance(got, Mapping):
        return f"expected a dictionary, got {_describe(got)}"
    keys = _compare_set(set(got), set(expected), tol)
    if keys is not None:
        return f"the keys differ: {keys}"
    for key, value in expected.items():
        problem = difference(got[key], value, tolerance=tol)
        if problem is not None:
            return f"under {key!r}: {problem}"
    return None


def _compare_frame(got: Any, expected: pd.DataFrame, tolerance: float) -> str | None:
    if isinstance(got, pd.DataFrame):
        columns = _compare_set(list(got.columns), set(expected.columns), tolerance)
        if columns is not None:
            return f"the columns differ: {columns}"
        # Only now is the order of columns known not to matter.
        got = got[list(expected.columns)]
    return _compare_array(got, expected, tolerance)


def _compare_array(got: Any, expected: Any, tolerance: float) -> str | None:
    if isinstance(got, str | bytes | Set | Mapping) or not hasattr(got, "__len__"):
        return f"expected a list or an array, got {_describe(got)}"
    # NumPy refuses ragged lists; its message would speak of "inhomogeneous shape".
    try:
        given, wanted = _dense(got), _dense(expected)
    except ValueError:
        return "expected a rectangular table: your rows differ in length"
    if given.shape != wanted.shape:
        return f"expected shape {wanted.shape}, got shape {given.shape}"
    wrong = np.argwhere(~_same_entries(given, wanted, tolerance))
    if not len(wrong):
        return None
    place = ", ".join(str(i) for i in wrong[0])
    return (
        f"{len(wrong)} of {wanted.size} entries {_verb(len(wrong), 'is', 'are')} "
        f"not as expected, the first at position [{place}]"
    )


def _same_entries(
    given: np.ndarray, wanted: np.ndarray, tolerance: float
) -> np.ndarray:
    if wanted.dtype.kind in "biuf" and given.dtype.kind in "biuf":
        atol = tolerance if wanted.dtype.kind == "f" else _EXACT
        close = np.isclose(
            given.astype(float), wanted.astype(float), rtol=0, atol=atol, equal_nan=True
        )
        return np.asarray(close)
    same = [
        _plain(a) == _plain(b) for a, b in zip(given.flat, wanted.flat, strict=True)
    ]
    return np.array(same, dtype=bool).reshape(wanted.shape)


def _dense(value: Any) -> np.ndarray:
    if sp.issparse(value):
        return np.asarray(value.toarray())
    return np.asarray(value)


def _unwrap(value: Any) -> Any:
    """Take the number out of an array, Series or DataFrame that holds just one."""
    if isinstance(value, np.ndarray | pd.Series | pd.DataFrame) and value.size == 1:
        return np.asarray(value).reshape(()).item()
    return value


def _plain(item: Any) -> Any:
    """Bring an element to a form in which equal means the same to a learner."""
    if isinstance(item, str):
        return item.strip().casefold()
    if isinstance(item, Collection):
        return tuple(_plain(part) for part in item)
    return item.item() if isinstance(item, np.generic) else item


def _allowed(expected: float, tolerance: float) -> float:
    whole = isinstance(expected, numbers.Integral)
    return _EXACT if whole else max(tolerance, _EXACT)


def _near(got: float, expected: float, allowed: float) -> bool:
    if math.isnan(expected):
        return math.isnan(got)
    # The last term forgives rounding in binary: 0.335 is 0.005 away from 0.33.
    # Equality first, because inf - inf is nan.
    return got == expected or abs(got - expected) <= allowed * (1 + _EXACT)


def _verb(count: int, one: str, many: str) -> str:
    return one if count == 1 else many


def _describe(value: Any) -> str:
    """Name the kind of a value in a learner's words."""
    for kind, words in _WORDS:
        if isinstance(value, kind):
            return words
    return f"a value of type {type(value).__name__}"


_WORDS: tuple[tuple[Any, str], ...] = (
    (bool | np.bool_, "True or False"),
    (numbers.Number, "a number"),
    (str, "text"),
    (Set, "a set"),
    (Mapping, "a dictionary"),
    (pd.DataFrame, "a table"),
    (list | tuple, "a list"),
    (np.ndarray | pd.Series, "an array"),
)

# The first kind that fits decides: bool is a number to Python, but not to a learner.
_COMPARISONS: tuple[tuple[Any, Callable[[Any, Any, float], str | None]], ...] = (
    (bool | np.bool_, _compare_bool),
    (numbers.Real, _compare_number),
    (str, _compare_text),
    (Set, _compare_set),
    (Mapping, _compare_mapping),
    (pd.DataFrame, _compare_frame),
    (list | tuple | np.ndarray | pd.Series | pd.Index, _compare_array),
    (sp.sparray | sp.spmatrix, _compare_array),
)
