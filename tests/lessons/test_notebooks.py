"""The notebook tools as a person calls them."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from mlkit.lessons.notebook_files import read_notebook, write_notebook
from mlkit.lessons.notebooks import (
    drifted_exercises,
    execute_file,
    generate_exercises,
    main,
)


def _names(paths):
    return [path.name for path in paths]


def test_generate_then_nothing_drifts(toy_folder):
    assert _names(generate_exercises(toy_folder)) == ["77_toy.ipynb"]
    assert generate_exercises(toy_folder) == []
    assert drifted_exercises(toy_folder) == []
    exercise = read_notebook(toy_folder / "exercises" / "77_toy.ipynb")
    assert exercise.cells[0].source == "x = ..."


@pytest.mark.parametrize("damage", ["edited", "missing", "left over"])
def test_drift_is_found_and_mended(toy_folder, damage):
    generate_exercises(toy_folder)
    file = toy_folder / "exercises" / "77_toy.ipynb"
    if damage == "edited":
        file.write_text(file.read_text(encoding="utf-8") + " ", encoding="utf-8")
    elif damage == "missing":
        file.unlink()
    else:
        (toy_folder / "solutions" / "77_toy.ipynb").unlink()
    assert _names(drifted_exercises(toy_folder)) == ["77_toy.ipynb"]
    generate_exercises(toy_folder)
    assert drifted_exercises(toy_folder) == []


def test_exercises_from_the_command_line(toy_folder, capsys):
    folder = ["--folder", str(toy_folder)]
    assert main([*folder, "exercises", "--check"]) == 1
    assert "77_toy.ipynb: differs from its solution" in capsys.readouterr().err
    assert main([*folder, "exercises"]) == 0
    assert "written" in capsys.readouterr().out
    assert main([*folder, "exercises", "--check"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_solution_that_gives_all_away_is_reported(toy_folder, capsys):
    path = toy_folder / "solutions" / "78_open.ipynb"
    write_notebook(new_notebook(cells=[new_code_cell("x = 1")]), path)
    assert main(["--folder", str(toy_folder), "exercises"]) == 1
    assert "78_open.ipynb: No cell holds the line" in capsys.readouterr().err


def test_gate_from_the_command_line(toy_folder, capsys):
    assert main(["--folder", str(toy_folder), "gate"]) == 0
    (toy_folder / "teacher" / "77_toy.md").unlink()
    assert main(["--folder", str(toy_folder), "gate"]) == 1
    assert "teacher notes missing" in capsys.readouterr().err


def test_execute_goes_on_after_a_broken_notebook(tmp_path, capsys):
    write_notebook(
        new_notebook(cells=[new_code_cell("1 / 0")]), tmp_path / "01_a.ipynb"
    )
    write_notebook(
        new_notebook(cells=[new_code_cell("2 + 3")]), tmp_path / "02_b.ipynb"
    )
    before = (tmp_path / "01_a.ipynb").read_bytes()
    assert main(["--folder", str(tmp_path), "execute"]) == 1
    printed = capsys.readouterr()
    assert "ZeroDivisionError" in printed.err
    assert "02_b.ipynb: written" in printed.out
    assert (tmp_path / "01_a.ipynb").read_bytes() == before
    assert read_notebook(tmp_path / "02_b.ipynb").cells[0].outputs[0].data == {
        "text/plain": "5"
    }


def test_execute_named_files_and_say_unchanged(tmp_path, capsys):
    path = tmp_path / "any name.ipynb"
    write_notebook(new_notebook(cells=[new_code_cell("2 + 3")]), path)
    assert execute_file(path) is True
    assert main(["execute", str(path)]) == 0
    assert "unchanged" in capsys.readouterr().out


def test_no_command_is_an_error(capsys):
    with pytest.raises(SystemExit, match="2"):
        main([])
    assert "execute|exercises|gate" in capsys.readouterr().err
