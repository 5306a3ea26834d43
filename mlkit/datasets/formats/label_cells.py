"""What the cells of a label column mean: absent, present, unknown, or an error."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

__all__ = [
    "MISSING_WORDS",
    "NOT_A_LABEL",
    "UNKNOWN",
    "label_codes",
    "not_a_label",
    "split_codes",
]

UNKNOWN = np.int8(-1)
"""Code of a label that is unknown."""

NOT_A_LABEL = np.int8(-2)
"""Code of a cell that says neither yes nor no nor that nobody knows."""

MISSING_WORDS = ("", "?", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None")
"""Cells that mean "missing" in a label, and in a column that holds numbers otherwise.

A column of words keeps them: NA is Namibia there, and "None" an answer.
"""

_WORDS = {
    **dict.fromkeys(("0", "false", "no"), 0),
    **dict.fromkeys(("1", "true", "yes"), 1),
    **dict.fromkeys((word.lower() for word in MISSING_WORDS), -1),
}


def label_codes(cells: Any) -> np.ndarray:
    """Understand the cells of one label column.

    Parameters
    ----------
    cells : ndarray, Series or ExtensionArray, shape (n_samples,)
        Numbers, booleans, text or a mixture of them.

    Returns
    -------
    ndarray of int8, shape (n_samples,)
        0 for 0, 0.0, False, "0", "false" and "no"; 1 for 1, 1.0, True, "1", "true" and
        "yes"; `UNKNOWN` for None, NaN and `MISSING_WORDS`; `NOT_A_LABEL` for anything
        else. Capitals and blanks around a text do not matter.

    Examples
    --------
    >>> label_codes(np.array([0.0, 1.0, np.nan, 2.0])).tolist()
    [0, 1, -1, -2]
    >>> label_codes(np.array(["Yes", "no", "?", "maybe", True], dtype=object)).tolist()
    [1, 0, -1, -2, 1]
    """
    if isinstance(cells, np.ndarray) and cells.dtype.kind in "biuf":
        return _codes_of_numbers(cells)
    # Each different value is looked at once; a label column has few of them.
    try:
        positions, values = pd.factorize(pd.Series(cells), use_na_sentinel=True)
    except TypeError:
        # Lists and the like: not even to be compared.
        return np.full(len(cells), NOT_A_LABEL, dtype=np.int8)
    table = np.array([*(_code(value) for value in values), UNKNOWN], dtype=np.int8)
    # A missing cell has position -1: the last entry of the table.
    return table[positions]


def _codes_of_numbers(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind == "b":
        return values.astype(np.int8)
    codes = np.full(values.shape, NOT_A_LABEL, dtype=np.int8)
    codes[values == 0] = 0
    codes[values == 1] = 1
    if values.dtype.kind == "f":
        codes[np.isnan(values)] = UNKNOWN
    return codes


def _code(value: object) -> int:
    """Code of one value that is not missing."""
    if isinstance(value, str):
        word = value.strip().lower()
        # "1.0": a column of numbers that was written as text.
        return _WORDS.get(word.removesuffix(".0"), int(NOT_A_LABEL))
    try:
        return int(_codes_of_numbers(np.array([float(value)]))[0])  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return int(NOT_A_LABEL)


def not_a_label(name: str, value: object, n_wrong: int) -> str:
    """Word that a label column holds something else than a label.

    Parameters
    ----------
    name : str
        Of the label.
    value : object
        The first such cell.
    n_wrong : int
        Number of such cells, at least 1.

    Returns
    -------
    str
    """
    text = str(value)
    shown = text if len(text) <= 40 else text[:37] + "..."
    cells = "1 such cell" if n_wrong == 1 else f"{n_wrong} such cells"
    hint = ""
    if isinstance(value, str):
        hint = f" If the column holds tags, pass labels=Tags({name!r}, separator=...)."
    return (
        f"label '{name}' holds '{shown}' ({cells}). Expected 0 or 1, true or false, "
        "yes or no; an empty cell or ? where it is unknown. Recode it, or choose other "
        f"columns as labels.{hint}"
    )


def split_codes(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Split codes into labels and the mask of unknown ones.

    Parameters
    ----------
    codes : ndarray of int8, shape (n_samples, n_labels)
        0, 1 and `UNKNOWN`.

    Returns
    -------
    Y : ndarray of int8, shape (n_samples, n_labels)
        0 where unknown; `codes` itself where nothing is.
    missing : ndarray of bool, shape (n_samples, n_labels), or None
        None where nothing is unknown.

    Examples
    --------
    >>> Y, missing = split_codes(np.array([[1, -1]], dtype=np.int8))
    >>> Y.tolist(), missing.tolist()
    ([[1, 0]], [[False, True]])
    """
    if not codes.size or codes.min() >= 0:
        return codes, None
    missing = codes == UNKNOWN
    return np.where(missing, np.int8(0), codes), missing
