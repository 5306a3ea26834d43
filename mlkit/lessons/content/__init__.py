"""Questions and exercises, one module a lesson: ``lesson_00``, ``lesson_01``, ...

A module holds ``EXERCISES``, a dict from ids such as ``"07.2"`` to
`mlkit.lessons.Exercise`, and ``QUESTIONS``, a dict from ids such as ``"07.1"`` to
`mlkit.lessons.Question`. The digits before the dot are the lesson; modules are found
by them, so that a new lesson registers nowhere.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any

from mlkit.exceptions import unknown_name

__all__ = ["find", "lesson_numbers"]


def lesson_numbers() -> tuple[str, ...]:
    """Return the two-digit numbers of the lessons that have content, in order.

    Returns
    -------
    tuple of str
    """
    # Looked up on disk and not imported: a check loads its own lesson only.
    modules = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(m[7:] for m in modules if m.startswith("lesson_")))


def find(table: str, kind: str, item_id: str) -> Any:
    """Look up an exercise or a question by its id.

    Parameters
    ----------
    table : {"EXERCISES", "QUESTIONS"}
        The name of the dict in the lesson's module.
    kind : str
        The word for the message, such as ``"exercise"``.
    item_id : str
        Lesson and number, such as ``"07.2"``.

    Returns
    -------
    Exercise or Question

    Raises
    ------
    UnknownNameError
        If there is no such lesson, or no such id in it; names the closest.
    """
    lesson, place = str(item_id).partition(".")[0], "lesson"
    if lesson not in lesson_numbers():
        raise unknown_name(place, lesson, lesson_numbers())
    module = importlib.import_module(f"{__name__}.lesson_{lesson}")
    # A lesson may have exercises and no question, or the other way round.
    entries: Mapping[str, Any] = getattr(module, table, {})
    if item_id not in entries:
        raise unknown_name(kind, item_id, entries)
    return entries[item_id]
