"""The notebook tools: ``python -m mlkit.lessons.notebooks execute|exercises|gate``.

``execute [paths]``
    Run notebooks in place and store their outputs; default: the lessons and all else
    in the folder.
``exercises [--check]``
    Write ``exercises/`` from ``solutions/``; with ``--check`` only say what drifted.
``gate``
    Check all lessons by the template without running them.

All three take ``--folder``, by default ``notebooks``. The exit status is 1 where a
problem was found.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mlkit.exceptions import FormatError, LessonRunError, MlkitError
from mlkit.lessons.execution import execute_notebook
from mlkit.lessons.exercises import exercise_from_solution
from mlkit.lessons.gate import gate
from mlkit.lessons.notebook_files import (
    lesson_paths,
    notebook_text,
    read_notebook,
    write_notebook,
)

__all__ = ["drifted_exercises", "execute_file", "generate_exercises", "main"]


def execute_file(path: str | Path, *, timeout: int = 120) -> bool:
    """Run a notebook in place, in its own folder.

    Parameters
    ----------
    path : str or Path
        An ``.ipynb`` file.
    timeout : int, default 120
        Seconds that one cell may take.

    Returns
    -------
    bool
        Whether the file changed.

    Raises
    ------
    LessonRunError
        If a cell raises or takes too long; the file is left as it was.
    """
    path = Path(path)
    executed = execute_notebook(
        read_notebook(path), folder=path.parent, timeout=timeout
    )
    return write_notebook(executed, path)


def generate_exercises(folder: str | Path) -> list[Path]:
    """Write ``exercises/NN_topic.ipynb`` from every ``solutions/NN_topic.ipynb``.

    Parameters
    ----------
    folder : str or Path
        The folder that holds ``solutions/``.

    Returns
    -------
    list of Path
        The files that changed. Exercises whose solution is gone are removed, and
        listed too.
    """
    folder, changed = Path(folder), []
    for path, text in _expected_exercises(folder).items():
        if text is None:
            path.unlink()
        elif not _holds(path, text):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        else:
            continue
        changed.append(path)
    return changed


def drifted_exercises(folder: str | Path) -> list[Path]:
    """List the exercises that are not what their solution would generate.

    Parameters
    ----------
    folder : str or Path
        The folder that holds ``solutions/`` and ``exercises/``.

    Returns
    -------
    list of Path
        Missing, edited by hand, or left over.
    """
    expected = _expected_exercises(Path(folder))
    return [path for path, text in expected.items() if not _holds(path, text)]


def _expected_exercises(folder: Path) -> dict[Path, str | None]:
    """Map each exercise file to the text it must hold; None for one left over."""
    target = folder / "exercises"
    # All that is there now is left over, until a solution claims it.
    expected: dict[Path, str | None] = dict.fromkeys(lesson_paths(target))
    for path in lesson_paths(folder / "solutions"):
        exercise = exercise_from_solution(read_notebook(path), path=path)
        expected[target / path.name] = notebook_text(exercise)
    return expected


def _holds(path: Path, text: str | None) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the tools from a terminal.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the command line.

    Returns
    -------
    int
        0, or 1 where a problem was found; each problem is a line on standard error.
    """
    options = _parser().parse_args(arguments)
    # Our own errors are problems of a notebook; any other is a defect of the tool and
    # keeps its traceback.
    try:
        problems = options.run(options)
    except MlkitError as err:
        problems = [str(err)]
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    return 1 if problems else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mlkit.lessons.notebooks", description="The notebook tools."
    )
    # Before the command, because all three share it.
    parser.add_argument("--folder", type=Path, default=Path("notebooks"))
    commands = parser.add_subparsers(required=True, metavar="execute|exercises|gate")
    execute = commands.add_parser("execute", help="run notebooks and store outputs")
    execute.add_argument("paths", nargs="*", type=Path)
    execute.add_argument("--timeout", type=int, default=120, help="seconds a cell")
    execute.set_defaults(run=_run_execute)
    exercises = commands.add_parser("exercises", help="generate from solutions")
    exercises.add_argument("--check", action="store_true", help="only report drift")
    exercises.set_defaults(run=_run_exercises)
    commands.add_parser("gate", help="check lessons").set_defaults(run=_run_gate)
    return parser


def _run_execute(options: argparse.Namespace) -> list[str]:
    problems = []
    for path in options.paths or sorted(options.folder.glob("*.ipynb")):
        try:
            changed = execute_file(path, timeout=options.timeout)
        except (LessonRunError, FormatError) as err:
            # The others are still run, so that one call shows all that is broken.
            problems.append(f"{path}: {err}")
        else:
            _say(f"{path}: {'written' if changed else 'unchanged'}")
    return problems


def _run_exercises(options: argparse.Namespace) -> list[str]:
    if options.check:
        drifted = drifted_exercises(options.folder)
        return [
            f"{path}: differs from its solution, run 'exercises'" for path in drifted
        ]
    for path in generate_exercises(options.folder):
        _say(f"{path}: {'written' if path.is_file() else 'removed'}")
    return []


def _run_gate(options: argparse.Namespace) -> list[str]:
    return [str(problem) for problem in gate(options.folder)]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
