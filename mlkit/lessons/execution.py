"""Running a notebook from top to bottom, and leaving only what a reader needs."""

from __future__ import annotations

import base64
import io
import os
from pathlib import Path
from typing import Any

from mlkit.exceptions import LessonRunError
from mlkit.lessons.notebook_files import KERNELSPEC, LANGUAGE_INFO
from mlkit.optional import import_optional

__all__ = ["clean_notebook", "execute_notebook", "strip_outputs"]

_PNG = "image/png"
_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# Time stamps and how a cell happened to be scrolled on somebody's screen.
_VOLATILE_CELL_METADATA = ("collapsed", "execution", "scrolled", "trusted")


def execute_notebook(notebook: Any, *, folder: str | Path, timeout: int = 120) -> Any:
    """Run all cells in a fresh kernel and return the notebook with outputs.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Not modified.
    folder : str or Path
        Working directory of the kernel: that of the file, as in JupyterLab.
    timeout : int, default 120
        Seconds that one cell may take.

    Returns
    -------
    nbformat.NotebookNode
        Cleaned by `clean_notebook`; execution counts are 1 to n.

    Raises
    ------
    LessonRunError
        If a cell raises or takes too long, or the kernel dies; the message holds the
        cell and the traceback.
    OptionalDependencyError
        If nbclient is not installed.
    """
    # Old outputs go first: a cell that fails must not keep yesterday's picture.
    nbclient = import_optional("nbclient", extra="dev", purpose="running notebooks")
    from nbclient.exceptions import CellControlSignal, DeadKernelError

    client = nbclient.NotebookClient(
        strip_outputs(notebook),
        timeout=timeout,
        kernel_name=KERNELSPEC["name"],
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        # Bars are for somebody who waits; a reader of the file needs none.
        quiet = {**os.environ, "MLKIT_PROGRESS": "0"}
        return clean_notebook(client.execute(env=quiet))
    except (CellControlSignal, DeadKernelError) as err:
        raise LessonRunError(str(err).strip()) from err


def clean_notebook(notebook: Any) -> Any:
    """Remove what differs between two runs of the same notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Not modified.

    Returns
    -------
    nbformat.NotebookNode

    Notes
    -----
    Widget state goes (``metadata.widgets``), and so does the reference of an output to
    a widget of a kernel that has ended: JupyterLab would show "model not found" in
    its place, while the picture beside it shows what the widget looked like. Pieces of
    one printed text are joined, because where a kernel cuts them is chance. Pictures
    are kept in 256 colours, which makes the file less than half as large.
    """
    # A shallow copy and new containers below it: the argument stays as it was, and
    # pictures of a megabyte are not copied.
    cleaned = notebook.copy()
    cleaned.metadata = {
        key: value for key, value in notebook.metadata.items() if key != "widgets"
    }
    cleaned.metadata["kernelspec"] = dict(KERNELSPEC)
    cleaned.metadata["language_info"] = dict(LANGUAGE_INFO)
    cleaned.cells = [_clean_cell(cell) for cell in notebook.cells]
    return _as_notebook(cleaned)


def strip_outputs(notebook: Any) -> Any:
    """Return the notebook as if it had never been run.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Not modified.

    Returns
    -------
    nbformat.NotebookNode
    """
    stripped = clean_notebook(notebook)
    for cell in stripped.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return stripped


def _as_notebook(content: Any) -> Any:
    """Turn plain dicts inside into nodes that share nothing with the original."""
    nbformat = import_optional("nbformat", extra="dev", purpose="writing notebooks")
    return nbformat.from_dict(content)


def _clean_cell(cell: Any) -> Any:
    cleaned = cell.copy()
    cleaned["metadata"] = {
        key: value
        for key, value in cell.metadata.items()
        if key not in _VOLATILE_CELL_METADATA
    }
    if cell.cell_type == "code":
        cleaned["outputs"] = _clean_outputs(cell.outputs)
    return cleaned


def _clean_outputs(outputs: list[Any]) -> list[Any]:
    cleaned: list[Any] = []
    for output in outputs:
        last = cleaned[-1] if cleaned else {}
        # Only neighbours of the same stream: stdout and stderr keep their order.
        if output.output_type == "stream" and last.get("name") == output.name:
            last["text"] += output.text
        else:
            cleaned.append(_clean_output(output))
    # An output of nothing but a widget view has nothing left to show.
    return [output for output in cleaned if output.get("data", True)]


def _clean_output(output: Any) -> Any:
    cleaned = output.copy()
    # Errors and streams have no data; they pass as they are.
    if "data" in output:
        cleaned["data"] = {
            mime: _smaller(value) if mime == _PNG else value
            for mime, value in output.data.items()
            if mime != _WIDGET_VIEW
        }
    return cleaned


def _smaller(png: str) -> str:
    """Return a picture in 256 colours, in base64 as it came."""
    from PIL import Image

    picture = Image.open(io.BytesIO(base64.b64decode(png)))
    # A picture with a palette was made smaller before; again it would lose something.
    if picture.mode == "P":
        return png
    paper = Image.new("RGBA", picture.size, "white")
    solid = Image.alpha_composite(paper, picture.convert("RGBA")).convert("RGB")
    few = solid.quantize(256, dither=Image.Dither.NONE)
    shrunk = io.BytesIO()
    few.save(shrunk, format="png", optimize=True)
    return base64.b64encode(shrunk.getvalue()).decode("ascii")
