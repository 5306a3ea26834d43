"""Names of columns: told apart where they repeat, found where the caller names one."""

from __future__ import annotations

from collections.abc import Sequence

from mlkit.datasets.formats.label_choice import absent_names
from mlkit.exceptions import FormatError

__all__ = ["find_columns", "unique_names"]


def unique_names(names: Sequence[str]) -> list[str]:
    """Tell repeated names apart: a, a.1, a.2, as pandas does.

    Parameters
    ----------
    names : sequence of str

    Returns
    -------
    list of str
        As long as `names`. A name that stands in `names` is never given to another
        column.

    Examples
    --------
    >>> unique_names(["a", "a", "a.1", "b"])
    ['a', 'a.2', 'a.1', 'b']
    """
    taken = set(names)
    if len(taken) == len(names):
        return list(names)
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        number = seen.get(name, 0)
        candidate = name
        while number and (candidate := f"{name}.{number}") in taken:
            number += 1
        seen[name] = number + 1
        taken.add(candidate)
        unique.append(candidate)
    return unique


def find_columns(
    wanted: Sequence[str], names: Sequence[str], *, option: str, path: object = None
) -> list[int]:
    """Find the columns that an option of the caller names.

    Parameters
    ----------
    wanted : sequence of str
    names : sequence of str
        All columns; they may repeat.
    option : str
        The option, for the message.
    path : str or Path, optional
        The file, for the message.

    Returns
    -------
    list of int
        Positions, in the order of `wanted`.

    Raises
    ------
    FormatError
        If a column is absent, or stands twice so that it is not clear which is meant.

    Examples
    --------
    >>> find_columns(["title"], ["year", "title"], option="index")
    [1]
    """
    absent = absent_names(wanted, names)
    where = str(path) if path is not None else None
    if absent:
        msg = f"there are no columns {absent} Check '{option}'."
        raise FormatError(msg, path=where)
    twice = [name for name in wanted if list(names).count(name) > 1]
    if twice:
        msg = (
            f"the column '{twice[0]}' that '{option}' names is there twice. Rename one "
            "of the two."
        )
        raise FormatError(msg, path=where)
    return [list(names).index(name) for name in wanted]
