"""Every explorer in JupyterLab, Notebook 7 and Voilà, driven by the keyboard alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from mlkit import widgets

from .lab_page import errors, open_notebook, run_all, scroll_to_cell

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAMES = [
    name
    for name in widgets.__all__
    if name.endswith(("Explorer", "Browser")) and name != "Explorer"
]
FRAME = ".jupyter-widgets [data-frame]"

# Counts what an eye could see: frames of the browser, and those with nothing in them.
COUNT_FRAMES = """root => {
    window.seen = {all: 0, empty: 0, running: true};
    const look = () => {
        const all = [...root.querySelectorAll('.jupyter-widgets [data-frame]')];
        const shown = all.find(frame => frame.getBoundingClientRect().height > 0);
        const image = shown?.querySelector('img');
        const blank = image && (!image.complete || image.naturalWidth === 0);
        window.seen.all += 1;
        if (!shown || blank || shown.getBoundingClientRect().height < 100)
            window.seen.empty += 1;
        if (window.seen.running) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""

# Milliseconds from the last key, or the choice of an open menu, which gets its keys by
# itself, to a new picture that is ready to be painted.
WATCH_KEYS = """() => {
    window.took = [];
    const press = () => window.pressed = performance.now();
    document.addEventListener('keydown', press, true);
    document.addEventListener('change', press, true);
    new MutationObserver(async changes => {
        const added = changes.flatMap(change => [...change.addedNodes]);
        const shown = added.find(node => node.dataset?.frame);
        if (!shown) return;
        const pressed = window.pressed;
        await shown.querySelector('img')?.decode();
        window.took.push(performance.now() - pressed);
    }).observe(document.body, {childList: true, subtree: true});
}"""

# Marks the first control of each kind within an element, and returns the kinds.
MARK_CONTROLS = """root => {
    document.querySelectorAll('[data-first]')
        .forEach(marked => marked.removeAttribute('data-first'));
    const first = kind => {
        const found = [...root.querySelectorAll(`.jupyter-widgets ${kind}`)]
            .find(x => !x.disabled && x.getBoundingClientRect().height > 0);
        found?.setAttribute('data-first', kind);
        return found;
    };
    const kinds = ['input[type=number]', 'select', 'input[type=checkbox]', 'button'];
    return kinds.filter(first);
}"""
# The control before may have disabled this one, or taken it away.
FOCUS = """kind => {
    const control = document.querySelector(`[data-first="${kind}"]`);
    if (!control || control.disabled) return false;
    control.focus();
    return true;
}"""
KEYS = {
    "input[type=number]": ["ArrowUp", "Enter"],
    # A closed menu would lose its arrow keys to the notebook.
    "select": ["Space", "ArrowDown", "Enter"],
    "input[type=checkbox]": ["Space"],
    "button": ["Space"],
}


@pytest.fixture(scope="module")
def notebook(lab) -> str:
    """A notebook with a cell for every explorer."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    sources = [f"from mlkit.widgets import {name}\n{name}()" for name in NAMES]
    content.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(content, lab.folder / "explorers.ipynb")
    return "explorers.ipynb"


def _move(page, root) -> int:
    """Move the first control of each kind within an element; return the frames.

    Nobody sees a frame of the browser without a picture meanwhile.
    """
    before = _number(root)
    root.evaluate(COUNT_FRAMES)
    kinds = root.evaluate(MARK_CONTROLS)
    assert kinds
    for kind in kinds:
        if page.evaluate(FOCUS, kind):
            for key in KEYS[kind]:
                page.keyboard.press(key)
                page.wait_for_timeout(150)
    deadline = time.monotonic() + 15
    while _number(root) == before and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    page.wait_for_timeout(300)
    page.evaluate("window.seen.running = false")
    seen = page.evaluate("window.seen")
    assert seen["all"] > 5
    assert seen["empty"] == 0
    return _number(root) - before


def _number(root) -> int:
    return int(root.locator("[data-frame]:visible").get_attribute("data-frame"))


def _drive_all(page, screenshot, app: str) -> None:
    still, times = [], {}
    page.evaluate(WATCH_KEYS)
    for place, name in enumerate(NAMES):
        scroll_to_cell(page, place)
        cell = page.locator(f'.jp-Cell[data-windowed-list-index="{place}"]')
        cell.locator("[data-frame]").wait_for()
        if not _move(page, cell):
            still.append(name)
        times[name] = page.evaluate("window.took.splice(0)")
        screenshot(f"{app}-{name}")
    assert still == []
    assert errors(page) == []
    _keep(times, app)


def _keep(times: dict[str, list[float]], app: str) -> None:
    """Write what was measured, where ``MLKIT_TIMES`` names a folder."""
    folder = os.environ.get("MLKIT_TIMES")
    if folder:
        text = json.dumps(times)
        Path(folder, f"{app}.json").write_text(text, encoding="utf-8")


def test_in_jupyterlab(page, lab, notebook, screenshot):
    open_notebook(page, lab, notebook)
    run_all(page)
    _drive_all(page, screenshot, "lab")


def test_in_notebook_7(page, lab, notebook, screenshot):
    open_notebook(page, lab, notebook, app="notebooks")
    run_all(page)
    _drive_all(page, screenshot, "notebook")


@pytest.fixture
def app(chromium_path: str, tmp_path) -> Iterator[str]:
    """The address of ``mlkit explore flags``."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mlkit", "explore", "flags", "--no-browser"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1"},
    )
    try:
        process.stderr.readline()
        yield process.stderr.readline().removeprefix("mlkit: ").strip()
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_in_voila(page, app, screenshot):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(app)
    frame = page.locator(FRAME)
    frame.wait_for(timeout=60_000)
    assert "195 rows" in page.locator("[role=status]").inner_text()
    screenshot("voila-Labels")
    assert _move(page, page.locator("body")) > 0
    # From tab to tab with the arrow keys.
    page.locator("[role=tab]").first.focus()
    for name in ("Split", "Label sets", "Chains", "Neighbours"):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        shown = page.locator(f"{FRAME}:visible")
        shown.wait_for(timeout=60_000)
        screenshot(f"voila-{name}")
    local = ("http://127.0.0.1", "data:", "blob:", "ws://127.0.0.1")
    assert [url for url in asked if not url.startswith(local)] == []
