"""The project's own notebooks: the gate and the drift check, without running them.

Running them is nbval's part (``make test``).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mlkit.lessons.gate import gate_lesson
from mlkit.lessons.notebook_files import lesson_paths, read_notebook
from mlkit.lessons.notebooks import drifted_exercises

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
LESSONS = lesson_paths(FOLDER)


def test_there_are_lessons():
    assert LESSONS, f"no lesson in {FOLDER}"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson_passes_the_gate(path):
    problems = "\n".join(str(problem) for problem in gate_lesson(path))
    assert not problems, f"\n{problems}"


def test_exercises_are_those_of_the_solutions():
    drifted = [path.name for path in drifted_exercises(FOLDER)]
    assert not drifted, "run: python -m mlkit.lessons.notebooks exercises"


@pytest.mark.parametrize("room", ["solutions", "exercises"])
def test_every_companion_belongs_to_a_lesson(room):
    lessons = {path.name for path in LESSONS}
    assert {path.name for path in lesson_paths(FOLDER / room)} <= lessons


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_pictures_are_stored(path):
    """A reader on the web sees at least one picture."""
    outputs = [o for c in read_notebook(path).cells for o in c.get("outputs", ())]
    assert any("image/png" in output.get("data", {}) for output in outputs)
