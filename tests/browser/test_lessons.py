"""Every lesson, opened and run in JupyterLab in Chromium."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlkit.lessons.notebook_files import lesson_paths

from .lab_page import (
    cell_with,
    errors,
    open_notebook,
    outputs_of,
    run_all,
    scroll_to_cell,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
LESSONS = [path.name for path in lesson_paths(FOLDER)]
WITH_WIDGET = [
    path.name
    for path in lesson_paths(FOLDER)
    if "Explorer(" in path.read_text(encoding="utf-8")
]
WIDGET_PICTURE = ".jp-OutputArea .widget-html img, .jp-OutputArea .jupyter-widgets img"


@pytest.mark.parametrize("name", WITH_WIDGET)
def test_saved_lesson_shows_its_pictures_before_it_is_run(page, lab, name, screenshot):
    open_notebook(page, lab, name)
    scroll_to_cell(page, cell_with(page, "Explorer("))
    picture = page.locator(".jp-Cell.jp-mod-active .jp-OutputArea img").first
    picture.wait_for()
    assert picture.evaluate("img => img.complete && img.naturalWidth") > 300
    assert "model not found" not in page.content()
    screenshot(f"{Path(name).stem}-saved")


@pytest.mark.parametrize("name", LESSONS)
def test_lesson_runs_without_an_error(page, lab, name, screenshot):
    open_notebook(page, lab, name)
    screenshot(f"{Path(name).stem}-top")
    run_all(page)
    assert errors(page) == []
    assert any(outputs_of(page))
    position = cell_with(page, "Explorer(")
    if position >= 0:
        scroll_to_cell(page, position)
        picture = page.locator(WIDGET_PICTURE).first
        picture.wait_for()
        assert picture.evaluate("img => img.complete && img.naturalWidth") > 300
        assert re.search(r"\w", picture.get_attribute("alt"))
        screenshot(f"{Path(name).stem}-widget")
    scroll_to_cell(page, cell_with(page, "lessons.check("))
    screenshot(f"{Path(name).stem}-exercise")
