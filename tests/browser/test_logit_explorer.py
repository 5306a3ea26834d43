"""The logit explorer in a real browser, driven by the keyboard alone."""

from __future__ import annotations

import re

import pytest

from .lab_page import cell_with, errors, open_notebook, run_all, scroll_to_cell

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSON = "00_start_here.ipynb"
FRAME = ".jupyter-widgets [data-frame]"
IMAGE = f"{FRAME} img"
STATUS = ".jupyter-widgets [role=status]"

# Counts what an eye could see: frames of the browser, and those without a picture.
COUNT_FRAMES = """selector => {
    window.seen = {all: 0, empty: 0, running: true};
    const look = () => {
        const image = document.querySelector(selector);
        window.seen.all += 1;
        if (!image || !image.complete || image.naturalWidth === 0 ||
            image.getBoundingClientRect().height < 100) window.seen.empty += 1;
        if (window.seen.running) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""


@pytest.fixture
def explorer(page, lab):
    """The lesson, run, with the widget in the window."""
    open_notebook(page, lab, LESSON)
    run_all(page)
    scroll_to_cell(page, cell_with(page, "LogitExplorer("))
    page.locator(IMAGE).wait_for()
    return page


def _frame(page) -> int:
    return int(page.locator(FRAME).get_attribute("data-frame"))


def _status(page) -> str:
    return page.locator(STATUS).inner_text()


def _tab_to_first_slider(page) -> None:
    """Begin in the menu of presets and go on by the Tab key."""
    page.locator(".jupyter-widgets select").focus()
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('role')") == "slider":
            return
    pytest.fail("Tab did not reach a slider")


def _choose_next(page) -> None:
    """Open the menu and go down; a closed menu loses its arrow keys to the notebook."""
    for key in ("Space", "ArrowDown", "Enter"):
        page.keyboard.press(key)
        page.wait_for_timeout(200)


def _wait_for_status(page, words: str) -> None:
    page.locator(STATUS, has_text=re.compile(re.escape(words))).wait_for()


def test_arrow_keys_move_a_logit(explorer, screenshot):
    _tab_to_first_slider(explorer)
    before, picture = _status(explorer), explorer.locator(IMAGE).get_attribute("src")
    assert "sigmoid: {sunset, city}" in before
    explorer.evaluate(COUNT_FRAMES, IMAGE)
    for _ in range(15):
        explorer.keyboard.press("ArrowRight")
        explorer.wait_for_timeout(60)
    # From -1 in 15 steps of 0.1: 0.5, and beach is chosen.
    _wait_for_status(explorer, "sigmoid: {beach, sunset, city} (0.62")
    explorer.evaluate("window.seen.running = false")
    seen = explorer.evaluate("window.seen")
    assert seen["all"] > 20
    assert seen["empty"] == 0
    assert explorer.locator(IMAGE).get_attribute("src") != picture
    assert _frame(explorer) > 5
    assert errors(explorer) == []
    screenshot("logit-explorer-keyboard")


def test_a_number_is_typed_into_the_box(explorer):
    _tab_to_first_slider(explorer)
    explorer.keyboard.press("Tab")
    assert explorer.evaluate("document.activeElement.type") == "number"
    explorer.keyboard.press("Control+A")
    explorer.keyboard.type("2.37")
    explorer.keyboard.press("Enter")
    _wait_for_status(explorer, "sigmoid: {beach, sunset, city} (0.91")


def test_presets_by_keyboard_change_the_number_of_sliders(explorer, screenshot):
    explorer.locator(".jupyter-widgets select").focus()
    _choose_next(explorer)
    _wait_for_status(explorer, "sigmoid: {beach, sunset} (0.98, 0.98, 0.05)")
    _choose_next(explorer)
    _wait_for_status(explorer, "sigmoid: {} ")
    # Four logits and the threshold; the menu still has the focus.
    assert explorer.locator(".jupyter-widgets [role=slider]").count() == 5
    assert explorer.evaluate("document.activeElement.tagName") == "SELECT"
    screenshot("logit-explorer-all-low")


def test_the_picture_says_in_words_what_it_shows(explorer):
    assert explorer.locator(IMAGE).get_attribute("alt") == _status(explorer)
    assert explorer.locator(STATUS).get_attribute("aria-live") == "polite"
