"""The error browser in a real notebook: pages are turned by the keyboard alone."""

from __future__ import annotations

import nbformat
import pytest

from .lab_page import errors, open_notebook, run_all, scroll_to_cell

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SOURCE = """from mlkit.widgets.errors import ErrorBrowser
ErrorBrowser()"""
CARDS = ".jupyter-widgets ol > li"
STATUS = ".jupyter-widgets [role=status]"


@pytest.fixture
def notebook(lab):
    """A notebook whose only cell shows the browser."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    content.cells = [nbformat.v4.new_code_cell(SOURCE)]
    nbformat.write(content, lab.folder / "errors.ipynb")
    return "errors.ipynb"


def test_pages_are_turned_by_the_keyboard(page, lab, notebook, screenshot):
    open_notebook(page, lab, notebook)
    run_all(page)
    scroll_to_cell(page, 0)
    page.locator(CARDS).first.wait_for()
    assert page.locator(CARDS).count() == 6
    screenshot("error_browser")

    following = page.locator(".jupyter-widgets button", has_text="Next")
    following.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "selector => document.querySelector(selector).innerText.startsWith('Rows 7')",
        arg=STATUS,
    )
    # The focus stays where it is, to go on.
    assert "Next" in page.evaluate("document.activeElement.textContent")
    page.locator(CARDS).last.evaluate("card => card.scrollIntoView()")
    screenshot("error_browser_next")

    assert errors(page) == []
