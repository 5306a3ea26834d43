"""A toy lesson that keeps to the template, to be broken one way at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

from mlkit.lessons.gate import BOX, HEADINGS
from mlkit.lessons.notebook_files import write_notebook


def _lesson():
    box = "\n>\n".join(f"> **{words}** something" for words in BOX)
    cells = [new_markdown_cell(f"# 77 · A toy\n\n{box}")]
    cells += [new_markdown_cell(f"## {heading}\n\nText.") for heading in HEADINGS]
    sources = ["1 + 1", "ExplorerOf = 3", 'lessons.check("77.1", ...)']
    for count, source in enumerate(sources, start=1):
        output = new_output(
            "execute_result", {"text/plain": "2"}, execution_count=count
        )
        cell = new_code_cell(source, execution_count=count, outputs=[output])
        cells.append(cell)
    cells[-3].metadata["tags"] = ["nbval-check-output"]
    return _with_ids(new_notebook(cells=cells))


def _solution():
    cells = [
        new_markdown_cell("# Solutions", metadata={"tags": ["solution"]}),
        new_code_cell("x = ...\n# solution\nx = 1"),
        new_code_cell('lessons.check("77.1", x)'),
    ]
    return _with_ids(new_notebook(cells=cells))


def _with_ids(notebook):
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    return notebook


@pytest.fixture
def toy_lesson():
    """A sound lesson, number 77, as a notebook."""
    return _lesson()


@pytest.fixture
def toy_solution():
    """Its solution, as a notebook."""
    return _solution()


@pytest.fixture
def toy_folder(tmp_path, toy_lesson, toy_solution) -> Path:
    """A folder of notebooks with one sound lesson and all that belongs to it."""
    write_notebook(toy_lesson, tmp_path / "77_toy.ipynb")
    for room in ("solutions", "exercises"):
        write_notebook(toy_solution, tmp_path / room / "77_toy.ipynb")
    (tmp_path / "teacher").mkdir()
    (tmp_path / "teacher" / "77_toy.md").write_text("# Notes", encoding="utf-8")
    return tmp_path
