"""Exercises, generated from solutions: one source, so that the two cannot drift."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from mlkit.exceptions import FormatError
from mlkit.lessons.execution import strip_outputs
from mlkit.lessons.notebook_files import cell_tags

__all__ = ["MARKER", "exercise_from_solution"]

MARKER = "# solution"
"""The line of a code cell after which everything is cut, this line included."""

_DROP_TAG = "solution"
_EMPTY_STUB = "# your code here"


def exercise_from_solution(solution: Any, *, path: str | Path | None = None) -> Any:
    """Make the exercise notebook of a solution notebook.

    Parameters
    ----------
    solution : nbformat.NotebookNode
        Written by hand. A code cell is cut at the line ``# solution``; what stands
        before it is the stub that the learner gets. Cells tagged ``solution`` are
        dropped. Not modified.
    path : str or Path, optional
        The file, for the message.

    Returns
    -------
    nbformat.NotebookNode
        Without outputs, with the same cell ids: the same bytes for the same solution.

    Raises
    ------
    FormatError
        If a stub is not valid Python, or nothing at all was cut.
    """
    exercise = strip_outputs(solution)
    cells = [cell for cell in exercise.cells if _DROP_TAG not in cell_tags(cell)]
    cut = len(cells) < len(exercise.cells)
    for number, cell in enumerate(cells):
        # A whole line: "x = 1  # solution" explains something and cuts nothing.
        if cell.cell_type != "code" or MARKER not in cell.source.splitlines():
            continue
        cut = True
        cell.source = _stub(cell.source)
        _check_runs(cell.source, number, path)
    if not cut:
        msg = (
            f"No cell holds the line '{MARKER}' or the tag '{_DROP_TAG}': the exercise "
            "would give all answers away. Mark where the answers begin."
        )
        raise FormatError(msg, path=path)
    exercise.cells = cells
    return exercise


def _stub(source: str) -> str:
    lines = source.splitlines()
    return "\n".join(lines[: lines.index(MARKER)]).rstrip() or _EMPTY_STUB


def _check_runs(source: str, number: int, path: str | Path | None) -> None:
    """Check that a learner's first "Run all" meets no syntax error."""
    try:
        ast.parse("\n".join(s for s in source.splitlines() if not s.startswith("%")))
    except SyntaxError as err:
        msg = (
            f"Cell {number}: what stands before '{MARKER}' is not valid Python "
            f"({err.msg}). Leave a stub such as 'answer = ...' there."
        )
        raise FormatError(msg, path=path) from err
