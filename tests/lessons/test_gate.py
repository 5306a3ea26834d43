"""The gate, on a sound toy lesson broken one way at a time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from mlkit.lessons.gate import HEADINGS, LEAVES_OUT, Problem, gate, gate_lesson
from mlkit.lessons.notebook_files import read_notebook, write_notebook


def _first_code(notebook):
    return next(cell for cell in notebook.cells if cell.cell_type == "code")


def _heading(notebook, name):
    return next(c for c in notebook.cells if c.source.startswith(f"## {name}"))


def _other_number(nb):
    nb.cells[0].source = nb.cells[0].source.replace("# 77 ·", "# 78 ·")


def _no_box(nb):
    nb.cells[0].source = nb.cells[0].source.replace("**Before**", "Before")


def _no_heading(nb):
    nb.cells.remove(_heading(nb, "The trap"))


def _twice(nb):
    nb.cells.append(new_markdown_cell("## Quiz"))


def _foreign_heading(nb):
    nb.cells.append(new_markdown_cell("## Appendix"))


def _order(nb):
    cell = _heading(nb, "Predict")
    nb.cells.remove(cell)
    nb.cells.append(cell)


def _counts(nb):
    _first_code(nb).execution_count = 7


def _not_run(nb):
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = None, []


def _error(nb):
    error = new_output("error", ename="KeyError", evalue="'x'", traceback=[])
    _first_code(nb).outputs = [error]


def _widget_view(nb):
    _first_code(nb).outputs[0].data["application/vnd.jupyter.widget-view+json"] = {}


def _long_cell(nb):
    _first_code(nb).source = "\n".join(["1"] * 16)


def _dead_link(nb):
    nb.cells.append(new_markdown_cell("See [that](78_gone.ipynb#part)."))


def _no_exercise(nb):
    nb.cells[-1].source = "2"


def _unsolved(nb):
    nb.cells[-1].source = 'lessons.check("77.9", ...)'


def _foreign_exercise(nb):
    nb.cells[-1].source = 'lessons.check("07.1", ...)'


def _widget_state(nb):
    nb.metadata["widgets"] = {}


def _two_widgets(nb):
    nb.cells[-2].source = "LogitExplorer()\nwidgets.LogitExplorer()"


def _no_tag(nb):
    _first_code(nb).metadata.pop("tags")


def _tag_without_output(nb):
    _first_code(nb).outputs = []


def _path_in_source(nb):
    _first_code(nb).source = 'open("/home/ann/x.csv")'


def _windows_path(nb):
    _first_code(nb).source = r'open("C:\data\x.csv")'


def _path_in_output(nb):
    _first_code(nb).outputs = [new_output("stream", text="/tmp/ipykernel_3/1.py:1")]


BREAKS = {
    _other_number: "first line must be '# 77 · Topic'",
    _no_box: r"lacks '\*\*Before\*\*'",
    _no_heading: "'## The trap' is missing",
    _twice: "'## Quiz' stands 2 times",
    _foreign_heading: "'## Appendix' is no part of the template",
    _order: "out of order",
    _counts: "execution count 7, expected 1",
    _not_run: "no cell has an output",
    _error: "output is an error: KeyError: 'x'",
    _widget_view: "refers to a widget of an ended kernel",
    _long_cell: "16 lines; a cell has at most 15",
    _dead_link: "link '78_gone.ipynb#part' leads nowhere",
    _no_exercise: "no exercise",
    _unsolved: "exercise 77.9 has no solution",
    _foreign_exercise: "exercise 07.1 belongs to another lesson",
    _widget_state: "metadata.widgets",
    _two_widgets: "2 widgets; a lesson has at most one",
    _no_tag: "no cell has the tag 'nbval-check-output'",
    _tag_without_output: "without an output to compare with",
    _path_in_source: "absolute path '/home/ann'",
    _windows_path: r"absolute path 'C:\\data'",
    _path_in_output: "absolute path '/tmp/ipykernel_3'",
}


def test_a_sound_lesson_has_no_problem(toy_folder):
    assert gate(toy_folder) == []


@pytest.mark.parametrize("damage", BREAKS, ids=lambda f: f.__name__.strip("_"))
def test_each_damage_is_found(toy_folder, toy_lesson, damage):
    damage(toy_lesson)
    write_notebook(toy_lesson, toy_folder / "77_toy.ipynb")
    messages = [str(problem) for problem in gate(toy_folder)]
    assert any(re.search(BREAKS[damage], message) for message in messages), messages
    assert all("77_toy.ipynb" in message for message in messages)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("teacher/77_toy.md", "teacher notes missing"),
        ("solutions/77_toy.ipynb", "a solution missing"),
        ("exercises/77_toy.ipynb", "generated exercises missing"),
    ],
)
def test_missing_companions(toy_folder, file, words):
    (toy_folder / file).unlink()
    assert any(words in str(problem) for problem in gate(toy_folder))


def test_not_a_notebook(toy_folder):
    (toy_folder / "78_broken.ipynb").write_text("{", encoding="utf-8")
    (problem,) = gate(toy_folder)
    assert "78_broken.ipynb: This is not a notebook" in str(problem)


def test_an_empty_folder_is_not_green(tmp_path):
    (problem,) = gate(tmp_path)
    assert "no lesson" in str(problem)


def test_links_that_are_fine(toy_folder, toy_lesson):
    text = (
        "[a](https://example.org/x) [b](#part) [c](solutions/77_toy.ipynb) "
        "[d](mailto:x@example.org) [e](77_toy.ipynb#part)\n```\n[no](link)\n## no\n```"
    )
    toy_lesson.cells.append(new_markdown_cell(text))
    write_notebook(toy_lesson, toy_folder / "77_toy.ipynb")
    assert gate(toy_folder) == []


def test_urls_and_fractions_are_no_paths(toy_folder, toy_lesson):
    _first_code(toy_lesson).source = 'u = "https://x.org/home/ann"  # a/tmp/b, 1/2'
    write_notebook(toy_lesson, toy_folder / "77_toy.ipynb")
    assert gate(toy_folder) == []


def test_a_magic_does_not_hide_widgets(toy_folder, toy_lesson):
    cells = toy_lesson.cells
    cells[-2].source = "%matplotlib inline\nLogitExplorer()\nLogitExplorer()"
    write_notebook(toy_lesson, toy_folder / "77_toy.ipynb")
    assert any("2 widgets" in str(problem) for problem in gate(toy_folder))


def test_the_counts_ignore_empty_markdown_but_not_code(toy_folder, toy_lesson):
    toy_lesson.cells.append(new_code_cell("3"))
    write_notebook(toy_lesson, toy_folder / "77_toy.ipynb")
    (problem,) = gate_lesson(toy_folder / "77_toy.ipynb")
    assert "execution count None, expected 4" in problem.message


def test_what_is_left_out_is_part_of_the_template_and_has_a_reason():
    for left_out in LEAVES_OUT.values():
        assert set(left_out) <= set(HEADINGS)
        assert all(len(reason) > 10 for reason in left_out.values())


def test_a_part_that_is_left_out_must_not_stand_there(toy_folder, toy_lesson):
    toy_lesson.cells[0].source = toy_lesson.cells[0].source.replace("77", "00")
    path = toy_folder / "00_toy.ipynb"
    write_notebook(toy_lesson, path)
    assert any("'## By hand' is no part" in p.message for p in gate_lesson(path))


def test_problem_says_where():
    assert str(Problem(Path("x.ipynb"), "bad")) == "x.ipynb: bad"
    assert str(Problem(Path("x.ipynb"), "bad", cell=2)) == "x.ipynb, cell 2: bad"


def test_the_gate_changes_nothing(toy_folder, toy_lesson):
    path = toy_folder / "77_toy.ipynb"
    before = path.read_bytes()
    gate(toy_folder)
    assert path.read_bytes() == before
    assert read_notebook(path) == toy_lesson
