"""What a person does in JupyterLab, as functions of a page."""

from __future__ import annotations

from typing import Any

__all__ = [
    "cell_with",
    "errors",
    "open_notebook",
    "outputs_of",
    "run_all",
    "scroll_to_cell",
]

_MODEL = "window.jupyterapp.shell.currentWidget.content.model"


def open_notebook(page: Any, lab: Any, name: str, *, app: str = "lab/tree") -> None:
    """Open a notebook and wait until its kernel is idle.

    In JupyterLab; or with ``app="notebooks"`` in Notebook 7.
    """
    page.goto(lab.address(name, app=app))
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_function(
        "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session"
        "?.kernel?.status === 'idle'"
    )


def run_all(page: Any, *, seconds: float = 120) -> None:
    """Choose Run, Run All Cells in the menu, and wait for the last code cell."""
    page.evaluate(
        f"""() => {{
            for (const cell of {_MODEL}.cells)
                if (cell.type === 'code') {{
                    cell.executionCount = null;
                    cell.outputs.clear();
                }}
        }}"""
    )
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(
        f"""() => [...{_MODEL}.cells].every(cell => cell.type !== 'code'
            || cell.sharedModel.getSource().trim() === ''
            || cell.executionCount !== null)""",
        timeout=1000 * seconds,
    )


def outputs_of(page: Any) -> list[list[dict[str, Any]]]:
    """Return the outputs of every code cell, from the model.

    Cells outside the window are not in the page, so the page would not show them.
    """
    return page.evaluate(
        f"""() => [...{_MODEL}.cells].filter(cell => cell.type === 'code')
            .map(cell => cell.outputs.toJSON())"""
    )


def errors(page: Any) -> list[str]:
    """Return the errors among the outputs, as text."""
    outputs = [output for cell in outputs_of(page) for output in cell]
    return [
        f"{output['ename']}: {output['evalue']}"
        for output in outputs
        if output["output_type"] == "error"
    ]


def cell_with(page: Any, text: str) -> int:
    """Return the position of the first code cell that holds a text, or -1."""
    return page.evaluate(
        f"""text => [...{_MODEL}.cells].findIndex(cell => cell.type === 'code'
            && cell.sharedModel.getSource().includes(text))""",
        text,
    )


def scroll_to_cell(page: Any, position: int) -> None:
    """Bring a cell into the window, as clicking in the table of contents does."""
    page.evaluate(
        """async position => {
            const notebook = window.jupyterapp.shell.currentWidget.content;
            notebook.activeCellIndex = position;
            await notebook.scrollToItem(position, 'start');
        }""",
        position,
    )
