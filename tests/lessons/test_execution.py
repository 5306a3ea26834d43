"""Running notebooks: outputs in, chance out."""

from __future__ import annotations

import base64
import copy
import io

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from mlkit.exceptions import LessonRunError
from mlkit.lessons.execution import clean_notebook, execute_notebook, strip_outputs
from mlkit.lessons.notebook_files import notebook_text

VIEW = "application/vnd.jupyter.widget-view+json"


def _notebook(*sources):
    cells = [new_code_cell(source, id=f"c{i}") for i, source in enumerate(sources)]
    return new_notebook(cells=[new_markdown_cell("text", id="m"), *cells])


def _stream(name, text):
    return new_output("stream", name=name, text=text)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lesson")
    (folder / "beside.txt").write_text("found", encoding="utf-8")
    notebook = _notebook(
        "open('beside.txt').read()",
        "from mlkit.widgets import LogitExplorer\nLogitExplorer()",
        "for i in range(3): print(i, flush=True)",
    )
    before = copy.deepcopy(notebook)
    result = execute_notebook(notebook, folder=folder)
    assert notebook == before
    return result


def test_the_folder_is_that_of_the_file(executed):
    assert executed.cells[1].outputs[0].data["text/plain"] == "'found'"


def test_counts_are_one_to_n(executed):
    assert [cell.execution_count for cell in executed.cells[1:]] == [1, 2, 3]


def test_a_widget_leaves_its_picture_and_its_sentence(executed):
    data = executed.cells[2].outputs[0].data
    assert set(data) == {"image/png", "text/plain"}
    assert "sigmoid: {sunset, city}" in data["text/plain"]
    assert "widgets" not in executed.metadata


def test_printed_pieces_are_joined(executed):
    (output,) = executed.cells[3].outputs
    assert output.text == "0\n1\n2\n"


def test_running_again_gives_the_same_bytes(executed, tmp_path):
    (tmp_path / "beside.txt").write_text("found", encoding="utf-8")
    again = execute_notebook(executed, folder=tmp_path)
    assert notebook_text(again) == notebook_text(executed)


def test_an_error_is_ours_and_shows_the_cell(tmp_path):
    with pytest.raises(LessonRunError, match=r"1 / 0[\s\S]*ZeroDivisionError"):
        execute_notebook(_notebook("1 / 0"), folder=tmp_path)


def test_a_cell_that_never_ends(tmp_path):
    with pytest.raises(LessonRunError, match="after 1 seconds"):
        execute_notebook(
            _notebook("import time; time.sleep(30)"), folder=tmp_path, timeout=1
        )


def test_clean_removes_what_is_volatile():
    notebook = _notebook("1", "2")
    notebook.metadata.update(
        widgets={"state": {}}, kernelspec={"name": "mine"}, title="kept"
    )
    first, second = notebook.cells[1:]
    first.metadata.update(execution={"iopub": 1}, collapsed=True, tags=["kept"])
    first.outputs = [new_output("display_data", {VIEW: {}, "text/plain": "W"})]
    second.outputs = [
        _stream("stdout", "a"),
        _stream("stdout", "b"),
        _stream("stderr", "c"),
        new_output("display_data", {VIEW: {}}),
    ]
    cleaned = clean_notebook(notebook)
    assert set(cleaned.metadata) == {"kernelspec", "language_info", "title"}
    assert cleaned.metadata.kernelspec.name == "python3"
    assert "version" not in cleaned.metadata.language_info
    assert cleaned.cells[1].metadata == {"tags": ["kept"]}
    assert cleaned.cells[1].outputs[0].data == {"text/plain": "W"}
    assert [output.text for output in cleaned.cells[2].outputs] == ["ab", "c"]


def test_cleaning_changes_nothing_of_its_argument():
    notebook = _notebook("1")
    notebook.metadata["widgets"] = {}
    notebook.cells[1].outputs = [_stream("stdout", "a"), _stream("stdout", "b")]
    before = copy.deepcopy(notebook)
    cleaned = clean_notebook(notebook)
    cleaned.cells[1].source = "changed"
    cleaned.cells[1].metadata["x"] = 1
    assert notebook == before


def test_cleaning_twice_is_cleaning_once(executed):
    assert clean_notebook(executed) == executed


def test_pictures_are_kept_in_few_colours():
    ramp = np.linspace(0, 255, 120 * 80 * 4).reshape(80, 120, 4).astype(np.uint8)
    ramp[..., 3] = 255
    ramp[:20, :, 3] = 0
    png = io.BytesIO()
    Image.fromarray(ramp).save(png, format="png")
    notebook = _notebook("1")
    data = {"image/png": base64.b64encode(png.getvalue()).decode()}
    notebook.cells[1].outputs = [new_output("display_data", data)]
    (kept,) = clean_notebook(notebook).cells[1].outputs
    picture = Image.open(io.BytesIO(base64.b64decode(kept.data["image/png"])))
    assert (picture.mode, picture.size) == ("P", (120, 80))
    seen = np.asarray(picture.convert("RGB"), dtype=int)
    # What was transparent is white; the rest is as it was, to a few steps of 255.
    assert (seen[:20] == 255).all()
    assert np.abs(seen[20:] - ramp[20:, :, :3]).max() < 16


def test_strip_leaves_source_and_tags():
    notebook = _notebook("1")
    notebook.cells[1].update(execution_count=3, outputs=[_stream("stdout", "a")])
    notebook.cells[1].metadata["tags"] = ["t"]
    stripped = strip_outputs(notebook)
    assert (stripped.cells[1].outputs, stripped.cells[1].execution_count) == ([], None)
    assert stripped.cells[1].metadata.tags == ["t"]
    assert notebook.cells[1].execution_count == 3


def test_no_progress_is_kept(tmp_path, monkeypatch):
    # A kernel of a test would show nothing anyway.
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    source = "from mlkit.progress import progress_place\nprint(progress_place())"
    notebook = new_notebook(cells=[new_code_cell(source)])
    (cell,) = execute_notebook(notebook, folder=tmp_path).cells
    assert [output.text for output in cell.outputs] == ["nowhere\n"]
