"""The gate: whether the lessons keep to their template, told without running them.

nbval shows that a lesson runs; it does not show that a reader on the web sees its
pictures, that its links lead somewhere, or that its exercises have solutions. This
does, in milliseconds.

Notes
-----
The template of a lesson, with the one form of each heading:

=====================================  ================================================
``# NN · Topic``                       first cell; below it a box with the words
                                       **You will be able to**, **Before**, **Time** and
                                       **Data**
``## The question``                    one paragraph, one concrete case
``## Set-up``                          one cell: imports, seed
``## Predict``                         ``lessons.predict("NN.1")``
``## By hand``                         3-6 rows, checkable on paper
``## Experiment``                      code, figure, "What to see"; parts are ``###``
``## Explore``                         the widget, preceded by the same figure, static
``## The trap``                        the misconception, wrong, then right
``## Your turn``                       three exercises: repeat, vary, transfer
``## Three things to keep``            three points
``## Quiz``                            three questions with folded answers
``## Where next``                      links back and forward, papers with DOI
=====================================  ================================================

No other heading of the first or second level may stand in a lesson; `LEAVES_OUT` lists
the parts that a lesson does without, each with the reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlkit.exceptions import FormatError
from mlkit.lessons.notebook_files import (
    cell_tags,
    lesson_number,
    lesson_paths,
    read_notebook,
)

__all__ = ["BOX", "HEADINGS", "LEAVES_OUT", "Problem", "gate", "gate_lesson"]

HEADINGS: tuple[str, ...] = (
    "The question",
    "Set-up",
    "Predict",
    "By hand",
    "Experiment",
    "Explore",
    "The trap",
    "Your turn",
    "Three things to keep",
    "Quiz",
    "Where next",
)
"""The parts of a lesson, in order; each is a heading of the second level."""

BOX: tuple[str, ...] = ("You will be able to", "Before", "Time", "Data")
"""What the box below the title says, in bold."""

LEAVES_OUT: dict[str, dict[str, str]] = {
    "00": {"By hand": "there is nothing to calculate before lesson 01 has the words"},
}
"""Lesson number -> heading left out -> reason."""

MAX_CELL_LINES = 15
CHECKED_TAG = "nbval-check-output"

_TITLE = re.compile(r"# (\d\d) · \S.*")
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_CHECK = re.compile(r"""\bcheck\(\s*["'](\d\d\.\w+)["']""")
# Not after a letter, a colon or a slash: "https://x.org/home" and "a/tmp" are no paths.
_ABSOLUTE = re.compile(
    r"(?<![\w.:/~<])/(?:home|Users|root|tmp|work|mnt|usr|opt|var|srv)/[\w.-]+"
    r"|\b[A-Z]:\\[\w.-]+"
)
# Code blocks in prose hold "# comments" that look like headings.
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that keeps a notebook from being published.

    Parameters
    ----------
    path : Path
        The notebook.
    message : str
        What is wrong and what to do.
    cell : int, optional
        Position of the cell, from 0.

    Examples
    --------
    >>> print(Problem(Path("07_x.ipynb"), "16 lines; split it", cell=3))
    07_x.ipynb, cell 3: 16 lines; split it
    """

    path: Path
    message: str
    cell: int | None = None

    def __str__(self) -> str:
        where = "" if self.cell is None else f", cell {self.cell}"
        return f"{self.path}{where}: {self.message}"


def gate(folder: str | Path) -> list[Problem]:
    """Check every lesson of a folder.

    Parameters
    ----------
    folder : str or Path
        Holds ``NN_topic.ipynb``, ``solutions/``, ``exercises/`` and ``teacher/``.

    Returns
    -------
    list of Problem
        Empty where all is well. An empty folder is a problem, too: a gate that looks
        at nothing must not be green.
    """
    folder = Path(folder)
    lessons = lesson_paths(folder)
    if not lessons:
        return [Problem(folder, "no lesson NN_topic.ipynb found here")]
    return [problem for path in lessons for problem in gate_lesson(path)]


def gate_lesson(path: str | Path) -> list[Problem]:
    """Check one lesson and the files that belong to it.

    Parameters
    ----------
    path : str or Path
        ``NN_topic.ipynb``; solutions, exercises and teacher notes are looked for in the
        folders beside it.

    Returns
    -------
    list of Problem
        In the order of the checks; empty where all is well.
    """
    path = Path(path)
    try:
        notebook = read_notebook(path)
    except FormatError as err:
        return [Problem(path, err.problem)]
    return [
        Problem(path, message, cell)
        for look in _CHECKS
        for cell, message in look(notebook, path)
    ]


_Finding = tuple[int | None, str]
_Look = Callable[[Any, Path], Iterator[_Finding]]


def _code_cells(notebook: Any) -> list[tuple[int, Any]]:
    cells = enumerate(notebook.cells)
    return [(i, cell) for i, cell in cells if cell.cell_type == "code"]


def _prose(notebook: Any) -> Iterator[tuple[int, str]]:
    """Markdown cells, without the code blocks in them: a ``# note`` is no heading."""
    for i, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            yield i, _FENCE.sub("", cell.source)


def _look_at_title(notebook: Any, path: Path) -> Iterator[_Finding]:
    first = next((text for i, text in _prose(notebook) if i == 0), "")
    title = _TITLE.fullmatch(first.partition("\n")[0])
    if title is None or title[1] != lesson_number(path):
        yield 0, f"the first line must be '# {lesson_number(path)} · Topic'"
    for words in BOX:
        if f"**{words}" not in first:
            yield 0, f"the box below the title lacks '**{words}**'"


def _look_at_headings(notebook: Any, path: Path) -> Iterator[_Finding]:
    left_out = LEAVES_OUT.get(lesson_number(path), {})
    expected = [heading for heading in HEADINGS if heading not in left_out]
    found = [
        (i, line[3:].strip())
        for i, text in _prose(notebook)
        for line in text.splitlines()
        if line.startswith("## ")
    ]
    names = [name for _, name in found]
    for i, name in found:
        if name not in expected:
            yield i, f"'## {name}' is no part of the template; use '###' below a part"
        elif names.count(name) > 1:
            yield i, f"'## {name}' stands {names.count(name)} times; once is right"
    for name in expected:
        if name not in names:
            yield None, f"the heading '## {name}' is missing"
    # Foreign headings are reported above; here they would only blur the order.
    in_order = [name for name in names if name in expected]
    if in_order != sorted(in_order, key=expected.index):
        yield None, f"the parts are out of order; the order is {', '.join(expected)}"


def _look_at_counts(notebook: Any, path: Path) -> Iterator[_Finding]:
    for expected, (i, cell) in enumerate(_code_cells(notebook), start=1):
        if cell.execution_count != expected:
            yield (
                i,
                f"execution count {cell.execution_count}, expected {expected}: run the "
                "notebook from top to bottom with 'execute'",
            )
            # After the first wrong count all later ones are wrong as well.
            return


def _look_at_outputs(notebook: Any, path: Path) -> Iterator[_Finding]:
    cells = _code_cells(notebook)
    # Not every cell shows something, but a lesson without any output was never run.
    if not any(cell.outputs for _, cell in cells):
        yield None, "no cell has an output: run it with 'execute'"
    for i, cell in cells:
        for output in cell.outputs:
            if output.output_type == "error":
                yield i, f"the output is an error: {output.ename}: {output.evalue}"
            elif "application/vnd.jupyter.widget-view+json" in output.get("data", {}):
                yield (
                    i,
                    "the output refers to a widget of an ended kernel: 'execute' it",
                )


def _look_at_size(notebook: Any, path: Path) -> Iterator[_Finding]:
    for i, cell in _code_cells(notebook):
        n_lines = len(cell.source.splitlines())
        if n_lines > MAX_CELL_LINES:
            yield i, f"{n_lines} lines; a cell has at most {MAX_CELL_LINES}: split it"


def _look_at_links(notebook: Any, path: Path) -> Iterator[_Finding]:
    for i, text in _prose(notebook):
        for target in _LINK.findall(text):
            if re.match(r"[a-z][a-z+.-]*:|#", target):
                continue
            # The part after # is a place inside the file, which is not looked into.
            if not (path.parent / target.partition("#")[0]).exists():
                yield i, f"the link '{target}' leads nowhere"


def _look_at_companions(notebook: Any, path: Path) -> Iterator[_Finding]:
    wanted = {
        path.parent / "teacher" / f"{path.stem}.md": "teacher notes",
        path.parent / "solutions" / path.name: "a solution",
        path.parent / "exercises" / path.name: "generated exercises",
    }
    for file, what in wanted.items():
        if not file.is_file():
            yield None, f"{what} missing: {file.parent.name}/{file.name}"


def _look_at_exercises(notebook: Any, path: Path) -> Iterator[_Finding]:
    asked = _exercise_ids(notebook)
    if not asked:
        yield None, "no exercise: call lessons.check(...) in 'Your turn'"
    solution = path.parent / "solutions" / path.name
    # A missing file is said by the companions' check; here it means: nothing solved.
    solved = _exercise_ids(read_notebook(solution)) if solution.is_file() else set()
    for exercise_id in sorted(asked - solved):
        yield None, f"exercise {exercise_id} has no solution in solutions/{path.name}"
    for exercise_id in sorted(asked):
        if not exercise_id.startswith(lesson_number(path)):
            yield None, f"exercise {exercise_id} belongs to another lesson"


def _exercise_ids(notebook: Any) -> set[str]:
    return {
        exercise_id
        for _, cell in _code_cells(notebook)
        for exercise_id in _CHECK.findall(cell.source)
    }


def _look_at_widgets(notebook: Any, path: Path) -> Iterator[_Finding]:
    if "widgets" in notebook.metadata:
        yield None, "metadata.widgets holds widget state: run it with 'execute'"
    cells = [i for i, cell in _code_cells(notebook) for _ in _explorers(cell.source)]
    if len(cells) > 1:
        yield cells[1], f"{len(cells)} widgets; a lesson has at most one"


def _explorers(source: str) -> list[ast.Call]:
    """Find the calls of a class whose name ends in Explorer."""
    # Magics are no Python; empty lines keep the line numbers as they were.
    code = "\n".join("" if s.startswith("%") else s for s in source.splitlines())
    # From the syntax tree, because an import or a comment names the class, too.
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return []
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if ast.unparse(call.func).endswith("Explorer")]


def _look_at_checked_cells(notebook: Any, path: Path) -> Iterator[_Finding]:
    tagged = [(i, c) for i, c in _code_cells(notebook) if CHECKED_TAG in cell_tags(c)]
    if not tagged:
        yield (
            None,
            f"no cell has the tag '{CHECKED_TAG}': tag the number that is the lesson",
        )
    for i, cell in tagged:
        if not cell.outputs:
            yield i, f"tagged '{CHECKED_TAG}' but without an output to compare with"


def _look_at_paths(notebook: Any, path: Path) -> Iterator[_Finding]:
    for i, cell in enumerate(notebook.cells):
        texts = [cell.source]
        for output in cell.get("outputs", ()):
            texts += [output.get("text", ""), *map(str, _text_data(output))]
        for text in texts:
            found = _ABSOLUTE.search(text)
            if found:
                yield i, f"absolute path '{found[0]}': make it relative"
                break


def _text_data(output: Any) -> list[Any]:
    data = output.get("data", {})
    return [value for mime, value in data.items() if mime.startswith("text/")]


# In the order in which an author would mend things.
_CHECKS: tuple[_Look, ...] = (
    _look_at_title,
    _look_at_headings,
    _look_at_counts,
    _look_at_outputs,
    _look_at_size,
    _look_at_links,
    _look_at_companions,
    _look_at_exercises,
    _look_at_widgets,
    _look_at_checked_cells,
    _look_at_paths,
)
