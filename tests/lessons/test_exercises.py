"""Exercises cut from solutions: the answers are gone, the stubs still run."""

from __future__ import annotations

import copy

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from mlkit.exceptions import FormatError
from mlkit.lessons.exercises import exercise_from_solution
from mlkit.lessons.notebook_files import notebook_text


def _one_cell(source):
    return new_notebook(cells=[new_code_cell(source, id="c")])


def test_cut_drop_and_keep(toy_solution):
    exercise = exercise_from_solution(toy_solution)
    assert [cell.source for cell in exercise.cells] == [
        "x = ...",
        'lessons.check("77.1", x)',
    ]
    assert [cell.id for cell in exercise.cells] == ["cell-1", "cell-2"]


def test_outputs_are_gone(toy_solution):
    toy_solution.cells[2].execution_count = 2
    exercise = exercise_from_solution(toy_solution)
    assert all(cell.execution_count is None for cell in exercise.cells)
    assert all(cell.outputs == [] for cell in exercise.cells)


def test_the_solution_is_not_modified_and_the_bytes_are_stable(toy_solution):
    before = copy.deepcopy(toy_solution)
    first = notebook_text(exercise_from_solution(toy_solution))
    assert notebook_text(exercise_from_solution(toy_solution)) == first
    assert toy_solution == before


def test_an_empty_stub_gets_a_place_to_write():
    exercise = exercise_from_solution(_one_cell("# solution\nx = 1"))
    assert exercise.cells[0].source == "# your code here"


def test_a_magic_is_valid_in_a_stub():
    exercise = exercise_from_solution(_one_cell("%matplotlib inline\n# solution\n1"))
    assert exercise.cells[0].source == "%matplotlib inline"


@pytest.mark.parametrize(
    "source", ["def f(x):\n# solution\n    return x", "(\n# solution\n)"]
)
def test_a_stub_that_would_not_run(source):
    with pytest.raises(FormatError, match=r"s\.ipynb: Cell 0: .* not valid Python"):
        exercise_from_solution(_one_cell(source), path="s.ipynb")


@pytest.mark.parametrize("source", ["x = 1", "x = 1  # solution", "  # solution"])
def test_nothing_to_cut(source):
    with pytest.raises(FormatError, match="would give all answers away"):
        exercise_from_solution(_one_cell(source))
