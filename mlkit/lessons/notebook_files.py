"""Reading and writing notebook files so that equal content gives equal bytes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mlkit.exceptions import FormatError
from mlkit.optional import import_optional

__all__ = [
    "KERNELSPEC",
    "LANGUAGE_INFO",
    "cell_tags",
    "lesson_number",
    "lesson_paths",
    "notebook_text",
    "read_notebook",
    "write_notebook",
]

KERNELSPEC = {
    "display_name": "Python 3 (ipykernel)",
    "language": "python",
    "name": "python3",
}
"""The kernel that every Jupyter has, whatever a machine calls its own."""

LANGUAGE_INFO = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}
"""Without the Python version, which would change the file on every machine."""

# Two digits, so that a file browser shows the lessons in their order.
_LESSON = re.compile(r"(\d\d)_\w+\.ipynb")


def _nbformat() -> Any:
    return import_optional("nbformat", extra="dev", purpose="reading notebooks")


def read_notebook(path: str | Path) -> Any:
    """Read a notebook in the current format.

    Parameters
    ----------
    path : str or Path
        An ``.ipynb`` file.

    Returns
    -------
    nbformat.NotebookNode

    Raises
    ------
    FormatError
        If the file is not a notebook.
    OptionalDependencyError
        If nbformat is not installed.
    """
    nbformat = _nbformat()
    try:
        return nbformat.read(str(path), as_version=4)
    except (ValueError, KeyError, AttributeError, nbformat.ValidationError) as err:
        # nbformat looks into the JSON before it validates it.
        reason = str(err).partition("\n")[0]
        msg = f"This is not a notebook ({reason}). Save it from JupyterLab."
        raise FormatError(msg, path=path) from err


def notebook_text(notebook: Any) -> str:
    """Write a notebook as text, keys sorted, with one newline at the end.

    Parameters
    ----------
    notebook : nbformat.NotebookNode

    Returns
    -------
    str
        The same text for the same content.
    """
    return str(_nbformat().writes(notebook)).rstrip("\n") + "\n"


def write_notebook(notebook: Any, path: str | Path) -> bool:
    """Write a notebook, unless the file holds the same already.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    path : str or Path

    Returns
    -------
    bool
        Whether the file was written; its time stamp stays where nothing changed.
    """
    # Compared before writing, so that make and git see only real changes.
    path, text = Path(path), notebook_text(notebook)
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return True


def cell_tags(cell: Any) -> list[str]:
    """Return the tags of a cell.

    Parameters
    ----------
    cell : nbformat.NotebookNode

    Returns
    -------
    list of str
    """
    return list(cell.get("metadata", {}).get("tags", []))


def lesson_paths(folder: str | Path) -> list[Path]:
    """List the notebooks of a folder whose names begin with a lesson number.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    list of Path
        In order of their numbers; folders below are not searched.
    """
    return sorted(p for p in Path(folder).glob("*.ipynb") if _LESSON.fullmatch(p.name))


def lesson_number(path: str | Path) -> str:
    """Return the two digits with which a lesson's file name begins.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    str

    Raises
    ------
    FormatError
        If the name is not of the form ``NN_topic.ipynb``.

    Examples
    --------
    >>> lesson_number("notebooks/07_how_wrong_is_wrong.ipynb")
    '07'
    """
    match = _LESSON.fullmatch(Path(path).name)
    if match is None:
        msg = "The name of a lesson is NN_topic.ipynb, NN being its two-digit number."
        raise FormatError(msg, path=path)
    return match[1]
