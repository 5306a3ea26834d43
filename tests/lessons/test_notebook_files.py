"""Reading and writing notebooks: the same bytes for the same content."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlkit.exceptions import FormatError
from mlkit.lessons.notebook_files import (
    cell_tags,
    lesson_number,
    lesson_paths,
    notebook_text,
    read_notebook,
    write_notebook,
)


def test_round_trip(tmp_path, toy_lesson):
    path = tmp_path / "a" / "77_toy.ipynb"
    assert write_notebook(toy_lesson, path) is True
    assert read_notebook(path) == toy_lesson
    assert notebook_text(read_notebook(path)) == path.read_text(encoding="utf-8")


def test_an_equal_file_is_left_alone(tmp_path, toy_lesson):
    path = tmp_path / "77_toy.ipynb"
    write_notebook(toy_lesson, path)
    before = path.stat().st_mtime_ns
    assert write_notebook(toy_lesson, path) is False
    assert path.stat().st_mtime_ns == before


def test_text_ends_with_one_newline(toy_lesson):
    text = notebook_text(toy_lesson)
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"nbformat": 4}', "hello"])
def test_not_a_notebook(tmp_path, content):
    path = tmp_path / "77_toy.ipynb"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FormatError, match=r"77_toy\.ipynb: This is not a notebook"):
        read_notebook(path)


def test_tags(toy_lesson):
    tagged = [cell_tags(cell) for cell in toy_lesson.cells if cell_tags(cell)]
    assert tagged == [["nbval-check-output"]]


def test_lessons_are_found_in_order_and_others_are_not(tmp_path):
    for name in ("16_b.ipynb", "02_a.ipynb", "draft.ipynb", "2_c.ipynb", "02_a.md"):
        (tmp_path / name).touch()
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "03_x.ipynb").touch()
    assert [p.name for p in lesson_paths(tmp_path)] == ["02_a.ipynb", "16_b.ipynb"]


@pytest.mark.parametrize("name", ["x.ipynb", "7_x.ipynb", "07_x.py", "07.ipynb"])
def test_number_of_what_is_no_lesson(name):
    with pytest.raises(FormatError, match="NN_topic"):
        lesson_number(Path(name))
