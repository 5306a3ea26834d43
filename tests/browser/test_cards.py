"""Cards of results in a real notebook: complete, legible, inside the window."""

from __future__ import annotations

import nbformat
import pytest

from .lab_page import errors, open_notebook, run_all, scroll_to_cell

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SOURCE = """import mlkit
flags = mlkit.load("flags")
train, test = mlkit.split(flags, test=0.4, random_state=0)
model = mlkit.models.make("br-lr").fit(*train.as_xy())
mlkit.evaluate(test, model.predict_proba(test.X), n_resamples=1000)"""
IMPORT = "import mlkit.models"
CARD = ".jp-OutputArea-output div:has(> table)"


@pytest.fixture
def notebook(lab):
    """A notebook whose last cell answers with an evaluation."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    content.cells = [nbformat.v4.new_code_cell(text) for text in (IMPORT, SOURCE)]
    nbformat.write(content, lab.folder / "card.ipynb")
    return "card.ipynb"


def test_the_card_of_an_evaluation(page, lab, notebook, screenshot):
    open_notebook(page, lab, notebook)
    run_all(page)
    scroll_to_cell(page, 1)
    card = page.locator(CARD).first
    card.wait_for()
    card.evaluate("card => card.scrollIntoView()")
    screenshot("evaluation_card")

    assert errors(page) == []
    text = card.inner_text()
    for part in ("Main metrics", "Macro F1", "Labels", "red", "further metrics"):
        assert part in text
    # Nothing sticks out: a table wider than the card would be cut off or scroll.
    wide, visible = card.evaluate("card => [card.scrollWidth, card.clientWidth]")
    assert wide <= visible
    page.locator("summary", has_text="further metrics").click()
    assert "Example G-mean" in card.inner_text()
